//! What one op does to a state.

use std::sync::Arc;

use pactward_ir::{
    AggregateKind, Const, ExtKind, Gas, OpId, OpKind, Place, Proj, ReadKind, Root, StateKind, Type,
    WriteKind,
};

use crate::exec::{Exec, State};
use crate::loc::{LocRoot, LocStep};
use crate::trace::{At, Event, ExternalCall, GasLimit};
use crate::{Expr, Loc, fold};

impl ExternalCall {
    /// Whether code of others runs in it that can change the unit's state before it returns.
    pub fn lets_others_act(&self) -> bool {
        let later = matches!(
            self.kind,
            ExtKind::Static | ExtKind::Query | ExtKind::Message | ExtKind::Submessage
        );
        !(self.is_static || later || self.gas == GasLimit::Stipend || self.kind == ExtKind::Create)
    }
}

impl Exec<'_> {
    /// Runs one op; pushes the state or states after it.
    pub(crate) fn step(&mut self, mut state: State, id: OpId, next: &mut Vec<State>) {
        let op = self.function.op(id);
        match &op.kind {
            OpKind::Call { callee, args } | OpKind::Spawn { callee, args } => {
                let args: Vec<_> = args.iter().map(|a| state.value(*a)).collect();
                self.call(state, id, callee, args, next);
                return;
            }
            OpKind::StateRead { place, kind } => self.read(&mut state, id, place, *kind),
            OpKind::StateWrite { place, kind, value } => {
                self.write(&mut state, id, place, *kind, *value);
            }
            OpKind::Store { base, path, value } => {
                let base = state.value(*base);
                let path = Self::steps_of(&state, path);
                let value = state.value(*value);
                state.memory.retain(|(b, p, _)| !(*b == base && *p == path));
                state.memory.push((base, path, value));
            }
            OpKind::ExtCall { .. } => self.leave_unit(&mut state, id),
            _ => {
                if let Some(event) = Self::plain_event(&state, &op.kind) {
                    let at = At::new(&self.function.name, id);
                    state.push(event, at);
                }
                let value = self.pure_value(&state, id);
                state.values.insert(id, value);
            }
        }
        next.push(state);
    }

    fn plain_event(state: &State, kind: &OpKind) -> Option<Event> {
        let list = |args: &[OpId]| args.iter().map(|a| state.value(*a)).collect();
        Some(match kind {
            OpKind::Guard { kind, name, args } => Event::Guard(*kind, name.clone(), list(args)),
            OpKind::ValueMove { asset, to, amount } => {
                let amount = amount.map(|a| state.value(a));
                Event::Move(asset.clone(), state.value(*to), amount)
            }
            OpKind::Emit { topic, args } => Event::Emit(topic.clone(), list(args)),
            OpKind::Answer { is_error, .. } => Event::Answer(*is_error),
            OpKind::Upgrade { what, args } => Event::Upgrade(what.clone(), list(args)),
            OpKind::Extern { name, args } => Event::Extern(name.clone(), list(args)),
            _ => return None,
        })
    }

    /// The value of an op that reads no state and has no effect on it.
    fn pure_value(&self, state: &State, id: OpId) -> Expr {
        let op = self.function.op(id);
        let opaque = || Expr::Value(self.function.name.clone(), id);
        let value = |v: &OpId| state.value(*v);
        let apply = |name: String, args: &[OpId]| {
            Expr::apply(name, args.iter().map(value).collect(), opaque())
        };
        match &op.kind {
            OpKind::Const { value } => Expr::Const(value.clone()),
            OpKind::Param { index } => Expr::Param(*index),
            OpKind::Phi { args } => state.phi(args),
            OpKind::Unary { op, value: inner } => Expr::unary(*op, value(inner), opaque()),
            OpKind::Binary {
                op, left, right, ..
            } => Expr::binary(*op, value(left), value(right), opaque()),
            OpKind::Cast { value: inner, .. } => value(inner),
            OpKind::Field { base, name } => {
                let base = value(base);
                let step = [LocStep::Field(name.clone())];
                state
                    .in_memory(&base, &step)
                    .unwrap_or_else(|| fold::field_of(&base, name, opaque()))
            }
            OpKind::Index { base, key } => {
                let (base, key) = (value(base), value(key));
                let step = [LocStep::Key(key.clone())];
                state
                    .in_memory(&base, &step)
                    .unwrap_or_else(|| fold::element_of(&base, &key, opaque()))
            }
            OpKind::Length { value: inner } => match value(inner) {
                Expr::State(loc, epoch) => {
                    Expr::state(loc.extended(vec![LocStep::Length]), epoch, opaque())
                }
                other => Expr::apply("length", vec![other], opaque()),
            },
            OpKind::Aggregate { kind, names, parts } => {
                let name = match kind {
                    AggregateKind::Tuple => "tuple".to_owned(),
                    AggregateKind::Struct => {
                        let names: Vec<_> =
                            names.iter().map(pactward_ir::SmolStr::as_str).collect();
                        format!("struct{{{}}}", names.join(","))
                    }
                    AggregateKind::Array => "array".to_owned(),
                    AggregateKind::Map => "map".to_owned(),
                };
                apply(name, parts)
            }
            OpKind::Extract {
                value: inner,
                index,
            } => fold::component_of(&value(inner), *index as usize, opaque()),
            OpKind::Payload {
                value: inner,
                variant,
                index,
            } => fold::payload_of(&value(inner), variant, *index as usize, opaque()),
            OpKind::IsVariant {
                value: inner,
                variant,
            } => fold::is_variant(&value(inner), variant, opaque()),
            OpKind::Element { of, part } => match value(of) {
                Expr::State(loc, epoch) if *part == 0 => {
                    Expr::state(loc.extended(vec![LocStep::Any]), epoch, opaque())
                }
                other => Expr::apply(format!("element{part}"), vec![other], opaque()),
            },
            OpKind::Closure { function, captures } => {
                apply(format!("closure:{function}"), captures)
            }
            OpKind::Caller { kind, .. } => Expr::Caller(*kind),
            OpKind::Env { kind, .. } => Expr::Env(*kind),
            OpKind::Balance { of } => {
                let loc = Loc {
                    root: LocRoot::Balance,
                    path: vec![LocStep::Key(value(of))],
                };
                Expr::state(loc, state.epoch, opaque())
            }
            OpKind::CodeSize { of } => apply("code-size".to_owned(), &[*of]),
            OpKind::Arg { key } => {
                let key = key.as_ref().map_or(Expr::Const(Const::Nil), value);
                Expr::Arg(Arc::new(key))
            }
            OpKind::TransientInput { key } => apply("transient-input".to_owned(), key.as_slice()),
            OpKind::Crypto { algorithm, args } => apply(format!("crypto:{algorithm}"), args),
            OpKind::Key { parts, .. } => {
                // However a key is put together, equal parts make equal keys.
                let parts: Vec<_> = parts.iter().map(value).collect();
                match <[Expr; 1]>::try_from(parts) {
                    Ok([only]) => only,
                    Err(parts) => Expr::apply("key", parts, opaque()),
                }
            }
            OpKind::Serialize { args, .. } | OpKind::Deserialize { args, .. } => {
                match args.as_slice() {
                    // Encoding keeps the value: fields of what was decoded are fields of state.
                    [only] => value(only),
                    _ => apply("encode".to_owned(), args),
                }
            }
            OpKind::StorageRef { place } => Expr::Ref(Arc::new(Self::loc(state, place))),
            OpKind::Pure { name, args } => apply(name.to_string(), args),
            OpKind::Unknown { args, .. } if !args.is_empty() => apply("unknown".to_owned(), args),
            OpKind::Extern { name, args } if !args.is_empty() => {
                apply(format!("extern {name}"), args)
            }
            OpKind::Guard { .. } => Expr::bool(true),
            OpKind::Nondet { kind, .. } => Expr::apply(
                format!("nondet:{}", kind.as_str()),
                vec![opaque()],
                opaque(),
            ),
            _ => opaque(),
        }
    }

    fn read(&self, state: &mut State, id: OpId, place: &Place, kind: ReadKind) {
        let mut loc = Self::loc(state, place);
        match kind {
            ReadKind::Length => loc.path.push(LocStep::Length),
            ReadKind::Hash | ReadKind::Metadata => {
                loc.path.push(LocStep::Field("#metadata".into()));
            }
            _ => {}
        }
        let opaque = Expr::Value(self.function.name.clone(), id);
        let (epoch, loaded) = match self.fixed(&loc, &opaque) {
            Some(value) => (0, value),
            None => (state.epoch, state.load(&loc, opaque.clone())),
        };
        state.push(Event::Read(loc, epoch), At::new(&self.function.name, id));
        let value = match &self.function.op(id).ty {
            // Ledgers answer a read with the value and an error or code.
            Type::Tuple(parts) if parts.len() > 1 => {
                let rest = (1..parts.len())
                    .map(|at| Expr::apply(format!("#{at}"), vec![opaque.clone()], Expr::Unknown));
                let parts = std::iter::once(loaded).chain(rest).collect();
                Expr::apply("tuple", parts, opaque)
            }
            ty => as_answered(ty, loaded),
        };
        state.values.insert(id, value);
    }

    /// The value of a constant or immutable variable, which no call changes.
    fn fixed(&self, loc: &Loc, otherwise: &Expr) -> Option<Expr> {
        let LocRoot::Var(name) = &loc.root else {
            return None;
        };
        let var = self.unit.state_var(name)?;
        match (var.kind, &var.initial) {
            (StateKind::Constant, Some(value)) if loc.path.is_empty() => {
                Some(Expr::Const(value.clone()))
            }
            (StateKind::Constant | StateKind::Immutable, _) => {
                Some(Expr::state(loc.clone(), 0, otherwise.clone()))
            }
            _ => None,
        }
    }

    fn write(
        &self,
        state: &mut State,
        id: OpId,
        place: &Place,
        kind: WriteKind,
        value: Option<OpId>,
    ) {
        let mut loc = Self::loc(state, place);
        match kind {
            WriteKind::Push | WriteKind::Pop => loc.path.push(LocStep::Any),
            WriteKind::Metadata => loc.path.push(LocStep::Field("#metadata".into())),
            WriteKind::Set | WriteKind::Delete => {}
        }
        let value = value.map_or(Expr::Const(Const::Nil), |v| state.value(v));
        state.push(
            Event::Write(loc, kind, value),
            At::new(&self.function.name, id),
        );
        state
            .values
            .insert(id, Expr::Value(self.function.name.clone(), id));
    }

    fn leave_unit(&self, state: &mut State, id: OpId) {
        let OpKind::ExtCall {
            kind,
            target,
            interface,
            method,
            args,
            value,
            gas,
            is_static,
            options,
        } = &self.function.op(id).kind
        else {
            return;
        };
        let gas = match gas {
            Gas::All => GasLimit::All,
            Gas::Stipend => GasLimit::Stipend,
            Gas::Value(limit) => gas_limit(state.value(*limit)),
        };
        let call = ExternalCall {
            kind: *kind,
            target: target.map_or(Expr::Unknown, |t| state.value(t)),
            interface: interface.clone(),
            method: method.clone(),
            args: args.iter().map(|a| state.value(*a)).collect(),
            value: value.map(|v| state.value(v)).filter(|v| !v.is_zero()),
            gas,
            is_static: *is_static,
            options: options
                .iter()
                .map(|(n, v)| (n.clone(), state.value(*v)))
                .collect(),
        };
        let others_act = call.lets_others_act();
        state.push(
            Event::Call(Arc::new(call)),
            At::new(&self.function.name, id),
        );
        state.epoch = state.epoch.saturating_add(u16::from(others_act));
        state
            .values
            .insert(id, Expr::Value(self.function.name.clone(), id));
    }

    /// Where a place is, seen from this state.
    pub(crate) fn loc(state: &State, place: &Place) -> Loc {
        let path = Self::steps_of(state, &place.path);
        let key = |id: OpId| Arc::new(state.value(id));
        let root = match &place.root {
            Root::Var(name) => LocRoot::Var(name.clone()),
            Root::World => LocRoot::World,
            Root::Private(collection) => LocRoot::Private(key(*collection)),
            Root::Slot(slot) => LocRoot::Slot(key(*slot)),
            Root::TransientSlot(slot) => LocRoot::TransientSlot(key(*slot)),
            Root::Global(name) => LocRoot::Global(name.clone()),
            Root::Ref(id) => match state.value(*id) {
                Expr::Ref(base) => return base.extended(path),
                Expr::Param(at) => LocRoot::Param(at),
                _ => LocRoot::Unknown,
            },
            Root::Unknown => LocRoot::Unknown,
        };
        Loc { root, path }
    }

    fn steps_of(state: &State, path: &[Proj]) -> Vec<LocStep> {
        path.iter()
            .map(|step| match step {
                Proj::Field(name) => LocStep::Field(name.clone()),
                Proj::Index(key) => LocStep::Key(state.value(*key)),
                Proj::Any => LocStep::Any,
            })
            .collect()
    }
}

/// A limit of at most the stipend is too little to call back; zero with a value transfer means
/// the stipend too.
fn gas_limit(limit: Expr) -> GasLimit {
    match &limit {
        Expr::Const(Const::Int(gas)) if *gas <= 2300.into() => GasLimit::Stipend,
        _ => GasLimit::Value(limit),
    }
}

/// A value that the function itself wrote, in the form in which a read of the type answers it.
/// Values from before stand for the answer as a whole.
fn as_answered(ty: &Type, value: Expr) -> Expr {
    let is_own = !matches!(value, Expr::State(..) | Expr::Value(..) | Expr::Unknown);
    match ty {
        Type::Result(inner) if is_own => {
            Expr::apply("Ok", vec![as_answered(inner, value)], Expr::Unknown)
        }
        Type::Option(_) if is_own && !value.is_zero() => {
            Expr::apply("Some", vec![value], Expr::Unknown)
        }
        _ => value,
    }
}
