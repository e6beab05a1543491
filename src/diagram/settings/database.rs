//! The database: relational, as Amazon Aurora, or key-value, as Amazon DynamoDB.

use super::MODEL;
use crate::diagram::distribution::Distribution;
use crate::diagram::setting::{Kind, Setting, SettingReader};

pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "Engine",
        kind: Kind::Choice { default: "relational", options: &["relational", "key-value"] },
        help: phrase!(
            "Relational, as Amazon Aurora: connections and transactions. Key-value, as Amazon DynamoDB on demand: capacity of the table and of each key; a put with a key that is there replaces the item."
        ),
        source: MODEL,
    },
    Setting {
        name: "QueryDuration",
        kind: Kind::Distribution { default: r#"{"lognormal": {"median": 4, "p99": 20}}"# },
        help: phrase!("How long one statement holds its connection."),
        source: MODEL,
    },
    Setting {
        name: "MaximumConnections",
        kind: Kind::Integer { default: 90, min: 1, max: 16_000, unit: phrase!("connections") },
        help: phrase!(
            "Relational: how many connections there are; who finds none waits. The service derives the limit from the instance's memory."
        ),
        source: "AuroraPostgreSQL.Managing.Performance",
    },
    Setting {
        name: "ConnectionTimeoutMillis",
        kind: Kind::Integer { default: 5_000, min: 1, max: 900_000, unit: "ms" },
        help: phrase!("Relational: how long a statement waits for a free connection before it fails."),
        source: MODEL,
    },
    Setting {
        name: "IdleConnectionSeconds",
        kind: Kind::Integer { default: 0, min: 0, max: 86_400, unit: "s" },
        help: phrase!(
            "Relational: how long a caller keeps a connection that it does not use. 0 as with a proxy that shares connections; a function's environments without one keep theirs for minutes."
        ),
        source: "rds-proxy",
    },
    Setting {
        name: "ConnectDuration",
        kind: Kind::Distribution { default: "0" },
        help: phrase!("Relational: how long it takes to open a connection that is not kept."),
        source: MODEL,
    },
    Setting {
        name: "TransactionsPerSecond",
        kind: Kind::OptionalInteger {
            min: 1,
            max: 1_000_000,
            unit: phrase!("transactions/s"),
            absent: phrase!("no limit but the connections"),
        },
        help: phrase!(
            "Relational: what the instance can do. Beyond it statements take longer, and hold their connections longer."
        ),
        source: MODEL,
    },
    Setting {
        name: "FailoverSeconds",
        kind: Kind::Integer { default: 30, min: 1, max: 900, unit: "s" },
        help: phrase!(
            "Relational: how long nobody gets a connection when the writer fails over. The service says less than 60 seconds, often less than 30."
        ),
        source: "Concepts.AuroraHighAvailability",
    },
    Setting {
        name: "MinCapacity",
        kind: Kind::Number { default: 0.5, min: 0.0, max: 256.0, unit: "ACU" },
        help: phrase!("Relational: the capacity that is paid for even where nothing runs."),
        source: "aurora-serverless-v2.how-it-works",
    },
    Setting {
        name: "MaxCapacity",
        kind: Kind::Number { default: 16.0, min: 0.5, max: 256.0, unit: "ACU" },
        help: phrase!(
            "Relational: the most that is paid for. What is used follows the statements that run at the same time."
        ),
        source: "aurora-serverless-v2.how-it-works",
    },
    Setting {
        name: "ConsistentRead",
        kind: Kind::Boolean { default: false },
        help: phrase!("Key-value: reads see every earlier write, for a whole unit instead of half of one."),
        source: "HowItWorks.ReadConsistency",
    },
    Setting {
        name: "FailureRate",
        kind: Kind::Number { default: 0.0, min: 0.0, max: 1.0, unit: phrase!("of the statements") },
        help: phrase!("The share of statements that fail, for example by a deadlock."),
        source: MODEL,
    },
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Relational,
    KeyValue,
}

#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    pub engine: Engine,
    pub duration: Distribution,
    pub maximum_connections: usize,
    /// Microseconds.
    pub connection_timeout: u64,
    /// Microseconds.
    pub idle_connection: u64,
    pub connect: Distribution,
    pub transactions_per_second: Option<u64>,
    /// Microseconds.
    pub failover: u64,
    /// ACU.
    pub minimum_capacity: f64,
    pub maximum_capacity: f64,
    pub consistent_read: bool,
    pub failure_rate: f64,
}

impl DatabaseSettings {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        DatabaseSettings {
            engine: if reader.choice("Engine") == "key-value" { Engine::KeyValue } else { Engine::Relational },
            duration: reader.distribution("QueryDuration"),
            maximum_connections: reader.integer("MaximumConnections") as usize,
            connection_timeout: reader.milliseconds("ConnectionTimeoutMillis"),
            idle_connection: reader.seconds("IdleConnectionSeconds"),
            connect: reader.distribution("ConnectDuration"),
            transactions_per_second: reader.optional_integer("TransactionsPerSecond").map(i64::unsigned_abs),
            failover: reader.seconds("FailoverSeconds"),
            minimum_capacity: reader.number("MinCapacity"),
            maximum_capacity: reader.number("MaxCapacity"),
            consistent_read: reader.boolean("ConsistentRead"),
            failure_rate: reader.number("FailureRate"),
        }
    }
}
