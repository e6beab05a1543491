//! A learner's progress as a course keeps it between two sessions.

use crate::exchange::link::{pack, unpack};
use crate::lessons::labs::Progress;

/// The most that SCORM 1.2 keeps (`cmi.suspend_data`), in bytes.
pub const SUSPENDED: usize = 4_096;

/// Progress as letters, digits, `-`, `_` and `.`, with a checksum: it also goes through addresses.
pub fn suspend(progress: &Progress) -> String {
    let value = serde_json::from_str(&progress.to_text()).unwrap_or_default();
    pack(&value)
}

/// Reads what [`suspend`] has written; `None` where it is something else, or damaged.
pub fn resume(text: &str) -> Option<Progress> {
    if text.len() > SUSPENDED {
        return None;
    }
    Progress::parse(&unpack(text).ok()?.to_string())
}
