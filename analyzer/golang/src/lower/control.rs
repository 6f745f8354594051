//! `if`, loops, labels and jumps.

use pactward_ir::{BinaryOp, BlockId, LocalId, Name, NondetKind, OpKind, Type};
use pactward_syntax::{Node, child_of_kind, children};

use super::Lowering;
use super::facts::Facts;
use super::frame::Target;
use super::value::Val;
use crate::types::INT;

/// Paths that come together after a statement.
pub(super) struct Join {
    pub(super) after: BlockId,
    facts: Option<Facts>,
}

impl<'a> Lowering<'a> {
    pub(super) fn join_point(&mut self) -> Join {
        Join {
            after: self.f.b.new_block(),
            facts: None,
        }
    }

    /// Ends a path in the join, if it gets that far.
    pub(super) fn arrive(&mut self, join: &mut Join) {
        if self.f.b.is_open() {
            match &mut join.facts {
                Some(facts) => facts.join(&self.f.facts),
                None => join.facts = Some(self.f.facts.clone()),
            }
            self.f.b.jump(join.after);
        }
    }

    pub(super) fn resume(&mut self, join: Join) {
        self.f.b.switch_to(join.after);
        if let Some(facts) = join.facts {
            self.f.facts = facts;
        }
    }

    /// A chain of `if … else if … else`.
    pub(super) fn if_statement(&mut self, node: Node<'a>) {
        let mut join = self.join_point();
        let mut scopes = 0;
        let mut at = Some(node);
        while let Some(node) = at.take() {
            self.f.push_scope();
            scopes += 1;
            if let Some(initializer) = node.child_by_field_name("initializer") {
                self.statement(initializer);
            }
            let Some(condition) = node.child_by_field_name("condition") else {
                break;
            };
            let (then, otherwise) = (self.f.b.new_block(), self.f.b.new_block());
            self.f.b.at_statement(self.body.relative(condition));
            self.condition(condition, then, otherwise);
            let before = self.f.facts.clone();
            self.f.b.switch_to(then);
            for (local, outcome) in self.told(condition, true) {
                self.f.facts.set_outcome(local, outcome);
            }
            self.f.conditional += 1;
            if let Some(block) = node.child_by_field_name("consequence") {
                self.block(block);
            }
            self.arrive(&mut join);
            self.f.b.switch_to(otherwise);
            self.f.facts = before;
            for (local, outcome) in self.told(condition, false) {
                self.f.facts.set_outcome(local, outcome);
            }
            match node.child_by_field_name("alternative") {
                Some(next) if next.kind() == "if_statement" => at = Some(next),
                Some(block) => self.block(block),
                None => {}
            }
            self.f.conditional -= 1;
        }
        self.arrive(&mut join);
        for _ in 0..scopes {
            self.f.pop_scope();
        }
        self.resume(join);
    }

    pub(super) fn for_statement(&mut self, node: Node<'a>) {
        self.f.push_scope();
        let Some(body) = node.child_by_field_name("body") else {
            self.f.pop_scope();
            return;
        };
        let clause = children(node).find(|c| *c != body);
        match clause.map(|c| c.kind()) {
            Some("range_clause") => {
                if let Some(clause) = clause {
                    self.range(clause, body);
                }
            }
            Some("for_clause") => {
                if let Some(initializer) = clause.and_then(|c| c.child_by_field_name("initializer"))
                {
                    self.statement(initializer);
                }
                let condition = clause.and_then(|c| c.child_by_field_name("condition"));
                let update = clause.and_then(|c| c.child_by_field_name("update"));
                self.loop_while(condition, update, body);
            }
            _ => self.loop_while(clause, None, body),
        }
        self.f.pop_scope();
    }

    fn loop_while(
        &mut self,
        condition: Option<Node<'a>>,
        update: Option<Node<'a>>,
        body: Node<'a>,
    ) {
        let (head, inside, after) = self.loop_blocks();
        let next = if update.is_some() {
            self.f.b.new_block()
        } else {
            head
        };
        self.f.b.switch_to(head);
        match condition {
            Some(condition) => {
                self.f.b.at_statement(self.body.relative(condition));
                self.condition(condition, inside, after);
            }
            None => self.f.b.jump(inside),
        }
        self.f.b.switch_to(inside);
        self.loop_body(body, next, after);
        if let Some(update) = update {
            self.f.b.switch_to(next);
            self.statement(update);
            self.f.b.jump(head);
        }
        self.leave_loop(after);
    }

    /// Head, body and exit of a loop; the current block leads to the head.
    fn loop_blocks(&mut self) -> (BlockId, BlockId, BlockId) {
        let blocks = (
            self.f.b.new_block(),
            self.f.b.new_block(),
            self.f.b.new_block(),
        );
        self.f.b.jump(blocks.0);
        self.f.facts.forget_all();
        blocks
    }

    fn loop_body(&mut self, body: Node<'a>, next: BlockId, after: BlockId) {
        let label = self.f.pending_label.take();
        self.f.targets.push(Target {
            label,
            after,
            next: Some(next),
        });
        self.f.conditional += 1;
        let before = self.f.facts.clone();
        self.block(body);
        self.f.facts.join(&before);
        self.f.conditional -= 1;
        self.f.b.jump(next);
        self.f.targets.pop();
    }

    fn leave_loop(&mut self, after: BlockId) {
        self.f.b.switch_to(after);
        self.f.facts.forget_all();
    }

    /// `for k, v := range x`.
    fn range(&mut self, clause: Node<'a>, body: Node<'a>) {
        let Some(right) = clause.child_by_field_name("right") else {
            return;
        };
        self.f.b.at_statement(self.body.relative(clause));
        let over = self.expr(right);
        let left: Vec<Node<'a>> = clause
            .child_by_field_name("left")
            .map(|l| children(l).collect())
            .unwrap_or_default();
        let declares = pactward_syntax::has_token(clause, ":=");
        match self.underlying(over.ty.pointee()) {
            Type::Array(..) | Type::Bytes(_) | Type::Str => {
                let length = self.emit(OpKind::Length { value: over.id }, INT);
                self.range_counted(&left, declares, &length, Some(&over), body);
            }
            Type::Int { .. } => self.range_counted(&left, declares, &over, None, body),
            Type::Map(..) => {
                let kind = OpKind::Nondet {
                    kind: NondetKind::MapOrder,
                    args: vec![over.id],
                };
                let ordered = self.emit(kind, over.ty.clone());
                self.range_elements(&left, declares, &ordered, body);
            }
            Type::Named(name, _) if name == "chan" => {
                let received = self.receive(&over);
                let received = Self::retype(received, over.ty);
                self.range_elements(&left, declares, &received, body);
            }
            _ => self.range_elements(&left, declares, &over, body),
        }
    }

    /// A loop over indices below a limit; elements come from `over`.
    fn range_counted(
        &mut self,
        left: &[Node<'a>],
        declares: bool,
        limit: &Val,
        over: Option<&Val>,
        body: Node<'a>,
    ) {
        let index: LocalId = self.f.b.local(INT);
        let zero = self.f.b.int(0, INT);
        self.f.b.set(index, zero);
        let (head, inside, after) = self.loop_blocks();
        self.f.b.switch_to(head);
        let now = self.f.b.get(index);
        let more = self.f.b.compare(BinaryOp::Lt, now, limit.id);
        self.f.b.branch(more, inside, after);
        self.f.b.switch_to(inside);
        let now = self.f.b.get(index);
        let key = Val::new(now, INT);
        self.bind_range(left, 0, declares, key.clone());
        if let Some(over) = over
            && left.len() > 1
        {
            let (element, _) = self.types().element(&over.ty, self.file);
            let kind = OpKind::Index {
                base: over.id,
                key: key.id,
            };
            let element = self.emit(kind, element);
            self.bind_range(left, 1, declares, element);
        }
        let next = self.f.b.new_block();
        self.loop_body(body, next, after);
        self.f.b.switch_to(next);
        let now = self.f.b.get(index);
        let one = self.f.b.int(1, INT);
        let stepped = self
            .f
            .b
            .binary(BinaryOp::Add, now, one, pactward_ir::ArithMode::None, INT);
        self.f.b.set(index, stepped);
        self.f.b.jump(head);
        self.leave_loop(after);
    }

    /// A loop over elements in an order that is not an index.
    fn range_elements(&mut self, left: &[Node<'a>], declares: bool, over: &Val, body: Node<'a>) {
        let (head, inside, after) = self.loop_blocks();
        self.f.b.switch_to(head);
        let more = self.pure("range-more", vec![over.clone()], Type::Bool);
        self.f.b.branch(more.id, inside, after);
        self.f.b.switch_to(inside);
        let (element, key) = self.types().element(&over.ty, self.file);
        // What comes out of a channel is the only variable.
        let is_channel = matches!(self.underlying(&over.ty), Type::Named(n, _) if n == "chan");
        let first = u32::from(!is_channel);
        for (at, (part, ty)) in [(first, key), (0, element)].into_iter().enumerate() {
            if left.len() > at {
                let kind = OpKind::Element { of: over.id, part };
                let value = self.emit(kind, ty);
                self.bind_range(left, at, declares, value);
            }
        }
        self.loop_body(body, head, after);
        self.leave_loop(after);
    }

    fn bind_range(&mut self, left: &[Node<'a>], at: usize, declares: bool, value: Val) {
        let Some(target) = left.get(at) else {
            return;
        };
        if declares {
            let name = Name::from(self.text(*target));
            if name != "_" {
                self.declare(name, value);
            }
        } else {
            self.assign(*target, value);
        }
    }

    // Labels and jumps.

    pub(super) fn labeled_statement(&mut self, node: Node<'a>) {
        let Some(label) = node.child_by_field_name("label") else {
            return;
        };
        let name = Name::from(self.text(label));
        let block = self.label_block(&name);
        self.f.b.jump(block);
        self.f.b.switch_to(block);
        self.f.facts.forget_all();
        self.f.conditional += 1;
        if let Some(statement) = children(node).find(|c| *c != label) {
            self.f.pending_label = Some(name);
            self.statement(statement);
            self.f.pending_label = None;
        }
    }

    fn label_block(&mut self, name: &Name) -> BlockId {
        if let Some(block) = self.f.labels.get(name) {
            return *block;
        }
        let block = self.f.b.new_block();
        self.f.labels.insert(name.clone(), block);
        block
    }

    pub(super) fn jump_statement(&mut self, node: Node<'a>) {
        let label = child_of_kind(node, "label_name").map(|l| self.text(l));
        let target = match (node.kind(), label) {
            ("goto_statement", Some(label)) => Some(self.label_block(&label.into())),
            ("fallthrough_statement", _) => self.f.fallthrough,
            (kind, label) => {
                let is_continue = kind == "continue_statement";
                let mut targets = self.f.targets.iter().rev();
                let found = targets.find(|t| {
                    (!is_continue || t.next.is_some())
                        && label.is_none_or(|l| t.label.as_deref() == Some(l))
                });
                found.and_then(|t| if is_continue { t.next } else { Some(t.after) })
            }
        };
        if let Some(block) = target {
            self.f.b.jump(block);
        } else {
            // A jump without a target is half-typed code: what follows is not reached.
            self.unknown("jump", vec![]);
            self.f.b.ret(Vec::new(), pactward_ir::Outcome::Unknown);
        }
    }
}
