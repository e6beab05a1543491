//! Subscribers that no filter lets anything reach, and functions that the filter criteria of their queue keep everything from.

use super::known::{self, Known};
use super::{Design, Found, Rule, Severity, patterns};
use crate::diagram::document::EdgeKind;
use crate::diagram::handler::Action;
use crate::diagram::plan::{NodeIndex, NodeSettings};
use crate::diagram::settings::EdgeSettings;
use crate::diagram::template::Template;
use crate::rules;
use serde_json::{Map, Value};

/// A filter policy on the attribute `type`, and nobody publishes messages that have one; or on such a value in the body.
pub const NOTHING_PASSES: Rule = Rule {
    id: "filter-passes-nothing",
    severity: Severity::Warning,
    why: phrase!(
        "Nobody who publishes to this topic sends what the filter policy asks for, so the subscriber never gets a message."
    ),
    source: "sns-message-filtering",
    find: |design| {
        let mut found = Vec::new();
        for edge in design.edges(EdgeKind::Subscription).map(|edge| design.plan.edge(edge)) {
            let EdgeSettings::Subscription(subscription) = &edge.settings else { continue };
            let Some(filter) = &subscription.filter else { continue };
            let filtering = design.name(edge.to);
            if filter.scope() == rules::Scope::MessageBody {
                if !body_may_pass(design, filter, edge.from) {
                    let message = tr!(
                        "“{subscriber}” asks for other values in the message's body than anybody sends.",
                        subscriber = filtering
                    );
                    found.push(Found::new(edge.id, message).about("FilterPolicy"));
                }
                continue;
            }
            let Some(sent) = attributes(design, edge.from) else { continue };
            if sent.is_empty() || sent.iter().any(|message| may_pass(filter, message)) {
                continue;
            }
            let wanted = filter.pattern().paths();
            let missing = wanted.iter().find(|path| !sent.iter().flatten().any(|(name, ..)| name == *path));
            let message = match missing {
                Some(path) => tr!(
                    "“{subscriber}” asks for the message attribute `{path}`, which nobody sends.",
                    subscriber = filtering,
                    path = path
                ),
                None => tr!(
                    "“{subscriber}” asks for message attributes with other values than anybody sends.",
                    subscriber = filtering
                ),
            };
            found.push(Found::new(edge.id, message).about("FilterPolicy"));
        }
        found
    },
};

/// Filter criteria for `{"body": {"amount": …}}`, where the body is a topic's envelope, or no message has such an amount.
pub const CRITERIA: Rule = Rule {
    id: "mapping-filter-passes-nothing",
    severity: Severity::Warning,
    why: phrase!(
        "No message in the queue fulfils the filter criteria, so the mapping deletes all of them and the function never runs. From a topic or a rule the message comes within an envelope, unless RawMessageDelivery or an input says otherwise."
    ),
    source: "with-sqs-filtering; sns-large-payload-raw-message-delivery",
    find: |design| {
        let mut found = Vec::new();
        for polled in design.mappings() {
            let filters = &polled.settings.filters;
            let may_pass = |bodies: Vec<Known>| {
                let records: Vec<Known> = bodies.into_iter().map(record).collect();
                filters.iter().any(|filter| match serde_json::from_str(filter.text()) {
                    Ok(Value::Object(pattern)) => records.iter().any(|it| it.may_match(&pattern, &patterns::matches)),
                    _ => true,
                })
            };
            let bodies = known::bodies(design, polled.queue);
            if filters.is_empty() || bodies.is_empty() || may_pass(bodies) {
                continue;
            }
            let message = tr!(
                "“{function}” gets nothing from “{queue}”: no message there fulfils its filter criteria.",
                function = design.name(polled.function_node),
                queue = design.name(polled.queue)
            );
            let found_here = Found::new(polled.edge, message).about("FilterCriteria");
            // Where all that comes is wrapped up by one topic, and passes without that.
            let incoming = design.plan.node(polled.queue).incoming.iter().map(|edge| design.plan.edge(*edge));
            let sources: Vec<_> = incoming.filter(|edge| edge.kind != EdgeKind::Redrive).collect();
            found.push(match sources.as_slice() {
                [edge] if is_wrapped(&edge.settings) => {
                    let inside = known::messages(design, edge.from);
                    let mends = inside.is_empty() || may_pass(inside);
                    let raw =
                        Found::new(edge.id, String::new()).set(design, edge.id, "RawMessageDelivery", true.into());
                    Found { fix: raw.fix.filter(|_| mends), ..found_here }
                }
                _ => found_here,
            });
        }
        found
    },
};

/// Whether a topic puts an envelope around what goes along an edge.
fn is_wrapped(settings: &EdgeSettings) -> bool {
    matches!(settings, EdgeSettings::Subscription(subscription) if !subscription.raw)
}

/// What filter criteria look at. A body that is a text with JSON is looked into.
fn record(body: Known) -> Known {
    let body = match body {
        Known::Exactly(Value::String(text)) if serde_json::from_str::<Value>(&text).is_ok() => Known::Anything,
        other => other,
    };
    let fields =
        ["messageId", "receiptHandle", "attributes", "messageAttributes", "md5OfBody", "eventSourceARN", "awsRegion"];
    Known::with_fields(&fields).but("eventSource", Known::Exactly("aws:sqs".into())).but("body", body)
}

/// Whether a policy on the body lets pass any message that is published.
fn body_may_pass(design: &Design<'_>, filter: &rules::FilterPolicy, topic: NodeIndex) -> bool {
    let Ok(Value::Object(policy)) = serde_json::from_str(filter.pattern().text()) else { return true };
    let matches = |part: &str, body: &str| {
        let none = rules::Attributes::default();
        rules::FilterPolicy::parse(part, filter.scope()).map_or(true, |part| part.matches(&none, body))
    };
    let sent = known::messages(design, topic);
    sent.is_empty() || sent.iter().any(|message| message.may_match(&policy, &matches))
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
