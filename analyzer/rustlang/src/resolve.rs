//! What paths and written types mean in a module.

use pactward_base::Platform;
use pactward_ir::{Name, Type};
use smol_str::SmolStr;

use crate::api::{self, ApiPath};
use crate::decls::{Generics, TypeExpr};
use crate::literal::primitive;
use crate::program::{Def, Module, ModuleId, Program, Space, TypeKind};

/// Steps that one lookup may take through imports, so that cyclic globs end.
const MAX_STEPS: u32 = 400;
/// Imports that lead to imports.
const MAX_DEPTH: u32 = 24;
/// Nesting of types and aliases.
const MAX_TYPE_DEPTH: u32 = 48;

/// Where a type is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TypeScope<'s> {
    pub(crate) module: ModuleId,
    pub(crate) generics: &'s Generics,
    pub(crate) self_type: Option<&'s Type>,
    /// Type parameters become placeholders by position instead of their bounds.
    pub(crate) placeholders: bool,
}

impl Program {
    /// What a path means in a module.
    pub(crate) fn resolve(&self, module: ModuleId, path: &[SmolStr], space: Space) -> Option<Def> {
        let mut steps = MAX_STEPS;
        let found = self.resolve_path(module, path, space, 0, &mut steps)?;
        Some(self.canonical(found))
    }

    /// Items of SDK copies and of modelled libraries are known by their package's name.
    fn canonical(&self, def: Def) -> Def {
        let (module, name) = match &def {
            Def::Type(name) => (self.types.get(name).map(|t| t.module), name),
            Def::Function(name) => (self.functions.get(name).map(|f| f.module), name),
            Def::Trait(name) => (
                self.traits
                    .get(name)
                    .and_then(|_| self.module_of_trait(name)),
                name,
            ),
            _ => return def,
        };
        let Some(package) = module.and_then(|m| self.modules[m].package.as_ref()) else {
            return def;
        };
        let last = name.rsplit([':', '>']).next().unwrap_or(name);
        let is_known = match &def {
            Def::Function(_) => api::tables().function(package, last).is_some(),
            _ => api::knows(&api::join(package, last)),
        };
        if is_known {
            Def::External(vec![package.clone(), last.into()])
        } else {
            def
        }
    }

    fn module_of_trait(&self, name: &Name) -> Option<ModuleId> {
        let info = self.traits.get(name)?;
        let (_, function) = info.functions.first()?;
        self.functions.get(function).map(|f| f.module)
    }

    fn resolve_path(
        &self,
        module: ModuleId,
        path: &[SmolStr],
        space: Space,
        depth: u32,
        steps: &mut u32,
    ) -> Option<Def> {
        if depth > MAX_DEPTH || *steps == 0 {
            return None;
        }
        *steps -= 1;
        let (first, mut rest) = path.split_first()?;
        let mut at = match first.as_str() {
            "crate" | "$crate" => Def::Module(self.crate_of(module)?.root),
            "self" => Def::Module(module),
            "super" => Def::Module(self.modules[module].parent?),
            _ => {
                let kind = if rest.is_empty() { space } else { Space::Types };
                match self.lookup(module, first, kind, depth, steps) {
                    Some(Def::External(mut all)) => {
                        all.extend(rest.iter().cloned());
                        return Some(Def::External(all));
                    }
                    Some(def) => def,
                    None => match self.outside(module, path, depth == 0)? {
                        found @ Def::External(_) => return Some(found),
                        found => found,
                    },
                }
            }
        };
        while let Some((segment, more)) = rest.split_first() {
            rest = more;
            at = match at {
                Def::Module(_) if segment == "super" => {
                    let Def::Module(inner) = at else { return None };
                    Def::Module(self.modules[inner].parent?)
                }
                Def::Module(inner) => {
                    let kind = if rest.is_empty() { space } else { Space::Types };
                    match self.lookup(inner, segment, kind, depth + 1, steps) {
                        Some(Def::External(mut all)) => {
                            all.extend(rest.iter().cloned());
                            return Some(Def::External(all));
                        }
                        Some(found) => found,
                        None => return self.sdk_item(inner, path).or_else(|| copied_sdk(path)),
                    }
                }
                Def::Type(name) => self.item_of_type(&name, segment),
                Def::Trait(name) | Def::Reference(name) => Def::Associated(name, segment.clone()),
                Def::Associated(..)
                | Def::Variant(..)
                | Def::Function(_)
                | Def::Const(_)
                | Def::External(_) => return None,
            };
        }
        Some(at)
    }

    /// A variant, or an associated item.
    fn item_of_type(&self, name: &Name, segment: &SmolStr) -> Def {
        let mut name = name.clone();
        for _ in 0..4 {
            let Some(info) = self.types.get(&name) else {
                break;
            };
            match &info.kind {
                TypeKind::Enum(variants) if variants.iter().any(|(n, _)| n == segment) => {
                    return Def::Variant(name, segment.clone());
                }
                TypeKind::Alias(TypeExpr::Path(path, _)) => {
                    match self.resolve(info.module, path, Space::Types) {
                        Some(Def::Type(target)) if target != name => name = target,
                        Some(Def::External(mut all)) => {
                            all.push(segment.clone());
                            return Def::External(all);
                        }
                        _ => break,
                    }
                }
                _ => break,
            }
        }
        Def::Associated(name, segment.clone())
    }

    /// An item that a copy of an SDK does not have but its original does.
    fn sdk_item(&self, module: ModuleId, path: &[SmolStr]) -> Option<Def> {
        let package = self.modules[module].package.clone()?;
        Some(Def::External(vec![package, path.last()?.clone()]))
    }

    /// A name in the scope of a module: own items, imports, then what globs bring in.
    fn lookup(
        &self,
        module: ModuleId,
        name: &SmolStr,
        space: Space,
        depth: u32,
        steps: &mut u32,
    ) -> Option<Def> {
        if depth > MAX_DEPTH || *steps == 0 {
            return None;
        }
        *steps -= 1;
        let data = self.modules.get(module)?;
        let own = match space {
            Space::Types => data.types.get(name).cloned(),
            Space::Values => data.values.get(name).cloned(),
        };
        if let Some(found) = own {
            return Some(found);
        }
        if space == Space::Types
            && let Some(child) = data.children.get(name)
        {
            return Some(Def::Module(*child));
        }
        if space == Space::Types
            && let Some(found) = self.generated_reference(data, name)
        {
            return Some(found);
        }
        for path in data.uses.get(name).into_iter().flatten() {
            // `use name::…` of a crate that has the import's own name.
            if path.len() == 1 && path[0] == *name {
                continue;
            }
            let found = self.resolve_path(module, path, space, depth + 1, steps);
            let is_other =
                space == Space::Values && matches!(found, Some(Def::Module(_) | Def::Trait(_)));
            if let Some(found) = found
                && !is_other
            {
                return Some(found);
            }
        }
        if space == Space::Types
            && let Some(stem) = name.strip_suffix("Ref")
        {
            // The reference comes with the import of what it refers to.
            for path in data.uses.get(stem).into_iter().flatten() {
                let found = self.resolve_path(module, path, space, depth + 1, steps);
                if let Some(Def::Trait(of)) = found {
                    return Some(Def::Reference(of));
                }
            }
        }
        for glob in &data.globs {
            let found = match self.resolve_path(module, glob, Space::Types, depth + 1, steps) {
                Some(Def::Module(inner)) if inner != module => {
                    self.lookup(inner, name, space, depth + 1, steps)
                }
                Some(Def::Type(ty)) if space == Space::Values => {
                    match self.item_of_type(&ty, name) {
                        found @ Def::Variant(..) => Some(found),
                        _ => None,
                    }
                }
                Some(Def::External(path)) => external_item(path, name),
                _ => None,
            };
            if found.is_some() {
                return found;
            }
        }
        // A tuple struct is a value too: its constructor.
        if space == Space::Values
            && let Some(found @ Def::Type(_)) = data.types.get(name)
        {
            return Some(found.clone());
        }
        None
    }

    /// A path whose first segment no module declares: a crate, or a name that the language or
    /// the platform's macros bring in.
    fn outside(&self, module: ModuleId, path: &[SmolStr], is_written_here: bool) -> Option<Def> {
        let first = path.first()?;
        let krate = self.crate_of(module)?;
        if let Some(dependency) = krate.dependencies.get(first) {
            let root = self.crates.get(*dependency)?.root;
            return Some(Def::Module(root)).filter(|_| path.len() > 1 || is_written_here);
        }
        if *first == krate.name && !krate.name.is_empty() && path.len() > 1 {
            return Some(Def::Module(krate.root));
        }
        if api::tables().package(first).is_some() {
            return Some(Def::External(path.to_vec()));
        }
        if let Some(found) = brought_in(krate.platform, path) {
            return is_written_here.then_some(Def::External(found));
        }
        (path.len() > 1).then(|| Def::External(path.to_vec()))
    }

    /// The type that is written.
    pub(crate) fn type_of(&self, scope: TypeScope<'_>, expr: &TypeExpr) -> Type {
        self.read_type(scope, expr, 0)
    }

    fn read_type(&self, scope: TypeScope<'_>, expr: &TypeExpr, depth: u32) -> Type {
        if depth > MAX_TYPE_DEPTH {
            return Type::Unknown;
        }
        match expr {
            TypeExpr::Ref { inner, .. } => self.read_type(scope, inner, depth + 1),
            TypeExpr::Tuple(items) if items.is_empty() => Type::Unit,
            TypeExpr::Tuple(items) => Type::Tuple(self.read_types(scope, items, depth)),
            TypeExpr::Array(item, length) => {
                api::array(self.read_type(scope, item, depth + 1), *length)
            }
            TypeExpr::Function(_) => Type::Function,
            TypeExpr::Never | TypeExpr::Infer => Type::Unknown,
            TypeExpr::Bounds(bounds) => self.bounds(scope, bounds, depth),
            TypeExpr::Projection(_, name) => {
                self.path_type(scope, std::slice::from_ref(name), &[], depth)
            }
            TypeExpr::Path(path, args) => self.path_type(scope, path, args, depth),
        }
    }

    fn read_types(&self, scope: TypeScope<'_>, exprs: &[TypeExpr], depth: u32) -> Vec<Type> {
        let read = |e| self.read_type(scope, e, depth + 1);
        exprs.iter().map(read).collect()
    }

    fn path_type(
        &self,
        scope: TypeScope<'_>,
        path: &[SmolStr],
        args: &[TypeExpr],
        depth: u32,
    ) -> Type {
        if let [only] = path {
            if let Some(at) = scope.generics.iter().position(|(n, _)| n == only) {
                return if scope.placeholders {
                    Type::named(at.to_string())
                } else {
                    self.bounds(scope, &scope.generics[at].1, depth + 1)
                };
            }
            if only == "Self" {
                return scope.self_type.cloned().unwrap_or_default();
            }
            if let Some(ty) = primitive(only) {
                return ty;
            }
        }
        // `Self::AccountId`, `T::Balance`: associated types are looked up by their own name.
        let is_associated = path.len() == 2
            && (path[0] == "Self" || scope.generics.iter().any(|(n, _)| *n == path[0]));
        let path = if is_associated { &path[1..] } else { path };
        let args = || self.read_types(scope, args, depth);
        match self.resolve(scope.module, path, Space::Types) {
            Some(Def::Type(name)) => self.declared_type(&name, args(), depth),
            Some(Def::Trait(name)) => {
                Type::Named(api::DYN.into(), vec![Type::Named(name, Vec::new())])
            }
            Some(Def::External(path)) => {
                let path = ApiPath::new(&path);
                if path.rest.is_empty() {
                    return Type::Unknown;
                }
                let owner = match path.rest.last() {
                    Some(last) if path.is_known => api::join(&path.package, last),
                    _ => path.owner(),
                };
                // References to contracts are generated beside them, also in other crates.
                let is_ink = self.crate_of(scope.module).and_then(|c| c.platform);
                if is_ink == Some(Platform::Ink) && owner.ends_with("Ref") && !api::knows(&owner) {
                    return Type::Contract(owner.trim_end_matches("Ref").into());
                }
                let mut args = args();
                if api::tables().ty(&owner).is_some_and(|t| t.storage) {
                    // Old storage types name the storage they are in first.
                    args.retain(|a| !api::is_interface(a));
                }
                api::named(owner, args)
            }
            Some(Def::Reference(name)) => Type::Contract(name),
            _ => Type::Unknown,
        }
    }

    /// ink! generates `TRef` beside each contract `T`, and for each trait definition.
    fn generated_reference(&self, module: &Module, name: &str) -> Option<Def> {
        let stem = name.strip_suffix("Ref").filter(|s| !s.is_empty())?;
        match module.types.get(stem)? {
            Def::Type(of) if self.types.get(of)?.attrs.has_arg("ink", "storage") => {
                Some(Def::Reference(of.clone()))
            }
            Def::Trait(of) => Some(Def::Reference(of.clone())),
            _ => None,
        }
    }

    fn declared_type(&self, name: &Name, args: Vec<Type>, depth: u32) -> Type {
        let Some(info) = self.types.get(name) else {
            return Type::Unknown;
        };
        match &info.kind {
            TypeKind::Alias(target) => {
                let scope = TypeScope {
                    module: info.module,
                    generics: &info.generics,
                    self_type: None,
                    placeholders: true,
                };
                let ty = self.read_type(scope, target, depth + 1);
                api::substitute(&ty, &args, &Type::Unknown, 0)
            }
            TypeKind::Struct(_) if args.is_empty() => Type::Struct(name.clone()),
            TypeKind::Enum(_) if args.is_empty() => Type::Enum(name.clone()),
            TypeKind::Struct(_) | TypeKind::Enum(_) => Type::Named(name.clone(), args),
        }
    }

    /// The type that stands for anything that satisfies the bounds.
    fn bounds(&self, scope: TypeScope<'_>, bounds: &[TypeExpr], depth: u32) -> Type {
        let mut traits = Vec::new();
        let mut other = Type::Unknown;
        for bound in bounds {
            match self.read_type(scope, bound, depth + 1) {
                Type::Named(key, inner) if key == api::DYN => traits.extend(inner),
                Type::Named(name, args) if !api::knows(&name) => {
                    traits.push(Type::Named(name, args));
                }
                Type::Unknown => {}
                known => {
                    if !other.is_known() {
                        other = known;
                    }
                }
            }
        }
        if other.is_known() || traits.is_empty() {
            other
        } else {
            Type::Named(api::DYN.into(), traits)
        }
    }
}

/// A name that the language's prelude or the platform's macros bring into every module, with the
/// package it is of.
fn brought_in(platform: Option<Platform>, path: &[SmolStr]) -> Option<Vec<SmolStr>> {
    let first = path.first()?;
    let platform = match platform {
        Some(Platform::Ink) => "ink",
        Some(Platform::Cosmwasm) => "cosmwasm_std",
        _ => "std",
    };
    ["std", platform]
        .into_iter()
        .find(|package| {
            api::knows(&api::join(package, first)) || *package == "std" && first == "drop"
        })
        .map(|package| {
            let mut full = vec![SmolStr::new_static(package)];
            full.extend(path.iter().cloned());
            full
        })
}

/// An item that a glob import of an outside crate may bring in.
fn external_item(mut path: Vec<SmolStr>, name: &SmolStr) -> Option<Def> {
    path.push(name.clone());
    let api = ApiPath::new(&path);
    if !api.is_known {
        return None;
    }
    let known = match api.rest.as_slice() {
        [only] => {
            api::knows(&api::join(&api.package, only))
                || api::tables().function(&api.package, only).is_some()
                || api::tables().value(&api.package, only).is_some()
        }
        [owner, item] => {
            let owner = api::join(&api.package, owner);
            api::tables().function(&owner, item).is_some()
                || api::tables().value(&owner, item).is_some()
        }
        _ => false,
    };
    known.then_some(Def::External(path))
}

/// A path into a copy of an SDK that is not among the files (`crate::sim_context::…`).
fn copied_sdk(path: &[SmolStr]) -> Option<Def> {
    let api = ApiPath::new(path);
    api.is_known.then(|| Def::External(path.to_vec()))
}
