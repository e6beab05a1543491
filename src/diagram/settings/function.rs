//! The function, as AWS Lambda.

use super::MODEL;
use crate::diagram::distribution::Distribution;
use crate::diagram::document::Document;
use crate::diagram::handler::Handler;
use crate::diagram::setting::{Kind, Setting, SettingReader};
use crate::diagram::shape::Shape;
use uuid::Uuid;

pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "Handler",
        kind: Kind::Json {
            default: r#"[{"step": "work", "duration": 20}]"#,
            shape: phrase!(
                "a list of steps: work, call, send, sendBatch, publish, publishBatch, putEvents, write, read, email, respond, throw, if, parallel, idempotency, relay"
            ),
            form: Shape::Json,
        },
        help: phrase!("What the code does, step by step. For a batch it does so for each record, one after the other."),
        source: MODEL,
    },
    Setting {
        name: "Timeout",
        kind: Kind::Integer { default: 3, min: 1, max: 900, unit: "s" },
        help: phrase!("After this long the invocation is stopped and counts as an error; the environment starts over."),
        source: "configuration-timeout",
    },
    Setting {
        name: "MemorySize",
        kind: Kind::Integer { default: 128, min: 128, max: 10_240, unit: "MB" },
        help: phrase!("The memory paid for; a full processor comes with 1,769 MB."),
        source: "configuration-memory",
    },
    Setting {
        name: "ReservedConcurrentExecutions",
        kind: Kind::OptionalInteger {
            min: 0,
            max: 100_000,
            unit: "",
            absent: phrase!("none reserved: what the account's other functions leave"),
        },
        help: phrase!(
            "How many invocations may run at the same time. It is a guarantee, taken out of what the account's functions share, and a limit in one; 0 switches the function off. At least 100 of the account's must stay unreserved."
        ),
        source: "configuration-concurrency",
    },
    Setting {
        name: "ProvisionedConcurrentExecutions",
        kind: Kind::Integer { default: 0, min: 0, max: 10_000, unit: "" },
        help: phrase!(
            "How many environments are kept initialised: invocations that find one of them free see no cold start; the others spill over to environments made on demand. They are paid for whether used or not."
        ),
        source: "provisioned-concurrency",
    },
    Setting {
        name: "InitDuration",
        kind: Kind::Distribution { default: r#"{"lognormal": {"median": 141, "p99": 400}}"# },
        help: phrase!(
            "A cold start: how long a new environment takes before it can run the handler. The default is a small Node.js function's, as measured in public; package size and clients make it longer. It is billed."
        ),
        source: "lambda-runtime-environment",
    },
    Setting {
        name: "IdleSeconds",
        kind: Kind::Integer { default: 600, min: 1, max: 86_400, unit: "s" },
        help: phrase!(
            "How long an unused environment is kept. The service publishes no figure; 5 to 15 minutes is what people see."
        ),
        source: MODEL,
    },
    Setting {
        name: "MaximumRetryAttempts",
        kind: Kind::Integer { default: 2, min: 0, max: 2, unit: phrase!("retries") },
        help: phrase!(
            "For asynchronous invocations: how often a failed one is tried again, one and then two minutes later."
        ),
        source: "invocation-async-error-handling",
    },
    Setting {
        name: "MaximumEventAgeInSeconds",
        kind: Kind::Integer { default: 21_600, min: 60, max: 21_600, unit: "s" },
        help: phrase!(
            "For asynchronous invocations: how long an event may wait in the function's own queue before it is given up."
        ),
        source: "invocation-async-error-handling",
    },
    Setting {
        name: "RecursiveLoop",
        kind: Kind::Choice { default: "Terminate", options: &["Terminate", "Allow"] },
        help: phrase!(
            "What happens when messages that come from this function have made it run about 16 times in a row, through queues, topics and functions: the next run is refused, or allowed."
        ),
        source: "invocation-recursion",
    },
];

#[derive(Clone, Debug)]
pub struct FunctionSettings {
    pub handler: Handler,
    /// Microseconds.
    pub timeout: u64,
    /// Megabytes.
    pub memory: u64,
    pub reserved_concurrency: Option<u64>,
    pub provisioned_concurrency: u64,
    pub init: Distribution,
    /// Microseconds.
    pub idle: u64,
    pub maximum_retries: u32,
    /// Microseconds.
    pub maximum_event_age: u64,
    /// Whether a chain of invocations that comes back again and again is stopped.
    pub stops_loops: bool,
}

impl FunctionSettings {
    /// What it takes out of the account's concurrency for itself: provisioned concurrency is part of the reserved one,
    /// where there is one (provisioned-concurrency).
    pub fn claimed_concurrency(&self) -> u64 {
        self.reserved_concurrency.unwrap_or(self.provisioned_concurrency)
    }

    pub fn read(reader: &mut SettingReader<'_, '_>, function: Uuid, document: &Document) -> Self {
        let (handler, path) = reader.json("Handler");
        FunctionSettings {
            handler: Handler::read(&handler, &path, function, document, reader.reader.problems),
            timeout: reader.seconds("Timeout"),
            memory: reader.integer("MemorySize").unsigned_abs(),
            reserved_concurrency: reader.optional_integer("ReservedConcurrentExecutions").map(i64::unsigned_abs),
            provisioned_concurrency: reader.integer("ProvisionedConcurrentExecutions").unsigned_abs(),
            init: reader.distribution("InitDuration"),
            idle: reader.seconds("IdleSeconds"),
            maximum_retries: reader.integer("MaximumRetryAttempts") as u32,
            maximum_event_age: reader.seconds("MaximumEventAgeInSeconds"),
            stops_loops: reader.choice("RecursiveLoop") == "Terminate",
        }
    }
}
