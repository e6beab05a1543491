//! The journal as JSON lines.

use crate::services::Record;
use crate::simulation::Simulation;
use serde_json::json;

/// A record as one line: its number and time, where and about what, and what happened, by name and in words.
pub fn journal_line(simulation: &Simulation, number: u64, record: &Record) -> String {
    let plan = simulation.plan();
    let name = |node: crate::diagram::NodeIndex| plan.nodes.get(node.usize()).map(|node| node.name.as_str());
    let edge = record.edge.and_then(|edge| plan.edges.get(edge.usize()));
    let what = format!("{:?}", record.what);
    let what = what.split([' ', '(']).next().unwrap_or_default();
    json!({
        "number": number,
        "time_us": record.time.0,
        "node": name(record.node),
        "edge": edge.map(|edge| json!({ "from": name(edge.from), "to": name(edge.to) })),
        "message": (record.message != 0).then_some(record.message),
        "request": (record.trace != 0).then_some(record.trace),
        "what": what,
        "words": simulation.describe(record),
    })
    .to_string()
}
