//! Reading the tables.

use std::sync::OnceLock;

use pactward_base::{Language, Platform};
use pactward_ir::{
    BinaryOp, CallerKind, EnvKind, ExtKind, GuardKind, KeyKind, Name, NondetKind, Outcome,
    ReadKind, Type, WriteKind,
};
use rustc_hash::FxHashMap;
use serde::Deserialize;

/// What an argument of a modelled function is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    Key,
    /// Second part of a ledger key (ChainMaker `key#field`).
    Field,
    Value,
    Collection,
    /// Contract, chaincode or account that is called or paid.
    Target,
    Method,
    Channel,
    Amount,
    Topic,
    /// Start or end of a key range.
    Bound,
    /// Storage handle of CosmWasm: says nothing.
    Storage,
    /// Function that is called with the current value (`update`).
    Update,
    /// Pointer through which a result is stored (`json.Unmarshal`). The op yields a tuple: what is
    /// stored through each such pointer, then the results of the row.
    Out,
    /// Arguments of a called contract as one list, the method's name first.
    Arguments,
    /// This argument and all that follow.
    Rest,
    /// Needed for its position only.
    Other,
}

/// What a modelled function does, with its closed vocabulary checked on load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Nothing beside its value.
    Pure,
    /// Yields its receiver or first argument unchanged (conversions, clones, wrappers).
    Same,
    StateRead(ReadKind),
    StateWrite(WriteKind),
    Arg,
    TransientInput,
    Caller(CallerKind),
    Env(EnvKind),
    Nondet(NondetKind),
    ExtCall(ExtKind),
    ValueMove(Name),
    Emit,
    Log,
    Answer {
        is_error: bool,
    },
    Crypto(Name),
    Key(KeyKind),
    Serialize(Name),
    Deserialize(Name),
    Guard(GuardKind),
    Upgrade(Name),
    /// Ends the transaction: `log.Fatal`, `unwrap` of a missing value.
    Panic,
    /// Balance of an account.
    Balance,
    /// Arithmetic without bounds on the last two operands (`big.Int`).
    BigArith(BinaryOp),
    /// Handle of a part of state: methods that access state do so below it.
    StorageRef,
    /// A form that the language's front end lowers itself, such as `unwrap` or `checked-add`.
    Form(Name),
}

/// A function or method of an SDK, a library or a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiFn {
    /// Package (`shim`) or type (`shim.ChaincodeStubInterface`) it belongs to.
    pub on: Name,
    pub name: Name,
    pub roles: Vec<Role>,
    /// Result; a tuple for several.
    pub returns: Type,
    pub effect: Effect,
    /// For constructors of results: whether the result tells success.
    pub outcome: Option<Outcome>,
    /// Whether the result is stored in the receiver too (`strings.Builder.WriteString`).
    pub mutates: bool,
}

/// A constant, field or package variable: `sdk.Instance`, `msg.sender`, `http.StatusOK`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiValue {
    pub on: Name,
    pub name: Name,
    pub ty: Type,
    pub effect: Effect,
    /// Value of an integer constant.
    pub int: Option<i64>,
}

/// A type: its fields, and the types whose methods it has too.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeModel {
    pub name: Name,
    #[serde(default)]
    pub interface: bool,
    #[serde(default)]
    pub embeds: Vec<Name>,
    /// The basic or composite type that it is made of, where values are used as such.
    #[serde(default, deserialize_with = "optional_type")]
    pub underlying: Option<Type>,
    /// Whether its values point into state: what its methods read and write is below them.
    #[serde(default)]
    pub storage: bool,
    /// The SIR type that stands for it; `named "0"` is its first type argument.
    #[serde(default, deserialize_with = "optional_type")]
    pub means: Option<Type>,
}

fn optional_type<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Type>, D::Error> {
    let text = String::deserialize(from)?;
    match Type::from_text(&text) {
        Ok(ty) => Ok(Some(ty)),
        Err(error) => Err(serde::de::Error::custom(format!("type `{text}`: {error}"))),
    }
}

/// A package: its canonical name, the import paths under which it is met, and the platform whose
/// presence its import shows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageModel {
    pub name: Name,
    pub paths: Vec<Name>,
    pub platform: Option<Platform>,
}

/// All tables of one language.
#[derive(Debug, Default)]
pub struct Models {
    functions: FxHashMap<(Name, Name), ApiFn>,
    values: FxHashMap<(Name, Name), ApiValue>,
    types: FxHashMap<Name, TypeModel>,
    packages: FxHashMap<Name, PackageModel>,
    /// Platform of each package, by canonical name.
    platforms: FxHashMap<Name, Platform>,
}

/// Why a table cannot be read: file and reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableError(pub String);

impl std::fmt::Display for TableError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TableError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTable {
    #[serde(default)]
    package: Vec<PackageModel>,
    #[serde(default, rename = "type")]
    types: Vec<TypeModel>,
    #[serde(default, rename = "fn")]
    functions: Vec<RawFn>,
    #[serde(default)]
    value: Vec<RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFn {
    on: Name,
    /// One name, or several that mean the same.
    #[serde(default)]
    name: Option<Name>,
    #[serde(default)]
    names: Vec<Name>,
    #[serde(default)]
    args: Vec<Role>,
    #[serde(default)]
    returns: Vec<String>,
    #[serde(default)]
    op: Option<String>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    outcome: Option<String>,
    #[serde(default)]
    mutates: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawValue {
    on: Name,
    name: Name,
    #[serde(rename = "type")]
    ty: String,
    #[serde(default)]
    op: Option<String>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    int: Option<i64>,
}

const SOLIDITY: &[(&str, &str)] = &[("solidity.toml", include_str!("../data/solidity.toml"))];
const GO: &[(&str, &str)] = &[
    ("fabric-go.toml", include_str!("../data/fabric-go.toml")),
    (
        "chainmaker-go.toml",
        include_str!("../data/chainmaker-go.toml"),
    ),
    ("go-std.toml", include_str!("../data/go-std.toml")),
];
const RUST: &[(&str, &str)] = &[
    (
        "chainmaker-rust.toml",
        include_str!("../data/chainmaker-rust.toml"),
    ),
    ("cosmwasm.toml", include_str!("../data/cosmwasm.toml")),
    ("ink.toml", include_str!("../data/ink.toml")),
    ("rust-std.toml", include_str!("../data/rust-std.toml")),
];

/// The tables of a language, read on first use. The embedded tables are read by a test, so an
/// unreadable row never reaches a user; if one did, it would be left out.
pub fn models(language: Language) -> &'static Models {
    static ALL: [OnceLock<Models>; 3] = [const { OnceLock::new() }; 3];
    let (slot, files) = match language {
        Language::Solidity => (0, SOLIDITY),
        Language::Go => (1, GO),
        Language::Rust => (2, RUST),
    };
    ALL[slot].get_or_init(|| {
        let mut models = Models::default();
        for (file, text) in files {
            let _ = models.read(file, text);
        }
        models
    })
}

impl Models {
    /// Adds the rows of one table.
    pub fn read(&mut self, file: &str, text: &str) -> Result<(), TableError> {
        let raw: RawTable = toml::from_str(text).map_err(|e| TableError(format!("{file}: {e}")))?;
        for package in raw.package {
            if let Some(platform) = package.platform {
                self.platforms.insert(package.name.clone(), platform);
            }
            for path in &package.paths {
                self.packages.insert(path.clone(), package.clone());
            }
        }
        for ty in raw.types {
            self.types.insert(ty.name.clone(), ty);
        }
        for row in raw.functions {
            self.read_fn(file, &row)?;
        }
        for row in raw.value {
            let at = format!("{file}: {}.{}", row.on, row.name);
            let ty = type_of(&at, &row.ty)?;
            let effect = effect_of(&at, row.op.as_deref(), row.kind.as_deref())?;
            let value = ApiValue {
                on: row.on.clone(),
                name: row.name.clone(),
                ty,
                effect,
                int: row.int,
            };
            self.values.insert((row.on, row.name), value);
        }
        Ok(())
    }

    fn read_fn(&mut self, file: &str, row: &RawFn) -> Result<(), TableError> {
        for name in row.names.iter().chain(&row.name) {
            let at = format!("{file}: {}.{name}", row.on);
            let mut returns = Vec::new();
            for text in &row.returns {
                returns.push(type_of(&at, text)?);
            }
            let returns = match returns.len() {
                0 => Type::Unit,
                1 => returns.swap_remove(0),
                _ => Type::Tuple(returns),
            };
            let outcome = match row.outcome.as_deref() {
                None => None,
                Some(word) => Some(
                    Outcome::from_text(word)
                        .ok_or_else(|| TableError(format!("{at}: unknown outcome `{word}`")))?,
                ),
            };
            let function = ApiFn {
                on: row.on.clone(),
                name: name.clone(),
                roles: row.args.clone(),
                returns,
                effect: effect_of(&at, row.op.as_deref(), row.kind.as_deref())?,
                outcome,
                mutates: row.mutates,
            };
            let key = (row.on.clone(), name.clone());
            if self.functions.insert(key, function).is_some() {
                return Err(TableError(format!("{at}: two rows")));
            }
        }
        Ok(())
    }

    /// The row of a function of a package or type, embedded types included.
    pub fn function(&self, on: &str, name: &str) -> Option<&ApiFn> {
        self.lookup(
            on,
            &mut |on| self.functions.get(&(on.into(), name.into())),
            8,
        )
    }

    /// The row of a value of a package or field of a type, embedded types included.
    pub fn value(&self, on: &str, name: &str) -> Option<&ApiValue> {
        self.lookup(on, &mut |on| self.values.get(&(on.into(), name.into())), 8)
    }

    fn lookup<'m, T>(
        &'m self,
        on: &str,
        get: &mut dyn FnMut(&str) -> Option<&'m T>,
        depth: u32,
    ) -> Option<&'m T> {
        if let Some(found) = get(on) {
            return Some(found);
        }
        let embeds = if depth == 0 {
            return None;
        } else {
            &self.types.get(on)?.embeds
        };
        embeds
            .iter()
            .find_map(|base| self.lookup(base, get, depth - 1))
    }

    pub fn ty(&self, name: &str) -> Option<&TypeModel> {
        self.types.get(name)
    }

    /// The package that an import path leads to.
    pub fn package(&self, path: &str) -> Option<&PackageModel> {
        self.packages.get(path)
    }

    /// The platform that a package belongs to, by canonical name.
    pub fn platform(&self, package: &str) -> Option<Platform> {
        self.platforms.get(package).copied()
    }

    /// Every type row, in no particular order.
    pub fn types(&self) -> impl Iterator<Item = &TypeModel> {
        self.types.values()
    }

    /// Every value row, in no particular order.
    pub fn values(&self) -> impl Iterator<Item = &ApiValue> {
        self.values.values()
    }

    /// Every function row, in no particular order.
    pub fn functions(&self) -> impl Iterator<Item = &ApiFn> {
        self.functions.values()
    }
}

fn type_of(at: &str, text: &str) -> Result<Type, TableError> {
    Type::from_text(text).map_err(|e| TableError(format!("{at}: type `{text}`: {e}")))
}

fn effect_of(at: &str, op: Option<&str>, kind: Option<&str>) -> Result<Effect, TableError> {
    let missing = || TableError(format!("{at}: kind {kind:?} does not fit op {op:?}"));
    let text = || kind.map(Name::from).ok_or_else(missing);
    Ok(match op.unwrap_or("pure") {
        "pure" => Effect::Pure,
        "same" => Effect::Same,
        "state-read" => {
            Effect::StateRead(ReadKind::from_text(kind.unwrap_or("get")).ok_or_else(missing)?)
        }
        "state-write" => {
            Effect::StateWrite(WriteKind::from_text(kind.unwrap_or("set")).ok_or_else(missing)?)
        }
        "arg" => Effect::Arg,
        "transient-input" => Effect::TransientInput,
        "caller" => Effect::Caller(kind.and_then(CallerKind::from_text).ok_or_else(missing)?),
        "env" => Effect::Env(kind.and_then(EnvKind::from_text).ok_or_else(missing)?),
        "nondet" => Effect::Nondet(kind.and_then(NondetKind::from_text).ok_or_else(missing)?),
        "ext-call" => {
            Effect::ExtCall(ExtKind::from_text(kind.unwrap_or("contract")).ok_or_else(missing)?)
        }
        "value-move" => Effect::ValueMove(kind.unwrap_or("native").into()),
        "emit" => Effect::Emit,
        "log" => Effect::Log,
        "answer-ok" => Effect::Answer { is_error: false },
        "answer-error" => Effect::Answer { is_error: true },
        "crypto" => Effect::Crypto(text()?),
        "key" => Effect::Key(kind.and_then(KeyKind::from_text).ok_or_else(missing)?),
        "serialize" => Effect::Serialize(text()?),
        "deserialize" => Effect::Deserialize(text()?),
        "guard" => Effect::Guard(kind.and_then(GuardKind::from_text).ok_or_else(missing)?),
        "upgrade" => Effect::Upgrade(text()?),
        "panic" => Effect::Panic,
        "balance" => Effect::Balance,
        "storage-ref" => Effect::StorageRef,
        "big-arith" => Effect::BigArith(kind.and_then(BinaryOp::from_text).ok_or_else(missing)?),
        "form" => Effect::Form(text()?),
        other => return Err(TableError(format!("{at}: unknown op `{other}`"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_readable() {
        for files in [SOLIDITY, GO, RUST] {
            let mut models = Models::default();
            for (file, text) in files {
                models.read(file, text).unwrap();
            }
            assert!(models.functions().count() > 0);
        }
    }
}
