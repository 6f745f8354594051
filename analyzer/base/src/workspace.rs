//! The plain-data picture of what is analysed. `analyzer/project` makes it from a file system,
//! a test or an editor makes it from memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::Language;

/// Index of a file in [`Workspace::files`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileId(pub u32);

/// Why a file is in the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum FileRole {
    /// The user's own code: findings are reported.
    Source,
    /// `node_modules`, `lib`, `vendor`, a registry: analysed for meaning, reported on request.
    Dependency,
    /// Tests, mocks and scripts: analysed for meaning, reported on request.
    Test,
}

/// One file, its path relative to the workspace root with `/` separators, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceFile {
    pub path: SmolStr,
    pub language: Language,
    pub role: FileRole,
    pub text: Arc<str>,
}

/// A Solidity import remapping `context:prefix=target`, paths relative to the workspace root.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remapping {
    pub context: SmolStr,
    pub prefix: SmolStr,
    pub target: SmolStr,
}

/// A Go module: the directory of its `go.mod`, its module path, and `replace`d local modules.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GoModule {
    /// Directory relative to the workspace root, "" for the root itself.
    pub dir: SmolStr,
    pub path: SmolStr,
    /// Import path → directory relative to the workspace root.
    pub replaces: BTreeMap<SmolStr, SmolStr>,
    /// Required module path → version.
    pub requires: BTreeMap<SmolStr, SmolStr>,
}

/// A Rust package: directory of its `Cargo.toml`, crate name, root source file, dependencies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RustCrate {
    pub dir: SmolStr,
    pub name: SmolStr,
    /// Root source file (`src/lib.rs` as a rule), relative to the workspace root.
    pub root: SmolStr,
    /// Dependency name as written in code → package name.
    pub dependencies: BTreeMap<SmolStr, SmolStr>,
    /// Dependency name as written in code → directory relative to the workspace root.
    pub local_dependencies: BTreeMap<SmolStr, SmolStr>,
    /// `overflow-checks` of the release profile that applies to the crate.
    pub overflow_checks: bool,
}

/// The build facts that give imports a meaning.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    pub remappings: Vec<Remapping>,
    /// Directories searched for non-relative Solidity imports, such as `node_modules` and `lib`.
    pub solidity_libraries: Vec<SmolStr>,
    pub go_modules: Vec<GoModule>,
    pub rust_crates: Vec<RustCrate>,
}

/// Files and their layout.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Workspace {
    pub files: Vec<WorkspaceFile>,
    pub layout: Layout,
}

impl Workspace {
    pub fn file(&self, id: FileId) -> &WorkspaceFile {
        &self.files[id.0 as usize]
    }

    /// Every file with its id.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &WorkspaceFile)> {
        self.files
            .iter()
            .enumerate()
            .map(|(i, f)| (FileId(i as u32), f))
    }

    /// The file of a path, by linear search.
    pub fn find(&self, path: &str) -> Option<FileId> {
        self.iter().find(|(_, f)| f.path == path).map(|(id, _)| id)
    }
}
