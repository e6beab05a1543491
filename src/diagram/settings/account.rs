//! The account that all nodes belong to: what they share.

use crate::diagram::setting::{Kind, Setting, SettingReader};

pub const SETTINGS: &[Setting] = &[Setting {
    name: "ConcurrentExecutions",
    kind: Kind::Integer { default: 1_000, min: 1, max: 100_000, unit: "" },
    help: "How many invocations may run at the same time, over all functions of the account in this Region. New accounts begin with less, and it is raised on request.",
    source: "lambda-concurrency",
}];

#[derive(Clone, Debug)]
pub struct AccountSettings {
    pub concurrency: u64,
}

impl Default for AccountSettings {
    fn default() -> Self {
        AccountSettings { concurrency: 1_000 }
    }
}

impl AccountSettings {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        AccountSettings { concurrency: reader.integer("ConcurrentExecutions").unsigned_abs() }
    }
}
