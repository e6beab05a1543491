//! Means with intervals. Only `libm`, so that a browser shows what the command line prints.

use super::metric::Metric;
use crate::simulation::number::number;
use serde_json::{Value, json};

/// How sure intervals are: of a hundred such intervals, so many hold the true mean.
pub const CONFIDENCE: f64 = 0.95;
/// How sure a difference has to be before it is marked. Tables have many rows, and each may look like a finding by chance.
pub const CONFIDENCE_OF_MARKS: f64 = 0.99;

/// A mean over runs with different seeds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    pub mean: f64,
    /// Half the width of the 95 % confidence interval; `None` from a single run, which says nothing about noise.
    pub half_width: Option<f64>,
    pub count: usize,
    deviation: f64,
}

impl Estimate {
    pub fn of(values: &[f64]) -> Estimate {
        let count = values.len();
        if count == 0 {
            return Estimate::default();
        }
        let mean = values.iter().sum::<f64>() / count as f64;
        // Figures that are all the same have no spread, whatever rounding makes of their mean.
        let same = values.iter().all(|value| *value == values[0]);
        let mean = if same { values[0] } else { mean };
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let deviation = if count > 1 { libm::sqrt(squares / (count - 1) as f64) } else { 0.0 };
        let mut estimate = Estimate { mean, half_width: None, count, deviation };
        estimate.half_width = estimate.half_width_at(CONFIDENCE);
        estimate
    }

    /// Half the width of the interval that holds the true mean this surely.
    pub fn half_width_at(&self, confidence: f64) -> Option<f64> {
        let freedom = self.count.checked_sub(1).filter(|freedom| *freedom > 0)?;
        Some(student_quantile(0.5 + confidence / 2.0, freedom) * self.deviation / libm::sqrt(self.count as f64))
    }

    /// Whether the mean differs from nothing by more than chance explains.
    pub fn beyond_noise(&self) -> bool {
        self.half_width_at(CONFIDENCE_OF_MARKS).is_some_and(|half| self.mean != 0.0 && self.mean.abs() > half)
    }

    /// `412 ms ± 9`.
    pub fn words(&self, metric: &Metric) -> String {
        match self.half_width {
            Some(half) if half > 0.0 => format!("{} ± {}", metric.format(self.mean), number(half)),
            _ => metric.format(self.mean),
        }
    }

    pub fn to_json(&self) -> Value {
        json!({ "mean": self.mean, "half_width_95": self.half_width, "runs": self.count })
    }

    pub fn low(&self) -> f64 {
        self.mean - self.half_width.unwrap_or(0.0)
    }

    pub fn high(&self) -> f64 {
        self.mean + self.half_width.unwrap_or(0.0)
    }
}

/// The mean difference of runs that had the same arrivals, pair by pair: what both had in common cancels out.
pub fn paired(values: &[f64], baseline: &[f64]) -> Estimate {
    let differences: Vec<f64> = values.iter().zip(baseline).map(|(value, baseline)| value - baseline).collect();
    Estimate::of(&differences)
}

/// The quantile of Student's t distribution with so many degrees of freedom, for a probability from 0.5 on.
pub fn student_quantile(probability: f64, freedom: usize) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while student_distribution(high, freedom) < probability && high < 1e9 {
        high *= 2.0;
    }
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        if student_distribution(middle, freedom) < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

/// The probability of a value up to `t`, which is not negative.
fn student_distribution(t: f64, freedom: usize) -> f64 {
    let freedom = freedom as f64;
    1.0 - 0.5 * incomplete_beta(freedom / (freedom + t * t), freedom / 2.0, 0.5)
}

/// The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22) with Lentz's method.
fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    // The fraction converges fast below this, and the other side follows by symmetry.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(1.0 - x, b, a);
    }
    let logarithm = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b) + a * libm::log(x) + b * libm::log1p(-x);
    let nonzero = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let (mut c, mut d) = (1.0, 1.0 / nonzero(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for step in 1..500 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / nonzero(1.0 + even * d);
        c = nonzero(1.0 + even / c);
        fraction *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / nonzero(1.0 + odd * d);
        c = nonzero(1.0 + odd / c);
        let change = d * c;
        fraction *= change;
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    libm::exp(logarithm) * fraction / a
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Stream;
    use uuid::Uuid;

    #[test]
    fn quantiles_are_those_of_the_printed_tables() {
        // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2.
        for (probability, freedom, wanted) in [
            (0.975, 1, 12.706),
            (0.995, 1, 63.657),
            (0.975, 2, 4.303),
            (0.975, 4, 2.776),
            (0.995, 4, 4.604),
            (0.975, 9, 2.262),
            (0.975, 29, 2.045),
            (0.995, 100, 2.626),
        ] {
            let found = student_quantile(probability, freedom);
            assert!((found - wanted).abs() < 6e-4, "{probability}, {freedom}: {found}, not {wanted}");
        }
        assert!((student_quantile(0.975, 1_000_000) - 1.959_966).abs() < 1e-5);
    }

    #[test]
    fn nineteen_of_twenty_intervals_hold_the_true_mean() {
        let mut stream = Stream::new(3, Uuid::nil(), 0);
        let mut held = 0;
        for _ in 0..2_000 {
            let values: Vec<f64> = (0..5).map(|_| 40.0 + 7.0 * stream.normal()).collect();
            let estimate = Estimate::of(&values);
            held += u32::from(estimate.low() <= 40.0 && 40.0 <= estimate.high());
        }
        // 1,900 expected; three deviations of a binomial are 29.
        assert!((1_871..=1_929).contains(&held), "{held} of 2000");
    }

    #[test]
    fn what_two_runs_have_in_common_cancels_out() {
        let mut stream = Stream::new(4, Uuid::nil(), 0);
        let common: Vec<f64> = (0..8).map(|_| 100.0 * stream.normal()).collect();
        let more: Vec<f64> = common.iter().map(|value| value + 3.0 + 0.5 * stream.normal()).collect();
        let difference = paired(&more, &common);
        assert!(difference.beyond_noise() && (difference.mean - 3.0).abs() < 1.0, "{difference:?}");
        assert!(!paired(&common, &common).beyond_noise());
        // Apart, the same figures tell nothing.
        let (a, b) = (Estimate::of(&more), Estimate::of(&common));
        assert!(a.low() < b.high() && b.low() < a.high());
    }

    #[test]
    fn one_run_says_nothing_about_noise() {
        assert_eq!(Estimate::of(&[5.0]).half_width, None);
        assert!(!Estimate::of(&[5.0]).beyond_noise());
        assert!(Estimate::of(&[0.1, 0.1, 0.1]).beyond_noise());
        assert_eq!(Estimate::of(&[0.1, 0.1, 0.1]).half_width, Some(0.0));
    }
}
