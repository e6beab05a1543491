//! The event bus and its rules, as Amazon EventBridge.

use crate::diagram::setting::{Kind, Setting, SettingReader};
use crate::rules;

pub const SETTINGS: &[Setting] = &[Setting {
    name: "Name",
    kind: Kind::Text { default: "default" },
    help: "The bus's name. Every account has one called default; others are custom buses.",
    source: "eb-event-bus",
}];

pub const RULE_SETTINGS: &[Setting] = &[
    Setting {
        name: "EventPattern",
        kind: Kind::Json { default: r#"{"source": [{"prefix": ""}]}"#, shape: "an event pattern" },
        help: "Which events the rule takes. Every field it names has to match; fields it does not name do not matter.",
        source: "eb-event-patterns",
    },
    Setting {
        name: "State",
        kind: Kind::Choice { default: "ENABLED", options: &["ENABLED", "DISABLED"] },
        help: "A disabled rule takes nothing, and nobody is told.",
        source: "API_PutRule",
    },
];

#[derive(Clone, Debug)]
pub struct BusSettings {
    pub name: String,
}

impl BusSettings {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        BusSettings { name: reader.text("Name") }
    }
}

#[derive(Clone, Debug)]
pub struct RuleSettings {
    pub pattern: Option<rules::Pattern>,
    pub enabled: bool,
}

/// eb-quota.
const MAXIMUM_PATTERN_LENGTH: usize = 2_048;

impl RuleSettings {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        let pattern = reader.pattern("EventPattern");
        let (text, path) = reader.json("EventPattern");
        let length = text.to_string().len();
        if text.is_null() {
            reader.reader.problems.say(
                path,
                "A rule needs an event pattern.",
                "For example {\"source\": [\"payments\"]}.",
            );
        } else if length > MAXIMUM_PATTERN_LENGTH {
            let message = format!("The pattern has {length} characters.");
            reader.reader.problems.say(path, message, format!("At most {MAXIMUM_PATTERN_LENGTH}."));
        }
        RuleSettings { pattern, enabled: reader.choice("State") == "ENABLED" }
    }
}
