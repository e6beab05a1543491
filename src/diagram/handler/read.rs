//! Reads handlers. Each step's target must be connected to the function.

use super::{Action, Breaker, Condition, Handler, OnError, Step};
use crate::diagram::distribution::Distribution;
use crate::diagram::document::{Document, EdgeKind, NodeKind};
use crate::diagram::reader::{Problems, Reader, kind_name};
use crate::diagram::send_options::SendOptions;
use crate::diagram::step_kinds::THROWN;
use crate::diagram::template::Template;
use crate::rules::Pattern;
use serde_json::Value;
use uuid::Uuid;

/// The kind of edge that a step of this name needs to its target.
pub(in crate::diagram) fn edge_kind_of_step(name: &str) -> Option<EdgeKind> {
    match name {
        "call" => Some(EdgeKind::Call),
        "send" | "sendBatch" => Some(EdgeKind::Send),
        "publish" | "publishBatch" => Some(EdgeKind::Publish),
        "putEvents" => Some(EdgeKind::PutEvents),
        "write" | "read" | "idempotency" | "relay" => Some(EdgeKind::Query),
        "email" => Some(EdgeKind::Email),
        _ => None,
    }
}

const STEP_NAMES: &str = "work, call, send, sendBatch, publish, publishBatch, putEvents, write, read, email, respond, throw, if, parallel, idempotency, relay";

/// More steps than anybody reads; keeps a hostile document from stalling the app.
const MAXIMUM_STEPS: usize = 200;
/// What a step's circuit breaker does, and after how many seconds an idempotency record expires, where they do not say
/// otherwise.
pub const BREAKER_FAILURES: i64 = 5;
pub const BREAKER_OPEN_MILLIS: i64 = 30_000;
pub const RECORD_EXPIRES: i64 = 3_600;
/// How deep lists of steps may be nested.
const MAXIMUM_DEPTH: usize = 8;

impl Handler {
    /// Reads the `Handler` setting of function `function`.
    pub fn read(value: &Value, path: &str, function: Uuid, document: &Document, problems: &mut Problems) -> Handler {
        let mut steps = Steps { function, document, count: 0, depth: 0 };
        Handler { steps: steps.read(value, path, problems) }
    }
}

/// What is known while steps are read.
struct Steps<'a> {
    function: Uuid,
    document: &'a Document,
    count: usize,
    depth: usize,
}

impl Steps<'_> {
    fn read(&mut self, value: &Value, path: &str, problems: &mut Problems) -> Vec<Step> {
        let Value::Array(steps) = value else {
            problems.say(path, tr!("A handler is a list of steps; this is {}.", kind_name(value)), "");
            return Vec::new();
        };
        if self.depth >= MAXIMUM_DEPTH {
            problems.say(
                path,
                tr!("Steps are nested too deep."),
                tr!("At most {} lists in each other.", MAXIMUM_DEPTH),
            );
            return Vec::new();
        }
        self.count += steps.len();
        if self.count > MAXIMUM_STEPS {
            problems.say(path, tr!("{} steps are too many.", self.count), tr!("At most {}.", MAXIMUM_STEPS));
            return Vec::new();
        }
        self.depth += 1;
        let steps = steps.iter().enumerate();
        let steps = steps.filter_map(|(index, step)| self.step(step, &format!("{path}[{index}]"), problems)).collect();
        self.depth -= 1;
        steps
    }

    /// A list of steps inside a step; none where it is absent.
    fn list(&mut self, reader: &mut Reader<'_, '_>, name: &str) -> Vec<Step> {
        let path = reader.field_path(name);
        match reader.get(name) {
            Some(value) => self.read(value, &path, reader.problems),
            None => Vec::new(),
        }
    }

    /// The branches of a parallel step: each a step, or a list of steps.
    fn branches(&mut self, reader: &mut Reader<'_, '_>) -> Vec<Vec<Step>> {
        let path = reader.field_path("steps");
        let branches = reader.array("steps").unwrap_or(&[]).iter().take(MAXIMUM_STEPS).enumerate();
        let branches = branches.map(|(index, branch)| {
            let path = format!("{path}[{index}]");
            match branch {
                Value::Array(_) => self.read(branch, &path, reader.problems),
                step => {
                    self.count += 1;
                    self.step(step, &path, reader.problems).into_iter().collect()
                }
            }
        });
        branches.filter(|branch: &Vec<Step>| !branch.is_empty()).collect()
    }

    fn step(&mut self, value: &Value, path: &str, problems: &mut Problems) -> Option<Step> {
        let (function, document) = (self.function, self.document);
        let Value::Object(fields) = value else {
            problems.say(path, tr!("A step is an object; this is {}.", kind_name(value)), "");
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
                            tr!("This field is missing."),
                            tr!("How long does the code work? For example 40 (milliseconds)."),
                        );
                        None
                    }
                };
                let failure_rate = reader.number("failureRate", 0.0, 0.0, 1.0, phrase!("(share of the runs)"));
                let cpu_bound = reader.boolean("cpuBound", false);
                Some(Action::Work {
                    duration: duration.unwrap_or(Distribution::Constant(0.0)),
                    failure_rate,
                    cpu_bound,
                })
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
            "sendBatch" | "publishBatch" => {
                let kind = if name == "sendBatch" { EdgeKind::Send } else { EdgeKind::Publish };
                let to = target(&mut reader, function, document, kind);
                let entries = template(&mut reader, "entries", false);
                to.map(|to| match kind {
                    EdgeKind::Send => Action::SendBatch { to, entries },
                    _ => Action::PublishBatch { to, entries },
                })
            }
            "putEvents" if fields.contains_key("entries") => {
                let to = target(&mut reader, function, document, EdgeKind::PutEvents);
                let entries = template(&mut reader, "entries", false);
                // Each entry has its own; what one event would have waits until the entries are gone.
                for name in ["source", "detailType", "detail"] {
                    reader.get(name);
                }
                to.map(|to| Action::PutEntries { to, entries })
            }
            "putEvents" => {
                let to = target(&mut reader, function, document, EdgeKind::PutEvents);
                let source = reader.required_text("source").to_string();
                let detail_type = reader.required_text("detailType").to_string();
                if source.starts_with("aws.") {
                    reader.wrong(
                        "source",
                        tr!("Sources that begin with `aws.` are the services' own."),
                        tr!("Use a name of yours, such as `payments`."),
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
                let event = reader.get("event").cloned().map(|event| parse_template(&mut reader, "event", &event));
                to.map(|to| Action::Write { to, table, key, row, idempotent, event })
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
            "throw" => {
                let error = reader.text("error").unwrap_or("Error").to_string();
                let message = reader.text("message").unwrap_or(THROWN).to_string();
                let probability = reader.number("probability", 1.0, 0.0, 1.0, phrase!("(share of the runs)"));
                let crash = reader.boolean("crash", false);
                Some(Action::Throw { error, message, probability, crash })
            }
            "parallel" => Some(Action::Parallel { branches: self.branches(&mut reader) }),
            "if" => {
                let (then, otherwise) = (self.list(&mut reader, "then"), self.list(&mut reader, "else"));
                Some(Action::If { then, otherwise })
            }
            "idempotency" => {
                let to = target(&mut reader, function, document, EdgeKind::Query);
                let table = reader.text("table").unwrap_or("idempotency").to_string();
                let key = reader.get("key").cloned().unwrap_or_else(|| Value::String("{{requestId}}".to_string()));
                let key = parse_template(&mut reader, "key", &key);
                let expires = reader.integer("expiresAfterSeconds", RECORD_EXPIRES, 1, 31_536_000, "s").unsigned_abs()
                    * 1_000_000;
                let steps = self.list(&mut reader, "steps");
                to.map(|to| Action::Idempotency { to, table, key, expires, steps })
            }
            "relay" => {
                let to = target(&mut reader, function, document, EdgeKind::Query);
                let maximum = reader.integer("maximum", 10, 1, 1_000, phrase!("events")) as u32;
                let steps = self.list(&mut reader, "steps");
                to.map(|to| Action::Relay { to, maximum, steps })
            }
            other => {
                reader.wrong("step", tr!("`{step}` is not a step.", step = other), tr!("Use one of: {}.", STEP_NAMES));
                return None;
            }
        };
        let condition = condition(&mut reader);
        if name == "if" && condition.is_none() {
            reader.wrong(
                "when",
                tr!("This step has no condition."),
                tr!("For example {\"amount\": [{\"numeric\": [\">\", 100]}]}."),
            );
        }
        let asks = edge_kind_of_step(name).is_some();
        if asks {
            timeout = reader.integer("timeoutMillis", timeout, 1, 900_000, "ms");
        }
        // For people alone: why an import thinks that the code does this.
        reader.text("guess");
        let retries = reader.integer("retries", 0, 0, 10, "") as u32;
        let backoff = reader.integer("backoffMillis", 100, 0, 60_000, "ms");
        let breaker = if asks { breaker(&mut reader) } else { None };
        let mut on_error = match reader.choice("onError", "fail", &["fail", "continue"]) {
            "continue" => OnError::Continue,
            _ => OnError::Fail,
        };
        if let Some(fallback) = reader.get("fallback").cloned() {
            on_error = OnError::Fallback(parse_template(&mut reader, "fallback", &fallback));
        }
        if reader.has("fallbackSteps") {
            on_error = OnError::Steps(self.list(&mut reader, "fallbackSteps"));
        }
        reader.finish();
        Some(Step {
            action: action?,
            condition,
            timeout: timeout.unsigned_abs() * 1_000,
            retries,
            backoff: backoff.unsigned_abs() * 1_000,
            breaker,
            on_error,
        })
    }
}

/// `when` is about the message, `whenResult` about the previous step's result.
fn condition(reader: &mut Reader<'_, '_>) -> Option<Condition> {
    let mut read = |name| {
        let value = reader.get(name)?;
        match Pattern::parse(&value.to_string()) {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                let path = reader.field_path(name);
                let place = if error.path.is_empty() { path } else { format!("{path}.{}", error.path) };
                reader.problems.say(place, error.message, error.hint);
                None
            }
        }
    };
    let (message, result) = (read("when"), read("whenResult"));
    (message.is_some() || result.is_some()).then_some(Condition { message, result })
}

fn breaker(reader: &mut Reader<'_, '_>) -> Option<Breaker> {
    let path = reader.field_path("circuitBreaker");
    let fields = reader.object("circuitBreaker")?;
    let mut inner = Reader::new(fields, path, reader.problems);
    let failures = inner.integer("failures", BREAKER_FAILURES, 1, 1_000, phrase!("failures in a row")) as u32;
    let open = inner.integer("openMillis", BREAKER_OPEN_MILLIS, 1, 3_600_000, "ms").unsigned_abs() * 1_000;
    inner.finish();
    Some(Breaker { failures, open })
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
                    tr!("This field is missing."),
                    tr!("Write what is sent, for example {\"amount\": \"{{message.amount}}\"}."),
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
                tr!("An attribute is an object."),
                tr!("Write {\"DataType\": \"String\", \"StringValue\": \"…\"}."),
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
            reader.wrong("to", tr!("`{text}` is not the id of a node.", text = text), "");
        }
        return None;
    };
    let Some(node) = document.node(id) else {
        reader.wrong("to", tr!("There is no node with the id {id}.", id = id), "");
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
        let message = tr!("“{node}” is a {kind}; this step cannot use it.", node = node.name, kind = node.kind.noun());
        reader.wrong("to", message, "");
        return None;
    }
    if !document.edges.iter().any(|edge| edge.from == function && edge.to == id && edge.kind == kind) {
        reader.wrong(
            "to",
            tr!("There is no connection to “{}”.", node.name),
            tr!("Draw an edge from this function to it."),
        );
        return None;
    }
    Some(id)
}
