//! The tree. Spans are byte ranges of the text that was parsed. Expressions lie in an arena, so
//! that chains of 20,000 operators are neither built nor dropped recursively.

use num_bigint::BigInt;
use pactward_base::{SmolStr, Span};
use pactward_ir::{BinaryOp, Mutability, Visibility};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExprId(pub(super) u32);

/// Arena of expressions.
#[derive(Debug, Default)]
pub(crate) struct Ast {
    pub(super) exprs: Vec<Expr>,
}

impl Ast {
    pub(crate) fn get(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }

    /// An expression and everything in it, in no particular order.
    pub(crate) fn walk(&self, id: ExprId) -> impl Iterator<Item = &Expr> {
        let mut todo = vec![id];
        std::iter::from_fn(move || {
            let expr = self.get(todo.pop()?);
            match &expr.kind {
                ExprKind::Member(a, _) | ExprKind::Prefix(_, a) | ExprKind::Postfix(_, a) => {
                    todo.push(*a);
                }
                ExprKind::Index(a, b) => todo.extend(std::iter::once(a).chain(b)),
                ExprKind::Slice(a, b, c) => todo.extend(std::iter::once(a).chain(b).chain(c)),
                ExprKind::Call(a, Args::Positional(args)) => {
                    todo.extend(std::iter::once(a).chain(args));
                }
                ExprKind::Call(a, Args::Named(args)) | ExprKind::Options(a, args) => {
                    todo.extend(std::iter::once(a).chain(args.iter().map(|(_, e)| e)));
                }
                ExprKind::Binary(_, a, b) | ExprKind::Assign(_, a, b) => todo.extend([a, b]),
                ExprKind::Ternary(a, b, c) => todo.extend([a, b, c]),
                ExprKind::Tuple(parts) => todo.extend(parts.iter().flatten()),
                ExprKind::Array(parts) | ExprKind::Error(parts) => todo.extend(parts),
                _ => {}
            }
            Some(expr)
        })
    }
}

#[derive(Debug)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) span: Span,
    /// Nesting, not counting left operands of binary operators, which are walked in a loop.
    pub(super) depth: u16,
}

#[derive(Debug)]
pub(crate) enum ExprKind {
    Name(SmolStr),
    /// Exact value with its unit; none for a fraction.
    Number(Option<BigInt>),
    /// A hexadecimal literal of 40 digits.
    Address(BigInt),
    Text(SmolStr),
    Hex(SmolStr),
    Bool(bool),
    /// An elementary type, mapping or array type used as an expression.
    Type(TypeExpr),
    /// `type(T)`.
    TypeOf(TypeExpr),
    Member(ExprId, SmolStr),
    Index(ExprId, Option<ExprId>),
    Slice(ExprId, Option<ExprId>, Option<ExprId>),
    Call(ExprId, Args),
    /// `f{value: v}`.
    Options(ExprId, Vec<(SmolStr, ExprId)>),
    New(TypeExpr),
    Prefix(PrefixOp, ExprId),
    /// `x++`, `x--`.
    Postfix(StepOp, ExprId),
    Binary(BinaryOp, ExprId, ExprId),
    /// `=` without an operator, `+=` with one.
    Assign(Option<BinaryOp>, ExprId, ExprId),
    Ternary(ExprId, ExprId, ExprId),
    /// Parentheses: one component and no comma is grouping.
    Tuple(Vec<Option<ExprId>>),
    Array(Vec<ExprId>),
    /// Text that is no expression, with what was understood of it.
    Error(Vec<ExprId>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PrefixOp {
    Not,
    Neg,
    Plus,
    BitNot,
    Delete,
    Step(StepOp),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepOp {
    Increment,
    Decrement,
}

#[derive(Debug)]
pub(crate) enum Args {
    Positional(Vec<ExprId>),
    Named(Vec<(SmolStr, ExprId)>),
}

impl Args {
    /// The arguments in the order of the text.
    pub(crate) fn values(&self) -> Vec<ExprId> {
        match self {
            Self::Positional(all) => all.clone(),
            Self::Named(all) => all.iter().map(|(_, value)| *value).collect(),
        }
    }
}

/// A type as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum TypeExpr {
    /// An elementary type.
    Plain(pactward_ir::Type),
    /// `var`, or nothing that is a type.
    Infer,
    Path(SmolStr),
    Array(Box<TypeExpr>, Length),
    Mapping(Box<TypeExpr>, Box<TypeExpr>),
    Function(Box<FunctionType>),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Length {
    Dynamic,
    Fixed(u64),
    /// A constant by name.
    Named(SmolStr),
    /// An expression that is not evaluated.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct FunctionType {
    pub(crate) params: Vec<ParamSpec>,
    pub(crate) returns: Vec<ParamSpec>,
    pub(crate) external: bool,
    pub(crate) mutability: Mutability,
}

/// A parameter, return value or component of a declaration.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ParamSpec {
    pub(crate) name: SmolStr,
    pub(crate) ty: TypeExpr,
    pub(crate) location: Location,
}

/// Where values of a reference type lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Location {
    /// The code does not say.
    #[default]
    Implicit,
    Storage,
    /// Memory or calldata.
    Memory,
}

/// A local variable; its name's place is not needed.
pub(crate) type LocalSpec = ParamSpec;

#[derive(Debug)]
pub(crate) struct Stmt {
    pub(crate) kind: StmtKind,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) enum StmtKind {
    Block {
        body: Vec<Stmt>,
        unchecked: bool,
    },
    Expr(ExprId),
    Declare {
        locals: Vec<Option<LocalSpec>>,
        /// Whether the value is a tuple to be taken apart.
        tuple: bool,
        value: Option<ExprId>,
    },
    If {
        /// Conditions with what runs under them: `if`, then each `else if`.
        arms: Vec<(ExprId, Stmt)>,
        otherwise: Option<Box<Stmt>>,
    },
    For {
        start: Option<Box<Stmt>>,
        cond: Option<ExprId>,
        step: Option<ExprId>,
        body: Box<Stmt>,
    },
    While {
        cond: ExprId,
        body: Box<Stmt>,
    },
    DoWhile {
        body: Box<Stmt>,
        cond: ExprId,
    },
    Continue,
    Break,
    Try {
        call: ExprId,
        returns: Vec<ParamSpec>,
        body: Vec<Stmt>,
        catches: Vec<Catch>,
    },
    Return(Option<ExprId>),
    Emit(ExprId),
    Throw,
    /// `_;` in a modifier.
    Placeholder,
    Assembly(Vec<YulStmt>),
    /// Text that is no statement.
    Error,
}

#[derive(Debug)]
pub(crate) struct Catch {
    /// `Error`, `Panic`, or nothing for bytes and catch-all clauses.
    pub(crate) name: SmolStr,
    pub(crate) params: Vec<ParamSpec>,
    pub(crate) body: Vec<Stmt>,
}

/// `onlyOwner`, `Base(1, 2)`.
#[derive(Debug)]
pub(crate) struct Invocation {
    pub(crate) path: SmolStr,
    pub(crate) args: Args,
    pub(crate) has_args: bool,
    pub(crate) span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FunctionForm {
    Function,
    Constructor,
    Receive,
    Fallback,
}

/// Everything of a function before its body.
#[derive(Debug)]
pub(crate) struct FunctionHeader {
    pub(crate) form: FunctionForm,
    pub(crate) name: SmolStr,
    pub(crate) params: Vec<ParamSpec>,
    pub(crate) returns: Vec<ParamSpec>,
    /// None where the code says nothing.
    pub(crate) visibility: Option<Visibility>,
    pub(crate) mutability: Mutability,
    pub(crate) is_virtual: bool,
    pub(crate) is_override: bool,
    pub(crate) invocations: Vec<Invocation>,
    /// Where a further attribute may be written: after the last one before `returns`.
    pub(crate) attributes_end: u32,
}

#[derive(Debug)]
pub(crate) struct YulStmt {
    pub(crate) kind: YulStmtKind,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) enum YulStmtKind {
    Block(Vec<YulStmt>),
    Let(Vec<SmolStr>, Option<YulExpr>),
    Assign(Vec<SmolStr>, YulExpr),
    Expr(YulExpr),
    If(YulExpr, Vec<YulStmt>),
    For {
        start: Vec<YulStmt>,
        cond: YulExpr,
        step: Vec<YulStmt>,
        body: Vec<YulStmt>,
    },
    Switch {
        on: YulExpr,
        cases: Vec<(YulExpr, Vec<YulStmt>)>,
        default: Option<Vec<YulStmt>>,
    },
    Function(YulFunction),
    Leave,
    Break,
    Continue,
    Error,
}

#[derive(Debug)]
pub(crate) struct YulFunction {
    pub(crate) name: SmolStr,
    pub(crate) params: Vec<SmolStr>,
    pub(crate) returns: Vec<SmolStr>,
    pub(crate) body: Vec<YulStmt>,
}

#[derive(Debug)]
pub(crate) struct YulExpr {
    pub(crate) kind: YulExprKind,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) enum YulExprKind {
    /// A variable, also `x.slot`.
    Name(SmolStr),
    Number(BigInt),
    Text(SmolStr),
    Bool(bool),
    Call(SmolStr, Vec<YulExpr>),
    Error,
}
