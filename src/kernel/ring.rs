//! The latest entries of a list that only grows. Copies share what they have in common, so that copying is cheap
//! however much is kept.

use std::collections::VecDeque;
use std::rc::Rc;

const CHUNK: usize = 1_024;

#[derive(Clone, Debug)]
pub struct Ring<T> {
    /// Full ones, oldest first.
    chunks: VecDeque<Rc<Vec<T>>>,
    /// The newest, fewer than a chunk.
    last: Vec<T>,
    count: u64,
    capacity: usize,
}

impl<T> Ring<T> {
    /// Keeps this many entries, and up to a chunk more.
    pub fn new(capacity: usize) -> Ring<T> {
        Ring { chunks: VecDeque::new(), last: Vec::new(), count: 0, capacity }
    }

    pub fn push(&mut self, entry: T) {
        self.last.push(entry);
        self.count += 1;
        if self.last.len() == CHUNK {
            self.seal();
        }
    }

    #[cold]
    fn seal(&mut self) {
        let full = std::mem::replace(&mut self.last, Vec::with_capacity(CHUNK));
        self.chunks.push_back(Rc::new(full));
        if self.chunks.len() > self.capacity.div_ceil(CHUNK) {
            self.chunks.pop_front();
        }
    }

    /// How many entries there ever were: the number that the next one gets.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The number of the oldest entry that is still kept.
    pub fn first_kept(&self) -> u64 {
        self.count - (self.chunks.len() * CHUNK + self.last.len()) as u64
    }

    /// An entry by its number, where it is still kept.
    pub fn get(&self, number: u64) -> Option<&T> {
        let place = number.checked_sub(self.first_kept())? as usize;
        match self.chunks.get(place / CHUNK) {
            Some(chunk) => chunk.get(place % CHUNK),
            None => self.last.get(place - self.chunks.len() * CHUNK),
        }
    }

    /// Keeps only the latest entries: at least this many, where there are so many.
    pub fn shorten(&mut self, kept: usize) {
        while self.chunks.len() > kept.div_ceil(CHUNK) {
            self.chunks.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_latest_under_their_numbers_and_copies_stay_as_they_were() {
        let mut ring = Ring::new(3_000);
        (0..2_500u64).for_each(|number| ring.push(number));
        let mut copy = ring.clone();
        (2_500..10_000).for_each(|number| ring.push(number));
        assert_eq!((ring.count(), copy.count(), copy.first_kept()), (10_000, 2_500, 0));
        assert!((ring.first_kept()..10_000).all(|number| ring.get(number) == Some(&number)));
        assert!(ring.first_kept() <= 7_000 && ring.first_kept() >= 10_000 - 3_000 - 2 * CHUNK as u64);
        assert!((0..2_500).all(|number| copy.get(number) == Some(&number)));
        assert_eq!((ring.get(10_000), ring.get(0)), (None, None));
        copy.shorten(100);
        assert_eq!((copy.first_kept(), copy.get(2_499)), (1_024, Some(&2_499)));
    }
}
