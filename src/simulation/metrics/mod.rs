//! Time series of every node and edge, collected at fixed distances of simulated time.
//!
//! Invariant: they are determined by the run alone, not by how it was cut into pieces. Memory is bounded: when there are
//! too many samples, pairs become one, and from then on samples are twice as far apart. Counts are kept as sums since the
//! start, so joining loses nothing; of what goes up and down, the higher value stays.

mod metric;
mod reading;
mod spread;

pub use metric::{Metric, Subject, Unit};
pub use reading::Reading;

use super::{Command, Simulation};
use crate::diagram::{EdgeIndex, NodeIndex};
use crate::kernel::{SECOND, Time};
use crate::services::{Record, Trace, Way, What};
use rustc_hash::FxHashMap;
use spread::{Spread, quantile, scratch};
use std::collections::VecDeque;

/// Between two samples at first, in microseconds.
const INTERVAL: u64 = SECOND / 4;
/// With more samples than this, pairs become one.
const SAMPLES: usize = 1_200;
/// Calls and invocations that are under way; more are not measured.
const UNDER_WAY: usize = 1 << 16;
/// Marks that are kept.
const MARKS: usize = 500;
/// Figures of the present are of the last so many microseconds.
const PRESENT: u64 = 10 * SECOND;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    Edit,
    Fault,
    Command,
}

impl MarkKind {
    pub fn words(self) -> &'static str {
        match self {
            MarkKind::Edit => tr!("edit"),
            MarkKind::Fault => tr!("fault"),
            MarkKind::Command => tr!("command"),
        }
    }
}

/// Something that people or the schedule of faults did.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub time: Time,
    pub kind: MarkKind,
    pub words: String,
    pub node: NodeIndex,
    pub edge: Option<EdgeIndex>,
}

#[derive(Clone, Debug, Default)]
struct NodeSeries {
    readings: Vec<Reading>,
    spreads: Vec<Spread>,
}

#[derive(Clone, Debug, Default)]
struct EdgeSeries {
    /// Set out and failed since the start.
    counts: Vec<(u64, u64)>,
    spreads: Vec<Spread>,
}

/// What is measured of an edge until the next sample.
#[derive(Clone, Debug, Default)]
struct EdgeTally {
    sent: u64,
    failed: u64,
    spans: Vec<u32>,
}

/// How far the journal was read, and what has begun and not ended there.
#[derive(Clone, Debug, Default)]
pub(super) struct Cursor {
    read: u64,
    /// How many marks there were.
    marks: usize,
    nodes: Vec<Vec<u32>>,
    edges: Vec<EdgeTally>,
    /// By edge and request: when it set out, and when it arrived.
    calls: FxHashMap<(EdgeIndex, Trace), (Time, Time)>,
    /// By function, message and request: when it began to run.
    runs: FxHashMap<(NodeIndex, u32, Trace), Time>,
}

#[derive(Clone, Debug)]
pub struct Metrics {
    interval: u64,
    /// Sample number n is of the time (n + 1) × interval.
    count: usize,
    nodes: Vec<NodeSeries>,
    edges: Vec<EdgeSeries>,
    marks: VecDeque<Mark>,
    pub(super) cursor: Cursor,
}

impl Default for Metrics {
    fn default() -> Self {
        Metrics {
            interval: INTERVAL,
            count: 0,
            nodes: Vec::new(),
            edges: Vec::new(),
            marks: VecDeque::new(),
            cursor: Cursor::default(),
        }
    }
}

impl Metrics {
    /// Between two samples, in microseconds.
    pub fn interval(&self) -> u64 {
        self.interval
    }

    /// How many samples there are.
    pub fn len(&self) -> usize {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// When a sample was taken.
    pub fn time(&self, sample: usize) -> Time {
        Time((sample as u64 + 1) * self.interval)
    }

    /// What people and the schedule did, oldest first.
    pub fn marks(&self) -> impl DoubleEndedIterator<Item = &Mark> {
        self.marks.iter()
    }

    /// When the next sample is due. What happens at that time belongs to it.
    pub(super) fn due(&self) -> Time {
        self.time(self.count)
    }

    /// Reads what the journal has more than before. To be called before the journal forgets any of it.
    pub(super) fn read(&mut self, simulation: &Simulation) {
        let (from, count) = (self.cursor.read, simulation.journal().count());
        if from == count {
            return;
        }
        self.cursor.read = count;
        let plan = simulation.plan();
        self.cursor.nodes.resize_with(plan.nodes.len().max(self.cursor.nodes.len()), Vec::new);
        self.cursor.edges.resize_with(plan.edges.len().max(self.cursor.edges.len()), EdgeTally::default);
        for (_, record) in simulation.journal().since(from) {
            if let What::Acted { action } = record.what {
                self.mark(record, action, simulation);
            } else {
                self.cursor.note(record, simulation);
            }
        }
    }

    fn mark(&mut self, record: &Record, action: u32, simulation: &Simulation) {
        let by_hand = simulation.log().iter().rev().take_while(|done| done.time >= record.time);
        let by_hand = by_hand.filter(|done| done.time == record.time);
        let kind = by_hand.fold(None, |kind, done| match done.command {
            Command::Edit(_) | Command::Set { .. } => Some(MarkKind::Edit),
            Command::Inject { .. } => kind.or(Some(MarkKind::Fault)),
            _ => kind.or(Some(MarkKind::Command)),
        });
        let words = simulation.journal().action(action).to_string();
        // What nobody did by hand, the schedule of faults did.
        let kind = kind.unwrap_or(MarkKind::Fault);
        self.marks.push_back(Mark { time: record.time, kind, words, node: record.node, edge: record.edge });
        self.cursor.marks += 1;
        if self.marks.len() > MARKS {
            self.marks.pop_front();
        }
    }

    /// Takes the sample that is due: everything up to that time has happened, and was read.
    pub(super) fn sample(&mut self, simulation: &Simulation) {
        let readings = simulation.readings();
        let plan = simulation.plan();
        let known = self.count;
        self.nodes.resize_with(plan.nodes.len().max(self.nodes.len()), || NodeSeries {
            readings: vec![Reading::default(); known],
            spreads: vec![Spread::default(); known],
        });
        self.edges.resize_with(plan.edges.len().max(self.edges.len()), || EdgeSeries {
            counts: vec![(0, 0); known],
            spreads: vec![Spread::default(); known],
        });
        for (place, series) in self.nodes.iter_mut().enumerate() {
            series.readings.push(readings.get(place).copied().unwrap_or_default());
            series.spreads.push(self.cursor.nodes.get_mut(place).map(Spread::of).unwrap_or_default());
        }
        for (place, series) in self.edges.iter_mut().enumerate() {
            let mut tally = self.cursor.edges.get_mut(place);
            series.counts.push(tally.as_ref().map_or((0, 0), |tally| (tally.sent, tally.failed)));
            series.spreads.push(tally.as_mut().map(|tally| Spread::of(&mut tally.spans)).unwrap_or_default());
        }
        self.count += 1;
        if self.count == SAMPLES {
            self.join_pairs();
        }
    }

    fn join_pairs(&mut self) {
        fn pairs<T>(list: &mut Vec<T>, join: impl Fn(&T, &T) -> T) {
            *list = list.chunks_exact(2).map(|pair| join(&pair[0], &pair[1])).collect();
        }
        for series in &mut self.nodes {
            pairs(&mut series.readings, |earlier, later| Reading::merge(*earlier, *later));
            pairs(&mut series.spreads, Spread::merge);
        }
        for series in &mut self.edges {
            pairs(&mut series.counts, |_, later| *later);
            pairs(&mut series.spreads, Spread::merge);
        }
        self.interval *= 2;
        self.count /= 2;
    }

    /// As it was at a time at which a sample was taken, or could have been, with what had begun by then.
    pub(super) fn cut(&self, time: Time, cursor: Cursor) -> Metrics {
        let count = ((time.0 / self.interval) as usize).min(self.count);
        let mut cut = self.clone();
        for series in &mut cut.nodes {
            series.readings.truncate(count);
            series.spreads.truncate(count);
        }
        for series in &mut cut.edges {
            series.counts.truncate(count);
            series.spreads.truncate(count);
        }
        // What was marked later is read again.
        let later = self.cursor.marks - cursor.marks;
        cut.marks.truncate(self.marks.len().saturating_sub(later));
        (cut.count, cut.cursor) = (count, cursor);
        cut
    }

    /// About how many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        (self.nodes.len() * size_of::<Reading>() + self.edges.len() * 16) * self.count
            + (self.nodes.len() + self.edges.len()) * self.count * 3 * size_of::<Spread>()
    }

    fn spreads(&self, subject: Subject) -> &[Spread] {
        match subject {
            Subject::Node(node) => self.nodes.get(node.usize()).map_or(&[], |series| &series.spreads),
            Subject::Edge(edge) => self.edges.get(edge.usize()).map_or(&[], |series| &series.spreads),
        }
    }

    fn reading(&self, subject: Subject, sample: usize) -> Reading {
        match subject {
            Subject::Node(node) => {
                let readings = self.nodes.get(node.usize()).and_then(|series| series.readings.get(sample));
                readings.copied().unwrap_or_default()
            }
            Subject::Edge(edge) => {
                let counts = self.edges.get(edge.usize()).and_then(|series| series.counts.get(sample));
                let (served, errors) = counts.copied().unwrap_or_default();
                Reading { served, errors, ..Reading::default() }
            }
        }
    }

    /// A metric over the samples `from..to`: rates over their whole time, percentiles over all that happened, the highest
    /// of what goes up and down, the cost at the end. `None` where nothing was measured.
    pub fn over(&self, subject: Subject, metric: Metric, from: usize, to: usize) -> Option<f64> {
        self.over_with(subject, metric, from, to, &mut None)
    }

    fn over_with(
        &self,
        subject: Subject,
        metric: Metric,
        from: usize,
        to: usize,
        histogram: &mut Option<hdrhistogram::Histogram<u64>>,
    ) -> Option<f64> {
        let to = to.min(self.count);
        if from >= to {
            return None;
        }
        if let Some(share) = metric.quantile() {
            let spreads = self.spreads(subject).get(from..to)?;
            if spreads.iter().all(Spread::is_empty) {
                return None;
            }
            return quantile(spreads.iter(), share, histogram.get_or_insert_with(scratch));
        }
        let last = self.reading(subject, to - 1);
        let before = if from == 0 { Reading::default() } else { self.reading(subject, from - 1) };
        let seconds = ((to - from) as u64 * self.interval) as f64 / SECOND as f64;
        let highest = |of: fn(&Reading) -> u64| {
            (from..to).map(|sample| of(&self.reading(subject, sample))).max().unwrap_or(0) as f64
        };
        Some(match metric {
            Metric::Rate => last.served.saturating_sub(before.served) as f64 / seconds,
            Metric::Errors => last.errors.saturating_sub(before.errors) as f64 / seconds,
            Metric::Throttles => last.throttles.saturating_sub(before.throttles) as f64 / seconds,
            Metric::Depth => highest(|reading| reading.depth),
            Metric::Age => highest(|reading| reading.age),
            Metric::Concurrency => highest(|reading| reading.concurrency),
            Metric::Cost => last.cost,
            Metric::P50 | Metric::P95 | Metric::P99 => return None,
        })
    }

    /// A metric's series, a value for each sample.
    pub fn series(&self, subject: Subject, metric: Metric) -> Vec<Option<f64>> {
        let mut histogram = None;
        (0..self.count).map(|sample| self.over_with(subject, metric, sample, sample + 1, &mut histogram)).collect()
    }

    /// How a metric stands at the sample before number `end`: rates and percentiles of the 10 s before.
    pub fn present(&self, subject: Subject, metric: Metric, end: usize) -> Option<f64> {
        let span = match metric {
            Metric::Depth | Metric::Age | Metric::Concurrency | Metric::Cost => 1,
            _ => (PRESENT / self.interval).max(1) as usize,
        };
        let end = end.min(self.count);
        self.over(subject, metric, end.saturating_sub(span), end)
    }

    /// Was and now: a metric over up to `span` microseconds before and after a time.
    pub fn around(&self, subject: Subject, metric: Metric, time: Time, span: u64) -> (Option<f64>, Option<f64>) {
        let samples = (span / self.interval).max(1) as usize;
        // The sample in which it happened belongs to neither.
        let at = (time.0 / self.interval) as usize;
        let was = self.over(subject, metric, at.saturating_sub(samples), at);
        let now = self.over(subject, metric, at + 1, at + 1 + samples);
        (was, now)
    }
}

impl Cursor {
    fn note(&mut self, record: &Record, simulation: &Simulation) {
        match (record.what, record.edge) {
            (What::Departed { way, arrives }, Some(edge)) if !matches!(way, Way::Poll) => {
                let records = if let Way::Batch { records } = way { u64::from(records) } else { 1 };
                if let Some(tally) = self.edges.get_mut(edge.usize()) {
                    tally.sent += records;
                }
                if matches!(way, Way::Request | Way::Message) {
                    if self.calls.len() >= UNDER_WAY {
                        self.calls.clear();
                    }
                    self.calls.insert((edge, record.trace), (record.time, arrives));
                }
            }
            (What::Replied { status, arrives }, Some(edge)) => {
                let Some((left, arrived)) = self.calls.remove(&(edge, record.trace)) else { return };
                if let Some(tally) = self.edges.get_mut(edge.usize()) {
                    tally.failed += u64::from(!status.is_success());
                    Spread::add(&mut tally.spans, arrives.since(left));
                }
                use crate::services::Service;
                let to = simulation.plan().edge(edge).to;
                // A client's and a function's spans have records of their own.
                if !matches!(simulation.service(to), Service::Function(_) | Service::Client(_)) {
                    self.took(to, record.time.since(arrived));
                }
            }
            (What::Answered { latency, .. }, _) => self.took(record.node, latency),
            (What::Started { .. }, _) => {
                if self.runs.len() >= UNDER_WAY {
                    self.runs.clear();
                }
                self.runs.insert((record.node, record.message, record.trace), record.time);
            }
            (What::Finished { .. }, _) => {
                if let Some(began) = self.runs.remove(&(record.node, record.message, record.trace)) {
                    self.took(record.node, record.time.since(began));
                }
            }
            _ => {}
        }
    }

    fn took(&mut self, node: NodeIndex, microseconds: u64) {
        if let Some(spans) = self.nodes.get_mut(node.usize()) {
            Spread::add(spans, microseconds);
        }
    }
}
