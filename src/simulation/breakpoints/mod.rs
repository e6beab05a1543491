//! Breakpoints: where time stops by itself, at the very event.
//!
//! What counts is that a condition begins to hold: a breakpoint on a depth stops once when the depth is passed, and again
//! after it was not. Conditions on metrics are looked at whenever a sample is taken.

mod expression;

pub use expression::{Expression, Fault as ExpressionFault, Measured, Quantity, Scene, Since, Tally, figures_of};

use super::Simulation;
use super::metrics::Metrics;
use crate::diagram::{Document, NodeIndex};
use crate::kernel::Time;
use crate::services::{Event, Record, Serial, Service, What};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// A message, a request or a batch gets to the node.
    Arrives { node: Uuid },
    /// More than so many messages wait in the queue: visible and delayed ones.
    Depth { queue: Uuid, above: u64 },
    /// Something is moved to a dead-letter queue.
    DeadLettered,
    /// A client's request fails for good; with a node, this client's, or a run of this function or a record of its batch.
    Fails { node: Option<Uuid> },
    /// What is written holds of the metrics.
    Holds(Expression),
    /// All of these hold, each counted from its own moment on.
    AllHold(Vec<(Expression, Option<Since>)>),
    /// This time has come.
    Reached(Time),
}

impl Condition {
    /// Reads what [`Condition::words`] writes in English: `Sales queue gets a message`, `something is dead-lettered`, or an expression.
    pub fn parse(text: &str, document: &Document) -> Result<Condition, ExpressionFault> {
        let text = text.trim();
        let node = |name: &str| {
            let name = name.trim().trim_matches('"');
            let found = document.nodes.iter().find(|node| node.name == name).map(|node| node.id);
            let at = text.find(name).unwrap_or(0);
            found.ok_or_else(|| ExpressionFault { at, message: tr!("There is no node “{name}”.", name = name) })
        };
        if let Some(name) = text.strip_suffix(" gets a message") {
            return Ok(Condition::Arrives { node: node(name)? });
        }
        if let Some(name) = text.strip_prefix("a request or run fails at ") {
            return Ok(Condition::Fails { node: Some(node(name)?) });
        }
        let depth = text.strip_prefix("more than ").and_then(|rest| rest.split_once(" messages wait in "));
        if let Some((Ok(above), name)) = depth.map(|(number, name)| (number.parse(), name)) {
            return Ok(Condition::Depth { queue: node(name)?, above });
        }
        match text {
            "something is dead-lettered" => Ok(Condition::DeadLettered),
            "a request fails" => Ok(Condition::Fails { node: None }),
            _ => Expression::parse(text, document).map(Condition::Holds),
        }
    }

    /// Whether it is looked at whenever a sample is taken, and then whether it holds.
    fn at_sample(&self, simulation: &Simulation, metrics: &Metrics) -> Option<bool> {
        let sample = (simulation.now().0 / metrics.interval()) as usize;
        match self {
            Condition::Holds(expression) => Some(expression.holds(simulation, metrics, sample)),
            Condition::AllHold(list) => {
                let scene = Scene::new(simulation, metrics);
                Some(list.iter().all(|(expression, since)| expression.holds_since(&scene, since.as_ref())))
            }
            Condition::Reached(time) => Some(simulation.now() >= *time),
            _ => None,
        }
    }

    /// In words, with the nodes' names.
    pub fn words(&self, simulation: &Simulation) -> String {
        let name =
            |id: &Uuid| simulation.document().node(*id).map_or(tr!("a removed node").to_string(), |it| it.name.clone());
        match self {
            Condition::Arrives { node } => tr!("{} gets a message", name(node)),
            Condition::Depth { queue, above } => {
                tr!("more than {above} messages wait in {queue}", queue = name(queue), above = above)
            }
            Condition::DeadLettered => tr!("something is dead-lettered").to_string(),
            Condition::Fails { node: Some(node) } => tr!("a request or run fails at {}", name(node)),
            Condition::Fails { node: None } => tr!("a request fails").to_string(),
            Condition::Holds(expression) => expression.text().to_string(),
            Condition::AllHold(list) => {
                list.iter().map(|(expression, _)| expression.text()).collect::<Vec<_>>().join(" and ")
            }
            Condition::Reached(time) => tr!("it is {time}", time = time),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Breakpoint {
    pub id: u32,
    pub condition: Condition,
    pub enabled: bool,
    /// Whether it held when it was looked at last.
    held: bool,
}

/// Why time stopped.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    pub breakpoint: u32,
    pub time: Time,
    /// `Sales queue gets a message`
    pub words: String,
    pub node: Option<NodeIndex>,
    /// 0 for none.
    pub message: Serial,
}

#[derive(Clone, Debug, Default)]
pub struct Breakpoints {
    list: Vec<Breakpoint>,
    last_id: u32,
    hit: Option<Stop>,
}

/// What the latest event was: where a request arrived, if it was one.
#[derive(Clone, Copy, Default)]
struct Arrival {
    node: Option<NodeIndex>,
    message: Serial,
}

impl Breakpoints {
    pub fn add(&mut self, condition: Condition) -> u32 {
        self.last_id += 1;
        self.list.push(Breakpoint { id: self.last_id, condition, enabled: true, held: false });
        self.last_id
    }

    pub fn remove(&mut self, id: u32) {
        self.list.retain(|it| it.id != id);
    }

    pub fn enable(&mut self, id: u32, enabled: bool) {
        self.list.iter_mut().filter(|it| it.id == id).for_each(|it| it.enabled = enabled);
    }

    pub fn iter(&self) -> impl Iterator<Item = &Breakpoint> {
        self.list.iter()
    }

    /// Whether there is none that could stop anything.
    pub fn is_empty(&self) -> bool {
        !self.list.iter().any(|it| it.enabled)
    }

    /// Whether some condition is about metrics.
    pub(super) fn need_samples(&self) -> bool {
        let sampled =
            |it: &Condition| matches!(it, Condition::Holds(_) | Condition::AllHold(_) | Condition::Reached(_));
        self.list.iter().any(|it| it.enabled && sampled(&it.condition))
    }

    pub(super) fn take_hit(&mut self) -> Option<Stop> {
        self.hit.take()
    }

    /// Looks around at a moment to which time did not come by itself: what holds there already does not stop.
    pub(super) fn begin_at(&mut self, simulation: &Simulation, metrics: &Metrics) {
        self.hit = None;
        for it in &mut self.list {
            it.held = match &it.condition {
                Condition::Depth { queue, above } => depth(simulation, *queue) > *above,
                other => other.at_sample(simulation, metrics).unwrap_or(false),
            };
        }
    }

    /// Lets time pass event by event. Gives how many there were, and whether `until` was reached; it ends earlier at a
    /// breakpoint.
    pub(super) fn watch(&mut self, simulation: &mut Simulation, until: Time, budget: u64) -> (u64, bool) {
        let watched = self.watch_events(simulation, until, budget);
        simulation.write_ledger();
        watched
    }

    fn watch_events(&mut self, simulation: &mut Simulation, until: Time, budget: u64) -> (u64, bool) {
        for events in 0..budget {
            let records = simulation.journal().count();
            let Some(arrival) = simulation.one_event(until) else { return (events, true) };
            self.hit = self.look(simulation, arrival, records);
            if self.hit.is_some() {
                return (events + 1, false);
            }
        }
        (budget, false)
    }

    fn look(&mut self, simulation: &Simulation, arrival: Arrival, records: u64) -> Option<Stop> {
        let mut stop = None;
        for it in self.list.iter_mut().filter(|it| it.enabled) {
            let place = match &it.condition {
                Condition::Arrives { node } => {
                    let wanted = simulation.plan().find_node(*node);
                    (wanted.is_some() && arrival.node == wanted).then_some((arrival.node, arrival.message))
                }
                Condition::Depth { queue, above } => {
                    let now = depth(simulation, *queue) > *above;
                    let begins = now && !std::mem::replace(&mut it.held, now);
                    it.held = now;
                    begins.then(|| (simulation.plan().find_node(*queue), 0))
                }
                Condition::DeadLettered => {
                    found(simulation, records, |record| matches!(record.what, What::DeadLettered))
                }
                Condition::Fails { node } => {
                    let wanted = node.map(|id| simulation.plan().find_node(id));
                    found(simulation, records, |record| {
                        let fails = match record.what {
                            What::Answered { status, .. } => !status.is_success(),
                            What::Finished { status, .. } => wanted.is_some() && !status.is_success(),
                            // A run that is a success names the records that are none.
                            What::RecordFailed => wanted.is_some(),
                            _ => false,
                        };
                        fails && wanted.is_none_or(|wanted| wanted == Some(record.node))
                    })
                }
                _ => None,
            };
            if let (Some((node, message)), None) = (place, &stop) {
                let words = it.condition.words(simulation);
                stop = Some(Stop { breakpoint: it.id, time: simulation.now(), words, node, message });
            }
        }
        stop
    }

    /// A sample was taken, or was taken here the first time.
    pub(super) fn at_sample(&mut self, simulation: &Simulation, metrics: &Metrics) -> Option<Stop> {
        let mut stop = None;
        for it in self.list.iter_mut().filter(|it| it.enabled) {
            let Some(now) = it.condition.at_sample(simulation, metrics) else { continue };
            let begins = now && !it.held;
            it.held = now;
            if begins && stop.is_none() {
                let words = it.condition.words(simulation);
                stop = Some(Stop { breakpoint: it.id, time: simulation.now(), words, node: None, message: 0 });
            }
        }
        stop
    }
}

fn depth(simulation: &Simulation, queue: Uuid) -> u64 {
    match simulation.plan().find_node(queue).map(|node| simulation.service(node)) {
        Some(Service::Queue(queue)) => (queue.visible_count() + queue.delayed_count()) as u64,
        _ => 0,
    }
}

/// Where the first record since `from` is that fits, and which message it is about.
fn found(simulation: &Simulation, from: u64, fits: impl Fn(&Record) -> bool) -> Option<(Option<NodeIndex>, Serial)> {
    let mut records = simulation.journal().since(from);
    records.find(|(_, record)| fits(record)).map(|(_, record)| (Some(record.node), record.message))
}

impl Simulation {
    /// Handles the next event, if it is due, and tells what came where.
    fn one_event(&mut self, until: Time) -> Option<Arrival> {
        let Some(pending) = self.world.next_event(until) else {
            if until != Time::NEVER {
                self.settle(until);
            }
            return None;
        };
        let mut arrival = Arrival::default();
        if let (Event::Request(id), Ok(node)) = (pending.event(), pending.component.node())
            && let Some(call) = self.world.calls.get(id)
            && (call.message.is_some() || call.operation.is_batch())
        {
            let message = call.message.map_or(0, |message| self.message(message).serial);
            arrival = Arrival { node: Some(node), message };
        }
        self.handle(pending);
        self.events += 1;
        Some(arrival)
    }
}
