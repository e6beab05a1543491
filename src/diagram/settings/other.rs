//! A resource that is drawn and not simulated.

use super::MODEL;
use crate::diagram::setting::{Kind, Setting};

pub const SETTINGS: &[Setting] = &[Setting {
    name: "Type",
    kind: Kind::Text { default: "" },
    help: "What it is, as templates say it: AWS::S3::Bucket. It is there to be seen; nothing is simulated of it.",
    source: MODEL,
}];
