//! Running a handler: the steps of an invocation, one record after the other.

use super::super::call::{BatchId, CallId};
use super::super::journal::{Status, What};
use super::super::message::{Ending, MessageId, Reason};
use super::super::payload::PayloadId;
use super::super::program::Task;
use super::super::world::{Context, Outcome, Reply, Request, Trip};
use super::*;
use crate::diagram::OnError;

/// A step of the running stage that is not finished.
#[derive(Clone, Copy, Debug)]
pub struct Running {
    pub step: u8,
    pub attempt: u16,
    pub call: Option<CallId>,
    /// Held between two attempts.
    pub message: Option<MessageId>,
}

impl Function {
    /// Starts on the record that is next. A fault of the node strikes here.
    pub(super) fn begin_record(&mut self, key: Key, context: &mut Context<'_>) {
        if self.invocations.get(key).is_none() {
            return;
        }
        let delay = context.fault_delay();
        if delay > 0 {
            context.timer(delay, TIMER_STEP, step_token(key, FAULT_DELAY));
            return;
        }
        self.work_on_record(key, context);
    }

    pub(super) fn work_on_record(&mut self, key: Key, context: &mut Context<'_>) {
        if context.outage() || context.fault_strikes() || self.is_poison(key, context) {
            self.record_failed(key, context);
        } else {
            self.run_stage(key, context);
        }
    }

    /// Whether a fault marked the present record's message.
    fn is_poison(&self, key: Key, context: &Context<'_>) -> bool {
        self.invocations.get(key).is_some_and(|invocation| match invocation.mode {
            Mode::Synchronous { message, .. } => context.message(message).poison,
            Mode::Asynchronous { event } => context.message(event.message).poison,
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

    pub(super) fn run_step(
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
        let lineage = invocation.lineage;
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
                        if kind.carries_lineage() {
                            context.message_mut(message).lineage = lineage;
                        }
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
    pub(super) fn answered(&mut self, id: CallId, reply: Reply, context: &mut Context<'_>) {
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

    pub(super) fn step_done(&mut self, key: Key, number: u8, result: PayloadId, context: &mut Context<'_>) {
        let Some(invocation) = self.invocations.get_mut(key) else { return };
        invocation.running.retain(|running| running.step != number);
        invocation.result = result;
        if invocation.running.is_empty() {
            invocation.stage += 1;
            self.run_stage(key, context);
        }
    }

    pub(super) fn step_failed(&mut self, key: Key, number: u8, status: Status, context: &mut Context<'_>) {
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
            self.finish(key, Status::OK, PayloadId::NULL, false, context);
            return;
        };
        self.next_record(key, batch, context);
    }

    fn next_record(&mut self, key: Key, batch: BatchId, context: &mut Context<'_>) {
        let Some(invocation) = self.invocations.get_mut(key) else { return };
        invocation.record += 1;
        invocation.stage = 0;
        match context.batch(batch).get(invocation.record).copied() {
            None => self.finish(key, Status::OK, PayloadId::NULL, false, context),
            Some(next) => {
                invocation.payload = next.payload;
                invocation.trace = next.trace;
                invocation.lineage = if self.in_a_circle {
                    context.world.lineages.after(next.lineage, self.node)
                } else {
                    LineageId::NONE
                };
                invocation.result = PayloadId::NULL;
                self.begin_record(key, context);
            }
        }
    }

    /// The code threw an error while it worked on the present record.
    pub(super) fn record_failed(&mut self, key: Key, context: &mut Context<'_>) {
        self.drop_running(key, context);
        let Some(invocation) = self.invocations.get_mut(key) else { return };
        match invocation.mode {
            Mode::Batch { batch, report: BatchReport::Failed, .. } => {
                let record = invocation.record;
                if let Some(record) = context.batch_mut(batch).get_mut(record) {
                    record.outcome = Outcome::Failed;
                }
                self.next_record(key, batch, context);
            }
            Mode::Batch { batch, report: BatchReport::FirstAndFollowing, .. } => {
                let following = context.batch_mut(batch).iter_mut().skip(invocation.record);
                following.for_each(|record| record.outcome = Outcome::Failed);
                self.finish(key, Status::OK, PayloadId::NULL, false, context);
            }
            _ => self.finish(key, Status::FunctionError, self.errors.thrown, false, context),
        }
    }

    /// Forgets the steps under way: their answers will find nobody.
    pub(super) fn drop_running(&mut self, key: Key, context: &mut Context<'_>) {
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

    pub(super) fn step_timed_out(&mut self, id: CallId, context: &mut Context<'_>) {
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
}
