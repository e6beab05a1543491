//! How a node stands at a moment, in the same few numbers for every kind of node.

use crate::diagram::NodeIndex;
use crate::services::{Queue, Receivers, Service};
use crate::simulation::Simulation;

/// What a node has come to since the start, and how it stands now.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reading {
    /// Since the start.
    pub served: u64,
    pub errors: u64,
    pub throttles: u64,
    /// US dollars.
    pub cost: f64,
    /// Now. Microseconds for the age.
    pub depth: u64,
    pub age: u64,
    pub concurrency: u64,
}

impl Reading {
    /// Two that follow each other as one: the later counts, and the higher of what goes up and down.
    pub fn merge(earlier: Reading, later: Reading) -> Reading {
        Reading {
            depth: earlier.depth.max(later.depth),
            age: earlier.age.max(later.age),
            concurrency: earlier.concurrency.max(later.concurrency),
            ..later
        }
    }
}

/// Served, errors, throttles, depth, concurrency.
type Counts = (u64, u64, u64, u64, u64);

fn deliveries(served: u64, throttles: u64, receivers: &Receivers) -> Counts {
    let totals = receivers.totals();
    (served, totals.failed, throttles, totals.retrying + totals.waiting, 0)
}

impl Simulation {
    /// How each node stands, in the order of the plan; what was removed stands at nothing.
    pub(super) fn readings(&self) -> Vec<Reading> {
        let costs = self.costs();
        let mut readings = vec![Reading::default(); self.plan().nodes.len()];
        for node in self.plan().node_indices() {
            let (served, errors, throttles, depth, concurrency) = self.counts(node);
            let age = match self.service(node) {
                Service::Queue(queue) => self.oldest(queue),
                _ => 0,
            };
            let cost = costs.get(node.usize()).copied().unwrap_or(0.0);
            readings[node.usize()] = Reading { served, errors, throttles, cost, depth, age, concurrency };
        }
        readings
    }

    fn counts(&self, node: NodeIndex) -> Counts {
        match self.service(node) {
            Service::Client(it) => (it.counts.sent, it.counts.failed, 0, 0, it.waiting()),
            Service::Gateway(it) => {
                let errors = it.statuses.range(400..).map(|(_, count)| count).sum();
                (it.requests, errors, it.throttled, 0, it.waiting_count())
            }
            Service::Function(it) => (
                it.counts.invocations,
                it.counts.errors,
                it.counts.throttles,
                it.queued_count() as u64,
                it.concurrent(),
            ),
            Service::Queue(it) => (
                it.counts.sent,
                it.counts.dead_lettered + it.counts.expired,
                it.counts.throttled,
                (it.visible_count() + it.delayed_count()) as u64,
                it.in_flight_count() as u64,
            ),
            Service::Topic(it) => deliveries(it.published, it.throttled, &it.receivers),
            Service::Bus(it) => deliveries(it.events, it.throttled, &it.receivers),
            Service::Rule(it) => deliveries(it.matched, 0, &it.receivers),
            Service::Database(it) => {
                (it.finished, it.failures, it.throttles, it.waiting_count() as u64, it.connections() as u64)
            }
            Service::Mailer(it) => (it.requests, it.failures, it.throttles, 0, 0),
            Service::Endpoint(it) => (it.requests, it.failures, 0, 0, 0),
            Service::Mapping(_) | Service::Other => (0, 0, 0, 0, 0),
        }
    }

    /// Microseconds since the oldest message that counts was sent.
    fn oldest(&self, queue: &Queue) -> u64 {
        let since = queue.stored().filter_map(|entry| queue.age_counts_from(entry, self.message(entry.message)));
        since.min().map_or(0, |oldest| self.now().since(oldest))
    }
}
