//! The queue: a standard queue of Amazon SQS.
//!
//! A message is delayed, visible or in flight. Receiving it hides it for the visibility timeout; deleting it with the
//! receipt of that receive ends it; otherwise it becomes visible again. A message that was received `maxReceiveCount`
//! times moves to the dead-letter queue on the *next attempt* to receive it, not when its timeout ends, and so never
//! without a poller (sqs-dead-letter-queues).

use super::call::{BatchId, CallId, Operation};
use super::component::Component;
use super::journal::{Status, Way, What};
use super::message::{Ending, MessageId, Reason};
use super::payload::{PayloadId, billed_chunks};
use super::world::{BatchRecord, Context, Event, Outcome, Request, Trip};
use crate::diagram::settings::{EdgeSettings, QueueSettings};
use crate::diagram::{EdgeIndex, EdgeKind, NodeIndex, NodeSettings, Plan};
use crate::kernel::{Deadlines, Key, SECOND, Time};
use std::collections::VecDeque;

/// How many messages may be in flight at the same time: quotas-messages.
const MAXIMUM_IN_FLIGHT: usize = 120_000;
/// What the service moves at the most where no rate is given: sqs-configure-dead-letter-queue-redrive.
const DEFAULT_REDRIVE_RATE: u32 = 500;

const TIMER_DELAY: u8 = 0;
const TIMER_VISIBILITY: u8 = 1;
const TIMER_RETENTION: u8 = 2;
const TIMER_POLL: u8 = 3;
const TIMER_REDRIVE: u8 = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Delayed { until: Time },
    Visible,
    InFlight { until: Time },
}

/// A message in the queue.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub message: MessageId,
    pub state: State,
    /// Changes with every change of state: the receipt handle of a receive, and what makes old deadlines void.
    stamp: u32,
    /// The queue that it was moved from, where it came as a dead letter.
    source: Option<Component>,
}

#[derive(Clone, Debug)]
struct Waiting {
    call: CallId,
    maximum: u16,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub sent: u64,
    pub received: u64,
    pub deleted: u64,
    pub redelivered: u64,
    pub dead_lettered: u64,
    pub expired: u64,
    pub purged: u64,
    /// Requests as they are billed: SendMessage, ReceiveMessage, empty ones too, and DeleteMessageBatch.
    pub requests: u64,
}

/// How many requests hold so many messages: ten each (quotas-messages).
fn requests_for(messages: usize) -> u64 {
    messages.div_ceil(10).max(1) as u64
}

#[derive(Clone, Debug)]
pub struct Queue {
    settings: QueueSettings,
    /// The edge to the dead-letter queue and how often a message may be received.
    redrive: Option<(EdgeIndex, u32)>,
    /// Redrive edges that end here, by the queue they come from.
    sources: Vec<(Component, EdgeIndex)>,
    entries: Vec<Option<Entry>>,
    free: Vec<u32>,
    last_stamp: u32,
    visible: VecDeque<(u32, u32)>,
    visible_count: usize,
    in_flight_count: usize,
    delayed_count: usize,
    delays: Deadlines,
    visibilities: Deadlines,
    retentions: Deadlines,
    poll_ends: Deadlines,
    waiting: VecDeque<Waiting>,
    /// Microseconds between two moves of a running redrive.
    redriving: Option<u64>,
    pub counts: Counts,
    /// Long-run averages need the area under the depth curve: messages times microseconds, visible ones only.
    depth_area: u128,
    depth_counted: Time,
}

fn token(entry: u32, stamp: u32) -> u64 {
    (u64::from(entry) << 32) | u64::from(stamp)
}

impl Queue {
    pub fn new(plan: &Plan, node: NodeIndex) -> Self {
        let mut queue = Queue {
            settings: QueueSettings {
                fifo: false,
                visibility_timeout: 0,
                delay: 0,
                retention: 0,
                receive_wait: 0,
                maximum_message_size: 0,
            },
            redrive: None,
            sources: Vec::new(),
            entries: Vec::new(),
            free: Vec::new(),
            last_stamp: 0,
            visible: VecDeque::new(),
            visible_count: 0,
            in_flight_count: 0,
            delayed_count: 0,
            delays: Deadlines::default(),
            visibilities: Deadlines::default(),
            retentions: Deadlines::default(),
            poll_ends: Deadlines::default(),
            waiting: VecDeque::new(),
            redriving: None,
            counts: Counts::default(),
            depth_area: 0,
            depth_counted: Time::ZERO,
        };
        queue.configure(plan, node);
        queue
    }

    /// Takes over changed settings. A message in flight keeps the timeout that it was received with.
    pub fn configure(&mut self, plan: &Plan, node: NodeIndex) {
        let node = plan.node(node);
        if let NodeSettings::Queue(settings) = &node.settings {
            self.settings = settings.clone();
        }
        self.redrive = node.outgoing.iter().find_map(|edge| match plan.edge(*edge).settings {
            EdgeSettings::Redrive { max_receive_count } => Some((*edge, max_receive_count)),
            _ => None,
        });
        self.sources = node
            .incoming
            .iter()
            .filter(|edge| plan.edge(**edge).kind == EdgeKind::Redrive)
            .map(|edge| (plan.edge(*edge).from.into(), *edge))
            .collect();
    }

    pub fn handle(&mut self, event: Event, context: &mut Context<'_>) {
        match event {
            Event::Request(call) => self.request(call, context),
            Event::Reply(call) => self.moved(call, context),
            Event::Timer { tag, .. } => self.timer(tag, context),
        }
    }

    fn request(&mut self, id: CallId, context: &mut Context<'_>) {
        let Some(call) = context.request(id).copied() else { return };
        match call.operation {
            Operation::SendMessage | Operation::Accept { .. } => self.accept(id, context),
            Operation::Receive { maximum, wait } => {
                self.counts.requests += 1;
                let wait = wait.max(self.settings.receive_wait);
                match self.receive(maximum, context) {
                    Some(batch) => self.hand_over(id, batch, context),
                    None if wait > 0 => {
                        self.waiting.push_back(Waiting { call: id, maximum });
                        let due = self.poll_ends.add(context.now() + wait, id.number());
                        set(context, due, TIMER_POLL);
                    }
                    None => context.reply(id, Status::OK, PayloadId::NULL, None),
                }
            }
            Operation::Delete { batch } => {
                self.counts.requests += requests_for(context.batch(batch).len());
                self.delete(batch, context);
                context.reply(id, Status::OK, PayloadId::NULL, None);
            }
            _ => context.reply(id, Status::Http(400), PayloadId::NULL, call.message),
        }
    }

    fn accept(&mut self, id: CallId, context: &mut Context<'_>) {
        let Some(call) = context.request(id).copied() else { return };
        let Some(message) = context.take_message(id) else { return };
        let size = context.world.payloads.get(context.message(message).payload).text.len() as u64;
        if call.operation == Operation::SendMessage {
            if size > self.settings.maximum_message_size {
                context.reply(id, Status::Http(400), PayloadId::NULL, Some(message));
                return;
            }
            let now = context.now();
            context.message_mut(message).created = now;
            self.counts.requests += billed_chunks(size);
        }
        let source = match call.operation {
            // A dead letter keeps its age: sqs-dead-letter-queues.
            Operation::Accept { dead: true } => {
                context.world.messages.bury(message);
                Some(call.from)
            }
            _ => None,
        };
        context.reply(id, Status::OK, PayloadId::NULL, None);
        self.counts.sent += 1;
        let expires = context.message(message).created + self.settings.retention;
        let entry = self.add(Entry { message, state: State::Visible, stamp: 0, source });
        let due = self.retentions.add(expires, token(entry, context.message(message).serial));
        set(context, due, TIMER_RETENTION);
        let own_delay = context.message(message).delay.map(|seconds| u64::from(seconds) * SECOND);
        let delay = own_delay.unwrap_or(self.settings.delay);
        if delay > 0 && call.operation == Operation::SendMessage {
            let until = context.now() + delay;
            let stamp = self.change(entry, State::Delayed { until });
            self.delayed_count += 1;
            context.record(Some(message), What::Delayed { until });
            let due = self.delays.add(until, token(entry, stamp));
            set(context, due, TIMER_DELAY);
        } else {
            context.record(Some(message), What::Visible);
            self.show(entry, context);
            self.serve(context);
        }
    }

    fn add(&mut self, entry: Entry) -> u32 {
        match self.free.pop() {
            Some(slot) => {
                self.entries[slot as usize] = Some(entry);
                slot
            }
            None => {
                self.entries.push(Some(entry));
                self.entries.len() as u32 - 1
            }
        }
    }

    fn entry(&self, index: u32, stamp: u32) -> Option<&Entry> {
        self.entries.get(index as usize)?.as_ref().filter(|entry| entry.stamp == stamp)
    }

    fn change(&mut self, index: u32, state: State) -> u32 {
        self.last_stamp = self.last_stamp.wrapping_add(1);
        let stamp = self.last_stamp;
        if let Some(entry) = self.entries.get_mut(index as usize).and_then(Option::as_mut) {
            entry.state = state;
            entry.stamp = stamp;
        }
        stamp
    }

    /// Makes an entry visible, behind those that became visible before.
    fn show(&mut self, index: u32, context: &Context<'_>) {
        self.count_depth(context.now());
        let stamp = self.change(index, State::Visible);
        self.visible.push_back((index, stamp));
        self.visible_count += 1;
    }

    fn hide(&mut self, context: &Context<'_>) {
        self.count_depth(context.now());
        self.visible_count -= 1;
    }

    fn count_depth(&mut self, now: Time) {
        self.depth_area += u128::from(now.since(self.depth_counted)) * self.visible_count as u128;
        self.depth_counted = now;
    }

    /// The mean number of visible messages up to now.
    pub fn mean_depth(&self, now: Time) -> f64 {
        let area = self.depth_area + u128::from(now.since(self.depth_counted)) * self.visible_count as u128;
        if now == Time::ZERO { 0.0 } else { area as f64 / now.0 as f64 }
    }

    /// Takes up to `maximum` messages for a consumer; `None` where there is none.
    /// Answers a receive. What is here one call is several requests to the service when the batch is a large one.
    fn hand_over(&mut self, call: CallId, batch: BatchId, context: &mut Context<'_>) {
        self.counts.requests += requests_for(context.batch(batch).len()) - 1;
        context.reply_batch(call, batch);
    }

    fn receive(&mut self, maximum: u16, context: &mut Context<'_>) -> Option<BatchId> {
        if self.visible_count == 0 {
            return None;
        }
        let mut batch = None;
        let now = context.now();
        let until = now + self.settings.visibility_timeout;
        // A message with a visibility timeout of 0 is visible again at once; this receive must not see it twice.
        let mut at_once = Vec::new();
        while batch.is_none_or(|batch| context.batch(batch).len() < maximum as usize)
            && self.in_flight_count < MAXIMUM_IN_FLIGHT
        {
            let Some((index, stamp)) = self.visible.pop_front() else { break };
            let Some(entry) = self.entry(index, stamp).copied() else { continue };
            self.hide(context);
            if let Some((edge, limit)) = self.redrive
                && context.message(entry.message).receive_count >= limit
            {
                self.bury(index, edge, context);
                continue;
            }
            let message = context.message_mut(entry.message);
            message.receive_count += 1;
            let (count, serial, trace, payload) =
                (message.receive_count, message.serial, message.trace, message.payload);
            let (lineage, poison) = (message.lineage, message.poison);
            let receive = self.change(index, State::InFlight { until });
            self.in_flight_count += 1;
            self.counts.received += 1;
            context.record(Some(entry.message), What::Received { count, until });
            if self.settings.visibility_timeout == 0 {
                at_once.push(index);
            } else {
                let due = self.visibilities.add(until, token(index, receive));
                set(context, due, TIMER_VISIBILITY);
            }
            let batch = *batch.get_or_insert_with(|| context.new_batch());
            context.batch_mut(batch).push(BatchRecord {
                entry: index,
                receive,
                serial,
                trace,
                payload,
                lineage,
                poison,
                outcome: Outcome::Done,
            });
        }
        for index in at_once {
            self.in_flight_count -= 1;
            self.show(index, context);
        }
        batch
    }

    /// Moves a message to the dead-letter queue.
    fn bury(&mut self, index: u32, edge: EdgeIndex, context: &mut Context<'_>) {
        let Some(entry) = self.release(index) else { return };
        self.counts.dead_lettered += 1;
        context.record(Some(entry.message), What::DeadLettered);
        let trace = context.message(entry.message).trace;
        context.call(Request {
            edge: Some(edge),
            to: None,
            operation: Operation::Accept { dead: true },
            message: Some(entry.message),
            trace,
            tag: 0,
            way: Way::DeadLetter,
            trip: Trip::There,
        });
    }

    /// The answer to a move. A message that the other queue did not take comes back to where it was.
    fn moved(&mut self, id: CallId, context: &mut Context<'_>) {
        let Some(reply) = context.take_reply(id) else { return };
        let Some(message) = reply.message else { return };
        if reply.operation == Operation::SendMessage {
            // It was sent by hand, and refused.
            context.end(message, Ending::Dropped(Reason::Failed));
            return;
        }
        if reply.operation == (Operation::Accept { dead: true }) {
            self.counts.dead_lettered -= 1;
        }
        let expires = context.message(message).created + self.settings.retention;
        let serial = context.message(message).serial;
        let entry = self.add(Entry { message, state: State::Visible, stamp: 0, source: None });
        let due = self.retentions.add(expires, token(entry, serial));
        set(context, due, TIMER_RETENTION);
        context.record(Some(message), What::Redelivered);
        self.show(entry, context);
    }

    /// Takes an entry out of the queue. The message is then the caller's.
    fn release(&mut self, index: u32) -> Option<Entry> {
        let entry = self.entries.get_mut(index as usize)?.take()?;
        self.free.push(index);
        Some(entry)
    }

    fn delete(&mut self, batch: BatchId, context: &mut Context<'_>) {
        for position in 0..context.batch(batch).len() {
            let record = context.batch(batch)[position];
            if record.outcome == Outcome::Failed {
                continue;
            }
            // With an old receipt the call succeeds and deletes nothing: the message is somebody else's by now.
            let Some(entry) = self.entry(record.entry, record.receive).copied() else { continue };
            debug_assert!(matches!(entry.state, State::InFlight { .. }));
            self.in_flight_count -= 1;
            self.release(record.entry);
            self.counts.deleted += 1;
            context.record(Some(entry.message), What::Deleted);
            let ending = if record.outcome == Outcome::Filtered { Ending::Filtered } else { Ending::Processed };
            context.end(entry.message, ending);
        }
    }

    /// Gives what is visible to whoever waits for it, longest wait first.
    fn serve(&mut self, context: &mut Context<'_>) {
        while self.visible_count > 0 {
            let Some(waiting) = self.waiting.pop_front() else { break };
            if context.request(waiting.call).is_none_or(|call| call.abandoned) {
                context.reply(waiting.call, Status::OK, PayloadId::NULL, None);
                continue;
            }
            match self.receive(waiting.maximum, context) {
                Some(batch) => self.hand_over(waiting.call, batch, context),
                None => {
                    self.waiting.push_front(waiting);
                    break;
                }
            }
        }
    }

    fn timer(&mut self, tag: u8, context: &mut Context<'_>) {
        let now = context.now();
        match tag {
            TIMER_DELAY => {
                while let Some(due) = self.delays.next_due(now) {
                    let (index, stamp) = ((due >> 32) as u32, due as u32);
                    let Some(entry) = self.entry(index, stamp).copied() else { continue };
                    self.delayed_count -= 1;
                    context.record(Some(entry.message), What::Visible);
                    self.show(index, context);
                }
                let due = self.delays.rearm(now, |_| true);
                set(context, due, tag);
                self.serve(context);
            }
            TIMER_VISIBILITY => {
                while let Some(due) = self.visibilities.next_due(now) {
                    let (index, stamp) = ((due >> 32) as u32, due as u32);
                    let Some(entry) = self.entry(index, stamp).copied() else { continue };
                    self.in_flight_count -= 1;
                    self.counts.redelivered += 1;
                    context.record(Some(entry.message), What::Redelivered);
                    self.show(index, context);
                }
                let entries = &self.entries;
                let due = self.visibilities.rearm(now, |due| {
                    let entry = entries.get((due >> 32) as usize).and_then(Option::as_ref);
                    entry.is_some_and(|entry| entry.stamp == due as u32)
                });
                set(context, due, tag);
                self.serve(context);
            }
            TIMER_RETENTION => {
                while let Some(due) = self.retentions.next_due(now) {
                    let (index, serial) = ((due >> 32) as u32, due as u32);
                    let Some(entry) = self.entries.get(index as usize).copied().flatten() else { continue };
                    if context.message(entry.message).serial == serial {
                        self.forget(index, context);
                        self.counts.expired += 1;
                        context.end(entry.message, Ending::Expired);
                    }
                }
                let (entries, messages) = (&self.entries, &context.world.messages);
                let due = self.retentions.rearm(now, |due| {
                    let entry = entries.get((due >> 32) as usize).and_then(Option::as_ref);
                    entry.is_some_and(|entry| messages.get(entry.message).serial == due as u32)
                });
                set(context, due, tag);
            }
            TIMER_POLL => {
                while let Some(due) = self.poll_ends.next_due(now) {
                    let call = Key::from_number(due);
                    if let Some(position) = self.waiting.iter().position(|waiting| waiting.call == call) {
                        self.waiting.remove(position);
                        context.reply(call, Status::OK, PayloadId::NULL, None);
                    }
                }
                let waiting = &self.waiting;
                let due = self
                    .poll_ends
                    .rearm(now, |due| waiting.iter().any(|waiting| waiting.call == Key::from_number(due)));
                set(context, due, tag);
            }
            TIMER_REDRIVE => self.redrive_next(context),
            _ => {}
        }
    }

    /// Takes an entry out, whatever its state, and counts it out.
    fn forget(&mut self, index: u32, context: &Context<'_>) {
        let Some(entry) = self.entries.get(index as usize).copied().flatten() else { return };
        match entry.state {
            State::Visible => self.hide(context),
            State::InFlight { .. } => self.in_flight_count -= 1,
            State::Delayed { .. } => self.delayed_count -= 1,
        }
        self.release(index);
    }

    /// PurgeQueue: every message goes, those in flight too. Gives how many.
    pub fn purge(&mut self, context: &mut Context<'_>) -> u64 {
        let mut purged = 0;
        for index in 0..self.entries.len() as u32 {
            if let Some(entry) = self.entries[index as usize] {
                self.forget(index, context);
                context.end(entry.message, Ending::Dropped(Reason::Purged));
                purged += 1;
            }
        }
        self.visible.clear();
        self.counts.purged += purged;
        purged
    }

    /// Whether dead letters can be moved back: only those that a queue moved here can.
    pub fn can_redrive(&self) -> bool {
        !self.sources.is_empty()
    }

    /// StartMessageMoveTask: moves messages back to where they came from, at this many a second.
    pub fn redrive(&mut self, rate: Option<u32>, context: &mut Context<'_>) {
        let rate = rate.unwrap_or(DEFAULT_REDRIVE_RATE).clamp(1, DEFAULT_REDRIVE_RATE);
        let running = self.redriving.is_some();
        self.redriving = Some(SECOND / u64::from(rate));
        if !running {
            self.redrive_next(context);
        }
    }

    fn redrive_next(&mut self, context: &mut Context<'_>) {
        let Some(pause) = self.redriving else { return };
        if self.sources.is_empty() {
            self.redriving = None;
            return;
        }
        loop {
            let Some((index, stamp)) = self.visible.pop_front() else {
                self.redriving = None;
                return;
            };
            let Some(entry) = self.entry(index, stamp).copied() else { continue };
            self.hide(context);
            self.release(index);
            let source = entry.source.and_then(|source| self.sources.iter().find(|known| known.0 == source));
            let Some((source, edge)) = source.or(self.sources.first()).copied() else { return };
            let old = *context.message(entry.message);
            // What is moved back is a new message: sqs-configure-dead-letter-queue-redrive.
            let fresh = context.create(old.trace, old.payload, old.attributes, 1);
            let message = context.message_mut(fresh);
            message.envelope = old.envelope;
            message.poison = old.poison;
            message.origin = old.origin;
            message.origin_created = old.origin_created;
            context.end(entry.message, Ending::Redriven);
            context.call(Request {
                edge: Some(edge),
                to: Some(source),
                operation: Operation::Accept { dead: false },
                message: Some(fresh),
                trace: old.trace,
                tag: 0,
                way: Way::Message,
                trip: Trip::There,
            });
            context.timer(pause, TIMER_REDRIVE, 0);
            return;
        }
    }

    pub fn held(&self, visit: &mut dyn FnMut(MessageId)) {
        self.entries.iter().flatten().for_each(|entry| visit(entry.message));
    }

    /// What lies in the queue. Visible messages in the order in which they will be received, the others by slot.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        let visible = self.visible.iter().filter_map(|(index, stamp)| self.entry(*index, *stamp));
        visible.chain(self.entries.iter().flatten().filter(|entry| entry.state != State::Visible))
    }

    pub fn visible_count(&self) -> usize {
        self.visible_count
    }

    pub fn in_flight_count(&self) -> usize {
        self.in_flight_count
    }

    pub fn delayed_count(&self) -> usize {
        self.delayed_count
    }

    pub fn visibility_timeout(&self) -> u64 {
        self.settings.visibility_timeout
    }

    pub fn is_dead_letter_queue(&self) -> bool {
        !self.sources.is_empty()
    }
}

fn set(context: &mut Context<'_>, due: Option<Time>, tag: u8) {
    if let Some(due) = due {
        context.timer_at(due, tag, 0);
    }
}
