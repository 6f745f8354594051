//! Textual form of the parts of ops.

use std::fmt::Write;
use std::sync::Arc;

use num_bigint::BigInt;

use super::lexer::print_string;
use super::{Field, Lexer, ParseError};
use crate::function::{FunctionKind, Mutability, Outcome, Visibility};
use crate::unit::{EntryKind, StateKind, UnitKind};
use crate::{
    AbortKind, AggregateKind, ArithMode, BinaryOp, BlockId, Callee, CallerKind, Const, EnvKind,
    ExtKind, Gas, GuardKind, KeyKind, Name, NondetKind, OpId, Place, Proj, ReadKind, Root, Type,
    UnaryOp, WriteKind,
};

/// Deepest nesting of a type that is parsed: more than front ends make, whose bracket nesting ends
/// at 256, and little enough for recursion.
const MAX_TYPE_DEPTH: u32 = 512;

macro_rules! word_fields {
    ($($ty:ty),+ $(,)?) => {$(
        impl Field for $ty {
            fn print(&self, out: &mut String) { out.push_str(self.as_str()); }

            fn parse(lexer: &mut Lexer<'_>) -> Result<Self, ParseError> {
                let word = lexer.word()?;
                Self::from_text(word).ok_or_else(|| lexer.error(format!("unknown word `{word}`")))
            }
        }
    )+};
}

word_fields!(
    AbortKind,
    AggregateKind,
    ArithMode,
    BinaryOp,
    CallerKind,
    EnvKind,
    EntryKind,
    ExtKind,
    FunctionKind,
    GuardKind,
    KeyKind,
    Mutability,
    NondetKind,
    Outcome,
    ReadKind,
    StateKind,
    UnaryOp,
    UnitKind,
    Visibility,
    WriteKind,
);

impl Field for OpId {
    fn print(&self, out: &mut String) {
        let _ = write!(out, "%{}", self.0);
    }

    fn parse(lexer: &mut Lexer<'_>) -> Result<Self, ParseError> {
        lexer.expect('%')?;
        lexer.number().map(OpId)
    }

    fn visit(&self, visit: &mut dyn FnMut(OpId)) {
        visit(*self);
    }

    fn map(&mut self, map: &mut dyn FnMut(OpId) -> OpId) {
        *self = map(*self);
    }
}

impl Field for BlockId {
    fn print(&self, out: &mut String) {
        let _ = write!(out, "b{}", self.0);
    }

    fn parse(lexer: &mut Lexer<'_>) -> Result<Self, ParseError> {
        let word = lexer.word()?;
        let number = word.strip_prefix('b').and_then(|n| n.parse().ok());
        number
            .map(BlockId)
            .ok_or_else(|| lexer.error(format!("`{word}` is no block")))
    }
}

impl Field for u32 {
    fn print(&self, out: &mut String) {
        let _ = write!(out, "{self}");
    }

    fn parse(lexer: &mut Lexer<'_>) -> Result<Self, ParseError> {
        lexer.number()
    }
}

impl Field for bool {
    fn print(&self, out: &mut String) {
        let _ = write!(out, "{self}");
    }

    fn parse(lexer: &mut Lexer<'_>) -> Result<Self, ParseError> {
        match lexer.word()? {
            "true" => Ok(true),
            "false" => Ok(false),
            other => Err(lexer.error(format!("`{other}` is neither true nor false"))),
        }
    }
}

impl Field for Name {
    fn print(&self, out: &mut String) {
        print_string(self, out);
    }

    fn parse(lexer: &mut Lexer<'_>) -> Result<Self, ParseError> {
        lexer.string().map(Name::from)
    }
}

impl<T: Field> Field for Option<T> {
    fn print(&self, out: &mut String) {
        match self {
            Some(value) => value.print(out),
            None => out.push('-'),
        }
    }

    fn parse(lexer: &mut Lexer<'_>) -> Result<Self, ParseError> {
        if lexer.eat('-') {
            Ok(None)
        } else {
            T::parse(lexer).map(Some)
        }
    }

    fn visit(&self, visit: &mut dyn FnMut(OpId)) {
        if let Some(value) = self {
            value.visit(visit);
        }
    }

    fn map(&mut self, map: &mut dyn FnMut(OpId) -> OpId) {
        if let Some(value) = self {
            value.map(map);
        }
    }
}

impl<T: Field> Field for Vec<T> {
    fn print(&self, out: &mut String) {
        out.push('[');
        for (i, item) in self.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            item.print(out);
        }
        out.push(']');
    }

    fn parse(lexer: &mut Lexer<'_>) -> Result<Self, ParseError> {
        lexer.expect('[')?;
        let mut items = Vec::new();
        while !lexer.eat(']') {
            if !items.is_empty() {
                lexer.expect(',')?;
            }
            items.push(T::parse(lexer)?);
        }
        Ok(items)
    }

    fn visit(&self, visit: &mut dyn FnMut(OpId)) {
        for item in self {
            item.visit(visit);
        }
    }

    fn map(&mut self, map: &mut dyn FnMut(OpId) -> OpId) {
        for item in self {
            item.map(map);
        }
    }
}

impl<A: Field, B: Field> Field for (A, B) {
    fn print(&self, out: &mut String) {
        out.push('(');
        self.0.print(out);
        out.push_str(", ");
        self.1.print(out);
        out.push(')');
    }

    fn parse(lexer: &mut Lexer<'_>) -> Result<Self, ParseError> {
        lexer.expect('(')?;
        let first = A::parse(lexer)?;
        lexer.expect(',')?;
        let second = B::parse(lexer)?;
        lexer.expect(')')?;
        Ok((first, second))
    }

    fn visit(&self, visit: &mut dyn FnMut(OpId)) {
        self.0.visit(visit);
        self.1.visit(visit);
    }

    fn map(&mut self, map: &mut dyn FnMut(OpId) -> OpId) {
        self.0.map(map);
        self.1.map(map);
    }
}

impl Field for Const {
    fn print(&self, out: &mut String) {
        match self {
            Self::Int(value) => {
                let _ = write!(out, "int {value}");
            }
            Self::Bool(value) => {
                let _ = write!(out, "bool {value}");
            }
            Self::Str(value) => {
                out.push_str("str ");
                print_string(value, out);
            }
            Self::Bytes(value) => {
                out.push_str("bytes ");
                print_string(value, out);
            }
            Self::Nil => out.push_str("nil"),
        }
    }

    fn parse(lexer: &mut Lexer<'_>) -> Result<Self, ParseError> {
        Ok(match lexer.word()? {
            "int" => Self::Int(lexer.number::<BigInt>()?),
            "bool" => Self::Bool(bool::parse(lexer)?),
            "str" => Self::Str(lexer.string()?.into()),
            "bytes" => Self::Bytes(lexer.string()?.into()),
            "nil" => Self::Nil,
            other => return Err(lexer.error(format!("unknown literal `{other}`"))),
        })
    }
}

impl Field for Place {
    fn print(&self, out: &mut String) {
        match &self.root {
            Root::Var(name) => {
                out.push_str("var ");
                name.print(out);
            }
            Root::World => out.push_str("world"),
            Root::Private(id) => print_tagged("private ", *id, out),
            Root::Slot(id) => print_tagged("slot ", *id, out),
            Root::TransientSlot(id) => print_tagged("tslot ", *id, out),
            Root::Global(name) => {
                out.push_str("global ");
                name.print(out);
            }
            Root::Ref(id) => print_tagged("ref ", *id, out),
            Root::Unknown => out.push_str("anywhere"),
        }
        for proj in &self.path {
            proj.print(out);
        }
    }

    fn parse(lexer: &mut Lexer<'_>) -> Result<Self, ParseError> {
        let root = match lexer.word()? {
            "var" => Root::Var(Name::parse(lexer)?),
            "world" => Root::World,
            "private" => Root::Private(OpId::parse(lexer)?),
            "slot" => Root::Slot(OpId::parse(lexer)?),
            "tslot" => Root::TransientSlot(OpId::parse(lexer)?),
            "global" => Root::Global(Name::parse(lexer)?),
            "ref" => Root::Ref(OpId::parse(lexer)?),
            "anywhere" => Root::Unknown,
            other => return Err(lexer.error(format!("unknown place `{other}`"))),
        };
        let mut path = Vec::new();
        while matches!(lexer.peek(), Some('.' | '[')) {
            path.push(Proj::parse(lexer)?);
        }
        Ok(Self { root, path })
    }

    fn visit(&self, visit: &mut dyn FnMut(OpId)) {
        match self.root {
            Root::Private(id) | Root::Slot(id) | Root::TransientSlot(id) | Root::Ref(id) => {
                visit(id);
            }
            Root::Var(_) | Root::World | Root::Global(_) | Root::Unknown => {}
        }
        self.path.visit(visit);
    }

    fn map(&mut self, map: &mut dyn FnMut(OpId) -> OpId) {
        match &mut self.root {
            Root::Private(id) | Root::Slot(id) | Root::TransientSlot(id) | Root::Ref(id) => {
                *id = map(*id);
            }
            Root::Var(_) | Root::World | Root::Global(_) | Root::Unknown => {}
        }
        self.path.map(map);
    }
}

fn print_tagged(tag: &str, id: OpId, out: &mut String) {
    out.push_str(tag);
    id.print(out);
}

impl Field for Proj {
    fn print(&self, out: &mut String) {
        match self {
            Self::Field(name) => {
                out.push('.');
                name.print(out);
            }
            Self::Index(id) => {
                out.push('[');
                id.print(out);
                out.push(']');
            }
            Self::Any => out.push_str("[any]"),
        }
    }

    fn parse(lexer: &mut Lexer<'_>) -> Result<Self, ParseError> {
        if lexer.eat('.') {
            return Name::parse(lexer).map(Self::Field);
        }
        lexer.expect('[')?;
        let proj = if lexer.peek() == Some('%') {
            Self::Index(OpId::parse(lexer)?)
        } else {
            lexer.expect_word("any")?;
            Self::Any
        };
        lexer.expect(']')?;
        Ok(proj)
    }

    fn visit(&self, visit: &mut dyn FnMut(OpId)) {
        if let Self::Index(id) = self {
            visit(*id);
        }
    }

    fn map(&mut self, map: &mut dyn FnMut(OpId) -> OpId) {
        if let Self::Index(id) = self {
            *id = map(*id);
        }
    }
}

impl Field for Callee {
    fn print(&self, out: &mut String) {
        match self {
            Self::Function(name) => {
                out.push_str("function ");
                name.print(out);
            }
            Self::Virtual(selector) => {
                out.push_str("virtual ");
                selector.print(out);
            }
            Self::Super(selector, from) => {
                out.push_str("super ");
                selector.print(out);
                out.push_str(" after ");
                from.print(out);
            }
            Self::Value(id) => print_tagged("value ", *id, out),
            Self::OneOf(names) => {
                out.push_str("one-of ");
                names.print(out);
            }
        }
    }

    fn parse(lexer: &mut Lexer<'_>) -> Result<Self, ParseError> {
        Ok(match lexer.word()? {
            "function" => Self::Function(Name::parse(lexer)?),
            "virtual" => Self::Virtual(Name::parse(lexer)?),
            "super" => {
                let selector = Name::parse(lexer)?;
                lexer.expect_word("after")?;
                Self::Super(selector, Name::parse(lexer)?)
            }
            "value" => Self::Value(OpId::parse(lexer)?),
            "one-of" => Self::OneOf(Vec::parse(lexer)?),
            other => return Err(lexer.error(format!("unknown callee `{other}`"))),
        })
    }

    fn visit(&self, visit: &mut dyn FnMut(OpId)) {
        if let Self::Value(id) = self {
            visit(*id);
        }
    }

    fn map(&mut self, map: &mut dyn FnMut(OpId) -> OpId) {
        if let Self::Value(id) = self {
            *id = map(*id);
        }
    }
}

impl Field for Gas {
    fn print(&self, out: &mut String) {
        match self {
            Self::All => out.push_str("all"),
            Self::Stipend => out.push_str("stipend"),
            Self::Value(id) => id.print(out),
        }
    }

    fn parse(lexer: &mut Lexer<'_>) -> Result<Self, ParseError> {
        if lexer.peek() == Some('%') {
            return OpId::parse(lexer).map(Self::Value);
        }
        match lexer.word()? {
            "all" => Ok(Self::All),
            "stipend" => Ok(Self::Stipend),
            other => Err(lexer.error(format!("unknown gas `{other}`"))),
        }
    }

    fn visit(&self, visit: &mut dyn FnMut(OpId)) {
        if let Self::Value(id) = self {
            visit(*id);
        }
    }

    fn map(&mut self, map: &mut dyn FnMut(OpId) -> OpId) {
        if let Self::Value(id) = self {
            *id = map(*id);
        }
    }
}

impl Field for Type {
    fn print(&self, out: &mut String) {
        match self {
            Self::Unknown => out.push_str("unknown"),
            Self::Unit => out.push_str("unit"),
            Self::Bool => out.push_str("bool"),
            Self::Int { bits, signed } => {
                let _ = write!(out, "{}{bits}", if *signed { "int" } else { "uint" });
            }
            Self::BigInt => out.push_str("bigint"),
            Self::Float => out.push_str("float"),
            Self::Address => out.push_str("address"),
            Self::Bytes(None) => out.push_str("bytes"),
            Self::Bytes(Some(n)) => {
                let _ = write!(out, "bytes{n}");
            }
            Self::Str => out.push_str("string"),
            Self::Array(item, None) => print_generic("array", &[item], out),
            Self::Array(item, Some(n)) => {
                print_generic("array", &[item], out);
                let _ = write!(out, ":{n}");
            }
            Self::Map(key, value) => print_generic("map", &[key, value], out),
            Self::Tuple(items) => print_generic("tuple", &items.iter().collect::<Vec<_>>(), out),
            Self::Contract(name) => print_named("contract", name, out),
            Self::Struct(name) => print_named("struct", name, out),
            Self::Enum(name) => print_named("enum", name, out),
            Self::Named(name, args) => {
                print_named("named", name, out);
                if !args.is_empty() {
                    print_generic("", &args.iter().collect::<Vec<_>>(), out);
                }
            }
            Self::Pointer(inner) => print_generic("pointer", &[inner], out),
            Self::Result(inner) => print_generic("result", &[inner], out),
            Self::Option(inner) => print_generic("option", &[inner], out),
            Self::Error => out.push_str("error"),
            Self::Function => out.push_str("function"),
        }
    }

    fn parse(lexer: &mut Lexer<'_>) -> Result<Self, ParseError> {
        lexer.depth += 1;
        if lexer.depth > MAX_TYPE_DEPTH {
            return Err(lexer.error("type is nested too deeply"));
        }
        let ty = parse_type(lexer);
        lexer.depth -= 1;
        ty
    }
}

fn parse_type(lexer: &mut Lexer<'_>) -> Result<Type, ParseError> {
    let word = lexer.word()?;
    let sized = |prefix: &str| {
        word.strip_prefix(prefix)
            .and_then(|n| n.parse::<u16>().ok())
    };
    Ok(match word {
        "unknown" => Type::Unknown,
        "unit" => Type::Unit,
        "bool" => Type::Bool,
        "bigint" => Type::BigInt,
        "float" => Type::Float,
        "address" => Type::Address,
        "bytes" => Type::Bytes(None),
        "string" => Type::Str,
        "error" => Type::Error,
        "function" => Type::Function,
        "array" => {
            let [item] = generic(lexer)?;
            let length = if lexer.eat(':') {
                Some(lexer.number()?)
            } else {
                None
            };
            Type::Array(item, length)
        }
        "map" => {
            let [key, value] = generic(lexer)?;
            Type::Map(key, value)
        }
        "pointer" => generic(lexer).map(|[inner]| Type::Pointer(inner))?,
        "result" => generic(lexer).map(|[inner]| Type::Result(inner))?,
        "option" => generic(lexer).map(|[inner]| Type::Option(inner))?,
        "tuple" => Type::Tuple(type_list(lexer)?),
        "contract" => Type::Contract(Name::parse(lexer)?),
        "struct" => Type::Struct(Name::parse(lexer)?),
        "enum" => Type::Enum(Name::parse(lexer)?),
        "named" => {
            let name = Name::parse(lexer)?;
            let args = if lexer.peek() == Some('<') {
                type_list(lexer)?
            } else {
                Vec::new()
            };
            Type::Named(name, args)
        }
        _ => match (sized("uint"), sized("int"), sized("bytes")) {
            (Some(bits), ..) => Type::Int {
                bits,
                signed: false,
            },
            (_, Some(bits), _) => Type::Int { bits, signed: true },
            (.., Some(n)) => Type::Bytes(Some(n)),
            _ => return Err(lexer.error(format!("unknown type `{word}`"))),
        },
    })
}

fn print_named(tag: &str, name: &Name, out: &mut String) {
    out.push_str(tag);
    out.push(' ');
    name.print(out);
}

fn print_generic(tag: &str, args: &[&Type], out: &mut String) {
    out.push_str(tag);
    out.push('<');
    for (i, arg) in args.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        arg.print(out);
    }
    out.push('>');
}

/// `<A, B>`, possibly empty.
fn type_list(lexer: &mut Lexer<'_>) -> Result<Vec<Type>, ParseError> {
    lexer.expect('<')?;
    let mut items = Vec::new();
    while !lexer.eat('>') {
        if !items.is_empty() {
            lexer.expect(',')?;
        }
        items.push(Type::parse(lexer)?);
    }
    Ok(items)
}

fn generic<const N: usize>(lexer: &mut Lexer<'_>) -> Result<[Arc<Type>; N], ParseError> {
    let items: Vec<_> = type_list(lexer)?.into_iter().map(Arc::new).collect();
    items
        .try_into()
        .map_err(|_| lexer.error(format!("expected {N} type arguments")))
}
