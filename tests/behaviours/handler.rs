//! Handlers: what a function's code can do, and what it does when something fails.

use super::*;
use eventyard::services::What;

/// A function with a database, and what the test calls besides.
struct Shop {
    builder: Builder,
    function: Uuid,
    database: Uuid,
    other: Uuid,
}

/// `handler` makes the steps from the ids of the database and of an endpoint that answers with `status`.
fn shop(status: u16, handler: impl Fn(Uuid, Uuid) -> Value) -> Shop {
    let mut builder = Builder::new();
    let database = builder.node(NodeKind::Database, "Database", json!({ "QueryDuration": 5 }));
    let other = builder.node(NodeKind::Endpoint, "Endpoint", json!({ "StatusCode": status, "ResponseDuration": 10 }));
    let function = function(&mut builder, "Function", handler(database, other), json!({}));
    builder.edge(function, database, instant());
    builder.edge(function, other, instant());
    Shop { builder, function, database, other }
}

fn run(shop: Shop, payloads: &[Value]) -> (Simulation, Uuid, Uuid, Uuid) {
    let mut simulation = simulate(&shop.builder.build(), 5);
    for payload in payloads {
        send(&mut simulation, shop.function, payload.clone(), 1);
        run_for(&mut simulation, 5);
    }
    check_conservation(&simulation);
    (simulation, shop.function, shop.database, shop.other)
}

fn rows(simulation: &Simulation, database: Uuid) -> Vec<Value> {
    match view(simulation, database) {
        NodeView::Database(view) => {
            let rows = view.tables.into_iter().flat_map(|table| table.rows);
            rows.map(|row| serde_json::from_str(&row.row).expect("a JSON row")).collect()
        }
        _ => panic!("not a database"),
    }
}

fn write(database: Uuid, row: Value) -> Value {
    json!({ "step": "write", "to": database, "key": "{{message.id}}", "row": row })
}

// model: a step with `when` is done only for messages that the pattern matches.
#[test]
fn a_step_with_a_condition_is_skipped_where_it_does_not_hold() {
    let shop = shop(200, |database, _| {
        let mut step = write(database, json!("{{message}}"));
        step["when"] = json!({ "amount": [{ "numeric": [">", 100] }] });
        json!([step])
    });
    let (simulation, function, database, _) = run(shop, &[json!({ "amount": 50 }), json!({ "amount": 150 })]);
    assert_eq!(rows(&simulation, database), [json!({ "amount": 150 })]);
    assert_eq!(figure(&simulation, function, "errors"), 0.0);
}

// model: `whenResult` looks at what the step before returned.
#[test]
fn a_condition_can_look_at_the_previous_steps_result() {
    let shop = shop(200, |database, _| {
        json!([
            { "step": "read", "to": database, "key": "{{message.id}}", "otherwise": { "new": true } },
            { "step": "if", "whenResult": { "new": [true] }, "then": [write(database, json!({ "first": true }))],
              "else": [{ "step": "throw", "error": "AlreadyThere" }] },
        ])
    });
    let (simulation, function, database, _) = run(shop, &[json!({ "id": 1 }), json!({ "id": 1 })]);
    assert_eq!(rows(&simulation, database), [json!({ "first": true })]);
    assert_eq!(figure(&simulation, function, "errors"), 1.0);
}

// model: `then` or `else`, never both.
#[test]
fn an_if_step_takes_one_of_its_two_lists() {
    let shop = shop(200, |database, _| {
        json!([{ "step": "if", "when": { "kind": ["a"] }, "then": [write(database, json!({ "took": "then" }))],
                 "else": [write(database, json!({ "took": "else" }))] }])
    });
    let (simulation, _, database, _) = run(shop, &[json!({ "kind": "a", "id": 1 }), json!({ "kind": "b", "id": 2 })]);
    let mut took: Vec<String> = rows(&simulation, database).iter().map(|row| row["took"].to_string()).collect();
    took.sort();
    assert_eq!(took, ["\"else\"", "\"then\""]);
}

// model: a branch of a parallel step can be a list of steps; the step takes as long as its longest branch.
#[test]
fn parallel_branches_are_lists_that_run_at_the_same_time() {
    let work = |milliseconds: u64| json!({ "step": "work", "duration": milliseconds });
    let shop = shop(200, |_, _| {
        json!([{ "step": "parallel", "steps": [[work(100), work(200)], work(250), [{ "step": "parallel", "steps": [work(50), [work(120), work(120)]] }]] },
               work(10)])
    });
    let (simulation, function, ..) = run(shop, &[json!({})]);
    assert_eq!(figure(&simulation, function, "billed_ms"), 310.0);
}

// model: when one branch fails, the others are left.
#[test]
fn a_branch_that_fails_ends_the_parallel_step() {
    let shop = shop(200, |database, _| {
        json!([{ "step": "parallel", "steps": [[{ "step": "work", "duration": 50 }, { "step": "throw" }],
                 [{ "step": "work", "duration": 1_000 }, write(database, json!({}))]], "onError": "continue" },
               { "step": "respond", "payload": {} }])
    });
    let (simulation, function, database, _) = run(shop, &[json!({})]);
    assert_eq!(rows(&simulation, database), Vec::<Value>::new());
    assert_eq!(figure(&simulation, function, "errors"), 0.0);
    assert_eq!(figure(&simulation, function, "billed_ms"), 50.0);
}

// model: a share of the runs throws.
#[test]
fn a_throw_step_throws_in_its_share_of_the_runs() {
    let shop = shop(200, |_, _| json!([{ "step": "throw", "probability": 0.25 }]));
    let mut simulation = simulate(&shop.builder.build(), 5);
    for _ in 0..40 {
        send(&mut simulation, shop.function, json!({}), 25);
        run_for(&mut simulation, 1);
    }
    let errors = figure(&simulation, shop.function, "errors");
    assert!((200.0..300.0).contains(&errors), "{errors} of 1,000");
}

// model: a message that the code cannot work on fails each time.
#[test]
fn a_poison_message_is_known_by_its_payload() {
    let poison = json!([{ "step": "throw", "error": "PoisonMessage", "when": { "amount": [{ "exists": false }] } }]);
    let redrive = json!({ "maxReceiveCount": 3 });
    let mut station = station(json!({ "VisibilityTimeout": 5 }), poison, json!({}), json!({}), redrive, json!({}));
    send(&mut station.simulation, station.queue, json!({ "amount": 1 }), 3);
    send(&mut station.simulation, station.queue, json!({ "other": 1 }), 1);
    run_for(&mut station.simulation, 300);
    assert_eq!(figure(&station.simulation, station.dead, "visible"), 1.0);
    assert_eq!(figure(&station.simulation, station.function, "errors"), 3.0);
    assert_eq!(figure(&station.simulation, station.queue, "deleted"), 3.0);
}

// model: instead of a failed step's result, the fallback.
#[test]
fn a_fallback_takes_the_place_of_a_result_that_failed() {
    let shop = shop(503, |database, other| {
        json!([{ "step": "call", "to": other, "payload": {}, "retries": 1, "fallback": { "rate": 1, "of": "{{message.id}}" } },
               write(database, json!("{{result}}"))])
    });
    let (simulation, function, database, other) = run(shop, &[json!({ "id": 7 })]);
    assert_eq!(rows(&simulation, database), [json!({ "rate": 1, "of": 7 })]);
    assert_eq!(figure(&simulation, other, "requests"), 2.0);
    assert_eq!(figure(&simulation, function, "errors"), 0.0);
}

// model: instead of a failed step, others.
#[test]
fn fallback_steps_are_done_only_after_a_failure() {
    let handler = |database: Uuid, other: Uuid| json!([{ "step": "call", "to": other, "payload": {}, "fallbackSteps": [write(database, json!({ "later": true }))] }]);
    let (simulation, _, database, _) = run(shop(503, handler), &[json!({ "id": 1 })]);
    assert_eq!(rows(&simulation, database), [json!({ "later": true })]);
    let (simulation, _, database, _) = run(shop(200, handler), &[json!({ "id": 1 })]);
    assert_eq!(rows(&simulation, database), Vec::<Value>::new());
}

// model: a call that takes too long is given up, and counts as failed.
#[test]
fn a_call_has_its_own_timeout_and_retries() {
    let mut builder = Builder::new();
    let slow = builder.node(NodeKind::Endpoint, "Slow", json!({ "ResponseDuration": 2_000 }));
    let handler =
        json!([{ "step": "call", "to": slow, "payload": {}, "timeoutMillis": 100, "retries": 2, "backoffMillis": 0 }]);
    let function = function(&mut builder, "Function", handler, json!({}));
    builder.edge(function, slow, instant());
    let mut simulation = simulate(&builder.build(), 5);
    send(&mut simulation, function, json!({}), 1);
    run_for(&mut simulation, 5);
    assert_eq!(figure(&simulation, slow, "requests"), 3.0);
    assert_eq!(figure(&simulation, function, "errors"), 1.0);
    assert_eq!(figure(&simulation, function, "billed_ms"), 300.0);
    check_conservation(&simulation);
}

// model: after failures in a row the code does not call for a while, then tries again.
#[test]
fn a_circuit_breaker_stops_calling_for_a_while() {
    let shop = shop(
        503,
        |_, other| json!([{ "step": "call", "to": other, "payload": {}, "circuitBreaker": { "failures": 3, "openMillis": 10_000 } }]),
    );
    let mut simulation = simulate(&shop.builder.build(), 5);
    for _ in 0..8 {
        send(&mut simulation, shop.function, json!({}), 1);
        run_for(&mut simulation, 1);
    }
    assert_eq!(figure(&simulation, shop.other, "requests"), 3.0);
    assert_eq!(figure(&simulation, shop.function, "errors"), 8.0);
    assert!(simulation.happened(|what| what == What::CircuitOpen));
    run_for(&mut simulation, 10);
    send(&mut simulation, shop.function, json!({}), 1);
    run_for(&mut simulation, 1);
    assert_eq!(figure(&simulation, shop.other, "requests"), 4.0);
}

fn once(database: Uuid, steps: Value) -> Value {
    json!([{ "step": "idempotency", "to": database, "key": "{{message.id}}", "expiresAfterSeconds": 60, "steps": steps },
           { "step": "respond", "payload": "{{result}}" }])
}

fn payments(simulation: &Simulation, database: Uuid) -> usize {
    rows(simulation, database).iter().filter(|row| row.get("amount").is_some()).count()
}

// model, as the idempotency utility of Powertools for AWS Lambda: what was done for a key is not done again.
#[test]
fn an_idempotency_step_is_done_once_for_each_key() {
    let shop =
        shop(200, |database, _| once(database, json!([write(database, json!({ "amount": "{{message.amount}}" }))])));
    let message = |id: u64| json!({ "id": id, "amount": 5 });
    let (simulation, function, database, _) = run(shop, &[message(1), message(1), message(2)]);
    assert_eq!(payments(&simulation, database), 2);
    assert_eq!(figure(&simulation, function, "errors"), 0.0);
    assert!(simulation.happened(|what| what == What::AlreadyDone));
}

// Powertools for AWS Lambda, idempotency: after its time a record no longer counts.
#[test]
fn an_idempotency_record_expires() {
    let shop = shop(200, |database, _| once(database, json!([write(database, json!({ "amount": 1 }))])));
    let database = shop.database;
    let mut simulation = simulate(&shop.builder.build(), 5);
    for _ in 0..2 {
        send(&mut simulation, shop.function, json!({ "id": 1 }), 1);
        run_for(&mut simulation, 61);
    }
    assert_eq!(payments(&simulation, database), 2);
}

// Powertools for AWS Lambda, idempotency: a second one fails while the first is at work.
#[test]
fn a_key_that_is_being_worked_on_makes_others_fail() {
    let steps = |database| json!([{ "step": "work", "duration": 500 }, write(database, json!({ "amount": 1 }))]);
    let shop = shop(200, |database, _| once(database, steps(database)));
    let mut simulation = simulate(&shop.builder.build(), 5);
    send(&mut simulation, shop.function, json!({ "id": 1 }), 2);
    run_for(&mut simulation, 2);
    assert!(simulation.happened(|what| what == What::AlreadyInProgress));
    assert_eq!(figure(&simulation, shop.function, "errors"), 1.0);
    assert_eq!(payments(&simulation, shop.database), 1);
}

// Powertools for AWS Lambda, idempotency: when the code throws, the record is removed, so that a retry can work.
#[test]
fn a_failure_removes_the_idempotency_record() {
    let shop = shop(200, |database, _| {
        once(
            database,
            json!([{ "step": "throw", "when": { "fail": [true] } }, write(database, json!({ "amount": 1 }))]),
        )
    });
    let messages = [json!({ "id": 1, "fail": true }), json!({ "id": 1 })];
    let (simulation, function, database, _) = run(shop, &messages);
    assert_eq!(figure(&simulation, function, "errors"), 1.0);
    assert_eq!(payments(&simulation, database), 1);
}

// Powertools for AWS Lambda, idempotency: after a timeout the record stays until the invocation's time would be up.
#[test]
fn after_a_crash_the_record_in_progress_is_in_the_way_until_it_runs_out() {
    let shop = shop(200, |database, _| {
        once(
            database,
            json!([{ "step": "throw", "crash": true, "when": { "fail": [true] } }, write(database, json!({ "amount": 1 }))]),
        )
    });
    let mut simulation = simulate(&shop.builder.build(), 5);
    send(&mut simulation, shop.function, json!({ "id": 1, "fail": true }), 1);
    run_for(&mut simulation, 1);
    send(&mut simulation, shop.function, json!({ "id": 1 }), 1);
    run_for(&mut simulation, 1);
    assert_eq!(payments(&simulation, shop.database), 0);
    run_for(&mut simulation, 2);
    send(&mut simulation, shop.function, json!({ "id": 1 }), 1);
    run_for(&mut simulation, 1);
    assert_eq!(payments(&simulation, shop.database), 1);
}

/// A function that writes a payment with an event, and one that relays events from the outbox to a topic.
fn outbox(relay_steps: impl Fn(Uuid) -> Value) -> (Simulation, Uuid, Uuid, Uuid, Uuid) {
    let mut builder = Builder::new();
    let database = builder.node(NodeKind::Database, "Database", json!({}));
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    let write = json!([{ "step": "write", "to": database, "key": "{{message.id}}", "idempotent": true,
                         "event": { "paid": "{{message.id}}" } }]);
    let writer = function(&mut builder, "Writer", write, json!({}));
    let relay = json!([{ "step": "relay", "to": database, "maximum": 5, "steps": relay_steps(topic) }]);
    let relay = function(&mut builder, "Relay", relay, json!({ "Timeout": 3 }));
    builder.edge(writer, database, instant());
    builder.edge(relay, database, instant());
    builder.edge(relay, topic, instant());
    (simulate(&builder.build(), 5), writer, relay, database, topic)
}

fn outbox_count(simulation: &Simulation, database: Uuid) -> f64 {
    figure(simulation, database, "outbox")
}

// transactional-outbox (prescriptive guidance): row and event are written together, and a relay sends the events on.
#[test]
fn events_wait_in_the_outbox_until_a_relay_sends_them() {
    let (mut simulation, writer, relay, database, topic) = outbox(|topic| json!([{ "step": "publish", "to": topic }]));
    for id in 0..7 {
        send(&mut simulation, writer, json!({ "id": id }), 1);
    }
    run_for(&mut simulation, 2);
    assert_eq!((outbox_count(&simulation, database), figure(&simulation, topic, "published")), (7.0, 0.0));
    assert_eq!(simulation.in_progress(), 7);
    send(&mut simulation, relay, json!({}), 1);
    run_for(&mut simulation, 2);
    assert_eq!((outbox_count(&simulation, database), figure(&simulation, topic, "published")), (2.0, 5.0));
    check_conservation(&simulation);
}

// transactional-outbox: what was not written leaves no event.
#[test]
fn a_write_that_changes_nothing_leaves_no_event() {
    let (mut simulation, writer, _, database, _) = outbox(|topic| json!([{ "step": "publish", "to": topic }]));
    send(&mut simulation, writer, json!({ "id": 1 }), 2);
    run_for(&mut simulation, 2);
    assert_eq!((figure(&simulation, database, "rows"), outbox_count(&simulation, database)), (1.0, 1.0));
}

// transactional-outbox: a relay that fails after it has sent sends again: at least once.
#[test]
fn a_relay_that_fails_after_sending_sends_the_event_again() {
    let (mut simulation, writer, relay, database, topic) =
        outbox(|topic| json!([{ "step": "publish", "to": topic }, { "step": "throw" }]));
    send(&mut simulation, writer, json!({ "id": 1 }), 1);
    run_for(&mut simulation, 2);
    send(&mut simulation, relay, json!({}), 1);
    run_for(&mut simulation, 1);
    send(&mut simulation, relay, json!({}), 1);
    run_for(&mut simulation, 1);
    assert_eq!(figure(&simulation, topic, "published"), 2.0);
    assert_eq!(outbox_count(&simulation, database), 1.0);
    check_conservation(&simulation);
}

// transactional-outbox: an event that one relay works on is locked for others.
#[test]
fn two_relays_do_not_take_the_same_event() {
    let (mut simulation, writer, relay, database, topic) =
        outbox(|topic| json!([{ "step": "publish", "to": topic }, { "step": "work", "duration": 300 }]));
    for id in 0..4 {
        send(&mut simulation, writer, json!({ "id": id }), 1);
    }
    run_for(&mut simulation, 1);
    send(&mut simulation, relay, json!({}), 2);
    run_for(&mut simulation, 3);
    assert_eq!(figure(&simulation, topic, "published"), 4.0);
    assert_eq!(outbox_count(&simulation, database), 0.0);
}

// API_UpdateFunctionCode: what runs already ends with the code that it began with.
#[test]
fn a_change_of_the_handler_is_for_the_next_invocation() {
    let shop = shop(200, |_, _| works_for(2_000));
    let mut simulation = simulate(&shop.builder.build(), 5);
    send(&mut simulation, shop.function, json!({}), 1);
    run_for(&mut simulation, 1);
    let command =
        Command::Set { target: shop.function, setting: "Handler".to_string(), value: json!([{ "step": "throw" }]) };
    apply(&mut simulation, command);
    run_for(&mut simulation, 2);
    assert_eq!(figure(&simulation, shop.function, "errors"), 0.0);
    send(&mut simulation, shop.function, json!({}), 1);
    run_for(&mut simulation, 1);
    assert_eq!(figure(&simulation, shop.function, "errors"), 1.0);
}

// model: an error that nobody catches fails the invocation; what was sent before stays sent.
#[test]
fn what_was_done_before_an_error_stays_done() {
    let shop = shop(200, |database, _| json!([write(database, json!({ "done": true })), { "step": "throw" }]));
    let (simulation, function, database, _) = run(shop, &[json!({ "id": 1 })]);
    assert_eq!(rows(&simulation, database).len(), 1);
    assert_eq!(figure(&simulation, function, "errors"), 1.0);
}

// model: nothing is read that is not there.
#[test]
fn a_handler_that_is_wrong_is_refused_with_the_place() {
    for (handler, words) in [
        (json!([{ "step": "if", "then": [] }]), "[0].when"),
        (json!([{ "step": "parallel", "steps": [[{ "step": "works" }]] }]), "steps[0][0].step"),
        (json!([{ "step": "work", "duration": 1, "when": { "a": "b" } }]), "[0].when"),
        (json!([{ "step": "throw", "probability": 2 }]), "[0].probability"),
        (json!([{ "step": "relay", "to": Uuid::from_u128(7), "steps": [] }]), "[0].to"),
    ] {
        let mut builder = Builder::new();
        function(&mut builder, "Function", handler, json!({}));
        refused(&builder.build(), words);
    }
}
