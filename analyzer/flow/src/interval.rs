//! Simple bounds of integer values under conditions that hold.

use num_bigint::BigInt;
use num_traits::{One, Zero};
use pactward_ir::{BinaryOp, Const};

use crate::Expr;

/// A range of integers; a missing end is unbounded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Interval {
    pub low: Option<BigInt>,
    pub high: Option<BigInt>,
}

impl Interval {
    fn point(value: BigInt) -> Self {
        Self {
            low: Some(value.clone()),
            high: Some(value),
        }
    }

    /// The range of a value when `facts` hold.
    pub fn of(value: &Expr, facts: &[&Expr]) -> Self {
        let own = match value {
            Expr::Const(Const::Int(int)) => return Self::point(int.clone()),
            Expr::Binary(op, a, b) => Self::of(a, facts).combine(*op, &Self::of(b, facts)),
            Expr::Apply(name, _) if name == "length" => Self {
                low: Some(BigInt::zero()),
                high: None,
            },
            _ => Self::default(),
        };
        facts
            .iter()
            .fold(own, |range, fact| range.refine(value, fact))
    }

    /// Whether a comparison is decided by the ranges of its sides.
    pub fn decide(cond: &Expr, facts: &[&Expr]) -> Option<bool> {
        let Expr::Binary(op, a, b) = cond else {
            return cond.truth();
        };
        let (a, b) = (Self::of(a, facts), Self::of(b, facts));
        let below = |x: &Self, y: &Self| matches!((&x.high, &y.low), (Some(h), Some(l)) if h < l);
        let at_most =
            |x: &Self, y: &Self| matches!((&x.high, &y.low), (Some(h), Some(l)) if h <= l);
        match op {
            BinaryOp::Lt if below(&a, &b) => Some(true),
            BinaryOp::Lt if at_most(&b, &a) => Some(false),
            BinaryOp::Le if at_most(&a, &b) => Some(true),
            BinaryOp::Le if below(&b, &a) => Some(false),
            BinaryOp::Gt if below(&b, &a) => Some(true),
            BinaryOp::Gt if at_most(&a, &b) => Some(false),
            BinaryOp::Ge if at_most(&b, &a) => Some(true),
            BinaryOp::Ge if below(&a, &b) => Some(false),
            BinaryOp::Eq if below(&a, &b) || below(&b, &a) => Some(false),
            BinaryOp::Ne if below(&a, &b) || below(&b, &a) => Some(true),
            _ => None,
        }
    }

    /// Sums and differences only: products wrap too easily to be trusted without widths.
    fn combine(&self, op: BinaryOp, other: &Self) -> Self {
        let add = |a: &Option<BigInt>, b: &Option<BigInt>| Some(a.as_ref()? + b.as_ref()?);
        let sub = |a: &Option<BigInt>, b: &Option<BigInt>| Some(a.as_ref()? - b.as_ref()?);
        match op {
            BinaryOp::Add => Self {
                low: add(&self.low, &other.low),
                high: add(&self.high, &other.high),
            },
            BinaryOp::Sub => Self {
                low: sub(&self.low, &other.high),
                high: sub(&self.high, &other.low),
            },
            _ => Self::default(),
        }
    }

    /// The range of `value` if `fact` holds too.
    fn refine(mut self, value: &Expr, fact: &Expr) -> Self {
        let Expr::Binary(op, a, b) = fact else {
            return self;
        };
        if let BinaryOp::And = op {
            return self.refine(value, a).refine(value, b);
        }
        let Expr::Const(Const::Int(bound)) = &**b else {
            return self;
        };
        if **a != *value {
            return self;
        }
        let (low, high) = match op {
            BinaryOp::Eq => (Some(bound.clone()), Some(bound.clone())),
            BinaryOp::Lt => (None, Some(bound - BigInt::one())),
            BinaryOp::Le => (None, Some(bound.clone())),
            BinaryOp::Gt => (Some(bound + BigInt::one()), None),
            BinaryOp::Ge => (Some(bound.clone()), None),
            _ => return self,
        };
        if let Some(low) = low {
            self.low = Some(self.low.map_or(low.clone(), |l| l.max(low)));
        }
        if let Some(high) = high {
            self.high = Some(self.high.map_or(high.clone(), |h| h.min(high)));
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_follow_conditions_and_sums() {
        let x = Expr::Param(0);
        let at_least = |n| Expr::binary(BinaryOp::Ge, x.clone(), Expr::int(n), Expr::Unknown);
        let fact = at_least(5);
        let sum = Expr::binary(BinaryOp::Add, x.clone(), Expr::int(2), Expr::Unknown);
        assert_eq!(Interval::of(&sum, &[&fact]).low, Some(7.into()));
        assert_eq!(Interval::decide(&at_least(3), &[&fact]), Some(true));
        assert_eq!(Interval::decide(&at_least(9), &[&fact]), None);
        let below = Expr::binary(BinaryOp::Lt, x, Expr::int(5), Expr::Unknown);
        assert_eq!(Interval::decide(&below, &[&fact]), Some(false));
    }
}
