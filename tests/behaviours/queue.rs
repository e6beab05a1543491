//! Queues, as Amazon SQS.

use super::*;

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

// API_SendMessage: MessageGroupId and MessageDeduplicationId come from what the sender is working on.
#[test]
fn a_handler_gives_its_messages_group_and_deduplication_id() {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    let function = function(&mut builder, "Function", json!([]), json!({}));
    builder.edge(function, queue, json!({}));
    let step = json!({
        "step": "send", "to": queue, "messageGroupId": "{{message.customer}}", "messageDeduplicationId": "{{message.number}}",
    });
    builder.set(function, "Handler", json!([step]));
    let mut simulation = simulate(&builder.build(), 1);
    send(&mut simulation, function, json!({ "customer": "Ada", "number": 7 }), 1);
    run_for(&mut simulation, 1);
    let NodeView::Queue(queue) = view(&simulation, queue) else { panic!("not a queue") };
    let labels = (queue.visible[0].group.as_deref(), queue.visible[0].deduplication.as_deref());
    assert_eq!(labels, (Some("Ada"), Some("7")));
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
    apply(&mut station.simulation, Command::Redrive { queue: station.dead, rate: Some(2) });
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
