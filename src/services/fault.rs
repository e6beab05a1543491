//! Faults at work: what is wrong with one node or edge at the moment, and what that does to whatever passes.

use super::journal::Status;
use super::service::Level;
use crate::diagram::Fault;
use crate::kernel::{SECOND, Sampler, Stream, Time};

/// After which somebody who waits for an answer that never comes gives up, where nothing shorter is set: the
/// `read_timeout` of the services' own clients (botocore: config).
pub const SOCKET_TIMEOUT: u64 = 60 * SECOND;

/// The state of a fault.
#[derive(Clone, Debug, Default)]
pub struct FaultState {
    fault: Fault,
    /// Whether anything is wrong: asked for each request.
    active: bool,
    latency: Option<Sampler>,
    /// Of the throttle: tokens, and when they were counted last.
    tokens: f64,
    counted: Time,
    /// How many more messages will be marked as poison.
    poison: u32,
}

impl FaultState {
    pub fn set(&mut self, fault: Fault, now: Time) {
        self.active = !fault.is_none();
        self.latency = fault.latency.as_ref().map(Sampler::new);
        self.tokens = fault.throttle.unwrap_or(0.0).max(1.0);
        self.counted = now;
        self.poison = fault.poison;
        self.fault = fault;
    }

    pub fn fault(&self) -> &Fault {
        &self.fault
    }

    pub fn active(&self) -> bool {
        self.active
    }

    /// Whether answers may get lost here.
    pub fn loses_answers(&self) -> bool {
        self.fault.partition || self.fault.lost_answer_rate > 0.0
    }

    /// What is added, in microseconds.
    pub fn delay(&self, stream: &mut Stream) -> u64 {
        self.latency.as_ref().map_or(0, |latency| latency.draw(stream))
    }

    /// What a usual duration becomes, in microseconds.
    pub fn slowed(&self, usual: u64) -> u64 {
        match self.fault.latency_factor {
            Some(factor) => (usual as f64 * factor + 0.5) as u64,
            None => usual,
        }
    }

    pub fn throttles(&mut self, now: Time) -> bool {
        let Some(rate) = self.fault.throttle else { return false };
        let gained = now.since(self.counted) as f64 * rate / SECOND as f64;
        self.tokens = (self.tokens + gained).min(rate.max(1.0));
        self.counted = now;
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return false;
        }
        true
    }

    /// The throttle's bucket, where there is one.
    pub fn bucket(&self) -> Option<Level> {
        let rate = self.fault.throttle?;
        Some(Level { what: "fault", level: self.tokens, capacity: rate.max(1.0) })
    }

    /// How a request is refused, if it is; `outage` is what an outage says.
    pub fn refuses(&mut self, outage: Status, error: Status, stream: &mut Stream, now: Time) -> Option<Status> {
        if self.throttles(now) {
            Some(Status::THROTTLED)
        } else if self.fault.outage {
            Some(outage)
        } else if self.strikes(stream) {
            Some(error)
        } else {
            None
        }
    }

    /// Whether the error rate strikes.
    pub fn strikes(&self, stream: &mut Stream) -> bool {
        self.fault.error_rate > 0.0 && stream.chance(self.fault.error_rate)
    }

    /// Whether the next message is to be marked as poison.
    pub fn poisons(&mut self) -> bool {
        let marks = self.poison > 0;
        self.poison -= u32::from(marks);
        marks
    }

    pub fn duplicates(&self, stream: &mut Stream) -> bool {
        self.fault.duplicate_rate > 0.0 && stream.chance(self.fault.duplicate_rate)
    }

    pub fn loses(&self, stream: &mut Stream) -> bool {
        self.fault.partition || (self.fault.lost_answer_rate > 0.0 && stream.chance(self.fault.lost_answer_rate))
    }
}

/// Whether a node works at all, as set by hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Activity {
    #[default]
    Running,
    /// Frozen: whatever reaches it waits until it is resumed.
    Paused,
    /// Taken out of service: refuses what reaches it, starts nothing by itself, and nothing polls for it.
    Stopped,
}
