//! For a terminal: each finding with its source and the path drawn through it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::{Display, Write};
use std::ops::Range;

use ariadne::{Cache, Color, Config, Fmt, Label, ReportKind, Source};
use pactward_base::{
    Args, FileId, Finding, FixSafety, Location, PositionEncoding, References, Severity, SmolStr,
    Span,
};

use crate::Report;
use crate::place::Places;
use crate::wording::{Words, clean, steers};

/// Longest source line that is drawn. Generated code has lines that fill a screen each.
const MAX_DRAWN_LINE: usize = 400;

pub(crate) fn render(report: &Report<'_>, color: bool) -> String {
    let mut writer = Writer {
        report,
        places: Places::new(report.workspace),
        words: Words::new(report.rules, report.locale),
        color,
        drawn: Drawn {
            report,
            sources: BTreeMap::new(),
        },
        out: String::new(),
    };
    for finding in report.findings {
        writer.finding(finding);
    }
    writer.summary();
    writer.out
}

struct Writer<'a> {
    report: &'a Report<'a>,
    places: Places<'a>,
    words: Words,
    color: bool,
    drawn: Drawn<'a>,
    out: String,
}

/// A place with what is said about it.
struct Remark {
    at: Location,
    text: String,
    is_primary: bool,
}

impl Writer<'_> {
    fn finding(&mut self, finding: &Finding) {
        let worded = self.words.finding(finding);
        let remarks = self.remarks(finding);
        if remarks.iter().all(|r| self.can_draw(r.at)) {
            self.draw(finding, &worded.headline, &remarks);
        } else {
            self.list(finding, &worded.headline, &remarks);
        }
        self.note("why", worded.why);
        self.note("fix", worded.help);
        for fix in &finding.fixes {
            let safety = match fix.safety {
                FixSafety::Safe => "safe",
                FixSafety::Unsafe => "unsafe",
            };
            let args = vec![
                ("safety", SmolStr::new(self.words.own(safety, &Vec::new()))),
                (
                    "what",
                    SmolStr::new(self.words.slot(finding.rule, fix.slot, &fix.args)),
                ),
            ];
            let offer = self.words.own("offer", &args);
            self.note("", Some(offer));
        }
        self.note("see", Some(self.references(finding)));
        let args = vec![
            ("confidence", SmolStr::new(finding.confidence.as_str())),
            ("function", SmolStr::new(clean(&finding.function))),
        ];
        self.note("", Some(self.words.own("sure", &args)));
        self.out.push('\n');
    }

    /// The steps of the path, numbered, and the labels. The primary place is remarked upon once.
    fn remarks(&self, finding: &Finding) -> Vec<Remark> {
        let mut remarks: Vec<Remark> = Vec::new();
        for (i, step) in finding.path.iter().enumerate() {
            let text = self.words.slot(finding.rule, step.slot, &step.args);
            remarks.push(Remark {
                at: step.location,
                text: format!("{}. {text}", i + 1),
                is_primary: step.location == finding.primary,
            });
        }
        for label in &finding.labels {
            remarks.push(Remark {
                at: label.location,
                text: self.words.slot(finding.rule, label.slot, &label.args),
                is_primary: label.location == finding.primary,
            });
        }
        if !remarks.iter().any(|r| r.is_primary) {
            let primary = Remark {
                at: finding.primary,
                text: self.words.own("here", &Vec::new()),
                is_primary: true,
            };
            remarks.insert(0, primary);
        }
        remarks
    }

    fn can_draw(&self, at: Location) -> bool {
        let index = self.places.index(at.file);
        let line = index.line_span(index.line_of(at.span.start), self.places.text(at.file));
        line.len() <= MAX_DRAWN_LINE
    }

    /// The head line, then the source with the remarks. The drawing's own head line is left out:
    /// its colour and words are not ours to choose.
    fn draw(&mut self, finding: &Finding, headline: &str, remarks: &[Remark]) {
        self.head(finding, headline);
        if remarks
            .first()
            .is_some_and(|r| r.at.file != finding.primary.file)
        {
            let _ = writeln!(self.out, "  {}", self.shown(finding.primary));
        }
        let strong = color_of(finding.severity);
        let kind = ReportKind::Custom("", strong);
        let mut report = ariadne::Report::build(kind, self.spot(finding.primary))
            .with_config(Config::new().with_color(self.color));
        for (order, remark) in (0..).zip(remarks) {
            let color = if remark.is_primary {
                strong
            } else {
                Color::Cyan
            };
            let label = Label::new(self.spot(remark.at))
                .with_message(&remark.text)
                .with_color(color)
                .with_order(order)
                .with_priority(i32::from(remark.is_primary));
            report = report.with_label(label);
        }
        let mut bytes = Vec::new();
        // Writing to memory does not fail.
        let _ = report.finish().write(&mut self.drawn, &mut bytes);
        let drawn = String::from_utf8_lossy(&bytes);
        let body = drawn.split_once('\n').map_or("", |(_, body)| body);
        for line in body.lines() {
            self.out.push_str(line.trim_end());
            self.out.push('\n');
        }
    }

    fn head(&mut self, finding: &Finding, headline: &str) {
        let severity = self.words.severity(finding.severity);
        let head = format!("{severity}[{}]:", finding.rule);
        let head = if self.color {
            format!("{}", head.fg(color_of(finding.severity)))
        } else {
            head
        };
        let _ = writeln!(self.out, "{head} {headline}");
    }

    /// The first line of a place, counted in characters as the drawing does.
    fn spot(&self, at: Location) -> Spot {
        let text = self.places.text(at.file);
        let span = self.places.first_line(at);
        let before = Span::new(0, span.start).of(text).chars().count();
        let within = span.of(text).chars().count();
        Spot {
            file: at.file,
            range: before..before + within,
        }
    }

    /// The same without source lines.
    fn list(&mut self, finding: &Finding, headline: &str, remarks: &[Remark]) {
        self.head(finding, headline);
        for remark in remarks {
            let place = self.shown(remark.at);
            let _ = writeln!(self.out, "  {place}: {}", remark.text);
        }
    }

    /// A place in the form that terminals make a link of.
    fn shown(&self, at: Location) -> String {
        let start = self.places.start(at, PositionEncoding::Utf32);
        let path = clean(self.places.path(at.file));
        let prefix = self.report.shown_prefix;
        format!("{prefix}{path}:{}:{}", start.line, start.column)
    }

    /// A line below the source: a word of the report and a sentence.
    fn note(&mut self, word: &str, sentence: Option<String>) {
        let Some(sentence) = sentence.filter(|s| !s.is_empty()) else {
            return;
        };
        let word = if word.is_empty() {
            String::new()
        } else {
            format!("{}:", self.words.own(word, &Vec::new()))
        };
        // A Chinese character is two columns wide.
        let width: usize = word.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
        let pad = " ".repeat(6usize.saturating_sub(width));
        let word = self.strong(&word);
        let _ = writeln!(self.out, "  {word}{pad}{sentence}");
    }

    fn strong(&self, word: &str) -> String {
        if self.color && !word.is_empty() {
            format!("\u{1b}[1m{word}\u{1b}[0m")
        } else {
            word.to_owned()
        }
    }

    fn references(&self, finding: &Finding) -> String {
        let rule = self.report.rules.iter().find(|r| r.id == finding.rule);
        let mut all = rule.map_or_else(Vec::new, |r| identifiers(&r.references));
        all.push(format!("pactward explain {}", finding.rule));
        all.join(" · ")
    }

    fn summary(&mut self) {
        let report = self.report;
        let files = SmolStr::new(report.checked_files.to_string());
        let allowed = match report.allowed.len() {
            0 => String::new(),
            n => self.words.own("allowed", &count(n)),
        };
        let mut args: Args = vec![("files", files), ("allowed", SmolStr::new(allowed))];
        let slot = match report.findings.len() {
            0 => "none",
            n => {
                args.extend(count(n));
                args.push(("each", SmolStr::new(self.by_severity())));
                if n == 1 { "total-one" } else { "total" }
            }
        };
        let line = self.words.own(slot, &args);
        let _ = writeln!(self.out, "{}", self.strong(&line));
    }

    /// How many findings of each severity, worst first.
    fn by_severity(&self) -> String {
        let each = Severity::ALL.iter().rev().filter_map(|severity| {
            let found = self.report.findings.iter();
            let n = found.filter(|f| f.severity == *severity).count();
            let mut args = count(n);
            args.push(("severity", SmolStr::new(self.words.severity(*severity))));
            (n > 0).then(|| self.words.own("each", &args))
        });
        let each: Vec<_> = each.collect();
        each.join(&self.words.own("between", &Vec::new()))
    }
}

fn count(n: usize) -> Args {
    vec![("count", SmolStr::new(n.to_string()))]
}

fn color_of(severity: Severity) -> Color {
    match severity {
        Severity::Critical => Color::Magenta,
        Severity::High => Color::Red,
        Severity::Medium => Color::Yellow,
        Severity::Low => Color::Blue,
        Severity::Info => Color::Cyan,
    }
}

/// Identifiers of a weakness as people write them.
pub(crate) fn identifiers(references: &References) -> Vec<String> {
    let swc = references.swc.iter().map(|n| format!("SWC-{n}"));
    let cwe = references.cwe.iter().map(|n| format!("CWE-{n}"));
    let scwe = references.scwe.iter().map(|n| format!("SCWE-{n:03}"));
    swc.chain(cwe).chain(scwe).collect()
}

/// A range of characters in a file.
#[derive(Debug, Clone, PartialEq)]
struct Spot {
    file: FileId,
    range: Range<usize>,
}

impl ariadne::Span for Spot {
    type SourceId = FileId;

    fn source(&self) -> &FileId {
        &self.file
    }

    fn start(&self) -> usize {
        self.range.start
    }

    fn end(&self) -> usize {
        self.range.end
    }
}

/// Sources in the form that is drawn, made once for each file.
struct Drawn<'a> {
    report: &'a Report<'a>,
    sources: BTreeMap<FileId, Source<String>>,
}

impl Cache<FileId> for &mut Drawn<'_> {
    type Storage = String;

    fn fetch(&mut self, id: &FileId) -> Result<&Source<String>, impl std::fmt::Debug> {
        let source = match self.sources.entry(*id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let text = &self.report.workspace.file(*id).text;
                new.insert(Source::from(drawable(text)))
            }
        };
        Ok::<_, std::convert::Infallible>(&*source)
    }

    fn display<'d>(&self, id: &'d FileId) -> Option<impl Display + 'd> {
        let path = clean(&self.report.workspace.file(*id).path);
        Some(format!("{}{path}", self.report.shown_prefix))
    }
}

/// The text with the same characters and lines, but without characters that steer a terminal or
/// that the drawing would take for line ends.
fn drawable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => c,
            '\r' => ' ',
            c if steers(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}
