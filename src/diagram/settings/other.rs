//! A resource that is drawn and not simulated.

use super::MODEL;
use crate::diagram::setting::{Kind, Setting, SettingReader};
use crate::diagram::shape::Shape;
use serde_json::Value;

pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "Type",
        kind: Kind::Text { default: "" },
        help: phrase!(
            "What it is, as templates say it: AWS::S3::Bucket. It is there to be seen; nothing is simulated of it."
        ),
        source: MODEL,
    },
    Setting {
        name: "Template",
        kind: Kind::Json {
            default: "null",
            shape: phrase!(
                r#"the part of a template that it is: {"Resources": {"Uploads": {"Type": "AWS::S3::Bucket"}}}, or null"#
            ),
            form: Shape::Json,
        },
        help: phrase!(
            "What an exported template says of it: its resource first, then whatever only it needs, with the parameters, mappings and conditions of both. Nodes of the diagram are named by their ids. Importing a template fills it in."
        ),
        source: MODEL,
    },
];

/// The longest Template, as JSON, in bytes.
pub const MAXIMUM_TEMPLATE: usize = 32_768;

/// Nothing of it is simulated, so nothing is kept; what is too long is said.
pub fn read_other(reader: &mut SettingReader<'_, '_>) {
    reader.text("Type");
    let (template, path) = reader.json("Template");
    match &template {
        Value::Null => {}
        Value::Object(_) => {
            let length = template.to_string().len();
            if length > MAXIMUM_TEMPLATE {
                let message = tr!("This has {} bytes.", length);
                reader.reader.problems.say(path, message, tr!("At most {}.", MAXIMUM_TEMPLATE));
            }
        }
        _ => reader.reader.problems.say(
            path,
            tr!("This is no part of a template."),
            tr!("Write {\"Resources\": {…}}, or null."),
        ),
    }
}
