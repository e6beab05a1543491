//! Queues, and who may send to queues and topics.

use super::cycles::allowed_sources;
use super::intrinsic::{physical, reference, substitute};
use super::{Writer, copy, flag, plain, text};
use crate::diagram::{EdgeKind, Node, NodeKind};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The name of a queue that has to have one, to be substituted.
pub fn physical_name(queue: &Node, name: &str) -> String {
    format!("{}{}", physical(name), if flag(&queue.settings, "FifoQueue") { ".fifo" } else { "" })
}

/// API_CreateQueue, VisibilityTimeout; configuration-timeout.
const DEFAULT_VISIBILITY: i64 = 30;
const DEFAULT_TIMEOUT: i64 = 3;

impl<'a> Writer<'a> {
    pub(super) fn queue(&mut self, node: &'a Node) {
        let name = self.name(node.id);
        let mut properties = Map::new();
        let fifo = flag(&node.settings, "FifoQueue");
        if fifo || self.cycles.is_named(node.id) {
            // A FIFO queue's name has to end so.
            properties.insert("QueueName".to_string(), substitute(physical_name(node, &name)));
        }
        if fifo {
            properties.insert("FifoQueue".to_string(), true.into());
            let only_fifo = ["ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"];
            copy(&node.settings, &only_fifo, &mut properties);
        }
        let names = [
            "VisibilityTimeout",
            "DelaySeconds",
            "MessageRetentionPeriod",
            "ReceiveMessageWaitTimeSeconds",
            "MaximumMessageSize",
        ];
        copy(&node.settings, &names, &mut properties);
        if let Some(edge) = self.outgoing(node.id, EdgeKind::Redrive).first()
            && let Some(dead) = self.other_end(edge.to)
        {
            let count = edge.settings.get("maxReceiveCount").cloned().unwrap_or_else(|| 10.into());
            let policy = json!({ "deadLetterTargetArn": self.queue_arn(dead), "maxReceiveCount": count });
            properties.insert("RedrivePolicy".to_string(), policy);
        }
        if let Some(policy) = node.settings.get("RedriveAllowPolicy") {
            properties.insert("RedriveAllowPolicy".to_string(), self.redrive_allow(policy));
        }
        self.resource(name.clone(), "AWS::SQS::Queue", properties);
        self.check_visibility(node);
        if self.is_entered_by_client(node.id) {
            let url = json!({ "Description": format!("Where {} takes messages.", plain(&node.name)), "Value": reference(&name) });
            self.outputs.insert(format!("{name}Url"), url);
        }
    }

    fn redrive_allow(&self, policy: &Value) -> Value {
        let permission = policy.get("redrivePermission").and_then(Value::as_str).unwrap_or("allowAll");
        let mut written = json!({ "redrivePermission": permission });
        if permission == "byQueue" {
            let sources = allowed_sources(Some(policy)).into_iter().filter_map(|id| self.other_end(id));
            written["sourceQueueArns"] = sources.map(|queue| self.queue_arn(queue)).collect();
        }
        written
    }

    /// The service refuses a mapping whose function may run longer than the queue hides a message.
    fn check_visibility(&mut self, node: &'a Node) {
        let visibility = node.settings.get("VisibilityTimeout").and_then(Value::as_i64).unwrap_or(DEFAULT_VISIBILITY);
        for function in self.targets(node.id, EdgeKind::EventSourceMapping) {
            let timeout = function.settings.get("Timeout").and_then(Value::as_i64).unwrap_or(DEFAULT_TIMEOUT);
            if visibility < timeout {
                let text = tr!(
                    "Its VisibilityTimeout of {visibility} s is shorter than the Timeout of “{name}”, {timeout} s: the deployment will be refused. Six times the function's timeout is what the documentation advises.",
                    name = function.name,
                    visibility = visibility,
                    timeout = timeout
                );
                self.note(node, text);
            }
        }
    }

    pub(super) fn is_entered_by_client(&self, node: Uuid) -> bool {
        let client = |id| self.document.node(id).is_some_and(|node| node.kind == NodeKind::Client);
        self.document.edges.iter().any(|edge| edge.to == node && client(edge.from))
    }

    /// Remembers that a service sends to a queue or topic on behalf of something.
    pub(super) fn allow(&mut self, receiver: Uuid, service: &'static str, source: Value) {
        if !self.senders.iter().any(|known| *known == (receiver, service, source.clone())) {
            self.senders.push((receiver, service, source));
        }
    }

    /// Policies of queues and topics, one for each: a second one would replace the first.
    pub(super) fn resource_policies(&mut self) {
        let senders = std::mem::take(&mut self.senders);
        for node in &self.document.nodes {
            let mut statements: Vec<(&'static str, Vec<Value>)> = Vec::new();
            for (_, service, source) in senders.iter().filter(|(receiver, ..)| *receiver == node.id) {
                match statements.iter_mut().find(|(known, _)| known == service) {
                    Some((_, sources)) => sources.push(source.clone()),
                    None => statements.push((service, vec![source.clone()])),
                }
            }
            if statements.is_empty() {
                continue;
            }
            let name = self.name(node.id);
            let topic = node.kind == NodeKind::Topic;
            let (action, arn) = if topic {
                ("sns:Publish", reference(&name))
            } else {
                ("sqs:SendMessage", json!({ "Fn::GetAtt": [name, "Arn"] }))
            };
            let statements: Vec<Value> = statements
                .into_iter()
                .map(|(service, sources)| {
                    let sources = if sources.len() == 1 { sources[0].clone() } else { Value::Array(sources) };
                    json!({
                        "Effect": "Allow", "Principal": { "Service": service }, "Action": action, "Resource": arn,
                        "Condition": { "ArnEquals": { "aws:SourceArn": sources } },
                    })
                })
                .collect();
            let document = json!({ "Version": "2012-10-17", "Statement": statements });
            let (kind, list) =
                if topic { ("AWS::SNS::TopicPolicy", "Topics") } else { ("AWS::SQS::QueuePolicy", "Queues") };
            let properties = json!({ list: [reference(&name)], "PolicyDocument": document });
            self.resources.insert(format!("{name}Policy"), json!({ "Type": kind, "Properties": properties }));
        }
    }

    /// What `Access` says; whether the receiver's policy should let the sender in.
    pub(super) fn lets_in(&mut self, edge: &crate::diagram::Edge) -> bool {
        match text(&edge.settings, "Access") {
            "DENIED" => {
                self.note_on_edge(edge, tr!("Access is DENIED, so no permission is written: nothing will arrive."));
                false
            }
            "DELETED" => {
                self.note_on_edge(edge, tr!("in the diagram the receiver is gone; the template makes it anew."));
                true
            }
            _ => true,
        }
    }
}
