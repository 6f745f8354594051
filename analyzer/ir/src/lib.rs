//! SIR, the security IR: the one meaning that Solidity, Go and Rust contracts are lowered to.
//!
//! A [`Unit`] is what is deployed (a Solidity contract with its linearised bases, a Go chaincode
//! package, a Rust contract crate). Its [`Function`]s are control-flow graphs of [`Op`]s in SSA
//! form: an op's id is the id of its value. SIR is a value without positions; a [`SourceMap`]
//! kept apart leads from ops back to text. The textual form (`.sir`) prints and parses.
//!
//! Guards, loops and result checks are not ops: they are relations that `analyzer/flow` derives
//! from branches, so that `require`, `if … return err` and `?` are one thing for every rule.

mod builder;
mod cfg;
mod edit;
mod function;
mod op;
mod source_map;
mod text;
mod ty;
mod unit;
mod verify;
mod words;

pub use builder::{Builder, LocalId};
pub use cfg::Cfg;
pub use edit::{BodyEdit, OpRef, SemanticEdit};
pub use function::{
    Block, BlockId, Function, FunctionKind, Mutability, OpId, Outcome, Param, Terminator,
    Visibility,
};
pub use op::{Callee, Const, Gas, Op, OpKind, Place, Proj, Root};
pub use smol_str::SmolStr;
pub use source_map::{LowerStats, Lowered, OpSource, SourceMap};
pub use text::{ParseError, parse_functions, parse_unit, print_function, print_unit};
pub use ty::Type;
pub use unit::{Entry, EntryKind, Fact, StateKind, StateVar, Unit, UnitKind};
pub use verify::verify;
pub use words::{
    AbortKind, AggregateKind, ArithMode, BinaryOp, CallerKind, EnvKind, ExtKind, GuardKind,
    KeyKind, NondetKind, ReadKind, UnaryOp, WriteKind,
};

/// Name of a definition, unique in a workspace: functions, units, state variables.
pub type Name = SmolStr;
