//! What a file imports, read from its tokens. Discovery needs no more than this, so no syntax
//! tree is made; comments and strings are told from code as the language does.

mod golang;
mod lexer;
mod rust;
mod solidity;

pub(crate) use golang::go_imports;
pub(crate) use rust::{RustModule, rust_modules};
pub(crate) use solidity::solidity_imports;
