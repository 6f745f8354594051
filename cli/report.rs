//! Renders results in the form that is asked for.

use pactward_base::{Args, Catalogue, Locale};

use crate::rules::metas;

/// The text of a rule's message slot.
pub(crate) fn wording(rule: &str, slot: &str, args: &Args, locale: Locale) -> String {
    let rules = metas();
    let meta = rules.iter().find(|meta| meta.id == rule);
    let catalogue = meta.and_then(|meta| Catalogue::parse(meta.messages).ok());
    catalogue.unwrap_or_default().render(slot, args, locale)
}
