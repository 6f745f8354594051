//! Loops.

use pactward_ir::{ArithMode, BinaryOp, LocalId, OpId, OpKind, Type};

use pactward_models::{Effect, Receiver};

use super::Lowerer;
use super::control::{Answered, Dest, Join, LoopFrame, Path, Val};
use crate::api;
use crate::source::Syn;

impl<'t> Lowerer<'t> {
    /// Opens a loop: control stands in its head.
    pub(super) fn open_loop(&mut self, label: Option<&str>) -> pactward_ir::BlockId {
        let head = self.b.new_block();
        if self.path.live {
            self.b.jump(head);
        }
        self.b.switch_to(head);
        self.loops.push(LoopFrame {
            label: label.map(Into::into),
            head: Some(head),
            exit: Join::default(),
        });
        head
    }

    /// Ends the body of a loop: goes back to its head, then on where the loop is left.
    pub(super) fn close_loop(&mut self, before: Path) -> Option<OpId> {
        let frame = self.loops.pop()?;
        if let (true, Some(head)) = (self.path.live, frame.head) {
            self.b.jump(head);
        }
        let after_body = self.path;
        let value = self.enter(&frame.exit);
        // The exit is seen before the body is: what the body did to the answer is added here.
        if after_body.live && after_body.answered != before.answered && self.path.live {
            self.path.answered = Answered::Perhaps;
        }
        value
    }

    /// Leaves the innermost loop from here.
    pub(super) fn exit_loop(&mut self) {
        if let Some(at) = self.loops.len().checked_sub(1) {
            let mut exit = std::mem::take(&mut self.loops[at].exit);
            self.arrive(&mut exit, None);
            self.loops[at].exit = exit;
        }
    }

    pub(super) fn while_expression(&mut self, node: Syn<'t>) {
        let label = node.kid_of_kind("label").map(Syn::text);
        let before = self.path;
        self.open_loop(label);
        let scope = self.names.len();
        let mut fail = Join::default();
        if let Some(condition) = node.field("condition") {
            self.condition(condition, &mut fail);
        }
        if let Some(body) = node.field("body") {
            self.block(body, &mut Dest::Ignore, &Type::Unknown);
        }
        self.names.truncate(scope);
        let end = self.here();
        self.enter(&fail);
        self.exit_loop();
        self.go_on(end);
        self.close_loop(before);
    }

    pub(super) fn loop_expression(&mut self, node: Syn<'t>) -> OpId {
        let label = node.kid_of_kind("label").map(Syn::text);
        let before = self.path;
        self.open_loop(label);
        if let Some(body) = node.field("body") {
            self.block(body, &mut Dest::Ignore, &Type::Unknown);
        }
        match self.close_loop(before) {
            Some(value) => value,
            None => self.unit(),
        }
    }

    pub(super) fn for_expression(&mut self, node: Syn<'t>) {
        let label = node.kid_of_kind("label").map(Syn::text);
        let (Some(pattern), Some(over)) = (node.field("pattern"), node.field("value")) else {
            return;
        };
        let before = self.path;
        let counter = self.counter(over);
        let mut source = None;
        let of = if counter.is_some() {
            None
        } else {
            let value = self.eval(over, &Type::Unknown);
            source = self.part_of(&value);
            let of = self.iterated(value);
            Some((of, self.first_round()))
        };
        self.open_loop(label);
        let scope = self.names.len();
        let item = match (counter, of) {
            (Some(counter), _) => self.next_count(counter),
            (None, Some((of, round))) => self.next_element(of, round),
            (None, None) => self.unit(),
        };
        self.note_part(item, source);
        self.bind_pattern(pattern, item, false);
        if let Some(body) = node.field("body") {
            self.block(body, &mut Dest::Ignore, &Type::Unknown);
        }
        self.names.truncate(scope);
        self.close_loop(before);
    }

    /// A loop over `from..to`: the variable that counts and its end.
    fn counter(&mut self, over: Syn<'t>) -> Option<Counter> {
        let mut range = over;
        while range.kind() == "parenthesized_expression" {
            range = range.first_kid()?;
        }
        if range.kind() != "range_expression" {
            return None;
        }
        let kids = range.kids();
        let [from, to] = kids.as_slice() else {
            return None;
        };
        let from = self.value(*from, &Type::Unknown);
        let ty = self.b.ty(from).clone();
        let to = self.value(*to, &ty);
        self.adopt(from, to);
        let ty = if ty.is_known() {
            ty
        } else {
            self.b.ty(to).clone()
        };
        let local = self.b.local(ty.clone());
        self.b.set(local, from);
        Some(Counter {
            local,
            to,
            op: if range.has_token("..=") {
                BinaryOp::Le
            } else {
                BinaryOp::Lt
            },
            ty,
        })
    }

    /// Tests and advances the counter in the loop's head; goes on in the body.
    fn next_count(&mut self, counter: Counter) -> OpId {
        let now = self.b.get(counter.local);
        let kind = OpKind::Binary {
            op: counter.op,
            left: now,
            right: counter.to,
            mode: ArithMode::None,
        };
        let more = self.emit(kind, Type::Bool);
        let (body, done) = self.fork(more);
        self.go_on(done);
        self.exit_loop();
        self.go_on(body);
        let one = self.b.int(1, counter.ty.clone());
        let kind = OpKind::Binary {
            op: BinaryOp::Add,
            left: now,
            right: one,
            mode: ArithMode::Wrapping,
        };
        let next = self.emit(kind, counter.ty);
        self.b.set(counter.local, next);
        now
    }

    /// The collection that a loop runs over. Where the order of its elements is not part of the
    /// program, the row of its `into_iter` says so.
    pub(super) fn iterated(&mut self, value: Val) -> OpId {
        let of = self.force(value);
        let row = api::method(self.b.ty(of), "into_iter");
        match row.filter(|r| matches!(r.effect, Effect::Nondet(_))) {
            Some(row) => {
                let ty = self.b.ty(of).clone();
                let returns = api::substitute(&row.returns, &api::arguments(&ty), &ty, 0);
                let ordered = self.emit_row(row, Some(Receiver::Value(of)), &[of]);
                self.b.set_ty(ordered, returns);
                ordered
            }
            None => of,
        }
    }

    /// The number of the round of a loop over elements, so that its condition is another value in
    /// each round.
    pub(super) fn first_round(&mut self) -> LocalId {
        let ty = crate::literal::uint(32);
        let round = self.b.local(ty.clone());
        let zero = self.b.int(0, ty);
        self.b.set(round, zero);
        round
    }

    /// Asks in the loop's head whether there is another element; goes on in the body with it.
    pub(super) fn next_element(&mut self, of: OpId, round: LocalId) -> OpId {
        let now = self.b.get(round);
        let more = self.pure("range-more", vec![of, now], Type::Bool);
        let (body, done) = self.fork(more);
        self.go_on(done);
        self.exit_loop();
        self.go_on(body);
        let ty = crate::literal::uint(32);
        let one = self.b.int(1, ty.clone());
        let kind = OpKind::Binary {
            op: BinaryOp::Add,
            left: now,
            right: one,
            mode: ArithMode::None,
        };
        let next = self.emit(kind, ty);
        self.b.set(round, next);
        let ty = element_type(self.b.ty(of));
        self.emit(OpKind::Element { of, part: 0 }, ty)
    }
}

struct Counter {
    local: LocalId,
    to: OpId,
    op: BinaryOp,
    ty: Type,
}

/// Type of the elements of a collection or iterator.
pub(super) fn element_type(ty: &Type) -> Type {
    match ty {
        Type::Array(item, _) | Type::Option(item) => (**item).clone(),
        Type::Bytes(_) => crate::literal::uint(8),
        Type::Map(key, value) => Type::Tuple(vec![(**key).clone(), (**value).clone()]),
        Type::Named(name, args) if args.len() == 2 && name.contains("Map") => {
            Type::Tuple(args.clone())
        }
        Type::Named(_, args) if args.len() == 1 => args[0].clone(),
        _ => Type::Unknown,
    }
}
