//! The API gateway, as a REST API of Amazon API Gateway.
//!
//! A request is matched to a route, authorised, throttled, transformed and handed to the integration; what comes back
//! is checked and mapped to the status that the service documents for it (handle-errors-in-lambda-integration,
//! supported-gateway-response-types). It never retries.

use super::call::{Call, CallId, Operation, ResourceId};
use super::journal::{Status, What};
use super::message::{MessageId, Trace};
use super::payload::{PayloadId, SendTemplates, TemplateId};
use super::world::{Context, Event, Reply, Request, World};
use crate::diagram::settings::{ApiType, Authorizer, EdgeSettings, GatewaySettings};
use crate::diagram::{EdgeIndex, NodeIndex, NodeKind, NodeSettings, Plan};
use crate::kernel::{Deadlines, Key, Pool, SECOND, Time};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const TIMER_TIMEOUT: u8 = 0;

#[derive(Clone, Debug)]
pub struct Route {
    pub edge: EdgeIndex,
    pub method: String,
    pub path: String,
    pub target: NodeIndex,
    kind: NodeKind,
    timeout: u64,
    request_template: Option<TemplateId>,
    response_template: Option<TemplateId>,
    source: PayloadId,
    detail_type: PayloadId,
    send_options: SendTemplates,
    pub requests: u64,
    pub errors: u64,
}

/// A request that waits for its integration.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    caller: CallId,
    integration: CallId,
    route: usize,
    trace: Trace,
}

/// The answers that the gateway itself gives.
#[derive(Clone, Copy, Debug)]
struct Answers {
    no_route: PayloadId,
    unauthorized: PayloadId,
    denied: PayloadId,
    forbidden: PayloadId,
    throttled: PayloadId,
    internal: PayloadId,
    timed_out: PayloadId,
}

#[derive(Clone, Debug)]
pub struct Gateway {
    settings: GatewaySettings,
    tokens: f64,
    counted: Time,
    pub routes: Vec<Route>,
    /// Which route a method and path lead to.
    found: FxHashMap<ResourceId, Option<usize>>,
    /// What a proxy integration's answer means: status and body; `None` where it is malformed.
    understood: FxHashMap<PayloadId, Option<(u16, PayloadId)>>,
    waiting: Pool<Waiting>,
    timeouts: Deadlines,
    answers: Answers,
    /// How many requests were answered with each status.
    pub statuses: BTreeMap<u16, u64>,
    pub rejected: u64,
    pub requests: u64,
}

impl Gateway {
    pub fn new(plan: &Plan, node: NodeIndex, world: &mut World) -> Option<Self> {
        let NodeSettings::Gateway(settings) = &plan.node(node).settings else { return None };
        let mut message = |text: &str| world.payloads.intern(json!({ "message": text }));
        let answers = Answers {
            no_route: message("Missing Authentication Token"),
            unauthorized: message("Unauthorized"),
            denied: message("User is not authorized to access this resource"),
            forbidden: message("Forbidden"),
            throttled: message("Too Many Requests"),
            internal: message("Internal server error"),
            timed_out: message("Endpoint request timed out"),
        };
        let mut gateway = Gateway {
            tokens: settings.burst_limit as f64,
            settings: settings.as_ref().clone(),
            counted: Time::ZERO,
            routes: Vec::new(),
            found: FxHashMap::default(),
            understood: FxHashMap::default(),
            waiting: Pool::default(),
            timeouts: Deadlines::default(),
            answers,
            statuses: BTreeMap::new(),
            rejected: 0,
            requests: 0,
        };
        gateway.configure(plan, node, world);
        Some(gateway)
    }

    pub fn configure(&mut self, plan: &Plan, node: NodeIndex, world: &mut World) {
        if let NodeSettings::Gateway(settings) = &plan.node(node).settings {
            self.settings = settings.as_ref().clone();
            self.tokens = self.tokens.min(self.settings.burst_limit as f64);
        }
        let old = std::mem::take(&mut self.routes);
        let mut new = Vec::new();
        for edge in &plan.node(node).outgoing {
            let planned = plan.edge(*edge);
            let EdgeSettings::Route(route) = &planned.settings else { continue };
            let before = old.iter().find(|route| route.edge == *edge);
            let request_template = route.request_template.as_ref().map(|it| world.payloads.add_template(it));
            let response_template = route.response_template.as_ref().map(|it| world.payloads.add_template(it));
            new.push(Route {
                edge: *edge,
                method: route.method.clone(),
                path: route.path.clone(),
                target: planned.to,
                kind: plan.node(planned.to).kind,
                timeout: route.timeout.unwrap_or(match self.settings.api_type {
                    ApiType::Rest => 29 * SECOND,
                    ApiType::Http => 30 * SECOND,
                }),
                request_template,
                response_template,
                source: world.payloads.intern(Value::String(route.source.clone())),
                detail_type: world.payloads.intern(Value::String(route.detail_type.clone())),
                send_options: SendTemplates::new(&route.send_options, &mut world.payloads),
                requests: before.map_or(0, |route| route.requests),
                errors: before.map_or(0, |route| route.errors),
            });
        }
        self.routes = keep_places(old, new);
        self.found.clear();
    }

    pub fn handle(&mut self, event: Event, context: &mut Context<'_>) {
        match event {
            Event::Request(call) => self.request(call, context),
            Event::Reply(call) => {
                if let Some(reply) = context.take_reply(call) {
                    self.integrated(reply, context);
                }
            }
            Event::Timer { .. } => self.time_out(context),
        }
    }

    fn request(&mut self, id: CallId, context: &mut Context<'_>) {
        let Some(call) = context.request(id).copied() else { return };
        let Operation::Http { resource, headers } = call.operation else {
            context.reply(id, Status::Http(400), PayloadId::NULL, call.message);
            return;
        };
        self.requests += 1;
        let refused = match self.find(resource, context.world) {
            None => Err((403, self.answers.no_route)),
            Some(route) => self.admit(headers, context).map(|()| route),
        };
        match refused {
            Err((status, answer)) => {
                self.rejected += 1;
                context.record(call.message, What::Rejected { status });
                self.answer(id, status, answer, call.message, context);
            }
            Ok(route) => self.forward(id, call, route, resource, context),
        }
    }

    /// Authorizer, API key and throttle, in this order.
    fn admit(&mut self, headers: PayloadId, context: &Context<'_>) -> Result<(), (u16, PayloadId)> {
        let headers = &context.world.payloads.get(headers).value;
        let header = |name: &str| headers.get(name).and_then(Value::as_str);
        if let Authorizer::Token { token, .. } = &self.settings.authorizer {
            match header("authorization") {
                None => return Err((401, self.answers.unauthorized)),
                Some(given) if given != token => return Err((403, self.answers.denied)),
                Some(_) => {}
            }
        }
        if self.settings.api_key_required && header("x-api-key") != Some(&self.settings.api_key) {
            return Err((403, self.answers.forbidden));
        }
        self.refill(context.now());
        if self.tokens < 1.0 {
            return Err((429, self.answers.throttled));
        }
        self.tokens -= 1.0;
        Ok(())
    }

    fn refill(&mut self, now: Time) {
        let gained = now.since(self.counted) as f64 * self.settings.rate_limit / SECOND as f64;
        self.tokens = (self.tokens + gained).min(self.settings.burst_limit as f64);
        self.counted = now;
    }

    /// Tokens in the bucket now.
    pub fn tokens(&self, now: Time) -> f64 {
        let gained = now.since(self.counted) as f64 * self.settings.rate_limit / SECOND as f64;
        (self.tokens + gained).min(self.settings.burst_limit as f64)
    }

    fn find(&mut self, resource: ResourceId, world: &World) -> Option<usize> {
        if let Some(known) = self.found.get(&resource) {
            return *known;
        }
        let (method, path) = world.resource_parts(resource);
        let best = self
            .routes
            .iter()
            .enumerate()
            .filter(|(_, route)| route.method == "ANY" || route.method == method)
            .filter_map(|(index, route)| Some((exactness(&route.path, path)?, route.method != "ANY", index)))
            .max_by_key(|(exactness, method, index)| (*exactness, *method, usize::MAX - index))
            .map(|(_, _, index)| index);
        self.found.insert(resource, best);
        best
    }

    fn forward(&mut self, id: CallId, call: Call, route: usize, resource: ResourceId, context: &mut Context<'_>) {
        let Some(message) = context.take_message(id) else {
            context.reply(id, Status::Http(400), PayloadId::NULL, None);
            return;
        };
        let route_index = route;
        let route = &mut self.routes[route_index];
        route.requests += 1;
        let payload = context.message(message).payload;
        if matches!(route.kind, NodeKind::Queue | NodeKind::Topic) {
            route.send_options.label(message, payload, PayloadId::NULL, context.world);
        }
        if let Some(template) = route.request_template {
            let payload = context.world.payloads.apply(template, payload, PayloadId::NULL);
            context.message_mut(message).payload = payload;
        }
        let operation = match route.kind {
            NodeKind::Function => Operation::Invoke { resource },
            NodeKind::Queue => Operation::SendMessage,
            NodeKind::Topic => Operation::Publish,
            NodeKind::Bus => Operation::PutEvents { source: route.source, detail_type: route.detail_type },
            _ => Operation::Http { resource, headers: PayloadId::NULL },
        };
        let due = context.now() + route.timeout;
        let (edge, trace) = (route.edge, call.trace);
        // The key is known only once the entry exists, and the call needs it: the entry gets its call afterwards.
        let key = self.waiting.add(Waiting { caller: id, integration: id, route: route_index, trace });
        let integration = context.call(Request::along(edge, operation, message, trace, key.number()));
        if let Some(waiting) = self.waiting.get_mut(key) {
            waiting.integration = integration;
        }
        let timer = self.timeouts.add(due, key.number());
        set(context, timer);
    }

    fn integrated(&mut self, reply: Reply, context: &mut Context<'_>) {
        let Some(waiting) = self.waiting.remove(Key::from_number(reply.tag)) else {
            if let Some(message) = reply.message {
                context.end(message, super::message::Ending::Dropped(super::message::Reason::CallerGone));
            }
            return;
        };
        let Some(route) = self.routes.get_mut(waiting.route) else {
            self.answer(waiting.caller, 500, self.answers.internal, reply.message, context);
            return;
        };
        let function = route.kind == NodeKind::Function;
        let template = route.response_template;
        let (status, mut answer) = match reply.status {
            Status::Http(200..=299) if function => {
                match understand(&mut self.understood, reply.answer, context.world) {
                    Some(understood) => understood,
                    None => (502, self.answers.internal),
                }
            }
            Status::Http(code @ 200..=299) => (code, reply.answer),
            Status::FunctionError | Status::FunctionTimeout => (502, self.answers.internal),
            Status::Unreachable => (504, self.answers.timed_out),
            // The service's own refusal, throttling included, is an internal error to the client.
            Status::Http(_) if route.kind != NodeKind::Endpoint => (500, self.answers.internal),
            Status::Http(code) => (code, reply.answer),
        };
        if status >= 400 {
            route.errors += 1;
        } else if let Some(template) = template {
            answer = context.world.payloads.apply(template, answer, PayloadId::NULL);
        }
        self.answer(waiting.caller, status, answer, reply.message, context);
    }

    fn time_out(&mut self, context: &mut Context<'_>) {
        let now = context.now();
        while let Some(due) = self.timeouts.next_due(now) {
            let Some(waiting) = self.waiting.remove(Key::from_number(due)) else { continue };
            context.abandon(waiting.integration);
            context.record_trace(waiting.trace, What::IntegrationTimedOut);
            if let Some(route) = self.routes.get_mut(waiting.route) {
                route.errors += 1;
            }
            self.answer(waiting.caller, 504, self.answers.timed_out, None, context);
        }
        let waiting = &self.waiting;
        let due = self.timeouts.rearm(now, |due| waiting.get(Key::from_number(due)).is_some());
        set(context, due);
    }

    fn answer(
        &mut self,
        id: CallId,
        status: u16,
        answer: PayloadId,
        message: Option<MessageId>,
        context: &mut Context<'_>,
    ) {
        *self.statuses.entry(status).or_default() += 1;
        context.reply(id, Status::Http(status), answer, message);
    }

    pub fn waiting_count(&self) -> u64 {
        self.waiting.len() as u64
    }

    pub fn rate_limit(&self) -> f64 {
        self.settings.rate_limit
    }

    pub fn burst_limit(&self) -> u64 {
        self.settings.burst_limit
    }

    pub fn tracing(&self) -> bool {
        self.settings.tracing
    }
}

/// The routes of a changed plan, each in the place that it had: requests under way know theirs by its place. Those that
/// are gone stay, without a method: no request has none.
fn keep_places(old: Vec<Route>, new: Vec<Route>) -> Vec<Route> {
    let mut new: Vec<Option<Route>> = new.into_iter().map(Some).collect();
    let mut kept = Vec::with_capacity(new.len());
    for mut known in old {
        match new.iter_mut().find(|route| route.as_ref().is_some_and(|route| route.edge == known.edge)) {
            Some(changed) => kept.extend(changed.take()),
            None => {
                known.method.clear();
                kept.push(known);
            }
        }
    }
    kept.extend(new.into_iter().flatten());
    kept
}

/// How exactly a route's path matches: more is better; `None` where it does not.
fn exactness(route: &str, path: &str) -> Option<u32> {
    let path = path.split('?').next().unwrap_or(path);
    let mut wanted = route.trim_matches('/').split('/');
    let mut given = path.trim_matches('/').split('/');
    let mut exactness = 0;
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(exactness + 1),
            (Some(wanted), Some(_)) if wanted.starts_with('{') && wanted.ends_with("+}") => return Some(exactness),
            (Some(wanted), Some(given)) if wanted.starts_with('{') && wanted.ends_with('}') && !given.is_empty() => {
                exactness += 2;
            }
            (Some(wanted), Some(given)) if wanted == given => exactness += 4,
            _ => return None,
        }
    }
}

/// Reads the answer of a Lambda proxy integration: an object with `statusCode`, and `body`, which is the client's
/// answer. Anything else is malformed (api-gateway-simple-proxy-for-lambda-output-format).
fn understand(
    understood: &mut FxHashMap<PayloadId, Option<(u16, PayloadId)>>,
    answer: PayloadId,
    world: &mut World,
) -> Option<(u16, PayloadId)> {
    if let Some(known) = understood.get(&answer) {
        return *known;
    }
    let value = &world.payloads.get(answer).value;
    let status = value.get("statusCode").and_then(Value::as_u64).filter(|status| (100..600).contains(status));
    let body = value.get("body").cloned().unwrap_or(Value::Null);
    let meaning = status.map(|status| (status as u16, world.payloads.intern(body)));
    understood.insert(answer, meaning);
    meaning
}

fn set(context: &mut Context<'_>, due: Option<Time>) {
    if let Some(due) = due {
        context.timer_at(due, TIMER_TIMEOUT, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_exact_route_wins_and_what_no_route_fits_is_refused() {
        assert!(exactness("/payments", "/payments") > exactness("/{proxy+}", "/payments"));
        assert!(exactness("/payments/{id}", "/payments/7").is_some());
        assert!(exactness("/payments/new", "/payments/new") > exactness("/payments/{id}", "/payments/new"));
        assert_eq!(exactness("/payments", "/customers"), None);
        assert_eq!(exactness("/payments/{id}", "/payments"), None);
        assert_eq!(exactness("/payments", "/payments/7"), None);
        assert!(exactness("/", "/").is_some());
    }
}
