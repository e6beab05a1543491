//! Makes something go wrong with a node or an edge, now or later, or heals it.

use super::follow;
use crate::diagram::{Edit, FAULT_KINDS, Fault, FaultInput, FaultKind, FaultTarget, ScheduledFault};
use crate::kernel::SECOND;
use crate::language::translated;
use crate::simulation::{Command, Simulation};
use crate::ui::format::{parse_json, parse_number};
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::state::{State, said, use_state};
use leptos::html::Dialog;
use leptos::prelude::*;
use serde_json::{Map, Value};
use uuid::Uuid;

fn present(simulation: &Simulation, id: Uuid) -> Fault {
    let plan = simulation.plan();
    match (plan.find_node(id), plan.find_edge(id)) {
        (Some(node), _) => simulation.node_fault(node).clone(),
        (None, Some(edge)) => simulation.edge_fault(edge).clone(),
        (None, None) => Fault::default(),
    }
}

/// What stands in the field of a kind of fault; empty where nothing is wrong.
fn shown(kind: &FaultKind, written: &Map<String, Value>) -> String {
    match (kind.input, written.get(kind.name)) {
        (_, None) => String::new(),
        (FaultInput::Share, Some(value)) => (value.as_f64().unwrap_or(0.0) * 100.0).to_string(),
        (FaultInput::Milliseconds, Some(value)) => value.get("constant").unwrap_or(value).to_string(),
        (_, Some(value)) => value.to_string(),
    }
}

/// What was typed, as documents write it.
fn typed(kind: &FaultKind, text: &str) -> Result<Value, String> {
    let number =
        || parse_number(text).ok_or_else(|| tr!("{what}: this is not a number.", what = translated(kind.label)));
    match kind.input {
        FaultInput::Flag => Ok(true.into()),
        FaultInput::Share => Ok((number()? / 100.0).into()),
        FaultInput::Milliseconds => number().map(Value::from).or_else(|_| parse_json(text)),
        FaultInput::Factor | FaultInput::Rate => Ok(number()?.into()),
        FaultInput::Count => {
            let count = Some(number()?).filter(|count| *count >= 0.0 && count.fract() == 0.0);
            count
                .map(|count| (count as u64).into())
                .ok_or_else(|| tr!("{what}: type a whole number.", what = translated(kind.label)))
        }
    }
}

fn unit(input: FaultInput) -> &'static str {
    match input {
        FaultInput::Flag => "",
        FaultInput::Share => "%",
        FaultInput::Milliseconds => "ms",
        FaultInput::Factor => tr!("times"),
        FaultInput::Rate => tr!("requests/s"),
        FaultInput::Count => tr!("messages"),
    }
}

/// A span of seconds that was typed; nothing where the field is empty.
fn seconds(text: &str, what: &str) -> Result<Option<f64>, String> {
    match (text.trim().is_empty(), parse_number(text).filter(|value| *value >= 0.0)) {
        (true, _) => Ok(None),
        (false, Some(value)) => Ok(Some(value)),
        (false, None) => Err(tr!("{what}: use a number of seconds.", what = what)),
    }
}

/// A field for text with a unit and a word of help.
fn field(
    test: String,
    label: &'static str,
    unit: &'static str,
    help: &'static str,
    empty: &'static str,
    value: Signal<String>,
    set: impl Fn(String) + 'static,
) -> AnyView {
    view! {
        <label class="field">
            <span>{label}</span>
            <span class="with-unit">
                <input
                    inputmode="decimal" class="short" data-testid=test placeholder=empty prop:value=value
                    on:input=move |event| set(event_target_value(&event))
                />
                {unit}
            </span>
            <small class="quiet">{help}</small>
        </label>
    }
    .into_any()
}

/// The field of one kind of fault.
fn fault_field(place: usize, kind: &'static FaultKind, values: RwSignal<Vec<String>>) -> AnyView {
    let value = live_text(move || values.with(|values| values.get(place).cloned().unwrap_or_default()));
    let set = move |text: String| {
        values.update(|values| {
            if let Some(value) = values.get_mut(place) {
                *value = text;
            }
        });
    };
    let test = format!("fault-{}", kind.name);
    if kind.input != FaultInput::Flag {
        return field(test, translated(kind.label), unit(kind.input), translated(kind.help), tr!("none"), value, set);
    }
    view! {
        <label class="field check">
            <input
                type="checkbox" data-testid=test prop:checked=live_flag(move || !value.get().is_empty())
                on:change=move |event| set(if event_target_checked(&event) { "on".to_string() } else { String::new() })
            />
            <span>{translated(kind.label)}</span>
            <small class="quiet">{translated(kind.help)}</small>
        </label>
    }
    .into_any()
}

/// What cannot happen to this, each with the reason; nothing for what everything can happen to.
fn not_here(target: FaultTarget) -> AnyView {
    let kinds = FAULT_KINDS.iter().filter(|kind| !kind.applies_to(target));
    let lines =
        kinds.map(|kind| view! { <li>{translated(kind.label)}": "{translated(kind.elsewhere())}</li> }).collect_view();
    view! {
        <details class="field" data-testid="fault-not-here">
            <summary>{tr!("What cannot happen here")}</summary>
            <ul class="quiet">{lines}</ul>
        </details>
    }
    .into_any()
}

/// What is scheduled, anywhere in the diagram, with a button to cancel each.
fn schedule(state: State) -> AnyView {
    let faults = state.read(|simulation| simulation.document().faults.clone());
    if faults.is_empty() {
        return ().into_any();
    }
    let line = |(place, fault): (usize, &ScheduledFault)| {
        let (node, what, start) = (state.name_of(fault.target), fault.fault.describe(), fault.at);
        let words = match fault.until {
            Some(end) => {
                tr!("{node}: {fault}, from {start} s to {end} s", node = node, fault = what, start = start, end = end)
            }
            None => tr!("{node}: {fault}, from {start} s", node = node, fault = what, start = start),
        };
        let mut rest = faults.clone();
        rest.remove(place);
        let cancel = move |_| state.try_apply(Command::Edit(Edit::schedule(&rest)));
        view! {
            <li>
                {words.clone()} " "
                <button type="button" class="bare" aria-label=tr!("Cancel {what}", what = words) data-testid=format!("fault-cancel-{place}") on:click=cancel>
                    {tr!("Cancel")}
                </button>
            </li>
        }
    };
    view! {
        <h3>{tr!("Scheduled")}</h3>
        <ul data-testid="fault-schedule">{faults.iter().enumerate().map(line).collect_view()}</ul>
    }
    .into_any()
}

#[component]
pub fn FaultDialog() -> impl IntoView {
    let state = use_state();
    let dialog = NodeRef::<Dialog>::new();
    let values = RwSignal::new(vec![String::new(); FAULT_KINDS.len()]);
    let (starts, lasts) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let refused = RwSignal::new(String::new());
    Effect::new(move |_| {
        let Some(id) = state.faulting.get() else { return };
        let written = state.read(|simulation| present(simulation, id)).to_json();
        values.set(FAULT_KINDS.iter().map(|kind| shown(kind, &written)).collect());
        starts.set(String::new());
        lasts.set(String::new());
        refused.set(String::new());
    });
    follow(dialog, move || state.faulting.get().is_some());
    let carry_out = move |command: Command| match state.apply(command) {
        Ok(()) => state.faulting.set(None),
        Err(problems) => refused.set(said(&problems)),
    };
    let read = move |target: Uuid| -> Result<Command, String> {
        let mut written = Map::new();
        let kind = state.read(|simulation| simulation.plan().fault_target(target));
        for (kind, text) in FAULT_KINDS.iter().zip(values.get_untracked()) {
            if !text.trim().is_empty() {
                written.insert(kind.name.to_string(), typed(kind, &text)?);
            }
        }
        let fault = Fault::parse(&written, kind).map_err(|problems| said(&problems))?;
        let starts = seconds(&starts.get_untracked(), tr!("Begins in"))?;
        let lasts = seconds(&lasts.get_untracked(), tr!("Lasts"))?;
        if starts.is_none() && lasts.is_none() {
            return Ok(Command::Inject { target, fault });
        }
        let (now, mut faults) =
            state.read(|simulation| (simulation.now().0 as f64 / SECOND as f64, simulation.document().faults.clone()));
        let at = now + starts.unwrap_or(0.0);
        faults.push(ScheduledFault { at, until: lasts.map(|lasts| at + lasts), target, fault });
        Ok(Command::Edit(Edit::schedule(&faults)))
    };
    let apply = move || {
        let Some(target) = state.faulting.get_untracked() else { return };
        match read(target) {
            Ok(command) => carry_out(command),
            Err(message) => refused.set(message),
        }
    };
    let heal = move |_| {
        if let Some(target) = state.faulting.get_untracked() {
            carry_out(Command::Inject { target, fault: Fault::default() });
        }
    };
    let name = live_text(move || {
        let name = state.faulting.get().map_or(String::new(), |id| state.name_of(id));
        tr!("Faults: {node}", node = name)
    });
    let fields = live_part(move || {
        let target = state.faulting.get().and_then(|id| state.read(|simulation| simulation.plan().fault_target(id)));
        let Some(target) = target else { return ().into_any() };
        let kinds = FAULT_KINDS.iter().enumerate().filter(|(_, kind)| kind.applies_to(target));
        let fields = kinds.map(|(place, kind)| fault_field(place, kind, values)).collect_view();
        (fields, not_here(target)).into_any()
    });
    view! {
        <dialog node_ref=dialog aria-labelledby="fault-title" on:close=move |_| state.faulting.set(None)>
            <h2 id="fault-title">{name}</h2>
            <form
                method="dialog"
                on:submit=move |event| {
                    event.prevent_default();
                    apply();
                }
            >
                {fields}
                {field("fault-starts".to_string(), tr!("Begins in"), "s", tr!("Of simulated time; empty: now."), tr!("now"), live_text(move || starts.get()), move |text| starts.set(text))}
                {field("fault-lasts".to_string(), tr!("Lasts"), "s", tr!("Then it heals by itself; empty: until somebody heals it."), tr!("until healed"), live_text(move || lasts.get()), move |text| lasts.set(text))}
                <p class="error" role="status" data-testid="fault-error">{live_text(move || refused.get())}</p>
                <div class="buttons">
                    <button class="primary" type="submit" data-testid="fault-apply">{tr!("Apply")}</button>
                    <button type="button" data-testid="fault-heal" on:click=heal>{tr!("Heal")}</button>
                    <span class="space"></span>
                    <button type="button" class="bare" on:click=move |_| state.faulting.set(None)>{tr!("Close")}</button>
                </div>
                {live_part(move || {
                    state.revision.track();
                    state.run.track();
                    schedule(state)
                })}
            </form>
        </dialog>
    }
}
