//! Event buses and rules, as Amazon EventBridge.

use super::*;

/// A bus, a rule for each pattern, and a queue behind each rule.
fn with_rules(rules: &[(Value, Value)]) -> (Simulation, Uuid, Vec<Uuid>) {
    let mut builder = Builder::new();
    let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
    let mut queues = Vec::new();
    for (index, (rule, target)) in rules.iter().enumerate() {
        let rule = builder.node(NodeKind::Rule, &format!("Rule {index}"), rule.clone());
        let queue = builder.node(NodeKind::Queue, &format!("Queue {index}"), json!({}));
        builder.edge(bus, rule, json!({}));
        builder.edge(rule, queue, target.clone());
        queues.push(queue);
    }
    (simulate(&builder.build(), 4), bus, queues)
}

fn pattern(pattern: Value) -> Value {
    json!({ "EventPattern": pattern })
}

fn event(detail: Value) -> Value {
    json!({ "source": "shop", "detail-type": "Order", "detail": detail })
}

// eb-rules: every rule judges every event.
#[test]
fn every_rule_that_matches_gets_the_event_and_no_other() {
    let rules = [json!({ "source": ["shop"] }), json!({ "detail": { "n": [1] } }), json!({ "detail": { "n": [2] } })];
    let (mut simulation, bus, queues) = with_rules(&rules.map(|rule| (pattern(rule), json!({}))));
    send(&mut simulation, bus, event(json!({ "n": 1 })), 1);
    run_for(&mut simulation, 10);
    let visible: Vec<f64> = queues.iter().map(|queue| figure(&simulation, *queue, "visible")).collect();
    assert_eq!(visible, [1.0, 1.0, 0.0]);
    check_conservation(&simulation);
}

// eb-events: the envelope around the detail.
#[test]
fn a_target_gets_the_whole_event_with_its_envelope() {
    let (mut simulation, bus, queues) = with_rules(&[(pattern(json!({ "source": ["shop"] })), json!({}))]);
    send(&mut simulation, bus, event(json!({ "n": 1 })), 1);
    run_for(&mut simulation, 10);
    let body = first_body(&simulation, queues[0]);
    for field in ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"] {
        assert!(body.get(field).is_some(), "no `{field}` in {body}");
    }
    assert_eq!((&body["version"], &body["detail"]), (&json!("0"), &json!({ "n": 1 })));
}

// eb-putevents: an event that no rule matches is accepted and gone.
#[test]
fn an_event_that_no_rule_matches_is_gone_without_an_error() {
    let (mut simulation, bus, queues) = with_rules(&[(pattern(json!({ "source": ["other"] })), json!({}))]);
    send(&mut simulation, bus, event(json!({})), 3);
    run_for(&mut simulation, 10);
    assert_eq!(figure(&simulation, bus, "unmatched"), 3.0);
    assert_eq!(figure(&simulation, queues[0], "visible"), 0.0);
    assert_eq!(simulation.totals().filtered, 3);
}

// API_DisableRule.
#[test]
fn a_disabled_rule_takes_nothing() {
    let mut rule = pattern(json!({ "source": ["shop"] }));
    rule["State"] = "DISABLED".into();
    let (mut simulation, bus, queues) = with_rules(&[(rule, json!({}))]);
    send(&mut simulation, bus, event(json!({})), 1);
    run_for(&mut simulation, 10);
    assert_eq!(figure(&simulation, queues[0], "visible"), 0.0);
}

// eb-transform-target-input.
#[test]
fn an_input_transformer_makes_what_the_target_gets() {
    let transformer = json!({
        "InputPathsMap": { "who": "$.detail.customer", "n": "$.detail.n" },
        "InputTemplate": "{\"customer\": <who>, \"text\": \"order <n>\"}",
    });
    let target = json!({ "InputTransformer": transformer });
    let (mut simulation, bus, queues) = with_rules(&[(pattern(json!({ "source": ["shop"] })), target)]);
    send(&mut simulation, bus, event(json!({ "customer": "Kim", "n": 7, "secret": true })), 1);
    run_for(&mut simulation, 10);
    assert_eq!(first_body(&simulation, queues[0]), json!({ "customer": "Kim", "text": "order 7" }));
}

// eb-transform-target-input: InputPath.
#[test]
fn an_input_path_hands_over_a_part_of_the_event() {
    let target = json!({ "InputPath": "$.detail" });
    let (mut simulation, bus, queues) = with_rules(&[(pattern(json!({ "source": ["shop"] })), target)]);
    send(&mut simulation, bus, event(json!({ "n": 7 })), 1);
    run_for(&mut simulation, 10);
    assert_eq!(first_body(&simulation, queues[0]), json!({ "n": 7 }));
}

// eb-rule-retry-policy; eb-rule-dlq.
#[test]
fn without_retries_a_failed_delivery_goes_to_the_targets_dead_letter_queue() {
    let mut builder = Builder::new();
    let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
    let rule = builder.node(NodeKind::Rule, "Rule", pattern(json!({ "source": ["shop"] })));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    let dead = builder.node(NodeKind::Queue, "Dead", json!({}));
    builder.edge(bus, rule, json!({}));
    builder.edge(rule, queue, json!({ "MaximumRetryAttempts": 0, "DeadLetterQueue": dead.to_string() }));
    let mut simulation = simulate(&builder.build(), 4);
    apply(&mut simulation, Command::Inject { target: queue, fault: Fault { outage: true, ..Fault::default() } });
    send(&mut simulation, bus, event(json!({})), 2);
    run_for(&mut simulation, 60);
    assert_eq!(figure(&simulation, dead, "visible"), 2.0);
    assert_eq!(figure(&simulation, queue, "visible"), 0.0);
    check_conservation(&simulation);
}

// eb-rule-retry-policy: by default up to 185 times within 24 hours.
#[test]
fn a_delivery_that_fails_is_retried_until_the_target_is_back() {
    let (mut simulation, bus, queues) = with_rules(&[(pattern(json!({ "source": ["shop"] })), json!({}))]);
    apply(&mut simulation, Command::Inject { target: queues[0], fault: Fault { outage: true, ..Fault::default() } });
    send(&mut simulation, bus, event(json!({})), 1);
    run_for(&mut simulation, 1_800);
    apply(&mut simulation, Command::Inject { target: queues[0], fault: Fault::default() });
    run_for(&mut simulation, 1_800);
    assert_eq!(figure(&simulation, queues[0], "visible"), 1.0);
}

// A rule's target is done when the function has accepted the event: its errors are the function's own problem.
#[test]
fn a_functions_errors_do_not_reach_the_rules_dead_letter_queue() {
    let mut builder = Builder::new();
    let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
    let rule = builder.node(NodeKind::Rule, "Rule", pattern(json!({ "source": ["shop"] })));
    let function = function(&mut builder, "Function", always_fails(), json!({}));
    let dead = builder.node(NodeKind::Queue, "Dead", json!({}));
    builder.edge(bus, rule, json!({}));
    builder.edge(rule, function, json!({ "DeadLetterQueue": dead.to_string() }));
    let mut simulation = simulate(&builder.build(), 4);
    send(&mut simulation, bus, event(json!({})), 1);
    run_for(&mut simulation, 3_600);
    assert_eq!(figure(&simulation, function, "errors"), 3.0);
    assert_eq!(figure(&simulation, dead, "visible"), 0.0);
}

// eb-quota: five targets a rule.
#[test]
fn a_rule_has_at_most_five_targets() {
    let mut builder = Builder::new();
    let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
    let rule = builder.node(NodeKind::Rule, "Rule", pattern(json!({ "source": ["shop"] })));
    builder.edge(bus, rule, json!({}));
    for number in 0..6 {
        let queue = builder.node(NodeKind::Queue, &format!("Queue {number}"), json!({}));
        builder.edge(rule, queue, json!({}));
    }
    refused(&builder.build(), "5");
}

// API_PutEvents: sources that begin with `aws.` are the services' own.
#[test]
fn a_source_that_begins_with_aws_is_refused() {
    let mut builder = Builder::new();
    let function = function(&mut builder, "Function", works_for(1), json!({}));
    let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
    builder.edge(function, bus, json!({}));
    let step = json!([{ "step": "putEvents", "to": bus.to_string(), "source": "aws.s3", "detailType": "x" }]);
    builder.set(function, "Handler", step);
    refused(&builder.build(), "aws.");
}
