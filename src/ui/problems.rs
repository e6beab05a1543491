//! What is wrong or risky in the design that is open: each with the reason, a jump to the place, and where it is safe,
//! what mends it. Fetched on demand, and looked for again a moment after each change.

use super::on_demand::Part;
use super::selection::Selection;
use super::state::{State, use_state};
use crate::diagram::problems::{Finding, Severity, find};
use crate::ui::reactive::live_part;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::portal::Portal;
use leptos::prelude::*;
use std::time::Duration;
use uuid::Uuid;
use wasm_split_helpers::wasm_split;

/// After a change, so that typing and dragging stay quick.
const PAUSE: Duration = Duration::from_millis(300);

#[wasm_split(problems, fallible, preload(preload))]
pub fn part() -> Part {
    Ok(view! { <Problems /> }.into_any())
}

/// Its class, the word for it, and its sign.
fn title(severity: Severity) -> (&'static str, &'static str, &'static str) {
    match severity {
        Severity::Error => ("finding finding-error", tr!("Error"), "✕"),
        Severity::Warning => ("finding finding-warning", tr!("Warning"), "▲"),
        Severity::Hint => ("finding finding-hint", tr!("Hint"), "○"),
    }
}

#[component]
fn Problems() -> impl IntoView {
    let state = use_state();
    let findings = RwSignal::new(Vec::<Finding>::new());
    let look = move || {
        let found = state.read(|simulation| find(simulation.document()));
        let serious = found.iter().filter(|finding| finding.severity != Severity::Hint).count();
        if state.problems.get_untracked() != serious {
            state.problems.set(serious);
        }
        findings.set(found);
    };
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |_| {
        state.revision.track();
        if let Some(Some(timer)) = timer.try_update_value(Option::take) {
            timer.clear();
        }
        timer.set_value(set_timeout_with_handle(look, PAUSE).ok());
    });
    let panel = document().get_element_by_id("problems");
    panel.map(|panel| view! { <Portal mount=panel><List findings /></Portal> })
}

#[component]
fn List(findings: RwSignal<Vec<Finding>>) -> impl IntoView {
    let list = live_part(move || {
        let found = findings.get();
        if found.is_empty() {
            return view! {
                <p class="quiet" data-testid="no-problems">
                    {tr!("Nothing is wrong or risky here, as far as can be told from the design. Loops, time-outs that do not nest, missing dead-letter queues and filters that nothing passes would stand here.")}
                </p>
            }
            .into_any();
        }
        view! { <ul class="findings">{found.into_iter().map(line).collect_view()}</ul> }.into_any()
    });
    view! { <h2>{tr!("Problems")}</h2> {list} }
}

/// Selects what a finding is about.
fn jump(state: State, target: Uuid) {
    let node = state.read(|simulation| simulation.document().node(target).is_some());
    state.select(Some(if node { Selection::Node(target) } else { Selection::Edge(target) }));
}

fn line(finding: Finding) -> AnyView {
    let state = use_state();
    let (class, word, sign) = title(finding.severity);
    let where_to = finding.target.map(|target| (target, state.name_of(target)));
    let place = match &finding.setting {
        Some(setting) => format!(" · {setting}"),
        None => String::new(),
    };
    let go = where_to.map(|(target, name)| {
        view! {
            <button class="link" data-testid="finding-jump" on:click=move |_| jump(state, target)>{name}{place}</button>
        }
    });
    let fix = finding.fix.clone().map(|change| {
        let label = change.label.clone();
        view! {
            <button data-testid="finding-fix" title=tr!("One step; it can be undone") on:click=move |_| {
                state.perform(change.clone(), None);
            }>{label}</button>
        }
    });
    view! {
        <li class=class data-testid=format!("finding-{}", finding.rule)>
            <p><span class="sign" role="img" aria-label=word>{sign}</span>" "<b>{finding.message}</b></p>
            <p class="quiet">{finding.why}</p>
            <p class="buttons">{go}{fix}</p>
        </li>
    }
    .into_any()
}
