//! What calls of generic functions and methods of generic types yield.

use pactward_ir::{Name, Type};
use rustc_hash::FxHashMap;

use super::Lowering;
use super::value::Val;
use crate::decls::{ParamDecl, TypeExpr};
use crate::program::Ref;

/// Deepest type that arguments are matched with.
const MAX_DEPTH: u32 = 12;

impl Lowering<'_> {
    /// The type that values of a type parameter have inside: its constraint where that is an
    /// interface with methods.
    pub(super) fn constraint(&self, expr: &TypeExpr) -> Type {
        match self.resolve(expr) {
            Type::Named(name, _) if name == "any" || name == "comparable" => Type::Unknown,
            ty => ty,
        }
    }

    /// Types that a function's parameters expect; unknown where they are generic.
    pub(super) fn parameter_types(&self, at: Ref) -> Vec<Type> {
        let func = self.program.func(at);
        let generic = |n: &str| {
            let receiver = func.receiver.as_ref();
            let is_param = func.type_params.iter().any(|p| p.name == n)
                || receiver.is_some_and(|r| r.params.iter().any(|p| p == n));
            is_param.then_some(Type::Unknown)
        };
        func.signature
            .params
            .iter()
            .map(|p| self.types().resolve(at.file, &p.ty, &generic))
            .collect()
    }

    /// What a function yields for type arguments that are written or follow from arguments.
    pub(super) fn result_of(&self, at: Ref, explicit: &[Type], args: &[Val]) -> Type {
        let func = self.program.func(at);
        let mut found: FxHashMap<Name, Type> = FxHashMap::default();
        for (param, ty) in func.type_params.iter().zip(explicit) {
            found.insert(param.name.clone(), ty.clone());
        }
        if !func.type_params.is_empty() {
            for (param, arg) in func.signature.params.iter().zip(args) {
                unify(&param.ty, &arg.ty, &func.type_params, &mut found, 0);
            }
        }
        let scope = |n: &str| {
            let is_param = func.type_params.iter().any(|p| p.name == n);
            is_param.then(|| found.get(n).cloned().unwrap_or_default())
        };
        self.types().results(at.file, &func.signature, &scope)
    }

    /// What a method yields on a receiver of a type.
    pub(super) fn method_result(&self, at: Ref, owner: &Type) -> Type {
        let func = self.program.func(at);
        let args: &[Type] = match owner.pointee() {
            Type::Named(_, args) => args,
            _ => &[],
        };
        let params = func.receiver.as_ref().map_or(&[][..], |r| &r.params);
        let scope = |n: &str| {
            let index = params.iter().position(|p| p == n)?;
            Some(args.get(index).cloned().unwrap_or_default())
        };
        self.types().results(at.file, &func.signature, &scope)
    }
}

fn unify(
    expr: &TypeExpr,
    ty: &Type,
    params: &[ParamDecl],
    found: &mut FxHashMap<Name, Type>,
    depth: u32,
) {
    if depth > MAX_DEPTH || !ty.is_known() {
        return;
    }
    match (expr, ty) {
        (TypeExpr::Name(name), _) if params.iter().any(|p| p.name == *name) => {
            found.entry(name.clone()).or_insert_with(|| ty.clone());
        }
        (TypeExpr::Pointer(inner), Type::Pointer(ty))
        | (TypeExpr::Slice(inner) | TypeExpr::Array(inner, _), Type::Array(ty, _)) => {
            unify(inner, ty, params, found, depth + 1);
        }
        (TypeExpr::Slice(inner), Type::Bytes(_)) => {
            let byte = Type::Int {
                bits: 8,
                signed: false,
            };
            unify(inner, &byte, params, found, depth + 1);
        }
        (TypeExpr::Map(key, value), Type::Map(key_ty, value_ty)) => {
            unify(key, key_ty, params, found, depth + 1);
            unify(value, value_ty, params, found, depth + 1);
        }
        (TypeExpr::Generic(_, args), Type::Named(_, types)) => {
            for (arg, ty) in args.iter().zip(types) {
                unify(arg, ty, params, found, depth + 1);
            }
        }
        (TypeExpr::Func(signature), Type::Named(name, types)) if name == "func" => {
            if let ([result], [ty]) = (signature.results.as_slice(), types.as_slice()) {
                unify(&result.ty, ty, params, found, depth + 1);
            }
        }
        _ => {}
    }
}
