//! The question that every reentrancy rule asks: is something read before a call that leaves the
//! unit and written after it, and can somebody else act on it in between?

use pactward_flow::{
    At, EntryWays, Event, Expr, ExternalCall, GasLimit, Loc, LocRoot, LocStep, Memo, Overlap,
    Reentry, Step, Trace, UnitWays, Visibility, Waiting, epoch_of,
};
use std::collections::BTreeMap;

use pactward_ir::{BinaryOp, EnvKind, ExtKind, Name, OpRef, WriteKind};
use pactward_lint::UnitContext;

use super::measured;
use super::target::{Control, control, is_system};

/// One way in which a call lets others act on stale state.
pub(crate) struct Hazard<'w> {
    pub(crate) entry: &'w EntryWays,
    pub(crate) trace: &'w Trace,
    /// Position of the call in the trace.
    pub(crate) call_at: usize,
    pub(crate) call: &'w ExternalCall,
    pub(crate) site: &'w At,
    pub(crate) control: Control,
    /// Where the state was relied upon, or else read, before the call.
    pub(crate) relied: &'w Step,
    pub(crate) write_at: usize,
    pub(crate) loc: &'w Loc,
    pub(crate) other: Reentry,
    /// Every entry that can run in between and matters, as functions; a lock must cover them all.
    pub(crate) doors: Vec<Name>,
    /// The writes so far are not seen by what runs in between.
    pub(crate) is_pending: bool,
    /// An arbitrary caller can have started the waiting way.
    pub(crate) is_open: bool,
    /// Only a privileged caller can run in between.
    pub(crate) is_privileged: bool,
    /// Value leaves the unit in the call or in the entry that runs in between.
    pub(crate) pays: bool,
}

impl Hazard<'_> {
    /// Orders hazards of one call by how well they explain the danger; the greatest is told.
    pub(crate) fn strength(&self) -> (bool, Control, bool, bool, bool, std::cmp::Reverse<usize>) {
        let is_same = self.trace.steps[self.write_at].at.op.function == self.site.op.function;
        let checks = matches!(self.relied.event, Event::Check(_));
        (
            !self.is_privileged,
            self.control,
            self.pays,
            checks,
            is_same,
            std::cmp::Reverse(self.write_at),
        )
    }
}

/// Every hazard of a unit under the platform's visibility of writes.
pub(crate) fn hazards<'w>(cx: &'w dyn UnitContext, visibility: Visibility) -> Vec<Hazard<'w>> {
    let ways = cx.ways();
    let mut found = Vec::new();
    for entry in ways
        .entries
        .iter()
        .filter(|e| !e.is_setup() && !e.is_view())
    {
        ways.refuel();
        let mut looked: BTreeMap<(OpRef, &Loc), Looks> = BTreeMap::new();
        for trace in &entry.traces {
            for (call_at, call, site) in trace.calls() {
                if !can_call_back(call) || is_system(call) {
                    continue;
                }
                let mut is_open = |loc: &'w Loc| {
                    let looks = looked.entry((site.op.clone(), loc)).or_default();
                    looks.count += 1;
                    !looks.found && looks.count <= MAX_LOOKS
                };
                let new = hazards_at(cx, entry, trace, call_at, visibility, &mut is_open);
                for hazard in &new {
                    looked
                        .entry((site.op.clone(), hazard.loc))
                        .or_default()
                        .found = true;
                }
                found.extend(new);
            }
        }
    }
    found
}

/// Most ways of an entry that one call and one location are looked at in: the ways differ in
/// conditions that seldom matter.
const MAX_LOOKS: u32 = 6;

/// How often a call and a location were looked at, and whether a hazard was found.
#[derive(Default)]
struct Looks {
    count: u32,
    found: bool,
}

/// The hazards of one call of a way of an entry.
pub(crate) fn hazards_at<'w>(
    cx: &'w dyn UnitContext,
    entry: &'w EntryWays,
    trace: &'w Trace,
    call_at: usize,
    visibility: Visibility,
    is_wanted: &mut dyn FnMut(&'w Loc) -> bool,
) -> Vec<Hazard<'w>> {
    let ways = cx.ways();
    let mut found = Vec::new();
    let Event::Call(call) = &trace.steps[call_at].event else {
        return found;
    };
    let control = control(cx, entry, trace, call);
    let memo = Memo::default();
    let waiting = Waiting {
        trace,
        call: call_at,
        visibility,
        is_open: !ways.is_guarded(trace),
        memo: &memo,
    };
    for (write_at, loc) in writes(trace, call_at, visibility) {
        if !is_wanted(loc) {
            continue;
        }
        let Some((relied, is_stale)) = relied_on(trace, call_at, write_at, loc, visibility) else {
            continue;
        };
        // Whoever only adds to a cell gains nothing by its old value, but what was added is
        // lost when a stale value is written back; in the caller's own cell that is his own loss.
        let loses_updates = is_stale && !loc.is_keyed_by_caller();
        let mut others = ways.reentries(&waiting, loc);
        others.retain(|o| o.acts || loses_updates && o.writes);
        let is_privileged = others.is_empty() && !waiting.is_open;
        if is_privileged {
            others = ways.privileged_reentries(&waiting, loc);
            others.retain(|o| o.acts);
        }
        let doors = doors(&others, entry, ways);
        let Some(other) = worst(others, entry, ways) else {
            continue;
        };
        let pays = pays_out(call) || pays(&ways.entries[other.entry].traces[other.trace]);
        found.push(Hazard {
            entry,
            trace,
            call_at,
            call,
            site: &trace.steps[call_at].at,
            control,
            relied,
            write_at,
            loc,
            other,
            doors,
            is_pending: visibility == Visibility::Pending,
            is_open: waiting.is_open,
            is_privileged,
            pays,
        });
    }
    let measured = measured::balance_check(ways, &waiting, trace, call)
        .or_else(|| measured::difference(ways, &waiting, trace, entry));
    if let Some(found_by_measure) = measured {
        let loc = match &trace.steps[found_by_measure.after].event {
            Event::Write(loc, ..) => loc,
            _ => balance(),
        };
        found.push(Hazard {
            entry,
            trace,
            call_at,
            call,
            site: &trace.steps[call_at].at,
            control,
            relied: found_by_measure.before,
            write_at: found_by_measure.after,
            loc,
            doors: doors(std::slice::from_ref(&found_by_measure.other), entry, ways),
            other: found_by_measure.other,
            is_pending: visibility == Visibility::Pending,
            is_open: waiting.is_open,
            is_privileged: false,
            pays: true,
        });
    }
    found
}

/// The own balance as a location.
fn balance() -> &'static Loc {
    static BALANCE: std::sync::OnceLock<Loc> = std::sync::OnceLock::new();
    BALANCE.get_or_init(|| Loc {
        root: LocRoot::Balance,
        path: Vec::new(),
    })
}

/// Whether the callee could call back if its code wanted to. With 2,300 gas it cannot, which the
/// rule grades; platforms that forbid it are not asked.
fn can_call_back(call: &ExternalCall) -> bool {
    call.lets_others_act() || call.gas == GasLimit::Stipend
}

/// The writes that the call stands before or, where writes are pending until the end, among.
fn writes(trace: &Trace, call_at: usize, visibility: Visibility) -> Vec<(usize, &Loc)> {
    let mut seen: Vec<&Loc> = Vec::new();
    let mut found = Vec::new();
    for (at, step) in trace.steps.iter().enumerate() {
        let Event::Write(loc, kind, _) = &step.event else {
            continue;
        };
        let counts = at > call_at || visibility == Visibility::Pending;
        let is_state = !matches!(
            loc.root,
            LocRoot::Global(_) | LocRoot::Unknown | LocRoot::Balance
        );
        if counts && is_state && *kind != WriteKind::Metadata && !seen.contains(&loc) {
            seen.push(loc);
            found.push((at, loc));
        }
    }
    found
}

/// The step before the call on whose view of `loc` the way still relies when it writes, if any, and
/// whether the written value itself is made of the old one.
fn relied_on<'t>(
    trace: &'t Trace,
    call_at: usize,
    write_at: usize,
    loc: &Loc,
    visibility: Visibility,
) -> Option<(&'t Step, bool)> {
    let before = &trace.steps[..=call_at];
    let epoch = epoch_of(&before[..call_at]);
    let Event::Write(_, _, value) = &trace.steps[write_at].event else {
        return None;
    };
    let read = before
        .iter()
        .find(|s| matches!(&s.event, Event::Read(l, _) if same(l, loc)));
    let used = before[..call_at].iter().find(|s| uses(s, loc, epoch));
    let paid = before.last().filter(|s| uses(s, loc, epoch));
    let used = used.or(paid.map(|call| read.unwrap_or(call)));
    let (stale, fresh) = dependence(value, loc, epoch);
    let was_written = before
        .iter()
        .any(|s| matches!(&s.event, Event::Write(l, ..) if same(l, loc)));
    // A value that is set for the time of the call and then put back nests properly.
    if was_written && matches!(value, Expr::State(old, at) if **old == *loc && *at <= epoch) {
        return None;
    }
    if stale {
        return Some((used.or(read)?, true));
    }
    let used = used?;
    if visibility == Visibility::Pending && write_at < call_at {
        return Some((used, false));
    }
    let between = &trace.steps[call_at + 1..write_at];
    let rechecked = between.iter().any(|s| match &s.event {
        Event::Check(cond) => {
            dependence(cond, loc, epoch).1
                && !guards_difference(cond, value)
                && was_checked(&before[..call_at], cond)
        }
        _ => false,
    });
    let settled = fresh && was_written;
    (!rechecked && !settled).then_some((used, false))
}

/// Whether a step decides or pays by the value of `loc`.
fn uses(step: &Step, loc: &Loc, epoch: u16) -> bool {
    let decides = matches!(
        step.event,
        Event::Check(_) | Event::Call(_) | Event::Move(..) | Event::Guard(..)
    );
    decides
        && step
            .event
            .values()
            .into_iter()
            .any(|v| dependence(v, loc, epoch).0)
}

/// Whether a value is made of `loc` as it was before the call, and as it was after it.
fn dependence(value: &Expr, loc: &Loc, epoch: u16) -> (bool, bool) {
    let (mut stale, mut fresh) = (false, false);
    value.visit_state(&mut |read, at| {
        if same(read, loc) {
            if at <= epoch {
                stale = true;
            } else {
                fresh = true;
            }
        }
    });
    (stale, fresh)
}

/// Whether the same condition was checked before the call, on the values of that time.
fn was_checked(before: &[Step], cond: &Expr) -> bool {
    let timeless = |value: &Expr| {
        value.substitute(&|e| match e {
            Expr::State(loc, epoch) if *epoch > 0 => Some(Expr::State(loc.clone(), 0)),
            _ => None,
        })
    };
    let wanted = timeless(cond);
    before
        .iter()
        .any(|s| matches!(&s.event, Event::Check(c) if timeless(c) == wanted))
}

/// Whether a condition only keeps the difference that is written from wrapping, as `SafeMath.sub`
/// and checked arithmetic do: it decides nothing that was not decided before.
fn guards_difference(cond: &Expr, written: &Expr) -> bool {
    let (Expr::Binary(op, a, b), Expr::Binary(BinaryOp::Sub, from, by)) = (cond, written) else {
        return false;
    };
    match op {
        BinaryOp::Le => a == by && b == from,
        BinaryOp::Ge => a == from && b == by,
        _ => false,
    }
}

/// Whether two locations of one run are about the same cells: equal, one inside the other, or
/// unspecific elements of one collection.
fn same(a: &Loc, b: &Loc) -> bool {
    match a.overlap(b) {
        Overlap::Never => false,
        Overlap::Must => true,
        Overlap::May => a.path.iter().zip(&b.path).all(|(x, y)| match (x, y) {
            (LocStep::Key(x), LocStep::Key(y)) => x == y,
            _ => true,
        }),
    }
}

/// The entry whose running in between explains the danger best: the waiting one itself, then one
/// that writes, then one that pays.
fn worst(all: Vec<Reentry>, own: &EntryWays, ways: &UnitWays<'_>) -> Option<Reentry> {
    all.into_iter().max_by_key(|r| {
        let ways = &ways.entries[r.entry];
        let is_own = ways.entry.function == own.entry.function;
        (
            is_own,
            r.writes,
            pays(&ways.traces[r.trace]),
            std::cmp::Reverse(r.entry),
        )
    })
}

fn doors(others: &[Reentry], own: &EntryWays, ways: &UnitWays<'_>) -> Vec<Name> {
    let functions = others.iter().map(|o| &ways.entries[o.entry].entry.function);
    let mut all: Vec<_> = functions.chain([&own.entry.function]).cloned().collect();
    all.sort();
    all.dedup();
    all
}

fn pays(trace: &Trace) -> bool {
    trace.steps.iter().any(|s| match &s.event {
        Event::Move(..) => true,
        Event::Call(call) => pays_out(call),
        _ => false,
    })
}

/// Whether a call sends native value or tokens.
pub(crate) fn pays_out(call: &ExternalCall) -> bool {
    let is_send = matches!(call.kind, ExtKind::Send | ExtKind::Transfer);
    let receiver = match call.method.as_str() {
        "transfer" | "safeTransfer" | "send" | "mint" => call.args.first(),
        "transferFrom" | "safeTransferFrom" => call.args.get(1),
        _ => None,
    };
    let moves_tokens = call.kind == ExtKind::Interface
        && receiver.is_some_and(|to| *to != Expr::Env(EnvKind::SelfAddress));
    call.value.is_some() || is_send || moves_tokens
}
