//! Facts derived from SIR: effect summaries, call graph, dominance, taint and intervals. Pure
//! functions of their arguments.

mod summary;

pub use summary::{Oracle, Summary, summarise};
