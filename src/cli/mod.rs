//! The headless front: the same engine, from the command line.
//!
//! Exit codes: 0 done, 1 something went wrong outside (a file that cannot be read), 2 what was given is not valid.

mod check;
mod compare;
mod export;
mod guide;
mod import;
pub mod match_events;
mod simulate;
mod source;
mod study;
mod sweep;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// What was given is not valid: a document, a pattern, an option.
const INVALID: u8 = 2;

/// Eventyard: a simulator of how microservices are integrated with serverless services.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Play labs headless: whether every goal and question can be missed and can be reached.
    Check(check::Arguments),
    /// Put several designs through the same and compare what comes of it.
    Compare(compare::Arguments),
    /// Turn a diagram into a picture, Mermaid text, a document, or a template that deploys it.
    Export(export::Arguments),
    /// List the guide's diagrams, or print one as a document.
    Guide(guide::Arguments),
    /// Turn a SAM or CloudFormation template into a diagram.
    Import(import::Arguments),
    /// Judge events by patterns and filter policies.
    Match(match_events::Arguments),
    /// Run a diagram and report what it came to.
    Simulate(Box<simulate::Arguments>),
}

/// Runs the command line.
pub fn run() -> ExitCode {
    match Arguments::parse().command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Guide(arguments) => guide::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Match(arguments) => match_events::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
    }
}

/// Prints a line to standard output; a closed pipe is no error of ours.
fn print(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{text}");
}
