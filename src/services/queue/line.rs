//! In which order a standard queue gives its visible messages.
//!
//! They come in the order in which they became visible. One that was received and not deleted comes back to its old
//! place, before those sent later; see [`super::Queue`] for when it goes to the end instead.

use super::Entry;
use super::tenants::Tenants;
use crate::kernel::{Stream, Time};
use std::collections::{BTreeMap, VecDeque};

/// How far ahead a message can overtake others where the queue's order is disturbed.
const REACH: u64 = 100;

#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Entry and stamp. What has an older stamp than its entry is void.
    visible: VecDeque<(u32, u32)>,
    /// Those that came back, by their old place.
    returned: BTreeMap<u64, u32>,
    last_order: u64,
    /// Only where senders name tenants.
    tenants: Option<Box<Tenants>>,
}

fn valid(entries: &[Option<Entry>], place: (u32, u32)) -> bool {
    entries.get(place.0 as usize).and_then(Option::as_ref).is_some_and(|entry| entry.stamp == place.1)
}

impl Line {
    /// Makes an entry wait for a receive: at its old place, or at the end.
    pub fn show(&mut self, index: u32, entry: &mut Entry, old_place: bool) {
        let returns = old_place && entry.order > 0;
        if !returns {
            self.last_order += 1;
            entry.order = self.last_order;
        }
        match (&mut self.tenants, entry.tenant()) {
            (Some(tenants), Some(tenant)) => tenants.show(tenant, entry.order, index),
            _ if returns => {
                self.returned.insert(entry.order, index);
            }
            _ => self.visible.push_back((index, entry.stamp)),
        }
    }

    /// Takes a visible entry out of the line. Its place in the plain line is void once its stamp changes.
    pub fn hide(&mut self, entry: &Entry) {
        match (&mut self.tenants, entry.tenant()) {
            (Some(tenants), Some(tenant)) => tenants.hide(tenant, entry.order),
            _ if !self.returned.is_empty() => {
                self.returned.remove(&entry.order);
            }
            _ => {}
        }
    }

    /// The entry that the next receive gets. It stays where it is.
    pub fn next(&mut self, now: Time, entries: &[Option<Entry>]) -> Option<u32> {
        let plain = match self.returned.first_key_value() {
            Some((_, index)) => Some(*index),
            None => loop {
                match self.visible.front() {
                    Some(place) if valid(entries, *place) => break Some(place.0),
                    Some(_) => self.visible.pop_front(),
                    None => break None,
                };
            },
        };
        let Some((index, order)) = self.tenants.as_ref().and_then(|tenants| tenants.first(now)) else { return plain };
        let earlier = |plain: u32| {
            let plain = entries.get(plain as usize).and_then(Option::as_ref);
            plain.is_some_and(|plain| order.is_none_or(|order| plain.order < order))
        };
        Some(plain.filter(|plain| earlier(*plain)).unwrap_or(index))
    }

    /// Lets one of the next messages change places with the first.
    pub fn disturb(&mut self, stream: &mut Stream) {
        let reach = REACH.min(self.visible.len() as u64);
        if reach > 1 {
            self.visible.swap(0, stream.below(reach) as usize);
        }
    }

    /// The tenants, from the first message on that names one. `in_flight` counts the queue's messages in flight now.
    pub fn tenants(&mut self, in_flight: u64) -> &mut Tenants {
        self.tenants.get_or_insert_with(|| Box::new(Tenants::new(in_flight)))
    }

    /// An entry was received (`more`), or is in flight no longer.
    pub fn fly(&mut self, entry: &Entry, more: bool, now: Time) {
        if let Some(tenants) = &mut self.tenants {
            tenants.fly(entry.tenant(), more, now);
        }
    }

    /// An entry is gone.
    pub fn leave(&mut self, entry: &Entry, entries: &[Option<Entry>]) {
        // Where nobody receives, void places would pile up.
        while self.visible.front().is_some_and(|place| !valid(entries, *place)) {
            self.visible.pop_front();
        }
        if let (Some(tenants), Some(tenant)) = (&mut self.tenants, entry.tenant()) {
            tenants.leave(tenant);
        }
    }

    pub fn tenant_count(&self) -> usize {
        self.tenants.as_ref().map_or(0, |tenants| tenants.count())
    }

    pub fn noisy_count(&self, now: Time) -> usize {
        self.tenants.as_ref().map_or(0, |tenants| tenants.noisy_count(now))
    }
}
