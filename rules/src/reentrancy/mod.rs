//! Reentrancy: somebody else acts while a call that left the unit has not returned.

mod callee;
mod hazard;
mod measured;
mod target;
mod tell;

pub(crate) mod cross_channel_call;
pub(crate) mod event_after_call;
pub(crate) mod lost_update;
pub(crate) mod read_only_reentrancy;
pub(crate) mod reply_order;
pub(crate) mod state_after_call;
pub(crate) mod unchecked_callee;
pub(crate) mod untrusted_callee;
