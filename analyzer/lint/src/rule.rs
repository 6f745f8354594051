//! The trait that a rule implements.

use std::sync::Arc;

use pactward_base::RuleMeta;
use pactward_flow::{Summary, UnitWays};
use pactward_ir::{Function, Name, OpRef, Unit};

use crate::Claim;

/// What a rule sees of one contract unit.
pub trait UnitContext {
    fn unit(&self) -> &Unit;
    /// The unit's entries with their ways, and who may run them; made once for all rules.
    fn ways(&self) -> &UnitWays<'_>;
    /// SIR of a function by its unique name.
    fn function(&self, name: &Name) -> Option<Arc<Function>>;
    /// What a function of the unit does, calls included.
    fn summary(&self, name: &Name) -> Option<Arc<Summary>>;
    /// Whether an op was woven into its function from another definition, such as a modifier.
    fn is_woven(&self, op: &OpRef) -> bool;
    /// What an entry of another contract of the workspace does, in that contract's own terms:
    /// `interface` is the callee's type as an external call names it, `args` the number of
    /// arguments. Nothing for interfaces, abstract contracts and code that is not there.
    fn foreign_summary(&self, interface: &str, method: &str, args: usize) -> Option<Arc<Summary>>;
}

/// One check over SIR.
pub trait Rule: Sync {
    fn meta(&self) -> &'static RuleMeta;

    /// Everything that the rule has to say about one unit.
    fn check(&self, cx: &dyn UnitContext) -> Vec<Claim>;
}
