//! The event source mapping: the pollers that read a queue for a function.
//!
//! Each poller takes a batch, filters it, runs the function for it and deletes what was worked on. What failed stays in
//! the queue until its visibility timeout ends (services-sqs-errorhandling). A mapping starts with five pollers and, as
//! long as all of them are busy, adds 300 a minute (services-sqs-scaling). From a FIFO queue they get only what the
//! queue's groups allow, so there are never more invocations than groups.

use super::call::{BatchId, BatchReport, CallId, Operation};
use super::component::Component;
use super::fault::Activity;
use super::journal::{Status, Way, What};
use super::message::Envelope;
use super::payload::{AttributesId, PayloadId, Payloads};
use super::world::{BatchRecord, Context, Event, Outcome, Reply, Request, Trip};
use crate::diagram::settings::{EdgeSettings, FailureReport, MappingSettings};
use crate::diagram::{EdgeIndex, NodeIndex, NodeSettings, Plan};
use crate::kernel::{MILLISECOND, SECOND, Time};
use crate::rules;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};

/// What one ReceiveMessage gives at the most: API_ReceiveMessage.
pub const RECEIVE_MAXIMUM: usize = 10;
/// Pollers use long polling: services-sqs-scaling.
pub const LONG_POLL: u64 = 20 * SECOND;
/// What one invocation's payload may hold, in bytes: gettingstarted-limits.
pub const MAXIMUM_PAYLOAD: u64 = 6 * 1024 * 1024;
/// What a record's metadata (ids, attributes, ARNs) adds to its body. It counts, says the service, but not how much.
const RECORD_METADATA: u64 = 512;
/// After an error a poller pauses, twice as long each time. The service says only that it backs off; these are ours.
const BACK_OFF: u64 = SECOND;
const MAXIMUM_BACK_OFF: u64 = 30 * SECOND;
/// How soon a throttled batch is offered again. The service does not publish it.
const THROTTLE_PAUSE: u64 = SECOND;
/// Between two short polls of which the first found nothing: also where the mapping has no latency, time goes on.
const SHORT_POLL_PAUSE: u64 = MILLISECOND;

const TIMER_SCALE: u8 = 0;
const TIMER_POLLER: u8 = 1;
const TIMER_HEARTBEAT: u8 = 3;
/// Makes a mapping look at its pollers again: after it was enabled, or the function was started.
pub const TIMER_WAKE: u8 = 2;

/// The tag of calls for whose answer no poller waits. They have a batch of their own.
const DETACHED: u64 = u64::MAX;

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
    /// How many bytes that is.
    bytes: u64,
    /// What did not fit into the invocation before.
    leftover: Option<BatchId>,
    failures: u32,
    received: Time,
    /// Counts invocations, so that a heartbeat knows its own.
    beat: u32,
}

impl Poller {
    const NEW: Poller = Poller {
        state: PollerState::Resting,
        gathered: None,
        bytes: 0,
        leftover: None,
        failures: 0,
        received: Time::ZERO,
        beat: 0,
    };
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub polls: u64,
    pub empty_polls: u64,
    pub filtered: u64,
    pub batches: u64,
    pub failed_batches: u64,
    /// Times that the function had no concurrency for a batch.
    pub throttles: u64,
    /// Records that the function named as failed.
    pub failed_records: u64,
}

#[derive(Clone, Debug)]
pub struct Mapping {
    pub edge: EdgeIndex,
    queue: Component,
    function: Component,
    pub queue_node: NodeIndex,
    settings: MappingSettings,
    visibility_timeout: u64,
    /// How long a poll waits at the queue; 0 is a short poll.
    wait: u64,
    fifo: bool,
    pollers: Vec<Poller>,
    scaling: bool,
    /// Its edge is not in the diagram any longer: what it has begun comes to its end, and nothing more is read.
    pub removed: bool,
    /// Whether a message passes the filter criteria.
    passes: FxHashMap<(PayloadId, AttributesId, Envelope), bool>,
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
            wait: LONG_POLL,
            fifo: false,
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
        if let NodeSettings::Queue(queue) = &plan.node(planned.from).settings {
            self.visibility_timeout = queue.visibility_timeout;
            self.wait = if self.settings.polls_as_queue { queue.receive_wait } else { LONG_POLL };
            self.fifo = queue.fifo;
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
            Event::Timer { tag: TIMER_HEARTBEAT, token } => self.beat((token >> 32) as usize, token as u32, context),
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
                self.pollers.push(Poller::NEW);
            }
            for index in 0..self.settings.initial_pollers {
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
                if self.pollers[index].state == PollerState::Resting {
                    self.let_go(index, context);
                }
            }
        }
    }

    /// What was gathered goes back to the queue when its visibility timeout ends.
    fn let_go(&mut self, index: usize, context: &mut Context<'_>) {
        let poller = &mut self.pollers[index];
        poller.bytes = 0;
        let batches = [poller.gathered.take().map(|gathered| gathered.0), poller.leftover.take()];
        batches.into_iter().flatten().for_each(|batch| context.free_batch(batch));
    }

    /// Sends a poller to the queue, or to rest.
    fn poll(&mut self, index: usize, context: &mut Context<'_>) {
        let surplus = index >= self.settings.maximum_pollers.max(self.settings.initial_pollers);
        if !self.enabled(context) || surplus {
            self.pollers[index].state = PollerState::Resting;
            self.let_go(index, context);
            return;
        }
        if let Some(batch) = self.pollers[index].leftover.take() {
            self.fit(index, batch, context);
            return;
        }
        let gathered = self.pollers[index].gathered;
        let have = gathered.map_or(0, |(batch, _)| context.batch(batch).len());
        let maximum = (self.settings.batch_size - have.min(self.settings.batch_size)).min(RECEIVE_MAXIMUM) as u16;
        // A window shorter than the long poll is looked at only when that returns: services-sqs-configure.
        let wait = match gathered {
            Some((_, until)) if self.settings.batching_window >= LONG_POLL && self.wait > 0 => {
                until.since(context.now()).clamp(1, self.wait)
            }
            _ => self.wait,
        };
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

    /// Polls once more after nothing was found.
    fn poll_again(&mut self, index: usize, context: &mut Context<'_>) {
        if self.wait > 0 {
            self.poll(index, context);
        } else {
            self.pollers[index].state = PollerState::BackingOff;
            context.timer(SHORT_POLL_PAUSE, TIMER_POLLER, index as u64);
        }
    }

    fn answered(&mut self, reply: Reply, context: &mut Context<'_>) {
        if reply.tag == DETACHED {
            if let Operation::Delete { batch } | Operation::ChangeVisibility { batch, .. } = reply.operation {
                context.free_batch(batch);
            }
            return;
        }
        let index = reply.tag as usize;
        let Some(poller) = self.pollers.get(index).copied() else { return };
        match (reply.operation, poller.state) {
            (Operation::Receive { .. }, _) => self.received(index, reply, context),
            (Operation::InvokeBatch { .. }, PollerState::Invoking { batch }) => {
                self.invoked(index, batch, reply.status, context);
            }
            (Operation::Delete { .. }, PollerState::Deleting { .. }) if reply.status == Status::THROTTLED => {
                context.timer(THROTTLE_PAUSE, TIMER_POLLER, reply.tag);
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
            match self.pollers[index].gathered {
                Some((_, until)) if until > context.now() => self.poll_again(index, context),
                Some((batch, _)) => {
                    self.pollers[index].gathered = None;
                    self.filter(index, batch, context);
                }
                // A poller more than at first that finds nothing is not needed any longer.
                None if index >= self.settings.initial_pollers => {
                    self.pollers[index].state = PollerState::Resting;
                    while self.pollers.len() > self.settings.initial_pollers
                        && self.pollers.last().is_some_and(|poller| poller.state == PollerState::Resting)
                    {
                        self.pollers.pop();
                    }
                }
                None => self.poll_again(index, context),
            }
            return;
        };
        let now = context.now();
        self.pollers[index].bytes += bytes(batch, context);
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
        let full =
            context.batch(batch).len() >= self.settings.batch_size || self.pollers[index].bytes >= MAXIMUM_PAYLOAD;
        if !full && until > now {
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
                if !self.passes((record.payload, record.attributes, record.envelope), context) {
                    context.batch_mut(batch)[position].outcome = Outcome::Filtered;
                    self.counts.filtered += 1;
                    context.record_about(Some(self.edge), record.serial, record.trace, What::FilterRefused);
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
                // The function does not wait for their deletion.
                let operation = Operation::Delete { batch: refused };
                context.call(Request::inside(self.queue, operation, None, 0, DETACHED));
            }
        }
        self.fit(index, batch, context);
    }

    fn passes(&mut self, message: (PayloadId, AttributesId, Envelope), context: &Context<'_>) -> bool {
        let filters = &self.settings.filters;
        *self.passes.entry(message).or_insert_with(|| {
            let text = record_for_filters(message, &context.world.payloads).to_string();
            rules::Event::parse(&text).is_ok_and(|event| filters.iter().any(|filter| filter.matches(&event)))
        })
    }

    /// Runs the function for as much of the batch as one payload holds; the rest is next.
    fn fit(&mut self, index: usize, batch: BatchId, context: &mut Context<'_>) {
        let gathered = std::mem::take(&mut self.pollers[index].bytes);
        if gathered > MAXIMUM_PAYLOAD {
            let mut sum = 0;
            let fits = context.batch(batch).iter().take_while(|record| {
                sum += record_bytes(record.payload, context);
                sum <= MAXIMUM_PAYLOAD
            });
            let fits = fits.count().max(1);
            if fits < context.batch(batch).len() {
                let rest = context.batch_mut(batch).split_off(fits);
                let leftover = context.new_batch();
                context.batch_mut(leftover).extend(rest);
                self.pollers[index].bytes = bytes(leftover, context);
                self.pollers[index].leftover = Some(leftover);
            }
        }
        self.invoke(index, batch, 0, context);
    }

    fn invoke(&mut self, index: usize, batch: BatchId, pauses: u32, context: &mut Context<'_>) {
        if pauses == 0 {
            self.counts.batches += 1;
            self.tell_batch_mates(batch, context);
        }
        let trace = context.batch(batch).first().map_or(0, |record| record.trace);
        let report = match self.settings.report {
            None => BatchReport::None,
            Some(FailureReport::AsDocumented) if self.fifo => BatchReport::FirstAndFollowing,
            Some(_) => BatchReport::Failed,
        };
        let operation = Operation::InvokeBatch { batch, report };
        context.call(Request::inside(self.function, operation, None, trace, index as u64));
        let poller = &mut self.pollers[index];
        poller.state = PollerState::Invoking { batch };
        poller.beat = poller.beat.wrapping_add(1);
        if let Some(pause) = self.settings.heartbeat {
            context.timer(pause, TIMER_HEARTBEAT, ((index as u64) << 32) | u64::from(poller.beat));
        }
        self.watch_load(context);
    }

    /// Each of several messages in one invocation is known to be in it.
    fn tell_batch_mates(&self, batch: BatchId, context: &mut Context<'_>) {
        let records = context.batch(batch).len();
        if records < 2 {
            return;
        }
        let first = context.batch(batch)[0].serial;
        let what = What::Batched { first, records: records as u16 };
        for place in 0..records {
            let record = context.batch(batch)[place];
            context.record_about(Some(self.edge), record.serial, record.trace, what);
        }
    }

    /// The code asks for more time, if its invocation still runs.
    fn beat(&mut self, index: usize, beat: u32, context: &mut Context<'_>) {
        let Some(poller) = self.pollers.get(index).filter(|poller| poller.beat == beat) else { return };
        let (PollerState::Invoking { batch }, Some(pause)) = (poller.state, self.settings.heartbeat) else { return };
        self.hide_for(self.visibility_timeout, batch, |_| true, context);
        context.timer(pause, TIMER_HEARTBEAT, ((index as u64) << 32) | u64::from(beat));
    }

    /// ChangeMessageVisibilityBatch for some records of a batch, from the function's code.
    fn hide_for(&self, timeout: u64, batch: BatchId, which: impl Fn(&BatchRecord) -> bool, context: &mut Context<'_>) {
        let records: Vec<BatchRecord> = context.batch(batch).iter().filter(|record| which(record)).copied().collect();
        if !records.is_empty() {
            let own = context.new_batch();
            context.batch_mut(own).extend(records);
            let operation = Operation::ChangeVisibility { batch: own, timeout };
            context.call(Request::inside(self.queue, operation, None, 0, DETACHED));
        }
    }

    fn invoked(&mut self, index: usize, batch: BatchId, status: Status, context: &mut Context<'_>) {
        match status {
            Status::OK => {
                let failed = |record: &BatchRecord| record.outcome == Outcome::Failed;
                let count = context.batch(batch).iter().filter(|record| failed(record)).count() as u64;
                self.counts.failed_records += count;
                match self.settings.report {
                    // Nobody can read it, so all count as failed.
                    Some(FailureReport::Malformed) if count > 0 => return self.give_up(index, batch, context),
                    // Nobody is told, so all count as done.
                    Some(FailureReport::Nothing) => {
                        context.batch_mut(batch).iter_mut().for_each(|record| record.outcome = Outcome::Done);
                    }
                    _ => {
                        if let Some(timeout) = self.settings.visibility_after_failure {
                            self.hide_for(timeout, batch, failed, context);
                        }
                    }
                }
                self.pollers[index].failures = 0;
                self.delete(index, batch, context);
            }
            // The same batch is offered again until its messages become visible to others. Their receive counts grow
            // though the code never ran: services-sqs-errorhandling.
            Status::THROTTLED | Status::UNAVAILABLE => {
                self.counts.throttles += 1;
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
        if let Some(timeout) = self.settings.visibility_after_failure {
            self.hide_for(timeout, batch, |_| true, context);
        }
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
            Some(PollerState::Deleting { batch }) => self.delete(index, batch, context),
            _ => {}
        }
    }

    /// Whether all pollers are busy, and there may be one more.
    fn saturated(&self) -> bool {
        (self.pollers.len() < self.settings.maximum_pollers || self.resting().is_some())
            && !self
                .pollers
                .iter()
                .any(|poller| matches!(poller.state, PollerState::Polling { .. } | PollerState::BackingOff))
    }

    /// While no poller waits at the queue, messages may be waiting there.
    fn watch_load(&mut self, context: &mut Context<'_>) {
        if !self.scaling && self.saturated() {
            self.scaling = true;
            context.timer(60 * SECOND / self.settings.growth.max(1), TIMER_SCALE, 0);
        }
    }

    fn scale(&mut self, context: &mut Context<'_>) {
        self.scaling = false;
        if self.saturated() && self.enabled(context) {
            let index = self.resting().unwrap_or_else(|| {
                self.pollers.push(Poller::NEW);
                self.pollers.len() - 1
            });
            self.poll(index, context);
        }
    }

    /// A poller that may work and does not.
    fn resting(&self) -> Option<usize> {
        let mut pollers = self.pollers.iter().take(self.settings.maximum_pollers);
        pollers.position(|poller| poller.state == PollerState::Resting)
    }

    pub fn enabled_by_settings(&self) -> bool {
        self.settings.enabled
    }

    pub fn pollers(&self) -> impl Iterator<Item = PollerState> + '_ {
        self.pollers.iter().map(|poller| poller.state).filter(|state| *state != PollerState::Resting)
    }
}

fn record_bytes(payload: PayloadId, context: &Context<'_>) -> u64 {
    context.world.payloads.get(payload).text.len() as u64 + RECORD_METADATA
}

/// How much of an invocation's payload a batch takes.
fn bytes(batch: BatchId, context: &Context<'_>) -> u64 {
    context.batch(batch).iter().map(|record| record_bytes(record.payload, context)).sum()
}

/// A record as the filter criteria see it. A body that is JSON is looked into; any other is plain text, and a pattern of
/// the other kind then does not match (with-sqs-filtering).
pub fn record_for_filters(message: (PayloadId, AttributesId, Envelope), payloads: &Payloads) -> Value {
    let (payload, attributes, envelope) = message;
    let payload = payloads.get(payload);
    let list = payloads.attributes(attributes);
    let body = match (envelope, &payload.value) {
        (Envelope::Notification { .. }, _) => {
            let attribute = |(name, kind, value): &(String, String, String)| {
                (name.clone(), json!({ "Type": kind, "Value": value }))
            };
            let attributes: Map<String, Value> = list.iter().map(attribute).collect();
            json!({ "Type": "Notification", "Message": &*payload.text, "MessageAttributes": attributes })
        }
        (_, Value::String(text)) => match serde_json::from_str(text) {
            Ok(inner @ (Value::Object(_) | Value::Array(_))) => inner,
            _ => payload.value.clone(),
        },
        (_, value) => value.clone(),
    };
    let attribute = |(name, kind, value): &(String, String, String)| {
        (name.clone(), json!({ "dataType": kind, "stringValue": value }))
    };
    let attributes: Map<String, Value> = list.iter().map(attribute).collect();
    json!({ "eventSource": "aws:sqs", "messageAttributes": attributes, "body": body })
}
