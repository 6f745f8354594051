//! What a file declares: names, types and signatures, without positions and without bodies.
//!
//! Two edits that differ only inside function bodies give equal declarations, so nothing that is
//! computed from them is computed again.

use pactward_ir::{Const, Name};
use pactward_syntax::Outline;
use smol_str::SmolStr;

/// Declarations of one file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decls {
    pub(crate) path: SmolStr,
    /// The file's own module first, then the modules written inside it, parents before children.
    pub(crate) modules: Vec<ModuleDecl>,
}

/// The outline of a Rust file.
pub(crate) type RustOutline = Outline<Decls>;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ModuleDecl {
    pub(crate) name: SmolStr,
    /// Index into [`Decls::modules`]; none for the file's own module.
    pub(crate) parent: Option<usize>,
    pub(crate) attrs: Attrs,
    pub(crate) uses: Vec<UseDecl>,
    /// `mod name;`, with the path that a `#[path]` attribute gives.
    pub(crate) file_modules: Vec<(SmolStr, Option<SmolStr>)>,
    /// The same for modules that exist only in test builds: they are no code of the contract.
    pub(crate) test_modules: Vec<(SmolStr, Option<SmolStr>)>,
    pub(crate) types: Vec<TypeDecl>,
    pub(crate) traits: Vec<TraitDecl>,
    pub(crate) impls: Vec<ImplDecl>,
    pub(crate) functions: Vec<FnDecl>,
    pub(crate) consts: Vec<ConstDecl>,
    /// Macros called in item position: name and argument text.
    pub(crate) macro_calls: Vec<(SmolStr, SmolStr)>,
    /// Rules of `macro_rules!` definitions: name, then pattern and expansion of each rule.
    pub(crate) macro_rules: Vec<(SmolStr, Vec<(SmolStr, SmolStr)>)>,
}

/// One name that a `use` brings in, or a glob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UseDecl {
    pub(crate) path: Vec<SmolStr>,
    /// Name in the scope of the module; none for a glob.
    pub(crate) name: Option<SmolStr>,
    /// The whole use tree as written.
    pub(crate) written: SmolStr,
}

/// Attributes of interest, without blanks: `no_mangle`, `ink(message,payable)`, also those that
/// a `cfg_attr` adds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Attrs(pub(crate) Vec<SmolStr>);

impl Attrs {
    /// Whether an attribute of this path is present, with or without arguments.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|a| head(a) == name)
    }

    /// Whether the attribute has this word among its arguments, as in `ink(message)`.
    pub(crate) fn has_arg(&self, name: &str, arg: &str) -> bool {
        self.0.iter().filter(|a| head(a) == name).any(|a| {
            a.split_once('(').is_some_and(|(_, args)| {
                args.trim_end_matches(')')
                    .split(',')
                    .any(|word| word.split('=').next() == Some(arg))
            })
        })
    }
}

impl Attrs {
    /// Arguments of the attributes whose path ends in this name, without arguments of their own.
    pub(crate) fn args_of(&self, last: &str) -> Vec<Name> {
        let mut found = Vec::new();
        for attr in self
            .0
            .iter()
            .filter(|a| head(a).rsplit("::").next() == Some(last))
        {
            let Some((_, args)) = attr.split_once('(') else {
                continue;
            };
            let (mut depth, mut word) = (0i32, String::new());
            for c in args.strip_suffix(')').unwrap_or(args).chars() {
                match c {
                    '(' => depth += 1,
                    ')' => depth -= 1,
                    ',' if depth == 0 => found.push(Name::from(std::mem::take(&mut word))),
                    _ if depth == 0 => word.push(c),
                    _ => {}
                }
            }
            if !word.is_empty() {
                found.push(word.into());
            }
        }
        found
    }
}

fn head(attr: &str) -> &str {
    attr.split(['(', '=']).next().unwrap_or(attr)
}

/// A type as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum TypeExpr {
    /// `a::B<C>`: segments and the type arguments of the last one.
    Path(Vec<SmolStr>, Vec<TypeExpr>),
    /// References and pointers; `mutable` for `&mut`.
    Ref {
        inner: Box<TypeExpr>,
        mutable: bool,
    },
    Tuple(Vec<TypeExpr>),
    /// `[T]` and `[T; n]`.
    Array(Box<TypeExpr>, Option<u64>),
    /// `dyn A + B` and `impl A + B`.
    Bounds(Vec<TypeExpr>),
    /// `<T as Trait>::Name`.
    Projection(Box<TypeExpr>, SmolStr),
    /// `fn(A) -> B` and `Fn(A) -> B`: the result.
    Function(Box<TypeExpr>),
    Never,
    Infer,
}

impl TypeExpr {
    /// Last segment of a path behind references.
    pub(crate) fn last_segment(&self) -> Option<&SmolStr> {
        match self {
            Self::Path(path, _) => path.last(),
            Self::Ref { inner, .. } => inner.last_segment(),
            _ => None,
        }
    }

    pub(crate) fn is_mutable_ref(&self) -> bool {
        matches!(self, Self::Ref { mutable: true, .. })
    }
}

/// Type parameters with their bounds, `where` clauses included.
pub(crate) type Generics = Vec<(SmolStr, Vec<TypeExpr>)>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypeDecl {
    pub(crate) name: SmolStr,
    /// Unique name.
    pub(crate) unique: Name,
    pub(crate) generics: Generics,
    pub(crate) attrs: Attrs,
    pub(crate) kind: TypeDeclKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TypeDeclKind {
    Struct(Fields),
    Enum(Vec<(SmolStr, Fields)>),
    Alias(TypeExpr),
}

/// Fields of a struct or variant. Those of a tuple struct are named `0`, `1`, ….
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Fields {
    pub(crate) named: bool,
    pub(crate) list: Vec<(SmolStr, TypeExpr)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TraitDecl {
    pub(crate) name: SmolStr,
    pub(crate) unique: Name,
    pub(crate) generics: Generics,
    pub(crate) attrs: Attrs,
    pub(crate) supertraits: Vec<TypeExpr>,
    pub(crate) functions: Vec<FnDecl>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ImplDecl {
    pub(crate) generics: Generics,
    pub(crate) ty: TypeExpr,
    pub(crate) of_trait: Option<TypeExpr>,
    pub(crate) functions: Vec<FnDecl>,
    pub(crate) consts: Vec<ConstDecl>,
    /// Associated types.
    pub(crate) types: Vec<(SmolStr, TypeExpr)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum SelfKind {
    #[default]
    None,
    Value,
    Ref,
    RefMut,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FnDecl {
    pub(crate) name: SmolStr,
    pub(crate) unique: Name,
    pub(crate) generics: Generics,
    pub(crate) attrs: Attrs,
    pub(crate) self_kind: SelfKind,
    /// Parameters after `self`; one that is a pattern is named `_`.
    pub(crate) params: Vec<(SmolStr, TypeExpr)>,
    pub(crate) returns: Option<TypeExpr>,
    pub(crate) is_public: bool,
    pub(crate) is_extern: bool,
    pub(crate) has_body: bool,
    /// Which function handles which variant of a message, where the body is such a `match`.
    pub(crate) arms: Vec<DispatchArm>,
    /// First constant argument of the call that makes the result, of functions whose result is a
    /// storage handle: `singleton(storage, CONFIG_KEY)`.
    pub(crate) handle_key: Option<ConstExpr>,
}

/// `Msg::Variant { … } => callee(…)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DispatchArm {
    pub(crate) variant: SmolStr,
    /// Path of the function, `self` or `Self` first for a method; none if the arm is no call.
    pub(crate) callee: Option<Vec<SmolStr>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConstDecl {
    pub(crate) name: SmolStr,
    pub(crate) unique: Name,
    pub(crate) ty: TypeExpr,
    pub(crate) value: ConstExpr,
    pub(crate) is_static: bool,
}

/// Value of a constant as far as lowering uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ConstExpr {
    Literal(Const),
    Path(Vec<SmolStr>),
    /// `Map::new("balances")`: path and arguments.
    Call(Vec<SmolStr>, Vec<ConstExpr>),
    Other,
}
