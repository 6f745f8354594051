//! Suppression comments of the three languages: what they cover and what is told about them.

mod support;

use pactward_base::{FileRole, Finding, Workspace};
use pactward_policy::{Config, NoticeKind, Options, Outcome, Scope, Settings};
use support::{finding, rules, run, workspace};

fn default_settings() -> Settings {
    Settings::new(
        &Config::default(),
        &Options::default(),
        &rules(),
        Scope::Same,
    )
    .unwrap()
}

/// Runs `state-after-call` findings at every `hit` of a text.
fn hits(path: &str, text: &str) -> (Workspace, Outcome) {
    let ws = workspace(&[(path, text, FileRole::Source)]);
    let count = text.matches("hit(").count();
    let findings: Vec<Finding> = (0..count)
        .map(|i| finding(&ws, 0, "state-after-call", "hit(", i))
        .collect();
    let outcome = run(&ws, &default_settings(), findings);
    (ws, outcome)
}

/// One-based lines of the findings that stay, and the notices.
fn kept(path: &str, text: &str) -> (Vec<usize>, Vec<NoticeKind>) {
    let (_, outcome) = hits(path, text);
    let lines = outcome
        .kept
        .iter()
        .map(|f| text[..f.primary.span.start as usize].lines().count())
        .collect();
    let notices = outcome.notices.into_iter().map(|n| n.kind).collect();
    (lines, notices)
}

#[test]
fn solidity_line_statement_function_and_contract() {
    let text = r#"
contract A {
    function f() public {
        hit(1); // pactward-allow(state-after-call): behind
        // pactward-allow(state-after-call): above
        // and more to say
        hit(2);
        hit(3);
        // pactward-allow(state-after-call): a statement over several lines
        (bool ok, ) = to.call{value: 1}(
            hit(4)
        );
        (ok, ) = to.call(
            hit(5)
        ); // pactward-allow(state-after-call): behind its end
        string memory s = "// pactward-allow(state-after-call): a string"; hit(6);
        // pactward-allow(state-after-call): only the condition
        if (hit(7)) {
            hit(8);
        }
        /* pactward-allow(state-after-call): before code on its line */ hit(9);
    }

    // pactward-allow(state-after-call): the whole function
    /// @notice documentation in between
    function g() public {
        hit(10);
        hit(11);
    }
}

/**
 * Documentation.
 * pactward-allow(reentrancy): the whole contract
 */
contract B {
    function h() public { hit(12); }
}
"#;
    let (lines, notices) = kept("A.sol", text);
    let line_of = |n: usize| {
        text[..text.find(&format!("hit({n})")).unwrap()]
            .lines()
            .count()
    };
    assert_eq!(lines, [line_of(3), line_of(6), line_of(8)]);
    assert_eq!(notices, []);
}

#[test]
fn go_line_and_function() {
    let text = r"package main

func f(stub S) error {
	hit(1) //pactward-allow(state-after-call): behind
	//pactward-allow(state-after-call): above
	err := hit(2)
	hit(3)
	s := `// pactward-allow(state-after-call): raw string`; hit(4)
	// pactward-allow(state-after-call): only the first line
	defer func() {
		hit(5)
	}()
	return err
}

// f2 is documented.
// pactward-allow(state-after-call, lost-update): the whole method
func (c *C) f2(stub S) {
	hit(6)
}
";
    let (lines, notices) = kept("a.go", text);
    assert_eq!(lines, [7, 8, 11]);
    assert_eq!(notices, [NoticeKind::Unused, NoticeKind::Unused]);
}

#[test]
fn rust_line_function_and_module() {
    let text = r##"
// pactward-allow(state-after-call): the whole function with its attributes
#[no_mangle]
pub extern "C" fn save() {
    hit(1);
}

fn other() -> u8 {
    hit(2)?; // pactward-allow(state-after-call): behind
    let s = r#"// pactward-allow(state-after-call): raw string"#; hit(3);
    // pactward-allow(state-after-call): 中文的理由
    let x = ctx
        .put(hit(4));
    hit(5)
}

/* pactward-allow(state-after-call): the whole module */
mod inner {
    fn a() { hit(6); }
}
"##;
    let (lines, notices) = kept("lib.rs", text);
    assert_eq!(lines, [10, 14]);
    assert_eq!(notices, []);
}

#[test]
fn the_reason_and_the_comment_are_kept() {
    let text = "contract A {\n    // pactward-allow(state-after-call): audited 2024\n    uint x = hit(1);\n}\n";
    let (ws, outcome) = hits("A.sol", text);
    assert!(outcome.kept.is_empty());
    let suppressed = &outcome.suppressed[0];
    assert_eq!(suppressed.reason, "audited 2024");
    let comment = suppressed.comment.span.of(&ws.files[0].text);
    assert_eq!(comment, "// pactward-allow(state-after-call): audited 2024");
}

#[test]
fn faulty_comments_allow_nothing_and_are_told() {
    let notices = |comment: &str| {
        let text = format!("contract A {{\n    {comment}\n    uint x = hit(1);\n}}\n");
        let (_, outcome) = hits("A.sol", &text);
        assert_eq!(outcome.kept.len(), 1, "{comment}");
        outcome
            .notices
            .into_iter()
            .map(|n| (n.kind, n.name.to_string()))
            .collect::<Vec<_>>()
    };
    let name = "state-after-call".to_owned();
    assert_eq!(
        notices("// pactward-allow(state-after-call)"),
        [(NoticeKind::MissingReason, name.clone())]
    );
    assert_eq!(
        notices("// pactward-allow(state-after-call):   "),
        [(NoticeKind::MissingReason, name)]
    );
    assert_eq!(
        notices("// pactward-allow: state-after-call"),
        [(NoticeKind::Malformed, String::new())]
    );
    assert_eq!(
        notices("// pactward-allow(state-aftercall): typo"),
        [(
            NoticeKind::UnknownRule(Some("state-after-call")),
            "state-aftercall".to_owned()
        )]
    );
    assert_eq!(
        notices("// pactward-allow(all): everything"),
        [(NoticeKind::UnknownRule(None), "all".to_owned())]
    );
    assert_eq!(
        notices("// see pactward-allow(state-after-call): prose"),
        []
    );
    assert_eq!(notices("// pactward-allowed(state-after-call): other"), []);
}

#[test]
fn a_comment_for_a_rule_that_did_not_run_is_not_unused() {
    let text = "// pactward-allow(wall-clock): a preview rule\ncontract A { uint x = hit(1); }\n";
    assert_eq!(kept("A.sol", text).1, []);
}

#[test]
fn comments_of_files_that_are_not_reported_are_not_told() {
    let text = "// pactward-allow(lost-update): nothing here\ncontract A {}\n";
    let ws = workspace(&[
        ("lib/A.sol", text, FileRole::Dependency),
        ("src/A.sol", text, FileRole::Source),
    ]);
    let outcome = run(&ws, &default_settings(), Vec::new());
    let files: Vec<_> = outcome.notices.iter().map(|n| n.comment.file.0).collect();
    assert_eq!(files, [1]);
}

#[test]
fn broken_text_and_long_chains_are_survived() {
    let chain = "a+".repeat(20_000);
    let text =
        format!("// pactward-allow(state-after-call): chain\n{chain}1;\n}}}} /* pactward-allow(");
    for path in ["a.sol", "a.go", "a.rs"] {
        let _ = hits(path, &text);
        let _ = hits(path, "pactward-allow(");
        let _ = hits(path, "// pactward-allow(x): 守");
    }
}
