//! A key-value table's capacity, as Amazon DynamoDB's on-demand mode: units are counted second by second, for the whole
//! table and for each key, which stands for its partition.

use super::rows::RowKey;
use crate::kernel::{SECOND, Time};
use crate::services::service::Level;
use rustc_hash::FxHashMap;

/// Request units a second of a new table, of any table, and of one partition: on-demand-capacity-mode,
/// ServiceQuotas, bp-partition-key-design.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub new: u64,
    pub most: u64,
    pub partition: u64,
}

pub const WRITES: Limits = Limits { new: 4_000, most: 40_000, partition: 1_000 };
pub const READS: Limits = Limits { new: 12_000, most: 40_000, partition: 3_000 };

/// What one unit writes and reads, in bytes: on-demand-capacity-mode.
pub const WRITE_UNIT: u64 = 1_024;
pub const READ_UNIT: u64 = 4_096;

/// A new peak lets so many times as much through.
pub const OVER_PEAK: u64 = 2;

/// Within this time traffic may at most double: on-demand-capacity-mode.
pub const DOUBLING: u64 = 30 * 60 * SECOND;

/// The consumption of one kind.
#[derive(Clone, Debug)]
struct Meter {
    limits: Limits,
    /// Units in the present second.
    present: u64,
    /// The highest units a second in the present half hour, and before it.
    recent_peak: u64,
    peak: u64,
    keys: FxHashMap<RowKey, u64>,
    total: f64,
}

impl Meter {
    fn new(limits: Limits) -> Self {
        Meter { limits, present: 0, recent_peak: 0, peak: 0, keys: FxHashMap::default(), total: 0.0 }
    }

    /// Up to twice the previous peak, at once.
    fn capacity(&self) -> u64 {
        (OVER_PEAK * self.peak).clamp(self.limits.new, self.limits.most)
    }

    fn next_second(&mut self) {
        self.recent_peak = self.recent_peak.max(self.present);
        self.present = 0;
        self.keys.clear();
    }

    fn admit(&mut self, units: u64, key: RowKey) -> bool {
        let of_key = self.keys.entry(key).or_default();
        if *of_key + units > self.limits.partition || self.present + units > self.capacity() {
            return false;
        }
        *self.keys.entry(key).or_default() += units;
        self.present += units;
        true
    }
}

#[derive(Clone, Debug)]
pub struct Capacity {
    writes: Meter,
    reads: Meter,
    second: u64,
    window: Time,
}

impl Default for Capacity {
    fn default() -> Self {
        Capacity { writes: Meter::new(WRITES), reads: Meter::new(READS), second: 0, window: Time::ZERO }
    }
}

impl Capacity {
    fn advance(&mut self, now: Time) {
        let second = now.0 / SECOND;
        if second == self.second {
            return;
        }
        self.second = second;
        self.writes.next_second();
        self.reads.next_second();
        if now.since(self.window) >= DOUBLING {
            self.window = now;
            for meter in [&mut self.writes, &mut self.reads] {
                meter.peak = meter.peak.max(meter.recent_peak);
                meter.recent_peak = 0;
            }
        }
    }

    /// Whether a write of so many bytes is let through. A unit is 1 KB.
    pub fn write(&mut self, bytes: u64, key: RowKey, now: Time) -> bool {
        self.advance(now);
        let units = bytes.div_ceil(WRITE_UNIT).max(1);
        let admitted = self.writes.admit(units, key);
        self.writes.total += if admitted { units as f64 } else { 0.0 };
        admitted
    }

    /// Whether a read of so many bytes is let through. A unit is 4 KB, or 8 KB where reads may be a little behind.
    pub fn read(&mut self, bytes: u64, consistent: bool, key: RowKey, now: Time) -> bool {
        self.advance(now);
        let units = bytes.div_ceil(READ_UNIT).max(1);
        let admitted = self.reads.admit(if consistent { units } else { units.div_ceil(2) }, key);
        self.reads.total += match (admitted, consistent) {
            (false, _) => 0.0,
            (true, true) => units as f64,
            (true, false) => units as f64 / 2.0,
        };
        admitted
    }

    /// The units of the present second, of the table and of each key.
    pub fn buckets(&self, visit: &mut dyn FnMut(Level)) {
        for (what, of_key, meter) in
            [("writes", "writes of a key", &self.writes), ("reads", "reads of a key", &self.reads)]
        {
            let mut one = |what, used: u64, capacity: u64| {
                visit(Level { what, level: capacity as f64 - used as f64, capacity: capacity as f64 });
            };
            one(what, meter.present, meter.capacity());
            meter.keys.values().for_each(|used| one(of_key, *used, meter.limits.partition));
        }
    }

    /// Write and read request units so far.
    pub fn units(&self) -> (f64, f64) {
        (self.writes.total, self.reads.total)
    }

    /// What can be written a second at the moment.
    pub fn write_capacity(&self) -> u64 {
        self.writes.capacity()
    }
}
