//! What people do to a running simulation. Every command takes effect at the current simulated time and is journalled.

use crate::diagram::{Edit, Fault};
use crate::kernel::Time;
use serde_json::Value;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Sends this payload `count` times at once: from a client as it would send it, or straight into a queue, topic, bus
    /// or function.
    Send { node: Uuid, payload: Value, count: u32 },
    /// Changes the diagram; see [`super::Simulation::edit`].
    Edit(Edit),
    /// Changes a setting of a node, an edge or the account ([`crate::diagram::ACCOUNT`]); null goes back to the default.
    /// Short for the edit that does so.
    Set { target: Uuid, setting: String, value: Value },
    /// Freezes a node: what reaches it waits.
    Pause { node: Uuid },
    /// Takes a node out of service: it refuses what reaches it, and nothing polls for it.
    Stop { node: Uuid },
    /// Ends a pause or a stop.
    Resume { node: Uuid },
    /// Makes something go wrong with a node or an edge; a fault without anything in it heals.
    Inject { target: Uuid, fault: Fault },
    /// Deletes every message of a queue.
    Purge { queue: Uuid },
    /// Replays the events that a bus accepted from `start` on and before `end`, from its archive.
    StartReplay { bus: Uuid, start: Time, end: Time },
    /// Ends the replays of a bus. What was replayed stays so.
    CancelReplay { bus: Uuid },
    /// Moves the messages of a dead-letter queue back to the queues they came from, or to a queue of one's choice, at
    /// this many a second.
    Redrive { queue: Uuid, rate: Option<u32>, destination: Option<Uuid> },
    /// Stops a redrive. What was moved stays moved.
    CancelRedrive { queue: Uuid },
}

/// A command that was carried out, and when: (document, seed, these) give the same journal again.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    pub time: Time,
    /// How many events had been handled, where others were due at the same time; `None` where none was left.
    pub events: Option<u64>,
    pub command: Command,
}
