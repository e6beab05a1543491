//! The date of a simulated time. Simulated time begins at 2026-01-01T00:00:00Z.

use super::time::{SECOND, Time};

/// 2026-01-01, in days since 1970.
const FIRST_DAY: u64 = 20_454;

/// Seconds since 1970.
pub fn epoch_seconds(time: Time) -> u64 {
    FIRST_DAY * 86_400 + time.0 / SECOND
}

/// Year, month and day of a number of days since 1970-01-01, in the Gregorian calendar.
pub fn date(mut days: u64) -> (u64, u64, u64) {
    let leap = |year: u64| (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    let mut year = 1970;
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while days >= lengths[month] {
        days -= lengths[month];
        month += 1;
    }
    (year, month as u64 + 1, days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_dates() {
        assert_eq!(date(epoch_seconds(Time::ZERO) / 86_400), (2026, 1, 1));
        assert_eq!(date(11_016), (2000, 2, 29));
    }
}
