//! Circles in which each message makes the next.

use super::{Design, Found, Rule, Severity};
use crate::diagram::document::{EdgeKind, NodeKind};
use crate::diagram::plan::NodeIndex;

/// Function → queue → the same function.
pub const LOOP: Rule = Rule {
    id: "loop",
    severity: Severity::Warning,
    why: phrase!(
        "What the function sends comes back to it and makes it send again. The service stops such loops after about 16 rounds; until then they cost, and through buses and gateways they never end."
    ),
    source: "invocation-recursion",
    find: |design| {
        let mut found = Vec::new();
        let mut known: Vec<NodeIndex> = Vec::new();
        for function in design.nodes(NodeKind::Function) {
            // One finding for each circle is enough.
            let Some(circle) = way_back(design, function).filter(|circle| !circle.iter().any(|it| known.contains(it)))
            else {
                continue;
            };
            let names: Vec<String> = circle.iter().map(|node| tr!("“{}”", design.name(*node))).collect();
            let message = tr!(
                "What {first} sends comes back to it: {circle} → {first}.",
                first = names[0],
                circle = names.join(" → ")
            );
            found.push(Found::new(design.plan.node(function).id, message));
            known.extend(circle);
        }
        found
    },
};

/// The shortest way along which messages come back to a node, beginning with it.
fn way_back(design: &Design<'_>, start: NodeIndex) -> Option<Vec<NodeIndex>> {
    let mut came_from: Vec<Option<NodeIndex>> = vec![None; design.plan.nodes.len()];
    let mut open = std::collections::VecDeque::from([start]);
    while let Some(node) = open.pop_front() {
        for edge in &design.plan.node(node).outgoing {
            let edge = design.plan.edge(*edge);
            // Answers and dead letters are no new work.
            if matches!(edge.kind, EdgeKind::Redrive | EdgeKind::DeadLetter | EdgeKind::OnFailure) {
                continue;
            }
            if edge.to == start {
                let mut way = vec![node];
                while let Some(before) = way.last().and_then(|node| came_from[node.usize()]) {
                    way.push(before);
                }
                way.reverse();
                return Some(way);
            }
            if came_from[edge.to.usize()].is_none() {
                came_from[edge.to.usize()] = Some(node);
                open.push_back(edge.to);
            }
        }
    }
    None
}
