//! Small decisions about conditions: whether two can hold together.

use pactward_ir::{BinaryOp, UnaryOp};

use crate::Expr;
use crate::fold::same_const;

/// Whether two conditions cannot both hold: one is the other's negation, or they bind the same
/// value to constants that do not fit.
pub fn excludes(a: &Expr, b: &Expr) -> bool {
    if a.is_vague() || b.is_vague() {
        return false;
    }
    excludes_known(a, b)
}

fn excludes_known(a: &Expr, b: &Expr) -> bool {
    if is_negation(a, b) {
        return true;
    }
    match (a, b) {
        (Expr::Binary(BinaryOp::And, x, y), _) => excludes_known(x, b) || excludes_known(y, b),
        (_, Expr::Binary(BinaryOp::And, x, y)) => excludes_known(a, x) || excludes_known(a, y),
        (Expr::Binary(BinaryOp::Or, x, y), _) => excludes_known(x, b) && excludes_known(y, b),
        (_, Expr::Binary(BinaryOp::Or, x, y)) => excludes_known(a, x) && excludes_known(a, y),
        (Expr::Binary(op1, x1, y1), Expr::Binary(op2, x2, y2)) if x1 == x2 => {
            excludes_bounds(*op1, y1, *op2, y2)
        }
        _ => false,
    }
}

/// Whether one condition is the plain negation of the other, told without building it.
fn is_negation(a: &Expr, b: &Expr) -> bool {
    match (a, b) {
        (Expr::Unary(UnaryOp::Not, x), y) | (y, Expr::Unary(UnaryOp::Not, x)) => **x == *y,
        (Expr::Binary(op, left, right), Expr::Binary(other, l, r)) => {
            op.negated() == Some(*other) && left == l && right == r
        }
        _ => false,
    }
}

/// `x op1 y1` and `x op2 y2` for constants.
fn excludes_bounds(op1: BinaryOp, y1: &Expr, op2: BinaryOp, y2: &Expr) -> bool {
    use BinaryOp as B;
    let (Expr::Const(c1), Expr::Const(c2)) = (y1, y2) else {
        return false;
    };
    match (op1, op2) {
        (B::Eq, B::Eq) => !same_const(c1, c2),
        (B::Eq, _) => holds(op2, y1, y2) == Some(false),
        (_, B::Eq) => holds(op1, y2, y1) == Some(false),
        (B::Lt | B::Le, B::Gt | B::Ge) => {
            let strict = op1 == B::Lt || op2 == B::Gt;
            holds(if strict { B::Gt } else { B::Ge }, y1, y2) == Some(false)
        }
        (B::Gt | B::Ge, B::Lt | B::Le) => excludes_bounds(op2, y2, op1, y1),
        _ => false,
    }
}

fn holds(op: BinaryOp, left: &Expr, right: &Expr) -> Option<bool> {
    Expr::binary(op, left.clone(), right.clone(), Expr::Unknown).truth()
}
