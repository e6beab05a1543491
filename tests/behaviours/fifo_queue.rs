//! FIFO queues, as Amazon SQS.

use super::queue::{queue_view, received, said, send_of};
use super::*;
use eventyard::diagram::EdgeKind;

fn fifo(more: Value) -> Value {
    let mut settings = json!({ "FifoQueue": true, "ContentBasedDeduplication": true });
    for (name, value) in more.as_object().into_iter().flatten() {
        settings[name] = value.clone();
    }
    settings
}

/// A FIFO queue without anybody who receives from it.
fn alone(more: Value) -> (Simulation, Uuid) {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", fifo(more));
    (simulate(&builder.build(), 1), queue)
}

/// Sends so many different messages of a group.
fn send_several(simulation: &mut Simulation, queue: Uuid, group: &str, count: u32) {
    for number in 0..count {
        send_of(simulation, queue, group, json!({ "group": group, "number": number }), 1);
    }
}

fn with_id(simulation: &mut Simulation, queue: Uuid, group: &str, id: &str, body: Value) {
    let message = json!({ "MessageBody": body, "MessageGroupId": group, "MessageDeduplicationId": id });
    send(simulation, queue, message, 1);
}

/// A FIFO queue, its function and dead-letter queue.
fn fifo_station(more: Value, handler: Value, mapping: Value, redrive: Value) -> Station {
    station(fifo(more), handler, json!({}), mapping, redrive, fifo(json!({})))
}

/// A function whose run fails for messages without the field `ok`: it sends on to a queue that needs a group.
fn picky(more: Value, mapping: Value, redrive: Value) -> Station {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", fifo(more));
    let function = function(&mut builder, "Function", json!([]), json!({}));
    let dead = builder.node(NodeKind::Queue, "Dead", fifo(json!({})));
    let next = builder.node(NodeKind::Queue, "Next", fifo(json!({ "DeduplicationScope": "messageGroup" })));
    builder.edge(function, next, instant());
    let step = json!({ "step": "send", "to": next, "messageGroupId": "{{message.ok}}" });
    builder.set(function, "Handler", json!([step]));
    let mut settings = json!({ "BatchSize": 1, "Latency": 0 });
    for (name, value) in mapping.as_object().into_iter().flatten() {
        settings[name] = value.clone();
    }
    builder.edge(queue, function, settings);
    builder.edge(queue, dead, redrive);
    Station { simulation: simulate(&builder.build(), 3), queue, function, dead }
}

fn sent(simulation: &Simulation, queue: Uuid) -> (f64, f64) {
    (figure(simulation, queue, "sent"), figure(simulation, queue, "deduplicated"))
}

// API_SendMessage: MessageGroupId is required.
#[test]
fn a_fifo_queue_refuses_a_message_without_a_message_group() {
    let (mut simulation, queue) = alone(json!({}));
    send(&mut simulation, queue, json!({ "amount": 1 }), 1);
    run_for(&mut simulation, 1);
    assert_eq!((figure(&simulation, queue, "sent"), figure(&simulation, queue, "refused")), (0.0, 1.0));
    assert_eq!(said(&simulation, "needs a MessageGroupId"), 1);
    check_conservation(&simulation);
}

// API_PurgeQueue: what was sent before the purge is no duplicate of what comes after it.
#[test]
fn a_purge_forgets_the_deduplication_ids() {
    let (mut simulation, queue) = alone(json!({}));
    with_id(&mut simulation, queue, "Ada", "7", json!({ "number": 1 }));
    run_for(&mut simulation, 1);
    apply(&mut simulation, Command::Purge { queue });
    with_id(&mut simulation, queue, "Ada", "7", json!({ "number": 2 }));
    run_for(&mut simulation, 1);
    assert_eq!(figure(&simulation, queue, "deduplicated"), 0.0);
    assert_eq!(figure(&simulation, queue, "visible"), 1.0);
}

// API_SendMessage: an id, or content-based deduplication; without both the call fails.
#[test]
fn without_content_based_deduplication_a_deduplication_id_is_needed() {
    let (mut simulation, queue) = alone(json!({ "ContentBasedDeduplication": false }));
    send_of(&mut simulation, queue, "g", json!({}), 1);
    with_id(&mut simulation, queue, "g", "1", json!({}));
    run_for(&mut simulation, 1);
    assert_eq!((figure(&simulation, queue, "sent"), figure(&simulation, queue, "refused")), (1.0, 1.0));
}

// API_SendMessage: group and deduplication id come from what the sender is working on.
#[test]
fn a_handler_gives_its_messages_group_and_deduplication_id() {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", fifo(json!({})));
    let function = function(&mut builder, "Function", json!([]), json!({}));
    builder.edge(function, queue, json!({}));
    let step = json!({
        "step": "send", "to": queue, "messageGroupId": "{{message.customer}}", "messageDeduplicationId": "{{message.number}}",
    });
    builder.set(function, "Handler", json!([step]));
    let mut simulation = simulate(&builder.build(), 1);
    send(&mut simulation, function, json!({ "customer": "Ada", "number": 7 }), 1);
    run_for(&mut simulation, 1);
    let message = queue_view(&simulation, queue).visible[0].clone();
    assert_eq!((message.group.as_deref(), message.deduplication.as_deref()), (Some("Ada"), Some("7")));
}

// API_SendMessage: the same, for a client with the service's own library and for a gateway's direct integration.
#[test]
fn clients_and_gateways_give_group_and_deduplication_id_as_well() {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", fifo(json!({})));
    let labels = json!({ "MessageGroupId": "{{message.customer}}", "MessageDeduplicationId": "{{requestId}}" });
    let mut own = labels.clone();
    own["Arrivals"] = json!({ "constant": 0 });
    let direct = builder.node(NodeKind::Client, "Direct", own);
    builder.edge(direct, queue, instant());
    let client = builder.node(NodeKind::Client, "Client", json!({ "Arrivals": { "constant": 0 } }));
    let gateway = builder.node(NodeKind::Gateway, "Gateway", json!({}));
    builder.edge(client, gateway, instant());
    builder.edge(gateway, queue, labels);
    let mut simulation = simulate(&builder.build(), 1);
    send(&mut simulation, direct, json!({ "customer": "Ada" }), 2);
    send(&mut simulation, client, json!({ "customer": "Bob" }), 1);
    send(&mut simulation, client, json!({}), 1);
    run_for(&mut simulation, 1);
    assert_eq!(sent(&simulation, queue), (3.0, 0.0));
    assert_eq!(figure(&simulation, client, "failed"), 1.0);
    assert_eq!(queue_view(&simulation, queue).groups, 2);
}

// FIFO-queues-exactly-once-processing: accepted, and not delivered.
#[test]
fn a_second_message_with_the_same_deduplication_id_is_accepted_and_dropped() {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", fifo(json!({})));
    let settings =
        json!({ "Arrivals": { "constant": 0 }, "MessageGroupId": "g", "MessageDeduplicationId": "{{message.id}}" });
    let client = builder.node(NodeKind::Client, "Client", settings);
    builder.edge(client, queue, instant());
    let mut simulation = simulate(&builder.build(), 1);
    send(&mut simulation, client, json!({ "id": 1, "amount": 5 }), 1);
    send(&mut simulation, client, json!({ "id": 1, "amount": 6 }), 1);
    run_for(&mut simulation, 1);
    assert_eq!(figure(&simulation, client, "succeeded"), 2.0);
    assert_eq!(sent(&simulation, queue), (1.0, 1.0));
    check_conservation(&simulation);
}

// FIFO-queues-exactly-once-processing: a hash of the body.
#[test]
fn deduplication_by_content_knows_equal_bodies() {
    let (mut simulation, queue) = alone(json!({}));
    send_of(&mut simulation, queue, "g", json!({ "amount": 5 }), 3);
    send_of(&mut simulation, queue, "g", json!({ "amount": 6 }), 1);
    run_for(&mut simulation, 1);
    assert_eq!(sent(&simulation, queue), (2.0, 2.0));
}

// FIFO-queues-exactly-once-processing: bodies that differ in one request id are different bodies.
#[test]
fn deduplication_by_content_sees_what_differs_for_each_request() {
    let (mut simulation, queue) = alone(json!({}));
    send_of(&mut simulation, queue, "g", json!({ "id": "{{requestId}}" }), 3);
    run_for(&mut simulation, 1);
    assert_eq!(sent(&simulation, queue), (3.0, 0.0));
}

// API_SendMessage: the body only; attributes do not count.
#[test]
fn deduplication_by_content_does_not_look_at_attributes() {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", fifo(json!({})));
    for value in ["a", "b"] {
        let attributes = json!({ "kind": { "DataType": "String", "StringValue": value } });
        let arrivals = json!({ "burst": { "size": 1, "everySeconds": 3_600 } });
        let settings = json!({
            "Arrivals": arrivals, "Payloads": [{ "n": 1 }], "MessageAttributes": attributes, "MessageGroupId": "g",
        });
        let client = builder.node(NodeKind::Client, value, settings);
        builder.edge(client, queue, instant());
    }
    let mut simulation = simulate(&builder.build(), 1);
    run_for(&mut simulation, 1);
    assert_eq!(sent(&simulation, queue), (1.0, 1.0));
}

// API_SendMessage: an explicit id takes the place of the hash.
#[test]
fn an_explicit_deduplication_id_takes_the_place_of_the_content() {
    let (mut simulation, queue) = alone(json!({}));
    with_id(&mut simulation, queue, "g", "1", json!({ "amount": 5 }));
    with_id(&mut simulation, queue, "g", "2", json!({ "amount": 5 }));
    with_id(&mut simulation, queue, "g", "1", json!({ "amount": 6 }));
    run_for(&mut simulation, 1);
    assert_eq!(sent(&simulation, queue), (2.0, 1.0));
}

// using-messagededuplicationid-property: 5 minutes, from the first accepted send.
#[test]
fn the_deduplication_interval_counts_from_the_first_accepted_send() {
    let (mut simulation, queue) = alone(json!({}));
    with_id(&mut simulation, queue, "g", "1", json!({}));
    run_for(&mut simulation, 200);
    with_id(&mut simulation, queue, "g", "1", json!({}));
    run_for(&mut simulation, 99);
    with_id(&mut simulation, queue, "g", "1", json!({}));
    run_for(&mut simulation, 1);
    assert_eq!(sent(&simulation, queue), (1.0, 2.0));
    with_id(&mut simulation, queue, "g", "1", json!({}));
    run_for(&mut simulation, 1);
    assert_eq!(sent(&simulation, queue), (2.0, 2.0));
}

// FIFO-queues-exactly-once-processing: also after the message was received and deleted.
#[test]
fn a_duplicate_is_dropped_even_after_the_message_was_deleted() {
    let mut station = fifo_station(json!({}), works_for(10), json!({}), json!({}));
    with_id(&mut station.simulation, station.queue, "g", "1", json!({}));
    run_for(&mut station.simulation, 10);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 1.0);
    with_id(&mut station.simulation, station.queue, "g", "1", json!({}));
    run_for(&mut station.simulation, 10);
    assert_eq!(figure(&station.simulation, station.function, "invocations"), 1.0);
}

// API_SetQueueAttributes: DeduplicationScope.
#[test]
fn the_deduplication_scope_is_the_queue_or_each_message_group() {
    for (scope, expected) in [("queue", (1.0, 2.0)), ("messageGroup", (2.0, 1.0))] {
        let (mut simulation, queue) = alone(json!({ "DeduplicationScope": scope }));
        with_id(&mut simulation, queue, "a", "1", json!({}));
        with_id(&mut simulation, queue, "b", "1", json!({}));
        with_id(&mut simulation, queue, "b", "1", json!({}));
        run_for(&mut simulation, 1);
        assert_eq!(sent(&simulation, queue), expected, "{scope}");
    }
}

// FIFO-queues-understanding-logic: while one is in flight, no other of the group is received.
#[test]
fn while_a_message_is_in_flight_the_others_of_its_group_wait() {
    let mut station = fifo_station(json!({}), works_for(1_000), json!({}), json!({}));
    send_several(&mut station.simulation, station.queue, "g", 3);
    run_for(&mut station.simulation, 1);
    let view = queue_view(&station.simulation, station.queue);
    assert_eq!((view.in_flight_count, view.blocked), (1, view.visible_count));
    run_for(&mut station.simulation, 10);
    assert_eq!(figure(&station.simulation, station.function, "concurrent_max"), 1.0);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 3.0);
}

// FIFO-queues-understanding-logic: other groups go on.
#[test]
fn other_groups_do_not_wait() {
    let mut station = fifo_station(json!({}), works_for(1_000), json!({}), json!({}));
    for group in ["a", "b", "c"] {
        send_several(&mut station.simulation, station.queue, group, 2);
    }
    run_for(&mut station.simulation, 1);
    assert_eq!(figure(&station.simulation, station.function, "concurrent_max"), 3.0);
}

// FIFO-queues-understanding-logic: one receive may take several of one group, in order.
#[test]
fn one_receive_takes_several_messages_of_one_group() {
    let mut station = fifo_station(json!({}), works_for(10), json!({ "BatchSize": 10 }), json!({}));
    send_several(&mut station.simulation, station.queue, "g", 7);
    apply(&mut station.simulation, Command::Pause { node: station.function });
    run_for(&mut station.simulation, 1);
    apply(&mut station.simulation, Command::Resume { node: station.function });
    run_for(&mut station.simulation, 10);
    let order = received(&station.simulation, station.queue);
    assert!(order.len() == 7 && order.is_sorted(), "{order:?}");
    assert!(figure(&station.simulation, station.function, "invocations") <= 2.0);
}

// FIFO-queues-understanding-logic: order within each group, whatever the others do.
#[test]
fn the_messages_of_a_group_are_received_in_the_order_in_which_they_were_sent() {
    let mapping = json!({ "BatchSize": 3 });
    let mut station = fifo_station(json!({}), works_for(70), mapping, json!({}));
    for number in 0..60 {
        let group = ["a", "b", "c", "d"][number % 4];
        send_of(&mut station.simulation, station.queue, group, json!({ "number": number }), 1);
    }
    run_for(&mut station.simulation, 60);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 60.0);
    let order = received(&station.simulation, station.queue);
    for group in 0..4 {
        let of_group: Vec<u32> = order.iter().copied().filter(|serial| (serial - 1) % 4 == group).collect();
        assert!(of_group.len() == 15 && of_group.is_sorted(), "{of_group:?}");
    }
}

// sqs-visibility-timeout: a group waits until all that are in flight are deleted or visible again.
#[test]
fn a_group_waits_for_all_of_its_messages_in_flight() {
    let mapping = json!({ "BatchSize": 10, "ReportBatchItemFailures": true });
    let mut station = picky(json!({}), mapping, json!({}));
    send_of(&mut station.simulation, station.queue, "g", json!({ "ok": "a", "number": 1 }), 1);
    send_of(&mut station.simulation, station.queue, "g", json!({ "number": 2 }), 1);
    run_for(&mut station.simulation, 2);
    send_of(&mut station.simulation, station.queue, "g", json!({ "ok": "a", "number": 3 }), 1);
    run_for(&mut station.simulation, 20);
    let view = queue_view(&station.simulation, station.queue);
    assert_eq!((view.in_flight_count, view.blocked), (1, 1));
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 1.0);
}

// FIFO-queues-understanding-logic: what comes back comes before what was sent later.
#[test]
fn a_message_that_comes_back_keeps_its_place_in_its_group() {
    let mut station = fifo_station(json!({ "VisibilityTimeout": 5 }), always_fails(), json!({}), json!({}));
    send_several(&mut station.simulation, station.queue, "g", 2);
    run_for(&mut station.simulation, 40);
    let order = received(&station.simulation, station.queue);
    assert!(order.len() > 2 && order.iter().all(|serial| *serial == order[0]), "{order:?}");
}

// sqs-dead-letter-queues: one message that cannot be worked on holds up its own group only, until it is moved.
#[test]
fn a_poison_message_blocks_only_its_own_group_until_it_is_a_dead_letter() {
    let mut station = picky(json!({ "VisibilityTimeout": 10 }), json!({}), json!({ "maxReceiveCount": 3 }));
    send_of(&mut station.simulation, station.queue, "bad", json!({ "number": 0 }), 1);
    for number in 1..4 {
        send_of(&mut station.simulation, station.queue, "bad", json!({ "ok": "x", "number": number }), 1);
        send_of(&mut station.simulation, station.queue, "good", json!({ "ok": "y", "number": number }), 1);
    }
    run_for(&mut station.simulation, 25);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 3.0);
    run_for(&mut station.simulation, 40);
    assert_eq!(figure(&station.simulation, station.dead, "visible"), 1.0);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 6.0);
    check_conservation(&station.simulation);
}

// sqs-dead-letter-queues: in a FIFO queue the age of a dead letter starts anew.
#[test]
fn the_age_of_a_dead_letter_starts_anew() {
    let redrive = json!({ "maxReceiveCount": 1 });
    let dead = fifo(json!({ "MessageRetentionPeriod": 60 }));
    let mut station = station(fifo(json!({})), always_fails(), json!({}), json!({}), redrive, dead);
    send_of(&mut station.simulation, station.queue, "g", json!({}), 1);
    run_for(&mut station.simulation, 65);
    assert_eq!(figure(&station.simulation, station.dead, "visible"), 1.0);
    run_for(&mut station.simulation, 35);
    assert_eq!(figure(&station.simulation, station.dead, "expired"), 1.0);
}

// sqs-configure-dead-letter-queue-redrive: a dead letter's own id replaces the deduplication id.
#[test]
fn a_dead_letter_is_never_dropped_as_a_duplicate() {
    let redrive = json!({ "maxReceiveCount": 1 });
    let mut station = fifo_station(json!({}), always_fails(), json!({}), redrive);
    with_id(&mut station.simulation, station.dead, "g", "1", json!({}));
    with_id(&mut station.simulation, station.queue, "g", "1", json!({}));
    run_for(&mut station.simulation, 60);
    assert_eq!(figure(&station.simulation, station.dead, "visible"), 2.0);
}

// sqs-configure-dead-letter-queue-redrive: FIFO queues too, in order and not as duplicates.
#[test]
fn dead_letters_of_a_fifo_queue_can_be_moved_back() {
    let redrive = json!({ "maxReceiveCount": 1 });
    let mut station = fifo_station(json!({ "VisibilityTimeout": 3 }), always_fails(), json!({}), redrive);
    send_several(&mut station.simulation, station.queue, "g", 3);
    run_for(&mut station.simulation, 60);
    assert_eq!(figure(&station.simulation, station.dead, "visible"), 3.0);
    apply(&mut station.simulation, Command::Stop { node: station.function });
    apply(&mut station.simulation, Command::Redrive { queue: station.dead, rate: None, destination: None });
    run_for(&mut station.simulation, 1);
    let moved = queue_view(&station.simulation, station.queue).visible;
    assert_eq!(moved.len(), 3);
    assert!(moved.iter().map(|message| message.trace).is_sorted());
    check_conservation(&station.simulation);
}

// API_SendMessage: DelaySeconds of one message is for standard queues; 0 does no harm.
#[test]
fn a_message_cannot_have_a_delay_of_its_own() {
    let (mut simulation, queue) = alone(json!({}));
    for (number, delay) in [(1, 0), (2, 5)] {
        let message = json!({ "MessageBody": { "number": number }, "MessageGroupId": "g", "DelaySeconds": delay });
        send(&mut simulation, queue, message, 1);
    }
    run_for(&mut simulation, 1);
    assert_eq!((figure(&simulation, queue, "sent"), figure(&simulation, queue, "refused")), (1.0, 1.0));
}

// sqs-delay-queues: the queue's delay holds for FIFO queues as well.
#[test]
fn the_delay_of_the_queue_holds() {
    let (mut simulation, queue) = alone(json!({ "DelaySeconds": 10 }));
    send_several(&mut simulation, queue, "g", 2);
    run_for(&mut simulation, 9);
    assert_eq!(figure(&simulation, queue, "delayed"), 2.0);
    run_for(&mut simulation, 2);
    assert_eq!(figure(&simulation, queue, "visible"), 2.0);
}

// quotas-messages: 300 calls of each action a second.
#[test]
fn a_fifo_queue_takes_300_sends_a_second() {
    let (mut simulation, queue) = alone(json!({}));
    for _ in 0..2 {
        send_of(&mut simulation, queue, "g", json!({ "id": "{{requestId}}" }), 400);
        run_for(&mut simulation, 1);
    }
    assert_eq!((figure(&simulation, queue, "sent"), figure(&simulation, queue, "throttled")), (600.0, 200.0));
    check_conservation(&simulation);
}

// high-throughput-fifo: far more in all, and 300 a second for each group.
#[test]
fn in_high_throughput_mode_the_quota_is_each_groups_own() {
    let high = json!({ "DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId" });
    let (mut simulation, queue) = alone(high);
    for group in 0..5 {
        send_of(&mut simulation, queue, &format!("group {group}"), json!({ "id": "{{requestId}}" }), 350);
    }
    run_for(&mut simulation, 1);
    assert_eq!((figure(&simulation, queue, "sent"), figure(&simulation, queue, "throttled")), (1_500.0, 250.0));
}

// API_SetQueueAttributes: perMessageGroupId needs the scope messageGroup, and both need a FIFO queue.
#[test]
fn settings_that_do_not_go_together_are_refused() {
    for (settings, words) in [
        (json!({ "FifoQueue": true, "FifoThroughputLimit": "perMessageGroupId" }), "FifoThroughputLimit"),
        (json!({ "ContentBasedDeduplication": true }), "Only a FIFO queue"),
        (json!({ "DeduplicationScope": "messageGroup" }), "Only a FIFO queue"),
        (json!({ "FifoQueue": true, "DuplicateRate": 0.1 }), "DuplicateRate"),
    ] {
        let mut builder = Builder::new();
        builder.node(NodeKind::Queue, "Queue", settings);
        refused(&builder.build(), words);
    }
}

// API_DeleteMessage: after the visibility timeout the receipt has expired, and the call fails.
#[test]
fn a_deletion_after_the_visibility_timeout_fails() {
    let queue = fifo(json!({ "VisibilityTimeout": 1 }));
    let mut station = station(queue, works_for(1_500), json!({}), json!({}), json!({}), fifo(json!({})));
    send_of(&mut station.simulation, station.queue, "g", json!({}), 1);
    run_for(&mut station.simulation, 2);
    assert_eq!(figure(&station.simulation, station.queue, "expired_receipts"), 1.0);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 0.0);
    assert_eq!(said(&station.simulation, "receipt has expired"), 1);
}

// invocation-async-retain-records, invocation-async-dlq: standard queues only.
#[test]
fn a_fifo_queue_as_a_functions_destination_or_dead_letter_queue_is_refused() {
    for kind in [EdgeKind::OnSuccess, EdgeKind::OnFailure, EdgeKind::DeadLetter] {
        let mut builder = Builder::new();
        let function = function(&mut builder, "Function", works_for(1), json!({}));
        let queue = builder.node(NodeKind::Queue, "Queue", fifo(json!({})));
        builder.edge_of(kind, function, queue, json!({}));
        refused(&builder.build(), "standard");
    }
}

// API_PurgeQueue: a group that was blocked is free afterwards.
#[test]
fn purging_frees_the_groups() {
    let mut station = fifo_station(json!({}), always_fails(), json!({}), json!({}));
    send_several(&mut station.simulation, station.queue, "g", 3);
    run_for(&mut station.simulation, 1);
    apply(&mut station.simulation, Command::Purge { queue: station.queue });
    send_of(&mut station.simulation, station.queue, "g", json!({ "number": 9 }), 1);
    run_for(&mut station.simulation, 5);
    assert_eq!(figure(&station.simulation, station.queue, "in_flight"), 1.0);
    check_conservation(&station.simulation);
}

// API_SetQueueAttributes: expired messages leave their group, which goes on with the next.
#[test]
fn an_expired_message_does_not_hold_up_its_group() {
    let queue = fifo(json!({ "MessageRetentionPeriod": 60, "VisibilityTimeout": 100 }));
    let mut station = station(queue, always_fails(), json!({}), json!({}), json!({}), fifo(json!({})));
    send_of(&mut station.simulation, station.queue, "g", json!({ "number": 1 }), 1);
    run_for(&mut station.simulation, 30);
    send_of(&mut station.simulation, station.queue, "g", json!({ "number": 2 }), 1);
    run_for(&mut station.simulation, 32);
    assert_eq!(figure(&station.simulation, station.queue, "expired"), 1.0);
    assert_eq!(received(&station.simulation, station.queue).len(), 2);
}

// aws.amazon.com/sqs/pricing: FIFO requests have a price of their own.
#[test]
fn requests_to_a_fifo_queue_have_their_own_price() {
    let (mut simulation, queue) = alone(json!({}));
    send_several(&mut simulation, queue, "g", 4);
    run_for(&mut simulation, 1);
    let node = simulation.plan().find_node(queue).expect("the queue");
    let charges = simulation.charges(node);
    assert!((charges[0].cost - 4.0 * 0.50e-6).abs() < 1e-12, "{charges:?}");
}
