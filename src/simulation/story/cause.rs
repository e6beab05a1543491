//! What went wrong with a message, down to where it began: whoever failed because somebody that it called failed is not
//! the cause.

use super::Simulation;
use super::request::Request;
use crate::diagram::NodeSettings;
use crate::kernel::Time;
use crate::services::{Cause, Ending, Reason, Record, Serial, Status, What};
use crate::simulation::words::milliseconds;

/// Causes are followed through this many calls; deeper chains only repeat themselves.
const DEEPEST: usize = 24;

impl Request {
    /// What went wrong at the last try.
    pub fn last_failure(&self, simulation: &Simulation, serial: Serial) -> Option<String> {
        let records: Vec<&Record> = self.of(serial).collect();
        self.failure_in(simulation, &records, DEEPEST)
    }

    /// What went wrong in the last try that some records tell of.
    fn failure_in(&self, simulation: &Simulation, records: &[&Record], depth: usize) -> Option<String> {
        let mut end = records.len();
        // From the last try backwards: a try that nothing is told of ended like the one before it.
        loop {
            let begins = |record: &&Record| {
                matches!(record.what, What::RetryAt { .. } | What::Received { .. } | What::Created { .. })
            };
            let start = records[..end].iter().rposition(begins)?;
            let tried = &records[start..end];
            if let Some(found) = tried.iter().find(|record| is_failure(record.what)) {
                return Some(self.failure(simulation, found, tried, depth));
            }
            end = start;
        }
    }

    /// A failure in words, led back to its cause.
    fn failure(&self, simulation: &Simulation, record: &Record, tried: &[&Record], depth: usize) -> String {
        let name = simulation.name(record.node);
        match record.what {
            What::Struck { .. } => simulation.tell(record),
            What::Finished { status: Status::FunctionTimeout, .. } => {
                let timeout = match &simulation.plan.node(record.node).settings {
                    NodeSettings::Function(function) => milliseconds(function.timeout),
                    _ => tr!("its timeout").to_string(),
                };
                match self.unanswered(simulation, record, tried) {
                    Some(other) => tr!(
                        "{name} ran longer than its Timeout of {timeout}, waiting for {other}",
                        name = name,
                        timeout = timeout,
                        other = other
                    ),
                    None => {
                        tr!("{name} ran longer than its Timeout of {timeout}", name = name, timeout = timeout)
                    }
                }
            }
            What::Finished { .. } | What::RecordFailed => match self.failed_call(simulation, record, tried, depth) {
                Some(deeper) => tr!("{name} failed, because {deeper}", name = name, deeper = deeper),
                None => tr!("{name} failed: its handler threw an error", name = name),
            },
            What::Replied { status, .. } => {
                let asker = record.edge.map_or("", |edge| simulation.name(simulation.other_end(edge, record.node)));
                tr!("{name} answered {asker} with {status}", name = name, asker = asker, status = status.words())
            }
            What::Lost => {
                let other = record.edge.map(|edge| simulation.other_end(edge, record.node));
                match other {
                    Some(other) => {
                        let other = simulation.name(other);
                        let edge_cut = record.edge.is_some_and(|edge| simulation.edge_fault(edge).partition);
                        match edge_cut {
                            true => tr!(
                                "it was lost between {name} and {other}: a partition loses everything there",
                                name = name,
                                other = other
                            ),
                            false => tr!(
                                "it was lost between {name} and {other}: a fault loses it",
                                name = name,
                                other = other
                            ),
                        }
                    }
                    None => tr!("it was lost at {name} by a fault", name = name),
                }
            }
            What::FilterRefused => self.refusal(simulation, record),
            What::GaveUp | What::IntegrationTimedOut => {
                let waited = tried.iter().rev().find_map(|other| match other.what {
                    What::Departed { .. } if other.node == record.node && other.edge == record.edge => {
                        Some(record.time.since(other.time))
                    }
                    _ => None,
                });
                let other = record.edge.map_or("", |edge| simulation.name(simulation.other_end(edge, record.node)));
                match waited {
                    Some(waited) => {
                        tr!(
                            "{name} stopped waiting for {other} after {span}",
                            name = name,
                            other = other,
                            span = milliseconds(waited)
                        )
                    }
                    None => simulation.tell(record),
                }
            }
            What::Redelivered => {
                let function = tried.iter().rev().find(|other| matches!(other.what, What::Started { .. }));
                let received = tried.iter().find_map(|other| match other.what {
                    What::Received { until, .. } => Some(until.since(other.time)),
                    _ => None,
                });
                let function = function.map(|function| simulation.name(function.node));
                match (received.map(milliseconds), function) {
                    (Some(span), Some(function)) => tr!(
                        "the visibility timeout of {span} of {name} ended before {function} had finished",
                        span = span,
                        name = name,
                        function = function
                    ),
                    (None, Some(function)) => tr!(
                        "the visibility timeout of {name} ended before {function} had finished",
                        name = name,
                        function = function
                    ),
                    (Some(span), None) => tr!(
                        "the visibility timeout of {span} of {name} ended before anybody had worked on it",
                        span = span,
                        name = name
                    ),
                    (None, None) => {
                        tr!("the visibility timeout of {name} ended before anybody had worked on it", name = name)
                    }
                }
            }
            What::EventGivenUp { reason: Reason::RetriesExhausted } => {
                tr!("{name} gave the event up: {reason}", name = name, reason = Reason::RetriesExhausted.words())
            }
            _ => simulation.tell(record),
        }
    }

    /// Whom the code was still waiting for when its time was up.
    fn unanswered<'s>(&self, simulation: &'s Simulation, finished: &Record, tried: &[&Record]) -> Option<&'s str> {
        let started = self.started(finished, tried);
        let waiting = self.effects(finished.message).find_map(|effect| {
            let sent = self.of(effect.serial).rfind(|record| {
                record.node == finished.node
                    && matches!(record.what, What::Departed { .. })
                    && (started..=finished.time).contains(&record.time)
            })?;
            let answered = self.of(effect.serial).any(|record| {
                record.edge == sent.edge
                    && (sent.time..=finished.time).contains(&record.time)
                    && matches!(record.what, What::Replied { arrives, .. } if arrives <= finished.time)
            });
            (!answered).then(|| sent.edge.map(|edge| simulation.other_end(edge, finished.node))).flatten()
        });
        waiting.map(|other| simulation.name(other))
    }

    fn started(&self, finished: &Record, tried: &[&Record]) -> Time {
        let started = tried.iter().rev().find(|record| {
            record.time <= finished.time && record.node == finished.node && matches!(record.what, What::Started { .. })
        });
        started.map_or(Time::ZERO, |record| record.time)
    }

    /// The call that made the code fail, with what was wrong there.
    fn failed_call(
        &self,
        simulation: &Simulation,
        finished: &Record,
        tried: &[&Record],
        depth: usize,
    ) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        let struck = tried.iter().rev().find(|record| {
            record.node == finished.node
                && matches!(record.what, What::Struck { .. } | What::CircuitOpen | What::AlreadyInProgress)
        });
        if let Some(struck) = struck {
            return Some(simulation.tell(struck));
        }
        let started = self.started(finished, tried);
        // A record of a batch is about its first message; what was sent because of it is told by whom it is told of.
        let about = tried.iter().find(|record| !matches!(record.what, What::Finished { .. } | What::Started { .. }));
        let about = about.map_or(finished.message, |record| record.message);
        let mut last: Option<(Time, Serial)> = None;
        for effect in self.effects(about) {
            for record in self.of(effect.serial) {
                let at_its_caller = record.node == finished.node && record.time >= started;
                let in_time = record.time <= finished.time;
                let failed = match record.what {
                    What::GaveUp => at_its_caller,
                    What::Replied { status, arrives } => !status.is_success() && arrives <= finished.time,
                    What::Ended(Ending::Dropped(_)) => at_its_caller,
                    _ => false,
                };
                if failed && in_time && last.is_none_or(|(time, _)| time <= record.time) {
                    last = Some((record.time, effect.serial));
                }
            }
        }
        let (time, serial) = last?;
        let records: Vec<&Record> = self.of(serial).filter(|record| record.time <= time).collect();
        self.failure_in(simulation, &records, depth)
    }

    /// Why a dead letter was moved to where it is.
    pub fn why_dead(&self, simulation: &Simulation, serial: Serial) -> String {
        let records: Vec<&Record> = self.of(serial).collect();
        let Some(moved) =
            records.iter().rposition(|record| matches!(record.what, What::DeadLettered | What::EventGivenUp { .. }))
        else {
            return String::new();
        };
        let record = records[moved];
        let name = simulation.name(record.node);
        let before = &records[..moved];
        let last = self.failure_in(simulation, before, DEEPEST);
        let given_up = before.iter().rev().filter(|other| other.node == record.node).find_map(|record| {
            if let What::Undeliverable { cause } = record.what { Some((record, cause)) } else { None }
        });
        if let What::EventGivenUp { reason } = record.what {
            let given_up = tr!("{name} gave the event up: {reason}", name = name, reason = reason.words());
            return format!("{}.", and_the_last_time(given_up, last));
        }
        if let Some((record, cause)) = given_up {
            let to = record.edge.map_or("", |edge| simulation.name(simulation.plan.edge(edge).to));
            let last = last.filter(|_| !matches!(cause, Cause::NoPermission | Cause::NoResource));
            let given_up =
                tr!("{name} gave up delivering it to {to}: {cause}", name = name, to = to, cause = cause.words());
            return format!("{}.", and_the_last_time(given_up, last));
        }
        let count = before.iter().rev().find_map(|record| match record.what {
            What::Received { count, .. } => Some(count),
            _ => None,
        });
        let never = match count {
            Some(count) => tr!(
                "It was received from {name} once, which is its maxReceiveCount, and never deleted"
                    | "It was received from {name} {n} times, which is its maxReceiveCount, and never deleted" % count,
                name = name
            ),
            None => tr!(
                "It was received from {name} too often, which is its maxReceiveCount, and never deleted",
                name = name
            ),
        };
        match last {
            Some(last) => tr!("{never}: the last time {last}.", never = never, last = last),
            None => format!("{never}."),
        }
    }
}

/// Adds what went wrong at the last try, where that is known.
pub fn and_the_last_time(words: String, last: Option<String>) -> String {
    match last {
        Some(last) => tr!("{words}; the last time {last}", words = words, last = last),
        None => words,
    }
}

/// What ends a try without success. Gateways and callers only hand on what is told of the one behind them before.
fn is_failure(what: What) -> bool {
    match what {
        What::Finished { status, .. } | What::Replied { status, .. } => !status.is_success(),
        What::TurnedAway { .. }
        | What::IntegrationTimedOut
        | What::Rejected { .. }
        | What::Refused { .. }
        | What::Throttled { .. }
        | What::Overloaded { .. }
        | What::RefusedByFault { .. }
        | What::OutOfService
        | What::NotThere
        | What::Struck { .. }
        | What::RecordFailed
        | What::StatementFailed { .. }
        | What::Failed { .. }
        | What::EntryRefused { .. }
        | What::LoopStopped
        | What::AlreadyInProgress
        | What::FilterRefused
        | What::Lost
        | What::GaveUp
        | What::Redelivered => true,
        _ => false,
    }
}
