//! `defer`: calls that run where the function returns, last first.

use pactward_ir::{Callee, OpKind, Type};
use pactward_syntax::{Node, children};

use super::Lowering;
use super::call::{Prepared, What};
use super::frame::{Deferred, DeferredCall};
use super::value::Val;

/// Most `defer` statements of a function that are followed to its returns.
const MAX_DEFERS: usize = 48;

/// Most deferred calls that are written out over all returns of a function.
const MAX_CALLS: usize = 512;

impl<'a> Lowering<'a> {
    pub(super) fn defer_statement(&mut self, node: Node<'a>) {
        let Some(call) = children(node).next() else {
            return;
        };
        if call.kind() != "call_expression" {
            self.expr(call);
            return;
        }
        if self.f.defers.len() >= MAX_DEFERS {
            self.opaque("deferred call", call);
            return;
        }
        let flag = (self.f.conditional > 0).then(|| {
            let flag = self.f.b.local(Type::Bool);
            let yes = self.f.b.bool(true);
            self.f.b.set(flag, yes);
            flag
        });
        let source = self.f.b.source();
        let call = if let Some(literal) = plain_literal(call) {
            DeferredCall::Literal(self.closure(literal))
        } else {
            let prepared = self.prepare(call);
            let mut kept = Vec::new();
            for value in operands(&prepared) {
                let erased = self.erase(&value.ty);
                let local = self.f.b.local(erased);
                self.f.b.set(local, value.id);
                kept.push(local);
            }
            DeferredCall::Call(Box::new(prepared), kept)
        };
        self.f.defers.push(Deferred { flag, call, source });
    }

    /// Writes the deferred calls of a return here.
    pub(super) fn run_deferred(&mut self) {
        for at in (0..self.f.defers.len()).rev() {
            self.f.deferred_calls += 1;
            if self.f.deferred_calls > MAX_CALLS {
                self.unknown("deferred calls", vec![]);
                return;
            }
            let flag = self.f.defers[at].flag;
            let call = self.f.defers[at].call.clone();
            let outer = self.f.b.source();
            self.f.b.set_source(self.f.defers[at].source);
            let after = flag.map(|flag| {
                let registered = self.f.b.get(flag);
                let (run, after) = (self.f.b.new_block(), self.f.b.new_block());
                self.f.b.branch(registered, run, after);
                self.f.b.switch_to(run);
                after
            });
            self.run_one(call);
            if let Some(after) = after {
                self.f.b.jump(after);
                self.f.b.switch_to(after);
            }
            self.f.b.set_source(outer);
        }
    }

    fn run_one(&mut self, call: DeferredCall<'a>) {
        match call {
            DeferredCall::Literal(literal) => {
                let args = self.capture_values(&literal);
                let kind = OpKind::Call {
                    callee: Callee::Function(literal.function.clone()),
                    args,
                };
                self.emit(kind, literal.result);
            }
            DeferredCall::Call(mut prepared, kept) => {
                let mut values = kept.into_iter();
                for value in operands_mut(&mut prepared) {
                    if let Some(local) = values.next() {
                        value.id = self.f.b.get(local);
                    }
                }
                // What a deferred call stores is stored in what its arguments point to.
                prepared.nodes.fill(None);
                prepared.receiver_node = None;
                self.perform(*prepared);
            }
        }
    }
}

/// The literal of `func() { … }()`.
fn plain_literal(call: Node<'_>) -> Option<Node<'_>> {
    let function = call.child_by_field_name("function")?;
    let arguments = call.child_by_field_name("arguments")?;
    let is_plain = function.kind() == "func_literal" && children(arguments).next().is_none();
    is_plain.then_some(function)
}

fn operands(call: &Prepared<'_>) -> Vec<Val> {
    let callee = match &call.what {
        What::Value(callee) => Some(callee),
        _ => None,
    };
    let values = callee.into_iter().chain(&call.receiver).chain(&call.args);
    values.cloned().collect()
}

fn operands_mut<'c>(call: &'c mut Prepared<'_>) -> impl Iterator<Item = &'c mut Val> {
    let callee = match &mut call.what {
        What::Value(callee) => Some(callee),
        _ => None,
    };
    callee
        .into_iter()
        .chain(&mut call.receiver)
        .chain(&mut call.args)
}
