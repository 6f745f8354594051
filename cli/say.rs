//! The words of the command line in the locale of the run.

use std::sync::OnceLock;

use pactward_base::{Catalogue, Locale, SmolStr};

/// Renders slots of `messages.toml`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Say {
    pub(crate) locale: Locale,
}

fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    // A test reads the catalogue; a slot that it lacked would be shown by its name.
    CATALOGUE.get_or_init(|| Catalogue::parse(include_str!("messages.toml")).unwrap_or_default())
}

impl Say {
    pub(crate) fn new(locale: Locale) -> Self {
        Self { locale }
    }

    /// The text of a slot with its arguments.
    pub(crate) fn text(self, slot: &str, args: &[(&'static str, &str)]) -> String {
        let args = args.iter().map(|(n, v)| (*n, SmolStr::new(v))).collect();
        catalogue().render(slot, &args, self.locale)
    }

    /// The text of a slot without arguments.
    pub(crate) fn plain(self, slot: &str) -> String {
        self.text(slot, &[])
    }

    pub(crate) fn has(slot: &str) -> bool {
        catalogue().has(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_readable() {
        assert!(Catalogue::parse(include_str!("messages.toml")).is_ok());
    }
}
