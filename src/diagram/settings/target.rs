//! A rule's target: what it gets of the event, and what happens when a delivery fails.

use super::subscription::{ACCESS, Access};
use crate::diagram::reader::{Reader, kind_name};
use crate::diagram::setting::{Kind, Setting, SettingReader};
use crate::diagram::shape::{Shape, needed, part};
use crate::rules;
use serde_json::Value;
use uuid::Uuid;

const INPUT_TRANSFORMER: Shape = Shape::Optional(&needed(
    phrase!("transformer"),
    r#"{"InputPathsMap": {"amount": "$.detail.amount"}, "InputTemplate": "{\"amount\": <amount>}"}"#,
    Shape::Record(&[
        part("InputPathsMap", "{}", Shape::Names(&needed("amount", r#""$.detail.amount""#, Shape::Text))),
        needed("InputTemplate", r#""{\"amount\": <amount>}""#, Shape::Lines),
    ]),
));

pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "Input",
        kind: Kind::Json { default: "null", shape: phrase!("any JSON, or null for the event"), form: Shape::Json },
        help: phrase!("A constant that the target gets instead of the event."),
        source: "API_Target",
    },
    Setting {
        name: "InputPath",
        kind: Kind::Text { default: "" },
        help: phrase!("The part of the event that the target gets, such as $.detail; empty sends the whole event."),
        source: "eb-transform-target-input",
    },
    Setting {
        name: "InputTransformer",
        kind: Kind::Json {
            default: "null",
            shape: phrase!(
                r#"{"InputPathsMap": {"amount": "$.detail.amount"}, "InputTemplate": "{\"amount\": <amount>}"} or null"#
            ),
            form: INPUT_TRANSFORMER,
        },
        help: phrase!("Builds what the target gets from values of the event."),
        source: "eb-transform-target-input",
    },
    Setting {
        name: "MaximumRetryAttempts",
        kind: Kind::Integer { default: 185, min: 0, max: 185, unit: phrase!("retries") },
        help: phrase!("How often a failed delivery is tried again. A function's own errors are not delivery failures."),
        source: "eb-rule-retry-policy",
    },
    Setting {
        name: "MaximumEventAgeInSeconds",
        kind: Kind::Integer { default: 86_400, min: 60, max: 86_400, unit: "s" },
        help: phrase!("How long the rule keeps trying, whichever ends first."),
        source: "eb-rule-retry-policy",
    },
    Setting {
        name: "DeadLetterQueue",
        kind: Kind::Queue,
        help: phrase!("A queue for events that the rule could not deliver (DeadLetterConfig, Arn); empty drops them."),
        source: "eb-rule-dlq",
    },
    ACCESS,
    Setting {
        name: "MessageGroupId",
        kind: Kind::Text { default: "" },
        help: phrase!(
            "The message group, where the target is a FIFO queue (SqsParameters); such a queue needs one, and has to deduplicate by content."
        ),
        source: "API_SqsParameters",
    },
    Setting {
        name: "InvocationRateLimitPerSecond",
        kind: Kind::Integer { default: 300, min: 1, max: 300, unit: phrase!("requests/s") },
        help: phrase!(
            "For HTTP endpoints, which are reached as API destinations: more requests than this wait, if need be for longer than the event's maximum age."
        ),
        source: "eb-api-destinations",
    },
];

/// A rule's target.
#[derive(Clone, Debug)]
pub struct Target {
    pub input: TargetInput,
    pub maximum_retries: u32,
    /// Microseconds.
    pub maximum_age: u64,
    pub dead_letter_queue: Option<Uuid>,
    pub access: Access,
    /// Empty for none.
    pub message_group_id: String,
    pub requests_per_second: u64,
}

/// What of the event the target gets.
#[derive(Clone, Debug)]
pub enum TargetInput {
    Whole,
    Constant(Value),
    Path(rules::InputPath),
    Transformer(rules::InputTransformer),
}

/// API_Target.
pub const MAXIMUM_INPUT_LENGTH: usize = 8_192;

impl Target {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        Target {
            input: TargetInput::read(reader),
            maximum_retries: reader.integer("MaximumRetryAttempts") as u32,
            maximum_age: reader.seconds("MaximumEventAgeInSeconds"),
            dead_letter_queue: reader.reference("DeadLetterQueue"),
            access: Access::read(reader),
            message_group_id: reader.text("MessageGroupId"),
            requests_per_second: reader.integer("InvocationRateLimitPerSecond").unsigned_abs(),
        }
    }
}

impl TargetInput {
    fn read(reader: &mut SettingReader<'_, '_>) -> TargetInput {
        let (constant, constant_path) = reader.json("Input");
        let input_path = reader.text("InputPath");
        let (transformer, transformer_path) = reader.json("InputTransformer");
        let given = [!constant.is_null(), !input_path.is_empty(), !transformer.is_null()];
        if given.into_iter().filter(|given| *given).count() > 1 {
            reader.reader.problems.say(
                transformer_path.as_str(),
                tr!("A target has either an Input, an InputPath or an InputTransformer."),
                tr!("Keep one of them."),
            );
        }
        if !transformer.is_null() {
            let transformer = read_transformer(reader, &transformer, &transformer_path);
            return transformer.map_or(TargetInput::Whole, TargetInput::Transformer);
        }
        if !input_path.is_empty() {
            return match rules::InputPath::parse(&input_path) {
                Ok(path) => TargetInput::Path(path),
                Err(error) => {
                    reader.say_rule_error(&reader.reader.field_path("InputPath"), &error);
                    TargetInput::Whole
                }
            };
        }
        if constant.is_null() {
            return TargetInput::Whole;
        }
        let length = constant.to_string().len();
        if length > MAXIMUM_INPUT_LENGTH {
            let message = tr!("The input has {} characters.", length);
            reader.reader.problems.say(constant_path, message, tr!("At most {}.", MAXIMUM_INPUT_LENGTH));
        }
        TargetInput::Constant(constant)
    }
}

fn read_transformer(reader: &mut SettingReader<'_, '_>, value: &Value, path: &str) -> Option<rules::InputTransformer> {
    let Value::Object(fields) = value else {
        let message = tr!("This is {}, but an object is needed.", kind_name(value));
        reader.reader.problems.say(path, message, tr!("Write {\"InputPathsMap\": {…}, \"InputTemplate\": \"…\"}."));
        return None;
    };
    let mut inner = Reader::new(fields, path, reader.reader.problems);
    let mut paths = Vec::new();
    if let Some(map) = inner.object("InputPathsMap") {
        for (name, value) in map {
            match value {
                Value::String(text) => paths.push((name.clone(), text.clone())),
                other => {
                    inner.wrong(
                        "InputPathsMap",
                        tr!("The path of `{name}` is {kind}.", name = name, kind = kind_name(other)),
                        tr!("Write it as \"$.detail.amount\"."),
                    );
                }
            }
        }
    }
    let template = inner.required_text("InputTemplate").to_string();
    inner.finish();
    match rules::InputTransformer::parse(&paths, &template) {
        Ok(transformer) => Some(transformer),
        Err(error) => {
            reader.say_rule_error(path, &error);
            None
        }
    }
}
