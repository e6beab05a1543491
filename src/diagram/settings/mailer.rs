//! The e-mail service, as Amazon SES.

use super::MODEL;
use crate::diagram::distribution::Distribution;
use crate::diagram::setting::{Kind, Setting, SettingReader};

pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "SendDuration",
        kind: Kind::Distribution { default: r#"{"lognormal": {"median": 80, "p99": 250}}"# },
        help: phrase!("How long the service takes to accept one e-mail."),
        source: MODEL,
    },
    Setting {
        name: "MaxSendRate",
        kind: Kind::OptionalInteger {
            min: 1,
            max: 100_000,
            unit: phrase!("e-mails/s"),
            absent: phrase!("more than is sent here"),
        },
        help: phrase!("The sending rate of the account; more is refused, apart from short bursts. 1 in the sandbox."),
        source: "manage-sending-quotas",
    },
    Setting {
        name: "Max24HourSend",
        kind: Kind::OptionalInteger {
            min: 1,
            max: 100_000_000,
            unit: phrase!("e-mails"),
            absent: phrase!("more than is sent here"),
        },
        help: phrase!(
            "The sending quota of the account for the last 24 hours, whenever one looks. 200 in the sandbox."
        ),
        source: "manage-sending-quotas",
    },
    Setting {
        name: "BounceRate",
        kind: Kind::Number { default: 0.0, min: 0.0, max: 1.0, unit: phrase!("of the accepted e-mails") },
        help: phrase!(
            "The share that cannot be delivered. The sender learns of it later: connect a topic or a bus to get the events."
        ),
        source: "monitor-sending-activity-using-notifications",
    },
    Setting {
        name: "ComplaintRate",
        kind: Kind::Number { default: 0.0, min: 0.0, max: 1.0, unit: phrase!("of the delivered e-mails") },
        help: phrase!("The share that its reader marks as spam. The sender learns of it later, as of a bounce."),
        source: "monitor-sending-activity-using-notifications",
    },
    Setting {
        name: "EventDelay",
        kind: Kind::Distribution { default: r#"{"lognormal": {"median": 2000, "p99": 60000}}"# },
        help: phrase!("How long after it was accepted a bounce or complaint comes back."),
        source: MODEL,
    },
    Setting {
        name: "FailureRate",
        kind: Kind::Number { default: 0.0, min: 0.0, max: 1.0, unit: phrase!("of the e-mails") },
        help: phrase!("The share of e-mails that the service refuses."),
        source: MODEL,
    },
];

#[derive(Clone, Debug)]
pub struct MailerSettings {
    pub duration: Distribution,
    /// E-mails a second.
    pub maximum_rate: Option<u64>,
    /// E-mails in 24 hours.
    pub quota: Option<u64>,
    pub bounce_rate: f64,
    pub complaint_rate: f64,
    pub event_delay: Distribution,
    pub failure_rate: f64,
}

impl MailerSettings {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        MailerSettings {
            duration: reader.distribution("SendDuration"),
            maximum_rate: reader.optional_integer("MaxSendRate").map(i64::unsigned_abs),
            quota: reader.optional_integer("Max24HourSend").map(i64::unsigned_abs),
            bounce_rate: reader.number("BounceRate"),
            complaint_rate: reader.number("ComplaintRate"),
            event_delay: reader.distribution("EventDelay"),
            failure_rate: reader.number("FailureRate"),
        }
    }
}
