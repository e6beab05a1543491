//! Faults.

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

fn inject(simulation: &mut Simulation, target: Uuid, fault: Fault) {
    apply(simulation, Command::Inject { target, fault });
}

/// A function that writes one row for each message of a queue, without anything random.
struct Writer {
    builder: Builder,
    function: Uuid,
    database: Uuid,
    query: Uuid,
}

fn writer(step: Value) -> Writer {
    let mut builder = Builder::new();
    let database = builder.node(NodeKind::Database, "Database", json!({ "QueryDuration": 10 }));
    let function = function(&mut builder, "Function", json!([]), json!({ "Timeout": 120 }));
    let query = builder.edge(function, database, instant());
    let mut write = json!({ "step": "write", "to": database.to_string(), "key": "{{message.key}}" });
    for (name, value) in step.as_object().into_iter().flatten() {
        write[name] = value.clone();
    }
    builder.set(function, "Handler", json!([write]));
    Writer { builder, function, database, query }
}

fn happened(simulation: &Simulation, words: &str) -> usize {
    let records = simulation.journal().since(0).map(|(_, record)| simulation.describe(record));
    records.filter(|said| said.contains(words)).count()
}

/// A fault of the document begins and ends at its times, and the journal says so.
#[test]
fn a_scheduled_fault_begins_and_ends_by_itself() {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    let mut document = builder.build();
    let fault = Fault { outage: true, ..Fault::default() };
    document.faults.push(ScheduledFault { at: 10.0, until: Some(20.0), target: queue, fault });
    let mut simulation = simulate(&document, 5);
    let node = simulation.plan().find_node(queue).expect("the queue");
    run_for(&mut simulation, 9);
    assert!(simulation.node_fault(node).is_none());
    run_for(&mut simulation, 2);
    assert!(simulation.node_fault(node).outage);
    send(&mut simulation, queue, json!({}), 1);
    run_for(&mut simulation, 10);
    assert!(simulation.node_fault(node).is_none());
    send(&mut simulation, queue, json!({}), 1);
    run_for(&mut simulation, 1);
    assert_eq!(figure(&simulation, queue, "sent"), 1.0);
    assert_eq!((happened(&simulation, "outage"), happened(&simulation, "healed")), (1, 1));
    check_conservation(&simulation);
}

/// Cancelled before it began, it never happens; cancelled while in force, it heals.
#[test]
fn a_scheduled_fault_can_be_cancelled() {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    let mut simulation = simulate(&builder.build(), 5);
    let node = simulation.plan().find_node(queue).expect("the queue");
    let outage =
        |at: f64| ScheduledFault { at, until: None, target: queue, fault: Fault { outage: true, ..Fault::default() } };
    apply(&mut simulation, Command::Edit(Edit::schedule(&[outage(5.0), outage(50.0)])));
    run_for(&mut simulation, 6);
    assert!(simulation.node_fault(node).outage);
    apply(&mut simulation, Command::Edit(Edit::schedule(&[outage(50.0)])));
    assert!(simulation.node_fault(node).is_none());
    apply(&mut simulation, Command::Edit(Edit::schedule(&[])));
    run_for(&mut simulation, 60);
    assert!(simulation.node_fault(node).is_none());
    assert_eq!(happened(&simulation, "taken off the schedule"), 2);
}

/// What people did by hand meanwhile stays when the scheduled fault ends.
#[test]
fn a_fault_set_by_hand_outlasts_the_scheduled_one() {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    let mut document = builder.build();
    let fault = Fault { outage: true, ..Fault::default() };
    document.faults.push(ScheduledFault { at: 1.0, until: Some(10.0), target: queue, fault });
    let mut simulation = simulate(&document, 5);
    run_for(&mut simulation, 5);
    inject(&mut simulation, queue, Fault { error_rate: 0.5, ..Fault::default() });
    run_for(&mut simulation, 10);
    let node = simulation.plan().find_node(queue).expect("the queue");
    assert_eq!(simulation.node_fault(node).error_rate, 0.5);
}

/// A fault that its target cannot have, or for nobody, is refused with its place.
#[test]
fn a_scheduled_fault_that_does_not_fit_is_refused() {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    let mut document = builder.build();
    let fault = Fault { cold_starts: true, ..Fault::default() };
    document.faults.push(ScheduledFault { at: 1.0, until: None, target: queue, fault });
    refused(&document, "cannot happen to a queue");
    document.faults[0].target = Uuid::from_u128(7);
    refused(&document, "faults[0].target");
}

/// A document with faults and prices is read as it was written.
#[test]
fn faults_and_prices_survive_saving() {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    let mut document = builder.build();
    let fault = Fault { latency: Some(Distribution::Constant(5.0)), poison: 2, ..Fault::default() };
    document.faults.push(ScheduledFault { at: 1.5, until: None, target: queue, fault });
    document.prices.insert("SqsRequests".to_string(), json!(0.3));
    assert_eq!(Document::parse(&document.to_text()), Ok(document.clone()));
    document.prices.insert("SqsRequest".to_string(), json!(0.3));
    refused(&document, "prices.SqsRequest");
}

/// The caller hears nothing and times out by its own setting, not at once.
#[test]
fn a_partition_leaves_the_caller_to_its_timeout() {
    let Writer { builder, function, query, .. } = writer(json!({ "timeoutMillis": 2_000 }));
    let mut simulation = simulate(&builder.build(), 5);
    inject(&mut simulation, query, Fault { partition: true, ..Fault::default() });
    send(&mut simulation, function, json!({ "key": 1 }), 1);
    run_for(&mut simulation, 100);
    assert_eq!(figure(&simulation, function, "billed_ms"), 2_000.0);
    assert_eq!(happened(&simulation, "lost between"), 1);
    check_conservation(&simulation);
}

// botocore, config: read_timeout is 60 seconds where nobody sets another.
#[test]
fn a_partition_ends_in_the_sockets_timeout_where_nothing_shorter_is_set() {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    let subscription = builder.edge(topic, queue, instant());
    let mut simulation = simulate(&builder.build(), 5);
    inject(&mut simulation, subscription, Fault { partition: true, ..Fault::default() });
    send(&mut simulation, topic, json!({}), 1);
    run_for(&mut simulation, 30);
    inject(&mut simulation, subscription, Fault::default());
    run_for(&mut simulation, 29);
    assert_eq!(figure(&simulation, queue, "sent"), 0.0);
    run_for(&mut simulation, 2);
    assert_eq!(figure(&simulation, queue, "sent"), 1.0);
    check_conservation(&simulation);
}

/// A partition that begins while the work is under way loses the answer, not the work.
#[test]
fn a_partition_loses_answers_that_are_still_to_come() {
    let Writer { mut builder, function, database, query } = writer(json!({ "timeoutMillis": 1_000 }));
    builder.set(database, "QueryDuration", json!(500));
    let mut simulation = simulate(&builder.build(), 5);
    send(&mut simulation, function, json!({ "key": 1 }), 1);
    let until = simulation.now() + 100_000;
    run_to(&mut simulation, until);
    inject(&mut simulation, query, Fault { partition: true, ..Fault::default() });
    run_for(&mut simulation, 10);
    assert_eq!(figure(&simulation, database, "rows"), 1.0);
    assert_eq!(figure(&simulation, function, "errors"), 1.0);
}

/// The row is there, the answer is not: the retry writes it again.
#[test]
fn a_lost_acknowledgement_makes_a_retry_write_twice() {
    let Writer { builder, function, database, query } = writer(json!({ "timeoutMillis": 1_000, "retries": 1 }));
    let mut simulation = simulate(&builder.build(), 5);
    inject(&mut simulation, query, Fault { lost_answer_rate: 1.0, ..Fault::default() });
    send(&mut simulation, function, json!({ "key": 1 }), 1);
    run_for(&mut simulation, 100);
    assert_eq!(figure(&simulation, database, "rows"), 2.0);
    assert_eq!(figure(&simulation, database, "duplicates"), 1.0);
    check_conservation(&simulation);
}

/// The remedy: with a conditional write the retry changes nothing.
#[test]
fn an_idempotent_write_makes_a_lost_acknowledgement_harmless() {
    let step = json!({ "timeoutMillis": 1_000, "retries": 1, "idempotent": true });
    let Writer { builder, function, database, query } = writer(step);
    let mut simulation = simulate(&builder.build(), 5);
    inject(&mut simulation, query, Fault { lost_answer_rate: 1.0, ..Fault::default() });
    send(&mut simulation, function, json!({ "key": 1 }), 1);
    run_for(&mut simulation, 100);
    assert_eq!(figure(&simulation, database, "rows"), 1.0);
}

// sns-message-delivery-retries: no answer is tried again, so the queue gets it twice.
#[test]
fn a_topic_that_loses_an_acknowledgement_delivers_again() {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    let subscription = builder.edge(topic, queue, instant());
    let mut simulation = simulate(&builder.build(), 5);
    inject(&mut simulation, subscription, Fault { lost_answer_rate: 1.0, ..Fault::default() });
    send(&mut simulation, topic, json!({}), 1);
    run_for(&mut simulation, 30);
    inject(&mut simulation, subscription, Fault::default());
    run_for(&mut simulation, 100);
    assert_eq!(figure(&simulation, queue, "sent"), 2.0);
    check_conservation(&simulation);
}

// sqs-visibility-timeout: a receive whose answer is lost still hides the messages.
#[test]
fn a_lost_receive_leaves_the_messages_in_flight_until_their_visibility_timeout() {
    let mut station =
        station(json!({ "VisibilityTimeout": 10 }), works_for(10), json!({}), json!({}), json!({}), json!({}));
    let mapping = station.simulation.plan().edges[0].id;
    inject(&mut station.simulation, mapping, Fault { lost_answer_rate: 1.0, ..Fault::default() });
    send(&mut station.simulation, station.queue, json!({}), 1);
    run_for(&mut station.simulation, 5);
    assert_eq!(figure(&station.simulation, station.queue, "in_flight"), 1.0);
    inject(&mut station.simulation, mapping, Fault::default());
    run_for(&mut station.simulation, 100);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 1.0);
    assert!(figure(&station.simulation, station.queue, "redelivered") >= 1.0);
    check_conservation(&station.simulation);
}

/// A poison message fails each time, and only itself.
#[test]
fn a_poison_message_always_fails_its_consumer_and_ends_in_the_dead_letter_queue() {
    let redrive = json!({ "maxReceiveCount": 3 });
    let queue = json!({ "VisibilityTimeout": 5 });
    let mut station = station(queue, works_for(10), json!({}), json!({}), redrive, json!({}));
    inject(&mut station.simulation, station.queue, Fault { poison: 1, ..Fault::default() });
    send(&mut station.simulation, station.queue, json!({ "n": 1 }), 1);
    send(&mut station.simulation, station.queue, json!({ "n": 2 }), 3);
    run_for(&mut station.simulation, 120);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 3.0);
    assert_eq!(figure(&station.simulation, station.function, "errors"), 3.0);
    assert_eq!(figure(&station.simulation, station.dead, "visible"), 1.0);
    check_conservation(&station.simulation);
}

/// Copies of a poison message are poison too: each subscriber fails over its own.
#[test]
fn a_poison_message_is_poison_for_every_subscriber() {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let functions = ["One", "Two"].map(|name| {
        let settings = json!({ "MaximumRetryAttempts": 0 });
        let function = function(&mut builder, name, works_for(10), settings);
        builder.edge(topic, function, instant());
        function
    });
    let mut simulation = simulate(&builder.build(), 5);
    inject(&mut simulation, topic, Fault { poison: 1, ..Fault::default() });
    send(&mut simulation, topic, json!({}), 2);
    run_for(&mut simulation, 10);
    for function in functions {
        assert_eq!(figure(&simulation, function, "invocations"), 2.0);
        assert_eq!(figure(&simulation, function, "errors"), 1.0);
    }
}

/// What is delivered twice is worked on twice.
#[test]
fn a_duplicate_delivery_runs_the_function_twice() {
    let Writer { builder, function, database, .. } = writer(json!({}));
    let mut simulation = simulate(&builder.build(), 5);
    inject(&mut simulation, function, Fault { duplicate_rate: 1.0, ..Fault::default() });
    send(&mut simulation, function, json!({ "key": 1 }), 1);
    run_for(&mut simulation, 10);
    assert_eq!(figure(&simulation, function, "invocations"), 2.0);
    assert_eq!(figure(&simulation, database, "duplicates"), 1.0);
    check_conservation(&simulation);
}

// lambda-runtime-environment: a new environment initialises first.
#[test]
fn a_cold_start_storm_starts_every_invocation_in_a_new_environment() {
    let mut builder = Builder::new();
    let function = function(&mut builder, "Function", works_for(10), json!({ "InitDuration": 500 }));
    let mut simulation = simulate(&builder.build(), 5);
    for round in 0..4 {
        if round == 1 {
            inject(&mut simulation, function, Fault { cold_starts: true, ..Fault::default() });
        }
        send(&mut simulation, function, json!({}), 1);
        run_for(&mut simulation, 5);
    }
    assert_eq!(figure(&simulation, function, "cold_starts"), 4.0);
}

/// A slow node is a multiple of itself: the mean of its durations, not a constant more.
#[test]
fn multiplied_latency_scales_what_the_work_takes() {
    let Writer { builder, function, database, .. } = writer(json!({}));
    let mut simulation = simulate(&builder.build(), 5);
    inject(&mut simulation, database, Fault { latency_factor: Some(30.0), ..Fault::default() });
    send(&mut simulation, function, json!({ "key": 1 }), 1);
    run_for(&mut simulation, 5);
    assert_eq!(figure(&simulation, function, "billed_ms"), 300.0);
}

/// Slow and failing for a minute, then well again.
#[test]
fn a_brownout_is_slow_and_failing_for_its_time_only() {
    let mut builder = Builder::new();
    let client = builder.node(NodeKind::Client, "Client", json!({ "Arrivals": { "constant": 10 } }));
    let gateway = builder.node(NodeKind::Gateway, "Gateway", json!({}));
    let work = json!([
        { "step": "work", "duration": 20 },
        { "step": "respond", "payload": { "statusCode": 200 } },
    ]);
    let function = function(&mut builder, "Function", work, json!({}));
    builder.edge(client, gateway, instant());
    builder.edge(gateway, function, instant());
    let mut document = builder.build();
    let fault = Fault { error_rate: 0.5, latency_factor: Some(10.0), ..Fault::default() };
    document.faults.push(ScheduledFault { at: 10.0, until: Some(70.0), target: function, fault });
    let mut simulation = simulate(&document, 5);
    run_for(&mut simulation, 10);
    assert_eq!(figure(&simulation, function, "errors"), 0.0);
    run_for(&mut simulation, 60);
    let errors = figure(&simulation, function, "errors");
    assert!((200.0..400.0).contains(&errors), "{errors} of 600");
    run_for(&mut simulation, 1);
    let before = figure(&simulation, function, "errors");
    run_for(&mut simulation, 60);
    assert_eq!(figure(&simulation, function, "errors"), before);
}

/// The same story told again gives the same journal: from a copy made on the way, with the commands that followed.
#[test]
fn a_snapshot_and_the_commands_that_followed_give_the_same_run() {
    let document = eventyard::lessons::guide::find("combined").expect("a diagram of the guide").document();
    let database = document.nodes.iter().find(|node| node.kind == NodeKind::Database).expect("a database").id;
    let mut simulation = simulate(&document, 9);
    run_for(&mut simulation, 20);
    let mut snapshot = simulation.clone();
    inject(&mut simulation, database, Fault { outage: true, ..Fault::default() });
    for _ in 0..5 {
        simulation.step();
    }
    inject(&mut simulation, database, Fault { error_rate: 0.3, ..Fault::default() });
    run_for(&mut simulation, 30);
    inject(&mut simulation, database, Fault::default());
    run_for(&mut simulation, 30);
    let done = simulation.log().to_vec();
    assert_eq!(done.len(), 3);
    for done in &done {
        snapshot.replay(done).expect("what was possible is possible again");
    }
    snapshot.run_until(simulation.now(), u64::MAX);
    assert_eq!(snapshot.journal().hash(), simulation.journal().hash());
}
