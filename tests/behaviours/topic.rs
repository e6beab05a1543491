//! Topics, as Amazon SNS.

use super::*;

/// A topic with two queues.
fn with_queues(left: Value, right: Value) -> (Simulation, Uuid, [Uuid; 2]) {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Payments topic", json!({}));
    let queues = ["Left", "Right"].map(|name| builder.node(NodeKind::Queue, name, json!({})));
    builder.edge(topic, queues[0], left);
    builder.edge(topic, queues[1], right);
    (simulate(&builder.build(), 2), topic, queues)
}

// sns-common-scenarios: fan-out.
#[test]
fn every_subscriber_gets_its_own_copy() {
    let (mut simulation, topic, [left, right]) = with_queues(json!({}), json!({}));
    send(&mut simulation, topic, json!({ "a": 1 }), 3);
    run_for(&mut simulation, 5);
    assert_eq!((figure(&simulation, left, "visible"), figure(&simulation, right, "visible")), (3.0, 3.0));
    check_conservation(&simulation);
}

// sns-message-and-json-formats; sns-large-payload-raw-message-delivery.
#[test]
fn a_queue_gets_the_envelope_unless_delivery_is_raw() {
    let (mut simulation, topic, [left, right]) = with_queues(json!({}), json!({ "RawMessageDelivery": true }));
    send(&mut simulation, topic, json!({ "a": 1 }), 1);
    run_for(&mut simulation, 5);
    let envelope = first_body(&simulation, left);
    assert_eq!(envelope["Type"], "Notification");
    assert!(envelope["TopicArn"].as_str().is_some_and(|arn| arn.ends_with(":Payments-topic")));
    assert_eq!(envelope["Message"], r#"{"a":1}"#);
    assert_eq!(first_body(&simulation, right), json!({ "a": 1 }));
}

// sns-message-filtering-scope: MessageBody.
#[test]
fn a_filter_policy_on_the_body_takes_only_what_it_names() {
    let policy =
        json!({ "FilterPolicy": { "amount": [{ "numeric": [">", 100] }] }, "FilterPolicyScope": "MessageBody" });
    let (mut simulation, topic, [left, right]) = with_queues(policy, json!({}));
    send(&mut simulation, topic, json!({ "amount": 50 }), 2);
    send(&mut simulation, topic, json!({ "amount": 500 }), 1);
    run_for(&mut simulation, 5);
    assert_eq!((figure(&simulation, left, "visible"), figure(&simulation, right, "visible")), (1.0, 3.0));
    assert_eq!(figure(&simulation, topic, "filtered"), 2.0);
    check_conservation(&simulation);
}

// sns-subscription-filter-policies: without the attributes it names, a message does not pass.
#[test]
fn a_filter_policy_on_attributes_does_not_take_a_message_without_any() {
    let (mut simulation, topic, [left, right]) = with_queues(json!({ "FilterPolicy": { "kind": ["a"] } }), json!({}));
    send(&mut simulation, topic, json!({ "kind": "a" }), 1);
    run_for(&mut simulation, 5);
    assert_eq!((figure(&simulation, left, "visible"), figure(&simulation, right, "visible")), (0.0, 1.0));
}

// API_Publish: a topic keeps nothing for subscribers to come.
#[test]
fn what_was_published_before_a_subscription_is_not_delivered_to_it() {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    let edge = builder.edge(topic, queue, json!({ "Subscribed": false }));
    let mut simulation = simulate(&builder.build(), 2);
    send(&mut simulation, topic, json!({}), 4);
    run_for(&mut simulation, 5);
    apply(&mut simulation, Command::Set { target: edge, setting: "Subscribed".into(), value: true.into() });
    send(&mut simulation, topic, json!({}), 1);
    run_for(&mut simulation, 5);
    assert_eq!(figure(&simulation, queue, "visible"), 1.0);
    check_conservation(&simulation);
}

// sns-message-delivery-retries: a queue that is away for minutes loses nothing.
#[test]
fn delivery_to_a_queue_is_retried_until_it_is_back() {
    let (mut simulation, topic, [left, right]) = with_queues(json!({}), json!({}));
    apply(&mut simulation, Command::Inject { target: left, fault: Fault { outage: true, ..Fault::default() } });
    send(&mut simulation, topic, json!({}), 3);
    run_for(&mut simulation, 600);
    assert_eq!((figure(&simulation, left, "visible"), figure(&simulation, right, "visible")), (0.0, 3.0));
    apply(&mut simulation, Command::Inject { target: left, fault: Fault::default() });
    run_for(&mut simulation, 60);
    assert_eq!(figure(&simulation, left, "visible"), 3.0);
    check_conservation(&simulation);
}

// subscription-filter-policy-constraints.
#[test]
fn a_filter_policy_with_more_than_five_keys_is_refused() {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    let policy = json!({ "a": [1], "b": [1], "c": [1], "d": [1], "e": [1], "f": [1] });
    builder.edge(topic, queue, json!({ "FilterPolicy": policy }));
    refused(&builder.build(), "at most 5 keys");
}
