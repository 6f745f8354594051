//! What the tables of `analyzer/models` know about Rust crates.

use std::sync::{Arc, OnceLock};

use pactward_base::{Language, Platform};
use pactward_ir::{Name, Type};
use pactward_models::{ApiFn, ApiValue, Models, models};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// Nesting of types that is followed.
const MAX_TYPE_DEPTH: u32 = 64;

/// Key under which methods of any type are found.
pub(crate) const ANY: &str = "any";
/// Key of generic implementations (`impl<T> Trait for T`).
pub(crate) const BLANKET: &str = "*";
/// Name of the type of trait objects and bounded type parameters; its arguments are the traits.
pub(crate) const DYN: &str = "dyn";

pub(crate) fn tables() -> &'static Models {
    models(Language::Rust)
}

struct Names {
    /// Everything that rows belong to.
    owners: FxHashSet<Name>,
    /// Last segments of storage handle types.
    storage: FxHashSet<SmolStr>,
}

fn names() -> &'static Names {
    static NAMES: OnceLock<Names> = OnceLock::new();
    NAMES.get_or_init(|| {
        let tables = tables();
        let mut owners: FxHashSet<Name> = tables.functions().map(|f| f.on.clone()).collect();
        owners.extend(tables.values().map(|v| v.on.clone()));
        owners.extend(tables.types().map(|t| t.name.clone()));
        let storage = tables.types().filter(|t| t.storage);
        let storage = storage
            .filter_map(|t| t.name.rsplit("::").next().map(SmolStr::new))
            .collect();
        Names { owners, storage }
    })
}

/// Whether a type of this last segment is a storage handle of some SDK.
pub(crate) fn is_storage_name(last: &str) -> bool {
    names().storage.contains(last)
}

/// Whether the tables have a type or rows of this name.
pub(crate) fn knows(owner: &str) -> bool {
    names().owners.contains(owner)
}

/// Whether values of the type stand for a place in state.
pub(crate) fn is_storage(ty: &Type) -> bool {
    matches!(ty, Type::Named(name, _) if tables().ty(name).is_some_and(|t| t.storage))
}

/// Whether the type is an interface of an SDK, such as CosmWasm's `Storage`.
pub(crate) fn is_interface(ty: &Type) -> bool {
    matches!(ty, Type::Named(name, _) if tables().ty(name).is_some_and(|t| t.interface))
}

/// The name of a modelled function as ops show it.
pub(crate) fn full_name(row: &ApiFn) -> Name {
    let dot = if row.on.ends_with("::") { "" } else { "." };
    Name::from(format!("{}{dot}{}", row.on, row.name))
}

/// The type with its first unknown part replaced.
pub(crate) fn filled(ty: &Type, part: &Type) -> Type {
    match ty {
        Type::Unknown => part.clone(),
        Type::Result(inner) => Type::Result(filled(inner, part).into()),
        Type::Option(inner) => Type::Option(filled(inner, part).into()),
        Type::Array(inner, length) => array(filled(inner, part), *length),
        other => other.clone(),
    }
}

/// A path into a crate that is not in the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiPath {
    /// Canonical package name, or the crate's name.
    pub(crate) package: SmolStr,
    pub(crate) platform: Option<Platform>,
    /// Whether the tables know the package.
    pub(crate) is_known: bool,
    /// What follows, without modules: `[WasmMsg, Execute]`, `[to_json_binary]`.
    pub(crate) rest: Vec<SmolStr>,
}

impl ApiPath {
    pub(crate) fn new(path: &[SmolStr]) -> Self {
        let mut prefix = String::new();
        let mut found = None;
        for (at, segment) in path.iter().enumerate() {
            if at > 0 {
                prefix.push_str("::");
            }
            prefix.push_str(segment);
            if let Some(package) = tables().package(&prefix) {
                found = Some((package, at + 1));
            }
        }
        let (package, platform, used) = match found {
            Some((package, used)) => (package.name.clone(), package.platform, used),
            None => (path.first().cloned().unwrap_or_default(), None, 1),
        };
        let rest = path.get(used..).unwrap_or_default();
        let modules = rest
            .iter()
            .take(rest.len().saturating_sub(1))
            .take_while(|s| !s.starts_with(char::is_uppercase))
            .count();
        Self {
            package,
            platform,
            is_known: found.is_some(),
            rest: rest[modules..].to_vec(),
        }
    }

    /// `package::First`.
    pub(crate) fn owner(&self) -> Name {
        match self.rest.first() {
            Some(first) => join(&self.package, first),
            None => self.package.clone(),
        }
    }
}

pub(crate) fn join(package: &str, name: &str) -> Name {
    Name::from(format!("{package}::{name}"))
}

/// The package of a canonical type name.
pub(crate) fn package_of(name: &str) -> &str {
    name.split("::").next().unwrap_or(name)
}

/// The platform whose SDK a canonical name belongs to.
pub(crate) fn platform_of(name: &str) -> Option<Platform> {
    tables().platform(package_of(name))
}

/// A type of an SDK or library with its arguments.
pub(crate) fn named(name: Name, args: Vec<Type>) -> Type {
    match tables().ty(&name).and_then(|t| t.means.as_ref()) {
        Some(means) => substitute(means, &args, &Type::Unknown, 0),
        None => Type::Named(name, args),
    }
}

/// Replaces the placeholders of a row's type: `named "0"` by the first type argument of the
/// receiver, `named "Self"` by the receiver.
pub(crate) fn substitute(ty: &Type, args: &[Type], receiver: &Type, depth: u32) -> Type {
    if depth > MAX_TYPE_DEPTH {
        return Type::Unknown;
    }
    let inner = |t: &Type| substitute(t, args, receiver, depth + 1);
    match ty {
        Type::Named(name, rest) if rest.is_empty() => {
            if name == "Self" {
                receiver.clone()
            } else if let Ok(at) = name.parse::<usize>() {
                args.get(at).cloned().unwrap_or_default()
            } else {
                ty.clone()
            }
        }
        Type::Named(name, rest) => named_raw(name, rest.iter().map(inner).collect()),
        Type::Array(item, length) => array(inner(item), *length),
        Type::Map(key, value) => Type::Map(Arc::new(inner(key)), Arc::new(inner(value))),
        Type::Tuple(items) => Type::Tuple(items.iter().map(inner).collect()),
        Type::Pointer(item) => inner(item),
        Type::Result(item) => Type::Result(Arc::new(inner(item))),
        Type::Option(item) => Type::Option(Arc::new(inner(item))),
        other => other.clone(),
    }
}

fn named_raw(name: &Name, args: Vec<Type>) -> Type {
    Type::Named(name.clone(), args)
}

/// An array or slice; of bytes it is a byte string.
pub(crate) fn array(item: Type, length: Option<u64>) -> Type {
    let is_byte = matches!(
        item,
        Type::Int {
            bits: 8,
            signed: false
        }
    );
    match (is_byte, length) {
        (true, None) => Type::Bytes(None),
        (true, Some(n)) if u16::try_from(n).is_ok() => Type::Bytes(Some(n as u16)),
        _ => Type::Array(Arc::new(item), length),
    }
}

/// The type arguments that rows of a type refer to.
pub(crate) fn arguments(ty: &Type) -> Vec<Type> {
    match ty {
        Type::Named(_, args) | Type::Tuple(args) => args.clone(),
        Type::Array(item, _) | Type::Option(item) | Type::Result(item) => vec![(**item).clone()],
        Type::Map(key, value) => vec![(**key).clone(), (**value).clone()],
        Type::Bytes(_) => vec![crate::literal::uint(8)],
        _ => Vec::new(),
    }
}

/// The name under which methods of a type are listed.
pub(crate) fn key_of(ty: &Type) -> Name {
    Name::new_static(match ty {
        Type::Struct(name) | Type::Enum(name) | Type::Contract(name) | Type::Named(name, _) => {
            return name.clone();
        }
        Type::Unknown => "unknown",
        Type::Unit => "unit",
        Type::Bool => "std::bool",
        Type::Int { .. } | Type::BigInt => "std::int",
        Type::Float => "std::float",
        Type::Address => "address",
        Type::Bytes(_) => "std::bytes",
        Type::Str => "std::String",
        Type::Array(..) => "std::Vec",
        Type::Map(..) => "std::BTreeMap",
        Type::Tuple(_) => "std::tuple",
        Type::Pointer(inner) => return key_of(inner),
        Type::Result(_) => "std::Result",
        Type::Option(_) => "std::Option",
        Type::Error => "std::Error",
        Type::Function => "std::Fn",
    })
}

/// The row of a method of a type, or of any type.
pub(crate) fn method(ty: &Type, name: &str) -> Option<&'static ApiFn> {
    let key = key_of(ty);
    tables()
        .function(&key, name)
        .or_else(|| tables().function(ANY, name))
}

/// The row of a field of a type.
pub(crate) fn field(ty: &Type, name: &str) -> Option<&'static ApiValue> {
    tables().value(&key_of(ty), name)
}

/// Whether a method call on the type, or a function below the owner, belongs to a contract SDK.
pub(crate) fn is_sdk(owner: &str) -> bool {
    platform_of(owner).is_some()
}

/// Whether a type gives access to storage and chain: the first parameter of CosmWasm entries.
pub(crate) fn key_is_deps(name: &str) -> bool {
    tables().value(name, "storage").is_some()
}

/// The row of an associated function of a type (`Type::new`): it belongs to the type's name
/// followed by `::`. Those of embedded types and of any type are tried after its own.
pub(crate) fn associated(key: &str, name: &str) -> Option<&'static ApiFn> {
    fn of(key: &str, name: &str, depth: u32) -> Option<&'static ApiFn> {
        let owner = format!("{key}::");
        if let Some(row) = tables().function(&owner, name) {
            return Some(row);
        }
        if depth > 8 {
            return None;
        }
        let embeds = &tables().ty(key)?.embeds;
        embeds.iter().find_map(|up| of(up, name, depth + 1))
    }
    of(key, name, 0).or_else(|| of(ANY, name, 0))
}
