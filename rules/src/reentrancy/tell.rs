//! From a hazard to a claim: sites, path and names that the reentrancy rules share.

use pactward_base::{Args, SmolStr, StepRole};
use pactward_flow::{At, Event, Expr, ExternalCall, Trace, UnitWays};
use pactward_ir::{CallerKind, Const, ExtKind, Name};
use pactward_lint::{ClaimStep, Site, UnitContext};

use super::hazard::Hazard;

/// The op of an event.
pub(crate) fn site(at: &At) -> Site {
    Site::Op(at.op.clone())
}

/// The call sites around an event, innermost first.
pub(crate) fn outer(at: &At) -> Vec<Site> {
    at.sites().skip(1).cloned().map(Site::Op).collect()
}

/// Where a hazard is shown, and the call sites around that place. A call inside a function that
/// is an entry of its own, and right as such, is shown where that function is called; a call in a
/// modifier is shown at the function that the modifier stands before.
pub(crate) fn places(hazard: &Hazard<'_>, cx: &dyn UnitContext) -> (Site, Vec<Site>) {
    let ways = cx.ways();
    let write_op = &hazard.trace.steps[hazard.write_at].at.op;
    let call_op = &hazard.site.op;
    if call_op.function == write_op.function && cx.is_woven(call_op) && !cx.is_woven(write_op) {
        let head = Site::Definition(call_op.function.clone());
        return (head, hazard.site.sites().cloned().map(Site::Op).collect());
    }
    let mut sites: Vec<_> = hazard.site.sites().cloned().collect();
    let write = &hazard.trace.steps[hazard.write_at].at.op.function;
    let own = &hazard.entry.entry.function;
    let is_other_entry = |function: &Name| {
        function != own
            && function != write
            && ways.entries.iter().any(|e| e.entry.function == *function)
    };
    while sites.len() > 1 && is_other_entry(&sites[0].function) {
        sites.remove(0);
    }
    let mut sites = sites.into_iter().map(Site::Op);
    let primary = sites.next().unwrap_or_else(|| site(hazard.site));
    (primary, sites.collect())
}

/// A step of the path; the calls inside the unit that lead to it come as steps of their own.
pub(crate) fn step(role: StepRole, at: &At, slot: &'static str, args: &Args) -> Vec<ClaimStep> {
    let enter = at.via.iter().map(|call| ClaimStep {
        role: StepRole::Enter,
        site: Site::Op(call.clone()),
        slot: "enter",
        args: Vec::new(),
    });
    let last = ClaimStep {
        role,
        site: site(at),
        slot,
        args: args.clone(),
    };
    enter.chain(std::iter::once(last)).collect()
}

/// Check → call → re-entry → write.
pub(crate) fn path(hazard: &Hazard<'_>, ways: &UnitWays<'_>, args: &Args) -> Vec<ClaimStep> {
    let mut steps = Vec::new();
    let relied = match &hazard.relied.event {
        Event::Call(_) => None,
        Event::Check(_) => Some("check"),
        _ => Some("read"),
    };
    let write = &hazard.trace.steps[hazard.write_at];
    let other = &ways.entries[hazard.other.entry];
    let met = &other.traces[hazard.other.trace].steps[hazard.other.step];
    if let Some(slot) = relied {
        steps.extend(step(StepRole::Check, &hazard.relied.at, slot, args));
    }
    if hazard.write_at < hazard.call_at {
        steps.extend(step(StepRole::Write, &write.at, "pending-write", args));
    }
    steps.extend(step(StepRole::Call, hazard.site, "call", args));
    let slot = if hazard.other.writes {
        "reentry-write"
    } else {
        "reentry-read"
    };
    steps.push(ClaimStep {
        role: StepRole::Reentry,
        site: site(&met.at),
        slot,
        args: args.clone(),
    });
    if hazard.write_at > hazard.call_at {
        steps.extend(step(StepRole::Write, &write.at, "write", args));
    }
    steps.dedup_by(|a, b| a.site == b.site && a.role == b.role);
    steps
}

/// The arguments that the rules' messages use.
pub(crate) fn args(hazard: &Hazard<'_>, ways: &UnitWays<'_>) -> Args {
    let other = &ways.entries[hazard.other.entry].entry;
    vec![
        ("entry", hazard.entry.entry.name.clone()),
        ("state", hazard.loc.describe().into()),
        ("target", target_text(hazard.call)),
        ("other", other.name.clone()),
    ]
}

/// Names that identify a hazard whatever its lines.
pub(crate) fn identity(hazard: &Hazard<'_>, ways: &UnitWays<'_>) -> Vec<SmolStr> {
    vec![
        ways.unit.short_name().into(),
        hazard.site.op.function.clone(),
        hazard.loc.describe().into(),
        hazard.call.method.clone(),
    ]
}

/// Short text for the callee: `msg.sender`, `token.transfer`, a contract name.
pub(crate) fn target_text(call: &ExternalCall) -> SmolStr {
    let target = match call.target.stripped() {
        Expr::Caller(CallerKind::Sender) => "{term-caller}".to_owned(),
        Expr::Param(_) | Expr::Arg(_) => "{term-input}".to_owned(),
        Expr::State(loc, _) => loc.describe(),
        Expr::Const(Const::Str(name)) => name.to_string(),
        _ if !call.interface.is_empty() => last(&call.interface).to_owned(),
        _ => "{term-other}".to_owned(),
    };
    match call.kind {
        ExtKind::Interface | ExtKind::Contract if !call.method.is_empty() => {
            format!("{target}.{}", call.method).into()
        }
        _ => target.into(),
    }
}

fn last(name: &str) -> &str {
    name.rsplit([':', '.', '/']).next().unwrap_or(name)
}

/// Whether the way runs code after `from` that depends on how the call at `op` ended.
pub(crate) fn depends_on_result(trace: &Trace, call_at: usize, value: &Expr) -> bool {
    let call = &trace.steps[call_at].at.op;
    value.any(&mut |e| matches!(e, Expr::Value(f, op) if *f == call.function && *op == call.op))
}
