//! Contract units and the list of definitions.

use std::sync::Arc;

use pactward_base::{Language, Platform, SmolStr};
use pactward_ir::{
    Entry, EntryKind, Fact, Mutability, Name, StateKind, StateVar, Unit, UnitKind, Visibility,
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{ContractInfo, FunctionInfo, Lowerable, Program, Symbol};
use crate::syntax::{ContractKind, FunctionForm};

/// Adds units, getters, implicit constructors and the list of definitions.
pub(super) fn build(program: &mut Program) {
    let by_contract = functions_by_contract(program);
    let vars = vars_by_contract(program);
    for (id, var) in program.vars.iter().enumerate() {
        if let Some(getter) = &var.getter {
            let lowerable = Lowerable::Getter(id as u32);
            program.lowerable.insert(getter.clone(), lowerable);
        }
    }
    let mut implicit = Vec::new();
    for (id, contract) in program.contracts.iter().enumerate() {
        if needs_implicit_constructor(program, contract, &vars) {
            implicit.push((implicit_name(contract), Lowerable::Constructor(id as u32)));
        }
    }
    program.lowerable.extend(implicit);
    let mut units: Vec<Arc<Unit>> = program
        .contracts
        .iter()
        .map(|contract| Arc::new(unit(program, contract, &by_contract, &vars)))
        .collect();
    units.extend(free_units(program));
    units.sort_by(|a, b| a.name.cmp(&b.name));
    program.units = units;
    let mut definitions: Vec<(Name, SmolStr)> = program
        .lowerable
        .iter()
        .map(|(name, lowerable)| {
            let file = match *lowerable {
                Lowerable::Function(id) => program.functions[id as usize].file,
                Lowerable::Getter(id) => program.vars[id as usize].file,
                Lowerable::Constructor(id) => program.contracts[id as usize].file,
            };
            (name.clone(), program.files[file as usize].path.clone())
        })
        .collect();
    definitions.sort_unstable();
    program.definitions = definitions;
}

/// Functions of each contract in order of the text.
fn functions_by_contract(program: &Program) -> Vec<Vec<u32>> {
    let mut all = vec![Vec::new(); program.contracts.len()];
    for (id, function) in program.functions.iter().enumerate() {
        if let Some(contract) = function.contract {
            all[contract as usize].push(id as u32);
        }
    }
    all
}

fn vars_by_contract(program: &Program) -> Vec<Vec<u32>> {
    let mut all = vec![Vec::new(); program.contracts.len()];
    for (id, var) in program.vars.iter().enumerate() {
        if let Some(contract) = var.contract {
            all[contract as usize].push(id as u32);
        }
    }
    all
}

fn implicit_name(contract: &ContractInfo) -> Name {
    Name::from(format!("{}.constructor()", contract.id))
}

/// Whether deployment runs code although the contract has no constructor: initial values, or
/// constructors of bases.
fn needs_implicit_constructor(
    program: &Program,
    contract: &ContractInfo,
    vars: &[Vec<u32>],
) -> bool {
    let deployable = matches!(
        contract.kind,
        ContractKind::Contract | ContractKind::Abstract
    );
    let runs_code = |base: &u32| {
        program.contracts[*base as usize].constructor.is_some()
            || vars[*base as usize].iter().any(|v| {
                let var = &program.vars[*v as usize];
                var.has_value && var.kind != StateKind::Constant
            })
    };
    deployable && contract.constructor.is_none() && contract.line.iter().any(runs_code)
}

fn unit(
    program: &Program,
    contract: &ContractInfo,
    by_contract: &[Vec<u32>],
    vars: &[Vec<u32>],
) -> Unit {
    let mut unit = Unit {
        name: contract.id.clone(),
        kind: match contract.kind {
            ContractKind::Contract => UnitKind::Contract,
            ContractKind::Abstract => UnitKind::Abstract,
            ContractKind::Interface => UnitKind::Interface,
            ContractKind::Library => UnitKind::Library,
        },
        language: Language::Solidity,
        platform: Platform::Evm,
        bases: Vec::new(),
        state: Vec::new(),
        entries: Vec::new(),
        dispatch: Vec::new(),
        functions: Vec::new(),
        facts: Vec::new(),
    };
    let mut dispatch: FxHashMap<Name, Vec<Name>> = FxHashMap::default();
    let mut entered: FxHashSet<Name> = FxHashSet::default();
    for (depth, base_id) in contract.line.iter().enumerate() {
        let base = &program.contracts[*base_id as usize];
        unit.bases.push(base.id.clone());
        for id in &by_contract[*base_id as usize] {
            let function = &program.functions[*id as usize];
            if !function.has_body || (function.form == FunctionForm::Constructor && depth > 0) {
                continue;
            }
            unit.functions.push(function.id.clone());
            if function.form != FunctionForm::Constructor
                && function.visibility != Visibility::Private
            {
                let known = dispatch.entry(function.selector.clone()).or_default();
                known.push(function.id.clone());
            }
            let is_first = entered.insert(function.selector.clone());
            if is_first && is_entry(function) {
                unit.entries.push(entry(function));
            }
        }
        for id in &vars[*base_id as usize] {
            let var = &program.vars[*id as usize];
            if let Some(getter) = &var.getter {
                unit.functions.push(getter.clone());
                let selector = getter_selector(program, *id);
                dispatch
                    .entry(selector.clone())
                    .or_default()
                    .push(getter.clone());
                if entered.insert(selector) {
                    unit.entries.push(Entry {
                        name: var.name.clone(),
                        function: getter.clone(),
                        kind: EntryKind::Getter,
                        mutability: Mutability::View,
                        dispatcher: None,
                    });
                }
            }
        }
    }
    // Storage is laid out from the most base-like contract on.
    for base in contract.line.iter().rev() {
        for id in &vars[*base as usize] {
            let var = &program.vars[*id as usize];
            unit.state.push(StateVar {
                name: var.id.clone(),
                ty: var.ty.clone(),
                kind: var.kind,
                visibility: var.visibility,
                initial: var.literal.clone(),
            });
        }
    }
    let implicit = implicit_name(contract);
    if contract.constructor.is_none() && program.lowerable.contains_key(&implicit) {
        unit.functions.push(implicit.clone());
        unit.entries.push(Entry {
            name: "constructor".into(),
            function: implicit,
            kind: EntryKind::Constructor,
            mutability: Mutability::Mutable,
            dispatcher: None,
        });
    }
    // Before 0.6 a contract is abstract when it lacks an implementation.
    let version = program.files[contract.file as usize].version;
    if unit.kind == UnitKind::Contract && version.is_before_6() {
        let mut all = contract
            .line
            .iter()
            .flat_map(|base| &by_contract[*base as usize]);
        let lacking = all.any(|id| {
            let function = &program.functions[*id as usize];
            !function.has_body && !dispatch.contains_key(&function.selector)
        });
        if lacking {
            unit.kind = UnitKind::Abstract;
        }
    }
    let mut sorted: Vec<(Name, Vec<Name>)> = dispatch.into_iter().collect();
    sorted.sort_unstable();
    unit.dispatch = sorted;
    unit.facts = facts(program, contract, by_contract);
    unit
}

fn is_entry(function: &FunctionInfo) -> bool {
    function.form != FunctionForm::Function
        || matches!(
            function.visibility,
            Visibility::External | Visibility::Public
        )
}

fn entry(function: &FunctionInfo) -> Entry {
    Entry {
        name: function.name.clone(),
        function: function.id.clone(),
        kind: match function.form {
            FunctionForm::Function => EntryKind::Function,
            FunctionForm::Constructor => EntryKind::Constructor,
            FunctionForm::Receive => EntryKind::Receive,
            FunctionForm::Fallback => EntryKind::Fallback,
        },
        mutability: function.mutability,
        dispatcher: None,
    }
}

/// The ABI signature of a getter.
fn getter_selector(program: &Program, var: u32) -> Name {
    let var = &program.vars[var as usize];
    let (params, _) = program.getter_signature(var);
    program.selector(&var.name, &params, Visibility::Public)
}

fn facts(program: &Program, contract: &ContractInfo, by_contract: &[Vec<u32>]) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |kind: &'static str, value: Name| {
        facts.push(Fact {
            kind: Name::new_static(kind),
            value,
        });
    };
    let pragma = &program.files[contract.file as usize].pragma;
    if !pragma.is_empty() {
        add("pragma", pragma.clone());
    }
    for base in &contract.missing_bases {
        add("missing-base", base.clone());
    }
    if contract.has_layout {
        add("storage-layout", "custom".into());
    }
    let own = contract.line.first().map(|c| &by_contract[*c as usize]);
    for id in own.into_iter().flatten() {
        let function = &program.functions[*id as usize];
        if !function.explicit_visibility && function.form == FunctionForm::Function {
            add("implicit-visibility", function.id.clone());
        }
    }
    facts
}

/// One unit per file with free functions.
fn free_units(program: &Program) -> Vec<Arc<Unit>> {
    let mut by_file: Vec<Vec<Name>> = vec![Vec::new(); program.files.len()];
    for function in &program.functions {
        if function.contract.is_none() && function.has_body {
            by_file[function.file as usize].push(function.id.clone());
        }
    }
    let mut units = Vec::new();
    for (id, functions) in by_file.into_iter().enumerate() {
        let file = &program.files[id];
        if functions.is_empty() {
            continue;
        }
        let mut state: Vec<StateVar> = file
            .own
            .values()
            .flatten()
            .filter_map(|symbol| match symbol {
                Symbol::Var(var) => Some(&program.vars[*var as usize]),
                _ => None,
            })
            .map(|var| StateVar {
                name: var.id.clone(),
                ty: var.ty.clone(),
                kind: var.kind,
                visibility: var.visibility,
                initial: var.literal.clone(),
            })
            .collect();
        state.sort_by(|a, b| a.name.cmp(&b.name));
        let pragma = (!file.pragma.is_empty()).then(|| Fact {
            kind: "pragma".into(),
            value: file.pragma.clone(),
        });
        units.push(Arc::new(Unit {
            name: file.path.clone(),
            kind: UnitKind::Free,
            language: Language::Solidity,
            platform: Platform::Evm,
            bases: vec![file.path.clone()],
            state,
            entries: Vec::new(),
            dispatch: Vec::new(),
            functions,
            facts: pragma.into_iter().collect(),
        }));
    }
    units
}
