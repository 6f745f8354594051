//! Wording: a finding names slots and arguments; a catalogue holds the text of each slot in
//! every locale.

use std::collections::BTreeMap;

use serde::Deserialize;
use smol_str::SmolStr;

use crate::Locale;

/// Named arguments of a message, in a fixed order so that equal findings are equal.
pub type Args = Vec<(&'static str, SmolStr)>;

/// The text of one slot in both locales; `{name}` stands for an argument.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    pub en: String,
    pub zh: String,
}

impl Wording {
    pub fn get(&self, locale: Locale) -> &str {
        match locale {
            Locale::En => &self.en,
            Locale::Zh => &self.zh,
        }
    }
}

/// All slots of one rule, parsed from its `messages.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalogue {
    slots: BTreeMap<String, Wording>,
}

/// Why a catalogue cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueError(pub String);

impl std::fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CatalogueError {}

impl Catalogue {
    /// Parses `[slot] en = "…" zh = "…"` tables. Both locales of a slot must use the same
    /// arguments.
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        let slots: BTreeMap<String, Wording> =
            toml::from_str(text).map_err(|e| CatalogueError(e.to_string()))?;
        for (slot, wording) in &slots {
            if placeholders(&wording.en) != placeholders(&wording.zh) {
                return Err(CatalogueError(format!(
                    "slot `{slot}`: en and zh use other arguments"
                )));
            }
        }
        Ok(Self { slots })
    }

    /// The filled text of a slot; the slot's name itself when the catalogue lacks it, so that a
    /// missing text is visible and never fatal.
    pub fn render(&self, slot: &str, args: &Args, locale: Locale) -> String {
        match self.slots.get(slot) {
            Some(wording) => fill_template(wording.get(locale), args),
            None => slot.to_owned(),
        }
    }

    pub fn has(&self, slot: &str) -> bool {
        self.slots.contains_key(slot)
    }
}

/// Replaces each `{name}` by its argument; an unknown name stays as it is.
pub fn fill_template(template: &str, args: &Args) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}') else {
            break;
        };
        let name = &rest[open + 1..open + close];
        out.push_str(&rest[..open]);
        match args.iter().find(|(n, _)| *n == name) {
            Some((_, value)) => out.push_str(value),
            None => out.push_str(&rest[open..=open + close]),
        }
        rest = &rest[open + close + 1..];
    }
    out.push_str(rest);
    out
}

/// Sorted names of the arguments that a template uses.
fn placeholders(template: &str) -> Vec<&str> {
    let mut names: Vec<_> = template
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}').map(|(name, _)| name))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled_and_checked() {
        let text = "[call]\nen = \"call to {target}\"\nzh = \"调用 {target}\"\n";
        let catalogue = Catalogue::parse(text).unwrap();
        let args = vec![("target", SmolStr::new("token"))];
        assert_eq!(catalogue.render("call", &args, Locale::Zh), "调用 token");
        assert_eq!(catalogue.render("none", &args, Locale::En), "none");
        assert_eq!(fill_template("{a} {", &args), "{a} {");
        let uneven = "[call]\nen = \"{a}\"\nzh = \"{b}\"\n";
        assert!(Catalogue::parse(uneven).is_err());
    }
}
