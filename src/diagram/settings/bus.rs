//! The event bus and its rules, as Amazon EventBridge.

use crate::diagram::setting::{Kind, Setting, SettingReader};
use crate::diagram::shape::{OPTIONAL_PATTERN, Shape};
use crate::rules;

/// The bus that every account has; scheduled rules belong to it.
pub const DEFAULT_BUS: &str = "default";

pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "Name",
        kind: Kind::Text { default: DEFAULT_BUS },
        help: phrase!("The bus's name. Every account has one called default; others are custom buses."),
        source: "eb-event-bus",
    },
    Setting {
        name: "Archive",
        kind: Kind::Boolean { default: false },
        help: phrase!("On: the bus keeps the events that it accepts, so that they can be replayed."),
        source: "eb-archive",
    },
    Setting {
        name: "ArchiveEventPattern",
        kind: Kind::Json {
            default: "null",
            shape: phrase!("an event pattern, or null for all events"),
            form: OPTIONAL_PATTERN,
        },
        help: phrase!("Which events the archive keeps."),
        source: "eb-archive",
    },
    Setting {
        name: "RetentionDays",
        kind: Kind::Integer { default: 0, min: 0, max: 36_500, unit: phrase!("days") },
        help: phrase!("How long the archive keeps an event; 0 keeps it for ever."),
        source: "API_CreateArchive",
    },
    Setting {
        name: "PutEventsPerSecond",
        kind: Kind::Integer { default: 10_000, min: 1, max: 1_000_000, unit: phrase!("requests/s") },
        help: phrase!(
            "The account's quota for PutEvents in this Region; requests beyond it are throttled. 10,000 in us-east-1, 400 in many others."
        ),
        source: "eb-quota",
    },
    Setting {
        name: "InvocationsPerSecond",
        kind: Kind::Integer { default: 18_750, min: 1, max: 1_000_000, unit: phrase!("invocations/s") },
        help: phrase!(
            "The account's quota for deliveries to targets in this Region; those beyond it wait, and none is lost. 18,750 in us-east-1, 750 in many others."
        ),
        source: "eb-quota",
    },
];

pub const RULE_SETTINGS: &[Setting] = &[
    Setting {
        name: "EventPattern",
        kind: Kind::Json {
            default: r#"{"source": [{"prefix": ""}]}"#,
            shape: phrase!("an event pattern"),
            form: Shape::Pattern,
        },
        help: phrase!(
            "Which events the rule takes. Every field it names has to match; fields it does not name do not matter. A rule with a schedule needs none."
        ),
        source: "eb-event-patterns",
    },
    Setting {
        name: "ScheduleExpression",
        kind: Kind::Text { default: "" },
        help: phrase!(
            "When the rule fires by itself, in UTC: rate(5 minutes), or cron(0 12 * * ? *) with minutes, hours, day of month, month, day of week and year. On the default bus only. Simulated time begins on Thursday, 1 January 2026, 00:00."
        ),
        source: "eb-create-rule-schedule",
    },
    Setting {
        name: "State",
        kind: Kind::Choice { default: "ENABLED", options: &["ENABLED", "DISABLED"] },
        help: phrase!("A disabled rule takes nothing, and nobody is told."),
        source: "API_PutRule",
    },
];

#[derive(Clone, Debug)]
pub struct BusSettings {
    pub name: String,
    pub archive: Option<ArchiveSettings>,
    pub put_events_per_second: u64,
    pub invocations_per_second: u64,
}

#[derive(Clone, Debug)]
pub struct ArchiveSettings {
    pub pattern: Option<rules::Pattern>,
    /// Microseconds; `None` keeps events for ever.
    pub retention: Option<u64>,
}

const DAY: u64 = 86_400_000_000;

impl BusSettings {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        let name = reader.text("Name");
        if name.is_empty() {
            reader.reader.wrong(
                "Name",
                tr!("A bus has a name."),
                tr!("The first one of an account is called default."),
            );
        }
        let pattern = reader.pattern("ArchiveEventPattern");
        let days = reader.integer("RetentionDays").unsigned_abs();
        let archive = ArchiveSettings { pattern, retention: (days > 0).then_some(days * DAY) };
        BusSettings {
            name,
            archive: reader.boolean("Archive").then_some(archive),
            put_events_per_second: reader.integer("PutEventsPerSecond").unsigned_abs(),
            invocations_per_second: reader.integer("InvocationsPerSecond").unsigned_abs(),
        }
    }
}

#[derive(Clone, Debug)]
pub struct RuleSettings {
    /// A rule has a pattern, a schedule or both.
    pub pattern: Option<rules::Pattern>,
    pub schedule: Option<rules::Schedule>,
    pub enabled: bool,
}

/// eb-quota.
pub const MAXIMUM_PATTERN_LENGTH: usize = 2_048;

impl RuleSettings {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        let expression = reader.text("ScheduleExpression");
        let schedule = match rules::Schedule::parse(&expression) {
            Ok(schedule) => Some(schedule),
            Err(_) if expression.is_empty() => None,
            Err(error) => {
                reader.say_rule_error(&reader.reader.field_path("ScheduleExpression"), &error);
                None
            }
        };
        // The default pattern is for rules that have nothing else.
        let written = reader.reader.get("EventPattern").is_some();
        let pattern = if written || expression.is_empty() { reader.pattern("EventPattern") } else { None };
        let (text, path) = reader.json("EventPattern");
        let length = text.to_string().len();
        if text.is_null() && expression.is_empty() {
            reader.reader.problems.say(
                path,
                tr!("A rule needs an event pattern or a schedule."),
                tr!("For example {\"source\": [\"payments\"]}."),
            );
        } else if length > MAXIMUM_PATTERN_LENGTH {
            let message = tr!("The pattern has {} characters.", length);
            reader.reader.problems.say(path, message, tr!("At most {}.", MAXIMUM_PATTERN_LENGTH));
        }
        RuleSettings { pattern, schedule, enabled: reader.choice("State") == "ENABLED" }
    }
}
