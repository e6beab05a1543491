//! The figures that stand above everything else.

use super::format::{count, dollars, span};
use super::state::use_state;
use crate::language::decimal;
use crate::language::translated;
use crate::simulation::Headline;
use crate::ui::reactive::live_text;
use crate::ui::turns::in_turn;
use gloo_timers::callback::Interval;
use leptos::prelude::*;

/// Name, test id, help, and the figure in words.
type Figure = (&'static str, &'static str, &'static str, fn(&Headline) -> String);

const FIGURES: [Figure; 10] = [
    (phrase!("Requests"), "headline-requests", phrase!("Sent by all clients"), |it| count(it.requests)),
    (phrase!("Success"), "headline-success", phrase!("Share of the answered requests that succeeded"), |it| {
        format!("{} %", decimal(it.success_rate * 100.0, 1))
    }),
    ("p50", "headline-p50", phrase!("Half of the answers came within"), |it| span(it.latency.p50)),
    ("p95", "headline-p95", phrase!("95 of 100 answers came within"), |it| span(it.latency.p95)),
    ("p99", "headline-p99", phrase!("99 of 100 answers came within"), |it| span(it.latency.p99)),
    (phrase!("Queue depth"), "headline-depth", phrase!("Messages that wait in queues"), |it| count(it.queue_depth)),
    (phrase!("Oldest"), "headline-oldest", phrase!("Age of the oldest message that is not deleted yet"), |it| {
        span(it.oldest_age)
    }),
    (phrase!("Duplicates"), "headline-duplicates", phrase!("Rows that were written more than once"), |it| {
        count(it.duplicates)
    }),
    (phrase!("Dead letters"), "headline-dead", phrase!("Messages that ended in a dead-letter queue"), |it| {
        count(it.dead_lettered)
    }),
    (
        phrase!("$ / million"),
        "headline-cost",
        phrase!("What a million such requests cost at the diagram's prices; each node has its own bill"),
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
        let now = tr!(
            "{requests} requests, {share} percent succeeded, {waiting} messages wait in queues, {dead} dead letters.",
            requests = it.requests,
            share = decimal(it.success_rate * 100.0, 0),
            waiting = it.queue_depth,
            dead = it.dead_lettered
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
    let figures = move || {
        FIGURES
            .into_iter()
            .map(|(name, test, help, words)| {
                view! {
                    <div title=translated(help) class:lesser=name == "p95">
                        <dt>{translated(name)}</dt>
                        <dd data-testid=test>{live_text(move || words(&headline.get()))}</dd>
                    </div>
                }
            })
            .collect_view()
    };
    view! {
        <Narrator />
        <dl class="headline" aria-label=tr!("Headline figures") tabindex="0">
            {in_turn(figures)}
        </dl>
    }
}
