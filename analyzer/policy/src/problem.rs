//! What is wrong with a configuration, where, and how to mend it.

use std::fmt;
use std::sync::OnceLock;

use pactward_base::{Args, Catalogue, LineIndex, Locale, PositionEncoding, SmolStr};

/// A sentence before it is said in a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    slot: &'static str,
    args: Args,
}

impl Phrase {
    pub(crate) fn new(slot: &'static str, args: &[(&'static str, &str)]) -> Self {
        Self {
            slot,
            args: args.iter().map(|(n, v)| (*n, SmolStr::new(v))).collect(),
        }
    }

    pub fn text(&self, locale: Locale) -> String {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        // A test reads the catalogue; a slot that it lacked would be shown by its name.
        CATALOGUE
            .get_or_init(|| Catalogue::parse(include_str!("messages.toml")).unwrap_or_default())
            .render(self.slot, &self.args, locale)
    }
}

/// One mistake in a configuration file or on the command line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigProblem {
    /// The file as a person names it, or the option of the command line.
    pub origin: String,
    /// One-based line and column, where the mistake has a place.
    pub place: Option<(u32, u32)>,
    pub message: Phrase,
    /// What to write instead.
    pub help: Option<Phrase>,
}

impl ConfigProblem {
    /// A mistake at a byte offset of a file's text.
    pub(crate) fn at(file: &str, text: &str, offset: usize, message: Phrase) -> Self {
        let at = LineIndex::new(text).position(text, offset as u32, PositionEncoding::Utf32);
        Self {
            origin: file.to_owned(),
            place: Some((at.line + 1, at.column + 1)),
            message,
            help: None,
        }
    }

    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<Option<Phrase>>) -> Self {
        self.help = help.into();
        self
    }

    /// Where and what.
    pub fn text(&self, locale: Locale) -> String {
        let place = match self.place {
            Some((line, column)) => format!("{}:{line}:{column}", self.origin),
            None => self.origin.clone(),
        };
        format!("{place}: {}", self.message.text(locale))
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Locale::En))?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {}", help.text(Locale::En)),
            None => Ok(()),
        }
    }
}

/// The known word that an unknown one was probably meant to be.
pub fn did_you_mean<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    known
        .into_iter()
        .map(|k| (strsim::jaro_winkler(word, k), k))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, k)| k)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_readable() {
        assert!(Catalogue::parse(include_str!("messages.toml")).is_ok());
    }
}
