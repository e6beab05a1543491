//! A relational database's connections: who has one, who keeps one without using it, and who waits for one.

use super::super::component::Component;
use crate::kernel::{SECOND, Time};
use crate::small;
use std::collections::VecDeque;

#[derive(Clone, Debug, Default)]
pub struct Connections {
    /// In use by a statement.
    pub running: usize,
    /// Kept open by whoever used it last, oldest first.
    idle: VecDeque<(Component, Time)>,
    /// When the next statement can begin, where their rate is limited.
    next_start: Time,
    /// Capacity used so far, in millionths of ACU-seconds, and until when it was counted.
    capacity_used: f64,
    counted: Time,
}

/// How a statement came by its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// It was open already.
    Kept,
    /// It has to be opened first.
    New,
}

/// How many statements one ACU, about 2 GiB with the processor that goes with it, works on at the same time: a model.
pub const STATEMENTS_PER_ACU: f64 = 4.0;

impl Connections {
    pub fn open(&self) -> usize {
        self.running + self.idle.len()
    }

    /// Takes a connection for `caller`, if there is one; `keep` is how long unused ones stay open.
    pub fn take(&mut self, caller: Component, maximum: usize, keep: u64, now: Time) -> Option<Connection> {
        let connection = self.offered(caller, maximum, keep, now)?;
        if connection == Connection::Kept
            && let Some(place) = self.idle.iter().rposition(|idle| idle.0 == caller)
        {
            self.idle.remove(place);
        }
        self.running += 1;
        Some(connection)
    }

    /// What `caller` would get.
    pub fn offered(&mut self, caller: Component, maximum: usize, keep: u64, now: Time) -> Option<Connection> {
        while self.idle.front().is_some_and(|idle| now.since(idle.1) >= keep) {
            self.idle.pop_front();
        }
        if self.idle.iter().any(|idle| idle.0 == caller) {
            Some(Connection::Kept)
        } else {
            (self.open() < maximum).then_some(Connection::New)
        }
    }

    pub fn give_back(&mut self, caller: Component, keep: u64, now: Time) {
        self.running -= 1;
        if keep > 0 {
            self.idle.push_back((caller, now));
        }
    }

    /// When the unused connection that is oldest is closed.
    pub fn next_closed(&self, keep: u64) -> Option<Time> {
        self.idle.front().map(|idle| idle.1 + keep)
    }

    /// How long a statement has to wait for its turn, at most `rate` a second.
    pub fn turn(&mut self, rate: Option<u64>, now: Time) -> u64 {
        let Some(rate) = rate.filter(|rate| *rate > 0) else { return 0 };
        let start = self.next_start.max(now);
        self.next_start = start + SECOND / rate;
        start.since(now)
    }

    /// Every connection is gone.
    pub fn break_off(&mut self) {
        self.running = 0;
        self.idle.clear();
    }

    /// Counts the capacity used up to now; to be called before the number of running statements changes.
    pub fn count_capacity(&mut self, least: f64, most: f64, now: Time) {
        self.capacity_used = self.capacity_until(least, most, now);
        self.counted = now;
    }

    fn capacity_until(&self, least: f64, most: f64, now: Time) -> f64 {
        let wanted = self.running as f64 / STATEMENTS_PER_ACU;
        self.capacity_used + small::within(wanted, least, most) * now.since(self.counted) as f64
    }

    /// In ACU-hours.
    pub fn capacity_hours(&self, least: f64, most: f64, now: Time) -> f64 {
        self.capacity_until(least, most, now) / (SECOND as f64 * 3_600.0)
    }
}
