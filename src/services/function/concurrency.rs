//! What an invocation needs before it can run: a place within the limits, and an execution environment.

use super::super::account::Account;
use super::super::journal::{Environment, Overload};
use super::super::service::Level;
use crate::diagram::Plan;
use crate::diagram::settings::FunctionSettings;
use crate::kernel::{MILLISECOND, SECOND, Time};
use std::collections::VecDeque;

/// A function gets up to 1,000 new environments in 10 seconds, refilled continuously: scaling-behavior.
pub const NEW_ENVIRONMENT: u64 = 10 * MILLISECOND;
pub const NEW_ENVIRONMENTS_WITHIN: u64 = 10 * SECOND;
/// Requests a second for each concurrent execution, where somebody waits for the answer: gettingstarted-limits.
pub const REQUESTS_PER_SECOND: u64 = 10;
/// Provisioned concurrency can be used after a minute or two, all of it at once, allocated at up to 6,000 environments
/// a minute: provisioned-concurrency. One minute and the rate are used here.
pub const PROVISIONING: u64 = 60 * SECOND;
pub const PROVISIONED_EACH: u64 = 60 * SECOND / 6_000;

/// Out of which limit an invocation's place was taken; it goes back there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Provisioned,
    Reserved,
    Shared,
}

/// A token bucket in whole microseconds: time is saved up, and each token costs some.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    saved: u64,
    counted: Time,
}

impl Bucket {
    fn full(capacity: u64) -> Bucket {
        Bucket { saved: capacity, counted: Time::ZERO }
    }

    fn has(&mut self, cost: u64, capacity: u64, now: Time) -> bool {
        self.saved = (self.saved + now.since(self.counted)).min(capacity);
        self.counted = now;
        self.saved >= cost
    }
}

/// An environment made on demand that waits for work.
#[derive(Clone, Copy, Debug)]
struct Idle {
    freed: Time,
    /// After a timeout or a crash: it initialises again before it runs anything (lambda-runtime-environment).
    reset: bool,
}

#[derive(Clone, Debug)]
pub struct Concurrency {
    reserved: Option<u64>,
    /// The account's quota, and what of it all functions without concurrency of their own share.
    account: u64,
    unreserved: u64,
    /// Microseconds that an environment is kept without work.
    kept: u64,
    /// Environments that are kept initialised, and from when on there are more.
    provisioned: u64,
    provisioning: Option<(Time, u64)>,
    provisioned_running: u64,
    /// Of the provisioned ones without work, how many have to initialise again.
    provisioned_reset: u64,
    /// What was provisioned so far, in environments times microseconds, and since when it is not counted yet.
    provisioned_time: u128,
    provisioned_since: Time,
    running: u64,
    /// Oldest first. The one freed last is used first, so that surplus ages out.
    idle: VecDeque<Idle>,
    new_environments: Bucket,
    requests: Bucket,
}

impl Concurrency {
    pub fn new(plan: &Plan, settings: &FunctionSettings) -> Self {
        let mut concurrency = Concurrency {
            reserved: None,
            account: 0,
            unreserved: 0,
            kept: 0,
            // What the diagram says was there before the first second.
            provisioned: settings.provisioned_concurrency,
            provisioning: None,
            provisioned_running: 0,
            provisioned_reset: 0,
            provisioned_time: 0,
            provisioned_since: Time::ZERO,
            running: 0,
            idle: VecDeque::new(),
            new_environments: Bucket::full(NEW_ENVIRONMENTS_WITHIN),
            requests: Bucket::full(SECOND),
        };
        concurrency.configure(plan, settings, Time::ZERO);
        concurrency
    }

    /// Both in microseconds saved up.
    pub fn buckets(&self, visit: &mut dyn FnMut(Level)) {
        let mut one = |what, bucket: &Bucket, capacity: u64| {
            visit(Level { what, level: bucket.saved as f64, capacity: capacity as f64 });
        };
        one("scaling rate", &self.new_environments, NEW_ENVIRONMENTS_WITHIN);
        one("request rate", &self.requests, SECOND);
    }

    pub fn configure(&mut self, plan: &Plan, settings: &FunctionSettings, now: Time) {
        self.reserved = settings.reserved_concurrency;
        self.account = plan.account.concurrency;
        self.unreserved = plan.unreserved_concurrency();
        self.kept = settings.idle;
        self.provision(now);
        let wanted = settings.provisioned_concurrency;
        if wanted <= self.provisioned {
            self.count_provisioned(now);
            self.provisioned = wanted;
            self.provisioning = None;
            let free = wanted.saturating_sub(self.provisioned_running);
            self.provisioned_reset = self.provisioned_reset.min(free);
        } else if self.provisioning.is_none_or(|(_, planned)| planned != wanted) {
            let ready = now + PROVISIONING + (wanted - self.provisioned) * PROVISIONED_EACH;
            self.provisioning = Some((ready, wanted));
        }
    }

    /// Takes new provisioned environments into use once all of them are there.
    fn provision(&mut self, now: Time) {
        if let Some((ready, wanted)) = self.provisioning
            && ready <= now
        {
            self.count_provisioned(ready);
            self.provisioned = wanted;
            self.provisioning = None;
        }
    }

    fn count_provisioned(&mut self, now: Time) {
        self.provisioned_time = self.provisioned_time(now);
        self.provisioned_since = now;
    }

    /// Environments times microseconds for which concurrency was provisioned.
    pub fn provisioned_time(&self, now: Time) -> u128 {
        self.provisioned_time + u128::from(self.provisioned) * u128::from(now.since(self.provisioned_since))
    }

    /// Finds a place and an environment for an invocation, or says which limit is reached. `waits`: somebody waits for
    /// the answer.
    pub fn admit(&mut self, waits: bool, account: &mut Account, now: Time) -> Result<(Place, Environment), Overload> {
        self.provision(now);
        let place = if self.provisioned_running < self.provisioned {
            Place::Provisioned
        } else {
            match self.reserved {
                Some(reserved) if self.running >= reserved => return Err(Overload::Reserved),
                Some(_) => Place::Reserved,
                None if account.is_full() => return Err(Overload::Account),
                None => Place::Shared,
            }
        };
        let each = SECOND / (REQUESTS_PER_SECOND * self.reserved.unwrap_or(self.account)).clamp(1, SECOND);
        if waits && !self.requests.has(each, SECOND, now) {
            return Err(if self.reserved.is_some() { Overload::ReservedRate } else { Overload::Rate });
        }
        let environment = match place {
            Place::Provisioned if self.provisioned - self.provisioned_running > self.provisioned_reset => {
                Environment::Provisioned
            }
            Place::Provisioned => {
                self.provisioned_reset -= 1;
                Environment::Reset
            }
            _ => self.environment(now)?,
        };
        match place {
            Place::Provisioned => self.provisioned_running += 1,
            Place::Shared => account.enter(),
            Place::Reserved => {}
        }
        self.requests.saved -= if waits { each } else { 0 };
        self.running += 1;
        Ok((place, environment))
    }

    /// An idle environment, or a new one.
    fn environment(&mut self, now: Time) -> Result<Environment, Overload> {
        while self.idle.front().is_some_and(|idle| now.since(idle.freed) > self.kept) {
            self.idle.pop_front();
        }
        match self.idle.pop_back() {
            Some(Idle { reset: true, .. }) => Ok(Environment::Reset),
            Some(_) => Ok(Environment::Idle),
            None if self.new_environments.has(NEW_ENVIRONMENT, NEW_ENVIRONMENTS_WITHIN, now) => {
                self.new_environments.saved -= NEW_ENVIRONMENT;
                Ok(Environment::New)
            }
            None => Err(Overload::Scaling),
        }
    }

    /// Gives an invocation's place back. `reset`: its environment has to initialise again.
    pub fn leave(&mut self, place: Place, reset: bool, account: &mut Account, now: Time) {
        self.running -= 1;
        match place {
            Place::Provisioned => {
                self.provisioned_running -= 1;
                if reset && self.provisioned_running + self.provisioned_reset < self.provisioned {
                    self.provisioned_reset += 1;
                }
                return;
            }
            Place::Shared => account.leave(),
            Place::Reserved => {}
        }
        self.idle.push_back(Idle { freed: now, reset });
    }

    /// Loses every environment without work, provisioned or not: a cold-start storm.
    pub fn forget_idle(&mut self) {
        self.idle.clear();
        self.provisioned_reset = self.provisioned.saturating_sub(self.provisioned_running);
    }

    /// The most invocations that can run at the same time.
    pub fn limit(&self) -> u64 {
        self.reserved.unwrap_or(self.unreserved + self.provisioned)
    }

    pub fn running(&self) -> u64 {
        self.running
    }

    /// Whether the function is switched off.
    pub fn is_off(&self) -> bool {
        self.reserved == Some(0)
    }

    /// Provisioned environments that are ready, and those of them without work.
    pub fn provisioned(&self, now: Time) -> (u64, u64) {
        let ready = match self.provisioning {
            Some((ready, wanted)) if ready <= now => wanted,
            _ => self.provisioned,
        };
        (ready, ready.saturating_sub(self.provisioned_running))
    }

    /// When each idle environment that was made on demand was freed.
    pub fn idle(&self, now: Time) -> impl Iterator<Item = Time> + '_ {
        let kept = self.kept;
        self.idle.iter().map(|idle| idle.freed).filter(move |freed| now.since(*freed) <= kept)
    }
}
