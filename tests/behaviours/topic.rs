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

/// A topic with one subscriber of this kind, without latency.
struct Delivery {
    simulation: Simulation,
    topic: Uuid,
    receiver: Uuid,
    subscription: Uuid,
    dead: Uuid,
}

fn delivery(topic: Value, kind: NodeKind, receiver: Value, subscription: Value) -> Delivery {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", topic);
    let receiver = builder.node(kind, "Receiver", receiver);
    let dead = builder.node(NodeKind::Queue, "Dead", json!({}));
    let mut settings = instant();
    for (name, value) in subscription.as_object().into_iter().flatten() {
        settings[name] = value.clone();
    }
    if settings["DeadLetterQueue"] == "dead" {
        settings["DeadLetterQueue"] = dead.to_string().into();
    }
    let subscription = builder.edge(topic, receiver, settings);
    Delivery { simulation: simulate(&builder.build(), 6), topic, receiver, subscription, dead }
}

impl Delivery {
    fn publish(&mut self, count: u32) {
        send(&mut self.simulation, self.topic, json!({ "a": 1 }), count);
    }

    /// How often the receiver was asked after so many seconds more.
    fn requests_after(&mut self, seconds: u64) -> f64 {
        run_for(&mut self.simulation, seconds);
        check_conservation(&self.simulation);
        figure(&self.simulation, self.receiver, "requests")
    }

    fn given_up(&self, cause: &str) -> u64 {
        given_up(&self.simulation, self.topic, cause)
    }
}

fn endpoint(status: u16, subscription: Value) -> Delivery {
    let endpoint = json!({ "StatusCode": status, "ResponseDuration": 0 });
    delivery(json!({}), NodeKind::Endpoint, endpoint, subscription)
}

/// One PublishBatch by hand.
fn publish_batch(simulation: &mut Simulation, topic: Uuid, entries: Value) {
    send(simulation, topic, json!({ "PublishBatchRequestEntries": entries }), 1);
}

/// Publishes a message with these attributes.
fn publish_with(simulation: &mut Simulation, topic: Uuid, attributes: Value) {
    publish_batch(simulation, topic, json!([{ "Id": "1", "Message": { "a": 1 }, "MessageAttributes": attributes }]));
    run_for(simulation, 2);
}

/// Whether a message with these attributes passes this filter policy.
fn passes(policy: Value, attributes: Value) -> bool {
    let mut it = delivery(json!({}), NodeKind::Queue, json!({}), json!({ "FilterPolicy": policy }));
    publish_with(&mut it.simulation, it.topic, attributes);
    check_conservation(&it.simulation);
    figure(&it.simulation, it.receiver, "visible") > 0.0
}

fn subscription_refused(kind: NodeKind, settings: Value, words: &str) {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let receiver = builder.node(kind, "Receiver", json!({}));
    builder.edge(topic, receiver, settings);
    refused(&builder.build(), words);
}

// sns-message-and-json-formats: every field of a notification.
#[test]
fn the_envelope_has_the_documented_fields() {
    let mut it = delivery(json!({}), NodeKind::Queue, json!({}), json!({}));
    publish_with(&mut it.simulation, it.topic, json!({ "kind": { "DataType": "String", "StringValue": "new" } }));
    let body = first_body(&it.simulation, it.receiver);
    let mut fields: Vec<&String> = body.as_object().expect("an object").keys().collect();
    fields.sort();
    let expected = [
        "Message",
        "MessageAttributes",
        "MessageId",
        "Signature",
        "SignatureVersion",
        "SigningCertURL",
        "Timestamp",
        "TopicArn",
        "Type",
        "UnsubscribeURL",
    ];
    assert_eq!(fields, expected);
    assert_eq!(body["MessageAttributes"], json!({ "kind": { "Type": "String", "Value": "new" } }));
    assert_eq!(body["Timestamp"], "2026-01-01T00:00:00.000Z");
}

// with-sns: one record an invocation; `Url` where a queue's envelope has `URL`.
#[test]
fn a_function_is_invoked_with_one_record() {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let busy = json!({ "ReservedConcurrentExecutions": 1, "Timeout": 60 });
    let function = function(&mut builder, "Function", works_for(50_000), busy);
    builder.edge(topic, function, json!({}));
    let mut simulation = simulate(&builder.build(), 2);
    send(&mut simulation, topic, json!({ "a": 1 }), 2);
    run_for(&mut simulation, 5);
    let NodeView::Function(function) = view(&simulation, function) else { panic!("a function") };
    let event: Value = serde_json::from_str(&function.queued[0].body).expect("JSON");
    let records = event["Records"].as_array().expect("a list");
    assert_eq!((records.len(), &records[0]["EventSource"]), (1, &json!("aws:sns")));
    assert_eq!(records[0]["EventVersion"], "1.0");
    let topic_arn = records[0]["Sns"]["TopicArn"].as_str().expect("an ARN");
    assert!(records[0]["EventSubscriptionArn"].as_str().is_some_and(|arn| arn.starts_with(topic_arn)));
    assert_eq!(records[0]["Sns"]["Message"], r#"{"a":1}"#);
    assert!(records[0]["Sns"].get("SigningCertUrl").is_some() && records[0]["Sns"].get("SigningCertURL").is_none());
}

// sns-large-payload-raw-message-delivery: attributes become the queue's attributes.
#[test]
fn raw_delivery_hands_the_attributes_to_the_queue() {
    let mut it = delivery(json!({}), NodeKind::Queue, json!({}), json!({ "RawMessageDelivery": true }));
    publish_with(&mut it.simulation, it.topic, json!({ "kind": { "DataType": "String", "StringValue": "new" } }));
    assert_eq!(first_body(&it.simulation, it.receiver), json!({ "a": 1 }));
    let NodeView::Queue(queue) = view(&it.simulation, it.receiver) else { panic!("a queue") };
    assert!(queue.visible[0].attributes.as_ref().is_some_and(|attributes| attributes.contains("new")));
}

// sns-large-payload-raw-message-delivery: at most ten attributes beside a raw message.
#[test]
fn a_raw_message_with_more_than_ten_attributes_does_not_reach_the_queue() {
    let attributes: serde_json::Map<String, Value> =
        (0..11).map(|number| (format!("a{number}"), json!({ "DataType": "String", "StringValue": "x" }))).collect();
    for (raw, expected) in [(true, 0.0), (false, 1.0)] {
        let mut it = delivery(json!({}), NodeKind::Queue, json!({}), json!({ "RawMessageDelivery": raw }));
        publish_with(&mut it.simulation, it.topic, Value::Object(attributes.clone()));
        assert_eq!(figure(&it.simulation, it.receiver, "visible"), expected);
        assert_eq!(it.given_up("refused") as f64, 1.0 - expected);
        check_conservation(&it.simulation);
    }
}

// attribute-key-matching: an empty set of attributes passes no policy, not even one for absence.
#[test]
fn exists_false_needs_a_message_with_attributes() {
    let policy = json!({ "kind": [{ "exists": false }] });
    assert!(!passes(policy.clone(), json!({})));
    assert!(passes(policy.clone(), json!({ "other": { "DataType": "String", "StringValue": "x" } })));
    assert!(!passes(policy, json!({ "kind": { "DataType": "String", "StringValue": "x" } })));
}

// subscription-filter-policy-constraints: only String, String.Array and Number are looked at.
#[test]
fn binary_attributes_are_ignored_by_filter_policies() {
    let binary = json!({ "kind": { "DataType": "Binary", "BinaryValue": "YQ==" } });
    assert!(!passes(json!({ "kind": [{ "exists": true }] }), binary));
}

// numeric-value-matching: only a Number compares.
#[test]
fn a_number_attribute_compares_and_a_string_does_not() {
    let policy = json!({ "price": [{ "numeric": [">=", 100] }] });
    assert!(passes(policy.clone(), json!({ "price": { "DataType": "Number", "StringValue": "640" } })));
    assert!(!passes(policy.clone(), json!({ "price": { "DataType": "Number", "StringValue": "64" } })));
    assert!(!passes(policy, json!({ "price": { "DataType": "String", "StringValue": "640" } })));
}

// string-value-matching: any element of a String.Array will do, for anything-but as well.
#[test]
fn one_element_of_an_array_attribute_is_enough() {
    let array = |text: &str| json!({ "sports": { "DataType": "String.Array", "StringValue": text } });
    assert!(passes(json!({ "sports": ["rugby"] }), array(r#"["rugby", "baseball"]"#)));
    let but = json!({ "sports": [{ "anything-but": ["rugby", "tennis"] }] });
    assert!(passes(but.clone(), array(r#"["rugby", "baseball"]"#)));
    assert!(!passes(but, array(r#"["rugby"]"#)));
}

// and-or-logic: all keys, any of a key's values.
#[test]
fn keys_of_a_policy_are_joined_by_and_and_values_by_or() {
    let policy = json!({ "kind": ["a", "b"], "region": ["eu"] });
    let text = |kind: &str, region: &str| {
        json!({ "kind": { "DataType": "String", "StringValue": kind },
                "region": { "DataType": "String", "StringValue": region } })
    };
    assert!(passes(policy.clone(), text("b", "eu")));
    assert!(!passes(policy.clone(), text("b", "us")));
    assert!(!passes(policy, text("c", "eu")));
}

// sns-message-filtering-scope: a body that is no JSON object passes no policy.
#[test]
fn a_body_that_is_no_object_passes_no_policy_on_the_body() {
    let policy = json!({ "FilterPolicy": { "a": [{ "exists": false }] }, "FilterPolicyScope": "MessageBody" });
    let mut it = delivery(json!({}), NodeKind::Queue, json!({}), policy);
    send(&mut it.simulation, it.topic, json!("plain text"), 1);
    send(&mut it.simulation, it.topic, json!([1, 2]), 1);
    run_for(&mut it.simulation, 2);
    assert_eq!(figure(&it.simulation, it.topic, "filtered"), 2.0);
}

// sns-message-filtering-scope: keys may be nested in the body, not among attributes.
#[test]
fn only_a_policy_on_the_body_may_be_nested() {
    let policy = json!({ "order": { "price": [{ "numeric": [">", 10] }] } });
    subscription_refused(NodeKind::Queue, json!({ "FilterPolicy": policy }), "nested");
    let body = json!({ "FilterPolicy": policy, "FilterPolicyScope": "MessageBody" });
    let mut it = delivery(json!({}), NodeKind::Queue, json!({}), body);
    send(&mut it.simulation, it.topic, json!({ "order": { "price": 11 } }), 1);
    send(&mut it.simulation, it.topic, json!({ "order": { "price": 9 } }), 1);
    run_for(&mut it.simulation, 2);
    assert_eq!(figure(&it.simulation, it.receiver, "visible"), 1.0);
}

// subscription-filter-policy-constraints.
#[test]
fn a_filter_policy_with_more_than_150_combinations_is_refused() {
    let values = |count: u32| Value::Array((0..count).map(Value::from).collect());
    let policy = json!({ "a": values(5), "b": values(6), "c": values(6) });
    subscription_refused(NodeKind::Queue, json!({ "FilterPolicy": policy }), "150 combinations");
}

// subscription-filter-policy-constraints: asterisks, and the points of all wildcards.
#[test]
fn wildcards_that_are_too_complex_are_refused() {
    let policy = json!({ "a": [{ "wildcard": "a*b*c*d*" }] });
    subscription_refused(NodeKind::Queue, json!({ "FilterPolicy": policy }), "asterisks");
    let many: Vec<Value> = (0..11).map(|number| json!({ "wildcard": format!("{number}*") })).collect();
    subscription_refused(NodeKind::Queue, json!({ "FilterPolicy": { "a": many } }), "points of complexity");
    assert!(passes(json!({ "a": many[..10] }), json!({ "a": { "DataType": "String", "StringValue": "3x" } })));
}

// sns-dead-letter-queues: client-side errors are not retried. The usual cause is a queue without a queue policy.
#[test]
fn without_the_queues_permission_a_message_is_lost_at_once() {
    let mut it = delivery(json!({}), NodeKind::Queue, json!({}), json!({ "Access": "DENIED" }));
    it.publish(3);
    run_for(&mut it.simulation, 60);
    assert_eq!((it.given_up("no_permission"), figure(&it.simulation, it.topic, "retrying")), (3, 0.0));
    assert_eq!(it.simulation.dropped(Reason::NoPermission), 3);
    check_conservation(&it.simulation);
}

// sns-dead-letter-queues: what cannot be retried goes to the subscription's dead-letter queue right away.
#[test]
fn a_message_for_a_receiver_that_is_gone_goes_straight_to_the_dead_letter_queue() {
    let settings = json!({ "Access": "DELETED", "DeadLetterQueue": "dead" });
    let mut it = delivery(json!({}), NodeKind::Queue, json!({}), settings);
    it.publish(2);
    run_for(&mut it.simulation, 1);
    assert_eq!(figure(&it.simulation, it.dead, "visible"), 2.0);
    // In the shape in which it would have been delivered.
    assert_eq!(first_body(&it.simulation, it.dead)["Type"], "Notification");
    check_conservation(&it.simulation);
}

// sns-dead-letter-queues: a failure does not end the subscription.
#[test]
fn once_the_permission_is_given_later_messages_arrive() {
    let mut it = delivery(json!({}), NodeKind::Queue, json!({}), json!({ "Access": "DENIED" }));
    it.publish(1);
    run_for(&mut it.simulation, 1);
    let target = it.subscription;
    apply(&mut it.simulation, Command::Set { target, setting: "Access".into(), value: "ALLOWED".into() });
    it.publish(1);
    run_for(&mut it.simulation, 1);
    assert_eq!(figure(&it.simulation, it.receiver, "visible"), 1.0);
}

// sns-message-delivery-retries: HTTP by default is tried four times within a minute.
#[test]
fn delivery_over_http_is_retried_three_times_20_seconds_apart() {
    let mut it = endpoint(500, json!({}));
    it.publish(1);
    assert_eq!(it.requests_after(5), 1.0);
    assert_eq!(it.requests_after(20), 2.0);
    assert_eq!(it.requests_after(300), 4.0);
    assert_eq!(it.simulation.dropped(Reason::RetriesExhausted), 1);
}

// sns-message-delivery-retries: 429 is a reason to try again, any other 4xx is final.
#[test]
fn over_http_only_429_and_server_errors_are_retried() {
    for (status, expected) in [(404, 1.0), (403, 1.0), (302, 1.0), (429, 4.0), (503, 4.0)] {
        let mut it = endpoint(status, json!({}));
        it.publish(1);
        assert_eq!(it.requests_after(120), expected, "{status}");
    }
}

// sns-message-delivery-retries: the phases of a custom policy.
#[test]
fn a_delivery_policy_has_phases() {
    let retry = json!({ "numRetries": 7, "numNoDelayRetries": 2, "numMinDelayRetries": 1, "numMaxDelayRetries": 1,
                        "minDelayTarget": 10, "maxDelayTarget": 100 });
    let mut it = endpoint(500, json!({ "DeliveryPolicy": { "healthyRetryPolicy": retry } }));
    it.publish(1);
    // At once, then after 10; linear 10, 55, 100; then 100. Jitter is up to a tenth.
    assert_eq!(it.requests_after(1), 3.0);
    assert_eq!(it.requests_after(11), 4.0);
    assert_eq!(it.requests_after(11), 5.0);
    assert_eq!(it.requests_after(62), 6.0);
    assert_eq!(it.requests_after(111), 7.0);
    assert_eq!(it.requests_after(600), 8.0);
}

// sns-message-delivery-retries: how the back-off grows between the same two ends.
#[test]
fn exponential_back_off_waits_least_at_first_and_linear_most() {
    let sent_after = |backoff: &str| {
        let retry = json!({ "numRetries": 10, "minDelayTarget": 1, "maxDelayTarget": 200, "backoffFunction": backoff });
        let mut it = endpoint(500, json!({ "DeliveryPolicy": { "healthyRetryPolicy": retry } }));
        it.publish(1);
        it.requests_after(150)
    };
    let sent = ["linear", "arithmetic", "geometric", "exponential"].map(sent_after);
    assert!(sent.is_sorted() && sent[0] < sent[3], "{sent:?}");
}

// sns-message-delivery-retries: an hour at the most for all retries.
#[test]
fn a_delivery_policy_of_more_than_an_hour_is_refused() {
    let retry = json!({ "numRetries": 100, "minDelayTarget": 60, "maxDelayTarget": 60 });
    let policy = json!({ "DeliveryPolicy": { "healthyRetryPolicy": retry } });
    subscription_refused(NodeKind::Endpoint, policy, "At most 3600 s");
    let few = json!({ "DeliveryPolicy": { "healthyRetryPolicy": { "numRetries": 1, "numNoDelayRetries": 2 } } });
    subscription_refused(NodeKind::Endpoint, few, "fewer than the retries of the single phases");
}

// sns-message-delivery-retries: maxReceivesPerSecond slows down, and costs no retry.
#[test]
fn max_receives_per_second_spaces_deliveries_out() {
    let mut it = endpoint(200, json!({ "DeliveryPolicy": { "throttlePolicy": { "maxReceivesPerSecond": 2 } } }));
    it.publish(10);
    assert_eq!(it.requests_after(1), 4.0);
    assert_eq!(figure(&it.simulation, it.topic, "waiting"), 6.0);
    assert_eq!(it.requests_after(4), 10.0);
    assert_eq!(figure(&it.simulation, it.topic, "failed"), 0.0);
}

// SendMessageToHttp.prepare: 15 seconds to answer.
#[test]
fn an_http_endpoint_that_takes_longer_than_15_seconds_gets_the_message_again() {
    let slow = json!({ "ResponseDuration": 16_000 });
    let mut it = delivery(json!({}), NodeKind::Endpoint, slow, json!({}));
    it.publish(1);
    assert_eq!(it.requests_after(14), 1.0);
    assert_eq!(it.requests_after(300), 4.0);
    assert_eq!(it.given_up("retries_exhausted"), 1);
}

// general/gr/sns: 10 e-mails a second for each subscription.
#[test]
fn e_mail_subscriptions_get_ten_messages_a_second() {
    let mut it = delivery(json!({}), NodeKind::Mailer, json!({ "SendDuration": 0 }), json!({}));
    it.publish(40);
    assert_eq!(it.requests_after(1), 20.0);
    assert_eq!(it.requests_after(3), 40.0);
}

// sns-message-delivery-retries: e-mail, 50 retries over 6 hours.
#[test]
fn delivery_by_e_mail_is_retried_50_times_over_six_hours() {
    let mailer = json!({ "SendDuration": 0, "FailureRate": 1.0 });
    let mut it = delivery(json!({}), NodeKind::Mailer, mailer, json!({ "DeadLetterQueue": "dead" }));
    it.publish(1);
    assert!(it.requests_after(5 * 3_600) < 51.0);
    assert_eq!(it.requests_after(3 * 3_600), 51.0);
    assert_eq!(figure(&it.simulation, it.dead, "visible"), 1.0);
}

// sns-message-delivery-retries: a telephone is retried as e-mail is, not as an HTTP endpoint.
#[test]
fn delivery_by_sms_has_the_retries_of_e_mail() {
    let mut it = endpoint(500, json!({ "Protocol": "sms" }));
    it.publish(1);
    assert_eq!(it.requests_after(8 * 3_600), 51.0);
}

// sns-message-delivery-retries: 100,015 retries over 23 days.
#[test]
fn delivery_to_a_queue_is_given_up_after_23_days() {
    let mut it = delivery(json!({}), NodeKind::Queue, json!({}), json!({ "DeadLetterQueue": "dead" }));
    let target = it.receiver;
    apply(&mut it.simulation, Command::Inject { target, fault: Fault { outage: true, ..Fault::default() } });
    it.publish(1);
    run_for(&mut it.simulation, 22 * 86_400);
    assert_eq!(figure(&it.simulation, it.topic, "retrying"), 1.0);
    run_for(&mut it.simulation, 2 * 86_400);
    assert_eq!((it.given_up("retries_exhausted"), figure(&it.simulation, it.dead, "visible")), (1, 1.0));
}

// with-sns: the topic is done when the function's own queue has the event.
#[test]
fn a_functions_errors_do_not_reach_the_subscriptions_dead_letter_queue() {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let function = function(&mut builder, "Function", always_fails(), json!({}));
    let dead = builder.node(NodeKind::Queue, "Dead", json!({}));
    builder.edge(topic, function, json!({ "DeadLetterQueue": dead.to_string() }));
    let mut simulation = simulate(&builder.build(), 4);
    send(&mut simulation, topic, json!({}), 1);
    run_for(&mut simulation, 3_600);
    assert_eq!(figure(&simulation, function, "errors"), 3.0);
    assert_eq!((figure(&simulation, topic, "delivered"), figure(&simulation, dead, "visible")), (1.0, 0.0));
}

// SendMessageToHttp.confirm: nothing is delivered before the confirmation; queues need none.
#[test]
fn an_unconfirmed_subscription_gets_nothing() {
    for (kind, expected) in [(NodeKind::Endpoint, 0.0), (NodeKind::Mailer, 0.0), (NodeKind::Queue, 1.0)] {
        let mut it = delivery(json!({}), kind, json!({}), json!({ "Confirmed": false }));
        it.publish(1);
        run_for(&mut it.simulation, 5);
        assert_eq!(figure(&it.simulation, it.topic, "delivered"), expected, "{kind:?}");
    }
}

// API_Publish: a publisher may assume a listener that is not there.
#[test]
fn a_message_without_any_subscriber_is_accepted_and_gone() {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let mut simulation = simulate(&builder.build(), 2);
    send(&mut simulation, topic, json!({}), 2);
    run_for(&mut simulation, 1);
    assert_eq!((figure(&simulation, topic, "published"), simulation.dropped(Reason::NobodyListened)), (2.0, 2));
}

// large-message-payloads: the attributes count as well.
#[test]
fn a_message_above_the_topics_maximum_size_is_refused() {
    let mut it = delivery(json!({ "MaximumMessageSize": 1_024 }), NodeKind::Queue, json!({}), json!({}));
    send(&mut it.simulation, it.topic, json!("x".repeat(1_000)), 1);
    send(&mut it.simulation, it.topic, json!("x".repeat(1_100)), 1);
    let long = json!({ "a": { "DataType": "String", "StringValue": "x".repeat(1_020) } });
    publish_with(&mut it.simulation, it.topic, long);
    assert_eq!(figure(&it.simulation, it.topic, "published"), 1.0);
    check_conservation(&it.simulation);
}

// large-message-payloads: more than 256 KiB only to queues and functions.
#[test]
fn a_topic_for_large_messages_has_only_queues_and_functions() {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({ "MaximumMessageSize": 500_000 }));
    let endpoint = builder.node(NodeKind::Endpoint, "Endpoint", json!({}));
    builder.edge(topic, endpoint, json!({}));
    refused(&builder.build(), "does not take messages this large");
}

// general/gr/sns: the publish quota; what is beyond it is throttled (429).
#[test]
fn publishing_beyond_the_quota_is_throttled() {
    let mut it = delivery(json!({ "MessagesPerSecond": 10 }), NodeKind::Queue, json!({}), json!({}));
    it.publish(25);
    run_for(&mut it.simulation, 2);
    let figures = ["published", "throttled"].map(|name| figure(&it.simulation, it.topic, name));
    assert_eq!((figures, it.simulation.dropped(Reason::Throttled)), ([10.0, 15.0], 15));
    it.publish(5);
    run_for(&mut it.simulation, 1);
    assert_eq!(figure(&it.simulation, it.topic, "published"), 15.0);
    check_conservation(&it.simulation);
}

// API_PublishBatch: each entry is a message of its own.
#[test]
fn every_entry_of_a_batch_is_filtered_on_its_own() {
    let policy = json!({ "FilterPolicy": { "n": [2] }, "FilterPolicyScope": "MessageBody" });
    let mut it = delivery(json!({}), NodeKind::Queue, json!({}), policy);
    let entries: Vec<Value> = (0..5).map(|n| json!({ "Id": n.to_string(), "Message": { "n": n } })).collect();
    publish_batch(&mut it.simulation, it.topic, entries.into());
    run_for(&mut it.simulation, 2);
    let figures = ["published", "filtered", "delivered"].map(|name| figure(&it.simulation, it.topic, name));
    assert_eq!(figures, [5.0, 4.0, 1.0]);
    check_conservation(&it.simulation);
}

// API_PublishBatch: 200, with those that failed in a list of their own.
#[test]
fn a_batch_may_fail_in_part() {
    let mut it = delivery(json!({ "MessagesPerSecond": 3 }), NodeKind::Queue, json!({}), json!({}));
    let entries: Vec<Value> = (0..5).map(|n| json!({ "Id": n.to_string(), "Message": { "n": n } })).collect();
    publish_batch(&mut it.simulation, it.topic, entries.into());
    run_for(&mut it.simulation, 2);
    let figures = ["published", "throttled"].map(|name| figure(&it.simulation, it.topic, name));
    assert_eq!((figures, it.simulation.dropped(Reason::Throttled)), ([3.0, 2.0], 2));
    check_conservation(&it.simulation);
}

// API_PublishBatch: TooManyEntriesInBatchRequest, EmptyBatchRequest, BatchEntryIdsNotDistinct, InvalidBatchEntryId,
// BatchRequestTooLong.
#[test]
fn a_batch_that_is_wrong_as_a_whole_publishes_nothing() {
    let entry = |id: &str| json!({ "Id": id, "Message": "x" });
    let long = json!({ "Id": "1", "Message": "x".repeat(600) });
    let long_too = json!({ "Id": "2", "Message": "x".repeat(600) });
    let batches = [
        Value::Array((0..11).map(|number| entry(&number.to_string())).collect()),
        json!([]),
        json!([entry("a"), entry("a")]),
        json!([entry("a b")]),
        json!([long, long_too]),
    ];
    for batch in batches {
        let mut it = delivery(json!({ "MaximumMessageSize": 1_024 }), NodeKind::Queue, json!({}), json!({}));
        publish_batch(&mut it.simulation, it.topic, batch.clone());
        run_for(&mut it.simulation, 2);
        assert_eq!(figure(&it.simulation, it.topic, "published"), 0.0, "{batch}");
        assert_eq!(it.simulation.dropped(Reason::Failed), 1, "{batch}");
        check_conservation(&it.simulation);
    }
}

// API_PublishBatch, from a handler.
#[test]
fn a_function_publishes_a_batch() {
    let mut builder = Builder::new();
    let function = function(&mut builder, "Function", works_for(1), json!({}));
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    builder.edge(function, topic, json!({}));
    builder.edge(topic, queue, json!({}));
    let entries = json!([{ "Id": "1", "Message": "{{message}}" }, { "Id": "2", "Message": { "n": "{{message.n}}" } }]);
    let step = json!([{ "step": "publishBatch", "to": topic.to_string(), "entries": entries }]);
    builder.set(function, "Handler", step);
    let mut simulation = simulate(&builder.build(), 2);
    send(&mut simulation, function, json!({ "n": 7 }), 1);
    run_for(&mut simulation, 2);
    assert_eq!(figure(&simulation, queue, "visible"), 2.0);
    check_conservation(&simulation);
}

// API_Subscribe: the protocol has to fit the endpoint.
#[test]
fn a_protocol_that_does_not_fit_the_receiver_is_refused() {
    subscription_refused(NodeKind::Queue, json!({ "Protocol": "https" }), "does not reach");
    subscription_refused(NodeKind::Mailer, json!({ "Protocol": "sms" }), "does not reach");
    subscription_refused(NodeKind::Queue, json!({ "Protocol": "fax" }), "not known here");
}

// invocation-recursion: a loop through a topic is seen, in a batch as well.
#[test]
fn a_loop_through_a_batch_comes_to_an_end() {
    let mut builder = Builder::new();
    let function = function(&mut builder, "Function", works_for(1), json!({}));
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    builder.edge(function, topic, json!({}));
    builder.edge(topic, function, json!({}));
    let step =
        json!([{ "step": "publishBatch", "to": topic.to_string(), "entries": [{ "Id": "1", "Message": "again" }] }]);
    builder.set(function, "Handler", step);
    let mut simulation = simulate(&builder.build(), 2);
    send(&mut simulation, function, json!({}), 1);
    run_for(&mut simulation, 600);
    let invocations = figure(&simulation, function, "invocations");
    assert!((10.0..=20.0).contains(&invocations), "{invocations}");
    check_conservation(&simulation);
}
