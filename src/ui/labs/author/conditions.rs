//! Conditions and quantities from menus: of whom, what, compared how, with which figure. What the menus make can be
//! edited as text as well, and is read while it is typed.

use super::fields::{Bound, select};
use crate::diagram::{Document, NodeKind};
use crate::language::translated;
use crate::simulation::breakpoints::{Condition, Expression, Quantity, Tally, figures_of};
use crate::simulation::metrics::{Metric, Unit};
use crate::ui::reactive::{live_flag, live_part, live_text};
use leptos::prelude::*;

/// What a text has to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Something that holds or not.
    Condition,
    /// A condition, or an event at which time stops.
    Pause,
    /// A figure alone.
    Quantity,
}

const ORDERS: [(&str, &str); 5] = [
    ("=", phrase!("is exactly")),
    ("<", phrase!("is below")),
    ("<=", phrase!("is at most")),
    (">", phrase!("is above")),
    (">=", phrase!("is at least")),
];

fn option(value: impl Into<String>, name: impl Into<String>) -> (String, String) {
    (value.into(), name.into())
}

/// Whose figures there are: the whole run, nodes, edges.
fn subjects(document: &Document) -> Vec<(String, String)> {
    let name = |id| document.node(id).map(|node| node.name.clone()).unwrap_or_default();
    let nodes = document.nodes.iter().filter(|node| node.kind != NodeKind::Other);
    let nodes = nodes.map(|node| option(node.name.clone(), node.name.clone()));
    let edges = document.edges.iter().map(|edge| {
        let (from, to) = (name(edge.from), name(edge.to));
        option(format!("{from} -> {to}"), format!("{from} → {to}"))
    });
    std::iter::once(option("", tr!("The whole run"))).chain(nodes).chain(edges).collect()
}

/// What can be measured of a subject, as it is written, and in words.
fn measures(document: &Document, subject: &str) -> Vec<(String, String)> {
    if subject.is_empty() {
        return Tally::all().map(|(_, name, help)| option(name, format!("{name}: {}", translated(help)))).collect();
    }
    let metrics = Metric::ALL.into_iter();
    let written = |metric: Metric| {
        option(format!("{} of {subject}", metric.name()), format!("{}: {}", metric.name(), translated(metric.help())))
    };
    let Some(node) = document.nodes.iter().find(|node| node.name == subject) else {
        return metrics.filter(|metric| metric.fits_edges()).map(written).collect();
    };
    let mut list: Vec<(String, String)> = metrics.filter(|metric| metric.fits(node.kind)).map(written).collect();
    if Metric::Depth.fits(node.kind) {
        list.push(option(format!("highest depth of {subject}"), tr!("highest depth: the most that ever waited there")));
    }
    if matches!(node.kind, NodeKind::Database | NodeKind::Mailer) {
        let of_it = Tally::all().filter(|(tally, ..)| tally.has_columns());
        list.extend(
            of_it
                .map(|(_, name, help)| option(format!("{name} of {subject}"), format!("{name}: {}", translated(help)))),
        );
    }
    list.extend(
        figures_of(node.kind).iter().map(|figure| option(format!("{subject}.{figure}"), figure.replace('_', " "))),
    );
    list
}

/// What is wrong with a text; empty for nothing.
fn flaw(text: &str, wanted: Wanted, document: &Document) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    let read = match wanted {
        Wanted::Condition => Expression::parse(text, document).map(drop),
        Wanted::Pause => Condition::parse(text, document).map(drop),
        Wanted::Quantity => Quantity::parse(text, document).map(drop),
    };
    read.err().map(|fault| fault.words(text)).unwrap_or_default()
}

/// A text field with the menus below it.
pub fn condition(
    label: &'static str,
    test: &'static str,
    wanted: Wanted,
    document: Signal<Document>,
    bound: Bound,
) -> AnyView {
    let wrong = Memo::new(move |_| document.with(|document| bound.value.with(|text| flaw(text, wanted, document))));
    let error = format!("{test}-error");
    view! {
        <div class="lab-field">
            <label>
                <span>{label}</span>
                <input
                    class="lab-condition" data-testid=test autocomplete="off" spellcheck="false" aria-describedby=error.clone()
                    aria-invalid=live_text(move || (!wrong.get().is_empty()).to_string()) prop:value=bound.value
                    on:input=move |event| bound.write.run(event_target_value(&event))
                />
            </label>
            <p class="error" id=error.clone() data-testid=error>{live_text(move || wrong.get())}</p>
            <details class="lab-build">
                <summary data-testid=format!("{test}-menus")>{tr!("From menus")}</summary>
                {menus(test, wanted, document, bound)}
            </details>
        </div>
    }
    .into_any()
}

fn menus(test: &'static str, wanted: Wanted, document: Signal<Document>, bound: Bound) -> AnyView {
    let signal = |text: &str| RwSignal::new(text.to_string());
    let (subject, measure, order, figure, unit) = (signal(""), signal(""), signal("="), signal("0"), signal("ms"));
    let free = |signal: RwSignal<String>| Bound::new(move || signal.get(), move |text| signal.set(text));
    let known = Memo::new(move |_| document.with(|document| subject.with(|subject| measures(document, subject))));
    // The chosen one, or the first where it is not to be had of this subject.
    let chosen = Memo::new(move |_| {
        let wanted = measure.get();
        known.with(|known| {
            let found = known.iter().find(|(value, _)| *value == wanted).or(known.first());
            found.map(|(value, _)| value.clone()).unwrap_or_default()
        })
    });
    let measured_in = Memo::new(move |_| {
        document.with(|document| chosen.with(|text| Quantity::parse(text, document).ok().map(|it| it.unit())))
    });
    let is_span = live_flag(move || measured_in.get() == Some(Unit::Span));
    let no_span = live_flag(move || !is_span.get());
    let sign = live_text(move || match measured_in.get() {
        Some(Unit::Dollars) => "$",
        Some(Unit::Percent) => "%",
        Some(Unit::PerSecond) => tr!("a second"),
        _ => "",
    });
    let alone = wanted == Wanted::Quantity;
    let written = move || {
        let measure = chosen.get_untracked();
        if alone {
            return measure;
        }
        let figure = figure.get_untracked();
        let figure = match measured_in.get_untracked() {
            Some(Unit::Span) => format!("{} {}", figure.trim(), unit.get_untracked()),
            Some(Unit::Dollars) => format!("${}", figure.trim()),
            Some(Unit::Percent) => format!("{} %", figure.trim()),
            _ => figure.trim().to_string(),
        };
        format!("{measure} {} {figure}", order.get_untracked())
    };
    let join = move |word: &'static str| {
        let before = bound.value.get_untracked();
        bound.write.run(if before.trim().is_empty() {
            written()
        } else {
            format!("{} {word} {}", before.trim(), written())
        });
    };
    let measure_list = live_part(move || {
        let chosen = chosen.get();
        let option = move |(value, name): (String, String)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{name}</option> }
        };
        known.get().into_iter().map(option).collect_view()
    });
    let orders = || ORDERS.iter().map(|(value, name)| option(*value, translated(name))).collect();
    let joins = (!alone).then(|| {
        view! {
            <button type="button" data-testid=format!("{test}-and") on:click=move |_| join("and")>{tr!("Add with “and”")}</button>
        }
    });
    view! {
        <div class="lab-build-row">
            {select(tr!("condition" => "Of"), "build-subject", move || document.with(subjects), free(subject))}
            <label class="lab-field">
                <span>{tr!("condition" => "What")}</span>
                <select data-testid="build-measure" on:change=move |event| measure.set(event_target_value(&event))>{measure_list}</select>
            </label>
            <div class="lab-build-figure" class:hidden=alone>
                {select(tr!("condition" => "Compared"), "build-order", orders, free(order))}
                <label class="lab-field">
                    <span>{tr!("condition" => "With")}</span>
                    <input
                        data-testid="build-figure" inputmode="decimal" prop:value=live_text(move || figure.get())
                        on:input=move |event| figure.set(event_target_value(&event))
                    />
                </label>
                <label class="lab-field" class:hidden=no_span>
                    <span>{tr!("Unit")}</span>
                    <select data-testid="build-unit" on:change=move |event| unit.set(event_target_value(&event))>
                        <option value="ms">"ms"</option>
                        <option value="s">"s"</option>
                        <option value="min">"min"</option>
                    </select>
                </label>
                <span class="quiet">{sign}</span>
            </div>
            <div class="buttons">
                <button type="button" data-testid=format!("{test}-use") on:click=move |_| bound.write.run(written())>{tr!("Use this")}</button>
                {joins}
            </div>
        </div>
    }
    .into_any()
}
