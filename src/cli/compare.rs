//! `compare`: several designs on the same arrivals, and a table.

use super::source::{invalid, open};
use super::study::{Study, columns, run_through, seconds};
use super::{INVALID, print};
use crate::lessons::comparisons::{self, ReadyMade};
use crate::lessons::guide;
use crate::simulation::study::{Comparison, Conditions, Design, Mark, Metric, Table, parse_span};
use clap::Args;
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

#[derive(Args)]
pub struct Arguments {
    /// The designs: documents, SVGs that hold one, or ids of the guide's diagrams. The others are compared with the first.
    designs: Vec<String>,
    /// A ready-made comparison instead; `list` lists them.
    #[arg(long, value_name = "ID", conflicts_with = "designs")]
    ready: Option<String>,
    /// How long to run, in simulated time: 500ms, 60s, 10m, 2h.
    #[arg(long = "for", value_name = "SPAN", value_parser = parse_span)]
    span: Option<u64>,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    study: Study,
    /// Let each design keep its own arrivals and payloads instead of those of the first.
    #[arg(long)]
    own_traffic: bool,
    /// A further row: a metric, or a figure of a node such as Payments.billed_ms; may be given several times.
    #[arg(long = "metric", value_name = "NAME", value_parser = Metric::parse)]
    metrics: Vec<Metric>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    if arguments.ready.as_deref() == Some("list") {
        comparisons::COMPARISONS.iter().for_each(|ready| print(&format!("{:24} {}", ready.id, ready.title)));
        return ExitCode::SUCCESS;
    }
    let (designs, conditions, ready) = match set_up(arguments) {
        Ok(it) => it,
        Err(code) => return code,
    };
    let (span, faults) = (conditions.span, conditions.faults.clone());
    let seeds = arguments.study.seeds(arguments.seed);
    let comparison = match Comparison::new(designs, conditions, &seeds) {
        Ok(comparison) => comparison,
        Err(problems) => return invalid(&problems),
    };
    let extra = ready.map_or(&[][..], |ready| ready.metrics);
    let mut comparison = comparison.with_metrics(extra.iter().chain(&arguments.metrics).cloned());
    run_through(|budget| comparison.work(budget));
    let table = comparison.table();
    if arguments.json {
        let mut value = table.to_json();
        value["simulated_us"] = span.into();
        value["first_seed"] = arguments.seed.into();
        value["faults"] = json!(faults.iter().map(|fault| fault.describe()).collect::<Vec<_>>());
        let hashes = |outcomes: &Vec<_>| {
            outcomes.iter().map(|it: &crate::simulation::study::Outcome| it.journal_hash.clone()).collect::<Vec<_>>()
        };
        value["journal_hashes"] = json!(comparison.outcomes().iter().map(hashes).collect::<Vec<_>>());
        print(&format!("{value:#}"));
    } else {
        let faults: Vec<String> = faults.iter().map(|fault| fault.describe()).collect();
        let faults = if faults.is_empty() { String::new() } else { format!("; {}", faults.join("; ")) };
        print(&format!("{}, seeds {} to {}{faults}", seconds(span), seeds[0], seeds[seeds.len() - 1]));
        if let Some(ready) = ready {
            print(ready.sentence);
        }
        print(&in_words(&table));
    }
    ExitCode::SUCCESS
}

/// The designs, what they are put through, and the ready-made comparison that it is from.
type SetUp = (Vec<Design>, Conditions, Option<&'static ReadyMade>);

fn set_up(arguments: &Arguments) -> Result<SetUp, ExitCode> {
    let fresh = arguments.study.conditions(arguments.span.unwrap_or(Conditions::default().span));
    let Some(id) = &arguments.ready else {
        if arguments.designs.len() < 2 {
            eprintln!(
                "Give at least two designs, or --ready ID. `eventyard compare --ready list` lists what is ready-made."
            );
            return Err(ExitCode::from(INVALID));
        }
        let designs = arguments.designs.iter().map(|name| design(name)).collect::<Result<_, _>>()?;
        return Ok((designs, Conditions { same_traffic: !arguments.own_traffic, ..fresh }, None));
    };
    let Some(ready) = comparisons::find(id) else {
        eprintln!("`{id}` is not a ready-made comparison. `eventyard compare --ready list` lists them.");
        return Err(ExitCode::from(INVALID));
    };
    let mut conditions = ready.conditions();
    conditions.span = arguments.span.unwrap_or(conditions.span);
    conditions.faults.extend(fresh.faults);
    conditions.client = fresh.client.or(conditions.client);
    conditions.late = fresh.late;
    conditions.same_traffic = !arguments.own_traffic;
    Ok((ready.designs(), conditions, Some(ready)))
}

/// A file, or a diagram of the guide.
fn design(name: &str) -> Result<Design, ExitCode> {
    match guide::find(name) {
        Some(diagram) if !Path::new(name).exists() => Ok(Design::new(diagram.title.to_string(), diagram.document())),
        _ => open(Path::new(name)).map(Design::of),
    }
}

fn in_words(table: &Table) -> String {
    let mut lines = vec![[String::new()].into_iter().chain(table.designs.iter().cloned()).collect::<Vec<_>>()];
    for row in &table.rows {
        let cells = row.cells.iter().map(|cell| {
            let mark = match cell.mark {
                Some(Mark::Better) => " ▲ better",
                Some(Mark::Worse) => " ▼ worse",
                Some(Mark::Different) => " ◆ different",
                None => "",
            };
            format!("{}{mark}", cell.words(&row.metric))
        });
        lines.push([row.metric.label()].into_iter().chain(cells).collect());
    }
    let note = match table.seeds {
        1 => "One seed: nothing can be said about noise. Use --seeds.".to_string(),
        seeds => format!(
            "Means of {seeds} seeds with 95 % confidence intervals. Marked: what differs from the first design by more than \
             chance explains (99 %, seed by seed)."
        ),
    };
    format!("{}\n{note}", columns(&lines))
}
