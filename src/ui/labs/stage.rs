//! Takes the window for a lab and gives it back.

use super::own::Own;
use crate::simulation::Simulation;
use crate::ui::state::{Host, State};
use leptos::prelude::*;
use leptos::reactive::owner::LocalStorage;

#[derive(Clone, Copy)]
pub struct Stage {
    state: State,
    own: StoredValue<Option<Own>, LocalStorage>,
    /// Counts up whenever the window changes hands.
    turn: StoredValue<u64>,
}

/// Somebody's turn to have the window.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Turn(u64);

impl Stage {
    pub fn new(state: State) -> Stage {
        Stage { state, own: StoredValue::new_local(None), turn: StoredValue::new(0) }
    }

    /// Puts the person's diagram aside.
    pub fn enter(self, host: Host) -> Turn {
        self.leave();
        self.own.set_value(Some(Own::put_aside(self.state, host)));
        Turn(self.turn.get_value())
    }

    /// Whether it is still somebody's turn. Effects may run once more after it was over.
    pub fn is_on(self, turn: Turn) -> bool {
        self.own.with_value(Option::is_some) && self.turn.get_value() == turn.0
    }

    /// Shows a run of a lab, at rest; `lab` is what the address calls it.
    pub fn show(self, lab: &str, simulation: Simulation) {
        let under = self.own.with_value(|own| own.as_ref().map(|own| own.name().to_string()));
        if let Some(under) = under {
            self.state.show_hosted(&format!("{under}&lab={lab}"), simulation);
        }
    }

    /// The person's diagram is open again.
    pub fn leave(self) {
        if let Some(own) = self.own.try_update_value(Option::take).flatten() {
            self.turn.update_value(|turn| *turn += 1);
            own.bring_back(self.state);
        }
    }
}
