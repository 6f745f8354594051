//! What is computed again after an edit: the edited body and the summaries whose inputs changed,
//! nothing else.

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use pactward_base::{FileId, FileRole, Finding, Language, Workspace};
use pactward_db::QueryRun;
use support::{Snapshot, analysis, fixtures, short, subjects, workspace};

/// Checks a workspace, replaces `from` by `to` in one file and checks again. Yields what ran for
/// the second check, after asserting that no summary was made again without need.
fn edit(workspace: &Workspace, path: &str, from: &str, to: &str) -> Vec<QueryRun> {
    let mut analysis = analysis(workspace);
    analysis.findings();
    let before = Snapshot::take(&analysis);
    analysis.take_query_log();

    let file = workspace.files.iter().find(|f| f.path.ends_with(path));
    let file = file.unwrap_or_else(|| panic!("no file {path}"));
    assert_eq!(file.text.matches(from).count(), 1, "{from:?} in {path}");
    let text = file.text.replace(from, to);
    assert!(analysis.set_file_text(&file.path, text.into()));
    analysis.findings();
    let log = analysis.take_query_log();

    let after = Snapshot::take(&analysis);
    for node in subjects(&log, "summary") {
        assert!(
            before.inputs_changed(&after, Language::Solidity, node),
            "the summary of {node} was made again, although its inputs are as before"
        );
    }
    log
}

fn small() -> Workspace {
    workspace(&fixtures().join("incremental"))
}

fn shown(log: &[QueryRun], query: &str) -> BTreeSet<String> {
    subjects(log, query).into_iter().map(short).collect()
}

fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.map(str::to_owned).into()
}

#[test]
fn an_edited_body_is_lowered_alone() {
    let log = edit(
        &small(),
        "Rates.sol",
        "amount / SCALE",
        "(amount + 1) / SCALE",
    );
    assert_eq!(subjects(&log, "parsed").len(), 1);
    assert_eq!(subjects(&log, "linked").len(), 0);
    assert_eq!(shown(&log, "lower"), set(["Rates.scaled(uint256)"]));
    // Up the calls, once in each unit where the way up differs, and no further than values differ.
    assert_eq!(
        shown(&log, "summary"),
        set([
            "Rates.rest(uint256,uint256) in Rates",
            "Rates.scaled(uint256) in Rates",
            "Rates.share(uint256,uint256) in Rates",
            "Vault.withdraw(uint256) in CappedVault",
            "Vault.withdraw(uint256) in TimedVault",
            "Vault.withdraw(uint256) in Vault",
        ])
    );
    assert_eq!(subjects(&log, "call_graph").len(), 0);
}

#[test]
fn an_edit_without_meaning_ends_at_the_body() {
    let log = edit(&small(), "Rates.sol", "amount / SCALE", "amount  /  SCALE");
    assert_eq!(shown(&log, "lower"), set(["Rates.scaled(uint256)"]));
    assert_eq!(shown(&log, "summary"), set([]));
    assert_eq!(shown(&log, "claims"), set([]));
}

#[test]
fn a_comment_moves_places_only() {
    let mut workspace = small();
    let mut analysis = analysis(&workspace);
    let before = analysis.findings();
    analysis.take_query_log();
    let at = workspace
        .files
        .iter()
        .position(|f| f.path.ends_with("/Vault.sol"));
    let file = &mut workspace.files[at.expect("the fixture has it")];
    let comment = "    // later\n";
    let place = file.text.find("    function close").expect("it is there") as u32;
    let text = file.text.replace(
        "    function close",
        &format!("{comment}    function close"),
    );
    analysis.set_file_text(&file.path, text.into());
    let after = analysis.findings();
    let log = analysis.take_query_log();
    for query in ["lower", "summary", "claims"] {
        assert_eq!(shown(&log, query), set([]), "{query}");
    }
    let starts = |all: &[Finding]| all.iter().map(|f| f.primary.span.start).collect::<Vec<_>>();
    let shift = |start: &u32| {
        start
            + if *start > place {
                comment.len() as u32
            } else {
                0
            }
    };
    let moved = starts(&before).iter().map(shift).collect::<Vec<_>>();
    assert!(moved.iter().any(|start| *start > place));
    assert_eq!(starts(&after), moved);
    let prints = |all: &[Finding]| {
        all.iter()
            .map(|f| f.fingerprint.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(prints(&before), prints(&after));
}

#[test]
fn a_hook_matters_where_it_runs() {
    let log = edit(
        &small(),
        "TimedVault.sol",
        "block.timestamp >= unlocked",
        "block.timestamp > unlocked",
    );
    assert_eq!(
        shown(&log, "lower"),
        set(["TimedVault.beforeChange(address,uint256)"])
    );
    for node in shown(&log, "summary") {
        assert!(node.ends_with(" in TimedVault"), "{node}");
    }
    assert_eq!(shown(&log, "claims"), set(["TimedVault"]));
}

#[test]
fn a_circle_of_functions_is_one_computation() {
    let log = edit(&small(), "TimedVault.sol", "+ 1 days", "+ 2 days");
    assert_eq!(shown(&log, "lower"), set(["TimedVault.span(uint256)"]));
    assert_eq!(shown(&log, "circle_summaries").len(), 1);
    assert!(shown(&log, "summary").contains("TimedVault.lock(uint256) in TimedVault"));
}

#[test]
fn a_new_file_leaves_the_others_alone() {
    let mut workspace = small();
    let mut analysis = analysis(&workspace);
    analysis.findings();
    analysis.take_query_log();
    let mut file = workspace.files[0].clone();
    file.path = "fixtures/incremental/src/New.sol".into();
    file.text = "contract New { uint256 public x; function f() external { x = 1; } }".into();
    workspace.files.push(file);
    analysis.set_workspace(&workspace);
    analysis.findings();
    let log = analysis.take_query_log();
    assert_eq!(
        shown(&log, "parsed"),
        set(["fixtures/incremental/src/New.sol"])
    );
    assert_eq!(
        shown(&log, "summary"),
        set(["New.f() in New", "New.x() in New"])
    );
    assert_eq!(shown(&log, "claims"), set(["New"]));
}

#[test]
fn findings_of_a_file_are_the_findings_there() {
    let workspace = small();
    let analysis = analysis(&workspace);
    let all = analysis.findings();
    assert!(!all.is_empty(), "the fixture has a mistake");
    let mut by_file = Vec::new();
    for file in 0..workspace.files.len() {
        by_file.extend(analysis.findings_in(FileId(file as u32)));
    }
    assert_eq!(&by_file[..], &all[..]);
}

#[test]
fn dependencies_are_looked_at_as_far_as_they_are_used() {
    let mut workspace = small();
    for file in &mut workspace.files {
        if !file.path.ends_with("/CappedVault.sol") {
            file.role = FileRole::Dependency;
        }
    }
    let analysis = analysis(&workspace);
    analysis.findings();
    analysis.problems();
    analysis.stats();
    let log = analysis.take_query_log();
    let lowered = shown(&log, "lower");
    assert!(lowered.contains("Rates.scaled(uint256)"), "it is called");
    assert!(
        lowered.contains("Vault.withdraw(uint256)"),
        "it is inherited"
    );
    for name in &lowered {
        assert!(!name.starts_with("TimedVault"), "{name} is not used");
    }
}

/// The same on a large library, whose directory is given in `PACTWARD_OPENZEPPELIN`.
#[test]
fn one_body_of_openzeppelin() {
    let Some(dir) = std::env::var_os("PACTWARD_OPENZEPPELIN") else {
        return;
    };
    let workspace = workspace(Path::new(&dir));
    let log = edit(
        &workspace,
        "token/ERC20/ERC20.sol",
        "_totalSupply += value;",
        "_totalSupply += value + 1;",
    );
    assert_eq!(
        shown(&log, "lower"),
        set(["ERC20._update(address,address,uint256)"])
    );
    let summaries = subjects(&log, "summary").len();
    assert!(summaries > 0);
    let whole = analysis(&workspace);
    whole.findings();
    let log = whole.take_query_log();
    let all = subjects(&log, "summary").len();
    assert!(
        summaries * 2 < all,
        "{summaries} of {all} summaries were made again"
    );
}

#[test]
fn unknown_paths_change_nothing() {
    let mut analysis = analysis(&small());
    assert!(!analysis.set_file_text("nowhere.sol", Arc::from("")));
}
