//! Where a diagram comes from: a document, a picture that holds one, a link, or the guide.

use super::INVALID;
use crate::diagram::{Document, Problem, list_problems};
use crate::exchange::link::{Link, fragment_of};
use crate::exchange::svg;
use crate::lessons::guide;
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub struct Source {
    /// The diagram: a document, an SVG that Eventyard exported, or a link (an address with #v1.…).
    #[arg(required_unless_present = "guide")]
    diagram: Option<PathBuf>,
    /// A diagram of the guide instead of a file.
    #[arg(long, value_name = "ID", conflicts_with = "diagram")]
    guide: Option<String>,
}

impl Source {
    /// The document, as written. What is wrong has been said when this fails.
    pub fn load(&self) -> Result<Document, ExitCode> {
        match (&self.guide, &self.diagram) {
            (Some(id), _) => guide::find(id).map(guide::GuideDiagram::document).ok_or_else(|| {
                eprintln!("`{id}` is not a diagram of the guide. `eventyard guide` lists them.");
                ExitCode::from(INVALID)
            }),
            (None, Some(path)) => match self.link() {
                Some(link) => link.map(|link| link.document),
                None => open(path),
            },
            (None, None) => Err(ExitCode::from(INVALID)),
        }
    }

    /// The link that was given instead of a file. What is wrong has been said when this fails.
    pub fn link(&self) -> Option<Result<Link, ExitCode>> {
        let address = self.diagram.as_ref().filter(|path| !path.exists())?.to_str()?;
        let fragment = fragment_of(address)?;
        Some(Link::parse(fragment).map_err(|problems| invalid(&problems)))
    }
}

/// The document in a file. What is wrong has been said when this fails.
pub fn open(path: &Path) -> Result<Document, ExitCode> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        eprintln!("{}: {error}", path.display());
        ExitCode::FAILURE
    })?;
    read(&text).map_err(|problems| invalid(&problems))
}

fn read(text: &str) -> Result<Document, Vec<Problem>> {
    // JSON never begins like this.
    if text.trim_start().starts_with('<') { Document::parse(&svg::read(text)?) } else { Document::parse(text) }
}

/// Every problem on its own line, with its path.
pub fn invalid(problems: &[Problem]) -> ExitCode {
    eprintln!("{}", list_problems(problems));
    ExitCode::from(INVALID)
}
