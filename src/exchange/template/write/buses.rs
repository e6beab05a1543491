//! Event buses, rules and their targets.

use super::intrinsic::{arn, attribute, reference, substitute, written};
use super::{Writer, copy, flag, referred, text};
use crate::diagram::settings::DEFAULT_BUS;
use crate::diagram::{Edge, EdgeKind, Node, NodeKind};
use serde_json::{Map, Value, json};

const SERVICE: &str = "events.amazonaws.com";

/// What EventBridge calls a bus: API_CreateEventBus.
fn bus_name(node: &Node) -> String {
    let name = match text(&node.settings, "Name") {
        "" => DEFAULT_BUS,
        name => name,
    };
    let allowed = |character: char| character.is_ascii_alphanumeric() || "._-".contains(character);
    name.chars().map(|character| if allowed(character) { character } else { '-' }).take(256).collect()
}

impl<'a> Writer<'a> {
    /// Several nodes of one name are one bus.
    fn resource_of_bus(&self, node: &Node) -> String {
        let name = bus_name(node);
        let buses = self.document.nodes.iter().filter(|node| node.kind == NodeKind::Bus);
        let first = buses.into_iter().find(|other| bus_name(other) == name).unwrap_or(node);
        self.name(first.id)
    }

    pub(super) fn bus_reference(&self, node: &Node) -> Value {
        let name = bus_name(node);
        if name == DEFAULT_BUS { name.into() } else { reference(&self.resource_of_bus(node)) }
    }

    pub(super) fn bus_arn(&self, node: &Node) -> Value {
        let name = bus_name(node);
        if name == DEFAULT_BUS {
            substitute(arn("events", &format!("event-bus/{name}")))
        } else {
            attribute(&self.resource_of_bus(node), "Arn")
        }
    }

    pub(super) fn bus(&mut self, node: &'a Node) {
        let bus = bus_name(node);
        let name = self.name(node.id);
        let first = self.resource_of_bus(node) == name;
        if bus != DEFAULT_BUS {
            if first {
                let mut properties = Map::new();
                properties.insert("Name".to_string(), bus.clone().into());
                self.resource(name.clone(), "AWS::Events::EventBus", properties);
            } else {
                self.note(node, tr!("There is a bus called {bus} already: both nodes stand for it.", bus = bus));
            }
        }
        if flag(&node.settings, "Archive") {
            let mut properties = Map::new();
            properties.insert("SourceArn".to_string(), self.bus_arn(node));
            if let Some(pattern) = node.settings.get("ArchiveEventPattern").filter(|pattern| !pattern.is_null()) {
                properties.insert("EventPattern".to_string(), written(pattern));
            }
            copy(&node.settings, &["RetentionDays"], &mut properties);
            self.resource(format!("{name}Archive"), "AWS::Events::Archive", properties);
        }
    }

    pub(super) fn rule(&mut self, node: &'a Node) {
        let name = self.name(node.id);
        let mut properties = Map::new();
        let owner = self.document.edges.iter().find(|edge| edge.to == node.id && edge.kind == EdgeKind::Rule);
        match owner.and_then(|edge| self.other_end(edge.from)) {
            Some(bus) if bus_name(bus) != DEFAULT_BUS => {
                properties.insert("EventBusName".to_string(), self.bus_reference(bus));
            }
            Some(_) => {}
            None => {
                self.note(node, tr!("It belongs to no bus in the diagram; in the template it is the default bus's."))
            }
        }
        let schedule = text(&node.settings, "ScheduleExpression");
        if !schedule.is_empty() {
            properties.insert("ScheduleExpression".to_string(), schedule.into());
        }
        match node.settings.get("EventPattern") {
            Some(pattern) if !pattern.is_null() => {
                properties.insert("EventPattern".to_string(), written(pattern));
            }
            _ if schedule.is_empty() => {
                properties.insert("EventPattern".to_string(), json!({ "source": [{ "prefix": "" }] }));
            }
            _ => {}
        }
        copy(&node.settings, &["State"], &mut properties);
        let mut statements = Vec::new();
        let targets: Vec<Value> = self
            .outgoing(node.id, EdgeKind::Target)
            .into_iter()
            .filter_map(|edge| self.target(&name, edge, &mut statements))
            .collect();
        if !targets.is_empty() {
            properties.insert("Targets".to_string(), Value::Array(targets));
        }
        self.resource(name.clone(), "AWS::Events::Rule", properties);
        if !statements.is_empty() {
            self.role(format!("{name}Role"), SERVICE, statements);
        }
    }

    /// A rule's target. `statements` gets what the rule's role has to be allowed.
    fn target(&mut self, rule: &str, edge: &'a Edge, statements: &mut Vec<Value>) -> Option<Value> {
        let receiver = self.other_end(edge.to)?;
        let mut target = Map::new();
        let id: String = self.edge_name(edge, "").chars().skip(rule.len()).collect();
        target.insert("Id".to_string(), id.chars().take(64).collect::<String>().into());
        let role = || attribute(&format!("{rule}Role"), "Arn");
        let source = attribute(rule, "Arn");
        match receiver.kind {
            NodeKind::Bus => {
                let bus = self.bus_arn(receiver);
                target.insert("Arn".to_string(), bus.clone());
                target.insert("RoleArn".to_string(), role());
                statements.push(json!({ "Effect": "Allow", "Action": "events:PutEvents", "Resource": bus }));
            }
            NodeKind::Endpoint => {
                let destination = attribute(&self.destination(edge, receiver), "Arn");
                target.insert("Arn".to_string(), destination.clone());
                target.insert("RoleArn".to_string(), role());
                statements.push(
                    json!({ "Effect": "Allow", "Action": "events:InvokeApiDestination", "Resource": destination }),
                );
            }
            _ => {
                target.insert("Arn".to_string(), self.target_arn(receiver));
            }
        }
        // Both are texts of JSON.
        if let Some(input) = edge.settings.get("Input").filter(|input| !input.is_null()) {
            target.insert("Input".to_string(), input.to_string().into());
        }
        let path = text(&edge.settings, "InputPath");
        if !path.is_empty() {
            target.insert("InputPath".to_string(), path.into());
        }
        copy(&edge.settings, &["InputTransformer"], &mut target);
        let mut retries = Map::new();
        copy(&edge.settings, &["MaximumRetryAttempts", "MaximumEventAgeInSeconds"], &mut retries);
        if !retries.is_empty() {
            target.insert("RetryPolicy".to_string(), Value::Object(retries));
        }
        let group = text(&edge.settings, "MessageGroupId");
        if !group.is_empty() {
            target.insert("SqsParameters".to_string(), json!({ "MessageGroupId": group }));
        }
        if let Some(dead) = referred(&edge.settings, "DeadLetterQueue").and_then(|id| self.other_end(id)) {
            target.insert("DeadLetterConfig".to_string(), json!({ "Arn": self.queue_arn(dead) }));
            self.allow(dead.id, SERVICE, source.clone());
        }
        if !matches!(receiver.kind, NodeKind::Bus | NodeKind::Endpoint) && self.lets_in(edge) {
            if receiver.kind == NodeKind::Function {
                let name = self.edge_name(edge, "Permission");
                self.permission(name, receiver, SERVICE, source);
            } else {
                self.allow(receiver.id, SERVICE, source);
            }
        }
        Some(Value::Object(target))
    }

    /// The API destination by which a rule reaches an endpoint, and the endpoint's connection.
    fn destination(&mut self, edge: &Edge, endpoint: &Node) -> String {
        let connection = format!("{}Connection", self.names.node(endpoint.id));
        if !self.resources.contains_key(&connection) {
            let key = format!("{}ApiKey", self.names.node(endpoint.id));
            let description =
                "The value of the header x-api-key that the endpoint gets: a connection has to authorize.";
            self.parameter(key.clone(), description, "none");
            self.parameters[&key]["NoEcho"] = true.into();
            let authorization = json!({ "ApiKeyName": "x-api-key", "ApiKeyValue": reference(&key) });
            let mut properties = Map::new();
            properties.insert("AuthorizationType".to_string(), "API_KEY".into());
            properties.insert("AuthParameters".to_string(), json!({ "ApiKeyAuthParameters": authorization }));
            self.resource(connection.clone(), "AWS::Events::Connection", properties);
        }
        let name = self.edge_name(edge, "Destination");
        let mut properties = Map::new();
        properties.insert("ConnectionArn".to_string(), attribute(&connection, "Arn"));
        properties.insert("HttpMethod".to_string(), "POST".into());
        properties.insert("InvocationEndpoint".to_string(), reference(&self.endpoint_url(endpoint)));
        copy(&edge.settings, &["InvocationRateLimitPerSecond"], &mut properties);
        self.resource(name.clone(), "AWS::Events::ApiDestination", properties);
        name
    }
}
