//! The finished workspace: the root is fixed and every path made relative to it.

use std::collections::BTreeMap;

use pactward_base::{
    GoModule, Layout, Remapping, RustCrate, SmolStr, Workspace, WorkspaceFile, parent_dir,
};
use pactward_policy::{Config, Scope};

use crate::home::Home;
use crate::loader::Loader;
use crate::paths::{below, common, to_disk};
use crate::{Project, Skipped};

pub(crate) fn settle(home: &Home, config: Config, loader: Loader<'_>) -> Project {
    let root = widened(&home.root, loader.files.loaded.keys());
    let within = Within { root: &root };
    let mut workspace = Workspace {
        files: Vec::new(),
        layout: within.layout(&loader),
    };
    let mut disk = Vec::new();
    for (path, file) in loader.files.loaded {
        workspace.files.push(WorkspaceFile {
            path: within.path(&path).unwrap_or_default(),
            language: file.language,
            role: file.role,
            text: file.text,
        });
        disk.push(file.disk);
    }
    let skipped = loader.files.skipped.into_iter().map(|(path, reason)| {
        let path =
            below(&root, &path).map_or_else(|| to_disk(&path).display().to_string(), str::to_owned);
        Skipped { path, reason }
    });
    Project {
        skipped: skipped.collect(),
        scope: scope(home.config_dir().as_deref(), &root),
        root: to_disk(&root),
        config,
        workspace,
        disk,
    }
}

/// The root, or the closest directory above it that contains everything that imports reached, so
/// that no workspace path climbs with `..`.
fn widened<'p>(root: &str, paths: impl Iterator<Item = &'p String>) -> String {
    paths.fold(root.to_owned(), |root, path| {
        if below(&root, path).is_some() {
            root
        } else {
            common(&root, parent_dir(path)).to_owned()
        }
    })
}

fn scope(config_dir: Option<&str>, root: &str) -> Scope {
    let Some(dir) = config_dir else {
        return Scope::Same;
    };
    if let Some(rest) = below(dir, root) {
        return match rest {
            "" => Scope::Same,
            rest => Scope::Above(format!("{rest}/")),
        };
    }
    match below(root, dir) {
        Some(rest) => Scope::Inside(format!("{rest}/")),
        // A configuration from elsewhere speaks about the workspace as if it lay at its root.
        None => Scope::Same,
    }
}

/// Makes paths relative to the root.
struct Within<'r> {
    root: &'r str,
}

impl Within<'_> {
    fn path(&self, path: &str) -> Option<SmolStr> {
        below(self.root, path).map(SmolStr::new)
    }

    fn layout(&self, loader: &Loader<'_>) -> Layout {
        let found = &loader.solidity.layout;
        let mut libraries: Vec<_> = found
            .solidity_libraries
            .iter()
            .filter_map(|dir| self.path(dir))
            .collect();
        libraries.sort();
        libraries.dedup();
        Layout {
            remappings: found
                .remappings
                .iter()
                .filter_map(|r| self.remapping(r))
                .collect(),
            solidity_libraries: libraries,
            go_modules: loader
                .go
                .modules
                .values()
                .filter_map(|m| self.module(m))
                .collect(),
            rust_crates: loader
                .rust
                .crates
                .values()
                .filter_map(|c| self.package(c))
                .collect(),
        }
    }

    fn remapping(&self, remapping: &Remapping) -> Option<Remapping> {
        Some(Remapping {
            // A context that encloses the root applies to everything in it.
            context: self.path(&remapping.context).unwrap_or_default(),
            prefix: remapping.prefix.clone(),
            target: self.path(&remapping.target)?,
        })
    }

    fn module(&self, module: &GoModule) -> Option<GoModule> {
        Some(GoModule {
            dir: self.path(&module.dir)?,
            path: module.path.clone(),
            replaces: self.values(&module.replaces),
            requires: module.requires.clone(),
        })
    }

    fn package(&self, package: &RustCrate) -> Option<RustCrate> {
        Some(RustCrate {
            dir: self.path(&package.dir)?,
            root: self.path(&package.root).unwrap_or_default(),
            local_dependencies: self.values(&package.local_dependencies),
            ..package.clone()
        })
    }

    fn values(&self, map: &BTreeMap<SmolStr, SmolStr>) -> BTreeMap<SmolStr, SmolStr> {
        map.iter()
            .filter_map(|(key, dir)| Some((key.clone(), self.path(dir)?)))
            .collect()
    }
}
