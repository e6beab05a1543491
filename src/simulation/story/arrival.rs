//! Why nothing of a request has arrived at a node: the obstacle that came closest.

use super::Simulation;
use super::request::Request;
use super::why::{Fate, inactive_words};
use crate::diagram::{EdgeIndex, EdgeKind, NodeIndex, NodeKind};
use crate::kernel::Time;
use crate::services::{Ending, Record, Serial, Service, Way, What};
use std::collections::VecDeque;

/// Whether something of a request has arrived at a node, or why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    pub arrived: bool,
    pub sentence: String,
    /// The message that came closest, 0 for none, and where it ended or is.
    pub message: Serial,
    pub place: Option<NodeIndex>,
}

/// Something that keeps a request from a node.
struct Obstacle {
    place: NodeIndex,
    time: Time,
    message: Serial,
    sentence: String,
}

impl Request {
    pub fn arrival(&self, simulation: &Simulation, node: NodeIndex) -> Arrival {
        if let Some(record) = self.records.iter().map(|told| &told.record).find(|it| arrives(simulation, it, node)) {
            let sentence = tr!("It did arrive: {what} at {time}.", what = simulation.tell(record), time = record.time);
            return Arrival { arrived: true, sentence, message: record.message, place: Some(node) };
        }
        let distances = distances_to(simulation, node);
        let distance = |place: NodeIndex| distances.get(place.usize()).copied().flatten();
        let mut obstacles = self.message_obstacles(simulation);
        obstacles.extend(self.rule_obstacles(simulation));
        obstacles.extend(self.subscription_obstacles(simulation));
        let closest = obstacles
            .into_iter()
            .filter_map(|obstacle| Some((distance(obstacle.place)?, obstacle)))
            .min_by_key(|(steps, obstacle)| (*steps, u64::MAX - obstacle.time.0));
        if let Some((_, obstacle)) = closest {
            let Obstacle { place, message, sentence, .. } = obstacle;
            return Arrival { arrived: false, sentence, message, place: Some(place) };
        }
        let (sentence, place) = self.nothing_was_sent(simulation, node, &distances);
        Arrival { arrived: false, sentence, message: 0, place }
    }

    /// Messages that did not get any further, or are still on their way.
    fn message_obstacles(&self, simulation: &Simulation) -> Vec<Obstacle> {
        let mut list = Vec::new();
        for message in &self.messages {
            let (fate, sentence) = self.fate(simulation, message.serial);
            if matches!(fate, Fate::Arrived | Fate::Redriven | Fate::Unknown) {
                continue;
            }
            let Some(last) = self.of(message.serial).next_back() else { continue };
            let serial = message.serial;
            let obstacle = |place| Obstacle { place, time: last.time, message: serial, sentence: sentence.clone() };
            // It was on its way to wherever it set out for, if somebody refused it there.
            let mut targets = self.of(serial).filter_map(|record| match (record.what, record.edge) {
                (
                    What::Departed { way: Way::Request | Way::Message, .. }
                    | What::FilterRefused
                    | What::Undeliverable { .. },
                    Some(edge),
                ) => Some(simulation.other_end(edge, record.node)),
                _ => None,
            });
            match targets.next_back() {
                Some(target) if fate == Fate::Lost || fate == Fate::Filtered => list.push(obstacle(target)),
                _ => list.push(obstacle(last.node)),
            }
        }
        list
    }

    /// Rules that left an event which other rules took.
    fn rule_obstacles(&self, simulation: &Simulation) -> Vec<Obstacle> {
        let refusals = self.records.iter().filter(|told| told.record.what == What::FilterRefused);
        let mut list: Vec<Obstacle> = refusals
            .filter_map(|told| {
                let edge = told.record.edge?;
                let sentence = tr!("Filtered out: {}.", self.refusal(simulation, &told.record));
                let (time, message) = (told.record.time, told.about);
                Some(Obstacle { place: simulation.plan.edge(edge).to, time, message, sentence })
            })
            .collect();
        for told in &self.records {
            let record = told.record;
            let taken = matches!(record.what, What::Ended(Ending::Processed | Ending::Filtered));
            if !taken || simulation.plan.node(record.node).kind != NodeKind::Bus {
                continue;
            }
            let Service::Bus(bus) = simulation.service(record.node) else { continue };
            list.extend(bus.rules.iter().filter(|rule| !rule.enabled).map(|rule| Obstacle {
                place: rule.rule,
                time: record.time,
                message: record.message,
                sentence: tr!("Did not arrive: the rule {} is disabled.", simulation.name(rule.rule)),
            }));
        }
        list
    }

    /// Subscriptions that get nothing of a topic which others get something of.
    fn subscription_obstacles(&self, simulation: &Simulation) -> Vec<Obstacle> {
        let fanned = self.records.iter().filter(|told| matches!(told.record.what, What::FannedOut { .. }));
        let mut list = Vec::new();
        for told in fanned {
            let Service::Topic(topic) = simulation.service(told.record.node) else { continue };
            for receiver in topic.receivers.list.iter().filter(|receiver| !receiver.active) {
                let sentence = tr!("Did not arrive: {}.", inactive_words(simulation, receiver.edge));
                let (time, message) = (told.record.time, told.about);
                list.push(Obstacle { place: receiver.to, time, message, sentence });
            }
        }
        list
    }

    /// Everything ended well, and nothing was sent that way.
    fn nothing_was_sent(
        &self,
        simulation: &Simulation,
        node: NodeIndex,
        distances: &[Option<u32>],
    ) -> (String, Option<NodeIndex>) {
        let to = simulation.name(node);
        let mut touched: Vec<NodeIndex> = self.records.iter().map(|told| told.record.node).collect();
        touched.sort_unstable();
        touched.dedup();
        let nearest = touched
            .into_iter()
            .filter_map(|place| Some((distances.get(place.usize()).copied().flatten()?, place)))
            .min();
        match nearest {
            Some((_, place)) if simulation.plan.node(place).kind == NodeKind::Function => {
                let name = simulation.name(place);
                let words = tr!(
                    "Did not arrive: {name} ran and sent nothing towards {to}; no step of its handler that ran does so.",
                    name = name,
                    to = to
                );
                (words, Some(place))
            }
            Some((_, place)) => {
                let name = simulation.name(place);
                (
                    tr!(
                        "Did not arrive: it came as far as {name}, and nothing was sent on towards {to}.",
                        name = name,
                        to = to
                    ),
                    Some(place),
                )
            }
            None => (tr!("Nothing leads to {to} from where this request has been.", to = to), None),
        }
    }
}

/// Whether a record tells that something got to a node and was taken there.
fn arrives(simulation: &Simulation, record: &Record, node: NodeIndex) -> bool {
    if record.node != node {
        return false;
    }
    match record.what {
        What::Visible
        | What::Delayed { .. }
        | What::FannedOut { .. }
        | What::RuleMatched
        | What::RowWritten { .. }
        | What::RowKept
        | What::RowReplaced
        | What::RowRead { .. }
        | What::Mailed
        | What::Fired => true,
        What::Finished { status, .. } => status.is_success(),
        What::Ended(Ending::Processed) => true,
        What::Departed { .. } | What::FoundInCache => simulation.plan.node(node).kind == NodeKind::Gateway,
        _ => false,
    }
}

/// How many steps it is from each node to this one, along the edges; messages are received against theirs by pollers, but
/// come along them.
fn distances_to(simulation: &Simulation, node: NodeIndex) -> Vec<Option<u32>> {
    let plan = &simulation.plan;
    let mut distances: Vec<Option<u32>> = vec![None; plan.nodes.len()];
    let mut line = VecDeque::from([node]);
    if let Some(own) = distances.get_mut(node.usize()) {
        *own = Some(0);
    }
    let leads = |edge: EdgeIndex| !plan.edge(edge).removed && plan.edge(edge).kind != EdgeKind::Redrive;
    while let Some(place) = line.pop_front() {
        let steps = distances[place.usize()].unwrap_or(0);
        for edge in plan.node(place).incoming.iter().copied().filter(|edge| leads(*edge)) {
            let from = plan.edge(edge).from;
            if distances[from.usize()].is_none() {
                distances[from.usize()] = Some(steps + 1);
                line.push_back(from);
            }
        }
    }
    distances
}
