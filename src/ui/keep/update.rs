//! A new version of the app waits (public/offline.js): it is offered, and taken only when somebody says so. What is on the
//! screen is kept first.

use super::autosave::Autosave;
use crate::ui::reactive::live_flag;
use leptos::prelude::*;

#[component]
pub fn Update(autosave: Autosave) -> impl IntoView {
    let waits = document().document_element().is_some_and(|root| root.has_attribute("data-update"));
    let offered = RwSignal::new(waits);
    window_event_listener_untyped("eventyard-update", move |_| offered.set(true));
    let take = move |_| {
        offered.set(false);
        // What cannot be kept would be lost; the banner says why, and what to do about it.
        if autosave.keep_now()
            && let Ok(event) = web_sys::Event::new("eventyard-take-update")
        {
            let _ = window().dispatch_event(&event);
        }
    };
    view! {
        <div class="notice update" role="status" data-testid="update" class:hidden=live_flag(move || !offered.get())>
            <p>{tr!("A new version of Eventyard is ready. What you have drawn is kept.")}</p>
            <button class="primary" data-testid="update-take" on:click=take>{tr!("Reload")}</button>
            <button class="bare" data-testid="update-later" on:click=move |_| offered.set(false)>{tr!("Later")}</button>
        </div>
    }
}
