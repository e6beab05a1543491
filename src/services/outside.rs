//! What stands at the edge of the picture and only answers: the e-mail service (as Amazon SES) and HTTP endpoints.

use super::call::{CallId, Operation};
use super::journal::{Status, What};
use super::message::{Ending, Message, MessageId};
use super::payload::PayloadId;
use super::world::{Context, Event};
use crate::diagram::{NodeIndex, NodeSettings, Plan};
use crate::kernel::{Key, Pool, Sampler, Time};
use std::collections::VecDeque;

/// How many e-mails are kept for reading.
const REMEMBERED: usize = 100;

/// An e-mail that went out.
#[derive(Clone, Copy, Debug)]
pub struct Mail {
    pub time: Time,
    pub message: Message,
    pub recipient: PayloadId,
    pub subject: PayloadId,
}

#[derive(Clone, Debug)]
pub struct Outside {
    duration: Sampler,
    failure_rate: f64,
    status: u16,
    jobs: Pool<(CallId, MessageId)>,
    pub requests: u64,
    pub failures: u64,
    /// Newest last; only an e-mail service has one.
    pub outbox: VecDeque<Mail>,
}

impl Outside {
    pub fn new(plan: &Plan, node: NodeIndex) -> Self {
        let mut outside = Outside {
            duration: Sampler::Constant(0),
            failure_rate: 0.0,
            status: 200,
            jobs: Pool::default(),
            requests: 0,
            failures: 0,
            outbox: VecDeque::new(),
        };
        outside.configure(plan, node);
        outside
    }

    pub fn configure(&mut self, plan: &Plan, node: NodeIndex) {
        match &plan.node(node).settings {
            NodeSettings::Mailer(settings) => {
                self.duration = Sampler::new(&settings.duration);
                self.failure_rate = settings.failure_rate;
            }
            NodeSettings::Endpoint(settings) => {
                self.duration = Sampler::new(&settings.duration);
                self.failure_rate = settings.failure_rate;
                self.status = settings.status;
            }
            _ => {}
        }
    }

    pub fn handle(&mut self, event: Event, context: &mut Context<'_>) {
        match event {
            Event::Request(id) => {
                let Some(message) = context.take_message(id) else {
                    context.reply(id, Status::Http(400), PayloadId::NULL, None);
                    return;
                };
                self.requests += 1;
                let key = self.jobs.add((id, message));
                let duration = context.draw(&self.duration);
                context.timer(duration, 0, key.number());
            }
            Event::Reply(id) => {
                context.take_reply(id);
            }
            Event::Timer { token, .. } => self.answer(Key::from_number(token), context),
        }
    }

    fn answer(&mut self, key: Key, context: &mut Context<'_>) {
        let Some((id, message)) = self.jobs.remove(key) else { return };
        let failed = self.failure_rate > 0.0 && context.stream().chance(self.failure_rate);
        let status = if failed { Status::Http(500) } else { Status::Http(self.status) };
        if !status.is_success() {
            self.failures += 1;
            context.reply(id, status, PayloadId::NULL, Some(message));
            return;
        }
        if let Some(Operation::SendEmail { recipient, subject }) = context.request(id).map(|call| call.operation) {
            let mail = Mail { time: context.now(), message: *context.message(message), recipient, subject };
            self.outbox.push_back(mail);
            if self.outbox.len() > REMEMBERED {
                self.outbox.pop_front();
            }
            context.record(Some(message), What::Mailed);
        }
        context.end(message, Ending::Processed);
        context.reply(id, status, PayloadId::NULL, None);
    }

    pub fn held(&self, visit: &mut dyn FnMut(MessageId)) {
        self.jobs.iter().for_each(|(_, (_, message))| visit(*message));
    }
}
