//! Nothing is lost silently: over random diagrams, traffic, faults and commands the books always balance, and the same
//! seed and commands always give the same journal.

mod support;

use eventyard::diagram::settings::EdgeSettings;
use eventyard::diagram::{Distribution, Document, EdgeKind, Fault, NodeKind, edge_kinds};
use eventyard::kernel::Time;
use eventyard::services::Activity;
use eventyard::simulation::{Command, NodeView, Simulation, SlotState};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{Builder, check_conservation, simulate};
use uuid::Uuid;

/// A node to be: its kind and numbers that its settings are made of.
#[derive(Clone, Debug)]
struct NodeChoice {
    kind: NodeKind,
    a: u64,
    b: u64,
}

/// Something to happen at a time in milliseconds.
#[derive(Clone, Debug)]
struct Happening {
    after: u64,
    kind: u8,
    target: usize,
    amount: u64,
}

fn node_choice() -> impl Strategy<Value = NodeChoice> {
    let kind = prop_oneof![
        4 => Just(NodeKind::Function),
        3 => Just(NodeKind::Queue),
        1 => Just(NodeKind::Gateway),
        2 => Just(NodeKind::Topic),
        1 => Just(NodeKind::Bus),
        1 => Just(NodeKind::Rule),
        1 => Just(NodeKind::Database),
        1 => Just(NodeKind::Mailer),
        1 => Just(NodeKind::Endpoint),
    ];
    (kind, 0u64..1000, 0u64..1000).prop_map(|(kind, a, b)| NodeChoice { kind, a, b })
}

fn happening() -> impl Strategy<Value = Happening> {
    (0u64..4_000, 0u8..13, 0usize..64, 0u64..1000).prop_map(|(after, kind, target, amount)| Happening {
        after,
        kind,
        target,
        amount,
    })
}

fn settings(choice: &NodeChoice) -> Value {
    let (a, b) = (choice.a, choice.b);
    let status = [200, 204, 404, 429, 500][(a % 5) as usize];
    let prefix = ["client", "nobody", ""][(a % 3) as usize];
    match choice.kind {
        NodeKind::Queue => json!({ "VisibilityTimeout": 1 + a % 4, "DelaySeconds": if b % 5 == 0 { 1 } else { 0 } }),
        NodeKind::Gateway => json!({ "ThrottlingRateLimit": 1 + a, "ThrottlingBurstLimit": 1 + b % 20 }),
        NodeKind::Function => json!({
            "Timeout": 1 + b % 2, "InitDuration": 100, "ReservedConcurrentExecutions": a % 6,
            "MaximumRetryAttempts": b % 3, "MaximumEventAgeInSeconds": 60, "IdleSeconds": 2,
            "ProvisionedConcurrentExecutions": if a % 6 > 2 { b % 3 } else { 0 },
            "RecursiveLoop": if b % 7 == 0 { "Allow" } else { "Terminate" },
        }),
        NodeKind::Database => json!({
            "MaximumConnections": 1 + a % 3, "ConnectionTimeoutMillis": 50 + b, "FailureRate": (a % 3) as f64 / 10.0,
            "QueryDuration": 20 + b % 300,
        }),
        NodeKind::Mailer => json!({ "FailureRate": (a % 3) as f64 / 10.0 }),
        NodeKind::Endpoint => json!({
            "StatusCode": status, "ResponseDuration": if b % 4 == 0 { 6_000 } else { 50 },
            "RetryAfter": if b % 3 == 0 { json!(2) } else { Value::Null },
        }),
        NodeKind::Topic => json!({ "MessagesPerSecond": 2 + a }),
        NodeKind::Bus => json!({
            "Archive": a % 2 == 0, "PutEventsPerSecond": 2 + b % 50, "InvocationsPerSecond": 2 + a % 50,
        }),
        NodeKind::Rule => json!({
            "EventPattern": { "source": [{ "prefix": prefix }] },
            "ScheduleExpression": if b % 4 == 0 { "rate(1 minute)" } else { "" },
        }),
        _ => json!({}),
    }
}

/// What a function does with whatever it is connected to.
fn step(kind: NodeKind, to: Uuid, number: u64) -> Option<Value> {
    let mut step = match kind {
        NodeKind::Gateway | NodeKind::Function | NodeKind::Endpoint => {
            json!({ "step": "call", "path": "/x", "payload": { "n": number }, "timeoutMillis": 400 })
        }
        NodeKind::Queue => json!({ "step": "send", "timeoutMillis": 300 }),
        NodeKind::Topic => json!({ "step": "publish", "payload": { "n": number } }),
        NodeKind::Bus => json!({ "step": "putEvents", "source": "client", "detailType": "Test", "detail": {} }),
        NodeKind::Database => {
            json!({ "step": "write", "row": { "n": number }, "idempotent": number.is_multiple_of(2) })
        }
        NodeKind::Mailer => json!({ "step": "email", "recipient": "a@example.com", "subject": "s", "body": "b" }),
        _ => return None,
    };
    step["to"] = to.to_string().into();
    step["retries"] = (number % 3).into();
    step["onError"] = if number.is_multiple_of(2) { "fail" } else { "continue" }.into();
    Some(step)
}

fn access(number: u64) -> &'static str {
    ["ALLOWED", "ALLOWED", "ALLOWED", "ALLOWED", "DENIED", "DELETED"][number as usize % 6]
}

/// The first queue, now and then.
fn dead_letter_queue(nodes: &[(Uuid, NodeKind)], number: u64) -> String {
    let queue = nodes.iter().find(|(_, kind)| *kind == NodeKind::Queue).filter(|_| number.is_multiple_of(3));
    queue.map_or(String::new(), |(id, _)| id.to_string())
}

/// A client that publishes to a FIFO topic with a FIFO queue, which nobody polls.
fn add_fifo(builder: &mut Builder, entry: usize, rate: f64) {
    let topic = json!({ "FifoTopic": true, "ContentBasedDeduplication": true });
    let topic = builder.node(NodeKind::Topic, "Fifo topic", topic);
    let queue = builder.node(NodeKind::Queue, "Fifo queue", json!({ "FifoQueue": true }));
    let client = json!({ "Arrivals": { "poisson": rate }, "MessageGroupId": "{{message.n}}",
                         "Payloads": [{ "n": "a", "id": "{{requestId}}" }, { "n": "b" }] });
    let client = builder.node(NodeKind::Client, "Fifo client", client);
    builder.edge(client, topic, json!({}));
    builder.edge(topic, queue, json!({ "Access": access(entry as u64), "DeadLetterQueue": queue.to_string() }));
}

/// A diagram of these nodes, with an edge wherever the numbers say so and the services allow it.
fn diagram(choices: &[NodeChoice], links: &[(usize, usize, u64)], rate: f64, entry: usize) -> Document {
    let mut builder = Builder::new();
    let mut nodes: Vec<(Uuid, NodeKind)> = Vec::new();
    for (index, choice) in choices.iter().enumerate() {
        nodes.push((builder.node(choice.kind, &format!("Node {index}"), settings(choice)), choice.kind));
    }
    let mut handlers: Vec<Vec<Value>> =
        vec![vec![json!({ "step": "work", "duration": { "exponential": 120 }, "failureRate": 0.1 })]; nodes.len()];
    let mut used: Vec<(usize, usize)> = Vec::new();
    let mut redriven: Vec<usize> = Vec::new();
    let mut owned: Vec<usize> = Vec::new();
    let mut outcomes: Vec<(usize, EdgeKind)> = Vec::new();
    for (from, to, number) in links {
        let (from, to) = (from % nodes.len(), to % nodes.len());
        let ((from_id, from_kind), (to_id, to_kind)) = (nodes[from], nodes[to]);
        if edge_kinds(from_kind, to_kind).is_empty() || used.contains(&(from, to)) {
            continue;
        }
        let settings = match (from_kind, to_kind) {
            (NodeKind::Queue, NodeKind::Queue) => {
                // One dead-letter queue each, and no queue its own.
                if from == to || redriven.contains(&from) {
                    continue;
                }
                redriven.push(from);
                json!({ "maxReceiveCount": 1 + number % 3 })
            }
            (NodeKind::Queue, NodeKind::Function) => json!({
                "BatchSize": 1 + number % 10, "ReportBatchItemFailures": number % 2 == 0,
                "MaximumBatchingWindowInSeconds": number % 2, "InitialPollers": 1 + number % 3, "MaximumPollers": 4,
                "FilterCriteria": if number % 4 == 0 { json!([{ "body": { "n": [{ "exists": true }] } }]) } else { json!([]) },
            }),
            (NodeKind::Topic, _) => json!({
                "RawMessageDelivery": number % 2 == 0, "Subscribed": number % 5 > 0, "Confirmed": number % 7 > 0,
                "Access": access(*number), "DeadLetterQueue": dead_letter_queue(&nodes, *number),
                "DeliveryPolicy": {
                    "healthyRetryPolicy": { "numRetries": number % 4, "minDelayTarget": 1, "maxDelayTarget": 5 },
                    "throttlePolicy": { "maxReceivesPerSecond": 1 + number % 9 },
                },
            }),
            (NodeKind::Gateway, _) => json!({ "TimeoutInMillis": 100 + number }),
            (NodeKind::Bus, NodeKind::Rule) if owned.contains(&to) => continue,
            (NodeKind::Bus, NodeKind::Rule) => {
                owned.push(to);
                json!({})
            }
            (NodeKind::Rule, _) if used.iter().filter(|(known, _)| *known == from).count() >= 5 => continue,
            (NodeKind::Rule, _) => json!({
                "MaximumRetryAttempts": number % 4, "MaximumEventAgeInSeconds": 60, "Access": access(*number),
                "InvocationRateLimitPerSecond": 1 + number % 9, "DeadLetterQueue": dead_letter_queue(&nodes, *number),
            }),
            _ => json!({}),
        };
        used.push((from, to));
        let kinds = edge_kinds(from_kind, to_kind);
        let kind = kinds[*number as usize / 7 % kinds.len()];
        if matches!(kind, EdgeKind::OnSuccess | EdgeKind::OnFailure | EdgeKind::DeadLetter) {
            // One of each.
            if !outcomes.contains(&(from, kind)) {
                outcomes.push((from, kind));
                builder.edge_of(kind, from_id, to_id, settings);
            }
            continue;
        }
        builder.edge(from_id, to_id, settings);
        if from_kind == NodeKind::Function {
            handlers[from].extend(step(to_kind, to_id, *number));
        }
    }
    for (index, handler) in handlers.iter().enumerate() {
        if nodes[index].1 == NodeKind::Function {
            let mut handler = handler.clone();
            handler.push(json!({ "step": "respond", "payload": { "statusCode": 200, "body": {} } }));
            builder.set(nodes[index].0, "Handler", Value::Array(handler));
        }
    }
    let client = builder.node(
        NodeKind::Client,
        "Client",
        json!({ "Arrivals": { "poisson": rate }, "Payloads": [{ "n": 1 }, { "other": "{{requestId}}" }], "Path": "/x",
                "TimeoutMillis": 900, "Retries": entry % 3 }),
    );
    let reachable: Vec<Uuid> =
        nodes.iter().filter(|(_, kind)| !edge_kinds(NodeKind::Client, *kind).is_empty()).map(|(id, _)| *id).collect();
    if let Some(first) = reachable.get(entry % reachable.len().max(1)) {
        builder.edge(client, *first, json!({}));
    }
    if entry.is_multiple_of(3) {
        add_fifo(&mut builder, entry, rate);
    }
    let mut document = builder.build();
    if entry.is_multiple_of(2) {
        // A small account that all functions share.
        document.account.insert("ConcurrentExecutions".to_string(), (1 + entry).into());
        for node in &mut document.nodes {
            node.settings.remove("ReservedConcurrentExecutions");
            node.settings.remove("ProvisionedConcurrentExecutions");
        }
    }
    document
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
    let node = nodes[happening.target % nodes.len()].id;
    let fault = Fault {
        outage: happening.amount.is_multiple_of(4),
        error_rate: (happening.amount % 5) as f64 / 5.0,
        latency: happening.amount.is_multiple_of(3).then_some(Distribution::Constant(happening.amount as f64)),
        throttle: happening.amount.is_multiple_of(7).then_some(5.0),
        ..Fault::default()
    };
    match happening.kind {
        0 => Command::Inject { target: node, fault },
        1 if !edges.is_empty() => Command::Inject { target: edges[happening.target % edges.len()].id, fault },
        2 => Command::Inject { target: node, fault: Fault::default() },
        3 => Command::Pause { node },
        4 | 5 => Command::Resume { node },
        6 => Command::Stop { node },
        7 => Command::Purge { queue: node },
        8 => Command::Redrive { queue: node, rate: Some(20), destination: None },
        9 => Command::StartReplay { bus: node, start: Time::ZERO, end: simulation.now() },
        10 if happening.amount.is_multiple_of(3) => Command::CancelReplay { bus: node },
        11 => Command::Send { node, payload: batches(happening.amount), count: 2 },
        _ => Command::Send { node, payload: json!({ "n": happening.amount }), count: (happening.amount % 20) as u32 },
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
                assert!((0.0..=gateway.burst as f64 + 1e-6).contains(&gateway.tokens), "{} tokens", gateway.tokens);
            }
            _ => {}
        }
    }
}

/// Runs the whole story and gives the journal's hash. Commands that do not apply are refused, which is fine.
fn play(document: &Document, seed: u64, happenings: &[Happening], check: bool) -> String {
    let mut simulation = simulate(document, seed);
    for happening in happenings {
        let until = simulation.now() + happening.after * 1_000;
        simulation.run_until(until, 200_000);
        // Before the command: what was frozen catches up only when time goes on.
        if check {
            check_limits(&simulation);
        }
        let command = command(&simulation, happening);
        let _ = simulation.apply(command);
        if check {
            check_conservation(&simulation);
        }
    }
    // Long enough for visibility timeouts and retries to play out.
    let until = simulation.now() + 200_000_000;
    simulation.run_until(until, 300_000);
    if check {
        check_conservation(&simulation);
        check_limits(&simulation);
    }
    simulation.journal().hash()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_the_same_run_is_the_same(
        choices in proptest::collection::vec(node_choice(), 2..12),
        links in proptest::collection::vec((0usize..64, 0usize..64, 0u64..1000), 1..40),
        happenings in proptest::collection::vec(happening(), 0..12),
        rate in 0.5f64..30.0,
        entry in 0usize..8,
        seed in 0u64..1_000_000,
    ) {
        let document = diagram(&choices, &links, rate, entry);
        let first = play(&document, seed, &happenings, true);
        let second = play(&document, seed, &happenings, false);
        prop_assert_eq!(first, second);
    }
}
