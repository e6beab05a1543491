//! A line of time: one run, as far as it is known.

use super::checkpoints::{Checkpoint, Checkpoints};
use super::{LineId, LineView, Moment, SLICE};
use crate::diagram::History;
use crate::kernel::Time;
use crate::simulation::metrics::Metrics;
use crate::simulation::{Done, Simulation};
use std::collections::BTreeMap;

pub(super) struct Line {
    pub id: LineId,
    pub name: String,
    origin: Option<(LineId, Moment)>,
    began_with: Option<String>,
    /// All of its commands, from the start.
    pub log: Vec<Done>,
    pub end: Moment,
    /// The run at the end, while something earlier is shown.
    pub tip: Option<Simulation>,
    pub checkpoints: Checkpoints,
    /// Up to the end.
    pub metrics: Metrics,
    /// What could be undone after so many commands.
    pub histories: BTreeMap<usize, History>,
}

impl Line {
    pub fn new(start: Simulation) -> Line {
        Line {
            id: 1,
            name: tr!("First run").to_string(),
            origin: None,
            began_with: None,
            log: Vec::new(),
            end: Moment::of(&start),
            tip: None,
            checkpoints: Checkpoints::new(Checkpoint::new(start, Metrics::default().cursor)),
            metrics: Metrics::default(),
            histories: BTreeMap::new(),
        }
    }

    /// A line that leaves this one at a moment.
    pub fn branch(&self, id: LineId, at: Moment, began_with: String) -> Line {
        Line {
            id,
            name: tr!("Branch {}", id - 1),
            origin: Some((self.id, at)),
            began_with: Some(began_with),
            log: self.log.get(..at.commands).unwrap_or(&self.log).to_vec(),
            end: at,
            tip: None,
            checkpoints: self.checkpoints.up_to(at),
            metrics: self.metrics_at(at),
            histories: self.histories.range(..=at.commands).map(|(count, history)| (*count, history.clone())).collect(),
        }
    }

    /// The time series as they were at a moment.
    fn metrics_at(&self, moment: Moment) -> Metrics {
        let Some(checkpoint) = self.checkpoints.aligned(moment, self.metrics.interval()) else {
            return Metrics::default();
        };
        let mut metrics = self.metrics.cut(checkpoint.moment.time, checkpoint.cursor.clone());
        let mut probe = checkpoint.simulation.clone();
        let commands = self.log.iter().take(moment.commands).skip(probe.log().len());
        for done in commands {
            measure(&mut probe, &mut metrics, done.time, done.events);
            let _ = probe.replay(done);
            metrics.read(&probe);
        }
        measure(&mut probe, &mut metrics, moment.time, Some(moment.events));
        metrics
    }

    pub fn view(&self, current: bool) -> LineView {
        LineView {
            id: self.id,
            name: self.name.clone(),
            origin: self.origin.map(|(line, moment)| (line, moment.time)),
            began_with: self.began_with.clone(),
            end: self.end.time,
            current,
        }
    }
}

/// Runs to a moment before which no command is left, and measures on the way.
pub(super) fn measure(simulation: &mut Simulation, metrics: &mut Metrics, until: Time, events: Option<u64>) {
    loop {
        let due = metrics.due();
        let goal = due.min(until);
        let room = events.map_or(u64::MAX, |events| events.saturating_sub(simulation.events()));
        let reached = match room {
            // The last events are handled; only time passes yet.
            0 => {
                simulation.settle(goal);
                true
            }
            room => simulation.run_until(goal, room.min(SLICE)).reached,
        };
        metrics.read(simulation);
        match reached {
            true if due < until => metrics.sample(simulation),
            true => return,
            false => {}
        }
    }
}
