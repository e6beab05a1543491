//! Fair queues: the tenants of a standard queue, by the MessageGroupId that senders give.
//!
//! A tenant is noisy while it holds more than a tenth of what is in flight, and at least 30 messages, or while its
//! messages took more than a tenth of the consumers' time of late. Quiet tenants' messages are received first; of noisy
//! tenants the one with the fewest in flight comes first (sqs-fair-queues-detailed). Nothing else changes.

use crate::kernel::{SECOND, Time};
use crate::services::payload::Filled;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

pub const NOISY_IN_FLIGHT: u64 = 30;
/// A tenth, as a divisor.
pub const NOISY_SHARE: u64 = 10;
/// A tenant of which nothing was in flight for this long is quiet again.
const FORGOTTEN: u64 = 300 * SECOND;
/// What counts as "of late" the service does not say; here what was halves every minute.
const HALVING: u64 = 60 * SECOND;

/// Messages in flight times microseconds, of late.
#[derive(Clone, Copy, Debug, Default)]
struct Busy {
    area: u64,
    counted: Time,
}

impl Busy {
    fn advance(&mut self, now: Time, in_flight: u64) {
        let halvings = now.0 / HALVING - self.counted.0 / HALVING;
        self.area = self.area.checked_shr(halvings as u32).unwrap_or(0);
        // What lies more than ten halvings back does not matter any longer.
        self.area += in_flight * now.since(self.counted).min(10 * HALVING);
        self.counted = now;
    }
}

#[derive(Clone, Debug)]
struct Tenant {
    id: Filled,
    /// Visible messages, by their order: entry and stamp.
    visible: BTreeMap<u64, u32>,
    members: u32,
    in_flight: u64,
    busy: Busy,
}

#[derive(Clone, Debug, Default)]
pub struct Tenants {
    by_id: FxHashMap<Filled, u32>,
    tenants: Vec<Tenant>,
    free: Vec<u32>,
    /// Tenants with visible messages, by the order of the first.
    order: BTreeMap<u64, u32>,
    /// Of the whole queue.
    in_flight: u64,
    busy: Busy,
}

impl Tenants {
    /// No tenants yet, in a queue with this many messages in flight.
    pub fn new(in_flight: u64) -> Tenants {
        Tenants { in_flight, ..Tenants::default() }
    }

    pub fn join(&mut self, id: Filled, now: Time) -> u32 {
        let (tenants, free) = (&mut self.tenants, &mut self.free);
        let tenant = *self.by_id.entry(id).or_insert_with(|| {
            let busy = Busy { area: 0, counted: now };
            let tenant = Tenant { id, visible: BTreeMap::new(), members: 0, in_flight: 0, busy };
            match free.pop() {
                Some(slot) => {
                    tenants[slot as usize] = tenant;
                    slot
                }
                None => {
                    tenants.push(tenant);
                    tenants.len() as u32 - 1
                }
            }
        });
        self.tenants[tenant as usize].members += 1;
        tenant
    }

    /// One of the tenant's messages is gone. With the last one its history is gone too.
    pub fn leave(&mut self, tenant: u32) {
        let Some(it) = self.tenants.get_mut(tenant as usize) else { return };
        it.members -= 1;
        if it.members == 0 {
            self.by_id.remove(&it.id);
            self.free.push(tenant);
        }
    }

    /// Changes the tenant's visible messages and keeps its place in the order.
    fn change(&mut self, tenant: u32, change: impl FnOnce(&mut BTreeMap<u64, u32>)) {
        let Some(it) = self.tenants.get_mut(tenant as usize) else { return };
        let before = it.visible.first_key_value().map(|(order, _)| *order);
        change(&mut it.visible);
        let after = it.visible.first_key_value().map(|(order, _)| *order);
        if before != after {
            if let Some(before) = before {
                self.order.remove(&before);
            }
            if let Some(after) = after {
                self.order.insert(after, tenant);
            }
        }
    }

    pub fn show(&mut self, tenant: u32, order: u64, index: u32) {
        self.change(tenant, |visible| {
            visible.insert(order, index);
        });
    }

    pub fn hide(&mut self, tenant: u32, order: u64) {
        self.change(tenant, |visible| {
            visible.remove(&order);
        });
    }

    /// A message of the tenant was received (`more`), or is in flight no longer. One without a tenant counts for the
    /// whole only.
    pub fn fly(&mut self, tenant: Option<u32>, more: bool, now: Time) {
        let change = |in_flight: &mut u64| {
            *in_flight = if more { *in_flight + 1 } else { in_flight.saturating_sub(1) };
        };
        self.busy.advance(now, self.in_flight);
        change(&mut self.in_flight);
        if let Some(it) = tenant.and_then(|tenant| self.tenants.get_mut(tenant as usize)) {
            if it.in_flight == 0 && now.since(it.busy.counted) >= FORGOTTEN {
                it.busy.area = 0;
            }
            it.busy.advance(now, it.in_flight);
            change(&mut it.in_flight);
        }
    }

    fn is_noisy(&self, tenant: &Tenant, now: Time) -> bool {
        let (mut own, mut all) = (tenant.busy, self.busy);
        own.advance(now, tenant.in_flight);
        all.advance(now, self.in_flight);
        let forgotten = tenant.in_flight == 0 && now.since(tenant.busy.counted) >= FORGOTTEN;
        tenant.in_flight >= NOISY_IN_FLIGHT && tenant.in_flight * NOISY_SHARE > self.in_flight
            || !forgotten && own.area * NOISY_SHARE > all.area
    }

    /// The visible message of a quiet tenant that comes first, with its order; without one, that of the noisy tenant
    /// with the fewest in flight, without an order: anything else comes before it.
    pub fn first(&self, now: Time) -> Option<(u32, Option<u64>)> {
        let mut noisy: Option<&Tenant> = None;
        // Not more than twenty tenants can be noisy, so this does not go far.
        for (order, tenant) in &self.order {
            let tenant = &self.tenants[*tenant as usize];
            if !self.is_noisy(tenant, now) {
                return tenant.visible.get(order).map(|index| (*index, Some(*order)));
            }
            if noisy.is_none_or(|known| tenant.in_flight < known.in_flight) {
                noisy = Some(tenant);
            }
        }
        noisy?.visible.first_key_value().map(|(_, index)| (*index, None))
    }

    /// How many tenants are noisy now.
    pub fn noisy_count(&self, now: Time) -> usize {
        self.by_id.values().filter(|tenant| self.is_noisy(&self.tenants[**tenant as usize], now)).count()
    }

    pub fn count(&self) -> usize {
        self.by_id.len()
    }
}
