//! Operators: arithmetic with its overflow behaviour, comparison, logic, casts.

use pactward_ir::{ArithMode, BinaryOp, OpId, OpKind, Type, UnaryOp};

use super::Lowerer;
use super::control::{Dest, Join, Val};
use super::matching::kind_of_result;
use crate::api;
use crate::source::Syn;

/// Nodes looked at to decide whether an operand can be evaluated without effect.
const MAX_LOOK: usize = 60;

pub(super) fn binary_op(text: &str) -> Option<BinaryOp> {
    Some(match text {
        "+" | "+=" => BinaryOp::Add,
        "-" | "-=" => BinaryOp::Sub,
        "*" | "*=" => BinaryOp::Mul,
        "/" | "/=" => BinaryOp::Div,
        "%" | "%=" => BinaryOp::Rem,
        "&" | "&=" => BinaryOp::BitAnd,
        "|" | "|=" => BinaryOp::BitOr,
        "^" | "^=" => BinaryOp::BitXor,
        "<<" | "<<=" => BinaryOp::Shl,
        ">>" | ">>=" => BinaryOp::Shr,
        "==" => BinaryOp::Eq,
        "!=" => BinaryOp::Ne,
        "<" => BinaryOp::Lt,
        "<=" => BinaryOp::Le,
        ">" => BinaryOp::Gt,
        ">=" => BinaryOp::Ge,
        "&&" => BinaryOp::And,
        "||" => BinaryOp::Or,
        _ => return None,
    })
}

impl<'t> Lowerer<'t> {
    /// A chain of binary operators, leftmost operand first.
    pub(super) fn binary_chain(&mut self, node: Syn<'t>, want: &Type) -> OpId {
        let mut links = Vec::new();
        let mut at = node;
        while at.kind() == "binary_expression" {
            let (Some(left), Some(right)) = (at.field("left"), at.field("right")) else {
                break;
            };
            links.push((at, right));
            at = left;
        }
        // The operand of a comparison is not of the type of its result.
        let inner_want = match binary_op(node.operator()) {
            Some(op) if op.is_comparison() => Type::Unknown,
            _ => want.clone(),
        };
        let mut left = self.value(at, &inner_want);
        for (whole, right) in links.into_iter().rev() {
            let Some(op) = binary_op(whole.operator()) else {
                let right = self.value(right, &Type::Unknown);
                left = self.unknown("operator", vec![left, right]);
                continue;
            };
            if matches!(op, BinaryOp::And | BinaryOp::Or) && !is_plain(right) {
                left = self.short_circuit(op, left, right);
                continue;
            }
            let left_ty = self.b.ty(left).clone();
            let right = self.value(right, &left_ty);
            self.adopt(left, right);
            let outer = self.b.at(whole.span());
            left = self.binary(op, left, right);
            self.b.set_source(outer);
        }
        left
    }

    /// A literal without type takes the type of the other operand.
    pub(super) fn adopt(&mut self, left: OpId, right: OpId) {
        let (l, r) = (self.b.ty(left).clone(), self.b.ty(right).clone());
        if !l.is_known() && r.is_known() {
            self.b.set_ty(left, r);
        } else if !r.is_known() && l.is_known() {
            self.b.set_ty(right, l);
        }
    }

    pub(super) fn binary(&mut self, op: BinaryOp, left: OpId, right: OpId) -> OpId {
        let left_ty = self.b.ty(left).clone();
        let is_text = matches!(left_ty, Type::Str) && op == BinaryOp::Add;
        let (op, ty) = if is_text {
            (BinaryOp::Concat, Type::Str)
        } else if op.is_comparison() || matches!(op, BinaryOp::And | BinaryOp::Or) {
            (op, Type::Bool)
        } else {
            (op, left_ty.clone())
        };
        let mode = if op.is_arithmetic() {
            self.arith_mode(&left_ty)
        } else {
            ArithMode::None
        };
        let kind = OpKind::Binary {
            op,
            left,
            right,
            mode,
        };
        self.emit(kind, ty)
    }

    /// What a plain operator does on overflow: SDK number types check, integers as the crate's
    /// release profile says.
    fn arith_mode(&self, ty: &Type) -> ArithMode {
        match ty {
            Type::Int { .. } => {
                let checks = self
                    .program
                    .crate_of(self.module)
                    .is_some_and(|c| c.overflow_checks);
                if checks {
                    ArithMode::Checked
                } else {
                    ArithMode::Wrapping
                }
            }
            Type::Float | Type::Unknown => ArithMode::None,
            Type::BigInt => ArithMode::Big,
            _ => ArithMode::Checked,
        }
    }

    /// `left && right` where the right side has an effect, may abort or leaves the function.
    fn short_circuit(&mut self, op: BinaryOp, left: OpId, right: Syn<'t>) -> OpId {
        let (yes, no) = self.fork(left);
        let (go_on, done) = if op == BinaryOp::And {
            (yes, no)
        } else {
            (no, yes)
        };
        let mut join = Join::default();
        self.go_on(done);
        let known = self.b.bool(op == BinaryOp::Or);
        self.arrive(&mut join, Some(known));
        self.go_on(go_on);
        let value = self.value(right, &Type::Bool);
        self.arrive(&mut join, Some(value));
        self.enter_value(&join)
    }

    pub(super) fn unary(&mut self, node: Syn<'t>, want: &Type) -> Val {
        // A row of prefix operators is one loop.
        let mut operators = Vec::new();
        let mut at = node;
        while at.kind() == "unary_expression" {
            let operator = ["!", "-", "*"].into_iter().find(|op| at.has_token(op));
            let Some(inner) = at.first_kid() else {
                break;
            };
            operators.push(operator.unwrap_or("*"));
            at = inner;
        }
        let mut value = self.eval(at, want);
        for operator in operators.into_iter().rev() {
            let op = match operator {
                "!" => UnaryOp::Not,
                "-" => UnaryOp::Neg,
                _ => continue,
            };
            let inner = self.force(value);
            let ty = self.b.ty(inner).clone();
            let op = if op == UnaryOp::Not && matches!(ty, Type::Int { .. }) {
                UnaryOp::BitNot
            } else {
                op
            };
            let ty = if op == UnaryOp::Not && !ty.is_known() {
                Type::Bool
            } else {
                ty
            };
            value = Val::Op(self.emit(OpKind::Unary { op, value: inner }, ty));
        }
        value
    }

    pub(super) fn cast(&mut self, node: Syn<'t>) -> OpId {
        // `x as u32 as u64 as …` nests to the left.
        let mut types = Vec::new();
        let mut at = node;
        while at.kind() == "type_cast_expression" {
            let (Some(value), Some(ty)) = (at.field("value"), at.field("type")) else {
                break;
            };
            types.push(ty);
            at = value;
        }
        let mut value = self.value(at, &Type::Unknown);
        for ty in types.into_iter().rev() {
            let to = self.type_at(ty);
            let lossy = is_lossy(self.b.ty(value), &to);
            value = self.emit(OpKind::Cast { value, lossy }, to);
        }
        value
    }

    /// `left op= right`.
    pub(super) fn compound_assignment(&mut self, node: Syn<'t>) {
        let (Some(left), Some(right)) = (node.field("left"), node.field("right")) else {
            return;
        };
        let place = self.place(left);
        let ty = place.ty(self);
        let amount = self.value(right, &ty);
        let Some(op) = binary_op(node.operator()) else {
            return;
        };
        let old = self.read(&place);
        self.adopt(old, amount);
        let new = self.binary(op, old, amount);
        self.write(&place, new);
    }

    /// A comparison or logical value from which control branches.
    pub(super) fn boolean(&mut self, node: Syn<'t>) -> OpId {
        self.value(node, &Type::Bool)
    }

    /// A range, as a tuple-like value of its bounds.
    pub(super) fn range(&mut self, node: Syn<'t>) -> OpId {
        let mut parts = Vec::new();
        for kid in node.kids() {
            parts.push(self.value(kid, &Type::Unknown));
        }
        if let [from, to] = parts.as_slice() {
            self.adopt(*from, *to);
        }
        let item = parts
            .first()
            .map(|p| self.b.ty(*p).clone())
            .unwrap_or_default();
        let ty = Type::Named("std::Range".into(), vec![item]);
        let text = node.text();
        let name = if text.contains("..=") {
            "range-inclusive"
        } else {
            "range"
        };
        self.pure(name, parts, ty)
    }

    /// Runs a branching expression for its value.
    pub(super) fn branching(&mut self, node: Syn<'t>, want: &Type) -> Val {
        let mut dest = match kind_of_result(node, want) {
            Some(wrap) => Dest::Split {
                wrap,
                good: Join::default(),
                bad: Join::default(),
            },
            None => Dest::Join(Join::default()),
        };
        self.run(node, &mut dest, want);
        self.collected(dest)
    }

    /// Whether a number type checks its arithmetic by itself.
    pub(super) fn is_number(ty: &Type) -> bool {
        match ty {
            Type::Int { .. } | Type::BigInt => true,
            Type::Named(name, _) => api::tables().function(name, "checked_add").is_some(),
            _ => false,
        }
    }
}

/// Whether an operand can be evaluated in advance: it reads values and compares them.
pub(super) fn is_plain(node: Syn<'_>) -> bool {
    let mut stack = vec![node];
    let mut seen = 0;
    while let Some(node) = stack.pop() {
        seen += 1;
        if seen > MAX_LOOK {
            return false;
        }
        match node.kind() {
            "identifier" | "self" | "field_identifier" | "integer_literal" | "string_literal"
            | "boolean_literal" | "char_literal" | "float_literal" | "string_content"
            | "escape_sequence" => {}
            "scoped_identifier" => {}
            "field_expression" => stack.extend(node.field("value")),
            "unary_expression"
            | "parenthesized_expression"
            | "reference_expression"
            | "mutable_specifier" => stack.extend(node.kids()),
            "binary_expression" => {
                let op = binary_op(node.operator());
                let is_safe = op.is_some_and(|op| {
                    op.is_comparison() || matches!(op, BinaryOp::And | BinaryOp::Or)
                });
                if !is_safe {
                    return false;
                }
                stack.extend(node.field("left"));
                stack.extend(node.field("right"));
            }
            "call_expression" => {
                let Some(function) = node.field("function") else {
                    return false;
                };
                let is_test = function.kind() == "field_expression"
                    && function.field("field").is_some_and(|f| {
                        matches!(
                            f.text(),
                            "is_some"
                                | "is_none"
                                | "is_ok"
                                | "is_err"
                                | "is_empty"
                                | "is_zero"
                                | "len"
                                | "eq"
                                | "ne"
                        )
                    });
                if !is_test {
                    return false;
                }
                stack.extend(function.field("value"));
                stack.extend(node.field("arguments").map_or(Vec::new(), Syn::kids));
            }
            _ => return false,
        }
    }
    true
}

/// Whether a cast can change the value.
fn is_lossy(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (
            Type::Int { bits, signed },
            Type::Int {
                bits: to_bits,
                signed: to_signed,
            },
        ) => {
            let needed = bits + u16::from(!signed && *to_signed);
            needed > *to_bits || (*signed && !to_signed)
        }
        (Type::Float, Type::Int { .. }) => true,
        _ => false,
    }
}
