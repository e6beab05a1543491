//! A diagram as a template that deploys as it stands, with the code of its functions and what to know before.
//!
//! Invariant: CloudFormation accepts what is written (`tests/templates.rs`); what it cannot say is in `Metadata`, and
//! what somebody has to know is in [`Export::notes`].

mod boxes;
mod buses;
mod cycles;
mod functions;
pub(in crate::exchange::template) mod gateways;
mod intrinsic;
mod queues;
mod stores;
mod topics;
mod yaml;

pub use yaml::to_yaml;

use super::code::{self, Language};
use super::names::Names;
use super::{DIAGRAM, DIGEST, METADATA_KEY, TRANSFORM, digest};
use crate::diagram::{Document, Edge, EdgeKind, Node, NodeKind, Plan, Problem, check};
use crate::language::in_english;
use cycles::Cycles;
use intrinsic::{arn, attribute, physical, reference, substitute};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// A template's notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    Yaml,
    Json,
}

impl Notation {
    /// As a file's name ends.
    pub fn extension(self) -> &'static str {
        match self {
            Notation::Yaml => "yaml",
            Notation::Json => "json",
        }
    }

    pub fn write(self, template: &Value) -> String {
        match self {
            Notation::Yaml => to_yaml(template),
            Notation::Json => format!("{template:#}\n"),
        }
    }
}

/// Where functions have their code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// In the template, which is then a single file.
    Inline,
    /// In files of their own.
    Files,
}

#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub notation: Notation,
    pub language: Language,
    pub placement: Placement,
}

/// A file to write.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// With slashes, from the folder that the template is in.
    pub path: String,
    pub text: String,
}

/// Something to know before one deploys a template.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// What it is about; `None` for the whole diagram.
    pub node: Option<Uuid>,
    pub text: String,
}

/// A template and what belongs to it.
#[derive(Clone, Debug)]
pub struct Export {
    /// In JSON's form.
    pub template: Value,
    /// The template first.
    pub files: Vec<File>,
    pub notes: Vec<Note>,
}

/// Writes a diagram as a template. Fails only for a diagram that could not be simulated either.
pub fn export(document: &Document, options: Options) -> Result<Export, Vec<Problem>> {
    let plan = check(document)?;
    let written = || {
        let mut writer = Writer::new(document, &plan, options);
        for node in &document.nodes {
            writer.node(node);
        }
        writer.resource_policies();
        writer.boxes();
        writer.general_notes();
        writer.finish()
    };
    // Files are in English, with the notes that stand in them; people are told in their own language.
    Ok(Export { notes: written().notes, ..in_english(written) })
}

/// What a template's text is called.
pub fn template_path(notation: Notation) -> String {
    format!("template.{}", notation.extension())
}

/// A template in the making.
struct Writer<'a> {
    document: &'a Document,
    plan: &'a Plan,
    options: Options,
    names: Names,
    cycles: Cycles,
    parameters: Map<String, Value>,
    resources: Map<String, Value>,
    outputs: Map<String, Value>,
    /// What boxes bring beside parameters and resources.
    sections: Map<String, Value>,
    /// Who may send to a queue or topic: the node, the service, and the ARNs that it sends for.
    senders: Vec<(Uuid, &'static str, Value)>,
    code: Vec<File>,
    notes: Vec<Note>,
}

impl<'a> Writer<'a> {
    fn new(document: &'a Document, plan: &'a Plan, options: Options) -> Self {
        Writer {
            document,
            plan,
            options,
            names: Names::of(document),
            cycles: Cycles::of(document),
            parameters: Map::new(),
            resources: Map::new(),
            outputs: Map::new(),
            sections: Map::new(),
            senders: Vec::new(),
            code: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn node(&mut self, node: &'a Node) {
        match node.kind {
            NodeKind::Client => self.client(node),
            NodeKind::Gateway => self.gateway(node),
            NodeKind::Function => self.function(node),
            NodeKind::Queue => self.queue(node),
            NodeKind::Topic => self.topic(node),
            NodeKind::Bus => self.bus(node),
            NodeKind::Rule => self.rule(node),
            NodeKind::Database => self.database(node),
            NodeKind::Mailer => self.mailer(node),
            NodeKind::Endpoint => self.endpoint(node),
            // They come last: see `boxes`.
            NodeKind::Other => {}
        }
    }

    fn name(&self, node: Uuid) -> String {
        self.names.node(node).to_string()
    }

    fn outgoing(&self, node: Uuid, kind: EdgeKind) -> Vec<&'a Edge> {
        let document: &'a Document = self.document;
        document.edges.iter().filter(|edge| edge.from == node && edge.kind == kind).collect()
    }

    /// The nodes at the ends of a node's edges of a kind, each once.
    fn targets(&self, node: Uuid, kind: EdgeKind) -> Vec<&'a Node> {
        let mut targets: Vec<&'a Node> = Vec::new();
        for edge in self.outgoing(node, kind) {
            if let Some(target) = self.other_end(edge.to)
                && !targets.iter().any(|known| known.id == target.id)
            {
                targets.push(target);
            }
        }
        targets
    }

    fn other_end(&self, id: Uuid) -> Option<&'a Node> {
        let document: &'a Document = self.document;
        document.node(id)
    }

    /// What an edge's resource is called: by its ends, and by its id where there are several.
    fn edge_name(&self, edge: &Edge, what: &str) -> String {
        let same = |other: &&Edge| other.from == edge.from && other.to == edge.to && other.kind == edge.kind;
        let first = self.document.edges.iter().find(same).is_none_or(|first| first.id == edge.id);
        let (from, to) = (self.names.node(edge.from), self.names.node(edge.to));
        if first { format!("{from}{to}{what}") } else { format!("{from}{to}{what}{}", edge.id.simple()) }
    }

    fn resource(&mut self, name: impl Into<String>, kind: &str, properties: Map<String, Value>) {
        self.resources.insert(name.into(), json!({ "Type": kind, "Properties": properties }));
    }

    fn parameter(&mut self, name: impl Into<String>, description: &str, default: &str) {
        let parameter = json!({ "Type": "String", "Description": description, "Default": default });
        self.parameters.insert(name.into(), parameter);
    }

    fn note(&mut self, node: &Node, text: impl Into<String>) {
        self.notes.push(Note { node: Some(node.id), text: text.into() });
    }

    fn note_on_edge(&mut self, edge: &Edge, text: impl Into<String>) {
        let to = self.document.node(edge.to).map_or("", |node| node.name.as_str());
        let text = tr!("To “{node}”: {text}", node = to, text = text.into() as String);
        self.notes.push(Note { node: Some(edge.from), text });
    }

    /// A function's ARN, or that of its alias where it has one.
    fn function_arn(&self, function: &Node) -> Value {
        let name = self.names.node(function.id);
        let alias = functions::has_alias(function);
        if self.cycles.is_named(function.id) {
            let suffix = if alias { ":live" } else { "" };
            return substitute(arn("lambda", &format!("function:{}{suffix}", physical(name))));
        }
        if alias { reference(&format!("{name}.Alias")) } else { attribute(name, "Arn") }
    }

    /// A function as other resources name it; not for what it may refer to itself.
    fn function_name(&self, function: &Node) -> Value {
        let name = self.names.node(function.id);
        if functions::has_alias(function) { reference(&format!("{name}.Alias")) } else { reference(name) }
    }

    fn queue_arn(&self, queue: &Node) -> Value {
        let name = self.names.node(queue.id);
        if self.cycles.is_named(queue.id) {
            substitute(arn("sqs", &queues::physical_name(queue, name)))
        } else {
            attribute(name, "Arn")
        }
    }

    /// The ARN of what messages go to.
    fn target_arn(&self, target: &Node) -> Value {
        match target.kind {
            NodeKind::Function => self.function_arn(target),
            NodeKind::Queue => self.queue_arn(target),
            NodeKind::Topic => reference(self.names.node(target.id)),
            _ => self.bus_arn(target),
        }
    }

    /// Lets a service invoke a function for `source`.
    fn permission(&mut self, name: String, function: &Node, principal: &str, source: Value) {
        let properties = json!({
            "FunctionName": self.function_name(function), "Action": "lambda:InvokeFunction", "Principal": principal,
            "SourceArn": source,
        });
        self.resources.insert(name, json!({ "Type": "AWS::Lambda::Permission", "Properties": properties }));
    }

    /// A role that a service takes on.
    fn role(&mut self, name: String, principal: &str, statements: Vec<Value>) {
        let role = json!({
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        { "Effect": "Allow", "Principal": { "Service": principal }, "Action": "sts:AssumeRole" },
                    ],
                },
                "Policies": [{
                    "PolicyName": "Deliver",
                    "PolicyDocument": { "Version": "2012-10-17", "Statement": statements },
                }],
            },
        });
        self.resources.insert(name, role);
    }

    /// A client that calls services itself needs their permission; somebody has to attach it to whoever the client is.
    fn client(&mut self, node: &'a Node) {
        let mut statements = Vec::new();
        for edge in self.document.edges.iter().filter(|edge| edge.from == node.id && edge.kind != EdgeKind::Request) {
            let Some(target) = self.other_end(edge.to) else { continue };
            let action = match edge.kind {
                EdgeKind::Send => "sqs:SendMessage",
                EdgeKind::Publish => "sns:Publish",
                EdgeKind::PutEvents => "events:PutEvents",
                _ => "lambda:InvokeFunction",
            };
            statements.push(json!({ "Effect": "Allow", "Action": action, "Resource": self.target_arn(target) }));
        }
        if statements.is_empty() {
            return;
        }
        let mut properties = Map::new();
        let document = json!({ "Version": "2012-10-17", "Statement": statements });
        properties.insert("PolicyDocument".to_string(), document);
        let name = format!("{}Policy", self.names.node(node.id));
        self.note(node, tr!("Attach the policy {name} to the user or role that the client runs as.", name = name));
        self.resource(name, "AWS::IAM::ManagedPolicy", properties);
    }

    /// What concerns no single node.
    fn general_notes(&mut self) {
        let mut say = |text: &str| self.notes.push(Note { node: None, text: text.to_string() });
        say(tr!(
            "Traffic, faults, latencies and other figures of the simulation are not part of a deployment. They are kept in the template's Metadata, so that importing the template gives the diagram again."
        ));
        if !self.document.account.is_empty() {
            say(tr!("The account's quotas are not part of a template: see Service Quotas."));
        }
        if self.parameters.is_empty() {
            return;
        }
        let names = self.parameters.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        self.notes.push(Note { node: None, text: tr!("Parameters to fill in: {names}.", names = names) });
    }

    fn finish(self) -> Export {
        let mut template = json!({
            "AWSTemplateFormatVersion": "2010-09-09",
            "Transform": TRANSFORM,
            "Description": description(&self.document.name),
        });
        if !self.parameters.is_empty() {
            template["Parameters"] = Value::Object(self.parameters);
        }
        for (name, section) in self.sections {
            template[name] = section;
        }
        if self.resources.is_empty() {
            // A template has at least one resource.
            let nothing = json!({ "Type": "AWS::CloudFormation::WaitConditionHandle" });
            template["Resources"] = json!({ "Nothing": nothing });
        } else {
            template["Resources"] = Value::Object(self.resources);
        }
        if !self.outputs.is_empty() {
            template["Outputs"] = Value::Object(self.outputs);
        }
        let digest = digest(&template);
        template["Metadata"] = json!({ METADATA_KEY: { DIGEST: digest, DIAGRAM: self.document.to_text() } });
        let notation = self.options.notation;
        let mut files = vec![File { path: template_path(notation), text: notation.write(&template) }];
        files.extend(self.code);
        files.push(code::readme(self.document, &self.notes, self.options));
        Export { template, files, notes: self.notes }
    }
}

/// A name as part of a description, which is for people, short, and in plain characters.
fn plain(name: &str) -> String {
    name.chars().filter(|character| (' '..='~').contains(character)).take(200).collect()
}

/// A template's description.
fn description(name: &str) -> String {
    format!("{}. Written by Eventyard.", plain(name))
}

/// Copies what somebody wrote, as it is; what is null is as if it were not there.
fn copy(settings: &Map<String, Value>, names: &[&str], properties: &mut Map<String, Value>) {
    for name in names {
        if let Some(value) = settings.get(*name).filter(|value| !value.is_null()) {
            properties.insert((*name).to_string(), value.clone());
        }
    }
}

fn flag(settings: &Map<String, Value>, name: &str) -> bool {
    settings.get(name) == Some(&Value::Bool(true))
}

fn text<'s>(settings: &'s Map<String, Value>, name: &str) -> &'s str {
    settings.get(name).and_then(Value::as_str).unwrap_or("")
}

/// A node that a setting refers to.
fn referred(settings: &Map<String, Value>, name: &str) -> Option<Uuid> {
    Uuid::parse_str(text(settings, name)).ok()
}
