//! Trees of a file that does not parse as a whole.

use std::sync::Arc;

use pactward_syntax::Parsed;

/// The trees to read a file's declarations from.
pub(crate) fn parts(parsed: &Arc<Parsed>) -> Vec<Arc<Parsed>> {
    vec![parsed.clone()]
}
