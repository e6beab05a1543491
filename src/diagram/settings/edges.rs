//! The settings of edges, and how long each way takes. What is longer has files of its own.

use super::MODEL;
use super::gateway::Route;
use super::mapping::MappingSettings;
use super::subscription::Subscription;
use super::target::Target;
use crate::diagram::distribution::Distribution;
use crate::diagram::document::EdgeKind;
use crate::diagram::doors;
use crate::diagram::setting::{Kind, Setting, SettingReader};

/// One description of a way's latency; the figures differ, the meaning does not.
macro_rules! latency {
    ($name:ident, $default:literal, $help:expr, $source:expr) => {
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
    phrase!("Network there and back, from the client to the gateway."),
    MODEL
);
latency!(
    INTEGRATION_LATENCY,
    r#"{"lognormal": {"median": 12, "p99": 50}}"#,
    phrase!("What the gateway itself adds, there and back."),
    MODEL
);
latency!(
    AUTHORIZER_LATENCY,
    r#"{"lognormal": {"median": 8, "p99": 35}}"#,
    phrase!("From the gateway to the authorizer's function, there and back."),
    MODEL
);
latency!(
    CALL_LATENCY,
    r#"{"lognormal": {"median": 8, "p99": 35}}"#,
    phrase!("Network there and back, inside the Region."),
    MODEL
);
latency!(
    SEND_LATENCY,
    r#"{"lognormal": {"median": 8, "p99": 40}}"#,
    phrase!("The SendMessage call, there and back."),
    MODEL
);
latency!(
    PUBLISH_LATENCY,
    r#"{"lognormal": {"median": 15, "p99": 60}}"#,
    phrase!("The Publish call, there and back."),
    MODEL
);
latency!(
    PUT_EVENTS_LATENCY,
    r#"{"lognormal": {"median": 25, "p99": 90}}"#,
    phrase!("The PutEvents call, there and back."),
    MODEL
);
latency!(
    SUBSCRIPTION_LATENCY,
    r#"{"lognormal": {"median": 30, "p99": 120}}"#,
    phrase!("From the topic to the subscriber."),
    "bitesizedserverless.com, Serverless Messaging: Latency Compared"
);
latency!(
    RULE_LATENCY,
    r#"{"lognormal": {"median": 60, "p99": 170}}"#,
    phrase!("From the accepted event to the rule's first attempt to deliver."),
    MODEL
);
latency!(TARGET_LATENCY, r#"{"lognormal": {"median": 15, "p99": 60}}"#, phrase!("From the rule to its target."), MODEL);
latency!(
    QUERY_LATENCY,
    r#"{"lognormal": {"median": 1, "p99": 5}}"#,
    phrase!("Network there and back between function and database."),
    MODEL
);
latency!(
    EMAIL_LATENCY,
    r#"{"lognormal": {"median": 5, "p99": 20}}"#,
    phrase!("Network there and back to the e-mail service."),
    MODEL
);
latency!(
    DESTINATION_LATENCY,
    r#"{"lognormal": {"median": 15, "p99": 60}}"#,
    phrase!("From the end of the invocation until the record or the event has arrived."),
    MODEL
);

pub const PUT_EVENTS: &[Setting] = &[Setting {
    name: "EventBusName",
    kind: Kind::Text { default: "" },
    help: phrase!(
        "The name of the bus that the sender writes; empty is the right one. Events for a bus that does not exist are accepted and gone, and nobody is told."
    ),
    source: "eb-putevents",
}];

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
            EdgeKind::Subscription | EdgeKind::Target => doors::read_edge(kind, reader),
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
