//! From TOML to [`Config`], with a place and a remedy for every mistake.

use std::str::FromStr;

use pactward_base::{Confidence, LineIndex, PositionEncoding, Severity};
use toml::de::{DeTable, DeValue};

use crate::config::Written;
use crate::problem::Phrase;
use crate::{Config, ConfigProblem, FailOn, Globs, Override, did_you_mean};

type Key<'i> = toml::Spanned<std::borrow::Cow<'i, str>>;
type Value<'i> = toml::Spanned<DeValue<'i>>;

const TOP_KEYS: &[&str] = &[
    "select",
    "ignore",
    "preview",
    "fail-on",
    "min-confidence",
    "severity",
    "exclude",
    "include-tests",
    "include-dependencies",
    "overrides",
];

const OVERRIDE_KEYS: &[&str] = &["paths", "ignore", "severity", "min-confidence"];

pub(crate) fn config(file: &str, text: &str) -> Result<Config, Vec<ConfigProblem>> {
    let table = DeTable::parse(text).map_err(|e| {
        let offset = e.span().map_or(0, |s| s.start);
        let message = Phrase::new("no-toml", &[("what", e.message().trim())]);
        vec![ConfigProblem::at(file, text, offset, message)]
    })?;
    let mut reader = Reader::new(file, text);
    let config = reader.top(table.get_ref());
    if reader.problems.is_empty() {
        Ok(config)
    } else {
        // Tables iterate by key; a person reads the file from the top.
        reader.problems.sort_by_key(|p| p.place);
        Err(reader.problems)
    }
}

/// Collects problems while values are read; a bad value reads as absent.
struct Reader<'t> {
    file: &'t str,
    text: &'t str,
    lines: LineIndex,
    problems: Vec<ConfigProblem>,
}

impl<'t> Reader<'t> {
    fn new(file: &'t str, text: &'t str) -> Self {
        Self {
            file,
            text,
            lines: LineIndex::new(text),
            problems: Vec::new(),
        }
    }

    fn top(&mut self, table: &DeTable<'_>) -> Config {
        let mut config = Config {
            file: self.file.to_owned(),
            ..Config::default()
        };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "select" => config.select = self.names(key, value),
                "ignore" => config.ignore = self.names(key, value).unwrap_or_default(),
                "preview" => config.preview = self.boolean(key, value),
                "fail-on" => config.fail_on = self.word(key, value, FailOn::WORDS),
                "min-confidence" => config.min_confidence = self.word(key, value, &confidences()),
                "severity" => config.severity = self.severities(key, value),
                "exclude" => config.exclude = self.globs(key, value),
                "include-tests" => config.include_tests = self.boolean(key, value),
                "include-dependencies" => {
                    config.include_dependencies = self.boolean(key, value);
                }
                "overrides" => config.overrides = self.overrides(key, value),
                _ => self.unknown_key(key, TOP_KEYS, "unknown-key"),
            }
        }
        config
    }

    fn overrides(&mut self, key: &Key<'_>, value: &Value<'_>) -> Vec<Override> {
        let DeValue::Array(items) = value.get_ref() else {
            let help = Phrase::new("write-overrides", &[]);
            self.wrong_type(key, value, "not-a-list-of-tables", help);
            return Vec::new();
        };
        let mut all = Vec::new();
        for item in items {
            if let DeValue::Table(table) = item.get_ref() {
                all.push(self.one_override(item, table));
            } else {
                let help = Phrase::new("write-override", &[]);
                self.wrong_type(key, item, "not-a-table", help);
            }
        }
        all
    }

    fn one_override(&mut self, whole: &Value<'_>, table: &DeTable<'_>) -> Override {
        let mut found = Override::default();
        let mut has_paths = false;
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "paths" => {
                    has_paths = true;
                    found.paths = self.globs(key, value);
                }
                "ignore" => found.ignore = self.names(key, value).unwrap_or_default(),
                "severity" => found.severity = self.severities(key, value),
                "min-confidence" => found.min_confidence = self.word(key, value, &confidences()),
                _ => self.unknown_key(key, OVERRIDE_KEYS, "unknown-override-key"),
            }
        }
        if !has_paths {
            let message = Phrase::new("no-paths", &[]);
            let help = Phrase::new("write-paths", &[]);
            self.problem(whole.span().start, message, help);
        }
        found
    }

    fn severities(&mut self, key: &Key<'_>, value: &Value<'_>) -> Vec<(Written, Severity)> {
        let DeValue::Table(table) = value.get_ref() else {
            let help = Phrase::new("write-severity", &[]);
            self.wrong_type(key, value, "not-a-table", help);
            return Vec::new();
        };
        let mut all = Vec::new();
        for (rule, level) in table {
            if let Some(severity) = self.word(rule, level, &severities()) {
                let written = self.written(rule.get_ref(), rule.span().start);
                all.push((written, severity));
            }
        }
        all
    }

    fn globs(&mut self, key: &Key<'_>, value: &Value<'_>) -> Globs {
        let written = self.strings(key, value).unwrap_or_default();
        let patterns = written.iter().map(|(text, _)| text.clone()).collect();
        match Globs::new(patterns) {
            Ok(globs) => globs,
            Err((i, what)) => {
                let (pattern, offset) = &written[i];
                let args = [("pattern", pattern.as_str()), ("what", &what)];
                let message = Phrase::new("no-pattern", &args);
                let help = Phrase::new("write-bracket", &[]);
                self.problem(*offset, message, help);
                Globs::default()
            }
        }
    }

    fn names(&mut self, key: &Key<'_>, value: &Value<'_>) -> Option<Vec<Written>> {
        let strings = self.strings(key, value)?;
        Some(
            strings
                .iter()
                .map(|(text, offset)| self.written(text, *offset))
                .collect(),
        )
    }

    /// A list of strings with their offsets.
    fn strings(&mut self, key: &Key<'_>, value: &Value<'_>) -> Option<Vec<(String, usize)>> {
        let DeValue::Array(items) = value.get_ref() else {
            let help = Phrase::new("write-list", &[("key", key.get_ref())]);
            self.wrong_type(key, value, "not-a-list-of-strings", help);
            return None;
        };
        let mut strings = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::String(text) => strings.push((text.to_string(), item.span().start)),
                _ => self.wrong_type(key, item, "not-a-string", quotes()),
            }
        }
        Some(strings)
    }

    fn boolean(&mut self, key: &Key<'_>, value: &Value<'_>) -> Option<bool> {
        let found = value.get_ref().as_bool();
        if found.is_none() {
            let help = Phrase::new("write-no-quotes", &[]);
            self.wrong_type(key, value, "not-a-boolean", help);
        }
        found
    }

    /// One word of a closed set.
    fn word<T: FromStr>(&mut self, key: &Key<'_>, value: &Value<'_>, words: &[&str]) -> Option<T> {
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(key, value, "not-a-string", quotes());
            return None;
        };
        let word = text.parse().ok();
        if word.is_none() {
            let args = [
                ("key", &**key.get_ref()),
                ("value", &**text),
                ("words", &words.join(", ")),
            ];
            let message = Phrase::new("no-such-word", &args);
            self.problem(value.span().start, message, None);
        }
        word
    }

    fn unknown_key(&mut self, key: &Key<'_>, known: &[&str], slot: &'static str) {
        let name = key.get_ref();
        let help = match did_you_mean(name, known.iter().copied()) {
            Some(meant) => Phrase::new("did-you-mean", &[("what", meant)]),
            None => Phrase::new("known-keys", &[("keys", &known.join(", "))]),
        };
        let message = Phrase::new(slot, &[("key", name)]);
        self.problem(key.span().start, message, help);
    }

    fn wrong_type(&mut self, key: &Key<'_>, value: &Value<'_>, slot: &'static str, help: Phrase) {
        let found = value.get_ref().type_str();
        let message = Phrase::new(slot, &[("key", key.get_ref()), ("found", found)]);
        self.problem(value.span().start, message, help);
    }

    fn problem(&mut self, offset: usize, message: Phrase, help: impl Into<Option<Phrase>>) {
        let problem = ConfigProblem::at(self.file, self.text, offset, message).help(help);
        self.problems.push(problem);
    }

    fn written(&self, name: &str, offset: usize) -> Written {
        let at = self
            .lines
            .position(self.text, offset as u32, PositionEncoding::Utf32);
        Written {
            name: name.to_owned(),
            place: (at.line + 1, at.column + 1),
        }
    }
}

fn quotes() -> Phrase {
    Phrase::new("write-quotes", &[])
}

fn confidences() -> Vec<&'static str> {
    Confidence::ALL.iter().map(|c| c.as_str()).collect()
}

fn severities() -> Vec<&'static str> {
    Severity::ALL.iter().map(|s| s.as_str()).collect()
}
