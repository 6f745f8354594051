//! Declarations of one file, without positions and without bodies.

use pactward_base::SmolStr;
use pactward_ir::{Const, Mutability, Name, StateKind, Visibility};

use crate::syntax::{ContractKind, FunctionForm, ParamSpec, TypeExpr};
use crate::version::Version;

/// Declarations of one file: names, types and signatures, without positions or bodies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decls {
    pub(crate) pragma: SmolStr,
    /// The oldest compiler that the pragma admits.
    pub(crate) version: Version,
    pub(crate) imports: Vec<ImportDecl>,
    pub(crate) contracts: Vec<ContractDecl>,
    /// What stands outside contracts.
    pub(crate) members: Members,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ImportDecl {
    pub(crate) path: SmolStr,
    pub(crate) alias: Option<SmolStr>,
    pub(crate) names: Option<Vec<(SmolStr, SmolStr)>>,
}

/// Declarations of a contract or outside of contracts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Members {
    pub(crate) functions: Vec<FunctionDecl>,
    pub(crate) modifiers: Vec<ModifierDecl>,
    pub(crate) vars: Vec<VarDecl>,
    pub(crate) structs: Vec<StructDecl>,
    pub(crate) enums: Vec<EnumDecl>,
    pub(crate) value_types: Vec<(SmolStr, TypeExpr)>,
    pub(crate) events: Vec<SignatureDecl>,
    pub(crate) errors: Vec<SignatureDecl>,
    pub(crate) usings: Vec<UsingDecl>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ContractDecl {
    pub(crate) kind: ContractKind,
    pub(crate) name: SmolStr,
    /// Unique name.
    pub(crate) id: Name,
    pub(crate) bases: Vec<BaseDecl>,
    pub(crate) has_layout: bool,
    pub(crate) members: Members,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseDecl {
    pub(crate) path: SmolStr,
    /// Name of the body that holds the constructor arguments, if there are any.
    pub(crate) args: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FunctionDecl {
    pub(crate) name: SmolStr,
    pub(crate) id: Name,
    pub(crate) form: FunctionForm,
    pub(crate) params: Vec<ParamSpec>,
    pub(crate) returns: Vec<ParamSpec>,
    pub(crate) visibility: Visibility,
    /// Whether the code says the visibility.
    pub(crate) explicit_visibility: bool,
    pub(crate) mutability: Mutability,
    /// Modifiers and base constructors named in the head.
    pub(crate) invoked: Vec<SmolStr>,
    pub(crate) has_body: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ModifierDecl {
    pub(crate) name: SmolStr,
    pub(crate) id: Name,
    pub(crate) params: Vec<ParamSpec>,
    pub(crate) has_body: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VarDecl {
    pub(crate) name: SmolStr,
    pub(crate) id: Name,
    pub(crate) ty: TypeExpr,
    pub(crate) kind: StateKind,
    pub(crate) visibility: Visibility,
    pub(crate) literal: Option<Const>,
    pub(crate) has_value: bool,
    /// Unique name of the getter of a public variable.
    pub(crate) getter: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StructDecl {
    pub(crate) name: SmolStr,
    pub(crate) fields: Vec<ParamSpec>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EnumDecl {
    pub(crate) name: SmolStr,
    pub(crate) members: Vec<SmolStr>,
}

/// An event or a custom error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignatureDecl {
    pub(crate) name: SmolStr,
    pub(crate) params: Vec<ParamSpec>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UsingDecl {
    pub(crate) names: Vec<(SmolStr, Option<SmolStr>)>,
    pub(crate) is_library: bool,
    pub(crate) target: Option<TypeExpr>,
    pub(crate) global: bool,
}
