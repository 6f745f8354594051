//! From declarations of single files to a program.

use std::collections::BTreeMap;
use std::sync::Arc;

use pactward_base::{Layout, SmolStr};
use pactward_ir::Name;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::consts;
use crate::decls::{Decls, FuncDecl};
use crate::implementations;
use crate::imports::Imports;
use crate::program::{File, Item, Package, Program, Ref, go_models};
use crate::units;

/// Canonical name of the SDK that is source code beside a TinyGo contract.
pub(crate) const TINYGO: &str = "tinygo";

/// See [`crate::link`].
pub(crate) fn link(files: &[(SmolStr, Arc<Decls>)], layout: &Layout) -> Program {
    let mut program = Program::default();
    add_files(files, &mut program);
    form_packages(&mut program);
    declare(&mut program);
    resolve_imports(layout, &mut program);
    adopt_methods(&mut program);
    consts::evaluate_all(&mut program);
    program.implementations = implementations::all(&program);
    (program.units, program.contract_types) = units::units(&program);
    program
}

fn add_files(files: &[(SmolStr, Arc<Decls>)], program: &mut Program) {
    let mut sorted: Vec<_> = files.iter().collect();
    sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
    program.files = sorted
        .into_iter()
        .map(|(path, decls)| File {
            path: path.clone(),
            decls: decls.clone(),
            package: 0,
            imports: FxHashMap::default(),
            dots: Vec::new(),
            consts: Vec::new(),
        })
        .collect();
}

/// Directory of a path; `.` for the root.
pub(crate) fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or(".", |(dir, _)| dir)
}

/// Groups files into packages: by directory and package clause, tests apart. Files of one
/// directory that declare the same name are alternatives, such as single-file contracts that share
/// a folder: each becomes a package of its own that also sees what the others share.
fn form_packages(program: &mut Program) {
    let mut groups: BTreeMap<(Name, bool, Name), Vec<u32>> = BTreeMap::new();
    for (at, file) in program.files.iter().enumerate() {
        let is_test = file.path.ends_with("_test.go");
        let clause = file.decls.package.clone();
        let key = (directory(&file.path).into(), is_test, clause);
        groups.entry(key).or_default().push(at as u32);
    }
    let mut clauses: FxHashMap<(Name, bool), u32> = FxHashMap::default();
    let keys: Vec<_> = groups.keys().cloned().collect();
    for (dir, is_test, _) in &keys {
        *clauses.entry((dir.clone(), *is_test)).or_default() += 1;
    }
    for ((dir, is_test, clause), files) in groups {
        let mut id = if is_test {
            format!("{dir}/_test")
        } else {
            dir.to_string()
        };
        if clauses.get(&(dir, is_test)).is_some_and(|n| *n > 1) {
            id = format!("{id}@{clause}");
        }
        add_packages(id.into(), is_test, files, program);
    }
    link_tests(program);
}

fn add_packages(id: Name, is_test: bool, files: Vec<u32>, program: &mut Program) {
    let conflicting = conflicts(&files, program);
    let (own, shared): (Vec<u32>, Vec<u32>) =
        files.into_iter().partition(|f| conflicting.contains(f));
    let base = program.packages.len() as u32;
    let has_shared = !shared.is_empty();
    if has_shared {
        let first_own = if own.is_empty() {
            vec![]
        } else {
            vec![base + 1]
        };
        push_package(id, is_test, shared, first_own, program);
    }
    for file in own {
        let id = program.file(file).path.clone();
        let fallback = if has_shared { vec![base] } else { Vec::new() };
        push_package(id, is_test, vec![file], fallback, program);
    }
}

fn push_package(
    id: Name,
    is_test: bool,
    files: Vec<u32>,
    fallback: Vec<u32>,
    program: &mut Program,
) {
    let index = program.packages.len() as u32;
    for file in &files {
        program.files[*file as usize].package = index;
    }
    program.packages.push(Package {
        id,
        files,
        is_test,
        items: FxHashMap::default(),
        fallback,
        sdk: None,
    });
}

/// Files that declare a name which another of the files declares too.
fn conflicts(files: &[u32], program: &Program) -> FxHashSet<u32> {
    let mut first: FxHashMap<Name, u32> = FxHashMap::default();
    let mut found = FxHashSet::default();
    for &file in files {
        for name in declared_names(&program.file(file).decls) {
            match first.get(&name) {
                Some(other) if *other != file => {
                    found.insert(*other);
                    found.insert(file);
                }
                Some(_) => {}
                None => {
                    first.insert(name, file);
                }
            }
        }
    }
    found
}

fn declared_names(decls: &Decls) -> impl Iterator<Item = Name> {
    let funcs = decls.funcs.iter().map(|f| match &f.receiver {
        Some(receiver) => Name::from(format!("{}.{}", receiver.ty, f.name)),
        None => f.name.clone(),
    });
    let types = decls.types.iter().map(|t| t.name.clone());
    let vars = decls.vars.iter().map(|v| v.name.clone());
    let consts = decls.consts.iter().map(|c| c.name.clone());
    funcs
        .chain(types)
        .chain(vars)
        .chain(consts)
        .filter(|n| n != "_" && n != "init" && !n.contains('#') && !n.starts_with("_."))
}

/// Tests see the package they stand beside.
fn link_tests(program: &mut Program) {
    let mut by_place: FxHashMap<(Name, Name), Vec<u32>> = FxHashMap::default();
    for (at, package) in program.packages.iter().enumerate() {
        if !package.is_test {
            let file = program.file(package.files[0]);
            let place = (directory(&file.path).into(), file.decls.package.clone());
            by_place.entry(place).or_default().push(at as u32);
        }
    }
    for at in 0..program.packages.len() {
        if program.packages[at].is_test {
            let file = program.file(program.packages[at].files[0]);
            let place = (directory(&file.path).into(), file.decls.package.clone());
            if let Some(tested) = by_place.get(&place) {
                program.packages[at].fallback.extend(tested);
            }
        }
    }
}

/// Enters package-level names.
fn declare(program: &mut Program) {
    for file in 0..program.files.len() as u32 {
        let decls = program.file(file).decls.clone();
        let package = program.file(file).package as usize;
        let at = |index: usize| Ref {
            file,
            index: index as u32,
        };
        let mut items = Vec::new();
        for (i, ty) in decls.types.iter().enumerate() {
            items.push((ty.name.clone(), Item::Type(at(i))));
            let name = program.item_name(at(i), &ty.name);
            program.types.entry(name).or_insert(at(i));
        }
        for (i, func) in decls.funcs.iter().enumerate() {
            program.funcs.insert(func.key.clone(), at(i));
            if func.has_body {
                let path = program.file(file).path.clone();
                program.definitions.push((func.key.clone(), path));
            }
            if func.receiver.is_none() {
                items.push((func.name.clone(), Item::Func(at(i))));
            }
        }
        for (i, var) in decls.vars.iter().enumerate() {
            items.push((var.name.clone(), Item::Var(at(i))));
            if !var.key.is_empty() && !program.initialisers.contains_key(&var.key) {
                program.initialisers.insert(var.key.clone(), at(i));
                let path = program.file(file).path.clone();
                program.definitions.push((var.key.clone(), path));
            }
        }
        for (i, constant) in decls.consts.iter().enumerate() {
            items.push((constant.name.clone(), Item::Const(at(i))));
        }
        let known = &mut program.packages[package].items;
        for (name, item) in items {
            if name != "_" && name != "init" {
                known.entry(name).or_insert(item);
            }
        }
    }
    program.definitions.sort();
}

fn resolve_imports(layout: &Layout, program: &mut Program) {
    let imports = Imports::new(layout, program);
    for file in 0..program.files.len() {
        let path = program.files[file].path.clone();
        let decls = program.files[file].decls.clone();
        for import in &decls.imports {
            imports.enter(&path, import, file, program);
        }
    }
    program.unresolved.sort();
    program.unresolved.dedup();
    for at in 0..program.packages.len() {
        let package = &program.packages[at];
        let mut files = package.files.iter().map(|f| &program.file(*f).decls);
        let declares = ["SimContext", "NewSimContext"]
            .iter()
            .any(|n| package.items.contains_key(*n));
        if declares || files.any(|d| d.uses_sim_context) && !imports_platform(package, program) {
            program.packages[at].sdk = Some(Name::new_static(TINYGO));
        }
    }
}

/// Whether a file of the package imports a contract SDK.
fn imports_platform(package: &Package, program: &Program) -> bool {
    package.files.iter().any(|f| {
        let imports = &program.file(*f).decls.imports;
        let mut packages = imports.iter().filter_map(|i| go_models().package(&i.path));
        packages.any(|p| p.platform.is_some())
    })
}

/// Enters methods under the type that their receiver names.
fn adopt_methods(program: &mut Program) {
    let mut found: Vec<(Name, Name, Ref)> = Vec::new();
    for (file, decls) in program.files.iter().enumerate() {
        for (index, func) in decls.decls.funcs.iter().enumerate() {
            if let Some(ty) = receiver_type(program, file as u32, func) {
                let at = Ref {
                    file: file as u32,
                    index: index as u32,
                };
                found.push((ty, func.name.clone(), at));
            }
        }
    }
    for (ty, name, at) in found {
        program
            .methods
            .entry(ty)
            .or_default()
            .entry(name)
            .or_insert(at);
    }
}

/// Unique name of a method's receiver type.
pub(crate) fn receiver_type(program: &Program, file: u32, func: &FuncDecl) -> Option<Name> {
    let receiver = func.receiver.as_ref()?;
    if let Some(Item::Type(at)) = program.item(program.file(file).package, &receiver.ty) {
        Some(program.item_name(at, &receiver.ty))
    } else {
        let package = program.package_of(file);
        Some(Name::from(format!("{}:{}", package.id, receiver.ty)))
    }
}
