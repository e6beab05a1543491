//! The story of a message, of a request, and the business ledger, over the guide's diagrams.

mod support;

use eventyard::diagram::{Document, NodeKind};
use eventyard::kernel::SECOND;
use eventyard::lessons::guide;
use eventyard::services::{Fault, Serial};
use eventyard::simulation::{BarKind, Command, Fate, LedgerView, Relation, Simulation, StepKind};
use serde_json::json;
use support::{figure, run_for, simulate};
use uuid::Uuid;

fn document(id: &str) -> Document {
    guide::find(id).expect("a diagram of the guide").document()
}

/// A diagram of the guide without traffic of its own.
fn quiet(id: &str) -> Simulation {
    let mut document = document(id);
    for node in document.nodes.iter_mut().filter(|node| node.kind == NodeKind::Client) {
        node.settings.insert("Arrivals".to_string(), json!({ "constant": 0 }));
    }
    simulate(&document, 3)
}

fn named(simulation: &Simulation, name: &str) -> Uuid {
    let node = simulation.plan().nodes.iter().find(|node| node.name == name);
    node.unwrap_or_else(|| panic!("no node “{name}”")).id
}

fn client(simulation: &Simulation) -> Uuid {
    simulation.plan().nodes.iter().find(|node| node.kind == NodeKind::Client).expect("a client").id
}

fn pay(simulation: &mut Simulation, seconds: u64) {
    let node = client(simulation);
    let payload = json!({ "customerId": "C-1", "amount": 120, "email": "a@example.com", "month": "2026-01" });
    simulation.apply(Command::Send { node, payload, count: 1 }).expect("sent");
    run_for(simulation, seconds);
}

/// The messages of the first request.
fn members(simulation: &Simulation) -> Vec<Serial> {
    simulation.request_story(1).expect("a request").messages.iter().map(|member| member.serial).collect()
}

fn ledger(simulation: &Simulation) -> LedgerView {
    simulation.ledger().expect("a ledger is kept")
}

// Each subscriber has a copy of its own, in the envelope that its protocol asks for.
#[test]
fn a_message_of_a_topic_has_its_envelope_and_its_siblings() {
    let mut simulation = quiet("pubsub-topic");
    pay(&mut simulation, 30);
    let stories: Vec<_> = members(&simulation).into_iter().filter_map(|serial| simulation.story(serial)).collect();
    let copies: Vec<_> = stories
        .iter()
        .filter(|story| story.relatives.iter().any(|relative| relative.relation == Relation::Copy))
        .collect();
    assert_eq!(copies.len(), 3, "a copy for each subscriber");
    let mut wrapped = 0;
    for copy in copies {
        let forms: Vec<_> = copy.hops.iter().filter_map(|hop| hop.contents.as_ref()).collect();
        assert!(forms.iter().all(|contents| !contents.body.contains("{{")));
        let in_envelope = |form: &str| form.starts_with("SNS");
        wrapped += forms.iter().filter(|it| in_envelope(it.form) && it.body.contains("TopicArn")).count();
        assert_eq!(copy.relatives.iter().filter(|relative| relative.relation == Relation::Copy).count(), 2);
    }
    // The queue gets it raw, and one filter policy refuses it.
    assert_eq!(wrapped, 1);
    assert!(stories.iter().all(|story| story.forgotten.is_empty()));
}

// An input transformer drops what a target does not need.
#[test]
fn the_story_shows_what_a_rule_made_of_the_event() {
    let mut simulation = quiet("pubsub-bus-rules");
    pay(&mut simulation, 30);
    let stories: Vec<_> = members(&simulation).into_iter().filter_map(|serial| simulation.story(serial)).collect();
    let contents = |form: &str| {
        let hops = stories.iter().flat_map(|story| &story.hops).filter_map(|hop| hop.contents.clone());
        hops.filter(|contents| contents.form == form).collect::<Vec<_>>()
    };
    let events = contents("EventBridge event");
    assert!(events.iter().any(|event| event.body.contains("detail-type")), "{events:?}");
    let inputs = contents("what the rule's target gets");
    assert!(inputs.iter().any(|input| !input.body.contains("detail-type")), "{inputs:?}");
}

// A queue's message has its receive count and its deadline at each hop.
#[test]
fn a_message_of_a_queue_tells_of_each_receive() {
    let mut simulation = quiet("decouple-queue");
    pay(&mut simulation, 60);
    let stories = members(&simulation).into_iter().filter_map(|serial| simulation.story(serial));
    let received: Vec<_> =
        stories.flat_map(|story| story.hops).filter_map(|hop| Some((hop.received?, hop.time))).collect();
    assert_eq!(received.len(), 1);
    let ((count, until), time) = received[0];
    assert_eq!(count, 1);
    assert!(until > time);
}

// Synchronous calls: whoever waits pays for it, and what is billed is what the service bills.
#[test]
fn the_waterfall_sets_paid_waiting_apart_from_work() {
    let mut simulation = quiet("gateway-multiple");
    pay(&mut simulation, 30);
    let waterfall = simulation.waterfall(1);
    let functions = ["Payments", "Customer", "Sales", "Communication"];
    let billed: f64 = functions.iter().map(|name| figure(&simulation, named(&simulation, name), "billed_ms")).sum();
    assert_eq!(waterfall.billed as f64, billed);
    let lane = |name: &str| waterfall.lanes.iter().find(|lane| lane.name == name).expect("a lane");
    let payments = lane("Payments");
    let (paid, own) = (payments.paid_waiting, u64::from(payments.billed.expect("a bill")) * 1_000);
    assert!(paid * 10 > own * 6, "most of it is waiting: {paid} of {own} µs");
    assert_eq!(lane("Sales").bars.iter().filter(|bar| bar.kind == BarKind::ColdStart).count(), 1);
    for lane in &waterfall.lanes {
        assert!(lane.bars.windows(2).all(|pair| pair[0].end <= pair[1].start), "{}: bars overlap", lane.name);
        let covered: u64 = lane.bars.iter().map(|bar| bar.end.since(bar.start)).sum();
        assert_eq!(covered, lane.end.since(lane.start), "{}: nothing is left out", lane.name);
    }
}

// Behind a queue nobody pays for the wait.
#[test]
fn waiting_in_a_queue_costs_nothing() {
    let mut simulation = quiet("decouple-queue");
    let sales = named(&simulation, "Sales");
    simulation.apply(Command::Stop { node: sales }).expect("stopped");
    pay(&mut simulation, 60);
    let waterfall = simulation.waterfall(1);
    let waits = |lane: &&eventyard::simulation::Lane| {
        lane.open && lane.bars.iter().any(|bar| bar.kind == BarKind::Waiting && bar.end.since(bar.start) > 50 * SECOND)
    };
    let queue = waterfall.lanes.iter().find(waits).expect("it waits in the queue");
    assert_eq!((queue.billed, queue.paid_waiting), (None, 0));
}

#[test]
fn the_sequence_has_calls_returns_and_messages_in_order() {
    let mut simulation = quiet("combined");
    pay(&mut simulation, 60);
    let sequence = simulation.sequence(1);
    let name = |place: usize| simulation.plan().node(sequence.participants[place]).name.clone();
    let first = &sequence.steps[0];
    assert_eq!((first.kind, name(first.from)), (StepKind::Call, name(0)));
    assert!(sequence.steps.windows(2).all(|pair| pair[0].time <= pair[1].time));
    let count = |kind| sequence.steps.iter().filter(|step| step.kind == kind).count();
    assert_eq!(count(StepKind::Call), count(StepKind::Return), "every call of this run is answered");
    assert!(count(StepKind::Message) >= 4);
    assert_eq!(sequence.left_out, 0);
}

// The causes of a request's messages stand before them, and all of them belong to the client's.
#[test]
fn a_requests_messages_form_a_tree() {
    let mut simulation = quiet("gateway-multiple");
    pay(&mut simulation, 30);
    let story = simulation.request_story(1).expect("a request");
    assert_eq!(story.messages.iter().filter(|member| member.depth == 0).count(), 1);
    assert!(story.messages.windows(2).all(|pair| pair[1].depth <= pair[0].depth + 1));
    assert!(story.messages.iter().all(|member| member.fate == Fate::Arrived), "{:#?}", story.messages);
    assert!(story.sentence.starts_with("Answered with success"), "{}", story.sentence);
}

#[test]
fn when_nothing_goes_wrong_everything_taken_is_there_once() {
    for diagram in guide::DIAGRAMS {
        let mut document = diagram.document();
        for node in document.nodes.iter_mut().filter(|node| node.kind == NodeKind::Client) {
            node.settings.insert("Arrivals".to_string(), json!({ "constant": 1 }));
        }
        let mut simulation = simulate(&document, 7);
        simulation.keep_ledger();
        run_for(&mut simulation, 60);
        for node in document.nodes.iter().filter(|node| node.kind == NodeKind::Client) {
            let value = json!({ "constant": 0 });
            simulation.apply(Command::Set { target: node.id, setting: "Arrivals".into(), value }).expect("set");
        }
        run_for(&mut simulation, 300);
        let ledger = ledger(&simulation);
        assert!(ledger.taken > 50, "{}: {ledger:?}", diagram.id);
        assert_eq!((ledger.whole, ledger.failed, ledger.open), (ledger.taken, 0, 0), "{}: {ledger:?}", diagram.id);
        assert!(ledger.columns.iter().all(|column| column.entries.expected > 0), "{}: {ledger:?}", diagram.id);
    }
}

/// Two minutes of traffic in the first of which Sales is out of order, and time to recover.
fn outage(id: &str) -> LedgerView {
    let mut simulation = simulate(&document(id), 5);
    simulation.keep_ledger();
    let sales = named(&simulation, "Sales");
    let fault = |outage| Command::Inject { target: sales, fault: Fault { outage, ..Fault::default() } };
    simulation.apply(fault(true)).expect("struck");
    run_for(&mut simulation, 120);
    simulation.apply(fault(false)).expect("healed");
    run_for(&mut simulation, 600);
    ledger(&simulation)
}

// What the outage means to the owner: where they wait for each other, customers are told that it failed though their
// payment was booked; behind a queue every payment is taken and Sales only learns of it late.
#[test]
fn an_outage_is_told_in_payments_not_in_errors() {
    let synchronous = outage("gateway-multiple");
    let column = |view: &LedgerView, name: &str| {
        view.columns.iter().find(|column| column.name.contains(name)).expect("a column").entries
    };
    assert!(synchronous.failed > 100, "{synchronous:?}");
    assert!(column(&synchronous, "Customer").unasked > 100, "{synchronous:?}");
    let queue = outage("decouple-queue");
    assert_eq!(queue.failed, 0, "{queue:?}");
    assert!(column(&queue, "Sales").late > 100, "{queue:?}");
}

// Another threshold judges anew what is remembered.
#[test]
fn the_threshold_can_be_changed_afterwards() {
    let mut simulation = simulate(&document("decouple-queue"), 5);
    simulation.keep_ledger();
    run_for(&mut simulation, 120);
    let late =
        |simulation: &Simulation| ledger(simulation).columns.iter().map(|column| column.entries.late).sum::<u64>();
    simulation.set_late_after(10 * SECOND);
    let strict = late(&simulation);
    simulation.set_late_after(3_600 * SECOND);
    assert_eq!(late(&simulation), 0);
    simulation.set_late_after(1_000);
    assert!(late(&simulation) >= strict);
    assert!(late(&simulation) > 100);
}

// A message that is delivered again writes a second row, and the ledger tells of it.
#[test]
fn what_is_done_twice_is_a_duplicate() {
    let mut simulation = simulate(&document("pubsub-topic"), 3);
    simulation.keep_ledger();
    let mail = named(&simulation, "Communication");
    let plan = simulation.plan();
    let edge = plan.edges.iter().find(|edge| plan.node(edge.to).id == mail).expect("a subscription").id;
    let fault = Fault { duplicate_rate: 1.0, ..Fault::default() };
    simulation.apply(Command::Inject { target: edge, fault }).expect("struck");
    run_for(&mut simulation, 60);
    let ledger = ledger(&simulation);
    let duplicates: u64 = ledger.columns.iter().map(|column| column.entries.duplicates).sum();
    assert!(duplicates > 30, "{ledger:?}");
    assert!(ledger.whole < ledger.taken);
}

// Keeping a ledger changes nothing of what happens.
#[test]
fn a_ledger_changes_nothing() {
    let hash = |kept: bool| {
        let mut simulation = simulate(&document("combined"), 9);
        if kept {
            simulation.keep_ledger();
        }
        run_for(&mut simulation, 120);
        simulation.journal().hash()
    };
    assert_eq!(hash(true), hash(false));
}
