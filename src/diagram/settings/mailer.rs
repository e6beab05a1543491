//! The e-mail service, as Amazon SES.

use super::MODEL;
use crate::diagram::distribution::Distribution;
use crate::diagram::setting::{Kind, Setting, SettingReader};

pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "SendDuration",
        kind: Kind::Distribution { default: r#"{"lognormal": {"median": 80, "p99": 250}}"# },
        help: "How long the service takes to accept one e-mail.",
        source: MODEL,
    },
    Setting {
        name: "FailureRate",
        kind: Kind::Number { default: 0.0, min: 0.0, max: 1.0, unit: "of the e-mails" },
        help: "The share of e-mails that the service refuses.",
        source: MODEL,
    },
];

#[derive(Clone, Debug)]
pub struct MailerSettings {
    pub duration: Distribution,
    pub failure_rate: f64,
}

impl MailerSettings {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        MailerSettings { duration: reader.distribution("SendDuration"), failure_rate: reader.number("FailureRate") }
    }
}
