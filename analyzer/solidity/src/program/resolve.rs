//! From types as written to types.

use std::sync::Arc;

use pactward_ir::{Const, Name, Type, Visibility};

use super::{ParamInfo, Program, Scope, Symbol};
use crate::syntax::{FunctionType, Length, Location, ParamSpec, TypeExpr, plain_spelling};

/// Most parts of structs that a signature spells out. Structs that hold themselves, or each
/// other many times, are named beyond.
const MAX_PARTS: u32 = 200;

impl Program {
    /// The type that a type expression means in a scope. A name that is not found stays as
    /// written.
    pub(crate) fn resolve_type(&self, scope: Scope, ty: &TypeExpr) -> Type {
        match ty {
            TypeExpr::Plain(ty) => ty.clone(),
            TypeExpr::Infer => Type::Unknown,
            TypeExpr::Path(path) => self.resolve_path(scope, path),
            TypeExpr::Array(inner, length) => {
                let inner = Arc::new(self.resolve_type(scope, inner));
                Type::Array(inner, self.length(scope, length))
            }
            TypeExpr::Mapping(key, value) => Type::Map(
                Arc::new(self.resolve_type(scope, key)),
                Arc::new(self.resolve_type(scope, value)),
            ),
            TypeExpr::Function(function) => self.resolve_function(scope, function),
        }
    }

    fn resolve_path(&self, scope: Scope, path: &Name) -> Type {
        let found = self.lookup_path(scope, path);
        let ty = found.iter().find_map(|s| self.symbol_type(*s));
        ty.unwrap_or_else(|| Type::named(path.clone()))
    }

    /// The type that a symbol names.
    pub(crate) fn symbol_type(&self, symbol: Symbol) -> Option<Type> {
        Some(match symbol {
            Symbol::Contract(id) => Type::Contract(self.contracts[id as usize].id.clone()),
            Symbol::Struct(id) => Type::Struct(self.structs[id as usize].id.clone()),
            Symbol::Enum(id) => Type::Enum(self.enums[id as usize].id.clone()),
            Symbol::ValueType(id) => Type::named(self.value_types[id as usize].id.clone()),
            _ => return None,
        })
    }

    fn length(&self, scope: Scope, length: &Length) -> Option<u64> {
        match length {
            Length::Fixed(n) => Some(*n),
            Length::Named(name) => self.lookup(scope, name).iter().find_map(|s| match s {
                Symbol::Var(id) => match &self.vars[*id as usize].literal {
                    Some(Const::Int(n)) => u64::try_from(n).ok(),
                    _ => None,
                },
                _ => None,
            }),
            Length::Dynamic | Length::Unknown => None,
        }
    }

    fn resolve_function(&self, scope: Scope, function: &FunctionType) -> Type {
        let types = |specs: &[ParamSpec]| {
            let all = specs.iter().map(|p| self.resolve_type(scope, &p.ty));
            all.collect::<Vec<_>>()
        };
        function_type(
            function.external,
            types(&function.params),
            types(&function.returns),
        )
    }

    pub(crate) fn resolve_params(&self, scope: Scope, specs: &[ParamSpec]) -> Vec<ParamInfo> {
        let resolve = |spec: &ParamSpec| {
            let ty = self.resolve_type(scope, &spec.ty);
            ParamInfo {
                name: spec.name.clone(),
                // Mappings live in storage only.
                storage: spec.location == Location::Storage || matches!(ty, Type::Map(..)),
                ty,
            }
        };
        specs.iter().map(resolve).collect()
    }

    /// The key under which implementations of a function find each other: the ABI signature of
    /// what can be called from outside; types by name for the rest, where overloads may differ
    /// only in types that the ABI does not tell apart.
    pub(super) fn selector(
        &self,
        name: &str,
        params: &[ParamInfo],
        visibility: Visibility,
    ) -> Name {
        let outside = matches!(visibility, Visibility::External | Visibility::Public);
        let mut parts = MAX_PARTS;
        let types: Vec<String> = params
            .iter()
            .map(|p| {
                if outside {
                    self.abi_spelling(&p.ty, &mut parts)
                } else {
                    short_spelling(&p.ty)
                }
            })
            .collect();
        Name::from(format!("{name}({})", types.join(",")))
    }

    fn abi_spelling(&self, ty: &Type, parts: &mut u32) -> String {
        *parts = parts.saturating_sub(1);
        match ty {
            Type::Contract(_) => "address".to_owned(),
            Type::Enum(_) => "uint8".to_owned(),
            Type::Array(inner, length) => {
                let inner = self.abi_spelling(inner, parts);
                match length {
                    Some(n) => format!("{inner}[{n}]"),
                    None => format!("{inner}[]"),
                }
            }
            Type::Struct(name) if *parts > 0 => match self.types.get(name) {
                Some(Symbol::Struct(id)) => {
                    let fields = &self.structs[*id as usize].fields;
                    let types: Vec<_> = fields
                        .iter()
                        .map(|(_, ty)| self.abi_spelling(ty, parts))
                        .collect();
                    format!("({})", types.join(","))
                }
                _ => short_spelling(ty),
            },
            Type::Named(name, _) => match self.types.get(name) {
                Some(Symbol::ValueType(id)) => {
                    plain_spelling(&self.value_types[*id as usize].underlying)
                }
                _ => short_spelling(ty),
            },
            other => short_spelling(other),
        }
    }
}

/// A type's spelling with the last part of names only.
fn short_spelling(ty: &Type) -> String {
    match ty {
        Type::Array(inner, None) => format!("{}[]", short_spelling(inner)),
        Type::Array(inner, Some(n)) => format!("{}[{n}]", short_spelling(inner)),
        Type::Map(key, value) => {
            format!(
                "mapping({}=>{})",
                short_spelling(key),
                short_spelling(value)
            )
        }
        other => {
            let full = plain_spelling(other);
            full.rsplit(['.', ':', '/'])
                .next()
                .unwrap_or_default()
                .to_owned()
        }
    }
}

/// The type of function values. Whether a call leaves the contract, and what it returns, must
/// be known when it is called.
pub(crate) fn function_type(external: bool, params: Vec<Type>, returns: Vec<Type>) -> Type {
    let name = if external {
        "external function"
    } else {
        "function"
    };
    Type::Named(
        Name::new_static(name),
        vec![Type::Tuple(params), Type::Tuple(returns)],
    )
}

/// Whether calls of a function value leave the contract, and the types of its results; nothing
/// for other types.
pub(crate) fn function_signature(ty: &Type) -> Option<(bool, &[Type])> {
    match ty {
        Type::Named(name, parts) => match (name.as_str(), parts.as_slice()) {
            ("function", [_, Type::Tuple(returns)]) => Some((false, returns)),
            ("external function", [_, Type::Tuple(returns)]) => Some((true, returns)),
            _ => None,
        },
        _ => None,
    }
}
