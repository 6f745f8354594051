//! The Solidity front end: text → outline (names, types, signatures) → program (resolved over all
//! files) → SIR per definition.
//!
//! Every function here is total: text that is not understood becomes an unknown op, an import
//! that leads nowhere becomes an unknown type.

mod decls;
mod edit;
mod lower;
mod outline;
mod program;
mod syntax;
mod version;

pub use decls::Decls;
pub use edit::render_edit;
pub use lower::lower;
pub use outline::outline;
pub use program::{Program, link};
