//! The rim of the analyzer: from paths on a disk to a [`Workspace`] of plain data.
//!
//! Files that a person names are read, and of everything else only what those reach by imports.
//! Nothing here blocks on a pipe, follows a loop of links or stops at an unreadable file: what
//! cannot be read is skipped and listed with the reason.

mod golang;
mod home;
mod loader;
mod paths;
mod read;
mod role;
mod rust;
mod scan;
mod settle;
mod solidity;
mod walk;

use std::path::PathBuf;

use pactward_base::Workspace;
use pactward_policy::{Config, ConfigProblem, Scope};

pub use home::find_config;
pub use read::SkipReason;

/// What to open.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Files and directories that a person names; none means the current directory.
    pub paths: Vec<PathBuf>,
    /// Texts that stand in for what is on the disk: unsaved buffers, or standard input under its
    /// assumed name.
    pub overlays: Vec<(PathBuf, Vec<u8>)>,
    /// The configuration file, when it is not to be searched for.
    pub config: Option<PathBuf>,
    /// Use no configuration file at all.
    pub no_config: bool,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Project {
    /// The directory that workspace paths are relative to.
    pub root: PathBuf,
    pub config: Config,
    /// How workspace paths relate to the directory of the configuration file.
    pub scope: Scope,
    pub workspace: Workspace,
    /// Where each file of the workspace lies, in the order of [`Workspace::files`].
    pub disk: Vec<PathBuf>,
    /// Source files that are not analysed, in the order of their paths.
    pub skipped: Vec<Skipped>,
}

/// A file or directory that is not analysed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Path relative to the root, in the form of workspace paths.
    pub path: String,
    pub reason: SkipReason,
}

/// Why nothing can be opened.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    #[error("{}: no such file or directory\n  help: check the spelling, or name an existing path", .0.display())]
    Missing(PathBuf),
    #[error("{}: {error}", path.display())]
    Unreadable {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Config(Vec<ConfigProblem>),
}

/// Reads the configuration, finds the files and what they import, and lays out the workspace.
pub fn open(request: &Request) -> Result<Project, ProjectError> {
    let home = home::Home::find(request)?;
    let config = home.read_config()?;
    let mut loader = loader::Loader::new(&home, request);
    walk::named(&home, &config, &mut loader);
    loader.follow_imports();
    Ok(settle::settle(&home, config, loader))
}
