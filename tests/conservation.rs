//! Nothing is lost silently: over random diagrams, settings, traffic, faults by hand and by schedule, and commands, the
//! books always balance, no limit is broken, the same seed and commands always give the same journal, and so do a copy
//! made on the way and the commands that followed.
//!
//! 10,000 cases in release; `PROPTEST_CASES` sets another number.

mod support;

use eventyard::diagram::settings::EdgeSettings;
use eventyard::diagram::{Document, FAULT_KINDS, Fault, FaultInput, FaultTarget, NodeKind, ScheduledFault};
use eventyard::kernel::{Time, mix};
use eventyard::services::Activity;
use eventyard::simulation::{Command, NodeView, Simulation, SlotState};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::fifo::FifoChecker;
use support::random::{diagram, labels, node_choice};
use support::{check_conservation, simulate};

/// Something to happen at a time in milliseconds.
#[derive(Clone, Debug)]
struct Happening {
    after: u64,
    kind: u8,
    target: usize,
    amount: u64,
}

fn happening() -> impl Strategy<Value = Happening> {
    (0u64..4_000, 0u8..13, 0usize..64, 0u64..1000).prop_map(|(after, kind, target, amount)| Happening {
        after,
        kind,
        target,
        amount,
    })
}

/// Some of what can go wrong with something of this kind.
fn fault(target: FaultTarget, number: u64) -> Fault {
    let applying = FAULT_KINDS.iter().filter(|kind| kind.applies_to(target));
    let written = applying.zip(1..).filter_map(|(kind, place)| {
        let drawn = mix(number, place);
        let value = match kind.input {
            FaultInput::Flag => json!(true),
            FaultInput::Share => json!((drawn >> 8) as u8 as f64 / 255.0),
            FaultInput::Milliseconds => json!((drawn >> 8) % 800),
            FaultInput::Factor => json!(((drawn >> 8) % 50) as f64 / 10.0),
            FaultInput::Rate => json!((drawn >> 8) % 6),
            FaultInput::Count => json!(1 + (drawn >> 8) % 3),
        };
        drawn.is_multiple_of(5).then(|| (kind.name.to_string(), value))
    });
    Fault::parse(&written.collect(), Some(target)).expect("a fault that applies")
}

/// When it begins and how long it lasts in seconds, what it strikes, and what it is made of.
type Scheduled = (f64, f64, usize, u64);

fn schedule(document: &mut Document, scheduled: &[Scheduled]) {
    let nodes = document.nodes.iter().map(|node| (node.id, FaultTarget::Node(node.kind)));
    let targets: Vec<_> =
        nodes.chain(document.edges.iter().map(|edge| (edge.id, FaultTarget::Edge(edge.kind)))).collect();
    for (at, lasts, target, number) in scheduled {
        let (target, kind) = targets[target % targets.len()];
        let until = (*lasts < 8.0).then_some(at + lasts);
        document.faults.push(ScheduledFault { at: *at, until, target, fault: fault(kind, *number) });
    }
}

/// A PublishBatch and a PutEvents in one: each takes its own entries.
fn batches(amount: u64) -> Value {
    let ids = 0..amount % 12;
    json!({
        "PublishBatchRequestEntries": ids.clone().map(|id| json!({ "Id": id.to_string(), "Message": { "n": id } })).collect::<Vec<_>>(),
        "Entries": ids.map(|id| json!({ "Source": "client", "DetailType": "Test", "Detail": if id == 3 { json!("x") } else { json!({}) } })).collect::<Vec<_>>(),
    })
}

fn command(simulation: &Simulation, happening: &Happening) -> Command {
    let nodes = &simulation.plan().nodes;
    let edges = &simulation.plan().edges;
    let (node, kind) = (nodes[happening.target % nodes.len()].id, nodes[happening.target % nodes.len()].kind);
    match happening.kind {
        0 => Command::Inject { target: node, fault: fault(FaultTarget::Node(kind), happening.amount) },
        1 if !edges.is_empty() => {
            let edge = &edges[happening.target % edges.len()];
            Command::Inject { target: edge.id, fault: fault(FaultTarget::Edge(edge.kind), happening.amount) }
        }
        2 => Command::Inject { target: node, fault: Fault::default() },
        3 => Command::Pause { node },
        4 | 5 => Command::Resume { node },
        6 => Command::Stop { node },
        7 => Command::Purge { queue: node },
        8 => Command::Redrive { queue: node, rate: Some(20), destination: None },
        9 => Command::StartReplay { bus: node, start: Time::ZERO, end: simulation.now() },
        10 if happening.amount.is_multiple_of(3) => Command::CancelReplay { bus: node },
        11 => Command::Send { node, payload: batches(happening.amount), count: 2 },
        _ => {
            let body = json!({ "n": happening.amount % 3, "id": "{{requestId}}" });
            let payload = match nodes[happening.target % nodes.len()].kind {
                NodeKind::Queue => json!({ "MessageBody": body, "MessageGroupId": labels(happening.amount).0 }),
                _ => body,
            };
            Command::Send { node, payload, count: (happening.amount % 20) as u32 }
        }
    }
}

/// No limit is broken, whatever happens: visibility timeouts, receive counts, concurrency, token buckets.
fn check_limits(simulation: &Simulation) {
    let plan = simulation.plan();
    let account = simulation.account();
    assert!(account.running_max <= account.limit, "more invocations at a time than the account allows");
    for node in plan.node_indices() {
        let running = simulation.activity(node) == Activity::Running;
        match simulation.view(node) {
            NodeView::Queue(queue) => {
                let late =
                    queue.in_flight.iter().filter(|message| message.due.is_some_and(|due| due < simulation.now()));
                assert_eq!(late.filter(|_| running).count(), 0, "in flight past the visibility timeout");
                let redrive = plan.node(node).outgoing.iter().map(|edge| &plan.edge(*edge).settings);
                let limit = redrive.filter_map(|settings| match settings {
                    EdgeSettings::Redrive { max_receive_count } => Some(*max_receive_count),
                    _ => None,
                });
                // A dead letter brings its count along.
                for limit in limit.filter(|_| !queue.dead_letter_queue) {
                    let messages = queue.visible.iter().chain(&queue.in_flight);
                    let most = messages.map(|message| message.receive_count).max().unwrap_or(0);
                    assert!(most <= limit, "received {most} times where {limit} are allowed");
                }
            }
            NodeView::Function(function) => {
                let busy = function
                    .slots
                    .iter()
                    .filter(|slot| !matches!(slot.state, SlotState::Idle | SlotState::Provisioned))
                    .count() as u64;
                assert!(busy.max(function.concurrent_max) <= function.limit, "more invocations at a time than allowed");
            }
            NodeView::Gateway(gateway) => {
                for bucket in gateway.buckets {
                    assert!((0.0..=bucket.burst as f64 + 1e-6).contains(&bucket.tokens), "{bucket:?}");
                }
                assert!(gateway.keys.iter().all(|key| key.left <= key.limit), "more left than the quota");
            }
            _ => {}
        }
    }
}

/// How many events one stretch of a story may take.
const BUDGET: u64 = 10_000;

/// Runs the whole story, checking all the way. Commands that do not apply are refused, which is fine. Also gives a copy
/// made on the way and how many commands it had seen.
fn play(document: &Document, seed: u64, happenings: &[Happening], end: Time) -> (Simulation, Simulation, usize) {
    let mut simulation = simulate(document, seed);
    let mut fifo = FifoChecker::default();
    let mut copy = None;
    for (place, happening) in happenings.iter().enumerate() {
        let until = simulation.now() + happening.after * 1_000;
        simulation.run_until(until, BUDGET);
        fifo.check(&simulation);
        // Before the command: what was frozen catches up only when time goes on.
        check_limits(&simulation);
        if place == happenings.len() / 2 {
            copy = Some((simulation.clone(), simulation.log().len()));
        }
        let command = command(&simulation, happening);
        let _ = simulation.apply(command);
        check_conservation(&simulation);
    }
    simulation.run_until(end, BUDGET);
    fifo.check(&simulation);
    check_conservation(&simulation);
    check_limits(&simulation);
    let (copy, seen) = copy.unwrap_or_else(|| (simulate(document, seed), 0));
    (simulation, copy, seen)
}

/// Carries out the commands from number `seen` on, and runs to where the first run ended.
fn play_again(mut simulation: Simulation, first: &Simulation, seen: usize, end: Time) -> String {
    for done in &first.log()[seen..] {
        simulation.replay(done).expect("what was possible is possible again");
    }
    // Where events make ever more events, the first run ended by its budget.
    let all = first.next_time().is_none_or(|next| next > end);
    let budget = if all { u64::MAX } else { first.events() - simulation.events() };
    simulation.run_until(end, budget);
    simulation.journal().hash()
}

const CASES: u32 = if cfg!(debug_assertions) { 300 } else { 10_000 };

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_the_same_run_is_the_same(
        choices in proptest::collection::vec(node_choice(), 2..10),
        links in proptest::collection::vec((0usize..64, 0usize..64, 0u64..1000), 1..30),
        happenings in proptest::collection::vec(happening(), 0..8),
        scheduled in proptest::collection::vec((0.0f64..20.0, 0.1f64..10.0, 0usize..64, 0u64..1_000_000), 0..4),
        rate in 0.5f64..8.0,
        // Mostly short; sometimes long enough for visibility timeouts, retries and sockets' timeouts to play out.
        length in prop_oneof![12 => 3u64..15, 1 => 60u64..120],
        entry in 0usize..8,
        seed in 0u64..1_000_000,
    ) {
        let mut document = diagram(&choices, &links, rate, entry);
        schedule(&mut document, &scheduled);
        let happened: u64 = happenings.iter().map(|happening| happening.after).sum();
        let end = Time((happened + length * 1_000) * 1_000);
        let (simulation, copy, seen) = play(&document, seed, &happenings, end);
        let hash = simulation.journal().hash();
        prop_assert_eq!(&hash, &play_again(simulate(&document, seed), &simulation, 0, end));
        prop_assert_eq!(&hash, &play_again(copy, &simulation, seen, end));
    }
}
