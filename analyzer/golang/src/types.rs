//! From types as written to types, and what a type consists of.
//!
//! The front end works with a little more than [`Type`] says: function types are
//! `Named("func", [result])`, channels `Named("chan", [element])`, and a declared type keeps its
//! name where it is a struct, an interface, a composite or has methods. [`Types::erase`] yields
//! the type that an op is stamped with.

use std::sync::Arc;

use pactward_ir::{Const, Name, Type};
use rustc_hash::FxHashMap;

use crate::decls::{ConstExpr, Init, Signature, TypeDecl, TypeExpr};
use crate::program::{ImportTarget, Item, Program, Ref, go_models};

/// Deepest nesting of a type as written plus the aliases that it leads through.
const MAX_DEPTH: u32 = 24;

/// Types declared inside functions, by unique name.
pub(crate) type LocalTypes = FxHashMap<Name, TypeDecl>;

/// What a name stands for where it is used: type parameters, types declared in a function.
pub(crate) type Scope<'s> = &'s dyn Fn(&str) -> Option<Type>;

/// No names beside those of the package.
pub(crate) fn no_scope(_: &str) -> Option<Type> {
    None
}

pub(crate) const INT: Type = Type::Int {
    bits: 64,
    signed: true,
};
const BYTE: Type = Type::Int {
    bits: 8,
    signed: false,
};
pub(crate) const RUNE: Type = Type::Int {
    bits: 32,
    signed: true,
};

/// The type of a function value.
pub(crate) fn function_type(result: Type) -> Type {
    Type::Named(Name::new_static("func"), vec![result])
}

pub(crate) fn any() -> Type {
    Type::named(Name::new_static("any"))
}

pub(crate) fn slice_of(item: Type) -> Type {
    if item == BYTE {
        Type::Bytes(None)
    } else {
        Type::Array(Arc::new(item), None)
    }
}

/// Resolves types as seen from one file.
#[derive(Clone, Copy)]
pub(crate) struct Types<'a> {
    pub(crate) program: &'a Program,
    pub(crate) locals: &'a LocalTypes,
}

impl<'a> Types<'a> {
    pub(crate) fn resolve(&self, file: u32, expr: &TypeExpr, scope: Scope<'_>) -> Type {
        self.resolve_at(file, expr, scope, 0)
    }

    fn resolve_at(&self, file: u32, expr: &TypeExpr, scope: Scope<'_>, depth: u32) -> Type {
        if depth > MAX_DEPTH {
            return Type::Unknown;
        }
        let inner = |e: &TypeExpr| self.resolve_at(file, e, scope, depth + 1);
        match expr {
            TypeExpr::Unknown | TypeExpr::Struct(_) | TypeExpr::Interface(_) => Type::Unknown,
            TypeExpr::Name(name) => self.resolve_name(file, name, scope, depth),
            TypeExpr::Qualified(package, name) => {
                self.resolve_qualified(file, package, name, depth)
            }
            TypeExpr::Pointer(to) => Type::Pointer(Arc::new(inner(to))),
            TypeExpr::Slice(item) => slice_of(inner(item)),
            TypeExpr::Array(item, length) => match (inner(item), length) {
                (BYTE, length) => Type::Bytes(length.and_then(|l| u16::try_from(l).ok())),
                (item, length) => Type::Array(Arc::new(item), *length),
            },
            TypeExpr::Map(key, value) => Type::Map(Arc::new(inner(key)), Arc::new(inner(value))),
            TypeExpr::Chan(item) => Type::Named(Name::new_static("chan"), vec![inner(item)]),
            TypeExpr::Func(signature) => function_type(self.results(file, signature, scope)),
            TypeExpr::Generic(base, args) => {
                let args: Vec<Type> = args.iter().map(inner).collect();
                match inner(base) {
                    Type::Named(name, _) => Type::Named(name, args),
                    Type::Struct(name) => Type::Named(name, args),
                    other => other,
                }
            }
        }
    }

    fn resolve_name(&self, file: u32, name: &Name, scope: Scope<'_>, depth: u32) -> Type {
        if let Some(ty) = scope(name) {
            return ty;
        }
        let models = go_models();
        for package in self.program.bare_models(file) {
            let full = Name::from(format!("{package}.{name}"));
            if models.ty(&full).is_some() {
                return Type::named(full);
            }
        }
        if let Some(Item::Type(at)) = self.program.bare_item(file, name) {
            return self.declared(
                self.program.item_name(at, name),
                at.file,
                self.program.type_decl(at),
                depth,
            );
        }
        basic(name).unwrap_or_default()
    }

    fn resolve_qualified(&self, file: u32, package: &str, name: &Name, depth: u32) -> Type {
        match self.program.file(file).imports.get(package) {
            Some(ImportTarget::Package(package)) => match self.program.item(*package, name) {
                Some(Item::Type(at)) => self.declared(
                    self.program.item_name(at, name),
                    at.file,
                    self.program.type_decl(at),
                    depth,
                ),
                _ => Type::Unknown,
            },
            Some(ImportTarget::Model(package) | ImportTarget::Foreign(package)) => {
                Type::named(Name::from(format!("{package}.{name}")))
            }
            None => Type::Unknown,
        }
    }

    /// The type that a declaration introduces under a unique name.
    pub(crate) fn declared(&self, unique: Name, file: u32, decl: &TypeDecl, depth: u32) -> Type {
        if decl.alias {
            return self.resolve_at(file, &decl.body, &no_scope, depth + 4);
        }
        match &decl.body {
            TypeExpr::Struct(_) if decl.params.is_empty() => Type::Struct(unique),
            TypeExpr::Name(_) | TypeExpr::Qualified(..)
                if !self.program.methods.contains_key(&unique) =>
            {
                match self.resolve_at(file, &decl.body, &no_scope, depth + 1) {
                    basic @ (Type::Bool
                    | Type::Int { .. }
                    | Type::Float
                    | Type::Str
                    | Type::Bytes(_)
                    | Type::Error) => basic,
                    _ => Type::named(unique),
                }
            }
            _ => Type::named(unique),
        }
    }

    /// What a function yields: nothing, a value or a tuple.
    pub(crate) fn results(&self, file: u32, signature: &Signature, scope: Scope<'_>) -> Type {
        let mut types: Vec<Type> = signature
            .results
            .iter()
            .map(|r| self.resolve(file, &r.ty, scope))
            .collect();
        match types.len() {
            0 => Type::Unit,
            1 => types.swap_remove(0),
            _ => Type::Tuple(types),
        }
    }

    /// The declaration behind a struct or named type, and the file it stands in (the largest number
    /// for the function at hand); none for types of model tables and foreign packages.
    pub(crate) fn decl(&self, ty: &Type) -> Option<(&'a TypeDecl, u32)> {
        let (Type::Struct(name) | Type::Named(name, _)) = ty else {
            return None;
        };
        if let Some(decl) = self.locals.get(name) {
            return Some((decl, u32::MAX));
        }
        let at = *self.program.types.get(name)?;
        Some((self.program.type_decl(at), at.file))
    }

    /// The composite or basic type that a named type is made of; other types are themselves.
    pub(crate) fn underlying(&self, ty: &Type, home: u32) -> Type {
        let mut ty = ty.clone();
        for _ in 0..8 {
            let Type::Named(name, args) = &ty else {
                return ty;
            };
            let Some((decl, file)) = self.decl(&ty) else {
                let model = go_models().ty(name).and_then(|t| t.underlying.clone());
                return model.unwrap_or(ty);
            };
            if matches!(decl.body, TypeExpr::Struct(_) | TypeExpr::Interface(_)) {
                return ty;
            }
            let file = if file == u32::MAX { home } else { file };
            let scope = |n: &str| argument_of(decl, args, n);
            ty = self.resolve(file, &decl.body, &scope);
        }
        ty
    }

    /// The type that an op is stamped with.
    pub(crate) fn erase(&self, ty: &Type, home: u32) -> Type {
        match ty {
            Type::Named(name, _) if name == "func" => Type::Function,
            Type::Named(name, _) if name == "big.Int" => Type::BigInt,
            Type::Pointer(inner) => match &**inner {
                Type::Named(name, _) if name == "big.Int" => Type::BigInt,
                _ => ty.clone(),
            },
            Type::Named(..) => match self.underlying(ty, home) {
                basic @ (Type::Bool
                | Type::Int { .. }
                | Type::Float
                | Type::Str
                | Type::Bytes(_)
                | Type::Array(..)
                | Type::Map(..)) => basic,
                _ => ty.clone(),
            },
            Type::Tuple(items) => Type::Tuple(items.iter().map(|i| self.erase(i, home)).collect()),
            _ => ty.clone(),
        }
    }

    /// Element and key of a value that is indexed or ranged over.
    pub(crate) fn element(&self, ty: &Type, home: u32) -> (Type, Type) {
        match self.underlying(ty, home) {
            Type::Array(item, _) => ((*item).clone(), INT),
            Type::Bytes(_) => (BYTE, INT),
            Type::Str => (RUNE, INT),
            Type::Map(key, value) => ((*value).clone(), (*key).clone()),
            Type::Named(name, args) if name == "chan" => {
                let item = args.first().cloned().unwrap_or_default();
                (item.clone(), item)
            }
            Type::Pointer(inner) => match self.underlying(&inner, home) {
                Type::Array(item, _) => ((*item).clone(), INT),
                Type::Bytes(_) => (BYTE, INT),
                _ => (Type::Unknown, Type::Unknown),
            },
            _ => (Type::Unknown, Type::Unknown),
        }
    }

    /// What calling a function value yields.
    pub(crate) fn call_result(&self, ty: &Type, home: u32) -> Type {
        match self.underlying(ty, home) {
            Type::Named(name, mut args) if name == "func" => args.pop().unwrap_or_default(),
            _ => Type::Unknown,
        }
    }
}

/// The type argument that a parameter of a generic type stands for.
pub(crate) fn argument_of(decl: &TypeDecl, args: &[Type], name: &str) -> Option<Type> {
    let at = decl.params.iter().position(|p| p.name == name)?;
    Some(args.get(at).cloned().unwrap_or_default())
}

/// Predeclared types.
pub(crate) fn basic(name: &str) -> Option<Type> {
    let int = |bits, signed| Some(Type::Int { bits, signed });
    match name {
        "bool" => Some(Type::Bool),
        "string" => Some(Type::Str),
        "error" => Some(Type::Error),
        "int" | "int64" => int(64, true),
        "int8" => int(8, true),
        "int16" => int(16, true),
        "int32" | "rune" => int(32, true),
        "uint" | "uint64" | "uintptr" => int(64, false),
        "uint8" | "byte" => int(8, false),
        "uint16" => int(16, false),
        "uint32" => int(32, false),
        "float32" | "float64" | "complex64" | "complex128" => Some(Type::Float),
        "any" => Some(any()),
        _ => None,
    }
}

impl Types<'_> {
    /// Type of a package variable.
    pub(crate) fn var_type(&self, at: Ref) -> Type {
        let var = self.program.var(at);
        if let Some(ty) = &var.ty {
            return self.resolve(at.file, ty, &no_scope);
        }
        let whole = match &var.init {
            Init::None => Type::Unknown,
            Init::Typed(ty) => self.resolve(at.file, ty, &no_scope),
            Init::Value(ConstExpr::Int(_)) => INT,
            Init::Value(ConstExpr::Text(_)) => Type::Str,
            Init::Value(ConstExpr::Bool(_)) => Type::Bool,
            Init::Value(_) => Type::Unknown,
            Init::Float => Type::Float,
            Init::Call(package, name) => self.call_type(at.file, package.as_deref(), name),
            Init::Name(package, name) => self.value_type(at.file, package.as_deref(), name),
        };
        match (var.part, whole) {
            (Some(part), Type::Tuple(mut items)) if (part as usize) < items.len() => {
                items.swap_remove(part as usize)
            }
            (Some(_), _) => Type::Unknown,
            (None, whole) => whole,
        }
    }

    /// Type of a constant or variable of another package, or of a constant of the same.
    pub(crate) fn value_type(&self, file: u32, package: Option<&str>, name: &str) -> Type {
        if let Some(package) = package
            && let Some(ImportTarget::Model(model)) = self.program.file(file).imports.get(package)
        {
            let row = go_models().value(model, name);
            return row.map(|r| r.ty.clone()).unwrap_or_default();
        }
        match self.program.named_constant(file, package, name) {
            Some(Const::Int(_)) => INT,
            Some(Const::Str(_)) => Type::Str,
            Some(Const::Bool(_)) => Type::Bool,
            _ => Type::Unknown,
        }
    }

    /// What a call or conversion by name yields.
    fn call_type(&self, file: u32, package: Option<&str>, name: &str) -> Type {
        let item = match package {
            None => self.program.bare_item(file, name),
            Some(package) => match self.program.file(file).imports.get(package) {
                Some(ImportTarget::Package(package)) => self.program.item(*package, name),
                Some(ImportTarget::Model(package)) => {
                    let row = go_models().function(package, name);
                    return row.map(|r| r.returns.clone()).unwrap_or_default();
                }
                _ => None,
            },
        };
        match item {
            Some(Item::Func(at)) => {
                let func = self.program.func(at);
                let scope = |n: &str| {
                    let is_param = func.type_params.iter().any(|p| p.name == n);
                    is_param.then_some(Type::Unknown)
                };
                self.results(at.file, &func.signature, &scope)
            }
            Some(Item::Type(_)) => {
                let expr = match package {
                    None => TypeExpr::Name(name.into()),
                    Some(package) => TypeExpr::Qualified(package.into(), name.into()),
                };
                self.resolve(file, &expr, &no_scope)
            }
            _ => basic(name).unwrap_or_default(),
        }
    }
}
