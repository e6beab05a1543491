//! One chart: drawn by `charts.js`, which is loaded when a chart is first shown; what it shows also stands in words and,
//! on request, in a table.

use super::marks;
use super::words::value;
use crate::kernel::{SECOND, Time};
use crate::language::translated;
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

/// A line of a chart.
pub struct Line {
    pub label: String,
    /// The name of a custom property.
    pub colour: &'static str,
    pub help: &'static str,
}

/// Times in seconds, and each line's values.
pub type Columns = (Vec<f64>, Vec<Vec<Option<f64>>>);

/// A stretch of time in seconds; `None` for all of it.
pub type Stretch = Option<(f64, f64)>;

/// What a chart shows.
pub struct Source {
    pub lines: Vec<Line>,
    /// What its values are.
    pub metric: Metric,
    /// Within a stretch, at most about so many of them.
    pub columns: Box<dyn Fn(Stretch, usize) -> Columns>,
    /// The present figures in a sentence.
    pub words: Box<dyn Fn() -> String>,
    /// Signs on the axis: seconds and kind.
    pub marks: Box<dyn Fn() -> Vec<(f64, &'static str)>>,
    /// How far it goes, in seconds.
    pub end: Box<dyn Fn() -> f64>,
}

impl Source {
    /// Metrics of one node or edge, in the line of time that is shown.
    pub fn of(state: State, subject: Subject, metrics: Vec<Metric>) -> Source {
        let line = |metric: &Metric| Line {
            label: translated(metric.name()).to_string(),
            colour: colour(*metric),
            help: metric.help(),
        };
        let (lines, metric) = (metrics.iter().map(line).collect(), metrics.first().copied().unwrap_or(Metric::Rate));
        let drawn = metrics.clone();
        Source {
            lines,
            metric,
            columns: Box::new(move |stretch, most| columns(state, subject, &drawn, stretch, most)),
            words: Box::new(move || summary(state, subject, &metrics)),
            marks: Box::new(move || marks(state)),
            end: Box::new(move || past(state, |past, _| past.end().seconds()).unwrap_or_default()),
        }
    }
}

fn columns(state: State, subject: Subject, metrics: &[Metric], stretch: Option<(f64, f64)>, most: usize) -> Columns {
    let columns = past(state, |past, _| {
        let series = past.metrics();
        let interval = series.interval() as f64 / SECOND as f64;
        let (from, to) = stretch.map_or((0, series.len()), |(from, to)| {
            (((from / interval) as usize).saturating_sub(1), (to / interval) as usize + 2)
        });
        // Powers of two, so that values do not jump whenever another one is taken.
        let step = (to.min(series.len()).saturating_sub(from) / most).next_power_of_two();
        let ends: Vec<usize> = (from / step + 1..=to.min(series.len()) / step).map(|place| place * step).collect();
        let times = ends.iter().map(|end| series.time(end - 1).seconds()).collect();
        let column = |metric: &Metric| ends.iter().map(|end| series.over(subject, *metric, end - step, *end)).collect();
        (times, metrics.iter().map(column).collect())
    });
    columns.unwrap_or_default()
}

fn draw(state: State, handle: &Handle, source: &Source) {
    let (times, values) = (source.columns)(state.stretch.get_untracked(), POINTS);
    let list = js_sys::Array::of1(&js_sys::Float64Array::from(times.as_slice()));
    for column in values {
        let plain: Vec<f64> = column.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
        list.push(&js_sys::Float64Array::from(plain.as_slice()));
    }
    let signs = js_sys::Array::new();
    for (at, kind) in (source.marks)() {
        signs.push(&object(&[("at", at.into()), ("kind", kind.into())]));
    }
    let now = state.read(|simulation| simulation.now().seconds());
    let (from, to) = state.stretch.get_untracked().unwrap_or((0.0, (source.end)()));
    handle.show(&list, &signs, now, from, to);
}

/// The present figures in a sentence.
fn summary(state: State, subject: Subject, metrics: &[Metric]) -> String {
    let words = past(state, |past, simulation| {
        let series = past.metrics();
        let sample = (simulation.now().0 / series.interval()) as usize;
        let figure = |metric: &Metric| {
            let now = series.present(subject, *metric, sample);
            format!("{} {}", translated(metric.name()), now.map_or("–".to_string(), |number| value(*metric, number)))
        };
        metrics.iter().map(figure).collect::<Vec<_>>().join(", ")
    });
    words.unwrap_or_default()
}

/// The same in a table: time, then each line.
fn table(source: &Source) -> AnyView {
    let (times, values) = (source.columns)(None, ROWS);
    let cell = |value_: Option<f64>| value_.map_or("–".to_string(), |it| value(source.metric, it));
    let row = |(place, seconds): (usize, &f64)| {
        let cells = values.iter().map(|column| cell(column.get(place).copied().flatten()));
        let time = Time((seconds * SECOND as f64) as u64).to_string();
        view! { <tr><th scope="row">{time}</th>{cells.map(|cell| view! { <td>{cell}</td> }).collect_view()}</tr> }
    };
    let heads = source.lines.iter().map(|line| view! { <th scope="col">{line.label.clone()}</th> }).collect_view();
    view! {
        <table>
            <thead><tr><th scope="col">{tr!("until")}</th>{heads}</tr></thead>
            <tbody>{times.iter().enumerate().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

#[component]
pub fn Chart(id: String, title: String, source: Source, beat: RwSignal<u64>) -> impl IntoView {
    let state = use_state();
    let metric = source.metric;
    let source = StoredValue::new_local(source);
    let host = NodeRef::<Div>::new();
    let handle = RwSignal::<Option<Handle>, LocalStorage>::new_local(None);
    let failed = RwSignal::new(false);
    // They live as long as the chart.
    let calls = StoredValue::new_local(Calls::new(state, metric));
    Effect::new(move |_| {
        let Some(host) = host.get() else { return };
        leptos::task::spawn_local(async move {
            let Ok(module) = load().await else {
                failed.try_set(true);
                return;
            };
            let lines = js_sys::Array::new();
            let known = source.try_with_value(|source| {
                for line in &source.lines {
                    lines.push(&object(&[("label", line.label.as_str().into()), ("colour", line.colour.into())]));
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
        source.with_value(|source| draw(state, &handle, source));
    });
    on_cleanup(move || {
        if let Some(Some(handle)) = handle.try_get_untracked() {
            handle.destroy();
        }
    });
    let words = live_text(move || {
        beat.track();
        source.with_value(|source| (source.words)())
    });
    let legend = source.with_value(|source| {
        let several = source.lines.len() > 1;
        let entry = |(place, line): (usize, &Line)| {
            let class = format!("chart-key chart-key-{}", line.colour.trim_start_matches('-'));
            let dash = ["—", "- -", "···"][place % 3];
            view! { <li title=line.help><span class=class aria-hidden="true">{dash}</span>{line.label.clone()}</li> }
        };
        several.then(
            || view! { <ul class="chart-legend">{source.lines.iter().enumerate().map(entry).collect_view()}</ul> },
        )
    });
    let name = title.clone();
    let open = RwSignal::new(false);
    view! {
        <figure class="metric-chart" data-testid=format!("chart-{id}")>
            <figcaption>
                <b>{title}</b>
                {legend}
                <span class="chart-now" data-testid=format!("chart-{id}-now")>{words}</span>
            </figcaption>
            <div class="chart-host" node_ref=host role="img" aria-label=live_text(move || tr!("{name} over simulated time. Now: {figures}", name = name, figures = words.get()))></div>
            <p class="quiet" class:hidden=live_flag(move || !failed.get())>{tr!("The charts could not be loaded. The table has the figures.")}</p>
            <details on:toggle=move |event| open.set(event_target::<web_sys::Element>(&event).has_attribute("open"))>
                <summary>{tr!("As a table")}</summary>
                {live_part(move || {
                    open.get().then(|| {
                        beat.track();
                        source.with_value(table)
                    })
                })}
            </details>
        </figure>
    }
}
