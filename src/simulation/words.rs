//! The journal in words.

use super::Simulation;
use crate::services::{Circuit, Ending, Envelope, Environment, Record, Status, Way, What};
use crate::small::fixed;

impl Simulation {
    /// A record in words, as the log shows it.
    pub fn describe(&self, record: &Record) -> String {
        let words = self.tell(record);
        match (record.message, record.trace) {
            (0, 0) => words,
            (0, trace) => format!("request {trace}: {words}"),
            (message, _) => format!("message {message}: {words}"),
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
            What::Created { attempt: 1, .. } => format!("{here} created it"),
            What::Created { attempt, .. } => format!("{here} created it again, attempt {attempt}"),
            What::Departed { way, arrives } => {
                let milliseconds = milliseconds(arrives.since(record.time));
                match way {
                    Way::Request => format!("{here} calls {there} and waits ({milliseconds} to get there)"),
                    Way::Message => format!("{here} sends to {there} ({milliseconds})"),
                    Way::Poll => format!("{here} polls {there}"),
                    Way::Batch { records: 1 } => format!("{here} hands 1 message to {there}"),
                    Way::Batch { records } => format!("{here} hands a batch of {records} to {there}"),
                    Way::DeadLetter => format!("{here} moves it to {there}"),
                }
            }
            What::Replied { status, .. } => format!("{here} answers {there}: {}", status.words()),
            What::Ended(Ending::Processed) => format!("processed by {here}"),
            What::Ended(ending) => format!("{} at {here}", ending.words()),
            What::Answered { status, latency } => {
                let verdict = if status.is_success() { "success" } else { "failed" };
                format!("{here} has its answer after {}: {}, {verdict}", milliseconds(latency), status.words())
            }
            What::GaveUp if there.is_empty() => format!("{here} stopped waiting"),
            What::GaveUp => format!("{here} stopped waiting for {there}"),
            What::RetryAt { attempt, at } => {
                format!("{here} tries again in {}, attempt {attempt}", milliseconds(at.since(record.time)))
            }
            What::StatusReached { latency } => {
                format!("{here} learned after {} that all the work is done", milliseconds(latency))
            }
            What::Rejected { status } => format!("{here} refused it: {status}, it is larger than it takes"),
            What::TurnedAway { status, error } => format!("{here} answered {status} itself: {}", error.words()),
            What::FoundInCache => format!("{here} had the answer in its cache"),
            What::CircuitTurned { circuit: Circuit::Closed } => format!("{here} closed its circuit: it works again"),
            What::CircuitTurned { circuit: Circuit::Open } => {
                format!("{here} opened its circuit after too many failures: nothing is sent for a while")
            }
            What::CircuitTurned { circuit: Circuit::HalfOpen } => format!("{here} lets a request through to try"),
            What::IntegrationTimedOut => format!("{here} stopped waiting for {there}, its integration"),
            What::Started { environment, ready } => {
                let init = milliseconds(ready.since(record.time));
                match environment {
                    Environment::Idle => format!("{here} runs it in an environment that was idle"),
                    Environment::New => format!("{here} runs it in a new environment: cold start of {init}"),
                    Environment::Reset => {
                        format!("{here} runs it in an environment that was reset and initialises again for {init}")
                    }
                    Environment::Provisioned => format!("{here} runs it in a provisioned environment"),
                }
            }
            What::Finished { status: Status::Http(_), billed } => format!("{here} finished, {billed} ms billed"),
            What::Finished { status, billed } => format!("{here} failed: {}, {billed} ms billed", status.words()),
            What::Throttled { limit } => format!("{here} throttled it: {}", limit.words()),
            What::Rewritten { .. } => format!("{here} gave it another body or other attributes"),
            What::Wrapped { envelope: Envelope::None } => format!("{here} took it out of its envelope"),
            What::Wrapped { .. } => format!("{here} put it into the topic's envelope"),
            What::RefusedByFault { status } if there.is_empty() => {
                format!("a fault of {here} refused it: {}", status.words())
            }
            What::RefusedByFault { status } => {
                format!("a fault between {here} and {there} refused it: {}", status.words())
            }
            What::OutOfService => format!("{here} is stopped and refused it"),
            What::NotThere if there.is_empty() => format!("{here} is not there any longer"),
            What::NotThere => format!("the edge from {here} to {there} is not there any longer"),
            What::Struck { strike } => format!("{here} fails: {}", strike.words()),
            What::Batched { first, records } if first == record.message => {
                format!("the first one in a batch of {records} for {here}")
            }
            What::Batched { first, records } => {
                format!("in a batch of {records} for {here}, of which message {first} is the first")
            }
            What::RecordFailed => format!("{here} failed over this message"),
            What::StatementFailed { why } => format!("{here} did not do it: {}", why.words()),
            What::Failed { status } => format!("{here} failed: {}", status.words()),
            What::Overloaded { overload } => format!("{here} throttled it: {}", overload.words()),
            What::EventGivenUp { reason } => format!("{here} gives the event up: {}", reason.words()),
            What::RowDeleted => format!("{here} deleted the row"),
            What::CircuitOpen => format!("{here} calls nobody: its circuit breaker is open"),
            What::AlreadyDone => format!("{here} has done this key before and skips the steps (idempotency)"),
            What::AlreadyInProgress => format!("{here} fails: this key is being worked on already (idempotency)"),
            What::LoopStopped => {
                format!("{here} refuses it: it has run about 16 times in a row for messages of its own (RecursiveLoop)")
            }
            What::Queued => format!("{here} put it into its own queue for asynchronous invocations"),
            What::Visible => format!("visible in {here}"),
            What::Delayed { until } => format!("delayed in {here} for {}", milliseconds(until.since(record.time))),
            What::Received { count, until } => format!(
                "received from {here} for the {} time, hidden for {}",
                ordinal(count),
                milliseconds(until.since(record.time))
            ),
            What::Redelivered => format!("not deleted in time: visible in {here} again"),
            What::Deleted => format!("deleted from {here} by its consumer"),
            What::DeadLettered => {
                format!("received too often or not deliverable: leaves {here} for the dead-letter queue")
            }
            What::Grouped { group, .. } => {
                format!("{here} takes it into the message group “{}”", self.filled_text(group, record.trace))
            }
            What::VisibilityChanged { until } if until == record.time => {
                format!("its consumer made it visible in {here} again")
            }
            What::VisibilityChanged { until } => {
                format!("its consumer keeps it hidden in {here} for {}", milliseconds(until.since(record.time)))
            }
            What::DeliveredTwice => format!("{here} will deliver it once more (at least once)"),
            What::ReceiptExpired => {
                format!("its receipt has expired: {here} does not delete it, and somebody else may have it")
            }
            What::Refused { why } => format!("{here} refused it: {}", why.words()),
            What::FilterRefused => format!("filtered out between {here} and {there}"),
            What::RuleMatched => format!("{there} matched it"),
            What::FannedOut { copies: 0 } => format!("{here} has no subscriber for it"),
            What::FannedOut { copies: 1 } => format!("{here} made a copy for 1 subscriber"),
            What::FannedOut { copies } => format!("{here} made copies for {copies} subscribers"),
            What::Undeliverable { cause } => format!("{here} does not deliver it to {there}: {}", cause.words()),
            What::RateLimited { until } => format!(
                "{here} holds it back from {there} for {}: the rate limit",
                milliseconds(until.since(record.time))
            ),
            What::EntryRefused { error } => {
                format!("{here} did not accept this entry: {}; the request as a whole is a success", error.code())
            }
            What::Replayed => format!("{here} replays it from its archive"),
            What::Fired => format!("the schedule of {here} was due"),
            What::RowWritten { duplicate: false } => format!("{here} wrote a row"),
            What::RowWritten { duplicate: true } => format!("{here} wrote a duplicate row: its key was there already"),
            What::RowKept => format!("{here} had this key already and wrote nothing (idempotent)"),
            What::RowRead { found: true } => format!("{here} found the row"),
            What::RowRead { found: false } => format!("{here} found no row"),
            What::Mailed => format!("{here} sent the e-mail"),
            What::Restored => format!("back in {here}: its removal was undone"),
            What::Bounced => format!("the e-mail could not be delivered: it bounced, and {here} says so now"),
            What::Complained => format!("its reader marked the e-mail as spam, and {here} says so now"),
            What::RowReplaced => format!("{here} had an item with this key; this one took its place"),
            What::FailedOver { until } => {
                let span = milliseconds(until.since(record.time));
                format!("{here} fails over: statements are rolled back, and nobody gets a connection for {span}")
            }
            What::Lost => format!("lost between {here} and {there} by a fault"),
            What::Poisoned => format!("marked as poison by a fault of {here}: it fails whatever function works on it"),
            What::Duplicated => format!("delivered twice by a fault of {here}"),
            What::Acted { action } => self.journal().action(action).to_string(),
        }
    }
}

pub(super) fn milliseconds(microseconds: u64) -> String {
    match microseconds {
        0 => "no time".to_string(),
        1..=9_999 => format!("{} ms", fixed(microseconds as f64 / 1_000.0, 1)),
        10_000..=9_999_999 => format!("{} ms", (microseconds + 500) / 1_000),
        _ => format!("{} s", (microseconds + 500_000) / 1_000_000),
    }
}

pub(super) fn ordinal(number: u32) -> String {
    let suffix = match (number % 10, number % 100) {
        (1, other) if other != 11 => "st",
        (2, other) if other != 12 => "nd",
        (3, other) if other != 13 => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}
