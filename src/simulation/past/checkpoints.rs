//! Copies of a run at some moments, from which any other moment is reached by running on.
//!
//! They lie so close that running from one to the next takes a small part of a tenth of a second. Together they take a
//! bounded amount of memory: where they take more, every second one goes, and from then on they lie further apart.

use super::Moment;
use crate::simulation::Simulation;
use crate::simulation::metrics::Cursor;
use std::rc::Rc;

/// Service events between two checkpoints at first. A browser handles about 3 million a second.
const SPACING: u64 = 4_000;
/// What all checkpoints may take together, in bytes, as far as can be estimated.
pub(super) const BUDGET: usize = 24 << 20;
/// Journal records that a checkpoint keeps: what led to its moment can still be looked up there.
const RECORDS: usize = 8_192;

pub(super) struct Checkpoint {
    pub moment: Moment,
    pub simulation: Simulation,
    pub cursor: Cursor,
    weight: usize,
}

impl Checkpoint {
    pub fn new(mut simulation: Simulation, cursor: Cursor) -> Checkpoint {
        simulation.forget_records(RECORDS);
        let weight = simulation.weight();
        Checkpoint { moment: Moment::of(&simulation), simulation, cursor, weight }
    }
}

#[derive(Clone)]
pub(super) struct Checkpoints {
    first: Rc<Checkpoint>,
    /// All, the first included.
    list: Vec<Rc<Checkpoint>>,
    spacing: u64,
}

impl Checkpoints {
    /// The first one, of the beginning, always stays.
    pub fn new(first: Checkpoint) -> Checkpoints {
        let first = Rc::new(first);
        Checkpoints { list: vec![first.clone()], first, spacing: SPACING }
    }

    pub fn first(&self) -> &Rc<Checkpoint> {
        &self.first
    }

    pub fn last(&self) -> &Rc<Checkpoint> {
        self.list.last().unwrap_or(&self.first)
    }

    /// The last one before this moment.
    pub fn earlier(&self, moment: Moment) -> Option<&Rc<Checkpoint>> {
        self.list.iter().rev().find(|it| it.moment < moment)
    }

    pub fn is_due(&self, events: u64) -> bool {
        self.list.last().is_none_or(|last| events - last.moment.events >= self.spacing)
    }

    pub fn add(&mut self, checkpoint: Checkpoint) {
        self.list.push(Rc::new(checkpoint));
    }

    /// The last one that is not after this moment.
    pub fn before(&self, moment: Moment) -> Option<&Rc<Checkpoint>> {
        self.list.iter().rev().find(|it| it.moment <= moment)
    }

    /// The last one before this moment at a multiple of `interval`.
    pub fn aligned(&self, moment: Moment, interval: u64) -> Option<&Rc<Checkpoint>> {
        self.list.iter().rev().find(|it| it.moment <= moment && it.moment.time.0.is_multiple_of(interval))
    }

    /// Those up to a moment, for another line that begins there.
    pub fn up_to(&self, moment: Moment) -> Checkpoints {
        let list = self.list.iter().filter(|it| it.moment <= moment).cloned().collect();
        Checkpoints { first: self.first.clone(), list, spacing: self.spacing }
    }

    pub fn thin(&mut self) {
        let mut place = 0;
        self.list.retain(|_| {
            place += 1;
            place % 2 == 1
        });
        self.spacing *= 2;
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn moments(&self) -> impl Iterator<Item = Moment> + '_ {
        self.list.iter().map(|it| it.moment)
    }
}

/// What the checkpoints of several lines take together; those that they share count once.
pub(super) fn weight<'a>(lines: impl Iterator<Item = &'a Checkpoints>) -> usize {
    let mut all: Vec<&Rc<Checkpoint>> = lines.flat_map(|line| &line.list).collect();
    all.sort_unstable_by_key(|it| Rc::as_ptr(it));
    all.dedup_by_key(|it| Rc::as_ptr(it));
    all.into_iter().map(|it| it.weight).sum()
}
