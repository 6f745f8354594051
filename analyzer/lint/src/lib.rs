//! What a rule is, and what it may see: units, SIR and summaries. Neither syntax trees nor files
//! nor the incremental database are visible here.

mod claim;
mod rule;

pub use claim::{Claim, ClaimFix, ClaimLabel, ClaimStep, Site};
pub use rule::{Rule, UnitContext};
