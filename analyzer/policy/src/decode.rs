//! From TOML to [`Config`], with a place and a remedy for every mistake.

use std::str::FromStr;

use pactward_base::{LineIndex, PositionEncoding};
use toml::de::{DeTable, DeValue};

use crate::config::Written;
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
        let message = format!("no valid TOML: {}", e.message().trim());
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
                "fail-on" => config.fail_on = self.word::<FailOn>(key, value),
                "min-confidence" => config.min_confidence = self.word(key, value),
                "severity" => config.severity = self.severities(key, value),
                "exclude" => config.exclude = self.globs(key, value),
                "include-tests" => config.include_tests = self.boolean(key, value),
                "include-dependencies" => {
                    config.include_dependencies = self.boolean(key, value);
                }
                "overrides" => config.overrides = self.overrides(key, value),
                _ => self.unknown_key(key, TOP_KEYS, ""),
            }
        }
        config
    }

    fn overrides(&mut self, key: &Key<'_>, value: &Value<'_>) -> Vec<Override> {
        let DeValue::Array(items) = value.get_ref() else {
            let help = "write one `[[overrides]]` table for each set of paths";
            self.wrong_type(key, value, "a list of tables", help);
            return Vec::new();
        };
        let mut all = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::Table(table) => all.push(self.one_override(item, table)),
                _ => self.wrong_type(key, item, "a table", "write `[[overrides]]`"),
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
                "min-confidence" => found.min_confidence = self.word(key, value),
                _ => self.unknown_key(key, OVERRIDE_KEYS, " of `[[overrides]]`"),
            }
        }
        if !has_paths {
            let message = "`[[overrides]]` does not say which files it is for".to_owned();
            let help = "add `paths = [\"legacy/**\"]`".to_owned();
            self.problem(whole.span().start, message, help);
        }
        found
    }

    fn severities(
        &mut self,
        key: &Key<'_>,
        value: &Value<'_>,
    ) -> Vec<(Written, pactward_base::Severity)> {
        let DeValue::Table(table) = value.get_ref() else {
            let help = "write `[severity]` and below it lines such as `state-after-call = \"low\"`";
            self.wrong_type(key, value, "a table", help);
            return Vec::new();
        };
        let mut all = Vec::new();
        for (rule, level) in table {
            if let Some(severity) = self.word(rule, level) {
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
                let message = format!("`{pattern}` is no path pattern: {what}");
                let help = "write `\\[` for a bracket that is part of a name".to_owned();
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
            let help = format!("write `{} = [\"…\"]`", key.get_ref());
            self.wrong_type(key, value, "a list of strings", &help);
            return None;
        };
        let mut strings = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::String(text) => strings.push((text.to_string(), item.span().start)),
                _ => self.wrong_type(key, item, "a string", "put it in quotes"),
            }
        }
        Some(strings)
    }

    fn boolean(&mut self, key: &Key<'_>, value: &Value<'_>) -> Option<bool> {
        let found = value.get_ref().as_bool();
        if found.is_none() {
            self.wrong_type(key, value, "`true` or `false`", "write it without quotes");
        }
        found
    }

    /// One word of a closed set.
    fn word<T: FromStr<Err = String>>(&mut self, key: &Key<'_>, value: &Value<'_>) -> Option<T> {
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(key, value, "a string", "put it in quotes");
            return None;
        };
        match text.parse() {
            Ok(word) => Some(word),
            Err(what) => {
                let message = format!("`{}`: {what}", key.get_ref());
                self.problem(value.span().start, message, None);
                None
            }
        }
    }

    fn unknown_key(&mut self, key: &Key<'_>, known: &[&str], of: &str) {
        let name = key.get_ref();
        let help = match did_you_mean(name, known.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("known keys: {}", known.join(", ")),
        };
        let message = format!("unknown key `{name}`{of}");
        self.problem(key.span().start, message, help);
    }

    fn wrong_type(&mut self, key: &Key<'_>, value: &Value<'_>, wanted: &str, help: &str) {
        let found = value.get_ref().type_str();
        let message = format!("`{}` must be {wanted}, not {found}", key.get_ref());
        self.problem(value.span().start, message, help.to_owned());
    }

    fn problem(&mut self, offset: usize, message: String, help: impl Into<Option<String>>) {
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
