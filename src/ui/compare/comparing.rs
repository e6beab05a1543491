//! Designs side by side: what is chosen, and the table of what came of it.

use super::designs::{Candidate, candidates, load};
use super::fields::{Extent, FaultFields, text};
use super::running::{Job, Runner};
use super::watch::Watch;
use crate::diagram::{Document, NodeKind, list_problems};
use crate::exchange::chart::{Chart, Line};
use crate::language::{translated, translation_of};
use crate::lessons::comparisons::{self, COMPARISONS};
use crate::simulation::study::{Comparison, Conditions, Design, Mark, Metric, Outcome, Row, SeriesRow, Table};
use crate::ui::keep::download;
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::state::State;
use leptos::prelude::*;

/// What is chosen.
#[derive(Clone, Copy)]
struct Form {
    /// A ready-made comparison; empty for one's own designs.
    ready: RwSignal<String>,
    designs: RwSignal<Vec<String>>,
    same_traffic: RwSignal<bool>,
    extent: Extent,
    fault: FaultFields,
}

/// What is to be run.
struct Order {
    designs: Vec<Design>,
    conditions: Conditions,
    metrics: &'static [Metric],
    seeds: Vec<u64>,
}

impl Form {
    fn order(&self, state: State) -> Result<Order, String> {
        let (span, seeds) = self.extent.read()?;
        if let Some(ready) = comparisons::find(&self.ready.get_untracked()) {
            let conditions = Conditions { span, ..ready.conditions() };
            return Ok(Order { designs: ready.designs(), conditions, metrics: ready.metrics, seeds });
        }
        let designs: Vec<Design> =
            self.designs.with_untracked(|keys| keys.iter().filter_map(|key| load(state, key)).collect());
        if designs.len() < 2 {
            return Err(tr!("Choose at least two designs.").to_string());
        }
        let (faults, same_traffic) = (self.fault.read()?, self.same_traffic.get_untracked());
        Ok(Order {
            designs,
            conditions: Conditions { span, faults, same_traffic, ..Conditions::default() },
            metrics: &[],
            seeds,
        })
    }
}

/// Begins the comparison, and shows its designs on one clock.
fn begin(state: State, form: Form, watch: Watch) -> Result<Job, String> {
    let order = form.order(state)?;
    let said = |problems: Vec<crate::diagram::Problem>| list_problems(&problems);
    let documents: Vec<Document> = order.conditions.prepare(&order.designs).map_err(said)?;
    let designs = order.designs.iter().zip(documents);
    let designs = designs.map(|(design, document)| Design { document, ..design.clone() }).collect();
    let first = order.seeds.first().copied().unwrap_or(1);
    watch.pause();
    watch.show(designs, first, order.conditions.span);
    let comparison = Comparison::new(order.designs, order.conditions, &order.seeds).map_err(said)?;
    Ok(Job::Compare(comparison.with_metrics(order.metrics.iter().cloned())))
}

pub fn view(state: State) -> AnyView {
    let form = Form {
        ready: text(COMPARISONS[0].id),
        designs: RwSignal::new(vec!["gateway-multiple".to_string(), "decouple-queue".to_string()]),
        same_traffic: RwSignal::new(true),
        extent: Extent::new("600", "5"),
        fault: FaultFields::new(),
    };
    let (runner, watch) = (Runner::new(), Watch::new());
    Effect::new(move |_| {
        if state.study.get().is_none() {
            watch.pause();
        }
    });
    view! {
        <form
            class="study-form" data-testid="compare-form"
            on:submit=move |event| {
                event.prevent_default();
                runner.start(begin(state, form, watch));
            }
        >
            {chooser(state, form)} {form.extent.view()}
            <button class="primary" data-testid="compare-run" disabled=live_flag(move || runner.running.get())>{tr!("Compare")}</button>
            {runner.view()}
        </form>
        <div class="study-results" data-testid="compare-results">
            <p class="study-empty" class:hidden=live_flag(move || runner.follow(|job| job.is_some()))>
                {tr!(
                    "Every design gets the same requests at the same moments, and the same faults. Whatever differs afterwards comes \
                     from the design; several seeds tell it from chance. Choose something ready-made or designs of your own, and \
                     press Compare."
                )}
            </p>
            {watch.view()} {live_part(move || runner.follow(|job| results(state, runner, job)))}
        </div>
    }
    .into_any()
}

/// What is compared: something ready-made, or designs of one's choice.
fn chooser(state: State, form: Form) -> AnyView {
    let own = move || form.ready.with(String::is_empty);
    let options = COMPARISONS.iter().map(|ready| (ready.id, translated(ready.title)));
    let options = options.chain([("", tr!("Designs of my choice"))]);
    let options = options.map(|(id, title)| {
        let selected = form.ready.with_untracked(|ready| ready == id);
        view! { <option value=id selected=selected>{title}</option> }
    });
    let choose = move |event| {
        let id = event_target_value(&event);
        if let Some(ready) = comparisons::find(&id) {
            form.extent.seconds.set((ready.conditions().span / crate::kernel::SECOND).to_string());
        }
        form.ready.set(id);
    };
    let about = live_part(move || {
        comparisons::find(&form.ready.get()).map(|ready| {
            let faults: Vec<String> = ready.conditions().faults.iter().map(|fault| fault.describe()).collect();
            let designs = ready.designs();
            let names: Vec<_> = designs.iter().map(|design| translation_of(&design.name)).collect();
            view! {
                <p data-testid="compare-sentence">{translated(ready.sentence)}</p>
                <p class="quiet">{names.join(" · ")}</p>
                <p class="quiet">{faults.join("; ")}</p>
            }
        })
    });
    let list = live_part(move || {
        state.study.track();
        candidates(state).into_iter().map(|candidate| checkbox(form, candidate)).collect_view()
    });
    // A fault strikes what all of the chosen designs have.
    let names = Signal::derive(move || {
        state.study.track();
        let designs = form.designs.with(|keys| keys.iter().filter_map(|key| load(state, key)).collect::<Vec<_>>());
        let of = |design: &Design| -> Vec<String> {
            let nodes = design.document.nodes.iter().filter(|node| node.kind != NodeKind::Client);
            nodes.map(|node| node.name.clone()).collect()
        };
        let Some((first, others)) = designs.split_first() else { return Vec::new() };
        let others: Vec<Vec<String>> = others.iter().map(of).collect();
        of(first).into_iter().filter(|name| others.iter().all(|names| names.contains(name))).collect()
    });
    view! {
        <label class="field">
            <span>{tr!("Comparison")}</span>
            <select data-testid="compare-ready" on:change=choose>{options.collect_view()}</select>
        </label>
        <div class:hidden=live_flag(own)>{about}</div>
        <div class:hidden=live_flag(move || !own())>
            <fieldset class="study-designs" data-testid="compare-designs">
                <legend>{tr!("Designs; the first one is what the others are compared with")}</legend>
                {list}
            </fieldset>
            <label class="study-check">
                <input
                    type="checkbox" prop:checked=live_flag(move || form.same_traffic.get())
                    on:change=move |event| form.same_traffic.set(event_target_checked(&event))
                />
                {tr!("All get the arrivals and payloads of the first")}
            </label>
            {form.fault.view(names)}
        </div>
    }
    .into_any()
}

fn checkbox(form: Form, candidate: Candidate) -> AnyView {
    let Candidate { key, name } = candidate;
    let test = format!("compare-design-{key}");
    let place = {
        let key = key.clone();
        move || form.designs.with(|chosen| chosen.iter().position(|other| *other == key))
    };
    let checked = place.clone();
    let number = live_text(move || place().map_or(String::new(), |place| format!("{}.", place + 1)));
    let change = move |event| {
        let on = event_target_checked(&event);
        form.designs.update(|chosen| {
            chosen.retain(|other| *other != key);
            if on {
                chosen.push(key.clone());
            }
        });
    };
    view! {
        <label class="study-check">
            <input type="checkbox" data-testid=test prop:checked=live_flag(move || checked().is_some()) on:change=change />
            <b>{number}</b>
            {name}
        </label>
    }
    .into_any()
}

fn results(state: State, runner: Runner, job: Option<&Job>) -> AnyView {
    let Some(Job::Compare(comparison)) = job else { return ().into_any() };
    let table = comparison.table();
    if table.seeds == 0 {
        return view! { <p class="quiet">{tr!("The first seed is still running.")}</p> }.into_any();
    }
    let charts = charts(&table, comparison.outcomes());
    let save = move |_| {
        let text = runner.look(|job| match job {
            Some(Job::Compare(comparison)) => format!("{:#}\n", comparison.table().to_json()),
            _ => String::new(),
        });
        download::text(state, &text, "application/json", "comparison.json");
    };
    view! {
        {table_view(&table)} {charts}
        <p class="buttons"><button type="button" data-testid="compare-save" on:click=save>{tr!("Save the table as JSON")}</button></p>
    }
    .into_any()
}

fn table_view(table: &Table) -> AnyView {
    let heads = table.designs.iter().map(|name| view! { <th scope="col">{translation_of(name).into_owned()}</th> });
    let note = match table.seeds {
        1 => tr!("One seed: nothing can be said about noise.").to_string(),
        seeds => tr!(
            "Means of {seeds} seeds with 95 % confidence intervals. Marked is what differs from the first design by more than \
             chance explains (99 %, seed by seed).",
            seeds = seeds
        ),
    };
    view! {
        <div class="study-scroll" tabindex="0" role="region" aria-label=tr!("What the designs came to")>
            <table class="study-table" data-testid="compare-table">
                <caption>{note}</caption>
                <thead><tr><th scope="col"><span class="hidden-visually">{tr!("Figure")}</span></th>{heads.collect_view()}</tr></thead>
                <tbody>{table.rows.iter().map(table_row).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn table_row(row: &Row) -> AnyView {
    let metric = &row.metric;
    let cells = row.cells.iter().map(|cell| {
        let (class, mark) = match cell.mark {
            Some(Mark::Better) => ("study-better", tr!("▲ better")),
            Some(Mark::Worse) => ("study-worse", tr!("▼ worse")),
            Some(Mark::Different) => ("study-different", tr!("◆ different")),
            None => ("", ""),
        };
        let difference = cell.mark.and_then(|_| cell.difference_words(metric)).unwrap_or_default();
        view! {
            <td class=class>
                <span>{cell.words(metric)}</span>
                <small>{mark}" "<span class="quiet">{difference}</span></small>
            </td>
        }
    });
    view! { <tr data-testid=format!("row-{}", metric.name())><th scope="row">{metric.label()}</th>{cells.collect_view()}</tr> }
        .into_any()
}

/// How the first seed went, design by design.
fn charts(table: &Table, outcomes: &[Vec<Outcome>]) -> AnyView {
    let line = |value: fn(&SeriesRow) -> f64| -> Vec<Line> {
        let firsts = table.designs.iter().zip(outcomes).filter_map(|(name, outcomes)| Some((name, outcomes.first()?)));
        let lines = firsts.map(|(name, outcome)| {
            let rows = &outcome.series.rows;
            let together = rows.len().div_ceil(120).max(1);
            let points = rows.chunks(together).filter_map(|rows| {
                Some((rows.last()?.time.seconds(), rows.iter().map(value).sum::<f64>() / rows.len() as f64))
            });
            Line { name: translation_of(name).into_owned(), points: points.collect(), ..Line::default() }
        });
        lines.collect()
    };
    let chart = |title: &str, unit: &str, lines: Vec<Line>| {
        let chart = Chart {
            title: title.to_string(),
            x_label: tr!("simulated seconds").to_string(),
            y_label: unit.to_string(),
            lines,
            ..Chart::default()
        };
        view! {
            <figure class="study-chart">
                <figcaption>{title.to_string()}</figcaption>
                <div inner_html=format!("{}{}", chart.legend(), chart.svg(560.0, 220.0))></div>
            </figure>
        }
    };
    let waiting = chart(tr!("What waits, first seed"), tr!("requests and messages"), line(|row| row.backlog as f64));
    let failed = chart(tr!("Failed requests, first seed"), tr!("a second"), line(|row| row.failed as f64));
    view! { <div class="study-charts">{waiting} {failed}</div> }.into_any()
}
