//! What functions do is not in a template. Their permissions, variables and event sources tell what they use; each step
//! says from what it was guessed.

use super::super::stack::text;
use super::examples::{agree, example, merge};
use super::{Assembler, Concern, Use};
use crate::diagram::{EdgeKind, NodeKind};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// More different messages to one receiver than anybody reads.
const MAXIMUM_SAMPLES: usize = 5;

/// A message that somebody behind a topic or a queue wants.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    pub attributes: Map<String, Value>,
    pub body: Map<String, Value>,
}

/// An event that a rule wants.
#[derive(Clone, Debug, PartialEq)]
pub struct EventSample {
    pub source: Option<String>,
    pub detail_type: Option<String>,
    pub detail: Map<String, Value>,
    pub rules: Vec<Uuid>,
}

/// Which node makes which work, so that no guess makes things go round in circles.
#[derive(Default)]
struct Causes {
    next: FxHashMap<Uuid, Vec<Uuid>>,
}

impl Causes {
    fn add(&mut self, from: Uuid, to: Uuid) {
        self.next.entry(from).or_default().push(to);
    }

    fn reaches(&self, from: Uuid, to: Uuid) -> bool {
        let (mut seen, mut open) = (FxHashSet::default(), vec![from]);
        while let Some(at) = open.pop() {
            if at == to {
                return true;
            }
            if seen.insert(at) {
                open.extend(self.next.get(&at).into_iter().flatten());
            }
        }
        false
    }
}

impl Assembler<'_> {
    pub(super) fn write_handlers(&mut self) {
        let mut causes = Causes::default();
        for edge in &self.document.edges {
            // Which rule takes an event depends on the event.
            if !matches!(edge.kind, EdgeKind::Rule | EdgeKind::Redrive | EdgeKind::DeadLetter | EdgeKind::OnFailure) {
                causes.add(edge.from, edge.to);
            }
        }
        let functions: Vec<Uuid> = self.nodes_of(NodeKind::Function);
        for function in functions {
            if self.outside.values().any(|outside| *outside == function) {
                continue;
            }
            let mut uses: Vec<Use> =
                self.uses.iter().filter(|(of, _)| *of == function).map(|(_, it)| it.clone()).collect();
            uses.sort_by_key(|it| order(it.kind));
            let steps = self.steps(function, &uses, &mut causes);
            self.set(function, "Handler", steps.into());
            let place = self.place_of(function);
            let message =
                tr!("What “{}” does is guessed from what it may use: check its steps.", self.name_of(function));
            self.note(Concern::Guess, place, message);
        }
    }

    fn nodes_of(&self, kind: NodeKind) -> Vec<Uuid> {
        self.document.nodes.iter().filter(|node| node.kind == kind).map(|node| node.id).collect()
    }

    fn steps(&mut self, function: Uuid, uses: &[Use], causes: &mut Causes) -> Vec<Value> {
        let mut steps = vec![json!({
            "step": "work", "duration": { "lognormal": { "median": 20, "p99": 80 } }, "guess": "how long the code works is only an example",
        })];
        let routes: Vec<_> = self
            .document
            .edges
            .iter()
            .filter(|edge| edge.to == function && edge.kind == EdgeKind::Integration)
            .collect();
        let (behind_gateway, proxy) = (
            !routes.is_empty(),
            routes.iter().all(|route| route.settings.get("IntegrationType") != Some(&json!("NON_PROXY"))),
        );
        let only_get = behind_gateway && routes.iter().all(|route| route.settings.get("Method") == Some(&json!("GET")));
        let guards = self
            .document
            .edges
            .iter()
            .find(|edge| edge.to == function && edge.kind == EdgeKind::Authorizer)
            .map(|edge| edge.from);
        let mut reads = false;
        for it in uses {
            let before = steps.len();
            let outcome = |edge: &crate::diagram::Edge| {
                (edge.from, edge.to) == (function, it.node)
                    && matches!(edge.kind, EdgeKind::OnSuccess | EdgeKind::OnFailure | EdgeKind::DeadLetter)
            };
            // A role of its own has to allow what the function's configuration does, too.
            if it.why.starts_with("the ") && self.document.edges.iter().any(outcome) {
                continue;
            }
            self.edge(it.kind, function, it.node);
            if it.kind != EdgeKind::PutEvents && causes.reaches(it.node, function) {
                let place = self.place_of(function);
                let message = tr!(
                    "“{function}” may use “{target}”, which starts it: no step is guessed for that, because it would go round in a circle.",
                    function = self.name_of(function),
                    target = self.name_of(it.node)
                );
                self.note(Concern::Guess, place, message);
                continue;
            }
            match it.kind {
                EdgeKind::Call => steps.push(self.call(it)),
                EdgeKind::Query if it.reads && (!it.writes || only_get) => {
                    reads = true;
                    steps.push(json!({ "step": "read", "to": it.node, "table": self.table(it.node), "key": "{{requestId}}", "otherwise": { "status": "unknown" } }));
                }
                EdgeKind::Query => {
                    steps.push(json!({ "step": "write", "to": it.node, "table": self.table(it.node), "key": "{{requestId}}", "row": "{{message}}", "idempotent": true }));
                }
                EdgeKind::Send => {
                    for sample in self.samples(it.node, 0) {
                        steps.push(self.send(it.node, "send", &sample));
                    }
                }
                EdgeKind::Publish => {
                    for sample in self.samples(it.node, 0) {
                        steps.push(self.send(it.node, "publish", &sample));
                    }
                }
                EdgeKind::PutEvents => {
                    for sample in self.event_samples(it.node) {
                        if sample.source.as_deref().is_some_and(|source| source.starts_with("aws.")) || sample.rules.iter().any(|rule| causes.reaches(*rule, function)) {
                            continue;
                        }
                        sample.rules.iter().for_each(|rule| causes.add(function, *rule));
                        steps.push(self.put_events(function, it.node, &sample));
                    }
                }
                EdgeKind::Email => steps.push(json!({
                    "step": "email", "to": it.node, "recipient": "kim@example.com", "subject": "We have received your request",
                    "body": "Thank you. Your reference: {{requestId}}.",
                })),
                _ => {}
            }
            if steps.len() > before {
                if it.kind != EdgeKind::PutEvents {
                    causes.add(function, it.node);
                }
                steps[before..].iter_mut().for_each(|step| step["guess"] = format!("from {}", it.why).into());
            }
            if it.kind == EdgeKind::Query && it.writes && !only_get {
                let changes = self.stream_steps(function, it.node, causes);
                steps.extend(changes);
            }
        }
        // What a stream of records is written into, and no table: those who write send.
        if let Some(gateway) = guards {
            steps.push(self.verdict(gateway));
        } else if behind_gateway {
            let body = if reads {
                json!({ "requestId": "{{requestId}}", "status": "{{result.status}}" })
            } else {
                json!({ "success": true, "requestId": "{{requestId}}" })
            };
            let payload = if proxy { json!({ "statusCode": 200, "body": body }) } else { body };
            steps.push(json!({ "step": "respond", "payload": payload, "guess": "because it stands behind a gateway" }));
        }
        steps
    }

    fn table(&self, node: Uuid) -> String {
        let name: String = self.name_of(node).to_lowercase();
        let name = name.trim_end_matches(" table").trim_end_matches(" database");
        let slug: String = name.chars().map(|it| if it.is_alphanumeric() { it } else { '-' }).collect();
        if slug.is_empty() { "rows".to_string() } else { slug }
    }

    fn call(&self, it: &Use) -> Value {
        if self.kind_of(it.node) == Some(NodeKind::Function) {
            return json!({ "step": "call", "to": it.node, "payload": "{{message}}" });
        }
        let mut routes =
            self.document.edges.iter().filter(|edge| edge.from == it.node && edge.kind == EdgeKind::Integration);
        let route = routes.find(|route| route.settings.get("Method").is_none_or(|method| method != "GET"));
        let (method, path) = match route.or(self
            .document
            .edges
            .iter()
            .find(|edge| edge.from == it.node && edge.kind == EdgeKind::Integration))
        {
            Some(route) => (
                route
                    .settings
                    .get("Method")
                    .and_then(Value::as_str)
                    .filter(|method| *method != "ANY")
                    .unwrap_or("POST")
                    .to_string(),
                route.settings.get("Path").and_then(Value::as_str).map_or("/".to_string(), concrete_path),
            ),
            None => ("POST".to_string(), "/".to_string()),
        };
        let mut step =
            json!({ "step": "call", "to": it.node, "method": method, "path": path, "payload": "{{message}}" });
        if let Some(credentials) = self.credentials.get(&it.node) {
            let mut headers = credentials.get("Headers").and_then(Value::as_object).cloned().unwrap_or_default();
            for (name, header) in [("ApiKey", "x-api-key"), ("Authorization", "authorization")] {
                if let Some(value) = credentials.get(name) {
                    headers.insert(header.to_string(), value.clone());
                }
            }
            step["headers"] = headers.into();
        }
        step
    }

    /// A send or publish step for one kind of message.
    fn send(&self, to: Uuid, step: &str, sample: &Sample) -> Value {
        let payload = if sample.body.is_empty() { json!("{{message}}") } else { Value::Object(with_id(&sample.body)) };
        let mut made = json!({ "step": step, "to": to, "payload": payload });
        if !sample.attributes.is_empty() {
            made["attributes"] = attributes(&sample.attributes).into();
        }
        for (name, value) in self.fifo_options(to) {
            let name = if name == "MessageGroupId" { "messageGroupId" } else { "messageDeduplicationId" };
            made[name] = value;
        }
        made
    }

    /// What a FIFO queue or topic needs beside the body.
    pub(super) fn fifo_options(&self, to: Uuid) -> Vec<(&'static str, Value)> {
        let Some(node) = self.document.node(to) else { return Vec::new() };
        let on = |name: &str| node.settings.get(name) == Some(&json!(true));
        if !on("FifoQueue") && !on("FifoTopic") {
            return Vec::new();
        }
        let mut options = vec![("MessageGroupId", json!("{{requestId}}"))];
        if !on("ContentBasedDeduplication") {
            options.push(("MessageDeduplicationId", json!("{{requestId}}")));
        }
        options
    }

    fn put_events(&self, function: Uuid, bus: Uuid, sample: &EventSample) -> Value {
        let name = self.name_of(function);
        let slug: String = name.to_lowercase().chars().map(|it| if it.is_alphanumeric() { it } else { '-' }).collect();
        let detail =
            if sample.detail.is_empty() { json!("{{message}}") } else { Value::Object(with_id(&sample.detail)) };
        json!({
            "step": "putEvents", "to": bus, "source": sample.source.clone().unwrap_or(slug),
            "detailType": sample.detail_type.clone().unwrap_or(format!("{name} event")), "detail": detail,
        })
    }

    /// A write to a table with a stream is a record in the queue that stands for the stream.
    fn stream_steps(&mut self, function: Uuid, table: Uuid, causes: &mut Causes) -> Vec<Value> {
        let of = self.nodes.iter().find(|(_, id)| **id == table).map(|(number, _)| *number);
        let queues: Vec<Uuid> =
            self.streams.iter().filter(|stream| Some(stream.source) == of).map(|stream| stream.queue).collect();
        let mut steps = Vec::new();
        for queue in queues {
            if causes.reaches(queue, function) {
                continue;
            }
            self.edge(EdgeKind::Send, function, queue);
            causes.add(function, queue);
            let mut step = self.send(queue, "send", &Sample::default());
            step["payload"] = stream_record(self.samples(queue, 0).first());
            step["guess"] = "because the table has a stream".into();
            steps.push(step);
        }
        steps
    }

    /// What an authorizer's function answers.
    fn verdict(&self, gateway: Uuid) -> Value {
        let http = self.document.node(gateway).is_some_and(|node| node.settings.get("ApiType") == Some(&json!("HTTP")));
        let payload = match http {
            true => json!({ "isAuthorized": true }),
            false => json!({
                "principalId": "user",
                "policyDocument": { "Version": "2012-10-17", "Statement": [{ "Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*" }] },
            }),
        };
        json!({ "step": "respond", "payload": payload, "guess": "because it is an authorizer: it lets everybody pass" })
    }

    /// Messages that those behind a queue or a topic want; one that anybody takes where nobody is particular.
    pub(super) fn samples(&self, node: Uuid, depth: usize) -> Vec<Sample> {
        let mut found: Vec<Sample> = Vec::new();
        if depth < 8 {
            for edge in self.document.edges.iter().filter(|edge| edge.from == node) {
                let wanted = match edge.kind {
                    EdgeKind::EventSourceMapping => {
                        let first = edge.settings.get("FilterCriteria").and_then(|filters| filters.get(0));
                        let body = first.map(|filter| example(&filter["body"])).unwrap_or_default();
                        vec![Sample { body, ..Sample::default() }]
                    }
                    EdgeKind::Subscription => self.wanted_by(edge, depth),
                    _ => continue,
                };
                wanted.into_iter().for_each(|wanted| add_sample(&mut found, wanted));
            }
        }
        if found.is_empty() {
            found.push(Sample::default());
        }
        found.truncate(MAXIMUM_SAMPLES);
        found
    }

    fn wanted_by(&self, subscription: &crate::diagram::Edge, depth: usize) -> Vec<Sample> {
        let policy = subscription.settings.get("FilterPolicy").map(example).unwrap_or_default();
        let of_body = subscription.settings.get("FilterPolicyScope") == Some(&json!("MessageBody"));
        let raw = subscription.settings.get("RawMessageDelivery") == Some(&json!(true));
        let behind = if raw { self.samples(subscription.to, depth + 1) } else { vec![Sample::default()] };
        behind
            .into_iter()
            .map(|mut sample| {
                if of_body {
                    merge(&mut sample.body, &policy);
                } else {
                    sample.attributes = policy.clone();
                }
                sample
            })
            .collect()
    }

    /// Events that the rules of a bus want.
    pub(super) fn event_samples(&self, bus: Uuid) -> Vec<EventSample> {
        let mut found: Vec<EventSample> = Vec::new();
        let rules = self
            .document
            .edges
            .iter()
            .filter(|edge| edge.from == bus && edge.kind == EdgeKind::Rule)
            .map(|edge| edge.to);
        for rule in rules.filter_map(|rule| self.document.node(rule)) {
            if rule.settings.get("State") == Some(&json!("DISABLED"))
                || rule.settings.contains_key("ScheduleExpression")
            {
                continue;
            }
            let mut event = rule.settings.get("EventPattern").map(example).unwrap_or_default();
            let mut take = |name: &str| event.shift_remove(name).map(|value| text(&value));
            let (source, detail_type) = (take("source"), take("detail-type"));
            let detail = event.get("detail").and_then(Value::as_object).cloned().unwrap_or_default();
            let known = found.iter_mut().find(|known| {
                let fits =
                    |one: &Option<String>, other: &Option<String>| one.is_none() || other.is_none() || one == other;
                fits(&known.source, &source) && fits(&known.detail_type, &detail_type) && agree(&known.detail, &detail)
            });
            match known {
                Some(known) => {
                    known.source = known.source.take().or(source);
                    known.detail_type = known.detail_type.take().or(detail_type);
                    merge(&mut known.detail, &detail);
                    known.rules.push(rule.id);
                }
                None => found.push(EventSample { source, detail_type, detail, rules: vec![rule.id] }),
            }
        }
        if found.is_empty() {
            found.push(EventSample { source: None, detail_type: None, detail: Map::new(), rules: Vec::new() });
        }
        found.truncate(MAXIMUM_SAMPLES);
        found
    }
}

/// Into one that says nothing else, or beside the others.
fn add_sample(found: &mut Vec<Sample>, wanted: Sample) {
    let fits = |known: &&mut Sample| agree(&known.attributes, &wanted.attributes) && agree(&known.body, &wanted.body);
    match found.iter_mut().find(fits) {
        Some(known) => {
            merge(&mut known.attributes, &wanted.attributes);
            merge(&mut known.body, &wanted.body);
        }
        None => found.push(wanted),
    }
}

/// Asking comes before changing, and changing before telling.
fn order(kind: EdgeKind) -> u8 {
    match kind {
        EdgeKind::Call => 0,
        EdgeKind::Query => 1,
        EdgeKind::Send => 2,
        EdgeKind::Publish => 3,
        EdgeKind::PutEvents => 4,
        _ => 5,
    }
}

fn with_id(fields: &Map<String, Value>) -> Map<String, Value> {
    let mut made = fields.clone();
    made.entry("requestId").or_insert("{{requestId}}".into());
    made
}

/// Message attributes as documents write them.
pub fn attributes(values: &Map<String, Value>) -> Map<String, Value> {
    let made = values.iter().map(|(name, value)| {
        let kind = if value.is_number() { "Number" } else { "String" };
        (name.clone(), json!({ "DataType": kind, "StringValue": text(value) }))
    });
    made.collect()
}

/// A change as a table's stream tells it.
pub fn stream_record(wanted: Option<&Sample>) -> Value {
    let mut made = wanted.map(|wanted| wanted.body.clone()).unwrap_or_default();
    let usual = json!({ "eventID": "{{requestId}}", "eventName": "INSERT", "dynamodb": { "NewImage": { "id": { "S": "{{requestId}}" } } } });
    merge(&mut made, usual.as_object().unwrap_or(&Map::new()));
    Value::Object(made)
}

/// A path with something in place of its parameters.
pub fn concrete_path(path: &str) -> String {
    let parts = path.split('/').map(|part| match part.strip_prefix('{') {
        Some(name) if name.ends_with("+}") => "items".to_string(),
        Some(_) => "1".to_string(),
        None => part.to_string(),
    });
    parts.collect::<Vec<_>>().join("/")
}
