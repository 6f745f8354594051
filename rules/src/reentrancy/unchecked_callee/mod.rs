//! The answer of another contract is not looked at before the way goes on.

use std::collections::BTreeMap;

use pactward_base::{
    Confidence, Language, Platform, References, RuleMeta, RuleStatus, Severity, StepRole,
};
use pactward_ir::OpRef;
use pactward_lint::{Claim, Rule, UnitContext};

use super::{callee, tell};

static META: RuleMeta = RuleMeta {
    id: "unchecked-callee",
    category: "reentrancy",
    severity: Severity::Medium,
    confidence: Confidence::High,
    status: RuleStatus::Stable,
    languages: &[Language::Go, Language::Rust],
    platforms: &[
        Platform::Fabric,
        Platform::ChainmakerDockerGo,
        Platform::ChainmakerTinygo,
        Platform::ChainmakerRust,
    ],
    references: References {
        swc: &[104],
        cwe: &[252, 754],
        scwe: &[48],
        ethtrust: &[],
        links: &["https://hyperledger-fabric.readthedocs.io/en/latest/chaincode4ade.html"],
    },
    doc_en: include_str!("doc.md"),
    doc_zh: include_str!("doc.zh.md"),
    messages: include_str!("messages.toml"),
    cases: include_str!("cases.md"),
};

/// See the module documentation.
pub(crate) struct UncheckedCallee;

impl Rule for UncheckedCallee {
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
            for trace in &entry.traces {
                for (at, call, op) in callee::contract_calls(trace) {
                    let Some(effect) = callee::effect_around(trace, at) else {
                        continue;
                    };
                    if claims.contains_key(op)
                        || callee::checks_status(trace, op)
                        || callee::returns_answer(trace, op)
                    {
                        continue;
                    }
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
                            severity: Severity::Medium,
                            confidence: Confidence::High,
                            primary: tell::site(site),
                            outer: tell::outer(site),
                            slot: "unchecked-callee",
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
