//! Which entry can run while another one waits for a call that left the unit, and what it finds
//! there: the state in between, with the first one's writes so far and its conditions.
//!
//! Locks, one-shot latches and checks-effects-interactions are no special cases: an entry whose
//! conditions are false in the state in between cannot run.

use std::cell::RefCell;

use pactward_ir::{BinaryOp, CallerKind, Const, EnvKind, OpId, UnaryOp, WriteKind};
use rustc_hash::FxHashMap;

use crate::authority::{EntryWays, UnitWays, excludes_contracts};
use crate::loc::{LocRoot, LocStep};
use crate::trace::{Event, Step, Trace};
use crate::{Expr, Interval, Loc, Overlap, excludes};

/// What the code that runs in between sees of the waiting entry's writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// All writes so far (EVM, ChainMaker wasm, ink!).
    Written,
    /// Nothing: writes are kept by the process until the transaction ends (ChainMaker docker-go).
    Pending,
}

/// An entry that can run in between and meets a location there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reentry {
    /// Position in [`UnitWays::entries`].
    pub entry: usize,
    /// Position of its way.
    pub trace: usize,
    /// Position of the step that meets the location.
    pub step: usize,
    /// It writes the location, not only reads it.
    pub writes: bool,
    /// It decides, pays, spends or changes something else by the location's value. An entry that
    /// only adds to the location or sets it gains nothing by meeting an old value.
    pub acts: bool,
}

/// How a way meets a location.
struct Meeting {
    step: usize,
    writes: bool,
    acts: bool,
}

/// A way that waits at one of its calls.
#[derive(Debug, Clone, Copy)]
pub struct Waiting<'t> {
    pub trace: &'t Trace,
    /// Position of the call.
    pub call: usize,
    pub visibility: Visibility,
    /// Whether an arbitrary caller can have started the way.
    pub is_open: bool,
    /// What is known about the way so far.
    pub memo: &'t Memo,
}

/// What is known about the state during each call of one way.
#[derive(Debug, Default)]
pub struct Memo {
    /// Whether others can change a location.
    changes: RefCell<FxHashMap<(usize, Loc), bool>>,
    values: RefCell<FxHashMap<(usize, Loc), Expr>>,
    /// Whether a way can run with its inputs bound so.
    enabled: RefCell<FxHashMap<(usize, Run), bool>>,
}

/// A way of an entry, by its address in [`UnitWays`], and what its inputs are bound to.
type Run = (usize, Vec<(Expr, Expr)>);

impl Waiting<'_> {
    fn before(&self) -> &[Step] {
        &self.trace.steps[..self.call]
    }
}

/// Number of calls among the steps in which others may have changed the state.
pub fn epoch_of(steps: &[Step]) -> u16 {
    steps.iter().filter(|s| s.lets_others_act()).count() as u16
}

/// The value of a location after some steps, `epoch` of which let others act: what was written
/// last, or what it was when others last had the chance to change it.
pub(crate) fn load(steps: &[Step], loc: &Loc, epoch: u16, otherwise: Expr) -> Expr {
    let from = steps.iter().rposition(Step::lets_others_act);
    let written = last_write(&steps[from.map_or(0, |at| at + 1)..], loc, &otherwise);
    written.unwrap_or_else(|| Expr::state(loc.clone(), epoch, otherwise))
}

/// The same after steps in which nobody else changed the location.
fn load_between(steps: &[Step], loc: &Loc, epoch: u16) -> Expr {
    last_write(steps, loc, &Expr::Unknown)
        .unwrap_or_else(|| Expr::state(loc.clone(), epoch, Expr::Unknown))
}

fn last_write(steps: &[Step], loc: &Loc, otherwise: &Expr) -> Option<Expr> {
    steps.iter().rev().find_map(|step| {
        let Event::Write(written, kind, value) = &step.event else {
            return None;
        };
        let is_deleted = *kind == WriteKind::Delete;
        match written.overlap(loc) {
            Overlap::Must if is_deleted => Some(Expr::Const(Const::Nil)),
            Overlap::Must if *kind == WriteKind::Set => Some(value.clone()),
            Overlap::Must => Some(otherwise.clone()),
            Overlap::May if loc.is_part_of(written) && is_deleted => Some(Expr::Const(Const::Nil)),
            Overlap::May if loc.is_part_of(written) => {
                Some(loc.select_from(written, value, otherwise))
            }
            Overlap::May if written.is_part_of(loc) => Some(otherwise.clone()),
            _ => None,
        }
    })
}

impl UnitWays<'_> {
    /// The entries that an arbitrary caller can run while `waiting` waits and that meet `loc`
    /// there with consequences: they write it, or read it and then change or pay something.
    pub fn reentries(&self, waiting: &Waiting<'_>, loc: &Loc) -> Vec<Reentry> {
        self.meetings(waiting, loc, false)
    }

    /// The same for entries that only privileged callers can run.
    pub fn privileged_reentries(&self, waiting: &Waiting<'_>, loc: &Loc) -> Vec<Reentry> {
        self.meetings(waiting, loc, true)
    }

    fn meetings(&self, waiting: &Waiting<'_>, loc: &Loc, guarded: bool) -> Vec<Reentry> {
        let mut found = Vec::new();
        for (entry, ways) in self.others() {
            for (trace, way) in ways.ways(guarded) {
                if !ways.touches(trace, &loc.root) {
                    continue;
                }
                if let Some(Meeting { step, writes, acts }) = self.meets(waiting, loc, way) {
                    found.push(Reentry {
                        entry,
                        trace,
                        step,
                        writes,
                        acts,
                    });
                }
            }
        }
        found
    }

    /// The first entry that an arbitrary caller can run in between and that has a step of a kind.
    pub fn find_enabled(
        &self,
        waiting: &Waiting<'_>,
        wanted: &dyn Fn(&Step) -> bool,
    ) -> Option<Reentry> {
        self.others()
            .flat_map(|(entry, w)| w.ways(false).map(move |(at, t)| (entry, at, t)))
            .filter(|(_, _, t)| t.steps.iter().any(wanted))
            .find(|(_, _, t)| self.is_enabled(waiting, &Other::new(t)))
            .and_then(|(entry, trace, t)| {
                let step = t.steps.iter().position(wanted)?;
                Some(Reentry {
                    entry,
                    trace,
                    step,
                    writes: true,
                    acts: true,
                })
            })
    }

    /// Whether an arbitrary caller can run the waiting entry once more in between.
    pub fn can_enter_again(&self, waiting: &Waiting<'_>, entry: &EntryWays) -> bool {
        entry
            .ways(false)
            .any(|(_, t)| self.is_enabled(waiting, &Other::new(t)))
    }

    /// Whether some view computes its answer from the location while `waiting` waits; yields its
    /// position among the entries.
    pub fn views_of(&self, waiting: &Waiting<'_>, loc: &Loc) -> Vec<usize> {
        let is_met = |ways: &EntryWays| {
            ways.traces.iter().any(|trace| {
                let other = Other::new(trace);
                trace.returns.iter().any(|value| {
                    let mut met = false;
                    Other::rename(value).visit_state(&mut |read, epoch| {
                        met |= epoch == 0 && other.unify(read, loc, waiting, self);
                    });
                    met
                }) && self.is_enabled(waiting, &other)
            })
        };
        let views = self.entries.iter().enumerate().filter(|(_, w)| w.is_view());
        views.filter(|(_, w)| is_met(w)).map(|(at, _)| at).collect()
    }

    /// How a way meets the location in between, if it can run there and changes something.
    fn meets(&self, waiting: &Waiting<'_>, loc: &Loc, trace: &Trace) -> Option<Meeting> {
        let has_effect = trace.steps.iter().any(|s| match &s.event {
            Event::Write(..) | Event::Move(..) | Event::Upgrade(..) => true,
            Event::Call(call) => !call.is_static,
            _ => false,
        });
        if !has_effect || !self.survives(waiting, trace) {
            return None;
        }
        let mut found: Option<Meeting> = None;
        for (step, event) in trace.steps.iter().map(|s| &s.event).enumerate() {
            let own = self.meeting(waiting, loc, trace, event);
            let Some((writes, acts)) = own else { continue };
            let known = found.get_or_insert(Meeting { step, writes, acts });
            if (acts, writes) > (known.acts, known.writes) {
                known.step = step;
            }
            known.writes |= writes;
            known.acts |= acts;
        }
        found
    }

    /// Whether one event of a way writes the location or acts on its value.
    fn meeting(
        &self,
        waiting: &Waiting<'_>,
        loc: &Loc,
        trace: &Trace,
        event: &Event,
    ) -> Option<(bool, bool)> {
        // A cell that is only added to or set anew is not acted on.
        let reads = |value: &Expr, updated: Option<&Loc>| {
            let other = Other::new(trace);
            let mut met = false;
            value.visit_state(&mut |read, epoch| {
                let is_update = updated == Some(&**read) && !spends(value);
                let read = Other::rename_loc(read);
                met |= epoch == 0 && !is_update && other.unify(&read, loc, waiting, self);
            });
            met && self.is_enabled(waiting, &other)
        };
        let (writes, acts) = match event {
            Event::Write(written, _, value) => {
                let other = Other::new(trace);
                let is_met = other.unify(&Other::rename_loc(written), loc, waiting, self);
                let keys = Expr::State(written.clone().into(), 1);
                let acts = reads(value, Some(written)) || reads(&keys, None);
                (is_met && self.is_enabled(waiting, &other), acts)
            }
            Event::Emit(..) => (false, false),
            event => (false, event.values().into_iter().any(|v| reads(v, None))),
        };
        (writes || acts).then_some((writes, acts))
    }

    /// The value of a location for code that runs in between. A call before this one leaves it
    /// as it was if nobody who can run there writes it, as while a lock is held.
    fn value_between(&self, waiting: &Waiting<'_>, loc: &Loc) -> Expr {
        if waiting.visibility == Visibility::Pending {
            return Expr::state(loc.clone(), 0, Expr::Unknown);
        }
        let key = (waiting.call, loc.clone());
        if let Some(known) = waiting.memo.values.borrow().get(&key) {
            return known.clone();
        }
        let calls: Vec<_> = waiting
            .before()
            .iter()
            .enumerate()
            .filter(|(_, s)| s.lets_others_act())
            .map(|(at, _)| at)
            .collect();
        let last_changed = calls.iter().rposition(|at| {
            self.can_change(
                &Waiting {
                    call: *at,
                    ..*waiting
                },
                loc,
            )
        });
        let (from, epoch) = last_changed.map_or((0, 0), |i| (calls[i] + 1, i as u16 + 1));
        let value = load_between(&waiting.before()[from..], loc, epoch);
        waiting.memo.values.borrow_mut().insert(key, value.clone());
        value
    }

    /// Whether an arbitrary caller can change a location while `waiting` waits.
    fn can_change(&self, waiting: &Waiting<'_>, loc: &Loc) -> bool {
        let key = (waiting.call, loc.clone());
        if let Some(known) = waiting.memo.changes.borrow().get(&key) {
            return *known;
        }
        let writes = |trace: &Trace| {
            trace.steps.iter().any(|step| match &step.event {
                Event::Write(written, ..) if written.root == loc.root => {
                    let other = Other::new(trace);
                    other.unify(&Other::rename_loc(written), loc, waiting, self)
                        && self.is_enabled(waiting, &other)
                }
                _ => false,
            })
        };
        let found = self.others().any(|(_, w)| {
            w.ways(false)
                .any(|(at, t)| w.touches(at, &loc.root) && writes(t))
        });
        waiting.memo.changes.borrow_mut().insert(key, found);
        found
    }

    /// The entries that can run in between, with their positions.
    fn others(&self) -> impl Iterator<Item = (usize, &EntryWays)> {
        let all = self.entries.iter().enumerate();
        all.filter(|(_, w)| !w.is_setup() && !w.is_view())
    }

    /// Whether the waiting way can still end well after the other way ran: what it checks after
    /// the call holds for what the other way wrote. A counter that every entry moves is a lock
    /// of this kind.
    fn survives(&self, waiting: &Waiting<'_>, trace: &Trace) -> bool {
        let epoch = epoch_of(waiting.before()) + 1;
        let other = Other::new(trace);
        waiting.trace.steps[waiting.call + 1..].iter().all(|step| {
            let Event::Check(cond) = &step.event else {
                return true;
            };
            let seen = cond.substitute(&|e| match e {
                Expr::State(loc, at) if *at == epoch => {
                    let last = trace.steps.iter().rev().find_map(|s| match &s.event {
                        Event::Write(l, kind, v) if *l == **loc => Some((*kind, v)),
                        _ => None,
                    })?;
                    match last {
                        // Under a key, the other way's cell need not be this one's.
                        _ if loc.path.iter().any(|s| matches!(s, LocStep::Key(_))) => None,
                        (WriteKind::Set, value) => Some(self.seen_between(waiting, &other, value)),
                        (WriteKind::Delete, _) => Some(Expr::Const(Const::Nil)),
                        _ => None,
                    }
                }
                _ => None,
            });
            seen.truth() != Some(false)
        })
    }

    /// A value of the other way in terms of the waiting one.
    fn seen_between(&self, waiting: &Waiting<'_>, other: &Other<'_>, value: &Expr) -> Expr {
        let between = |loc: &Loc| self.value_between(waiting, &other.resolve_loc(loc));
        Other::rename(value).substitute(&|e| match e {
            // What was written is there; what was deleted is not.
            Expr::Unary(op @ (UnaryOp::IsNone | UnaryOp::IsErr), inner) => match &**inner {
                Expr::State(loc, 0) => match between(loc) {
                    Expr::State(..) | Expr::Value(..) | Expr::Unknown => None,
                    Expr::Const(Const::Nil) => Some(Expr::bool(*op == UnaryOp::IsNone)),
                    _ => Some(Expr::bool(false)),
                },
                _ => None,
            },
            Expr::State(loc, 0) => Some(between(loc)),
            _ => other.resolve(e),
        })
    }

    /// Whether all conditions of the other way can hold in the state in between.
    fn is_enabled(&self, waiting: &Waiting<'_>, other: &Other<'_>) -> bool {
        let key = (waiting.call, other.run());
        if let Some(known) = waiting.memo.enabled.borrow().get(&key) {
            return *known;
        }
        let found = self.spend() && self.meets_conditions(waiting, other);
        waiting.memo.enabled.borrow_mut().insert(key, found);
        found
    }

    fn meets_conditions(&self, waiting: &Waiting<'_>, other: &Other<'_>) -> bool {
        // A value of state stands for a place at a time, so what was checked about it stays true.
        let facts: Vec<_> = waiting
            .before()
            .iter()
            .filter_map(|s| match &s.event {
                Event::Check(cond) => Some(cond),
                _ => None,
            })
            .collect();
        other.trace.steps.iter().all(|step| match &step.event {
            Event::Check(cond) => {
                let seen = self.seen_between(waiting, other, cond);
                seen.truth() != Some(false)
                    && !excludes_contracts(cond)
                    && !facts.iter().any(|fact| excludes(fact, &seen))
                    && Interval::decide(&seen, &facts) != Some(false)
            }
            Event::Guard(pactward_ir::GuardKind::Mutex, name, _) => !waiting
                .before()
                .iter()
                .any(|s| matches!(&s.event, Event::Guard(pactward_ir::GuardKind::Mutex, n, _) if n == name)),
            _ => true,
        })
    }
}

/// Whether a new value is less than an old one was: a subtraction is a condition too, because
/// nobody can spend what is not there.
fn spends(value: &Expr) -> bool {
    value.any(&mut |e| match e {
        Expr::Binary(BinaryOp::Sub, from, _) => {
            from.any(&mut |part| matches!(part, Expr::State(_, 0)))
        }
        _ => false,
    })
}

/// A way of an entry that runs in between, its own inputs renamed apart from the waiting way's.
/// They are bound to the waiting way's values where the two must meet.
struct Other<'t> {
    trace: &'t Trace,
    bound: RefCell<FxHashMap<Expr, Expr>>,
}

/// Function name under which renamed inputs go.
const OTHER: &str = "#other";

impl<'t> Other<'t> {
    fn new(trace: &'t Trace) -> Self {
        Self {
            trace,
            bound: RefCell::default(),
        }
    }

    fn run(&self) -> Run {
        let mut bound: Vec<_> = self
            .bound
            .borrow()
            .iter()
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        bound.sort();
        (std::ptr::from_ref(self.trace).addr(), bound)
    }

    fn rename(value: &Expr) -> Expr {
        value.substitute(&|e| match e {
            Expr::Param(at) => Some(Expr::Value(OTHER.into(), OpId(*at))),
            // Whoever signed the transaction is the same for all that runs in it.
            Expr::Caller(CallerKind::Sender | CallerKind::Identity) => {
                Some(Expr::Value(OTHER.into(), OpId(u32::MAX)))
            }
            // What came with this call, and what its own ops answered, is of this run.
            Expr::Env(
                kind @ (EnvKind::CallValue
                | EnvKind::Calldata
                | EnvKind::CalldataSize
                | EnvKind::Selector
                | EnvKind::GasLeft),
            ) => Some(Expr::Value(
                format!("{OTHER}:{}", kind.as_str()).into(),
                OpId(0),
            )),
            Expr::Value(function, op) if !function.starts_with(OTHER) => {
                Some(Expr::Value(format!("{OTHER}:{function}").into(), *op))
            }
            Expr::Arg(key) => Some(Expr::apply(OTHER, vec![(**key).clone()], Expr::Unknown)),
            _ => None,
        })
    }

    fn rename_loc(loc: &Loc) -> Loc {
        match Self::rename(&Expr::State(loc.clone().into(), 0)) {
            Expr::State(renamed, _) => (*renamed).clone(),
            _ => loc.clone(),
        }
    }

    fn resolve(&self, value: &Expr) -> Option<Expr> {
        self.bound.borrow().get(value).cloned()
    }

    fn resolve_loc(&self, loc: &Loc) -> Loc {
        loc.substitute(&|e| self.resolve(e))
    }

    /// Makes `own`, a renamed location, lie on `wanted` if inputs can be chosen so.
    fn unify(&self, own: &Loc, wanted: &Loc, waiting: &Waiting<'_>, ways: &UnitWays<'_>) -> bool {
        let saved = self.bound.borrow().clone();
        let roots = match (&own.root, &wanted.root) {
            (LocRoot::Slot(a), LocRoot::Slot(b))
            | (LocRoot::TransientSlot(a), LocRoot::TransientSlot(b))
            | (LocRoot::Private(a), LocRoot::Private(b)) => self.unify_key(a, b, waiting, ways),
            (a, b) => a == b,
        };
        let fits = roots
            && own
                .path
                .iter()
                .zip(&wanted.path)
                .all(|(a, b)| match (a, b) {
                    (LocStep::Key(x), LocStep::Key(y)) => self.unify_key(x, y, waiting, ways),
                    _ => true,
                })
            && self.resolve_loc(own).may_overlap(wanted);
        if !fits {
            *self.bound.borrow_mut() = saved;
        }
        fits
    }

    fn unify_key(
        &self,
        own: &Expr,
        wanted: &Expr,
        waiting: &Waiting<'_>,
        ways: &UnitWays<'_>,
    ) -> bool {
        if let Some(known) = self.resolve(own) {
            return known == *wanted || known.may_equal(wanted);
        }
        match own {
            Expr::Value(name, op) if name.starts_with(OTHER) => {
                let is_caller = name == OTHER && op.0 == u32::MAX;
                if is_caller && !may_be_arbitrary(wanted, waiting, ways) {
                    return false;
                }
                self.bound.borrow_mut().insert(own.clone(), wanted.clone());
                true
            }
            Expr::Apply(name, _) if name == OTHER => {
                self.bound.borrow_mut().insert(own.clone(), wanted.clone());
                true
            }
            Expr::Apply(name, args) => match wanted {
                Expr::Apply(other, others) if name == other && args.len() == others.len() => args
                    .iter()
                    .zip(others.iter())
                    .all(|(x, y)| self.unify_key(x, y, waiting, ways)),
                Expr::Const(_) | Expr::Caller(_) => false,
                _ => true,
            },
            _ => own == wanted || own.may_equal(wanted),
        }
    }
}

/// Whether a value of the waiting way can be the account of whoever runs in between.
fn may_be_arbitrary(value: &Expr, waiting: &Waiting<'_>, ways: &UnitWays<'_>) -> bool {
    match value.stripped() {
        Expr::Const(_) | Expr::Env(_) => false,
        Expr::Caller(_) => waiting.is_open,
        // An element of a list is somebody, whoever made the list.
        Expr::State(loc, _) => {
            loc.path
                .iter()
                .any(|s| matches!(s, LocStep::Key(_) | LocStep::Any))
                || !ways.is_privileged(loc)
        }
        _ => true,
    }
}
