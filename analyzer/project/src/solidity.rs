//! Solidity projects: Foundry, Hardhat, Truffle, or just directories with `node_modules`.

use std::collections::BTreeSet;
use std::path::Path;

use pactward_base::{Layout, Remapping, SmolStr, join_path, parent_dir};

use crate::loader::Files;
use crate::paths::{ancestors, below, to_disk};
use crate::scan::solidity_imports;

/// How deep libraries of libraries are looked for, as Foundry does.
const LIBRARY_DEPTH: usize = 3;

/// Manifests whose directory non-relative imports may start at.
const BASES: &[&str] = &[
    "foundry.toml",
    "remappings.txt",
    "hardhat.config.js",
    "hardhat.config.ts",
    "hardhat.config.cjs",
    "hardhat.config.mjs",
    "truffle-config.js",
    "package.json",
];

/// What is known of the projects around the files met so far.
pub(crate) struct SolidityProjects {
    root: String,
    seen: BTreeSet<String>,
    /// Only the Solidity part is filled.
    pub(crate) layout: Layout,
}

impl SolidityProjects {
    pub(crate) fn new(root: &str) -> Self {
        Self {
            root: root.to_owned(),
            seen: BTreeSet::new(),
            layout: Layout {
                solidity_libraries: vec![SmolStr::new(root)],
                ..Layout::default()
            },
        }
    }

    pub(crate) fn follow(&mut self, path: &str, text: &str, files: &mut Files<'_>) {
        let imports = solidity_imports(text);
        if imports.is_empty() {
            return;
        }
        self.look_around(parent_dir(path));
        for import in imports {
            // While searching, paths start at the root of the file system; an import does not.
            let at_system_root = join_path("", import);
            self.layout
                .solidity_candidates(path, import)
                .iter()
                .filter(|c| import.starts_with('.') || **c != at_system_root)
                .any(|candidate| files.want(candidate));
        }
    }

    /// Reads the build files of a directory and of those above it, each once.
    fn look_around(&mut self, dir: &str) {
        for dir in ancestors(dir) {
            if !self.seen.insert(dir.to_owned()) {
                return;
            }
            let disk = to_disk(dir);
            let modules = disk.join("node_modules");
            if modules.is_dir() {
                self.add_library(&join_path(dir, "node_modules"));
            }
            // Manifests above the root belong to something else.
            if below(&self.root, dir).is_some() {
                self.read_project(dir, &disk);
            }
        }
    }

    fn read_project(&mut self, dir: &str, disk: &Path) {
        if BASES.iter().any(|name| disk.join(name).is_file()) {
            self.add_library(dir);
        }
        let foundry = read_toml(&disk.join("foundry.toml"));
        let has_libraries = foundry.is_some()
            || [".gitmodules", "remappings.txt"]
                .iter()
                .any(|n| disk.join(n).exists());
        self.add_written_remappings(dir, dir, foundry.as_ref());
        if has_libraries {
            for library in library_dirs(foundry.as_ref()) {
                let library = join_path(dir, &library);
                if to_disk(&library).is_dir() && !library.ends_with("node_modules") {
                    self.add_library(&library);
                    self.add_installed(dir, &library, LIBRARY_DEPTH);
                }
            }
        }
        self.add_package_name(dir, dir);
    }

    /// The remappings that `home`'s files spell out, for importers below `context`.
    fn add_written_remappings(&mut self, context: &str, home: &str, foundry: Option<&toml::Table>) {
        let listed = std::fs::read_to_string(to_disk(home).join("remappings.txt"));
        let in_foundry = foundry
            .and_then(|f| profile(f)?.get("remappings")?.as_array())
            .into_iter()
            .flatten()
            .filter_map(|v| v.as_str());
        let listed = listed.unwrap_or_default();
        for line in in_foundry.chain(listed.lines()) {
            if let Some((inner, prefix, target)) = parse_remapping(line) {
                let context = if inner.is_empty() {
                    context.to_owned()
                } else {
                    join_path(home, inner).to_string()
                };
                self.remap(&context, prefix, home, target);
            }
        }
    }

    /// Remappings that follow from how libraries are installed: `name/` leads to the sources of
    /// `lib/name`, as Foundry infers, and what a library maps for itself also holds outside.
    fn add_installed(&mut self, context: &str, libraries: &str, depth: usize) {
        let mut nested = Vec::new();
        for name in directories(&to_disk(libraries)) {
            let home = join_path(libraries, &name);
            let disk = to_disk(&home);
            let sources = ["src", "contracts", ""]
                .into_iter()
                .find(|s| disk.join(s).is_dir())
                .unwrap_or("");
            self.remap(context, &format!("{name}/"), &home, sources);
            let foundry = read_toml(&disk.join("foundry.toml"));
            self.add_written_remappings(context, &home, foundry.as_ref());
            self.add_package_name(context, &home);
            self.add_package_name(context, &join_path(&home, "contracts"));
            nested.push(join_path(&home, "lib"));
        }
        for libraries in nested {
            if depth > 1 && to_disk(&libraries).is_dir() {
                self.add_installed(context, &libraries, depth - 1);
            }
        }
    }

    /// A package may be imported by the name that its own `package.json` gives it.
    fn add_package_name(&mut self, context: &str, home: &str) {
        let manifest = std::fs::read(to_disk(home).join("package.json")).unwrap_or_default();
        let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap_or_default();
        if let Some(name) = manifest.get("name").and_then(|n| n.as_str())
            && !name.is_empty()
        {
            self.remap(context, &format!("{name}/"), home, "");
        }
    }

    fn add_library(&mut self, dir: &str) {
        let dir = SmolStr::new(dir);
        if !self.layout.solidity_libraries.contains(&dir) {
            self.layout.solidity_libraries.push(dir);
        }
    }

    fn remap(&mut self, context: &str, prefix: &str, home: &str, target: &str) {
        let joined = join_path(home, target);
        // A target is a prefix, too: `src` and `src/` mean different paths behind `@x` and `@x/`.
        let slash = prefix.ends_with('/') || target.ends_with('/');
        let remapping = Remapping {
            context: folder(context),
            prefix: SmolStr::new(prefix),
            target: if slash { folder(&joined) } else { joined },
        };
        if !self.layout.remappings.contains(&remapping) {
            self.layout.remappings.push(remapping);
        }
    }
}

/// A directory as a prefix of the paths below it.
fn folder(dir: &str) -> SmolStr {
    if dir.is_empty() || dir.ends_with('/') {
        SmolStr::new(dir)
    } else {
        SmolStr::new(format!("{dir}/"))
    }
}

/// `[context:]prefix=target` on a line of its own.
fn parse_remapping(line: &str) -> Option<(&str, &str, &str)> {
    let (left, target) = line.trim().split_once('=')?;
    let (context, prefix) = left.split_once(':').unwrap_or(("", left));
    (!prefix.is_empty()).then_some((context.trim(), prefix.trim(), target.trim()))
}

fn read_toml(path: &Path) -> Option<toml::Table> {
    std::fs::read_to_string(path).ok()?.parse().ok()
}

/// The default profile of a `foundry.toml`.
fn profile(foundry: &toml::Table) -> Option<&toml::Table> {
    let profiles = foundry.get("profile").and_then(toml::Value::as_table);
    profiles.unwrap_or(foundry).get("default")?.as_table()
}

fn library_dirs(foundry: Option<&toml::Table>) -> Vec<String> {
    let configured = foundry.and_then(|f| profile(f)?.get("libs")?.as_array());
    match configured {
        Some(libs) => libs
            .iter()
            .filter_map(|v| Some(v.as_str()?.to_owned()))
            .collect(),
        None => vec!["lib".to_owned()],
    }
}

/// Names of the directories in a directory, sorted.
fn directories(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(dir)
        .into_iter()
        .flatten()
        .filter_map(std::result::Result::ok)
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}
