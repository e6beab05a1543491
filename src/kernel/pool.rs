//! Things that come and go, by keys that never name anything newer.

/// The key of something in a [`Pool`]. Fits into 56 bits, so that a token can carry a small number beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    slot: u32,
    generation: u32,
}

const GENERATION_BITS: u32 = 24;
const GENERATION_MASK: u32 = (1 << GENERATION_BITS) - 1;

impl Key {
    /// As a number below 2^56.
    pub fn number(self) -> u64 {
        (u64::from(self.slot) << GENERATION_BITS) | u64::from(self.generation)
    }

    pub fn from_number(number: u64) -> Key {
        Key { slot: (number >> GENERATION_BITS) as u32, generation: number as u32 & GENERATION_MASK }
    }
}

/// A set of things with stable keys. Walking through it follows the slots, so it is the same on every platform.
#[derive(Clone, Debug)]
pub struct Pool<T> {
    slots: Vec<(u32, Option<T>)>,
    free: Vec<u32>,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Pool { slots: Vec::new(), free: Vec::new() }
    }
}

impl<T> Pool<T> {
    pub fn add(&mut self, value: T) -> Key {
        match self.free.pop() {
            Some(slot) => {
                let entry = &mut self.slots[slot as usize];
                entry.1 = Some(value);
                Key { slot, generation: entry.0 }
            }
            None => {
                self.slots.push((0, Some(value)));
                Key { slot: self.slots.len() as u32 - 1, generation: 0 }
            }
        }
    }

    pub fn get(&self, key: Key) -> Option<&T> {
        self.slots.get(key.slot as usize).filter(|slot| slot.0 == key.generation).and_then(|slot| slot.1.as_ref())
    }

    pub fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        self.slots.get_mut(key.slot as usize).filter(|slot| slot.0 == key.generation).and_then(|slot| slot.1.as_mut())
    }

    pub fn remove(&mut self, key: Key) -> Option<T> {
        let slot = self.slots.get_mut(key.slot as usize).filter(|slot| slot.0 == key.generation)?;
        let value = slot.1.take()?;
        slot.0 = (slot.0 + 1) & GENERATION_MASK;
        self.free.push(key.slot);
        Some(value)
    }

    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn iter(&self) -> impl Iterator<Item = (Key, &T)> {
        self.slots.iter().zip(0..).filter_map(|((generation, value), slot)| {
            value.as_ref().map(|value| (Key { slot, generation: *generation }, value))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_key_never_names_something_newer() {
        let mut pool = Pool::default();
        let first = pool.add("first");
        assert_eq!(pool.remove(first), Some("first"));
        let second = pool.add("second");
        assert_eq!(pool.get(first), None);
        assert_eq!(pool.get(second), Some(&"second"));
        assert_eq!(Key::from_number(second.number()), second);
        assert_eq!(pool.len(), 1);
    }
}
