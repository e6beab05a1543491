//! What `compare` and `simulate --sweep` have in common: seeds, conditions, and running to the end.

use crate::kernel::SECOND;
use crate::simulation::study::{Conditions, NamedFault, Progress, parse_span};
use clap::Args;

#[derive(Args)]
pub struct Study {
    /// How many seeds, beginning with --seed: each gives a run, and together they give intervals.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub seeds: u16,
    /// A fault, such as Sales:outage@60s..120s or Sales:latencyMillis=500; may be given several times.
    #[arg(long = "fault", value_name = "NAME:FAULT", value_parser = NamedFault::parse)]
    pub faults: Vec<NamedFault>,
    /// Measure only the requests of this client.
    #[arg(long, value_name = "NAME")]
    pub client: Option<String>,
    /// What the ledger calls late, counted from when the client sent the request.
    #[arg(long, value_name = "SPAN", default_value = "60s", value_parser = parse_span)]
    pub late_after: u64,
}

impl Study {
    pub fn seeds(&self, first: u64) -> Vec<u64> {
        (0..u64::from(self.seeds)).map(|place| first.wrapping_add(place)).collect()
    }

    pub fn conditions(&self, span: u64) -> Conditions {
        let (faults, client) = (self.faults.clone(), self.client.clone());
        Conditions { span, faults, client, late: self.late_after, ..Conditions::default() }
    }
}

/// Events in one slice; natively nobody waits in between.
const SLICE: u64 = 1 << 20;

pub fn run_through(mut work: impl FnMut(u64) -> Progress) {
    while !work(SLICE).done() {}
}

/// Lines of cells, the columns as wide as they have to be.
pub fn columns(lines: &[Vec<String>]) -> String {
    let count = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..count).map(|column| width(column).unwrap_or(0)).collect();
    let line = |cells: &Vec<String>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_string()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// `300 s`.
pub fn seconds(span: u64) -> String {
    format!("{} s", span as f64 / SECOND as f64)
}
