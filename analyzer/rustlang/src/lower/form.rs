//! Functions whose rows name a form: the combinators of `Option` and `Result`, number types,
//! mutation, storage updates. What they do to control flow is written out.

use pactward_ir::{
    AbortKind, ArithMode, BinaryOp, Const, OpId, OpKind, Place, Proj, ReadKind, Type, UnaryOp,
    WriteKind,
};
use pactward_models::{ApiFn, Role};

use super::Lowerer;
use super::call::{Arg, refined};
use super::control::{Exit, Join, Split, Val, Wrap};
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
            "default" => self.default_form(call),
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

    /// Combinators of `Option` and `Result`.
    fn wrapper_form(&mut self, word: &str, mut call: FormCall<'_, 't>) -> Val {
        let receiver = match call.receiver.take() {
            Some(receiver) => receiver,
            None => Val::Unit,
        };
        let wrap = Wrap::of(call.ty);
        let first = call.args.first().copied();
        match word {
            "is-good" | "is-bad" => {
                return Val::Op(self.is_good(receiver, wrap, word == "is-good"));
            }
            "unwrap-or-default" => {
                let split = self.defaulted(receiver, wrap);
                return Val::Op(split);
            }
            _ => {}
        }
        let split = self.split(receiver, wrap);
        match word {
            "unwrap" => self.unwrap(split, call),
            "unwrap-err" => {
                if let Some(good) = split.good {
                    self.go_on(good.point);
                    self.abort();
                }
                Val::Op(self.follow(split.bad))
            }
            "unwrap-or" => self.unwrap_or(split, first),
            "unwrap-or-else" => {
                let value = |l: &mut Self, error: OpId| {
                    let args = if split.wrap == Wrap::Result {
                        vec![error]
                    } else {
                        Vec::new()
                    };
                    l.call_arg(first, &args, None)
                };
                self.either(split, None, Some(&mut |l, e| value(l, e)))
            }
            "map-or" | "map-or-else" => {
                let mapped = call.args.get(1).copied();
                let is_lazy = word == "map-or-else";
                self.either(
                    split,
                    Some(&mut |l, v| l.call_arg(mapped, &[v], None)),
                    Some(&mut |l, e| {
                        if is_lazy {
                            let args = if split.wrap == Wrap::Result {
                                vec![e]
                            } else {
                                Vec::new()
                            };
                            l.call_arg(first, &args, None)
                        } else {
                            match first {
                                Some(arg) => Val::Op(l.arg(arg, &Type::Unknown)),
                                None => Val::Op(l.unit()),
                            }
                        }
                    }),
                )
            }
            "is-good-and" => self.either(
                split,
                Some(&mut |l, v| l.call_arg(first, &[v], None)),
                Some(&mut |l, _| Val::Op(l.b.bool(false))),
            ),
            "ok-or" | "ok-or-else" => {
                let bad = split.bad.map(|exit| {
                    self.go_on(exit.point);
                    let error = match (word, first) {
                        ("ok-or", Some(arg)) => self.arg(arg, &Type::Unknown),
                        (_, callee) => {
                            let value = self.call_arg(callee, &[], None);
                            self.force(value)
                        }
                    };
                    self.exit_with(error)
                });
                self.rewrapped(Wrap::Result, split.good, bad)
            }
            "map" => {
                let good = split.good.map(|exit| {
                    self.go_on(exit.point);
                    let value = self.call_arg(first, &[exit.value], None);
                    let value = self.force(value);
                    self.exit_with(value)
                });
                self.rewrapped(split.wrap, good, split.bad)
            }
            "map-err" => {
                let bad = split.bad.map(|exit| {
                    self.go_on(exit.point);
                    let value = self.call_arg(first, &[exit.value], None);
                    let value = self.force(value);
                    self.exit_with(value)
                });
                self.rewrapped(split.wrap, split.good, bad)
            }
            "inspect" => {
                let good = split.good.map(|exit| {
                    self.go_on(exit.point);
                    let value = self.call_arg(first, &[exit.value], None);
                    self.force(value);
                    Exit {
                        point: self.here(),
                        ..exit
                    }
                });
                self.rewrapped(split.wrap, good, split.bad)
            }
            "and-then" | "and" | "filter" | "flatten" => {
                self.chained(word, split, first, call.returns)
            }
            "or-else" | "or" => self.alternative(word, split, first),
            "ok" => {
                let bad = split.bad.map(|exit| {
                    self.go_on(exit.point);
                    let none = self.none(Type::Unknown);
                    self.exit_with(none)
                });
                self.rewrapped(Wrap::Option, split.good, bad)
            }
            "err" => {
                let bad = split.good.map(|exit| {
                    self.go_on(exit.point);
                    let none = self.none(Type::Unknown);
                    self.exit_with(none)
                });
                self.rewrapped(Wrap::Option, split.bad, bad)
            }
            _ => {
                let value = self.force(Val::Split(split));
                let mut values = vec![value];
                values.extend(self.args(call.args));
                let name = api::full_name(call.row);
                let ty = refined(call.returns, call.want);
                Val::Op(self.pure(name, values, ty))
            }
        }
    }

    fn exit_with(&mut self, value: OpId) -> Exit {
        Exit {
            point: self.here(),
            value,
            whole: None,
        }
    }

    /// Sides of a split under another wrapper. Sides on which control has ended are left out.
    fn rewrapped(&mut self, wrap: Wrap, good: Option<Exit>, bad: Option<Exit>) -> Val {
        let fresh = |exit: Option<Exit>| {
            exit.filter(|e| e.point.path.live)
                .map(|e| Exit { whole: None, ..e })
        };
        self.stop();
        Val::Split(Split {
            wrap,
            good: fresh(good),
            bad: fresh(bad),
        })
    }

    pub(super) fn abort(&mut self) {
        if self.path.live {
            self.b.abort(AbortKind::Panic, Vec::new());
            self.stop();
        }
    }

    /// `unwrap` and `expect`: aborts on the bad side.
    fn unwrap(&mut self, split: Split, call: FormCall<'_, 't>) -> Val {
        if let Some(bad) = split.bad {
            self.go_on(bad.point);
            let mut args = self.args(call.args);
            if split.wrap == Wrap::Result {
                args.push(bad.value);
            }
            if self.path.live {
                self.b.abort(AbortKind::Panic, args);
                self.stop();
            }
        }
        Val::Op(self.follow(split.good))
    }

    fn is_good(&mut self, receiver: Val, wrap: Option<Wrap>, positive: bool) -> OpId {
        let value = self.force(receiver);
        let op = match Wrap::of(self.b.ty(value)).or(wrap) {
            Some(Wrap::Option) => UnaryOp::IsNone,
            _ => UnaryOp::IsErr,
        };
        let is_bad = self.emit(OpKind::Unary { op, value }, Type::Bool);
        if positive { self.b.not(is_bad) } else { is_bad }
    }

    /// The payload, or the zero value if there is none. State that was never written reads as
    /// zero, so both are one value.
    fn defaulted(&mut self, receiver: Val, wrap: Option<Wrap>) -> OpId {
        if let Val::Split(Split {
            good: Some(_),
            bad: Some(_),
            ..
        }) = receiver
        {
            let value = self.force(receiver);
            return self.payload_or_zero(value, wrap);
        }
        let value = self.force(receiver);
        self.payload_or_zero(value, wrap)
    }

    fn payload_or_zero(&mut self, value: OpId, wrap: Option<Wrap>) -> OpId {
        let ty = self.b.ty(value).clone();
        let variant = Wrap::of(&ty).or(wrap).unwrap_or(Wrap::Option).good();
        let inner = match ty {
            Type::Option(inner) | Type::Result(inner) => (*inner).clone(),
            _ => Type::Unknown,
        };
        self.payload(value, variant, 0, inner)
    }

    fn unwrap_or(&mut self, split: Split, otherwise: Option<Arg<'t>>) -> Val {
        let inner = split
            .good
            .map(|e| self.b.ty(e.value).clone())
            .unwrap_or_default();
        self.either(
            split,
            None,
            Some(&mut |l, _| match otherwise {
                Some(arg) => Val::Op(l.arg(arg, &inner)),
                None => Val::Op(l.unit()),
            }),
        )
    }

    /// One value from both sides.
    fn either(
        &mut self,
        split: Split,
        good: Option<&mut dyn FnMut(&mut Self, OpId) -> Val>,
        bad: Option<&mut dyn FnMut(&mut Self, OpId) -> Val>,
    ) -> Val {
        let mut join = Join::default();
        self.side_into(split.good, good, &mut join);
        self.side_into(split.bad, bad, &mut join);
        Val::Op(self.enter_value(&join))
    }

    fn side_into(
        &mut self,
        exit: Option<Exit>,
        map: Option<&mut dyn FnMut(&mut Self, OpId) -> Val>,
        join: &mut Join,
    ) {
        let Some(exit) = exit else { return };
        self.go_on(exit.point);
        let value = match map {
            Some(map) => {
                let value = map(self, exit.value);
                self.force(value)
            }
            None => exit.value,
        };
        self.arrive(join, Some(value));
    }

    /// `and_then` and its like: the good side leads to another `Result` or `Option`.
    fn chained(&mut self, word: &str, split: Split, first: Option<Arg<'t>>, returns: &Type) -> Val {
        let (mut good, mut bad) = (Join::default(), Join::default());
        if let Some(exit) = split.good {
            self.go_on(exit.point);
            let inner = match (word, first) {
                ("and-then", callee) => self.call_arg(callee, &[exit.value], Some(split.wrap)),
                ("and", Some(arg)) => Val::Op(self.arg(arg, returns)),
                ("filter", callee) => {
                    let test = self.call_arg(callee, &[exit.value], None);
                    let test = self.force(test);
                    if self.path.live {
                        let (yes, no) = self.fork(test);
                        self.go_on(no);
                        let none = self.none(Type::Unknown);
                        self.arrive(&mut bad, Some(none));
                        self.go_on(yes);
                    }
                    self.good(exit.value, split.wrap)
                }
                _ => Val::Op(exit.value),
            };
            let inner = self.split(inner, Some(split.wrap));
            if let Some(exit) = inner.good {
                self.go_on(exit.point);
                self.arrive(&mut good, Some(exit.value));
            }
            if let Some(exit) = inner.bad {
                self.go_on(exit.point);
                self.arrive(&mut bad, Some(exit.value));
            }
        }
        if let Some(exit) = split.bad {
            self.go_on(exit.point);
            self.arrive(&mut bad, Some(exit.value));
        }
        self.collected(super::control::Dest::Split {
            wrap: split.wrap,
            good,
            bad,
        })
    }

    /// `or_else` and `or`: the bad side leads to another `Result` or `Option`.
    fn alternative(&mut self, word: &str, split: Split, first: Option<Arg<'t>>) -> Val {
        let (mut good, mut bad) = (Join::default(), Join::default());
        if let Some(exit) = split.good {
            self.go_on(exit.point);
            self.arrive(&mut good, Some(exit.value));
        }
        if let Some(exit) = split.bad {
            self.go_on(exit.point);
            let inner = match (word, first) {
                ("or", Some(arg)) => Val::Op(self.arg(arg, &Type::Unknown)),
                (_, callee) => {
                    let args = if split.wrap == Wrap::Result {
                        vec![exit.value]
                    } else {
                        Vec::new()
                    };
                    self.call_arg(callee, &args, Some(split.wrap))
                }
            };
            let inner = self.split(inner, Some(split.wrap));
            if let Some(exit) = inner.good {
                self.go_on(exit.point);
                self.arrive(&mut good, Some(exit.value));
            }
            if let Some(exit) = inner.bad {
                self.go_on(exit.point);
                self.arrive(&mut bad, Some(exit.value));
            }
        }
        self.collected(super::control::Dest::Split {
            wrap: split.wrap,
            good,
            bad,
        })
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

    /// A method that changes its receiver: `push`, `insert`, `sort`, ….
    fn mutate_form(&mut self, mut call: FormCall<'_, 't>) -> Val {
        let receiver = match call.receiver.take() {
            Some(Val::Op(base)) => PlaceRef::Value {
                base,
                path: Vec::new(),
            },
            Some(Val::Place(place)) => place,
            Some(other) => PlaceRef::Value {
                base: self.force(other),
                path: Vec::new(),
            },
            None => return Val::Unit,
        };
        let item = super::loops::element_type(call.ty);
        let mut values = Vec::new();
        for (at, arg) in call.args.iter().enumerate() {
            let want = match call.row.roles.get(at) {
                Some(Role::Value) => item.clone(),
                _ => Type::Unknown,
            };
            values.push(match (arg, call.row.roles.get(at)) {
                (Arg::Node(node), Some(Role::Update)) => self.value(*node, &Type::Unknown),
                _ => self.arg(*arg, &want),
            });
        }
        let key = role_value(call.row, &values, Role::Key);
        let value = role_value(call.row, &values, Role::Value);
        if let Some(value) = value {
            self.pushed_message(&receiver, value);
        }
        let name = api::full_name(call.row);
        match &receiver {
            PlaceRef::State(place, ty) if !self.is_handle(ty) => {
                let place = place.clone();
                self.mutate_state(call.row, place, key, value)
            }
            _ => {
                let base = self.read(&receiver);
                let ty = self.b.ty(base).clone();
                let mut args = vec![base];
                args.extend(&values);
                if let PlaceRef::Value { base, path } = &receiver
                    && path.is_empty()
                {
                    let path = match key {
                        Some(key) => vec![Proj::Index(key)],
                        None => vec![Proj::Any],
                    };
                    let stored = value.or(values.first().copied()).unwrap_or(*base);
                    let base = *base;
                    self.emit(
                        OpKind::Store {
                            base,
                            path,
                            value: stored,
                        },
                        Type::Unit,
                    );
                    self.write_back(base, stored);
                } else {
                    let new = self.pure(name.clone(), args.clone(), ty);
                    self.write(&receiver, new);
                }
                if *call.returns == Type::Unit {
                    return Val::Op(base);
                }
                let ty = refined(call.returns, call.want);
                Val::Op(self.pure(format!("{name}()"), args, ty))
            }
        }
    }

    fn mutate_state(
        &mut self,
        row: &'static ApiFn,
        place: Place,
        key: Option<OpId>,
        value: Option<OpId>,
    ) -> Val {
        let removes = matches!(
            row.name.as_str(),
            "pop"
                | "remove"
                | "swap_remove"
                | "clear"
                | "truncate"
                | "drain"
                | "retain"
                | "pop_front"
                | "pop_back"
                | "take"
        );
        let old = if *row_returns(row) == Type::Unit {
            None
        } else {
            let kind = OpKind::StateRead {
                place: place.clone(),
                kind: ReadKind::Get,
            };
            Some(self.emit(kind, Type::Unknown))
        };
        let (place, kind) = match key {
            Some(key) => {
                let kind = if removes {
                    WriteKind::Delete
                } else {
                    WriteKind::Set
                };
                (place.index(key), kind)
            }
            None => {
                let kind = match (row.name.as_str(), removes) {
                    ("pop" | "pop_back", _) => WriteKind::Pop,
                    ("push" | "push_back", _) => WriteKind::Push,
                    (_, true) => WriteKind::Delete,
                    _ => WriteKind::Set,
                };
                (place, kind)
            }
        };
        let written = self.emit(OpKind::StateWrite { place, kind, value }, Type::Unit);
        Val::Op(old.unwrap_or(written))
    }

    /// `ITEM.update(storage, |old| …)`: reads, calls the closure, writes what it makes.
    fn update_form(&mut self, mut call: FormCall<'_, 't>) -> Val {
        let receiver = call.receiver.take();
        let Some(Val::Place(PlaceRef::State(mut place, ty))) = receiver else {
            if let Some(receiver) = receiver {
                self.force(receiver);
            }
            let values = self.args(call.args);
            let name = api::full_name(call.row);
            return Val::Op(self.call_unknown(&name, values));
        };
        let value_ty = api::arguments(&ty).pop().unwrap_or_default();
        let mut callee = None;
        let mut has_key = false;
        for (role, arg) in call.row.roles.iter().zip(call.args) {
            match role {
                Role::Key => {
                    has_key = true;
                    let key = self.arg(*arg, &Type::Unknown);
                    place = self.keyed(place, key);
                }
                Role::Update => callee = Some(*arg),
                _ => {
                    self.arg(*arg, &Type::Unknown);
                }
            }
        }
        let old_ty = if has_key {
            Type::Option(value_ty.clone().into())
        } else {
            value_ty
        };
        let kind = OpKind::StateRead {
            place: place.clone(),
            kind: ReadKind::Get,
        };
        let old = self.emit(kind, old_ty);
        let made = self.call_arg(callee, &[old], Some(Wrap::Result));
        let split = self.split(made, Some(Wrap::Result));
        let good = split.good.map(|exit| {
            self.go_on(exit.point);
            let kind = OpKind::StateWrite {
                place: place.clone(),
                kind: WriteKind::Set,
                value: Some(exit.value),
            };
            self.emit(kind, Type::Unit);
            self.exit_with(exit.value)
        });
        self.rewrapped(Wrap::Result, good, split.bad)
    }

    /// The place under a key; a tuple is several keys.
    pub(super) fn keyed(&mut self, mut place: Place, key: OpId) -> Place {
        match self.parts_of(key) {
            Some((pactward_ir::AggregateKind::Tuple, parts)) if parts.len() > 1 => {
                for part in parts {
                    place = place.index(part);
                }
                place
            }
            _ => place.index(key),
        }
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
    fn default_form(&mut self, call: FormCall<'_, 't>) -> Val {
        let mut ty = refined(call.returns, call.want);
        if !ty.is_known() {
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

    /// `get_mut`, `as_mut`, `entry(…)`: a part of the receiver that can be written through.
    fn borrow_form(&mut self, mut call: FormCall<'_, 't>) -> Val {
        let Some(receiver) = call.receiver.take() else {
            return Val::Unit;
        };
        let of = match &receiver {
            Val::Place(place) => Some(place.clone()),
            other => self.part_of(other),
        };
        let base = self.force(receiver);
        let mut args = vec![base];
        args.extend(self.args(call.args));
        let name = api::full_name(call.row);
        let ty = refined(call.returns, call.want);
        let op = if args.len() == 1 && *self.b.ty(base) == ty {
            base
        } else {
            self.pure(name, args, ty)
        };
        self.note_part(op, of);
        Val::Op(op)
    }

    /// `take(key)` and `get_mut(key)` of a mapping: reads, and deletes or can be written through.
    fn state_form(&mut self, word: &str, mut call: FormCall<'_, 't>) -> Val {
        let receiver = call.receiver.take();
        let mut place = match receiver {
            Some(Val::Place(PlaceRef::State(place, _))) => place,
            other => {
                let base = match other {
                    Some(other) => self.force(other),
                    None => self.unit(),
                };
                Place {
                    root: pactward_ir::Root::Ref(base),
                    path: Vec::new(),
                }
            }
        };
        if let Some(key) = call.args.first() {
            let key = self.arg(*key, &Type::Unknown);
            place = self.keyed(place, key);
        }
        let kind = OpKind::StateRead {
            place: place.clone(),
            kind: ReadKind::Get,
        };
        let old = self.emit(kind, call.returns.clone());
        if word == "state-take" {
            let kind = OpKind::StateWrite {
                place,
                kind: WriteKind::Delete,
                value: None,
            };
            self.emit(kind, Type::Unit);
        } else {
            let inner = api::arguments(call.returns).pop().unwrap_or_default();
            self.note_part(old, Some(PlaceRef::State(place, inner)));
        }
        Val::Op(old)
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
                Val::Op(self.pure("collect", vec![value], want))
            }
        }
    }

    /// `take` and `replace`: yields the old value, leaves nothing or the argument.
    fn swap_form(&mut self, rest: &str, mut call: FormCall<'_, 't>) -> Val {
        let (receiver, args) = match (call.receiver.take(), call.args.split_first()) {
            (Some(receiver), _) => (receiver, call.args),
            (None, Some((Arg::Node(node), rest))) => (self.eval(*node, &Type::Unknown), rest),
            _ => return Val::Unit,
        };
        let place = self.as_place(receiver);
        let old = self.read(&place);
        let ty = self.b.ty(old).clone();
        let new = match (rest, args.first()) {
            ("replace", Some(arg)) => self.arg(*arg, &ty),
            _ => self.constant(zero_of(&ty), ty.clone()),
        };
        let new = if rest == "replace" && Wrap::of(&ty) == Some(Wrap::Option) {
            self.pure("Some", vec![new], ty)
        } else {
            new
        };
        self.write(&place, new);
        Val::Op(old)
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

fn row_returns(row: &'static ApiFn) -> &'static Type {
    &row.returns
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
