//! What is still to happen, in order.

use super::time::Time;
use std::collections::VecDeque;

/// How many entries lie below each one in the heap. With four it is half as deep as with two, and those that are compared
/// lie side by side.
const BRANCHES: usize = 4;

/// Pending events by (time, sequence): what was scheduled first happens first.
#[derive(Clone, Debug)]
pub struct Agenda<E> {
    /// Each entry is due no later than those below it: [`BRANCHES`] times its place, and one more, is where they begin.
    heap: Vec<Entry<E>>,
    /// When the last event was due that was taken out.
    now: Time,
    /// What is due at that time and was scheduled since. Whatever of the same time is in the heap came before.
    at_once: VecDeque<E>,
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
        Agenda { heap: Vec::new(), now: Time::ZERO, at_once: VecDeque::new(), sequence: 0 }
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
        self.heap.push(entry);
        self.rise(self.heap.len() - 1, entry);
    }

    /// Puts an entry where `hole` is, or above it.
    fn rise(&mut self, mut hole: usize, entry: Entry<E>) {
        while hole > 0 {
            let above = (hole - 1) / BRANCHES;
            if self.heap[above].key() <= entry.key() {
                break;
            }
            self.heap[hole] = self.heap[above];
            hole = above;
        }
        self.heap[hole] = entry;
    }

    /// Takes the earliest out of the heap.
    fn take(&mut self) -> Option<Entry<E>> {
        let last = self.heap.pop()?;
        let Some(first) = self.heap.first().copied() else { return Some(last) };
        // The hole sinks to the bottom, where the last entry mostly belongs, too.
        let mut hole = 0;
        loop {
            let below = hole * BRANCHES + 1;
            let next = match self.heap.get(below..below + BRANCHES) {
                Some([a, b, c, d]) => {
                    let left = if b.key() < a.key() { (b.key(), 1) } else { (a.key(), 0) };
                    let right = if d.key() < c.key() { (d.key(), 3) } else { (c.key(), 2) };
                    below + if right.0 < left.0 { right.1 } else { left.1 }
                }
                _ => {
                    let rest = self.heap.iter().enumerate().skip(below);
                    match rest.min_by_key(|(_, entry)| entry.key()) {
                        Some((place, _)) => place,
                        None => break,
                    }
                }
            };
            self.heap[hole] = self.heap[next];
            hole = next;
        }
        self.rise(hole, last);
        Some(first)
    }

    /// When the next event is due.
    pub fn next_time(&self) -> Option<Time> {
        let at_once = (!self.at_once.is_empty()).then_some(self.now);
        let later = self.heap.first().map(|entry| entry.time);
        at_once.or(later)
    }

    /// The next event, if it is due at `until` or before.
    pub fn pop_until(&mut self, until: Time) -> Option<(Time, E)> {
        if self.next_time()? > until {
            return None;
        }
        if self.heap.first().is_none_or(|first| first.time > self.now)
            && let Some(event) = self.at_once.pop_front()
        {
            return Some((self.now, event));
        }
        let Entry { time, event, .. } = self.take()?;
        self.now = time;
        Some((time, event))
    }

    pub fn len(&self) -> usize {
        self.heap.len() + self.at_once.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every pending event, in no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = &E> {
        self.heap.iter().map(|entry| &entry.event).chain(&self.at_once)
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
