//! A node on the diagram: what it is, and how it fares.

use super::Drawing;
use crate::diagram::NodeKind;
use crate::drawing::{NODE_HEIGHT, NODE_WIDTH, Point, icon};
use crate::services::Activity;
use crate::simulation::Glance;
use crate::ui::format::{count, slug};
use crate::ui::reactive::{live_flag, live_text};
use crate::ui::selection::Selection;
use crate::ui::state::use_state;
use leptos::prelude::*;
use uuid::Uuid;

/// Slots drawn for a function; more are told as a number.
const SLOTS: u64 = 10;
const BAR_WIDTH: f64 = NODE_WIDTH - 24.0;

/// The line of text below the name.
fn words(glance: Glance) -> String {
    match glance {
        Glance::Client { waiting, succeeded, failed } => {
            format!("✓ {}  ✕ {}  waiting {}", count(succeeded), count(failed), count(waiting))
        }
        Glance::Gateway { tokens, burst, waiting, .. } => match waiting {
            0 => format!("{} of {} tokens", count(tokens), count(burst)),
            // The bar tells of the tokens.
            _ => format!("{} waiting", count(waiting)),
        },
        Glance::Function { starting, running, queued, errors, .. } => {
            let mut words = format!("{} running", count(running + starting));
            if queued > 0 {
                words += &format!(", {} queued", count(queued));
            } else if errors > 0 {
                words += &format!(", ✕ {}", count(errors));
            }
            words
        }
        Glance::Queue { visible, delayed, in_flight, .. } => match delayed {
            0 => format!("{} visible, {} in flight", count(visible), count(in_flight)),
            _ => format!("{} vis, {} fl, {} delayed", count(visible), count(in_flight), count(delayed)),
        },
        Glance::Topic { published, retrying: 0 } => format!("{} published", count(published)),
        Glance::Topic { published, retrying } => format!("{} published, ↻ {}", count(published), count(retrying)),
        Glance::Bus { events, unmatched: 0 } => format!("{} events", count(events)),
        Glance::Bus { events, unmatched } => format!("{} events, ⊘ {}", count(events), count(unmatched)),
        Glance::Rule { enabled: false, .. } => "disabled".to_string(),
        Glance::Rule { matched, retrying: 0, .. } => format!("{} matched", count(matched)),
        Glance::Rule { matched, retrying, .. } => format!("{} matched, ↻ {}", count(matched), count(retrying)),
        Glance::Database { rows, duplicates: 0, .. } => format!("{} rows", count(rows)),
        Glance::Database { rows, duplicates, .. } => format!("{} rows, {} twice", count(rows), count(duplicates)),
        Glance::Mailer { sent } => format!("{} e-mails sent", count(sent)),
        Glance::Endpoint { requests, failures } => format!("{} requests, ✕ {}", count(requests), count(failures)),
        Glance::Other => String::new(),
    }
}

/// How much of the bar is full, how much is hatched, from 0 to 1.
fn bar(glance: Glance) -> (f64, f64) {
    match glance {
        Glance::Gateway { tokens, burst, .. } => (tokens as f64 / burst.max(1) as f64, 0.0),
        Glance::Queue { visible, delayed, in_flight, .. } => {
            // The scale doubles as the queue grows, so that the fill always tells something.
            let all = visible + delayed + in_flight;
            let scale = all.max(16).next_power_of_two() as f64;
            (visible as f64 / scale, (in_flight + delayed) as f64 / scale)
        }
        Glance::Database { connections, waiting, maximum, .. } => {
            let full = connections as f64 / maximum.max(1) as f64;
            (full, if waiting > 0 { 1.0 - full } else { 0.0 })
        }
        _ => (0.0, 0.0),
    }
}

fn slot(glance: Glance, index: u64) -> &'static str {
    let Glance::Function { starting, running, idle, limit, .. } = glance else { return "slot" };
    if index < running {
        "slot running"
    } else if index < running + starting {
        "slot starting"
    } else if index < running + starting + idle {
        "slot idle"
    } else if index < limit {
        "slot"
    } else {
        "slot none"
    }
}

/// Where a node stands, as an attribute.
pub fn transform(place: Point) -> String {
    format!("translate({} {})", place.x - NODE_WIDTH / 2.0, place.y - NODE_HEIGHT / 2.0)
}

#[component]
pub fn NodeShape(id: Uuid, drawing: Drawing) -> impl IntoView {
    let state = use_state();
    let written = Memo::new(move |before: Option<&Option<(NodeKind, String)>>| {
        state.revision.track();
        let now = state.read(|simulation| {
            let plan = simulation.plan();
            plan.find_node(id).map(|node| (plan.node(node).kind, plan.node(node).name.clone()))
        });
        // A node that was removed just now may be asked once more before it goes.
        now.or_else(|| before.cloned().flatten())
    });
    let resource = move || {
        written.track();
        let of = |node: &crate::diagram::Node| node.settings.get("Type").and_then(|it| it.as_str()).map(str::to_string);
        state.read(|simulation| simulation.document().node(id).and_then(of)).unwrap_or_default()
    };
    let Some((kind, _)) = written.get_untracked() else { return ().into_any() };
    let name = move || written.with(|written| written.as_ref().map(|written| written.1.clone()).unwrap_or_default());
    let glance = Memo::new(move |before: Option<&Glance>| {
        state.tick.track();
        let now = state.read(|simulation| simulation.plan().find_node(id).map(|node| simulation.glance(node)));
        now.or(before.copied()).unwrap_or(Glance::Mailer { sent: 0 })
    });
    let status = Memo::new(move |_| {
        state.revision.track();
        state.tick.track();
        state.read(|simulation| {
            let Some(node) = simulation.plan().find_node(id) else { return (Activity::Running, String::new()) };
            let fault = simulation.node_fault(node);
            let words = if fault.is_none() { String::new() } else { fault.describe() };
            (simulation.activity(node), words)
        })
    });
    let badge = live_text(move || {
        let (activity, fault) = status.get();
        match activity {
            Activity::Paused => "❚❚ frozen".to_string(),
            Activity::Stopped => "■ stopped".to_string(),
            Activity::Running if !fault.is_empty() => format!("⚠ {fault}"),
            Activity::Running => String::new(),
        }
    });
    let transform = live_text(move || {
        drawing.laid.track();
        drawing.layout.with_value(|layout| layout.place(id).map(transform).unwrap_or_default())
    });
    let selected = live_flag(move || state.selection.with(|selected| selected.contains(Selection::Node(id))));
    let class = live_text(move || {
        let selected = if selected.get() { " selected" } else { "" };
        let (activity, fault) = status.get();
        let trouble = if activity != Activity::Running || !fault.is_empty() { " trouble" } else { "" };
        let dead = if matches!(glance.get(), Glance::Queue { dead_letter_queue: true, .. }) { " dead" } else { "" };
        format!("node {}{selected}{trouble}{dead}", icon::family(kind))
    });
    let has_bar = matches!(kind, NodeKind::Gateway | NodeKind::Queue | NodeKind::Database);
    let length = move || name().chars().count();
    // Longer names are squeezed into the box rather than cut.
    let squeezed = move || (length() > 17).then(|| (NODE_WIDTH - 22.0).to_string());
    view! {
        <g
            class=class transform=transform data-node=id.to_string() data-testid=live_text(move || format!("node-{}", slug(&name())))
            tabindex="0" role="button" aria-pressed=live_text(move || selected.get().to_string())
        >
            <rect class="box" width=NODE_WIDTH height=NODE_HEIGHT rx="8" />
            <rect class="band" width="6" height=NODE_HEIGHT - 16.0 x="0" y="8" rx="3" />
            <text class="name" class:long=live_flag(move || length() > 14) x="14" y="21" textLength=squeezed lengthAdjust="spacingAndGlyphs">
                // The texts together are the node's name for those who listen; the spaces keep them apart.
                {live_text(move || format!("{} ", name()))}
            </text>
            <path class="icon" transform="translate(13 27) scale(0.8)" d=icon::path(kind) />
            <text class="service" x="34" y="39">{icon::service(kind)}" "</text>
            <text class="words" x="14" y="60">{live_text(move || if kind == NodeKind::Other { resource() } else { words(glance.get()) })}" "</text>
            {has_bar
                .then(|| {
                    view! {
                        <g transform="translate(12 68)">
                            <rect class="bar" width=BAR_WIDTH height="8" rx="2" />
                            <rect class="bar-full" height="8" rx="2" width=live_text(move || bar(glance.get()).0.min(1.0) * BAR_WIDTH) />
                            <rect
                                class="bar-hatched" height="8" x=live_text(move || bar(glance.get()).0.min(1.0) * BAR_WIDTH)
                                width=live_text(move || {
                                    let (full, hatched) = bar(glance.get());
                                    hatched.min(1.0 - full.min(1.0)) * BAR_WIDTH
                                })
                            />
                        </g>
                    }
                })}
            {(kind == NodeKind::Function)
                .then(|| {
                    (0..SLOTS)
                        .map(|index| {
                            let class = live_text(move || slot(glance.get(), index));
                            view! { <rect class=class x=12.0 + 13.0 * index as f64 y="68" width="10" height="10" rx="2" /> }
                        })
                        .collect_view()
                })}
            <g class="badge" transform=format!("translate({} -10)", NODE_WIDTH / 2.0)>
                <text>{badge}</text>
            </g>
        </g>
    }
    .into_any()
}
