//! Functions that a contract inherits with other modifiers.
//!
//! A function is lowered once, with the modifiers that its own contract sees. Where a deriving
//! contract overrides one of them, that contract gets a function of its own: the same text, woven
//! with the overriding modifier.

use pactward_ir::Name;
use rustc_hash::FxHashSet;

use super::{FunctionInfo, Lowerable, Program, Symbol};
use crate::syntax::FunctionForm;

pub(super) fn specialise(program: &mut Program) {
    let overriding = overridden_modifiers(program);
    if overriding.is_empty() {
        return;
    }
    let mut by_contract: Vec<Vec<u32>> = vec![Vec::new(); program.contracts.len()];
    for (id, function) in program.functions.iter().enumerate() {
        if let Some(contract) = function.contract
            && function.has_body
            && function.form != FunctionForm::Constructor
        {
            by_contract[contract as usize].push(id as u32);
        }
    }
    let mut new: Vec<FunctionInfo> = Vec::new();
    for (heir, modifiers) in overriding {
        let info = &program.contracts[heir as usize];
        let mut implemented: FxHashSet<&Name> = FxHashSet::default();
        for base in &info.line {
            for id in &by_contract[*base as usize] {
                let function = &program.functions[*id as usize];
                let is_first = implemented.insert(&function.selector);
                let uses = function
                    .invoked
                    .iter()
                    .any(|m| modifiers.contains(m.as_str()));
                if *base == heir || !is_first || !uses {
                    continue;
                }
                let base = &program.contracts[*base as usize].id;
                let Some(rest) = function.id.strip_prefix(base.as_str()) else {
                    continue;
                };
                new.push(FunctionInfo {
                    id: Name::from(format!("{}{rest}", info.id)),
                    contract: Some(heir),
                    ..function.clone()
                });
            }
        }
    }
    for function in new {
        if program.lowerable.contains_key(&function.id) {
            continue;
        }
        let lowerable = Lowerable::Function(program.functions.len() as u32);
        program.lowerable.insert(function.id.clone(), lowerable);
        program.functions.push(function);
    }
}

/// Contracts with the names of the modifiers that they override.
fn overridden_modifiers(program: &Program) -> Vec<(u32, FxHashSet<String>)> {
    let is_modifier = |s: &Symbol| matches!(s, Symbol::Modifier(_));
    let mut all = Vec::new();
    for (id, contract) in program.contracts.iter().enumerate() {
        let names: FxHashSet<String> = contract
            .own
            .iter()
            .filter(|(name, symbols)| {
                let inherited = contract.line.iter().skip(1).any(|base| {
                    let own = &program.contracts[*base as usize].own;
                    own.get(*name).is_some_and(|s| s.iter().any(is_modifier))
                });
                symbols.iter().any(is_modifier) && inherited
            })
            .map(|(name, _)| name.to_string())
            .collect();
        if !names.is_empty() {
            all.push((id as u32, names));
        }
    }
    all
}
