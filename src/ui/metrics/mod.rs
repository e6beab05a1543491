//! The Metrics tab: how the selected node or edge fared over simulated time.

mod branches;
mod chart;
mod words;

use super::dock::METRICS;
use super::format::span;
use super::on_demand::Part;
use super::selection::Selection;
use super::state::{State, use_state};
use super::time::{past, sign_of};
use crate::diagram::NodeKind;
use crate::kernel::SECOND;
use crate::language::translated;
use crate::simulation::Simulation;
use crate::simulation::metrics::{Mark, Metric, Metrics, Subject};
use crate::ui::reactive::{live_part, live_text};
pub use branches::compare_part;
use chart::{Chart, Source};
use leptos::prelude::*;
use uuid::Uuid;
use wasm_split_helpers::wasm_split;
use words::value;

/// A change is compared over so long before and after it, in microseconds.
const AROUND: u64 = 30 * SECOND;

/// Metrics that are drawn together, because they have the same unit.
struct Group {
    id: &'static str,
    title: &'static str,
    metrics: &'static [Metric],
}

static GROUPS: [Group; 6] = [
    Group { id: "rate", title: phrase!("A second"), metrics: &[Metric::Rate, Metric::Errors, Metric::Throttles] },
    Group { id: "latency", title: phrase!("Latency"), metrics: &[Metric::P50, Metric::P95, Metric::P99] },
    Group { id: "depth", title: phrase!("Waiting"), metrics: &[Metric::Depth] },
    Group { id: "concurrency", title: phrase!("At the same time"), metrics: &[Metric::Concurrency] },
    Group { id: "age", title: phrase!("Oldest message"), metrics: &[Metric::Age] },
    Group { id: "cost", title: phrase!("Cost so far"), metrics: &[Metric::Cost] },
];

/// What is shown: its name, and which metrics it has.
#[derive(Clone, PartialEq)]
struct Shown {
    id: Uuid,
    subject: Subject,
    name: String,
    /// `None` for an edge.
    kind: Option<NodeKind>,
}

impl Shown {
    fn fits(&self, metric: Metric) -> bool {
        self.kind.map_or(metric.fits_edges(), |kind| metric.fits(kind))
    }

    /// What is selected, or else the first client.
    fn of(simulation: &Simulation, wanted: Option<Selection>) -> Option<Shown> {
        let plan = simulation.plan();
        let node = |id: Uuid| {
            let node = plan.find_node(id)?;
            let (name, kind) = (plan.node(node).name.clone(), plan.node(node).kind);
            Some(Shown { id, subject: Subject::Node(node), name, kind: Some(kind) })
        };
        match wanted {
            Some(Selection::Node(id)) => node(id),
            Some(Selection::Edge(id)) => {
                let edge = plan.find_edge(id)?;
                let ends = (plan.edge(edge).from, plan.edge(edge).to);
                let name = format!("{} → {}", plan.node(ends.0).name, plan.node(ends.1).name);
                Some(Shown { id, subject: Subject::Edge(edge), name, kind: None })
            }
            None => {
                let nodes = &simulation.document().nodes;
                let first = nodes.iter().find(|it| it.kind == NodeKind::Client).or(nodes.first());
                first.and_then(|it| node(it.id))
            }
        }
    }
}

#[wasm_split(metrics, fallible)]
pub fn part() -> Part {
    Ok(view! { <MetricsPanel /> }.into_any())
}

#[component]
fn MetricsPanel() -> impl IntoView {
    let state = use_state();
    let shown = Memo::new(move |before: Option<&Option<Shown>>| {
        if !state.dock.shows(METRICS) {
            return before.cloned().flatten();
        }
        let selected = state.selected();
        state.run.track();
        state.revision.track();
        state.read(|simulation| Shown::of(simulation, selected))
    });
    let beat = beat(state, METRICS);
    let body = live_part(move || {
        let Some(shown) = shown.get() else {
            return view! { <p class="quiet empty">{tr!("Nothing to measure yet. Add a client, and press Play.")}</p> }
                .into_any();
        };
        let charts: Vec<AnyView> = GROUPS
            .iter()
            .filter_map(|group| {
                let metrics: Vec<Metric> = group.metrics.iter().copied().filter(|it| shown.fits(*it)).collect();
                let subject = shown.subject;
                (!metrics.is_empty())
                    .then(|| view! { <Chart id=group.id.to_string() title=translated(group.title).to_string() source=Source::of(state, subject, metrics) beat /> }.into_any())
            })
            .collect();
        view! { <div class="metric-charts">{charts}</div> }.into_any()
    });
    view! {
        <div class="metrics" data-testid="metrics">
            <div class="metrics-bar">
                <h3 data-testid="metrics-of">{live_text(move || shown.get().map(|it| it.name).unwrap_or_default())}</h3>
                <span class="quiet">{live_text(move || {
                    beat.track();
                    let interval = past(state, |past, _| past.metrics().interval()).unwrap_or(0);
                    tr!("sampled every {}; drag along a chart to look closer, click to go there", span(interval))
                })}</span>
                {live_part(move || state.stretch.get().map(|_| view! {
                    <button data-testid="metrics-all" on:click=move |_| state.stretch.set(None)>{tr!("All of the time")}</button>
                }))}
            </div>
            <Deltas shown beat />
            {body}
        </div>
    }
}

/// Counts up twice a second while a tab is shown, which is as often as anybody reads figures, and whenever something jumps.
fn beat(state: State, tab: &'static str) -> RwSignal<u64> {
    let beat = RwSignal::new(0u64);
    let last = StoredValue::new((f64::MIN, 0u64));
    Effect::new(move |_| {
        if !state.dock.shows(tab) {
            return;
        }
        state.tick.track();
        let jumps = state.jumps.get();
        state.stretch.track();
        let now = window().performance().map_or(0.0, |clock| clock.now());
        let (before, jumped) = last.get_value();
        if now - before >= 450.0 || jumped != jumps || !state.playing.get() {
            last.set_value((now, jumps));
            beat.update(|beat| *beat += 1);
        }
    });
    beat
}

/// The change that the figures are compared around: the latest one before the moment that is shown.
fn latest_change(metrics: &Metrics, simulation: &Simulation) -> Option<Mark> {
    metrics.marks().rev().find(|mark| mark.time <= simulation.now()).cloned()
}

/// Was and now, around the latest change.
#[component]
fn Deltas(shown: Memo<Option<Shown>>, beat: RwSignal<u64>) -> impl IntoView {
    let state = use_state();
    let rows = Memo::new(move |_| {
        beat.track();
        let shown = shown.get()?;
        let found = past(state, |past, simulation| {
            let metrics = past.metrics();
            let mark = latest_change(metrics, simulation)?;
            let metric_row = |metric: Metric| {
                let (was, now) = metrics.around(shown.subject, metric, mark.time, AROUND);
                (was.is_some() || now.is_some()).then_some((metric, was, now))
            };
            let rows: Vec<_> = Metric::ALL
                .into_iter()
                .filter(|it| *it != Metric::Cost && shown.fits(*it))
                .filter_map(metric_row)
                .collect();
            Some((tr!("{change} at {time}", change = mark.words.trim_end_matches('.'), time = mark.time), rows))
        });
        found.flatten()
    });
    let list = live_part(move || {
        let Some((change, rows)) = rows.get() else { return ().into_any() };
        let cell = |(metric, was, now): (Metric, Option<f64>, Option<f64>)| {
            let worse = match (was, now) {
                (Some(was), Some(now)) if now > was * 1.05 => "▲ ",
                (Some(was), Some(now)) if now < was * 0.95 => "▼ ",
                _ => "",
            };
            let text = |value_: Option<f64>| value_.map_or("–".to_string(), |it| value(metric, it));
            view! { <li><span class="quiet">{translated(metric.name())}</span>" "{text(was)}" → "<b>{worse}{text(now)}</b></li> }
        };
        view! {
            <div class="deltas" data-testid="deltas">
                <span class="quiet">{tr!("{change}, 30 s before → after:", change = change)}</span>
                <ul>{rows.into_iter().map(cell).collect_view()}</ul>
            </div>
        }
        .into_any()
    });
    view! { {list} }
}

/// Marks as charts take them: seconds and kind.
fn marks(state: State) -> Vec<(f64, &'static str)> {
    past(state, |past, _| past.metrics().marks().map(|mark| (mark.time.seconds(), sign_of(mark.kind))).collect())
        .unwrap_or_default()
}
