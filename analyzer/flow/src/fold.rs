//! Simplification of expressions whose value is plain to see.

use num_traits::Zero;
use pactward_ir::{BinaryOp, Const, EnvKind, Name, UnaryOp};

use crate::Expr;
use crate::loc::LocStep;

/// Whether two literals are one value, whatever their types say (`nil`, 0 and the zero address).
pub(crate) fn same_const(a: &Const, b: &Const) -> bool {
    a == b || is_zero(a) && is_zero(b)
}

pub(crate) fn is_zero(value: &Const) -> bool {
    match value {
        Const::Int(int) => int.is_zero(),
        Const::Bool(value) => !value,
        Const::Str(text) => text.is_empty(),
        Const::Bytes(digits) => digits.bytes().all(|b| b == b'0'),
        Const::Nil => true,
    }
}

pub(crate) fn fold_unary(op: UnaryOp, value: &Expr) -> Option<Expr> {
    match (op, value) {
        (UnaryOp::Not, Expr::Const(c)) => Some(Expr::bool(is_zero(c))),
        (UnaryOp::Not, Expr::Unary(UnaryOp::Not, inner)) => Some((**inner).clone()),
        (UnaryOp::Not, Expr::Binary(BinaryOp::And, a, b)) => Some(Expr::binary(
            BinaryOp::Or,
            a.negate(),
            b.negate(),
            Expr::Unknown,
        )),
        (UnaryOp::Not, Expr::Binary(BinaryOp::Or, a, b)) => Some(Expr::binary(
            BinaryOp::And,
            a.negate(),
            b.negate(),
            Expr::Unknown,
        )),
        (UnaryOp::Not, Expr::Binary(cmp, a, b)) => {
            cmp.negated().map(|n| Expr::Binary(n, a.clone(), b.clone()))
        }
        (UnaryOp::Neg, Expr::Const(Const::Int(int))) => Some(Expr::Const(Const::Int(-int))),
        (UnaryOp::IsErr, Expr::Failure) => Some(Expr::bool(true)),
        (UnaryOp::IsErr, Expr::Apply(name, _)) if name == "Ok" || name == "tuple" => {
            Some(Expr::bool(false))
        }
        (UnaryOp::IsErr | UnaryOp::IsNone, Expr::Const(Const::Nil)) => {
            Some(Expr::bool(op == UnaryOp::IsNone))
        }
        (UnaryOp::IsNone, Expr::Apply(name, _)) if name == "Some" => Some(Expr::bool(false)),
        _ => None,
    }
}

pub(crate) fn fold_binary(op: BinaryOp, left: &Expr, right: &Expr) -> Option<Expr> {
    use BinaryOp as B;
    if let (Expr::Const(a), Expr::Const(b)) = (left, right) {
        return fold_constants(op, a, b);
    }
    let identical = left == right && !left.is_vague();
    let failure = matches!((left, right), (Expr::Failure, _) | (_, Expr::Failure));
    let nil = left.is_zero() || right.is_zero();
    match op {
        B::Eq | B::Le | B::Ge if identical => Some(Expr::bool(true)),
        B::Ne | B::Lt | B::Gt if identical => Some(Expr::bool(false)),
        B::Eq | B::Ne if failure && nil => Some(Expr::bool(op == B::Ne)),
        // Nobody calls from the zero address, and no contract lives there.
        B::Eq | B::Ne if is_account(left) && right.is_zero() => Some(Expr::bool(op == B::Ne)),
        B::Eq | B::Ne if is_account(right) && left.is_zero() => Some(Expr::bool(op == B::Ne)),
        B::Eq | B::Ne if differ_by_constant(left, right) => Some(Expr::bool(op == B::Ne)),
        B::Eq | B::Ne => fold_bool_literal(op, left, right).or_else(|| order(op, left, right)),
        // Comparisons are kept with the constant or larger side on the right.
        B::Gt | B::Ge | B::Lt | B::Le => order(op, left, right),
        B::And => match (left.truth(), right.truth()) {
            (Some(false), _) | (_, Some(false)) => Some(Expr::bool(false)),
            (Some(true), _) => Some(right.clone()),
            (_, Some(true)) => Some(left.clone()),
            _ => None,
        },
        B::Or => match (left.truth(), right.truth()) {
            (Some(true), _) | (_, Some(true)) => Some(Expr::bool(true)),
            (Some(false), _) => Some(right.clone()),
            (_, Some(false)) => Some(left.clone()),
            _ => None,
        },
        B::Add | B::Sub if right.is_zero() => Some(left.clone()),
        B::Add if left.is_zero() => Some(right.clone()),
        B::Sub if identical => Some(Expr::int(0)),
        B::Mul if nil => Some(Expr::int(0)),
        _ => fold_sum(op, left, right),
    }
}

/// Whether two values are one value plus constants that are not equal.
fn differ_by_constant(left: &Expr, right: &Expr) -> bool {
    let (a, x) = linear(left);
    let (b, y) = linear(right);
    a == b && x != y && !a.is_vague() && !matches!(a, Expr::Const(_))
}

/// A value as a base plus a constant.
fn linear(value: &Expr) -> (&Expr, num_bigint::BigInt) {
    match value {
        Expr::Binary(op @ (BinaryOp::Add | BinaryOp::Sub), base, by) => match &**by {
            Expr::Const(Const::Int(int)) if *op == BinaryOp::Add => (base, int.clone()),
            Expr::Const(Const::Int(int)) => (base, -int),
            _ => (value, 0.into()),
        },
        _ => (value, 0.into()),
    }
}

/// A comparison with a boolean literal is the boolean or its negation.
fn fold_bool_literal(op: BinaryOp, left: &Expr, right: &Expr) -> Option<Expr> {
    match (left, right) {
        (e, Expr::Const(Const::Bool(c))) | (Expr::Const(Const::Bool(c)), e) => {
            let keep = (op == BinaryOp::Eq) == *c;
            Some(if keep { e.clone() } else { e.negate() })
        }
        _ => None,
    }
}

/// Swaps the sides of a comparison whose left side is a constant, so that equal conditions are
/// equal expressions.
fn order(op: BinaryOp, left: &Expr, right: &Expr) -> Option<Expr> {
    use BinaryOp as B;
    if !matches!(left, Expr::Const(_)) {
        return None;
    }
    let swapped = match op {
        B::Lt => B::Gt,
        B::Le => B::Ge,
        B::Gt => B::Lt,
        B::Ge => B::Le,
        same => same,
    };
    Some(Expr::binary(
        swapped,
        right.clone(),
        left.clone(),
        Expr::Unknown,
    ))
}

/// `(x + a) - b` and the like with constants, so that `lock + 1 - 1` is `lock`.
fn fold_sum(op: BinaryOp, left: &Expr, right: &Expr) -> Option<Expr> {
    use BinaryOp as B;
    let (Expr::Binary(inner, x, a), Expr::Const(Const::Int(b))) = (left, right) else {
        return match (op, left) {
            // (x + y) - y and (x - y) + y.
            (B::Sub, Expr::Binary(B::Add, x, y)) if **y == *right => Some((**x).clone()),
            (B::Add, Expr::Binary(B::Sub, x, y)) if **y == *right => Some((**x).clone()),
            _ => None,
        };
    };
    let Expr::Const(Const::Int(a)) = &**a else {
        return None;
    };
    let signed = |op: B, value: &num_bigint::BigInt| match op {
        B::Add => Some(value.clone()),
        B::Sub => Some(-value),
        _ => None,
    };
    let total = signed(*inner, a)? + signed(op, b)?;
    let (op, total) = if total < 0.into() {
        (B::Sub, -total)
    } else {
        (B::Add, total)
    };
    Some(Expr::binary(
        op,
        (**x).clone(),
        Expr::Const(Const::Int(total)),
        Expr::Unknown,
    ))
}

fn is_account(value: &Expr) -> bool {
    matches!(
        value.stripped(),
        Expr::Caller(_) | Expr::Env(EnvKind::SelfAddress)
    )
}

fn fold_constants(op: BinaryOp, a: &Const, b: &Const) -> Option<Expr> {
    use BinaryOp as B;
    match op {
        B::Eq => return Some(Expr::bool(same_const(a, b))),
        B::Ne => return Some(Expr::bool(!same_const(a, b))),
        B::And => return Some(Expr::bool(!is_zero(a) && !is_zero(b))),
        B::Or => return Some(Expr::bool(!is_zero(a) || !is_zero(b))),
        B::Add | B::Concat => {
            if let (Const::Str(a), Const::Str(b)) = (a, b) {
                return Some(Expr::Const(Const::Str(format!("{a}{b}").into())));
            }
        }
        _ => {}
    }
    let (Const::Int(a), Const::Int(b)) = (a, b) else {
        return None;
    };
    let number = |value| Some(Expr::Const(Const::Int(value)));
    match op {
        B::Lt => Some(Expr::bool(a < b)),
        B::Le => Some(Expr::bool(a <= b)),
        B::Gt => Some(Expr::bool(a > b)),
        B::Ge => Some(Expr::bool(a >= b)),
        B::Add => number(a + b),
        B::Sub => number(a - b),
        B::Mul if a.bits() + b.bits() <= 512 => number(a * b),
        B::Div if !b.is_zero() => number(a / b),
        B::Rem if !b.is_zero() => number(a % b),
        B::BitAnd => number(a & b),
        B::BitOr => number(a | b),
        _ => None,
    }
}

/// An application, with selections from known aggregates and state taken apart. The selections
/// are `.name` (field), `[]` (index), `#n` (tuple component) and `length`.
pub(crate) fn apply(name: &Name, args: Vec<Expr>, otherwise: Expr) -> Expr {
    if let (Some(field), [base]) = (name.strip_prefix('.'), args.as_slice()) {
        return field_of(base, field, otherwise);
    }
    if let (Some(at), [base]) = (name.strip_prefix('#'), args.as_slice())
        && let Ok(at) = at.parse::<usize>()
    {
        return component_of(base, at, otherwise);
    }
    if name == "[]"
        && let [base, key] = args.as_slice()
    {
        return element_of(base, key, otherwise);
    }
    Expr::apply(name.clone(), args, otherwise)
}

pub(crate) fn field_of(base: &Expr, field: &str, otherwise: Expr) -> Expr {
    match base.stripped() {
        Expr::State(loc, epoch) => {
            let step = vec![LocStep::Field(field.into())];
            Expr::state(loc.extended(step), *epoch, otherwise)
        }
        Expr::Apply(name, args) if name.starts_with("struct{") => {
            let names = name["struct{".len()..].trim_end_matches('}');
            match names.split(',').position(|n| n == field) {
                Some(at) if at < args.len() => args[at].clone(),
                _ => Expr::apply(format!(".{field}"), vec![base.clone()], otherwise),
            }
        }
        // A value with one field changed.
        Expr::Apply(name, args) if name.starts_with("with.") && args.len() == 2 => {
            if name["with.".len()..] == *field {
                args[1].clone()
            } else {
                field_of(&args[0], field, otherwise)
            }
        }
        Expr::Unknown => Expr::Unknown,
        _ => Expr::apply(format!(".{field}"), vec![base.clone()], otherwise),
    }
}

pub(crate) fn element_of(base: &Expr, key: &Expr, otherwise: Expr) -> Expr {
    match base.stripped() {
        Expr::State(loc, epoch) => {
            let step = vec![LocStep::Key(key.clone())];
            Expr::state(loc.extended(step), *epoch, otherwise)
        }
        // One of the arguments that the client sent together.
        Expr::Arg(all) if all.is_zero() => Expr::Arg(key.clone().into()),
        Expr::Apply(name, args) if name == "#1" && matches!(&args[..], [Expr::Arg(_)]) => {
            Expr::Arg(key.clone().into())
        }
        Expr::Unknown => Expr::Unknown,
        _ => Expr::apply("[]", vec![base.clone(), key.clone()], otherwise),
    }
}

/// Number of bytes of a literal.
pub(crate) fn length_of(value: &Expr) -> Option<Expr> {
    match value {
        Expr::Const(Const::Str(text)) => Some(Expr::Const(Const::Int(text.len().into()))),
        Expr::Const(Const::Bytes(digits)) => {
            Some(Expr::Const(Const::Int((digits.len() / 2).into())))
        }
        Expr::Const(Const::Nil) => Some(Expr::int(0)),
        _ => None,
    }
}

pub(crate) fn component_of(base: &Expr, at: usize, otherwise: Expr) -> Expr {
    match base {
        Expr::Apply(name, args) if name == "tuple" && at < args.len() => args[at].clone(),
        // A fact about the caller or the block comes with an error where it may fail.
        Expr::Caller(_) | Expr::Env(_) if at == 0 => base.clone(),
        Expr::Unknown => Expr::Unknown,
        _ => Expr::apply(format!("#{at}"), vec![base.clone()], otherwise),
    }
}

/// What a pattern took out of a value. State that is optional and its content are one.
pub(crate) fn payload_of(base: &Expr, variant: &str, at: usize, otherwise: Expr) -> Expr {
    match base {
        Expr::Apply(name, args) if same_variant(name, variant) => {
            args.get(at).cloned().unwrap_or(otherwise)
        }
        Expr::State(..) | Expr::Arg(_) | Expr::Param(_)
            if matches!(last_segment(variant), "Some" | "Ok") =>
        {
            base.clone()
        }
        _ => Expr::apply(format!("{variant}.{at}"), vec![base.clone()], otherwise),
    }
}

pub(crate) fn is_variant(base: &Expr, variant: &str, otherwise: Expr) -> Expr {
    let short = last_segment(variant);
    match (base, short) {
        (Expr::Failure, "Err" | "Ok") => Expr::bool(short == "Err"),
        (Expr::Const(Const::Nil), "Some" | "None") => Expr::bool(short == "None"),
        (Expr::Apply(name, _), _) if is_constructor(name) => {
            Expr::bool(same_variant(name, variant))
        }
        (_, "Err") => Expr::unary(UnaryOp::IsErr, base.clone(), otherwise),
        (_, "Ok") => Expr::unary(UnaryOp::IsErr, base.clone(), otherwise).negate(),
        (_, "None") => Expr::unary(UnaryOp::IsNone, base.clone(), otherwise),
        (_, "Some") => Expr::unary(UnaryOp::IsNone, base.clone(), otherwise).negate(),
        _ => Expr::apply(format!("is {variant}"), vec![base.clone()], otherwise),
    }
}

fn last_segment(name: &str) -> &str {
    name.rsplit("::").next().unwrap_or(name)
}

fn same_variant(constructor: &str, variant: &str) -> bool {
    last_segment(constructor) == last_segment(variant)
}

/// Names of applications that build an enum value.
fn is_constructor(name: &str) -> bool {
    matches!(name, "Ok" | "Some" | "Err")
}
