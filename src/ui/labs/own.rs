//! The person's own diagram, which waits while a lab has the window: with its run, its past and what can be undone.

use crate::diagram::Document;
use crate::simulation::Simulation;
use crate::simulation::past::Past;
use crate::ui::state::{Aside, Host, State};
use crate::ui::time::past;
use leptos::prelude::*;

pub struct Own {
    aside: Aside,
    past: Option<Past>,
    speed: f64,
    playing: bool,
}

impl Own {
    /// Puts what is open aside.
    pub fn put_aside(state: State, host: Host) -> Own {
        let (speed, playing) = (state.speed.get_untracked(), state.playing.get_untracked());
        let aside = state.set_aside(host);
        // What notes the past goes on with another one, which is empty until the lab's run begins.
        let empty = Simulation::new(&Document::new(""), 1).ok();
        let taken = empty.and_then(|empty| past(state, |past, _| std::mem::replace(past, Past::of(&empty))));
        Own { aside, past: taken, speed, playing }
    }

    /// The name by which the address knows it.
    pub fn name(&self) -> &str {
        self.aside.name()
    }

    /// It is open again, just as it was.
    pub fn bring_back(self, state: State) {
        state.bring_back(self.aside);
        match self.past {
            Some(kept) => past(state, |past, _| *past = kept),
            // What notes the past has arrived only since.
            None => past(state, |past, simulation| *past = Past::of(simulation)),
        };
        state.speed.set(self.speed);
        state.playing.set(self.playing);
    }
}
