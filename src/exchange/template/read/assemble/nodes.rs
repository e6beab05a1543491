//! The nodes, each from its own resource, and what belongs to one node alone.

use super::super::stack::{integer, node_kind, structured, text, truth};
use super::{Assembler, Concern, copy, put_node};
use crate::diagram::{EdgeKind, NodeKind, settings};
use serde_json::{Map, Value, json};
use uuid::Uuid;

const QUEUE: &[&str] = &[
    "FifoQueue",
    "VisibilityTimeout",
    "DelaySeconds",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "MaximumMessageSize",
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "FifoThroughputLimit",
];
const TOPIC: &[&str] = &["FifoTopic", "ContentBasedDeduplication", "FifoThroughputScope", "MaximumMessageSize"];
const FUNCTION: &[&str] = &["Timeout", "MemorySize", "ReservedConcurrentExecutions", "RecursiveLoop"];

impl Assembler<'_> {
    pub(super) fn add_nodes(&mut self) {
        for number in 0..self.stack.resources.len() {
            let resource = self.resource(number);
            let Some(kind) = node_kind(&resource.kind) else { continue };
            // It belongs to another one, or has other ways.
            let apart = match resource.kind.as_str() {
                "AWS::RDS::DBInstance" => self.redirect(number) != number,
                "AWS::ApiGatewayV2::Api" => text(resource.get("ProtocolType")) == "WEBSOCKET",
                "AWS::SES::ConfigurationSet" => !self.of_type(&["AWS::SES::EmailIdentity"]).is_empty(),
                _ => false,
            };
            if apart {
                if resource.kind != "AWS::ApiGatewayV2::Api" {
                    self.understood.insert(number);
                }
                continue;
            }
            let place = resource.place;
            // Several ways may lead to an address that a parameter holds.
            let address = text(resource.get("InvocationEndpoint"));
            if kind == NodeKind::Endpoint
                && let Some(name) = self.open_name(&address, &["Url", "URL"])
            {
                let id = self.outside_node(kind, &name, place);
                self.nodes.insert(number, id);
                continue;
            }
            let mut name = self.display_name(number);
            if kind == NodeKind::Mailer
                && let Some(stem) = name.strip_suffix(" configuration set")
            {
                name = stem.to_string();
            }
            let settings = self.settings_of(number, kind);
            let id = self.add_node(kind, &name, settings);
            self.nodes.insert(number, id);
            if kind == NodeKind::Mailer {
                self.outside.insert((kind, name), id);
            }
        }
        self.archives();
    }

    fn settings_of(&self, number: usize, kind: NodeKind) -> Map<String, Value> {
        let resource = self.resource(number);
        let properties = &resource.properties;
        let described = settings::of_node(kind);
        match kind {
            NodeKind::Queue => copy(described, properties, QUEUE),
            NodeKind::Topic => copy(described, properties, TOPIC),
            NodeKind::Bus => {
                let name = resource.get("Name").as_str().map_or(resource.name.clone(), str::to_string);
                Map::from_iter([("Name".to_string(), Value::String(name))])
            }
            NodeKind::Rule => {
                let mut made = copy(described, properties, &["State", "ScheduleExpression"]);
                put_node(&mut made, kind, "EventPattern", &structured(resource.get("EventPattern")));
                made
            }
            NodeKind::Function => {
                let mut made = copy(described, properties, FUNCTION);
                let provisioned = &resource.get("ProvisionedConcurrencyConfig")["ProvisionedConcurrentExecutions"];
                put_node(&mut made, kind, "ProvisionedConcurrentExecutions", provisioned);
                made
            }
            NodeKind::Database if resource.kind.starts_with("AWS::RDS::") => {
                let scaling = resource.get("ServerlessV2ScalingConfiguration").as_object().cloned().unwrap_or_default();
                copy(described, &scaling, &["MinCapacity", "MaxCapacity"])
            }
            NodeKind::Database => Map::from_iter([("Engine".to_string(), json!("key-value"))]),
            _ => Map::new(),
        }
    }

    /// Archives belong to buses here.
    fn archives(&mut self) {
        for number in self.of_type(&["AWS::Events::Archive"]) {
            let (source, place) = (self.resource(number).get("SourceArn").clone(), self.resource(number).place);
            let Some(bus) = self.bus(&source, place) else { continue };
            let (pattern, days) = (
                structured(self.resource(number).get("EventPattern")),
                self.resource(number).get("RetentionDays").clone(),
            );
            self.set(bus, "Archive", true.into());
            if !pattern.is_null() {
                self.set(bus, "ArchiveEventPattern", pattern);
            }
            if let Some(days) = integer(&days).filter(|days| *days > 0) {
                self.set(bus, "RetentionDays", days.into());
            }
        }
    }

    /// Which sources may use what as their dead-letter queue, and the redrive policies.
    pub(super) fn queues(&mut self) {
        for number in self.of_type(&["AWS::SQS::Queue"]) {
            let Some(queue) = self.nodes.get(&number).copied() else { continue };
            let place = self.resource(number).place;
            let redrive = structured(self.resource(number).get("RedrivePolicy"));
            if let Some(dead) = self.find_or_outside(&redrive["deadLetterTargetArn"], NodeKind::Queue, place) {
                let mut settings = Map::new();
                super::put_edge(&mut settings, EdgeKind::Redrive, "maxReceiveCount", &redrive["maxReceiveCount"]);
                self.add_edge(EdgeKind::Redrive, queue, dead, settings);
            }
            let allow = structured(self.resource(number).get("RedriveAllowPolicy"));
            let permission = text(&allow["redrivePermission"]);
            if !permission.is_empty() && permission != "allowAll" {
                let sources = allow["sourceQueueArns"].as_array().cloned().unwrap_or_default();
                let ids: Vec<Uuid> = sources.iter().filter_map(|source| self.find(source, NodeKind::Queue)).collect();
                let mut made = json!({ "redrivePermission": permission });
                if permission == "byQueue" {
                    made["sourceQueueArns"] = ids.iter().map(|id| Value::String(id.to_string())).collect();
                }
                self.set(queue, "RedriveAllowPolicy", made);
            }
        }
    }

    /// Who is told of bounces and complaints.
    pub(super) fn mail_events(&mut self) {
        for number in self.of_type(&["AWS::SES::ConfigurationSetEventDestination"]) {
            let (properties, place) =
                (Value::Object(self.resource(number).properties.clone()), self.resource(number).place);
            let Some(mailer) = self.referred_node(&properties["ConfigurationSetName"]) else { continue };
            let destination = &properties["EventDestination"];
            let topic = &destination["SnsDestination"]["TopicARN"];
            if let Some(topic) = self.find_or_outside(topic, NodeKind::Topic, place) {
                self.edge(EdgeKind::Publish, mailer, topic);
            }
            if !destination["EventBridgeDestination"].is_null() {
                let bus = self.default_bus();
                self.edge(EdgeKind::PutEvents, mailer, bus);
            }
        }
    }

    /// Connectors say what may talk to what.
    pub(super) fn connectors(&mut self) {
        let mut found: Vec<(usize, Value, Value)> = Vec::new();
        for (number, resource) in self.stack.resources.iter().enumerate() {
            if resource.kind == "AWS::Serverless::Connector" {
                if let Some(source) = self.end_of(resource.get("Source")) {
                    found.push((source, resource.get("Destination").clone(), resource.get("Permissions").clone()));
                }
            } else if let Value::Object(own) = &resource.connectors {
                for connector in own.values() {
                    let properties = &connector["Properties"];
                    found.push((number, properties["Destination"].clone(), properties["Permissions"].clone()));
                }
            }
        }
        for (source, destinations, permissions) in found {
            let rights = super::super::stack::each(&permissions).iter().map(text).collect::<Vec<_>>();
            for destination in super::super::stack::each(&destinations) {
                let Some(target) = self.end_of(destination) else { continue };
                self.connected.insert((source, target));
                let (Some(from), Some(to)) = (self.nodes.get(&source).copied(), self.nodes.get(&target).copied())
                else {
                    continue;
                };
                if self.kind_of(from) == Some(NodeKind::Function)
                    && let Some(kind) = self.way_to(to)
                {
                    let any = rights.is_empty();
                    let uses = super::Use {
                        node: to,
                        kind,
                        reads: any || rights.iter().any(|it| it == "Read"),
                        writes: any || rights.iter().any(|it| it == "Write"),
                        why: "a Connector".to_string(),
                    };
                    self.uses.push((from, uses));
                }
            }
        }
    }

    /// A Connector's end: `{Id: Queue}` or `{Arn: …}`.
    fn end_of(&self, value: &Value) -> Option<usize> {
        match value.get("Id").and_then(Value::as_str) {
            Some(id) => self.stack.named(id),
            None => self.stack.referred(value),
        }
    }

    /// Where a function's asynchronous invocations end, and how often they are tried.
    pub(super) fn functions(&mut self) {
        for number in self.of_type(&["AWS::Serverless::Function", "AWS::Lambda::Function"]) {
            let Some(function) = self.nodes.get(&number).copied() else { continue };
            let resource = self.resource(number);
            let place = resource.place;
            let dead = match resource.get("DeadLetterQueue") {
                Value::Null => resource.get("DeadLetterConfig")["TargetArn"].clone(),
                sam => sam["TargetArn"].clone(),
            };
            let config = resource.get("EventInvokeConfig").clone();
            self.destination(function, EdgeKind::DeadLetter, &dead, place);
            self.invoke_config(function, &config, place);
            let version = self.resource(number).get("FunctionUrlConfig").clone();
            if !version.is_null() {
                self.note(
                    Concern::Instead,
                    place,
                    tr!("The function URL of “{}” is drawn as a client that invokes it.", self.name_of(function)),
                );
            }
        }
        for number in self.of_type(&["AWS::Lambda::EventInvokeConfig"]) {
            let (config, place) =
                (Value::Object(self.resource(number).properties.clone()), self.resource(number).place);
            if let Some(function) = self.find(&config["FunctionName"], NodeKind::Function) {
                self.invoke_config(function, &config, place);
            }
        }
    }

    fn invoke_config(&mut self, function: Uuid, config: &Value, place: super::super::tree::Place) {
        let mut made = Map::new();
        for name in ["MaximumRetryAttempts", "MaximumEventAgeInSeconds"] {
            put_node(&mut made, NodeKind::Function, name, &config[name]);
        }
        made.into_iter().for_each(|(name, value)| self.set(function, &name, value));
        let destinations = &config["DestinationConfig"];
        for (kind, name) in [(EdgeKind::OnSuccess, "OnSuccess"), (EdgeKind::OnFailure, "OnFailure")] {
            let to = &destinations[name];
            self.sam_destination(function, kind, to, place);
        }
    }

    /// `{Type: SQS, Destination: …}`; SAM makes the queue or the topic where no destination is named.
    fn sam_destination(&mut self, function: Uuid, kind: EdgeKind, to: &Value, place: super::super::tree::Place) {
        let made = match (to["Destination"].is_null(), text(&to["Type"]).as_str()) {
            (true, "SQS") => Some(NodeKind::Queue),
            (true, "SNS") => Some(NodeKind::Topic),
            _ => None,
        };
        if let Some(made) = made {
            let words = if kind == EdgeKind::OnSuccess { "successes" } else { "failures" };
            let name = format!("{} {words}", self.name_of(function));
            let node = self.add_node(made, &name, Map::new());
            self.edge(kind, function, node);
            return;
        }
        self.destination(function, kind, &to["Destination"], place);
    }

    fn destination(&mut self, function: Uuid, kind: EdgeKind, to: &Value, place: super::super::tree::Place) {
        if to.is_null() {
            return;
        }
        let whole = text(to);
        let guess = match whole.split(':').nth(2) {
            Some("sns") => NodeKind::Topic,
            Some("events") => NodeKind::Bus,
            Some("lambda") => NodeKind::Function,
            _ => NodeKind::Queue,
        };
        let node = self.referred_node(to).or_else(|| self.find_or_outside(to, guess, place));
        let done = node.and_then(|node| self.edge(kind, function, node));
        if done.is_none() {
            let message = tr!(
                "“{function}”: its {kind} is not simulated.",
                function = self.name_of(function),
                kind = kind.name()
            );
            self.note(Concern::NotSimulated, place, message);
        }
    }

    /// Whether something that may be switched off is on.
    pub(super) fn is_enabled(value: &Value) -> bool {
        truth(value).unwrap_or(true)
    }
}
