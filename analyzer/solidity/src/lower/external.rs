//! Member calls that no declaration answers: low-level calls, arrays, missing types.

use pactward_base::Language;
use pactward_ir::{Const, ExtKind, Name, OpId, OpKind, Proj, Type, WriteKind};
use pactward_models::{Receiver, emit, models};

use super::Lowerer;
use super::call::{External, Options, tuple_of};
use super::denote::{Arguments, Den, How};
use crate::program::Symbol;

impl Lowerer<'_> {
    pub(super) fn call_member(
        &mut self,
        base: Den,
        name: &Name,
        arguments: Arguments,
        options: Options,
    ) -> Den {
        match base {
            Den::Namespace(namespace) => {
                let namespace = match (namespace, name.as_str()) {
                    ("block", "blockhash") => "global",
                    (other, _) => other,
                };
                let args = self.pass_all(arguments, &[]);
                Den::Value(self.model_call(namespace, name, args))
            }
            Den::Type(ty) => self.type_method(&ty, name, arguments),
            Den::Super => {
                // The base that has the function is not found.
                let args = self.pass_all(arguments, &[]);
                let name = Name::from(format!("super.{name}"));
                Den::Value(self.b.emit(OpKind::Extern { name, args }, Type::Unknown))
            }
            Den::Functions(functions) if matches!(functions.how, How::External { .. }) => {
                // `f.value(v)` without the call itself.
                let args = self.pass_all(arguments, &[]);
                Den::Value(self.pure("call options", args))
            }
            Den::Member {
                base: account,
                name: method,
            } if is_low_level(&method, 1) && matches!(name.as_str(), "value" | "gas") => {
                let mut args = vec![self.read(*account)];
                args.extend(self.pass_all(arguments, &[]));
                Den::Value(self.pure("call options", args))
            }
            Den::Member { .. } => {
                let field = self.as_field(base);
                self.value_method(field, name, arguments, options)
            }
            other => self.value_method(other, name, arguments, options),
        }
    }

    /// A call of a builtin function that is a row of the table; unknown code without one.
    pub(super) fn model_call(&mut self, on: &str, name: &str, args: Vec<OpId>) -> OpId {
        if let Some(row) = models(Language::Solidity).function(on, name) {
            return emit(&mut self.b, row, None, &args, &|_| None);
        }
        let name = Name::from(format!("{on}.{name}"));
        self.b.emit(OpKind::Extern { name, args }, Type::Unknown)
    }

    /// `bytes.concat(…)`, `T.wrap(x)`, `Unknown.f(…)`.
    fn type_method(&mut self, ty: &Type, name: &Name, arguments: Arguments) -> Den {
        let args = self.pass_all(arguments, &[]);
        let on = match ty {
            Type::Bytes(None) => "bytes",
            Type::Str => "string",
            _ => "",
        };
        if !on.is_empty() {
            return Den::Value(self.model_call(on, name, args));
        }
        if let (Some(Symbol::ValueType(id)), [value]) = (self.type_symbol(ty), args.as_slice()) {
            let to = match name.as_str() {
                "wrap" => Some(ty.clone()),
                "unwrap" => Some(self.p.value_types[id as usize].underlying.clone()),
                _ => None,
            };
            if let Some(to) = to {
                return Den::Value(self.cast(*value, to));
            }
        }
        let name = match ty {
            Type::Contract(on) | Type::Named(on, _) => Name::from(format!("{on}.{name}")),
            _ => name.clone(),
        };
        Den::Value(self.b.emit(OpKind::Extern { name, args }, Type::Unknown))
    }

    fn value_method(
        &mut self,
        base: Den,
        name: &Name,
        arguments: Arguments,
        options: Options,
    ) -> Den {
        let ty = self.den_type(&base);
        if let Den::Unresolved(library) = &base {
            // A library or base that is not found.
            let name = Name::from(format!("{library}.{name}"));
            let is_type = library.starts_with(char::is_uppercase);
            if is_type {
                let args = self.pass_all(arguments, &[]);
                return Den::Value(self.b.emit(OpKind::Extern { name, args }, Type::Unknown));
            }
        }
        if let Some(den) = self.array_method(&base, &ty, name, &arguments) {
            return den;
        }
        let count = arguments.dens.len();
        if is_low_level(name, count) && may_be_address(&ty) {
            return self.low_level(base, name, arguments, options);
        }
        match &ty {
            Type::Contract(interface) => {
                let interface = interface.clone();
                self.call_missing(base, interface, name, arguments, options)
            }
            Type::Unknown => self.call_missing(base, Name::default(), name, arguments, options),
            // `Library.Set` is a struct of something that is not found, `IToken` a contract.
            Type::Named(missing, _) if self.p.is_missing(missing) && !missing.contains('.') => {
                let interface = missing.clone();
                self.call_missing(base, interface, name, arguments, options)
            }
            Type::Address => {
                let row = models(Language::Solidity).function("address", name);
                match row {
                    Some(row) => {
                        let receiver = self.read(base);
                        let args = self.pass_all(arguments, &[]);
                        let receiver = Some(Receiver::Value(receiver));
                        Den::Value(emit(&mut self.b, row, receiver, &args, &|_| None))
                    }
                    None => self.call_attached_missing(base, name, arguments),
                }
            }
            _ => self.call_attached_missing(base, name, arguments),
        }
    }

    /// A function of a library that is not found, on a value that is no contract.
    fn call_attached_missing(&mut self, base: Den, name: &Name, arguments: Arguments) -> Den {
        let ty = self.den_type(&base);
        let is_value = matches!(
            ty,
            Type::Int { .. } | Type::Bool | Type::Address | Type::Bytes(Some(_)) | Type::Enum(_)
        );
        let receiver = match base {
            Den::State(place, ty) if !is_value => self.reference(place, ty),
            other => self.read(other),
        };
        let mut args = vec![receiver];
        args.extend(self.pass_all(arguments, &[]));
        // Arithmetic of libraries yields what it computes with.
        let result = match ty {
            Type::Int { .. } => ty,
            _ => Type::Unknown,
        };
        let name = name.clone();
        Den::Value(self.b.emit(OpKind::Extern { name, args }, result))
    }

    /// A function of a contract type that does not declare it, or that is not found.
    fn call_missing(
        &mut self,
        base: Den,
        interface: Name,
        name: &Name,
        arguments: Arguments,
        options: Options,
    ) -> Den {
        let getter = match self.p.types.get(&interface) {
            Some(Symbol::Contract(id)) => {
                let found = self.p.members(*id, name);
                found.iter().find_map(|s| match s {
                    Symbol::Var(var) => Some(*var),
                    _ => None,
                })
            }
            _ => None,
        };
        let target = self.read(base);
        let args = self.pass_all(arguments, &[]);
        let (ty, is_static) = match getter {
            Some(var) => {
                let (_, returns) = self.p.getter_signature(&self.p.vars[var as usize]);
                let types = returns.into_iter().map(|r| r.ty).collect();
                (tuple_of(types), self.frame.version.has_static_calls())
            }
            None => (Type::Unknown, false),
        };
        let call = External {
            kind: ExtKind::Interface,
            target: Some(target),
            interface,
            method: name.clone(),
            is_static,
        };
        Den::Value(self.external(call, args, &options, ty))
    }

    /// `push` and `pop`.
    fn array_method(
        &mut self,
        base: &Den,
        ty: &Type,
        name: &str,
        arguments: &Arguments,
    ) -> Option<Den> {
        let is_array = matches!(ty, Type::Array(..) | Type::Bytes(None));
        let unknown = matches!(ty, Type::Unknown) && matches!(base, Den::State(..));
        if !(is_array || unknown) || !matches!(name, "push" | "pop") {
            return None;
        }
        let element = match ty {
            Type::Array(element, _) => (**element).clone(),
            _ => Type::Unknown,
        };
        let Den::State(place, _) = base else {
            return None;
        };
        let place = place.clone();
        if name == "pop" {
            return Some(Den::Value(self.write(place, WriteKind::Pop, None)));
        }
        let Some(den) = arguments.dens.first() else {
            // `push()` yields the new element.
            self.write(place.clone(), WriteKind::Push, None);
            let mut place = place;
            place.path.push(Proj::Any);
            return Some(Den::State(place, element));
        };
        let value = self.read(den.clone());
        let value = self.coerce(value, &element);
        let pushed = self.write(place.clone(), WriteKind::Push, Some(value));
        if self.frame.version.is_before_6() {
            return Some(Den::StateLength(place));
        }
        Some(Den::Value(pushed))
    }

    /// `call`, `send` and their like on a contract value, which the language had before 0.5.
    pub(super) fn low_level_on_contract(
        &mut self,
        target: &Den,
        name: &Name,
        arguments: &Arguments,
        options: &Options,
    ) -> Option<Den> {
        if !is_low_level(name, arguments.dens.len()) {
            return None;
        }
        let arguments = Arguments {
            names: Vec::new(),
            dens: arguments.dens.clone(),
        };
        let options = Options {
            value: options.value,
            gas: options.gas,
            salt: None,
            trying: options.trying,
        };
        Some(self.low_level(target.clone(), name, arguments, options))
    }

    fn low_level(
        &mut self,
        base: Den,
        name: &Name,
        arguments: Arguments,
        mut options: Options,
    ) -> Den {
        let target = self.read(base);
        let mut args = self.pass_all(arguments, &[]);
        let kind = match name.as_str() {
            "staticcall" => ExtKind::Static,
            "delegatecall" => ExtKind::Delegate,
            "callcode" => ExtKind::CallCode,
            "send" => ExtKind::Send,
            "transfer" => ExtKind::Transfer,
            _ => ExtKind::Low,
        };
        let ty = match kind {
            ExtKind::Send | ExtKind::Transfer => {
                options.value = args.pop();
                if let Some(value) = options.value {
                    self.coerce(value, &Type::UINT256);
                }
                if kind == ExtKind::Send {
                    Type::Bool
                } else {
                    Type::Unit
                }
            }
            _ => Type::Tuple(vec![Type::Bool, Type::Bytes(None)]),
        };
        let is_pair = matches!(ty, Type::Tuple(_));
        let method = args.first().map(|data| self.method_of(*data));
        let call = External {
            kind,
            target: Some(target),
            interface: Name::default(),
            method: method.unwrap_or_default(),
            is_static: kind == ExtKind::Static,
        };
        let value = self.external(call, args, &options, ty);
        if is_pair && self.frame.version.is_before_5() {
            return Den::Value(self.extract(value, 0, Type::Bool));
        }
        Den::Value(value)
    }

    /// The function that encoded call data names, if its selector is spelled out; empty
    /// otherwise.
    pub(super) fn method_of(&self, data: OpId) -> Name {
        let signature = match &self.b.op(data).kind {
            OpKind::Key { parts, .. } => match parts.first() {
                Some(selector) => return self.method_of(*selector),
                None => "",
            },
            OpKind::Pure { name, .. } => name.strip_prefix("selector ").unwrap_or(""),
            OpKind::Cast { value, .. } => return self.method_of(*value),
            OpKind::Crypto { args, .. } => match args.first() {
                Some(text) => return self.method_of(*text),
                None => "",
            },
            OpKind::Const {
                value: Const::Str(text),
            } => text.as_str(),
            _ => "",
        };
        signature
            .split_once('(')
            .map_or(Name::default(), |(name, _)| name.into())
    }

    /// Destruction of the contract: code goes, its balance moves, the transaction ends.
    pub(super) fn selfdestruct(&mut self, to: OpId) {
        self.coerce(to, &Type::Address);
        let kind = OpKind::Upgrade {
            what: "selfdestruct".into(),
            args: vec![to],
        };
        self.b.emit(kind, Type::Unit);
        let this = self.b.emit(
            OpKind::Env {
                kind: pactward_ir::EnvKind::SelfAddress,
                args: Vec::new(),
            },
            Type::Address,
        );
        let amount = self.b.emit(OpKind::Balance { of: this }, Type::UINT256);
        let kind = OpKind::ValueMove {
            asset: "native".into(),
            to,
            amount: Some(amount),
        };
        self.b.emit(kind, Type::Unit);
        self.b.abort(pactward_ir::AbortKind::Halt, Vec::new());
    }
}

fn is_low_level(name: &str, arguments: usize) -> bool {
    match name {
        "call" | "delegatecall" | "callcode" => true,
        "staticcall" | "send" | "transfer" => arguments == 1,
        _ => false,
    }
}

fn may_be_address(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Address | Type::Contract(_) | Type::Unknown | Type::Named(..)
    ) || matches!(ty, Type::Int { .. } | Type::Bytes(Some(_)))
}
