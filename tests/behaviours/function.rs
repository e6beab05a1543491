//! Functions, as AWS Lambda.

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
