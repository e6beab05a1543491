//! One number moved through a range: what becomes of a figure, with its interval at each value.

use super::batch::{Batch, Progress};
use super::conditions::{Conditions, Design};
use super::metric::Metric;
use super::parameter::{Parameter, Range};
use super::statistics::Estimate;
use crate::diagram::{Document, Problem, check};
use serde_json::{Value, json};

/// A sweep that is going on.
pub struct Sweep {
    pub parameter: Parameter,
    values: Vec<f64>,
    metrics: Vec<Metric>,
    batch: Batch,
}

/// What came of one value.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    pub value: f64,
    /// For each metric; `None` where no run has a figure.
    pub estimates: Vec<Option<Estimate>>,
}

/// A document that is ready to be swept: with the conditions' faults in it.
pub(super) fn prepared(document: &Document, conditions: &Conditions) -> Result<Document, Vec<Problem>> {
    let documents = conditions.prepare(&[Design::of(document.clone())])?;
    documents.into_iter().next().ok_or_else(Vec::new)
}

impl Sweep {
    pub fn new(
        document: &Document,
        parameter: Parameter,
        range: Range,
        metrics: Vec<Metric>,
        conditions: Conditions,
        seeds: &[u64],
    ) -> Result<Sweep, Vec<Problem>> {
        let document = prepared(document, &conditions)?;
        let range = range.checked().map_err(|message| vec![Problem::new("sweep", message)])?;
        let values = range.values(parameter.whole());
        let documents: Vec<Document> = values.iter().map(|value| parameter.apply(&document, *value)).collect();
        for document in &documents {
            check(document)?;
        }
        Ok(Sweep { parameter, values, metrics, batch: Batch::new(documents, seeds, conditions) })
    }

    pub fn work(&mut self, budget: u64) -> Progress {
        self.batch.work(budget)
    }

    pub fn metrics(&self) -> &[Metric] {
        &self.metrics
    }

    /// How many seeds the points are from.
    pub fn seeds(&self) -> usize {
        self.batch.complete()
    }

    /// The points so far, from the seeds with which all values have run.
    pub fn points(&self) -> Vec<Point> {
        let seeds = self.batch.complete();
        let of = |outcomes: &[super::Outcome], metric: &Metric| {
            let figures: Vec<f64> = outcomes.iter().take(seeds).filter_map(|outcome| metric.of(outcome)).collect();
            (!figures.is_empty()).then(|| Estimate::of(&figures))
        };
        let points = self.values.iter().zip(&self.batch.outcomes).map(|(value, outcomes)| Point {
            value: *value,
            estimates: self.metrics.iter().map(|metric| of(outcomes, metric)).collect(),
        });
        points.collect()
    }

    pub fn to_json(&self) -> Value {
        let points = self.points().into_iter().map(|point| {
            let estimates = self.metrics.iter().zip(&point.estimates);
            let estimates =
                estimates.map(|(metric, estimate)| (metric.name(), json!(estimate.as_ref().map(Estimate::to_json))));
            json!({ "value": point.value, "metrics": estimates.collect::<serde_json::Map<_, _>>() })
        });
        json!({
            "parameter": self.parameter.path(),
            "unit": self.parameter.unit(),
            "seeds": self.seeds(),
            "points": points.collect::<Vec<_>>(),
        })
    }
}
