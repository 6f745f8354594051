//! Abstract locations: where in state a place is, with the shape of each key.

use std::fmt;
use std::sync::Arc;

use pactward_ir::Name;

use crate::Expr;

/// Start of a location.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LocRoot {
    Var(Name),
    World,
    Private(Arc<Expr>),
    Slot(Arc<Expr>),
    TransientSlot(Arc<Expr>),
    Global(Name),
    /// Storage reference handed in as a parameter.
    Param(u32),
    /// Native balance of the account that the path names.
    Balance,
    Unknown,
}

/// One step into a location.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LocStep {
    Field(Name),
    Key(Expr),
    /// Any key.
    Any,
    /// Number of elements.
    Length,
}

/// A set of storage cells: a root and the path into it. A location stands for everything below
/// it too, so `accounts[k]` overlaps `accounts[k].balance`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Loc {
    pub root: LocRoot,
    pub path: Vec<LocStep>,
}

/// How two locations relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Overlap {
    Never,
    /// The same cells for some choice of parameters and callers.
    May,
    /// The same cells.
    Must,
}

impl Loc {
    pub fn var(name: impl Into<Name>) -> Self {
        Self {
            root: LocRoot::Var(name.into()),
            path: Vec::new(),
        }
    }

    /// Whether each key is at most `depth` deep and all together have at most `parts` parts.
    pub(crate) fn fits(&self, depth: usize, parts: &mut usize) -> bool {
        self.path.iter().all(|step| match step {
            LocStep::Key(key) => key.fits(depth, parts),
            _ => true,
        })
    }

    pub(crate) fn extended(&self, more: Vec<LocStep>) -> Self {
        let mut path = self.path.clone();
        path.extend(more);
        path.truncate(MAX_PATH);
        Self {
            root: self.root.clone(),
            path,
        }
    }

    pub(crate) fn any_key(&self, test: &mut dyn FnMut(&Expr) -> bool) -> bool {
        let in_root = match &self.root {
            LocRoot::Private(e) | LocRoot::Slot(e) | LocRoot::TransientSlot(e) => e.any(test),
            _ => false,
        };
        in_root
            || self
                .path
                .iter()
                .any(|s| matches!(s, LocStep::Key(key) if key.any(test)))
    }

    /// Relation to another location of the same run.
    pub fn overlap(&self, other: &Self) -> Overlap {
        let mut result = match self.root_overlap(other) {
            Overlap::Never => return Overlap::Never,
            o => o,
        };
        for (a, b) in self.path.iter().zip(&other.path) {
            let step = match (a, b) {
                (LocStep::Field(x), LocStep::Field(y)) if x == y => Overlap::Must,
                (LocStep::Length, LocStep::Length) => Overlap::Must,
                (LocStep::Key(x), LocStep::Key(y)) if x == y && !x.is_vague() => Overlap::Must,
                (LocStep::Key(x), LocStep::Key(y)) if x.may_equal(y) => Overlap::May,
                (LocStep::Any, LocStep::Any | LocStep::Key(_) | LocStep::Length)
                | (LocStep::Key(_) | LocStep::Length, LocStep::Any) => Overlap::May,
                _ => return Overlap::Never,
            };
            result = result.min(step);
        }
        if self.path.len() == other.path.len() {
            result
        } else {
            result.min(Overlap::May)
        }
    }

    fn root_overlap(&self, other: &Self) -> Overlap {
        match (&self.root, &other.root) {
            (LocRoot::Unknown, _) | (_, LocRoot::Unknown) => Overlap::Never,
            (LocRoot::Slot(a), LocRoot::Slot(b))
            | (LocRoot::TransientSlot(a), LocRoot::TransientSlot(b))
            | (LocRoot::Private(a), LocRoot::Private(b)) => {
                if a == b && !a.is_vague() {
                    Overlap::Must
                } else if a.may_equal(b) && (a.is_vague() || b.is_vague()) {
                    Overlap::May
                } else {
                    Overlap::Never
                }
            }
            (a, b) if a == b => Overlap::Must,
            _ => Overlap::Never,
        }
    }

    /// Whether a key of the location is made of the caller's identity.
    pub fn is_keyed_by_caller(&self) -> bool {
        self.has_key(|part| matches!(part, Expr::Caller(_)))
    }

    /// Whether a key of the location comes from the client's input.
    pub fn is_keyed_by_input(&self) -> bool {
        self.has_key(Expr::is_client_input)
    }

    fn has_key(&self, is_wanted: fn(&Expr) -> bool) -> bool {
        self.path.iter().any(|step| match step {
            LocStep::Key(key) => key.any(&mut |part| is_wanted(part)),
            _ => false,
        })
    }

    /// Whether the location is the other one or lies below it, with the same keys.
    pub fn is_part_of(&self, whole: &Self) -> bool {
        self.root == whole.root
            && self.path.len() >= whole.path.len()
            && self.path.iter().zip(&whole.path).all(|(a, b)| a == b)
            && !matches!(self.root, LocRoot::Unknown)
    }

    /// The value of this location when the location `whole` around it has `value`.
    pub(crate) fn select_from(&self, whole: &Self, value: &Expr, otherwise: &Expr) -> Expr {
        self.path[whole.path.len()..]
            .iter()
            .fold(value.clone(), |v, step| match step {
                LocStep::Field(name) => crate::fold::field_of(&v, name, otherwise.clone()),
                LocStep::Key(key) => crate::fold::element_of(&v, key, otherwise.clone()),
                LocStep::Length => crate::fold::length_of(&v).unwrap_or_else(|| otherwise.clone()),
                LocStep::Any => otherwise.clone(),
            })
    }

    pub fn may_overlap(&self, other: &Self) -> bool {
        self.overlap(other) != Overlap::Never
    }

    /// Short text for people: `balances[msg.sender]`.
    pub fn describe(&self) -> String {
        let mut out = match &self.root {
            LocRoot::Var(name) | LocRoot::Global(name) => last_part(name).to_owned(),
            LocRoot::World => String::new(),
            LocRoot::Private(_) => "private".to_owned(),
            LocRoot::Slot(_) => "storage slot".to_owned(),
            LocRoot::TransientSlot(_) => "transient slot".to_owned(),
            LocRoot::Param(_) => "storage reference".to_owned(),
            LocRoot::Balance => "balance".to_owned(),
            LocRoot::Unknown => "state".to_owned(),
        };
        for step in &self.path {
            match step {
                LocStep::Field(name) => {
                    out.push('.');
                    out.push_str(name);
                }
                LocStep::Key(key) if out.is_empty() => out.push_str(&describe(key)),
                LocStep::Key(key) => {
                    out.push('[');
                    out.push_str(&describe(key));
                    out.push(']');
                }
                LocStep::Any if out.is_empty() => out.push_str("state"),
                LocStep::Any => out.push_str("[…]"),
                LocStep::Length => out.push_str(".length"),
            }
        }
        out
    }
}

/// Longest path that is kept; nobody nests state deeper.
const MAX_PATH: usize = 8;

pub(crate) fn last_part(name: &str) -> &str {
    name.rsplit(['.', ':']).next().unwrap_or(name)
}

/// Short text of a key for people.
fn describe(key: &Expr) -> String {
    use pactward_ir::{CallerKind, Const, EnvKind};
    match key {
        Expr::Caller(CallerKind::Sender) => "caller".to_owned(),
        Expr::Caller(kind) => kind.as_str().to_owned(),
        Expr::Env(EnvKind::SelfAddress) => "this".to_owned(),
        Expr::Const(Const::Str(text)) => format!("\"{text}\""),
        Expr::Const(Const::Int(int)) => int.to_string(),
        Expr::State(loc, _) => loc.describe(),
        Expr::Param(_) | Expr::Arg(_) => "input".to_owned(),
        _ => "…".to_owned(),
    }
}

impl fmt::Display for Loc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe())
    }
}
