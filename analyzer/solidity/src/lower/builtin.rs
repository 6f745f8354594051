//! Global functions of the language.

use pactward_base::{Language, SmolStr};
use pactward_ir::{AbortKind, OpKind, Type};
use pactward_models::models;

use super::Lowerer;
use super::call::tuple_of;
use super::denote::{Arguments, Den};
use crate::syntax::{Args, Ast, ExprId, ExprKind};

impl Lowerer<'_> {
    /// Builtins that are control flow rather than functions.
    pub(super) fn statement_builtin(
        &mut self,
        ast: &Ast,
        name: &SmolStr,
        args: &Args,
    ) -> Option<Den> {
        let Args::Positional(args) = args else {
            return None;
        };
        match name.as_str() {
            "require" | "assert" => {
                let kind = if name == "assert" {
                    AbortKind::Panic
                } else {
                    AbortKind::Revert
                };
                self.guard(ast, args, kind);
            }
            "revert" => {
                let values = self.abort_args(ast, args);
                self.b.abort(AbortKind::Revert, values);
            }
            "selfdestruct" | "suicide" => {
                let [to] = args.as_slice() else { return None };
                let to = self.value(ast, *to);
                self.selfdestruct(to);
            }
            _ => return None,
        }
        Some(Den::Nothing)
    }

    /// `require(c, message)` and `assert(c)`: a branch whose other side aborts.
    fn guard(&mut self, ast: &Ast, args: &[ExprId], kind: AbortKind) {
        let Some((cond, rest)) = args.split_first() else {
            return;
        };
        let (pass, fail) = (self.b.new_block(), self.b.new_block());
        self.branch_on(ast, *cond, pass, fail);
        self.b.switch_to(fail);
        let values = self.abort_args(ast, rest);
        self.b.abort(kind, values);
        self.b.switch_to(pass);
    }

    /// Values that an abort reports: a message, or the error with its arguments.
    fn abort_args(&mut self, ast: &Ast, args: &[ExprId]) -> Vec<pactward_ir::OpId> {
        args.iter().map(|a| self.value(ast, *a)).collect()
    }

    /// A call of a name that is declared nowhere: a builtin, or code that is missing.
    pub(super) fn call_unresolved(&mut self, name: &SmolStr, arguments: Arguments) -> Den {
        let args = self.pass_all(arguments, &[]);
        if models(Language::Solidity)
            .function("global", name)
            .is_some()
        {
            return Den::Value(self.model_call("global", name, args));
        }
        // A contract type that is not found converts an address.
        if let [value] = args.as_slice()
            && name.starts_with(char::is_uppercase)
        {
            let from = self.b.ty(*value);
            if matches!(from, Type::Address | Type::Contract(_)) {
                let ty = Type::named(name.clone());
                return Den::Value(self.cast(*value, ty));
            }
        }
        let name = name.clone();
        Den::Value(self.b.emit(OpKind::Extern { name, args }, Type::Unknown))
    }

    /// `abi.decode(data, (T, U))`, whose second argument is a list of types; `abi.encodeCall(f,
    /// (a, b))`, whose second argument is a list of values.
    pub(super) fn abi_decode(
        &mut self,
        ast: &Ast,
        base: &Den,
        name: &str,
        args: &Args,
    ) -> Option<Den> {
        let (Den::Namespace("abi"), Args::Positional(args)) = (base, args) else {
            return None;
        };
        let [first, second] = args.as_slice() else {
            return None;
        };
        match name {
            "decode" => {
                let data = self.value(ast, *first);
                let types = match self.denote(ast, *second) {
                    Den::Type(ty) => vec![ty],
                    Den::Tuple(parts) => parts
                        .into_iter()
                        .map(|part| match part {
                            Some(Den::Type(ty)) => ty,
                            _ => Type::Unknown,
                        })
                        .collect(),
                    _ => vec![Type::Unknown],
                };
                let kind = OpKind::Deserialize {
                    format: "abi".into(),
                    args: vec![data],
                };
                Some(Den::Value(self.b.emit(kind, tuple_of(types))))
            }
            "encodeCall" => {
                let function = self.denote(ast, *first);
                let selector = self.member(function, &SmolStr::new_static("selector"));
                let mut parts = vec![self.read(selector)];
                match &ast.get(*second).kind {
                    ExprKind::Tuple(values) => {
                        for value in values.iter().flatten() {
                            parts.push(self.value(ast, *value));
                        }
                    }
                    _ => parts.push(self.value(ast, *second)),
                }
                Some(Den::Value(self.model_call("abi", name, parts)))
            }
            _ => None,
        }
    }
}
