//! Event source mappings that read queues.

use super::*;

// services-sqs-errorhandling: without partial responses the whole batch comes again.
#[test]
fn a_batch_that_fails_comes_again_as_a_whole() {
    let mapping = json!({ "BatchSize": 5, "InitialPollers": 1, "MaximumPollers": 1 });
    let mut station = station(json!({}), always_fails(), json!({}), mapping, json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 5);
    run_for(&mut station.simulation, 20);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 0.0);
    assert_eq!(figure(&station.simulation, station.queue, "in_flight"), 5.0);
    run_for(&mut station.simulation, 30);
    assert_eq!(figure(&station.simulation, station.queue, "redelivered"), 5.0);
}

// with-sqs: up to BatchSize messages go into one invocation.
#[test]
fn a_batch_holds_up_to_batch_size_messages() {
    let mapping = json!({ "BatchSize": 10, "InitialPollers": 1, "MaximumPollers": 1 });
    let mut station = station(json!({}), works_for(200), json!({}), mapping, json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 30);
    run_for(&mut station.simulation, 20);
    assert_eq!(figure(&station.simulation, station.function, "invocations"), 3.0);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 30.0);
}

// with-sqs: the window gathers; invocation when the batch is full or the window ends.
#[test]
fn a_batching_window_waits_for_more_messages_but_not_for_ever() {
    let mapping = json!({
        "BatchSize": 10, "MaximumBatchingWindowInSeconds": 5, "InitialPollers": 1, "MaximumPollers": 1,
    });
    let mut station = station(json!({}), works_for(10), json!({}), mapping, json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 3);
    run_for(&mut station.simulation, 4);
    assert_eq!(figure(&station.simulation, station.function, "invocations"), 0.0);
    run_for(&mut station.simulation, 21);
    assert_eq!(figure(&station.simulation, station.function, "invocations"), 1.0);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 3.0);
}

// services-sqs-scaling: MaximumConcurrency.
#[test]
fn maximum_concurrency_bounds_the_invocations_at_a_time() {
    let mapping = json!({ "MaximumConcurrency": 2 });
    let mut station = station(json!({}), works_for(500), json!({}), mapping, json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 60);
    run_for(&mut station.simulation, 30);
    assert_eq!(figure(&station.simulation, station.function, "concurrent_max"), 2.0);
    assert_eq!(figure(&station.simulation, station.function, "throttles"), 0.0);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 60.0);
}

// with-sqs-filtering: what the criteria do not take is deleted without an invocation.
#[test]
fn messages_that_the_filter_criteria_leave_are_deleted_without_an_invocation() {
    let mapping = json!({ "FilterCriteria": [{ "body": { "kind": ["wanted"] } }] });
    let mut station = station(json!({}), works_for(10), json!({}), mapping, json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({ "kind": "wanted" }), 2);
    send(&mut station.simulation, station.queue, json!({ "kind": "other" }), 5);
    run_for(&mut station.simulation, 30);
    assert_eq!(figure(&station.simulation, station.function, "invocations"), 2.0);
    assert_eq!(figure(&station.simulation, station.queue, "visible"), 0.0);
    assert_eq!(figure(&station.simulation, station.queue, "in_flight"), 0.0);
    check_conservation(&station.simulation);
}

// services-sqs-errorhandling: the receive count grows although the code never ran.
#[test]
fn throttling_alone_can_fill_the_dead_letter_queue() {
    let (more, redrive) = (json!({ "ReservedConcurrentExecutions": 0 }), json!({ "maxReceiveCount": 2 }));
    let mut station = station(json!({}), works_for(10), more, json!({}), redrive, json!({}));
    send(&mut station.simulation, station.queue, json!({}), 1);
    run_for(&mut station.simulation, 200);
    assert_eq!(figure(&station.simulation, station.function, "invocations"), 0.0);
    assert_eq!(figure(&station.simulation, station.dead, "visible"), 1.0);
    check_conservation(&station.simulation);
}

// with-sqs: a batch of more than 10 messages needs a window of at least a second.
#[test]
fn a_batch_of_more_than_ten_needs_a_batching_window() {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    let function = function(&mut builder, "Function", works_for(1), json!({}));
    builder.edge(queue, function, json!({ "BatchSize": 11 }));
    refused(&builder.build(), "BatchSize");
}
