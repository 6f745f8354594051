//! Precision and recall on tables of labelled contracts.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::disguise::{Syntax, blank_comments};
use crate::pactward::{Hit, Problem, Program, Severity, workspace};
use crate::score::{Counts, shown};

/// Which findings count as a verdict on a case.
pub(crate) struct Counting {
    pub(crate) category: String,
    pub(crate) min_severity: Severity,
}

impl Counting {
    fn counts(&self, hit: &Hit) -> bool {
        hit.category == self.category && hit.severity >= self.min_severity
    }
}

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

/// One labelled contract.
#[derive(Deserialize)]
struct Case {
    /// Relative to the table's folder.
    path: PathBuf,
    family: String,
    verdict: Verdict,
    /// Where the weakness is, if the label says so.
    line: Option<u32>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Verdict {
    Vulnerable,
    Safe,
}

/// Counts by file, and with hits away from the labelled line taken as misses.
#[derive(Clone, Copy, Default)]
struct Tally {
    by_file: Counts,
    by_line: Counts,
}

#[derive(Default)]
struct Scores {
    groups: BTreeMap<(String, String), Tally>,
    misses: Vec<String>,
    misplaced: Vec<String>,
    false_alarms: Vec<String>,
    failures: Vec<String>,
}

/// Scores the tables and says the result as a page of Markdown.
pub(crate) fn report(
    program: &Program,
    tables: &[PathBuf],
    counting: &Counting,
    disguise: bool,
) -> Result<String, Problem> {
    let blind;
    let tables = if tables.is_empty() {
        blind = blind_tables();
        &blind
    } else {
        tables
    };
    let mut page = String::new();
    let mut everything = Scores::default();
    for table in tables {
        score(program, table, counting, disguise, &mut everything)?;
    }
    write_page(&mut page, &everything);
    Ok(page)
}

fn blind_tables() -> Vec<PathBuf> {
    let folder = workspace().join("fixtures/reentrancy/blind");
    ["solidity", "go", "rust"]
        .iter()
        .map(|language| folder.join(format!("{language}.toml")))
        .collect()
}

fn score(
    program: &Program,
    table: &Path,
    counting: &Counting,
    disguise: bool,
    scores: &mut Scores,
) -> Result<(), Problem> {
    let text = fs::read_to_string(table).map_err(Problem::file(table))?;
    let cases: Table = toml::from_str(&text).map_err(|error| Problem::Content {
        path: table.to_owned(),
        reason: error.to_string(),
    })?;
    let folder = table.parent().unwrap_or(Path::new("."));
    let name = table.file_stem().unwrap_or_default().to_string_lossy();
    for (number, case) in cases.case.iter().enumerate() {
        let path = folder.join(&case.path);
        let run = if disguise {
            let copy = disguised_copy(&path, number)?;
            program.check(copy.path())?
        } else {
            program.check(&path)?
        };
        let shown_path = case.path.display().to_string();
        if let Some(failure) = run.failure {
            scores.failures.push(format!("{shown_path}: {failure}"));
        }
        let hits: Vec<&Hit> = run.hits.iter().filter(|hit| counting.counts(hit)).collect();
        scores.add(&name, case, &shown_path, &hits);
    }
    Ok(())
}

impl Scores {
    fn add(&mut self, table: &str, case: &Case, path: &str, hits: &[&Hit]) {
        let vulnerable = case.verdict == Verdict::Vulnerable;
        let flagged = !hits.is_empty();
        let at_line = match case.line {
            Some(line) if vulnerable => hits.iter().any(|hit| hit.lines().contains(&line)),
            _ => flagged,
        };
        let tally = self
            .groups
            .entry((table.to_owned(), case.family.clone()))
            .or_default();
        tally.by_file.add(vulnerable, flagged);
        tally.by_line.add(vulnerable, at_line);
        if vulnerable && !flagged {
            self.misses.push(format!("{path} ({})", case.family));
        } else if vulnerable && !at_line {
            let line = case.line.unwrap_or_default();
            self.misplaced
                .push(format!("{path}: label {line}, found {}", places(hits)));
        } else if !vulnerable && flagged {
            self.false_alarms
                .push(format!("{path} ({}): {}", case.family, places(hits)));
        }
    }
}

fn places(hits: &[&Hit]) -> String {
    let mut places: Vec<String> = hits
        .iter()
        .map(|hit| format!("{}:{}", hit.rule, hit.first_line))
        .collect();
    places.sort();
    places.dedup();
    places.join(" ")
}

/// A copy without comments under a name that says nothing.
fn disguised_copy(path: &Path, number: usize) -> Result<tempfile::TempDir, Problem> {
    let target = tempfile::tempdir().map_err(Problem::file(path))?;
    if path.is_dir() {
        copy_folder(path, &target.path().join(format!("c{number}")))?;
    } else {
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        copy_file(path, &target.path().join(format!("c{number}.{ending}")))?;
    }
    Ok(target)
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Problem> {
    fs::create_dir_all(to).map_err(Problem::file(to))?;
    for entry in fs::read_dir(from).map_err(Problem::file(from))? {
        let entry = entry.map_err(Problem::file(from))?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            copy_file(&entry.path(), &target)?;
        }
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> Result<(), Problem> {
    let text = fs::read(from).map_err(Problem::file(from))?;
    let text = match Syntax::of(from) {
        Some(syntax) => blank_comments(&text, syntax),
        None => text,
    };
    fs::write(to, text).map_err(Problem::file(to))
}

const HEAD: &str = "\
| table | family | TP | FP | FN | TN | precision | recall | F1 | recall at the line | F1 at the line |
|---|---|---|---|---|---|---|---|---|---|---|
";

fn write_page(page: &mut String, scores: &Scores) {
    page.push_str(HEAD);
    let mut total = Tally::default();
    let mut tables: BTreeMap<&str, Tally> = BTreeMap::new();
    for ((table, family), tally) in &scores.groups {
        write_row(page, table, family, tally);
        merge(tables.entry(table).or_default(), tally);
        merge(&mut total, tally);
    }
    for (table, tally) in &tables {
        write_row(page, table, "**all**", tally);
    }
    write_row(page, "**all**", "**all**", &total);
    for (title, lines) in [
        ("Missed", &scores.misses),
        ("Found, but not at the labelled line", &scores.misplaced),
        ("False alarms", &scores.false_alarms),
        ("Failed runs", &scores.failures),
    ] {
        if !lines.is_empty() {
            let _ = writeln!(page, "\n{title} ({}):", lines.len());
            for line in lines {
                let _ = writeln!(page, "- {line}");
            }
        }
    }
}

fn write_row(page: &mut String, table: &str, family: &str, tally: &Tally) {
    let c = tally.by_file;
    let _ = writeln!(
        page,
        "| {table} | {family} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
        c.true_positives,
        c.false_positives,
        c.false_negatives,
        c.true_negatives,
        shown(c.precision()),
        shown(c.recall()),
        shown(c.f1()),
        shown(tally.by_line.recall()),
        shown(tally.by_line.f1()),
    );
}

fn merge(into: &mut Tally, from: &Tally) {
    into.by_file.merge(from.by_file);
    into.by_line.merge(from.by_line);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(line: u32, severity: Severity) -> Hit {
        Hit {
            rule: "some-rule".to_owned(),
            category: "reentrancy".to_owned(),
            severity,
            first_line: line,
            last_line: line,
        }
    }

    fn case(verdict: Verdict, line: Option<u32>) -> Case {
        Case {
            path: PathBuf::from("x.sol"),
            family: "loop".to_owned(),
            verdict,
            line,
        }
    }

    #[test]
    fn only_the_category_at_its_severity_counts() {
        let counting = Counting {
            category: "reentrancy".to_owned(),
            min_severity: Severity::Medium,
        };
        assert!(counting.counts(&hit(1, Severity::Medium)));
        assert!(!counting.counts(&hit(1, Severity::Low)));
        let mut other = hit(1, Severity::High);
        other.category = "arithmetic".to_owned();
        assert!(!counting.counts(&other));
    }

    #[test]
    fn a_hit_elsewhere_counts_by_file_but_not_by_line() {
        let mut scores = Scores::default();
        let found = hit(9, Severity::High);
        scores.add("t", &case(Verdict::Vulnerable, Some(4)), "x.sol", &[&found]);
        scores.add("t", &case(Verdict::Safe, None), "y.sol", &[]);
        let tally = scores.groups[&("t".to_owned(), "loop".to_owned())];
        assert_eq!(shown(tally.by_file.f1()), "1.000");
        assert_eq!(shown(tally.by_line.f1()), "0.000");
        assert_eq!(scores.misplaced, ["x.sol: label 4, found some-rule:9"]);
    }

    #[test]
    fn the_repository_tables_can_be_read() {
        for table in blind_tables() {
            let text = fs::read_to_string(&table).expect("the table is there");
            let cases: Table = toml::from_str(&text).expect("the table is well formed");
            for case in cases.case {
                let path = table.with_file_name("").join(&case.path);
                assert!(path.exists(), "{}", path.display());
            }
        }
    }

    #[test]
    fn a_disguised_copy_keeps_code_and_lines() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("telling_name.sol");
        fs::write(&path, "// weak here\ncontract C {}\n").expect("a file");
        let copy = disguised_copy(&path, 7).expect("a copy");
        let text = fs::read_to_string(copy.path().join("c7.sol")).expect("the copy");
        assert_eq!(text, "            \ncontract C {}\n");
    }
}
