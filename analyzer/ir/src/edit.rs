//! Edits by meaning: what a rule wants changed, in terms of ops. A front end turns them into text.

use crate::{Name, OpId};

/// An op of a function.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpRef {
    pub function: Name,
    pub op: OpId,
}

/// See the module documentation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SemanticEdit {
    /// Move the statements of these ops, in order, before the statement of another op of the
    /// same function.
    MoveBefore { ops: Vec<OpRef>, before: OpRef },
    /// Make these functions of one unit exclude each other's re-entry by a lock.
    AddLock { functions: Vec<Name> },
}

/// Replacement of a range of a definition's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyEdit {
    /// Definition whose text the span is relative to.
    pub body: Name,
    pub span: pactward_base::Span,
    pub text: String,
}
