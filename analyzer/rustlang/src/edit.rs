//! Edits by meaning.

use std::sync::Arc;

use pactward_ir::{BodyEdit, Name, SemanticEdit, SourceMap};
use pactward_syntax::Body;

use crate::program::Program;

pub(crate) fn render(
    _program: &Program,
    _edit: &SemanticEdit,
    _definition: &dyn Fn(&Name) -> Option<(Body, Arc<SourceMap>)>,
) -> Option<Vec<BodyEdit>> {
    None
}
