//! Where a message that has not ended is now, and what it waits for.

use super::Simulation;
use super::request::Request;
use super::why::{Fate, with_the_last_time};
use crate::diagram::settings::EdgeSettings;
use crate::diagram::{EdgeKind, NodeIndex};
use crate::kernel::Time;
use crate::services::{Activity, Component, EntryState, Leg, MessageId, Serial, Service, Way, What};
use crate::simulation::words::milliseconds;

impl Request {
    /// Where a message is that has not ended, and what it waits for.
    pub fn whereabouts(&self, simulation: &Simulation, serial: Serial) -> Option<(Fate, String)> {
        let messages = &simulation.world.messages;
        let id = messages.alive().find(|id| messages.get(*id).serial == serial)?;
        if let Some(told) = self.on_the_way(simulation, id) {
            return Some(told);
        }
        for node in simulation.plan.node_indices() {
            let mut holds = false;
            simulation.service(node).held(&mut |message| holds |= message == id);
            if holds {
                return Some(self.held_by(simulation, node, id, serial));
            }
        }
        None
    }

    fn on_the_way(&self, simulation: &Simulation, id: MessageId) -> Option<(Fate, String)> {
        let (_, call) = simulation.world.calls.iter().find(|(_, call)| call.message == Some(id))?;
        let serial = simulation.world.messages.get(id).serial;
        let last = self.of(serial).next_back();
        let node = |component: Component| {
            component.node().ok().or_else(|| call.edge.map(|edge| simulation.plan.edge(edge).to))
        };
        let (from, to) = (node(call.from)?, node(call.to)?);
        let (from_name, to_name) = (simulation.name(from), simulation.name(to));
        if let Some(What::Lost) = last.map(|record| record.what) {
            let words = tr!(
                "Lost between {from} and {to} by a fault; {from} does not know yet and still waits.",
                from = from_name,
                to = to_name
            );
            return Some((Fate::Lost, words));
        }
        if simulation.world.activity(call.to) == Activity::Paused && call.leg == Leg::There {
            return Some((Fate::Waiting, tr!("At the door of {}, which is paused: what reaches it waits.", to_name)));
        }
        match call.leg {
            Leg::Back => Some((
                Fate::Moving,
                tr!("On its way back from {to} to {from}, unserved.", to = to_name, from = from_name),
            )),
            _ => {
                let arrives = self.of(serial).rev().find_map(|record| match record.what {
                    What::Departed { arrives, way } if way != Way::Poll => Some(arrives),
                    _ => None,
                });
                let left = arrives.map_or(0, |arrives| arrives.since(simulation.now()));
                let words = if call.delayed {
                    tr!("At {}, where a fault delays it.", to_name)
                } else {
                    tr!(
                        "On its way from {from} to {to}, {span} to go.",
                        from = from_name,
                        to = to_name,
                        span = milliseconds(left)
                    )
                };
                Some((Fate::Moving, words))
            }
        }
    }

    fn held_by(&self, simulation: &Simulation, node: NodeIndex, id: MessageId, serial: Serial) -> (Fate, String) {
        let name = simulation.name(node);
        let now = simulation.now();
        let waits_until = self.of(serial).rev().find_map(|record| match record.what {
            What::RetryAt { at, attempt } if at > now => Some((at, tr!("the next try, attempt {}", attempt))),
            What::RateLimited { until } if until > now => Some((until, tr!("the rate limit").to_string())),
            _ => None,
        });
        let paused = simulation.activity(node) == Activity::Paused;
        // The place with which a sentence begins.
        let place = match paused {
            true => tr!("At {}, which is paused", name),
            false => tr!("At {}", name),
        };
        match simulation.service(node) {
            Service::Queue(queue) => {
                let Some(entry) = queue.stored().find(|entry| entry.message == id) else {
                    return (Fate::Waiting, tr!("In {}.", name));
                };
                let dead = simulation.world.messages.get(id).dead;
                let place = match (dead, paused) {
                    (false, false) => tr!("In {}", name),
                    (false, true) => tr!("In {}, which is paused", name),
                    (true, false) => tr!("In the dead-letter queue {}", name),
                    (true, true) => tr!("In the dead-letter queue {}, which is paused", name),
                };
                let fate = if dead { Fate::Dead } else { Fate::Waiting };
                let (fate, words) = match entry.state {
                    EntryState::Delayed { until } => {
                        let left = milliseconds(until.since(now));
                        (fate, tr!("{place}, delayed: it can be received in {left}.", place = place, left = left))
                    }
                    EntryState::InFlight { until } => {
                        let fate = if dead { fate } else { Fate::Working };
                        let why = self.in_flight(simulation, node, serial, until);
                        (fate, tr!("{place}, in flight: {why}.", place = place, why = why))
                    }
                    EntryState::Visible if queue.is_blocked(entry) => {
                        (fate, tr!("{}, behind another message of its group that is in flight.", place))
                    }
                    EntryState::Visible => {
                        let why = self.nobody_receives(simulation, node);
                        (fate, tr!("{place}, visible: {why}.", place = place, why = why))
                    }
                };
                if dead { (fate, format!("{words} {}", self.why_dead(simulation, serial))) } else { (fate, words) }
            }
            Service::Function(function) => {
                if let Some(event) = function.queued().find(|event| event.message == id) {
                    let left = milliseconds(event.next.since(now));
                    let words = tr!(
                        "In {name}'s own queue for asynchronous invocations, tried again in {left}.",
                        name = name,
                        left = left
                    );
                    return (Fate::Waiting, with_the_last_time(words, self.last_failure(simulation, serial)));
                }
                if let Some((until, what)) = waits_until {
                    let words = tr!(
                        "{name} waits {span} for {what}.",
                        name = name,
                        span = milliseconds(until.since(now)),
                        what = what
                    );
                    return (Fate::Waiting, with_the_last_time(words, self.last_failure(simulation, serial)));
                }
                let words = match (paused, self.callee(simulation, node, serial)) {
                    (false, None) => tr!("{} is working on it.", name),
                    (true, None) => tr!("{}, which is paused, is working on it.", name),
                    (false, Some(other)) => {
                        tr!("{name} is working on it and waits for {other}.", name = name, other = other)
                    }
                    (true, Some(other)) => tr!(
                        "{name}, which is paused, is working on it and waits for {other}.",
                        name = name,
                        other = other
                    ),
                };
                (Fate::Working, words)
            }
            _ => match waits_until {
                Some((until, what)) => {
                    let words = tr!(
                        "At {name}, waits {span} for {what}.",
                        name = name,
                        span = milliseconds(until.since(now)),
                        what = what
                    );
                    (Fate::Waiting, with_the_last_time(words, self.last_failure(simulation, serial)))
                }
                None => (Fate::Working, tr!("{}, which is working on it.", place)),
            },
        }
    }

    /// Whom the code that works on a message waits for.
    fn callee<'s>(&self, simulation: &'s Simulation, node: NodeIndex, serial: Serial) -> Option<&'s str> {
        let open = self.effects(serial).find_map(|effect| {
            let last = self.of(effect.serial).rfind(|record| record.node == node)?;
            let answered = self.of(effect.serial).any(|record| {
                matches!(record.what, What::Replied { .. }) && record.edge == last.edge && record.time >= last.time
            });
            match (last.what, last.edge) {
                (What::Departed { .. }, Some(edge)) if !answered => Some(simulation.other_end(edge, node)),
                _ => None,
            }
        });
        open.map(|other| simulation.name(other))
    }

    fn in_flight(&self, simulation: &Simulation, queue: NodeIndex, serial: Serial, until: Time) -> String {
        let left = milliseconds(until.since(simulation.now()));
        let by = self.of(serial).rev().find(|record| record.node != queue);
        match by.map(|record| (record.what, simulation.name(record.node))) {
            Some((What::Started { .. } | What::Batched { .. }, function)) => {
                tr!(
                    "{function} works on it; without a deletion it is visible again in {left}",
                    function = function,
                    left = left
                )
            }
            Some((What::Finished { status, .. }, function)) if !status.is_success() => {
                tr!("{function} failed over it; it is visible again in {left}", function = function, left = left)
            }
            Some((what, _)) if what.is_bad() => {
                let words = self.last_failure(simulation, serial).unwrap_or_default();
                tr!("{words}; it is visible again in {left}", words = words, left = left)
            }
            _ => tr!("a poller has it; without a deletion it is visible again in {}", left),
        }
    }

    /// Why a visible message is not received.
    pub fn nobody_receives(&self, simulation: &Simulation, queue: NodeIndex) -> String {
        let plan = &simulation.plan;
        let mappings = plan.node(queue).outgoing.iter().filter(|edge| {
            let edge = plan.edge(**edge);
            edge.kind == EdgeKind::EventSourceMapping && !edge.removed
        });
        let mut reasons = Vec::new();
        for edge in mappings {
            let planned = plan.edge(*edge);
            let function = simulation.name(planned.to);
            let enabled = matches!(&planned.settings, EdgeSettings::Mapping(mapping) if mapping.enabled);
            let activity = simulation.activity(planned.to);
            reasons.push(if !enabled {
                tr!("the event source mapping to {} is disabled", function)
            } else if activity == Activity::Paused {
                tr!("{} is paused, and nothing polls for it", function)
            } else if activity != Activity::Running {
                tr!("{} is stopped, and nothing polls for it", function)
            } else if !simulation.edge_fault(*edge).is_none() {
                tr!(
                    "a fault between {queue} and {function} keeps the pollers away",
                    queue = simulation.name(queue),
                    function = function
                )
            } else if !simulation.node_fault(queue).is_none() {
                tr!("a fault of {} keeps the pollers away", simulation.name(queue))
            } else {
                tr!("it waits for a free poller of {}", function)
            });
        }
        match reasons.len() {
            0 if plan.node(queue).incoming.iter().any(|edge| plan.edge(*edge).kind == EdgeKind::Redrive) => {
                tr!("nobody takes messages from here; redrive them to try again").to_string()
            }
            0 => tr!("nothing receives from here").to_string(),
            _ => reasons.join("; "),
        }
    }
}
