//! Figures of one run, second by second.

use super::observer::Observer;
use crate::kernel::Time;
use crate::simulation::{Glance, Simulation};

/// What happened within one interval, and what there was at its end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeriesRow {
    /// Its end.
    pub time: Time,
    pub sent: u64,
    pub succeeded: u64,
    pub failed: u64,
    /// Percentiles of the time to the answer, in microseconds, of what was answered with success within it.
    pub p50: Option<u64>,
    pub p95: Option<u64>,
    /// Requests that wait for their answer, and everything that waits in [`SeriesRow::waiting`].
    pub backlog: u64,
    /// What waits at each node to be worked on.
    pub waiting: Vec<u32>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// The nodes' names, in the order of [`SeriesRow::waiting`].
    pub nodes: Vec<String>,
    pub rows: Vec<SeriesRow>,
    sent: u64,
    succeeded: u64,
    failed: u64,
}

impl Series {
    pub fn new(simulation: &Simulation) -> Series {
        Series { nodes: simulation.plan().nodes.iter().map(|node| node.name.clone()).collect(), ..Series::default() }
    }

    pub fn sample(&mut self, simulation: &Simulation, observer: &mut Observer) {
        let waiting: Vec<u32> =
            simulation.plan().node_indices().map(|node| waiting(&simulation.glance(node))).collect();
        let counts = observer.counts;
        observer.recent.sort_unstable();
        let quantile = |share: usize| {
            let last = observer.recent.len().checked_sub(1)?;
            observer.recent.get(last * share / 100).copied()
        };
        self.rows.push(SeriesRow {
            time: simulation.now(),
            sent: counts.sent - self.sent,
            succeeded: counts.succeeded - self.succeeded,
            failed: counts.failed - self.failed,
            p50: quantile(50),
            p95: quantile(95),
            backlog: observer.waiting() + waiting.iter().map(|count| u64::from(*count)).sum::<u64>(),
            waiting,
        });
        (self.sent, self.succeeded, self.failed) = (counts.sent, counts.succeeded, counts.failed);
        observer.recent.clear();
    }

    /// How fast what waits grows, a second: the mean of the last third of the run less that of the middle third, so that
    /// the time in which everything begins does not count.
    pub fn growth(&self, of: impl Fn(&SeriesRow) -> u64) -> f64 {
        let third = self.rows.len() / 3;
        let (Some(first), Some(last)) = (self.rows.first(), self.rows.last()) else { return 0.0 };
        let seconds = Time(last.time.since(first.time)).seconds() / 3.0;
        if third == 0 || seconds <= 0.0 {
            return 0.0;
        }
        let mean = |rows: &[SeriesRow]| rows.iter().map(&of).sum::<u64>() as f64 / rows.len() as f64;
        (mean(&self.rows[self.rows.len() - third..]) - mean(&self.rows[third..self.rows.len() - third])) / seconds
    }
}

/// What waits at a node to be worked on or tried again. Dead letters wait for people.
fn waiting(glance: &Glance) -> u32 {
    let count = match *glance {
        Glance::Function { queued, .. } => queued,
        Glance::Queue { visible, delayed, in_flight, dead_letter_queue: false } => visible + delayed + in_flight,
        Glance::Topic { retrying, .. } | Glance::Rule { retrying, .. } => retrying,
        _ => 0,
    };
    count.min(u64::from(u32::MAX)) as u32
}
