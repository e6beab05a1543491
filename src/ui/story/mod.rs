//! Why: the story of a message beside the diagram, and in the dock one request seen three ways and the business ledger.
//! All of it is one part of the app, fetched when one of them is first wanted.

mod ledger;
mod panel;
mod path;
mod sequence;
mod trace;
mod waterfall;

use super::on_demand::Part;
use super::state::State;
use crate::diagram::NodeIndex;
use crate::simulation::{Fate, Simulation};
use crate::ui::reactive::live_text;
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

#[wasm_split(story, fallible)]
pub fn panel_part() -> Part {
    Ok(view! { <panel::StoryPanel /> }.into_any())
}

#[wasm_split(story, fallible)]
pub fn trace_part() -> Part {
    Ok(view! { <trace::TracePanel /> }.into_any())
}

#[wasm_split(story, fallible)]
pub fn ledger_part() -> Part {
    Ok(view! { <ledger::LedgerPanel /> }.into_any())
}

/// What is read of the simulation while it is shown: anew at every tick, and where something else is chosen.
fn watched<T: Clone + PartialEq + Send + Sync + 'static>(
    state: State,
    shown: impl Fn() -> bool + Send + Sync + 'static,
    read: impl Fn(&Simulation) -> T + Send + Sync + 'static,
) -> Memo<Option<T>> {
    Memo::new(move |before: Option<&Option<T>>| {
        if !shown() {
            return before.cloned().flatten();
        }
        state.tick.track();
        state.run.track();
        Some(state.read(&read))
    })
}

/// A fate as a word with a sign: never by colour alone.
fn fate_mark(fate: Fate) -> AnyView {
    let (sign, class) = match fate {
        Fate::Moving => ("→", "story-moving"),
        Fate::Waiting => ("⏳", "story-waiting"),
        Fate::Working => ("⚙", "story-working"),
        Fate::Arrived => ("✓", "story-arrived"),
        Fate::Filtered => ("⊘", "story-filtered"),
        Fate::Dead => ("◆", "story-dead"),
        Fate::Lost => ("✕", "story-lost"),
        Fate::Redriven => ("↺", "story-redriven"),
        Fate::Unknown => ("?", "story-unknown"),
    };
    view! { <span class=format!("story-fate {class}")><span aria-hidden="true">{sign}" "</span>{fate.words()}</span> }
        .into_any()
}

/// What the journal has forgotten, if anything.
fn forgotten(words: impl Fn() -> String + Copy + Send + Sync + 'static) -> impl IntoView {
    view! { <p class="story-forgotten quiet" class:hidden=Signal::derive(move || words().is_empty())>{live_text(words)}</p> }
}

fn name_of(simulation: &Simulation, node: NodeIndex) -> String {
    simulation.plan().nodes.get(node.usize()).map_or(String::new(), |node| node.name.clone())
}
