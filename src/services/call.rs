//! Calls: every request from one service to another, on its way, waiting for its answer, or on its way back.

use super::component::Component;
use super::journal::Status;
use super::message::{MessageId, Trace};
use super::payload::PayloadId;
use crate::diagram::EdgeIndex;
use crate::kernel::Time;

/// A call that is under way. Old ids never name a newer call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId {
    slot: u32,
    generation: u32,
}

/// A set of messages handed to a function in one invocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchId(pub u32);

/// A method and path, interned: see [`super::World::resource`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ResourceId(pub u32);

/// What is asked of the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// An HTTP request to a gateway or endpoint.
    Http {
        resource: ResourceId,
    },
    /// Run the function and wait for what it returns.
    Invoke {
        resource: ResourceId,
    },
    /// Put the message into the function's own queue; answered at once.
    InvokeLater,
    /// Run the function for a batch.
    InvokeBatch {
        batch: BatchId,
    },
    /// SendMessage.
    SendMessage,
    /// A dead letter or a redriven message arrives; keeps its age.
    Accept,
    /// ReceiveMessage: up to this many, waiting up to this many microseconds for the first.
    Receive {
        maximum: u16,
        wait: u64,
    },
    Publish,
    PutEvents,
    /// A row for a table under a key; both interned.
    Write {
        table: PayloadId,
        key: PayloadId,
        idempotent: bool,
    },
    /// The row with this key, or `otherwise`.
    Read {
        table: PayloadId,
        key: PayloadId,
        otherwise: PayloadId,
    },
    SendEmail {
        recipient: PayloadId,
        subject: PayloadId,
    },
}

impl Operation {
    /// Whether somebody waits for the work itself, not only for its acceptance.
    pub fn is_synchronous(self) -> bool {
        !matches!(
            self,
            Operation::InvokeLater
                | Operation::SendMessage
                | Operation::Accept
                | Operation::Publish
                | Operation::PutEvents
        )
    }
}

/// Where a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leg {
    /// On its way there. The call holds the message.
    There,
    /// With the other side.
    Waiting,
    /// On its way back. The call holds the message if it was handed back.
    Back,
}

#[derive(Clone, Copy, Debug)]
pub struct Call {
    pub from: Component,
    pub to: Component,
    pub edge: Option<EdgeIndex>,
    /// The caller's own bookkeeping.
    pub tag: u64,
    pub operation: Operation,
    pub message: Option<MessageId>,
    pub trace: Trace,
    pub leg: Leg,
    /// The caller does not wait any longer.
    pub abandoned: bool,
    /// How long the way back takes, in microseconds.
    pub way_back: u64,
    pub sent: Time,
    pub status: Status,
    pub answer: PayloadId,
    pub batch: Option<BatchId>,
    /// Whether a fault's delay has been served already.
    pub delayed: bool,
}

/// All calls under way.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    slots: Vec<(u32, Option<Call>)>,
    free: Vec<u32>,
}

impl Calls {
    pub fn add(&mut self, call: Call) -> CallId {
        match self.free.pop() {
            Some(slot) => {
                let entry = &mut self.slots[slot as usize];
                entry.1 = Some(call);
                CallId { slot, generation: entry.0 }
            }
            None => {
                self.slots.push((0, Some(call)));
                CallId { slot: self.slots.len() as u32 - 1, generation: 0 }
            }
        }
    }

    pub fn get(&self, id: CallId) -> Option<&Call> {
        self.slots.get(id.slot as usize).filter(|slot| slot.0 == id.generation).and_then(|slot| slot.1.as_ref())
    }

    pub fn get_mut(&mut self, id: CallId) -> Option<&mut Call> {
        self.slots.get_mut(id.slot as usize).filter(|slot| slot.0 == id.generation).and_then(|slot| slot.1.as_mut())
    }

    pub fn remove(&mut self, id: CallId) -> Option<Call> {
        let slot = self.slots.get_mut(id.slot as usize).filter(|slot| slot.0 == id.generation)?;
        let call = slot.1.take()?;
        slot.0 = slot.0.wrapping_add(1);
        self.free.push(id.slot);
        Some(call)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Call> {
        self.slots.iter().filter_map(|slot| slot.1.as_ref())
    }
}
