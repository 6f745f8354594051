//! API knowledge as data: what the functions, types and values of contract SDKs, standard
//! libraries and the languages' own builtins mean in SIR.
//!
//! The tables are the TOML files of `data/`; adding an SDK function is a row there. A row is found
//! by the package or type it belongs to and its name, and [`emit`] turns a call into ops.

mod emit;
mod table;

pub use emit::{Receiver, emit, emit_value};
pub use table::{
    ApiFn, ApiValue, Effect, Models, PackageModel, Role, TableError, TypeModel, models,
};
