//! From edits by meaning to text.

use std::sync::Arc;

use pactward_ir::{BodyEdit, Name, SemanticEdit, SourceMap};
use pactward_syntax::Body;

/// See [`crate::render_edit`].
pub(crate) fn render(
    edit: &SemanticEdit,
    _definition: &dyn Fn(&Name) -> Option<(Body, Arc<SourceMap>)>,
) -> Option<Vec<BodyEdit>> {
    match edit {
        SemanticEdit::MoveBefore { .. } | SemanticEdit::AddLock { .. } => None,
    }
}
