//! Schedule expressions of rules, `rate(5 minutes)` and `cron(0 12 * * ? *)`, in UTC (`eb-create-rule-schedule`).

use super::error::PatternError;
use crate::language::translated;

const MINUTE: u64 = 60;
const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;

/// The years that a cron expression may name (`eb-cron-expressions`).
const FIRST_YEAR: u64 = 1970;
const LAST_YEAR: u64 = 2199;

const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// When a rule fires by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Every so many seconds from the moment the rule was made.
    Rate { seconds: u64 },
    /// At these minutes.
    Cron(Box<Cron>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    minutes: Field,
    hours: Field,
    days: Days,
    months: Field,
    years: Field,
}

/// The values of one field that fit.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Field {
    values: Vec<u64>,
}

impl Field {
    fn has(&self, value: u64) -> bool {
        self.values.binary_search(&value).is_ok()
    }
}

/// Which days of the months that fit.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Days {
    OfMonth(Field),
    /// `L`: the last day of the month.
    LastOfMonth,
    /// `15W`: the weekday nearest to the 15th, in the same month.
    NearestWeekday(u64),
    /// 1 is Sunday.
    OfWeek(Field),
    /// `6L`: the last Friday.
    LastOfWeek(u64),
    /// `6#2`: the second Friday.
    NthOfWeek(u64, u64),
}

fn refuse<T>(message: String, hint: &str) -> Result<T, PatternError> {
    Err(PatternError { line: 1, column: 1, path: String::new(), message, hint: hint.to_string() })
}

impl Schedule {
    pub(super) fn read(text: &str) -> Result<Schedule, PatternError> {
        let inside = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        if let Some(rate) = inside("rate") {
            return parse_rate(rate);
        }
        match inside("cron") {
            Some(cron) => parse_cron(cron),
            None => refuse(
                tr!("`{text}` is not a schedule expression.", text = text),
                tr!("Write rate(5 minutes) or cron(0 12 * * ? *); times are UTC."),
            ),
        }
    }

    /// When it fires next after `now`; both in seconds since 1970. `since` is when the rule was made. `None` where it
    /// never fires again.
    pub fn next_after(&self, now: u64, since: u64) -> Option<u64> {
        match self {
            Schedule::Rate { seconds } => Some(since + (now.saturating_sub(since) / seconds + 1) * seconds),
            Schedule::Cron(cron) => cron.next_after(now),
        }
    }
}

fn parse_rate(text: &str) -> Result<Schedule, PatternError> {
    let parts: Vec<&str> = text.split(' ').collect();
    let hint =
        tr!("Write a whole number from 1 and a unit: rate(1 minute), rate(5 minutes), rate(2 hours), rate(1 day).");
    let [value, unit] = parts[..] else { return refuse(tr!("`rate({text})` is not a rate.", text = text), hint) };
    let digits = !value.is_empty() && value.len() <= 9 && value.bytes().all(|byte| byte.is_ascii_digit());
    let value: u64 = if digits { value.parse().unwrap_or(0) } else { 0 };
    let seconds = match (value, unit) {
        (1, "minute") => MINUTE,
        (1, "hour") => HOUR,
        (1, "day") => DAY,
        (2.., "minutes") => MINUTE,
        (2.., "hours") => HOUR,
        (2.., "days") => DAY,
        _ => return refuse(tr!("`rate({text})` is not a rate.", text = text), hint),
    };
    Ok(Schedule::Rate { seconds: value * seconds })
}

fn parse_cron(text: &str) -> Result<Schedule, PatternError> {
    let fields: Vec<&str> = text.split(' ').collect();
    let [minutes, hours, day_of_month, months, day_of_week, years] = fields[..] else {
        return refuse(
            tr!("A cron expression has six fields; this has {}.", fields.len()),
            tr!("Minutes, hours, day of month, month, day of week, year: cron(0 12 * * ? *)."),
        );
    };
    let days = match (day_of_month, day_of_week) {
        ("?", "?") => {
            return refuse(tr!("One of the two fields for days has to say something.").to_string(), tr!("Write *."));
        }
        (day, "?") => read_day_of_month(day)?,
        ("?", day) => read_day_of_week(day)?,
        _ => {
            return refuse(
                tr!("The day of the month and the day of the week cannot both be given.").to_string(),
                tr!("Write ? for one of them."),
            );
        }
    };
    Ok(Schedule::Cron(Box::new(Cron {
        minutes: read_field(minutes, phrase!("minutes"), 0, 59, &[])?,
        hours: read_field(hours, phrase!("hours"), 0, 23, &[])?,
        days,
        months: read_field(months, phrase!("month"), 1, 12, &MONTHS)?,
        years: read_field(years, phrase!("year"), FIRST_YEAR, LAST_YEAR, &[])?,
    })))
}

fn read_day_of_month(text: &str) -> Result<Days, PatternError> {
    if text == "L" {
        return Ok(Days::LastOfMonth);
    }
    match text.strip_suffix('W') {
        Some(day) => Ok(Days::NearestWeekday(read_value(day, phrase!("day of month"), 1, 31, &[])?)),
        None => Ok(Days::OfMonth(read_field(text, phrase!("day of month"), 1, 31, &[])?)),
    }
}

fn read_day_of_week(text: &str) -> Result<Days, PatternError> {
    let value = |text| read_value(text, phrase!("day of week"), 1, 7, &WEEKDAYS);
    if let Some((day, nth)) = text.split_once('#') {
        return Ok(Days::NthOfWeek(value(day)?, read_value(nth, phrase!("day of week"), 1, 5, &[])?));
    }
    match text.strip_suffix('L') {
        Some("") => Ok(Days::LastOfWeek(7)),
        Some(day) => Ok(Days::LastOfWeek(value(day)?)),
        None => Ok(Days::OfWeek(read_field(text, phrase!("day of week"), 1, 7, &WEEKDAYS)?)),
    }
}

/// Lists, ranges and steps: `*`, `0,30`, `MON-FRI`, `0/15`, `9-17/2`.
fn read_field(text: &str, name: &'static str, low: u64, high: u64, names: &[&str]) -> Result<Field, PatternError> {
    let mut values = Vec::new();
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(read_value(step, name, 1, high.max(1), &[])?)),
            None => (part, None),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (low, high),
            Some((first, last)) => {
                (read_value(first, name, low, high, names)?, read_value(last, name, low, high, names)?)
            }
            None => {
                let first = read_value(range, name, low, high, names)?;
                (first, if step.is_some() { high } else { first })
            }
        };
        if first > last {
            let message = tr!("In `{part}` the {field} ends before it begins.", part = part, field = translated(name));
            return refuse(message, tr!("Write the smaller one first."));
        }
        values.extend((first..=last).step_by(step.unwrap_or(1) as usize));
    }
    values.sort_unstable();
    values.dedup();
    Ok(Field { values })
}

fn read_value(text: &str, name: &'static str, low: u64, high: u64, names: &[&str]) -> Result<u64, PatternError> {
    if let Some(position) = names.iter().position(|known| known.eq_ignore_ascii_case(text)) {
        return Ok(position as u64 + 1);
    }
    let digits = !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(value) if digits && (low..=high).contains(&value) => Ok(value),
        _ => refuse(
            tr!("`{text}` is no {field}.", text = text, field = translated(name)),
            &tr!("From {low} to {high}; lists 1,2, ranges 1-5, steps 0/15.", low = low, high = high),
        ),
    }
}

impl Cron {
    fn next_after(&self, now: u64) -> Option<u64> {
        // Whole minutes only, and later than now.
        let first = (now / MINUTE + 1) * MINUTE;
        let mut day = first / DAY;
        let mut minute = first % DAY / MINUTE;
        loop {
            let (year, month, day_of_month) = date(day);
            if year > LAST_YEAR || self.years.values.last().is_none_or(|last| year > *last) {
                return None;
            }
            if self.years.has(year) && self.months.has(month) && self.days.fit(day, year, month, day_of_month) {
                let later = |hour: u64| self.minutes.values.iter().find(|it| hour * 60 + **it >= minute);
                let found = self.hours.values.iter().find_map(|hour| later(*hour).map(|it| hour * 60 + it));
                if let Some(found) = found {
                    return Some(day * DAY + found * MINUTE);
                }
            }
            day += 1;
            minute = 0;
        }
    }
}

/// The day of the week of a number of days since 1970-01-01; 1 is Sunday.
fn weekday(days: u64) -> u64 {
    (days + 4) % 7 + 1
}

impl Days {
    fn fit(&self, days: u64, year: u64, month: u64, day: u64) -> bool {
        let length = month_length(year, month);
        match self {
            Days::OfMonth(field) => field.has(day),
            Days::LastOfMonth => day == length,
            Days::NearestWeekday(wanted) => {
                let wanted = *wanted;
                if wanted > length {
                    return false;
                }
                let nearest = match weekday(days + wanted - day) {
                    7 if wanted > 1 => wanted - 1,
                    7 => wanted + 2,
                    1 if wanted < length => wanted + 1,
                    1 => wanted - 2,
                    _ => wanted,
                };
                day == nearest
            }
            Days::OfWeek(field) => field.has(weekday(days)),
            Days::LastOfWeek(wanted) => weekday(days) == *wanted && day + 7 > length,
            Days::NthOfWeek(wanted, nth) => weekday(days) == *wanted && day.div_ceil(7) == *nth,
        }
    }
}

fn is_leap(year: u64) -> bool {
    (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400)
}

fn month_length(year: u64, month: u64) -> u64 {
    match month {
        2 => 28 + u64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Year, month and day of a number of days since 1970-01-01, in the Gregorian calendar.
pub fn date(days: u64) -> (u64, u64, u64) {
    // The days before a year's first one, counted from the year 1.
    let before = |year: u64| (year - 1) * 365 + (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400;
    let days = days + before(FIRST_YEAR);
    let mut year = days * 400 / 146_097 + 1;
    while before(year) > days {
        year -= 1;
    }
    while before(year + 1) <= days {
        year += 1;
    }
    let mut day = days - before(year);
    let mut month = 1;
    while day >= month_length(year, month) {
        day -= month_length(year, month);
        month += 1;
    }
    (year, month, day + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-01-01T00:00:00Z, a Thursday.
    const START: u64 = 20_454 * DAY;

    #[track_caller]
    fn check(text: &str, times: &[(u64, u64, u64, u64, u64)]) {
        let schedule = Schedule::parse(text).unwrap_or_else(|error| panic!("{error}"));
        let mut now = START;
        for expected in times {
            now = schedule.next_after(now, START).expect("it fires");
            let (year, month, day) = date(now / DAY);
            assert_eq!((year, month, day, now / HOUR % 24, now / MINUTE % 60), *expected, "{text}");
        }
    }

    #[test]
    fn schedules_fire_when_they_say() {
        check("rate(1 minute)", &[(2026, 1, 1, 0, 1), (2026, 1, 1, 0, 2)]);
        check("rate(36 hours)", &[(2026, 1, 2, 12, 0), (2026, 1, 4, 0, 0)]);
        check("cron(0 12 * * ? *)", &[(2026, 1, 1, 12, 0), (2026, 1, 2, 12, 0)]);
        check("cron(0/15 8-17 ? * MON-FRI *)", &[(2026, 1, 1, 8, 0), (2026, 1, 1, 8, 15)]);
        check("cron(30 6 L * ? *)", &[(2026, 1, 31, 6, 30), (2026, 2, 28, 6, 30)]);
        check("cron(0 0 ? * 6L *)", &[(2026, 1, 30, 0, 0), (2026, 2, 27, 0, 0)]);
        check("cron(0 9 ? * 2#1 *)", &[(2026, 1, 5, 9, 0), (2026, 2, 2, 9, 0)]);
        // The 3rd is a Saturday, so it is the 2nd; the 1st of February a Sunday, so it is the 2nd.
        check("cron(0 9 3W 1 ? *)", &[(2026, 1, 2, 9, 0)]);
        check("cron(0 9 1W FEB ? *)", &[(2026, 2, 2, 9, 0)]);
        check("cron(0 0 29 2 ? *)", &[(2028, 2, 29, 0, 0), (2032, 2, 29, 0, 0)]);
    }

    #[test]
    fn a_date_that_never_comes_never_fires() {
        let schedule = Schedule::parse("cron(0 0 30 2 ? *)").expect("valid");
        assert_eq!(schedule.next_after(START, START), None);
        let past = Schedule::parse("cron(0 0 1 1 ? 2020)").expect("valid");
        assert_eq!(past.next_after(START, START), None);
    }

    #[test]
    fn what_the_service_refuses_is_refused() {
        for text in [
            "rate(1 minutes)",
            "rate(10 minute)",
            "rate(0 minutes)",
            "rate(-1 minutes)",
            "rate(5 seconds)",
            "rate(2 years)",
            "rate( 5 minutes)",
            "rate(5  minutes)",
            "RATE(5 minutes)",
            "rate()",
            "",
            "5 minutes",
            "cron(0 12 * * ?)",
            "cron(0 12 * * * *)",
            "cron(0 12 ? * ? *)",
            "cron(60 0 * * ? *)",
            "cron(0 24 * * ? *)",
            "cron(0 0 0 * ? *)",
            "cron(0 0 * 13 ? *)",
            "cron(0 0 ? * 8 *)",
            "cron(0 0 5-2 * ? *)",
            "cron(0/0 0 * * ? *)",
            "cron(x 0 * * ? *)",
        ] {
            assert!(Schedule::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn days_have_dates() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(11_016), (2000, 2, 29));
        assert_eq!(date(20_453), (2025, 12, 31));
        assert_eq!(date(84_005), (2199, 12, 31));
    }
}
