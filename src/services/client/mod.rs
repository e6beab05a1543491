//! The client: sends requests as its arrivals say, waits for the answers, tries again if told to, and may then ask for
//! the request's status.

mod arrivals;
mod breaker;
pub(super) mod browser;
mod outgoing;
mod status;

pub use breaker::{Breaker, Circuit};

use super::call::{CallId, ResourceId};
use super::journal::{Status, What};
use super::message::{Ending, MessageId, Reason, Trace};
use super::payload::{AttributesId, PayloadId, SendTemplates};
use super::world::{Context, Event, Reply, STREAM_RETRY, World};
use crate::diagram::settings::{Arrivals, ClientSettings, Jitter};
use crate::diagram::{EdgeIndex, EdgeKind, NodeIndex, NodeSettings, Plan, Scope, Until};
use crate::kernel::{Deadlines, Key, MILLISECOND, Pool, SECOND, Sampler, Stream, Time};
use browser::Browser;
use hdrhistogram::Histogram;
use outgoing::{headers, headers_by_attempt};
use serde_json::Value;
use std::collections::VecDeque;

/// How many exchanges are remembered for showing.
const REMEMBERED: usize = 60;
/// Latencies are counted to three figures up to this: longer than a client can be told to wait, retries included.
const LONGEST: u64 = 24 * 3_600 * SECOND;

/// The first request comes no later than this, so that nobody waits in front of an empty picture.
const FIRST_ARRIVAL: u64 = 100 * MILLISECOND;

const TIMER_ARRIVAL: u8 = 0;
const TIMER_TIMEOUT: u8 = 1;
const TIMER_RETRY: u8 = 2;
const TIMER_POLL: u8 = 3;
const TIMER_USER: u8 = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// As a browser: asks whether it may send.
    Asking(CallId),
    Waiting(CallId),
    /// Between two attempts; holds the message if it came back.
    Pausing(Option<MessageId>),
    /// Answered; asks for the status.
    Following {
        call: Option<CallId>,
        asked: u32,
    },
}

#[derive(Clone, Copy, Debug)]
struct Exchange {
    trace: Trace,
    sent: Time,
    payload: PayloadId,
    attempt: u16,
    phase: Phase,
    /// The closed model's user who sent it: the generation of arrivals that the user belongs to; 0 for none.
    user: u64,
    /// When it went out, as the circuit breaker counts.
    epoch: u32,
}

/// A request and its answer, for showing.
#[derive(Clone, Copy, Debug)]
pub struct Remembered {
    pub trace: Trace,
    pub sent: Time,
    pub attempt: u16,
    pub status: Option<Status>,
    pub latency: Option<u64>,
    pub request: PayloadId,
    pub answer: PayloadId,
    /// How often the status was asked for, its last answer, and when it was reached.
    pub asked: u32,
    pub progress: Option<PayloadId>,
    pub reached: Option<u64>,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub sent: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub timed_out: u64,
    pub retries: u64,
    pub status_reached: u64,
    pub status_given_up: u64,
    /// As a browser: preflight requests, and requests or answers that were blocked.
    pub preflights: u64,
    pub blocked: u64,
}

#[derive(Clone, Debug)]
struct Follow {
    resource: ResourceId,
    every: u64,
    attempts: u32,
    until: Until,
}

#[derive(Clone, Debug)]
pub struct Client {
    settings: ClientSettings,
    edge: Option<(EdgeIndex, EdgeKind)>,
    resource: ResourceId,
    /// Of each attempt; the last ones for all that follow.
    headers: Vec<PayloadId>,
    attributes: AttributesId,
    source: PayloadId,
    detail_type: PayloadId,
    send_options: SendTemplates,
    payloads: Vec<PayloadId>,
    follow: Option<Follow>,
    exchanges: Pool<Exchange>,
    timeouts: Deadlines,
    /// Arrivals of an older setting carry an older number and are ignored.
    arrival_generation: u64,
    arrivals_since: Time,
    arrivals_count: u64,
    /// How long a user thinks, in a closed model.
    think: Option<Sampler>,
    /// Pauses before retries have randomness of their own, so that failures do not shift the arrivals behind them.
    pauses: Stream,
    pub breaker: Option<Breaker>,
    browser: Option<Browser>,
    preflight: ResourceId,
    pub counts: Counts,
    pub latency: Histogram<u64>,
    pub recent: VecDeque<Remembered>,
}

impl Client {
    pub fn new(plan: &Plan, node: NodeIndex, world: &mut World) -> Option<Self> {
        let NodeSettings::Client(settings) = &plan.node(node).settings else { return None };
        let latency = Histogram::new_with_bounds(1, LONGEST, 3).ok()?;
        let mut client = Client {
            settings: settings.as_ref().clone(),
            edge: None,
            resource: ResourceId::default(),
            headers: Vec::new(),
            attributes: AttributesId::NONE,
            source: PayloadId::NULL,
            detail_type: PayloadId::NULL,
            send_options: SendTemplates::default(),
            payloads: Vec::new(),
            follow: None,
            exchanges: Pool::default(),
            timeouts: Deadlines::default(),
            arrival_generation: 0,
            arrivals_since: Time::ZERO,
            arrivals_count: 0,
            think: None,
            pauses: Stream::new(world.seed, plan.node(node).id, STREAM_RETRY),
            breaker: None,
            browser: None,
            preflight: ResourceId::default(),
            counts: Counts::default(),
            latency,
            recent: VecDeque::new(),
        };
        client.configure(plan, node, world);
        Some(client)
    }

    /// Takes over changed settings. Gives whether arrivals have to be scheduled anew.
    pub fn configure(&mut self, plan: &Plan, node: NodeIndex, world: &mut World) -> bool {
        let planned = plan.node(node);
        let NodeSettings::Client(settings) = &planned.settings else { return false };
        let arrivals_changed = settings.arrivals != self.settings.arrivals;
        self.settings = settings.as_ref().clone();
        self.edge = planned.outgoing.first().map(|edge| (*edge, plan.edge(*edge).kind));
        self.resource = world.resource(&settings.method, &settings.path);
        let headers = headers(settings);
        self.preflight = world.resource("OPTIONS", &settings.path);
        self.browser = (!settings.origin.is_empty() && self.edge.is_some_and(|edge| edge.1 == EdgeKind::Request))
            .then(|| Browser::new(&settings.origin, &settings.method, &Value::Object(headers.clone()), world));
        self.headers = headers_by_attempt(headers, settings.idempotency_key, world);
        self.think = match &settings.arrivals {
            Arrivals::Closed { think, .. } => Some(Sampler::new(think)),
            _ => None,
        };
        match (&mut self.breaker, settings.circuit_breaker) {
            (Some(breaker), Some(settings)) => breaker.configure(settings),
            (breaker, settings) => *breaker = settings.map(Breaker::new),
        }
        self.attributes = world.payloads.intern_attributes(settings.attributes.clone());
        self.source = world.payloads.intern(Value::String(settings.source.clone()));
        self.detail_type = world.payloads.intern(Value::String(settings.detail_type.clone()));
        self.send_options = SendTemplates::new(&settings.send_options, &mut world.payloads);
        let scope = Scope { message: &Value::Null, result: &Value::Null };
        self.payloads = settings.payloads.iter().map(|template| world.payloads.intern(template.apply(scope))).collect();
        self.follow = settings.poll_status.as_ref().map(|poll| Follow {
            resource: world.resource("GET", &poll.path),
            every: poll.every,
            attempts: poll.attempts,
            until: poll.until.clone(),
        });
        arrivals_changed
    }

    pub fn handle(&mut self, event: Event, context: &mut Context<'_>) {
        match event {
            Event::Request(call) => context.reply(call, Status::Http(400), PayloadId::NULL, None),
            Event::Reply(call) => {
                if let Some(reply) = context.take_reply(call) {
                    self.answered(call, reply, context);
                }
            }
            Event::Timer { tag: TIMER_ARRIVAL, token } => {
                if token == self.arrival_generation {
                    self.arrive(context);
                }
            }
            Event::Timer { tag: TIMER_TIMEOUT, .. } => self.time_out(context),
            Event::Timer { tag: TIMER_RETRY, token } => self.send_again(Key::from_number(token), context),
            Event::Timer { tag: TIMER_POLL, token } => self.ask(Key::from_number(token), context),
            Event::Timer { tag: TIMER_USER, token } => {
                if token == self.arrival_generation {
                    self.send_one(token, context);
                }
            }
            Event::Timer { .. } => {}
        }
    }

    /// Starts the arrivals, from now on.
    pub fn start(&mut self, context: &mut Context<'_>) {
        self.arrival_generation += 1;
        self.arrivals_since = context.now();
        self.arrivals_count = 0;
        if let Arrivals::Closed { users, .. } = self.settings.arrivals {
            for user in 0..users {
                let longest = if user == 0 { FIRST_ARRIVAL } else { u64::MAX };
                self.think(1, longest, context);
            }
            return;
        }
        // A profile of rates may begin with a pause.
        let longest = match self.settings.arrivals {
            Arrivals::Times(_) | Arrivals::Steps(_) | Arrivals::Sine { .. } => u64::MAX,
            _ => FIRST_ARRIVAL,
        };
        self.schedule_arrival(longest, context);
    }

    /// Lets a user of the closed model think, and then send.
    fn think(&mut self, shortest: u64, longest: u64, context: &mut Context<'_>) {
        if let Some(think) = &self.think {
            let pause = think.draw(context.stream());
            context.timer(pause.clamp(shortest, longest), TIMER_USER, self.arrival_generation);
        }
    }

    /// Schedules the next arrival as the setting says, but no later than in `longest` microseconds.
    fn schedule_arrival(&mut self, longest: u64, context: &mut Context<'_>) {
        let elapsed = context.now().since(self.arrivals_since);
        let pause = arrivals::pause(&self.settings.arrivals, elapsed, self.arrivals_count, context.stream());
        if let Some(pause) = pause {
            context.timer(pause.clamp(1, longest), TIMER_ARRIVAL, self.arrival_generation);
        }
    }

    fn arrive(&mut self, context: &mut Context<'_>) {
        let count = match self.settings.arrivals {
            Arrivals::Burst { size, .. } => size,
            _ => 1,
        };
        self.arrivals_count += 1;
        self.schedule_arrival(u64::MAX, context);
        for _ in 0..count {
            self.send_one(0, context);
        }
    }

    /// Sends one of the payloads, for a user of the closed model or for none.
    fn send_one(&mut self, user: u64, context: &mut Context<'_>) {
        let choice = match self.payloads.len() {
            0 => return,
            1 => 0,
            several => context.stream().below(several as u64) as usize,
        };
        self.begin(self.payloads[choice], user, context);
    }

    /// Sends one request with this payload.
    pub fn send(&mut self, payload: PayloadId, context: &mut Context<'_>) {
        self.begin(payload, 0, context);
    }

    fn begin(&mut self, payload: PayloadId, user: u64, context: &mut Context<'_>) {
        let trace = context.new_trace();
        let sent = context.now();
        let phase = Phase::Pausing(None);
        let key = self.exchanges.add(Exchange { trace, sent, payload, attempt: 1, phase, user, epoch: 0 });
        self.counts.sent += 1;
        self.recent.push_back(Remembered {
            trace,
            sent: context.now(),
            attempt: 1,
            status: None,
            latency: None,
            request: payload,
            answer: PayloadId::NULL,
            asked: 0,
            progress: None,
            reached: None,
        });
        if self.recent.len() > REMEMBERED {
            self.recent.pop_front();
        }
        self.go_out(key, None, context);
    }

    fn watch(&mut self, key: Key, context: &mut Context<'_>) {
        let due = self.timeouts.add(context.now() + self.settings.timeout, key.number());
        set(context, due);
    }

    fn answered(&mut self, id: CallId, reply: Reply, context: &mut Context<'_>) {
        let key = Key::from_number(reply.tag);
        match self.exchanges.get(key).map(|exchange| exchange.phase) {
            Some(Phase::Waiting(call)) if call == id => {
                let may_see = self.browser.as_ref().is_none_or(|browser| browser.may_see(reply.headers, context.world));
                if !may_see && reply.status != Status::Unreachable {
                    // What was asked for may well have been done; the page only never learns of it.
                    self.blocked(key, reply.message, context);
                } else if reply.status.is_success() {
                    self.tell_breaker(key, false, context);
                    self.close(key, reply.status, reply.answer, context);
                } else {
                    self.failed(key, reply.status, reply.answer, reply.message, context);
                }
            }
            Some(Phase::Asking(call)) if call == id => self.allowed(key, reply, context),
            Some(Phase::Following { call: Some(call), asked }) if call == id => {
                if let Some(message) = reply.message {
                    context.end(message, Ending::Dropped(Reason::Failed));
                }
                self.followed(key, asked, reply, context);
            }
            _ => {
                if let Some(message) = reply.message {
                    context.end(message, Ending::Dropped(Reason::CallerGone));
                }
            }
        }
    }

    fn failed(
        &mut self,
        key: Key,
        status: Status,
        answer: PayloadId,
        message: Option<MessageId>,
        context: &mut Context<'_>,
    ) {
        let transient = is_transient(status);
        if self.breaker.is_some() {
            self.tell_breaker(key, transient, context);
        }
        let Some(exchange) = self.exchanges.get_mut(key) else { return };
        let again = transient || !self.settings.transient_only;
        if again && u32::from(exchange.attempt) <= self.settings.retries {
            let doubled = self.settings.backoff.saturating_mul(1 << (exchange.attempt - 1).min(16));
            let longest = doubled.min(self.settings.maximum_backoff);
            exchange.attempt += 1;
            exchange.phase = Phase::Pausing(message);
            let (trace, attempt) = (exchange.trace, exchange.attempt);
            self.counts.retries += 1;
            let pause = match self.settings.jitter {
                Jitter::Full => self.pauses.below(longest.max(1)),
                Jitter::Equal => longest - self.pauses.below((longest / 2).max(1)),
                Jitter::None => longest,
            };
            let at = context.now() + pause;
            match message {
                Some(_) => context.record(message, What::RetryAt { attempt, at }),
                None => context.record_trace(trace, What::RetryAt { attempt, at }),
            }
            if let Some(remembered) = self.recent.iter_mut().rev().find(|remembered| remembered.trace == trace) {
                remembered.attempt = attempt;
            }
            context.timer_at(at, TIMER_RETRY, key.number());
            return;
        }
        if let Some(message) = message {
            let reason = if status == Status::THROTTLED { Reason::Throttled } else { Reason::Failed };
            context.end(message, Ending::Dropped(reason));
        }
        self.close(key, status, answer, context);
    }

    fn send_again(&mut self, key: Key, context: &mut Context<'_>) {
        if let Some(Phase::Pausing(message)) = self.exchanges.get(key).map(|exchange| exchange.phase) {
            self.go_out(key, message, context);
        }
    }

    /// The exchange is over: a user of the closed model goes on.
    fn over(&mut self, key: Key, context: &mut Context<'_>) {
        let exchange = self.exchanges.remove(key);
        let user = exchange.filter(|exchange| exchange.user == self.arrival_generation);
        if let Some(exchange) = user {
            // Who fails without any time passing would fail for ever at the same moment.
            let at_once = context.now() == exchange.sent;
            self.think(if at_once { SECOND } else { 1 }, u64::MAX, context);
        }
    }

    /// The final answer is there.
    fn close(&mut self, key: Key, status: Status, answer: PayloadId, context: &mut Context<'_>) {
        let Some(exchange) = self.exchanges.get(key).copied() else { return };
        let latency = context.now().since(exchange.sent);
        context.record_trace(exchange.trace, What::Answered { status, latency });
        if let Some(remembered) = self.recent.iter_mut().rev().find(|remembered| remembered.trace == exchange.trace) {
            remembered.status = Some(status);
            remembered.latency = Some(latency);
            remembered.answer = answer;
        }
        self.latency.saturating_record(latency.max(1));
        if status.is_success() {
            self.counts.succeeded += 1;
        } else {
            self.counts.failed += 1;
        }
        match &self.follow {
            Some(follow) if status.is_success() && self.edge.is_some_and(|edge| edge.1 == EdgeKind::Request) => {
                let every = follow.every;
                if let Some(exchange) = self.exchanges.get_mut(key) {
                    exchange.phase = Phase::Following { call: None, asked: 0 };
                }
                context.timer(every, TIMER_POLL, key.number());
            }
            _ => {
                self.over(key, context);
            }
        }
    }

    fn time_out(&mut self, context: &mut Context<'_>) {
        let now = context.now();
        while let Some(due) = self.timeouts.next_due(now) {
            let key = Key::from_number(due);
            let Some(exchange) = self.exchanges.get(key).copied() else { continue };
            match exchange.phase {
                Phase::Waiting(call) | Phase::Asking(call) if self.late(call, context) => {
                    context.abandon(call);
                    self.counts.timed_out += 1;
                    context.record_call(call, What::GaveUp);
                    self.failed(key, Status::Http(504), PayloadId::NULL, None, context);
                }
                Phase::Following { call: Some(call), asked } if self.late(call, context) => {
                    context.abandon(call);
                    let follow = self.follow.as_ref().map(|follow| (follow.every, follow.attempts));
                    let Some((every, attempts)) = follow.filter(|(_, attempts)| asked < *attempts) else {
                        self.counts.status_given_up += 1;
                        self.over(key, context);
                        continue;
                    };
                    debug_assert!(asked < attempts);
                    if let Some(exchange) = self.exchanges.get_mut(key) {
                        exchange.phase = Phase::Following { call: None, asked };
                    }
                    context.timer(every, TIMER_POLL, key.number());
                }
                _ => {}
            }
        }
        let (exchanges, calls) = (&self.exchanges, &context.world.calls);
        let due = self.timeouts.rearm(now, |due| {
            exchanges.get(Key::from_number(due)).is_some_and(|exchange| match exchange.phase {
                Phase::Waiting(call) | Phase::Asking(call) | Phase::Following { call: Some(call), .. } => {
                    calls.get(call).is_some()
                }
                _ => false,
            })
        });
        set(context, due);
    }

    /// Whether a call has taken as long as the client waits. A deadline may belong to an earlier attempt.
    fn late(&self, call: CallId, context: &Context<'_>) -> bool {
        context.request(call).is_some_and(|call| context.now().since(call.sent) >= self.settings.timeout)
    }

    pub fn held(&self, visit: &mut dyn FnMut(MessageId)) {
        for (_, exchange) in self.exchanges.iter() {
            if let Phase::Pausing(Some(message)) = exchange.phase {
                visit(message);
            }
        }
    }

    /// Requests that are not answered yet.
    pub fn waiting(&self) -> u64 {
        self.counts.sent - self.counts.succeeded - self.counts.failed
    }

    pub fn first_payload(&self) -> PayloadId {
        self.payloads.first().copied().unwrap_or(PayloadId::NULL)
    }
}

/// Whether the same request may succeed later: throttling, server errors, and no answer at all.
fn is_transient(status: Status) -> bool {
    match status {
        Status::Http(code) => code == 429 || code >= 500,
        _ => true,
    }
}

fn set(context: &mut Context<'_>, due: Option<Time>) {
    if let Some(due) = due {
        context.timer_at(due, TIMER_TIMEOUT, 0);
    }
}
