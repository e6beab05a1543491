//! Entries of about the next second, each in the slot of its millisecond: one is found without comparing it with many.

use super::Entry;
use crate::kernel::Time;

/// How long a slot is: 2 to the power of this, in microseconds.
const WIDTH: u32 = 10;
/// How many slots there are; they follow each other in a circle.
const SLOTS: usize = 1_024;
/// So many entries fit into a slot, because they are looked through one by one.
const CROWD: u32 = 32;
/// No entry.
const NONE: u32 = u32::MAX;
const WORD: usize = u64::BITS as usize;
const WORDS: usize = SLOTS / WORD;

#[derive(Clone, Copy, Debug)]
struct Slot {
    first: u32,
    count: u32,
}

#[derive(Clone, Copy, Debug)]
struct Link<E> {
    entry: Entry<E>,
    /// The next one of the slot, or of the free ones.
    next: u32,
}

#[derive(Clone, Debug)]
pub struct Near<E> {
    slots: Vec<Slot>,
    /// A bit for each slot that has entries.
    filled: [u64; WORDS],
    links: Vec<Link<E>>,
    free: u32,
    count: usize,
}

/// Where an entry is: its slot, its link, and the link before it.
#[derive(Clone, Copy)]
pub struct Place {
    slot: usize,
    link: u32,
    before: u32,
}

fn slot_of(time: Time) -> u64 {
    time.0 >> WIDTH
}

impl<E> Default for Near<E> {
    fn default() -> Self {
        let empty = Slot { first: NONE, count: 0 };
        Near { slots: vec![empty; SLOTS], filled: [0; WORDS], links: Vec::new(), free: NONE, count: 0 }
    }
}

impl<E: Copy> Near<E> {
    /// Takes an entry, if it is due soon enough after `now`, and its slot not crowded.
    pub fn push(&mut self, entry: Entry<E>, now: Time) -> bool {
        let number = slot_of(entry.time);
        if number.wrapping_sub(slot_of(now)) >= SLOTS as u64 {
            return false;
        }
        let place = number as usize % SLOTS;
        let slot = &mut self.slots[place];
        if slot.count >= CROWD {
            return false;
        }
        let link = Link { entry, next: slot.first };
        slot.first = match self.links.get_mut(self.free as usize) {
            Some(free) => {
                let taken = self.free;
                self.free = free.next;
                *free = link;
                taken
            }
            None => {
                self.links.push(link);
                self.links.len() as u32 - 1
            }
        };
        slot.count += 1;
        self.filled[place / WORD] |= 1 << (place % WORD);
        self.count += 1;
        true
    }

    /// The earliest entry and where it is; nothing here is due before `now`.
    pub fn first(&self, now: Time) -> Option<(&Entry<E>, Place)> {
        if self.count == 0 {
            return None;
        }
        let slot = self.first_filled(slot_of(now) as usize % SLOTS)?;
        let first = self.slots[slot].first;
        let mut earliest = self.links.get(first as usize)?;
        let mut place = Place { slot, link: first, before: NONE };
        let (mut before, mut link) = (first, earliest.next);
        while let Some(next) = self.links.get(link as usize) {
            if next.entry.key() < earliest.entry.key() {
                earliest = next;
                place = Place { slot, link, before };
            }
            (before, link) = (link, next.next);
        }
        Some((&earliest.entry, place))
    }

    /// The first slot with entries from this one on, around the circle.
    fn first_filled(&self, from: usize) -> Option<usize> {
        let (word, bit) = (from / WORD, from % WORD);
        let ahead = self.filled[word] & (u64::MAX << bit);
        if ahead != 0 {
            return Some(word * WORD + ahead.trailing_zeros() as usize);
        }
        // What is left of the first word comes last.
        (1..=WORDS).map(|step| (word + step) % WORDS).find_map(|word| {
            let bits = self.filled[word];
            (bits != 0).then(|| word * WORD + bits.trailing_zeros() as usize)
        })
    }

    /// Takes out the entry at this place.
    pub fn take(&mut self, place: Place) {
        let link = &mut self.links[place.link as usize];
        let next = link.next;
        link.next = self.free;
        self.free = place.link;
        self.count -= 1;
        let slot = &mut self.slots[place.slot];
        slot.count -= 1;
        match self.links.get_mut(place.before as usize) {
            Some(before) => before.next = next,
            None => slot.first = next,
        }
        if slot.count == 0 {
            self.filled[place.slot / WORD] &= !(1 << (place.slot % WORD));
        }
    }

    pub fn len(&self) -> usize {
        self.count
    }

    pub fn iter(&self) -> impl Iterator<Item = &E> {
        let firsts = self.slots.iter().map(|slot| slot.first);
        firsts.flat_map(|first| {
            let of = |link: u32| self.links.get(link as usize);
            std::iter::successors(of(first), move |link| of(link.next)).map(|link| &link.entry.event)
        })
    }
}
