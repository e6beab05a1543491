//! Nodes that nothing ever reaches.

use super::dead_letters::is_dead_letter_queue;
use super::{Design, Found, Rule, Severity};
use crate::diagram::document::NodeKind;
use crate::diagram::plan::{NodeIndex, NodeSettings};

/// A function that nobody calls.
pub const UNREACHABLE: Rule = Rule {
    id: "unreachable",
    severity: Severity::Hint,
    why: phrase!("No client's request leads to it, so it does nothing unless messages are sent to it by hand."),
    source: "model",
    find: |design| {
        let mut reached = vec![false; design.plan.nodes.len()];
        let mut open: Vec<_> = design
            .plan
            .node_indices()
            .filter(|node| {
                design.plan.node(*node).kind == NodeKind::Client
                    || is_dead_letter_queue(design, *node)
                    || fires(design, *node)
            })
            .collect();
        if open.iter().all(|node| design.plan.node(*node).kind != NodeKind::Client) {
            // Without any client everything is driven by hand.
            return Vec::new();
        }
        while let Some(node) = open.pop() {
            if !std::mem::replace(&mut reached[node.usize()], true) {
                open.extend(design.plan.node(node).outgoing.iter().map(|edge| design.plan.edge(*edge).to));
            }
        }
        let lonely = design
            .plan
            .node_indices()
            .filter(|node| !reached[node.usize()] && design.plan.node(*node).kind != NodeKind::Other);
        lonely
            .map(|node| Found::new(design.plan.node(node).id, tr!("Nothing reaches “{}”.", design.name(node))))
            .collect()
    },
};

/// A rule with a schedule needs nobody.
fn fires(design: &Design<'_>, node: NodeIndex) -> bool {
    matches!(&design.plan.node(node).settings, NodeSettings::Rule(rule) if rule.schedule.is_some())
}
