//! Module declarations of Rust whose text is in another file.

use pactward_base::Language;

use super::lexer::{Lexer, Token};

/// `mod name;`, the inline modules around it, and the path that an attribute gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RustModule<'t> {
    pub(crate) inside: Vec<&'t str>,
    pub(crate) name: &'t str,
    pub(crate) path: Option<&'t str>,
}

/// Every `mod name;` of a file, in order.
pub(crate) fn rust_modules(text: &str) -> Vec<RustModule<'_>> {
    let mut reader = Reader::default();
    for token in Lexer::new(Language::Rust, text) {
        reader.token(token);
    }
    reader.found
}

#[derive(Default)]
struct Reader<'t> {
    found: Vec<RustModule<'t>>,
    /// One entry per open brace: the name of an inline module, or nothing.
    open: Vec<Option<&'t str>>,
    /// The last tokens: `mod` was seen, then its name.
    saw_mod: bool,
    name: Option<&'t str>,
    /// `path`, then `=`, then the string of a path attribute.
    saw_path: bool,
    path: Option<&'t str>,
}

impl<'t> Reader<'t> {
    fn token(&mut self, token: Token<'t>) {
        match token {
            Token::Word("mod") => self.saw_mod = true,
            Token::Word(name) if self.saw_mod && self.name.is_none() => self.name = Some(name),
            Token::Word(word) => {
                self.saw_path = word == "path";
                self.forget_module();
            }
            Token::Mark('=') if self.saw_path => {}
            Token::Text(path) if self.saw_path => {
                self.path = Some(path);
                self.saw_path = false;
            }
            Token::Mark(';') => {
                if let Some(name) = self.name {
                    self.found.push(RustModule {
                        inside: self.open.iter().copied().flatten().collect(),
                        name,
                        path: self.path,
                    });
                }
                self.end_item();
            }
            Token::Mark('{') => {
                self.open.push(self.name);
                self.end_item();
            }
            Token::Mark('}') => {
                self.open.pop();
                self.end_item();
            }
            Token::Text(_) | Token::Mark(_) => {
                self.saw_path = false;
                self.forget_module();
            }
        }
    }

    fn forget_module(&mut self) {
        self.saw_mod = false;
        self.name = None;
    }

    fn end_item(&mut self) {
        self.forget_module();
        self.saw_path = false;
        self.path = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_in_other_files_are_seen() {
        let text = r#"
            pub mod state; // mod no;
            #[cfg(test)]
            pub(crate) mod tests;
            #[path = "odd/name.rs"]
            mod odd;
            mod inner { mod deep; fn f() { let s = "mod no;"; } mod inline { } }
            mod last;
        "#;
        let shown: Vec<_> = rust_modules(text)
            .iter()
            .map(|m| format!("{}/{}/{}", m.inside.join("."), m.name, m.path.unwrap_or("")))
            .collect();
        assert_eq!(
            shown,
            [
                "/state/",
                "/tests/",
                "/odd/odd/name.rs",
                "inner/deep/",
                "/last/"
            ]
        );
    }
}
