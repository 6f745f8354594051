//! Go modules: `go.mod`, `go.work`, local replacements, `vendor`.

use std::collections::{BTreeMap, BTreeSet};

use pactward_base::{GoModule, Language, SmolStr, join_path, parent_dir};

use crate::loader::Files;
use crate::paths::{ancestors, below, to_disk};
use crate::scan::go_imports;

/// The modules around the files met so far.
#[derive(Default)]
pub(crate) struct GoModules {
    /// Modules by directory.
    pub(crate) modules: BTreeMap<String, GoModule>,
    /// Directory → directory of its module.
    module_of: BTreeMap<String, Option<String>>,
    packages: BTreeSet<String>,
}

impl GoModules {
    pub(crate) fn follow(&mut self, path: &str, text: &str, files: &mut Files<'_>) {
        let dir = parent_dir(path);
        self.load_package(dir, files);
        let Some(module) = self.module_around(dir) else {
            return;
        };
        for import in go_imports(text) {
            if let Some(target) = self.directory_of(&module, dir, import) {
                self.load_package(&target, files);
            }
        }
    }

    /// The directory of an imported package, when it lies on this disk as part of the project.
    fn directory_of(&mut self, module: &str, importer: &str, import: &str) -> Option<String> {
        let known = self.modules.get_mut(module)?;
        let own = std::iter::once((&known.path, &known.dir));
        let local = own
            .chain(&known.replaces)
            .filter(|(path, _)| !path.is_empty())
            .filter_map(|(path, dir)| Some((path.len(), join_path(dir, below(path, import)?))))
            .max_by_key(|(length, _)| *length);
        if let Some((_, dir)) = local {
            return Some(dir.to_string());
        }
        let vendor = join_path(module, "vendor");
        let target = join_path(&vendor, import);
        // Vendored packages are for the project's own imports. What those import in turn matters
        // only inside the same repository: whole trees of third parties are not read.
        let near = match below(&vendor, importer) {
            None => true,
            Some(package) => repository(package) == repository(import),
        };
        if !near || !to_disk(&target).is_dir() {
            return None;
        }
        known.replaces.insert(SmolStr::new(import), target.clone());
        Some(target.to_string())
    }

    /// Takes along the files of a package but its tests.
    fn load_package(&mut self, dir: &str, files: &mut Files<'_>) {
        if !self.packages.insert(dir.to_owned()) {
            return;
        }
        let entries = std::fs::read_dir(to_disk(dir)).into_iter().flatten();
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| Language::of_path(name) == Some(Language::Go))
            .filter(|name| !name.ends_with("_test.go"))
            .filter(|name| !name.starts_with(['.', '_']))
            .collect();
        names.sort();
        for name in names {
            files.want(&join_path(dir, &name));
        }
    }

    /// Directory of the closest module around a directory.
    fn module_around(&mut self, dir: &str) -> Option<String> {
        if let Some(known) = self.module_of.get(dir) {
            return known.clone();
        }
        let found = ancestors(dir)
            .find(|d| to_disk(d).join("go.mod").is_file())
            .map(str::to_owned);
        if let Some(module) = &found
            && !self.modules.contains_key(module)
            && let Some(parsed) = read_module(module)
        {
            self.modules.insert(module.clone(), parsed);
        }
        self.module_of.insert(dir.to_owned(), found.clone());
        found
    }
}

/// The first three parts of an import path: host, owner, repository.
fn repository(import: &str) -> Vec<&str> {
    import.split('/').take(3).collect()
}

/// Reads `go.mod` and the `go.work` that lists it.
fn read_module(dir: &str) -> Option<GoModule> {
    let text = std::fs::read_to_string(to_disk(dir).join("go.mod")).ok()?;
    let mut module = parse_module(dir, &text);
    for (path, target) in workspace_modules(dir) {
        if path != module.path {
            module.replaces.entry(path).or_insert(target);
        }
    }
    Some(module)
}

/// Path and directory of the modules that are used together with the one in `dir`.
fn workspace_modules(dir: &str) -> Vec<(SmolStr, SmolStr)> {
    let Some((home, text)) = ancestors(dir).find_map(|d| {
        let text = std::fs::read_to_string(to_disk(d).join("go.work")).ok()?;
        Some((d, text))
    }) else {
        return Vec::new();
    };
    directives(&text)
        .filter(|(verb, _)| *verb == "use")
        .filter_map(|(_, words)| {
            let used = join_path(home, words.first()?);
            let text = std::fs::read_to_string(to_disk(&used).join("go.mod")).ok()?;
            Some((parse_module(&used, &text).path, used))
        })
        .collect()
}

fn parse_module(dir: &str, text: &str) -> GoModule {
    let mut module = GoModule {
        dir: SmolStr::new(dir),
        ..GoModule::default()
    };
    for (verb, words) in directives(text) {
        match (verb, words.as_slice()) {
            ("module", [path, ..]) => module.path = SmolStr::new(path),
            ("require", [path, version, ..]) => {
                module
                    .requires
                    .insert(SmolStr::new(path), SmolStr::new(version));
            }
            ("replace", [path, rest @ ..]) => {
                // Only a target that is a path, not a module, is part of the project.
                let target = rest.iter().skip_while(|word| **word != "=>").nth(1);
                if let Some(target) = target.filter(|t| t.starts_with('.')) {
                    module
                        .replaces
                        .insert(SmolStr::new(path), join_path(dir, target));
                }
            }
            _ => {}
        }
    }
    module
}

/// The directives of a `go.mod` or `go.work` with their words, blocks unfolded.
fn directives(text: &str) -> impl Iterator<Item = (&str, Vec<&str>)> {
    let mut block = "";
    text.lines().filter_map(move |line| {
        let line = line.split("//").next().unwrap_or_default();
        let mut words: Vec<&str> = line
            .split_whitespace()
            .map(|word| word.trim_matches(['"', '`']))
            .collect();
        match words.as_slice() {
            [] => None,
            [verb, "("] => {
                block = verb;
                None
            }
            [")"] => {
                block = "";
                None
            }
            _ if block.is_empty() => {
                let verb = words.remove(0);
                Some((verb, words))
            }
            _ => Some((block, words)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn module_files_are_read() {
        let text = "module \"example.org/a\" // name\n\ngo 1.20\n\nrequire github.com/x/y v1.2.3\nrequire (\n\tgithub.com/z v0.1.0 // indirect\n)\nreplace github.com/x/y => ../y\nreplace (\n\tgithub.com/z v0.1.0 => ./third/z\n\tgithub.com/w => github.com/v v1.0.0\n)\n";
        let module = parse_module("p/a", text);
        assert_eq!(module.path, "example.org/a");
        assert_eq!(module.requires["github.com/x/y"], "v1.2.3");
        assert_eq!(module.requires["github.com/z"], "v0.1.0");
        assert_eq!(module.replaces["github.com/x/y"], "p/y");
        assert_eq!(module.replaces["github.com/z"], "p/a/third/z");
        assert_eq!(module.replaces.len(), 2);
    }
}
