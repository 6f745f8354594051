//! What a rule says, in terms of ops. The database turns sites into places in files.

use pactward_base::{Args, Confidence, FixSafety, Severity, SmolStr, StepRole};
use pactward_ir::{BlockId, Name, OpId, OpRef, SemanticEdit};

/// A place that a rule can point at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Site {
    Op(OpRef),
    /// The terminator of a block.
    End(Name, BlockId),
    /// The head of a definition: a function or the unit itself.
    Definition(Name),
}

impl Site {
    pub fn op(function: &Name, op: OpId) -> Self {
        Self::Op(OpRef {
            function: function.clone(),
            op,
        })
    }

    /// The definition that the site lies in.
    pub fn function(&self) -> &Name {
        match self {
            Self::Op(at) => &at.function,
            Self::End(name, _) | Self::Definition(name) => name,
        }
    }
}

/// One step of the ordered path that makes the claim true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimStep {
    pub role: StepRole,
    pub site: Site,
    pub slot: &'static str,
    pub args: Args,
}

/// A secondary place with the message slot that words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimLabel {
    pub site: Site,
    pub slot: &'static str,
    pub args: Args,
}

/// A repair by meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimFix {
    pub safety: FixSafety,
    /// Message slot that says what the fix does.
    pub slot: &'static str,
    pub args: Args,
    pub edit: SemanticEdit,
}

/// A finding before it has places in files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub severity: Severity,
    pub confidence: Confidence,
    /// The op that a reader must see first.
    pub primary: Site,
    /// The call sites around `primary`, innermost first. Where `primary` lies in a dependency,
    /// the finding is shown at the first of these that lies in reported code.
    pub outer: Vec<Site>,
    /// Message slots: what is wrong here, why it is bad, how to mend it.
    pub slot: &'static str,
    pub args: Args,
    pub labels: Vec<ClaimLabel>,
    pub path: Vec<ClaimStep>,
    pub fixes: Vec<ClaimFix>,
    /// Names that identify the claim whatever its lines: function, variable, callee.
    pub identity: Vec<SmolStr>,
}
