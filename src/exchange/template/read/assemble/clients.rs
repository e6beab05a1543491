//! Clients, where something comes in from outside: at gateways, and at queues, topics, buses and functions that nobody
//! in the template uses.

use super::examples::{merge, of_schema};
use super::handlers::{Sample, attributes, concrete_path, stream_record};
use super::{Assembler, EdgeKind};
use crate::diagram::{Edge, NodeKind};
use rustc_hash::FxHashSet;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Routes of one gateway that get a client each.
const MOST_ROUTES: usize = 6;

impl Assembler<'_> {
    pub(super) fn add_clients(&mut self) {
        let of = |it: &Self, kind: NodeKind| {
            it.document.nodes.iter().filter(|node| node.kind == kind).map(|node| node.id).collect::<Vec<_>>()
        };
        for gateway in of(self, NodeKind::Gateway) {
            self.gateway_clients(gateway);
        }
        for bus in of(self, NodeKind::Bus) {
            self.bus_clients(bus);
        }
        for kind in [NodeKind::Topic, NodeKind::Queue] {
            for node in of(self, kind) {
                if !self.document.edges.iter().any(|edge| edge.to == node) && !self.takes_dead_letters(node) {
                    self.sender(node, kind);
                }
            }
        }
        let providers: FxHashSet<usize> =
            self.stack.resources.iter().filter_map(|it| self.stack.referred(it.get("ServiceToken"))).collect();
        for number in self.of_type(&["AWS::Serverless::Function", "AWS::Lambda::Function"]) {
            let Some(function) = self.nodes.get(&number).copied() else { continue };
            if !providers.contains(&number) && !self.document.edges.iter().any(|edge| edge.to == function) {
                let name = format!("{} client", self.name_of(function));
                let client = self.client(&name, 1.0, payload(&Map::new()), Map::new());
                self.edge(EdgeKind::Call, client, function);
            }
        }
    }

    /// A dead-letter queue of a subscription or a target is named in its settings alone.
    fn takes_dead_letters(&self, queue: Uuid) -> bool {
        let id = Value::String(queue.to_string());
        self.document.edges.iter().any(|edge| edge.settings.get("DeadLetterQueue") == Some(&id))
    }

    fn client(&mut self, name: &str, rate: f64, payload: Map<String, Value>, more: Map<String, Value>) -> Uuid {
        let mut settings = Map::new();
        if rate != 2.0 {
            settings.insert("Arrivals".to_string(), json!({ "poisson": rate }));
        }
        settings.insert("Payloads".to_string(), json!([payload]));
        settings.extend(more);
        self.add_node(NodeKind::Client, name, settings)
    }

    /// One client for each different thing behind the gateway, so that all of it runs.
    fn gateway_clients(&mut self, gateway: Uuid) {
        let routes: Vec<Edge> = self
            .document
            .edges
            .iter()
            .filter(|edge| edge.from == gateway && edge.kind == EdgeKind::Integration)
            .cloned()
            .collect();
        let called = self.document.edges.iter().any(|edge| edge.to == gateway && edge.kind == EdgeKind::Call);
        // An API that functions of the template call is most likely theirs.
        if called || routes.is_empty() {
            return;
        }
        let method = |route: &Edge| route.settings.get("Method").and_then(Value::as_str).unwrap_or("ANY").to_string();
        let rank = |route: &&Edge| match method(route).as_str() {
            "POST" | "ANY" => 0,
            "PUT" | "PATCH" => 1,
            "GET" => 2,
            "DELETE" => 3,
            _ => 4,
        };
        let mut sorted: Vec<&Edge> = routes.iter().collect();
        sorted.sort_by_key(rank);
        let mut seen = FxHashSet::default();
        sorted.retain(|route| seen.insert(route.to) && !matches!(method(route).as_str(), "HEAD" | "OPTIONS"));
        let settings = self.document.node(gateway).map(|node| node.settings.clone()).unwrap_or_default();
        let limit = settings.get("UsagePlans").and_then(|plans| plans[0]["throttle"]["rateLimit"].as_f64());
        for (position, route) in sorted.into_iter().take(MOST_ROUTES).enumerate() {
            let mut more = self.credentials.get(&gateway).cloned().unwrap_or_default();
            if method(route) != "POST" && method(route) != "ANY" {
                more.insert("Method".to_string(), method(route).into());
            }
            let path = route.settings.get("Path").and_then(Value::as_str).unwrap_or("/{proxy+}");
            let mut path = concrete_path(path);
            self.required(route, &mut path, &mut more);
            if path != "/" {
                more.insert("Path".to_string(), path.into());
            }
            let sample = match self.kind_of(route.to) {
                Some(NodeKind::Queue | NodeKind::Topic) => {
                    self.samples(route.to, 0).into_iter().next().unwrap_or_default()
                }
                Some(NodeKind::Bus) => Sample {
                    body: self.event_samples(route.to).into_iter().next().map(|it| it.detail).unwrap_or_default(),
                    ..Sample::default()
                },
                _ => Sample::default(),
            };
            let mut body = match route.settings.get("RequestModel") {
                Some(model) => of_schema(model, 0).as_object().cloned().unwrap_or_default(),
                None => payload(&sample.body),
            };
            merge(&mut body, &sample.body);
            let usual: f64 = if position == 0 { 2.0 } else { 1.0 };
            let rate = limit.map_or(usual, |limit| usual.min(limit / 2.0).max(0.01));
            let name = format!("{} client", self.name_of(gateway));
            let client = self.client(&name, rate, body, more);
            self.edge(EdgeKind::Request, client, gateway);
        }
    }

    /// Headers and query strings without which the gateway refuses.
    fn required(&self, route: &Edge, path: &mut String, more: &mut Map<String, Value>) {
        let parameters = route.settings.get("RequestParameters").and_then(Value::as_object);
        for (name, _) in parameters.into_iter().flatten().filter(|(_, needed)| **needed == json!(true)) {
            if let Some(header) = name.strip_prefix("method.request.header.") {
                let mut headers = more.get("Headers").and_then(Value::as_object).cloned().unwrap_or_default();
                headers.insert(header.to_string(), "1".into());
                more.insert("Headers".to_string(), headers.into());
            } else if let Some(query) = name.strip_prefix("method.request.querystring.") {
                path.push(if path.contains('?') { '&' } else { '?' });
                path.push_str(&format!("{query}=1"));
            }
        }
    }

    /// Events for rules that no sender of the template means.
    fn bus_clients(&mut self, bus: Uuid) {
        let by_gateway = self
            .document
            .edges
            .iter()
            .any(|edge| edge.to == bus && matches!(edge.kind, EdgeKind::Integration | EdgeKind::Target));
        if by_gateway {
            return;
        }
        let sent: Vec<(Value, Value)> = self
            .document
            .nodes
            .iter()
            .filter_map(|node| node.settings.get("Handler")?.as_array())
            .flatten()
            .filter(|step| step["step"] == "putEvents" && step["to"] == json!(bus))
            .map(|step| (step["source"].clone(), step["detailType"].clone()))
            .collect();
        for sample in self.event_samples(bus) {
            let meant = |(source, detail_type): &(Value, Value)| {
                sample.source.as_ref().is_none_or(|it| source == it)
                    && sample.detail_type.as_ref().is_none_or(|it| detail_type == it)
            };
            if sample.rules.is_empty() || sent.iter().any(meant) {
                continue;
            }
            let mut more = Map::new();
            let (source, detail_type) = (sample.source.clone(), sample.detail_type.clone());
            let name = source.clone().or(detail_type.clone()).unwrap_or_else(|| self.name_of(bus));
            more.insert("Source".to_string(), source.unwrap_or_else(|| "client".to_string()).into());
            more.insert("DetailType".to_string(), detail_type.unwrap_or_else(|| "Event".to_string()).into());
            let client = self.client(&format!("{name} events"), 1.0, payload(&sample.detail), more);
            self.edge(EdgeKind::PutEvents, client, bus);
        }
    }

    /// Somebody outside who sends to a queue or publishes to a topic.
    fn sender(&mut self, node: Uuid, kind: NodeKind) {
        let streamed = self.streams.iter().any(|stream| stream.queue == node);
        for sample in self.samples(node, 0) {
            let mut more = Map::new();
            if !sample.attributes.is_empty() {
                more.insert("MessageAttributes".to_string(), attributes(&sample.attributes).into());
            }
            more.extend(self.fifo_options(node).into_iter().map(|(name, value)| (name.to_string(), value)));
            let body = match streamed {
                true => stream_record(Some(&sample)).as_object().cloned().unwrap_or_default(),
                false => payload(&sample.body),
            };
            let name = format!("{} sender", self.name_of(node));
            let client = self.client(&name, 1.0, body, more);
            let edge = if kind == NodeKind::Queue { EdgeKind::Send } else { EdgeKind::Publish };
            self.edge(edge, client, node);
        }
    }
}

/// Something to look at, with what is wanted.
fn payload(wanted: &Map<String, Value>) -> Map<String, Value> {
    let mut made = wanted.clone();
    let usual = json!({ "requestId": "{{requestId}}", "customerId": "C-1042", "amount": 49.9 });
    merge(&mut made, usual.as_object().unwrap_or(&Map::new()));
    made
}
