//! Rules as SARIF descriptors.

use pactward_base::{Confidence, Locale, RuleMeta, Severity};

use super::model::{Configuration, MarkdownText, RuleDescriptor, RuleProperties, Text};

/// GitHub reads at most so many tags of a rule.
const MAX_TAGS: usize = 20;

/// GitHub reads at most so many characters of a full description.
const MAX_DESCRIPTION: usize = 1024;

pub(super) fn descriptor(rule: &'static RuleMeta, locale: Locale) -> RuleDescriptor {
    let doc = match locale {
        Locale::En => rule.doc_en,
        Locale::Zh => rule.doc_zh,
    };
    let mut sections = sections(doc);
    let what = sections.next().unwrap_or_else(|| rule.id.to_owned());
    let why = sections.next().unwrap_or_else(|| what.clone());
    RuleDescriptor {
        id: rule.id,
        name: pascal_case(rule.id),
        short_description: Text {
            text: shortened(&what),
        },
        full_description: Text {
            text: shortened(&why),
        },
        help: MarkdownText {
            text: if doc.is_empty() { what } else { doc.to_owned() },
            markdown: doc.to_owned(),
        },
        help_uri: rule.references.links.first().copied().unwrap_or_default(),
        default_configuration: Configuration {
            level: level(rule.severity),
        },
        properties: RuleProperties {
            tags: tags(rule),
            precision: precision(rule.confidence),
            problem_severity: problem_severity(rule.severity),
            security_severity: (rule.severity > Severity::Info).then(|| rule.severity.score()),
        },
    }
}

pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "recommendation",
    }
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Proved => "very-high",
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

/// The identifiers of the weakness in the spellings that tools look for, best fitting first.
fn tags(rule: &RuleMeta) -> Vec<String> {
    let all = &rule.references;
    let swc = all.swc.iter().map(|n| format!("SWC-{n}"));
    let cwe = all.cwe.iter().map(|n| format!("external/cwe/cwe-{n:03}"));
    let scwe = all.scwe.iter().map(|n| format!("SCWE-{n:03}"));
    let ethtrust = all
        .ethtrust
        .iter()
        .map(|r| format!("external/ethtrust/{r}"));
    let mut tags: Vec<_> = swc.chain(cwe).chain(scwe).chain(ethtrust).collect();
    tags.truncate(MAX_TAGS - 1);
    tags.push("security".to_owned());
    tags
}

/// The text of each section of a rule's page as one paragraph.
fn sections(doc: &str) -> impl Iterator<Item = String> {
    doc.split("\n## ")
        .skip(1)
        .filter_map(|section| section.split_once('\n'))
        .map(|(_, body)| body.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|body| !body.is_empty())
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= MAX_DESCRIPTION {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(MAX_DESCRIPTION - 1).collect();
    short.push('…');
    short
}

fn pascal_case(id: &str) -> String {
    id.split('-')
        .map(|word| {
            let mut chars = word.chars();
            let first = chars.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(chars).collect::<String>()
        })
        .collect()
}
