//! The figures that stand above everything else.

use super::format::{count, span};
use super::state::use_state;
use crate::simulation::Headline;
use leptos::prelude::*;

/// Name, test id, help, and the figure in words.
type Figure = (&'static str, &'static str, &'static str, fn(&Headline) -> String);

const FIGURES: [Figure; 9] = [
    ("Requests", "headline-requests", "Sent by all clients", |it| count(it.requests)),
    ("Success", "headline-success", "Share of the answered requests that succeeded", |it| {
        format!("{:.1} %", it.success_rate * 100.0)
    }),
    ("p50", "headline-p50", "Half of the answers came within", |it| span(it.latency.p50)),
    ("p95", "headline-p95", "95 of 100 answers came within", |it| span(it.latency.p95)),
    ("p99", "headline-p99", "99 of 100 answers came within", |it| span(it.latency.p99)),
    ("Queue depth", "headline-depth", "Messages that wait in queues", |it| count(it.queue_depth)),
    ("Oldest", "headline-oldest", "Age of the oldest message that waits", |it| span(it.oldest_age)),
    ("Duplicates", "headline-duplicates", "Rows that were written more than once", |it| count(it.duplicates)),
    ("Dead letters", "headline-dead", "Messages that ended in a dead-letter queue", |it| count(it.dead_lettered)),
];

#[component]
pub fn HeadlineFigures() -> impl IntoView {
    let state = use_state();
    let headline = Memo::new(move |_| {
        state.tick.track();
        state.read(|simulation| simulation.headline())
    });
    view! {
        <dl class="headline" aria-label="Headline figures">
            {FIGURES
                .into_iter()
                .map(|(name, test, help, words)| {
                    view! {
                        <div title=help>
                            <dt>{name}</dt>
                            <dd data-testid=test>{move || words(&headline.get())}</dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
    }
}
