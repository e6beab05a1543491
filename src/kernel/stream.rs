//! Seeded randomness: one stream for each node, edge and purpose, so that adding a node changes no other node's draws.

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg32;
use uuid::Uuid;

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Stream {
    generator: Pcg32,
    /// Normal deviates come in pairs; this is the one not used yet.
    spare_normal: Option<f64>,
}

/// Mixes two numbers into one in which every bit of both shows: the finaliser of MurmurHash3 over their combination.
pub fn mix(a: u64, b: u64) -> u64 {
    let mut value = a.rotate_left(23) ^ b.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    value ^= value >> 33;
    value = value.wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    value ^= value >> 33;
    value = value.wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    value ^ (value >> 33)
}

impl Stream {
    /// The stream of one owner for one purpose.
    pub fn new(seed: u64, owner: Uuid, purpose: u64) -> Self {
        let (high, low) = owner.as_u64_pair();
        let state = mix(mix(mix(seed, high), low), purpose);
        Stream { generator: Pcg32::seed_from_u64(state), spare_normal: None }
    }

    /// A number above 0 and below 1, so that its logarithm is finite.
    pub fn unit(&mut self) -> f64 {
        (f64::from(self.generator.next_u32()) + 0.5) * (1.0 / 4_294_967_296.0)
    }

    /// True with this probability. Draws even where the answer is certain, so that changing a rate shifts nothing else.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A whole number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((self.unit() * bound as f64) as u64).min(bound.saturating_sub(1))
    }

    /// An exponential deviate with mean 1.
    pub fn exponential(&mut self) -> f64 {
        -libm::log(self.unit())
    }

    /// A normal deviate with mean 0 and variance 1 (Marsaglia's polar method).
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare_normal.take() {
            return spare;
        }
        loop {
            let (x, y) = (2.0 * self.unit() - 1.0, 2.0 * self.unit() - 1.0);
            let square = x * x + y * y;
            if square < 1.0 {
                let scale = libm::sqrt(-2.0 * libm::log(square) / square);
                self.spare_normal = Some(y * scale);
                return x * scale;
            }
        }
    }
}
