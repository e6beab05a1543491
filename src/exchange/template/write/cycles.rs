//! Which references would go round in a circle. CloudFormation makes what a resource refers to first, so two resources
//! that refer to each other can never be made; one of them has to be called by a name that is known before.

use crate::diagram::{Document, EdgeKind, NodeKind};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;
use uuid::Uuid;

/// What refers to what, among what can go round in a circle.
#[derive(Default)]
pub struct Cycles {
    refers: FxHashMap<Uuid, Vec<Uuid>>,
    named: FxHashSet<Uuid>,
}

impl Cycles {
    pub fn of(document: &Document) -> Cycles {
        let mut cycles = Cycles::default();
        let kind = |id| document.node(id).map(|node| node.kind);
        for edge in &document.edges {
            let refers = match edge.kind {
                EdgeKind::Integration | EdgeKind::Authorizer => kind(edge.to) == Some(NodeKind::Function),
                EdgeKind::Call | EdgeKind::OnSuccess | EdgeKind::OnFailure => {
                    kind(edge.from) == Some(NodeKind::Function)
                }
                EdgeKind::Redrive => true,
                _ => false,
            };
            if refers {
                cycles.refers.entry(edge.from).or_default().push(edge.to);
            }
        }
        for node in &document.nodes {
            let sources = allowed_sources(node.settings.get("RedriveAllowPolicy"));
            if node.kind == NodeKind::Queue && !sources.is_empty() {
                cycles.refers.entry(node.id).or_default().extend(sources);
            }
        }
        for (from, targets) in &cycles.refers {
            for to in targets {
                // A gateway's id cannot be chosen; whoever is behind it has the name.
                if kind(*to) != Some(NodeKind::Gateway) && cycles.reaches(*to, *from) {
                    cycles.named.insert(*to);
                }
            }
        }
        cycles
    }

    fn reaches(&self, from: Uuid, to: Uuid) -> bool {
        let mut seen = FxHashSet::default();
        let mut open = vec![from];
        while let Some(node) = open.pop() {
            if node == to {
                return true;
            }
            if seen.insert(node) {
                open.extend(self.refers.get(&node).into_iter().flatten());
            }
        }
        false
    }

    /// Whether this node is referred to by name, because a reference to it would go round in a circle.
    pub fn is_named(&self, node: Uuid) -> bool {
        self.named.contains(&node)
    }
}

/// The queues that a RedriveAllowPolicy names.
pub fn allowed_sources(policy: Option<&Value>) -> Vec<Uuid> {
    let listed = policy.and_then(|policy| policy.get("sourceQueueArns")).and_then(Value::as_array);
    listed.into_iter().flatten().filter_map(|id| Uuid::parse_str(id.as_str()?).ok()).collect()
}
