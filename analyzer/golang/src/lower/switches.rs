//! `switch` over values and over types.

use pactward_ir::{BlockId, Name, OpKind, Type};
use pactward_syntax::{Node, children, children_of_kind};

use super::Lowering;
use super::frame::Target;
use super::value::Val;

impl<'a> Lowering<'a> {
    pub(super) fn expression_switch(&mut self, node: Node<'a>) {
        self.f.push_scope();
        if let Some(initializer) = node.child_by_field_name("initializer") {
            self.statement(initializer);
        }
        let tag = node.child_by_field_name("value");
        let value = tag.map(|t| {
            self.f.b.at_statement(self.body.relative(t));
            self.expr(t)
        });
        let cases = cases(node);
        let bodies: Vec<BlockId> = cases.iter().map(|_| self.f.b.new_block()).collect();
        let mut told = Vec::new();
        for (case, body) in cases.iter().zip(&bodies) {
            if case.kind() == "default_case" {
                told.push(None);
                continue;
            }
            let labels: Vec<Node<'a>> = case
                .child_by_field_name("value")
                .map(|l| children(l).collect())
                .unwrap_or_default();
            for label in &labels {
                let otherwise = self.f.b.new_block();
                self.f.b.at_statement(self.body.relative(*label));
                match &value {
                    Some(value) => {
                        let label = self.expr_of(*label, Some(&value.ty));
                        let equal = self.apply("==", value.clone(), label);
                        self.f.b.branch(equal.id, *body, otherwise);
                    }
                    None => self.condition(*label, *body, otherwise),
                }
                self.f.b.switch_to(otherwise);
            }
            told.push(match labels.as_slice() {
                [only] if value.is_none() => Some(*only),
                _ => None,
            });
        }
        self.case_bodies(&cases, &bodies, |lowering, at| {
            if let Some(condition) = told.get(at).copied().flatten() {
                for (local, outcome) in lowering.told(condition, true) {
                    lowering.f.facts.set_outcome(local, outcome);
                }
            }
        });
        self.f.pop_scope();
    }

    /// Lowers the bodies of cases; the current block is where no case matched.
    fn case_bodies(
        &mut self,
        cases: &[Node<'a>],
        bodies: &[BlockId],
        mut enter: impl FnMut(&mut Self, usize),
    ) {
        let mut join = self.join_point();
        match cases.iter().position(|c| c.kind() == "default_case") {
            Some(default) => self.f.b.jump(bodies[default]),
            None => self.arrive(&mut join),
        }
        let before = self.f.facts.clone();
        let label = self.f.pending_label.take();
        self.f.targets.push(Target {
            label,
            after: join.after,
            next: None,
        });
        self.f.conditional += 1;
        let outer = self.f.fallthrough;
        for (at, (case, body)) in cases.iter().zip(bodies).enumerate() {
            self.f.b.switch_to(*body);
            self.f.facts = before.clone();
            self.f.fallthrough = bodies.get(at + 1).copied();
            self.f.push_scope();
            enter(self, at);
            self.case_statements(*case);
            self.f.pop_scope();
            self.arrive(&mut join);
        }
        self.f.fallthrough = outer;
        self.f.conditional -= 1;
        self.f.targets.pop();
        self.resume(join);
        // A `break` arrives without its facts.
        if cases.iter().any(|c| contains_break(*c)) {
            self.f.facts.forget_all();
        }
    }

    /// Statements of a case, without its labels.
    pub(super) fn case_statements(&mut self, case: Node<'a>) {
        for list in children_of_kind(case, "statement_list") {
            self.statements(list);
        }
    }

    pub(super) fn type_switch(&mut self, node: Node<'a>) {
        self.f.push_scope();
        if let Some(initializer) = node.child_by_field_name("initializer") {
            self.statement(initializer);
        }
        let Some(subject) = node.child_by_field_name("value") else {
            self.f.pop_scope();
            return;
        };
        self.f.b.at_statement(self.body.relative(subject));
        let value = self.expr(subject);
        let alias = node
            .child_by_field_name("alias")
            .and_then(|a| children(a).next())
            .map(|a| Name::from(self.text(a)));
        let cases = cases(node);
        let bodies: Vec<BlockId> = cases.iter().map(|_| self.f.b.new_block()).collect();
        let mut narrowed: Vec<Option<Type>> = Vec::new();
        for (case, body) in cases.iter().zip(&bodies) {
            let mut cursor = case.walk();
            let types: Vec<Node<'a>> = case
                .children_by_field_name("type", &mut cursor)
                .filter(Node::is_named)
                .collect();
            for ty in &types {
                let otherwise = self.f.b.new_block();
                self.f.b.at_statement(self.body.relative(*ty));
                let is = self.type_test(&value, *ty);
                self.f.b.branch(is.id, *body, otherwise);
                self.f.b.switch_to(otherwise);
            }
            narrowed.push(match types.as_slice() {
                [only] if self.text(*only) != "nil" => Some(self.type_of_node(*only)),
                _ => None,
            });
        }
        self.case_bodies(&cases, &bodies, |lowering, at| {
            let Some(alias) = alias.clone() else {
                return;
            };
            let inside = match narrowed.get(at).cloned().flatten() {
                Some(ty) => lowering.payload(&value, ty),
                None => value.clone(),
            };
            lowering.declare(alias, inside);
        });
        self.f.pop_scope();
    }

    /// Whether a value is of the type that a node names.
    pub(super) fn type_test(&mut self, value: &Val, ty: Node<'a>) -> Val {
        if self.text(ty) == "nil" {
            let nil = self.constant(pactward_ir::Const::Nil, Type::Unknown);
            return self.apply("==", value.clone(), nil);
        }
        let variant = type_name(&self.type_of_node(ty));
        let kind = OpKind::IsVariant {
            value: value.id,
            variant,
        };
        self.emit(kind, Type::Bool)
    }

    /// A value seen as one of a type that it was found to have.
    pub(super) fn payload(&mut self, value: &Val, ty: Type) -> Val {
        let variant = type_name(&ty);
        let kind = OpKind::Payload {
            value: value.id,
            variant,
            index: 0,
        };
        self.emit(kind, ty)
    }

    /// `x.(T)`; with a second result instead of an abort.
    pub(super) fn assertion(&mut self, node: Node<'a>, with_ok: bool) -> Vec<Val> {
        let parts = ["operand", "type"].map(|f| node.child_by_field_name(f));
        let [Some(operand), Some(ty_node)] = parts else {
            return vec![self.opaque("assertion", node)];
        };
        let value = self.expr(operand);
        let ty = self.type_of_node(ty_node);
        let is = self.type_test(&value, ty_node);
        if with_ok {
            let inside = self.payload(&value, ty);
            return vec![inside, is];
        }
        self.f
            .b
            .require(is.id, pactward_ir::AbortKind::Panic, Vec::new());
        vec![self.payload(&value, ty)]
    }
}

fn cases(node: Node<'_>) -> Vec<Node<'_>> {
    children(node)
        .filter(|c| matches!(c.kind(), "expression_case" | "type_case" | "default_case"))
        .collect()
}

fn contains_break(case: Node<'_>) -> bool {
    let mut stack = vec![case];
    while let Some(node) = stack.pop() {
        if node.kind() == "break_statement" {
            return true;
        }
        stack.extend(children(node));
    }
    false
}

fn type_name(ty: &Type) -> Name {
    match ty {
        Type::Struct(name) | Type::Named(name, _) => name.clone(),
        Type::Pointer(inner) => Name::from(format!("*{}", type_name(inner))),
        Type::Str => Name::new_static("string"),
        Type::Bool => Name::new_static("bool"),
        Type::Int { bits, signed } => {
            Name::from(format!("{}int{bits}", if *signed { "" } else { "u" }))
        }
        Type::Bytes(_) => Name::new_static("bytes"),
        Type::Map(..) => Name::new_static("map"),
        Type::Array(..) => Name::new_static("array"),
        Type::Error => Name::new_static("error"),
        Type::Float => Name::new_static("float"),
        _ => Name::new_static("unknown"),
    }
}
