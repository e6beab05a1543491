//! Time that can be gone back in. What notes the past is a part of the app that is fetched once the app runs; until then
//! time only passes. The page's first module knows it by this trait alone.

mod part;

pub use part::{part, past, travel};

use super::state::State;
use crate::diagram::History;
use crate::kernel::Time;
use crate::simulation::metrics::MarkKind;
use crate::simulation::{Progress, Simulation};
use leptos::prelude::*;
use std::any::Any;

/// Goes along with the simulation and knows its past: [`crate::simulation::past::Past`].
pub trait Companion {
    fn run_until(&mut self, simulation: &mut Simulation, until: Time, budget: u64) -> Progress;
    fn step(&mut self, simulation: &mut Simulation) -> bool;
    fn back(&mut self, simulation: &mut Simulation) -> bool;
    fn seek(&mut self, simulation: &mut Simulation, time: Time);
    /// See [`crate::simulation::past::Past::noticed`].
    fn noticed(&mut self, simulation: &mut Simulation, history: &History) -> Option<String>;
    /// Another run has begun.
    fn begin(&mut self, simulation: &mut Simulation, history: &History);
    /// What can be undone at the present moment.
    fn history(&self, simulation: &Simulation) -> History;
    /// Why time stopped, and the message that it stopped for.
    fn stopped(&self) -> Option<(String, u32)>;
    /// Whether commands of the past were carried out again.
    fn take_replayed(&mut self) -> bool;
    fn is_before_end(&self, simulation: &Simulation) -> bool;
    fn as_any(&mut self) -> &mut dyn Any;
}

/// The name of a mark's sign, in charts and along the line of time.
pub fn sign_of(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::Edit => "edit",
        MarkKind::Fault => "fault",
        MarkKind::Command => "command",
    }
}

/// Steps back one event.
pub fn back(state: State) {
    state.playing.set(false);
    let moved = state.travel(|companion, simulation| companion.back(simulation));
    if moved == Some(false) {
        state.refuse(tr!("This is the beginning."));
    }
}
