//! The vocabulary that every part of pactward shares: files, spans, languages, platforms,
//! the plain-data [`Workspace`], findings and rule metadata, and the rendering of messages.
//!
//! Nothing here performs input or output, and nothing here knows a syntax tree.

mod finding;
mod imports;
mod kinds;
mod message;
mod rule;
mod span;
mod workspace;

pub use finding::{
    Edit, Evidence, Finding, Fix, FixSafety, Label, Location, Problem, ProblemKind, Step, StepRole,
    fingerprint,
};
pub use imports::{join_path, parent_dir};
pub use kinds::{Confidence, Language, Locale, Platform, Severity};
pub use message::{Args, Catalogue, CatalogueError, Wording, fill_template};
pub use rule::{References, RuleMeta, RuleStatus};
pub use smol_str::SmolStr;
pub use span::{LineColumn, LineIndex, PositionEncoding, Span};
pub use workspace::{
    FileId, FileRole, GoModule, Layout, Remapping, RustCrate, Workspace, WorkspaceFile,
};
