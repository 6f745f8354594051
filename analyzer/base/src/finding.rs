//! Findings: claims with evidence, free of wording.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::{Args, Confidence, FileId, Platform, Severity, Span};

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    pub file: FileId,
    pub span: Span,
}

/// A secondary place with the message slot that words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub location: Location,
    /// Name of the slot in the rule's `messages.toml`.
    pub slot: &'static str,
    pub args: Args,
}

/// What a step of a path does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepRole {
    /// The entry point through which the path starts.
    Entry,
    /// A read or check of the state concerned.
    Check,
    /// A call into another function of the same unit.
    Enter,
    /// A call that leaves the unit.
    Call,
    /// A write of the state concerned.
    Write,
    /// Another entry that can run in between.
    Reentry,
}

/// One step of the ordered path through the code that makes a finding true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub role: StepRole,
    pub location: Location,
    pub slot: &'static str,
    pub args: Args,
}

/// Whether a fix keeps the meaning of correct code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FixSafety {
    /// Applied by `--fix`.
    Safe,
    /// Shown, and applied only on request.
    Unsafe,
}

/// Replacement of a range of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub location: Location,
    pub text: String,
}

/// A set of edits that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    pub safety: FixSafety,
    /// Message slot that says what the fix does.
    pub slot: &'static str,
    pub args: Args,
    pub edits: Vec<Edit>,
}

/// What stands behind a finding beside its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Derived from the code alone.
    Static,
    /// Reproduced by running transactions.
    Executed,
}

/// A claim about the code, ready to be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub rule: &'static str,
    pub severity: Severity,
    pub confidence: Confidence,
    pub platform: Platform,
    /// Contract unit and function concerned, for people and for grouping.
    pub unit: SmolStr,
    pub function: SmolStr,
    pub primary: Location,
    pub slot: &'static str,
    pub args: Args,
    pub labels: Vec<Label>,
    pub path: Vec<Step>,
    pub fixes: Vec<Fix>,
    pub evidence: Evidence,
    /// Content hash, stable under edits elsewhere in the file.
    pub fingerprint: SmolStr,
}

/// Something that analysis wants a person to know about the input itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Problem {
    pub kind: ProblemKind,
    pub location: Location,
    /// The name or text concerned.
    pub subject: SmolStr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// Text that is not of the language's grammar; the subject is its beginning.
    Syntax,
    /// A token that the grammar wants here; the subject is the token.
    MissingToken,
    /// An import that leads to no file of the workspace.
    UnresolvedImport,
    /// A definition cycle that had to be cut.
    Cycle,
    /// A construct that was too large or too deep to be analysed.
    Limit,
    /// The analysis itself failed on a definition; the subject says which and how.
    Internal,
}

/// The fingerprint of a finding: a hash of the rule, names around it and the normalised text of
/// its primary place, so that moving or re-indenting code keeps it.
pub fn fingerprint(rule: &str, identity: &[SmolStr], primary_text: &str, repeat: usize) -> SmolStr {
    let mut hasher = blake3::Hasher::new();
    let mut part = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    part(rule);
    for name in identity {
        part(name);
    }
    part(
        &primary_text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
    );
    part(&repeat.to_string());
    SmolStr::new(&hasher.finalize().to_hex()[..32])
}
