//! What expressions speak of: a metric, a figure of the report, the business ledger, or the run as a whole.

use crate::diagram::NodeIndex;
use crate::kernel::Time;
use crate::language::translated;
use crate::services::Service;
use crate::simulation::metrics::{Metric, Metrics, Subject, Unit};
use crate::simulation::{Entries, LedgerView, Simulation};
use serde_json::Value;
use std::cell::OnceCell;
use uuid::Uuid;

/// A moment of a run, to take figures from.
pub struct Scene<'a> {
    pub simulation: &'a Simulation,
    metrics: &'a Metrics,
    /// Figures are of the samples before this one.
    end: usize,
    ledger: OnceCell<Option<LedgerView>>,
}

impl<'a> Scene<'a> {
    /// The present moment.
    pub fn new(simulation: &'a Simulation, metrics: &'a Metrics) -> Scene<'a> {
        Scene::at(simulation, metrics, (simulation.now().0 / metrics.interval()) as usize)
    }

    pub(super) fn at(simulation: &'a Simulation, metrics: &'a Metrics, end: usize) -> Scene<'a> {
        Scene { simulation, metrics, end, ledger: OnceCell::new() }
    }

    fn ledger(&self) -> Option<&LedgerView> {
        self.ledger.get_or_init(|| self.simulation.ledger()).as_ref()
    }
}

/// Where an expression begins to count: what happened before is taken off.
#[derive(Clone, Debug, PartialEq)]
pub struct Since {
    pub(super) time: Time,
    /// Of each measure, in the order in which they stand in the text.
    pub(super) values: Vec<[f64; 2]>,
}

/// Something that is counted for the run as a whole, or for one database or mailer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tally {
    Requests,
    Taken,
    Failed,
    Open,
    Whole,
    Expected,
    OnTime,
    Late,
    Pending,
    Missing,
    Duplicates,
    Unasked,
    Created,
    Processed,
    Filtered,
    Expired,
    DeadLettered,
    Dropped,
    InProgress,
    Success,
    CostPerMillion,
    Cost,
    Time,
}

/// A tally, its name, and what it is. Names that begin like others come first.
const TALLIES: [(Tally, &str, &str); 23] = [
    (Tally::Requests, "requests", phrase!("requests that clients have sent")),
    (Tally::Taken, "taken", phrase!("requests answered with success")),
    (Tally::Failed, "failed", phrase!("requests answered with a failure")),
    (Tally::Open, "open", phrase!("requests not answered yet")),
    (Tally::Whole, "whole", phrase!("requests taken of which everything is there, once")),
    (Tally::Expected, "expected", phrase!("rows and e-mails that the requests taken stand for")),
    (Tally::OnTime, "on-time", phrase!("of those expected, there in time")),
    (Tally::Late, "late", phrase!("of those expected, there too late")),
    (Tally::Pending, "pending", phrase!("of those expected, not there yet")),
    (Tally::Missing, "missing", phrase!("of those expected, not there a minute after the request")),
    (Tally::Duplicates, "duplicates", phrase!("rows and e-mails beyond those expected")),
    (Tally::Unasked, "unasked", phrase!("rows and e-mails of requests that failed for the client")),
    (Tally::Created, "created", phrase!("messages created")),
    (Tally::Processed, "processed", phrase!("messages worked on to their end")),
    (Tally::Filtered, "filtered", phrase!("messages that a filter refused")),
    (Tally::Expired, "expired", phrase!("messages deleted after their retention period")),
    (Tally::DeadLettered, "dead-lettered", phrase!("messages that ended in a dead-letter queue")),
    (Tally::Dropped, "dropped", phrase!("messages given up")),
    (Tally::InProgress, "in-progress", phrase!("messages that have not ended")),
    (Tally::Success, "success", phrase!("share of the answered requests that succeeded")),
    (Tally::CostPerMillion, "cost per million", phrase!("dollars for a million of these requests")),
    (Tally::Cost, "cost", phrase!("dollars since the start")),
    (Tally::Time, "time", phrase!("simulated time")),
];

impl Tally {
    /// Every tally with its name and what it is, for menus.
    pub fn all() -> impl Iterator<Item = (Tally, &'static str, &'static str)> {
        TALLIES.into_iter().map(|(tally, name, help)| (tally, name, translated(help)))
    }

    pub fn name(self) -> &'static str {
        TALLIES.iter().find(|(tally, ..)| *tally == self).map_or("", |(_, name, _)| name)
    }

    pub fn unit(self) -> Unit {
        match self {
            Tally::Success => Unit::Percent,
            Tally::Cost | Tally::CostPerMillion => Unit::Dollars,
            Tally::Time => Unit::Span,
            _ => Unit::Count,
        }
    }

    /// Whether a single database or mailer has it: `missing of Sales database`.
    pub fn has_columns(self) -> bool {
        of_entries(self).is_some()
    }

    /// Whether it needs a business ledger.
    fn needs_ledger(self) -> bool {
        self.has_columns() || matches!(self, Tally::Taken | Tally::Failed | Tally::Open | Tally::Whole)
    }
}

fn of_entries(tally: Tally) -> Option<fn(&Entries) -> u64> {
    Some(match tally {
        Tally::Expected => |it| it.expected,
        Tally::OnTime => |it| it.on_time,
        Tally::Late => |it| it.late,
        Tally::Pending => |it| it.pending,
        Tally::Missing => |it| it.missing,
        Tally::Duplicates => |it| it.duplicates,
        Tally::Unasked => |it| it.unasked,
        _ => return None,
    })
}

/// Figures of the report that go up and down; all others only grow.
const LEVELS: [&str; 14] = [
    "waiting",
    "in_flight",
    "visible",
    "delayed",
    "blocked",
    "mean_visible",
    "concurrent",
    "concurrent_max",
    "queued",
    "provisioned",
    "outbox",
    "retrying",
    "connections",
    "connections_opened",
];

#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    Metric {
        metric: Metric,
        subject: Uuid,
        highest: bool,
    },
    /// A path into the node's figures, such as `statuses.429`.
    Figure {
        node: Uuid,
        path: String,
    },
    Tally {
        tally: Tally,
        of: Option<Uuid>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// Its place among the measures of the text.
    pub place: usize,
    pub source: Source,
}

/// How something stands: what grows is told from what goes up and down.
enum Reading {
    Count(f64),
    Level(f64),
    /// One count for each of another, so many times.
    Ratio(f64, f64, f64),
}

impl Measure {
    pub fn needs_ledger(&self) -> bool {
        matches!(self.source, Source::Tally { tally, .. } if tally.needs_ledger())
    }

    /// `None` where nothing was measured.
    pub fn value(&self, scene: &Scene<'_>, since: Option<&Since>) -> Option<f64> {
        if let Source::Metric { metric, subject, highest } = self.source {
            return of_metric(scene, metric, subject, highest, since);
        }
        let before = since.and_then(|since| since.values.get(self.place)).copied().unwrap_or_default();
        match self.reading(scene)? {
            Reading::Level(level) => Some(level),
            // What is late now was missing before: no count falls below nothing.
            Reading::Count(count) => Some((count - before[0]).max(0.0)),
            Reading::Ratio(count, of, times) => {
                let of = of - before[1];
                (of > 0.0).then(|| (count - before[0]) / of * times)
            }
        }
    }

    /// What [`Since`] keeps of it.
    pub fn mark(&self, scene: &Scene<'_>) -> [f64; 2] {
        match self.reading(scene) {
            Some(Reading::Count(count)) => [count, 0.0],
            Some(Reading::Ratio(count, of, _)) => [count, of],
            Some(Reading::Level(_)) | None => [0.0, 0.0],
        }
    }

    fn reading(&self, scene: &Scene<'_>) -> Option<Reading> {
        let simulation = scene.simulation;
        match &self.source {
            Source::Metric { .. } => None,
            Source::Figure { node, path } => {
                let figures = simulation.figures(simulation.plan().find_node(*node)?);
                let value = figures.pointer(&format!("/{}", path.replace('.', "/")));
                // A status that no answer had yet is not listed.
                let value = value.and_then(Value::as_f64).unwrap_or(0.0);
                let level = LEVELS.contains(&path.as_str());
                Some(if level { Reading::Level(value) } else { Reading::Count(value) })
            }
            Source::Tally { tally, of } => read_tally(scene, *tally, *of),
        }
    }
}

fn read_tally(scene: &Scene<'_>, tally: Tally, of: Option<Uuid>) -> Option<Reading> {
    let simulation = scene.simulation;
    if let Some(entry) = of_entries(tally) {
        let wanted = match of {
            Some(id) => Some(simulation.plan().find_node(id)?),
            None => None,
        };
        let columns = scene.ledger()?.columns.iter().filter(|column| wanted.is_none() || column.node == wanted);
        let sum = columns.map(|column| entry(&column.entries)).sum::<u64>() as f64;
        return Some(if tally == Tally::Pending { Reading::Level(sum) } else { Reading::Count(sum) });
    }
    let (totals, count) = (simulation.totals(), |number: u64| Some(Reading::Count(number as f64)));
    let answers = |simulation: &Simulation| {
        let nodes = simulation.plan().node_indices();
        nodes.fold([0, 0, 0], |sum: [u64; 3], node: NodeIndex| match simulation.service(node) {
            Service::Client(it) => [sum[0] + it.counts.sent, sum[1] + it.counts.succeeded, sum[2] + it.counts.failed],
            _ => sum,
        })
    };
    match tally {
        Tally::Taken => count(scene.ledger()?.taken),
        Tally::Failed => count(scene.ledger()?.failed),
        Tally::Whole => count(scene.ledger()?.whole),
        Tally::Open => Some(Reading::Level(scene.ledger()?.open as f64)),
        Tally::Requests => count(answers(simulation)[0]),
        Tally::Success => {
            let [_, succeeded, failed] = answers(simulation);
            Some(Reading::Ratio(succeeded as f64, (succeeded + failed) as f64, 100.0))
        }
        Tally::Created => count(totals.created),
        Tally::Processed => count(totals.processed),
        Tally::Filtered => count(totals.filtered),
        Tally::Expired => count(totals.expired),
        Tally::DeadLettered => count(totals.dead_lettered),
        Tally::Dropped => count(totals.dropped_in_all()),
        Tally::InProgress => Some(Reading::Level(simulation.in_progress() as f64)),
        Tally::Cost => Some(Reading::Count(simulation.cost().total_usd)),
        Tally::CostPerMillion => Some(Reading::Ratio(simulation.cost().total_usd, answers(simulation)[0] as f64, 1e6)),
        Tally::Time => Some(Reading::Count(simulation.now().0 as f64)),
        _ => None,
    }
}

/// A metric as it stands; counted from a moment on, rates and percentiles are of the whole time since.
fn of_metric(scene: &Scene<'_>, metric: Metric, id: Uuid, highest: bool, since: Option<&Since>) -> Option<f64> {
    let plan = scene.simulation.plan();
    let node = plan.find_node(id).map(Subject::Node);
    let subject = node.or_else(|| plan.find_edge(id).map(Subject::Edge))?;
    let level = matches!(metric, Metric::Depth | Metric::Age | Metric::Concurrency | Metric::Cost);
    let from = match since {
        Some(since) => (since.time.0 / scene.metrics.interval()) as usize,
        None if highest => 0,
        None => return scene.metrics.present(subject, metric, scene.end),
    };
    if level && !highest {
        let present = scene.metrics.present(subject, metric, scene.end)?;
        let before = match metric {
            Metric::Cost if from > 0 => scene.metrics.present(subject, metric, from).unwrap_or(0.0),
            _ => 0.0,
        };
        return Some(present - before);
    }
    scene.metrics.over(subject, metric, from, scene.end)
}
