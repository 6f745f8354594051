//! The rules, one folder each, and their registry.

mod reentrancy;

use pactward_lint::Rule;

/// Every rule, in the order of documentation.
pub fn all() -> &'static [&'static dyn Rule] {
    &[
        &reentrancy::state_after_call::StateAfterCall,
        &reentrancy::lost_update::LostUpdate,
        &reentrancy::read_only_reentrancy::ReadOnlyReentrancy,
        &reentrancy::event_after_call::EventAfterCall,
        &reentrancy::reply_order::ReplyOrder,
        &reentrancy::unchecked_callee::UncheckedCallee,
        &reentrancy::untrusted_callee::UntrustedCallee,
        &reentrancy::cross_channel_call::CrossChannel,
    ]
}
