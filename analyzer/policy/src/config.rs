//! The schema of `pactward.toml`.

use std::fmt;
use std::str::FromStr;

use pactward_base::{Confidence, Severity};
use serde::{Deserialize, Serialize};

use crate::{ConfigProblem, Globs, decode};

/// Name of the configuration file, found in the directory of the code or above it.
pub const CONFIG_FILE: &str = "pactward.toml";

/// The severity from which findings fail a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum FailOn {
    At(Severity),
    Never,
}

impl FailOn {
    /// Every spelling, strictest gate last.
    pub const WORDS: &'static [&'static str] =
        &["critical", "high", "medium", "low", "info", "never"];

    /// Whether a finding of this severity fails the run.
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            Self::At(gate) => severity >= gate,
            Self::Never => false,
        }
    }
}

impl Default for FailOn {
    fn default() -> Self {
        Self::At(Severity::Medium)
    }
}

impl fmt::Display for FailOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(severity) => severity.fmt(f),
            Self::Never => f.pad("never"),
        }
    }
}

impl FromStr for FailOn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "never" {
            return Ok(Self::Never);
        }
        text.parse()
            .map(Self::At)
            .map_err(|_| format!("`{text}` is none of: {}", Self::WORDS.join(", ")))
    }
}

impl From<FailOn> for String {
    fn from(gate: FailOn) -> Self {
        gate.to_string()
    }
}

impl TryFrom<String> for FailOn {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// A name written in a configuration, with its one-based line and column for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) name: String,
    pub(crate) place: (u32, u32),
}

/// What `pactward.toml` says. Absent keys are `None` or empty, so that options can be merged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// Path of the file for messages; empty when there is none.
    pub file: String,
    pub(crate) select: Option<Vec<Written>>,
    pub(crate) ignore: Vec<Written>,
    pub(crate) severity: Vec<(Written, Severity)>,
    pub preview: Option<bool>,
    pub fail_on: Option<FailOn>,
    pub min_confidence: Option<Confidence>,
    /// Files that are not checked, relative to the directory of the configuration file.
    pub exclude: Globs,
    pub include_tests: Option<bool>,
    pub include_dependencies: Option<bool>,
    pub overrides: Vec<Override>,
}

/// Settings for the files of some paths only. Later overrides win over earlier ones.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Override {
    pub paths: Globs,
    pub(crate) ignore: Vec<Written>,
    pub(crate) severity: Vec<(Written, Severity)>,
    pub min_confidence: Option<Confidence>,
}

impl Config {
    /// Reads the text of a configuration file; `file` is its name in messages. Every mistake is
    /// told, not only the first.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<ConfigProblem>> {
        decode::config(file, text)
    }
}
