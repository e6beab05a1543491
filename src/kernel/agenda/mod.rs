//! What is still to happen, in order.

mod far;
mod near;

use super::time::Time;
use far::Far;
use near::Near;
use std::collections::VecDeque;

/// Pending events by (time, sequence): what was scheduled first happens first.
#[derive(Clone, Debug)]
pub struct Agenda<E> {
    /// When the last event was due that was taken out.
    now: Time,
    /// What is due at that time and was scheduled since. Whatever else is due at the same time came before.
    at_once: VecDeque<E>,
    /// What is due soon, and all the rest.
    near: Near<E>,
    far: Far<E>,
    sequence: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry<E> {
    time: Time,
    sequence: u64,
    event: E,
}

impl<E> Entry<E> {
    /// As one number, which is compared without branches.
    fn key(&self) -> u128 {
        (u128::from(self.time.0) << 64) | u128::from(self.sequence)
    }
}

impl<E> Default for Agenda<E> {
    fn default() -> Self {
        Agenda { now: Time::ZERO, at_once: VecDeque::new(), near: Near::default(), far: Far::default(), sequence: 0 }
    }
}

impl<E: Copy> Agenda<E> {
    pub fn push(&mut self, time: Time, event: E) {
        if time == self.now {
            self.at_once.push_back(event);
            return;
        }
        self.sequence += 1;
        let entry = Entry { time, sequence: self.sequence, event };
        if !self.near.push(entry, self.now) {
            self.far.push(entry);
        }
    }

    /// When the next event is due.
    pub fn next_time(&self) -> Option<Time> {
        if !self.at_once.is_empty() {
            return Some(self.now);
        }
        let near = self.near.first(self.now).map(|(entry, _)| entry.time);
        let far = self.far.first().map(|entry| entry.time);
        match (near, far) {
            (Some(near), Some(far)) => Some(near.min(far)),
            (near, far) => near.or(far),
        }
    }

    /// The next event, if it is due at `until` or before.
    pub fn pop_until(&mut self, until: Time) -> Option<(Time, E)> {
        let near = self.near.first(self.now);
        let far = self.far.first().filter(|far| near.is_none_or(|(near, _)| far.key() < near.key()));
        let next = far.or(near.map(|(near, _)| near));
        if !self.at_once.is_empty() && next.is_none_or(|next| next.time > self.now) {
            return if self.now > until { None } else { Some((self.now, self.at_once.pop_front()?)) };
        }
        let Entry { time, event, .. } = *next?;
        if time > until {
            return None;
        }
        match (far.is_some(), near.map(|(_, place)| place)) {
            (false, Some(place)) => self.near.take(place),
            _ => {
                self.far.take();
            }
        }
        self.now = time;
        Some((time, event))
    }

    pub fn len(&self) -> usize {
        self.at_once.len() + self.near.len() + self.far.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every pending event, in no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = &E> {
        self.at_once.iter().chain(self.near.iter()).chain(self.far.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Mostly soon, often at the same time, sometimes far ahead.
    fn delay() -> impl Strategy<Value = u64> {
        prop_oneof![3 => 0u64..4, 3 => 0u64..5_000, 2 => 0u64..3_000_000, 1 => 0u64..100_000_000]
    }

    proptest! {
        /// Each number schedules an event that much later; now and then some are taken out in between.
        #[test]
        fn events_leave_by_time_and_then_in_the_order_they_came(
            delays in proptest::collection::vec((delay(), 0usize..3), 0..300),
        ) {
            let mut agenda = Agenda::default();
            // What is due, the plain way.
            let mut expected: Vec<(u64, usize)> = Vec::new();
            let mut now = 0;
            for (event, (delay, taken)) in delays.iter().enumerate() {
                agenda.push(Time(now + delay), event);
                expected.push((now + delay, event));
                for _ in 0..*taken {
                    prop_assert_eq!(agenda.len(), expected.len());
                    let first = expected.iter().min().copied();
                    prop_assert_eq!(agenda.next_time().map(|time| time.0), first.map(|first| first.0));
                    let Some((time, event)) = agenda.pop_until(Time::NEVER) else { break };
                    prop_assert_eq!(Some((time.0, event)), first);
                    expected.retain(|it| Some(*it) != first);
                    now = time.0;
                }
            }
            expected.sort();
            prop_assert_eq!(agenda.iter().count(), expected.len());
            let mut rest = Vec::new();
            while let Some((time, event)) = agenda.pop_until(Time::NEVER) {
                rest.push((time.0, event));
            }
            prop_assert_eq!(rest, expected);
        }
    }

    #[test]
    fn nothing_is_taken_before_it_is_due() {
        let mut agenda = Agenda::default();
        agenda.push(Time(5), 'a');
        agenda.push(Time(5), 'b');
        assert_eq!(agenda.pop_until(Time(4)), None);
        assert_eq!(agenda.pop_until(Time(5)), Some((Time(5), 'a')));
        // Due at once, but after what was due then already.
        agenda.push(Time(5), 'c');
        assert_eq!(agenda.pop_until(Time(4)), None);
        assert_eq!([(); 3].map(|()| agenda.pop_until(Time(9)).map(|(_, event)| event)), [Some('b'), Some('c'), None]);
    }

    #[test]
    fn thousands_at_the_same_moment_leave_in_their_order() {
        let mut agenda = Agenda::default();
        (0..5_000).for_each(|event| agenda.push(Time(700), event));
        let left: Vec<i32> = std::iter::from_fn(|| agenda.pop_until(Time::NEVER).map(|(_, event)| event)).collect();
        assert_eq!(left, (0..5_000).collect::<Vec<_>>());
    }
}
