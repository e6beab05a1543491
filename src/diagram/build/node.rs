//! New nodes, ready to run.

use super::{Draft, slug};
use crate::diagram::document::{Document, Node, NodeKind};
use crate::diagram::edit::{Change, Edit};
use crate::diagram::ids::Ids;
use serde_json::{Map, Value, json};

/// What a node of this kind is called at first.
pub fn first_name(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Client => "Client",
        NodeKind::Gateway => "API",
        NodeKind::Function => "Function",
        NodeKind::Queue => "Queue",
        NodeKind::Topic => "Topic",
        NodeKind::Bus => "Event bus",
        NodeKind::Rule => "Rule",
        NodeKind::Database => "Database",
        NodeKind::Mailer => "E-mail",
        NodeKind::Endpoint => "Endpoint",
        NodeKind::Other => "Resource",
    }
}

/// `wanted`, with a number behind it where the name is in use.
pub fn unique_name(document: &Document, wanted: &str) -> String {
    let used = |name: &str| document.nodes.iter().any(|node| node.name == name);
    if !used(wanted) {
        return wanted.to_string();
    }
    (2u32..).map(|number| format!("{wanted} {number}")).find(|name| !used(name)).unwrap_or_default()
}

/// A node of this kind with its centre at `at`, with a name of its own and settings that run.
pub fn new_node(document: &Document, kind: NodeKind, at: (f64, f64), ids: &mut Ids) -> Change {
    let name = unique_name(document, first_name(kind));
    let mut draft = Draft::new(document);
    let node = make(document, kind, name, at, ids);
    draft.added.push(node.id);
    let label = tr!("Add {}", node.name);
    draft.add(Edit::add_node(node));
    draft.into_change(label)
}

/// A node whose name is given.
pub fn make(document: &Document, kind: NodeKind, name: String, (x, y): (f64, f64), ids: &mut Ids) -> Node {
    let settings = first_settings(document, kind, &name);
    Node { id: ids.next_id(), kind, name, x, y, settings }
}

fn first_settings(document: &Document, kind: NodeKind, name: &str) -> Map<String, Value> {
    let mut settings = Map::new();
    match kind {
        // Something to look at: an insured person's monthly payment, as in the guide.
        NodeKind::Client => {
            let payload = json!({
                "customerId": "C-1042",
                "product": "auto",
                "amount": 49.9,
                "currency": "EUR",
                "requestId": "{{requestId}}",
            });
            settings.insert("Payloads".to_string(), Value::Array(vec![payload]));
        }
        // An account has one bus that is called default; others need names of their own.
        NodeKind::Bus if document.nodes.iter().any(|node| node.kind == NodeKind::Bus) => {
            settings.insert("Name".to_string(), slug(name).into());
        }
        _ => {}
    }
    settings
}
