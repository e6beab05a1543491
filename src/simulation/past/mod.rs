//! The past of a run: going back to any moment, and the futures that begin there.
//!
//! A [`Past`] goes along with a simulation and lets its time pass, so that it can note what it needs: checkpoints, time
//! series, breakpoints. Going back loses nothing: what came after is known, and comes again as time passes, commands
//! included. A new command in the past begins a branch; the old future stays as it was, under its own name.
//!
//! Edits belong to time like all commands: at an earlier moment the diagram is as it was then, and undo takes back what
//! had been done by then. Where nodes stand is no matter of time: they stay where they were put last.
//!
//! Invariants: going back and forth any number of times ends in the same journal as the straight run, and a branch never
//! changes the line that it left (`tests/time_travel.rs`).

pub mod beside;
mod checkpoints;
mod line;

use super::breakpoints::{Breakpoints, Stop};
use super::metrics::Metrics;
use super::{Done, Progress, Simulation};
use crate::diagram::{Document, Edit, History};
use crate::kernel::Time;
use checkpoints::{BUDGET, Checkpoint};
use line::{Line, measure};
use rustc_hash::FxHashMap;
use uuid::Uuid;

/// Events between two looks into the journal: few enough that it has forgotten nothing.
const SLICE: u64 = 20_000;

/// A state of a run, exactly: some moments have the same time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    pub time: Time,
    pub commands: usize,
    pub events: u64,
}

impl Moment {
    pub fn of(simulation: &Simulation) -> Moment {
        Moment { commands: simulation.log().len(), events: simulation.events(), time: simulation.now() }
    }
}

pub type LineId = u32;

/// A line of time, as lists show it.
#[derive(Clone, Debug, PartialEq)]
pub struct LineView {
    pub id: LineId,
    pub name: String,
    /// The line that it left, and when.
    pub origin: Option<(LineId, Time)>,
    /// The command with which it left.
    pub began_with: Option<String>,
    /// How far it is known.
    pub end: Time,
    pub current: bool,
}

pub struct Past {
    lines: Vec<Line>,
    current: usize,
    last_id: LineId,
    /// The line that was deleted last, and its place among the others.
    deleted: Option<(usize, Line)>,
    pub breakpoints: Breakpoints,
    /// Why time stopped last, until it goes on.
    stopped: Option<Stop>,
    /// Where each node was put last.
    places: FxHashMap<Uuid, (f64, f64)>,
    /// Whether a known command of the past was carried out again since somebody asked.
    replayed: bool,
}

impl Past {
    /// The past of a run that may be under way: what happened up to now is gone through once more.
    pub fn of(simulation: &Simulation) -> Past {
        let mut again = simulation.begun_again();
        let mut line = Line::new(again.clone());
        for done in simulation.log() {
            measure(&mut again, &mut line.metrics, done.time, done.events);
            // It was carried out before, so it can be again.
            let _ = again.replay(done);
            line.metrics.read(&again);
            line.log.push(done.clone());
        }
        line.end = Moment::of(simulation);
        measure(&mut again, &mut line.metrics, line.end.time, Some(line.end.events));
        Past {
            lines: vec![line],
            current: 0,
            last_id: 1,
            deleted: None,
            breakpoints: Breakpoints::default(),
            stopped: None,
            places: FxHashMap::default(),
            replayed: false,
        }
    }

    fn line(&self) -> &Line {
        &self.lines[self.current]
    }

    fn line_mut(&mut self) -> &mut Line {
        &mut self.lines[self.current]
    }

    /// The time series of the line that is shown, up to its end.
    pub fn metrics(&self) -> &Metrics {
        &self.line().metrics
    }

    /// The time series of any line.
    pub fn metrics_of(&self, line: LineId) -> Option<&Metrics> {
        self.lines.iter().find(|it| it.id == line).map(|it| &it.metrics)
    }

    /// The commands of any line, up to its end.
    pub fn log_of(&self, line: LineId) -> Option<&[Done]> {
        self.lines.iter().find(|it| it.id == line).map(|it| it.log.as_slice())
    }

    /// How far the present line is known.
    pub fn end(&self) -> Time {
        self.line().end.time
    }

    /// Whether what comes next is known already.
    pub fn is_before_end(&self, simulation: &Simulation) -> bool {
        Moment::of(simulation) < self.line().end
    }

    pub fn lines(&self) -> Vec<LineView> {
        let view = |(place, line): (usize, &Line)| line.view(place == self.current);
        self.lines.iter().enumerate().map(view).collect()
    }

    /// How many checkpoints the present line has, and what all of them take, in bytes.
    pub fn checkpoints(&self) -> (usize, usize) {
        (self.line().checkpoints.len(), self.weight())
    }

    /// Where the checkpoints of the present line lie.
    pub fn checkpoint_moments(&self) -> Vec<Moment> {
        self.line().checkpoints.moments().collect()
    }

    fn weight(&self) -> usize {
        let kept = || self.lines.iter().chain(self.deleted.as_ref().map(|(_, line)| line));
        checkpoints::weight(kept().map(|line| &line.checkpoints))
            + kept().map(|line| line.metrics.weight()).sum::<usize>()
    }

    /// Why time stopped last.
    pub fn stopped(&self) -> Option<&Stop> {
        self.stopped.as_ref()
    }

    /// Whether commands of the past were carried out again since the last time that this was asked.
    pub fn take_replayed(&mut self) -> bool {
        std::mem::take(&mut self.replayed)
    }

    /// Lets time pass, as [`Simulation::run_until`] does, but stops at breakpoints. A known command counts as an event.
    pub fn run_until(&mut self, simulation: &mut Simulation, until: Time, budget: u64) -> Progress {
        self.stopped = None;
        let mut events = 0;
        while events < budget {
            let (progress, arrived) = self.go(simulation, until, None, budget - events);
            events += progress;
            if self.stopped.is_some() || arrived {
                return Progress { reached: self.stopped.is_none(), events };
            }
        }
        Progress { reached: false, events }
    }

    /// Like [`Past::run_until`], without breakpoints.
    fn pass(&mut self, simulation: &mut Simulation, until: Time) {
        let watched = std::mem::take(&mut self.breakpoints);
        while !self.go(simulation, until, None, u64::MAX).1 {}
        self.breakpoints = watched;
    }

    /// A piece of the way: up to whatever has to be done next. Gives the events, and whether `until` was reached.
    fn go(&mut self, simulation: &mut Simulation, until: Time, most: Option<u64>, budget: u64) -> (u64, bool) {
        let line = &mut self.lines[self.current];
        let known = line.log.get(simulation.log().len()).cloned();
        let behind = Moment::of(simulation) < line.end;
        let (mut limit, upto) = match &known {
            Some(done) => (done.time, done.events),
            None if behind => (line.end.time, Some(line.end.events)),
            None => (line.metrics.due(), None),
        };
        let mut at_sample = !behind && known.is_none();
        if (behind || known.is_some()) && self.breakpoints.need_samples() {
            let interval = line.metrics.interval();
            let sample = Time((simulation.now().0 / interval + 1) * interval);
            if sample < limit {
                (limit, at_sample) = (sample, true);
            }
        }
        let upto = if at_sample { None } else { upto };
        let goal = until.min(limit);
        let room = if goal == limit { upto.map_or(u64::MAX, |upto| upto - simulation.events()) } else { u64::MAX };
        let room = room.min(most.map_or(u64::MAX, |most| most - simulation.events()));
        let slice = room.min(budget).min(SLICE);
        let (events, reached) = match slice {
            0 => (0, false),
            _ if self.breakpoints.is_empty() => {
                let progress = simulation.run_until(goal, slice);
                (progress.events, progress.reached)
            }
            _ => self.breakpoints.watch(simulation, goal, slice),
        };
        if !behind {
            line.metrics.read(simulation);
            line.end = Moment::of(simulation);
            line.tip = None;
        }
        if let Some(stop) = self.breakpoints.take_hit() {
            self.stopped = Some(stop);
            return (events, false);
        }
        if most == Some(simulation.events()) {
            return (events, false);
        }
        let there = goal == limit && (reached || upto == Some(simulation.events()));
        if !there {
            return (events, reached && goal == until);
        }
        if until == Time::NEVER && known.is_none() && !behind && simulation.next_time().is_none() {
            return (events, true);
        }
        if at_sample && until == limit {
            // Something more may happen at this very time.
            return (events, true);
        }
        simulation.settle(limit);
        if at_sample {
            if !behind {
                self.sample(simulation);
            }
            self.stopped = self.breakpoints.at_sample(simulation, &self.lines[self.current].metrics);
            return (events, false);
        }
        if let Some(done) = known {
            // It was carried out before, so it can be again.
            let _ = simulation.apply(done.command);
            self.replayed = true;
            return (events + 1, false);
        }
        // At the end of what is known: from here on it is the run itself again, with all of its journal.
        let tip = self.line_mut().tip.take();
        if let Some(tip) = tip.filter(|tip| tip.late_after() == simulation.late_after()) {
            let places = std::mem::take(&mut self.places);
            *simulation = tip;
            put_back(simulation, &places);
            self.places = places;
        }
        (events, until == limit)
    }

    fn sample(&mut self, simulation: &Simulation) {
        let line = self.line_mut();
        line.metrics.sample(simulation);
        line.end = Moment::of(simulation);
        if line.checkpoints.is_due(simulation.events()) {
            line.checkpoints.add(Checkpoint::new(simulation.clone(), line.metrics.cursor.clone()));
            if self.weight() > BUDGET {
                self.deleted = None;
            }
            while self.weight() > BUDGET && self.line().checkpoints.len() > 2 {
                self.lines.iter_mut().for_each(|line| line.checkpoints.thin());
            }
        }
    }

    /// To be called after a command or an edit was carried out. In the past it begins a branch, whose name it gives.
    /// `history` is what can be undone now.
    pub fn noticed(&mut self, simulation: &mut Simulation, history: Option<&History>) -> Option<String> {
        let after = Moment::of(simulation);
        let log = simulation.log();
        // Moving nodes leaves no trace in the log; what is the same as before is no other future.
        let known = self.line().log.iter().zip(log).take_while(|(known, done)| known == done).count();
        let mut branch = None;
        if known < log.len() {
            let before = Moment { commands: known, ..after };
            if before < self.line().end {
                branch = Some(self.branch(simulation, before));
            }
            let line = self.line_mut();
            line.log.extend_from_slice(&log[known..]);
            line.metrics.read(simulation);
            line.end = after;
            line.tip = None;
        }
        let line = self.line_mut();
        if let Some(history) = history {
            line.histories.insert(after.commands, history.clone());
        }
        self.breakpoints.begin_at(simulation, &self.lines[self.current].metrics);
        branch
    }

    fn branch(&mut self, simulation: &Simulation, at: Moment) -> String {
        self.last_id += 1;
        let began_with = simulation.journal().last_action().to_string();
        let branch = self.line().branch(self.last_id, at, began_with);
        let name = branch.name.clone();
        self.lines.push(branch);
        self.current = self.lines.len() - 1;
        name
    }

    /// What can be undone at the present moment.
    pub fn history(&self, simulation: &Simulation) -> History {
        let known = self.line().histories.range(..=simulation.log().len());
        known.last().map(|(_, history)| history.clone()).unwrap_or_default()
    }

    /// Goes to a time of the present line: everything up to it has happened. What is after its end is its end.
    pub fn seek(&mut self, simulation: &mut Simulation, time: Time) {
        let end = self.line().end;
        if time >= end.time {
            return self.seek_moment(simulation, end);
        }
        self.restore(simulation, Moment { time, commands: usize::MAX, events: u64::MAX });
        self.pass(simulation, time);
        self.arrived(simulation);
    }

    /// Goes to a moment of the present line exactly.
    pub fn seek_moment(&mut self, simulation: &mut Simulation, moment: Moment) {
        self.restore(simulation, moment);
        self.pass_to(simulation, moment);
        self.arrived(simulation);
    }

    fn pass_to(&mut self, simulation: &mut Simulation, moment: Moment) {
        let watched = std::mem::take(&mut self.breakpoints);
        // Each turn gets further: to a command, or to the moment.
        while Moment::of(simulation) < moment {
            let most = (simulation.log().len() == moment.commands).then_some(moment.events);
            if most == Some(simulation.events()) {
                simulation.settle(moment.time);
                break;
            }
            let (events, arrived) = self.go(simulation, moment.time, most, u64::MAX);
            if events == 0 && arrived {
                break;
            }
        }
        self.breakpoints = watched;
    }

    /// Puts a copy of the best checkpoint into the simulation's place, unless going on from here is no further. The end
    /// of the line is kept as it is.
    fn restore(&mut self, simulation: &mut Simulation, target: Moment) {
        let here = Moment::of(simulation);
        self.remember_places(simulation);
        let line = self.line_mut();
        if here == line.end && line.tip.is_none() && here != target {
            line.tip = Some(simulation.clone());
        }
        if target == line.end
            && let Some(tip) = &line.tip
        {
            *simulation = tip.clone();
            return;
        }
        let checkpoint = line.checkpoints.before(target);
        let Some(late_after) = simulation.late_after() else {
            let Some(checkpoint) = checkpoint else { return };
            let is_on_the_way = here <= target && here >= checkpoint.moment;
            if !is_on_the_way {
                *simulation = checkpoint.simulation.clone();
            }
            return;
        };
        // A ledger has to have followed the run from the beginning on.
        if here <= target {
            return;
        }
        let followed = checkpoint.filter(|it| it.simulation.late_after().is_some());
        *simulation = followed.unwrap_or(line.checkpoints.first()).simulation.clone();
        simulation.keep_ledger();
        simulation.set_late_after(late_after);
    }

    fn remember_places(&mut self, simulation: &Simulation) {
        self.places.extend(simulation.document().nodes.iter().map(|node| (node.id, (node.x, node.y))));
    }

    fn arrived(&mut self, simulation: &mut Simulation) {
        self.stopped = None;
        put_back(simulation, &self.places);
        self.breakpoints.begin_at(simulation, &self.lines[self.current].metrics);
    }

    /// One step further: until something more stands in the journal. False where nothing is left to happen.
    pub fn step(&mut self, simulation: &mut Simulation) -> bool {
        let before = simulation.journal().count();
        self.stopped = None;
        let watched = std::mem::take(&mut self.breakpoints);
        let mut going = true;
        while going && simulation.journal().count() == before {
            let (_, arrived) = self.go(simulation, Time::NEVER, None, 1);
            going = !arrived;
        }
        self.breakpoints = watched;
        self.breakpoints.begin_at(simulation, &self.lines[self.current].metrics);
        simulation.journal().count() != before
    }

    /// One step back: to just after what happened last before this moment. False at the beginning.
    pub fn back(&mut self, simulation: &mut Simulation) -> bool {
        let here = Moment::of(simulation);
        let mut limit = here;
        loop {
            let Some(checkpoint) = self.line().checkpoints.earlier(limit).cloned() else { return false };
            let mut probe = checkpoint.simulation.clone();
            let (mut found, mut records) = (None, probe.journal().count());
            while Moment::of(&probe) < here {
                let next = self.line().log.get(probe.log().len()).cloned();
                let due = next.as_ref().is_some_and(|done| {
                    done.events.is_some_and(|events| events == probe.events())
                        || probe.next_time().is_none_or(|time| time > done.time)
                });
                match next.filter(|_| due && probe.log().len() < here.commands) {
                    Some(done) => {
                        probe.settle(done.time);
                        let _ = probe.apply(done.command);
                    }
                    None if probe.events() == here.events => break,
                    None => drop(probe.run_until(Time::NEVER, 1)),
                }
                let moment = Moment::of(&probe);
                if moment < here && (probe.journal().count() != records) {
                    found = Some(moment);
                    records = probe.journal().count();
                }
            }
            if let Some(moment) = found {
                self.seek_moment(simulation, moment);
                return true;
            }
            limit = checkpoint.moment;
            if limit.events == 0 && limit.commands == 0 {
                self.seek_moment(simulation, limit);
                return true;
            }
        }
    }

    /// Shows another line, at the same time where it has got that far. False where there is no such line.
    pub fn switch(&mut self, simulation: &mut Simulation, id: LineId) -> bool {
        let Some(place) = self.lines.iter().position(|line| line.id == id) else { return false };
        if place != self.current {
            let (here, time) = (Moment::of(simulation), simulation.now());
            self.remember_places(simulation);
            let line = self.line_mut();
            if here == line.end {
                line.tip = Some(simulation.clone());
            }
            self.current = place;
            let end = self.line().end;
            let late_after = simulation.late_after();
            *simulation = self.line().checkpoints.first().simulation.clone();
            if let Some(late_after) = late_after {
                simulation.keep_ledger();
                simulation.set_late_after(late_after);
            }
            if time >= end.time { self.seek_moment(simulation, end) } else { self.seek(simulation, time) }
        }
        true
    }

    /// Takes a line out of the list; not the one that is shown. It can be had back until another one is deleted, or the
    /// memory is needed.
    pub fn delete(&mut self, id: LineId) -> bool {
        let Some(place) = self.lines.iter().position(|line| line.id == id).filter(|place| *place != self.current)
        else {
            return false;
        };
        self.deleted = Some((place, self.lines.remove(place)));
        self.current -= usize::from(place < self.current);
        true
    }

    /// The name of the line that can be had back.
    pub fn deleted(&self) -> Option<&str> {
        self.deleted.as_ref().map(|(_, line)| line.name.as_str())
    }

    /// Puts the line that was deleted last back into its place. False where there is none.
    pub fn put_back_deleted(&mut self) -> bool {
        let Some((place, line)) = self.deleted.take() else { return false };
        let place = place.min(self.lines.len());
        self.lines.insert(place, line);
        self.current += usize::from(place <= self.current);
        true
    }

    pub fn rename(&mut self, id: LineId, name: &str) {
        let name = name.trim();
        if let Some(line) = self.lines.iter_mut().find(|line| line.id == id && !name.is_empty()) {
            line.name = name.to_string();
        }
    }

    /// The document with which every line began.
    pub fn beginning<'a>(&self, simulation: &'a Simulation) -> &'a Document {
        simulation.beginning()
    }
}

/// Nodes stand where they were put last, whenever that was.
fn put_back(simulation: &mut Simulation, places: &FxHashMap<Uuid, (f64, f64)>) {
    let nodes = &simulation.document().nodes;
    let moved = nodes.iter().filter_map(|node| {
        let (x, y) = *places.get(&node.id)?;
        (x != node.x || y != node.y).then_some((node.id, x, y))
    });
    let moved: Vec<_> = moved.collect();
    if !moved.is_empty() {
        // Moving what is there cannot fail.
        let _ = simulation.edit(Edit::Move(moved));
    }
}
