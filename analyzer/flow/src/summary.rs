//! What a function does, calls included.

use std::sync::Arc;

use pactward_ir::{Function, Name, Unit};

/// Effects of one function in one unit, in terms of its parameters, its caller and the state
/// before it ran.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {}

/// Gives the summaries of the functions that are called.
pub trait Oracle {
    fn summary(&self, callee: &Name) -> Option<Arc<Summary>>;
}

/// The summary of a function of a unit.
pub fn summarise(_unit: &Unit, _function: &Function, _oracle: &dyn Oracle) -> Summary {
    Summary::default()
}

impl Summary {
    /// What stands for a function of a call cycle before it was looked at. Each round of a cycle
    /// joins with the round before; the domain is finite and bounded.
    pub fn unvisited() -> Self {
        Self::default()
    }

    /// The value after `round` rounds of a cycle: `new`, or `last` once it must come to rest.
    #[must_use]
    pub fn join_round(last: &Self, new: Self, round: u32) -> Self {
        if round > 3 { last.clone() } else { new }
    }
}
