//! How a request goes out: past the circuit breaker and the browser's rules, with the headers of its attempt.

use super::browser::Browser;
use super::{Client, Phase};
use crate::diagram::EdgeKind;
use crate::diagram::settings::{ClientSettings, IdempotencyKey};
use crate::kernel::Key;
use crate::services::call::Operation;
use crate::services::journal::{Status, What};
use crate::services::message::{Ending, MessageId, Reason};
use crate::services::payload::{AttributesId, PayloadId};
use crate::services::world::{Context, Reply, Request, World};
use serde_json::{Map, Value};

/// Attempts that a client can be told to make: as many headers may differ.
const MAXIMUM_ATTEMPTS: u16 = 11;

impl Client {
    /// Sends a request, if the circuit is closed and, in a browser, the other side allows it.
    pub(super) fn go_out(&mut self, key: Key, message: Option<MessageId>, context: &mut Context<'_>) {
        if self.breaker.is_some() && !self.circuit_admits(key, context) {
            if let Some(message) = message {
                context.end(message, Ending::Dropped(Reason::Failed));
            }
            self.close(key, Status::CircuitOpen, PayloadId::NULL, context);
            return;
        }
        let now = context.now();
        match (&self.browser, self.edge) {
            (Some(Browser { preflight: Some(headers), allowed_until, .. }), Some((edge, _)))
                if *allowed_until <= now =>
            {
                let Some(trace) = self.exchanges.get(key).map(|exchange| exchange.trace) else { return };
                if let Some(message) = message {
                    context.end(message, Ending::Dropped(Reason::Failed));
                }
                let question = context.create(trace, PayloadId::NULL, AttributesId::NONE, 1);
                let operation = Operation::Http { resource: self.preflight, headers: *headers };
                let call = context.call(Request::along(edge, operation, question, trace, key.number()));
                self.counts.preflights += 1;
                if let Some(exchange) = self.exchanges.get_mut(key) {
                    exchange.phase = Phase::Asking(call);
                }
                self.watch(key, context);
            }
            _ => self.transmit(key, message, context),
        }
    }

    /// Whether the circuit breaker lets a request out.
    fn circuit_admits(&mut self, key: Key, context: &mut Context<'_>) -> bool {
        let (Some(breaker), Some(exchange)) = (&mut self.breaker, self.exchanges.get_mut(key)) else { return true };
        let before = breaker.circuit;
        let admits = breaker.admits(context.now());
        exchange.epoch = breaker.epoch;
        let (trace, circuit) = (exchange.trace, breaker.circuit);
        if circuit != before {
            context.record_trace(trace, What::CircuitTurned { circuit });
        }
        admits
    }

    /// Tells the circuit breaker how an attempt ended.
    pub(super) fn tell_breaker(&mut self, key: Key, failed: bool, context: &mut Context<'_>) {
        let (Some(breaker), Some(exchange)) = (&mut self.breaker, self.exchanges.get(key)) else { return };
        let before = breaker.circuit;
        breaker.ended(failed, exchange.epoch, context.now());
        if breaker.circuit != before {
            context.record_trace(exchange.trace, What::CircuitTurned { circuit: breaker.circuit });
        }
    }

    pub(super) fn transmit(&mut self, key: Key, message: Option<MessageId>, context: &mut Context<'_>) {
        let Some(exchange) = self.exchanges.get(key).copied() else { return };
        let message = match message {
            Some(message) => {
                context.message_mut(message).attempt = exchange.attempt;
                message
            }
            None => {
                let message = context.create(exchange.trace, exchange.payload, self.attributes, exchange.attempt);
                self.send_options.label(message, exchange.payload, PayloadId::NULL, context.world);
                message
            }
        };
        let Some((edge, kind)) = self.edge else {
            context.end(message, Ending::Dropped(Reason::NobodyListened));
            self.close(key, Status::Unreachable, PayloadId::NULL, context);
            return;
        };
        let operation = match kind {
            EdgeKind::Send => Operation::SendMessage,
            EdgeKind::Publish => Operation::Publish,
            EdgeKind::PutEvents => Operation::PutEvents { source: self.source, detail_type: self.detail_type },
            EdgeKind::Call => Operation::Invoke { resource: self.resource },
            _ => Operation::Http { resource: self.resource, headers: self.headers_of(exchange.attempt) },
        };
        let call = context.call(Request::along(edge, operation, message, exchange.trace, key.number()));
        if let Some(exchange) = self.exchanges.get_mut(key) {
            exchange.phase = Phase::Waiting(call);
        }
        self.watch(key, context);
    }

    /// The answer to a preflight request is there.
    pub(super) fn allowed(&mut self, key: Key, reply: Reply, context: &mut Context<'_>) {
        if let Some(question) = reply.message {
            context.end(question, Ending::Dropped(Reason::Failed));
        }
        let allowed = match &mut self.browser {
            Some(browser) => reply.status.is_success() && browser.asked(reply.headers, context.world),
            None => true,
        };
        if allowed {
            self.transmit(key, None, context);
        } else {
            self.blocked(key, None, context);
        }
    }

    /// The browser keeps the request, or the answer, from the page.
    pub(super) fn blocked(&mut self, key: Key, message: Option<MessageId>, context: &mut Context<'_>) {
        if let Some(message) = message {
            context.end(message, Ending::Dropped(Reason::Failed));
        }
        self.counts.blocked += 1;
        self.close(key, Status::Blocked, PayloadId::NULL, context);
    }

    pub(super) fn headers_of(&self, attempt: u16) -> PayloadId {
        let place = usize::from(attempt.saturating_sub(1)).min(self.headers.len().saturating_sub(1));
        self.headers.get(place).copied().unwrap_or(PayloadId::NULL)
    }
}

/// The headers that gateways look at.
pub(super) fn headers(settings: &ClientSettings) -> Map<String, Value> {
    let mut headers = settings.headers.clone();
    let mut add = |name: &str, value: &str| {
        if !value.is_empty() {
            headers.insert(name.to_string(), Value::String(value.to_string()));
        }
    };
    add("x-api-key", &settings.api_key);
    add("authorization", &settings.authorization);
    add("origin", &settings.origin);
    if settings.idempotency_key != IdempotencyKey::None {
        add("idempotency-key", "{{requestId}}");
    }
    headers
}

/// The same for each attempt, but for an idempotency key that changes.
pub(super) fn headers_by_attempt(
    mut headers: Map<String, Value>,
    key: IdempotencyKey,
    world: &mut World,
) -> Vec<PayloadId> {
    let attempts = if key == IdempotencyKey::PerAttempt { MAXIMUM_ATTEMPTS } else { 1 };
    let mut of_attempt = |attempt: u16| {
        if key == IdempotencyKey::PerAttempt {
            headers.insert("idempotency-key".to_string(), Value::String(format!("{{{{requestId}}}}-{attempt}")));
        }
        world.payloads.intern(Value::Object(headers.clone()))
    };
    (1..=attempts).map(&mut of_attempt).collect()
}
