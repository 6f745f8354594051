//! From named paths to the files in them.

use std::path::Path;

use ignore::{DirEntry, WalkBuilder};
use pactward_base::{FileRole, Language};
use pactward_policy::Config;

use crate::home::{Home, Named};
use crate::loader::Loader;
use crate::paths::{below, to_text};
use crate::read::SkipReason;
use crate::role::{is_foreign, role_of};

/// Loads every file that a person named, directly or by its directory.
pub(crate) fn named(home: &Home, config: &Config, loader: &mut Loader<'_>) {
    let excluded = Excluded {
        dir: home.config_dir(),
        config,
    };
    for named in &home.named {
        if named.is_dir {
            directory(home, named, &excluded, loader);
        } else if Language::of_path(&named.text).is_some() {
            loader.add(&named.text, &named.disk, FileRole::Source);
        } else {
            loader.skip(&named.text, SkipReason::UnknownLanguage);
        }
    }
    // Who names nothing but tests wants them checked.
    loader.files.promote_tests();
}

/// The paths that the configuration excludes.
struct Excluded<'c> {
    dir: Option<String>,
    config: &'c Config,
}

impl Excluded<'_> {
    fn has(&self, text: &str) -> bool {
        self.dir
            .as_ref()
            .and_then(|dir| below(dir, text))
            .is_some_and(|path| self.config.exclude.matches(path))
    }
}

fn directory(home: &Home, named: &Named, excluded: &Excluded<'_>, loader: &mut Loader<'_>) {
    // A person may name a directory that version control ignores. Its files are then all ignored
    // and are meant all the same.
    for heed_ignore_files in [true, false] {
        let mut met = false;
        for entry in walker(&named.disk, heed_ignore_files).build() {
            match entry {
                Ok(entry) => met |= file(home, named, &entry, excluded, loader),
                Err(error) => unreadable(named, &error, loader),
            }
        }
        if met {
            return;
        }
    }
}

fn walker(dir: &Path, heed_ignore_files: bool) -> WalkBuilder {
    let mut builder = WalkBuilder::new(dir);
    builder
        .follow_links(false)
        .hidden(true)
        .require_git(false)
        // What a person's own machine ignores must not change what is found.
        .git_global(false)
        .git_exclude(heed_ignore_files)
        .git_ignore(heed_ignore_files)
        .ignore(heed_ignore_files)
        .parents(heed_ignore_files)
        .sort_by_file_name(Ord::cmp)
        .filter_entry(|entry| {
            let is_dir = entry.file_type().is_some_and(|t| t.is_dir());
            entry.depth() == 0 || !is_dir || !is_foreign(entry.path())
        });
    builder
}

/// Takes one entry of a walk; whether it is a source file.
fn file(
    home: &Home,
    named: &Named,
    entry: &DirEntry,
    excluded: &Excluded<'_>,
    loader: &mut Loader<'_>,
) -> bool {
    let Some(kind) = entry.file_type().filter(|t| !t.is_dir()) else {
        return false;
    };
    let text = to_text(entry.path());
    if kind.is_symlink() && entry.path().is_dir() {
        linked_directory(home, entry.path(), &text, loader);
        return false;
    }
    let Some(language) = Language::of_path(&text) else {
        return false;
    };
    if !excluded.has(&text) {
        let role = role_of(below(&named.text, &text).unwrap_or_default(), language);
        loader.add(&text, entry.path(), role);
    }
    true
}

/// A linked directory is not entered: what lies in a named one is met there, and a link out of
/// them could lead anywhere.
fn linked_directory(home: &Home, path: &Path, text: &str, loader: &mut Loader<'_>) {
    let Ok(target) = path.canonicalize() else {
        return;
    };
    let target = to_text(&target);
    let met_elsewhere = home
        .named
        .iter()
        .any(|n| n.is_dir && below(&n.text, &target).is_some());
    if !met_elsewhere {
        loader.skip(text, SkipReason::LinkedDirectory);
    }
}

fn unreadable(named: &Named, error: &ignore::Error, loader: &mut Loader<'_>) {
    let path = path_of(error).map_or_else(|| named.text.clone(), to_text);
    let what = match error.io_error() {
        Some(io) => io.kind().to_string(),
        None => error.to_string(),
    };
    loader.skip(&path, SkipReason::Unreadable(what));
}

/// The path that an error of the walk is about.
fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        _ => None,
    }
}
