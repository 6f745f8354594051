//! The command line: arguments, exit codes, the terminal. It wires the parts of the analyzer
//! together and holds no analysis of its own.

mod args;
mod check;
mod dump;
mod failure;
mod fix;
mod load;
mod notices;
mod output;
mod panics;
mod progress;
mod report;
mod rules;
mod say;
mod terminal;
mod usage;

use std::process::ExitCode;
use std::thread;

use args::{Cli, Commands};
use failure::Failure;
use output::Output;
use say::Say;
use terminal::Terminal;

/// Stack of the thread that does the work outside the analysis' own threads: printing recurses
/// over the nesting of what it prints.
const STACK_BYTES: usize = 64 << 20;

/// What a run ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Nothing at or above the gate.
    Clean,
    /// Findings at or above the gate.
    Findings,
    /// The work could not be done.
    Failed,
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        Self::from(match verdict {
            Verdict::Clean => 0,
            Verdict::Findings => 1,
            Verdict::Failed => 2,
        })
    }
}

fn main() -> ExitCode {
    panics::install();
    let args: Vec<_> = std::env::args_os().collect();
    let say = Say::new(args::locale(&args));
    let worker = thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(move || run(&args, say));
    let verdict = match worker.map(thread::JoinHandle::join) {
        Ok(Ok(verdict)) => verdict,
        Ok(Err(payload)) => {
            panics::tell(payload.as_ref(), say);
            Verdict::Failed
        }
        Err(error) => {
            let terminal = Terminal::new(say, args::ColorChoice::Auto, false);
            terminal.fail(&Failure::new(error.to_string()));
            Verdict::Failed
        }
    };
    verdict.into()
}

fn run(args: &[std::ffi::OsString], say: Say) -> Verdict {
    let cli = match args::parse(args, say) {
        Ok(Ok(cli)) => cli,
        Ok(Err(text)) => {
            let terminal = Terminal::new(say, args::ColorChoice::Auto, false);
            let colors = terminal.colors(Output::Stdout.is_terminal());
            let text = if colors {
                text.ansi().to_string()
            } else {
                text.to_string()
            };
            return finish(
                Output::Stdout.write(&text, say).map(|()| Verdict::Clean),
                terminal,
            );
        }
        Err(failure) => {
            let terminal = Terminal::new(say, args::ColorChoice::Auto, false);
            return finish(Err(failure), terminal);
        }
    };
    let terminal = Terminal::new(say, cli.global.color, cli.global.quiet);
    finish(execute(cli, terminal), terminal)
}

fn execute(cli: Cli, terminal: Terminal) -> Result<Verdict, Failure> {
    match cli.command {
        Commands::Check(args) => check::run(&args, terminal),
        Commands::Explain { rule } => rules::explain(&rule, terminal),
        Commands::Rules { format } => rules::list(format, terminal),
        Commands::Dump(args) => dump::run(args, terminal),
        Commands::Completions { shell } => {
            let mut script = Vec::new();
            let mut command = args::command(terminal.say);
            clap_complete::generate(shell, &mut command, "pactward", &mut script);
            let script = String::from_utf8_lossy(&script);
            Output::Stdout.write(&script, terminal.say)?;
            Ok(Verdict::Clean)
        }
    }
}

fn finish(result: Result<Verdict, Failure>, terminal: Terminal) -> Verdict {
    result.unwrap_or_else(|failure| {
        terminal.fail(&failure);
        Verdict::Failed
    })
}
