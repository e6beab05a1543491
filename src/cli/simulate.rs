//! `simulate`: runs a diagram for a while and prints its report.

use super::print;
use super::source::{Source, invalid};
use crate::diagram::Document;
use crate::kernel::{SECOND, Time};
use crate::simulation::breakpoints::{Condition, Expression};
use crate::simulation::past::Past;
use crate::simulation::{Report, Simulation};
use clap::{Args, ValueEnum};
use std::process::ExitCode;

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    /// How long to run, in simulated time: 500ms, 60s, 10m, 2h.
    #[arg(long = "for", value_name = "SPAN", default_value = "60s", value_parser = parse_span)]
    span: u64,
    /// The same seed gives the same run.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Requests a second of every client, instead of what the document says.
    #[arg(long, value_name = "RATE")]
    rate: Option<f64>,
    /// Stop as soon as this holds of the metrics: 'depth of Sales queue > 100 and p99 of Front end > 2 s'.
    #[arg(long, value_name = "EXPRESSION")]
    until_break: Option<String>,
    /// Keeps the business ledger: requests taken, and rows and e-mails that are missing, late or there twice.
    #[arg(long)]
    ledger: bool,
    /// What the ledger calls late, counted from when the client sent the request.
    #[arg(long, value_name = "SPAN", default_value = "60s", value_parser = parse_span)]
    late_after: u64,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// `500ms`, `60s`, `10m` or `2h` as microseconds.
fn parse_span(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let number: f64 =
        digits.parse().map_err(|_| format!("`{text}` is not a span of time; write 60s, 500ms, 10m or 2h"))?;
    let unit = match &text[digits.len()..] {
        "ms" => 1e3,
        "" | "s" => 1e6,
        "m" => 60e6,
        "h" => 3_600e6,
        other => return Err(format!("`{other}` is not a unit of time; use ms, s, m or h")),
    };
    let microseconds = number * unit;
    if (0.0..=1e15).contains(&microseconds) {
        Ok(microseconds as u64)
    } else {
        Err(format!("`{text}` is out of range"))
    }
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let document = match load(arguments) {
        Ok(document) => document,
        Err(code) => return code,
    };
    let mut simulation = match Simulation::new(&document, arguments.seed) {
        Ok(simulation) => simulation,
        Err(problems) => return invalid(&problems),
    };
    if arguments.ledger {
        simulation.keep_ledger();
        simulation.set_late_after(arguments.late_after);
    }
    let until = simulation.now() + arguments.span;
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

fn run_until_break(simulation: &mut Simulation, until: Time, expression: Expression) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_in_four_units() {
        assert_eq!(parse_span("500ms"), Ok(500_000));
        assert_eq!(parse_span("60s"), Ok(60_000_000));
        assert_eq!(parse_span("2"), Ok(2_000_000));
        assert_eq!(parse_span("10m"), Ok(600_000_000));
        assert_eq!(parse_span("1.5h"), Ok(5_400_000_000));
        assert!(parse_span("soon").is_err() && parse_span("3 days").is_err() && parse_span("-1s").is_err());
    }
}
