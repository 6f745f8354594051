//! Functions as control-flow graphs.

use crate::words::words;
use crate::{AbortKind, Name, Op, Type};

/// Index of an op in its function, and the name of the value it yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpId(pub u32);

/// Index of a block in its function; block 0 is the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockId(pub u32);

words! {
    FunctionKind {
        Function = "function", Constructor = "constructor", Receive = "receive",
        Fallback = "fallback", Modifier = "modifier",
        /// Body of a closure; its captures are its first parameters.
        Closure = "closure",
        /// Initialisers of state variables.
        Initialiser = "initialiser",
    }
}

words! {
    Visibility { External = "external", Public = "public", Internal = "internal", Private = "private" }
}

words! {
    Mutability { Pure = "pure", View = "view", Mutable = "mutable", Payable = "payable" }
}

words! {
    /// Whether a return tells success. On ledgers an error result drops the transaction's writes.
    Outcome { Ok = "ok", Err = "err", Unknown = "unknown" }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Param {
    pub name: Name,
    pub ty: Type,
}

/// How control leaves a block.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Terminator {
    Jump(BlockId),
    Branch {
        cond: OpId,
        then: BlockId,
        otherwise: BlockId,
    },
    Return {
        values: Vec<OpId>,
        outcome: Outcome,
    },
    Abort {
        kind: AbortKind,
        args: Vec<OpId>,
    },
}

impl Terminator {
    /// Blocks that may run next.
    pub fn successors(&self) -> impl Iterator<Item = BlockId> + use<> {
        let (first, second) = match *self {
            Self::Jump(block) => (Some(block), None),
            Self::Branch {
                then, otherwise, ..
            } => (Some(then), Some(otherwise)),
            Self::Return { .. } | Self::Abort { .. } => (None, None),
        };
        first.into_iter().chain(second)
    }

    /// Calls `visit` with each value used.
    pub fn visit_operands(&self, visit: &mut dyn FnMut(OpId)) {
        match self {
            Self::Jump(_) => {}
            Self::Branch { cond, .. } => visit(*cond),
            Self::Return { values, .. } | Self::Abort { args: values, .. } => {
                values.iter().copied().for_each(visit);
            }
        }
    }

    /// Replaces each value used.
    pub fn map_operands(&mut self, map: &mut dyn FnMut(OpId) -> OpId) {
        match self {
            Self::Jump(_) => {}
            Self::Branch { cond, .. } => *cond = map(*cond),
            Self::Return { values, .. } | Self::Abort { args: values, .. } => {
                for value in values {
                    *value = map(*value);
                }
            }
        }
    }
}

/// Ops that run in sequence, then a terminator.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Block {
    pub ops: Vec<OpId>,
    pub end: Terminator,
}

/// One function in SSA form. Solidity modifiers are woven into it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Function {
    /// Unique name, such as `src/Bank.sol:Bank.withdraw(uint256)`.
    pub name: Name,
    pub kind: FunctionKind,
    pub visibility: Visibility,
    pub mutability: Mutability,
    pub params: Vec<Param>,
    pub returns: Vec<Type>,
    /// Arena of ops; an op that no block lists is dead.
    pub ops: Vec<Op>,
    pub blocks: Vec<Block>,
}

impl Function {
    pub fn op(&self, id: OpId) -> &Op {
        &self.ops[id.0 as usize]
    }

    pub fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id.0 as usize]
    }

    /// Blocks in index order.
    pub fn iter_blocks(&self) -> impl Iterator<Item = (BlockId, &Block)> {
        self.blocks
            .iter()
            .enumerate()
            .map(|(i, b)| (BlockId(i as u32), b))
    }

    /// Live ops in block order.
    pub fn iter_ops(&self) -> impl Iterator<Item = (OpId, &Op)> {
        self.blocks
            .iter()
            .flat_map(|b| b.ops.iter().map(|id| (*id, self.op(*id))))
    }

    /// The last part of the name without parameters: `withdraw` of `Bank.sol:Bank.withdraw(uint)`.
    pub fn short_name(&self) -> &str {
        short_name(&self.name)
    }
}

/// See [`Function::short_name`].
pub(crate) fn short_name(name: &str) -> &str {
    let head = name
        .split('(')
        .next()
        .filter(|h| !h.is_empty())
        .unwrap_or(name);
    let head = if head.len() < name.len() && head.ends_with('.') {
        name
    } else {
        head
    };
    head.rsplit(['.', ':', '/']).next().unwrap_or(head)
}
