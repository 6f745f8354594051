//! Where a tree says that the text is no code.

use pactward_base::{ProblemKind, SmolStr, Span};

use crate::{Node, OutlineProblem, Parsed, span_of};

/// Most problems that are told per file: after these, a reader has seen that it is no code.
const MAX_PROBLEMS: usize = 20;

/// What is missing or unexpected, outermost only and in order, so that one mistake is told once.
pub fn syntax_problems(parsed: &Parsed) -> Vec<OutlineProblem> {
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
            found.push(OutlineProblem {
                kind: ProblemKind::MissingToken,
                span: span_of(node),
                subject: node.kind().into(),
            });
        } else if node.is_error() {
            found.push(OutlineProblem {
                kind: ProblemKind::Syntax,
                span: first_line(node, parsed),
                subject: beginning(node, parsed),
            });
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

fn beginning(node: Node<'_>, parsed: &Parsed) -> SmolStr {
    let text = first_line(node, parsed).of(&parsed.text).trim();
    let mut shown: String = text.chars().take(40).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown.into()
}
