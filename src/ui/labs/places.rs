//! Nodes and edges by the names that labs call them: `Sales queue`, `Sales queue -> Sales`.

use crate::diagram::{ACCOUNT, Document};
use uuid::Uuid;

/// What is called so.
pub fn find(document: &Document, name: &str) -> Option<Uuid> {
    let node = |name: &str| document.nodes.iter().find(|node| node.name == name.trim()).map(|node| node.id);
    if let Some(id) = node(name) {
        return Some(id);
    }
    let (from, to) = name.split_once("->")?;
    let ends = (node(from)?, node(to)?);
    document.edges.iter().find(|edge| (edge.from, edge.to) == ends).map(|edge| edge.id)
}

pub fn name_of(document: &Document, id: Uuid) -> Option<String> {
    let node = |id: Uuid| document.node(id).map(|node| node.name.clone());
    let edge = || document.edge(id).and_then(|edge| Some(format!("{} -> {}", node(edge.from)?, node(edge.to)?)));
    let account = || (id == ACCOUNT).then(|| "Account".to_string());
    node(id).or_else(edge).or_else(account)
}
