//! The Log tab: what happened, in words.

use super::LOG;
use crate::diagram::NodeIndex;
use crate::services::{Serial, What};
use crate::ui::on_demand::Part;
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::selection::Selection;
use crate::ui::state::use_state;
use leptos::html::Ol;
use leptos::prelude::*;
use std::collections::VecDeque;
use wasm_split_helpers::wasm_split;

/// Lines kept in the page.
const KEPT: usize = 200;
/// Lines added in one go at the most: more cannot be read anyway.
const AT_ONCE: usize = 60;

#[derive(Clone, PartialEq)]
struct Line {
    number: u64,
    time: String,
    words: String,
    node: NodeIndex,
    message: Serial,
    bad: bool,
}

/// Records that only tell of the way, which the picture shows anyway.
fn is_hop(what: What) -> bool {
    matches!(
        what,
        What::Departed { .. }
            | What::Replied { .. }
            | What::Created { attempt: 1, .. }
            | What::Visible
            | What::Grouped { .. }
            | What::Rewritten { .. }
            | What::Wrapped { .. }
            | What::Batched { .. }
    )
}

#[wasm_split(log, fallible)]
pub fn part() -> Part {
    Ok(view! { <LogPanel /> }.into_any())
}

#[component]
fn LogPanel() -> impl IntoView {
    let state = use_state();
    let lines = RwSignal::new(VecDeque::<Line>::new());
    let skipped = RwSignal::new(0u64);
    let node = RwSignal::new(None::<u32>);
    let message = RwSignal::new(None::<Serial>);
    let hops = RwSignal::new(false);
    let open = Memo::new(move |_| state.dock.shows(LOG));
    let cursor = StoredValue::new(0u64);
    let list = NodeRef::<Ol>::new();

    let read_now = move || {
        let (wanted_node, wanted_message) = (node.get_untracked(), message.get_untracked());
        let all = hops.get_untracked();
        let count = state.read(|simulation| simulation.journal().count());
        // A journal that is shorter than before has begun anew.
        let from = if cursor.get_value() > count { 0 } else { cursor.get_value() };
        let mut missed = 0;
        let mut fresh: Vec<Line> = Vec::new();
        state.read(|simulation| {
            let journal = simulation.journal();
            cursor.set_value(journal.count());
            // From the newest backwards, so that a flood costs no more than what is shown of it.
            for (number, record) in journal.since(from).rev() {
                let fits = wanted_node.is_none_or(|node| {
                    record.node.0 == node || record.edge.is_some_and(|edge| simulation.plan().edge(edge).to.0 == node)
                }) && wanted_message.is_none_or(|message| record.message == message)
                    && (all || !is_hop(record.what));
                if !fits {
                    continue;
                }
                if fresh.len() == AT_ONCE {
                    missed += 1;
                    // Counting a flood exactly would cost as much as reading it.
                    if missed > 5_000 {
                        break;
                    }
                    continue;
                }
                fresh.push(Line {
                    number,
                    time: record.time.to_string(),
                    words: simulation.describe(record),
                    node: record.node,
                    message: record.message,
                    bad: record.what.is_bad(),
                });
            }
        });
        if fresh.is_empty() {
            return;
        }
        let element = list.get_untracked();
        let at_end =
            element.as_ref().is_none_or(|list| list.scroll_height() - list.scroll_top() - list.client_height() < 40);
        lines.update(|lines| {
            lines.extend(fresh.into_iter().rev());
            while lines.len() > KEPT {
                lines.pop_front();
            }
        });
        skipped.update(|skipped| *skipped += missed);
        if let (true, Some(list)) = (at_end, element) {
            request_animation_frame(move || list.set_scroll_top(list.scroll_height()));
        }
    };

    // Another filter reads the journal again from what is still kept.
    Effect::new(move |_| {
        node.track();
        message.track();
        hops.track();
        state.run.track();
        state.jumps.track();
        lines.set(VecDeque::new());
        skipped.set(0);
        let count = state.read(|simulation| simulation.journal().count());
        let back = if message.get().is_some() || node.get().is_some() { 40_000 } else { 400 };
        cursor.set_value(count.saturating_sub(back));
        read_now();
    });
    Effect::new(move |_| {
        state.tick.track();
        if open.get() {
            read_now();
        }
    });

    let nodes = Memo::new(move |_| {
        state.run.track();
        state.revision.track();
        state.read(|simulation| simulation.plan().nodes.iter().map(|node| node.name.clone()).collect::<Vec<_>>())
    });
    let choose = move |line: &Line| {
        // The story begins with the message; what is about none begins with the place.
        if line.message != 0 {
            return state.tell(line.message);
        }
        let id = state.read(|simulation| simulation.plan().nodes.get(line.node.usize()).map(|node| node.id));
        state.select(id.map(Selection::Node));
    };
    view! {
        <div class="log-panel">
            <div class="log-bar">
                <label>
                    <span class="quiet">{tr!("Node")}</span>
                    <select
                        data-testid="log-filter-node"
                        on:change=move |event| node.set(event_target_value(&event).parse().ok())
                    >
                        <option value="">{tr!("all")}</option>
                        {live_part(move || {
                            nodes.get()
                                .into_iter()
                                .enumerate()
                                .map(|(index, name)| view! { <option value=index.to_string()>{name}</option> })
                                .collect_view()
                        })}
                    </select>
                </label>
                <label>
                    <span class="quiet">{tr!("Message")}</span>
                    <input
                        class="log-message" data-testid="log-filter-message" inputmode="numeric" placeholder=tr!("of a message" => "number")
                        prop:value=live_text(move || message.get().map_or(String::new(), |message| message.to_string()))
                        on:change=move |event| message.set(event_target_value(&event).trim().parse().ok())
                    />
                </label>
                <label class="check">
                    <input type="checkbox" data-testid="log-hops" on:change=move |event| hops.set(event_target_checked(&event)) />
                    {tr!("every hop")}
                </label>
                <span class="quiet">
                    {live_text(move || match skipped.get() {
                        0 => String::new(),
                        skipped => tr!("{n} lines skipped: too fast to read" | "{n} lines skipped: too fast to read" % skipped),
                    })}
                </span>
            </div>
            <ol class="log" data-testid="log" node_ref=list tabindex="0" aria-label=tr!("What happened, newest last")>
                <For each=move || lines.get() key=|line| line.number children=move |line| {
                    let chosen = line.clone();
                    let of_message = line.message;
                    let lit = live_flag(move || of_message != 0 && state.highlighted.get() == Some(of_message));
                    view! {
                        <li class:bad=line.bad class:lit=lit data-testid="log-line">
                            <button class="bare line" on:click=move |_| choose(&chosen)>
                                <time>{line.time.clone()}</time>
                                <span>{line.words.clone()}</span>
                            </button>
                            {(of_message != 0)
                                .then(|| {
                                    view! {
                                        <button
                                            class="bare only" title=tr!("Show only this message")
                                            aria-label=tr!("only this message, {number}", number = of_message)
                                            on:click=move |_| {
                                                let again = message.get_untracked() == Some(of_message);
                                                message.set((!again).then_some(of_message));
                                                state.highlighted.set(Some(of_message));
                                            }
                                        >
                                            {tr!("only this")}
                                        </button>
                                    }
                                })}
                        </li>
                    }
                } />
            </ol>
            <p class="quiet empty" class:hidden=live_flag(move || !lines.with(VecDeque::is_empty))>
                {tr!("Nothing has happened that fits. Press Play, or choose another node or message.")}
            </p>
        </div>
    }
}
