//! All files together: names, imports, inheritance and types resolved.

mod getters;
mod imports;
mod linearise;
mod link;
mod lookup;
mod resolve;
mod specialise;
mod units;

use std::sync::Arc;

use pactward_base::SmolStr;
use pactward_ir::{Const, Mutability, Name, StateKind, Type, Unit, Visibility};
use rustc_hash::FxHashMap;

use crate::syntax::{ContractKind, FunctionForm};
use crate::version::Version;

pub use link::link;
pub(crate) use lookup::Scope;
pub(crate) use resolve::{function_signature, function_type};

/// All files of the language with names resolved: what lowering needs beside a body. Equal
/// declarations make an equal program.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Program {
    pub(crate) files: Vec<FileInfo>,
    pub(crate) contracts: Vec<ContractInfo>,
    pub(crate) functions: Vec<FunctionInfo>,
    pub(crate) modifiers: Vec<ModifierInfo>,
    pub(crate) vars: Vec<VarInfo>,
    pub(crate) structs: Vec<StructInfo>,
    pub(crate) enums: Vec<EnumInfo>,
    pub(crate) value_types: Vec<ValueTypeInfo>,
    /// Events and errors.
    pub(crate) signatures: Vec<SignatureInfo>,
    /// Files that give a name a meaning, by defining or importing it; in order.
    pub(crate) naming: FxHashMap<SmolStr, Vec<u32>>,
    /// Types by unique name.
    pub(crate) types: FxHashMap<Name, Symbol>,
    /// What can be lowered, by unique name.
    pub(crate) lowerable: FxHashMap<Name, Lowerable>,
    units: Vec<Arc<Unit>>,
    definitions: Vec<(Name, SmolStr)>,
    unresolved: Vec<(SmolStr, SmolStr)>,
}

/// What a name stands for. Numbers index the tables of [`Program`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Symbol {
    Contract(u32),
    Function(u32),
    Modifier(u32),
    Var(u32),
    Struct(u32),
    Enum(u32),
    ValueType(u32),
    Event(u32),
    Error(u32),
    /// All names of a file, as after `import "x" as X`.
    Module(u32),
}

/// What a name that can be lowered is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lowerable {
    Function(u32),
    Getter(u32),
    /// Constructor that the code does not write down, of a contract.
    Constructor(u32),
}

pub(crate) type Symbols = FxHashMap<SmolStr, Vec<Symbol>>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileInfo {
    pub(crate) path: SmolStr,
    pub(crate) version: Version,
    pub(crate) pragma: SmolStr,
    /// What the file itself defines.
    pub(crate) own: Symbols,
    /// Local name → file and name there, from `import {A as B}`.
    pub(crate) named: FxHashMap<SmolStr, (u32, SmolStr)>,
    /// Local name → file, from `import * as X`.
    pub(crate) modules: FxHashMap<SmolStr, u32>,
    /// Files whose names are all visible here, this file first: the closure of plain imports.
    pub(crate) visible: Vec<u32>,
    /// The same files in order, with their places in `visible`.
    pub(crate) visible_places: Vec<(u32, u32)>,
    pub(crate) usings: Vec<Using>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ContractInfo {
    pub(crate) id: Name,
    pub(crate) name: SmolStr,
    pub(crate) file: u32,
    pub(crate) kind: ContractKind,
    /// Direct bases, with the body that holds the constructor's arguments.
    pub(crate) bases: Vec<(u32, Option<Name>)>,
    /// Bases as written that were not found.
    pub(crate) missing_bases: Vec<SmolStr>,
    /// The contract and its bases, most derived first.
    pub(crate) line: Vec<u32>,
    pub(crate) own: Symbols,
    pub(crate) usings: Vec<Using>,
    pub(crate) constructor: Option<u32>,
    pub(crate) has_layout: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ParamInfo {
    pub(crate) name: SmolStr,
    pub(crate) ty: Type,
    /// A reference to storage rather than a value.
    pub(crate) storage: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FunctionInfo {
    pub(crate) id: Name,
    pub(crate) name: SmolStr,
    pub(crate) file: u32,
    pub(crate) contract: Option<u32>,
    pub(crate) form: FunctionForm,
    pub(crate) params: Vec<ParamInfo>,
    pub(crate) returns: Vec<ParamInfo>,
    pub(crate) visibility: Visibility,
    pub(crate) explicit_visibility: bool,
    pub(crate) mutability: Mutability,
    pub(crate) invoked: Vec<SmolStr>,
    pub(crate) has_body: bool,
    /// Definition that holds the text, and the contract that it stands in. They differ from the
    /// function and its contract for a function that is inherited with other modifiers.
    pub(crate) text: Name,
    pub(crate) home: Option<u32>,
    /// Key of [`Unit::dispatch`].
    pub(crate) selector: Name,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ModifierInfo {
    pub(crate) id: Name,
    pub(crate) contract: u32,
    pub(crate) params: Vec<ParamInfo>,
    pub(crate) has_body: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VarInfo {
    pub(crate) id: Name,
    pub(crate) name: SmolStr,
    pub(crate) file: u32,
    pub(crate) contract: Option<u32>,
    pub(crate) ty: Type,
    pub(crate) kind: StateKind,
    pub(crate) visibility: Visibility,
    pub(crate) literal: Option<Const>,
    pub(crate) has_value: bool,
    pub(crate) getter: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StructInfo {
    pub(crate) id: Name,
    pub(crate) fields: Vec<(SmolStr, Type)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EnumInfo {
    pub(crate) id: Name,
    pub(crate) members: Vec<SmolStr>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ValueTypeInfo {
    pub(crate) id: Name,
    pub(crate) underlying: Type,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignatureInfo {
    pub(crate) name: SmolStr,
    pub(crate) params: Vec<ParamInfo>,
}

/// `using … for …`, resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Using {
    /// Functions by name; a library's are all its functions.
    pub(crate) functions: UsedFunctions,
    /// None for `*`.
    pub(crate) target: Option<Type>,
    pub(crate) global: bool,
    /// Operators and the functions that define them.
    pub(crate) operators: Vec<(SmolStr, u32)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UsedFunctions {
    Library(u32),
    Functions(Vec<u32>),
    /// Not found.
    Missing,
}

impl Program {
    /// What is deployed: contracts, packages, crates; also interfaces, libraries and abstract
    /// contracts, each with its kind.
    pub fn units(&self) -> &[Arc<Unit>] {
        &self.units
    }

    /// Every definition that can be lowered, with the path of the file that holds its text.
    pub fn definitions(&self) -> &[(Name, SmolStr)] {
        &self.definitions
    }

    /// Imports that lead to no file: path of the importing file and the import as written.
    pub fn unresolved(&self) -> &[(SmolStr, SmolStr)] {
        &self.unresolved
    }
}
