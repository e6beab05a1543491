//! What a FIFO queue or topic remembers of the messages that it took: for five minutes from the first of them, a second
//! one with the same id is accepted and dropped (FIFO-queues-exactly-once-processing). Deleting it changes nothing.

use super::payload::Filled;
use crate::kernel::{SECOND, Time};
use rustc_hash::FxHashSet;
use std::collections::VecDeque;

/// using-messagededuplicationid-property.
pub const INTERVAL: u64 = 300 * SECOND;

/// By what a message is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    pub id: Filled,
    /// Whether the id is the body, as content-based deduplication has it.
    pub by_content: bool,
    /// Only where the scope is the message group.
    pub group: Option<Filled>,
}

#[derive(Clone, Debug, Default)]
pub struct Deduplication {
    known: FxHashSet<Mark>,
    /// When each is forgotten, in order.
    ends: VecDeque<(Time, Mark)>,
}

impl Deduplication {
    /// Everything, as PurgeQueue does.
    pub fn forget(&mut self) {
        self.known.clear();
        self.ends.clear();
    }

    /// Whether the message was accepted within the interval already. If not, it is remembered from now on.
    pub fn is_duplicate(&mut self, mark: Mark, now: Time) -> bool {
        while let Some((_, mark)) = self.ends.pop_front_if(|(end, _)| *end <= now) {
            self.known.remove(&mark);
        }
        let duplicate = !self.known.insert(mark);
        if !duplicate {
            self.ends.push_back((now + INTERVAL, mark));
        }
        duplicate
    }
}
