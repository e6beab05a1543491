//! The function's own queue for asynchronous invocations, and where their outcomes go.
//!
//! A failed event is tried again one and two minutes later; a throttled one goes back for 1 second, doubling up to 5
//! minutes, which uses up no retry, until it is too old (invocation-async-error-handling). What was given up goes to the
//! dead-letter queue as it was, and to the destination on failure as a record of what happened; what worked to the
//! destination on success (invocation-async-retain-records).

use super::super::call::Operation;
use super::super::journal::{Status, Way, What};
use super::super::message::{Ending, MessageId, Reason};
use super::super::payload::{AttributesId, PayloadId};
use super::super::world::{Context, Reply, Request, Trip};
use super::{Function, Mode, TIMER_EVENT, Work};
use crate::diagram::{EdgeIndex, EdgeKind, NodeIndex, NodeKind, Plan};
use crate::kernel::{Key, Pool, SECOND, Time};
use crate::language::in_english;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

/// Before the second and the third try of an event whose invocation failed.
pub const RETRY: [u64; 2] = [60 * SECOND, 120 * SECOND];
pub const THROTTLE_RETRY: u64 = SECOND;
pub const MAXIMUM_THROTTLE_RETRY: u64 = 300 * SECOND;

/// Tags of calls to destinations: this and the ones above it but the last.
const DESTINATION: u64 = u64::MAX - 3;

/// Which destination a call with this tag went to.
pub fn destination_of(tag: u64) -> Option<usize> {
    tag.checked_sub(DESTINATION).filter(|place| *place < 3).map(|place| place as usize)
}

/// An event in the function's own queue.
#[derive(Clone, Copy, Debug)]
pub struct QueuedEvent {
    pub message: MessageId,
    pub next: Time,
    accepted: Time,
    /// How often the code failed, and how often it ran.
    failures: u8,
    invocations: u16,
    pause: u64,
    /// What the last failed invocation returned.
    answer: PayloadId,
}

/// Where outcomes of one kind go.
#[derive(Clone, Debug)]
pub struct Destination {
    pub edge: EdgeIndex,
    pub to: NodeIndex,
    pub kind: EdgeKind,
    receiver: NodeKind,
    pub delivered: u64,
    pub failed: u64,
}

/// What a record says; the same says the same.
type RecordKey = (PayloadId, PayloadId, Option<Reason>, u16);

#[derive(Clone, Debug)]
pub struct OwnQueue {
    name: String,
    events: Pool<QueuedEvent>,
    pub destinations: Vec<Destination>,
    records: FxHashMap<RecordKey, PayloadId>,
}

impl OwnQueue {
    pub fn new(plan: &Plan, node: NodeIndex) -> Self {
        let mut queue = OwnQueue {
            name: String::new(),
            events: Pool::default(),
            destinations: Vec::new(),
            records: FxHashMap::default(),
        };
        queue.configure(plan, node);
        queue
    }

    pub fn configure(&mut self, plan: &Plan, node: NodeIndex) {
        self.name = plan.node(node).name.replace(' ', "-");
        let old = std::mem::take(&mut self.destinations);
        for edge in plan.node(node).outgoing.iter().copied() {
            let planned = plan.edge(edge);
            if matches!(planned.kind, EdgeKind::OnSuccess | EdgeKind::OnFailure | EdgeKind::DeadLetter) {
                let known = old.iter().find(|known| known.edge == edge);
                self.destinations.push(known.cloned().unwrap_or(Destination {
                    edge,
                    to: planned.to,
                    kind: planned.kind,
                    receiver: plan.node(planned.to).kind,
                    delivered: 0,
                    failed: 0,
                }));
            }
        }
        self.records.clear();
    }

    pub fn add(&mut self, message: MessageId, now: Time) -> Key {
        self.events.add(QueuedEvent {
            message,
            next: now,
            accepted: now,
            failures: 0,
            invocations: 0,
            pause: THROTTLE_RETRY,
            answer: PayloadId::NULL,
        })
    }

    pub fn events(&self) -> impl Iterator<Item = &QueuedEvent> {
        self.events.iter().map(|(_, event)| event)
    }

    pub fn len(&self) -> usize {
        self.events.len()
    }

    fn find(&self, kind: EdgeKind) -> Option<usize> {
        self.destinations.iter().position(|destination| destination.kind == kind)
    }

    /// The record of an invocation, as destinations get it; `given_up` where it failed for good.
    fn record(
        &mut self,
        event: &QueuedEvent,
        answer: PayloadId,
        given_up: Option<Reason>,
        context: &mut Context<'_>,
    ) -> PayloadId {
        let payload = context.message(event.message).payload;
        let key = (payload, answer, given_up, event.invocations);
        if let Some(known) = self.records.get(&key) {
            return *known;
        }
        let value = |id| -> Value { context.world.payloads.get(id).value.clone() };
        let mut record = json!({
            "version": "1.0",
            "timestamp": "{{time}}",
            "requestContext": {
                "requestId": "{{requestId}}",
                "functionArn": format!("arn:aws:lambda:us-east-1:123456789012:function:{}:$LATEST", self.name),
                "condition": given_up.map_or("Success", condition),
                "approximateInvokeCount": event.invocations,
            },
            "requestPayload": value(payload),
        });
        if event.invocations > 0 {
            record["responseContext"] = json!({ "statusCode": 200, "executedVersion": "$LATEST" });
            if given_up.is_some() {
                record["responseContext"]["functionError"] = "Unhandled".into();
            }
            record["responsePayload"] = value(answer);
        }
        let record = context.world.payloads.intern(record);
        self.records.insert(key, record);
        record
    }

    /// Hands a message to a destination. A delivery that fails is counted and not tried again; what the service does
    /// then is not documented but for the metric DestinationDeliveryFailures.
    fn deliver(&mut self, place: usize, message: MessageId, context: &mut Context<'_>) {
        let destination = &self.destinations[place];
        let dead = destination.kind == EdgeKind::DeadLetter;
        let operation = match destination.receiver {
            NodeKind::Queue if dead => Operation::Accept { dead: true },
            NodeKind::Queue => Operation::SendMessage,
            NodeKind::Topic => Operation::Publish,
            NodeKind::Bus => {
                let verdict = if destination.kind == EdgeKind::OnSuccess { "Success" } else { "Failure" };
                let detail_type = format!("Lambda Function Invocation Result - {verdict}");
                Operation::PutEvents {
                    source: context.world.payloads.intern("lambda".into()),
                    detail_type: context.world.payloads.intern(detail_type.into()),
                }
            }
            _ => Operation::InvokeLater,
        };
        let trace = context.message(message).trace;
        context.call(Request {
            edge: Some(destination.edge),
            to: None,
            operation,
            message: Some(message),
            trace,
            tag: DESTINATION + place as u64,
            way: if dead { Way::DeadLetter } else { Way::Message },
            trip: Trip::There,
        });
    }

    pub fn delivered(&mut self, place: usize, reply: Reply, context: &mut Context<'_>) {
        if let Some(destination) = self.destinations.get_mut(place) {
            if reply.status.is_success() {
                destination.delivered += 1;
            } else {
                destination.failed += 1;
            }
        }
        if let Some(message) = reply.message {
            context.end(message, Ending::Dropped(Reason::Failed));
        }
    }
}

/// Why an event was given up, as a record's `condition` says it. The one for loops is not documented.
fn condition(reason: Reason) -> &'static str {
    match reason {
        Reason::TooOld => "EventAgeExceeded",
        Reason::SwitchedOff => "ZeroReservedConcurrency",
        Reason::Loop => "RecursiveInvocation",
        _ => "RetriesExhausted",
    }
}

impl Function {
    /// Tries to run an event of the function's own queue.
    pub(super) fn try_event(&mut self, key: Key, context: &mut Context<'_>) {
        let Some(mut event) = self.own_queue.events.remove(key) else { return };
        let now = context.now();
        let message = *context.message(event.message);
        if self.concurrency.is_off() {
            self.give_event_up(event, Reason::SwitchedOff, context);
        } else if now.since(event.accepted) > self.settings.maximum_event_age {
            self.give_event_up(event, Reason::TooOld, context);
        } else if self.loops(message.lineage, context) {
            self.counts.loops_stopped += 1;
            context.record(Some(event.message), What::LoopStopped);
            self.give_event_up(event, Reason::Loop, context);
        } else {
            match self.admit(false, context) {
                Ok(admitted) => {
                    event.invocations += 1;
                    let work =
                        Work { trace: message.trace, payload: message.payload, lineage: message.lineage, records: 1 };
                    self.start(Mode::Asynchronous { event }, work, admitted, context);
                }
                Err(overload) => {
                    context.record(Some(event.message), What::Overloaded { overload });
                    let pause = event.pause;
                    event.pause = (pause * 2).min(MAXIMUM_THROTTLE_RETRY);
                    self.wait(event, now + pause, context);
                }
            }
        }
    }

    /// Puts an event back until `next`, or until it is too old.
    fn wait(&mut self, mut event: QueuedEvent, next: Time, context: &mut Context<'_>) {
        event.next = next.min(event.accepted + self.settings.maximum_event_age + 1);
        let key = self.own_queue.events.add(event);
        context.timer_at(event.next, TIMER_EVENT, key.number());
    }

    /// An invocation of the function's own queue has ended.
    pub(super) fn event_done(
        &mut self,
        mut event: QueuedEvent,
        status: Status,
        answer: PayloadId,
        context: &mut Context<'_>,
    ) {
        if status == Status::OK {
            if let Some(place) = self.own_queue.find(EdgeKind::OnSuccess) {
                self.send_record(place, &event, answer, None, context);
            }
            context.end(event.message, Ending::Processed);
            return;
        }
        event.answer = answer;
        let failures = usize::from(event.failures);
        let pause = RETRY.get(failures).filter(|_| failures < self.settings.maximum_retries as usize);
        let Some(pause) = pause else {
            self.give_event_up(event, Reason::RetriesExhausted, context);
            return;
        };
        event.failures += 1;
        event.pause = THROTTLE_RETRY;
        let at = context.now() + *pause;
        let attempt = {
            let message = context.message_mut(event.message);
            message.attempt += 1;
            message.attempt
        };
        context.record(Some(event.message), What::RetryAt { attempt, at });
        self.wait(event, at, context);
    }

    /// A record of its own, for a message that stays or ends.
    fn send_record(
        &mut self,
        place: usize,
        event: &QueuedEvent,
        answer: PayloadId,
        given_up: Option<Reason>,
        context: &mut Context<'_>,
    ) {
        let original = *context.message(event.message);
        let record = self.own_queue.record(event, answer, given_up, context);
        let message = context.create_from(original.serial, original.trace, record, AttributesId::NONE, 1);
        context.message_mut(message).lineage = self.lineage_after(original.lineage, context);
        self.own_queue.deliver(place, message, context);
    }

    /// An event failed for good. It goes on to the dead-letter queue or, as a record, to the destination on failure.
    fn give_event_up(&mut self, event: QueuedEvent, reason: Reason, context: &mut Context<'_>) {
        context.record(Some(event.message), What::EventGivenUp { reason });
        let on_failure = self.own_queue.find(EdgeKind::OnFailure);
        if let Some(place) = self.own_queue.find(EdgeKind::DeadLetter) {
            if let Some(place) = on_failure {
                self.send_record(place, &event, event.answer, Some(reason), context);
            }
            self.send_dead_letter(place, &event, reason, context);
        } else if let Some(place) = on_failure {
            let record = self.own_queue.record(&event, event.answer, Some(reason), context);
            let lineage = self.lineage_after(context.message(event.message).lineage, context);
            context.message_mut(event.message).attributes = AttributesId::NONE;
            context.rewrite(event.message, record);
            context.wrap(event.message, Default::default());
            let message = context.message_mut(event.message);
            message.lineage = lineage;
            message.attempt = 1;
            self.own_queue.deliver(place, event.message, context);
        } else if reason == Reason::TooOld {
            context.end(event.message, Ending::Expired);
        } else {
            context.end(event.message, Ending::Dropped(reason));
        }
    }

    /// The event as it was, with what went wrong in its attributes: invocation-async-retain-records.
    fn send_dead_letter(&mut self, place: usize, event: &QueuedEvent, reason: Reason, context: &mut Context<'_>) {
        let message = *context.message(event.message);
        let code = if event.invocations > 0 { "200" } else { "429" };
        let words = match &context.world.payloads.get(event.answer).value["errorMessage"] {
            Value::String(words) => words.clone(),
            _ => in_english(|| reason.words()).to_string(),
        };
        let mut attributes = context.world.payloads.attributes(message.attributes).clone();
        for (name, kind, value) in [
            ("RequestID", "String", "{{requestId}}"),
            ("ErrorCode", "Number", code),
            ("ErrorMessage", "String", &words),
        ] {
            attributes.retain(|(known, _, _)| known != name);
            attributes.push((name.to_string(), kind.to_string(), value.to_string()));
        }
        let attributes = context.world.payloads.intern_attributes(attributes);
        let now = context.now();
        let lineage = self.lineage_after(message.lineage, context);
        context.reattribute(event.message, attributes);
        let letter = context.message_mut(event.message);
        letter.created = now;
        letter.lineage = lineage;
        self.own_queue.deliver(place, event.message, context);
    }
}
