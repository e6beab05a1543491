//! Faults.

use super::*;
use eventyard::diagram::{FAULT_KINDS, FaultInput, FaultKind, FaultTarget};
use eventyard::services::{Environment, Limit, Record, Status, What};

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

/// A diagram with every kind of node, every kind of edge, and traffic on all of them: the same each time, without chance.
struct Everything {
    document: Document,
    /// What stands for each kind.
    nodes: Vec<(NodeKind, Uuid)>,
    edges: Vec<(EdgeKind, Uuid)>,
}

fn everything() -> Everything {
    let mut builder = Builder::new();
    let client = json!({ "Arrivals": { "constant": 5 }, "Authorization": "t", "Payloads": [{ "n": "{{requestId}}" }] });
    let client = builder.node(NodeKind::Client, "Client", client);
    let gateway = json!({ "Authorizer": "TOKEN", "AuthorizerResultTtlInSeconds": 0 });
    let gateway = builder.node(NodeKind::Gateway, "Gateway", gateway);
    let allowed = json!({ "principalId": "p", "policyDocument": { "Statement": [
        { "Action": "*", "Effect": "Allow", "Resource": "*" } ] } });
    let authorizer =
        function(&mut builder, "Authorizer", json!([{ "step": "respond", "payload": allowed }]), json!({}));
    let shop = function(&mut builder, "Shop", json!([]), json!({ "Timeout": 900 }));
    let endpoint = builder.node(NodeKind::Endpoint, "Endpoint", json!({ "ResponseDuration": 10 }));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
    let database = builder.node(NodeKind::Database, "Database", json!({ "QueryDuration": 10 }));
    let mailer = builder.node(NodeKind::Mailer, "Mailer", json!({ "SendDuration": 10 }));
    let rule = builder.node(NodeKind::Rule, "Rule", json!({}));
    let worker = function(&mut builder, "Worker", always_fails(), json!({}));
    let dead = builder.node(NodeKind::Queue, "Dead letters", json!({}));
    let once = json!({ "MaximumRetryAttempts": 0 });
    let well = function(&mut builder, "Well", works_for(10), once.clone());
    let ill = function(&mut builder, "Ill", always_fails(), once);
    let [good, bad, lost, copies] =
        ["Good", "Bad", "Lost", "Copies"].map(|name| builder.node(NodeKind::Queue, name, json!({})));
    let slow = || json!({ "Latency": 20 });
    let mut edges = vec![
        (EdgeKind::Request, client, gateway, slow()),
        (EdgeKind::Authorizer, gateway, authorizer, slow()),
        (EdgeKind::Integration, gateway, shop, slow()),
        (EdgeKind::Call, shop, endpoint, slow()),
        (EdgeKind::Send, shop, queue, slow()),
        (EdgeKind::Publish, shop, topic, slow()),
        (EdgeKind::PutEvents, shop, bus, slow()),
        (EdgeKind::Query, shop, database, slow()),
        (EdgeKind::Email, shop, mailer, slow()),
        (EdgeKind::Subscription, topic, copies, slow()),
        (EdgeKind::Rule, bus, rule, slow()),
        (EdgeKind::Target, rule, well, slow()),
        (EdgeKind::EventSourceMapping, queue, worker, json!({ "Latency": 20, "VisibilityAfterFailureSeconds": 0 })),
        (EdgeKind::Redrive, queue, dead, json!({ "maxReceiveCount": 1 })),
        (EdgeKind::OnSuccess, well, good, slow()),
        (EdgeKind::OnFailure, ill, bad, slow()),
        (EdgeKind::DeadLetter, ill, lost, slow()),
    ]
    .into_iter()
    .map(|(kind, from, to, settings)| (kind, builder.edge_of(kind, from, to, settings)))
    .collect::<Vec<_>>();
    builder.edge(rule, ill, slow());
    edges.sort();
    let to = |step: &str, to: Uuid| json!({ "step": step, "to": to.to_string() });
    let mut events = to("putEvents", bus);
    (events["source"], events["detailType"]) = ("app".into(), "Happened".into());
    let mut mail = to("email", mailer);
    (mail["recipient"], mail["subject"], mail["body"]) = ("a@example.com".into(), "s".into(), "b".into());
    let calls = [to("call", endpoint), to("send", queue), to("publish", topic), events, to("write", database), mail];
    // One that fails keeps none of the others from happening.
    let careful = calls.map(|mut step| {
        (step["onError"], step["timeoutMillis"]) = ("continue".into(), 1_000.into());
        step
    });
    let mut handler = careful.to_vec();
    handler.push(json!({ "step": "respond", "payload": { "statusCode": 200 } }));
    builder.set(shop, "Handler", handler.into());
    let nodes = [
        (NodeKind::Gateway, gateway),
        (NodeKind::Function, worker),
        (NodeKind::Queue, queue),
        (NodeKind::Topic, topic),
        (NodeKind::Bus, bus),
        (NodeKind::Rule, rule),
        (NodeKind::Database, database),
        (NodeKind::Mailer, mailer),
        (NodeKind::Endpoint, endpoint),
    ];
    Everything { document: builder.build(), nodes: nodes.to_vec(), edges }
}

/// This fault, so strong that it cannot be overlooked.
fn strong(kind: &FaultKind) -> Fault {
    let value = match kind.input {
        FaultInput::Flag => json!(true),
        FaultInput::Share => json!(1.0),
        FaultInput::Milliseconds => json!(200),
        FaultInput::Factor => json!(10),
        FaultInput::Rate => json!(0),
        FaultInput::Count => json!(1),
    };
    let written = [(kind.name.to_string(), value)].into_iter().collect();
    Fault::parse(&written, None).expect("a fault")
}

/// What the journal says that only this fault can have done to the target.
fn traces(simulation: &Simulation, kind: &FaultKind, target: FaultTarget, index: u32) -> usize {
    let of_edge = |record: &Record| record.edge.is_some_and(|edge| edge.0 == index);
    let of_node = |record: &Record| record.node.0 == index;
    let here = |record: &Record| match target {
        FaultTarget::Edge(_) => of_edge(record),
        FaultTarget::Node(_) => of_node(record),
    };
    // 200 ms and ten times 20 ms are longer than anything takes here, half of it each way.
    let late = |record: &Record| match record.what {
        What::Departed { arrives, .. } | What::Replied { arrives, .. } => arrives.since(record.time) >= 90_000,
        _ => false,
    };
    let tells = |record: &Record| match kind.name {
        "outage" | "errorRate" => matches!(record.what, What::RefusedByFault { .. } | What::Struck { .. }),
        "throttlePerSecond" => matches!(
            record.what,
            What::RefusedByFault { status: Status::Http(429) } | What::Throttled { limit: Limit::Fault }
        ),
        "partition" | "lostAnswerRate" => record.what == What::Lost,
        "poison" => record.what == What::Poisoned,
        "duplicateRate" => record.what == What::Duplicated,
        "coldStarts" => matches!(record.what, What::Started { environment: Environment::New, .. }),
        "failover" => matches!(record.what, What::FailedOver { .. }),
        "latencyMillis" | "latencyFactor" => late(record),
        other => panic!("{other} is new: what does it do?"),
    };
    simulation.journal().since(0).filter(|(_, record)| here(record) && tells(record)).count()
}

/// What is on the schedule and what is set by hand both strike, and the journal says when, where and what.
fn strikes(everything: &Everything, kind: &FaultKind, target: FaultTarget, id: Uuid, scheduled: bool) {
    let what = format!("{} on {target:?}", kind.name);
    let fault = strong(kind);
    let mut document = everything.document.clone();
    if scheduled {
        document.faults.push(ScheduledFault { at: 5.0, until: Some(15.0), target: id, fault: fault.clone() });
    }
    let mut simulation = simulate(&document, 4);
    let index = match target {
        FaultTarget::Node(_) => simulation.plan().find_node(id).expect("a node").0,
        FaultTarget::Edge(_) => simulation.plan().find_edge(id).expect("an edge").0,
    };
    run_for(&mut simulation, 4);
    let before = traces(&simulation, kind, target, index);
    run_for(&mut simulation, 1);
    if !scheduled {
        inject(&mut simulation, id, fault.clone());
    }
    run_for(&mut simulation, 10);
    if !scheduled {
        inject(&mut simulation, id, Fault::default());
    }
    run_for(&mut simulation, 85);
    check_conservation(&simulation);
    let acted = |words: &str| {
        let records = simulation.journal().since(0).filter(|(_, record)| matches!(record.what, What::Acted { .. }));
        records.filter(|(_, record)| simulation.describe(record).contains(words)).count()
    };
    assert_eq!(acted(&fault.describe()), 1, "{what}: its beginning is in the journal");
    assert_eq!(acted("healed"), 1, "{what}: its end is in the journal");
    // A slow node shows in its answers; what it is asked over another edge.
    let by_figures = matches!(kind.name, "latencyMillis" | "latencyFactor") && matches!(target, FaultTarget::Node(_));
    if by_figures {
        let mut healthy = simulate(&everything.document, 4);
        run_for(&mut healthy, 100);
        let last = |simulation: &Simulation| simulation.journal().since(0).map(|(_, record)| record.time).max();
        assert!(last(&healthy) <= last(&simulation), "{what}");
        let answered = |simulation: &Simulation| {
            let records = simulation.journal().since(0).map(|(_, record)| record.what);
            let latency = |what| match what {
                What::Answered { latency, .. } => Some(latency),
                What::Departed { arrives, .. } => Some(arrives.0),
                _ => None,
            };
            records.filter_map(latency).sum::<u64>()
        };
        assert_ne!(answered(&healthy), answered(&simulation), "{what}: something takes longer");
    } else {
        let after = traces(&simulation, kind, target, index);
        assert!(after > before, "{what}: {before} before, {after} after");
    }
}

/// Where a kind of fault can happen, it does, on nodes and edges of every kind; where not, it is refused with the reason.
#[test]
fn every_kind_of_fault_strikes_every_kind_of_edge_or_is_refused_with_a_reason() {
    let everything = everything();
    assert_eq!(everything.edges.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), {
        let mut kinds = EdgeKind::ALL.to_vec();
        kinds.sort();
        kinds
    });
    let mut struck = 0;
    for (place, kind) in FAULT_KINDS.iter().enumerate() {
        for (number, (edge, id)) in everything.edges.iter().enumerate() {
            let target = FaultTarget::Edge(*edge);
            if kind.applies_to(target) {
                strikes(&everything, kind, target, *id, (place + number) % 2 == 0);
                struck += 1;
            } else {
                is_refused(&everything, kind, *id);
            }
        }
    }
    assert_eq!(
        struck,
        6 * 17 + 3 * 16,
        "of eleven kinds of faults six strike every kind of edge, and three all but one"
    );
}

#[test]
fn every_kind_of_fault_strikes_every_kind_of_node_or_is_refused_with_a_reason() {
    let everything = everything();
    for (place, kind) in FAULT_KINDS.iter().enumerate() {
        for (number, (node, id)) in everything.nodes.iter().enumerate() {
            let target = FaultTarget::Node(*node);
            if kind.applies_to(target) {
                strikes(&everything, kind, target, *id, (place + number) % 2 == 0);
            } else {
                is_refused(&everything, kind, *id);
            }
        }
        // Nobody asks a client.
        let client = everything.document.nodes.iter().find(|node| node.kind == NodeKind::Client).expect("a client");
        is_refused(&everything, kind, client.id);
    }
}

fn is_refused(everything: &Everything, kind: &FaultKind, target: Uuid) {
    let mut simulation = simulate(&everything.document, 4);
    let fault = strong(kind);
    let problems = simulation.apply(Command::Inject { target, fault: fault.clone() }).expect_err("refused");
    assert!(problems[0].message.contains("cannot happen to"), "{problems:?}");
    assert!(problems[0].message.ends_with(kind.elsewhere()), "the reason is said: {problems:?}");
    let mut document = everything.document.clone();
    document.faults.push(ScheduledFault { at: 1.0, until: None, target, fault });
    refused(&document, kind.elsewhere());
}

/// What takes no time of its own is slow in what comes to it and goes from it.
#[test]
fn multiplied_latency_on_a_gateway_lengthens_the_way_there_and_back() {
    let mut builder = Builder::new();
    let client = builder.node(NodeKind::Client, "Client", json!({ "Arrivals": { "constant": 1 } }));
    let gateway = builder.node(NodeKind::Gateway, "Gateway", json!({}));
    let answer = json!([{ "step": "respond", "payload": { "statusCode": 200 } }]);
    let function = function(&mut builder, "Function", answer, json!({}));
    builder.edge(client, gateway, json!({ "Latency": 40 }));
    builder.edge(gateway, function, instant());
    let mut simulation = simulate(&builder.build(), 5);
    inject(&mut simulation, gateway, Fault { latency_factor: Some(10.0), ..Fault::default() });
    run_for(&mut simulation, 10);
    let NodeView::Client(client) = view(&simulation, client) else { panic!("not a client") };
    assert!((399_000..402_000).contains(&client.latency.p50), "{}", client.latency.p50);
}

/// What comes twice over a mapping is worked on twice, and poison that comes over it stays poison.
#[test]
fn a_mappings_faults_strike_the_messages_that_are_received_over_it() {
    let redrive = json!({ "maxReceiveCount": 2 });
    let queue = json!({ "VisibilityTimeout": 5 });
    let mut station = station(queue, works_for(10), json!({}), json!({}), redrive, json!({}));
    let mapping = station.simulation.plan().edges[0].id;
    inject(&mut station.simulation, mapping, Fault { duplicate_rate: 1.0, ..Fault::default() });
    send(&mut station.simulation, station.queue, json!({}), 1);
    run_for(&mut station.simulation, 1);
    assert!(figure(&station.simulation, station.function, "invocations") >= 2.0);
    inject(&mut station.simulation, mapping, Fault { poison: 1, ..Fault::default() });
    run_for(&mut station.simulation, 20);
    send(&mut station.simulation, station.queue, json!({}), 1);
    run_for(&mut station.simulation, 20);
    // Received twice, it failed twice.
    assert_eq!(figure(&station.simulation, station.function, "errors"), 2.0);
    check_conservation(&station.simulation);
}

// lambda-invocation-async-retain-records: a record that cannot be delivered is counted and lost.
#[test]
fn a_partition_of_a_destination_loses_its_records() {
    let everything = everything();
    let mut simulation = simulate(&everything.document, 4);
    let id = |kind: EdgeKind| everything.edges.iter().find(|edge| edge.0 == kind).expect("an edge").1;
    let good = everything.document.nodes.iter().find(|node| node.name == "Good").expect("a queue").id;
    inject(&mut simulation, id(EdgeKind::OnSuccess), Fault { partition: true, ..Fault::default() });
    run_for(&mut simulation, 70);
    assert_eq!(figure(&simulation, good, "sent"), 0.0);
    assert!(simulation.dropped(Reason::Failed) > 0);
    check_conservation(&simulation);
}

// services-apigateway-errors: an authorizer that cannot be reached is a 500, for who may not be asked is not let in.
#[test]
fn an_outage_of_the_way_to_the_authorizer_lets_nobody_in() {
    let everything = everything();
    let mut simulation = simulate(&everything.document, 4);
    let edge = everything.edges.iter().find(|edge| edge.0 == EdgeKind::Authorizer).expect("an edge").1;
    let gateway = everything.nodes[0].1;
    inject(&mut simulation, edge, Fault { outage: true, ..Fault::default() });
    run_for(&mut simulation, 10);
    assert_eq!(statuses(&simulation, gateway).iter().map(|(code, _)| *code).collect::<Vec<_>>(), [500]);
}
