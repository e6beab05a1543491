//! A request as a sequence diagram: who took part, what went where and when, and what each did by itself.

use super::Simulation;
use super::request::Request;
use crate::diagram::NodeIndex;
use crate::kernel::Time;
use crate::services::{Ending, Environment, Record, Serial, Way, What};
use crate::simulation::words::milliseconds;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Somebody waits for the answer.
    Call,
    Return,
    /// Nobody waits.
    Message,
    /// Something that a participant does by itself.
    Own,
    /// What went wrong, or is worth a word.
    Note,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub time: Time,
    /// When an arrow is at its other end.
    pub arrives: Time,
    pub kind: StepKind,
    /// Places in [`Sequence::participants`]; the same where it stays with one of them.
    pub from: usize,
    pub to: usize,
    pub words: String,
    pub message: Serial,
    pub bad: bool,
    /// Whether it vanishes on the way.
    pub lost: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sequence {
    /// In the order in which they took part.
    pub participants: Vec<NodeIndex>,
    pub steps: Vec<Step>,
    /// How many steps more there are than are shown.
    pub left_out: usize,
    pub forgotten: String,
}

/// Nobody reads more than this; a loop would fill the page.
const MOST_STEPS: usize = 400;

impl Request {
    pub fn sequence(&self, simulation: &Simulation) -> Sequence {
        let mut sequence = Sequence { forgotten: self.forgotten_words(), ..Sequence::default() };
        for (place, told) in self.records.iter().enumerate() {
            let record = &told.record;
            let Some((kind, to, words)) = step(simulation, record) else { continue };
            // A batch is told of once for each of its messages.
            let again = |before: &super::request::Told| before.number == told.number;
            if place > 0 && self.records[..place].last().is_some_and(again) {
                continue;
            }
            if self.is_receipt(place) {
                continue;
            }
            if sequence.steps.len() == MOST_STEPS {
                sequence.left_out += 1;
                continue;
            }
            let (from, to) = (sequence.place(record.node), sequence.place(to));
            let arrives = match record.what {
                What::Departed { arrives, .. } | What::Replied { arrives, .. } => arrives,
                _ => record.time,
            };
            // What a fault loses is written down right after it set out.
            let lost = self.records[place + 1..]
                .iter()
                .take_while(|next| next.record.time == record.time)
                .any(|next| next.record.what == What::Lost && next.record.edge == record.edge)
                && matches!(record.what, What::Departed { .. });
            sequence.steps.push(Step {
                time: record.time,
                arrives,
                kind,
                from,
                to,
                words,
                message: told.about,
                bad: record.what.is_bad(),
                lost,
            });
        }
        sequence
    }

    /// Whether a record only says that a message was accepted, for which nobody waits.
    fn is_receipt(&self, place: usize) -> bool {
        let record = &self.records[place].record;
        let What::Replied { status, .. } = record.what else { return false };
        let sent = self.records[..place].iter().rev().map(|told| &told.record).find(|sent| {
            sent.message == record.message && sent.edge == record.edge && matches!(sent.what, What::Departed { .. })
        });
        status.is_success() && matches!(sent.map(|sent| sent.what), Some(What::Departed { way: Way::Message, .. }))
    }
}

impl Sequence {
    fn place(&mut self, node: NodeIndex) -> usize {
        self.participants.iter().position(|known| *known == node).unwrap_or_else(|| {
            self.participants.push(node);
            self.participants.len() - 1
        })
    }
}

/// What a record is in the diagram: what kind, whom it goes to, and what is written at it.
fn step(simulation: &Simulation, record: &Record) -> Option<(StepKind, NodeIndex, String)> {
    let here = record.node;
    let there = record.edge.map(|edge| simulation.other_end(edge, here));
    Some(match record.what {
        What::Departed { way, .. } => {
            let kind = if way == Way::Request { StepKind::Call } else { StepKind::Message };
            let words = match way {
                Way::Request | Way::Message => tr!("message {}", record.message),
                Way::Batch { records } => tr!("batch of {}", records),
                Way::DeadLetter => tr!("dead letter").to_string(),
                Way::Poll => return None,
            };
            (kind, there?, words)
        }
        What::Replied { status, .. } => (StepKind::Return, there?, status.words()),
        What::Started { environment: Environment::New | Environment::Reset, ready } => {
            (StepKind::Own, here, tr!("cold start, {}", milliseconds(ready.since(record.time))))
        }
        What::Finished { status, billed } if status.is_success() => {
            (StepKind::Own, here, tr!("{billed} ms billed", billed = billed))
        }
        What::Finished { status, billed } => (
            StepKind::Note,
            here,
            format!("✕ {}", tr!("{status}, {billed} ms billed", status = status.words(), billed = billed)),
        ),
        What::Answered { status, latency } => (
            StepKind::Own,
            here,
            tr!("{status} after {latency}", status = status.words(), latency = milliseconds(latency)),
        ),
        What::RowWritten { duplicate: false } => (StepKind::Own, here, tr!("writes a row").to_string()),
        What::RowWritten { duplicate: true } => (StepKind::Note, here, tr!("writes a duplicate row").to_string()),
        What::RowKept => (StepKind::Own, here, tr!("has the row already").to_string()),
        What::RowReplaced => (StepKind::Own, here, tr!("replaces the item").to_string()),
        What::Mailed => (StepKind::Own, here, tr!("sends the e-mail").to_string()),
        What::FannedOut { copies } => (StepKind::Own, here, tr!("{n} copy" | "{n} copies" % copies)),
        What::Received { count, .. } if count > 1 => {
            (StepKind::Note, here, tr!("receive count {count}", count = count))
        }
        What::FilterRefused => {
            (StepKind::Note, here, tr!("filtered out before {}", there.map_or("", |there| simulation.name(there))))
        }
        What::RetryAt { attempt, at } => (
            StepKind::Note,
            here,
            tr!(
                "tries again in {span}, attempt {attempt}",
                span = milliseconds(at.since(record.time)),
                attempt = attempt
            ),
        ),
        What::GaveUp | What::IntegrationTimedOut => (
            StepKind::Note,
            here,
            match there {
                Some(there) => tr!("stops waiting for {}", simulation.name(there)),
                None => tr!("stops waiting").to_string(),
            },
        ),
        What::Redelivered => (StepKind::Note, here, tr!("visible again: not deleted in time").to_string()),
        What::DeadLettered => (StepKind::Note, here, tr!("moves it to the dead-letter queue").to_string()),
        What::Lost => (StepKind::Note, here, tr!("lost by a fault").to_string()),
        What::Duplicated => (StepKind::Note, here, tr!("duplicated by a fault").to_string()),
        What::Delayed { until } => {
            (StepKind::Own, here, tr!("delays it for {}", milliseconds(until.since(record.time))))
        }
        What::Ended(ending @ (Ending::Expired | Ending::Dropped(_))) => (StepKind::Note, here, ending.words()),
        What::TurnedAway { .. }
        | What::Rejected { .. }
        | What::Throttled { .. }
        | What::Overloaded { .. }
        | What::RefusedByFault { .. }
        | What::OutOfService
        | What::NotThere
        | What::Refused { .. }
        | What::Struck { .. }
        | What::StatementFailed { .. }
        | What::Failed { .. }
        | What::EntryRefused { .. }
        | What::LoopStopped
        | What::CircuitOpen
        | What::AlreadyInProgress
        | What::AlreadyDone
        | What::FoundInCache
        | What::Undeliverable { .. }
        | What::EventGivenUp { .. } => {
            let words = simulation.tell(record);
            // The participant stands above it already.
            let name = simulation.name(here);
            (StepKind::Note, here, words.strip_prefix(name).map(str::trim).map_or(words.clone(), str::to_string))
        }
        _ => return None,
    })
}
