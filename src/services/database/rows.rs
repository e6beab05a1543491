//! The rows: what was written, under which key, and how often.

use super::super::message::Trace;
use super::super::payload::PayloadId;
use crate::kernel::Time;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// How many rows of a table are kept for showing; all of them are counted.
const REMEMBERED: usize = 200;
/// How many keys are remembered, to find duplicates and answer reads. Older ones are forgotten, so that memory does not
/// grow with time. Well below a power of two, because a table that is nearly full doubles to forget what was removed.
const REMEMBERED_KEYS: usize = 100_000;

#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub time: Time,
    pub trace: Trace,
    pub key: PayloadId,
    pub row: PayloadId,
    pub duplicate: bool,
}

#[derive(Clone, Debug)]
pub struct Table {
    pub name: PayloadId,
    /// Newest last.
    pub rows: VecDeque<Row>,
    pub total: u64,
    pub duplicates: u64,
}

/// Table, key, and the trace where the key differs for every request.
pub type RowKey = (PayloadId, PayloadId, Trace);

#[derive(Clone, Debug, Default)]
pub struct Rows {
    pub tables: Vec<Table>,
    keys: FxHashMap<RowKey, PayloadId>,
    key_order: VecDeque<RowKey>,
}

impl Rows {
    pub fn known_keys(&self) -> usize {
        self.keys.len()
    }

    pub fn get(&self, key: &RowKey) -> Option<PayloadId> {
        self.keys.get(key).copied()
    }

    /// Adds a row, or where there is one with this key and `replace`, puts it in its place.
    pub fn put(&mut self, key: RowKey, row: PayloadId, trace: Trace, replace: bool, now: Time) {
        let known = self.remember(key, row);
        let position = match self.tables.iter().position(|table| table.name == key.0) {
            Some(position) => position,
            None => {
                self.tables.push(Table { name: key.0, rows: VecDeque::new(), total: 0, duplicates: 0 });
                self.tables.len() - 1
            }
        };
        let table = &mut self.tables[position];
        let duplicate = known && !replace;
        if known && replace {
            // It may be too old to be shown.
            if let Some(place) = table.rows.iter().rposition(|shown| (shown.key, shown.trace) == (key.1, trace)) {
                table.rows.remove(place);
            }
        } else {
            table.total += 1;
        }
        table.duplicates += u64::from(duplicate);
        table.rows.push_back(Row { time: now, trace, key: key.1, row, duplicate });
        if table.rows.len() > REMEMBERED {
            table.rows.pop_front();
        }
    }

    /// Deletes the row with this key.
    pub fn remove(&mut self, key: &RowKey) {
        if self.keys.remove(key).is_none() {
            return;
        }
        // Mostly it was written just now.
        if let Some(place) = self.key_order.iter().rposition(|known| known == key) {
            self.key_order.remove(place);
        }
        if let Some(table) = self.tables.iter_mut().find(|table| table.name == key.0) {
            table.total -= 1;
            if let Some(place) =
                table.rows.iter().rposition(|shown| shown.key == key.1 && (key.2 == 0 || shown.trace == key.2))
            {
                table.rows.remove(place);
            }
        }
    }

    /// Whether the key was known before.
    fn remember(&mut self, key: RowKey, row: PayloadId) -> bool {
        if self.keys.insert(key, row).is_some() {
            return true;
        }
        self.key_order.push_back(key);
        if self.key_order.len() > REMEMBERED_KEYS
            && let Some(oldest) = self.key_order.pop_front()
        {
            self.keys.remove(&oldest);
        }
        false
    }
}
