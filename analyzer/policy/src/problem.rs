//! What is wrong with a configuration, where, and how to mend it.

use std::fmt;

use pactward_base::{LineIndex, PositionEncoding};

/// One mistake in a configuration file or on the command line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigProblem {
    /// The file as a person names it; empty for the command line.
    pub file: String,
    /// One-based line and column, where the mistake has a place.
    pub place: Option<(u32, u32)>,
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl ConfigProblem {
    /// A mistake at a byte offset of a file's text.
    pub(crate) fn at(file: &str, text: &str, offset: usize, message: String) -> Self {
        let at = LineIndex::new(text).position(text, offset as u32, PositionEncoding::Utf32);
        Self {
            file: file.to_owned(),
            place: Some((at.line + 1, at.column + 1)),
            message,
            help: None,
        }
    }

    /// A mistake on the command line.
    pub(crate) fn option(message: String) -> Self {
        Self {
            file: String::new(),
            place: None,
            message,
            help: None,
        }
    }

    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.file.is_empty() {
            write!(f, "{}:", self.file)?;
            if let Some((line, column)) = self.place {
                write!(f, "{line}:{column}:")?;
            }
            f.write_str(" ")?;
        }
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
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
