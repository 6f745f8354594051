//! Conversions.

use pactward_ir::{Const, OpKind, Type};
use pactward_syntax::Node;

use super::Lowering;
use super::value::Val;

impl<'a> Lowering<'a> {
    /// `T(x)`.
    pub(super) fn conversion(&mut self, ty: &Type, operand: Node<'a>) -> Val {
        let value = self.expr_of(operand, Some(ty));
        self.convert(value, ty)
    }

    fn convert(&mut self, value: Val, ty: &Type) -> Val {
        let (from, to) = (self.underlying(&value.ty), self.underlying(ty));
        if let Some(constant) = value.constant()
            && keeps_constant(constant, &to)
        {
            let constant = constant.clone();
            return self.constant(constant, ty.clone());
        }
        if from == to || (!is_basic(&from) && !is_basic(&to)) {
            let mut same = value;
            same.ty = ty.clone();
            return same;
        }
        let text = value.known.clone();
        let kind = OpKind::Cast {
            value: value.id,
            lossy: is_lossy(&from, &to),
        };
        let mut cast = self.emit(kind, ty.clone());
        // Text and bytes of it name the same method, key or field.
        if matches!(
            (&from, &to),
            (Type::Str, Type::Bytes(_)) | (Type::Bytes(_), Type::Str)
        ) {
            cast.known.constant = text.constant;
        }
        cast
    }
}

/// Whether a constant converted to a type is the same constant.
fn keeps_constant(constant: &Const, to: &Type) -> bool {
    matches!(
        (constant, to),
        (Const::Int(_), Type::Int { .. })
            | (Const::Str(_), Type::Str)
            | (Const::Bool(_), Type::Bool)
    ) || *constant == Const::Nil
}

fn is_basic(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Int { .. } | Type::Float | Type::Str | Type::Bytes(_) | Type::Bool | Type::Array(..)
    )
}

/// Whether a conversion may change the number.
fn is_lossy(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (
            Type::Int {
                bits: from_bits,
                signed: from_signed,
            },
            Type::Int { bits, signed },
        ) => {
            let room = if *signed && !*from_signed {
                bits.saturating_sub(1)
            } else {
                *bits
            };
            room < *from_bits || (*from_signed && !*signed)
        }
        (Type::Float, Type::Int { .. }) => true,
        (Type::Int { bits, .. }, Type::Float) => *bits > 53,
        _ => false,
    }
}
