//! From a link to the moment that it shows: the run begins anew and everything that was done is done again. In slices,
//! because a link may ask for more than a page can do at once.

use super::Link;
use crate::diagram::{Change, Edit, History, Problem};
use crate::kernel::Time;
use crate::simulation::past::Past;
use crate::simulation::{Command, Done, Simulation};
use std::collections::VecDeque;

pub struct Arrival {
    simulation: Simulation,
    past: Past,
    history: History,
    waiting: VecDeque<Done>,
    time: Time,
    events: Option<u64>,
}

impl Arrival {
    /// At the beginning of the run; `seed` where the link names none.
    pub fn new(link: &Link, seed: u64) -> Result<Arrival, Vec<Problem>> {
        let mut simulation = Simulation::new(&link.document, link.seed.unwrap_or(seed))?;
        simulation.keep_ledger();
        let mut past = Past::of(&simulation);
        let history = History::default();
        past.noticed(&mut simulation, Some(&history));
        let (waiting, time, events) = match &link.moment {
            Some(moment) => (moment.commands.iter().cloned().collect(), moment.time, moment.events),
            None => (VecDeque::new(), Time::ZERO, None),
        };
        Ok(Arrival { simulation, past, history, waiting, time, events })
    }

    /// Handles about so many events more. True once the moment has come.
    pub fn work(&mut self, budget: u64) -> Result<bool, Vec<Problem>> {
        let mut left = budget;
        loop {
            let (time, events) = self.waiting.front().map_or((self.time, self.events), |done| (done.time, done.events));
            let room = events.map_or(u64::MAX, |events| events.saturating_sub(self.simulation.events()));
            if room > 0 {
                let progress = self.past.run_until(&mut self.simulation, time, room.min(left));
                left = left.saturating_sub(progress.events);
                let there = progress.reached || events.is_some_and(|events| self.simulation.events() >= events);
                if !there {
                    return Ok(false);
                }
            }
            let Some(done) = self.waiting.pop_front() else { return Ok(true) };
            self.simulation.come_to(done.time, done.events);
            self.carry_out(done.command)?;
            self.past.noticed(&mut self.simulation, Some(&self.history));
            // A command may be as much work as many events.
            left = left.saturating_sub(100);
            if left == 0 {
                return Ok(false);
            }
        }
    }

    /// What changes the document can be undone afterwards.
    fn carry_out(&mut self, command: Command) -> Result<(), Vec<Problem>> {
        let edit = match command {
            Command::Edit(edit) => edit,
            Command::Set { target, setting, value } => Edit::set(self.simulation.document(), target, &setting, value),
            other => return self.simulation.apply(other),
        };
        let change = Change::of(edit, self.simulation.document());
        let simulation = &mut self.simulation;
        self.history.perform(change, None, |edit| simulation.edit(edit))?;
        Ok(())
    }

    /// How far it has come, and how far it has to.
    pub fn progress(&self) -> (Time, Time) {
        (self.simulation.now(), self.time)
    }

    /// The run at the moment, its past, and what can be undone.
    pub fn finish(self) -> (Simulation, Past, History) {
        (self.simulation, self.past, self.history)
    }
}
