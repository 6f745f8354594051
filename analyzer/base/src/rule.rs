//! What is said about a rule in one place and shown everywhere.

use serde::Serialize;

use crate::{Confidence, Language, Platform, Severity};

/// Life cycle of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleStatus {
    /// Off unless `--preview` asks for it.
    Preview,
    Stable,
}

/// Identifiers of the weakness in public registries; the best fitting one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct References {
    /// SWC registry numbers, as in `SWC-107`.
    pub swc: &'static [u16],
    /// CWE numbers, as in `CWE-841`.
    pub cwe: &'static [u16],
    /// OWASP SCWE numbers, as in `SCWE-046`.
    pub scwe: &'static [u16],
    /// EEA EthTrust v3 requirement anchors.
    pub ethtrust: &'static [&'static str],
    /// Documents to read.
    pub links: &'static [&'static str],
}

/// Metadata of a rule. The id is the kebab-case name of its folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleMeta {
    pub id: &'static str,
    /// Folder above the rule, such as `reentrancy`; one category per rule.
    pub category: &'static str,
    /// The highest severity the rule reports.
    pub severity: Severity,
    /// The usual confidence of its findings.
    pub confidence: Confidence,
    pub status: RuleStatus,
    pub languages: &'static [Language],
    pub platforms: &'static [Platform],
    pub references: References,
    #[serde(skip)]
    pub doc_en: &'static str,
    #[serde(skip)]
    pub doc_zh: &'static str,
    #[serde(skip)]
    pub messages: &'static str,
    #[serde(skip)]
    pub cases: &'static str,
}
