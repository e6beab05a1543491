//! A rate limit: so many a second, after a quiet second as many at once.

use super::time::{SECOND, Time};

const NANOSECONDS: u64 = 1_000;

/// Lets through or spaces out what comes, in whole nanoseconds. (The generic cell rate algorithm: it remembers only when
/// the next one would be due if they came evenly.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Between two of them, in nanoseconds.
    interval: u64,
    /// How far ahead of an even spacing they may come.
    tolerance: u64,
    due: u64,
}

impl Pace {
    /// `rate` a second, at least one.
    pub fn per_second(rate: u64) -> Pace {
        let rate = rate.max(1);
        let interval = (SECOND * NANOSECONDS).div_ceil(rate);
        Pace { interval, tolerance: interval * (rate - 1), due: 0 }
    }

    /// The same rate, with what came so far at another one.
    pub fn after(self, before: Pace) -> Pace {
        Pace { due: before.due, ..self }
    }

    /// How many may come at once after a quiet second.
    pub fn rate(&self) -> u64 {
        self.tolerance / self.interval + 1
    }

    /// How many more may come now; less than none where places were given out ahead of time.
    pub fn level(&self, now: Time) -> f64 {
        let ahead = self.due.saturating_sub(now.0 * NANOSECONDS);
        self.rate() as f64 - ahead as f64 / self.interval as f64
    }

    /// Whether nothing that came still counts.
    pub fn is_idle(&self, now: Time) -> bool {
        self.due <= now.0 * NANOSECONDS
    }

    /// Whether one more may come now. What may not is not counted.
    pub fn admits(&mut self, now: Time) -> bool {
        let now = now.0 * NANOSECONDS;
        if self.due > now + self.tolerance {
            return false;
        }
        self.due = self.due.max(now) + self.interval;
        true
    }

    /// Gives `count` more their place, and when the last of them may go.
    pub fn reserve(&mut self, now: Time, count: u64) -> Time {
        let start = now.0 * NANOSECONDS;
        self.due = self.due.max(start) + self.interval * count;
        let at = (self.due - self.interval.min(self.due)).saturating_sub(self.tolerance);
        Time(at.div_ceil(NANOSECONDS)).max(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiet_second_lets_as_many_through_at_once() {
        let mut pace = Pace::per_second(10);
        assert_eq!((0..20).filter(|_| pace.admits(Time::ZERO)).count(), 10);
        assert!(!pace.admits(Time(99_999)));
        assert!(pace.admits(Time(100_000)));
        assert_eq!((0..20).filter(|_| pace.admits(Time(10_000_000))).count(), 10);
    }

    #[test]
    fn places_are_spaced_out() {
        let mut pace = Pace::per_second(2);
        let places: Vec<Time> = (0..4).map(|_| pace.reserve(Time(1_000), 1)).collect();
        assert_eq!(places, [Time(1_000), Time(1_000), Time(501_000), Time(1_001_000)]);
        assert_eq!(Pace::per_second(2).reserve(Time::ZERO, 4), Time(1_000_000));
    }
}
