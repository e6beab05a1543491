//! The guide's diagrams.

use crate::diagram::Document;

/// A diagram of the guide and what to say about it.
pub struct GuideDiagram {
    pub id: &'static str,
    pub title: &'static str,
    pub when_to_use: &'static str,
    pub what_it_costs: &'static str,
    pub what_to_try: &'static str,
    /// Simulated seconds per second at which it opens.
    pub speed: f64,
    source: &'static str,
}

pub const DIAGRAMS: &[GuideDiagram] = &[];

impl GuideDiagram {
    pub fn document(&self) -> Document {
        Document::parse(self.source).unwrap_or_else(|_| Document::new(self.title))
    }
}

pub fn find(id: &str) -> Option<&'static GuideDiagram> {
    DIAGRAMS.iter().find(|diagram| diagram.id == id)
}
