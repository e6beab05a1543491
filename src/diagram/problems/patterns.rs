//! Rules whose pattern no event can ever match.

use super::{Design, Found, Rule, Severity};
use crate::diagram::document::{EdgeKind, NodeKind};
use crate::diagram::handler::Action;
use crate::diagram::plan::{NodeIndex, NodeSettings};
use crate::diagram::settings::EdgeSettings;
use crate::rules;
use serde_json::{Map, Value, json};

/// The fields of every event: eb-events-structure; and that of those that an archive sends again: eb-replay-archived-event.
pub const ENVELOPE: [&str; 10] =
    ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail", "replay-name"];

/// `{"amount": [100]}` instead of `{"detail": {"amount": [100]}}`.
pub const OUTSIDE_OF_EVENTS: Rule = Rule {
    id: "pattern-outside-of-events",
    severity: Severity::Error,
    why: "An event has only version, id, detail-type, source, account, time, region, resources and detail; what was put into it stands in its detail.",
    source: "eb-events-structure",
    find: |design| {
        let mut found = Vec::new();
        for (node, pattern) in patterns(design) {
            let strange = pattern.iter().find(|(name, wanted)| {
                !ENVELOPE.contains(&name.as_str()) && name.as_str() != "$or" && **wanted != json!([{ "exists": false }])
            });
            let Some((field, _)) = strange else { continue };
            let planned = design.plan.node(node);
            let message = format!("“{}” asks for `{field}`, which no event has at its top.", planned.name);
            found.push(Found::new(planned.id, message).about("EventPattern"));
        }
        found
    },
};

/// A pattern for events of `billing`, on a bus to which only `payments` sends.
pub const NOTHING_SENT: Rule = Rule {
    id: "pattern-matches-nothing-sent",
    severity: Severity::Warning,
    why: "Nobody who sends to this bus sends such an event, so the rule never takes one. Compare source and detail-type with what is sent.",
    source: "eb-event-patterns",
    find: |design| {
        let mut found = Vec::new();
        for (node, pattern) in patterns(design) {
            let head: Map<String, Value> =
                pattern.into_iter().filter(|(name, _)| name == "source" || name == "detail-type").collect();
            let Ok(head_pattern) = rules::Pattern::parse(&Value::Object(head).to_string()) else { continue };
            let planned = design.plan.node(node);
            let buses = planned.incoming.iter().map(|edge| design.plan.edge(*edge).from);
            let Some(sent) = buses.flat_map(|bus| events(design, bus)).collect::<Option<Vec<_>>>() else { continue };
            let matched = sent
                .iter()
                .any(|event| rules::Event::parse(&event.to_string()).is_ok_and(|event| head_pattern.matches(&event)));
            if !matched && !sent.is_empty() {
                let sent: Vec<String> =
                    sent.iter().map(|event| format!("{} of {}", event["detail-type"], event["source"])).collect();
                let message = format!("“{}” takes none of what is sent: {}.", planned.name, sent.join(", "));
                found.push(Found::new(planned.id, message).about("EventPattern"));
            }
        }
        found
    },
};

/// The patterns of rules that are on.
fn patterns(design: &Design<'_>) -> Vec<(NodeIndex, Map<String, Value>)> {
    let rules = design.nodes(NodeKind::Rule).filter_map(|node| {
        let NodeSettings::Rule(settings) = &design.plan.node(node).settings else { return None };
        let text = settings.pattern.as_ref().filter(|_| settings.enabled)?.text();
        match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => Some((node, fields)),
            _ => None,
        }
    });
    rules.collect()
}

/// The head of each event that is put on a bus; `None` among them where that cannot be known.
fn events(design: &Design<'_>, bus: NodeIndex) -> Vec<Option<Value>> {
    let head = |source: &str, detail_type: &str| Some(json!({ "source": source, "detail-type": detail_type }));
    let id = design.plan.node(bus).id;
    let mut heads = Vec::new();
    for edge in &design.plan.node(bus).incoming {
        let edge = design.plan.edge(*edge);
        match (edge.kind, &design.plan.node(edge.from).settings, &edge.settings) {
            (EdgeKind::PutEvents, NodeSettings::Function(function), _) => {
                heads.extend(function.handler.all_steps().into_iter().filter_map(|step| match &step.action {
                    Action::PutEvents { to, source, detail_type, .. } if *to == id => Some(head(source, detail_type)),
                    // Each of its entries has its own.
                    Action::PutEntries { to, .. } if *to == id => Some(None),
                    _ => None,
                }));
            }
            (EdgeKind::PutEvents, NodeSettings::Client(client), _) => {
                heads.push(head(&client.source, &client.detail_type));
            }
            // A mapping may say otherwise.
            (EdgeKind::Integration, _, EdgeSettings::Route(route))
                if route.request_changes.is_empty()
                    && route.request_template.is_none()
                    && route.request_templates.is_empty() =>
            {
                heads.push(head(&route.source, &route.detail_type))
            }
            _ => heads.push(None),
        }
    }
    heads
}
