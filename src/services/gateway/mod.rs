//! The API gateway, as a REST or an HTTP API of Amazon API Gateway.
//!
//! A request is matched to a route, authorised, throttled, validated, looked for in the cache, mapped, and handed to the
//! integration; what comes back is checked and mapped to the status that the service documents for it
//! (handle-errors-in-lambda-integration, supported-gateway-response-types). It never retries.
//!
//! One file a step. What a gateway does not use costs its requests one comparison each.

pub(super) mod access_log;
mod admission;
mod authorizer;
pub(super) mod cache;
mod cors;
mod error;
mod integration;
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
use crate::diagram::settings::{ApiType, Authorizer as AuthorizerSettings, GatewaySettings};
use crate::diagram::{EdgeKind, NodeIndex, NodeSettings, Plan};
use crate::kernel::{Bucket, Deadlines, Key, Pool, SECOND, Time};
use crate::services::service::Level;
use authorizer::{Caller, Verdict};
use error::{Answer, Answers};
use request::Api;
use routing::Found;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

const TIMER_TIMEOUT: u8 = 0;

/// The largest body, in bytes: api-gateway-execution-service-limits-table, http-api-quotas.
pub const LARGEST_BODY: usize = 10 * 1024 * 1024;
/// How long an HTTP API waits for its authorizer's function: http-api-quotas. A REST API waits as for an integration.
pub const AUTHORIZER_TIMEOUT: u64 = 10 * SECOND;

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
        let from = context.request(visit.caller).map_or(0, |call| call.serial);
        let question = context.create_from(from, visit.trace, event, AttributesId::NONE, 1);
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

    fn time_out(&mut self, context: &mut Context<'_>) {
        let now = context.now();
        while let Some(due) = self.timeouts.next_due(now) {
            let Some(waiting) = self.waiting.remove(Key::from_number(due)) else { continue };
            context.abandon(waiting.call);
            context.record_call(waiting.call, What::IntegrationTimedOut);
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

    pub fn buckets(&self, now: Time, visit: &mut dyn FnMut(Level)) {
        let routes = self.routes.iter().filter_map(|route| route.bucket.as_ref()).map(|it| ("route", it));
        let keys = self.plans.buckets().map(|it| ("usage plan", it));
        for (what, bucket) in [("stage", &self.stage)].into_iter().chain(routes).chain(keys) {
            visit(Level::of(what, bucket, now));
        }
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

fn set(context: &mut Context<'_>, due: Option<Time>) {
    if let Some(due) = due {
        context.timer_at(due, TIMER_TIMEOUT, 0);
    }
}
