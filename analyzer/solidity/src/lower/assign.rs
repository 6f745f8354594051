//! Assignments, steps and deletion.

use pactward_ir::{BinaryOp, Const, OpId, OpKind, Type, WriteKind};

use super::denote::Den;
use super::logic::peel;
use super::{Local, Lowerer};
use crate::syntax::{Ast, ExprId, ExprKind, StepOp};

/// The components of a tuple, or the value that they are taken from.
pub(super) enum Parts {
    Known(Vec<Option<Den>>),
    Value(OpId),
}

impl Lowerer<'_> {
    pub(super) fn assignment(
        &mut self,
        ast: &Ast,
        op: Option<BinaryOp>,
        left: ExprId,
        right: ExprId,
    ) -> Den {
        let Some(op) = op else {
            let source = self.denote(ast, right);
            // A storage pointer is pointed elsewhere; what it points to stays.
            if let Some(local) = self.storage_local(ast, left) {
                self.point(&local, source);
                return self.local_den(local);
            }
            let source = self.settle(source);
            let target = self.target(ast, left);
            return self.assign(target, source);
        };
        let right = self.value(ast, right);
        let target = self.denote(ast, left);
        let old = self.read(target.clone());
        let new = self.apply(op, old, right);
        self.assign(target, Den::Value(new))
    }

    /// The storage pointer that an expression names.
    fn storage_local(&self, ast: &Ast, id: ExprId) -> Option<Local> {
        match &ast.get(peel(ast, id)).kind {
            ExprKind::Name(name) => self.find_local(name).filter(|l| l.storage).cloned(),
            _ => None,
        }
    }

    /// What is assigned to, storage pointers in tuples included.
    fn target(&mut self, ast: &Ast, id: ExprId) -> Den {
        if let ExprKind::Tuple(parts) = &ast.get(id).kind
            && parts.len() != 1
        {
            let mut dens = Vec::new();
            for part in parts {
                dens.push(part.map(|p| match self.storage_local(ast, p) {
                    Some(local) => Den::Local(local),
                    None => self.target(ast, p),
                }));
            }
            return Den::Tuple(dens);
        }
        self.denote(ast, id)
    }

    /// Reads what is assigned before the target is evaluated; places in storage that may be
    /// assigned as references are kept.
    pub(super) fn settle(&mut self, den: Den) -> Den {
        match den {
            Den::State(place, ty) if super::denote::is_reference(&ty) => Den::State(place, ty),
            Den::Tuple(parts) => {
                let parts = parts.into_iter();
                Den::Tuple(parts.map(|p| p.map(|p| self.settle(p))).collect())
            }
            other => Den::Value(self.read(other)),
        }
    }

    /// Points a storage local at a place.
    pub(super) fn point(&mut self, local: &Local, source: Den) {
        let value = match source {
            Den::State(place, ty) => self.reference(place, ty),
            other => self.read(other),
        };
        self.b.set(local.id, value);
    }

    /// Stores a source in a target; the result denotes what was stored.
    pub(super) fn assign(&mut self, target: Den, source: Den) -> Den {
        match self.as_field(target) {
            Den::Tuple(targets) => {
                self.assign_tuple(targets, source);
                Den::Nothing
            }
            Den::Local(local) if local.storage => {
                self.point(&local, source);
                self.local_den(local)
            }
            Den::Local(local) => {
                let value = self.read(source);
                let value = self.coerce(value, &local.ty);
                self.b.set(local.id, value);
                Den::Value(value)
            }
            Den::State(place, ty) => {
                let value = self.read(source);
                let value = self.coerce(value, &ty);
                self.write(place, WriteKind::Set, Some(value));
                Den::Value(value)
            }
            Den::StateLength(place) => {
                let value = self.read(source);
                self.write(place.field("length"), WriteKind::Set, Some(value));
                Den::Value(value)
            }
            Den::Memory { base, path, ty } => {
                let value = self.read(source);
                let value = self.coerce(value, &ty);
                self.b.emit(OpKind::Store { base, path, value }, Type::Unit);
                Den::Value(value)
            }
            other => {
                let value = self.read(source);
                let what = match other {
                    Den::Unresolved(name) => format!("undeclared {name}"),
                    _ => "assignment".to_owned(),
                };
                self.b.unknown(what, vec![value]);
                Den::Value(value)
            }
        }
    }

    pub(super) fn write(
        &mut self,
        place: pactward_ir::Place,
        kind: WriteKind,
        value: Option<OpId>,
    ) -> OpId {
        self.b
            .emit(OpKind::StateWrite { place, kind, value }, Type::Unit)
    }

    fn assign_tuple(&mut self, targets: Vec<Option<Den>>, source: Den) {
        let parts = self.parts(source);
        for (at, target) in targets.into_iter().enumerate() {
            if let Some(target) = target {
                let source = self.part(&parts, at);
                self.assign(target, source);
            }
        }
    }

    /// A source that is about to be taken apart.
    pub(super) fn parts(&mut self, source: Den) -> Parts {
        match source {
            Den::Tuple(parts) => Parts::Known(parts),
            other => Parts::Value(self.read(other)),
        }
    }

    /// One component of a source.
    pub(super) fn part(&mut self, parts: &Parts, at: usize) -> Den {
        match parts {
            Parts::Known(all) => match all.get(at) {
                Some(Some(den)) => den.clone(),
                _ => Den::Nothing,
            },
            Parts::Value(value) => {
                let ty = match self.b.ty(*value) {
                    Type::Tuple(types) => types.get(at).cloned().unwrap_or_default(),
                    // One value, taken apart by a tuple with gaps.
                    ty if ty.is_known() && at == 0 => return Den::Value(*value),
                    _ => Type::Unknown,
                };
                Den::Value(self.extract(*value, at as u32, ty))
            }
        }
    }

    /// `++x`, `x++` and their opposites; yields the new or the old value.
    pub(super) fn step(&mut self, ast: &Ast, op: StepOp, operand: ExprId, prefix: bool) -> OpId {
        let target = self.denote(ast, operand);
        let old = self.read(target.clone());
        let one = self.b.int(1, Type::UINT256);
        let op = match op {
            StepOp::Increment => BinaryOp::Add,
            StepOp::Decrement => BinaryOp::Sub,
        };
        let new = self.apply(op, old, one);
        self.assign(target, Den::Value(new));
        if prefix { new } else { old }
    }

    pub(super) fn delete(&mut self, ast: &Ast, operand: ExprId) {
        match self.denote(ast, operand) {
            Den::State(place, _) => {
                self.write(place, WriteKind::Delete, None);
            }
            Den::Tuple(_) => {}
            target => {
                let zero = self.zero(&self.den_type(&target));
                self.assign(target, Den::Value(zero));
            }
        }
    }

    pub(super) fn zero(&mut self, ty: &Type) -> OpId {
        let value = match ty {
            Type::Int { .. } | Type::Enum(_) | Type::Address => Const::Int(0.into()),
            Type::Bool => Const::Bool(false),
            Type::Str => Const::Str("".into()),
            _ => Const::Nil,
        };
        self.b.constant(value, ty.clone())
    }
}
