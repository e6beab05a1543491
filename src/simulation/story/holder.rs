//! Where a message that has not ended is now, and what it waits for.

use super::Simulation;
use super::request::Request;
use super::why::Fate;
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
            let words = format!(
                "Lost between {from_name} and {to_name} by a fault; {from_name} does not know yet and still waits."
            );
            return Some((Fate::Lost, words));
        }
        if simulation.world.activity(call.to) == Activity::Paused && call.leg == Leg::There {
            return Some((Fate::Waiting, format!("At the door of {to_name}, which is paused: what reaches it waits.")));
        }
        match call.leg {
            Leg::Back => Some((Fate::Moving, format!("On its way back from {to_name} to {from_name}, unserved."))),
            _ => {
                let arrives = self.of(serial).rev().find_map(|record| match record.what {
                    What::Departed { arrives, way } if way != Way::Poll => Some(arrives),
                    _ => None,
                });
                let left = arrives.map_or(0, |arrives| arrives.since(simulation.now()));
                let words = if call.delayed {
                    format!("At {to_name}, where a fault delays it.")
                } else {
                    format!("On its way from {from_name} to {to_name}, {} to go.", milliseconds(left))
                };
                Some((Fate::Moving, words))
            }
        }
    }

    fn held_by(&self, simulation: &Simulation, node: NodeIndex, id: MessageId, serial: Serial) -> (Fate, String) {
        let name = simulation.name(node);
        let now = simulation.now();
        let waits_until = self.of(serial).rev().find_map(|record| match record.what {
            What::RetryAt { at, attempt } if at > now => Some((at, format!("the next try, attempt {attempt}"))),
            What::RateLimited { until } if until > now => Some((until, "the rate limit".to_string())),
            _ => None,
        });
        let paused = if simulation.activity(node) == Activity::Paused { ", which is paused" } else { "" };
        match simulation.service(node) {
            Service::Queue(queue) => {
                let Some(entry) = queue.stored().find(|entry| entry.message == id) else {
                    return (Fate::Waiting, format!("In {name}."));
                };
                let dead = simulation.world.messages.get(id).dead;
                let place = if dead { format!("In the dead-letter queue {name}") } else { format!("In {name}") };
                let why = if dead { format!(" {}", self.why_dead(simulation, serial)) } else { String::new() };
                let fate = if dead { Fate::Dead } else { Fate::Waiting };
                match entry.state {
                    EntryState::Delayed { until } => {
                        let left = milliseconds(until.since(now));
                        (fate, format!("{place}{paused}, delayed: it can be received in {left}.{why}"))
                    }
                    EntryState::InFlight { until } => {
                        let fate = if dead { fate } else { Fate::Working };
                        (
                            fate,
                            format!(
                                "{place}{paused}, in flight: {}.{why}",
                                self.in_flight(simulation, node, serial, until)
                            ),
                        )
                    }
                    EntryState::Visible if queue.is_blocked(entry) => {
                        (fate, format!("{place}{paused}, behind another message of its group that is in flight.{why}"))
                    }
                    EntryState::Visible => {
                        (fate, format!("{place}{paused}, visible: {}.{why}", self.nobody_receives(simulation, node)))
                    }
                }
            }
            Service::Function(function) => {
                if let Some(event) = function.queued().find(|event| event.message == id) {
                    let left = milliseconds(event.next.since(now));
                    let last = self.last_failure(simulation, serial);
                    let last = last.map_or(String::new(), |words| format!(" The last time: {words}."));
                    return (
                        Fate::Waiting,
                        format!("In {name}'s own queue for asynchronous invocations, tried again in {left}.{last}"),
                    );
                }
                if let Some((until, what)) = waits_until {
                    let last = self.last_failure(simulation, serial);
                    let last = last.map_or(String::new(), |words| format!(" The last time: {words}."));
                    return (
                        Fate::Waiting,
                        format!("{name} waits {} for {what}.{last}", milliseconds(until.since(now))),
                    );
                }
                (Fate::Working, format!("{name}{paused} is working on it{}.", self.callee(simulation, node, serial)))
            }
            _ => match waits_until {
                Some((until, what)) => {
                    let last = self.last_failure(simulation, serial);
                    let last = last.map_or(String::new(), |words| format!(" The last time: {words}."));
                    (Fate::Waiting, format!("At {name}, waits {} for {what}.{last}", milliseconds(until.since(now))))
                }
                None => (Fate::Working, format!("At {name}{paused}, which is working on it.")),
            },
        }
    }

    /// Whom the code that works on a message waits for.
    fn callee(&self, simulation: &Simulation, node: NodeIndex, serial: Serial) -> String {
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
        open.map_or(String::new(), |other| format!(" and waits for {}", simulation.name(other)))
    }

    fn in_flight(&self, simulation: &Simulation, queue: NodeIndex, serial: Serial, until: Time) -> String {
        let left = milliseconds(until.since(simulation.now()));
        let by = self.of(serial).rev().find(|record| record.node != queue);
        match by.map(|record| (record.what, simulation.name(record.node))) {
            Some((What::Started { .. } | What::Batched { .. }, function)) => {
                format!("{function} works on it; without a deletion it is visible again in {left}")
            }
            Some((What::Finished { status, .. }, function)) if !status.is_success() => {
                format!("{function} failed over it; it is visible again in {left}")
            }
            Some((what, _)) if what.is_bad() => {
                let words = self.last_failure(simulation, serial).unwrap_or_default();
                format!("{words}; it is visible again in {left}")
            }
            _ => format!("a poller has it; without a deletion it is visible again in {left}"),
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
                format!("the event source mapping to {function} is disabled")
            } else if activity != Activity::Running {
                let state = if activity == Activity::Paused { "paused" } else { "stopped" };
                format!("{function} is {state}, and nothing polls for it")
            } else if !simulation.edge_fault(*edge).is_none() {
                format!("a fault between {} and {function} keeps the pollers away", simulation.name(queue))
            } else if !simulation.node_fault(queue).is_none() {
                format!("a fault of {} keeps the pollers away", simulation.name(queue))
            } else {
                format!("it waits for a free poller of {function}")
            });
        }
        match reasons.len() {
            0 if plan.node(queue).incoming.iter().any(|edge| plan.edge(*edge).kind == EdgeKind::Redrive) => {
                "nobody takes messages from here; redrive them to try again".to_string()
            }
            0 => "nothing receives from here".to_string(),
            _ => reasons.join("; "),
        }
    }
}
