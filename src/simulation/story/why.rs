//! What became of a message, in a sentence that names the cause and the place.

use super::Simulation;
use super::cause::and_the_last_time;
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
            Fate::Moving => tr!("on its way"),
            Fate::Waiting => tr!("waiting"),
            Fate::Working => tr!("being worked on"),
            Fate::Arrived => tr!("arrived"),
            Fate::Filtered => tr!("filtered out"),
            Fate::Dead => tr!("dead letter"),
            Fate::Lost => tr!("did not arrive"),
            Fate::Redriven => tr!("redriven"),
            Fate::Unknown => tr!("forgotten"),
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
                    let place = simulation.name(record.node);
                    let words = match self.effects(serial).next() {
                        Some(next) => {
                            tr!("Moved back out of {place} as message {message}.", place = place, message = next.serial)
                        }
                        None => tr!("Moved back out of {place}.", place = place),
                    };
                    (Fate::Redriven, words)
                }
                Ending::Dropped(reason) => (Fate::Lost, self.dropped(simulation, record, reason)),
            };
        }
        self.whereabouts(simulation, serial).unwrap_or_else(|| {
            (Fate::Unknown, tr!("The journal has forgotten what became of this message.").to_string())
        })
    }

    fn processed(&self, simulation: &Simulation, ended: &Record) -> (Fate, String) {
        let serial = ended.message;
        let node = simulation.plan.node(ended.node);
        let place = &node.name;
        let by = match node.kind {
            // The queue ends it once its consumer has deleted it.
            NodeKind::Queue => {
                let function = self.of(serial).rev().find(|record| matches!(record.what, What::Started { .. }));
                let function = function.map_or(tr!("its consumer"), |record| simulation.name(record.node));
                tr!(
                    "Arrived: {function} worked on it and deleted it from {place} at {time}.",
                    function = function,
                    place = place,
                    time = ended.time
                )
            }
            NodeKind::Topic | NodeKind::Bus | NodeKind::Rule => {
                let effects: Vec<_> = self.effects(serial).collect();
                let arrived = effects.iter().filter(|effect| self.fate_of_effect(effect.serial) == Some(true)).count();
                match effects.len() {
                    0 => tr!("Arrived at {place} at {time}.", place = place, time = ended.time),
                    1 => {
                        tr!("Arrived at {place} at {time}, which made 1 copy of it.", place = place, time = ended.time)
                    }
                    count => tr!(
                        "Arrived at {place} at {time}, which made {count} copies of it, of which {arrived} have arrived \
                         so far.",
                        place = place,
                        time = ended.time,
                        count = count,
                        arrived = arrived
                    ),
                }
            }
            NodeKind::Database | NodeKind::Mailer => {
                let done = self.of(serial).rev().find(|record| {
                    record.node == ended.node && !matches!(record.what, What::Ended(_) | What::Replied { .. })
                });
                let done = done.map_or_else(|| tr!("{place} took it", place = place), |record| simulation.tell(record));
                tr!("Arrived: {done} at {time}.", done = done, time = ended.time)
            }
            NodeKind::Gateway => {
                tr!("Arrived: {place} answered it at {time}.", place = place, time = ended.time)
            }
            _ => tr!("Arrived: {place} worked on it, done at {time}.", place = place, time = ended.time),
        };
        let left = self.of(serial).rev().find(|record| {
            matches!(record.what, What::GaveUp | What::IntegrationTimedOut) && record.node != ended.node
        });
        let late = left.map(|record| {
            tr!("By then nobody was waiting: {what} at {time}.", what = simulation.tell(record), time = record.time)
        });
        (Fate::Arrived, and_a_sentence(by, late))
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
            let why = refusals.last().map(|record| self.refusal(simulation, record));
            let why = why.unwrap_or_else(|| tr!("a filter refused it").to_string());
            return tr!("Filtered out: {}.", why);
        }
        let mut reasons: Vec<String> = refusals.iter().map(|record| self.refusal(simulation, record)).collect();
        reasons.extend(disabled_rules(simulation, ended.node));
        if reasons.is_empty() {
            return tr!("Did not arrive: {} has no rule, so the event is gone without an error.", place);
        }
        tr!(
            "Filtered out: no rule of {place} took it, and nobody is told. {reasons}.",
            place = place,
            reasons = capital(&reasons.join("; "))
        )
    }

    fn expired(&self, simulation: &Simulation, ended: &Record) -> String {
        let place = simulation.name(ended.node);
        let last = self.last_failure(simulation, ended.message);
        match &simulation.plan.node(ended.node).settings {
            NodeSettings::Queue(queue) => {
                let received = self.of(ended.message).any(|record| matches!(record.what, What::Received { .. }));
                let why = if received {
                    last.map(|last| tr!("It had been received, but never deleted: {}.", last))
                } else {
                    Some(tr!("Nobody had received it: {}.", self.nobody_receives(simulation, ended.node)))
                };
                let expired = tr!(
                    "Did not arrive: it expired in {place} after the MessageRetentionPeriod of {retention}.",
                    place = place,
                    retention = milliseconds(queue.retention)
                );
                and_a_sentence(expired, why)
            }
            NodeSettings::Function(function) => {
                let expired = tr!(
                    "Did not arrive: it waited in {place}'s own queue for longer than MaximumEventAgeInSeconds, {age}.",
                    place = place,
                    age = milliseconds(function.maximum_event_age)
                );
                with_the_last_time(expired, last)
            }
            _ => tr!("Did not arrive: it expired at {}.", place),
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
        let gave_up = || match tries {
            Some(attempts) if attempts > 1 => {
                tr!("{place} gave it up after {attempts} attempts", place = place, attempts = attempts)
            }
            _ => tr!("{place} gave it up", place = place),
        };
        let cause = match reason {
            Reason::Purged => tr!("{place} was purged by hand while it lay there", place = place),
            Reason::NobodyListened => self.nobody_listened(simulation, ended),
            Reason::NoSuchBus => {
                let named =
                    self.edge_to(serial, ended.node).and_then(|edge| match &simulation.plan.edge(edge).settings {
                        EdgeSettings::PutEvents { bus_name } if !bus_name.is_empty() => Some(bus_name),
                        _ => None,
                    });
                match named {
                    Some(bus) => tr!(
                        "its sender named the bus “{bus}”, and there is no bus of that name: PutEvents still answers with a \
                         success",
                        bus = bus
                    ),
                    None => tr!(
                        "its sender named the bus, and there is no bus of that name: PutEvents still answers with a success"
                    )
                    .to_string(),
                }
            }
            Reason::Deduplicated => tr!(
                "{place} had taken the same message within the last five minutes, by its MessageDeduplicationId or its \
                 body, and answers with a success all the same",
                place = place
            ),
            Reason::Removed => tr!("{place}, where it was, was removed from the diagram", place = place),
            Reason::Loop if simulation.plan.node(ended.node).kind == NodeKind::Bus => {
                tr!("{place} stopped it: it went round in a circle, handed on from bus to bus too often", place = place)
            }
            Reason::Loop => tr!(
                "{place} stopped it: it went round in a circle, and the same function had run for it about 16 times in a \
                 row (RecursiveLoop)",
                place = place
            ),
            Reason::BrokenInput => tr!(
                "the input transformer of {place} made something of it that is not JSON, and the service then delivers \
                 nothing and says nothing",
                place = place
            ),
            Reason::SwitchedOff => {
                tr!("{place} is switched off: its ReservedConcurrentExecutions is 0", place = place)
            }
            Reason::TooOld | Reason::RetriesExhausted | Reason::NoPermission | Reason::NoResource | Reason::Refused => {
                self.given_up(simulation, ended, reason, last)
            }
            Reason::CallerGone => {
                let why = last.unwrap_or_else(|| tr!("whoever sent it had stopped waiting").to_string());
                tr!("{why}; nobody waited any longer", why = why)
            }
            Reason::Failed | Reason::Throttled | Reason::TooLarge => {
                let answered = self.answer().filter(|_| self.client == Some(ended.node)).map(|answer| answer.0);
                match (last, answered) {
                    (Some(last), _) => format!("{last}; {}", gave_up()),
                    (None, Some(Status::CircuitOpen)) => {
                        tr!("{place}'s circuit breaker is open, so it was not sent", place = place)
                    }
                    (None, Some(status)) => {
                        let status = status.words();
                        match tries {
                            Some(attempts) if attempts > 1 => tr!(
                                "{place} had the answer {status} and gave it up after {attempts} attempts",
                                place = place,
                                status = status,
                                attempts = attempts
                            ),
                            _ => tr!("{place} had the answer {status} and gave it up", place = place, status = status),
                        }
                    }
                    (None, None) => format!("{}: {}", gave_up(), reason.words()),
                }
            }
        };
        tr!("Did not arrive: {}.", cause)
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
                        tr!(
                            "{to}'s policy does not allow {place} to reach it, and there is no dead-letter queue",
                            to = to,
                            place = place
                        )
                    }
                    (Cause::NoResource, _) => {
                        tr!(
                            "{to} does not exist for {place}, and there is no dead-letter queue",
                            to = to,
                            place = place
                        )
                    }
                    (Cause::Refused, None) => tr!(
                        "{place} cannot hand it to {to}: with raw delivery a message may have 10 attributes at the most",
                        place = place,
                        to = to
                    ),
                    (_, last) => {
                        let given_up = tr!(
                            "{place} gave up delivering it to {to}, {cause}",
                            place = place,
                            to = to,
                            cause = cause.words()
                        );
                        and_the_last_time(given_up, last)
                    }
                }
            }
            Some((What::EntryRefused { .. }, record)) => simulation.tell(record),
            Some((What::DeadLettered, _)) => {
                let words = tr!("{} gave it up, and its dead-letter queue did not take it", place);
                last.map_or(words.clone(), |last| format!("{words}: {last}"))
            }
            _ => {
                let given_up = tr!("{place} gave it up, {reason}", place = place, reason = reason.words());
                and_the_last_time(given_up, last)
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
                    tr!("{place} has no subscriber, and nobody is told", place = place)
                } else {
                    tr!(
                        "{place} has nobody to deliver it to, and nobody is told: {reasons}",
                        place = place,
                        reasons = off.join("; ")
                    )
                }
            }
            NodeKind::Rule => tr!("the rule {place} has no target", place = place),
            NodeKind::Client => tr!("{place} is connected to nothing", place = place),
            _ => tr!("at {place} nobody listened", place = place),
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
                tr!("Answered with success after {}", milliseconds(latency))
            }
            Some((status, _)) => {
                let status = status.words();
                match self.why_failed(simulation) {
                    Some(why) => tr!("Failed for the client: {status}, because {why}", status = status, why = why),
                    None => tr!("Failed for the client: {status}", status = status),
                }
            }
            None if self.client.is_some_and(|client| simulation.plan.node(client).kind == NodeKind::Client) => {
                tr!("Not answered yet").to_string()
            }
            None => tr!("Sent by hand or by a schedule; nobody waits for an answer").to_string(),
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
        if open > 0 {
            notes.push(tr!("1 message is still under way" | "{n} messages are still under way" % open));
        }
        if lost > 0 {
            notes.push(tr!("1 message did not arrive" | "{n} messages did not arrive" % lost));
        }
        if dead > 0 {
            notes.push(tr!("1 message is a dead letter" | "{n} messages are dead letters" % dead));
        }
        if notes.is_empty() { format!("{answer}.") } else { format!("{answer}; {}.", notes.join(", ")) }
    }

    /// Why the client did not get what it asked for: what went wrong with its own last message.
    fn why_failed(&self, simulation: &Simulation) -> Option<String> {
        let own =
            self.messages.iter().rev().find(|message| {
                message.from == 0 && message.created.is_some_and(|created| Some(created.0) == self.client)
            });
        own.and_then(|message| self.last_failure(simulation, message.serial))
    }
}

/// The rules of a bus that are switched off.
fn disabled_rules(simulation: &Simulation, bus: NodeIndex) -> Vec<String> {
    let plan = &simulation.plan;
    let rules = plan.node(bus).outgoing.iter().map(|edge| plan.edge(*edge)).filter(|edge| !edge.removed);
    rules
        .filter_map(|edge| match &plan.node(edge.to).settings {
            NodeSettings::Rule(rule) if !rule.enabled => Some(tr!("the rule {} is disabled", simulation.name(edge.to))),
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
            tr!("{to} is not subscribed any longer", to = to)
        }
        _ => tr!("the subscription of {to} has not been confirmed", to = to),
    }
}

/// Two sentences, where there is a second one.
fn and_a_sentence(first: String, second: Option<String>) -> String {
    match second {
        Some(second) => format!("{first} {second}"),
        None => first,
    }
}

/// A sentence, and what went wrong at the last try where that is known.
pub fn with_the_last_time(sentence: String, last: Option<String>) -> String {
    and_a_sentence(sentence, last.map(|last| tr!("The last time: {}.", last)))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
