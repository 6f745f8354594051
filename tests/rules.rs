//! Every rule against its own `cases.md`: missing and unexpected findings both fail. Also checks
//! that a rule's folder is complete.

use std::collections::BTreeSet;
use std::sync::Arc;

use pactward_base::{
    Catalogue, FileRole, Language, Layout, LineIndex, RuleMeta, Workspace, WorkspaceFile,
};
use pactward_db::Analysis;

/// A fenced block of a `cases.md` under its heading.
struct Case {
    name: String,
    language: Language,
    text: String,
}

fn cases(markdown: &str) -> Vec<Case> {
    let mut found = Vec::new();
    let mut name = String::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        if let Some(heading) = line.strip_prefix("## ") {
            heading.clone_into(&mut name);
        } else if let Some(fence) = line.strip_prefix("```") {
            let language = Language::ALL
                .iter()
                .copied()
                .find(|l| l.fence() == fence.trim())
                .unwrap_or_else(|| panic!("`{fence}` is no language of cases"));
            let body: Vec<_> = lines.by_ref().take_while(|l| *l != "```").collect();
            found.push(Case {
                name: name.clone(),
                language,
                text: body.join("\n") + "\n",
            });
        }
    }
    found
}

/// One-based lines with a `//~ rule` marker.
fn expected(case: &Case, rule: &str) -> BTreeSet<u32> {
    let lines = case.text.lines().enumerate();
    lines
        .filter(|(_, l)| {
            l.split("//~")
                .nth(1)
                .is_some_and(|ids| ids.split_whitespace().any(|id| id == rule))
        })
        .map(|(at, _)| at as u32 + 1)
        .collect()
}

fn found(case: &Case, rule: &str) -> BTreeSet<u32> {
    let path = match case.language {
        Language::Solidity => "case.sol",
        Language::Go => "main.go",
        Language::Rust => "src/lib.rs",
    };
    let workspace = Workspace {
        files: vec![WorkspaceFile {
            path: path.into(),
            language: case.language,
            role: FileRole::Source,
            text: Arc::from(case.text.as_str()),
        }],
        layout: Layout::default(),
    };
    let mut analysis = Analysis::new(pactward_rules::all());
    analysis.set_workspace(&workspace);
    let index = LineIndex::new(&case.text);
    analysis
        .findings()
        .iter()
        .filter(|f| f.rule == rule)
        .map(|f| index.line_of(f.primary.span.start) + 1)
        .collect()
}

#[test]
fn rules_find_what_their_cases_say() {
    let mut wrong = Vec::new();
    for rule in pactward_rules::all() {
        let meta = rule.meta();
        for case in cases(meta.cases) {
            let (want, got) = (expected(&case, meta.id), found(&case, meta.id));
            if want != got {
                wrong.push(format!(
                    "{}: {}: {}: expected lines {want:?}, found {got:?}",
                    meta.id, case.language, case.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn rules_have_cases_for_every_language() {
    let mut missing = Vec::new();
    for rule in pactward_rules::all() {
        let meta = rule.meta();
        let cases = cases(meta.cases);
        for language in meta.languages {
            let mut own = cases.iter().filter(|c| c.language == *language);
            let bad = own.clone().any(|c| !expected(c, meta.id).is_empty());
            let good = own.any(|c| expected(c, meta.id).is_empty());
            if !bad || !good {
                missing.push(format!("{}: {language}: bad {bad}, good {good}", meta.id));
            }
        }
    }
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

#[test]
fn rules_are_documented_in_both_languages() {
    for rule in pactward_rules::all() {
        let meta = rule.meta();
        let headings = |text: &str| text.lines().filter(|l| l.starts_with("## ")).count();
        assert!(
            meta.doc_en.starts_with(&format!("# {}\n", meta.id)),
            "{}",
            meta.id
        );
        assert!(
            headings(meta.doc_en) >= 6,
            "{}: headings are missing",
            meta.id
        );
        assert_eq!(headings(meta.doc_en), headings(meta.doc_zh), "{}", meta.id);
        check_messages(meta);
    }
    let ids: BTreeSet<_> = pactward_rules::all().iter().map(|r| r.meta().id).collect();
    assert_eq!(
        ids.len(),
        pactward_rules::all().len(),
        "an id is used twice"
    );
}

fn check_messages(meta: &RuleMeta) {
    let catalogue = Catalogue::parse(meta.messages).unwrap_or_else(|e| panic!("{}: {e}", meta.id));
    for slot in ["why", "help"] {
        assert!(catalogue.has(slot), "{}: no slot `{slot}`", meta.id);
    }
}
