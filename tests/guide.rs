//! What each diagram of the guide must teach, asserted with fixed seeds.

mod support;

use eventyard::diagram::{Distribution, Document};
use eventyard::lessons::guide;
use eventyard::services::Fault;
use eventyard::simulation::{Command, NodeView, Simulation};
use serde_json::{Value, json};
use support::{check_conservation, figure, run_for, simulate};
use uuid::Uuid;

fn open(id: &str) -> (Simulation, Document) {
    let document = guide::find(id).expect("a diagram of the guide").document();
    (simulate(&document, 7), document)
}

#[track_caller]
fn node(document: &Document, name: &str) -> Uuid {
    document.nodes.iter().find(|node| node.name == name).unwrap_or_else(|| panic!("no node {name}")).id
}

#[track_caller]
fn edge(document: &Document, from: &str, to: &str) -> Uuid {
    let (from, to) = (node(document, from), node(document, to));
    document.edges.iter().find(|edge| edge.from == from && edge.to == to).expect("an edge").id
}

#[track_caller]
fn apply(simulation: &mut Simulation, command: Command) {
    simulation.apply(command).unwrap_or_else(|problems| panic!("{problems:?}"));
}

#[track_caller]
fn set(simulation: &mut Simulation, target: Uuid, setting: &str, value: Value) {
    apply(simulation, Command::Set { target, setting: setting.to_string(), value });
}

fn slow(milliseconds: f64) -> Fault {
    Fault { latency: Some(Distribution::Constant(milliseconds)), ..Fault::default() }
}

fn outage() -> Fault {
    Fault { outage: true, ..Fault::default() }
}

/// Median time to the answer, in milliseconds, over two minutes with this fault in Sales.
fn median_with_sales(id: &str, fault: Fault) -> f64 {
    let (mut simulation, document) = open(id);
    apply(&mut simulation, Command::Inject { target: node(&document, "Sales"), fault });
    run_for(&mut simulation, 120);
    check_conservation(&simulation);
    simulation.headline().latency.p50 as f64 / 1_000.0
}

#[test]
fn behind_gateways_a_slow_sales_slows_the_answer_by_as_much() {
    for id in ["gateway-multiple", "gateway-single"] {
        let difference = median_with_sales(id, slow(500.0)) - median_with_sales(id, Fault::default());
        assert!((450.0..560.0).contains(&difference), "{id}: {difference} ms more");
    }
}

#[test]
fn behind_a_queue_a_topic_or_a_bus_it_does_not() {
    for id in ["decouple-queue", "pubsub-topic", "pubsub-bus-types", "pubsub-bus-rules", "combined"] {
        let difference = median_with_sales(id, slow(500.0)) - median_with_sales(id, Fault::default());
        assert!(difference.abs() < 15.0, "{id}: {difference} ms more");
    }
}

#[test]
fn payments_is_billed_for_waiting() {
    let (mut waits, document) = open("gateway-multiple");
    run_for(&mut waits, 120);
    let payments = node(&document, "Payments");
    let billed = figure(&waits, payments, "billed_ms") / figure(&waits, payments, "invocations");
    // Its own work takes about 15 ms.
    assert!(billed > 150.0, "{billed} ms a payment");
}

#[test]
fn an_outage_of_communication_fails_payments_only_where_they_wait_for_it() {
    for (id, fails) in
        [("gateway-multiple", true), ("gateway-single", true), ("pubsub-topic", false), ("combined", false)]
    {
        let (mut simulation, document) = open(id);
        apply(&mut simulation, Command::Inject { target: node(&document, "Communication"), fault: outage() });
        run_for(&mut simulation, 60);
        let rate = simulation.headline().success_rate;
        assert!(if fails { rate == 0.0 } else { rate == 1.0 }, "{id}: {rate}");
        apply(&mut simulation, Command::Inject { target: node(&document, "Communication"), fault: Fault::default() });
        let failed = figure(&simulation, node(&document, "Front end"), "failed");
        run_for(&mut simulation, 60);
        // Those on their way when it healed may still fail.
        assert!(figure(&simulation, node(&document, "Front end"), "failed") - failed <= 3.0, "{id} heals");
        check_conservation(&simulation);
    }
}

#[test]
fn a_gateway_that_is_shared_throttles_everybody() {
    let (mut simulation, document) = open("gateway-single");
    let gateway = node(&document, "Insurance API");
    set(&mut simulation, gateway, "ThrottlingRateLimit", json!(2.0));
    set(&mut simulation, gateway, "ThrottlingBurstLimit", json!(2));
    run_for(&mut simulation, 60);
    let NodeView::Gateway(view) = simulation.view(simulation.plan().find_node(gateway).expect("a node")) else {
        panic!("a gateway")
    };
    assert!(view.statuses.iter().any(|(status, count)| *status == 429 && *count > 50), "{:?}", view.statuses);
    // Payments' own calls met the same bucket, so payments that were let in failed as well.
    assert!(figure(&simulation, node(&document, "Payments"), "errors") > 10.0);
}

#[test]
fn without_the_key_nobody_gets_in() {
    let (mut simulation, document) = open("gateway-single");
    set(&mut simulation, node(&document, "Front end"), "ApiKey", json!(""));
    run_for(&mut simulation, 10);
    let gateway = simulation.plan().find_node(node(&document, "Insurance API")).expect("a node");
    let NodeView::Gateway(view) = simulation.view(gateway) else { panic!("a gateway") };
    assert!(view.statuses.iter().all(|(status, _)| *status == 403), "{:?}", view.statuses);
}

#[test]
fn the_client_has_its_answer_before_sales_has_worked_and_learns_when_it_has() {
    let (mut simulation, document) = open("decouple-queue");
    run_for(&mut simulation, 120);
    let headline = simulation.headline();
    assert!(headline.latency.p50 < 150_000, "{} µs", headline.latency.p50);
    assert_eq!(headline.success_rate, 1.0);
    let client = node(&document, "Front end");
    let reached = figure(&simulation, client, "status_reached");
    assert!(reached > 200.0 && reached <= figure(&simulation, client, "succeeded"), "{reached}");
}

#[test]
fn when_sales_is_stopped_the_queue_grows_and_when_it_is_back_nothing_is_missing() {
    let (mut simulation, document) = open("decouple-queue");
    let sales = node(&document, "Sales");
    run_for(&mut simulation, 10);
    apply(&mut simulation, Command::Stop { node: sales });
    run_for(&mut simulation, 120);
    let depth = simulation.headline().queue_depth;
    assert!(depth > 180, "{depth} wait");
    assert_eq!(simulation.headline().success_rate, 1.0);
    assert!(simulation.headline().latency.p95 < 400_000);
    apply(&mut simulation, Command::Resume { node: sales });
    set(&mut simulation, node(&document, "Front end"), "Arrivals", json!({ "constant": 0 }));
    run_for(&mut simulation, 400);
    let queue = node(&document, "Sales queue");
    assert_eq!(figure(&simulation, queue, "visible") + figure(&simulation, queue, "in_flight"), 0.0);
    // A message that failed three times is in the dead-letter queue; all others are rows.
    let rows = figure(&simulation, node(&document, "Sales database"), "rows");
    let dead = figure(&simulation, queue, "dead_lettered");
    assert_eq!(rows + dead, figure(&simulation, node(&document, "Front end"), "succeeded"));
    check_conservation(&simulation);
}

/// Rows that were written twice in ten minutes with a visibility timeout of a second.
fn duplicates(idempotent: bool) -> f64 {
    let (mut simulation, document) = open("decouple-queue");
    set(&mut simulation, node(&document, "Sales queue"), "VisibilityTimeout", json!(1));
    if idempotent {
        let sales = node(&document, "Sales");
        let mut handler = document.node(sales).expect("a node").settings["Handler"].clone();
        handler[1]["idempotent"] = json!(true);
        set(&mut simulation, sales, "Handler", handler);
    }
    run_for(&mut simulation, 600);
    check_conservation(&simulation);
    figure(&simulation, node(&document, "Sales database"), "duplicates")
}

#[test]
fn work_that_outlasts_the_visibility_timeout_is_done_twice_unless_it_is_idempotent() {
    assert!(duplicates(false) > 10.0);
    assert_eq!(duplicates(true), 0.0);
}

#[test]
fn poison_ends_in_the_dead_letter_queue_and_can_be_moved_back() {
    let (mut simulation, document) = open("decouple-queue");
    let (sales, queue) = (node(&document, "Sales"), node(&document, "Sales queue"));
    let dead_letters = node(&document, "Sales dead letters");
    set(&mut simulation, queue, "VisibilityTimeout", json!(2));
    apply(&mut simulation, Command::Inject { target: sales, fault: outage() });
    run_for(&mut simulation, 60);
    let dead = figure(&simulation, dead_letters, "visible");
    assert!(dead > 20.0, "{dead}");
    assert_eq!(simulation.totals().dead_lettered as f64, dead);
    apply(&mut simulation, Command::Inject { target: sales, fault: Fault::default() });
    set(&mut simulation, node(&document, "Front end"), "Arrivals", json!({ "constant": 0 }));
    set(&mut simulation, queue, "VisibilityTimeout", json!(60));
    run_for(&mut simulation, 120);
    let before = figure(&simulation, node(&document, "Sales database"), "rows");
    let moved = figure(&simulation, dead_letters, "visible");
    apply(&mut simulation, Command::Redrive { queue: dead_letters, rate: Some(10), destination: None });
    run_for(&mut simulation, 300);
    assert!(figure(&simulation, node(&document, "Sales database"), "rows") - before >= moved - 2.0);
    check_conservation(&simulation);
}

#[test]
fn the_publisher_does_not_notice_that_a_subscriber_is_gone() {
    let run = |unsubscribe: bool| {
        let (mut simulation, document) = open("pubsub-topic");
        if unsubscribe {
            set(&mut simulation, edge(&document, "Payments topic", "Customer"), "Subscribed", json!(false));
        }
        run_for(&mut simulation, 120);
        let rows = figure(&simulation, node(&document, "Customer database"), "rows");
        (simulation.headline().latency, simulation.headline().success_rate, rows)
    };
    let (with, without) = (run(false), run(true));
    assert_eq!((with.0, with.1), (without.0, without.1));
    assert!(with.2 > 200.0 && without.2 == 0.0);
}

#[test]
fn a_subscribers_filter_policy_keeps_what_it_does_not_want() {
    let (mut simulation, document) = open("pubsub-topic");
    run_for(&mut simulation, 120);
    let (published, mails) = (
        figure(&simulation, node(&document, "Payments topic"), "published"),
        figure(&simulation, node(&document, "E-mail service"), "requests"),
    );
    // One payment in three wants a letter, not an e-mail.
    assert!((0.55..0.78).contains(&(mails / published)), "{mails} of {published}");
    assert_eq!(figure(&simulation, node(&document, "Payments topic"), "filtered"), simulation.totals().filtered as f64);
}

#[test]
fn option_1_sends_three_events_a_payment_and_each_rule_takes_its_own_type() {
    let (mut simulation, document) = open("pubsub-bus-types");
    run_for(&mut simulation, 120);
    let payments = figure(&simulation, node(&document, "Payments"), "invocations");
    let events = figure(&simulation, node(&document, "Payments bus"), "events");
    assert!((events - 3.0 * payments).abs() <= 6.0, "{events} events, {payments} payments");
    for rule in ["Customer rule", "Sales rule", "Communication rule"] {
        assert!((figure(&simulation, node(&document, rule), "matched") - payments).abs() <= 4.0, "{rule}");
    }
}

#[test]
fn option_2_sends_one_event_a_payment_and_rules_take_it_by_content() {
    let (mut simulation, document) = open("pubsub-bus-rules");
    run_for(&mut simulation, 300);
    let payments = figure(&simulation, node(&document, "Payments"), "invocations");
    assert!((figure(&simulation, node(&document, "Default bus"), "events") - payments).abs() <= 3.0);
    let share = |rule: &str| figure(&simulation, node(&document, rule), "matched") / payments;
    assert!(share("Every payment") > 0.98);
    assert!((0.6..0.73).contains(&share("Payments above 100")), "{}", share("Payments above 100"));
    assert!((0.6..0.73).contains(&share("Customers with e-mail")), "{}", share("Customers with e-mail"));
    // The target gets what the transformer makes, and no more.
    let database = simulation.plan().find_node(node(&document, "Sales database")).expect("a node");
    let NodeView::Database(view) = simulation.view(database) else { panic!("a database") };
    let row: Value = serde_json::from_str(&view.tables[0].rows[0].row).expect("a row is JSON");
    assert!(row["amount"].as_f64().expect("an amount") > 100.0 && row.get("period").is_none());
}

#[test]
fn an_event_that_no_rule_takes_is_gone_without_an_error() {
    let (mut simulation, document) = open("pubsub-bus-rules");
    for rule in ["Every payment", "Payments above 100", "Customers with e-mail"] {
        set(&mut simulation, node(&document, rule), "EventPattern", json!({ "source": ["elsewhere"] }));
    }
    run_for(&mut simulation, 60);
    assert_eq!(simulation.headline().success_rate, 1.0);
    assert!(figure(&simulation, node(&document, "Default bus"), "unmatched") > 50.0);
    assert_eq!(figure(&simulation, node(&document, "Customer database"), "rows"), 0.0);
}

#[test]
fn a_refused_change_changes_nothing() {
    let (mut simulation, document) = open("decouple-queue");
    run_for(&mut simulation, 5);
    let queue = node(&document, "Sales queue");
    let hash = simulation.journal().hash();
    let problems = simulation
        .apply(Command::Set { target: queue, setting: "VisibilityTimeout".to_string(), value: json!(43_201) })
        .expect_err("above the limit");
    assert!(problems[0].path.ends_with("settings.VisibilityTimeout") && problems[0].hint.contains("43200"));
    assert_eq!(simulation.document(), &document);
    assert_eq!(simulation.journal().hash(), hash);
}
