//! Asking for a request's status until it is done.

use super::{Client, Phase, TIMER_POLL};
use crate::kernel::Key;
use crate::services::call::Operation;
use crate::services::journal::What;
use crate::services::payload::{AttributesId, PayloadId};
use crate::services::world::{Context, Reply, Request};

impl Client {
    /// Asks for the status of a request.
    pub(super) fn ask(&mut self, key: Key, context: &mut Context<'_>) {
        let Some(exchange) = self.exchanges.get(key).copied() else { return };
        let Phase::Following { asked, .. } = exchange.phase else { return };
        let (Some(follow), Some((edge, _))) = (&self.follow, self.edge) else {
            self.over(key, context);
            return;
        };
        let operation = Operation::Http { resource: follow.resource, headers: self.headers_of(1) };
        let message = context.create(exchange.trace, PayloadId::NULL, AttributesId::NONE, 1);
        let call = context.call(Request::along(edge, operation, message, exchange.trace, key.number()));
        if let Some(exchange) = self.exchanges.get_mut(key) {
            exchange.phase = Phase::Following { call: Some(call), asked: asked + 1 };
        }
        self.watch(key, context);
    }

    pub(super) fn followed(&mut self, key: Key, asked: u32, reply: Reply, context: &mut Context<'_>) {
        let Some(exchange) = self.exchanges.get(key).copied() else { return };
        let Some(follow) = &self.follow else {
            self.over(key, context);
            return;
        };
        let answer = context.world.payloads.get(reply.answer);
        let reached = reply.status.is_success() && follow.until.holds(&answer.value, &answer.text);
        let latency = context.now().since(exchange.sent);
        if let Some(remembered) = self.recent.iter_mut().rev().find(|remembered| remembered.trace == exchange.trace) {
            remembered.asked = asked;
            remembered.progress = Some(reply.answer);
            remembered.reached = reached.then_some(latency);
        }
        if reached {
            self.counts.status_reached += 1;
            context.record_trace(exchange.trace, What::StatusReached { latency });
            self.over(key, context);
        } else if asked >= follow.attempts {
            self.counts.status_given_up += 1;
            context.record_trace(exchange.trace, What::GaveUp);
            self.over(key, context);
        } else {
            let every = follow.every;
            if let Some(exchange) = self.exchanges.get_mut(key) {
                exchange.phase = Phase::Following { call: None, asked };
            }
            context.timer(every, TIMER_POLL, key.number());
        }
    }
}
