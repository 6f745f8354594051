//! Types and parameter lists.

use num_traits::ToPrimitive;
use pactward_ir::{Mutability, Type};

use super::ast::{ExprKind, FunctionType, Length, Location, ParamSpec, TypeExpr};
use super::parser::Parser;

/// The elementary type of a word.
pub(super) fn elementary(word: &str) -> Option<Type> {
    let int = |digits: &str, signed| -> Option<Type> {
        let bits = if digits.is_empty() {
            256
        } else {
            digits
                .parse()
                .ok()
                .filter(|b| *b % 8 == 0 && (8..=256).contains(b))?
        };
        Some(Type::Int { bits, signed })
    };
    match word {
        "address" => Some(Type::Address),
        "bool" => Some(Type::Bool),
        "string" => Some(Type::Str),
        "bytes" => Some(Type::Bytes(None)),
        "byte" => Some(Type::Bytes(Some(1))),
        "fixed" | "ufixed" => Some(Type::named(word)),
        _ => {
            if let Some(digits) = word.strip_prefix("uint") {
                return int(digits, false);
            }
            if let Some(digits) = word.strip_prefix("int") {
                return int(digits, true);
            }
            if let Some(digits) = word.strip_prefix("bytes") {
                let length = digits.parse().ok().filter(|n| (1..=32).contains(n))?;
                return Some(Type::Bytes(Some(length)));
            }
            let digits = word.strip_prefix("ufixed").or(word.strip_prefix("fixed"))?;
            let (whole, fraction) = digits.split_once('x')?;
            (whole.parse::<u16>().is_ok() && fraction.parse::<u16>().is_ok())
                .then(|| Type::named(word))
        }
    }
}

impl Parser<'_> {
    /// The type that begins here, or nothing, with nothing consumed.
    pub(super) fn type_expr(&mut self) -> Option<TypeExpr> {
        self.nested(Self::type_here)?
    }

    fn type_here(&mut self) -> Option<TypeExpr> {
        if !self.is_word() || self.at_definition() {
            return None;
        }
        let mut ty = match self.word() {
            "mapping" if self.word_at(1) == "(" => self.mapping(),
            "function" if self.word_at(1) == "(" => self.function_type(),
            "var" => {
                self.bump();
                TypeExpr::Infer
            }
            word => match elementary(word) {
                Some(ty) => {
                    self.bump();
                    if ty == Type::Address {
                        self.eat("payable");
                    }
                    TypeExpr::Plain(ty)
                }
                None => TypeExpr::Path(self.path()),
            },
        };
        let mut arrays = 0;
        while self.at("[") {
            let length = self.array_length()?;
            arrays += 1;
            // Nobody declares arrays of a hundred dimensions, and a type is walked recursively.
            if arrays <= 32 {
                ty = TypeExpr::Array(Box::new(ty), length);
            }
        }
        Some(ty)
    }

    fn array_length(&mut self) -> Option<Length> {
        self.bump();
        if self.eat("]") {
            return Some(Length::Dynamic);
        }
        let value = self.expr();
        let length = match &self.ast.get(value).kind {
            ExprKind::Number(Some(n)) => n.to_u64().map_or(Length::Unknown, Length::Fixed),
            ExprKind::Name(name) => Length::Named(name.clone()),
            _ => Length::Unknown,
        };
        self.eat("]").then_some(length)
    }

    fn mapping(&mut self) -> TypeExpr {
        self.bump();
        self.bump();
        let key = self.type_expr().unwrap_or(TypeExpr::Infer);
        self.optional_name();
        self.eat("=>");
        let value = self.type_expr().unwrap_or(TypeExpr::Infer);
        self.optional_name();
        self.eat(")");
        TypeExpr::Mapping(Box::new(key), Box::new(value))
    }

    fn function_type(&mut self) -> TypeExpr {
        self.bump();
        let params = self.params();
        let mut mutability = Mutability::Mutable;
        let mut external = false;
        let mut returns = Vec::new();
        loop {
            match self.word() {
                "external" => external = true,
                "internal" | "public" | "private" => {}
                "pure" => mutability = Mutability::Pure,
                "view" | "constant" => mutability = Mutability::View,
                "payable" => mutability = Mutability::Payable,
                "returns" => {
                    self.bump();
                    returns = self.params();
                    break;
                }
                _ => break,
            }
            // A state variable of function type may name its own visibility after the type's.
            let own = self.word_at(1);
            self.bump();
            if self.is_word() && own != "returns" && self.word_at(1) == ";" {
                break;
            }
        }
        TypeExpr::Function(Box::new(FunctionType {
            params,
            returns,
            external,
            mutability,
        }))
    }

    /// A parenthesised list of parameters; empty if there is none.
    pub(super) fn params(&mut self) -> Vec<ParamSpec> {
        let mut all = Vec::new();
        if !self.eat("(") {
            return all;
        }
        let is_open = |p: &Self| {
            !matches!(p.word(), ")" | "{" | "}" | ";") && !p.at_end() && !p.at_definition()
        };
        while is_open(self) {
            let before = self.position();
            if let Some(ty) = self.type_expr() {
                let location = self.location();
                let name = self.optional_name();
                all.push(ParamSpec { name, ty, location });
            }
            // Whatever else stands here is no part of a parameter.
            while is_open(self) && !self.at(",") {
                self.bump();
            }
            self.eat(",");
            if self.position() == before {
                break;
            }
        }
        self.eat(")");
        all
    }

    /// Data location; `indexed` of an event's parameter is skipped.
    pub(super) fn location(&mut self) -> Location {
        let mut location = Location::Implicit;
        loop {
            match self.word() {
                "storage" => location = Location::Storage,
                "memory" | "calldata" => location = Location::Memory,
                "indexed" => {}
                _ => return location,
            }
            self.bump();
        }
    }
}

impl TypeExpr {
    /// The type as it stands in a definition's name: elementary types canonical, others as
    /// written.
    pub(crate) fn spelling(&self) -> String {
        match self {
            Self::Plain(ty) => plain_spelling(ty),
            Self::Infer => "var".to_owned(),
            Self::Path(path) => path.to_string(),
            Self::Array(inner, length) => match length {
                Length::Fixed(n) => format!("{}[{n}]", inner.spelling()),
                Length::Named(name) => format!("{}[{name}]", inner.spelling()),
                Length::Dynamic | Length::Unknown => format!("{}[]", inner.spelling()),
            },
            Self::Mapping(key, value) => {
                format!("mapping({}=>{})", key.spelling(), value.spelling())
            }
            Self::Function(_) => "function".to_owned(),
        }
    }
}

/// Canonical spelling of an elementary type.
pub(crate) fn plain_spelling(ty: &Type) -> String {
    match ty {
        Type::Int { bits, signed: true } => format!("int{bits}"),
        Type::Int {
            bits,
            signed: false,
        } => format!("uint{bits}"),
        Type::Bool => "bool".to_owned(),
        Type::Address => "address".to_owned(),
        Type::Str => "string".to_owned(),
        Type::Bytes(None) => "bytes".to_owned(),
        Type::Bytes(Some(n)) => format!("bytes{n}"),
        Type::Array(inner, None) => format!("{}[]", plain_spelling(inner)),
        Type::Array(inner, Some(n)) => format!("{}[{n}]", plain_spelling(inner)),
        Type::Map(key, value) => {
            format!(
                "mapping({}=>{})",
                plain_spelling(key),
                plain_spelling(value)
            )
        }
        Type::Contract(name) | Type::Struct(name) | Type::Enum(name) | Type::Named(name, _) => {
            name.to_string()
        }
        other => format!("{other:?}").to_lowercase(),
    }
}
