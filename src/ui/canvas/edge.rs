//! An edge on the diagram: solid where somebody waits, dashed where nobody does.

use super::Layout;
use crate::drawing::{Axis, Label, Wire, label};
use crate::ui::format::slug;
use crate::ui::reactive::live_text;
use crate::ui::state::{Selection, use_state};
use leptos::prelude::*;
use uuid::Uuid;

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
    let wire = Memo::new(move |before: Option<&(Wire, Option<Label>)>| {
        // The next diagram's edges are not this one's.
        if state.run.get_untracked() != run {
            return before.cloned().unwrap_or_default();
        }
        let index = index.usize();
        layout.with(|layout| {
            let label = layout.labels.get(index).copied().flatten();
            (layout.wires.get(index).cloned().unwrap_or_default(), label)
        })
    });
    let words = Memo::new(move |_| {
        state.revision.track();
        if state.run.get_untracked() != run {
            return Vec::new();
        }
        state.read(|simulation| label::words(simulation.plan().edge(index)))
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
        let off = if words.with(|words| matches!(words.first().map(String::as_str), Some("unsubscribed" | "disabled")))
        {
            " off"
        } else {
            ""
        };
        format!("edge {style}{selected}{trouble}{off}")
    });
    let path = live_text(move || wire.with(|(wire, _)| wire.path()));
    // Each line of text stands by itself: an edge may run between them. The last is the fault's.
    let line = move |line: usize, axis: Axis| {
        live_text(move || {
            let lines = words.with(Vec::len);
            let place = wire.with(|(wire, label)| {
                let below = 16.0 * (line.min(2) as f64);
                label.map_or_else(|| wire.at(0.5).plus(0.0, below - 6.0), |label| label.baseline(line.min(lines)))
            });
            format!("{:.1}", place.along(axis))
        })
    };
    let ends = format!("From {from} to {to}");
    let label_for_listeners = live_text(move || {
        format!("{ends}: {} {} {}", kind.stands_for(), words.with(|words| words.join(" ")), fault.get())
    });
    view! {
        <g
            class=class data-edge=id.to_string() data-testid=format!("edge-{}--{}", slug(&from), slug(&to))
            tabindex="0" role="button" aria-label=label_for_listeners
        >
            <path class="hit" d=path />
            <path class="line" d=path />
            <path class="arrow" d=live_text(move || wire.with(|(wire, _)| wire.arrow())) />
        </g>
        // Beside the edge, not in it: the edge's own name says more.
        <g class="edge-label" data-edge=id.to_string() aria-hidden="true">
            <text x=line(0, Axis::X) y=line(0, Axis::Y)>{live_text(move || words.with(|words| words.first().cloned().unwrap_or_default()))}</text>
            <text x=line(1, Axis::X) y=line(1, Axis::Y)>{live_text(move || words.with(|words| words.get(1).cloned().unwrap_or_default()))}</text>
            <text class="fault" x=line(2, Axis::X) y=line(2, Axis::Y) data-testid=format!("edge-fault-{}--{}", slug(&from), slug(&to))>
                {live_text(move || fault.get())}
            </text>
        </g>
    }
    .into_any()
}
