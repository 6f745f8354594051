//! Calls: what is called, with which arguments, and what comes back.

use pactward_base::SmolStr;
use pactward_ir::{
    AggregateKind, Callee, ExtKind, Gas, Mutability, Name, OpId, OpKind, Place, Root, Type,
    Visibility,
};

use super::Lowerer;
use super::denote::{Arguments, Den, Functions, How};
use super::logic::peel;
use crate::program::{FunctionInfo, ParamInfo, Symbol, function_signature};
use crate::syntax::{Args, Ast, ExprId, ExprKind};

/// `{value: v, gas: g, salt: s}`, evaluated, and whether `try` looks at the call.
#[derive(Default, Clone, Copy)]
pub(super) struct Options {
    pub(super) value: Option<OpId>,
    pub(super) gas: Option<OpId>,
    pub(super) salt: Option<OpId>,
    pub(super) trying: bool,
}

impl Lowerer<'_> {
    /// A call expression.
    pub(super) fn call(&mut self, ast: &Ast, id: ExprId) -> Den {
        let trying = std::mem::take(&mut self.trying);
        let ExprKind::Call(callee, args) = &ast.get(id).kind else {
            // `new C` without arguments.
            let options = Options {
                trying,
                ..Options::default()
            };
            return self.create(ast, id, &Args::Positional(Vec::new()), &options);
        };
        let mut written = Vec::new();
        let callee = strip_options(ast, *callee, &mut written);
        if let ExprKind::Name(name) = &ast.get(callee).kind
            && self.is_undeclared(name)
            && let Some(den) = self.statement_builtin(ast, name, args)
        {
            return den;
        }
        if let ExprKind::New(_) = ast.get(callee).kind {
            let options = self.options(ast, &written, trying);
            return self.create(ast, callee, args, &options);
        }
        let target = self.denote(ast, callee);
        let target = self.fix_receiver(target);
        let options = self.options(ast, &written, trying);
        if let Den::Member { base, name } = &target
            && let Some(den) = self.abi_decode(ast, base, name, args)
        {
            return den;
        }
        let arguments = self.arguments(ast, args);
        self.call_den(target, arguments, options)
    }

    /// Reads what is called on before options and arguments are evaluated.
    fn fix_receiver(&mut self, target: Den) -> Den {
        match target {
            Den::Functions(Functions { ids, how }) => {
                let how = match how {
                    How::External { target, interface } => How::External {
                        target: Box::new(Den::Value(self.read(*target))),
                        interface,
                    },
                    How::Attached(receiver) => {
                        How::Attached(Box::new(self.settle_place(*receiver)))
                    }
                    other => other,
                };
                Den::Functions(Functions { ids, how })
            }
            Den::Member { base, name } => {
                let base = Box::new(self.settle_place(*base));
                Den::Member { base, name }
            }
            other => other,
        }
    }

    fn is_undeclared(&self, name: &str) -> bool {
        self.find_local(name).is_none() && self.p.lookup(self.frame.scope, name).is_empty()
    }

    fn options(&mut self, ast: &Ast, written: &[(SmolStr, ExprId)], trying: bool) -> Options {
        let mut options = Options {
            trying,
            ..Options::default()
        };
        // Collected from the call inwards.
        for (name, expr) in written.iter().rev() {
            let value = self.value_as(ast, *expr, &Type::UINT256);
            match name.as_str() {
                "value" => options.value = Some(value),
                "gas" => options.gas = Some(value),
                "salt" => options.salt = Some(value),
                _ => {}
            }
        }
        options
    }

    fn call_den(&mut self, target: Den, arguments: Arguments, options: Options) -> Den {
        match target {
            Den::Functions(functions) => self.call_functions(functions, arguments, options),
            Den::Type(ty) => self.conversion(ty, arguments),
            Den::Unresolved(name) => self.call_unresolved(&name, arguments),
            Den::Signature { id, is_event } => {
                let signature = &self.p.signatures[id as usize];
                let (name, params) = (signature.name.clone(), signature.params.clone());
                let args = self.pass_all(arguments, &params);
                let (kind, ty) = if is_event {
                    (OpKind::Emit { topic: name, args }, Type::Unit)
                } else {
                    (OpKind::Pure { name, args }, Type::Error)
                };
                Den::Value(self.b.emit(kind, ty))
            }
            Den::Member { base, name } => self.call_member(*base, &name, arguments, options),
            other => self.call_value(other, arguments, options),
        }
    }

    /// A call of a function value.
    fn call_value(&mut self, callee: Den, arguments: Arguments, options: Options) -> Den {
        let callee = self.read(callee);
        let args = self.pass_all(arguments, &[]);
        let ty = self.b.ty(callee).clone();
        match function_signature(&ty) {
            Some((true, returns)) => {
                let ty = tuple_of(returns.to_vec());
                let call = External {
                    kind: ExtKind::Interface,
                    target: Some(callee),
                    interface: Name::default(),
                    method: Name::default(),
                    is_static: false,
                };
                Den::Value(self.external(call, args, &options, ty))
            }
            signature => {
                let ty = signature.map_or(Type::Unknown, |(_, returns)| tuple_of(returns.to_vec()));
                let kind = OpKind::Call {
                    callee: Callee::Value(callee),
                    args,
                };
                Den::Value(self.b.emit(kind, ty))
            }
        }
    }

    fn call_functions(
        &mut self,
        functions: Functions,
        arguments: Arguments,
        options: Options,
    ) -> Den {
        let Functions { ids, how } = functions;
        let skip = usize::from(matches!(how, How::Attached(_)));
        let receiver = match &how {
            How::Attached(receiver) => Some(&**receiver),
            _ => None,
        };
        // Where no overload takes that many arguments, the function that is meant is one of a base
        // that is not found, or the code is wrong.
        let inherited = matches!(how, How::Virtual | How::Super) && self.has_missing_base();
        let fallback = ids.first().copied().filter(|_| !inherited);
        let Some(id) = self.choose(&ids, receiver, &arguments).or(fallback) else {
            let first = ids.first().map(|id| &self.p.functions[*id as usize]);
            let name = first.map_or(SmolStr::default(), |f| f.name.clone());
            return self.call_unresolved(&name, arguments);
        };
        let function = &self.p.functions[id as usize];
        if let How::External { target, interface } = how {
            // Before 0.5 a contract also had the members of its address.
            let count = arguments.dens.len();
            if count != function.params.len()
                && let Some(den) =
                    self.low_level_on_contract(&target, &function.name, &arguments, &options)
            {
                return den;
            }
            return self.call_external_function(*target, interface, function, arguments, options);
        }
        let mut args = Vec::new();
        if let How::Attached(receiver) = how.clone() {
            args.push(self.pass(*receiver, function.params.first()));
        }
        let rest = function.params.get(skip..).unwrap_or(&[]);
        args.extend(self.pass_all(arguments, rest));
        let callee = self.callee(function, &how);
        self.emit_call(callee, args, &function.returns)
    }

    fn callee(&self, function: &FunctionInfo, how: &How) -> Callee {
        let exact = Callee::Function(function.id.clone());
        let Some(home) = function.contract else {
            return exact;
        };
        match how {
            How::Super => match self.frame.scope.contract {
                Some(here) => Callee::Super(
                    function.selector.clone(),
                    self.p.contracts[here as usize].id.clone(),
                ),
                None => exact,
            },
            How::Virtual
                if !self.p.is_library(home) && function.visibility != Visibility::Private =>
            {
                Callee::Virtual(function.selector.clone())
            }
            _ => exact,
        }
    }

    /// A call of exactly one function with values.
    pub(super) fn call_function(&mut self, id: u32, args: Vec<OpId>) -> OpId {
        let function = &self.p.functions[id as usize];
        let callee = Callee::Function(function.id.clone());
        let den = self.emit_call(callee, args, &function.returns);
        self.read(den)
    }

    fn emit_call(&mut self, callee: Callee, args: Vec<OpId>, returns: &[ParamInfo]) -> Den {
        let ty = tuple_of(returns.iter().map(|r| r.ty.clone()).collect());
        let value = self.b.emit(OpKind::Call { callee, args }, ty.clone());
        match returns {
            [only] if only.storage => Den::State(
                Place {
                    root: Root::Ref(value),
                    path: Vec::new(),
                },
                ty,
            ),
            _ => Den::Value(value),
        }
    }

    fn has_missing_base(&self) -> bool {
        let Some(here) = self.frame.scope.contract else {
            return false;
        };
        let mut line = self.p.contracts[here as usize].line.iter();
        line.any(|c| !self.p.contracts[*c as usize].missing_bases.is_empty())
    }

    /// The overload with as many parameters that fits the arguments best; the first of those
    /// that fit equally.
    fn choose(&self, ids: &[u32], receiver: Option<&Den>, arguments: &Arguments) -> Option<u32> {
        let skip = usize::from(receiver.is_some());
        let count = arguments.dens.len() + skip;
        let mut best: Option<(u32, u32)> = None;
        for id in ids {
            let function = &self.p.functions[*id as usize];
            if function.params.len() != count {
                continue;
            }
            let mut score = 1;
            let mut fits = true;
            for (at, den) in receiver.into_iter().chain(&arguments.dens).enumerate() {
                let param = match arguments.names.get(at.wrapping_sub(skip)) {
                    Some(name) => function.params.iter().find(|p| p.name == *name),
                    None => function.params.get(at),
                };
                let fit = param.map_or(0, |p| self.den_fit(den, p));
                fits &= fit > 0;
                score += fit;
            }
            let score = if fits { score + 1000 } else { score };
            if best.is_none_or(|(_, s)| score > s) {
                best = Some((*id, score));
            }
        }
        best.map(|(id, _)| id)
    }

    /// Values of arguments in the order of the parameters.
    pub(super) fn pass_all(&mut self, arguments: Arguments, params: &[ParamInfo]) -> Vec<OpId> {
        let Arguments { names, dens } = arguments;
        if names.is_empty() || params.is_empty() {
            let dens = dens.into_iter().enumerate();
            return dens
                .map(|(at, den)| self.pass(den, params.get(at)))
                .collect();
        }
        let mut passed: Vec<(usize, OpId)> = Vec::new();
        for (at, (name, den)) in names.iter().zip(dens).enumerate() {
            let position = params.iter().position(|p| p.name == *name);
            let value = self.pass(den, position.map(|p| &params[p]));
            passed.push((position.unwrap_or(at), value));
        }
        passed.sort_by_key(|(position, _)| *position);
        passed.into_iter().map(|(_, value)| value).collect()
    }

    fn call_external_function(
        &mut self,
        target: Den,
        interface: Name,
        function: &FunctionInfo,
        arguments: Arguments,
        options: Options,
    ) -> Den {
        let target = self.read(target);
        let args = self.pass_all(arguments, &function.params);
        let is_static = matches!(function.mutability, Mutability::View | Mutability::Pure)
            && self.frame.version.has_static_calls();
        let ty = tuple_of(function.returns.iter().map(|r| r.ty.clone()).collect());
        let call = External {
            kind: ExtKind::Interface,
            target: Some(target),
            interface,
            method: function.name.clone(),
            is_static,
        };
        Den::Value(self.external(call, args, &options, ty))
    }

    /// The op of a call that leaves the contract.
    pub(super) fn external(
        &mut self,
        call: External,
        args: Vec<OpId>,
        options: &Options,
        ty: Type,
    ) -> OpId {
        let gas = match options.gas {
            Some(gas) if self.is_at_most_stipend(gas) => Gas::Stipend,
            Some(gas) => Gas::Value(gas),
            None if matches!(call.kind, ExtKind::Send | ExtKind::Transfer) => Gas::Stipend,
            None => Gas::All,
        };
        let ty = if options.trying {
            Type::Result(ty.into())
        } else {
            ty
        };
        let salt = options.salt.map(|s| (Name::new_static("salt"), s));
        let kind = OpKind::ExtCall {
            kind: call.kind,
            target: call.target,
            interface: call.interface,
            method: call.method,
            args,
            value: options.value,
            gas,
            is_static: call.is_static,
            options: salt.into_iter().collect(),
        };
        self.b.emit(kind, ty)
    }

    fn is_at_most_stipend(&self, gas: OpId) -> bool {
        match &self.b.op(gas).kind {
            OpKind::Const {
                value: pactward_ir::Const::Int(n),
            } => *n <= 2300.into(),
            _ => false,
        }
    }

    /// `new C(…)`, `new uint[](n)`.
    fn create(&mut self, ast: &Ast, new: ExprId, args: &Args, options: &Options) -> Den {
        let ExprKind::New(ty) = &ast.get(new).kind else {
            return Den::Value(self.value(ast, new));
        };
        let ty = self.resolve(ty);
        let arguments = self.arguments(ast, args);
        let interface = match &ty {
            Type::Contract(name) | Type::Named(name, _) => name.clone(),
            _ => {
                let args = self.pass_all(arguments, &[]);
                let name = Name::new_static("new");
                return Den::Value(self.b.emit(OpKind::Pure { name, args }, ty));
            }
        };
        let constructor = self
            .p
            .contract_of_type(&ty)
            .and_then(|c| self.p.contracts[c as usize].constructor);
        let params = constructor.map_or(&[][..], |id| &self.p.functions[id as usize].params);
        let args = self.pass_all(arguments, params);
        let call = External {
            kind: ExtKind::Create,
            target: None,
            interface,
            method: Name::default(),
            is_static: false,
        };
        Den::Value(self.external(call, args, options, ty))
    }

    /// `T(x)`: a struct's constructor or a conversion.
    fn conversion(&mut self, ty: Type, arguments: Arguments) -> Den {
        if let Some(Symbol::Struct(id)) = self.type_symbol(&ty) {
            let fields = &self.p.structs[id as usize].fields;
            let params: Vec<ParamInfo> = fields
                .iter()
                .map(|(name, ty)| ParamInfo {
                    name: name.clone(),
                    ty: ty.clone(),
                    storage: false,
                })
                .collect();
            let parts = self.pass_all(arguments, &params);
            let names = params
                .into_iter()
                .map(|p| p.name)
                .take(parts.len())
                .collect();
            return Den::Value(self.aggregate(AggregateKind::Struct, names, parts, ty));
        }
        let dens = arguments.dens;
        let Ok([den]) = <[Den; 1]>::try_from(dens) else {
            let kind = OpKind::Pure {
                name: "conversion".into(),
                args: Vec::new(),
            };
            return Den::Value(self.b.emit(kind, ty));
        };
        // `bytes(s)` of a string in storage is the same place.
        if let (Den::State(place, Type::Str | Type::Bytes(None)), Type::Str | Type::Bytes(None)) =
            (&den, &ty)
        {
            return Den::State(place.clone(), ty);
        }
        let value = self.read(den);
        Den::Value(self.cast(value, ty))
    }

    /// A conversion that is written down.
    pub(super) fn cast(&mut self, value: OpId, ty: Type) -> OpId {
        let from = self.b.ty(value).clone();
        if from == ty {
            return value;
        }
        if self.is_literal(value) && literal_fits(self.b.op(value), &ty) {
            self.b.set_ty(value, ty);
            return value;
        }
        // `address(this)` is the value of `this`.
        if ty == Type::Address && matches!(self.b.op(value).kind, OpKind::Env { .. }) {
            self.b.set_ty(value, ty);
            return value;
        }
        let lossy = match (&from, &ty) {
            (
                Type::Int { bits, signed },
                Type::Int {
                    bits: to,
                    signed: to_signed,
                },
            ) => to < bits || (signed != to_signed && (*signed || to == bits)),
            (Type::Bytes(Some(a)), Type::Bytes(Some(b))) => b < a,
            (Type::Bytes(None), Type::Bytes(Some(_))) => true,
            (Type::Int { bits, .. }, Type::Address) => *bits > 160,
            _ => false,
        };
        self.b.emit(OpKind::Cast { value, lossy }, ty)
    }
}

/// Who is called outside, and how.
pub(super) struct External {
    pub(super) kind: ExtKind,
    pub(super) target: Option<OpId>,
    pub(super) interface: Name,
    pub(super) method: Name,
    pub(super) is_static: bool,
}

/// Collects `{value: v}` and `.value(v).gas(g)` around a callee; yields the callee itself.
fn strip_options(ast: &Ast, callee: ExprId, options: &mut Vec<(SmolStr, ExprId)>) -> ExprId {
    let mut at = peel(ast, callee);
    loop {
        match &ast.get(at).kind {
            ExprKind::Options(inner, named) => {
                options.extend(named.iter().rev().cloned());
                at = peel(ast, *inner);
            }
            ExprKind::Call(inner, Args::Positional(args)) => {
                let ExprKind::Member(base, name) = &ast.get(peel(ast, *inner)).kind else {
                    return at;
                };
                let is_option = matches!(name.as_str(), "value" | "gas" | "salt");
                let base = peel(ast, *base);
                let callable = matches!(
                    ast.get(base).kind,
                    ExprKind::Member(..)
                        | ExprKind::New(_)
                        | ExprKind::Options(..)
                        | ExprKind::Call(..)
                );
                match args.as_slice() {
                    [only] if is_option && callable => {
                        options.push((name.clone(), *only));
                        at = base;
                    }
                    _ => return at,
                }
            }
            _ => return at,
        }
    }
}

/// The type of a call's value by the types it returns.
pub(super) fn tuple_of(mut types: Vec<Type>) -> Type {
    match types.len() {
        0 => Type::Unit,
        1 => types.swap_remove(0),
        _ => Type::Tuple(types),
    }
}

/// Whether a literal keeps its value in a type.
fn literal_fits(op: &pactward_ir::Op, ty: &Type) -> bool {
    let OpKind::Const { value } = &op.kind else {
        return false;
    };
    match (value, ty) {
        (pactward_ir::Const::Int(n), Type::Int { bits, signed }) => {
            let width = u64::from(*bits) - u64::from(*signed);
            n.bits() <= width && (*signed || n.sign() != num_bigint::Sign::Minus)
        }
        (pactward_ir::Const::Int(n), Type::Address) => n.bits() <= 160,
        (
            pactward_ir::Const::Int(_),
            Type::Bytes(Some(_)) | Type::Contract(_) | Type::Enum(_) | Type::Named(..),
        ) => true,
        (pactward_ir::Const::Str(_) | pactward_ir::Const::Bytes(_), Type::Bytes(_) | Type::Str) => {
            true
        }
        _ => false,
    }
}
