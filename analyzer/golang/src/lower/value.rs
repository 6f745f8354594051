//! Values under construction.

use pactward_ir::{Const, Name, OpId, Outcome, Type};

/// A value with what is known about it here.
#[derive(Debug, Clone)]
pub(super) struct Val {
    pub(super) id: OpId,
    pub(super) ty: Type,
    pub(super) known: Known,
}

/// Facts about a value that its op does not show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// Its constant.
    pub(super) constant: Option<Const>,
    /// Whether, returned as an error or response, it tells success.
    pub(super) outcome: Option<Outcome>,
    /// Text of its first element, which names the method in an argument list.
    pub(super) head: Option<Name>,
}

impl Known {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Val {
    pub(super) fn new(id: OpId, ty: Type) -> Self {
        Self {
            id,
            ty,
            known: Known::default(),
        }
    }

    pub(super) fn with_outcome(mut self, outcome: Option<Outcome>) -> Self {
        self.known.outcome = outcome;
        self
    }

    pub(super) fn constant(&self) -> Option<&Const> {
        self.known.constant.as_ref()
    }

    /// Its text, where it is a constant string.
    pub(super) fn text(&self) -> Option<&Name> {
        match self.constant() {
            Some(Const::Str(text)) => Some(text),
            _ => None,
        }
    }
}
