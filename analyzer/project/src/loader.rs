//! The files of a workspace while it grows: first those that a person named, then what they reach.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pactward_base::{FileRole, Language};

use crate::Request;
use crate::golang::GoModules;
use crate::home::Home;
use crate::paths::{absolute, to_disk};
use crate::read::{SkipReason, read, text_of};
use crate::rust::RustCrates;
use crate::solidity::SolidityProjects;

/// A file that was read.
pub(crate) struct Loaded {
    pub(crate) disk: PathBuf,
    pub(crate) language: Language,
    pub(crate) role: FileRole,
    pub(crate) text: Arc<str>,
}

/// All files by the text form of their paths.
#[derive(Default)]
pub(crate) struct Files<'r> {
    pub(crate) loaded: BTreeMap<String, Loaded>,
    pub(crate) skipped: BTreeSet<(String, SkipReason)>,
    refused: BTreeSet<String>,
    overlays: BTreeMap<PathBuf, &'r [u8]>,
    /// Files whose imports have not been followed.
    queue: Vec<String>,
}

impl Files<'_> {
    /// Takes a file along. A file that is met several times has the role closest to the person.
    fn add(&mut self, path: &str, disk: &Path, role: FileRole) {
        if let Some(known) = self.loaded.get_mut(path) {
            known.role = known.role.min_with(role);
            return;
        }
        let Some(language) = Language::of_path(path) else {
            return;
        };
        if self.refused.contains(path) {
            return;
        }
        let text = match self.overlays.get(disk) {
            Some(bytes) => text_of(bytes),
            None => read(disk),
        };
        match text {
            Ok(text) => {
                let loaded = Loaded {
                    disk: disk.to_owned(),
                    language,
                    role,
                    text,
                };
                self.loaded.insert(path.to_owned(), loaded);
                self.queue.push(path.to_owned());
            }
            Err(reason) => {
                self.refused.insert(path.to_owned());
                self.skipped.insert((path.to_owned(), reason));
            }
        }
    }

    /// Makes tests the person's own code when there is no other.
    pub(crate) fn promote_tests(&mut self) {
        if self.loaded.values().all(|f| f.role == FileRole::Test) {
            for file in self.loaded.values_mut() {
                file.role = FileRole::Source;
            }
        }
    }

    /// Takes a file along that an import leads to; whether it exists.
    pub(crate) fn want(&mut self, path: &str) -> bool {
        if self.loaded.contains_key(path) || self.refused.contains(path) {
            return true;
        }
        let disk = to_disk(path);
        let exists = self.overlays.contains_key(&disk) || disk.is_file();
        if exists && Language::of_path(path).is_some() {
            self.add(path, &disk, FileRole::Dependency);
            return true;
        }
        false
    }
}

/// Orders roles by closeness to the person.
trait Closeness {
    fn min_with(self, other: Self) -> Self;
}

impl Closeness for FileRole {
    fn min_with(self, other: Self) -> Self {
        let rank = |role| match role {
            FileRole::Source => 0,
            FileRole::Test => 1,
            FileRole::Dependency => 2,
        };
        if rank(other) < rank(self) {
            other
        } else {
            self
        }
    }
}

/// Files and what the build files around them say.
pub(crate) struct Loader<'r> {
    pub(crate) files: Files<'r>,
    pub(crate) solidity: SolidityProjects,
    pub(crate) go: GoModules,
    pub(crate) rust: RustCrates,
}

impl<'r> Loader<'r> {
    pub(crate) fn new(home: &Home, request: &'r Request) -> Self {
        let overlays = request
            .overlays
            .iter()
            .map(|(path, bytes)| (absolute(path), bytes.as_slice()))
            .collect();
        Self {
            files: Files {
                overlays,
                ..Files::default()
            },
            solidity: SolidityProjects::new(&home.root),
            go: GoModules::default(),
            rust: RustCrates::default(),
        }
    }

    pub(crate) fn add(&mut self, path: &str, disk: &Path, role: FileRole) {
        self.files.add(path, disk, role);
    }

    pub(crate) fn skip(&mut self, path: &str, reason: SkipReason) {
        self.files.skipped.insert((path.to_owned(), reason));
    }

    /// Takes along what the files reach, until nothing new is met.
    pub(crate) fn follow_imports(&mut self) {
        while let Some(path) = self.files.queue.pop() {
            let Some(file) = self.files.loaded.get(&path) else {
                continue;
            };
            let (language, text) = (file.language, file.text.clone());
            match language {
                Language::Solidity => self.solidity.follow(&path, &text, &mut self.files),
                Language::Go => self.go.follow(&path, &text, &mut self.files),
                Language::Rust => self.rust.follow(&path, &text, &mut self.files),
            }
        }
    }
}
