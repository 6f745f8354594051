//! The Rust front end: syntax tree → outline (names, types, signatures) → program (resolved over
//! all files) → SIR per definition.
//!
//! Every function here is total: text that is not understood becomes an unknown op, an import
//! that leads nowhere becomes an unknown type.

mod api;
mod decls;
mod edit;
mod expand;
mod link;
mod literal;
mod lower;
mod outline;
mod program;
mod resolve;
mod source;

use std::sync::Arc;

use pactward_base::{Layout, SmolStr};
use pactward_ir::{BodyEdit, Lowered, Name, SemanticEdit};
use pactward_syntax::{Body, Outline, Parsed};

pub use decls::Decls;
pub use edit::Definitions;
pub use program::Program;

/// The outline of one file. `path` is the file's path in the workspace and the first part of the
/// unique names of what it defines.
pub fn outline(path: &str, parsed: &Arc<Parsed>) -> Outline<Decls> {
    outline::outline(path, parsed)
}

/// Resolves imports, bases and types over all files. The order of `files` does not matter.
pub fn link(files: &[(SmolStr, Arc<Decls>)], layout: &Layout) -> Program {
    link::link(files, layout)
}

/// Lowers one definition. `body` gives the text of this and of other definitions (modifiers,
/// initialisers), asked for only when needed.
pub fn lower(
    program: &Program,
    name: &Name,
    body: &dyn Fn(&Name) -> Option<Body>,
) -> Option<Lowered> {
    lower::lower(program, name, body)
}

/// The text of an edit by meaning, or nothing where it cannot be made without changing more than
/// it says. `definition` gives text and source map of a lowered definition.
pub fn render_edit(
    program: &Program,
    edit: &SemanticEdit,
    definition: Definitions<'_>,
) -> Option<Vec<BodyEdit>> {
    edit::render(program, edit, definition)
}
