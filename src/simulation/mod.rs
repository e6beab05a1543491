//! A diagram brought to life: commands in, journal and figures out.
//!
//! Invariant: (document, seed, commands with their times) determine the journal, byte for byte, on every platform.

pub mod breakpoints;
mod command;
mod cost;
mod doors;
mod edit;
mod gateway_view;
mod ledger;
mod look;
pub mod metrics;
mod number;
pub mod past;
mod render;
mod replay;
mod report;
mod schedule;
mod story;
pub mod study;
mod view;
mod weight;
mod words;

use crate::small;
pub use command::{Command, Done};
pub use cost::{Charge, Cost, MONTH};
#[cfg(target_arch = "wasm32")]
pub(crate) use doors::Deeds;
pub use ledger::{Entries, LATE_AFTER, LedgerColumn, LedgerView, Shortfall};
pub use report::Report;
pub use story::*;
pub use view::*;

use crate::diagram::{Document, EdgeIndex, Edit, NodeIndex, NodeKind, Plan, Problem, SendOptions, check};
use crate::kernel::Time;
use crate::services::{
    Activity, AttributesId, Component, Context, Fault, Journal, Leg, Level, Message, MessageId, Operation, PayloadId,
    Pending, Record, Request, SendTemplates, Serial, Service, Services, Told, Totals, World,
};
use ledger::Ledger;
use schedule::Schedule;
use serde_json::Value;
use std::rc::Rc;
use uuid::Uuid;

/// How far [`Simulation::run_until`] came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Whether simulated time got there within the budget.
    pub reached: bool,
    /// How many events were handled.
    pub events: u64,
}

/// Events between two looks of the ledger into the journal.
const LEDGER_SLICE: u64 = 8_192;

/// A running diagram.
#[derive(Clone)]
pub struct Simulation {
    /// The document before any change.
    beginning: Rc<Document>,
    document: Document,
    plan: Plan,
    services: Services,
    world: World,
    events: u64,
    schedule: Schedule,
    log: Vec<Done>,
    ledger: Option<Box<Ledger>>,
}

impl Simulation {
    /// Builds a simulation; the same document, seed and commands always give the same journal.
    pub fn new(document: &Document, seed: u64) -> Result<Simulation, Vec<Problem>> {
        let plan = check(document)?;
        let mut simulation = Simulation {
            beginning: Rc::new(document.clone()),
            document: document.clone(),
            plan: Plan::default(),
            services: Services::default(),
            world: World::new(seed),
            events: 0,
            schedule: Schedule::default(),
            log: Vec::new(),
            ledger: None,
        };
        simulation.adopt(plan);
        simulation.arrange_faults();
        Ok(simulation)
    }

    /// The document with which the run began.
    pub fn beginning(&self) -> &Document {
        &self.beginning
    }

    pub fn seed(&self) -> u64 {
        self.world.seed
    }

    /// The same run before anything happened.
    fn begun_again(&self) -> Simulation {
        match Simulation::new(&self.beginning, self.world.seed) {
            Ok(simulation) => simulation,
            Err(_) => panic!("what began once can begin again"),
        }
    }

    /// The document with every change made so far.
    pub fn document(&self) -> &Document {
        &self.document
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    pub fn now(&self) -> Time {
        self.world.now
    }

    /// How many events were handled since the start.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// How many events are still to happen, as far as they are known now.
    pub fn pending_events(&self) -> usize {
        self.world.agenda.len()
    }

    /// When the next event is due.
    pub fn next_time(&self) -> Option<Time> {
        self.world.agenda.next_time()
    }

    /// Runs until simulated time `until`, or until `budget` events have been handled.
    pub fn run_until(&mut self, until: Time, budget: u64) -> Progress {
        let mut events = 0;
        while events < budget {
            let Some(pending) = self.world.next_event(until) else {
                if until != Time::NEVER {
                    self.world.now = self.world.now.max(until);
                }
                self.events += events;
                self.write_ledger();
                return Progress { reached: true, events };
            };
            self.handle(pending);
            events += 1;
            // Before the journal forgets anything.
            if events % LEDGER_SLICE == 0 {
                self.write_ledger();
            }
        }
        self.events += events;
        self.write_ledger();
        Progress { reached: false, events }
    }

    /// Lets time pass in which nothing happens.
    fn settle(&mut self, until: Time) {
        self.world.now = self.world.now.max(until);
    }

    fn handle(&mut self, pending: Pending) {
        match self.services.get_mut(pending.component) {
            Some(service) => {
                service.handle(pending.event(), &mut Context { world: &mut self.world, me: pending.component });
            }
            None => self.scheduled(pending.event()),
        }
    }

    /// Runs until at least one record more is in the journal. False where nothing is left to happen.
    pub fn step(&mut self) -> bool {
        let before = self.journal().count();
        while self.journal().count() == before {
            let Some(pending) = self.world.next_event(Time::NEVER) else { return false };
            self.handle(pending);
            self.events += 1;
        }
        self.write_ledger();
        true
    }

    /// A command as the log keeps it, if it is carried out now.
    fn note(&self, command: Command) -> Done {
        let time = self.now();
        let settled = self.next_time().is_none_or(|next| next > time);
        Done { time, events: (!settled).then_some(self.events), command }
    }

    /// Every command carried out since the start.
    pub fn log(&self) -> &[Done] {
        &self.log
    }

    /// Runs on to when this command was carried out and does so again. The run before has to be the same.
    pub fn replay(&mut self, done: &Done) -> Result<(), Vec<Problem>> {
        self.come_to(done.time, done.events);
        self.apply(done.command.clone())
    }

    /// Runs on to a time: all of it, or until so many events were handled since the start.
    pub fn come_to(&mut self, time: Time, events: Option<u64>) {
        let budget = events.map_or(u64::MAX, |events| events.saturating_sub(self.events));
        self.run_until(time, budget);
        self.settle(time);
    }

    fn carry_out(&mut self, command: Command) -> Result<(), Vec<Problem>> {
        match command {
            Command::Send { node, payload, count } => self.send(node, payload, count),
            Command::Edit(edit) => self.carry_out_edit(edit).map(|_| ()),
            Command::Set { target, setting, value } => {
                let edit = Edit::set(&self.document, target, &setting, value);
                self.carry_out_edit(edit).map(|_| ())
            }
            Command::Pause { node } => self.set_activity(node, Activity::Paused),
            Command::Stop { node } => self.set_activity(node, Activity::Stopped),
            Command::Resume { node } => self.set_activity(node, Activity::Running),
            Command::Inject { target, fault } => self.inject(target, fault),
            Command::Purge { queue } => self.purge(queue),
            Command::StartReplay { bus, start, end } => self.start_replay(bus, start, end),
            Command::CancelReplay { bus } => self.cancel_replay(bus),
            Command::Redrive { queue, rate, destination } => self.redrive(queue, rate, destination),
            Command::CancelRedrive { queue } => self.cancel_redrive(queue),
        }
    }

    fn find_node(&self, id: Uuid) -> Result<NodeIndex, Vec<Problem>> {
        self.plan.find_node(id).ok_or_else(|| refuse("node", tr!("There is no node with the id {id}.", id = id), ""))
    }

    fn send(&mut self, id: Uuid, payload: Value, count: u32) -> Result<(), Vec<Problem>> {
        let node = self.find_node(id)?;
        let me = Component::from(node);
        let (kind, name) = (self.plan.node(node).kind, self.plan.node(node).name.clone());
        let told = Told::new(|| {
            tr!(
                "A message was sent by hand from or to “{name}”."
                    | "{n} messages were sent by hand from or to “{name}”." % count,
                name = name
            )
        });
        let (source, detail_type, body) = event_parts(&payload);
        let world = &mut self.world;
        let operation = match kind {
            NodeKind::Client => None,
            NodeKind::Queue if is_batch(&payload) => Some(Operation::SendBatch),
            NodeKind::Queue => Some(Operation::SendMessage),
            NodeKind::Topic if payload.get("PublishBatchRequestEntries").is_some() => Some(Operation::PublishBatch),
            NodeKind::Topic => Some(Operation::Publish),
            NodeKind::Function => Some(Operation::Invoke { resource: Default::default() }),
            NodeKind::Bus if payload.get("Entries").is_some() => Some(Operation::PutEntries),
            NodeKind::Bus => Some(Operation::PutEvents {
                source: world.payloads.intern(source),
                detail_type: world.payloads.intern(detail_type),
            }),
            _ => {
                let message = tr!("Nothing can be sent straight to “{name}”.", name = name);
                return Err(refuse(
                    "node",
                    message,
                    tr!("Send from a client, or into a queue, topic, bus or function."),
                ));
            }
        };
        let (payload, options) = match kind {
            _ if matches!(operation, Some(Operation::SendBatch | Operation::PublishBatch | Operation::PutEntries)) => {
                (payload, SendOptions::default())
            }
            NodeKind::Bus => (body, SendOptions::default()),
            NodeKind::Queue => message_parts(payload, "MessageBody")?,
            NodeKind::Topic => message_parts(payload, "Message")?,
            _ => (payload, SendOptions::default()),
        };
        let payload = world.payloads.intern(payload);
        let options = SendTemplates::new(&options, &mut world.payloads);
        world.record_action(node, None, told);
        for _ in 0..count {
            let mut context = Context { world: &mut self.world, me };
            match (self.services.get_mut(me), operation) {
                (Some(Service::Client(client)), _) => client.send(payload, &mut context),
                (_, Some(operation)) => {
                    let trace = context.new_trace();
                    let message = context.create(trace, payload, AttributesId::NONE, 1);
                    options.label(message, payload, PayloadId::NULL, context.world);
                    context.call(Request::inside(me, operation, Some(message), trace, u64::MAX));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn set_activity(&mut self, id: Uuid, activity: Activity) -> Result<(), Vec<Problem>> {
        let node = self.find_node(id)?;
        let name = &self.plan.node(node).name;
        let told = Told::new(|| match activity {
            Activity::Paused => tr!("“{name}” was paused.", name = name),
            Activity::Stopped => tr!("“{name}” was stopped.", name = name),
            Activity::Running => tr!("“{name}” was resumed.", name = name),
        });
        self.world.record_action(node, None, told);
        self.world.set_activity(node.into(), activity);
        // A function's pollers stop and start with it.
        for edge in &self.plan.node(node).incoming {
            let me = Component::of_mapping(*edge);
            if let Some(Service::Mapping(mapping)) = self.services.get_mut(me) {
                self.world.set_activity(me, activity);
                if activity != Activity::Paused {
                    mapping.wake(&mut Context { world: &mut self.world, me });
                }
            }
        }
        Ok(())
    }

    fn purge(&mut self, id: Uuid) -> Result<(), Vec<Problem>> {
        let node = self.find_node(id)?;
        let me = Component::from(node);
        let name = self.plan.node(node).name.clone();
        let Some(Service::Queue(queue)) = self.services.get_mut(me) else {
            return Err(refuse(
                "queue",
                tr!("“{name}” is not a queue.", name = name),
                tr!("Only queues can be purged."),
            ));
        };
        self.world.record_action(node, None, Told::new(|| tr!("“{name}” was purged.", name = name)));
        queue.purge(&mut Context { world: &mut self.world, me });
        Ok(())
    }

    fn redrive(&mut self, id: Uuid, rate: Option<u32>, destination: Option<Uuid>) -> Result<(), Vec<Problem>> {
        let node = self.find_node(id)?;
        let destination = destination.map(|id| self.find_node(id)).transpose()?;
        let fifo = |services: &Services, node: NodeIndex| match services.of_node(node) {
            Service::Queue(queue) => Some(queue.is_fifo()),
            _ => None,
        };
        if let Some(other) = destination
            && (other == node || fifo(&self.services, other) != fifo(&self.services, node))
        {
            let message = tr!("“{}” is not another queue of the same type.", self.plan.node(other).name);
            return Err(refuse(
                "destination",
                message,
                tr!("Choose a FIFO queue for FIFO, a standard queue for standard."),
            ));
        }
        let me = Component::from(node);
        let name = self.plan.node(node).name.clone();
        let Some(Service::Queue(queue)) = self.services.get_mut(me) else {
            return Err(refuse(
                "queue",
                tr!("“{name}” is not a queue.", name = name),
                tr!("Redrive a dead-letter queue."),
            ));
        };
        if !queue.can_redrive() {
            let message = tr!("“{name}” is not the dead-letter queue of a queue.", name = name);
            return Err(refuse("queue", message, tr!("Only messages that a queue moved there can be moved back.")));
        }
        if queue.is_redriving() {
            let message = tr!("A redrive of “{name}” is running.", name = name);
            return Err(refuse("queue", message, tr!("Wait until it ends, or cancel it.")));
        }
        self.world.record_action(node, None, Told::new(|| tr!("The redrive of “{name}” was started.", name = name)));
        queue.redrive(rate, destination.map(Component::from), &mut Context { world: &mut self.world, me });
        Ok(())
    }

    fn cancel_redrive(&mut self, id: Uuid) -> Result<(), Vec<Problem>> {
        let node = self.find_node(id)?;
        let name = &self.plan.node(node).name;
        match self.services.get_mut(node.into()) {
            Some(Service::Queue(queue)) if queue.is_redriving() => {
                queue.cancel_redrive();
                let told = Told::new(|| tr!("The redrive of “{name}” was cancelled.", name = name));
                self.world.record_action(node, None, told);
                Ok(())
            }
            _ => Err(refuse("queue", tr!("No redrive of “{name}” is running.", name = name), "")),
        }
    }

    pub fn journal(&self) -> &Journal {
        &self.world.journal
    }

    pub fn activity(&self, node: NodeIndex) -> Activity {
        self.world.activity(node.into())
    }

    pub fn node_fault(&self, node: NodeIndex) -> &Fault {
        self.world.node_fault(node)
    }

    pub fn edge_fault(&self, edge: EdgeIndex) -> &Fault {
        self.world.edge_fault(edge)
    }

    pub fn totals(&self) -> Totals {
        self.world.messages.totals
    }

    /// Messages that have not ended: created less ended.
    pub fn in_progress(&self) -> u64 {
        let totals = self.totals();
        totals.created - totals.ended()
    }

    /// Walks through everything that holds messages and counts those in progress. An error names a message that nobody
    /// holds or that is held twice: then something was lost, which must never happen.
    pub fn census(&self) -> Result<u64, String> {
        let mut held: Vec<MessageId> = Vec::new();
        for service in self.services.of_plan(&self.plan) {
            service.held(&mut |message| held.push(message));
        }
        let on_the_way = self.world.calls.iter().filter(|(_, call)| call.leg != Leg::Waiting);
        held.extend(on_the_way.filter_map(|(_, call)| call.message).filter(|id| !self.world.messages.get(*id).removed));
        small::sort(&mut held);
        if let Some(twice) = held.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(format!("message {} is held twice", self.world.messages.get(twice[0]).serial));
        }
        let mut in_progress = 0;
        for message in self.world.messages.alive() {
            if held.binary_search(&message).is_err() {
                return Err(format!("message {} is held by nobody", self.world.messages.get(message).serial));
            }
            in_progress += u64::from(!self.world.messages.get(message).dead);
        }
        if held.len() != self.world.messages.alive().count() {
            return Err("something that has ended is still held".to_string());
        }
        Ok(in_progress)
    }

    /// Everything the journal still knows of one message, oldest first.
    pub fn message_records(&self, message: Serial) -> Vec<Record> {
        self.journal().since(0).filter(|(_, record)| record.message == message).map(|(_, record)| *record).collect()
    }

    /// Every token bucket that throttles something, with its level: never below 0, never above what fits in.
    pub fn buckets(&self) -> Vec<Level> {
        let mut levels = Vec::new();
        let mut note = |level| levels.push(level);
        self.world.buckets(&mut note);
        for service in self.services.of_plan(&self.plan) {
            service.buckets(self.now(), &mut note);
        }
        levels
    }

    fn service(&self, node: NodeIndex) -> &Service {
        self.services.of_node(node)
    }

    fn message(&self, id: MessageId) -> &Message {
        self.world.messages.get(id)
    }
}

fn refuse(path: &str, message: impl Into<String>, hint: &str) -> Vec<Problem> {
    vec![Problem::new(path, message).with_hint(hint)]
}

fn unknown(target: Uuid) -> Vec<Problem> {
    refuse("target", tr!("There is nothing with the id {target}.", target = target), "")
}

/// Body and options of what is sent by hand to a queue or topic: an object with the field `body`, as the service's own
/// request has it, is taken apart; anything else is the body itself.
fn message_parts(mut payload: Value, body: &str) -> Result<(Value, SendOptions), Vec<Problem>> {
    let Some(request) = payload.as_object_mut().filter(|request| request.contains_key(body)) else {
        return Ok((payload, SendOptions::default()));
    };
    let inner = request.remove(body).unwrap_or_default();
    Ok((inner, SendOptions::read_request(request)?))
}

/// Whether what is sent to a queue by hand is a SendMessageBatch: its entries have bodies.
fn is_batch(payload: &Value) -> bool {
    let entries = payload.get("Entries").and_then(Value::as_array);
    entries.is_some_and(|entries| entries.iter().any(|entry| entry.get("MessageBody").is_some()))
}

/// Source, detail-type and detail of what is sent to a bus by hand: a whole event is taken apart, anything else becomes
/// the detail.
fn event_parts(payload: &Value) -> (Value, Value, Value) {
    match (payload.get("source"), payload.get("detail-type"), payload.get("detail")) {
        (Some(source), Some(detail_type), Some(detail)) => (source.clone(), detail_type.clone(), detail.clone()),
        _ => ("by-hand".into(), "Sent by hand".into(), payload.clone()),
    }
}
