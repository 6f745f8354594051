//! Policy: which rules run, which findings are reported, and what a person allowed in a comment.
//!
//! Everything here is a pure function. The command line and the editor call the same [`apply`],
//! so that both show the same findings.

mod apply;
mod config;
mod cover;
mod decode;
mod globs;
mod problem;
mod select;
mod settings;
mod suppress;

pub use apply::{Input, Notice, NoticeKind, Outcome, Suppressed, apply};
pub use config::{CONFIG_FILE, Config, FailOn, Override};
pub use globs::{Globs, Scope};
pub use problem::{ConfigProblem, Phrase, did_you_mean};
pub use select::Selector;
pub use settings::{Options, Settings};
pub use suppress::{DIRECTIVE, Suppression, suppressions};
