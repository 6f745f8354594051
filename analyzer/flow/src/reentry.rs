//! Which entry can run while another one waits for a call that left the unit, and what it finds
//! there: the state in between, with the first one's writes so far and its conditions.
//!
//! Locks, one-shot latches and checks-effects-interactions are no special cases: an entry whose
//! conditions are false in the state in between cannot run.

use std::cell::RefCell;

use pactward_ir::{CallerKind, Const, OpId, WriteKind};
use rustc_hash::FxHashMap;

use crate::authority::{EntryWays, UnitWays, excludes_contracts};
use crate::loc::LocStep;
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
}

impl Waiting<'_> {
    fn before(&self) -> &[Step] {
        &self.trace.steps[..self.call]
    }

    /// The value of a location for code that runs in between.
    fn value_between(&self, loc: &Loc) -> Expr {
        match self.visibility {
            Visibility::Written => load(self.before(), loc, epoch_of(self.before()), Expr::Unknown),
            Visibility::Pending => Expr::state(loc.clone(), 0, Expr::Unknown),
        }
    }
}

/// Number of calls among the steps in which others may have changed the state.
fn epoch_of(steps: &[Step]) -> u16 {
    let calls = steps.iter().filter(|s| match &s.event {
        Event::Call(call) => call.lets_others_act(),
        _ => false,
    });
    calls.count() as u16
}

/// The value of a location after some steps, `epoch` of which let others act: what was written
/// last, or what it was when others last had the chance to change it.
pub(crate) fn load(steps: &[Step], loc: &Loc, epoch: u16, otherwise: Expr) -> Expr {
    for step in steps.iter().rev() {
        match &step.event {
            Event::Write(written, kind, value) => match written.overlap(loc) {
                Overlap::Must => {
                    return match kind {
                        WriteKind::Delete => Expr::Const(Const::Nil),
                        WriteKind::Set => value.clone(),
                        _ => otherwise,
                    };
                }
                Overlap::May if loc.is_part_of(written) => {
                    return match kind {
                        WriteKind::Delete => Expr::Const(Const::Nil),
                        _ => loc.select_from(written, value, &otherwise),
                    };
                }
                Overlap::May if written.is_part_of(loc) => return otherwise,
                _ => {}
            },
            Event::Call(call) if call.lets_others_act() => break,
            _ => {}
        }
    }
    Expr::state(loc.clone(), epoch, otherwise)
}

impl UnitWays<'_> {
    /// The entries that an arbitrary caller can run while `waiting` waits and that meet `loc`
    /// there with consequences: they write it, or read it and then change or pay something.
    pub fn reentries(&self, waiting: &Waiting<'_>, loc: &Loc) -> Vec<Reentry> {
        let mut found = Vec::new();
        for (at, ways) in self.entries.iter().enumerate() {
            if ways.is_setup() || ways.is_view() {
                continue;
            }
            for (trace_at, trace) in ways.traces.iter().enumerate() {
                if let Some((step, writes)) = self.meets(waiting, loc, trace) {
                    found.push(Reentry {
                        entry: at,
                        trace: trace_at,
                        step,
                        writes,
                    });
                    break;
                }
            }
        }
        found
    }

    /// Whether an arbitrary caller can run the waiting entry once more in between.
    pub fn can_enter_again(&self, waiting: &Waiting<'_>, entry: &EntryWays) -> bool {
        entry
            .traces
            .iter()
            .any(|t| !self.is_guarded(t) && Self::is_enabled(waiting, &Other::new(t)))
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
                }) && Self::is_enabled(waiting, &other)
            })
        };
        let views = self.entries.iter().enumerate().filter(|(_, w)| w.is_view());
        views.filter(|(_, w)| is_met(w)).map(|(at, _)| at).collect()
    }

    /// The step at which a way meets the location in between, and whether it writes it there.
    fn meets(&self, waiting: &Waiting<'_>, loc: &Loc, trace: &Trace) -> Option<(usize, bool)> {
        let has_effect = trace.steps.iter().any(|s| match &s.event {
            Event::Write(..) | Event::Move(..) | Event::Upgrade(..) => true,
            Event::Call(call) => !call.is_static,
            _ => false,
        });
        if !has_effect || self.is_guarded(trace) {
            return None;
        }
        let touch = |wanted_write: bool| {
            trace.steps.iter().enumerate().find_map(|(at, step)| {
                let other = Other::new(trace);
                let is_met = match &step.event {
                    Event::Write(written, ..) if wanted_write => {
                        let written = Other::rename_loc(written);
                        other.unify(&written, loc, waiting, self)
                    }
                    Event::Write(..) if wanted_write => false,
                    event if !wanted_write => event.values().into_iter().any(|value| {
                        let mut met = false;
                        Other::rename(value).visit_state(&mut |read, epoch| {
                            met |= epoch == 0 && other.unify(read, loc, waiting, self);
                        });
                        met
                    }),
                    _ => false,
                };
                (is_met && Self::is_enabled(waiting, &other)).then_some((at, wanted_write))
            })
        };
        touch(true).or_else(|| touch(false))
    }

    /// Whether all conditions of the other way can hold in the state in between.
    fn is_enabled(waiting: &Waiting<'_>, other: &Other<'_>) -> bool {
        let facts: Vec<_> = waiting
            .before()
            .iter()
            .filter_map(|s| standing_fact(waiting, s))
            .collect();
        other.trace.steps.iter().all(|step| match &step.event {
            Event::Check(cond) => {
                let seen = Other::rename(cond).substitute(&|e| match e {
                    Expr::State(loc, 0) => Some(waiting.value_between(&other.resolve_loc(loc))),
                    _ => other.resolve(e),
                });
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

/// A condition that the waiting way checked and that still holds in between.
fn standing_fact<'t>(waiting: &Waiting<'t>, step: &'t Step) -> Option<&'t Expr> {
    let Event::Check(cond) = &step.event else {
        return None;
    };
    let mut stands = true;
    cond.visit_state(&mut |loc, epoch| {
        stands &= waiting.value_between(loc) == Expr::State(loc.clone(), epoch);
    });
    stands.then_some(cond)
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

    fn rename(value: &Expr) -> Expr {
        value.substitute(&|e| match e {
            Expr::Param(at) => Some(Expr::Value(OTHER.into(), OpId(*at))),
            Expr::Caller(CallerKind::Sender) => Some(Expr::Value(OTHER.into(), OpId(u32::MAX))),
            Expr::Caller(_) => Some(Expr::Value(OTHER.into(), OpId(u32::MAX - 1))),
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
        let fits = own
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
            Expr::Value(name, op) if name == OTHER => {
                let is_caller = op.0 >= u32::MAX - 1;
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
        Expr::State(loc, _) => !ways.is_privileged(loc),
        _ => true,
    }
}
