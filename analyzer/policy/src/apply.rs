//! From all findings to those that are reported.

use std::collections::{BTreeMap, BTreeSet};

use pactward_base::{FileId, Finding, Location, RuleMeta, SmolStr, Workspace};

use crate::{Selector, Settings, Suppression};

/// What [`apply`] needs beside the findings.
pub struct Input<'a> {
    pub workspace: &'a Workspace,
    pub settings: &'a Settings,
    /// The suppression comments of a file.
    pub suppressions: &'a dyn Fn(FileId) -> Vec<Suppression>,
}

/// Findings by what becomes of them, each list in the order of places.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    pub kept: Vec<Finding>,
    pub suppressed: Vec<Suppressed>,
    /// What is wrong with suppression comments, unused ones among it.
    pub notices: Vec<Notice>,
}

impl Outcome {
    /// Whether a reported finding reaches the gate.
    pub fn fails(&self, settings: &Settings) -> bool {
        self.kept.iter().any(|f| settings.fail_on.fails(f.severity))
    }
}

/// A finding that a comment allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressed {
    pub finding: Finding,
    pub reason: SmolStr,
    pub comment: Location,
}

/// Something to be told about a suppression comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub kind: NoticeKind,
    pub comment: Location,
    /// The name concerned, as written; empty for a malformed comment.
    pub name: SmolStr,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeKind {
    /// No finding of the rule is there.
    Unused,
    /// It does not say why, and so allows nothing.
    MissingReason,
    /// No rule or category has the name; perhaps this one was meant.
    UnknownRule(Option<&'static str>),
    /// It does not name rules in parentheses.
    Malformed,
}

/// Decides for every finding whether it is reported, allowed by a comment, or not asked for.
pub fn apply(findings: Vec<Finding>, input: &Input<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut comments = Comments::read(input, &mut outcome.notices);
    for mut finding in findings {
        let file = input.workspace.file(finding.primary.file);
        let Some(rule) = input.settings.rule(finding.rule) else {
            continue;
        };
        let reported = input.settings.reports(file.role) && !input.settings.excluded(&file.path);
        if !reported || !input.settings.enabled_at(rule, &file.path) {
            continue;
        }
        finding.severity = input
            .settings
            .severity_at(rule, &file.path, finding.severity);
        let allowed = comments.allowing(&finding, rule);
        // The comment counts as used even when the finding is too uncertain to be shown.
        if finding.confidence < input.settings.min_confidence_at(&file.path) {
            continue;
        }
        match allowed {
            Some((reason, comment)) => outcome.suppressed.push(Suppressed {
                finding,
                reason,
                comment,
            }),
            None => outcome.kept.push(finding),
        }
    }
    comments.tell_unused(input, &mut outcome.notices);
    let order = |f: &Finding| (f.primary, f.rule, f.fingerprint.clone());
    outcome.kept.sort_by_cached_key(order);
    outcome.suppressed.sort_by_cached_key(|s| order(&s.finding));
    outcome
        .notices
        .sort_by_cached_key(|n| (n.comment, n.name.clone()));
    outcome
}

/// The valid suppression comments of all reported files.
struct Comments {
    files: BTreeMap<FileId, Vec<Comment>>,
}

struct Comment {
    suppression: Suppression,
    selectors: Vec<(Selector, SmolStr)>,
    used: BTreeSet<Selector>,
}

impl Comments {
    fn read(input: &Input<'_>, notices: &mut Vec<Notice>) -> Self {
        let mut files = BTreeMap::new();
        for (id, file) in input.workspace.iter() {
            if !input.settings.reports(file.role) || input.settings.excluded(&file.path) {
                continue;
            }
            let comments: Vec<_> = (input.suppressions)(id)
                .into_iter()
                .filter_map(|s| Comment::check(id, s, input.settings, notices))
                .collect();
            if !comments.is_empty() {
                files.insert(id, comments);
            }
        }
        Self { files }
    }

    /// Reason and place of the comment that allows a finding; marks every one that does as used.
    fn allowing(&mut self, finding: &Finding, rule: &RuleMeta) -> Option<(SmolStr, Location)> {
        let at = finding.primary.span.start;
        let mut allowed = None;
        for comment in self.files.get_mut(&finding.primary.file)? {
            let covers = comment.suppression.covers;
            if !(covers.start..covers.end).contains(&at) {
                continue;
            }
            for (selector, _) in &comment.selectors {
                if selector.covers(rule) {
                    comment.used.insert(*selector);
                    allowed.get_or_insert_with(|| {
                        let place = Location {
                            file: finding.primary.file,
                            span: comment.suppression.comment,
                        };
                        (comment.suppression.reason.clone(), place)
                    });
                }
            }
        }
        allowed
    }

    /// A name is unused when nothing was found although all rules that it stands for ran.
    fn tell_unused(self, input: &Input<'_>, notices: &mut Vec<Notice>) {
        for (id, comments) in self.files {
            let path = &input.workspace.file(id).path;
            for comment in comments {
                for (selector, name) in comment.selectors {
                    let ran = input
                        .settings
                        .rules()
                        .iter()
                        .filter(|rule| selector.covers(rule))
                        .all(|rule| input.settings.enabled_at(rule, path));
                    if ran && !comment.used.contains(&selector) {
                        notices.push(Notice {
                            kind: NoticeKind::Unused,
                            comment: Location {
                                file: id,
                                span: comment.suppression.comment,
                            },
                            name,
                        });
                    }
                }
            }
        }
    }
}

impl Comment {
    /// The comment if it allows anything; tells what is wrong with it.
    fn check(
        file: FileId,
        suppression: Suppression,
        settings: &Settings,
        notices: &mut Vec<Notice>,
    ) -> Option<Self> {
        let mut tell = |kind, name: &str| {
            notices.push(Notice {
                kind,
                comment: Location {
                    file,
                    span: suppression.comment,
                },
                name: SmolStr::new(name),
            });
        };
        if suppression.rules.is_empty() {
            tell(NoticeKind::Malformed, "");
            return None;
        }
        let mut selectors = Vec::new();
        for name in &suppression.rules {
            match Selector::parse(name, settings.rules()) {
                // A comment that allows everything would also allow what is not yet known.
                Ok(Selector::All) => tell(NoticeKind::UnknownRule(None), name),
                Ok(selector) => selectors.push((selector, name.clone())),
                Err(meant) => tell(NoticeKind::UnknownRule(meant), name),
            }
        }
        if suppression.reason.is_empty() {
            for name in &suppression.rules {
                tell(NoticeKind::MissingReason, name);
            }
            return None;
        }
        Some(Self {
            suppression,
            selectors,
            used: BTreeSet::new(),
        })
    }
}
