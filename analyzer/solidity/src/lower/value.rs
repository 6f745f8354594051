//! Values and implicit conversions.

use pactward_ir::{Const, OpId, OpKind, Type};

use super::Lowerer;
use super::denote::Den;
use crate::program::ParamInfo;
use crate::syntax::{Ast, ExprId};

impl Lowerer<'_> {
    /// The value of an expression.
    pub(super) fn value(&mut self, ast: &Ast, id: ExprId) -> OpId {
        let den = self.denote(ast, id);
        self.at(ast.get(id).span, |l| l.read(den))
    }

    /// The value of an expression where a type is expected.
    pub(super) fn value_as(&mut self, ast: &Ast, id: ExprId, ty: &Type) -> OpId {
        let value = self.value(ast, id);
        self.coerce(value, ty)
    }

    /// The value of an expression where a truth value is expected.
    pub(super) fn condition(&mut self, ast: &Ast, id: ExprId) -> OpId {
        self.value_as(ast, id, &Type::Bool)
    }

    /// A value as a type, without code: literals take the type, and a low-level call's pair is
    /// its success where one truth value is expected, as compilers before 0.5 had it.
    pub(super) fn coerce(&mut self, value: OpId, ty: &Type) -> OpId {
        if *ty == Type::Bool
            && let Type::Tuple(parts) = self.b.ty(value)
            && parts.first() == Some(&Type::Bool)
        {
            return self.extract(value, 0, Type::Bool);
        }
        if self.is_literal(value) && takes_literals(ty) {
            self.b.set_ty(value, ty.clone());
        }
        value
    }

    pub(super) fn is_literal(&self, value: OpId) -> bool {
        match &self.b.op(value).kind {
            OpKind::Const { value } => {
                matches!(value, Const::Int(_) | Const::Str(_) | Const::Bytes(_))
            }
            _ => false,
        }
    }

    pub(super) fn extract(&mut self, value: OpId, index: u32, ty: Type) -> OpId {
        self.b.emit(OpKind::Extract { value, index }, ty)
    }

    /// A denotation as it is passed to a parameter: by reference to storage or by value.
    pub(super) fn pass(&mut self, den: Den, param: Option<&ParamInfo>) -> OpId {
        let storage = param.is_some_and(|p| p.storage);
        let value = match den {
            Den::State(place, ty) if storage => self.reference(place, ty),
            other => self.read(other),
        };
        match param {
            Some(param) => self.coerce(value, &param.ty),
            None => value,
        }
    }

    /// How well a denotation fits a parameter; see [`crate::program::Program::fit`].
    pub(super) fn den_fit(&self, den: &Den, param: &ParamInfo) -> u32 {
        if param.storage && !matches!(den, Den::State(..) | Den::Value(_)) {
            return 0;
        }
        let ty = self.den_type(den);
        if let Den::Value(value) = den
            && self.is_literal(*value)
            && takes_literals(&param.ty)
        {
            return if ty == param.ty { 3 } else { 2 };
        }
        self.p.fit(&param.ty, &ty)
    }
}

/// Types that number and string literals convert to by themselves.
fn takes_literals(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Int { .. } | Type::Address | Type::Bytes(_) | Type::Str
    )
}
