//! The Fidelity page: each behaviour, what is done here, and where that is simpler than in the services.

use super::follow;
use crate::language::translated;
use crate::lessons::fidelity::{Behaviour, Difference, RULE_ENGINE, SIMULATION, Standing, TABLES, Table};
use crate::ui::format::with_code;
use crate::ui::state::use_state;
use leptos::html::Dialog;
use leptos::prelude::*;

fn list(differences: &'static [Difference]) -> AnyView {
    let line = |it: &'static Difference| {
        view! { <li>{with_code(translated(it.what))}" "<span class="quiet">{with_code(translated(it.why))}</span></li> }
    };
    view! { <ul class="differences">{differences.iter().map(line).collect_view()}</ul> }.into_any()
}

fn row(behaviour: &'static Behaviour) -> AnyView {
    let (label, more) = match behaviour.standing {
        Standing::Faithful { test } => (tr!("faithful"), test),
        Standing::Simplified { how } => (tr!("simplified"), translated(how)),
        Standing::Absent { why } => (tr!("not simulated"), translated(why)),
    };
    view! {
        <tr>
            <td>{with_code(translated(behaviour.what))}</td>
            <td>{with_code(&behaviour.figure.words())}</td>
            <td><b>{label}</b>" "<span class="quiet">{with_code(more)}</span></td>
            <td class="quiet">{translated(behaviour.source)}</td>
        </tr>
    }
    .into_any()
}

fn table(table: &'static Table) -> AnyView {
    view! {
        <h3>{translated(table.title)}</h3>
        <table class="behaviours">
            <thead><tr><th>{tr!("Behaviour")}</th><th>{tr!("of a service" => "Figure")}</th><th>{tr!("Here")}</th><th>{tr!("Source")}</th></tr></thead>
            <tbody>{table.behaviours.iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

#[component]
pub fn FidelityDialog() -> impl IntoView {
    let state = use_state();
    let dialog = NodeRef::<Dialog>::new();
    follow(dialog, move || state.fidelity.get());
    view! {
        <dialog node_ref=dialog class="wide" aria-labelledby="fidelity-title" on:close=move |_| state.fidelity.set(false)>
            <h2 id="fidelity-title" tabindex="-1" autofocus>{tr!("Fidelity")}</h2>
            <p>{tr!("Eventyard behaves as the services do, by their documentation and by their own engine's verdicts. This is what it does, and where it differs, and why.")}</p>
            // Hundreds of rows, which nobody needs before somebody asks.
            <Show when=move || state.fidelity.get()>
                <h3>{tr!("The simulation")}</h3>
                {list(SIMULATION)}
                {TABLES.iter().filter(|it| !it.behaviours.is_empty()).map(table).collect_view()}
                <h3>{tr!("Event patterns")}</h3>
                {list(RULE_ENGINE)}
            </Show>
            <form method="dialog"><button class="primary">{tr!("Close")}</button></form>
        </dialog>
    }
}
