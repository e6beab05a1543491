//! The ways in which a message can fail to arrive, and what the app says of each: the sentence has to name the true
//! cause and the place. Each is a small scenario through the engine's public interface.

mod support;

use eventyard::diagram::{Distribution, Edit, NodeKind};
use eventyard::kernel::SECOND;
use eventyard::services::{Fault, Serial};
use eventyard::simulation::{Arrival, Command, Fate, Simulation};
use serde_json::{Value, json};
use support::{Builder, check_conservation, instant, run_for, simulate};
use uuid::Uuid;

fn apply(simulation: &mut Simulation, command: Command) {
    simulation.apply(command).unwrap_or_else(|problems| panic!("{problems:?}"));
}

fn send(simulation: &mut Simulation, node: Uuid, payload: Value) {
    apply(simulation, Command::Send { node, payload, count: 1 });
}

fn inject(simulation: &mut Simulation, target: Uuid, fault: Fault) {
    apply(simulation, Command::Inject { target, fault });
}

/// Every message that the journal knows.
fn messages(simulation: &Simulation) -> Vec<Serial> {
    let mut list: Vec<Serial> = simulation.journal().since(0).map(|(_, record)| record.message).collect();
    list.sort_unstable();
    list.dedup();
    list.retain(|serial| *serial != 0);
    list
}

/// What is said of the last message that this became of.
#[track_caller]
fn said(simulation: &Simulation, fate: Fate) -> String {
    check_conservation(simulation);
    let stories = messages(simulation).into_iter().rev().filter_map(|serial| simulation.story(serial));
    let all: Vec<_> = stories.collect();
    let found = all.iter().find(|story| story.fate == fate).map(|story| story.sentence.clone());
    let list = || all.iter().map(|story| format!("{:?}: {}", story.fate, story.sentence)).collect::<Vec<_>>();
    found.unwrap_or_else(|| panic!("nothing is {fate:?}: {:#?}", list()))
}

#[track_caller]
fn assert_says(sentence: &str, words: &[&str]) {
    for part in words {
        assert!(sentence.contains(part), "“{part}” is missing in: {sentence}");
    }
    assert!(!sentence.contains("{{"), "a placeholder is left: {sentence}");
}

#[track_caller]
fn lost(simulation: &Simulation, words: &[&str]) {
    assert_says(&said(simulation, Fate::Lost), words);
}

#[track_caller]
fn dead(simulation: &Simulation, words: &[&str]) {
    assert_says(&said(simulation, Fate::Dead), words);
}

fn why_not(simulation: &Simulation, node: Uuid) -> Arrival {
    let node = simulation.plan().find_node(node).expect("a node of this diagram");
    simulation.why_not(1, node)
}

#[track_caller]
fn never_came(simulation: &Simulation, node: Uuid, words: &[&str]) {
    let arrival = why_not(simulation, node);
    assert!(!arrival.arrived, "{}", arrival.sentence);
    assert_says(&arrival.sentence, words);
}

fn merged(mut settings: Value, more: Value) -> Value {
    for (name, value) in more.as_object().into_iter().flatten() {
        settings[name] = value.clone();
    }
    settings
}

fn function(builder: &mut Builder, name: &str, handler: Value, more: Value) -> Uuid {
    builder.node(NodeKind::Function, name, merged(json!({ "Handler": handler, "InitDuration": 0, "Timeout": 3 }), more))
}

fn works() -> Value {
    json!([{ "step": "work", "duration": 10 }])
}

fn fails() -> Value {
    json!([{ "step": "work", "duration": 10, "failureRate": 1.0 }])
}

fn quiet(more: Value) -> Value {
    merged(json!({ "Arrivals": { "constant": 0 }, "Path": "/payments", "TimeoutMillis": 60_000 }), more)
}

/// Shop → Front → Payments.
struct Front {
    simulation: Simulation,
    shop: Uuid,
    front: Uuid,
    payments: Uuid,
    request: Uuid,
    integration: Uuid,
}

fn front(client: Value, gateway: Value, route: Value, handler: Value, more: Value) -> Front {
    let mut builder = Builder::new();
    let shop = builder.node(NodeKind::Client, "Shop", quiet(client));
    let front = builder.node(NodeKind::Gateway, "Front", gateway);
    let payments = function(&mut builder, "Payments", handler, more);
    let request = builder.edge(shop, front, instant());
    let route = merged(json!({ "Method": "POST", "Path": "/payments", "Latency": 0 }), route);
    let integration = builder.edge(front, payments, route);
    Front { simulation: simulate(&builder.build(), 4), shop, front, payments, request, integration }
}

fn none() -> Value {
    json!({})
}

impl Front {
    fn pay(mut self) -> Front {
        send(&mut self.simulation, self.shop, json!({ "amount": 5 }));
        run_for(&mut self.simulation, 90);
        self
    }
}

#[test]
fn no_route_has_this_path() {
    let it = front(json!({ "Path": "/refunds" }), none(), none(), works(), none()).pay();
    lost(&it.simulation, &["Front answered 403 itself", "no route has this method and path", "Shop gave it up"]);
}

#[test]
fn the_gateway_may_not_invoke_the_function() {
    let it = front(none(), none(), json!({ "Access": "DENIED" }), works(), none()).pay();
    lost(&it.simulation, &["Front answered 500 itself", "no policy of the function lets it invoke the function"]);
}

#[test]
fn the_stage_throttles() {
    let gateway = json!({ "ThrottlingRateLimit": 1, "ThrottlingBurstLimit": 1 });
    let mut it = front(none(), gateway, none(), works(), none());
    send(&mut it.simulation, it.shop, json!({}));
    let it = it.pay();
    lost(&it.simulation, &["Front answered 429 itself", "the stage's bucket is empty"]);
}

#[test]
fn the_api_key_is_missing() {
    let it = front(none(), json!({ "ApiKeyRequired": true, "ApiKey": "secret" }), none(), works(), none()).pay();
    lost(&it.simulation, &["Front answered 403 itself", "the API key is missing or not valid"]);
}

#[test]
fn the_functions_reserved_concurrency_is_used_up() {
    let it = front(none(), none(), none(), works(), json!({ "ReservedConcurrentExecutions": 0 })).pay();
    lost(&it.simulation, &["Payments throttled it", "its reserved concurrency is used up"]);
}

#[test]
fn the_handler_throws() {
    let it = front(json!({ "Retries": 2 }), none(), none(), fails(), none()).pay();
    lost(&it.simulation, &["Payments failed: its handler threw an error", "Shop gave it up after 3 attempts"]);
}

#[test]
fn the_function_times_out() {
    let it = front(none(), none(), none(), json!([{ "step": "work", "duration": 10_000 }]), none()).pay();
    lost(&it.simulation, &["Payments ran longer than its Timeout of 3000 ms"]);
}

#[test]
fn the_gateway_stops_waiting_though_the_work_is_done() {
    let slow = json!([{ "step": "work", "duration": 40_000 }]);
    let it = front(none(), none(), none(), slow, json!({ "Timeout": 60 })).pay();
    let story = it.simulation.request_story(1).expect("a story");
    assert_says(&story.sentence, &["Failed for the client: 504", "Front stopped waiting for Payments after 29 s"]);
    let sentence = said(&it.simulation, Fate::Arrived);
    assert_says(&sentence, &["Payments worked on it", "nobody was waiting", "Front stopped waiting for Payments"]);
}

#[test]
fn the_functions_answer_is_malformed() {
    let answer = json!([{ "step": "respond", "payload": { "result": "fine" } }]);
    let it = front(none(), none(), none(), answer, none()).pay();
    let story = it.simulation.request_story(1).expect("a story");
    assert_says(
        &story.sentence,
        &["Failed for the client: 502", "Front answered 502 itself", "its answer is malformed"],
    );
}

#[test]
fn the_client_stops_waiting() {
    let slow = json!([{ "step": "work", "duration": 10_000 }]);
    let it = front(json!({ "TimeoutMillis": 2_000 }), none(), none(), slow, json!({ "Timeout": 60 })).pay();
    let story = it.simulation.request_story(1).expect("a story");
    assert_says(&story.sentence, &["Failed for the client", "Shop stopped waiting for Front after 2000 ms"]);
}

#[test]
fn a_partition_loses_the_request() {
    let mut it = front(json!({ "TimeoutMillis": 2_000 }), none(), none(), works(), none());
    inject(&mut it.simulation, it.request, Fault { partition: true, ..Fault::default() });
    let it = it.pay();
    lost(&it.simulation, &["lost between Shop and Front", "partition"]);
    never_came(&it.simulation, it.payments, &["lost between Shop and Front"]);
}

#[test]
fn a_fault_of_an_edge_refuses_the_call() {
    let mut it = front(none(), none(), none(), works(), none());
    inject(&mut it.simulation, it.integration, Fault { outage: true, ..Fault::default() });
    let it = it.pay();
    lost(&it.simulation, &["a fault between Front and Payments refused it"]);
}

#[test]
fn an_outage_of_the_function_fails_every_run() {
    let mut it = front(none(), none(), none(), works(), none());
    inject(&mut it.simulation, it.payments, Fault { outage: true, ..Fault::default() });
    let it = it.pay();
    lost(&it.simulation, &["Payments fails: the fault “outage” makes every run fail"]);
}

#[test]
fn a_stopped_node_refuses_it() {
    let mut it = front(none(), none(), none(), works(), none());
    apply(&mut it.simulation, Command::Stop { node: it.front });
    let it = it.pay();
    lost(&it.simulation, &["Front is stopped and refused it"]);
}

#[test]
fn a_paused_node_lets_it_wait() {
    let mut it = front(none(), none(), none(), works(), none());
    apply(&mut it.simulation, Command::Pause { node: it.payments });
    send(&mut it.simulation, it.shop, json!({}));
    run_for(&mut it.simulation, 5);
    assert_says(&said(&it.simulation, Fate::Waiting), &["Payments, which is paused"]);
    never_came(&it.simulation, it.payments, &["Payments, which is paused"]);
}

#[test]
fn a_node_that_was_removed_is_not_there() {
    let mut it = front(none(), none(), none(), works(), none());
    send(&mut it.simulation, it.shop, json!({}));
    let removal = Edit::RemoveNode { id: it.payments, alone: false };
    apply(&mut it.simulation, Command::Edit(removal));
    run_for(&mut it.simulation, 5);
    lost(&it.simulation, &["Front answered 403 itself: no route"]);
}

#[test]
fn the_circuit_breaker_is_open() {
    let breaker = json!({ "CircuitBreaker": { "failures": 1, "openSeconds": 60 } });
    let mut it = front(breaker, none(), none(), fails(), none());
    send(&mut it.simulation, it.shop, json!({}));
    run_for(&mut it.simulation, 1);
    send(&mut it.simulation, it.shop, json!({}));
    run_for(&mut it.simulation, 1);
    let story = it.simulation.request_story(2).expect("a story");
    assert_says(&story.sentence, &["circuit open, not sent"]);
}

#[test]
fn a_client_that_is_connected_to_nothing() {
    let mut builder = Builder::new();
    let shop = builder.node(NodeKind::Client, "Shop", quiet(none()));
    let mut simulation = simulate(&builder.build(), 1);
    send(&mut simulation, shop, json!({}));
    run_for(&mut simulation, 1);
    lost(&simulation, &["Shop is connected to nothing"]);
}

/// A chain of calls fails where it fails: the cause is at its far end.
#[test]
fn the_cause_lies_behind_two_calls() {
    let mut builder = Builder::new();
    let shop = builder.node(NodeKind::Client, "Shop", quiet(none()));
    let front = builder.node(NodeKind::Gateway, "Front", none());
    let database = builder.node(
        NodeKind::Database,
        "Ledger",
        json!({ "MaximumConnections": 1, "ConnectionTimeoutMillis": 100, "QueryDuration": 2_500 }),
    );
    let sales = function(&mut builder, "Sales", none_list(), json!({ "Timeout": 20 }));
    let payments = function(&mut builder, "Payments", none_list(), json!({ "Timeout": 20 }));
    builder.edge(shop, front, instant());
    builder.edge(front, payments, json!({ "Method": "POST", "Path": "/payments" }));
    builder.edge(payments, sales, instant());
    builder.edge(sales, database, instant());
    builder.set(sales, "Handler", json!([{ "step": "write", "to": database }]));
    let answer = json!({ "step": "respond", "payload": { "statusCode": 200 } });
    builder.set(payments, "Handler", json!([{ "step": "call", "to": sales }, answer]));
    let mut simulation = simulate(&builder.build(), 1);
    for _ in 0..2 {
        send(&mut simulation, shop, json!({}));
    }
    run_for(&mut simulation, 30);
    let failed = (1..=2).map(|trace| simulation.request_story(trace).expect("a story"));
    let failed: Vec<_> = failed.filter(|story| story.sentence.contains("Failed")).collect();
    let words = ["Payments failed, because Sales failed", "Ledger did not do it", "connection timeout"];
    assert_says(&failed[0].sentence, &words);
}

fn none_list() -> Value {
    json!([])
}

/// Orders → Sales, with the dead-letter queue Dead.
struct Line {
    simulation: Simulation,
    orders: Uuid,
    sales: Uuid,
    mapping: Uuid,
}

fn line(queue: Value, handler: Value, more: Value, mapping: Value, attempts: u32) -> Line {
    let mut builder = Builder::new();
    let orders = builder.node(NodeKind::Queue, "Orders", queue);
    let sales = function(&mut builder, "Sales", handler, more);
    let dead = builder.node(NodeKind::Queue, "Dead", json!({ "MessageRetentionPeriod": 1_209_600 }));
    let mapping = builder.edge(orders, sales, merged(json!({ "BatchSize": 1, "Latency": 0 }), mapping));
    builder.edge(orders, dead, json!({ "maxReceiveCount": attempts }));
    Line { simulation: simulate(&builder.build(), 3), orders, sales, mapping }
}

impl Line {
    fn order(mut self, seconds: u64) -> Line {
        send(&mut self.simulation, self.orders, json!({ "kind": "a" }));
        run_for(&mut self.simulation, seconds);
        self
    }
}

#[test]
fn the_consumer_fails_until_it_is_a_dead_letter() {
    let it = line(json!({ "VisibilityTimeout": 10 }), fails(), none(), none(), 3).order(200);
    dead(
        &it.simulation,
        &[
            "In the dead-letter queue Dead",
            "received from Orders 3 times",
            "maxReceiveCount",
            "Sales failed: its handler threw",
        ],
    );
}

#[test]
fn poison_makes_the_consumer_fail() {
    let mut it = line(json!({ "VisibilityTimeout": 10 }), works(), none(), none(), 2);
    inject(&mut it.simulation, it.orders, Fault { poison: 1, ..Fault::default() });
    let it = it.order(200);
    dead(&it.simulation, &["a fault marked the message as poison"]);
}

#[test]
fn the_visibility_timeout_is_too_short() {
    let slow = json!([{ "step": "work", "duration": 20_000 }]);
    let mut it = line(json!({ "VisibilityTimeout": 30 }), slow, json!({ "Timeout": 25 }), none(), 1);
    let change = Command::Set { target: it.orders, setting: "VisibilityTimeout".into(), value: json!(5) };
    let _ = it.simulation.apply(change);
    let it = it.order(60);
    dead(&it.simulation, &["the visibility timeout of 5000 ms of Orders ended before Sales had finished"]);
}

#[test]
fn the_consumer_has_no_concurrency() {
    let queue = json!({ "VisibilityTimeout": 10 });
    let it = line(queue, works(), json!({ "ReservedConcurrentExecutions": 0 }), none(), 2).order(200);
    dead(&it.simulation, &["Sales throttled it", "its reserved concurrency is used up"]);
}

#[test]
fn nobody_receives_and_it_expires() {
    let queue = json!({ "MessageRetentionPeriod": 60 });
    let it = line(queue, works(), none(), json!({ "Enabled": false }), 3).order(200);
    lost(
        &it.simulation,
        &[
            "expired in Orders after the MessageRetentionPeriod of 60 s",
            "the event source mapping to Sales is disabled",
        ],
    );
}

#[test]
fn the_consumer_is_stopped() {
    let mut it = line(none(), works(), none(), none(), 3);
    apply(&mut it.simulation, Command::Stop { node: it.sales });
    let it = it.order(60);
    assert_says(&said(&it.simulation, Fate::Waiting), &["In Orders, visible", "Sales is stopped"]);
    never_came(&it.simulation, it.sales, &["Sales is stopped"]);
}

#[test]
fn the_filter_criteria_refuse_it() {
    let filter = json!({ "FilterCriteria": [{ "body": { "kind": ["b"] } }] });
    let it = line(none(), works(), none(), filter, 3).order(60);
    let words = ["the filter criteria of the event source mapping from Orders to Sales", "`body.kind` is `\"a\"`"];
    assert_says(&said(&it.simulation, Fate::Filtered), &words);
    never_came(&it.simulation, it.sales, &words);
    let _ = it.mapping;
}

#[test]
fn the_queue_was_purged() {
    let mut it = line(none(), works(), none(), json!({ "Enabled": false }), 3).order(5);
    apply(&mut it.simulation, Command::Purge { queue: it.orders });
    lost(&it.simulation, &["Orders was purged by hand"]);
}

#[test]
fn it_is_larger_than_the_queue_takes() {
    let mut it = line(json!({ "MaximumMessageSize": 1_024 }), works(), none(), none(), 3);
    send(&mut it.simulation, it.orders, json!({ "text": "x".repeat(2_000) }));
    run_for(&mut it.simulation, 5);
    lost(&it.simulation, &["Orders refused it: it is larger than MaximumMessageSize"]);
}

#[test]
fn it_is_still_delayed() {
    let it = line(json!({ "DelaySeconds": 60 }), works(), none(), none(), 3).order(10);
    assert_says(&said(&it.simulation, Fate::Waiting), &["In Orders, delayed", "50 s"]);
}

#[test]
fn a_fifo_queue_needs_a_group() {
    let mut builder = Builder::new();
    let orders =
        builder.node(NodeKind::Queue, "Orders", json!({ "FifoQueue": true, "ContentBasedDeduplication": true }));
    let mut simulation = simulate(&builder.build(), 1);
    send(&mut simulation, orders, json!({}));
    run_for(&mut simulation, 1);
    lost(&simulation, &["Orders refused it", "needs a MessageGroupId"]);
}

#[test]
fn a_fifo_queue_drops_a_duplicate() {
    let mut builder = Builder::new();
    let orders =
        builder.node(NodeKind::Queue, "Orders", json!({ "FifoQueue": true, "ContentBasedDeduplication": true }));
    let mut simulation = simulate(&builder.build(), 1);
    for _ in 0..2 {
        send(&mut simulation, orders, json!({ "MessageBody": { "a": 1 }, "MessageGroupId": "g" }));
    }
    run_for(&mut simulation, 1);
    lost(&simulation, &["Orders had taken the same message within the last five minutes"]);
}

/// News → Left and Right, two queues.
struct Fan {
    simulation: Simulation,
    news: Uuid,
    right: Uuid,
}

fn fan(subscription: Value) -> Fan {
    let mut builder = Builder::new();
    let news = builder.node(NodeKind::Topic, "News", none());
    let left = builder.node(NodeKind::Queue, "Left", none());
    let right = builder.node(NodeKind::Queue, "Right", none());
    builder.edge(news, left, instant());
    builder.edge(news, right, merged(instant(), subscription));
    Fan { simulation: simulate(&builder.build(), 2), news, right }
}

impl Fan {
    fn publish(mut self, payload: Value) -> Fan {
        send(&mut self.simulation, self.news, payload);
        run_for(&mut self.simulation, 5);
        self
    }
}

#[test]
fn a_filter_policy_on_the_body_refuses_it() {
    let policy =
        json!({ "FilterPolicy": { "amount": [{ "numeric": [">", 100] }] }, "FilterPolicyScope": "MessageBody" });
    let it = fan(policy).publish(json!({ "amount": 5 }));
    let words = ["the filter policy of the subscription from News to Right", "`amount` is `5`, not greater than 100"];
    assert_says(&said(&it.simulation, Fate::Filtered), &words);
    never_came(&it.simulation, it.right, &words);
}

#[test]
fn a_filter_policy_on_attributes_refuses_it() {
    let it = fan(json!({ "FilterPolicy": { "kind": ["a"] } })).publish(json!({ "kind": "a" }));
    never_came(&it.simulation, it.right, &["from News to Right", "the message has no attributes"]);
}

#[test]
fn a_subscription_is_not_confirmed() {
    let mut builder = Builder::new();
    let news = builder.node(NodeKind::Topic, "News", none());
    let partner = builder.node(NodeKind::Endpoint, "Partner", none());
    builder.edge(news, partner, json!({ "Confirmed": false }));
    let mut simulation = simulate(&builder.build(), 2);
    send(&mut simulation, news, json!({}));
    run_for(&mut simulation, 5);
    lost(&simulation, &["News has nobody to deliver it to", "the subscription of Partner has not been confirmed"]);
}

#[test]
fn a_subscriber_has_unsubscribed_while_another_one_listens() {
    let it = fan(json!({ "Subscribed": false })).publish(json!({}));
    never_came(&it.simulation, it.right, &["Right is not subscribed any longer"]);
}

#[test]
fn nobody_subscribes() {
    let mut builder = Builder::new();
    let news = builder.node(NodeKind::Topic, "News", none());
    let mut simulation = simulate(&builder.build(), 2);
    send(&mut simulation, news, json!({}));
    run_for(&mut simulation, 1);
    lost(&simulation, &["News has no subscriber, and nobody is told"]);
}

#[test]
fn the_queues_policy_does_not_allow_it() {
    let it = fan(json!({ "Access": "DENIED" })).publish(json!({}));
    lost(&it.simulation, &["Right's policy does not allow News to reach it"]);
}

#[test]
fn the_subscribed_queue_does_not_exist() {
    let it = fan(json!({ "Access": "DELETED" })).publish(json!({}));
    lost(&it.simulation, &["Right does not exist for News"]);
}

#[test]
fn an_endpoint_fails_until_the_retries_are_used_up() {
    let mut builder = Builder::new();
    let news = builder.node(NodeKind::Topic, "News", none());
    let partner = builder.node(NodeKind::Endpoint, "Partner", json!({ "StatusCode": 503 }));
    builder.edge(news, partner, none());
    let mut simulation = simulate(&builder.build(), 2);
    send(&mut simulation, news, json!({}));
    run_for(&mut simulation, 3_600);
    lost(&simulation, &["News gave up delivering it to Partner, all retries used up", "Partner failed: 503"]);
}

/// Bus → rule Big → queue Target, rule Other → queue Rest.
fn bus(rule: Value, target: Value, other: Value) -> (Simulation, Uuid, Uuid) {
    let mut builder = Builder::new();
    let bus = builder.node(NodeKind::Bus, "Events", none());
    let big = builder.node(NodeKind::Rule, "Big", rule);
    let rest = builder.node(NodeKind::Rule, "Other", other);
    let queue = builder.node(NodeKind::Queue, "Target", none());
    let second = builder.node(NodeKind::Queue, "Rest", none());
    builder.edge(bus, big, none());
    builder.edge(bus, rest, none());
    builder.edge(big, queue, target);
    builder.edge(rest, second, none());
    (simulate(&builder.build(), 2), bus, queue)
}

fn event(amount: i64) -> Value {
    json!({ "source": "shop", "detail-type": "Payment", "detail": { "amount": amount } })
}

fn above(amount: i64) -> Value {
    json!({ "EventPattern": { "detail": { "amount": [{ "numeric": [">", amount] }] } } })
}

#[test]
fn one_rule_takes_it_and_another_does_not() {
    let (mut simulation, bus, target) = bus(above(100), none(), json!({ "EventPattern": { "source": ["shop"] } }));
    send(&mut simulation, bus, event(5));
    run_for(&mut simulation, 5);
    never_came(
        &simulation,
        target,
        &["the event pattern of Big refused it", "`detail.amount` is `5`, not greater than 100"],
    );
}

#[test]
fn no_rule_takes_it() {
    let (mut simulation, bus, _) = bus(above(100), none(), above(50));
    send(&mut simulation, bus, event(5));
    run_for(&mut simulation, 5);
    let words = ["no rule of Events took it", "Big refused it: `detail.amount` is `5`", "Other refused it"];
    assert_says(&said(&simulation, Fate::Filtered), &words);
}

#[test]
fn a_rule_is_disabled() {
    let off = merged(above(1), json!({ "State": "DISABLED" }));
    let (mut simulation, bus, target) = bus(off, none(), json!({ "EventPattern": { "source": ["shop"] } }));
    send(&mut simulation, bus, event(5));
    run_for(&mut simulation, 5);
    never_came(&simulation, target, &["the rule Big is disabled"]);
}

#[test]
fn a_target_is_gone_for_good() {
    let (mut simulation, bus, target) = bus(above(1), json!({ "Access": "DELETED" }), above(100));
    send(&mut simulation, bus, event(5));
    run_for(&mut simulation, 5);
    lost(&simulation, &["Target does not exist for Big"]);
    never_came(&simulation, target, &["Target does not exist for Big"]);
}

#[test]
fn a_services_own_source_is_not_authorized() {
    let (mut simulation, bus, _) = bus(above(1), none(), above(100));
    send(&mut simulation, bus, json!({ "source": "aws.s3", "detail-type": "Payment", "detail": {} }));
    run_for(&mut simulation, 5);
    lost(&simulation, &["Events did not accept this entry", "NotAuthorizedForSource"]);
}

#[test]
fn the_bus_of_that_name_does_not_exist() {
    let mut builder = Builder::new();
    let shop = builder.node(NodeKind::Client, "Shop", quiet(none()));
    let bus = builder.node(NodeKind::Bus, "Events", none());
    builder.edge(shop, bus, json!({ "EventBusName": "evnets" }));
    let mut simulation = simulate(&builder.build(), 2);
    send(&mut simulation, shop, json!({ "a": 1 }));
    run_for(&mut simulation, 5);
    lost(&simulation, &["“evnets”", "no bus of that name"]);
}

#[test]
fn put_events_is_throttled() {
    let mut builder = Builder::new();
    let bus = builder.node(NodeKind::Bus, "Events", json!({ "PutEventsPerSecond": 1 }));
    let mut simulation = simulate(&builder.build(), 2);
    apply(&mut simulation, Command::Send { node: bus, payload: event(5), count: 20 });
    run_for(&mut simulation, 1);
    lost(&simulation, &["Events throttled it", "PutEvents calls a second"]);
}

/// News → Worker, asynchronously.
fn asynchronous(handler: Value, more: Value) -> (Simulation, Uuid, Uuid) {
    let mut builder = Builder::new();
    let news = builder.node(NodeKind::Topic, "News", none());
    let worker = function(&mut builder, "Worker", handler, more);
    builder.edge(news, worker, instant());
    (simulate(&builder.build(), 2), news, worker)
}

#[test]
fn an_asynchronous_invocation_fails_three_times() {
    let (mut simulation, news, worker) = asynchronous(fails(), none());
    send(&mut simulation, news, json!({}));
    run_for(&mut simulation, 600);
    let words = ["Worker gave it up, all retries used up", "Worker failed: its handler threw an error"];
    lost(&simulation, &words);
    never_came(&simulation, worker, &words);
}

#[test]
fn an_asynchronous_event_is_too_old() {
    let more = json!({ "MaximumEventAgeInSeconds": 60 });
    let (mut simulation, news, worker) = asynchronous(works(), more);
    inject(&mut simulation, worker, Fault { outage: true, ..Fault::default() });
    send(&mut simulation, news, json!({}));
    run_for(&mut simulation, 600);
    lost(&simulation, &["Worker's own queue", "MaximumEventAgeInSeconds, 60 s", "the fault “outage”"]);
}

#[test]
fn the_function_is_switched_off() {
    let (mut simulation, news, _) = asynchronous(works(), json!({ "ReservedConcurrentExecutions": 0 }));
    send(&mut simulation, news, json!({}));
    run_for(&mut simulation, 60);
    lost(&simulation, &["Worker is switched off: its ReservedConcurrentExecutions is 0"]);
}

#[test]
fn a_recursive_loop_is_stopped() {
    let mut builder = Builder::new();
    let news = builder.node(NodeKind::Topic, "News", none());
    let worker = function(&mut builder, "Worker", none_list(), none());
    builder.edge(worker, news, instant());
    builder.edge(news, worker, instant());
    builder.set(worker, "Handler", json!([{ "step": "publish", "to": news }]));
    let mut simulation = simulate(&builder.build(), 5);
    send(&mut simulation, news, json!({}));
    run_for(&mut simulation, 60);
    lost(&simulation, &["Worker stopped it", "16 times in a row"]);
}

/// Worker with one step to a store.
fn store(kind: NodeKind, settings: Value, step: impl Fn(Uuid) -> Value) -> (Simulation, Uuid, Uuid, Uuid) {
    let mut builder = Builder::new();
    let store = builder.node(kind, "Store", settings);
    let worker = function(&mut builder, "Worker", none_list(), json!({ "Timeout": 20 }));
    let edge = builder.edge(worker, store, instant());
    builder.set(worker, "Handler", json!([step(store)]));
    (simulate(&builder.build(), 5), worker, store, edge)
}

fn write(store: Uuid) -> Value {
    json!({ "step": "write", "to": store, "key": "{{message.key}}" })
}

#[test]
fn the_database_fails_over() {
    let (mut simulation, worker, store, _) = store(NodeKind::Database, none(), write);
    inject(&mut simulation, store, Fault { failover: true, ..Fault::default() });
    send(&mut simulation, worker, json!({ "key": 1 }));
    run_for(&mut simulation, 5);
    never_came(&simulation, store, &["Store did not do it: it fails over"]);
}

#[test]
fn the_key_value_store_has_no_capacity_left() {
    let settings = json!({ "Engine": "key-value", "QueryDuration": 5 });
    let (mut simulation, worker, store, _) = store(NodeKind::Database, settings, write);
    inject(&mut simulation, store, Fault { throttle: Some(1.0), ..Fault::default() });
    apply(&mut simulation, Command::Send { node: worker, payload: json!({ "key": 1 }), count: 5 });
    run_for(&mut simulation, 5);
    lost(&simulation, &["Store throttled it: a fault leaves it no more requests a second"]);
}

#[test]
fn the_sending_quota_is_used_up() {
    let mail = |to: Uuid| json!({ "step": "email", "to": to, "recipient": "a@b.c", "subject": "s", "body": "b" });
    let (mut simulation, worker, _, _) = store(NodeKind::Mailer, json!({ "Max24HourSend": 1 }), mail);
    for _ in 0..2 {
        send(&mut simulation, worker, json!({}));
        run_for(&mut simulation, 5);
    }
    lost(&simulation, &["Store throttled it: the sending quota for 24 hours is used up"]);
}

#[test]
fn the_handlers_condition_does_not_hold() {
    let step = |to: Uuid| json!({ "step": "write", "to": to, "when": { "amount": [{ "numeric": [">", 100] }] } });
    let (mut simulation, worker, store, _) = store(NodeKind::Database, none(), step);
    send(&mut simulation, worker, json!({ "amount": 5 }));
    run_for(&mut simulation, 5);
    never_came(&simulation, store, &["Worker ran and sent nothing towards Store"]);
}

#[test]
fn a_step_stops_waiting() {
    let step = |to: Uuid| json!({ "step": "write", "to": to, "timeoutMillis": 500 });
    let (mut simulation, worker, store, edge) = store(NodeKind::Database, json!({ "QueryDuration": 10 }), step);
    let latency = Some(Distribution::Constant(2_000.0));
    inject(&mut simulation, edge, Fault { latency, ..Fault::default() });
    send(&mut simulation, worker, json!({}));
    run_for(&mut simulation, 10);
    let words = ["Worker failed, because Worker stopped waiting for Store after 500 ms"];
    lost(&simulation, &words);
    let _ = store;
}

#[test]
fn a_redriven_message_has_a_successor() {
    let mut it = line(json!({ "VisibilityTimeout": 10 }), fails(), none(), none(), 1).order(60);
    let dead = it.simulation.plan().nodes.iter().find(|node| node.name == "Dead").map(|node| node.id).expect("there");
    apply(&mut it.simulation, Command::Redrive { queue: dead, rate: None, destination: None });
    run_for(&mut it.simulation, 1);
    assert_says(&said(&it.simulation, Fate::Redriven), &["Moved back out of Dead as message"]);
}

/// What is in a batch fails with the others in it, and each of them knows why.
#[test]
fn the_batch_fails_as_a_whole() {
    let mut it = line(json!({ "VisibilityTimeout": 10 }), fails(), none(), json!({ "BatchSize": 10 }), 1);
    for _ in 0..5 {
        send(&mut it.simulation, it.orders, json!({}));
    }
    run_for(&mut it.simulation, 60);
    let dead: Vec<_> = messages(&it.simulation)
        .into_iter()
        .filter_map(|serial| it.simulation.story(serial))
        .filter(|story| story.fate == Fate::Dead)
        .collect();
    assert_eq!(dead.len(), 5);
    for story in dead {
        assert_says(&story.sentence, &["Sales failed"]);
    }
}

/// What the journal has forgotten is said to be forgotten.
#[test]
fn what_is_forgotten_is_said_to_be() {
    let mut it = front(json!({ "Arrivals": { "constant": 200 } }), none(), none(), works(), none());
    run_for(&mut it.simulation, 400);
    assert!(it.simulation.journal().first_kept() > 0, "enough has happened");
    assert!(it.simulation.story(1).is_none());
    assert!(it.simulation.request_story(1).is_none());
    let trace = it.simulation.recent_requests(1)[0];
    assert!(it.simulation.request_story(trace).expect("a recent one").forgotten.is_empty());
    assert!(it.simulation.now().0 >= 400 * SECOND);
}
