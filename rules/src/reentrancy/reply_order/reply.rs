//! What a way of the reply entry looks at.

use std::collections::BTreeSet;

use pactward_flow::{Event, Expr, ExternalCall, Loc, LocRoot, LocStep, Step, Trace, UnitWays};
use pactward_ir::{BinaryOp, Const, ExtKind};

/// One way of the reply entry.
pub(super) struct Reply<'t> {
    trace: &'t Trace,
}

impl<'t> Reply<'t> {
    pub(super) fn new(trace: &'t Trace) -> Self {
        Self { trace }
    }

    pub(super) fn first_write(&self) -> Option<&'t Step> {
        self.trace
            .steps
            .iter()
            .find(|s| matches!(s.event, Event::Write(..)))
    }

    /// Whether a condition is about the sub-message's result.
    pub(super) fn looks_at_result(&self) -> bool {
        self.conditions().any(|c| selects(c, "result"))
    }

    /// Whether a condition is about the sub-message's id.
    pub(super) fn looks_at_id(&self) -> bool {
        self.conditions().any(|c| selects(c, "id"))
    }

    /// Whether the way can be the answer to a call: its conditions on the id do not say another.
    pub(super) fn answers(&self, call: &ExternalCall) -> bool {
        let Some(Expr::Const(id)) = id_of(call) else {
            return true;
        };
        !self.conditions().any(|cond| match cond {
            Expr::Binary(BinaryOp::Eq, a, b) => match &**b {
                Expr::Const(other) => selects(a, "id") && other != id,
                _ => false,
            },
            Expr::Binary(BinaryOp::Ne, a, b) => match &**b {
                Expr::Const(other) => selects(a, "id") && other == id,
                _ => false,
            },
            _ => false,
        })
    }

    fn conditions(&self) -> impl Iterator<Item = &'t Expr> {
        self.trace.steps.iter().filter_map(|s| match &s.event {
            Event::Check(cond) => Some(cond),
            _ => None,
        })
    }
}

/// Whether a value is made of a field of this name.
fn selects(value: &Expr, field: &str) -> bool {
    value.any(&mut |e| match e {
        Expr::Apply(name, _) => name.strip_prefix('.') == Some(field),
        _ => false,
    })
}

/// Whether the sub-message's failure is told to the reply instead of ending the transaction.
pub(super) fn hears_failure(call: &ExternalCall) -> bool {
    is_answered_on(call, "always") || is_answered_on(call, "error")
}

/// Whether the reply runs just on this end of the sub-message.
pub(super) fn is_answered_on(call: &ExternalCall, end: &str) -> bool {
    call.options.iter().any(|(name, value)| {
        name == "reply-on" && matches!(value, Expr::Const(Const::Str(when)) if when == end)
    })
}

pub(super) fn id_of(call: &ExternalCall) -> Option<&Expr> {
    call.options
        .iter()
        .find(|(name, _)| name == "id")
        .map(|(_, value)| value)
}

/// The distinct ids of the unit's sub-messages that are answered.
pub(super) fn ids<'w>(ways: &'w UnitWays<'_>) -> BTreeSet<&'w Expr> {
    let traces = ways.entries.iter().flat_map(|e| &e.traces);
    let calls = traces.flat_map(|t| t.calls().map(|(_, call, _)| &**call));
    calls
        .filter(|c| c.kind == ExtKind::Submessage)
        .filter_map(id_of)
        .collect()
}

/// A single item that the entry writes before the call and the reply reads to act by it.
pub(super) fn note(whole: &Trace, call_at: usize) -> Option<&Loc> {
    let (before, after) = whole.steps.split_at(call_at);
    before.iter().find_map(|step| match &step.event {
        Event::Write(loc, ..) if is_single(loc) => {
            let uses = |value: &Expr| {
                let mut used = false;
                value.visit_state(&mut |read, epoch| used |= epoch > 0 && read.may_overlap(loc));
                used
            };
            // What only decides or is told is no harm: the reply must act by it.
            let acts = |s: &&Step| {
                matches!(s.event, Event::Write(..) | Event::Move(..))
                    || matches!(&s.event, Event::Call(call) if call.kind != ExtKind::Contract)
            };
            let relied = after.iter().filter(acts).any(|s| {
                let keys = match &s.event {
                    Event::Write(written, ..) => Some(Expr::State(written.clone().into(), 0)),
                    _ => None,
                };
                s.event.values().into_iter().any(uses) || keys.as_ref().is_some_and(uses)
            });
            relied.then_some(loc)
        }
        _ => None,
    })
}

fn is_single(loc: &Loc) -> bool {
    matches!(loc.root, LocRoot::Var(_) | LocRoot::World)
        && !loc.path.iter().any(|step| match step {
            LocStep::Key(key) => !matches!(key, Expr::Const(_)),
            LocStep::Any => true,
            _ => false,
        })
}
