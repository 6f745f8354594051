//! The command line. Help and error texts come from the catalogue of messages.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, StyledStr, TypedValueParser as _};
use clap::{
    ArgAction, Args, Command, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum,
};
use pactward_base::{Confidence, Locale};
use pactward_policy::FailOn;

use crate::failure::Failure;
use crate::say::Say;

#[derive(Debug, Parser)]
#[command(name = "pactward", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Commands,

    #[command(flatten)]
    pub(crate) global: Global,
}

#[derive(Debug, Args)]
pub(crate) struct Global {
    #[arg(long, global = true, value_name = "LANG", value_parser = words::<Locale>(Locale::ALL))]
    pub(crate) lang: Option<Locale>,

    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,

    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Commands {
    Check(CheckArgs),
    Explain {
        #[arg(value_name = "RULE")]
        rule: String,
    },
    Rules {
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: ListFormat,
    },
    Dump(DumpArgs),
    Completions {
        #[arg(value_name = "SHELL")]
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[arg(value_name = "PATHS")]
    pub(crate) paths: Vec<PathBuf>,

    #[arg(long, value_name = "PATH")]
    pub(crate) stdin_filename: Option<PathBuf>,

    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,

    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    #[arg(long, value_name = "SEVERITY", value_parser = fail_on())]
    pub(crate) fail_on: Option<FailOn>,

    #[arg(long, value_name = "CONFIDENCE", value_parser = words::<Confidence>(Confidence::ALL))]
    pub(crate) min_confidence: Option<Confidence>,

    #[arg(long, value_name = "RULES", value_delimiter = ',', action = ArgAction::Append)]
    pub(crate) select: Option<Vec<String>>,

    #[arg(long, value_name = "RULES", value_delimiter = ',', action = ArgAction::Append)]
    pub(crate) ignore: Vec<String>,

    #[arg(long)]
    pub(crate) preview: bool,

    #[arg(long, conflicts_with_all = ["fix", "format"])]
    pub(crate) diff: bool,

    #[arg(long)]
    pub(crate) fix: bool,

    #[arg(long, requires = "fix")]
    pub(crate) unsafe_fixes: bool,

    #[arg(long)]
    pub(crate) include_dependencies: bool,

    #[arg(long)]
    pub(crate) include_tests: bool,

    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(crate) config: Option<PathBuf>,

    #[arg(long)]
    pub(crate) no_config: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Concise,
    Json,
    Sarif,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    Text,
    Json,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub(crate) struct DumpArgs {
    #[command(subcommand)]
    pub(crate) what: Option<DumpWhat>,

    #[arg(long)]
    pub(crate) stats: bool,

    #[arg(value_name = "PATHS", requires = "stats")]
    pub(crate) paths: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DumpWhat {
    Tree {
        #[arg(value_name = "PATHS")]
        paths: Vec<PathBuf>,
    },
    Outline {
        #[arg(value_name = "PATHS")]
        paths: Vec<PathBuf>,
    },
    Sir(DumpCode),
    Summaries(DumpCode),
}

#[derive(Debug, Args)]
pub(crate) struct DumpCode {
    #[arg(value_name = "PATHS")]
    pub(crate) paths: Vec<PathBuf>,

    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
}

/// A parser for a closed set of words, which help and completions list.
fn words<T>(all: &'static [T]) -> impl clap::builder::TypedValueParser<Value = T>
where
    T: Copy + std::fmt::Display + std::str::FromStr + Send + Sync + 'static,
    T::Err: std::fmt::Display,
{
    let spellings: Vec<String> = all.iter().map(ToString::to_string).collect();
    PossibleValuesParser::new(spellings).try_map(|text| {
        text.parse::<T>()
            .map_err(|e| std::io::Error::other(e.to_string()))
    })
}

fn fail_on() -> impl clap::builder::TypedValueParser<Value = FailOn> {
    PossibleValuesParser::new(FailOn::WORDS)
        .try_map(|text| text.parse::<FailOn>().map_err(std::io::Error::other))
}

/// The locale that the arguments or the environment ask for, found before they are parsed, so
/// that help and errors are in it.
pub(crate) fn locale(args: &[std::ffi::OsString]) -> Locale {
    let mut asked = None;
    let mut rest = args.iter().map(|a| a.to_string_lossy());
    while let Some(arg) = rest.next() {
        if arg == "--" {
            break;
        }
        let value = match arg.strip_prefix("--lang") {
            Some("") => rest.next().map(|v| v.to_string()),
            Some(value) => value.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        asked = value.and_then(|v| v.parse().ok()).or(asked);
    }
    asked.unwrap_or_else(|| {
        let variables = ["LC_ALL", "LC_MESSAGES", "LANG"];
        let set = variables
            .iter()
            .find_map(|v| std::env::var(v).ok().filter(|text| !text.is_empty()));
        Locale::of_environment(&set.unwrap_or_default())
    })
}

/// Whether the arguments ask for no colour, found before they are parsed.
fn forbids_color(args: &[std::ffi::OsString]) -> bool {
    args.windows(2)
        .any(|pair| pair[0] == "--color" && pair[1] == "never")
        || args.iter().any(|a| a == "--color=never")
}

/// Parses the arguments. `Ok(Err(text))` is help or the version, for standard output.
pub(crate) fn parse(
    args: &[std::ffi::OsString],
    say: Say,
) -> Result<Result<Cli, StyledStr>, Failure> {
    let mut command = command(say);
    if forbids_color(args) {
        command = command.color(clap::ColorChoice::Never);
    }
    let parsed = command
        .try_get_matches_from_mut(args)
        .and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches));
    match parsed {
        Ok(cli) => Ok(Ok(cli)),
        Err(error) if !error.use_stderr() => Ok(Err(error.render())),
        Err(error) => Err(crate::usage::failure(&error, &command, say)),
    }
}

/// The command line with all texts in the locale.
pub(crate) fn command(say: Say) -> Command {
    let mut command = localise(Cli::command(), "help", say).about(say.plain("about"));
    command.build();
    command
}

/// Sets the help texts of a command and its subcommands: the text of an option of `check` is the
/// slot `help-check-<option>`.
fn localise(command: Command, slot: &str, say: Say) -> Command {
    let names: Vec<String> = command
        .get_arguments()
        .map(|a| a.get_id().to_string())
        .collect();
    let subcommands: Vec<String> = command
        .get_subcommands()
        .map(|c| c.get_name().to_owned())
        .collect();
    let mut command = command
        .help_template(template(say))
        .disable_help_flag(true)
        .arg(
            clap::Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .help_heading(say.plain("heading-global"))
                .help(say.plain("help-help")),
        );
    for name in names {
        let own = format!("{slot}-{}", name.replace('_', "-"));
        let text = match name.as_str() {
            "lang" | "color" | "quiet" | "version" => format!("help-{name}"),
            _ if Say::has(&own) => own,
            // The parts of `dump` share the texts of their arguments.
            _ => format!("help-dump-{}", name.replace('_', "-")),
        };
        let is_global = matches!(name.as_str(), "lang" | "color" | "quiet");
        command = command.mut_arg(name, |arg| {
            let text = with_values(say.plain(&text), &arg, say);
            let takes_value = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
            let arg = arg
                .help(text)
                .hide_possible_values(takes_value)
                .hide_default_value(takes_value);
            if arg.is_positional() {
                arg.help_heading(say.plain("heading-arguments"))
            } else if is_global {
                arg.help_heading(say.plain("heading-global"))
            } else {
                arg.help_heading(say.plain("heading-options"))
            }
        });
    }
    if slot == "help" {
        command = command.disable_version_flag(true).arg(
            clap::Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version)
                .help_heading(say.plain("heading-global"))
                .help(say.plain("help-version")),
        );
    }
    for name in subcommands {
        let slot = format!("{slot}-{name}");
        command = command.mut_subcommand(name, |sub| {
            let about = say.plain(&slot);
            localise(sub, &slot, say).about(about)
        });
    }
    command.subcommand_help_heading(say.plain("heading-commands"))
}

fn template(say: Say) -> String {
    let usage = say.plain("heading-usage");
    format!("{{about}}\n\n{usage}: {{usage}}\n\n{{all-args}}\n")
}

/// The text of an argument with the values that it takes.
fn with_values(text: String, arg: &clap::Arg, say: Say) -> String {
    let values = arg.get_possible_values();
    let takes_one = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    if values.is_empty() || !takes_one {
        return text;
    }
    let values: Vec<_> = values.iter().map(|v| v.get_name().to_owned()).collect();
    let values = say.text("possible-values", &[("values", &values.join(", "))]);
    format!("{text} [{values}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_argument_has_help_in_both_languages() {
        for &locale in Locale::ALL {
            let command = command(Say::new(locale));
            command.clone().debug_assert();
            let mut open = vec![command];
            while let Some(command) = open.pop() {
                for arg in command.get_arguments() {
                    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                    assert!(!help.is_empty(), "{}: {}", command.get_name(), arg.get_id());
                    assert!(!help.starts_with("help-"), "no text for {help}");
                }
                open.extend(command.get_subcommands().cloned());
            }
        }
    }
}
