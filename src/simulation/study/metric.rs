//! What is compared: one figure of a run, by name.

use super::outcome::{Outcome, Recovery};
use crate::simulation::number::number;
use serde_json::Value;

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    Lower,
    Higher,
    Neither,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Metric {
    P50,
    P95,
    P99,
    Success,
    Lost,
    DeadLettered,
    Missing,
    Duplicated,
    Late,
    Unasked,
    Done,
    Cost,
    Messaging,
    Recovery,
    Billed,
    Growth,
    /// A figure of a node, as the report names it.
    Figure {
        node: String,
        figure: String,
    },
}

impl Metric {
    /// Everything that has a name of its own.
    pub const NAMED: [Metric; 16] = [
        Metric::P50,
        Metric::P95,
        Metric::P99,
        Metric::Success,
        Metric::Lost,
        Metric::DeadLettered,
        Metric::Missing,
        Metric::Duplicated,
        Metric::Late,
        Metric::Unasked,
        Metric::Done,
        Metric::Cost,
        Metric::Messaging,
        Metric::Recovery,
        Metric::Billed,
        Metric::Growth,
    ];

    /// The rows of a comparison.
    pub fn table() -> impl Iterator<Item = Metric> {
        let extra = [Metric::Messaging, Metric::Billed, Metric::Growth];
        Metric::NAMED.into_iter().filter(move |metric| !extra.contains(metric))
    }

    /// As typed: `p99`, or `Sales queue.visible` for a figure of a node.
    pub fn name(&self) -> String {
        match self {
            Metric::P50 => "p50",
            Metric::P95 => "p95",
            Metric::P99 => "p99",
            Metric::Success => "success",
            Metric::Lost => "lost",
            Metric::DeadLettered => "dead-lettered",
            Metric::Duplicated => "duplicated",
            Metric::Late => "late",
            Metric::Missing => "missing",
            Metric::Unasked => "unasked",
            Metric::Done => "done",
            Metric::Cost => "cost",
            Metric::Messaging => "messaging",
            Metric::Recovery => "recovery",
            Metric::Billed => "billed",
            Metric::Growth => "growth",
            Metric::Figure { node, figure } => return format!("{node}.{figure}"),
        }
        .to_string()
    }

    pub fn parse(text: &str) -> Result<Metric, String> {
        if let Some(metric) = Metric::NAMED.into_iter().find(|metric| metric.name() == text) {
            return Ok(metric);
        }
        match text.rsplit_once('.') {
            Some((node, figure)) => Ok(Metric::Figure { node: node.to_string(), figure: figure.to_string() }),
            None => {
                let known: Vec<String> = Metric::NAMED.iter().map(Metric::name).collect();
                Err(tr!(
                    "`{text}` is not a metric; use one of {known}, or a node's figure such as Sales.errors",
                    known = known.join(", "),
                    text = text
                ))
            }
        }
    }

    pub fn label(&self) -> String {
        match self {
            Metric::P50 => tr!("Time to a successful answer, p50"),
            Metric::P95 => tr!("Time to a successful answer, p95"),
            Metric::P99 => tr!("Time to a successful answer, p99"),
            Metric::Success => tr!("Answered with success"),
            Metric::Lost => tr!("Requests lost after a success"),
            Metric::DeadLettered => tr!("Requests in a dead-letter queue"),
            Metric::Missing => tr!("Rows and e-mails missing"),
            Metric::Duplicated => tr!("Rows and e-mails twice"),
            Metric::Late => tr!("Rows and e-mails late"),
            Metric::Unasked => tr!("Rows and e-mails of failed requests"),
            Metric::Done => tr!("Time until all is done, p95"),
            Metric::Cost => tr!("Cost of a million requests"),
            Metric::Messaging => tr!("Of that: queues, topics and buses"),
            Metric::Recovery => tr!("Time to recover after the fault"),
            Metric::Billed => tr!("Billed a request, all functions"),
            Metric::Growth => tr!("Growth of what waits"),
            Metric::Figure { node, figure } => return format!("{node}: {figure}"),
        }
        .to_string()
    }

    pub fn unit(&self) -> &'static str {
        match self {
            Metric::P50 | Metric::P95 | Metric::P99 | Metric::Done | Metric::Billed => "ms",
            Metric::Success => "%",
            Metric::Cost | Metric::Messaging => "$",
            Metric::Recovery => "s",
            Metric::Growth => "/s",
            _ => "",
        }
    }

    pub fn better(&self) -> Better {
        match self {
            Metric::Success => Better::Higher,
            Metric::Figure { .. } => Better::Neither,
            _ => Better::Lower,
        }
    }

    /// The figure of a run; `None` where it has none.
    pub fn of(&self, outcome: &Outcome) -> Option<f64> {
        let milliseconds = |microseconds: u64| microseconds as f64 / 1_000.0;
        let (counts, latency) = (&outcome.counts, &outcome.latency);
        let answered = |value: u64| (latency.count > 0).then(|| milliseconds(value));
        match self {
            Metric::P50 => answered(latency.p50),
            Metric::P95 => answered(latency.p95),
            Metric::P99 => answered(latency.p99),
            Metric::Success => {
                let answers = counts.succeeded + counts.failed;
                (answers > 0).then(|| 100.0 * counts.succeeded as f64 / answers as f64)
            }
            Metric::Lost => Some(counts.lost as f64),
            Metric::DeadLettered => Some(counts.set_aside as f64),
            Metric::Missing => Some(outcome.ledger.missing as f64),
            Metric::Duplicated => Some(outcome.ledger.duplicates as f64),
            Metric::Late => Some(outcome.ledger.late as f64),
            Metric::Unasked => Some(outcome.ledger.unasked as f64),
            Metric::Done => (outcome.done.count > 0).then(|| milliseconds(outcome.done.p95)),
            Metric::Cost => Some(outcome.cost_per_million),
            Metric::Messaging => Some(outcome.messaging_per_million),
            Metric::Recovery => match outcome.recovery {
                Recovery::After(microseconds) => Some(microseconds as f64 / 1e6),
                Recovery::NoFault | Recovery::NotWithin => None,
            },
            Metric::Billed => Some(outcome.billed),
            Metric::Growth => Some(outcome.series.growth(|row| row.backlog)),
            Metric::Figure { node, figure } => {
                let figures = outcome.nodes.iter().find(|(name, _)| name.eq_ignore_ascii_case(node))?.1;
                figures.get(figure).and_then(Value::as_f64)
            }
        }
    }

    /// A value with its unit, to three figures or so: `412 ms`, `99.4 %`, `$4.21`.
    pub fn format(&self, value: f64) -> String {
        let number = number(value);
        match self.unit() {
            "" => number,
            "$" => number.strip_prefix('−').map_or_else(|| format!("${number}"), |number| format!("−${number}")),
            "/s" => format!("{number}/s"),
            unit => format!("{number} {unit}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_with_their_units() {
        assert_eq!(Metric::Cost.format(4.214), "$4.21");
        assert_eq!(Metric::P99.format(412.0), "412 ms");
    }

    #[test]
    fn metrics_are_read_by_their_names() {
        for metric in Metric::NAMED {
            assert_eq!(Metric::parse(&metric.name()), Ok(metric));
        }
        let figure = Metric::Figure { node: "Sales".to_string(), figure: "billed_ms".to_string() };
        assert_eq!(Metric::parse("Sales.billed_ms"), Ok(figure));
        assert!(Metric::parse("speed").is_err());
    }
}
