//! What a handler waits for: its own work, answers, and the next try.

use super::super::call::CallId;
use super::super::journal::{Status, What};
use super::super::message::{Ending, MessageId, Reason};
use super::super::program::{RequestKind, Task};
use super::super::world::{Reply, Request, Trip};
use super::running::{Came, Verdict};
use super::*;
use std::rc::Rc;

/// What a strand waits for: work to be done, an answer, or the next try.
#[derive(Clone, Copy, Debug)]
pub struct Wait {
    pub invocation: Key,
    pub strand: u16,
    pub call: Option<CallId>,
    /// Held between two tries.
    pub message: Option<MessageId>,
}

/// A step's circuit breaker: failures in a row, and until when it calls nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Circuit {
    failures: u32,
    open_until: Time,
}

impl Function {
    /// Makes a strand's request; `message` is the one of an earlier try.
    pub(super) fn ask(&mut self, key: Key, index: u16, message: Option<MessageId>, context: &mut Context<'_>) -> Came {
        let from = self.working_on(key, context);
        let Some(invocation) = self.invocations.get_mut(key) else { return Came::Waiting };
        let program = invocation.program.clone();
        let (lineage, until, response) = (invocation.lineage, invocation.until, invocation.response);
        let Some(strand) = invocation.strands.get_mut(usize::from(index)) else { return Came::Waiting };
        let Some(instruction) = program.instructions.get(strand.at as usize) else { return Came::End };
        let Task::Request { edge, way, payload: template, kind, .. } = &instruction.task else { return Came::On };
        if let Some(circuit) = instruction.breaker.and_then(|breaker| self.circuits.get(usize::from(breaker)))
            && circuit.open_until > context.now()
        {
            context.record_about(Some(*edge), from, strand.trace, What::CircuitOpen);
            if let Some(message) = message {
                context.end(message, Ending::Dropped(Reason::Failed));
            }
            return Came::Failed(self.errors.circuit_open);
        }
        strand.attempt += 1;
        let (trace, payload, attempt, event) = (strand.trace, strand.payload, strand.attempt, strand.event);
        let result = match kind {
            // What the handler returns is kept for those who come again.
            RequestKind::Settle { .. } if response != PayloadId::NULL => response,
            _ => strand.result,
        };
        let operation = kind.operation(context.world, payload, result, until, event);
        let message = match (message, operation) {
            (_, Operation::EventDone { .. }) => None,
            (Some(message), _) => {
                context.message_mut(message).attempt = attempt;
                Some(message)
            }
            (None, _) => {
                let attributes = instruction.task.attributes(context.world, payload, result);
                let body = context.world.payloads.apply(*template, payload, result);
                let from = if event == 0 { from } else { event };
                let message = context.create_from(from, trace, body, attributes, attempt);
                kind.label(message, payload, result, context.world);
                if kind.carries_lineage() {
                    context.message_mut(message).lineage = lineage;
                }
                Some(message)
            }
        };
        let wait = self.waits.add(Wait { invocation: key, strand: index, call: None, message: None });
        strand.wait = Some(wait);
        let call = context.call(Request {
            edge: Some(*edge),
            to: None,
            operation,
            message,
            trace,
            tag: wait.number(),
            way: *way,
            trip: Trip::Both,
        });
        if let Some(wait) = self.waits.get_mut(wait) {
            wait.call = Some(call);
        }
        let due = self.step_timeouts.add(context.now() + instruction.timeout, wait.number());
        set(context, due, TIMER_STEP_TIMEOUT);
        Came::Waiting
    }

    /// Ends a wait and gives who waited.
    fn take_wait(&mut self, wait: Key) -> Option<(Wait, &mut Strand, Rc<Program>)> {
        let ended = self.waits.remove(wait)?;
        let invocation = self.invocations.get_mut(ended.invocation)?;
        let strand = invocation.strands.get_mut(usize::from(ended.strand))?;
        strand.wait = None;
        Some((ended, strand, invocation.program.clone()))
    }

    /// A request of a step was answered.
    pub(super) fn answered(&mut self, reply: Reply, context: &mut Context<'_>) {
        let Some((wait, strand, program)) = self.take_wait(Key::from_number(reply.tag)) else {
            // The invocation has ended meanwhile.
            if let Some(message) = reply.message {
                context.end(message, Ending::Dropped(Reason::CallerGone));
            }
            return;
        };
        let Some(instruction) = program.instructions.get(strand.at as usize) else { return };
        let (key, index) = (wait.invocation, wait.strand);
        let kind = match &instruction.task {
            Task::Request { kind, .. } => Some(*kind),
            _ => None,
        };
        let claimed_already = matches!(kind, Some(RequestKind::Claim { .. })) && reply.status == Status::Http(409);
        if let Some(circuit) = instruction.breaker.and_then(|breaker| self.circuits.get_mut(usize::from(breaker)))
            && (reply.status.is_success() || claimed_already)
        {
            *circuit = Circuit::default();
        }
        let Some(invocation) = self.invocations.get_mut(key) else { return };
        let Some(strand) = invocation.strands.get_mut(usize::from(index)) else { return };
        if claimed_already {
            let record = &context.world.payloads.get(reply.answer).value;
            let data = (record["status"] == "COMPLETED").then(|| record["data"].clone());
            let Some((data, Some(RequestKind::Claim { done, .. }))) = data.zip(Some(kind)) else {
                let from = self.working_on(key, context);
                context.record_about(None, from, reply.trace, What::AlreadyInProgress);
                self.resume_failed(key, index, self.errors.in_progress, context);
                return;
            };
            let data = context.world.payloads.intern(data);
            (strand.at, strand.attempt, strand.result) = (done, 0, data);
            if data != PayloadId::NULL {
                invocation.response = data;
            }
            let from = self.working_on(key, context);
            context.record_about(None, from, reply.trace, What::AlreadyDone);
            self.resume(key, index, context);
        } else if reply.status.is_success() {
            (strand.attempt, strand.result) = (0, reply.answer);
            strand.at += 1;
            if let (Some(RequestKind::TakeEvent { none }), Operation::TakeEvent { event, .. }) = (kind, reply.operation)
            {
                strand.event = event;
                if event == 0 {
                    strand.at = none;
                    (strand.trace, strand.payload) = (invocation.trace, invocation.payload);
                } else {
                    (strand.trace, strand.payload) = (reply.trace, reply.answer);
                }
            }
            self.resume(key, index, context);
        } else {
            self.failed(key, index, reply.status, reply.message, context);
        }
    }

    /// A strand's instruction failed: tries again, or lets whoever catches that go on.
    fn failed(&mut self, key: Key, index: u16, status: Status, message: Option<MessageId>, context: &mut Context<'_>) {
        let Some(invocation) = self.invocations.get_mut(key) else { return };
        let program = invocation.program.clone();
        let Some(strand) = invocation.strands.get_mut(usize::from(index)) else { return };
        let Some(instruction) = program.instructions.get(strand.at as usize) else { return };
        if let Some((circuit, breaker)) = instruction.breaker.and_then(|number| {
            Some((self.circuits.get_mut(usize::from(number))?, program.breakers.get(usize::from(number))?))
        }) {
            circuit.failures += 1;
            if circuit.failures >= breaker.failures {
                circuit.open_until = context.now() + breaker.open;
            }
        }
        if strand.attempt <= instruction.retries {
            let longest = instruction.backoff.saturating_mul(1 << (strand.attempt - 1).min(16));
            let pause = context.stream().below(longest.max(1));
            let at = context.now() + pause;
            let wait = self.waits.add(Wait { invocation: key, strand: index, call: None, message });
            strand.wait = Some(wait);
            let attempt = strand.attempt + 1;
            match message {
                Some(_) => context.record(message, What::RetryAt { attempt, at }),
                None => context.record_trace(strand.trace, What::RetryAt { attempt, at }),
            }
            context.timer_at(at, TIMER_STEP_RETRY, wait.number());
            return;
        }
        if let Some(message) = message {
            let reason = if status == Status::THROTTLED { Reason::Throttled } else { Reason::Failed };
            context.end(message, Ending::Dropped(reason));
        }
        self.resume_failed(key, index, self.errors.thrown, context);
    }

    /// Goes on where a strand's failure is caught, if it is.
    fn resume_failed(&mut self, key: Key, index: u16, error: PayloadId, context: &mut Context<'_>) {
        match self.catch(key, index, error, &mut Vec::new(), context) {
            Some(strand) => self.resume(key, strand, context),
            None => {
                if self.record_ended(key, Verdict::Failed, context) {
                    self.begin(key, context);
                }
            }
        }
    }

    /// The code's own work is done.
    pub(super) fn worked(&mut self, wait: Key, context: &mut Context<'_>) {
        let Some((wait, strand, program)) = self.take_wait(wait) else { return };
        let rate = match program.instructions.get(strand.at as usize).map(|instruction| &instruction.task) {
            Some(Task::Work { failure_rate, .. }) => *failure_rate,
            _ => 0.0,
        };
        if rate > 0.0 && context.stream().chance(rate) {
            self.failed(wait.invocation, wait.strand, Status::FunctionError, None, context);
        } else {
            strand.attempt = 0;
            strand.at += 1;
            self.resume(wait.invocation, wait.strand, context);
        }
    }

    pub(super) fn try_again(&mut self, wait: Key, context: &mut Context<'_>) {
        let Some((wait, strand, program)) = self.take_wait(wait) else { return };
        let request = program.instructions.get(strand.at as usize);
        let request = request.is_some_and(|instruction| matches!(instruction.task, Task::Request { .. }));
        if !request {
            self.resume(wait.invocation, wait.strand, context);
            return;
        }
        if let Came::Failed(error) = self.ask(wait.invocation, wait.strand, wait.message, context) {
            self.resume_failed(wait.invocation, wait.strand, error, context);
        }
    }

    /// The code does not wait for an answer any longer.
    pub(super) fn step_timed_out(&mut self, wait: Key, context: &mut Context<'_>) {
        let Some((wait, strand, _)) = self.take_wait(wait) else { return };
        let trace = strand.trace;
        match wait.call {
            Some(call) => {
                context.abandon(call);
                context.record_call(call, What::GaveUp);
            }
            None => context.record_trace(trace, What::GaveUp),
        }
        self.failed(wait.invocation, wait.strand, Status::Http(504), None, context);
    }
}
