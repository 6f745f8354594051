//! After any edits the results are those of an analysis from nothing.

mod support;

use std::sync::Arc;

use pactward_base::{Problem, Workspace};
use pactward_db::Analysis;
use pactward_ir::print_function;
use support::{analysis, fixtures, workspace};

/// A xorshift generator: the same edits in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

/// Everything that an analysis says.
#[derive(PartialEq)]
struct Answers {
    findings: Vec<String>,
    problems: Vec<Problem>,
    sir: Vec<String>,
    summaries: String,
}

fn answers(analysis: &Analysis) -> Answers {
    Answers {
        findings: analysis
            .findings()
            .iter()
            .map(|f| format!("{f:#?}"))
            .collect(),
        problems: analysis.problems(),
        sir: analysis
            .functions()
            .iter()
            .map(|f| print_function(f))
            .collect(),
        summaries: analysis.dump_summaries(None),
    }
}

/// One random change of a text: lines or words are removed, doubled, moved or taken from elsewhere,
/// as happens while someone types.
fn edited(text: &str, dice: &mut Dice) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let at = dice.roll(lines.len());
    let other = dice.roll(lines.len());
    match dice.roll(7) {
        0 if !lines.is_empty() => {
            lines.remove(at);
        }
        1 if !lines.is_empty() => lines.insert(at, lines[other]),
        2 if !lines.is_empty() => lines.swap(at, other),
        3 => lines.insert(at, "// note"),
        4 => {
            let cut = boundary(text, dice.roll(text.len() + 1));
            return text[..cut].to_owned();
        }
        5 => {
            let (a, b) = (dice.roll(text.len() + 1), dice.roll(8));
            let from = boundary(text, a);
            let to = boundary(text, (from + b).min(text.len()));
            return format!("{}{}", &text[..from], &text[to..]);
        }
        _ => {
            const WORDS: &[&str] = &[
                "1", "(", ")", "{", "}", ";", " x ", "\"", "return ", "=", "+",
            ];
            let from = boundary(text, dice.roll(text.len() + 1));
            let word = WORDS[dice.roll(WORDS.len())];
            return format!("{}{word}{}", &text[..from], &text[from..]);
        }
    }
    lines.join("\n")
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Goes through edits of random files; sometimes one is taken back, as an undo does.
fn check(original: &Workspace, seed: u64, edits: usize) {
    let mut workspace = original.clone();
    let mut dice = Dice(seed);
    let mut incremental = analysis(&workspace);
    answers(&incremental);
    for round in 0..edits {
        let at = dice.roll(workspace.files.len());
        let file = &mut workspace.files[at];
        file.text = match dice.roll(3) {
            0 => Arc::clone(&original.files[at].text),
            _ => edited(&file.text, &mut dice).into(),
        };
        incremental.set_file_text(&file.path, Arc::clone(&file.text));
        let (ours, theirs) = (answers(&incremental), answers(&analysis(&workspace)));
        if ours != theirs {
            let what = differing(&ours, &theirs);
            panic!(
                "seed {seed}, edit {round} of {}: {what}",
                workspace.files[at].path
            );
        }
    }
}

fn differing(ours: &Answers, theirs: &Answers) -> String {
    let first = |ours: &[String], theirs: &[String]| {
        let mut pairs = ours.iter().zip(theirs);
        let pair = pairs.find(|(a, b)| a != b);
        pair.map_or_else(
            || format!("{} and {} of them", ours.len(), theirs.len()),
            |(a, b)| format!("incremental:\n{a}\nfrom nothing:\n{b}"),
        )
    };
    if ours.sir != theirs.sir {
        return format!("SIR differs: {}", first(&ours.sir, &theirs.sir));
    }
    if ours.summaries != theirs.summaries {
        return "summaries differ".to_owned();
    }
    if ours.problems != theirs.problems {
        return format!(
            "problems differ: {:#?} {:#?}",
            ours.problems, theirs.problems
        );
    }
    format!(
        "findings differ: {}",
        first(&ours.findings, &theirs.findings)
    )
}

#[test]
fn solidity() {
    let workspace = workspace(&fixtures().join("incremental"));
    for seed in [1, 0x9e37_79b9, 77_777] {
        check(&workspace, seed, 40);
    }
}

#[test]
fn three_languages() {
    let workspace = workspace(&fixtures().join("demo"));
    for seed in [3, 0x51_7cc1_b727] {
        check(&workspace, seed, 20);
    }
}
