//! Costs at list prices.

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

fn client_sends(payload: Value, settings: Value) -> (Simulation, Uuid, Uuid) {
    let mut builder = Builder::new();
    let mut all = json!({ "Arrivals": { "constant": 0 }, "Payloads": [payload] });
    for (name, value) in settings.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    let client = builder.node(NodeKind::Client, "Client", all);
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    builder.edge(client, queue, instant());
    (simulate(&builder.build(), 5), client, queue)
}

/// A price of the document counts instead of the list price, from the beginning of the run.
#[test]
fn a_changed_price_changes_the_bill() {
    let (mut simulation, client, queue) = client_sends(json!({}), json!({}));
    send(&mut simulation, client, json!({}), 1_000);
    run_for(&mut simulation, 1);
    let (requests, cost) = charge(&simulation, queue, "requests");
    assert!((cost - requests * 0.4e-6).abs() < 1e-12);
    let hash = simulation.journal().hash();
    let prices = json!({ "SqsRequests": 4.0 }).as_object().cloned().expect("an object");
    apply(&mut simulation, Command::Edit(Edit::prices(prices)));
    let dearer = charge(&simulation, queue, "requests").1;
    assert!((dearer - 10.0 * cost).abs() < 1e-12, "{dearer} and {cost}");
    assert_eq!(simulation.journal().hash(), hash, "prices change nothing but the bill");
}

/// A negative price or one that nobody knows is refused, and the old prices stay.
#[test]
fn a_price_that_makes_no_sense_is_refused() {
    let (mut simulation, ..) = client_sends(json!({}), json!({}));
    for prices in [json!({ "SqsRequests": -1 }), json!({ "Sqs": 1 }), json!({ "freeTier": 1 })] {
        let prices = prices.as_object().cloned().expect("an object");
        assert!(simulation.apply(Command::Edit(Edit::prices(prices))).is_err());
    }
    assert!(simulation.document().prices.is_empty());
}

// aws.amazon.com/sqs/pricing: the first million requests of a month are free, if somebody wants to count so.
#[test]
fn the_free_tier_is_taken_off_only_where_it_is_asked_for() {
    let (mut simulation, client, queue) = client_sends(json!({}), json!({}));
    send(&mut simulation, client, json!({}), 1_000);
    run_for(&mut simulation, 60);
    assert!(charge(&simulation, queue, "requests").1 > 0.0);
    let before = simulation.cost().per_month_usd;
    let prices = json!({ "freeTier": true }).as_object().cloned().expect("an object");
    apply(&mut simulation, Command::Edit(Edit::prices(prices)));
    assert_eq!(charge(&simulation, queue, "requests").1, 0.0);
    // 1,000 a minute are 43.2 million a month, of which one million is free.
    let after = simulation.cost().per_month_usd;
    assert!((before - after - 0.4).abs() < 1e-6, "{before} and {after}");
}

/// Per million requests and per month follow from what there was so far.
#[test]
fn a_month_is_thirty_days_at_the_rate_so_far() {
    let (mut simulation, client, _) = client_sends(json!({}), json!({}));
    send(&mut simulation, client, json!({}), 600);
    run_for(&mut simulation, 60);
    let cost = simulation.cost();
    assert!((cost.per_million_requests_usd - 0.4).abs() < 1e-9);
    assert!((cost.per_month_usd - cost.total_usd * 43_200.0).abs() < 1e-9);
}

// aws.amazon.com/lambda/pricing: whole milliseconds, and since August 2025 the initialisation too.
#[test]
fn a_functions_initialisation_is_billed_in_whole_milliseconds() {
    let mut builder = Builder::new();
    let settings = json!({ "MemorySize": 1_024, "InitDuration": 200.4 });
    let function = function(&mut builder, "Function", works_for(100), settings);
    let mut simulation = simulate(&builder.build(), 5);
    send(&mut simulation, function, json!({}), 1);
    run_for(&mut simulation, 5);
    assert_eq!(charge(&simulation, function, "GB-seconds").0, 0.301);
}

// aws.amazon.com/sns/pricing: publications in 64 KB; deliveries over HTTP and by e-mail; none to queues and functions.
#[test]
fn a_topic_pays_for_publications_and_for_deliveries_outside() {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    let endpoint = builder.node(NodeKind::Endpoint, "Endpoint", json!({}));
    let mailer = builder.node(NodeKind::Mailer, "Mailer", json!({}));
    for to in [queue, endpoint, mailer] {
        builder.edge(topic, to, instant());
    }
    let mut simulation = simulate(&builder.build(), 5);
    send(&mut simulation, topic, json!({ "text": "x".repeat(100_000) }), 10);
    run_for(&mut simulation, 10);
    assert_eq!(charge(&simulation, topic, "publications").0, 20.0);
    let (http, cost) = charge(&simulation, topic, "deliveries over HTTP");
    assert_eq!((http, (cost - 10.0 * 0.6e-6).abs() < 1e-12), (10.0, true));
    let (mails, cost) = charge(&simulation, topic, "deliveries by e-mail");
    assert_eq!((mails, (cost - 10.0 * 2e-5).abs() < 1e-12), (10.0, true));
    // They are the topic's, not the e-mail service's.
    assert_eq!(charge(&simulation, mailer, "e-mails").0, 0.0);
}

// aws.amazon.com/eventbridge/pricing: custom events in 64 KB; delivery inside the account is free, to another bus not.
#[test]
fn a_bus_pays_for_events_and_for_what_goes_to_another_bus() {
    let mut builder = Builder::new();
    let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
    let other = builder.node(NodeKind::Bus, "Other", json!({}));
    let rule = builder.node(NodeKind::Rule, "Rule", json!({ "EventPattern": { "source": [{ "prefix": "" }] } }));
    builder.edge(bus, rule, instant());
    builder.edge(rule, other, instant());
    let mut simulation = simulate(&builder.build(), 5);
    send(&mut simulation, bus, json!({ "text": "x".repeat(100_000) }), 3);
    run_for(&mut simulation, 10);
    assert_eq!(charge(&simulation, bus, "events").0, 6.0);
    assert_eq!(charge(&simulation, rule, "events to another bus").0, 3.0);
}

fn database(engine: &str, steps: fn(&str) -> Value) -> (Simulation, Uuid, Uuid) {
    let mut builder = Builder::new();
    let settings = json!({ "Engine": engine, "QueryDuration": 1_000, "MinCapacity": 1.0 });
    let database = builder.node(NodeKind::Database, "Database", settings);
    let function = function(&mut builder, "Function", json!([]), json!({ "Timeout": 10 }));
    builder.edge(function, database, instant());
    builder.set(function, "Handler", steps(&database.to_string()));
    (simulate(&builder.build(), 5), function, database)
}

// aws.amazon.com/dynamodb/pricing/on-demand: a unit for each KB written, half a unit for each 4 KB read.
#[test]
fn a_key_value_table_pays_for_request_units() {
    let steps = |to: &str| {
        json!([
            { "step": "write", "to": to, "key": "{{message.key}}" },
            { "step": "read", "to": to, "key": "{{message.key}}" },
        ])
    };
    let (mut simulation, function, database) = database("key-value", steps);
    send(&mut simulation, function, json!({ "key": 1, "text": "x".repeat(4_500) }), 1);
    run_for(&mut simulation, 5);
    let (writes, cost) = charge(&simulation, database, "write request units");
    assert_eq!((writes, (cost - 5.0 * 0.625e-6).abs() < 1e-12), (5.0, true));
    assert_eq!(charge(&simulation, database, "read request units").0, 1.0);
}

// aws.amazon.com/rds/aurora/pricing: by the ACU-hour, at least the minimum, whether anything runs or not.
#[test]
fn a_relational_database_pays_for_its_capacity_by_the_hour() {
    let steps = |to: &str| json!([{ "step": "write", "to": to, "key": "{{message.key}}" }]);
    let (mut simulation, function, database) = database("relational", steps);
    run_for(&mut simulation, 3_600);
    let (hours, cost) = charge(&simulation, database, "ACU-hours");
    assert!((hours - 1.0).abs() < 1e-9 && (cost - 0.12).abs() < 1e-9, "{hours}");
    // 40 statements at the same time for a second, at four to an ACU, are 10 ACU for a second instead of 1.
    for key in 0..40 {
        send(&mut simulation, function, json!({ "key": key }), 1);
    }
    run_for(&mut simulation, 3_600);
    let hours = charge(&simulation, database, "ACU-hours").0 - hours;
    assert!((hours - 1.0 - 9.0 / 3_600.0).abs() < 1e-9, "{hours}");
    assert_eq!(charge(&simulation, database, "I/O requests").0, 40.0);
}

/// The sum over all nodes is the run's.
#[test]
fn the_bills_of_all_nodes_add_up_to_the_runs_cost() {
    for diagram in eventyard::lessons::guide::DIAGRAMS {
        let mut simulation = simulate(&diagram.document(), 7);
        run_for(&mut simulation, 60);
        let bills: f64 =
            simulation.plan().node_indices().flat_map(|node| simulation.charges(node)).map(|it| it.cost).sum();
        let whole = simulation.cost().total_usd;
        assert!(whole > 0.0 && (bills - whole).abs() < whole * 1e-9, "{}: {bills} and {whole}", diagram.id);
    }
}

// aws.amazon.com/sns/pricing: FIFO topics pay for each subscription's message, filtered or not.
#[test]
fn a_fifo_topic_pays_for_messages_that_are_filtered_out() {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({ "FifoTopic": true, "ContentBasedDeduplication": true }));
    for policy in [json!({ "FilterPolicy": { "kind": ["none"] } }), json!({})] {
        let queue = builder.node(NodeKind::Queue, "Queue", json!({ "FifoQueue": true }));
        builder.edge(topic, queue, policy);
    }
    let mut simulation = simulate(&builder.build(), 5);
    for n in 0..3 {
        send(&mut simulation, topic, json!({ "Message": { "n": n }, "MessageGroupId": "g" }), 1);
    }
    run_for(&mut simulation, 5);
    assert_eq!(figure(&simulation, topic, "filtered"), 3.0);
    assert_eq!(charge(&simulation, topic, "publications, FIFO").0, 3.0);
    assert_eq!(charge(&simulation, topic, "subscription messages, FIFO, filtered or not").0, 6.0);
}

// aws.amazon.com/sns/pricing: filtering by attributes is free, by the body it is not.
#[test]
fn a_topic_pays_for_the_bodies_that_its_filters_scan() {
    let mut builder = Builder::new();
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    builder.edge(topic, queue, json!({ "FilterPolicy": { "n": [1] }, "FilterPolicyScope": "MessageBody" }));
    let mut simulation = simulate(&builder.build(), 5);
    send(&mut simulation, topic, json!({ "text": "x".repeat(1_000) }), 10);
    run_for(&mut simulation, 5);
    let scanned = charge(&simulation, topic, "GB scanned by body filters").0 * 1_073_741_824.0;
    assert!((10_000.0..11_000.0).contains(&scanned), "{scanned}");
}

// aws.amazon.com/eventbridge/pricing: 64 KB chunks; archives by the gigabyte.
#[test]
fn a_bus_pays_for_events_in_chunks_and_for_what_it_archives() {
    let mut builder = Builder::new();
    let bus = builder.node(NodeKind::Bus, "Bus", json!({ "Archive": true }));
    let mut simulation = simulate(&builder.build(), 5);
    send(&mut simulation, bus, json!({ "text": "x".repeat(100_000) }), 2);
    run_for(&mut simulation, 5);
    assert_eq!(charge(&simulation, bus, "events").0, 4.0);
    let archived = charge(&simulation, bus, "GB archived").0 * 1_073_741_824.0;
    assert!((200_000.0..201_000.0).contains(&archived), "{archived}");
}

// aws.amazon.com/lambda/pricing: provisioned concurrency is paid for while it is kept, and runs at another price.
#[test]
fn provisioned_concurrency_is_paid_for_while_it_is_kept() {
    let mut builder = Builder::new();
    let settings = json!({ "MemorySize": 1_024, "ProvisionedConcurrentExecutions": 2 });
    let function = function(&mut builder, "Function", works_for(500), settings);
    let mut simulation = simulate(&builder.build(), 5);
    run_for(&mut simulation, 3_600);
    send(&mut simulation, function, json!({}), 1);
    run_for(&mut simulation, 5);
    assert_eq!(charge(&simulation, function, "GB-seconds in provisioned environments").0, 0.5);
    let kept = charge(&simulation, function, "GB-seconds of provisioned concurrency").0;
    assert!((6_900.0..=7_210.0).contains(&kept), "{kept}");
}
