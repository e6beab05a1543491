//! An edge on the diagram: solid where somebody waits, dashed where nobody does.

use super::{Drawing, Layout};
use crate::diagram::settings::EdgeSettings;
use crate::diagram::{EdgeIndex, EdgeKind};
use crate::drawing::{Point, label};
use crate::language::translated;
use crate::simulation::Simulation;
use crate::small::short;
use crate::ui::format::slug;
use crate::ui::reactive::{live_flag, live_text};
use crate::ui::selection::Selection;
use crate::ui::state::use_state;
use leptos::prelude::*;
use uuid::Uuid;

/// A line of what stands beside the edge.
fn words(simulation: &Simulation, edge: EdgeIndex, line: usize) -> String {
    label::translated(simulation.plan().edge(edge)).into_iter().nth(line).unwrap_or_default()
}

/// Whether nothing comes along it until somebody switches it on.
fn is_off(simulation: &Simulation, edge: EdgeIndex) -> bool {
    match &simulation.plan().edge(edge).settings {
        EdgeSettings::Mapping(mapping) => !mapping.enabled,
        EdgeSettings::Subscription(subscription) => !subscription.subscribed,
        _ => false,
    }
}

/// Where an edge's label stands, as an attribute.
pub fn label_transform(first: Point) -> String {
    format!("translate({} {})", short(first.x, 1), short(first.y, 1))
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
    let drawn = move |draw: fn(&Layout, Uuid) -> Option<String>| {
        live_text(move || {
            drawing.laid.track();
            drawing.layout.with_value(|layout| draw(layout, id)).unwrap_or_default()
        })
    };
    let first = Memo::new(move |_| look(|simulation, edge| words(simulation, edge, 0)));
    let second = Memo::new(move |_| look(|simulation, edge| words(simulation, edge, 1)));
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
        let off = look(|simulation, edge| if is_off(simulation, edge) { " off".to_string() } else { String::new() });
        format!("edge {style}{selected}{trouble}{off}")
    });
    let path = drawn(|layout, id| Some(layout.wire(id)?.path()));
    let test = move |what: &'static str| {
        live_text(move || ends.with(|(from, to)| format!("{what}-{}--{}", slug(from), slug(to))))
    };
    let label_for_listeners = live_text(move || {
        let (from, to) = ends.get();
        let parts = [translated(kind.get().stands_for()).to_string(), first.get(), second.get(), fault.get()];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        tr!("From {from} to {to}: {words}", from = from, to = to, words = parts.join(", "))
    });
    view! {
        <g
            class=class data-edge=id.to_string() data-testid=test("edge")
            tabindex="0" role="button" aria-label=label_for_listeners aria-pressed=live_text(move || selected.get().to_string())
        >
            <path class="hit" d=path />
            <path class="line" d=path />
            <path class="arrow" d=drawn(|layout, id| Some(layout.wire(id)?.arrow())) />
        </g>
        // Beside the edge, not in it: the edge's own name says more.
        <g class="edge-label" transform=drawn(|layout, id| Some(label_transform(layout.label(id)?.0))) data-edge=id.to_string() aria-hidden="true">
            <text>{live_text(move || first.get())}</text>
            <text class="second" y=drawn(|layout, id| Some(short(layout.label(id)?.1, 2).to_string()))>{live_text(move || second.get())}</text>
            <text class="fault" y="32" data-testid=test("edge-fault")>{live_text(move || fault.get())}</text>
        </g>
    }
}
