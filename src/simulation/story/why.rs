//! What became of a message, in a sentence that names the cause and the place.

use super::Simulation;
use super::request::Request;
use crate::diagram::settings::EdgeSettings;
use crate::diagram::{EdgeIndex, NodeIndex, NodeKind, NodeSettings};
use crate::services::{Cause, Ending, Reason, Record, Serial, Service, Status, What};
use crate::simulation::words::milliseconds;

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// On its way.
    Moving,
    /// Waits for somebody, or for its next try.
    Waiting,
    /// Somebody works on it.
    Working,
    /// Worked on to the end.
    Arrived,
    /// A filter refused it: that is what filters are for.
    Filtered,
    /// In a dead-letter queue.
    Dead,
    /// Expired, dropped, or lost on the way.
    Lost,
    /// Moved back out of a dead-letter queue as another message.
    Redriven,
    /// Nothing is known of it any longer.
    Unknown,
}

impl Fate {
    pub fn words(self) -> &'static str {
        match self {
            Fate::Moving => "on its way",
            Fate::Waiting => "waiting",
            Fate::Working => "being worked on",
            Fate::Arrived => "arrived",
            Fate::Filtered => "filtered out",
            Fate::Dead => "dead letter",
            Fate::Lost => "did not arrive",
            Fate::Redriven => "redriven",
            Fate::Unknown => "forgotten",
        }
    }
}

impl Request {
    /// What became of a message, and why.
    pub fn fate(&self, simulation: &Simulation, serial: Serial) -> (Fate, String) {
        let ended = self.of(serial).rev().find_map(|record| match record.what {
            What::Ended(ending) => Some(Some((record, ending))),
            // Its removal was undone.
            What::Restored => Some(None),
            _ => None,
        });
        if let Some((record, ending)) = ended.flatten() {
            return match ending {
                Ending::Processed => self.processed(simulation, record),
                Ending::Filtered => (Fate::Filtered, self.filtered(simulation, record)),
                Ending::Expired => (Fate::Lost, self.expired(simulation, record)),
                Ending::Redriven => {
                    let next = self
                        .effects(serial)
                        .next()
                        .map_or(String::new(), |next| format!(" as message {}", next.serial));
                    (Fate::Redriven, format!("Moved back out of {}{next}.", simulation.name(record.node)))
                }
                Ending::Dropped(reason) => (Fate::Lost, self.dropped(simulation, record, reason)),
            };
        }
        self.whereabouts(simulation, serial)
            .unwrap_or_else(|| (Fate::Unknown, "The journal has forgotten what became of this message.".to_string()))
    }

    fn processed(&self, simulation: &Simulation, ended: &Record) -> (Fate, String) {
        let serial = ended.message;
        let node = simulation.plan.node(ended.node);
        let place = &node.name;
        let by = match node.kind {
            // The queue ends it once its consumer has deleted it.
            NodeKind::Queue => {
                let function = self.of(serial).rev().find(|record| matches!(record.what, What::Started { .. }));
                let function = function.map_or("its consumer", |record| simulation.name(record.node));
                format!("Arrived: {function} worked on it and deleted it from {place} at {}", ended.time)
            }
            NodeKind::Topic | NodeKind::Bus | NodeKind::Rule => {
                let effects: Vec<_> = self.effects(serial).collect();
                let arrived = effects.iter().filter(|effect| self.fate_of_effect(effect.serial) == Some(true)).count();
                let note = match effects.len() {
                    0 => String::new(),
                    1 => ", which made 1 copy of it".to_string(),
                    count => format!(", which made {count} copies of it, of which {arrived} have arrived so far"),
                };
                format!("Arrived at {place} at {}{note}", ended.time)
            }
            NodeKind::Database | NodeKind::Mailer => {
                let done = self.of(serial).rev().find(|record| {
                    record.node == ended.node && !matches!(record.what, What::Ended(_) | What::Replied { .. })
                });
                let done = done.map_or(format!("{place} took it"), |record| simulation.tell(record));
                format!("Arrived: {done} at {}", ended.time)
            }
            NodeKind::Gateway => format!("Arrived: {place} answered it at {}", ended.time),
            _ => format!("Arrived: {place} worked on it, done at {}", ended.time),
        };
        let left = self.of(serial).rev().find(|record| {
            matches!(record.what, What::GaveUp | What::IntegrationTimedOut) && record.node != ended.node
        });
        let late = left.map_or(String::new(), |record| {
            format!(" By then nobody was waiting: {} at {}.", simulation.tell(record), record.time)
        });
        (Fate::Arrived, format!("{by}.{late}"))
    }

    /// Whether a copy has ended well; `None` where it has not ended.
    fn fate_of_effect(&self, serial: Serial) -> Option<bool> {
        self.of(serial).rev().find_map(|record| match record.what {
            What::Ended(ending) => Some(ending == Ending::Processed),
            _ => None,
        })
    }

    fn filtered(&self, simulation: &Simulation, ended: &Record) -> String {
        let refusals: Vec<&Record> =
            self.of(ended.message).filter(|record| record.what == What::FilterRefused).collect();
        let place = simulation.name(ended.node);
        if simulation.plan.node(ended.node).kind != NodeKind::Bus {
            let why =
                refusals.last().map_or("a filter refused it".to_string(), |record| self.refusal(simulation, record));
            return format!("Filtered out: {why}.");
        }
        let mut reasons: Vec<String> = refusals.iter().map(|record| self.refusal(simulation, record)).collect();
        reasons.extend(disabled_rules(simulation, ended.node));
        if reasons.is_empty() {
            return format!("Did not arrive: {place} has no rule, so the event is gone without an error.");
        }
        format!("Filtered out: no rule of {place} took it, and nobody is told. {}.", capital(&reasons.join("; ")))
    }

    fn expired(&self, simulation: &Simulation, ended: &Record) -> String {
        let place = simulation.name(ended.node);
        let last = self.last_failure(simulation, ended.message);
        let last = |lead: &str| last.as_ref().map_or(String::new(), |words| format!("{lead}{words}."));
        match &simulation.plan.node(ended.node).settings {
            NodeSettings::Queue(queue) => {
                let received = self.of(ended.message).any(|record| matches!(record.what, What::Received { .. }));
                let why = if received {
                    last(" It had been received, but never deleted: ")
                } else {
                    format!(" Nobody had received it: {}.", self.nobody_receives(simulation, ended.node))
                };
                let retention = milliseconds(queue.retention);
                format!("Did not arrive: it expired in {place} after the MessageRetentionPeriod of {retention}.{why}")
            }
            NodeSettings::Function(function) => format!(
                "Did not arrive: it waited in {place}'s own queue for longer than MaximumEventAgeInSeconds, {}.{}",
                milliseconds(function.maximum_event_age),
                last(" The last time: ")
            ),
            _ => format!("Did not arrive: it expired at {place}."),
        }
    }

    fn dropped(&self, simulation: &Simulation, ended: &Record, reason: Reason) -> String {
        let place = simulation.name(ended.node);
        let serial = ended.message;
        let last = self.last_failure(simulation, serial);
        let tries = self.of(serial).rev().find_map(|record| match record.what {
            What::RetryAt { attempt, .. } => Some(attempt),
            What::Created { attempt, .. } => Some(attempt),
            _ => None,
        });
        let after = match tries {
            Some(attempt) if attempt > 1 => format!(" after {attempt} attempts"),
            _ => String::new(),
        };
        let cause = match reason {
            Reason::Purged => format!("{place} was purged by hand while it lay there"),
            Reason::NobodyListened => self.nobody_listened(simulation, ended),
            Reason::NoSuchBus => {
                let named =
                    self.edge_to(serial, ended.node).and_then(|edge| match &simulation.plan.edge(edge).settings {
                        EdgeSettings::PutEvents { bus_name } if !bus_name.is_empty() => Some(format!(" “{bus_name}”")),
                        _ => None,
                    });
                format!(
                    "its sender named the bus{}, and there is no bus of that name: PutEvents still answers with a success",
                    named.unwrap_or_default()
                )
            }
            Reason::Deduplicated => format!(
                "{place} had taken the same message within the last five minutes, by its MessageDeduplicationId or its \
                 body, and answers with a success all the same"
            ),
            Reason::Removed => format!("{place}, where it was, was removed from the diagram"),
            Reason::Loop => format!(
                "{place} stopped it: it went round in a circle, {}",
                match simulation.plan.node(ended.node).kind {
                    NodeKind::Bus => "handed on from bus to bus too often",
                    _ => "and the same function had run for it about 16 times in a row (RecursiveLoop)",
                }
            ),
            Reason::BrokenInput => format!(
                "the input transformer of {place} made something of it that is not JSON, and the service then delivers \
                 nothing and says nothing"
            ),
            Reason::SwitchedOff => {
                format!("{place} is switched off: its ReservedConcurrentExecutions is 0")
            }
            Reason::TooOld | Reason::RetriesExhausted | Reason::NoPermission | Reason::NoResource | Reason::Refused => {
                self.given_up(simulation, ended, reason, last)
            }
            Reason::CallerGone => {
                let why = last.unwrap_or_else(|| "whoever sent it had stopped waiting".to_string());
                format!("{why}; nobody waited any longer")
            }
            Reason::Failed | Reason::Throttled | Reason::TooLarge => {
                let answered = self.answer().filter(|_| self.client == Some(ended.node)).map(|answer| answer.0);
                match (last, answered) {
                    (Some(last), _) => format!("{last}; {place} gave it up{after}"),
                    (None, Some(Status::CircuitOpen)) => {
                        format!("{place}'s circuit breaker is open, so it was not sent")
                    }
                    (None, Some(status)) => format!("{place} had the answer {} and gave it up{after}", status.words()),
                    (None, None) => format!("{place} gave it up{after}: {}", reason.words()),
                }
            }
        };
        format!("Did not arrive: {cause}.")
    }

    /// A delivery, or an asynchronous invocation, that is not tried any more.
    fn given_up(&self, simulation: &Simulation, ended: &Record, reason: Reason, last: Option<String>) -> String {
        let place = simulation.name(ended.node);
        let told = self.of(ended.message).rev().find(|record| {
            matches!(
                record.what,
                What::Undeliverable { .. } | What::EventGivenUp { .. } | What::EntryRefused { .. } | What::DeadLettered
            )
        });
        match told.map(|record| (record.what, record)) {
            Some((What::Undeliverable { cause }, record)) => {
                let to = record.edge.map_or("", |edge| simulation.name(simulation.plan.edge(edge).to));
                match (cause, last) {
                    (Cause::NoPermission, _) => {
                        format!("{to}'s policy does not allow {place} to reach it, and there is no dead-letter queue")
                    }
                    (Cause::NoResource, _) => {
                        format!("{to} does not exist for {place}, and there is no dead-letter queue")
                    }
                    (Cause::Refused, None) => format!(
                        "{place} cannot hand it to {to}: with raw delivery a message may have 10 attributes at the most"
                    ),
                    (_, Some(last)) => {
                        format!("{place} gave up delivering it to {to}, {}; the last time {last}", cause.words())
                    }
                    (_, None) => format!("{place} gave up delivering it to {to}, {}", cause.words()),
                }
            }
            Some((What::EntryRefused { .. }, record)) => simulation.tell(record),
            Some((What::DeadLettered, _)) => format!(
                "{place} gave it up, and its dead-letter queue did not take it{}",
                last.map_or(String::new(), |last| format!(": {last}"))
            ),
            _ => {
                let last = last.map_or(String::new(), |words| format!("; the last time {words}"));
                format!("{place} gave it up, {}{last}", reason.words())
            }
        }
    }

    fn nobody_listened(&self, simulation: &Simulation, ended: &Record) -> String {
        let place = simulation.name(ended.node);
        let plan = &simulation.plan;
        match plan.node(ended.node).kind {
            NodeKind::Topic => {
                let off = inactive_subscriptions(simulation, ended.node);
                if off.is_empty() {
                    format!("{place} has no subscriber, and nobody is told")
                } else {
                    format!("{place} has nobody to deliver it to, and nobody is told: {}", off.join("; "))
                }
            }
            NodeKind::Rule => format!("the rule {place} has no target"),
            NodeKind::Client => format!("{place} is connected to nothing"),
            _ => format!("at {place} nobody listened"),
        }
    }

    /// The edge on which a message last came to a node.
    fn edge_to(&self, serial: Serial, node: NodeIndex) -> Option<EdgeIndex> {
        self.of(serial).rev().find_map(|record| match (record.what, record.edge) {
            (What::Departed { .. }, Some(edge)) if record.node != node => Some(edge),
            _ => None,
        })
    }

    /// The request as a whole.
    pub fn sentence(&self, simulation: &Simulation) -> String {
        let answer = match self.answer() {
            Some((status, time)) if status.is_success() => {
                let latency = self.started.map_or(0, |started| time.since(started));
                format!("Answered with success after {}", milliseconds(latency))
            }
            Some((status, _)) => {
                let why = self.why_failed(simulation);
                format!("Failed for the client: {}{why}", status.words())
            }
            None if self.client.is_some_and(|client| simulation.plan.node(client).kind == NodeKind::Client) => {
                "Not answered yet".to_string()
            }
            None => "Sent by hand or by a schedule; nobody waits for an answer".to_string(),
        };
        let (mut open, mut lost, mut dead) = (0, 0, 0);
        for message in &self.messages {
            match self.fate(simulation, message.serial).0 {
                Fate::Moving | Fate::Waiting | Fate::Working => open += 1,
                Fate::Lost => lost += 1,
                Fate::Dead => dead += 1,
                _ => {}
            }
        }
        let mut notes = Vec::new();
        for (count, one, several) in [
            (open, "1 message is still under way", "messages are still under way"),
            (lost, "1 message did not arrive", "messages did not arrive"),
            (dead, "1 message is a dead letter", "messages are dead letters"),
        ] {
            match count {
                0 => {}
                1 => notes.push(one.to_string()),
                count => notes.push(format!("{count} {several}")),
            }
        }
        if notes.is_empty() { format!("{answer}.") } else { format!("{answer}; {}.", notes.join(", ")) }
    }

    /// Why the client did not get what it asked for: what went wrong with its own last message.
    fn why_failed(&self, simulation: &Simulation) -> String {
        let own =
            self.messages.iter().rev().find(|message| {
                message.from == 0 && message.created.is_some_and(|created| Some(created.0) == self.client)
            });
        let why = own.and_then(|message| self.last_failure(simulation, message.serial));
        why.map_or(String::new(), |words| format!(", because {words}"))
    }
}

/// The rules of a bus that are switched off.
fn disabled_rules(simulation: &Simulation, bus: NodeIndex) -> Vec<String> {
    let plan = &simulation.plan;
    let rules = plan.node(bus).outgoing.iter().map(|edge| plan.edge(*edge)).filter(|edge| !edge.removed);
    rules
        .filter_map(|edge| match &plan.node(edge.to).settings {
            NodeSettings::Rule(rule) if !rule.enabled => {
                Some(format!("the rule {} is disabled", simulation.name(edge.to)))
            }
            _ => None,
        })
        .collect()
}

/// The subscriptions of a topic that get nothing, and why.
pub fn inactive_subscriptions(simulation: &Simulation, topic: NodeIndex) -> Vec<String> {
    let Service::Topic(service) = simulation.service(topic) else { return Vec::new() };
    let inactive = service.receivers.list.iter().filter(|receiver| !receiver.active);
    inactive.map(|receiver| inactive_words(simulation, receiver.edge)).collect()
}

pub fn inactive_words(simulation: &Simulation, edge: EdgeIndex) -> String {
    let planned = simulation.plan.edge(edge);
    let to = simulation.name(planned.to);
    match &planned.settings {
        EdgeSettings::Subscription(subscription) if !subscription.subscribed => {
            format!("{to} is not subscribed any longer")
        }
        _ => format!("the subscription of {to} has not been confirmed"),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
