//! What handlers leave in a database beside rows: marks of what is done once for each key, and the outbox.

use super::super::message::{MessageId, Serial};
use super::super::payload::PayloadId;
use super::rows::RowKey;
use crate::kernel::Time;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// How many marks are remembered; older ones are forgotten, so that memory does not grow with time. As with
/// the keys of rows, well below a power of two.
const REMEMBERED_MARKS: usize = 100_000;

/// That something is being done for a key, or done: an idempotency record.
#[derive(Clone, Copy, Debug)]
struct Mark {
    record: PayloadId,
    /// When it no longer counts.
    until: Time,
}

#[derive(Clone, Debug, Default)]
pub struct Marks {
    marks: FxHashMap<RowKey, Mark>,
    order: VecDeque<RowKey>,
}

impl Marks {
    /// The record that holds for a key.
    pub fn get(&self, key: &RowKey, now: Time) -> Option<PayloadId> {
        self.marks.get(key).filter(|mark| mark.until > now).map(|mark| mark.record)
    }

    pub fn set(&mut self, key: RowKey, record: PayloadId, until: Time) {
        if self.marks.insert(key, Mark { record, until }).is_none() {
            self.order.push_back(key);
            if self.order.len() > REMEMBERED_MARKS
                && let Some(oldest) = self.order.pop_front()
            {
                self.marks.remove(&oldest);
            }
        }
    }

    /// Takes a mark away: it is as if it had run out.
    pub fn clear(&mut self, key: &RowKey) {
        if let Some(mark) = self.marks.get_mut(key) {
            mark.until = Time::ZERO;
        }
    }
}

/// An event in the outbox. Whoever relays it has it locked until then; its message stays here until it is sent.
#[derive(Clone, Copy, Debug)]
struct Event {
    message: MessageId,
    serial: Serial,
    locked: Time,
}

/// Events that were written in the same transaction as a row, oldest first, until a relay has sent them on.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    events: VecDeque<Event>,
}

impl Outbox {
    pub fn put(&mut self, message: MessageId, serial: Serial) {
        self.events.push_back(Event { message, serial, locked: Time::ZERO });
    }

    /// Locks the first event that nobody else has.
    pub fn take(&mut self, until: Time, now: Time) -> Option<(MessageId, Serial)> {
        let event = self.events.iter_mut().find(|event| event.locked <= now)?;
        event.locked = until;
        Some((event.message, event.serial))
    }

    /// Deletes an event and gives its message, or where it was not sent only unlocks it.
    pub fn done(&mut self, serial: Serial, sent: bool) -> Option<MessageId> {
        let place = self.events.iter().position(|event| event.serial == serial)?;
        if sent {
            return self.events.remove(place).map(|event| event.message);
        }
        self.events[place].locked = Time::ZERO;
        None
    }

    pub fn messages(&self) -> impl Iterator<Item = MessageId> + '_ {
        self.events.iter().map(|event| event.message)
    }

    pub fn len(&self) -> usize {
        self.events.len()
    }
}
