//! Comments that allow a finding: `// pactward-allow(rule-id, …): reason`.
//!
//! They are read from the comments of the syntax tree, so that a string that looks like one does
//! not count.

use pactward_base::{SmolStr, Span};
use pactward_syntax::{Parsed, is_comment, span_of};

use crate::cover::Covers;

/// The word that starts a suppression.
pub const DIRECTIVE: &str = "pactward-allow";

/// One suppression comment of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The line of the comment that holds the suppression, without its end.
    pub comment: Span,
    /// Names of rules or categories as written; empty when the comment is malformed.
    pub rules: Vec<SmolStr>,
    /// Why it is allowed; empty when it is not said.
    pub reason: SmolStr,
    /// Where the primary place of a finding must start.
    pub covers: Span,
}

/// Every suppression of a file, in order.
pub fn suppressions(parsed: &Parsed) -> Vec<Suppression> {
    if !parsed.text.contains(DIRECTIVE) {
        return Vec::new();
    }
    let covers = Covers::new(parsed);
    let mut found = Vec::new();
    for comment in comments(parsed) {
        let mut start = comment.start as usize;
        for line in comment.of(&parsed.text).split_inclusive('\n') {
            let span = Span::new(start as u32, (start + line.trim_end().len()) as u32);
            start += line.len();
            if let Some((rules, reason)) = directive(line) {
                found.push(Suppression {
                    comment: span,
                    rules,
                    reason,
                    covers: covers.of(comment),
                });
            }
        }
    }
    found
}

/// Spans of all comments, in order.
fn comments(parsed: &Parsed) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    let mut cursor = parsed.root().walk();
    loop {
        let node = cursor.node();
        if is_comment(node) {
            found.push(span_of(node));
        } else if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return found;
            }
        }
    }
}

/// Names and reason of a comment line that starts with the directive.
fn directive(line: &str) -> Option<(Vec<SmolStr>, SmolStr)> {
    let text = line.trim().trim_start_matches(['/', '*', '!']).trim_start();
    let text = text.strip_suffix("*/").unwrap_or(text).trim_end();
    let rest = text.strip_prefix(DIRECTIVE)?;
    if rest.starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_') {
        return None;
    }
    let Some((names, rest)) = rest
        .trim_start()
        .strip_prefix('(')
        .and_then(|r| r.split_once(')'))
    else {
        return Some((Vec::new(), SmolStr::default()));
    };
    let rules = names
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(SmolStr::new)
        .collect();
    let reason = rest.trim_start().strip_prefix([':', '：']).unwrap_or("");
    Some((rules, SmolStr::new(reason.trim())))
}
