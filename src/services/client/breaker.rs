//! The circuit breaker: a client that stops sending to what fails anyway.

use crate::diagram::settings::CircuitBreaker as Settings;
use crate::kernel::Time;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circuit {
    /// Requests go out.
    Closed,
    /// Requests fail at once.
    Open,
    /// A few requests go out to try.
    HalfOpen,
}

#[derive(Clone, Copy, Debug)]
pub struct Breaker {
    settings: Settings,
    pub circuit: Circuit,
    /// Failures in a row while closed.
    failures: u32,
    /// When it may be tried again, while open.
    pub until: Time,
    /// While half open: requests that may still go out, and successes still needed.
    may_go: u32,
    needed: u32,
    /// Counts changes of the circuit: an answer to a request of an earlier time says nothing.
    pub epoch: u32,
    pub opened: u64,
    /// Requests that were not sent.
    pub refused: u64,
}

impl Breaker {
    pub fn new(settings: Settings) -> Self {
        Breaker {
            settings,
            circuit: Circuit::Closed,
            failures: 0,
            until: Time::ZERO,
            may_go: 0,
            needed: 0,
            epoch: 0,
            opened: 0,
            refused: 0,
        }
    }

    pub fn configure(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// Whether a request may go out now.
    pub fn admits(&mut self, now: Time) -> bool {
        if self.circuit == Circuit::Open && now >= self.until {
            self.turn(Circuit::HalfOpen);
            (self.may_go, self.needed) = (self.settings.trials, self.settings.trials);
        }
        let admits = match self.circuit {
            Circuit::Closed => true,
            Circuit::Open => false,
            Circuit::HalfOpen => self.may_go > 0,
        };
        self.may_go = self.may_go.saturating_sub(u32::from(admits));
        self.refused += u64::from(!admits);
        admits
    }

    /// How a request of this epoch ended.
    pub fn ended(&mut self, failed: bool, epoch: u32, now: Time) {
        if epoch != self.epoch {
            return;
        }
        match self.circuit {
            Circuit::Closed if !failed => self.failures = 0,
            Circuit::Closed => {
                self.failures += 1;
                if self.failures >= self.settings.failures {
                    self.open(now);
                }
            }
            Circuit::HalfOpen if failed => self.open(now),
            Circuit::HalfOpen => {
                self.needed = self.needed.saturating_sub(1);
                if self.needed == 0 {
                    self.failures = 0;
                    self.turn(Circuit::Closed);
                }
            }
            Circuit::Open => {}
        }
    }

    fn open(&mut self, now: Time) {
        self.until = now + self.settings.open;
        self.opened += 1;
        self.turn(Circuit::Open);
    }

    fn turn(&mut self, circuit: Circuit) {
        self.circuit = circuit;
        self.epoch += 1;
    }
}
