//! What a way does with the answer of another contract, shared by the rules on ledgers.

use pactward_flow::{Event, Expr, ExternalCall, Step, Trace};
use pactward_ir::{BinaryOp, Const, ExtKind, OpRef};

/// The calls of a way to other contracts of a ledger.
pub(crate) fn contract_calls(
    trace: &Trace,
) -> impl Iterator<Item = (usize, &ExternalCall, &OpRef)> {
    trace
        .calls()
        .filter(|(_, call, _)| call.kind == ExtKind::Contract)
        .map(|(at, call, site)| (at, &**call, &site.op))
}

/// Whether a value is made of what the call answered.
pub(crate) fn is_of_answer(value: &Expr, call: &OpRef) -> bool {
    value.any(&mut |e| matches!(e, Expr::Value(f, op) if *f == call.function && *op == call.op))
}

/// Whether a value is made of the answer's status: the answer as a whole, its status or error,
/// but not its payload alone.
fn is_of_status(value: &Expr, call: &OpRef) -> bool {
    match value {
        Expr::Value(f, op) => *f == call.function && *op == call.op,
        Expr::Apply(name, _) if is_payload(name) => false,
        Expr::Apply(_, args) => args.iter().any(|a| is_of_status(a, call)),
        Expr::Unary(_, a) => is_of_status(a, call),
        Expr::Binary(_, a, b) => is_of_status(a, call) || is_of_status(b, call),
        _ => false,
    }
}

fn is_payload(name: &str) -> bool {
    let name = name.rsplit(['.', ':']).next().unwrap_or(name);
    matches!(
        name,
        "Payload" | "payload" | "GetPayload" | "Message" | "GetMessage" | "ContractResult"
    )
}

/// Whether the way has a condition on how the call ended.
pub(crate) fn checks_status(trace: &Trace, call: &OpRef) -> bool {
    trace
        .steps
        .iter()
        .any(|s| matches!(&s.event, Event::Check(cond) if is_of_status(cond, call)))
}

/// Whether the way hands the answer on to its own caller, who then decides.
pub(crate) fn returns_answer(trace: &Trace, call: &OpRef) -> bool {
    trace.returns.iter().any(|r| is_of_status(r, call))
}

/// Whether the way uses what the call answered for more than telling success from failure: it
/// is written, paid by, or its content decides.
pub(crate) fn uses_content(trace: &Trace, call: &OpRef) -> bool {
    trace.steps.iter().any(|s| match &s.event {
        Event::Write(_, _, value) => is_of_answer(value, call),
        Event::Move(_, to, amount) => {
            is_of_answer(to, call) || amount.as_ref().is_some_and(|a| is_of_answer(a, call))
        }
        Event::Check(cond) => decides_by_content(cond, call),
        _ => false,
    })
}

/// Whether the content of the answer decides or is computed with, not only kept as it came.
pub(crate) fn relies_on_content(trace: &Trace, call: &OpRef) -> bool {
    let computes =
        |value: &Expr| value.any(&mut |e| matches!(e, Expr::Binary(..)) && is_of_answer(e, call));
    trace.steps.iter().any(|s| match &s.event {
        Event::Check(cond) => decides_by_content(cond, call),
        Event::Write(_, _, value) => computes(value),
        Event::Move(..) => s.event.values().into_iter().any(|v| is_of_answer(v, call)),
        _ => false,
    })
}

/// Whether a condition looks into the content of the answer: a payload, a decoded field, the
/// value inside `Ok`.
fn decides_by_content(cond: &Expr, call: &OpRef) -> bool {
    cond.any(&mut |e| match e {
        Expr::Apply(name, args) => is_content(name) && args.iter().any(|a| is_of_answer(a, call)),
        _ => false,
    })
}

fn is_content(name: &str) -> bool {
    is_payload(name) || matches!(name, "#0" | "Ok.0" | "Some.0") || name.ends_with("Ok.0")
}

/// The first step after the call that changes something for good.
pub(crate) fn effect_after(trace: &Trace, at: usize) -> Option<&Step> {
    trace.steps[at + 1..].iter().find(|s| {
        matches!(s.event, Event::Write(..) | Event::Move(..))
            || matches!(&s.event, Event::Call(call) if !call.is_static)
    })
}

/// A step that changes something for good, after the call or else before it.
pub(crate) fn effect_around(trace: &Trace, at: usize) -> Option<&Step> {
    let before = || {
        trace.steps[..at]
            .iter()
            .find(|s| matches!(s.event, Event::Write(..)))
    };
    effect_after(trace, at).or_else(before)
}

/// Whether a condition of the way before the call binds the value: an equality with something
/// that the client does not choose, or a look-up in state by it.
pub(crate) fn is_restricted(trace: &Trace, at: usize, value: &Expr) -> bool {
    let is_trusted = |other: &Expr| !other.is_client_input() && !is_empty(other);
    trace.steps[..at].iter().any(|step| match &step.event {
        Event::Check(Expr::Binary(BinaryOp::Eq, a, b)) => {
            mentions(a, value) && is_trusted(b) && !mentions(b, value)
                || mentions(b, value) && is_trusted(a) && !mentions(a, value)
                || keyed_by(a, value)
                || keyed_by(b, value)
        }
        Event::Check(cond) => keyed_by(cond, value) || is_membership(cond, value),
        _ => false,
    })
}

fn is_empty(value: &Expr) -> bool {
    match value {
        Expr::Const(Const::Nil) => true,
        Expr::Const(Const::Str(text)) => text.is_empty(),
        _ => false,
    }
}

fn mentions(value: &Expr, wanted: &Expr) -> bool {
    value.any(&mut |e| e == wanted)
}

/// Whether a condition is about state under a key made of the value.
fn keyed_by(cond: &Expr, value: &Expr) -> bool {
    let mut found = false;
    cond.visit_state(&mut |loc, _| {
        found |= loc.path.iter().any(|step| match step {
            pactward_flow::LocStep::Key(key) => mentions(key, value),
            _ => false,
        });
    });
    found
}

/// A pure test that takes the value and something else, such as a look-up in a fixed list.
fn is_membership(cond: &Expr, value: &Expr) -> bool {
    cond.any(&mut |e| match e {
        Expr::Apply(name, args) => {
            let is_test = name == "[]" || name.contains("ontains") || name.contains("allowed");
            is_test && args.len() > 1 && args.iter().any(|a| mentions(a, value))
        }
        _ => false,
    })
}
