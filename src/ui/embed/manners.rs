//! A guest in another page: the wheel scrolls that page, and nothing runs where nobody sees it.

use crate::ui::state::State;
use gloo_timers::callback::Timeout;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

/// How long the hint stays, in milliseconds.
const HINT: u32 = 2_500;

/// Keeps to them. Gives whether the hint on zooming is to be seen.
pub fn keep(state: State) -> RwSignal<bool> {
    rest_unseen(state);
    let hint = RwSignal::new(false);
    let hinted = StoredValue::new(false);
    window_event_listener(ev::wheel, move |event| {
        if event.ctrl_key() || hinted.get_value() {
            return;
        }
        hinted.set_value(true);
        hint.set(true);
        Timeout::new(HINT, move || hint.set(false)).forget();
    });
    hint
}

/// Pauses while the embed is out of sight, and goes on when it comes back.
fn rest_unseen(state: State) {
    let seen = StoredValue::new((true, true));
    let rests = StoredValue::new(false);
    let look = move || {
        let (on_screen, in_front) = seen.get_value();
        if on_screen && in_front {
            if rests.get_value() {
                rests.set_value(false);
                state.playing.set(true);
            }
        } else if state.playing.get_untracked() {
            rests.set_value(true);
            state.playing.set(false);
        }
    };
    // What is set going while nobody looks waits as well.
    Effect::new(move |_| {
        if state.playing.get() {
            look();
        }
    });
    let crossed = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
        if let Some(entry) = entries.iter().last() {
            let entry: web_sys::IntersectionObserverEntry = entry.unchecked_into();
            seen.update_value(|seen| seen.0 = entry.is_intersecting());
            look();
        }
    });
    if let (Ok(observer), Some(root)) =
        (web_sys::IntersectionObserver::new(crossed.as_ref().unchecked_ref()), document().document_element())
    {
        observer.observe(&root);
    }
    // The observer lives as long as the page.
    crossed.forget();
    window_event_listener_untyped("visibilitychange", move |_| {
        seen.update_value(|seen| seen.1 = !document().hidden());
        look();
    });
}
