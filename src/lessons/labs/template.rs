//! Texts in which `{{p99 of Front end}}` stands for what was measured.

use crate::diagram::Document;
use crate::language::translated;
use crate::simulation::breakpoints::{Quantity, Scene, Since};

/// Stands where there is no figure.
pub const NOTHING: &str = phrase!("nothing measured");

/// What a text measures, as written between double braces.
pub fn measures(text: &str) -> impl Iterator<Item = &str> {
    text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).map(|(measure, _)| measure.trim())
}

/// Quantities of several texts, and where each begins to count.
#[derive(Clone, Debug, Default)]
pub struct Measures {
    list: Vec<(String, Quantity, Option<Since>)>,
}

impl Measures {
    /// Everything that these texts measure; what cannot be read is left as it is written.
    pub fn of<'t>(texts: impl IntoIterator<Item = &'t str>, document: &Document) -> Measures {
        let mut list: Vec<(String, Quantity, Option<Since>)> = Vec::new();
        for measure in texts.into_iter().flat_map(measures) {
            if let (false, Ok(quantity)) =
                (list.iter().any(|(known, ..)| known == measure), Quantity::parse(measure, document))
            {
                list.push((measure.to_string(), quantity, None));
            }
        }
        Measures { list }
    }

    /// Counts from now on.
    pub fn begin(&mut self, scene: &Scene<'_>) {
        for (_, quantity, since) in &mut self.list {
            *since = Some(quantity.since(scene));
        }
    }

    /// Each as it is written, and what it comes to, in words.
    pub fn take(&self, scene: &Scene<'_>) -> Vec<(String, String)> {
        let words = |quantity: &Quantity, since: &Option<Since>| match quantity.value(scene, since.as_ref()) {
            Some(value) => quantity.unit().words(value),
            None => translated(NOTHING).to_string(),
        };
        self.list.iter().map(|(text, quantity, since)| (text.clone(), words(quantity, since))).collect()
    }
}

/// The text with what was measured in it.
pub fn fill_in(text: &str, measured: &[(String, String)]) -> String {
    let mut pieces = text.split("{{");
    let mut filled = pieces.next().unwrap_or("").to_string();
    for piece in pieces {
        let found = piece.split_once("}}").and_then(|(measure, rest)| {
            let (_, words) = measured.iter().find(|(known, _)| known == measure.trim())?;
            Some((words, rest))
        });
        match found {
            Some((words, rest)) => {
                filled.push_str(words);
                filled.push_str(rest);
            }
            None => {
                filled.push_str("{{");
                filled.push_str(piece);
            }
        }
    }
    filled
}
