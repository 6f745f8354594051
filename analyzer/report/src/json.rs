//! The JSON report. Its schema is documented in `docs/findings.md`: members are added, never
//! changed, while `schema` stays the same.

use pactward_base::{
    Confidence, Edit, Evidence, Finding, FixSafety, Location, Platform, PositionEncoding, RuleMeta,
    Severity, StepRole,
};
use serde::Serialize;

use crate::Report;
use crate::place::Places;
use crate::wording::Words;

/// Raised only when a member changes its meaning.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    tool: Tool,
    root: &'a str,
    summary: Summary,
    findings: Vec<Item<'a>>,
    suppressed: Vec<Suppressed<'a>>,
    notices: Vec<Note<'a>>,
    skipped: Vec<SkippedFile<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    findings: usize,
    critical: usize,
    high: usize,
    medium: usize,
    low: usize,
    info: usize,
    suppressed: usize,
    skipped: usize,
}

#[derive(Serialize)]
struct Item<'a> {
    rule: &'static str,
    category: &'static str,
    severity: Severity,
    confidence: Confidence,
    platform: Platform,
    unit: &'a str,
    function: &'a str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    location: Place<'a>,
    path: Vec<Step<'a>>,
    labels: Vec<Label<'a>>,
    fixes: Vec<Fix<'a>>,
    references: References,
    evidence: Evidence,
    fingerprint: &'a str,
}

#[derive(Serialize)]
struct Suppressed<'a> {
    reason: &'a str,
    comment: Place<'a>,
    finding: Item<'a>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
struct Step<'a> {
    role: StepRole,
    message: String,
    location: Place<'a>,
}

#[derive(Serialize)]
struct Label<'a> {
    message: String,
    location: Place<'a>,
}

#[derive(Serialize)]
struct Fix<'a> {
    safety: FixSafety,
    message: String,
    edits: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
struct Replacement<'a> {
    location: Place<'a>,
    text: &'a str,
}

#[derive(Serialize)]
struct References {
    swc: Vec<String>,
    cwe: Vec<String>,
    scwe: Vec<String>,
    ethtrust: &'static [&'static str],
    links: &'static [&'static str],
}

#[derive(Serialize)]
struct Note<'a> {
    id: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Place<'a>>,
}

#[derive(Serialize)]
struct SkippedFile<'a> {
    file: &'a str,
    reason: &'a str,
}

pub(crate) fn render(report: &Report<'_>) -> String {
    let maker = Maker {
        places: Places::new(report.workspace),
        words: Words::new(report.rules, report.locale),
        rules: report.rules,
    };
    let document = Document {
        schema: SCHEMA,
        tool: Tool {
            name: "pactward",
            version: env!("CARGO_PKG_VERSION"),
        },
        root: report.root,
        summary: summary(report),
        findings: report.findings.iter().map(|f| maker.item(f)).collect(),
        suppressed: report
            .allowed
            .iter()
            .map(|a| Suppressed {
                reason: a.reason,
                comment: maker.place(a.comment),
                finding: maker.item(a.finding),
            })
            .collect(),
        notices: report
            .notices
            .iter()
            .map(|n| Note {
                id: n.id,
                message: &n.message,
                location: n.location.map(|at| maker.place(at)),
            })
            .collect(),
        skipped: report
            .skipped
            .iter()
            .map(|s| SkippedFile {
                file: &s.path,
                reason: &s.reason,
            })
            .collect(),
    };
    // Plain structs with string keys always serialise.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn summary(report: &Report<'_>) -> Summary {
    let of = |severity| {
        let found = report.findings.iter();
        found.filter(|f| f.severity == severity).count()
    };
    Summary {
        files: report.checked_files,
        findings: report.findings.len(),
        critical: of(Severity::Critical),
        high: of(Severity::High),
        medium: of(Severity::Medium),
        low: of(Severity::Low),
        info: of(Severity::Info),
        suppressed: report.allowed.len(),
        skipped: report.skipped.len(),
    }
}

struct Maker<'a> {
    places: Places<'a>,
    words: Words,
    rules: &'a [&'static RuleMeta],
}

impl<'a> Maker<'a> {
    fn item(&self, finding: &'a Finding) -> Item<'a> {
        let worded = self.words.finding(finding);
        let rule = self.rules.iter().find(|r| r.id == finding.rule);
        Item {
            rule: finding.rule,
            category: rule.map_or("", |r| r.category),
            severity: finding.severity,
            confidence: finding.confidence,
            platform: finding.platform,
            unit: &finding.unit,
            function: &finding.function,
            message: worded.headline,
            why: worded.why,
            help: worded.help,
            location: self.place(finding.primary),
            path: self.steps(finding),
            labels: self.labels(finding),
            fixes: self.fixes(finding),
            references: references(rule.copied()),
            evidence: finding.evidence,
            fingerprint: &finding.fingerprint,
        }
    }

    fn steps(&self, finding: &Finding) -> Vec<Step<'a>> {
        let steps = finding.path.iter().map(|step| Step {
            role: step.role,
            message: self.words.slot(finding.rule, step.slot, &step.args),
            location: self.place(step.location),
        });
        steps.collect()
    }

    fn labels(&self, finding: &Finding) -> Vec<Label<'a>> {
        let labels = finding.labels.iter().map(|label| Label {
            message: self.words.slot(finding.rule, label.slot, &label.args),
            location: self.place(label.location),
        });
        labels.collect()
    }

    fn fixes(&self, finding: &'a Finding) -> Vec<Fix<'a>> {
        let replacement = |edit: &'a Edit| Replacement {
            location: self.place(edit.location),
            text: &edit.text,
        };
        let fixes = finding.fixes.iter().map(|fix| Fix {
            safety: fix.safety,
            message: self.words.slot(finding.rule, fix.slot, &fix.args),
            edits: fix.edits.iter().map(replacement).collect(),
        });
        fixes.collect()
    }

    fn place(&self, at: Location) -> Place<'a> {
        let start = self.places.start(at, PositionEncoding::Utf32);
        let end = self.places.end(at, PositionEncoding::Utf32);
        Place {
            file: self.places.path(at.file),
            start: Position {
                line: start.line,
                column: start.column,
                offset: at.span.start,
            },
            end: Position {
                line: end.line,
                column: end.column,
                offset: at.span.end,
            },
        }
    }
}

fn references(rule: Option<&'static RuleMeta>) -> References {
    let Some(rule) = rule else {
        return References {
            swc: Vec::new(),
            cwe: Vec::new(),
            scwe: Vec::new(),
            ethtrust: &[],
            links: &[],
        };
    };
    let all = &rule.references;
    References {
        swc: all.swc.iter().map(|n| format!("SWC-{n}")).collect(),
        cwe: all.cwe.iter().map(|n| format!("CWE-{n}")).collect(),
        scwe: all.scwe.iter().map(|n| format!("SCWE-{n:03}")).collect(),
        ethtrust: all.ethtrust,
        links: all.links,
    }
}
