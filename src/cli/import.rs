//! `import`: a SAM or CloudFormation template as a diagram. What needs attention goes to standard error, a line each.

use super::{INVALID, print};
use crate::exchange::template::read;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub struct Arguments {
    /// The template: YAML or JSON.
    template: PathBuf,
    /// Where the document goes, instead of to standard output.
    #[arg(long, value_name = "DOCUMENT")]
    out: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let shown = arguments.template.display();
    // Larger ones are refused by the reader anyway; they need not be in memory for that twice.
    let text = match std::fs::read(&arguments.template) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => {
            eprintln!("{shown}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let name =
        arguments.template.file_stem().map_or("Template".to_string(), |stem| stem.to_string_lossy().into_owned());
    let imported = match read::read(&text, &name) {
        Ok(imported) => imported,
        Err(flaws) => {
            flaws.iter().for_each(|flaw| eprintln!("{shown}: {flaw}"));
            return ExitCode::from(INVALID);
        }
    };
    for note in &imported.notes {
        eprintln!("{shown}: line {}: {}: {}", note.place.line, note.concern.words(), note.message);
    }
    let document = imported.document.to_text();
    match &arguments.out {
        None => print(document.trim_end()),
        Some(path) => {
            if let Err(error) = std::fs::write(path, document) {
                eprintln!("{}: {error}", path.display());
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
