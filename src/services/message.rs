//! Messages: JSON on its way, from the moment it is created to the one state that it ends in.

use super::lineage::LineageId;
use super::payload::{AttributesId, PayloadId};
use crate::diagram::{EdgeIndex, NodeIndex};
use crate::kernel::Time;

/// A message that is alive: its place in [`Messages`]. Only the holder of a message has its id, and every message has
/// exactly one holder: a service, or a call on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub u32);

/// The name by which people and the journal know a message: never used twice, 0 for none.
pub type Serial = u32;

/// Everything that follows from one request carries the request's number; 0 for none.
pub type Trace = u32;

/// What the service that hands a message on wraps it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Envelope {
    /// Nothing: the message is the payload.
    #[default]
    None,
    /// A topic's notification, with the payload as a string inside.
    Notification { topic: NodeIndex },
    /// The event that a topic invokes a function with: one record. The edge is the subscription.
    Record { subscription: EdgeIndex },
}

#[derive(Clone, Copy, Debug)]
pub struct Message {
    pub serial: Serial,
    pub trace: Trace,
    pub payload: PayloadId,
    pub attributes: AttributesId,
    pub envelope: Envelope,
    /// 1 for the first try.
    pub attempt: u16,
    /// How often it was received from a queue without being deleted, over all queues.
    pub receive_count: u32,
    /// When it was created; for a queue, when it was sent to it.
    pub created: Time,
    /// MessageGroupId and MessageDeduplicationId, each an interned text; [`PayloadId::NULL`] where there is none.
    pub group: PayloadId,
    pub deduplication: PayloadId,
    /// Its own DelaySeconds.
    pub delay: Option<u16>,
    /// How often a bus has handed it on to a bus.
    pub forwards: u8,
    /// Whether it lies in a dead-letter queue.
    pub dead: bool,
    /// Whether it has ended with the node that holds it, and comes back if that is undone.
    pub removed: bool,
    /// Whether the function that works on it fails: a fault marked it.
    pub poison: bool,
    /// The message that this is a copy of, over all copies, and when that was created: an event's id and time.
    pub origin: Serial,
    pub origin_created: Time,
    /// Which functions led to it.
    pub lineage: LineageId,
}

/// The state that a message ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Worked on to the end.
    Processed,
    /// Refused by a filter policy, an event pattern or a filter criterion.
    Filtered,
    /// Older than the queue's retention period.
    Expired,
    /// Dropped by policy, for this reason.
    Dropped(Reason),
    /// Moved out of a dead-letter queue as a new message.
    Redriven,
}

/// Why a message was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The request failed, and whoever sent it gave up.
    Failed,
    /// The request was throttled, and whoever sent it gave up.
    Throttled,
    /// Whoever sent it had stopped waiting.
    CallerGone,
    /// All retries were used up.
    RetriesExhausted,
    /// There was no subscriber, or no rule took it.
    NobodyListened,
    /// Purged by hand.
    Purged,
    /// Larger than the service takes.
    TooLarge,
    /// The receiver's policy did not allow the delivery.
    NoPermission,
    /// The receiver did not exist.
    NoResource,
    /// The receiver refused it for good.
    Refused,
    /// It was sent to a bus that does not exist.
    NoSuchBus,
    /// A FIFO queue or topic took the same message within the last five minutes.
    Deduplicated,
    /// The function for which it waited is switched off: its reserved concurrency is 0.
    SwitchedOff,
    /// It went round in a circle: the same function had run for it, or buses had handed it on, too often in a row.
    Loop,
    /// It waited longer than the event's maximum age.
    TooOld,
    /// What held it, or where it was to go, was removed from the diagram.
    Removed,
    /// The input transformer made something of the event that is not JSON.
    BrokenInput,
}

impl Reason {
    pub const ALL: [Reason; 17] = [
        Reason::Failed,
        Reason::Throttled,
        Reason::CallerGone,
        Reason::RetriesExhausted,
        Reason::NobodyListened,
        Reason::Purged,
        Reason::TooLarge,
        Reason::NoPermission,
        Reason::NoResource,
        Reason::Refused,
        Reason::NoSuchBus,
        Reason::Deduplicated,
        Reason::SwitchedOff,
        Reason::Loop,
        Reason::TooOld,
        Reason::Removed,
        Reason::BrokenInput,
    ];

    pub fn words(self) -> &'static str {
        match self {
            Reason::Failed => tr!("the request failed"),
            Reason::Throttled => tr!("throttled"),
            Reason::CallerGone => tr!("the caller had stopped waiting"),
            Reason::RetriesExhausted => tr!("all retries used up"),
            Reason::NobodyListened => tr!("nobody listened"),
            Reason::Purged => tr!("purged"),
            Reason::TooLarge => tr!("too large"),
            Reason::NoPermission => tr!("the receiver's policy does not allow it"),
            Reason::NoResource => tr!("the receiver does not exist"),
            Reason::Refused => tr!("refused for good"),
            Reason::NoSuchBus => tr!("there is no bus of that name"),
            Reason::Deduplicated => tr!("a duplicate within five minutes"),
            Reason::SwitchedOff => tr!("the function is switched off"),
            Reason::Loop => tr!("a recursive loop was stopped"),
            Reason::TooOld => tr!("older than the maximum event age"),
            Reason::Removed => tr!("removed with its node or edge"),
            Reason::BrokenInput => tr!("its input transformer made no JSON"),
        }
    }
}

/// How many messages there were, by how they ended. `created` equals the sum of the others and what is in progress.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub created: u64,
    pub processed: u64,
    pub filtered: u64,
    pub expired: u64,
    /// In a dead-letter queue now, or moved out of it as a new message.
    pub dead_lettered: u64,
    pub dropped: [u64; Reason::ALL.len()],
}

impl Totals {
    pub fn dropped_in_all(&self) -> u64 {
        self.dropped.iter().sum()
    }

    pub fn ended(&self) -> u64 {
        self.processed + self.filtered + self.expired + self.dead_lettered + self.dropped_in_all()
    }
}

/// All messages that are alive.
#[derive(Clone, Debug, Default)]
pub struct Messages {
    slots: Vec<Option<Message>>,
    free: Vec<u32>,
    last_serial: Serial,
    pub totals: Totals,
}

impl Messages {
    pub fn create(&mut self, trace: Trace, payload: PayloadId, attributes: AttributesId, now: Time) -> MessageId {
        self.last_serial = self.last_serial.wrapping_add(1);
        self.totals.created += 1;
        let message = Message {
            serial: self.last_serial,
            trace,
            payload,
            attributes,
            envelope: Envelope::None,
            attempt: 1,
            receive_count: 0,
            created: now,
            group: PayloadId::NULL,
            deduplication: PayloadId::NULL,
            delay: None,
            forwards: 0,
            dead: false,
            removed: false,
            poison: false,
            origin: self.last_serial,
            origin_created: now,
            lineage: LineageId::NONE,
        };
        match self.free.pop() {
            Some(slot) => {
                self.slots[slot as usize] = Some(message);
                MessageId(slot)
            }
            None => {
                self.slots.push(Some(message));
                MessageId(self.slots.len() as u32 - 1)
            }
        }
    }

    /// Ends a message and gives what it was. Its id must not be used again.
    pub fn end(&mut self, id: MessageId, ending: Ending) -> Message {
        let message = self.slots[id.0 as usize].take().expect("a message ends once");
        self.free.push(id.0);
        if message.dead && ending != Ending::Redriven {
            self.totals.dead_lettered -= 1;
        }
        match ending {
            Ending::Processed => self.totals.processed += 1,
            Ending::Filtered => self.totals.filtered += 1,
            Ending::Expired => self.totals.expired += 1,
            Ending::Dropped(reason) => self.totals.dropped[reason as usize] += 1,
            // It stays counted as dead-lettered, or becomes so if it was sent there directly: what leaves the queue is
            // another message.
            Ending::Redriven => self.totals.dead_lettered += u64::from(!message.dead),
        }
        message
    }

    /// Ends a message with the node that holds it, in such a way that it can come back.
    pub fn remove(&mut self, id: MessageId) {
        let message = self.get_mut(id);
        message.removed = true;
        let dead = message.dead;
        self.totals.dead_lettered -= u64::from(dead);
        self.totals.dropped[Reason::Removed as usize] += 1;
    }

    /// Brings a message back that was removed with its node.
    pub fn restore(&mut self, id: MessageId) {
        let message = self.get_mut(id);
        message.removed = false;
        let dead = message.dead;
        self.totals.dead_lettered += u64::from(dead);
        self.totals.dropped[Reason::Removed as usize] -= 1;
    }

    /// Marks a message as dead-lettered; it lives on in the dead-letter queue.
    pub fn bury(&mut self, id: MessageId) {
        let message = self.get_mut(id);
        if !message.dead {
            message.dead = true;
            self.totals.dead_lettered += 1;
        }
    }

    pub fn get(&self, id: MessageId) -> &Message {
        self.slots[id.0 as usize].as_ref().expect("the holder of a message keeps it alive")
    }

    pub fn get_mut(&mut self, id: MessageId) -> &mut Message {
        self.slots[id.0 as usize].as_mut().expect("the holder of a message keeps it alive")
    }

    /// A message that somebody else holds, if it still is the one with this serial.
    pub fn find_mut(&mut self, id: MessageId, serial: Serial) -> Option<&mut Message> {
        self.slots.get_mut(id.0 as usize)?.as_mut().filter(|message| message.serial == serial)
    }

    /// For how many messages there is room.
    pub fn room(&self) -> usize {
        self.slots.len()
    }

    /// The ids of all messages that are alive.
    pub fn alive(&self) -> impl Iterator<Item = MessageId> + '_ {
        let alive = |slot: &Option<Message>| slot.is_some_and(|message| !message.removed);
        self.slots.iter().zip(0..).filter(move |(slot, _)| alive(slot)).map(|(_, index)| MessageId(index))
    }
}
