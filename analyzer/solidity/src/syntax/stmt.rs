//! Statements.

use pactward_base::SmolStr;

use super::ast::{Catch, ExprKind, LocalSpec, Location, Stmt, StmtKind, TypeExpr};
use super::lexer::TokenKind;
use super::parser::Parser;

impl Parser<'_> {
    /// `{ … }`; nothing consumed and no statements if there is no brace.
    pub(super) fn block(&mut self) -> Vec<Stmt> {
        let mut all = Vec::new();
        if !self.eat("{") {
            return all;
        }
        while !self.at("}") && !self.at_end() {
            let before = self.position();
            let statement = self.statement();
            if self.position() == before {
                self.bump();
            }
            // A run of text that is no statement is one error.
            let repeated = matches!(
                (&statement.kind, all.last()),
                (
                    StmtKind::Error,
                    Some(Stmt {
                        kind: StmtKind::Error,
                        ..
                    })
                )
            );
            if !repeated {
                all.push(statement);
            }
        }
        self.eat("}");
        all
    }

    fn statement(&mut self) -> Stmt {
        let start = self.start();
        let kind = self.nested(Self::statement_kind);
        Stmt {
            kind: kind.unwrap_or(StmtKind::Error),
            span: self.span_from(start),
        }
    }

    fn boxed(&mut self) -> Box<Stmt> {
        Box::new(self.statement())
    }

    fn statement_kind(&mut self) -> StmtKind {
        match self.word() {
            "{" => StmtKind::Block {
                body: self.block(),
                unchecked: false,
            },
            "unchecked" if self.word_at(1) == "{" => {
                self.bump();
                StmtKind::Block {
                    body: self.block(),
                    unchecked: true,
                }
            }
            "if" => self.if_statement(),
            "for" if self.word_at(1) == "(" => self.for_statement(),
            "while" if self.word_at(1) == "(" => {
                self.bump();
                let cond = self.condition();
                let body = self.boxed();
                StmtKind::While { cond, body }
            }
            "do" => {
                self.bump();
                let body = self.boxed();
                self.eat("while");
                let cond = self.condition();
                self.eat(";");
                StmtKind::DoWhile { body, cond }
            }
            "continue" => self.simple(StmtKind::Continue),
            "break" => self.simple(StmtKind::Break),
            "throw" => self.simple(StmtKind::Throw),
            "_" if matches!(self.word_at(1), ";" | "}") => self.simple(StmtKind::Placeholder),
            "return" => {
                self.bump();
                let value = (!matches!(self.word(), ";" | "}")).then(|| self.expr());
                self.eat(";");
                StmtKind::Return(value)
            }
            "emit" if self.kind_at(1) == TokenKind::Word => {
                self.bump();
                let call = self.expr();
                self.eat(";");
                StmtKind::Emit(call)
            }
            // `revert E(x);` is the call of `revert` on the error.
            "revert" if self.kind_at(1) == TokenKind::Word => {
                let start = self.start();
                let callee = self.add(ExprKind::Name("revert".into()), start);
                self.bump();
                let error = self.expr();
                let args = super::Args::Positional(vec![error]);
                let call = self.add(ExprKind::Call(callee, args), start);
                self.eat(";");
                StmtKind::Expr(call)
            }
            "try" => self.try_statement(),
            "assembly" => self.assembly(),
            "catch" | "else" => {
                self.bump();
                StmtKind::Error
            }
            "}" | ";" => {
                self.eat(";");
                StmtKind::Block {
                    body: Vec::new(),
                    unchecked: false,
                }
            }
            _ => self.declaration_or_expression(),
        }
    }

    fn simple(&mut self, kind: StmtKind) -> StmtKind {
        self.bump();
        self.eat(";");
        kind
    }

    /// `( … )` after `if` or `while`.
    fn condition(&mut self) -> super::ExprId {
        self.eat("(");
        let cond = self.expr();
        self.eat(")");
        cond
    }

    fn if_statement(&mut self) -> StmtKind {
        let mut arms = Vec::new();
        let mut otherwise = None;
        loop {
            self.bump();
            let cond = self.condition();
            arms.push((cond, self.statement()));
            if !self.eat("else") {
                break;
            }
            if !self.at("if") {
                otherwise = Some(self.boxed());
                break;
            }
        }
        StmtKind::If { arms, otherwise }
    }

    fn for_statement(&mut self) -> StmtKind {
        self.bump();
        self.bump();
        let start = (!self.eat(";")).then(|| self.boxed());
        let cond = (!matches!(self.word(), ";" | ")")).then(|| self.expr());
        self.eat(";");
        let step = (!self.at(")")).then(|| self.expr());
        self.eat(")");
        let body = self.boxed();
        StmtKind::For {
            start,
            cond,
            step,
            body,
        }
    }

    fn try_statement(&mut self) -> StmtKind {
        self.bump();
        let call = self.expr();
        let returns = if self.eat("returns") {
            self.params()
        } else {
            Vec::new()
        };
        let body = self.block();
        let mut catches = Vec::new();
        while self.eat("catch") {
            let name = self.name();
            let params = self.params();
            let body = self.block();
            catches.push(Catch { name, params, body });
        }
        StmtKind::Try {
            call,
            returns,
            body,
            catches,
        }
    }

    fn assembly(&mut self) -> StmtKind {
        self.bump();
        while self.kind() == TokenKind::Text {
            self.bump();
        }
        if self.at("(") {
            self.skip_group();
        }
        StmtKind::Assembly(self.yul_block())
    }

    fn declaration_or_expression(&mut self) -> StmtKind {
        if let Some(kind) = self.declaration() {
            return kind;
        }
        let before = self.position();
        let expr = self.expr();
        self.eat(";");
        if self.position() == before {
            return StmtKind::Error;
        }
        StmtKind::Expr(expr)
    }

    /// A variable declaration, or nothing with nothing consumed.
    fn declaration(&mut self) -> Option<StmtKind> {
        let before = self.position();
        let expressions = self.ast.exprs.len();
        let found = self.declared_locals();
        let Some((locals, tuple)) = found else {
            self.rewind(before);
            self.ast.exprs.truncate(expressions);
            return None;
        };
        let value = self.eat("=").then(|| self.expr());
        self.eat(";");
        Some(StmtKind::Declare {
            locals,
            tuple,
            value,
        })
    }

    /// What is declared, and whether as a tuple.
    fn declared_locals(&mut self) -> Option<(Vec<Option<LocalSpec>>, bool)> {
        if self.at("var") && self.word_at(1) == "(" {
            self.bump();
            return Some((self.untyped_tuple(), true));
        }
        if self.at("(") {
            return Some((self.typed_tuple()?, true));
        }
        let local = self.local()?;
        matches!(self.word(), "=" | ";" | "}" | "").then(|| (vec![Some(local)], false))
    }

    /// `var (a, , b)`.
    fn untyped_tuple(&mut self) -> Vec<Option<LocalSpec>> {
        self.bump();
        let mut all = Vec::new();
        while !matches!(self.word(), ")" | ";" | "}") && !self.at_end() {
            if self.is_word() {
                all.push(Some(LocalSpec {
                    name: self.name(),
                    ty: TypeExpr::Infer,
                    location: Location::Implicit,
                }));
                self.eat(",");
            } else {
                if self.at(",") {
                    all.push(None);
                }
                self.bump();
            }
        }
        self.eat(")");
        all
    }

    /// `(uint a, , S memory b)` followed by `=`.
    fn typed_tuple(&mut self) -> Option<Vec<Option<LocalSpec>>> {
        self.bump();
        let mut all = Vec::new();
        loop {
            if self.eat(",") {
                all.push(None);
                continue;
            }
            if self.eat(")") {
                all.push(None);
                break;
            }
            all.push(Some(self.local()?));
            if self.eat(")") {
                break;
            }
            if !self.eat(",") {
                return None;
            }
        }
        let declares = all.iter().any(Option::is_some) && self.at("=");
        declares.then_some(all)
    }

    /// Type, location and name.
    fn local(&mut self) -> Option<LocalSpec> {
        if !self.is_word() || self.is_statement_word() {
            return None;
        }
        let ty = self.type_expr()?;
        let location = self.location();
        if !self.is_word() || self.is_statement_word() {
            return None;
        }
        let name: SmolStr = self.name();
        Some(LocalSpec { name, ty, location })
    }

    /// Words that begin a statement and so name no variable: `a` and then `if` on the next line
    /// is a half-typed statement before another one.
    fn is_statement_word(&self) -> bool {
        matches!(
            self.word(),
            "if" | "for"
                | "while"
                | "do"
                | "return"
                | "emit"
                | "try"
                | "catch"
                | "else"
                | "assembly"
                | "throw"
                | "new"
                | "delete"
                | "is"
        )
    }
}
