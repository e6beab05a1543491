//! The queue, as a standard queue of Amazon SQS; its redrive policy; and the event source mapping that reads it.

use crate::diagram::distribution::Distribution;
use crate::diagram::reader::kind_name;
use crate::diagram::setting::{Kind, Setting, SettingReader};
use crate::rules;
use serde_json::Value;

pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "FifoQueue",
        kind: Kind::Boolean { default: false },
        help: "On: a FIFO queue. Messages of a group come in order and one batch at a time, duplicates are dropped for 5 minutes, and every message needs a MessageGroupId.",
        source: "FIFO-queues-understanding-logic",
    },
    Setting {
        name: "VisibilityTimeout",
        kind: Kind::Integer { default: 30, min: 0, max: 43_200, unit: "s" },
        help: "How long a received message stays hidden. If it is not deleted by then it becomes visible again and is worked on once more.",
        source: "sqs-visibility-timeout",
    },
    Setting {
        name: "DelaySeconds",
        kind: Kind::Integer { default: 0, min: 0, max: 900, unit: "s" },
        help: "How long a new message waits before anybody can receive it.",
        source: "sqs-delay-queues",
    },
    Setting {
        name: "MessageRetentionPeriod",
        kind: Kind::Integer { default: 345_600, min: 60, max: 1_209_600, unit: "s" },
        help: "How long a message is kept. After that it is gone, and not to the dead-letter queue.",
        source: "API_SetQueueAttributes",
    },
    Setting {
        name: "ReceiveMessageWaitTimeSeconds",
        kind: Kind::Integer { default: 0, min: 0, max: 20, unit: "s" },
        help: "Long polling for consumers that do not ask for it themselves. Event source mappings always wait up to 20 seconds.",
        source: "sqs-short-and-long-polling",
    },
    Setting {
        name: "MaximumMessageSize",
        kind: Kind::Integer { default: 1_048_576, min: 1_024, max: 1_048_576, unit: "bytes" },
        help: "Larger messages are refused.",
        source: "quotas-messages",
    },
];

pub const REDRIVE: &[Setting] = &[Setting {
    name: "maxReceiveCount",
    kind: Kind::Integer { default: 10, min: 1, max: 1_000, unit: "receives" },
    help: "How often a message may be received. The next attempt to receive it moves it to the dead-letter queue instead.",
    source: "sqs-dead-letter-queues",
}];

pub const MAPPING: &[Setting] = &[
    Setting {
        name: "BatchSize",
        kind: Kind::Integer { default: 10, min: 1, max: 10_000, unit: "messages" },
        help: "How many messages one invocation gets at the most. More than 10 need a batching window.",
        source: "services-sqs-configure",
    },
    Setting {
        name: "MaximumBatchingWindowInSeconds",
        kind: Kind::Integer { default: 0, min: 0, max: 300, unit: "s" },
        help: "How long the poller gathers messages before it invokes the function.",
        source: "services-sqs-configure",
    },
    Setting {
        name: "MaximumConcurrency",
        kind: Kind::OptionalInteger { min: 2, max: 1_000, unit: "", absent: "no limit of its own" },
        help: "How many invocations of this mapping may run at the same time.",
        source: "services-sqs-scaling",
    },
    Setting {
        name: "ReportBatchItemFailures",
        kind: Kind::Boolean { default: false },
        help: "On: the function names the records that failed, and only those come back. Off: one failure brings the whole batch back.",
        source: "services-sqs-errorhandling",
    },
    Setting {
        name: "FilterCriteria",
        kind: Kind::Json {
            default: "[]",
            shape: r#"a list of up to 5 patterns on the message, such as [{"body": {"amount": [{"numeric": [">", 100]}]}}]"#,
        },
        help: "Only messages that match one of these patterns reach the function. The others are deleted from the queue.",
        source: "with-sqs-filtering",
    },
    Setting {
        name: "Enabled",
        kind: Kind::Boolean { default: true },
        help: "Off: nothing polls, and the queue keeps its messages.",
        source: "API_UpdateEventSourceMapping",
    },
    Setting {
        name: "InitialPollers",
        kind: Kind::Integer { default: 5, min: 1, max: 1_250, unit: "pollers" },
        help: "How many batches are read at the same time at first. The service starts with 5; here you may try others.",
        source: "services-sqs-scaling",
    },
    Setting {
        name: "MaximumPollers",
        kind: Kind::Integer { default: 1_250, min: 1, max: 1_250, unit: "pollers" },
        help: "The most that the mapping scales to while messages remain, adding 300 a minute.",
        source: "services-sqs-scaling",
    },
];

pub const MAPPING_LATENCY: &[Setting] = &[Setting {
    name: "Latency",
    kind: Kind::Distribution { default: r#"{"empirical": [[0.1, 13.7], [0.5, 16.2], [0.9, 33.8], [0.99, 105]]}"# },
    help: "From the queue to the running function. The default was measured in public (eu-west-1, 2022).",
    source: "bitesizedserverless.com, Serverless Messaging: Latency Compared",
}];

#[derive(Clone, Debug)]
pub struct QueueSettings {
    pub fifo: bool,
    /// Microseconds, as all spans here.
    pub visibility_timeout: u64,
    pub delay: u64,
    pub retention: u64,
    pub receive_wait: u64,
    /// Bytes.
    pub maximum_message_size: u64,
}

impl QueueSettings {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        QueueSettings {
            fifo: reader.boolean("FifoQueue"),
            visibility_timeout: reader.seconds("VisibilityTimeout"),
            delay: reader.seconds("DelaySeconds"),
            retention: reader.seconds("MessageRetentionPeriod"),
            receive_wait: reader.seconds("ReceiveMessageWaitTimeSeconds"),
            maximum_message_size: reader.integer("MaximumMessageSize").unsigned_abs(),
        }
    }
}

#[derive(Clone, Debug)]
pub struct MappingSettings {
    pub batch_size: usize,
    /// Microseconds.
    pub batching_window: u64,
    pub report_batch_item_failures: bool,
    /// A message passes if one of these matches, or if there is none.
    pub filters: Vec<rules::Pattern>,
    pub enabled: bool,
    pub initial_pollers: usize,
    /// The lowest of the mapping's limits.
    pub maximum_pollers: usize,
    pub latency: Distribution,
}

/// Above this many a batch needs a window: services-sqs-configure.
const BATCH_WITHOUT_WINDOW: usize = 10;
/// services-sqs-configure.
const MAXIMUM_FILTERS: usize = 5;

impl MappingSettings {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        let batch_size = reader.integer("BatchSize") as usize;
        let batching_window = reader.seconds("MaximumBatchingWindowInSeconds");
        if batch_size > BATCH_WITHOUT_WINDOW && batching_window == 0 {
            reader.reader.wrong(
                "BatchSize",
                format!("A batch of {batch_size} needs a batching window."),
                "Set MaximumBatchingWindowInSeconds to at least 1, or BatchSize to at most 10.",
            );
        }
        let maximum_concurrency = reader.optional_integer("MaximumConcurrency").unwrap_or(i64::MAX);
        let maximum_pollers = reader.integer("MaximumPollers").min(maximum_concurrency) as usize;
        let initial_pollers = (reader.integer("InitialPollers") as usize).min(maximum_pollers);
        MappingSettings {
            batch_size,
            batching_window,
            report_batch_item_failures: reader.boolean("ReportBatchItemFailures"),
            filters: read_filters(reader),
            enabled: reader.boolean("Enabled"),
            initial_pollers,
            maximum_pollers,
            latency: reader.distribution("Latency"),
        }
    }
}

fn read_filters(reader: &mut SettingReader<'_, '_>) -> Vec<rules::Pattern> {
    let (value, path) = reader.json("FilterCriteria");
    let Value::Array(items) = &value else {
        let message = format!("This is {}, but a list of patterns is needed.", kind_name(&value));
        reader.reader.problems.say(path, message, "Write [{\"body\": {\"amount\": [100]}}].");
        return Vec::new();
    };
    if items.len() > MAXIMUM_FILTERS {
        let message = format!("{} patterns are too many.", items.len());
        reader.reader.problems.say(path.clone(), message, format!("At most {MAXIMUM_FILTERS}."));
    }
    let mut filters = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match rules::Pattern::parse(&item.to_string()) {
            Ok(pattern) => filters.push(pattern),
            Err(error) => reader.say_rule_error(&format!("{path}[{index}]"), &error),
        }
    }
    filters
}
