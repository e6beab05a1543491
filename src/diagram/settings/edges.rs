//! The settings of edges: routes, subscriptions, targets, and how long each way takes.

use super::MODEL;
use super::gateway::Route;
use super::mapping::MappingSettings;
use crate::diagram::distribution::Distribution;
use crate::diagram::document::EdgeKind;
use crate::diagram::reader::{Reader, kind_name};
use crate::diagram::setting::{Kind, Setting, SettingReader};
use crate::rules;
use serde_json::Value;
use uuid::Uuid;

/// One description of a way's latency; the figures differ, the meaning does not.
macro_rules! latency {
    ($name:ident, $default:literal, $help:literal, $source:expr) => {
        pub const $name: &[Setting] = &[Setting {
            name: "Latency",
            kind: Kind::Distribution { default: $default },
            help: $help,
            source: $source,
        }];
    };
}

latency!(
    REQUEST_LATENCY,
    r#"{"lognormal": {"median": 20, "p99": 80}}"#,
    "Network there and back, from the client to the gateway.",
    MODEL
);
latency!(
    INTEGRATION_LATENCY,
    r#"{"lognormal": {"median": 12, "p99": 50}}"#,
    "What the gateway itself adds, there and back.",
    MODEL
);
latency!(
    AUTHORIZER_LATENCY,
    r#"{"lognormal": {"median": 8, "p99": 35}}"#,
    "From the gateway to the authorizer's function, there and back.",
    MODEL
);
latency!(
    CALL_LATENCY,
    r#"{"lognormal": {"median": 8, "p99": 35}}"#,
    "Network there and back, inside the Region.",
    MODEL
);
latency!(SEND_LATENCY, r#"{"lognormal": {"median": 8, "p99": 40}}"#, "The SendMessage call, there and back.", MODEL);
latency!(PUBLISH_LATENCY, r#"{"lognormal": {"median": 15, "p99": 60}}"#, "The Publish call, there and back.", MODEL);
latency!(
    PUT_EVENTS_LATENCY,
    r#"{"lognormal": {"median": 25, "p99": 90}}"#,
    "The PutEvents call, there and back.",
    MODEL
);
latency!(
    SUBSCRIPTION_LATENCY,
    r#"{"lognormal": {"median": 30, "p99": 120}}"#,
    "From the topic to the subscriber.",
    "bitesizedserverless.com, Serverless Messaging: Latency Compared"
);
latency!(
    RULE_LATENCY,
    r#"{"lognormal": {"median": 60, "p99": 170}}"#,
    "From the accepted event to the rule's first attempt to deliver.",
    MODEL
);
latency!(TARGET_LATENCY, r#"{"lognormal": {"median": 15, "p99": 60}}"#, "From the rule to its target.", MODEL);
latency!(
    QUERY_LATENCY,
    r#"{"lognormal": {"median": 1, "p99": 5}}"#,
    "Network there and back between function and database.",
    MODEL
);
latency!(
    EMAIL_LATENCY,
    r#"{"lognormal": {"median": 5, "p99": 20}}"#,
    "Network there and back to the e-mail service.",
    MODEL
);
latency!(
    DESTINATION_LATENCY,
    r#"{"lognormal": {"median": 15, "p99": 60}}"#,
    "From the end of the invocation until the record or the event has arrived.",
    MODEL
);

pub const SUBSCRIPTION: &[Setting] = &[
    Setting {
        name: "FilterPolicy",
        kind: Kind::Json { default: "null", shape: "a filter policy or null" },
        help: "Which messages this subscriber wants; null wants all. A message that it refuses is counted, and nobody is told.",
        source: "sns-message-filtering",
    },
    Setting {
        name: "FilterPolicyScope",
        kind: Kind::Choice { default: "MessageAttributes", options: &["MessageAttributes", "MessageBody"] },
        help: "Whether the policy looks at the message's attributes or into its body.",
        source: "sns-message-filtering-scope",
    },
    Setting {
        name: "RawMessageDelivery",
        kind: Kind::Boolean { default: false },
        help: "On: the subscriber gets the message alone. Off: it gets the topic's envelope with the message as a string inside.",
        source: "sns-large-payload-raw-message-delivery",
    },
    Setting {
        name: "Subscribed",
        kind: Kind::Boolean { default: true },
        help: "Off: unsubscribed. The publisher notices nothing.",
        source: "sns-create-subscribe-endpoint-to-topic",
    },
    Setting {
        name: "DeadLetterQueue",
        kind: Kind::Text { default: "" },
        help: "The id of a queue for messages that the topic could not deliver (RedrivePolicy, deadLetterTargetArn); empty drops them.",
        source: "sns-dead-letter-queues",
    },
];

pub const TARGET: &[Setting] = &[
    Setting {
        name: "InputPath",
        kind: Kind::Text { default: "" },
        help: "The part of the event that the target gets, such as $.detail; empty sends the whole event.",
        source: "eb-transform-target-input",
    },
    Setting {
        name: "InputTransformer",
        kind: Kind::Json {
            default: "null",
            shape: r#"{"InputPathsMap": {"amount": "$.detail.amount"}, "InputTemplate": "{\"amount\": <amount>}"} or null"#,
        },
        help: "Builds what the target gets from values of the event.",
        source: "eb-transform-target-input",
    },
    Setting {
        name: "MaximumRetryAttempts",
        kind: Kind::Integer { default: 185, min: 0, max: 185, unit: "retries" },
        help: "How often a failed delivery is tried again, with growing pauses.",
        source: "eb-rule-retry-policy",
    },
    Setting {
        name: "MaximumEventAgeInSeconds",
        kind: Kind::Integer { default: 86_400, min: 60, max: 86_400, unit: "s" },
        help: "How long the rule keeps trying.",
        source: "eb-rule-retry-policy",
    },
    Setting {
        name: "DeadLetterQueue",
        kind: Kind::Text { default: "" },
        help: "The id of a queue for events that the rule could not deliver (DeadLetterConfig, Arn); empty drops them.",
        source: "eb-rule-dlq",
    },
];

/// A topic's subscription.
#[derive(Clone, Debug)]
pub struct Subscription {
    pub filter: Option<rules::FilterPolicy>,
    pub raw: bool,
    pub subscribed: bool,
    pub dead_letter_queue: Option<Uuid>,
}

/// A rule's target.
#[derive(Clone, Debug)]
pub struct Target {
    pub input: TargetInput,
    pub maximum_retries: u32,
    /// Microseconds.
    pub maximum_age: u64,
    pub dead_letter_queue: Option<Uuid>,
}

/// What of the event the target gets.
#[derive(Clone, Debug)]
pub enum TargetInput {
    Whole,
    Path(rules::InputPath),
    Transformer(rules::InputTransformer),
}

/// What an edge's kind adds to its latency.
#[derive(Clone, Debug)]
pub enum EdgeSettings {
    Plain,
    Route(Box<Route>),
    Subscription(Box<Subscription>),
    Target(Box<Target>),
    Mapping(Box<MappingSettings>),
    Redrive { max_receive_count: u32 },
}

impl EdgeSettings {
    /// Reads an edge's own settings and its latency.
    pub fn read(kind: EdgeKind, reader: &mut SettingReader<'_, '_>) -> (Self, Distribution) {
        let settings = match kind {
            EdgeKind::Integration => EdgeSettings::Route(Box::new(Route::read(reader))),
            EdgeKind::Subscription => EdgeSettings::Subscription(Box::new(Subscription::read(reader))),
            EdgeKind::Target => EdgeSettings::Target(Box::new(Target::read(reader))),
            EdgeKind::EventSourceMapping => {
                let mapping = MappingSettings::read(reader);
                let latency = mapping.latency.clone();
                return (EdgeSettings::Mapping(Box::new(mapping)), latency);
            }
            EdgeKind::Redrive => {
                let max_receive_count = reader.integer("maxReceiveCount") as u32;
                return (EdgeSettings::Redrive { max_receive_count }, Distribution::Constant(0.0));
            }
            _ => EdgeSettings::Plain,
        };
        (settings, reader.distribution("Latency"))
    }
}

impl Subscription {
    fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        let scope = match reader.choice("FilterPolicyScope") {
            "MessageBody" => rules::Scope::MessageBody,
            _ => rules::Scope::MessageAttributes,
        };
        let (policy, path) = reader.json("FilterPolicy");
        let filter = if policy.is_null() {
            None
        } else {
            match rules::FilterPolicy::parse(&policy.to_string(), scope) {
                Ok(filter) => Some(filter),
                Err(error) => {
                    reader.say_rule_error(&path, &error);
                    None
                }
            }
        };
        Subscription {
            filter,
            raw: reader.boolean("RawMessageDelivery"),
            subscribed: reader.boolean("Subscribed"),
            dead_letter_queue: reader.reference("DeadLetterQueue"),
        }
    }
}

impl Target {
    fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        let input_path = reader.text("InputPath");
        let (transformer, transformer_path) = reader.json("InputTransformer");
        let mut input = TargetInput::Whole;
        if !input_path.is_empty() {
            match rules::InputPath::parse(&input_path) {
                Ok(path) => input = TargetInput::Path(path),
                Err(error) => reader.say_rule_error(&reader.reader.field_path("InputPath"), &error),
            }
        }
        if !transformer.is_null() {
            if !input_path.is_empty() {
                reader.reader.wrong(
                    "InputTransformer",
                    "A target has either an InputPath or an InputTransformer.",
                    "Remove one of them.",
                );
            }
            if let Some(transformer) = read_transformer(reader, &transformer, &transformer_path) {
                input = TargetInput::Transformer(transformer);
            }
        }
        Target {
            input,
            maximum_retries: reader.integer("MaximumRetryAttempts") as u32,
            maximum_age: reader.seconds("MaximumEventAgeInSeconds"),
            dead_letter_queue: reader.reference("DeadLetterQueue"),
        }
    }
}

fn read_transformer(reader: &mut SettingReader<'_, '_>, value: &Value, path: &str) -> Option<rules::InputTransformer> {
    let Value::Object(fields) = value else {
        let message = format!("This is {}, but an object is needed.", kind_name(value));
        reader.reader.problems.say(path, message, "Write {\"InputPathsMap\": {…}, \"InputTemplate\": \"…\"}.");
        return None;
    };
    let mut inner = Reader::new(fields, path, reader.reader.problems);
    let mut paths = Vec::new();
    if let Some(map) = inner.object("InputPathsMap") {
        for (name, value) in map {
            match value {
                Value::String(text) => paths.push((name.clone(), text.clone())),
                other => {
                    inner.wrong(
                        "InputPathsMap",
                        format!("The path of `{name}` is {}.", kind_name(other)),
                        "Write it as \"$.detail.amount\".",
                    );
                }
            }
        }
    }
    let template = inner.required_text("InputTemplate").to_string();
    inner.finish();
    match rules::InputTransformer::parse(&paths, &template) {
        Ok(transformer) => Some(transformer),
        Err(error) => {
            reader.say_rule_error(path, &error);
            None
        }
    }
}
