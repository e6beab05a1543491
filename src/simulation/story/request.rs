//! Everything that the journal still knows of one request, and its messages by who was made because of whom.

use super::{Member, Relation, Relative, Simulation};
use crate::diagram::{EdgeIndex, NodeIndex, NodeKind};
use crate::kernel::Time;
use crate::services::{AttributesId, PayloadId, Record, Serial, Status, Trace, Way, What};
use std::collections::BTreeMap;

/// A record of the journal that tells of a request.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// Its number in the journal.
    pub number: u64,
    pub record: Record,
    /// The message of the request that it tells of; 0 for the request as a whole. A record of a batch is about the
    /// batch's first message, and tells of all of them.
    pub about: Serial,
}

/// What is known of a message.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    pub serial: Serial,
    /// Of which message it was made; 0 for none.
    pub from: Serial,
    /// Where and when; `None` where that is forgotten.
    pub created: Option<(NodeIndex, Time)>,
    pub payload: PayloadId,
    pub attributes: AttributesId,
}

#[derive(Clone, Debug)]
pub struct Request {
    pub trace: Trace,
    pub client: Option<NodeIndex>,
    pub started: Option<Time>,
    /// Oldest first.
    pub records: Vec<Told>,
    /// In the order of their serials, so causes stand before effects.
    pub messages: Vec<Known>,
    /// Whether the journal has forgotten its beginning.
    pub forgotten: bool,
    /// The other messages in the batches that its messages were in.
    pub mates: Vec<(Serial, Serial, Trace)>,
}

impl Request {
    pub fn read(simulation: &Simulation, trace: Trace) -> Request {
        let journal = simulation.journal();
        let mut records: Vec<Told> = Vec::new();
        // By the batch's first message: those of this request that are in it.
        let mut batches: BTreeMap<Serial, Vec<Serial>> = BTreeMap::new();
        let mut mates: Vec<(Serial, Serial, Trace)> = Vec::new();
        // The receive that is being written down, and who of this request is in it.
        let mut receive: Option<(NodeIndex, Time, Vec<Serial>)> = None;
        for (number, record) in journal.since(0) {
            let own = record.trace == trace && trace != 0;
            match record.what {
                What::Received { .. } if own => {
                    for members in batches.values_mut() {
                        members.retain(|member| *member != record.message);
                    }
                    match &mut receive {
                        Some((node, time, list)) if *node == record.node && *time == record.time => {
                            list.push(record.message);
                        }
                        _ => receive = Some((record.node, record.time, vec![record.message])),
                    }
                }
                What::Departed { way: Way::Batch { .. }, .. } => {
                    if let Some((node, time, list)) = receive.take()
                        && node == record.node
                        && time == record.time
                    {
                        records.extend(list.into_iter().map(|about| Told { number, record: *record, about }));
                    }
                    continue;
                }
                What::Batched { first, .. } if own => batches.entry(first).or_default().push(record.message),
                What::Batched { first, .. } => {
                    for member in batches.get(&first).into_iter().flatten() {
                        mates.push((*member, record.message, record.trace));
                    }
                }
                _ => {}
            }
            if own {
                records.push(Told { number, record: *record, about: record.message });
            }
            if !batches.is_empty() && tells_of_a_batch(record.what) {
                let others = batches.get(&record.message).into_iter().flatten();
                let others = others.filter(|about| **about != record.message);
                records.extend(others.map(|about| Told { number, record: *record, about: *about }));
                if matches!(record.what, What::Finished { .. }) {
                    batches.remove(&record.message);
                }
            }
        }
        let info = simulation.world.trace_info(trace);
        let oldest = journal.get(journal.first_kept()).map_or(Time::ZERO, |record| record.time);
        let begins = records.iter().any(|told| matches!(told.record.what, What::Created { from: 0, .. }));
        let mut request = Request {
            trace,
            client: info.map(|info| info.client),
            started: info.map(|info| info.started),
            records,
            messages: Vec::new(),
            forgotten: !begins || info.is_some_and(|info| journal.first_kept() > 0 && info.started < oldest),
            mates,
        };
        request.find_messages(simulation);
        request.find_earlier_mates(simulation);
        request
    }

    fn find_messages(&mut self, simulation: &Simulation) {
        let mut known: BTreeMap<Serial, Known> = BTreeMap::new();
        let blank =
            |serial| Known { serial, from: 0, created: None, payload: PayloadId::NULL, attributes: AttributesId::NONE };
        for told in &self.records {
            let Told { record, about, .. } = *told;
            if about == 0 {
                continue;
            }
            let message = known.entry(about).or_insert_with(|| blank(about));
            if let What::Created { payload, attributes, from, .. } = record.what {
                *message =
                    Known { serial: about, from, created: Some((record.node, record.time)), payload, attributes };
            }
        }
        for id in simulation.world.messages.alive() {
            let message = simulation.world.messages.get(id);
            if message.trace == self.trace {
                let (payload, attributes) = (message.payload, message.attributes);
                known.entry(message.serial).or_insert_with(|| Known { payload, attributes, ..blank(message.serial) });
            }
        }
        self.messages = known.into_values().collect();
    }

    /// The members of a batch are written down one after the other: finds those that came before one of this request.
    fn find_earlier_mates(&mut self, simulation: &Simulation) {
        for place in 0..self.records.len() {
            let Told { number, about, record } = self.records[place];
            let What::Batched { first: wanted, records } = record.what else { continue };
            let earliest = number.saturating_sub(u64::from(records));
            for (_, other) in simulation.journal().since(earliest).take_while(|(other, _)| *other < number) {
                let mate = (about, other.message, other.trace);
                let same = matches!(other.what, What::Batched { first, .. } if first == wanted);
                if same && !self.mates.contains(&mate) {
                    self.mates.push(mate);
                }
            }
        }
    }

    pub fn message(&self, serial: Serial) -> Option<&Known> {
        self.messages.iter().find(|message| message.serial == serial)
    }

    /// What tells of a message, oldest first.
    pub fn of(&self, serial: Serial) -> impl DoubleEndedIterator<Item = &Record> {
        self.records.iter().filter(move |told| told.about == serial).map(|told| &told.record)
    }

    /// What tells of the request as a whole.
    pub fn of_all(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.of(0)
    }

    /// The messages that were made because of this one.
    pub fn effects(&self, serial: Serial) -> impl Iterator<Item = &Known> {
        self.messages.iter().filter(move |message| message.from == serial && serial != 0)
    }

    /// The client's last answer.
    pub fn answer(&self) -> Option<(Status, Time)> {
        self.of_all().rev().find_map(|record| match record.what {
            What::Answered { status, .. } => Some((status, record.time)),
            _ => None,
        })
    }

    pub fn forgotten_words(&self) -> String {
        if self.forgotten {
            tr!("The journal keeps the latest records only, and has forgotten the beginning of this request.")
                .to_string()
        } else {
            String::new()
        }
    }

    /// Messages with their depth, each below the one that it was made of.
    pub fn members(&self, simulation: &Simulation) -> Vec<Member> {
        let mut list = Vec::new();
        let roots = self.messages.iter().filter(|message| self.message(message.from).is_none());
        for root in roots {
            // Iterative, because a chain may be as long as a loop makes it.
            let mut stack = vec![(root.serial, 0_u16)];
            while let Some((serial, depth)) = stack.pop() {
                let (fate, sentence) = self.fate(simulation, serial);
                list.push(Member { serial, depth, fate, sentence });
                let mut below: Vec<_> = self.effects(serial).map(|effect| (effect.serial, depth + 1)).collect();
                below.reverse();
                stack.extend(below);
            }
        }
        list
    }

    /// The edge on which a message sets out first.
    fn goes_to(&self, serial: Serial) -> Option<EdgeIndex> {
        self.of(serial).find(|record| matches!(record.what, What::Departed { .. })).and_then(|record| record.edge)
    }

    pub fn relatives(&self, simulation: &Simulation, serial: Serial) -> Vec<Relative> {
        let mut list: Vec<(Serial, Trace, Relation)> = Vec::new();
        let mut add = |serial: Serial, trace: Trace, relation: Relation| {
            if !list.iter().any(|known| known.0 == serial) {
                list.push((serial, trace, relation));
            }
        };
        let Some(me) = self.message(serial).copied() else { return Vec::new() };
        let doubled = |of: Serial| self.of(of).any(|record| record.what == What::Duplicated);
        if me.from != 0 {
            if self.message(me.from).is_some() {
                add(me.from, self.trace, Relation::Cause);
            }
            let copies = me.created.is_some_and(|(node, _)| {
                let kind = simulation.plan.node(node).kind;
                matches!(kind, NodeKind::Topic | NodeKind::Bus | NodeKind::Rule)
            });
            let siblings = self.messages.iter().filter(|other| other.from == me.from && other.serial != serial);
            for other in siblings.filter(|other| other.created.map(|it| it.0) == me.created.map(|it| it.0)) {
                let again = other.payload == me.payload && self.goes_to(other.serial) == self.goes_to(serial);
                let same_time = other.created.map(|it| it.1) == me.created.map(|it| it.1);
                if copies && same_time {
                    add(other.serial, self.trace, Relation::Copy);
                } else if again && !copies {
                    add(other.serial, self.trace, Relation::Attempt);
                }
            }
        } else {
            let tries = self.messages.iter().filter(|other| other.from == 0 && other.serial != serial);
            for other in tries.filter(|other| other.payload == me.payload && other.created.is_some()) {
                add(other.serial, self.trace, Relation::Attempt);
            }
        }
        for effect in self.effects(serial) {
            let copy = doubled(serial) && effect.payload == me.payload;
            add(effect.serial, self.trace, if copy { Relation::Duplicate } else { Relation::Effect });
        }
        for (_, mate, trace) in self.mates.iter().filter(|mate| mate.0 == serial) {
            add(*mate, *trace, Relation::BatchMate);
        }
        list.into_iter()
            .map(|(serial, trace, relation)| {
                if trace == self.trace {
                    let (fate, words) = self.fate(simulation, serial);
                    Relative { serial, trace, relation, fate: Some(fate), words }
                } else {
                    Relative { serial, trace, relation, fate: None, words: tr!("Of request {trace}.", trace = trace) }
                }
            })
            .collect()
    }
}

/// Records of an invocation for a batch, which name its first message only.
fn tells_of_a_batch(what: What) -> bool {
    matches!(
        what,
        What::Started { .. }
            | What::Finished { .. }
            | What::Overloaded { .. }
            | What::LoopStopped
            | What::OutOfService
            | What::NotThere
            | What::RefusedByFault { .. }
            | What::Throttled { .. }
    )
}
