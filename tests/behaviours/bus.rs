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

// eb-transform-target-input: an object that is put into a string of a JSON template brings its quotes along.
#[test]
fn what_an_input_transformer_breaks_is_not_delivered() {
    let transformer = json!({
        "InputPathsMap": { "detail": "$.detail" },
        "InputTemplate": "{\"text\": \"the order: <detail>\"}",
    });
    let target = json!({ "InputTransformer": transformer });
    let (mut simulation, bus, queues) = with_rules(&[(pattern(json!({ "source": ["shop"] })), target)]);
    send(&mut simulation, bus, event(json!({ "n": 7 })), 1);
    run_for(&mut simulation, 10);
    assert_eq!(figure(&simulation, queues[0], "visible"), 0.0);
    assert_eq!(simulation.dropped(Reason::BrokenInput), 1);
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

/// A bus with one rule for everything and one target of this kind, without latency.
struct Delivery {
    simulation: Simulation,
    bus: Uuid,
    rule: Uuid,
    receiver: Uuid,
    target: Uuid,
    dead: Uuid,
}

fn delivery(bus: Value, kind: NodeKind, receiver: Value, target: Value) -> Delivery {
    let mut builder = Builder::new();
    let bus = builder.node(NodeKind::Bus, "Bus", bus);
    let rule = builder.node(NodeKind::Rule, "Rule", pattern(json!({ "source": [{ "prefix": "" }] })));
    let receiver = builder.node(kind, "Receiver", receiver);
    let dead = builder.node(NodeKind::Queue, "Dead", json!({}));
    let mut settings = instant();
    for (name, value) in target.as_object().into_iter().flatten() {
        settings[name] = value.clone();
    }
    if settings["DeadLetterQueue"] == "dead" {
        settings["DeadLetterQueue"] = dead.to_string().into();
    }
    builder.edge(bus, rule, instant());
    let target = builder.edge(rule, receiver, settings);
    Delivery { simulation: simulate(&builder.build(), 6), bus, rule, receiver, target, dead }
}

impl Delivery {
    fn put(&mut self, count: u32) {
        send(&mut self.simulation, self.bus, event(json!({ "n": 1 })), count);
    }

    /// How often the receiver was asked after so many seconds more.
    fn requests_after(&mut self, seconds: u64) -> f64 {
        run_for(&mut self.simulation, seconds);
        check_conservation(&self.simulation);
        figure(&self.simulation, self.receiver, "requests")
    }

    /// The attributes of the first dead letter, by name.
    fn dead_letter(&self) -> Value {
        let NodeView::Queue(queue) = view(&self.simulation, self.dead) else { panic!("a queue") };
        let text = queue.visible[0].attributes.clone().expect("attributes");
        let attributes: Value = serde_json::from_str(&text).expect("JSON");
        let named = attributes.as_object().expect("an object").iter();
        named.map(|(name, attribute)| (name.clone(), attribute["Value"].clone())).collect()
    }
}

fn endpoint(status: u16, target: Value) -> Delivery {
    let endpoint = json!({ "StatusCode": status, "ResponseDuration": 0 });
    delivery(json!({}), NodeKind::Endpoint, endpoint, target)
}

/// One PutEvents with these entries, by hand.
fn put_entries(simulation: &mut Simulation, bus: Uuid, entries: Value) {
    send(simulation, bus, json!({ "Entries": entries }), 1);
    run_for(simulation, 5);
    check_conservation(simulation);
}

fn entry(detail: Value) -> Value {
    json!({ "Source": "shop", "DetailType": "Order", "Detail": detail })
}

fn rule_refused(rule: Value, words: &str) {
    let mut builder = Builder::new();
    let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
    let rule = builder.node(NodeKind::Rule, "Rule", rule);
    builder.edge(bus, rule, json!({}));
    refused(&builder.build(), words);
}

// API_PutEvents: 200 with FailedEntryCount; the other entries are accepted.
#[test]
fn a_request_may_fail_in_part() {
    let mut it = delivery(json!({}), NodeKind::Queue, json!({}), json!({}));
    let entries = json!([
        entry(json!({ "n": 1 })),
        { "DetailType": "Order", "Detail": {} },
        { "Source": "shop", "DetailType": "", "Detail": {} },
        { "Source": "shop", "DetailType": "Order" },
        entry(json!("no object")),
        { "Source": "aws.s3", "DetailType": "Order", "Detail": {} },
        entry(json!("{\"n\": 2}")),
    ]);
    put_entries(&mut it.simulation, it.bus, entries);
    let figures = ["events", "refused"].map(|name| figure(&it.simulation, it.bus, name));
    assert_eq!((figures, figure(&it.simulation, it.receiver, "visible")), ([2.0, 5.0], 2.0));
    assert_eq!(it.simulation.dropped(Reason::Refused), 5);
}

// API_PutEvents: ten entries, one megabyte, and something that every entry needs.
#[test]
fn a_request_that_is_wrong_as_a_whole_is_refused() {
    let large = "x".repeat(600_000);
    let requests = [
        Value::Array((0..11).map(|n| entry(json!({ "n": n }))).collect()),
        json!([]),
        json!([{ "Detail": {} }, { "Source": "shop" }]),
        json!([entry(json!({ "text": large })), entry(json!({ "text": large }))]),
    ];
    for request in requests {
        let mut it = delivery(json!({}), NodeKind::Queue, json!({}), json!({}));
        put_entries(&mut it.simulation, it.bus, request);
        assert_eq!((figure(&it.simulation, it.bus, "events"), it.simulation.dropped(Reason::Failed)), (0.0, 1));
    }
}

// eb-putevents: whoever does not look at FailedEntryCount takes a refused entry for a success.
#[test]
fn an_entry_that_is_refused_does_not_fail_the_call() {
    let mut builder = Builder::new();
    let function = function(&mut builder, "Function", works_for(1), json!({}));
    let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
    builder.edge(function, bus, json!({}));
    let step = json!([{ "step": "putEvents", "to": bus.to_string(), "source": "shop", "detailType": "Order",
                        "detail": "text" }]);
    builder.set(function, "Handler", step);
    let mut simulation = simulate(&builder.build(), 2);
    send(&mut simulation, function, json!({}), 1);
    run_for(&mut simulation, 5);
    assert_eq!((figure(&simulation, function, "errors"), figure(&simulation, bus, "refused")), (0.0, 1.0));
    check_conservation(&simulation);
}

// API_PutEvents, from a handler, with several entries.
#[test]
fn a_function_puts_several_events_at_once() {
    let mut builder = Builder::new();
    let function = function(&mut builder, "Function", works_for(1), json!({}));
    let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
    builder.edge(function, bus, json!({}));
    let entries = json!([entry(json!({ "n": "{{message.n}}" })), entry(json!({ "n": 2 }))]);
    builder.set(function, "Handler", json!([{ "step": "putEvents", "to": bus.to_string(), "entries": entries }]));
    let mut simulation = simulate(&builder.build(), 2);
    send(&mut simulation, function, json!({ "n": 1 }), 1);
    run_for(&mut simulation, 5);
    assert_eq!(figure(&simulation, bus, "events"), 2.0);
    check_conservation(&simulation);
}

// eb-putevents: an event for a bus that does not exist is accepted, and gone.
#[test]
fn an_event_for_a_bus_that_does_not_exist_is_gone_without_an_error() {
    let mut builder = Builder::new();
    let function = function(&mut builder, "Function", works_for(1), json!({}));
    let bus = builder.node(NodeKind::Bus, "Bus", json!({ "Name": "orders" }));
    builder.edge(function, bus, json!({ "EventBusName": "order" }));
    let step = json!([{ "step": "putEvents", "to": bus.to_string(), "source": "shop", "detailType": "Order" }]);
    builder.set(function, "Handler", step);
    let mut simulation = simulate(&builder.build(), 2);
    send(&mut simulation, function, json!({}), 1);
    run_for(&mut simulation, 5);
    assert_eq!((figure(&simulation, function, "errors"), figure(&simulation, bus, "events")), (0.0, 0.0));
    assert_eq!(simulation.dropped(Reason::NoSuchBus), 1);
    let mut entry = entry(json!({}));
    entry["EventBusName"] = "nowhere".into();
    put_entries(&mut simulation, bus, json!([entry]));
    assert_eq!(simulation.dropped(Reason::NoSuchBus), 2);
}

// eb-quota: PutEvents beyond the quota is rejected.
#[test]
fn put_events_beyond_the_quota_is_throttled() {
    let mut it = delivery(json!({ "PutEventsPerSecond": 10 }), NodeKind::Queue, json!({}), json!({}));
    it.put(25);
    run_for(&mut it.simulation, 5);
    let figures = ["events", "throttled"].map(|name| figure(&it.simulation, it.bus, name));
    assert_eq!((figures, it.simulation.dropped(Reason::Throttled)), ([10.0, 15.0], 15));
    check_conservation(&it.simulation);
}

// eb-quota: invocations of targets beyond the quota are delayed, not lost.
#[test]
fn invocations_beyond_the_quota_wait_and_none_is_lost() {
    let mut it = delivery(json!({ "InvocationsPerSecond": 5 }), NodeKind::Queue, json!({}), json!({}));
    it.put(25);
    run_for(&mut it.simulation, 1);
    assert_eq!(
        (figure(&it.simulation, it.receiver, "visible"), figure(&it.simulation, it.bus, "waiting")),
        (10.0, 15.0)
    );
    check_conservation(&it.simulation);
    run_for(&mut it.simulation, 4);
    assert_eq!(figure(&it.simulation, it.receiver, "visible"), 25.0);
}

// eb-events: times in whole seconds; an entry may bring its own.
#[test]
fn an_event_has_its_time_in_whole_seconds() {
    let mut it = delivery(json!({}), NodeKind::Queue, json!({}), json!({}));
    run_for(&mut it.simulation, 3_661);
    it.put(1);
    run_for(&mut it.simulation, 1);
    assert_eq!(first_body(&it.simulation, it.receiver)["time"], "2026-01-01T01:01:01Z");
    let mut it = delivery(json!({}), NodeKind::Queue, json!({}), json!({}));
    let mut entry = entry(json!({}));
    entry["Time"] = "2025-12-24T18:00:00Z".into();
    entry["Resources"] = json!(["arn:aws:s3:::bucket"]);
    put_entries(&mut it.simulation, it.bus, json!([entry]));
    let body = first_body(&it.simulation, it.receiver);
    assert_eq!((&body["time"], &body["resources"][0]), (&json!("2025-12-24T18:00:00Z"), &json!("arn:aws:s3:::bucket")));
}

// eb-rules: two rules with the same target deliver twice.
#[test]
fn two_rules_with_the_same_target_deliver_twice() {
    let mut builder = Builder::new();
    let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    for name in ["One", "Two"] {
        let rule = builder.node(NodeKind::Rule, name, pattern(json!({ "source": ["shop"] })));
        builder.edge(bus, rule, json!({}));
        builder.edge(rule, queue, json!({}));
    }
    let mut simulation = simulate(&builder.build(), 4);
    send(&mut simulation, bus, event(json!({})), 1);
    run_for(&mut simulation, 10);
    assert_eq!(figure(&simulation, queue, "visible"), 2.0);
}

// eb-targets: up to five, each with its own input.
#[test]
fn every_target_of_a_rule_gets_its_own_copy_with_its_own_input() {
    let mut builder = Builder::new();
    let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
    let rule = builder.node(NodeKind::Rule, "Rule", pattern(json!({ "source": ["shop"] })));
    builder.edge(bus, rule, json!({}));
    let inputs = [
        json!({}),
        json!({ "InputPath": "$.detail" }),
        json!({ "Input": { "constant": true } }),
        json!({ "InputTransformer": { "InputPathsMap": { "n": "$.detail.n" }, "InputTemplate": "{\"m\": <n>}" } }),
        json!({ "InputPath": "$.source" }),
    ];
    let queues = inputs.map(|input| {
        let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
        builder.edge(rule, queue, input);
        queue
    });
    let mut simulation = simulate(&builder.build(), 4);
    send(&mut simulation, bus, event(json!({ "n": 7 })), 1);
    run_for(&mut simulation, 10);
    let bodies = queues.map(|queue| first_body(&simulation, queue));
    assert_eq!(bodies[0]["detail"], json!({ "n": 7 }));
    assert_eq!(bodies[1..], [json!({ "n": 7 }), json!({ "constant": true }), json!({ "m": 7 }), json!("shop")]);
    check_conservation(&simulation);
}

// API_Target: Input, InputPath and InputTransformer exclude each other.
#[test]
fn a_target_has_one_kind_of_input() {
    let mut builder = Builder::new();
    let rule = builder.node(NodeKind::Rule, "Rule", pattern(json!({ "source": ["shop"] })));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    builder.edge(rule, queue, json!({ "Input": 1, "InputPath": "$.detail" }));
    refused(&builder.build(), "either an Input");
}

// eb-targets: a topic gets the event as its message.
#[test]
fn a_topic_as_a_target_publishes_the_event() {
    let mut builder = Builder::new();
    let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
    let rule = builder.node(NodeKind::Rule, "Rule", pattern(json!({ "source": ["shop"] })));
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    builder.edge(bus, rule, json!({}));
    builder.edge(rule, topic, json!({}));
    builder.edge(topic, queue, json!({}));
    let mut simulation = simulate(&builder.build(), 4);
    send(&mut simulation, bus, event(json!({ "n": 7 })), 1);
    run_for(&mut simulation, 10);
    let message = first_body(&simulation, queue)["Message"].as_str().map(str::to_string).expect("a message");
    let published: Value = serde_json::from_str(&message).expect("JSON");
    assert_eq!(published["detail"], json!({ "n": 7 }));
}

/// Two buses, the first of which hands everything on to the second.
fn two_buses() -> (Builder, [Uuid; 2], Uuid) {
    let mut builder = Builder::new();
    let buses = [("First", "default"), ("Second", "orders")]
        .map(|(name, bus)| builder.node(NodeKind::Bus, name, json!({ "Name": bus })));
    let rule = builder.node(NodeKind::Rule, "Forward", pattern(json!({ "source": [{ "prefix": "" }] })));
    builder.edge(buses[0], rule, instant());
    builder.edge(rule, buses[1], instant());
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    for (bus, name) in buses.iter().zip(["Keep", "Take"]) {
        let rule = builder.node(NodeKind::Rule, name, pattern(json!({ "source": ["shop"] })));
        builder.edge(*bus, rule, instant());
        builder.edge(rule, queue, instant());
    }
    (builder, buses, queue)
}

// eb-bus-to-bus: a rule hands an event on to another bus, where it stays the same event.
#[test]
fn an_event_keeps_its_id_from_bus_to_bus() {
    let (builder, buses, queue) = two_buses();
    let mut simulation = simulate(&builder.build(), 4);
    send(&mut simulation, buses[0], event(json!({ "n": 7 })), 1);
    run_for(&mut simulation, 10);
    let NodeView::Queue(queue) = view(&simulation, queue) else { panic!("a queue") };
    let bodies: Vec<Value> =
        queue.visible.iter().map(|message| serde_json::from_str(&message.body).expect("JSON")).collect();
    assert_eq!((bodies.len(), &bodies[0]), (2, &bodies[1]));
    assert_eq!(figure(&simulation, buses[1], "events"), 1.0);
    check_conservation(&simulation);
}

// Here a circle of buses ends after 16 forwards; the service would go on.
#[test]
fn a_circle_of_buses_comes_to_an_end() {
    let (mut builder, buses, _) = two_buses();
    let rule = builder.node(NodeKind::Rule, "Back", pattern(json!({ "source": [{ "prefix": "" }] })));
    builder.edge(buses[1], rule, instant());
    builder.edge(rule, buses[0], instant());
    let mut simulation = simulate(&builder.build(), 4);
    send(&mut simulation, buses[0], event(json!({})), 1);
    run_for(&mut simulation, 10);
    assert_eq!((figure(&simulation, buses[0], "events"), simulation.dropped(Reason::Loop)), (9.0, 1));
    check_conservation(&simulation);
}

// eb-rule-retry-policy: the first attempt and so many more.
#[test]
fn a_target_is_tried_again_as_often_as_its_retry_policy_says() {
    let mut it = endpoint(503, json!({ "MaximumRetryAttempts": 3 }));
    it.put(1);
    assert_eq!(it.requests_after(60), 4.0);
    assert_eq!(given_up(&it.simulation, it.rule, "retries_exhausted"), 1);
    assert_eq!(it.simulation.dropped(Reason::RetriesExhausted), 1);
}

// eb-rule-retry-policy: exponential back-off.
#[test]
fn the_pauses_between_retries_double() {
    let mut it = endpoint(503, json!({}));
    it.put(1);
    // After 1, 2, 4, 8 and 16 s, give or take a tenth.
    assert_eq!(it.requests_after(2), 2.0);
    assert_eq!(it.requests_after(2), 3.0);
    assert_eq!(it.requests_after(4), 4.0);
    assert_eq!(it.requests_after(9), 5.0);
    assert_eq!(it.requests_after(18), 6.0);
}

// eb-rule-retry-policy: by default 24 hours and 185 retries, whichever ends first.
#[test]
fn by_default_a_rule_tries_for_a_day() {
    let mut it = endpoint(503, json!({ "DeadLetterQueue": "dead" }));
    it.put(1);
    assert!(it.requests_after(23 * 3_600) < 180.0);
    let requests = it.requests_after(2 * 3_600);
    assert!((180.0..=186.0).contains(&requests), "{requests}");
    assert_eq!(figure(&it.simulation, it.dead, "visible"), 1.0);
}

// eb-rule-dlq: why it is there, as attributes.
#[test]
fn a_dead_letter_says_where_it_comes_from_and_why() {
    let mut it = endpoint(503, json!({ "MaximumRetryAttempts": 2, "DeadLetterQueue": "dead" }));
    it.put(1);
    run_for(&mut it.simulation, 60);
    let attributes = it.dead_letter();
    assert_eq!(attributes["ERROR_CODE"], "ERROR_FROM_TARGET");
    assert_eq!(attributes["EXHAUSTED_RETRY_CONDITION"], "MaximumRetryAttempts");
    assert_eq!(attributes["RETRY_ATTEMPTS"], "2");
    assert_eq!(attributes["RULE_ARN"], "arn:aws:events:us-east-1:123456789012:rule/Rule");
    assert!(attributes["TARGET_ARN"].as_str().is_some_and(|arn| arn.ends_with("/Receiver")));
    assert!(attributes["ERROR_MESSAGE"].is_string());
    assert_eq!(first_body(&it.simulation, it.dead)["detail"], json!({ "n": 1 }));
}

// eb-rule-retry-policy: MaximumEventAgeInSeconds may end it first.
#[test]
fn an_event_that_is_too_old_is_not_tried_again() {
    let mut it = endpoint(503, json!({ "MaximumEventAgeInSeconds": 60, "DeadLetterQueue": "dead" }));
    it.put(1);
    run_for(&mut it.simulation, 120);
    assert_eq!(it.dead_letter()["EXHAUSTED_RETRY_CONDITION"], "MaximumEventAgeInSeconds");
    let mut it = endpoint(503, json!({ "MaximumEventAgeInSeconds": 60 }));
    it.put(1);
    run_for(&mut it.simulation, 120);
    assert_eq!((it.simulation.dropped(Reason::TooOld), given_up(&it.simulation, it.rule, "too_old")), (1, 1));
}

// eb-rule-dlq: without permission, or without a target, nothing is tried again.
#[test]
fn an_error_that_a_retry_cannot_mend_goes_straight_to_the_dead_letter_queue() {
    for (access, code) in [("DENIED", "NO_PERMISSIONS"), ("DELETED", "NO_RESOURCE")] {
        let target = json!({ "Access": access, "DeadLetterQueue": "dead" });
        let mut it = delivery(json!({}), NodeKind::Queue, json!({}), target);
        it.put(1);
        run_for(&mut it.simulation, 1);
        let attributes = it.dead_letter();
        assert_eq!((&attributes["ERROR_CODE"], &attributes["RETRY_ATTEMPTS"]), (&json!(code), &json!("0")));
        assert!(attributes.get("EXHAUSTED_RETRY_CONDITION").is_none());
        check_conservation(&it.simulation);
    }
}

// eb-rule-dlq: without a dead-letter queue the event is dropped, and the sender of the event is never told.
#[test]
fn without_a_dead_letter_queue_a_missing_permission_loses_events_silently() {
    let mut it = delivery(json!({}), NodeKind::Queue, json!({}), json!({ "Access": "DENIED" }));
    it.put(3);
    run_for(&mut it.simulation, 1);
    assert_eq!((figure(&it.simulation, it.bus, "matched"), it.simulation.dropped(Reason::NoPermission)), (3.0, 3));
    let target = it.target;
    apply(&mut it.simulation, Command::Set { target, setting: "Access".into(), value: "ALLOWED".into() });
    it.put(1);
    run_for(&mut it.simulation, 1);
    assert_eq!(figure(&it.simulation, it.receiver, "visible"), 1.0);
}

// eb-api-destinations: which answers are worth another try.
#[test]
fn an_api_destination_is_tried_again_after_401_407_409_429_and_server_errors() {
    for (status, expected) in
        [(400, 1.0), (403, 1.0), (404, 1.0), (401, 3.0), (407, 3.0), (409, 3.0), (429, 3.0), (500, 3.0)]
    {
        let mut it = endpoint(status, json!({ "MaximumRetryAttempts": 2 }));
        it.put(1);
        assert_eq!(it.requests_after(60), expected, "{status}");
    }
}

// eb-api-destinations: five seconds to answer.
#[test]
fn an_api_destination_has_five_seconds_to_answer() {
    let slow = json!({ "ResponseDuration": 6_000 });
    let target = json!({ "MaximumRetryAttempts": 1, "DeadLetterQueue": "dead" });
    let mut it = delivery(json!({}), NodeKind::Endpoint, slow, target);
    it.put(1);
    assert_eq!(it.requests_after(60), 2.0);
    assert_eq!(it.dead_letter()["ERROR_CODE"], "TIMEOUT");
}

// eb-api-destinations: InvocationRateLimitPerSecond holds requests back.
#[test]
fn an_api_destinations_rate_limit_delays_requests() {
    let mut it = endpoint(200, json!({ "InvocationRateLimitPerSecond": 2 }));
    it.put(10);
    assert_eq!(it.requests_after(1), 4.0);
    assert_eq!(figure(&it.simulation, it.rule, "waiting"), 6.0);
    assert_eq!(it.requests_after(4), 10.0);
}

// eb-api-destinations: the longer of Retry-After and the rule's own pause.
#[test]
fn retry_after_makes_an_api_destination_wait_longer() {
    let busy = json!({ "StatusCode": 429, "ResponseDuration": 0, "RetryAfter": 60 });
    let mut it = delivery(json!({}), NodeKind::Endpoint, busy, json!({}));
    it.put(1);
    assert_eq!(it.requests_after(50), 1.0);
    assert_eq!(it.requests_after(20), 2.0);
}

// API_PutEvents: the sender's success says nothing of the targets.
#[test]
fn the_sender_does_not_notice_that_a_target_is_down() {
    let mut builder = Builder::new();
    let client = builder.node(NodeKind::Client, "Client", json!({ "Arrivals": { "constant": 1 } }));
    let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
    let rule = builder.node(NodeKind::Rule, "Rule", pattern(json!({ "source": [{ "prefix": "" }] })));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    builder.edge(client, bus, json!({}));
    builder.edge(bus, rule, json!({}));
    builder.edge(rule, queue, json!({}));
    let mut simulation = simulate(&builder.build(), 4);
    apply(&mut simulation, Command::Inject { target: queue, fault: Fault { outage: true, ..Fault::default() } });
    run_for(&mut simulation, 10);
    assert_eq!((figure(&simulation, client, "failed"), figure(&simulation, queue, "visible")), (0.0, 0.0));
    assert!(figure(&simulation, client, "succeeded") >= 9.0);
}

// eb-quota: 300 rules a bus, 30 of them with wildcards; 2,048 characters a pattern.
#[test]
fn a_bus_has_at_most_300_rules_and_30_with_wildcards() {
    for (count, rule, words) in [
        (301, json!({ "source": ["shop"] }), "more than 300 rules"),
        (31, json!({ "source": [{ "wildcard": "s*p" }] }), "more than 30 rules with wildcards"),
    ] {
        let mut builder = Builder::new();
        let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
        for number in 0..count {
            let rule = builder.node(NodeKind::Rule, &format!("Rule {number}"), pattern(rule.clone()));
            builder.edge(bus, rule, json!({}));
        }
        refused(&builder.build(), words);
    }
    rule_refused(pattern(json!({ "source": ["x".repeat(2_048)] })), "At most 2048");
}

// API_PutRule: a pattern, a schedule or both.
#[test]
fn a_rule_needs_a_pattern_or_a_schedule() {
    rule_refused(pattern(Value::Null), "needs an event pattern or a schedule");
}

// API_Target, API_SqsParameters: a FIFO queue needs a message group and deduplicates by content.
#[test]
fn a_fifo_queue_as_a_target_needs_a_message_group() {
    let diagram = |queue: Value, target: Value| {
        let mut builder = Builder::new();
        let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
        let rule = builder.node(NodeKind::Rule, "Rule", pattern(json!({ "source": ["shop"] })));
        let queue = builder.node(NodeKind::Queue, "Queue", queue);
        builder.edge(bus, rule, json!({}));
        builder.edge(rule, queue, target);
        (builder.build(), bus, queue)
    };
    let by_content = json!({ "FifoQueue": true, "ContentBasedDeduplication": true });
    refused(&diagram(by_content.clone(), json!({})).0, "needs a MessageGroupId");
    let group = json!({ "MessageGroupId": "orders" });
    refused(&diagram(json!({ "FifoQueue": true }), group.clone()).0, "does not deduplicate by content");
    let (document, bus, queue) = diagram(by_content, group);
    let mut simulation = simulate(&document, 2);
    send(&mut simulation, bus, event(json!({ "n": 1 })), 1);
    send(&mut simulation, bus, event(json!({ "n": 2 })), 1);
    run_for(&mut simulation, 5);
    assert_eq!(figure(&simulation, queue, "visible"), 2.0);
    check_conservation(&simulation);
}

// eb-rule-dlq: standard queues only.
#[test]
fn a_rules_dead_letter_queue_is_a_standard_queue() {
    let mut builder = Builder::new();
    let rule = builder.node(NodeKind::Rule, "Rule", pattern(json!({ "source": ["shop"] })));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    let dead = builder.node(NodeKind::Queue, "Dead", json!({ "FifoQueue": true }));
    builder.edge(rule, queue, json!({ "DeadLetterQueue": dead.to_string() }));
    refused(&builder.build(), "Choose a standard queue");
}
