//! Macro calls. What a macro means is a row of the tables (`on = "macro"`); macros that the
//! workspace defines by simple rules are expanded before.

use pactward_ir::{AbortKind, BinaryOp, Const, KeyKind, OpId, OpKind, SmolStr, Type};
use pactward_models::Effect;

use super::Lowerer;
use super::control::{Dest, Join, Val, Wrap};
use super::matching::kind_of_result;
use crate::api;
use crate::source::{ArgsForm, Syn};

/// Rows of macros belong to this name.
const OWNER: &str = "macro";

/// The form that the row of a macro names.
fn form(name: &str) -> Option<&'static str> {
    match &api::tables().function(OWNER, name)?.effect {
        Effect::Form(form) => Some(form.as_str()),
        _ => None,
    }
}

/// How the arguments of a macro are read.
pub(super) fn form_of(name: &str) -> ArgsForm {
    match form(name) {
        Some("vec") => ArgsForm::Array,
        Some("matches") => ArgsForm::Match,
        Some("block") => ArgsForm::Block,
        _ => ArgsForm::Call,
    }
}

impl<'t> Lowerer<'t> {
    pub(super) fn macro_call(&mut self, node: Syn<'t>, want: &Type) -> Val {
        let path = node.field("macro").map(Syn::path).unwrap_or_default();
        let name = path.last().cloned().unwrap_or_default();
        let Some((inner, form_read)) = self.trees.arguments(node) else {
            return Val::Op(self.unknown(&format!("{name}!"), Vec::new()));
        };
        match form_read {
            ArgsForm::Array => return Val::Op(self.array(inner, want)),
            ArgsForm::Match => return Val::Op(self.matches(inner)),
            ArgsForm::Block => {
                let mut dest = match kind_of_result(inner, want) {
                    Some(wrap) => Dest::Split {
                        wrap,
                        good: Join::default(),
                        bad: Join::default(),
                    },
                    None => Dest::Join(Join::default()),
                };
                self.block(inner, &mut dest, want);
                return self.collected(dest);
            }
            ArgsForm::Call => {}
        }
        let args = inner.kids();
        let form = form(&name).unwrap_or("");
        match form {
            "assert" => {
                self.require_all(&args, 1, AbortKind::Panic);
                Val::Unit
            }
            "assert-eq" | "assert-ne" => {
                let op = if form == "assert-eq" {
                    BinaryOp::Eq
                } else {
                    BinaryOp::Ne
                };
                let cond = self.compared(&args, op);
                let rest = self.values(args.get(2..).unwrap_or_default());
                if self.path.live {
                    self.b.require(cond, AbortKind::Panic, rest);
                }
                Val::Unit
            }
            "ensure" => {
                let mut fail = Join::default();
                if let Some(cond) = args.first() {
                    self.condition(*cond, &mut fail);
                }
                let passed = self.here();
                self.enter(&fail);
                self.fail_with(args.get(1..).unwrap_or_default());
                self.go_on(passed);
                Val::Unit
            }
            "ensure-eq" | "ensure-ne" => {
                let op = if form == "ensure-eq" {
                    BinaryOp::Eq
                } else {
                    BinaryOp::Ne
                };
                let cond = self.compared(&args, op);
                let mut fail = Join::default();
                self.require_into(cond, &mut fail);
                let passed = self.here();
                self.enter(&fail);
                self.fail_with(args.get(2..).unwrap_or_default());
                self.go_on(passed);
                Val::Unit
            }
            "bail" => {
                self.fail_with(&args);
                Val::Unit
            }
            "try" => match args.first() {
                Some(inner) => {
                    let value = self.eval(*inner, &Type::Unknown);
                    let split = self.split(value, Some(Wrap::Result));
                    if let Some(bad) = split.bad {
                        self.go_on(bad.point);
                        let bad = self.bad(bad.value, Wrap::Result);
                        self.leave(bad);
                    }
                    Val::Op(self.follow(split.good))
                }
                None => Val::Unit,
            },
            "panic" => {
                let values = self.format_parts(&args);
                if self.path.live {
                    self.b.abort(AbortKind::Panic, values);
                    self.stop();
                }
                Val::Unit
            }
            "format" => {
                let parts = self.format_parts(&args);
                let kind = OpKind::Key {
                    kind: KeyKind::Format,
                    parts,
                };
                Val::Op(self.emit(kind, Type::Str))
            }
            "write" => {
                let parts = self.format_parts(args.get(1..).unwrap_or_default());
                let kind = OpKind::Key {
                    kind: KeyKind::Format,
                    parts,
                };
                let text = self.emit(kind, Type::Str);
                self.good(text, Wrap::Result)
            }
            "log" => {
                let args = self.format_parts(&args);
                Val::Op(self.emit(OpKind::Log { args }, Type::Unit))
            }
            "text" => {
                let text: SmolStr = node.text().into();
                Val::Op(self.constant(Const::Str(text), Type::Str))
            }
            "nothing" => Val::Unit,
            _ => {
                // A macro of unknown grammar: only what reads as expressions counts.
                let is_code = |n: &&Syn<'t>| !n.node.has_error();
                let readable: Vec<Syn<'t>> = args.iter().filter(is_code).copied().collect();
                let values = self.values(&readable);
                let kind = OpKind::Extern {
                    name: format!("{name}!").into(),
                    args: values,
                };
                Val::Op(self.emit(kind, want.clone()))
            }
        }
    }

    fn values(&mut self, nodes: &[Syn<'t>]) -> Vec<OpId> {
        let mut values = Vec::new();
        for node in nodes {
            // `name = value` among format arguments.
            let node = match node.kind() {
                "assignment_expression" => node.field("right").unwrap_or(*node),
                _ => *node,
            };
            values.push(self.value(node, &Type::Unknown));
        }
        values
    }

    fn require_all(&mut self, args: &[Syn<'t>], used: usize, kind: AbortKind) {
        let Some(cond) = args.first() else { return };
        let mut fail = Join::default();
        self.condition(*cond, &mut fail);
        let passed = self.here();
        self.enter(&fail);
        let rest = self.values(args.get(used..).unwrap_or_default());
        if self.path.live {
            self.b.abort(kind, rest);
            self.stop();
        }
        self.go_on(passed);
    }

    fn compared(&mut self, args: &[Syn<'t>], op: BinaryOp) -> OpId {
        let (Some(left), Some(right)) = (args.first(), args.get(1)) else {
            return self.b.bool(true);
        };
        let left = self.value(*left, &Type::Unknown);
        let ty = self.b.ty(left).clone();
        let right = self.value(*right, &ty);
        self.binary(op, left, right)
    }

    /// `return Err(error)`: of a frame that yields no `Result`, an abort.
    fn fail_with(&mut self, error: &[Syn<'t>]) {
        let error = match error {
            [only] => self.value(*only, &Type::Unknown),
            several => {
                let parts = self.format_parts(several);
                self.pure("error", parts, Type::Error)
            }
        };
        if self.frame_type() == Type::Unit {
            if self.path.live {
                self.b.abort(AbortKind::Revert, vec![error]);
                self.stop();
            }
            return;
        }
        let value = self.bad(error, Wrap::Result);
        self.leave(value);
    }

    /// Values of format arguments, with those that the format string names.
    fn format_parts(&mut self, args: &[Syn<'t>]) -> Vec<OpId> {
        let mut parts = self.values(args);
        let format = args.first().filter(|a| a.kind() == "string_literal");
        if let Some(format) = format {
            for name in inline_names(format.text()) {
                if let Some(place) = self.name(&name) {
                    parts.push(self.read(&place));
                }
            }
        }
        parts
    }

    /// `matches!(value, pattern)`, read as a `match` with one arm.
    fn matches(&mut self, node: Syn<'t>) -> OpId {
        let scope = self.names.len();
        let mut fail = Join::default();
        let arm = node.field("body").and_then(Syn::first_kid);
        if let (Some(value), Some(arm)) = (node.field("value"), arm) {
            let whole = arm.field("pattern");
            let pattern = whole.and_then(|w| w.patterns().first().copied());
            if let Some(pattern) = pattern {
                self.test_expression(pattern, value, &Type::Unknown, &mut fail);
            }
            if let Some(guard) = whole.and_then(|w| w.field("condition")) {
                self.condition(guard, &mut fail);
            }
        }
        let value = self.truth_of(&fail);
        self.names.truncate(scope);
        value
    }
}

/// Names in the braces of a format string.
fn inline_names(text: &str) -> Vec<SmolStr> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        if let Some(escaped) = rest.strip_prefix('{') {
            rest = escaped;
            continue;
        }
        let Some(close) = rest.find('}') else { break };
        let name = rest[..close].split(':').next().unwrap_or("").trim();
        let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if is_name {
            names.push(name.into());
        }
        rest = &rest[close..];
    }
    names
}
