//! The e-mail service, as Amazon SES: quotas when an e-mail is sent, bounces and complaints long after it was accepted.

use super::call::{CallId, Operation};
use super::journal::{Limit, Status, Way, What};
use super::message::{Ending, Message, MessageId, Reason, Trace};
use super::payload::{AttributesId, PayloadId};
use super::service::Level;
use super::world::{Context, Event, Request, World};
use crate::diagram::settings::MailerSettings;
use crate::diagram::{EdgeIndex, EdgeKind, NodeIndex, NodeSettings, Plan};
use crate::kernel::{Bucket, Key, Pool, SECOND, Sampler, Time};
use serde_json::{Value, json};
use std::collections::VecDeque;

/// How many e-mails are kept for reading.
const REMEMBERED: usize = 100;
/// The quota looks back over 24 hours (manage-sending-quotas), here minute by minute.
const MINUTE: u64 = 60 * SECOND;
const MINUTES: u64 = 24 * 60;

const TIMER_SENT: u8 = 0;
const TIMER_BOUNCE: u8 = 1;
const TIMER_COMPLAINT: u8 = 2;

/// An e-mail that went out.
#[derive(Clone, Copy, Debug)]
pub struct Mail {
    pub time: Time,
    pub message: Message,
    pub recipient: PayloadId,
    pub subject: PayloadId,
}

/// What is not accepted, and what comes back.
#[derive(Clone, Copy, Debug)]
struct Answers {
    rate: PayloadId,
    quota: PayloadId,
    source: PayloadId,
    bounced: PayloadId,
    complained: PayloadId,
}

#[derive(Clone, Debug)]
pub struct Mailer {
    settings: MailerSettings,
    duration: Sampler,
    event_delay: Sampler,
    jobs: Pool<(CallId, MessageId)>,
    /// Accepted e-mails of which bad news is still to come.
    news: Pool<(Trace, PayloadId)>,
    /// Where events go.
    listeners: Vec<(EdgeIndex, EdgeKind)>,
    /// Of the sending rate, where there is one.
    rate: Option<Bucket>,
    /// Minute and e-mails accepted in it, for the last 24 hours.
    accepted: VecDeque<(u64, u64)>,
    accepted_in_all: u64,
    pub requests: u64,
    pub failures: u64,
    /// Accepted e-mails that were sent by the service itself, not by a topic.
    pub billed: u64,
    pub throttles: u64,
    pub bounces: u64,
    pub complaints: u64,
    /// Newest last.
    pub outbox: VecDeque<Mail>,
    answers: Answers,
}

impl Mailer {
    pub fn new(plan: &Plan, node: NodeIndex, world: &mut World) -> Option<Self> {
        let NodeSettings::Mailer(settings) = &plan.node(node).settings else { return None };
        let mut intern = |value: Value| world.payloads.intern(value);
        let mut mailer = Mailer {
            settings: settings.clone(),
            duration: Sampler::Constant(0),
            event_delay: Sampler::Constant(0),
            jobs: Pool::default(),
            news: Pool::default(),
            listeners: Vec::new(),
            rate: None,
            accepted: VecDeque::new(),
            accepted_in_all: 0,
            requests: 0,
            failures: 0,
            billed: 0,
            throttles: 0,
            bounces: 0,
            complaints: 0,
            outbox: VecDeque::new(),
            answers: Answers {
                rate: intern(json!({ "__type": "Throttling", "message": "Maximum sending rate exceeded." })),
                quota: intern(json!({ "__type": "Throttling", "message": "Daily message quota exceeded." })),
                source: intern(json!("aws.ses")),
                bounced: intern(json!("Email Bounced")),
                complained: intern(json!("Email Complaint Received")),
            },
        };
        mailer.configure(plan, node, Time::ZERO);
        Some(mailer)
    }

    pub fn configure(&mut self, plan: &Plan, node: NodeIndex, now: Time) {
        if let NodeSettings::Mailer(settings) = &plan.node(node).settings {
            let before = self.rate;
            self.rate = settings.maximum_rate.map(|rate| {
                let mut bucket = before.unwrap_or_else(|| Bucket::new(rate as f64, rate));
                bucket.set_limits(rate as f64, rate, now);
                bucket
            });
            self.settings = settings.clone();
            self.duration = Sampler::new(&settings.duration);
            self.event_delay = Sampler::new(&settings.event_delay);
        }
        self.listeners = plan.node(node).outgoing.iter().map(|edge| (*edge, plan.edge(*edge).kind)).collect();
    }

    pub fn handle(&mut self, event: Event, context: &mut Context<'_>) {
        match event {
            Event::Request(id) => self.request(id, context),
            Event::Reply(id) => {
                // Nobody hears of an event that its receiver did not take.
                if let Some(message) = context.take_reply(id).and_then(|reply| reply.message) {
                    context.end(message, Ending::Dropped(Reason::Failed));
                }
            }
            Event::Timer { tag: TIMER_SENT, token } => self.answer(Key::from_number(token), context),
            Event::Timer { tag, token } => self.tell(Key::from_number(token), tag == TIMER_BOUNCE, context),
        }
    }

    fn request(&mut self, id: CallId, context: &mut Context<'_>) {
        let operation = context.request(id).map(|call| call.operation);
        let Some(message) = context.take_message(id) else {
            context.reply(id, Status::Http(400), PayloadId::NULL, None);
            return;
        };
        self.requests += 1;
        // What a topic mails has nothing to do with the account's sending quota.
        let own = matches!(operation, Some(Operation::SendEmail { recipient, .. }) if recipient != PayloadId::NULL);
        if let Some((limit, answer)) = self.over_quota(context.now()).filter(|_| own) {
            self.failures += 1;
            self.throttles += 1;
            context.record(Some(message), What::Throttled { limit });
            context.reply(id, Status::THROTTLED, answer, Some(message));
            return;
        }
        if own {
            self.count(context.now());
        }
        let key = self.jobs.add((id, message));
        let duration = context.draw(&self.duration);
        context.timer(duration, TIMER_SENT, key.number());
    }

    /// What is said to one e-mail too many.
    fn over_quota(&mut self, now: Time) -> Option<(Limit, PayloadId)> {
        // The rate may be exceeded for a moment: manage-sending-quotas.
        if self.rate.is_some_and(|rate| rate.level(now) < 1.0) {
            return Some((Limit::SendingRate, self.answers.rate));
        }
        while self.accepted.front().is_some_and(|(minute, _)| minute + MINUTES <= now.0 / MINUTE) {
            self.accepted_in_all -= self.accepted.pop_front().map_or(0, |(_, count)| count);
        }
        let full = self.settings.quota.is_some_and(|quota| self.accepted_in_all >= quota);
        full.then_some((Limit::SendingQuota, self.answers.quota))
    }

    fn count(&mut self, now: Time) {
        self.billed += 1;
        if let Some(rate) = &mut self.rate {
            rate.take(now);
        }
        let minute = now.0 / MINUTE;
        self.accepted_in_all += 1;
        match self.accepted.back_mut() {
            Some((last, count)) if *last == minute => *count += 1,
            _ => self.accepted.push_back((minute, 1)),
        }
    }

    fn answer(&mut self, key: Key, context: &mut Context<'_>) {
        let Some((id, message)) = self.jobs.remove(key) else { return };
        if self.settings.failure_rate > 0.0 && context.stream().chance(self.settings.failure_rate) {
            self.failures += 1;
            context.record(Some(message), What::Failed { status: Status::Http(500) });
            context.reply(id, Status::Http(500), PayloadId::NULL, Some(message));
            return;
        }
        if let Some(Operation::SendEmail { recipient, subject }) = context.request(id).map(|call| call.operation) {
            let mail = Mail { time: context.now(), message: *context.message(message), recipient, subject };
            self.outbox.push_back(mail);
            if self.outbox.len() > REMEMBERED {
                self.outbox.pop_front();
            }
            context.record(Some(message), What::Mailed);
            self.deliver(mail.message.trace, recipient, context);
        }
        context.end(message, Ending::Processed);
        context.reply(id, Status::OK, PayloadId::NULL, None);
    }

    /// Decides what becomes of an accepted e-mail, of which the sender knows nothing yet.
    fn deliver(&mut self, trace: Trace, recipient: PayloadId, context: &mut Context<'_>) {
        let mut strikes = |rate: f64| rate > 0.0 && context.stream().chance(rate);
        let tag = if strikes(self.settings.bounce_rate) {
            TIMER_BOUNCE
        } else if strikes(self.settings.complaint_rate) {
            TIMER_COMPLAINT
        } else {
            return;
        };
        let key = self.news.add((trace, recipient));
        let delay = context.draw(&self.event_delay);
        context.timer(delay, tag, key.number());
    }

    /// Tells of a bounce or a complaint whoever is connected.
    fn tell(&mut self, key: Key, bounce: bool, context: &mut Context<'_>) {
        let Some((trace, recipient)) = self.news.remove(key) else { return };
        let (kind, detail_type, what) = if bounce {
            self.bounces += 1;
            ("bounce", self.answers.bounced, What::Bounced)
        } else {
            self.complaints += 1;
            ("complaint", self.answers.complained, What::Complained)
        };
        context.record_trace(trace, what);
        if self.listeners.is_empty() {
            return;
        }
        let recipient = context.world.payloads.get(recipient).value.clone();
        let more =
            if bounce { json!({ "bounceType": "Permanent" }) } else { json!({ "complaintFeedbackType": "abuse" }) };
        let name = if bounce { "Bounce" } else { "Complaint" };
        let mut event = json!({ "eventType": name, "mail": { "destination": [recipient] } });
        event[kind] = more;
        let payload = context.world.payloads.intern(event);
        for index in 0..self.listeners.len() {
            let (edge, edge_kind) = self.listeners[index];
            let operation = match edge_kind {
                EdgeKind::PutEvents => Operation::PutEvents { source: self.answers.source, detail_type },
                _ => Operation::Publish,
            };
            let message = context.create(trace, payload, AttributesId::NONE, 1);
            let mut request = Request::along(edge, operation, message, trace, 0);
            request.way = Way::Message;
            context.call(request);
        }
    }

    pub fn buckets(&self, now: Time, visit: &mut dyn FnMut(Level)) {
        self.rate.iter().for_each(|rate| visit(Level::of("sending rate", rate, now)));
    }

    pub fn held(&self, visit: &mut dyn FnMut(MessageId)) {
        self.jobs.iter().for_each(|(_, (_, message))| visit(*message));
    }
}
