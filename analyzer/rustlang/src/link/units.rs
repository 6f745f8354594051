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
    let mut units = Vec::new();
    for krate in 0..program.crates.len() {
        let own: Vec<&ModuleSource> = sources
            .iter()
            .filter(|s| program.modules[s.module].krate == krate)
            .collect();
        let maker = Maker {
            program,
            krate,
            functions: reachable_functions(program, &of_crate, krate),
        };
        if !of_crate[krate].is_empty() {
            maker.units(&own, &mut units);
        }
    }
    units.sort_by(|a, b| a.name.cmp(&b.name));
    program.units = units.into_iter().map(Arc::new).collect();
}

/// Functions of a crate and of the crates of the workspace that it depends on.
fn reachable_functions(
    program: &Program,
    of_crate: &[BTreeSet<Name>],
    krate: usize,
) -> BTreeSet<Name> {
    let mut seen = BTreeSet::from([krate]);
    let mut work = vec![krate];
    let mut functions = BTreeSet::new();
    while let Some(next) = work.pop() {
        functions.extend(of_crate[next].iter().cloned());
        for dependency in program.crates[next].dependencies.values() {
            if seen.insert(*dependency) {
                work.push(*dependency);
            }
        }
    }
    functions
}

struct Maker<'p> {
    program: &'p Program,
    krate: usize,
    functions: BTreeSet<Name>,
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
        let mut handles: Vec<_> = self.program.handles.iter().collect();
        handles.sort_by_key(|(name, _)| *name);
        for (name, handle) in handles {
            let is_here = if platform == Platform::Ink {
                name.strip_prefix(unit.as_str())
                    .is_some_and(|rest| rest.starts_with('.'))
            } else {
                self.owns(name)
            };
            if is_here && seen.insert(handle.var.clone()) {
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

    /// Whether a handle belongs to the crate or to one it depends on.
    fn owns(&self, handle: &Name) -> bool {
        let owner = handle.split_once('.').map_or(handle.as_str(), |_| handle);
        let module = self
            .program
            .consts
            .get(owner)
            .map(|c| c.module)
            .or_else(|| self.program.functions.get(owner).map(|f| f.module))
            .or_else(|| {
                let (ty, _) = handle.rsplit_once('.')?;
                self.program.types.get(ty).map(|t| t.module)
            });
        let Some(module) = module else {
            return false;
        };
        let home = self.program.modules[module].krate;
        home == self.krate || self.depends_on(home)
    }

    fn depends_on(&self, krate: usize) -> bool {
        let mut seen = BTreeSet::from([self.krate]);
        let mut work = vec![self.krate];
        while let Some(next) = work.pop() {
            for dependency in self.program.crates[next].dependencies.values() {
                if *dependency == krate {
                    return true;
                }
                if seen.insert(*dependency) {
                    work.push(*dependency);
                }
            }
        }
        false
    }
}
