//! How fast the engine runs the guide's diagrams, beside a bare binary heap that is held at the same length.
//!
//! `cargo bench --bench engine`. The machine is noisy: read the ratios, not the figures.
#![allow(clippy::disallowed_methods, reason = "a benchmark measures wall time")]

use eventyard::diagram::NodeKind;
use eventyard::kernel::{Agenda, SECOND, Time};
use eventyard::lessons::guide;
use eventyard::simulation::Simulation;
use serde_json::json;
use std::time::Instant;

/// Requests a second and simulated seconds: what the issue asks for on `pubsub-topic`.
const RATE: f64 = 100.0;
const SPAN: u64 = 600;

fn main() {
    println!("{RATE} requests/s for {SPAN} simulated seconds\n");
    println!("| diagram | service events | events/s | bare heap, same count and length | ratio |");
    println!("|---|---|---|---|---|");
    for diagram in guide::DIAGRAMS {
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
