//! Import declarations of Go.

use pactward_base::Language;

use super::lexer::{Lexer, Token};

/// Import paths in order. Imports come before every other declaration, so reading stops there.
pub(crate) fn go_imports(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut importing, mut grouped) = (false, false);
    for token in Lexer::new(Language::Go, text) {
        match token {
            Token::Word("import") => importing = true,
            Token::Word("func" | "type" | "var" | "const") => break,
            Token::Mark('(') if importing => grouped = true,
            Token::Mark(')') => (importing, grouped) = (false, false),
            Token::Text(path) if importing => {
                found.push(path);
                importing = grouped;
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_and_grouped_imports_are_seen() {
        let text = "// Package x\npackage x\n\nimport \"fmt\"\nimport (\n\tsc \"a/b\" // c\n\t. `d`\n\t_ \"e\"\n)\n\nfunc f() { import \"no\" }\n";
        assert_eq!(go_imports(text), ["fmt", "a/b", "d", "e"]);
    }
}
