//! The story of one message: where it is and why, each of its hops with what it looked like there, and its relatives.

use super::{fate_mark, forgotten, watched};
use crate::diagram::{NodeIndex, NodeKind};
use crate::services::Serial;
use crate::simulation::{Contents, Hop, Relative, Story};
use crate::ui::dock::TRACE;
use crate::ui::format::{span, with_code};
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::selection::Selection;
use crate::ui::state::{State, use_state};
use leptos::prelude::*;

#[component]
pub fn StoryPanel() -> impl IntoView {
    let state = use_state();
    let asked = RwSignal::new(None::<u32>);
    let story = Memo::new(move |_| {
        state.tick.track();
        state.run.track();
        let serial = state.story.get()?;
        Some((serial, state.read(|simulation| simulation.story(serial))))
    });
    // Whoever selects something else wants to see that; whoever asks for a place of the story wants to read on.
    let shows_place = StoredValue::new(false);
    Effect::new(move |before: Option<()>| {
        state.selection.track();
        if before.is_some() && !shows_place.try_update_value(std::mem::take).unwrap_or_default() {
            state.story.set(None);
        }
    });
    Effect::new(move |_| {
        state.story.track();
        asked.set(None);
    });
    let known = move || story.get().and_then(|(_, story)| story);
    let serial = Memo::new(move |_| state.story.get());
    let trace = Memo::new(move |_| known().map(|story| story.trace));
    let sentence = Memo::new(move |_| match story.get() {
        Some((_, Some(story))) => story.sentence,
        Some((_, None)) => {
            tr!("The journal has forgotten this message: it keeps the latest records only. Reset, and look sooner.")
                .to_string()
        }
        None => String::new(),
    });
    let fate = Memo::new(move |_| known().map(|story| story.fate));
    let hops = Memo::new(move |_| known().map(|story| story.hops).unwrap_or_default());
    let relatives = Memo::new(move |_| known().map(|story| story.relatives).unwrap_or_default());
    let lost_words = Memo::new(move |_| known().map(|story: Story| story.forgotten).unwrap_or_default());
    let request = move || {
        trace.get().map(|trace| {
            view! {
                <button
                    class="small" data-testid="story-trace"
                    on:click=move |_| {
                        state.request.set(Some(trace));
                        state.dock.show(TRACE);
                    }
                >
                    {tr!("Request {id}, all of it", id = trace)}
                </button>
            }
        })
    };
    view! {
        <section class="story" data-testid="story" aria-label=tr!("The story of a message") class:hidden=live_flag(move || state.story.get().is_none())>
            <div class="inspector-head">
                <h2 data-testid="story-title">{live_text(move || serial.get().map_or(String::new(), |serial| tr!("Message {serial}", serial = serial)))}</h2>
                <button class="bare" data-testid="story-close" aria-label=tr!("Close the story") on:click=move |_| state.story.set(None)>"✕"</button>
            </div>
            <div class="story-fate-line">{live_part(move || fate.get().map(fate_mark))}</div>
            <p class="story-sentence" data-testid="story-sentence">{live_part(move || with_code(&sentence.get()))}</p>
            {forgotten(move || lost_words.get())}
            <div class="story-acts">{live_part(request)}</div>
            {live_part(move || trace.get().map(|_| view! { <Elsewhere asked trace /> }))}
            <h3>{tr!("Hop by hop")}</h3>
            <ol class="story-hops" data-testid="story-hops">
                <For
                    each=move || {
                        let serial = serial.get().unwrap_or(0);
                        hops.get().into_iter().enumerate().map(move |(place, hop)| (serial, place, hop)).collect::<Vec<_>>()
                    }
                    key=|(serial, place, hop)| (*serial, *place, hop.time)
                    children=move |(_, _, it)| hop(state, it, shows_place)
                />
            </ol>
            <h3 class:hidden=live_flag(move || relatives.with(Vec::is_empty))>{tr!("Relatives")}</h3>
            <ul class="story-relatives" data-testid="story-relatives">
                {live_part(move || relatives.get().into_iter().map(|it| relative(state, it)).collect_view())}
            </ul>
        </section>
    }
}

fn hop(state: State, hop: Hop, shows_place: StoredValue<bool>) -> AnyView {
    let Hop { time, words, waited, bad, received, contents, node, .. } = hop;
    let select = move |_| {
        let id = state.read(|simulation| simulation.plan().nodes.get(node.usize()).map(|node| node.id));
        if let Some(place) = id.map(Selection::Node).filter(|place| state.selected() != Some(*place)) {
            shows_place.set_value(true);
            state.select(Some(place));
        }
    };
    let after = if waited > 0 { format!("+ {}", span(waited)) } else { String::new() };
    // The deadline counts down only until it is over or the message is gone.
    let deadline = received.map(|(count, until)| {
        live_text(move || {
            state.tick.track();
            let now = state.read(|simulation| simulation.now());
            if until > now {
                tr!(
                    "ApproximateReceiveCount {count}; visible again at {time}, in {left}",
                    count = count,
                    time = until,
                    left = span(until.since(now))
                )
            } else {
                tr!(
                    "ApproximateReceiveCount {count}; visible again at {time}, its time is over",
                    count = count,
                    time = until
                )
            }
        })
    });
    view! {
        <li class:bad=bad>
            <button class="bare story-hop" title=tr!("Show the place") on:click=select>
                <time>{time.to_string()}</time>
                <span>{words}" "<span class="quiet">{after}</span></span>
            </button>
            {deadline.map(|words| view! { <p class="quiet story-deadline">{words}</p> })}
            {contents.map(body)}
        </li>
    }
    .into_any()
}

fn body(contents: Contents) -> AnyView {
    let Contents { form, body, attributes } = contents;
    let size = body.len();
    let shown = if body.is_empty() { tr!("(no body)").to_string() } else { body };
    view! {
        <details class="story-body" data-testid="story-body">
            <summary>{tr!("{form}, {size} bytes", form = form, size = size)}</summary>
            <pre tabindex="0">{shown}</pre>
            {(!attributes.is_empty()).then(|| view! { <h4>{tr!("Attributes")}</h4><pre tabindex="0">{attributes}</pre> })}
        </details>
    }
    .into_any()
}

fn relative(state: State, it: Relative) -> AnyView {
    let serial: Serial = it.serial;
    view! {
        <li>
            <button class="bare story-relative" data-testid="story-relative" on:click=move |_| state.tell(serial)>
                <b>{tr!("Message {serial}", serial = serial)}</b>
                <span class="quiet">{it.relation.words()}</span>
                {it.fate.map(fate_mark)}
            </button>
        </li>
    }
    .into_any()
}

/// Why something of the request did not arrive at another place.
#[component]
fn Elsewhere(asked: RwSignal<Option<u32>>, trace: Memo<Option<u32>>) -> impl IntoView {
    let state = use_state();
    let places = Memo::new(move |_| {
        state.revision.track();
        state.run.track();
        state.read(|simulation| {
            let plan = simulation.plan();
            let places =
                plan.node_indices().filter(|node| !matches!(plan.node(*node).kind, NodeKind::Client | NodeKind::Other));
            places.map(|node| (node.0, plan.node(node).name.clone())).collect::<Vec<_>>()
        })
    });
    let answer = watched(
        state,
        move || asked.get().is_some(),
        move |simulation| {
            let (trace, node) = (trace.get_untracked()?, asked.get_untracked()?);
            Some(simulation.why_not(trace, NodeIndex(node)))
        },
    );
    let answer = Memo::new(move |_| asked.get().and_then(|_| answer.get().flatten()));
    let closest = move || {
        answer.get().filter(|answer| answer.message != 0 && Some(answer.message) != state.story.get()).map(|answer| {
            let serial = answer.message;
            view! { <button class="small" on:click=move |_| state.tell(serial)>{tr!("Message {serial}", serial = serial)}</button> }
        })
    };
    view! {
        <label class="story-elsewhere">
            <span>{tr!("Did its request arrive at")}</span>
            <select
                data-testid="story-where"
                prop:value=live_text(move || asked.get().map_or(String::new(), |node| node.to_string()))
                on:change=move |event| asked.set(event_target_value(&event).parse().ok())
            >
                <option value="">{tr!("choose a place")}</option>
                {live_part(move || {
                    places.get()
                        .into_iter()
                        .map(|(node, name)| view! { <option value=node.to_string()>{name}</option> })
                        .collect_view()
                })}
            </select>
        </label>
        <p class="story-answer" data-testid="story-answer" aria-live="polite" class:hidden=live_flag(move || answer.with(Option::is_none))>
            {live_part(move || answer.get().map(|answer| with_code(&answer.sentence)))}
            " "
            {live_part(closest)}
        </p>
    }
}
