//! Whether a lab keeps its promises: every goal can be missed and can be reached, every question has one right answer, every
//! pause comes, every figure in a text is measured.

use super::act::Act;
use super::lab::Lab;
use super::play::Play;
use super::session::{Outcome, Standing};
use crate::diagram::{Document, Problem};
use crate::simulation::Simulation;
use std::rc::Rc;

/// What was found out about one promise of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// From 0.
    pub step: usize,
    /// `goal “No payment is lost”`, `question`, `pause`, `text`, `solution`.
    pub about: String,
    pub can_pass: bool,
    pub can_fail: bool,
    /// What was measured, or what is wrong.
    pub words: String,
}

impl Finding {
    pub fn is_kept(&self) -> bool {
        self.can_pass && self.can_fail
    }
}

/// Plays a lab's solution and its opposite, step by step. An error is something that cannot be played at all.
pub fn prove(lab: &Rc<Lab>) -> Result<Vec<Finding>, Vec<Problem>> {
    let mut findings = Vec::new();
    let mut stage = super::play::stage(lab, 0)?;
    for step in 0..lab.steps.len() {
        stage = Prover { lab, step, stage, findings: &mut findings }.prove()?;
    }
    Ok(findings)
}

struct Prover<'a> {
    lab: &'a Rc<Lab>,
    step: usize,
    /// The state in which the step begins.
    stage: Simulation,
    findings: &'a mut Vec<Finding>,
}

impl Prover<'_> {
    fn say(&mut self, about: impl Into<String>, can_pass: bool, can_fail: bool, words: impl Into<String>) {
        let finding = Finding { step: self.step, about: about.into(), can_pass, can_fail, words: words.into() };
        self.findings.push(finding);
    }

    /// The step played this way.
    fn played(&self, acts: &[Act]) -> Result<Play, Vec<Problem>> {
        let mut play = Play::from(self.lab, self.step, self.stage.clone())?;
        let played = play.step(acts);
        played.map_err(|problems| super::read::within(&format!("steps[{}]", self.step), problems))?;
        Ok(play)
    }

    /// Gives the state in which the next step begins.
    fn prove(&mut self) -> Result<Simulation, Vec<Problem>> {
        let lab = self.lab.clone();
        let step = &lab.steps[self.step];
        let play = Play::from(self.lab, self.step, self.stage.clone())?;
        if let Some(refusal) = self.forbidden(&play, &step.solution) {
            self.say("solution", false, true, refusal);
        }
        if step.run.is_none() {
            if step.question.is_some() {
                self.say("question", true, true, "the answer is fixed");
            }
            return Ok(self.played(&step.solution)?.simulation);
        }
        let solved = self.played(&step.solution)?;
        let outcome = solved.session.outcome(self.step).cloned().unwrap_or_default();
        self.pause(step.run.as_ref().is_some_and(|run| !run.until.is_empty()), &outcome);
        if step.question.is_some() {
            let given = solved.session.given(self.step).and_then(|given| given.truth);
            let right = given.map(|truth| solved.session.words(self.step, truth)).unwrap_or_default();
            let words = outcome.doubt.clone().unwrap_or(format!("right is: {right}"));
            self.say("question", outcome.doubt.is_none() && given.is_some(), true, words);
        }
        for (text, words) in &outcome.measured {
            let measured = words != super::template::NOTHING;
            self.say(format!("text {{{{{text}}}}}"), measured, true, words.as_str());
        }
        let idle = if step.goals.iter().any(|goal| goal.wrong.is_empty()) { Some(self.played(&[])?) } else { None };
        for (place, goal) in step.goals.iter().enumerate() {
            let wrong = if goal.wrong.is_empty() { None } else { Some(self.played(&goal.wrong)?) };
            let reached = |play: &Play| play.session.goals()[place].standing == Standing::Reached;
            let words = |play: &Play| play.session.goals()[place].words.clone();
            let failing = wrong.as_ref().or(idle.as_ref());
            let (passes, fails) = (reached(&solved), failing.is_some_and(|play| !reached(play)));
            let otherwise = failing.map(words).unwrap_or_default();
            self.say(
                format!("goal “{}”", goal.title),
                passes,
                fails,
                format!("with the solution {}; otherwise {otherwise}", words(&solved)),
            );
        }
        Ok(solved.simulation)
    }

    fn pause(&mut self, wanted: bool, outcome: &Outcome) {
        if wanted {
            let words = if outcome.came { "it comes" } else { "its condition never came, only the limit" };
            self.say("pause", outcome.came, true, words);
        }
    }

    /// What a learner would not be allowed to do of this.
    fn forbidden(&self, play: &Play, solution: &[Act]) -> Option<String> {
        let mut document: Document = play.simulation.document().clone();
        for act in solution {
            let command = match act.edit(&document, 0.0) {
                Ok(Some(edit)) => {
                    let refused = play.session.step().allow.permits_edit(&document, &edit).err();
                    if refused.is_some() {
                        return refused;
                    }
                    let _ = document.apply(edit);
                    continue;
                }
                _ => act.command(&play.simulation).ok()?,
            };
            if let Err(refused) = play.session.permits(&document, &command) {
                return Some(refused);
            }
        }
        None
    }
}
