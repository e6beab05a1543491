//! Handlers as written: the steps that a new connection needs, and steps that turn into others when a pattern changes.

use super::{Draft, setting, slug};
use crate::diagram::document::{Document, EdgeKind, Node, NodeKind};
use crate::diagram::handler::edge_kind_of_step;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The step that makes `from` use a new edge of this kind to `to`; `None` where no step is needed.
pub fn step_for(document: &Document, from: &Node, to: &Node, kind: EdgeKind) -> Option<Value> {
    let step = match kind {
        EdgeKind::Call if to.kind == NodeKind::Function => {
            json!({ "step": "call", "to": to.id, "payload": "{{message}}" })
        }
        EdgeKind::Call => {
            json!({ "step": "call", "to": to.id, "method": "POST", "path": path_into(document, to), "payload": "{{message}}" })
        }
        EdgeKind::Send => json!({ "step": "send", "to": to.id, "payload": "{{message}}" }),
        EdgeKind::Publish => json!({ "step": "publish", "to": to.id, "payload": "{{message}}" }),
        EdgeKind::PutEvents => json!({
            "step": "putEvents",
            "to": to.id,
            "source": slug(&from.name),
            "detailType": detail_type(&from.name),
            "detail": "{{message}}",
        }),
        // Whoever asks with GET wants to know, not to write.
        EdgeKind::Query if answers_get(document, from.id) => json!({
            "step": "read",
            "to": to.id,
            "table": table(to),
            "key": "{{requestId}}",
            "otherwise": { "status": "pending" },
        }),
        EdgeKind::Query => json!({
            "step": "write",
            "to": to.id,
            "table": table(to),
            "key": "{{requestId}}",
            "row": "{{message}}",
            "idempotent": true,
        }),
        EdgeKind::Email => json!({
            "step": "email",
            "to": to.id,
            "recipient": "{{message.customerId}}@example.com",
            "subject": "We have received your request",
            "body": "Thank you. Your reference: {{requestId}}.",
        }),
        _ => return None,
    };
    Some(step)
}

/// The event type of what a function reports: `Payments` → `PaymentsEvent`.
pub fn detail_type(name: &str) -> String {
    let words = name.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut text = String::new();
    for word in words {
        let mut characters = word.chars();
        text.extend(characters.next().into_iter().flat_map(char::to_uppercase));
        text.push_str(characters.as_str());
    }
    format!("{text}Event")
}

/// A table by the name of its database: `Sales database` → `sales`.
fn table(database: &Node) -> String {
    let name = slug(&database.name);
    match name.strip_suffix("-database") {
        Some(subject) if !subject.is_empty() => subject.to_string(),
        _ => "rows".to_string(),
    }
}

/// A path for which the gateway has a route; whoever calls an endpoint uses its root.
fn path_into(document: &Document, to: &Node) -> String {
    document
        .edges
        .iter()
        .filter(|edge| edge.from == to.id && edge.kind == EdgeKind::Integration)
        .filter_map(|edge| edge.settings.get("Path").and_then(Value::as_str))
        .find(|path| !path.contains('{'))
        .unwrap_or("/")
        .to_string()
}

fn answers_get(document: &Document, function: Uuid) -> bool {
    let mut routes =
        document.edges.iter().filter(|edge| edge.to == function && edge.kind == EdgeKind::Integration).peekable();
    routes.peek().is_some() && routes.all(|route| route.settings.get("Method").is_some_and(|method| method == "GET"))
}

/// A function's steps as they hold.
pub fn steps(function: &Node) -> Vec<Value> {
    match setting(function, "Handler") {
        Value::Array(steps) => steps,
        _ => Vec::new(),
    }
}

fn is_step(step: &Value, name: &str) -> bool {
    step.get("step").is_some_and(|step| step == name)
}

/// Adds a step: in front of the answer, so that a failure is told.
pub fn add_step(draft: &mut Draft, function: Uuid, step: Value) {
    let Some(node) = draft.document.node(function) else { return };
    let mut steps = steps(node);
    let place = steps.iter().position(|step| is_step(step, "respond")).unwrap_or(steps.len());
    // An answer that nobody has written by hand yet tells what was read.
    if is_step(&step, "read")
        && let Some(response) = steps.get_mut(place)
        && *response == first_response(false)
    {
        *response = first_response(true);
    }
    steps.insert(place, step);
    draft.set(function, "Handler", steps.into());
}

/// Gives a function behind a gateway the answer that the gateway understands, if it gives none yet.
pub fn add_response(draft: &mut Draft, function: Uuid) {
    let Some(node) = draft.document.node(function) else { return };
    let mut steps = steps(node);
    if steps.iter().any(|step| is_step(step, "respond")) {
        return;
    }
    let reads = steps.iter().any(|step| is_step(step, "read"));
    steps.push(first_response(reads));
    draft.set(function, "Handler", steps.into());
}

fn first_response(reads: bool) -> Value {
    let body = if reads {
        json!({ "requestId": "{{requestId}}", "status": "{{result.status}}" })
    } else {
        json!({ "success": true, "requestId": "{{requestId}}" })
    };
    json!({ "step": "respond", "payload": { "statusCode": 200, "body": body } })
}

/// Whether a step uses an edge of this kind to this node.
pub fn uses(step: &Value, to: Uuid, kind: EdgeKind) -> bool {
    step.get("step").and_then(Value::as_str).and_then(edge_kind_of_step) == Some(kind)
        && step.get("to").and_then(Value::as_str).is_some_and(|text| Uuid::parse_str(text) == Ok(to))
}

/// Changes every step that uses an edge of this kind to `to`, wherever it stands. Gives how many there were.
pub fn change_steps(
    draft: &mut Draft,
    function: Uuid,
    to: Uuid,
    kind: EdgeKind,
    change: &mut dyn FnMut(&Map<String, Value>) -> Value,
) -> usize {
    let Some(node) = draft.document.node(function) else { return 0 };
    let mut steps = Value::Array(steps(node));
    let count = change_in(&mut steps, to, kind, change);
    if count > 0 {
        draft.set(function, "Handler", steps);
    }
    count
}

/// Steps stand in lists, and lists of steps in other steps.
fn change_in(
    value: &mut Value,
    to: Uuid,
    kind: EdgeKind,
    change: &mut dyn FnMut(&Map<String, Value>) -> Value,
) -> usize {
    let changed = match &*value {
        Value::Object(fields) if uses(value, to, kind) => Some(change(fields)),
        _ => None,
    };
    if let Some(changed) = changed {
        *value = changed;
        return 1;
    }
    match value {
        Value::Array(items) => items.iter_mut().map(|item| change_in(item, to, kind, change)).sum(),
        Value::Object(fields) => fields.values_mut().map(|field| change_in(field, to, kind, change)).sum(),
        _ => 0,
    }
}

/// What a step hands over: its payload, detail or row.
pub fn handed_over(step: &Map<String, Value>) -> Value {
    ["payload", "detail", "row"]
        .iter()
        .find_map(|field| step.get(*field))
        .cloned()
        .unwrap_or_else(|| "{{message}}".into())
}

/// The same step with another target or purpose: what it hands over and how it deals with failures stay.
pub fn turned_into(step: &Map<String, Value>, mut new: Value) -> Value {
    let payload = handed_over(step);
    if let Value::Object(fields) = &mut new {
        for field in ["payload", "detail", "row"] {
            if let Some(place) = fields.get_mut(field) {
                *place = payload.clone();
            }
        }
        let kept: &[&str] = match fields.get("step").and_then(Value::as_str) {
            Some("send" | "publish") => &["attributes", "retries", "backoffMillis", "onError"],
            _ => &["retries", "backoffMillis", "onError"],
        };
        for field in kept {
            if let Some(value) = step.get(*field) {
                fields.insert((*field).to_string(), value.clone());
            }
        }
    }
    new
}

/// Whether a later step or the answer uses what the steps before it returned.
pub fn uses_result(function: &Node) -> bool {
    steps(function).iter().any(|step| step.to_string().contains("{{result"))
}
