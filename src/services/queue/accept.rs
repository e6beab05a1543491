//! The queue's door: what may come in, what is dropped as a duplicate, what is refused.

use super::quota::Action;
use super::{Queue, State, TIMER_DELAY, set, token};
use crate::kernel::SECOND;
use crate::language::in_english;
use crate::services::call::CallId;
use crate::services::deduplication::Mark;
use crate::services::entries;
use crate::services::journal::{Limit, Refusal, Status, What};
use crate::services::message::{Ending, Envelope, MessageId, Reason};
use crate::services::payload::{PayloadId, billed_chunks};
use crate::services::world::Context;
use serde_json::{Value, json};

/// Of MessageGroupId and MessageDeduplicationId, in characters: API_SendMessage.
pub const MAXIMUM_ID: usize = 128;
/// Of all messages of a batch together, in bytes: API_SendMessageBatch.
pub const MAXIMUM_BATCH: u64 = 1_048_576;
/// DelaySeconds: sqs-message-timers.
const MAXIMUM_DELAY: u16 = 900;

/// An entry of a batch that failed: API_BatchResultErrorEntry.
fn failure(id: &str, code: &str, message: &str, by_sender: bool) -> Value {
    json!({ "Id": id, "Code": code, "Message": message, "SenderFault": by_sender })
}

impl Queue {
    /// SendMessage.
    pub(super) fn accept(&mut self, id: CallId, context: &mut Context<'_>) {
        let Some(edge) = context.request(id).map(|call| call.edge) else { return };
        let Some(message) = context.take_message(id) else { return };
        let known = context.message(message);
        // Attributes count too: quotas-messages.
        let size = context.world.payloads.size(known.payload, known.attributes);
        self.counts.requests += billed_chunks(size);
        let from_topic = edge.is_some_and(|edge| self.subscriptions.contains(&edge));
        if let Some(why) = self.refusal(message, size, from_topic, context) {
            self.counts.refused += 1;
            context.record(Some(message), What::Refused { why });
            context.reply(id, Status::Http(400), PayloadId::NULL, Some(message));
            return;
        }
        if self.fifo.is_some() {
            let limit = if !self.within_quota(Action::Send, context) {
                Some(Limit::QueueCalls)
            } else {
                (!self.within_group_quota(message, context)).then_some(Limit::QueueGroup)
            };
            if let Some(limit) = limit {
                context.record(Some(message), What::Throttled { limit });
                context.reply(id, Status::THROTTLED, PayloadId::NULL, Some(message));
                return;
            }
            if self.is_duplicate(message, context) {
                self.counts.deduplicated += 1;
                context.reply(id, Status::OK, PayloadId::NULL, None);
                context.end(message, Ending::Dropped(Reason::Deduplicated));
                return;
            }
        } else if context.message(message).group != PayloadId::NULL {
            self.counts.fair_requests += billed_chunks(size);
        }
        context.reply(id, Status::OK, PayloadId::NULL, None);
        self.store(message, context);
    }

    /// SendMessageBatch: one call and one request to pay, and each entry a message of its own that is accepted or refused by
    /// itself, in an answer that is a success (API_SendMessageBatch).
    pub(super) fn accept_batch(&mut self, id: CallId, context: &mut Context<'_>) {
        let Some(request) = context.take_message(id) else { return };
        let parsed = entries::sends(&context.world.payloads.get(context.message(request).payload).value);
        let entries = parsed.as_deref().unwrap_or_default();
        let mut contents = Vec::with_capacity(entries.len());
        let mut total = 0;
        for entry in entries {
            let payloads = &mut context.world.payloads;
            let body = payloads.intern(entry.message.clone());
            let attributes = payloads.intern_attributes(entry.attributes.clone());
            total += payloads.size(body, attributes);
            contents.push((body, attributes));
        }
        self.counts.requests += billed_chunks(total);
        let refused = parsed.as_ref().err().copied();
        // What an entry lacks is its own failure, but for this.
        let anonymous = self.fifo.is_some()
            && !self.settings.content_based_deduplication
            && entries.iter().any(|entry| entry.deduplication.is_none());
        let refused = refused.or(anonymous.then_some("InvalidParameterValue"));
        let refused = refused.or((total > MAXIMUM_BATCH).then_some("BatchRequestTooLong"));
        if let Some(code) = refused {
            self.counts.refused += 1;
            let answer = context.world.payloads.intern(json!({ "Error": { "Code": code } }));
            context.reply(id, Status::Http(400), answer, Some(request));
            return;
        }
        if self.fifo.is_some() && !self.within_quota(Action::Send, context) {
            context.record(Some(request), What::Throttled { limit: Limit::QueueCalls });
            context.reply(id, Status::THROTTLED, PayloadId::NULL, Some(request));
            return;
        }
        if self.fifo.is_none() && entries.iter().any(|entry| entry.group.is_some()) {
            self.counts.fair_requests += billed_chunks(total);
        }
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        let (mut accepted, mut duplicates) = (Vec::new(), Vec::new());
        // The call counts once for each group that it has messages for.
        let mut groups: Vec<(PayloadId, bool)> = Vec::new();
        for (entry, (body, attributes)) in entries.iter().zip(contents) {
            let message = context.unpack(request, body, attributes);
            let mut label = |text: &Option<String>| {
                let text = text.as_ref().map(|text| Value::String(text.clone()));
                text.map_or(PayloadId::NULL, |text| context.world.payloads.intern(text))
            };
            let (group, deduplication) = (label(&entry.group), label(&entry.deduplication));
            let labelled = context.message_mut(message);
            (labelled.group, labelled.deduplication, labelled.delay) = (group, deduplication, entry.delay);
            let size = context.world.payloads.size(body, attributes);
            if let Some(why) = self.refusal(message, size, false, context) {
                self.counts.refused += 1;
                failed.push(failure(&entry.id, why.code(), in_english(|| why.words()), true));
                context.record(Some(message), What::Refused { why });
                context.end(message, Ending::Dropped(Reason::Refused));
                continue;
            }
            let within = match groups.iter().find(|known| known.0 == group) {
                Some((_, within)) => *within,
                None => {
                    let within = self.within_group_quota(message, context);
                    groups.push((group, within));
                    within
                }
            };
            if !within {
                failed.push(failure(&entry.id, "ThrottlingException", "Rate exceeded.", false));
                context.record(Some(message), What::Throttled { limit: Limit::QueueGroup });
                context.end(message, Ending::Dropped(Reason::Throttled));
                continue;
            }
            successful.push(json!({ "Id": entry.id, "MessageId": "{{eventId}}" }));
            if self.is_duplicate(message, context) { duplicates.push(message) } else { accepted.push(message) }
        }
        let answer = context.world.payloads.intern(json!({ "Successful": successful, "Failed": failed }));
        context.end(request, Ending::Processed);
        context.reply(id, Status::OK, answer, None);
        for message in duplicates {
            self.counts.deduplicated += 1;
            context.end(message, Ending::Dropped(Reason::Deduplicated));
        }
        for message in accepted {
            self.store(message, context);
        }
    }

    /// Puts in a message that was accepted.
    fn store(&mut self, message: MessageId, context: &mut Context<'_>) {
        let now = context.now();
        context.message_mut(message).created = now;
        self.counts.sent += 1;
        let index = self.add(message, None, 0, context);
        self.record_group(message, true, context);
        let own = context.message(message).delay.filter(|_| self.fifo.is_none());
        let delay = own.map_or(self.settings.delay, |seconds| u64::from(seconds) * SECOND);
        if delay > 0 {
            let until = now + delay;
            let stamp = self.change(index, State::Delayed { until });
            self.delayed_count += 1;
            context.record(Some(message), What::Delayed { until });
            let due = self.delays.add(until, token(index, stamp));
            set(context, due, TIMER_DELAY);
        } else {
            self.let_in(index, message, context);
        }
    }

    /// Takes a dead letter, or what is moved back. Neither is a new message's send: no delay, no duplicates.
    pub(super) fn take_in(&mut self, id: CallId, dead: bool, context: &mut Context<'_>) {
        let Some(from) = context.request(id).map(|call| call.from) else { return };
        let Some(message) = context.take_message(id) else { return };
        context.reply(id, Status::OK, PayloadId::NULL, None);
        // NumberOfMessagesSent leaves out what was moved here as a dead letter: sqs-available-cloudwatch-metrics.
        if dead {
            context.world.messages.bury(message);
            // In a standard queue a dead letter keeps its age; in a FIFO queue it starts anew: sqs-dead-letter-queues.
            if self.fifo.is_some() {
                let now = context.now();
                context.message_mut(message).created = now;
            }
        } else {
            self.counts.sent += 1;
        }
        let index = self.add(message, dead.then_some(from), 0, context);
        self.record_group(message, false, context);
        self.let_in(index, message, context);
    }

    fn record_group(&self, message: MessageId, compared: bool, context: &mut Context<'_>) {
        if self.fifo.is_none() {
            return;
        }
        let known = context.message(message);
        let deduplication = match (known.deduplication, known.envelope) {
            _ if !compared => PayloadId::NULL,
            (PayloadId::NULL, Envelope::None) => known.payload,
            (id, _) => id,
        };
        let group = known.group;
        context.record(Some(message), What::Grouped { group, deduplication });
    }

    fn let_in(&mut self, index: u32, message: MessageId, context: &mut Context<'_>) {
        context.record(Some(message), What::Visible);
        self.show(index, false, context);
        self.serve(context);
    }

    /// Why the message, of so many bytes, does not fit this queue.
    fn refusal(&self, message: MessageId, size: u64, from_topic: bool, context: &Context<'_>) -> Option<Refusal> {
        // The topic's own limit holds for what it delivers: large-message-payloads.
        if size > self.settings.maximum_message_size && !from_topic {
            return Some(Refusal::TooLarge);
        }
        let message = context.message(message);
        let too_long = |label: PayloadId| {
            // The text is JSON: two quotes more.
            label != PayloadId::NULL && context.world.payloads.get(label).text.len() > MAXIMUM_ID + 2
        };
        if too_long(message.group) || too_long(message.deduplication) {
            Some(Refusal::IdTooLong)
        } else if message.delay.is_some_and(|seconds| seconds > MAXIMUM_DELAY) {
            Some(Refusal::DelayTooLong)
        } else if self.fifo.is_none() {
            (message.deduplication != PayloadId::NULL && !from_topic).then_some(Refusal::DeduplicationOnStandard)
        } else if message.group == PayloadId::NULL {
            Some(Refusal::NoGroup)
        } else if message.deduplication == PayloadId::NULL && !self.settings.content_based_deduplication {
            Some(Refusal::NoDeduplicationId)
        } else {
            message.delay.is_some_and(|seconds| seconds > 0).then_some(Refusal::DelayOnFifo)
        }
    }

    fn within_group_quota(&mut self, message: MessageId, context: &Context<'_>) -> bool {
        let Some(fifo) = self.fifo.as_mut().filter(|_| self.settings.high_throughput) else { return true };
        let message = context.message(message);
        let group = context.world.payloads.filled(message.group, message);
        let admitted = fifo.quota.admits_group(group, context.now());
        self.counts.throttled += u64::from(!admitted);
        admitted
    }

    fn is_duplicate(&mut self, message: MessageId, context: &Context<'_>) -> bool {
        let Some(fifo) = &mut self.fifo else { return false };
        let (message, payloads) = (context.message(message), &context.world.payloads);
        let by_content = message.deduplication == PayloadId::NULL;
        let id =
            if by_content { payloads.filled_body(message) } else { payloads.filled(message.deduplication, message) };
        let group = self.settings.deduplication_per_group.then(|| payloads.filled(message.group, message));
        fifo.deduplication.is_duplicate(Mark { id, by_content, group }, context.now())
    }
}
