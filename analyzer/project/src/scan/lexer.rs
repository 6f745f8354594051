//! Tokens of the three languages: words, strings, and single characters of punctuation.

use pactward_base::Language;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'t> {
    /// An identifier, keyword or number.
    Word(&'t str),
    /// The text between the quotes, escapes as written.
    Text(&'t str),
    Mark(char),
}

/// Splits a text into tokens, never failing: an open comment or string ends with the text.
pub(crate) struct Lexer<'t> {
    language: Language,
    rest: &'t str,
}

impl<'t> Lexer<'t> {
    pub(crate) fn new(language: Language, text: &'t str) -> Self {
        Self {
            language,
            rest: text,
        }
    }

    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// Skips space and comments.
    fn skip_blank(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.starts_with("//") {
                let end = self.rest.find('\n').unwrap_or(self.rest.len());
                self.take(end);
            } else if self.rest.starts_with("/*") {
                self.skip_block_comment();
            } else {
                return;
            }
        }
    }

    /// Block comments nest in Rust only.
    fn skip_block_comment(&mut self) {
        self.take(2);
        let mut depth = 1;
        while depth > 0 {
            let Some(at) = self.rest.find(['*', '/']) else {
                self.rest = "";
                return;
            };
            self.take(at);
            if self.rest.starts_with("*/") {
                self.take(2);
                depth -= 1;
            } else if self.language == Language::Rust && self.rest.starts_with("/*") {
                self.take(2);
                depth += 1;
            } else {
                self.take(1);
            }
        }
    }

    /// A string with escapes up to its closing quote, or to the end of the line where strings
    /// cannot span lines, so that a lost quote does not swallow the file.
    fn quoted(&mut self, quote: char) -> Token<'t> {
        self.take(quote.len_utf8());
        let spans_lines = self.language == Language::Rust;
        let mut escaped = false;
        let end = self.rest.char_indices().find(|(_, c)| {
            let ends = !escaped && (*c == quote || (*c == '\n' && !spans_lines));
            escaped = !escaped && *c == '\\';
            ends
        });
        let text = self.take(end.map_or(self.rest.len(), |(i, _)| i));
        if self.rest.starts_with(quote) {
            self.take(quote.len_utf8());
        }
        Token::Text(text)
    }

    /// A string without escapes that ends with `close`.
    fn raw(&mut self, open: usize, close: &str) -> Token<'t> {
        self.take(open);
        let text = self.take(self.rest.find(close).unwrap_or(self.rest.len()));
        self.take(close.len());
        Token::Text(text)
    }

    fn word(&mut self) -> Token<'t> {
        let end = self
            .rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
            .unwrap_or(self.rest.len());
        let word = self.take(end);
        if self.language != Language::Rust {
            return Token::Word(word);
        }
        match word {
            "r" | "br" | "cr" => self.raw_rust().unwrap_or(Token::Word(word)),
            "b" | "c" if self.rest.starts_with('"') => self.quoted('"'),
            "b" if self.rest.starts_with('\'') => self.tick(),
            _ => Token::Word(word),
        }
    }

    /// `"…"` or `#"…"#` after the `r` of a raw string; `r#name` is a word.
    fn raw_rust(&mut self) -> Option<Token<'t>> {
        let hashes = self.rest.len() - self.rest.trim_start_matches('#').len();
        if self.rest[hashes..].starts_with('"') {
            let close = format!("\"{}", "#".repeat(hashes));
            return Some(self.raw(hashes + 1, &close));
        }
        if hashes == 1 {
            self.take(1);
            return Some(self.word());
        }
        None
    }

    /// A Rust character or lifetime.
    fn tick(&mut self) -> Token<'t> {
        let mut chars = self.rest.chars().skip(1);
        let (first, second) = (chars.next(), chars.next());
        if first == Some('\\') || second == Some('\'') {
            return self.quoted('\'');
        }
        self.take(1);
        Token::Mark('\'')
    }
}

impl<'t> Iterator for Lexer<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        self.skip_blank();
        let first = self.rest.chars().next()?;
        Some(match first {
            '"' => self.quoted('"'),
            '\'' if self.language == Language::Rust => self.tick(),
            '\'' => self.quoted('\''),
            '`' if self.language == Language::Go => self.raw(1, "`"),
            c if c.is_alphanumeric() || c == '_' || c == '$' => self.word(),
            c => {
                self.take(c.len_utf8());
                Token::Mark(c)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(language: Language, text: &str) -> String {
        let tokens = Lexer::new(language, text).map(|t| match t {
            Token::Word(w) => w.to_owned(),
            Token::Text(t) => format!("<{t}>"),
            Token::Mark(c) => c.to_string(),
        });
        tokens.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn comments_and_strings_are_told_from_code() {
        let sol = "a /* b \" */ 'c\\'d' // e\n\"f";
        assert_eq!(shown(Language::Solidity, sol), "a <c\\'d> <f>");
        let lost = "import 'x\n contract";
        assert_eq!(shown(Language::Solidity, lost), "import <x> contract");
        assert_eq!(shown(Language::Go, "`a\n//b` '\"' c"), "<a\n//b> <\"> c");
        let rust = r##"r#"a"b"# r#mod 'x' 'life b'"' b"q" /* /* */ */ '\'' end"##;
        assert_eq!(
            shown(Language::Rust, rust),
            r#"<a"b> mod <x> ' life <"> <q> <\'> end"#
        );
        assert_eq!(shown(Language::Rust, "/* /* */ open"), "");
        assert_eq!(shown(Language::Rust, "r#"), "");
        assert_eq!(shown(Language::Rust, "守 r##x"), "守 r # # x");
    }
}
