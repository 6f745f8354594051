//! Where a tree says that the text is no code.

use pactward_base::Span;

use crate::{Node, Parsed, span_of};

/// Most problems that are told per file: after these, a reader has seen that it is no code.
const MAX_PROBLEMS: usize = 20;

/// Spans of syntax errors with the token that is missing or unexpected, outermost only and in
/// order, so that one mistake is told once.
pub fn syntax_problems(parsed: &Parsed) -> Vec<(Span, String)> {
    let mut found = Vec::new();
    if !parsed.root().has_error() {
        return found;
    }
    let mut stack = vec![parsed.root()];
    while let Some(node) = stack.pop() {
        if found.len() >= MAX_PROBLEMS {
            break;
        }
        if node.is_missing() {
            found.push((span_of(node), format!("missing `{}`", node.kind())));
        } else if node.is_error() {
            found.push((first_line(node, parsed), unexpected(node, parsed)));
        } else if node.has_error() {
            let mut cursor = node.walk();
            let inner: Vec<_> = node.children(&mut cursor).collect();
            stack.extend(inner.into_iter().rev());
        }
    }
    found
}

/// The error node's text up to its first line end, so that a recovered region of a hundred lines
/// is not underlined.
fn first_line(node: Node<'_>, parsed: &Parsed) -> Span {
    let span = span_of(node);
    let length = span.of(&parsed.text).find('\n').unwrap_or(span.len());
    Span::new(span.start, span.start + length as u32)
}

fn unexpected(node: Node<'_>, parsed: &Parsed) -> String {
    let text = first_line(node, parsed).of(&parsed.text).trim();
    let mut shown: String = text.chars().take(40).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("unexpected `{shown}`")
}
