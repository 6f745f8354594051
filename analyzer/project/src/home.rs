//! The workspace root and the configuration file, searched upwards from what a person names.

use std::path::{Path, PathBuf};

use pactward_policy::{CONFIG_FILE, Config};

use crate::paths::{absolute, ancestors, common, to_disk, to_text};
use crate::{ProjectError, Request};

/// Files that make a directory the top of a project.
const TOPS: &[&str] = &[CONFIG_FILE, ".git"];

/// Files that make a directory a project, which may lie inside a greater one.
const MANIFESTS: &[&str] = &[
    "foundry.toml",
    "remappings.txt",
    "hardhat.config.js",
    "hardhat.config.ts",
    "hardhat.config.cjs",
    "hardhat.config.mjs",
    "truffle-config.js",
    "go.mod",
    "go.work",
    "Cargo.toml",
];

/// What is known before files are searched.
pub(crate) struct Home {
    /// Named paths: text form, path on disk, whether it is a directory.
    pub(crate) named: Vec<Named>,
    /// Text form of the root, which imports may widen later.
    pub(crate) root: String,
    pub(crate) config: Option<PathBuf>,
}

pub(crate) struct Named {
    pub(crate) text: String,
    pub(crate) disk: PathBuf,
    pub(crate) is_dir: bool,
}

impl Home {
    pub(crate) fn find(request: &Request) -> Result<Self, ProjectError> {
        let here = vec![PathBuf::from(".")];
        let paths = if request.paths.is_empty() {
            &here
        } else {
            &request.paths
        };
        let mut named = Vec::new();
        for path in paths {
            named.push(name(path, request)?);
        }
        let base = base_of(&named);
        let config = match &request.config {
            _ if request.no_config => None,
            Some(path) if !path.exists() => return Err(ProjectError::Missing(path.clone())),
            Some(path) => Some(absolute(path)),
            None => find_config(&to_disk(&base)),
        };
        Ok(Self {
            root: root_of(&base).to_owned(),
            named,
            config,
        })
    }

    pub(crate) fn read_config(&self) -> Result<Config, ProjectError> {
        let Some(path) = &self.config else {
            return Ok(Config::default());
        };
        let text = std::fs::read_to_string(path).map_err(|e| unreadable(path, e))?;
        let shown = shown_from_here(path);
        Config::parse(&shown, &text).map_err(ProjectError::Config)
    }

    /// Text form of the directory that patterns of the configuration start at.
    pub(crate) fn config_dir(&self) -> Option<String> {
        Some(to_text(self.config.as_ref()?.parent()?))
    }
}

/// The `pactward.toml` of a directory or of the closest directory above it.
pub fn find_config(dir: &Path) -> Option<PathBuf> {
    let dir = absolute(dir);
    dir.ancestors()
        .map(|d| d.join(CONFIG_FILE))
        .find(|p| p.is_file())
}

fn name(path: &Path, request: &Request) -> Result<Named, ProjectError> {
    let disk = absolute(path);
    let overlaid = request.overlays.iter().any(|(p, _)| absolute(p) == disk);
    let is_dir = match std::fs::metadata(&disk) {
        Ok(meta) => meta.is_dir(),
        // A link that leads nowhere is there, and is told as skipped.
        Err(_) if overlaid || disk.is_symlink() => false,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return Err(ProjectError::Missing(path.to_owned()));
        }
        Err(e) => return Err(unreadable(path, e)),
    };
    Ok(Named {
        text: to_text(&disk),
        disk,
        is_dir,
    })
}

/// The deepest directory that contains everything named.
fn base_of(named: &[Named]) -> String {
    let dir = |n: &Named| {
        if n.is_dir {
            n.text.clone()
        } else {
            pactward_base::parent_dir(&n.text).to_owned()
        }
    };
    let mut dirs = named.iter().map(dir);
    let first = dirs.next().unwrap_or_default();
    dirs.fold(first, |base, d| common(&base, &d).to_owned())
}

/// The closest top of a project; without one, the outermost project around the base; without that,
/// the base itself.
fn root_of(base: &str) -> &str {
    let has = |dir: &str, names: &[&str]| {
        let dir = to_disk(dir);
        names.iter().any(|n| dir.join(n).exists())
    };
    // The root of the file system is no project, whatever lies there.
    let dirs = || ancestors(base).filter(|d| !d.is_empty());
    dirs()
        .find(|d| has(d, TOPS))
        .or_else(|| dirs().filter(|d| has(d, MANIFESTS)).last())
        .unwrap_or(base)
}

/// A path relative to the current directory where it lies below it.
fn shown_from_here(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here)
        .unwrap_or(path)
        .display()
        .to_string()
}

fn unreadable(path: &Path, error: std::io::Error) -> ProjectError {
    ProjectError::Unreadable {
        path: path.to_owned(),
        error,
    }
}
