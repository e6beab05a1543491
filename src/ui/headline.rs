//! The figures that stand above everything else.

use super::format::{count, dollars, span};
use super::state::use_state;
use crate::simulation::Headline;
use crate::small::fixed;
use crate::ui::reactive::live_text;
use gloo_timers::callback::Interval;
use leptos::prelude::*;

/// Name, test id, help, and the figure in words.
type Figure = (&'static str, &'static str, &'static str, fn(&Headline) -> String);

const FIGURES: [Figure; 10] = [
    ("Requests", "headline-requests", "Sent by all clients", |it| count(it.requests)),
    ("Success", "headline-success", "Share of the answered requests that succeeded", |it| {
        format!("{} %", fixed(it.success_rate * 100.0, 1))
    }),
    ("p50", "headline-p50", "Half of the answers came within", |it| span(it.latency.p50)),
    ("p95", "headline-p95", "95 of 100 answers came within", |it| span(it.latency.p95)),
    ("p99", "headline-p99", "99 of 100 answers came within", |it| span(it.latency.p99)),
    ("Queue depth", "headline-depth", "Messages that wait in queues", |it| count(it.queue_depth)),
    ("Oldest", "headline-oldest", "Age of the oldest message that is not deleted yet", |it| span(it.oldest_age)),
    ("Duplicates", "headline-duplicates", "Rows that were written more than once", |it| count(it.duplicates)),
    ("Dead letters", "headline-dead", "Messages that ended in a dead-letter queue", |it| count(it.dead_lettered)),
    (
        "$ / million",
        "headline-cost",
        "What a million such requests cost at the diagram's prices; each node has its own bill",
        |it| dollars(it.cost.per_million_requests_usd),
    ),
];

/// How often the figures are told to people who listen, in milliseconds: faster than that nobody can follow.
const NARRATION: u32 = 5_000;

/// The figures in one sentence, for screen readers; silent while nothing changes.
#[component]
fn Narrator() -> impl IntoView {
    let state = use_state();
    let sentence = RwSignal::new(String::new());
    let interval = Interval::new(NARRATION, move || {
        let it = state.read(|simulation| simulation.headline());
        let now = format!(
            "{} requests, {} percent succeeded, {} messages wait in queues, {} dead letters.",
            it.requests,
            fixed(it.success_rate * 100.0, 0),
            it.queue_depth,
            it.dead_lettered
        );
        if sentence.with_untracked(|before| *before != now) {
            sentence.set(now);
        }
    });
    // It runs as long as the page.
    interval.forget();
    view! { <p class="hidden-visually" aria-live="polite">{sentence}</p> }
}

#[component]
pub fn HeadlineFigures() -> impl IntoView {
    let state = use_state();
    let headline = Memo::new(move |_| {
        state.tick.track();
        state.read(|simulation| simulation.headline())
    });
    view! {
        <Narrator />
        <dl class="headline" aria-label="Headline figures" tabindex="0">
            {FIGURES
                .into_iter()
                .map(|(name, test, help, words)| {
                    view! {
                        <div title=help class:lesser=name == "p95">
                            <dt>{name}</dt>
                            <dd data-testid=test>{live_text(move || words(&headline.get()))}</dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
    }
}
