//! Numbers as the rule engine compares them.

use std::cmp::Ordering;

/// A number that a double holds without loss, so that comparing it means what its author wrote.
///
/// A literal whose decimal value does not survive the way to a double and back (`9007199254740993`, `1e400`) has no
/// `Number`: it never compares, it only equals its own spelling.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number(f64);

impl Number {
    /// Reads a JSON number's literal.
    pub(crate) fn parse(literal: &str) -> Option<Number> {
        if let Some(value) = exact(literal) {
            return Some(Number(value));
        }
        match significant_digits(literal) {
            0 => return Some(Number(0.0)),
            1..=17 => {}
            // The shortest decimal of a double never has more digits.
            _ => return None,
        }
        // A quick reading is off by a few units in the last place at most. The double that a literal means without loss
        // is the one whose shortest decimal it is.
        let near: f64 = serde_json::from_str(literal).ok()?;
        let around = near.to_bits() & !SIGN;
        let candidates = (0..=SEARCHED).flat_map(|step| [around.checked_add(step), around.checked_sub(step)]);
        let sign = near.to_bits() & SIGN;
        let doubles = candidates.flatten().map(|bits| f64::from_bits(bits | sign)).filter(|value| value.is_finite());
        doubles.into_iter().find(|value| is_shortest(literal, *value)).map(Number)
    }

    /// Whether its absolute value is at most `largest` and it has at most `decimals` digits behind the decimal point.
    pub(crate) fn is_within(self, largest: f64, decimals: usize) -> bool {
        // Display writes the shortest decimal that means this double, without an exponent.
        let fraction = self.0.to_string().split_once('.').map_or(0, |(_, fraction)| fraction.len());
        self.0.abs() <= largest && fraction <= decimals
    }

    /// Equal numbers, and only they, have equal bits: a key for look-up tables.
    pub(crate) fn bits(self) -> u64 {
        self.0.to_bits()
    }
}

impl std::hash::Hash for Number {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.bits().hash(state);
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        self.0 == other.0
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

const SIGN: u64 = 1 << 63;

/// How many doubles on both sides of a quick reading are looked at.
const SEARCHED: u64 = 8;

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// The double that a short literal means: with both the digits and the power of ten held exactly, one operation rounds
/// once. Up to fifteen digits survive a double there and back.
fn exact(literal: &str) -> Option<f64> {
    let (mut digits, mut count, mut behind_point, mut point) = (0u64, 0, 0i64, false);
    let (mantissa, power) = literal.split_once(['e', 'E']).unwrap_or((literal, "0"));
    for byte in mantissa.bytes() {
        match byte {
            b'0'..=b'9' => {
                digits = digits * 10 + u64::from(byte - b'0');
                count += i32::from(digits > 0);
                behind_point += i64::from(point);
            }
            b'.' => point = true,
            _ => {}
        }
        if count > 15 {
            return None;
        }
    }
    let power = power.parse::<i64>().ok()? - behind_point;
    let scale = POWERS.get(usize::try_from(power.unsigned_abs()).ok()?)?;
    let value = if power < 0 { digits as f64 / scale } else { digits as f64 * scale };
    // A negative zero is the ordinary one.
    Some(if literal.starts_with('-') && digits > 0 { -value } else { value })
}

fn mantissa(literal: &str) -> &str {
    literal.split(['e', 'E']).next().unwrap_or(literal)
}

/// Digits from the first to the last that is not zero.
fn significant_digits(literal: &str) -> usize {
    let (mut count, mut zeros) = (0, 0);
    for byte in mantissa(literal).bytes().filter(u8::is_ascii_digit) {
        if byte != b'0' {
            count += zeros + 1;
            zeros = 0;
        } else if count > 0 {
            zeros += 1;
        }
    }
    count
}

/// Whether a literal means just the decimal number that the shortest literal of `value` means.
fn is_shortest(literal: &str, value: f64) -> bool {
    let mut buffer = zmij::Buffer::new();
    let shortest = buffer.format_finite(value);
    literal == shortest || exponent(literal) == exponent(shortest) && digits(literal).eq(digits(shortest))
}

/// The digits of a literal without the zeros at both ends.
fn digits(literal: &str) -> impl Iterator<Item = u8> {
    let digits = mantissa(literal).bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0');
    digits.take(significant_digits(literal))
}

/// By which power of ten to multiply `0.` followed by a literal's [`digits`].
fn exponent(literal: &str) -> i64 {
    let unsigned = literal.trim_start_matches('-');
    let written = unsigned.split_once(['e', 'E']).map_or(0, |(_, exponent)| exponent.parse().unwrap_or(i64::MAX / 2));
    let mantissa = mantissa(unsigned);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let zeros = |digits: &str| digits.bytes().take_while(|digit| *digit == b'0').count();
    let leading = if zeros(whole) < whole.len() { zeros(whole) } else { whole.len() + zeros(fraction) };
    written + whole.len() as i64 - leading as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_equal_however_they_are_spelt() {
        for same in ["300", "300.0", "3e2", "3.00E+2", "0.3e3", "30000e-2"] {
            assert_eq!(Number::parse(same), Number::parse("300"), "{same}");
        }
        assert_eq!(Number::parse("-0.0"), Number::parse("0e99999999999"));
        assert_eq!(Number::parse("-0").unwrap().bits(), Number::parse("0").unwrap().bits());
    }

    proptest::proptest! {
        #[test]
        fn a_number_is_the_double_that_it_means(digits in 0u64.., point in 0usize..20, power in -330i32..330) {
            let mut literal = digits.to_string();
            if point > 0 && point < literal.len() {
                literal.insert(point, '.');
            }
            for literal in [literal.clone(), format!("{literal}e{power}"), format!("-{literal}E+{}", power.unsigned_abs())] {
                let value: f64 = literal.parse().unwrap();
                let survives = value.is_finite() && is_shortest(&literal, value);
                if significant_digits(&literal) > 0 {
                    assert_eq!(Number::parse(&literal), survives.then_some(Number(value)), "{literal}");
                }
            }
        }
    }

    #[test]
    fn what_a_double_cannot_hold_does_not_compare() {
        for lost in ["9007199254740993", "12345678901234567", "0.300000000000000044", "1e400", "1e-400", "1.8e308"] {
            assert_eq!(Number::parse(lost), None, "{lost}");
        }
        for kept in ["9007199254740992", "0.30000000000000004", "1.7976931348623157e308", "1e-300", "301.8", "-5"] {
            assert!(Number::parse(kept).is_some(), "{kept}");
        }
    }
}
