//! `guide`: lists the guide's diagrams; `guide ID` prints one.

use super::{INVALID, print};
use crate::lessons::guide;
use clap::Args;
use std::process::ExitCode;

#[derive(Args)]
pub struct Arguments {
    /// The diagram to print; without it all are listed.
    id: Option<String>,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    match &arguments.id {
        None => {
            for diagram in guide::DIAGRAMS {
                print(&format!("{:18} {}", diagram.id, diagram.title));
            }
            ExitCode::SUCCESS
        }
        Some(id) => match guide::find(id) {
            Some(diagram) => {
                print(diagram.document().to_text().trim_end());
                ExitCode::SUCCESS
            }
            None => {
                eprintln!("`{id}` is not a diagram of the guide. `eventyard guide` lists them.");
                ExitCode::from(INVALID)
            }
        },
    }
}
