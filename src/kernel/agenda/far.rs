//! Entries in a heap.

use super::Entry;

/// How many entries lie below each one. With four the heap is half as deep as with two, and those that are compared lie
/// side by side.
const BRANCHES: usize = 4;

/// Each entry is due no later than those below it: [`BRANCHES`] times its place, and one more, is where they begin.
#[derive(Clone, Debug)]
pub struct Far<E> {
    heap: Vec<Entry<E>>,
}

impl<E> Default for Far<E> {
    fn default() -> Self {
        Far { heap: Vec::new() }
    }
}

impl<E: Copy> Far<E> {
    pub fn push(&mut self, entry: Entry<E>) {
        self.heap.push(entry);
        self.rise(self.heap.len() - 1, entry);
    }

    /// Puts an entry where `hole` is, or above it.
    fn rise(&mut self, mut hole: usize, entry: Entry<E>) {
        while hole > 0 {
            let above = (hole - 1) / BRANCHES;
            if self.heap[above].key() <= entry.key() {
                break;
            }
            self.heap[hole] = self.heap[above];
            hole = above;
        }
        self.heap[hole] = entry;
    }

    pub fn first(&self) -> Option<&Entry<E>> {
        self.heap.first()
    }

    /// Takes the earliest out.
    pub fn take(&mut self) -> Option<Entry<E>> {
        let last = self.heap.pop()?;
        let Some(first) = self.heap.first().copied() else { return Some(last) };
        // The hole sinks to the bottom, where the last entry mostly belongs, too.
        let mut hole = 0;
        loop {
            let below = hole * BRANCHES + 1;
            let next = match self.heap.get(below..below + BRANCHES) {
                Some([a, b, c, d]) => {
                    let left = if b.key() < a.key() { (b.key(), 1) } else { (a.key(), 0) };
                    let right = if d.key() < c.key() { (d.key(), 3) } else { (c.key(), 2) };
                    below + if right.0 < left.0 { right.1 } else { left.1 }
                }
                _ => {
                    let rest = self.heap.iter().enumerate().skip(below);
                    match rest.min_by_key(|(_, entry)| entry.key()) {
                        Some((place, _)) => place,
                        None => break,
                    }
                }
            };
            self.heap[hole] = self.heap[next];
            hole = next;
        }
        self.rise(hole, last);
        Some(first)
    }

    pub fn len(&self) -> usize {
        self.heap.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &E> {
        self.heap.iter().map(|entry| &entry.event)
    }
}
