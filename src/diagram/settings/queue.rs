//! The queue, as Amazon SQS, and its redrive policy.

use super::MODEL;
use crate::diagram::reader::{Reader, kind_name};
use crate::diagram::setting::{Kind, Setting, SettingReader};
use crate::diagram::shape::{Shape, needed, part};
use serde_json::Value;
use uuid::Uuid;

const REDRIVE_ALLOW_POLICY: Shape = Shape::Record(&[
    needed("redrivePermission", r#""allowAll""#, Shape::Choice(&["allowAll", "denyAll", "byQueue"])),
    part("sourceQueueArns", "[]", Shape::List(&needed(phrase!("queue"), r#""""#, Shape::Queue))),
]);

pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "FifoQueue",
        kind: Kind::Boolean { default: false },
        help: phrase!(
            "On: a FIFO queue. Messages of a group come in order and one batch at a time, duplicates are dropped for 5 minutes, and every message needs a MessageGroupId."
        ),
        source: "FIFO-queues-understanding-logic",
    },
    Setting {
        name: "VisibilityTimeout",
        kind: Kind::Integer { default: 30, min: 0, max: 43_200, unit: "s" },
        help: phrase!(
            "How long a received message stays hidden. If it is not deleted by then it becomes visible again and is worked on once more."
        ),
        source: "sqs-visibility-timeout",
    },
    Setting {
        name: "DelaySeconds",
        kind: Kind::Integer { default: 0, min: 0, max: 900, unit: "s" },
        help: phrase!("How long a new message waits before anybody can receive it."),
        source: "sqs-delay-queues",
    },
    Setting {
        name: "MessageRetentionPeriod",
        kind: Kind::Integer { default: 345_600, min: 60, max: 1_209_600, unit: "s" },
        help: phrase!("How long a message is kept. After that it is gone, and not to the dead-letter queue."),
        source: "API_SetQueueAttributes",
    },
    Setting {
        name: "ReceiveMessageWaitTimeSeconds",
        kind: Kind::Integer { default: 0, min: 0, max: 20, unit: "s" },
        help: phrase!(
            "Long polling for consumers that do not ask for it themselves. Event source mappings wait up to 20 seconds, unless their Polling is AS_QUEUE."
        ),
        source: "sqs-short-and-long-polling",
    },
    Setting {
        name: "MaximumMessageSize",
        kind: Kind::Integer { default: 1_048_576, min: 1_024, max: 1_048_576, unit: phrase!("bytes") },
        help: phrase!(
            "Larger messages are refused; attributes count too. What a topic delivers is held to the topic's limit only."
        ),
        source: "quotas-messages",
    },
    Setting {
        name: "ContentBasedDeduplication",
        kind: Kind::Boolean { default: false },
        help: phrase!(
            "FIFO: a message without a MessageDeduplicationId is known by its body. Attributes do not count."
        ),
        source: "FIFO-queues-exactly-once-processing",
    },
    Setting {
        name: "DeduplicationScope",
        kind: Kind::Choice { default: "queue", options: &["queue", "messageGroup"] },
        help: phrase!(
            "FIFO: whether a second message with the same id is a duplicate anywhere in the queue, or only within its message group."
        ),
        source: "API_SetQueueAttributes",
    },
    Setting {
        name: "FifoThroughputLimit",
        kind: Kind::Choice { default: "perQueue", options: &["perQueue", "perMessageGroupId"] },
        help: phrase!(
            "FIFO: 300 calls of each action a second for the queue, or, in high-throughput mode, 300 for each message group and 70,000 in all. More is throttled."
        ),
        source: "quotas-messages",
    },
    Setting {
        name: "RedriveAllowPolicy",
        kind: Kind::Json {
            default: r#"{"redrivePermission": "allowAll"}"#,
            shape: phrase!(
                r#"{"redrivePermission": "allowAll"}, {"redrivePermission": "denyAll"} or {"redrivePermission": "byQueue", "sourceQueueArns": ["the id of a queue"]}"#
            ),
            form: REDRIVE_ALLOW_POLICY,
        },
        help: phrase!("Which queues may use this one as their dead-letter queue."),
        source: "sqs-dead-letter-queues",
    },
    Setting {
        name: "DuplicateRate",
        kind: Kind::Number { default: 0.0, min: 0.0, max: 1.0, unit: phrase!("of the receives") },
        help: phrase!(
            "Standard queues deliver at least once: now and then a message comes twice though nobody let it time out. The service gives no figure; here none does by default, so that a duplicate always has a cause to be found."
        ),
        source: MODEL,
    },
    Setting {
        name: "OutOfOrderRate",
        kind: Kind::Number { default: 0.0, min: 0.0, max: 1.0, unit: phrase!("of the receives") },
        help: phrase!(
            "Standard queues keep the order only as well as they can. The service gives no figure; by default order is kept here, and above 0 so many receives take one of the next 100 messages instead of the first."
        ),
        source: MODEL,
    },
    Setting {
        name: "ShortPollMissRate",
        kind: Kind::Number { default: 0.5, min: 0.0, max: 1.0, unit: phrase!("of the messages") },
        help: phrase!(
            "A short poll asks some of the servers only, and misses what lies on the others as long as there are fewer than 1,000 messages. The service gives no figure."
        ),
        source: MODEL,
    },
];

pub const REDRIVE: &[Setting] = &[Setting {
    name: "maxReceiveCount",
    kind: Kind::Integer { default: 10, min: 1, max: 1_000, unit: phrase!("receives") },
    help: phrase!(
        "How often a message may be received. The next attempt to receive it moves it to the dead-letter queue instead."
    ),
    source: "sqs-dead-letter-queues",
}];

#[derive(Clone, Debug, Default)]
pub struct QueueSettings {
    pub fifo: bool,
    /// Microseconds, as all spans here.
    pub visibility_timeout: u64,
    pub delay: u64,
    pub retention: u64,
    pub receive_wait: u64,
    /// Bytes.
    pub maximum_message_size: u64,
    pub content_based_deduplication: bool,
    pub deduplication_per_group: bool,
    pub high_throughput: bool,
    pub redrive_allow: RedriveAllow,
    /// Shares of the receives, from 0 to 1.
    pub duplicate_rate: f64,
    pub disorder_rate: f64,
    /// The share of the messages that a short poll does not find.
    pub short_poll_miss_rate: f64,
}

/// Whose dead-letter queue a queue may be.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum RedriveAllow {
    #[default]
    All,
    None,
    Queues(Vec<Uuid>),
}

impl QueueSettings {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        let settings = QueueSettings {
            fifo: reader.boolean("FifoQueue"),
            visibility_timeout: reader.seconds("VisibilityTimeout"),
            delay: reader.seconds("DelaySeconds"),
            retention: reader.seconds("MessageRetentionPeriod"),
            receive_wait: reader.seconds("ReceiveMessageWaitTimeSeconds"),
            maximum_message_size: reader.integer("MaximumMessageSize").unsigned_abs(),
            content_based_deduplication: reader.boolean("ContentBasedDeduplication"),
            deduplication_per_group: reader.choice("DeduplicationScope") == "messageGroup",
            high_throughput: reader.choice("FifoThroughputLimit") == "perMessageGroupId",
            redrive_allow: read_redrive_allow(reader),
            duplicate_rate: reader.number("DuplicateRate"),
            disorder_rate: reader.number("OutOfOrderRate"),
            short_poll_miss_rate: reader.number("ShortPollMissRate"),
        };
        if settings.high_throughput && !settings.deduplication_per_group {
            reader.reader.wrong(
                "FifoThroughputLimit",
                tr!("perMessageGroupId needs deduplication within each group."),
                tr!("Set DeduplicationScope to messageGroup as well."),
            );
        }
        for (name, set) in [
            ("ContentBasedDeduplication", settings.content_based_deduplication),
            ("DeduplicationScope", settings.deduplication_per_group),
            ("FifoThroughputLimit", settings.high_throughput),
        ] {
            if set && !settings.fifo {
                reader.reader.wrong(
                    name,
                    tr!("Only a FIFO queue has this."),
                    tr!("Switch FifoQueue on, or leave it out."),
                );
            }
        }
        for (name, rate) in [("DuplicateRate", settings.duplicate_rate), ("OutOfOrderRate", settings.disorder_rate)] {
            if rate > 0.0 && settings.fifo {
                reader.reader.wrong(
                    name,
                    tr!("A FIFO queue delivers each message once, in order."),
                    tr!("Set it to 0."),
                );
            }
        }
        settings
    }
}

/// sqs-dead-letter-queues.
pub const MAXIMUM_SOURCES: usize = 10;

fn read_redrive_allow(reader: &mut SettingReader<'_, '_>) -> RedriveAllow {
    let (value, path) = reader.json("RedriveAllowPolicy");
    let Value::Object(fields) = &value else {
        let message = tr!("This is {}, but an object is needed.", kind_name(&value));
        reader.reader.problems.say(path, message, tr!("Write {\"redrivePermission\": \"allowAll\"}."));
        return RedriveAllow::All;
    };
    let mut inner = Reader::new(fields, path.clone(), reader.reader.problems);
    let permission = inner.choice("redrivePermission", "allowAll", &["allowAll", "denyAll", "byQueue"]);
    let listed = inner.array("sourceQueueArns").unwrap_or(&[]);
    let mut queues = Vec::new();
    for id in listed {
        match id.as_str().and_then(|text| Uuid::parse_str(text).ok()) {
            Some(id) => queues.push(id),
            None => inner.wrong(
                "sourceQueueArns",
                tr!("{} is not the id of a queue.", id),
                tr!("Choose queues of this diagram."),
            ),
        }
    }
    if listed.len() > MAXIMUM_SOURCES {
        let message = tr!("{} queues are too many.", listed.len());
        inner.wrong("sourceQueueArns", message, tr!("At most {}.", MAXIMUM_SOURCES));
    }
    if permission != "byQueue" && !listed.is_empty() {
        inner.wrong("sourceQueueArns", tr!("Only byQueue lists queues."), tr!("Remove the list, or use byQueue."));
    }
    inner.finish();
    match permission {
        "denyAll" => RedriveAllow::None,
        "byQueue" => RedriveAllow::Queues(queues),
        _ => RedriveAllow::All,
    }
}
