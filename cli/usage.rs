//! What is said about a command line that cannot be understood.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};

use crate::failure::Failure;
use crate::say::Say;

/// The error in the words of the catalogue.
pub(crate) fn failure(error: &Error, command: &Command, say: Say) -> Failure {
    let get = |kind| error.get(kind).map(shown).unwrap_or_default();
    let what = get(ContextKind::InvalidArg);
    let message = match error.kind() {
        ErrorKind::UnknownArgument if what.starts_with('-') => {
            say.text("unknown-option", &[("what", &what)])
        }
        ErrorKind::UnknownArgument => say.text("unexpected-argument", &[("what", &what)]),
        ErrorKind::InvalidSubcommand => say.text(
            "unknown-command",
            &[("what", &get(ContextKind::InvalidSubcommand))],
        ),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = get(ContextKind::InvalidValue);
            if value.is_empty() {
                say.text("missing-value", &[("what", &what)])
            } else {
                say.text("invalid-value", &[("value", &value), ("what", &what)])
            }
        }
        ErrorKind::NoEquals | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            say.text("missing-value", &[("what", &what)])
        }
        ErrorKind::MissingRequiredArgument => say.text("missing-argument", &[("what", &what)]),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            say.plain("missing-command")
        }
        ErrorKind::ArgumentConflict => {
            let other = get(ContextKind::PriorArg);
            say.text("conflict", &[("what", &what), ("other", &other)])
        }
        _ => first_line(error),
    };
    let mut failure = Failure::new(message);
    let suggested = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ];
    if let Some(meant) = suggested.into_iter().map(get).find(|m| !m.is_empty()) {
        failure = failure.help(say.text("did-you-mean", &[("what", &meant)]));
    }
    let values = match get(ContextKind::ValidValue) {
        values if values.is_empty() => get(ContextKind::ValidSubcommand),
        values => values,
    };
    if !values.is_empty() {
        failure = failure.help(say.text("possible-values", &[("values", &values)]));
    }
    failure.help(say.text("usage-hint", &[("command", command.get_name())]))
}

fn shown(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        ContextValue::StyledStr(text) => text.to_string(),
        ContextValue::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

fn first_line(error: &Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}
