//! What a person sees in a terminal.

#![allow(
    clippy::redundant_closure_for_method_calls,
    reason = "a method of a type with a lifetime does not fit where a closure does"
)]

mod support;

use std::sync::Arc;

use expect_test::expect;
use pactward_base::{Locale, Severity};
use pactward_report::{Report, Words};
use support::{findings, rules, with_report, workspace};

#[test]
fn the_path_is_drawn_across_files() {
    let text = with_report(Locale::En, |r| r.text(false));
    expect![[r"
        high[state-after-call]: `withdraw` writes too late
          ../src/Base.sol:3:23
           ╭─[ ../src/My Bank.sol:4:24 ]
           │
         4 │         uint256 owed = balances[msg.sender];
           │                        ──────────┬─────────
           │                                  ╰─────────── 1. read here
         5 │         /* 🦀 */ pay(msg.sender, owed);
           │                  ──────────┬──────────
           │                            ╰──────────── 2. through this call
           │
           ├─[ ../src/Base.sol:3:23 ]
           │
         3 │         (bool ok, ) = to.call{value: sum}(
           │                       ──────────┬─────────
           │                                 ╰─────────── 3. control leaves here
           │
           ├─[ ../src/My Bank.sol:6:9 ]
           │
         6 │         balances[msg.sender] = 0;
           │         ────────────┬────────────
           │                     ╰────────────── 4. written only here
        ───╯
          why:  Whoever is called sees the old state of withdraw.
          fix:  Write first.
                fix at hand (review it, `--fix --unsafe-fixes` applies it): move the write up
          see:  SWC-107 · CWE-841 · CWE-20 · SCWE-046 · pactward explain state-after-call
                confidence medium, in src/My Bank.sol:Bank.withdraw()

        low[state-after-call]: Another headline
           ╭─[ ../src/My Bank.sol:3:14 ]
           │
         3 │     function withdraw() external {
           │              ────┬───
           │                  ╰───── here
           │
         5 │         /* 🦀 */ pay(msg.sender, owed);
           │                  ─┬─
           │                   ╰─── through this call
        ───╯
          why:  General why.
          fix:  Write first.
          see:  SWC-107 · CWE-841 · CWE-20 · SCWE-046 · pactward explain state-after-call
                confidence medium, in src/My Bank.sol:Bank.withdraw()

        2 findings in 2 files: 1 high, 1 low; 1 allowed by comments.
    "]]
    .assert_eq(&text);
}

#[test]
fn chinese_texts() {
    let text = with_report(Locale::Zh, |r| r.text(false));
    let said: Vec<_> = text
        .lines()
        .filter(|l| !l.contains(['│', '╭', '├', '─']))
        .collect();
    expect![[r"
        高危 high[state-after-call]: `withdraw` 写入过晚
          ../src/Base.sol:3:23
          原因: 被调用方看到 withdraw 的旧状态。
          修复: 先写入。
                可自动修复（请审阅，用 `--fix --unsafe-fixes` 应用）：把写入提前
          参考: SWC-107 · CWE-841 · CWE-20 · SCWE-046 · pactward explain state-after-call
                置信度 medium，位于 src/My Bank.sol:Bank.withdraw()

        低危 low[state-after-call]: 另一标题
          原因: 一般原因。
          修复: 先写入。
          参考: SWC-107 · CWE-841 · CWE-20 · SCWE-046 · pactward explain state-after-call
                置信度 medium，位于 src/My Bank.sol:Bank.withdraw()

        2 个文件中发现 2 个问题：高危 high 1 个、低危 low 1 个；注释允许的有 1 个。"]]
    .assert_eq(&said.join("\n"));
}

#[test]
fn phrases_among_the_arguments_are_worded() {
    let mut finding = findings().remove(0);
    finding.args = vec![("entry", "{term-caller}.pay".into())];
    let headline = |locale| Words::new(&rules(), locale).finding(&finding).headline;
    assert_eq!(headline(Locale::En), "`the caller.pay` writes too late");
    assert_eq!(headline(Locale::Zh), "`调用者.pay` 写入过晚");
}

#[test]
fn concise_lines() {
    let text = with_report(Locale::En, |r| r.concise());
    expect![[r"
        ../src/Base.sol:3:23: high[state-after-call] `withdraw` writes too late
        ../src/My Bank.sol:3:14: low[state-after-call] Another headline
    "]]
    .assert_eq(&text);
}

#[test]
fn colours_only_on_request() {
    with_report(Locale::En, |r| {
        assert!(!r.text(false).contains('\u{1b}'));
        assert!(r.text(true).contains('\u{1b}'));
    });
}

/// Renders the findings of the sample over another text of its first file.
fn over(text: &str, span: std::ops::Range<usize>) -> String {
    let mut workspace = workspace();
    workspace.files[0].text = Arc::from(text);
    workspace.files[0].path = "A\u{1b}[31m.sol".into();
    let mut finding = findings().remove(1);
    finding.labels.clear();
    finding.primary.span = pactward_base::Span::new(span.start as u32, span.end as u32);
    let report = Report {
        workspace: &workspace,
        rules: &rules(),
        findings: &[finding],
        allowed: &[],
        notices: &[],
        skipped: &[],
        checked_files: 1,
        root: "/",
        shown_prefix: "",
        locale: Locale::En,
    };
    // The other forms must stand the same texts.
    let _ = (report.json(), report.sarif(), report.concise());
    report.text(false)
}

#[test]
fn analysed_code_cannot_steer_the_terminal() {
    let text = "a\u{1b}[31m\r\nb\u{85}\u{202e}\u{2028}\u{b} target\rend\n";
    let at = text.find("target").unwrap();
    let shown = over(text, at..at + 6);
    for c in ['\u{1b}', '\r', '\u{85}', '\u{202e}', '\u{2028}', '\u{b}'] {
        assert!(!shown.contains(c), "{c:?}");
    }
    assert!(shown.contains(".sol:2:7"), "{shown}");
}

#[test]
fn long_lines_and_odd_places_are_survived() {
    let long = format!("{}target", "x ".repeat(5_000));
    let shown = over(&long, 10_000..10_006);
    assert!(shown.lines().all(|l| l.len() < 400), "{shown}");
    assert!(shown.contains(".sol:1:10001"));
    over("", 0..0);
    over("a\n", 2..2);
    over("ab", 7..9);
    over("守", 1..2);
    over("a\n\nb", 1..3);
}

#[test]
fn the_summary_counts() {
    let last = |findings: &[pactward_base::Finding]| {
        let report = Report {
            workspace: &workspace(),
            rules: &rules(),
            findings,
            allowed: &[],
            notices: &[],
            skipped: &[],
            checked_files: 7,
            root: "/",
            shown_prefix: "",
            locale: Locale::En,
        };
        report.text(false).lines().last().unwrap().to_owned()
    };
    let mut all = findings();
    assert_eq!(last(&[]), "No findings in 7 files.");
    assert_eq!(last(&all), "2 findings in 7 files: 1 high, 1 low.");
    all[1].severity = Severity::Critical;
    assert_eq!(last(&all[1..]), "1 finding in 7 files: 1 critical.");
}
