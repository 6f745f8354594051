//! Forms of output, and the commands that only show something.

use serde_json::Value;
use serde_sarif::sarif::Sarif;

use crate::support::{BANK, Place, SAFE};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

#[test]
fn text_shows_code_and_advice() {
    let place = Place::new(&[("Bank.sol", BANK)]);
    let ended = place.run(&["check"]);
    for part in [
        "high[state-after-call]",
        "Bank.sol:7:23",
        "msg.sender.call",
        "why:",
        "fix:",
        "1 finding",
    ] {
        assert!(ended.out.contains(part), "{part}: {}", ended.out);
    }
    let chinese = place.run(&["check", "--lang", "zh"]);
    assert!(
        chinese.out.contains("原因") && chinese.out.contains("修复"),
        "{}",
        chinese.out
    );
}

#[test]
fn colours_are_for_terminals() {
    let place = Place::new(&[("Bank.sol", BANK)]);
    let colored = |args: &[&str], no_color: &str| {
        let output = place
            .command(args)
            .env("NO_COLOR", no_color)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap().contains('\u{1b}')
    };
    assert!(!colored(&["check"], ""));
    assert!(colored(&["check", "--color", "always"], ""));
    assert!(
        colored(&["check", "--color", "always"], "1"),
        "the option wins"
    );
    assert!(!colored(&["check", "--color", "never"], ""));
    let saved = place.run(&["check", "--color", "always", "--format", "json"]);
    assert!(!saved.out.contains('\u{1b}'));
}

#[test]
fn sarif_is_what_its_schema_says() {
    let place = Place::new(&[("src/Bank.sol", BANK)]);
    let ended = place.run(&["check", "--format", "sarif"]);
    assert_eq!(ended.code, 1);
    let sarif: Sarif = serde_json::from_str(&ended.out).expect("the types of the schema");
    assert_eq!(sarif.runs.len(), 1);

    let document = json(&ended.out);
    assert_eq!(document["version"], "2.1.0");
    let run = &document["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let result = &run["results"][0];
    let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
    assert_eq!(rule["id"], "state-after-call");
    let tags: Vec<_> = rule["properties"]["tags"]
        .as_array()
        .unwrap()
        .iter()
        .collect();
    assert_eq!(tags[0], "SWC-107", "the best fitting id comes first");
    for tag in ["external/cwe/cwe-841", "SCWE-046", "security"] {
        assert!(tags.iter().any(|t| *t == tag), "{tag}: {tags:?}");
    }
    assert!(rule["properties"]["security-severity"].is_string());
    let region = &result["locations"][0]["physicalLocation"];
    assert_eq!(region["artifactLocation"]["uri"], "src/Bank.sol");
    assert_eq!(region["region"]["startLine"], 7);
    assert!(
        !result["codeFlows"][0]["threadFlows"][0]["locations"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    assert!(result["relatedLocations"].is_array());
    assert!(result["partialFingerprints"].is_object());
}

#[test]
fn fingerprints_survive_edits_elsewhere() {
    let print = |text: &str| {
        let place = Place::new(&[("Bank.sol", text)]);
        let document = json(&place.run(&["check", "--format", "json"]).out);
        document["findings"][0]["fingerprint"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let moved = format!(
        "// a line more\n{}",
        BANK.replace("    function deposit", "\n\n    function deposit")
    );
    assert_eq!(print(BANK), print(&moved));
    assert_ne!(print(BANK), print(&BANK.replace("withdraw", "leave")));
}

#[test]
fn every_rule_is_listed_and_explained() {
    let place = Place::new(&[]);
    let listed = json(&place.run(&["rules", "--format", "json"]).out);
    let rules = listed.as_array().unwrap();
    assert!(rules.len() > 3);
    let table = place.run(&["rules"]).out;
    for rule in rules {
        let id = rule["id"].as_str().unwrap();
        assert!(table.contains(id), "{id}");
        assert!(!rule["purpose"].as_str().unwrap().is_empty(), "{id}");
        for lang in ["en", "zh"] {
            let ended = place.run(&["explain", id, "--lang", lang]);
            assert_eq!(ended.code, 0);
            assert!(ended.out.starts_with("# "), "{}", ended.out);
            assert!(ended.out.len() > 400, "{id} in {lang}");
        }
    }
}

#[test]
fn every_stage_can_be_dumped() {
    let place = Place::new(&[("Bank.sol", BANK), ("Safe.sol", SAFE)]);
    let cases: &[(&[&str], &[&str])] = &[
        (&["dump", "tree"], &["== Bank.sol", "contract_declaration"]),
        (
            &["dump", "outline", "Bank.sol"],
            &["Bank.sol:Bank.withdraw()", "lines 5-10"],
        ),
        (
            &["dump", "sir"],
            &[
                "unit \"Bank.sol:Bank\"",
                "ext-call kind=low",
                "unit \"Safe.sol:Safe\"",
            ],
        ),
        (
            &["dump", "sir", "--name", "Bank.sol:Bank.withdraw()"],
            &["fn \"Bank.sol:Bank.withdraw()\""],
        ),
        (
            &["dump", "summaries"],
            &[
                "Bank.sol:Bank.withdraw() in Bank.sol:Bank",
                "write balances",
            ],
        ),
        (&["dump", "--stats"], &["solidity", "evm", "100.0 %"]),
        (&["dump", "--stats", "--lang", "zh"], &["语言"]),
    ];
    for (args, expected) in cases {
        let ended = place.run(args);
        assert_eq!(ended.code, 0, "{args:?}: {}", ended.err);
        for part in *expected {
            assert!(
                ended.out.contains(part),
                "{args:?} lacks {part:?}: {}",
                ended.out
            );
        }
    }
    let one = place
        .run(&["dump", "sir", "--name", "Bank.sol:Bank.withdraw()"])
        .out;
    assert!(!one.contains("deposit"), "{one}");
}

#[test]
fn shells_can_complete() {
    let place = Place::new(&[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ended = place.run(&["completions", shell]);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""));
        assert!(ended.out.contains("min-confidence"), "{shell}");
    }
}

#[test]
fn help_is_in_both_languages() {
    let place = Place::new(&[]);
    for args in [
        &["--help"][..],
        &["check", "--help"],
        &["dump", "--help"],
        &["-h", "--lang", "zh"],
    ] {
        let ended = place.run(args);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{args:?}");
    }
    let chinese = place.run(&["check", "--help", "--lang", "zh"]).out;
    for part in ["检查合约", "用法", "参数:", "选项:", "全局选项:"] {
        assert!(chinese.contains(part), "{part}: {chinese}");
    }
    assert!(place.run(&["--version"]).out.starts_with("pactward "));
}
