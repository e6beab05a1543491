//! The journal in words.

use super::Simulation;
use crate::language::decimal;
use crate::services::{Circuit, Ending, Envelope, Environment, Record, Status, Way, What};

impl Simulation {
    /// A record in words, as the log shows it.
    pub fn describe(&self, record: &Record) -> String {
        let words = self.tell(record);
        match (record.message, record.trace) {
            (0, 0) => words,
            (0, trace) => tr!("request {trace}: {words}", trace = trace, words = words),
            (message, _) => tr!("message {message}: {words}", message = message, words = words),
        }
    }

    /// A record in words that do not say what it is about.
    pub(super) fn tell(&self, record: &Record) -> String {
        let here = self.plan.nodes.get(record.node.usize()).map_or("", |node| node.name.as_str());
        // Where the edge leads, seen from here.
        let there = record.edge.map_or(String::new(), |edge| {
            let edge = self.plan.edge(edge);
            let other = if edge.from == record.node { edge.to } else { edge.from };
            self.plan.node(other).name.clone()
        });
        match record.what {
            What::Created { attempt: 1, .. } => tr!("{here} created it", here = here),
            What::Created { attempt, .. } => {
                tr!("{here} created it again, attempt {attempt}", here = here, attempt = attempt)
            }
            What::Departed { way, arrives } => {
                let span = milliseconds(arrives.since(record.time));
                match way {
                    Way::Request => tr!(
                        "{here} calls {there} and waits ({span} to get there)",
                        here = here,
                        there = there,
                        span = span
                    ),
                    Way::Message => {
                        tr!("{here} sends to {there} ({span})", here = here, there = there, span = span)
                    }
                    Way::Poll => tr!("{here} polls {there}", here = here, there = there),
                    Way::Batch { records: 1 } => tr!("{here} hands 1 message to {there}", here = here, there = there),
                    Way::Batch { records } => tr!(
                        "{here} hands a batch of {records} to {there}",
                        here = here,
                        records = records,
                        there = there
                    ),
                    Way::DeadLetter => tr!("{here} moves it to {there}", here = here, there = there),
                }
            }
            What::Replied { status, .. } => {
                tr!("{here} answers {there}: {status}", status = status.words(), here = here, there = there)
            }
            What::Ended(Ending::Processed) => tr!("processed by {here}", here = here),
            What::Ended(ending) => tr!("{ending} at {here}", ending = ending.words(), here = here),
            What::Answered { status, latency } => {
                let (latency, words) = (milliseconds(latency), status.words());
                if status.is_success() {
                    tr!(
                        "{here} has its answer after {latency}: {status}, success",
                        here = here,
                        latency = latency,
                        status = words
                    )
                } else {
                    tr!(
                        "{here} has its answer after {latency}: {status}, failed",
                        here = here,
                        latency = latency,
                        status = words
                    )
                }
            }
            What::GaveUp if there.is_empty() => tr!("{here} stopped waiting", here = here),
            What::GaveUp => tr!("{here} stopped waiting for {there}", here = here, there = there),
            What::RetryAt { attempt, at } => {
                tr!(
                    "{here} tries again in {span}, attempt {attempt}",
                    span = milliseconds(at.since(record.time)),
                    here = here,
                    attempt = attempt
                )
            }
            What::StatusReached { latency } => {
                tr!(
                    "{here} learned after {latency} that all the work is done",
                    latency = milliseconds(latency),
                    here = here
                )
            }
            What::Rejected { status } => {
                tr!("{here} refused it: {status}, it is larger than it takes", here = here, status = status)
            }
            What::TurnedAway { status, error } => {
                tr!("{here} answered {status} itself: {error}", error = error.words(), here = here, status = status)
            }
            What::FoundInCache => tr!("{here} had the answer in its cache", here = here),
            What::CircuitTurned { circuit: Circuit::Closed } => {
                tr!("{here} closed its circuit: it works again", here = here)
            }
            What::CircuitTurned { circuit: Circuit::Open } => {
                tr!("{here} opened its circuit after too many failures: nothing is sent for a while", here = here)
            }
            What::CircuitTurned { circuit: Circuit::HalfOpen } => {
                tr!("{here} lets a request through to try", here = here)
            }
            What::IntegrationTimedOut => {
                tr!("{here} stopped waiting for {there}, its integration", here = here, there = there)
            }
            What::Started { environment, ready } => {
                let init = milliseconds(ready.since(record.time));
                match environment {
                    Environment::Idle => tr!("{here} runs it in an environment that was idle", here = here),
                    Environment::New => {
                        tr!("{here} runs it in a new environment: cold start of {init}", here = here, init = init)
                    }
                    Environment::Reset => {
                        tr!(
                            "{here} runs it in an environment that was reset and initialises again for {init}",
                            here = here,
                            init = init
                        )
                    }
                    Environment::Provisioned => tr!("{here} runs it in a provisioned environment", here = here),
                }
            }
            What::Finished { status: Status::Http(_), billed } => {
                tr!("{here} finished, {billed} ms billed", here = here, billed = billed)
            }
            What::Finished { status, billed } => tr!(
                "{here} failed: {status}, {billed} ms billed",
                status = status.words(),
                here = here,
                billed = billed
            ),
            What::Throttled { limit } => tr!("{here} throttled it: {limit}", limit = limit.words(), here = here),
            What::Rewritten { .. } => tr!("{here} gave it another body or other attributes", here = here),
            What::Wrapped { envelope: Envelope::None } => tr!("{here} took it out of its envelope", here = here),
            What::Wrapped { .. } => tr!("{here} put it into the topic's envelope", here = here),
            What::RefusedByFault { status } if there.is_empty() => {
                tr!("a fault of {here} refused it: {status}", status = status.words(), here = here)
            }
            What::RefusedByFault { status } => {
                tr!(
                    "a fault between {here} and {there} refused it: {status}",
                    status = status.words(),
                    here = here,
                    there = there
                )
            }
            What::OutOfService => tr!("{here} is stopped and refused it", here = here),
            What::NotThere if there.is_empty() => tr!("{here} is not there any longer", here = here),
            What::NotThere => {
                tr!("the edge from {here} to {there} is not there any longer", here = here, there = there)
            }
            What::Struck { strike } => tr!("{here} fails: {strike}", strike = strike.words(), here = here),
            What::Batched { first, records } if first == record.message => {
                tr!("the first one in a batch of {records} for {here}", records = records, here = here)
            }
            What::Batched { first, records } => {
                tr!(
                    "in a batch of {records} for {here}, of which message {first} is the first",
                    records = records,
                    here = here,
                    first = first
                )
            }
            What::RecordFailed => tr!("{here} failed over this message", here = here),
            What::StatementFailed { why } => tr!("{here} did not do it: {why}", why = why.words(), here = here),
            What::Failed { status } => tr!("{here} failed: {status}", status = status.words(), here = here),
            What::Overloaded { overload } => {
                tr!("{here} throttled it: {limit}", limit = overload.words(), here = here)
            }
            What::EventGivenUp { reason } => {
                tr!("{here} gives the event up: {reason}", reason = reason.words(), here = here)
            }
            What::RowDeleted => tr!("{here} deleted the row", here = here),
            What::CircuitOpen => tr!("{here} calls nobody: its circuit breaker is open", here = here),
            What::AlreadyDone => tr!("{here} has done this key before and skips the steps (idempotency)", here = here),
            What::AlreadyInProgress => {
                tr!("{here} fails: this key is being worked on already (idempotency)", here = here)
            }
            What::LoopStopped => {
                tr!(
                    "{here} refuses it: it has run about 16 times in a row for messages of its own (RecursiveLoop)",
                    here = here
                )
            }
            What::Queued => tr!("{here} put it into its own queue for asynchronous invocations", here = here),
            What::Visible => tr!("visible in {here}", here = here),
            What::Delayed { until } => {
                tr!("delayed in {here} for {span}", span = milliseconds(until.since(record.time)), here = here)
            }
            What::Received { count, until } => tr!(
                "received from {here} for the {nth} time, hidden for {span}",
                nth = ordinal(count),
                span = milliseconds(until.since(record.time)),
                here = here
            ),
            What::Redelivered => tr!("not deleted in time: visible in {here} again", here = here),
            What::Deleted => tr!("deleted from {here} by its consumer", here = here),
            What::DeadLettered => {
                tr!("received too often or not deliverable: leaves {here} for the dead-letter queue", here = here)
            }
            What::Grouped { group, .. } => {
                tr!(
                    "{here} takes it into the message group “{group}”",
                    group = self.filled_text(group, record.trace),
                    here = here
                )
            }
            What::VisibilityChanged { until } if until == record.time => {
                tr!("its consumer made it visible in {here} again", here = here)
            }
            What::VisibilityChanged { until } => {
                tr!(
                    "its consumer keeps it hidden in {here} for {span}",
                    span = milliseconds(until.since(record.time)),
                    here = here
                )
            }
            What::DeliveredTwice => tr!("{here} will deliver it once more (at least once)", here = here),
            What::ReceiptExpired => {
                tr!("its receipt has expired: {here} does not delete it, and somebody else may have it", here = here)
            }
            What::Refused { why } => tr!("{here} refused it: {why}", why = why.words(), here = here),
            What::FilterRefused => tr!("filtered out between {here} and {there}", here = here, there = there),
            What::RuleMatched => tr!("{there} matched it", there = there),
            What::FannedOut { copies: 0 } => tr!("{here} has no subscriber for it", here = here),
            What::FannedOut { copies } => {
                tr!(
                    "{here} made a copy for 1 subscriber" | "{here} made copies for {n} subscribers" % copies,
                    here = here
                )
            }
            What::Undeliverable { cause } => {
                tr!("{here} does not deliver it to {there}: {cause}", cause = cause.words(), here = here, there = there)
            }
            What::RateLimited { until } => tr!(
                "{here} holds it back from {there} for {span}: the rate limit",
                span = milliseconds(until.since(record.time)),
                here = here,
                there = there
            ),
            What::EntryRefused { error } => {
                tr!(
                    "{here} did not accept this entry: {error}; the request as a whole is a success",
                    error = error.code(),
                    here = here
                )
            }
            What::Replayed => tr!("{here} replays it from its archive", here = here),
            What::Fired => tr!("the schedule of {here} was due", here = here),
            What::RowWritten { duplicate: false } => tr!("{here} wrote a row", here = here),
            What::RowWritten { duplicate: true } => {
                tr!("{here} wrote a duplicate row: its key was there already", here = here)
            }
            What::RowKept => tr!("{here} had this key already and wrote nothing (idempotent)", here = here),
            What::RowRead { found: true } => tr!("{here} found the row", here = here),
            What::RowRead { found: false } => tr!("{here} found no row", here = here),
            What::Mailed => tr!("{here} sent the e-mail", here = here),
            What::Restored => tr!("back in {here}: its removal was undone", here = here),
            What::Bounced => tr!("the e-mail could not be delivered: it bounced, and {here} says so now", here = here),
            What::Complained => tr!("its reader marked the e-mail as spam, and {here} says so now", here = here),
            What::RowReplaced => tr!("{here} had an item with this key; this one took its place", here = here),
            What::FailedOver { until } => {
                let span = milliseconds(until.since(record.time));
                tr!(
                    "{here} fails over: statements are rolled back, and nobody gets a connection for {span}",
                    here = here,
                    span = span
                )
            }
            What::Lost => tr!("lost between {here} and {there} by a fault", here = here, there = there),
            What::Poisoned => {
                tr!("marked as poison by a fault of {here}: it fails whatever function works on it", here = here)
            }
            What::Duplicated => tr!("delivered twice by a fault of {here}", here = here),
            What::Acted { action } => self.journal().action(action).to_string(),
        }
    }
}

pub(super) fn milliseconds(microseconds: u64) -> String {
    match microseconds {
        0 => tr!("no time").to_string(),
        1..=9_999 => format!("{} ms", decimal(microseconds as f64 / 1_000.0, 1)),
        10_000..=9_999_999 => format!("{} ms", (microseconds + 500) / 1_000),
        _ => format!("{} s", (microseconds + 500_000) / 1_000_000),
    }
}

pub(super) fn ordinal(number: u32) -> String {
    match (number % 10, number % 100) {
        (1, other) if other != 11 => tr!("{number}st", number = number),
        (2, other) if other != 12 => tr!("{number}nd", number = number),
        (3, other) if other != 13 => tr!("{number}rd", number = number),
        _ => tr!("{number}th", number = number),
    }
}
