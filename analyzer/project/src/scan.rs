//! What a file imports, read from its tokens. Discovery needs no more than this, so no syntax
//! tree is made; comments and strings are told from code as the language does.

mod golang;
mod lexer;
mod rust;
mod solidity;

pub(crate) use golang::go_imports;
pub(crate) use rust::{RustModule, rust_modules};
pub(crate) use solidity::solidity_imports;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Any text is read to its end.
        #[test]
        fn scanning_ends(text in "([rb#\"'`/*\\\\ \n;{}()a守]|mod |import |path=|//){0,40}") {
            for path in solidity_imports(&text).into_iter().chain(go_imports(&text)) {
                prop_assert!(text.contains(path));
            }
            for module in rust_modules(&text) {
                prop_assert!(text.contains(module.name));
            }
        }
    }
}
