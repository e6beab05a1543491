//! The topic, as a standard topic of Amazon SNS.

use crate::diagram::setting::{Kind, Setting, SettingReader};

pub const SETTINGS: &[Setting] = &[Setting {
    name: "MaximumMessageSize",
    kind: Kind::Integer { default: 262_144, min: 1_024, max: 1_048_576, unit: "bytes" },
    help: "Larger messages are refused when they are published.",
    source: "large-message-payloads",
}];

#[derive(Clone, Debug)]
pub struct TopicSettings {
    /// Bytes.
    pub maximum_message_size: u64,
}

impl TopicSettings {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        TopicSettings { maximum_message_size: reader.integer("MaximumMessageSize").unsigned_abs() }
    }
}
