//! The states in which a lab's steps begin. Each follows from the one before, so each is played once.

use crate::diagram::Problem;
use crate::lessons::labs::{Lab, Play};
use crate::simulation::Simulation;
use std::rc::Rc;

pub struct Ahead {
    lab: Rc<Lab>,
    /// Stands where the last known step begins.
    play: Play,
    known: Vec<Simulation>,
}

impl Ahead {
    pub fn new(lab: &Rc<Lab>) -> Result<Ahead, Vec<Problem>> {
        let play = Play::new(lab)?;
        Ok(Ahead { lab: lab.clone(), known: vec![play.simulation.clone()], play })
    }

    /// How many are known.
    pub fn known(&self) -> usize {
        self.known.len()
    }

    /// The state in which a step begins. What is not known yet is played first.
    pub fn stage(&mut self, place: usize) -> Result<Simulation, Vec<Problem>> {
        while self.known.len() <= place {
            let step = self.known.len() - 1;
            let solution = self.lab.steps.get(step).map(|step| step.solution.clone()).unwrap_or_default();
            self.play.step(&solution)?;
            self.play.session.go_to(step + 1);
            self.known.push(self.play.simulation.clone());
        }
        Ok(self.known[place].clone())
    }
}
