//! Many deadlines behind one timer.
//!
//! Most deadlines never come: the message is deleted before its visibility timeout, the answer comes before the
//! time-out. One agenda entry for each would only be carried along and thrown away, so their owner keeps them in order
//! here and has a single timer for the earliest.

use super::time::Time;
use std::collections::VecDeque;

#[derive(Clone, Debug, Default)]
pub struct Deadlines {
    /// Ascending by time; what has the same time stays in the order in which it came.
    list: VecDeque<(Time, u64)>,
    armed: Option<Time>,
}

impl Deadlines {
    /// Adds a deadline. Gives the time for which a timer has to be set, if the present one is not early enough.
    #[must_use]
    pub fn add(&mut self, time: Time, token: u64) -> Option<Time> {
        // Nearly always the same span is added to a growing clock, so the place is the end.
        let place = match self.list.back() {
            Some(last) if last.0 > time => self.list.partition_point(|entry| entry.0 <= time),
            _ => self.list.len(),
        };
        if place == self.list.len() {
            self.list.push_back((time, token))
        } else {
            self.list.insert(place, (time, token))
        }
        if self.armed.is_none_or(|armed| armed > time) {
            self.armed = Some(time);
            return Some(time);
        }
        None
    }

    /// The next token whose deadline has come. To be called until it gives none whenever the timer fires.
    pub fn next_due(&mut self, now: Time) -> Option<u64> {
        if self.list.front()?.0 > now {
            return None;
        }
        self.list.pop_front().map(|(_, token)| token)
    }

    /// Drops deadlines that no longer matter once they are most of the list. For those that are long and mostly do not
    /// come to pass, so that they do not pile up until the timer fires. `live` is how many matter at most.
    pub fn shed(&mut self, live: usize, matters: impl Fn(u64) -> bool) {
        if self.list.len() > 2 * live + 256 {
            self.list.retain(|(_, token)| matters(*token));
        }
    }

    /// After the timer has fired: drops deadlines that no longer matter from the front, and gives the time for which the
    /// timer has to be set next.
    #[must_use]
    pub fn rearm(&mut self, now: Time, matters: impl Fn(u64) -> bool) -> Option<Time> {
        if self.armed.is_some_and(|armed| armed > now) {
            return None;
        }
        while self.list.front().is_some_and(|(_, token)| !matters(*token)) {
            self.list.pop_front();
        }
        self.armed = self.list.front().map(|(time, _)| *time);
        self.armed
    }

    pub fn clear(&mut self) {
        self.list.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_come_in_order_and_the_timer_is_set_only_when_it_must_be() {
        let mut deadlines = Deadlines::default();
        assert_eq!(deadlines.add(Time(20), 1), Some(Time(20)));
        assert_eq!(deadlines.add(Time(30), 2), None);
        assert_eq!(deadlines.add(Time(10), 3), Some(Time(10)));
        assert_eq!(deadlines.next_due(Time(10)), Some(3));
        assert_eq!(deadlines.next_due(Time(10)), None);
        assert_eq!(deadlines.rearm(Time(10), |token| token != 1), Some(Time(30)));
    }
}
