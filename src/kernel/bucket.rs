//! The token bucket, as the services throttle with it: so many tokens a second, and a limit to how many are kept.

use super::time::{SECOND, Time};

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bucket {
    /// Tokens a second.
    rate: f64,
    burst: f64,
    tokens: f64,
    counted: Time,
}

impl Bucket {
    /// A full one.
    pub fn new(rate: f64, burst: u64) -> Self {
        let burst = burst as f64;
        Bucket { rate, burst, tokens: burst, counted: Time::ZERO }
    }

    /// Takes over changed limits; tokens that do not fit in any more are lost.
    pub fn set_limits(&mut self, rate: f64, burst: u64, now: Time) {
        self.tokens = self.level(now).min(burst as f64);
        self.counted = now;
        (self.rate, self.burst) = (rate, burst as f64);
    }

    /// Tokens in it now.
    pub fn level(&self, now: Time) -> f64 {
        (self.tokens + now.since(self.counted) as f64 * self.rate / SECOND as f64).min(self.burst)
    }

    /// Takes a token, if there is one.
    pub fn take(&mut self, now: Time) -> bool {
        self.tokens = self.level(now);
        self.counted = now;
        let enough = self.tokens >= 1.0;
        self.tokens -= if enough { 1.0 } else { 0.0 };
        enough
    }

    pub fn rate(&self) -> f64 {
        self.rate
    }

    pub fn burst(&self) -> u64 {
        self.burst as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rush_passes_up_to_the_burst_and_then_the_rate() {
        let mut bucket = Bucket::new(2.0, 3);
        let mut taken = |at: u64| bucket.take(Time(at));
        assert_eq!([taken(0), taken(0), taken(0), taken(0)], [true, true, true, false]);
        assert_eq!([taken(500_000), taken(500_000)], [true, false]);
        assert_eq!([taken(60_000_000), taken(60_000_000), taken(60_000_000)], [true, true, true]);
        assert!(!taken(60_000_000));
        bucket.set_limits(1.0, 1, Time(90_000_000));
        assert_eq!(bucket.level(Time(90_000_000)), 1.0);
    }
}
