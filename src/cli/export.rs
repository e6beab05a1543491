//! `export`: a diagram as a picture, as Mermaid text, as a document in the app's own spelling, or as a template that
//! deploys it.

use super::print;
use super::source::{Source, invalid};
use crate::diagram::{Document, check};
use crate::exchange::template::code::Language;
use crate::exchange::template::write::{Export, Notation, Options, Placement, export};
use crate::exchange::{self, mermaid, svg, zip};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub struct Arguments {
    #[arg(value_enum)]
    what: Format,
    #[command(flatten)]
    source: Source,
    /// The colours of a picture.
    #[arg(long, value_enum, default_value = "light")]
    theme: Theme,
    /// The notation of a template.
    #[arg(long, value_enum, default_value = "yaml")]
    format: TemplateFormat,
    /// The language of the functions' code.
    #[arg(long, value_enum, default_value = "nodejs")]
    language: CodeLanguage,
    /// Write a template, the functions' code and a README into this folder, or into this file if it ends in .zip.
    /// Without it, the template with all code inside goes to standard output.
    #[arg(long, value_name = "FOLDER_OR_ZIP")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum TemplateFormat {
    Yaml,
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
enum CodeLanguage {
    Nodejs,
    Python,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A picture that holds the document: opened in the app, it restores the diagram.
    Svg,
    /// A Mermaid flowchart.
    Mermaid,
    /// The document.
    Json,
    /// A template for AWS SAM.
    Sam,
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
    let text = match arguments.what {
        Format::Svg => svg::write(&document, theme),
        Format::Mermaid => mermaid::write(&document),
        Format::Json => document.to_text(),
        Format::Sam => return sam(arguments, &document),
    };
    print(text.trim_end());
    ExitCode::SUCCESS
}

/// The template goes where it is wanted, and what to know about it to standard error.
fn sam(arguments: &Arguments, document: &Document) -> ExitCode {
    let notation = match arguments.format {
        TemplateFormat::Yaml => Notation::Yaml,
        TemplateFormat::Json => Notation::Json,
    };
    let language = match arguments.language {
        CodeLanguage::Nodejs => Language::Nodejs,
        CodeLanguage::Python => Language::Python,
    };
    let placement = if arguments.out.is_some() { Placement::Files } else { Placement::Inline };
    let export = match export(document, Options { notation, language, placement }) {
        Ok(export) => export,
        Err(problems) => return invalid(&problems),
    };
    for note in &export.notes {
        let about = note.node.and_then(|id| document.node(id)).map_or(String::new(), |node| format!("{}: ", node.name));
        eprintln!("{about}{}", note.text);
    }
    match &arguments.out {
        None => print(export.files.first().map_or("", |file| file.text.trim_end())),
        Some(path) => {
            if let Err(error) = write(&export, path) {
                eprintln!("{}: {error}", path.display());
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn write(export: &Export, path: &Path) -> std::io::Result<()> {
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip")) {
        let files = export.files.iter().map(|file| (file.path.as_str(), file.text.as_bytes()));
        return std::fs::write(path, zip::write(files));
    }
    for file in &export.files {
        let path = path.join(&file.path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, &file.text)?;
    }
    Ok(())
}
