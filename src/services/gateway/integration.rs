//! Handing a request to its integration, and what the answer means.

use super::cache;
use super::error::{Answer, GatewayError};
use super::request::Api;
use super::{Asked, Context, Gateway, Origin, Understood, Visit, Waiting, World, mapping};
use crate::diagram::NodeKind;
use crate::diagram::settings::ApiType;
use crate::services::MessageId;
use crate::services::journal::{Status, What};
use crate::services::payload::PayloadId;
use crate::services::world::{Reply, Request};
use serde_json::Value;

impl Gateway {
    pub(super) fn forward(&mut self, visit: Visit, cache: Option<u32>, context: &mut Context<'_>) {
        let Some(message) = context.take_message(visit.caller) else {
            context.reply(visit.caller, Status::Http(400), PayloadId::NULL, None);
            return;
        };
        let route = &mut self.routes[visit.route as usize];
        route.requests += 1;
        if !route.settings.allowed {
            return self.turn_away(&visit, message, GatewayError::NotPermitted, context);
        }
        let payload = context.message(message).payload;
        if matches!(route.kind, NodeKind::Queue | NodeKind::Topic) {
            route.send_options.label(message, payload, PayloadId::NULL, context.world);
        }
        let operation = if route.maps_request {
            let api = Api { id: &self.id, settings: &self.settings };
            match self.mappings.request(&visit, payload, route, &api, context.world) {
                Ok(mapped) => {
                    context.rewrite(message, mapped.payload);
                    let message = context.message_mut(message);
                    if mapped.group != PayloadId::NULL {
                        message.group = mapped.group;
                    }
                    if mapped.deduplication != PayloadId::NULL {
                        message.deduplication = mapped.deduplication;
                    }
                    message.delay = mapped.delay.or(message.delay);
                    mapped.operation
                }
                Err(error) => return self.turn_away(&visit, message, error, context),
            }
        } else {
            if let Some(template) = route.request_template {
                let payload = context.world.payloads.apply(template, payload, PayloadId::NULL);
                context.rewrite(message, payload);
            }
            mapping::plain(route, visit.resource, visit.headers)
        };
        let (edge, timeout) = (route.edge, route.timeout);
        let request = |tag| Request::along(edge, operation, message, visit.trace, tag);
        self.ask(visit, Asked::Integration { cache }, timeout, request, context);
    }

    /// Answers itself, and hands the message back.
    fn turn_away(&mut self, visit: &Visit, message: MessageId, error: GatewayError, context: &mut Context<'_>) {
        self.routes[visit.route as usize].errors += 1;
        if let Some(call) = context.world.calls.get_mut(visit.caller) {
            call.message = Some(message);
        }
        self.refuse(visit, error, context);
    }

    /// The integration has answered.
    pub(super) fn integrated(&mut self, waiting: Waiting, reply: Reply, cache: Option<u32>, context: &mut Context<'_>) {
        let visit = waiting.visit;
        let integration = Some((reply.status, context.now().since(waiting.since)));
        let understood = self.understand(&visit, &reply, context.world);
        let mut origin = Origin { integration, error: understood.err(), cached: false };
        let answer = match understood {
            Ok(answer) => answer,
            Err(error) => self.answers.get(error),
        };
        if let Some(error) = origin.error {
            let asked = context.request(visit.caller).map_or(0, |call| call.serial);
            context.record_about(None, asked, visit.trace, What::TurnedAway { status: answer.status, error });
        }
        match self.routes.get_mut(visit.route as usize) {
            Some(route) => route.errors += u64::from(answer.status >= 400),
            None => origin.error = Some(GatewayError::IntegrationFailed),
        }
        if let (Some(key), Some(ttl), 200..=299) = (cache, self.settings.cache_ttl, answer.status)
            && context.world.payloads.get(answer.body).text.len() <= cache::LARGEST
        {
            self.cache.keep(key, context.now() + ttl, answer);
        }
        self.answer(&visit, answer, reply.message, origin, context);
    }

    /// What an integration's answer means to the client.
    fn understand(&mut self, visit: &Visit, reply: &Reply, world: &mut World) -> Result<Answer, GatewayError> {
        let route = self.routes.get(visit.route as usize).ok_or(GatewayError::IntegrationFailed)?;
        let function = route.kind == NodeKind::Function;
        let plain = |status| Answer { status, body: reply.answer, headers: reply.headers };
        let mut answer = if route.maps_response && route.settings.response_changes.is_empty() {
            let api = Api { id: &self.id, settings: &self.settings };
            self.mappings.response(visit, reply.status, reply.answer, route, &api, world)?
        } else {
            match reply.status {
                Status::Http(200..=299) if function && route.settings.asynchronous => plain(200),
                Status::Http(200..=299) if function => {
                    let infers = self.settings.api_type == ApiType::Http && route.settings.infers_answer;
                    understand(&mut self.understood, reply.answer, infers, world)
                        .ok_or(GatewayError::IntegrationFailed)?
                }
                Status::Http(code @ 200..=299) => plain(code),
                Status::FunctionError | Status::FunctionTimeout => return Err(GatewayError::IntegrationFailed),
                // The service's own refusal, throttling included, is an internal error to the client.
                Status::Http(_) if route.kind != NodeKind::Endpoint => return Err(GatewayError::IntegrationRefused),
                Status::Http(code) => plain(code),
                _ => return Err(GatewayError::Unreachable),
            }
        };
        if let (Some(template), true) = (route.response_template, answer.status < 400) {
            answer.body = world.payloads.apply(template, answer.body, PayloadId::NULL);
        }
        if !route.settings.response_changes.is_empty() {
            answer = mapping::change_response(answer, &route.settings.response_changes, world);
        }
        Ok(answer)
    }
}

/// Reads the answer of a Lambda proxy integration: an object with `statusCode`, and `body`, which is the client's
/// answer (api-gateway-simple-proxy-for-lambda-output-format). Anything else is malformed, unless the format infers the
/// rest.
fn understand(understood: &mut Understood, answer: PayloadId, infers: bool, world: &mut World) -> Option<Answer> {
    if let Some(known) = understood.get(&answer) {
        return *known;
    }
    let value = &world.payloads.get(answer).value;
    let status = value.get("statusCode").and_then(Value::as_u64).filter(|status| (100..600).contains(status));
    let meaning = match status {
        Some(status) => {
            let body = value.get("body").cloned().unwrap_or(Value::Null);
            let headers = value.get("headers").filter(|headers| headers.is_object()).cloned().unwrap_or_default();
            let (body, headers) = (world.payloads.intern(body), world.payloads.intern(headers));
            Some(Answer { status: status as u16, body, headers })
        }
        None if infers && value.get("statusCode").is_none() => {
            Some(Answer { status: 200, body: answer, headers: PayloadId::NULL })
        }
        None => None,
    };
    understood.insert(answer, meaning);
    meaning
}
