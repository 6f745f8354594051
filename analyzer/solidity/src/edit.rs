//! From edits by meaning to text.

mod lock;
mod reorder;

use std::sync::Arc;

use pactward_ir::{BodyEdit, Name, SemanticEdit, SourceMap};
use pactward_syntax::Body;

use crate::program::Program;

/// Gives text and source map of a definition.
pub(crate) type Definitions<'d> = &'d dyn Fn(&Name) -> Option<(Body, Arc<SourceMap>)>;

/// The text of an edit by meaning, or nothing where it cannot be made without changing more than
/// it says. `definition` gives text and source map of a lowered definition.
pub fn render_edit(
    program: &Program,
    edit: &SemanticEdit,
    definition: Definitions<'_>,
) -> Option<Vec<BodyEdit>> {
    match edit {
        SemanticEdit::MoveBefore { ops, before } => reorder::render(ops, before, definition),
        SemanticEdit::AddLock { functions } => lock::render(program, functions, definition),
    }
}
