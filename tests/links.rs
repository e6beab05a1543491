//! Links: short enough, the same on every machine, and nothing that comes by one breaks anything.

#![allow(clippy::disallowed_methods, reason = "how long it takes is what one test is about")]

mod support;

use eventyard::diagram::{Document, Edit, Fault, Ids, NodeKind, build};
use eventyard::exchange::link::{Arrival, CHAT_LIMIT, Link, Moment, fragment_of, pack};
use eventyard::kernel::{MILLISECOND, SECOND, Time};
use eventyard::lessons::guide;
use eventyard::simulation::{Command, Done, Simulation};
use proptest::prelude::*;
use serde_json::json;
use support::random::{diagram, node_choice};
use support::simulate;
use uuid::Uuid;

/// Where the app may be found.
const HOST: &str = "https://somebody.example.org/eventyard/#";

fn address(document: Document) -> String {
    format!("{HOST}{}", Link::of(document).to_fragment())
}

#[test]
fn every_diagram_of_the_guide_fits_into_a_chat_message() {
    for diagram in guide::DIAGRAMS {
        let length = address(diagram.document()).len();
        println!("{}: {length}", diagram.id);
        assert!(length <= CHAT_LIMIT, "{}: {length} characters", diagram.id);
    }
}

/// The same diagram as somebody would have drawn it: with ids and names of its own.
fn drawn_by_hand(document: &Document) -> Document {
    let mut text = document.to_text();
    let mut ids = Ids::new(7);
    for id in document.nodes.iter().map(|node| node.id).chain(document.edges.iter().map(|edge| edge.id)) {
        text = text.replace(&id.to_string(), &ids.next_id().to_string());
    }
    for (before, after) in [
        ("Payments", "Bookings"),
        ("Customer", "Passenger"),
        ("Sales", "Seats"),
        ("Communication", "Messages"),
        ("customerId", "traveller"),
        ("policyNumber", "flight"),
        ("amount", "fare"),
        ("period", "day"),
        ("currency", "class"),
        ("payments", "bookings"),
        ("sales", "seats"),
    ] {
        text = text.replace(before, after);
    }
    Document::parse(&text).expect("the same diagram with other names")
}

#[test]
fn so_do_diagrams_of_that_size_with_ids_and_names_of_their_own() {
    for diagram in guide::DIAGRAMS {
        let length = address(drawn_by_hand(&diagram.document())).len();
        println!("{}: {length}", diagram.id);
        assert!(length <= CHAT_LIMIT, "{}: {length} characters", diagram.id);
    }
}

#[test]
fn a_changed_diagram_of_the_guide_stays_short() {
    for diagram in guide::DIAGRAMS {
        let mut document = diagram.document();
        for node in document.nodes.iter_mut().filter(|node| node.kind == NodeKind::Function) {
            node.settings.insert("Timeout".to_string(), json!(7));
        }
        let length = address(document).len();
        println!("{}: {length}", diagram.id);
        assert!(length <= 600, "{}: {length} characters", diagram.id);
    }
}

/// Everything that can be done to a run, by number.
fn command(simulation: &Simulation, number: usize, target: usize, ids: &mut Ids) -> Command {
    let document = simulation.document();
    let node = document.nodes[target % document.nodes.len()].id;
    let edge = document.edges.get(target % document.edges.len().max(1)).map_or(node, |edge| edge.id);
    let edit = |change: eventyard::diagram::Change| Command::Edit(change.edit);
    match number % 17 {
        0 => Command::Send { node, payload: json!({ "amount": 12.5, "id": node, "sign": "@2" }), count: 2 },
        1 => Command::Set { target: node, setting: "Timeout".to_string(), value: json!(9) },
        2 => Command::Pause { node },
        3 => Command::Stop { node },
        4 => Command::Resume { node },
        5 => Command::Inject { target: edge, fault: Fault { latency_factor: Some(2.5), ..Fault::default() } },
        6 => Command::Inject { target: node, fault: Fault::default() },
        7 => Command::Purge { queue: node },
        8 => Command::StartReplay { bus: node, start: Time::ZERO, end: simulation.now() },
        9 => Command::CancelReplay { bus: node },
        10 => Command::Redrive { queue: node, rate: Some(3), destination: None },
        11 => Command::CancelRedrive { queue: node },
        12 => edit(build::new_node(document, NodeKind::ALL[target % 10], (1.5, -20.25), ids)),
        13 => edit(build::remove(document, &[node])),
        14 => Command::Edit(Edit::Rename { node, name: "@ Ünïcode \u{1}".to_string() }),
        15 => Command::Edit(Edit::SetField { field: "name".to_string(), value: Some(json!("Other")) }),
        _ => {
            let mut other = document.clone();
            other.nodes.iter_mut().for_each(|node| node.x += 0.1);
            Command::Edit(Edit::Replace(Box::new(other)))
        }
    }
}

/// Follows a link in slices of so many events.
fn follow(link: &Link, slice: u64) -> Simulation {
    let mut arrival = Arrival::new(link, 1).expect("a diagram that runs");
    while !arrival.work(slice).expect("everything can be done again") {}
    arrival.finish().0
}

/// How long to wait before, what, and to which node.
type Deeds = Vec<(u64, usize, usize)>;

/// Runs a document with commands, some of them at times at which something else is due.
fn run(document: &Document, seed: u64, deeds: &Deeds) -> Simulation {
    let (mut simulation, mut ids) = (simulate(document, seed), Ids::new(seed));
    for (after, number, target) in deeds {
        if simulation.document().nodes.is_empty() {
            break;
        }
        if after % 3 == 0 {
            (0..after % 7).for_each(|_| {
                simulation.step();
            });
        } else {
            simulation.run_until(simulation.now() + after * MILLISECOND, u64::MAX);
        }
        let command = command(&simulation, *number, *target, &mut ids);
        // What is refused is no part of the run.
        let _ = simulation.apply(command);
    }
    simulation
}

/// Through text and back once: a file does no more.
fn as_kept(document: &Document) -> Document {
    Document::parse(&document.to_text()).expect("a document")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// Documents, seeds, speeds, moments and commands come back as they were, and the run with them.
    #[test]
    fn what_a_link_holds_comes_back_and_runs_the_same(
        choices in prop::collection::vec(node_choice(), 2..10),
        links in prop::collection::vec((0usize..64, 0usize..64, 0u64..1000), 1..14),
        rate in 1.0f64..20.0,
        seed in any::<u64>(),
        deeds in prop::collection::vec((0u64..3_000, 0usize..64, 0usize..64), 0..10),
        slice in 1u64..3_000,
    ) {
        let document = as_kept(&diagram(&choices, &links, rate, 0));
        let simulation = run(&document, seed, &deeds);
        let mut link = Link::of_moment(&simulation);
        link.speed = Some(0.25);
        let read = Link::parse(&link.to_fragment());
        prop_assert_eq!(read.as_ref(), Ok(&link));
        let followed = follow(&link, slice);
        prop_assert_eq!(followed.journal().hash(), simulation.journal().hash());
        prop_assert_eq!((followed.now(), followed.events()), (simulation.now(), simulation.events()));
        prop_assert_eq!(followed.document(), simulation.document());
        let design = Link::of(simulation.document().clone());
        prop_assert_eq!(Link::parse(&design.to_fragment()), Ok(design));
    }

    #[test]
    fn no_text_makes_reading_panic(text in ".{0,200}", value in arbitrary_json()) {
        let _ = Link::parse(&text);
        let _ = Link::parse(&format!("v1.{text}"));
        let _ = Link::parse(&pack(&value));
        let _ = Link::parse(&pack(&json!({ "d": value, "t": [5, null], "c": [value] })));
    }
}

fn arbitrary_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<i64>().prop_map(|number| json!(number)),
        prop::sample::select(vec!["@0", "@", "n", "queue", "edit", "many", "", "send"]).prop_map(|text| json!(text)),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(|items| json!(items)),
            prop::collection::vec((prop::sample::select(vec!["n", "N", "E", "f", "d", "t", "c", "s"]), inner), 0..6)
                .prop_map(|fields| json!(fields.into_iter().collect::<std::collections::BTreeMap<_, _>>())),
        ]
    })
}

/// A link that was made on 2026-11-26: with ids, fractions, a command, and text that looks like an id's short name.
const MADE_EARLIER: &str = "v1.IU8d9wICAAAAAAAAQACAAAAAAAAAAQEbTii6L6FB0og_ABbTzKQnQ2qmQk7oV3BQMMfRLA3OAB1vD-ys6pnCWwqwYhV6vL\
    8OKGnhGLIzN0dOL0ZIgQxLLKCNd8AgMIee3A49uN0Ufmi7DuJEf-hh-PCj38H73AA";

/// Links outlive the version that has made them, and others compare them: what is written does not change either.
#[test]
fn a_link_that_was_made_earlier_is_read_and_written_as_it_was() {
    let link = Link::parse(MADE_EARLIER).expect("a link");
    assert_eq!((link.document.name.as_str(), link.seed, link.speed), ("Orders @ 7", Some(7), Some(0.5)));
    let queue = &link.document.nodes[1];
    assert_eq!((queue.name.as_str(), queue.x, &queue.settings["VisibilityTimeout"]), ("Orders", 200.0, &json!(77)));
    let edge = &link.document.edges[0];
    assert_eq!((edge.id.to_string().as_str(), edge.to), ("1b4e28ba-2fa1-41d2-883f-0016d3cca427", queue.id));
    let moment = link.moment.as_ref().expect("a moment");
    assert_eq!((moment.time, moment.commands.len()), (Time(5000), 1));
    // The second time like the first: what one link holds does not show in the next.
    for _ in 0..2 {
        assert_eq!(link.to_fragment(), MADE_EARLIER);
        let other = address(guide::find("combined").expect("a diagram").document());
        assert!(other.len() < CHAT_LIMIT);
    }
}

/// What was done before can be undone at the moment that a link shows.
#[test]
fn edits_that_a_link_holds_can_be_undone() {
    let document = guide::find("decouple-queue").expect("a diagram").document();
    let mut simulation = simulate(&document, 3);
    simulation.run_until(Time(2 * SECOND), u64::MAX);
    let queue = document.nodes.iter().find(|node| node.name == "Sales queue").expect("the queue").id;
    let set = Command::Set { target: queue, setting: "VisibilityTimeout".to_string(), value: json!(77) };
    simulation.apply(set).expect("set");
    simulation.run_until(Time(4 * SECOND), u64::MAX);
    let link = Link::parse(&Link::of_moment(&simulation).to_fragment()).expect("a link");
    let mut arrival = Arrival::new(&link, 1).expect("a diagram that runs");
    while !arrival.work(50).expect("done again") {}
    let (followed, past, history) = arrival.finish();
    assert_eq!(followed.journal().hash(), simulation.journal().hash());
    assert!(history.undo_label().expect("an edit").contains("VisibilityTimeout"));
    assert_eq!(past.log_of(1).expect("the run").len(), 1);
    assert_eq!(past.end(), Time(4 * SECOND));
}

/// A link may ask for a year in which nothing happens, or for one in which very much does: each slice comes to an end.
#[test]
fn a_moment_far_away_is_approached_in_slices() {
    let busy = guide::find("decouple-queue").expect("a diagram").document();
    for document in [Document::new("Nothing"), busy] {
        let empty = document.nodes.is_empty();
        let year = Moment { commands: Vec::new(), time: Time(365 * 86_400 * SECOND), events: None };
        let link = Link { moment: Some(year), ..Link::of(document) };
        let mut arrival = Arrival::new(&link, 1).expect("a diagram that runs");
        let start = std::time::Instant::now();
        assert_eq!(arrival.work(2_000).expect("nothing to refuse"), empty);
        assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let said = |value: serde_json::Value| {
        let problems = Link::parse(&pack(&value)).expect_err("refused");
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let id = Uuid::from_u128(5);
    assert!(said(json!([])).contains("no diagram"));
    assert!(said(json!({ "s": 1 })).contains("no diagram"));
    assert!(said(json!({ "d": { "n": "x" }, "z": 1 })).contains("`z`"));
    let teapot = said(json!({ "d": { "n": "x", "N": [[id, "teapot", "T", 0, 0]] } }));
    assert!(teapot.contains("nodes[0].kind") && teapot.contains("teapot"), "{teapot}");
    assert!(said(json!({ "d": { "n": "x" }, "v": 1e9 })).contains("out of range"));
    assert!(said(json!({ "d": { "n": "x" }, "t": [u64::MAX, null] })).contains("time"));
    let late = json!([[9, null, "pause", id], [8, null, "pause", id]]);
    assert!(said(json!({ "d": { "n": "x" }, "t": [9, null], "c": late })).contains("commands[1]"));
    let done = Done { time: Time(1), events: None, command: Command::Pause { node: id } };
    let moment = Moment { commands: vec![done], time: Time(2), events: None };
    let link = Link { moment: Some(moment), ..Link::of(Document::new("empty")) };
    let link = Link::parse(&link.to_fragment()).expect("a link");
    let mut arrival = Arrival::new(&link, 1).expect("an empty diagram");
    assert!(arrival.work(10).is_err(), "there is nothing to pause");
}

#[test]
fn the_link_of_an_address_is_what_follows_the_sign() {
    assert_eq!(fragment_of("https://example.org/?d=new#v1.abc"), Some("v1.abc"));
    assert_eq!(fragment_of("https://example.org/#"), None);
    assert_eq!(fragment_of("https://example.org/"), None);
}
