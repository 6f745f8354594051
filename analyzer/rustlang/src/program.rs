//! The linked program: modules, definitions and what names mean in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use pactward_base::Platform;
use pactward_ir::{Const, Name, Type, Unit};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::api;
use crate::decls::{Attrs, ConstExpr, Generics, SelfKind, TypeExpr};

/// All files of the language with names resolved: what lowering needs beside a body. Equal
/// declarations make an equal program.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Program {
    pub(crate) modules: Vec<Module>,
    pub(crate) crates: Vec<Crate>,
    pub(crate) functions: FxHashMap<Name, FnInfo>,
    pub(crate) types: FxHashMap<Name, TypeInfo>,
    pub(crate) traits: FxHashMap<Name, TraitInfo>,
    pub(crate) consts: FxHashMap<Name, ConstInfo>,
    /// Type key and method → functions, inherent ones first.
    pub(crate) methods: FxHashMap<(Name, SmolStr), Vec<Name>>,
    /// Type key and name → constant of an impl.
    pub(crate) associated_consts: FxHashMap<(Name, SmolStr), Name>,
    /// Trait and method → every implementation, sorted.
    pub(crate) implementations: FxHashMap<(Name, SmolStr), Vec<Name>>,
    /// Constants and functions that open storage, and fields of storage structs.
    pub(crate) handles: FxHashMap<Name, Handle>,
    pub(crate) units: Vec<Arc<Unit>>,
    pub(crate) definitions: Vec<(Name, SmolStr)>,
    pub(crate) unresolved: Vec<(SmolStr, SmolStr)>,
}

/// Index into [`Program::modules`].
pub(crate) type ModuleId = usize;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Module {
    pub(crate) name: SmolStr,
    pub(crate) krate: usize,
    pub(crate) parent: Option<ModuleId>,
    pub(crate) file: SmolStr,
    pub(crate) attrs: Attrs,
    pub(crate) children: BTreeMap<SmolStr, ModuleId>,
    /// Types and traits.
    pub(crate) types: FxHashMap<SmolStr, Def>,
    /// Functions, constants and statics.
    pub(crate) values: FxHashMap<SmolStr, Def>,
    /// Imported name → paths, more than one where `cfg` chooses.
    pub(crate) uses: FxHashMap<SmolStr, Vec<Vec<SmolStr>>>,
    pub(crate) globs: Vec<Vec<SmolStr>>,
    /// Package of the tables that the module's items belong to: the module is a copy of an SDK or
    /// its crate is a modelled library.
    pub(crate) package: Option<SmolStr>,
    /// The module is a copy of an SDK kept inside a contract's crate.
    pub(crate) is_sdk_copy: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Crate {
    pub(crate) name: SmolStr,
    pub(crate) root: ModuleId,
    /// Dependency as written in code → crate.
    pub(crate) dependencies: BTreeMap<SmolStr, usize>,
    pub(crate) overflow_checks: bool,
    pub(crate) platform: Option<Platform>,
    /// Rules of the macros that the crate defines: pattern and expansion.
    pub(crate) macro_rules: FxHashMap<SmolStr, Arc<Vec<(SmolStr, SmolStr)>>>,
}

/// What a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Def {
    Module(ModuleId),
    /// Struct, enum or alias.
    Type(Name),
    Trait(Name),
    /// The reference type that ink! generates for a contract or a trait definition.
    Reference(Name),
    Function(Name),
    Const(Name),
    Variant(Name, SmolStr),
    /// Item of a type or trait: `Type::item`.
    Associated(Name, SmolStr),
    /// Path into a crate outside the workspace.
    External(Vec<SmolStr>),
}

/// Which kind of name is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// Modules, types and traits.
    Types,
    /// Functions, constants, variants.
    Values,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FnInfo {
    pub(crate) name: Name,
    pub(crate) module: ModuleId,
    pub(crate) attrs: Attrs,
    /// Parameters of the function and of its impl or trait.
    pub(crate) generics: Arc<Generics>,
    pub(crate) self_kind: SelfKind,
    pub(crate) self_type: Option<Type>,
    /// Trait that declares the function, for impls of a trait and for its own functions.
    pub(crate) of_trait: Option<Name>,
    pub(crate) params: Vec<(SmolStr, Type)>,
    /// Parameters that are `&mut`.
    pub(crate) mutable_params: Vec<bool>,
    pub(crate) returns: Type,
    pub(crate) is_public: bool,
    pub(crate) has_body: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypeInfo {
    pub(crate) name: Name,
    pub(crate) module: ModuleId,
    pub(crate) generics: Generics,
    pub(crate) attrs: Attrs,
    pub(crate) kind: TypeKind,
    /// Whether a field is a storage handle, so that the struct stands for places in state.
    pub(crate) holds_storage: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TypeKind {
    Struct(FieldTypes),
    Enum(Vec<(SmolStr, FieldTypes)>),
    Alias(TypeExpr),
}

/// Resolved fields; type parameters are placeholders `named "0"`, `named "1"`, ….
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct FieldTypes {
    pub(crate) named: bool,
    pub(crate) list: Vec<(SmolStr, Type)>,
}

impl FieldTypes {
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.list.iter().position(|(n, _)| n == name)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TraitInfo {
    pub(crate) name: Name,
    pub(crate) attrs: Attrs,
    pub(crate) supertraits: Vec<Name>,
    /// Functions by name, those without body too.
    pub(crate) functions: Vec<(SmolStr, Name)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConstInfo {
    pub(crate) module: ModuleId,
    pub(crate) ty: Type,
    pub(crate) value: ConstExpr,
    pub(crate) is_static: bool,
    /// Evaluated literal.
    pub(crate) literal: Option<Const>,
}

/// Storage that a constant, function or field stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Handle {
    /// State variable, shared by handles with one key.
    pub(crate) var: Name,
    pub(crate) ty: Type,
}

impl Program {
    /// What is deployed: contracts, packages, crates; also interfaces, libraries and abstract
    /// contracts, each with its kind.
    pub fn units(&self) -> &[Arc<Unit>] {
        &self.units
    }

    /// Every definition that can be lowered, with the path of the file that holds its text.
    pub fn definitions(&self) -> &[(Name, SmolStr)] {
        &self.definitions
    }

    /// Imports that lead to no file: path of the importing file and the import as written.
    pub fn unresolved(&self) -> &[(SmolStr, SmolStr)] {
        &self.unresolved
    }

    /// The struct or enum behind a type, with its type arguments.
    pub(crate) fn type_info(&self, ty: &Type) -> Option<&TypeInfo> {
        match ty {
            Type::Struct(name) | Type::Enum(name) | Type::Named(name, _) => self.types.get(name),
            Type::Pointer(inner) => self.type_info(inner),
            _ => None,
        }
    }

    /// Type of a field of a struct type.
    pub(crate) fn field_type(&self, ty: &Type, field: &str) -> Option<Type> {
        let TypeKind::Struct(fields) = &self.type_info(ty)?.kind else {
            return None;
        };
        let (_, declared) = fields.list.get(fields.position(field)?)?;
        Some(api::substitute(declared, &api::arguments(ty), ty, 0))
    }

    /// Fields of an enum's variant, with types for the arguments of `ty`.
    pub(crate) fn variant(&self, ty: &Type, variant: &str) -> Option<FieldTypes> {
        let TypeKind::Enum(variants) = &self.type_info(ty)?.kind else {
            return None;
        };
        let (_, fields) = variants.iter().find(|(n, _)| n == variant)?;
        let args = api::arguments(ty);
        Some(FieldTypes {
            named: fields.named,
            list: fields
                .list
                .iter()
                .map(|(name, t)| (name.clone(), api::substitute(t, &args, ty, 0)))
                .collect(),
        })
    }

    /// Functions that a method of a type may be: own ones, of the traits it implements, of the
    /// traits behind `dyn` and type parameters.
    pub(crate) fn method(&self, ty: &Type, name: &str) -> &[Name] {
        let find = |key: &Name| self.methods.get(&(key.clone(), name.into()));
        if let Type::Named(key, traits) = ty
            && key == api::DYN
        {
            for bound in traits {
                if let Type::Named(of, _) = bound
                    && let Some(found) = self.trait_method(of, name, 0)
                {
                    return found;
                }
            }
            return &[];
        }
        let key = api::key_of(ty);
        let local = find(&key);
        if let Some(found) = local {
            return found;
        }
        if !matches!(ty, Type::Unknown)
            && let Some(found) = find(&Name::new_static(api::BLANKET))
        {
            return found;
        }
        &[]
    }

    fn trait_method(&self, of: &Name, name: &str, depth: u32) -> Option<&[Name]> {
        if let Some(found) = self.implementations.get(&(of.clone(), name.into())) {
            return Some(found);
        }
        if depth > 8 {
            return None;
        }
        self.traits
            .get(of)?
            .supertraits
            .iter()
            .find_map(|up| self.trait_method(up, name, depth + 1))
    }

    /// The declared signature of a trait's function.
    pub(crate) fn trait_signature(&self, ty: &Type, name: &str) -> Option<&FnInfo> {
        let Type::Named(key, traits) = ty else {
            return None;
        };
        if key != api::DYN {
            return None;
        }
        traits.iter().find_map(|bound| match bound {
            Type::Named(of, _) => self.declared_in(of, name, 0),
            _ => None,
        })
    }

    fn declared_in(&self, of: &Name, name: &str, depth: u32) -> Option<&FnInfo> {
        let info = self.traits.get(of)?;
        if let Some((_, function)) = info.functions.iter().find(|(n, _)| n == name) {
            return self.functions.get(function);
        }
        if depth > 8 {
            return None;
        }
        info.supertraits
            .iter()
            .find_map(|up| self.declared_in(up, name, depth + 1))
    }

    /// The crate that a module belongs to.
    pub(crate) fn crate_of(&self, module: ModuleId) -> Option<&Crate> {
        self.crates.get(self.modules.get(module)?.krate)
    }
}
