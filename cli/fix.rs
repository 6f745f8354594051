//! `--fix` and `--diff`: from the fixes of findings to changed texts.

use std::collections::BTreeMap;
use std::sync::Arc;

use pactward_base::{Edit, FileId, FileRole, Finding, Fix, FixSafety, Span, Workspace};
use pactward_syntax::{parse, syntax_problems};

/// The fixes that were chosen, and the texts that they yield.
#[derive(Debug, Default)]
pub(crate) struct Plan<'f> {
    /// Finding and fix, in the order of findings.
    pub(crate) applied: Vec<(&'f Finding, &'f Fix)>,
    /// Those that change what a chosen one changes, or whose result is no code any more.
    pub(crate) left_out: Vec<(&'f Finding, &'f Fix)>,
    pub(crate) texts: BTreeMap<FileId, Arc<str>>,
}

/// Chooses for each finding its first fix that is allowed, changes the user's own files only, and
/// touches nothing that an earlier one does. A fix after which a file has syntax errors that it
/// did not have before is left out.
pub(crate) fn plan<'f>(
    findings: &'f [Finding],
    workspace: &Workspace,
    is_allowed: &dyn Fn(FixSafety) -> bool,
) -> Plan<'f> {
    let mut plan = Plan::default();
    let mut edits: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    for finding in findings {
        let mut fixes = finding.fixes.iter();
        let Some(fix) = fixes.find(|f| is_allowed(f.safety) && is_own(f, workspace)) else {
            continue;
        };
        let mut tried = edits.clone();
        for edit in &fix.edits {
            tried.entry(edit.location.file).or_default().push(edit);
        }
        // Two findings may ask for the same change: the second is met by the first.
        for edits in tried.values_mut() {
            edits.sort_by_key(|e| (e.location.span, e.text.clone()));
            edits.dedup();
        }
        let touched = fix.edits.iter().map(|e| e.location.file);
        let texts: Option<Vec<_>> = touched
            .map(|file| Some((file, changed(workspace, file, tried.get(&file)?)?)))
            .collect();
        match texts {
            Some(texts) => {
                plan.texts.extend(texts);
                plan.applied.push((finding, fix));
                edits = tried;
            }
            None => plan.left_out.push((finding, fix)),
        }
    }
    plan
}

fn is_own(fix: &Fix, workspace: &Workspace) -> bool {
    let role = |edit: &Edit| {
        workspace
            .files
            .get(edit.location.file.0 as usize)
            .map(|f| f.role)
    };
    let mut edits = fix.edits.iter();
    !fix.edits.is_empty()
        && edits.all(|e| matches!(role(e), Some(FileRole::Source | FileRole::Test)))
}

/// The text of a file after the edits, if they do not overlap and the result is as much code as
/// before.
fn changed(workspace: &Workspace, file: FileId, edits: &[&Edit]) -> Option<Arc<str>> {
    let file = workspace.files.get(file.0 as usize)?;
    let text: Arc<str> = apply(&file.text, edits)?.into();
    let errors = |text: &Arc<str>| {
        let parsed = parse(file.language, Arc::clone(text));
        syntax_problems(&parsed).len()
    };
    (errors(&text) <= errors(&file.text)).then_some(text)
}

/// The text with each edit's range replaced. Edits are in order; two that share a byte, or two
/// insertions at one place, do not go together.
fn apply(text: &str, edits: &[&Edit]) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 64);
    let mut done = 0u32;
    let mut last: Option<Span> = None;
    for edit in edits {
        let span = edit.location.span;
        if span.start < done || last.is_some_and(|l| l.start == span.start) {
            return None;
        }
        out.push_str(text.get(done as usize..span.start as usize)?);
        out.push_str(&edit.text);
        // A range that ends outside the text fits none.
        text.get(span.start as usize..span.end as usize)?;
        done = span.end;
        last = Some(span);
    }
    out.push_str(text.get(done as usize..)?);
    Some(out)
}

/// The changes of a plan as a unified diff that `patch -p1` takes.
pub(crate) fn diff(plan: &Plan<'_>, workspace: &Workspace) -> String {
    let mut out = String::new();
    for (file, text) in &plan.texts {
        let Some(file) = workspace.files.get(file.0 as usize) else {
            continue;
        };
        let diff = similar::TextDiff::from_lines(&*file.text, &**text);
        let (from, to) = (format!("a/{}", file.path), format!("b/{}", file.path));
        let unified = diff.unified_diff().header(&from, &to).to_string();
        out.push_str(&unified);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use pactward_base::Location;

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit {
            location: Location {
                file: FileId(0),
                span: Span::new(start, end),
            },
            text: text.to_owned(),
        }
    }

    #[test]
    fn edits_apply_in_order_and_do_not_overlap() {
        let [a, b, c] = [edit(0, 1, "x"), edit(2, 2, "y"), edit(2, 3, "")];
        assert_eq!(apply("abc", &[&a, &b]).as_deref(), Some("xbyc"));
        assert_eq!(apply("abc", &[&b, &c]), None);
        assert_eq!(apply("abc", &[&edit(2, 9, "")]), None);
        assert_eq!(apply("守", &[&edit(1, 2, "")]), None);
    }
}
