//! Nothing is lost silently: over random diagrams, settings, traffic, faults by hand and by schedule, and commands, no
//! invariant is ever broken. What must hold, and what looks at it:
//!
//! | invariant | looked at by |
//! |---|---|
//! | conservation: whatever was created has ended or is held, once | `check_conservation`, after each command |
//! | no message in flight past its visibility timeout | `no_message_is_in_flight_past_its_visibility_timeout` |
//! | receive count never above maxReceiveCount without dead-lettering | `no_message_is_received_too_often` |
//! | FIFO order within a group; nothing of a group while one is in flight | [`FifoChecker`] |
//! | exactly-once within the deduplication interval | [`FifoChecker`] |
//! | concurrency never above its limit | `concurrency_is_within_its_limits` |
//! | no token bucket negative, or fuller than it can be | `no_bucket_is_negative`, over all buckets there are |
//! | what is handed out at a pace keeps it | [`PaceChecker`] |
//! | determinism: twice the same hash | `nothing_is_lost_and_the_same_run_is_the_same` |
//! | snapshot + replay equals the straight run | the same, from a copy made on the way |
//!
//! CI runs 10,000 cases (in release), each of them three runs: 30,000 simulations in all. `PROPTEST_CASES` sets another number.

mod support;

use eventyard::diagram::settings::EdgeSettings;
use eventyard::diagram::{
    Document, EdgeIndex, FAULT_KINDS, Fault, FaultInput, FaultTarget, NodeIndex, NodeKind, ScheduledFault,
};
use eventyard::kernel::{SECOND, Time, mix};
use eventyard::services::{Activity, What};
use eventyard::simulation::{Command, NodeView, QueueView, Simulation, SlotState, SlotView};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
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

/// A SendMessageBatch, a PublishBatch and a PutEvents in one: each takes what it knows.
fn batches(amount: u64) -> Value {
    let ids = 0..amount % 12;
    let entry = |id: u64| {
        json!({
            "Id": id.to_string(), "MessageBody": { "n": id }, "MessageGroupId": labels(id).0,
            "Source": "client", "DetailType": "Test", "Detail": if id == 3 { json!("x") } else { json!({}) },
        })
    };
    json!({
        "PublishBatchRequestEntries": ids.clone().map(|id| json!({ "Id": id.to_string(), "Message": { "n": id } })).collect::<Vec<_>>(),
        "Entries": ids.map(entry).collect::<Vec<_>>(),
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

/// No limit is broken, whatever happens.
fn check_limits(simulation: &Simulation) {
    for node in simulation.plan().node_indices() {
        match simulation.view(node) {
            NodeView::Queue(queue) => {
                if simulation.activity(node) == Activity::Running {
                    no_message_is_in_flight_past_its_visibility_timeout(simulation, &queue);
                }
                no_message_is_received_too_often(simulation, node, &queue);
            }
            NodeView::Gateway(gateway) => {
                assert!(gateway.keys.iter().all(|key| key.left <= key.limit), "more left than the quota");
            }
            _ => {}
        }
    }
    concurrency_is_within_its_limits(simulation);
    no_bucket_is_negative(simulation);
}

fn no_message_is_in_flight_past_its_visibility_timeout(simulation: &Simulation, queue: &QueueView) {
    let late = queue.in_flight.iter().filter(|message| message.due.is_some_and(|due| due < simulation.now()));
    assert_eq!(late.count(), 0, "in flight past the visibility timeout");
}

fn no_message_is_received_too_often(simulation: &Simulation, node: NodeIndex, queue: &QueueView) {
    let plan = simulation.plan();
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

fn concurrency_is_within_its_limits(simulation: &Simulation) {
    let account = simulation.account();
    assert!(account.running_max <= account.limit, "more invocations at a time than the account allows");
    for node in simulation.plan().node_indices() {
        let NodeView::Function(function) = simulation.view(node) else { continue };
        let busy = |slot: &&SlotView| !matches!(slot.state, SlotState::Idle | SlotState::Provisioned);
        let busy = function.slots.iter().filter(busy).count() as u64;
        assert!(busy.max(function.concurrent_max) <= function.limit, "more invocations at a time than allowed");
    }
}

/// Of gateways' stages, routes and usage plans, the account, functions' scaling and request rates, FIFO queues and their
/// groups, topics, buses, tables and their partitions, mailers, and faults that throttle.
fn no_bucket_is_negative(simulation: &Simulation) {
    for bucket in simulation.buckets() {
        assert!(bucket.level >= 0.0 && bucket.level <= bucket.capacity + 1e-6, "{bucket:?}");
    }
}

/// Follows what sets out on ways that have a rate of their own: API destinations and HTTP subscriptions. What waits
/// for its turn has its place ahead of time, so it is the departures that must keep the pace.
#[derive(Default)]
struct PaceChecker {
    next: u64,
    departed: BTreeMap<EdgeIndex, VecDeque<Time>>,
}

impl PaceChecker {
    fn check(&mut self, simulation: &Simulation) {
        // Who was frozen catches up at once.
        let frozen = simulation.log().iter().any(|done| matches!(done.command, Command::Pause { .. }));
        for (_, record) in simulation.journal().since(self.next).filter(|_| !frozen) {
            let (Some(edge), What::Departed { .. }) = (record.edge, record.what) else { continue };
            let Some(rate) = pace(simulation, edge) else { continue };
            let departed = self.departed.entry(edge).or_default();
            departed.push_back(record.time);
            while departed.front().is_some_and(|first| record.time.since(*first) >= SECOND) {
                departed.pop_front();
            }
            // After a quiet second as many at once as in a second, and then those of this second.
            assert!(departed.len() as u64 <= 2 * rate, "{} within a second at {rate} a second", departed.len());
        }
        self.next = simulation.journal().count();
    }
}

fn pace(simulation: &Simulation, edge: EdgeIndex) -> Option<u64> {
    let plan = simulation.plan();
    let planned = plan.edge(edge);
    match &planned.settings {
        EdgeSettings::Target(target) if plan.node(planned.to).kind == NodeKind::Endpoint => {
            Some(target.requests_per_second)
        }
        EdgeSettings::Subscription(subscription) if plan.node(planned.to).kind == NodeKind::Endpoint => {
            subscription.delivery.max_receives_per_second
        }
        _ => None,
    }
}

/// How many events one stretch of a story may take.
const BUDGET: u64 = 10_000;

/// Runs the whole story, checking all the way. Commands that do not apply are refused, which is fine. Also gives a copy
/// made on the way and how many commands it had seen.
fn play(document: &Document, seed: u64, happenings: &[Happening], end: Time) -> (Simulation, Simulation, usize) {
    let mut simulation = simulate(document, seed);
    let (mut fifo, mut paces) = (FifoChecker::default(), PaceChecker::default());
    let mut copy = None;
    for (place, happening) in happenings.iter().enumerate() {
        let until = simulation.now() + happening.after * 1_000;
        simulation.run_until(until, BUDGET);
        fifo.check(&simulation);
        paces.check(&simulation);
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
    paces.check(&simulation);
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
/// The profile that CI tests in has no debug assertions.
const _: () = assert!(cfg!(debug_assertions) || CASES >= 10_000);

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
