//! An event follows a call to foreign code in an entry that can be entered again meanwhile.

use std::collections::BTreeMap;

use pactward_base::{
    Confidence, Language, Platform, References, RuleMeta, RuleStatus, Severity, StepRole,
};
use pactward_flow::{Event, Memo, Visibility, Waiting};
use pactward_ir::OpRef;
use pactward_lint::{Claim, Rule, UnitContext};

use super::target::{Control, control};
use super::tell;

static META: RuleMeta = RuleMeta {
    id: "event-after-call",
    category: "event-order",
    severity: Severity::Low,
    confidence: Confidence::Medium,
    status: RuleStatus::Stable,
    languages: &[Language::Solidity],
    platforms: &[Platform::Evm],
    references: References {
        swc: &[107],
        cwe: &[841],
        scwe: &[63],
        ethtrust: &[],
        links: &["https://docs.soliditylang.org/en/latest/security-considerations.html#reentrancy"],
    },
    doc_en: include_str!("doc.md"),
    doc_zh: include_str!("doc.zh.md"),
    messages: include_str!("messages.toml"),
    cases: include_str!("cases.md"),
};

/// See the module documentation.
pub(crate) struct EventAfterCall;

impl Rule for EventAfterCall {
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
                for (at, call, site) in trace.calls() {
                    let is_open = !ways.is_guarded(trace);
                    let memo = Memo::default();
                    let waiting = Waiting {
                        trace,
                        call: at,
                        visibility: Visibility::Written,
                        is_open,
                        memo: &memo,
                    };
                    let emitted = trace.steps[at + 1..]
                        .iter()
                        .find(|s| matches!(s.event, Event::Emit(..)));
                    let Some(emitted) = emitted else { continue };
                    if !call.lets_others_act()
                        || trace.steps[at + 1..]
                            .iter()
                            .any(|s| matches!(s.event, Event::Write(..)))
                        || claims.contains_key(&site.op)
                        || control(cx, entry, trace, call) != Control::Attacker
                        || !ways.can_enter_again(&waiting, entry)
                    {
                        continue;
                    }
                    let Event::Emit(topic, _) = &emitted.event else {
                        continue;
                    };
                    let args = vec![
                        ("entry", entry.entry.name.clone()),
                        (
                            "event",
                            topic.rsplit(['.', ':']).next().unwrap_or(topic).into(),
                        ),
                        ("target", tell::target_text(call)),
                    ];
                    let path = tell::step(StepRole::Call, site, "call", &args)
                        .into_iter()
                        .chain(tell::step(StepRole::Write, &emitted.at, "emit", &args))
                        .collect();
                    let claim = Claim {
                        severity: Severity::Low,
                        confidence: Confidence::Medium,
                        primary: tell::site(site),
                        outer: tell::outer(site),
                        slot: "event-after-call",
                        args,
                        labels: Vec::new(),
                        path,
                        fixes: Vec::new(),
                        identity: vec![
                            unit.short_name().into(),
                            site.op.function.clone(),
                            topic.clone(),
                        ],
                    };
                    claims.insert(site.op.clone(), claim);
                }
            }
        }
        claims.into_values().collect()
    }
}
