//! The Trace tab: one request as its path on the diagram, as a sequence diagram, and as a waterfall.

use super::path::{self, Path};
use super::sequence::SequenceView;
use super::waterfall::WaterfallView;
use super::{fate_mark, forgotten};
use crate::language::translated;
use crate::services::Trace;
use crate::simulation::Member;
use crate::ui::dock::TRACE;
use crate::ui::format::with_code;
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::state::{State, use_state};
use leptos::prelude::*;

/// How many requests can be chosen.
const OFFERED: usize = 40;
/// Ticks between two looks for new requests.
const PAUSE: u64 = 10;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Look {
    Diagram,
    Sequence,
    Waterfall,
}

impl Look {
    const ALL: [(Look, &str, &str); 3] = [
        (Look::Diagram, "diagram", phrase!("On the diagram")),
        (Look::Sequence, "sequence", phrase!("Sequence")),
        (Look::Waterfall, "waterfall", phrase!("Waterfall")),
    ];
}

#[component]
pub fn TracePanel() -> impl IntoView {
    let state = use_state();
    let look = RwSignal::new(Look::Waterfall);
    let shown = move || state.dock.shows(TRACE);
    // Stable once one is chosen, so that nothing moves away under the pointer.
    let offered = RwSignal::new(Vec::<(Trace, String)>::new());
    let offer = move || {
        let list = state.read(|simulation| {
            let list = simulation.recent_requests(OFFERED);
            list.into_iter().map(|trace| (trace, label(simulation, trace))).collect::<Vec<_>>()
        });
        offered.set(list);
    };
    Effect::new(move |before: Option<u64>| {
        let (tick, run) = (state.tick.get(), state.run.get());
        let playing = state.playing.get();
        if before.is_some_and(|before| before != run) {
            offered.set(Vec::new());
        }
        let first = offered.with_untracked(Vec::is_empty);
        let due = first || !playing || tick.is_multiple_of(PAUSE);
        if shown() && due && (first || state.request.get().is_none()) {
            offer();
        }
        run
    });
    let story = Memo::new(move |_| {
        if !shown() {
            return None;
        }
        state.tick.track();
        state.revision.track();
        let trace = state.request.get()?;
        state.read(|simulation| simulation.request_story(trace))
    });
    let lit = Memo::new(move |_| {
        let story = story.get().filter(|_| look.get() == Look::Diagram)?;
        Some(state.read(|simulation| path::of(simulation, &story.nodes, &story.edges)))
    });
    Effect::new(move |_| {
        state.revision.track();
        lit.with(|lit: &Option<Path>| path::light(lit.as_ref()));
    });
    let sentence = Memo::new(move |_| match (state.request.get(), story.get()) {
        (None, _) => String::new(),
        (Some(trace), None) => {
            tr!("The journal has forgotten request {id}: it keeps the latest records only.", id = trace)
        }
        (Some(_), Some(story)) => story.sentence,
    });
    let members = Memo::new(move |_| story.get().map(|story| story.messages).unwrap_or_default());
    let id = Memo::new(move |_| story.get().map(|story| story.request_id).unwrap_or_default());
    let lost_words = Memo::new(move |_| story.get().map(|story| story.forgotten).unwrap_or_default());
    let chosen = Memo::new(move |_| state.request.get());
    let body = move || {
        match (chosen.get(), look.get()) {
        (None, _) => view! {
            <div class="story-empty">
                <p>
                    {tr!("Choose a request on the left to see it three ways: its path on the diagram, who called whom in what order, and where its time went.")}
                </p>
                <p class="quiet">{tr!("Or click a token, a log line, a message in a queue or a row, and go on to its request from there.")}</p>
            </div>
        }
        .into_any(),
        (Some(_), Look::Diagram) => view! {
            <ol class="story-members" data-testid="trace-members" aria-label=tr!("Its messages, causes before effects")>
                {live_part(move || members.get().into_iter().map(|it| member(state, it)).collect_view())}
            </ol>
        }
        .into_any(),
        (Some(trace), Look::Sequence) => view! { <SequenceView trace /> }.into_any(),
        (Some(trace), Look::Waterfall) => view! { <WaterfallView trace /> }.into_any(),
    }
    };
    view! {
        <div class="trace" data-testid="trace">
            <div class="trace-list">
                <div class="trace-list-head">
                    <label>
                        <span class="quiet">{tr!("Request")}</span>
                        <input
                            class="trace-number" data-testid="trace-number" inputmode="numeric" placeholder=tr!("number")
                            prop:value=live_text(move || state.request.get().map_or(String::new(), |trace| trace.to_string()))
                            on:change=move |event| state.request.set(event_target_value(&event).trim().parse().ok())
                        />
                    </label>
                    <button class="bare" data-testid="trace-newest" title=tr!("Show the newest requests again") on:click=move |_| offer()>{tr!("Newest")}</button>
                </div>
                <ul aria-label=tr!("Requests, newest first") data-testid="trace-requests">
                    <For each=move || offered.get() key=|it| it.clone() children=move |(trace, words)| {
                        let own = live_flag(move || chosen.get() == Some(trace));
                        view! {
                            <li>
                                <button
                                    class="bare trace-request" class:chosen=own aria-pressed=live_text(move || own.get().to_string()) data-testid="trace-request"
                                    on:click=move |_| state.request.set(Some(trace))
                                >
                                    {words}
                                </button>
                            </li>
                        }
                    } />
                </ul>
                <p class="quiet" class:hidden=live_flag(move || !offered.with(Vec::is_empty))>
                    {tr!("No request yet. Press Play, or Send from a client.")}
                </p>
            </div>
            <div class="trace-main">
                <div class="trace-head">
                    <div class="trace-looks" role="group" aria-label=tr!("How to see the request")>
                        {Look::ALL
                            .map(|(own, id, title)| {
                                let on = live_flag(move || look.get() == own);
                                view! {
                                    <button
                                        class="bare trace-look" class:chosen=on aria-pressed=live_text(move || on.get().to_string())
                                        data-testid=format!("trace-look-{id}") on:click=move |_| look.set(own)
                                    >
                                        {translated(title)}
                                    </button>
                                }
                            })
                            .collect_view()}
                    </div>
                    <p class="trace-sentence" data-testid="trace-sentence">{live_part(move || with_code(&sentence.get()))}</p>
                    <code class="quiet trace-id" title=tr!("The request's id")>{live_text(move || id.get())}</code>
                </div>
                {forgotten(move || lost_words.get())}
                <div class="trace-body" tabindex="0" role="region" aria-label=tr!("The request")>{live_part(body)}</div>
            </div>
        </div>
    }
}

/// How a request is listed.
fn label(simulation: &crate::simulation::Simulation, trace: Trace) -> String {
    match simulation.request_outcome(trace) {
        Some((sent, Some(status))) if status.is_success() => {
            format!("{trace} · {sent} ✓ {}", status.words())
        }
        Some((sent, Some(status))) => format!("{trace} · {sent} ✕ {}", status.words()),
        Some((sent, None)) => format!("{trace} · {sent} …"),
        None => trace.to_string(),
    }
}

fn member(state: State, it: Member) -> AnyView {
    let serial = it.serial;
    let depth = f64::from(it.depth.min(12)) * 14.0;
    view! {
        <li style:padding-left=format!("{depth}px")>
            <button class="bare story-member" data-testid="trace-member" on:click=move |_| state.tell(serial)>
                <b>{tr!("Message {serial}", serial = serial)}</b>
                {fate_mark(it.fate)}
                <span class="quiet">{with_code(&it.sentence)}</span>
            </button>
        </li>
    }
    .into_any()
}
