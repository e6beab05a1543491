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

fn mapping_view(station: &Station) -> eventyard::simulation::MappingView {
    match view(&station.simulation, station.function) {
        NodeView::Function(function) => function.mappings[0].clone(),
        _ => panic!("not a function"),
    }
}

fn fifo(more: Value) -> Value {
    let mut settings = json!({ "FifoQueue": true, "ContentBasedDeduplication": true });
    for (name, value) in more.as_object().into_iter().flatten() {
        settings[name] = value.clone();
    }
    settings
}

/// A function whose run fails for messages without the field `ok`: it sends on to a queue that needs a group. A batch
/// of ten is one receive.
fn picky(queue: Value, mapping: Value) -> Station {
    let mut builder = Builder::new();
    let dead = fifo(json!({ "DeduplicationScope": "messageGroup" }));
    let queue = builder.node(NodeKind::Queue, "Queue", queue);
    let function = function(&mut builder, "Function", json!([]), json!({}));
    let dead = builder.node(NodeKind::Queue, "Next", dead);
    builder.edge(function, dead, instant());
    builder.set(function, "Handler", json!([{ "step": "send", "to": dead, "messageGroupId": "{{message.ok}}" }]));
    let mut settings = json!({ "BatchSize": 10, "Latency": 0, "InitialPollers": 1, "MaximumPollers": 1 });
    for (name, value) in mapping.as_object().into_iter().flatten() {
        settings[name] = value.clone();
    }
    builder.edge(queue, function, settings);
    Station { simulation: simulate(&builder.build(), 3), queue, function, dead }
}

/// Sends, as one batch, three messages of which the second fails.
fn send_three(station: &mut Station, group: bool) {
    apply(&mut station.simulation, Command::Pause { node: station.function });
    run_for(&mut station.simulation, 30);
    for body in [json!({ "ok": "a", "n": 1 }), json!({ "n": 2 }), json!({ "ok": "a", "n": 3 })] {
        let mut message = json!({ "MessageBody": body });
        if group {
            message["MessageGroupId"] = "g".into();
        }
        send(&mut station.simulation, station.queue, message, 1);
    }
    run_for(&mut station.simulation, 1);
    apply(&mut station.simulation, Command::Resume { node: station.function });
    run_for(&mut station.simulation, 10);
}

fn left(station: &Station) -> (f64, f64) {
    (figure(&station.simulation, station.queue, "deleted"), figure(&station.simulation, station.queue, "in_flight"))
}

// services-sqs-scaling: five at first, up to 300 more a minute while messages remain.
#[test]
fn a_mapping_starts_with_five_pollers_and_adds_300_a_minute() {
    let more = json!({ "Timeout": 900 });
    let mut station = station(json!({}), works_for(300_000), more, json!({}), json!({}), json!({}));
    run_for(&mut station.simulation, 10);
    assert_eq!(mapping_view(&station).pollers, 5);
    send(&mut station.simulation, station.queue, json!({}), 2_000);
    run_for(&mut station.simulation, 20);
    let pollers = mapping_view(&station).pollers;
    assert!((104..=106).contains(&pollers), "{pollers} after twenty seconds");
}

// services-sqs-scaling: 1,250 at the most; a function's concurrency may end it before.
#[test]
fn a_mapping_has_no_more_than_1250_pollers() {
    let (queue, more) = (json!({ "VisibilityTimeout": 43_200 }), json!({ "Timeout": 900 }));
    let mut station = station(queue, works_for(800_000), more, json!({}), json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 3_000);
    run_for(&mut station.simulation, 400);
    assert_eq!(mapping_view(&station).pollers, 1_250);
    assert_eq!(figure(&station.simulation, station.function, "concurrent_max"), 1_000.0);
}

// services-sqs-scaling: back down when nothing is left to do.
#[test]
fn the_pollers_go_when_the_queue_is_empty() {
    let mut station = station(json!({}), works_for(1_000), json!({}), json!({}), json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 400);
    run_for(&mut station.simulation, 8);
    assert!(mapping_view(&station).pollers > 20);
    run_for(&mut station.simulation, 120);
    assert_eq!(mapping_view(&station).pollers, 5);
}

// services-sqs-configure: with little traffic up to 20 seconds, even if the window is shorter.
#[test]
fn with_little_traffic_a_short_window_can_take_20_seconds() {
    let mapping = json!({ "MaximumBatchingWindowInSeconds": 1, "InitialPollers": 1, "MaximumPollers": 1 });
    let mut station = picky(json!({}), mapping);
    send(&mut station.simulation, station.queue, json!({ "ok": "a" }), 1);
    run_for(&mut station.simulation, 19);
    assert_eq!(figure(&station.simulation, station.function, "invocations"), 0.0);
    run_for(&mut station.simulation, 2);
    assert_eq!(figure(&station.simulation, station.function, "invocations"), 1.0);
}

// services-sqs-configure: a longer window is waited for, though polls come back empty.
#[test]
fn a_window_longer_than_a_poll_is_waited_for() {
    let mut station = picky(json!({ "VisibilityTimeout": 300 }), json!({ "MaximumBatchingWindowInSeconds": 45 }));
    send(&mut station.simulation, station.queue, json!({ "ok": "a" }), 1);
    run_for(&mut station.simulation, 44);
    assert_eq!(figure(&station.simulation, station.function, "invocations"), 0.0);
    run_for(&mut station.simulation, 2);
    assert_eq!(figure(&station.simulation, station.function, "invocations"), 1.0);
}

// with-sqs: a full batch does not wait for the window.
#[test]
fn a_full_batch_does_not_wait_for_the_window() {
    let mapping = json!({ "BatchSize": 4, "MaximumBatchingWindowInSeconds": 60 });
    let mut station = picky(json!({}), mapping);
    send(&mut station.simulation, station.queue, json!({ "ok": "a" }), 4);
    run_for(&mut station.simulation, 1);
    assert_eq!(figure(&station.simulation, station.function, "invocations"), 1.0);
}

// with-sqs: a payload of 6 MB ends a batch.
#[test]
fn a_batch_that_outgrows_six_megabytes_is_split() {
    let mapping = json!({ "BatchSize": 10, "InitialPollers": 1, "MaximumPollers": 1 });
    let mut station = station(json!({}), works_for(10), json!({}), mapping, json!({}), json!({}));
    apply(&mut station.simulation, Command::Pause { node: station.function });
    send(&mut station.simulation, station.queue, json!({ "text": "x".repeat(1_000_000) }), 9);
    run_for(&mut station.simulation, 1);
    apply(&mut station.simulation, Command::Resume { node: station.function });
    run_for(&mut station.simulation, 30);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 9.0);
    assert!(figure(&station.simulation, station.function, "invocations") >= 2.0);
    check_conservation(&station.simulation);
}

// with-sqs: the window ends as well when 6 MB have been gathered.
#[test]
fn six_megabytes_end_the_window() {
    let mapping = json!({ "BatchSize": 1_000, "MaximumBatchingWindowInSeconds": 300 });
    let mut station = picky(json!({ "VisibilityTimeout": 600 }), mapping);
    send(&mut station.simulation, station.queue, json!({ "ok": "a", "text": "x".repeat(1_000_000) }), 7);
    run_for(&mut station.simulation, 5);
    assert!(figure(&station.simulation, station.function, "invocations") >= 1.0);
}

// API_ScalingConfig: from 2 to 1,000.
#[test]
fn maximum_concurrency_is_two_at_least_and_1000_at_the_most() {
    for value in [1, 1_001] {
        let mut builder = Builder::new();
        let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
        let function = function(&mut builder, "Function", works_for(1), json!({}));
        builder.edge(queue, function, json!({ "MaximumConcurrency": value }));
        refused(&builder.build(), "MaximumConcurrency");
    }
}

/// How many of these messages reach the function through these filter criteria.
fn pass(filters: Value, bodies: &[Value]) -> f64 {
    let mapping = json!({ "FilterCriteria": filters });
    let mut station = station(json!({}), works_for(1), json!({}), mapping, json!({}), json!({}));
    for body in bodies {
        send(&mut station.simulation, station.queue, json!({ "MessageBody": body }), 1);
    }
    run_for(&mut station.simulation, 30);
    check_conservation(&station.simulation);
    let left = ["visible", "in_flight"].map(|name| figure(&station.simulation, station.queue, name));
    assert_eq!(left, [0.0, 0.0]);
    figure(&station.simulation, station.function, "invocations")
}

// with-sqs-filtering: a pattern for JSON and a body that is plain text do not match: the message is dropped.
#[test]
fn a_plain_text_body_does_not_match_a_pattern_for_json() {
    assert_eq!(pass(json!([{ "body": { "kind": ["a"] } }]), &[json!("plain text"), json!({ "kind": "a" })]), 1.0);
}

// with-sqs-filtering: nor does a JSON body match a pattern for plain text.
#[test]
fn a_json_body_does_not_match_a_pattern_for_plain_text() {
    assert_eq!(pass(json!([{ "body": ["plain"] }]), &[json!({ "plain": "plain" }), json!("plain")]), 1.0);
}

// with-sqs-filtering: a body is a string; what is JSON in it is looked into.
#[test]
fn a_body_that_holds_json_as_text_is_looked_into() {
    assert_eq!(pass(json!([{ "body": { "kind": ["a"] } }]), &[json!("{\"kind\": \"a\"}")]), 1.0);
}

// with-sqs-filtering: a pattern without a body judges the record's other properties.
#[test]
fn a_pattern_without_a_body_looks_at_the_metadata_only() {
    let bodies = [json!("plain"), json!({ "kind": "a" })];
    assert_eq!(pass(json!([{ "eventSource": ["aws:sqs"] }]), &bodies), 2.0);
    assert_eq!(pass(json!([{ "messageAttributes": { "kind": { "stringValue": ["a"] } } }]), &bodies), 0.0);
}

// with-sqs-filtering: one of several patterns is enough.
#[test]
fn a_message_passes_if_one_of_the_patterns_matches() {
    let filters = json!([{ "body": { "kind": ["a"] } }, { "body": { "kind": ["b"] } }]);
    assert_eq!(pass(filters, &[json!({ "kind": "a" }), json!({ "kind": "b" }), json!({ "kind": "c" })]), 2.0);
}

// with-sqs-filtering: up to five patterns.
#[test]
fn more_than_five_patterns_are_refused() {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    let function = function(&mut builder, "Function", works_for(1), json!({}));
    builder.edge(queue, function, json!({ "FilterCriteria": vec![json!({ "body": { "n": [1] } }); 6] }));
    refused(&builder.build(), "At most 5");
}

// with-sqs-filtering, sns-message-and-json-formats: the body is the topic's envelope, unless delivery is raw.
#[test]
fn the_filter_sees_a_topics_envelope_unless_delivery_is_raw() {
    for (raw, passed) in [(false, 0.0), (true, 1.0)] {
        let mut builder = Builder::new();
        let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
        let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
        let function = function(&mut builder, "Function", works_for(1), json!({}));
        builder.edge(topic, queue, json!({ "RawMessageDelivery": raw }));
        builder.edge(queue, function, json!({ "FilterCriteria": [{ "body": { "kind": ["a"] } }] }));
        let mut simulation = simulate(&builder.build(), 1);
        send(&mut simulation, topic, json!({ "kind": "a" }), 1);
        run_for(&mut simulation, 10);
        assert_eq!(figure(&simulation, function, "invocations"), passed, "raw: {raw}");
    }
}

// services-sqs-errorhandling: only what the function names comes back.
#[test]
fn with_partial_responses_only_the_failed_records_come_back() {
    let mut station = picky(json!({}), json!({ "ReportBatchItemFailures": true }));
    send_three(&mut station, false);
    assert_eq!(left(&station), (2.0, 1.0));
    assert_eq!(mapping_view(&station).failed_records, 1);
}

// services-sqs-errorhandling: without partial responses one bad message brings all of them back.
#[test]
fn without_partial_responses_one_bad_message_brings_the_whole_batch_back() {
    let mut station = picky(json!({}), json!({}));
    send_three(&mut station, false);
    assert_eq!(left(&station), (0.0, 3.0));
}

// services-sqs-errorhandling: an empty list means that all is well.
#[test]
fn an_empty_list_of_failures_means_complete_success() {
    let mapping = json!({ "ReportBatchItemFailures": true, "BatchItemFailures": "nothing" });
    let mut station = picky(json!({}), mapping);
    send_three(&mut station, false);
    assert_eq!(left(&station), (3.0, 0.0));
    check_conservation(&station.simulation);
}

// services-sqs-errorhandling: what cannot be read means that all failed.
#[test]
fn a_malformed_list_of_failures_means_complete_failure() {
    let mapping = json!({ "ReportBatchItemFailures": true, "BatchItemFailures": "malformed" });
    let mut station = picky(json!({}), mapping);
    send_three(&mut station, false);
    assert_eq!(left(&station), (0.0, 3.0));
    assert_eq!(mapping_view(&station).failed_batches, 1);
}

// services-sqs-errorhandling: FIFO: stop at the first failure, and name it and all that were not worked on.
#[test]
fn for_a_fifo_queue_the_function_stops_at_the_first_failure() {
    let mut station = picky(fifo(json!({})), json!({ "ReportBatchItemFailures": true }));
    send_three(&mut station, true);
    assert_eq!(left(&station), (1.0, 2.0));
    assert_eq!(figure(&station.simulation, station.dead, "sent"), 1.0);
}

// services-sqs-errorhandling: code that goes on regardless breaks the order of the group.
#[test]
fn code_that_goes_on_after_a_failure_breaks_the_order_of_a_fifo_group() {
    let mapping = json!({ "ReportBatchItemFailures": true, "BatchItemFailures": "failed records" });
    let mut station = picky(fifo(json!({})), mapping);
    send_three(&mut station, true);
    assert_eq!(left(&station), (2.0, 1.0));
}

// services-sqs-errorhandling: failures of whole batches slow the poller down; partial ones do not.
#[test]
fn failed_batches_slow_the_pollers_down_and_partial_failures_do_not() {
    let polls = |report: bool| {
        let mut station = picky(json!({}), json!({ "BatchSize": 1, "ReportBatchItemFailures": report }));
        send(&mut station.simulation, station.queue, json!({}), 20);
        run_for(&mut station.simulation, 10);
        figure(&station.simulation, station.queue, "received")
    };
    assert_eq!(polls(true), 20.0);
    assert!(polls(false) < 8.0);
}

// services-sqs-errorhandling: the same batch is offered again while its visibility timeout lasts.
#[test]
fn a_throttled_batch_is_offered_again_without_another_receive() {
    let more = json!({ "ReservedConcurrentExecutions": 0 });
    let mut station = station(json!({}), works_for(10), more, json!({}), json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 1);
    run_for(&mut station.simulation, 20);
    assert!(mapping_view(&station).throttles > 10);
    assert_eq!(figure(&station.simulation, station.queue, "received"), 1.0);
    let reserved =
        Command::Set { target: station.function, setting: "ReservedConcurrentExecutions".into(), value: 1.into() };
    apply(&mut station.simulation, reserved);
    run_for(&mut station.simulation, 3);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 1.0);
}

// services-sqs-scaling: as many invocations as there are message groups, and no more.
#[test]
fn a_fifo_queue_has_no_more_invocations_at_a_time_than_groups() {
    let mut station = station(fifo(json!({})), works_for(500), json!({}), json!({}), json!({}), fifo(json!({})));
    for number in 0..60 {
        let message = json!({ "MessageBody": { "n": number }, "MessageGroupId": format!("group {}", number % 3) });
        send(&mut station.simulation, station.queue, message, 1);
    }
    run_for(&mut station.simulation, 30);
    assert_eq!(figure(&station.simulation, station.function, "concurrent_max"), 3.0);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 60.0);
}

// services-sqs-scaling: one batch may hold several groups.
#[test]
fn a_batch_of_a_fifo_queue_may_hold_several_groups() {
    let mut station = picky(fifo(json!({})), json!({}));
    apply(&mut station.simulation, Command::Pause { node: station.function });
    run_for(&mut station.simulation, 30);
    for group in ["a", "b", "c"] {
        let message = json!({ "MessageBody": { "ok": group }, "MessageGroupId": group });
        send(&mut station.simulation, station.queue, message, 1);
    }
    run_for(&mut station.simulation, 1);
    apply(&mut station.simulation, Command::Resume { node: station.function });
    run_for(&mut station.simulation, 5);
    assert!(figure(&station.simulation, station.function, "invocations") < 3.0);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 3.0);
}

fn with_fifo(mapping: Value) -> Document {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", fifo(json!({})));
    let function = function(&mut builder, "Function", works_for(1), json!({}));
    builder.edge(queue, function, mapping);
    builder.build()
}

// services-sqs-configure: no window for FIFO queues.
#[test]
fn a_fifo_queue_with_a_batching_window_is_refused() {
    refused(&with_fifo(json!({ "MaximumBatchingWindowInSeconds": 1 })), "MaximumBatchingWindowInSeconds");
}

// services-sqs-configure: 10 at the most for FIFO queues.
#[test]
fn a_fifo_queue_with_a_batch_of_more_than_ten_is_refused() {
    refused(&with_fifo(json!({ "BatchSize": 11, "MaximumBatchingWindowInSeconds": 1 })), "At most 10");
}

// services-sqs-scaling: provisioned pollers run ten invocations each, from the start.
#[test]
fn provisioned_pollers_run_ten_invocations_each_from_the_start() {
    let mapping = json!({ "ProvisionedPollerConfig": { "MinimumPollers": 3, "MaximumPollers": 4 } });
    let mut station = station(json!({}), works_for(2_000), json!({}), mapping, json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 200);
    run_for(&mut station.simulation, 1);
    let concurrent = figure(&station.simulation, station.function, "concurrent_max");
    assert!((30.0..=40.0).contains(&concurrent), "{concurrent}");
    run_for(&mut station.simulation, 30);
    assert_eq!(figure(&station.simulation, station.function, "concurrent_max"), 40.0);
}

// services-sqs-scaling: 1,000 invocations a minute more.
#[test]
fn provisioned_pollers_grow_by_1000_invocations_a_minute() {
    let mapping = json!({ "ProvisionedPollerConfig": {} });
    let more = json!({ "Timeout": 900 });
    let mut station = station(json!({}), works_for(60_000), more, mapping, json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 2_000);
    run_for(&mut station.simulation, 12);
    let pollers = mapping_view(&station).pollers;
    assert!((215..=221).contains(&pollers), "{pollers}");
}

// API_ProvisionedPollerConfig: not together with MaximumConcurrency, and within its limits.
#[test]
fn provisioned_pollers_exclude_maximum_concurrency() {
    for (settings, words) in [
        (json!({ "ProvisionedPollerConfig": {}, "MaximumConcurrency": 5 }), "MaximumConcurrency"),
        (json!({ "ProvisionedPollerConfig": { "MinimumPollers": 201 } }), "MinimumPollers"),
        (json!({ "ProvisionedPollerConfig": { "MinimumPollers": 9, "MaximumPollers": 8 } }), "MaximumPollers"),
    ] {
        let mut builder = Builder::new();
        let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
        let function = function(&mut builder, "Function", works_for(1), json!({}));
        builder.edge(queue, function, settings);
        refused(&builder.build(), words);
    }
}

// API_UpdateEventSourceMapping: Enabled.
#[test]
fn a_disabled_mapping_leaves_the_messages_in_the_queue() {
    let mapping = json!({ "Enabled": false });
    let mut station = station(json!({}), works_for(10), json!({}), mapping, json!({}), json!({}));
    send(&mut station.simulation, station.queue, json!({}), 3);
    run_for(&mut station.simulation, 60);
    assert_eq!(figure(&station.simulation, station.queue, "visible"), 3.0);
    assert_eq!(figure(&station.simulation, station.queue, "billed_requests"), 3.0);
}

// quotas-messages: the pollers' receives and deletions count towards a FIFO queue's quota; what is throttled comes later.
#[test]
fn pollers_that_are_throttled_by_a_fifo_queue_catch_up() {
    let mapping = json!({ "InitialPollers": 1_250 });
    let mut station = station(fifo(json!({})), works_for(10), json!({}), mapping, json!({}), fifo(json!({})));
    run_for(&mut station.simulation, 1);
    assert!(figure(&station.simulation, station.queue, "throttled") >= 950.0);
    for number in 0..50 {
        let message = json!({ "MessageBody": { "n": number }, "MessageGroupId": format!("group {number}") });
        send(&mut station.simulation, station.queue, message, 1);
    }
    run_for(&mut station.simulation, 60);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 50.0);
    check_conservation(&station.simulation);
}
