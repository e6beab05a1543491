//! One pattern into another: a topic with subscriptions into a bus with rules, and back. Handlers follow; what cannot
//! follow by itself is said.

use super::handler::{change_steps, detail_type, turned_into};
use super::node::unique_name;
use super::{Draft, find, name, refused, setting, slug};
use crate::diagram::connections::{Refusal, edge_kinds};
use crate::diagram::document::{Document, Edge, EdgeKind, Node, NodeKind};
use crate::diagram::edit::{Change, Edit};
use crate::diagram::ids::Ids;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Replaces a topic by a bus, and each subscription by a rule with one target. Filter policies become event patterns.
pub fn topic_to_bus(document: &Document, topic: Uuid, ids: &mut Ids) -> Result<Change, Refusal> {
    let old = find(document, topic)?;
    if old.kind != NodeKind::Topic {
        return Err(refused(tr!("“{}” is not a topic.", old.name), tr!("Choose a topic.")));
    }
    let mut draft = Draft::new(document);
    let bus = replacement(&mut draft, old, NodeKind::Bus, ids);
    move_producers(&mut draft, topic, bus, ids);
    let subscriptions: Vec<Edge> = document
        .edges
        .iter()
        .filter(|edge| edge.from == topic && edge.kind == EdgeKind::Subscription)
        .cloned()
        .collect();
    for subscription in &subscriptions {
        let Some(target) = document.node(subscription.to) else { continue };
        if edge_kinds(NodeKind::Rule, target.kind).is_empty() {
            draft.note(tr!(
                "“{node}” gets nothing any longer: a rule cannot target a {kind}. Put a function between.",
                node = target.name,
                kind = target.kind.noun()
            ));
            continue;
        }
        let mut settings = Map::new();
        let pattern = event_pattern(&mut draft, document, topic, subscription, &target.name);
        settings.insert("EventPattern".to_string(), pattern);
        if subscription.settings.get("Subscribed") == Some(&Value::Bool(false)) {
            settings.insert("State".to_string(), "DISABLED".into());
        }
        let rule = Node {
            id: ids.next_id(),
            kind: NodeKind::Rule,
            name: unique_name(&draft.document, &format!("{} rule", target.name)),
            x: (old.x + target.x) / 2.0,
            y: target.y,
            settings,
        };
        let rule_id = rule.id;
        draft.add(Edit::add_node(rule));
        add_edge(&mut draft, EdgeKind::Rule, bus, rule_id, Map::new(), ids);
        let mut settings = Map::new();
        if let Some(queue) = subscription.settings.get("DeadLetterQueue") {
            settings.insert("DeadLetterQueue".to_string(), queue.clone());
        }
        add_edge(&mut draft, EdgeKind::Target, rule_id, subscription.to, settings, ids);
    }
    draft.add(Edit::RemoveNode { id: topic, alone: false });
    draft.add(Edit::Rename { node: bus, name: new_name(&old.name, "topic", "bus") });
    Ok(draft.into_change(tr!("Replace {} by a bus with rules", old.name)))
}

/// Replaces a bus by a topic, and each target of its rules by a subscription. Patterns on the detail become filter
/// policies on the message's body.
pub fn bus_to_topic(document: &Document, bus: Uuid, ids: &mut Ids) -> Result<Change, Refusal> {
    let old = find(document, bus)?;
    if old.kind != NodeKind::Bus {
        return Err(refused(tr!("“{}” is not an event bus.", old.name), tr!("Choose an event bus.")));
    }
    let mut draft = Draft::new(document);
    let topic = replacement(&mut draft, old, NodeKind::Topic, ids);
    move_producers(&mut draft, bus, topic, ids);
    let rules: Vec<Uuid> = document
        .edges
        .iter()
        .filter(|edge| edge.from == bus && edge.kind == EdgeKind::Rule)
        .map(|edge| edge.to)
        .collect();
    for rule_id in rules {
        let Some(rule) = document.node(rule_id) else { continue };
        for edge in document.edges.iter().filter(|edge| edge.from == rule_id) {
            let Some(target) = document.node(edge.to) else { continue };
            if edge_kinds(NodeKind::Topic, target.kind).is_empty() {
                draft.note(tr!(
                    "“{node}” gets nothing any longer: a topic does not deliver to a {kind}.",
                    node = target.name,
                    kind = target.kind.noun()
                ));
                continue;
            }
            if draft.document.edges.iter().any(|known| known.from == topic && known.to == edge.to) {
                draft.note(tr!(
                    "“{target}” is subscribed once: what the rule “{rule}” added has to go into its filter policy.",
                    target = target.name,
                    rule = rule.name
                ));
                continue;
            }
            let settings = filter_policy(&mut draft, rule, edge, &target.name);
            add_edge(&mut draft, EdgeKind::Subscription, topic, edge.to, settings, ids);
        }
        draft.add(Edit::RemoveNode { id: rule_id, alone: false });
    }
    draft.add(Edit::RemoveNode { id: bus, alone: false });
    draft.add(Edit::Rename { node: topic, name: new_name(&old.name, "bus", "topic") });
    Ok(draft.into_change(tr!("Replace {} by a topic with subscriptions", old.name)))
}

/// `Payments topic` → `Payments bus`; other names stay.
fn new_name(name: &str, old: &str, new: &str) -> String {
    match name.strip_suffix(old) {
        Some(start) => format!("{start}{new}"),
        None => name.to_string(),
    }
}

/// The node that takes the old one's place. It gets its name when the old one is gone.
fn replacement(draft: &mut Draft, old: &Node, kind: NodeKind, ids: &mut Ids) -> Uuid {
    let id = ids.next_id();
    let mut settings = Map::new();
    if kind == NodeKind::Bus && draft.document.nodes.iter().any(|node| node.kind == NodeKind::Bus) {
        settings.insert("Name".to_string(), slug(&old.name).into());
    }
    let name = unique_name(&draft.document, &old.name);
    draft.add(Edit::add_node(Node { id, kind, name, x: old.x, y: old.y, settings }));
    draft.added.push(id);
    id
}

fn add_edge(draft: &mut Draft, kind: EdgeKind, from: Uuid, to: Uuid, settings: Map<String, Value>, ids: &mut Ids) {
    draft.add(Edit::add_edge(Edge { id: ids.next_id(), kind, from, to, settings }));
}

/// Whoever sent to the old node sends to the new one.
fn move_producers(draft: &mut Draft, old: Uuid, new: Uuid, ids: &mut Ids) {
    let Some(new_kind) = draft.document.node(new).map(|node| node.kind) else { return };
    let incoming: Vec<Edge> = draft.document.edges.iter().filter(|edge| edge.to == old).cloned().collect();
    for edge in incoming {
        let Some(from) = draft.document.node(edge.from).cloned() else { continue };
        let Some(kind) = edge_kinds(from.kind, new_kind).first().copied() else {
            let (from, new) = (from.name, name(&draft.document, new).to_string());
            draft.note(tr!("“{from}” cannot be connected to “{new}”.", from = from, new = new));
            continue;
        };
        if kind == edge.kind {
            draft.add(Edit::SetEnds { edge: edge.id, from: edge.from, to: new });
            continue;
        }
        add_edge(draft, kind, edge.from, new, Map::new(), ids);
        let publishes = kind == EdgeKind::Publish;
        let template = if publishes {
            json!({ "step": "publish", "to": new, "payload": null })
        } else {
            json!({
                "step": "putEvents",
                "to": new,
                "source": slug(&from.name),
                "detailType": detail_type(&from.name),
                "detail": null,
            })
        };
        change_steps(draft, edge.from, old, edge.kind, &mut |step| {
            let mut new = turned_into(step, template.clone());
            // Events have no attributes beside their detail.
            if let (Some(attributes), Some(detail)) =
                (step.get("attributes").and_then(Value::as_object), new.get_mut("detail"))
            {
                add_attributes(detail, attributes);
            }
            new
        });
        if from.kind == NodeKind::Client && !publishes && from.settings.contains_key("MessageAttributes") {
            draft.note(tr!("“{}” sends message attributes, which events do not have.", from.name));
        }
    }
}

/// Puts message attributes into a detail as fields. A detail that is the whole message cannot take any.
fn add_attributes(detail: &mut Value, attributes: &Map<String, Value>) {
    if let Value::Object(fields) = detail {
        for (name, attribute) in attributes {
            if let Some(value) = attribute.get("StringValue") {
                fields.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
    }
}

/// The pattern that takes what a subscription took.
fn event_pattern(draft: &mut Draft, document: &Document, topic: Uuid, subscription: &Edge, target: &str) -> Value {
    let mut sources: Vec<Value> = Vec::new();
    for edge in document.edges.iter().filter(|edge| edge.to == topic) {
        let source = match document.node(edge.from) {
            Some(node) if node.kind == NodeKind::Function => slug(&node.name).into(),
            Some(node) if node.kind == NodeKind::Client => setting(node, "Source"),
            _ => edge.settings.get("Source").cloned().unwrap_or_else(|| "gateway".into()),
        };
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    let mut pattern = Map::new();
    if sources.is_empty() {
        sources.push(json!({ "prefix": "" }));
    }
    pattern.insert("source".to_string(), sources.into());
    if let Some(policy) = subscription.settings.get("FilterPolicy").filter(|policy| !policy.is_null()) {
        pattern.insert("detail".to_string(), policy.clone());
        if subscription.settings.get("FilterPolicyScope") != Some(&json!("MessageBody")) {
            draft.note(tr!(
                "The filter for “{target}” looked at message attributes; its rule looks for the same names in the event's detail. See that they are there.",
                target = target
            ));
        }
    }
    Value::Object(pattern)
}

/// The settings of the subscription that takes what a rule's target took.
fn filter_policy(draft: &mut Draft, rule: &Node, target: &Edge, name: &str) -> Map<String, Value> {
    let mut settings = Map::new();
    let pattern = setting(rule, "EventPattern");
    if let Some(detail) = pattern.get("detail") {
        settings.insert("FilterPolicy".to_string(), detail.clone());
        settings.insert("FilterPolicyScope".to_string(), "MessageBody".into());
    }
    let others =
        pattern.as_object().is_some_and(|fields| fields.keys().any(|field| field != "detail" && field != "source"));
    if others {
        draft.note(tr!(
            "The rule for “{name}” also looked at the event's envelope, such as its type; a topic's messages have none.",
            name = name
        ));
    }
    if ["InputPath", "InputTransformer"].iter().any(|field| target.settings.contains_key(*field)) {
        draft.note(tr!("“{name}” got only a part of each event; a topic hands on whole messages.", name = name));
    }
    if rule.settings.get("State") == Some(&json!("DISABLED")) {
        settings.insert("Subscribed".to_string(), false.into());
    }
    if let Some(queue) = target.settings.get("DeadLetterQueue") {
        settings.insert("DeadLetterQueue".to_string(), queue.clone());
    }
    settings
}
