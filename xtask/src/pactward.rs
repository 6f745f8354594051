//! Runs the `pactward` program on one path and reads what it found.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use serde::Deserialize;

/// Why a measurement could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error("no pactward program: build it with `cargo build --release` or name it with --binary")]
    NoProgram,
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{}: {reason}", path.display())]
    Content { path: PathBuf, reason: String },
}

impl Problem {
    /// A problem of the file system with its path.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::File { path, source }
    }
}

/// Severity of a finding, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

/// A finding at its primary place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) rule: String,
    pub(crate) category: String,
    pub(crate) severity: Severity,
    pub(crate) first_line: u32,
    pub(crate) last_line: u32,
}

impl Hit {
    /// Places longer than this are a whole function or contract and say only where it starts.
    const LONGEST: u32 = 6;

    /// The lines that the finding points at.
    pub(crate) fn lines(&self) -> std::ops::RangeInclusive<u32> {
        if self.last_line - self.first_line < Self::LONGEST {
            self.first_line..=self.last_line
        } else {
            self.first_line..=self.first_line
        }
    }
}

/// What one run came to.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) hits: Vec<Hit>,
    /// Files that the program says it has analysed.
    pub(crate) analysed: usize,
    /// Why the run cannot be trusted: a crash, or an exit code of its own for trouble.
    pub(crate) failure: Option<String>,
    pub(crate) time: Duration,
}

/// The part of the program's JSON report that measuring needs; `docs/findings.md` describes it.
#[derive(Deserialize)]
struct Report {
    summary: Summary,
    findings: Vec<Item>,
}

#[derive(Deserialize)]
struct Summary {
    files: usize,
}

#[derive(Deserialize)]
struct Item {
    rule: String,
    category: String,
    severity: Severity,
    location: Place,
}

#[derive(Deserialize)]
struct Place {
    start: Position,
    end: Position,
}

#[derive(Deserialize)]
struct Position {
    line: u32,
}

impl From<Item> for Hit {
    fn from(item: Item) -> Self {
        let first_line = item.location.start.line;
        Self {
            rule: item.rule,
            category: item.category,
            severity: item.severity,
            first_line,
            last_line: item.location.end.line.max(first_line),
        }
    }
}

/// The program under measurement.
pub(crate) struct Program {
    path: PathBuf,
    arguments: Vec<String>,
}

impl Program {
    /// The named program, or the newest build of this workspace.
    pub(crate) fn find(named: Option<PathBuf>, arguments: &str) -> Result<Self, Problem> {
        let target = workspace().join("target");
        let name = format!("pactward{}", std::env::consts::EXE_SUFFIX);
        let path = match named {
            Some(path) => path.canonicalize().map_err(Problem::file(&path))?,
            None => ["release", "debug"]
                .iter()
                .map(|profile| target.join(profile).join(&name))
                .find(|path| path.is_file())
                .ok_or(Problem::NoProgram)?,
        };
        eprintln!("measuring {}", path.display());
        Ok(Self {
            path,
            arguments: arguments.split_whitespace().map(str::to_owned).collect(),
        })
    }

    /// Checks one file or folder.
    pub(crate) fn check(&self, path: &Path) -> Result<Run, Problem> {
        let start = Instant::now();
        let output = Command::new(&self.path)
            .args(["check", "--format", "json", "--fail-on", "never"])
            .args(["--no-config", "--lang", "en"])
            .args(&self.arguments)
            .arg(path)
            .output()
            .map_err(Problem::file(&self.path))?;
        let time = start.elapsed();
        Ok(match read(&output) {
            Ok(report) => Run {
                analysed: report.summary.files,
                hits: report.findings.into_iter().map(Hit::from).collect(),
                failure: broken(&output),
                time,
            },
            Err(failure) => Run {
                hits: Vec::new(),
                analysed: 0,
                failure: Some(failure),
                time,
            },
        })
    }
}

/// The root of this workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// What the program says of itself when a part of the analysis failed.
fn broken(output: &Output) -> Option<String> {
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said.lines().find(|line| line.contains("internal error"))?;
    Some(line.to_owned())
}

fn read(output: &Output) -> Result<Report, String> {
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().last().unwrap_or_default();
    match output.status.code() {
        Some(0) => serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("its output is not the expected JSON: {error}")),
        Some(code) => Err(format!("exit code {code}: {last}")),
        None => Err(format!("ended by a signal: {last}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(first_line: u32, last_line: u32) -> Hit {
        Hit {
            rule: String::new(),
            category: String::new(),
            severity: Severity::Low,
            first_line,
            last_line,
        }
    }

    #[test]
    fn long_places_say_only_where_they_start() {
        assert_eq!(hit(3, 8).lines(), 3..=8);
        assert_eq!(hit(3, 9).lines(), 3..=3);
    }

    #[test]
    fn a_report_is_read() {
        let text = r#"{"schema":1,"summary":{"files":1,"findings":1},"notices":[],"findings":[
            {"rule":"state-after-call","category":"reentrancy","severity":"high",
             "location":{"file":"a.sol","start":{"line":7,"column":1},"end":{"line":7,"column":9}}}]}"#;
        let report: Report = serde_json::from_str(text).expect("the schema");
        let found = report.findings.into_iter().map(Hit::from).next();
        let mut expected = hit(7, 7);
        "state-after-call".clone_into(&mut expected.rule);
        "reentrancy".clone_into(&mut expected.category);
        expected.severity = Severity::High;
        assert_eq!(found, Some(expected));
    }
}
