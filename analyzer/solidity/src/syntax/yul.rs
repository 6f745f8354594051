//! Inline assembly.

use num_bigint::BigInt;
use pactward_base::SmolStr;

use super::ast::{YulExpr, YulExprKind, YulFunction, YulStmt, YulStmtKind};
use super::lexer::TokenKind;
use super::parser::Parser;

impl Parser<'_> {
    pub(super) fn yul_block(&mut self) -> Vec<YulStmt> {
        let mut all = Vec::new();
        if !self.eat("{") {
            return all;
        }
        while !self.at("}") && !self.at_end() {
            let before = self.position();
            let statement = self.yul_statement();
            if self.position() == before {
                self.bump();
            }
            let is_error = |s: &YulStmt| matches!(s.kind, YulStmtKind::Error);
            if !(is_error(&statement) && all.last().is_some_and(is_error)) {
                all.push(statement);
            }
        }
        self.eat("}");
        all
    }

    fn yul_statement(&mut self) -> YulStmt {
        let start = self.start();
        let kind = self.nested(Self::yul_statement_kind);
        YulStmt {
            kind: kind.unwrap_or(YulStmtKind::Error),
            span: self.span_from(start),
        }
    }

    fn yul_statement_kind(&mut self) -> YulStmtKind {
        match self.word() {
            "{" => YulStmtKind::Block(self.yul_block()),
            "let" => {
                self.bump();
                let names = self.yul_names();
                let value = self.eat(":=").then(|| self.yul_expr());
                YulStmtKind::Let(names, value)
            }
            "if" => {
                self.bump();
                let cond = self.yul_expr();
                YulStmtKind::If(cond, self.yul_block())
            }
            "for" => {
                self.bump();
                let start = self.yul_block();
                let cond = self.yul_expr();
                let step = self.yul_block();
                let body = self.yul_block();
                YulStmtKind::For {
                    start,
                    cond,
                    step,
                    body,
                }
            }
            "switch" => self.yul_switch(),
            "function" => {
                self.bump();
                let name = self.yul_path();
                self.eat("(");
                let params = self.yul_names();
                self.eat(")");
                let returns = if self.eat("->") {
                    self.yul_names()
                } else {
                    Vec::new()
                };
                let body = self.yul_block();
                YulStmtKind::Function(YulFunction {
                    name,
                    params,
                    returns,
                    body,
                })
            }
            "leave" => self.yul_simple(YulStmtKind::Leave),
            "break" => self.yul_simple(YulStmtKind::Break),
            "continue" => self.yul_simple(YulStmtKind::Continue),
            _ => self.yul_assignment_or_call(),
        }
    }

    fn yul_simple(&mut self, kind: YulStmtKind) -> YulStmtKind {
        self.bump();
        kind
    }

    fn yul_switch(&mut self) -> YulStmtKind {
        self.bump();
        let on = self.yul_expr();
        let mut cases = Vec::new();
        let mut default = None;
        loop {
            if self.eat("case") {
                let value = self.yul_expr();
                cases.push((value, self.yul_block()));
            } else if self.eat("default") {
                default = Some(self.yul_block());
            } else {
                break;
            }
        }
        YulStmtKind::Switch { on, cases, default }
    }

    fn yul_assignment_or_call(&mut self) -> YulStmtKind {
        if !self.is_word() {
            return YulStmtKind::Error;
        }
        let before = self.position();
        let names = self.yul_names();
        // `x := e`, and `x : = e` as the oldest compilers accepted it.
        let spaced = self.at(":") && self.word_at(1) == "=";
        if self.at(":=") || spaced {
            if spaced {
                self.bump();
            }
            self.bump();
            return YulStmtKind::Assign(names, self.yul_expr());
        }
        self.rewind(before);
        YulStmtKind::Expr(self.yul_expr())
    }

    fn yul_names(&mut self) -> Vec<SmolStr> {
        let mut all = Vec::new();
        while self.is_word() {
            all.push(self.yul_path());
            if self.at(":") && self.kind_at(1) == TokenKind::Word {
                self.bump();
                self.bump();
            }
            if !self.eat(",") {
                break;
            }
        }
        all
    }

    fn yul_path(&mut self) -> SmolStr {
        self.path()
    }

    fn yul_expr(&mut self) -> YulExpr {
        let start = self.start();
        let kind = self.nested(Self::yul_expr_kind);
        YulExpr {
            kind: kind.unwrap_or(YulExprKind::Error),
            span: self.span_from(start),
        }
    }

    fn yul_expr_kind(&mut self) -> YulExprKind {
        match self.kind() {
            TokenKind::Number => {
                let value = super::number::literal(self.word(), None);
                self.bump();
                YulExprKind::Number(value.unwrap_or_default())
            }
            TokenKind::Text => {
                let text = self.word();
                self.bump();
                let inner = text.get(1..text.len().max(2) - 1).unwrap_or("");
                YulExprKind::Text(inner.into())
            }
            TokenKind::Hex => {
                let digits: String = self
                    .word()
                    .chars()
                    .skip(3)
                    .filter(char::is_ascii_hexdigit)
                    .collect();
                self.bump();
                let value = BigInt::parse_bytes(digits.as_bytes(), 16);
                YulExprKind::Number(value.unwrap_or_default())
            }
            TokenKind::Word => match self.word() {
                "true" | "false" => {
                    let value = self.at("true");
                    self.bump();
                    YulExprKind::Bool(value)
                }
                _ => {
                    let name = self.yul_path();
                    if !self.at("(") {
                        return YulExprKind::Name(name);
                    }
                    YulExprKind::Call(name, self.yul_args())
                }
            },
            _ => YulExprKind::Error,
        }
    }

    fn yul_args(&mut self) -> Vec<YulExpr> {
        self.bump();
        let mut all = Vec::new();
        while !matches!(self.word(), ")" | "{" | "}") && !self.at_end() {
            all.push(self.yul_expr());
            if !self.eat(",") {
                break;
            }
        }
        self.eat(")");
        all
    }
}
