//! From text to tokens.

use pactward_base::Span;

/// What a token is. Its text says the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Word,
    Number,
    /// A quoted string, quotes included.
    Text,
    /// `hex"…"`.
    Hex,
    /// `unicode"…"`.
    Unicode,
    Punct,
    End,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
}

/// Operators of more than one character, longest first.
const OPERATORS: &[&str] = &[
    ">>>=", "<<=", ">>=", ">>>", "**", "++", "--", "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=",
    "==", "!=", "<=", ">=", "&&", "||", "<<", ">>", "=>", "->", ":=",
];

/// All tokens of a text, without comments, followed by one [`TokenKind::End`]. Characters that
/// begin no token become tokens of their own.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut all = Vec::with_capacity(text.len() / 5);
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let byte = bytes[at];
        let kind = match byte {
            b' ' | b'\t' | b'\r' | b'\n' | 0x0c => {
                at += 1;
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at = line_end(bytes, at);
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = comment_end(bytes, at);
                continue;
            }
            b'"' | b'\'' => {
                at = string_end(bytes, at);
                TokenKind::Text
            }
            b'0'..=b'9' => {
                at = number_end(bytes, at);
                TokenKind::Number
            }
            b'.' if bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => {
                at = number_end(bytes, at);
                TokenKind::Number
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' => {
                at = word_end(bytes, at);
                let quoted = matches!(bytes.get(at), Some(b'"' | b'\''));
                match &text[start..at] {
                    "hex" if quoted => {
                        at = string_end(bytes, at);
                        TokenKind::Hex
                    }
                    "unicode" if quoted => {
                        at = string_end(bytes, at);
                        TokenKind::Unicode
                    }
                    _ => TokenKind::Word,
                }
            }
            0..0x80 => {
                let rest = &bytes[at..];
                let operator = OPERATORS.iter().find(|o| rest.starts_with(o.as_bytes()));
                at += operator.map_or(1, |o| o.len());
                TokenKind::Punct
            }
            _ => {
                let wide = text[at..].chars().next();
                at += wide.map_or(1, char::len_utf8);
                if wide.is_some_and(is_blank) {
                    continue;
                }
                TokenKind::Punct
            }
        };
        all.push(Token {
            kind,
            span: Span::new(start as u32, at as u32),
        });
    }
    all.push(Token {
        kind: TokenKind::End,
        span: Span::new(at as u32, at as u32),
    });
    all
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{2060}' | '\u{200b}')
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let length = bytes[from..]
        .iter()
        .position(|b| matches!(b, b'\n' | b'\r'));
    from + length.unwrap_or(bytes.len() - from)
}

fn comment_end(bytes: &[u8], from: usize) -> usize {
    let inner = &bytes[from + 2..];
    let length = inner.windows(2).position(|w| w == b"*/");
    length.map_or(bytes.len(), |l| from + l + 4)
}

/// End of the string that starts at the next quote. An unclosed string ends with its line.
fn string_end(bytes: &[u8], quote_at: usize) -> usize {
    let quote = bytes[quote_at];
    let mut at = quote_at + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\n' => return at,
            b if b == quote => return at + 1,
            _ => at += 1,
        }
    }
    // An escape at the very end steps past it.
    let mut end = bytes.len();
    while end > quote_at + 1 && bytes[end - 1] & 0xc0 == 0x80 {
        end -= 1;
    }
    if end < bytes.len() { bytes.len() } else { end }
}

fn word_end(bytes: &[u8], from: usize) -> usize {
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$');
    let length = bytes[from..].iter().position(|b| !is_word(b));
    from + length.unwrap_or(bytes.len() - from)
}

/// End of a number: digits, `_`, hexadecimal, a fraction, an exponent with its sign.
fn number_end(bytes: &[u8], from: usize) -> usize {
    let hexadecimal = matches!(bytes.get(from + 1), Some(b'x' | b'X')) && bytes[from] == b'0';
    let mut at = from;
    let mut seen_dot = false;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'.' if !seen_dot && !hexadecimal => {
                if !bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
                    break;
                }
                seen_dot = true;
            }
            b'-' if !hexadecimal && at > from && matches!(bytes[at - 1], b'e' | b'E') => {}
            b'_' => {}
            b if b.is_ascii_alphanumeric() => {}
            _ => break,
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        let mut all = tokens(text);
        all.pop();
        all.iter().map(|t| t.span.of(text)).collect()
    }

    #[test]
    fn tokens_cover_what_is_no_comment() {
        assert_eq!(
            texts("a.b>>>=1.5e-3 // x\n/* y */'it\\'s'\u{feff}hex\"00\" 2**3 .5 守"),
            [
                "a",
                ".",
                "b",
                ">>>=",
                "1.5e-3",
                "'it\\'s'",
                "hex\"00\"",
                "2",
                "**",
                "3",
                ".5",
                "守"
            ]
        );
        assert_eq!(texts("1.f /* open"), ["1", ".", "f"]);
        assert_eq!(texts("\"open\nx"), ["\"open", "x"]);
        assert_eq!(texts("\"\\"), ["\"\\"]);
    }
}
