//! Who may run an entry: which state only privileged callers can change, and which conditions an
//! arbitrary caller cannot meet because of it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;

use pactward_ir::{
    BinaryOp, CallerKind, Entry, EntryKind, GuardKind, Mutability, Name, StateKind, Unit,
};

use crate::loc::{LocRoot, LocStep};
use crate::trace::{Event, Summary, Trace};
use crate::{Expr, Loc};

/// An entry with the ways whose effects are kept.
#[derive(Debug, Clone)]
pub struct EntryWays {
    pub entry: Entry,
    pub traces: Vec<Trace>,
    /// Per way, whether some condition keeps arbitrary callers out.
    guarded: Vec<bool>,
    /// Per way, the roots of the locations that it reads or writes.
    roots: Vec<BTreeSet<LocRoot>>,
}

impl EntryWays {
    /// Whether the entry runs once, when the contract is deployed or replaced.
    pub fn is_setup(&self) -> bool {
        matches!(
            self.entry.kind,
            EntryKind::Constructor | EntryKind::Init | EntryKind::Upgrade
        )
    }

    /// The ways that an arbitrary caller can (or cannot) run, with their positions.
    pub(crate) fn ways(&self, guarded: bool) -> impl Iterator<Item = (usize, &Trace)> {
        let all = self.traces.iter().enumerate();
        all.filter(move |(at, _)| self.guarded.get(*at) == Some(&guarded))
    }

    /// Whether a way reads or writes somewhere below a root.
    pub(crate) fn touches(&self, trace: usize, root: &LocRoot) -> bool {
        self.roots.get(trace).is_some_and(|r| r.contains(root))
    }

    /// Whether the entry promises to change nothing.
    pub fn is_view(&self) -> bool {
        matches!(self.entry.kind, EntryKind::Query | EntryKind::Getter)
            || matches!(self.entry.mutability, Mutability::View | Mutability::Pure)
    }
}

/// The entries of a unit with their ways, and what only privileged callers can change.
#[derive(Debug)]
pub struct UnitWays<'u> {
    pub unit: &'u Unit,
    pub entries: Vec<EntryWays>,
    /// Shapes of locations that an arbitrary caller can have written.
    open: BTreeSet<Shape>,
    /// Shapes whose entry under the caller's key lets the caller govern others, not only take
    /// what is his: roles, as against balances and guest lists.
    roles: BTreeSet<Shape>,
    /// Questions about what can run in between that may still be asked.
    fuel: Cell<u32>,
}

/// Most questions per entry: a bound on time that real contracts stay far below. What is asked
/// beyond it is answered with no.
const MAX_QUESTIONS: u32 = 30_000;

/// A location without its keys: root and field names.
type Shape = (LocRoot, Vec<Name>);

impl<'u> UnitWays<'u> {
    pub fn new(unit: &'u Unit, summary: &dyn Fn(&Name) -> Option<Arc<Summary>>) -> Self {
        let entries = unit
            .entries
            .iter()
            .filter_map(|entry| {
                let own = summary(&entry.function)?;
                let dispatcher = entry.dispatcher.as_ref().and_then(summary);
                let through = dispatcher.map(|d| ways_through(&d, &entry.name));
                let all = through
                    .filter(|t| !t.is_empty())
                    .unwrap_or_else(|| own.traces.clone());
                let traces: Vec<Trace> = all.into_iter().filter(Trace::commits).collect();
                let roots = traces.iter().map(roots_of).collect();
                Some(EntryWays {
                    entry: entry.clone(),
                    traces,
                    guarded: Vec::new(),
                    roots,
                })
            })
            .collect();
        let mut ways = Self {
            unit,
            entries,
            open: BTreeSet::new(),
            roles: BTreeSet::new(),
            fuel: Cell::new(MAX_QUESTIONS),
        };
        ways.find_roles();
        ways.find_open_state();
        for at in 0..ways.entries.len() {
            let guarded = ways.entries[at]
                .traces
                .iter()
                .map(|t| ways.is_guarded(t))
                .collect();
            ways.entries[at].guarded = guarded;
        }
        ways
    }

    /// Fills the budget of questions anew, for the next entry.
    pub fn refuel(&self) {
        self.fuel.set(MAX_QUESTIONS);
    }

    /// Takes one question from the budget; says whether there was one.
    pub(crate) fn spend(&self) -> bool {
        let left = self.fuel.get();
        self.fuel.set(left.saturating_sub(1));
        left > 0
    }

    /// Collects the locations whose value under the caller's key is a condition of an entry that
    /// changes what is not the caller's own.
    fn find_roles(&mut self) {
        let mut roles = BTreeSet::new();
        for trace in self
            .entries
            .iter()
            .filter(|w| !w.is_setup())
            .flat_map(|w| &w.traces)
        {
            let checked: Vec<_> = trace
                .steps
                .iter()
                .filter_map(|s| match &s.event {
                    Event::Check(cond) => Some(cond),
                    _ => None,
                })
                .collect();
            let mut tested = BTreeSet::new();
            for cond in &checked {
                cond.visit_state(&mut |loc, _| {
                    tested.insert(shape(loc));
                });
            }
            let governs = trace.steps.iter().any(|s| match &s.event {
                Event::Write(loc, ..) => !loc.is_keyed_by_caller() && !tested.contains(&shape(loc)),
                Event::Upgrade(..) => true,
                _ => false,
            });
            if !governs {
                continue;
            }
            for cond in checked {
                cond.visit_state(&mut |loc, _| {
                    let takes = trace.steps.iter().any(|s| match &s.event {
                        Event::Write(written, ..) => {
                            shape(written) == shape(loc) && written.is_keyed_by_caller()
                        }
                        _ => false,
                    });
                    if loc.is_keyed_by_caller() && !takes {
                        roles.insert(shape(loc));
                    }
                });
            }
        }
        self.roles = roles;
    }

    /// Grows the set of open state to its least fixpoint: a way that no condition keeps from
    /// arbitrary callers opens all that it writes; state that is open makes no condition.
    fn find_open_state(&mut self) {
        loop {
            let mut open = self.open.clone();
            for ways in self
                .entries
                .iter()
                .filter(|w| !w.is_setup() && !w.is_view())
            {
                for trace in &ways.traces {
                    if self.is_guarded(trace) || self.runs_once(trace) {
                        continue;
                    }
                    for step in &trace.steps {
                        if let Event::Write(loc, ..) = &step.event {
                            open.insert(shape(loc));
                        }
                    }
                }
            }
            if open.len() == self.open.len() {
                return;
            }
            self.open = open;
        }
    }

    /// Whether only set-up code and privileged callers write the location.
    pub fn is_privileged(&self, loc: &Loc) -> bool {
        let (root, fields) = shape(loc);
        match &root {
            LocRoot::Var(_) | LocRoot::World | LocRoot::Slot(_) => {}
            LocRoot::Global(_) | LocRoot::Balance | LocRoot::Param(_) | LocRoot::Unknown => {
                return false;
            }
            LocRoot::Private(_) | LocRoot::TransientSlot(_) => return false,
        }
        if self.is_fixed(loc) {
            return true;
        }
        !self
            .open
            .iter()
            .any(|(r, f)| *r == root && f.iter().zip(&fields).all(|(a, b)| a == b))
    }

    /// Whether the location is a constant or an immutable variable.
    pub fn is_fixed(&self, loc: &Loc) -> bool {
        let LocRoot::Var(name) = &loc.root else {
            return false;
        };
        self.unit
            .state_var(name)
            .is_some_and(|v| matches!(v.kind, StateKind::Constant | StateKind::Immutable))
    }

    /// Whether nothing but set-up code writes the location.
    pub fn is_set_once(&self, loc: &Loc) -> bool {
        let wanted = shape(loc);
        self.is_fixed(loc)
            || !self.entries.iter().filter(|w| !w.is_setup()).any(|w| {
                w.traces.iter().any(|t| {
                    t.steps.iter().any(|s| match &s.event {
                        Event::Write(loc, ..) => {
                            let (root, fields) = shape(loc);
                            root == wanted.0 && fields.iter().zip(&wanted.1).all(|(a, b)| a == b)
                        }
                        _ => false,
                    })
                })
            })
    }

    /// Whether some condition of the way keeps arbitrary callers out.
    pub fn is_guarded(&self, trace: &Trace) -> bool {
        trace.steps.iter().any(|step| match &step.event {
            Event::Check(cond) => self.keeps_out(cond) || self.asks_authority(trace, cond),
            Event::Guard(kind, ..) => {
                matches!(
                    kind,
                    GuardKind::Identity | GuardKind::Role | GuardKind::Attribute
                )
            }
            _ => false,
        })
    }

    /// Whether an arbitrary caller cannot meet the condition.
    pub fn keeps_out(&self, cond: &Expr) -> bool {
        match cond {
            Expr::Binary(BinaryOp::And, a, b) => self.keeps_out(a) || self.keeps_out(b),
            Expr::Binary(BinaryOp::Or, a, b) => self.keeps_out(a) && self.keeps_out(b),
            Expr::Binary(BinaryOp::Eq, a, b) => {
                self.names_authority(a, b)
                    || self.names_authority(b, a)
                    || is_non_zero(b) && self.is_membership(a)
            }
            // Everybody starts with zero, so only what excludes zero tells members apart.
            Expr::Binary(BinaryOp::Ne, a, b) => b.is_zero() && self.is_membership(a),
            Expr::Binary(BinaryOp::Gt, a, b) => {
                matches!(**b, Expr::Const(_)) && self.is_membership(a)
            }
            Expr::Binary(BinaryOp::Ge, a, b) => is_non_zero(b) && self.is_membership(a),
            other => self.is_membership(other),
        }
    }

    /// `caller == x` where `x` is a constant or privileged state.
    fn names_authority(&self, caller: &Expr, authority: &Expr) -> bool {
        if !is_of_caller(caller) {
            return false;
        }
        match authority.stripped() {
            Expr::Const(_) => !authority.is_zero(),
            // The contract itself calls only what its own entries make it call.
            Expr::Env(pactward_ir::EnvKind::SelfAddress) => true,
            // Whoever stands under a key that the client chooses is one of many.
            Expr::State(loc, _) => !loc.is_keyed_by_input() && self.is_privileged(loc),
            _ => false,
        }
    }

    /// Privileged state under a key of the caller: a role, a white list.
    fn is_membership(&self, value: &Expr) -> bool {
        let Expr::State(loc, _) = value.stripped() else {
            return false;
        };
        loc.is_keyed_by_caller() && self.roles.contains(&shape(loc)) && self.is_privileged(loc)
    }

    /// A yes from a trusted contract that was asked about the caller.
    fn asks_authority(&self, trace: &Trace, cond: &Expr) -> bool {
        let answer = match cond {
            Expr::Binary(BinaryOp::Eq, a, b) if is_non_zero(b) => a,
            other => other,
        };
        let Expr::Value(function, op) = answer else {
            return false;
        };
        trace.calls().any(|(_, call, at)| {
            at.op.function == *function
                && at.op.op == *op
                && !call.lets_others_act()
                && self.is_trusted(&call.target)
                && call.args.iter().any(is_of_caller)
        })
    }

    /// Whether the address of a contract was chosen by privileged callers only.
    pub fn is_trusted(&self, target: &Expr) -> bool {
        match target.stripped() {
            Expr::Const(_) => true,
            Expr::State(loc, _) => self.is_privileged(loc),
            _ => false,
        }
    }

    /// Whether an arbitrary caller can run the way, and not only the first one of all.
    pub fn is_open(&self, trace: &Trace) -> bool {
        !self.is_guarded(trace) && !self.runs_once(trace)
    }

    /// Whether the way requires a latch to be untouched and then sets it: a set-up by the first
    /// who comes, whoever may open the latch again.
    pub fn takes_latch(&self, trace: &Trace) -> bool {
        trace.steps.iter().any(|step| {
            let Event::Check(cond) = &step.event else {
                return false;
            };
            let is_untouched = match cond {
                Expr::Binary(BinaryOp::Eq | BinaryOp::Le, _, b) => b.is_zero(),
                Expr::Unary(pactward_ir::UnaryOp::Not, _) => true,
                _ => false,
            };
            is_untouched
                && latch_of(cond).is_some_and(|latch| {
                    // A lock is set too, and left open again.
                    let last = trace.steps.iter().rev().find_map(|s| match &s.event {
                        Event::Write(loc, _, value) if loc == latch => Some(value),
                        _ => None,
                    });
                    last.is_some_and(|value| !value.is_zero())
                })
        })
    }

    /// Whether the way can be run only once: it makes one of its own conditions false, and
    /// nobody makes it true again. Initialisers behind a proxy are of this kind.
    fn runs_once(&self, trace: &Trace) -> bool {
        trace.steps.iter().any(|step| {
            let Event::Check(cond) = &step.event else {
                return false;
            };
            let Some(latch) = latch_of(cond) else {
                return false;
            };
            let written = |t: &Trace| {
                t.steps
                    .iter()
                    .filter_map(|s| match &s.event {
                        Event::Write(loc, _, value) if loc == latch => Some(value.clone()),
                        _ => None,
                    })
                    .collect::<Vec<_>>()
            };
            // What a way leaves in the latch makes the condition false, given its own conditions.
            let closes = |t: &Trace, value: &Expr| {
                let closed = cond.substitute(&|e| match e {
                    Expr::State(loc, _) if **loc == *latch => Some(value.clone()),
                    _ => None,
                });
                closed.truth() == Some(false)
                    || t.steps
                        .iter()
                        .any(|s| matches!(&s.event, Event::Check(c) if crate::excludes(c, &closed)))
            };
            written(trace)
                .last()
                .is_some_and(|last| closes(trace, last))
                && self.entries.iter().filter(|w| !w.is_setup()).all(|w| {
                    w.traces.iter().all(|t| {
                        written(t).last().is_none_or(|v| closes(t, v)) || self.is_guarded(t)
                    })
                })
        })
    }
}

fn is_non_zero(value: &Expr) -> bool {
    matches!(value, Expr::Const(_)) && !value.is_zero()
}

/// The ways of a dispatcher that lead to the entry of a name: what it reads and checks before it
/// hands over belongs to the entry. None if some of its ways are not known.
fn ways_through(dispatcher: &Summary, name: &str) -> Vec<Trace> {
    let leads = |trace: &Trace| {
        trace.steps.iter().any(|s| match &s.event {
            Event::Check(cond) => selects(cond, name),
            _ => false,
        })
    };
    if dispatcher.is_partial {
        return Vec::new();
    }
    dispatcher
        .traces
        .iter()
        .filter(|t| leads(t))
        .cloned()
        .collect()
}

/// Whether a condition says that the method has this name.
fn selects(cond: &Expr, name: &str) -> bool {
    match cond {
        Expr::Binary(BinaryOp::And, a, b) => selects(a, name) || selects(b, name),
        Expr::Binary(BinaryOp::Eq, _, b) => {
            matches!(&**b, Expr::Const(pactward_ir::Const::Str(text)) if text == name)
        }
        _ => false,
    }
}

/// Roots of the locations whose values a way uses or changes.
fn roots_of(trace: &Trace) -> BTreeSet<LocRoot> {
    let mut roots = BTreeSet::new();
    let mut add = |value: &Expr| {
        value.visit_state(&mut |loc, _| {
            roots.insert(loc.root.clone());
        });
    };
    for step in &trace.steps {
        step.event.values().into_iter().for_each(&mut add);
        if let Event::Write(loc, ..) = &step.event {
            add(&Expr::State(loc.clone().into(), 0));
        }
    }
    trace.returns.iter().for_each(add);
    roots
}

/// The variable without keys that a condition is about, if it is about one.
fn latch_of(cond: &Expr) -> Option<&Loc> {
    let state = match cond {
        Expr::Unary(_, a) => a,
        Expr::Binary(_, a, b) if matches!(**b, Expr::Const(_)) => a,
        other => other,
    };
    let Expr::State(loc, _) = state else {
        return None;
    };
    let is_keyed = loc
        .path
        .iter()
        .any(|s| matches!(s, LocStep::Key(_) | LocStep::Any));
    (!is_keyed).then_some(&**loc)
}

/// Whether a value is the caller's identity or made of it alone.
pub(crate) fn is_of_caller(value: &Expr) -> bool {
    match value.stripped() {
        Expr::Caller(_) => true,
        Expr::Apply(_, args) => {
            args.iter().any(is_of_caller)
                && args
                    .iter()
                    .all(|a| is_of_caller(a) || matches!(a, Expr::Const(_)))
        }
        _ => false,
    }
}

/// Whether a condition lets only accounts without code call.
pub fn excludes_contracts(cond: &Expr) -> bool {
    let kind = |e: &Expr| match e.stripped() {
        Expr::Caller(kind) => Some(*kind),
        _ => None,
    };
    match cond {
        Expr::Binary(BinaryOp::Eq, a, b) => {
            let pair = (kind(a), kind(b));
            pair == (Some(CallerKind::Sender), Some(CallerKind::Origin))
                || pair == (Some(CallerKind::Origin), Some(CallerKind::Sender))
        }
        Expr::Binary(BinaryOp::And, a, b) => excludes_contracts(a) || excludes_contracts(b),
        _ => false,
    }
}

/// A location without keys; constant keys of a ledger name variables there.
fn shape(loc: &Loc) -> Shape {
    let names = loc
        .path
        .iter()
        .filter_map(|step| match step {
            LocStep::Field(name) => Some(name.clone()),
            LocStep::Key(key) if loc.root == LocRoot::World => Some(key_shape(key).into()),
            _ => None,
        })
        .collect();
    (loc.root.clone(), names)
}

fn key_shape(key: &Expr) -> String {
    match key {
        Expr::Const(_) => key.to_string(),
        Expr::Apply(name, args) => {
            let parts: Vec<_> = args.iter().map(key_shape).collect();
            format!("{name}({})", parts.join(","))
        }
        _ => "*".to_owned(),
    }
}
