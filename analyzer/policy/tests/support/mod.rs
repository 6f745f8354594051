//! Rules and findings for tests.

#![allow(dead_code, reason = "each test program uses a part of what they share")]

use std::sync::Arc;

use pactward_base::{
    Confidence, Evidence, FileId, FileRole, Finding, Language, Location, Platform, References,
    RuleMeta, RuleStatus, Severity, Span, Workspace, WorkspaceFile,
};
use pactward_policy::{Input, Outcome, Settings, apply, suppressions};

const fn rule(
    id: &'static str,
    category: &'static str,
    severity: Severity,
    status: RuleStatus,
) -> RuleMeta {
    RuleMeta {
        id,
        category,
        severity,
        confidence: Confidence::High,
        status,
        languages: Language::ALL,
        platforms: Platform::ALL,
        references: References {
            swc: &[],
            cwe: &[],
            scwe: &[],
            ethtrust: &[],
            links: &[],
        },
        doc_en: "",
        doc_zh: "",
        messages: "",
        cases: "",
    }
}

static AFTER_CALL: RuleMeta = rule(
    "state-after-call",
    "reentrancy",
    Severity::High,
    RuleStatus::Stable,
);
static LOST_UPDATE: RuleMeta = rule(
    "lost-update",
    "reentrancy",
    Severity::Critical,
    RuleStatus::Stable,
);
static CLOCK: RuleMeta = rule(
    "wall-clock",
    "determinism",
    Severity::Medium,
    RuleStatus::Preview,
);

pub(crate) fn rules() -> Vec<&'static RuleMeta> {
    vec![&AFTER_CALL, &LOST_UPDATE, &CLOCK]
}

pub(crate) fn workspace(files: &[(&str, &str, FileRole)]) -> Workspace {
    Workspace {
        files: files
            .iter()
            .map(|(path, text, role)| WorkspaceFile {
                path: (*path).into(),
                language: Language::of_path(path).unwrap(),
                role: *role,
                text: Arc::from(*text),
            })
            .collect(),
        ..Workspace::default()
    }
}

/// A finding of a rule at the `nth` place (from zero) where `needle` stands in the file.
pub(crate) fn finding(ws: &Workspace, file: u32, rule: &str, needle: &str, nth: usize) -> Finding {
    let text = &ws.files[file as usize].text;
    let (start, _) = text.match_indices(needle).nth(nth).unwrap();
    let rules = rules();
    let rule = rules.iter().find(|r| r.id == rule).unwrap();
    Finding {
        rule: rule.id,
        severity: rule.severity,
        confidence: Confidence::High,
        platform: Platform::Evm,
        unit: "unit".into(),
        function: "function".into(),
        primary: Location {
            file: FileId(file),
            span: Span::new(start as u32, (start + needle.len()) as u32),
        },
        slot: "headline",
        args: Vec::new(),
        labels: Vec::new(),
        path: Vec::new(),
        fixes: Vec::new(),
        evidence: Evidence::Static,
        fingerprint: format!("{}:{start}", rule.id).into(),
    }
}

pub(crate) fn run(ws: &Workspace, settings: &Settings, findings: Vec<Finding>) -> Outcome {
    let read = |id: FileId| {
        let file = ws.file(id);
        suppressions(&pactward_syntax::parse(file.language, file.text.clone()))
    };
    let input = Input {
        workspace: ws,
        settings,
        suppressions: &read,
    };
    apply(findings, &input)
}
