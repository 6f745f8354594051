//! Error-tolerant syntax trees of the three languages, and plain words for what is wrong in them.
//!
//! A [`Parsed`] file always has a tree: text that is no code becomes error nodes in it, and the
//! front ends lower what is around them.

mod body;
pub mod edits;
mod errors;
mod limits;
mod outline;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pactward_base::{Language, Span};

pub use body::Body;
pub use errors::syntax_problems;
pub use limits::{Decoded, MAX_FILE_BYTES, MAX_NESTING, Refusal, decode};
pub use outline::{Outline, OutlineProblem};
pub use tree_sitter::{Node, Tree, TreeCursor};
use tree_sitter::{ParseOptions, ParseState};

/// A file's text with its syntax tree.
#[derive(Debug, Clone)]
pub struct Parsed {
    pub language: Language,
    pub text: Arc<str>,
    pub tree: Tree,
    /// Whether the tree covers the text. Where parsing took too long, the tree is empty.
    pub is_whole: bool,
}

impl Parsed {
    pub fn root(&self) -> Node<'_> {
        self.tree.root_node()
    }

    /// Text of a node.
    pub fn text_of(&self, node: Node<'_>) -> &str {
        span_of(node).of(&self.text)
    }
}

/// Byte range of a node.
pub fn span_of(node: Node<'_>) -> Span {
    Span::new(node.start_byte() as u32, node.end_byte() as u32)
}

/// Named children without comments and error nodes' own tokens.
pub fn children(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let mut cursor = node.walk();
    let all: Vec<_> = node
        .named_children(&mut cursor)
        .filter(|c| !is_comment(*c))
        .collect();
    all.into_iter()
}

/// Named children of one kind.
pub fn children_of_kind<'t>(node: Node<'t>, kind: &str) -> impl Iterator<Item = Node<'t>> {
    children(node).filter(move |c| c.kind() == kind)
}

/// The first named child of one kind.
pub fn child_of_kind<'t>(node: Node<'t>, kind: &str) -> Option<Node<'t>> {
    children(node).find(|c| c.kind() == kind)
}

/// Whether a token of this text is a direct child, such as `payable` or `unchecked`.
pub fn has_token(node: Node<'_>, token: &str) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor).any(|c| c.kind() == token)
}

pub fn is_comment(node: Node<'_>) -> bool {
    matches!(node.kind(), "comment" | "line_comment" | "block_comment")
}

/// Parses any text.
pub fn parse(language: Language, text: Arc<str>) -> Parsed {
    parsed(language, text, None)
}

/// Parses the text after an edit, reusing the old tree, on which the edit has been recorded.
pub fn reparse(language: Language, text: Arc<str>, old: &Tree) -> Parsed {
    parsed(language, text, Some(old))
}

/// Time after which a text is given up. The largest file takes a fraction of it; only text that
/// the parser recovers from over and over, such as thousands of stray operators, costs quadratic
/// time.
const PATIENCE: Duration = Duration::from_secs(5);

fn parsed(language: Language, text: Arc<str>, old: Option<&Tree>) -> Parsed {
    let mut parser = tree_sitter::Parser::new();
    let grammar = match language {
        Language::Solidity => tree_sitter_solidity::LANGUAGE,
        Language::Go => tree_sitter_go::LANGUAGE,
        Language::Rust => tree_sitter_rust::LANGUAGE,
    };
    parser
        .set_language(&grammar.into())
        .expect("the linked grammar fits the linked parser");
    let whole = parse_patiently(&mut parser, &text, old);
    let is_whole = whole.is_some();
    let tree = whole.unwrap_or_else(|| {
        parser.reset();
        parser
            .parse("", None)
            .expect("a parser with a language and no deadline yields a tree")
    });
    Parsed {
        language,
        text,
        tree,
        is_whole,
    }
}

/// The tree of the text, or nothing when patience ended.
fn parse_patiently(
    parser: &mut tree_sitter::Parser,
    text: &str,
    old: Option<&Tree>,
) -> Option<Tree> {
    let start = Instant::now();
    let mut watch = |_: &ParseState| {
        if start.elapsed() > PATIENCE {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let options = ParseOptions::new().progress_callback(&mut watch);
    let bytes = text.as_bytes();
    let mut read = |at: usize, _| bytes.get(at..).unwrap_or_default();
    parser.parse_with_options(&mut read, old, Some(options))
}
