//! New nodes, connections, insertions, copies and conversions: what is built runs, and refusals say why.

use eventyard::diagram::{Change, Document, EdgeKind, Ids, NodeKind, Refusal, build, check, list_problems};
use eventyard::kernel::{SECOND, Time};
use eventyard::lessons::guide;
use eventyard::simulation::Simulation;
use serde_json::{Value, json};
use uuid::Uuid;

/// A document being built, as the app does it.
pub struct Desk {
    pub document: Document,
    pub ids: Ids,
    pub notes: Vec<String>,
}

impl Desk {
    pub fn new() -> Desk {
        Desk { document: Document::new("Built"), ids: Ids::new(1), notes: Vec::new() }
    }

    pub fn of_guide(id: &str) -> Desk {
        Desk { document: guide::find(id).expect("a diagram of the guide").document(), ..Desk::new() }
    }

    #[track_caller]
    pub fn carry_out(&mut self, change: Change) -> Uuid {
        let before = self.document.to_text();
        let inverse = self.document.apply(change.edit.clone()).expect("an edit that fits");
        if let Err(problems) = check(&self.document) {
            panic!("after “{}”: {}", change.label, list_problems(&problems));
        }
        let after = self.document.to_text();
        let redo = self.document.apply(inverse).expect("an inverse that fits");
        assert_eq!(self.document.to_text(), before, "undoing “{}”", change.label);
        self.document.apply(redo).expect("an edit that fits again");
        assert_eq!(self.document.to_text(), after, "doing “{}” again", change.label);
        self.notes.extend(change.notes);
        change.added.first().copied().unwrap_or_default()
    }

    #[track_caller]
    pub fn add(&mut self, kind: NodeKind) -> Uuid {
        let x = 200.0 * self.document.nodes.len() as f64;
        let change = build::new_node(&self.document, kind, (x, 0.0), &mut self.ids);
        self.carry_out(change)
    }

    #[track_caller]
    pub fn connect(&mut self, from: Uuid, to: Uuid) -> Uuid {
        let change = build::connect(&self.document, from, to, None, &mut self.ids).expect("an allowed connection");
        self.carry_out(change)
    }

    pub fn named(&self, name: &str) -> Uuid {
        self.document.nodes.iter().find(|node| node.name == name).expect("a node of this name").id
    }

    fn setting(&self, id: Uuid, name: &str) -> Value {
        let node = self.document.node(id).map(|node| &node.settings);
        let settings = node.or_else(|| self.document.edge(id).map(|edge| &edge.settings)).expect("something");
        settings.get(name).cloned().unwrap_or(Value::Null)
    }

    fn edge(&self, from: Uuid, to: Uuid) -> Uuid {
        self.document.edges.iter().find(|edge| edge.from == from && edge.to == to).expect("an edge").id
    }

    /// Runs for a simulated minute.
    #[track_caller]
    pub fn run(&self) -> Simulation {
        let mut simulation = Simulation::new(&self.document, 1).expect("a document that runs");
        simulation.run_until(Time(60 * SECOND), u64::MAX);
        simulation.census().expect("nothing is lost");
        simulation
    }
}

fn refused(result: Result<Change, Refusal>) -> Refusal {
    result.expect_err("a refusal")
}

/// Every kind of connection that is allowed can be made from two new nodes, and the result is valid and runs.
#[test]
fn whatever_may_be_connected_runs_when_it_is_connected() {
    for from in NodeKind::ALL {
        for to in NodeKind::ALL {
            let mut desk = Desk::new();
            let (from, to) = (desk.add(from), desk.add(to));
            match build::connect(&desk.document, from, to, None, &mut desk.ids) {
                Ok(change) => {
                    desk.carry_out(change);
                    desk.run();
                }
                Err(refusal) => assert!(!refusal.reason.is_empty() && !refusal.detour.is_empty()),
            }
        }
    }
}

/// The guide's decoupling, by connecting alone: requests are answered, rows are written, the status is found.
#[test]
fn a_decoupled_design_built_by_connecting_does_its_work() {
    let mut desk = Desk::new();
    let client = desk.add(NodeKind::Client);
    let gateway = desk.add(NodeKind::Gateway);
    let customer = desk.add(NodeKind::Function);
    let queue = desk.add(NodeKind::Queue);
    let sales = desk.add(NodeKind::Function);
    let database = desk.add(NodeKind::Database);
    let dead = desk.add(NodeKind::Queue);
    assert_eq!(desk.document.node(dead).map(|node| node.name.as_str()), Some("Queue 2"));
    for (from, to) in
        [(client, gateway), (gateway, customer), (customer, queue), (queue, sales), (sales, database), (queue, dead)]
    {
        desk.connect(from, to);
    }
    assert_eq!(desk.setting(dead, "MessageRetentionPeriod"), json!(1_209_600));
    let simulation = desk.run();
    let totals = simulation.totals();
    assert!(totals.processed > 300, "{totals:?}");
    assert_eq!(totals.dropped_in_all(), 0, "{totals:?}");
}

/// A second route gets a path of its own, and what a client polls for is offered first.
#[test]
fn routes_follow_what_clients_ask_for() {
    let mut desk = Desk::new();
    let client = desk.add(NodeKind::Client);
    let gateway = desk.add(NodeKind::Gateway);
    for (setting, value) in [
        ("Path", json!("/payments")),
        (
            "PollStatus",
            json!({ "path": "/payments/{{requestId}}", "everyMillis": 1000, "attempts": 5, "until": { "status": ["completed"] } }),
        ),
    ] {
        let edit = eventyard::diagram::Edit::set(&desk.document, client, setting, value);
        desk.carry_out(Change::of(edit, &desk.document.clone()));
    }
    desk.connect(client, gateway);
    let functions = [(); 4].map(|()| desk.add(NodeKind::Function));
    let routes = functions.map(|function| {
        let route = desk.connect(gateway, function);
        (desk.setting(route, "Method"), desk.setting(route, "Path"))
    });
    assert_eq!(routes[0], (json!("POST"), json!("/payments")));
    assert_eq!(routes[1], (json!("GET"), json!("/payments/{requestId}")));
    assert_eq!(routes[2], (Value::Null, Value::Null));
    assert_eq!(routes[3], (Value::Null, json!("/function-4")));
    let database = desk.add(NodeKind::Database);
    desk.connect(functions[1], database);
    assert_eq!(desk.setting(functions[1], "Handler")[1]["step"], "read");
    assert_eq!(desk.setting(functions[1], "Handler")[2]["payload"]["body"]["status"], "{{result.status}}");
}

/// services-sqs-configure: a visibility timeout of at least six times the function's timeout.
#[test]
fn a_mapping_makes_the_timeouts_nest() {
    let mut desk = Desk::new();
    let (queue, function) = (desk.add(NodeKind::Queue), desk.add(NodeKind::Function));
    let edit = eventyard::diagram::Edit::set(&desk.document, function, "Timeout", json!(20));
    desk.carry_out(Change::of(edit, &desk.document.clone()));
    desk.connect(queue, function);
    assert_eq!(desk.setting(queue, "VisibilityTimeout"), json!(120));
}

#[test]
fn what_is_not_allowed_is_refused_with_a_detour() {
    let mut desk = Desk::new();
    let [client, gateway, queue, dead] =
        [NodeKind::Client, NodeKind::Gateway, NodeKind::Queue, NodeKind::Queue].map(|kind| desk.add(kind));
    let mut ids = Ids::new(9);
    desk.connect(client, gateway);
    let again = refused(build::connect(&desk.document, client, queue, None, &mut ids));
    assert_eq!(again.reason, "“Client” sends to one place already.");
    desk.connect(queue, dead);
    let third = desk.add(NodeKind::Queue);
    assert!(refused(build::connect(&desk.document, queue, third, None, &mut ids)).reason.contains("already"));
    assert!(refused(build::connect(&desk.document, dead, dead, None, &mut ids)).detour.contains("second queue"));
    let targets = build::connections(&desk.document, queue);
    assert_eq!(targets.len(), desk.document.nodes.len() - 1);
    assert!(targets.iter().all(|(_, verdict)| verdict.is_err()));
}

/// Putting a queue between two functions: the call becomes a send, the other function reads the queue.
#[test]
fn a_queue_between_two_functions_decouples_them() {
    let mut desk = Desk::new();
    let client = desk.add(NodeKind::Client);
    let (payments, sales) = (desk.add(NodeKind::Function), desk.add(NodeKind::Function));
    desk.connect(client, payments);
    let call = desk.connect(payments, sales);
    let change = build::queue_between(&desk.document, call, &mut desk.ids).expect("a queue fits");
    assert_eq!(change.label, "Put Function 2 queue between Function and Function 2");
    let queue = desk.carry_out(change);
    assert_eq!(desk.setting(payments, "Handler")[1]["step"], "send");
    assert_eq!(desk.setting(payments, "Handler")[1]["to"], json!(queue));
    assert_eq!(desk.setting(payments, "Handler").as_array().map(Vec::len), Some(2));
    assert!(desk.notes[0].contains("does not wait"), "{:?}", desk.notes);
    let kinds: Vec<EdgeKind> = desk.document.edges.iter().map(|edge| edge.kind).collect();
    assert_eq!(kinds, [EdgeKind::Call, EdgeKind::Send, EdgeKind::EventSourceMapping]);
    assert!(desk.run().totals().processed > 100);
}

/// A subscription keeps its filter policy when a queue is put behind the topic.
#[test]
fn a_queue_behind_a_topic_keeps_the_filter_policy() {
    let mut desk = Desk::of_guide("pubsub-topic");
    let (topic, target) = (desk.named("Payments topic"), desk.named("Communication"));
    let subscription = desk.edge(topic, target);
    let policy = desk.setting(subscription, "FilterPolicy");
    let change = build::queue_between(&desk.document, subscription, &mut desk.ids).expect("a queue fits");
    let queue = desk.carry_out(change);
    assert_eq!(desk.edge(topic, queue), subscription);
    assert_eq!(desk.setting(subscription, "FilterPolicy"), policy);
    desk.run();
    let no_place = build::insert(&desk.document, subscription, NodeKind::Database, None, &mut desk.ids);
    assert!(refused(no_place).detour.contains("function"));
}

/// A node that is there already and connected to nothing goes into an edge as a new one would.
#[test]
fn a_loose_node_goes_into_an_edge() {
    let mut desk = Desk::of_guide("pubsub-topic");
    let (topic, target) = (desk.named("Payments topic"), desk.named("Communication"));
    let subscription = desk.edge(topic, target);
    let queue = desk.add(NodeKind::Queue);
    let change = build::insert_loose(&desk.document, subscription, queue, &mut desk.ids).expect("a queue fits");
    desk.carry_out(change);
    assert_eq!(desk.edge(topic, queue), subscription);
    desk.run();
    let mapping = desk.edge(queue, target);
    let again = refused(build::insert_loose(&desk.document, mapping, queue, &mut desk.ids));
    assert!(again.reason.contains("connected already"), "{again:?}");
    let database = desk.add(NodeKind::Database);
    assert!(build::insert_loose(&desk.document, mapping, database, &mut desk.ids).is_err());
}

/// An edge becomes one of another kind between the same nodes; what the kind is not allowed for is refused.
#[test]
fn an_edge_becomes_one_of_another_kind() {
    let mut desk = Desk::new();
    let (function, next) = (desk.add(NodeKind::Function), desk.add(NodeKind::Function));
    let call = desk.connect(function, next);
    let steps = |desk: &Desk| desk.setting(function, "Handler").as_array().map_or(0, Vec::len);
    let with_call = steps(&desk);
    let change = build::change_kind(&desk.document, call, EdgeKind::OnFailure, &mut desk.ids).expect("a destination");
    let destination = desk.carry_out(change);
    assert_eq!(desk.document.edge(destination).map(|edge| edge.kind), Some(EdgeKind::OnFailure));
    assert_eq!(steps(&desk), with_call - 1, "nothing is left to call");
    desk.run();
    let change = build::change_kind(&desk.document, destination, EdgeKind::Call, &mut desk.ids).expect("a call");
    desk.carry_out(change);
    assert_eq!(steps(&desk), with_call);
    let edge = desk.edge(function, next);
    assert!(build::change_kind(&desk.document, edge, EdgeKind::Call, &mut desk.ids).is_err(), "it is a call already");
    assert!(build::change_kind(&desk.document, edge, EdgeKind::Redrive, &mut desk.ids).is_err());
}

/// A topic becomes a bus with rules and back: the same subscribers get the same payments.
#[test]
fn a_topic_becomes_a_bus_with_rules_and_back() {
    let mut desk = Desk::of_guide("pubsub-topic");
    let before = desk.run().totals();
    let topic = desk.named("Payments topic");
    let change = build::topic_to_bus(&desk.document, topic, &mut desk.ids).expect("a topic");
    assert_eq!(change.label, "Replace Payments topic by a bus with rules");
    let bus = desk.carry_out(change);
    assert_eq!(desk.document.node(bus).map(|node| node.name.as_str()), Some("Payments bus"));
    let after = desk.run().totals();
    assert!(after.processed > before.processed / 2, "{after:?} {before:?}");
    let change = build::bus_to_topic(&desk.document, bus, &mut desk.ids).expect("a bus");
    desk.carry_out(change);
    assert!(desk.document.nodes.iter().all(|node| !matches!(node.kind, NodeKind::Bus | NodeKind::Rule)));
    assert!(desk.run().totals().processed > before.processed / 2);
}

/// Copies keep the edges among them and the handler steps along these; steps to others are left out and said.
#[test]
fn a_copy_has_ids_of_its_own_and_only_what_holds_within_it() {
    let mut desk = Desk::of_guide("decouple-queue");
    let selection = [desk.named("Sales queue"), desk.named("Sales")];
    let change = build::duplicate(&desk.document, &selection, (0.0, 200.0), &mut desk.ids).expect("a copy");
    assert_eq!(change.notes.len(), 1);
    assert_eq!(change.added.len(), 3, "two nodes and the mapping between them");
    desk.carry_out(change);
    let copy = desk.named("Sales 2");
    assert_eq!(desk.setting(copy, "Handler").as_array().map(Vec::len), Some(1), "the write is left out");
    let whole: Vec<Uuid> = desk.document.nodes.iter().map(|node| node.id).collect();
    let fragment = build::copy(&desk.document, &whole).expect("nodes");
    let mut other = Desk { ids: Ids::new(77), ..Desk::new() };
    let change = build::paste(&other.document, &fragment, (0.0, 0.0), &mut other.ids).expect("a fragment");
    assert!(change.notes.is_empty(), "{:?}", change.notes);
    other.carry_out(change);
    assert_eq!(other.document.edges.len(), desk.document.edges.len());
    assert_eq!(other.run().totals().dropped_in_all(), 0);
    let bad = build::paste(&other.document, &json!({ "version": 1, "nodes": [{}] }), (0.0, 0.0), &mut other.ids);
    assert!(bad.is_err());
}

/// Moving an edge's end takes the step along, with what it sends.
#[test]
fn moving_the_end_of_an_edge_takes_its_step_along() {
    let mut desk = Desk::of_guide("decouple-queue");
    let (customer, queue) = (desk.named("Customer"), desk.named("Sales queue"));
    let other = desk.add(NodeKind::Queue);
    let edge = desk.edge(customer, queue);
    let change = build::reconnect(&desk.document, edge, customer, other, &mut desk.ids).expect("another queue");
    desk.carry_out(change);
    assert_eq!(desk.setting(customer, "Handler")[2]["to"], json!(other));
    let topic = desk.add(NodeKind::Topic);
    let change = build::reconnect(&desk.document, edge, customer, topic, &mut desk.ids).expect("a topic");
    desk.carry_out(change);
    assert_eq!(desk.setting(customer, "Handler")[2]["step"], "publish");
    assert_eq!(desk.setting(customer, "Handler").as_array().map(Vec::len), Some(4));
}

/// Removing a node takes its edges along, and the steps and dead-letter queues that name it.
#[test]
fn removing_a_node_leaves_nothing_that_points_to_it() {
    for diagram in guide::DIAGRAMS {
        let document = diagram.document();
        for node in &document.nodes {
            let mut desk = Desk { document: document.clone(), ..Desk::new() };
            let change = build::remove(&desk.document, &[node.id]);
            assert_eq!(change.label, format!("Remove {}", node.name));
            desk.carry_out(change);
            assert!(!desk.document.to_text().contains(&node.id.to_string()), "{}", node.name);
        }
        for edge in &document.edges {
            let mut desk = Desk { document: document.clone(), ..Desk::new() };
            desk.carry_out(build::remove(&document, &[edge.id]));
        }
    }
}
