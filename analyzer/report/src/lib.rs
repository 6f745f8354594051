//! Renderers of findings, one file each. They get sources, rule metadata and the results of policy
//! as arguments, and write text; where that text goes is the caller's matter.

mod concise;
mod json;
mod place;
mod sarif;
mod text;
mod wording;

use pactward_base::{Finding, Locale, Location, RuleMeta, Workspace};

pub use wording::{Worded, Words};

/// What a report is about.
pub struct Report<'a> {
    pub workspace: &'a Workspace,
    /// Rules that ran; findings are of these.
    pub rules: &'a [&'static RuleMeta],
    pub findings: &'a [Finding],
    /// Findings that a comment allows.
    pub allowed: &'a [Allowed<'a>],
    pub notices: &'a [Notice],
    pub skipped: &'a [Skipped],
    /// Number of files whose findings are reported.
    pub checked_files: usize,
    /// Absolute path of the workspace root with `/` separators.
    pub root: &'a str,
    /// Put before workspace paths in text for people, so that they can be opened from the current
    /// directory.
    pub shown_prefix: &'a str,
    pub locale: Locale,
}

/// A finding that a comment allows.
pub struct Allowed<'a> {
    pub finding: &'a Finding,
    pub reason: &'a str,
    pub comment: Location,
}

/// Something about the input that is no finding, worded already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Kind in kebab-case, such as `unused-suppression`.
    pub id: &'static str,
    pub message: String,
    pub location: Option<Location>,
}

/// A file that was not analysed, and why, worded already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub path: String,
    pub reason: String,
}

impl Report<'_> {
    /// For a terminal: the source with the path drawn, why it is bad, how to mend it, and a
    /// closing summary.
    pub fn text(&self, color: bool) -> String {
        text::render(self, color)
    }

    /// One line for each finding: `file:line:column: severity[rule] message`.
    pub fn concise(&self) -> String {
        concise::render(self)
    }

    /// The stable schema of `docs/findings.md`.
    pub fn json(&self) -> String {
        json::render(self)
    }

    /// SARIF 2.1.0.
    pub fn sarif(&self) -> String {
        sarif::render(self)
    }
}
