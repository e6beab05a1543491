//! Numbers with a fixed number of decimals. The standard library can write any number exactly, and brings 20 kilobytes
//! along for it.

use std::fmt;

/// Larger values are no measure of anything that is drawn or told here, and are written as this one.
const LARGEST: f64 = 1e15;

/// A number with so many decimals, at most nine; halves are rounded away from zero. What is no number is "–".
pub fn fixed(value: f64, decimals: u32) -> impl fmt::Display {
    Fixed { value, decimals: decimals.min(9), trimmed: false }
}

/// The same without the zeros at its end, as the attributes of drawings have it.
pub fn short(value: f64, decimals: u32) -> impl fmt::Display {
    Fixed { value, decimals: decimals.min(9), trimmed: true }
}

struct Fixed {
    value: f64,
    decimals: u32,
    trimmed: bool,
}

impl fmt::Display for Fixed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.value.is_nan() {
            return out.write_str("–");
        }
        let unit = 10_u64.pow(self.decimals);
        let parts = (self.value.abs().min(LARGEST) * unit as f64).min(u64::MAX as f64);
        let parts = libm::round(parts) as u64;
        // Nothing is not less than nothing.
        if self.value < 0.0 && parts > 0 {
            out.write_str("-")?;
        }
        write!(out, "{}", parts / unit)?;
        let (mut part, mut decimals) = (parts % unit, self.decimals as usize);
        while self.trimmed && decimals > 0 && part.is_multiple_of(10) {
            (part, decimals) = (part / 10, decimals - 1);
        }
        match decimals {
            0 => Ok(()),
            _ => write!(out, ".{part:0decimals$}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{fixed, short};
    use proptest::prelude::*;

    #[test]
    fn decimals_are_padded_and_rounded() {
        let written = |value, decimals| fixed(value, decimals).to_string();
        assert_eq!(written(1.05, 2), "1.05");
        assert_eq!(written(-0.04, 1), "0.0");
        assert_eq!(written(-12.96, 1), "-13.0");
        assert_eq!(written(0.5, 0), "1");
        assert_eq!(written(0.000_012_3, 7), "0.0000123");
        assert_eq!(written(f64::NAN, 1), "–");
        assert_eq!((short(2.0, 2).to_string(), short(2.5, 2).to_string()), ("2".to_string(), "2.5".to_string()));
        assert_eq!(written(f64::INFINITY, 0), "1000000000000000");
    }

    proptest! {
        #[test]
        fn it_is_as_near_as_the_decimals_allow(value in -1e9..1e9, decimals in 0_u32..6) {
            let read: f64 = fixed(value, decimals).to_string().parse().expect("a number");
            let nearest = 0.500_001 / 10_u64.pow(decimals) as f64 + value.abs() * f64::EPSILON;
            prop_assert!((read - value).abs() <= nearest, "{read}");
        }
    }
}
