//! A node on the diagram: what it is, and how it fares.

use super::Drawing;
use super::fares::Fare;
use crate::diagram::NodeKind;
use crate::drawing::{NODE_HEIGHT, NODE_WIDTH, Point, icon};
use crate::language::translated;
use crate::services::Activity;
use crate::simulation::Glance;
use crate::small::short;
use crate::ui::format::{count, slug};
use crate::ui::reactive::{live_flag, live_text};
use crate::ui::selection::Selection;
use crate::ui::state::use_state;
use leptos::prelude::*;
use uuid::Uuid;

/// Slots drawn for a function; more are told as a number.
const SLOTS: u64 = 10;
const BAR_LEFT: f64 = 12.0;
const BAR_WIDTH: f64 = NODE_WIDTH - 2.0 * BAR_LEFT;

/// The line of text below the name.
fn words(glance: Glance) -> String {
    match glance {
        Glance::Client { waiting, succeeded, failed } => {
            tr!(
                "✓ {succeeded}  ✕ {failed}  waiting {waiting}",
                succeeded = count(succeeded),
                failed = count(failed),
                waiting = count(waiting)
            )
        }
        Glance::Gateway { tokens, burst, waiting, .. } => match waiting {
            0 => tr!("{tokens} of {burst} tokens", tokens = count(tokens), burst = count(burst)),
            // The bar tells of the tokens.
            _ => tr!("{} waiting", count(waiting)),
        },
        Glance::Function { starting, running, queued, errors, .. } => {
            let words = tr!("{} running", count(running + starting));
            if queued > 0 {
                words + ", " + &tr!("{} queued", count(queued))
            } else if errors > 0 {
                words + ", ✕ " + &count(errors)
            } else {
                words
            }
        }
        Glance::Queue { visible, delayed, in_flight, .. } => match delayed {
            0 => tr!("{visible} visible, {flying} in flight", visible = count(visible), flying = count(in_flight)),
            _ => tr!(
                "{visible} vis, {flying} fl, {delayed} delayed",
                visible = count(visible),
                flying = count(in_flight),
                delayed = count(delayed)
            ),
        },
        Glance::Topic { published, retrying } => with_sign(tr!("{} published", count(published)), retrying, ", ↻ "),
        Glance::Bus { events, unmatched } => {
            with_sign(tr!("{count} event" | "{count} events" % events, count = count(events)), unmatched, ", ⊘ ")
        }
        Glance::Rule { enabled: false, .. } => tr!("disabled").to_string(),
        Glance::Rule { matched, retrying, .. } => with_sign(tr!("{} matched", count(matched)), retrying, ", ↻ "),
        Glance::Database { rows, duplicates, .. } => {
            let words = tr!("{count} row" | "{count} rows" % rows, count = count(rows));
            if duplicates > 0 { words + ", " + &tr!("{} twice", count(duplicates)) } else { words }
        }
        Glance::Mailer { sent } => tr!("{count} e-mail sent" | "{count} e-mails sent" % sent, count = count(sent)),
        Glance::Endpoint { requests, failures } => {
            tr!("{count} request" | "{count} requests" % requests, count = count(requests)) + ", ✕ " + &count(failures)
        }
        Glance::Other => String::new(),
    }
}

/// What there is only sometimes, behind its sign.
fn with_sign(words: String, number: u64, sign: &str) -> String {
    if number > 0 { words + sign + &count(number) } else { words }
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

/// The states of a function's slots, in the order in which they are drawn.
const SLOT_STATES: [&str; 4] = ["slot running", "slot starting", "slot idle", "slot"];

/// The slots in this state, as one path.
fn slots(glance: Glance, state: usize) -> String {
    let Glance::Function { starting, running, idle, limit, .. } = glance else { return String::new() };
    let busy = running + starting;
    let ends = [running, busy, busy + idle, limit.max(busy + idle)].map(|end| end.min(SLOTS));
    let first = if state == 0 { 0 } else { ends[state - 1] };
    let box_at = |index| format!("M{}.5 68.5h9v9h-9z", 12 + 13 * index);
    (first..ends[state]).map(box_at).collect()
}

/// A length in drawing units, as an attribute.
fn units(length: f64) -> String {
    short(length, 1).to_string()
}

/// Where a node stands, as an attribute.
pub fn transform(place: Point) -> String {
    format!("translate({} {})", short(place.x - NODE_WIDTH / 2.0, 1), short(place.y - NODE_HEIGHT / 2.0, 1))
}

#[component]
pub fn NodeShape(id: Uuid, drawing: Drawing) -> impl IntoView {
    let state = use_state();
    let written = Memo::new(move |before: Option<&Option<(NodeKind, String, &'static str)>>| {
        state.revision.track();
        let now = state.read(|simulation| {
            let node = simulation.document().node(id)?;
            Some((node.kind, node.name.clone(), icon::service(node)))
        });
        // A node that was removed just now may be asked once more before it goes.
        now.or_else(|| before.cloned().flatten())
    });
    let resource = move || {
        written.track();
        let of = |node: &crate::diagram::Node| node.settings.get("Type").and_then(|it| it.as_str()).map(str::to_string);
        state.read(|simulation| simulation.document().node(id).and_then(of)).unwrap_or_default()
    };
    let Some((kind, ..)) = written.get_untracked() else { return ().into_any() };
    let name = move || written.with(|written| written.as_ref().map(|written| written.1.clone()).unwrap_or_default());
    let Some(fare) = drawing.follow(state, id) else { return ().into_any() };
    let glance = Memo::new(move |_| fare.with(|fare| fare.glance));
    let badge = live_text(move || {
        fare.with(|Fare { activity, fault, .. }| match activity {
            Activity::Paused => tr!("❚❚ frozen").to_string(),
            Activity::Stopped => tr!("■ stopped").to_string(),
            Activity::Running if !fault.is_empty() => format!("⚠ {fault}"),
            Activity::Running => String::new(),
        })
    });
    let transform = live_text(move || {
        drawing.laid.track();
        drawing.layout.with_value(|layout| layout.place(id).map(transform).unwrap_or_default())
    });
    let selected = live_flag(move || state.selection.with(|selected| selected.contains(Selection::Node(id))));
    let class = live_text(move || {
        let selected = if selected.get() { " selected" } else { "" };
        fare.with(|Fare { glance, activity, fault }| {
            let trouble = if *activity != Activity::Running || !fault.is_empty() { " trouble" } else { "" };
            let dead = if matches!(glance, Glance::Queue { dead_letter_queue: true, .. }) { " dead" } else { "" };
            format!("node {}{selected}{trouble}{dead}", icon::family(kind))
        })
    });
    let has_bar = matches!(kind, NodeKind::Gateway | NodeKind::Queue | NodeKind::Database);
    let length = move || name().chars().count();
    // Longer names are squeezed into the box rather than cut; from afar they are larger.
    let afar = Memo::new(move |_| drawing.is_afar());
    let squeezed = move || (length() > if afar.get() { 9 } else { 17 }).then(|| units(NODE_WIDTH - 22.0));
    // The type of a resource may be longer than the box.
    let crowded = (kind == NodeKind::Other && untrack(resource).chars().count() > 20).then(|| units(NODE_WIDTH - 22.0));
    view! {
        <g
            class=class transform=transform data-node=id.to_string() data-testid=live_text(move || format!("node-{}", slug(&name())))
            tabindex="0" role="button" aria-pressed=live_text(move || selected.get().to_string())
        >
            <rect class="box" width=units(NODE_WIDTH) height=units(NODE_HEIGHT) rx="8" />
            <rect class="band" width="6" height=units(NODE_HEIGHT - 16.0) x="0" y="8" rx="3" />
            <text class="name" class:long=live_flag(move || length() > 14) x="14" y="21" textLength=squeezed lengthAdjust="spacingAndGlyphs">
                // The texts together are the node's name for those who listen; the spaces keep them apart.
                {live_text(move || format!("{} ", name()))}
            </text>
            <path class="icon" d=icon::placed(kind, 0.8, 13.0, 27.0) />
            <text class="service" x="34" y="39">{live_text(move || written.with(|written| written.as_ref().map(|written| translated(written.2)).unwrap_or_default()))}" "</text>
            <text class="words" x="14" y="60" textLength=crowded lengthAdjust="spacingAndGlyphs">{live_text(move || if kind == NodeKind::Other { resource() } else { words(glance.get()) })}" "</text>
            {has_bar
                .then(|| {
                    view! {
                        <g>
                            <rect class="bar" x=units(BAR_LEFT) y="68" width=units(BAR_WIDTH) height="8" rx="2" />
                            <rect class="bar-full" x=units(BAR_LEFT) y="68" height="8" rx="2" width=live_text(move || units(bar(glance.get()).0.min(1.0) * BAR_WIDTH)) />
                            <rect
                                class="bar-hatched" y="68" height="8" x=live_text(move || units(BAR_LEFT + bar(glance.get()).0.min(1.0) * BAR_WIDTH))
                                width=live_text(move || {
                                    let (full, hatched) = bar(glance.get());
                                    units(hatched.min(1.0 - full.min(1.0)) * BAR_WIDTH)
                                })
                            />
                        </g>
                    }
                })}
            {(kind == NodeKind::Function)
                .then(|| {
                    SLOT_STATES
                        .into_iter()
                        .enumerate()
                        .map(|(index, class)| {
                            let path = Memo::new(move |_| slots(glance.get(), index));
                            view! { <path class=class d=path /> }
                        })
                        .collect_view()
                })}
            <g class="badge">
                <text x=units(NODE_WIDTH / 2.0) y="-10">{badge}</text>
            </g>
        </g>
    }
    .into_any()
}
