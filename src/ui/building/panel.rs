//! Build: every kind of node, to search, to drag onto the diagram, or to add by a click or Enter.

use super::Hands;
use super::picker::KindIcon;
use crate::diagram::NodeKind;
use crate::language::translated;
use crate::ui::reactive::{live_flag, live_text};
use leptos::ev;
use leptos::prelude::*;
use std::cell::Cell;

thread_local! {
    /// Something was carried just now: the click that ends it does not count.
    static CARRIED: Cell<bool> = const { Cell::new(false) };
}

pub fn swallow_click() {
    CARRIED.set(true);
}

/// Its short name, and what it stands for: "queue", "as Amazon SQS (standard)".
pub fn words(kind: NodeKind) -> (&'static str, &'static str) {
    let all = translated(kind.stands_for());
    match all.find([',', ':']) {
        Some(place) => (&all[..place], all[place + 1..].trim_start()),
        None => (all, ""),
    }
}

/// The short name with a capital letter, as it stands in a list.
pub fn title(kind: NodeKind) -> String {
    let name = words(kind).0;
    let mut letters = name.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

#[component]
pub fn BuildPanel(hands: Hands) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let fits = move |kind: NodeKind| {
        let english = kind.stands_for();
        let all = format!("{} {english} {}", translated(english), kind.name()).to_lowercase();
        typed.with(|typed| typed.to_lowercase().split_whitespace().all(|word| all.contains(word)))
    };
    let none = live_flag(move || NodeKind::ALL.into_iter().any(fits));
    let first = move || NodeKind::ALL.into_iter().find(|kind| untrack(|| fits(*kind)));
    let item = move |kind: NodeKind| {
        view! {
            <li class:hidden=live_flag(move || !fits(kind))>
                <button
                    class="bare kind" data-testid=format!("add-{}", kind.name())
                    on:click=move |_| if !CARRIED.take() { hands.add_in_sight(kind) }
                    on:pointerdown=move |event: ev::PointerEvent| {
                        CARRIED.set(false);
                        hands.carry(kind, &event);
                    }
                    on:pointermove=move |event: ev::PointerEvent| hands.carry_on(&event, false)
                    on:pointerup=move |event: ev::PointerEvent| hands.carry_on(&event, true)
                    on:pointercancel=move |_| {
                        hands.cancel_gesture();
                    }
                >
                    <KindIcon kind />
                    <span>{title(kind)}<small class="quiet">{words(kind).1}</small></span>
                </button>
            </li>
        }
        .into_any()
    };
    view! {
        <h2 class="hidden-visually">{tr!("Build")}</h2>
        <button class="new-diagram" data-testid="new-diagram" on:click=move |_| hands.run("new")>{tr!("New diagram")}</button>
        <input
            type="search" class="kind-search" data-testid="build-search" aria-label=tr!("Search the kinds of node") placeholder=tr!("Search")
            prop:value=live_text(move || typed.get()) on:input=move |event| typed.set(event_target_value(&event))
            on:keydown=move |event| {
                if let ("Enter", Some(kind)) = (event.key().as_str(), first()) {
                    event.prevent_default();
                    hands.add_in_sight(kind);
                }
            }
        />
        <ul class="kinds" aria-label=tr!("Kinds of node")>{NodeKind::ALL.into_iter().map(item).collect_view()}</ul>
        <p class="quiet" class:hidden=none>{tr!("No kind of node is called that.")}</p>
        <p class="quiet kinds-help">
            {tr!("Drag one onto the diagram, or onto an edge to insert it there. A click adds it in the middle. Then drag from the dot at a node's side to connect it.")}
        </p>
    }
}
