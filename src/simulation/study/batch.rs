//! Runs of several documents with several seeds, in slices.

use super::conditions::Conditions;
use super::observer::Observer;
use super::outcome::Outcome;
use super::series::Series;
use crate::diagram::{Document, Problem};
use crate::kernel::{SECOND, Time};
use crate::simulation::{Done, Simulation};

/// How far a study is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// From 0 to 1; where it is not known beforehand how much there is to do, an estimate.
    pub share: f64,
}

impl Progress {
    pub const DONE: Progress = Progress { share: 1.0 };

    pub fn done(self) -> bool {
        self.share >= 1.0
    }
}

/// The journal is read at least this often, in events, so that nothing leaves it unread.
const READ_AFTER: u64 = 4_096;
/// Between two samples, in microseconds.
const SAMPLE: u64 = SECOND;

/// One run that is being measured.
pub struct Run {
    simulation: Simulation,
    observer: Observer,
    series: Series,
    end: Time,
    next_sample: Time,
    window: Option<(Time, Time)>,
    /// Still to be carried out, the next one last.
    commands: Vec<Done>,
}

impl Run {
    pub fn new(document: &Document, seed: u64, conditions: &Conditions) -> Result<Run, Vec<Problem>> {
        let mut simulation = Simulation::new(document, seed)?;
        simulation.keep_ledger();
        simulation.set_late_after(conditions.late);
        let window = fault_window(document);
        let observer = Observer::new(&simulation, conditions.client.as_deref(), window)
            .ok_or_else(|| vec![Problem::new("", tr!("There is not enough memory to measure this."))])?;
        let series = Series::new(&simulation);
        let end = Time(conditions.span);
        Ok(Run { simulation, observer, series, end, next_sample: Time(SAMPLE).min(end), window, commands: Vec::new() })
    }

    /// A run in which these commands are carried out again.
    pub fn with_commands(self, commands: &[Done]) -> Run {
        Run { commands: commands.iter().rev().cloned().collect(), ..self }
    }

    /// Handles up to about `budget` events. True once the run is over.
    pub fn work(&mut self, budget: u64) -> bool {
        self.work_and(budget, &mut |_| {})
    }

    /// As [`Run::work`], with a look at the simulation each time before its journal can have let go of anything.
    pub fn work_and(&mut self, budget: u64, look: &mut dyn FnMut(&Simulation)) -> bool {
        let mut left = budget.max(1);
        while self.simulation.now() < self.end && left > 0 {
            let events = self.advance(left.min(READ_AFTER));
            self.observer.read(&self.simulation);
            if self.simulation.now() >= self.next_sample {
                self.series.sample(&self.simulation, &mut self.observer);
                self.next_sample = (self.next_sample + SAMPLE).min(self.end);
            }
            look(&self.simulation);
            left = left.saturating_sub(events.max(1));
        }
        self.simulation.now() >= self.end
    }

    /// Runs on to the next sample or command, but for no more than `budget` events. Gives how many there were.
    fn advance(&mut self, budget: u64) -> u64 {
        let due = self.commands.last().filter(|done| done.time <= self.next_sample);
        let Some(done) = due else { return self.simulation.run_until(self.next_sample, budget).events };
        // Up to just before it; what happens at its very moment is told apart by counting events.
        let before = Time(done.time.0.saturating_sub(1));
        if self.simulation.now() < before {
            return self.simulation.run_until(before, budget).events;
        }
        let handled = self.simulation.events();
        if let Some(done) = self.commands.pop() {
            // It was possible before, in the same run.
            let _ = self.simulation.replay(&done);
        }
        self.simulation.events() - handled
    }

    /// The share of its simulated time that has passed.
    pub fn share(&self) -> f64 {
        if self.end == Time::ZERO { 1.0 } else { self.simulation.now().0 as f64 / self.end.0 as f64 }
    }

    pub fn simulation(&self) -> &Simulation {
        &self.simulation
    }

    pub fn finish(self) -> Outcome {
        Outcome::new(&self.simulation, self.observer, self.series, self.window)
    }
}

/// From when the first scheduled fault begins to when the last one ends; `None` where one never ends or there is none.
fn fault_window(document: &Document) -> Option<(Time, Time)> {
    let time = |seconds: f64| Time((seconds * SECOND as f64 + 0.5) as u64);
    let from = document.faults.iter().map(|fault| time(fault.at)).min()?;
    let ends: Option<Vec<Time>> = document.faults.iter().map(|fault| fault.until.map(time)).collect();
    Some((from, ends?.into_iter().max()?))
}

/// Every document with every seed. Seeds come one after the other, so that whoever stops early has complete pairs.
pub struct Batch {
    documents: Vec<Document>,
    /// For each document, what is done while it runs; nothing where the list ends before.
    commands: Vec<Vec<Done>>,
    seeds: Vec<u64>,
    conditions: Conditions,
    run: Option<Run>,
    finished: usize,
    /// For each document, in the order of the seeds.
    pub outcomes: Vec<Vec<Outcome>>,
}

impl Batch {
    /// The documents have to be valid: see [`Conditions::prepare`].
    pub fn new(documents: Vec<Document>, seeds: &[u64], conditions: Conditions) -> Batch {
        let outcomes = documents.iter().map(|_| Vec::new()).collect();
        let (commands, seeds) = (Vec::new(), seeds.to_vec());
        Batch { documents, commands, seeds, conditions, run: None, finished: 0, outcomes }
    }

    /// Does this to the run of each document.
    pub fn with_commands(self, commands: Vec<Vec<Done>>) -> Batch {
        Batch { commands, ..self }
    }

    pub fn work(&mut self, budget: u64) -> Progress {
        let total = self.documents.len() * self.seeds.len();
        if self.finished >= total {
            return Progress::DONE;
        }
        let (design, seed) = (self.finished % self.documents.len(), self.finished / self.documents.len());
        let mut run = match self.run.take() {
            Some(run) => run,
            None => match Run::new(&self.documents[design], self.seeds[seed], &self.conditions) {
                Ok(run) => run.with_commands(self.commands.get(design).map_or(&[], Vec::as_slice)),
                // It was checked before; whatever is wrong now, there is no outcome.
                Err(_) => {
                    self.finished += 1;
                    return self.work(budget);
                }
            },
        };
        let mut share = 0.0;
        if run.work(budget) {
            self.outcomes[design].push(run.finish());
            self.finished += 1;
        } else {
            share = run.share();
            self.run = Some(run);
        }
        Progress { share: ((self.finished as f64 + share) / total as f64).min(1.0) }
    }

    /// How many seeds every document has run with.
    pub fn complete(&self) -> usize {
        self.outcomes.iter().map(Vec::len).min().unwrap_or(0)
    }

    pub fn seeds(&self) -> &[u64] {
        &self.seeds
    }
}
