//! From a file's tree to its declarations and the texts of its functions.

mod dispatch;
mod items;
mod signature;

use std::sync::Arc;

use pactward_base::{SmolStr, Span};
use pactward_syntax::{Body, Node, Outline, Parsed, is_comment, span_of};
use rustc_hash::FxHashMap;

use crate::decls::{Attrs, Decls, ModuleDecl, RustOutline};

pub(crate) use signature::type_expr;

/// Inline modules and function bodies that are followed into each other. Brackets nest less deep
/// than this in every text that is accepted, so it only guards direct callers.
const MAX_DEPTH: u32 = 300;

pub(crate) fn outline(path: &str, parsed: &Arc<Parsed>) -> RustOutline {
    let mut reader = Reader {
        parsed,
        path,
        modules: vec![ModuleDecl::default()],
        bodies: Vec::new(),
        imports: Vec::new(),
        written: SmolStr::default(),
        taken: FxHashMap::default(),
    };
    reader.items(parsed.root(), 0, "", 0);
    let mut bodies = reader.bodies;
    bodies.sort_by(|a, b| a.0.cmp(&b.0));
    Outline {
        decls: Arc::new(Decls {
            path: path.into(),
            modules: reader.modules,
        }),
        bodies,
        problems: Vec::new(),
        imports: reader.imports,
    }
}

/// Reads one file.
struct Reader<'p> {
    parsed: &'p Arc<Parsed>,
    path: &'p str,
    modules: Vec<ModuleDecl>,
    bodies: Vec<(SmolStr, Body)>,
    imports: Vec<(SmolStr, Span)>,
    /// Text of the use tree being read.
    written: SmolStr,
    /// How often a unique name was given, for definitions that share one (under different `cfg`).
    taken: FxHashMap<SmolStr, u32>,
}

impl<'p> Reader<'p> {
    fn text(&self, node: Node<'_>) -> &'p str {
        span_of(node).of(&self.parsed.text)
    }

    /// A unique name below `scope` (`module::Type::`, empty for the file itself).
    fn unique(&mut self, scope: &str, name: &str) -> SmolStr {
        let plain = SmolStr::from(format!("{}:{scope}{name}", self.path));
        let count = self.taken.entry(plain.clone()).or_insert(0);
        *count += 1;
        if *count == 1 {
            plain
        } else {
            SmolStr::from(format!("{plain}'{count}"))
        }
    }
}

/// Attributes that stand before an item, without blanks.
fn push_attribute(text: &str, attrs: &mut Attrs) {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let inner = bare
        .trim_start_matches("#!")
        .trim_start_matches('#')
        .trim_start_matches('[')
        .trim_end_matches(']');
    if let Some(args) = inner
        .strip_prefix("cfg_attr(")
        .and_then(|rest| rest.strip_suffix(')'))
    {
        for part in split_commas(args).into_iter().skip(1) {
            attrs.0.push(part.trim_start_matches("::").into());
        }
    } else if !matches!(
        inner.split(['(', '=']).next(),
        Some("doc" | "allow" | "inline" | "derive" | "must_use" | "deprecated")
    ) {
        attrs.0.push(inner.trim_start_matches("::").into());
    }
}

/// Parts between the commas outside brackets.
fn split_commas(text: &str) -> Vec<&str> {
    let (mut parts, mut from, mut depth) = (Vec::new(), 0, 0i32);
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

/// Whether the item exists only in test builds.
fn is_test_only(attrs: &Attrs) -> bool {
    attrs.0.iter().any(|attr| {
        if let Some(condition) = attr.strip_prefix("cfg(") {
            return requires_test(condition.trim_end_matches(')'));
        }
        matches!(
            attr.as_str(),
            "test" | "ink::test" | "ink_e2e::test" | "bench"
        ) || attr.starts_with("ink_e2e::test(")
            || attr.starts_with("tokio::test")
    })
}

/// Whether a `cfg` condition can only hold in a test build: `test` itself, or an `all` with it.
fn requires_test(condition: &str) -> bool {
    match condition.strip_prefix("all(") {
        Some(parts) => split_commas(parts.trim_end_matches(')'))
            .iter()
            .any(|p| requires_test(p)),
        None => condition == "test",
    }
}

/// Named children that are no comments.
fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor)
        .filter(|n| !is_comment(*n))
        .collect()
}
