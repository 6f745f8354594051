//! `rules` and `explain`.

use std::fmt::Write as _;

use pactward_base::{Locale, RuleMeta, RuleStatus};
use pactward_policy::did_you_mean;

use crate::Verdict;
use crate::args::ListFormat;
use crate::failure::Failure;
use crate::output::Output;
use crate::say::Say;
use crate::terminal::Terminal;

/// Metadata of every rule, in the order of documentation.
pub(crate) fn metas() -> Vec<&'static RuleMeta> {
    pactward_rules::all()
        .iter()
        .map(|rule| rule.meta())
        .collect()
}

pub(crate) fn list(format: ListFormat, terminal: Terminal) -> Result<Verdict, Failure> {
    let rules = metas();
    let text = match format {
        ListFormat::Text => table(&rules, terminal.say),
        ListFormat::Json => json(&rules, terminal.say.locale),
    };
    Output::Stdout.write(&text, terminal.say)?;
    Ok(Verdict::Clean)
}

fn table(rules: &[&RuleMeta], say: Say) -> String {
    let width = rules.iter().map(|r| r.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for rule in rules {
        let preview = match rule.status {
            RuleStatus::Stable => String::new(),
            RuleStatus::Preview => format!(" [{}]", rule_status(rule, say)),
        };
        let _ = writeln!(
            out,
            "{:width$}  {:8}  {}{preview}",
            rule.id,
            rule.severity,
            purpose(doc(rule, say.locale)),
        );
    }
    out
}

/// The list for programs: the metadata of each rule with its purpose and documentation.
fn json(rules: &[&RuleMeta], locale: Locale) -> String {
    let all: Vec<_> = rules
        .iter()
        .map(|rule| {
            let mut value = serde_json::to_value(rule).unwrap_or_default();
            if let Some(object) = value.as_object_mut() {
                let doc = doc(rule, locale);
                object.insert("purpose".to_owned(), purpose(doc).into());
                object.insert("documentation".to_owned(), doc.into());
            }
            value
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&all).unwrap_or_default();
    text.push('\n');
    text
}

pub(crate) fn explain(name: &str, terminal: Terminal) -> Result<Verdict, Failure> {
    let say = terminal.say;
    let rules = metas();
    let Some(rule) = rules.iter().find(|r| r.id == name) else {
        let failure = Failure::new(say.text("unknown-rule", &[("rule", name)]));
        return Err(match did_you_mean(name, rules.iter().map(|r| r.id)) {
            Some(meant) => failure.help(say.text("did-you-mean", &[("what", meant)])),
            None => failure.help(say.plain("rules-listed")),
        });
    };
    let mut out = doc(rule, say.locale).trim_end().to_owned();
    out.push_str("\n\n---\n");
    let mut line = |slot: &str, text: &str| {
        let _ = writeln!(out, "- {}: {text}", say.plain(slot));
    };
    line("explain-severity", rule.severity.as_str());
    line("explain-confidence", rule.confidence.as_str());
    line("explain-languages", &listed(rule.languages));
    line("explain-platforms", &listed(rule.platforms));
    line("explain-status", &rule_status(rule, say));
    line("explain-references", &references(rule));
    Output::Stdout.write(&out, say)?;
    Ok(Verdict::Clean)
}

fn doc(rule: &RuleMeta, locale: Locale) -> &'static str {
    match locale {
        Locale::En => rule.doc_en,
        Locale::Zh => rule.doc_zh,
    }
}

/// The first sentences of a document below its headings.
fn purpose(doc: &str) -> &str {
    let mut lines = doc.lines().map(str::trim);
    lines
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .unwrap_or_default()
}

fn rule_status(rule: &RuleMeta, say: Say) -> String {
    say.plain(match rule.status {
        RuleStatus::Stable => "status-stable",
        RuleStatus::Preview => "status-preview",
    })
}

fn listed<T: ToString>(all: &[T]) -> String {
    let all: Vec<_> = all.iter().map(ToString::to_string).collect();
    all.join(", ")
}

fn references(rule: &RuleMeta) -> String {
    let references = &rule.references;
    let mut all: Vec<String> = Vec::new();
    all.extend(references.swc.iter().map(|n| format!("SWC-{n}")));
    all.extend(references.cwe.iter().map(|n| format!("CWE-{n}")));
    all.extend(references.scwe.iter().map(|n| format!("SCWE-{n:03}")));
    all.extend(
        references
            .ethtrust
            .iter()
            .map(|text| format!("EthTrust {text}")),
    );
    all.extend(references.links.iter().map(ToString::to_string));
    all.join(", ")
}
