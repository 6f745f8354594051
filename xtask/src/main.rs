//! Chores of the workspace that are not part of the product: measuring the analyser against
//! labelled contracts.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "these are command line programs whose result is their output"
)]

mod accuracy;
mod disguise;
mod pactward;
mod score;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Measures pactward against labelled contracts.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Scores a checkout of smartbugs-curated against its own labels, as it is and disguised.
    Accuracy {
        /// The checkout: the folder that holds dataset/ and vulnerabilities.json.
        dataset: PathBuf,
        #[command(flatten)]
        options: Options,
    },
    /// Scores tables of labelled contracts; without a path, those of fixtures/reentrancy/blind.
    Table {
        /// Tables in the form of fixtures/reentrancy/blind/solidity.toml.
        tables: Vec<PathBuf>,
        /// Category that a finding needs in order to count.
        #[arg(long, default_value = "reentrancy")]
        category: String,
        /// Lowest severity that counts.
        #[arg(long, default_value = "medium")]
        min_severity: pactward::Severity,
        /// Blank all comments and rename files before the analysis.
        #[arg(long)]
        disguise: bool,
        #[command(flatten)]
        options: Options,
    },
}

#[derive(clap::Args)]
struct Options {
    /// The pactward program; by default the release build of this workspace, else its debug build.
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Further arguments for `pactward check`, separated by blanks.
    #[arg(long, default_value = "", allow_hyphen_values = true)]
    with: String,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().chore {
        Chore::Accuracy { dataset, options } => {
            pactward::Program::find(options.binary, &options.with)
                .and_then(|program| accuracy::report(&program, &dataset))
        }
        Chore::Table {
            tables,
            category,
            min_severity,
            disguise,
            options,
        } => pactward::Program::find(options.binary, &options.with).and_then(|program| {
            let counting = table::Counting {
                category,
                min_severity,
            };
            table::report(&program, &tables, &counting, disguise)
        }),
    };
    match outcome {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::from(2)
        }
    }
}
