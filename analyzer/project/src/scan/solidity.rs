//! Import directives of Solidity.

use pactward_base::Language;

use super::lexer::{Lexer, Token};

/// Import paths as written, in order.
pub(crate) fn solidity_imports(text: &str) -> Vec<&str> {
    let mut tokens = Lexer::new(Language::Solidity, text);
    let (mut found, mut depth) = (Vec::new(), 0usize);
    while let Some(token) = tokens.next() {
        match token {
            Token::Mark('{') => depth += 1,
            Token::Mark('}') => depth = depth.saturating_sub(1),
            Token::Word("import") if depth == 0 => found.extend(path_of(&mut tokens)),
            _ => {}
        }
    }
    found
}

/// The string of one directive, with or without names before `from`.
fn path_of<'t>(tokens: &mut Lexer<'t>) -> Option<&'t str> {
    for token in tokens {
        match token {
            Token::Text(path) => return Some(path),
            Token::Mark(';') => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_import_is_seen() {
        let text = r#"
            pragma solidity ^0.8.0; // import "no.sol";
            import "a.sol";
            import {A, B as C} from './b.sol';
            import * as D from "../d.sol";
            import "e.sol" as E;
            contract X { string s = "import 'f.sol';"; function import() {} }
            import "g.sol"
        "#;
        let paths = ["a.sol", "./b.sol", "../d.sol", "e.sol", "g.sol"];
        assert_eq!(solidity_imports(text), paths);
    }
}
