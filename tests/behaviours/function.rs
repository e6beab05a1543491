//! Functions, as AWS Lambda.

use super::*;
use eventyard::diagram::EdgeKind;
use eventyard::services::{Overload, Reason, What};
use eventyard::simulation::SlotState;
use support::run_to;

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

/// Times in seconds at which the journal has such a record.
fn times(simulation: &Simulation, wanted: impl Fn(What) -> bool) -> Vec<f64> {
    let records = simulation.journal().since(0).filter(|(_, record)| wanted(record.what));
    records.map(|(_, record)| (record.time.seconds() * 10.0).round() / 10.0).collect()
}

fn throttled_by(simulation: &Simulation, overload: Overload) -> usize {
    times(simulation, |what| what == What::Overloaded { overload }).len()
}

fn with_account(builder: Builder, concurrency: u64) -> Simulation {
    let mut document = builder.build();
    document.account.insert("ConcurrentExecutions".to_string(), concurrency.into());
    simulate(&document, 5)
}

/// A topic in front of a function, and a queue where one kind of outcome goes.
fn with_outcome(handler: Value, more: Value, kind: EdgeKind) -> (Simulation, Uuid, Uuid, Uuid) {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let function = function(&mut builder, "Pay", handler, more);
    let queue = builder.node(NodeKind::Queue, "Outcomes", json!({}));
    builder.edge(topic, function, instant());
    builder.edge_of(kind, function, queue, instant());
    (simulate(&builder.build(), 5), topic, function, queue)
}

fn figures_of(simulation: &Simulation, node: Uuid, names: &[&str]) -> Vec<f64> {
    names.iter().map(|name| figure(simulation, node, name)).collect()
}

// configuration-concurrency: 100 of the account's concurrency cannot be reserved.
#[test]
fn at_least_100_concurrent_executions_stay_unreserved() {
    let mut builder = Builder::new();
    function(&mut builder, "A", works_for(10), json!({ "ReservedConcurrentExecutions": 901 }));
    refused(&builder.build(), "fewer than 100");
}

// lambda-concurrency: functions without reserved concurrency share what the account has.
#[test]
fn functions_share_the_accounts_unreserved_concurrency() {
    let mut builder = Builder::new();
    let a = function(&mut builder, "A", works_for(1_000), json!({}));
    let b = function(&mut builder, "B", works_for(1_000), json!({}));
    let mut simulation = with_account(builder, 3);
    send(&mut simulation, a, json!({}), 2);
    send(&mut simulation, b, json!({}), 2);
    run_for(&mut simulation, 5);
    assert_eq!(figure(&simulation, a, "throttles") + figure(&simulation, b, "throttles"), 1.0);
    assert_eq!(throttled_by(&simulation, Overload::Account), 1);
    assert_eq!(simulation.account().running_max, 3);
}

// lambda-concurrency: reserved concurrency is a guarantee; others cannot use it up.
#[test]
fn reserved_concurrency_is_kept_free_for_its_function() {
    let mut builder = Builder::new();
    let greedy = function(&mut builder, "Greedy", works_for(2_000), json!({}));
    let reserved = function(&mut builder, "Reserved", works_for(100), json!({ "ReservedConcurrentExecutions": 5 }));
    let mut simulation = with_account(builder, 105);
    send(&mut simulation, greedy, json!({}), 120);
    run_for(&mut simulation, 1);
    send(&mut simulation, reserved, json!({}), 5);
    run_for(&mut simulation, 3);
    assert_eq!(figure(&simulation, greedy, "throttles"), 20.0);
    assert_eq!(figure(&simulation, reserved, "throttles"), 0.0);
}

// API_Invoke: the reason of a TooManyRequestsException says which limit it was.
#[test]
fn a_throttle_says_which_limit_was_reached() {
    let (mut simulation, function) = alone(works_for(1_000), json!({ "ReservedConcurrentExecutions": 1 }));
    send(&mut simulation, function, json!({}), 2);
    run_for(&mut simulation, 3);
    assert_eq!(throttled_by(&simulation, Overload::Reserved), 1);
    assert_eq!(Overload::Reserved.reason(), "ReservedFunctionConcurrentInvocationLimitExceeded");
}

// scaling-behavior: 1,000 new environments within 10 seconds.
#[test]
fn a_function_gets_a_thousand_new_environments_at_once_and_100_more_each_second() {
    let mut builder = Builder::new();
    let function = function(&mut builder, "Function", works_for(60_000), json!({ "Timeout": 900 }));
    let mut simulation = with_account(builder, 5_000);
    send(&mut simulation, function, json!({}), 1_500);
    assert_eq!(figure(&simulation, function, "throttles"), 0.0);
    run_for(&mut simulation, 5);
    assert_eq!(figure(&simulation, function, "concurrent"), 1_000.0);
    assert_eq!(throttled_by(&simulation, Overload::Scaling), 500);
    send(&mut simulation, function, json!({}), 600);
    run_for(&mut simulation, 1);
    assert_eq!(figure(&simulation, function, "concurrent"), 1_500.0);
}

// scaling-behavior: what is not used does not accrue beyond 1,000.
#[test]
fn the_scaling_rate_does_not_accrue() {
    let mut builder = Builder::new();
    let function = function(&mut builder, "Function", works_for(60_000), json!({ "Timeout": 900 }));
    let mut simulation = with_account(builder, 5_000);
    run_for(&mut simulation, 3_600);
    send(&mut simulation, function, json!({}), 1_200);
    run_for(&mut simulation, 1);
    assert_eq!(figure(&simulation, function, "concurrent"), 1_000.0);
}

// gettingstarted-limits: 10 synchronous requests a second for each concurrent execution.
#[test]
fn a_fast_function_is_limited_to_ten_requests_a_second_for_each_concurrent_execution() {
    let (mut simulation, function) = alone(works_for(1), json!({ "ReservedConcurrentExecutions": 1 }));
    for _ in 0..500 {
        send(&mut simulation, function, json!({}), 1);
        let until = simulation.now() + 20_000;
        run_to(&mut simulation, until);
    }
    // Ten seconds at 50 requests each: ten at once in the first, then ten a second.
    let invocations = figure(&simulation, function, "invocations");
    assert!((105.0..=112.0).contains(&invocations), "{invocations}");
    assert!(throttled_by(&simulation, Overload::ReservedRate) > 380);
}

// gettingstarted-limits: asynchronous invocations have no limit but concurrency.
#[test]
fn the_request_rate_does_not_limit_asynchronous_invocations() {
    let (mut simulation, topic, function) = behind_a_topic(works_for(1), json!({ "ReservedConcurrentExecutions": 1 }));
    for _ in 0..50 {
        send(&mut simulation, topic, json!({}), 1);
        let until = simulation.now() + 5_000;
        run_to(&mut simulation, until);
    }
    assert_eq!(figures_of(&simulation, function, &["invocations", "throttles"]), [50.0, 0.0]);
}

// provisioned-concurrency: no cold start, and beyond it environments are made on demand.
#[test]
fn provisioned_concurrency_has_no_cold_start_and_spills_over() {
    let more = json!({ "ProvisionedConcurrentExecutions": 2, "InitDuration": 500 });
    let (mut simulation, function) = alone(works_for(1_000), more);
    send(&mut simulation, function, json!({}), 3);
    run_for(&mut simulation, 5);
    assert_eq!(figures_of(&simulation, function, &["invocations", "cold_starts", "throttles"]), [3.0, 1.0, 0.0]);
    let NodeView::Function(view) = view(&simulation, function) else { panic!("a function") };
    let provisioned = view.slots.iter().filter(|slot| slot.state == SlotState::Provisioned).count();
    assert_eq!((view.provisioned, provisioned), (2, 2));
}

// provisioned-concurrency: it is part of the reserved concurrency.
#[test]
fn no_more_concurrency_can_be_provisioned_than_reserved() {
    let mut builder = Builder::new();
    let more = json!({ "ReservedConcurrentExecutions": 5, "ProvisionedConcurrentExecutions": 6 });
    function(&mut builder, "A", works_for(10), more);
    refused(&builder.build(), "more provisioned than reserved");
}

// provisioned-concurrency: it takes a minute or two until new provisioned concurrency can be used.
#[test]
fn provisioned_concurrency_is_ready_after_a_minute_or_so() {
    let (mut simulation, function) = alone(works_for(100), json!({}));
    let setting = "ProvisionedConcurrentExecutions".to_string();
    apply(&mut simulation, Command::Set { target: function, setting, value: 10.into() });
    run_for(&mut simulation, 59);
    assert_eq!(figure(&simulation, function, "provisioned"), 0.0);
    run_for(&mut simulation, 2);
    assert_eq!(figure(&simulation, function, "provisioned"), 10.0);
}

// provisioned-concurrency: it is paid for whether used or not.
#[test]
fn provisioned_concurrency_counts_while_nobody_calls() {
    let more = json!({ "ProvisionedConcurrentExecutions": 2, "MemorySize": 512 });
    let (mut simulation, function) = alone(works_for(100), more);
    run_for(&mut simulation, 10);
    assert_eq!(figure(&simulation, function, "provisioned_mb_ms"), 2.0 * 512.0 * 10_000.0);
}

// lambda-runtime-environment: a timeout resets the environment; the next invocation in it initialises again.
#[test]
fn after_a_timeout_the_next_invocation_pays_a_suppressed_init() {
    let (mut simulation, function) = alone(works_for(100), json!({ "InitDuration": 400, "Timeout": 1 }));
    let slow = Fault { latency: Some(Distribution::Constant(5_000.0)), ..Fault::default() };
    apply(&mut simulation, Command::Inject { target: function, fault: slow });
    send(&mut simulation, function, json!({}), 1);
    run_for(&mut simulation, 3);
    apply(&mut simulation, Command::Inject { target: function, fault: Fault::default() });
    send(&mut simulation, function, json!({}), 1);
    run_for(&mut simulation, 3);
    let names = ["timeouts", "cold_starts", "suppressed_inits", "billed_ms"];
    assert_eq!(figures_of(&simulation, function, &names), [1.0, 1.0, 1.0, 1_400.0 + 500.0]);
}

// lambda-runtime-environment: a suppressed init counts against the timeout, unlike a cold start.
#[test]
fn a_suppressed_init_can_use_up_the_timeout() {
    let crash = json!([{ "step": "throw", "crash": true, "when": { "crash": [true] } }]);
    let (mut simulation, function) = alone(crash, json!({ "InitDuration": 2_000, "Timeout": 1 }));
    send(&mut simulation, function, json!({}), 1);
    run_for(&mut simulation, 5);
    assert_eq!(figure(&simulation, function, "errors"), 0.0);
    send(&mut simulation, function, json!({ "crash": true }), 1);
    run_for(&mut simulation, 5);
    send(&mut simulation, function, json!({}), 1);
    run_for(&mut simulation, 5);
    assert_eq!(figures_of(&simulation, function, &["errors", "timeouts"]), [2.0, 1.0]);
}

// lambda-runtime-environment: an initialisation above 10 s is tried again within the first invocation.
#[test]
fn an_init_above_ten_seconds_is_done_again_under_the_functions_timeout() {
    let (mut simulation, patient) = alone(works_for(100), json!({ "InitDuration": 12_000, "Timeout": 15 }));
    send(&mut simulation, patient, json!({}), 1);
    run_for(&mut simulation, 60);
    assert_eq!(figures_of(&simulation, patient, &["timeouts", "billed_ms"]), [0.0, 22_100.0]);
    let (mut simulation, hasty) = alone(works_for(100), json!({ "InitDuration": 12_000, "Timeout": 3 }));
    send(&mut simulation, hasty, json!({}), 1);
    run_for(&mut simulation, 60);
    assert_eq!(figures_of(&simulation, hasty, &["timeouts", "billed_ms"]), [1.0, 13_000.0]);
}

// lambda-concurrency: the environment freed last is used first here, so that surplus ages out.
#[test]
fn surplus_environments_age_out_while_one_is_kept_busy() {
    let (mut simulation, function) = alone(works_for(100), json!({ "IdleSeconds": 60 }));
    send(&mut simulation, function, json!({}), 3);
    for _ in 0..5 {
        run_for(&mut simulation, 30);
        send(&mut simulation, function, json!({}), 1);
    }
    run_for(&mut simulation, 1);
    let NodeView::Function(view) = view(&simulation, function) else { panic!("a function") };
    assert_eq!(view.slots.len(), 1);
    assert_eq!(figure(&simulation, function, "cold_starts"), 3.0);
}

// invocation-async-error-handling: with a reserved concurrency of 0 events fail at once.
#[test]
fn a_function_that_is_switched_off_gives_events_up_at_once() {
    let more = json!({ "ReservedConcurrentExecutions": 0 });
    let (mut simulation, topic, _, queue) = with_outcome(works_for(10), more, EdgeKind::OnFailure);
    send(&mut simulation, topic, json!({}), 1);
    run_for(&mut simulation, 1);
    assert_eq!(first_body(&simulation, queue)["requestContext"]["condition"], "ZeroReservedConcurrency");
}

// invocation-async-error-handling: after a throttle 1 second, doubling up to 5 minutes.
#[test]
fn throttled_events_wait_longer_each_time() {
    let more = json!({ "ReservedConcurrentExecutions": 1, "Timeout": 900 });
    let (mut simulation, topic, _) = behind_a_topic(works_for(899_000), more);
    send(&mut simulation, topic, json!({}), 2);
    run_for(&mut simulation, 898);
    let tries = times(&simulation, |what| matches!(what, What::Overloaded { .. }));
    assert_eq!(tries, [0.0, 1.0, 3.0, 7.0, 15.0, 31.0, 63.0, 127.0, 255.0, 511.0, 811.0]);
}

// invocation-async-error-handling: throttling goes on until the event is too old.
#[test]
fn a_throttled_event_is_given_up_when_it_is_too_old() {
    let more = json!({ "ReservedConcurrentExecutions": 1, "Timeout": 900, "MaximumEventAgeInSeconds": 100 });
    let (mut simulation, topic, _, queue) = with_outcome(works_for(800_000), more, EdgeKind::OnFailure);
    send(&mut simulation, topic, json!({}), 2);
    run_for(&mut simulation, 99);
    assert_eq!(figure(&simulation, queue, "sent"), 0.0);
    run_for(&mut simulation, 2);
    let record = first_body(&simulation, queue);
    assert_eq!(record["requestContext"]["condition"], "EventAgeExceeded");
    assert_eq!(record["requestContext"]["approximateInvokeCount"], 0);
    assert!(record.get("responseContext").is_none());
}

// invocation-async-retain-records: a record of each invocation that worked.
#[test]
fn the_destination_on_success_gets_a_record_with_request_and_response() {
    let handler = json!([{ "step": "respond", "payload": { "paid": "{{message.amount}}" } }]);
    let (mut simulation, topic, function, queue) = with_outcome(handler, json!({}), EdgeKind::OnSuccess);
    send(&mut simulation, topic, json!({ "amount": 5 }), 1);
    run_for(&mut simulation, 1);
    let record = first_body(&simulation, queue);
    assert_eq!(record["version"], "1.0");
    assert_eq!(record["requestContext"]["condition"], "Success");
    assert_eq!(record["requestContext"]["approximateInvokeCount"], 1);
    assert_eq!(record["requestContext"]["functionArn"], "arn:aws:lambda:us-east-1:123456789012:function:Pay:$LATEST");
    assert_eq!(
        (&record["requestPayload"], &record["responsePayload"]),
        (&json!({ "amount": 5 }), &json!({ "paid": 5 }))
    );
    assert_eq!(record["responseContext"], json!({ "statusCode": 200, "executedVersion": "$LATEST" }));
    assert_eq!(figure(&simulation, function, "destinations_delivered"), 1.0);
    check_conservation(&simulation);
}

// invocation-async-retain-records: after the last retry, a record with the error.
#[test]
fn the_destination_on_failure_gets_a_record_once_all_retries_are_used() {
    let (mut simulation, topic, _, queue) = with_outcome(always_fails(), json!({}), EdgeKind::OnFailure);
    send(&mut simulation, topic, json!({ "amount": 5 }), 1);
    run_for(&mut simulation, 179);
    assert_eq!(figure(&simulation, queue, "sent"), 0.0);
    run_for(&mut simulation, 5);
    let record = first_body(&simulation, queue);
    assert_eq!(record["requestContext"]["condition"], "RetriesExhausted");
    assert_eq!(record["requestContext"]["approximateInvokeCount"], 3);
    assert_eq!(record["responseContext"]["functionError"], "Unhandled");
    assert_eq!(record["responsePayload"]["errorType"], "Error");
    check_conservation(&simulation);
}

// invocation-async-retain-records: destinations are for asynchronous invocations.
#[test]
fn a_synchronous_invocation_has_no_destination() {
    let (mut simulation, _, function, queue) = with_outcome(works_for(10), json!({}), EdgeKind::OnSuccess);
    send(&mut simulation, function, json!({}), 1);
    run_for(&mut simulation, 1);
    assert_eq!(figure(&simulation, function, "invocations"), 1.0);
    assert_eq!(figure(&simulation, queue, "sent"), 0.0);
}

// invocation-async-retain-records: on a bus the record is an event's detail.
#[test]
fn a_record_on_an_event_bus_can_be_matched_by_rules() {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let function = function(&mut builder, "Function", works_for(10), json!({}));
    let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
    let pattern = json!({ "source": ["lambda"], "detail-type": ["Lambda Function Invocation Result - Success"],
                "detail": { "requestContext": { "condition": ["Success"] } } });
    let rule = builder.node(NodeKind::Rule, "Rule", json!({ "EventPattern": pattern }));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    builder.edge(topic, function, instant());
    builder.edge_of(EdgeKind::OnSuccess, function, bus, instant());
    builder.edge(bus, rule, json!({}));
    builder.edge(rule, queue, json!({}));
    let mut simulation = simulate(&builder.build(), 5);
    send(&mut simulation, topic, json!({}), 1);
    run_for(&mut simulation, 5);
    assert_eq!(figure(&simulation, queue, "sent"), 1.0);
}

// invocation-async-retain-records: a topic and another function can be destinations, too.
#[test]
fn outcomes_go_to_topics_and_functions() {
    let mut builder = Builder::new();
    let entry = builder.node(NodeKind::Topic, "Entry", json!({}));
    let first = function(&mut builder, "First", works_for(10), json!({}));
    let second = function(&mut builder, "Second", always_fails(), json!({ "MaximumRetryAttempts": 0 }));
    let failures = builder.node(NodeKind::Topic, "Failures", json!({}));
    builder.edge(entry, first, instant());
    builder.edge_of(EdgeKind::OnSuccess, first, second, instant());
    builder.edge_of(EdgeKind::OnFailure, second, failures, instant());
    let mut simulation = simulate(&builder.build(), 5);
    send(&mut simulation, entry, json!({}), 1);
    run_for(&mut simulation, 5);
    assert_eq!(figure(&simulation, second, "invocations"), 1.0);
    assert_eq!(figure(&simulation, failures, "published"), 1.0);
}

// invocation-async-retain-records: the dead-letter queue gets the event as it was, and the error as attributes.
#[test]
fn the_dead_letter_queue_gets_the_event_with_the_error_in_its_attributes() {
    let more = json!({ "MaximumRetryAttempts": 0 });
    let (mut simulation, topic, function, queue) = with_outcome(always_fails(), more, EdgeKind::DeadLetter);
    let trace = json!({ "amount": 5 });
    send(&mut simulation, topic, trace.clone(), 1);
    run_for(&mut simulation, 5);
    let NodeView::Queue(view) = view(&simulation, queue) else { panic!("a queue") };
    let letter = &view.visible[0];
    assert!(letter.body.contains("amount"), "{}", letter.body);
    let attributes: Value = serde_json::from_str(letter.attributes.as_deref().expect("attributes")).expect("JSON");
    assert_eq!(attributes["RequestID"]["Value"], letter.request_id.as_str());
    assert_eq!(attributes["ErrorCode"]["Value"], "200");
    assert_eq!(attributes["ErrorMessage"]["Value"], "The handler threw an error.");
    assert_eq!(simulation.totals().dead_lettered, 1);
    assert_eq!(figure(&simulation, function, "destinations_delivered"), 1.0);
    check_conservation(&simulation);
}

// invocation-async-retain-records: with both, both are served.
#[test]
fn a_dead_letter_queue_and_a_destination_on_failure_both_get_their_own() {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let function = function(&mut builder, "Function", always_fails(), json!({ "MaximumRetryAttempts": 0 }));
    let dead = builder.node(NodeKind::Queue, "Dead", json!({}));
    let records = builder.node(NodeKind::Queue, "Records", json!({}));
    builder.edge(topic, function, instant());
    builder.edge_of(EdgeKind::DeadLetter, function, dead, instant());
    builder.edge_of(EdgeKind::OnFailure, function, records, instant());
    let mut simulation = simulate(&builder.build(), 5);
    send(&mut simulation, topic, json!({}), 1);
    run_for(&mut simulation, 5);
    assert_eq!(figure(&simulation, dead, "visible") + figure(&simulation, records, "visible"), 2.0);
    check_conservation(&simulation);
}

// monitoring-metrics: DestinationDeliveryFailures.
#[test]
fn an_outcome_that_cannot_be_delivered_is_counted_and_lost() {
    let (mut simulation, topic, function, queue) = with_outcome(works_for(10), json!({}), EdgeKind::OnSuccess);
    apply(&mut simulation, Command::Stop { node: queue });
    send(&mut simulation, topic, json!({}), 1);
    run_for(&mut simulation, 5);
    assert_eq!(figures_of(&simulation, function, &["errors", "destinations_failed"]), [0.0, 1.0]);
    assert_eq!(simulation.dropped(Reason::Failed), 1);
}

// configuration-async: a function has one destination of each kind.
#[test]
fn a_second_destination_of_the_same_kind_is_refused() {
    let mut builder = Builder::new();
    let function = function(&mut builder, "Function", works_for(10), json!({}));
    for name in ["A", "B"] {
        let queue = builder.node(NodeKind::Queue, name, json!({}));
        builder.edge_of(EdgeKind::OnFailure, function, queue, json!({}));
    }
    refused(&builder.build(), "more than one destination on failure");
}

// gettingstarted-limits: 6 MB for a synchronous request, 1 MB for an asynchronous one.
#[test]
fn requests_above_six_megabytes_and_events_above_one_are_refused() {
    let (mut simulation, function) = alone(works_for(10), json!({}));
    send(&mut simulation, function, json!("x".repeat(6 * 1024 * 1024)), 1);
    send(&mut simulation, function, json!("x".repeat(5 * 1024 * 1024)), 1);
    run_for(&mut simulation, 1);
    assert_eq!(figure(&simulation, function, "invocations"), 1.0);
    assert!(simulation.happened(|what| what == What::Rejected { status: 413 }));

    let mut builder = Builder::new();
    let caller = json!([{ "step": "call", "to": Uuid::from_u128(0), "invocation": "Event" }]);
    let caller = super::function(&mut builder, "Caller", caller, json!({}));
    let called = super::function(&mut builder, "Called", works_for(10), json!({}));
    builder.set(caller, "Handler", json!([{ "step": "call", "to": called, "invocation": "Event" }]));
    builder.edge(caller, called, instant());
    let mut simulation = simulate(&builder.build(), 5);
    send(&mut simulation, caller, json!("x".repeat(1024 * 1024)), 1);
    send(&mut simulation, caller, json!("x".repeat(1024 * 1023)), 1);
    run_for(&mut simulation, 1);
    assert_eq!(figure(&simulation, called, "invocations"), 1.0);
    assert_eq!(figure(&simulation, caller, "errors"), 1.0);
}

// gettingstarted-limits: 6 MB for the response.
#[test]
fn a_response_above_six_megabytes_is_a_function_error() {
    let twice = json!([{ "step": "respond", "payload": ["{{message}}", "{{message}}"] }]);
    let (mut simulation, function) = alone(twice, json!({}));
    send(&mut simulation, function, json!("x".repeat(4 * 1024 * 1024)), 1);
    run_for(&mut simulation, 1);
    assert_eq!(figure(&simulation, function, "errors"), 1.0);
}

/// A function that sends each message on to its own queue.
fn loop_through_a_queue(more: Value) -> (Simulation, Uuid, Uuid, Uuid) {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", json!({ "VisibilityTimeout": 5 }));
    let dead = builder.node(NodeKind::Queue, "Dead", json!({}));
    let handler = json!([{ "step": "work", "duration": 10 }, { "step": "send", "to": queue }]);
    let function = function(&mut builder, "Function", handler, more);
    builder.edge(function, queue, instant());
    builder.edge(queue, function, json!({ "BatchSize": 1, "Latency": 0 }));
    builder.edge(queue, dead, json!({ "maxReceiveCount": 2 }));
    (simulate(&builder.build(), 5), queue, function, dead)
}

// invocation-recursion: after about 16 invocations in a chain the next is refused; the queue's redrive policy then acts.
#[test]
fn a_loop_through_a_queue_is_stopped_and_ends_in_the_dead_letter_queue() {
    let (mut simulation, queue, function, dead) = loop_through_a_queue(json!({}));
    send(&mut simulation, queue, json!({}), 1);
    run_for(&mut simulation, 120);
    assert_eq!(figure(&simulation, function, "invocations"), 16.0);
    assert!(figure(&simulation, function, "loops_stopped") >= 1.0);
    assert_eq!(figure(&simulation, dead, "visible"), 1.0);
}

// invocation-recursion: RecursiveLoop Allow opts out.
#[test]
fn a_loop_that_is_allowed_goes_on() {
    let (mut simulation, queue, function, _) = loop_through_a_queue(json!({ "RecursiveLoop": "Allow" }));
    send(&mut simulation, queue, json!({}), 1);
    run_for(&mut simulation, 120);
    assert!(figure(&simulation, function, "invocations") > 100.0);
}

// invocation-recursion: an asynchronous event of a loop goes to the destination on failure.
#[test]
fn a_loop_through_a_topic_is_stopped_and_goes_to_the_destination_on_failure() {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let function = function(&mut builder, "Function", json!([{ "step": "publish", "to": topic }]), json!({}));
    let failures = builder.node(NodeKind::Queue, "Failures", json!({}));
    builder.edge(function, topic, instant());
    builder.edge(topic, function, instant());
    builder.edge_of(EdgeKind::OnFailure, function, failures, instant());
    let mut simulation = simulate(&builder.build(), 5);
    send(&mut simulation, topic, json!({}), 1);
    run_for(&mut simulation, 60);
    assert_eq!(figures_of(&simulation, function, &["invocations", "loops_stopped"]), [16.0, 1.0]);
    assert_eq!(figure(&simulation, failures, "visible"), 1.0);
    check_conservation(&simulation);
}

// invocation-recursion: event buses are not among the services through which loops are found.
#[test]
fn a_loop_through_a_bus_is_not_found() {
    let mut builder = Builder::new();
    let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
    let put = json!([{ "step": "work", "duration": 10 }, { "step": "putEvents", "to": bus, "source": "loop", "detailType": "Again", "detail": {} }]);
    let function = function(&mut builder, "Function", put, json!({}));
    let rule = builder.node(NodeKind::Rule, "Rule", json!({ "EventPattern": { "source": ["loop"] } }));
    builder.edge(function, bus, instant());
    builder.edge(bus, rule, instant());
    builder.edge(rule, function, instant());
    let mut simulation = simulate(&builder.build(), 5);
    send(&mut simulation, function, json!({}), 1);
    run_for(&mut simulation, 60);
    assert!(figure(&simulation, function, "invocations") > 20.0);
}

// nodejs-exceptions: after a crash the environment is reset, as after a timeout.
#[test]
fn a_crash_resets_the_environment() {
    let crash = json!([{ "step": "throw", "crash": true, "when": { "crash": [true] } }]);
    let (mut simulation, function) = alone(crash, json!({ "InitDuration": 100 }));
    for payload in [json!({ "crash": true }), json!({})] {
        send(&mut simulation, function, payload, 1);
        run_for(&mut simulation, 1);
    }
    let names = ["errors", "cold_starts", "suppressed_inits"];
    assert_eq!(figures_of(&simulation, function, &names), [1.0, 1.0, 1.0]);
}

// configuration-memory: processor power comes with memory, a whole one at 1,769 MB.
#[test]
fn work_on_the_processor_is_slower_with_less_memory() {
    for (memory, expected) in [(1_769, 100.0), (128, 1_383.0), (10_240, 100.0)] {
        let handler = json!([{ "step": "work", "duration": 100, "cpuBound": true }]);
        let (mut simulation, function) = alone(handler, json!({ "MemorySize": memory }));
        send(&mut simulation, function, json!({}), 1);
        run_for(&mut simulation, 5);
        assert_eq!(figure(&simulation, function, "billed_ms"), expected, "{memory} MB");
    }
}
