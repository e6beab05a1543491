//! The document as written: nodes, edges, and settings that have not been checked yet.

use super::fault::ScheduledFault;
use super::problem::Problem;
use super::reader::{Problems, Reader, kind_name};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The version of the format that this build writes, and the newest it reads.
pub const FORMAT_VERSION: i64 = 1;

/// Bounds that keep a hostile document from stalling the app; far beyond what anyone can read on one screen.
pub(super) const MAXIMUM_NODES: usize = 2_000;
pub(super) const MAXIMUM_EDGES: usize = 5_000;
const MAXIMUM_FAULTS: usize = 1_000;

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeKind {
    Client,
    Gateway,
    Function,
    Queue,
    Topic,
    Bus,
    Rule,
    Database,
    Mailer,
    Endpoint,
    /// Something of a template that is drawn but not simulated.
    Other,
}

impl NodeKind {
    pub const ALL: [NodeKind; 11] = [
        NodeKind::Client,
        NodeKind::Gateway,
        NodeKind::Function,
        NodeKind::Queue,
        NodeKind::Topic,
        NodeKind::Bus,
        NodeKind::Rule,
        NodeKind::Database,
        NodeKind::Mailer,
        NodeKind::Endpoint,
        NodeKind::Other,
    ];

    /// As written in documents.
    pub fn name(self) -> &'static str {
        match self {
            NodeKind::Client => "client",
            NodeKind::Gateway => "gateway",
            NodeKind::Function => "function",
            NodeKind::Queue => "queue",
            NodeKind::Topic => "topic",
            NodeKind::Bus => "bus",
            NodeKind::Rule => "rule",
            NodeKind::Database => "database",
            NodeKind::Mailer => "mailer",
            NodeKind::Endpoint => "endpoint",
            NodeKind::Other => "other",
        }
    }

    /// As people call it, to stand behind an article.
    pub fn noun(self) -> &'static str {
        match self {
            NodeKind::Client => tr!("client"),
            NodeKind::Gateway => tr!("gateway"),
            NodeKind::Function => tr!("function"),
            NodeKind::Queue => tr!("queue"),
            NodeKind::Topic => tr!("topic"),
            NodeKind::Bus => tr!("bus"),
            NodeKind::Rule => tr!("rule"),
            NodeKind::Database => tr!("database"),
            NodeKind::Mailer => tr!("mailer"),
            NodeKind::Endpoint => tr!("endpoint"),
            NodeKind::Other => tr!("kind of node" => "other"),
        }
    }

    /// Whether what it does takes time of its own; with the others only the ways to and from them do.
    pub fn works(self) -> bool {
        matches!(self, NodeKind::Function | NodeKind::Database | NodeKind::Mailer | NodeKind::Endpoint)
    }

    /// What it stands for, as people say it: "queue, as Amazon SQS".
    pub fn stands_for(self) -> &'static str {
        match self {
            NodeKind::Client => tr!("client: sends requests and takes the answers"),
            NodeKind::Gateway => tr!("API gateway, as Amazon API Gateway (REST or HTTP API)"),
            NodeKind::Function => tr!("function, as AWS Lambda"),
            NodeKind::Queue => tr!("queue, as Amazon SQS (standard)"),
            NodeKind::Topic => tr!("topic, as Amazon SNS (standard)"),
            NodeKind::Bus => tr!("event bus, as Amazon EventBridge"),
            NodeKind::Rule => tr!("rule, as an Amazon EventBridge rule"),
            NodeKind::Database => tr!("database, as Amazon Aurora"),
            NodeKind::Mailer => tr!("e-mail service, as Amazon SES"),
            NodeKind::Endpoint => tr!("HTTP endpoint: anything outside"),
            NodeKind::Other => tr!("other resource: drawn, not simulated"),
        }
    }
}

/// What an edge means. Mostly given by what it connects; where several are allowed, the document says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeKind {
    /// A client's synchronous HTTP request to a gateway.
    Request,
    /// A gateway's route to what answers it.
    Integration,
    /// The function that decides for a gateway who may pass.
    Authorizer,
    /// A function's call to a gateway, a function or an endpoint.
    Call,
    /// SendMessage to a queue.
    Send,
    /// Publish to a topic.
    Publish,
    /// PutEvents to a bus.
    PutEvents,
    /// A topic's subscription.
    Subscription,
    /// The bus that a rule belongs to.
    Rule,
    /// A rule's target.
    Target,
    /// A queue that a function polls through an event source mapping.
    EventSourceMapping,
    /// A queue's redrive policy: where its dead letters go.
    Redrive,
    /// Reading and writing rows.
    Query,
    /// SendEmail.
    Email,
    /// A function's destination for the record of each asynchronous invocation that succeeded.
    OnSuccess,
    /// A function's destination for the record of each asynchronous invocation that failed for good.
    OnFailure,
    /// A function's dead-letter queue: gets the event of each asynchronous invocation that failed for good.
    DeadLetter,
}

impl EdgeKind {
    pub const ALL: [EdgeKind; 17] = [
        EdgeKind::Request,
        EdgeKind::Integration,
        EdgeKind::Authorizer,
        EdgeKind::Call,
        EdgeKind::Send,
        EdgeKind::Publish,
        EdgeKind::PutEvents,
        EdgeKind::Subscription,
        EdgeKind::Rule,
        EdgeKind::Target,
        EdgeKind::EventSourceMapping,
        EdgeKind::Redrive,
        EdgeKind::Query,
        EdgeKind::Email,
        EdgeKind::OnSuccess,
        EdgeKind::OnFailure,
        EdgeKind::DeadLetter,
    ];

    pub fn name(self) -> &'static str {
        match self {
            EdgeKind::Request => "request",
            EdgeKind::Integration => "integration",
            EdgeKind::Authorizer => "authorizer",
            EdgeKind::Call => "call",
            EdgeKind::Send => "send",
            EdgeKind::Publish => "publish",
            EdgeKind::PutEvents => "put-events",
            EdgeKind::Subscription => "subscription",
            EdgeKind::Rule => "rule",
            EdgeKind::Target => "target",
            EdgeKind::EventSourceMapping => "event-source-mapping",
            EdgeKind::Redrive => "redrive",
            EdgeKind::Query => "query",
            EdgeKind::Email => "email",
            EdgeKind::OnSuccess => "on-success",
            EdgeKind::OnFailure => "on-failure",
            EdgeKind::DeadLetter => "dead-letter",
        }
    }

    /// In words, for the inspector's heading.
    pub fn stands_for(self) -> &'static str {
        match self {
            EdgeKind::Request => tr!("HTTP request: the client waits for the answer"),
            EdgeKind::Integration => tr!("route and its integration"),
            EdgeKind::Authorizer => tr!("authorizer: the function that decides who may pass"),
            EdgeKind::Call => tr!("call: the caller waits for the answer"),
            EdgeKind::Send => tr!("SendMessage: accepted, then worked on later"),
            EdgeKind::Publish => tr!("Publish: the publisher knows no subscriber"),
            EdgeKind::PutEvents => tr!("PutEvents: the sender knows no rule"),
            EdgeKind::Subscription => tr!("subscription: its own copy of each message"),
            EdgeKind::Rule => tr!("rule on this bus"),
            EdgeKind::Target => tr!("target of the rule"),
            EdgeKind::EventSourceMapping => tr!("event source mapping: the function's pollers read the queue"),
            EdgeKind::Redrive => tr!("redrive policy: where dead letters go"),
            EdgeKind::Query => tr!("query: rows written and read"),
            EdgeKind::Email => "SendEmail",
            EdgeKind::OnSuccess => tr!("destination on success: a record of each asynchronous invocation that worked"),
            EdgeKind::OnFailure => tr!("destination on failure: a record of each asynchronous invocation given up"),
            EdgeKind::DeadLetter => tr!("the function's dead-letter queue: events given up, as they were"),
        }
    }

    /// Whether the sender waits for the work to be done: a solid edge; the others are dashed.
    pub fn is_synchronous(self) -> bool {
        matches!(
            self,
            EdgeKind::Request
                | EdgeKind::Integration
                | EdgeKind::Authorizer
                | EdgeKind::Call
                | EdgeKind::Query
                | EdgeKind::Email
        )
    }
}

/// A node as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub id: Uuid,
    pub kind: NodeKind,
    pub name: String,
    /// Centre of the node on the drawing, in drawing units (CSS pixels at 100 % zoom).
    pub x: f64,
    pub y: f64,
    /// Only what differs from the defaults.
    pub settings: Map<String, Value>,
}

/// An edge as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    pub id: Uuid,
    pub kind: EdgeKind,
    pub from: Uuid,
    pub to: Uuid,
    pub settings: Map<String, Value>,
}

/// The id by which commands and forms name the account that all nodes belong to, as if it were a node.
pub const ACCOUNT: Uuid = Uuid::nil();

/// A diagram as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub name: String,
    /// What holds for all nodes together: the account's quotas. Only what differs from the defaults.
    pub account: Map<String, Value>,
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
    /// What goes wrong at which time.
    pub faults: Vec<ScheduledFault>,
    /// Only what differs from the list prices: see [`super::Prices`].
    pub prices: Map<String, Value>,
}

impl Document {
    pub fn new(name: impl Into<String>) -> Self {
        Document {
            name: name.into(),
            account: Map::new(),
            nodes: Vec::new(),
            edges: Vec::new(),
            faults: Vec::new(),
            prices: Map::new(),
        }
    }

    /// Reads a document's text. Returns every problem of its shape; settings are checked by [`super::check`].
    pub fn parse(text: &str) -> Result<Document, Vec<Problem>> {
        let value: Value = serde_json::from_str(text).map_err(|error| {
            vec![
                Problem::new("", tr!("This is not JSON: {error}.", error = error))
                    .with_hint(tr!("A diagram is a JSON object with `version`, `name`, `nodes` and `edges`.")),
            ]
        })?;
        Document::read(&value)
    }

    pub fn read(value: &Value) -> Result<Document, Vec<Problem>> {
        let mut problems = Problems::default();
        let Value::Object(fields) = value else {
            problems.say("", tr!("A diagram is a JSON object; this is {}.", kind_name(value)), "");
            return Err(problems.into_list());
        };
        let mut reader = Reader::new(fields, "", &mut problems);
        match reader.get("version").and_then(Value::as_i64) {
            Some(FORMAT_VERSION) => {}
            Some(newer) if newer > FORMAT_VERSION => {
                // Everything else would be noise: a newer format may differ anywhere.
                reader.wrong(
                    "version",
                    tr!(
                        "This document has version {newer}; this Eventyard reads up to version {newest}.",
                        newer = newer,
                        newest = FORMAT_VERSION
                    ),
                    tr!("Open it in a newer Eventyard."),
                );
                return Err(problems.into_list());
            }
            _ => reader.wrong(
                "version",
                tr!("The version of the format is missing or not a number."),
                tr!("Write \"version\": 1."),
            ),
        }
        let mut document = Document::new(reader.required_text("name"));
        document.account = reader.object("account").cloned().unwrap_or_default();
        let nodes = reader.array("nodes").unwrap_or(&[]);
        let edges = reader.array("edges").unwrap_or(&[]);
        if nodes.len() > MAXIMUM_NODES {
            reader.wrong(
                "nodes",
                tr!("{} nodes are more than can be simulated.", nodes.len()),
                tr!("At most {}.", MAXIMUM_NODES),
            );
        }
        if edges.len() > MAXIMUM_EDGES {
            reader.wrong(
                "edges",
                tr!("{} edges are more than can be simulated.", edges.len()),
                tr!("At most {}.", MAXIMUM_EDGES),
            );
        }
        let faults = reader.array("faults").unwrap_or(&[]);
        if faults.len() > MAXIMUM_FAULTS {
            reader.wrong(
                "faults",
                tr!("{} scheduled faults are too many.", faults.len()),
                tr!("At most {}.", MAXIMUM_FAULTS),
            );
        }
        document.prices = reader.object("prices").cloned().unwrap_or_default();
        reader.finish();
        for (index, node) in nodes.iter().take(MAXIMUM_NODES).enumerate() {
            document.nodes.extend(Node::read(node, &format!("nodes[{index}]"), &mut problems));
        }
        for (index, edge) in edges.iter().take(MAXIMUM_EDGES).enumerate() {
            document.edges.extend(Edge::read(edge, &format!("edges[{index}]"), &mut problems));
        }
        for (index, fault) in faults.iter().take(MAXIMUM_FAULTS).enumerate() {
            document.faults.extend(ScheduledFault::read(fault, &format!("faults[{index}]"), &mut problems));
        }
        problems.into_result(document)
    }

    pub fn to_json(&self) -> Value {
        let mut value = json!({ "version": FORMAT_VERSION, "name": self.name });
        if !self.account.is_empty() {
            value["account"] = Value::Object(self.account.clone());
        }
        value["nodes"] = self.nodes.iter().map(Node::to_json).collect();
        value["edges"] = self.edges.iter().map(Edge::to_json).collect();
        if !self.faults.is_empty() {
            value["faults"] = self.faults.iter().map(ScheduledFault::to_json).collect();
        }
        if !self.prices.is_empty() {
            value["prices"] = Value::Object(self.prices.clone());
        }
        value
    }

    /// As text, indented so that two versions can be compared line by line.
    pub fn to_text(&self) -> String {
        format!("{:#}\n", self.to_json())
    }

    pub fn node(&self, id: Uuid) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }

    pub fn node_mut(&mut self, id: Uuid) -> Option<&mut Node> {
        self.nodes.iter_mut().find(|node| node.id == id)
    }

    pub fn edge(&self, id: Uuid) -> Option<&Edge> {
        self.edges.iter().find(|edge| edge.id == id)
    }

    pub fn edge_mut(&mut self, id: Uuid) -> Option<&mut Edge> {
        self.edges.iter_mut().find(|edge| edge.id == id)
    }
}

pub(super) fn read_id(reader: &mut Reader<'_, '_>, name: &str) -> Option<Uuid> {
    let text = reader.required_text(name);
    match Uuid::parse_str(text) {
        Ok(id) => Some(id),
        Err(_) => {
            if !text.is_empty() {
                reader.wrong(
                    name,
                    tr!("`{text}` is not a UUID.", text = text),
                    tr!("Use the form 1b4e28ba-2fa1-11d2-883f-0016d3cca427."),
                );
            }
            None
        }
    }
}

impl Node {
    pub(super) fn read(value: &Value, path: &str, problems: &mut Problems) -> Option<Node> {
        let Value::Object(fields) = value else {
            problems.say(path, tr!("A node is an object; this is {}.", kind_name(value)), "");
            return None;
        };
        let mut reader = Reader::new(fields, path, problems);
        let id = read_id(&mut reader, "id");
        let kind_text = reader.required_text("kind");
        let kind = NodeKind::ALL.into_iter().find(|kind| kind.name() == kind_text);
        if kind.is_none() && !kind_text.is_empty() {
            let known = NodeKind::ALL.map(NodeKind::name).join(", ");
            reader.wrong(
                "kind",
                tr!("`{kind}` is not a kind of node.", kind = kind_text),
                tr!("Use one of: {}.", known),
            );
        }
        let name = reader.required_text("name").to_string();
        let x = reader.number("x", 0.0, -1e6, 1e6, phrase!("drawing units"));
        let y = reader.number("y", 0.0, -1e6, 1e6, phrase!("drawing units"));
        let settings = reader.object("settings").cloned().unwrap_or_default();
        reader.finish();
        Some(Node { id: id?, kind: kind?, name, x, y, settings })
    }

    /// As [`NodeKind::stands_for`]; a FIFO queue or topic says so.
    pub fn stands_for(&self) -> &'static str {
        let on = |name: &str| self.settings.get(name) == Some(&Value::Bool(true));
        match self.kind {
            NodeKind::Queue if on("FifoQueue") => tr!("queue, as Amazon SQS (FIFO)"),
            NodeKind::Topic if on("FifoTopic") => tr!("topic, as Amazon SNS (FIFO)"),
            kind => kind.stands_for(),
        }
    }

    pub fn to_json(&self) -> Value {
        let mut value = json!({ "id": self.id, "kind": self.kind.name(), "name": self.name, "x": self.x, "y": self.y });
        if !self.settings.is_empty() {
            value["settings"] = Value::Object(self.settings.clone());
        }
        value
    }
}

impl Edge {
    pub(super) fn read(value: &Value, path: &str, problems: &mut Problems) -> Option<Edge> {
        let Value::Object(fields) = value else {
            problems.say(path, tr!("An edge is an object; this is {}.", kind_name(value)), "");
            return None;
        };
        let mut reader = Reader::new(fields, path, problems);
        let id = read_id(&mut reader, "id");
        let kind_text = reader.required_text("kind");
        let kind = EdgeKind::ALL.into_iter().find(|kind| kind.name() == kind_text);
        if kind.is_none() && !kind_text.is_empty() {
            let known = EdgeKind::ALL.map(EdgeKind::name).join(", ");
            reader.wrong(
                "kind",
                tr!("`{kind}` is not a kind of edge.", kind = kind_text),
                tr!("Use one of: {}.", known),
            );
        }
        let from = read_id(&mut reader, "from");
        let to = read_id(&mut reader, "to");
        let settings = reader.object("settings").cloned().unwrap_or_default();
        reader.finish();
        Some(Edge { id: id?, kind: kind?, from: from?, to: to?, settings })
    }

    pub fn to_json(&self) -> Value {
        let mut value = json!({ "id": self.id, "kind": self.kind.name(), "from": self.from, "to": self.to });
        if !self.settings.is_empty() {
            value["settings"] = Value::Object(self.settings.clone());
        }
        value
    }
}
