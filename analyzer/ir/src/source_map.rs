//! The way back from ops to text.

use std::sync::Arc;

use pactward_base::Span;

use crate::{BlockId, Function, Name, OpId};

/// Where an op comes from. Spans are relative to the start of the definition's text, so that an
/// edit elsewhere in the file changes nothing here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpSource {
    /// Index into [`SourceMap::bodies`].
    pub body: u16,
    /// The expression.
    pub span: Span,
    /// The whole statement around it, for edits.
    pub statement: Span,
}

/// Source of each op and of each block's terminator.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceMap {
    /// Definitions whose text the spans are relative to: the function itself first, then woven
    /// modifiers.
    pub bodies: Vec<Name>,
    pub ops: Vec<OpSource>,
    pub ends: Vec<OpSource>,
}

impl SourceMap {
    pub fn op(&self, id: OpId) -> OpSource {
        self.ops.get(id.0 as usize).copied().unwrap_or_default()
    }

    pub fn end(&self, block: BlockId) -> OpSource {
        self.ends.get(block.0 as usize).copied().unwrap_or_default()
    }
}

/// What lowering one definition yields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lowered {
    pub function: Arc<Function>,
    pub map: Arc<SourceMap>,
    /// Bodies of closures inside, as functions of their own with maps of their own.
    pub closures: Vec<(Arc<Function>, Arc<SourceMap>)>,
}
