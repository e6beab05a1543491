//! Queueing theory is the outside judge of the engine: a queue with c servers has to agree with the formulas.

mod support;

use eventyard::diagram::{Document, NodeKind};
use serde_json::{Value, json};
use support::{Builder, check_conservation, figure, instant, run_for, simulate};
use uuid::Uuid;

/// Seconds of work, on average. An hour has about 36,000 of them at one server.
const WORK: f64 = 0.1;

/// A client with Poisson arrivals into a queue that a function with `servers` slots works off, nothing in between
/// taking any time.
fn station(arrivals_per_second: f64, servers: u64, work: Value) -> (Document, Uuid, Uuid) {
    let mut builder = Builder::new();
    let client = builder.node(NodeKind::Client, "Client", json!({ "Arrivals": { "poisson": arrivals_per_second } }));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({ "VisibilityTimeout": 900 }));
    let function = builder.node(
        NodeKind::Function,
        "Function",
        json!({ "Handler": [{ "step": "work", "duration": work }], "InitDuration": 0, "Timeout": 900,
                "ReservedConcurrentExecutions": servers, "IdleSeconds": 86400 }),
    );
    builder.edge(client, queue, instant());
    let mapping = json!({ "BatchSize": 1, "InitialPollers": servers, "MaximumPollers": servers, "Latency": 0 });
    builder.edge(queue, function, mapping);
    (builder.build(), queue, function)
}

/// The probability that all servers of an M/M/c queue are busy.
fn erlang_c(servers: u64, load: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for busy in 1..servers {
        term *= load / busy as f64;
        sum += term;
    }
    let last = term * load / servers as f64 * (servers as f64 / (servers as f64 - load));
    last / (sum + last)
}

/// Mean number waiting over several long runs; the seeds are fixed, so the outcome is too.
fn mean_waiting(rate: f64, servers: u64, work: &Value, seconds: u64) -> f64 {
    const SEEDS: u64 = 4;
    let mut waiting = 0.0;
    for seed in 1..=SEEDS {
        let (document, queue, function) = station(rate, servers, work.clone());
        let mut simulation = simulate(&document, seed);
        run_for(&mut simulation, seconds);
        waiting += figure(&simulation, queue, "mean_visible") / SEEDS as f64;
        assert_eq!(figure(&simulation, function, "throttles"), 0.0);
        check_conservation(&simulation);
    }
    waiting
}

#[track_caller]
fn agrees(actual: f64, expected: f64) {
    let difference = (actual - expected).abs() / expected;
    assert!(difference < 0.02, "{actual} differs from {expected} by {:.2} %", difference * 100.0);
}

#[test]
fn one_server_with_exponential_work_is_an_m_m_1_queue() {
    let load: f64 = 0.7;
    let waiting = mean_waiting(load / WORK, 1, &json!({ "exponential": WORK * 1000.0 }), 60_000);
    agrees(waiting, load * load / (1.0 - load));
}

#[test]
fn three_servers_with_exponential_work_are_an_m_m_c_queue() {
    let load = 2.4;
    let waiting = mean_waiting(load / WORK, 3, &json!({ "exponential": WORK * 1000.0 }), 20_000);
    agrees(waiting, erlang_c(3, load) * load / (3.0 - load));
}

#[test]
fn one_server_with_constant_work_is_an_m_d_1_queue() {
    let load: f64 = 0.8;
    let waiting = mean_waiting(load / WORK, 1, &json!({ "constant": WORK * 1000.0 }), 40_000);
    agrees(waiting, load * load / (2.0 * (1.0 - load)));
}

/// Mean wait × arrival rate = mean number waiting. The wait is measured message by message from the journal, not from
/// the queue's own sum.
#[test]
fn littles_law_holds() {
    use eventyard::services::What;
    use std::collections::BTreeMap;

    let rate = 7.0;
    let (document, queue, _) = station(rate, 1, json!({ "exponential": WORK * 1000.0 }));
    let mut simulation = simulate(&document, 5);
    let mut since = BTreeMap::new();
    let (mut waits, mut served, mut next) = (0u64, 0u64, 0u64);
    for _ in 0..2_000 {
        run_for(&mut simulation, 10);
        for (number, record) in simulation.journal().since(next) {
            next = number + 1;
            match record.what {
                What::Visible => {
                    since.insert(record.message, record.time);
                }
                What::Received { .. } => {
                    let visible = since.remove(&record.message).expect("received after it became visible");
                    waits += record.time - visible;
                    served += 1;
                }
                _ => {}
            }
        }
    }
    let mean_wait = waits as f64 / served as f64 / 1e6;
    let arrival_rate = figure(&simulation, queue, "sent") / simulation.now().seconds();
    agrees(mean_wait * arrival_rate, figure(&simulation, queue, "mean_visible"));
}
