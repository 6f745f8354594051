//! Which functions of a crate are entered from outside.

use pactward_base::Platform;
use pactward_ir::{Entry, EntryKind, Mutability, Name, Type};
use smol_str::SmolStr;

use super::modules::ModuleSource;
use crate::api;
use crate::decls::{FnDecl, SelfKind};
use crate::program::{Def, FnInfo, ModuleId, Program, Space};

/// Exports that the ChainMaker SDK's runtime calls; they are part of the SDK wherever they stand.
const RUNTIME_EXPORTS: [&str; 3] = ["allocate", "deallocate", "runtime_type"];

/// Dispatchers inside dispatchers that are followed.
const MAX_DISPATCH_DEPTH: u32 = 4;

/// Entries of a ChainMaker contract: exported C functions.
pub(super) fn chainmaker<'s>(
    program: &Program,
    sources: impl Iterator<Item = &'s ModuleSource>,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    for source in sources.filter(|s| !program.modules[s.module].is_sdk_copy) {
        for function in &source.decl().functions {
            let is_export = function.is_extern
                && function.has_body
                && (function.attrs.has("no_mangle")
                    || function.attrs.has_arg("unsafe", "no_mangle")
                    || function.attrs.has("export_name"));
            if !is_export || RUNTIME_EXPORTS.contains(&function.name.as_str()) {
                continue;
            }
            let kind = match function.name.as_str() {
                "init_contract" => EntryKind::Init,
                "upgrade" => EntryKind::Upgrade,
                _ => EntryKind::Function,
            };
            entries.push(entry(
                &function.name,
                &function.unique,
                kind,
                Mutability::Mutable,
            ));
        }
    }
    entries
}

fn entry(name: &str, function: &Name, kind: EntryKind, mutability: Mutability) -> Entry {
    Entry {
        name: name.into(),
        function: function.clone(),
        kind,
        mutability,
        dispatcher: None,
    }
}

/// The kind of a CosmWasm entry point by its exported name.
fn cosmwasm_kind(name: &str) -> Option<EntryKind> {
    Some(match name {
        "instantiate" | "init" => EntryKind::Init,
        "execute" | "handle" | "sudo" => EntryKind::Function,
        "query" => EntryKind::Query,
        "migrate" => EntryKind::Upgrade,
        "reply" => EntryKind::Reply,
        "ibc_channel_open"
        | "ibc_channel_connect"
        | "ibc_channel_close"
        | "ibc_packet_receive"
        | "ibc_packet_ack"
        | "ibc_packet_timeout" => EntryKind::Function,
        _ => return None,
    })
}

/// Entries of a CosmWasm contract: entry points and the messages they dispatch.
pub(super) fn cosmwasm(program: &Program, sources: &[&ModuleSource]) -> Vec<Entry> {
    let all = || {
        sources
            .iter()
            .flat_map(|s| s.decl().functions.iter().map(move |f| (s.module, f)))
    };
    let is_marked = |f: &FnDecl| {
        (f.attrs.has("entry_point") || f.attrs.has("cosmwasm_std::entry_point")) && f.has_body
    };
    let mut points: Vec<(ModuleId, &FnDecl)> = all().filter(|(_, f)| is_marked(f)).collect();
    if points.is_empty() {
        points = all()
            .filter(|(_, f)| f.has_body && f.is_public && cosmwasm_kind(&f.name).is_some())
            .filter(|(_, f)| takes_dependencies(program.functions.get(&f.unique)))
            .collect();
    }
    let mut entries = Vec::new();
    for (module, function) in points {
        let kind = cosmwasm_kind(&function.name).unwrap_or(EntryKind::Function);
        let mutability = match kind {
            EntryKind::Query => Mutability::View,
            _ => Mutability::Mutable,
        };
        dispatched(
            program,
            sources,
            module,
            function,
            &entry(&function.name, &function.unique, kind, mutability),
            0,
            &mut entries,
        );
    }
    entries.extend(framework_entries(program, sources));
    entries
}

fn takes_dependencies(info: Option<&FnInfo>) -> bool {
    let first = info.and_then(|i| i.params.first());
    first.is_some_and(|(_, ty)| matches!(ty, Type::Named(name, _) if api::key_is_deps(name)))
}

/// The entries behind an entry point: one for each arm that calls a function, and the entry point
/// itself if something is left that no arm's function does.
fn dispatched(
    program: &Program,
    sources: &[&ModuleSource],
    module: ModuleId,
    function: &FnDecl,
    whole: &Entry,
    depth: u32,
    out: &mut Vec<Entry>,
) {
    let mut rest = function.arms.is_empty();
    for arm in &function.arms {
        let target = arm
            .callee
            .as_ref()
            .and_then(|path| callee(program, module, function, path));
        let Some(target) = target else {
            rest = true;
            continue;
        };
        let inner = Entry {
            name: arm.variant.clone(),
            function: target.clone(),
            dispatcher: Some(whole.dispatcher.clone().unwrap_or(whole.function.clone())),
            ..whole.clone()
        };
        let decl = sources.iter().find_map(|s| {
            let found = s.decl().functions.iter().find(|f| f.unique == target)?;
            Some((s.module, found))
        });
        match decl {
            Some((module, decl)) if !decl.arms.is_empty() && depth < MAX_DISPATCH_DEPTH => {
                dispatched(program, sources, module, decl, &inner, depth + 1, out);
            }
            _ => out.push(inner),
        }
    }
    if rest {
        out.push(whole.clone());
    }
}

fn callee(
    program: &Program,
    module: ModuleId,
    function: &FnDecl,
    path: &[SmolStr],
) -> Option<Name> {
    if matches!(path.first().map(SmolStr::as_str), Some("self" | "Self")) {
        let ty = program
            .functions
            .get(&function.unique)?
            .self_type
            .as_ref()?;
        let found = program.method(ty, path.last()?);
        return found.first().filter(|_| found.len() == 1).cloned();
    }
    match program.resolve(module, path, Space::Values)? {
        Def::Function(name) => Some(name).filter(|n| program.functions[n].has_body),
        Def::Associated(ty, name) => {
            let found = program.methods.get(&(ty, name))?;
            found.first().filter(|_| found.len() == 1).cloned()
        }
        _ => None,
    }
}

/// Methods that a contract framework marks as message handlers: `#[sv::msg(exec)]`.
fn framework_entries(program: &Program, sources: &[&ModuleSource]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for source in sources {
        let decl = source.decl();
        let functions = decl.impls.iter().flat_map(|i| &i.functions);
        for function in functions.filter(|f| f.has_body) {
            let marked = |word: &str| {
                function.attrs.has_arg("sv::msg", word) || function.attrs.has_arg("msg", word)
            };
            let kind = if marked("exec") || marked("sudo") {
                EntryKind::Function
            } else if marked("query") {
                EntryKind::Query
            } else if marked("instantiate") {
                EntryKind::Init
            } else if marked("migrate") {
                EntryKind::Upgrade
            } else if marked("reply") {
                EntryKind::Reply
            } else {
                continue;
            };
            let mutability = match kind {
                EntryKind::Query => Mutability::View,
                _ => Mutability::Mutable,
            };
            if program.functions.contains_key(&function.unique) {
                entries.push(entry(&function.name, &function.unique, kind, mutability));
            }
        }
    }
    entries
}

/// Entries of an ink! contract: constructors and messages, also those of trait implementations.
pub(super) fn ink(program: &Program, sources: &[&ModuleSource], storage: &Name) -> Vec<Entry> {
    let own = Type::Struct(storage.clone());
    let mut entries = Vec::new();
    for source in sources {
        for decl in &source.decl().impls {
            for function in decl.functions.iter().filter(|f| f.has_body) {
                let is_own = program
                    .functions
                    .get(&function.unique)
                    .is_some_and(|f| f.self_type.as_ref() == Some(&own));
                if !is_own {
                    continue;
                }
                let is_payable = function.attrs.has_arg("ink", "payable");
                if function.attrs.has_arg("ink", "constructor") {
                    let mutability = if is_payable {
                        Mutability::Payable
                    } else {
                        Mutability::Mutable
                    };
                    let kind = EntryKind::Constructor;
                    entries.push(entry(&function.name, &function.unique, kind, mutability));
                } else if function.attrs.has_arg("ink", "message") {
                    let (kind, mutability) = match (function.self_kind, is_payable) {
                        (_, true) => (EntryKind::Function, Mutability::Payable),
                        (SelfKind::Ref, false) => (EntryKind::Query, Mutability::View),
                        _ => (EntryKind::Function, Mutability::Mutable),
                    };
                    entries.push(entry(&function.name, &function.unique, kind, mutability));
                }
            }
        }
    }
    entries
}

/// The platform whose entries a crate has.
pub(super) fn platform(program: &Program, krate: usize) -> Platform {
    program.crates[krate].platform.unwrap_or(Platform::None)
}
