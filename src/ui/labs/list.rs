//! The list of labs: the guide's tour, what goes wrong, and one's own; each with how long it takes and how far one has
//! come.

use super::cards::{Card, cards};
use super::shelf::{Kept, Key, Shelf};
use crate::language::translated;
use crate::lessons::labs::{Group, Lab, Progress};
use crate::ui::format::slug;
use crate::ui::keep::download;
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::state::State;
use leptos::html::Input;
use leptos::prelude::*;

/// A ring that fills; a tick when all is done.
fn ring(done: usize, all: usize) -> AnyView {
    if all > 0 && done >= all {
        return view! {
            <svg class="lab-tick" viewBox="0 0 20 20" width="20" height="20" role="img" aria-label=tr!("done")>
                <circle class="lab-all" cx="10" cy="10" r="8" />
                <path class="lab-check" d="M6 10.4 9 13.2 14.2 7.4" />
            </svg>
        }
        .into_any();
    }
    let length = 2.0 * std::f64::consts::PI * 7.0;
    let filled = length * done as f64 / all.max(1) as f64;
    let label = if done == 0 {
        tr!("not begun").to_string()
    } else {
        tr!("{done} of {all} steps done", done = done, all = all)
    };
    view! {
        <svg class="lab-tick" viewBox="0 0 20 20" width="20" height="20" role="img" aria-label=label>
            <circle class="lab-ring" cx="10" cy="10" r="7" />
            <circle
                class="lab-arc" cx="10" cy="10" r="7" transform="rotate(-90 10 10)" stroke-dasharray=format!("{filled:.1} {length:.1}")
            />
        </svg>
    }
    .into_any()
}

fn done(shelf: Shelf, key: &Key, steps: usize) -> usize {
    match shelf.progress(key) {
        Kept::Something(progress) => (0..steps).filter(|step| Progress::is_done(&progress, *step)).count(),
        Kept::Nothing | Kept::Spoilt(_) => 0,
    }
}

fn item(state: State, shelf: Shelf, key: Key, title: String, summary: String, minutes: u32, steps: usize) -> AnyView {
    let text = key.text();
    let progress = live_part(move || {
        shelf.changed.track();
        ring(done(shelf, &key, steps), steps)
    });
    let test = format!("lab-{}", text.replace(':', "-"));
    view! {
        <button class="bare lab-item" data-testid=test on:click=move |_| state.lab.set(Some(text.clone()))>
            {progress}
            <span>{title}</span>
            <small class="lab-about">{format!("{minutes} min · {summary}")}</small>
        </button>
    }
    .into_any()
}

fn group(state: State, shelf: Shelf, own: Group) -> AnyView {
    let line = move |card: &Card| {
        let key = Key::Shipped(card.id.to_string());
        view! { <li>{item(state, shelf, key, card.title.clone(), card.summary.clone(), card.minutes, card.steps)}</li> }
    };
    let lines = cards().iter().filter(|card| card.group == own).map(line).collect_view();
    view! {
        <h2>{translated(own.title())}</h2>
        <ul>{lines}</ul>
    }
    .into_any()
}

/// Saves a lab to a file.
pub fn save(state: State, lab: &Lab) {
    let name = slug(&lab.title);
    let name = if name.is_empty() { "lab" } else { &name };
    download::text(state, &lab.to_text(), "application/json", &format!("{name}.eventyard-lab.json"));
}

fn own(state: State, shelf: Shelf) -> AnyView {
    // What was deleted last, to be put back.
    let deleted = RwSignal::new(None::<(String, String, String)>);
    let file = NodeRef::<Input>::new();
    let line = move |(id, lab): (String, Result<Lab, Vec<crate::diagram::Problem>>)| {
        let (title, broken) = match &lab {
            Ok(lab) => (lab.title.clone(), false),
            Err(_) => (id.clone(), true),
        };
        let delete = {
            let (id, title) = (id.clone(), title.clone());
            move |_| {
                if let Some(text) = shelf.take_lab(&id) {
                    deleted.set(Some((id.clone(), title.clone(), text)));
                }
            }
        };
        let edit = format!("edit:{id}");
        let head = match lab {
            Ok(lab) => {
                let steps = lab.steps.len();
                item(state, shelf, Key::Own(id), lab.title, lab.summary, lab.minutes, steps)
            }
            Err(_) => view! { <p class="lab-item">"○"<span>{title.clone()}</span><small class="lab-about">{tr!("damaged: cannot be opened")}</small></p> }.into_any(),
        };
        view! {
            <li class="lab-own" data-testid="lab-own">
                {head}
                <button class="bare" class:hidden=broken data-testid="lab-edit" aria-label=tr!("Edit “{name}”", name = title) title=tr!("Edit") on:click=move |_| state.lab.set(Some(edit.clone()))>"✎"</button>
                <button class="bare" data-testid="lab-delete" aria-label=tr!("Delete “{name}”", name = title) title=tr!("Delete") on:click=delete>"✕"</button>
            </li>
        }
        .into_any()
    };
    let lines = live_part(move || {
        let list = shelf.own();
        if list.is_empty() {
            return view! { <p class="quiet">{tr!("Labs that you make, copy or open from a file are listed here.")}</p> }
                .into_any();
        }
        view! { <ul>{list.into_iter().map(line).collect_view()}</ul> }.into_any()
    });
    let put_back = move |_| {
        if let Some((id, _, text)) = deleted.get_untracked() {
            shelf.put_back(&id, text);
            deleted.set(None);
        }
    };
    let chosen = move |_| {
        let list = file.get_untracked().and_then(|input| input.files());
        if let Some(chosen) = list.and_then(|list| list.get(0)) {
            super::opening::read(state, chosen);
        }
    };
    let choose = move |_| {
        if let Some(input) = file.get_untracked() {
            input.set_value("");
            input.click();
        }
    };
    let first = || Key::Shipped(cards().first().map(|card| card.id.to_string()).unwrap_or_default());
    let copies =
        move || cards().iter().map(|card| view! { <option value=card.id>{card.title.clone()}</option> }).collect_view();
    let copy = move |event: leptos::ev::Event| {
        let id = event_target_value(&event);
        if !id.is_empty() {
            state.lab.set(Some(format!("copy:{id}")));
        }
    };
    view! {
        <h2>{tr!("Your labs")}</h2>
        {lines}
        <p class="kept-changed" role="status" data-testid="lab-deleted" class:hidden=live_flag(move || deleted.get().is_none())>
            {live_text(move || deleted.get().map_or(String::new(), |(_, title, _)| tr!("“{name}” was deleted. ", name = title)))}
            <button class="link" data-testid="lab-put-back" on:click=put_back>{tr!("Undo")}</button>
        </p>
        <p class="lab-hint" class:hidden=live_flag(move || shelf.words().is_empty())>{live_text(move || shelf.words())}</p>
        <div class="lab-make">
            <button data-testid="lab-make" title=tr!("Begins with the diagram that is open") on:click=move |_| state.lab.set(Some("make".to_string()))>{tr!("Make a lab")}</button>
            <button data-testid="lab-open" on:click=choose>{tr!("Open a file…")}</button>
            <button data-testid="lab-course" title=tr!("For a learning management system: SCORM or cmi5") on:click=move |_| shelf.packing.set(Some(first()))>
                {tr!("Course package…")}
            </button>
            <select data-testid="lab-copy" aria-label=tr!("Edit a copy of a lab") on:change=copy>
                <option value="">{tr!("Edit a copy of…")}</option>
                {copies()}
            </select>
            <input
                type="file" class="hidden" node_ref=file data-testid="lab-file" accept=".json,application/json" aria-label=tr!("Open a lab") on:change=chosen
            />
        </div>
    }
    .into_any()
}

pub fn view(state: State, shelf: Shelf) -> AnyView {
    view! {
        <div class="lab-list" data-testid="lab-list">
            {group(state, shelf, Group::Guide)}
            {group(state, shelf, Group::Misconception)}
            {own(state, shelf)}
            <p><button class="link" data-testid="glossary-open" on:click=move |_| state.term.set(Some(String::new()))>{tr!("Glossary")}</button></p>
        </div>
    }
    .into_any()
}
