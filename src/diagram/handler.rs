//! What a function's code does, as steps people can read and edit.

use super::distribution::Distribution;
use super::document::{Document, EdgeKind, NodeKind};
use super::reader::{Problems, Reader, kind_name};
use super::send_options::SendOptions;
use super::template::Template;
use serde_json::Value;
use uuid::Uuid;

/// The function's code: stages one after the other; the steps of a stage run at the same time.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Handler {
    pub stages: Vec<Vec<Step>>,
}

/// One step: what it does, and what happens when that does not work.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub action: Action,
    /// How long the code waits for the answer, in microseconds.
    pub timeout: u64,
    /// How often it tries again after a failure.
    pub retries: u32,
    /// Before the first retry, in microseconds; doubles each time, with full jitter.
    pub backoff: u64,
    pub on_error: OnError,
}

/// What the code does when a step has failed for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnError {
    /// The invocation fails.
    Fail,
    /// The code catches the error and goes on.
    Continue,
}

/// What a step does. `to` is the node that it needs an edge to.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The code's own work; `failure_rate` of the runs throw.
    Work { duration: Distribution, failure_rate: f64 },
    /// An HTTP call to a gateway or endpoint, or the invocation of a function. `asynchronous` applies to functions.
    /// `headers` is what a gateway may ask for, such as x-api-key.
    Call { to: Uuid, method: String, path: String, payload: Template, headers: Value, asynchronous: bool },
    /// SendMessage.
    Send { to: Uuid, payload: Template, attributes: Vec<(String, String, Template)>, options: SendOptions },
    /// Publish.
    Publish { to: Uuid, payload: Template, attributes: Vec<(String, String, Template)>, options: SendOptions },
    /// PublishBatch: `entries` makes a list of up to ten, as API_PublishBatch writes them. Its result names those that failed.
    PublishBatch { to: Uuid, entries: Template },
    /// PutEvents with several entries, as API_PutEvents writes them. Its result names those that failed.
    PutEntries { to: Uuid, entries: Template },
    /// PutEvents with one entry.
    PutEvents { to: Uuid, source: String, detail_type: String, detail: Template },
    /// Writes a row under a business key. With `idempotent`, a row with that key is written once; without, a message
    /// worked on twice leaves two rows.
    Write { to: Uuid, table: String, key: Template, row: Template, idempotent: bool },
    /// Reads the row with this key; its result is the row, or `otherwise` where there is none.
    Read { to: Uuid, table: String, key: Template, otherwise: Value },
    /// Sends an e-mail.
    Email { to: Uuid, recipient: Template, subject: Template, body: Template },
    /// What the function returns. Behind a gateway a proxy integration needs `statusCode`.
    Respond { payload: Template },
}

impl Action {
    /// As written in documents.
    pub fn name(&self) -> &'static str {
        match self {
            Action::Work { .. } => "work",
            Action::Call { .. } => "call",
            Action::Send { .. } => "send",
            Action::Publish { .. } => "publish",
            Action::PublishBatch { .. } => "publishBatch",
            Action::PutEvents { .. } | Action::PutEntries { .. } => "putEvents",
            Action::Write { .. } => "write",
            Action::Read { .. } => "read",
            Action::Email { .. } => "email",
            Action::Respond { .. } => "respond",
        }
    }

    pub fn target(&self) -> Option<Uuid> {
        match self {
            Action::Work { .. } | Action::Respond { .. } => None,
            Action::Call { to, .. }
            | Action::Send { to, .. }
            | Action::Publish { to, .. }
            | Action::PublishBatch { to, .. }
            | Action::PutEvents { to, .. }
            | Action::PutEntries { to, .. }
            | Action::Write { to, .. }
            | Action::Read { to, .. }
            | Action::Email { to, .. } => Some(*to),
        }
    }

    pub fn edge_kind(&self) -> Option<EdgeKind> {
        match self {
            Action::Work { .. } | Action::Respond { .. } => None,
            Action::Call { .. } => Some(EdgeKind::Call),
            Action::Send { .. } => Some(EdgeKind::Send),
            Action::Publish { .. } | Action::PublishBatch { .. } => Some(EdgeKind::Publish),
            Action::PutEvents { .. } | Action::PutEntries { .. } => Some(EdgeKind::PutEvents),
            Action::Write { .. } | Action::Read { .. } => Some(EdgeKind::Query),
            Action::Email { .. } => Some(EdgeKind::Email),
        }
    }
}

/// The kind of edge that a step of this name needs to its target.
pub(super) fn edge_kind_of_step(name: &str) -> Option<EdgeKind> {
    match name {
        "call" => Some(EdgeKind::Call),
        "send" => Some(EdgeKind::Send),
        "publish" | "publishBatch" => Some(EdgeKind::Publish),
        "putEvents" => Some(EdgeKind::PutEvents),
        "write" | "read" => Some(EdgeKind::Query),
        "email" => Some(EdgeKind::Email),
        _ => None,
    }
}

const STEP_NAMES: &str = "work, call, send, publish, publishBatch, putEvents, write, read, email, respond, parallel";

/// More steps than anybody reads; keeps a hostile document from stalling the app.
const MAXIMUM_STEPS: usize = 200;

impl Handler {
    /// Reads the `Handler` setting of function `function`. Each step's target must be connected to it.
    pub fn read(value: &Value, path: &str, function: Uuid, document: &Document, problems: &mut Problems) -> Handler {
        let mut handler = Handler::default();
        let Value::Array(steps) = value else {
            problems.say(path, format!("A handler is a list of steps; this is {}.", kind_name(value)), "");
            return handler;
        };
        if steps.len() > MAXIMUM_STEPS {
            problems.say(path, format!("{} steps are too many.", steps.len()), format!("At most {MAXIMUM_STEPS}."));
            return handler;
        }
        for (index, step) in steps.iter().enumerate() {
            let path = format!("{path}[{index}]");
            let Value::Object(fields) = step else {
                problems.say(path, format!("A step is an object; this is {}.", kind_name(step)), "");
                continue;
            };
            if fields.get("step").and_then(Value::as_str) == Some("parallel") {
                let mut reader = Reader::new(fields, path.clone(), problems);
                reader.get("step");
                let branches = reader.array("steps").unwrap_or(&[]).to_vec();
                reader.finish();
                let mut stage = Vec::new();
                for (index, branch) in branches.iter().take(MAXIMUM_STEPS).enumerate() {
                    let path = format!("{path}.steps[{index}]");
                    stage.extend(read_step(branch, &path, function, document, problems));
                }
                handler.stages.push(stage);
            } else if let Some(step) = read_step(step, &path, function, document, problems) {
                handler.stages.push(vec![step]);
            }
        }
        handler.stages.retain(|stage| !stage.is_empty());
        handler
    }

    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.stages.iter().flatten()
    }
}

fn read_step(value: &Value, path: &str, function: Uuid, document: &Document, problems: &mut Problems) -> Option<Step> {
    let Value::Object(fields) = value else {
        problems.say(path, format!("A step is an object; this is {}.", kind_name(value)), "");
        return None;
    };
    let mut reader = Reader::new(fields, path, problems);
    let name = reader.required_text("step");
    let mut timeout = 3_000;
    let action = match name {
        "work" => {
            let duration_path = reader.field_path("duration");
            let duration = match reader.get("duration") {
                Some(value) => Distribution::read(value, &duration_path, reader.problems),
                None => {
                    reader.wrong(
                        "duration",
                        "This field is missing.",
                        "How long does the code work? For example 40 (milliseconds).",
                    );
                    None
                }
            };
            let failure_rate = reader.number("failureRate", 0.0, 0.0, 1.0, "(share of the runs)");
            Some(Action::Work { duration: duration.unwrap_or(Distribution::Constant(0.0)), failure_rate })
        }
        "call" => {
            timeout = 29_000;
            let to = target(&mut reader, function, document, EdgeKind::Call);
            let method = reader.text("method").unwrap_or("POST").to_string();
            let path = reader.text("path").unwrap_or("/").to_string();
            let payload = template(&mut reader, "payload", true);
            let headers = reader.object("headers").map_or(Value::Null, |headers| Value::Object(headers.clone()));
            let invocation = reader.choice("invocation", "RequestResponse", &["RequestResponse", "Event"]);
            to.map(|to| Action::Call { to, method, path, payload, headers, asynchronous: invocation == "Event" })
        }
        "send" | "publish" => {
            let kind = if name == "send" { EdgeKind::Send } else { EdgeKind::Publish };
            let to = target(&mut reader, function, document, kind);
            let payload = template(&mut reader, "payload", true);
            let attributes = read_attributes(&mut reader);
            let options = SendOptions::read_step(&mut reader, name == "send");
            to.map(|to| match kind {
                EdgeKind::Send => Action::Send { to, payload, attributes, options },
                _ => Action::Publish { to, payload, attributes, options },
            })
        }
        "publishBatch" => {
            let to = target(&mut reader, function, document, EdgeKind::Publish);
            let entries = template(&mut reader, "entries", false);
            to.map(|to| Action::PublishBatch { to, entries })
        }
        "putEvents" if fields.contains_key("entries") => {
            let to = target(&mut reader, function, document, EdgeKind::PutEvents);
            let entries = template(&mut reader, "entries", false);
            to.map(|to| Action::PutEntries { to, entries })
        }
        "putEvents" => {
            let to = target(&mut reader, function, document, EdgeKind::PutEvents);
            let source = reader.required_text("source").to_string();
            let detail_type = reader.required_text("detailType").to_string();
            if source.starts_with("aws.") {
                reader.wrong(
                    "source",
                    "Sources that begin with `aws.` are the services' own.",
                    "Use a name of yours, such as `payments`.",
                );
            }
            let detail = template(&mut reader, "detail", true);
            to.map(|to| Action::PutEvents { to, source, detail_type, detail })
        }
        "write" => {
            let to = target(&mut reader, function, document, EdgeKind::Query);
            let table = reader.text("table").unwrap_or("rows").to_string();
            let key = reader.get("key").cloned().unwrap_or_else(|| Value::String("{{requestId}}".to_string()));
            let key = parse_template(&mut reader, "key", &key);
            let row = template(&mut reader, "row", true);
            let idempotent = reader.boolean("idempotent", false);
            to.map(|to| Action::Write { to, table, key, row, idempotent })
        }
        "read" => {
            let to = target(&mut reader, function, document, EdgeKind::Query);
            let table = reader.text("table").unwrap_or("rows").to_string();
            let key = reader.get("key").cloned().unwrap_or_else(|| Value::String("{{requestId}}".to_string()));
            let key = parse_template(&mut reader, "key", &key);
            let otherwise = reader.get("otherwise").cloned().unwrap_or(Value::Null);
            to.map(|to| Action::Read { to, table, key, otherwise })
        }
        "email" => {
            let to = target(&mut reader, function, document, EdgeKind::Email);
            let recipient = template(&mut reader, "recipient", false);
            let subject = template(&mut reader, "subject", false);
            let body = template(&mut reader, "body", false);
            to.map(|to| Action::Email { to, recipient, subject, body })
        }
        "respond" => Some(Action::Respond { payload: template(&mut reader, "payload", false) }),
        "parallel" => {
            reader.wrong("step", "Parallel steps cannot be nested.", "Put the steps into the outer list.");
            None
        }
        other => {
            reader.wrong("step", format!("`{other}` is not a step."), format!("Use one of: {STEP_NAMES}."));
            return None;
        }
    };
    if action.as_ref().is_some_and(|action| action.target().is_some())
        || matches!(name, "call" | "send" | "write" | "read")
    {
        timeout = reader.integer("timeoutMillis", timeout, 1, 900_000, "ms");
    }
    let retries = reader.integer("retries", 0, 0, 10, "") as u32;
    let backoff = reader.integer("backoffMillis", 100, 0, 60_000, "ms");
    let on_error = match reader.choice("onError", "fail", &["fail", "continue"]) {
        "continue" => OnError::Continue,
        _ => OnError::Fail,
    };
    reader.finish();
    Some(Step {
        action: action?,
        timeout: timeout.unsigned_abs() * 1_000,
        retries,
        backoff: backoff.unsigned_abs() * 1_000,
        on_error,
    })
}

fn template(reader: &mut Reader<'_, '_>, name: &str, optional: bool) -> Template {
    match reader.get(name) {
        Some(value) => {
            let value = value.clone();
            parse_template(reader, name, &value)
        }
        None => {
            if !optional {
                reader.wrong(
                    name,
                    "This field is missing.",
                    "Write what is sent, for example {\"amount\": \"{{message.amount}}\"}.",
                );
            }
            Template::message()
        }
    }
}

fn parse_template(reader: &mut Reader<'_, '_>, name: &str, value: &Value) -> Template {
    let path = reader.field_path(name);
    match Template::parse(value, &path) {
        Ok(template) => template,
        Err(problems) => {
            problems.into_iter().for_each(|problem| reader.problems.add(problem));
            Template::message()
        }
    }
}

/// Message attributes: name → `{"DataType": "String", "StringValue": template}`.
fn read_attributes(reader: &mut Reader<'_, '_>) -> Vec<(String, String, Template)> {
    let path = reader.field_path("attributes");
    let Some(fields) = reader.object("attributes") else { return Vec::new() };
    let mut attributes = Vec::new();
    for (name, value) in fields {
        let path = format!("{path}.{name}");
        let Value::Object(value) = value else {
            reader.problems.say(
                path,
                "An attribute is an object.",
                "Write {\"DataType\": \"String\", \"StringValue\": \"…\"}.",
            );
            continue;
        };
        let mut inner = Reader::new(value, path, reader.problems);
        let data_type = inner.choice("DataType", "String", &["String", "String.Array", "Number"]).to_string();
        let text = template(&mut inner, "StringValue", false);
        inner.finish();
        attributes.push((name.clone(), data_type, text));
    }
    attributes
}

/// The step's target: a node that the function has an edge of this kind to.
fn target(reader: &mut Reader<'_, '_>, function: Uuid, document: &Document, kind: EdgeKind) -> Option<Uuid> {
    let text = reader.required_text("to").to_string();
    let Ok(id) = Uuid::parse_str(&text) else {
        if !text.is_empty() {
            reader.wrong("to", format!("`{text}` is not the id of a node."), "");
        }
        return None;
    };
    let Some(node) = document.node(id) else {
        reader.wrong("to", format!("There is no node with the id {id}."), "");
        return None;
    };
    let fits = match kind {
        EdgeKind::Call => matches!(node.kind, NodeKind::Gateway | NodeKind::Function | NodeKind::Endpoint),
        EdgeKind::Send => node.kind == NodeKind::Queue,
        EdgeKind::Publish => node.kind == NodeKind::Topic,
        EdgeKind::PutEvents => node.kind == NodeKind::Bus,
        EdgeKind::Query => node.kind == NodeKind::Database,
        _ => node.kind == NodeKind::Mailer,
    };
    if !fits {
        reader.wrong("to", format!("“{}” is a {}; this step cannot use it.", node.name, node.kind.name()), "");
        return None;
    }
    if !document.edges.iter().any(|edge| edge.from == function && edge.to == id && edge.kind == kind) {
        reader.wrong(
            "to",
            format!("There is no connection to “{}”.", node.name),
            "Draw an edge from this function to it.",
        );
        return None;
    }
    Some(id)
}
