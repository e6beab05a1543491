//! What people do to a running simulation. Every command takes effect at the current simulated time and is journalled.

use crate::diagram::{ACCOUNT, Document, Edit, Fault};
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

impl Command {
    /// In words, as it would be done to this document: "Stop Sales".
    pub fn words(&self, document: &Document) -> String {
        let name = |id: &Uuid| {
            let node =
                |id: Uuid| document.node(id).map_or_else(|| tr!("what is gone").to_string(), |node| node.name.clone());
            match document.edge(*id) {
                Some(edge) => format!("{} → {}", node(edge.from), node(edge.to)),
                None if *id == ACCOUNT => tr!("the account").to_string(),
                None => node(*id),
            }
        };
        match self {
            Command::Send { node, count, .. } => tr!("Send {count} by hand: {node}", node = name(node), count = count),
            Command::Edit(edit) => edit.label(document),
            Command::Set { target, setting, value } => {
                tr!("Set {setting} of {target} to {value}", target = name(target), setting = setting, value = value)
            }
            Command::Pause { node } => tr!("Freeze {}", name(node)),
            Command::Stop { node } => tr!("Stop {}", name(node)),
            Command::Resume { node } => tr!("Let {} go on", name(node)),
            Command::Inject { target, fault } if fault.is_none() => tr!("Heal {}", name(target)),
            Command::Inject { target, fault } => format!("{}: {}", name(target), fault.describe()),
            Command::Purge { queue } => tr!("Purge {}", name(queue)),
            Command::StartReplay { bus, start, end } => {
                tr!("Replay the events of {bus} from {start} to {end}", bus = name(bus), start = start, end = end)
            }
            Command::CancelReplay { bus } => tr!("Cancel the replays of {}", name(bus)),
            Command::Redrive { queue, rate, destination } => {
                let redrive = match destination {
                    Some(to) => tr!("Redrive {queue} to {destination}", queue = name(queue), destination = name(to)),
                    None => tr!("Redrive {}", name(queue)),
                };
                match rate {
                    Some(rate) => tr!("{redrive}, {rate} a second", redrive = redrive, rate = rate),
                    None => redrive,
                }
            }
            Command::CancelRedrive { queue } => tr!("Cancel the redrive of {}", name(queue)),
        }
    }
}

/// A command that was carried out, and when: (document, seed, these) give the same journal again.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    pub time: Time,
    /// How many events had been handled, where others were due at the same time; `None` where none was left.
    pub events: Option<u64>,
    pub command: Command,
}
