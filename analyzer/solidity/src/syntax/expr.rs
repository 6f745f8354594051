//! Expressions, by precedence climbing.

use num_bigint::BigInt;
use pactward_base::SmolStr;
use pactward_ir::BinaryOp;

use super::ast::{Args, ExprId, ExprKind, PrefixOp, StepOp, TypeExpr};
use super::lexer::TokenKind;
use super::number;
use super::parser::Parser;

/// Binding power of `?:` and assignment.
const ASSIGN: u8 = 1;
const POWER: u8 = 12;

fn binary_operator(text: &str) -> Option<(BinaryOp, u8)> {
    Some(match text {
        "||" => (BinaryOp::Or, 2),
        "&&" => (BinaryOp::And, 3),
        "==" => (BinaryOp::Eq, 4),
        "!=" => (BinaryOp::Ne, 4),
        "<" => (BinaryOp::Lt, 5),
        ">" => (BinaryOp::Gt, 5),
        "<=" => (BinaryOp::Le, 5),
        ">=" => (BinaryOp::Ge, 5),
        "|" => (BinaryOp::BitOr, 6),
        "^" => (BinaryOp::BitXor, 7),
        "&" => (BinaryOp::BitAnd, 8),
        "<<" => (BinaryOp::Shl, 9),
        ">>" | ">>>" => (BinaryOp::Shr, 9),
        "+" => (BinaryOp::Add, 10),
        "-" => (BinaryOp::Sub, 10),
        "*" => (BinaryOp::Mul, 11),
        "/" => (BinaryOp::Div, 11),
        "%" => (BinaryOp::Rem, 11),
        "**" => (BinaryOp::Pow, POWER),
        _ => return None,
    })
}

/// The operator of `+=` and its like.
fn compound_operator(text: &str) -> Option<BinaryOp> {
    Some(match text {
        "+=" => BinaryOp::Add,
        "-=" => BinaryOp::Sub,
        "*=" => BinaryOp::Mul,
        "/=" => BinaryOp::Div,
        "%=" => BinaryOp::Rem,
        "|=" => BinaryOp::BitOr,
        "&=" => BinaryOp::BitAnd,
        "^=" => BinaryOp::BitXor,
        "<<=" => BinaryOp::Shl,
        ">>=" | ">>>=" => BinaryOp::Shr,
        _ => return None,
    })
}

impl Parser<'_> {
    /// The expression that begins here; an error expression without parts, and nothing consumed,
    /// if none does.
    pub(super) fn expr(&mut self) -> ExprId {
        self.expr_from(ASSIGN)
    }

    fn expr_from(&mut self, least: u8) -> ExprId {
        let start = self.start();
        match self.nested(|p| p.climb(least)) {
            Some(expr) => expr,
            None => self.add(ExprKind::Error(Vec::new()), start),
        }
    }

    fn climb(&mut self, least: u8) -> ExprId {
        let start = self.start();
        let mut left = self.prefix();
        loop {
            let text = self.word();
            if least <= ASSIGN && text == "?" {
                self.bump();
                let yes = self.expr();
                self.eat(":");
                let no = self.expr();
                left = self.add(ExprKind::Ternary(left, yes, no), start);
                continue;
            }
            let compound = compound_operator(text);
            if least <= ASSIGN && (text == "=" || compound.is_some()) {
                self.bump();
                let right = self.expr();
                left = self.add(ExprKind::Assign(compound, left, right), start);
                continue;
            }
            let Some((op, power)) = binary_operator(text).filter(|(_, p)| *p >= least) else {
                return left;
            };
            self.bump();
            // Powers bind to the right, all others to the left.
            let right = self.expr_from(if power == POWER { power } else { power + 1 });
            left = self.binary(op, left, right, start);
        }
    }

    fn binary(&mut self, op: BinaryOp, left: ExprId, right: ExprId, start: u32) -> ExprId {
        let folded = match (self.number_in(left), self.number_in(right)) {
            (Some(a), Some(b)) => number::fold(op, a, b),
            _ => None,
        };
        let kind = match folded {
            Some(value) => ExprKind::Number(Some(value)),
            None => ExprKind::Binary(op, left, right),
        };
        self.add(kind, start)
    }

    /// The value of a number literal, parentheses around it included.
    fn number_in(&self, id: ExprId) -> Option<&BigInt> {
        match &self.ast.get(id).kind {
            ExprKind::Number(value) => value.as_ref(),
            ExprKind::Tuple(parts) => match parts.as_slice() {
                [Some(only)] => match &self.ast.get(*only).kind {
                    ExprKind::Number(value) => value.as_ref(),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    fn prefix(&mut self) -> ExprId {
        let start = self.start();
        let op = match self.word() {
            "!" => PrefixOp::Not,
            "-" => PrefixOp::Neg,
            "+" => PrefixOp::Plus,
            "~" => PrefixOp::BitNot,
            "delete" => PrefixOp::Delete,
            "++" => PrefixOp::Step(StepOp::Increment),
            "--" => PrefixOp::Step(StepOp::Decrement),
            _ => return self.postfix(),
        };
        self.bump();
        let operand = self.nested(Self::prefix);
        let Some(operand) = operand else {
            return self.add(ExprKind::Error(Vec::new()), start);
        };
        let kind = match (op, self.number_in(operand)) {
            (PrefixOp::Neg, Some(value)) => ExprKind::Number(Some(-value)),
            _ => ExprKind::Prefix(op, operand),
        };
        self.add(kind, start)
    }

    fn postfix(&mut self) -> ExprId {
        let start = self.start();
        let mut expr = self.primary();
        loop {
            let kind = match self.word() {
                "." => {
                    self.bump();
                    // A keyword that begins a statement or definition on the next line is no
                    // member: the name is still to be typed.
                    let name = if self.is_reserved() {
                        SmolStr::default()
                    } else {
                        self.name()
                    };
                    ExprKind::Member(expr, name)
                }
                "[" => self.index(expr),
                "(" => {
                    let args = self.args();
                    ExprKind::Call(expr, args)
                }
                "{" if self.at_options() => {
                    let options = self.named_args();
                    ExprKind::Options(expr, options)
                }
                "++" => {
                    self.bump();
                    ExprKind::Postfix(StepOp::Increment, expr)
                }
                "--" => {
                    self.bump();
                    ExprKind::Postfix(StepOp::Decrement, expr)
                }
                _ => return expr,
            };
            expr = self.add(kind, start);
        }
    }

    /// Words that never name a member.
    fn is_reserved(&self) -> bool {
        matches!(
            self.word(),
            "if" | "for"
                | "while"
                | "do"
                | "return"
                | "function"
                | "modifier"
                | "contract"
                | "emit"
                | "mapping"
                | "struct"
                | "enum"
                | "try"
                | "catch"
                | "else"
                | "assembly"
                | "delete"
                | "new"
        )
    }

    /// `{name:` and not a block.
    fn at_options(&self) -> bool {
        self.kind_at(1) == TokenKind::Word && self.word_at(2) == ":"
    }

    fn index(&mut self, base: ExprId) -> ExprKind {
        self.bump();
        let from = (!matches!(self.word(), "]" | ":")).then(|| self.expr());
        let kind = if self.eat(":") {
            let to = (!self.at("]")).then(|| self.expr());
            ExprKind::Slice(base, from, to)
        } else {
            ExprKind::Index(base, from)
        };
        self.eat("]");
        kind
    }

    /// Parenthesised arguments, positional or `({a: 1})`; none if there is no parenthesis.
    pub(super) fn args(&mut self) -> Args {
        if !self.eat("(") {
            return Args::Positional(Vec::new());
        }
        if self.at("{") {
            let named = self.named_args();
            self.eat(")");
            return Args::Named(named);
        }
        let mut all = Vec::new();
        while !matches!(self.word(), ")" | ";" | "{" | "}") && !self.at_end() {
            all.push(self.expr());
            if !self.eat(",") {
                break;
            }
        }
        self.eat(")");
        Args::Positional(all)
    }

    /// `{a: 1, b: 2}`.
    fn named_args(&mut self) -> Vec<(SmolStr, ExprId)> {
        self.eat("{");
        let mut all = Vec::new();
        while self.is_word() && self.word_at(1) == ":" {
            let name = self.name();
            self.bump();
            all.push((name, self.expr()));
            if !self.eat(",") {
                break;
            }
        }
        self.eat("}");
        all
    }

    fn primary(&mut self) -> ExprId {
        let start = self.start();
        let kind = match self.kind() {
            TokenKind::Number => self.number(),
            TokenKind::Text | TokenKind::Hex | TokenKind::Unicode => self.text_literal(),
            TokenKind::Word => return self.word_expr(),
            TokenKind::Punct if self.at("(") => self.tuple(),
            TokenKind::Punct if self.at("[") => {
                self.bump();
                let mut parts = Vec::new();
                while !matches!(self.word(), "]" | ";" | "}") && !self.at_end() {
                    parts.push(self.expr());
                    if !self.eat(",") {
                        break;
                    }
                }
                self.eat("]");
                ExprKind::Array(parts)
            }
            _ => ExprKind::Error(Vec::new()),
        };
        self.add(kind, start)
    }

    fn number(&mut self) -> ExprKind {
        let text = self.word();
        self.bump();
        let unit = number::unit_factor(self.word()).map(|_| self.word());
        if unit.is_some() {
            self.bump();
        }
        let value = number::literal(text, unit);
        match value {
            Some(value) if text.len() == 42 && text.starts_with("0x") => ExprKind::Address(value),
            value => ExprKind::Number(value),
        }
    }

    /// One string literal; adjacent ones are one.
    fn text_literal(&mut self) -> ExprKind {
        let kind = self.kind();
        let mut joined = String::new();
        while self.kind() == kind {
            let text = self.word();
            let open = text.find(['"', '\'']).map_or(0, |at| at + 1);
            let inner = text.get(open..).unwrap_or("");
            let quote = text.get(open.saturating_sub(1)..open).unwrap_or("\"");
            joined.push_str(inner.strip_suffix(quote).unwrap_or(inner));
            self.bump();
        }
        if kind == TokenKind::Hex {
            joined.retain(|c| c.is_ascii_hexdigit());
            joined.make_ascii_lowercase();
            ExprKind::Hex(joined.into())
        } else {
            ExprKind::Text(joined.into())
        }
    }

    fn tuple(&mut self) -> ExprKind {
        self.bump();
        let mut parts = Vec::new();
        let mut pending = None;
        loop {
            match self.word() {
                ")" => {
                    self.bump();
                    // `(a,)` has two components, `()` has none.
                    if pending.is_some() || !parts.is_empty() {
                        parts.push(pending);
                    }
                    return ExprKind::Tuple(parts);
                }
                "," => {
                    self.bump();
                    parts.push(pending.take());
                }
                _ if pending.is_some() => {
                    parts.push(pending);
                    return ExprKind::Error(parts.into_iter().flatten().collect());
                }
                _ => {
                    let before = self.position();
                    pending = Some(self.expr());
                    if self.position() == before {
                        parts.push(pending);
                        return ExprKind::Error(parts.into_iter().flatten().collect());
                    }
                }
            }
        }
    }

    fn word_expr(&mut self) -> ExprId {
        let start = self.start();
        let kind = match self.word() {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "new" if self.kind_at(1) == TokenKind::Word => {
                self.bump();
                let ty = self.type_expr().unwrap_or(TypeExpr::Infer);
                return self.add(ExprKind::New(ty), start);
            }
            "type" if self.word_at(1) == "(" => {
                self.bump();
                self.bump();
                let ty = self.type_expr().unwrap_or(TypeExpr::Infer);
                self.eat(")");
                return self.add(ExprKind::TypeOf(ty), start);
            }
            "payable" if self.word_at(1) == "(" => {
                self.bump();
                let ty = TypeExpr::Plain(pactward_ir::Type::Address);
                return self.add(ExprKind::Type(ty), start);
            }
            "mapping" | "function" => match self.type_expr().filter(|t| {
                matches!(
                    t,
                    TypeExpr::Mapping(..) | TypeExpr::Function(_) | TypeExpr::Array(..)
                )
            }) {
                Some(ty) => return self.add(ExprKind::Type(ty), start),
                None => return self.add(ExprKind::Error(Vec::new()), start),
            },
            word => match super::types::elementary(word) {
                Some(ty) => {
                    self.bump();
                    if ty == pactward_ir::Type::Address {
                        self.eat("payable");
                    }
                    return self.add(ExprKind::Type(TypeExpr::Plain(ty)), start);
                }
                None => ExprKind::Name(word.into()),
            },
        };
        self.bump();
        self.add(kind, start)
    }
}
