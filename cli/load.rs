//! Opens what a person names, and tells what of it is left out.

use std::io::Read;
use std::path::{Path, PathBuf};

use pactward_base::Language;
use pactward_policy::ConfigProblem;
use pactward_project::{Project, ProjectError, Request, SkipReason, Skipped};
use pactward_syntax::{MAX_FILE_BYTES, MAX_NESTING};

use crate::failure::Failure;
use crate::say::Say;
use crate::terminal::{Terminal, Tone};

/// Skipped files that are told one by one; the others are counted.
const TOLD: usize = 5;

/// What to open, beside the paths.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) paths: &'a [PathBuf],
    pub(crate) stdin_filename: Option<&'a Path>,
    pub(crate) config: Option<&'a Path>,
    pub(crate) no_config: bool,
}

/// Reads standard input if it is asked for, and opens the project.
pub(crate) fn open(wanted: &Wanted<'_>, terminal: Terminal) -> Result<Project, Failure> {
    let say = terminal.say;
    let mut request = Request {
        paths: Vec::new(),
        overlays: Vec::new(),
        config: wanted.config.map(Path::to_owned),
        no_config: wanted.no_config,
    };
    for path in wanted.paths {
        if path.as_os_str() == "-" {
            let (name, bytes) = stdin(wanted.stdin_filename, say)?;
            request.paths.push(name.clone());
            request.overlays.push((name, bytes));
        } else {
            request.paths.push(path.clone());
        }
    }
    if wanted.stdin_filename.is_some() && request.overlays.is_empty() {
        let failure = Failure::new(say.plain("stdin-not-read"));
        return Err(failure.help(say.plain("stdin-not-read-help")));
    }
    let project = pactward_project::open(&request).map_err(|e| project_failure(&e, say))?;
    tell_skipped(&project, &request, terminal)?;
    if project.workspace.files.is_empty() {
        let failure = Failure::new(say.plain("nothing-to-check"));
        return Err(failure.help(say.plain("nothing-to-check-help")));
    }
    Ok(project)
}

/// Name and bytes of standard input.
fn stdin(name: Option<&Path>, say: Say) -> Result<(PathBuf, Vec<u8>), Failure> {
    let help = say.plain("stdin-name-needed-help");
    let Some(name) = name else {
        return Err(Failure::new(say.plain("stdin-name-needed")).help(help));
    };
    if Language::of_path(&name.to_string_lossy()).is_none() {
        let args = [("path", &*name.to_string_lossy())];
        return Err(Failure::new(say.text("stdin-name-language", &args)).help(help));
    }
    let mut bytes = Vec::new();
    let limit = MAX_FILE_BYTES as u64 + 1;
    let read = std::io::stdin().lock().take(limit).read_to_end(&mut bytes);
    if let Err(error) = read {
        let args = [("why", &*error.to_string())];
        return Err(Failure::new(say.text("stdin-unreadable", &args)));
    }
    if bytes.len() > MAX_FILE_BYTES {
        let args = [("size", &*megabytes())];
        return Err(Failure::new(say.text("stdin-too-large", &args)));
    }
    Ok((name.to_owned(), bytes))
}

fn megabytes() -> String {
    (MAX_FILE_BYTES >> 20).to_string()
}

fn project_failure(error: &ProjectError, say: Say) -> Failure {
    match error {
        ProjectError::Missing(path) => {
            let args = [("path", &*path.to_string_lossy())];
            Failure::new(say.text("missing-path", &args)).help(say.plain("missing-path-help"))
        }
        ProjectError::Unreadable { path, error } => {
            let why = error.to_string();
            let args = [("path", &*path.to_string_lossy()), ("why", &*why)];
            Failure::new(say.text("unreadable-path", &args)).help(say.plain("unreadable-path-help"))
        }
        ProjectError::Config(problems) => configuration_failure(problems, say),
    }
}

/// What is wrong with the configuration: each mistake with its remedy.
pub(crate) fn configuration_failure(problems: &[ConfigProblem], say: Say) -> Failure {
    let lines = problems.iter().map(|problem| match &problem.help {
        Some(help) => format!(
            "{}\n  {}: {}",
            problem.text(say.locale),
            say.plain("help"),
            help.text(say.locale)
        ),
        None => problem.text(say.locale),
    });
    Failure::new(lines.collect::<Vec<_>>().join("\n"))
}

/// Tells which files are not analysed. A file that a person named must be, so that a typing
/// mistake does not pass as a clean result.
fn tell_skipped(project: &Project, request: &Request, terminal: Terminal) -> Result<(), Failure> {
    let say = terminal.say;
    let is_named = |skipped: &&Skipped| {
        let at = project.root.join(&skipped.path);
        let mut files = request.paths.iter().filter(|p| !p.is_dir());
        files.any(|p| std::path::absolute(p).is_ok_and(|p| p == at))
    };
    if let Some(skipped) = project.skipped.iter().find(is_named) {
        let why = reason(&skipped.reason, say);
        let args = [("path", &*skipped.path), ("why", &*why)];
        let failure = Failure::new(say.text("named-file-skipped", &args));
        return Err(failure.help(say.plain("named-file-skipped-help")));
    }
    for skipped in project.skipped.iter().take(TOLD) {
        let why = reason(&skipped.reason, say);
        let args = [("path", &*skipped.path), ("why", &*why)];
        terminal.mention(Tone::Warning, &say.text("skipped-file", &args));
    }
    if let Some(more @ 1..) = project.skipped.len().checked_sub(TOLD) {
        let args = [("count", &*more.to_string())];
        terminal.mention(Tone::Warning, &say.text("skipped-count", &args));
    }
    Ok(())
}

pub(crate) fn reason(reason: &SkipReason, say: Say) -> String {
    match reason {
        SkipReason::UnknownLanguage => say.plain("skip-unknown-language"),
        SkipReason::TooLarge => say.text("skip-too-large", &[("size", &megabytes())]),
        SkipReason::Binary => say.plain("skip-binary"),
        SkipReason::TooDeep => say.text("skip-too-deep", &[("depth", &MAX_NESTING.to_string())]),
        SkipReason::NotAFile => say.plain("skip-not-a-file"),
        SkipReason::BrokenLink => say.plain("skip-broken-link"),
        SkipReason::LinkedDirectory => say.plain("skip-linked-directory"),
        SkipReason::Unreadable(why) => say.text("skip-unreadable", &[("why", why)]),
    }
}
