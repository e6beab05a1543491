//! What the inspector says of several things at once, and how they are arranged.

use crate::language::translated;
use crate::ui::canvas::events::ask;
use crate::ui::commands::{self, count_words};
use crate::ui::reactive::{live_part, live_text};
use crate::ui::selection::Selection;
use crate::ui::state::use_state;
use leptos::prelude::*;

/// Alike commands stand in a row.
const ROWS: [&[&str]; 4] = [
    &["align-left", "align-centre", "align-right"],
    &["align-top", "align-middle", "align-bottom"],
    &["distribute-across", "distribute-down"],
    &["copy", "duplicate", "delete"],
];

#[component]
pub fn Several() -> impl IntoView {
    let state = use_state();
    let button = |id: &&'static str| {
        let id = *id;
        let label = commands::find(id).map_or(id, |command| translated(command.label));
        view! { <button data-testid=format!("several-{id}") on:click=move |_| ask(id)>{label}</button> }
    };
    let row = |ids: &'static [&'static str]| {
        view! { <div class="arrange">{ids.iter().map(button).collect_view()}</div> }
    };
    let names = live_part(move || {
        let name = |one: Selection| {
            view! {
                <li>
                    <button class="bare" on:click=move |_| state.select(Some(one))>{state.name_of(one.id())}</button>
                </li>
            }
        };
        state.selection.get().iter().take(MOST_NAMES).map(name).collect_view()
    });
    let more = live_text(move || match state.selection.with(|selected| selected.len()).saturating_sub(MOST_NAMES) {
        0 => String::new(),
        more => tr!("and {} more", more),
    });
    view! {
        <div class="inspector-head">
            <h2 data-testid="several-title">{live_text(move || state.selection.with(count_words))}</h2>
            <button class="bare" aria-label=tr!("Close the inspector") on:click=move |_| state.select(None)>"✕"</button>
        </div>
        {ROWS.map(row).collect_view()}
        <ul class="names">{names}</ul>
        <p class="quiet">{more}</p>
    }
}

/// Longer lists say how many more there are.
const MOST_NAMES: usize = 30;
