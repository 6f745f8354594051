//! The module tree: which file is which module of which crate.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pactward_base::{Layout, Platform, RustCrate, SmolStr};
use rustc_hash::FxHashMap;

use crate::api::{self, ApiPath};
use crate::decls::{Decls, ModuleDecl};
use crate::program::{Crate, Def, Module, ModuleId, Program, Space};

/// A module and the declarations it was made from.
pub(super) struct ModuleSource {
    pub(super) module: ModuleId,
    pub(super) decls: Arc<Decls>,
    pub(super) index: usize,
}

impl ModuleSource {
    pub(super) fn decl(&self) -> &ModuleDecl {
        &self.decls.modules[self.index]
    }
}

struct Files<'f> {
    by_path: BTreeMap<&'f str, &'f Arc<Decls>>,
    taken: BTreeSet<SmolStr>,
    /// Module of each file that is one.
    module_of: BTreeMap<SmolStr, ModuleId>,
    sources: Vec<ModuleSource>,
}

/// Nesting of file modules; deeper ones become crates of their own.
const MAX_DEPTH: u32 = 64;

pub(super) fn build(
    program: &mut Program,
    files: &[(SmolStr, Arc<Decls>)],
    layout: &Layout,
) -> Vec<ModuleSource> {
    let mut state = Files {
        by_path: files.iter().map(|(p, d)| (p.as_str(), d)).collect(),
        taken: BTreeSet::new(),
        module_of: BTreeMap::new(),
        sources: Vec::new(),
    };
    let mut crates: Vec<&RustCrate> = layout.rust_crates.iter().collect();
    crates.sort_by(|a, b| (&a.dir, &a.root).cmp(&(&b.dir, &b.root)));
    let mut of_dir: BTreeMap<&str, usize> = BTreeMap::new();
    let mut declared: Vec<(usize, &RustCrate)> = Vec::new();
    for krate in crates {
        if state.by_path.contains_key(krate.root.as_str()) && !state.taken.contains(&krate.root) {
            let name = SmolStr::from(krate.name.replace('-', "_"));
            let index = state.add_crate(program, &krate.root, name);
            of_dir.entry(&krate.dir).or_insert(index);
            declared.push((index, krate));
        }
    }
    for (index, krate) in &declared {
        let mut dependencies = BTreeMap::new();
        for (name, dir) in &krate.local_dependencies {
            if let Some(target) = of_dir.get(dir.as_str()) {
                dependencies.insert(SmolStr::from(name.replace('-', "_")), *target);
            }
        }
        program.crates[*index].dependencies = dependencies;
        program.crates[*index].overflow_checks = krate.overflow_checks;
    }
    state.add_loose_files(program, &declared);
    mark_packages(program);
    state.sources
}

impl Files<'_> {
    fn add_crate(&mut self, program: &mut Program, root: &SmolStr, name: SmolStr) -> usize {
        let index = program.crates.len();
        program.crates.push(Crate {
            name,
            root: program.modules.len(),
            ..Crate::default()
        });
        self.add_file(program, root, index, None, &SmolStr::default(), true, 0);
        index
    }

    /// Files that no crate's module tree reaches: each is a crate of its own, unless another such
    /// file declares it as a module.
    fn add_loose_files(&mut self, program: &mut Program, declared: &[(usize, &RustCrate)]) {
        let loose: Vec<SmolStr> = self
            .by_path
            .keys()
            .map(SmolStr::new)
            .filter(|p| !self.taken.contains(p))
            .collect();
        let mut children = BTreeSet::new();
        for path in &loose {
            for child in self.children_of(path) {
                if child != *path {
                    children.insert(child);
                }
            }
        }
        let roots = loose.iter().filter(|p| !children.contains(*p));
        // Files that declare each other in a circle have no root: the first one serves.
        for path in roots.chain(loose.iter()) {
            if self.taken.contains(path) {
                continue;
            }
            let index = self.add_crate(program, path, stem(path).into());
            let home = declared
                .iter()
                .filter(|(_, k)| k.dir.is_empty() || is_below(path, &k.dir))
                .max_by_key(|(_, k)| k.dir.len());
            if let Some((home, krate)) = home {
                let mut dependencies = program.crates[*home].dependencies.clone();
                dependencies.insert(program.crates[*home].name.clone(), *home);
                program.crates[index].dependencies = dependencies;
                program.crates[index].overflow_checks = krate.overflow_checks;
            }
        }
    }

    /// Files that the modules of a file declare.
    fn children_of(&self, path: &SmolStr) -> Vec<SmolStr> {
        let Some(decls) = self.by_path.get(path.as_str()) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for index in 0..decls.modules.len() {
            let dir = module_dir(decls, index, false);
            let decl = &decls.modules[index];
            for (name, attr) in decl.file_modules.iter().chain(&decl.test_modules) {
                found.extend(self.file_of(path, &dir, name, attr.as_ref()));
            }
        }
        found
    }

    fn file_of(
        &self,
        path: &SmolStr,
        dir: &str,
        name: &SmolStr,
        attr: Option<&SmolStr>,
    ) -> Option<SmolStr> {
        if let Some(attr) = attr {
            let base = parent_dir(path);
            let found = SmolStr::from(normalised(base, attr));
            return self.by_path.contains_key(found.as_str()).then_some(found);
        }
        [
            join(dir, &format!("{name}.rs")),
            join(dir, &format!("{name}/mod.rs")),
        ]
        .into_iter()
        .find(|p| self.by_path.contains_key(p.as_str()))
        .map(SmolStr::from)
    }

    /// Files of test modules are in no crate.
    fn leave_out(&mut self, path: &SmolStr, depth: u32) {
        if depth <= MAX_DEPTH && self.taken.insert(path.clone()) {
            for child in self.children_of(path) {
                self.leave_out(&child, depth + 1);
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "each value says another thing about the place of the file in its crate"
    )]
    fn add_file(
        &mut self,
        program: &mut Program,
        path: &SmolStr,
        krate: usize,
        parent: Option<ModuleId>,
        name: &SmolStr,
        is_root: bool,
        depth: u32,
    ) -> Option<ModuleId> {
        // A file that is declared twice is one module in two places.
        if depth > MAX_DEPTH || !self.taken.insert(path.clone()) {
            return self.module_of.get(path).copied();
        }
        let decls = (*self.by_path.get(path.as_str())?).clone();
        let first = program.modules.len();
        self.module_of.insert(path.clone(), first);
        for (index, decl) in decls.modules.iter().enumerate() {
            let parent = match decl.parent {
                Some(up) => Some(first + up),
                None => parent,
            };
            let name = if index == 0 {
                name.clone()
            } else {
                decl.name.clone()
            };
            for (name, rules) in &decl.macro_rules {
                let rules = Arc::new(rules.clone());
                let known = &mut program.crates[krate].macro_rules;
                known.entry(name.clone()).or_insert(rules);
            }
            let module = program.modules.len();
            program
                .modules
                .push(module_of(decl, name.clone(), krate, parent, path));
            if index > 0
                && let Some(up) = parent
            {
                program.modules[up].children.insert(name, module);
            }
            self.sources.push(ModuleSource {
                module,
                decls: decls.clone(),
                index,
            });
        }
        for index in 0..decls.modules.len() {
            let dir = module_dir(&decls, index, is_root);
            for (name, attr) in &decls.modules[index].test_modules {
                if let Some(file) = self.file_of(path, &dir, name, attr.as_ref()) {
                    self.leave_out(&file, 0);
                }
            }
            for (name, attr) in &decls.modules[index].file_modules {
                let Some(file) = self.file_of(path, &dir, name, attr.as_ref()) else {
                    continue;
                };
                let parent = first + index;
                let child =
                    self.add_file(program, &file, krate, Some(parent), name, false, depth + 1);
                if let Some(child) = child {
                    program.modules[parent].children.insert(name.clone(), child);
                }
            }
        }
        Some(first)
    }
}

fn module_of(
    decl: &ModuleDecl,
    name: SmolStr,
    krate: usize,
    parent: Option<ModuleId>,
    path: &SmolStr,
) -> Module {
    let mut uses: FxHashMap<SmolStr, Vec<Vec<SmolStr>>> = FxHashMap::default();
    let mut globs = Vec::new();
    for import in &decl.uses {
        match &import.name {
            Some(name) => uses
                .entry(name.clone())
                .or_default()
                .push(import.path.clone()),
            None => globs.push(import.path.clone()),
        }
    }
    Module {
        name,
        krate,
        parent,
        file: path.clone(),
        attrs: decl.attrs.clone(),
        uses,
        globs,
        ..Module::default()
    }
}

/// Directory in which the file modules of a module of the file are searched.
fn module_dir(decls: &Decls, index: usize, is_root: bool) -> String {
    let path = &decls.path;
    let own = stem(path);
    let mut dir = if is_root || matches!(own, "mod" | "lib" | "main") {
        parent_dir(path).to_owned()
    } else {
        join(parent_dir(path), own)
    };
    let mut names = Vec::new();
    let mut at = index;
    while let Some(up) = decls.modules[at].parent {
        names.push(&decls.modules[at].name);
        at = up;
    }
    for name in names.iter().rev() {
        dir = join(&dir, name);
    }
    dir
}

fn stem(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.strip_suffix(".rs").unwrap_or(file)
}

fn parent_dir(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

fn join(dir: &str, name: &str) -> String {
    if dir.is_empty() {
        name.to_owned()
    } else {
        format!("{dir}/{name}")
    }
}

fn is_below(path: &str, dir: &str) -> bool {
    path.strip_prefix(dir)
        .is_some_and(|rest| rest.starts_with('/'))
}

/// A relative path without `.` and `..`.
fn normalised(base: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = base.split('/').filter(|p| !p.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}

/// Marks copies of SDKs inside contract crates, and crates that are modelled libraries.
fn mark_packages(program: &mut Program) {
    for id in 0..program.modules.len() {
        let module = &program.modules[id];
        let krate = &program.crates[module.krate];
        let inherited = module
            .parent
            .map(|up| &program.modules[up])
            .and_then(|up| Some((up.package.clone()?, up.is_sdk_copy)));
        let of_crate = api::tables()
            .package(&krate.name)
            .map(|p| (p.name.clone(), false));
        let copied = api::tables()
            .package(&format!("crate::{}", module.name))
            .filter(|_| module.parent.is_some())
            .map(|p| (p.name.clone(), true));
        if let Some((package, is_copy)) = copied.or(inherited).or(of_crate) {
            program.modules[id].package = Some(package);
            program.modules[id].is_sdk_copy = is_copy;
        }
    }
}

/// The platform of each crate: that of its contract macros or else of the SDK it imports.
pub(super) fn find_platforms(program: &mut Program) {
    let mut found: Vec<BTreeMap<Platform, usize>> = vec![BTreeMap::new(); program.crates.len()];
    for module in &program.modules {
        let counts = &mut found[module.krate];
        if module.attrs.has("ink::contract") || module.attrs.has("contract") {
            *counts.entry(Platform::Ink).or_insert(0) += 1000;
        }
        let paths = module.uses.values().flatten().chain(&module.globs);
        for path in paths {
            if let Some(platform) = ApiPath::new(path).platform {
                *counts.entry(platform).or_insert(0) += 1;
            }
        }
    }
    for (krate, counts) in program.crates.iter_mut().zip(found) {
        let best = counts.into_iter().rev().max_by_key(|(_, n)| *n);
        krate.platform = best.map(|(platform, _)| platform);
    }
}

/// Notes imports of the crate itself that lead nowhere, and modules without a file.
pub(super) fn find_unresolved(program: &mut Program, sources: &[ModuleSource]) {
    let mut missing = BTreeSet::new();
    for source in sources {
        let module = &program.modules[source.module];
        for (name, _) in &source.decl().file_modules {
            if !module.children.contains_key(name) {
                missing.insert((module.file.clone(), name.clone()));
            }
        }
        for import in &source.decl().uses {
            let is_own = import
                .path
                .first()
                .is_some_and(|f| matches!(f.as_str(), "crate" | "self" | "super"));
            if !is_own {
                continue;
            }
            // Macros may declare what is imported, so only the way to it must exist.
            let way = match import.name {
                Some(_) => import.path.split_last().map_or(&[][..], |(_, way)| way),
                None => &import.path,
            };
            let found = way.len() < 2
                || program
                    .resolve(source.module, way, Space::Types)
                    .is_some_and(|f| !matches!(f, Def::Associated(..)));
            if !found {
                missing.insert((module.file.clone(), import.written.clone()));
            }
        }
    }
    program.unresolved = missing.into_iter().collect();
}
