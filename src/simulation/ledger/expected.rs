//! What a request leaves behind when nothing goes wrong: the same design, without faults, failure rates and other traffic,
//! gets this one request and runs until it is done.

use crate::diagram::{Document, NodeIndex, NodeKind};
use crate::kernel::SECOND;
use crate::services::{PayloadId, What};
use crate::simulation::{Command, Simulation};
use serde_json::{Value, json};
use uuid::Uuid;

/// A request that is not done by then is not waited for, in microseconds and in events.
const LONGEST: u64 = 3_600 * SECOND;
const MOST_EVENTS: u64 = 50_000;

/// How many rows or e-mails a request leaves in each of these databases and mailers.
pub fn of_request(simulation: &Simulation, client: NodeIndex, payload: PayloadId, columns: &[Uuid]) -> Vec<u8> {
    let mut counts = vec![0_u8; columns.len()];
    let mut document = simulation.document().clone();
    undisturbed(&mut document);
    let Ok(mut alone) = Simulation::new(&document, simulation.world.seed) else { return counts };
    let node = simulation.plan.node(client).id;
    let payload = simulation.world.payloads.get(payload).value.clone();
    if alone.apply(Command::Send { node, payload, count: 1 }).is_err() {
        return counts;
    }
    let sent = |record: &crate::services::Record| matches!(record.what, What::Created { from: 0, .. });
    let Some(trace) = alone.journal().since(0).map(|(_, record)| record).find(|record| sent(record)).map(|it| it.trace)
    else {
        return counts;
    };
    let until = alone.now() + LONGEST;
    let mut events = 0;
    while events < MOST_EVENTS && alone.now() < until {
        let progress = alone.run_until((alone.now() + SECOND).min(until), MOST_EVENTS - events);
        events += progress.events.max(1);
        if alone.in_progress() == 0 {
            break;
        }
    }
    for (_, record) in alone.journal().since(0).filter(|(_, record)| record.trace == trace) {
        let id = alone.plan.node(record.node).id;
        let Some(count) = columns.iter().position(|column| *column == id).and_then(|it| counts.get_mut(it)) else {
            continue;
        };
        match record.what {
            What::RowWritten { .. } | What::Mailed => *count = count.saturating_add(1),
            What::RowDeleted => *count = count.saturating_sub(1),
            _ => {}
        }
    }
    counts
}

/// Takes out of a document whatever goes wrong by chance or by plan, and all other traffic.
fn undisturbed(document: &mut Document) {
    document.faults.clear();
    for node in &mut document.nodes {
        match node.kind {
            NodeKind::Client => {
                node.settings.insert("Arrivals".to_string(), json!({ "constant": 0 }));
            }
            NodeKind::Function => {
                node.settings.get_mut("Handler").into_iter().for_each(never_fails);
            }
            _ => {}
        }
        for rate in ["FailureRate", "DuplicateRate", "BounceRate", "ComplaintRate"] {
            node.settings.remove(rate);
        }
    }
}

/// Steps that fail in some runs only do not fail.
fn never_fails(steps: &mut Value) {
    match steps {
        Value::Array(list) => list.iter_mut().for_each(never_fails),
        Value::Object(step) => {
            step.remove("failureRate");
            if step.get("probability").and_then(Value::as_f64).is_some_and(|share| share < 1.0) {
                step.insert("probability".to_string(), json!(0.0));
            }
            for list in ["then", "else", "steps"] {
                step.get_mut(list).into_iter().for_each(never_fails);
            }
        }
        _ => {}
    }
}
