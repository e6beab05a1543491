//! References from settings to nodes: handler steps, dead-letter queues and the like. What refers to something that is
//! removed goes with it, so that the rest stays valid.

use super::{AT_END, Edit};
use crate::diagram::document::{Document, Edge};
use crate::diagram::handler::edge_kind_of_step;
use serde_json::{Map, Value};
use uuid::Uuid;

/// Takes scheduled faults of something out of the document.
pub fn forget_faults(document: &Document, target: Uuid) -> Option<Edit> {
    if document.faults.iter().all(|fault| fault.target != target) {
        return None;
    }
    let left: Vec<Value> =
        document.faults.iter().filter(|fault| fault.target != target).map(|fault| fault.to_json()).collect();
    Some(Edit::SetField { field: "faults".to_string(), value: (!left.is_empty()).then_some(left.into()) })
}

/// Edits that take every reference to a node out of the settings of others.
pub fn forget_node(document: &Document, id: Uuid) -> Vec<Edit> {
    let nodes = document.nodes.iter().filter(|node| node.id != id).map(|node| (node.id, &node.settings));
    let edges = document.edges.iter().map(|edge| (edge.id, &edge.settings));
    let settings =
        nodes.chain(edges).flat_map(|(target, settings)| forget(target, settings, &|value| names(value, id)));
    settings.chain(forget_faults(document, id)).collect()
}

/// Edits that take out what refers to this edge: faults, and handler steps that need it, unless there is another one
/// like it.
pub fn forget_edge(document: &Document, gone: &Edge) -> Vec<Edit> {
    let another = document
        .edges
        .iter()
        .any(|edge| edge.id != gone.id && edge.kind == gone.kind && edge.from == gone.from && edge.to == gone.to);
    let faults = forget_faults(document, gone.id);
    let Some(node) = document.node(gone.from).filter(|_| !another) else { return faults.into_iter().collect() };
    let needs = |value: &Value| {
        value.get("step").and_then(Value::as_str).and_then(edge_kind_of_step) == Some(gone.kind)
            && value.get("to").is_some_and(|to| is(to, gone.to))
    };
    forget(node.id, &node.settings, &needs).into_iter().chain(faults).collect()
}

/// Whether a value is this id.
pub fn is(value: &Value, id: Uuid) -> bool {
    value.as_str().is_some_and(|text| Uuid::parse_str(text) == Ok(id))
}

/// Whether a value is this id, or an object one of whose fields is.
fn names(value: &Value, id: Uuid) -> bool {
    is(value, id) || value.as_object().is_some_and(|fields| fields.values().any(|value| is(value, id)))
}

fn forget(target: Uuid, settings: &Map<String, Value>, gone: &dyn Fn(&Value) -> bool) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (name, value) in settings {
        let left = without(value, gone);
        if left.as_ref() != Some(value) {
            edits.push(Edit::Set { target, setting: name.clone(), value: left, place: AT_END });
        }
    }
    edits
}

/// Where steps have lists of steps inside.
const INNER: [&str; 4] = ["steps", "then", "else", "branches"];

/// What is left of a value when everything that is gone is taken out: elements of lists, fields of objects, the value
/// itself. Steps around others go with the last of these.
pub fn without(value: &Value, gone: &dyn Fn(&Value) -> bool) -> Option<Value> {
    if gone(value) {
        return None;
    }
    match value {
        Value::Array(items) => Some(items.iter().filter_map(|item| without(item, gone)).collect()),
        Value::Object(fields) => {
            let left: Map<String, Value> =
                fields.iter().filter_map(|(name, value)| Some((name.clone(), without(value, gone)?))).collect();
            let steps = |fields: &Map<String, Value>| {
                INNER
                    .iter()
                    .any(|name| fields.get(*name).and_then(Value::as_array).is_some_and(|steps| !steps.is_empty()))
            };
            let emptied = fields.contains_key("step") && steps(fields) && !steps(&left);
            (!emptied).then_some(Value::Object(left))
        }
        other => Some(other.clone()),
    }
}
