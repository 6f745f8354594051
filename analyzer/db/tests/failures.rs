//! A mistake in one rule ends that rule's work on that unit, and is told.

mod support;

use std::sync::Arc;

use pactward_base::{
    Confidence, Language, Platform, ProblemKind, References, RuleMeta, RuleStatus, Severity,
};
use pactward_db::Analysis;
use pactward_lint::{Claim, Rule, Site, UnitContext};
use support::{fixtures, workspace};

const fn meta(id: &'static str) -> RuleMeta {
    RuleMeta {
        id,
        category: "test",
        severity: Severity::Low,
        confidence: Confidence::Low,
        status: RuleStatus::Stable,
        languages: &[Language::Solidity],
        platforms: &[Platform::Evm],
        references: References {
            swc: &[],
            cwe: &[],
            scwe: &[],
            ethtrust: &[],
            links: &[],
        },
        doc_en: "",
        doc_zh: "",
        messages: "",
        cases: "",
    }
}

static BREAKS: RuleMeta = meta("breaks");
static TELLS: RuleMeta = meta("tells");

/// Fails on one unit.
struct Breaks;

impl Rule for Breaks {
    fn meta(&self) -> &'static RuleMeta {
        &BREAKS
    }

    fn check(&self, cx: &dyn UnitContext) -> Vec<Claim> {
        assert!(cx.unit().short_name() != "Vault", "no vaults, please");
        vec![claim(Site::Definition(cx.unit().name.clone()))]
    }
}

/// Says the same about each unit that has a function, at the function.
struct Tells;

impl Rule for Tells {
    fn meta(&self) -> &'static RuleMeta {
        &TELLS
    }

    fn check(&self, cx: &dyn UnitContext) -> Vec<Claim> {
        let functions = cx.unit().functions.iter();
        functions
            .filter(|name| name.ends_with("Ledger.balanceOf(address)"))
            .map(|name| claim(Site::Definition(name.clone())))
            .collect()
    }
}

fn claim(primary: Site) -> Claim {
    Claim {
        severity: Severity::Low,
        confidence: Confidence::Low,
        primary,
        outer: Vec::new(),
        slot: "headline",
        args: Vec::new(),
        labels: Vec::new(),
        path: Vec::new(),
        fixes: Vec::new(),
        identity: Vec::new(),
    }
}

fn analysis() -> Analysis {
    let mut analysis = Analysis::new(&[&Breaks, &Tells]);
    analysis.set_workspace(&workspace(&fixtures().join("incremental")));
    analysis
}

#[test]
fn a_panic_is_a_problem_of_its_unit() {
    let analysis = analysis();
    let problems = analysis.problems();
    let [problem] = &problems[..] else {
        panic!("one problem: {problems:#?}");
    };
    assert_eq!(problem.kind, ProblemKind::Internal);
    assert!(
        problem
            .subject
            .ends_with("Vault.sol:Vault: breaks: no vaults, please"),
        "{problem:?}"
    );

    let findings = analysis.findings();
    let of = |rule: &str| {
        let all = findings.iter().filter(move |f| f.rule == rule);
        all.map(|f| support::short(&f.unit)).collect::<Vec<_>>()
    };
    assert_eq!(
        of("breaks"),
        [
            "Access",
            "IObserver",
            "CappedVault",
            "Ledger",
            "Rates",
            "TimedVault"
        ]
    );
}

#[test]
fn what_several_units_show_is_one_finding_of_the_owner() {
    let findings = analysis().findings();
    let told: Vec<_> = findings.iter().filter(|f| f.rule == "tells").collect();
    let [one] = told[..] else {
        panic!("one finding: {told:#?}");
    };
    assert_eq!(support::short(&one.unit), "Ledger");
}

#[test]
fn the_same_text_twice_has_two_fingerprints() {
    let mut workspace = workspace(&fixtures().join("incremental"));
    workspace.files.truncate(1);
    let text = "contract A {} contract A1 {}\ncontract B {}\ncontract B {}\n";
    workspace.files[0].text = Arc::from(text);
    let mut analysis = Analysis::new(&[&Breaks]);
    analysis.set_workspace(&workspace);
    let findings = analysis.findings();
    let mut prints: Vec<_> = findings.iter().map(|f| f.fingerprint.clone()).collect();
    let count = prints.len();
    assert!(count >= 3, "{findings:#?}");
    prints.sort();
    prints.dedup();
    assert_eq!(prints.len(), count);
}
