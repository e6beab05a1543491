//! Whether a lab keeps its promises: every goal can be missed and can be reached, every question has one right answer, every
//! pause comes, every figure in a text is measured.

use super::act::Act;
use super::lab::Lab;
use super::play::Play;
use super::session::{GoalState, Outcome, Standing};
use crate::diagram::{Document, Problem};
use crate::language::translated;
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
    let mut proof = Proof::new(lab)?;
    while !proof.work(u64::MAX)? {}
    Ok(proof.findings)
}

/// The same piece by piece, for those who have something else to do meanwhile.
pub struct Proof {
    lab: Rc<Lab>,
    step: usize,
    /// The state in which the step begins.
    stage: Simulation,
    /// What is played in this step: its solution, nothing at all, and each goal's wrong way, as far as they are needed.
    ways: Vec<Way>,
    /// The one that is played at the moment.
    playing: Option<Play>,
    solved: Option<Play>,
    /// How the goals stood at the end of each of the other ways.
    otherwise: Vec<Vec<GoalState>>,
    findings: Vec<Finding>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Solution,
    Nothing,
    Wrong(usize),
}

impl Proof {
    pub fn new(lab: &Rc<Lab>) -> Result<Proof, Vec<Problem>> {
        let stage = super::play::stage(lab, 0)?;
        let mut proof = Proof {
            lab: lab.clone(),
            step: 0,
            stage,
            ways: Vec::new(),
            playing: None,
            solved: None,
            otherwise: Vec::new(),
            findings: Vec::new(),
        };
        proof.ways = proof.ways_of(0);
        Ok(proof)
    }

    /// Which step it is at, from 0, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.step, self.lab.steps.len())
    }

    /// What was found out so far.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    fn ways_of(&self, step: usize) -> Vec<Way> {
        let Some(step) = self.lab.steps.get(step) else { return Vec::new() };
        let mut ways = vec![Way::Solution];
        if step.run.is_some() {
            if step.goals.iter().any(|goal| goal.wrong.is_empty()) {
                ways.push(Way::Nothing);
            }
            let wrong = step.goals.iter().enumerate().filter(|(_, goal)| !goal.wrong.is_empty());
            ways.extend(wrong.map(|(place, _)| Way::Wrong(place)));
        }
        ways
    }

    /// Goes on for about so many events. Gives whether everything was found out.
    pub fn work(&mut self, events: u64) -> Result<bool, Vec<Problem>> {
        let lab = self.lab.clone();
        let Some(step) = lab.steps.get(self.step) else { return Ok(true) };
        let path = format!("steps[{}]", self.step);
        let within = |problems| super::read::within(&path, problems);
        let Some(playing) = &mut self.playing else {
            let next = self.otherwise.len() + usize::from(self.solved.is_some());
            let Some(way) = self.ways.get(next) else { return self.judge() };
            let mut play = Play::from(&lab, self.step, self.stage.clone())?;
            if *way == Way::Solution
                && let Some(refusal) = forbidden(&play, &step.solution)
            {
                self.say(tr!("solution"), false, true, refusal);
            }
            let acts: &[Act] = match self.ways[next] {
                Way::Solution => &step.solution,
                Way::Nothing => &[],
                Way::Wrong(goal) => &step.goals[goal].wrong,
            };
            play.begin_step(acts).map_err(within)?;
            self.playing = Some(play);
            return Ok(false);
        };
        if playing.go_on(events).map_err(within)?
            && let Some(play) = self.playing.take()
        {
            match self.solved {
                None => self.solved = Some(play),
                Some(_) => self.otherwise.push(play.session.goals().to_vec()),
            }
        }
        Ok(false)
    }

    fn say(&mut self, about: impl Into<String>, can_pass: bool, can_fail: bool, words: impl Into<String>) {
        let finding = Finding { step: self.step, about: about.into(), can_pass, can_fail, words: words.into() };
        self.findings.push(finding);
    }

    /// Everything of the step was played: what came of it, and on to the next one. Gives whether there is none.
    fn judge(&mut self) -> Result<bool, Vec<Problem>> {
        let lab = self.lab.clone();
        let (step, place) = (&lab.steps[self.step], self.step);
        let Some(solved) = self.solved.take() else { return Ok(true) };
        if step.run.is_none() {
            if step.question.is_some() {
                self.say(tr!("question"), true, true, tr!("the answer is fixed"));
            }
        } else {
            let outcome = solved.session.outcome(place).cloned().unwrap_or_default();
            self.pause(step.run.as_ref().is_some_and(|run| !run.until.is_empty()), &outcome);
            if step.question.is_some() {
                let given = solved.session.given(place).and_then(|given| given.truth);
                let right = given.map(|truth| solved.session.words(place, truth)).unwrap_or_default();
                let words = outcome.doubt.clone().unwrap_or_else(|| tr!("right is: {}", right));
                self.say(tr!("question"), outcome.doubt.is_none() && given.is_some(), true, words);
            }
            for (text, words) in &outcome.measured {
                let measured = words != translated(super::template::NOTHING);
                self.say(tr!("text {}", format!("{{{{{text}}}}}")), measured, true, words.as_str());
            }
            for (goal, it) in step.goals.iter().enumerate() {
                let way = if it.wrong.is_empty() { Way::Nothing } else { Way::Wrong(goal) };
                let failing = self.ways.iter().skip(1).position(|known| *known == way);
                let failing = failing.and_then(|way| self.otherwise.get(way)?.get(goal)).cloned();
                let solution = solved.session.goals()[goal].clone();
                let (passes, fails) = (
                    solution.standing == Standing::Reached,
                    failing.as_ref().is_some_and(|it| it.standing != Standing::Reached),
                );
                let otherwise = failing.map(|it| it.words).unwrap_or_default();
                self.say(
                    tr!("goal “{}”", it.title),
                    passes,
                    fails,
                    tr!(
                        "with the solution {words}; otherwise {otherwise}",
                        words = solution.words,
                        otherwise = otherwise
                    ),
                );
            }
        }
        self.stage = solved.simulation;
        self.step += 1;
        self.ways = self.ways_of(self.step);
        self.otherwise.clear();
        Ok(self.step == lab.steps.len())
    }

    fn pause(&mut self, wanted: bool, outcome: &Outcome) {
        if wanted {
            let words = if outcome.came { tr!("it comes") } else { tr!("its condition never came, only the limit") };
            self.say(tr!("pause"), outcome.came, true, words);
        }
    }
}

/// What a learner would not be allowed to do of this.
fn forbidden(play: &Play, solution: &[Act]) -> Option<String> {
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
