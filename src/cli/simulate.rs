//! `simulate`: runs a diagram for a while and prints its report.

use super::print;
use super::source::{Source, invalid};
use super::study::Study;
use super::sweep::{self, Order};
use crate::diagram::{Document, Problem};
use crate::exchange::link::{Arrival, Link};
use crate::exchange::run::{Export, series_csv};
use crate::kernel::{SECOND, Time};
use crate::simulation::breakpoints::{Condition, Expression};
use crate::simulation::past::Past;
use crate::simulation::study::{Conditions, Criterion, Design, Metric, parse_span};
use crate::simulation::{Report, Simulation};
use clap::{Args, ValueEnum};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Events after which an export writes what it has.
const SLICE: u64 = 1 << 16;

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    /// How long to run, in simulated time: 500ms, 60s, 10m, 2h. Without it 60s; for a link to a moment, up to that.
    #[arg(long = "for", value_name = "SPAN", value_parser = parse_span)]
    span: Option<u64>,
    /// The same seed gives the same run. Without it a link's own, or 1.
    #[arg(long)]
    seed: Option<u64>,
    /// Requests a second of every client, instead of what the document says.
    #[arg(long, value_name = "RATE")]
    rate: Option<f64>,
    /// Stop as soon as this holds of the metrics: 'depth of Sales queue > 100 and p99 of Front end > 2 s'.
    #[arg(long, value_name = "EXPRESSION")]
    until_break: Option<String>,
    /// Keeps the business ledger: requests taken, and rows and e-mails that are missing, late or there twice.
    #[arg(long)]
    ledger: bool,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Move one number through a range instead of a single run: NODE.Setting=FROM..TO[:STEPS], such as
    /// "Sales.BatchSize=1..10:4", "Front end.Rate=1..100", "Sales.Work=50..800" or "Sales.AddedLatency=0..1000".
    #[arg(long, value_name = "NODE.SETTING=RANGE", value_parser = Order::parse)]
    sweep: Option<Order>,
    /// What is measured in a sweep; may be given several times.
    #[arg(long = "metric", value_name = "NAME", value_parser = Metric::parse, requires = "sweep")]
    metrics: Vec<Metric>,
    /// Search the range for where it breaks: `behind` (the default: what waits grows without end), `p99>500`, `success<99`.
    #[arg(long = "break", value_name = "CRITERION", value_parser = Criterion::parse, requires = "sweep",
          num_args = 0..=1, default_missing_value = "behind")]
    breaking: Option<Criterion>,
    #[command(flatten)]
    study: Study,
    /// Write the run into this folder: figures over time, journal, and a report that can be read without the app.
    #[arg(long, value_name = "FOLDER", conflicts_with = "sweep")]
    export: Option<PathBuf>,
    /// How often an export notes the figures.
    #[arg(long, value_name = "SPAN", default_value = "1s", value_parser = parse_span)]
    every: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let document = match load(arguments) {
        Ok(document) => document,
        Err(code) => return code,
    };
    let link = match arguments.source.link().transpose() {
        Ok(link) => link,
        Err(code) => return code,
    };
    let seed = arguments.seed.or(link.as_ref().and_then(|link| link.seed)).unwrap_or(1);
    let shown = link.filter(|link| link.moment.is_some());
    let span = arguments.span.unwrap_or(if shown.is_some() { 0 } else { 60 * SECOND });
    if let Some(order) = &arguments.sweep {
        let seeds = arguments.study.seeds(seed);
        let conditions = arguments.study.conditions(span);
        let json = matches!(arguments.format, Format::Json);
        return match &arguments.breaking {
            Some(criterion) => sweep::search(&document, order, criterion.clone(), conditions, &seeds, json),
            None => sweep::run(&document, order, arguments.metrics.clone(), conditions, &seeds, json),
        };
    }
    let document = match prepare(&document, &arguments.study.conditions(span)) {
        Ok(document) => document,
        Err(problems) => return invalid(&problems),
    };
    if let Some(folder) = &arguments.export {
        return write(folder, &document, seed, span, arguments.every);
    }
    let begun = match shown {
        Some(link) => arrive(Link { document: document.clone(), seed: Some(seed), ..link }),
        None => Simulation::new(&document, seed),
    };
    let mut simulation = match begun {
        Ok(simulation) => simulation,
        Err(problems) => return invalid(&problems),
    };
    if arguments.ledger {
        simulation.keep_ledger();
        simulation.set_late_after(arguments.study.late_after);
    }
    let until = simulation.now() + span;
    match &arguments.until_break {
        None => drop(simulation.run_until(until, u64::MAX)),
        Some(text) => match Expression::parse(text, &document) {
            Ok(expression) => run_until_break(&mut simulation, until, expression),
            Err(fault) => {
                let place = text.get(..fault.at).map_or(0, |before| before.chars().count());
                eprintln!(
                    "--until-break, character {}: {}\n  {text}\n  {}^",
                    place + 1,
                    fault.message,
                    " ".repeat(place)
                );
                return ExitCode::from(2);
            }
        },
    }
    let report = simulation.report();
    match arguments.format {
        Format::Json => print(&serde_json::to_string_pretty(&report).unwrap_or_default()),
        Format::Text => print(&in_words(&report)),
    }
    ExitCode::SUCCESS
}

/// The moment that a link shows.
fn arrive(link: Link) -> Result<Simulation, Vec<Problem>> {
    let mut arrival = Arrival::new(&link, 1)?;
    while !arrival.work(u64::MAX)? {}
    Ok(arrival.finish().0)
}

fn run_until_break(simulation: &mut Simulation, until: Time, expression: Expression) {
    if expression.needs_ledger() {
        simulation.keep_ledger();
    }
    let mut past = Past::of(simulation);
    past.breakpoints.add(Condition::Holds(expression));
    past.run_until(simulation, until, u64::MAX);
    match past.stopped() {
        Some(stop) => eprintln!("stopped at {}: {}", stop.time, stop.words),
        None => eprintln!("it never held"),
    }
}

fn load(arguments: &Arguments) -> Result<Document, ExitCode> {
    let mut document = arguments.source.load()?;
    if let Some(rate) = arguments.rate {
        for node in document.nodes.iter_mut().filter(|node| node.kind == crate::diagram::NodeKind::Client) {
            node.settings.insert("Arrivals".to_string(), serde_json::json!({ "poisson": rate }));
        }
    }
    Ok(document)
}

/// Runs the diagram and writes everything about the run into a folder.
fn write(folder: &Path, document: &Document, seed: u64, span: u64, every: u64) -> ExitCode {
    let mut export = match Export::new(document, seed, &[], span, every) {
        Ok(export) => export,
        Err(problems) => return invalid(&problems),
    };
    let written = (|| -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let mut journal = BufWriter::new(File::create(folder.join("journal.jsonl"))?);
        loop {
            let progress = export.work(SLICE);
            journal.write_all(export.take_journal().as_bytes())?;
            if progress.done() {
                break;
            }
        }
        journal.flush()?;
        if let Ok(mut simulation) = Simulation::new(document, seed) {
            let mut past = Past::of(&simulation);
            // A sample is taken once its time is over.
            past.run_until(&mut simulation, Time(span) + 1, u64::MAX);
            std::fs::write(folder.join("time-series.csv"), series_csv(&simulation, past.metrics()))?;
        }
        export.into_files().into_iter().try_for_each(|file| std::fs::write(folder.join(file.name), file.text))
    })();
    match written {
        Ok(()) => {
            print(&format!("The run is in {}; open report.html.", folder.display()));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

/// The document with the faults of the command line.
fn prepare(document: &Document, conditions: &Conditions) -> Result<Document, Vec<Problem>> {
    let documents = conditions.prepare(&[Design::of(document.clone())])?;
    Ok(documents.into_iter().next().unwrap_or_else(|| document.clone()))
}

fn in_words(report: &Report) -> String {
    let mut lines = vec![
        format!("{}, seed {}, {} s simulated", report.diagram, report.seed, report.simulated_us / SECOND),
        format!("journal {} ({} records, {} events)", report.journal_hash, report.records, report.events),
    ];
    let pairs = |map: &serde_json::Map<String, serde_json::Value>| {
        map.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
    };
    lines.push(format!("messages: {}", pairs(&report.messages)));
    for (client, latency) in &report.latency_us {
        lines.push(format!("{client} (µs): {}", latency.as_object().map(pairs).unwrap_or_default()));
    }
    for (name, figures) in &report.nodes {
        lines.push(format!("{name}: {}", figures.as_object().map(pairs).unwrap_or_default()));
    }
    if let Some(ledger) = &report.ledger {
        lines.push(format!(
            "ledger: {} requests, {} taken, {} failed, {} open; {} taken and whole; late after {} s",
            ledger.requests,
            ledger.taken,
            ledger.failed,
            ledger.open,
            ledger.whole,
            ledger.late_after_us as f64 / SECOND as f64
        ));
        for column in &ledger.columns {
            let it = &column.entries;
            lines.push(format!(
                "ledger, {} ({}): {} expected, {} on time, {} late, {} pending, {} missing, {} duplicates, {} unasked",
                column.name,
                column.unit,
                it.expected,
                it.on_time,
                it.late,
                it.pending,
                it.missing,
                it.duplicates,
                it.unasked
            ));
        }
    }
    lines.join("\n")
}
