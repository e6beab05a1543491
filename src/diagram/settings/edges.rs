//! The settings of edges: routes, and how long each way takes. What a topic and a rule deliver to has files of its own.

use super::MODEL;
use super::queue::MappingSettings;
use super::subscription::Subscription;
use super::target::Target;
use crate::diagram::distribution::Distribution;
use crate::diagram::document::EdgeKind;
use crate::diagram::send_options::SendOptions;
use crate::diagram::setting::{Kind, Setting, SettingReader};
use crate::diagram::template::Template;

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

pub const INTEGRATION: &[Setting] = &[
    Setting {
        name: "Method",
        kind: Kind::Choice { default: "ANY", options: &["ANY", "GET", "POST", "PUT", "PATCH", "DELETE"] },
        help: "The HTTP method of this route.",
        source: "api-gateway-method-settings-method-request",
    },
    Setting {
        name: "Path",
        kind: Kind::Text { default: "/{proxy+}" },
        help: "The resource's path. `{name}` stands for one segment, `{proxy+}` at the end for all that follow. The most exact route wins.",
        source: "api-gateway-method-settings-method-request",
    },
    Setting {
        name: "TimeoutInMillis",
        kind: Kind::Integer { default: 29_000, min: 50, max: 29_000, unit: "ms" },
        help: "How long the gateway waits for the integration. Then it answers 504, while the function keeps running and is billed.",
        source: "api-gateway-execution-service-limits-table",
    },
    Setting {
        name: "RequestTemplate",
        kind: Kind::Json { default: "null", shape: "a payload template or null" },
        help: "What the gateway makes of the request's body before it hands it on; null leaves it as it is.",
        source: "models-mappings",
    },
    Setting {
        name: "ResponseTemplate",
        kind: Kind::Json {
            default: "null",
            shape: "a payload template or null; {{message}} is the integration's answer",
        },
        help: "What the gateway makes of a successful answer; null leaves it as it is.",
        source: "models-mappings",
    },
    Setting {
        name: "Source",
        kind: Kind::Text { default: "gateway" },
        help: "The event's source, where the route puts events on a bus.",
        source: "http-api-develop-integrations-aws-services-reference",
    },
    Setting {
        name: "DetailType",
        kind: Kind::Text { default: "Request" },
        help: "The event's detail-type, where the route puts events on a bus.",
        source: "http-api-develop-integrations-aws-services-reference",
    },
];

pub const PUT_EVENTS: &[Setting] = &[Setting {
    name: "EventBusName",
    kind: Kind::Text { default: "" },
    help: "The name of the bus that the sender writes; empty is the right one. Events for a bus that does not exist are accepted and gone, and nobody is told.",
    source: "eb-putevents",
}];

/// A gateway's route.
#[derive(Clone, Debug)]
pub struct Route {
    pub method: String,
    pub path: String,
    /// Microseconds.
    pub timeout: u64,
    pub request_template: Option<Template>,
    pub response_template: Option<Template>,
    pub source: String,
    pub detail_type: String,
    pub send_options: SendOptions,
}

/// What an edge's kind adds to its latency.
#[derive(Clone, Debug)]
pub enum EdgeSettings {
    Plain,
    PutEvents { bus_name: String },
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
            EdgeKind::PutEvents => EdgeSettings::PutEvents { bus_name: reader.text("EventBusName") },
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

impl Route {
    fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        let path = reader.text("Path");
        if !path.starts_with('/') {
            reader.reader.wrong("Path", format!("`{path}` does not begin with a slash."), "For example /payments.");
        }
        Route {
            method: reader.choice("Method").to_string(),
            path,
            timeout: reader.milliseconds("TimeoutInMillis"),
            request_template: reader.template("RequestTemplate"),
            response_template: reader.template("ResponseTemplate"),
            source: reader.text("Source"),
            detail_type: reader.text("DetailType"),
            send_options: SendOptions::read(reader),
        }
    }
}
