//! Where a design breaks: the value of a setting is searched, by halving the interval, at which what waits begins to grow
//! without end or at which a figure crosses a limit.
//!
//! Near that point runs of any length cannot tell a slow growth from none. The answer is therefore an interval: at its
//! one end the runs have shown that the design breaks, at the other end they have not.

use super::batch::{Batch, Progress};
use super::conditions::Conditions;
use super::metric::Metric;
use super::outcome::Outcome;
use super::parameter::{Parameter, Range};
use super::statistics::Estimate;
use super::sweep::prepared;
use crate::diagram::{Document, EdgeKind, Problem, check};
use crate::language::in_english;
use serde_json::{Value, json};

/// What counts as breaking.
#[derive(Clone, Debug, PartialEq)]
pub enum Criterion {
    /// What waits grows beyond noise from the middle third of the run to the last.
    FallsBehind,
    /// A figure is above, or below, a limit beyond noise.
    Limit { metric: Metric, above: bool, limit: f64 },
}

impl Criterion {
    /// Reads `behind`, `p99>500`, `success<99`.
    pub fn parse(text: &str) -> Result<Criterion, String> {
        if text == "behind" {
            return Ok(Criterion::FallsBehind);
        }
        let place = text.find(['<', '>']);
        let form = tr!("write `behind`, or a metric and a limit such as `p99>500`");
        let (metric, limit) = place
            .map(|place| (&text[..place], &text[place + 1..]))
            .ok_or_else(|| tr!("`{text}` is no criterion; {form}", text = text, form = form))?;
        let limit = limit.trim().parse::<f64>().ok().filter(|limit| limit.is_finite());
        let limit = limit.ok_or_else(|| tr!("`{text}` has no limit; {form}", text = text, form = form))?;
        Ok(Criterion::Limit { metric: Metric::parse(metric.trim())?, above: text.contains('>'), limit })
    }

    pub fn metric(&self) -> &Metric {
        match self {
            Criterion::FallsBehind => &Metric::Growth,
            Criterion::Limit { metric, .. } => metric,
        }
    }

    /// Whether these runs show it.
    fn holds(&self, estimate: &Estimate) -> bool {
        match self {
            Criterion::FallsBehind => estimate.low() > 0.0,
            Criterion::Limit { above: true, limit, .. } => estimate.low() > *limit,
            Criterion::Limit { above: false, limit, .. } => estimate.high() < *limit,
        }
    }

    fn words(&self, who: &str) -> String {
        match self {
            Criterion::FallsBehind => tr!("{who} falls behind", who = who),
            Criterion::Limit { metric, above, limit } => {
                let (metric, limit) = (metric.label(), metric.format(*limit));
                match above {
                    true => tr!("“{metric}” is above {limit}", metric = metric, limit = limit),
                    false => tr!("“{metric}” is below {limit}", metric = metric, limit = limit),
                }
            }
        }
    }
}

/// A value that was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    pub value: f64,
    pub estimate: Estimate,
    pub broken: bool,
    /// Where most of what waits gathers.
    pub place: Option<String>,
}

/// What the search came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It breaks between these two values, of which the first holds.
    Between { holds: f64, breaks: f64 },
    /// It was shown nowhere between the ends of the range.
    Nowhere,
    /// It breaks at both ends of the range.
    Everywhere,
}

/// A search that is going on.
pub struct Breaking {
    document: Document,
    parameter: Parameter,
    range: Range,
    criterion: Criterion,
    conditions: Conditions,
    seeds: Vec<u64>,
    probes: Vec<Probe>,
    now: Option<(f64, Batch)>,
    verdict: Option<Verdict>,
}

/// The interval is at last this much narrower than the range.
const NARROW: f64 = 64.0;
/// Two ends and the halvings between.
const PROBES: f64 = 8.0;

impl Breaking {
    /// Needs at least two seeds: one says nothing about noise.
    pub fn new(
        document: &Document,
        parameter: Parameter,
        range: Range,
        criterion: Criterion,
        conditions: Conditions,
        seeds: &[u64],
    ) -> Result<Breaking, Vec<Problem>> {
        let document = prepared(document, &conditions)?;
        let range = range.checked().map_err(|message| vec![Problem::new("sweep", message)])?;
        if seeds.len() < 2 {
            let problem = Problem::new("seeds", tr!("One seed says nothing about noise."));
            return Err(vec![problem.with_hint(tr!("Use at least two, better five."))]);
        }
        for value in [range.from, range.to] {
            check(&parameter.apply(&document, value))?;
        }
        let seeds = seeds.to_vec();
        Ok(Breaking {
            document,
            parameter,
            range,
            criterion,
            conditions,
            seeds,
            probes: Vec::new(),
            now: None,
            verdict: None,
        })
    }

    pub fn work(&mut self, budget: u64) -> Progress {
        if self.verdict.is_some() {
            return Progress::DONE;
        }
        let Some((value, mut batch)) = self.now.take().or_else(|| self.begin()) else {
            return Progress::DONE;
        };
        let progress = batch.work(budget);
        if progress.done() {
            self.probe(value, &batch);
        } else {
            self.now = Some((value, batch));
        }
        let share = if progress.done() { 0.0 } else { progress.share };
        Progress {
            share: if self.verdict.is_some() { 1.0 } else { ((self.probes.len() as f64 + share) / PROBES).min(0.99) },
        }
    }

    fn begin(&mut self) -> Option<(f64, Batch)> {
        let value = self.next()?;
        let document = self.parameter.apply(&self.document, value);
        Some((value, Batch::new(vec![document], &self.seeds, self.conditions.clone())))
    }

    fn probe(&mut self, value: f64, batch: &Batch) {
        let outcomes = batch.outcomes.first().map_or(&[][..], Vec::as_slice);
        let metric = self.criterion.metric();
        let figures: Vec<f64> = outcomes.iter().filter_map(|outcome| metric.of(outcome)).collect();
        let estimate = Estimate::of(&figures);
        let broken = self.criterion.holds(&estimate);
        let place = self.place(outcomes);
        self.probes.push(Probe { value, estimate, broken, place });
        self.next();
    }

    /// The next value to try, or none where the verdict is clear; then it is kept.
    fn next(&mut self) -> Option<f64> {
        let at = |value: f64| self.probes.iter().find(|probe| probe.value == value).map(|probe| probe.broken);
        let Range { from, to, .. } = self.range;
        let (Some(first), Some(last)) = (at(from), at(to)) else {
            return Some(if at(from).is_none() { from } else { to });
        };
        if first == last {
            self.verdict = Some(if first { Verdict::Everywhere } else { Verdict::Nowhere });
            return None;
        }
        // Each probe between the ends has moved one of the two.
        let (mut holds, mut breaks) = if first { (to, from) } else { (from, to) };
        for probe in self.probes.iter().skip(2) {
            *(if probe.broken { &mut breaks } else { &mut holds }) = probe.value;
        }
        let whole = self.parameter.whole();
        let middle = (holds + breaks) / 2.0;
        let middle = if whole { libm::round(middle) } else { middle };
        let width = (breaks - holds).abs();
        if width <= (to - from) / NARROW || whole && width <= 1.0 {
            self.verdict = Some(Verdict::Between { holds, breaks });
            return None;
        }
        Some(middle)
    }

    /// Where what waits grows most, over all seeds; a queue's consumer, where it has one.
    fn place(&self, outcomes: &[Outcome]) -> Option<String> {
        let first = outcomes.first()?;
        let growth = |place: usize| -> f64 {
            let of = |outcome: &Outcome| {
                outcome.series.growth(|row| row.waiting.get(place).map_or(0, |count| u64::from(*count)))
            };
            outcomes.iter().map(of).sum()
        };
        let (place, most) =
            (0..first.series.nodes.len()).map(|place| (place, growth(place))).max_by(|a, b| a.1.total_cmp(&b.1))?;
        let node = self.document.nodes.get(place).filter(|_| most > 0.0)?;
        let consumer =
            self.document.edges.iter().find(|edge| edge.from == node.id && edge.kind == EdgeKind::EventSourceMapping);
        let consumer = consumer.and_then(|edge| self.document.node(edge.to));
        Some(consumer.unwrap_or(node).name.clone())
    }

    pub fn parameter(&self) -> &Parameter {
        &self.parameter
    }

    pub fn criterion(&self) -> &Criterion {
        &self.criterion
    }

    /// The value at which breaking was shown, once it is known between which two values it lies.
    pub fn breaks_at(&self) -> Option<f64> {
        match self.verdict {
            Some(Verdict::Between { breaks, .. }) => Some(breaks),
            _ => None,
        }
    }

    pub fn verdict(&self) -> Option<&Verdict> {
        self.verdict.as_ref()
    }

    /// Every value that was tried, in the order in which it was.
    pub fn probes(&self) -> &[Probe] {
        &self.probes
    }

    fn probe_at(&self, value: f64) -> Option<&Probe> {
        self.probes.iter().find(|probe| probe.value == value)
    }

    /// The verdict in words; empty before there is one.
    pub fn sentence(&self) -> String {
        let Some(verdict) = &self.verdict else { return String::new() };
        let parameter = &self.parameter;
        let runs = tr!(
            "{seeds} seeds, {seconds} s each",
            seeds = self.seeds.len(),
            seconds = self.conditions.span / crate::kernel::SECOND
        );
        let path = parameter.path();
        let (low, high) = (parameter.format(self.range.from), parameter.format(self.range.to));
        match verdict {
            Verdict::Between { holds, breaks } => {
                let (Some(holding), Some(breaking)) = (self.probe_at(*holds), self.probe_at(*breaks)) else {
                    return String::new();
                };
                let who = breaking.place.as_deref().unwrap_or_else(|| tr!("The design"));
                let metric = self.criterion.metric();
                let figure = |probe: &Probe| match &self.criterion {
                    Criterion::FallsBehind => tr!("what waits grows by {}", probe.estimate.words(metric)),
                    Criterion::Limit { .. } => probe.estimate.words(metric),
                };
                let (what, limit) = (self.criterion.words(who), parameter.format(*holds));
                let verdict = match breaks > holds {
                    true => tr!("{what} above {limit} ({parameter}).", what = what, limit = limit, parameter = path),
                    false => tr!("{what} below {limit} ({parameter}).", what = what, limit = limit, parameter = path),
                };
                let shown =
                    tr!("Shown at {value}: {figure}.", value = parameter.format(*breaks), figure = figure(breaking));
                let not_shown = tr!("Not shown at {value}: {figure}.", value = limit, figure = figure(holding));
                format!("{verdict} {shown} {not_shown} {runs}.")
            }
            Verdict::Nowhere => {
                let nothing = match &self.criterion {
                    Criterion::FallsBehind => tr!(
                        "Between {low} and {high} ({parameter}) nothing shows that anything falls behind.",
                        low = low,
                        high = high,
                        parameter = path
                    ),
                    Criterion::Limit { metric, above: true, limit } => tr!(
                        "Between {low} and {high} ({parameter}) nothing shows that “{metric}” is above {limit}.",
                        low = low,
                        high = high,
                        parameter = path,
                        metric = metric.label(),
                        limit = metric.format(*limit)
                    ),
                    Criterion::Limit { metric, above: false, limit } => tr!(
                        "Between {low} and {high} ({parameter}) nothing shows that “{metric}” is below {limit}.",
                        low = low,
                        high = high,
                        parameter = path,
                        metric = metric.label(),
                        limit = metric.format(*limit)
                    ),
                };
                format!("{nothing} {runs}.")
            }
            Verdict::Everywhere => {
                let who = self.probes[0].place.as_deref().unwrap_or_else(|| tr!("the design"));
                let everywhere = tr!(
                    "At both ends, {low} and {high} ({parameter}), {what}.",
                    low = low,
                    high = high,
                    parameter = path,
                    what = self.criterion.words(who)
                );
                format!("{everywhere} {runs}.")
            }
        }
    }

    pub fn to_json(&self) -> Value {
        let probes = self.probes.iter().map(|probe| {
            json!({
                "value": probe.value, "broken": probe.broken, "place": probe.place,
                "estimate": probe.estimate.to_json(),
            })
        });
        let verdict = match &self.verdict {
            Some(Verdict::Between { holds, breaks }) => json!({ "holds": holds, "breaks": breaks }),
            Some(Verdict::Nowhere) => json!("nowhere"),
            Some(Verdict::Everywhere) => json!("everywhere"),
            None => Value::Null,
        };
        json!({
            "parameter": self.parameter.path(), "unit": self.parameter.unit(), "metric": self.criterion.metric().name(),
            "verdict": verdict, "sentence": in_english(|| self.sentence()), "probes": probes.collect::<Vec<_>>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn criteria_are_read() {
        assert_eq!(Criterion::parse("behind"), Ok(Criterion::FallsBehind));
        let limit = Criterion::Limit { metric: Metric::P99, above: true, limit: 500.0 };
        assert_eq!(Criterion::parse("p99>500"), Ok(limit));
        assert!(Criterion::parse("success<99").is_ok() && Criterion::parse("Sales.errors > 3").is_ok());
        assert!(Criterion::parse("p99").is_err() && Criterion::parse("p99>fast").is_err());
    }
}
