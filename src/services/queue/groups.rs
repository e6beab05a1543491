//! The message groups of a FIFO queue, and what they let be received.
//!
//! A group's messages stay in the order in which they were sent. While one of them is in flight, no other of the group
//! can be received, except by the same receive (FIFO-queues-understanding-logic).

use super::{Entry, NO_GROUP, State};
use crate::services::payload::Filled;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, VecDeque};

#[derive(Clone, Debug)]
struct Group {
    id: Filled,
    /// All that has not left the queue, in the order of sending.
    members: VecDeque<u32>,
    in_flight: u32,
    /// Its place in [`Groups::ready`].
    ready: Option<u64>,
}

/// Where a receive has got to: a group, and how many of its members it has passed.
pub type Cursor = Option<(u32, usize)>;

#[derive(Clone, Debug, Default)]
pub struct Groups {
    by_id: FxHashMap<Filled, u32>,
    groups: Vec<Group>,
    free: Vec<u32>,
    /// Groups of which nothing is in flight and the first message is visible, by that message's order: the one that has
    /// waited longest first. The service does not say which group comes first.
    ready: BTreeMap<u64, u32>,
}

impl Groups {
    /// Adds an entry to its group, behind what has a lower order, and gives the group.
    pub fn join(&mut self, id: Filled, index: u32, order: u64, entries: &[Option<Entry>]) -> u32 {
        let (groups, free) = (&mut self.groups, &mut self.free);
        let group = *self.by_id.entry(id).or_insert_with(|| {
            let group = Group { id, members: VecDeque::new(), in_flight: 0, ready: None };
            match free.pop() {
                Some(slot) => {
                    groups[slot as usize] = group;
                    slot
                }
                None => {
                    groups.push(group);
                    groups.len() as u32 - 1
                }
            }
        });
        let members = &mut self.groups[group as usize].members;
        let earlier = |member: &u32| entries[*member as usize].as_ref().is_some_and(|entry| entry.order < order);
        // Nearly always the place is the end.
        let place = if members.back().is_none_or(earlier) { members.len() } else { members.partition_point(earlier) };
        members.insert(place, index);
        group
    }

    /// Takes an entry out. `in_flight` says whether it was.
    pub fn leave(&mut self, group: u32, index: u32, in_flight: bool, entries: &[Option<Entry>]) {
        let Some(it) = self.groups.get_mut(group as usize) else { return };
        it.in_flight -= u32::from(in_flight);
        // What leaves is nearly always at the front.
        if let Some(position) = it.members.iter().position(|member| *member == index) {
            it.members.remove(position);
        }
        self.refresh(group, entries);
        let it = &self.groups[group as usize];
        if it.members.is_empty() {
            self.by_id.remove(&it.id);
            self.free.push(group);
        }
    }

    /// An entry of the group is in flight from now on.
    pub fn take(&mut self, group: u32, entries: &[Option<Entry>]) {
        if let Some(it) = self.groups.get_mut(group as usize) {
            it.in_flight += 1;
            self.refresh(group, entries);
        }
    }

    /// An entry of the group is in flight no longer, and still there.
    pub fn put_back(&mut self, group: u32, entries: &[Option<Entry>]) {
        if let Some(it) = self.groups.get_mut(group as usize) {
            it.in_flight -= 1;
            self.refresh(group, entries);
        }
    }

    /// Looks again at whether the group can be received from.
    pub fn refresh(&mut self, group: u32, entries: &[Option<Entry>]) {
        let Some(it) = self.groups.get_mut(group as usize) else { return };
        let first = it.members.front().and_then(|index| entries.get(*index as usize)?.as_ref());
        let ready = first.filter(|entry| entry.state == State::Visible && it.in_flight == 0).map(|entry| entry.order);
        if ready != it.ready {
            if let Some(old) = it.ready {
                self.ready.remove(&old);
            }
            if let Some(new) = ready {
                self.ready.insert(new, group);
            }
            it.ready = ready;
        }
    }

    /// The next entry that a receive may have. It stays with one group for as long as that has any.
    pub fn next(&self, cursor: &mut Cursor, entries: &[Option<Entry>]) -> Option<u32> {
        let after = cursor.and_then(|(group, passed)| self.groups.get(group as usize)?.members.get(passed).copied());
        let visible = |index: &u32| {
            entries.get(*index as usize).and_then(Option::as_ref).is_some_and(|entry| entry.state == State::Visible)
        };
        if let Some(index) = after.filter(visible) {
            return Some(index);
        }
        let (_, group) = self.ready.first_key_value()?;
        *cursor = Some((*group, 0));
        self.groups[*group as usize].members.front().copied()
    }

    /// Whether a message of the group is in flight.
    pub fn blocked(&self, group: u32) -> bool {
        group != NO_GROUP && self.groups.get(group as usize).is_some_and(|group| group.in_flight > 0)
    }

    pub fn count(&self) -> usize {
        self.by_id.len()
    }
}
