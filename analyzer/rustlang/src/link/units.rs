//! Contract units: what is deployed, with its state and its entries.

use std::collections::BTreeSet;
use std::sync::Arc;

use pactward_base::{Language, Platform};
use pactward_ir::{Entry, Fact, Name, StateKind, StateVar, Unit, UnitKind, Visibility};

use super::entries;
use super::modules::ModuleSource;
use super::storage::is_contract_storage;
use crate::program::{ModuleId, Program};

pub(super) fn build(program: &mut Program, sources: &[ModuleSource]) {
    let mut definitions = Vec::new();
    let mut of_crate: Vec<BTreeSet<Name>> = vec![BTreeSet::new(); program.crates.len()];
    #[expect(
        clippy::iter_over_hash_type,
        reason = "the list is sorted and the sets are ordered"
    )]
    for (name, info) in &program.functions {
        let module = &program.modules[info.module];
        if info.has_body && !module.is_sdk_copy {
            definitions.push((name.clone(), module.file.clone()));
            of_crate[module.krate].insert(name.clone());
        }
    }
    definitions.sort_unstable();
    program.definitions = definitions;
    let mut sources_of: Vec<Vec<&ModuleSource>> = vec![Vec::new(); program.crates.len()];
    for source in sources {
        sources_of[program.modules[source.module].krate].push(source);
    }
    let handles_of = handles_by_crate(program);
    let mut units = Vec::new();
    for (krate, own) in sources_of.iter().enumerate() {
        if of_crate[krate].is_empty() {
            continue;
        }
        let reached = reachable_crates(program, krate);
        let functions = reached.iter().flat_map(|k| of_crate[*k].iter().cloned());
        let handles = reached.iter().flat_map(|k| handles_of[*k].iter().copied());
        let maker = Maker {
            program,
            krate,
            functions: functions.collect(),
            handles: handles.collect(),
        };
        maker.units(own, &mut units);
    }
    units.sort_by(|a, b| a.name.cmp(&b.name));
    program.units = units.into_iter().map(Arc::new).collect();
}

/// A crate and the crates of the workspace that it depends on.
fn reachable_crates(program: &Program, krate: usize) -> BTreeSet<usize> {
    let mut seen = BTreeSet::from([krate]);
    let mut work = vec![krate];
    while let Some(next) = work.pop() {
        for dependency in program.crates[next].dependencies.values() {
            if seen.insert(*dependency) {
                work.push(*dependency);
            }
        }
    }
    seen
}

/// Storage handles by the crate that declares them.
fn handles_by_crate(program: &Program) -> Vec<BTreeSet<&Name>> {
    let mut found = vec![BTreeSet::new(); program.crates.len()];
    #[expect(clippy::iter_over_hash_type, reason = "the sets are ordered")]
    for name in program.handles.keys() {
        let of_const = program.consts.get(name).map(|c| c.module);
        let of_function = program.functions.get(name).map(|f| f.module);
        let of_field = || {
            let (ty, _) = name.rsplit_once('.')?;
            program.types.get(ty).map(|t| t.module)
        };
        if let Some(module) = of_const.or(of_function).or_else(of_field) {
            found[program.modules[module].krate].insert(name);
        }
    }
    found
}

struct Maker<'p> {
    program: &'p Program,
    krate: usize,
    functions: BTreeSet<Name>,
    handles: BTreeSet<&'p Name>,
}

impl Maker<'_> {
    fn units(&self, own: &[&ModuleSource], units: &mut Vec<Unit>) {
        let program = self.program;
        let platform = entries::platform(program, self.krate);
        if platform == Platform::Ink {
            let contracts: Vec<(Name, ModuleId)> = own
                .iter()
                .flat_map(|s| s.decl().types.iter().map(|t| (t.unique.clone(), s.module)))
                .filter(|(name, _)| is_contract_storage(program, name))
                .collect();
            for (name, _) in &contracts {
                let entries = entries::ink(program, own, name);
                units.push(self.unit(name.clone(), UnitKind::Contract, platform, entries));
            }
            if !contracts.is_empty() {
                return;
            }
        }
        let entries = match platform {
            Platform::ChainmakerRust => entries::chainmaker(program, own.iter().copied()),
            Platform::Cosmwasm => entries::cosmwasm(program, own),
            _ => Vec::new(),
        };
        let kind = if entries.is_empty() {
            UnitKind::Library
        } else {
            UnitKind::Crate
        };
        let krate = &program.crates[self.krate];
        let root = &program.modules[krate.root].file;
        let name = Name::from(format!("{root}:{}", krate.name));
        units.push(self.unit(name, kind, platform, entries));
    }

    fn unit(
        &self,
        name: Name,
        kind: UnitKind,
        platform: Platform,
        mut entries: Vec<Entry>,
    ) -> Unit {
        entries.sort_by(|a, b| (&a.name, &a.function).cmp(&(&b.name, &b.function)));
        entries.dedup();
        let checks = self.program.crates[self.krate].overflow_checks;
        Unit {
            bases: vec![name.clone()],
            state: self.state(platform, &name),
            name,
            kind,
            language: Language::Rust,
            platform,
            entries,
            dispatch: Vec::new(),
            functions: self.functions.iter().cloned().collect(),
            facts: vec![Fact {
                kind: "overflow-checks".into(),
                value: if checks { "true" } else { "false" }.into(),
            }],
        }
    }

    /// State variables: fields of an ink! contract, storage handles of all crates concerned.
    fn state(&self, platform: Platform, unit: &Name) -> Vec<StateVar> {
        let mut seen = BTreeSet::new();
        let mut state: Vec<StateVar> = Vec::new();
        for name in &self.handles {
            let is_here = platform != Platform::Ink
                || name
                    .strip_prefix(unit.as_str())
                    .is_some_and(|rest| rest.starts_with('.'));
            let Some(handle) = self.program.handles.get(*name).filter(|_| is_here) else {
                continue;
            };
            if seen.insert(handle.var.clone()) {
                state.push(StateVar {
                    name: handle.var.clone(),
                    ty: handle.ty.clone(),
                    kind: StateKind::Mutable,
                    visibility: Visibility::Internal,
                    initial: None,
                });
            }
        }
        state
    }
}
