//! Values of literals.

use num_bigint::BigInt;
use pactward_ir::{Const, Type};

/// Value and type of a literal node; integers without suffix have no type yet.
pub(crate) fn value(kind: &str, text: &str) -> Option<(Const, Type)> {
    Some(match kind {
        "integer_literal" | "negative_literal" => integer(text)?,
        "float_literal" => (Const::Str(text.into()), Type::Float),
        "boolean_literal" => (Const::Bool(text == "true"), Type::Bool),
        "char_literal" if text.starts_with('b') => {
            let byte = unescape(text.trim_start_matches('b').trim_matches('\''));
            let code = byte.chars().next().map_or(0, u32::from);
            (Const::Int(code.into()), uint(8))
        }
        "char_literal" => {
            let inner = unescape(text.trim_matches('\''));
            (Const::Str(inner.into()), Type::Str)
        }
        "string_literal" | "raw_string_literal" => string(text)?,
        "unit_expression" => (Const::Nil, Type::Unit),
        _ => return None,
    })
}

pub(crate) fn uint(bits: u16) -> Type {
    Type::Int {
        bits,
        signed: false,
    }
}

/// The type of a primitive name.
pub(crate) fn primitive(name: &str) -> Option<Type> {
    let int = |bits, signed| Type::Int { bits, signed };
    Some(match name {
        "u8" => int(8, false),
        "u16" => int(16, false),
        "u32" | "usize" => int(32, false),
        "u64" => int(64, false),
        "u128" => int(128, false),
        "i8" => int(8, true),
        "i16" => int(16, true),
        "i32" | "isize" => int(32, true),
        "i64" => int(64, true),
        "i128" => int(128, true),
        "f32" | "f64" => Type::Float,
        "bool" => Type::Bool,
        "str" | "char" => Type::Str,
        _ => return None,
    })
}

fn integer(text: &str) -> Option<(Const, Type)> {
    let bare: String = text.chars().filter(|c| !matches!(c, '_' | ' ')).collect();
    let (negative, bare) = match bare.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, bare.as_str()),
    };
    let (radix, digits) = match bare.get(..2) {
        Some("0x") => (16, &bare[2..]),
        Some("0o") => (8, &bare[2..]),
        Some("0b") => (2, &bare[2..]),
        _ => (10, bare),
    };
    let end = digits
        .find(|c: char| !c.is_digit(radix))
        .unwrap_or(digits.len());
    let value = BigInt::parse_bytes(digits.get(..end)?.as_bytes(), radix)?;
    let ty = primitive(digits.get(end..)?).unwrap_or(Type::Unknown);
    Some((Const::Int(if negative { -value } else { value }), ty))
}

fn string(text: &str) -> Option<(Const, Type)> {
    let (is_bytes, rest) = match text.strip_prefix('b') {
        Some(rest) => (true, rest),
        None => (false, text.trim_start_matches('c')),
    };
    let value = match rest.strip_prefix('r') {
        Some(raw) => {
            let raw = raw.trim_matches('#');
            raw.strip_prefix('"')?.strip_suffix('"')?.to_owned()
        }
        None => unescape(rest.strip_prefix('"')?.strip_suffix('"')?),
    };
    // Byte strings are written as text where they are text, so that keys compare equal however
    // they are spelled.
    let ty = if is_bytes {
        Type::Bytes(None)
    } else {
        Type::Str
    };
    Some((Const::Str(value.into()), ty))
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('0') => out.push('\0'),
            Some('x') => {
                let hex: String = chars.by_ref().take(2).collect();
                out.extend(u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32));
            }
            Some('u') => {
                let hex: String = chars.by_ref().skip(1).take_while(|c| *c != '}').collect();
                out.extend(u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32));
            }
            Some('\n') => {
                while chars.peek().is_some_and(|c| c.is_whitespace()) {
                    chars.next();
                }
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}
