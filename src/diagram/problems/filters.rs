//! Subscribers that no filter can ever reach.

use super::{Design, Found, Rule, Severity};
use crate::diagram::document::EdgeKind;
use crate::diagram::handler::Action;
use crate::diagram::plan::{NodeIndex, NodeSettings};
use crate::diagram::settings::EdgeSettings;
use crate::rules;

/// A filter policy on the attribute `type`, and nobody publishes messages that have one.
pub const NOTHING_PASSES: Rule = Rule {
    id: "filter-passes-nothing",
    severity: Severity::Warning,
    why: "Nobody who publishes to this topic sends the attributes that the filter policy asks for, so the subscriber never gets a message.",
    source: "sns-message-filtering",
    find: |design| {
        let mut found = Vec::new();
        for edge in design.edges(EdgeKind::Subscription).map(|edge| design.plan.edge(edge)) {
            let EdgeSettings::Subscription(subscription) = &edge.settings else { continue };
            let Some(filter) = &subscription.filter else { continue };
            if filter.scope() != rules::Scope::MessageAttributes || filter.pattern().text().contains("\"exists\"") {
                continue;
            }
            let Some(sent) = attributes(design, edge.from) else { continue };
            let wanted = filter.pattern().paths();
            // With alternatives not every path is asked for.
            let alternatives = filter.pattern().text().contains("\"$or\"");
            let passes = |names: &Vec<String>| {
                let has = |path: &&str| names.iter().any(|name| name == path);
                if alternatives { wanted.iter().any(has) } else { wanted.iter().all(has) }
            };
            if sent.is_empty() || sent.iter().any(passes) {
                continue;
            }
            let message = format!(
                "“{}” asks for the message attribute `{}`, which nobody sends.",
                design.name(edge.to),
                wanted.iter().find(|path| !sent.iter().flatten().any(|name| name == *path)).unwrap_or(&wanted[0])
            );
            found.push(Found::new(edge.id, message).about("FilterPolicy"));
        }
        found
    },
};

/// The names of the attributes of each kind of message that is published; `None` where that cannot be known.
fn attributes(design: &Design<'_>, topic: NodeIndex) -> Option<Vec<Vec<String>>> {
    let id = design.plan.node(topic).id;
    let mut sent = Vec::new();
    for edge in &design.plan.node(topic).incoming {
        match &design.plan.node(design.plan.edge(*edge).from).settings {
            NodeSettings::Client(client) => {
                sent.push(client.attributes.iter().map(|(name, ..)| name.clone()).collect());
            }
            NodeSettings::Function(function) => {
                sent.extend(function.handler.all_steps().into_iter().filter_map(|step| match &step.action {
                    Action::Publish { to, attributes, .. } if *to == id => {
                        Some(attributes.iter().map(|(name, ..)| name.clone()).collect())
                    }
                    _ => None,
                }));
            }
            _ => return None,
        }
    }
    Some(sent)
}
