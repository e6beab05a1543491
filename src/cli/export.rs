//! `export`: a diagram as a picture, as Mermaid text, or as a document in the app's own spelling.

use super::print;
use super::source::{Source, invalid};
use crate::diagram::check;
use crate::exchange::{self, mermaid, svg};
use clap::{Args, ValueEnum};
use std::process::ExitCode;

#[derive(Args)]
pub struct Arguments {
    #[arg(value_enum)]
    format: Format,
    #[command(flatten)]
    source: Source,
    /// The colours of a picture.
    #[arg(long, value_enum, default_value = "light")]
    theme: Theme,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A picture that holds the document: opened in the app, it restores the diagram.
    Svg,
    /// A Mermaid flowchart.
    Mermaid,
    /// The document.
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
enum Theme {
    Light,
    Dark,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let document = match arguments.source.load() {
        Ok(document) => document,
        Err(code) => return code,
    };
    if let Err(problems) = check(&document) {
        return invalid(&problems);
    }
    let theme = match arguments.theme {
        Theme::Light => exchange::Theme::Light,
        Theme::Dark => exchange::Theme::Dark,
    };
    let text = match arguments.format {
        Format::Svg => svg::write(&document, theme),
        Format::Mermaid => mermaid::write(&document),
        Format::Json => document.to_text(),
    };
    print(text.trim_end());
    ExitCode::SUCCESS
}
