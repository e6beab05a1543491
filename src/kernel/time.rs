//! Simulated time.

use std::fmt;
use std::ops::{Add, Sub};

/// Microseconds in a millisecond.
pub const MILLISECOND: u64 = 1_000;
/// Microseconds in a second.
pub const SECOND: u64 = 1_000_000;

/// Simulated time begins on 2026-01-01T00:00:00Z; in seconds since 1970.
const EPOCH: u64 = 20_454 * 86_400;

/// Microseconds since the simulation began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub u64);

impl Time {
    pub const ZERO: Time = Time(0);
    /// Later than anything that happens.
    pub const NEVER: Time = Time(u64::MAX);

    pub fn seconds(self) -> f64 {
        self.0 as f64 / SECOND as f64
    }

    /// Whole seconds since 1970, as a calendar counts.
    pub fn since_1970(self) -> u64 {
        EPOCH + self.0 / SECOND
    }

    /// The time that is this many seconds after 1970 began; the simulation's beginning where that is earlier.
    pub fn from_1970(seconds: u64) -> Time {
        Time(seconds.saturating_sub(EPOCH).saturating_mul(SECOND))
    }

    /// Microseconds since `earlier`; nothing where that is later.
    pub fn since(self, earlier: Time) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<u64> for Time {
    type Output = Time;

    fn add(self, microseconds: u64) -> Time {
        Time(self.0.saturating_add(microseconds))
    }
}

impl Sub<Time> for Time {
    type Output = u64;

    fn sub(self, earlier: Time) -> u64 {
        self.since(earlier)
    }
}

impl fmt::Display for Time {
    /// `12:03.250`: minutes, seconds, milliseconds; hours in front from the first one on.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.0 / MILLISECOND;
        let (minutes, rest) = (milliseconds / 60_000, milliseconds % 60_000);
        let (hours, minutes) = (minutes / 60, minutes % 60);
        if hours > 0 {
            write!(formatter, "{hours}:")?;
        }
        write!(formatter, "{minutes:02}:{:02}.{:03}", rest / 1_000, rest % 1_000)
    }
}
