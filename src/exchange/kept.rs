//! A diagram as a browser keeps it: the document, with what is needed to go on with it.

use crate::diagram::{Document, Problem};
use serde_json::{Value, json};

/// The version of the format that this build writes, and the newest it reads.
const VERSION: u64 = 1;

#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub document: Document,
    pub seed: u64,
    /// Counts up with each time that it is kept, so that two windows notice each other.
    pub revision: u64,
    /// When it was kept: milliseconds since 1970.
    pub time: f64,
}

impl Kept {
    pub fn to_text(&self) -> String {
        json!({
            "eventyard": VERSION,
            "revision": self.revision,
            "time": self.time,
            "seed": self.seed,
            "document": self.document.to_json(),
        })
        .to_string()
    }

    /// Reads what was kept. Every problem of the document comes with its path.
    pub fn parse(text: &str) -> Result<Kept, Vec<Problem>> {
        let wrong = |path: &str, message: String| vec![Problem::new(path, message)];
        let value: Value =
            serde_json::from_str(text).map_err(|error| wrong("", tr!("This is not JSON: {error}.", error = error)))?;
        match value["eventyard"].as_u64() {
            Some(VERSION) => {}
            Some(newer) => {
                let message = tr!("It was kept by a newer Eventyard (format {newer}).", newer = newer);
                return Err(wrong("eventyard", message));
            }
            None => return Err(wrong("eventyard", tr!("It was not kept by Eventyard.").to_string())),
        }
        Ok(Kept {
            document: Document::read(&value["document"])?,
            seed: value["seed"].as_u64().unwrap_or(1),
            revision: value["revision"].as_u64().unwrap_or(0),
            time: value["time"].as_f64().unwrap_or(0.0),
        })
    }

    /// Only the revision, without reading the document.
    pub fn revision_of(text: &str) -> Option<u64> {
        serde_json::from_str::<Value>(text).ok()?["revision"].as_u64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::guide;

    #[test]
    fn what_is_kept_comes_back_as_it_was() {
        for diagram in guide::DIAGRAMS {
            let kept = Kept { document: diagram.document(), seed: 7, revision: 3, time: 1.5e12 };
            assert_eq!(Kept::parse(&kept.to_text()), Ok(kept.clone()));
            assert_eq!(Kept::revision_of(&kept.to_text()), Some(3));
        }
    }

    #[test]
    fn damage_is_named() {
        let kept = Kept { document: Document::new("Mine"), seed: 1, revision: 1, time: 0.0 };
        let text = kept.to_text();
        for (damaged, place) in [
            (text[..text.len() / 2].to_string(), ""),
            (text.replace("\"eventyard\":1", "\"eventyard\":9"), "eventyard"),
            (text.replace("\"eventyard\":1,", ""), "eventyard"),
            (text.replace("\"name\":\"Mine\"", "\"name\":7"), "name"),
        ] {
            let problems = Kept::parse(&damaged).expect_err("damaged");
            assert_eq!(problems[0].path, place, "{damaged}");
        }
    }
}
