//! A request as a waterfall: a lane for each stay, and bars for what its time was spent on.

use crate::kernel::Time;
use crate::services::Trace;
use crate::simulation::{Bar, BarKind, Lane, Waterfall};
use crate::ui::dock::TRACE;
use crate::ui::format::span;
use crate::ui::reactive::live_part;
use crate::ui::state::{State, use_state};
use leptos::prelude::*;

#[component]
pub fn WaterfallView(trace: Trace) -> impl IntoView {
    let state = use_state();
    let waterfall = Memo::new(move |before: Option<&Waterfall>| {
        if !state.dock.shows(TRACE) {
            return before.cloned().unwrap_or_default();
        }
        state.tick.track();
        state.revision.track();
        state.read(|simulation| simulation.waterfall(trace))
    });
    view! {
        <div class="waterfall" data-testid="waterfall">
            <ul class="waterfall-legend" aria-label="What the bars mean">
                {BarKind::ALL
                    .map(|kind| view! { <li><span class=format!("waterfall-bar {}", kind.name()) aria-hidden="true"></span>{kind.words()}</li> })
                    .collect_view()}
            </ul>
            {live_part(move || lanes(state, waterfall.get()))}
        </div>
    }
}

fn lanes(state: State, waterfall: Waterfall) -> AnyView {
    let Waterfall { start, end, lanes, billed, paid_waiting, .. } = waterfall;
    let whole = end.since(start).max(1);
    let ticks = (0..=4).map(|part| {
        let left = f64::from(part) * 25.0;
        view! { <span style:left=format!("{left}%")>{span(whole * part as u64 / 4)}</span> }
    });
    let bill = match (billed, paid_waiting) {
        (0, _) => "Nothing is billed by time here.".to_string(),
        (billed, 0) => format!("{billed} ms billed in all; none of it was waiting."),
        (billed, paid) => {
            format!("{billed} ms billed in all; {} of it was waiting for others, which somebody pays for.", span(paid))
        }
    };
    view! {
        <p class="waterfall-bill" data-testid="waterfall-bill">{bill}</p>
        <div class="waterfall-axis" aria-hidden="true"><span></span><div>{ticks.collect_view()}</div></div>
        <ol aria-label="Stays of the request, in order">
            {lanes.into_iter().map(|it| lane(state, it, start, whole)).collect_view()}
        </ol>
    }
    .into_any()
}

fn lane(state: State, lane: Lane, start: Time, whole: u64) -> AnyView {
    let share = |time: Time| time.since(start) as f64 / whole as f64 * 100.0;
    let words = describe(&lane);
    let bars = lane.bars.iter().map(|bar| {
        let (left, width) = (share(bar.start), share(bar.end) - share(bar.start));
        let title = format!("{}: {}", bar.kind.words(), span(bar.end.since(bar.start)));
        view! {
            <span
                class=format!("waterfall-bar {}", bar.kind.name()) class:open=lane.open title=title style:left=format!("{left:.3}%")
                style:width=format!("{width:.3}%")
            ></span>
        }
    });
    let bars = bars.collect_view();
    let message = lane.message;
    let depth = f64::from(lane.depth.min(8)) * 8.0;
    let note = match lane.billed {
        Some(billed) if lane.paid_waiting > 0 => {
            format!(
                "{} · {billed} ms billed, {} of it waiting",
                span(lane.end.since(lane.start)),
                span(lane.paid_waiting)
            )
        }
        Some(billed) => format!("{} · {billed} ms billed", span(lane.end.since(lane.start))),
        None => span(lane.end.since(lane.start)),
    };
    view! {
        <li class="waterfall-lane" class:bad=lane.failed>
            <button
                class="bare waterfall-name" data-testid="waterfall-lane" aria-label=words style:padding-left=format!("{depth}px") disabled=message == 0
                on:click=move |_| state.tell(message)
            >
                <b>{lane.name.clone()}</b>
                <span class="quiet">{if lane.failed { format!("✕ {}", lane.words) } else { note }}</span>
            </button>
            <div class="waterfall-track" aria-hidden="true">{bars}</div>
        </li>
    }
    .into_any()
}

/// A lane for those who do not see it.
fn describe(lane: &Lane) -> String {
    let mut sums: Vec<(BarKind, u64)> = Vec::new();
    for Bar { kind, start, end } in &lane.bars {
        let length = end.since(*start);
        match sums.iter_mut().find(|sum| sum.0 == *kind) {
            Some(sum) => sum.1 += length,
            None => sums.push((*kind, length)),
        }
    }
    let parts: Vec<String> = sums.into_iter().map(|(kind, sum)| format!("{} {}", kind.words(), span(sum))).collect();
    let billed = lane.billed.map_or(String::new(), |billed| format!("; {billed} ms billed"));
    let end = if lane.open { "; still going on" } else { "" };
    let failed = if lane.failed { format!("; failed: {}", lane.words) } else { String::new() };
    format!("{}: {}{billed}{failed}{end}", lane.name, parts.join(", "))
}
