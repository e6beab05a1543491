//! The door to what people do to a running diagram: nobody does anything before the rest of the engine is there
//! ([`crate::later`]).

use super::{Command, Simulation};
use crate::diagram::{Edit, Problem};
use crate::later::{ABSENT, later};

later! {
    /// Commands and edits.
    Deeds {
        carry_out: fn(&mut Simulation, Command) -> Result<(), Vec<Problem>> = Simulation::carry_out,
        edit: fn(&mut Simulation, Edit) -> Result<Edit, Vec<Problem>> = Simulation::edit_and_note,
    }
}

fn absent() -> Vec<Problem> {
    vec![Problem::new("", ABSENT.0).with_hint(ABSENT.1)]
}

impl Simulation {
    /// Carries out a command at the current simulated time, or says what is wrong with it and changes nothing.
    pub fn apply(&mut self, command: Command) -> Result<(), Vec<Problem>> {
        let done = self.note(command.clone());
        Deeds::get().map_or_else(|| Err(absent()), |deeds| (deeds.carry_out)(self, command))?;
        self.log.push(done);
        Ok(())
    }

    /// Edits the diagram while it runs and gives the inverse, or says why not and changes nothing. Moving nodes disturbs
    /// nothing and leaves no trace in the journal.
    pub fn edit(&mut self, edit: Edit) -> Result<Edit, Vec<Problem>> {
        Deeds::get().map_or_else(|| Err(absent()), |deeds| (deeds.edit)(self, edit))
    }
}
