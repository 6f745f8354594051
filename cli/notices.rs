//! What is told about the input itself: text that is no code, imports that lead nowhere, comments
//! that allow nothing.

use std::collections::BTreeMap;

use pactward_base::{LineIndex, Location, PositionEncoding, Problem, ProblemKind, Workspace};
use pactward_policy::{self as policy, NoticeKind, Settings};
use pactward_report::Notice;

use crate::say::Say;
use crate::terminal::{Terminal, Tone};

/// Notices of one kind that are told one by one on standard error; the others are counted, so that
/// a broken file does not hide the findings.
const TOLD: usize = 5;

/// Problems and notices of files that are reported on, in words.
pub(crate) fn worded(
    problems: &[Problem],
    notices: &[policy::Notice],
    settings: &Settings,
    workspace: &Workspace,
    say: Say,
) -> Vec<Notice> {
    let is_reported = |problem: &&Problem| {
        let file = workspace.files.get(problem.location.file.0 as usize);
        problem.kind == ProblemKind::Internal
            || file.is_some_and(|f| settings.reports(f.role) && !settings.excluded(&f.path))
    };
    let problems = problems.iter().filter(is_reported);
    let problems = problems.map(|problem| {
        let (id, slot) = match problem.kind {
            ProblemKind::Syntax => ("syntax", "problem-syntax"),
            ProblemKind::MissingToken => ("missing-token", "problem-missing"),
            ProblemKind::UnresolvedImport => ("unresolved-import", "problem-import"),
            ProblemKind::Cycle => ("cycle", "problem-cycle"),
            ProblemKind::Limit => ("limit", "problem-limit"),
            ProblemKind::Internal => ("internal-error", "problem-internal"),
        };
        Notice {
            id,
            message: say.text(slot, &[("what", &problem.subject)]),
            location: Some(problem.location),
        }
    });
    problems
        .chain(notices.iter().map(|n| of_comment(n, say)))
        .collect()
}

fn of_comment(notice: &policy::Notice, say: Say) -> Notice {
    let (id, slot) = match &notice.kind {
        NoticeKind::Unused => ("unused-suppression", "notice-unused"),
        NoticeKind::MissingReason => ("suppression-without-reason", "notice-missing-reason"),
        NoticeKind::UnknownRule(_) => ("suppression-of-unknown-rule", "notice-unknown-rule"),
        NoticeKind::Malformed => ("malformed-suppression", "notice-malformed"),
    };
    let mut message = say.text(slot, &[("name", &notice.name)]);
    if let NoticeKind::UnknownRule(Some(meant)) = notice.kind {
        message.push_str("; ");
        message.push_str(&say.text("did-you-mean", &[("what", meant)]));
    }
    Notice {
        id,
        message,
        location: Some(notice.comment),
    }
}

/// Tells them on standard error, a few of each kind.
pub(crate) fn tell(notices: &[Notice], workspace: &Workspace, prefix: &str, terminal: Terminal) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for notice in notices {
        let count = counts.entry(notice.id).or_default();
        *count += 1;
        if *count > TOLD {
            continue;
        }
        let place = notice.location.map(|at| place(workspace, at, prefix));
        let place = place.map(|place| format!("{place}: ")).unwrap_or_default();
        terminal.mention(Tone::Warning, &format!("{place}{}", notice.message));
    }
    let more: usize = counts.values().map(|n| n.saturating_sub(TOLD)).sum();
    if more > 0 {
        let args = [("count", &*more.to_string())];
        terminal.mention(Tone::Note, &terminal.say.text("notice-count", &args));
    }
}

/// Path, line and column for messages.
pub(crate) fn place(workspace: &Workspace, location: Location, prefix: &str) -> String {
    let Some(file) = workspace.files.get(location.file.0 as usize) else {
        return String::new();
    };
    let index = LineIndex::new(&file.text);
    let at = index.position(&file.text, location.span.start, PositionEncoding::Utf32);
    format!("{prefix}{}:{}:{}", file.path, at.line + 1, at.column + 1)
}
