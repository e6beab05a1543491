//! Going back and forth in time changes nothing: any number of steps and jumps ends in the journal of the straight run,
//! with the same time series; a branch leaves the line that it left as it was; breakpoints stop at the same event however
//! time is cut into pieces.
//!
//! 24 cases; `PROPTEST_CASES` sets another number.

#![allow(clippy::disallowed_methods, reason = "how long it takes is what some tests are about")]

mod support;

use eventyard::diagram::{Edit, Fault, History, Ids, NodeKind, build};
use eventyard::kernel::{MILLISECOND, SECOND, Time};
use eventyard::lessons::guide;
use eventyard::services::What;
use eventyard::simulation::breakpoints::{Breakpoints, Condition, Expression};
use eventyard::simulation::metrics::{MarkKind, Metric, Metrics, Subject};
use eventyard::simulation::past::beside::{aligned, over_stretch};
use eventyard::simulation::past::{Moment, Past};
use eventyard::simulation::{Command, Simulation};
use proptest::prelude::*;
use serde_json::json;
use support::simulate;

/// Something that a person does, after so many milliseconds.
#[derive(Clone, Debug)]
struct Deed {
    after: u64,
    kind: u8,
    target: usize,
}

/// A movement in time.
#[derive(Clone, Debug)]
enum Jump {
    /// To this thousandth of what is known.
    Seek(u64),
    Back(u8),
    Step(u8),
    /// Lets this many milliseconds pass.
    Pass(u64),
}

fn deed() -> impl Strategy<Value = Deed> {
    (0u64..4_000, 0u8..6, 0usize..64).prop_map(|(after, kind, target)| Deed { after, kind, target })
}

fn jump() -> impl Strategy<Value = Jump> {
    prop_oneof![
        (0u64..=1_000).prop_map(Jump::Seek),
        (1u8..20).prop_map(Jump::Back),
        (1u8..20).prop_map(Jump::Step),
        (0u64..2_000).prop_map(Jump::Pass),
    ]
}

fn command(simulation: &Simulation, deed: &Deed) -> Command {
    let document = simulation.document();
    let node = &document.nodes[deed.target % document.nodes.len()];
    let client = client(simulation);
    let edge = document.edges.iter().find(|edge| edge.from == client).expect("an edge");
    match deed.kind {
        0 => Command::Stop { node: node.id },
        1 => Command::Resume { node: node.id },
        2 => Command::Inject { target: edge.id, fault: Fault { latency_factor: Some(3.0), ..Fault::default() } },
        3 => Command::Set { target: client, setting: "Arrivals".into(), value: json!({ "poisson": 5 + deed.target }) },
        4 => Command::Send { node: client, payload: json!({ "by": "hand" }), count: 1 + deed.target as u32 % 3 },
        _ => Command::Edit(Edit::Rename { node: node.id, name: format!("{} {}", node.name, deed.target) }),
    }
}

/// The straight run, to a second after the last deed.
fn straight(diagram: usize, seed: u64, deeds: &[Deed]) -> Simulation {
    let diagram = &guide::DIAGRAMS[diagram % guide::DIAGRAMS.len()];
    let mut simulation = simulate(&diagram.document(), seed);
    for deed in deeds {
        simulation.run_until(simulation.now() + deed.after * MILLISECOND, u64::MAX);
        let command = command(&simulation, deed);
        simulation.apply(command).expect("allowed");
    }
    simulation.run_until(simulation.now() + SECOND, u64::MAX);
    simulation
}

fn travel(past: &mut Past, simulation: &mut Simulation, jumps: &[Jump]) {
    let records = simulation.journal().count();
    for jump in jumps {
        match jump {
            Jump::Seek(share) => past.seek(simulation, Time(past.end().0 * share / 1_000)),
            Jump::Back(steps) => {
                for _ in 0..*steps {
                    past.back(simulation);
                }
            }
            // Only through what is known: steps into the future would make the run longer.
            Jump::Step(steps) => {
                for _ in 0..*steps {
                    if simulation.journal().count() < records {
                        past.step(simulation);
                    }
                }
            }
            Jump::Pass(milliseconds) => {
                let until = (simulation.now() + milliseconds * MILLISECOND).min(past.end());
                past.run_until(simulation, until, u64::MAX);
            }
        }
    }
    past.seek(simulation, past.end());
}

/// The same run with jumps before each deed.
fn travelled(diagram: usize, seed: u64, deeds: &[Deed], jumps: &[Jump]) -> (Simulation, Past) {
    let diagram = &guide::DIAGRAMS[diagram % guide::DIAGRAMS.len()];
    let mut simulation = simulate(&diagram.document(), seed);
    let mut past = Past::of(&simulation);
    for deed in deeds {
        let until = simulation.now() + deed.after * MILLISECOND;
        // In pieces, as frames do it.
        while !past.run_until(&mut simulation, until, 37).reached {}
        travel(&mut past, &mut simulation, jumps);
        let command = command(&simulation, deed);
        simulation.apply(command).expect("allowed");
        assert_eq!(past.noticed(&mut simulation, None), None);
    }
    let until = simulation.now() + SECOND;
    past.run_until(&mut simulation, until, u64::MAX);
    travel(&mut past, &mut simulation, jumps);
    (simulation, past)
}

/// Every series of every node and edge.
fn all_series(simulation: &Simulation, metrics: &Metrics) -> Vec<Vec<Option<f64>>> {
    let nodes = simulation.plan().node_indices().map(Subject::Node);
    let subjects = nodes.chain(simulation.plan().edge_indices().map(Subject::Edge));
    subjects.flat_map(|subject| Metric::ALL.map(|metric| metrics.series(subject, metric))).collect()
}

fn assert_same(one: &Simulation, other: &Simulation) {
    assert_eq!(Moment::of(one), Moment::of(other));
    assert_eq!(one.journal().hash(), other.journal().hash());
    assert_eq!(one.log(), other.log());
    assert_eq!(one.document(), other.document());
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(24)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn back_and_forth_any_number_of_times_is_the_straight_run(
        diagram in 0usize..16, seed in 0u64..1_000,
        deeds in proptest::collection::vec(deed(), 0..5),
        jumps in proptest::collection::vec(jump(), 1..8),
    ) {
        let expected = straight(diagram, seed, &deeds);
        let (simulation, past) = travelled(diagram, seed, &deeds, &jumps);
        assert_same(&simulation, &expected);
        prop_assert_eq!(past.lines().len(), 1);
        let again = Past::of(&expected);
        prop_assert_eq!(all_series(&simulation, past.metrics()), all_series(&expected, again.metrics()));
        prop_assert!(past.metrics().marks().eq(again.metrics().marks()));
    }

    #[test]
    fn a_branch_never_disturbs_the_line_that_it_left(
        diagram in 0usize..16, seed in 0u64..1_000,
        deeds in proptest::collection::vec(deed(), 1..5),
        other in deed(), share in 0u64..1_000,
        jumps in proptest::collection::vec(jump(), 0..5),
    ) {
        let expected = straight(diagram, seed, &deeds);
        let (mut simulation, mut past) = travelled(diagram, seed, &deeds, &[]);
        let series = all_series(&simulation, past.metrics());
        let at = Time(past.end().0 * share / 1_000);
        past.seek(&mut simulation, at);
        prop_assert_eq!(simulation.now(), at);
        // A deed that nobody had done then.
        let change = Command::Send { node: client(&simulation), payload: json!({ "other": other.target }), count: 2 };
        simulation.apply(change.clone()).expect("allowed");
        prop_assert_eq!(past.noticed(&mut simulation, None), Some("Branch 1".to_string()));
        let until = at + (SECOND + other.after * MILLISECOND);
        past.run_until(&mut simulation, until, u64::MAX);
        travel(&mut past, &mut simulation, &jumps);

        // The branch is the run in which that was done from the beginning on.
        let mut alone = simulate(&guide::DIAGRAMS[diagram % guide::DIAGRAMS.len()].document(), seed);
        for done in expected.log().iter().filter(|done| done.time <= at) {
            alone.replay(done).expect("allowed");
        }
        alone.run_until(at, u64::MAX);
        alone.apply(change).expect("allowed");
        alone.run_until(until, u64::MAX);
        assert_same(&simulation, &alone);
        let of_branch = all_series(&simulation, past.metrics());
        prop_assert_eq!(of_branch, all_series(&alone, Past::of(&alone).metrics()));

        // And the first run is what it was.
        prop_assert!(past.switch(&mut simulation, 1));
        past.seek(&mut simulation, past.end());
        assert_same(&simulation, &expected);
        prop_assert_eq!(all_series(&simulation, past.metrics()), series);
    }

    #[test]
    fn breakpoints_stop_at_the_same_event_however_time_is_cut(
        diagram in 0usize..16, seed in 0u64..1_000, target in 0usize..64, above in 0u64..5, slices in 1u64..5_000,
        step in 1u64..700,
    ) {
        let document = guide::DIAGRAMS[diagram % guide::DIAGRAMS.len()].document();
        let node = &document.nodes[target % document.nodes.len()];
        let watch = |breakpoints: &mut Breakpoints| {
            breakpoints.add(Condition::Arrives { node: node.id });
            breakpoints.add(Condition::DeadLettered);
            breakpoints.add(Condition::Fails { node: None });
            breakpoints.add(Condition::Depth { queue: node.id, above });
            let text = format!("rate of {} > {above} or errors of {} > 0", node.name, node.name);
            breakpoints.add(Condition::Holds(Expression::parse(&text, &document).expect("right")));
        };
        let end = Time(20 * SECOND);
        let stops = |slice: u64, step: u64, again: bool| {
            let mut simulation = simulate(&document, seed);
            let mut past = Past::of(&simulation);
            if again {
                // Through a past that is known already.
                past.run_until(&mut simulation, end, u64::MAX);
                past.seek(&mut simulation, Time::ZERO);
            }
            watch(&mut past.breakpoints);
            let mut found = Vec::new();
            while simulation.now() < end && found.len() < 50 {
                let until = (simulation.now() + step * MILLISECOND).min(end);
                let reached = past.run_until(&mut simulation, until, slice).reached;
                if let Some(stop) = past.stopped() {
                    assert!(!reached);
                    found.push((Moment::of(&simulation), stop.clone(), simulation.journal().hash()));
                }
            }
            found
        };
        let straight = stops(u64::MAX, 20_000, false);
        prop_assert_eq!(&stops(slices, step, false), &straight);
        prop_assert_eq!(&stops(slices, step, true), &straight);
    }
}

fn client(simulation: &Simulation) -> uuid::Uuid {
    simulation.document().nodes.iter().find(|node| node.kind == NodeKind::Client).expect("a client").id
}

#[test]
fn any_moment_of_ten_minutes_is_near_a_checkpoint_and_memory_stays_bounded() {
    for diagram in guide::DIAGRAMS.iter() {
        let mut simulation = simulate(&diagram.document(), 1);
        let mut past = Past::of(&simulation);
        past.run_until(&mut simulation, Time(600 * SECOND), u64::MAX);
        let (count, bytes) = past.checkpoints();
        assert!(count >= 2 && bytes < 24 << 20, "{}: {count} checkpoints, {bytes} bytes", diagram.id);
        for second in [599, 1, 300, 42, 450] {
            past.seek(&mut simulation, Time(second * SECOND));
            let mut expected = simulate(&diagram.document(), 1);
            expected.run_until(Time(second * SECOND), u64::MAX);
            assert_same(&simulation, &expected);
        }
    }
}

/// Events that may have to be gone through again for any moment. A browser handles about 3 million a second, so that the
/// worst takes less than 2 ms of the 100 that a moment may take.
const FARTHEST: u64 = 5_000;

/// The worst of many moments, not the usual one: also those that lie as far behind a checkpoint as any.
#[test]
fn no_moment_of_ten_minutes_is_far_from_a_checkpoint() {
    for diagram in guide::DIAGRAMS.iter() {
        let mut simulation = simulate(&diagram.document(), 1);
        let mut past = Past::of(&simulation);
        past.run_until(&mut simulation, Time(600 * SECOND), u64::MAX);
        let end = Moment::of(&simulation);
        let checkpoints = past.checkpoint_moments();
        let evenly = (0..60).map(|place| Time(end.time.0 / 60 * place + 7 * MILLISECOND * place));
        let before = checkpoints.iter().skip(1).map(|moment| Time(moment.time.0.saturating_sub(1)));
        let moments: Vec<Time> = evenly.chain(before).chain([Time(end.time.0 - 1)]).collect();
        let mut farthest = (0, Time(0), std::time::Duration::ZERO);
        for time in moments {
            past.seek(&mut simulation, end.time);
            // A machine that does other things as well is slow now and then, but not three times at the same place.
            let mut quickest = std::time::Duration::MAX;
            for _ in 0..3 {
                past.seek(&mut simulation, end.time);
                let start = std::time::Instant::now();
                past.seek(&mut simulation, time);
                quickest = quickest.min(start.elapsed());
            }
            let here = Moment::of(&simulation);
            let from = checkpoints.iter().rev().find(|checkpoint| **checkpoint <= here).expect("the beginning");
            farthest = (farthest.0.max(here.events - from.events), time, farthest.2.max(quickest));
        }
        println!("{}: {} checkpoints, {} events, {:?} at most", diagram.id, checkpoints.len(), farthest.0, farthest.2);
        assert!(farthest.0 <= FARTHEST, "{}: {farthest:?}", diagram.id);
        let limit = if cfg!(debug_assertions) { 1_000 } else { 50 };
        assert!(farthest.2.as_millis() < limit, "{}: {farthest:?}", diagram.id);
    }
}

/// Two futures of one past: on the same moments they are the same until they part, whatever the samples of each are like.
#[test]
fn two_branches_lie_over_each_other_from_where_they_part() {
    let document = guide::find("decouple-queue").expect("in the guide").document();
    let id = |name: &str| document.nodes.iter().find(|node| node.name == name).expect("a node").id;
    let (queue, sales) = (id("Sales queue"), id("Sales"));
    let mut simulation = simulate(&document, 1);
    let mut past = Past::of(&simulation);
    past.run_until(&mut simulation, Time(90 * SECOND), u64::MAX);
    past.seek(&mut simulation, Time(30 * SECOND));
    simulation.apply(Command::Stop { node: sales }).expect("allowed");
    assert_eq!(past.noticed(&mut simulation, None).as_deref(), Some("Branch 1"));
    // Much longer, so that its samples lie further apart.
    past.run_until(&mut simulation, Time(2_000 * SECOND), u64::MAX);
    let ids: Vec<_> = past.lines().iter().map(|line| line.id).collect();
    let metrics = |line| past.metrics_of(line).expect("a line");
    assert_eq!(past.parting(ids[0], ids[1]), Some(Time(30 * SECOND)));
    assert_eq!(past.end_of(ids[0]), Some(Time(90 * SECOND)));
    assert!(metrics(ids[1]).interval() > metrics(ids[0]).interval());
    let of = |line| (metrics(line), past.subject_in(line, &simulation, queue));
    let (times, values) = aligned(&[of(ids[0]), of(ids[1])], Metric::Depth, (Time(0), Time(90 * SECOND)), 90);
    let step = times[1].0 - times[0].0;
    assert!(step.is_multiple_of(metrics(ids[1]).interval()) && times.len() > 5, "{times:?}");
    for (time, (first, branch)) in times.iter().zip(values[0].iter().zip(&values[1])) {
        if *time <= Time(30 * SECOND) {
            assert_eq!(first, branch, "{time}");
        }
    }
    let last = |line: usize| values[line].iter().rev().find_map(|value| *value).expect("a value");
    assert!(last(1) > 10.0 * last(0).max(1.0), "{} and {}", last(1), last(0));
    let stretch = (Time(30 * SECOND), Time(90 * SECOND));
    let figure = |line| over_stretch(of(line).0, of(line).1, Metric::Depth, stretch).expect("measured");
    assert!(figure(ids[1]) > 10.0 * figure(ids[0]).max(1.0));

    // What only one of them has is not looked for in the other.
    let mut ids_of = Ids::new(5);
    let change = build::new_node(simulation.document(), NodeKind::Queue, (0.0, 900.0), &mut ids_of);
    simulation.apply(Command::Edit(change.edit)).expect("allowed");
    past.noticed(&mut simulation, None);
    let new = simulation.document().nodes.last().expect("a node").id;
    assert!(past.subject_in(ids[1], &simulation, new).is_some());
    assert_eq!(past.subject_in(ids[0], &simulation, new), None);
}

/// Each kind of breakpoint stops where what it waits for has just happened, and not before.
#[test]
fn every_kind_of_breakpoint_stops_in_time() {
    let mut document = guide::find("decouple-queue").expect("in the guide").document();
    let id = |name: &str| document.nodes.iter().find(|node| node.name == name).expect("a node").id;
    let (queue, sales) = (id("Sales queue"), id("Sales"));
    let settings = &mut document.node_mut(sales).expect("there").settings;
    settings.insert("Handler".to_string(), json!([{ "step": "throw" }]));
    document
        .node_mut(queue)
        .expect("there")
        .settings
        .extend([("VisibilityTimeout".to_string(), json!(2)), ("DelaySeconds".to_string(), json!(20))]);
    let figure = |simulation: &Simulation, node, what| support::figure(simulation, node, what);
    let waits = |simulation: &Simulation| figure(simulation, queue, "visible") + figure(simulation, queue, "delayed");
    let failed = |it: &Simulation| it.journal().since(0).any(|(_, record)| matches!(record.what, What::RecordFailed));
    // What is true when it stops, and was not one event before.
    type Holds<'a> = Box<dyn Fn(&Simulation) -> bool + 'a>;
    let text = "depth of \"Sales queue\" > 3";
    let kinds: Vec<(Condition, &str, Holds)> = vec![
        (
            Condition::Arrives { node: queue },
            "Sales queue gets a message",
            Box::new(|it| figure(it, queue, "sent") >= 1.0),
        ),
        (Condition::Depth { queue, above: 5 }, "more than 5", Box::new(|it| waits(it) > 5.0)),
        (Condition::DeadLettered, "dead-letter", Box::new(|it| figure(it, queue, "dead_lettered") >= 1.0)),
        (Condition::Fails { node: Some(sales) }, "Sales", Box::new(|it| failed(it))),
        (
            Condition::Holds(Expression::parse(text, &document).expect("right")),
            "Sales queue",
            Box::new(|it| waits(it) > 3.0),
        ),
    ];
    for (condition, words, holds) in kinds {
        let mut simulation = simulate(&document, 1);
        let mut past = Past::of(&simulation);
        past.breakpoints.add(condition.clone());
        let progress = past.run_until(&mut simulation, Time(300 * SECOND), u64::MAX);
        let stop = past.stopped().unwrap_or_else(|| panic!("{condition:?} never stops"));
        assert!(!progress.reached && stop.words.contains(words), "{condition:?}: {}", stop.words);
        assert!(holds(&simulation), "{condition:?} stopped too early, at {}", simulation.now());
        let at = simulation.now();
        // Expressions are looked at with each sample, everything else with each event.
        let before = if matches!(condition, Condition::Holds(_)) {
            Time(at.0.saturating_sub(1_100_000))
        } else {
            Time(at.0 - 1)
        };
        past.breakpoints = Breakpoints::default();
        past.seek(&mut simulation, before);
        assert!(!holds(&simulation), "{condition:?} stopped late: it held at {before} already, and it stopped at {at}");
    }
}

#[test]
fn steps_back_go_through_the_records_one_by_one() {
    let mut simulation = simulate(&guide::find("decouple-queue").expect("in the guide").document(), 7);
    let mut past = Past::of(&simulation);
    let mut way = vec![Moment::of(&simulation)];
    while simulation.now() < Time(2 * SECOND) {
        past.step(&mut simulation);
        way.push(Moment::of(&simulation));
    }
    let hash = simulation.journal().hash();
    for expected in way.iter().rev().skip(1) {
        assert!(past.back(&mut simulation));
        assert_eq!(Moment::of(&simulation), *expected);
    }
    assert!(!past.back(&mut simulation));
    for expected in way.iter().skip(1) {
        assert!(past.step(&mut simulation));
        assert_eq!(Moment::of(&simulation), *expected);
    }
    assert_eq!(simulation.journal().hash(), hash);
}

#[test]
fn the_document_and_what_can_be_undone_are_as_of_then_but_nodes_stay_where_they_were_put() {
    let mut simulation = simulate(&guide::find("pubsub-topic").expect("in the guide").document(), 1);
    let mut past = Past::of(&simulation);
    let mut history = History::default();
    let node = simulation.document().nodes[1].clone();
    let mut perform = |edit: Edit, past: &mut Past, simulation: &mut Simulation| {
        let change = eventyard::diagram::Change::of(edit, simulation.document());
        history.perform(change, None, |edit| simulation.edit(edit)).expect("allowed");
        past.noticed(simulation, Some(&history))
    };
    past.run_until(&mut simulation, Time(SECOND), u64::MAX);
    perform(Edit::Rename { node: node.id, name: "Renamed".into() }, &mut past, &mut simulation);
    past.run_until(&mut simulation, Time(2 * SECOND), u64::MAX);
    perform(Edit::Move(vec![(node.id, 1234.0, 56.0)]), &mut past, &mut simulation);
    let marks: Vec<MarkKind> = past.metrics().marks().map(|mark| mark.kind).collect();
    assert_eq!(marks, [MarkKind::Edit]);

    past.seek(&mut simulation, Time(SECOND / 2));
    let then = simulation.document().node(node.id).expect("there").clone();
    assert_eq!((then.name.as_str(), then.x), (node.name.as_str(), 1234.0));
    assert_eq!(past.history(&simulation).position(), 0);
    assert!(past.is_before_end(&simulation));

    // Playing on does the edit again, and says so.
    past.run_until(&mut simulation, Time(SECOND + 1), u64::MAX);
    assert_eq!(simulation.document().node(node.id).expect("there").name, "Renamed");
    assert!(past.take_replayed() && !past.take_replayed());
    assert_eq!(past.history(&simulation).undo_label(), Some("Move Renamed"));

    // Undoing in the past is a command like any other: it begins a branch.
    let mut history = past.history(&simulation);
    history.jump(0, |edit| simulation.edit(edit)).expect("undone");
    assert_eq!(past.noticed(&mut simulation, Some(&history)), Some("Branch 1".to_string()));
    let lines = past.lines();
    assert_eq!((lines.len(), lines[1].current, lines[1].origin), (2, true, Some((1, Time(SECOND + 1)))));
    assert!(!past.delete(2), "what is shown cannot be deleted");
    assert!(past.switch(&mut simulation, 1) && past.delete(2));
    // What was deleted can be had back, in its place and as it was.
    let rest: Vec<_> = past.lines().iter().map(|line| line.id).collect();
    assert!(!rest.contains(&2) && past.deleted().is_some() && past.put_back_deleted() && !past.put_back_deleted());
    assert!(past.lines().iter().any(|line| line.id == 2 && !line.current));
    assert!(past.lines().iter().any(|line| line.id == 1 && line.current), "the same line is shown");
    assert!(past.delete(2));
    assert_eq!(past.lines().len(), 1);
}

#[test]
fn an_hour_takes_bounded_series_and_loses_no_count() {
    let mut document = guide::find("pubsub-topic").expect("in the guide").document();
    let client_id = document.nodes.iter().find(|node| node.kind == NodeKind::Client).expect("a client").id;
    document.node_mut(client_id).expect("there").settings.insert("Arrivals".into(), json!({ "poisson": 2 }));
    let mut simulation = simulate(&document, 3);
    let mut past = Past::of(&simulation);
    past.run_until(&mut simulation, Time(3_600 * SECOND + 1), u64::MAX);
    let metrics = past.metrics();
    assert!((600..1_200).contains(&metrics.len()), "{}", metrics.len());
    let node = Subject::Node(simulation.plan().find_node(client_id).expect("there"));
    let seconds = metrics.interval() as f64 / 1e6;
    let sent: f64 = metrics.series(node, Metric::Rate).into_iter().flatten().map(|rate| rate * seconds).sum();
    let counted = support::figure(&simulation, client_id, "sent");
    assert!((sent - counted).abs() <= 20.0, "{sent} of {counted}");
    // Percentiles of the whole hour, put together from its samples, are the client's own.
    let together = metrics.over(node, Metric::P95, 0, metrics.len()).expect("measured");
    let own = simulation.report().latency_us.values().next().expect("a client")["p95"].as_f64().expect("a number");
    assert!((together / own - 1.0).abs() < 0.03, "{together} and {own}");
}
