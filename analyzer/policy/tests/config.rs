//! Mistakes in `pactward.toml` are told with place and remedy; what is right is merged.

mod support;

use expect_test::{Expect, expect};
use pactward_base::{Confidence, FileRole, Severity};
use pactward_policy::{Config, FailOn, Options, Scope, Settings};
use support::{finding, rules, run, workspace};

fn check_problems(text: &str, expected: &Expect) {
    let problems = match Config::parse("pactward.toml", text) {
        Err(problems) => problems,
        Ok(config) => {
            Settings::new(&config, &Options::default(), &rules(), Scope::Same).unwrap_err()
        }
    };
    let shown: Vec<_> = problems.iter().map(ToString::to_string).collect();
    expected.assert_eq(&shown.join("\n"));
}

fn settings(text: &str, options: &Options) -> Settings {
    let config = Config::parse("pactward.toml", text).unwrap();
    Settings::new(&config, options, &rules(), Scope::Same).unwrap()
}

/// Ids of enabled rules.
fn enabled(text: &str, options: &Options) -> Vec<&'static str> {
    let settings = settings(text, options);
    rules()
        .into_iter()
        .filter(|r| settings.enabled(r))
        .map(|r| r.id)
        .collect()
}

#[test]
fn every_mistake_is_told_with_place_and_remedy() {
    check_problems(
        "slect = []\nfail-on = \"hihg\"\npreview = \"yes\"\nselect = \"all\"\nexclude = [1, \"a[\"]\n",
        &expect![[r#"
            pactward.toml:1:1: unknown key `slect`
              help: did you mean `select`?
            pactward.toml:2:11: `fail-on`: `hihg` is none of: critical, high, medium, low, info, never
            pactward.toml:3:11: `preview` must be `true` or `false`, not string
              help: write it without quotes
            pactward.toml:4:10: `select` must be a list of strings, not string
              help: write `select = ["…"]`
            pactward.toml:5:12: `exclude` must be a string, not integer
              help: put it in quotes
            pactward.toml:5:15: `a[` is no path pattern: unclosed character class; missing ']'
              help: write `\[` for a bracket that is part of a name"#]],
    );
}

#[test]
fn mistakes_in_tables_are_told() {
    check_problems(
        "[severity]\nstate-after-call = \"bad\"\n\n[[overrides]]\npath = [\"a\"]\n",
        &expect![[r#"
            pactward.toml:2:20: `state-after-call`: `bad` is none of: info, low, medium, high, critical
            pactward.toml:4:1: `[[overrides]]` does not say which files it is for
              help: add `paths = ["legacy/**"]`
            pactward.toml:5:1: unknown key `path` of `[[overrides]]`
              help: did you mean `paths`?"#]],
    );
}

#[test]
fn broken_toml_is_told() {
    check_problems(
        "select = [\"all\"\nignore = []\n",
        &expect![
            "pactward.toml:2:1: no valid TOML: missing comma between array elements, expected `,`"
        ],
    );
}

#[test]
fn unknown_rules_are_told() {
    check_problems(
        "ignore = [\n  \"state-aftr-call\",\n  \"zzz\",\n]\n",
        &expect![[r"
            pactward.toml:2:3: no rule or category is called `state-aftr-call`
              help: did you mean `state-after-call`?
            pactward.toml:3:3: no rule or category is called `zzz`
              help: `pactward rules` lists every rule and category"]],
    );
    let options = Options {
        select: Some(vec!["reentrency".into()]),
        ..Options::default()
    };
    let problems = Settings::new(&Config::default(), &options, &rules(), Scope::Same).unwrap_err();
    expect![[r"
        --select: no rule or category is called `reentrency`
          help: did you mean `reentrancy`?"]]
    .assert_eq(&problems[0].to_string());
}

#[test]
fn the_more_exact_selector_wins() {
    let none = Options::default();
    let both = ["state-after-call", "lost-update"];
    assert_eq!(enabled("", &none), both);
    assert_eq!(enabled("preview = true", &none).len(), 3);
    assert_eq!(enabled("select = [\"wall-clock\"]", &none), ["wall-clock"]);
    assert!(enabled("select = [\"determinism\"]", &none).is_empty());
    assert!(enabled("ignore = [\"reentrancy\"]", &none).is_empty());
    let narrow = "select = [\"lost-update\"]\nignore = [\"reentrancy\"]";
    assert_eq!(enabled(narrow, &none), ["lost-update"]);
    let tie = "select = [\"lost-update\"]\nignore = [\"lost-update\"]";
    assert!(enabled(tie, &none).is_empty());
}

#[test]
fn options_win_over_the_file() {
    let text = "select = [\"determinism\"]\nignore = [\"lost-update\"]\nfail-on = \"high\"\n";
    let options = Options {
        select: Some(vec!["all".into()]),
        fail_on: Some(FailOn::Never),
        ..Options::default()
    };
    assert_eq!(enabled(text, &options), ["state-after-call"]);
    assert_eq!(settings(text, &options).fail_on, FailOn::Never);
    let plain = settings(text, &Options::default());
    assert_eq!(plain.fail_on, FailOn::At(Severity::High));
}

#[test]
fn paths_roles_and_confidence_filter_findings() {
    let text = "contract A { function f() { x.call(); y.call(); } }";
    let ws = workspace(&[
        ("src/A.sol", text, FileRole::Source),
        ("old/B.sol", text, FileRole::Source),
        ("gen/C.sol", text, FileRole::Source),
        ("test/D.sol", text, FileRole::Test),
        ("lib/E.sol", text, FileRole::Dependency),
    ]);
    let config = r#"
        exclude = ["gen"]
        min-confidence = "medium"
        [severity]
        reentrancy = "low"
        lost-update = "high"
        [[overrides]]
        paths = ["old/**"]
        ignore = ["state-after-call"]
        severity.lost-update = "info"
    "#;
    let mut findings = Vec::new();
    for file in 0..5 {
        findings.push(finding(&ws, file, "state-after-call", "x.call()", 0));
        findings.push(finding(&ws, file, "lost-update", "x.call()", 0));
        let mut unsure = finding(&ws, file, "lost-update", "y.call()", 0);
        unsure.confidence = Confidence::Low;
        findings.push(unsure);
    }
    let kept = |options: &Options| -> Vec<_> {
        run(&ws, &settings(config, options), findings.clone())
            .kept
            .iter()
            .map(|f| (f.primary.file.0, f.rule, f.severity))
            .collect()
    };
    assert_eq!(
        kept(&Options::default()),
        [
            (0, "lost-update", Severity::High),
            (0, "state-after-call", Severity::Low),
            (1, "lost-update", Severity::Info),
        ]
    );
    let all = Options {
        include_tests: true,
        include_dependencies: true,
        ..Options::default()
    };
    assert_eq!(kept(&all).len(), 7);
}

#[test]
fn a_set_severity_caps_milder_findings() {
    let low = settings("severity.state-after-call = \"low\"", &Options::default());
    let critical = settings("severity.reentrancy = \"critical\"", &Options::default());
    let rule = rules()[0];
    let at = |s: &Settings, found| s.severity_at(rule, "a.sol", found);
    assert_eq!(at(&low, Severity::High), Severity::Low);
    assert_eq!(at(&low, Severity::Info), Severity::Info);
    assert_eq!(at(&critical, Severity::High), Severity::Critical);
    assert_eq!(at(&critical, Severity::Low), Severity::Low);
}

#[test]
fn the_gate_looks_at_reported_findings() {
    let ws = workspace(&[("A.sol", "contract A {}", FileRole::Source)]);
    let hit = vec![finding(&ws, 0, "state-after-call", "A", 0)];
    let fails = |text: &str| {
        let settings = settings(text, &Options::default());
        run(&ws, &settings, hit.clone()).fails(&settings)
    };
    assert!(fails(""));
    assert!(fails("fail-on = \"high\""));
    assert!(!fails("fail-on = \"critical\""));
    assert!(!fails("fail-on = \"never\""));
    assert!(!fails("severity.reentrancy = \"low\""));
}
