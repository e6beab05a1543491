//! Topics, buses and rules without anybody behind them; envelopes that nobody needs.

use super::{Design, Found, Rule, Severity};
use crate::diagram::document::{EdgeKind, NodeKind};
use crate::diagram::plan::NodeSettings;
use crate::diagram::settings::EdgeSettings;

/// Publisher → topic, and no subscription.
pub const NO_SUBSCRIBER: Rule = Rule {
    id: "no-subscriber",
    severity: Severity::Warning,
    why: phrase!("The topic takes every message and drops it, and the publisher learns nothing."),
    source: "welcome",
    find: |design| {
        without(design, NodeKind::Topic, EdgeKind::Subscription, |name| tr!("“{}” has no subscriber.", name))
    },
};

/// Sender → bus, and no rule.
pub const NO_RULE: Rule = Rule {
    id: "no-rule",
    severity: Severity::Warning,
    why: phrase!("An event that no rule takes is gone, and nobody is told."),
    source: "eb-rules",
    find: |design| without(design, NodeKind::Bus, EdgeKind::Rule, |name| tr!("“{}” has no rule.", name)),
};

/// Bus → rule, and no target.
pub const NO_TARGET: Rule = Rule {
    id: "no-target",
    severity: Severity::Warning,
    why: phrase!("The rule takes events and does nothing with them."),
    source: "eb-targets",
    find: |design| without(design, NodeKind::Rule, EdgeKind::Target, |name| tr!("“{}” has no target.", name)),
};

/// Topic → queue without `RawMessageDelivery`.
pub const ENVELOPE: Rule = Rule {
    id: "topic-envelope",
    severity: Severity::Hint,
    why: phrase!(
        "The queue's consumer gets the topic's envelope with the message as a string inside, and has to unpack it. Filters on the message's body see the envelope."
    ),
    source: "sns-large-payload-raw-message-delivery",
    find: |design| {
        let subscriptions = design.edges(EdgeKind::Subscription).map(|edge| design.plan.edge(edge));
        subscriptions
            .filter(|edge| matches!(&edge.settings, EdgeSettings::Subscription(subscription) if !subscription.raw))
            .filter(|edge| matches!(design.plan.node(edge.to).settings, NodeSettings::Queue(_)))
            .map(|edge| {
                let message = tr!("“{}” gets messages in the topic's envelope.", design.name(edge.to));
                Found::new(edge.id, message).set(design, edge.id, "RawMessageDelivery", true.into())
            })
            .collect()
    },
};

/// Nodes of a kind to which something comes and from which nothing goes.
fn without(design: &Design<'_>, kind: NodeKind, edge: EdgeKind, words: fn(&str) -> String) -> Vec<Found> {
    let lonely = design
        .nodes(kind)
        .filter(|node| !design.plan.node(*node).incoming.is_empty() && !design.has_outgoing(*node, &[edge]));
    lonely.map(|node| Found::new(design.plan.node(node).id, words(design.name(node)))).collect()
}
