//! Contract units and their entries.

use pactward_base::{Language, Platform};

use crate::words::words;
use crate::{Const, Mutability, Name, Type, Visibility};

words! {
    UnitKind {
        Contract = "contract", Abstract = "abstract", Interface = "interface", Library = "library",
        /// Go package.
        Package = "package",
        /// Rust crate.
        Crate = "crate",
        /// Free functions of a Solidity file.
        Free = "free",
    }
}

words! {
    EntryKind {
        Function = "function", Constructor = "constructor", Receive = "receive",
        Fallback = "fallback",
        /// Runs once at deployment (`InitContract`, `instantiate`).
        Init = "init",
        /// `UpgradeContract`, `migrate`.
        Upgrade = "upgrade",
        /// Answer to a sub-message (CosmWasm `reply`).
        Reply = "reply",
        /// Cannot write state (`query`, view functions of wasm platforms).
        Query = "query",
        /// Getter that the compiler makes for a public state variable.
        Getter = "getter",
    }
}

words! {
    StateKind { Mutable = "mutable", Immutable = "immutable", Constant = "constant", Transient = "transient" }
}

/// A way into the unit from outside.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entry {
    /// Name that a client calls: `withdraw`, the case label of a dispatcher, an enum variant.
    pub name: Name,
    /// Function that runs.
    pub function: Name,
    pub kind: EntryKind,
    pub mutability: Mutability,
    /// Function that selected it by a method name, whose checks run first.
    pub dispatcher: Option<Name>,
}

/// A state variable, storage item or, for getters' sake, a constant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StateVar {
    /// Unique name, such as `src/Bank.sol:Bank.balances`.
    pub name: Name,
    pub ty: Type,
    pub kind: StateKind,
    pub visibility: Visibility,
    /// Initial value where it is a literal.
    pub initial: Option<Const>,
}

/// A declaration or lexical fact that no op carries, such as the pragma.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fact {
    pub kind: Name,
    pub value: Name,
}

/// What is deployed and entered as one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Unit {
    /// Unique name, such as `src/Bank.sol:Bank`.
    pub name: Name,
    pub kind: UnitKind,
    pub language: Language,
    pub platform: Platform,
    /// The unit and its bases, most derived first (C3 order for Solidity).
    pub bases: Vec<Name>,
    pub state: Vec<StateVar>,
    pub entries: Vec<Entry>,
    /// Selector (`withdraw(uint256)`) → implementations, most derived first. The first answers a
    /// virtual call, the one after a base's own answers `super`.
    pub dispatch: Vec<(Name, Vec<Name>)>,
    /// Every function that belongs to the unit, bases included.
    pub functions: Vec<Name>,
    pub facts: Vec<Fact>,
}

impl Unit {
    /// Implementations of a selector, most derived first.
    pub fn implementations(&self, selector: &str) -> &[Name] {
        match self
            .dispatch
            .binary_search_by(|(s, _)| s.as_str().cmp(selector))
        {
            Ok(at) => &self.dispatch[at].1,
            Err(_) => &[],
        }
    }

    pub fn state_var(&self, name: &str) -> Option<&StateVar> {
        self.state.iter().find(|v| v.name == name)
    }

    /// The value of a fact, such as `pragma`.
    pub fn fact(&self, kind: &str) -> Option<&str> {
        self.facts
            .iter()
            .find(|f| f.kind == kind)
            .map(|f| f.value.as_str())
    }

    /// The last part of the name: `Bank` of `src/Bank.sol:Bank`.
    pub fn short_name(&self) -> &str {
        self.name.rsplit([':', '/']).next().unwrap_or(&self.name)
    }
}
