//! The room for studies: designs side by side on the same arrivals, and one setting moved through a range. Fetched on
//! demand; what is computed is [`crate::simulation::study`], as on the command line.

mod comparing;
mod designs;
mod experiments;
mod export;
mod fields;
mod mini;
mod running;
mod watch;

use super::on_demand::Part;
use super::reactive::{live_flag, live_text};
use super::state::{State, use_state};
use leptos::html::Section;
use leptos::prelude::*;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// What the room is open for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Topic {
    Compare,
    Experiments,
}

impl Topic {
    const ALL: [Topic; 2] = [Topic::Compare, Topic::Experiments];

    /// As the address calls it.
    pub fn room(self) -> &'static str {
        match self {
            Topic::Compare => "compare",
            Topic::Experiments => "experiments",
        }
    }

    pub fn of_room(room: &str) -> Option<Topic> {
        Topic::ALL.into_iter().find(|topic| topic.room() == room)
    }

    fn title(self) -> &'static str {
        match self {
            Topic::Compare => tr!("Compare designs"),
            Topic::Experiments => tr!("Experiments"),
        }
    }
}

/// A file of the run on the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunFile {
    Report,
    Figures,
    FiguresAsJson,
    /// The metrics of nodes and edges, as charts show them.
    Series,
    Journal,
}

/// Writes the run on the screen into a file, in slices.
#[wasm_split(study, fallible)]
pub fn export_run(state: State, file: RunFile) -> Result<(), SplitLoaderError> {
    export::begin(state, file);
    Ok(())
}

#[wasm_split(study, fallible)]
pub fn part() -> Part {
    Ok(view! { <Study /> }.into_any())
}

#[component]
fn Study() -> impl IntoView {
    let state = use_state();
    let topic = state.study;
    let room = NodeRef::<Section>::new();
    // The diagram rests while nobody sees it; the study has the time.
    let was_playing = StoredValue::new(false);
    Effect::new(move |before: Option<bool>| {
        let open = topic.get().is_some();
        if open && before != Some(true) {
            was_playing.set_value(state.playing.get_untracked());
            state.playing.set(false);
            // Only what is shown can have the focus.
            request_animation_frame(move || {
                if let Some(room) = room.get_untracked() {
                    let _ = room.focus();
                }
            });
        }
        if !open && before == Some(true) && was_playing.get_value() {
            state.playing.set(true);
        }
        open
    });
    let escape = window_event_listener(leptos::ev::keydown, move |event| {
        let dialog = document().query_selector("dialog[open]");
        let open = topic.get_untracked().is_some();
        if open && event.key() == "Escape" && !event.default_prevented() && matches!(dialog, Ok(None)) {
            state.open_study(None);
        }
    });
    on_cleanup(move || escape.remove());
    let hides = move |own: Topic| live_flag(move || topic.get() != Some(own));
    view! {
        <section
            class="study" tabindex="-1" node_ref=room data-testid="study" aria-labelledby="study-title"
            class:hidden=live_flag(move || topic.get().is_none())
        >
            <div class="room-head">
                <h2 id="study-title">{live_text(move || topic.get().unwrap_or(Topic::Compare).title())}</h2>
                <div class="modes" role="group" aria-label=tr!("What is studied")>
                    {Topic::ALL
                        .map(|own| {
                            view! {
                                <button
                                    class="bare tab" data-testid=format!("study-{}", own.room())
                                    aria-pressed=live_text(move || (topic.get() == Some(own)).to_string())
                                    on:click=move |_| state.open_study(Some(own))
                                >
                                    {own.title()}
                                </button>
                            }
                        })
                        .collect_view()}
                </div>
                <span class="space"></span>
                <button data-testid="study-close" on:click=move |_| state.open_study(None)>{tr!("Back to the diagram")}</button>
            </div>
            <div class="study-body" class:hidden=hides(Topic::Compare)>{comparing::view(state)}</div>
            <div class="study-body" class:hidden=hides(Topic::Experiments)>{experiments::view(state)}</div>
        </section>
    }
}
