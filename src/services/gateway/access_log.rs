//! The access log: what the `$context` variables say of the latest requests (set-up-logging).

use super::super::call::ResourceId;
use super::super::journal::Status;
use super::super::message::Trace;
use super::error::GatewayError;
use crate::kernel::Time;
use std::collections::VecDeque;

/// How many requests are kept for showing.
pub const KEPT: usize = 50;

/// One request. Latencies are in microseconds.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub arrived: Time,
    pub trace: Trace,
    pub resource: ResourceId,
    pub route: u32,
    pub status: u16,
    pub latency: u64,
    /// What the integration answered, and after which time; `None` where it was not asked.
    pub integration: Option<(Status, u64)>,
    pub authorizer_latency: u64,
    pub error: Option<GatewayError>,
    pub cached: bool,
    pub canary: bool,
}

#[derive(Clone, Debug, Default)]
pub struct AccessLog(VecDeque<Entry>);

impl AccessLog {
    pub fn push(&mut self, entry: Entry) {
        if self.0.len() >= KEPT {
            self.0.pop_front();
        }
        self.0.push_back(entry);
    }

    /// Newest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter().rev()
    }
}
