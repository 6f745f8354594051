//! From prepared calls to ops.

use pactward_ir::{Callee, OpId, OpKind, Type};

use super::Lowering;
use super::call::{Prepared, What};
use super::value::Val;

impl<'a> Lowering<'a> {
    /// Emits a prepared call.
    pub(super) fn perform(&mut self, call: Prepared<'a>) -> Vec<Val> {
        match call.what {
            What::Done(values) => values,
            What::Row(row) => self.perform_row(row, &call),
            What::Builtin(ref name) => {
                let name = name.clone();
                self.perform_builtin(&name, call)
            }
            What::Extern(ref name) => {
                let kind = OpKind::Extern {
                    name: name.clone(),
                    args: operands(&call),
                };
                let value = self.emit(kind, call.result);
                self.touch(&call.nodes, value.id);
                self.results_of(value)
            }
            What::Function(at) => {
                let outcome = self.constant_outcome(at);
                let callee = Callee::Function(self.program.func(at).key.clone());
                let kind = OpKind::Call {
                    callee,
                    args: operands(&call),
                };
                let value = self.emit(kind, call.result);
                self.touch(&call.nodes, value.id);
                let mut results = self.results_of(value);
                if let Some(last) = results.last_mut() {
                    last.known.outcome = outcome;
                }
                results
            }
            What::OneOf(ref callees) => {
                let kind = OpKind::Call {
                    callee: Callee::OneOf(callees.clone()),
                    args: operands(&call),
                };
                let value = self.emit(kind, call.result);
                self.touch(&call.nodes, value.id);
                self.results_of(value)
            }
            What::Value(ref callee) => {
                let kind = OpKind::Call {
                    callee: Callee::Value(callee.id),
                    args: operands(&call),
                };
                let value = self.emit(kind, call.result);
                self.touch(&call.nodes, value.id);
                self.results_of(value)
            }
        }
    }

    /// Results of a call as single values.
    pub(super) fn results_of(&mut self, value: Val) -> Vec<Val> {
        match &value.ty {
            Type::Unit => Vec::new(),
            Type::Tuple(items) => {
                let wanted = items.len();
                self.extract(&value, wanted)
            }
            _ => vec![value],
        }
    }

    /// Callee and arguments of a function that runs concurrently.
    pub(super) fn spawned(&mut self, call: Prepared<'a>) -> (Callee, Vec<OpId>) {
        let args = operands(&call);
        match call.what {
            What::Function(at) => (Callee::Function(self.program.func(at).key.clone()), args),
            What::OneOf(callees) => (Callee::OneOf(callees), args),
            What::Value(callee) => (Callee::Value(callee.id), args),
            _ => {
                let results = self.perform(call);
                let value = self.first(results);
                (Callee::Value(value.id), Vec::new())
            }
        }
    }
}

/// Receiver and arguments.
fn operands(call: &Prepared<'_>) -> Vec<OpId> {
    let receiver = call.receiver.iter();
    receiver.chain(&call.args).map(|v| v.id).collect()
}
