//! What is measured: each metric once, with its name, unit and help.

use crate::diagram::{EdgeIndex, NodeIndex, NodeKind};
use crate::simulation::number::number;

/// Whose series it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Node(NodeIndex),
    Edge(EdgeIndex),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A second of simulated time.
    PerSecond,
    /// Microseconds.
    Span,
    Count,
    /// US dollars.
    Dollars,
    /// 0 to 100.
    Percent,
}

impl Unit {
    /// A value for people: `412 ms`, `3 min 20 s`, `1,204`, `99.4 %`, `$0.42`.
    pub fn words(self, value: f64) -> String {
        match self {
            Unit::PerSecond => format!("{}/s", number(value)),
            Unit::Count => number(value),
            Unit::Percent => format!("{} %", number(value)),
            Unit::Dollars => format!("${}", number(value)),
            Unit::Span => span(value),
        }
    }
}

/// A span in microseconds.
fn span(microseconds: f64) -> String {
    let seconds = microseconds / 1e6;
    match seconds {
        _ if seconds < 0.000_5 => "0 ms".to_string(),
        _ if seconds < 1.0 => format!("{} ms", number(seconds * 1e3)),
        _ if seconds < 60.0 => format!("{} s", number(seconds)),
        _ => {
            let whole = seconds as u64;
            match (whole / 3_600, whole / 60 % 60, whole % 60) {
                (0, minutes, 0) => format!("{minutes} min"),
                (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
                (hours, minutes, _) => format!("{hours} h {minutes} min"),
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    Rate,
    Errors,
    Throttles,
    P50,
    P95,
    P99,
    Depth,
    Age,
    Concurrency,
    Cost,
}

impl Metric {
    pub const ALL: [Metric; 10] = [
        Metric::Rate,
        Metric::Errors,
        Metric::Throttles,
        Metric::P50,
        Metric::P95,
        Metric::P99,
        Metric::Depth,
        Metric::Age,
        Metric::Concurrency,
        Metric::Cost,
    ];

    /// As expressions and exports write it.
    pub fn name(self) -> &'static str {
        match self {
            Metric::Rate => phrase!("rate"),
            Metric::Errors => phrase!("errors"),
            Metric::Throttles => phrase!("throttles"),
            Metric::P50 => "p50",
            Metric::P95 => "p95",
            Metric::P99 => "p99",
            Metric::Depth => phrase!("depth"),
            Metric::Age => phrase!("age"),
            Metric::Concurrency => phrase!("concurrency"),
            Metric::Cost => phrase!("cost"),
        }
    }

    pub fn find(name: &str) -> Option<Metric> {
        Metric::ALL.into_iter().find(|metric| metric.name() == name)
    }

    pub fn unit(self) -> Unit {
        match self {
            Metric::Rate | Metric::Errors | Metric::Throttles => Unit::PerSecond,
            Metric::P50 | Metric::P95 | Metric::P99 | Metric::Age => Unit::Span,
            Metric::Depth | Metric::Concurrency => Unit::Count,
            Metric::Cost => Unit::Dollars,
        }
    }

    pub fn help(self) -> &'static str {
        match self {
            Metric::Rate => tr!("what it was asked for: requests, messages, invocations, statements, a second"),
            Metric::Errors => tr!("failures a second"),
            Metric::Throttles => tr!("throttled a second"),
            Metric::P50 => tr!("half of the answers took no longer"),
            Metric::P95 => tr!("95 of 100 answers took no longer"),
            Metric::P99 => tr!("99 of 100 answers took no longer"),
            Metric::Depth => tr!("what waits there"),
            Metric::Age => tr!("age of the oldest message that is not deleted yet"),
            Metric::Concurrency => tr!("what is worked on at the same time; in a queue, in flight"),
            Metric::Cost => tr!("dollars since the start"),
        }
    }

    /// Whether it says something about a node of this kind.
    pub fn fits(self, kind: NodeKind) -> bool {
        use NodeKind::{Bus, Client, Database, Endpoint, Function, Gateway, Mailer, Other, Queue, Rule, Topic};
        match self {
            Metric::Rate | Metric::Errors => kind != Other,
            Metric::Throttles => matches!(kind, Gateway | Function | Queue | Topic | Bus | Database | Mailer),
            Metric::P50 | Metric::P95 | Metric::P99 => {
                matches!(kind, Client | Gateway | Function | Topic | Bus | Database | Mailer | Endpoint)
            }
            Metric::Depth => matches!(kind, Function | Queue | Topic | Bus | Rule | Database),
            Metric::Age => kind == Queue,
            Metric::Concurrency => matches!(kind, Client | Gateway | Function | Queue | Database),
            Metric::Cost => !matches!(kind, Client | Endpoint | Other),
        }
    }

    /// Whether it says something about an edge.
    pub fn fits_edges(self) -> bool {
        matches!(self, Metric::Rate | Metric::Errors | Metric::P50 | Metric::P95 | Metric::P99)
    }

    pub(super) fn quantile(self) -> Option<f64> {
        match self {
            Metric::P50 => Some(0.5),
            Metric::P95 => Some(0.95),
            Metric::P99 => Some(0.99),
            _ => None,
        }
    }
}
