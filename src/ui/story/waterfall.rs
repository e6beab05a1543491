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
            <ul class="waterfall-legend" aria-label=tr!("What the bars mean")>
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
        (0, _) => tr!("Nothing is billed by time here.").to_string(),
        (billed, 0) => tr!("{billed} ms billed in all; none of it was waiting.", billed = billed),
        (billed, paid) => tr!(
            "{billed} ms billed in all; {waiting} of it was waiting for others, which somebody pays for.",
            billed = billed,
            waiting = span(paid)
        ),
    };
    view! {
        <p class="waterfall-bill" data-testid="waterfall-bill">{bill}</p>
        <div class="waterfall-axis" aria-hidden="true"><span></span><div>{ticks.collect_view()}</div></div>
        <ol aria-label=tr!("Stays of the request, in order")>
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
        Some(billed) if lane.paid_waiting > 0 => tr!(
            "{length} · {billed} ms billed, {waiting} of it waiting",
            length = span(lane.end.since(lane.start)),
            billed = billed,
            waiting = span(lane.paid_waiting)
        ),
        Some(billed) => {
            tr!("{length} · {billed} ms billed", length = span(lane.end.since(lane.start)), billed = billed)
        }
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
    let billed = lane.billed.map(|billed| tr!("{billed} ms billed", billed = billed));
    let failed = lane.failed.then(|| tr!("failed: {why}", why = lane.words));
    let open = lane.open.then(|| tr!("still going on").to_string());
    let first = format!("{}: {}", lane.name, parts.join(", "));
    [Some(first), billed, failed, open].into_iter().flatten().collect::<Vec<_>>().join("; ")
}
