//! Designs side by side: the same seeds, arrivals and faults for all, and a table of what came of it.

use super::batch::{Batch, Progress};
use super::conditions::{Conditions, Design};
use super::metric::{Better, Metric};
use super::outcome::{Outcome, Recovery};
use super::statistics::{Estimate, paired};
use crate::diagram::Problem;
use crate::language::in_english;
use serde_json::{Value, json};

/// Designs that are being compared.
pub struct Comparison {
    names: Vec<String>,
    batch: Batch,
    metrics: Vec<Metric>,
}

/// What a comparison came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub designs: Vec<String>,
    /// How many seeds the figures are from.
    pub seeds: usize,
    pub rows: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub metric: Metric,
    /// One for each design.
    pub cells: Vec<Cell>,
}

/// A design's figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// `None` where no run had a figure.
    pub estimate: Option<Estimate>,
    /// Runs that had none: for the time to recover, those that ended before.
    pub missing: usize,
    /// The first design's figures taken off, seed by seed; `None` for the first design.
    pub difference: Option<Estimate>,
    /// The difference is more than chance explains: better, worse, or just different; `None` where it is not.
    pub mark: Option<Mark>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Better,
    Worse,
    Different,
}

impl Comparison {
    /// The first design is what the others are compared with.
    pub fn new(designs: Vec<Design>, conditions: Conditions, seeds: &[u64]) -> Result<Comparison, Vec<Problem>> {
        let documents = conditions.prepare(&designs)?;
        let commands = designs.iter().map(|design| design.commands.clone()).collect();
        Ok(Comparison {
            names: distinct(designs.into_iter().map(|design| design.name)),
            batch: Batch::new(documents, seeds, conditions).with_commands(commands),
            metrics: Metric::table().collect(),
        })
    }

    /// Adds rows to the table.
    pub fn with_metrics(mut self, metrics: impl IntoIterator<Item = Metric>) -> Comparison {
        for metric in metrics {
            if self.metrics.contains(&metric) {
                continue;
            }
            // A part of the cost stands below it.
            let cost = self.metrics.iter().position(|it| *it == Metric::Cost).filter(|_| metric == Metric::Messaging);
            self.metrics.insert(cost.map_or(self.metrics.len(), |place| place + 1), metric);
        }
        self
    }

    /// Handles up to about `budget` events.
    pub fn work(&mut self, budget: u64) -> Progress {
        self.batch.work(budget)
    }

    /// The runs so far: for each design, in the order of the seeds.
    pub fn outcomes(&self) -> &[Vec<Outcome>] {
        &self.batch.outcomes
    }

    /// The table of the seeds with which all designs have run.
    pub fn table(&self) -> Table {
        let seeds = self.batch.complete();
        let rows = self.metrics.iter().map(|metric| self.row(metric, seeds)).collect();
        Table { designs: self.names.clone(), seeds, rows }
    }

    fn row(&self, metric: &Metric, seeds: usize) -> Row {
        let figures: Vec<Vec<Option<f64>>> = self
            .batch
            .outcomes
            .iter()
            .map(|outcomes| outcomes.iter().take(seeds).map(|outcome| metric.of(outcome)).collect())
            .collect();
        let cells = figures.iter().enumerate().map(|(place, own)| {
            let known: Vec<f64> = own.iter().flatten().copied().collect();
            let difference = (place > 0).then(|| {
                let pairs = own.iter().zip(&figures[0]).filter_map(|(own, first)| own.zip(*first));
                let (own, first): (Vec<f64>, Vec<f64>) = pairs.unzip();
                paired(&own, &first)
            });
            Cell {
                estimate: (!known.is_empty()).then(|| Estimate::of(&known)),
                missing: self.batch.outcomes[place].iter().take(seeds).filter(|it| is_missing(metric, it)).count(),
                mark: difference.filter(Estimate::beyond_noise).map(|it| Mark::of(metric.better(), it.mean)),
                difference,
            }
        });
        Row { metric: metric.clone(), cells: cells.collect() }
    }
}

/// Whether a run ended before it could have the figure.
fn is_missing(metric: &Metric, outcome: &Outcome) -> bool {
    *metric == Metric::Recovery && outcome.recovery == Recovery::NotWithin
}

impl Mark {
    fn of(better: Better, difference: f64) -> Mark {
        match better {
            Better::Neither => Mark::Different,
            Better::Lower if difference < 0.0 => Mark::Better,
            Better::Higher if difference > 0.0 => Mark::Better,
            _ => Mark::Worse,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Mark::Better => "better",
            Mark::Worse => "worse",
            Mark::Different => "different",
        }
    }
}

/// Names that occur twice get numbers.
fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut known: Vec<String> = Vec::new();
    for name in names {
        let mut candidate = name.clone();
        let mut number = 2;
        while known.contains(&candidate) {
            candidate = format!("{name} ({number})");
            number += 1;
        }
        known.push(candidate);
    }
    known
}

impl Cell {
    /// The figure with its interval: `412 ms ± 9`.
    pub fn words(&self, metric: &Metric) -> String {
        let Some(estimate) = &self.estimate else {
            return if self.missing > 0 { tr!("not within the run").into() } else { "–".into() };
        };
        let mut words = estimate.words(metric);
        if self.missing > 0 {
            let count = self.missing + estimate.count;
            let not_within = tr!("(not within the run: {missing} of {count})", missing = self.missing, count = count);
            words = format!("{words} {not_within}");
        }
        words
    }

    /// What is added to the first design's figure: `+300 ms ± 9`.
    pub fn difference_words(&self, metric: &Metric) -> Option<String> {
        let difference = self.difference.filter(|difference| difference.count > 0)?;
        let sign = if difference.mean > 0.0 { "+" } else { "" };
        Some(format!("{sign}{}", difference.words(metric)))
    }
}

impl Table {
    pub fn to_json(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            let cells = self.designs.iter().zip(&row.cells).map(|(design, cell)| {
                json!({
                    "design": design,
                    "value": cell.estimate.as_ref().map(Estimate::to_json),
                    "runs_without": cell.missing,
                    "difference": cell.difference.as_ref().filter(|it| it.count > 0).map(Estimate::to_json),
                    "mark": cell.mark.map(Mark::name),
                })
            });
            json!({
                "metric": row.metric.name(),
                "label": in_english(|| row.metric.label()),
                "unit": row.metric.unit(),
                "designs": cells.collect::<Vec<_>>(),
            })
        });
        json!({ "designs": self.designs, "seeds": self.seeds, "rows": rows.collect::<Vec<_>>() })
    }
}
