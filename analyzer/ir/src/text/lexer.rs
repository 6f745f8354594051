//! Tokens of the textual form.

use std::fmt::{self, Write};

/// Where and why a text is not SIR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// Byte offset.
    pub offset: usize,
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "offset {}: {}", self.offset, self.message)
    }
}

impl std::error::Error for ParseError {}

/// Reads tokens on demand. White space separates and is skipped; there are no comments.
pub(crate) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// Depth of nested types being parsed, bounded so that no text overflows the stack.
    pub(crate) depth: u32,
}

impl<'t> Lexer<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
        }
    }

    pub(crate) fn error(&self, message: impl Into<String>) -> ParseError {
        ParseError {
            offset: self.at,
            message: message.into(),
        }
    }

    fn skip_space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    /// The next character that is no space, not consumed.
    pub(crate) fn peek(&mut self) -> Option<char> {
        self.skip_space();
        self.text[self.at..].chars().next()
    }

    /// Consumes `c` if it comes next.
    pub(crate) fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    pub(crate) fn expect(&mut self, c: char) -> Result<(), ParseError> {
        if self.eat(c) {
            Ok(())
        } else {
            Err(self.error(format!("expected `{c}`")))
        }
    }

    /// A word of letters, digits, `-` and `_`.
    pub(crate) fn word(&mut self) -> Result<&'t str, ParseError> {
        self.skip_space();
        let rest = &self.text[self.at..];
        let len = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
            .unwrap_or(rest.len());
        if len == 0 {
            return Err(self.error("expected a word"));
        }
        self.at += len;
        Ok(&rest[..len])
    }

    pub(crate) fn expect_word(&mut self, word: &str) -> Result<(), ParseError> {
        let found = self.word()?;
        if found == word {
            Ok(())
        } else {
            Err(self.error(format!("expected `{word}`, found `{found}`")))
        }
    }

    pub(crate) fn number<N: std::str::FromStr>(&mut self) -> Result<N, ParseError> {
        let word = self.word()?;
        word.parse()
            .map_err(|_| self.error(format!("`{word}` is no number that fits here")))
    }

    /// A string in double quotes with `\"`, `\\`, `\n` and `\u{…}` escapes.
    pub(crate) fn string(&mut self) -> Result<String, ParseError> {
        self.expect('"')?;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let Some(c) = rest.chars().next() else {
                return Err(self.error("unclosed string"));
            };
            self.at += c.len_utf8();
            match c {
                '"' => return Ok(out),
                '\\' => out.push(self.escape()?),
                other => out.push(other),
            }
        }
    }

    fn escape(&mut self) -> Result<char, ParseError> {
        let rest = &self.text[self.at..];
        let Some(c) = rest.chars().next() else {
            return Err(self.error("unclosed escape"));
        };
        self.at += c.len_utf8();
        match c {
            '"' | '\\' => Ok(c),
            'n' => Ok('\n'),
            'u' => {
                self.expect('{')?;
                let digits = self.word()?;
                let code = u32::from_str_radix(digits, 16)
                    .ok()
                    .and_then(char::from_u32);
                self.expect('}')?;
                code.ok_or_else(|| self.error("no character has this code"))
            }
            other => Err(self.error(format!("unknown escape `\\{other}`"))),
        }
    }

    pub(crate) fn at_end(&mut self) -> bool {
        self.peek().is_none()
    }
}

/// Prints a string so that [`Lexer::string`] reads it back.
pub(crate) fn print_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
