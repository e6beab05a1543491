//! An edge on the diagram: solid where somebody waits, dashed where nobody does.

use super::Drawing;
use crate::diagram::settings::EdgeSettings;
use crate::diagram::{EdgeIndex, EdgeKind};
use crate::drawing::Curve;
use crate::simulation::Simulation;
use crate::ui::format::slug;
use crate::ui::reactive::{live_flag, live_text};
use crate::ui::selection::Selection;
use crate::ui::state::use_state;
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

/// Not every edge label stands in the middle of its edge.
fn share(kind: EdgeKind) -> f64 {
    if kind == EdgeKind::Integration { 0.55 } else { 0.5 }
}

/// Where an edge's label stands: beside the line, in the middle of its way.
pub fn label_place(curve: &Curve, kind: EdgeKind) -> String {
    let middle = curve.at(share(kind));
    format!("translate({:.1} {:.1})", middle.x, middle.y)
}

#[component]
pub fn EdgeShape(id: Uuid, drawing: Drawing) -> impl IntoView {
    let state = use_state();
    // The edge as it is now; while it is being removed it may be asked once more.
    let look = move |pick: fn(&Simulation, EdgeIndex) -> String| {
        state.revision.track();
        state.read(|simulation| simulation.plan().find_edge(id).map(|edge| pick(simulation, edge)).unwrap_or_default())
    };
    let kind = Memo::new(move |before: Option<&EdgeKind>| {
        drawing.laid.track();
        let now = state.read(|simulation| {
            let plan = simulation.plan();
            plan.find_edge(id).map(|edge| plan.edge(edge).kind)
        });
        now.or(before.copied()).unwrap_or(EdgeKind::Call)
    });
    let drawn = move |draw: fn(&Curve, EdgeKind) -> String| {
        live_text(move || {
            drawing.laid.track();
            let kind = kind.get();
            drawing.layout.with_value(|layout| layout.curve(id).map(|curve| draw(curve, kind)).unwrap_or_default())
        })
    };
    let first = Memo::new(move |_| look(|simulation, edge| label(simulation, edge).0));
    let second = Memo::new(move |_| look(|simulation, edge| label(simulation, edge).1));
    let fault = Memo::new(move |_| {
        look(|simulation, edge| {
            let fault = simulation.edge_fault(edge);
            if fault.is_none() { String::new() } else { format!("⚠ {}", fault.describe()) }
        })
    });
    let ends = Memo::new(move |_| {
        state.revision.track();
        state
            .read(|simulation| {
                let plan = simulation.plan();
                let edge = plan.edge(plan.find_edge(id)?);
                Some((plan.node(edge.from).name.clone(), plan.node(edge.to).name.clone()))
            })
            .unwrap_or_default()
    });
    let selected = live_flag(move || state.selection.with(|selected| selected.contains(Selection::Edge(id))));
    let class = live_text(move || {
        let selected = if selected.get() { " selected" } else { "" };
        let trouble = if fault.get().is_empty() { "" } else { " trouble" };
        let style = if kind.get().is_synchronous() { "synchronous" } else { "asynchronous" };
        let off = if matches!(first.get().as_str(), "unsubscribed" | "disabled") { " off" } else { "" };
        format!("edge {style}{selected}{trouble}{off}")
    });
    let path = drawn(|curve, _| curve.path());
    let test = move |what: &'static str| {
        live_text(move || ends.with(|(from, to)| format!("{what}-{}--{}", slug(from), slug(to))))
    };
    let label_for_listeners = live_text(move || {
        let (from, to) = ends.get();
        let parts = [kind.get().stands_for().to_string(), first.get(), second.get(), fault.get()];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        format!("From {from} to {to}: {}", parts.join(", "))
    });
    view! {
        <g
            class=class data-edge=id.to_string() data-testid=test("edge")
            tabindex="0" role="button" aria-label=label_for_listeners aria-pressed=live_text(move || selected.get().to_string())
        >
            <path class="hit" d=path />
            <path class="line" d=path />
            <path class="arrow" d=drawn(|curve, _| curve.arrow()) />
        </g>
        // Beside the edge, not in it: the edge's own name says more.
        <g class="edge-label" transform=drawn(label_place) data-edge=id.to_string() aria-hidden="true">
            <text y="-6">{live_text(move || first.get())}</text>
            <text y="14">{live_text(move || second.get())}</text>
            <text class="fault" y="30" data-testid=test("edge-fault")>{live_text(move || fault.get())}</text>
        </g>
    }
}
