//! The event source mapping: the pollers that read a queue for a function.
//!
//! Each poller takes a batch, filters it, runs the function for it and deletes what was worked on. What failed stays in
//! the queue until its visibility timeout ends (services-sqs-errorhandling). A mapping starts with five pollers and, as
//! long as all of them are busy, adds 300 a minute (services-sqs-scaling).

use super::call::{BatchId, CallId, Operation};
use super::component::Component;
use super::fault::Activity;
use super::journal::{Status, Way, What};
use super::payload::PayloadId;
use super::world::{Context, Event, Outcome, Reply, Request, Trip};
use crate::diagram::settings::{EdgeSettings, MappingSettings};
use crate::diagram::{EdgeIndex, NodeIndex, Plan};
use crate::kernel::{MILLISECOND, SECOND, Time};
use crate::rules;
use rustc_hash::FxHashMap;

/// What one ReceiveMessage gives at the most: API_ReceiveMessage.
const RECEIVE_MAXIMUM: usize = 10;
/// Pollers use long polling: services-sqs-scaling.
const LONG_POLL: u64 = 20 * SECOND;
/// 300 a minute.
const SCALING_PAUSE: u64 = 200 * MILLISECOND;
/// After an error a poller pauses, twice as long each time. The service says only that it backs off; these are ours.
const BACK_OFF: u64 = SECOND;
const MAXIMUM_BACK_OFF: u64 = 30 * SECOND;
/// How soon a throttled batch is offered again. The service does not publish it.
const THROTTLE_PAUSE: u64 = SECOND;

const TIMER_SCALE: u8 = 0;
const TIMER_POLLER: u8 = 1;
/// Makes a mapping look at its pollers again: after it was enabled, or the function was started.
pub const TIMER_WAKE: u8 = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollerState {
    /// Does nothing: the mapping is disabled or needs fewer pollers.
    Resting,
    Polling {
        call: CallId,
    },
    Invoking {
        batch: BatchId,
    },
    /// The function was throttled; the batch is offered again.
    Throttled {
        batch: BatchId,
        pauses: u32,
    },
    Deleting {
        batch: BatchId,
    },
    BackingOff,
}

#[derive(Clone, Copy, Debug)]
struct Poller {
    state: PollerState,
    /// What was gathered so far, and until when more is gathered.
    gathered: Option<(BatchId, Time)>,
    failures: u32,
    received: Time,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub polls: u64,
    pub empty_polls: u64,
    pub filtered: u64,
    pub batches: u64,
    pub failed_batches: u64,
}

#[derive(Clone, Debug)]
pub struct Mapping {
    pub edge: EdgeIndex,
    queue: Component,
    function: Component,
    pub queue_node: NodeIndex,
    settings: MappingSettings,
    visibility_timeout: u64,
    pollers: Vec<Poller>,
    scaling: bool,
    /// Its edge is not in the diagram any longer: what it has begun comes to its end, and nothing more is read.
    pub removed: bool,
    /// Whether a payload passes the filter criteria.
    passes: FxHashMap<PayloadId, bool>,
    pub counts: Counts,
}

impl Mapping {
    pub fn new(plan: &Plan, edge: EdgeIndex) -> Option<Self> {
        let planned = plan.edge(edge);
        let EdgeSettings::Mapping(settings) = &planned.settings else { return None };
        let mut mapping = Mapping {
            edge,
            queue: planned.from.into(),
            function: planned.to.into(),
            queue_node: planned.from,
            settings: settings.as_ref().clone(),
            visibility_timeout: 0,
            pollers: Vec::new(),
            scaling: false,
            removed: false,
            passes: FxHashMap::default(),
            counts: Counts::default(),
        };
        mapping.configure(plan);
        Some(mapping)
    }

    /// Takes over changed settings; [`Mapping::wake`] then puts them into effect.
    pub fn configure(&mut self, plan: &Plan) {
        let planned = plan.edge(self.edge);
        if let EdgeSettings::Mapping(settings) = &planned.settings {
            self.settings = settings.as_ref().clone();
        }
        if let crate::diagram::NodeSettings::Queue(queue) = &plan.node(planned.from).settings {
            self.visibility_timeout = queue.visibility_timeout;
        }
        self.removed = planned.removed;
        self.passes.clear();
    }

    pub fn handle(&mut self, event: Event, context: &mut Context<'_>) {
        match event {
            Event::Request(call) => context.reply(call, Status::Http(400), PayloadId::NULL, None),
            Event::Reply(call) => {
                if let Some(reply) = context.take_reply(call) {
                    self.answered(reply, context);
                }
            }
            Event::Timer { tag: TIMER_SCALE, .. } => self.scale(context),
            Event::Timer { tag: TIMER_POLLER, token } => self.continue_poller(token as usize, context),
            Event::Timer { .. } => self.wake(context),
        }
    }

    fn enabled(&self, context: &Context<'_>) -> bool {
        self.settings.enabled && !self.removed && context.activity() == Activity::Running
    }

    /// Sets resting pollers to work, or calls back those that wait at the queue.
    pub fn wake(&mut self, context: &mut Context<'_>) {
        if self.enabled(context) {
            while self.pollers.len() < self.settings.initial_pollers {
                let poller = Poller { state: PollerState::Resting, gathered: None, failures: 0, received: Time::ZERO };
                self.pollers.push(poller);
            }
            for index in 0..self.pollers.len() {
                if self.pollers[index].state == PollerState::Resting {
                    self.poll(index, context);
                }
            }
        } else {
            for poller in &mut self.pollers {
                if let PollerState::Polling { call } = poller.state {
                    context.abandon(call);
                    poller.state = PollerState::Resting;
                }
            }
            for index in 0..self.pollers.len() {
                // What was gathered goes back to the queue when its visibility timeout ends.
                if self.pollers[index].state == PollerState::Resting
                    && let Some((batch, _)) = self.pollers[index].gathered.take()
                {
                    context.free_batch(batch);
                }
            }
        }
    }

    /// Sends a poller to the queue, or to rest.
    fn poll(&mut self, index: usize, context: &mut Context<'_>) {
        let surplus = index >= self.settings.maximum_pollers.max(self.settings.initial_pollers);
        if !self.enabled(context) || surplus {
            self.pollers[index].state = PollerState::Resting;
            if let Some((batch, _)) = self.pollers[index].gathered.take() {
                context.free_batch(batch);
            }
            return;
        }
        let gathered = self.pollers[index].gathered;
        let have = gathered.map_or(0, |(batch, _)| context.batch(batch).len());
        let maximum = (self.settings.batch_size - have.min(self.settings.batch_size)).min(RECEIVE_MAXIMUM) as u16;
        let wait = gathered.map_or(LONG_POLL, |(_, until)| until.since(context.now()).clamp(1, LONG_POLL));
        self.counts.polls += 1;
        let call = context.call(Request {
            edge: Some(self.edge),
            to: Some(self.queue),
            operation: Operation::Receive { maximum, wait },
            message: None,
            trace: 0,
            tag: index as u64,
            way: Way::Poll,
            trip: Trip::Back,
        });
        self.pollers[index].state = PollerState::Polling { call };
        self.watch_load(context);
    }

    fn answered(&mut self, reply: Reply, context: &mut Context<'_>) {
        let index = reply.tag as usize;
        let Some(poller) = self.pollers.get(index).copied() else { return };
        match (reply.operation, poller.state) {
            (Operation::Receive { .. }, _) => self.received(index, reply, context),
            (Operation::InvokeBatch { .. }, PollerState::Invoking { batch }) => {
                self.invoked(index, batch, reply.status, context);
            }
            (Operation::Delete { .. }, PollerState::Deleting { batch }) => {
                context.free_batch(batch);
                if self.pollers[index].failures > 0 {
                    self.back_off(index, context);
                } else {
                    self.poll(index, context);
                }
            }
            _ => {}
        }
    }

    fn received(&mut self, index: usize, reply: Reply, context: &mut Context<'_>) {
        if !reply.status.is_success() {
            self.pollers[index].failures += 1;
            self.back_off(index, context);
            return;
        }
        let Some(batch) = reply.batch else {
            self.counts.empty_polls += 1;
            match self.pollers[index].gathered.take() {
                Some((batch, _)) => self.filter(index, batch, context),
                // A poller more than at first that finds nothing is not needed any longer.
                None if index >= self.settings.initial_pollers && index + 1 == self.pollers.len() => {
                    self.pollers.pop();
                }
                None => self.poll(index, context),
            }
            return;
        };
        let now = context.now();
        let (batch, until) = match self.pollers[index].gathered.take() {
            None => {
                self.pollers[index].received = now;
                (batch, now + self.settings.batching_window)
            }
            Some((gathered, until)) => {
                let records = context.batch(batch).to_vec();
                context.batch_mut(gathered).extend(records);
                context.free_batch(batch);
                (gathered, until)
            }
        };
        if context.batch(batch).len() < self.settings.batch_size && until > now {
            self.pollers[index].gathered = Some((batch, until));
            self.poll(index, context);
        } else {
            self.filter(index, batch, context);
        }
    }

    /// Takes out what the filter criteria refuse, and runs the function for the rest.
    fn filter(&mut self, index: usize, batch: BatchId, context: &mut Context<'_>) {
        if !self.settings.filters.is_empty() {
            for position in 0..context.batch(batch).len() {
                let record = context.batch(batch)[position];
                if !self.passes(record.payload, context) {
                    context.batch_mut(batch)[position].outcome = Outcome::Filtered;
                    self.counts.filtered += 1;
                    context.record_on(self.edge, None, What::FilterRefused);
                }
            }
            let filtered: Vec<_> =
                context.batch(batch).iter().filter(|record| record.outcome == Outcome::Filtered).copied().collect();
            if !filtered.is_empty() {
                context.batch_mut(batch).retain(|record| record.outcome != Outcome::Filtered);
                let refused = context.new_batch();
                context.batch_mut(refused).extend(filtered);
                if context.batch(batch).is_empty() {
                    context.free_batch(batch);
                    self.delete(index, refused, context);
                    return;
                }
                // The function does not wait for their deletion, and nothing waits for its answer.
                let operation = Operation::Delete { batch: refused };
                let call = context.call(Request::inside(self.queue, operation, None, 0, u64::MAX));
                context.abandon(call);
            }
        }
        self.invoke(index, batch, 0, context);
    }

    fn passes(&mut self, payload: PayloadId, context: &Context<'_>) -> bool {
        let filters = &self.settings.filters;
        *self.passes.entry(payload).or_insert_with(|| {
            let text = format!("{{\"body\":{}}}", context.world.payloads.get(payload).text);
            rules::Event::parse(&text).is_ok_and(|event| filters.iter().any(|filter| filter.matches(&event)))
        })
    }

    fn invoke(&mut self, index: usize, batch: BatchId, pauses: u32, context: &mut Context<'_>) {
        if pauses == 0 {
            self.counts.batches += 1;
        }
        let trace = context.batch(batch).first().map_or(0, |record| record.trace);
        let operation = Operation::InvokeBatch { batch, report: self.settings.report_batch_item_failures };
        context.call(Request::inside(self.function, operation, None, trace, index as u64));
        self.pollers[index].state = PollerState::Invoking { batch };
        self.watch_load(context);
    }

    fn invoked(&mut self, index: usize, batch: BatchId, status: Status, context: &mut Context<'_>) {
        match status {
            Status::OK => {
                self.pollers[index].failures = 0;
                self.delete(index, batch, context);
            }
            // The same batch is offered again until its messages become visible to others. Their receive counts grow
            // though the code never ran: services-sqs-errorhandling.
            Status::THROTTLED | Status::UNAVAILABLE => {
                let pauses = match self.pollers[index].state {
                    PollerState::Throttled { pauses, .. } => pauses,
                    _ => 0,
                };
                let given_up = context.now() + THROTTLE_PAUSE >= self.pollers[index].received + self.visibility_timeout;
                if given_up {
                    self.give_up(index, batch, context);
                } else {
                    self.pollers[index].state = PollerState::Throttled { batch, pauses: pauses + 1 };
                    context.timer(THROTTLE_PAUSE, TIMER_POLLER, index as u64);
                }
            }
            _ => self.give_up(index, batch, context),
        }
    }

    /// Leaves the batch to its visibility timeout.
    fn give_up(&mut self, index: usize, batch: BatchId, context: &mut Context<'_>) {
        self.counts.failed_batches += 1;
        self.pollers[index].failures += 1;
        context.free_batch(batch);
        self.back_off(index, context);
    }

    fn delete(&mut self, index: usize, batch: BatchId, context: &mut Context<'_>) {
        context.call(Request::inside(self.queue, Operation::Delete { batch }, None, 0, index as u64));
        self.pollers[index].state = PollerState::Deleting { batch };
    }

    fn back_off(&mut self, index: usize, context: &mut Context<'_>) {
        let failures = self.pollers[index].failures.clamp(1, 16);
        let pause = (BACK_OFF << (failures - 1)).min(MAXIMUM_BACK_OFF);
        self.pollers[index].state = PollerState::BackingOff;
        context.timer(pause, TIMER_POLLER, index as u64);
    }

    fn continue_poller(&mut self, index: usize, context: &mut Context<'_>) {
        match self.pollers.get(index).map(|poller| poller.state) {
            Some(PollerState::BackingOff) => self.poll(index, context),
            Some(PollerState::Throttled { batch, pauses }) => self.invoke(index, batch, pauses, context),
            _ => {}
        }
    }

    fn saturated(&self) -> bool {
        self.pollers.len() < self.settings.maximum_pollers
            && !self
                .pollers
                .iter()
                .any(|poller| matches!(poller.state, PollerState::Polling { .. } | PollerState::BackingOff))
    }

    /// While no poller waits at the queue, messages may be waiting there.
    fn watch_load(&mut self, context: &mut Context<'_>) {
        if !self.scaling && self.saturated() {
            self.scaling = true;
            context.timer(SCALING_PAUSE, TIMER_SCALE, 0);
        }
    }

    fn scale(&mut self, context: &mut Context<'_>) {
        self.scaling = false;
        if self.saturated() && self.enabled(context) {
            let poller = Poller { state: PollerState::Resting, gathered: None, failures: 0, received: Time::ZERO };
            self.pollers.push(poller);
            self.poll(self.pollers.len() - 1, context);
        }
    }

    pub fn enabled_by_settings(&self) -> bool {
        self.settings.enabled
    }

    pub fn pollers(&self) -> impl Iterator<Item = PollerState> + '_ {
        self.pollers.iter().map(|poller| poller.state).filter(|state| *state != PollerState::Resting)
    }
}
