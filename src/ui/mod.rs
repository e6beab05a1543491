//! The app in the browser: Leptos components around the engine, which knows nothing of them.
//!
//! One way round: what people do becomes a `Command`; what is drawn is read from the simulation and its journal.
//! Invariant: nothing reactive happens per frame. Numbers reach the signals at most ten times a second; messages are
//! painted on one canvas by one animation loop.
#![allow(clippy::disallowed_methods, reason = "the user interface lives in wall time")]

mod app;
mod building;
mod canvas;
mod commands;
mod compare;
mod dialogs;
mod dock;
mod driver;
mod editor;
mod embed;
mod engine;
mod exporting;
mod flaws;
mod format;
mod guide;
mod headline;
mod hooks;
mod importing;
mod inspector;
mod json_editor;
mod keep;
mod labs;
mod language;
mod metrics;
mod on_demand;
mod panic;
mod problems;
mod reactive;
mod selection;
mod sharing;
mod sheet;
mod state;
mod story;
mod tester;
mod theme;
mod time;
mod timeline;
mod transport;
mod turns;

fn show(state: state::State) {
    if let Some(loading) = leptos::prelude::document().get_element_by_id("loading") {
        loading.remove();
    }
    leptos::mount::mount_to_body(move || app::App(app::AppProps { state }));
}

/// Puts the app into the page.
pub fn mount() {
    panic::install();
    wasm_bindgen_futures::spawn_local(async {
        language::arrive().await;
        turns::next_turn().await;
        engine::prepare().await;
        turns::next_turn().await;
        let state = state::State::from_address();
        turns::next_turn().await;
        show(state);
    });
}
