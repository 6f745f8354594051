//! Values of literals.

use num_bigint::BigInt;
use pactward_ir::Name;
use pactward_syntax::{Node, Parsed};

/// The text that a string literal stands for.
pub(crate) fn string(node: Node<'_>, parsed: &Parsed) -> Name {
    let text = parsed.text_of(node);
    if node.kind() == "raw_string_literal" {
        return text.trim_matches('`').replace('\r', "").into();
    }
    let inner = text.strip_prefix('"').unwrap_or(text);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    if inner.contains('\\') {
        unescape(inner).into()
    } else {
        inner.into()
    }
}

/// Replaces escape sequences; bytes that are no UTF-8 are replaced.
fn unescape(text: &str) -> String {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        let Some(kind) = rest.chars().next() else {
            break;
        };
        let taken = escape(kind, rest, &mut out);
        rest = rest.get(taken..).unwrap_or("");
    }
    out.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&out).into_owned()
}

/// Writes what an escape stands for and yields how many bytes after the backslash it takes.
fn escape(kind: char, rest: &str, out: &mut Vec<u8>) -> usize {
    let simple = match kind {
        'n' => Some(b'\n'),
        't' => Some(b'\t'),
        'r' => Some(b'\r'),
        'a' => Some(7),
        'b' => Some(8),
        'f' => Some(12),
        'v' => Some(11),
        '\\' | '"' | '\'' => Some(kind as u8),
        _ => None,
    };
    if let Some(byte) = simple {
        out.push(byte);
        return 1;
    }
    let (skip, digits, radix) = match kind {
        'x' => (1, 2, 16),
        'u' => (1, 4, 16),
        'U' => (1, 8, 16),
        '0'..='7' => (0, 3, 8),
        _ => {
            out.extend_from_slice(kind.encode_utf8(&mut [0; 4]).as_bytes());
            return kind.len_utf8();
        }
    };
    let Some(value) = rest
        .get(skip..skip + digits)
        .and_then(|d| u32::from_str_radix(d, radix).ok())
    else {
        return 1;
    };
    if matches!(kind, 'u' | 'U') {
        let c = char::from_u32(value).unwrap_or('\u{fffd}');
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        out.push(value as u8);
    }
    skip + digits
}

/// The value of an integer literal.
pub(crate) fn integer(text: &str) -> Option<BigInt> {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let lower = digits.to_ascii_lowercase();
    let (radix, body) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    BigInt::parse_bytes(body.as_bytes(), radix)
}

/// The code point of a rune literal.
pub(crate) fn rune(text: &str) -> Option<BigInt> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    let value = if let Some(escaped) = inner.strip_prefix('\\') {
        let mut out = Vec::new();
        escape(escaped.chars().next()?, escaped, &mut out);
        let text = String::from_utf8_lossy(&out).into_owned();
        match out.as_slice() {
            [byte] => u32::from(*byte),
            _ => u32::from(text.chars().next()?),
        }
    } else {
        u32::from(inner.chars().next()?)
    };
    Some(value.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_numbers_have_their_values() {
        assert_eq!(unescape(r#"a\n\"\u00e9\x41\101\"#), "a\n\"é\u{41}A");
        assert_eq!(unescape(r"\q\x4"), "q4");
        assert_eq!(integer("0x_ff"), Some(255.into()));
        assert_eq!(integer("0755"), Some(493.into()));
        assert_eq!(integer("1_000"), Some(1000.into()));
        assert_eq!(integer("0"), Some(0.into()));
        assert_eq!(integer("0xzz"), None);
        assert_eq!(rune("'a'"), Some(97.into()));
        assert_eq!(rune(r"'\n'"), Some(10.into()));
        assert_eq!(rune("'守'"), Some(0x5b88.into()));
    }
}
