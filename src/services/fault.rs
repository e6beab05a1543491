//! Faults: what can be made to go wrong with a node or an edge, while it runs.

use crate::diagram::Distribution;

/// What is wrong with a node or an edge at the moment. Nothing, by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fault {
    /// Nothing gets through, or nothing answers.
    pub outage: bool,
    /// The share of requests that fail, from 0 to 1.
    pub error_rate: f64,
    /// Added to everything that passes or is worked on.
    pub latency: Option<Distribution>,
    /// At most this many requests a second; the others are throttled.
    pub throttle: Option<f64>,
}

impl Fault {
    pub fn is_none(&self) -> bool {
        *self == Fault::default()
    }

    /// In words: `outage`, `30 % errors, +500 ms`.
    pub fn describe(&self) -> String {
        let mut words = Vec::new();
        if self.outage {
            words.push("outage".to_string());
        }
        if self.error_rate > 0.0 {
            words.push(format!("{} % errors", (self.error_rate * 1000.0) as u64 as f64 / 10.0));
        }
        if let Some(latency) = &self.latency {
            words.push(format!("+{}", latency.describe()));
        }
        if let Some(rate) = self.throttle {
            words.push(format!("throttled to {rate}/s"));
        }
        if words.is_empty() { "healthy".to_string() } else { words.join(", ") }
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
