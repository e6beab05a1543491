//! When requests come that do not wait for answers.

use crate::diagram::settings::Arrivals;
use crate::kernel::{SECOND, Stream};

/// Microseconds to the next arrival, where `elapsed` have passed since the first; `None` where nothing comes any more.
/// `count` is how many there were.
pub fn pause(arrivals: &Arrivals, elapsed: u64, count: u64, stream: &mut Stream) -> Option<u64> {
    let mut drawn = |rate: f64| (SECOND as f64 / rate * stream.exponential() + 0.5) as u64;
    match *arrivals {
        Arrivals::Constant { rate } if rate > 0.0 => Some((SECOND as f64 / rate) as u64),
        Arrivals::Poisson { rate } if rate > 0.0 => Some(drawn(rate)),
        Arrivals::Ramp { from, to, over } => {
            let passed = elapsed.min(over) as f64 / over as f64;
            // A rate near zero would put the first arrival beyond the end of the ramp.
            Some(drawn((from + (to - from) * passed).max(0.1)))
        }
        Arrivals::Burst { every, .. } => Some(every),
        Arrivals::Steps(ref steps) => until_area(steps, elapsed, stream.exponential()),
        Arrivals::Sine { mean, amplitude, period } => swing(mean, amplitude, period, elapsed, stream),
        Arrivals::Times(ref times) => times.get(count as usize).map(|time| time.saturating_sub(elapsed)),
        _ => None,
    }
}

/// Walks along the steps until so many arrivals are expected: exact for rates that change.
fn until_area(steps: &[(f64, u64)], elapsed: u64, mut area: f64) -> Option<u64> {
    let cycle: u64 = steps.iter().map(|step| step.1).sum();
    let expected: f64 = steps.iter().map(|(rate, span)| rate * *span as f64 / SECOND as f64).sum();
    if expected <= 0.0 || cycle == 0 {
        return None;
    }
    let cycles = (area / expected) as u64;
    area -= cycles as f64 * expected;
    let mut passed = cycles.saturating_mul(cycle);
    let mut into = elapsed % cycle;
    // Twice around is more than is left.
    for (rate, span) in steps.iter().chain(steps).chain(steps) {
        if into >= *span {
            into -= span;
            continue;
        }
        let left = span - into;
        into = 0;
        let here = rate * left as f64 / SECOND as f64;
        if area <= here && *rate > 0.0 {
            return Some(passed.saturating_add((area / rate * SECOND as f64 + 0.5) as u64));
        }
        area -= here;
        passed = passed.saturating_add(left);
    }
    Some(passed)
}

/// Draws at the highest rate, and keeps each draw with the share that the rate has then.
fn swing(mean: f64, amplitude: f64, period: u64, elapsed: u64, stream: &mut Stream) -> Option<u64> {
    let highest = mean + amplitude;
    if highest <= 0.0 {
        return None;
    }
    let mut passed = 0.0;
    for _ in 0..10_000 {
        passed += SECOND as f64 / highest * stream.exponential();
        let turns = (elapsed as f64 + passed) / period as f64;
        let rate = mean + amplitude * libm::sin(core::f64::consts::TAU * (turns - libm::floor(turns)));
        if stream.unit() * highest < rate {
            break;
        }
    }
    Some((passed + 0.5) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    /// How many come in each of `bins` equal parts of a period, over many periods.
    fn counts(arrivals: &Arrivals, period: u64, bins: usize) -> Vec<f64> {
        let mut stream = Stream::new(1, Uuid::nil(), 0);
        let mut counts = vec![0.0; bins];
        let (mut now, mut count) = (0, 0);
        while now < 2_000 * period {
            now += pause(arrivals, now, count, &mut stream).expect("more to come").max(1);
            count += 1;
            counts[(now % period) as usize * bins / period as usize] += 1.0 / 2_000.0;
        }
        counts
    }

    #[test]
    fn steps_and_waves_have_their_rates() {
        let steps = Arrivals::Steps(vec![(1.0, 10 * SECOND), (0.0, 10 * SECOND), (10.0, 10 * SECOND)]);
        let found = counts(&steps, 30 * SECOND, 3);
        for (found, wanted) in found.iter().zip([10.0, 0.0, 100.0]) {
            assert!((found - wanted).abs() <= wanted * 0.03, "{found:?} for {wanted}");
        }
        let sine = Arrivals::Sine { mean: 10.0, amplitude: 10.0, period: 40 * SECOND };
        let found = counts(&sine, 40 * SECOND, 2);
        // The integral over half a wave: mean ± 2/π of the amplitude.
        for (found, wanted) in
            found.iter().zip([200.0 + 400.0 / core::f64::consts::PI, 200.0 - 400.0 / core::f64::consts::PI])
        {
            assert!((found - wanted).abs() <= wanted * 0.03, "{found:?} for {wanted}");
        }
    }

    #[test]
    fn nothing_comes_at_no_rate_and_after_the_last_time() {
        let mut stream = Stream::new(1, Uuid::nil(), 0);
        let mut next = |arrivals: &Arrivals, count| pause(arrivals, 0, count, &mut stream);
        assert_eq!(next(&Arrivals::Steps(vec![(0.0, SECOND)]), 0), None);
        assert_eq!(next(&Arrivals::Sine { mean: 0.0, amplitude: 0.0, period: SECOND }, 0), None);
        assert_eq!(next(&Arrivals::Times(vec![5, 9]), 1), Some(9));
        assert_eq!(next(&Arrivals::Times(vec![5, 9]), 2), None);
    }
}
