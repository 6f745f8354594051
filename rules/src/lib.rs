//! The rules, one folder each, and their registry.

mod reentrancy;

use pactward_lint::Rule;

/// Every rule, in the order of documentation.
pub fn all() -> &'static [&'static dyn Rule] {
    &[&reentrancy::state_after_call::StateAfterCall]
}
