//! FIFO topics, as Amazon SNS.

use super::*;

/// A FIFO topic with this queue.
struct Fifo {
    simulation: Simulation,
    topic: Uuid,
    queue: Uuid,
    subscription: Uuid,
}

fn fifo(topic: Value, queue: Value, subscription: Value) -> Fifo {
    let mut builder = Builder::new();
    let mut settings = json!({ "FifoTopic": true });
    for (name, value) in topic.as_object().into_iter().flatten() {
        settings[name] = value.clone();
    }
    let topic = builder.node(NodeKind::Topic, "Topic", settings);
    let queue = builder.node(NodeKind::Queue, "Queue", queue);
    let subscription = builder.edge(topic, queue, subscription);
    Fifo { simulation: simulate(&builder.build(), 3), topic, queue, subscription }
}

fn fifo_queue() -> Value {
    json!({ "FifoQueue": true })
}

impl Fifo {
    fn publish(&mut self, group: &str, deduplication: &str, message: Value) {
        let mut request = json!({ "Message": message, "MessageGroupId": group });
        if !deduplication.is_empty() {
            request["MessageDeduplicationId"] = deduplication.into();
        }
        send(&mut self.simulation, self.topic, request, 1);
    }

    fn visible(&mut self, seconds: u64) -> f64 {
        run_for(&mut self.simulation, seconds);
        check_conservation(&self.simulation);
        figure(&self.simulation, self.queue, "visible")
    }

    fn figure(&self, name: &str) -> f64 {
        figure(&self.simulation, self.topic, name)
    }

    /// The messages in the queue, in order, without their envelopes.
    fn messages(&self) -> Vec<Value> {
        let NodeView::Queue(queue) = view(&self.simulation, self.queue) else { panic!("a queue") };
        let bodies = queue.visible.iter().map(|message| serde_json::from_str::<Value>(&message.body).expect("JSON"));
        bodies.map(|body| serde_json::from_str(body["Message"].as_str().expect("an envelope")).expect("JSON")).collect()
    }

    fn outage(&mut self, outage: bool) {
        let fault = Fault { outage, ..Fault::default() };
        apply(&mut self.simulation, Command::Inject { target: self.queue, fault });
    }
}

// API_Publish: a FIFO topic needs a group, and an id unless it deduplicates by content.
#[test]
fn a_fifo_topic_refuses_a_message_without_a_group_or_an_id() {
    let mut it = fifo(json!({}), fifo_queue(), json!({}));
    send(&mut it.simulation, it.topic, json!({ "Message": {}, "MessageDeduplicationId": "1" }), 1);
    it.publish("g", "", json!({}));
    it.publish("g", "1", json!({}));
    assert_eq!(it.visible(2), 1.0);
    let mut it = fifo(json!({ "ContentBasedDeduplication": true }), fifo_queue(), json!({}));
    it.publish("g", "", json!({}));
    assert_eq!(it.visible(2), 1.0);
}

// fifo-message-dedup: five minutes from the first accepted message.
#[test]
fn a_fifo_topic_drops_a_duplicate_within_five_minutes() {
    let mut it = fifo(json!({}), fifo_queue(), json!({}));
    it.publish("g", "1", json!({ "n": 1 }));
    assert_eq!(it.visible(290), 1.0);
    it.publish("g", "1", json!({ "n": 2 }));
    assert_eq!((it.visible(5), it.figure("duplicates")), (1.0, 1.0));
    assert_eq!(it.simulation.dropped(Reason::Deduplicated), 1);
    run_for(&mut it.simulation, 10);
    it.publish("g", "1", json!({ "n": 3 }));
    assert_eq!(it.visible(5), 2.0);
}

// fifo-message-dedup: the body alone makes the id; attributes do not count.
#[test]
fn content_based_deduplication_looks_at_the_body_only() {
    let mut it = fifo(json!({ "ContentBasedDeduplication": true }), fifo_queue(), json!({}));
    let entry = |id: &str, value: &str| {
        json!({ "Id": id, "Message": { "n": 1 }, "MessageGroupId": "g",
                "MessageAttributes": { "a": { "DataType": "String", "StringValue": value } } })
    };
    let entries = json!([entry("1", "x"), entry("2", "y")]);
    send(&mut it.simulation, it.topic, json!({ "PublishBatchRequestEntries": entries }), 1);
    assert_eq!((it.visible(2), it.figure("duplicates")), (1.0, 1.0));
    it.publish("g", "", json!({ "n": 2 }));
    assert_eq!(it.visible(2), 2.0);
}

// fifo-message-dedup: an id of one's own overrides the body.
#[test]
fn an_explicit_deduplication_id_overrides_the_body() {
    let mut it = fifo(json!({ "ContentBasedDeduplication": true }), fifo_queue(), json!({}));
    it.publish("g", "1", json!({ "n": 1 }));
    it.publish("g", "2", json!({ "n": 1 }));
    assert_eq!(it.visible(2), 2.0);
}

// fifo-message-dedup: duplicates end at the topic, before anybody gets a copy.
#[test]
fn a_later_subscriber_does_not_get_the_duplicate() {
    let mut it = fifo(json!({}), fifo_queue(), json!({ "Subscribed": false }));
    it.publish("g", "1", json!({}));
    run_for(&mut it.simulation, 5);
    let target = it.subscription;
    apply(&mut it.simulation, Command::Set { target, setting: "Subscribed".into(), value: true.into() });
    it.publish("g", "1", json!({}));
    assert_eq!(it.visible(5), 0.0);
}

// fifo-high-throughput: with FifoThroughputScope MessageGroup the same id in another group is another message.
#[test]
fn deduplication_may_hold_in_each_group() {
    for (scope, expected) in [("Topic", 1.0), ("MessageGroup", 2.0)] {
        let queue = json!({ "FifoQueue": true, "DeduplicationScope": "messageGroup" });
        let mut it = fifo(json!({ "FifoThroughputScope": scope }), queue, json!({}));
        it.publish("g", "1", json!({}));
        it.publish("h", "1", json!({}));
        assert_eq!(it.visible(2), expected, "{scope}");
    }
}

// fifo-topic-message-ordering: in each group the order in which they were published.
#[test]
fn messages_of_a_group_arrive_in_order() {
    // The way takes long, and its length varies a lot.
    let way = json!({ "Latency": { "lognormal": { "median": 200, "p99": 3_000 } } });
    let mut it = fifo(json!({}), fifo_queue(), way);
    for n in 0..20 {
        it.publish("g", &n.to_string(), json!({ "n": n }));
    }
    assert_eq!(it.visible(120), 20.0);
    let order: Vec<Value> = it.messages().iter().map(|message| message["n"].clone()).collect();
    assert_eq!(order, (0..20).map(Value::from).collect::<Vec<_>>());
}

// fifo-topic-message-ordering: a failed delivery holds back its group, and no other one.
#[test]
fn a_message_that_cannot_be_delivered_holds_back_its_group() {
    let mut it = fifo(json!({}), fifo_queue(), instant());
    it.outage(true);
    for n in 0..3 {
        it.publish("g", &n.to_string(), json!({ "n": n }));
    }
    run_for(&mut it.simulation, 60);
    assert_eq!((it.figure("retrying"), it.figure("waiting")), (1.0, 2.0));
    it.outage(false);
    it.publish("h", "h", json!({ "other": true }));
    assert_eq!(it.visible(1), 1.0);
    assert_eq!(it.visible(30), 4.0);
    let order: Vec<Value> = it.messages()[1..].iter().map(|message| message["n"].clone()).collect();
    assert_eq!(order, [0, 1, 2].map(Value::from));
}

// sns-fifo-topics: what cannot be delivered at all makes room for the next one.
#[test]
fn a_message_that_is_given_up_lets_its_group_go_on() {
    let mut it = fifo(json!({}), fifo_queue(), json!({ "Access": "DENIED" }));
    for n in 0..3 {
        it.publish("g", &n.to_string(), json!({ "n": n }));
    }
    run_for(&mut it.simulation, 5);
    assert_eq!((it.figure("waiting"), it.simulation.dropped(Reason::NoPermission)), (0.0, 3));
    check_conservation(&it.simulation);
}

// fifo-message-delivery: the queue gets the same group and deduplication id, and deduplicates once more.
#[test]
fn group_and_deduplication_id_reach_the_fifo_queue() {
    let mut it = fifo(json!({ "ContentBasedDeduplication": true }), fifo_queue(), json!({}));
    it.publish("customer-7", "", json!({ "n": 1 }));
    assert_eq!(it.visible(2), 1.0);
    let NodeView::Queue(queue) = view(&it.simulation, it.queue) else { panic!("a queue") };
    assert!(format!("{:?}", queue.visible[0]).contains("customer-7"));
    // The queue itself does not deduplicate by content: the topic gave it the id.
    assert_eq!(it.figure("failed"), 0.0);
}

// sns-message-and-json-formats: FIFO topics number their messages.
#[test]
fn the_envelope_of_a_fifo_topic_has_a_sequence_number() {
    let mut it = fifo(json!({}), fifo_queue(), json!({}));
    it.publish("g", "1", json!({}));
    it.publish("g", "2", json!({}));
    assert_eq!(it.visible(2), 2.0);
    let NodeView::Queue(queue) = view(&it.simulation, it.queue) else { panic!("a queue") };
    let number = |place: usize| {
        let body: Value = serde_json::from_str(&queue.visible[place].body).expect("JSON");
        body["SequenceNumber"].as_str().expect("a number").to_string()
    };
    assert!(number(0).len() == 20 && number(0) < number(1));
}

// fifo-message-delivery: since 2023 to standard queues as well, which then know no groups.
#[test]
fn a_fifo_topic_feeds_a_standard_queue() {
    let mut it = fifo(json!({}), json!({}), json!({}));
    it.publish("g", "1", json!({}));
    it.publish("g", "1", json!({}));
    assert_eq!(it.visible(2), 1.0);
    let NodeView::Queue(queue) = view(&it.simulation, it.queue) else { panic!("a queue") };
    assert!(!format!("{:?}", queue.visible[0]).contains("\"g\""));
}

// sns-fifo-topics: queues only.
#[test]
fn a_fifo_topic_delivers_to_queues_only() {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({ "FifoTopic": true }));
    let function = function(&mut builder, "Function", works_for(1), json!({}));
    builder.edge(topic, function, json!({}));
    refused(&builder.build(), "A FIFO topic delivers to queues only");
}

// sns-fifo-topics: a FIFO queue needs a FIFO topic.
#[test]
fn a_fifo_queue_cannot_subscribe_to_a_standard_topic() {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let queue = builder.node(NodeKind::Queue, "Queue", fifo_queue());
    builder.edge(topic, queue, json!({}));
    refused(&builder.build(), "A standard topic does not deliver to FIFO queues");
}

// sns-dead-letter-queues: of the same type.
#[test]
fn a_subscriptions_dead_letter_queue_has_the_topics_type() {
    for topic_is_fifo in [true, false] {
        let mut builder = Builder::new();
        let topic = builder.node(NodeKind::Topic, "Topic", json!({ "FifoTopic": topic_is_fifo }));
        let queue = builder.node(NodeKind::Queue, "Queue", json!({ "FifoQueue": topic_is_fifo }));
        let dead = builder.node(NodeKind::Queue, "Dead", json!({ "FifoQueue": !topic_is_fifo }));
        builder.edge(topic, queue, json!({ "DeadLetterQueue": dead.to_string() }));
        refused(&builder.build(), "dead-letter queue of the same type");
    }
}

// fifo-message-filtering: what was filtered out and is sent again counts as a duplicate, so it may never arrive.
#[test]
fn filtering_makes_a_fifo_subscription_at_most_once() {
    let policy = json!({ "FilterPolicy": { "n": [2] }, "FilterPolicyScope": "MessageBody" });
    let mut it = fifo(json!({}), fifo_queue(), policy);
    it.publish("g", "1", json!({ "n": 1 }));
    run_for(&mut it.simulation, 2);
    let target = it.subscription;
    apply(&mut it.simulation, Command::Set { target, setting: "FilterPolicy".into(), value: Value::Null });
    it.publish("g", "1", json!({ "n": 1 }));
    assert_eq!((it.visible(5), it.figure("duplicates")), (0.0, 1.0));
}

// fifo-high-throughput: 3,000 messages a second for the topic, and 300 for a group.
#[test]
fn a_fifo_topic_throttles_beyond_its_throughput() {
    let mut it = fifo(json!({}), json!({}), json!({}));
    for n in 0..400 {
        it.publish("g", &n.to_string(), json!({}));
    }
    run_for(&mut it.simulation, 1);
    assert_eq!((it.figure("published"), it.figure("throttled")), (300.0, 100.0));
    for (scope, published) in [("Topic", 3_000.0), ("MessageGroup", 3_100.0)] {
        let mut it = fifo(json!({ "FifoThroughputScope": scope }), json!({}), json!({}));
        for n in 0..3_100 {
            it.publish(&(n % 50).to_string(), &n.to_string(), json!({}));
        }
        run_for(&mut it.simulation, 1);
        assert_eq!(it.figure("published"), published, "{scope}");
    }
}

// API_Publish: a deduplication id means nothing to a standard topic.
#[test]
fn a_standard_topic_refuses_a_deduplication_id() {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let mut simulation = simulate(&builder.build(), 3);
    send(&mut simulation, topic, json!({ "Message": {}, "MessageDeduplicationId": "1" }), 1);
    run_for(&mut simulation, 1);
    assert_eq!(figure(&simulation, topic, "published"), 0.0);
    let mut builder = Builder::new();
    builder.node(NodeKind::Topic, "Topic", json!({ "ContentBasedDeduplication": true }));
    refused(&builder.build(), "A standard topic does not deduplicate");
}

// sqs-fair-queues: a standard topic hands a group id on to standard queues.
#[test]
fn a_standard_topic_hands_the_group_on_to_a_standard_queue() {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    builder.edge(topic, queue, json!({}));
    let mut simulation = simulate(&builder.build(), 3);
    send(&mut simulation, topic, json!({ "Message": {}, "MessageGroupId": "tenant-7" }), 1);
    run_for(&mut simulation, 2);
    let NodeView::Queue(queue) = view(&simulation, queue) else { panic!("a queue") };
    assert!(format!("{:?}", queue.visible[0]).contains("tenant-7"));
}
