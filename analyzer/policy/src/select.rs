//! Names of rules and groups of rules.

use std::collections::BTreeSet;

use pactward_base::RuleMeta;

use crate::did_you_mean;

/// What a name in `select`, `ignore`, `severity` or a suppression stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Selector {
    All,
    Category(&'static str),
    Rule(&'static str),
}

impl Selector {
    /// The meaning of a name; the error is the known name that was probably meant.
    pub fn parse(name: &str, rules: &[&'static RuleMeta]) -> Result<Self, Option<&'static str>> {
        if name == "all" {
            return Ok(Self::All);
        }
        if let Some(rule) = rules.iter().find(|r| r.id == name) {
            return Ok(Self::Rule(rule.id));
        }
        if let Some(rule) = rules.iter().find(|r| r.category == name) {
            return Ok(Self::Category(rule.category));
        }
        let categories: BTreeSet<_> = rules.iter().map(|r| r.category).collect();
        let known = rules.iter().map(|r| r.id).chain(categories);
        Err(did_you_mean(name, known))
    }

    pub fn covers(self, rule: &RuleMeta) -> bool {
        match self {
            Self::All => true,
            Self::Category(category) => rule.category == category,
            Self::Rule(id) => rule.id == id,
        }
    }
}

/// The most exact selector that covers a rule.
pub(crate) fn closest(selectors: &[Selector], rule: &RuleMeta) -> Option<Selector> {
    selectors.iter().copied().filter(|s| s.covers(rule)).max()
}
