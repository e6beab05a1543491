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
        let decimal = Decimal::of(literal)?;
        let (magnitude, exact) = decimal.near(literal)?;
        let value = if exact {
            magnitude
        } else {
            // The double that a decimal means without loss is the one whose shortest decimal it is.
            let bits = magnitude.to_bits();
            let around = (0..=SEARCHED).flat_map(|step| [bits.checked_add(step), bits.checked_sub(step)]);
            let doubles = around.flatten().map(f64::from_bits).filter(|value| value.is_finite());
            doubles.into_iter().find(|value| decimal.is_shortest_of(*value, literal))?
        };
        // A negative zero is the ordinary one.
        Some(Number(if literal.starts_with('-') && value > 0.0 { -value } else { value }))
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

/// How many doubles on both sides of a quick reading are looked at: it is off by a few units in the last place at most.
const SEARCHED: u64 = 8;

/// The most digits that the shortest decimal of a double has.
const MAX_DIGITS: u32 = 17;

/// From which number on there is no room for so many zeros and one more digit.
const LIMIT: [u64; MAX_DIGITS as usize + 1] = {
    let mut limit = [1; MAX_DIGITS as usize + 1];
    let mut zeros = 0;
    while zeros < MAX_DIGITS {
        limit[zeros as usize] = 10u64.pow(MAX_DIGITS - zeros - 1);
        zeros += 1;
    }
    limit
};

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// The absolute value of a literal: digits, the last of them not zero, times a power of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Decimal {
    digits: u64,
    power: i64,
}

impl Decimal {
    /// Nothing if it has more digits than the shortest decimal of any double.
    fn of(literal: &str) -> Option<Decimal> {
        let bytes = literal.as_bytes();
        let mantissa = bytes.iter().position(|byte| matches!(byte, b'e' | b'E')).unwrap_or(bytes.len());
        // Zeros count only if another digit follows; `zeros` are those that wait for one.
        let (mut digits, mut zeros, mut behind_point, mut point) = (0u64, 0, 0i64, false);
        for byte in &bytes[..mantissa] {
            let digit = byte.wrapping_sub(b'0');
            if digit == 0 {
                zeros += u32::from(digits > 0);
            } else if digit < 10 {
                if digits >= LIMIT[zeros.min(MAX_DIGITS) as usize] {
                    return None;
                }
                while zeros > 0 {
                    digits *= 10;
                    zeros -= 1;
                }
                digits = digits * 10 + u64::from(digit);
            } else {
                point |= *byte == b'.';
                continue;
            }
            behind_point += i64::from(point);
        }
        let written = literal.get(mantissa + 1..).map_or(0, |exponent| {
            // Beyond any double, and still far from an overflow.
            let far = if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 };
            exponent.parse().unwrap_or(far)
        });
        let power = written.saturating_sub(behind_point).saturating_add(i64::from(zeros));
        Some(if digits == 0 { Decimal { digits, power: 0 } } else { Decimal { digits, power } })
    }

    /// Whether it is the shortest decimal that means a double.
    fn is_shortest_of(self, value: f64, literal: &str) -> bool {
        let mut buffer = zmij::Buffer::new();
        let shortest = buffer.format_finite(value);
        // Most numbers are spelt so.
        literal.strip_prefix('-').unwrap_or(literal) == shortest || Decimal::of(shortest) == Some(self)
    }

    /// A double near to it, and whether it is the nearest one; nothing if it is beyond all doubles.
    fn near(self, literal: &str) -> Option<(f64, bool)> {
        if self.digits == 0 {
            return Some((0.0, true));
        }
        match usize::try_from(self.power.unsigned_abs()).ok().and_then(|power| POWERS.get(power)) {
            Some(scale) => {
                let digits = self.digits as f64;
                let value = if self.power < 0 { digits / scale } else { digits * scale };
                // With both numbers held exactly, the one operation rounds to the nearest double, which up to fifteen
                // digits survive.
                Some((value, self.digits < 1_000_000_000_000_000))
            }
            None => serde_json::from_str(literal).ok().map(|value: f64| (value.abs(), false)),
        }
    }
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
                let decimal = Decimal::of(&literal);
                let survives = value.is_finite() && decimal.is_some_and(|decimal| decimal.is_shortest_of(value.abs(), &literal));
                proptest::prop_assert_eq!(Number::parse(&literal), survives.then_some(Number(value + 0.0)));
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
