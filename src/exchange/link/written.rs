//! Documents with short names: lists instead of named fields, and nothing that is empty.

use crate::diagram::{Document, Edge, FORMAT_VERSION, Node, Problem, ScheduledFault};
use serde_json::{Map, Value, json};

pub fn problem(path: &str, message: impl Into<String>, hint: &str) -> Vec<Problem> {
    vec![Problem::new(path, message).with_hint(hint)]
}

/// What is said of a link that cannot be read.
pub fn broken(path: &str, why: &str) -> Vec<Problem> {
    problem(
        path,
        tr!("The link is damaged: {why}.", why = why),
        tr!("Copy it again, whole, or ask for the diagram as a file."),
    )
}

/// Whole numbers without a fraction: `152` instead of `152.0`.
pub fn number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e15 { json!(number as i64) } else { json!(number) }
}

pub fn document(document: &Document) -> Value {
    let mut fields = Map::new();
    fields.insert("n".to_string(), document.name.clone().into());
    let list = |values: Vec<Value>| (!values.is_empty()).then_some(Value::Array(values));
    let object = |fields: &Map<String, Value>| (!fields.is_empty()).then(|| Value::Object(fields.clone()));
    for (name, value) in [
        ("N", list(document.nodes.iter().map(node).collect())),
        ("E", list(document.edges.iter().map(edge).collect())),
        ("a", object(&document.account)),
        ("f", list(document.faults.iter().map(ScheduledFault::to_json).collect())),
        ("p", object(&document.prices)),
    ] {
        if let Some(value) = value {
            fields.insert(name.to_string(), value);
        }
    }
    Value::Object(fields)
}

pub fn node(node: &Node) -> Value {
    let fields = vec![
        node.id.to_string().into(),
        node.kind.name().into(),
        node.name.clone().into(),
        number(node.x),
        number(node.y),
    ];
    with_settings(fields, &node.settings)
}

pub fn edge(edge: &Edge) -> Value {
    let ids = [edge.id, edge.from, edge.to].map(|id| Value::from(id.to_string()));
    let mut fields = ids.to_vec();
    fields.insert(1, edge.kind.name().into());
    with_settings(fields, &edge.settings)
}

fn with_settings(mut fields: Vec<Value>, settings: &Map<String, Value>) -> Value {
    if !settings.is_empty() {
        fields.push(Value::Object(settings.clone()));
    }
    Value::Array(fields)
}

/// Reads a document; what is wrong with it has the paths of its usual form.
pub fn read_document(value: &Value) -> Result<Document, Vec<Problem>> {
    let Value::Object(fields) = value else { return Err(broken("", tr!("it holds no diagram"))) };
    let mut whole = json!({ "version": FORMAT_VERSION });
    for (name, value) in fields {
        let (name, value) = match name.as_str() {
            "n" => ("name", value.clone()),
            "N" => ("nodes", each(value, read_node)),
            "E" => ("edges", each(value, read_edge)),
            "a" => ("account", value.clone()),
            "f" => ("faults", value.clone()),
            "p" => ("prices", value.clone()),
            _ => return Err(broken("", tr!("it holds something that is no part of a diagram"))),
        };
        whole[name] = value;
    }
    Document::read(&whole)
}

/// A node by itself.
pub fn read_one_node(value: &Value) -> Result<Node, Vec<Problem>> {
    let whole = json!({ "version": FORMAT_VERSION, "name": "", "nodes": [read_node(value)], "edges": [] });
    Document::read(&whole)?.nodes.pop().ok_or_else(|| broken("", tr!("a node is missing")))
}

/// An edge by itself.
pub fn read_one_edge(value: &Value) -> Result<Edge, Vec<Problem>> {
    let whole = json!({ "version": FORMAT_VERSION, "name": "", "nodes": [], "edges": [read_edge(value)] });
    Document::read(&whole)?.edges.pop().ok_or_else(|| broken("", tr!("an edge is missing")))
}

fn each(value: &Value, read: fn(&Value) -> Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(read).collect(),
        // Whoever reads the document says what is wrong.
        other => other.clone(),
    }
}

fn read_node(value: &Value) -> Value {
    named(value, ["id", "kind", "name", "x", "y", "settings"])
}

fn read_edge(value: &Value) -> Value {
    named(value, ["id", "kind", "from", "to", "settings"])
}

/// A list as an object with these fields.
fn named<const COUNT: usize>(value: &Value, names: [&str; COUNT]) -> Value {
    match value {
        Value::Array(items) if items.len() <= COUNT => {
            let fields = names.iter().zip(items).map(|(name, item)| (name.to_string(), item.clone()));
            Value::Object(fields.collect())
        }
        other => other.clone(),
    }
}
