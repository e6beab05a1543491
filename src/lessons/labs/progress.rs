//! How far somebody has come in a lab: small enough to be kept anywhere, such as in a course's suspend data (4,096 bytes).

use super::lab::Lab;
use super::read::MAXIMUM_STEPS;
use serde::{Deserialize, Serialize};

/// An answer to a question.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// The place of the choice.
    #[serde(rename = "c")]
    Choice(u8),
    /// In the question's unit.
    #[serde(rename = "n")]
    Number(f64),
    /// The place of the node in the lab's diagram.
    #[serde(rename = "d")]
    Node(u16),
}

/// What was answered.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Given {
    #[serde(rename = "a")]
    pub answer: Answer,
    /// What is right, once it is known.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub truth: Option<Answer>,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub right: Option<bool>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct StepProgress {
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    given: Option<Given>,
    /// A bit for each goal that was reached.
    #[serde(rename = "g", default, skip_serializing_if = "is_zero")]
    goals: u16,
    /// How many hints were shown.
    #[serde(rename = "h", default, skip_serializing_if = "is_zero")]
    hints: u16,
    #[serde(rename = "d", default, skip_serializing_if = "is_not")]
    done: bool,
}

fn is_zero(number: &u16) -> bool {
    *number == 0
}

fn is_not(flag: &bool) -> bool {
    !flag
}

/// To be kept as JSON ([`Progress::to_text`]): at most 4,096 bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    lab: String,
    #[serde(rename = "at")]
    place: usize,
    steps: Vec<StepProgress>,
}

/// What it came to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Score {
    pub goals: usize,
    pub goals_reached: usize,
    pub questions: usize,
    /// Predictions that were right.
    pub right: usize,
    pub steps: usize,
    pub steps_done: usize,
}

impl Score {
    /// Goals reached and predictions right, of all there are: 0 to 1. A lab with neither counts its steps.
    pub fn share(&self) -> f64 {
        match self.goals + self.questions {
            0 => self.steps_done as f64 / self.steps.max(1) as f64,
            all => (self.goals_reached + self.right) as f64 / all as f64,
        }
    }

    /// Whether every step was gone through.
    pub fn is_complete(&self) -> bool {
        self.steps_done == self.steps
    }
}

impl Progress {
    pub fn new(lab: &Lab) -> Progress {
        let count = lab.steps.len().min(MAXIMUM_STEPS);
        Progress { lab: lab.id.clone(), place: 0, steps: vec![StepProgress::default(); count] }
    }

    /// Reads what was kept; `None` where it is something else.
    pub fn parse(text: &str) -> Option<Progress> {
        serde_json::from_str(text).ok()
    }

    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The lab that it is about.
    pub fn lab(&self) -> &str {
        &self.lab
    }

    /// The step that was reached last, from 0.
    pub fn place(&self) -> usize {
        self.place
    }

    /// Forgets what cannot be about this lab.
    pub(super) fn fitted(mut self, lab: &Lab) -> Progress {
        if self.lab != lab.id {
            return Progress::new(lab);
        }
        self.steps.resize(lab.steps.len(), StepProgress::default());
        self.place = self.place.min(lab.steps.len().saturating_sub(1));
        for (kept, step) in self.steps.iter_mut().zip(&lab.steps) {
            if step.question.is_none() {
                kept.given = None;
            }
            kept.goals &= ((1_u32 << step.goals.len().min(16)) - 1) as u16;
        }
        self
    }

    /// What two windows have come to in the same lab, together: `later` was kept after this. The first answer to a question
    /// counts, and of goals the best attempt.
    pub fn joined(&self, later: &Progress) -> Progress {
        let mut joined = later.clone();
        if self.lab != later.lab {
            return joined;
        }
        for (step, kept) in joined.steps.iter_mut().zip(&self.steps) {
            step.given = match (kept.given, step.given) {
                (Some(first), Some(second)) if first.answer == second.answer => {
                    Some(Given { truth: second.truth.or(first.truth), right: second.right.or(first.right), ..second })
                }
                (first, second) => first.or(second),
            };
            if kept.goals.count_ones() > step.goals.count_ones() {
                step.goals = kept.goals;
            }
            step.hints = step.hints.max(kept.hints);
            step.done |= kept.done;
        }
        joined
    }

    fn step_mut(&mut self, place: usize) -> Option<&mut StepProgress> {
        self.steps.get_mut(place)
    }

    fn step(&self, place: usize) -> StepProgress {
        self.steps.get(place).copied().unwrap_or_default()
    }

    pub(super) fn arrive(&mut self, place: usize) {
        self.place = place;
    }

    pub(super) fn answer(&mut self, place: usize, answer: Answer) {
        if let Some(step) = self.step_mut(place) {
            step.given = Some(Given { answer, truth: None, right: None });
        }
    }

    pub fn given(&self, place: usize) -> Option<&Given> {
        self.steps.get(place)?.given.as_ref()
    }

    /// The right answer is known. The first time counts.
    pub(super) fn settle(&mut self, place: usize, truth: Answer, tolerance: f64) {
        let Some(given) = self.step_mut(place).and_then(|step| step.given.as_mut()).filter(|it| it.right.is_none())
        else {
            return;
        };
        given.truth = Some(truth);
        given.right = Some(match (given.answer, truth) {
            (Answer::Number(given), Answer::Number(right)) => (given - right).abs() <= tolerance * right.abs() + 1e-9,
            (given, right) => given == right,
        });
    }

    /// The best attempt counts.
    pub(super) fn judge(&mut self, place: usize, reached: impl Iterator<Item = bool>) {
        let bits = reached.take(16).enumerate().fold(0_u16, |bits, (goal, reached)| bits | u16::from(reached) << goal);
        if let Some(step) = self.step_mut(place)
            && bits.count_ones() >= step.goals.count_ones()
        {
            step.goals = bits;
        }
    }

    pub fn reached(&self, place: usize, goal: usize) -> bool {
        goal < 16 && self.step(place).goals >> goal & 1 == 1
    }

    pub(super) fn take_hint(&mut self, place: usize) {
        if let Some(step) = self.step_mut(place) {
            step.hints = step.hints.saturating_add(1);
        }
    }

    pub fn hints(&self, place: usize) -> usize {
        usize::from(self.step(place).hints)
    }

    pub(super) fn finish(&mut self, place: usize) {
        if let Some(step) = self.step_mut(place) {
            step.done = true;
        }
    }

    pub fn is_done(&self, place: usize) -> bool {
        self.step(place).done
    }

    pub fn score(&self, lab: &Lab) -> Score {
        let mut score = Score { steps: lab.steps.len(), ..Score::default() };
        for (step, kept) in lab.steps.iter().zip(&self.steps) {
            score.goals += step.goals.len();
            score.goals_reached += kept.goals.count_ones() as usize;
            score.questions += usize::from(step.question.is_some());
            score.right += usize::from(kept.given.is_some_and(|given| given.right == Some(true)));
            score.steps_done += usize::from(kept.done);
        }
        score
    }
}
