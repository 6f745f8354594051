//! The Solidity front end: syntax tree → outline (names, types, signatures) → program (resolved over all
//! files) → SIR per definition.
//!
//! Every function here is total: text that is not understood becomes an unknown op, an import
//! that leads nowhere becomes an unknown type.

mod decls;
mod lower;
mod outline;
mod program;
mod syntax;
mod version;

use std::sync::Arc;

use pactward_ir::{BodyEdit, Name, SemanticEdit, SourceMap};
use pactward_syntax::Body;

pub use decls::Decls;
pub use lower::lower;
pub use outline::outline;
pub use program::{Program, link};

/// The text of an edit by meaning, or nothing where it cannot be made without changing more than
/// it says. `definition` gives text and source map of a lowered definition.
pub fn render_edit(
    _program: &Program,
    _edit: &SemanticEdit,
    _definition: &dyn Fn(&Name) -> Option<(Body, Arc<SourceMap>)>,
) -> Option<Vec<BodyEdit>> {
    None
}
