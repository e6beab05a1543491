//! Plays labs without anybody: for the state in which a step begins, and for [`super::prove`].

use super::act::Act;
use super::lab::{Answers, Lab, Right};
use super::progress::Answer;
use super::session::{Phase, Session};
use crate::diagram::{Document, Problem};
use crate::kernel::SECOND;
use crate::simulation::Simulation;
use crate::simulation::past::Past;
use std::rc::Rc;

/// A run without anybody may take so many events: some seconds.
const MOST_EVENTS: u64 = 3_000_000;

/// A lab and a simulation of its own.
pub struct Play {
    pub session: Session,
    pub simulation: Simulation,
    pub past: Past,
    /// So many events may still be handled.
    pub budget: u64,
}

/// The lab's diagram, prepared.
pub fn prepared(lab: &Lab) -> Result<Document, Vec<Problem>> {
    let mut document = lab.diagram.document().ok_or_else(|| {
        vec![
            Problem::new("diagram", tr!("The guide has no such diagram."))
                .with_hint(tr!("`eventyard guide` lists them.")),
        ]
    })?;
    super::act::apply_edits(&mut document, &lab.prepare).map_err(|(_, problems)| problems)?;
    Ok(document)
}

/// The lab's own state at the beginning of a step: everything before was done as the lab's solutions do it. It keeps a
/// ledger. Always the same, journal hash included.
pub fn stage(lab: &Rc<Lab>, place: usize) -> Result<Simulation, Vec<Problem>> {
    Play::at(lab, place).map(|play| play.simulation)
}

/// What goes along with a step's run.
fn past(session: &Session, simulation: &Simulation) -> Result<Past, Vec<Problem>> {
    if session.begins_anew() { Ok(Past::of(&session.beginning(simulation)?)) } else { Ok(Past::of(simulation)) }
}

/// Whether two simulations stand at the same moment of the same run.
pub fn same_moment(one: &Simulation, other: &Simulation) -> bool {
    let moment = |it: &Simulation| (it.now(), it.events(), it.journal().hash(), it.log().len(), it.seed());
    moment(one) == moment(other) && one.document().to_json() == other.document().to_json()
}

impl Play {
    /// At the beginning of the first step.
    pub fn new(lab: &Rc<Lab>) -> Result<Play, Vec<Problem>> {
        let mut simulation = Simulation::new(&prepared(lab)?, lab.seed)?;
        simulation.keep_ledger();
        Play::from(lab, 0, simulation)
    }

    /// At the beginning of a step.
    pub fn at(lab: &Rc<Lab>, place: usize) -> Result<Play, Vec<Problem>> {
        let mut play = Play::new(lab)?;
        for earlier in 0..place.min(lab.steps.len().saturating_sub(1)) {
            play.step(&lab.steps[earlier].solution)?;
            play.session.go_to(earlier + 1);
        }
        Ok(play)
    }

    /// At the beginning of a step, which is this.
    pub(super) fn from(lab: &Rc<Lab>, place: usize, simulation: Simulation) -> Result<Play, Vec<Problem>> {
        let mut session = Session::new(lab.clone());
        session.go_to(place);
        let past = past(&session, &simulation)?;
        Ok(Play { session, simulation, past, budget: MOST_EVENTS })
    }

    fn carry_out(&mut self, acts: &[Act]) -> Result<(), Vec<Problem>> {
        for act in acts {
            let command = act.command(&self.simulation)?;
            self.simulation.apply(command)?;
            // What a run that begins anew has behind it is of no interest.
            if self.session.phase() == Phase::Running || !self.session.begins_anew() {
                self.past.noticed(&mut self.simulation, None);
            }
        }
        Ok(())
    }

    /// Goes through the present step, doing this to reach its goals.
    pub fn step(&mut self, solution: &[Act]) -> Result<(), Vec<Problem>> {
        self.begin_step(solution)?;
        self.go_on(u64::MAX).map(drop)
    }

    /// Begins to go through the present step, doing this to reach its goals.
    pub(super) fn begin_step(&mut self, solution: &[Act]) -> Result<(), Vec<Problem>> {
        if self.session.phase() == Phase::Asking
            && let Some(answer) = self.any_answer()
        {
            let _ = self.session.answer(answer);
        }
        let (edits, other): (Vec<Act>, Vec<Act>) = solution.iter().cloned().partition(Act::is_edit);
        self.carry_out(&edits)?;
        if self.session.step().run.is_none() {
            return self.carry_out(&other);
        }
        if self.session.begins_anew() {
            self.simulation = self.session.beginning(&self.simulation)?;
            self.past = Past::of(&self.simulation);
        }
        for act in self.session.acts().to_vec() {
            let command = act.command(&self.simulation)?;
            self.simulation.apply(command)?;
            self.past.noticed(&mut self.simulation, None);
        }
        self.session.begin(&mut self.past, &self.simulation)?;
        self.carry_out(&other)
    }

    /// Goes on with the step's run for about so many events. Gives whether it has ended.
    pub(super) fn go_on(&mut self, events: u64) -> Result<bool, Vec<Problem>> {
        let rest = self.budget.saturating_sub(events);
        while self.session.phase() == Phase::Running {
            if self.budget == 0 {
                return Err(vec![Problem::new("", tr!("This has more events than can be played headless."))]);
            }
            let next = self.simulation.now() + SECOND;
            let progress = self.past.run_until(&mut self.simulation, next, self.budget);
            // Also where nothing happens it has to end.
            self.budget = self.budget.saturating_sub(progress.events + 1);
            self.session.look(&mut self.past, &self.simulation);
            if self.budget < rest {
                break;
            }
        }
        Ok(self.session.phase() != Phase::Running)
    }

    /// Something that is an answer.
    fn any_answer(&self) -> Option<Answer> {
        Some(match &self.session.step().question.as_ref()?.answer {
            Answers::Choice(choices) => {
                let right = choices.iter().position(|choice| choice.right == Right::Always(true));
                Answer::Choice(right.unwrap_or(0) as u8)
            }
            Answers::Number { .. } => Answer::Number(0.0),
            Answers::Node { node, .. } => self.session.node_answer(node)?,
        })
    }
}
