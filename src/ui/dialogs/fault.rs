//! Makes something go wrong with a node or an edge, or heals it.

use super::follow;
use crate::diagram::Distribution;
use crate::services::Fault;
use crate::simulation::{Command, Simulation};
use crate::ui::format::parse_number;
use crate::ui::reactive::{live_flag, live_text};
use crate::ui::state::{said, use_state};
use leptos::html::Dialog;
use leptos::prelude::*;
use uuid::Uuid;

fn present(simulation: &Simulation, id: Uuid) -> Fault {
    let plan = simulation.plan();
    match (plan.find_node(id), plan.find_edge(id)) {
        (Some(node), _) => simulation.node_fault(node).clone(),
        (None, Some(edge)) => simulation.edge_fault(edge).clone(),
        (None, None) => Fault::default(),
    }
}

/// A number that was typed; an empty field is none.
fn number(text: &str, most: f64, what: &str) -> Result<Option<f64>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    match parse_number(text) {
        Some(value) if (0.0..=most).contains(&value) => Ok(Some(value)),
        _ => Err(format!("{what}: use a number from 0 to {most}.")),
    }
}

fn shown(value: f64) -> String {
    if value == 0.0 { String::new() } else { value.to_string() }
}

#[component]
pub fn FaultDialog() -> impl IntoView {
    let state = use_state();
    let dialog = NodeRef::<Dialog>::new();
    let outage = RwSignal::new(false);
    let errors = RwSignal::new(String::new());
    let latency = RwSignal::new(String::new());
    let throttle = RwSignal::new(String::new());
    let refused = RwSignal::new(String::new());
    Effect::new(move |_| {
        let Some(id) = state.faulting.get() else { return };
        let fault = state.read(|simulation| present(simulation, id));
        outage.set(fault.outage);
        errors.set(shown(fault.error_rate * 100.0));
        latency.set(fault.latency.map_or(String::new(), |latency| shown(latency.median())));
        throttle.set(fault.throttle.map_or(String::new(), |rate| rate.to_string()));
        refused.set(String::new());
    });
    follow(dialog, move || state.faulting.get().is_some());
    let inject = move |fault: Fault| {
        let Some(target) = state.faulting.get_untracked() else { return };
        match state.apply(Command::Inject { target, fault }) {
            Ok(()) => state.faulting.set(None),
            Err(problems) => refused.set(said(&problems)),
        }
    };
    let read = move || -> Result<Fault, String> {
        Ok(Fault {
            outage: outage.get_untracked(),
            error_rate: number(&errors.get_untracked(), 100.0, "Errors")?.unwrap_or(0.0) / 100.0,
            latency: number(&latency.get_untracked(), 600_000.0, "Latency")?
                .filter(|value| *value > 0.0)
                .map(Distribution::Constant),
            throttle: number(&throttle.get_untracked(), 1_000_000.0, "Throttle")?,
        })
    };
    let apply = move || match read() {
        Ok(fault) => inject(fault),
        Err(message) => refused.set(message),
    };
    let name = live_text(move || state.faulting.get().map_or(String::new(), |id| state.name_of(id)));
    let field = move |test: &'static str,
                      label: &'static str,
                      unit: &'static str,
                      help: &'static str,
                      value: RwSignal<String>| {
        view! {
            <label class="field">
                <span>{label}</span>
                <span class="with-unit">
                    <input
                        inputmode="decimal" class="short" data-testid=test placeholder="none" prop:value=live_text(move || value.get())
                        on:input=move |event| value.set(event_target_value(&event))
                    />
                    {unit}
                </span>
                <small class="quiet">{help}</small>
            </label>
        }
    };
    view! {
        <dialog node_ref=dialog aria-labelledby="fault-title" on:close=move |_| state.faulting.set(None)>
            <h2 id="fault-title">"Faults: "{name}</h2>
            <form
                method="dialog"
                on:submit=move |event| {
                    event.prevent_default();
                    apply();
                }
            >
                <label class="field check">
                    <input
                        type="checkbox" data-testid="fault-outage" prop:checked=live_flag(move || outage.get())
                        on:change=move |event| outage.set(event_target_checked(&event))
                    />
                    <span>"Outage"</span>
                    <small class="quiet">"Nothing gets through; whoever asks gets an error. A function fails each time it runs."</small>
                </label>
                {field("fault-error-rate", "Errors", "%", "This share of the requests fails.", errors)}
                {field("fault-latency", "Added latency", "ms", "Everything takes this much longer; a function for each record.", latency)}
                {field("fault-throttle", "Throttle", "requests/s", "More than this is answered 429. 0 lets nothing through.", throttle)}
                <p class="error" role="status" data-testid="fault-error">{live_text(move || refused.get())}</p>
                <div class="buttons">
                    <button class="primary" type="submit" data-testid="fault-apply">"Apply"</button>
                    <button type="button" data-testid="fault-heal" on:click=move |_| inject(Fault::default())>"Heal"</button>
                    <span class="space"></span>
                    <button type="button" class="bare" on:click=move |_| state.faulting.set(None)>"Close"</button>
                </div>
            </form>
        </dialog>
    }
}
