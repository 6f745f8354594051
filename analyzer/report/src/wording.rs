//! From ids and arguments to sentences.
//!
//! A finding names the slot of its headline in the rule's catalogue. Why it is bad and how to mend
//! it are the slots `<headline>-why` and `<headline>-help`; a rule that says the same for all its
//! headlines has just `why` and `help`. All of them are filled with the finding's arguments.
//!
//! An argument that is no name from the code but a phrase names a term, as in `{term-caller}`: terms
//! are worded here, in every locale.

use std::collections::BTreeMap;

use pactward_base::{Args, Catalogue, Finding, Locale, RuleMeta, Severity, fill_template};

/// Phrases that arguments may consist of.
const TERMS: &[&str] = &["term-caller", "term-input", "term-other"];

/// Every text that a report needs, in one locale.
pub struct Words {
    locale: Locale,
    rules: BTreeMap<&'static str, Catalogue>,
    own: Catalogue,
    terms: Args,
}

/// The three parts of a finding's wording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worded {
    pub headline: String,
    pub why: Option<String>,
    pub help: Option<String>,
}

impl Words {
    pub fn new(rules: &[&'static RuleMeta], locale: Locale) -> Self {
        // A catalogue that does not parse shows as bare slot names; the rule's own tests tell it.
        let rules = rules
            .iter()
            .map(|rule| (rule.id, Catalogue::parse(rule.messages).unwrap_or_default()))
            .collect();
        let own = Catalogue::parse(include_str!("messages.toml")).unwrap_or_default();
        let term = |name: &&'static str| (*name, own.render(name, &Vec::new(), locale).into());
        let terms = TERMS.iter().map(term).collect();
        Self {
            locale,
            rules,
            own,
            terms,
        }
    }

    /// What, why and how to mend.
    pub fn finding(&self, finding: &Finding) -> Worded {
        let part = |name: &str| {
            let catalogue = self.rules.get(finding.rule)?;
            let slots = [format!("{}-{name}", finding.slot), name.to_owned()];
            let slot = slots.iter().find(|s| catalogue.has(s))?;
            Some(self.slot(finding.rule, slot, &finding.args))
        };
        Worded {
            headline: self.slot(finding.rule, finding.slot, &finding.args),
            why: part("why"),
            help: part("help"),
        }
    }

    /// A slot of a rule's catalogue, such as that of a step.
    pub fn slot(&self, rule: &str, slot: &str, args: &Args) -> String {
        match self.rules.get(rule) {
            Some(catalogue) => {
                let text = catalogue.render(slot, args, self.locale);
                clean(&fill_template(&text, &self.terms))
            }
            None => slot.to_owned(),
        }
    }

    /// A text of the report itself.
    pub(crate) fn own(&self, slot: &str, args: &Args) -> String {
        self.own.render(slot, args, self.locale)
    }

    pub(crate) fn severity(&self, severity: Severity) -> String {
        self.own(severity.as_str(), &Vec::new())
    }
}

/// Text without characters that would steer a terminal, so that a name in analysed code cannot.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => ' ',
            c if steers(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// Control characters and those that reorder text.
pub(crate) fn steers(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{061c}'
        )
        || ('\u{202a}'..='\u{202e}').contains(&c)
        || ('\u{2066}'..='\u{2069}').contains(&c)
}
