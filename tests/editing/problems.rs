//! Design findings: each rule finds what it is for, says why, and its fix mends it.

use super::builders::Desk;
use eventyard::diagram::problems::{self, Finding, Severity};
use eventyard::diagram::{Change, Document, Edit, NodeKind, build};
use eventyard::lessons::guide;
use serde_json::{Value, json};
use uuid::Uuid;

fn set(desk: &mut Desk, target: Uuid, setting: &str, value: Value) {
    let edit = Edit::set(&desk.document, target, setting, value);
    desk.document.apply(edit).expect("a setting");
}

fn of_rule(document: &Document, rule: &str) -> Vec<Finding> {
    problems::find(document).into_iter().filter(|finding| finding.rule == rule).collect()
}

/// The rule finds one thing here; where it offers a fix, that is gone afterwards and the document still validates.
#[track_caller]
fn check(document: &Document, rule: &str, target: Uuid) {
    let findings = of_rule(document, rule);
    let [finding] = findings.as_slice() else {
        panic!("{rule}: {} findings among {:#?}", findings.len(), problems::find(document));
    };
    assert_eq!(finding.target, Some(target), "{finding:?}");
    assert!(finding.message.ends_with('.') && finding.why.ends_with('.'), "{finding:?}");
    if let Some(fix) = &finding.fix {
        let mut mended = document.clone();
        mended.apply(fix.edit.clone()).expect("a fix that fits");
        assert!(of_rule(&mended, rule).is_empty(), "“{}” does not mend it", fix.label);
        assert!(problems::find(&mended).iter().all(|finding| finding.rule != "invalid"));
    }
}

#[test]
fn a_queue_and_its_function() {
    let mut desk = Desk::new();
    let (queue, function) = (desk.add(NodeKind::Queue), desk.add(NodeKind::Function));
    let mapping = desk.connect(queue, function);
    check(&desk.document, "no-dead-letter-queue", queue);
    check(&desk.document, "whole-batch-fails", mapping);
    set(&mut desk, function, "Timeout", json!(60));
    check(&desk.document, "visibility-timeout-too-short", queue);
    set(&mut desk, queue, "VisibilityTimeout", json!(120));
    check(&desk.document, "visibility-timeout-tight", queue);
    set(&mut desk, function, "Handler", json!([{ "step": "work", "duration": 9_000 }]));
    check(&desk.document, "batch-too-slow", mapping);
    let dead = desk.add(NodeKind::Queue);
    let redrive = desk.connect(queue, dead);
    assert!(of_rule(&desk.document, "no-dead-letter-queue").is_empty());
    set(&mut desk, redrive, "maxReceiveCount", json!(2));
    check(&desk.document, "few-receives", redrive);
    set(&mut desk, dead, "MessageRetentionPeriod", json!(60));
    check(&desk.document, "dead-letters-expire-early", dead);
    let database = desk.add(NodeKind::Database);
    desk.connect(function, database);
    assert!(of_rule(&desk.document, "not-idempotent").is_empty(), "what is filled in is idempotent");
    let handler = json!([{ "step": "parallel", "steps": [{ "step": "write", "to": database }] }]);
    set(&mut desk, function, "Handler", handler);
    check(&desk.document, "not-idempotent", function);
}

#[test]
fn timeouts_that_do_not_nest() {
    let mut desk = Desk::new();
    let [client, gateway, caller, callee] =
        [NodeKind::Client, NodeKind::Gateway, NodeKind::Function, NodeKind::Function].map(|kind| desk.add(kind));
    for (from, to) in [(client, gateway), (gateway, caller), (caller, callee)] {
        desk.connect(from, to);
    }
    set(&mut desk, caller, "Timeout", json!(40));
    check(&desk.document, "function-outlives-gateway", caller);
    set(&mut desk, caller, "Timeout", json!(20));
    set(&mut desk, client, "TimeoutMillis", json!(5_000));
    check(&desk.document, "client-gives-up-first", client);
    check(&desk.document, "step-outlives-function", caller);
    let call = json!([{ "step": "call", "to": callee, "timeoutMillis": 1_000 }]);
    set(&mut desk, caller, "Handler", call);
    check(&desk.document, "caller-gives-up-first", caller);
}

#[test]
fn nobody_listens() {
    let mut desk = Desk::new();
    let [function, topic, bus, rule] =
        [NodeKind::Function, NodeKind::Topic, NodeKind::Bus, NodeKind::Rule].map(|kind| desk.add(kind));
    desk.connect(function, topic);
    desk.connect(function, bus);
    check(&desk.document, "no-subscriber", topic);
    check(&desk.document, "no-rule", bus);
    desk.connect(bus, rule);
    check(&desk.document, "no-target", rule);
    let queue = desk.add(NodeKind::Queue);
    let subscription = desk.connect(topic, queue);
    check(&desk.document, "topic-envelope", subscription);
    let listener = desk.add(NodeKind::Function);
    desk.connect(topic, listener);
    check(&desk.document, "no-failure-destination", listener);
}

#[test]
fn patterns_and_filters_that_match_nothing() {
    let mut desk = Desk::new();
    let [function, topic, bus, rule, queue] =
        [NodeKind::Function, NodeKind::Topic, NodeKind::Bus, NodeKind::Rule, NodeKind::Queue]
            .map(|kind| desk.add(kind));
    for (from, to) in [(function, topic), (function, bus), (bus, rule), (rule, queue)] {
        desk.connect(from, to);
    }
    assert!(of_rule(&desk.document, "pattern-matches-nothing-sent").is_empty(), "what is filled in matches");
    set(&mut desk, rule, "EventPattern", json!({ "source": ["billing"] }));
    check(&desk.document, "pattern-matches-nothing-sent", rule);
    set(&mut desk, rule, "EventPattern", json!({ "amount": [{ "numeric": [">", 100] }] }));
    check(&desk.document, "pattern-outside-of-events", rule);
    let subscription = desk.connect(topic, queue);
    set(&mut desk, subscription, "FilterPolicy", json!({ "type": ["payment"] }));
    check(&desk.document, "filter-passes-nothing", subscription);
    // Where what is sent is always the same, its values are compared too.
    let mut sends = |value: &str, wanted: serde_json::Value| {
        let attributes = json!({ "type": { "DataType": "String", "StringValue": value } });
        let step = json!([{ "step": "publish", "to": topic.to_string(), "attributes": attributes }]);
        set(&mut desk, function, "Handler", step);
        set(&mut desk, subscription, "FilterPolicy", json!({ "type": wanted }));
        !of_rule(&desk.document, "filter-passes-nothing").is_empty()
    };
    assert!(!sends("payment", json!(["payment"])));
    assert!(sends("payment", json!(["refund"])));
    assert!(!sends("payment", json!([{ "anything-but": "refund" }])));
    assert!(!sends("{{message.type}}", json!(["refund"])));
    assert!(sends("payment", json!([{ "exists": false }])));
}

/// What is sent is followed through gateways, functions and topics, as far as the design says what it is.
#[test]
fn what_is_known_of_bodies_tells_which_filters_let_nothing_pass() {
    let mut desk = Desk::new();
    let [client, gateway, function, topic, queue, reader, bus, rule] = [
        NodeKind::Client,
        NodeKind::Gateway,
        NodeKind::Function,
        NodeKind::Topic,
        NodeKind::Queue,
        NodeKind::Function,
        NodeKind::Bus,
        NodeKind::Rule,
    ]
    .map(|kind| desk.add(kind));
    for (from, to) in [(client, gateway), (gateway, function), (function, topic), (function, bus), (bus, rule)] {
        desk.connect(from, to);
    }
    let subscription = desk.connect(topic, queue);
    let mapping = desk.connect(queue, reader);
    desk.connect(rule, reader);
    set(&mut desk, client, "Payloads", json!([{ "type": "payment", "amount": 12 }, { "type": "refund" }]));
    set(&mut desk, subscription, "FilterPolicyScope", json!("MessageBody"));
    set(&mut desk, subscription, "RawMessageDelivery", json!(true));
    let steps = |more: Value| {
        json!([
            { "step": "publish", "to": topic.to_string(), "payload": "{{message}}" },
            { "step": "putEvents", "to": bus.to_string(), "source": "shop", "detailType": "Paid", "detail": { "kind": "{{message.type}}" } },
            more,
        ])
    };
    set(&mut desk, function, "Handler", steps(json!({ "step": "work", "duration": 1 })));
    let mut found = |rule_id: &str, target: Uuid, setting: &str, value: Value| {
        let before = desk.document.clone();
        set(&mut desk, target, setting, value);
        let found = of_rule(&desk.document, rule_id).iter().any(|finding| finding.target == Some(target));
        desk.document = before;
        found
    };
    for (wanted, nothing) in [
        (json!({ "type": ["payment"] }), false),
        (json!({ "type": ["fee"] }), true),
        (json!({ "currency": ["EUR"] }), true),
        (json!({ "amount": [{ "numeric": [">", 10] }] }), false),
        (json!({ "amount": [{ "numeric": [">", 20] }] }), true),
        (json!({ "currency": [{ "exists": false }] }), false),
    ] {
        assert_eq!(found("filter-passes-nothing", subscription, "FilterPolicy", wanted.clone()), nothing, "{wanted}");
        let criteria = json!([{ "body": wanted }]);
        assert_eq!(
            found("mapping-filter-passes-nothing", mapping, "FilterCriteria", criteria.clone()),
            nothing,
            "{criteria}"
        );
        let handler = steps(json!({ "step": "work", "duration": 1, "when": wanted }));
        assert_eq!(found("step-never-runs", function, "Handler", handler), nothing, "{wanted}");
    }
    let pattern = |kind: &str| json!({ "source": ["shop"], "detail": { "kind": [kind] } });
    assert!(!found("pattern-matches-nothing-sent", rule, "EventPattern", pattern("refund")));
    assert!(found("pattern-matches-nothing-sent", rule, "EventPattern", pattern("fee")));
    // The reader gets the same messages, its queue the topic's envelope with them inside.
    let when = json!([{ "step": "work", "duration": 1, "when": { "type": ["fee"] } }]);
    assert!(!found("step-never-runs", reader, "Handler", when), "the rule's target may get anything");
    let criteria = json!([{ "body": { "type": ["payment"] } }]);
    set(&mut desk, subscription, "RawMessageDelivery", json!(false));
    set(&mut desk, mapping, "FilterCriteria", criteria);
    check(&desk.document, "mapping-filter-passes-nothing", mapping);
    set(&mut desk, mapping, "FilterCriteria", json!([{ "body": { "Type": ["Notification"] } }]));
    assert!(of_rule(&desk.document, "mapping-filter-passes-nothing").is_empty());
}

#[test]
fn filters_on_what_is_inside_of_an_envelope() {
    let mut desk = Desk::new();
    let [topic, queue, function] = [NodeKind::Topic, NodeKind::Queue, NodeKind::Function].map(|kind| desk.add(kind));
    let subscription = desk.connect(topic, queue);
    let mapping = desk.connect(queue, function);
    let rule = "mapping-filter-passes-nothing";
    set(&mut desk, mapping, "FilterCriteria", json!([{ "body": { "tier": ["gold"] } }]));
    check(&desk.document, rule, mapping);
    set(&mut desk, mapping, "FilterCriteria", json!([{ "body": { "Subject": ["gold"] } }]));
    assert!(of_rule(&desk.document, rule).is_empty());
    set(&mut desk, mapping, "FilterCriteria", json!([{ "body": { "tier": [{ "exists": false }] } }]));
    assert!(of_rule(&desk.document, rule).is_empty());
    set(&mut desk, mapping, "FilterCriteria", json!([{ "body": { "tier": ["gold"] } }]));
    set(&mut desk, subscription, "RawMessageDelivery", json!(true));
    assert!(of_rule(&desk.document, rule).is_empty());
    // A rule sends the whole event, unless it is told otherwise.
    let [bus, by_rule, other] = [NodeKind::Bus, NodeKind::Rule, NodeKind::Queue].map(|kind| desk.add(kind));
    desk.connect(bus, by_rule);
    let target = desk.connect(by_rule, other);
    let mapping = desk.connect(other, function);
    set(&mut desk, mapping, "FilterCriteria", json!([{ "body": { "tier": ["gold"] } }]));
    check(&desk.document, rule, mapping);
    set(&mut desk, target, "InputPath", json!("$.detail"));
    assert!(of_rule(&desk.document, rule).is_empty());
}

#[test]
fn a_topic_whose_messages_have_no_attributes() {
    let mut desk = Desk::new();
    let [rule, topic, queue] = [NodeKind::Rule, NodeKind::Topic, NodeKind::Queue].map(|kind| desk.add(kind));
    desk.connect(rule, topic);
    let subscription = desk.connect(topic, queue);
    set(&mut desk, subscription, "FilterPolicy", json!({ "tier": ["gold"] }));
    check(&desk.document, "filter-passes-nothing", subscription);
    set(&mut desk, subscription, "FilterPolicyScope", json!("MessageBody"));
    assert!(of_rule(&desk.document, "filter-passes-nothing").is_empty());
}

#[test]
fn loops_and_what_nothing_reaches() {
    let mut desk = Desk::new();
    let [client, function, queue, lonely] =
        [NodeKind::Client, NodeKind::Function, NodeKind::Queue, NodeKind::Function].map(|kind| desk.add(kind));
    for (from, to) in [(client, function), (function, queue), (queue, function)] {
        desk.connect(from, to);
    }
    check(&desk.document, "loop", function);
    check(&desk.document, "unreachable", lonely);
    let reader = desk.add(NodeKind::Function);
    let other = desk.add(NodeKind::Queue);
    let change = build::connect(&desk.document, function, other, None, &mut desk.ids).expect("allowed");
    desk.carry_out(change);
    let mapping = desk.connect(other, reader);
    assert!(of_rule(&desk.document, "backlog-starves-others").iter().any(|finding| finding.target == Some(mapping)));
}

/// What does not validate is an error with its place, and can be set back.
#[test]
fn invalid_settings_are_errors_with_a_way_back() {
    let mut desk = Desk::new();
    let queue = desk.add(NodeKind::Queue);
    set(&mut desk, queue, "VisibilityTimeout", json!(-1));
    let findings = problems::find(&desk.document);
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!((finding.rule, finding.severity), ("invalid", Severity::Error));
    assert_eq!((finding.target, finding.setting.as_deref()), (Some(queue), Some("VisibilityTimeout")));
    let Some(Change { edit, .. }) = finding.fix.clone() else { panic!("no fix") };
    desk.document.apply(edit).expect("set back");
    assert!(problems::find(&desk.document).is_empty());
}

/// The guide's own designs have no errors, and every fix that is offered for them leaves a valid document.
#[test]
fn the_guides_designs_have_no_errors() {
    for diagram in guide::DIAGRAMS {
        let document = diagram.document();
        for finding in problems::find(&document) {
            assert_ne!(finding.severity, Severity::Error, "{}: {finding:?}", diagram.id);
            if let Some(fix) = finding.fix {
                let mut mended = document.clone();
                mended.apply(fix.edit).expect("a fix that fits");
                assert!(eventyard::diagram::check(&mended).is_ok(), "{}", fix.label);
            }
        }
    }
}

/// Every rule has an id and a reason of its own.
#[test]
fn rules_have_names_of_their_own_and_say_why() {
    let mut ids = Vec::new();
    for rule in problems::RULES {
        assert!(rule.why.len() > 40 && !rule.source.is_empty(), "{}", rule.id);
        assert!(!ids.contains(&rule.id), "{} twice", rule.id);
        ids.push(rule.id);
    }
}

#[test]
fn what_an_import_leaves_open() {
    let mut desk = Desk::new();
    let (topic, queue, function) = (desk.add(NodeKind::Topic), desk.add(NodeKind::Queue), desk.add(NodeKind::Function));
    let subscription = desk.connect(topic, queue);
    desk.connect(queue, function);
    assert!(of_rule(&desk.document, "delivery-not-allowed").is_empty());
    set(&mut desk, subscription, "Access", json!("DENIED"));
    check(&desk.document, "delivery-not-allowed", subscription);
    assert!(of_rule(&desk.document, "guessed-handler").is_empty());
    let inner = json!([{ "step": "work", "duration": 5, "guess": "from its name" }]);
    set(&mut desk, function, "Handler", json!([{ "step": "if", "when": { "a": [1] }, "then": inner }]));
    check(&desk.document, "guessed-handler", function);
}

#[test]
fn what_is_only_drawn_is_no_finding() {
    let mut desk = Desk::new();
    let (client, gateway) = (desk.add(NodeKind::Client), desk.add(NodeKind::Gateway));
    desk.connect(client, gateway);
    let box_ = desk.add(NodeKind::Other);
    set(&mut desk, box_, "Type", json!("AWS::S3::Bucket"));
    assert!(problems::find(&desk.document).iter().all(|finding| finding.target != Some(box_)));
}
