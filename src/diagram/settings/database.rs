//! The database, relational, as Amazon Aurora.

use super::MODEL;
use crate::diagram::distribution::Distribution;
use crate::diagram::setting::{Kind, Setting, SettingReader};

pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "QueryDuration",
        kind: Kind::Distribution { default: r#"{"lognormal": {"median": 4, "p99": 20}}"# },
        help: "How long one statement holds its connection.",
        source: MODEL,
    },
    Setting {
        name: "MaximumConnections",
        kind: Kind::Integer { default: 90, min: 1, max: 16_000, unit: "connections" },
        help: "How many statements run at the same time; the others wait their turn. The service derives the limit from the instance's memory.",
        source: "AuroraPostgreSQL.Managing.Performance",
    },
    Setting {
        name: "ConnectionTimeoutMillis",
        kind: Kind::Integer { default: 5_000, min: 1, max: 900_000, unit: "ms" },
        help: "How long a statement waits for a free connection before it fails.",
        source: MODEL,
    },
    Setting {
        name: "FailureRate",
        kind: Kind::Number { default: 0.0, min: 0.0, max: 1.0, unit: "of the statements" },
        help: "The share of statements that fail, for example by a deadlock.",
        source: MODEL,
    },
];

#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    pub duration: Distribution,
    pub maximum_connections: usize,
    /// Microseconds.
    pub connection_timeout: u64,
    pub failure_rate: f64,
}

impl DatabaseSettings {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        DatabaseSettings {
            duration: reader.distribution("QueryDuration"),
            maximum_connections: reader.integer("MaximumConnections") as usize,
            connection_timeout: reader.milliseconds("ConnectionTimeoutMillis"),
            failure_rate: reader.number("FailureRate"),
        }
    }
}
