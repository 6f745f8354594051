//! The incremental database: the only crate that knows salsa.
//!
//! ```text
//! text ─► tree ─► outline ─► declarations ─► program ─► units
//!                    └────► body ──┴─► SIR + source map ─► summary ─► claims ─► findings
//! ```
//!
//! Positions stay out of values: a [`pactward_syntax::Body`] is equal by text, SIR has no places,
//! and only the last step asks where things stand. So an edit of one body lowers that body again
//! and makes only those summaries anew whose inputs changed.
//!
//! [`Analysis`] is the crate's face, of plain data.

mod analysis;
mod claims;
mod dump;
mod findings;
mod front_end;
mod graph;
mod guard;
mod inputs;
mod lowering;
mod parallel;
mod places;
mod problems;
mod program;
mod source;
mod stats;
mod store;
mod summaries;

pub use analysis::{Analysis, Progress, Stage};
pub use inputs::Scope;
pub use stats::Stats;
pub use store::QueryRun;
