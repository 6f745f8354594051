//! A contract that the client names decides what the ledger is told.

use std::collections::BTreeMap;

use pactward_base::{
    Confidence, Language, Platform, References, RuleMeta, RuleStatus, Severity, StepRole,
};
use pactward_ir::OpRef;
use pactward_lint::{Claim, Rule, UnitContext};

use super::target::{self, Control};
use super::{callee, tell};

static META: RuleMeta = RuleMeta {
    id: "untrusted-callee",
    category: "reentrancy",
    severity: Severity::High,
    confidence: Confidence::High,
    status: RuleStatus::Stable,
    languages: &[Language::Go, Language::Rust],
    platforms: &[
        Platform::Fabric,
        Platform::ChainmakerDockerGo,
        Platform::ChainmakerTinygo,
        Platform::ChainmakerRust,
        Platform::Cosmwasm,
        Platform::Ink,
    ],
    references: References {
        swc: &[107, 112],
        cwe: &[829, 470],
        scwe: &[46],
        ethtrust: &[],
        links: &["https://hyperledger-fabric.readthedocs.io/en/latest/chaincode4ade.html"],
    },
    doc_en: include_str!("doc.md"),
    doc_zh: include_str!("doc.zh.md"),
    messages: include_str!("messages.toml"),
    cases: include_str!("cases.md"),
};

/// See the module documentation.
pub(crate) struct UntrustedCallee;

impl Rule for UntrustedCallee {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check(&self, cx: &dyn UnitContext) -> Vec<Claim> {
        let unit = cx.unit();
        if !META.platforms.contains(&unit.platform) {
            return Vec::new();
        }
        let ways = cx.ways();
        let mut claims: BTreeMap<OpRef, Claim> = BTreeMap::new();
        for entry in ways.entries.iter().filter(|e| !e.is_setup()) {
            for trace in entry.traces.iter().filter(|t| !ways.is_guarded(t)) {
                for (at, call, op) in callee::contract_calls(trace) {
                    let chosen = std::iter::once(&call.target)
                        .chain(
                            call.options
                                .iter()
                                .filter(|(n, _)| n == "channel")
                                .map(|(_, v)| v),
                        )
                        .find(|v| {
                            target::of_value(ways, trace, v) == Control::Attacker
                                && !callee::is_restricted(trace, at, v)
                        });
                    let Some(effect) = callee::effect_after(trace, at) else {
                        continue;
                    };
                    // Where contracts are public, calling what the client names is usual; what
                    // it answers must not count. A chaincode is called for its word.
                    let counts =
                        unit.platform == Platform::Fabric || callee::uses_content(trace, op);
                    if chosen.is_none() || !counts || claims.contains_key(op) {
                        continue;
                    }
                    let is_relied_on =
                        unit.platform == Platform::Fabric || callee::relies_on_content(trace, op);
                    let severity = if is_relied_on {
                        Severity::High
                    } else {
                        Severity::Low
                    };
                    let args = vec![
                        ("entry", entry.entry.name.clone()),
                        ("target", tell::target_text(call)),
                    ];
                    let site = &trace.steps[at].at;
                    let path = tell::step(StepRole::Call, site, "call", &args)
                        .into_iter()
                        .chain(tell::step(StepRole::Write, &effect.at, "effect", &args))
                        .collect();
                    claims.insert(
                        op.clone(),
                        Claim {
                            severity,
                            confidence: Confidence::High,
                            primary: tell::site(site),
                            outer: tell::outer(site),
                            slot: "untrusted-callee",
                            args,
                            labels: Vec::new(),
                            path,
                            fixes: Vec::new(),
                            identity: vec![unit.short_name().into(), op.function.clone()],
                        },
                    );
                }
            }
        }
        claims.into_values().collect()
    }
}
