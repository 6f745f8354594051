//! What one file declares: names, types and signatures, without positions and bodies.

use std::sync::Arc;

use num_bigint::BigInt;
use pactward_ir::Name;

/// Declarations of one file. Equal while only bodies are edited.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decls {
    pub(crate) package: Name,
    pub(crate) imports: Vec<Import>,
    pub(crate) types: Vec<TypeDecl>,
    pub(crate) funcs: Vec<FuncDecl>,
    pub(crate) vars: Vec<VarDecl>,
    pub(crate) consts: Vec<ConstDecl>,
    /// Whether the file calls `NewSimContext`, which shows that its package is a TinyGo contract
    /// even where the SDK's source is not beside it.
    pub(crate) uses_sim_context: bool,
}

/// An import; the name is as written, `.` and `_` included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) name: Option<Name>,
    pub(crate) path: Name,
}

/// A type as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TypeExpr {
    Unknown,
    Name(Name),
    Qualified(Name, Name),
    Pointer(Arc<TypeExpr>),
    Slice(Arc<TypeExpr>),
    Array(Arc<TypeExpr>, Option<u64>),
    Map(Arc<TypeExpr>, Arc<TypeExpr>),
    Chan(Arc<TypeExpr>),
    Func(Arc<Signature>),
    Generic(Arc<TypeExpr>, Vec<TypeExpr>),
    /// Only as the body of a declaration: the outline gives anonymous structs and interfaces a
    /// declaration of their own.
    Struct(Vec<FieldDecl>),
    Interface(InterfaceDecl),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldDecl {
    pub(crate) name: Name,
    pub(crate) ty: TypeExpr,
    pub(crate) embedded: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct InterfaceDecl {
    pub(crate) methods: Vec<(Name, Signature)>,
    pub(crate) embeds: Vec<TypeExpr>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Signature {
    pub(crate) params: Vec<ParamDecl>,
    /// Whether the last parameter takes any number of arguments.
    pub(crate) variadic: bool,
    pub(crate) results: Vec<ParamDecl>,
}

/// A parameter or result; the name is empty where none is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ParamDecl {
    pub(crate) name: Name,
    pub(crate) ty: TypeExpr,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypeDecl {
    pub(crate) name: Name,
    pub(crate) params: Vec<ParamDecl>,
    pub(crate) alias: bool,
    pub(crate) body: TypeExpr,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receiver {
    pub(crate) name: Name,
    /// Name of the type in the same package.
    pub(crate) ty: Name,
    pub(crate) pointer: bool,
    /// Names that the method gives to the type's parameters.
    pub(crate) params: Vec<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FuncDecl {
    /// Unique name of the definition.
    pub(crate) key: Name,
    pub(crate) name: Name,
    pub(crate) receiver: Option<Receiver>,
    pub(crate) type_params: Vec<ParamDecl>,
    pub(crate) signature: Signature,
    /// Name under which a wasm module exports the function.
    pub(crate) export: Option<Name>,
    pub(crate) has_body: bool,
    pub(crate) dispatch: Dispatch,
}

impl FuncDecl {
    pub(crate) fn is_exported(&self) -> bool {
        is_exported(&self.name)
    }
}

/// Whether a name is visible outside its package.
pub(crate) fn is_exported(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_uppercase)
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VarDecl {
    /// Unique name of the initialiser; empty where there is none.
    pub(crate) key: Name,
    pub(crate) name: Name,
    pub(crate) ty: Option<TypeExpr>,
    pub(crate) init: Init,
    /// Component of the initialiser's value, where several variables share one call.
    pub(crate) part: Option<u32>,
    /// Functions by name, where the initialiser is a table of them.
    pub(crate) table: Vec<Arm>,
}

/// As much of an initialiser as tells the type of a package variable.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Init {
    #[default]
    None,
    Typed(TypeExpr),
    /// Call of a function, by package and name.
    Call(Option<Name>, Name),
    /// Another variable or constant, by package and name.
    Name(Option<Name>, Name),
    /// A literal.
    Value(ConstExpr),
    Float,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConstDecl {
    pub(crate) name: Name,
    pub(crate) ty: Option<TypeExpr>,
    pub(crate) value: Arc<ConstExpr>,
    pub(crate) iota: u32,
}

/// A constant expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ConstExpr {
    Unknown,
    Int(BigInt),
    Text(Name),
    Bool(bool),
    Iota,
    Name(Name),
    Qualified(Name, Name),
    Unary(char, Arc<ConstExpr>),
    Binary(Name, Arc<ConstExpr>, Arc<ConstExpr>),
    /// Conversion or call of a builtin with one argument.
    Convert(TypeExpr, Arc<ConstExpr>),
}

/// How a function selects others by a method name that a client sends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Dispatch {
    /// Names bound to what the client sends.
    pub(crate) sources: Vec<Name>,
    pub(crate) arms: Vec<Arm>,
    /// Calls that pass a name on: callee, and which arguments hold names.
    pub(crate) forwards: Vec<(Target, Vec<(u32, Name)>)>,
    /// Tables of functions that are indexed by a name.
    pub(crate) tables: Vec<(Name, Name)>,
}

/// One case: what runs when the name is the label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arm {
    /// Name that is compared; empty in tables.
    pub(crate) on: Name,
    pub(crate) label: ConstExpr,
    /// Calls of the case, the one whose result is returned first.
    pub(crate) targets: Vec<Target>,
}

/// A callee as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Name(Name),
    /// Method of the dispatcher's own receiver.
    Own(Name),
    /// Function of a package, or method of a variable.
    Qualified(Name, Name),
}
