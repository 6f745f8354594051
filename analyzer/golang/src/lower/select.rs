//! Goroutines and channels.

use num_bigint::BigInt;
use pactward_ir::{BinaryOp, BlockId, Name, NondetKind, OpKind, Proj, Type};
use pactward_syntax::{Node, children, has_token};

use super::Lowering;
use super::frame::Target;
use super::value::Val;
use crate::types::INT;

impl<'a> Lowering<'a> {
    /// `go f(x)`: the function runs concurrently, in an order that nodes do not agree on.
    pub(super) fn go_statement(&mut self, node: Node<'a>) {
        let Some(call) = children(node).next() else {
            return;
        };
        if call.kind() != "call_expression" {
            self.expr(call);
            return;
        }
        let prepared = self.prepare(call);
        let (callee, args) = self.spawned(prepared);
        let kind = OpKind::Nondet {
            kind: NondetKind::Goroutine,
            args: Vec::new(),
        };
        self.emit(kind, Type::Unit);
        self.emit(OpKind::Spawn { callee, args }, Type::Unit);
    }

    pub(super) fn send_statement(&mut self, node: Node<'a>) {
        let parts = ["channel", "value"].map(|f| node.child_by_field_name(f));
        let [Some(channel), Some(value)] = parts else {
            return;
        };
        let channel = self.expr(channel);
        let (element, _) = self.types().element(&channel.ty, self.file);
        let value = self.expr_of(value, Some(&element));
        let kind = OpKind::Store {
            base: channel.id,
            path: vec![Proj::Any],
            value: value.id,
        };
        self.emit(kind, Type::Unit);
    }

    /// `select`: which case runs is a free choice.
    pub(super) fn select_statement(&mut self, node: Node<'a>) {
        let cases: Vec<Node<'a>> = children(node)
            .filter(|c| matches!(c.kind(), "communication_case" | "default_case"))
            .collect();
        let mut join = self.join_point();
        let kind = OpKind::Nondet {
            kind: NondetKind::Select,
            args: Vec::new(),
        };
        let choice = self.emit(kind, INT);
        let label = self.f.pending_label.take();
        self.f.targets.push(Target {
            label,
            after: join.after,
            next: None,
        });
        self.f.conditional += 1;
        let before = self.f.facts.clone();
        for (at, case) in cases.iter().enumerate() {
            let is_last = at + 1 == cases.len();
            let otherwise = if is_last {
                None
            } else {
                Some(self.choose(&choice, at))
            };
            self.f.facts = before.clone();
            self.f.push_scope();
            if let Some(communication) = case.child_by_field_name("communication") {
                self.communication(communication);
            }
            self.case_statements(*case);
            self.f.pop_scope();
            self.arrive(&mut join);
            if let Some(otherwise) = otherwise {
                self.f.b.switch_to(otherwise);
            }
        }
        self.f.conditional -= 1;
        self.f.targets.pop();
        if cases.is_empty() {
            self.arrive(&mut join);
        }
        self.resume(join);
        self.f.facts.forget_all();
    }

    /// Branches into a new block if the choice is this case; yields the block of the others.
    fn choose(&mut self, choice: &Val, case: usize) -> BlockId {
        let (inside, otherwise) = (self.f.b.new_block(), self.f.b.new_block());
        let number = self.f.b.int(BigInt::from(case), INT);
        let chosen = self.f.b.compare(BinaryOp::Eq, choice.id, number);
        self.f.b.branch(chosen, inside, otherwise);
        self.f.b.switch_to(inside);
        otherwise
    }

    fn communication(&mut self, node: Node<'a>) {
        self.f.b.at_statement(self.body.relative(node));
        if node.kind() == "send_statement" {
            self.send_statement(node);
            return;
        }
        let Some(right) = node.child_by_field_name("right") else {
            return;
        };
        let left: Vec<Node<'a>> = node
            .child_by_field_name("left")
            .map(|l| children(l).collect())
            .unwrap_or_default();
        let values = self.several(right, left.len().max(1));
        let declares = has_token(node, ":=");
        for (target, value) in left.into_iter().zip(values) {
            if declares {
                let name = Name::from(self.text(target));
                self.declare(name, value);
            } else {
                self.assign(target, value);
            }
        }
    }
}
