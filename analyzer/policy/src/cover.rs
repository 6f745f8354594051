//! Which code a suppression comment speaks about.

use pactward_base::{Language, LineIndex, Span};
use pactward_syntax::{Node, Parsed, is_comment, span_of};

/// How many nodes of a statement are searched for a block before the statement counts as one that
/// has a block: such a statement is covered by its first line only.
const STATEMENT_NODES: usize = 2_000;

/// Finds the code next to comments of one file.
pub(crate) struct Covers<'p> {
    parsed: &'p Parsed,
    lines: LineIndex,
}

impl<'p> Covers<'p> {
    pub(crate) fn new(parsed: &'p Parsed) -> Self {
        Self {
            parsed,
            lines: LineIndex::new(&parsed.text),
        }
    }

    /// The bytes that a comment speaks about: behind code, that line and the statement that ends
    /// on it; on lines of its own, the definition or statement below.
    pub(crate) fn of(&self, comment: Span) -> Span {
        match self.code_before(comment) {
            Some(at) => self.line(at).cover(self.statement_at(at)),
            None => self.below(comment.end),
        }
    }

    /// Offset of the last code byte before the comment on its line.
    fn code_before(&self, comment: Span) -> Option<u32> {
        let start = self.line(comment.start).start;
        let mut end = comment.start;
        loop {
            let before = Span::new(start, end).of(&self.parsed.text).trim_end();
            if before.is_empty() {
                return None;
            }
            let last = start + before.len() as u32 - 1;
            match self.chain(last).into_iter().find(|n| is_comment(*n)) {
                Some(other) if other.start_byte() as u32 >= start => {
                    end = other.start_byte() as u32;
                }
                // A block comment that began on an earlier line leaves no code before it.
                Some(_) => return None,
                None => return Some(last),
            }
        }
    }

    /// The code after `from`: all of a definition, all of a statement without blocks, else the
    /// first line.
    fn below(&self, from: u32) -> Span {
        let Some((start, at)) = self.next_code(from) else {
            return Span::new(from, from);
        };
        let node = self
            .chain(at)
            .into_iter()
            .find(|n| n.start_byte() as u32 == at && !is_list(*n));
        let line = self.line(at);
        match node {
            Some(node) if is_definition(node, self.parsed.language) || !has_block(node) => {
                Span::new(start, line.end).cover(span_of(node))
            }
            _ => Span::new(start, line.end),
        }
    }

    /// Start of the next code with its attributes, and start of what the attributes belong to.
    fn next_code(&self, from: u32) -> Option<(u32, u32)> {
        let text = &self.parsed.text;
        let mut at = from as usize;
        let mut first = None;
        loop {
            let rest = text.get(at..)?;
            at += rest.len() - rest.trim_start().len();
            if at >= text.len() {
                return None;
            }
            let chain = self.chain(at as u32);
            let skipped = chain.iter().find(|n| is_comment(**n) || is_attribute(**n));
            if skipped.is_none_or(|n| !is_comment(*n)) {
                first.get_or_insert(at as u32);
            }
            match skipped {
                Some(node) if node.end_byte() > at => at = node.end_byte(),
                _ => return Some((first?, at as u32)),
            }
        }
    }

    /// The innermost statement around an offset, when it has no blocks; else nothing of it.
    fn statement_at(&self, at: u32) -> Span {
        let chain = self.chain(at);
        let innermost = chain
            .windows(2)
            .rev()
            .find(|pair| is_container(pair[0]) && !is_list(pair[1]))
            .map(|pair| pair[1]);
        match innermost {
            Some(node) if !is_definition(node, self.parsed.language) && !has_block(node) => {
                span_of(node)
            }
            _ => Span::new(at, at),
        }
    }

    /// Nodes around the byte at an offset, outermost first.
    fn chain(&self, at: u32) -> Vec<Node<'p>> {
        let mut cursor = self.parsed.root().walk();
        let mut chain = vec![cursor.node()];
        while cursor.goto_first_child_for_byte(at as usize).is_some() {
            if cursor.node().start_byte() as u32 > at {
                break;
            }
            chain.push(cursor.node());
        }
        chain
    }

    fn line(&self, offset: u32) -> Span {
        self.lines
            .line_span(self.lines.line_of(offset), &self.parsed.text)
    }
}

/// Attributes stand before what they belong to, as comments do.
fn is_attribute(node: Node<'_>) -> bool {
    matches!(node.kind(), "attribute_item" | "inner_attribute_item")
}

/// Nodes that hold statements or definitions.
fn is_container(node: Node<'_>) -> bool {
    is_list(node)
        || is_block(node)
        || matches!(
            node.kind(),
            "contract_body" | "declaration_list" | "struct_body"
        )
}

/// Nodes that are nothing but a sequence and so start where their first member starts.
fn is_list(node: Node<'_>) -> bool {
    matches!(node.kind(), "source_file" | "statement_list")
}

fn is_block(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        "block" | "block_statement" | "function_body" | "yul_block"
    )
}

/// Definitions that a comment above covers whole.
fn is_definition(node: Node<'_>, language: Language) -> bool {
    let kind = node.kind();
    match language {
        Language::Solidity => {
            kind.ends_with("_declaration")
                || kind.ends_with("_definition")
                || kind == "state_variable_declaration"
        }
        Language::Go => matches!(
            kind,
            "function_declaration" | "method_declaration" | "type_declaration"
        ),
        Language::Rust => kind.ends_with("_item") || kind == "macro_definition",
    }
}

fn has_block(node: Node<'_>) -> bool {
    let mut cursor = node.walk();
    let mut seen = 0;
    loop {
        seen += 1;
        if is_block(cursor.node()) || seen > STATEMENT_NODES {
            return true;
        }
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return false;
            }
        }
    }
}
