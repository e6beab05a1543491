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
            Edit::AddNode { node, .. } => tr!("Add {}", node.name),
            Edit::AddEdge { edge, .. } => {
                tr!("Connect {from} to {to}", from = name(document, edge.from), to = name(document, edge.to))
            }
            Edit::RemoveNode { id, .. } | Edit::RemoveEdge { id, .. } => tr!("Remove {}", name(document, *id)),
            Edit::Rename { node, name: new } => {
                tr!("Rename {name} to {new}", name = name(document, *node), new = new)
            }
            Edit::Move(places) => match places.as_slice() {
                [(id, ..)] => tr!("Move {}", name(document, *id)),
                several => tr!("Move {count} nodes", count = several.len()),
            },
            Edit::Set { target, setting, value, .. } => {
                let owner = name(document, *target);
                match value.as_ref().and_then(spelt_out) {
                    Some(value) => {
                        tr!("Set {setting} of {owner} to {value}", setting = setting, owner = owner, value = value)
                    }
                    None if value.is_none() => {
                        tr!("Set {setting} of {owner} to its default", setting = setting, owner = owner)
                    }
                    None => tr!("Change {setting} of {owner}", setting = setting, owner = owner),
                }
            }
            Edit::SetEnds { edge, from, to } => tr!(
                "Connect {from} to {to} instead of {edge}",
                from = name(document, *from),
                to = name(document, *to),
                edge = name(document, *edge)
            ),
            Edit::SetField { field, value: Some(Value::String(new)) } if field == "name" => {
                tr!("Rename the diagram to {}", new)
            }
            Edit::SetField { field, .. } => tr!("Change the diagram's {field}", field = field),
            Edit::ReplaceNode(node) => tr!("Change {}", name(document, node.id)),
            Edit::ReplaceEdge(edge) => tr!("Change {}", name(document, edge.id)),
            Edit::Replace(_) => tr!("Replace the diagram").to_string(),
            Edit::Many(edits) => match edits.as_slice() {
                [] => tr!("Change nothing").to_string(),
                [one] => one.label(document),
                [first, rest @ ..] => {
                    tr!("{first} and {count} more", first = first.label(document), count = rest.len())
                }
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
        None if id == ACCOUNT => tr!("the account").to_string(),
        None => of_node(id).to_string(),
    }
}
