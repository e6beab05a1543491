//! What messages look like, as far as a design says: to tell filters and patterns that nothing can ever pass. What is
//! not known could be anything, so a finding is never a guess.

use super::Design;
use crate::diagram::document::EdgeKind;
use crate::diagram::handler::Action;
use crate::diagram::plan::{EdgeIndex, NodeIndex, NodeSettings};
use crate::diagram::settings::{EdgeSettings, TargetInput};
use crate::diagram::template::SYMBOLS;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// JSON of which some is not known before it runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    Anything,
    Exactly(Value),
    List(Vec<Known>),
    Object(Vec<(String, Known)>),
}

/// Where more kinds of messages come together, nobody could say of all of them what they are.
const MOST: usize = 64;

/// What a topic puts around a message: sns-message-and-json-formats.
const NOTIFICATION: [&str; 10] = [
    "MessageId",
    "TopicArn",
    "Subject",
    "Message",
    "Timestamp",
    "SignatureVersion",
    "Signature",
    "SigningCertURL",
    "UnsubscribeURL",
    "MessageAttributes",
];

/// The fields of every event: eb-events-structure; and that of those that an archive sends again: eb-replay-archived-event.
pub const EVENT: [&str; 10] =
    ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail", "replay-name"];

impl Known {
    /// What a payload template makes of a message.
    fn made_of(template: &Value, message: &Known) -> Known {
        match template {
            Value::String(text) => Known::text(text, message),
            Value::Array(items) => Known::List(items.iter().map(|item| Known::made_of(item, message)).collect()),
            Value::Object(fields) => Known::Object(
                fields.iter().map(|(name, value)| (name.clone(), Known::made_of(value, message))).collect(),
            ),
            literal => Known::Exactly(literal.clone()),
        }
    }

    fn text(text: &str, message: &Known) -> Known {
        let alone = text.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")).map(str::trim);
        match alone.filter(|name| !name.contains("{{")) {
            Some("message") => message.clone(),
            Some(name) if name.starts_with("message.") => name.split('.').skip(1).fold(message.clone(), Known::within),
            Some(name) if SYMBOLS.contains(&name) => Known::Anything,
            _ if text.contains("{{") => Known::Anything,
            _ => Known::Exactly(text.into()),
        }
    }

    /// What lies at a name; null where there is nothing.
    fn within(self, name: &str) -> Known {
        let found = match self {
            Known::Anything => return Known::Anything,
            Known::Object(fields) => fields.into_iter().find(|(own, _)| own == name).map(|(_, value)| value),
            Known::List(items) => name.parse::<usize>().ok().and_then(|index| items.into_iter().nth(index)),
            Known::Exactly(_) => None,
        };
        found.unwrap_or(Known::Exactly(Value::Null))
    }

    /// An object of these fields, of whose values nothing is known.
    pub fn with_fields(names: &[&str]) -> Known {
        Known::Object(names.iter().map(|name| (name.to_string(), Known::Anything)).collect())
    }

    /// The same with this in place of a field's value.
    pub fn but(self, name: &str, value: Known) -> Known {
        let Known::Object(mut fields) = self else { return self };
        fields.retain(|(own, _)| own != name);
        fields.push((name.to_string(), value));
        Known::Object(fields)
    }

    /// The value of a field, where it is known.
    pub fn exactly(&self, name: &str) -> Option<&Value> {
        let Known::Object(fields) = self else { return None };
        fields.iter().find(|(own, _)| own == name).and_then(|(_, value)| match value {
            Known::Exactly(value) => Some(value),
            _ => None,
        })
    }

    fn is_certain(&self) -> bool {
        match self {
            Known::Anything => false,
            Known::Exactly(_) => true,
            Known::List(items) => items.iter().all(Known::is_certain),
            Known::Object(fields) => fields.iter().all(|(_, value)| value.is_certain()),
        }
    }

    fn value(&self) -> Value {
        match self {
            Known::Anything => Value::Null,
            Known::Exactly(value) => value.clone(),
            Known::List(items) => items.iter().map(Known::value).collect(),
            Known::Object(fields) => {
                Value::Object(fields.iter().map(|(name, value)| (name.clone(), value.value())).collect())
            }
        }
    }

    /// Whether a pattern may match it; `matches` decides for a pattern and an event that are known, as texts.
    pub fn may_match(&self, pattern: &Map<String, Value>, matches: &dyn Fn(&str, &str) -> bool) -> bool {
        let fields = match self {
            Known::Anything => return true,
            // One of the objects has to match; several together are looked at as if they did not have to be the same.
            Known::List(items) if !items.is_empty() => {
                return items.iter().any(|item| item.may_match(pattern, matches));
            }
            Known::Object(fields) => fields.as_slice(),
            Known::List(_) | Known::Exactly(_) => &[],
        };
        pattern.iter().all(|(name, wanted)| {
            let here = fields.iter().find(|(own, _)| own == name).map(|(_, value)| value);
            match wanted {
                Value::Array(alternatives) if name == "$or" => {
                    alternatives.iter().filter_map(Value::as_object).any(|one| self.may_match(one, matches))
                }
                Value::Object(inner) => here.unwrap_or(&Known::Object(Vec::new())).may_match(inner, matches),
                conditions => {
                    if here.is_some_and(|here| !here.is_certain()) {
                        return true;
                    }
                    let pattern = Value::Object(Map::from_iter([(name.clone(), conditions.clone())]));
                    let event = here.map(|here| (name.clone(), here.value())).into_iter().collect::<Map<_, _>>();
                    matches(&pattern.to_string(), &Value::Object(event).to_string())
                }
            }
        })
    }
}

/// The messages that come to a node, without what services put around them. None where nobody sends any.
pub fn messages(design: &Design<'_>, node: NodeIndex) -> Vec<Known> {
    Tracing { design, open: Vec::new() }.messages(node)
}

/// What stands in the body of the messages in a queue.
pub fn bodies(design: &Design<'_>, queue: NodeIndex) -> Vec<Known> {
    Tracing { design, open: Vec::new() }.bodies(queue)
}

/// What comes along one edge.
pub fn along(design: &Design<'_>, edge: EdgeIndex) -> Vec<Known> {
    Tracing { design, open: Vec::new() }.along(edge)
}

struct Tracing<'a, 'd> {
    design: &'d Design<'a>,
    /// The nodes that are being looked at: messages may go round in circles.
    open: Vec<NodeIndex>,
}

impl Tracing<'_, '_> {
    fn messages(&mut self, node: NodeIndex) -> Vec<Known> {
        self.gather(node, Tracing::along)
    }

    fn bodies(&mut self, queue: NodeIndex) -> Vec<Known> {
        self.gather(queue, Tracing::body_along)
    }

    fn gather(&mut self, node: NodeIndex, along: fn(&mut Self, EdgeIndex) -> Vec<Known>) -> Vec<Known> {
        if self.open.contains(&node) {
            return vec![Known::Anything];
        }
        self.open.push(node);
        let incoming = &self.design.plan.node(node).incoming;
        let all: Vec<Known> = incoming.iter().flat_map(|edge| along(self, *edge)).collect();
        self.open.pop();
        if all.len() > MOST { vec![Known::Anything] } else { all }
    }

    fn body_along(&mut self, edge: EdgeIndex) -> Vec<Known> {
        let planned = self.design.plan.edge(edge);
        match (planned.kind, &planned.settings) {
            (EdgeKind::Subscription, EdgeSettings::Subscription(subscription)) if !subscription.raw => {
                vec![Known::with_fields(&NOTIFICATION).but("Type", Known::Exactly(json!("Notification")))]
            }
            (EdgeKind::Target, EdgeSettings::Target(target)) if matches!(target.input, TargetInput::Whole) => {
                vec![Known::with_fields(&EVENT)]
            }
            (EdgeKind::Redrive, _) => self.bodies(planned.from),
            _ => self.along(edge),
        }
    }

    fn along(&mut self, edge: EdgeIndex) -> Vec<Known> {
        let planned = self.design.plan.edge(edge);
        let source = self.design.plan.node(planned.from);
        let target = self.design.plan.node(planned.to).id;
        match (planned.kind, &source.settings, &planned.settings) {
            (
                EdgeKind::Request | EdgeKind::Call | EdgeKind::Send | EdgeKind::Publish | EdgeKind::PutEvents,
                NodeSettings::Client(client),
                _,
            ) => {
                let payloads = client.payloads.iter();
                payloads.map(|payload| Known::made_of(payload.source(), &Known::Anything)).collect()
            }
            (
                EdgeKind::Call | EdgeKind::Send | EdgeKind::Publish | EdgeKind::PutEvents,
                NodeSettings::Function(function),
                _,
            ) => {
                let steps = function.handler.all_steps();
                // There the message is an event of the outbox.
                let relays = steps.iter().any(|step| matches!(step.action, Action::Relay { .. }));
                let mut messages = if relays { Vec::new() } else { self.messages(planned.from) };
                if messages.is_empty() {
                    // Somebody may run it by hand.
                    messages.push(Known::Anything);
                }
                steps.into_iter().flat_map(|step| sent(&step.action, target, &messages)).collect()
            }
            (EdgeKind::Integration, _, EdgeSettings::Route(route)) if route.hands_on() => self.messages(planned.from),
            (EdgeKind::Subscription | EdgeKind::EventSourceMapping | EdgeKind::Redrive, ..) => {
                self.messages(planned.from)
            }
            _ => vec![Known::Anything],
        }
    }
}

/// What a step sends to a node, for each of the messages that it may be working on.
fn sent(action: &Action, target: Uuid, messages: &[Known]) -> Vec<Known> {
    let template = match action {
        Action::Call { to, payload, .. } | Action::Send { to, payload, .. } | Action::Publish { to, payload, .. }
            if *to == target =>
        {
            payload
        }
        Action::PutEvents { to, detail, .. } if *to == target => detail,
        Action::SendBatch { to, .. } | Action::PublishBatch { to, .. } | Action::PutEntries { to, .. }
            if *to == target =>
        {
            return vec![Known::Anything];
        }
        _ => return Vec::new(),
    };
    messages.iter().map(|message| Known::made_of(template.source(), message)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Event, Pattern};

    fn may(pattern: Value, known: &Known) -> bool {
        let matches = |pattern: &str, event: &str| {
            let event = Event::parse(event).expect("an event");
            Pattern::parse(pattern).expect("a pattern").matches(&event)
        };
        known.may_match(pattern.as_object().expect("an object"), &matches)
    }

    #[test]
    fn what_is_known_decides_and_what_is_not_may_be_anything() {
        let message = Known::made_of(&json!({ "type": "payment", "amount": "{{message.amount}}" }), &Known::Anything);
        for (pattern, expected) in [
            (json!({ "type": ["payment"] }), true),
            (json!({ "type": ["refund"] }), false),
            (json!({ "type": [{ "prefix": "pay" }], "amount": [100] }), true),
            (json!({ "amount": [{ "numeric": [">", 5] }] }), true),
            (json!({ "nothing": [{ "exists": false }] }), true),
            (json!({ "nothing": [{ "exists": true }] }), false),
            (json!({ "type": { "deeper": ["payment"] } }), false),
            (json!({ "amount": { "deeper": ["payment"] } }), true),
            (json!({ "$or": [{ "type": ["refund"] }, { "amount": [1] }] }), true),
            (json!({ "$or": [{ "type": ["refund"] }, { "type": ["fee"] }] }), false),
        ] {
            assert_eq!(may(pattern.clone(), &message), expected, "{pattern}");
        }
    }

    #[test]
    fn a_template_takes_over_what_is_known_of_its_message() {
        let message = Known::made_of(&json!({ "a": { "b": "x" }, "list": [{ "c": 1 }, { "c": 2 }] }), &Known::Anything);
        let made = Known::made_of(&json!({ "b": "{{message.a.b}}", "list": "{{ message.list }}" }), &message);
        assert!(may(json!({ "b": ["x"], "list": { "c": [2] } }), &made));
        assert!(!may(json!({ "list": { "c": [3] } }), &made));
        assert!(!may(json!({ "b": ["y"] }), &made));
        assert!(may(json!({ "b": ["y"] }), &Known::made_of(&json!({ "b": "{{message.a}}!" }), &message)));
    }
}
