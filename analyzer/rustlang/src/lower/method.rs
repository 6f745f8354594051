//! Method calls.

use pactward_ir::{AggregateKind, ExtKind, Gas, Name, OpId, OpKind, Type};

use super::Lowerer;
use super::call::{Arg, arguments};
use super::control::Val;
use super::expr::method_of;
use super::place::PlaceRef;
use crate::api;
use crate::source::Syn;

/// Type of `reference.call()`, whose methods make calls that are invoked later.
const CONTRACT_CALL: &str = "contract-call";

impl<'t> Lowerer<'t> {
    /// `receiver.method(…)` with the receiver evaluated.
    pub(super) fn method_call(&mut self, call: Syn<'t>, receiver: Val, want: &Type) -> Val {
        let name = method_of(call)
            .and_then(|f| f.field("field"))
            .map_or("", Syn::text);
        let args = arguments(call);
        let function = call.field("function");
        self.method(name, receiver, &args, function, want)
    }

    pub(super) fn method(
        &mut self,
        name: &str,
        receiver: Val,
        args: &[Arg<'t>],
        function: Option<Syn<'t>>,
        want: &Type,
    ) -> Val {
        let ty = self.type_of_val(&receiver);
        self.stats.receivers += 1;
        self.stats.receivers_typed += u32::from(ty.is_known());
        let key = api::key_of(&ty);
        let is_sdk = api::is_sdk(&key);
        if let Type::Contract(of) = &ty {
            let of = of.clone();
            let target = self.force(receiver);
            if matches!(name, "call" | "call_mut") && args.is_empty() {
                self.count_sdk(true, true);
                let ty = Type::Named(CONTRACT_CALL.into(), vec![ty]);
                return Val::Op(self.pure(CONTRACT_CALL, vec![target], ty));
            }
            if let Some(row) = api::tables().function(api::ANY, name) {
                return self.call_row(row, Some(Val::Op(target)), args, function, want);
            }
            return Val::Op(self.contract_call(&of, name, Some(target), args));
        }
        if let Type::Named(key, of) = &ty
            && key == CONTRACT_CALL
            && let Some(Type::Contract(of)) = of.first()
        {
            let of = of.clone();
            let target = self.force(receiver);
            let returns = self.contract_result(&of, name);
            let target = self.wrapped_target(target);
            return self.drafted_call(&of, name, target, args, returns);
        }
        let program = self.program;
        let found = program.method(&ty, name);
        if !found.is_empty() {
            let row = self.packaged_row(found, name);
            if let Some(row) = row {
                self.count_sdk(true, true);
                return self.call_row(row, Some(receiver), args, function, want);
            }
            return self.call_user(found, Some(receiver), args);
        }
        if let Some(row) = api::method(&ty, name) {
            self.count_sdk(is_sdk, true);
            return self.call_row(row, Some(receiver), args, function, want);
        }
        self.count_sdk(is_sdk, false);
        // A field that holds a closure: `(self.f)(…)` has no receiver, `x.f(…)` no such field.
        let base = self.force(receiver);
        let mut values = vec![base];
        for arg in args {
            values.push(self.arg(*arg, &Type::Unknown));
        }
        let full = format!("{key}.{name}");
        let op = self.call_unknown(&full, values);
        let returns = self
            .program
            .trait_signature(&ty, name)
            .map(|info| info.returns.clone());
        if let Some(returns) = returns {
            self.b.set_ty(op, returns);
        }
        Val::Op(op)
    }

    /// The reference behind `reference.call()`.
    fn wrapped_target(&self, call: OpId) -> OpId {
        match &self.b.op(call).kind {
            OpKind::Pure { name, args } if name == CONTRACT_CALL => {
                args.first().copied().unwrap_or(call)
            }
            _ => call,
        }
    }

    /// The row of a method whose function belongs to a modelled library of the workspace.
    fn packaged_row(&self, found: &[Name], name: &str) -> Option<&'static pactward_models::ApiFn> {
        let info = self.program.functions.get(found.first()?)?;
        let package = self.program.modules[info.module].package.as_ref()?;
        let own = info.self_type.as_ref()?;
        let key = api::key_of(own);
        let last = key.rsplit([':', '>']).next().unwrap_or(&key);
        api::tables().function(&api::join(package, last), name)
    }

    pub(super) fn type_of_val(&self, value: &Val) -> Type {
        match value {
            Val::Unit => Type::Unit,
            Val::Op(op) => self.b.ty(*op).clone(),
            Val::Place(place) => place.ty(self),
            Val::Split(split) => {
                let whole = split.good.or(split.bad).and_then(|e| e.whole);
                let known = whole.map(|w| self.b.ty(w).clone());
                if let Some(ty @ (Type::Result(_) | Type::Option(_))) = known {
                    ty
                } else {
                    let inner = split.good.map(|e| self.b.ty(e.value).clone());
                    let inner = inner.unwrap_or_default().into();
                    match split.wrap {
                        super::control::Wrap::Result => Type::Result(inner),
                        super::control::Wrap::Option => Type::Option(inner),
                    }
                }
            }
        }
    }

    /// A call of another contract through its generated reference.
    pub(super) fn contract_call(
        &mut self,
        contract: &Name,
        method: &str,
        target: Option<OpId>,
        args: &[Arg<'t>],
    ) -> OpId {
        let mut values = self.args(args);
        let declared = self
            .program
            .methods
            .get(&(contract.clone(), method.into()))
            .and_then(|found| self.program.functions.get(found.first()?));
        let is_constructor = target.is_none()
            && match declared {
                Some(function) => function.attrs.has_arg("ink", "constructor"),
                None => method == "new" || method == "default" || method.starts_with("new_"),
            };
        if is_constructor {
            let ty = Type::Contract(contract.clone());
            let ty = Type::Named("ink::CreateBuilder".into(), vec![ty]);
            return self.pure(format!("{contract}Ref::{method}"), values, ty);
        }
        if target.is_none() && (method.starts_with("from_") || method == "from") {
            let ty = Type::Contract(contract.clone());
            return self.pure("contract-at", values, ty);
        }
        let target = match target {
            Some(target) => Some(target),
            None if values.is_empty() => None,
            None => Some(values.remove(0)),
        };
        let returns = self.contract_result(contract, method);
        let kind = OpKind::ExtCall {
            kind: ExtKind::Contract,
            target,
            interface: contract.clone(),
            method: method.into(),
            args: values,
            value: None,
            gas: Gas::All,
            is_static: false,
            options: Vec::new(),
        };
        self.emit(kind, returns)
    }

    fn contract_result(&self, contract: &Name, method: &str) -> Type {
        let key = (contract.clone(), method.into());
        let own = self
            .program
            .methods
            .get(&key)
            .and_then(|f| self.program.functions.get(f.first()?));
        let of_trait = self.program.traits.get(contract).and_then(|t| {
            let (_, function) = t.functions.iter().find(|(n, _)| n == method)?;
            self.program.functions.get(function)
        });
        own.or(of_trait)
            .map(|info| info.returns.clone())
            .unwrap_or_default()
    }

    /// Parts of a value that was put together here: an array's items, a struct's fields.
    pub(super) fn parts_of(&self, value: OpId) -> Option<(AggregateKind, Vec<OpId>)> {
        match &self.b.op(value).kind {
            OpKind::Aggregate { kind, parts, .. } => Some((*kind, parts.clone())),
            _ => None,
        }
    }

    /// The variable that an element reached by a mutable borrow belongs to, if it is known.
    pub(super) fn part_of(&self, value: &Val) -> Option<PlaceRef> {
        match value {
            Val::Op(op) => self.borrowed.get(op).cloned(),
            Val::Split(split) => {
                let whole = split.good.and_then(|e| e.whole)?;
                self.borrowed.get(&whole).cloned()
            }
            Val::Place(place) => Some(place.clone()),
            Val::Unit => None,
        }
    }

    /// Notes that a value is a mutable borrow of a part of a place.
    pub(super) fn note_part(&mut self, value: OpId, of: Option<PlaceRef>) {
        if let Some(of) = of {
            self.borrowed.insert(value, of);
        }
    }

    /// A part of a borrowed part is borrowed from the same place.
    pub(super) fn inherit_part(&mut self, part: OpId, of: OpId) {
        if let Some(place) = self.borrowed.get(&of).cloned() {
            self.borrowed.insert(part, place);
        }
    }

    /// After a write through a borrowed part, the whole is another value.
    pub(super) fn write_back(&mut self, part: OpId, value: OpId) {
        let Some(place) = self.borrowed.get(&part).cloned() else {
            return;
        };
        match &place {
            PlaceRef::State(..) | PlaceRef::Local { .. } => {
                let old = self.read(&place);
                let ty = self.b.ty(old).clone();
                let new = self.pure("with.part", vec![old, value], ty);
                self.write(&place, new);
            }
            PlaceRef::Value { .. } | PlaceRef::Storage(..) => {}
        }
    }
}
