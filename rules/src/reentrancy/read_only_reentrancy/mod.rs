//! A view answers from state that is half updated while a call has not returned.

use std::collections::BTreeMap;

use pactward_base::{
    Confidence, Language, Platform, References, RuleMeta, RuleStatus, Severity, StepRole,
};
use pactward_flow::{Event, Loc, LocRoot, Memo, Trace, UnitWays, Visibility, Waiting};
use pactward_ir::{EntryKind, OpRef};
use pactward_lint::{Claim, ClaimStep, Rule, Site, UnitContext};

use super::target::{Control, control};
use super::{hazard, tell};

static META: RuleMeta = RuleMeta {
    id: "read-only-reentrancy",
    category: "reentrancy",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    status: RuleStatus::Stable,
    languages: &[Language::Solidity],
    platforms: &[Platform::Evm],
    references: References {
        swc: &[107],
        cwe: &[841],
        scwe: &[137],
        ethtrust: &["req-2-avoid-readonly-reentrancy"],
        links: &["https://entethalliance.org/specs/ethtrust-sl/"],
    },
    doc_en: include_str!("doc.md"),
    doc_zh: include_str!("doc.zh.md"),
    messages: include_str!("messages.toml"),
    cases: include_str!("cases.md"),
};

/// See the module documentation.
pub(crate) struct ReadOnlyReentrancy;

impl Rule for ReadOnlyReentrancy {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check(&self, cx: &dyn UnitContext) -> Vec<Claim> {
        let unit = cx.unit();
        if unit.platform != Platform::Evm {
            return Vec::new();
        }
        let ways = cx.ways();
        let mut claims: BTreeMap<OpRef, Claim> = BTreeMap::new();
        for entry in ways
            .entries
            .iter()
            .filter(|e| !e.is_setup() && !e.is_view())
        {
            for trace in &entry.traces {
                let is_open = !ways.is_guarded(trace);
                for (call_at, call, site) in trace.calls() {
                    if claims.contains_key(&site.op)
                        || !call.lets_others_act()
                        || control(cx, entry, trace, call) < Control::UnknownToken
                    {
                        continue;
                    }
                    let memo = Memo::default();
                    let waiting = Waiting {
                        trace,
                        call: call_at,
                        visibility: Visibility::Written,
                        is_open,
                        memo: &memo,
                    };
                    let Some((write_at, loc, view)) = split_view(ways, &waiting) else {
                        continue;
                    };
                    let view = &ways.entries[view].entry;
                    let args = vec![
                        ("entry", entry.entry.name.clone()),
                        ("state", loc.describe().into()),
                        ("target", tell::target_text(call)),
                        ("other", view.name.clone()),
                    ];
                    let mut path = tell::step(StepRole::Call, site, "call", &args);
                    path.push(ClaimStep {
                        role: StepRole::Reentry,
                        site: Site::Definition(view.function.clone()),
                        slot: "view",
                        args: args.clone(),
                    });
                    path.extend(tell::step(
                        StepRole::Write,
                        &trace.steps[write_at].at,
                        "write",
                        &args,
                    ));
                    let claim = Claim {
                        severity: Severity::Medium,
                        confidence: Confidence::Medium,
                        primary: tell::site(site),
                        outer: tell::outer(site),
                        slot: "half-updated-view",
                        args,
                        labels: Vec::new(),
                        path,
                        fixes: Vec::new(),
                        identity: vec![
                            unit.short_name().into(),
                            site.op.function.clone(),
                            loc.describe().into(),
                            view.name.clone(),
                        ],
                    };
                    claims.insert(site.op.clone(), claim);
                }
            }
        }
        claims.into_values().collect()
    }
}

/// A view that computes from a location which is written after the call, and from something that
/// has changed before or by the call: the position of the write, the location, and the view.
fn split_view<'t>(ways: &UnitWays<'_>, waiting: &Waiting<'t>) -> Option<(usize, &'t Loc, usize)> {
    let trace = waiting.trace;
    let changed = changed_so_far(trace, waiting.call);
    for (at, step) in trace.steps.iter().enumerate().skip(waiting.call + 1) {
        let Event::Write(loc, ..) = &step.event else {
            continue;
        };
        for view in ways.views_of(waiting, loc) {
            let ways = &ways.entries[view];
            if ways.entry.kind == EntryKind::Getter {
                continue;
            }
            let mut computes = false;
            for value in ways.traces.iter().flat_map(|t| &t.returns) {
                value.visit_state(&mut |read, _| {
                    computes |= changed
                        .iter()
                        .any(|c| c.may_overlap(read) && !c.may_overlap(loc));
                });
            }
            if computes {
                return Some((at, loc, view));
            }
        }
    }
    None
}

/// Locations written before the call, and the contract's own balance if the call pays.
fn changed_so_far(trace: &Trace, call_at: usize) -> Vec<Loc> {
    let mut changed = Vec::new();
    for step in &trace.steps[..=call_at] {
        match &step.event {
            Event::Write(loc, ..) => changed.push(loc.clone()),
            Event::Call(call) if hazard::pays_out(call) => {
                changed.push(Loc {
                    root: LocRoot::Balance,
                    path: Vec::new(),
                });
            }
            _ => {}
        }
    }
    changed
}
