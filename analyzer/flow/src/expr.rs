//! Values as expressions over what a function starts from: its parameters, its caller, and the
//! state before it ran. Expressions are bounded in depth; what is deeper is known by identity
//! only, so that the domain of summaries is finite.

use std::sync::Arc;

use num_traits::Zero;
use pactward_ir::{BinaryOp, CallerKind, Const, EnvKind, Name, OpId, UnaryOp};

use crate::fold::{fold_binary, fold_unary, is_zero, same_const};
use crate::loc::{Loc, LocRoot, LocStep};

/// Deepest expression that is kept.
const MAX_DEPTH: usize = 7;

/// Most parts of an expression that is kept.
const MAX_PARTS: usize = 160;

/// Most values that a joined value may stand for.
const MAX_CHOICES: usize = 4;

/// See the module documentation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Expr {
    /// Anything.
    Unknown,
    Const(Const),
    /// Parameter of the summarised function.
    Param(u32),
    Caller(CallerKind),
    Env(EnvKind),
    /// Client argument read by name (ledgers).
    Arg(Arc<Expr>),
    /// Value of a location. The number counts the calls that had left the unit before it was
    /// read: 0 is the state in which the function began, and after each call others may have
    /// changed it.
    State(Arc<Loc>, u16),
    /// Storage reference.
    Ref(Arc<Loc>),
    Unary(UnaryOp, Arc<Expr>),
    Binary(BinaryOp, Arc<Expr>, Arc<Expr>),
    /// A pure function of its arguments.
    Apply(Name, Arc<[Expr]>),
    /// A value known only by the op that made it.
    Value(Name, OpId),
    /// An error: a result that is known to tell failure.
    Failure,
}

/// What values a callee's parameters and initial state have at a call site.
pub(crate) struct Binding<'b> {
    pub(crate) args: &'b [Expr],
    /// Function and call site, to name what becomes too deep.
    pub(crate) caller: &'b Name,
    pub(crate) site: OpId,
    /// Value of a location that the callee reads after some number of its own calls.
    pub(crate) state: &'b dyn Fn(Loc, u16) -> Expr,
}

impl Expr {
    pub fn int(value: i64) -> Self {
        Self::Const(Const::Int(value.into()))
    }

    pub const fn bool(value: bool) -> Self {
        Self::Const(Const::Bool(value))
    }

    /// The expression, or `otherwise` if it is too deep or has too many parts.
    fn bounded(self, otherwise: Self) -> Self {
        let mut parts = MAX_PARTS;
        if self.fits(MAX_DEPTH, &mut parts) {
            self
        } else {
            otherwise
        }
    }

    /// Whether the expression is at most `depth` deep and has at most `parts` parts.
    pub(crate) fn fits(&self, depth: usize, parts: &mut usize) -> bool {
        if *parts == 0 {
            return false;
        }
        *parts -= 1;
        let Some(below) = depth.checked_sub(1) else {
            return matches!(
                self,
                Self::Const(_)
                    | Self::Param(_)
                    | Self::Caller(_)
                    | Self::Env(_)
                    | Self::Value(..)
                    | Self::Unknown
                    | Self::Failure
            );
        };
        match self {
            Self::Unary(_, a) | Self::Arg(a) => a.fits(below, parts),
            Self::Binary(_, a, b) => a.fits(below, parts) && b.fits(below, parts),
            Self::Apply(_, args) => args.iter().all(|a| a.fits(below, parts)),
            Self::State(loc, _) | Self::Ref(loc) => loc.fits(below, parts),
            _ => true,
        }
    }

    pub(crate) fn state(loc: Loc, epoch: u16, otherwise: Self) -> Self {
        Self::State(Arc::new(loc), epoch).bounded(otherwise)
    }

    pub(crate) fn unary(op: UnaryOp, value: Self, otherwise: Self) -> Self {
        if let Some(folded) = fold_unary(op, &value) {
            return folded;
        }
        Self::Unary(op, Arc::new(value)).bounded(otherwise)
    }

    pub(crate) fn binary(op: BinaryOp, left: Self, right: Self, otherwise: Self) -> Self {
        if let Some(folded) = fold_binary(op, &left, &right) {
            return folded;
        }
        Self::Binary(op, Arc::new(left), Arc::new(right)).bounded(otherwise)
    }

    pub(crate) fn apply(name: impl Into<Name>, args: Vec<Self>, otherwise: Self) -> Self {
        Self::Apply(name.into(), args.into()).bounded(otherwise)
    }

    /// One of two values, whichever way was taken: what it is made of is kept, not which it is.
    #[must_use]
    pub(crate) fn either(&self, other: &Self) -> Self {
        if self == other {
            return self.clone();
        }
        let parts = |value: &Self| match value {
            Self::Apply(name, args) if name == "either" => args.to_vec(),
            plain => vec![plain.clone()],
        };
        let mut all = parts(self);
        all.extend(parts(other));
        all.sort();
        all.dedup();
        all.truncate(MAX_CHOICES);
        Self::apply("either", all, self.clone())
    }

    /// The logical negation, folded.
    #[must_use]
    pub fn negate(&self) -> Self {
        Self::unary(UnaryOp::Not, self.clone(), Self::Unknown)
    }

    /// The boolean that the expression is known to be.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Self::Const(Const::Bool(value)) => Some(*value),
            _ => None,
        }
    }

    /// The expression at a call site, in the caller's terms.
    pub(crate) fn bind(&self, binding: &Binding<'_>) -> Self {
        let renamed = || Self::Value(binding.caller.clone(), binding.site);
        match self {
            Self::Param(at) => binding
                .args
                .get(*at as usize)
                .cloned()
                .unwrap_or(Self::Unknown),
            Self::Arg(key) => Self::Arg(Arc::new(key.bind(binding))).bounded(renamed()),
            Self::State(loc, epoch) => {
                (binding.state)(loc.bind(binding), *epoch).bounded(renamed())
            }
            Self::Ref(loc) => Self::Ref(Arc::new(loc.bind(binding))).bounded(renamed()),
            Self::Unary(op, a) => Self::unary(*op, a.bind(binding), renamed()),
            Self::Binary(op, a, b) => {
                Self::binary(*op, a.bind(binding), b.bind(binding), renamed())
            }
            Self::Apply(name, args) => crate::fold::apply(
                name,
                args.iter().map(|a| a.bind(binding)).collect(),
                renamed(),
            ),
            other => other.clone(),
        }
    }

    /// The expression with each part that `value` knows replaced, outermost first.
    #[must_use]
    pub fn substitute(&self, value: &dyn Fn(&Self) -> Option<Self>) -> Self {
        if let Some(found) = value(self) {
            return found;
        }
        match self {
            Self::Arg(key) => Self::Arg(Arc::new(key.substitute(value))),
            Self::Unary(op, a) => Self::unary(*op, a.substitute(value), self.clone()),
            Self::Binary(op, a, b) => {
                Self::binary(*op, a.substitute(value), b.substitute(value), self.clone())
            }
            Self::Apply(name, args) => {
                let args = args.iter().map(|a| a.substitute(value)).collect();
                crate::fold::apply(name, args, self.clone())
            }
            Self::State(loc, epoch) => {
                let inner = Self::state(loc.substitute(value), *epoch, self.clone());
                if inner == *self {
                    inner
                } else {
                    value(&inner).unwrap_or(inner)
                }
            }
            Self::Ref(loc) => Self::Ref(Arc::new(loc.substitute(value))).bounded(self.clone()),
            other => other.clone(),
        }
    }

    /// Whether `test` holds for the expression or a part of it.
    pub fn any(&self, test: &mut dyn FnMut(&Self) -> bool) -> bool {
        if test(self) {
            return true;
        }
        match self {
            Self::Unary(_, a) | Self::Arg(a) => a.any(test),
            Self::Binary(_, a, b) => a.any(test) || b.any(test),
            Self::Apply(_, args) => args.iter().any(|a| a.any(test)),
            Self::State(loc, _) | Self::Ref(loc) => loc.any_key(test),
            _ => false,
        }
    }

    /// Calls `visit` with each location whose value the expression is made of, and the number of
    /// calls after which it was read.
    pub fn visit_state(&self, visit: &mut dyn FnMut(&Arc<Loc>, u16)) {
        self.any(&mut |e| {
            if let Self::State(loc, epoch) = e {
                visit(loc, *epoch);
            }
            false
        });
    }

    /// Whether a client of the entry chooses the value.
    pub fn is_client_input(&self) -> bool {
        matches!(self, Self::Param(_) | Self::Arg(_))
    }

    /// The value without conversions and other wrappers that keep its identity.
    pub fn stripped(&self) -> &Self {
        match self {
            Self::Apply(name, args) if name == "cast" && args.len() == 1 => args[0].stripped(),
            other => other,
        }
    }

    /// Whether two values may be equal as keys or addresses, seen from one run of the unit.
    pub(crate) fn may_equal(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Const(a), Self::Const(b)) => same_const(a, b),
            (Self::Caller(_) | Self::Env(EnvKind::SelfAddress), Self::Const(c))
            | (Self::Const(c), Self::Caller(_) | Self::Env(EnvKind::SelfAddress)) => !is_zero(c),
            (Self::Apply(f, a), Self::Apply(g, b)) if f == g && a.len() == b.len() => {
                a.iter().zip(b.iter()).all(|(x, y)| x.may_equal(y))
            }
            _ => true,
        }
    }

    /// Whether equal expressions may still be different values.
    pub(crate) fn is_vague(&self) -> bool {
        self.any(&mut |e| matches!(e, Self::Unknown))
    }

    pub(crate) fn is_zero(&self) -> bool {
        match self {
            Self::Const(Const::Int(int)) => int.is_zero(),
            Self::Const(c) => is_zero(c),
            _ => false,
        }
    }
}

impl Loc {
    pub(crate) fn bind(&self, binding: &Binding<'_>) -> Self {
        let path: Vec<_> = self
            .path
            .iter()
            .map(|step| match step {
                LocStep::Key(key) => LocStep::Key(key.bind(binding)),
                other => other.clone(),
            })
            .collect();
        let root = match &self.root {
            LocRoot::Param(at) => match binding.args.get(*at as usize).map(Expr::stripped) {
                Some(Expr::Ref(base)) => return base.extended(path),
                Some(Expr::Param(outer)) => LocRoot::Param(*outer),
                _ => LocRoot::Unknown,
            },
            LocRoot::Private(key) => LocRoot::Private(Arc::new(key.bind(binding))),
            LocRoot::Slot(key) => LocRoot::Slot(Arc::new(key.bind(binding))),
            LocRoot::TransientSlot(key) => LocRoot::TransientSlot(Arc::new(key.bind(binding))),
            root => root.clone(),
        };
        Self { root, path }
    }

    /// The location with parts of its keys replaced.
    #[must_use]
    pub fn substitute(&self, value: &dyn Fn(&Expr) -> Option<Expr>) -> Self {
        let path = self
            .path
            .iter()
            .map(|step| match step {
                LocStep::Key(key) => LocStep::Key(key.substitute(value)),
                other => other.clone(),
            })
            .collect();
        let root = match &self.root {
            LocRoot::Private(key) => LocRoot::Private(Arc::new(key.substitute(value))),
            LocRoot::Slot(key) => LocRoot::Slot(Arc::new(key.substitute(value))),
            LocRoot::TransientSlot(key) => LocRoot::TransientSlot(Arc::new(key.substitute(value))),
            root => root.clone(),
        };
        Self { root, path }
    }
}

impl std::fmt::Display for Expr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown => f.write_str("?"),
            Self::Const(Const::Int(int)) => write!(f, "{int}"),
            Self::Const(Const::Bool(value)) => write!(f, "{value}"),
            Self::Const(Const::Str(text)) => write!(f, "{text:?}"),
            Self::Const(Const::Bytes(digits)) => write!(f, "0x{digits}"),
            Self::Const(Const::Nil) => f.write_str("nil"),
            Self::Param(at) => write!(f, "param{at}"),
            Self::Caller(kind) => write!(f, "caller.{}", kind.as_str()),
            Self::Env(kind) => write!(f, "{}", kind.as_str()),
            Self::Arg(key) => write!(f, "arg({key})"),
            Self::State(loc, 0) => write!(f, "{loc}"),
            Self::State(loc, epoch) => write!(f, "{loc}@{epoch}"),
            Self::Ref(loc) => write!(f, "&{loc}"),
            Self::Unary(op, a) => write!(f, "{}({a})", op.as_str()),
            Self::Binary(op, a, b) => write!(f, "{}({a}, {b})", op.as_str()),
            Self::Apply(name, args) => {
                write!(f, "{name}(")?;
                for (at, arg) in args.iter().enumerate() {
                    write!(f, "{}{arg}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
            Self::Value(name, op) => write!(f, "{}%{}", crate::loc::last_part(name), op.0),
            Self::Failure => f.write_str("error"),
        }
    }
}
