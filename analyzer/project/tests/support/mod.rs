//! Directory trees for tests.

#![allow(dead_code, reason = "each test program uses a part of what they share")]

use std::path::{Path, PathBuf};

use pactward_base::FileRole;
use pactward_project::{Project, Request, open};

/// A temporary directory with files.
pub(crate) struct Tree {
    dir: tempfile::TempDir,
}

impl Tree {
    /// Makes `(path, text)` files and the directories that they need.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let tree = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        for (path, text) in files {
            tree.write(path, text.as_bytes());
        }
        tree
    }

    pub(crate) fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    /// Opens paths of the tree.
    pub(crate) fn open(&self, paths: &[&str]) -> Project {
        let request = Request {
            paths: paths.iter().map(|p| self.path(p)).collect(),
            ..Request::default()
        };
        open(&request).unwrap()
    }
}

/// `path role` of every file.
pub(crate) fn files(project: &Project) -> Vec<String> {
    project
        .workspace
        .files
        .iter()
        .map(|f| {
            let role = match f.role {
                FileRole::Source => "source",
                FileRole::Test => "test",
                FileRole::Dependency => "dependency",
            };
            format!("{} {role}", f.path)
        })
        .collect()
}

/// `path: reason` of everything skipped.
pub(crate) fn skipped(project: &Project) -> Vec<String> {
    project
        .skipped
        .iter()
        .map(|s| format!("{}: {}", s.path, s.reason))
        .collect()
}

#[cfg(unix)]
pub(crate) fn link(target: impl AsRef<Path>, at: &Path) {
    std::os::unix::fs::symlink(target, at).unwrap();
}
