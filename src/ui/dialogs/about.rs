//! What this is.

use super::follow;
use crate::ui::canvas::events::ask;
use crate::ui::language::LanguageChoice;
use crate::ui::reactive::live_text;
use crate::ui::state::use_state;
use leptos::html::Dialog;
use leptos::prelude::*;

#[component]
pub fn AboutDialog() -> impl IntoView {
    let state = use_state();
    let dialog = NodeRef::<Dialog>::new();
    follow(dialog, move || state.about.get());
    let hash = live_text(move || {
        state.tick.track();
        // Only while somebody looks: the number changes with every record.
        if state.about.get() { state.read(|simulation| simulation.journal().hash()) } else { String::new() }
    });
    view! {
        <dialog node_ref=dialog aria-labelledby="about-title" on:close=move |_| state.about.set(false)>
            <h2 id="about-title">"Eventyard "{env!("CARGO_PKG_VERSION")}</h2>
            <p>
                {tr!("A simulator of how microservices are integrated with serverless services. Everything runs in this page: no server, no account, and nothing leaves it.")}
            </p>
            <p>
                {tr!("Eventyard is independent of Amazon Web Services and not endorsed by it. The names of services only say what each node stands for.")}
            </p>
            <p class="quiet">
                {live_text(move || tr!("Seed {seed}, journal", seed = state.seed.get()))}" "<code data-testid="journal-hash">{hash}</code>
            </p>
            <LanguageChoice />
            <p class="quiet"><a href="./licences.txt" target="_blank">{tr!("Licences of what it is made of.")}</a></p>
            <form method="dialog" class="buttons">
                <button class="primary" autofocus>{tr!("Close")}</button>
                <button data-testid="shortcuts-open" on:click=|_| ask("shortcuts")>{tr!("Keyboard shortcuts")}</button>
                <button data-testid="fidelity-open" on:click=move |_| state.fidelity.set(true)>{tr!("Fidelity: what is simplified")}</button>
            </form>
        </dialog>
    }
}
