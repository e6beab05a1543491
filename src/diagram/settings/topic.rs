//! The topic, as a standard or FIFO topic of Amazon SNS.

use crate::diagram::setting::{Kind, Setting, SettingReader};

pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "FifoTopic",
        kind: Kind::Boolean { default: false },
        help: phrase!(
            "On: messages of a group are delivered in order and once, to queues only; every message needs a MessageGroupId."
        ),
        source: "sns-fifo-topics",
    },
    Setting {
        name: "ContentBasedDeduplication",
        kind: Kind::Boolean { default: false },
        help: phrase!(
            "FIFO topics. On: a message without a MessageDeduplicationId gets one that is made of its body alone."
        ),
        source: "fifo-message-dedup",
    },
    Setting {
        name: "FifoThroughputScope",
        kind: Kind::Choice { default: "Topic", options: &["Topic", "MessageGroup"] },
        help: phrase!(
            "FIFO topics. Topic: 3,000 messages a second, deduplicated over the whole topic. MessageGroup: deduplicated in each group, up to the account's quota."
        ),
        source: "fifo-high-throughput",
    },
    Setting {
        name: "MaximumMessageSize",
        kind: Kind::Integer { default: 262_144, min: 1_024, max: 1_048_576, unit: phrase!("bytes") },
        help: phrase!(
            "Larger messages, attributes included, are refused when they are published. More than 256 KiB need subscribers that are all queues or functions."
        ),
        source: "large-message-payloads",
    },
    Setting {
        name: "MessagesPerSecond",
        kind: Kind::Integer { default: 30_000, min: 1, max: 1_000_000, unit: phrase!("messages/s") },
        help: phrase!(
            "The account's publish quota in this Region; what is published beyond it is throttled. 30,000 in us-east-1, 300 in many others."
        ),
        source: "general/gr/sns",
    },
];

#[derive(Clone, Debug)]
pub struct TopicSettings {
    pub fifo: bool,
    pub content_based_deduplication: bool,
    /// Whether deduplication and quota hold for each message group, not for the whole topic.
    pub scope_message_group: bool,
    /// Bytes.
    pub maximum_message_size: u64,
    pub messages_per_second: u64,
}

impl TopicSettings {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        let fifo = reader.boolean("FifoTopic");
        let content_based_deduplication = reader.boolean("ContentBasedDeduplication");
        if content_based_deduplication && !fifo {
            reader.reader.wrong(
                "ContentBasedDeduplication",
                tr!("A standard topic does not deduplicate."),
                tr!("Set FifoTopic, or leave this off."),
            );
        }
        TopicSettings {
            fifo,
            content_based_deduplication,
            scope_message_group: reader.choice("FifoThroughputScope") == "MessageGroup",
            maximum_message_size: reader.integer("MaximumMessageSize").unsigned_abs(),
            messages_per_second: reader.integer("MessagesPerSecond").unsigned_abs(),
        }
    }
}
