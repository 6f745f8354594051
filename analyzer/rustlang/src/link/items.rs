//! Items of modules and what their types and signatures mean.

use std::sync::Arc;

use pactward_ir::{Const, Name, Type};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::modules::ModuleSource;
use crate::api;
use crate::decls::{
    ConstDecl, ConstExpr, Fields, FnDecl, Generics, ImplDecl, TypeDeclKind, TypeExpr,
};
use crate::program::{
    ConstInfo, Def, FieldTypes, FnInfo, ModuleId, Program, Space, TraitInfo, TypeInfo, TypeKind,
};
use crate::resolve::TypeScope;

/// Enters the names of all items into their modules.
pub(super) fn register(program: &mut Program, sources: &[ModuleSource]) {
    for source in sources {
        let (id, decl) = (source.module, source.decl());
        for ty in &decl.types {
            let def = Def::Type(ty.unique.clone());
            program.modules[id]
                .types
                .entry(ty.name.clone())
                .or_insert(def);
            let kind = match &ty.kind {
                TypeDeclKind::Alias(target) => TypeKind::Alias(target.clone()),
                TypeDeclKind::Struct(_) => TypeKind::Struct(FieldTypes::default()),
                TypeDeclKind::Enum(variants) => TypeKind::Enum(
                    variants
                        .iter()
                        .map(|(name, _)| (name.clone(), FieldTypes::default()))
                        .collect(),
                ),
            };
            let info = TypeInfo {
                name: ty.unique.clone(),
                module: id,
                generics: ty.generics.clone(),
                attrs: ty.attrs.clone(),
                kind,
                holds_storage: false,
            };
            program.types.insert(ty.unique.clone(), info);
        }
        for of in &decl.traits {
            let def = Def::Trait(of.unique.clone());
            program.modules[id]
                .types
                .entry(of.name.clone())
                .or_insert(def);
            let functions = of.functions.iter();
            let info = TraitInfo {
                name: of.unique.clone(),
                attrs: of.attrs.clone(),
                supertraits: Vec::new(),
                functions: functions
                    .map(|f| (f.name.clone(), f.unique.clone()))
                    .collect(),
            };
            program.traits.insert(of.unique.clone(), info);
        }
        for function in &decl.functions {
            let def = Def::Function(function.unique.clone());
            program.modules[id]
                .values
                .entry(function.name.clone())
                .or_insert(def);
        }
        for constant in &decl.consts {
            let def = Def::Const(constant.unique.clone());
            program.modules[id]
                .values
                .entry(constant.name.clone())
                .or_insert(def);
        }
    }
}

/// Resolves fields, aliases, supertraits and constants.
pub(super) fn resolve_types(program: &mut Program, sources: &[ModuleSource]) {
    for source in sources {
        let (id, decl) = (source.module, source.decl());
        for ty in &decl.types {
            let of = |fields: &Fields| resolve_fields(program, id, &ty.generics, fields);
            let kind = match &ty.kind {
                TypeDeclKind::Struct(fields) => TypeKind::Struct(of(fields)),
                TypeDeclKind::Enum(variants) => TypeKind::Enum(
                    variants
                        .iter()
                        .map(|(name, fields)| (name.clone(), of(fields)))
                        .collect(),
                ),
                TypeDeclKind::Alias(_) => continue,
            };
            if let Some(info) = program.types.get_mut(&ty.unique) {
                info.kind = kind;
            }
        }
        for of in &decl.traits {
            let mut up = Vec::new();
            for bound in &of.supertraits {
                if let TypeExpr::Path(path, _) = bound
                    && let Some(Def::Trait(name)) = program.resolve(id, path, Space::Types)
                {
                    up.push(name);
                }
            }
            if let Some(info) = program.traits.get_mut(&of.unique) {
                info.supertraits = up;
            }
        }
        for constant in &decl.consts {
            let info = resolve_const(program, id, None, constant);
            program.consts.insert(constant.unique.clone(), info);
        }
    }
    let names: Vec<Name> = program.consts.keys().cloned().collect();
    let literals: Vec<(Name, Option<Const>)> = names
        .into_iter()
        .map(|name| {
            let value = evaluate(program, &name, 0);
            (name, value)
        })
        .collect();
    for (name, value) in literals {
        if let Some(info) = program.consts.get_mut(&name) {
            info.literal = value;
        }
    }
}

fn resolve_fields(
    program: &Program,
    module: ModuleId,
    generics: &Generics,
    fields: &Fields,
) -> FieldTypes {
    let scope = TypeScope {
        module,
        generics,
        self_type: None,
        placeholders: true,
    };
    FieldTypes {
        named: fields.named,
        list: fields
            .list
            .iter()
            .map(|(name, ty)| (name.clone(), program.type_of(scope, ty)))
            .collect(),
    }
}

fn resolve_const(
    program: &Program,
    module: ModuleId,
    self_type: Option<&Type>,
    constant: &ConstDecl,
) -> ConstInfo {
    let scope = TypeScope {
        module,
        generics: &Vec::new(),
        self_type,
        placeholders: false,
    };
    ConstInfo {
        module,
        ty: program.type_of(scope, &constant.ty),
        value: constant.value.clone(),
        is_static: constant.is_static,
        literal: None,
    }
}

/// The literal behind a constant, through other constants and conversions.
fn evaluate(program: &Program, name: &Name, depth: u32) -> Option<Const> {
    if depth > 8 {
        return None;
    }
    let info = program.consts.get(name)?;
    if info.is_static {
        return None;
    }
    evaluate_expr(program, info.module, &info.value, depth)
}

pub(super) fn evaluate_expr(
    program: &Program,
    module: ModuleId,
    value: &ConstExpr,
    depth: u32,
) -> Option<Const> {
    match value {
        ConstExpr::Literal(value) => Some(value.clone()),
        ConstExpr::Path(path) => match program.resolve(module, path, Space::Values)? {
            Def::Const(name) => evaluate(program, &name, depth + 1),
            _ => None,
        },
        ConstExpr::Call(path, args) if args.len() == 1 => {
            let is_wrapper = matches!(
                path.last().map(SmolStr::as_str),
                Some("new" | "from" | "percent" | "permille" | "raw")
            );
            if is_wrapper && matches!(args[0], ConstExpr::Literal(Const::Int(_))) {
                evaluate_expr(program, module, &args[0], depth + 1)
            } else {
                None
            }
        }
        _ => None,
    }
}

/// Resolves signatures and lists methods.
pub(super) fn resolve_functions(program: &mut Program, sources: &[ModuleSource]) {
    let mut tables = MethodTables::default();
    for source in sources {
        let (id, decl) = (source.module, source.decl());
        for function in &decl.functions {
            let info = signature(program, id, function, &Vec::new(), None, None);
            program.functions.insert(function.unique.clone(), info);
        }
        for of in &decl.traits {
            let own = Type::Named(
                api::DYN.into(),
                vec![Type::Named(of.unique.clone(), Vec::new())],
            );
            for function in &of.functions {
                let name = Some(of.unique.clone());
                let info = signature(program, id, function, &of.generics, Some(&own), name);
                program.functions.insert(function.unique.clone(), info);
                if function.has_body {
                    tables.implement(&of.unique, function);
                }
            }
        }
    }
    for source in sources {
        for decl in &source.decl().impls {
            add_impl(program, source.module, decl, &mut tables);
        }
    }
    tables.finish(program);
}

#[derive(Default)]
struct MethodTables {
    inherent: FxHashMap<(Name, SmolStr), Vec<Name>>,
    of_traits: FxHashMap<(Name, SmolStr), Vec<Name>>,
    implementations: FxHashMap<(Name, SmolStr), Vec<Name>>,
}

impl MethodTables {
    fn implement(&mut self, of: &Name, function: &FnDecl) {
        self.implementations
            .entry((of.clone(), function.name.clone()))
            .or_default()
            .push(function.unique.clone());
    }

    fn finish(self, program: &mut Program) {
        let mut methods = self.inherent;
        #[expect(
            clippy::iter_over_hash_type,
            reason = "each entry goes to a place of its own"
        )]
        for (key, mut names) in self.of_traits {
            names.sort_unstable();
            names.dedup();
            methods.entry(key).or_insert(names);
        }
        program.methods = methods;
        program.implementations = self.implementations;
        #[expect(
            clippy::iter_over_hash_type,
            reason = "each entry is sorted in its own place"
        )]
        for names in program.implementations.values_mut() {
            names.sort_unstable();
            names.dedup();
        }
    }
}

fn add_impl(program: &mut Program, module: ModuleId, decl: &ImplDecl, tables: &mut MethodTables) {
    let is_parameter = matches!(&decl.ty, TypeExpr::Path(path, _)
        if path.len() == 1 && decl.generics.iter().any(|(n, _)| *n == path[0]));
    let scope = TypeScope {
        module,
        generics: &decl.generics,
        self_type: None,
        placeholders: false,
    };
    let ty = program.type_of(scope, &decl.ty);
    let key = if is_parameter {
        Name::new_static(api::BLANKET)
    } else {
        api::key_of(&ty)
    };
    let of_trait = match &decl.of_trait {
        Some(TypeExpr::Path(path, _)) => match program.resolve(module, path, Space::Types) {
            Some(Def::Trait(name)) => Some(name),
            _ => None,
        },
        _ => None,
    };
    for function in &decl.functions {
        let info = signature(
            program,
            module,
            function,
            &decl.generics,
            Some(&ty),
            of_trait.clone(),
        );
        program.functions.insert(function.unique.clone(), info);
        let table = if decl.of_trait.is_some() {
            &mut tables.of_traits
        } else {
            &mut tables.inherent
        };
        table
            .entry((key.clone(), function.name.clone()))
            .or_default()
            .push(function.unique.clone());
        if let Some(of) = &of_trait {
            tables.implement(of, function);
        }
    }
    if let Some(of) = &of_trait {
        let overridden: FxHashSet<&SmolStr> = decl.functions.iter().map(|f| &f.name).collect();
        let defaults = program.traits.get(of).map(|t| &t.functions);
        for (name, function) in defaults.into_iter().flatten() {
            let has_body = program.functions.get(function).is_some_and(|f| f.has_body);
            if has_body && !overridden.contains(name) {
                tables
                    .of_traits
                    .entry((key.clone(), name.clone()))
                    .or_default()
                    .push(function.clone());
            }
        }
    }
    for constant in &decl.consts {
        let info = resolve_const(program, module, Some(&ty), constant);
        program.consts.insert(constant.unique.clone(), info);
        program
            .associated_consts
            .entry((key.clone(), constant.name.clone()))
            .or_insert_with(|| constant.unique.clone());
        let literal = evaluate(program, &constant.unique, 0);
        if let Some(info) = program.consts.get_mut(&constant.unique) {
            info.literal = literal;
        }
    }
}

fn signature(
    program: &Program,
    module: ModuleId,
    function: &FnDecl,
    outer: &Generics,
    self_type: Option<&Type>,
    of_trait: Option<Name>,
) -> FnInfo {
    let mut generics = function.generics.clone();
    generics.extend(outer.iter().cloned());
    let scope = TypeScope {
        module,
        generics: &generics,
        self_type,
        placeholders: false,
    };
    let params = function.params.iter();
    FnInfo {
        name: function.unique.clone(),
        module,
        attrs: function.attrs.clone(),
        self_kind: function.self_kind,
        self_type: self_type.cloned(),
        of_trait,
        mutable_params: params.clone().map(|(_, ty)| ty.is_mutable_ref()).collect(),
        params: params
            .map(|(name, ty)| (name.clone(), program.type_of(scope, ty)))
            .collect(),
        returns: function
            .returns
            .as_ref()
            .map_or(Type::Unit, |ty| program.type_of(scope, ty)),
        is_public: function.is_public,
        has_body: function.has_body,
        generics: Arc::new(generics),
    }
}
