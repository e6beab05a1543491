//! Where time stops by itself: the list, and the form for another one.

use crate::diagram::NodeKind;
use crate::language::translated;
use crate::simulation::breakpoints::{Condition, Expression};
use crate::ui::dock::TIMELINE;
use crate::ui::format::parse_number;
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::state::{State, use_state};
use crate::ui::time::past;
use leptos::prelude::*;
use uuid::Uuid;

/// What can be chosen, by the value of its option.
const KINDS: [(&str, &str); 5] = [
    ("arrives", phrase!("a node gets a message")),
    ("depth", phrase!("a queue passes a depth")),
    ("dead", phrase!("something is dead-lettered")),
    ("fails", phrase!("a request fails")),
    ("holds", phrase!("an expression over metrics holds")),
];

fn changed(state: State) {
    // Frames and nodes may show it.
    state.ticked();
}

fn arrival(state: State, node: Uuid) -> Option<u32> {
    past(state, |past, _| {
        let wanted = Condition::Arrives { node };
        past.breakpoints.iter().find(|it| it.condition == wanted).map(|it| it.id)
    })
    .flatten()
}

/// Whether time stops when this node gets a message.
pub fn breaks_at(state: State, node: Uuid) -> bool {
    arrival(state, node).is_some()
}

/// Lets time stop when this node gets a message, or no longer.
pub fn toggle_arrival(state: State, node: Uuid) {
    let name = state.name_of(node);
    match arrival(state, node) {
        Some(id) => {
            past(state, |past, _| past.breakpoints.remove(id));
            state.say(&tr!("No longer pauses at {name}.", name = name));
        }
        None => {
            past(state, |past, _| past.breakpoints.add(Condition::Arrives { node }));
            state.say(&tr!("Pauses when {name} gets a message.", name = name));
        }
    }
    changed(state);
}

/// Id, words, whether it is on.
type Row = (u32, String, bool);

#[component]
pub fn BreakpointList() -> impl IntoView {
    let state = use_state();
    let rows = Memo::new(move |before: Option<&Vec<Row>>| {
        if !state.dock.shows(TIMELINE) {
            return before.cloned().unwrap_or_default();
        }
        state.tick.track();
        let rows = past(state, |past, simulation| {
            past.breakpoints.iter().map(|it| (it.id, it.condition.words(simulation), it.enabled)).collect::<Vec<_>>()
        });
        rows.unwrap_or_default()
    });
    let list = live_part(move || {
        let row = |(id, words, enabled): Row| {
            let label = tr!("Delete: {words}", words = words);
            view! {
                <li data-testid="breakpoint">
                    <label>
                        <input type="checkbox" prop:checked=enabled on:change=move |event| {
                            let enabled = event_target_checked(&event);
                            past(state, |past, _| past.breakpoints.enable(id, enabled));
                            changed(state);
                        } />
                        {words}
                    </label>
                    <button class="bare" aria-label=label title=tr!("Delete") on:click=move |_| {
                        past(state, |past, _| past.breakpoints.remove(id));
                        changed(state);
                    }>"✕"</button>
                </li>
            }
        };
        let rows = rows.get();
        if rows.is_empty() {
            return view! { <p class="quiet">{tr!("The run stops by itself where one of these happens. None is set.")}</p> }
                .into_any();
        }
        view! { <ul class="line-list">{rows.into_iter().map(row).collect_view()}</ul> }.into_any()
    });
    view! { <section aria-label=tr!("Breakpoints")><h3>{tr!("Pause when")}</h3>{list}<Form /></section> }
}

#[component]
fn Form() -> impl IntoView {
    let state = use_state();
    let kind = RwSignal::new("arrives".to_string());
    let node = RwSignal::new(String::new());
    let value = RwSignal::new(String::new());
    let wrong = RwSignal::new(String::new());
    let nodes = Memo::new(move |_| {
        state.revision.track();
        state.run.track();
        let of_queues = kind.get() == "depth";
        state.read(|simulation| {
            let nodes = simulation.document().nodes.iter();
            let nodes = nodes.filter(|node| !of_queues || node.kind == NodeKind::Queue);
            nodes.map(|node| (node.id, node.name.clone())).collect::<Vec<_>>()
        })
    });
    let condition = move || -> Result<Condition, String> {
        let chosen = || {
            let id = node.get_untracked().parse::<Uuid>().ok();
            let first = || nodes.with_untracked(|nodes| nodes.first().map(|(id, _)| *id));
            let there = |id: &Uuid| nodes.with_untracked(|nodes| nodes.iter().any(|(known, _)| known == id));
            id.filter(there).or_else(first).ok_or(tr!("There is no such node.").to_string())
        };
        let typed = value.get_untracked();
        match kind.get_untracked().as_str() {
            "arrives" => Ok(Condition::Arrives { node: chosen()? }),
            "depth" => match parse_number(&typed) {
                Some(above) if above >= 0.0 && above.fract() == 0.0 => {
                    Ok(Condition::Depth { queue: chosen()?, above: above as u64 })
                }
                _ => Err(tr!("More than how many messages? A whole number is needed.").to_string()),
            },
            "dead" => Ok(Condition::DeadLettered),
            "fails" => Ok(Condition::Fails { node: None }),
            _ => {
                let parsed = state.read(|simulation| Expression::parse(&typed, simulation.document()));
                parsed.map(Condition::Holds).map_err(|fault| fault.words(&typed))
            }
        }
    };
    let add = move || match condition() {
        Ok(condition) => {
            wrong.set(String::new());
            past(state, |past, _| past.breakpoints.add(condition));
            changed(state);
        }
        Err(why) => wrong.set(why),
    };
    let needs = move |wanted: &'static [&'static str]| live_flag(move || !wanted.contains(&kind.get().as_str()));
    view! {
        <form class="break-form" on:submit=move |event| {
            event.prevent_default();
            add();
        }>
            <select aria-label=tr!("Pause when") data-testid="break-kind" on:change=move |event| kind.set(event_target_value(&event))>
                {KINDS.map(|(value, label)| view! { <option value=value>{translated(label)}</option> }).into_iter().collect_view()}
            </select>
            <select
                aria-label=tr!("Node") data-testid="break-node" class:hidden=needs(&["arrives", "depth"])
                on:change=move |event| node.set(event_target_value(&event))
            >
                {live_part(move || {
                    nodes.get().into_iter().map(|(id, name)| view! { <option value=id.to_string()>{name}</option> }).collect_view()
                })}
            </select>
            <input
                data-testid="break-value" class:hidden=needs(&["depth", "holds"]) class:break-text=live_flag(move || kind.get() == "holds")
                aria-label=live_text(move || if kind.get() == "depth" { tr!("More than so many messages") } else { tr!("Expression") })
                placeholder=live_text(move || if kind.get() == "depth" { "100" } else { "depth of Sales queue > 100 and p99 of Front end > 2 s" })
                aria-invalid=live_text(move || (!wrong.get().is_empty()).to_string()) prop:value=live_text(move || value.get())
                on:input=move |event| value.set(event_target_value(&event))
            />
            <button data-testid="break-add">{tr!("Add")}</button>
            <p class="error" role="alert" data-testid="break-error">{live_text(move || wrong.get())}</p>
        </form>
    }
}
