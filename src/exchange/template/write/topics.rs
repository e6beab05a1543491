//! Topics and their subscriptions.

use super::intrinsic::{attribute, physical, reference, substitute, written};
use super::{Writer, copy, flag, plain, referred, text};
use crate::diagram::{Edge, EdgeKind, Node, NodeKind};
use serde_json::{Map, Value, json};

const SERVICE: &str = "sns.amazonaws.com";

impl<'a> Writer<'a> {
    pub(super) fn topic(&mut self, node: &'a Node) {
        let name = self.name(node.id);
        let mut properties = Map::new();
        if flag(&node.settings, "FifoTopic") {
            properties.insert("TopicName".to_string(), substitute(format!("{}.fifo", physical(&name))));
            properties.insert("FifoTopic".to_string(), true.into());
            copy(&node.settings, &["ContentBasedDeduplication", "FifoThroughputScope"], &mut properties);
        }
        self.resource(name.clone(), "AWS::SNS::Topic", properties);
        if node.settings.contains_key("MaximumMessageSize") {
            self.note(node, tr!("A template cannot set a topic's MaximumMessageSize: set it after the deployment."));
        }
        for edge in self.outgoing(node.id, EdgeKind::Subscription) {
            self.subscription(&name, edge);
        }
        if self.is_entered_by_client(node.id) {
            let arn = json!({ "Description": format!("Where {} takes messages.", plain(&node.name)), "Value": reference(&name) });
            self.outputs.insert(format!("{name}Arn"), arn);
        }
    }

    fn subscription(&mut self, topic: &str, edge: &'a Edge) {
        let Some(receiver) = self.other_end(edge.to) else { return };
        if edge.settings.get("Subscribed") == Some(&Value::Bool(false)) {
            self.note_on_edge(edge, tr!("not subscribed in the diagram, so the template has no such subscription."));
            return;
        }
        let name = self.edge_name(edge, "Subscription");
        let chosen = text(&edge.settings, "Protocol");
        let automatic = matches!(chosen, "" | "auto");
        let mut properties = Map::new();
        properties.insert("TopicArn".to_string(), reference(topic));
        let (protocol, endpoint) = match receiver.kind {
            NodeKind::Queue => ("sqs", self.queue_arn(receiver)),
            NodeKind::Function => ("lambda", self.function_arn(receiver)),
            NodeKind::Mailer => {
                let parameter = format!("{}Recipient", self.names.node(receiver.id));
                self.parameter(
                    parameter.clone(),
                    "Who gets the topic's e-mails, and has to confirm that.",
                    "somebody@example.com",
                );
                (if automatic { "email" } else { chosen }, reference(&parameter))
            }
            _ if chosen == "sms" => {
                let parameter = format!("{}PhoneNumber", self.names.node(receiver.id));
                self.parameter(parameter.clone(), "The telephone that gets the topic's messages.", "+12065550100");
                ("sms", reference(&parameter))
            }
            _ => {
                self.note_on_edge(edge, tr!("the endpoint gets nothing until it has confirmed its subscription."));
                let protocol = if chosen == "http" { "http" } else { "https" };
                (protocol, reference(&self.endpoint_url(receiver)))
            }
        };
        if protocol == "http" {
            self.note_on_edge(edge, tr!("with the protocol http the endpoint's URL has to begin with http://."));
        }
        properties.insert("Protocol".to_string(), protocol.into());
        properties.insert("Endpoint".to_string(), endpoint);
        if let Some(policy) = edge.settings.get("FilterPolicy").filter(|policy| !policy.is_null()) {
            properties.insert("FilterPolicy".to_string(), written(policy));
            copy(&edge.settings, &["FilterPolicyScope"], &mut properties);
        }
        let http = matches!(protocol, "http" | "https");
        if http || protocol == "sqs" {
            copy(&edge.settings, &["RawMessageDelivery"], &mut properties);
        }
        if let Some(policy) = edge.settings.get("DeliveryPolicy").filter(|policy| http && !policy.is_null()) {
            properties.insert("DeliveryPolicy".to_string(), written(policy));
        }
        let dead = referred(&edge.settings, "DeadLetterQueue").and_then(|id| self.other_end(id));
        if let Some(dead) = dead {
            let policy = json!({ "deadLetterTargetArn": self.queue_arn(dead) });
            properties.insert("RedrivePolicy".to_string(), policy);
            self.allow(dead.id, SERVICE, reference(topic));
        }
        self.resource(name, "AWS::SNS::Subscription", properties);
        if matches!(receiver.kind, NodeKind::Queue | NodeKind::Function) && self.lets_in(edge) {
            if receiver.kind == NodeKind::Queue {
                self.allow(receiver.id, SERVICE, reference(topic));
            } else {
                let name = self.edge_name(edge, "Permission");
                self.permission(name, receiver, SERVICE, reference(topic));
            }
        }
    }

    /// The parameter that holds an endpoint's address.
    pub(super) fn endpoint_url(&self, endpoint: &Node) -> String {
        format!("{}Url", self.names.node(endpoint.id))
    }

    pub(super) fn topic_name(&self, topic: &Node) -> Value {
        attribute(self.names.node(topic.id), "TopicName")
    }
}
