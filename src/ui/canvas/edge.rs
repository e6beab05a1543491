//! An edge on the diagram: solid where somebody waits, dashed where nobody does.

use super::Layout;
use crate::diagram::settings::EdgeSettings;
use crate::diagram::{EdgeIndex, EdgeKind};
use crate::drawing::Curve;
use crate::simulation::Simulation;
use crate::ui::format::slug;
use crate::ui::reactive::live_text;
use crate::ui::state::{Selection, use_state};
use leptos::prelude::*;
use uuid::Uuid;

/// What stands beside the edge, at most two short lines.
fn label(simulation: &Simulation, edge: EdgeIndex) -> (String, String) {
    let edge = simulation.plan().edge(edge);
    match &edge.settings {
        EdgeSettings::Route(route) => (route.method.clone(), route.path.clone()),
        EdgeSettings::Mapping(mapping) if mapping.enabled => (format!("batch {}", mapping.batch_size), String::new()),
        EdgeSettings::Mapping(_) => ("disabled".to_string(), String::new()),
        EdgeSettings::Redrive { max_receive_count } => (format!("after {max_receive_count}"), "receives".to_string()),
        EdgeSettings::Subscription(subscription) if !subscription.subscribed => {
            ("unsubscribed".to_string(), String::new())
        }
        EdgeSettings::Subscription(subscription) => {
            let filter = if subscription.filter.is_some() { "filter" } else { "" };
            let raw = if subscription.raw { "raw" } else { "" };
            (filter.to_string(), raw.to_string())
        }
        EdgeSettings::Target(target) => match target.input {
            crate::diagram::settings::TargetInput::Whole => (String::new(), String::new()),
            _ => ("input".to_string(), "transformed".to_string()),
        },
        EdgeSettings::PutEvents { .. } => (String::new(), String::new()),
        EdgeSettings::Plain => match edge.kind {
            EdgeKind::OnSuccess => ("on success".to_string(), String::new()),
            EdgeKind::OnFailure => ("on failure".to_string(), String::new()),
            EdgeKind::DeadLetter => ("dead letters".to_string(), String::new()),
            _ => (String::new(), String::new()),
        },
    }
}

#[component]
pub fn EdgeShape(id: Uuid, layout: Memo<Layout>) -> impl IntoView {
    let state = use_state();
    let Some((index, kind, from, to)) = state.read(|simulation| {
        let plan = simulation.plan();
        let index = plan.find_edge(id)?;
        let edge = plan.edge(index);
        Some((index, edge.kind, plan.node(edge.from).name.clone(), plan.node(edge.to).name.clone()))
    }) else {
        return ().into_any();
    };
    let run = state.run.get_untracked();
    let curve = Memo::new(move |before: Option<&Option<Curve>>| {
        let curve = layout.with(|layout| layout.curves.get(index.usize()).copied());
        // The next diagram's edges are not this one's.
        if state.run.get_untracked() == run { curve } else { before.copied().flatten() }
    });
    let words = Memo::new(move |_| {
        state.revision.track();
        if state.run.get_untracked() != run {
            return (String::new(), String::new());
        }
        state.read(|simulation| label(simulation, index))
    });
    let fault = Memo::new(move |_| {
        state.revision.track();
        if state.run.get_untracked() != run {
            return String::new();
        }
        state.read(|simulation| {
            let fault = simulation.edge_fault(index);
            if fault.is_none() { String::new() } else { format!("⚠ {}", fault.describe()) }
        })
    });
    let class = live_text(move || {
        let selected = if state.selection.get() == Some(Selection::Edge(id)) { " selected" } else { "" };
        let trouble = if fault.get().is_empty() { "" } else { " trouble" };
        let style = if kind.is_synchronous() { "synchronous" } else { "asynchronous" };
        let off = if matches!(words.get().0.as_str(), "unsubscribed" | "disabled") { " off" } else { "" };
        format!("edge {style}{selected}{trouble}{off}")
    });
    let path = live_text(move || curve.get().map_or(String::new(), |curve| curve.path()));
    // Beside the line, in the middle of its way.
    let place = live_text(move || {
        curve.get().map_or(String::new(), |curve| {
            let middle = curve.at(if kind == EdgeKind::Integration { 0.55 } else { 0.5 });
            format!("translate({:.1} {:.1})", middle.x, middle.y)
        })
    });
    let ends = format!("From {from} to {to}");
    let label_for_listeners = live_text(move || {
        let (first, second) = words.get();
        format!("{ends}: {} {first} {second} {}", kind.stands_for(), fault.get())
    });
    view! {
        <g
            class=class data-edge=id.to_string() data-testid=format!("edge-{}--{}", slug(&from), slug(&to))
            tabindex="0" role="button" aria-label=label_for_listeners
        >
            <path class="hit" d=path />
            <path class="line" d=path />
            <path class="arrow" d=live_text(move || curve.get().map_or(String::new(), |curve| curve.arrow())) />
        </g>
        // Beside the edge, not in it: the edge's own name says more.
        <g class="edge-label" transform=place data-edge=id.to_string() aria-hidden="true">
            <text y="-6">{live_text(move || words.get().0)}</text>
            <text y="14">{live_text(move || words.get().1)}</text>
            <text class="fault" y="30" data-testid=format!("edge-fault-{}--{}", slug(&from), slug(&to))>{live_text(move || fault.get())}</text>
        </g>
    }
    .into_any()
}
