//! The forms that programs read.

#![allow(
    clippy::redundant_closure_for_method_calls,
    reason = "a method of a type with a lifetime does not fit where a closure does"
)]

mod support;

use pactward_base::Locale;
use pactward_report::Report;
use serde_json::{Value, json};
use support::with_report;

fn parsed(render: impl FnOnce(&Report<'_>) -> String) -> Value {
    serde_json::from_str(&with_report(Locale::En, render)).unwrap()
}

#[test]
fn json_has_the_documented_members() {
    let document = parsed(|r| r.json());
    assert_eq!(document["schema"], 1);
    assert_eq!(document["tool"]["name"], "pactward");
    assert_eq!(
        document["summary"],
        json!({"files": 2, "findings": 2, "critical": 0, "high": 1, "medium": 0, "low": 1,
               "info": 0, "suppressed": 1, "skipped": 1})
    );
    let first = &document["findings"][0];
    assert_eq!(first["message"], "`withdraw` writes too late");
    assert_eq!(
        first["why"],
        "Whoever is called sees the old state of withdraw."
    );
    assert_eq!(first["help"], "Write first.");
    assert_eq!(first["references"]["cwe"], json!(["CWE-841", "CWE-20"]));
    assert_eq!(first["references"]["scwe"], json!(["SCWE-046"]));
    assert_eq!(
        first["location"],
        json!({"file": "src/Base.sol",
               "start": {"line": 3, "column": 23, "offset": 91},
               "end": {"line": 5, "column": 10, "offset": 136}})
    );
    let roles: Vec<_> = first["path"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["check", "enter", "call", "write"]);
    // Columns count characters, whatever they need in UTF-16.
    assert_eq!(first["path"][1]["location"]["start"]["column"], 17);
    assert_eq!(first["fixes"][0]["safety"], "unsafe");
    assert_eq!(first["fixes"][0]["edits"][0]["text"], "");
    // A headline without its own reason shares that of the rule.
    assert_eq!(document["findings"][1]["why"], "General why.");
    assert_eq!(document["suppressed"][0]["reason"], "audited");
    assert_eq!(document["suppressed"][0]["finding"]["fingerprint"], "22dd");
    assert_eq!(document["notices"][0]["id"], "unused-suppression");
    assert_eq!(document["skipped"][0]["file"], "src/odd name.sol");
}

#[test]
fn sarif_rules_carry_tags_and_severity() {
    let log = parsed(|r| r.sarif());
    assert_eq!(log["version"], "2.1.0");
    let driver = &log["runs"][0]["tool"]["driver"];
    assert_eq!(driver["name"], "pactward");
    let rule = &driver["rules"][0];
    assert_eq!(rule["id"], "state-after-call");
    assert_eq!(rule["name"], "StateAfterCall");
    assert_eq!(
        rule["shortDescription"]["text"],
        "Reports state that is written after a call."
    );
    assert_eq!(rule["fullDescription"]["text"], "It is exploited.");
    assert_eq!(rule["defaultConfiguration"]["level"], "error");
    assert_eq!(
        rule["properties"],
        json!({"tags": ["SWC-107", "external/cwe/cwe-841", "external/cwe/cwe-020", "SCWE-046",
                        "external/ethtrust/req-1-use-c-e-i", "security"],
               "precision": "high", "problem.severity": "error", "security-severity": "8.0"})
    );
}

#[test]
fn every_sarif_result_has_a_place() {
    let log = parsed(|r| r.sarif());
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    assert_eq!(
        run["originalUriBaseIds"]["SRCROOT"]["uri"],
        "file:///work/my%20project/"
    );
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    for result in results {
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uriBaseId"], "SRCROOT");
        let region = &place["region"];
        for member in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(region[member].as_u64().unwrap() >= 1);
        }
        let index = place["artifactLocation"]["index"].as_u64().unwrap() as usize;
        let artifact = &run["artifacts"][index]["location"]["uri"];
        assert_eq!(&place["artifactLocation"]["uri"], artifact);
        let rule = result["ruleIndex"].as_u64().unwrap() as usize;
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert_eq!(rules[rule]["id"], result["ruleId"]);
        let prints = &result["partialFingerprints"];
        assert!(
            prints["primaryLocationLineHash"]
                .as_str()
                .unwrap()
                .contains(':')
        );
        assert!(prints["pactwardFingerprint/v1"].is_string());
    }
    let second = &results[1]["locations"][0]["physicalLocation"];
    assert_eq!(second["artifactLocation"]["uri"], "src/My%20Bank.sol");
}

#[test]
fn sarif_shows_the_path_in_utf16_columns() {
    let log = parsed(|r| r.sarif());
    let first = &log["runs"][0]["results"][0];
    assert_eq!(first["level"], "error");
    assert_eq!(first["relatedLocations"].as_array().unwrap().len(), 4);
    let flow = first["codeFlows"][0]["threadFlows"][0]["locations"]
        .as_array()
        .unwrap();
    let said: Vec<_> = flow
        .iter()
        .map(|l| l["location"]["message"]["text"].as_str().unwrap())
        .collect();
    assert_eq!(
        said,
        [
            "read here",
            "through this call",
            "control leaves here",
            "written only here"
        ]
    );
    assert_eq!(flow[2]["importance"], "essential");
    // The crab before the call is two UTF-16 units.
    let region = &flow[1]["location"]["physicalLocation"]["region"];
    assert_eq!(region["startColumn"], 18);
    let change = &first["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["replacements"][0]["deletedRegion"]["startLine"], 6);
    assert!(log["runs"][0]["results"][1]["codeFlows"].is_null());
}

#[test]
fn sarif_tells_what_is_suppressed_and_skipped() {
    let log = parsed(|r| r.sarif());
    let results = &log["runs"][0]["results"];
    assert_eq!(results[0]["suppressions"], json!([]));
    let suppression = &results[2]["suppressions"][0];
    assert_eq!(suppression["kind"], "inSource");
    assert_eq!(suppression["justification"], "audited");
    let told = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(told[0]["descriptor"]["id"], "unused-suppression");
    assert_eq!(told[1]["descriptor"]["id"], "skipped-file");
    let place = &told[1]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(place["uri"], "src/odd%20name.sol");
}

#[test]
fn output_is_the_same_every_time() {
    let renderers: [fn(&Report<'_>) -> String; 3] = [|r| r.json(), |r| r.sarif(), |r| r.concise()];
    for render in renderers {
        assert_eq!(
            with_report(Locale::Zh, render),
            with_report(Locale::Zh, render)
        );
    }
}
