//! Running a handler: one record after the other, each by the program's instructions. Where branches run at the same
//! time, each is a strand; a strand goes on until it has to wait.

use super::super::journal::{Status, Strike, What};
use super::super::message::{Ending, Reason, Serial};
use super::super::program::Task;
use super::super::world::{Outcome, Request};
use super::*;

/// A branch of the handler that is running.
#[derive(Clone, Debug)]
pub struct Strand {
    /// The instruction that is next, or being waited for.
    pub at: u32,
    /// The strand that waits for this one, and how many this one waits for.
    parent: Option<u16>,
    branches: u16,
    ended: bool,
    /// Tries of the present instruction.
    pub attempt: u16,
    pub wait: Option<Key>,
    /// What it works on: the record, or an event from an outbox.
    pub trace: Trace,
    pub payload: PayloadId,
    pub event: Serial,
    rounds: u32,
    /// What the previous step returned.
    pub result: PayloadId,
}

impl Strand {
    fn new(at: u32, trace: Trace, payload: PayloadId) -> Strand {
        Strand {
            at,
            parent: None,
            branches: 0,
            ended: false,
            attempt: 0,
            wait: None,
            trace,
            payload,
            event: 0,
            rounds: 0,
            result: PayloadId::NULL,
        }
    }
}

/// How far a strand came by itself.
pub(super) enum Came {
    /// To the next instruction.
    On,
    /// To one that it has to wait for.
    Waiting,
    /// To branches, from this strand on so many.
    Forked(u16, u16),
    /// To its end.
    End,
    /// It failed as this.
    Failed(PayloadId),
    /// The process is gone.
    Crashed(PayloadId),
}

/// How a record ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Waiting,
    Done,
    Failed,
    Crashed,
}

impl Function {
    /// Works on records until one has to wait for something, or all are done. A fault of the node strikes here.
    pub(super) fn begin(&mut self, key: Key, context: &mut Context<'_>) {
        loop {
            if self.invocations.get(key).is_none() {
                return;
            }
            let delay = context.fault_delay();
            if delay > 0 {
                context.timer(delay, TIMER_DELAYED, key.number());
                return;
            }
            if !self.begin_record(key, context) {
                return;
            }
        }
    }

    /// The delay of a fault is over.
    pub(super) fn delayed(&mut self, key: Key, context: &mut Context<'_>) {
        if self.begin_record(key, context) {
            self.begin(key, context);
        }
    }

    /// Starts on the present record. True if it is over at once and another is next.
    fn begin_record(&mut self, key: Key, context: &mut Context<'_>) -> bool {
        let strike = if context.outage() {
            Some(Strike::Outage)
        } else if context.fault_strikes() {
            Some(Strike::Errors)
        } else {
            self.is_poison(key, context).then_some(Strike::Poison)
        };
        let serial = self.working_on(key, context);
        let Some(invocation) = self.invocations.get_mut(key) else { return false };
        if let Some(strike) = strike {
            context.record_about(None, serial, invocation.trace, What::Struck { strike });
            invocation.error = self.errors.thrown;
            return self.record_ended(key, Verdict::Failed, context);
        }
        let strand = Strand::new(0, invocation.trace, invocation.payload);
        invocation.strands.clear();
        invocation.strands.push(strand);
        let verdict = self.run(key, 0, context);
        self.record_ended(key, verdict, context)
    }

    /// Whether a fault marked the present record's message.
    fn is_poison(&self, key: Key, context: &Context<'_>) -> bool {
        self.invocations.get(key).is_some_and(|invocation| match invocation.mode {
            Mode::Synchronous { message, .. } => context.message(message).poison,
            Mode::Asynchronous { event } => context.message(event.message).poison,
            Mode::Batch { batch, .. } => context.batch(batch).get(invocation.record).is_some_and(|it| it.poison),
        })
    }

    /// The message that an invocation works on; of a batch, the present record.
    pub(super) fn working_on(&self, key: Key, context: &Context<'_>) -> Serial {
        let Some(invocation) = self.invocations.get(key) else { return 0 };
        match invocation.mode {
            Mode::Synchronous { message, .. } => context.message(message).serial,
            Mode::Asynchronous { event } => context.message(event.message).serial,
            Mode::Batch { batch, .. } => context.batch(batch).get(invocation.record).map_or(0, |record| record.serial),
        }
    }

    /// Goes on with a strand that has waited.
    pub(super) fn resume(&mut self, key: Key, strand: u16, context: &mut Context<'_>) {
        let verdict = self.run(key, strand, context);
        if self.record_ended(key, verdict, context) {
            self.begin(key, context);
        }
    }

    /// The present record is over. True if another one is next.
    pub(super) fn record_ended(&mut self, key: Key, verdict: Verdict, context: &mut Context<'_>) -> bool {
        if verdict == Verdict::Waiting {
            return false;
        }
        self.drop_strands(key, context);
        let serial = self.working_on(key, context);
        let Some(invocation) = self.invocations.get_mut(key) else { return false };
        let error = invocation.error;
        let Mode::Batch { batch, report, .. } = invocation.mode else {
            self.end_with(key, verdict, error, context);
            return false;
        };
        if verdict != Verdict::Done {
            context.record_about(None, serial, invocation.trace, What::RecordFailed);
        }
        let records = context.batch_mut(batch);
        match (verdict, report) {
            (Verdict::Failed, BatchReport::Failed) => {
                records.iter_mut().skip(invocation.record).take(1).for_each(|record| record.outcome = Outcome::Failed);
            }
            (Verdict::Failed, BatchReport::FirstAndFollowing) => {
                records.iter_mut().skip(invocation.record).for_each(|record| record.outcome = Outcome::Failed);
                self.end_with(key, Verdict::Done, error, context);
                return false;
            }
            (Verdict::Done, _) => {}
            _ => {
                self.end_with(key, verdict, error, context);
                return false;
            }
        }
        invocation.record += 1;
        let Some(next) = records.get(invocation.record).copied() else {
            self.end_with(key, Verdict::Done, error, context);
            return false;
        };
        invocation.payload = next.payload;
        invocation.trace = next.trace;
        if self.in_a_circle {
            invocation.lineage = context.world.lineages.after(next.lineage, self.node);
        }
        true
    }

    fn end_with(&mut self, key: Key, verdict: Verdict, error: PayloadId, context: &mut Context<'_>) {
        match verdict {
            Verdict::Done => self.finish(key, Status::OK, PayloadId::NULL, false, context),
            _ => self.finish(key, Status::FunctionError, error, verdict == Verdict::Crashed, context),
        }
    }

    /// Runs a strand, and those that it sets off, until all of them wait or the record is over.
    fn run(&mut self, key: Key, strand: u16, context: &mut Context<'_>) -> Verdict {
        let mut ready: Vec<u16> = Vec::new();
        let mut next = Some(strand);
        while let Some(strand) = next {
            match self.execute(key, strand, context) {
                Came::On => continue,
                Came::Waiting => {}
                Came::Forked(first, count) => ready.extend(first..first + count),
                Came::End => match self.end_strand(key, strand) {
                    None => return Verdict::Done,
                    Some(Some(parent)) => ready.push(parent),
                    Some(None) => {}
                },
                Came::Failed(error) => match self.catch(key, strand, error, &mut ready, context) {
                    None => return Verdict::Failed,
                    Some(strand) => {
                        next = Some(strand);
                        continue;
                    }
                },
                Came::Crashed(error) => {
                    if let Some(invocation) = self.invocations.get_mut(key) {
                        invocation.error = error;
                    }
                    return Verdict::Crashed;
                }
            }
            next = if ready.is_empty() { None } else { Some(ready.remove(0)) };
        }
        Verdict::Waiting
    }

    /// Ends a branch. `None`: that was the handler's end; otherwise the strand that can go on, if all branches are done.
    fn end_strand(&mut self, key: Key, index: u16) -> Option<Option<u16>> {
        let strands = &mut self.invocations.get_mut(key)?.strands;
        let strand = strands.get_mut(usize::from(index))?;
        strand.ended = true;
        let (parent, result) = (strand.parent?, strand.result);
        while strands.last().is_some_and(|strand| strand.ended) {
            strands.pop();
        }
        let waiting = strands.get_mut(usize::from(parent))?;
        waiting.branches -= 1;
        // What the last branch to finish returned.
        waiting.result = result;
        Some((waiting.branches == 0).then_some(parent))
    }

    /// A strand failed: finds who catches that, in it or in those that wait for it, and drops all branches between.
    pub(super) fn catch(
        &mut self,
        key: Key,
        failed: u16,
        error: PayloadId,
        ready: &mut Vec<u16>,
        context: &mut Context<'_>,
    ) -> Option<u16> {
        let invocation = self.invocations.get_mut(key)?;
        invocation.error = error;
        let program = invocation.program.clone();
        let mut index = failed;
        loop {
            let strand = invocation.strands.get_mut(usize::from(index))?;
            let instruction = program.instructions.get(strand.at as usize);
            if let Some(at) = instruction.and_then(|instruction| instruction.on_error) {
                (strand.at, strand.attempt, strand.branches) = (at, 0, 0);
                strand.result = PayloadId::NULL;
                break;
            }
            index = strand.parent?;
            // The other branches are of no use any longer.
            for place in 0..invocation.strands.len() as u16 {
                if !invocation.strands[usize::from(place)].ended && is_below(&invocation.strands, place, index) {
                    drop_strand(&mut self.waits, &mut invocation.strands[usize::from(place)], context);
                    ready.retain(|other| *other != place);
                }
            }
        }
        // A fork goes on behind its branches only where all of them ended; here it goes on at the catch.
        while invocation.strands.last().is_some_and(|strand| strand.ended) {
            invocation.strands.pop();
        }
        Some(index)
    }

    /// Carries out a strand's next instruction.
    fn execute(&mut self, key: Key, index: u16, context: &mut Context<'_>) -> Came {
        let Some(invocation) = self.invocations.get_mut(key) else { return Came::Waiting };
        let program = invocation.program.clone();
        let Some(strand) = invocation.strands.get_mut(usize::from(index)) else { return Came::Waiting };
        let Some(instruction) = program.instructions.get(strand.at as usize) else { return Came::End };
        let (payload, result) = (strand.payload, strand.result);
        match &instruction.task {
            Task::Work { duration, processor, .. } => {
                let duration = context.draw(duration) * processor.1 / processor.0.max(1);
                strand.attempt += 1;
                let wait = self.waits.add(Wait { invocation: key, strand: index, call: None, message: None });
                strand.wait = Some(wait);
                context.timer(duration, TIMER_WORKED, wait.number());
                return Came::Waiting;
            }
            Task::Request { .. } => return self.ask(key, index, None, context),
            Task::Throw { error, probability, crash } => {
                if *probability >= 1.0 || context.stream().chance(*probability) {
                    return if *crash { Came::Crashed(*error) } else { Came::Failed(*error) };
                }
                strand.at += 1;
            }
            Task::Rethrow => return Came::Failed(invocation.error),
            Task::Unless { condition, to } => {
                let (condition, to) = (*condition, *to);
                let holds = self.holds(&program, condition, payload, result, context);
                let Some(invocation) = self.invocations.get_mut(key) else { return Came::Waiting };
                let Some(strand) = invocation.strands.get_mut(usize::from(index)) else { return Came::Waiting };
                strand.at = if holds { strand.at + 1 } else { to };
            }
            Task::Jump { to } => strand.at = *to,
            Task::Fork { branches, join } => {
                strand.branches = branches.len() as u16;
                if branches.is_empty() {
                    strand.at = *join;
                    return Came::On;
                }
                if strand.attempt == 1 {
                    // All branches are done.
                    (strand.attempt, strand.at, strand.branches) = (0, *join, 0);
                    return Came::On;
                }
                strand.attempt = 1;
                let model = Strand { parent: Some(index), branches: 0, attempt: 0, ..strand.clone() };
                let first = invocation.strands.len() as u16;
                invocation.strands.extend(branches.iter().map(|at| Strand { at: *at, ..model.clone() }));
                return Came::Forked(first, branches.len() as u16);
            }
            Task::End => return Came::End,
            Task::Respond { payload: template } => {
                strand.at += 1;
                invocation.response = context.world.payloads.apply(*template, payload, result);
            }
            Task::Result { payload: template } => {
                strand.at += 1;
                strand.result = context.world.payloads.apply(*template, payload, result);
            }
            Task::FirstRound => {
                strand.at += 1;
                strand.rounds = 0;
            }
            Task::NextRound { to, maximum } => {
                strand.rounds += 1;
                if strand.rounds < *maximum {
                    strand.at = *to;
                } else {
                    strand.at += 1;
                    (strand.trace, strand.payload) = (invocation.trace, invocation.payload);
                }
            }
            Task::LetGo { edge } => {
                strand.at += 1;
                let operation = Operation::EventDone { event: strand.event, sent: false };
                let (trace, to) = (strand.trace, context.end_of(*edge));
                (strand.trace, strand.payload) = (invocation.trace, invocation.payload);
                let call = context.call(Request::inside(to, operation, None, trace, 0));
                context.abandon(call);
            }
        }
        Came::On
    }

    /// Whether a condition holds. The same message and result always give the same answer.
    fn holds(
        &mut self,
        program: &Program,
        condition: u16,
        message: PayloadId,
        result: PayloadId,
        context: &Context<'_>,
    ) -> bool {
        let Some(patterns) = program.conditions.get(usize::from(condition)) else { return true };
        let message = patterns.message.as_ref().map(|pattern| (pattern, message));
        let result = patterns.result.as_ref().map(|pattern| (pattern, result));
        let of = |subject: Option<(&Pattern, PayloadId)>| subject.map_or(PayloadId::NULL, |(_, payload)| payload);
        *self.held_conditions.entry((condition, of(message), of(result))).or_insert_with(|| {
            [message, result].into_iter().flatten().all(|(pattern, payload)| {
                let text = match payload {
                    PayloadId::NULL => "{}",
                    payload => &context.world.payloads.get(payload).text,
                };
                rules::Event::parse(text).is_ok_and(|event| pattern.matches(&event))
            })
        })
    }

    /// Forgets what an invocation waits for: answers will find nobody.
    pub(super) fn drop_strands(&mut self, key: Key, context: &mut Context<'_>) {
        let Some(invocation) = self.invocations.get_mut(key) else { return };
        for strand in &mut invocation.strands {
            drop_strand(&mut self.waits, strand, context);
        }
        invocation.strands.clear();
    }
}

fn drop_strand(waits: &mut Pool<Wait>, strand: &mut Strand, context: &mut Context<'_>) {
    strand.ended = true;
    let Some(wait) = strand.wait.take().and_then(|wait| waits.remove(wait)) else { return };
    if let Some(call) = wait.call {
        context.abandon(call);
    }
    if let Some(message) = wait.message {
        context.end(message, Ending::Dropped(Reason::CallerGone));
    }
}

/// Whether a strand is a branch of `ancestor`, or of one of its branches.
fn is_below(strands: &[Strand], strand: u16, ancestor: u16) -> bool {
    let mut parent = strands[usize::from(strand)].parent;
    while let Some(place) = parent {
        if place == ancestor {
            return true;
        }
        parent = strands.get(usize::from(place)).and_then(|strand| strand.parent);
    }
    false
}
