//! Subscribers that no filter can ever reach.

use super::{Design, Found, Rule, Severity};
use crate::diagram::document::EdgeKind;
use crate::diagram::handler::Action;
use crate::diagram::plan::{NodeIndex, NodeSettings};
use crate::diagram::settings::{EdgeSettings, TargetInput};
use crate::diagram::template::Template;
use crate::rules;
use serde_json::{Map, Value};

/// A filter policy on the attribute `type`, and nobody publishes messages that have one.
pub const NOTHING_PASSES: Rule = Rule {
    id: "filter-passes-nothing",
    severity: Severity::Warning,
    why: "Nobody who publishes to this topic sends the attributes that the filter policy asks for, so the subscriber never gets a message.",
    source: "sns-message-filtering",
    find: |design| {
        let mut found = Vec::new();
        for edge in design.edges(EdgeKind::Subscription).map(|edge| design.plan.edge(edge)) {
            let EdgeSettings::Subscription(subscription) = &edge.settings else { continue };
            let Some(filter) = &subscription.filter else { continue };
            if filter.scope() != rules::Scope::MessageAttributes {
                continue;
            }
            let Some(sent) = attributes(design, edge.from) else { continue };
            if sent.is_empty() || sent.iter().any(|message| may_pass(filter, message)) {
                continue;
            }
            let wanted = filter.pattern().paths();
            let missing = wanted.iter().find(|path| !sent.iter().flatten().any(|(name, ..)| name == *path));
            let filtering = design.name(edge.to);
            let message = match missing {
                Some(path) => format!("“{filtering}” asks for the message attribute `{path}`, which nobody sends."),
                None => format!("“{filtering}” asks for message attributes with other values than anybody sends."),
            };
            found.push(Found::new(edge.id, message).about("FilterPolicy"));
        }
        found
    },
};

/// A mapping that filters by the message's own fields, while its queue holds envelopes.
pub const ENVELOPE_FILTERED: Rule = Rule {
    id: "mapping-filter-passes-nothing",
    severity: Severity::Warning,
    why: "What comes to the queue is wrapped up, with the message inside: the filter looks at the envelope, refuses everything, and the mapping deletes what it refuses.",
    source: "with-sqs-filtering; sns-large-payload-raw-message-delivery",
    find: |design| {
        let mut found = Vec::new();
        for polled in design.mappings().filter(|polled| !polled.settings.filters.is_empty()) {
            let incoming = &design.plan.node(polled.queue).incoming;
            let mut envelopes = Vec::new();
            for edge in incoming.iter().map(|edge| design.plan.edge(*edge)).filter(|it| it.kind != EdgeKind::Redrive) {
                envelopes.push((edge, envelope(&edge.settings)));
            }
            let asks = |fields: &[&str]| polled.settings.filters.iter().all(|filter| asks_for_others(filter, fields));
            let wrapped = !envelopes.is_empty() && envelopes.iter().all(|(_, fields)| fields.is_some_and(asks));
            if !wrapped {
                continue;
            }
            let message = format!(
                "“{}” gets nothing from “{}”: its filter asks for fields that the envelope around each message does not have.",
                design.name(polled.function_node),
                design.name(polled.queue)
            );
            let found_here = Found::new(polled.edge, message).about("FilterCriteria");
            found.push(match envelopes.as_slice() {
                [(edge, _)] if edge.kind == EdgeKind::Subscription => {
                    let fix =
                        Found::new(edge.id, String::new()).set(design, edge.id, "RawMessageDelivery", true.into());
                    Found { fix: fix.fix, ..found_here }
                }
                _ => found_here,
            });
        }
        found
    },
};

/// The fields of what an edge wraps its messages in: sns-message-and-json-formats, eb-events-structure. `None` where it does
/// not.
fn envelope(settings: &EdgeSettings) -> Option<&'static [&'static str]> {
    const NOTIFICATION: &[&str] = &[
        "Type",
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
    match settings {
        EdgeSettings::Subscription(subscription) if !subscription.raw => Some(NOTIFICATION),
        EdgeSettings::Target(target) if matches!(target.input, TargetInput::Whole) => Some(&super::patterns::ENVELOPE),
        _ => None,
    }
}

/// Whether a filter wants a field of the body to be there that is none of these.
fn asks_for_others(filter: &rules::Pattern, fields: &[&str]) -> bool {
    let Ok(pattern) = serde_json::from_str::<Value>(filter.text()) else { return false };
    let Some(body) = pattern.get("body").and_then(Value::as_object) else { return false };
    body.iter().any(|(name, wanted)| {
        let absence = serde_json::json!({ "exists": false });
        let may_be_absent = wanted.as_array().is_some_and(|wanted| wanted.contains(&absence));
        name != "$or" && !fields.contains(&name.as_str()) && !may_be_absent
    })
}

/// The attributes of a kind of message: name, type, and the value where it is always the same.
type Sent = Vec<(String, String, Option<String>)>;

/// Whether a message with such attributes passes, as far as they are known.
fn may_pass(filter: &rules::FilterPolicy, message: &Sent) -> bool {
    let known = message.iter().filter_map(|(name, kind, value)| Some((name, kind, value.as_ref()?)));
    let mut attributes = rules::Attributes::default();
    known.for_each(|(name, kind, value)| attributes.insert(name, kind, value));
    if attributes.list.len() == message.len() {
        return filter.matches(&attributes, "{}");
    }
    let unknown = |path: &str| message.iter().any(|(name, _, value)| name == path && value.is_none());
    let Ok(Value::Object(policy)) = serde_json::from_str(filter.pattern().text()) else { return true };
    // With alternatives not every attribute is asked for.
    if policy.contains_key("$or") {
        return true;
    }
    policy.into_iter().all(|(path, wanted)| {
        let alone = Value::Object(Map::from_iter([(path.clone(), wanted)])).to_string();
        unknown(&path)
            || rules::FilterPolicy::parse(&alone, filter.scope()).is_ok_and(|alone| alone.matches(&attributes, "{}"))
    })
}

/// The attributes of each kind of message that is published; `None` where that cannot be known.
fn attributes(design: &Design<'_>, topic: NodeIndex) -> Option<Vec<Sent>> {
    let id = design.plan.node(topic).id;
    let mut sent = Vec::new();
    for edge in &design.plan.node(topic).incoming {
        match &design.plan.node(design.plan.edge(*edge).from).settings {
            NodeSettings::Client(client) => {
                let known = client.attributes.iter().cloned();
                let constant = |value: String| Some(value).filter(|value| !value.contains("{{"));
                sent.push(known.map(|(name, kind, value)| (name, kind, constant(value))).collect());
            }
            NodeSettings::Function(function) => {
                for step in function.handler.all_steps() {
                    match &step.action {
                        Action::Publish { to, attributes, .. } if *to == id => {
                            let of = |(name, kind, value): &(String, String, Template)| {
                                (name.clone(), kind.clone(), constant(value))
                            };
                            sent.push(attributes.iter().map(of).collect());
                        }
                        // Its entries say what they have when they are made.
                        Action::PublishBatch { to, .. } if *to == id => return None,
                        _ => {}
                    }
                }
            }
            // sns-message-attributes: only Publish gives any. EventBridge's targets and Amazon SES have nowhere to write them.
            NodeSettings::Rule(_) | NodeSettings::Mailer(_) => sent.push(Sent::new()),
            _ => return None,
        }
    }
    Some(sent)
}

/// What a template always makes.
fn constant(template: &Template) -> Option<String> {
    match template.source() {
        Value::String(text) if !text.contains("{{") => Some(text.clone()),
        Value::String(_) => None,
        other => Some(other.to_string()),
    }
}
