//! A chaincode of another channel is called for its effect, or its answer decides a write.

use std::collections::BTreeMap;

use pactward_base::{
    Confidence, Language, Platform, References, RuleMeta, RuleStatus, Severity, StepRole,
};
use pactward_flow::{Expr, ExternalCall};
use pactward_ir::{Const, EnvKind, OpRef};
use pactward_lint::{Claim, Rule, UnitContext};

use super::{callee, tell};

static META: RuleMeta = RuleMeta {
    id: "cross-channel-call",
    category: "reentrancy",
    severity: Severity::Medium,
    confidence: Confidence::High,
    status: RuleStatus::Stable,
    languages: &[Language::Go],
    platforms: &[Platform::Fabric],
    references: References {
        swc: &[107],
        cwe: &[367, 841],
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
pub(crate) struct CrossChannel;

impl Rule for CrossChannel {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check(&self, cx: &dyn UnitContext) -> Vec<Claim> {
        let unit = cx.unit();
        if unit.platform != Platform::Fabric {
            return Vec::new();
        }
        let ways = cx.ways();
        let mut claims: BTreeMap<OpRef, Claim> = BTreeMap::new();
        for entry in ways.entries.iter().filter(|e| !e.is_setup()) {
            for trace in &entry.traces {
                for (at, call, op) in callee::contract_calls(trace) {
                    if claims.contains_key(op) || !leaves_channel(call) {
                        continue;
                    }
                    let Some(effect) = callee::effect_after(trace, at) else {
                        continue;
                    };
                    // An answer whose content is used was asked for; else the call was made for
                    // an effect, which another channel drops.
                    let slot = if callee::uses_content(trace, op) {
                        "decides"
                    } else {
                        "dropped"
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
                            severity: Severity::Medium,
                            confidence: Confidence::High,
                            primary: tell::site(site),
                            outer: tell::outer(site),
                            slot,
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

/// Whether the channel argument names another channel; empty means the own one.
fn leaves_channel(call: &ExternalCall) -> bool {
    let channel = call
        .options
        .iter()
        .find(|(name, _)| name == "channel")
        .map(|(_, v)| v);
    match channel {
        None | Some(Expr::Const(Const::Nil)) => false,
        Some(Expr::Const(Const::Str(name))) => !name.is_empty(),
        Some(Expr::Env(EnvKind::Channel)) => false,
        Some(_) => true,
    }
}
