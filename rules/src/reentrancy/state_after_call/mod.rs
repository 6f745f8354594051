//! State that was relied upon before a call to foreign code is written after it.

use std::collections::BTreeMap;

use pactward_base::{
    Confidence, FixSafety, Language, Platform, References, RuleMeta, RuleStatus, Severity, StepRole,
};
use pactward_flow::{
    EntryWays, Event, Expr, GasLimit, Loc, LocRoot, Memo, UnitWays, Visibility, Waiting,
};
use pactward_ir::{EntryKind, ExtKind, OpRef, SemanticEdit, StateKind, Type, Unit, UnitKind};
use pactward_lint::{Claim, ClaimFix, Rule, UnitContext};

use super::hazard::{Hazard, hazards};
use super::target::{Control, control, tells_of_caller};
use super::tell;

static META: RuleMeta = RuleMeta {
    id: "state-after-call",
    category: "reentrancy",
    severity: Severity::High,
    confidence: Confidence::High,
    status: RuleStatus::Stable,
    languages: &[Language::Solidity, Language::Go, Language::Rust],
    platforms: &[
        Platform::Evm,
        Platform::ChainmakerTinygo,
        Platform::ChainmakerRust,
        Platform::Ink,
    ],
    references: References {
        swc: &[107],
        cwe: &[841],
        scwe: &[46],
        ethtrust: &["req-1-use-c-e-i"],
        links: &[
            "https://docs.soliditylang.org/en/latest/security-considerations.html#reentrancy",
            "https://entethalliance.org/specs/ethtrust-sl/",
        ],
    },
    doc_en: include_str!("doc.md"),
    doc_zh: include_str!("doc.zh.md"),
    messages: include_str!("messages.toml"),
    cases: include_str!("cases.md"),
};

/// See the module documentation.
pub(crate) struct StateAfterCall;

impl Rule for StateAfterCall {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check(&self, cx: &dyn UnitContext) -> Vec<Claim> {
        let unit = cx.unit();
        if !META.platforms.contains(&unit.platform) {
            return Vec::new();
        }
        let mut strongest: BTreeMap<OpRef, Hazard<'_>> = BTreeMap::new();
        let mut all = hazards(cx, Visibility::Written);
        if unit.platform == Platform::Ink {
            all.retain(|h| is_allowed(h) && !is_packed(unit, h.loc));
            let pending = hazards(cx, Visibility::Pending);
            all.extend(
                pending
                    .into_iter()
                    .filter(|h| is_allowed(h) && is_packed(unit, h.loc)),
            );
        }
        for hazard in all {
            if grade(&hazard).is_none() {
                continue;
            }
            let known = strongest.get(&hazard.site.op);
            if known.is_none_or(|k| k.strength() < hazard.strength()) {
                strongest.insert(hazard.site.op.clone(), hazard);
            }
        }
        let mut claims: Vec<_> = strongest.values().filter_map(|h| claim(h, cx)).collect();
        // An abstract contract leaves it to its heirs who may call what.
        // What holds no state has none to lose.
        let holds_state = unit.state.iter().any(|v| v.kind == StateKind::Mutable);
        if unit.kind == UnitKind::Contract && holds_state || unit.kind == UnitKind::Crate {
            claims.extend(foreign_code(cx));
        }
        claims
    }
}

/// ink! contracts cannot be re-entered unless the call says so.
fn is_allowed(hazard: &Hazard<'_>) -> bool {
    let options = &hazard.call.options;
    options
        .iter()
        .any(|(name, value)| name == "allow-reentry" && value.truth() != Some(false))
}

/// Whether an ink! field lives in memory until the message ends: all but mappings and lazy ones.
fn is_packed(unit: &Unit, loc: &Loc) -> bool {
    let LocRoot::Var(name) = &loc.root else {
        return false;
    };
    unit.state_var(name).is_some_and(|var| match &var.ty {
        Type::Map(..) => false,
        Type::Named(name, _) => !["Lazy", "Mapping", "StorageVec"]
            .iter()
            .any(|t| name.ends_with(t)),
        _ => true,
    })
}

/// Severity and confidence by who controls the callee and what it can gain.
fn grade(hazard: &Hazard<'_>) -> Option<(Severity, Confidence)> {
    if hazard.call.gas == GasLimit::Stipend {
        // Safe at today's prices of opcodes, which have changed before.
        return (hazard.control == Control::Attacker).then_some((Severity::Low, Confidence::Low));
    }
    if hazard.is_privileged {
        return (hazard.control == Control::Attacker).then_some((Severity::Low, Confidence::Low));
    }
    match hazard.control {
        // A field that is kept in memory is stale for the inner run, but what guards it may not be.
        Control::Attacker if hazard.is_pending => Some((Severity::Medium, Confidence::Low)),
        // A privileged caller started it: he looks at whom he pays.
        Control::Attacker if !hazard.is_open => Some((Severity::Medium, Confidence::Medium)),
        Control::Attacker if hazard.pays => Some((Severity::High, Confidence::High)),
        Control::Attacker => Some((Severity::Medium, Confidence::High)),
        Control::UnknownToken => Some((Severity::Medium, Confidence::Medium)),
        Control::Unknown | Control::Fixed => Some((Severity::Medium, Confidence::Low)),
        Control::Replaceable => Some((Severity::Low, Confidence::Low)),
        Control::Trusted => None,
    }
}

/// Whether ways of an entry were joined, so that a condition may have been lost.
fn is_partial(cx: &dyn UnitContext, entry: &EntryWays) -> bool {
    cx.summary(&entry.entry.function)
        .is_none_or(|s| s.is_partial)
}

/// Code that an arbitrary caller chooses and that runs in the unit's own storage writes all of
/// it, at any time.
fn foreign_code(cx: &dyn UnitContext) -> Vec<Claim> {
    let ways = cx.ways();
    let mut claims: BTreeMap<OpRef, Claim> = BTreeMap::new();
    for entry in ways
        .entries
        .iter()
        .filter(|e| e.entry.kind == EntryKind::Function && !e.is_view())
    {
        for trace in entry
            .traces
            .iter()
            .filter(|t| ways.is_open(t) && !ways.takes_latch(t))
        {
            for (at, call, site) in trace.calls() {
                let is_delegate = matches!(call.kind, ExtKind::Delegate | ExtKind::CallCode);
                let is_stored = matches!(call.target.stripped(), Expr::State(..));
                if !is_delegate || claims.contains_key(&site.op) {
                    continue;
                }
                let memo = Memo::default();
                let waiting = Waiting {
                    trace,
                    call: at,
                    visibility: Visibility::Written,
                    is_open: true,
                    memo: &memo,
                };
                let (slot, severity, confidence) = match control(cx, entry, trace, call) {
                    Control::Attacker if !is_stored && is_partial(cx, entry) => {
                        ("delegate", Severity::Medium, Confidence::Low)
                    }
                    Control::Attacker if !is_stored => {
                        ("delegate", Severity::High, Confidence::High)
                    }

                    // Code that is told whom to serve may hand control to him.
                    _ if tells_of_caller(call) && ways.can_enter_again(&waiting, entry) => {
                        ("delegate-unlocked", Severity::Medium, Confidence::Low)
                    }
                    _ => continue,
                };
                let args = vec![
                    ("entry", entry.entry.name.clone()),
                    ("target", tell::target_text(call)),
                ];
                claims.insert(
                    site.op.clone(),
                    Claim {
                        severity,
                        confidence,
                        primary: tell::site(site),
                        outer: tell::outer(site),
                        slot,
                        path: tell::step(StepRole::Call, site, "call", &args),
                        args,
                        labels: Vec::new(),
                        fixes: Vec::new(),
                        identity: vec![ways.unit.short_name().into(), site.op.function.clone()],
                    },
                );
            }
        }
    }
    claims.into_values().collect()
}

fn claim(hazard: &Hazard<'_>, cx: &dyn UnitContext) -> Option<Claim> {
    let ways = cx.ways();
    let (severity, confidence) = grade(hazard)?;
    let args = tell::args(hazard, ways);
    let (primary, outer) = tell::places(hazard, cx);
    let slot = match hazard.control {
        _ if hazard.call.gas == GasLimit::Stipend => "stipend",
        _ if hazard.is_privileged => "privileged",
        _ if !matches!(hazard.trace.steps[hazard.write_at].event, Event::Write(..)) => {
            "balance-check"
        }
        Control::UnknownToken => "token",
        _ => "call-then-write",
    };
    Some(Claim {
        severity,
        confidence,
        primary,
        outer,
        slot,
        args: args.clone(),
        labels: Vec::new(),
        path: tell::path(hazard, ways, &args),
        fixes: fixes(hazard, ways),
        identity: tell::identity(hazard, ways),
    })
}

/// Moving the writes before the call keeps the meaning when nothing between depends on how the
/// call ended; a lock changes who may call what and is left to the reader.
fn fixes(hazard: &Hazard<'_>, ways: &UnitWays<'_>) -> Vec<ClaimFix> {
    let mut fixes = Vec::new();
    if let Some(ops) = movable_writes(hazard) {
        fixes.push(ClaimFix {
            safety: FixSafety::Safe,
            slot: "fix-move",
            args: Vec::new(),
            edit: SemanticEdit::MoveBefore {
                ops,
                before: hazard.site.op.clone(),
            },
        });
    }
    // A lock needs a place in storage, which code behind a proxy must not shift, and every door
    // must be the contract's own to close.
    let delegates = ways.entries.iter().flat_map(|e| &e.traces).any(|t| {
        t.calls()
            .any(|(_, c, _)| matches!(c.kind, ExtKind::Delegate | ExtKind::CallCode))
    });
    let prefix = format!("{}.", ways.unit.name);
    let is_own = hazard.doors.iter().all(|f| f.starts_with(&prefix));
    if fixes.is_empty() && is_own && !delegates && !hazard.is_privileged {
        fixes.push(ClaimFix {
            safety: FixSafety::Unsafe,
            slot: "fix-lock",
            args: Vec::new(),
            edit: SemanticEdit::AddLock {
                functions: hazard.doors.clone(),
            },
        });
    }
    fixes
}

fn movable_writes(hazard: &Hazard<'_>) -> Option<Vec<OpRef>> {
    let call = &hazard.site.op;
    let mut ops = Vec::new();
    for step in &hazard.trace.steps[hazard.call_at + 1..] {
        match &step.event {
            Event::Write(_, _, value) => {
                let is_here = step.at.op.function == call.function;
                if !is_here || tell::depends_on_result(hazard.trace, hazard.call_at, value) {
                    return None;
                }
                if !ops.contains(&step.at.op) {
                    ops.push(step.at.op.clone());
                }
            }
            // A failing low-level call that the way survives would leave the write behind.
            Event::Check(cond)
                if hazard.call.kind != ExtKind::Interface
                    && step.at.op.function != call.function
                    && tell::depends_on_result(hazard.trace, hazard.call_at, cond) =>
            {
                return None;
            }
            Event::Call(_) => return None,
            _ => {}
        }
    }
    (!ops.is_empty()).then_some(ops)
}
