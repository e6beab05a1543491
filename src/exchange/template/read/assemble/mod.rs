//! From resources to a diagram: a node for what is simulated, an edge for what connects two of them, a plain box for the
//! rest. Nothing is dropped without a [`Note`].

mod boxes;
mod clients;
mod examples;
mod gateways;
mod guards;
mod handlers;
mod nodes;
mod permissions;
mod routes;
mod sources;
mod stages;

use super::resolve::{make_readable, marks, readable};
use super::stack::{Resource, Stack, node_kind, plain_name, text};
use super::tree::Place;
use crate::diagram::{Document, Edge, EdgeKind, Ids, Kind, Node, NodeKind, Setting, check, edge_kinds, settings};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value};
use uuid::Uuid;

/// What kind of attention something needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    /// A policy or a permission is missing, so that nothing gets through.
    NotAllowed,
    /// Drawn as a plain box, or left out: it is not simulated.
    NotSimulated,
    /// Simulated by something else that behaves much alike.
    Instead,
    /// The template leaves it open.
    Assumed,
    /// What the code does is not in a template.
    Guess,
}

impl Concern {
    /// As style sheets spell it.
    pub fn name(self) -> &'static str {
        match self {
            Concern::NotAllowed => "not-allowed",
            Concern::NotSimulated => "not-simulated",
            Concern::Instead => "drawn-differently",
            Concern::Assumed => "assumed",
            Concern::Guess => "guess",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Concern::NotAllowed => tr!("not allowed"),
            Concern::NotSimulated => tr!("not simulated"),
            Concern::Instead => tr!("drawn differently"),
            Concern::Assumed => tr!("assumed"),
            Concern::Guess => tr!("guess"),
        }
    }
}

/// Something about an imported template that needs attention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub concern: Concern,
    pub place: Place,
    /// A sentence.
    pub message: String,
}

/// A function's use of something, and how that is known.
#[derive(Clone, Debug)]
struct Use {
    node: Uuid,
    kind: EdgeKind,
    reads: bool,
    writes: bool,
    why: String,
}

/// A queue that stands for what a stream hands to one function.
#[derive(Clone, Copy, Debug)]
struct Stream {
    /// The table or stream.
    source: usize,
    queue: Uuid,
}

struct Assembler<'s> {
    stack: &'s Stack,
    document: Document,
    ids: Ids,
    nodes: FxHashMap<usize, Uuid>,
    /// What is referred to and not part of the template.
    outside: FxHashMap<(NodeKind, String), Uuid>,
    /// Resources that have become something, or that only serve others.
    understood: FxHashSet<usize>,
    notes: Vec<Note>,
    streams: Vec<Stream>,
    /// What functions do, by their nodes, in the order in which they do it.
    uses: Vec<(Uuid, Use)>,
    /// Pairs of resources that a Connector lets talk to each other.
    connected: FxHashSet<(usize, usize)>,
    /// Gateways whose requests need something to be let through: see `clients`.
    credentials: FxHashMap<Uuid, Map<String, Value>>,
}

/// Builds the diagram. It always validates: what does not is taken out, and said. With it comes which resource, by its
/// logical id, has become which node; what is outside of the template goes by its node's name.
pub fn assemble(stack: &Stack, name: &str) -> (Document, Vec<(String, Uuid)>, Vec<Note>) {
    let mut it = Assembler {
        stack,
        document: Document::new(name),
        ids: Ids::new(seed(stack)),
        nodes: FxHashMap::default(),
        outside: FxHashMap::default(),
        understood: FxHashSet::default(),
        notes: Vec::new(),
        streams: Vec::new(),
        uses: Vec::new(),
        connected: FxHashSet::default(),
        credentials: FxHashMap::default(),
    };
    it.add_nodes();
    it.connectors();
    it.mail_events();
    it.queues();
    it.topics();
    it.rules();
    it.mappings();
    it.buckets();
    it.functions();
    it.gateways();
    it.find_uses();
    it.write_handlers();
    it.add_clients();
    it.add_boxes();
    for node in &mut it.document.nodes {
        node.name = readable(&node.name);
        node.settings.values_mut().for_each(make_readable);
    }
    it.document.edges.iter_mut().flat_map(|edge| edge.settings.values_mut()).for_each(make_readable);
    it.mend();
    it.notes.iter_mut().for_each(|note| note.message = readable(&note.message));
    let mut names: Vec<(String, Uuid)> =
        it.nodes.iter().map(|(number, id)| (stack.resources[*number].name.clone(), *id)).collect();
    let outside = it.outside.iter().map(|((_, name), id)| (name.clone(), *id));
    names.extend(outside);
    names.sort();
    (it.document, names, it.notes)
}

/// Ids that follow from the names alone, so that the same template gives the same diagram.
fn seed(stack: &Stack) -> u64 {
    let bytes = stack.resources.iter().flat_map(|resource| resource.name.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

impl Assembler<'_> {
    fn note(&mut self, concern: Concern, place: Place, message: impl Into<String>) {
        let note = Note { concern, place, message: message.into() };
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn resource(&self, number: usize) -> &Resource {
        &self.stack.resources[number]
    }

    /// Numbers of all resources of these types.
    fn of_type(&self, kinds: &[&str]) -> Vec<usize> {
        let all = self.stack.resources.iter().enumerate();
        all.filter(|(_, resource)| kinds.contains(&resource.kind.as_str())).map(|(number, _)| number).collect()
    }

    fn add_node(&mut self, kind: NodeKind, name: &str, settings: Map<String, Value>) -> Uuid {
        let used = |name: &str| self.document.nodes.iter().any(|node| node.name == name);
        let name = match used(name) {
            false => name.to_string(),
            true => (2u32..).map(|number| format!("{name} {number}")).find(|name| !used(name)).unwrap_or_default(),
        };
        let id = self.ids.next_id();
        self.document.nodes.push(Node { id, kind, name, x: 0.0, y: 0.0, settings });
        id
    }

    /// An edge, if there may be one. Only routes and mappings may be there twice.
    fn add_edge(&mut self, kind: EdgeKind, from: Uuid, to: Uuid, settings: Map<String, Value>) -> Option<Uuid> {
        let (source, target) = (self.document.node(from)?.kind, self.document.node(to)?.kind);
        if !edge_kinds(source, target).contains(&kind) {
            return None;
        }
        let same = |edge: &&Edge| (edge.kind, edge.from, edge.to) == (kind, from, to) && edge.settings == settings;
        if let Some(known) = self.document.edges.iter().find(same) {
            return Some(known.id);
        }
        let id = self.ids.next_id();
        self.document.edges.push(Edge { id, kind, from, to, settings });
        Some(id)
    }

    fn edge(&mut self, kind: EdgeKind, from: Uuid, to: Uuid) -> Option<Uuid> {
        if let Some(known) = self.document.edges.iter().find(|it| (it.kind, it.from, it.to) == (kind, from, to)) {
            return Some(known.id);
        }
        self.add_edge(kind, from, to, Map::new())
    }

    fn kind_of(&self, id: Uuid) -> Option<NodeKind> {
        self.document.node(id).map(|node| node.kind)
    }

    fn name_of(&self, id: Uuid) -> String {
        self.document.node(id).map_or(String::new(), |node| node.name.clone())
    }

    fn set(&mut self, id: Uuid, setting: &str, value: Value) {
        if let Some(node) = self.document.node_mut(id) {
            node.settings.insert(setting.to_string(), value);
        }
    }

    /// Follows aliases and versions to their functions, and instances to their clusters.
    fn redirect(&self, number: usize) -> usize {
        let resource = self.resource(number);
        let property = match resource.kind.as_str() {
            "AWS::Lambda::Alias" | "AWS::Lambda::Version" => "FunctionName",
            "AWS::RDS::DBInstance" => "DBClusterIdentifier",
            "AWS::RDS::DBProxy" | "AWS::RDS::DBProxyTargetGroup" => "DBClusterIdentifiers",
            "AWS::ApiGateway::Stage" | "AWS::ApiGateway::Deployment" => "RestApiId",
            "AWS::ApiGatewayV2::Stage" => "ApiId",
            "AWS::SecretsManager::SecretTargetAttachment" => "TargetId",
            _ => return number,
        };
        self.stack.referred(resource.get(property)).filter(|to| *to != number).unwrap_or(number)
    }

    /// The node of a resource that a value refers to, whatever its kind.
    fn referred_node(&self, value: &Value) -> Option<Uuid> {
        let number = self.stack.referred(value)?;
        self.nodes.get(&self.redirect(number)).copied()
    }

    /// The node of this kind that a value means, if it is part of the template.
    fn find(&self, value: &Value, kind: NodeKind) -> Option<Uuid> {
        let by_reference = || {
            let node = self.referred_node(value)?;
            (self.kind_of(node) == Some(kind)).then_some(node)
        };
        by_reference().or_else(|| self.nodes.get(&self.redirect(self.stack.find(value, kind)?)).copied())
    }

    /// The node that a value means; one that is not part of the template is drawn with its defaults.
    fn find_or_outside(&mut self, value: &Value, kind: NodeKind, place: Place) -> Option<Uuid> {
        if let Some(node) = self.find(value, kind) {
            return Some(node);
        }
        let whole = text(value);
        // A reference to something of another kind is no name.
        if whole.is_empty() || self.stack.referred(value).is_some() {
            return None;
        }
        let name = match marks(&whole).next() {
            Some((parameter, _)) => parameter_words(parameter),
            None if kind == NodeKind::Endpoint => host(&whole).to_string(),
            None => plain_name(&whole).to_string(),
        };
        Some(self.outside_node(kind, &name, place))
    }

    fn outside_node(&mut self, kind: NodeKind, name: &str, place: Place) -> Uuid {
        let key = (kind, name.to_string());
        if let Some(known) = self.outside.get(&key) {
            return *known;
        }
        let mut settings = Map::new();
        if kind == NodeKind::Queue && name.ends_with(".fifo") {
            settings.insert("FifoQueue".to_string(), true.into());
            settings.insert("ContentBasedDeduplication".to_string(), true.into());
        }
        if kind == NodeKind::Topic && name.ends_with(".fifo") {
            settings.insert("FifoTopic".to_string(), true.into());
            settings.insert("ContentBasedDeduplication".to_string(), true.into());
        }
        let id = self.add_node(kind, name, settings);
        self.outside.insert(key, id);
        if !matches!(kind, NodeKind::Endpoint | NodeKind::Mailer) {
            let message = tr!(
                "“{name}”, a {kind}, is not part of this template: it is drawn with the defaults.",
                kind = kind.name(),
                name = name
            );
            self.note(Concern::Assumed, place, message);
        }
        id
    }

    /// What a parameter that the template leaves open is about, without one of these endings.
    fn open_name(&self, text: &str, endings: &[&str]) -> Option<String> {
        let parameter = marks(text).next().filter(|(name, _)| self.stack.named(name).is_none())?.0;
        let stem = endings.iter().find_map(|end| parameter.strip_suffix(end)).filter(|stem| !stem.is_empty());
        Some(words(stem.unwrap_or(parameter)))
    }

    /// The account's own bus.
    fn default_bus(&mut self) -> Uuid {
        let key = (NodeKind::Bus, "default".to_string());
        match self.outside.get(&key) {
            Some(known) => *known,
            None => {
                let id = self.add_node(NodeKind::Bus, "Default bus", Map::new());
                self.outside.insert(key, id);
                id
            }
        }
    }

    /// The bus that a name, an ARN or a reference means; without any, the default bus.
    fn bus(&mut self, value: &Value, place: Place) -> Option<Uuid> {
        let whole = text(value);
        if whole.is_empty() || plain_name(&whole) == "default" {
            return Some(self.default_bus());
        }
        let known = self.document.nodes.iter().find(|node| {
            node.kind == NodeKind::Bus && node.settings.get("Name").and_then(Value::as_str) == Some(plain_name(&whole))
        });
        if let Some(known) = known {
            return Some(known.id);
        }
        let bus = self.find_or_outside(value, NodeKind::Bus, place)?;
        let name = self.name_of(bus);
        if let Some(node) = self.document.node_mut(bus) {
            node.settings.entry("Name").or_insert(name.into());
        }
        Some(bus)
    }

    /// The edge kind by which a sender reaches a node.
    fn way_to(&self, node: Uuid) -> Option<EdgeKind> {
        Some(match self.kind_of(node)? {
            NodeKind::Queue => EdgeKind::Send,
            NodeKind::Topic => EdgeKind::Publish,
            NodeKind::Bus => EdgeKind::PutEvents,
            NodeKind::Database => EdgeKind::Query,
            NodeKind::Mailer => EdgeKind::Email,
            NodeKind::Gateway | NodeKind::Function | NodeKind::Endpoint => EdgeKind::Call,
            NodeKind::Client | NodeKind::Rule | NodeKind::Other => return None,
        })
    }

    /// A resource's name as people read it: `SalesQueue` is “Sales queue”.
    fn display_name(&self, number: usize) -> String {
        let resource = self.resource(number);
        // A synthesised id ends in a hash; the path has the name that somebody wrote.
        let written = resource.path.as_deref().and_then(|path| {
            let mut parts = path.split('/').filter(|part| !matches!(*part, "Resource" | "Default"));
            parts.next_back()
        });
        words(written.unwrap_or(&resource.name))
    }

    /// Takes out what does not validate: the diagram has to run.
    fn mend(&mut self) {
        for _ in 0..8 {
            let Err(problems) = check(&self.document) else { return };
            let mut removed: Vec<Uuid> = Vec::new();
            for problem in problems {
                let index = |list: &str| -> Option<usize> {
                    problem.path.strip_prefix(list)?.strip_prefix('[')?.split(']').next()?.parse().ok()
                };
                let setting = problem.path.split_once(".settings.").and_then(|(_, rest)| rest.split(['.', '[']).next());
                let said = format!("{} {}", problem.message, problem.hint).trim().to_string();
                if let Some(node) = index("nodes").and_then(|index| self.document.nodes.get_mut(index)) {
                    let (name, id) = (node.name.clone(), node.id);
                    let known = setting.and_then(|setting| node.settings.shift_remove(setting));
                    let place = self.place_of(id);
                    match (known, setting) {
                        (Some(_), Some(setting)) => {
                            self.note(
                                Concern::Assumed,
                                place,
                                tr!(
                                    "{setting} of “{name}” is left out. {said}",
                                    setting = setting,
                                    name = name,
                                    said = said
                                ),
                            );
                        }
                        _ => self.note(Concern::Assumed, place, format!("“{name}”: {said}")),
                    }
                } else if let Some(edge) = index("edges").and_then(|index| self.document.edges.get_mut(index)) {
                    let (id, from, to) = (edge.id, edge.from, edge.to);
                    let known = setting.and_then(|setting| edge.settings.shift_remove(setting));
                    let name = format!("“{}” → “{}”", self.name_of(from), self.name_of(to));
                    let place = self.place_of(from);
                    match (known, setting) {
                        (Some(_), Some(setting)) => {
                            self.note(
                                Concern::Assumed,
                                place,
                                tr!(
                                    "{setting} of {name} is left out. {said}",
                                    setting = setting,
                                    name = name,
                                    said = said
                                ),
                            );
                        }
                        _ => {
                            removed.push(id);
                            self.note(
                                Concern::NotSimulated,
                                place,
                                tr!("{name} is left out. {said}", name = name, said = said),
                            );
                        }
                    }
                }
            }
            self.document.edges.retain(|edge| !removed.contains(&edge.id));
        }
    }

    fn place_of(&self, node: Uuid) -> Place {
        let found = self.nodes.iter().find(|(_, id)| **id == node);
        found.map_or(Place { line: 1, column: 1 }, |(number, _)| self.resource(*number).place)
    }
}

/// Resource types that only make others work, or that have no behaviour: what they say is read with those.
fn serves_others(kind: &str) -> bool {
    const TYPES: &[&str] = &[
        "AWS::CDK::Metadata",
        "AWS::Lambda::Alias",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Permission",
        "AWS::Lambda::Url",
        "AWS::Lambda::Version",
        "AWS::Events::Archive",
        "AWS::Events::Connection",
        "AWS::Events::EventBusPolicy",
        "AWS::RDS::DBProxy",
        "AWS::RDS::DBProxyTargetGroup",
        "AWS::RDS::DBSubnetGroup",
        "AWS::SecretsManager::SecretTargetAttachment",
        "AWS::SES::ConfigurationSetEventDestination",
        "AWS::SNS::Subscription",
        "AWS::SNS::TopicInlinePolicy",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueueInlinePolicy",
        "AWS::SQS::QueuePolicy",
        "AWS::Scheduler::ScheduleGroup",
        "AWS::Serverless::Connector",
    ];
    TYPES.contains(&kind)
        || kind.starts_with("AWS::IAM::")
        || ((kind.starts_with("AWS::ApiGateway::") || kind.starts_with("AWS::ApiGatewayV2::"))
            && node_kind(kind).is_none())
}

/// Words that are written in capitals.
const ABBREVIATIONS: &[&str] = &["API", "DLQ", "HTTP", "ID", "REST", "SES", "SNS", "SQS", "URL", "DB"];

/// Words of a name: `OrdersDLQueue` is “Orders DL queue”.
fn words(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut parts: Vec<String> = Vec::new();
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| letters.get(index));
        let after = letters.get(index + 1);
        let capital = letter.is_ascii_uppercase()
            && before.is_some_and(|it| !it.is_ascii_uppercase() || after.is_some_and(char::is_ascii_lowercase));
        let apart = matches!(letter, '-' | '_' | ' ');
        if capital || apart || parts.is_empty() {
            parts.push(String::new());
        }
        if let (false, Some(part)) = (apart, parts.last_mut()) {
            part.push(*letter);
        }
    }
    parts.retain(|part| !part.is_empty());
    let lower = |part: &String| {
        let short = ABBREVIATIONS.iter().find(|it| it.eq_ignore_ascii_case(part));
        match part.len() > 1 && part.chars().all(|it| !it.is_ascii_lowercase()) {
            true => part.clone(),
            false => short.map_or_else(|| part.to_lowercase(), |short| (*short).to_string()),
        }
    };
    let mut made = parts.iter().map(lower).collect::<Vec<_>>().join(" ");
    if let Some(first) = made.get(..1) {
        made = first.to_uppercase() + &made[1..];
    }
    if made.is_empty() { name.to_string() } else { made }
}

/// What a parameter that holds an address is about: `PartnerUrl` is “Partner”.
fn parameter_words(parameter: &str) -> String {
    let stem = ["Url", "URL", "Arn", "ARN", "Name"].iter().find_map(|end| parameter.strip_suffix(end));
    words(stem.filter(|stem| !stem.is_empty()).unwrap_or(parameter))
}

/// The host of a URL, else the text itself.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?']).next().filter(|host| !host.is_empty()).unwrap_or(url)
}

/// Copies properties that are settings of the same name, in the setting's own type and without what is the default.
fn copy(described: &[&[Setting]], properties: &Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    let mut made = Map::new();
    for setting in described.iter().flat_map(|list| list.iter()).filter(|setting| names.contains(&setting.name)) {
        let Some(value) = properties.get(setting.name) else { continue };
        put(&mut made, setting, value);
    }
    made
}

/// One value as a setting; what cannot be one stays as it is, and is found when the diagram is checked.
fn put(made: &mut Map<String, Value>, setting: &Setting, value: &Value) {
    use super::stack::{integer, structured, truth};
    let value = match setting.kind {
        Kind::Integer { .. } | Kind::OptionalInteger { .. } => integer(value).map(Value::from),
        Kind::Number { .. } => text(value).parse::<f64>().ok().map(Value::from),
        Kind::Boolean { .. } => truth(value).map(Value::from),
        Kind::Choice { .. } | Kind::Text { .. } => Some(Value::String(text(value))),
        _ => Some(structured(value)),
    }
    .unwrap_or_else(|| value.clone());
    if !same(&value, &setting.kind.default_value()) {
        made.insert(setting.name.to_string(), value);
    }
}

/// Whether two values are equal, numbers by what they are worth.
fn same(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

/// One property as a setting of an edge.
fn put_edge(made: &mut Map<String, Value>, kind: EdgeKind, name: &str, value: &Value) {
    if value.is_null() {
        return;
    }
    let setting = settings::of_edge(kind).iter().flat_map(|list| list.iter()).find(|setting| setting.name == name);
    if let Some(setting) = setting {
        put(made, setting, value);
    }
}

/// One property as a setting of a node.
fn put_node(made: &mut Map<String, Value>, kind: NodeKind, name: &str, value: &Value) {
    if value.is_null() {
        return;
    }
    let setting = settings::of_node(kind).iter().flat_map(|list| list.iter()).find(|setting| setting.name == name);
    if let Some(setting) = setting {
        put(made, setting, value);
    }
}
