//! The function, as AWS Lambda.
//!
//! Each invocation has an execution environment to itself: an idle one, or a new one that first runs its
//! initialisation. Synchronous invocations are never retried here; asynchronous ones wait in the function's own queue
//! (`asynchronous.rs`). Batches come from event source mappings; the handler runs for one record after the other.

pub(super) mod asynchronous;
pub(super) mod concurrency;
mod running;
mod waiting;

use crate::small::fixed;
pub use asynchronous::{Destination, QueuedEvent};

use super::account::Account;
use super::call::{BatchId, BatchReport, CallId, Operation};
use super::journal::{Environment, Overload, Status, What};
use super::lineage::{LOOP_LIMIT, LineageId};
use super::message::{Ending, MessageId, Trace};
use super::payload::PayloadId;
use super::program::Program;
use super::service::Level;
use super::world::{Context, Event, Outcome, World};
use crate::diagram::settings::FunctionSettings;
use crate::diagram::{NodeIndex, NodeSettings, Plan};
use crate::kernel::{Deadlines, Key, MILLISECOND, Pool, SECOND, Sampler, Time};
use crate::rules::{self, Pattern};
use asynchronous::OwnQueue;
use concurrency::{Concurrency, Place};
use running::Strand;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::rc::Rc;
use waiting::{Circuit, Wait};

/// Request and response of a synchronous invocation, and the event of an asynchronous one, in bytes:
/// gettingstarted-limits.
pub const MAXIMUM_PAYLOAD: usize = 6 * 1024 * 1024;
pub const MAXIMUM_EVENT: usize = 1024 * 1024;
/// A longer initialisation is stopped and tried again with the first invocation: lambda-runtime-environment.
pub const MAXIMUM_INIT: u64 = 10 * SECOND;

const TIMER_READY: u8 = 0;
const TIMER_WORKED: u8 = 1;
const TIMER_TIMEOUT: u8 = 2;
const TIMER_STEP_TIMEOUT: u8 = 3;
const TIMER_STEP_RETRY: u8 = 4;
const TIMER_EVENT: u8 = 5;
const TIMER_DELAYED: u8 = 6;

/// How an invocation came about, and so how it ends.
#[derive(Clone, Copy, Debug)]
enum Mode {
    /// Somebody waits.
    Synchronous {
        call: CallId,
        message: MessageId,
    },
    /// From the function's own queue.
    Asynchronous {
        event: QueuedEvent,
    },
    Batch {
        call: CallId,
        batch: BatchId,
        report: BatchReport,
    },
}

#[derive(Clone, Debug)]
pub struct Invocation {
    mode: Mode,
    place: Place,
    pub trace: Trace,
    payload: PayloadId,
    /// Of what the handler sends.
    lineage: LineageId,
    record: usize,
    /// The code as it was when it began.
    program: Rc<Program>,
    strands: Vec<Strand>,
    response: PayloadId,
    /// What was thrown last.
    error: PayloadId,
    /// When its time is up.
    until: Time,
    pub started: Time,
    /// When the initialisation of a new environment ends; `started` in one that was there.
    pub ready: Time,
    pub records: u16,
    pub provisioned: bool,
}

/// What an invocation is to work on.
#[derive(Clone, Copy, Debug)]
struct Work {
    trace: Trace,
    payload: PayloadId,
    lineage: LineageId,
    records: u16,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub invocations: u64,
    pub errors: u64,
    pub timeouts: u64,
    pub throttles: u64,
    pub cold_starts: u64,
    /// Initialisations that were part of an invocation, after a timeout or a crash.
    pub suppressed_inits: u64,
    pub loops_stopped: u64,
    pub concurrent_max: u64,
    /// Milliseconds.
    pub billed: u64,
    /// Milliseconds times the megabytes that were configured then, and of these what ran on provisioned concurrency.
    pub billed_memory: u64,
    pub billed_memory_provisioned: u64,
}

/// What a function answers when it did not work.
#[derive(Clone, Debug)]
struct Errors {
    thrown: PayloadId,
    timed_out: PayloadId,
    response_too_large: PayloadId,
    in_progress: PayloadId,
    circuit_open: PayloadId,
    request_too_large: PayloadId,
    loop_stopped: PayloadId,
    /// In the order of [`Overload::ALL`].
    overloaded: [PayloadId; Overload::ALL.len()],
}

impl Errors {
    fn new(settings: &FunctionSettings, world: &mut World) -> Self {
        let mut error = |kind: &str, message: String| -> PayloadId {
            world.payloads.intern(json!({ "errorType": kind, "errorMessage": message }))
        };
        let seconds = settings.timeout as f64 / SECOND as f64;
        let thrown = error("Error", "The handler threw an error.".to_string());
        let timed_out =
            error("Sandbox.Timedout", format!("{{{{requestId}}}} Task timed out after {} seconds", fixed(seconds, 2)));
        let response_too_large = error(
            "Function.ResponseSizeTooLarge",
            format!("Response payload size exceeded maximum allowed payload size ({MAXIMUM_PAYLOAD} bytes)."),
        );
        let in_progress = error(
            "IdempotencyAlreadyInProgressError",
            "Execution already in progress with this idempotency key.".to_string(),
        );
        let circuit_open = error("CircuitOpenError", "The circuit breaker is open: nobody was called.".to_string());
        let mut refusal = |value: Value| world.payloads.intern(value);
        let request_too_large = refusal(json!({ "Type": "User", "message": "Request must be smaller than the limit" }));
        let loop_stopped = refusal(json!({ "Type": "User", "Message": "RecursiveInvocationException" }));
        let overloaded = Overload::ALL.map(|overload| {
            refusal(json!({ "Type": "User", "Reason": overload.reason(), "message": "Rate Exceeded." }))
        });
        Errors {
            thrown,
            timed_out,
            response_too_large,
            in_progress,
            circuit_open,
            request_too_large,
            loop_stopped,
            overloaded,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Function {
    node: NodeIndex,
    settings: FunctionSettings,
    program: Rc<Program>,
    init: Sampler,
    invocations: Pool<Invocation>,
    /// Room for the strands of invocations to come.
    spare_strands: Vec<Vec<Strand>>,
    concurrency: Concurrency,
    timeouts: Deadlines,
    step_timeouts: Deadlines,
    waits: Pool<Wait>,
    circuits: Vec<Circuit>,
    /// Whether a condition of the handler holds for a message and a result.
    held_conditions: FxHashMap<(u16, PayloadId, PayloadId), bool>,
    own_queue: OwnQueue,
    /// Whether what it sends can come back to it.
    in_a_circle: bool,
    pub counts: Counts,
    errors: Errors,
    /// What it began to work on last.
    pub latest: PayloadId,
}

impl Function {
    pub fn new(plan: &Plan, node: NodeIndex, world: &mut World) -> Option<Self> {
        let NodeSettings::Function(settings) = &plan.node(node).settings else { return None };
        let program = Rc::new(Program::compile(plan, node, settings, world));
        Some(Function {
            node,
            circuits: vec![Circuit::default(); program.breakers.len()],
            program,
            init: Sampler::new(&settings.init),
            invocations: Pool::default(),
            spare_strands: Vec::new(),
            concurrency: Concurrency::new(plan, settings),
            timeouts: Deadlines::default(),
            step_timeouts: Deadlines::default(),
            waits: Pool::default(),
            held_conditions: FxHashMap::default(),
            own_queue: OwnQueue::new(plan, node),
            in_a_circle: plan.can_come_back(node),
            counts: Counts::default(),
            latest: PayloadId::NULL,
            errors: Errors::new(settings, world),
            settings: settings.as_ref().clone(),
        })
    }

    /// Takes over changed settings. What runs already goes on with the code that it began with.
    pub fn configure(&mut self, plan: &Plan, node: NodeIndex, world: &mut World) {
        if let NodeSettings::Function(settings) = &plan.node(node).settings {
            self.program = Rc::new(Program::compile(plan, node, settings, world));
            self.in_a_circle = plan.can_come_back(node);
            self.circuits.resize(self.program.breakers.len(), Circuit::default());
            self.held_conditions.clear();
            self.init = Sampler::new(&settings.init);
            self.concurrency.configure(plan, settings, world.now);
            self.own_queue.configure(plan, node);
            self.errors = Errors::new(settings, world);
            self.settings = settings.as_ref().clone();
        }
    }

    /// It was removed, or comes back: what runs in the account's shared concurrency leaves it and enters it again.
    pub fn leave_account(&self, account: &mut Account) {
        self.shared().for_each(|_| account.leave());
    }

    pub fn enter_account(&self, account: &mut Account) {
        self.shared().for_each(|_| account.enter());
    }

    fn shared(&self) -> impl Iterator<Item = &Invocation> {
        self.invocations().filter(|invocation| matches!(invocation.place, Place::Shared))
    }

    pub fn handle(&mut self, event: Event, context: &mut Context<'_>) {
        match event {
            Event::Request(call) => self.request(call, context),
            Event::Reply(call) => {
                if let Some(reply) = context.take_reply(call) {
                    match asynchronous::destination_of(reply.tag) {
                        Some(place) => self.own_queue.delivered(place, reply, context),
                        None => self.answered(reply, context),
                    }
                }
            }
            Event::Timer { tag, token } => self.timer(tag, token, context),
        }
    }

    fn request(&mut self, id: CallId, context: &mut Context<'_>) {
        let Some(call) = context.request(id).copied() else { return };
        match call.operation {
            Operation::Invoke { .. } => {
                let Some(message) = context.take_message(id) else { return };
                let known = *context.message(message);
                let refusal = if size(known.payload, context) > MAXIMUM_PAYLOAD {
                    context.record(Some(message), What::Rejected { status: 413 });
                    Some((Status::Http(413), self.errors.request_too_large))
                } else if self.loops(known.lineage, context) {
                    self.counts.loops_stopped += 1;
                    context.record(Some(message), What::LoopStopped);
                    Some((Status::Http(400), self.errors.loop_stopped))
                } else {
                    match self.admit(true, context) {
                        Ok(admitted) => {
                            let work =
                                Work { trace: call.trace, payload: known.payload, lineage: known.lineage, records: 1 };
                            self.start(Mode::Synchronous { call: id, message }, work, admitted, context);
                            None
                        }
                        Err(overload) => {
                            context.record(Some(message), What::Overloaded { overload });
                            Some((Status::THROTTLED, self.errors.overloaded[overload as usize]))
                        }
                    }
                };
                if let Some((status, answer)) = refusal {
                    context.reply(id, status, answer, Some(message));
                }
            }
            Operation::InvokeBatch { batch, report } => self.request_batch(id, batch, report, context),
            Operation::InvokeLater => {
                let Some(message) = context.take_message(id) else { return };
                if size(context.message(message).payload, context) > MAXIMUM_EVENT {
                    context.record(Some(message), What::Rejected { status: 413 });
                    context.reply(id, Status::Http(413), self.errors.request_too_large, Some(message));
                    return;
                }
                context.reply(id, Status::ACCEPTED, PayloadId::NULL, None);
                context.record(Some(message), What::Queued);
                let key = self.own_queue.add(message, context.now());
                self.try_event(key, context);
            }
            _ => context.reply(id, Status::Http(400), PayloadId::NULL, call.message),
        }
    }

    fn request_batch(&mut self, id: CallId, batch: BatchId, report: BatchReport, context: &mut Context<'_>) {
        let records = context.batch(batch).len() as u16;
        let Some(first) = context.batch(batch).first().copied() else {
            context.reply(id, Status::OK, PayloadId::NULL, None);
            return;
        };
        if self.in_a_circle && context.batch(batch).iter().any(|record| self.loops(record.lineage, context)) {
            self.counts.loops_stopped += 1;
            context.record_about(None, first.serial, first.trace, What::LoopStopped);
            context.reply(id, Status::Http(400), self.errors.loop_stopped, None);
            return;
        }
        match self.admit(false, context) {
            Ok(admitted) => {
                let work = Work { trace: first.trace, payload: first.payload, lineage: first.lineage, records };
                self.start(Mode::Batch { call: id, batch, report }, work, admitted, context);
            }
            Err(overload) => {
                context.record_about(None, first.serial, first.trace, What::Overloaded { overload });
                context.reply(id, Status::THROTTLED, self.errors.overloaded[overload as usize], None);
            }
        }
    }

    /// Finds a place and an environment for an invocation. `waits`: somebody waits for the answer.
    fn admit(&mut self, waits: bool, context: &mut Context<'_>) -> Result<(Place, Environment), Overload> {
        if context.cold_starts() {
            self.concurrency.forget_idle();
        }
        let now = context.now();
        let admitted = self.concurrency.admit(waits, &mut context.world.account, now);
        self.counts.throttles += u64::from(admitted.is_err());
        admitted
    }

    /// Whether a message has made this function run too often in one chain.
    fn loops(&self, lineage: LineageId, context: &Context<'_>) -> bool {
        self.in_a_circle && self.settings.stops_loops && context.world.lineages.count(lineage, self.node) >= LOOP_LIMIT
    }

    /// The lineage of what the function sends when it works on a message of this one.
    fn lineage_after(&self, before: LineageId, context: &mut Context<'_>) -> LineageId {
        if self.in_a_circle { context.world.lineages.after(before, self.node) } else { LineageId::NONE }
    }

    fn start(&mut self, mode: Mode, work: Work, (place, environment): (Place, Environment), context: &mut Context<'_>) {
        self.latest = work.payload;
        let now = context.now();
        self.counts.invocations += 1;
        let init = match environment {
            Environment::Idle | Environment::Provisioned => 0,
            Environment::New | Environment::Reset => context.draw(&self.init),
        };
        self.counts.cold_starts += u64::from(environment == Environment::New);
        self.counts.suppressed_inits += u64::from(environment == Environment::Reset);
        // The timeout counts from the end of the initialisation, but for one that is part of the invocation: after a
        // reset, or after the first attempt took too long (configuration-timeout, lambda-runtime-environment).
        let (ready, counted_from) = match environment {
            Environment::New if init > MAXIMUM_INIT => (now + MAXIMUM_INIT + init, now + MAXIMUM_INIT),
            Environment::Reset => (now + init, now),
            _ => (now + init, now + init),
        };
        let until = counted_from + self.settings.timeout;
        let key = self.invocations.add(Invocation {
            mode,
            place,
            trace: work.trace,
            payload: work.payload,
            lineage: self.lineage_after(work.lineage, context),
            record: 0,
            program: self.program.clone(),
            strands: self.spare_strands.pop().unwrap_or_default(),
            response: PayloadId::NULL,
            error: PayloadId::NULL,
            until,
            started: now,
            ready,
            records: work.records,
            provisioned: place == Place::Provisioned,
        });
        self.counts.concurrent_max = self.counts.concurrent_max.max(self.concurrent());
        let what = What::Started { environment, ready };
        match mode {
            Mode::Synchronous { message, .. } | Mode::Asynchronous { event: QueuedEvent { message, .. } } => {
                context.record(Some(message), what);
            }
            Mode::Batch { batch, .. } => {
                let serial = context.batch(batch).first().map_or(0, |first| first.serial);
                context.record_about(None, serial, work.trace, what);
            }
        }
        let due = self.timeouts.add(until, key.number());
        set(context, due, TIMER_TIMEOUT);
        if ready > now {
            context.timer_at(ready, TIMER_READY, key.number());
        } else {
            self.begin(key, context);
        }
    }

    /// Ends an invocation. `reset`: its environment has to initialise again.
    fn finish(&mut self, key: Key, status: Status, error: PayloadId, reset: bool, context: &mut Context<'_>) {
        self.drop_strands(key, context);
        let Some(mut invocation) = self.invocations.remove(key) else { return };
        let mut strands = std::mem::take(&mut invocation.strands);
        strands.clear();
        self.spare_strands.push(strands);
        let (mut status, mut answer) = (status, if status == Status::OK { invocation.response } else { error });
        if status == Status::OK && size(answer, context) > MAXIMUM_PAYLOAD {
            (status, answer) = (Status::FunctionError, self.errors.response_too_large);
        }
        let now = context.now();
        // Whole milliseconds, initialisation included, as it is billed since August 2025.
        let billed = now.since(invocation.started).div_ceil(MILLISECOND);
        self.counts.billed += billed;
        self.counts.billed_memory += billed * self.memory();
        self.counts.billed_memory_provisioned += if invocation.provisioned { billed * self.memory() } else { 0 };
        self.concurrency.leave(invocation.place, reset, &mut context.world.account, now);
        self.counts.timeouts += u64::from(status == Status::FunctionTimeout);
        self.counts.errors += u64::from(status != Status::OK);
        let what = What::Finished { status, billed: billed as u32 };
        match invocation.mode {
            Mode::Synchronous { call, message } => {
                context.record(Some(message), what);
                if status == Status::OK {
                    context.end(message, Ending::Processed);
                    context.reply(call, Status::OK, answer, None);
                } else {
                    context.reply(call, status, answer, Some(message));
                }
            }
            Mode::Asynchronous { event } => {
                context.record(Some(event.message), what);
                self.event_done(event, status, answer, context);
            }
            Mode::Batch { call, batch, report } => {
                let first = context.batch(batch).first().map_or((0, 0), |first| (first.serial, first.trace));
                context.record_about(None, first.0, first.1, what);
                if status != Status::OK && (report == BatchReport::None || reset) {
                    context.batch_mut(batch).iter_mut().for_each(|record| record.outcome = Outcome::Failed);
                }
                context.reply(call, status, PayloadId::NULL, None);
            }
        }
    }

    fn timer(&mut self, tag: u8, token: u64, context: &mut Context<'_>) {
        let now = context.now();
        match tag {
            TIMER_READY => self.begin(Key::from_number(token), context),
            TIMER_DELAYED => self.delayed(Key::from_number(token), context),
            TIMER_WORKED => self.worked(Key::from_number(token), context),
            TIMER_STEP_RETRY => self.try_again(Key::from_number(token), context),
            TIMER_TIMEOUT => {
                while let Some(due) = self.timeouts.next_due(now) {
                    let key = Key::from_number(due);
                    if self.invocations.get(key).is_some() {
                        self.finish(key, Status::FunctionTimeout, self.errors.timed_out, true, context);
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
                let waits = &self.waits;
                let due = self.step_timeouts.rearm(now, |due| waits.get(Key::from_number(due)).is_some());
                set(context, due, tag);
            }
            TIMER_EVENT => self.try_event(Key::from_number(token), context),
            _ => {}
        }
    }

    pub fn buckets(&self, visit: &mut dyn FnMut(Level)) {
        self.concurrency.buckets(visit);
    }

    pub fn held(&self, visit: &mut dyn FnMut(MessageId)) {
        for (_, invocation) in self.invocations.iter() {
            match invocation.mode {
                Mode::Synchronous { message, .. } => visit(message),
                Mode::Asynchronous { event } => visit(event.message),
                Mode::Batch { .. } => {}
            }
        }
        self.waits.iter().filter_map(|(_, wait)| wait.message).for_each(&mut *visit);
        self.own_queue.events().for_each(|event| visit(event.message));
    }

    pub fn invocations(&self) -> impl Iterator<Item = &Invocation> {
        self.invocations.iter().map(|(_, invocation)| invocation)
    }

    /// The function's own queue.
    pub fn queued(&self) -> impl Iterator<Item = &QueuedEvent> {
        self.own_queue.events()
    }

    pub fn queued_count(&self) -> usize {
        self.own_queue.len()
    }

    /// Where outcomes of asynchronous invocations go.
    pub fn destinations(&self) -> &[Destination] {
        &self.own_queue.destinations
    }

    /// The most invocations that can run at the same time.
    pub fn limit(&self) -> u64 {
        self.concurrency.limit()
    }

    pub fn concurrent(&self) -> u64 {
        self.concurrency.running()
    }

    /// Provisioned environments that are ready, and those of them without work.
    pub fn provisioned(&self, now: Time) -> (u64, u64) {
        self.concurrency.provisioned(now)
    }

    /// Megabytes times milliseconds of provisioned concurrency, used or not.
    pub fn provisioned_memory(&self, now: Time) -> u64 {
        (self.concurrency.provisioned_time(now) / u128::from(MILLISECOND)) as u64 * self.memory()
    }

    /// When each idle environment that was made on demand was freed.
    pub fn idle(&self, now: Time) -> impl Iterator<Item = Time> + '_ {
        self.concurrency.idle(now)
    }

    pub fn memory(&self) -> u64 {
        self.settings.memory
    }
}

/// The length of a payload's text, in bytes.
fn size(payload: PayloadId, context: &Context<'_>) -> usize {
    context.world.payloads.get(payload).text.len()
}

fn set(context: &mut Context<'_>, due: Option<Time>, tag: u8) {
    if let Some(due) = due {
        context.timer_at(due, tag, 0);
    }
}
