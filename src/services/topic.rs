//! The topic, as a standard topic of Amazon SNS: every subscriber gets its own copy, and the publisher learns of none.

use super::call::{CallId, Operation};
use super::component::Component;
use super::delivery::{self, Counts, GIVEN_UP, Retries, can_retry, deliver, give_up, keep_places, topic_pause};
use super::journal::{Status, What};
use super::message::{Ending, Envelope, Message, MessageId, Reason};
use super::payload::{AttributesId, PayloadId, billed_chunks};
use super::world::{Context, Event, Reply, World};
use crate::diagram::settings::{EdgeSettings, TopicSettings};
use crate::diagram::{EdgeIndex, NodeIndex, NodeKind, NodeSettings, Plan};
use crate::rules;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::collections::VecDeque;

const TIMER_RETRY: u8 = 0;
/// How many messages are remembered for showing.
const REMEMBERED: usize = 20;

#[derive(Clone, Debug)]
pub struct Subscription {
    pub edge: EdgeIndex,
    pub to: NodeIndex,
    kind: NodeKind,
    filter: Option<rules::FilterPolicy>,
    raw: bool,
    pub subscribed: bool,
    dead_letter_queue: Option<Component>,
    /// The edge is gone; what is under way to it still comes back.
    removed: bool,
    pub counts: Counts,
}

#[derive(Clone, Debug)]
pub struct Topic {
    node: NodeIndex,
    settings: TopicSettings,
    pub subscriptions: Vec<Subscription>,
    retries: Retries,
    /// Whether a message passes a subscription's filter policy.
    passes: FxHashMap<(usize, PayloadId, AttributesId), bool>,
    accepted: PayloadId,
    subject: PayloadId,
    pub published: u64,
    /// Publications as they are billed: one for each 64 KB.
    pub billed: u64,
    /// The latest messages, as they were published.
    pub recent: VecDeque<Message>,
}

impl Topic {
    pub fn new(plan: &Plan, node: NodeIndex, world: &mut World) -> Option<Self> {
        let NodeSettings::Topic(settings) = &plan.node(node).settings else { return None };
        let mut topic = Topic {
            node,
            settings: settings.clone(),
            subscriptions: Vec::new(),
            retries: Retries::default(),
            passes: FxHashMap::default(),
            accepted: world.payloads.intern(json!({ "MessageId": "{{eventId}}" })),
            subject: world.payloads.intern(Value::String(plan.node(node).name.clone())),
            published: 0,
            billed: 0,
            recent: VecDeque::new(),
        };
        topic.configure(plan, node);
        Some(topic)
    }

    pub fn configure(&mut self, plan: &Plan, node: NodeIndex) {
        if let NodeSettings::Topic(settings) = &plan.node(node).settings {
            self.settings = settings.clone();
        }
        let old = std::mem::take(&mut self.subscriptions);
        let mut new = Vec::new();
        for edge in &plan.node(node).outgoing {
            let planned = plan.edge(*edge);
            let EdgeSettings::Subscription(settings) = &planned.settings else { continue };
            let counts = old.iter().find(|known| known.edge == *edge).map_or(Counts::default(), |known| known.counts);
            new.push(Subscription {
                edge: *edge,
                to: planned.to,
                kind: plan.node(planned.to).kind,
                filter: settings.filter.clone(),
                raw: settings.raw,
                subscribed: settings.subscribed,
                dead_letter_queue: settings.dead_letter_queue.and_then(|id| plan.find_node(id)).map(Component::from),
                removed: false,
                counts,
            });
        }
        self.subscriptions = keep_places(
            old,
            new,
            |known| known.edge,
            |gone| {
                gone.removed = true;
                gone.subscribed = false;
            },
        );
        self.passes.clear();
    }

    pub fn handle(&mut self, event: Event, context: &mut Context<'_>) {
        match event {
            Event::Request(call) => self.request(call, context),
            Event::Reply(call) => {
                if let Some(reply) = context.take_reply(call) {
                    self.delivered(reply, context);
                }
            }
            Event::Timer { token, .. } => {
                if let Some(retry) = self.retries.take(token) {
                    if let Some(subscription) = self.subscriptions.get_mut(retry.receiver) {
                        subscription.counts.retrying = subscription.counts.retrying.saturating_sub(1);
                    }
                    self.send(retry.receiver, retry.message, context);
                }
            }
        }
    }

    fn request(&mut self, id: CallId, context: &mut Context<'_>) {
        let Some(call) = context.request(id).copied() else { return };
        if call.operation != Operation::Publish {
            context.reply(id, Status::Http(400), PayloadId::NULL, call.message);
            return;
        }
        let Some(message) = context.take_message(id) else { return };
        let size = context.world.payloads.get(context.message(message).payload).text.len() as u64;
        if size > self.settings.maximum_message_size {
            context.reply(id, Status::Http(400), PayloadId::NULL, Some(message));
            return;
        }
        self.published += 1;
        self.billed += billed_chunks(size);
        self.recent.push_back(*context.message(message));
        if self.recent.len() > REMEMBERED {
            self.recent.pop_front();
        }
        context.reply(id, Status::OK, self.accepted, None);
        let mut copies = 0;
        for index in 0..self.subscriptions.len() {
            if !self.subscriptions[index].subscribed {
                continue;
            }
            copies += 1;
            let copy = context.copy(message);
            let (payload, attributes) = (context.message(copy).payload, context.message(copy).attributes);
            if !self.wants(index, payload, attributes, context) {
                let subscription = &mut self.subscriptions[index];
                subscription.counts.filtered += 1;
                context.record_on(subscription.edge, Some(copy), What::FilterRefused);
                context.end(copy, Ending::Filtered);
                continue;
            }
            if !self.subscriptions[index].raw {
                context.message_mut(copy).envelope = Envelope::Notification { topic: self.node };
            }
            self.send(index, copy, context);
        }
        context.record(Some(message), What::FannedOut { copies });
        let ending = if copies > 0 { Ending::Processed } else { Ending::Dropped(Reason::NobodyListened) };
        context.end(message, ending);
    }

    fn wants(&mut self, index: usize, payload: PayloadId, attributes: AttributesId, context: &Context<'_>) -> bool {
        let Some(filter) = &self.subscriptions[index].filter else { return true };
        *self.passes.entry((index, payload, attributes)).or_insert_with(|| {
            let list = context.world.payloads.attributes(attributes);
            let mut given = rules::Attributes::default();
            for (name, data_type, value) in list {
                given.insert(name, data_type, value);
            }
            filter.matches(&given, &context.world.payloads.get(payload).text)
        })
    }

    fn send(&mut self, index: usize, message: MessageId, context: &mut Context<'_>) {
        let Some(subscription) = self.subscriptions.get(index).filter(|subscription| !subscription.removed) else {
            context.end(message, Ending::Dropped(Reason::Removed));
            return;
        };
        let operation = match subscription.kind {
            NodeKind::Queue => Operation::SendMessage,
            NodeKind::Function => Operation::InvokeLater,
            NodeKind::Mailer => Operation::SendEmail { recipient: PayloadId::NULL, subject: self.subject },
            _ => Operation::Http { resource: Default::default(), headers: PayloadId::NULL },
        };
        deliver(subscription.edge, operation, message, index as u64, context);
    }

    fn delivered(&mut self, reply: Reply, context: &mut Context<'_>) {
        if reply.tag == GIVEN_UP {
            if let Some(message) = reply.message {
                context.end(message, Ending::Dropped(Reason::RetriesExhausted));
            }
            return;
        }
        let index = reply.tag as usize;
        let Some(subscription) = self.subscriptions.get_mut(index) else {
            if let Some(message) = reply.message {
                context.end(message, Ending::Dropped(Reason::NobodyListened));
            }
            return;
        };
        if reply.status.is_success() {
            subscription.counts.delivered += 1;
        }
        let Some(message) = reply.message else { return };
        let failures = context.message(message).attempt;
        let pause = topic_pause(subscription.kind, failures).filter(|_| can_retry(reply.status));
        match pause {
            Some(pause) if subscription.subscribed => {
                subscription.counts.retrying += 1;
                self.retries.wait(message, index, pause, TIMER_RETRY, context);
            }
            _ if subscription.removed => context.end(message, Ending::Dropped(Reason::Removed)),
            _ => {
                subscription.counts.failed += 1;
                give_up(message, subscription.dead_letter_queue, context);
            }
        }
    }

    pub fn held(&self, visit: &mut dyn FnMut(MessageId)) {
        self.retries.held(visit);
    }

    pub fn retrying(&self) -> u64 {
        self.retries.count()
    }

    /// What all subscribers together got.
    pub fn totals(&self) -> delivery::Counts {
        self.subscriptions.iter().fold(Counts::default(), |sum, subscription| Counts {
            delivered: sum.delivered + subscription.counts.delivered,
            filtered: sum.filtered + subscription.counts.filtered,
            failed: sum.failed + subscription.counts.failed,
            retrying: sum.retrying + subscription.counts.retrying,
        })
    }
}
