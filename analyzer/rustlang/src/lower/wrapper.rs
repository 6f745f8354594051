//! Combinators of `Option` and `Result`: each leads from the sides of one value to another.

use pactward_ir::{AbortKind, OpId, OpKind, Type, UnaryOp};

use super::Lowerer;
use super::call::{Arg, refined};
use super::control::{Exit, Join, Split, Val, Wrap};
use super::form::FormCall;
use crate::api;

/// What becomes of the payload of one side.
type Map<'m, 't> = Option<&'m mut dyn FnMut(&mut Lowerer<'t>, OpId) -> Val>;

impl<'t> Lowerer<'t> {
    /// Combinators of `Option` and `Result`.
    pub(super) fn wrapper_form(&mut self, word: &str, mut call: FormCall<'_, 't>) -> Val {
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
            "unwrap" => self.unwrap(split, &call),
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

    pub(super) fn exit_with(&mut self, value: OpId) -> Exit {
        Exit {
            point: self.here(),
            value,
            whole: None,
        }
    }

    /// Sides of a split under another wrapper. Sides on which control has ended are left out.
    pub(super) fn rewrapped(&mut self, wrap: Wrap, good: Option<Exit>, bad: Option<Exit>) -> Val {
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
    fn unwrap(&mut self, split: Split, call: &FormCall<'_, 't>) -> Val {
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
    fn either(&mut self, split: Split, good: Map<'_, 't>, bad: Map<'_, 't>) -> Val {
        let mut join = Join::default();
        self.side_into(split.good, good, &mut join);
        self.side_into(split.bad, bad, &mut join);
        Val::Op(self.enter_value(&join))
    }

    fn side_into(&mut self, exit: Option<Exit>, map: Map<'_, 't>, join: &mut Join) {
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
}
