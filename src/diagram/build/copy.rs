//! Selections: removed, copied, pasted, duplicated.

use super::node::unique_name;
use super::{Draft, name};
use crate::diagram::align::with_ids;
use crate::diagram::document::{Document, Edge, FORMAT_VERSION, Node};
use crate::diagram::edit::{Change, Edit, references};
use crate::diagram::ids::Ids;
use crate::diagram::problem::Problem;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Removes nodes and edges.
pub fn remove(document: &Document, selection: &[Uuid]) -> Change {
    let nodes = selection.iter().filter(|id| document.node(**id).is_some());
    let edges = selection.iter().filter_map(|id| document.edge(*id));
    // Edges of nodes that go anyway would not be found any longer.
    let edges = edges.filter(|edge| !selection.contains(&edge.from) && !selection.contains(&edge.to));
    let edits: Vec<Edit> = edges
        .map(|edge| Edit::RemoveEdge { id: edge.id, alone: false })
        .chain(nodes.map(|id| Edit::RemoveNode { id: *id, alone: false }))
        .collect();
    match edits.len() {
        1 => edits.into_iter().next().map(|edit| Change::of(edit, document)).unwrap_or_else(|| nothing(document)),
        several => Change::labelled(tr!("Remove {several} things", several = several), Edit::Many(edits)),
    }
}

fn nothing(document: &Document) -> Change {
    Change::of(Edit::Many(Vec::new()), document)
}

/// The nodes of a selection with the edges between them, as a document of its own: what goes to the clipboard. `None`
/// where the selection holds no node.
pub fn copy(document: &Document, selection: &[Uuid]) -> Option<Value> {
    let chosen = |id: &Uuid| selection.contains(id);
    let nodes: Vec<Value> = document.nodes.iter().filter(|node| chosen(&node.id)).map(|node| node.to_json()).collect();
    let edges: Vec<Value> = document
        .edges
        .iter()
        .filter(|edge| chosen(&edge.from) && chosen(&edge.to))
        .map(|edge| edge.to_json())
        .collect();
    let fragment = json!({ "version": FORMAT_VERSION, "name": document.name, "nodes": nodes, "edges": edges });
    (!nodes.is_empty()).then_some(fragment)
}

/// Adds what was copied, moved by (`dx`, `dy`), under new ids. References among the copied nodes follow; those to other
/// nodes are kept where these are here, and dropped where they are not.
pub fn paste(
    document: &Document,
    fragment: &Value,
    (dx, dy): (f64, f64),
    ids: &mut Ids,
) -> Result<Change, Vec<Problem>> {
    let fragment = Document::read(fragment)?;
    let mut draft = Draft::new(document);
    let renamed: Vec<(Uuid, Uuid)> = fragment
        .nodes
        .iter()
        .map(|node| node.id)
        .chain(fragment.edges.iter().map(|edge| edge.id))
        .map(|id| (id, ids.next_id()))
        .collect();
    let new = |id: Uuid| renamed.iter().find(|pair| pair.0 == id).map(|pair| pair.1);
    for node in &fragment.nodes {
        let Some(id) = new(node.id) else { continue };
        let name = unique_name(&draft.document, &node.name);
        let settings = with_ids(&node.settings, &renamed);
        let node = Node { id, kind: node.kind, name, x: node.x + dx, y: node.y + dy, settings };
        draft.document.apply(Edit::add_node(node.clone()))?;
        draft.edits.push(Edit::add_node(node));
        draft.added.push(id);
    }
    for edge in &fragment.edges {
        let (Some(id), Some(from), Some(to)) = (new(edge.id), new(edge.from), new(edge.to)) else { continue };
        let edge = Edge { id, kind: edge.kind, from, to, settings: with_ids(&edge.settings, &renamed) };
        draft.document.apply(Edit::add_edge(edge.clone()))?;
        draft.edits.push(Edit::add_edge(edge));
        draft.added.push(id);
    }
    drop_loose_steps(&mut draft, &fragment, document);
    let label = match fragment.nodes.as_slice() {
        [one] => tr!("Paste {}", one.name),
        several => tr!("Paste {} nodes", several.len()),
    };
    Ok(draft.into_change(label))
}

/// Copies a selection next to itself.
pub fn duplicate(
    document: &Document,
    selection: &[Uuid],
    by: (f64, f64),
    ids: &mut Ids,
) -> Result<Change, Vec<Problem>> {
    let Some(fragment) = copy(document, selection) else { return Ok(nothing(document)) };
    let mut change = paste(document, &fragment, by, ids)?;
    change.label = match selection {
        [one] => tr!("Duplicate {}", name(document, *one)),
        several => tr!("Duplicate {} things", several.len()),
    };
    Ok(change)
}

/// A step needs an edge, and edges to nodes that were not copied are not copied either.
fn drop_loose_steps(draft: &mut Draft, fragment: &Document, document: &Document) {
    let outside: Vec<Uuid> = {
        let mentioned =
            draft.added.iter().filter_map(|id| draft.document.node(*id)).flat_map(|node| targets(&node.settings));
        mentioned.filter(|id| !draft.added.contains(id) && fragment.node(*id).is_none()).collect()
    };
    let mut dropped = false;
    for id in draft.added.clone() {
        let Some(node) = draft.document.node(id) else { continue };
        let Some(handler) = node.settings.get("Handler") else { continue };
        let loose = |step: &Value| step_target(step).is_some_and(|to| outside.contains(&to));
        let left = references::without(handler, &loose).unwrap_or_else(|| Value::Array(Vec::new()));
        if left != *handler {
            dropped = true;
            draft.set(id, "Handler", left);
        }
    }
    if dropped {
        draft.note(tr!("Handler steps to nodes that were not copied were left out."));
    }
    // Dead-letter queues and the like may be shared, where they are here.
    let gone: Vec<Uuid> = outside.into_iter().filter(|id| document.node(*id).is_none()).collect();
    for id in draft.added.clone() {
        let node = draft.document.node(id).map(|node| &node.settings);
        let Some(settings) = node.or_else(|| draft.document.edge(id).map(|edge| &edge.settings)) else { continue };
        let loose: Vec<String> = settings
            .iter()
            .filter(|(_, value)| {
                value.as_str().and_then(|text| Uuid::parse_str(text).ok()).is_some_and(|id| gone.contains(&id))
            })
            .map(|(name, _)| name.clone())
            .collect();
        for setting in loose {
            draft.set(id, &setting, Value::Null);
        }
    }
}

fn step_target(step: &Value) -> Option<Uuid> {
    Uuid::parse_str(step.get("to")?.as_str()?).ok()
}

/// Every id that the settings name.
fn targets(settings: &Map<String, Value>) -> Vec<Uuid> {
    fn walk(value: &Value, found: &mut Vec<Uuid>) {
        match value {
            Value::String(text) => found.extend(Uuid::parse_str(text).ok()),
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            Value::Object(fields) => fields.values().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    settings.values().for_each(|value| walk(value, &mut found));
    found
}
