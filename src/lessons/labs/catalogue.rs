//! The labs that come with Eventyard.

use super::lab::Lab;
use crate::diagram::Problem;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// A tour of the guide: what each diagram is for, and what it costs.
    Guide,
    /// What people commonly get wrong.
    Misconception,
}

impl Group {
    pub fn title(self) -> &'static str {
        match self {
            Group::Guide => tr!("A tour of the guide"),
            Group::Misconception => tr!("What goes wrong"),
        }
    }
}

/// A lab that is there; its text is read when it is opened.
pub struct Entry {
    pub id: &'static str,
    pub group: Group,
    text: &'static str,
}

impl Entry {
    /// The lab's document, as text.
    pub fn text(&self) -> &'static str {
        self.text
    }

    /// A test holds that all of them can be read.
    pub fn lab(&self) -> Result<Lab, Vec<Problem>> {
        Lab::parse(self.text)
    }
}

macro_rules! labs {
    ($($id:literal: $group:ident,)+) => {
        &[$(Entry { id: $id, group: Group::$group, text: include_str!(concat!($id, ".json")) },)+]
    };
}

/// In the order in which they are listed.
pub const LABS: &[Entry] = labs! {
    "gateway-multiple": Guide,
    "gateway-single": Guide,
    "decouple-queue": Guide,
    "pubsub-topic": Guide,
    "pubsub-bus-types": Guide,
    "pubsub-bus-rules": Guide,
    "combined": Guide,
    "visibility-timeout": Misconception,
    "poison-message": Misconception,
    "batch-times-work": Misconception,
    "unmatched-event": Misconception,
    "pay-to-wait": Misconception,
    "retry-storm": Misconception,
    "fifo-blocked": Misconception,
    "dead-letters": Misconception,
    "no-subscriber": Misconception,
    "shared-throttle": Misconception,
};

pub fn find(id: &str) -> Option<&'static Entry> {
    LABS.iter().find(|entry| entry.id == id)
}
