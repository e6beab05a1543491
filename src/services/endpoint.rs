//! An HTTP endpoint: anything outside that answers requests.

use super::call::CallId;
use super::journal::{Status, What};
use super::message::{Ending, MessageId};
use super::payload::PayloadId;
use super::world::{Context, Event};
use crate::diagram::{NodeIndex, NodeSettings, Plan};
use crate::kernel::{Key, Pool, Sampler};

#[derive(Clone, Debug)]
pub struct Endpoint {
    duration: Sampler,
    failure_rate: f64,
    status: u16,
    jobs: Pool<(CallId, MessageId)>,
    pub requests: u64,
    pub failures: u64,
}

impl Endpoint {
    pub fn new(plan: &Plan, node: NodeIndex) -> Self {
        let mut endpoint = Endpoint {
            duration: Sampler::Constant(0),
            failure_rate: 0.0,
            status: 200,
            jobs: Pool::default(),
            requests: 0,
            failures: 0,
        };
        endpoint.configure(plan, node);
        endpoint
    }

    pub fn configure(&mut self, plan: &Plan, node: NodeIndex) {
        if let NodeSettings::Endpoint(settings) = &plan.node(node).settings {
            self.duration = Sampler::new(&settings.duration);
            self.failure_rate = settings.failure_rate;
            self.status = settings.status;
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
            context.record(Some(message), What::Failed { status });
            context.reply(id, status, PayloadId::NULL, Some(message));
            return;
        }
        context.end(message, Ending::Processed);
        context.reply(id, status, PayloadId::NULL, None);
    }

    pub fn held(&self, visit: &mut dyn FnMut(MessageId)) {
        self.jobs.iter().for_each(|(_, (_, message))| visit(*message));
    }
}
