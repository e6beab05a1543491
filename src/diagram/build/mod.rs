//! What people do with a few gestures, as one edit each: pure functions from a document to a [`Change`], or to the
//! reason why not.
//!
//! ```
//! use eventyard::diagram::{Document, Edit, Ids, NodeKind, build, check};
//!
//! let mut document = Document::new("Mine");
//! let mut ids = Ids::new(1);
//! for (kind, x) in [(NodeKind::Function, 0.0), (NodeKind::Queue, 200.0), (NodeKind::Database, 400.0)] {
//!     let change = build::new_node(&document, kind, (x, 0.0), &mut ids);
//!     document.apply(change.edit).unwrap();
//! }
//! let [function, queue, database] = [0, 1, 2].map(|index| document.nodes[index].id);
//! // Connecting fills in what makes it run at once: here the function's handler gets a step that sends.
//! let change = build::connect(&document, function, queue, None, &mut ids).unwrap();
//! document.apply(change.edit).unwrap();
//! assert_eq!(document.nodes[0].settings["Handler"][1]["step"], "send");
//! // What is not allowed is refused with the reason and the usual detour.
//! let refusal = build::connect(&document, queue, database, None, &mut ids).unwrap_err();
//! assert_eq!(refusal.detour, "Put a function between.");
//! assert!(check(&document).is_ok());
//! ```
//!
//! - [`new_node`]: a node with a name of its own and settings that run.
//! - [`connect`], [`connections`] (what may be connected, for a list), [`reconnect`] (drag an edge's end elsewhere).
//! - [`insert`]: a new node in the middle of an edge; [`queue_between`] says it for queues.
//! - [`remove`], [`copy`], [`paste`], [`duplicate`]: of a selection of nodes and edges.
//! - [`topic_to_bus`], [`bus_to_topic`]: one pattern into the other.

mod connect;
mod convert;
mod copy;
mod handler;
mod insert;
mod node;

pub use connect::{LONGEST_RETENTION, VISIBILITY_FACTOR, change_kind, connect, connections, reconnect};
pub use convert::{bus_to_topic, topic_to_bus};
pub use copy::{copy, duplicate, paste, remove};
pub use insert::{insert, insert_loose, queue_between};
pub use node::new_node;

use super::connections::Refusal;
use super::document::{Document, Node};
use super::edit::{Change, Edit};
use super::settings;
use serde_json::Value;
use uuid::Uuid;

/// A change being built: each edit is carried out on a copy at once, so that the next one sees it.
struct Draft {
    document: Document,
    edits: Vec<Edit>,
    notes: Vec<String>,
    added: Vec<Uuid>,
}

impl Draft {
    fn new(document: &Document) -> Draft {
        Draft { document: document.clone(), edits: Vec::new(), notes: Vec::new(), added: Vec::new() }
    }

    /// Builders only make edits that fit; one that does not would be refused as a whole when the change is carried out.
    fn add(&mut self, edit: Edit) {
        let fits = self.document.apply(edit.clone()).is_ok();
        debug_assert!(fits, "{edit:?}");
        self.edits.push(edit);
    }

    fn set(&mut self, target: Uuid, setting: &str, value: Value) {
        self.add(Edit::set(&self.document, target, setting, value));
    }

    fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Makes another change part of this one.
    fn include(&mut self, change: Change) {
        self.add(change.edit);
        self.notes.extend(change.notes);
        self.added.extend(change.added);
    }

    fn into_change(mut self, label: impl Into<String>) -> Change {
        let edit = match self.edits.len() {
            1 => self.edits.remove(0),
            _ => Edit::Many(self.edits),
        };
        Change { label: label.into(), edit, notes: self.notes, added: self.added }
    }
}

fn name(document: &Document, id: Uuid) -> &str {
    document.node(id).map_or("?", |node| node.name.as_str())
}

fn refused(reason: impl Into<String>, detour: &'static str) -> Refusal {
    Refusal { reason: reason.into(), detour }
}

fn find(document: &Document, id: Uuid) -> Result<&Node, Refusal> {
    document.node(id).ok_or_else(|| refused(tr!("It is not there any longer."), tr!("Choose another node.")))
}

/// A setting as it holds: as written, or its default.
fn setting(node: &Node, name: &str) -> Value {
    node.settings.get(name).cloned().unwrap_or_else(|| {
        let field = settings::field(settings::node_fields(node.kind), name);
        field.map_or(Value::Null, |field| field.kind.default_value())
    })
}

/// A name as part of a path, a source or a table: `Sales queue` → `sales-queue`.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for character in name.chars().flat_map(char::to_lowercase) {
        if character.is_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "item".to_string() } else { slug.to_string() }
}
