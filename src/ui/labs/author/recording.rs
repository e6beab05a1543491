//! "Record what I change": what somebody does to the diagram becomes a step's solution, or what happens when its run
//! begins.

use super::draft::Draft;
use super::record::{acts_of, note};
use crate::diagram::{Document, Edit};
use crate::lessons::labs::Act;
use crate::simulation::{Command, Simulation};
use crate::ui::reactive::{live_flag, live_text};
use crate::ui::state::State;
use leptos::prelude::*;

/// What is recorded into.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    Solution,
    Run,
    /// What misses a goal, by its place.
    Wrong(usize),
}

#[derive(Clone, Copy)]
pub struct Recorder {
    state: State,
    draft: Draft,
    pub target: RwSignal<Option<Target>>,
    /// The diagram when the recording began, and how many commands the run had had.
    before: StoredValue<Option<(Document, usize)>>,
    /// Shows the diagram as it is when the shown step begins; `false`: as the lab begins.
    show: Callback<bool>,
}

impl Recorder {
    pub fn new(state: State, draft: Draft, show: Callback<bool>) -> Recorder {
        Recorder { state, draft, target: RwSignal::new(None), before: StoredValue::new(None), show }
    }

    fn begin(self, target: Target) {
        self.target.set(Some(target));
        self.show.run(true);
        let before = self.state.read(|simulation| (simulation.document().clone(), simulation.log().len()));
        self.before.set_value(Some(before));
        self.state.say(tr!("Recording. Do it on the diagram."));
    }

    /// What was done is written down, and the diagram goes back.
    fn end(self) {
        let Some(target) = self.target.get_untracked() else { return };
        let Some((document, from)) = self.before.try_update_value(Option::take).flatten() else { return };
        let acts = self.state.read(|simulation| recorded(simulation, document, from));
        let count = acts.len();
        self.draft.edit_step("", |step| {
            if let Some(list) = target.list(step) {
                note(list, acts);
            }
        });
        self.target.set(None);
        self.show.run(false);
        self.state.say(&tr!("Recorded {n} act." | "Recorded {n} acts." % count));
    }

    /// Forgets what was done.
    pub fn cancel(self) {
        if self.target.get_untracked().is_some() {
            self.before.set_value(None);
            self.target.set(None);
            self.show.run(false);
        }
    }

    /// Why a command cannot be recorded.
    pub fn refuses(self, command: &Command) -> Option<String> {
        self.target.get_untracked()?;
        self.state.read(|simulation| acts_of(command, simulation.document()).err())
    }

    pub fn button(self, own: Target) -> AnyView {
        let on = live_flag(move || self.target.get() == Some(own));
        let off = live_flag(move || self.target.get() != Some(own));
        let busy = live_flag(move || self.target.get().is_some_and(|target| target != own));
        let test = match own {
            Target::Solution => "author-record",
            Target::Run => "author-record-run",
            Target::Wrong(_) => "author-record-wrong",
        };
        view! {
            <div class="buttons lab-record" class:recording=on>
                <button
                    type="button" data-testid=test aria-pressed=live_text(move || on.get().to_string()) disabled=busy
                    on:click=move |_| if on.get_untracked() { self.end() } else { self.begin(own) }
                >
                    {live_text(move || if on.get() { tr!("■ Stop, and write it down") } else { tr!("● Record what I change") })}
                </button>
                <button type="button" class="bare" class:hidden=off on:click=move |_| self.cancel()>{tr!("Forget it")}</button>
            </div>
        }
        .into_any()
    }
}

/// The commands since the recording began, as a lab writes them.
fn recorded(simulation: &Simulation, mut document: Document, from: usize) -> Vec<Act> {
    let mut acts = Vec::new();
    for done in simulation.log().iter().skip(from) {
        acts.extend(acts_of(&done.command, &document).unwrap_or_default());
        let edit = match &done.command {
            Command::Edit(edit) => Some(edit.clone()),
            Command::Set { target, setting, value } => Some(Edit::set(&document, *target, setting, value.clone())),
            _ => None,
        };
        if let Some(edit) = edit {
            // It could be done then, so it can be done now.
            let _ = document.apply(edit);
        }
    }
    acts
}
