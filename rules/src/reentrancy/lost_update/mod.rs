//! A nested run of the same contract does not see writes that are still pending, and its own are
//! overwritten (ChainMaker docker-go).

use std::collections::BTreeMap;

use pactward_base::{Confidence, Language, Platform, References, RuleMeta, RuleStatus, Severity};
use pactward_flow::Visibility;
use pactward_ir::OpRef;
use pactward_lint::{Claim, Rule, UnitContext};

use super::hazard::{Hazard, hazards};
use super::target::Control;
use super::tell;

static META: RuleMeta = RuleMeta {
    id: "lost-update",
    category: "reentrancy",
    severity: Severity::High,
    confidence: Confidence::High,
    status: RuleStatus::Stable,
    languages: &[Language::Go],
    platforms: &[Platform::ChainmakerDockerGo],
    references: References {
        swc: &[107],
        cwe: &[841, 362],
        scwe: &[46],
        ethtrust: &[],
        links: &["https://docs.chainmaker.org.cn/"],
    },
    doc_en: include_str!("doc.md"),
    doc_zh: include_str!("doc.zh.md"),
    messages: include_str!("messages.toml"),
    cases: include_str!("cases.md"),
};

/// See the module documentation.
pub(crate) struct LostUpdate;

impl Rule for LostUpdate {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check(&self, cx: &dyn UnitContext) -> Vec<Claim> {
        let unit = cx.unit();
        if unit.platform != Platform::ChainmakerDockerGo {
            return Vec::new();
        }
        let mut strongest: BTreeMap<OpRef, Hazard<'_>> = BTreeMap::new();
        for hazard in hazards(cx, Visibility::Pending) {
            if hazard.is_privileged {
                continue;
            }
            let known = strongest.get(&hazard.site.op);
            if known.is_none_or(|k| k.strength() < hazard.strength()) {
                strongest.insert(hazard.site.op.clone(), hazard);
            }
        }
        strongest.values().map(|h| claim(h, cx)).collect()
    }
}

/// A callee of the caller's choice calls back when it likes; one that the authors chose may do so
/// too, without malice, and the update is lost all the same.
fn grade(control: Control) -> (Severity, Confidence) {
    match control {
        Control::Attacker => (Severity::High, Confidence::High),
        Control::UnknownToken | Control::Unknown | Control::Fixed | Control::Replaceable => {
            (Severity::Medium, Confidence::Medium)
        }
        Control::Trusted => (Severity::Low, Confidence::Low),
    }
}

fn claim(hazard: &Hazard<'_>, cx: &dyn UnitContext) -> Claim {
    let ways = cx.ways();
    let (severity, confidence) = grade(hazard.control);
    let args = tell::args(hazard, ways);
    let (primary, outer) = tell::places(hazard, cx);
    let slot = if hazard.write_at < hazard.call_at {
        "pending"
    } else {
        "overwritten"
    };
    Claim {
        severity,
        confidence,
        primary,
        outer,
        slot,
        args: args.clone(),
        labels: Vec::new(),
        path: tell::path(hazard, ways, &args),
        fixes: Vec::new(),
        identity: tell::identity(hazard, ways),
    }
}
