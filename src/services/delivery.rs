//! What topics and rules have in common: they hand a message to a receiver, and try again by a schedule if it fails.

use super::component::Component;
use super::journal::{Status, What};
use super::message::{Ending, MessageId, Reason};
use super::world::{Context, Request};
use super::{Operation, Way};
use crate::diagram::{EdgeIndex, NodeKind};
use crate::kernel::{Key, Pool, SECOND};

/// How one receiver fares.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub delivered: u64,
    pub filtered: u64,
    pub failed: u64,
    pub retrying: u64,
}

/// The receivers of a changed plan, each in the place that it had: calls and retries under way know it by its place. Those
/// that are gone stay, retired.
pub fn keep_places<T>(old: Vec<T>, new: Vec<T>, edge: impl Fn(&T) -> EdgeIndex, retire: impl Fn(&mut T)) -> Vec<T> {
    let mut new: Vec<Option<T>> = new.into_iter().map(Some).collect();
    let mut kept = Vec::with_capacity(new.len());
    for mut known in old {
        match new.iter_mut().find(|it| it.as_ref().is_some_and(|it| edge(it) == edge(&known))) {
            Some(changed) => kept.extend(changed.take()),
            None => {
                retire(&mut known);
                kept.push(known);
            }
        }
    }
    kept.extend(new.into_iter().flatten());
    kept
}

/// A message that waits for its next try.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    pub message: MessageId,
    pub receiver: usize,
}

/// Deliveries that failed and will be tried again. The timer's token is the key.
#[derive(Clone, Debug, Default)]
pub struct Retries {
    waiting: Pool<Retry>,
}

impl Retries {
    /// Waits for `pause` microseconds before the next try.
    pub fn wait(&mut self, message: MessageId, receiver: usize, pause: u64, timer: u8, context: &mut Context<'_>) {
        let at = context.now() + pause;
        let attempt = {
            let message = context.message_mut(message);
            message.attempt = message.attempt.saturating_add(1);
            message.attempt
        };
        context.record(Some(message), What::RetryAt { attempt, at });
        let key = self.waiting.add(Retry { message, receiver });
        context.timer_at(at, timer, key.number());
    }

    pub fn take(&mut self, token: u64) -> Option<Retry> {
        self.waiting.remove(Key::from_number(token))
    }

    pub fn held(&self, visit: &mut dyn FnMut(MessageId)) {
        self.waiting.iter().for_each(|(_, retry)| visit(retry.message));
    }

    pub fn count(&self) -> u64 {
        self.waiting.len() as u64
    }
}

/// Hands a message to whatever stands at the other end of the edge. Functions are invoked asynchronously: the deliverer
/// is done when they have accepted the event.
pub fn deliver(edge: EdgeIndex, operation: Operation, message: MessageId, tag: u64, context: &mut Context<'_>) {
    let trace = context.message(message).trace;
    let mut request = Request::along(edge, operation, message, trace, tag);
    request.way = Way::Message;
    context.call(request);
}

/// Whether trying again can help. A refusal by the receiver's own rules is final (sns-message-delivery-retries,
/// eb-rule-dlq): only throttling, server errors and no answer at all are tried again.
pub fn can_retry(status: Status) -> bool {
    match status {
        Status::Http(code) => code == 429 || code >= 500,
        Status::FunctionError | Status::FunctionTimeout | Status::Unreachable => true,
    }
}

/// Puts a message that could not be delivered into the dead-letter queue, or drops it where there is none.
pub fn give_up(message: MessageId, queue: Option<Component>, context: &mut Context<'_>) {
    match queue {
        Some(queue) => {
            context.record(Some(message), What::DeadLettered);
            let trace = context.message(message).trace;
            context.call(Request::inside(queue, Operation::Accept { dead: true }, Some(message), trace, GIVEN_UP));
        }
        None => context.end(message, Ending::Dropped(Reason::RetriesExhausted)),
    }
}

/// The tag of a call that moves a message to a dead-letter queue.
pub const GIVEN_UP: u64 = u64::MAX;

/// A topic's pauses between deliveries to one kind of receiver: sns-message-delivery-retries. `failures` counts from 1;
/// `None` after the last retry.
pub fn topic_pause(receiver: NodeKind, failures: u16) -> Option<u64> {
    let failures = u64::from(failures);
    match receiver {
        // 3 at once, 2 after 1 s, 10 growing from 1 s to 20 s, 100,000 after 20 s. The service draws the growth as a
        // picture only; this is geometric, rounded to 0.1 s.
        NodeKind::Queue | NodeKind::Function => match failures {
            1..=3 => Some(0),
            4 | 5 => Some(SECOND),
            6..=15 => Some([10, 14, 19, 27, 38, 53, 74, 103, 143, 200][failures as usize - 6] * SECOND / 10),
            16..=100_015 => Some(20 * SECOND),
            _ => None,
        },
        // 2 after 10 s, 10 growing from 10 s to 10 minutes, 38 after 10 minutes.
        NodeKind::Mailer => match failures {
            1 | 2 => Some(10 * SECOND),
            3..=12 => Some([10, 16, 25, 39, 62, 97, 153, 242, 381, 600][failures as usize - 3] * SECOND),
            13..=50 => Some(600 * SECOND),
            _ => None,
        },
        // HTTP by default: 3 retries, 20 s apart.
        _ => (failures <= 3).then_some(20 * SECOND),
    }
}

/// A rule's pauses between deliveries. The service publishes 24 hours and 185 attempts, not the schedule; doubling from
/// 1 s up to 256 s and then staying at 488 s gives exactly these.
pub fn rule_pause(failures: u16) -> u64 {
    match failures {
        0 => 0,
        1..=9 => SECOND << (failures - 1),
        _ => 488 * SECOND,
    }
}
