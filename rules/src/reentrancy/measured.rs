//! Trust in a measure that is taken before and after a call: whoever runs in between can move
//! what is measured and have it counted as his own.

use pactward_flow::{
    EntryWays, Event, Expr, ExternalCall, LocRoot, Reentry, Step, Trace, UnitWays, Waiting,
    epoch_of,
};
use pactward_ir::{BinaryOp, EnvKind, OpRef};

/// The step before the call that measures, and the one after it that trusts the difference.
pub(crate) struct Measured<'t> {
    pub(crate) before: &'t Step,
    pub(crate) after: usize,
    pub(crate) other: Reentry,
}

/// A condition after the call that compares the own balance with what it was: an entry that
/// books what is paid in repays and deposits at once.
pub(crate) fn balance_check<'t>(
    ways: &UnitWays<'_>,
    waiting: &Waiting<'_>,
    trace: &'t Trace,
    call: &ExternalCall,
) -> Option<Measured<'t>> {
    call.value.as_ref()?;
    let (before, after) = trace.steps.split_at(waiting.call);
    let epoch = epoch_of(before);
    let at = after.iter().position(|s| match &s.event {
        Event::Check(cond) => {
            let (mut old, mut new) = (false, false);
            cond.visit_state(&mut |loc, at| {
                old |= loc.root == LocRoot::Balance && at <= epoch;
                new |= loc.root == LocRoot::Balance && at > epoch;
            });
            old && new
        }
        _ => false,
    })?;
    let books = |s: &Step| match &s.event {
        Event::Write(_, _, value) => value.any(&mut |e| matches!(e, Expr::Env(EnvKind::CallValue))),
        _ => false,
    };
    let other = ways.find_enabled(waiting, &books)?;
    Some(Measured {
        before: before.last().unwrap_or(&trace.steps[0]),
        after: waiting.call + at,
        other,
    })
}

/// A write of the difference between two answers to the same question, one asked before the call
/// and one after it: a nested run of the same entry is measured twice.
pub(crate) fn difference<'t>(
    ways: &UnitWays<'_>,
    waiting: &Waiting<'_>,
    trace: &'t Trace,
    entry: &EntryWays,
) -> Option<Measured<'t>> {
    let after = (waiting.call + 1..trace.steps.len()).find_map(|at| {
        let Event::Write(_, _, value) = &trace.steps[at].event else {
            return None;
        };
        measured_in(trace, waiting.call, value).map(|before| (at, before))
    });
    let (after, before) = after?;
    if !ways.can_enter_again(waiting, entry) {
        return None;
    }
    let is_own = |s: &Step| s.at == trace.steps[after].at;
    let other = ways.find_enabled(waiting, &is_own)?;
    Some(Measured {
        before,
        after,
        other,
    })
}

/// The call before `call_at` whose answer is subtracted from a later answer to the same question.
fn measured_in<'t>(trace: &'t Trace, call_at: usize, value: &Expr) -> Option<&'t Step> {
    let mut found = None;
    value.any(&mut |e| {
        if let Expr::Binary(BinaryOp::Sub, later, earlier) = e
            && let (Some(b), Some(a)) = (asked(trace, later), asked(trace, earlier))
            && a < call_at
            && call_at < b
            && same_question(trace, a, b)
        {
            found = Some(&trace.steps[a]);
        }
        found.is_some()
    });
    found
}

/// Position of the call that answered the value.
fn asked(trace: &Trace, value: &Expr) -> Option<usize> {
    let Expr::Value(function, op) = value else {
        return None;
    };
    let op = OpRef {
        function: function.clone(),
        op: *op,
    };
    trace
        .calls()
        .find(|(_, _, at)| at.op == op)
        .map(|(at, _, _)| at)
}

fn same_question(trace: &Trace, a: usize, b: usize) -> bool {
    match (&trace.steps[a].event, &trace.steps[b].event) {
        (Event::Call(x), Event::Call(y)) => {
            x.is_static
                && y.is_static
                && x.target == y.target
                && x.method == y.method
                && x.args == y.args
        }
        _ => false,
    }
}
