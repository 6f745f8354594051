//! Where imports lead.

use pactward_base::{GoModule, Layout};
use pactward_ir::Name;
use rustc_hash::FxHashMap;

use crate::decls::Import;
use crate::link::directory;
use crate::program::{ImportTarget, Program, go_models};

/// Directories of packages and the build facts that lead to them.
pub(crate) struct Imports<'l> {
    layout: &'l Layout,
    /// Packages by directory, tests left out.
    directories: FxHashMap<Name, u32>,
    /// Directories by last path segment, for workspaces without `go.mod`.
    by_segment: FxHashMap<Name, Vec<Name>>,
}

impl<'l> Imports<'l> {
    pub(crate) fn new(layout: &'l Layout, program: &Program) -> Self {
        let mut directories: FxHashMap<Name, u32> = FxHashMap::default();
        let mut by_segment: FxHashMap<Name, Vec<Name>> = FxHashMap::default();
        for (at, package) in program.packages.iter().enumerate() {
            if package.is_test {
                continue;
            }
            let file = program.file(package.files[0]);
            let dir = Name::from(directory(&file.path));
            let is_command = file.decls.package == "main";
            if is_command && directories.contains_key(&dir) {
                continue;
            }
            if directories.insert(dir.clone(), at as u32).is_none() {
                let segment = dir.rsplit('/').next().unwrap_or(&dir);
                by_segment.entry(segment.into()).or_default().push(dir);
            }
        }
        Self {
            layout,
            directories,
            by_segment,
        }
    }

    /// Resolves one import of a file and enters it there.
    pub(crate) fn enter(&self, path: &str, import: &Import, file: usize, program: &mut Program) {
        let target = self.resolve(path, &import.path);
        if matches!(target, ImportTarget::Foreign(_)) && is_remote(&import.path) {
            let entry = (path.into(), import.path.clone());
            program.unresolved.push(entry);
        }
        let name = match import.name.as_deref() {
            Some("_") => return,
            Some(".") => {
                program.files[file].dots.push(target);
                return;
            }
            Some(name) => Name::from(name),
            None => default_name(&import.path, &target, program),
        };
        program.files[file].imports.insert(name, target);
    }

    fn resolve(&self, from: &str, import: &str) -> ImportTarget {
        if let Some(model) = go_models().package(import) {
            return ImportTarget::Model(model.name.clone());
        }
        if let Some(package) = self.in_modules(from, import) {
            return ImportTarget::Package(package);
        }
        if self.layout.go_modules.is_empty()
            && !is_standard(import)
            && let Some(package) = self.by_name(from, import)
        {
            return ImportTarget::Package(package);
        }
        ImportTarget::Foreign(import.into())
    }

    /// Without a module file: the directory whose path agrees with most of the import's end.
    fn by_name(&self, from: &str, import: &str) -> Option<u32> {
        let segment = import.rsplit('/').next().unwrap_or(import);
        let is_test = from.ends_with("_test.go");
        let mut best: Option<(usize, Option<&Name>)> = None;
        for dir in self.by_segment.get(segment)? {
            if *dir == directory(from) && !is_test {
                continue;
            }
            let common = common_end(import, dir);
            match &mut best {
                Some((most, _)) if *most > common => {}
                Some((most, found)) if *most == common => *found = None,
                _ => best = Some((common, Some(dir))),
            }
        }
        self.directories.get(best?.1?).copied()
    }

    fn in_modules(&self, from: &str, import: &str) -> Option<u32> {
        let modules = &self.layout.go_modules;
        let home = modules
            .iter()
            .filter(|m| is_below(from, &m.dir))
            .max_by_key(|m| m.dir.len());
        let lookup = |dir: String| self.directories.get(dir.as_str()).copied();
        if let Some(home) = home {
            if let Some(rest) = below_path(import, &home.path)
                && let Some(found) = lookup(join(&home.dir, rest))
            {
                return Some(found);
            }
            for (path, dir) in &home.replaces {
                if let Some(rest) = below_path(import, path)
                    && let Some(found) = lookup(join(dir, rest))
                {
                    return Some(found);
                }
            }
            if let Some(found) = lookup(join(&join(&home.dir, "vendor"), import)) {
                return Some(found);
            }
        }
        let mut others: Vec<&GoModule> = modules.iter().collect();
        others.sort_by_key(|m| (std::cmp::Reverse(m.path.len()), m.dir.clone()));
        others.into_iter().find_map(|module| {
            let rest = below_path(import, &module.path)?;
            lookup(join(&module.dir, rest))
        })
    }
}

/// Whether an import path names a host, as paths outside the standard library do.
fn is_remote(import: &str) -> bool {
    import
        .split('/')
        .next()
        .is_some_and(|first| first.contains('.'))
}

fn is_below(path: &str, dir: &str) -> bool {
    dir.is_empty() || path.strip_prefix(dir).is_some_and(|r| r.starts_with('/'))
}

/// The rest of an import path below a module path.
fn below_path<'i>(import: &'i str, module: &str) -> Option<&'i str> {
    let rest = import.strip_prefix(module)?;
    if rest.is_empty() || module.is_empty() {
        return Some(rest);
    }
    rest.strip_prefix('/')
}

fn join(dir: &str, rest: &str) -> String {
    match (dir, rest) {
        ("" | ".", "") => ".".to_owned(),
        ("" | ".", rest) => rest.to_owned(),
        (dir, "") => dir.to_owned(),
        (dir, rest) => format!("{dir}/{rest}"),
    }
}

/// How many path segments two paths have in common at their ends.
fn common_end(a: &str, b: &str) -> usize {
    a.rsplit('/')
        .zip(b.rsplit('/'))
        .take_while(|(a, b)| a == b)
        .count()
}

/// Whether an import path belongs to the standard library.
fn is_standard(import: &str) -> bool {
    const ROOTS: [&str; 44] = [
        "archive",
        "bufio",
        "bytes",
        "cmp",
        "compress",
        "container",
        "context",
        "crypto",
        "database",
        "debug",
        "embed",
        "encoding",
        "errors",
        "expvar",
        "flag",
        "fmt",
        "go",
        "hash",
        "html",
        "image",
        "index",
        "io",
        "iter",
        "log",
        "maps",
        "math",
        "mime",
        "net",
        "os",
        "path",
        "plugin",
        "reflect",
        "regexp",
        "runtime",
        "slices",
        "sort",
        "strconv",
        "strings",
        "sync",
        "syscall",
        "testing",
        "text",
        "time",
        "unicode",
    ];
    let first = import.split('/').next().unwrap_or(import);
    ROOTS.contains(&first) || import == "unsafe" || import == "C"
}

/// The name that code uses for an import without one of its own.
fn default_name(path: &str, target: &ImportTarget, program: &Program) -> Name {
    if let ImportTarget::Package(package) = target {
        let file = program.packages[*package as usize].files[0];
        return program.file(file).decls.package.clone();
    }
    let mut segments = path.rsplit('/');
    let mut last = segments.next().unwrap_or(path);
    let is_version = |s: &str| {
        s.strip_prefix('v')
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    if is_version(last) {
        last = segments.next().unwrap_or(last);
    }
    let last = match last.rsplit_once('.') {
        Some((base, version)) if is_version(version) => base,
        _ => last,
    };
    let last = last.strip_prefix("go-").unwrap_or(last);
    let last = last.strip_suffix("-go").unwrap_or(last);
    last.replace('-', "_").into()
}
