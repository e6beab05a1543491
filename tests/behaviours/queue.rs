//! Queues, as Amazon SQS.

use super::*;
use eventyard::services::{Record, Refusal, What};

// SQSDeveloperGuide: sqs-delay-queues.
#[test]
fn a_delayed_message_becomes_visible_when_its_delay_has_passed() {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", json!({ "DelaySeconds": 10 }));
    let mut simulation = simulate(&builder.build(), 1);
    send(&mut simulation, queue, json!({}), 3);
    run_for(&mut simulation, 9);
    assert_eq!((figure(&simulation, queue, "delayed"), figure(&simulation, queue, "visible")), (3.0, 0.0));
    run_for(&mut simulation, 2);
    assert_eq!((figure(&simulation, queue, "delayed"), figure(&simulation, queue, "visible")), (0.0, 3.0));
}

// sqs-message-timers: a message's own delay takes the place of the queue's, and 0 is one.
#[test]
fn a_messages_own_delay_takes_the_place_of_the_queues() {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", json!({ "DelaySeconds": 10 }));
    let mut simulation = simulate(&builder.build(), 1);
    send(&mut simulation, queue, json!({ "MessageBody": {}, "DelaySeconds": 0 }), 1);
    send(&mut simulation, queue, json!({ "MessageBody": {}, "DelaySeconds": 60 }), 1);
    run_for(&mut simulation, 30);
    assert_eq!((figure(&simulation, queue, "delayed"), figure(&simulation, queue, "visible")), (1.0, 1.0));
}

// API_SetQueueAttributes: MessageRetentionPeriod.
#[test]
fn a_message_is_gone_when_its_retention_period_ends_and_is_no_dead_letter() {
    let retention = json!({ "MessageRetentionPeriod": 60 });
    let mut station = station(retention, works_for(1), json!({}), json!({ "Enabled": false }), json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 2);
    run_for(&mut station.simulation, 59);
    assert_eq!(figure(&station.simulation, station.queue, "visible"), 2.0);
    run_for(&mut station.simulation, 2);
    assert_eq!(figure(&station.simulation, station.queue, "expired"), 2.0);
    assert_eq!(figure(&station.simulation, station.dead, "visible"), 0.0);
    check_conservation(&station.simulation);
}

// sqs-visibility-timeout; services-sqs-errorhandling.
#[test]
fn after_a_function_error_the_message_stays_in_flight_until_its_visibility_timeout_ends() {
    let visibility = json!({ "VisibilityTimeout": 30 });
    let mut station = station(visibility, always_fails(), json!({}), json!({}), json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 1);
    run_for(&mut station.simulation, 28);
    assert_eq!(figure(&station.simulation, station.function, "invocations"), 1.0);
    assert_eq!(figure(&station.simulation, station.queue, "in_flight"), 1.0);
    run_for(&mut station.simulation, 30);
    assert_eq!(figure(&station.simulation, station.function, "invocations"), 2.0);
    assert_eq!(figure(&station.simulation, station.queue, "redelivered"), 1.0);
}

// sqs-dead-letter-queues: delivered at most maxReceiveCount times; the receive after that moves it.
#[test]
fn a_message_is_delivered_at_most_max_receive_count_times_and_then_moved() {
    let redrive = json!({ "maxReceiveCount": 2 });
    let mut station = station(json!({}), always_fails(), json!({}), json!({}), redrive, json!({}));
    send(&mut station.simulation, station.queue, json!({}), 1);
    run_for(&mut station.simulation, 59);
    assert_eq!(figure(&station.simulation, station.dead, "visible"), 0.0);
    run_for(&mut station.simulation, 60);
    assert_eq!(figure(&station.simulation, station.function, "invocations"), 2.0);
    assert_eq!(figure(&station.simulation, station.queue, "dead_lettered"), 1.0);
    assert_eq!(figure(&station.simulation, station.dead, "visible"), 1.0);
    check_conservation(&station.simulation);
}

// sqs-dead-letter-queues: the move happens on a receive, so nothing moves while nobody polls.
#[test]
fn nothing_moves_to_the_dead_letter_queue_while_nobody_polls() {
    let redrive = json!({ "maxReceiveCount": 1 });
    let mut station = station(json!({}), always_fails(), json!({}), json!({}), redrive, json!({}));
    send(&mut station.simulation, station.queue, json!({}), 1);
    run_for(&mut station.simulation, 5);
    apply(&mut station.simulation, Command::Stop { node: station.function });
    run_for(&mut station.simulation, 300);
    assert_eq!(figure(&station.simulation, station.queue, "visible"), 1.0);
    assert_eq!(figure(&station.simulation, station.dead, "visible"), 0.0);
    apply(&mut station.simulation, Command::Resume { node: station.function });
    run_for(&mut station.simulation, 60);
    assert_eq!(figure(&station.simulation, station.dead, "visible"), 1.0);
}

// sqs-dead-letter-queues: in a standard queue the time of the first send goes along.
#[test]
fn retention_in_the_dead_letter_queue_counts_from_the_first_send() {
    let (redrive, dead) = (json!({ "maxReceiveCount": 1 }), json!({ "MessageRetentionPeriod": 60 }));
    let mut station = station(json!({}), always_fails(), json!({}), json!({}), redrive, dead);
    send(&mut station.simulation, station.queue, json!({}), 1);
    run_for(&mut station.simulation, 58);
    assert_eq!(figure(&station.simulation, station.dead, "visible"), 1.0);
    run_for(&mut station.simulation, 3);
    assert_eq!(figure(&station.simulation, station.dead, "expired"), 1.0);
}

// API_PurgeQueue: messages in flight go too.
#[test]
fn purging_deletes_messages_in_flight_as_well() {
    let mut station = station(json!({}), always_fails(), json!({}), json!({}), json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 4);
    run_for(&mut station.simulation, 5);
    assert!(figure(&station.simulation, station.queue, "in_flight") > 0.0);
    apply(&mut station.simulation, Command::Purge { queue: station.queue });
    run_for(&mut station.simulation, 120);
    let left = ["visible", "in_flight", "delayed"].map(|name| figure(&station.simulation, station.queue, name));
    assert_eq!(left, [0.0; 3]);
    assert_eq!(figure(&station.simulation, station.queue, "purged"), 4.0);
    check_conservation(&station.simulation);
}

// sqs-configure-dead-letter-queue-redrive: at a rate, oldest first, back to where it came from.
#[test]
fn redriving_moves_messages_back_at_the_rate_that_was_asked_for() {
    let redrive = json!({ "maxReceiveCount": 1 });
    let mut station = station(json!({}), always_fails(), json!({}), json!({}), redrive, json!({}));
    send(&mut station.simulation, station.queue, json!({}), 20);
    run_for(&mut station.simulation, 120);
    assert_eq!(figure(&station.simulation, station.dead, "visible"), 20.0);
    apply(&mut station.simulation, Command::Stop { node: station.function });
    apply(&mut station.simulation, Command::Redrive { queue: station.dead, rate: Some(2), destination: None });
    run_for(&mut station.simulation, 5);
    let moved = figure(&station.simulation, station.queue, "visible");
    assert!((9.0..=11.0).contains(&moved), "{moved} after five seconds at two a second");
    run_for(&mut station.simulation, 10);
    assert_eq!(figure(&station.simulation, station.queue, "visible"), 20.0);
    check_conservation(&station.simulation);
}

// API_SendMessage: a message above the queue's MaximumMessageSize is refused.
#[test]
fn a_message_above_the_maximum_size_is_refused() {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", json!({ "MaximumMessageSize": 1_024 }));
    let mut simulation = simulate(&builder.build(), 1);
    send(&mut simulation, queue, json!({ "text": "x".repeat(2_000) }), 1);
    send(&mut simulation, queue, json!({ "text": "x".repeat(900) }), 1);
    run_for(&mut simulation, 1);
    assert_eq!(figure(&simulation, queue, "sent"), 1.0);
    check_conservation(&simulation);
}

// API_SetQueueAttributes: every limit.
#[test]
fn settings_outside_the_limits_are_refused() {
    for (name, value) in [
        ("VisibilityTimeout", 43_201),
        ("DelaySeconds", 901),
        ("MessageRetentionPeriod", 59),
        ("MessageRetentionPeriod", 1_209_601),
        ("MaximumMessageSize", 1_023),
        ("ReceiveMessageWaitTimeSeconds", 21),
    ] {
        let mut builder = Builder::new();
        builder.node(NodeKind::Queue, "Queue", json!({ name: value }));
        refused(&builder.build(), name);
    }
}

/// Sends to a queue with a message group: a tenant's message, or a FIFO queue's.
pub fn send_of(simulation: &mut Simulation, queue: Uuid, group: &str, body: Value, count: u32) {
    send(simulation, queue, json!({ "MessageBody": body, "MessageGroupId": group }), count);
}

pub fn queue_view(simulation: &Simulation, queue: Uuid) -> eventyard::simulation::QueueView {
    match view(simulation, queue) {
        NodeView::Queue(queue) => queue,
        _ => panic!("not a queue"),
    }
}

/// The messages that a queue was received from, in the order of the receives.
pub fn received(simulation: &Simulation, queue: Uuid) -> Vec<u32> {
    let queue = simulation.plan().find_node(queue).expect("a node of this diagram");
    let records = simulation.journal().since(0).map(|(_, record)| record);
    records
        .filter(|record| record.node == queue && matches!(record.what, What::Received { .. }))
        .map(|record| record.message)
        .collect()
}

pub fn said(simulation: &Simulation, words: &str) -> usize {
    let records = simulation.journal().since(0).map(|(_, record)| simulation.describe(record));
    records.filter(|said| said.contains(words)).count()
}

/// A queue without anybody who receives from it.
fn alone(settings: Value) -> (Simulation, Uuid) {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", settings);
    (simulate(&builder.build(), 1), queue)
}

/// One poller that takes one message at a time, for tests about order.
fn one_by_one() -> Value {
    json!({ "InitialPollers": 1, "MaximumPollers": 1 })
}

// quotas-messages: attributes count towards the size, by name, type and value.
#[test]
fn attributes_count_towards_a_messages_size() {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", json!({ "MaximumMessageSize": 1_024 }));
    let client = |builder: &mut Builder, name: &str, length: usize| {
        let attributes = json!({ "note": { "DataType": "String", "StringValue": "x".repeat(length) } });
        let settings = json!({ "Arrivals": { "constant": 0 }, "MessageAttributes": attributes });
        let client = builder.node(NodeKind::Client, name, settings);
        builder.edge(client, queue, instant());
        client
    };
    let small = client(&mut builder, "Small", 1_000);
    let large = client(&mut builder, "Large", 1_020);
    let mut simulation = simulate(&builder.build(), 1);
    send(&mut simulation, small, json!({}), 1);
    send(&mut simulation, large, json!({}), 1);
    run_for(&mut simulation, 1);
    assert_eq!((figure(&simulation, queue, "sent"), figure(&simulation, queue, "refused")), (1.0, 1.0));
    assert_eq!(figure(&simulation, large, "failed"), 1.0);
}

// large-message-payloads: what a topic delivers is held to the topic's limit, not to the queue's.
#[test]
fn a_topics_delivery_is_not_held_to_the_queues_maximum_size() {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", json!({ "MaximumMessageSize": 1_024 }));
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    builder.edge(topic, queue, json!({ "RawMessageDelivery": true, "Latency": 0 }));
    let mut simulation = simulate(&builder.build(), 1);
    send(&mut simulation, topic, json!({ "text": "x".repeat(2_000) }), 1);
    run_for(&mut simulation, 1);
    assert_eq!(figure(&simulation, queue, "sent"), 1.0);
}

// API_SendMessage: MessageDeduplicationId applies only to FIFO queues.
#[test]
fn a_standard_queue_refuses_a_deduplication_id() {
    let (mut simulation, queue) = alone(json!({}));
    send(&mut simulation, queue, json!({ "MessageBody": {}, "MessageDeduplicationId": "1" }), 1);
    run_for(&mut simulation, 1);
    assert_eq!((figure(&simulation, queue, "sent"), figure(&simulation, queue, "refused")), (0.0, 1.0));
    check_conservation(&simulation);
}

// API_SendMessage: up to 128 characters.
#[test]
fn a_group_id_of_more_than_128_characters_is_refused() {
    let (mut simulation, queue) = alone(json!({}));
    send_of(&mut simulation, queue, &"g".repeat(128), json!({}), 1);
    send_of(&mut simulation, queue, &"g".repeat(129), json!({}), 1);
    run_for(&mut simulation, 1);
    assert_eq!((figure(&simulation, queue, "sent"), figure(&simulation, queue, "refused")), (1.0, 1.0));
}

// API_SetQueueAttributes: a shorter retention period holds for messages that are there already.
#[test]
fn a_shortened_retention_expires_messages_that_are_there_already() {
    let (mut simulation, queue) = alone(json!({}));
    send(&mut simulation, queue, json!({}), 3);
    run_for(&mut simulation, 100);
    apply(&mut simulation, Command::Set { target: queue, setting: "MessageRetentionPeriod".into(), value: 60.into() });
    run_for(&mut simulation, 1);
    assert_eq!((figure(&simulation, queue, "expired"), figure(&simulation, queue, "visible")), (3.0, 0.0));
    check_conservation(&simulation);
}

// API_ReceiveMessage: with a VisibilityTimeout of 0 the message is received and visible again at once.
#[test]
fn a_visibility_timeout_of_zero_leaves_the_message_visible() {
    let queue = json!({ "VisibilityTimeout": 0 });
    let mut station = station(queue, works_for(1_000), json!({}), json!({}), json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 1);
    run_for(&mut station.simulation, 1);
    assert_eq!(figure(&station.simulation, station.queue, "in_flight"), 0.0);
    assert!(figure(&station.simulation, station.queue, "received") > 1.0);
}

// API_DeleteMessage: with an old receipt the call to a standard queue succeeds, and the message may stay.
#[test]
fn a_deletion_after_the_visibility_timeout_does_nothing_in_a_standard_queue() {
    let queue = json!({ "VisibilityTimeout": 1 });
    let mut station = station(queue, works_for(1_500), json!({}), json!({}), json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 1);
    run_for(&mut station.simulation, 2);
    assert!(figure(&station.simulation, station.function, "invocations") > 1.0);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 0.0);
    assert_eq!(figure(&station.simulation, station.queue, "expired_receipts"), 0.0);
}

// API_DeleteMessage: with a standard queue the last receipt deletes the message as long as nobody has received it again.
#[test]
fn a_late_deletion_works_while_nobody_else_has_received_the_message() {
    let queue = json!({ "VisibilityTimeout": 1 });
    let mapping = json!({ "MaximumConcurrency": 2 });
    let mut station = station(queue, works_for(1_500), json!({}), mapping, json!({}), json!({}));
    // Nobody receives while both are worked on.
    send(&mut station.simulation, station.queue, json!({}), 2);
    run_for(&mut station.simulation, 10);
    assert_eq!(figure(&station.simulation, station.function, "invocations"), 2.0);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 2.0);
    check_conservation(&station.simulation);
}

// API_ReceiveMessage: ApproximateReceiveCount counts over all queues.
#[test]
fn the_receive_count_goes_along_to_the_dead_letter_queue() {
    let redrive = json!({ "maxReceiveCount": 3 });
    let mut station = station(json!({}), always_fails(), json!({}), json!({}), redrive, json!({}));
    send(&mut station.simulation, station.queue, json!({}), 1);
    run_for(&mut station.simulation, 300);
    assert_eq!(queue_view(&station.simulation, station.dead).visible[0].receive_count, 3);
}

// sqs-short-and-long-polling: a long poll returns as soon as there is a message.
#[test]
fn a_long_poll_returns_as_soon_as_a_message_is_there() {
    let mut station = station(json!({}), works_for(10), json!({}), json!({}), json!({}), json!({}));
    run_for(&mut station.simulation, 7);
    send(&mut station.simulation, station.queue, json!({}), 1);
    run_for(&mut station.simulation, 1);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 1.0);
}

// sqs-visibility-timeout: ChangeMessageVisibility keeps a message hidden while its consumer works on it.
#[test]
fn a_heartbeat_keeps_a_message_hidden_for_as_long_as_the_work_takes() {
    let queue = json!({ "VisibilityTimeout": 2 });
    let mapping = json!({ "VisibilityHeartbeatSeconds": 1 });
    let more = json!({ "Timeout": 30 });
    let mut station = station(queue, works_for(9_000), more, mapping, json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 1);
    run_for(&mut station.simulation, 20);
    assert_eq!(figure(&station.simulation, station.function, "invocations"), 1.0);
    assert_eq!(figure(&station.simulation, station.queue, "redelivered"), 0.0);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 1.0);
}

// API_ChangeMessageVisibility: 12 hours from the receive in all; more is an error, and the old timeout stays.
#[test]
fn a_message_cannot_be_hidden_for_more_than_twelve_hours() {
    let queue = json!({ "VisibilityTimeout": 43_200 });
    let mapping = json!({ "VisibilityHeartbeatSeconds": 1 });
    let mut station = station(queue, works_for(2_500), json!({}), mapping, json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 1);
    run_for(&mut station.simulation, 5);
    assert_eq!(said(&station.simulation, "12 hours"), 2);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 1.0);
}

// API_ChangeMessageVisibility: 0 makes the message visible at once.
#[test]
fn changing_the_visibility_to_zero_brings_a_failed_message_back_at_once() {
    let mapping = json!({ "VisibilityAfterFailureSeconds": 0 });
    let mut station =
        station(json!({}), always_fails(), json!({}), mapping, json!({ "maxReceiveCount": 2 }), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 1);
    run_for(&mut station.simulation, 5);
    assert_eq!(figure(&station.simulation, station.dead, "visible"), 1.0);
    check_conservation(&station.simulation);
}

// API_ChangeMessageVisibility: the new timeout counts from the call and holds for this receive only.
#[test]
fn a_changed_visibility_counts_from_the_call_and_holds_for_one_receive() {
    let mapping = json!({ "VisibilityAfterFailureSeconds": 100 });
    let mut station = station(json!({}), always_fails(), json!({}), mapping, json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 1);
    run_for(&mut station.simulation, 95);
    assert_eq!(figure(&station.simulation, station.queue, "redelivered"), 0.0);
    run_for(&mut station.simulation, 10);
    assert_eq!(figure(&station.simulation, station.queue, "redelivered"), 1.0);
    apply(
        &mut station.simulation,
        Command::Set { target: station.function, setting: "Handler".into(), value: works_for(1) },
    );
    run_for(&mut station.simulation, 100);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 1.0);
}

// sqs-dead-letter-queues: what comes back takes its old place among the messages, until it was received too often.
#[test]
fn a_message_that_comes_back_is_received_before_those_sent_later() {
    let queue = json!({ "VisibilityTimeout": 5 });
    let mut station = station(queue, always_fails(), json!({}), one_by_one(), json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 1);
    run_for(&mut station.simulation, 1);
    apply(&mut station.simulation, Command::Stop { node: station.function });
    send(&mut station.simulation, station.queue, json!({}), 3);
    run_for(&mut station.simulation, 30);
    let first = queue_view(&station.simulation, station.queue).visible.iter().map(|it| it.serial).min();
    apply(&mut station.simulation, Command::Resume { node: station.function });
    run_for(&mut station.simulation, 3);
    let order = received(&station.simulation, station.queue);
    assert_eq!((order.first().copied(), order.get(1).copied()), (first, first), "{order:?}");
}

// sqs-dead-letter-queues: received three times, with a maxReceiveCount above three, it waits behind all others.
#[test]
fn a_message_received_three_times_goes_to_the_end_of_the_queue() {
    let queue = json!({ "VisibilityTimeout": 5 });
    let redrive = json!({ "maxReceiveCount": 10 });
    let mut station = station(queue, always_fails(), json!({}), one_by_one(), redrive, json!({}));
    send(&mut station.simulation, station.queue, json!({}), 1);
    run_for(&mut station.simulation, 12);
    assert_eq!(figure(&station.simulation, station.queue, "received"), 3.0);
    apply(&mut station.simulation, Command::Stop { node: station.function });
    send(&mut station.simulation, station.queue, json!({}), 3);
    run_for(&mut station.simulation, 30);
    let view = queue_view(&station.simulation, station.queue);
    let counts: Vec<u32> = view.visible.iter().map(|message| message.receive_count).collect();
    assert_eq!(counts, [0, 0, 0, 3]);
    // And the age of the oldest message does not count it any longer.
    assert!(view.oldest_age < 31_000_000, "{}", view.oldest_age);
}

// standard-queues: at least once. How often it is more is not published: never by default, as often as you like.
#[test]
fn duplicates_come_as_often_as_the_rate_says_and_never_by_default() {
    let duplicates = |rate: f64| {
        let queue = json!({ "DuplicateRate": rate });
        let mut station = station(queue, works_for(10), json!({}), json!({}), json!({}), json!({}));
        send(&mut station.simulation, station.queue, json!({}), 400);
        run_for(&mut station.simulation, 60);
        check_conservation(&station.simulation);
        assert_eq!(figure(&station.simulation, station.queue, "deleted"), 400.0);
        let twice = figure(&station.simulation, station.queue, "delivered_twice");
        assert_eq!(figure(&station.simulation, station.function, "invocations"), 400.0 + twice);
        twice
    };
    assert_eq!(duplicates(0.0), 0.0);
    let some = duplicates(0.1);
    assert!((20.0..80.0).contains(&some), "{some}");
}

// standard-queues: best-effort ordering. By default order is kept here, and disturbed as much as you like.
#[test]
fn order_is_kept_by_default_and_disturbed_as_the_rate_says() {
    let order = |rate: f64| {
        let queue = json!({ "OutOfOrderRate": rate });
        let mut station = station(queue, works_for(10), json!({}), one_by_one(), json!({}), json!({}));
        send(&mut station.simulation, station.queue, json!({}), 50);
        run_for(&mut station.simulation, 60);
        received(&station.simulation, station.queue)
    };
    assert!(order(0.0).is_sorted());
    let disturbed = order(0.5);
    assert_eq!(disturbed.len(), 50);
    assert!(!disturbed.is_sorted());
}

// sqs-fair-queues: a tenant's backlog does not make the others wait.
#[test]
fn a_quiet_tenants_message_overtakes_the_backlog_of_a_noisy_one() {
    let waits = |with_groups: bool| {
        let mapping = json!({ "InitialPollers": 40, "MaximumPollers": 40 });
        let mut station = station(json!({}), works_for(1_000), json!({}), mapping, json!({}), json!({}));
        let send_one = |simulation: &mut Simulation, queue, tenant, count| {
            if with_groups {
                send_of(simulation, queue, tenant, json!({}), count);
            } else {
                send(simulation, queue, json!({}), count);
            }
        };
        send_one(&mut station.simulation, station.queue, "noisy", 1_000);
        run_for(&mut station.simulation, 2);
        send_one(&mut station.simulation, station.queue, "quiet", 1);
        run_for(&mut station.simulation, 3);
        *received(&station.simulation, station.queue).iter().max().expect("some") == 1_001
    };
    assert!(waits(true));
    assert!(!waits(false));
}

// sqs-fair-queues: no ordering and no blocking; nothing is dropped.
#[test]
fn a_message_group_on_a_standard_queue_blocks_nothing() {
    let mut station = station(json!({}), works_for(1_000), json!({}), json!({}), json!({}), json!({}));
    send_of(&mut station.simulation, station.queue, "tenant", json!({}), 20);
    run_for(&mut station.simulation, 1);
    assert!(figure(&station.simulation, station.function, "concurrent_max") > 1.0);
    run_for(&mut station.simulation, 60);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 20.0);
    assert_eq!(queue_view(&station.simulation, station.queue).groups, 0);
    check_conservation(&station.simulation);
}

// quotas-messages: 120,000 messages in flight; a long poll then gets nothing, without an error.
#[test]
fn not_more_than_120_000_messages_are_in_flight() {
    let mapping = json!({
        "BatchSize": 10_000, "MaximumBatchingWindowInSeconds": 300, "InitialPollers": 20, "MaximumPollers": 20,
    });
    let (queue, more) = (json!({ "VisibilityTimeout": 43_200 }), json!({ "Timeout": 900 }));
    let mut station = station(queue, works_for(600_000), more, mapping, json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 125_000);
    run_for(&mut station.simulation, 400);
    assert_eq!(figure(&station.simulation, station.queue, "in_flight"), 120_000.0);
    assert_eq!(figure(&station.simulation, station.queue, "visible"), 5_000.0);
}

/// Dead letters of a queue, whose function is stopped; and another queue.
fn dead_letters(count: u32, dead: Value, other: Value) -> (Station, Uuid) {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", json!({ "VisibilityTimeout": 3 }));
    let function = function(&mut builder, "Function", always_fails(), json!({}));
    let dead = builder.node(NodeKind::Queue, "Dead", dead);
    let other = builder.node(NodeKind::Queue, "Other", other);
    builder.edge(queue, function, json!({ "BatchSize": 1, "Latency": 0 }));
    builder.edge(queue, dead, json!({ "maxReceiveCount": 1 }));
    let mut simulation = simulate(&builder.build(), 3);
    send(&mut simulation, queue, json!({}), count);
    run_for(&mut simulation, 120);
    assert_eq!(figure(&simulation, dead, "visible"), f64::from(count));
    apply(&mut simulation, Command::Stop { node: function });
    (Station { simulation, queue, function, dead }, other)
}

// API_StartMessageMoveTask: DestinationArn.
#[test]
fn dead_letters_can_be_moved_to_a_queue_of_ones_choice() {
    let (mut station, other) = dead_letters(5, json!({}), json!({}));
    apply(&mut station.simulation, Command::Redrive { queue: station.dead, rate: None, destination: Some(other) });
    run_for(&mut station.simulation, 1);
    assert_eq!(figure(&station.simulation, other, "visible"), 5.0);
    assert_eq!(figure(&station.simulation, station.queue, "visible"), 0.0);
    check_conservation(&station.simulation);
}

// sqs-configure-dead-letter-queue-redrive: the destination has to be of the same type.
#[test]
fn dead_letters_cannot_be_moved_to_a_queue_of_the_other_type() {
    let (mut station, other) = dead_letters(1, json!({}), json!({ "FifoQueue": true }));
    let redrive = Command::Redrive { queue: station.dead, rate: None, destination: Some(other) };
    assert!(station.simulation.apply(redrive).is_err());
}

// sqs-configure-dead-letter-queue-redrive: moved messages are new ones: new id, new age, nothing received.
#[test]
fn a_message_that_is_moved_back_is_a_new_message() {
    let (mut station, _) = dead_letters(1, json!({}), json!({}));
    let before = queue_view(&station.simulation, station.dead).visible[0].clone();
    apply(&mut station.simulation, Command::Redrive { queue: station.dead, rate: None, destination: None });
    run_for(&mut station.simulation, 1);
    let after = queue_view(&station.simulation, station.queue).visible[0].clone();
    assert_eq!((before.receive_count, after.receive_count), (1, 0));
    assert!(after.serial != before.serial && after.created > before.created);
    assert_eq!(after.body, before.body);
}

// sqs-configure-dead-letter-queue-redrive: the oldest first.
#[test]
fn dead_letters_are_moved_back_oldest_first() {
    let (mut station, _) = dead_letters(10, json!({}), json!({}));
    let wanted: Vec<u32> =
        queue_view(&station.simulation, station.dead).visible.iter().map(|message| message.trace).collect();
    apply(&mut station.simulation, Command::Redrive { queue: station.dead, rate: Some(5), destination: None });
    run_for(&mut station.simulation, 10);
    let moved: Vec<u32> =
        queue_view(&station.simulation, station.queue).visible.iter().map(|message| message.trace).collect();
    assert!(wanted.is_sorted());
    assert_eq!(moved, wanted);
}

// API_StartMessageMoveTask: one task a queue at a time; API_CancelMessageMoveTask: what was moved stays.
#[test]
fn one_redrive_runs_at_a_time_and_can_be_cancelled() {
    let (mut station, _) = dead_letters(20, json!({}), json!({}));
    let redrive = Command::Redrive { queue: station.dead, rate: Some(2), destination: None };
    apply(&mut station.simulation, redrive.clone());
    assert!(station.simulation.apply(redrive).is_err());
    run_for(&mut station.simulation, 4);
    apply(&mut station.simulation, Command::CancelRedrive { queue: station.dead });
    run_for(&mut station.simulation, 20);
    let moved = figure(&station.simulation, station.queue, "visible");
    assert!((8.0..=10.0).contains(&moved), "{moved}");
    assert_eq!(figure(&station.simulation, station.dead, "visible"), 20.0 - moved);
    assert!(station.simulation.apply(Command::CancelRedrive { queue: station.dead }).is_err());
}

fn with_dead_letter_queue(queue: Value, dead: Value) -> Document {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", queue);
    let dead = builder.node(NodeKind::Queue, "Dead", dead);
    builder.edge(queue, dead, json!({}));
    builder.build()
}

// API_SetQueueAttributes: RedriveAllowPolicy.
#[test]
fn a_queue_may_forbid_others_to_use_it_for_dead_letters() {
    let policy = |policy: Value| with_dead_letter_queue(json!({}), json!({ "RedriveAllowPolicy": policy }));
    refused(&policy(json!({ "redrivePermission": "denyAll" })), "RedriveAllowPolicy");
    let first = policy(json!({})).nodes[0].id;
    let listed = |id: Uuid| policy(json!({ "redrivePermission": "byQueue", "sourceQueueArns": [id] }));
    refused(&listed(Uuid::from_u128(7)), "RedriveAllowPolicy");
    simulate(&listed(first), 1);
    simulate(&policy(json!({ "redrivePermission": "allowAll" })), 1);
}

// API_SetQueueAttributes: byQueue lists up to 10 queues.
#[test]
fn a_redrive_allow_policy_lists_up_to_ten_queues() {
    let policy = json!({ "redrivePermission": "byQueue", "sourceQueueArns": vec![Uuid::from_u128(7); 11] });
    refused(&with_dead_letter_queue(json!({}), json!({ "RedriveAllowPolicy": policy })), "At most 10");
}

// sqs-dead-letter-queues: a dead-letter queue is of its source's type.
#[test]
fn a_dead_letter_queue_of_the_other_type_is_refused() {
    let fifo = json!({ "FifoQueue": true });
    refused(&with_dead_letter_queue(fifo.clone(), json!({})), "same type");
    refused(&with_dead_letter_queue(json!({}), fifo.clone()), "same type");
    simulate(&with_dead_letter_queue(fifo.clone(), fifo), 1);
}

// aws.amazon.com/sqs/pricing: what fairness costs on top.
#[test]
fn requests_with_a_message_group_cost_more_on_a_standard_queue() {
    let (mut simulation, queue) = alone(json!({}));
    send(&mut simulation, queue, json!({}), 2);
    send_of(&mut simulation, queue, "tenant", json!({}), 3);
    run_for(&mut simulation, 1);
    let node = simulation.plan().find_node(queue).expect("the queue");
    let quantities: Vec<f64> = simulation.charges(node).iter().map(|charge| charge.quantity).collect();
    assert_eq!(quantities, [5.0, 3.0]);
}

// Here a queue may change its type, unlike at the service: nothing is lost, and what lies there is one group.
#[test]
fn a_queue_that_becomes_fifo_keeps_its_messages_in_order() {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    let function = function(&mut builder, "Function", works_for(500), json!({}));
    builder.edge(queue, function, json!({ "BatchSize": 1, "Latency": 0 }));
    let mut simulation = simulate(&builder.build(), 1);
    send(&mut simulation, queue, json!({}), 60);
    run_for(&mut simulation, 1);
    let set = |value: bool| Command::Set { target: queue, setting: "FifoQueue".into(), value: value.into() };
    apply(&mut simulation, set(true));
    let before = received(&simulation, queue).len();
    run_for(&mut simulation, 5);
    assert!(received(&simulation, queue)[before..].is_sorted());
    assert_eq!(queue_view(&simulation, queue).groups, 1);
    apply(&mut simulation, set(false));
    run_for(&mut simulation, 60);
    assert_eq!(figure(&simulation, queue, "deleted"), 60.0);
    check_conservation(&simulation);
}

// ---- batches

/// One SendMessageBatch by hand.
fn send_batch(simulation: &mut Simulation, queue: Uuid, entries: Value) {
    send(simulation, queue, json!({ "Entries": entries }), 1);
}

// API_SendMessageBatch: up to ten messages in one call, which is one request to pay.
#[test]
fn a_batch_sends_up_to_ten_messages_in_one_request() {
    let (mut simulation, queue) = alone(json!({}));
    let entries: Vec<Value> = (0..10).map(|n| json!({ "Id": n.to_string(), "MessageBody": { "n": n } })).collect();
    send_batch(&mut simulation, queue, entries.into());
    run_for(&mut simulation, 1);
    assert_eq!(figure(&simulation, queue, "sent"), 10.0);
    assert_eq!(figure(&simulation, queue, "visible"), 10.0);
    let node = simulation.plan().find_node(queue).expect("the queue");
    assert_eq!(simulation.charges(node)[0].quantity, 1.0);
    check_conservation(&simulation);
}

// API_SendMessageBatch: 200, with the entries that failed in a list of their own.
#[test]
fn a_batch_of_messages_may_fail_in_part() {
    let (mut simulation, queue) = alone(json!({ "FifoQueue": true, "ContentBasedDeduplication": true }));
    let entries = json!([
        { "Id": "good", "MessageBody": "a", "MessageGroupId": "g" },
        { "Id": "no-group", "MessageBody": "b" },
        { "Id": "again", "MessageBody": "a", "MessageGroupId": "g" },
        { "Id": "delayed", "MessageBody": "c", "MessageGroupId": "g", "DelaySeconds": 5 },
        { "Id": "too-long", "MessageBody": "d", "MessageGroupId": "g".repeat(129) },
    ]);
    send_batch(&mut simulation, queue, entries);
    run_for(&mut simulation, 1);
    let figures = ["sent", "deduplicated", "refused"].map(|name| figure(&simulation, queue, name));
    assert_eq!(figures, [1.0, 1.0, 3.0]);
    check_conservation(&simulation);
}

// API_SendMessageBatch: TooManyEntriesInBatchRequest, EmptyBatchRequest, BatchEntryIdsNotDistinct, InvalidBatchEntryId,
// BatchRequestTooLong.
#[test]
fn a_batch_that_is_wrong_as_a_whole_sends_nothing() {
    let entry = |id: &str| json!({ "Id": id, "MessageBody": "x" });
    let long = |id: &str| json!({ "Id": id, "MessageBody": "x".repeat(600_000) });
    let batches = [
        Value::Array((0..11).map(|number| entry(&number.to_string())).collect()),
        json!([entry("a"), entry("a")]),
        json!([entry("a b")]),
        json!([entry("a"), { "Id": "b" }]),
        json!([long("1"), long("2")]),
    ];
    for batch in batches {
        let (mut simulation, queue) = alone(json!({}));
        send_batch(&mut simulation, queue, batch);
        run_for(&mut simulation, 1);
        assert_eq!(figure(&simulation, queue, "sent"), 0.0);
        assert_eq!(simulation.dropped(Reason::Failed), 1);
        check_conservation(&simulation);
    }
}

// API_SendMessageBatch: without content-based deduplication one entry without an id fails the request.
#[test]
fn a_batch_for_a_fifo_queue_needs_deduplication_ids_as_a_whole() {
    let (mut simulation, queue) = alone(json!({ "FifoQueue": true }));
    let entries = json!([
        { "Id": "1", "MessageBody": "a", "MessageGroupId": "g", "MessageDeduplicationId": "a" },
        { "Id": "2", "MessageBody": "b", "MessageGroupId": "g" },
    ]);
    send_batch(&mut simulation, queue, entries);
    run_for(&mut simulation, 1);
    assert_eq!(figure(&simulation, queue, "sent"), 0.0);
    assert_eq!(simulation.dropped(Reason::Failed), 1);
    check_conservation(&simulation);
}

// sqs-message-timers, sqs-fair-queues: each entry says for itself what a single message could.
#[test]
fn each_message_of_a_batch_has_its_own_delay_and_attributes() {
    let (mut simulation, queue) = alone(json!({ "DelaySeconds": 30 }));
    let kind = json!({ "DataType": "String", "StringValue": "a" });
    let entries = json!([
        { "Id": "1", "MessageBody": {}, "DelaySeconds": 0, "MessageAttributes": { "kind": kind } },
        { "Id": "2", "MessageBody": {}, "DelaySeconds": 10, "MessageGroupId": "tenant" },
        { "Id": "3", "MessageBody": {} },
    ]);
    send_batch(&mut simulation, queue, entries);
    let visible = |simulation: &mut Simulation, seconds: u64| {
        run_for(simulation, seconds);
        figure(simulation, queue, "visible")
    };
    assert_eq!([1, 10, 20].map(|seconds| visible(&mut simulation, seconds)), [1.0, 2.0, 3.0]);
    let shown = queue_view(&simulation, queue);
    assert!(shown.visible.iter().any(|message| message.attributes.is_some()));
}

// quotas-messages: 300 calls a second are 3,000 messages where each call is a batch of ten.
#[test]
fn batches_carry_ten_times_as_much_within_a_fifo_queues_quota() {
    let (mut simulation, queue) = alone(json!({ "FifoQueue": true, "ContentBasedDeduplication": true }));
    let entries = |round: u64| {
        let entry =
            |n: u64| json!({ "Id": n.to_string(), "MessageBody": round * 10 + n, "MessageGroupId": n.to_string() });
        Value::Array((0..10).map(entry).collect())
    };
    (0..400).for_each(|round| send_batch(&mut simulation, queue, entries(round)));
    run_for(&mut simulation, 1);
    assert_eq!(figure(&simulation, queue, "sent"), 3_000.0);
    assert_eq!(figure(&simulation, queue, "throttled"), 100.0);
    check_conservation(&simulation);
}

// API_SendMessageBatch, from a handler: its result names what failed, and the code may look at it.
#[test]
fn a_function_sends_a_batch_and_learns_what_failed() {
    let mut builder = Builder::new();
    let function = function(&mut builder, "Function", works_for(1), json!({}));
    let settings = json!({ "FifoQueue": true, "ContentBasedDeduplication": true });
    let queue = builder.node(NodeKind::Queue, "Queue", settings);
    let failures = builder.node(NodeKind::Queue, "Failures", json!({}));
    builder.edge_of(EdgeKind::Send, function, queue, json!({}));
    builder.edge_of(EdgeKind::Send, function, failures, json!({}));
    let entries = json!([
        { "Id": "1", "MessageBody": "{{message}}", "MessageGroupId": "{{message.customer}}" },
        { "Id": "2", "MessageBody": { "n": 2 } },
    ]);
    builder.set(
        function,
        "Handler",
        json!([
            { "step": "sendBatch", "to": queue.to_string(), "entries": entries },
            { "step": "if", "whenResult": { "Failed": { "Id": [{ "exists": true }] } },
              "then": [{ "step": "send", "to": failures.to_string(), "payload": "{{result.Failed}}" }], "else": [] },
        ]),
    );
    let mut simulation = simulate(&builder.build(), 2);
    send(&mut simulation, function, json!({ "customer": "C-1" }), 1);
    run_for(&mut simulation, 2);
    assert_eq!(figure(&simulation, queue, "visible"), 1.0);
    let failed = first_body(&simulation, failures);
    assert_eq!((&failed[0]["Id"], &failed[0]["Code"]), (&json!("2"), &json!("MissingParameter")));
    check_conservation(&simulation);
}

// ---- short polls

/// A consumer of one's own that leaves it to the queue how long a poll waits, and how often it polled in a minute.
fn polled(queue: Value, messages: u32) -> Station {
    let mapping = json!({ "Polling": "AS_QUEUE", "InitialPollers": 1, "MaximumPollers": 1, "Latency": 20 });
    let mut station = station(queue, works_for(10), json!({}), mapping, json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), messages);
    run_for(&mut station.simulation, 60);
    check_conservation(&station.simulation);
    station
}

fn empty_receives(station: &Station) -> u64 {
    match view(&station.simulation, station.function) {
        NodeView::Function(function) => function.mappings[0].empty_polls,
        _ => panic!("not a function"),
    }
}

// sqs-short-and-long-polling: an empty short poll returns at once, and each is billed as a request.
#[test]
fn short_polls_of_an_empty_queue_are_many_and_billed() {
    let requests = |wait: u64| {
        let station = polled(json!({ "ReceiveMessageWaitTimeSeconds": wait }), 0);
        let node = station.simulation.plan().find_node(station.queue).expect("the queue");
        station.simulation.charges(node)[0].quantity
    };
    // Every 20 ms and the pause in between, or every 20 seconds.
    let (short, long) = (requests(0), requests(20));
    assert!((2_500.0..3_000.0).contains(&short), "{short}");
    assert!((3.0..=4.0).contains(&long), "{long}");
}

// sqs-short-and-long-polling: it asks a part of the servers, finds nothing now and then, and a later one finds it.
#[test]
fn a_short_poll_may_miss_messages_that_a_later_one_finds() {
    let found_at_once = |miss: f64| {
        let mapping = json!({ "Polling": "AS_QUEUE", "InitialPollers": 1, "MaximumPollers": 1, "BatchSize": 10 });
        let queue = json!({ "ShortPollMissRate": miss });
        let mut station = station(queue, works_for(10), json!({}), mapping, json!({}), json!({}));
        send(&mut station.simulation, station.queue, json!({}), 8);
        run_for(&mut station.simulation, 60);
        check_conservation(&station.simulation);
        let received = |record: &&Record| matches!(record.what, What::Received { .. });
        let records = station.simulation.journal().since(0).map(|(_, record)| record).filter(received);
        let times: Vec<_> = records.map(|record| record.time).collect();
        let first = times.iter().filter(|time| Some(*time) == times.first()).count();
        (first, figure(&station.simulation, station.queue, "deleted"))
    };
    assert_eq!(found_at_once(0.0), (8, 8.0));
    let (first, all) = found_at_once(0.6);
    assert!(first < 8, "{first}");
    assert_eq!(all, 8.0);
    assert_eq!(found_at_once(1.0), (0, 0.0));
}

// sqs-short-and-long-polling: with a thousand messages or more a short poll gets as many as it asks for.
#[test]
fn a_short_poll_of_a_thousand_messages_is_full() {
    let sizes = |messages: u32| {
        let mapping = json!({ "Polling": "AS_QUEUE", "InitialPollers": 1, "MaximumPollers": 1, "BatchSize": 10 });
        let mut station =
            station(json!({}), works_for(100_000), json!({ "Timeout": 900 }), mapping, json!({}), json!({}));
        apply(&mut station.simulation, Command::Stop { node: station.function });
        send(&mut station.simulation, station.queue, json!({}), messages);
        apply(&mut station.simulation, Command::Resume { node: station.function });
        run_for(&mut station.simulation, 5);
        figure(&station.simulation, station.queue, "in_flight")
    };
    assert_eq!(sizes(1_000), 10.0);
    assert!(sizes(20) < 10.0);
}

// sqs-short-and-long-polling: ReceiveMessageWaitTimeSeconds makes long polls of those that say nothing themselves.
#[test]
fn receive_message_wait_time_makes_short_polls_long() {
    let short = polled(json!({ "ReceiveMessageWaitTimeSeconds": 0 }), 0);
    let long = polled(json!({ "ReceiveMessageWaitTimeSeconds": 5 }), 0);
    assert!(empty_receives(&short) > 2_000);
    assert!((11..=12).contains(&empty_receives(&long)), "{}", empty_receives(&long));
}

// sqs-visibility-timeout: at the limit of messages in flight a short poll of a standard queue fails.
#[test]
fn at_120_000_in_flight_a_short_poll_is_over_the_limit() {
    let mapping = json!({ "Polling": "AS_QUEUE", "BatchSize": 10_000, "MaximumBatchingWindowInSeconds": 1,
                          "InitialPollers": 40, "MaximumPollers": 40, "Latency": 1 });
    let long = json!({ "Timeout": 900, "MemorySize": 128 });
    let mut station =
        station(json!({ "VisibilityTimeout": 900 }), works_for(890_000), long, mapping, json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 121_000);
    run_for(&mut station.simulation, 60);
    assert_eq!(figure(&station.simulation, station.queue, "in_flight"), 120_000.0);
    let records = station.simulation.journal().since(0);
    let refused = |what: What| matches!(what, What::Refused { why: Refusal::OverLimit });
    assert!(records.filter(|(_, record)| refused(record.what)).count() > 0);
}
