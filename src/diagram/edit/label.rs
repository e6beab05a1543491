//! What an edit does, in words.

use super::Edit;
use crate::diagram::document::{ACCOUNT, Document};
use serde_json::Value;
use uuid::Uuid;

/// Longer values are not spelt out.
const LONGEST_VALUE: usize = 24;

impl Edit {
    /// In words, as it would be done to this document: "Move Sales queue".
    pub fn label(&self, document: &Document) -> String {
        match self {
            Edit::AddNode { node, .. } => format!("Add {}", node.name),
            Edit::AddEdge { edge, .. } => {
                format!("Connect {} to {}", name(document, edge.from), name(document, edge.to))
            }
            Edit::RemoveNode { id, .. } | Edit::RemoveEdge { id, .. } => format!("Remove {}", name(document, *id)),
            Edit::Rename { node, name: new } => format!("Rename {} to {new}", name(document, *node)),
            Edit::Move(places) => match places.as_slice() {
                [(id, ..)] => format!("Move {}", name(document, *id)),
                several => format!("Move {} nodes", several.len()),
            },
            Edit::Set { target, setting, value, .. } => {
                let owner = name(document, *target);
                match value.as_ref().and_then(spelt_out) {
                    Some(value) => format!("Set {setting} of {owner} to {value}"),
                    None if value.is_none() => format!("Set {setting} of {owner} to its default"),
                    None => format!("Change {setting} of {owner}"),
                }
            }
            Edit::SetEnds { edge, from, to } => format!(
                "Connect {} to {} instead of {}",
                name(document, *from),
                name(document, *to),
                name(document, *edge)
            ),
            Edit::SetField { field, value: Some(Value::String(new)) } if field == "name" => {
                format!("Rename the diagram to {new}")
            }
            Edit::SetField { field, .. } => format!("Change the diagram's {field}"),
            Edit::ReplaceNode(node) => format!("Change {}", name(document, node.id)),
            Edit::ReplaceEdge(edge) => format!("Change {}", name(document, edge.id)),
            Edit::Replace(_) => "Replace the diagram".to_string(),
            Edit::Many(edits) => match edits.as_slice() {
                [] => "Change nothing".to_string(),
                [one] => one.label(document),
                [first, rest @ ..] => format!("{} and {} more", first.label(document), rest.len()),
            },
        }
    }
}

/// A value that is short enough for a label.
fn spelt_out(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        _ => return None,
    };
    (!text.is_empty() && text.chars().count() <= LONGEST_VALUE).then_some(text)
}

/// The name of a node; of an edge, those of its ends.
fn name(document: &Document, id: Uuid) -> String {
    let of_node = |id| document.node(id).map_or("?", |node| node.name.as_str());
    match document.edge(id) {
        Some(edge) => format!("{} → {}", of_node(edge.from), of_node(edge.to)),
        None if id == ACCOUNT => "the account".to_string(),
        None => of_node(id).to_string(),
    }
}
