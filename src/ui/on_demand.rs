//! Parts of the app that are files of their own, fetched when they are first wanted.
//!
//! A function marked `wasm_split` becomes the door to such a part: everything that only it uses goes along. The build
//! does the cutting (`.ci/bin/wasm-bindgen`).

use super::engine;
use super::state::use_state;
use super::turns::next_turn;
use crate::language::translated;
use crate::ui::reactive::live_part;
use leptos::prelude::*;
use std::future::Future;
use std::pin::Pin;
use wasm_split_helpers::SplitLoaderError;

/// What is said when something could not be fetched.
pub const NOT_LOADED: &str =
    phrase!("This part of Eventyard could not be loaded. Is the connection there? Please try again.");

/// What a door gives: a part of the page, or the news that it could not be fetched.
pub type Part = Result<AnyView, SplitLoaderError>;

/// Shows a part from the first time that it is wanted on. If it cannot be fetched the person is told, `give_up` takes
/// the wish back, and the next time that it is wanted it is tried again.
pub fn on_demand(
    wanted: impl Fn() -> bool + Send + Sync + 'static,
    load: fn() -> Pin<Box<dyn Future<Output = Part>>>,
    give_up: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    let state = use_state();
    let wanted = Memo::new(move |_| wanted());
    let arrived = StoredValue::new_local(None::<AnyView>);
    let shown = RwSignal::new(false);
    let loading = StoredValue::new(false);
    let owner = Owner::current().unwrap_or_default();
    Effect::new(move |_| {
        if !wanted.get() || shown.get_untracked() || loading.get_value() {
            return;
        }
        loading.set_value(true);
        owner.with(|| {
            leptos::task::spawn_local_scoped(async move {
                // Whatever somebody does with it may need the whole engine.
                let complete = engine::complete().await;
                // All parts wait for the engine, and each gets a turn. There is none between building a part and showing
                // it: its effects would run before its elements are in the page.
                next_turn().await;
                let part = match complete {
                    Ok(()) => load().await,
                    Err(error) => Err(error),
                };
                match part {
                    Ok(part) => {
                        arrived.set_value(Some(part));
                        shown.set(true);
                    }
                    Err(_) => {
                        give_up();
                        state.refuse(translated(NOT_LOADED));
                    }
                }
                loading.set_value(false);
            });
        });
    });
    live_part(move || shown.get().then(|| arrived.try_update_value(Option::take).flatten())).into_any()
}
