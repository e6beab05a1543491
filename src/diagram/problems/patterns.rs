//! Patterns that nothing can ever match: of rules, and of the conditions in handlers.

use super::known::{self, EVENT, Known};
use super::{Design, Found, Rule, Severity};
use crate::diagram::document::{EdgeKind, NodeKind};
use crate::diagram::handler::Action;
use crate::diagram::plan::{NodeIndex, NodeSettings};
use crate::diagram::settings::EdgeSettings;
use crate::rules;
use serde_json::{Map, Value, json};

/// `{"amount": [100]}` instead of `{"detail": {"amount": [100]}}`.
pub const OUTSIDE_OF_EVENTS: Rule = Rule {
    id: "pattern-outside-of-events",
    severity: Severity::Error,
    why: phrase!(
        "An event has only version, id, detail-type, source, account, time, region, resources and detail; what was put into it stands in its detail."
    ),
    source: "eb-events-structure",
    find: |design| {
        let mut found = Vec::new();
        for (node, pattern) in patterns(design) {
            let strange = pattern.iter().find(|(name, wanted)| {
                !EVENT.contains(&name.as_str()) && name.as_str() != "$or" && **wanted != json!([{ "exists": false }])
            });
            let Some((field, _)) = strange else { continue };
            let planned = design.plan.node(node);
            let message =
                tr!("“{rule}” asks for `{field}`, which no event has at its top.", rule = planned.name, field = field);
            found.push(Found::new(planned.id, message).about("EventPattern"));
        }
        found
    },
};

/// A pattern for events of `billing`, on a bus to which only `payments` sends.
pub const NOTHING_SENT: Rule = Rule {
    id: "pattern-matches-nothing-sent",
    severity: Severity::Warning,
    why: phrase!(
        "Nobody who sends to this bus sends such an event, so the rule never takes one. Compare the pattern with what is sent."
    ),
    source: "eb-event-patterns",
    find: |design| {
        let mut found = Vec::new();
        for (node, pattern) in patterns(design) {
            let planned = design.plan.node(node);
            let buses = planned.incoming.iter().map(|edge| design.plan.edge(*edge).from);
            let sent: Vec<Known> = buses.flat_map(|bus| events(design, bus)).collect();
            let may = |pattern: &Map<String, Value>| sent.iter().any(|event| event.may_match(pattern, &matches));
            if sent.is_empty() || may(&pattern) {
                continue;
            }
            let head: Map<String, Value> =
                pattern.into_iter().filter(|(name, _)| name == "source" || name == "detail-type").collect();
            let message = if may(&head) {
                tr!("“{}” asks for other values in `detail` than any event has that is sent.", planned.name)
            } else {
                let mut heads: Vec<String> = sent.iter().filter_map(head_words).collect();
                heads.dedup();
                tr!("“{rule}” takes none of what is sent: {sent}.", rule = planned.name, sent = heads.join(", "))
            };
            found.push(Found::new(planned.id, message).about("EventPattern"));
        }
        found
    },
};

/// A condition of a step that no message can fulfil.
pub const STEP_NEVER_RUNS: Rule = Rule {
    id: "step-never-runs",
    severity: Severity::Hint,
    why: phrase!(
        "No message that comes to this function fulfils the condition, so the step is never done. Compare `when` with what is sent."
    ),
    source: "model",
    find: |design| {
        let mut found = Vec::new();
        for (node, function) in design.functions() {
            let steps = function.handler.all_steps();
            // Within a relay the message is an event of the outbox.
            if steps.iter().any(|step| matches!(step.action, Action::Relay { .. })) {
                continue;
            }
            let messages = known::messages(design, node);
            for step in steps {
                let Some(pattern) = step.condition.as_ref().and_then(|condition| condition.message.as_ref()) else {
                    continue;
                };
                let Ok(Value::Object(fields)) = serde_json::from_str(pattern.text()) else { continue };
                if messages.is_empty() || messages.iter().any(|message| message.may_match(&fields, &matches)) {
                    continue;
                }
                let planned = design.plan.node(node);
                let message = tr!(
                    "“{function}” has a step “{step}” for messages of which none ever comes: {pattern}.",
                    function = planned.name,
                    step = step.action.name(),
                    pattern = pattern.text()
                );
                found.push(Found::new(planned.id, message).about("Handler"));
            }
        }
        found
    },
};

/// Whether a pattern matches an event, both as texts.
pub fn matches(pattern: &str, event: &str) -> bool {
    match (rules::Pattern::parse(pattern), rules::Event::parse(event)) {
        (Ok(pattern), Ok(event)) => pattern.matches(&event),
        // What cannot be read is no reason for a finding.
        _ => true,
    }
}

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

/// Each kind of event that is put on a bus, as far as it is known.
fn events(design: &Design<'_>, bus: NodeIndex) -> Vec<Known> {
    let event = |source: &str, detail_type: &str, detail: Known| {
        Known::with_fields(&EVENT)
            .but("source", Known::Exactly(source.into()))
            .but("detail-type", Known::Exactly(detail_type.into()))
            .but("detail", detail)
    };
    let id = design.plan.node(bus).id;
    let mut events = Vec::new();
    for index in &design.plan.node(bus).incoming {
        let edge = design.plan.edge(*index);
        let details = known::along(design, *index);
        match (edge.kind, &design.plan.node(edge.from).settings, &edge.settings) {
            (EdgeKind::PutEvents, NodeSettings::Function(function), _) => {
                // Each with any detail of this function's: which step made which is not asked.
                for step in function.handler.all_steps() {
                    match &step.action {
                        Action::PutEvents { to, source, detail_type, .. } if *to == id => {
                            events.extend(details.iter().map(|detail| event(source, detail_type, detail.clone())));
                        }
                        // Each of its entries has its own.
                        Action::PutEntries { to, .. } if *to == id => events.push(Known::Anything),
                        _ => {}
                    }
                }
            }
            (EdgeKind::PutEvents, NodeSettings::Client(client), _) => {
                events.extend(details.into_iter().map(|detail| event(&client.source, &client.detail_type, detail)));
            }
            // A mapping may say otherwise.
            (EdgeKind::Integration, _, EdgeSettings::Route(route)) if route.hands_on() => {
                events.extend(details.into_iter().map(|detail| event(&route.source, &route.detail_type, detail)));
            }
            _ => events.push(Known::Anything),
        }
    }
    events
}

/// `"PaymentReceived" of "payments"`.
fn head_words(event: &Known) -> Option<String> {
    let part = |name: &str| event.exactly(name);
    Some(tr!("{event} of {source}", event = part("detail-type")?, source = part("source")?))
}
