//! Dead-letter queues: that there is one, that it keeps messages long enough, and that it does not get them too soon.

use super::{Design, Found, Rule, SECOND, Severity};
use crate::diagram::build::{self, LONGEST_RETENTION};
use crate::diagram::document::{EdgeKind, NodeKind};
use crate::diagram::edit::{Change, Edit};
use crate::diagram::ids::Ids;
use crate::diagram::plan::{NodeIndex, NodeSettings};
use crate::diagram::settings::EdgeSettings;

/// Queue → function, and no redrive policy.
pub const NONE: Rule = Rule {
    id: "no-dead-letter-queue",
    severity: Severity::Warning,
    why: phrase!(
        "A message that always fails comes back until its retention period ends, takes the place of others, and is then lost without a trace."
    ),
    source: "sqs-dead-letter-queues",
    find: |design| {
        let polled = design.nodes(NodeKind::Queue).filter(|queue| {
            design.has_outgoing(*queue, &[EdgeKind::EventSourceMapping])
                && !design.has_outgoing(*queue, &[EdgeKind::Redrive])
                && !is_dead_letter_queue(design, *queue)
        });
        polled
            .map(|queue| {
                let name = design.name(queue);
                let message = tr!("“{name}” has no dead-letter queue.", name = name);
                Found { fix: add_queue(design, queue), ..Found::new(design.plan.node(queue).id, message) }
            })
            .collect()
    },
};

/// Dead letters keep the time at which they were sent first.
pub const RETENTION: Rule = Rule {
    id: "dead-letters-expire-early",
    severity: Severity::Warning,
    why: phrase!(
        "A dead letter keeps its age. What waited in its queue has little time left, or none, before the dead-letter queue lets it expire."
    ),
    source: "sqs-dead-letter-queues",
    find: |design| {
        let kept = |queue: NodeIndex| match &design.plan.node(queue).settings {
            NodeSettings::Queue(settings) => settings.retention,
            _ => 0,
        };
        let redrives = design.edges(EdgeKind::Redrive).map(|edge| design.plan.edge(edge));
        redrives
            .filter(|edge| {
                kept(edge.to) <= kept(edge.from) && kept(edge.to) < LONGEST_RETENTION.unsigned_abs() * SECOND
            })
            .map(|edge| {
                let dead = design.plan.node(edge.to);
                let message = tr!(
                    "“{dead}” keeps messages no longer than “{queue}”.",
                    dead = dead.name,
                    queue = design.name(edge.from)
                );
                Found::new(dead.id, message).set(design, dead.id, "MessageRetentionPeriod", LONGEST_RETENTION.into())
            })
            .collect()
    },
};

/// services-sqs-configure advises at least 5 receives.
const FEWEST_RECEIVES: u32 = 5;

/// `maxReceiveCount` 1 → one throttle, and a good message is a dead letter.
pub const RECEIVES: Rule = Rule {
    id: "few-receives",
    severity: Severity::Hint,
    why: phrase!(
        "A throttled batch counts as received although the code never ran. The documentation advises a maxReceiveCount of at least 5."
    ),
    source: "services-sqs-configure",
    find: |design| {
        let redrives = design.edges(EdgeKind::Redrive).map(|edge| design.plan.edge(edge));
        redrives
            .filter(|edge| design.has_outgoing(edge.from, &[EdgeKind::EventSourceMapping]))
            .filter_map(|edge| match edge.settings {
                EdgeSettings::Redrive { max_receive_count } if max_receive_count < FEWEST_RECEIVES => {
                    let name = design.name(edge.from);
                    let message = tr!(
                        "“{queue}” gives a message up after {count} receives.",
                        queue = name,
                        count = max_receive_count
                    );
                    let fewest = FEWEST_RECEIVES.into();
                    Some(Found::new(edge.id, message).set(design, edge.id, "maxReceiveCount", fewest))
                }
                _ => None,
            })
            .collect()
    },
};

/// Whether dead letters come here, along an edge or by a setting.
pub fn is_dead_letter_queue(design: &Design<'_>, queue: NodeIndex) -> bool {
    let id = design.plan.node(queue).id;
    let by_setting = design.plan.edges.iter().any(|edge| match &edge.settings {
        EdgeSettings::Subscription(subscription) => subscription.dead_letter_queue == Some(id),
        EdgeSettings::Target(target) => target.dead_letter_queue == Some(id),
        _ => false,
    });
    by_setting || design.has_incoming(queue, &[EdgeKind::Redrive, EdgeKind::DeadLetter, EdgeKind::OnFailure])
}

/// A queue below this one for its dead letters.
fn add_queue(design: &Design<'_>, queue: NodeIndex) -> Option<Change> {
    let mut document = design.document.clone();
    let node = document.node(design.plan.node(queue).id)?.clone();
    let (high, low) = node.id.as_u64_pair();
    let mut ids = Ids::new(high ^ low ^ (document.nodes.len() as u64) << 48);
    let mut added = build::new_node(&document, NodeKind::Queue, (node.x, node.y - 144.0), &mut ids);
    let Edit::AddNode { node: dead, .. } = &mut added.edit else { return None };
    let name = format!("{} dead letters", node.name.trim_end_matches(" queue"));
    if document.nodes.iter().all(|other| other.name != name) {
        dead.name = name;
    }
    if node.settings.get("FifoQueue") == Some(&true.into()) {
        dead.settings.insert("FifoQueue".to_string(), true.into());
    }
    let id = dead.id;
    document.apply(added.edit.clone()).ok()?;
    let connected = build::connect(&document, node.id, id, Some(EdgeKind::Redrive), &mut ids).ok()?;
    let label = tr!("Add a dead-letter queue to {}", node.name);
    let edit = Edit::Many(vec![added.edit, connected.edit]);
    Some(Change { added: vec![id], ..Change::labelled(label, edit) })
}
