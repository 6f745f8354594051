//! Which file an import leads to, and which names it brings.

use pactward_base::{Layout, SmolStr};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Program;
use crate::decls::Decls;

/// More files than any file sees through plain imports. A chain of ten thousand files that each
/// import the next is cut.
const MAX_VISIBLE: usize = 1024;

/// Follows the imports of every file.
pub(super) fn resolve(program: &mut Program, decls: &[&Decls], layout: &Layout) {
    let ids: FxHashMap<SmolStr, u32> = program
        .files
        .iter()
        .enumerate()
        .map(|(id, f)| (f.path.clone(), id as u32))
        .collect();
    let mut plain: Vec<Vec<u32>> = vec![Vec::new(); decls.len()];
    for (id, decls) in decls.iter().enumerate() {
        for import in &decls.imports {
            let importer = &program.files[id].path;
            let target = layout
                .solidity_candidates(importer, &import.path)
                .iter()
                .find_map(|path| ids.get(path).copied());
            let Some(target) = target else {
                let missing = (importer.clone(), import.path.clone());
                program.unresolved.push(missing);
                continue;
            };
            let file = &mut program.files[id];
            match (&import.names, &import.alias) {
                (Some(names), _) => {
                    for (name, local) in names {
                        file.named.insert(local.clone(), (target, name.clone()));
                    }
                }
                (None, Some(alias)) => {
                    file.modules.insert(alias.clone(), target);
                }
                (None, None) => plain[id].push(target),
            }
        }
    }
    program.unresolved.sort_unstable();
    program.unresolved.dedup();
    for (id, file) in program.files.iter_mut().enumerate() {
        file.visible = closure(id as u32, &plain);
        let places = file.visible.iter().enumerate();
        file.visible_places = places.map(|(place, f)| (*f, place as u32)).collect();
        file.visible_places.sort_unstable();
    }
    index_names(program);
}

/// Notes for each name the files that give it a meaning.
fn index_names(program: &mut Program) {
    for (id, file) in program.files.iter().enumerate() {
        let names = file.own.keys().chain(file.modules.keys());
        let mut names: Vec<&SmolStr> = names.chain(file.named.keys()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let files = program.naming.entry(name.clone()).or_default();
            files.push(id as u32);
        }
    }
}

/// A file and those it sees through plain imports, nearest first.
fn closure(start: u32, plain: &[Vec<u32>]) -> Vec<u32> {
    let mut seen = FxHashSet::from_iter([start]);
    let mut all = vec![start];
    let mut next = 0;
    while let Some(&file) = all.get(next) {
        next += 1;
        for &target in &plain[file as usize] {
            if all.len() < MAX_VISIBLE && seen.insert(target) {
                all.push(target);
            }
        }
    }
    all
}
