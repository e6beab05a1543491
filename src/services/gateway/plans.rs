//! Usage plans at work: each key's buckets, and what is left of its quota.

use super::error::GatewayError;
use crate::diagram::settings::{GatewaySettings, Period, Quota, Throttle};
use crate::kernel::{Bucket, Time};
use crate::rules::date;
use rustc_hash::FxHashMap;

/// A key and what it has used.
#[derive(Clone, Debug)]
pub struct KeyHolder {
    pub key: String,
    pub plan: String,
    pub bucket: Option<Bucket>,
    /// Path, method, and the bucket for that method alone.
    methods: Vec<(String, String, Bucket)>,
    pub quota: Option<Quota>,
    /// The number of the period that `used` belongs to.
    period: u64,
    pub used: u64,
    pub requests: u64,
    pub throttled: u64,
}

#[derive(Clone, Debug, Default)]
pub struct Plans {
    pub holders: Vec<KeyHolder>,
    by_key: FxHashMap<String, usize>,
}

impl Plans {
    /// Of each key, and of each key for a method.
    pub fn buckets(&self) -> impl Iterator<Item = &Bucket> {
        self.holders.iter().flat_map(|holder| holder.bucket.iter().chain(holder.methods.iter().map(|method| &method.2)))
    }

    /// Takes over changed plans; a key that stays in its plan keeps what it has used.
    pub fn configure(&mut self, settings: &GatewaySettings, now: Time) {
        let old = std::mem::take(&mut self.holders);
        self.by_key.clear();
        let mut add =
            |key: &String, plan: &str, throttle: Option<Throttle>, quota, methods: &[(String, String, Throttle)]| {
                let before = old.iter().find(|holder| holder.key == *key && holder.plan == plan);
                let bucket = |throttle: Throttle, before: Option<Bucket>| {
                    let mut bucket = before.unwrap_or_else(|| Bucket::new(throttle.rate, throttle.burst));
                    bucket.set_limits(throttle.rate, throttle.burst, now);
                    bucket
                };
                let of_method = |(path, method, throttle): &(String, String, Throttle)| {
                    let known =
                        before.and_then(|before| before.methods.iter().find(|it| it.0 == *path && it.1 == *method));
                    (path.clone(), method.clone(), bucket(*throttle, known.map(|it| it.2)))
                };
                let holder = KeyHolder {
                    key: key.clone(),
                    plan: plan.to_string(),
                    bucket: throttle.map(|throttle| bucket(throttle, before.and_then(|before| before.bucket))),
                    methods: methods.iter().map(of_method).collect(),
                    quota,
                    period: before.map_or(0, |before| before.period),
                    used: before.map_or(0, |before| before.used),
                    requests: before.map_or(0, |before| before.requests),
                    throttled: before.map_or(0, |before| before.throttled),
                };
                self.by_key.insert(key.clone(), self.holders.len());
                self.holders.push(holder);
            };
        if !settings.api_key.is_empty() {
            add(&settings.api_key, "", None, None, &[]);
        }
        for plan in &settings.usage_plans {
            for key in &plan.keys {
                add(key, &plan.name, plan.throttle, plan.quota, &plan.methods);
            }
        }
    }

    /// Whether the holder of a key may pass: its quota, then its bucket for this method, or for all.
    pub fn admit(&mut self, key: Option<&str>, route: (&str, &str), now: Time) -> Result<usize, GatewayError> {
        let index = key.and_then(|key| self.by_key.get(key)).copied().ok_or(GatewayError::InvalidKey)?;
        let holder = &mut self.holders[index];
        holder.requests += 1;
        if holder.left(now) == Some(0) {
            return Err(GatewayError::QuotaExceeded);
        }
        let (path, method) = route;
        let of_method = holder.methods.iter_mut().find(|it| it.0 == path && (it.1 == method || it.1 == "*"));
        let bucket = of_method.map(|it| &mut it.2).or(holder.bucket.as_mut());
        if bucket.is_some_and(|bucket| !bucket.take(now)) {
            holder.throttled += 1;
            return Err(GatewayError::ThrottledByPlan);
        }
        Ok(index)
    }

    /// Counts a request that passed against its key's quota.
    pub fn count(&mut self, index: usize, now: Time) {
        let Some(holder) = self.holders.get_mut(index) else { return };
        if let Some(quota) = holder.quota {
            let period = number_of(quota.period, now);
            if period != holder.period {
                (holder.period, holder.used) = (period, 0);
            }
            holder.used += 1;
        }
    }
}

impl KeyHolder {
    /// Requests left of the quota; `None` without one.
    pub fn left(&self, now: Time) -> Option<u64> {
        let quota = self.quota?;
        let period = number_of(quota.period, now);
        let used = if period == self.period { self.used } else { 0 };
        let offset = if period == number_of(quota.period, Time::ZERO) { quota.offset } else { 0 };
        Some(quota.limit.saturating_sub(offset).saturating_sub(used))
    }
}

/// Days, weeks from Sunday, or months since 1970, and one more, so that 0 is none.
fn number_of(period: Period, now: Time) -> u64 {
    let days = now.since_1970() / 86_400;
    match period {
        Period::Day => days + 1,
        // The first of January 1970 was a Thursday.
        Period::Week => (days + 4) / 7 + 1,
        Period::Month => {
            let (year, month, _) = date(days);
            year * 12 + month
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::SECOND;

    #[test]
    fn periods_end_at_midnight_on_sunday_and_on_the_first() {
        let day = |number: u64| Time(number * 86_400 * SECOND);
        let changes = |period, number| number_of(period, day(number)) != number_of(period, day(number - 1));
        assert!((1..70).all(|number| changes(Period::Day, number)));
        // 2026-01-01 is a Thursday: Sundays are the 4th, the 11th, …
        assert!((1..70).all(|number| changes(Period::Week, number) == (number % 7 == 3)));
        assert!((1..70).all(|number| changes(Period::Month, number) == [31, 59].contains(&number)));
    }
}
