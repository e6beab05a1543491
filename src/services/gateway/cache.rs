//! A stage's cache of answers: api-gateway-caching.

use super::error::Answer;
use crate::kernel::Time;
use rustc_hash::FxHashMap;

/// The largest answer that is kept, in bytes.
pub const LARGEST: usize = 1_048_576;

#[derive(Clone, Debug, Default)]
pub struct Cache {
    keys: FxHashMap<String, u32>,
    entries: Vec<Option<(Time, Answer)>>,
    pub hits: u64,
    pub misses: u64,
}

impl Cache {
    /// The number under which answers to such a request are kept.
    pub fn key(&mut self, text: String) -> u32 {
        let next = self.entries.len() as u32;
        let key = *self.keys.entry(text).or_insert(next);
        if key == next {
            self.entries.push(None);
        }
        key
    }

    pub fn get(&mut self, key: u32, now: Time) -> Option<Answer> {
        let found = self.entries.get(key as usize).copied().flatten().filter(|(until, _)| *until > now);
        self.hits += u64::from(found.is_some());
        self.misses += u64::from(found.is_none());
        found.map(|(_, answer)| answer)
    }

    pub fn keep(&mut self, key: u32, until: Time, answer: Answer) {
        if let Some(entry) = self.entries.get_mut(key as usize) {
            *entry = Some((until, answer));
        }
    }

    /// Answers that can still be given.
    pub fn len(&self, now: Time) -> u64 {
        self.entries.iter().flatten().filter(|(until, _)| *until > now).count() as u64
    }

    /// Forgets everything, as a deployment does.
    pub fn clear(&mut self) {
        self.keys.clear();
        self.entries.clear();
    }
}
