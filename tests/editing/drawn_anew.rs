//! The guide's decoupling drawn anew: node by node, edge by edge, setting by setting.

use super::builders::Desk;
use eventyard::diagram::{Change, Edit, Node, build};
use eventyard::kernel::{SECOND, Time};
use eventyard::lessons::guide;
use eventyard::simulation::Simulation;
use serde_json::Value;
use uuid::Uuid;

fn carry_out(desk: &mut Desk, edit: Edit) {
    let change = Change::of(edit, &desk.document);
    desk.carry_out(change);
}

/// The names of a function's steps.
fn steps(node: &Node) -> Vec<&str> {
    let steps = node.settings.get("Handler").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    steps.iter().filter_map(|step| step.get("step").and_then(Value::as_str)).collect()
}

/// Drawn by hand it has ids of its own; under the guide's ids it is the guide's, and runs to the same report.
#[test]
fn decouple_queue_drawn_anew_runs_like_the_guides() {
    let wanted = guide::find("decouple-queue").expect("a diagram of the guide").document();
    let mut desk = Desk::new();
    for node in &wanted.nodes {
        let id = desk.add(node.kind);
        carry_out(&mut desk, Edit::Rename { node: id, name: node.name.clone() });
        carry_out(&mut desk, Edit::Move(vec![(id, node.x, node.y)]));
    }
    let mut ids: Vec<(Uuid, Uuid)> = Vec::new();
    for node in &wanted.nodes {
        ids.push((node.id, desk.named(&node.name)));
    }
    let here = |ids: &[(Uuid, Uuid)], id: Uuid| ids.iter().find(|pair| pair.0 == id).expect("a node that was drawn").1;
    for edge in &wanted.edges {
        let (from, to) = (here(&ids, edge.from), here(&ids, edge.to));
        let change = build::connect(&desk.document, from, to, Some(edge.kind), &mut desk.ids).expect("allowed");
        let id = desk.carry_out(change);
        ids.push((edge.id, id));
    }
    // Connecting alone has written the steps; what remains are figures and texts.
    for name in ["Customer", "Sales"] {
        let of = |document: &eventyard::diagram::Document| {
            let node = document.nodes.iter().find(|node| node.name == name).expect("a function").clone();
            steps(&node).iter().map(|step| step.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(of(&desk.document), of(&wanted), "{name}");
    }
    let with_ids = |value: &Value| -> Value {
        let text = ids
            .iter()
            .fold(value.to_string(), |text, (theirs, mine)| text.replace(&theirs.to_string(), &mine.to_string()));
        serde_json::from_str(&text).expect("JSON")
    };
    let written = wanted.nodes.iter().map(|node| (node.id, &node.settings));
    for (id, settings) in written.chain(wanted.edges.iter().map(|edge| (edge.id, &edge.settings))) {
        let target = here(&ids, id);
        let node = desk.document.node(target).map(|node| &node.settings);
        let filled_in = node.or_else(|| desk.document.edge(target).map(|edge| &edge.settings)).expect("something");
        let surplus: Vec<String> = filled_in.keys().filter(|name| !settings.contains_key(*name)).cloned().collect();
        for name in surplus {
            let edit = Edit::set(&desk.document, target, &name, Value::Null);
            carry_out(&mut desk, edit);
        }
        for (name, value) in settings {
            let edit = Edit::Set { target, setting: name.clone(), value: Some(with_ids(value)), place: usize::MAX };
            desk.document.apply(edit).expect("a setting");
        }
    }
    carry_out(&mut desk, Edit::SetField { field: "name".to_string(), value: Some(wanted.name.clone().into()) });
    assert_ne!(desk.document.nodes[0].id, wanted.nodes[0].id);
    let drawn = desk.document.with_ids_of(&wanted).expect("the same diagram under other ids");
    let reports = [&wanted, &drawn].map(|document| {
        let mut simulation = Simulation::new(document, 42).expect("a document that runs");
        simulation.run_until(Time(60 * SECOND), u64::MAX);
        serde_json::to_string(&simulation.report()).expect("a report")
    });
    assert_eq!(reports[0], reports[1]);
    assert!(reports[0].contains("journal_hash"));
}
