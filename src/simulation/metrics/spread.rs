//! How long things took within a span of time: values and how often each occurred, with an error of at most 1 %.

use crate::small;
use hdrhistogram::Histogram;

/// Leading binary digits that are kept: 1 in 128.
const DIGITS: u32 = 8;

/// Ascending values, in microseconds, and how often each occurred.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spread(Vec<(u32, u32)>);

fn rounded(microseconds: u64) -> u32 {
    let value = u32::try_from(microseconds).unwrap_or(u32::MAX);
    let spare = (u32::BITS - value.leading_zeros()).saturating_sub(DIGITS);
    value >> spare << spare
}

impl Spread {
    /// Of these values, which are left empty.
    pub fn of(values: &mut Vec<u32>) -> Spread {
        small::sort(values);
        let mut list: Vec<(u32, u32)> = Vec::new();
        for value in values.drain(..) {
            match list.last_mut() {
                Some((last, count)) if *last == value => *count += 1,
                _ => list.push((value, 1)),
            }
        }
        list.shrink_to_fit();
        Spread(list)
    }

    pub fn add(values: &mut Vec<u32>, microseconds: u64) {
        values.push(rounded(microseconds));
    }

    pub fn merge(&self, other: &Spread) -> Spread {
        let mut list = Vec::with_capacity(self.0.len() + other.0.len());
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        loop {
            match (left.peek(), right.peek()) {
                (Some(a), Some(b)) if a.0 == b.0 => {
                    list.push((a.0, a.1 + b.1));
                    left.next();
                    right.next();
                }
                (Some(a), Some(b)) if a.0 < b.0 => {
                    list.push(**a);
                    left.next();
                }
                (_, Some(b)) => {
                    list.push(**b);
                    right.next();
                }
                (Some(a), None) => {
                    list.push(**a);
                    left.next();
                }
                (None, None) => break,
            }
        }
        list.shrink_to_fit();
        Spread(list)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds it to a histogram.
    fn pour(&self, into: &mut Histogram<u64>) {
        for (value, count) in &self.0 {
            // What is out of range counts as the longest.
            into.saturating_record_n(u64::from(*value), u64::from(*count));
        }
    }
}

/// The value below which this share of several spreads lies, in microseconds; `None` where there is nothing.
pub fn quantile<'a>(
    spreads: impl Iterator<Item = &'a Spread>,
    share: f64,
    scratch: &mut Histogram<u64>,
) -> Option<f64> {
    scratch.reset();
    spreads.for_each(|spread| spread.pour(scratch));
    (!scratch.is_empty()).then(|| scratch.value_at_quantile(share) as f64)
}

/// A histogram as [`quantile`] needs it: from a microsecond to an hour and a quarter.
pub fn scratch() -> Histogram<u64> {
    match Histogram::new_with_bounds(1, 1 << 32, 2) {
        Ok(histogram) => histogram,
        Err(_) => panic!("these bounds are allowed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_right_to_a_hundredth_whether_merged_or_not() {
        let (mut all, mut odd, mut even) = (Vec::new(), Vec::new(), Vec::new());
        for value in 1..=10_000u64 {
            Spread::add(&mut all, value * 37);
            Spread::add(if value % 2 == 0 { &mut even } else { &mut odd }, value * 37);
        }
        let (all, odd, even) = (Spread::of(&mut all), Spread::of(&mut odd), Spread::of(&mut even));
        assert_eq!(odd.merge(&even), all);
        let mut scratch = scratch();
        for share in [0.5, 0.95, 0.99] {
            let exact = share * 370_000.0;
            let found = quantile([&all].into_iter(), share, &mut scratch).expect("values");
            assert!((found / exact - 1.0).abs() < 0.015, "{share}: {found}, not {exact}");
            assert_eq!(quantile([&odd, &even].into_iter(), share, &mut scratch), Some(found));
        }
        assert_eq!(quantile([].into_iter(), 0.5, &mut scratch), None);
    }
}
