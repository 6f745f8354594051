//! The cursor over tokens that all parts of the parser share.

use pactward_base::{SmolStr, Span};

use super::ast::{Ast, Expr, ExprId, ExprKind};
use super::lexer::{Token, TokenKind, tokens};
use super::{Args, MAX_DEPTH};

pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    tokens: Vec<Token>,
    at: usize,
    pub(super) ast: Ast,
    depth: u16,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            tokens: tokens(text),
            at: 0,
            ast: Ast::default(),
            depth: 0,
        }
    }

    fn token(&self, ahead: usize) -> Token {
        let last = self.tokens.len() - 1;
        self.tokens[(self.at + ahead).min(last)]
    }

    pub(super) fn kind(&self) -> TokenKind {
        self.token(0).kind
    }

    pub(super) fn kind_at(&self, ahead: usize) -> TokenKind {
        self.token(ahead).kind
    }

    /// Text of the current token; empty at the end.
    pub(super) fn word(&self) -> &'t str {
        self.word_at(0)
    }

    pub(super) fn word_at(&self, ahead: usize) -> &'t str {
        self.token(ahead).span.of(self.text)
    }

    /// Whether the current token has this text. Strings keep their quotes, so no string is taken
    /// for a word.
    pub(super) fn at(&self, text: &str) -> bool {
        self.word() == text
    }

    pub(super) fn at_end(&self) -> bool {
        self.kind() == TokenKind::End
    }

    pub(super) fn is_word(&self) -> bool {
        self.kind() == TokenKind::Word
    }

    pub(super) fn bump(&mut self) {
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.at(text);
        if found {
            self.bump();
        }
        found
    }

    /// The current word, consumed; empty if there is none.
    pub(super) fn name(&mut self) -> SmolStr {
        if !self.is_word() {
            return SmolStr::default();
        }
        let name = SmolStr::new(self.word());
        self.bump();
        name
    }

    /// The current word as a name, unless it begins a definition.
    pub(super) fn optional_name(&mut self) -> SmolStr {
        if self.at_definition() {
            return SmolStr::default();
        }
        self.name()
    }

    /// `a.b.c`, consumed; empty if there is no word.
    pub(super) fn path(&mut self) -> SmolStr {
        let mut path = self.name();
        while !path.is_empty() && self.at(".") && self.kind_at(1) == TokenKind::Word {
            self.bump();
            path = SmolStr::new(format!("{path}.{}", self.word()));
            self.bump();
        }
        path
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    pub(super) fn rewind(&mut self, position: usize) {
        self.at = position;
    }

    /// Start of the current token.
    pub(super) fn start(&self) -> u32 {
        self.token(0).span.start
    }

    /// End of the token before the current one.
    pub(super) fn end(&self) -> u32 {
        match self.at {
            0 => 0,
            at => self.tokens[at - 1].span.end,
        }
    }

    pub(super) fn span_from(&self, start: u32) -> Span {
        Span::new(start, self.end().max(start))
    }

    /// Runs `parse` one level deeper, or yields nothing at the deepest level.
    pub(super) fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        Some(parsed)
    }

    /// Skips from an opening bracket past its match. Inside parentheses and square brackets a
    /// brace or semicolon ends the search: they were not closed.
    pub(super) fn skip_group(&mut self) {
        let braces = self.at("{");
        let mut open = 0usize;
        loop {
            match self.word() {
                "(" | "[" | "{" => open += 1,
                ")" | "]" | "}" => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        self.bump();
                        return;
                    }
                }
                ";" if !braces => return,
                _ => {}
            }
            if self.at_end() {
                return;
            }
            self.bump();
        }
    }

    /// Adds an expression; one that nests too deep becomes an error without parts.
    pub(super) fn add(&mut self, kind: ExprKind, start: u32) -> ExprId {
        let span = self.span_from(start);
        let depth = self.depth_of(&kind);
        let kind = if depth > MAX_DEPTH {
            ExprKind::Error(Vec::new())
        } else {
            kind
        };
        let depth = if depth > MAX_DEPTH { 0 } else { depth };
        self.ast.exprs.push(Expr { kind, span, depth });
        ExprId(self.ast.exprs.len() as u32 - 1)
    }

    fn depth_of(&self, kind: &ExprKind) -> u16 {
        let of = |id: &ExprId| self.ast.get(*id).depth;
        let deepest = |ids: &mut dyn Iterator<Item = &ExprId>| ids.map(of).max().unwrap_or(0);
        let parts = match kind {
            ExprKind::Binary(_, left, right) => {
                let spine = matches!(self.ast.get(*left).kind, ExprKind::Binary(..));
                let left = of(left);
                return if spine {
                    left.max(of(right) + 1)
                } else {
                    left.max(of(right)) + 1
                };
            }
            ExprKind::Member(a, _) | ExprKind::Prefix(_, a) | ExprKind::Postfix(_, a) => of(a),
            ExprKind::Index(a, b) => of(a).max(deepest(&mut b.iter())),
            ExprKind::Slice(a, b, c) => of(a).max(deepest(&mut b.iter().chain(c))),
            ExprKind::Call(a, Args::Positional(args)) => of(a).max(deepest(&mut args.iter())),
            ExprKind::Call(a, Args::Named(args)) | ExprKind::Options(a, args) => {
                of(a).max(deepest(&mut args.iter().map(|(_, e)| e)))
            }
            ExprKind::Assign(_, a, b) => of(a).max(of(b)),
            ExprKind::Ternary(a, b, c) => of(a).max(of(b)).max(of(c)),
            ExprKind::Tuple(parts) => deepest(&mut parts.iter().flatten()),
            ExprKind::Array(parts) | ExprKind::Error(parts) => deepest(&mut parts.iter()),
            _ => return 0,
        };
        parts + 1
    }
}
