//! Inside another page: what the address asks for, good manners, and messages. Fetched only there; the page's first module
//! merely asks [`embedded`]. What stands around the diagram is a matter of style (`style/embed-app.css`).
//!
//! In an embed nothing is kept and nothing that visitors keep is read (`keep/storage.rs`), and the address stays as it is.

mod dialog;
mod manners;
mod talk;

use super::canvas::events::ask;
use super::on_demand::Part;
use super::reactive::{live_flag, live_text};
use super::selection::Selection;
use super::sheet;
use super::state::{Side, State, use_state};
use super::time::past;
use crate::exchange::embed::{Embed, find_target};
use crate::kernel::Time;
use leptos::portal::Portal;
use leptos::prelude::*;
use serde_json::Value;
use std::cell::RefCell;
use std::time::Duration;
use wasm_split_helpers::wasm_split;

/// Whether this is an embed: public/boot.js has found out.
pub fn embedded() -> bool {
    thread_local! {
        static EMBEDDED: bool =
            document().document_element().is_some_and(|root| root.has_attribute("data-embed"));
    }
    EMBEDDED.with(|embedded| *embedded)
}

thread_local! {
    /// What was told before anybody passed it on; `None` from then on.
    static WAITING: RefCell<Option<Vec<String>>> = const { RefCell::new(Some(Vec::new())) };
}

/// Tells the page around, if there is one: see `talk`.
pub fn tell(message: &Value) {
    if !embedded() {
        return;
    }
    let text = message.to_string();
    if let Some(text) = WAITING.with_borrow_mut(|waiting| match waiting {
        Some(waiting) => {
            waiting.push(text);
            None
        }
        None => Some(text),
    }) {
        let detail = web_sys::CustomEventInit::new();
        detail.set_detail(&text.into());
        if let Ok(event) = web_sys::CustomEvent::new_with_event_init_dict("eventyard-tells", &detail) {
            let _ = window().dispatch_event(&event);
        }
    }
}

/// What was told so far. From now on it comes by an event of the window.
fn told_so_far() -> Vec<String> {
    WAITING.take().unwrap_or_default()
}

/// A parameter of an embed's address.
pub fn parameter(name: &str) -> Option<String> {
    let found = embedded().then(|| parameters().into_iter().find(|(known, _)| known == name));
    found.flatten().map(|(_, text)| text)
}

#[wasm_split(embed, fallible)]
pub fn part() -> Part {
    Ok(view! { <Embedded /> }.into_any())
}

/// The dialog that builds snippets.
#[wasm_split(embedding, fallible)]
pub fn dialog_part() -> Part {
    sheet::adopt(include_str!("../../../style/embedding.css"));
    Ok(view! { <Portal><dialog::EmbedDialog /></Portal> }.into_any())
}

/// The parameters of the address.
fn parameters() -> Vec<(String, String)> {
    let search = window().location().search().unwrap_or_default();
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        js_sys::decode_uri_component(&text).map_or(text, String::from)
    };
    let pairs = search.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, text)| (decode(name), decode(text)))
        .collect()
}

#[component]
fn Embedded() -> impl IntoView {
    let state = use_state();
    let parameters = parameters();
    let (embed, notes) = Embed::read(parameters.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let notes = RwSignal::new(notes.join("\n"));
    Effect::new({
        let embed = embed.clone();
        // A lab that a link holds is there later.
        move |_| dress(&embed, state.lab.with(Option::is_some))
    });
    state.readonly.set_value(embed.readonly);
    if embed.palette {
        state.side.set(Side::Build);
    }
    let hint = manners::keep(state);
    talk::listen(state, embed.origins.clone(), notes);
    // A link takes until it is open; the first run is what it shows.
    let linked = state.diagram.with_untracked(|key| key == super::state::NEW)
        && state.run.get_untracked() == 0
        && state.incoming.with_untracked(Option::is_some);
    let begun = StoredValue::new(false);
    Effect::new(move |_| {
        if begun.get_value() || (state.run.get() == 0 && linked) {
            return;
        }
        begun.set_value(true);
        begin(state, &embed, notes, linked);
    });
    view! {
        <div class="embed-note" role="status" data-testid="embed-note" class:hidden=live_flag(move || notes.with(String::is_empty))>
            <p>{live_text(move || notes.get())}</p>
            <button class="bare" aria-label=tr!("Close this message") on:click=move |_| notes.set(String::new())>"✕"</button>
        </div>
        <p class="embed-hint" aria-hidden="true" data-testid="embed-hint" class:hidden=live_flag(move || !hint.get())>
            {tr!("Ctrl + wheel zooms the diagram")}
        </p>
    }
}

/// What was understood of what should be shown.
fn dress(embed: &Embed, lab: bool) {
    let Some(root) = document().document_element() else { return };
    let mut panels = embed.panels.join(" ");
    if embed.palette {
        panels.push_str(" palette");
    }
    if lab {
        panels.push_str(" lab");
    }
    let _ = root.set_attribute("data-panels", &panels);
    let _ = root.set_attribute("data-controls", &embed.controls.join(" "));
}

/// The diagram is there: shows what was asked for, and lets time pass.
fn begin(state: State, embed: &Embed, notes: RwSignal<String>, linked: bool) {
    if let Some(name) = &embed.node {
        match state.read(|simulation| {
            find_target(simulation.document(), name).map(|id| (id, simulation.document().node(id).is_some()))
        }) {
            Some((id, true)) => state.select(Some(Selection::Node(id))),
            Some((id, false)) => state.select(Some(Selection::Edge(id))),
            None => notes.update(|notes| {
                let short: String = name.chars().take(40).collect();
                if !notes.is_empty() {
                    notes.push('\n');
                }
                notes.push_str(&tr!("node: there is none called “{name}”.", name = short));
            }),
        }
        if state.selected().is_some() {
            // Once the inspector has taken its room.
            set_timeout(|| ask("fit-selection"), Duration::from_millis(100));
        }
    }
    // A lab says when its time begins.
    if state.lab.with_untracked(Option::is_some) {
        return;
    }
    // The moment of a link is to be looked at first.
    let moment = linked && !state.playing.get_untracked();
    let plays = embed.autoplay.unwrap_or(!moment);
    match embed.time {
        Some(time) => go_to(state, time, move || state.playing.set(plays)),
        None => state.playing.set(plays),
    }
}

/// A slice may take this long, in milliseconds.
const BUDGET: f64 = 12.0;
/// Events between two looks at the clock.
const SLICE: u64 = 2_000;

/// Goes to a moment, in slices where nobody has been there yet. The latest that is asked for counts.
fn go_to(state: State, time: Time, arrived: impl FnOnce() + 'static) {
    thread_local! {
        static GENERATION: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
    }
    state.playing.set(false);
    let known = past(state, |past, _| past.end()).unwrap_or_else(|| state.read(|simulation| simulation.now()));
    if time <= known {
        state.seek(time);
        return arrived();
    }
    state.seek(known);
    let generation = GENERATION.get() + 1;
    GENERATION.set(generation);
    fn turn(state: State, time: Time, generation: u32, run: u64, arrived: Box<dyn FnOnce()>) {
        // Something else was asked for, or another diagram opened.
        if GENERATION.get() != generation || state.run.get_untracked() != run || state.playing.get_untracked() {
            return;
        }
        let clock = || window().performance().map_or(0.0, |clock| clock.now());
        let start = clock();
        let mut there = false;
        while !there && clock() - start < BUDGET {
            there = state.run_until(time, SLICE).reached;
        }
        state.ticked();
        if there || state.stopped.with_untracked(Option::is_some) {
            arrived();
        } else {
            set_timeout(move || turn(state, time, generation, run, arrived), Duration::ZERO);
        }
    }
    turn(state, time, generation, state.run.get_untracked(), Box::new(arrived));
}
