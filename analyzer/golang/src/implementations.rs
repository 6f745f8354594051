//! Which types of the workspace implement which of its interfaces.

use std::collections::BTreeSet;

use pactward_ir::{Name, Type};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::decls::{Signature, TypeExpr};
use crate::members::MemberKind;
use crate::program::{Program, Ref};
use crate::types::{LocalTypes, Types, no_scope};

/// Deepest embedding that is followed.
const MAX_DEPTH: usize = 8;

/// Interfaces by unique name with what implements them, sorted; tests and mocks in tests left out.
pub(crate) fn all(program: &Program) -> FxHashMap<Name, Vec<Name>> {
    let locals = LocalTypes::default();
    let types = Types {
        program,
        locals: &locals,
    };
    let mut by_method: FxHashMap<Name, Vec<Name>> = FxHashMap::default();
    let mut named: Vec<(&Name, Ref)> = program.types.iter().map(|(n, r)| (n, *r)).collect();
    named.sort_unstable();
    named.retain(|(_, at)| !program.package_of(at.file).is_test);
    for (name, at) in &named {
        let is_interface = matches!(program.type_decl(*at).body, TypeExpr::Interface(_));
        if !is_interface {
            for method in method_names(&types, name) {
                by_method.entry(method).or_default().push((*name).clone());
            }
        }
    }
    let mut found = FxHashMap::default();
    for (name, at) in named {
        let methods = interface_methods(&types, at);
        let candidates = methods
            .iter()
            .map(|(m, _, _)| by_method.get(*m).map_or(&[][..], Vec::as_slice))
            .min_by_key(|c| c.len());
        let implementing: Vec<Name> = candidates
            .into_iter()
            .flatten()
            .filter(|ty| methods.iter().all(|m| has(&types, ty, m.0, m.1)))
            .cloned()
            .collect();
        if !implementing.is_empty() {
            found.insert(name.clone(), implementing);
        }
    }
    found
}

/// Names of all methods of a type, promoted ones included.
fn method_names(types: &Types<'_>, name: &Name) -> BTreeSet<Name> {
    let mut names = BTreeSet::new();
    let mut level = vec![name.clone()];
    let mut seen = FxHashSet::default();
    for _ in 0..MAX_DEPTH {
        let mut next = Vec::new();
        for ty in level {
            if !seen.insert(ty.clone()) {
                continue;
            }
            if let Some(methods) = types.program.methods.get(&ty) {
                names.extend(methods.keys().cloned());
            }
            next.extend(embedded_names(types, &ty));
        }
        if next.is_empty() {
            break;
        }
        level = next;
    }
    names
}

fn embedded_names(types: &Types<'_>, name: &Name) -> Vec<Name> {
    let Some(at) = types.program.types.get(name) else {
        return Vec::new();
    };
    let TypeExpr::Struct(fields) = &types.program.type_decl(*at).body else {
        return Vec::new();
    };
    fields
        .iter()
        .filter(|f| f.embedded)
        .filter_map(
            |f| match types.resolve(at.file, &f.ty, &no_scope).pointee() {
                Type::Struct(name) | Type::Named(name, _) => Some(name.clone()),
                _ => None,
            },
        )
        .collect()
}

/// Methods that an interface asks for, embedded interfaces of the workspace included.
fn interface_methods<'p>(types: &Types<'p>, at: Ref) -> Vec<(&'p Name, &'p Signature, u32)> {
    let mut methods: Vec<(&Name, &Signature, u32)> = Vec::new();
    let mut stack = vec![at];
    let mut seen = FxHashSet::default();
    while let Some(at) = stack.pop() {
        let TypeExpr::Interface(interface) = &types.program.type_decl(at).body else {
            continue;
        };
        if !seen.insert(at) || seen.len() > MAX_DEPTH {
            continue;
        }
        methods.extend(interface.methods.iter().map(|(n, s)| (n, s, at.file)));
        for embed in &interface.embeds {
            if let Type::Named(name, _) = types.resolve(at.file, embed, &no_scope)
                && let Some(at) = types.program.types.get(&name)
            {
                stack.push(*at);
            }
        }
    }
    methods
}

fn has(types: &Types<'_>, ty: &Name, method: &str, signature: &Signature) -> bool {
    let owner = match types.program.types.get(ty) {
        Some(at) if matches!(types.program.type_decl(*at).body, TypeExpr::Struct(_)) => {
            Type::Struct(ty.clone())
        }
        _ => Type::named(ty.clone()),
    };
    match types.member(&owner, method, 0).map(|m| m.kind) {
        Some(MemberKind::Method(at)) => {
            let own = &types.program.func(at).signature;
            own.params.len() == signature.params.len()
                && own.results.len() == signature.results.len()
        }
        _ => false,
    }
}
