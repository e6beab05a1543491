//! The queue, as Amazon SQS: standard or FIFO.
//!
//! A message is delayed, visible or in flight. Receiving it hides it for the visibility timeout; deleting it with the
//! receipt of that receive ends it; otherwise it becomes visible again. A message that was received `maxReceiveCount`
//! times moves to the dead-letter queue on the *next attempt* to receive it, not when its timeout ends, and so never
//! without a poller (sqs-dead-letter-queues). What differs between the types of queue is which visible message comes
//! next ([`line`], [`groups`]), and what a FIFO queue does at its door ([`accept`]).

pub(super) mod accept;
mod groups;
mod line;
pub(super) mod quota;
pub(super) mod redrive;
pub(super) mod tenants;

use super::call::{BatchId, CallId, Operation};
use super::component::Component;
use super::deduplication::Deduplication;
use super::journal::{Refusal, Status, Way, What};
use super::message::{Ending, Message, MessageId, Messages, Reason};
use super::payload::PayloadId;
use super::service::Level;
use super::world::{BatchRecord, Context, Event, Outcome, Request, Trip};
use crate::diagram::settings::{EdgeSettings, QueueSettings};
use crate::diagram::{EdgeIndex, EdgeKind, NodeIndex, NodeSettings, Plan};
use crate::kernel::{Deadlines, Key, SECOND, Time};
use crate::small;
use groups::Groups;
use line::Line;
use quota::{Action, Quota};
use redrive::Redriving;
use std::collections::VecDeque;

/// How many messages may be in flight at the same time, in both types of queue: quotas-messages, quotas-fifo.
pub const MAXIMUM_IN_FLIGHT: usize = 120_000;
/// From the receive on, however often the visibility timeout is changed: sqs-visibility-timeout.
pub const MAXIMUM_VISIBILITY: u64 = 43_200 * SECOND;
/// A message received so often without being deleted goes to the end of the queue, where more receives are allowed:
/// sqs-dead-letter-queues.
pub const PERSISTENT: u32 = 3;

/// So many messages lie on all servers, and a short poll finds as many as it asks for: sqs-short-and-long-polling.
pub const FOUND_BY_ANY_POLL: usize = 1_000;

const TIMER_DELAY: u8 = 0;
const TIMER_VISIBILITY: u8 = 1;
const TIMER_RETENTION: u8 = 2;
const TIMER_POLL: u8 = 3;
const TIMER_REDRIVE: u8 = 4;

const NO_GROUP: u32 = u32::MAX;

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
    /// Changes with every change of state: what makes old deadlines void.
    stamp: u32,
    /// The receipt handle of the last receive: the stamp that it had then.
    receipt: u32,
    /// Its message group, or its tenant in a standard queue.
    group: u32,
    /// Its place among the visible ones: lower comes first. 0 before it has one.
    order: u64,
    /// When it came in, or was received last.
    since: Time,
    /// The queue that it was moved from, where it came as a dead letter.
    source: Option<Component>,
}

impl Entry {
    fn tenant(&self) -> Option<u32> {
        (self.group != NO_GROUP).then_some(self.group)
    }
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
    /// Duplicates that a FIFO queue accepted and dropped.
    pub deduplicated: u64,
    /// Calls above the FIFO quota.
    pub throttled: u64,
    /// Messages refused for what they are.
    pub refused: u64,
    /// Messages that a standard queue delivered once more though nobody let them time out.
    pub delivered_twice: u64,
    /// Deletions from a FIFO queue that failed because the visibility timeout had ended.
    pub expired_receipts: u64,
    /// Requests as they are billed: SendMessage, ReceiveMessage, empty ones too, DeleteMessageBatch and
    /// ChangeMessageVisibilityBatch.
    pub requests: u64,
    /// Those of them that carried a tenant to a standard queue.
    pub fair_requests: u64,
}

/// How many requests hold so many messages: ten each (quotas-messages).
fn requests_for(messages: usize) -> u64 {
    messages.div_ceil(10).max(1) as u64
}

/// What only a FIFO queue has.
#[derive(Clone, Debug, Default)]
struct Fifo {
    groups: Groups,
    deduplication: Deduplication,
    quota: Quota,
}

#[derive(Clone, Debug, Default)]
pub struct Queue {
    settings: QueueSettings,
    /// The edge to the dead-letter queue and how often a message may be received.
    redrive: Option<(EdgeIndex, u32)>,
    /// Redrive edges that end here, by the queue they come from.
    sources: Vec<(Component, EdgeIndex)>,
    /// Topics' subscriptions that end here.
    subscriptions: Vec<EdgeIndex>,
    entries: Vec<Option<Entry>>,
    free: Vec<u32>,
    last_stamp: u32,
    last_order: u64,
    /// Visible messages of a standard queue.
    line: Line,
    fifo: Option<Box<Fifo>>,
    visible_count: usize,
    in_flight_count: usize,
    delayed_count: usize,
    delays: Deadlines,
    visibilities: Deadlines,
    retentions: Deadlines,
    poll_ends: Deadlines,
    waiting: VecDeque<Waiting>,
    redriving: Option<Redriving>,
    pub counts: Counts,
    /// Long-run averages need the area under the depth curve: messages times microseconds, visible ones only.
    depth_area: u128,
    depth_counted: Time,
}

fn token(entry: u32, stamp: u32) -> u64 {
    (u64::from(entry) << 32) | u64::from(stamp)
}

fn split(token: u64) -> (u32, u32) {
    ((token >> 32) as u32, token as u32)
}

/// Whether the message of a retention deadline still lies here.
fn is_kept(due: u64, entries: &[Option<Entry>], messages: &Messages) -> bool {
    let (index, serial) = split(due);
    let entry = entries.get(index as usize).and_then(Option::as_ref);
    entry.is_some_and(|entry| messages.get(entry.message).serial == serial)
}

impl Queue {
    pub fn new(plan: &Plan, node: NodeIndex) -> Self {
        let mut queue = Queue::default();
        queue.read(plan, node);
        queue.fifo = queue.settings.fifo.then(Box::default);
        queue
    }

    fn read(&mut self, plan: &Plan, node: NodeIndex) {
        let node = plan.node(node);
        if let NodeSettings::Queue(settings) = &node.settings {
            self.settings = settings.clone();
        }
        self.redrive = node.outgoing.iter().find_map(|edge| match plan.edge(*edge).settings {
            EdgeSettings::Redrive { max_receive_count } => Some((*edge, max_receive_count)),
            _ => None,
        });
        let incoming = |kind: EdgeKind| node.incoming.iter().copied().filter(move |edge| plan.edge(*edge).kind == kind);
        self.sources = incoming(EdgeKind::Redrive).map(|edge| (plan.edge(edge).from.into(), edge)).collect();
        self.subscriptions = incoming(EdgeKind::Subscription).collect();
    }

    /// Takes over changed settings. A message in flight keeps the timeout that it was received with; a changed
    /// retention holds for what is there already (API_SetQueueAttributes).
    pub fn configure(&mut self, plan: &Plan, node: NodeIndex, context: &mut Context<'_>) {
        let before = (self.settings.fifo, self.settings.retention);
        self.read(plan, node);
        if before.0 != self.settings.fifo {
            self.change_type(context);
        }
        if before.1 != self.settings.retention {
            self.retentions.clear();
            for index in 0..self.entries.len() as u32 {
                self.retain(index, context);
            }
        }
    }

    /// The service has no such change; in a diagram people try it. Groups and order are those of now.
    fn change_type(&mut self, context: &mut Context<'_>) {
        self.fifo = self.settings.fifo.then(Box::default);
        self.line = Line::default();
        let mut present: Vec<(u64, u32)> = Vec::new();
        for (entry, index) in self.entries.iter().zip(0..) {
            present.extend(entry.as_ref().map(|entry| (entry.order, index)));
        }
        small::sort(&mut present);
        for (_, index) in present {
            // Its place in the old order means nothing in the new one.
            if let Some(entry) = self.entries[index as usize].as_mut() {
                entry.order = 0;
            }
            self.join(index, context);
            let Some(entry) = self.entries.get(index as usize).copied().flatten() else { continue };
            match entry.state {
                State::Visible => {
                    self.visible_count -= 1;
                    self.show(index, false, context);
                }
                State::InFlight { .. } => self.fly(&entry, context.now()),
                State::Delayed { .. } => {}
            }
        }
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
            Operation::SendMessage => self.accept(id, context),
            Operation::SendBatch => self.accept_batch(id, context),
            Operation::Accept { dead } => self.take_in(id, dead, context),
            Operation::Receive { maximum, wait } => self.poll(id, maximum, wait, context),
            Operation::Delete { batch } => {
                self.counts.requests += requests_for(context.batch(batch).len());
                let status = if self.within_quota(Action::Delete, context) {
                    self.delete(batch, context);
                    Status::OK
                } else {
                    Status::THROTTLED
                };
                context.reply(id, status, PayloadId::NULL, None);
            }
            Operation::ChangeVisibility { batch, timeout } => {
                self.counts.requests += requests_for(context.batch(batch).len());
                self.change_visibility(batch, timeout, context);
                context.reply(id, Status::OK, PayloadId::NULL, None);
            }
            _ => context.reply(id, Status::Http(400), PayloadId::NULL, call.message),
        }
    }

    /// Whether a FIFO queue's quota admits a call; a standard queue has none.
    fn within_quota(&mut self, action: Action, context: &mut Context<'_>) -> bool {
        let Some(fifo) = &mut self.fifo else { return true };
        let admitted = fifo.quota.admits(action, self.settings.high_throughput, context.now());
        self.counts.throttled += u64::from(!admitted);
        admitted
    }

    fn poll(&mut self, id: CallId, maximum: u16, wait: u64, context: &mut Context<'_>) {
        self.counts.requests += 1;
        if !self.within_quota(Action::Receive, context) {
            context.reply(id, Status::THROTTLED, PayloadId::NULL, None);
            return;
        }
        let maximum = if wait == 0 { self.found_by_short_poll(maximum, context) } else { maximum };
        match self.receive(id, maximum, context) {
            Some(batch) => self.hand_over(id, batch, context),
            None if wait > 0 => {
                self.waiting.push_back(Waiting { call: id, maximum });
                let due = self.poll_ends.add(context.now() + wait, id.number());
                set(context, due, TIMER_POLL);
            }
            // A short poll of a standard queue that is full of messages in flight: sqs-visibility-timeout.
            None if self.is_full() && self.fifo.is_none() => {
                context.record_trace(0, What::Refused { why: Refusal::OverLimit });
                context.reply(id, Status::Http(403), PayloadId::NULL, None);
            }
            None => context.reply(id, Status::OK, PayloadId::NULL, None),
        }
    }

    /// How many messages a short poll finds, of up to so many: it asks some of the servers only.
    fn found_by_short_poll(&self, maximum: u16, context: &mut Context<'_>) -> u16 {
        let miss = self.settings.short_poll_miss_rate;
        if self.visible_count >= FOUND_BY_ANY_POLL || miss == 0.0 {
            return maximum;
        }
        let there = self.visible_count.min(usize::from(maximum));
        (0..there).map(|_| u16::from(!context.stream().chance(miss))).sum()
    }

    fn is_full(&self) -> bool {
        self.in_flight_count >= MAXIMUM_IN_FLIGHT
    }

    fn add(&mut self, message: MessageId, source: Option<Component>, order: u64, context: &mut Context<'_>) -> u32 {
        let entry = Entry {
            message,
            state: State::Visible,
            stamp: 0,
            receipt: 0,
            group: NO_GROUP,
            order,
            since: context.now(),
            source,
        };
        let index = match self.free.pop() {
            Some(slot) => {
                self.entries[slot as usize] = Some(entry);
                slot
            }
            None => {
                self.entries.push(Some(entry));
                self.entries.len() as u32 - 1
            }
        };
        self.join(index, context);
        self.retain(index, context);
        index
    }

    /// Finds the entry's message group or tenant.
    fn join(&mut self, index: u32, context: &Context<'_>) {
        let Some(entry) = self.entries.get_mut(index as usize).and_then(Option::as_mut) else { return };
        let message = context.message(entry.message);
        entry.group = NO_GROUP;
        if let Some(fifo) = &mut self.fifo {
            if entry.order == 0 {
                self.last_order += 1;
                entry.order = self.last_order;
            }
            let id = context.world.payloads.filled(message.group, message);
            let order = entry.order;
            let group = fifo.groups.join(id, index, order, &self.entries);
            if let Some(entry) = self.entries.get_mut(index as usize).and_then(Option::as_mut) {
                entry.group = group;
            }
        } else if message.group != PayloadId::NULL {
            let id = context.world.payloads.filled(message.group, message);
            let in_flight = self.in_flight_count as u64;
            entry.group = self.line.tenants(in_flight).join(id, context.now());
        }
    }

    /// Sets the time at which the entry's message expires.
    fn retain(&mut self, index: u32, context: &mut Context<'_>) {
        let Some(entry) = self.entries.get(index as usize).copied().flatten() else { return };
        let (entries, messages) = (&self.entries, &context.world.messages);
        let held = self.visible_count() + self.in_flight_count() + self.delayed_count();
        self.retentions.shed(held, |due| is_kept(due, entries, messages));
        let message = context.message(entry.message);
        let due = self.retentions.add(message.created + self.settings.retention, token(index, message.serial));
        set(context, due, TIMER_RETENTION);
    }

    fn entry(&self, index: u32, stamp: u32) -> Option<&Entry> {
        self.entries.get(index as usize)?.as_ref().filter(|entry| entry.stamp == stamp)
    }

    /// The entry that a receipt handle stands for. In a standard queue it does until somebody else receives the message, even
    /// if the visibility timeout has run out meanwhile; a FIFO queue then calls it expired (API_DeleteMessage).
    fn received(&self, record: &BatchRecord) -> Option<&Entry> {
        let entry = self.entries.get(record.entry as usize)?.as_ref();
        entry.filter(|entry| record.receive == if self.fifo.is_some() { entry.stamp } else { entry.receipt })
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

    /// Whether a message is so persistent that it waits behind all others.
    fn goes_to_the_end(&self, message: &Message) -> bool {
        self.redrive.is_some_and(|(_, limit)| limit > PERSISTENT) && message.receive_count >= PERSISTENT
    }

    /// Makes an entry visible: behind the others, or where it was before.
    fn show(&mut self, index: u32, returns: bool, context: &Context<'_>) {
        self.count_depth(context.now());
        self.change(index, State::Visible);
        self.visible_count += 1;
        let Some(entry) = self.entries.get(index as usize).copied().flatten() else { return };
        match &mut self.fifo {
            Some(fifo) => fifo.groups.refresh(entry.group, &self.entries),
            None => {
                let old_place = returns && !self.goes_to_the_end(context.message(entry.message));
                if let Some(entry) = self.entries.get_mut(index as usize).and_then(Option::as_mut) {
                    self.line.show(index, entry, old_place);
                }
            }
        }
    }

    fn hide(&mut self, entry: &Entry, now: Time) {
        self.count_depth(now);
        self.visible_count -= 1;
        if self.fifo.is_none() {
            self.line.hide(entry);
        }
    }

    /// Counts an entry as in flight for its group or tenant.
    fn fly(&mut self, entry: &Entry, now: Time) {
        match &mut self.fifo {
            Some(fifo) => fifo.groups.take(entry.group, &self.entries),
            None => self.line.fly(entry, true, now),
        }
    }

    /// Makes an entry that is in flight visible again.
    fn give_back(&mut self, index: u32, context: &Context<'_>) {
        let Some(entry) = self.entries.get(index as usize).copied().flatten() else { return };
        self.in_flight_count -= 1;
        self.show(index, true, context);
        match &mut self.fifo {
            Some(fifo) => fifo.groups.put_back(entry.group, &self.entries),
            None => self.line.fly(&entry, false, context.now()),
        }
    }

    /// Takes an entry out of the queue, whatever its state. The message is then the caller's.
    fn remove(&mut self, index: u32, now: Time) -> Option<Entry> {
        let entry = self.entries.get(index as usize).copied().flatten()?;
        let in_flight = matches!(entry.state, State::InFlight { .. });
        match entry.state {
            State::Visible => self.hide(&entry, now),
            State::InFlight { .. } => self.in_flight_count -= 1,
            State::Delayed { .. } => self.delayed_count -= 1,
        }
        self.entries[index as usize] = None;
        self.free.push(index);
        match &mut self.fifo {
            Some(fifo) => fifo.groups.leave(entry.group, index, in_flight, &self.entries),
            None => {
                if in_flight {
                    self.line.fly(&entry, false, now);
                }
                self.line.leave(&entry, &self.entries);
            }
        }
        Some(entry)
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

    /// Answers a receive. What is here one call is several requests to the service when the batch is a large one.
    fn hand_over(&mut self, call: CallId, batch: BatchId, context: &mut Context<'_>) {
        self.counts.requests += requests_for(context.batch(batch).len()) - 1;
        context.reply_batch(call, batch);
    }

    /// Takes up to `maximum` messages for a consumer; `None` where there is none.
    fn receive(&mut self, call: CallId, maximum: u16, context: &mut Context<'_>) -> Option<BatchId> {
        if self.visible_count == 0 || maximum == 0 {
            return None;
        }
        let faulty = context.request(call).and_then(|call| call.edge).filter(|edge| context.is_faulty(*edge));
        let mut batch = None;
        let now = context.now();
        let until = now + self.settings.visibility_timeout;
        // These are visible again at once; this receive must not see them twice.
        let mut at_once = Vec::new();
        let mut cursor = None;
        while self.visible_count > 0
            && batch.is_none_or(|batch| context.batch(batch).len() < maximum as usize)
            && !self.is_full()
        {
            let next = match &self.fifo {
                Some(fifo) => fifo.groups.next(&mut cursor, &self.entries),
                None => {
                    if self.settings.disorder_rate > 0.0 && context.stream().chance(self.settings.disorder_rate) {
                        self.line.disturb(context.stream());
                    }
                    self.line.next(now, &self.entries)
                }
            };
            let Some(index) = next else { break };
            let Some(entry) = self.entries.get(index as usize).copied().flatten() else { break };
            if let Some((edge, limit)) = self.redrive
                && context.message(entry.message).receive_count >= limit
            {
                self.bury(index, edge, context);
                continue;
            }
            self.hide(&entry, now);
            let receive = self.change(index, State::InFlight { until });
            if let Some(entry) = self.entries[index as usize].as_mut() {
                entry.since = now;
                entry.receipt = receive;
            }
            let repeated =
                faulty.is_some_and(|edge| context.received_at_fault(edge, entry.message, self.fifo.is_none()));
            let message = context.message_mut(entry.message);
            message.receive_count += 1;
            let count = message.receive_count;
            let record = BatchRecord {
                message: entry.message,
                entry: index,
                receive,
                serial: message.serial,
                trace: message.trace,
                payload: message.payload,
                attributes: message.attributes,
                envelope: message.envelope,
                lineage: message.lineage,
                poison: message.poison,
                outcome: Outcome::Done,
            };
            self.in_flight_count += 1;
            self.fly(&entry, now);
            if let Some((_, passed)) = &mut cursor {
                *passed += 1;
            }
            self.counts.received += 1;
            context.record(Some(entry.message), What::Received { count, until });
            let by_itself = self.settings.duplicate_rate > 0.0
                && self.fifo.is_none()
                && context.stream().chance(self.settings.duplicate_rate);
            if by_itself {
                context.record(Some(entry.message), What::DeliveredTwice);
            }
            let twice = by_itself || repeated;
            if twice {
                self.counts.delivered_twice += 1;
                // The copy that was left behind knows nothing of this receive, nor of the deletion that follows.
                if let Some(entry) = self.entries[index as usize].as_mut() {
                    entry.receipt = 0;
                }
            }
            if twice || self.settings.visibility_timeout == 0 {
                at_once.push(index);
            } else {
                let due = self.visibilities.add(until, token(index, receive));
                set(context, due, TIMER_VISIBILITY);
            }
            let batch = *batch.get_or_insert_with(|| context.new_batch());
            context.batch_mut(batch).push(record);
        }
        for index in at_once {
            self.give_back(index, context);
        }
        batch
    }

    /// Moves a message to the dead-letter queue.
    fn bury(&mut self, index: u32, edge: EdgeIndex, context: &mut Context<'_>) {
        let Some(entry) = self.remove(index, context.now()) else { return };
        self.counts.dead_lettered += 1;
        context.record(Some(entry.message), What::DeadLettered);
        let trace = context.message(entry.message).trace;
        context.call(Request {
            edge: Some(edge),
            to: None,
            operation: Operation::Accept { dead: true },
            message: Some(entry.message),
            trace,
            tag: entry.order,
            way: Way::DeadLetter,
            trip: Trip::There,
        });
    }

    /// The answer to a move. A message that the other queue did not take comes back to where it was.
    fn moved(&mut self, id: CallId, context: &mut Context<'_>) {
        let Some(reply) = context.take_reply(id) else { return };
        let Some(message) = reply.message else { return };
        match reply.operation {
            Operation::Accept { dead: true } => self.counts.dead_lettered -= 1,
            Operation::Accept { dead: false } => {}
            // It was sent by hand, and refused.
            _ => {
                let throttled = reply.status == Status::THROTTLED;
                let reason = if throttled { Reason::Throttled } else { Reason::Failed };
                context.end(message, Ending::Dropped(reason));
                return;
            }
        }
        let index = self.add(message, None, reply.tag, context);
        context.record(Some(message), What::Redelivered);
        self.show(index, true, context);
    }

    fn delete(&mut self, batch: BatchId, context: &mut Context<'_>) {
        let was_full = self.is_full();
        for position in 0..context.batch(batch).len() {
            let record = context.batch(batch)[position];
            if record.outcome == Outcome::Failed {
                continue;
            }
            if self.received(&record).is_none() {
                self.receipt_expired(&record, context);
                continue;
            }
            let Some(entry) = self.remove(record.entry, context.now()) else { continue };
            self.counts.deleted += 1;
            context.record(Some(entry.message), What::Deleted);
            let ending = if record.outcome == Outcome::Filtered { Ending::Filtered } else { Ending::Processed };
            context.end(entry.message, ending);
        }
        if was_full || self.fifo.is_some() {
            self.serve(context);
        }
    }

    /// The message is somebody else's by now. A standard queue lets the call succeed and deletes nothing; a FIFO queue
    /// says that the receipt has expired (API_DeleteMessage, API_ReceiveMessage).
    fn receipt_expired(&mut self, record: &BatchRecord, context: &mut Context<'_>) {
        if self.fifo.is_none() {
            return;
        }
        self.counts.expired_receipts += 1;
        let entry = self.entries.get(record.entry as usize).copied().flatten();
        match entry.filter(|entry| context.message(entry.message).serial == record.serial) {
            Some(entry) => context.record(Some(entry.message), What::ReceiptExpired),
            None => context.record_trace(record.trace, What::ReceiptExpired),
        }
    }

    /// ChangeMessageVisibilityBatch: the messages stay hidden for this long from now, or come back at once for 0.
    fn change_visibility(&mut self, batch: BatchId, timeout: u64, context: &mut Context<'_>) {
        let now = context.now();
        let until = now + timeout;
        for position in 0..context.batch(batch).len() {
            let record = context.batch(batch)[position];
            let Some(entry) = self.received(&record).copied() else {
                self.receipt_expired(&record, context);
                continue;
            };
            if until.since(entry.since) > MAXIMUM_VISIBILITY {
                context.record(Some(entry.message), What::Refused { why: Refusal::VisibilityTooLong });
                continue;
            }
            context.record(Some(entry.message), What::VisibilityChanged { until });
            let visible = entry.state == State::Visible;
            if timeout == 0 {
                if !visible {
                    self.counts.redelivered += 1;
                    self.give_back(record.entry, context);
                }
                continue;
            }
            if visible {
                self.hide(&entry, now);
                self.in_flight_count += 1;
                self.fly(&entry, now);
            }
            if let Some(entry) = self.entries[record.entry as usize].as_mut() {
                entry.state = State::InFlight { until };
                entry.stamp = record.receive;
            }
            let due = self.visibilities.add(until, token(record.entry, record.receive));
            set(context, due, TIMER_VISIBILITY);
        }
        self.serve(context);
    }

    /// Gives what is visible to whoever waits for it, longest wait first.
    fn serve(&mut self, context: &mut Context<'_>) {
        while self.visible_count > 0 {
            let Some(waiting) = self.waiting.pop_front() else { break };
            if context.request(waiting.call).is_none_or(|call| call.abandoned) {
                context.reply(waiting.call, Status::OK, PayloadId::NULL, None);
                continue;
            }
            match self.receive(waiting.call, waiting.maximum, context) {
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
                    let (index, stamp) = split(due);
                    let Some(entry) = self.entry(index, stamp).copied() else { continue };
                    self.delayed_count -= 1;
                    context.record(Some(entry.message), What::Visible);
                    self.show(index, false, context);
                }
                let due = self.delays.rearm(now, |_| true);
                set(context, due, tag);
                self.serve(context);
            }
            TIMER_VISIBILITY => {
                while let Some(due) = self.visibilities.next_due(now) {
                    let (index, stamp) = split(due);
                    let Some(entry) = self.entry(index, stamp).copied() else { continue };
                    // Its consumer may have asked for more time.
                    if !matches!(entry.state, State::InFlight { until } if until <= now) {
                        continue;
                    }
                    self.counts.redelivered += 1;
                    context.record(Some(entry.message), What::Redelivered);
                    self.give_back(index, context);
                }
                let entries = &self.entries;
                let due = self.visibilities.rearm(now, |due| {
                    let (index, stamp) = split(due);
                    let entry = entries.get(index as usize).and_then(Option::as_ref);
                    entry.is_some_and(|entry| entry.stamp == stamp)
                });
                set(context, due, tag);
                self.serve(context);
            }
            TIMER_RETENTION => {
                while let Some(due) = self.retentions.next_due(now) {
                    let (index, serial) = split(due);
                    let Some(entry) = self.entries.get(index as usize).copied().flatten() else { continue };
                    if context.message(entry.message).serial == serial {
                        self.remove(index, now);
                        self.counts.expired += 1;
                        context.end(entry.message, Ending::Expired);
                    }
                }
                let (entries, messages) = (&self.entries, &context.world.messages);
                let due = self.retentions.rearm(now, |due| is_kept(due, entries, messages));
                set(context, due, tag);
                self.serve(context);
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

    /// PurgeQueue: every message goes, those in flight too. Gives how many.
    pub fn purge(&mut self, context: &mut Context<'_>) -> u64 {
        let mut purged = 0;
        for index in 0..self.entries.len() as u32 {
            if let Some(entry) = self.remove(index, context.now()) {
                context.end(entry.message, Ending::Dropped(Reason::Purged));
                purged += 1;
            }
        }
        if let Some(fifo) = &mut self.fifo {
            fifo.deduplication.forget();
        }
        self.counts.purged += purged;
        purged
    }

    pub fn buckets(&self, visit: &mut dyn FnMut(Level)) {
        if let Some(fifo) = &self.fifo {
            fifo.quota.buckets(self.settings.high_throughput, visit);
        }
    }

    pub fn held(&self, visit: &mut dyn FnMut(MessageId)) {
        self.entries.iter().flatten().for_each(|entry| visit(entry.message));
    }

    /// What lies in the queue, in no order.
    pub fn stored(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().flatten()
    }

    /// What lies in the queue. Visible messages about in the order in which they will be received, the others by slot.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        let mut visible: Vec<&Entry> =
            self.entries.iter().flatten().filter(|entry| entry.state == State::Visible).collect();
        small::sort_by(&mut visible, |one, other| one.order.cmp(&other.order));
        visible.into_iter().chain(self.entries.iter().flatten().filter(|entry| entry.state != State::Visible))
    }

    /// Since when a message counts as old. One that has been received too often does not count at all, and in a
    /// dead-letter queue it counts from the move (sqs-dead-letter-queues).
    pub fn age_counts_from(&self, entry: &Entry, message: &Message) -> Option<Time> {
        if self.is_dead_letter_queue() && message.dead {
            return Some(entry.since);
        }
        (!self.goes_to_the_end(message)).then_some(message.created)
    }

    /// Whether a message waits for another one of its group.
    pub fn is_blocked(&self, entry: &Entry) -> bool {
        entry.state == State::Visible && self.fifo.as_ref().is_some_and(|fifo| fifo.groups.blocked(entry.group))
    }

    /// Visible messages that cannot be received, because another one of their group is in flight.
    pub fn blocked_count(&self) -> usize {
        if self.fifo.is_none() {
            return 0;
        }
        self.entries.iter().flatten().filter(|entry| self.is_blocked(entry)).count()
    }

    /// Message groups with messages here, or tenants of a standard queue.
    pub fn group_count(&self) -> usize {
        match &self.fifo {
            Some(fifo) => fifo.groups.count(),
            None => self.line.tenant_count(),
        }
    }

    pub fn noisy_tenants(&self, now: Time) -> usize {
        self.line.noisy_count(now)
    }

    pub fn is_fifo(&self) -> bool {
        self.fifo.is_some()
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
