//! What runs end with, and what they change.

use std::process::Stdio;

use crate::support::{BANK, Place, SAFE};

#[test]
fn exit_codes_follow_the_gate() {
    let place = Place::new(&[("Bank.sol", BANK), ("Safe.sol", SAFE)]);
    assert_eq!(place.run(&["check"]).code, 1);
    assert_eq!(place.run(&["check", "Safe.sol"]).code, 0);
    assert_eq!(place.run(&["check", "--fail-on", "high"]).code, 1);
    assert_eq!(place.run(&["check", "--fail-on", "critical"]).code, 0);
    assert_eq!(place.run(&["check", "--fail-on", "never"]).code, 0);
    assert_eq!(
        place.run(&["check", "--ignore", "state-after-call"]).code,
        0
    );
    assert_eq!(place.run(&["check", "--select", "lost-update"]).code, 0);
    assert_eq!(place.run(&["check", "--min-confidence", "proved"]).code, 0);
}

#[test]
fn standard_error_tells_what_is_checked() {
    let place = Place::new(&[("Bank.sol", BANK)]);
    let ended = place.run(&["check", "--format", "concise"]);
    assert_eq!(ended.err, "files: 1; languages: solidity; platforms: evm\n");
    assert!(
        ended
            .out
            .starts_with("Bank.sol:7:23: high[state-after-call] "),
        "{}",
        ended.out
    );
    let quiet = place.run(&["check", "--format", "concise", "--quiet"]);
    assert_eq!((quiet.err.as_str(), quiet.out), ("", ended.out));
}

#[test]
fn standard_input_is_checked_under_its_name() {
    let place = Place::new(&[]);
    let args = [
        "check",
        "-",
        "--stdin-filename",
        "Bank.sol",
        "--format",
        "concise",
    ];
    let ended = place.run_with(&args, BANK);
    assert_eq!(ended.code, 1, "{}", ended.err);
    assert!(ended.out.starts_with("Bank.sol:7:23: "), "{}", ended.out);
    assert_eq!(place.run_with(&args, SAFE).code, 0);
}

#[test]
fn a_comment_allows_a_finding() {
    let comment = "        // pactward-allow(state-after-call): paid once a year\n";
    let call = "        (bool ok, )";
    let allowed = BANK.replace(call, &format!("{comment}{call}"));
    let place = Place::new(&[("Bank.sol", &allowed)]);
    let ended = place.run(&["check", "--format", "json"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let json: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(json["summary"]["suppressed"], 1);

    let unused = SAFE.replace(
        "    function",
        "    // pactward-allow(state-after-call): old\n    function",
    );
    let place = Place::new(&[("Safe.sol", &unused)]);
    let ended = place.run(&["check"]);
    assert_eq!(ended.code, 0);
    assert!(
        ended
            .err
            .contains("Safe.sol:4:5: `pactward-allow(state-after-call)` allows nothing here"),
        "{}",
        ended.err
    );
}

#[test]
fn configuration_is_found_upwards() {
    let place = Place::new(&[("contracts/deep/Bank.sol", BANK)]);
    let mut inside = place.command(&["check", "."]);
    inside.current_dir(place.path().join("contracts/deep"));
    assert_eq!(inside.output().unwrap().status.code(), Some(1));
    place.write("pactward.toml", "ignore = [\"state-after-call\"]\n");
    assert_eq!(inside.output().unwrap().status.code(), Some(0));
    assert_eq!(place.run(&["check", "--no-config"]).code, 1);
}

#[test]
fn fixes_are_shown_and_applied() {
    let place = Place::new(&[("Bank.sol", BANK)]);
    let diff = place.run(&["check", "--diff"]);
    assert!(
        diff.out.starts_with("--- a/Bank.sol\n+++ b/Bank.sol\n"),
        "{}",
        diff.out
    );
    assert_eq!(place.read("Bank.sol"), BANK);

    let fixed = place.run(&["check", "--fix"]);
    assert_eq!(fixed.code, 0, "{}{}", fixed.out, fixed.err);
    assert!(
        fixed.err.contains("findings fixed: 1; files changed: 1"),
        "{}",
        fixed.err
    );
    let text = place.read("Bank.sol");
    let order =
        ["balances[msg.sender] = 0", "msg.sender.call"].map(|part| text.find(part).unwrap());
    assert!(order[0] < order[1], "{text}");
    assert_eq!(place.run(&["check"]).code, 0);
    let again = place.run(&["check", "--fix"]);
    assert_eq!((again.code, place.read("Bank.sol")), (0, text));
}

#[test]
fn a_byte_order_mark_survives_a_fix() {
    let place = Place::new(&[("Bank.sol", &format!("\u{feff}{BANK}"))]);
    assert_eq!(place.run(&["check", "--fix"]).code, 0);
    let text = place.read("Bank.sol");
    assert!(text.starts_with("\u{feff}pragma"), "{text}");
    assert_ne!(text.trim_start_matches('\u{feff}'), BANK);
}

#[test]
fn dependencies_are_reported_on_request() {
    let user = "pragma solidity ^0.8.24;\nimport \"dep/Bank.sol\";\ncontract Mine { Bank bank; }\n";
    let place = Place::new(&[("src/Mine.sol", user), ("node_modules/dep/Bank.sol", BANK)]);
    let ended = place.run(&["check"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    let ended = place.run(&["check", "--include-dependencies", "--format", "concise"]);
    assert_eq!(ended.code, 1, "{}", ended.err);
    assert!(
        ended.out.contains("node_modules/dep/Bank.sol:7:"),
        "{}",
        ended.out
    );
}

#[test]
fn output_goes_to_a_file() {
    let place = Place::new(&[("Bank.sol", BANK)]);
    let ended = place.run(&["check", "--format", "json", "--output", "report.json"]);
    assert_eq!((ended.code, ended.out.as_str()), (1, ""));
    let json: serde_json::Value = serde_json::from_str(&place.read("report.json")).unwrap();
    assert_eq!(json["summary"]["high"], 1);
    let names: Vec<_> = std::fs::read_dir(place.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 3, "nothing else is left behind: {names:?}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let many = (0..400)
        .map(|i| BANK.replace("Bank", &format!("Bank{i}")))
        .collect::<String>();
    let place = Place::new(&[("Many.sol", &many)]);
    let mut child = place
        .command(&["check", "--format", "json"])
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(err, "files: 1; languages: solidity; platforms: evm\n");
}

#[test]
fn results_do_not_depend_on_the_order_of_paths() {
    let place = Place::new(&[
        ("a/Bank.sol", BANK),
        ("b/Bank.sol", BANK),
        ("c/Safe.sol", SAFE),
    ]);
    let one = place.run(&["check", "a", "b", "c", "--format", "json"]);
    let other = place.run(&["check", "c", "b", "a", "--format", "json"]);
    assert_eq!(one.out, other.out);
}
