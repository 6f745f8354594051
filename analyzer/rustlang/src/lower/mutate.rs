//! Functions that change their receiver, in memory or in state.

use pactward_ir::{OpId, OpKind, Place, Proj, ReadKind, Type, WriteKind};
use pactward_models::{ApiFn, Role};

use super::Lowerer;
use super::call::{Arg, refined};
use super::control::{Val, Wrap};
use super::form::{FormCall, role_value, zero_of};
use super::place::PlaceRef;
use crate::api;

impl<'t> Lowerer<'t> {
    /// A method that changes its receiver: `push`, `insert`, `sort`, ….
    pub(super) fn mutate_form(&mut self, mut call: FormCall<'_, 't>) -> Val {
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
        let old = if row.returns == Type::Unit {
            None
        } else {
            let kind = OpKind::StateRead {
                place: place.clone(),
                kind: ReadKind::Get,
            };
            Some(self.emit(kind, Type::Unknown))
        };
        let (place, kind) = if let Some(key) = key {
            let kind = if removes {
                WriteKind::Delete
            } else {
                WriteKind::Set
            };
            (place.index(key), kind)
        } else {
            let kind = match (row.name.as_str(), removes) {
                ("pop" | "pop_back", _) => WriteKind::Pop,
                ("push" | "push_back", _) => WriteKind::Push,
                (_, true) => WriteKind::Delete,
                _ => WriteKind::Set,
            };
            (place, kind)
        };
        let written = self.emit(OpKind::StateWrite { place, kind, value }, Type::Unit);
        Val::Op(old.unwrap_or(written))
    }

    /// `ITEM.update(storage, |old| …)`: reads, calls the closure, writes what it makes.
    pub(super) fn update_form(&mut self, mut call: FormCall<'_, 't>) -> Val {
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

    /// `get_mut`, `as_mut`, `entry(…)`: a part of the receiver that can be written through.
    pub(super) fn borrow_form(&mut self, mut call: FormCall<'_, 't>) -> Val {
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
    pub(super) fn state_form(&mut self, word: &str, mut call: FormCall<'_, 't>) -> Val {
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

    /// `take` and `replace`: yields the old value, leaves nothing or the argument.
    pub(super) fn swap_form(&mut self, rest: &str, mut call: FormCall<'_, 't>) -> Val {
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
}
