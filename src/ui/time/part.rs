//! The part that notes the past.

use super::Companion;
use crate::diagram::History;
use crate::kernel::Time;
use crate::simulation::past::Past;
use crate::simulation::{Progress, Simulation};
use crate::ui::on_demand::Part;
use crate::ui::state::{State, use_state};
use leptos::prelude::*;
use std::any::Any;
use wasm_split_helpers::wasm_split;

#[wasm_split(time, fallible)]
pub fn part() -> Part {
    use_state().accompany(|simulation| Box::new(Past::of(simulation)));
    Ok(().into_any())
}

impl Companion for Past {
    fn run_until(&mut self, simulation: &mut Simulation, until: Time, budget: u64) -> Progress {
        Past::run_until(self, simulation, until, budget)
    }

    fn step(&mut self, simulation: &mut Simulation) -> bool {
        Past::step(self, simulation)
    }

    fn back(&mut self, simulation: &mut Simulation) -> bool {
        Past::back(self, simulation)
    }

    fn seek(&mut self, simulation: &mut Simulation, time: Time) {
        Past::seek(self, simulation, time);
    }

    fn noticed(&mut self, simulation: &mut Simulation, history: &History) -> Option<String> {
        Past::noticed(self, simulation, Some(history))
    }

    fn begin(&mut self, simulation: &mut Simulation, history: &History) {
        let breakpoints = std::mem::take(&mut self.breakpoints);
        *self = Past::of(simulation);
        self.breakpoints = breakpoints;
        Past::noticed(self, simulation, Some(history));
    }

    fn history(&self, simulation: &Simulation) -> History {
        Past::history(self, simulation)
    }

    fn stopped(&self) -> Option<(String, u32)> {
        Past::stopped(self).map(|stop| (stop.words.clone(), stop.message))
    }

    fn take_replayed(&mut self) -> bool {
        Past::take_replayed(self)
    }

    fn is_before_end(&self, simulation: &Simulation) -> bool {
        Past::is_before_end(self, simulation)
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}

/// Looks at the past; `None` until its part has arrived. The present moment may not be changed: see [`travel`].
pub fn past<T>(state: State, look: impl FnOnce(&mut Past, &Simulation) -> T) -> Option<T> {
    let look = |companion: &mut dyn Companion, simulation: &mut Simulation| {
        let past = companion.as_any().downcast_mut::<Past>();
        past.map(|past| look(past, simulation))
    };
    state.with_companion(look).flatten()
}

/// Goes to another moment or another line.
pub fn travel<T>(state: State, go: impl FnOnce(&mut Past, &mut Simulation) -> T) -> Option<T> {
    let go = |companion: &mut dyn Companion, simulation: &mut Simulation| {
        companion.as_any().downcast_mut::<Past>().map(|past| go(past, simulation))
    };
    state.travel(go).flatten()
}
