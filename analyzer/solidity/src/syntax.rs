//! A tolerant parser for Solidity 0.4 to 0.8, from tokens to a tree of its own.
//!
//! The tree-sitter grammar is good at saying where text is no Solidity, but not at structure: it
//! binds postfix operators after binary ones (`a + b[1]` becomes `(a + b)[1]`, `!x.send(1)`
//! becomes `(!x).send(1)`), and in half-typed code it merges a function with its neighbour. Here
//! precedence is the language's, and a definition ends where the next one begins, so that one
//! broken function costs that function only.
//!
//! Every function here accepts any text. Nesting is bounded by [`MAX_DEPTH`]; what lies deeper
//! becomes an error expression or statement.

mod ast;
mod expr;
mod header;
mod items;
mod lexer;
mod number;
mod parser;
mod stmt;
mod types;
mod yul;

pub(crate) use ast::*;
pub(crate) use items::{
    ContractItem, ContractKind, ErrorOrEvent, FileItem, FunctionItem, Item, ModifierItem, VarItem,
    parse_bases, parse_file, parse_function, parse_modifier, parse_variable,
};
pub(crate) use types::plain_spelling;

/// Deepest nesting of expressions and of statements that is kept.
pub(crate) const MAX_DEPTH: u16 = 128;
