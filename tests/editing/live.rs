//! Edits of a running diagram: nothing is lost silently, others do not notice, and the same commands give the same run.

use super::history::random_change;
use eventyard::diagram::{Document, Edit, Fault, History, Ids, NodeKind, build};
use eventyard::kernel::{SECOND, Time};
use eventyard::lessons::guide;
use eventyard::services::{Ending, Reason, What};
use eventyard::simulation::{Command, NodeView, Simulation};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

fn start(id: &str) -> Simulation {
    let document = guide::find(id).expect("a diagram of the guide").document();
    Simulation::new(&document, 7).expect("a diagram that runs")
}

fn named(simulation: &Simulation, name: &str) -> Uuid {
    simulation.document().nodes.iter().find(|node| node.name == name).expect("a node of this name").id
}

fn run(simulation: &mut Simulation, seconds: u64) {
    simulation.run_until(Time(seconds * SECOND), u64::MAX);
    check(simulation);
}

#[track_caller]
fn check(simulation: &Simulation) {
    let counted = simulation.census().expect("every message has one holder");
    assert_eq!(counted, simulation.in_progress(), "created = ended + in progress");
}

fn dropped(simulation: &Simulation) -> u64 {
    simulation.totals().dropped[Reason::Removed as usize]
}

fn figures(simulation: &Simulation, name: &str) -> serde_json::Value {
    let node = simulation.plan().find_node(named(simulation, name)).expect("a node of the plan");
    simulation.figures(node)
}

/// A removed queue ends its messages, each with a record; undoing brings them back, and they are worked on.
#[test]
fn removing_a_queue_ends_its_messages_and_undoing_brings_them_back() {
    let mut simulation = start("decouple-queue");
    let sales = named(&simulation, "Sales");
    simulation.apply(eventyard::simulation::Command::Stop { node: sales }).expect("stopped");
    run(&mut simulation, 20);
    let queue = named(&simulation, "Sales queue");
    let waiting = simulation.in_progress();
    assert!(waiting > 20, "{waiting} messages");
    let mut history = History::default();
    let change = build::remove(simulation.document(), &[queue]);
    history.perform(change, None, |edit| simulation.edit(edit)).expect("removed");
    check(&simulation);
    let ended = dropped(&simulation);
    assert!(ended > 20, "{ended} ended");
    let words: Vec<String> = simulation
        .journal()
        .since(0)
        .filter(|(_, record)| record.what == What::Ended(Ending::Dropped(Reason::Removed)))
        .map(|(_, record)| simulation.describe(record))
        .collect();
    assert_eq!(words.len() as u64, ended);
    assert!(words[0].contains("Sales queue") && words[0].contains("removed"), "{}", words[0]);
    // Meanwhile Customer goes on without the step that sent.
    run(&mut simulation, 30);
    assert_eq!(dropped(&simulation), ended);
    history.undo(|edit| simulation.edit(edit)).expect("undone");
    check(&simulation);
    assert_eq!(dropped(&simulation), 0);
    assert_eq!(figures(&simulation, "Sales queue")["visible"].as_u64().unwrap_or(0) + ended, 2 * ended);
    simulation.apply(eventyard::simulation::Command::Resume { node: sales }).expect("started");
    let rows = |simulation: &Simulation| figures(simulation, "Sales database")["rows"].as_u64().expect("rows");
    run(&mut simulation, 90);
    assert!(rows(&simulation) > ended, "{} rows", rows(&simulation));
}

/// Whoever waits for a removed function is told so at once, and what it works on ends.
#[test]
fn a_removed_function_leaves_nobody_waiting() {
    let mut simulation = start("gateway-multiple");
    run(&mut simulation, 10);
    let sales = named(&simulation, "Sales");
    let waiting = |simulation: &Simulation| figures(simulation, "Front end")["waiting"].clone();
    let change = build::remove(simulation.document(), &[sales]);
    let inverse = simulation.edit(change.edit).expect("removed");
    // Its gateway has no route any longer and refuses at once.
    run(&mut simulation, 13);
    let failed = figures(&simulation, "Front end")["failed"].as_u64().expect("a count");
    assert!(waiting(&simulation).as_u64().expect("a count") < 3, "{}", waiting(&simulation));
    run(&mut simulation, 20);
    assert!(figures(&simulation, "Front end")["failed"].as_u64().expect("a count") > failed + 5);
    simulation.edit(inverse).expect("undone");
    run(&mut simulation, 40);
    assert_eq!(figures(&simulation, "Front end")["timed_out"], 0);
    assert_eq!(dropped(&simulation), 0, "what had ended with the function came back with it");
}

/// Moving nodes leaves no trace: the same run, the same journal.
#[test]
fn moving_disturbs_nothing() {
    let (mut moved, mut still) = (start("combined"), start("combined"));
    let ids: Vec<Uuid> = moved.document().nodes.iter().map(|node| node.id).collect();
    for second in 1..20 {
        run(&mut moved, second);
        let places = ids.iter().map(|id| (*id, second as f64, 3.0)).collect();
        moved.edit(Edit::Move(places)).expect("moved");
    }
    run(&mut moved, 20);
    run(&mut still, 20);
    assert_eq!(moved.journal().hash(), still.journal().hash());
}

/// What is added has random numbers of its own: those that were there draw what they would have drawn.
#[test]
fn a_new_node_changes_nobody_elses_run() {
    let (mut edited, mut plain) = (start("decouple-queue"), start("decouple-queue"));
    run(&mut edited, 5);
    let mut ids = Ids::new(3);
    for kind in [NodeKind::Queue, NodeKind::Function, NodeKind::Client, NodeKind::Gateway] {
        let change = build::new_node(edited.document(), kind, (0.0, 0.0), &mut ids);
        edited.edit(change.edit).expect("added");
    }
    let connect = |simulation: &mut Simulation, from: &str, to: &str, ids: &mut Ids| {
        let (from, to) = (named(simulation, from), named(simulation, to));
        let change = build::connect(simulation.document(), from, to, None, ids).expect("an allowed connection");
        simulation.edit(change.edit).expect("connected");
    };
    connect(&mut edited, "Queue", "Function", &mut ids);
    connect(&mut edited, "Client", "API", &mut ids);
    connect(&mut edited, "API", "Function", &mut ids);
    run(&mut edited, 60);
    run(&mut plain, 60);
    for name in ["Front end", "Customer", "Sales queue", "Sales database"] {
        assert_eq!(figures(&edited, name), figures(&plain, name), "{name}");
    }
    let node = edited.plan().find_node(named(&edited, "Client")).expect("the new client");
    assert!(matches!(edited.view(node), NodeView::Client(client) if client.succeeded > 50));
}

/// An edit that does not validate is refused and changes nothing.
#[test]
fn an_edit_that_cannot_run_is_refused_and_changes_nothing() {
    let mut simulation = start("decouple-queue");
    run(&mut simulation, 5);
    let (text, hash) = (simulation.document().to_text(), simulation.journal().hash());
    let queue = named(&simulation, "Sales queue");
    let edit = Edit::set(simulation.document(), queue, "VisibilityTimeout", json!(-1));
    let problems = simulation.edit(edit).expect_err("refused");
    assert!(problems[0].path.ends_with("settings.VisibilityTimeout"), "{problems:?}");
    assert_eq!((simulation.document().to_text(), simulation.journal().hash()), (text, hash));
    assert!(simulation.log().is_empty());
}

/// A topic replaced by a bus while messages are under way, and back again by undoing.
#[test]
fn a_pattern_is_exchanged_while_it_runs() {
    let mut simulation = start("pubsub-topic");
    run(&mut simulation, 10);
    let topic = named(&simulation, "Payments topic");
    let mut history = History::default();
    let change = build::topic_to_bus(simulation.document(), topic, &mut Ids::new(5)).expect("a topic");
    history.perform(change, None, |edit| simulation.edit(edit)).expect("replaced");
    run(&mut simulation, 20);
    let rows = figures(&simulation, "Sales database")["rows"].as_u64().expect("rows");
    run(&mut simulation, 40);
    assert!(figures(&simulation, "Sales database")["rows"].as_u64().expect("rows") > rows + 10);
    history.undo(|edit| simulation.edit(edit)).expect("undone");
    let document = guide::find("pubsub-topic").expect("a diagram").document();
    assert_eq!(simulation.document().to_text(), document.to_text());
    let rows = figures(&simulation, "Sales database")["rows"].as_u64().expect("rows");
    run(&mut simulation, 60);
    assert!(figures(&simulation, "Sales database")["rows"].as_u64().expect("rows") > rows + 10);
}

/// Faults, stops, sending and purging, for a random node or edge.
fn random_command(document: &Document, (what, which): (u8, u32)) -> Option<Command> {
    let node = document.nodes.get((which as usize).checked_rem(document.nodes.len())?)?.id;
    let edge = (which as usize).checked_rem(document.edges.len()).map(|index| document.edges[index].id);
    let fault = |target: Uuid, fault: Fault| Some(Command::Inject { target, fault });
    match what % 12 {
        0 => fault(node, Fault { outage: true, ..Fault::default() }),
        1 => fault(node, Fault { latency_factor: Some(20.0), error_rate: 0.5, ..Fault::default() }),
        2 => fault(edge?, Fault { partition: true, ..Fault::default() }),
        3 => fault(edge?, Fault { duplicate_rate: 0.5, lost_answer_rate: 0.5, ..Fault::default() }),
        4 => fault(if which % 2 == 0 { node } else { edge? }, Fault::default()),
        5 => Some(Command::Pause { node }),
        6 => Some(Command::Stop { node }),
        7 => Some(Command::Resume { node }),
        8 => Some(Command::Send { node, payload: json!({ "amount": which }), count: which % 30 }),
        9 => Some(Command::Purge { queue: node }),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn running_diagrams_survive_any_edits(
        start in 0usize..8,
        choices in proptest::collection::vec((any::<u8>(), any::<u32>(), any::<u32>(), any::<i16>()), 1..25),
        pauses in proptest::collection::vec(1u64..4_000_000, 25),
        deeds in proptest::collection::vec((any::<u8>(), any::<u32>()), 25),
        undos in any::<u32>(),
    ) {
        let document = guide::DIAGRAMS.get(start).map_or(Document::new("Empty"), |diagram| diagram.document());
        let mut simulation = Simulation::new(&document, 11).expect("a diagram that runs");
        let mut history = History::default();
        let mut ids = Ids::new(u64::from(choices[0].1));
        for (step, ((choice, pause), deed)) in choices.into_iter().zip(pauses).zip(deeds).enumerate() {
            simulation.run_until(Time(simulation.now().0 + pause), 20_000);
            let counted = simulation.census();
            prop_assert_eq!(counted, Ok(simulation.in_progress()), "before step {}", step);
            // What people do beside editing: some of it cannot be done, and changes nothing then.
            if let Some(command) = random_command(simulation.document(), deed) {
                let _ = simulation.apply(command);
                prop_assert_eq!(simulation.census(), Ok(simulation.in_progress()), "after what was done at step {}", step);
            }
            if undos >> step & 1 == 1 {
                history.undo(|edit| simulation.edit(edit)).expect("undone");
            } else if let Some(change) = random_change(simulation.document(), choice, &mut ids) {
                let text = simulation.document().to_text();
                let label = change.label.clone();
                if history.perform(change, None, |edit| simulation.edit(edit)).is_err() {
                    prop_assert!(simulation.document().to_text() == text, "“{}” was refused", label);
                }
            }
            prop_assert_eq!(simulation.census(), Ok(simulation.in_progress()), "after step {}", step);
        }
        history.jump(0, |edit| simulation.edit(edit)).expect("undone");
        prop_assert!(simulation.document().to_text() == document.to_text(), "everything undone");
        let reached = simulation.run_until(Time(simulation.now().0 + 5 * SECOND), 50_000).reached;
        prop_assert_eq!(simulation.census(), Ok(simulation.in_progress()));
        let mut again = Simulation::new(&document, 11).expect("a diagram that runs");
        for done in simulation.log() {
            again.replay(done).expect("what was done can be done again");
        }
        let left = if reached { u64::MAX } else { simulation.events() - again.events() };
        again.run_until(simulation.now(), left);
        prop_assert_eq!(again.journal().hash(), simulation.journal().hash(), "the same commands, the same journal");
    }
}
