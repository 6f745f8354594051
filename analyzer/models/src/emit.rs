//! From a row and a call's values to ops.

use pactward_ir::{AbortKind, Builder, ExtKind, Gas, Name, OpId, OpKind, Place, Proj, Root, Type};

use crate::table::{ApiFn, ApiValue, Effect, Role};

/// What a method is called on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receiver {
    Value(OpId),
    /// A storage item: state accesses are below this place.
    Place(Place),
}

/// Emits what a call of a modelled function does; yields its result, of the row's type.
/// `text` gives the constant string behind a value where the front end knows it (event topics,
/// method names).
pub fn emit(
    b: &mut Builder,
    row: &ApiFn,
    receiver: Option<Receiver>,
    args: &[OpId],
    text: &dyn Fn(OpId) -> Option<Name>,
) -> OpId {
    let call = Call {
        row,
        receiver,
        args,
    };
    let kind = match &row.effect {
        Effect::Same => return call.same(b),
        Effect::Panic => {
            b.abort(AbortKind::Panic, args.to_vec());
            return b.nil();
        }
        Effect::Pure => OpKind::Pure {
            name: call.full_name(),
            args: call.values(),
        },
        Effect::StateRead(kind) => OpKind::StateRead {
            place: call.place(),
            kind: *kind,
        },
        Effect::StateWrite(kind) => {
            let value = call.role(Role::Value);
            OpKind::StateWrite {
                place: call.place(),
                kind: *kind,
                value,
            }
        }
        Effect::Arg => OpKind::Arg {
            key: call.role(Role::Key),
        },
        Effect::TransientInput => OpKind::TransientInput {
            key: call.role(Role::Key),
        },
        Effect::Caller(kind) => OpKind::Caller {
            kind: *kind,
            args: call.rest(),
        },
        Effect::Env(kind) => OpKind::Env {
            kind: *kind,
            args: call.rest(),
        },
        Effect::Nondet(kind) => OpKind::Nondet {
            kind: *kind,
            args: args.to_vec(),
        },
        Effect::Balance => match call.role(Role::Target) {
            Some(of) => OpKind::Balance { of },
            None => OpKind::Env {
                kind: pactward_ir::EnvKind::SelfAddress,
                args: Vec::new(),
            },
        },
        Effect::ExtCall(kind) => {
            let method = call
                .role(Role::Method)
                .or(call.role(Role::Arguments))
                .and_then(text)
                .unwrap_or_default();
            let channel = call
                .role(Role::Channel)
                .map(|c| (Name::new_static("channel"), c));
            OpKind::ExtCall {
                kind: *kind,
                target: call.role(Role::Target).or(call.receiver_value()),
                // A contract that is called by its name has no interface: the row belongs to the SDK.
                interface: if *kind == ExtKind::Contract {
                    Name::default()
                } else {
                    row.on.clone()
                },
                method,
                args: call.rest(),
                value: call.role(Role::Amount),
                gas: Gas::All,
                is_static: *kind == ExtKind::Query,
                options: channel.into_iter().collect(),
            }
        }
        Effect::ValueMove(asset) => match call.role(Role::Target) {
            Some(to) => OpKind::ValueMove {
                asset: asset.clone(),
                to,
                amount: call.role(Role::Amount),
            },
            None => OpKind::Extern {
                name: call.full_name(),
                args: args.to_vec(),
            },
        },
        Effect::Emit => {
            let topic = call.role(Role::Topic).and_then(text).unwrap_or_default();
            OpKind::Emit {
                topic,
                args: call.rest(),
            }
        }
        Effect::Log => OpKind::Log {
            args: args.to_vec(),
        },
        Effect::Answer { is_error } => OpKind::Answer {
            is_error: *is_error,
            args: args.to_vec(),
        },
        Effect::Crypto(algorithm) => OpKind::Crypto {
            algorithm: algorithm.clone(),
            args: call.values(),
        },
        Effect::Key(kind) => OpKind::Key {
            kind: *kind,
            parts: args.to_vec(),
        },
        Effect::Serialize(format) => OpKind::Serialize {
            format: format.clone(),
            args: call.values(),
        },
        Effect::Deserialize(format) => OpKind::Deserialize {
            format: format.clone(),
            args: call.values(),
        },
        Effect::Guard(kind) => OpKind::Guard {
            kind: *kind,
            name: row.name.clone(),
            args: args.to_vec(),
        },
        Effect::StorageRef => OpKind::StorageRef {
            place: call.place(),
        },
        Effect::BigArith(op) => match args {
            [.., left, right] => OpKind::Binary {
                op: *op,
                left: *left,
                right: *right,
                mode: pactward_ir::ArithMode::Big,
            },
            _ => OpKind::Pure {
                name: call.full_name(),
                args: call.values(),
            },
        },
        Effect::Form(_) => OpKind::Extern {
            name: call.full_name(),
            args: call.values(),
        },
        Effect::Upgrade(what) => OpKind::Upgrade {
            what: what.clone(),
            args: args.to_vec(),
        },
    };
    b.emit(kind, row.returns.clone())
}

/// Emits the value of a modelled constant, field or variable.
pub fn emit_value(b: &mut Builder, row: &ApiValue, receiver: Option<OpId>) -> OpId {
    if let Some(int) = row.int {
        return b.int(int, row.ty.clone());
    }
    let kind = match (&row.effect, receiver) {
        (Effect::Caller(kind), _) => OpKind::Caller {
            kind: *kind,
            args: Vec::new(),
        },
        (Effect::Env(kind), _) => OpKind::Env {
            kind: *kind,
            args: Vec::new(),
        },
        (Effect::Nondet(kind), _) => OpKind::Nondet {
            kind: *kind,
            args: Vec::new(),
        },
        (Effect::Arg, _) => OpKind::Arg { key: None },
        (Effect::Same, Some(value)) => return value,
        (_, Some(base)) => OpKind::Field {
            base,
            name: row.name.clone(),
        },
        (_, None) => OpKind::Pure {
            name: join(&row.on, &row.name),
            args: Vec::new(),
        },
    };
    b.emit(kind, row.ty.clone())
}

/// Rust's associated functions belong to the type's name followed by `::`.
fn join(on: &str, name: &str) -> Name {
    let dot = if on.ends_with("::") { "" } else { "." };
    Name::from(format!("{on}{dot}{name}"))
}

struct Call<'c> {
    row: &'c ApiFn,
    receiver: Option<Receiver>,
    args: &'c [OpId],
}

impl Call<'_> {
    fn full_name(&self) -> Name {
        join(&self.row.on, &self.row.name)
    }

    fn receiver_value(&self) -> Option<OpId> {
        match &self.receiver {
            Some(Receiver::Value(value)) => Some(*value),
            _ => None,
        }
    }

    /// Receiver and arguments.
    fn values(&self) -> Vec<OpId> {
        self.receiver_value()
            .into_iter()
            .chain(self.args.iter().copied())
            .collect()
    }

    /// The first argument of a role.
    fn role(&self, role: Role) -> Option<OpId> {
        let at = self.row.roles.iter().position(|r| *r == role)?;
        self.args.get(at).copied()
    }

    /// Arguments without a role of their own.
    fn rest(&self) -> Vec<OpId> {
        let open_end = self.row.roles.last() == Some(&Role::Rest) || self.row.roles.is_empty();
        let keep = |at: usize| match self.row.roles.get(at) {
            Some(role) => {
                matches!(
                    role,
                    Role::Rest
                        | Role::Other
                        | Role::Value
                        | Role::Key
                        | Role::Field
                        | Role::Arguments
                )
            }
            None => open_end,
        };
        self.args
            .iter()
            .enumerate()
            .filter(|(at, _)| keep(*at))
            .map(|(_, v)| *v)
            .collect()
    }

    /// The place that a state access is about: below the receiver's place, in a private
    /// collection, or in the world state, under the key and field given.
    fn place(&self) -> Place {
        let mut place = match (&self.receiver, self.role(Role::Collection)) {
            (Some(Receiver::Place(place)), _) => place.clone(),
            (_, Some(collection)) => Place {
                root: Root::Private(collection),
                path: Vec::new(),
            },
            _ => Place {
                root: Root::World,
                path: Vec::new(),
            },
        };
        let is_range = self.row.roles.contains(&Role::Bound);
        for (role, arg) in self.row.roles.iter().zip(self.args) {
            if matches!(role, Role::Key | Role::Field) {
                place.path.push(Proj::Index(*arg));
            }
        }
        let has_key = !place.path.is_empty() || matches!(place.root, Root::Var(_));
        if is_range || !has_key {
            place.path.push(Proj::Any);
        }
        place
    }

    fn same(&self, b: &mut Builder) -> OpId {
        match (
            self.role(Role::Value),
            self.receiver_value(),
            self.args.first(),
        ) {
            (Some(value), ..) | (None, Some(value), _) | (None, None, Some(&value)) => value,
            (None, None, None) => match &self.receiver {
                Some(Receiver::Place(place)) => {
                    let kind = OpKind::StorageRef {
                        place: place.clone(),
                    };
                    b.emit(kind, Type::Unknown)
                }
                _ => b.nil(),
            },
        }
    }
}
