//! The API gateway, as a REST or an HTTP API of Amazon API Gateway.
//!
//! A request is matched to a route, authorised, throttled, validated, looked for in the cache, mapped, and handed to the
//! integration; what comes back is checked and mapped to the status that the service documents for it
//! (handle-errors-in-lambda-integration, supported-gateway-response-types). It never retries.
//!
//! One file a step. What a gateway does not use costs its requests one comparison each.

mod access_log;
mod authorizer;
mod cache;
mod cors;
mod error;
mod mapping;
mod plans;
mod request;
mod routing;

pub use access_log::{AccessLog, Entry as AccessLogEntry};
pub use authorizer::Authorizer;
pub use cache::Cache;
pub use error::GatewayError;
pub use plans::Plans;
pub use routing::Route;

use super::call::{CallId, Operation, ResourceId};
use super::journal::{Status, What};
use super::message::{Ending, MessageId, Reason, Trace};
use super::payload::{AttributesId, PayloadId};
use super::world::{Context, Event, Reply, Request, World};
use crate::diagram::mapping::header;
use crate::diagram::settings::{ApiType, Authorizer as AuthorizerSettings, GatewaySettings};
use crate::diagram::{EdgeKind, NodeIndex, NodeKind, NodeSettings, Plan};
use crate::kernel::{Bucket, Deadlines, Key, Pool, SECOND, Time};
use authorizer::{Caller, Verdict};
use error::{Answer, Answers};
use request::{Api, View};
use routing::Found;
use rustc_hash::FxHashMap;
use serde_json::Value;
use std::collections::BTreeMap;

const TIMER_TIMEOUT: u8 = 0;

/// The largest body, in bytes: api-gateway-execution-service-limits-table, http-api-quotas.
const LARGEST_BODY: usize = 10 * 1024 * 1024;
/// How long an HTTP API waits for its authorizer's function: http-api-quotas. A REST API waits as for an integration.
const AUTHORIZER_TIMEOUT: u64 = 10 * SECOND;

/// An HTTP API's requests are billed by this many bytes: api-gateway-pricing.
const METERED: usize = 512 * 1024;

/// No route.
const NOWHERE: u32 = u32::MAX;

/// A request on its way through the gateway.
#[derive(Clone, Copy, Debug)]
struct Visit {
    caller: CallId,
    trace: Trace,
    resource: ResourceId,
    headers: PayloadId,
    route: u32,
    canary: bool,
    arrived: Time,
    /// What the authorizer said of the caller.
    identity: PayloadId,
    usage_key: PayloadId,
    /// Microseconds.
    authorizer_latency: u64,
    /// What it is billed as.
    units: u64,
}

/// What a visit waits for.
#[derive(Clone, Copy, Debug)]
enum Asked {
    /// The authorizer. The client's message stays with its call meanwhile.
    Authorizer { message: Option<MessageId>, cache: Option<u32> },
    /// The integration, whose answer is kept under this number of the cache.
    Integration { cache: Option<u32> },
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    visit: Visit,
    asked: Asked,
    call: CallId,
    since: Time,
}

/// How an answer came about, for the access log.
#[derive(Clone, Copy, Debug, Default)]
struct Origin {
    integration: Option<(Status, u64)>,
    error: Option<GatewayError>,
    cached: bool,
}

/// What a proxy integration's answer means; `None` where it is malformed.
type Understood = FxHashMap<PayloadId, Option<Answer>>;

#[derive(Clone, Debug)]
pub struct Gateway {
    settings: GatewaySettings,
    /// As it stands in the names of methods.
    id: String,
    pub stage: Bucket,
    pub routes: Vec<Route>,
    found: FxHashMap<ResourceId, Found>,
    understood: Understood,
    mappings: mapping::Mappings,
    waiting: Pool<Waiting>,
    timeouts: Deadlines,
    answers: Answers,
    pub authorizer: Authorizer,
    pub plans: Plans,
    pub cache: Cache,
    pub log: AccessLog,
    /// How many requests were answered with each status.
    pub statuses: BTreeMap<u16, u64>,
    pub requests: u64,
    /// Turned away before the integration.
    pub rejected: u64,
    /// What is paid for: requests; in HTTP APIs, each 512 KB of them.
    pub billed: u64,
    /// How long there has been a cache, in microseconds, up to the last change of settings.
    cache_time: u64,
    configured: Time,
    pub throttled: u64,
    pub canary_requests: u64,
}

impl Gateway {
    pub fn new(plan: &Plan, node: NodeIndex, world: &mut World) -> Option<Self> {
        let NodeSettings::Gateway(settings) = &plan.node(node).settings else { return None };
        let mut gateway = Gateway {
            stage: Bucket::new(settings.rate_limit, settings.burst_limit),
            settings: settings.as_ref().clone(),
            id: String::new(),
            routes: Vec::new(),
            found: FxHashMap::default(),
            understood: Understood::default(),
            mappings: mapping::Mappings::default(),
            waiting: Pool::default(),
            timeouts: Deadlines::default(),
            answers: Answers::default(),
            authorizer: Authorizer::default(),
            plans: Plans::default(),
            cache: Cache::default(),
            log: AccessLog::default(),
            statuses: BTreeMap::new(),
            requests: 0,
            rejected: 0,
            billed: 0,
            cache_time: 0,
            configured: Time::ZERO,
            throttled: 0,
            canary_requests: 0,
        };
        gateway.configure(plan, node, world);
        Some(gateway)
    }

    /// Takes over changed settings, as a deployment does: caches are emptied, buckets and quotas are not.
    pub fn configure(&mut self, plan: &Plan, node: NodeIndex, world: &mut World) {
        let planned = plan.node(node);
        let NodeSettings::Gateway(settings) = &planned.settings else { return };
        self.cache_time = self.cache_time(world.now);
        self.configured = world.now;
        self.settings = settings.as_ref().clone();
        self.id = planned.name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        self.stage.set_limits(settings.rate_limit, settings.burst_limit, world.now);
        self.routes = Route::of_gateway(plan, node, settings.api_type, &self.routes, world);
        let authorizer = planned.outgoing.iter().find(|edge| plan.edge(**edge).kind == EdgeKind::Authorizer);
        self.authorizer.configure(authorizer.copied());
        self.plans.configure(settings, world.now);
        self.answers = Answers::new(settings, world);
        self.found.clear();
        self.understood.clear();
        self.mappings.clear();
        self.cache.clear();
    }

    pub fn handle(&mut self, event: Event, context: &mut Context<'_>) {
        match event {
            Event::Request(call) => self.request(call, context),
            Event::Reply(call) => {
                if let Some(reply) = context.take_reply(call) {
                    self.replied(reply, context);
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
        let mut visit = Visit {
            caller: id,
            trace: call.trace,
            resource,
            headers,
            route: NOWHERE,
            canary: false,
            arrived: context.now(),
            identity: PayloadId::NULL,
            usage_key: PayloadId::NULL,
            authorizer_latency: 0,
            units: 1,
        };
        let payload = call.message.map(|message| context.message(message).payload);
        let size = payload.map_or(0, |payload| context.world.payloads.get(payload).text.len());
        if self.settings.api_type == ApiType::Http {
            visit.units = size.div_ceil(METERED).max(1) as u64;
        }
        self.billed += visit.units;
        if let Some(canary) = &self.settings.canary {
            visit.canary = context.stream().chance(canary.share);
            self.canary_requests += u64::from(visit.canary);
        }
        let found = self.find(resource, context.world);
        if let (true, Some(cors)) = (found.preflight, &self.settings.cors) {
            let answer = cors::preflight(cors, self.settings.api_type, headers, context.world);
            let message = context.take_message(id);
            self.answer(&visit, answer, message, Origin::default(), context);
            return;
        }
        let canary = found.canary.filter(|_| visit.canary);
        let Some(route) = canary.or(found.current) else {
            self.refuse(&visit, GatewayError::NoRoute, context);
            return;
        };
        visit.route = route;
        if size > LARGEST_BODY {
            self.refuse(&visit, GatewayError::TooLarge, context);
            return;
        }
        let route = &self.routes[route as usize];
        if matches!(self.settings.authorizer, AuthorizerSettings::None) || !route.settings.authorized {
            self.admit(visit, context);
            return;
        }
        let api = Api { id: &self.id, settings: &self.settings };
        match self.authorizer.decide(&visit, route, &api, context.world) {
            Verdict::Pass(caller) => self.admit(with_caller(visit, caller), context),
            Verdict::Refuse(error) => self.refuse(&visit, error, context),
            Verdict::Ask { event, cache } => self.ask_authorizer(visit, event, cache, context),
        }
    }

    fn find(&mut self, resource: ResourceId, world: &World) -> Found {
        if let Some(known) = self.found.get(&resource) {
            return *known;
        }
        let (method, path) = world.resource_parts(resource);
        let found = Found::new(&self.routes, method, path);
        self.found.insert(resource, found);
        found
    }

    fn ask_authorizer(&mut self, visit: Visit, event: PayloadId, cache: Option<u32>, context: &mut Context<'_>) {
        let Some(edge) = self.authorizer.edge else { return };
        let message = context.request(visit.caller).and_then(|call| call.message);
        let question = context.create(visit.trace, event, AttributesId::NONE, 1);
        let timeout = match self.settings.api_type {
            ApiType::Rest => self.routes[visit.route as usize].timeout,
            ApiType::Http => AUTHORIZER_TIMEOUT,
        };
        let operation = Operation::Invoke { resource: visit.resource };
        let asked = Asked::Authorizer { message, cache };
        self.ask(visit, asked, timeout, |tag| Request::along(edge, operation, question, visit.trace, tag), context);
    }

    /// Makes a call for a visit, and waits for the answer.
    fn ask(
        &mut self,
        visit: Visit,
        asked: Asked,
        timeout: u64,
        request: impl FnOnce(u64) -> Request,
        context: &mut Context<'_>,
    ) {
        let since = context.now();
        // The key is known only once the entry exists, and the call needs it: the entry gets its call afterwards.
        let key = self.waiting.add(Waiting { visit, asked, call: visit.caller, since });
        let call = context.call(request(key.number()));
        if let Some(waiting) = self.waiting.get_mut(key) {
            waiting.call = call;
        }
        let timer = self.timeouts.add(since + timeout, key.number());
        set(context, timer);
    }

    /// Past the authorizer: key and usage plan, buckets, validation, cache.
    fn admit(&mut self, visit: Visit, context: &mut Context<'_>) {
        if let Err(error) = self.throttle(&visit, context) {
            self.refuse(&visit, error, context);
            return;
        }
        let index = visit.route as usize;
        if self.routes[index].validates {
            match self.validate(&visit, context) {
                Ok(()) => {}
                Err((error, Some(message))) => {
                    let answer = error::compose(error, &self.settings, Some(&message), context.world);
                    self.refuse_with(&visit, error, answer, context);
                    return;
                }
                Err((error, None)) => {
                    self.refuse(&visit, error, context);
                    return;
                }
            }
        }
        let mut cache = None;
        if self.settings.cache_ttl.is_some() && self.found.get(&visit.resource).is_some_and(|found| found.cacheable) {
            let key = self.cache_key(&visit, context.world);
            if let Some(answer) = self.cache.get(key, context.now()) {
                let message = context.take_message(visit.caller);
                context.record(message, What::FoundInCache);
                self.routes[index].requests += 1;
                self.answer(&visit, answer, message, Origin { cached: true, ..Origin::default() }, context);
                return;
            }
            cache = Some(key);
        }
        self.forward(visit, cache, context);
    }

    /// In the documented order: usage plan, route or stage, account (api-gateway-request-throttling).
    fn throttle(&mut self, visit: &Visit, context: &mut Context<'_>) -> Result<(), GatewayError> {
        let now = context.now();
        let route = &mut self.routes[visit.route as usize];
        let mut holder = None;
        if self.settings.api_key_required {
            let payloads = &context.world.payloads;
            let key = if self.settings.key_from_authorizer {
                payloads.get(visit.usage_key).value.as_str()
            } else {
                header(&payloads.get(visit.headers).value, "x-api-key")
            };
            holder = Some(self.plans.admit(key, (&route.settings.path, &route.settings.method), now)?);
        }
        let (bucket, error) = match &mut route.bucket {
            Some(bucket) => (bucket, GatewayError::ThrottledByRoute),
            None => (&mut self.stage, GatewayError::ThrottledByStage),
        };
        if !bucket.take(now) {
            return Err(error);
        }
        if !context.world.account.gateways.take(now) {
            return Err(GatewayError::ThrottledByAccount);
        }
        if let Some(holder) = holder {
            self.plans.count(holder, now);
        }
        Ok(())
    }

    /// What is wrong with a request, and in which words if they are not the usual ones.
    fn validate(&mut self, visit: &Visit, context: &mut Context<'_>) -> Result<(), (GatewayError, Option<String>)> {
        let message = context.request(visit.caller).and_then(|call| call.message);
        let payload = message.map_or(PayloadId::NULL, |message| context.message(message).payload);
        let route = &mut self.routes[visit.route as usize];
        if !route.settings.required.is_empty() {
            let api = Api { id: &self.id, settings: &self.settings };
            let view = View::new(visit, PayloadId::NULL, route, &api, context.world);
            let absent = |(_, place): &&(String, _)| {
                let place: &crate::diagram::mapping::Place = place;
                place.find(view.scope()).is_none_or(|value| value.is_empty())
            };
            let missing: Vec<&str> = route.settings.required.iter().filter(absent).map(|it| it.0.as_str()).collect();
            if !missing.is_empty() {
                let words = format!("Missing required request parameters: [{}]", missing.join(", "));
                return Err((GatewayError::BadParameters, Some(words)));
            }
        }
        if let Some(model) = &route.settings.model {
            let value = &context.world.payloads.get(payload).value;
            let fits = *route.bodies.entry(payload).or_insert_with(|| model.check(value).is_ok());
            if !fits {
                return Err((GatewayError::BadBody, None));
            }
        }
        Ok(())
    }

    /// Which answers are the same: of the same route, with the same values of the parameters that count.
    fn cache_key(&mut self, visit: &Visit, world: &World) -> u32 {
        let route = &self.routes[visit.route as usize];
        let own = visit.canary && self.settings.canary.as_ref().is_some_and(|canary| canary.own_cache);
        let mut text = format!("{own} {}", route.key());
        if !route.settings.cache_key.is_empty() {
            let api = Api { id: &self.id, settings: &self.settings };
            let view = View::new(visit, PayloadId::NULL, route, &api, world);
            for place in &route.settings.cache_key {
                text.push('\n');
                text.push_str(&place.find(view.scope()).unwrap_or_default());
            }
        }
        self.cache.key(text)
    }

    fn forward(&mut self, visit: Visit, cache: Option<u32>, context: &mut Context<'_>) {
        let Some(message) = context.take_message(visit.caller) else {
            context.reply(visit.caller, Status::Http(400), PayloadId::NULL, None);
            return;
        };
        let route = &mut self.routes[visit.route as usize];
        route.requests += 1;
        let payload = context.message(message).payload;
        if matches!(route.kind, NodeKind::Queue | NodeKind::Topic) {
            route.send_options.label(message, payload, PayloadId::NULL, context.world);
        }
        let operation = if route.maps_request {
            let api = Api { id: &self.id, settings: &self.settings };
            match self.mappings.request(&visit, payload, route, &api, context.world) {
                Ok(mapped) => {
                    let message = context.message_mut(message);
                    message.payload = mapped.payload;
                    if mapped.group != PayloadId::NULL {
                        message.group = mapped.group;
                    }
                    if mapped.deduplication != PayloadId::NULL {
                        message.deduplication = mapped.deduplication;
                    }
                    message.delay = mapped.delay.or(message.delay);
                    mapped.operation
                }
                Err(error) => {
                    route.errors += 1;
                    if let Some(call) = context.world.calls.get_mut(visit.caller) {
                        call.message = Some(message);
                    }
                    self.refuse(&visit, error, context);
                    return;
                }
            }
        } else {
            if let Some(template) = route.request_template {
                let payload = context.world.payloads.apply(template, payload, PayloadId::NULL);
                context.message_mut(message).payload = payload;
            }
            mapping::plain(route, visit.resource, visit.headers)
        };
        let (edge, timeout) = (route.edge, route.timeout);
        let request = |tag| Request::along(edge, operation, message, visit.trace, tag);
        self.ask(visit, Asked::Integration { cache }, timeout, request, context);
    }

    fn replied(&mut self, reply: Reply, context: &mut Context<'_>) {
        let Some(waiting) = self.waiting.remove(Key::from_number(reply.tag)) else {
            if let Some(message) = reply.message {
                context.end(message, Ending::Dropped(Reason::CallerGone));
            }
            return;
        };
        match waiting.asked {
            Asked::Authorizer { cache, .. } => self.authorized(waiting, reply, cache, context),
            Asked::Integration { cache } => self.integrated(waiting, reply, cache, context),
        }
    }

    /// The authorizer's function has answered.
    fn authorized(&mut self, waiting: Waiting, reply: Reply, cache: Option<u32>, context: &mut Context<'_>) {
        let mut visit = waiting.visit;
        visit.authorizer_latency = context.now().since(waiting.since);
        if let Some(question) = reply.message {
            context.end(question, Ending::Dropped(Reason::Failed));
        }
        let Some(route) = self.routes.get(visit.route as usize) else {
            self.refuse(&visit, GatewayError::IntegrationFailed, context);
            return;
        };
        let api = Api { id: &self.id, settings: &self.settings };
        match self.authorizer.answered(reply.status, reply.answer, cache, (&visit, route), &api, context.world) {
            Ok(caller) => self.admit(with_caller(visit, caller), context),
            Err(error) => self.refuse(&visit, error, context),
        }
    }

    /// The integration has answered.
    fn integrated(&mut self, waiting: Waiting, reply: Reply, cache: Option<u32>, context: &mut Context<'_>) {
        let visit = waiting.visit;
        let integration = Some((reply.status, context.now().since(waiting.since)));
        let understood = self.understand(&visit, &reply, context.world);
        let mut origin = Origin { integration, error: understood.err(), cached: false };
        let answer = match understood {
            Ok(answer) => answer,
            Err(error) => self.answers.get(error),
        };
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

    fn time_out(&mut self, context: &mut Context<'_>) {
        let now = context.now();
        while let Some(due) = self.timeouts.next_due(now) {
            let Some(waiting) = self.waiting.remove(Key::from_number(due)) else { continue };
            context.abandon(waiting.call);
            context.record_trace(waiting.visit.trace, What::IntegrationTimedOut);
            if let Asked::Authorizer { .. } = waiting.asked {
                self.refuse(&waiting.visit, GatewayError::AuthorizerFailed, context);
                continue;
            }
            if let Some(route) = self.routes.get_mut(waiting.visit.route as usize) {
                route.errors += 1;
            }
            let integration = Some((Status::Unreachable, now.since(waiting.since)));
            let origin = Origin { integration, error: Some(GatewayError::TimedOut), cached: false };
            self.answer(&waiting.visit, self.answers.get(GatewayError::TimedOut), None, origin, context);
        }
        let waiting = &self.waiting;
        let due = self.timeouts.rearm(now, |due| waiting.get(Key::from_number(due)).is_some());
        set(context, due);
    }

    /// Turns a request away; its message goes back with the answer.
    fn refuse(&mut self, visit: &Visit, error: GatewayError, context: &mut Context<'_>) {
        self.refuse_with(visit, error, self.answers.get(error), context);
    }

    fn refuse_with(&mut self, visit: &Visit, error: GatewayError, answer: Answer, context: &mut Context<'_>) {
        self.rejected += 1;
        self.billed -= if error.is_billed() { 0 } else { visit.units };
        self.throttled += u64::from(answer.status == 429 && !error.is_billed());
        let message = context.request(visit.caller).and_then(|call| call.message);
        let what = What::TurnedAway { status: answer.status, error };
        match message {
            Some(_) => context.record(message, what),
            None => context.record_trace(visit.trace, what),
        }
        self.answer(visit, answer, message, Origin { error: Some(error), ..Origin::default() }, context);
    }

    fn answer(
        &mut self,
        visit: &Visit,
        mut answer: Answer,
        mut message: Option<MessageId>,
        origin: Origin,
        context: &mut Context<'_>,
    ) {
        if let (Some(cors), ApiType::Http) = (&self.settings.cors, self.settings.api_type)
            && visit.route != NOWHERE
        {
            answer = cors::add_headers(cors, visit.headers, answer, context.world);
        }
        *self.statuses.entry(answer.status).or_default() += 1;
        self.log.push(AccessLogEntry {
            arrived: visit.arrived,
            trace: visit.trace,
            resource: visit.resource,
            route: visit.route,
            status: answer.status,
            latency: context.now().since(visit.arrived),
            integration: origin.integration,
            authorizer_latency: visit.authorizer_latency,
            error: origin.error,
            cached: origin.cached,
            canary: visit.canary,
        });
        // A success hands nothing back: whoever asked has no more use for the message.
        if (200..300).contains(&answer.status)
            && let Some(message) = message.take()
        {
            let failed = matches!(origin.integration, Some((status, _)) if !status.is_success());
            context.end(message, if failed { Ending::Dropped(Reason::Failed) } else { Ending::Processed });
        }
        context.reply_with_headers(visit.caller, Status::Http(answer.status), answer.body, answer.headers, message);
    }

    pub fn held(&self, visit: &mut dyn FnMut(MessageId)) {
        for (_, waiting) in self.waiting.iter() {
            if let Asked::Authorizer { message: Some(message), .. } = waiting.asked {
                visit(message);
            }
        }
    }

    pub fn waiting_count(&self) -> u64 {
        self.waiting.len() as u64
    }

    /// How long there has been a cache, in microseconds.
    pub fn cache_time(&self, now: Time) -> u64 {
        self.cache_time + if self.settings.cache_ttl.is_some() { now.since(self.configured) } else { 0 }
    }

    pub fn settings(&self) -> &GatewaySettings {
        &self.settings
    }
}

fn with_caller(visit: Visit, caller: Caller) -> Visit {
    Visit { identity: caller.identity, usage_key: caller.usage_key, ..visit }
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

fn set(context: &mut Context<'_>, due: Option<Time>) {
    if let Some(due) = due {
        context.timer_at(due, TIMER_TIMEOUT, 0);
    }
}
