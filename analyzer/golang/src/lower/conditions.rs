//! Operators and conditions: short circuits, and what a condition tells about variables.

use num_bigint::BigInt;
use pactward_ir::{ArithMode, BinaryOp, BlockId, Const, KeyKind, LocalId, OpKind, Outcome, Type};
use pactward_models::Effect;
use pactward_syntax::{Node, children};

use super::Lowering;
use super::expr::binary_op;
use super::frame::Binding;
use super::value::Val;
use crate::consts;
use crate::program::{ImportTarget, go_models};

/// Largest operand that is looked through for effects.
const MAX_SIMPLE: usize = 64;

/// Deepest condition that is read for what it tells.
const MAX_TOLD: u32 = 32;

impl<'a> Lowering<'a> {
    /// A chain of binary operators, which parsers nest to the left without bound.
    pub(super) fn binary_chain(&mut self, node: Node<'a>) -> Val {
        let mut chain = Vec::new();
        let mut at = node;
        while at.kind() == "binary_expression" {
            let Some(left) = at.child_by_field_name("left") else {
                break;
            };
            chain.push(at);
            at = left;
        }
        let first = self.expr(at);
        let mut parts = vec![first];
        while let Some(node) = chain.pop() {
            let outer = self.at(node);
            self.operator(node, &mut parts);
            self.f.b.set_source(outer);
        }
        self.concat(parts)
    }

    /// Applies one operator to the value on the left, which is the concatenation of `parts`.
    fn operator(&mut self, node: Node<'a>, parts: &mut Vec<Val>) {
        let fields = ["operator", "right"].map(|f| node.child_by_field_name(f));
        let [Some(operator), Some(right)] = fields else {
            return;
        };
        let operator = self.text(operator);
        if operator == "+" && self.is_text(parts.last()) {
            let right = self.expr_of(right, Some(&Type::Str));
            self.add_part(right, parts);
            return;
        }
        let left = self.concat(std::mem::take(parts));
        let value = match operator {
            "&&" | "||" => self.short_circuit(&left, right, operator == "&&"),
            _ => {
                let expected = left.ty.clone();
                let right = self.expr_of(right, Some(&expected));
                if operator == "+" && self.is_text(Some(&right)) {
                    parts.push(left);
                    self.add_part(right, parts);
                    return;
                }
                self.apply(operator, left, right)
            }
        };
        parts.push(value);
    }

    fn is_text(&self, value: Option<&Val>) -> bool {
        value.is_some_and(|v| self.underlying(&v.ty) == Type::Str)
    }

    /// Appends a text; two constants in a row become one.
    fn add_part(&mut self, right: Val, parts: &mut Vec<Val>) {
        if let Some(last) = parts.last()
            && let (Some(a), Some(b)) = (last.constant(), right.constant())
            && let Some(joined) = consts::binary("+", a, b)
        {
            let ty = last.ty.clone();
            parts.pop();
            let joined = self.constant(joined, ty);
            parts.push(joined);
            return;
        }
        parts.push(right);
    }

    fn concat(&mut self, mut parts: Vec<Val>) -> Val {
        if parts.len() == 1
            && let Some(only) = parts.pop()
        {
            return only;
        }
        let ty = parts.first().map_or(Type::Str, |p| p.ty.clone());
        let kind = OpKind::Key {
            kind: KeyKind::Concat,
            parts: parts.iter().map(|p| p.id).collect(),
        };
        self.emit(kind, ty)
    }

    /// An operator on two values.
    pub(super) fn apply(&mut self, operator: &str, left: Val, right: Val) -> Val {
        if let (Some(a), Some(b)) = (left.constant(), right.constant())
            && let Some(folded) = consts::binary(operator, a, b)
        {
            let ty = match folded {
                Const::Bool(_) => Type::Bool,
                _ => left.ty.clone(),
            };
            return self.constant(folded, ty);
        }
        let Some(mut op) = binary_op(operator) else {
            return self.unknown("operator", vec![left, right]);
        };
        let is_shift = matches!(op, BinaryOp::Shl | BinaryOp::Shr);
        let ty = if op.is_comparison() {
            Type::Bool
        } else if left.constant().is_some() && !is_shift && right.ty.is_known() {
            right.ty.clone()
        } else {
            left.ty.clone()
        };
        if op == BinaryOp::Add && self.underlying(&ty) == Type::Str {
            op = BinaryOp::Concat;
        }
        let is_integer = matches!(self.underlying(&ty), Type::Int { .. });
        let mode = if op.is_arithmetic() && is_integer {
            ArithMode::Wrapping
        } else {
            ArithMode::None
        };
        let kind = OpKind::Binary {
            op,
            left: left.id,
            right: right.id,
            mode,
        };
        self.emit(kind, ty)
    }

    fn short_circuit(&mut self, left: &Val, right: Node<'a>, is_and: bool) -> Val {
        if self.is_simple(right) {
            let right = self.expr(right);
            let op = if is_and { BinaryOp::And } else { BinaryOp::Or };
            let kind = OpKind::Binary {
                op,
                left: left.id,
                right: right.id,
                mode: ArithMode::None,
            };
            return self.emit(kind, Type::Bool);
        }
        let result = self.f.b.local(Type::Bool);
        self.f.b.set(result, left.id);
        let (more, done) = (self.f.b.new_block(), self.f.b.new_block());
        if is_and {
            self.f.b.branch(left.id, more, done);
        } else {
            self.f.b.branch(left.id, done, more);
        }
        self.f.b.switch_to(more);
        let before = self.f.facts.clone();
        let right = self.expr(right);
        self.f.b.set(result, right.id);
        self.f.b.jump(done);
        self.f.b.switch_to(done);
        self.f.facts.join(&before);
        let id = self.f.b.get(result);
        Val::new(id, Type::Bool)
    }

    /// Whether evaluating an expression has no effect and cannot abort.
    fn is_simple(&self, node: Node<'a>) -> bool {
        let mut stack = vec![node];
        let mut seen = 0;
        while let Some(node) = stack.pop() {
            seen += 1;
            if seen > MAX_SIMPLE {
                return false;
            }
            match node.kind() {
                "call_expression" if !self.is_simple_call(node) => return false,
                "index_expression"
                | "slice_expression"
                | "type_assertion_expression"
                | "func_literal"
                | "composite_literal" => return false,
                "binary_expression" | "unary_expression" => {
                    let operator = node.child_by_field_name("operator");
                    if operator.is_some_and(|o| matches!(self.text(o), "/" | "%" | "<-")) {
                        return false;
                    }
                }
                _ => {}
            }
            stack.extend(children(node));
        }
        true
    }

    fn is_simple_call(&self, node: Node<'a>) -> bool {
        let Some(function) = node.child_by_field_name("function") else {
            return false;
        };
        if self.named_type(function).is_some() {
            return true;
        }
        match function.kind() {
            "identifier" => {
                let name = self.text(function);
                matches!(name, "len" | "cap" | "min" | "max") && self.f.lookup(name).is_none()
            }
            "selector_expression" => {
                let parts = ["operand", "field"].map(|f| function.child_by_field_name(f));
                let [Some(operand), Some(field)] = parts else {
                    return false;
                };
                match self.package_of(operand) {
                    Some(ImportTarget::Model(package)) => {
                        let row = go_models().function(&package, self.text(field));
                        row.is_some_and(|r| {
                            matches!(r.effect, Effect::Pure | Effect::Same | Effect::Key(_))
                                && r.outcome.is_none()
                        })
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// Branches on a condition; operands with effects are branches of their own.
    pub(super) fn condition(&mut self, node: Node<'a>, then: BlockId, otherwise: BlockId) {
        if !self.enter() {
            self.leave();
            let value = self.opaque("too deep", node);
            self.f.b.branch(value.id, then, otherwise);
            return;
        }
        self.condition_inner(node, then, otherwise);
        self.leave();
    }

    fn condition_inner(&mut self, node: Node<'a>, then: BlockId, otherwise: BlockId) {
        match node.kind() {
            "parenthesized_expression" => {
                if let Some(inner) = children(node).next() {
                    self.condition(inner, then, otherwise);
                    return;
                }
            }
            "unary_expression" => {
                let parts = ["operator", "operand"].map(|f| node.child_by_field_name(f));
                if let [Some(operator), Some(operand)] = parts
                    && self.text(operator) == "!"
                    && unwrap(operand).kind() == "binary_expression"
                {
                    self.condition(operand, otherwise, then);
                    return;
                }
            }
            "binary_expression" if self.branch_chain(node, then, otherwise) => {
                return;
            }
            _ => {}
        }
        let outer = self.at(node);
        let value = self.expr(node);
        self.f.b.branch(value.id, then, otherwise);
        self.f.b.set_source(outer);
    }

    /// Branches operand by operand along a chain of one short-circuit operator, if an operand but
    /// the first has effects or may abort.
    fn branch_chain(&mut self, node: Node<'a>, then: BlockId, otherwise: BlockId) -> bool {
        let operator_of = |node: Node<'a>| {
            let operator = node.child_by_field_name("operator");
            operator.map_or("", |o| self.text(o))
        };
        let operator = operator_of(node);
        if operator != "&&" && operator != "||" {
            return false;
        }
        let mut operands = Vec::new();
        let mut at = node;
        while at.kind() == "binary_expression" && operator_of(at) == operator {
            let parts = ["left", "right"].map(|f| at.child_by_field_name(f));
            let [Some(left), Some(right)] = parts else {
                return false;
            };
            operands.push(right);
            at = left;
        }
        if operands.iter().all(|o| self.is_simple(*o)) {
            return false;
        }
        operands.push(at);
        while let Some(operand) = operands.pop() {
            if operands.is_empty() {
                self.condition(operand, then, otherwise);
                break;
            }
            let more = self.f.b.new_block();
            if operator == "&&" {
                self.condition(operand, more, otherwise);
            } else {
                self.condition(operand, then, more);
            }
            self.f.b.switch_to(more);
        }
        true
    }

    /// What holds of variables where a condition is true or false.
    pub(super) fn told(&self, node: Node<'a>, truth: bool) -> Vec<(LocalId, Outcome)> {
        let mut found = Vec::new();
        self.tell(node, truth, &mut found, 0);
        found
    }

    fn tell(&self, node: Node<'a>, truth: bool, found: &mut Vec<(LocalId, Outcome)>, depth: u32) {
        if depth > MAX_TOLD {
            return;
        }
        let field = |name| node.child_by_field_name(name);
        match node.kind() {
            "parenthesized_expression" => {
                if let Some(inner) = children(node).next() {
                    self.tell(inner, truth, found, depth + 1);
                }
            }
            "unary_expression" => {
                if let (Some(operator), Some(operand)) = (field("operator"), field("operand"))
                    && self.text(operator) == "!"
                {
                    self.tell(operand, !truth, found, depth + 1);
                }
            }
            "binary_expression" => {
                let (Some(left), Some(operator), Some(right)) =
                    (field("left"), field("operator"), field("right"))
                else {
                    return;
                };
                match (self.text(operator), truth) {
                    ("&&", true) | ("||", false) => {
                        self.tell(left, truth, found, depth + 1);
                        self.tell(right, truth, found, depth + 1);
                    }
                    (operator, _) => {
                        let fact = self.compared(left, operator, right);
                        if let Some((local, mut outcome)) = fact {
                            if !truth {
                                outcome = match outcome {
                                    Outcome::Ok => Outcome::Err,
                                    Outcome::Err => Outcome::Ok,
                                    Outcome::Unknown => Outcome::Unknown,
                                };
                            }
                            found.push((local, outcome));
                        }
                    }
                }
            }
            _ => {}
        }
    }

    /// What `left operator right` tells about an error or a response when it holds.
    fn compared(
        &self,
        left: Node<'a>,
        operator: &str,
        right: Node<'a>,
    ) -> Option<(LocalId, Outcome)> {
        if right.kind() == "nil" || left.kind() == "nil" {
            let name = if right.kind() == "nil" { left } else { right };
            let (local, ty) = self.plain_local(unwrap(name))?;
            let outcome = match operator {
                "==" => Outcome::Ok,
                "!=" => Outcome::Err,
                _ => return None,
            };
            return (*ty == Type::Error).then_some((local, outcome));
        }
        let selector = unwrap(left);
        if selector.kind() != "selector_expression"
            || self.text(selector.child_by_field_name("field")?) != "Status"
        {
            return None;
        }
        let (local, ty) = self.plain_local(selector.child_by_field_name("operand")?)?;
        let ok = success_status(ty)?;
        let status = self.status(right)?;
        let is_error = status >= BigInt::from(400);
        let outcome = match operator {
            "==" if status == ok => Outcome::Ok,
            "!=" if status == ok => Outcome::Err,
            "==" if ok == BigInt::ZERO || is_error => Outcome::Err,
            ">=" if is_error => Outcome::Err,
            ">" if status == ok => Outcome::Err,
            "<" if is_error => Outcome::Ok,
            _ => return None,
        };
        Some((local, outcome))
    }

    /// A variable that only this function writes.
    fn plain_local(&self, node: Node<'a>) -> Option<(LocalId, &Type)> {
        if node.kind() != "identifier" {
            return None;
        }
        match self.f.lookup(self.text(node))? {
            Binding::Local(local) if !local.shared => Some((local.id, &local.ty)),
            _ => None,
        }
    }

    fn status(&self, node: Node<'a>) -> Option<BigInt> {
        let mut reader =
            crate::reader::Reader::new(self.body.parsed(), pactward_ir::Name::default());
        let expr = reader.constant(node);
        match self.program.constant(self.file, &expr)? {
            Const::Int(value) => Some(value),
            _ => None,
        }
    }
}

/// The status with which a response of a platform tells success.
pub(super) fn success_status(ty: &Type) -> Option<BigInt> {
    match ty.pointee() {
        Type::Named(name, _) if name == "protogo.Response" => Some(BigInt::ZERO),
        Type::Named(name, _) if name == "peer.Response" => Some(BigInt::from(200)),
        _ => None,
    }
}

/// An expression without the parentheses around it.
fn unwrap(mut node: Node<'_>) -> Node<'_> {
    while node.kind() == "parenthesized_expression" {
        match children(node).next() {
            Some(inner) => node = inner,
            None => break,
        }
    }
    node
}
