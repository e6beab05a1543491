//! An HTTP endpoint: anything outside that answers requests.

use super::MODEL;
use crate::diagram::distribution::Distribution;
use crate::diagram::setting::{Kind, Setting, SettingReader};

pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "ResponseDuration",
        kind: Kind::Distribution { default: r#"{"lognormal": {"median": 50, "p99": 300}}"# },
        help: phrase!("How long the endpoint takes to answer."),
        source: MODEL,
    },
    Setting {
        name: "StatusCode",
        kind: Kind::Integer { default: 200, min: 200, max: 599, unit: "" },
        help: phrase!("What it answers. 429 and 5xx are tried again by topics and rules, the others are not."),
        source: "sns-message-delivery-retries",
    },
    Setting {
        name: "FailureRate",
        kind: Kind::Number { default: 0.0, min: 0.0, max: 1.0, unit: phrase!("of the requests") },
        help: phrase!("The share of requests that are answered 500 instead."),
        source: MODEL,
    },
    Setting {
        name: "RetryAfter",
        kind: Kind::OptionalInteger { min: 0, max: 86_400, unit: "s", absent: phrase!("no such header") },
        help: phrase!(
            "The Retry-After header of answers that are no success: rules wait at least this long before they try again."
        ),
        source: "eb-api-destinations",
    },
];

#[derive(Clone, Debug)]
pub struct EndpointSettings {
    pub duration: Distribution,
    pub status: u16,
    pub failure_rate: f64,
    /// Microseconds.
    pub retry_after: Option<u64>,
}

impl EndpointSettings {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        EndpointSettings {
            duration: reader.distribution("ResponseDuration"),
            status: reader.integer("StatusCode") as u16,
            failure_rate: reader.number("FailureRate"),
            retry_after: reader.optional_integer("RetryAfter").map(|seconds| seconds.unsigned_abs() * 1_000_000),
        }
    }
}
