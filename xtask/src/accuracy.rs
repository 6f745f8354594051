//! Recall on smartbugs-curated, whose files name their weaknesses with category and lines.
//!
//! A finding counts at its primary place only and for the one category of its rule. The files
//! speak of their weakness in comments and names, so everything is measured a second time with
//! comments blanked and names replaced; both results must agree.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::disguise::{Syntax, blank_comments};
use crate::pactward::{Hit, Problem, Program, Run, Severity};
use crate::score::{ratio, shown};

/// Lines by which a finding may miss a label.
const TOLERANCE: u32 = 1;
/// A label over more lines than this is a list of single lines.
const LONGEST_LABEL: u32 = 12;

/// A file of the data set with its labels.
#[derive(Deserialize)]
struct Labelled {
    path: PathBuf,
    #[serde(rename = "vulnerabilities")]
    labels: Vec<Label>,
}

#[derive(Deserialize)]
struct Label {
    category: String,
    lines: Vec<u32>,
}

impl Label {
    fn holds(&self, line: u32) -> bool {
        let (Some(&first), Some(&last)) = (self.lines.iter().min(), self.lines.iter().max()) else {
            return false;
        };
        let near = |from: u32, to: u32| {
            (from.saturating_sub(TOLERANCE)..=to.saturating_add(TOLERANCE)).contains(&line)
        };
        if last - first < LONGEST_LABEL {
            near(first, last)
        } else {
            self.lines.iter().any(|&at| near(at, at))
        }
    }

    fn is_met(&self, hits: &[&Hit]) -> bool {
        hits.iter()
            .filter(|hit| category(hit) == self.category)
            .any(|hit| hit.lines().any(|line| self.holds(line)))
    }
}

/// The category of the data set that a rule's category stands for.
fn category(hit: &Hit) -> String {
    hit.category.replace('-', "_")
}

/// Labels met and labels there are.
#[derive(Clone, Copy, Default)]
struct Recall {
    met: u32,
    all: u32,
}

impl Recall {
    fn add(&mut self, met: bool) {
        self.met += u32::from(met);
        self.all += 1;
    }

    fn shown(self) -> String {
        format!(
            "{}/{} ({})",
            self.met,
            self.all,
            shown(ratio(self.met, self.all))
        )
    }
}

#[derive(Clone, Copy, Default)]
struct Row {
    contracts: Recall,
    lines: Recall,
    lines_medium: Recall,
}

impl Row {
    fn merge(&mut self, other: &Self) {
        for (into, from) in [
            (&mut self.contracts, other.contracts),
            (&mut self.lines, other.lines),
            (&mut self.lines_medium, other.lines_medium),
        ] {
            into.met += from.met;
            into.all += from.all;
        }
    }
}

/// One way over the data set.
#[derive(Default)]
struct Pass {
    rows: BTreeMap<String, Row>,
    misses: Vec<String>,
    failures: Vec<String>,
    silent: Vec<String>,
    without_finding: usize,
    findings: BTreeMap<&'static str, u32>,
    slowest: Option<(Duration, String)>,
    /// Places found in each file, to compare the passes.
    places: BTreeMap<String, Vec<String>>,
}

impl Pass {
    fn add(&mut self, file: &Labelled, run: &Run) {
        let name = file.path.display().to_string();
        if let Some(failure) = &run.failure {
            self.failures.push(format!("{name}: {failure}"));
        } else if run.analysed == 0 {
            self.silent.push(name.clone());
        }
        self.without_finding += usize::from(run.hits.is_empty());
        for hit in &run.hits {
            *self
                .findings
                .entry(severity_name(hit.severity))
                .or_default() += 1;
        }
        if self
            .slowest
            .as_ref()
            .is_none_or(|(time, _)| run.time > *time)
        {
            self.slowest = Some((run.time, name.clone()));
        }
        self.places.insert(name.clone(), places(&run.hits));

        let hits: Vec<&Hit> = run.hits.iter().collect();
        let medium: Vec<&Hit> = run
            .hits
            .iter()
            .filter(|hit| hit.severity >= Severity::Medium)
            .collect();
        let mut seen: Vec<&str> = Vec::new();
        for label in &file.labels {
            let row = self.rows.entry(label.category.clone()).or_default();
            if !seen.contains(&label.category.as_str()) {
                seen.push(&label.category);
                row.contracts
                    .add(hits.iter().any(|hit| category(hit) == label.category));
            }
            let met = label.is_met(&hits);
            row.lines.add(met);
            row.lines_medium.add(label.is_met(&medium));
            if !met {
                self.misses
                    .push(format!("{}: {name}:{:?}", label.category, label.lines));
            }
        }
    }

    fn total(&self) -> Row {
        let mut total = Row::default();
        for row in self.rows.values() {
            total.merge(row);
        }
        total
    }
}

fn places(hits: &[Hit]) -> Vec<String> {
    let mut places: Vec<String> = hits
        .iter()
        .map(|hit| format!("{}:{}", hit.rule, hit.first_line))
        .collect();
    places.sort();
    places
}

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
        Severity::Info => "info",
    }
}

/// Scores the data set and says the result as a page of Markdown.
pub(crate) fn report(program: &Program, dataset: &Path) -> Result<String, Problem> {
    let labels = dataset.join("vulnerabilities.json");
    let text = fs::read(&labels).map_err(Problem::file(&labels))?;
    let files: Vec<Labelled> = serde_json::from_slice(&text).map_err(|error| Problem::Content {
        path: labels.clone(),
        reason: error.to_string(),
    })?;

    let masks = tempfile::tempdir().map_err(Problem::file(dataset))?;
    let mut plain = Pass::default();
    let mut disguised = Pass::default();
    let mut lines = 0_usize;
    for (number, file) in files.iter().enumerate() {
        let path = dataset.join(&file.path);
        let text = fs::read(&path).map_err(Problem::file(&path))?;
        lines += String::from_utf8_lossy(&text).lines().count();
        plain.add(file, &program.check(&path)?);

        let mask = masks.path().join(format!("c{number}.sol"));
        fs::write(&mask, blank_comments(&text, Syntax::Solidity)).map_err(Problem::file(&mask))?;
        disguised.add(file, &program.check(&mask)?);
    }
    Ok(page(&plain, &disguised, files.len(), lines))
}

fn page(plain: &Pass, disguised: &Pass, files: usize, lines: usize) -> String {
    let mut page = String::new();
    let _ = writeln!(page, "{files} files, {lines} lines of code\n");
    page.push_str("| category | contracts | lines | lines, medium and above | disguised: contracts | disguised: lines |\n|---|---|---|---|---|---|\n");
    let none = Row::default();
    for (name, row) in &plain.rows {
        let other = disguised.rows.get(name).unwrap_or(&none);
        write_row(&mut page, name, row, other);
    }
    write_row(&mut page, "**all**", &plain.total(), &disguised.total());

    let findings: u32 = plain.findings.values().sum();
    let by_severity: Vec<String> = plain
        .findings
        .iter()
        .map(|(severity, count)| format!("{count} {severity}"))
        .collect();
    let per_thousand =
        f64::from(findings) * 1000.0 / f64::from(u32::try_from(lines.max(1)).unwrap_or(u32::MAX));
    let _ = writeln!(
        page,
        "\nFindings: {findings} ({}), {per_thousand:.1} per 1,000 lines",
        by_severity.join(", ")
    );
    let _ = writeln!(page, "Files without a finding: {}", plain.without_finding);
    if let Some((time, name)) = &plain.slowest {
        let _ = writeln!(page, "Slowest file: {name}, {} ms", time.as_millis());
    }
    let changed: Vec<String> = plain
        .places
        .iter()
        .filter(|(name, places)| disguised.places.get(*name) != Some(places))
        .map(|(name, places)| {
            let others = disguised.places.get(name).cloned().unwrap_or_default();
            format!("{name}: {} | {}", places.join(" "), others.join(" "))
        })
        .collect();
    for (title, items) in [
        ("Failed", &plain.failures),
        ("Failed when disguised", &disguised.failures),
        ("Not analysed", &plain.silent),
        ("Other findings when disguised", &changed),
        ("Labels not met", &plain.misses),
    ] {
        let _ = writeln!(page, "\n{title}: {}", items.len());
        for item in items {
            let _ = writeln!(page, "- {item}");
        }
    }
    page
}

fn write_row(page: &mut String, name: &str, row: &Row, disguised: &Row) {
    let _ = writeln!(
        page,
        "| {name} | {} | {} | {} | {} | {} |",
        row.contracts.shown(),
        row.lines.shown(),
        row.lines_medium.shown(),
        disguised.contracts.shown(),
        disguised.lines.shown(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(category: &str, first_line: u32, last_line: u32) -> Hit {
        Hit {
            rule: "a-rule".to_owned(),
            category: category.to_owned(),
            severity: Severity::High,
            first_line,
            last_line,
        }
    }

    fn label(lines: &[u32]) -> Label {
        Label {
            category: "access_control".to_owned(),
            lines: lines.to_vec(),
        }
    }

    #[test]
    fn a_label_is_met_within_one_line_of_its_category() {
        let near = hit("access-control", 11, 11);
        let far = hit("access-control", 12, 12);
        let other = hit("reentrancy", 10, 10);
        assert!(label(&[10]).is_met(&[&near]));
        assert!(!label(&[10]).is_met(&[&far]));
        assert!(!label(&[10]).is_met(&[&other]));
    }

    #[test]
    fn a_whole_function_meets_only_at_its_start() {
        let whole = hit("access-control", 2, 30);
        assert!(!label(&[10]).is_met(&[&whole]));
        assert!(label(&[3]).is_met(&[&whole]));
    }

    #[test]
    fn labels_far_apart_are_single_lines() {
        let between = hit("access-control", 15, 15);
        assert!(label(&[10, 20]).is_met(&[&between]));
        assert!(!label(&[10, 30]).is_met(&[&between]));
    }

    #[test]
    fn a_category_counts_once_for_each_file() {
        let file = Labelled {
            path: PathBuf::from("a.sol"),
            labels: vec![label(&[10]), label(&[20])],
        };
        let run = Run {
            hits: vec![hit("access-control", 10, 10)],
            analysed: 1,
            failure: None,
            time: Duration::ZERO,
        };
        let mut pass = Pass::default();
        pass.add(&file, &run);
        let row = pass.total();
        assert_eq!(row.contracts.shown(), "1/1 (1.000)");
        assert_eq!(row.lines.shown(), "1/2 (0.500)");
        assert_eq!(pass.misses, ["access_control: a.sol:[20]"]);
    }
}
