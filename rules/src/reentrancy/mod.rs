//! Reentrancy: somebody else acts while a call that left the unit has not returned.

mod hazard;
mod target;
mod tell;

pub(crate) mod state_after_call;
