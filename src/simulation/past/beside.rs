//! Two lines of time over each other: their series at the same moments, and from when on they differ.

use super::line::Line;
use super::{LineId, Past};
use crate::kernel::Time;
use crate::simulation::Simulation;
use crate::simulation::metrics::{Metric, Metrics, Subject};
use uuid::Uuid;

impl Past {
    fn line_of(&self, id: LineId) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == id)
    }

    /// What has this id in a line's own diagram: an edit may have brought it there alone. `simulation` is the present run.
    pub fn subject_in(&self, line: LineId, simulation: &Simulation, id: Uuid) -> Option<Subject> {
        let found = self.line_of(line)?;
        let present = if found.id == self.line().id { simulation } else { &found.checkpoints.last().simulation };
        let at_end = found.tip.as_ref().unwrap_or(present);
        let plan = at_end.plan();
        plan.find_node(id).map(Subject::Node).or_else(|| plan.find_edge(id).map(Subject::Edge))
    }

    /// From when on two lines are not the same: the first command that only one of them has; where one merely got further,
    /// the end of the other.
    pub fn parting(&self, one: LineId, other: LineId) -> Option<Time> {
        let (one, other) = (self.line_of(one)?, self.line_of(other)?);
        let same = one.log.iter().zip(&other.log).take_while(|(one, other)| one == other).count();
        let next = [one, other].into_iter().filter_map(|line| line.log.get(same)).map(|done| done.time).min();
        Some(next.unwrap_or(one.end.time.min(other.end.time)))
    }

    /// How far a line is known.
    pub fn end_of(&self, line: LineId) -> Option<Time> {
        self.line_of(line).map(|line| line.end.time)
    }
}

/// Several series at the same moments between two times, at most about `most` of them. Each is of another run, whose
/// samples may lie further apart. Gives the moments, and each series' values there: what was measured since the one before.
pub fn aligned(
    series: &[(&Metrics, Option<Subject>)],
    metric: Metric,
    (from, to): (Time, Time),
    most: u64,
) -> (Vec<Time>, Vec<Vec<Option<f64>>>) {
    let longest = series.iter().map(|(metrics, _)| metrics.interval()).max().unwrap_or(1).max(1);
    // Intervals double as runs get longer, so that the longest is a multiple of each.
    let step = longest * (to.0.saturating_sub(from.0) / longest / most.max(1)).max(1).next_power_of_two();
    let first = from.0 / step + 1;
    let times: Vec<Time> = (first..=to.0 / step).map(|place| Time(place * step)).collect();
    let values = series.iter().map(|(metrics, subject)| {
        let sample = |time: u64| (time / metrics.interval().max(1)) as usize;
        let value = |time: &Time| {
            let whole = sample(time.0) <= metrics.len();
            subject.filter(|_| whole).and_then(|it| metrics.over(it, metric, sample(time.0 - step), sample(time.0)))
        };
        times.iter().map(value).collect()
    });
    let values = values.collect();
    (times, values)
}

/// A metric over a stretch of a run.
pub fn over_stretch(
    metrics: &Metrics,
    subject: Option<Subject>,
    metric: Metric,
    (from, to): (Time, Time),
) -> Option<f64> {
    let sample = |time: Time| (time.0 / metrics.interval().max(1)) as usize;
    metrics.over(subject?, metric, sample(from), sample(to).max(sample(from) + 1))
}
