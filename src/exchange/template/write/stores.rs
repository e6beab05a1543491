//! Databases, the e-mail service, and HTTP endpoints.

use super::intrinsic::{arn, reference, substitute};
use super::{Writer, plain, text};
use crate::diagram::{EdgeKind, Node, NodeKind};
use serde_json::{Map, Value, json};

pub(super) fn is_key_value(database: &Node) -> bool {
    text(&database.settings, "Engine") == "key-value"
}

/// A capacity in ACU as Aurora takes it: in halves.
fn capacity(node: &Node, name: &str, default: f64, minimum: f64) -> f64 {
    let written = node.settings.get(name).and_then(Value::as_f64).unwrap_or(default);
    (libm::round(written * 2.0) / 2.0).max(minimum)
}

impl<'a> Writer<'a> {
    pub(super) fn database(&mut self, node: &'a Node) {
        let name = self.name(node.id);
        let properties = if is_key_value(node) {
            json!({
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [
                    { "AttributeName": "pk", "AttributeType": "S" },
                    { "AttributeName": "sk", "AttributeType": "S" },
                ],
                "KeySchema": [
                    { "AttributeName": "pk", "KeyType": "HASH" },
                    { "AttributeName": "sk", "KeyType": "RANGE" },
                ],
                "TimeToLiveSpecification": { "AttributeName": "expiresAt", "Enabled": true },
            })
        } else {
            let minimum = capacity(node, "MinCapacity", 0.5, 0.0);
            json!({
                "Engine": "aurora-postgresql",
                "DatabaseName": "app",
                "MasterUsername": "postgres",
                "ManageMasterUserPassword": true,
                "EnableHttpEndpoint": true,
                "StorageEncrypted": true,
                "ServerlessV2ScalingConfiguration": {
                    "MinCapacity": minimum, "MaxCapacity": capacity(node, "MaxCapacity", 16.0, minimum.max(1.0)),
                },
            })
        };
        if is_key_value(node) {
            self.resources.insert(name, json!({ "Type": "AWS::DynamoDB::Table", "Properties": properties }));
            return;
        }
        self.resources.insert(name.clone(), json!({ "Type": "AWS::RDS::DBCluster", "Properties": properties }));
        let instance = json!({
            "Engine": "aurora-postgresql", "DBInstanceClass": "db.serverless", "DBClusterIdentifier": reference(&name),
        });
        self.resources
            .insert(format!("{name}Instance"), json!({ "Type": "AWS::RDS::DBInstance", "Properties": instance }));
        self.note(
            node,
            tr!("An Aurora cluster in the account's default VPC, reached through the Data API. It costs by the hour, also while nothing runs unless MinCapacity is 0."),
        );
    }

    pub(super) fn mailer(&mut self, node: &'a Node) {
        let name = self.name(node.id);
        if self.document.edges.iter().any(|edge| edge.to == node.id && edge.kind == EdgeKind::Email) {
            self.parameter(
                self.sender(node),
                "The address that e-mails come from: an identity that Amazon SES has verified.",
                "sender@example.com",
            );
            self.note(node, tr!("Verify the sender's address in Amazon SES. In the sandbox the recipients' as well."));
        }
        let topics = self.targets(node.id, EdgeKind::Publish);
        let buses = self.targets(node.id, EdgeKind::PutEvents);
        if topics.is_empty() && buses.is_empty() {
            return;
        }
        let set = self.configuration_set(node).unwrap_or_default();
        self.resource(set.clone(), "AWS::SES::ConfigurationSet", Map::new());
        for target in topics.into_iter().chain(buses) {
            let mut destination = json!({ "Enabled": true, "MatchingEventTypes": ["bounce", "complaint"] });
            if target.kind == NodeKind::Topic {
                let topic = reference(self.names.node(target.id));
                destination["SnsDestination"] = json!({ "TopicARN": topic });
                let source = substitute(arn("ses", &format!("configuration-set/${{{set}}}")));
                self.allow(target.id, "ses.amazonaws.com", source);
            } else {
                // Only the default bus can be chosen.
                let bus = substitute(arn("events", "event-bus/default"));
                destination["EventBridgeDestination"] = json!({ "EventBusArn": bus });
                if self.bus_reference(target) != "default" {
                    let text = tr!("Amazon SES sends its events to the default bus only, not to “{}”.", target.name);
                    self.note(node, text);
                }
            }
            let properties = json!({ "ConfigurationSetName": reference(&set), "EventDestination": destination });
            let kind = "AWS::SES::ConfigurationSetEventDestination";
            let target = self.name(target.id);
            self.resources.insert(format!("{name}{target}Events"), json!({ "Type": kind, "Properties": properties }));
        }
    }

    /// The parameter that holds the sender's address.
    pub(super) fn sender(&self, mailer: &Node) -> String {
        format!("{}Sender", self.names.node(mailer.id))
    }

    /// By what the service knows whom to tell of bounces; none where nobody wants to know.
    pub(super) fn configuration_set(&self, mailer: &Node) -> Option<String> {
        let told = |kind| !self.outgoing(mailer.id, kind).is_empty();
        (told(EdgeKind::Publish) || told(EdgeKind::PutEvents))
            .then(|| format!("{}ConfigurationSet", self.names.node(mailer.id)))
    }

    pub(super) fn endpoint(&mut self, node: &'a Node) {
        let called = self.document.edges.iter().any(|edge| {
            edge.to == node.id && !(edge.kind == EdgeKind::Subscription && text(&edge.settings, "Protocol") == "sms")
        });
        if called {
            let description = format!("The address of {}.", plain(&node.name));
            self.parameter(self.endpoint_url(node), &description, "https://example.com/");
        }
    }
}
