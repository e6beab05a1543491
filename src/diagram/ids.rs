//! Ids for new nodes and edges. Whoever makes them brings the randomness, so that tests and replays get the same ids.

use uuid::Uuid;

/// A source of ids: the same start, the same ids.
#[derive(Clone, Debug)]
pub struct Ids {
    state: u64,
}

impl Ids {
    pub fn new(start: u64) -> Ids {
        Ids { state: start }
    }

    /// A random (version 4) UUID.
    pub fn next_id(&mut self) -> Uuid {
        let (high, low) = (self.number(), self.number());
        uuid::Builder::from_random_bytes(((u128::from(high) << 64) | u128::from(low)).to_be_bytes()).into_uuid()
    }

    /// SplitMix64: every start gives a different sequence.
    fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = self.state;
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        value ^ (value >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_come_again_from_the_same_start() {
        let (mut one, mut same) = (Ids::new(7), Ids::new(7));
        let (first, second) = (one.next_id(), one.next_id());
        assert_ne!(first, second);
        assert_eq!((first, second), (same.next_id(), same.next_id()));
        assert_eq!(first.get_version_num(), 4);
    }
}
