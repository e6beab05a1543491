//! Databases and e-mail.

use super::*;

/// A function with these steps, and a database or e-mail service that it is connected to.
struct Store {
    simulation: Simulation,
    function: Uuid,
    store: Uuid,
}

/// `steps` gets the store's id.
fn store(kind: NodeKind, settings: Value, steps: impl Fn(&str) -> Value) -> Store {
    let mut builder = Builder::new();
    let store = builder.node(kind, "Store", settings);
    let function = function(&mut builder, "Function", json!([]), json!({ "Timeout": 120 }));
    builder.edge(function, store, instant());
    builder.set(function, "Handler", steps(&store.to_string()));
    Store { simulation: simulate(&builder.build(), 5), function, store }
}

fn write(to: &str) -> Value {
    json!([{ "step": "write", "to": to, "table": "payments", "key": "{{message.key}}" }])
}

fn write_once(to: &str) -> Value {
    json!([{ "step": "write", "to": to, "table": "payments", "key": "{{message.key}}", "idempotent": true }])
}

fn read(to: &str) -> Value {
    json!([{ "step": "read", "to": to, "table": "payments", "key": "{{message.key}}" }])
}

fn mail(to: &str) -> Value {
    json!([{ "step": "email", "to": to, "recipient": "a@example.com", "subject": "s", "body": "b" }])
}

fn relational(settings: Value, steps: impl Fn(&str) -> Value) -> Store {
    store(NodeKind::Database, settings, steps)
}

fn key_value(settings: Value, steps: impl Fn(&str) -> Value) -> Store {
    let mut all = json!({ "Engine": "key-value", "QueryDuration": 5 });
    for (name, value) in settings.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    store(NodeKind::Database, all, steps)
}

impl Store {
    /// Sends a message with this key.
    fn put(&mut self, key: Value, count: u32) {
        send(&mut self.simulation, self.function, json!({ "key": key }), count);
    }

    /// Sends `count` messages, each with a key of its own, all at once.
    fn put_each(&mut self, count: u32) {
        for key in 0..count {
            self.put(key.into(), 1);
        }
    }

    fn run(&mut self, seconds: u64) {
        run_for(&mut self.simulation, seconds);
        check_conservation(&self.simulation);
    }

    fn figure(&self, name: &str) -> f64 {
        figure(&self.simulation, self.store, name)
    }

    fn errors(&self) -> f64 {
        figure(&self.simulation, self.function, "errors")
    }
}

// AuroraPostgreSQL.Managing.Performance: max_connections; who finds none waits.
#[test]
fn statements_beyond_the_connections_wait_for_one() {
    let mut it = relational(json!({ "MaximumConnections": 2, "QueryDuration": 1_000 }), write);
    it.put_each(6);
    let until = it.simulation.now() + 500_000;
    run_to(&mut it.simulation, until);
    assert_eq!((it.figure("connections"), it.figure("waiting")), (2.0, 4.0));
    it.run(3);
    assert_eq!(it.figure("rows"), 6.0);
}

/// A statement that waits too long fails, and its message is not lost.
#[test]
fn a_statement_that_finds_no_connection_in_time_fails() {
    let settings = json!({ "MaximumConnections": 1, "QueryDuration": 2_000, "ConnectionTimeoutMillis": 500 });
    let mut it = relational(settings, write);
    it.put_each(3);
    it.run(10);
    assert_eq!((it.figure("rows"), it.figure("failures"), it.errors()), (1.0, 2.0, 2.0));
}

// rds-proxy: with a proxy connections are shared between statements.
#[test]
fn by_default_a_connection_is_free_as_soon_as_its_statement_is_done() {
    let mut it = relational(json!({ "QueryDuration": 10 }), write);
    it.put_each(20);
    it.run(1);
    assert_eq!(it.figure("connections"), 0.0);
}

// rds-proxy: without one, environments keep connections that they do not use.
#[test]
fn connections_that_callers_keep_are_reused_without_opening_new_ones() {
    let settings = json!({ "QueryDuration": 10, "IdleConnectionSeconds": 60, "ConnectDuration": 100 });
    let mut it = relational(settings, write);
    for round in 0..5 {
        it.put(round.into(), 1);
        it.run(1);
    }
    assert_eq!((it.figure("connections_opened"), it.figure("connections")), (1.0, 1.0));
    it.run(120);
    it.put(9.into(), 1);
    it.run(1);
    assert_eq!(it.figure("connections_opened"), 2.0);
}

/// One function's unused connections keep another out: the connection storm's aftermath.
#[test]
fn unused_connections_of_one_caller_keep_another_out() {
    let mut builder = Builder::new();
    let settings = json!({
        "QueryDuration": 100, "MaximumConnections": 5, "IdleConnectionSeconds": 10, "ConnectionTimeoutMillis": 2_000,
    });
    let database = builder.node(NodeKind::Database, "Database", settings);
    let [first, second] = ["First", "Second"].map(|name| {
        let function = function(&mut builder, name, json!([]), json!({ "Timeout": 60 }));
        builder.edge(function, database, instant());
        builder.set(function, "Handler", write(&database.to_string()));
        function
    });
    let mut simulation = simulate(&builder.build(), 5);
    for key in 0..5 {
        send(&mut simulation, first, json!({ "key": key }), 1);
    }
    run_for(&mut simulation, 1);
    assert_eq!(figure(&simulation, database, "connections"), 5.0);
    send(&mut simulation, second, json!({ "key": 9 }), 1);
    run_for(&mut simulation, 3);
    assert_eq!(figure(&simulation, second, "errors"), 1.0);
    // Until they are closed: then whoever waits gets one.
    run_for(&mut simulation, 4);
    let until = simulation.now() + 500_000;
    run_to(&mut simulation, until);
    send(&mut simulation, second, json!({ "key": 9 }), 1);
    run_for(&mut simulation, 3);
    assert_eq!(figure(&simulation, database, "rows"), 6.0);
    check_conservation(&simulation);
}

/// Beyond the transactions a second, statements take longer and hold their connections longer.
#[test]
fn transactions_a_second_are_limited() {
    let mut it = relational(json!({ "QueryDuration": 1, "TransactionsPerSecond": 10 }), write);
    it.put_each(50);
    it.run(2);
    assert!((20.0..=21.0).contains(&it.figure("rows")), "{}", it.figure("rows"));
    it.run(4);
    assert_eq!(it.figure("rows"), 50.0);
}

// Concepts.AuroraHighAvailability: typically within 60 seconds, often within 30.
#[test]
fn a_failover_rolls_back_what_runs_and_keeps_everybody_out_for_its_time() {
    let mut it = relational(json!({ "QueryDuration": 1_000, "FailoverSeconds": 20 }), write);
    it.put_each(3);
    let until = it.simulation.now() + 500_000;
    run_to(&mut it.simulation, until);
    let fault = Fault { failover: true, ..Fault::default() };
    apply(&mut it.simulation, Command::Inject { target: it.store, fault });
    it.run(10);
    assert_eq!((it.figure("rows"), it.errors()), (0.0, 3.0));
    it.put(7.into(), 1);
    it.run(5);
    assert_eq!(it.errors(), 4.0);
    it.run(5);
    it.put(8.into(), 1);
    it.run(2);
    assert_eq!(it.figure("rows"), 1.0);
}

/// After a failover everybody opens a new connection at once.
#[test]
fn a_failover_is_followed_by_a_storm_of_new_connections() {
    let settings = json!({
        "QueryDuration": 50, "IdleConnectionSeconds": 600, "ConnectDuration": 100, "FailoverSeconds": 5,
    });
    let mut it = relational(settings, write);
    it.put_each(10);
    it.run(1);
    assert_eq!(it.figure("connections_opened"), 10.0);
    apply(
        &mut it.simulation,
        Command::Inject { target: it.store, fault: Fault { failover: true, ..Fault::default() } },
    );
    it.run(6);
    assert_eq!(it.figure("connections"), 0.0);
    it.put_each(10);
    it.run(1);
    assert_eq!(it.figure("connections_opened"), 20.0);
}

/// Without a key that is unique, what is written twice is there twice.
#[test]
fn a_relational_table_shows_a_duplicate_as_a_second_row() {
    let mut it = relational(json!({}), write);
    it.put(1.into(), 2);
    it.run(1);
    assert_eq!((it.figure("rows"), it.figure("duplicates")), (2.0, 1.0));
}

/// INSERT … ON CONFLICT DO NOTHING, or a look at the idempotency key first.
#[test]
fn an_idempotent_write_is_made_once() {
    let mut it = relational(json!({}), write_once);
    it.put(1.into(), 5);
    it.run(1);
    assert_eq!((it.figure("rows"), it.figure("duplicates")), (1.0, 0.0));
    assert_eq!(it.errors(), 0.0);
}

// API_PutItem: an item with the same key is replaced.
#[test]
fn a_put_with_a_key_that_is_there_replaces_the_item() {
    let mut it = key_value(json!({}), write);
    it.put(1.into(), 3);
    it.run(1);
    assert_eq!((it.figure("rows"), it.figure("duplicates"), it.figure("statements")), (1.0, 0.0, 3.0));
    assert!(it.simulation.happened(|what| what == eventyard::services::What::RowReplaced));
}

// API_PutItem, attribute_not_exists: the second writer learns that it came second, and the item stays.
#[test]
fn a_conditional_put_is_made_once_and_says_so() {
    let mut builder = Builder::new();
    let database = builder.node(NodeKind::Database, "Table", json!({ "Engine": "key-value", "QueryDuration": 5 }));
    let client = builder.node(NodeKind::Client, "Client", json!({ "Arrivals": { "constant": 0 } }));
    let function = function(&mut builder, "Function", json!([]), json!({}));
    builder.edge(client, function, instant());
    builder.edge(function, database, instant());
    let mut steps = write_once(&database.to_string());
    let answer = json!({ "step": "respond", "payload": "{{result}}" });
    steps.as_array_mut().expect("steps").push(answer);
    builder.set(function, "Handler", steps);
    let mut simulation = simulate(&builder.build(), 5);
    for _ in 0..2 {
        send(&mut simulation, client, json!({ "key": 1 }), 1);
        run_for(&mut simulation, 1);
    }
    assert_eq!(figure(&simulation, database, "rows"), 1.0);
    let NodeView::Client(client) = view(&simulation, client) else { panic!("not a client") };
    assert!(client.recent[0].answer.contains("ConditionalCheckFailedException"), "{}", client.recent[0].answer);
    assert!(!client.recent[1].answer.contains("ConditionalCheckFailedException"));
}

// on-demand-capacity-mode: a new table takes 4,000 writes a second.
#[test]
fn a_new_on_demand_table_takes_4_000_writes_a_second() {
    let mut it = key_value(json!({}), write);
    it.put_each(500);
    for _ in 0..12 {
        it.run(1);
        for key in 0..500 {
            it.put((1_000 + key).into(), 1);
        }
    }
    assert_eq!(it.figure("throttles"), 0.0);
    // The account's 1,000 environments, again and again within one second.
    it.simulation.run_until(it.simulation.now() + 1_000_000, u64::MAX);
    for wave in 0..6 {
        for key in 0..900 {
            it.put((10_000 * (wave + 1) + key).into(), 1);
        }
        let until = it.simulation.now() + 20_000;
        run_to(&mut it.simulation, until);
    }
    it.run(1);
    let throttles = it.figure("throttles");
    assert_eq!(throttles, 6.0 * 900.0 - 4_000.0);
}

// on-demand-capacity-mode: up to double the previous peak at once; it doubles within half an hour.
#[test]
fn an_on_demand_table_takes_twice_its_previous_peak_half_an_hour_later() {
    let mut it = key_value(json!({}), write);
    let NodeView::Database(before) = view(&it.simulation, it.store) else { panic!("not a database") };
    assert_eq!(before.maximum, 4_000);
    for wave in 0..4 {
        for key in 0..900 {
            it.put((10_000 * wave + key).into(), 1);
        }
        let until = it.simulation.now() + 20_000;
        run_to(&mut it.simulation, until);
    }
    it.run(31 * 60);
    it.put(1.into(), 1);
    it.run(1);
    let NodeView::Database(after) = view(&it.simulation, it.store) else { panic!("not a database") };
    assert_eq!(after.maximum, 7_200);
}

// bp-partition-key-design: one partition takes 1,000 write units a second, however much the table could.
#[test]
fn one_key_takes_1_000_writes_a_second() {
    let mut it = key_value(json!({}), write);
    for _ in 0..2 {
        it.put(1.into(), 800);
        let until = it.simulation.now() + 20_000;
        run_to(&mut it.simulation, until);
    }
    it.run(1);
    assert_eq!(it.figure("throttles"), 600.0);
    it.put(1.into(), 800);
    it.run(1);
    assert_eq!(it.figure("throttles"), 600.0);
}

// bp-partition-key-design: 3,000 read units a second; two eventually consistent reads are one.
#[test]
fn a_write_counts_a_unit_for_each_kilobyte() {
    let mut it = key_value(json!({}), write);
    send(&mut it.simulation, it.function, json!({ "key": 1, "text": "x".repeat(3_000) }), 400);
    it.run(2);
    // 3 units each: 333 of them fit into 1,000 of the one key.
    assert_eq!(it.figure("throttles"), 400.0 - 333.0);
}

// ServiceQuotas: 400 KB.
#[test]
fn an_item_of_more_than_400_kb_is_refused() {
    let mut it = key_value(json!({}), write);
    send(&mut it.simulation, it.function, json!({ "key": 1, "text": "x".repeat(399_000) }), 1);
    send(&mut it.simulation, it.function, json!({ "key": 2, "text": "x".repeat(410_000) }), 1);
    it.run(1);
    assert_eq!((it.figure("rows"), it.errors()), (1.0, 1.0));
}

/// A read finds the row that was written last under its key, and nothing where there is none.
#[test]
fn a_read_finds_what_was_written_last() {
    let steps = |to: &str| {
        let mut steps = write(to);
        steps.as_array_mut().expect("steps").extend(read(to).as_array().cloned().unwrap_or_default());
        steps
    };
    let mut it = key_value(json!({}), steps);
    it.put(1.into(), 1);
    it.run(1);
    let found = |it: &Store, found| it.simulation.happened(|what| what == eventyard::services::What::RowRead { found });
    assert!(found(&it, true) && !found(&it, false));
}

// manage-sending-quotas: what exceeds the rate is refused, apart from short bursts.
#[test]
fn a_mailer_refuses_what_exceeds_its_sending_rate() {
    let mut it = store(NodeKind::Mailer, json!({ "MaxSendRate": 10, "SendDuration": 5 }), mail);
    it.put(1.into(), 25);
    it.run(1);
    assert_eq!((it.figure("throttles"), it.errors()), (15.0, 15.0));
    for _ in 0..10 {
        it.put(1.into(), 10);
        it.run(1);
    }
    assert_eq!(it.figure("throttles"), 15.0);
}

// manage-sending-quotas: the quota is that of the last 24 hours, not of a day.
#[test]
fn a_mailers_quota_looks_back_24_hours() {
    let mut it = store(NodeKind::Mailer, json!({ "Max24HourSend": 200, "SendDuration": 5 }), mail);
    it.put(1.into(), 150);
    it.run(12 * 3_600);
    it.put(1.into(), 60);
    it.run(60);
    assert_eq!(it.figure("throttles"), 10.0);
    // The first 150 leave the window after 24 hours, the 50 of noon do not yet.
    it.run(12 * 3_600);
    it.put(1.into(), 160);
    it.run(60);
    assert_eq!(it.figure("throttles"), 20.0);
}

// monitor-sending-activity-using-notifications: a bounce is an event, later; the call had succeeded.
#[test]
fn a_bounce_comes_later_as_an_event_on_a_topic() {
    let mut builder = Builder::new();
    let mailer =
        builder.node(NodeKind::Mailer, "Mailer", json!({ "BounceRate": 1.0, "EventDelay": 5_000, "SendDuration": 5 }));
    let function = function(&mut builder, "Function", json!([]), json!({}));
    let topic = builder.node(NodeKind::Topic, "Bounces", json!({}));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    builder.edge(function, mailer, instant());
    builder.edge(mailer, topic, instant());
    builder.edge(topic, queue, json!({ "RawMessageDelivery": true, "Latency": 0 }));
    builder.set(function, "Handler", mail(&mailer.to_string()));
    let mut simulation = simulate(&builder.build(), 5);
    send(&mut simulation, function, json!({}), 1);
    run_for(&mut simulation, 4);
    assert_eq!((figure(&simulation, function, "errors"), figure(&simulation, queue, "sent")), (0.0, 0.0));
    run_for(&mut simulation, 2);
    let body = first_body(&simulation, queue);
    assert_eq!(body["eventType"], json!("Bounce"));
    assert_eq!(body["mail"]["destination"], json!(["a@example.com"]));
    check_conservation(&simulation);
}

// eventbridge: complaints come as events of `aws.ses`.
#[test]
fn a_complaint_reaches_a_bus_as_an_event_of_the_service() {
    let mut builder = Builder::new();
    let mailer =
        builder.node(NodeKind::Mailer, "Mailer", json!({ "ComplaintRate": 1.0, "EventDelay": 100, "SendDuration": 5 }));
    let function = function(&mut builder, "Function", json!([]), json!({}));
    let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
    let rule = builder.node(
        NodeKind::Rule,
        "Rule",
        json!({ "EventPattern": { "source": ["aws.ses"], "detail-type": ["Email Complaint Received"] } }),
    );
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    builder.edge(function, mailer, instant());
    builder.edge(mailer, bus, instant());
    builder.edge(bus, rule, instant());
    builder.edge(rule, queue, instant());
    builder.set(function, "Handler", mail(&mailer.to_string()));
    let mut simulation = simulate(&builder.build(), 5);
    send(&mut simulation, function, json!({}), 1);
    run_for(&mut simulation, 5);
    assert_eq!(figure(&simulation, queue, "sent"), 1.0);
    assert_eq!(figure(&simulation, mailer, "complaints"), 1.0);
}
