//! One chart: drawn by `charts.js`, which is loaded when a chart is first shown; what it shows also stands in words and,
//! on request, in a table.

use super::marks;
use super::words::value;
use crate::kernel::{SECOND, Time};
use crate::simulation::metrics::{Metric, Subject};
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::state::{State, use_state};
use crate::ui::time::past;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::reactive::owner::LocalStorage;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, js_sys};

#[wasm_bindgen]
extern "C" {
    /// Loads `charts.js`; public/boot.js knows where it is.
    #[wasm_bindgen(catch, js_name = eventyardLoadCharts)]
    async fn load() -> Result<JsValue, JsValue>;

    type Module;
    #[wasm_bindgen(method, catch)]
    fn create(
        this: &Module,
        host: &HtmlElement,
        lines: &js_sys::Array,
        format: &js_sys::Function,
        chosen: &js_sys::Function,
        went: &js_sys::Function,
    ) -> Result<Handle, JsValue>;

    #[derive(Clone)]
    type Handle;
    #[wasm_bindgen(method)]
    fn show(this: &Handle, columns: &js_sys::Array, marks: &js_sys::Array, now: f64, from: f64, to: f64);
    #[wasm_bindgen(method)]
    fn destroy(this: &Handle);
}

/// Rows of a table at the most.
const ROWS: usize = 20;
/// About so many values are drawn: with more, single requests would look like peaks.
const POINTS: usize = 120;

/// A metric's colour, as the name of a custom property.
fn colour(metric: Metric) -> &'static str {
    match metric {
        Metric::Rate | Metric::P50 | Metric::Depth | Metric::Concurrency => "--accent",
        Metric::Errors | Metric::P99 => "--bad",
        Metric::Throttles | Metric::P95 | Metric::Age => "--warn",
        Metric::Cost => "--good",
    }
}

fn object(fields: &[(&str, JsValue)]) -> js_sys::Object {
    let object = js_sys::Object::new();
    for (name, value) in fields {
        // Setting a field of a plain object cannot fail.
        let _ = js_sys::Reflect::set(&object, &(*name).into(), value);
    }
    object
}

/// What a chart calls: how to write a value, a stretch that was chosen, a moment that was clicked.
struct Calls {
    format: Closure<dyn Fn(f64) -> String>,
    chosen: Closure<dyn Fn(f64, f64)>,
    went: Closure<dyn Fn(f64)>,
}

impl Calls {
    fn new(state: State, metric: Metric) -> Calls {
        Calls {
            format: Closure::new(move |number: f64| value(metric, number)),
            chosen: Closure::new(move |from: f64, to: f64| state.stretch.set(Some((from.max(0.0), to)))),
            went: Closure::new(move |seconds: f64| {
                state.playing.set(false);
                let end = past(state, |past, _| past.end()).unwrap_or_default();
                state.seek(Time((seconds.max(0.0) * SECOND as f64) as u64).min(end));
            }),
        }
    }
}

/// Times in seconds, and each metric's values within the stretch that is shown.
fn columns(state: State, subject: Subject, metrics: &[Metric]) -> (Vec<f64>, Vec<Vec<Option<f64>>>) {
    let stretch = state.stretch.get_untracked();
    let columns = past(state, |past, _| {
        let series = past.metrics();
        let interval = series.interval() as f64 / SECOND as f64;
        let (from, to) = stretch.map_or((0, series.len()), |(from, to)| {
            (((from / interval) as usize).saturating_sub(1), (to / interval) as usize + 2)
        });
        // Powers of two, so that values do not jump whenever another one is taken.
        let step = (to.min(series.len()).saturating_sub(from) / POINTS).next_power_of_two();
        let ends: Vec<usize> = (from / step + 1..=to.min(series.len()) / step).map(|place| place * step).collect();
        let times = ends.iter().map(|end| series.time(end - 1).seconds()).collect();
        let column = |metric: &Metric| ends.iter().map(|end| series.over(subject, *metric, end - step, *end)).collect();
        (times, metrics.iter().map(column).collect())
    });
    columns.unwrap_or_default()
}

fn draw(state: State, handle: &Handle, times: &[f64], values: &[Vec<Option<f64>>]) {
    let list = js_sys::Array::of1(&js_sys::Float64Array::from(times));
    for column in values {
        let plain: Vec<f64> = column.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
        list.push(&js_sys::Float64Array::from(plain.as_slice()));
    }
    let signs = js_sys::Array::new();
    for (at, kind) in marks(state) {
        signs.push(&object(&[("at", at.into()), ("kind", kind.into())]));
    }
    let now = state.read(|simulation| simulation.now().seconds());
    let end = past(state, |past, _| past.end().seconds()).unwrap_or(now);
    let (from, to) = state.stretch.get_untracked().unwrap_or((0.0, end));
    handle.show(&list, &signs, now, from, to);
}

/// The present figures in a sentence.
fn summary(state: State, subject: Subject, metrics: &[Metric]) -> String {
    let words = past(state, |past, simulation| {
        let series = past.metrics();
        let sample = (simulation.now().0 / series.interval()) as usize;
        let figure = |metric: &Metric| {
            let now = series.present(subject, *metric, sample);
            format!("{} {}", metric.name(), now.map_or("–".to_string(), |number| value(*metric, number)))
        };
        metrics.iter().map(figure).collect::<Vec<_>>().join(", ")
    });
    words.unwrap_or_default()
}

/// The newest rows of the table: time, then each metric.
fn table(state: State, subject: Subject, metrics: &[Metric]) -> AnyView {
    let rows = past(state, |past, _| {
        let series = past.metrics();
        let step = series.len().div_ceil(ROWS).max(1);
        let row = |end: usize| {
            let from = end.saturating_sub(step);
            let cells = metrics.iter().map(|metric| series.over(subject, *metric, from, end));
            let cells: Vec<String> =
                cells.zip(metrics).map(|(it, metric)| it.map_or("–".to_string(), |it| value(*metric, it))).collect();
            (series.time(end.saturating_sub(1)).to_string(), cells)
        };
        (1..=series.len() / step).map(|place| row(place * step)).collect::<Vec<_>>()
    });
    let row = |(time, cells): (String, Vec<String>)| {
        view! { <tr><th scope="row">{time}</th>{cells.into_iter().map(|cell| view! { <td>{cell}</td> }).collect_view()}</tr> }
    };
    let heads = metrics.iter().map(|metric| view! { <th scope="col">{metric.name()}</th> }).collect_view();
    view! {
        <table>
            <thead><tr><th scope="col">"until"</th>{heads}</tr></thead>
            <tbody>{rows.unwrap_or_default().into_iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

#[component]
pub fn Chart(
    id: &'static str,
    title: &'static str,
    subject: Subject,
    metrics: Vec<Metric>,
    beat: RwSignal<u64>,
) -> impl IntoView {
    let state = use_state();
    let metrics = StoredValue::new(metrics);
    let host = NodeRef::<Div>::new();
    let handle = RwSignal::<Option<Handle>, LocalStorage>::new_local(None);
    let failed = RwSignal::new(false);
    let first = metrics.with_value(|metrics| metrics.first().copied().unwrap_or(Metric::Rate));
    // They live as long as the chart.
    let calls = StoredValue::new_local(Calls::new(state, first));
    Effect::new(move |_| {
        let Some(host) = host.get() else { return };
        leptos::task::spawn_local(async move {
            let Ok(module) = load().await else {
                failed.try_set(true);
                return;
            };
            let lines = js_sys::Array::new();
            let known = metrics.try_with_value(|metrics| {
                for metric in metrics {
                    lines.push(&object(&[("label", metric.name().into()), ("colour", colour(*metric).into())]));
                }
            });
            if known.is_none() {
                return;
            }
            let made = calls.try_with_value(|calls| {
                module.unchecked_ref::<Module>().create(
                    &host,
                    &lines,
                    calls.format.as_ref().unchecked_ref(),
                    calls.chosen.as_ref().unchecked_ref(),
                    calls.went.as_ref().unchecked_ref(),
                )
            });
            match made {
                Some(Ok(made)) => drop(handle.try_set(Some(made))),
                _ => drop(failed.try_set(true)),
            }
        });
    });
    Effect::new(move |_| {
        beat.track();
        let Some(handle) = handle.get() else { return };
        let (times, values) = metrics.with_value(|metrics| columns(state, subject, metrics));
        draw(state, &handle, &times, &values);
    });
    on_cleanup(move || {
        if let Some(Some(handle)) = handle.try_get_untracked() {
            handle.destroy();
        }
    });
    let words = live_text(move || {
        beat.track();
        metrics.with_value(|metrics| summary(state, subject, metrics))
    });
    let legend = metrics.with_value(|metrics| {
        let several = metrics.len() > 1;
        let entry = |(place, metric): (usize, &Metric)| {
            let class = format!("chart-key chart-key-{}", colour(*metric).trim_start_matches('-'));
            let dash = ["—", "- -", "···"][place % 3];
            view! { <li title=metric.help()><span class=class aria-hidden="true">{dash}</span>{metric.name()}</li> }
        };
        several.then(|| view! { <ul class="chart-legend">{metrics.iter().enumerate().map(entry).collect_view()}</ul> })
    });
    let open = RwSignal::new(false);
    view! {
        <figure class="metric-chart" data-testid=format!("chart-{id}")>
            <figcaption>
                <b>{title}</b>
                {legend}
                <span class="chart-now" data-testid=format!("chart-{id}-now")>{words}</span>
            </figcaption>
            <div class="chart-host" node_ref=host role="img" aria-label=live_text(move || format!("{title} over simulated time. Now: {}", words.get()))></div>
            <p class="quiet" class:hidden=live_flag(move || !failed.get())>"The charts could not be loaded. The table has the figures."</p>
            <details on:toggle=move |event| open.set(event_target::<web_sys::Element>(&event).has_attribute("open"))>
                <summary>"As a table"</summary>
                {live_part(move || {
                    open.get().then(|| {
                        beat.track();
                        metrics.with_value(|metrics| table(state, subject, metrics))
                    })
                })}
            </details>
        </figure>
    }
}
