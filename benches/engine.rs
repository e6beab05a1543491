//! How fast the engine runs the guide's diagrams, beside a bare binary heap that is held at the same length; and an M/M/c
//! queue beside the same model in SimPy.
//!
//! `cargo bench --bench engine`, or with `-- pubsub-topic` for some of the diagrams only. SimPy runs where there is `target/simpy`: see `tests/tools/simpy_mmc.py`. The machine is
//! noisy: read the ratios, not the figures.
#![allow(clippy::disallowed_methods, reason = "a benchmark measures wall time")]

use eventyard::diagram::{Document, Edge, EdgeKind, Node, NodeKind};
use eventyard::kernel::{Agenda, SECOND, Time};
use eventyard::lessons::guide;
use eventyard::simulation::Simulation;
use serde_json::{Value, json};
use std::process::Command;
use std::time::Instant;
use uuid::Uuid;

/// Requests a second and simulated seconds: what the issue asks for on `pubsub-topic`.
const RATE: f64 = 100.0;
const SPAN: u64 = 600;

fn main() {
    println!("{RATE} requests/s for {SPAN} simulated seconds\n");
    println!("| diagram | service events | events/s | bare heap, same count and length | ratio |");
    println!("|---|---|---|---|---|");
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |id: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == id);
    for diagram in guide::DIAGRAMS.iter().filter(|diagram| is_wanted(diagram.id)) {
        let mut document = diagram.document();
        for node in document.nodes.iter_mut().filter(|node| node.kind == NodeKind::Client) {
            node.settings.insert("Arrivals".to_string(), json!({ "poisson": RATE }));
        }
        let mut simulation = Simulation::new(&document, 7).expect("a diagram of the guide is valid");
        let mut pending = 0;
        let start = Instant::now();
        for slice in 1..=SPAN {
            simulation.run_until(Time(slice * SECOND), u64::MAX);
            pending += simulation.pending_events();
        }
        let seconds = start.elapsed().as_secs_f64();
        let events = simulation.events();
        let length = (pending as u64 / SPAN).max(1);
        let bare = hold(events, length);
        let (ours, bare) = (events as f64 / seconds, events as f64 / bare);
        println!(
            "| {} | {events} | {:.2} M | {:.2} M ({length} pending) | {:.2} |",
            diagram.id,
            ours / 1e6,
            bare / 1e6,
            ours / bare
        );
    }
    if wanted.is_empty() {
        queue_beside_simpy();
    }
}

/// As in `tests/tools/simpy_mmc.py`: customers a second, servers, mean seconds of work.
const ARRIVALS: f64 = 24.0;
const SERVERS: u64 = 3;
const WORK: f64 = 0.1;
const CUSTOMERS_FOR: u64 = 20_000;

/// An M/M/c queue made of services: a client, a queue, and a function with that many environments.
fn station() -> Document {
    let mut document = Document::new("M/M/c");
    let id = Uuid::from_u128;
    let mut node = |number: u128, kind: NodeKind, settings: Value| {
        let settings = settings.as_object().cloned().unwrap_or_default();
        let name = kind.name().to_string();
        document.nodes.push(Node { id: id(number), kind, name, x: 0.0, y: 0.0, settings });
    };
    node(1, NodeKind::Client, json!({ "Arrivals": { "poisson": ARRIVALS } }));
    node(2, NodeKind::Queue, json!({ "VisibilityTimeout": 900 }));
    let work = json!([{ "step": "work", "duration": { "exponential": WORK * 1e3 } }]);
    node(
        3,
        NodeKind::Function,
        json!({
            "Handler": work, "InitDuration": 0, "Timeout": 900, "ReservedConcurrentExecutions": SERVERS,
            "IdleSeconds": 86_400,
        }),
    );
    let mut edge = |number: u128, kind, from, to, settings: Value| {
        let settings = settings.as_object().cloned().unwrap_or_default();
        document.edges.push(Edge { id: id(number), kind, from: id(from), to: id(to), settings });
    };
    edge(4, EdgeKind::Send, 1, 2, json!({ "Latency": 0 }));
    let mapping = json!({ "BatchSize": 1, "InitialPollers": SERVERS, "MaximumPollers": SERVERS, "Latency": 0 });
    edge(5, EdgeKind::EventSourceMapping, 2, 3, mapping);
    document
}

/// Customers served a second of wall time, here and in SimPy.
fn queue_beside_simpy() {
    let mut simulation = Simulation::new(&station(), 7).expect("a valid diagram");
    let start = Instant::now();
    simulation.run_until(Time(CUSTOMERS_FOR * SECOND), u64::MAX);
    let seconds = start.elapsed().as_secs_f64();
    let queue = simulation.plan().find_node(Uuid::from_u128(2)).expect("the queue");
    let served = simulation.figures(queue)["deleted"].as_f64().unwrap_or(0.0);
    let ours = served / seconds;
    println!("\nM/M/{SERVERS}, load {}, {CUSTOMERS_FOR} simulated seconds\n", ARRIVALS * WORK);
    println!("| | customers | customers/s | events/s |\n|---|---|---|---|");
    println!("| Eventyard | {served} | {:.0} | {:.2} M |", ours, simulation.events() as f64 / seconds / 1e6);
    match simpy() {
        Some((served, seconds)) => {
            let theirs = served / seconds;
            println!("| SimPy | {served} | {theirs:.0} | |\n\n{:.1} times SimPy", ours / theirs);
        }
        None => println!("\nSimPy is not there: python3 -m venv target/simpy && target/simpy/bin/pip install simpy"),
    }
}

/// Customers served and seconds taken; `None` where SimPy is not installed.
fn simpy() -> Option<(f64, f64)> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools/simpy_mmc.py");
    let python = concat!(env!("CARGO_MANIFEST_DIR"), "/target/simpy/bin/python");
    let output = Command::new(python).args([script, &CUSTOMERS_FOR.to_string()]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (served, seconds) = text.trim().split_once(' ')?;
    Some((served.parse().ok()?, seconds.parse().ok()?))
}

/// Seconds for `count` times taking the earliest of `length` pending events and putting it back later.
fn hold(count: u64, length: u64) -> f64 {
    let mut agenda = Agenda::default();
    let mut random = 0x9E37_79B9_7F4A_7C15u64;
    let mut draw = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % 100_000
    };
    for number in 0..length {
        agenda.push(Time(draw()), [number; 3]);
    }
    let start = Instant::now();
    let mut sum = 0;
    for _ in 0..count {
        if let Some((time, event)) = agenda.pop_until(Time::NEVER) {
            sum += event[0];
            agenda.push(time + draw(), event);
        }
    }
    assert!(sum > 0 || length == 1);
    start.elapsed().as_secs_f64()
}
