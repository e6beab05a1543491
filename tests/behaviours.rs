//! What the services do, one named behaviour each, through the engine's public interface. The comment above each names
//! the documentation that says so.

mod support;

use eventyard::diagram::{Distribution, Document, NodeKind};
use eventyard::services::Fault;
use eventyard::simulation::{Command, NodeView, Simulation};
use serde_json::{Value, json};
use support::{Builder, check_conservation, figure, instant, run_for, simulate};
use uuid::Uuid;

fn send(simulation: &mut Simulation, node: Uuid, payload: Value, count: u32) {
    apply(simulation, Command::Send { node, payload, count });
}

fn apply(simulation: &mut Simulation, command: Command) {
    simulation.apply(command).unwrap_or_else(|problems| panic!("{problems:?}"));
}

fn view(simulation: &Simulation, node: Uuid) -> NodeView {
    simulation.view(simulation.plan().find_node(node).expect("a node of this diagram"))
}

/// How often a gateway or a client saw each status.
fn statuses(simulation: &Simulation, gateway: Uuid) -> Vec<(u16, u64)> {
    match view(simulation, gateway) {
        NodeView::Gateway(gateway) => gateway.statuses.into_iter().collect(),
        _ => panic!("not a gateway"),
    }
}

/// The body of the first message that lies visible in a queue.
fn first_body(simulation: &Simulation, queue: Uuid) -> Value {
    match view(simulation, queue) {
        NodeView::Queue(queue) => serde_json::from_str(&queue.visible[0].body).expect("a JSON body"),
        _ => panic!("not a queue"),
    }
}

#[track_caller]
fn refused(document: &Document, words: &str) {
    let problems = Simulation::new(document, 1).err().expect("a document that is refused");
    let said = format!("{problems:?}");
    assert!(said.contains(words), "{said}");
}

fn works_for(milliseconds: u64) -> Value {
    json!([{ "step": "work", "duration": milliseconds }])
}

fn always_fails() -> Value {
    json!([{ "step": "work", "duration": 10, "failureRate": 1.0 }])
}

fn function(builder: &mut Builder, name: &str, handler: Value, more: Value) -> Uuid {
    let mut settings = json!({ "Handler": handler, "InitDuration": 0, "Timeout": 3 });
    for (name, value) in more.as_object().into_iter().flatten() {
        settings[name] = value.clone();
    }
    builder.node(NodeKind::Function, name, settings)
}

/// A queue, a function that takes from it one message at a time, and a dead-letter queue.
struct Station {
    simulation: Simulation,
    queue: Uuid,
    function: Uuid,
    dead: Uuid,
}

fn station(queue: Value, handler: Value, more: Value, mapping: Value, redrive: Value, dead: Value) -> Station {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", queue);
    let function = function(&mut builder, "Function", handler, more);
    let dead = builder.node(NodeKind::Queue, "Dead", dead);
    let mut settings = json!({ "BatchSize": 1, "Latency": 0 });
    for (name, value) in mapping.as_object().into_iter().flatten() {
        settings[name] = value.clone();
    }
    builder.edge(queue, function, settings);
    builder.edge(queue, dead, redrive);
    Station { simulation: simulate(&builder.build(), 3), queue, function, dead }
}

mod queue {
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

    // API_SetQueueAttributes: MessageRetentionPeriod.
    #[test]
    fn a_message_is_gone_when_its_retention_period_ends_and_is_no_dead_letter() {
        let retention = json!({ "MessageRetentionPeriod": 60 });
        let mut station =
            station(retention, works_for(1), json!({}), json!({ "Enabled": false }), json!({}), json!({}));
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
}

mod event_source_mapping {
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
}

mod function {
    use super::*;

    fn alone(handler: Value, more: Value) -> (Simulation, Uuid) {
        let mut builder = Builder::new();
        let function = function(&mut builder, "Function", handler, more);
        (simulate(&builder.build(), 5), function)
    }

    /// A topic hands its messages over asynchronously.
    fn behind_a_topic(handler: Value, more: Value) -> (Simulation, Uuid, Uuid) {
        let mut builder = Builder::new();
        let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
        let function = function(&mut builder, "Function", handler, more);
        builder.edge(topic, function, instant());
        (simulate(&builder.build(), 5), topic, function)
    }

    // configuration-timeout: the invocation ends with an error when the timeout is over, and is billed for it.
    #[test]
    fn an_invocation_ends_at_its_timeout_and_is_billed_until_then() {
        let (mut simulation, function) = alone(works_for(10_000), json!({ "Timeout": 2 }));
        send(&mut simulation, function, json!({}), 1);
        run_for(&mut simulation, 5);
        assert_eq!(figure(&simulation, function, "timeouts"), 1.0);
        assert_eq!(figure(&simulation, function, "billed_ms"), 2_000.0);
    }

    // lambda-concurrency: reserved concurrency is a ceiling; beyond it, 429.
    #[test]
    fn beyond_the_reserved_concurrency_a_synchronous_invocation_is_throttled() {
        let (mut simulation, function) = alone(works_for(1_000), json!({ "ReservedConcurrentExecutions": 2 }));
        send(&mut simulation, function, json!({}), 5);
        run_for(&mut simulation, 5);
        assert_eq!(figure(&simulation, function, "throttles"), 3.0);
        assert_eq!(figure(&simulation, function, "concurrent_max"), 2.0);
        check_conservation(&simulation);
    }

    // lambda-runtime-environment: an environment is made for a request that finds none idle, and used again.
    #[test]
    fn an_idle_environment_is_used_again_and_a_busy_one_is_not_shared() {
        let (mut simulation, function) = alone(works_for(100), json!({ "InitDuration": 50 }));
        send(&mut simulation, function, json!({}), 1);
        run_for(&mut simulation, 2);
        send(&mut simulation, function, json!({}), 1);
        run_for(&mut simulation, 2);
        assert_eq!(figure(&simulation, function, "cold_starts"), 1.0);
        send(&mut simulation, function, json!({}), 3);
        run_for(&mut simulation, 2);
        assert_eq!(figure(&simulation, function, "cold_starts"), 3.0);
    }

    // lambda-runtime-environment: idle environments are let go after a time.
    #[test]
    fn an_environment_that_was_idle_for_long_is_gone() {
        let (mut simulation, function) = alone(works_for(100), json!({ "IdleSeconds": 60 }));
        send(&mut simulation, function, json!({}), 1);
        run_for(&mut simulation, 120);
        send(&mut simulation, function, json!({}), 1);
        run_for(&mut simulation, 2);
        assert_eq!(figure(&simulation, function, "cold_starts"), 2.0);
    }

    // Since August 2025 the initialisation is billed.
    #[test]
    fn a_cold_start_is_billed() {
        let (mut simulation, function) = alone(works_for(100), json!({ "InitDuration": 250 }));
        send(&mut simulation, function, json!({}), 1);
        run_for(&mut simulation, 2);
        assert_eq!(figure(&simulation, function, "billed_ms"), 350.0);
    }

    // invocation-async-error-handling: after errors again, a minute and two minutes later.
    #[test]
    fn an_asynchronous_invocation_that_fails_is_tried_three_times_in_all() {
        let (mut simulation, topic, function) = behind_a_topic(always_fails(), json!({}));
        send(&mut simulation, topic, json!({}), 1);
        run_for(&mut simulation, 59);
        assert_eq!(figure(&simulation, function, "invocations"), 1.0);
        run_for(&mut simulation, 60);
        assert_eq!(figure(&simulation, function, "invocations"), 2.0);
        run_for(&mut simulation, 120);
        assert_eq!(figure(&simulation, function, "invocations"), 3.0);
        run_for(&mut simulation, 3_600);
        assert_eq!(figure(&simulation, function, "invocations"), 3.0);
        assert_eq!(simulation.in_progress(), 0);
        check_conservation(&simulation);
    }

    // API_PutFunctionEventInvokeConfig: MaximumRetryAttempts.
    #[test]
    fn without_retries_an_asynchronous_invocation_is_tried_once() {
        let (mut simulation, topic, function) = behind_a_topic(always_fails(), json!({ "MaximumRetryAttempts": 0 }));
        send(&mut simulation, topic, json!({}), 1);
        run_for(&mut simulation, 600);
        assert_eq!(figure(&simulation, function, "invocations"), 1.0);
    }

    // invocation-async-error-handling: throttled events go back into the queue, and that is no retry.
    #[test]
    fn throttling_does_not_use_up_the_retries_of_an_asynchronous_invocation() {
        let more = json!({ "ReservedConcurrentExecutions": 1, "MaximumRetryAttempts": 0 });
        let (mut simulation, topic, function) = behind_a_topic(works_for(1_000), more);
        send(&mut simulation, topic, json!({}), 5);
        run_for(&mut simulation, 600);
        assert_eq!(figure(&simulation, function, "invocations"), 5.0);
        assert_eq!(figure(&simulation, function, "errors"), 0.0);
        assert_eq!(simulation.in_progress(), 0);
    }

    // invocation-async-error-handling: an event above the maximum age is given up.
    #[test]
    fn an_event_that_is_too_old_is_given_up() {
        let more = json!({ "MaximumEventAgeInSeconds": 100 });
        let (mut simulation, topic, function) = behind_a_topic(always_fails(), more);
        send(&mut simulation, topic, json!({}), 1);
        run_for(&mut simulation, 3_600);
        assert_eq!(figure(&simulation, function, "invocations"), 2.0);
        assert_eq!(simulation.in_progress(), 0);
    }
}

mod topic {
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
        let (mut simulation, topic, [left, right]) =
            with_queues(json!({ "FilterPolicy": { "kind": ["a"] } }), json!({}));
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
}

mod bus {
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
        let rules =
            [json!({ "source": ["shop"] }), json!({ "detail": { "n": [1] } }), json!({ "detail": { "n": [2] } })];
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
        apply(
            &mut simulation,
            Command::Inject { target: queues[0], fault: Fault { outage: true, ..Fault::default() } },
        );
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
}

mod gateway {
    use super::*;

    /// A client that sends nothing by itself, a gateway with one route, and a function.
    fn with_function(
        gateway: Value,
        route: Value,
        handler: Value,
        more: Value,
        client: Value,
    ) -> (Simulation, [Uuid; 3]) {
        let mut builder = Builder::new();
        let mut settings = json!({ "Arrivals": { "constant": 0 }, "Path": "/payments", "TimeoutMillis": 60_000 });
        for (name, value) in client.as_object().into_iter().flatten() {
            settings[name] = value.clone();
        }
        let client = builder.node(NodeKind::Client, "Client", settings);
        let gateway = builder.node(NodeKind::Gateway, "Gateway", gateway);
        let function = function(&mut builder, "Function", handler, more);
        builder.edge(client, gateway, json!({}));
        let mut integration = json!({ "Method": "POST", "Path": "/payments" });
        for (name, value) in route.as_object().into_iter().flatten() {
            integration[name] = value.clone();
        }
        builder.edge(gateway, function, integration);
        (simulate(&builder.build(), 6), [client, gateway, function])
    }

    fn answers(body: Value) -> Value {
        json!([{ "step": "work", "duration": 10 }, { "step": "respond", "payload": body }])
    }

    fn fine() -> Value {
        answers(json!({ "statusCode": 200, "body": { "ok": true } }))
    }

    /// Sends some requests and gives the statuses that the gateway answered with.
    fn ask(gateway: Value, route: Value, handler: Value, more: Value, client: Value, count: u32) -> Vec<(u16, u64)> {
        let (mut simulation, [client, gateway, _]) = with_function(gateway, route, handler, more, client);
        send(&mut simulation, client, json!({ "amount": 1 }), count);
        run_for(&mut simulation, 70);
        check_conservation(&simulation);
        statuses(&simulation, gateway)
    }

    // api-gateway-api-integration-types: proxy integration.
    #[test]
    fn a_proxy_integration_answers_with_the_functions_status() {
        let none = || json!({});
        assert_eq!(ask(none(), none(), fine(), none(), none(), 2), [(200, 2)]);
        let created = answers(json!({ "statusCode": 201, "body": {} }));
        assert_eq!(ask(none(), none(), created, none(), none(), 1), [(201, 1)]);
    }

    // set-up-lambda-proxy-integrations: a malformed response, and a function error.
    #[test]
    fn a_malformed_response_or_a_function_error_is_a_502() {
        let none = || json!({});
        let malformed = answers(json!({ "result": "fine" }));
        assert_eq!(ask(none(), none(), malformed, none(), none(), 1), [(502, 1)]);
        assert_eq!(ask(none(), none(), always_fails(), none(), none(), 1), [(502, 1)]);
        assert_eq!(ask(none(), none(), works_for(10_000), json!({ "Timeout": 2 }), none(), 1), [(502, 1)]);
    }

    // services-apigateway-errors: the service's refusal to invoke, such as a throttle, is the gateway's own error.
    #[test]
    fn a_throttled_function_is_a_500() {
        let more = json!({ "ReservedConcurrentExecutions": 0 });
        assert_eq!(ask(json!({}), json!({}), fine(), more, json!({}), 1), [(500, 1)]);
    }

    // api-gateway-execution-service-limits-table: at most 29 seconds; the function goes on and is billed.
    #[test]
    fn an_integration_slower_than_29_seconds_is_a_504_and_the_function_goes_on() {
        let (mut simulation, [client, gateway, function]) =
            with_function(json!({}), json!({}), works_for(40_000), json!({ "Timeout": 60 }), json!({}));
        send(&mut simulation, client, json!({}), 1);
        run_for(&mut simulation, 28);
        assert_eq!(statuses(&simulation, gateway), []);
        run_for(&mut simulation, 2);
        assert_eq!(statuses(&simulation, gateway), [(504, 1)]);
        run_for(&mut simulation, 20);
        assert_eq!(figure(&simulation, function, "billed_ms"), 40_000.0);
        assert_eq!(figure(&simulation, function, "errors"), 0.0);
    }

    // api-gateway-request-throttling: a token bucket.
    #[test]
    fn beyond_the_burst_requests_are_throttled_until_tokens_come_back() {
        let gateway = json!({ "ThrottlingRateLimit": 1, "ThrottlingBurstLimit": 3 });
        let (mut simulation, [client, gateway, _]) = with_function(gateway, json!({}), fine(), json!({}), json!({}));
        send(&mut simulation, client, json!({}), 10);
        run_for(&mut simulation, 2);
        assert_eq!(statuses(&simulation, gateway), [(200, 3), (429, 7)]);
        run_for(&mut simulation, 10);
        send(&mut simulation, client, json!({}), 4);
        run_for(&mut simulation, 2);
        assert_eq!(statuses(&simulation, gateway), [(200, 6), (429, 8)]);
    }

    // api-gateway-setup-api-key-with-console: x-api-key.
    #[test]
    fn without_the_right_api_key_a_request_is_forbidden() {
        let gateway = json!({ "ApiKeyRequired": true, "ApiKey": "k1" });
        let ask = |key: &str| ask(gateway.clone(), json!({}), fine(), json!({}), json!({ "ApiKey": key }), 1);
        assert_eq!(ask(""), [(403, 1)]);
        assert_eq!(ask("k2"), [(403, 1)]);
        assert_eq!(ask("k1"), [(200, 1)]);
    }

    // apigateway-use-lambda-authorizer: no token is 401, a token that is denied is 403.
    #[test]
    fn without_a_token_a_request_is_unauthorized_and_with_a_wrong_one_denied() {
        let gateway = json!({ "Authorizer": "TOKEN", "AuthorizerToken": "t1" });
        let ask =
            |token: &str| ask(gateway.clone(), json!({}), fine(), json!({}), json!({ "Authorization": token }), 1);
        assert_eq!(ask(""), [(401, 1)]);
        assert_eq!(ask("t2"), [(403, 1)]);
        assert_eq!(ask("t1"), [(200, 1)]);
    }

    // supported-gateway-response-types: MISSING_AUTHENTICATION_TOKEN.
    #[test]
    fn a_path_without_a_route_is_a_403() {
        assert_eq!(ask(json!({}), json!({}), fine(), json!({}), json!({ "Path": "/nowhere" }), 1), [(403, 1)]);
    }

    // services-apigateway-errors: the gateway never tries again by itself.
    #[test]
    fn the_gateway_does_not_retry() {
        let (mut simulation, [client, _, function]) =
            with_function(json!({}), json!({}), always_fails(), json!({}), json!({}));
        send(&mut simulation, client, json!({}), 1);
        run_for(&mut simulation, 120);
        assert_eq!(figure(&simulation, function, "invocations"), 1.0);
    }

    // http-api-develop-integrations-aws-services: SQS-SendMessage.
    #[test]
    fn a_direct_integration_answers_when_the_queue_has_the_message() {
        let mut builder = Builder::new();
        let arrivals = json!({ "Arrivals": { "constant": 0 }, "Path": "/payments" });
        let client = builder.node(NodeKind::Client, "Client", arrivals);
        let gateway = builder.node(NodeKind::Gateway, "Gateway", json!({}));
        let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
        builder.edge(client, gateway, json!({}));
        builder.edge(gateway, queue, json!({ "Method": "POST", "Path": "/payments" }));
        let mut simulation = simulate(&builder.build(), 6);
        send(&mut simulation, client, json!({ "amount": 12 }), 2);
        run_for(&mut simulation, 5);
        assert_eq!(statuses(&simulation, gateway), [(200, 2)]);
        assert_eq!(figure(&simulation, queue, "visible"), 2.0);
        assert_eq!(first_body(&simulation, queue)["amount"], 12);
    }
}

mod faults {
    use super::*;

    /// What is slow stays right: the latency of a fault adds to each answer.
    #[test]
    fn added_latency_on_a_function_lengthens_each_invocation_and_its_bill() {
        let mut builder = Builder::new();
        let function = function(&mut builder, "Function", works_for(100), json!({}));
        let mut simulation = simulate(&builder.build(), 5);
        let fault = Fault { latency: Some(Distribution::Constant(400.0)), ..Fault::default() };
        apply(&mut simulation, Command::Inject { target: function, fault });
        send(&mut simulation, function, json!({}), 1);
        run_for(&mut simulation, 5);
        assert_eq!(figure(&simulation, function, "billed_ms"), 500.0);
    }
}

mod cost {
    use super::*;

    fn charge(simulation: &Simulation, node: Uuid, item: &str) -> (f64, f64) {
        let node = simulation.plan().find_node(node).expect("a node of this diagram");
        let charges = simulation.charges(node);
        let charge = charges.iter().find(|charge| charge.item == item).unwrap_or_else(|| panic!("no {item}"));
        (charge.quantity, charge.cost)
    }

    // aws.amazon.com/lambda/pricing: requests, and memory times duration in whole milliseconds.
    #[test]
    fn a_function_pays_for_requests_and_gigabyte_seconds() {
        let mut builder = Builder::new();
        let function = function(&mut builder, "Function", works_for(500), json!({ "MemorySize": 1_024 }));
        let mut simulation = simulate(&builder.build(), 5);
        send(&mut simulation, function, json!({}), 4);
        run_for(&mut simulation, 5);
        assert_eq!(charge(&simulation, function, "requests").0, 4.0);
        assert_eq!(charge(&simulation, function, "GB-seconds").0, 2.0);
        // Memory that is added later does not make what was billed before dearer.
        apply(&mut simulation, Command::Set { target: function, setting: "MemorySize".into(), value: 2_048.into() });
        assert_eq!(charge(&simulation, function, "GB-seconds").0, 2.0);
    }

    // aws.amazon.com/sqs/pricing: each request, empty receives too; 64 KB chunks.
    #[test]
    fn a_queue_pays_for_sends_in_chunks_for_receives_and_for_deletes() {
        let mut builder = Builder::new();
        let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
        let mut simulation = simulate(&builder.build(), 5);
        send(&mut simulation, queue, json!({}), 3);
        send(&mut simulation, queue, json!({ "text": "x".repeat(100_000) }), 1);
        run_for(&mut simulation, 60);
        assert_eq!(charge(&simulation, queue, "requests").0, 5.0);

        let mut station = station(json!({}), works_for(10), json!({}), json!({}), json!({}), json!({}));
        run_for(&mut station.simulation, 60);
        let idle = charge(&station.simulation, station.queue, "requests").0;
        // Five pollers, each waiting up to 20 seconds.
        assert!((15.0..=25.0).contains(&idle), "{idle} requests of pollers that find nothing");
        send(&mut station.simulation, station.queue, json!({}), 1);
        run_for(&mut station.simulation, 1);
        let busy = charge(&station.simulation, station.queue, "requests").0 - idle;
        assert!(busy >= 3.0, "a send, a receive and a delete are three requests, not {busy}");
    }

    // aws.amazon.com/api-gateway/pricing: what is turned away is not billed.
    #[test]
    fn a_gateway_pays_for_what_it_lets_through() {
        let mut builder = Builder::new();
        let client = builder.node(NodeKind::Client, "Client", json!({ "Arrivals": { "constant": 0 } }));
        let throttle = json!({ "ThrottlingRateLimit": 1, "ThrottlingBurstLimit": 3 });
        let gateway = builder.node(NodeKind::Gateway, "Gateway", throttle);
        let function = function(&mut builder, "Function", works_for(10), json!({}));
        builder.edge(client, gateway, json!({}));
        builder.edge(gateway, function, json!({}));
        let mut simulation = simulate(&builder.build(), 5);
        send(&mut simulation, client, json!({}), 10);
        run_for(&mut simulation, 1);
        let (requests, cost) = charge(&simulation, gateway, "requests");
        assert_eq!(requests, 3.0);
        assert!((cost - 3.0 * 3.5e-6).abs() < 1e-12, "{cost}");
    }

    /// The same payments: waiting for three services costs Payments more than handing over to a queue.
    #[test]
    fn waiting_is_visible_in_the_bill() {
        let payments = |id: &str, name: &str| {
            let document = eventyard::lessons::guide::find(id).expect("a diagram of the guide").document();
            let node = document.nodes.iter().find(|node| node.name == name).expect("a node").id;
            let mut simulation = simulate(&document, 7);
            run_for(&mut simulation, 600);
            charge(&simulation, node, "GB-seconds").1 / charge(&simulation, node, "requests").0
        };
        let waiting = payments("gateway-multiple", "Payments");
        let handing_over = payments("decouple-queue", "Customer");
        assert!(waiting > 2.0 * handing_over, "{waiting} and {handing_over} an invocation");
    }
}
