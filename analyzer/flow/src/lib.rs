//! Facts derived from SIR: effect summaries, call graph, dominance, re-entry reachability. Pure
//! functions of their arguments.
//!
//! A [`Summary`] lists the ways in which a function can run to its end as sequences of effects
//! over symbolic values, calls inside the unit included. Rules ask questions about ways: what was
//! read before a call and written after it, and which other entry could run in between.

mod authority;
mod call;
mod callgraph;
mod exec;
mod expr;
mod fold;
mod interval;
mod loc;
mod logic;
mod loops;
mod postdom;
mod reduce;
mod reentry;
mod reply;
mod taint;
mod trace;
mod transfer;

pub use authority::{EntryWays, UnitWays, excludes_contracts};
pub use call::resolve;
pub use callgraph::{CallEdge, CallKind, call_edges};
pub use exec::{Oracle, summarise};
pub use expr::Expr;
pub use interval::Interval;
pub use loc::{Loc, LocRoot, LocStep, Overlap};
pub use logic::excludes;
pub use postdom::PostDominators;
pub use reentry::{Memo, Reentry, Visibility, Waiting, epoch_of};
pub use taint::Taint;
pub use trace::{At, Event, ExternalCall, GasLimit, Step, Summary, Trace};
