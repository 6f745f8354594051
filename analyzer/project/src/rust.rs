//! Rust packages: manifests, path dependencies, module files.

use std::collections::BTreeMap;

use pactward_base::{RustCrate, SmolStr, join_path, parent_dir};
use toml::{Table, Value};

use crate::loader::Files;
use crate::paths::{ancestors, to_disk};
use crate::scan::{RustModule, rust_modules};

/// The packages around the files met so far.
#[derive(Default)]
pub(crate) struct RustCrates {
    /// Packages by directory.
    pub(crate) crates: BTreeMap<String, RustCrate>,
    /// Directory → directory of its package.
    crate_of: BTreeMap<String, Option<String>>,
    /// Parsed manifests by directory.
    manifests: BTreeMap<String, Option<Table>>,
}

impl RustCrates {
    pub(crate) fn follow(&mut self, path: &str, text: &str, files: &mut Files<'_>) {
        let package = self.package_around(parent_dir(path));
        if let Some(package) = package {
            self.load(&package, files);
        }
        let is_root = self.crates.values().any(|c| c.root == path);
        for module in rust_modules(text) {
            module_files(path, is_root, &module)
                .iter()
                .any(|candidate| files.want(candidate));
        }
    }

    /// Takes along the root of a package and of the packages that it depends on by path.
    fn load(&mut self, dir: &str, files: &mut Files<'_>) {
        let mut pending = vec![dir.to_owned()];
        while let Some(dir) = pending.pop() {
            if self.crates.contains_key(&dir) {
                continue;
            }
            let Some(package) = self.read(&dir) else {
                continue;
            };
            files.want(&package.root);
            pending.extend(package.local_dependencies.values().map(ToString::to_string));
            self.crates.insert(dir, package);
        }
    }

    /// Directory of the closest package around a directory.
    fn package_around(&mut self, dir: &str) -> Option<String> {
        if let Some(known) = self.crate_of.get(dir) {
            return known.clone();
        }
        let mut found = None;
        for here in ancestors(dir) {
            if self
                .manifest(here)
                .is_some_and(|m| m.contains_key("package"))
            {
                found = Some(here.to_owned());
                break;
            }
        }
        self.crate_of.insert(dir.to_owned(), found.clone());
        found
    }

    fn manifest(&mut self, dir: &str) -> Option<&Table> {
        self.manifests
            .entry(dir.to_owned())
            .or_insert_with(|| {
                let path = to_disk(dir).join("Cargo.toml");
                std::fs::read_to_string(path).ok()?.parse().ok()
            })
            .as_ref()
    }

    fn read(&mut self, dir: &str) -> Option<RustCrate> {
        let manifest = self.manifest(dir)?.clone();
        let package = manifest.get("package")?.as_table()?;
        let (home, workspace) = self.workspace_of(dir, &manifest);
        let library = manifest.get("lib").and_then(Value::as_table);
        let library_text = |key: &str| library?.get(key)?.as_str();
        let name = library_text("name")
            .or_else(|| package.get("name")?.as_str())
            .unwrap_or_default();
        let mut found = RustCrate {
            dir: SmolStr::new(dir),
            name: identifier(name),
            root: root_file(dir, library_text("path")),
            overflow_checks: overflow_checks(&workspace),
            ..RustCrate::default()
        };
        let inherited = workspace
            .get("workspace")
            .and_then(|w| w.get("dependencies")?.as_table());
        for (key, spec) in dependencies(&manifest) {
            let inherits = spec.get("workspace").and_then(Value::as_bool) == Some(true);
            let (base, spec) = match inherited.and_then(|all| all.get(key)) {
                Some(shared) if inherits => (home.as_str(), shared),
                _ => (dir, spec),
            };
            let text = |key: &str| spec.get(key).and_then(Value::as_str);
            let package = text("package").unwrap_or(key);
            found
                .dependencies
                .insert(identifier(key), SmolStr::new(package));
            if let Some(path) = text("path") {
                found
                    .local_dependencies
                    .insert(identifier(key), join_path(base, path));
            }
        }
        Some(found)
    }

    /// Directory and manifest of the workspace that a package belongs to, perhaps its own.
    fn workspace_of(&mut self, dir: &str, manifest: &Table) -> (String, Table) {
        let named = manifest
            .get("package")
            .and_then(|p| p.get("workspace")?.as_str())
            .map(|path| join_path(dir, path).to_string());
        let candidates: Vec<String> = named
            .into_iter()
            .chain(ancestors(dir).map(str::to_owned))
            .collect();
        for home in candidates {
            if let Some(table) = self.manifest(&home)
                && table.contains_key("workspace")
            {
                let table = table.clone();
                return (home, table);
            }
        }
        (dir.to_owned(), manifest.clone())
    }
}

/// A package's name as code writes it.
fn identifier(name: &str) -> SmolStr {
    SmolStr::new(name.replace('-', "_"))
}

fn root_file(dir: &str, library: Option<&str>) -> SmolStr {
    let candidates = [library.unwrap_or("src/lib.rs"), "src/main.rs"];
    candidates
        .into_iter()
        .map(|file| join_path(dir, file))
        .find(|file| to_disk(file).is_file())
        .unwrap_or_default()
}

/// Contracts are deployed from release builds, where checks are off unless the profile says so.
fn overflow_checks(workspace: &Table) -> bool {
    workspace
        .get("profile")
        .and_then(|p| p.get("release")?.get("overflow-checks")?.as_bool())
        .unwrap_or(false)
}

/// Name and specification of every dependency of the package's own code.
fn dependencies(manifest: &Table) -> impl Iterator<Item = (&str, &Value)> {
    let plain = manifest.get("dependencies");
    let targets = manifest.get("target").and_then(Value::as_table);
    let for_targets = targets
        .into_iter()
        .flat_map(|all| all.values())
        .filter_map(|target| target.get("dependencies"));
    plain
        .into_iter()
        .chain(for_targets)
        .filter_map(Value::as_table)
        .flatten()
        .map(|(key, spec)| (key.as_str(), spec))
}

/// Where the text of a module may be, most likely first.
fn module_files(path: &str, is_root: bool, module: &RustModule<'_>) -> Vec<SmolStr> {
    let dir = parent_dir(path);
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    let inside = module.inside.join("/");
    let own = join_path(dir, stem);
    // A crate root has its modules beside it. Roots of binaries, examples and tests cannot be
    // told by their name, so both places are tried for other files.
    let dirs = if is_root || matches!(stem, "mod" | "lib" | "main") {
        vec![SmolStr::new(dir)]
    } else {
        vec![own, SmolStr::new(dir)]
    };
    if let Some(written) = module.path {
        if inside.is_empty() {
            return vec![join_path(dir, written)];
        }
        let place = |d: &SmolStr| join_path(&join_path(d, &inside), written);
        return dirs.iter().map(place).collect();
    }
    let name = module.name;
    dirs.iter()
        .map(|d| join_path(d, &inside))
        .flat_map(|d| {
            [
                join_path(&d, &format!("{name}.rs")),
                join_path(&d, &format!("{name}/mod.rs")),
            ]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_lie_where_the_language_says() {
        let module = |inside: &[&'static str], path| RustModule {
            inside: inside.to_vec(),
            name: "m",
            path,
        };
        let of = |file, is_root, m| module_files(file, is_root, &m);
        assert_eq!(
            of("c/src/lib.rs", true, module(&[], None)),
            ["c/src/m.rs", "c/src/m/mod.rs"]
        );
        assert_eq!(
            of("c/src/a.rs", false, module(&["x"], None))[0],
            "c/src/a/x/m.rs"
        );
        assert_eq!(
            of("c/src/a/mod.rs", false, module(&[], None))[0],
            "c/src/a/m.rs"
        );
        assert_eq!(
            of("c/src/a.rs", false, module(&[], Some("../odd.rs"))),
            ["c/odd.rs"]
        );
    }
}
