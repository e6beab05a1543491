//! Finds what labs call by name.

use super::act::account;
use crate::diagram::{Document, Node, settings};
use uuid::Uuid;

/// The node of this name.
pub fn find_node<'d>(document: &'d Document, name: &str) -> Result<&'d Node, String> {
    let name = name.trim();
    document.nodes.iter().find(|node| node.name == name).ok_or_else(|| tr!("There is no node “{name}”.", name = name))
}

/// The node of this name, or the edge `A -> B`, or the account.
pub fn find(document: &Document, name: &str) -> Result<Uuid, String> {
    if let Ok(node) = find_node(document, name) {
        return Ok(node.id);
    }
    if let Some(account) = account(name.trim()) {
        return Ok(account);
    }
    let Some((from, to)) = name.split_once("->").or_else(|| name.split_once('→')) else {
        return Err(tr!("There is no node or edge “{}”.", name.trim()));
    };
    let (from, to) = (find_node(document, from)?, find_node(document, to)?);
    let edge = document.edges.iter().find(|edge| (edge.from, edge.to) == (from.id, to.id));
    edge.map(|edge| edge.id)
        .ok_or_else(|| tr!("There is no edge from “{from}” to “{to}”.", from = from.name, to = to.name))
}

/// `Sales queue.VisibilityTimeout`: what it is a setting of, and its name.
pub fn find_setting<'t>(document: &Document, text: &'t str) -> Result<(Uuid, &'t str), String> {
    let Some((target, name)) = text.rsplit_once('.') else {
        return Err(tr!("`{text}` names no setting; write Node.Setting or A -> B.Setting.", text = text));
    };
    let id = find(document, target)?;
    match settings::field(settings::fields_of(document, id), name) {
        Some(_) => Ok((id, name)),
        None => Err(tr!("“{target}” has no setting {name}.", target = target.trim(), name = name)),
    }
}
