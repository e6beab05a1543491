//! What topics, buses and rules have in common: each has receivers, hands messages to them no faster than it may, and
//! tries again by a policy where that fails.

mod cause;
mod policy;

pub use cause::Cause;
pub use policy::Policy;

use super::call::{CallId, Operation};
use super::component::Component;
use super::journal::{Status, Way, What};
use super::message::{Ending, Message, MessageId, Reason};
use super::payload::{Filled, PayloadId};
use super::world::{Context, Request};
use crate::diagram::settings::Access;
use crate::diagram::{EdgeIndex, NodeIndex};
use crate::kernel::{Deadlines, Key, Pace, Pool, Time};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// How one receiver fares.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub delivered: u64,
    pub filtered: u64,
    /// Given up; `causes` says why.
    pub failed: u64,
    pub causes: [u64; Cause::ALL.len()],
    /// Of the failed ones, those that went to a dead-letter queue.
    pub dead_lettered: u64,
    /// Waiting for the next try.
    pub retrying: u64,
    /// Waiting for a rate limit, or for those of the same message group that came before.
    pub waiting: u64,
}

/// Somebody that messages are delivered to.
#[derive(Clone, Debug)]
pub struct Receiver {
    pub edge: EdgeIndex,
    pub to: NodeIndex,
    pub operation: Operation,
    pub policy: Policy,
    pub access: Access,
    /// Off where it was unsubscribed or disabled.
    pub active: bool,
    /// How long an answer is waited for, in microseconds; `None` for as long as it takes.
    pub patience: Option<u64>,
    pub pace: Option<Pace>,
    /// How many invocations one delivery is, for the limit on all receivers together.
    pub weight: u64,
    /// A wait that the receiver itself asks for when it fails, in microseconds.
    pub retry_after: Option<u64>,
    pub dead_letter_queue: Option<Component>,
    /// What a rule's dead letters say about where they come from.
    pub origin: Option<Box<Origin>>,
    pub counts: Counts,
}

/// A rule and its target, as attributes of a dead letter.
#[derive(Clone, Debug)]
pub struct Origin {
    pub rule_arn: String,
    pub target_arn: String,
}

impl Receiver {
    /// A receiver that is simply handed its messages.
    pub fn new(edge: EdgeIndex, to: NodeIndex, operation: Operation) -> Receiver {
        Receiver {
            edge,
            to,
            operation,
            policy: Policy::Never,
            access: Access::Allowed,
            active: true,
            patience: None,
            pace: None,
            weight: 1,
            retry_after: None,
            dead_letter_queue: None,
            origin: None,
            counts: Counts::default(),
        }
    }
}

/// How a delivery failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    Answer(Status),
    /// No answer came in time.
    TimedOut,
}

/// A message that waits for its turn: its next try, a rate limit, or its message group.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    message: MessageId,
    receiver: usize,
    failures: u32,
    reason: Wait,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    Retry,
    RateLimit,
    MessageGroup,
}

/// A delivery whose message has to be known after it was handed over: it may take too long, or others wait for it.
#[derive(Clone, Copy, Debug)]
struct Outstanding {
    call: Option<CallId>,
    message: Message,
    receiver: usize,
    failures: u32,
}

/// All receivers of a topic, bus or rule, and what is on its way to them.
#[derive(Clone, Debug, Default)]
pub struct Receivers {
    pub list: Vec<Receiver>,
    /// The place of each receiver in the list, by the number of its edge, by which it is known to what is under way:
    /// others may come and go.
    places: Vec<u32>,
    /// The limit on deliveries to all receivers together.
    pub pace: Option<Pace>,
    /// Whether messages of a group are delivered one after the other.
    pub ordered: bool,
    waiting: Pool<Waiting>,
    outstanding: Pool<Outstanding>,
    time_outs: Deadlines,
    /// The message groups that have a message under way, by receiver, and what waits behind it.
    lines: FxHashMap<(usize, Filled), VecDeque<Key>>,
}

/// The timers that [`Receivers::timer`] answers for; their owners number their own from [`FIRST_OWN_TIMER`].
const TIMER_WAITING: u8 = 0;
const TIMER_TIME_OUT: u8 = 1;
pub const FIRST_OWN_TIMER: u8 = 2;

/// The tag of a call that moves a message to a dead-letter queue; above it is the one of what people send by hand.
const GIVEN_UP: u64 = u64::MAX - 1;
/// Marks the tag of a call that has an entry in `outstanding`; the others carry failures and receiver.
const OUTSTANDING: u64 = 1 << 63;

impl Receivers {
    /// Takes over changed settings; who was known before keeps its figures.
    pub fn configure(&mut self, mut list: Vec<Receiver>) {
        for receiver in &mut list {
            if let Some(old) = self.list.iter().find(|old| old.edge == receiver.edge) {
                receiver.counts = old.counts;
                receiver.pace = receiver.pace.map(|pace| old.pace.map_or(pace, |old| pace.after(old)));
            }
        }
        self.list = list;
        self.places.clear();
        for (receiver, place) in self.list.iter().zip(0..) {
            let number = receiver.edge.usize();
            self.places.resize(self.places.len().max(number + 1), u32::MAX);
            self.places[number] = place;
        }
    }

    /// Where a receiver stands in the list; beyond it where it was removed.
    fn place(&self, receiver: usize) -> usize {
        self.places.get(receiver).map_or(usize::MAX, |place| *place as usize)
    }

    /// Delivers a message to the receiver at a place of the list. It is held here until the receiver takes it.
    pub fn send(&mut self, place: usize, message: MessageId, context: &mut Context<'_>) {
        let receiver = self.list[place].edge.usize();
        let group = context.message(message).group;
        if self.ordered && group != PayloadId::NULL {
            let line = (receiver, context.world.payloads.filled(group, context.message(message)));
            match self.lines.get_mut(&line) {
                Some(line) => {
                    let reason = Wait::MessageGroup;
                    line.push_back(self.waiting.add(Waiting { message, receiver, failures: 0, reason }));
                    self.count(receiver, |counts| counts.waiting += 1);
                    return;
                }
                None => {
                    self.lines.insert(line, VecDeque::new());
                }
            }
        }
        self.attempt(receiver, message, 0, context);
    }

    fn count(&mut self, receiver: usize, change: impl FnOnce(&mut Counts)) {
        let place = self.place(receiver);
        if let Some(receiver) = self.list.get_mut(place) {
            change(&mut receiver.counts);
        }
    }

    fn attempt(&mut self, index: usize, message: MessageId, failures: u32, context: &mut Context<'_>) {
        let place = self.place(index);
        let Some(receiver) = self.list.get_mut(place) else { return self.end_removed(index, message, context) };
        match receiver.access {
            Access::Allowed => {}
            Access::Denied => return self.give_up(index, message, failures, Cause::NoPermission, None, context),
            Access::Deleted => return self.give_up(index, message, failures, Cause::NoResource, None, context),
        }
        let now = context.now();
        let mut at = now;
        if let Some(pace) = &mut receiver.pace {
            at = pace.reserve(now, 1);
        }
        if let Some(pace) = &mut self.pace {
            at = at.max(pace.reserve(now, receiver.weight));
        }
        if at > now {
            receiver.counts.waiting += 1;
            context.record_on(receiver.edge, Some(message), What::RateLimited { until: at });
            let reason = Wait::RateLimit;
            let key = self.waiting.add(Waiting { message, receiver: index, failures, reason });
            context.timer_at(at, TIMER_WAITING, key.number());
            return;
        }
        self.hand_over(index, message, failures, context);
    }

    /// Functions are invoked asynchronously: the delivery is done when they have accepted the event.
    fn hand_over(&mut self, index: usize, message: MessageId, failures: u32, context: &mut Context<'_>) {
        let Some(receiver) = self.list.get(self.place(index)) else {
            return self.end_removed(index, message, context);
        };
        let mut tag = (u64::from(failures) << 32) | index as u64;
        let mut outstanding = None;
        if self.ordered || receiver.patience.is_some() {
            let entry = Outstanding { call: None, message: *context.message(message), receiver: index, failures };
            let key = self.outstanding.add(entry);
            tag = OUTSTANDING | key.number();
            outstanding = Some(key);
        }
        let trace = context.message(message).trace;
        let mut request = Request::along(receiver.edge, receiver.operation, message, trace, tag);
        request.way = Way::Message;
        let call = context.call(request);
        if let Some(key) = outstanding {
            if let Some(entry) = self.outstanding.get_mut(key) {
                entry.call = Some(call);
            }
            if let Some(patience) = receiver.patience {
                let due = self.time_outs.add(context.now() + patience, key.number());
                set(context, due);
            }
        }
    }

    /// The answer to a call that was made here.
    pub fn answered(&mut self, call: CallId, context: &mut Context<'_>) {
        let Some(reply) = context.take_reply(call) else { return };
        if reply.tag >= GIVEN_UP {
            // The dead-letter queue did not take it, or what was sent by hand was refused.
            let reason = match reply.status {
                _ if reply.tag == GIVEN_UP => Reason::RetriesExhausted,
                Status::THROTTLED => Reason::Throttled,
                _ => Reason::Failed,
            };
            if let Some(message) = reply.message {
                context.end(message, Ending::Dropped(reason));
            }
            return;
        }
        let mut finished = None;
        let (index, failures) = if reply.tag & OUTSTANDING == 0 {
            (reply.tag as u32 as usize, (reply.tag >> 32) as u32)
        } else {
            let key = Key::from_number(reply.tag & !OUTSTANDING);
            let Some(entry) = self.outstanding.remove(key) else { return };
            finished = Some(entry.message);
            (entry.receiver, entry.failures)
        };
        match reply.message {
            Some(message) => self.failed(index, message, failures, Failure::Answer(reply.status), context),
            None => {
                let success = u64::from(reply.status.is_success());
                self.count(index, |counts| counts.delivered += success);
                if let Some(message) = finished {
                    self.next_in_line(index, &message, context);
                }
            }
        }
    }

    /// A timer below [`FIRST_OWN_TIMER`].
    pub fn timer(&mut self, tag: u8, token: u64, context: &mut Context<'_>) {
        if tag == TIMER_WAITING {
            let Some(waiting) = self.waiting.remove(Key::from_number(token)) else { return };
            let Waiting { message, receiver, failures, reason } = waiting;
            self.count(receiver, |counts| {
                let waited = if reason == Wait::Retry { &mut counts.retrying } else { &mut counts.waiting };
                *waited = waited.saturating_sub(1);
            });
            match reason {
                Wait::RateLimit => self.hand_over(receiver, message, failures, context),
                Wait::Retry | Wait::MessageGroup => self.attempt(receiver, message, failures, context),
            }
            return;
        }
        let now = context.now();
        while let Some(due) = self.time_outs.next_due(now) {
            let Some(entry) = self.outstanding.remove(Key::from_number(due)) else { continue };
            // Whoever it was sent to still has that message; what is tried again is another one with the same contents.
            if let Some(call) = entry.call {
                context.abandon(call);
            }
            let message = context.renew(&entry.message);
            context.record(Some(message), What::GaveUp);
            self.failed(entry.receiver, message, entry.failures, Failure::TimedOut, context);
        }
        let outstanding = &self.outstanding;
        let due = self.time_outs.rearm(now, |due| outstanding.get(Key::from_number(due)).is_some());
        set(context, due);
    }

    fn failed(&mut self, index: usize, message: MessageId, failures: u32, failure: Failure, context: &mut Context<'_>) {
        let place = self.place(index);
        if place >= self.list.len() {
            return self.end_removed(index, message, context);
        }
        let Some(receiver) = self.list.get_mut(place).filter(|receiver| receiver.active) else {
            let snapshot = *context.message(message);
            context.end(message, Ending::Dropped(Reason::NobodyListened));
            self.next_in_line(index, &snapshot, context);
            return;
        };
        let now = context.now();
        let age = now.since(context.message(message).created);
        let pause = match receiver.policy.can_retry(failure) {
            true => receiver.policy.pause(failures + 1, age),
            false => Err(Cause::Refused),
        };
        match pause {
            Ok(pause) => {
                receiver.counts.retrying += 1;
                let pause = pause.max(receiver.retry_after.unwrap_or(0));
                let at = now + jitter(pause, context);
                let retried = context.message_mut(message);
                retried.attempt = retried.attempt.saturating_add(1);
                let attempt = retried.attempt;
                context.record(Some(message), What::RetryAt { attempt, at });
                let waiting = Waiting { message, receiver: index, failures: failures + 1, reason: Wait::Retry };
                let key = self.waiting.add(waiting);
                context.timer_at(at, TIMER_WAITING, key.number());
            }
            Err(cause) => self.give_up(index, message, failures, cause, Some(failure), context),
        }
    }

    /// Gives a message up without trying: nothing would make this receiver take it.
    pub fn refuse(&mut self, place: usize, message: MessageId, context: &mut Context<'_>) {
        let index = self.list[place].edge.usize();
        self.give_up(index, message, 0, Cause::Refused, None, context);
    }

    /// Puts a message that could not be delivered into the dead-letter queue, or drops it where there is none.
    fn give_up(
        &mut self,
        index: usize,
        message: MessageId,
        failures: u32,
        cause: Cause,
        failure: Option<Failure>,
        context: &mut Context<'_>,
    ) {
        let snapshot = *context.message(message);
        let place = self.place(index);
        let Some(receiver) = self.list.get_mut(place) else { return self.end_removed(index, message, context) };
        receiver.counts.failed += 1;
        receiver.counts.causes[cause as usize] += 1;
        context.record_on(receiver.edge, Some(message), What::Undeliverable { cause });
        match receiver.dead_letter_queue {
            Some(queue) => {
                receiver.counts.dead_lettered += 1;
                if let Some(origin) = &receiver.origin {
                    let list = dead_letter_attributes(origin, failures, cause, failure);
                    let attributes = context.world.payloads.intern_attributes(list);
                    context.reattribute(message, attributes);
                }
                // For the queue it is a message like any other, sent now.
                let now = context.now();
                context.message_mut(message).created = now;
                let dead = Operation::Accept { dead: true };
                context.record(Some(message), What::DeadLettered);
                context.call(Request::inside(queue, dead, Some(message), snapshot.trace, GIVEN_UP));
            }
            None => context.end(message, cause.ending()),
        }
        self.next_in_line(index, &snapshot, context);
    }

    /// Its receiver was removed while it was under way.
    fn end_removed(&mut self, index: usize, message: MessageId, context: &mut Context<'_>) {
        let snapshot = *context.message(message);
        context.end(message, Ending::Dropped(Reason::Removed));
        self.next_in_line(index, &snapshot, context);
    }

    /// What comes after `done` in its message group may go.
    fn next_in_line(&mut self, index: usize, done: &Message, context: &mut Context<'_>) {
        if !self.ordered || done.group == PayloadId::NULL {
            return;
        }
        let line = (index, context.world.payloads.filled(done.group, done));
        let Some(waiting) = self.lines.get_mut(&line) else { return };
        match waiting.pop_front() {
            None => {
                self.lines.remove(&line);
            }
            // As an event of its own, so that a long line does not end up in a deep stack.
            Some(key) => context.timer(0, TIMER_WAITING, key.number()),
        }
    }

    pub fn held(&self, visit: &mut dyn FnMut(MessageId)) {
        self.waiting.iter().for_each(|(_, waiting)| visit(waiting.message));
    }

    /// All receivers' figures together.
    pub fn totals(&self) -> Counts {
        let mut sum = Counts::default();
        for counts in self.list.iter().map(|receiver| &receiver.counts) {
            sum.delivered += counts.delivered;
            sum.filtered += counts.filtered;
            sum.failed += counts.failed;
            sum.dead_lettered += counts.dead_lettered;
            sum.retrying += counts.retrying;
            sum.waiting += counts.waiting;
            sum.causes.iter_mut().zip(counts.causes).for_each(|(sum, count)| *sum += count);
        }
        sum
    }
}

/// The services add jitter to every pause and do not say how much; here it is up to so many hundredths either way.
pub const JITTER: u64 = 10;

fn jitter(pause: u64, context: &mut Context<'_>) -> u64 {
    let most = pause * JITTER / 100;
    if pause == 0 { 0 } else { pause - most + context.stream().below(pause * JITTER / 50 + 1) }
}

fn set(context: &mut Context<'_>, due: Option<Time>) {
    if let Some(due) = due {
        context.timer_at(due, TIMER_TIME_OUT, 0);
    }
}

/// eb-rule-dlq.
fn dead_letter_attributes(
    origin: &Origin,
    failures: u32,
    cause: Cause,
    failure: Option<Failure>,
) -> Vec<(String, String, String)> {
    let (code, message) = match (cause, failure) {
        (Cause::NoPermission, _) => ("NO_PERMISSIONS", "The target's policy does not allow this rule to reach it."),
        (Cause::NoResource, _) => ("NO_RESOURCE", "The target does not exist."),
        (_, Some(Failure::TimedOut)) => ("TIMEOUT", "The target did not answer in time."),
        (_, Some(Failure::Answer(Status::Http(429)))) => ("THROTTLING", "The target throttled the request."),
        (_, Some(Failure::Answer(Status::Unreachable))) => ("CONNECTION_FAILURE", "The target could not be reached."),
        (_, Some(Failure::Answer(_))) => ("ERROR_FROM_TARGET", "The target answered with an error."),
        (_, None) => ("INVALID_PARAMETER", "The target cannot take this event."),
    };
    let condition = match cause {
        Cause::RetriesExhausted => Some("MaximumRetryAttempts"),
        Cause::TooOld => Some("MaximumEventAgeInSeconds"),
        _ => None,
    };
    let attribute = |name: &str, value: &str| (name.to_string(), "String".to_string(), value.to_string());
    let mut list = vec![
        attribute("RULE_ARN", &origin.rule_arn),
        attribute("TARGET_ARN", &origin.target_arn),
        attribute("ERROR_CODE", code),
        attribute("ERROR_MESSAGE", message),
        attribute("RETRY_ATTEMPTS", &failures.to_string()),
    ];
    list.extend(condition.map(|condition| attribute("EXHAUSTED_RETRY_CONDITION", condition)));
    list
}
