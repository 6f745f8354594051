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

/// How much of a definition's calls was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LowerStats {
    /// Method calls and field selections on a value.
    pub receivers: u32,
    /// Those whose value has a known type.
    pub receivers_typed: u32,
    /// Calls that belong to a contract SDK by package or receiver type.
    pub sdk_calls: u32,
    /// Those that a model row was found for.
    pub sdk_calls_known: u32,
}

impl std::ops::AddAssign for LowerStats {
    fn add_assign(&mut self, other: Self) {
        self.receivers += other.receivers;
        self.receivers_typed += other.receivers_typed;
        self.sdk_calls += other.sdk_calls;
        self.sdk_calls_known += other.sdk_calls_known;
    }
}

/// What lowering one definition yields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lowered {
    pub function: Arc<Function>,
    pub map: Arc<SourceMap>,
    /// Bodies of closures inside, as functions of their own with maps of their own.
    pub closures: Vec<(Arc<Function>, Arc<SourceMap>)>,
    pub stats: LowerStats,
}
