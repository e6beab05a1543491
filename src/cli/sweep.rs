//! `simulate --sweep`: one number moved through a range, or the range searched for where the design breaks.

use super::print;
use super::source::invalid;
use super::study::{columns, run_through};
use crate::diagram::{Document, Problem};
use crate::simulation::study::{Breaking, Conditions, Criterion, Metric, Parameter, Range, Sweep};
use std::process::ExitCode;

/// What is swept, as typed.
#[derive(Clone, Debug)]
pub struct Order {
    parameter: String,
    range: Range,
}

impl Order {
    /// Reads `Sales.BatchSize=1..10:4`.
    pub fn parse(text: &str) -> Result<Order, String> {
        let (parameter, range) = text
            .rsplit_once('=')
            .ok_or_else(|| format!("`{text}` names no range; write NODE.Setting=FROM..TO[:STEPS]"))?;
        Ok(Order { parameter: parameter.trim().to_string(), range: Range::parse(range)? })
    }

    fn parameter(&self, document: &Document) -> Result<Parameter, Vec<Problem>> {
        Parameter::parse(document, &self.parameter).map_err(|problem| vec![problem])
    }
}

pub fn run(
    document: &Document,
    order: &Order,
    mut metrics: Vec<Metric>,
    conditions: Conditions,
    seeds: &[u64],
    json: bool,
) -> ExitCode {
    if metrics.is_empty() {
        metrics = vec![Metric::P50, Metric::P99, Metric::Success, Metric::Growth];
    }
    let sweep = order
        .parameter(document)
        .and_then(|parameter| Sweep::new(document, parameter, order.range, metrics, conditions, seeds));
    let mut sweep = match sweep {
        Ok(sweep) => sweep,
        Err(problems) => return invalid(&problems),
    };
    run_through(|budget| sweep.work(budget));
    print(&if json { format!("{:#}", sweep.to_json()) } else { in_words(&sweep) });
    ExitCode::SUCCESS
}

fn in_words(sweep: &Sweep) -> String {
    let labels = sweep.metrics().iter().map(Metric::label);
    let mut lines = vec![[sweep.parameter.path()].into_iter().chain(labels).collect::<Vec<_>>()];
    for point in sweep.points() {
        let cells = sweep.metrics().iter().zip(&point.estimates).map(|(metric, estimate)| match estimate {
            Some(estimate) => estimate.words(metric),
            None => "–".to_string(),
        });
        lines.push([sweep.parameter.format(point.value)].into_iter().chain(cells).collect());
    }
    format!("{}\nMeans of {} seeds with 95 % confidence intervals.", columns(&lines), sweep.seeds())
}

pub fn search(
    document: &Document,
    order: &Order,
    criterion: Criterion,
    conditions: Conditions,
    seeds: &[u64],
    json: bool,
) -> ExitCode {
    let breaking = order
        .parameter(document)
        .and_then(|parameter| Breaking::new(document, parameter, order.range, criterion, conditions, seeds));
    let mut breaking = match breaking {
        Ok(breaking) => breaking,
        Err(problems) => return invalid(&problems),
    };
    run_through(|budget| breaking.work(budget));
    print(&if json { format!("{:#}", breaking.to_json()) } else { breaking.sentence() });
    ExitCode::SUCCESS
}
