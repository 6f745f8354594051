//! Syntax nodes together with the text they come from.
//!
//! Macro arguments are token trees in the grammar. Their text is parsed again as Rust code in a
//! tree of its own, so a body consists of several trees; a [`Syn`] knows to which text it belongs
//! and where that text stands in the definition.

use std::sync::Arc;

use pactward_base::{Language, Span};
use pactward_syntax::{Body, Node, Parsed, is_comment, parse};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::decls::TypeExpr;

/// A text that nodes belong to.
#[derive(Debug)]
pub(crate) struct Source {
    /// Tells the texts of one definition apart.
    id: u32,
    text: Arc<str>,
    /// An offset of the text and the offset in the definition that it stands for.
    from: u32,
    to: u32,
    /// Span that stands for all, where the text does not occur in the file (expanded macros).
    whole: Option<Span>,
}

impl Source {
    /// An offset of the text, relative to the definition.
    fn relative(&self, at: usize) -> u32 {
        self.to + (at as u32).saturating_sub(self.from)
    }
}

/// A node and its text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Syn<'t> {
    pub(crate) node: Node<'t>,
    source: &'t Source,
}

impl<'t> Syn<'t> {
    pub(crate) fn new(node: Node<'t>, source: &'t Source) -> Self {
        Self { node, source }
    }

    pub(crate) fn kind(self) -> &'t str {
        self.node.kind()
    }

    pub(crate) fn text(self) -> &'t str {
        self.source
            .text
            .get(self.node.start_byte()..self.node.end_byte())
            .unwrap_or("")
    }

    /// Span relative to the definition.
    pub(crate) fn span(self) -> Span {
        if let Some(whole) = self.source.whole {
            return whole;
        }
        let to = |at: usize| self.source.relative(at);
        Span::new(to(self.node.start_byte()), to(self.node.end_byte()))
    }

    pub(crate) fn field(self, name: &str) -> Option<Syn<'t>> {
        let node = self.node.child_by_field_name(name)?;
        Some(Self { node, ..self })
    }

    /// Named children without comments and attributes.
    pub(crate) fn kids(self) -> Vec<Syn<'t>> {
        let mut cursor = self.node.walk();
        self.node
            .named_children(&mut cursor)
            .filter(|n| {
                !is_comment(*n) && !matches!(n.kind(), "attribute_item" | "inner_attribute_item")
            })
            .map(|node| Self { node, ..self })
            .collect()
    }

    /// Children that can be patterns: the named ones, and `_`, which the grammar does not name.
    pub(crate) fn patterns(self) -> Vec<Syn<'t>> {
        let mut cursor = self.node.walk();
        self.node
            .children(&mut cursor)
            .filter(|n| n.kind() == "_" || n.is_named() && !is_comment(*n))
            .map(|node| Self { node, ..self })
            .collect()
    }

    pub(crate) fn first_kid(self) -> Option<Syn<'t>> {
        self.kids().into_iter().next()
    }

    pub(crate) fn kid_of_kind(self, kind: &str) -> Option<Syn<'t>> {
        self.kids().into_iter().find(|k| k.kind() == kind)
    }

    /// Whether a token of this text is a direct child.
    pub(crate) fn has_token(self, token: &str) -> bool {
        pactward_syntax::has_token(self.node, token)
    }

    /// Text of the operator token.
    pub(crate) fn operator(self) -> &'t str {
        self.field("operator").map_or("", Syn::text)
    }

    /// The type that the node writes.
    pub(crate) fn type_expr(self) -> TypeExpr {
        crate::outline::type_expr(&self.source.text, self.node)
    }

    /// Segments of a path, type arguments left out; empty if this is no path.
    pub(crate) fn path(self) -> Vec<SmolStr> {
        let mut segments = Vec::new();
        let mut at = Some(self);
        while let Some(node) = at {
            at = None;
            match node.kind() {
                "scoped_identifier" | "scoped_type_identifier" => {
                    if let Some(name) = node.field("name") {
                        segments.push(SmolStr::new(name.text()));
                    }
                    at = node.field("path");
                }
                "generic_type" | "generic_type_with_turbofish" => at = node.field("type"),
                "generic_function" => at = node.field("function"),
                "bracketed_type" => at = node.first_kid(),
                "qualified_type" => at = node.field("type"),
                "identifier"
                | "type_identifier"
                | "primitive_type"
                | "self"
                | "super"
                | "crate"
                | "field_identifier"
                | "shorthand_field_identifier"
                | "metavariable" => {
                    segments.push(SmolStr::new(node.text()));
                }
                _ => return Vec::new(),
            }
        }
        segments.reverse();
        segments
    }
}

/// How the text of a macro's arguments is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ArgsForm {
    /// Expressions separated by commas: node is `arguments`.
    Call,
    /// `a, b` or `a; n` of `vec!`: node is `array_expression`.
    Array,
    /// `value, pattern` of `matches!`: node is `match_expression`.
    Match,
    /// Statements: node is `block`.
    Block,
}

/// How the arguments of one macro call are read.
pub(crate) enum Reading {
    Args(ArgsForm),
    /// The text that the call expands to, which is a block's.
    Expanded(String),
}

/// Says how a macro of this name with these arguments is read.
pub(crate) type Readings<'r> = &'r dyn Fn(&str, &str) -> Reading;

/// The trees of one definition: its own and those of its macros' arguments.
pub(crate) struct Trees {
    body: Source,
    snippets: Vec<Snippet>,
    /// Text and place in it of a macro call's arguments → snippet.
    of_macro: FxHashMap<(u32, usize), usize>,
}

struct Snippet {
    parsed: Parsed,
    source: Source,
    form: ArgsForm,
}

/// Macros inside macros that are followed, how many in all per definition, and their text.
const MAX_MACRO_DEPTH: u32 = 16;
const MAX_SNIPPETS: usize = 4096;
const MAX_SNIPPET_BYTES: usize = 4 << 20;

impl Trees {
    /// Parses the arguments of every macro call in the definition.
    pub(crate) fn new(body: &Body, readings: Readings<'_>) -> Self {
        let mut trees = Self {
            body: Source {
                id: 0,
                text: body.parsed().text.clone(),
                from: body.start(),
                to: 0,
                whole: None,
            },
            snippets: Vec::new(),
            of_macro: FxHashMap::default(),
        };
        let mut work = Vec::new();
        let mut bytes = 0;
        collect_macros(Syn::new(body.node(), &trees.body), &mut work);
        let mut depth = 0;
        while !work.is_empty() && depth < MAX_MACRO_DEPTH {
            let from = trees.snippets.len();
            for args in work.drain(..) {
                let at = trees.snippets.len();
                bytes += args.text.len();
                if at >= MAX_SNIPPETS || bytes > MAX_SNIPPET_BYTES {
                    break;
                }
                let reading = readings(&args.name, &args.text);
                trees.of_macro.entry(args.place).or_insert(at);
                trees
                    .snippets
                    .push(Snippet::parse(args, reading, at as u32 + 1));
            }
            for snippet in &trees.snippets[from..] {
                let root = Syn::new(snippet.parsed.root(), &snippet.source);
                collect_macros(root, &mut work);
            }
            depth += 1;
        }
        trees
    }

    /// A node of the definition's own tree.
    pub(crate) fn of_body<'t>(&'t self, node: Node<'t>) -> Syn<'t> {
        Syn::new(node, &self.body)
    }

    /// The parsed arguments of a macro call and their form.
    pub(crate) fn arguments<'t>(&'t self, call: Syn<'t>) -> Option<(Syn<'t>, ArgsForm)> {
        let tokens = call.kid_of_kind("token_tree")?;
        let place = (tokens.source.id, tokens.node.start_byte());
        let snippet = self.snippets.get(*self.of_macro.get(&place)?)?;
        let root = Syn::new(snippet.parsed.root(), &snippet.source);
        let function = root.kid_of_kind("function_item")?;
        let block = function.field("body")?;
        let inner = if snippet.form == ArgsForm::Block {
            block
        } else {
            let first = block.first_kid()?;
            let statement = if first.kind() == "expression_statement" {
                first.first_kid()?
            } else {
                first
            };
            match snippet.form {
                ArgsForm::Call => statement.field("arguments")?,
                _ => statement,
            }
        };
        Some((inner, snippet.form))
    }
}

impl Snippet {
    fn parse(args: MacroArgs, reading: Reading, id: u32) -> Self {
        let (form, inner, whole) = match reading {
            Reading::Args(form) => (form, args.text, args.whole),
            Reading::Expanded(text) => (ArgsForm::Block, text, Some(args.call)),
        };
        let (prefix, suffix) = match form {
            ArgsForm::Call => ("fn f(){m(", ");}"),
            ArgsForm::Array => ("fn f(){[", "];}"),
            ArgsForm::Match => ("fn f(){match ", "=>()}}"),
            ArgsForm::Block => ("fn f(){", "}"),
        };
        let mut text = String::with_capacity(inner.len() + 32);
        text.push_str(prefix);
        text.push_str(&inner);
        if form == ArgsForm::Match
            && let Some(comma) = first_comma(&inner)
        {
            let at = prefix.len() + comma;
            text.replace_range(at..=at, "{");
        }
        text.push_str(suffix);
        let parsed = parse(Language::Rust, Arc::from(text));
        let source = Source {
            id,
            text: parsed.text.clone(),
            from: prefix.len() as u32,
            to: args.start,
            whole,
        };
        Self {
            parsed,
            source,
            form,
        }
    }
}

/// A macro call's arguments.
struct MacroArgs {
    name: String,
    /// Text between the brackets.
    text: String,
    /// Offset of the text, relative to the definition.
    start: u32,
    /// Span of the call.
    call: Span,
    whole: Option<Span>,
    /// Text and place in it of the brackets.
    place: (u32, usize),
}

fn collect_macros(root: Syn<'_>, out: &mut Vec<MacroArgs>) {
    let mut stack = vec![root];
    while let Some(node) = stack.pop() {
        if node.kind() == "macro_invocation" {
            let name = node.field("macro");
            if let (Some(name), Some(tokens)) = (name, node.kid_of_kind("token_tree")) {
                let text = tokens.text();
                let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or("");
                out.push(MacroArgs {
                    name: name.path().last().cloned().unwrap_or_default().to_string(),
                    text: inner.to_owned(),
                    start: tokens.source.relative(tokens.node.start_byte() + 1),
                    call: node.span(),
                    whole: tokens.source.whole,
                    place: (tokens.source.id, tokens.node.start_byte()),
                });
            }
            continue;
        }
        if node.kind() == "token_tree" {
            continue;
        }
        let mut cursor = node.node.walk();
        for child in node.node.named_children(&mut cursor) {
            stack.push(Syn::new(child, node.source));
        }
    }
}

/// Offset of the first comma outside brackets and literals.
fn first_comma(text: &str) -> Option<usize> {
    let mut depth = 0i32;
    let mut in_string = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            b',' if depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}
