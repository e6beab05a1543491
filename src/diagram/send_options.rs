//! What a sender says about a message beside its body: SendMessage's and Publish's own parameters.

use super::problem::Problem;
use super::reader::{Problems, Reader};
use super::setting::{Kind, Setting, SettingReader, fields};
use super::template::Template;
use serde_json::{Map, Value};

/// As settings of whoever sends straight to a queue or topic.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "MessageGroupId",
        kind: Kind::Text { default: "" },
        help: phrase!(
            "Where it goes to a queue or topic: the group that orders it (FIFO), or the tenant that it belongs to (fair queues). A template such as {{message.customerId}}; empty gives none."
        ),
        source: "using-messagegroupid-property",
    },
    Setting {
        name: "MessageDeduplicationId",
        kind: Kind::Text { default: "" },
        help: phrase!(
            "Where it goes to a FIFO queue or topic: a second message with this id is accepted and dropped for 5 minutes. A template; empty gives none."
        ),
        source: "using-messagededuplicationid-property",
    },
    Setting {
        name: "DelaySeconds",
        kind: Kind::OptionalInteger { min: 0, max: MAXIMUM_DELAY, unit: "s", absent: phrase!("as the queue says") },
        help: phrase!("Where it goes to a standard queue: how long this message waits before anybody can receive it."),
        source: "sqs-message-timers",
    },
];

/// In seconds: sqs-message-timers.
const MAXIMUM_DELAY: i64 = 900;

#[derive(Clone, Debug, PartialEq, Default)]
pub struct SendOptions {
    /// MessageGroupId.
    pub group: Option<Template>,
    /// MessageDeduplicationId.
    pub deduplication: Option<Template>,
    /// DelaySeconds of this message; `None` leaves it to the queue.
    pub delay: Option<u16>,
}

impl SendOptions {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        SendOptions {
            group: reader.text_template("MessageGroupId"),
            deduplication: reader.text_template("MessageDeduplicationId"),
            delay: reader.optional_integer("DelaySeconds").and_then(|seconds| seconds.try_into().ok()),
        }
    }

    /// Reads the fields of a request that somebody wrote by hand.
    pub fn read_request(fields: &Map<String, Value>) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        let mut reader = SettingReader::new(fields, String::new(), &[fields!(SETTINGS)], &mut problems);
        let options = SendOptions::read(&mut reader);
        reader.finish();
        problems.into_result(options)
    }

    /// Reads the fields of a handler's step. A delay is for queues only.
    pub fn read_step(reader: &mut Reader<'_, '_>, queue: bool) -> Self {
        let group = template(reader, "messageGroupId");
        let deduplication = template(reader, "messageDeduplicationId");
        let delay = if queue { reader.optional_integer("delaySeconds", 0, MAXIMUM_DELAY, "s") } else { None };
        SendOptions { group, deduplication, delay: delay.and_then(|seconds| seconds.try_into().ok()) }
    }
}

fn template(reader: &mut Reader<'_, '_>, name: &str) -> Option<Template> {
    let text = reader.text(name)?.to_string();
    parse(reader, name, text)
}

/// A text's template; an empty text is none.
pub(super) fn parse(reader: &mut Reader<'_, '_>, name: &str, text: String) -> Option<Template> {
    if text.is_empty() {
        return None;
    }
    let path = reader.field_path(name);
    match Template::parse(&Value::String(text), &path) {
        Ok(template) => Some(template),
        Err(problems) => {
            problems.into_iter().for_each(|problem| reader.problems.add(problem));
            None
        }
    }
}
