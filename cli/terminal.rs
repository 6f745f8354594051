//! What is written to standard error, and when with colours.

use std::io::{IsTerminal, Write};

use crate::args::ColorChoice;
use crate::failure::Failure;
use crate::say::Say;

/// Standard error of a run. What cannot be written there is dropped: there is no one to tell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    pub(crate) say: Say,
    pub(crate) is_quiet: bool,
    color: ColorChoice,
}

/// Kinds of messages, by their colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Error,
    Warning,
    Note,
    Help,
}

impl Terminal {
    pub(crate) fn new(say: Say, color: ColorChoice, is_quiet: bool) -> Self {
        Self {
            say,
            is_quiet,
            color,
        }
    }

    /// Whether a stream gets colours: as asked for, else if it is a terminal and `NO_COLOR` is not
    /// set.
    pub(crate) fn colors(self, is_terminal: bool) -> bool {
        let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
        match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                is_terminal
                    && !set("NO_COLOR")
                    && std::env::var_os("TERM").is_none_or(|t| t != "dumb")
            }
        }
    }

    /// Whether something that moves may be shown.
    pub(crate) fn animates(self) -> bool {
        !self.is_quiet
            && std::io::stderr().is_terminal()
            && std::env::var_os("TERM").is_none_or(|t| t != "dumb")
    }

    pub(crate) fn fail(self, failure: &Failure) {
        self.tell(Tone::Error, &failure.message);
        for help in &failure.helps {
            self.tell(Tone::Help, help);
        }
    }

    /// A message that `--quiet` silences.
    pub(crate) fn mention(self, tone: Tone, message: &str) {
        if !self.is_quiet {
            self.tell(tone, message);
        }
    }

    /// A line without a label that `--quiet` silences.
    pub(crate) fn remark(self, line: &str) {
        if !self.is_quiet {
            let _ = writeln!(std::io::stderr().lock(), "{}", visible(line));
        }
    }

    fn tell(self, tone: Tone, message: &str) {
        let (slot, code, indent) = match tone {
            Tone::Error => ("error", "1;31", ""),
            Tone::Warning => ("warning", "1;33", ""),
            Tone::Note => ("note", "1;36", ""),
            Tone::Help => ("help", "1;32", "  "),
        };
        let label = self.say.plain(slot);
        let message = visible(message);
        let mut stderr = std::io::stderr().lock();
        let _ = if self.colors(std::io::stderr().is_terminal()) {
            writeln!(stderr, "{indent}\x1b[{code}m{label}:\x1b[0m {message}")
        } else {
            writeln!(stderr, "{indent}{label}: {message}")
        };
    }
}

/// Text from files and paths without what would steer a terminal.
pub(crate) fn visible(text: &str) -> String {
    let is_unsafe = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !text.contains(is_unsafe) {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unsafe(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(visible("a\u{1b}[31mb\n"), "a\\u{1b}[31mb\n");
        assert_eq!(visible("守约"), "守约");
    }
}
