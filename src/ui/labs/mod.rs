//! Labs: found in the list beside the diagram, taken with the player, made with the author; and the glossary. Fetched on
//! demand, style sheet and all.

mod glossary;
mod markdown;
mod marks;
mod own;
mod style;

use super::on_demand::Part;
use super::reactive::live_part;
use super::state::{Side, State, use_state};
use crate::diagram::NodeKind;
use crate::lessons::glossary::{self as glossary_data, Term};
use leptos::portal::Portal;
use leptos::prelude::*;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// Whether somebody wants something of labs.
pub fn wanted(state: State) -> bool {
    state.side.get() == Side::Labs || state.lab.with(Option::is_some) || state.term.with(Option::is_some)
}

/// Takes back whatever was wanted.
pub fn give_up(state: State) {
    state.lab.set(None);
    state.term.set(None);
    if state.side.get_untracked() == Side::Labs {
        state.side.set(Side::Guide);
    }
}

#[wasm_split(labs, fallible)]
pub fn part() -> Part {
    style::adopt();
    Ok(view! { <Labs /> }.into_any())
}

#[wasm_split(labs, fallible)]
fn find_term_of_setting(name: &'static str) -> Result<Option<&'static Term>, SplitLoaderError> {
    Ok(glossary_data::of_setting(name))
}

/// For a setting's help: a link into the glossary where a term fits, looked for once somebody has asked.
pub fn setting_term(name: &'static str, asked: RwSignal<bool>) -> AnyView {
    let state = use_state();
    let found = RwSignal::new(None::<&'static Term>);
    Effect::new(move |_| {
        if asked.get() {
            leptos::task::spawn_local(async move {
                // Without the connection there is no link, and the help says what it says. The field may be gone by then.
                if let Ok(term) = find_term_of_setting(name).await {
                    found.try_set(term);
                }
            });
        }
    });
    let link = move |term: &'static Term| {
        view! {
            <button type="button" class="link" data-testid=format!("term-of-{name}") on:click=move |_| state.term.set(Some(term.id.to_string()))>
                "Glossary: "{term.name}
            </button>
        }
    };
    live_part(move || found.get().map(link)).into_any()
}

/// For the head of the inspector: what this kind of node is.
pub fn kind_term(kind: NodeKind) -> AnyView {
    let state = use_state();
    view! {
        <button
            class="link" data-testid="kind-term" title="What is this? Opens the glossary"
            on:click=move |_| state.term.set(Some(format!("kind:{}", kind.name())))
        >
            "Glossary"
        </button>
    }
    .into_any()
}

#[component]
fn Labs() -> impl IntoView {
    let _state = use_state();
    let panel = document().get_element_by_id("labs");
    view! {
        <Portal><glossary::Glossary /></Portal>
        {panel.map(|panel| view! { <Portal mount=panel><p>"labs"</p></Portal> })}
    }
}
