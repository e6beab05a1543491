//! The Fidelity page: what is done otherwise than in the services, and why.

use super::follow;
use crate::lessons::fidelity::{Difference, RULE_ENGINE, SIMULATION};
use crate::ui::format::with_code;
use crate::ui::state::use_state;
use leptos::html::Dialog;
use leptos::prelude::*;

fn list(differences: &'static [Difference]) -> AnyView {
    let line = |it: &'static Difference| {
        view! { <li>{with_code(it.what)}" "<span class="quiet">{with_code(it.why)}</span></li> }
    };
    view! { <ul class="differences">{differences.iter().map(line).collect_view()}</ul> }.into_any()
}

#[component]
pub fn FidelityDialog() -> impl IntoView {
    let state = use_state();
    let dialog = NodeRef::<Dialog>::new();
    follow(dialog, move || state.fidelity.get());
    view! {
        <dialog node_ref=dialog class="wide" aria-labelledby="fidelity-title" on:close=move |_| state.fidelity.set(false)>
            <h2 id="fidelity-title" tabindex="-1" autofocus>"Fidelity"</h2>
            <p>"Eventyard behaves as the services do, by their documentation and by their own engine's verdicts. This is where it does not, and why."</p>
            <h3>"The simulation"</h3>
            {list(SIMULATION)}
            <h3>"Event patterns"</h3>
            {list(RULE_ENGINE)}
            <form method="dialog"><button class="primary">"Close"</button></form>
        </dialog>
    }
}
