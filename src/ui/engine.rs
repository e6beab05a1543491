//! The rest of the engine: what not every diagram needs (see [`crate::later`]). Fetched before a diagram that needs it is
//! shown, and otherwise as soon as the app runs; everything that people open or change waits for it.

use super::on_demand::NOT_LOADED;
use super::state::State;
use super::{hooks, sheet, state};
use crate::diagram::{Mappings, Readers, Structured};
use crate::language::translated;
use crate::later;
use crate::lessons::guide;
use crate::rules::Rules;
use crate::services::Kinds;
use crate::simulation::Deeds;
use std::cell::Cell;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

thread_local! {
    static COMPLETE: Cell<bool> = const { Cell::new(false) };
}

/// What all the other parts look like. They wait for this one, so that none of them is ever seen without.
const SHEETS: [&str; 8] = [
    include_str!("../../style/building.css"),
    include_str!("../../style/keep.css"),
    include_str!("../../style/import.css"),
    include_str!("../../style/exporting.css"),
    include_str!("../../style/handler.css"),
    include_str!("../../style/story.css"),
    include_str!("../../style/tester.css"),
    include_str!("../../style/study.css"),
];

#[wasm_split(engine, fallible)]
fn arrive() -> Result<(), SplitLoaderError> {
    Rules::arrive();
    Readers::arrive();
    Mappings::arrive();
    Structured::arrive();
    Kinds::arrive();
    Deeds::arrive();
    guide::Sources::arrive();
    SHEETS.iter().for_each(|text| sheet::adopt(text));
    COMPLETE.set(true);
    Ok(())
}

#[wasm_split(engine, fallible)]
fn install_hooks(state: State) -> Result<(), SplitLoaderError> {
    hooks::install(state);
    Ok(())
}

/// Fetches what is missing, for as long as something is.
pub async fn complete() -> Result<(), SplitLoaderError> {
    if COMPLETE.get() { Ok(()) } else { arrive().await }
}

/// Before the app is there: what the diagram that it opens on needs.
pub async fn prepare() {
    later::missed();
    state::look_ahead();
    if later::missed() {
        // Without it the app says what could not be read, and why.
        let _ = complete().await;
    }
}

/// Once the app is there: all that people may need next.
pub fn follow(state: State) {
    leptos::task::spawn_local(async move {
        match complete().await {
            Ok(()) => {
                let _ = install_hooks(state).await;
            }
            Err(_) => state.refuse(translated(NOT_LOADED)),
        }
    });
}

/// Does something that may need the whole engine: at once if it is there, and not at all if it cannot be fetched.
pub fn with_all(state: State, act: impl FnOnce() + 'static) {
    if COMPLETE.get() {
        return act();
    }
    leptos::task::spawn_local(async move {
        match complete().await {
            Ok(()) => act(),
            Err(_) => state.refuse(translated(NOT_LOADED)),
        }
    });
}
