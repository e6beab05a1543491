//! What an embed says to the page around it.

use super::PROTOCOL;
use crate::drawing;
use crate::exchange::course::{Model, Results};
use crate::simulation::Simulation;
use serde_json::{Value, json};

fn said(kind: &str, mut fields: Value) -> Value {
    fields["eventyard"] = PROTOCOL.into();
    fields["type"] = kind.into();
    fields
}

/// The diagram is there, and messages are listened to. `aspect` is the shape of the diagram: its width by its height.
pub fn ready(simulation: &Simulation) -> Value {
    let (_, _, width, height) = drawing::bounds(simulation.document());
    said("ready", json!({ "diagram": simulation.document().name, "aspect": width / height.max(1.0) }))
}

/// An answer to a message.
pub fn reply(id: &Value, result: Value) -> Value {
    said("reply", json!({ "id": id, "result": result }))
}

/// Something could not be done; `id` where it was asked for by a message.
pub fn error(id: &Value, why: &str) -> Value {
    said("error", json!({ "id": id, "message": why }))
}

/// Whether it plays, how fast, and where it is. Times are simulated seconds.
pub fn state(simulation: &Simulation, playing: bool, speed: f64) -> Value {
    said(
        "state",
        json!({
            "diagram": simulation.document().name,
            "playing": playing,
            "speed": speed,
            "time": simulation.now().0 as f64 / 1e6,
            "seed": simulation.seed(),
        }),
    )
}

/// How far somebody has come in a lab. `suspended`, given back as the address's `progress`, goes on from there.
pub fn progress(results: &Results, suspended: &str, mastery: f64) -> Value {
    said(
        "progress",
        json!({
            "lab": results.lab,
            "step": results.step,
            "steps": results.steps,
            "stepsDone": results.steps_done,
            "score": results.score,
            "complete": results.complete,
            "passed": results.passed(mastery),
            "progress": suspended,
        }),
    )
}

/// What is to be set in a SCORM run-time.
pub fn course(model: &Model) -> Value {
    said("course", model.to_json())
}

/// An xAPI statement, without who did it and when.
pub fn statement(statement: Value) -> Value {
    said("xapi", json!({ "statement": statement }))
}

/// The headline figures, and those of each node under its name. Spans are in milliseconds.
pub fn metrics(simulation: &Simulation) -> Value {
    let it = simulation.headline();
    let millis = |microseconds: u64| microseconds as f64 / 1e3;
    let nodes = simulation.plan().node_indices();
    let nodes = nodes.map(|node| (simulation.plan().node(node).name.clone(), simulation.figures(node)));
    said(
        "metrics",
        json!({
            "time": simulation.now().0 as f64 / 1e6,
            "requests": it.requests,
            "successRate": it.success_rate,
            "p50": millis(it.latency.p50),
            "p95": millis(it.latency.p95),
            "p99": millis(it.latency.p99),
            "queueDepth": it.queue_depth,
            "oldestAge": millis(it.oldest_age),
            "duplicates": it.duplicates,
            "deadLettered": it.dead_lettered,
            "costPerMillion": it.cost.per_million_requests_usd,
            "nodes": nodes.collect::<serde_json::Map<_, _>>(),
        }),
    )
}
