//! Functions whose rows name a form of the language. What they do to control flow and to their
//! receivers is written out.

use pactward_ir::{AbortKind, ArithMode, BinaryOp, Const, OpId, OpKind, ReadKind, Type, UnaryOp};
use pactward_models::{ApiFn, Role};

use super::Lowerer;
use super::call::{Arg, refined};
use super::control::{Val, Wrap};
use super::place::PlaceRef;
use crate::api;

/// A call of a function that has a form.
pub(super) struct FormCall<'c, 't> {
    pub(super) row: &'static ApiFn,
    pub(super) receiver: Option<Val>,
    /// Type of the receiver, or the type that the function belongs to.
    pub(super) ty: &'c Type,
    pub(super) args: &'c [Arg<'t>],
    pub(super) returns: &'c Type,
    pub(super) want: &'c Type,
}

impl<'t> Lowerer<'t> {
    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
    pub(super) fn form(
        &mut self,
        form: &str,
        row: &'static ApiFn,
        receiver: Option<Val>,
        ty: &Type,
        args: &[Arg<'t>],
        returns: &Type,
        want: &Type,
    ) -> Val {
        let call = FormCall {
            row,
            receiver,
            ty,
            args,
            returns,
            want,
        };
        let (word, rest) = form.split_once(' ').unwrap_or((form, ""));
        match word {
            "arith" => self.arith_form(rest, call),
            "compare" => self.compare_form(rest, call),
            "mutate" => self.mutate_form(call),
            "update" => self.update_form(call),
            "each" => self.each_form(rest, call),
            "message" | "submessage" | "send" | "send-all" | "query" => {
                self.message_form(word, rest, call)
            }
            "builder" | "invoke" => self.builder_form(word, rest, call),
            "emit" => self.emit_form(call),
            "convert" => self.convert_form(call),
            "default" => self.default_form(&call),
            "cursor" => self.cursor_form(call),
            "fresh" => {
                // The receiver only says where the function is found.
                let name = api::full_name(call.row);
                let values = self.args(call.args);
                Val::Op(self.pure(name, values, call.returns.clone()))
            }
            "borrow" => self.borrow_form(call),
            "swap" => self.swap_form(rest, call),
            "state-take" | "state-borrow" => self.state_form(word, call),
            "terminate" => self.terminate_form(call),
            "length" => Val::Op(self.length_form(call)),
            "is-empty" => Val::Op(self.is_empty_form(call)),
            "collect" => self.collect_form(call),
            "call" => {
                let args = call.args.get(1..).unwrap_or_default().to_vec();
                let values = self.args(&args);
                self.call_arg(call.args.first().copied(), &values, None)
            }
            _ => self.wrapper_form(word, call),
        }
    }

    /// `checked_sub`, `saturating_add`, `mul`, …: operator and mode.
    fn arith_form(&mut self, rest: &str, mut call: FormCall<'_, 't>) -> Val {
        let (op, mode) = rest.split_once(' ').unwrap_or((rest, "checked"));
        let op = BinaryOp::from_text(op).unwrap_or(BinaryOp::Add);
        let mode = ArithMode::from_text(mode).unwrap_or(ArithMode::None);
        let left = match call.receiver.take() {
            Some(receiver) => self.force(receiver),
            None => self.unit(),
        };
        let ty = self.b.ty(left).clone();
        let right = match call.args.first() {
            Some(arg) => self.arg(*arg, &ty),
            None => self.unit(),
        };
        let binary = OpKind::Binary {
            op,
            left,
            right,
            mode,
        };
        let Some(wrap) = Wrap::of(call.returns) else {
            return Val::Op(self.emit(binary, ty));
        };
        let inner = api::arguments(call.returns).into_iter().next();
        let ty = inner.filter(Type::is_known).unwrap_or(ty);
        // The failure of a subtraction is a comparison, which other checks can be compared with.
        let (cond, early) = if op == BinaryOp::Sub {
            let kind = OpKind::Binary {
                op: BinaryOp::Lt,
                left,
                right,
                mode: ArithMode::None,
            };
            (self.emit(kind, Type::Bool), None)
        } else {
            let value = self.emit(binary.clone(), ty.clone());
            let test = match wrap {
                Wrap::Result => UnaryOp::IsErr,
                Wrap::Option => UnaryOp::IsNone,
            };
            (
                self.emit(OpKind::Unary { op: test, value }, Type::Bool),
                Some(value),
            )
        };
        let (fails, passes) = self.fork(cond);
        self.go_on(fails);
        let error = match wrap {
            Wrap::Option => self.none(Type::Unknown),
            Wrap::Result => self.pure("overflow", vec![left, right], Type::Error),
        };
        let bad = self.exit_with(error);
        self.go_on(passes);
        let value = match early {
            Some(value) => value,
            None => self.emit(binary, ty),
        };
        let good = self.exit_with(value);
        self.rewrapped(wrap, Some(good), Some(bad))
    }

    /// `has_next`, `next`: answers differ from call to call, so the number of the call is an
    /// operand.
    fn cursor_form(&mut self, mut call: FormCall<'_, 't>) -> Val {
        let mut values = Vec::new();
        if let Some(receiver) = call.receiver.take() {
            values.push(self.force(receiver));
        }
        values.extend(self.args(call.args));
        let size = crate::literal::uint(32);
        let counter = if let Some(counter) = self.cursor {
            counter
        } else {
            let counter = self.b.local(size.clone());
            self.cursor = Some(counter);
            counter
        };
        let now = self.b.get(counter);
        values.push(now);
        let one = self.b.int(1, size.clone());
        let kind = OpKind::Binary {
            op: BinaryOp::Add,
            left: now,
            right: one,
            mode: ArithMode::None,
        };
        let next = self.emit(kind, size);
        self.b.set(counter, next);
        let ty = refined(call.returns, call.want);
        Val::Op(self.pure(api::full_name(call.row), values, ty))
    }

    fn compare_form(&mut self, rest: &str, mut call: FormCall<'_, 't>) -> Val {
        let op = BinaryOp::from_text(rest).unwrap_or(BinaryOp::Eq);
        let left = match call.receiver.take() {
            Some(receiver) => self.force(receiver),
            None => self.unit(),
        };
        let ty = self.b.ty(left).clone();
        let right = match call.args.first() {
            Some(arg) => self.arg(*arg, &ty),
            // `is_zero`, `is_empty`: compared with the zero of its type.
            None => self.constant(zero_of(&ty), ty),
        };
        Val::Op(self.binary(op, left, right))
    }

    /// `into`, `from`, `to_string`, …: the value as another type.
    fn convert_form(&mut self, mut call: FormCall<'_, 't>) -> Val {
        let value = match (call.receiver.take(), call.args.first()) {
            (Some(receiver @ Val::Split(_)), _) if !call.returns.is_known() => return receiver,
            (Some(receiver), _) => self.force(receiver),
            (None, Some(arg)) => self.arg(*arg, &Type::Unknown),
            (None, None) => return Val::Unit,
        };
        let target = if call.returns.is_known() {
            refined(call.returns, call.want)
        } else {
            call.want.clone()
        };
        if !target.is_known() || *self.b.ty(value) == target {
            return Val::Op(value);
        }
        let is_number = Self::is_number(&target) && Self::is_number(self.b.ty(value));
        let is_same_shape = matches!(
            target,
            Type::Address | Type::Str | Type::Bytes(_) | Type::Contract(_)
        );
        if !self.b.ty(value).is_known() || is_number || is_same_shape {
            let known = self.known.get(&value).cloned();
            let cast = self.emit(
                OpKind::Cast {
                    value,
                    lossy: false,
                },
                target,
            );
            if let Some(known) = known {
                self.known.insert(cast, known);
            }
            return Val::Op(cast);
        }
        Val::Op(value)
    }

    /// `T::default()`, `Uint128::zero()`.
    fn default_form(&mut self, call: &FormCall<'_, 't>) -> Val {
        let mut ty = refined(call.returns, call.want);
        if !ty.is_known() && api::key_of(call.ty) != "std::Default" {
            ty = call.ty.clone();
        }
        if let Type::Struct(name) = &ty
            && self.is_singleton(name)
        {
            return Val::Place(PlaceRef::Storage(name.clone(), ty));
        }
        let zero = zero_of(&ty);
        Val::Op(self.constant(zero, ty))
    }

    /// The contract ends here, and with it the transaction, successfully.
    fn terminate_form(&mut self, mut call: FormCall<'_, 't>) -> Val {
        if let Some(receiver) = call.receiver.take() {
            self.force(receiver);
        }
        let args = self.args(call.args);
        let what = "terminate".into();
        self.emit(OpKind::Upgrade { what, args }, Type::Unit);
        if self.path.live {
            self.b.abort(AbortKind::Halt, Vec::new());
            self.stop();
        }
        Val::Unit
    }

    /// `len()`: of a list in state, a read of its length.
    fn length_form(&mut self, mut call: FormCall<'_, 't>) -> OpId {
        let size = crate::literal::uint(32);
        match call.receiver.take() {
            Some(Val::Place(PlaceRef::State(place, ty))) if !self.is_handle(&ty) => {
                let kind = ReadKind::Length;
                self.emit(OpKind::StateRead { place, kind }, size)
            }
            Some(receiver) => {
                let value = self.force(receiver);
                self.emit(OpKind::Length { value }, size)
            }
            None => self.unit(),
        }
    }

    fn is_empty_form(&mut self, mut call: FormCall<'_, 't>) -> OpId {
        let is_text = matches!(call.ty, Type::Str | Type::Address);
        let (value, zero) = if is_text {
            let value = match call.receiver.take() {
                Some(receiver) => self.force(receiver),
                None => self.unit(),
            };
            (value, self.constant(Const::Str("".into()), Type::Str))
        } else {
            let length = self.length_form(call);
            let zero = self.b.int(0, crate::literal::uint(32));
            (length, zero)
        };
        self.binary(BinaryOp::Eq, value, zero)
    }

    /// `collect()`: a list stays what it is, other collections are made from it.
    fn collect_form(&mut self, mut call: FormCall<'_, 't>) -> Val {
        let value = match call.receiver.take() {
            Some(receiver) => self.force(receiver),
            None => self.unit(),
        };
        match call.want {
            Type::Unknown | Type::Array(..) | Type::Bytes(_) => Val::Op(value),
            want => {
                let want = want.clone();
                let known = self.known.get(&value).cloned();
                let collected = self.pure("collect", vec![value], want);
                if let Some(known) = known {
                    self.known.insert(collected, known);
                }
                Val::Op(collected)
            }
        }
    }

    /// `env().emit_event(Event { … })`: the struct's name is the topic.
    fn emit_form(&mut self, mut call: FormCall<'_, 't>) -> Val {
        if let Some(receiver) = call.receiver.take() {
            self.force(receiver);
        }
        let values = self.args(call.args);
        let event = values.last().copied();
        let topic = event.map(|e| match self.b.ty(e) {
            Type::Struct(name) | Type::Enum(name) | Type::Named(name, _) => {
                name.rsplit(':').next().unwrap_or(name).into()
            }
            _ => pactward_ir::SmolStr::default(),
        });
        let args = event.and_then(|e| self.parts_of(e)).map(|(_, parts)| parts);
        let kind = OpKind::Emit {
            topic: topic.unwrap_or_default(),
            args: args.unwrap_or(values),
        };
        Val::Op(self.emit(kind, Type::Unit))
    }
}

pub(super) fn role_value(row: &ApiFn, values: &[OpId], role: Role) -> Option<OpId> {
    let at = row.roles.iter().position(|r| *r == role)?;
    values.get(at).copied()
}

/// The value that a type has by default.
pub(super) fn zero_of(ty: &Type) -> Const {
    match ty {
        Type::Int { .. } | Type::BigInt => Const::Int(0.into()),
        Type::Bool => Const::Bool(false),
        Type::Str => Const::Str("".into()),
        ty if Lowerer::is_number(ty) => Const::Int(0.into()),
        _ => Const::Nil,
    }
}
