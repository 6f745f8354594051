//! Conditions, `if` and `match`.

use pactward_ir::{BinaryOp, OpId, Type};

use super::Lowerer;
use super::control::{Dest, Join, Val, Wrap};
use super::operator::binary_op;
use super::operator::is_plain;
use crate::source::Syn;

/// Leaves of a branching expression that are looked at to tell what it yields.
const MAX_LEAVES: usize = 24;

/// An arm of a `match`.
#[derive(Debug, Clone, Copy)]
struct Arm<'t> {
    pattern: Syn<'t>,
    guard: Option<Syn<'t>>,
    body: Syn<'t>,
}

/// Which side of a `Result` or `Option` a pattern takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Good,
    Bad,
    Both,
}

impl<'t> Lowerer<'t> {
    pub(super) fn if_expression(&mut self, node: Syn<'t>, dest: &mut Dest, want: &Type) {
        if matches!(dest, Dest::Ignore) {
            let mut meet = Dest::Meet(Join::default());
            self.if_expression(node, &mut meet, want);
            if let Dest::Meet(join) = meet {
                self.enter(&join);
            }
            return;
        }
        let mut at = node;
        loop {
            let mut fail = Join::default();
            let scope = self.names.len();
            if let Some(condition) = at.field("condition") {
                self.condition(condition, &mut fail);
            }
            if let Some(block) = at.field("consequence") {
                self.block(block, dest, want);
            }
            self.names.truncate(scope);
            self.enter(&fail);
            let Some(otherwise) = at.field("alternative").and_then(Syn::first_kid) else {
                self.deliver_unit(dest);
                return;
            };
            if otherwise.kind() != "if_expression" {
                self.block(otherwise, dest, want);
                return;
            }
            if !self.has_room() {
                let rest = self.unknown("too large", Vec::new());
                self.deliver(Val::Op(rest), dest);
                return;
            }
            at = otherwise;
        }
    }

    /// Goes on where the condition holds; where it does not, goes to `fail`. Names that it binds
    /// stay in scope.
    pub(super) fn condition(&mut self, node: Syn<'t>, fail: &mut Join) {
        if !self.has_room() {
            return;
        }
        match node.kind() {
            "parenthesized_expression" if node.first_kid().is_some() => {
                if let Some(inner) = node.first_kid() {
                    self.nested_condition(inner, fail);
                }
            }
            "let_chain" => {
                let mut parts = Vec::new();
                let mut at = node;
                while at.kind() == "let_chain" {
                    let mut kids = at.kids();
                    if kids.is_empty() {
                        break;
                    }
                    let first = kids.remove(0);
                    parts.extend(kids.into_iter().rev());
                    at = first;
                }
                parts.push(at);
                for part in parts.into_iter().rev() {
                    self.nested_condition(part, fail);
                }
            }
            "let_condition" => {
                if let (Some(pattern), Some(value)) = (node.field("pattern"), node.field("value")) {
                    self.test_expression(pattern, value, &Type::Unknown, fail);
                }
            }
            "binary_expression" if !is_plain(node) && is_logical(node) => {
                self.logical_condition(node, fail);
            }
            "unary_expression" if node.has_token("!") && !is_plain(node) => {
                let Some(inner) = node.first_kid() else {
                    return;
                };
                let mut holds_not = Join::default();
                self.nested_condition(inner, &mut holds_not);
                self.arrive(fail, None);
                self.enter(&holds_not);
            }
            _ => {
                let cond = self.boolean(node);
                self.require_into(cond, fail);
            }
        }
    }

    fn nested_condition(&mut self, node: Syn<'t>, fail: &mut Join) {
        if self.depth >= super::MAX_DEPTH {
            let cond = self.unknown("too deep", Vec::new());
            self.require_into(cond, fail);
            return;
        }
        self.depth += 1;
        self.condition(node, fail);
        self.depth -= 1;
    }

    /// Goes on if the value is true, else to `fail`.
    pub(super) fn require_into(&mut self, cond: OpId, fail: &mut Join) {
        if !self.path.live {
            return;
        }
        let (yes, no) = self.fork(cond);
        self.go_on(no);
        self.arrive(fail, None);
        self.go_on(yes);
    }

    /// `a && b && …` or `a || b || …` with parts that have effects.
    fn logical_condition(&mut self, node: Syn<'t>, fail: &mut Join) {
        let operator = node.operator();
        let mut parts = Vec::new();
        let mut at = node;
        while at.kind() == "binary_expression" && at.operator() == operator {
            let (Some(left), Some(right)) = (at.field("left"), at.field("right")) else {
                break;
            };
            parts.push(right);
            at = left;
        }
        parts.push(at);
        parts.reverse();
        if operator == "&&" {
            for part in parts {
                self.nested_condition(part, fail);
            }
            return;
        }
        let mut pass = Join::default();
        let count = parts.len();
        for (index, part) in parts.into_iter().enumerate() {
            if index + 1 == count {
                self.nested_condition(part, fail);
                self.arrive(&mut pass, None);
            } else {
                let mut next = Join::default();
                self.nested_condition(part, &mut next);
                self.arrive(&mut pass, None);
                self.enter(&next);
            }
        }
        self.enter(&pass);
    }

    /// A condition with patterns, as a value.
    pub(super) fn condition_value(&mut self, node: Syn<'t>) -> OpId {
        let mut fail = Join::default();
        self.condition(node, &mut fail);
        self.truth_of(&fail)
    }

    /// True if control is here, false if it went to `fail`.
    pub(super) fn truth_of(&mut self, fail: &Join) -> OpId {
        let mut join = Join::default();
        let yes = self.b.bool(true);
        self.arrive(&mut join, Some(yes));
        self.enter(fail);
        let no = self.b.bool(false);
        self.arrive(&mut join, Some(no));
        self.enter_value(&join)
    }

    /// Goes on where the value of an expression matches a pattern, with its names bound.
    pub(super) fn test_expression(
        &mut self,
        pattern: Syn<'t>,
        value: Syn<'t>,
        want: &Type,
        fail: &mut Join,
    ) {
        let found = self.eval(value, want);
        self.test_value(pattern, found, fail);
    }

    pub(super) fn test_value(&mut self, pattern: Syn<'t>, found: Val, fail: &mut Join) {
        let side = side_of(pattern);
        if side == Side::Both {
            let source = self.part_of(&found);
            let value = self.force(found);
            self.note_part(value, source);
            self.test(pattern, value, Some(fail));
            return;
        }
        let wrap = wrap_of(pattern);
        let source = self.part_of(&found);
        let split = self.split(found, wrap);
        let (taken, other) = match side {
            Side::Good => (split.good, split.bad),
            _ => (split.bad, split.good),
        };
        if let Some(other) = other {
            self.go_on(other.point);
            self.arrive(fail, None);
        }
        let value = self.follow(taken);
        self.note_part(value, source);
        if let Some(inner) = payload_pattern(pattern) {
            self.test(inner, value, Some(fail));
        }
    }

    pub(super) fn match_expression(&mut self, node: Syn<'t>, dest: &mut Dest, want: &Type) {
        if matches!(dest, Dest::Ignore) {
            let mut meet = Dest::Meet(Join::default());
            self.match_expression(node, &mut meet, want);
            if let Dest::Meet(join) = meet {
                self.enter(&join);
            }
            return;
        }
        let Some(subject) = node.field("value") else {
            self.deliver_unit(dest);
            return;
        };
        let value = self.eval(subject, &Type::Unknown);
        let arms: Vec<Arm<'t>> = node
            .field("body")
            .map_or(Vec::new(), Syn::kids)
            .into_iter()
            .filter_map(arm_of)
            .collect();
        if arms.is_empty() {
            self.force(value);
            self.deliver_unit(dest);
            return;
        }
        let good: Option<Vec<Arm<'t>>> = side_arms(&arms, Side::Good);
        let bad: Option<Vec<Arm<'t>>> = side_arms(&arms, Side::Bad);
        if let (Some(good), Some(bad)) = (good, bad) {
            let wrap = arms.iter().find_map(|a| wrap_of(a.pattern));
            let source = self.part_of(&value);
            let split = self.split(value, wrap);
            for (exit, arms) in [(split.good, good), (split.bad, bad)] {
                if exit.is_some() {
                    let value = self.follow(exit);
                    self.note_part(value, source.clone());
                    self.arms(&arms, value, true, dest, want);
                }
            }
            self.stop();
            return;
        }
        let source = self.part_of(&value);
        let value = self.force(value);
        self.note_part(value, source);
        self.arms(&arms, value, false, dest, want);
        self.stop();
    }

    /// Tries arms in order; the last one takes what is left.
    fn arms(
        &mut self,
        arms: &[Arm<'t>],
        value: OpId,
        is_payload: bool,
        dest: &mut Dest,
        want: &Type,
    ) {
        let count = arms.len();
        for (index, arm) in arms.iter().enumerate() {
            if !self.has_room() {
                break;
            }
            let is_last = index + 1 == count;
            let scope = self.names.len();
            let mut fail = Join::default();
            let outer = self.b.at(arm.pattern.span());
            let pattern = match (is_payload, side_of(arm.pattern)) {
                (true, Side::Good | Side::Bad) => payload_pattern(arm.pattern),
                // A name for the whole is bound to the payload, a wildcard to nothing.
                _ => Some(arm.pattern),
            };
            if let Some(pattern) = pattern {
                let sink = if is_last { None } else { Some(&mut fail) };
                self.test(pattern, value, sink);
            }
            self.b.set_source(outer);
            if let Some(guard) = arm.guard {
                self.condition(guard, &mut fail);
            }
            self.run(arm.body, dest, want);
            if matches!(dest, Dest::Meet(_)) {
                self.deliver_unit(dest);
            }
            self.names.truncate(scope);
            self.enter(&fail);
        }
        self.diverged();
    }
}

/// Whether a branching expression yields a `Result` or `Option`.
pub(super) fn kind_of_result(node: Syn<'_>, want: &Type) -> Option<Wrap> {
    if let Some(wrap) = Wrap::of(want) {
        return Some(wrap);
    }
    let mut stack = vec![node];
    for _ in 0..MAX_LEAVES {
        let Some(node) = stack.pop() else { break };
        match node.kind() {
            "block" => {
                let last = node.kids().into_iter().next_back();
                stack.extend(last.filter(|k| !k.has_token(";")));
            }
            "expression_statement" | "parenthesized_expression" | "unsafe_block" => {
                stack.extend(node.first_kid());
            }
            "if_expression" => {
                let otherwise = node.field("alternative").and_then(Syn::first_kid);
                stack.extend(otherwise);
                stack.extend(node.field("consequence"));
            }
            "match_expression" => {
                let arms = node.field("body").map_or(Vec::new(), Syn::kids);
                stack.extend(arms.into_iter().rev().filter_map(|a| a.field("value")));
            }
            "call_expression" => {
                let function = node.field("function");
                let name = function
                    .map(super::super::source::Syn::path)
                    .unwrap_or_default();
                match name.last().map(pactward_ir::SmolStr::as_str) {
                    Some("Ok" | "Err") => return Some(Wrap::Result),
                    Some("Some") => return Some(Wrap::Option),
                    _ => {}
                }
            }
            "identifier" if node.text() == "None" => return Some(Wrap::Option),
            _ => {}
        }
    }
    None
}

fn is_logical(node: Syn<'_>) -> bool {
    matches!(
        binary_op(node.operator()),
        Some(BinaryOp::And | BinaryOp::Or)
    )
}

fn arm_of(node: Syn<'_>) -> Option<Arm<'_>> {
    if node.kind() != "match_arm" {
        return None;
    }
    let whole = node.field("pattern")?;
    Some(Arm {
        pattern: whole.patterns().first().copied().unwrap_or(whole),
        guard: whole.field("condition"),
        body: node.field("value")?,
    })
}

/// The arms that values of one side can reach; none if the arms do not sort the two sides, or if
/// one arm would be reached from both.
fn side_arms<'t>(arms: &[Arm<'t>], side: Side) -> Option<Vec<Arm<'t>>> {
    if arms.iter().all(|a| side_of(a.pattern) == Side::Both) {
        return None;
    }
    let mut found = Vec::new();
    let mut shared = 0;
    for arm in arms {
        match side_of(arm.pattern) {
            own if own == side => found.push(*arm),
            Side::Both => {
                found.push(*arm);
                shared += 1;
            }
            _ => continue,
        }
        let takes_all = arm.guard.is_none()
            && match side_of(arm.pattern) {
                Side::Both => true,
                _ => payload_pattern(arm.pattern).is_none_or(is_catch_all),
            };
        if takes_all {
            break;
        }
    }
    // An arm that both sides reach is lowered once, so the sides are not told apart.
    if shared > 0 && reaches_shared(arms, opposite(side)) {
        return None;
    }
    Some(found)
}

fn opposite(side: Side) -> Side {
    match side {
        Side::Good => Side::Bad,
        _ => Side::Good,
    }
}

fn reaches_shared(arms: &[Arm<'_>], side: Side) -> bool {
    for arm in arms {
        match side_of(arm.pattern) {
            Side::Both => return true,
            own if own == side => {
                let takes_all =
                    arm.guard.is_none() && payload_pattern(arm.pattern).is_none_or(is_catch_all);
                if takes_all {
                    return false;
                }
            }
            _ => {}
        }
    }
    false
}

fn is_catch_all(pattern: Syn<'_>) -> bool {
    match pattern.kind() {
        "_" | "remaining_field_pattern" => true,
        "identifier" => super::block::plain_name(pattern).is_some(),
        "mut_pattern" | "ref_pattern" => true,
        "tuple_pattern" => pattern.patterns().into_iter().all(is_catch_all),
        // `_` is an anonymous token in some positions.
        _ => pattern.text() == "_" || pattern.text() == "()",
    }
}

/// Which side of a `Result` or `Option` a pattern takes, by its outermost constructor.
pub(super) fn side_of(pattern: Syn<'_>) -> Side {
    match constructor(pattern) {
        Some("Ok" | "Some") => Side::Good,
        Some("Err" | "None") => Side::Bad,
        _ => Side::Both,
    }
}

fn wrap_of(pattern: Syn<'_>) -> Option<Wrap> {
    match constructor(pattern)? {
        "Ok" | "Err" => Some(Wrap::Result),
        "Some" | "None" => Some(Wrap::Option),
        _ => None,
    }
}

fn constructor(pattern: Syn<'_>) -> Option<&str> {
    match pattern.kind() {
        "tuple_struct_pattern" => {
            let ty = pattern.field("type")?;
            let name = match ty.kind() {
                "scoped_identifier" => ty.field("name")?,
                _ => ty,
            };
            Some(name.text())
        }
        "identifier" => Some(pattern.text()),
        "reference_pattern" | "ref_pattern" => {
            let inner = pattern.patterns().into_iter().next_back()?;
            (inner.kind() == "tuple_struct_pattern")
                .then(|| constructor(inner))
                .flatten()
        }
        _ => None,
    }
}

/// `p` of `Some(p)`.
fn payload_pattern(pattern: Syn<'_>) -> Option<Syn<'_>> {
    let pattern = match pattern.kind() {
        "reference_pattern" | "ref_pattern" => pattern.patterns().into_iter().next_back()?,
        _ => pattern,
    };
    if pattern.kind() != "tuple_struct_pattern" {
        return None;
    }
    let kids = pattern.patterns();
    kids.get(1).copied()
}
