//! Builds functions. Front ends read and write named locals; [`Builder::finish`] turns them into
//! SSA values with phis, drops unreachable blocks and numbers ops in block order.

mod ssa;
#[cfg(test)]
mod tests;

use num_bigint::BigInt;
use pactward_base::Span;

use crate::function::{FunctionKind, Mutability, Param, Visibility};
use crate::{
    AbortKind, ArithMode, BinaryOp, BlockId, Const, Function, Name, Op, OpId, OpKind, OpSource,
    Outcome, SourceMap, Terminator, Type, UnaryOp,
};

/// A local variable of the source language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalId(pub(crate) u32);

/// What happens in a block, in order.
#[derive(Debug, Clone, Copy)]
enum Event {
    Op(OpId),
    /// `OpId` is a placeholder that stands for the local's value at this point.
    Get(OpId, LocalId),
    Set(LocalId, OpId),
}

#[derive(Debug, Default)]
struct RawBlock {
    events: Vec<Event>,
    end: Option<(Terminator, OpSource)>,
}

/// See the module documentation.
#[derive(Debug)]
pub struct Builder {
    name: Name,
    kind: FunctionKind,
    visibility: Visibility,
    mutability: Mutability,
    params: Vec<Param>,
    returns: Vec<Type>,
    ops: Vec<Op>,
    sources: Vec<OpSource>,
    blocks: Vec<RawBlock>,
    current: BlockId,
    source: OpSource,
    bodies: Vec<Name>,
    locals: Vec<Type>,
}

impl Builder {
    /// A builder that stands in the empty entry block.
    pub fn new(
        name: Name,
        kind: FunctionKind,
        visibility: Visibility,
        mutability: Mutability,
    ) -> Self {
        Self {
            bodies: vec![name.clone()],
            name,
            kind,
            visibility,
            mutability,
            params: Vec::new(),
            returns: Vec::new(),
            ops: Vec::new(),
            sources: Vec::new(),
            blocks: vec![RawBlock::default()],
            current: BlockId(0),
            source: OpSource::default(),
            locals: Vec::new(),
        }
    }

    /// Name of the function under construction.
    pub fn name(&self) -> &Name {
        &self.name
    }

    pub fn set_returns(&mut self, returns: Vec<Type>) {
        self.returns = returns;
    }

    pub fn returns(&self) -> &[Type] {
        &self.returns
    }

    /// Appends a parameter and yields its value.
    pub fn param(&mut self, name: impl Into<Name>, ty: Type) -> OpId {
        let index = self.params.len() as u32;
        self.params.push(Param {
            name: name.into(),
            ty: ty.clone(),
        });
        self.emit(OpKind::Param { index }, ty)
    }

    // Source positions.

    /// The source that following ops are stamped with.
    pub fn source(&self) -> OpSource {
        self.source
    }

    pub fn set_source(&mut self, source: OpSource) {
        self.source = source;
    }

    /// Sets the expression span and yields the previous source, to be restored afterwards.
    pub fn at(&mut self, span: Span) -> OpSource {
        let inner = OpSource {
            span,
            ..self.source
        };
        std::mem::replace(&mut self.source, inner)
    }

    /// Sets expression and statement span.
    pub fn at_statement(&mut self, span: Span) {
        self.source = OpSource {
            span,
            statement: span,
            ..self.source
        };
    }

    /// Index of a definition whose text spans are relative to; registers it at need.
    pub fn body(&mut self, name: &Name) -> u16 {
        let known = self.bodies.iter().position(|b| b == name);
        known.unwrap_or_else(|| {
            self.bodies.push(name.clone());
            self.bodies.len() - 1
        }) as u16
    }

    // Blocks.

    pub fn new_block(&mut self) -> BlockId {
        self.blocks.push(RawBlock::default());
        BlockId(self.blocks.len() as u32 - 1)
    }

    pub fn switch_to(&mut self, block: BlockId) {
        self.current = block;
    }

    pub fn current(&self) -> BlockId {
        self.current
    }

    /// Whether the current block still lacks its terminator.
    pub fn is_open(&self) -> bool {
        self.blocks[self.current.0 as usize].end.is_none()
    }

    /// Ends the current block; does nothing if it has ended. Code that follows goes to an
    /// unreachable block, which `finish` drops.
    pub fn end(&mut self, end: Terminator) {
        let source = self.source;
        let block = &mut self.blocks[self.current.0 as usize];
        if block.end.is_none() {
            block.end = Some((end, source));
        }
    }

    pub fn jump(&mut self, to: BlockId) {
        self.end(Terminator::Jump(to));
    }

    pub fn branch(&mut self, cond: OpId, then: BlockId, otherwise: BlockId) {
        self.end(Terminator::Branch {
            cond,
            then,
            otherwise,
        });
    }

    pub fn ret(&mut self, values: Vec<OpId>, outcome: Outcome) {
        self.end(Terminator::Return { values, outcome });
    }

    pub fn abort(&mut self, kind: AbortKind, args: Vec<OpId>) {
        self.end(Terminator::Abort { kind, args });
    }

    /// Continues only if `cond` holds, else aborts: `require`, `assert`, `unwrap`.
    pub fn require(&mut self, cond: OpId, kind: AbortKind, args: Vec<OpId>) {
        let (pass, fail) = (self.new_block(), self.new_block());
        self.branch(cond, pass, fail);
        self.switch_to(fail);
        self.abort(kind, args);
        self.switch_to(pass);
    }

    // Ops.

    /// Appends an op to the current block and yields its value.
    pub fn emit(&mut self, kind: OpKind, ty: Type) -> OpId {
        let id = self.push(kind, ty);
        self.event(Event::Op(id));
        id
    }

    fn push(&mut self, kind: OpKind, ty: Type) -> OpId {
        self.ops.push(Op { kind, ty });
        self.sources.push(self.source);
        OpId(self.ops.len() as u32 - 1)
    }

    fn event(&mut self, event: Event) {
        if !self.is_open() {
            let dead = self.new_block();
            self.switch_to(dead);
        }
        self.blocks[self.current.0 as usize].events.push(event);
    }

    /// The op behind a value, as emitted so far. A value read from a local is a placeholder.
    pub fn op(&self, id: OpId) -> &Op {
        &self.ops[id.0 as usize]
    }

    /// Type of a value.
    pub fn ty(&self, id: OpId) -> &Type {
        &self.ops[id.0 as usize].ty
    }

    pub fn set_ty(&mut self, id: OpId, ty: Type) {
        self.ops[id.0 as usize].ty = ty;
    }

    pub fn constant(&mut self, value: Const, ty: Type) -> OpId {
        self.emit(OpKind::Const { value }, ty)
    }

    pub fn int(&mut self, value: impl Into<BigInt>, ty: Type) -> OpId {
        self.constant(Const::Int(value.into()), ty)
    }

    pub fn bool(&mut self, value: bool) -> OpId {
        self.constant(Const::Bool(value), Type::Bool)
    }

    pub fn string(&mut self, value: impl Into<Name>) -> OpId {
        self.constant(Const::Str(value.into()), Type::Str)
    }

    pub fn nil(&mut self) -> OpId {
        self.constant(Const::Nil, Type::Unknown)
    }

    pub fn unknown(&mut self, what: impl Into<Name>, args: Vec<OpId>) -> OpId {
        self.emit(
            OpKind::Unknown {
                what: what.into(),
                args,
            },
            Type::Unknown,
        )
    }

    pub fn binary(
        &mut self,
        op: BinaryOp,
        left: OpId,
        right: OpId,
        mode: ArithMode,
        ty: Type,
    ) -> OpId {
        self.emit(
            OpKind::Binary {
                op,
                left,
                right,
                mode,
            },
            ty,
        )
    }

    pub fn compare(&mut self, op: BinaryOp, left: OpId, right: OpId) -> OpId {
        self.binary(op, left, right, ArithMode::None, Type::Bool)
    }

    pub fn not(&mut self, value: OpId) -> OpId {
        self.emit(
            OpKind::Unary {
                op: UnaryOp::Not,
                value,
            },
            Type::Bool,
        )
    }

    // Locals.

    pub fn local(&mut self, ty: Type) -> LocalId {
        self.locals.push(ty);
        LocalId(self.locals.len() as u32 - 1)
    }

    pub fn local_ty(&self, local: LocalId) -> &Type {
        &self.locals[local.0 as usize]
    }

    /// Refines the type of a local once the first value is known.
    pub fn set_local_ty(&mut self, local: LocalId, ty: Type) {
        self.locals[local.0 as usize] = ty;
    }

    /// The local's value here.
    pub fn get(&mut self, local: LocalId) -> OpId {
        let ty = self.locals[local.0 as usize].clone();
        let id = self.push(OpKind::Const { value: Const::Nil }, ty);
        self.event(Event::Get(id, local));
        id
    }

    pub fn set(&mut self, local: LocalId, value: OpId) {
        self.event(Event::Set(local, value));
    }

    /// The function and its source map. Open blocks return nothing, successfully.
    pub fn finish(mut self) -> (Function, SourceMap) {
        for block in &mut self.blocks {
            let implicit = Terminator::Return {
                values: Vec::new(),
                outcome: Outcome::Ok,
            };
            block.end.get_or_insert((implicit, self.source));
        }
        ssa::construct(self)
    }
}
