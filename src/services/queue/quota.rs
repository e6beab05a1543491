//! How many calls a second a FIFO queue takes: quotas-messages.

use crate::kernel::{SECOND, Time};
use crate::services::payload::Filled;
use crate::services::service::Level;
use rustc_hash::FxHashMap;

/// Calls a second of each action. A call carries up to ten messages where it is a batch.
pub const NORMAL: u64 = 300;
/// In high-throughput mode, in us-east-1; see the cost ledger for the Region.
pub const HIGH: u64 = 70_000;
/// Of each message group in high-throughput mode: high-throughput-fifo.
pub const PER_GROUP: u64 = 300;
/// So many groups are remembered before those that rest are forgotten.
const REMEMBERED: usize = 1_024;

/// The service says how many a second, not how it counts them: a bucket that holds one second's calls.
#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    /// Millionths of a call used up.
    used: u64,
    counted: Time,
}

impl Bucket {
    fn drain(&mut self, now: Time, rate: u64) {
        self.used = self.used.saturating_sub(now.since(self.counted).saturating_mul(rate));
        self.counted = now;
    }

    fn admits(&mut self, now: Time, rate: u64) -> bool {
        self.drain(now, rate);
        let admitted = self.used + SECOND <= rate * SECOND;
        self.used += if admitted { SECOND } else { 0 };
        admitted
    }
}

#[derive(Clone, Copy, Debug)]
pub enum Action {
    Send,
    Receive,
    Delete,
}

#[derive(Clone, Debug, Default)]
pub struct Quota {
    actions: [Bucket; 3],
    groups: FxHashMap<Filled, Bucket>,
}

impl Quota {
    /// Of the queue's calls and of its message groups, in millionths of a call.
    pub fn buckets(&self, high: bool, visit: &mut dyn FnMut(Level)) {
        let mut one = |what, bucket: &Bucket, rate: u64| {
            let capacity = (rate * SECOND) as f64;
            visit(Level { what, level: capacity - bucket.used as f64, capacity });
        };
        let rate = if high { HIGH } else { NORMAL };
        self.actions.iter().for_each(|bucket| one("calls", bucket, rate));
        self.groups.values().for_each(|bucket| one("message group", bucket, PER_GROUP));
    }

    /// Whether a call is within the quota. `high` for the high-throughput mode.
    pub fn admits(&mut self, action: Action, high: bool, now: Time) -> bool {
        self.actions[action as usize].admits(now, if high { HIGH } else { NORMAL })
    }

    /// Whether a group's call is within the group's own quota, in high-throughput mode.
    pub fn admits_group(&mut self, group: Filled, now: Time) -> bool {
        if self.groups.len() >= REMEMBERED {
            self.groups.retain(|_, bucket| {
                bucket.drain(now, PER_GROUP);
                bucket.used > 0
            });
        }
        self.groups.entry(group).or_default().admits(now, PER_GROUP)
    }
}
