//! The Timeline tab: any moment of the run, its branches, and where it stops by itself.

mod breakpoints;
mod scrubber;

use super::on_demand::Part;
use super::state::{State, use_state};
use super::time::{past, travel};
use crate::simulation::past::LineView;
use crate::ui::dock::{COMPARE, TIMELINE};
use crate::ui::reactive::{live_part, live_text};
use breakpoints::BreakpointList;
pub use breakpoints::{breaks_at, toggle_arrival};
use leptos::prelude::*;
use scrubber::Scrubber;
use wasm_split_helpers::wasm_split;

#[wasm_split(timeline, fallible)]
pub fn part() -> Part {
    Ok(view! { <Timeline /> }.into_any())
}

#[component]
fn Timeline() -> impl IntoView {
    view! {
        <div class="timeline" data-testid="timeline">
            <Scrubber />
            <div class="timeline-lists">
                <Lines />
                <BreakpointList />
            </div>
        </div>
    }
}

/// All lines of time, as long as the tab is shown.
fn lines(state: State) -> Memo<Vec<LineView>> {
    Memo::new(move |before: Option<&Vec<LineView>>| {
        if !state.dock.shows(TIMELINE) {
            return before.cloned().unwrap_or_default();
        }
        state.tick.track();
        past(state, |past, _| past.lines()).unwrap_or_default()
    })
}

#[component]
fn Lines() -> impl IntoView {
    let state = use_state();
    let lines = lines(state);
    let deleted = Memo::new(move |_| {
        state.tick.track();
        past(state, |past, _| past.deleted().map(str::to_string)).flatten()
    });
    let list = live_part(move || {
        let all = lines.get();
        let several = all.len() > 1;
        let rows = all.iter().map(|line| row(state, line, &all)).collect_view();
        view! {
            <ul class="line-list" data-testid="lines">{rows}</ul>
            {deleted.get().map(|name| view! {
                <p class="quiet" role="status" data-testid="line-deleted">
                    {tr!("“{name}” was deleted.", name = name)}" "
                    <button class="link" data-testid="line-put-back" on:click=move |_| {
                        past(state, |past, _| past.put_back_deleted());
                        state.ticked();
                    }>{tr!("Undo")}</button>
                </p>
            })}
            {(!several).then(|| view! {
                <p class="quiet">{tr!("Go back in time and change something: the run that follows becomes a branch, and this one is kept.")}</p>
            })}
        }
    });
    view! { <section aria-label=tr!("Branches")><h3>{tr!("Branches")}</h3>{list}</section> }
}

fn row(state: State, line: &LineView, all: &[LineView]) -> AnyView {
    let (id, current, name) = (line.id, line.current, line.name.clone());
    let parent = line.origin.map(|(origin, time)| {
        let parent =
            all.iter().find(|it| it.id == origin).map_or(tr!("a deleted line").to_string(), |it| it.name.clone());
        tr!("from {line} at {time}", line = parent, time = time)
    });
    let began = line.began_with.clone().unwrap_or_default();
    let until = tr!("up to {time}", time = line.end);
    let rename = {
        let name = name.clone();
        move |_| {
            let asked = window().prompt_with_message_and_default(tr!("The branch's name"), &name).ok().flatten();
            if let Some(name) = asked {
                past(state, |past, _| past.rename(id, &name));
                state.ticked();
            }
        }
    };
    view! {
        <li class:current=current data-testid="line">
            <button
                class="bare line-choice" aria-pressed=current.to_string() title=tr!("Show this line at the same time")
                on:click=move |_| { travel(state, |past, simulation| past.switch(simulation, id)); }
            >
                <b>{name.clone()}</b>
                <span class="quiet">{parent}" "{until}</span>
                <span class="quiet">{began}</span>
            </button>
            {(!current).then(|| view! {
                <button
                    class="bare" data-testid="line-compare" aria-label=tr!("Compare the line that is shown with {name}", name = name)
                    title=tr!("Compare the line that is shown with this one")
                    on:click=move |_| {
                        state.against.set(Some(id));
                        state.dock.show(COMPARE);
                    }
                >
                    "⇄"
                </button>
            })}
            <button class="bare" aria-label=tr!("Rename {name}", name = name) title=tr!("Rename") on:click=rename>"✎"</button>
            <button
                class="bare" aria-label=tr!("Delete {name}", name = name) title=tr!("Delete") disabled=current data-testid="line-delete"
                on:click=move |_| {
                    past(state, |past, _| past.delete(id));
                    state.ticked();
                }
            >
                "✕"
            </button>
        </li>
    }
    .into_any()
}

/// `12:03.250 of 20:00.000`.
fn place(state: State) -> Signal<String> {
    live_text(move || {
        state.tick.track();
        past(state, |past, simulation| tr!("{now} of {end}", now = simulation.now(), end = past.end()))
            .unwrap_or_default()
    })
}
