//! What a message looked like at each of its hops: its body as the receiver gets it, its attributes, its envelope.

use super::request::{Known, Request};
use super::{Hop, Simulation};
use crate::diagram::{NodeIndex, NodeKind};
use crate::kernel::Time;
use crate::services::{AttributesId, Envelope, LineageId, Message, PayloadId, Record, Serial, What};
use crate::simulation::render::pretty;

/// A message as it looked from one hop on.
#[derive(Clone, Debug, PartialEq)]
pub struct Contents {
    /// What form it has: "SNS notification".
    pub form: &'static str,
    /// The body as its receiver gets it, envelope included, indented.
    pub body: String,
    /// Its attributes, indented; empty where it has none.
    pub attributes: String,
}

impl Request {
    /// What happened to a message, hop by hop.
    pub fn hops(&self, simulation: &Simulation, serial: Serial) -> Vec<Hop> {
        let Some(known) = self.message(serial) else { return Vec::new() };
        let mut message = self.at_first(simulation, known);
        let mut hops: Vec<Hop> = Vec::new();
        for record in self.of(serial) {
            let news = match record.what {
                What::Created { payload, attributes, attempt, .. } => {
                    (message.payload, message.attributes, message.attempt) = (payload, attributes, attempt);
                    true
                }
                What::Rewritten { payload, attributes } => {
                    (message.payload, message.attributes) = (payload, attributes);
                    true
                }
                What::Wrapped { envelope } => {
                    message.envelope = envelope;
                    true
                }
                What::RetryAt { attempt, .. } => {
                    message.attempt = attempt;
                    false
                }
                What::Received { count, .. } => {
                    message.receive_count = count;
                    false
                }
                _ => false,
            };
            let contents = news.then(|| contents(simulation, &message, record.node));
            let waited = hops.last().map_or(0, |hop: &Hop| record.time.since(hop.time));
            hops.push(Hop {
                time: record.time,
                node: record.node,
                edge: record.edge,
                words: simulation.tell(record),
                waited,
                bad: record.what.is_bad(),
                attempt: message.attempt,
                received: match record.what {
                    What::Received { count, until } => Some((count, until)),
                    _ => None,
                },
                contents,
            });
        }
        // Where its beginning is forgotten, it is shown as it is now.
        if let (true, Some(alive), Some(hop)) =
            (known.created.is_none(), self.alive(simulation, serial), hops.last_mut())
        {
            let node = hop.node;
            hop.contents = Some(contents(simulation, alive, node));
        }
        hops
    }

    /// A message that has not ended, as its holder has it.
    pub fn alive<'a>(&self, simulation: &'a Simulation, serial: Serial) -> Option<&'a Message> {
        let messages = &simulation.world.messages;
        messages.alive().map(|id| messages.get(id)).find(|message| message.serial == serial)
    }

    /// A message as it was created.
    fn at_first(&self, simulation: &Simulation, known: &Known) -> Message {
        let (origin, origin_created) = self.origin(simulation, known);
        let created = known.created.map_or(Time::ZERO, |created| created.1);
        Message {
            serial: known.serial,
            trace: self.trace,
            payload: known.payload,
            attributes: known.attributes,
            envelope: Envelope::None,
            attempt: 1,
            receive_count: 0,
            created,
            group: PayloadId::NULL,
            deduplication: PayloadId::NULL,
            delay: None,
            forwards: 0,
            dead: false,
            removed: false,
            poison: false,
            origin,
            origin_created,
            lineage: LineageId::NONE,
        }
    }

    /// The message that this is a copy of, over all copies, and when that was created.
    fn origin(&self, simulation: &Simulation, known: &Known) -> (Serial, Time) {
        if let Some(alive) = self.alive(simulation, known.serial) {
            return (alive.origin, alive.origin_created);
        }
        let mut message = *known;
        while let Some((node, _)) = message.created {
            let copies = matches!(
                simulation.plan.node(node).kind,
                NodeKind::Topic | NodeKind::Bus | NodeKind::Rule | NodeKind::Queue
            );
            let Some(parent) = self.message(message.from).filter(|_| copies) else { break };
            if self.payload_of(parent.serial, message.serial) != message.payload {
                break;
            }
            message = *parent;
        }
        (message.serial, message.created.map_or(Time::ZERO, |created| created.1))
    }

    /// What a message's body was when another one was made of it.
    fn payload_of(&self, serial: Serial, copy: Serial) -> PayloadId {
        let until = self.message(copy).and_then(|copy| copy.created).map_or(Time::NEVER, |created| created.1);
        let mut payload = self.message(serial).map_or(PayloadId::NULL, |message| message.payload);
        for record in self.of(serial).take_while(|record| record.time <= until) {
            if let What::Rewritten { payload: other, .. } = record.what {
                payload = other;
            }
        }
        payload
    }

    /// What a message carried at its last record up to a time: body, attributes, envelope.
    pub fn carried(&self, serial: Serial, until: &Record) -> (PayloadId, AttributesId, Envelope) {
        let Some(known) = self.message(serial) else {
            return (PayloadId::NULL, AttributesId::NONE, Envelope::None);
        };
        let mut carried = (known.payload, known.attributes, Envelope::None);
        for record in self.of(serial) {
            match record.what {
                What::Rewritten { payload, attributes } => (carried.0, carried.1) = (payload, attributes),
                What::Wrapped { envelope } => carried.2 = envelope,
                _ => {}
            }
            if record == until {
                break;
            }
        }
        carried
    }
}

fn contents(simulation: &Simulation, message: &Message, node: NodeIndex) -> Contents {
    let form = match (message.envelope, simulation.plan.nodes.get(node.usize()).map(|node| node.kind)) {
        (Envelope::Notification { .. }, _) => tr!("SNS notification"),
        (Envelope::Record { .. }, _) => tr!("SNS event for a function"),
        (Envelope::None, Some(NodeKind::Bus)) => tr!("EventBridge event"),
        (Envelope::None, Some(NodeKind::Rule)) => tr!("what the rule's target gets"),
        (Envelope::None, Some(NodeKind::Gateway)) => tr!("what the integration gets"),
        (Envelope::None, Some(NodeKind::Client)) => tr!("what the client sends"),
        _ => tr!("body"),
    };
    Contents {
        form,
        body: pretty(&simulation.body(message)),
        attributes: simulation.attributes(message).unwrap_or_default(),
    }
}
