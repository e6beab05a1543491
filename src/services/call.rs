//! Calls: every request from one service to another, on its way, waiting for its answer, or on its way back.

use super::component::Component;
use super::journal::Status;
use super::message::{MessageId, Serial, Trace};
use super::payload::PayloadId;
use crate::diagram::EdgeIndex;
use crate::kernel::{Key, Pool, Time};

/// A call that is under way. Old ids never name a newer call.
pub type CallId = Key;

/// All calls under way.
pub type Calls = Pool<Call>;

/// A set of messages handed to a function in one invocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchId(pub u32);

/// A method and path, interned: see [`super::World::resource`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ResourceId(pub u32);

/// Which records of a batch a function names as failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchReport {
    /// None: one failure fails the invocation.
    None,
    /// Each that failed.
    Failed,
    /// It stops at the first that failed, and names all from there on.
    FirstAndFollowing,
}

/// What is asked of the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// An HTTP request to a gateway or endpoint. `headers` is an interned object.
    Http {
        resource: ResourceId,
        headers: PayloadId,
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
        report: BatchReport,
    },
    /// SendMessage.
    SendMessage,
    /// SendMessageBatch: the message is the whole request.
    SendBatch,
    /// A dead letter arrives, which keeps its age, or a redriven message.
    Accept {
        dead: bool,
    },
    /// ReceiveMessage: up to this many, waiting up to this many microseconds for the first.
    Receive {
        maximum: u16,
        wait: u64,
    },
    /// DeleteMessageBatch: what was worked on goes, what failed stays.
    Delete {
        batch: BatchId,
    },
    /// ChangeMessageVisibilityBatch, in microseconds from now.
    ChangeVisibility {
        batch: BatchId,
        timeout: u64,
    },
    Publish,
    /// PublishBatch: the message is the whole request.
    PublishBatch,
    /// An event with this source and detail-type; its detail is the payload.
    PutEvents {
        source: PayloadId,
        detail_type: PayloadId,
    },
    /// PutEvents with several entries: the message is the whole request.
    PutEntries,
    /// A whole event that a bus has accepted already.
    ForwardEvent,
    /// A row for a table under a key; both interned. `event` goes into the outbox with it; null is none.
    Write {
        table: PayloadId,
        key: PayloadId,
        idempotent: bool,
        event: PayloadId,
    },
    /// Marks a key as being worked on until then, unless it is marked already: answered with 409 and the record.
    Claim {
        table: PayloadId,
        key: PayloadId,
        until: Time,
    },
    /// Marks a key as done until then, or takes the mark away.
    Settle {
        table: PayloadId,
        key: PayloadId,
        until: Option<Time>,
    },
    /// The next event of the outbox, locked until then; the answer says which in `event`, 0 for none.
    TakeEvent {
        event: Serial,
        until: Time,
    },
    /// Deletes an event from the outbox, or where it was not sent unlocks it.
    EventDone {
        event: Serial,
        sent: bool,
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
    /// Whether it brings a batch of messages.
    pub fn is_batch(self) -> bool {
        matches!(self, Operation::InvokeBatch { .. })
    }

    /// Whether somebody waits for the work itself, not only for its acceptance.
    pub fn is_synchronous(self) -> bool {
        !matches!(
            self,
            Operation::InvokeLater
                | Operation::SendMessage
                | Operation::SendBatch
                | Operation::Accept { .. }
                | Operation::Publish
                | Operation::PublishBatch
                | Operation::PutEntries
                | Operation::PutEvents { .. }
                | Operation::ForwardEvent
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
    /// The message that asks, or the first one of the batch; 0 for none.
    pub serial: Serial,
    pub trace: Trace,
    pub leg: Leg,
    /// The caller does not wait any longer.
    pub abandoned: bool,
    /// How long the way back takes, in microseconds.
    pub way_back: u64,
    pub sent: Time,
    pub status: Status,
    pub answer: PayloadId,
    /// Of an HTTP answer: an object, or null.
    pub headers: PayloadId,
    pub batch: Option<BatchId>,
    /// Whether a fault's delay has been served already.
    pub delayed: bool,
}
