//! The function, as AWS Lambda.
//!
//! Each invocation has an execution environment to itself: an idle one, or a new one that first runs its
//! initialisation. Synchronous invocations are never retried here; asynchronous ones wait in the function's own queue
//! and are tried again one and two minutes later (invocation-async-error-handling). Batches come from event source
//! mappings; the handler runs for one record after the other.

use super::call::{BatchId, CallId, Operation};
use super::journal::{Status, What};
use super::message::{Ending, MessageId, Reason, Trace};
use super::payload::PayloadId;
use super::program::{Program, Task};
use super::world::{Context, Event, Outcome, Reply, Request, Trip, World};
use crate::diagram::settings::FunctionSettings;
use crate::diagram::{NodeIndex, NodeSettings, OnError, Plan};
use crate::kernel::{Deadlines, Key, MILLISECOND, Pool, SECOND, Sampler, Time};
use serde_json::json;
use std::collections::VecDeque;
use std::rc::Rc;

/// An account's concurrency in a Region: lambda-concurrency.
const ACCOUNT_CONCURRENCY: u64 = 1_000;
/// Before the second and the third try of a failed asynchronous invocation: invocation-async-error-handling.
const ASYNC_RETRY: [u64; 2] = [60 * SECOND, 120 * SECOND];
/// After a throttle an event goes back to the function's queue for 1 second, doubling up to 5 minutes.
const THROTTLE_RETRY: u64 = SECOND;
const MAXIMUM_THROTTLE_RETRY: u64 = 300 * SECOND;

const TIMER_READY: u8 = 0;
const TIMER_STEP: u8 = 1;
const TIMER_TIMEOUT: u8 = 2;
const TIMER_STEP_TIMEOUT: u8 = 3;
const TIMER_STEP_RETRY: u8 = 4;
const TIMER_EVENT: u8 = 5;

/// How an invocation came about, and so how it ends.
#[derive(Clone, Copy, Debug)]
enum Mode {
    /// Somebody waits.
    Synchronous {
        call: CallId,
        message: MessageId,
    },
    /// From the function's own queue. `tries` counts failures of the code, not throttles.
    Asynchronous {
        message: MessageId,
        tries: usize,
    },
    Batch {
        call: CallId,
        batch: BatchId,
        report: bool,
    },
}

/// A step of the running stage that is not finished.
#[derive(Clone, Copy, Debug)]
struct Running {
    step: u8,
    attempt: u16,
    call: Option<CallId>,
    /// Held between two attempts.
    message: Option<MessageId>,
}

#[derive(Clone, Debug)]
pub struct Invocation {
    mode: Mode,
    /// The code as it was when it began.
    program: Rc<Program>,
    pub trace: Trace,
    payload: PayloadId,
    record: usize,
    stage: usize,
    running: Vec<Running>,
    result: PayloadId,
    response: PayloadId,
    pub started: Time,
    /// When the initialisation of a new environment ends; `started` in one that was there.
    pub ready: Time,
    pub records: u16,
}

/// An event in the function's own queue.
#[derive(Clone, Copy, Debug)]
pub struct QueuedEvent {
    pub message: MessageId,
    pub next: Time,
    tries: usize,
    pause: u64,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub invocations: u64,
    pub errors: u64,
    pub timeouts: u64,
    pub throttles: u64,
    pub cold_starts: u64,
    pub concurrent_max: u64,
    /// Milliseconds.
    pub billed: u64,
    /// Milliseconds times the megabytes that were configured then.
    pub billed_memory: u64,
}

#[derive(Clone, Debug)]
pub struct Function {
    settings: FunctionSettings,
    program: Rc<Program>,
    init: Sampler,
    invocations: Pool<Invocation>,
    /// When each idle environment was freed, oldest first. The one freed last is used first, so that surplus ages out.
    idle: VecDeque<Time>,
    timeouts: Deadlines,
    step_timeouts: Deadlines,
    queued: Pool<QueuedEvent>,
    pub counts: Counts,
    error: PayloadId,
}

impl Function {
    pub fn new(plan: &Plan, node: NodeIndex, world: &mut World) -> Option<Self> {
        let NodeSettings::Function(settings) = &plan.node(node).settings else { return None };
        let error = json!({ "errorType": "Error", "errorMessage": "The handler threw an error." });
        Some(Function {
            program: Rc::new(Program::compile(plan, node, settings, world)),
            init: Sampler::new(&settings.init),
            settings: settings.as_ref().clone(),
            invocations: Pool::default(),
            idle: VecDeque::new(),
            timeouts: Deadlines::default(),
            step_timeouts: Deadlines::default(),
            queued: Pool::default(),
            counts: Counts::default(),
            error: world.payloads.intern(error),
        })
    }

    /// Takes over changed settings. What runs already goes on with the code that it began with.
    pub fn configure(&mut self, plan: &Plan, node: NodeIndex, world: &mut World) {
        if let NodeSettings::Function(settings) = &plan.node(node).settings {
            self.program = Rc::new(Program::compile(plan, node, settings, world));
            self.init = Sampler::new(&settings.init);
            self.settings = settings.as_ref().clone();
        }
    }

    pub fn handle(&mut self, event: Event, context: &mut Context<'_>) {
        match event {
            Event::Request(call) => self.request(call, context),
            Event::Reply(call) => {
                if let Some(reply) = context.take_reply(call) {
                    self.answered(call, reply, context);
                }
            }
            Event::Timer { tag, token } => self.timer(tag, token, context),
        }
    }

    pub fn limit(&self) -> u64 {
        self.settings.reserved_concurrency.unwrap_or(ACCOUNT_CONCURRENCY)
    }

    pub fn concurrent(&self) -> u64 {
        self.invocations.len() as u64
    }

    fn request(&mut self, id: CallId, context: &mut Context<'_>) {
        let Some(call) = context.request(id).copied() else { return };
        match call.operation {
            Operation::Invoke { .. } => {
                let Some(message) = context.take_message(id) else { return };
                if self.concurrent() >= self.limit() {
                    self.counts.throttles += 1;
                    context.record(Some(message), What::Throttled);
                    context.reply(id, Status::THROTTLED, PayloadId::NULL, Some(message));
                    return;
                }
                let payload = context.message(message).payload;
                self.start(Mode::Synchronous { call: id, message }, call.trace, payload, 1, context);
            }
            Operation::InvokeBatch { batch, report } => {
                if self.concurrent() >= self.limit() {
                    self.counts.throttles += 1;
                    context.record_trace(call.trace, What::Throttled);
                    context.reply(id, Status::THROTTLED, PayloadId::NULL, None);
                    return;
                }
                let records = context.batch(batch).len() as u16;
                let Some(first) = context.batch(batch).first().copied() else {
                    context.reply(id, Status::OK, PayloadId::NULL, None);
                    return;
                };
                self.start(Mode::Batch { call: id, batch, report }, first.trace, first.payload, records, context);
            }
            Operation::InvokeLater => {
                let Some(message) = context.take_message(id) else { return };
                context.reply(id, Status::ACCEPTED, PayloadId::NULL, None);
                context.record(Some(message), What::Queued);
                let event = QueuedEvent { message, next: context.now(), tries: 0, pause: THROTTLE_RETRY };
                let key = self.queued.add(event);
                self.try_event(key, context);
            }
            _ => context.reply(id, Status::Http(400), PayloadId::NULL, call.message),
        }
    }

    /// Tries to run an event of the function's own queue.
    fn try_event(&mut self, key: Key, context: &mut Context<'_>) {
        let Some(event) = self.queued.get(key).copied() else { return };
        let now = context.now();
        if self.settings.reserved_concurrency == Some(0) {
            self.queued.remove(key);
            context.end(event.message, Ending::Dropped(Reason::Throttled));
            return;
        }
        if now.since(context.message(event.message).created) > self.settings.maximum_event_age {
            self.queued.remove(key);
            context.end(event.message, Ending::Expired);
            return;
        }
        if self.concurrent() >= self.limit() {
            self.counts.throttles += 1;
            context.record(Some(event.message), What::Throttled);
            let next = now + event.pause;
            if let Some(event) = self.queued.get_mut(key) {
                event.next = next;
                event.pause = (event.pause * 2).min(MAXIMUM_THROTTLE_RETRY);
            }
            context.timer_at(next, TIMER_EVENT, key.number());
            return;
        }
        self.queued.remove(key);
        let message = *context.message(event.message);
        let mode = Mode::Asynchronous { message: event.message, tries: event.tries };
        self.start(mode, message.trace, message.payload, 1, context);
    }

    fn start(&mut self, mode: Mode, trace: Trace, payload: PayloadId, records: u16, context: &mut Context<'_>) {
        let now = context.now();
        self.counts.invocations += 1;
        if context.cold_starts() {
            self.idle.clear();
        }
        let cold = !self.take_idle(now);
        let init = if cold { context.draw(&self.init) } else { 0 };
        self.counts.cold_starts += u64::from(cold);
        let ready = now + init;
        let key = self.invocations.add(Invocation {
            mode,
            program: self.program.clone(),
            trace,
            payload,
            record: 0,
            stage: 0,
            running: Vec::new(),
            result: PayloadId::NULL,
            response: PayloadId::NULL,
            started: now,
            ready,
            records,
        });
        self.counts.concurrent_max = self.counts.concurrent_max.max(self.concurrent());
        let message = match mode {
            Mode::Synchronous { message, .. } | Mode::Asynchronous { message, .. } => Some(message),
            Mode::Batch { .. } => None,
        };
        match message {
            Some(_) => context.record(message, What::Started { cold, ready }),
            None => context.record_trace(trace, What::Started { cold, ready }),
        }
        // The timeout counts from the end of the initialisation: configuration-timeout.
        let due = self.timeouts.add(ready + self.settings.timeout, key.number());
        set(context, due, TIMER_TIMEOUT);
        if cold {
            context.timer_at(ready, TIMER_READY, key.number());
        } else {
            self.begin_record(key, context);
        }
    }

    /// Takes an idle environment, if there is one that has not been given up yet.
    fn take_idle(&mut self, now: Time) -> bool {
        while self.idle.front().is_some_and(|freed| now.since(*freed) > self.settings.idle) {
            self.idle.pop_front();
        }
        self.idle.pop_back().is_some()
    }

    /// How many environments are kept without work.
    pub fn idle_count(&self, now: Time) -> u64 {
        self.idle.iter().filter(|freed| now.since(**freed) <= self.settings.idle).count() as u64
    }

    /// When each idle environment was freed.
    pub fn idle(&self, now: Time) -> impl Iterator<Item = Time> + '_ {
        let kept = self.settings.idle;
        self.idle.iter().copied().filter(move |freed| now.since(*freed) <= kept)
    }

    /// Starts on the record that is next. A fault of the node strikes here.
    fn begin_record(&mut self, key: Key, context: &mut Context<'_>) {
        let delay = context.fault_delay();
        if delay > 0 {
            context.timer(delay, TIMER_STEP, step_token(key, FAULT_DELAY));
            return;
        }
        self.work_on_record(key, context);
    }

    fn work_on_record(&mut self, key: Key, context: &mut Context<'_>) {
        if context.outage() || context.fault_strikes() || self.is_poison(key, context) {
            self.record_failed(key, context);
        } else {
            self.run_stage(key, context);
        }
    }

    /// Whether a fault marked the present record's message.
    fn is_poison(&self, key: Key, context: &Context<'_>) -> bool {
        self.invocations.get(key).is_some_and(|invocation| match invocation.mode {
            Mode::Synchronous { message, .. } | Mode::Asynchronous { message, .. } => context.message(message).poison,
            Mode::Batch { batch, .. } => context.batch(batch).get(invocation.record).is_some_and(|it| it.poison),
        })
    }

    /// Runs stages until something has to be waited for.
    fn run_stage(&mut self, key: Key, context: &mut Context<'_>) {
        loop {
            let Some(invocation) = self.invocations.get(key) else { return };
            let stage = invocation.stage;
            let Some(steps) = invocation.program.stages.get(stage).map(Vec::len) else {
                self.record_done(key, context);
                return;
            };
            for step in 0..steps {
                self.run_step(key, stage, step as u8, 1, None, context);
            }
            let Some(invocation) = self.invocations.get_mut(key) else { return };
            if !invocation.running.is_empty() {
                return;
            }
            invocation.stage += 1;
        }
    }

    fn run_step(
        &mut self,
        key: Key,
        stage: usize,
        number: u8,
        attempt: u16,
        message: Option<MessageId>,
        context: &mut Context<'_>,
    ) {
        let Some(invocation) = self.invocations.get_mut(key) else { return };
        let step = invocation.program.stages.get(stage).and_then(|stage| stage.get(usize::from(number)));
        let Some(step) = step else { return };
        let (payload, result, trace) = (invocation.payload, invocation.result, invocation.trace);
        match &step.task {
            Task::Respond { payload: template } => {
                invocation.response = context.world.payloads.apply(*template, payload, result);
            }
            Task::Work { duration, .. } => {
                let duration = context.draw(duration);
                invocation.running.push(Running { step: number, attempt, call: None, message: None });
                context.timer(duration, TIMER_STEP, step_token(key, number));
            }
            Task::Request { edge, way, payload: template, kind, .. } => {
                let operation = kind.operation(context.world, payload, result);
                let message = match message {
                    Some(message) => {
                        context.message_mut(message).attempt = attempt;
                        message
                    }
                    None => {
                        let attributes = step.task.attributes(context.world, payload, result);
                        let body = context.world.payloads.apply(*template, payload, result);
                        let message = context.create(trace, body, attributes, attempt);
                        kind.label(message, payload, result, context.world);
                        message
                    }
                };
                let call = context.call(Request {
                    edge: Some(*edge),
                    to: None,
                    operation,
                    message: Some(message),
                    trace,
                    tag: step_token(key, number),
                    way: *way,
                    trip: Trip::Both,
                });
                invocation.running.push(Running { step: number, attempt, call: Some(call), message: None });
                let due = self.step_timeouts.add(context.now() + step.timeout, call.number());
                set(context, due, TIMER_STEP_TIMEOUT);
            }
        }
    }

    /// A request of a step was answered.
    fn answered(&mut self, id: CallId, reply: Reply, context: &mut Context<'_>) {
        let (key, number) = split_token(reply.tag);
        let waiting = self
            .invocations
            .get_mut(key)
            .and_then(|invocation| invocation.running.iter_mut().find(|running| running.call == Some(id)));
        let Some(running) = waiting else {
            // The invocation has ended meanwhile.
            if let Some(message) = reply.message {
                context.end(message, Ending::Dropped(Reason::CallerGone));
            }
            return;
        };
        running.call = None;
        if reply.status.is_success() {
            self.step_done(key, number, reply.answer, context);
        } else {
            running.message = reply.message;
            self.step_failed(key, number, reply.status, context);
        }
    }

    fn step_done(&mut self, key: Key, number: u8, result: PayloadId, context: &mut Context<'_>) {
        let Some(invocation) = self.invocations.get_mut(key) else { return };
        invocation.running.retain(|running| running.step != number);
        invocation.result = result;
        if invocation.running.is_empty() {
            invocation.stage += 1;
            self.run_stage(key, context);
        }
    }

    fn step_failed(&mut self, key: Key, number: u8, status: Status, context: &mut Context<'_>) {
        let Some(invocation) = self.invocations.get_mut(key) else { return };
        let step = invocation.program.stages.get(invocation.stage).and_then(|stage| stage.get(usize::from(number)));
        let Some(running) = invocation.running.iter_mut().find(|running| running.step == number) else { return };
        let (retries, backoff, on_error) =
            step.map_or((0, 0, OnError::Fail), |step| (step.retries, step.backoff, step.on_error));
        if running.attempt <= retries {
            let attempt = running.attempt + 1;
            let longest = backoff.saturating_mul(1 << (running.attempt - 1).min(16));
            let message = running.message;
            let pause = context.stream().below(longest.max(1));
            let at = context.now() + pause;
            context.record(message, What::RetryAt { attempt, at });
            context.timer_at(at, TIMER_STEP_RETRY, step_token(key, number));
            return;
        }
        if let Some(message) = running.message.take() {
            let reason = if status == Status::THROTTLED { Reason::Throttled } else { Reason::Failed };
            context.end(message, Ending::Dropped(reason));
        }
        match on_error {
            OnError::Continue => self.step_done(key, number, PayloadId::NULL, context),
            OnError::Fail => self.record_failed(key, context),
        }
    }

    fn record_done(&mut self, key: Key, context: &mut Context<'_>) {
        let Some(invocation) = self.invocations.get_mut(key) else { return };
        let Mode::Batch { batch, .. } = invocation.mode else {
            self.finish(key, Status::OK, context);
            return;
        };
        self.next_record(key, batch, context);
    }

    fn next_record(&mut self, key: Key, batch: BatchId, context: &mut Context<'_>) {
        let Some(invocation) = self.invocations.get_mut(key) else { return };
        invocation.record += 1;
        invocation.stage = 0;
        match context.batch(batch).get(invocation.record).copied() {
            None => self.finish(key, Status::OK, context),
            Some(next) => {
                invocation.payload = next.payload;
                invocation.trace = next.trace;
                invocation.result = PayloadId::NULL;
                self.begin_record(key, context);
            }
        }
    }

    /// The code threw an error while it worked on the present record.
    fn record_failed(&mut self, key: Key, context: &mut Context<'_>) {
        self.drop_running(key, context);
        let Some(invocation) = self.invocations.get_mut(key) else { return };
        match invocation.mode {
            Mode::Batch { batch, report: true, .. } => {
                let record = invocation.record;
                if let Some(record) = context.batch_mut(batch).get_mut(record) {
                    record.outcome = Outcome::Failed;
                }
                self.next_record(key, batch, context);
            }
            _ => self.finish(key, Status::FunctionError, context),
        }
    }

    /// Forgets the steps under way: their answers will find nobody.
    fn drop_running(&mut self, key: Key, context: &mut Context<'_>) {
        let Some(invocation) = self.invocations.get_mut(key) else { return };
        for running in std::mem::take(&mut invocation.running) {
            if let Some(call) = running.call {
                context.abandon(call);
            }
            if let Some(message) = running.message {
                context.end(message, Ending::Dropped(Reason::CallerGone));
            }
        }
    }

    fn finish(&mut self, key: Key, status: Status, context: &mut Context<'_>) {
        self.drop_running(key, context);
        let Some(invocation) = self.invocations.remove(key) else { return };
        let now = context.now();
        // Whole milliseconds, initialisation included, as it is billed since August 2025.
        let billed = now.since(invocation.started).div_ceil(MILLISECOND);
        self.counts.billed += billed;
        self.counts.billed_memory += billed * self.memory();
        if status == Status::FunctionTimeout {
            self.counts.timeouts += 1;
        } else {
            // A timeout resets the environment; the next invocation initialises again (lambda-runtime-environment).
            self.idle.push_back(now);
        }
        if status != Status::OK {
            self.counts.errors += 1;
        }
        let what = What::Finished { status, billed: billed as u32 };
        match invocation.mode {
            Mode::Synchronous { call, message } => {
                context.record(Some(message), what);
                if status == Status::OK {
                    context.end(message, Ending::Processed);
                    context.reply(call, Status::OK, invocation.response, None);
                } else {
                    context.reply(call, status, self.error, Some(message));
                }
            }
            Mode::Asynchronous { message, tries } => {
                context.record(Some(message), what);
                if status == Status::OK {
                    context.end(message, Ending::Processed);
                } else {
                    self.retry_event(message, tries, context);
                }
            }
            Mode::Batch { call, batch, report } => {
                context.record_trace(invocation.trace, what);
                if status != Status::OK && (!report || status == Status::FunctionTimeout) {
                    context.batch_mut(batch).iter_mut().for_each(|record| record.outcome = Outcome::Failed);
                }
                context.reply(call, status, PayloadId::NULL, None);
            }
        }
    }

    /// An asynchronous invocation failed: try again later, or give up.
    fn retry_event(&mut self, message: MessageId, tries: usize, context: &mut Context<'_>) {
        let pause = ASYNC_RETRY.get(tries).filter(|_| tries < self.settings.maximum_retries as usize);
        let Some(pause) = pause else {
            context.end(message, Ending::Dropped(Reason::RetriesExhausted));
            return;
        };
        let at = context.now() + *pause;
        let attempt = {
            let message = context.message_mut(message);
            message.attempt += 1;
            message.attempt
        };
        context.record(Some(message), What::RetryAt { attempt, at });
        let event = QueuedEvent { message, next: at, tries: tries + 1, pause: THROTTLE_RETRY };
        let key = self.queued.add(event);
        context.timer_at(at, TIMER_EVENT, key.number());
    }

    fn timer(&mut self, tag: u8, token: u64, context: &mut Context<'_>) {
        let now = context.now();
        match tag {
            TIMER_READY => self.begin_record(Key::from_number(token), context),
            TIMER_STEP => {
                let (key, number) = split_token(token);
                if number == FAULT_DELAY {
                    self.work_on_record(key, context);
                    return;
                }
                let Some(invocation) = self.invocations.get(key) else { return };
                if !invocation.running.iter().any(|running| running.step == number) {
                    return;
                }
                let step =
                    invocation.program.stages.get(invocation.stage).and_then(|stage| stage.get(usize::from(number)));
                let failure_rate = match step.map(|step| &step.task) {
                    Some(Task::Work { failure_rate, .. }) => *failure_rate,
                    _ => 0.0,
                };
                let result = invocation.result;
                if failure_rate > 0.0 && context.stream().chance(failure_rate) {
                    self.step_failed(key, number, Status::FunctionError, context);
                } else {
                    self.step_done(key, number, result, context);
                }
            }
            TIMER_STEP_RETRY => {
                let (key, number) = split_token(token);
                let Some(invocation) = self.invocations.get_mut(key) else { return };
                let Some(place) = invocation.running.iter().position(|running| running.step == number) else { return };
                let stage = invocation.stage;
                let running = invocation.running.remove(place);
                self.run_step(key, stage, number, running.attempt + 1, running.message, context);
            }
            TIMER_TIMEOUT => {
                while let Some(due) = self.timeouts.next_due(now) {
                    let key = Key::from_number(due);
                    if self.invocations.get(key).is_some() {
                        self.finish(key, Status::FunctionTimeout, context);
                    }
                }
                let invocations = &self.invocations;
                let due = self.timeouts.rearm(now, |due| invocations.get(Key::from_number(due)).is_some());
                set(context, due, tag);
            }
            TIMER_STEP_TIMEOUT => {
                while let Some(due) = self.step_timeouts.next_due(now) {
                    self.step_timed_out(Key::from_number(due), context);
                }
                let calls = &context.world.calls;
                let due = self
                    .step_timeouts
                    .rearm(now, |due| calls.get(Key::from_number(due)).is_some_and(|call| !call.abandoned));
                set(context, due, tag);
            }
            TIMER_EVENT => self.try_event(Key::from_number(token), context),
            _ => {}
        }
    }

    fn step_timed_out(&mut self, id: CallId, context: &mut Context<'_>) {
        let Some(call) = context.request(id).filter(|call| !call.abandoned).copied() else { return };
        if call.from != context.me {
            return;
        }
        let (key, number) = split_token(call.tag);
        context.abandon(id);
        context.record_trace(call.trace, What::GaveUp);
        let Some(invocation) = self.invocations.get_mut(key) else { return };
        if let Some(running) = invocation.running.iter_mut().find(|running| running.call == Some(id)) {
            running.call = None;
            self.step_failed(key, number, Status::Http(504), context);
        }
    }

    pub fn held(&self, visit: &mut dyn FnMut(MessageId)) {
        for (_, invocation) in self.invocations.iter() {
            match invocation.mode {
                Mode::Synchronous { message, .. } | Mode::Asynchronous { message, .. } => visit(message),
                Mode::Batch { .. } => {}
            }
            invocation.running.iter().filter_map(|running| running.message).for_each(&mut *visit);
        }
        self.queued.iter().for_each(|(_, event)| visit(event.message));
    }

    pub fn invocations(&self) -> impl Iterator<Item = &Invocation> {
        self.invocations.iter().map(|(_, invocation)| invocation)
    }

    /// The function's own queue.
    pub fn queued(&self) -> impl Iterator<Item = &QueuedEvent> {
        self.queued.iter().map(|(_, event)| event)
    }

    pub fn queued_count(&self) -> usize {
        self.queued.len()
    }

    pub fn memory(&self) -> u64 {
        self.settings.memory
    }
}

/// In place of a step's number: the delay of a fault.
const FAULT_DELAY: u8 = u8::MAX;

fn step_token(key: Key, step: u8) -> u64 {
    (key.number() << 8) | u64::from(step)
}

fn split_token(token: u64) -> (Key, u8) {
    (Key::from_number(token >> 8), token as u8)
}

fn set(context: &mut Context<'_>, due: Option<Time>, tag: u8) {
    if let Some(due) = due {
        context.timer_at(due, tag, 0);
    }
}
