//! One number moved through a range: what becomes of a figure, and where the design breaks.

use super::designs::{THIS, candidates, load};
use super::fields::{Extent, Text, choice, number, text};
use super::running::{Job, Runner};
use crate::diagram::{Document, list_problems};
use crate::exchange::chart::{Chart, Line};
use crate::language::translated;
use crate::simulation::study::{Breaking, Conditions, Criterion, Metric, Parameter, Range, Sweep};
use crate::ui::format::parse_number;
use crate::ui::keep::download;
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::state::State;
use leptos::prelude::*;

#[derive(Clone, Copy)]
struct Form {
    design: Text,
    /// The parameter's path.
    parameter: Text,
    from: Text,
    to: Text,
    steps: Text,
    metric: Text,
    /// `behind`, or a metric with a sign.
    criterion: Text,
    limit: Text,
    extent: Extent,
}

/// What counts as breaking, as people choose it.
const CRITERIA: [(&str, &str); 4] = [
    ("behind", phrase!("it falls behind: what waits keeps growing")),
    ("p99>", phrase!("p99 is above … ms")),
    ("success<", phrase!("success is below … %")),
    ("done>", phrase!("p95 until all is done is above … ms")),
];

impl Form {
    fn document(&self, state: State) -> Option<Document> {
        load(state, &self.design.get_untracked()).map(|design| design.edited())
    }

    fn range(&self) -> Result<Range, String> {
        let number = |text: Text, name: &str| {
            text.with_untracked(|text| parse_number(text)).ok_or_else(|| tr!("{what}: type a number.", what = name))
        };
        let steps = number(self.steps, tr!("Steps"))?;
        Range {
            from: number(self.from, tr!("range" => "From"))?,
            to: number(self.to, tr!("range" => "To"))?,
            steps: steps as usize,
        }
        .checked()
    }

    fn job(&self, state: State, search: bool) -> Result<Job, String> {
        let said = |problems: Vec<crate::diagram::Problem>| list_problems(&problems);
        let document = self.document(state).ok_or(tr!("This design is not there any longer."))?;
        let parameter =
            Parameter::parse(&document, &self.parameter.get_untracked()).map_err(|problem| said(vec![problem]))?;
        let range = self.range()?;
        let (span, seeds) = self.extent.read()?;
        let conditions = Conditions { span, ..Conditions::default() };
        if search {
            let criterion = self.criterion.get_untracked();
            let limit = if criterion == "behind" { String::new() } else { self.limit.get_untracked() };
            let criterion = Criterion::parse(&format!("{criterion}{limit}"))?;
            let breaking = Breaking::new(&document, parameter, range, criterion, conditions, &seeds);
            return breaking.map(|breaking| Job::Break(Box::new(breaking))).map_err(said);
        }
        let metric = Metric::parse(&self.metric.get_untracked())?;
        Sweep::new(&document, parameter, range, vec![metric], conditions, &seeds).map(Job::Sweep).map_err(said)
    }

    /// A range around the value that the document has.
    fn suggest(&self, document: &Document) {
        let path = self.parameter.get_untracked();
        let Ok(parameter) = Parameter::parse(document, &path) else { return };
        let (least, most) = parameter.limits();
        let now = parameter.current(document).filter(|value| *value > 0.0);
        let (from, to) = now.map_or((0.0, 1_000.0), |value| (value / 2.0, value * 4.0));
        let whole = |value: f64| if parameter.whole() || value >= 10.0 { value.round() } else { value };
        let (from, to) = (whole(from).clamp(least, most), whole(to).clamp(least, most));
        self.from.set(from.to_string());
        self.to.set(if to > from { to } else { (from + 1.0).min(most) }.to_string());
    }
}

/// The number that is moved at first, where a diagram has it.
const FIRST: &str = "Rate";

pub fn view(state: State) -> AnyView {
    let form = Form {
        design: text(THIS),
        parameter: text(""),
        from: text("1"),
        to: text("10"),
        steps: text("7"),
        metric: text("p99"),
        criterion: text("behind"),
        limit: text("500"),
        extent: Extent::new("300", "5"),
    };
    let runner = Runner::new();
    let designs = live_part(move || {
        state.study.track();
        let options = candidates(state).into_iter().map(|candidate| (candidate.key, candidate.name)).collect();
        choice(tr!("Design"), "sweep-design", form.design, options)
    });
    let parameters = live_part(move || {
        state.study.track();
        form.design.track();
        let Some(document) = form.document(state) else { return ().into_any() };
        let all = Parameter::all(&document);
        let chosen = form.parameter.get_untracked();
        if !all.iter().any(|parameter| parameter.path() == chosen) {
            let first = all.iter().find(|parameter| parameter.name() == FIRST).or(all.first());
            form.parameter.set(first.map_or(String::new(), Parameter::path));
            form.suggest(&document);
        }
        parameter_choice(state, form, &all)
    });
    let help = live_text(move || {
        let path = form.parameter.get();
        form.design.track();
        let document = form.document(state);
        let parameter = document.as_ref().and_then(|document| Parameter::parse(document, &path).ok());
        parameter.zip(document).map_or(String::new(), |(parameter, document)| {
            let now = parameter.current(&document).map_or(tr!("no value").to_string(), |now| parameter.format(now));
            tr!("{help} Now: {now}.", help = translated(parameter.help()), now = now)
        })
    });
    let metrics = Metric::NAMED.iter().map(|metric| (metric.name(), metric.label())).collect();
    let criteria = CRITERIA.iter().map(|(value, name)| (value.to_string(), translated(name).to_string())).collect();
    let no_limit = live_flag(move || form.criterion.with(|criterion| criterion == "behind"));
    view! {
        <form
            class="study-form" data-testid="sweep-form"
            on:submit=move |event| {
                event.prevent_default();
                runner.start(form.job(state, false));
            }
        >
            {designs} {parameters} <p class="quiet">{help}</p>
            <div class="study-row">
                {number(tr!("range" => "From"), "", "sweep-from", form.from)} {number(tr!("range" => "To"), "", "sweep-to", form.to)}
                {number(tr!("Steps"), "", "sweep-steps", form.steps)}
            </div>
            {form.extent.view()} {choice(tr!("Outcome"), "sweep-metric", form.metric, metrics)}
            <button class="primary" data-testid="sweep-run" disabled=live_flag(move || runner.running.get())>{tr!("Plot the outcome")}</button>
            <div class="study-row">
                {choice(tr!("It breaks where"), "sweep-criterion", form.criterion, criteria)}
                <div class:hidden=no_limit>{number(tr!("Limit"), "", "sweep-limit", form.limit)}</div>
            </div>
            <button
                type="button" data-testid="sweep-search" disabled=live_flag(move || runner.running.get())
                on:click=move |_| runner.start(form.job(state, true))
            >
                {tr!("Find the breaking point")}
            </button>
            {runner.view()}
        </form>
        <div class="study-results" data-testid="sweep-results">
            <p class="study-empty" class:hidden=live_flag(move || runner.follow(|job| job.is_some()))>
                {tr!(
                    "Choose a number of the design and how far to move it: the plot shows what becomes of the outcome, with the band in \
                     which the mean lies. Or let the point be searched at which the design breaks: “Sales falls behind above 4.3 \
                     requests/s”."
                )}
            </p>
            {live_part(move || runner.follow(|job| results(state, runner, job)))}
        </div>
    }
    .into_any()
}

fn parameter_choice(state: State, form: Form, all: &[Parameter]) -> AnyView {
    let mut groups: Vec<(String, Vec<&Parameter>)> = Vec::new();
    for parameter in all {
        match groups.last_mut().filter(|(owner, _)| owner == parameter.owner()) {
            Some((_, group)) => group.push(parameter),
            None => groups.push((parameter.owner().to_string(), vec![parameter])),
        }
    }
    let chosen = form.parameter.get_untracked();
    let groups = groups.into_iter().map(|(owner, group)| {
        let options = group.into_iter().map(|parameter| {
            let path = parameter.path();
            let selected = path == chosen;
            view! { <option value=path selected=selected>{format!("{} · {}", parameter.owner(), parameter.name())}</option> }
        });
        view! { <optgroup label=owner>{options.collect_view()}</optgroup> }
    });
    let choose = move |event| {
        form.parameter.set(event_target_value(&event));
        if let Some(document) = form.document(state) {
            form.suggest(&document);
        }
    };
    view! {
        <label class="field">
            <span>{tr!("What is moved")}</span>
            <select data-testid="sweep-parameter" on:change=choose>{groups.collect_view()}</select>
        </label>
    }
    .into_any()
}

fn results(state: State, runner: Runner, job: Option<&Job>) -> AnyView {
    let shown = match job {
        Some(Job::Sweep(sweep)) => sweep_view(sweep),
        Some(Job::Break(breaking)) => breaking_view(breaking),
        _ => return ().into_any(),
    };
    let save = move |_| {
        let text = runner.look(|job| match job {
            Some(Job::Sweep(sweep)) => format!("{:#}\n", sweep.to_json()),
            Some(Job::Break(breaking)) => format!("{:#}\n", breaking.to_json()),
            _ => String::new(),
        });
        download::text(state, &text, "application/json", "experiment.json");
    };
    view! {
        {shown}
        <p class="buttons"><button type="button" data-testid="sweep-save" on:click=save>{tr!("Save as JSON")}</button></p>
    }
    .into_any()
}

fn plot(chart: &Chart) -> AnyView {
    view! {
        <figure class="study-chart" data-testid="sweep-chart">
            <figcaption>{chart.title.clone()}</figcaption>
            <div inner_html=chart.svg(760.0, 320.0)></div>
        </figure>
    }
    .into_any()
}

fn sweep_view(sweep: &Sweep) -> AnyView {
    let points = sweep.points();
    let Some(metric) = sweep.metrics().first() else { return ().into_any() };
    if sweep.seeds() == 0 {
        return view! { <p class="quiet">{tr!("The first seed is still running.")}</p> }.into_any();
    }
    let known: Vec<_> = points.iter().filter_map(|point| Some((point.value, point.estimates[0]?))).collect();
    let line = Line {
        name: metric.label(),
        points: known.iter().map(|(value, estimate)| (*value, estimate.mean)).collect(),
        band: known.iter().map(|(_, estimate)| (estimate.low(), estimate.high())).collect(),
        dots: true,
    };
    let chart = Chart {
        title: tr!("{figure} by {setting}", figure = metric.label(), setting = sweep.parameter.path()),
        x_label: format!("{} {}", sweep.parameter.path(), translated(sweep.parameter.unit())),
        y_label: translated(metric.unit()).to_string(),
        lines: vec![line],
        ..Chart::default()
    };
    let rows = points.iter().map(|point| {
        let words = point.estimates[0].map_or("–".to_string(), |estimate| estimate.words(metric));
        view! { <tr><th scope="row">{sweep.parameter.format(point.value)}</th><td>{words}</td></tr> }
    });
    view! {
        {plot(&chart)}
        <table class="study-table" data-testid="sweep-table">
            <caption>{tr!("Means of {seeds} seeds with 95 % confidence intervals: the band.", seeds = sweep.seeds())}</caption>
            <thead><tr><th scope="col">{sweep.parameter.path()}</th><th scope="col">{metric.label()}</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn breaking_view(breaking: &Breaking) -> AnyView {
    let parameter = breaking.parameter();
    let metric = breaking.criterion().metric();
    let mut probes: Vec<_> = breaking.probes().to_vec();
    probes.sort_by(|a, b| a.value.total_cmp(&b.value));
    let line = Line {
        name: metric.label(),
        points: probes.iter().map(|probe| (probe.value, probe.estimate.mean)).collect(),
        band: probes.iter().map(|probe| (probe.estimate.low(), probe.estimate.high())).collect(),
        dots: true,
    };
    let chart = Chart {
        title: tr!("{figure} by {setting}", figure = metric.label(), setting = parameter.path()),
        x_label: format!("{} {}", parameter.path(), translated(parameter.unit())),
        y_label: translated(metric.unit()).to_string(),
        lines: vec![line],
        mark: breaking.breaks_at(),
        ..Chart::default()
    };
    let rows = probes.iter().map(|probe| {
        let verdict = if probe.broken { tr!("breaks") } else { tr!("holds") };
        view! {
            <tr>
                <th scope="row">{parameter.format(probe.value)}</th>
                <td>{probe.estimate.words(metric)}</td>
                <td>{verdict}</td>
            </tr>
        }
    });
    view! {
        <p class="study-sentence" role="status" data-testid="sweep-sentence">{breaking.sentence()}</p>
        {(!probes.is_empty()).then(|| plot(&chart))}
        <table class="study-table">
            <caption>{tr!("What was tried. Breaking is shown where the whole interval is beyond the limit.")}</caption>
            <thead><tr><th scope="col">{parameter.path()}</th><th scope="col">{metric.label()}</th><th scope="col">{tr!("Verdict")}</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}
