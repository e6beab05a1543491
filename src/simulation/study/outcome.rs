//! What one run came to.

use super::observer::{Counts, Observer};
use super::series::Series;
use crate::diagram::NodeKind;
use crate::kernel::{SECOND, Time};
use crate::simulation::{Entries, LatencyView, LedgerView, Simulation};
use hdrhistogram::Histogram;
use serde_json::Value;

/// How long it took after the last fault until things were as before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// No fault began and ended within the run.
    NoFault,
    /// Microseconds.
    After(u64),
    /// The run ended before.
    NotWithin,
}

/// What became of the requests that were sent while the fault was in force.
pub type Window = Counts;

#[derive(Clone, Debug)]
pub struct Outcome {
    pub seed: u64,
    pub counts: Counts,
    /// Requests without an answer when the run ended.
    pub waiting: u64,
    pub window: Window,
    /// Rows and e-mails of all clients' requests, everywhere together.
    pub ledger: Entries,
    /// Microseconds to the final answer of requests that succeeded.
    pub latency: LatencyView,
    /// Microseconds until all the work of a request was done, of those that were answered with success.
    pub done: LatencyView,
    /// Dollars for a million requests like these.
    pub cost_per_million: f64,
    /// Of that, for queues, topics, buses and rules.
    pub messaging_per_million: f64,
    /// Milliseconds that functions were billed for, a request.
    pub billed: f64,
    pub recovery: Recovery,
    pub series: Series,
    /// The report's figures, by node.
    pub nodes: serde_json::Map<String, Value>,
    pub journal_hash: String,
    /// Records that were not seen; figures are too low by what they told.
    pub missed: u64,
}

/// After a fault everything has to go well for this long, in samples of a second each.
const CALM: usize = 10;

impl Outcome {
    pub(super) fn new(
        simulation: &Simulation,
        mut observer: Observer,
        series: Series,
        window: Option<(Time, Time)>,
    ) -> Outcome {
        let waiting = observer.waiting();
        observer.finish();
        let report = simulation.report();
        let figure = |node: &Value, name: &str| node[name].as_f64().unwrap_or(0.0);
        let functions = report.nodes.values().filter(|node| node["kind"] == NodeKind::Function.name());
        let billed: f64 = functions.map(|node| figure(node, "billed_ms")).sum();
        let clients = report.nodes.values().filter(|node| node["kind"] == NodeKind::Client.name());
        let requests: f64 = clients.map(|node| figure(node, "sent")).sum();
        Outcome {
            seed: report.seed,
            counts: observer.counts,
            waiting,
            window: observer.window_counts,
            ledger: together(report.ledger.as_ref()),
            latency: percentiles(&observer.answers),
            done: percentiles(&observer.done),
            messaging_per_million: if requests > 0.0 { messaging(simulation) / requests * 1e6 } else { 0.0 },
            cost_per_million: report.cost.per_million_requests_usd,
            billed: if requests > 0.0 { billed / requests } else { 0.0 },
            recovery: recovery(&series, window),
            series,
            nodes: report.nodes,
            journal_hash: report.journal_hash,
            missed: observer.missed,
        }
    }
}

/// The entries of all databases and mailers.
fn together(ledger: Option<&LedgerView>) -> Entries {
    let mut sum = Entries::default();
    for column in ledger.into_iter().flat_map(|ledger| &ledger.columns) {
        let Entries { expected, on_time, late, pending, missing, duplicates, unasked } = column.entries;
        sum.expected += expected;
        sum.on_time += on_time;
        sum.late += late;
        sum.pending += pending;
        sum.missing += missing;
        sum.duplicates += duplicates;
        sum.unasked += unasked;
    }
    sum
}

/// Dollars for what carries messages.
fn messaging(simulation: &Simulation) -> f64 {
    let carries = |kind| matches!(kind, NodeKind::Queue | NodeKind::Topic | NodeKind::Bus | NodeKind::Rule);
    let plan = simulation.plan();
    let nodes = plan.node_indices().filter(|node| carries(plan.node(*node).kind));
    nodes.flat_map(|node| simulation.charges(node)).map(|charge| charge.cost).sum()
}

fn percentiles(histogram: &Histogram<u64>) -> LatencyView {
    LatencyView {
        p50: histogram.value_at_quantile(0.5),
        p95: histogram.value_at_quantile(0.95),
        p99: histogram.value_at_quantile(0.99),
        max: histogram.max(),
        count: histogram.len(),
    }
}

/// Things are as before as soon as no more waits than at the worst time before the fault, and the ten seconds that follow
/// have no more failures than the worst ten before.
fn recovery(series: &Series, window: Option<(Time, Time)>) -> Recovery {
    let Some((from, until)) = window else { return Recovery::NoFault };
    let rows = &series.rows;
    let before = rows.partition_point(|row| row.time <= from);
    let after = rows.partition_point(|row| row.time < until);
    if after == rows.len() {
        return Recovery::NoFault;
    }
    let backlog = rows[..before].iter().map(|row| row.backlog).max().unwrap_or(0);
    let failures = |rows: &[super::SeriesRow]| rows.iter().map(|row| row.failed).sum::<u64>();
    let failed = rows[..before].windows(CALM).map(failures).max().unwrap_or(0);
    for place in after..rows.len().saturating_sub(CALM) {
        if rows[place].backlog <= backlog && failures(&rows[place + 1..=place + CALM]) <= failed {
            return Recovery::After(rows[place].time.since(until).max(SECOND * u64::from(place > after)));
        }
    }
    Recovery::NotWithin
}
