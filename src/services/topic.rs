//! The topic, as Amazon SNS: every subscriber gets its own copy, and the publisher learns of none. A FIFO topic delivers
//! the messages of a group in order and drops those that it has taken already.

use super::call::{CallId, Operation};
use super::component::Component;
use super::deduplication::{Deduplication, Mark};
use super::delivery::{Policy, Receiver, Receivers};
use super::entries::{self, EntryError};
use super::journal::{Limit, Refusal, Status, What};
use super::message::{Ending, Envelope, Message, MessageId, Reason};
use super::payload::{AttributesId, Filled, PayloadId, billed_chunks};
use super::service::Level;
use super::world::{Context, Event, World};
use crate::diagram::settings::{EdgeSettings, Protocol, TopicSettings};
use crate::diagram::{EdgeIndex, NodeIndex, NodeKind, NodeSettings, Plan};
use crate::kernel::{Pace, SECOND, Time, mix};
use crate::rules;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::collections::VecDeque;

/// How many messages are remembered for showing.
const REMEMBERED: usize = 20;
/// What a subscription by e-mail gets a second: general/gr/sns.
pub const EMAILS_PER_SECOND: u64 = 10;
/// How long an HTTP endpoint has to answer: SendMessageToHttp.prepare.
pub const HTTP_PATIENCE: u64 = 15 * SECOND;
/// What a FIFO topic takes a second, and one of its message groups: fifo-high-throughput.
pub const FIFO_MESSAGES_PER_SECOND: u64 = 3_000;
pub const GROUP_MESSAGES_PER_SECOND: u64 = 300;
/// So many groups' rates are remembered before those that rest are forgotten.
const REMEMBERED_GROUPS: usize = 1_024;
/// As many attributes fit beside a raw message in a queue: sns-large-payload-raw-message-delivery.
pub const MAXIMUM_RAW_ATTRIBUTES: usize = 10;

/// What a topic does with a message before one of its receivers gets it. Stands at the receiver's place.
#[derive(Clone, Debug)]
struct Subscription {
    protocol: Protocol,
    filter: Option<rules::FilterPolicy>,
    envelope: Envelope,
    /// Whether the receiver is a FIFO queue.
    fifo: bool,
}

#[derive(Clone, Debug)]
pub struct Topic {
    node: NodeIndex,
    settings: TopicSettings,
    subscriptions: Vec<Subscription>,
    /// One for each subscription.
    pub receivers: Receivers,
    /// Whether a message passes a subscription's filter policy.
    passes: FxHashMap<(usize, PayloadId, AttributesId), bool>,
    deduplication: Deduplication,
    /// What stands for a body where messages are deduplicated by it.
    ids_of_bodies: FxHashMap<PayloadId, PayloadId>,
    quota: Pace,
    group_quotas: FxHashMap<Filled, Pace>,
    accepted: PayloadId,
    subject: PayloadId,
    pub published: u64,
    pub throttled: u64,
    /// Messages of a FIFO topic that it had taken within the last five minutes.
    pub duplicates: u64,
    /// Publications as they are billed: one for each 64 KB.
    pub billed: u64,
    /// Everything that was published, in bytes.
    pub published_bytes: u64,
    /// What all subscriptions together were to get, filtered out or not, in messages and bytes.
    pub copies: u64,
    pub copied_bytes: u64,
    /// Bodies that filter policies looked into, in bytes.
    pub scanned_bytes: u64,
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
            receivers: Receivers::default(),
            passes: FxHashMap::default(),
            deduplication: Deduplication::default(),
            ids_of_bodies: FxHashMap::default(),
            quota: Pace::per_second(1),
            group_quotas: FxHashMap::default(),
            accepted: world.payloads.intern(json!({ "MessageId": "{{eventId}}" })),
            subject: world.payloads.intern(Value::String(plan.node(node).name.clone())),
            published: 0,
            throttled: 0,
            duplicates: 0,
            billed: 0,
            published_bytes: 0,
            copies: 0,
            copied_bytes: 0,
            scanned_bytes: 0,
            recent: VecDeque::new(),
        };
        topic.configure(plan, node);
        Some(topic)
    }

    pub fn configure(&mut self, plan: &Plan, node: NodeIndex) {
        let NodeSettings::Topic(settings) = &plan.node(node).settings else { return };
        self.settings = settings.clone();
        let rate = match (settings.fifo, settings.scope_message_group) {
            (true, false) => settings.messages_per_second.min(FIFO_MESSAGES_PER_SECOND),
            _ => settings.messages_per_second,
        };
        self.quota = Pace::per_second(rate).after(self.quota);
        self.subscriptions.clear();
        let mut receivers = Vec::new();
        for edge in &plan.node(node).outgoing {
            let Some((subscription, receiver)) = self.subscription(plan, *edge) else { continue };
            self.subscriptions.push(subscription);
            receivers.push(receiver);
        }
        self.receivers.configure(receivers);
        self.receivers.ordered = settings.fifo;
        self.passes.clear();
    }

    fn subscription(&self, plan: &Plan, edge: EdgeIndex) -> Option<(Subscription, Receiver)> {
        let planned = plan.edge(edge);
        let EdgeSettings::Subscription(settings) = &planned.settings else { return None };
        let receiving = plan.node(planned.to);
        let protocol = settings.protocol.unwrap_or(match receiving.kind {
            NodeKind::Queue => Protocol::Sqs,
            NodeKind::Function => Protocol::Lambda,
            NodeKind::Mailer => Protocol::Email,
            _ => Protocol::Http,
        });
        let operation = match protocol {
            Protocol::Sqs => Operation::SendMessage,
            Protocol::Lambda => Operation::InvokeLater,
            Protocol::Email | Protocol::EmailJson => {
                Operation::SendEmail { recipient: PayloadId::NULL, subject: self.subject }
            }
            Protocol::Http | Protocol::Sms => {
                Operation::Http { resource: Default::default(), headers: PayloadId::NULL }
            }
        };
        let mut receiver = Receiver::new(edge, planned.to, operation);
        receiver.policy = match protocol {
            Protocol::Sqs | Protocol::Lambda => Policy::Managed,
            Protocol::Email | Protocol::EmailJson | Protocol::Sms => Policy::Relayed,
            Protocol::Http => Policy::Http(settings.delivery.pauses.clone().into()),
        };
        receiver.pace = match protocol {
            Protocol::Email | Protocol::EmailJson => Some(Pace::per_second(EMAILS_PER_SECOND)),
            Protocol::Http => settings.delivery.max_receives_per_second.map(Pace::per_second),
            _ => None,
        };
        receiver.patience = (protocol == Protocol::Http).then_some(HTTP_PATIENCE);
        receiver.access = settings.access;
        // Queues and functions of the same account need no confirmation, and telephones neither.
        let confirmed = settings.confirmed || matches!(protocol, Protocol::Sqs | Protocol::Lambda | Protocol::Sms);
        receiver.active = settings.subscribed && confirmed;
        receiver.dead_letter_queue = settings.dead_letter_queue.and_then(|id| plan.find_node(id)).map(Component::from);
        let envelope = match protocol {
            Protocol::Sqs | Protocol::Http if settings.raw => Envelope::None,
            Protocol::Sqs | Protocol::Http | Protocol::EmailJson => Envelope::Notification { topic: self.node },
            Protocol::Lambda => Envelope::Record { subscription: edge },
            Protocol::Email | Protocol::Sms => Envelope::None,
        };
        let fifo = matches!(&receiving.settings, NodeSettings::Queue(queue) if queue.fifo);
        Some((Subscription { protocol, filter: settings.filter.clone(), envelope, fifo }, receiver))
    }

    pub fn handle(&mut self, event: Event, context: &mut Context<'_>) {
        match event {
            Event::Request(call) => self.request(call, context),
            Event::Reply(call) => self.receivers.answered(call, context),
            Event::Timer { tag, token } => self.receivers.timer(tag, token, context),
        }
    }

    fn request(&mut self, id: CallId, context: &mut Context<'_>) {
        let Some(call) = context.request(id).copied() else { return };
        let Some(message) = context.take_message(id) else { return };
        match call.operation {
            Operation::Publish => self.publish_one(id, message, context),
            Operation::PublishBatch => self.publish_batch(id, message, context),
            _ => context.reply(id, Status::Http(400), PayloadId::NULL, Some(message)),
        }
    }

    fn publish_one(&mut self, id: CallId, message: MessageId, context: &mut Context<'_>) {
        let published = *context.message(message);
        let size = context.world.payloads.size(published.payload, published.attributes);
        let refusal =
            if size > self.settings.maximum_message_size { Some(Refusal::TooLarge) } else { self.refusal(&published) };
        if let Some(why) = refusal {
            context.record(Some(message), What::Refused { why });
            context.reply(id, Status::Http(400), PayloadId::NULL, Some(message));
            return;
        }
        if !self.within_quota(&published, context) {
            self.throttled += 1;
            context.record(Some(message), What::Throttled { limit: Limit::Publishing });
            context.reply(id, Status::THROTTLED, PayloadId::NULL, Some(message));
            return;
        }
        context.reply(id, Status::OK, self.accepted, None);
        self.publish(message, size, context);
    }

    /// A FIFO topic needs a group and something to deduplicate by; a standard one cannot deduplicate: API_Publish.
    fn refusal(&self, message: &Message) -> Option<Refusal> {
        let deduplication = message.deduplication != PayloadId::NULL;
        if !self.settings.fifo {
            return deduplication.then_some(Refusal::DeduplicationOnStandard);
        }
        if message.group == PayloadId::NULL {
            return Some(Refusal::NoGroup);
        }
        (!deduplication && !self.settings.content_based_deduplication).then_some(Refusal::NoDeduplicationId)
    }

    /// Whether a FIFO topic took this message within the last five minutes. A message without an id of its own gets one
    /// that stands for its body, as the service's hash does.
    fn is_duplicate(&mut self, message: MessageId, context: &mut Context<'_>) -> bool {
        if !self.settings.fifo {
            return false;
        }
        let body = context.message(message).payload;
        if context.message(message).deduplication == PayloadId::NULL {
            let id = *self.ids_of_bodies.entry(body).or_insert_with(|| id_of_body(body, context.world));
            context.message_mut(message).deduplication = id;
        }
        let (published, payloads) = (context.message(message), &context.world.payloads);
        let mark = Mark {
            id: payloads.filled(published.deduplication, published),
            by_content: false,
            group: self.settings.scope_message_group.then(|| payloads.filled(published.group, published)),
        };
        self.deduplication.is_duplicate(mark, context.now())
    }

    fn within_quota(&mut self, message: &Message, context: &Context<'_>) -> bool {
        let now = context.now();
        if self.settings.fifo {
            let group = context.world.payloads.filled(message.group, message);
            if self.group_quotas.len() >= REMEMBERED_GROUPS {
                self.group_quotas.retain(|_, pace| !pace.is_idle(now));
            }
            let new = || Pace::per_second(GROUP_MESSAGES_PER_SECOND);
            if !self.group_quotas.entry(group).or_insert_with(new).admits(now) {
                return false;
            }
        }
        self.quota.admits(now)
    }

    /// Each entry is a message of its own, accepted or throttled by itself: API_PublishBatch.
    fn publish_batch(&mut self, id: CallId, request: MessageId, context: &mut Context<'_>) {
        let parsed = entries::publications(&context.world.payloads.get(context.message(request).payload).value);
        let mut messages = Vec::new();
        let mut refused = parsed.as_ref().err().copied();
        let mut total = 0;
        for entry in parsed.iter().flatten() {
            let payloads = &mut context.world.payloads;
            let body = payloads.intern(entry.message.clone());
            let attributes = payloads.intern_attributes(entry.attributes.clone());
            let mut label = |text: &Option<String>| {
                text.as_ref().map_or(PayloadId::NULL, |text| payloads.intern(Value::String(text.clone())))
            };
            let (group, deduplication) = (label(&entry.group), label(&entry.deduplication));
            total += context.world.payloads.size(body, attributes);
            let labelled = Message { group, deduplication, ..*context.message(request) };
            if self.refusal(&labelled).is_some() {
                refused = Some("InvalidParameter");
            }
            messages.push((entry.id.clone(), body, attributes, group, deduplication));
        }
        if total > self.settings.maximum_message_size {
            refused = Some("BatchRequestTooLong");
        }
        if let Some(code) = refused {
            let answer = context.world.payloads.intern(json!({ "Error": { "Code": code } }));
            context.reply(id, Status::Http(400), answer, Some(request));
            return;
        }
        let lineage = context.message(request).lineage;
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        let mut accepted = Vec::new();
        for (entry, body, attributes, group, deduplication) in messages {
            let message = context.unpack(request, body, attributes);
            let labelled = context.message_mut(message);
            (labelled.group, labelled.deduplication, labelled.lineage) = (group, deduplication, lineage);
            let published = *labelled;
            if self.within_quota(&published, context) {
                successful.push(json!({ "Id": entry, "MessageId": "{{eventId}}" }));
                accepted.push(message);
            } else {
                self.throttled += 1;
                let error = EntryError::Throttled;
                failed.push(json!({
                    "Id": entry, "Code": error.code(), "Message": error.message(), "SenderFault": true,
                }));
                context.record(Some(message), What::EntryRefused { error });
                context.end(message, error.ending());
            }
        }
        let answer = context.world.payloads.intern(json!({ "Successful": successful, "Failed": failed }));
        context.end(request, Ending::Processed);
        context.reply(id, Status::OK, answer, None);
        for message in accepted {
            let published = context.message(message);
            let size = context.world.payloads.size(published.payload, published.attributes);
            self.publish(message, size, context);
        }
    }

    /// Makes a copy for each subscriber.
    fn publish(&mut self, message: MessageId, size: u64, context: &mut Context<'_>) {
        self.published += 1;
        self.billed += billed_chunks(size);
        self.published_bytes += size;
        self.recent.push_back(*context.message(message));
        if self.recent.len() > REMEMBERED {
            self.recent.pop_front();
        }
        if self.is_duplicate(message, context) {
            self.duplicates += 1;
            context.end(message, Ending::Dropped(Reason::Deduplicated));
            return;
        }
        let mut copies = 0;
        for index in 0..self.subscriptions.len() {
            let receiver = &mut self.receivers.list[index];
            if !receiver.active {
                continue;
            }
            copies += 1;
            self.copies += 1;
            self.copied_bytes += size;
            let copy = context.copy(message);
            let (payload, attributes) = (context.message(copy).payload, context.message(copy).attributes);
            if !self.wants(index, payload, attributes, context) {
                let receiver = &mut self.receivers.list[index];
                receiver.counts.filtered += 1;
                context.record_on(receiver.edge, Some(copy), What::FilterRefused);
                context.end(copy, Ending::Filtered);
                continue;
            }
            self.deliver(index, copy, context);
        }
        context.record(Some(message), What::FannedOut { copies });
        let ending = if copies > 0 { Ending::Processed } else { Ending::Dropped(Reason::NobodyListened) };
        context.end(message, ending);
    }

    fn deliver(&mut self, index: usize, copy: MessageId, context: &mut Context<'_>) {
        let subscription = &self.subscriptions[index];
        context.wrap(copy, subscription.envelope);
        let message = context.message_mut(copy);
        // A standard queue behind a FIFO topic learns nothing of groups: fifo-message-delivery.
        if self.settings.fifo && !subscription.fifo {
            (message.group, message.deduplication) = (PayloadId::NULL, PayloadId::NULL);
        }
        let raw_to_queue = subscription.protocol == Protocol::Sqs && subscription.envelope == Envelope::None;
        let attributes = message.attributes;
        if raw_to_queue && context.world.payloads.attributes(attributes).len() > MAXIMUM_RAW_ATTRIBUTES {
            self.receivers.refuse(index, copy, context);
            return;
        }
        self.receivers.send(index, copy, context);
    }

    fn wants(&mut self, index: usize, payload: PayloadId, attributes: AttributesId, context: &Context<'_>) -> bool {
        let Some(filter) = &self.subscriptions[index].filter else { return true };
        if filter.scope() == rules::Scope::MessageBody {
            self.scanned_bytes += context.world.payloads.get(payload).text.len() as u64;
        }
        *self.passes.entry((index, payload, attributes)).or_insert_with(|| {
            let list = context.world.payloads.attributes(attributes);
            let mut given = rules::Attributes::default();
            for (name, data_type, value) in list {
                given.insert(name, data_type, value);
            }
            filter.matches(&given, &context.world.payloads.get(payload).text)
        })
    }

    pub fn is_fifo(&self) -> bool {
        self.settings.fifo
    }

    pub fn buckets(&self, now: Time, visit: &mut dyn FnMut(Level)) {
        visit(Level::of_pace("publishing", &self.quota, now));
        self.group_quotas.values().for_each(|pace| visit(Level::of_pace("message group", pace, now)));
    }

    pub fn held(&self, visit: &mut dyn FnMut(MessageId)) {
        self.receivers.held(visit);
    }
}

/// A short text that is the same for the same body. What differs for every request in the body differs in it too.
fn id_of_body(body: PayloadId, world: &mut World) -> PayloadId {
    let text = &world.payloads.get(body).text;
    let hash = text.bytes().fold(0, |hash, byte| mix(hash, u64::from(byte)));
    let symbols = ["{{requestId}}", "{{eventId}}", "{{time}}"].into_iter().filter(|symbol| text.contains(symbol));
    let id = symbols.fold(format!("{hash:016x}"), |id, symbol| id + symbol);
    world.payloads.intern(Value::String(id))
}
