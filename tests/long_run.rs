//! A day of traffic with faults: it ends, the books balance, and memory does not grow after the first hour.
//!
//! `cargo test --release --test long_run -- --nocapture` shows the figures.
#![allow(clippy::disallowed_methods, reason = "a long run says how long it took")]

mod support;

use eventyard::diagram::{Document, EdgeKind, Fault, NodeKind, ScheduledFault};
use eventyard::kernel::{SECOND, Time};
use eventyard::lessons::guide;
use eventyard::simulation::Simulation;
use serde_json::json;
use std::time::Instant;
use support::{check_conservation, simulate};
use uuid::Uuid;

/// Without optimisation a shorter day has to do.
const HOURS: u64 = if cfg!(debug_assertions) { 4 } else { 24 };
const RATE: u64 = if cfg!(debug_assertions) { 2 } else { 50 };

/// Of what it was after the first hour: the allocator keeps a little more or less.
const GROWTH: f64 = 1.05;

fn node(document: &Document, kind: NodeKind, name: &str) -> Uuid {
    let found = document.nodes.iter().find(|node| node.kind == kind && node.name == name);
    found.unwrap_or_else(|| panic!("there is no {name}")).id
}

fn edge(document: &Document, kind: EdgeKind, to: Uuid) -> Uuid {
    document.edges.iter().find(|edge| edge.kind == kind && edge.to == to).expect("an edge").id
}

/// What goes wrong within each hour: something of every kind.
fn faults(document: &Document) -> Vec<(f64, f64, Uuid, Fault)> {
    let healthy = Fault::default;
    let sales = node(document, NodeKind::Function, "Sales");
    let customers = node(document, NodeKind::Database, "Customer database");
    let mailer = node(document, NodeKind::Mailer, "E-mail service");
    let topic = node(document, NodeKind::Topic, "Payments topic");
    let communication = node(document, NodeKind::Function, "Communication");
    let gateway = node(document, NodeKind::Gateway, "Payments API");
    vec![
        (300.0, 360.0, customers, Fault { failover: true, ..healthy() }),
        (600.0, 720.0, sales, Fault { error_rate: 0.2, latency_factor: Some(3.0), ..healthy() }),
        (900.0, 930.0, mailer, Fault { outage: true, ..healthy() }),
        (1_200.0, 1_260.0, edge(document, EdgeKind::Query, customers), Fault { lost_answer_rate: 0.3, ..healthy() }),
        (1_500.0, 1_520.0, edge(document, EdgeKind::Publish, topic), Fault { partition: true, ..healthy() }),
        (1_800.0, 1_860.0, topic, Fault { poison: 3, duplicate_rate: 0.05, ..healthy() }),
        (2_100.0, 2_160.0, communication, Fault { cold_starts: true, ..healthy() }),
        (2_400.0, 2_430.0, gateway, Fault { throttle: Some(20.0), ..healthy() }),
    ]
}

fn document() -> Document {
    let mut document = guide::find("combined").expect("a diagram of the guide").document();
    let client = document.nodes.iter().find(|node| node.kind == NodeKind::Client).expect("a client").id;
    if let Some(client) = document.node_mut(client) {
        client.settings.insert("Arrivals".to_string(), json!({ "poisson": RATE }));
    }
    let hourly = faults(&document);
    for hour in 0..HOURS {
        let start = (hour * 3_600) as f64;
        document.faults.extend(hourly.iter().map(|(at, until, target, fault)| ScheduledFault {
            at: start + at,
            until: Some(start + until),
            target: *target,
            fault: fault.clone(),
        }));
    }
    document
}

/// Resident memory in megabytes; `None` where the system does not say.
fn resident() -> Option<f64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: f64 = statm.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4_096.0 / 1e6)
}

fn run_hour(simulation: &mut Simulation, hour: u64) -> Option<f64> {
    simulation.run_until(Time(hour * 3_600 * SECOND), u64::MAX);
    check_conservation(simulation);
    resident()
}

#[test]
fn a_day_of_traffic_with_faults_needs_no_more_memory_than_its_first_hour() {
    let start = Instant::now();
    let mut simulation = simulate(&document(), 11);
    let first = run_hour(&mut simulation, 1);
    let mut memory = Vec::new();
    for hour in 2..=HOURS {
        memory.push(run_hour(&mut simulation, hour));
    }
    let headline = simulation.headline();
    let last = memory.last().copied().flatten();
    println!(
        "{HOURS} simulated hours at {RATE} requests/s: {} requests, {} events in {:.1} s",
        headline.requests,
        simulation.events(),
        start.elapsed().as_secs_f64()
    );
    assert!(headline.requests > HOURS * 3_600 * RATE * 9 / 10);
    assert!(headline.success_rate > 0.9, "{}", headline.success_rate);
    if let (Some(first), Some(last)) = (first, last) {
        let by_hour: Vec<String> = memory.iter().flatten().map(|memory| format!("{memory:.1}")).collect();
        println!(
            "resident memory after hour 1: {first:.1} MB, after hour {HOURS}: {last:.1} MB ({})",
            by_hour.join(" ")
        );
        assert!(last <= first * GROWTH, "{first:.1} MB after the first hour, {last:.1} MB after the last");
    }
}
