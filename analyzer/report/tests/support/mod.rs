//! A small report for tests: two files, a path across them, a fix, a suppressed finding.

#![allow(dead_code, reason = "each test program uses a part of what they share")]

use std::sync::Arc;

use pactward_base::{
    Confidence, Edit, Evidence, FileId, FileRole, Finding, Fix, FixSafety, Label, Language, Locale,
    Location, Platform, References, RuleMeta, RuleStatus, Severity, Span, Step, StepRole,
    Workspace, WorkspaceFile,
};
use pactward_report::{Allowed, Notice, Report, Skipped};

pub(crate) const BANK: &str = "// 守约 🦀
contract Bank is Base {
    function withdraw() external {
        uint256 owed = balances[msg.sender];
        /* 🦀 */ pay(msg.sender, owed);
        balances[msg.sender] = 0;
    }
}
";

pub(crate) const BASE: &str = "contract Base {
    function pay(address to, uint256 sum) internal {
        (bool ok, ) = to.call{value: sum}(
            \"\"
        );
        require(ok);
    }
}
";

const MESSAGES: &str = r#"
[headline]
en = "`{entry}` writes too late"
zh = "`{entry}` 写入过晚"

[headline-why]
en = "Whoever is called sees the old state of {entry}."
zh = "被调用方看到 {entry} 的旧状态。"

[why]
en = "General why."
zh = "一般原因。"

[help]
en = "Write first."
zh = "先写入。"

[other]
en = "Another headline"
zh = "另一标题"

[read]
en = "read here"
zh = "此处读取"

[call]
en = "control leaves here"
zh = "控制权在此离开"

[enter]
en = "through this call"
zh = "经由此调用"

[write]
en = "written only here"
zh = "到这里才写入"

[move]
en = "move the write up"
zh = "把写入提前"
"#;

const DOC: &str = "# state-after-call

## What it does
Reports state that is written
after a call.

## Why it is bad
It is exploited.
";

static RULE: RuleMeta = RuleMeta {
    id: "state-after-call",
    category: "reentrancy",
    severity: Severity::High,
    confidence: Confidence::High,
    status: RuleStatus::Stable,
    languages: Language::ALL,
    platforms: Platform::ALL,
    references: References {
        swc: &[107],
        cwe: &[841, 20],
        scwe: &[46],
        ethtrust: &["req-1-use-c-e-i"],
        links: &["https://example.org/reentrancy"],
    },
    doc_en: DOC,
    doc_zh: DOC,
    messages: MESSAGES,
    cases: "",
};

pub(crate) fn rules() -> Vec<&'static RuleMeta> {
    vec![&RULE]
}

pub(crate) fn workspace() -> Workspace {
    let file = |path: &str, text: &str| WorkspaceFile {
        path: path.into(),
        language: Language::Solidity,
        role: FileRole::Source,
        text: Arc::from(text),
    };
    Workspace {
        files: vec![file("src/My Bank.sol", BANK), file("src/Base.sol", BASE)],
        ..Workspace::default()
    }
}

pub(crate) fn at(file: u32, text: &str, needle: &str) -> Location {
    let start = text.find(needle).unwrap() as u32;
    Location {
        file: FileId(file),
        span: Span::new(start, start + needle.len() as u32),
    }
}

pub(crate) fn findings() -> Vec<Finding> {
    let step = |role, location, slot| Step {
        role,
        location,
        slot,
        args: Vec::new(),
    };
    let call = at(1, BASE, "to.call{value: sum}(\n            \"\"\n        )");
    let write = at(0, BANK, "balances[msg.sender] = 0;");
    let first = Finding {
        rule: "state-after-call",
        severity: Severity::High,
        confidence: Confidence::Medium,
        platform: Platform::Evm,
        unit: "src/My Bank.sol:Bank".into(),
        function: "src/My Bank.sol:Bank.withdraw()".into(),
        primary: call,
        slot: "headline",
        args: vec![("entry", "withdraw".into())],
        labels: Vec::new(),
        path: vec![
            step(StepRole::Check, at(0, BANK, "balances[msg.sender]"), "read"),
            step(
                StepRole::Enter,
                at(0, BANK, "pay(msg.sender, owed)"),
                "enter",
            ),
            step(StepRole::Call, call, "call"),
            step(StepRole::Write, write, "write"),
        ],
        fixes: vec![Fix {
            safety: FixSafety::Unsafe,
            slot: "move",
            args: Vec::new(),
            edits: vec![Edit {
                location: write,
                text: String::new(),
            }],
        }],
        evidence: Evidence::Static,
        fingerprint: "00ff".into(),
    };
    let second = Finding {
        severity: Severity::Low,
        primary: at(0, BANK, "withdraw"),
        slot: "other",
        labels: vec![Label {
            location: at(0, BANK, "pay"),
            slot: "enter",
            args: Vec::new(),
        }],
        path: Vec::new(),
        fixes: Vec::new(),
        fingerprint: "11ee".into(),
        ..first.clone()
    };
    vec![first, second]
}

/// Hands the sample to a check; the third finding is one that a comment allows.
pub(crate) fn with_report<T>(locale: Locale, check: impl FnOnce(&Report<'_>) -> T) -> T {
    let workspace = workspace();
    let findings = findings();
    let mut quiet = findings[1].clone();
    quiet.fingerprint = "22dd".into();
    let allowed = [Allowed {
        finding: &quiet,
        reason: "audited",
        comment: at(0, BANK, "// 守约 🦀"),
    }];
    let notices = [Notice {
        id: "unused-suppression",
        message: "allows nothing".into(),
        location: Some(at(1, BASE, "require")),
    }];
    let skipped = [Skipped {
        path: "src/odd name.sol".into(),
        reason: "binary, no text".into(),
    }];
    check(&Report {
        workspace: &workspace,
        rules: &rules(),
        findings: &findings,
        allowed: &allowed,
        notices: &notices,
        skipped: &skipped,
        checked_files: 2,
        root: "/work/my project",
        shown_prefix: "../",
        locale,
    })
}
