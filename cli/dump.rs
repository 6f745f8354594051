//! `dump`: the stages of the analysis as text.

use std::fmt::Write as _;
use std::path::PathBuf;

use pactward_base::FileRole;
use pactward_db::{Analysis, Scope, Stats};
use pactward_policy::did_you_mean;
use pactward_project::Project;

use crate::Verdict;
use crate::args::{DumpArgs, DumpCode, DumpWhat};
use crate::failure::Failure;
use crate::load::{self, Wanted};
use crate::output::Output;
use crate::say::Say;
use crate::terminal::Terminal;

pub(crate) fn run(args: DumpArgs, terminal: Terminal) -> Result<Verdict, Failure> {
    let say = terminal.say;
    let text = match args.what {
        None => stats(&open(&args.paths, terminal)?.1, say),
        Some(DumpWhat::Tree { paths }) => {
            let (project, analysis) = open(&paths, terminal)?;
            of_files(&project, |path| analysis.dump_tree(path))
        }
        Some(DumpWhat::Outline { paths }) => {
            let (project, analysis) = open(&paths, terminal)?;
            of_files(&project, |path| analysis.dump_outline(path))
        }
        Some(DumpWhat::Sir(code)) => of_code(&code, terminal, Analysis::dump_sir)?,
        Some(DumpWhat::Summaries(code)) => of_code(&code, terminal, Analysis::dump_summaries)?,
    };
    Output::Stdout.write(&text, say)?;
    Ok(Verdict::Clean)
}

/// The project and its analysis without rules. Tests are shown like any other code: who looks
/// into the analysis has named them.
fn open(paths: &[PathBuf], terminal: Terminal) -> Result<(Project, Analysis), Failure> {
    let wanted = Wanted {
        paths,
        ..Wanted::default()
    };
    let project = load::open(&wanted, terminal)?;
    let mut analysis = Analysis::new(&[]);
    analysis.set_workspace(&project.workspace);
    analysis.set_scope(Scope {
        tests: true,
        dependencies: false,
    });
    Ok((project, analysis))
}

/// Something about each file that is no dependency, under its path.
fn of_files(project: &Project, about: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    for file in &project.workspace.files {
        if file.role == FileRole::Dependency {
            continue;
        }
        if let Some(text) = about(&file.path) {
            let _ = writeln!(out, "== {}\n{text}", file.path);
        }
    }
    out
}

fn of_code(
    code: &DumpCode,
    terminal: Terminal,
    about: fn(&Analysis, Option<&str>) -> String,
) -> Result<String, Failure> {
    let say = terminal.say;
    let (_, analysis) = open(&code.paths, terminal)?;
    if let Some(name) = &code.name {
        let known = analysis.selectors();
        if !known.iter().any(|k| k == name) {
            let failure = Failure::new(say.text("unknown-name", &[("name", name)]));
            let meant = did_you_mean(name, known.iter().map(pactward_base::SmolStr::as_str));
            return Err(match meant {
                Some(meant) => failure.help(say.text("did-you-mean", &[("what", meant)])),
                None => failure,
            });
        }
    }
    Ok(about(&analysis, code.name.as_deref()))
}

/// A table of how much was understood, by language and platform.
fn stats(analysis: &Analysis, say: Say) -> String {
    let mut rows = vec![[
        say.plain("stats-language"),
        say.plain("stats-platform"),
        say.plain("stats-functions"),
        say.plain("stats-understood"),
        say.plain("stats-receivers"),
        say.plain("stats-sdk"),
    ]];
    for ((language, platform), stats) in analysis.stats() {
        let Stats {
            functions,
            with_unknown,
            calls,
            ..
        } = stats;
        rows.push([
            language.to_string(),
            platform.to_string(),
            functions.to_string(),
            share(functions - with_unknown, functions),
            share(calls.receivers_typed, calls.receivers),
            share(calls.sdk_calls_known, calls.sdk_calls),
        ]);
    }
    columns(&rows)
}

fn share(part: u32, whole: u32) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    let percent = f64::from(part) * 100.0 / f64::from(whole);
    format!("{part}/{whole} {percent:.1} %")
}

fn columns<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(shown_width(cell));
        }
    }
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (width, cell) in widths.iter().zip(row) {
            let gap = width - shown_width(cell) + 2;
            let _ = write!(line, "{cell}{:gap$}", "");
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

/// Columns that a text takes on a terminal: two for a Chinese character.
fn shown_width(text: &str) -> usize {
    text.chars()
        .map(|c| if c as u32 >= 0x2e80 { 2 } else { 1 })
        .sum()
}
