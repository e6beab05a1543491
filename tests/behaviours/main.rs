//! What the services do, one named behaviour each, through the engine's public interface. The comment above each names
//! the documentation that says so.

#[path = "../support/mod.rs"]
mod support;

mod bus;
mod bus_time;
mod client;
mod cost;
mod event_source_mapping;
mod faults;
mod fifo_queue;
mod function;
mod gateway;
mod handler;
mod queue;
mod store;
mod topic;
mod topic_fifo;

use eventyard::diagram::{Distribution, Document, EdgeKind, Edit, NodeKind, ScheduledFault};
use eventyard::services::{Fault, Reason};
use eventyard::simulation::{Command, NodeView, Simulation};
use serde_json::{Value, json};
use support::{Builder, check_conservation, figure, instant, run_for, run_to, simulate};
use uuid::Uuid;

fn send(simulation: &mut Simulation, node: Uuid, payload: Value, count: u32) {
    apply(simulation, Command::Send { node, payload, count });
}

fn apply(simulation: &mut Simulation, command: Command) {
    simulation.apply(command).unwrap_or_else(|problems| panic!("{problems:?}"));
}

fn view(simulation: &Simulation, node: Uuid) -> NodeView {
    simulation.view(simulation.plan().find_node(node).expect("a node of this diagram"))
}

/// How often a gateway or a client saw each status.
fn statuses(simulation: &Simulation, gateway: Uuid) -> Vec<(u16, u64)> {
    match view(simulation, gateway) {
        NodeView::Gateway(gateway) => gateway.statuses.into_iter().collect(),
        _ => panic!("not a gateway"),
    }
}

/// The body of the first message that lies visible in a queue.
fn first_body(simulation: &Simulation, queue: Uuid) -> Value {
    match view(simulation, queue) {
        NodeView::Queue(queue) => serde_json::from_str(&queue.visible[0].body).expect("a JSON body"),
        _ => panic!("not a queue"),
    }
}

/// How many deliveries a topic or rule gave up for this cause.
fn given_up(simulation: &Simulation, node: Uuid, cause: &str) -> u64 {
    let index = simulation.plan().find_node(node).expect("a node of this diagram");
    simulation.figures(index)["given_up"][cause].as_u64().unwrap_or_else(|| panic!("no cause `{cause}`"))
}

#[track_caller]
fn refused(document: &Document, words: &str) {
    let problems = Simulation::new(document, 1).err().expect("a document that is refused");
    let said = format!("{problems:?}");
    assert!(said.contains(words), "{said}");
}

fn works_for(milliseconds: u64) -> Value {
    json!([{ "step": "work", "duration": milliseconds }])
}

fn always_fails() -> Value {
    json!([{ "step": "work", "duration": 10, "failureRate": 1.0 }])
}

fn function(builder: &mut Builder, name: &str, handler: Value, more: Value) -> Uuid {
    let mut settings = json!({ "Handler": handler, "InitDuration": 0, "Timeout": 3 });
    for (name, value) in more.as_object().into_iter().flatten() {
        settings[name] = value.clone();
    }
    builder.node(NodeKind::Function, name, settings)
}

/// A queue, a function that takes from it one message at a time, and a dead-letter queue.
struct Station {
    simulation: Simulation,
    queue: Uuid,
    function: Uuid,
    dead: Uuid,
}

fn station(queue: Value, handler: Value, more: Value, mapping: Value, redrive: Value, dead: Value) -> Station {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", queue);
    let function = function(&mut builder, "Function", handler, more);
    let dead = builder.node(NodeKind::Queue, "Dead", dead);
    let mut settings = json!({ "BatchSize": 1, "Latency": 0 });
    for (name, value) in mapping.as_object().into_iter().flatten() {
        settings[name] = value.clone();
    }
    builder.edge(queue, function, settings);
    builder.edge(queue, dead, redrive);
    Station { simulation: simulate(&builder.build(), 3), queue, function, dead }
}
