//! The Compare tab: two lines of time over each other, in one chart for each metric in which they differ, and in figures
//! since they parted.

use super::chart::{Chart, Line, Source};
use super::words::value;
use super::{Shown, beat};
use crate::kernel::Time;
use crate::language::translated;
use crate::simulation::Simulation;
use crate::simulation::metrics::{Metric, Metrics, Subject};
use crate::simulation::past::beside::{aligned, over_stretch};
use crate::simulation::past::{LineId, Past};
use crate::ui::compare::Topic;
use crate::ui::dock::COMPARE;
use crate::ui::on_demand::Part;
use crate::ui::reactive::{live_part, live_text};
use crate::ui::state::{State, use_state};
use crate::ui::time::{past, sign_of};
use leptos::prelude::*;
use uuid::Uuid;
use wasm_split_helpers::wasm_split;

/// Differences below this share of the larger value are none.
const SAME: f64 = 0.005;

/// The line that is shown, and the one that it is compared with.
#[derive(Clone, PartialEq)]
struct Pair {
    ids: [LineId; 2],
    names: [String; 2],
    parted: Time,
}

impl Pair {
    /// The one that is wanted; else the one that the present one has left, or any other.
    fn find(past: &Past, wanted: Option<LineId>) -> Option<Pair> {
        let lines = past.lines();
        let own = lines.iter().find(|line| line.current)?;
        let others = || lines.iter().filter(|line| !line.current);
        let origin = own.origin.map(|(origin, _)| origin);
        let other = [wanted, origin]
            .into_iter()
            .flatten()
            .find_map(|id| others().find(|line| line.id == id))
            .or_else(|| others().next_back())?;
        let parted = past.parting(own.id, other.id)?;
        Some(Pair { ids: [own.id, other.id], names: [own.name.clone(), other.name.clone()], parted })
    }

    /// The series of both, each with what has this id there.
    fn series<'p>(
        &self,
        past: &'p Past,
        simulation: &Simulation,
        id: Uuid,
    ) -> Option<[(&'p Metrics, Option<Subject>); 2]> {
        let of = |line: LineId| Some((past.metrics_of(line)?, past.subject_in(line, simulation, id)));
        Some([of(self.ids[0])?, of(self.ids[1])?])
    }

    fn ends(&self, past: &Past) -> [Time; 2] {
        self.ids.map(|id| past.end_of(id).unwrap_or_default())
    }

    /// From where they part to where the shorter one ends: what both have been through.
    fn common(&self, past: &Past) -> (Time, Time) {
        let [one, other] = self.ends(past);
        (self.parted, one.min(other))
    }

    /// One metric of both, as a chart shows it.
    fn source(&self, state: State, id: Uuid, metric: Metric) -> Source {
        let line = |(name, colour): (&String, &'static str)| Line { label: name.clone(), colour, help: metric.help() };
        let look = {
            let pair = self.clone();
            move |stretch: Option<(f64, f64)>, most: usize| {
                let found = past(state, |past, simulation| {
                    let series = pair.series(past, simulation, id)?;
                    let end = pair.ends(past).into_iter().max().unwrap_or_default();
                    let moment = |seconds: f64| Time((seconds.max(0.0) * 1e6) as u64);
                    let stretch = stretch.map_or((Time::default(), end), |(from, to)| (moment(from), moment(to)));
                    let (times, values) = aligned(&series, metric, stretch, most as u64);
                    Some((times.iter().map(|time| time.seconds()).collect(), values))
                });
                found.flatten().unwrap_or_default()
            }
        };
        let words = {
            let pair = self.clone();
            move || {
                let found = past(state, |past, simulation| {
                    let series = pair.series(past, simulation, id)?;
                    let now = series.map(|(metrics, subject)| {
                        let sample = (simulation.now().0 / metrics.interval().max(1)) as usize;
                        let now = subject.filter(|_| sample <= metrics.len());
                        now.and_then(|subject| metrics.present(subject, metric, sample))
                    });
                    let figure = |(name, now): (&String, Option<f64>)| format!("{name} {}", figure(metric, now));
                    Some(pair.names.iter().zip(now).map(figure).collect::<Vec<_>>().join(", "))
                });
                found.flatten().unwrap_or_default()
            }
        };
        let (marked, ending) = (self.clone(), self.clone());
        Source {
            lines: self.names.iter().zip(["--accent", "--compute"]).map(line).collect(),
            metric,
            columns: Box::new(look),
            words: Box::new(words),
            marks: Box::new(move || marked.marks(state)),
            end: Box::new(move || {
                let ends = past(state, |past, _| ending.ends(past)).unwrap_or_default();
                ends.into_iter().max().unwrap_or_default().seconds()
            }),
        }
    }

    /// What was done in either of them, each thing once, and where they part.
    fn marks(&self, state: State) -> Vec<(f64, &'static str)> {
        let found = past(state, |past, _| {
            let of = |line: LineId| past.metrics_of(line).into_iter().flat_map(Metrics::marks);
            let mut marks: Vec<(f64, &'static str)> = Vec::new();
            for mark in of(self.ids[0]).chain(of(self.ids[1]).filter(|mark| mark.time >= self.parted)) {
                marks.push((mark.time.seconds(), sign_of(mark.kind)));
            }
            // Last, so that it is drawn over what was done there.
            marks.push((self.parted.seconds(), "branch"));
            marks
        });
        found.unwrap_or_default()
    }
}

fn figure(metric: Metric, number: Option<f64>) -> String {
    number.map_or("–".to_string(), |number| value(metric, number))
}

fn is_different(one: Option<f64>, other: Option<f64>) -> bool {
    let (one, other) = (one.unwrap_or(0.0), other.unwrap_or(0.0));
    (one - other).abs() > SAME * one.abs().max(other.abs())
}

#[wasm_split(metrics, fallible)]
pub fn compare_part() -> Part {
    Ok(view! { <ComparePanel /> }.into_any())
}

#[component]
fn ComparePanel() -> impl IntoView {
    let state = use_state();
    let beat = beat(state, COMPARE);
    let shows = move || state.dock.shows(COMPARE);
    let shown = Memo::new(move |before: Option<&Option<Shown>>| {
        if !shows() {
            return before.cloned().flatten();
        }
        let selected = state.selected();
        state.run.track();
        state.revision.track();
        state.read(|simulation| Shown::of(simulation, selected))
    });
    let pair = Memo::new(move |_| {
        beat.track();
        let wanted = state.against.get();
        past(state, |past, _| Pair::find(past, wanted)).flatten()
    });
    // In which figures they differ since they parted: those are drawn.
    let figures = Memo::new(move |_| {
        beat.track();
        let (shown, pair) = (shown.get()?, pair.get()?);
        let rows = past(state, |past, simulation| {
            let series = pair.series(past, simulation, shown.id)?;
            let stretch = pair.common(past);
            let row = |metric: Metric| {
                let [one, other] = series.map(|(metrics, subject)| over_stretch(metrics, subject, metric, stretch));
                (metric, one, other)
            };
            Some((stretch, Metric::ALL.into_iter().filter(|it| shown.fits(*it)).map(row).collect::<Vec<_>>()))
        });
        rows.flatten()
    });
    let differing = Memo::new(move |_| {
        let rows = figures.get().map(|(_, rows)| rows).unwrap_or_default();
        let metrics = rows.iter().filter(|(_, one, other)| is_different(*one, *other)).map(|(metric, ..)| *metric);
        metrics.collect::<Vec<_>>()
    });
    let charts = live_part(move || {
        let (Some(shown), Some(pair)) = (shown.get(), pair.get()) else { return ().into_any() };
        let chart = |metric: Metric| {
            view! { <Chart id=format!("both-{}", metric.name()) title=translated(metric.name()).to_string() source=pair.source(state, shown.id, metric) beat /> }.into_any()
        };
        let charts: Vec<AnyView> = differing.get().into_iter().map(chart).collect();
        view! { <div class="metric-charts">{charts}</div> }.into_any()
    });
    view! {
        <div class="metrics" data-testid="branches">
            {live_part(move || match pair.get() {
                Some(_) => bar(state, shown, pair).into_any(),
                None => nothing(state).into_any(),
            })}
            <div class="branches-body">
                {live_part(move || match (figures.get(), pair.get()) {
                    (Some((stretch, rows)), Some(pair)) => table(&pair, stretch, rows),
                    _ => ().into_any(),
                })}
                {charts}
            </div>
        </div>
    }
}

fn nothing(state: State) -> impl IntoView {
    view! {
        <p class="quiet empty">
            {tr!("There is one line of time so far. Go back in the Timeline and change something: the run that follows is a branch, and its charts are drawn over those of this run here.")}
            " "
            <button data-testid="branches-designs" on:click=move |_| state.open_study(Some(Topic::Compare))>{tr!("Compare designs")}</button>
        </p>
    }
}

fn bar(state: State, shown: Memo<Option<Shown>>, pair: Memo<Option<Pair>>) -> impl IntoView {
    let others = live_part(move || {
        let Some(pair) = pair.get() else { return ().into_any() };
        let lines = past(state, |past, _| past.lines()).unwrap_or_default();
        let option = |line: &crate::simulation::past::LineView| {
            let selected = line.id == pair.ids[1];
            view! { <option value=line.id.to_string() selected=selected>{line.name.clone()}</option> }
        };
        view! {
            <label class="branches-with">
                <b class="chart-key-accent">{pair.names[0].clone()}</b>
                " "{tr!("this run" => "with")}" "
                <select
                    data-testid="branches-with" aria-label=tr!("Compare with")
                    on:change=move |event| state.against.set(event_target_value(&event).parse().ok())
                >
                    {lines.iter().filter(|line| !line.current).map(option).collect_view()}
                </select>
            </label>
        }
        .into_any()
    });
    view! {
        <div class="metrics-bar">
            <h3 data-testid="branches-of">{live_text(move || shown.get().map(|it| it.name).unwrap_or_default())}</h3>
            {others}
            <span class="quiet">{tr!("the mark ◆ is where they part; drag along a chart to look closer")}</span>
            {live_part(move || state.stretch.get().map(|_| view! {
                <button on:click=move |_| state.stretch.set(None)>{tr!("All of the time")}</button>
            }))}
            <button data-testid="branches-designs" on:click=move |_| state.open_study(Some(Topic::Compare))>{tr!("With several seeds")}</button>
        </div>
    }
}

fn table(pair: &Pair, (from, to): (Time, Time), rows: Vec<(Metric, Option<f64>, Option<f64>)>) -> AnyView {
    if to <= from {
        return view! { <p class="quiet">{tr!("They part at {time}. Play on to see what becomes of it.", time = from)}</p> }
            .into_any();
    }
    let same: Vec<&str> = rows
        .iter()
        .filter(|(_, one, other)| !is_different(*one, *other))
        .map(|(metric, ..)| translated(metric.name()))
        .collect();
    let differing = rows.iter().filter(|(_, one, other)| is_different(*one, *other));
    let row = |(metric, one, other): &(Metric, Option<f64>, Option<f64>)| {
        let (here, there) = (one.unwrap_or(0.0), other.unwrap_or(0.0));
        let sign = if here > there { "▲" } else { "▼" };
        let share = if there == 0.0 { String::new() } else { format!(" {:+.0} %", (here - there) / there * 100.0) };
        view! {
            <tr data-testid=format!("branches-{}", metric.name())>
                <th scope="row" title=metric.help()>{translated(metric.name())}</th>
                <td><b>{figure(*metric, *one)}</b></td>
                <td>{figure(*metric, *other)}</td>
                <td class="quiet">{format!("{sign}{share}")}</td>
            </tr>
        }
    };
    let rows = differing.map(row).collect_view();
    let all_same = same.len();
    let note = (all_same > 0).then(|| tr!("The same in both: {}.", same.join(", ")));
    view! {
        <div>
        <table class="branches-table" data-testid="branches-table">
            <caption>{tr!("From {start}, where they part, to {end}", start = from, end = to)}</caption>
            <thead>
                <tr><td></td><th scope="col">{pair.names[0].clone()}</th><th scope="col">{pair.names[1].clone()}</th><td></td></tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        <p class="quiet">{note}</p>
        </div>
    }
    .into_any()
}
