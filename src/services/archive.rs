//! A bus's archive, and replays from it (eb-archive).

use super::message::{Message, Serial, Trace};
use super::payload::PayloadId;
use super::world::World;
use crate::diagram::settings::ArchiveSettings;
use crate::kernel::{SECOND, Stream, Time};
use crate::rules;
use rustc_hash::FxHashMap;
use serde_json::Value;
use std::collections::VecDeque;

/// So many events are kept; the oldest go first. The service has no such bound.
pub const CAPACITY: usize = 1 << 18;
/// A replay goes through its window by the minute.
pub const MINUTE: u64 = 60 * SECOND;
/// eb-archive.
pub const MAXIMUM_REPLAYS: usize = 10;

/// An event as it was accepted.
#[derive(Clone, Copy, Debug)]
pub struct Archived {
    pub time: Time,
    pub payload: PayloadId,
    pub trace: Trace,
    /// The event's id and time stay what they were.
    pub origin: Serial,
    pub origin_created: Time,
    bytes: u32,
}

#[derive(Clone, Debug, Default)]
pub struct Archive {
    events: VecDeque<Archived>,
    /// Whether the archive's pattern takes an event.
    keeps: FxHashMap<PayloadId, bool>,
    bytes: u64,
    /// Every event that was ever archived, and their size.
    pub archived: u64,
    pub archived_bytes: u64,
}

impl Archive {
    /// Takes over changed settings.
    pub fn configure(&mut self) {
        self.keeps.clear();
    }

    /// Keeps an event that was accepted just now, if the pattern takes it.
    pub fn add(&mut self, message: &Message, settings: &ArchiveSettings, world: &World) {
        let payload = message.payload;
        let text = &world.payloads.get(payload).text;
        let keeps = *self.keeps.entry(payload).or_insert_with(|| {
            let pattern = settings.pattern.as_ref();
            pattern.is_none_or(|pattern| rules::Event::parse(text).is_ok_and(|event| pattern.matches(&event)))
        });
        if !keeps {
            return;
        }
        let bytes = text.len() as u32;
        self.events.push_back(Archived {
            time: world.now,
            payload,
            trace: message.trace,
            origin: message.origin,
            origin_created: message.origin_created,
            bytes,
        });
        self.bytes += u64::from(bytes);
        self.archived += 1;
        self.archived_bytes += u64::from(bytes);
        if self.events.len() > CAPACITY {
            self.drop_first();
        }
        self.expire(settings, world.now);
    }

    fn drop_first(&mut self) {
        if let Some(event) = self.events.pop_front() {
            self.bytes -= u64::from(event.bytes);
        }
    }

    /// Forgets what is older than the retention period.
    pub fn expire(&mut self, settings: &ArchiveSettings, now: Time) {
        let Some(retention) = settings.retention else { return };
        while self.events.front().is_some_and(|event| now.since(event.time) > retention) {
            self.drop_first();
        }
    }

    /// How many events are kept, and their bytes.
    pub fn size(&self) -> (u64, u64) {
        (self.events.len() as u64, self.bytes)
    }

    fn from(&self, time: Time) -> usize {
        self.events.partition_point(|event| event.time < time)
    }

    /// When the first event from `start` on, and before `end`, was accepted.
    fn first(&self, start: Time, end: Time) -> Option<Time> {
        self.events.get(self.from(start)).map(|event| event.time).filter(|time| *time < end)
    }

    /// The events of a span, in no particular order: a replay keeps none within a minute.
    pub fn between(&self, start: Time, end: Time, stream: &mut Stream) -> Vec<Archived> {
        let mut events: Vec<Archived> = self.events.range(self.from(start)..self.from(end)).copied().collect();
        for place in (1..events.len()).rev() {
            events.swap(place, stream.below(place as u64 + 1) as usize);
        }
        events
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplayState {
    Starting,
    Running,
    Completed,
    Cancelled,
}

impl ReplayState {
    pub fn words(self) -> &'static str {
        match self {
            ReplayState::Starting => tr!("starting"),
            ReplayState::Running => tr!("running"),
            ReplayState::Completed => tr!("completed"),
            ReplayState::Cancelled => tr!("cancelled"),
        }
    }
}

/// Events of a span of time that come once more.
#[derive(Clone, Debug)]
pub struct Replay {
    pub number: u32,
    pub start: Time,
    pub end: Time,
    /// Everything before this has been replayed.
    pub reached: Time,
    pub state: ReplayState,
    pub replayed: u64,
    /// An event with the replay's name.
    named: FxHashMap<PayloadId, PayloadId>,
}

impl Replay {
    pub fn new(number: u32, start: Time, end: Time) -> Replay {
        let state = ReplayState::Starting;
        Replay { number, start, end, reached: start, state, replayed: 0, named: FxHashMap::default() }
    }

    /// The `replay-name` of its events.
    pub fn name(&self) -> String {
        format!("replay-{}", self.number)
    }

    pub fn is_active(&self) -> bool {
        matches!(self.state, ReplayState::Starting | ReplayState::Running)
    }

    /// The next minute that has events, as its beginning and end; minutes count from the replay's start.
    pub fn next_minute(&self, archive: &Archive) -> Option<(Time, Time)> {
        let first = archive.first(self.reached, self.end)?;
        let minutes = first.since(self.start) / MINUTE;
        let begins = self.start + minutes * MINUTE;
        Some((begins, (begins + MINUTE).min(self.end)))
    }

    /// Ends it, for one reason or the other.
    pub fn finish(&mut self, state: ReplayState) {
        self.state = state;
        self.named = FxHashMap::default();
    }

    /// The event, with the replay's name in it.
    pub fn event(&mut self, payload: PayloadId, world: &mut World) -> PayloadId {
        if let Some(known) = self.named.get(&payload) {
            return *known;
        }
        let mut event = world.payloads.get(payload).value.clone();
        if let Value::Object(fields) = &mut event {
            fields.insert("replay-name".to_string(), Value::String(self.name()));
        }
        let named = world.payloads.intern(event);
        self.named.insert(payload, named);
        named
    }
}
