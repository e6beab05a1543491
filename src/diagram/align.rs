//! The same diagram under other ids.
//!
//! Random streams belong to ids, so that renaming a node changes no run. Two diagrams that were drawn separately have
//! different ids and therefore run differently, though nothing else tells them apart; to compare them, one takes over
//! the ids of the other.

use super::document::{Document, Edge, Node};
use serde_json::{Map, Value};
use uuid::Uuid;

impl Document {
    /// This document with the ids, and in the order, of another one with the same nodes and edges: nodes are the same
    /// where kind and name are, edges where their kind, ends and settings are. `None` where something has no counterpart.
    pub fn with_ids_of(&self, other: &Document) -> Option<Document> {
        if (self.nodes.len(), self.edges.len()) != (other.nodes.len(), other.edges.len()) {
            return None;
        }
        let mut ids: Vec<(Uuid, Uuid)> = Vec::new();
        let mut nodes = Vec::new();
        for theirs in &other.nodes {
            let mine = self.nodes.iter().find(|node| (node.kind, &node.name) == (theirs.kind, &theirs.name))?;
            ids.push((mine.id, theirs.id));
            nodes.push(mine);
        }
        let new = |id: Uuid| ids.iter().find(|pair| pair.0 == id).map(|pair| pair.1);
        let mut edges: Vec<(Uuid, Edge)> = Vec::new();
        let mut taken = vec![false; self.edges.len()];
        for theirs in &other.edges {
            let same = |edge: &Edge| {
                edge.kind == theirs.kind
                    && (new(edge.from), new(edge.to)) == (Some(theirs.from), Some(theirs.to))
                    && with_ids(&edge.settings, &ids) == theirs.settings
            };
            let place = (0..self.edges.len()).find(|place| !taken[*place] && same(&self.edges[*place]))?;
            taken[place] = true;
            edges.push((self.edges[place].id, theirs.clone()));
        }
        let nodes = nodes.into_iter().map(|node| {
            let settings = with_ids(&node.settings, &ids);
            Some(Node { id: new(node.id)?, settings, ..node.clone() })
        });
        let mut document = Document { nodes: nodes.collect::<Option<_>>()?, ..self.clone() };
        for fault in &mut document.faults {
            let edge = edges.iter().find(|(mine, _)| *mine == fault.target).map(|(_, theirs)| theirs.id);
            fault.target = new(fault.target).or(edge)?;
        }
        document.edges = edges.into_iter().map(|(_, edge)| edge).collect();
        Some(document)
    }

    /// This document with two ids exchanged wherever they stand, whether or not both are in it. The diagram stays the same.
    pub fn with_swapped_ids(&self, one: Uuid, other: Uuid) -> Document {
        let ids = [(one, other), (other, one)];
        let new = |id: Uuid| ids.iter().find(|pair| pair.0 == id).map_or(id, |pair| pair.1);
        let mut document = self.clone();
        for node in &mut document.nodes {
            node.id = new(node.id);
            node.settings = with_ids(&node.settings, &ids);
        }
        for edge in &mut document.edges {
            (edge.id, edge.from, edge.to) = (new(edge.id), new(edge.from), new(edge.to));
            edge.settings = with_ids(&edge.settings, &ids);
        }
        for fault in &mut document.faults {
            fault.target = new(fault.target);
        }
        document
    }
}

/// Settings with every old id replaced by its new one.
pub(super) fn with_ids(settings: &Map<String, Value>, ids: &[(Uuid, Uuid)]) -> Map<String, Value> {
    settings.iter().map(|(name, value)| (name.clone(), value_with_ids(value, ids))).collect()
}

fn value_with_ids(value: &Value, ids: &[(Uuid, Uuid)]) -> Value {
    match value {
        Value::String(text) => {
            let id = Uuid::parse_str(text).ok();
            let new = id.and_then(|id| ids.iter().find(|pair| pair.0 == id)).map(|pair| pair.1);
            new.map_or_else(|| value.clone(), |new| new.to_string().into())
        }
        Value::Array(items) => items.iter().map(|item| value_with_ids(item, ids)).collect(),
        Value::Object(fields) => Value::Object(with_ids(fields, ids)),
        other => other.clone(),
    }
}
