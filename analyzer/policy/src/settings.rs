//! The settings of one run: configuration and options, merged and checked against the rules.

use pactward_base::{Confidence, FileRole, RuleMeta, RuleStatus, Severity};

use crate::config::Written;
use crate::problem::Phrase;
use crate::select::closest;
use crate::{Config, ConfigProblem, FailOn, Globs, Scope, Selector};

/// What the command line or the editor asks for. It wins over the configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// Replaces the configured selection.
    pub select: Option<Vec<String>>,
    /// Added to what the configuration ignores.
    pub ignore: Vec<String>,
    pub preview: bool,
    pub fail_on: Option<FailOn>,
    pub min_confidence: Option<Confidence>,
    pub include_tests: bool,
    pub include_dependencies: bool,
}

/// Settings that [`crate::apply`] goes by.
#[derive(Debug, Clone)]
pub struct Settings {
    rules: Vec<&'static RuleMeta>,
    select: Vec<Selector>,
    ignore: Vec<Selector>,
    severity: Vec<(Selector, Severity)>,
    overrides: Vec<PathSettings>,
    exclude: Globs,
    scope: Scope,
    min_confidence: Confidence,
    preview: bool,
    pub fail_on: FailOn,
    pub include_tests: bool,
    pub include_dependencies: bool,
}

#[derive(Debug, Clone)]
struct PathSettings {
    paths: Globs,
    ignore: Vec<Selector>,
    severity: Vec<(Selector, Severity)>,
    min_confidence: Option<Confidence>,
}

impl Settings {
    /// Merges configuration and options. `scope` says how workspace paths relate to the
    /// directory of the configuration file. A name that is no rule, category or `all` is told.
    pub fn new(
        config: &Config,
        options: &Options,
        rules: &[&'static RuleMeta],
        scope: Scope,
    ) -> Result<Self, Vec<ConfigProblem>> {
        let mut names = Names {
            file: &config.file,
            rules,
            problems: Vec::new(),
        };
        let select = match (&options.select, &config.select) {
            (Some(chosen), _) => names.options("--select", chosen),
            (None, Some(written)) => names.all(written),
            (None, None) => vec![Selector::All],
        };
        let mut ignore = names.all(&config.ignore);
        ignore.extend(names.options("--ignore", &options.ignore));
        let severity = names.severities(&config.severity);
        let overrides = config
            .overrides
            .iter()
            .map(|o| PathSettings {
                paths: o.paths.clone(),
                ignore: names.all(&o.ignore),
                severity: names.severities(&o.severity),
                min_confidence: o.min_confidence,
            })
            .collect();
        if !names.problems.is_empty() {
            return Err(names.problems);
        }
        Ok(Self {
            rules: rules.to_vec(),
            select,
            ignore,
            severity,
            overrides,
            exclude: config.exclude.clone(),
            scope,
            min_confidence: options
                .min_confidence
                .or(config.min_confidence)
                .unwrap_or(Confidence::Low),
            preview: options.preview || config.preview.unwrap_or(false),
            fail_on: options.fail_on.or(config.fail_on).unwrap_or_default(),
            include_tests: options.include_tests || config.include_tests.unwrap_or(false),
            include_dependencies: options.include_dependencies
                || config.include_dependencies.unwrap_or(false),
        })
    }

    /// Every rule there is, enabled or not.
    pub fn rules(&self) -> &[&'static RuleMeta] {
        &self.rules
    }

    pub fn rule(&self, id: &str) -> Option<&'static RuleMeta> {
        self.rules.iter().copied().find(|r| r.id == id)
    }

    /// Whether a rule runs at all. Of `select` and `ignore` the more exact one wins, and `ignore`
    /// wins a tie. A preview rule runs when previews are asked for or when it is selected by its
    /// own name.
    pub fn enabled(&self, rule: &RuleMeta) -> bool {
        let Some(selected) = closest(&self.select, rule) else {
            return false;
        };
        let previewed = rule.status == RuleStatus::Stable
            || self.preview
            || matches!(selected, Selector::Rule(_));
        previewed && closest(&self.ignore, rule).is_none_or(|ignored| selected > ignored)
    }

    /// Whether findings in files of this role are reported.
    pub fn reports(&self, role: FileRole) -> bool {
        match role {
            FileRole::Source => true,
            FileRole::Test => self.include_tests,
            FileRole::Dependency => self.include_dependencies,
        }
    }

    /// Whether the configuration excludes a workspace path.
    pub fn excluded(&self, path: &str) -> bool {
        !self.exclude.is_empty()
            && self
                .scope
                .relative(path)
                .is_some_and(|p| self.exclude.matches(&p))
    }

    /// Whether a rule reports in a file.
    pub fn enabled_at(&self, rule: &RuleMeta, path: &str) -> bool {
        self.enabled(rule)
            && !self
                .overrides_at(path)
                .any(|o| closest(&o.ignore, rule).is_some())
    }

    /// The severity of a finding after overrides. Setting a rule's severity replaces the rule's
    /// own; findings that the rule itself rates milder stay at most that.
    pub fn severity_at(&self, rule: &RuleMeta, path: &str, found: Severity) -> Severity {
        let set = self
            .overrides_at(path)
            .filter_map(|o| severity_of(&o.severity, rule))
            .last()
            .or_else(|| severity_of(&self.severity, rule));
        match set {
            Some(set) if found >= rule.severity => set,
            Some(set) => found.min(set),
            None => found,
        }
    }

    /// The least confidence that is reported in a file.
    pub fn min_confidence_at(&self, path: &str) -> Confidence {
        self.overrides_at(path)
            .filter_map(|o| o.min_confidence)
            .last()
            .unwrap_or(self.min_confidence)
    }

    fn overrides_at(&self, path: &str) -> impl Iterator<Item = &PathSettings> {
        let relative = self.scope.relative(path);
        self.overrides
            .iter()
            .filter(move |o| relative.as_deref().is_some_and(|p| o.paths.matches(p)))
    }
}

/// The severity set by the most exact selector; of equals the last one written.
fn severity_of(set: &[(Selector, Severity)], rule: &RuleMeta) -> Option<Severity> {
    set.iter()
        .filter(|(selector, _)| selector.covers(rule))
        .max_by_key(|(selector, _)| *selector)
        .map(|(_, severity)| *severity)
}

/// Resolves names and collects those that are unknown.
struct Names<'a> {
    file: &'a str,
    rules: &'a [&'static RuleMeta],
    problems: Vec<ConfigProblem>,
}

impl Names<'_> {
    fn all(&mut self, written: &[Written]) -> Vec<Selector> {
        written.iter().filter_map(|w| self.one(w)).collect()
    }

    fn severities(&mut self, written: &[(Written, Severity)]) -> Vec<(Selector, Severity)> {
        written
            .iter()
            .filter_map(|(w, severity)| Some((self.one(w)?, *severity)))
            .collect()
    }

    fn one(&mut self, written: &Written) -> Option<Selector> {
        let file = self.file.to_owned();
        self.resolve(&written.name, file, Some(written.place))
    }

    fn options(&mut self, option: &str, names: &[String]) -> Vec<Selector> {
        names
            .iter()
            .filter_map(|name| self.resolve(name, option.to_owned(), None))
            .collect()
    }

    fn resolve(
        &mut self,
        name: &str,
        origin: String,
        place: Option<(u32, u32)>,
    ) -> Option<Selector> {
        match Selector::parse(name, self.rules) {
            Ok(selector) => Some(selector),
            Err(meant) => {
                let help = match meant {
                    Some(meant) => Phrase::new("did-you-mean", &[("what", meant)]),
                    None => Phrase::new("rules-listed", &[]),
                };
                self.problems.push(ConfigProblem {
                    origin,
                    place,
                    message: Phrase::new("unknown-rule", &[("name", name)]),
                    help: Some(help),
                });
                None
            }
        }
    }
}
