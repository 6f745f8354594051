//! Calls of paths: functions, constructors, associated functions, SDK functions.

use pactward_ir::{AggregateKind, Callee, Name, OpId, OpKind, Place, SmolStr, Type};
use pactward_models::{ApiFn, Effect, Receiver, Role};

use super::Lowerer;
use super::control::{Val, Wrap};
use super::place::{Binding, PlaceRef};
use crate::api::{self, ApiPath};
use crate::decls::{SelfKind, TypeExpr};
use crate::literal::primitive;
use crate::program::{Def, FnInfo, Space};
use crate::source::Syn;

/// An argument: written at the call, or a value that the lowering has.
#[derive(Debug, Clone, Copy)]
pub(super) enum Arg<'t> {
    Node(Syn<'t>),
    Value(OpId),
}

impl<'t> Lowerer<'t> {
    /// A call whose function is no method.
    pub(super) fn call(&mut self, node: Syn<'t>, want: &Type) -> Val {
        let Some(function) = node.field("function") else {
            return Val::Unit;
        };
        let args: Vec<Arg<'t>> = arguments(node);
        let path = function.path();
        if path.is_empty() {
            let callee = self.value(function, &Type::Unknown);
            return Val::Op(self.call_value(callee, &args));
        }
        self.call_path(function, &path, &args, want)
    }

    /// A call of a function value.
    pub(super) fn call_value(&mut self, callee: OpId, args: &[Arg<'t>]) -> OpId {
        let args = args.iter().map(|a| self.arg(*a, &Type::Unknown)).collect();
        let kind = OpKind::Call {
            callee: Callee::Value(callee),
            args,
        };
        self.emit(kind, Type::Unknown)
    }

    pub(super) fn arg(&mut self, arg: Arg<'t>, want: &Type) -> OpId {
        match arg {
            Arg::Node(node) => self.value(node, want),
            Arg::Value(value) => value,
        }
    }

    pub(super) fn args(&mut self, args: &[Arg<'t>]) -> Vec<OpId> {
        args.iter().map(|a| self.arg(*a, &Type::Unknown)).collect()
    }

    pub(super) fn call_path(
        &mut self,
        function: Syn<'t>,
        path: &[SmolStr],
        args: &[Arg<'t>],
        want: &Type,
    ) -> Val {
        if let [only] = path {
            match self.lookup(only) {
                Some(Binding::Closure(closure, mark)) => {
                    let (closure, mark) = (*closure, *mark);
                    let args = self.args(args);
                    return self.inline_closure(closure, mark, &args, Wrap::of(want));
                }
                Some(_) => {
                    let callee = self.value(function, &Type::Unknown);
                    return Val::Op(self.call_value(callee, args));
                }
                None => {}
            }
            if let Some(value) = self.wrapped(only, args, want) {
                return value;
            }
        }
        match self.resolve_value(path) {
            Some(Def::Function(name)) => self.call_user(std::slice::from_ref(&name), None, args),
            Some(Def::Variant(ty, variant)) => {
                Val::Op(self.variant_call(&ty, &variant, path, args, want))
            }
            Some(Def::Type(name)) => Val::Op(self.tuple_struct(&name, args)),
            Some(Def::External(full)) if primitive(&full[0]).is_none() => {
                self.call_external(function, &full, args, want)
            }
            Some(Def::Associated(..) | Def::External(_)) | None => {
                self.call_associated(function, path, args, want)
            }
            Some(Def::Const(_) | Def::Module(_) | Def::Trait(_) | Def::Reference(_)) => {
                let args = self.args(args);
                Val::Op(self.call_unknown(&path.join("::"), args))
            }
        }
    }

    /// `Ok(…)`, `Err(…)`, `Some(…)`.
    fn wrapped(&mut self, name: &str, args: &[Arg<'t>], want: &Type) -> Option<Val> {
        let (wrap, is_good) = match name {
            "Ok" => (Wrap::Result, true),
            "Err" => (Wrap::Result, false),
            "Some" => (Wrap::Option, true),
            _ => return None,
        };
        let inner = match want {
            Type::Result(inner) | Type::Option(inner) if is_good => (**inner).clone(),
            _ => Type::Unknown,
        };
        let value = match args.first() {
            Some(arg) => self.arg(*arg, &inner),
            None => self.unit(),
        };
        Some(if is_good {
            self.good(value, wrap)
        } else {
            self.bad(value, wrap)
        })
    }

    /// A function outside the workspace.
    fn call_external(
        &mut self,
        function: Syn<'t>,
        full: &[SmolStr],
        args: &[Arg<'t>],
        want: &Type,
    ) -> Val {
        let path = ApiPath::new(full);
        let is_sdk = path.platform.is_some();
        match path.rest.as_slice() {
            [only] if !only.starts_with(char::is_uppercase) => {
                let row = api::tables().function(&path.package, only);
                self.count_sdk(is_sdk, row.is_some());
                if let Some(row) = row {
                    self.call_row(row, None, args, Some(function), want)
                } else {
                    let args = self.args(args);
                    let name = api::join(&path.package, only);
                    Val::Op(self.call_unknown(&name, args))
                }
            }
            // A tuple struct or variant.
            [.., last] if last.starts_with(char::is_uppercase) => {
                self.count_sdk(is_sdk, true);
                Val::Op(self.external_variant(&path, args, want))
            }
            [.., _, _] => self.call_associated(function, full, args, want),
            _ => {
                let args = self.args(args);
                Val::Op(self.call_unknown(&full.join("::"), args))
            }
        }
    }

    /// `Type::function(…)`, also with `Self`, type parameters and `<T as Trait>`.
    fn call_associated(
        &mut self,
        function: Syn<'t>,
        path: &[SmolStr],
        args: &[Arg<'t>],
        want: &Type,
    ) -> Val {
        let Some((item, owner)) = path.split_last() else {
            return Val::Unit;
        };
        let ty = self.owner_type(function, owner);
        if let Type::Contract(name) = &ty {
            let name = name.clone();
            return Val::Op(self.contract_call(&name, item, None, args));
        }
        let found = self.program.method(&ty, item).to_vec();
        if !found.is_empty() {
            return self.call_user(&found, None, args);
        }
        // `Trait::method(receiver, …)` and `Type::method(receiver, …)`.
        let row = associated_row(&ty, &self.external_owner(owner), item);
        let is_sdk = api::is_sdk(&api::key_of(&ty));
        self.count_sdk(is_sdk, row.is_some());
        if let Some((row, is_method)) = row {
            return self.call_associated_row(row, is_method, &ty, args, function, want);
        }
        let name = format!("{}::{item}", owner.join("::"));
        let args = self.args(args);
        let op = self.call_unknown(&name, args);
        if let Some(info) = self.program.trait_signature(&ty, item) {
            let returns = info.returns.clone();
            self.b.set_ty(op, returns);
        }
        Val::Op(op)
    }

    /// The row of a function of a type: those of a method take the first argument as receiver.
    fn call_associated_row(
        &mut self,
        row: &'static ApiFn,
        is_method: bool,
        ty: &Type,
        args: &[Arg<'t>],
        function: Syn<'t>,
        want: &Type,
    ) -> Val {
        let (receiver, rest) = match args.split_first() {
            Some((first, rest)) if is_method => {
                let receiver = match first {
                    Arg::Node(node) => self.eval(*node, &Type::Unknown),
                    Arg::Value(value) => Val::Op(*value),
                };
                (Some(receiver), rest)
            }
            _ => (None, args),
        };
        let own = if want.is_known() && has_gaps(ty) && same_head(ty, want) {
            want.clone()
        } else {
            ty.clone()
        };
        self.call_row_of(row, receiver, &own, rest, Some(function), want)
    }

    /// Canonical name of a type that is outside the workspace.
    fn external_owner(&self, owner: &[SmolStr]) -> Name {
        match self.program.resolve(self.module, owner, Space::Types) {
            Some(Def::External(full)) => ApiPath::new(&full).owner(),
            _ => ApiPath::new(owner).owner(),
        }
    }

    /// The type before the last segment of a path.
    fn owner_type(&self, function: Syn<'t>, owner: &[SmolStr]) -> Type {
        let node = match function.kind() {
            "generic_function" => function.field("function").unwrap_or(function),
            _ => function,
        };
        let written = node.field("path").map(Syn::type_expr);
        match written {
            Some(TypeExpr::Path(_, args)) => {
                self.resolve_type(&TypeExpr::Path(owner.to_vec(), args))
            }
            Some(other) => self.resolve_type(&other),
            None => self.resolve_type(&TypeExpr::Path(owner.to_vec(), Vec::new())),
        }
    }

    /// A call of functions of the workspace, one of which runs.
    pub(super) fn call_user(
        &mut self,
        names: &[Name],
        receiver: Option<Val>,
        args: &[Arg<'t>],
    ) -> Val {
        let program = self.program;
        let Some(info) = names.first().and_then(|n| program.functions.get(n)) else {
            let args = self.args(args);
            return Val::Op(self.call_unknown("function", args));
        };
        if let Some(place) = self.opened_storage(&info.name, args) {
            return place;
        }
        let mut values = Vec::new();
        let mut changed: Vec<PlaceRef> = Vec::new();
        let mut args = args;
        if info.self_kind != SelfKind::None {
            let receiver = match (receiver, args.split_first()) {
                (Some(receiver), _) => Some(receiver),
                (None, Some((Arg::Node(node), rest))) => {
                    args = rest;
                    Some(self.eval(*node, &Type::Unknown))
                }
                (None, Some((Arg::Value(value), rest))) => {
                    args = rest;
                    Some(Val::Op(*value))
                }
                (None, None) => None,
            };
            self.push_receiver(info, receiver, &mut values, &mut changed);
        }
        for (at, arg) in args.iter().enumerate() {
            let ty = info.params.get(at).map(|(_, ty)| ty.clone());
            let ty = ty.unwrap_or_default();
            let is_mutable = info.mutable_params.get(at) == Some(&true);
            match arg {
                Arg::Node(node) if is_mutable && !self.is_handle(&ty) => {
                    let value = self.eval(*node, &ty);
                    if let Val::Place(place) = &value
                        && !api::is_sdk(&api::key_of(&ty))
                    {
                        changed.push(place.clone());
                    }
                    values.push(self.force(value));
                }
                _ => values.push(self.arg(*arg, &ty)),
            }
        }
        let callee = match names {
            [only] => Callee::Function(only.clone()),
            several => Callee::OneOf(several.to_vec()),
        };
        let returns = info.returns.clone();
        let call = self.emit(
            OpKind::Call {
                callee,
                args: values,
            },
            returns,
        );
        for place in changed {
            self.changed_by(&place, call);
        }
        Val::Op(call)
    }

    /// The receiver of a method, as the function takes it.
    fn push_receiver(
        &mut self,
        info: &FnInfo,
        receiver: Option<Val>,
        values: &mut Vec<OpId>,
        changed: &mut Vec<PlaceRef>,
    ) {
        let own = info.self_type.clone().unwrap_or_default();
        let owner = api::key_of(&own);
        if self.is_handle(&own) && self.is_singleton(&owner) {
            // Its fields are state variables, so nothing is passed.
            if let Some(receiver @ Val::Split(_)) = receiver {
                self.force(receiver);
            }
            return;
        }
        let value = match receiver {
            Some(Val::Place(place)) => {
                if info.self_kind == SelfKind::RefMut
                    && !self.is_handle(&own)
                    && !api::is_sdk(&owner)
                {
                    changed.push(place.clone());
                }
                self.read(&place)
            }
            Some(other) => self.force(other),
            None => self.unit(),
        };
        values.push(value);
    }

    /// A function took the place by mutable reference: its value may be another now.
    fn changed_by(&mut self, place: &PlaceRef, call: OpId) {
        let old = self.read(place);
        let ty = self.b.ty(old).clone();
        let new = self.pure("after", vec![old, call], ty);
        self.write(place, new);
    }

    /// `config(storage)`: the place that a function opens.
    fn opened_storage(&mut self, name: &Name, args: &[Arg<'t>]) -> Option<Val> {
        let handle = self.program.handles.get(name)?;
        let mut place = Place::var(handle.var.clone());
        let ty = handle.ty.clone();
        let info = self.program.functions.get(name)?;
        for (at, arg) in args.iter().enumerate() {
            let param = info.params.get(at).map(|(_, ty)| ty.clone());
            let param = param.unwrap_or_default();
            let value = self.arg(*arg, &param);
            let is_access = !param.is_known() || api::platform_of(&api::key_of(&param)).is_some();
            if !is_access {
                place = place.index(value);
            }
        }
        Some(Val::Place(PlaceRef::State(place, ty)))
    }

    pub(super) fn call_unknown(&mut self, name: &str, args: Vec<OpId>) -> OpId {
        let kind = OpKind::Extern {
            name: name.into(),
            args,
        };
        self.emit(kind, Type::Unknown)
    }

    pub(super) fn count_sdk(&mut self, is_sdk: bool, is_known: bool) {
        if is_sdk {
            self.stats.sdk_calls += 1;
            self.stats.sdk_calls_known += u32::from(is_known);
        }
    }

    /// A call of a modelled function.
    pub(super) fn call_row(
        &mut self,
        row: &'static ApiFn,
        receiver: Option<Val>,
        args: &[Arg<'t>],
        function: Option<Syn<'t>>,
        want: &Type,
    ) -> Val {
        let ty = match &receiver {
            Some(Val::Place(place)) => place.ty(self),
            Some(Val::Op(op)) => self.b.ty(*op).clone(),
            Some(Val::Split(split)) => split_type(self, split),
            Some(Val::Unit) => Type::Unit,
            None => Type::Unknown,
        };
        self.call_row_of(row, receiver, &ty, args, function, want)
    }

    fn call_row_of(
        &mut self,
        row: &'static ApiFn,
        receiver: Option<Val>,
        ty: &Type,
        args: &[Arg<'t>],
        function: Option<Syn<'t>>,
        want: &Type,
    ) -> Val {
        let returns = api::substitute(&row.returns, &api::arguments(ty), ty, 0);
        let turbofish = function.and_then(|f| self.turbofish(f));
        let returns = match &turbofish {
            Some(part) if !matches!(row.effect, Effect::Form(_)) => api::filled(&returns, part),
            _ => returns,
        };
        if let Effect::Form(form) = &row.effect {
            let want = turbofish.as_ref().unwrap_or(want);
            return self.form(form, row, receiver, ty, args, &returns, want);
        }
        let mut values: Vec<OpId> = Vec::new();
        let receiver = receiver.map(|r| self.receiver(r, ty));
        let mut receiver = receiver;
        for (at, arg) in args.iter().enumerate() {
            let role = row.roles.get(at).copied();
            let wanted = match (role, ty) {
                (Some(Role::Value), Type::Named(_, args)) => {
                    args.last().cloned().unwrap_or_default()
                }
                _ => Type::Unknown,
            };
            let value = self.arg(*arg, &wanted);
            if role == Some(Role::Key) {
                values.push(self.last_key(value, &mut receiver));
            } else {
                values.push(value);
            }
        }
        let op = self.emit_row(row, receiver, &values);
        if *self.b.ty(op) == row.returns {
            let ty = refined(&returns, want);
            self.b.set_ty(op, ty);
        }
        if row.effect == Effect::Panic {
            self.stop();
        }
        Val::Op(op)
    }

    /// A tuple as a key is several keys: all but the last join the place.
    fn last_key(&mut self, key: OpId, receiver: &mut Option<Receiver>) -> OpId {
        let Some(Receiver::Place(place)) = receiver else {
            return key;
        };
        let parts = match &self.b.op(key).kind {
            OpKind::Aggregate {
                kind: AggregateKind::Tuple,
                parts,
                ..
            } if parts.len() > 1 => parts.clone(),
            _ => return key,
        };
        let (last, before) = match parts.split_last() {
            Some((last, before)) => (*last, before),
            None => return key,
        };
        let mut longer = place.clone();
        for part in before {
            longer = longer.index(*part);
        }
        *place = longer;
        last
    }

    fn receiver(&mut self, receiver: Val, ty: &Type) -> Receiver {
        match receiver {
            Val::Place(PlaceRef::State(place, _)) if api::is_storage(ty) => Receiver::Place(place),
            other => {
                let value = self.force(other);
                if api::is_storage(ty) {
                    Receiver::Place(Place {
                        root: pactward_ir::Root::Ref(value),
                        path: Vec::new(),
                    })
                } else {
                    Receiver::Value(value)
                }
            }
        }
    }

    pub(super) fn emit_row(
        &mut self,
        row: &'static ApiFn,
        receiver: Option<Receiver>,
        values: &[OpId],
    ) -> OpId {
        self.ops += 1;
        let texts: Vec<(OpId, Name)> = values
            .iter()
            .filter_map(|v| Some((*v, self.text_of(*v)?)))
            .collect();
        let text = |id: OpId| texts.iter().find(|(v, _)| *v == id).map(|t| t.1.clone());
        let op = pactward_models::emit(&mut self.b, row, receiver, values, &text);
        if let Effect::Answer { is_error } = row.effect {
            self.path.answered = match (is_error, self.path.answered) {
                (true, _) => super::control::Answered::Error,
                (false, known) => known,
            };
        }
        op
    }

    /// The type in `f::<T>` and `x.f::<T>`.
    pub(super) fn turbofish(&self, function: Syn<'t>) -> Option<Type> {
        if function.kind() != "generic_function" {
            return None;
        }
        let args = function.field("type_arguments")?;
        let first = args.kids().into_iter().find(|k| k.kind() != "lifetime")?;
        Some(self.type_at(first)).filter(Type::is_known)
    }
}

/// The row of `Type::item`, and whether it is a method whose receiver is the first argument.
fn associated_row(ty: &Type, owner: &Name, item: &str) -> Option<(&'static ApiFn, bool)> {
    let key = if ty.is_known() {
        api::key_of(ty)
    } else {
        owner.clone()
    };
    if let Some(row) = api::associated(&key, item) {
        return Some((row, false));
    }
    let method = api::tables().function(&key, item);
    method
        .or_else(|| api::tables().function(api::ANY, item))
        .map(|row| (row, true))
}

fn split_type(lowerer: &Lowerer<'_>, split: &super::control::Split) -> Type {
    let whole = split.good.or(split.bad).and_then(|e| e.whole);
    if let Some(whole) = whole {
        let ty = lowerer.b.ty(whole).clone();
        if Wrap::of(&ty).is_some() {
            return ty;
        }
    }
    let inner = split
        .good
        .map(|e| lowerer.b.ty(e.value).clone())
        .unwrap_or_default();
    match split.wrap {
        Wrap::Result => Type::Result(inner.into()),
        Wrap::Option => Type::Option(inner.into()),
    }
}

/// Nodes of a call's arguments.
pub(super) fn arguments(call: Syn<'_>) -> Vec<Arg<'_>> {
    let list = call.field("arguments").map_or(Vec::new(), Syn::kids);
    list.into_iter().map(Arg::Node).collect()
}

/// Whether a type has parts that are not known.
fn has_gaps(ty: &Type) -> bool {
    match ty {
        Type::Unknown => true,
        Type::Array(inner, _) | Type::Option(inner) | Type::Result(inner) => has_gaps(inner),
        Type::Map(key, value) => has_gaps(key) || has_gaps(value),
        Type::Named(_, args) | Type::Tuple(args) => args.iter().any(has_gaps),
        _ => false,
    }
}

fn same_head(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Named(a, _), Type::Named(b, _)) => a == b,
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

/// A row's result type, completed by what the context wants.
pub(super) fn refined(returns: &Type, want: &Type) -> Type {
    match returns {
        Type::Unknown => want.clone(),
        returns if has_gaps(returns) && want.is_known() && same_head(returns, want) => {
            match (returns, want) {
                // A result's error type does not say more than its payload.
                (Type::Result(a), Type::Result(b)) => Type::Result(refined(a, b).into()),
                (Type::Option(a), Type::Option(b)) => Type::Option(refined(a, b).into()),
                _ => want.clone(),
            }
        }
        _ => returns.clone(),
    }
}
