//! The textual form of SIR: `print` and `parse` are inverse to each other.
//!
//! ```text
//! fn "Bank.sol:Bank.withdraw(uint256)" kind=function visibility=public mutability=mutable
//!   params=[("amount", uint256)] returns=[] {
//! b0:
//!   %0: uint256 = param index=0
//!   %1: address = caller kind=sender args=[]
//!   %2: uint256 = state-read place=var "Bank.sol:Bank.balances"[%1] kind=get
//!   %3: bool = binary op=ge left=%2 right=%0 mode=none
//!   branch %3 b1 b2
//! …
//! }
//! ```

mod fields;
mod items;
mod lexer;

pub use items::{parse_functions, parse_unit, print_function, print_unit};
pub(crate) use lexer::Lexer;
pub use lexer::ParseError;

use crate::OpId;

/// Part of an op that prints, parses and holds operands.
pub(crate) trait Field: Sized {
    fn print(&self, out: &mut String);
    fn parse(lexer: &mut Lexer<'_>) -> Result<Self, ParseError>;
    fn visit(&self, _visit: &mut dyn FnMut(OpId)) {}
    fn map(&mut self, _map: &mut dyn FnMut(OpId) -> OpId) {}
}
