//! Draws durations from the distributions that people write.

use super::stream::Stream;
use crate::diagram::Distribution;

/// A distribution prepared for drawing. Durations are whole microseconds.
#[derive(Clone, Debug, PartialEq)]
pub enum Sampler {
    Constant(u64),
    Uniform {
        low: f64,
        span: f64,
    },
    Exponential {
        mean: f64,
    },
    LogNormal {
        mu: f64,
        sigma: f64,
    },
    /// Quantile and logarithm of the value.
    Empirical(Vec<(f64, f64)>),
}

/// The 99th percentile of the standard normal distribution.
const NORMAL_P99: f64 = 2.326_347_874_040_841;

const MICROSECONDS: f64 = 1_000.0;

fn whole(microseconds: f64) -> u64 {
    (microseconds + 0.5) as u64
}

impl Sampler {
    pub fn new(distribution: &Distribution) -> Self {
        match distribution {
            Distribution::Constant(value) => Sampler::Constant(whole(value * MICROSECONDS)),
            Distribution::Uniform(low, high) => {
                Sampler::Uniform { low: low * MICROSECONDS, span: (high - low) * MICROSECONDS }
            }
            Distribution::Exponential(mean) => Sampler::Exponential { mean: mean * MICROSECONDS },
            Distribution::LogNormal { median, p99 } => {
                let mu = libm::log(median * MICROSECONDS);
                Sampler::LogNormal { mu, sigma: (libm::log(p99 * MICROSECONDS) - mu) / NORMAL_P99 }
            }
            Distribution::Empirical(points) => Sampler::Empirical(
                points.iter().map(|(quantile, value)| (*quantile, libm::log(value * MICROSECONDS))).collect(),
            ),
        }
    }

    pub fn draw(&self, stream: &mut Stream) -> u64 {
        match self {
            Sampler::Constant(value) => *value,
            Sampler::Uniform { low, span } => whole(low + span * stream.unit()),
            Sampler::Exponential { mean } => whole(mean * stream.exponential()),
            Sampler::LogNormal { mu, sigma } => whole(libm::exp(mu + sigma * stream.normal())),
            Sampler::Empirical(points) => whole(libm::exp(interpolate(points, stream.unit()))),
        }
    }
}

/// Linear between the points; flat beyond the first and the last, because nothing was measured there.
fn interpolate(points: &[(f64, f64)], quantile: f64) -> f64 {
    let after = points.partition_point(|point| point.0 < quantile);
    match (after.checked_sub(1).and_then(|before| points.get(before)), points.get(after)) {
        (Some(before), Some(after)) => before.1 + (after.1 - before.1) * (quantile - before.0) / (after.0 - before.0),
        (Some(last), None) => last.1,
        (None, Some(first)) => first.1,
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    /// Mean, median and 99th percentile of many draws, in milliseconds.
    fn summary(distribution: Distribution) -> (f64, f64, f64) {
        let sampler = Sampler::new(&distribution);
        let mut stream = Stream::new(1, Uuid::nil(), 0);
        let mut draws: Vec<f64> = (0..200_000).map(|_| sampler.draw(&mut stream) as f64 / MICROSECONDS).collect();
        draws.sort_by(f64::total_cmp);
        (draws.iter().sum::<f64>() / draws.len() as f64, draws[draws.len() / 2], draws[draws.len() * 99 / 100])
    }

    #[track_caller]
    fn near(actual: f64, expected: f64) {
        assert!((actual - expected).abs() <= expected * 0.02, "{actual} is not within 2 % of {expected}");
    }

    #[test]
    fn draws_have_the_figures_that_people_wrote() {
        assert_eq!(summary(Distribution::Constant(20.0)), (20.0, 20.0, 20.0));
        let (mean, median, _) = summary(Distribution::Uniform(10.0, 30.0));
        near(mean, 20.0);
        near(median, 20.0);
        let (mean, median, p99) = summary(Distribution::Exponential(50.0));
        near(mean, 50.0);
        near(median, 50.0 * std::f64::consts::LN_2);
        near(p99, 50.0 * 4.605);
        let (_, median, p99) = summary(Distribution::LogNormal { median: 16.0, p99: 105.0 });
        near(median, 16.0);
        near(p99, 105.0);
        let (_, median, p99) =
            summary(Distribution::Empirical(vec![(0.1, 13.7), (0.5, 16.2), (0.9, 33.8), (0.99, 105.0)]));
        near(median, 16.2);
        near(p99, 105.0);
    }

    #[test]
    fn one_owners_draws_do_not_depend_on_anothers() {
        let mut first = Stream::new(7, Uuid::from_u128(1), 0);
        let alone: Vec<u64> = (0..5).map(|_| first.below(1_000_000)).collect();
        let mut first = Stream::new(7, Uuid::from_u128(1), 0);
        let mut second = Stream::new(7, Uuid::from_u128(2), 0);
        let beside: Vec<u64> = (0..5)
            .map(|_| {
                second.below(10);
                first.below(1_000_000)
            })
            .collect();
        assert_eq!(alone, beside);
    }
}
