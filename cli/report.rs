//! Gathers what a report is about, and renders it in the form that is asked for.

use std::path::{Component, Path, PathBuf};

use pactward_policy::{Outcome, Settings};
use pactward_project::Project;
use pactward_report::{Allowed, Notice, Report, Skipped};

use crate::args::Format;
use crate::load;
use crate::rules::metas;
use crate::say::Say;

/// What was found, and how it is to be shown.
pub(crate) struct Results<'a> {
    pub(crate) project: &'a Project,
    pub(crate) settings: &'a Settings,
    pub(crate) outcome: &'a Outcome,
    /// About the input itself.
    pub(crate) notices: &'a [Notice],
    pub(crate) say: Say,
}

impl Results<'_> {
    pub(crate) fn render(&self, format: Format, color: bool) -> String {
        let rules: Vec<_> = metas()
            .into_iter()
            .filter(|rule| self.settings.enabled(rule))
            .collect();
        let suppressed = self.outcome.suppressed.iter();
        let allowed: Vec<_> = suppressed
            .map(|suppressed| Allowed {
                finding: &suppressed.finding,
                reason: &suppressed.reason,
                comment: suppressed.comment,
            })
            .collect();
        let skipped = self.project.skipped.iter();
        let skipped: Vec<_> = skipped
            .map(|skipped| Skipped {
                path: skipped.path.clone(),
                reason: load::reason(&skipped.reason, self.say),
            })
            .collect();
        let files = &self.project.workspace.files;
        let is_checked =
            |role, path: &str| self.settings.reports(role) && !self.settings.excluded(path);
        let report = Report {
            workspace: &self.project.workspace,
            rules: &rules,
            findings: &self.outcome.kept,
            allowed: &allowed,
            notices: self.notices,
            skipped: &skipped,
            checked_files: files.iter().filter(|f| is_checked(f.role, &f.path)).count(),
            root: &with_slashes(&self.project.root),
            shown_prefix: &shown_prefix(&self.project.root),
            locale: self.say.locale,
        };
        match format {
            Format::Text => report.text(color),
            Format::Concise => report.concise(),
            Format::Json => report.json(),
            Format::Sarif => report.sarif(),
        }
    }
}

/// What leads from the current directory to the root, so that a shown path can be opened.
pub(crate) fn shown_prefix(root: &Path) -> String {
    let here = std::env::current_dir().and_then(|dir| dir.canonicalize());
    let between = here
        .ok()
        .map_or_else(|| root.to_owned(), |here| way(&here, root));
    match with_slashes(&between) {
        text if text.is_empty() || text.ends_with('/') => text,
        text => format!("{text}/"),
    }
}

/// The relative path between two absolute directories; the target itself where they share only
/// the root of the file system.
fn way(from: &Path, to: &Path) -> PathBuf {
    let shared = from.components().zip(to.components());
    let shared = shared.take_while(|(a, b)| a == b).count();
    if !from
        .components()
        .take(shared)
        .any(|c| matches!(c, Component::Normal(_)))
    {
        return to.to_owned();
    }
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.components().skip(shared)).collect()
}

fn with_slashes(path: &Path) -> String {
    path.to_string_lossy()
        .replace(std::path::MAIN_SEPARATOR, "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_between_directories_is_short() {
        let way = |a: &str, b: &str| super::way(Path::new(a), Path::new(b)).display().to_string();
        assert_eq!(way("/a/b", "/a/b"), "");
        assert_eq!(way("/a", "/a/b/c"), "b/c");
        assert_eq!(way("/a/b/c", "/a"), "../..");
        assert_eq!(way("/a/b", "/c/d"), "/c/d");
    }
}
