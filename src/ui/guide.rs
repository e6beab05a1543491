//! The guide: its diagrams, one click away, and three sentences on the one that is open.

use super::state::use_state;
use crate::language::translated;
use crate::lessons::guide;
use leptos::prelude::*;

#[component]
pub fn GuidePanel() -> impl IntoView {
    let state = use_state();
    let sentences = move || guide::find(&state.diagram.get()).and_then(guide::GuideDiagram::sentences);
    let sentence = move |pick: fn(&guide::Sentences) -> &'static str| move || sentences().map(pick).map(translated);
    view! {
        <h2 class="hidden-visually">{tr!("Guide")}</h2>
        <ul class="diagrams">
            {guide::DIAGRAMS
                .iter()
                .map(|diagram| {
                    let chosen = move || state.diagram.get() == diagram.id;
                    view! {
                        <li>
                            <button
                                class="bare diagram-choice" class:chosen=chosen data-testid=format!("guide-{}", diagram.id)
                                aria-current=move || chosen().then_some("true") on:click=move |_| state.open(diagram.id)
                            >
                                {translated(diagram.title)}
                            </button>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
        <section class="about-diagram" aria-label=tr!("About this diagram")>
            <h3>{tr!("When to use it")}</h3>
            <p data-testid="when-to-use">{sentence(|said| said.when_to_use)}</p>
            <h3>{tr!("What it costs you")}</h3>
            <p data-testid="what-it-costs">{sentence(|said| said.what_it_costs)}</p>
            <h3>{tr!("Try first")}</h3>
            <p data-testid="what-to-try">{sentence(|said| said.what_to_try)}</p>
        </section>
    }
}
