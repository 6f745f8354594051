//! Storage handles: constants such as `Item` and `Map`, functions that open storage under a key,
//! and fields of storage structs.

use std::collections::BTreeMap;

use pactward_ir::{Const, Name, Type};
use smol_str::SmolStr;

use super::items::evaluate_expr;
use super::modules::ModuleSource;
use crate::api;
use crate::decls::ConstExpr;
use crate::program::{Handle, ModuleId, Program, TypeKind};

/// Rounds in which structs that hold storage structs are found.
const MAX_ROUNDS: usize = 8;

/// Finds constants and structs.
pub(super) fn find(program: &mut Program, sources: &[ModuleSource]) {
    let mut by_key: BTreeMap<(usize, SmolStr), Name> = BTreeMap::new();
    let mut constants: Vec<(Name, Type, Option<SmolStr>, usize)> = Vec::new();
    for source in sources {
        for constant in &source.decl().consts {
            let Some(info) = program.consts.get(&constant.unique) else {
                continue;
            };
            if api::is_storage(&info.ty) {
                let key = namespace(program, info.module, &info.value);
                let krate = program.modules[info.module].krate;
                constants.push((constant.unique.clone(), info.ty.clone(), key, krate));
            }
        }
    }
    constants.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, ty, key, krate) in constants {
        let var = match key {
            Some(key) => by_key
                .entry((krate, key))
                .or_insert_with(|| name.clone())
                .clone(),
            None => name.clone(),
        };
        program.handles.insert(name, Handle { var, ty });
    }
    mark_structs(program);
}

fn mark_structs(program: &mut Program) {
    for _ in 0..MAX_ROUNDS {
        let mut found: Vec<Name> = Vec::new();
        #[expect(
            clippy::iter_over_hash_type,
            reason = "the set of marked structs does not depend on the order"
        )]
        for (name, info) in &program.types {
            if !info.holds_storage && holds_storage(program, name) {
                found.push(name.clone());
            }
        }
        if found.is_empty() {
            break;
        }
        for name in found {
            if let Some(info) = program.types.get_mut(&name) {
                info.holds_storage = true;
            }
        }
    }
    let mut fields = Vec::new();
    #[expect(
        clippy::iter_over_hash_type,
        reason = "each field becomes an entry of its own"
    )]
    for (name, info) in &program.types {
        let TypeKind::Struct(list) = &info.kind else {
            continue;
        };
        let is_contract = is_contract_storage(program, name);
        for (field, ty) in &list.list {
            if is_contract || (info.holds_storage && api::is_storage(ty) && !is_ink(ty)) {
                let var = Name::from(format!("{name}.{field}"));
                let ty = ty.clone();
                fields.push((var.clone(), Handle { var, ty }));
            }
        }
    }
    program.handles.extend(fields);
}

/// ink! fields have no key of their own: the contract's struct places them.
fn is_ink(ty: &Type) -> bool {
    matches!(ty, Type::Named(name, _) if api::package_of(name) == "ink")
}

/// Whether the struct is the storage of an ink! contract.
pub(crate) fn is_contract_storage(program: &Program, name: &Name) -> bool {
    program
        .types
        .get(name)
        .is_some_and(|t| t.attrs.has_arg("ink", "storage"))
}

fn holds_storage(program: &Program, name: &Name) -> bool {
    if is_contract_storage(program, name) {
        return true;
    }
    let Some(info) = program.types.get(name) else {
        return false;
    };
    let TypeKind::Struct(fields) = &info.kind else {
        return false;
    };
    fields.list.iter().any(|(_, ty)| {
        api::is_storage(ty)
            || program
                .type_info(ty)
                .is_some_and(|inner| inner.holds_storage)
    })
}

/// Finds functions that open storage.
pub(super) fn find_functions(program: &mut Program, sources: &[ModuleSource]) {
    let mut by_key: BTreeMap<(usize, SmolStr), Name> = BTreeMap::new();
    let mut found: Vec<(Name, Type, Option<SmolStr>, usize)> = Vec::new();
    for source in sources {
        for function in &source.decl().functions {
            let Some(info) = program.functions.get(&function.unique) else {
                continue;
            };
            if !api::is_storage(&info.returns) || program.modules[info.module].is_sdk_copy {
                continue;
            }
            let key = function
                .handle_key
                .as_ref()
                .and_then(|value| text(evaluate_expr(program, info.module, value, 0)));
            let krate = program.modules[info.module].krate;
            found.push((function.unique.clone(), info.returns.clone(), key, krate));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, ty, key, krate) in found {
        let var = match key {
            Some(key) => by_key
                .entry((krate, key))
                .or_insert_with(|| name.clone())
                .clone(),
            None => name.clone(),
        };
        program.handles.insert(name, Handle { var, ty });
    }
}

/// The key prefix of a handle: `"balances"` of `Map::new("balances")`.
fn namespace(program: &Program, module: ModuleId, value: &ConstExpr) -> Option<SmolStr> {
    let ConstExpr::Call(_, args) = value else {
        return None;
    };
    text(evaluate_expr(program, module, args.first()?, 0))
}

fn text(value: Option<Const>) -> Option<SmolStr> {
    match value {
        Some(Const::Str(text)) => Some(text),
        _ => None,
    }
}
