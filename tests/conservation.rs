//! Nothing is lost silently: over random diagrams, settings, traffic, faults by hand and by schedule, and commands, the
//! books always balance, no limit is broken, the same seed and commands always give the same journal, and so do a copy
//! made on the way and the commands that followed.
//!
//! 10,000 cases in release; `PROPTEST_CASES` sets another number.

mod support;

use eventyard::diagram::settings::EdgeSettings;
use eventyard::diagram::{
    Document, EdgeKind, FAULT_KINDS, Fault, FaultInput, FaultTarget, NodeKind, ScheduledFault, edge_kinds,
};
use eventyard::kernel::{Time, mix};
use eventyard::services::Activity;
use eventyard::simulation::{Command, NodeView, Simulation, SlotState};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::fifo::FifoChecker;
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

fn is_fifo(choice: &NodeChoice) -> bool {
    choice.kind == NodeKind::Queue && choice.b.is_multiple_of(2)
}

/// Message groups and deduplication ids that senders give: none, one for each request, or one of a few.
fn labels(number: u64) -> (&'static str, &'static str) {
    let groups = ["{{message.n}}", "one", "{{requestId}}", ""];
    let ids = ["", "{{requestId}}", "", "{{message.n}}"];
    (groups[(number % 4) as usize], ids[(number / 4 % 4) as usize])
}

fn settings(choice: &NodeChoice) -> Value {
    let (a, b) = (choice.a, choice.b);
    let status = [200, 204, 404, 429, 500][(a % 5) as usize];
    let prefix = ["client", "nobody", ""][(a % 3) as usize];
    match choice.kind {
        NodeKind::Queue if is_fifo(choice) => json!({
            "FifoQueue": true, "ContentBasedDeduplication": true, "VisibilityTimeout": 1 + a % 4,
            "DelaySeconds": if b % 5 == 0 { 1 } else { 0 },
            "DeduplicationScope": if a % 2 == 0 { "queue" } else { "messageGroup" },
            "FifoThroughputLimit": if a % 4 == 1 { "perMessageGroupId" } else { "perQueue" },
        }),
        NodeKind::Queue => json!({
            "VisibilityTimeout": 1 + a % 4, "DelaySeconds": if b % 5 == 0 { 1 } else { 0 },
            "DuplicateRate": if a % 7 == 0 { 0.2 } else { 0.0 }, "OutOfOrderRate": if a % 5 == 0 { 0.3 } else { 0.0 },
        }),
        NodeKind::Gateway => gateway(a, b),
        NodeKind::Function => json!({
            "Timeout": 1 + b % 2, "InitDuration": 100, "ReservedConcurrentExecutions": a % 6,
            "MaximumRetryAttempts": b % 3, "MaximumEventAgeInSeconds": 60, "IdleSeconds": 2,
            "ProvisionedConcurrentExecutions": if a % 6 > 2 { b % 3 } else { 0 },
            "RecursiveLoop": if b % 7 == 0 { "Allow" } else { "Terminate" },
        }),
        NodeKind::Database => json!({
            "MaximumConnections": 1 + a % 3, "ConnectionTimeoutMillis": 50 + b, "FailureRate": (a % 3) as f64 / 10.0,
            "QueryDuration": 20 + b % 300, "Engine": if a % 4 == 0 { "key-value" } else { "relational" },
            "IdleConnectionSeconds": a % 3, "ConnectDuration": b % 50, "FailoverSeconds": 1 + b % 5,
            "TransactionsPerSecond": if b % 3 == 0 { json!(5) } else { json!(null) },
        }),
        NodeKind::Mailer => json!({
            "FailureRate": (a % 3) as f64 / 10.0, "BounceRate": (b % 3) as f64 / 4.0, "EventDelay": b,
            "ComplaintRate": (a % 2) as f64 / 4.0, "MaxSendRate": if b % 4 == 0 { json!(2) } else { json!(null) },
            "Max24HourSend": if a % 4 == 0 { json!(10) } else { json!(null) },
        }),
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

/// A plain REST API, one with all that it can have, or an HTTP API.
fn gateway(a: u64, b: u64) -> Value {
    let mut settings = json!({ "ThrottlingRateLimit": 1 + a, "ThrottlingBurstLimit": 1 + b % 20 });
    let more = match a % 3 {
        0 => json!({}),
        1 => json!({
            "Authorizer": if b.is_multiple_of(3) { "NONE" } else { "TOKEN" }, "AuthorizerToken": if b.is_multiple_of(5) { "u" } else { "t" },
            "AuthorizerResultTtlInSeconds": b % 3, "ApiKeyRequired": b.is_multiple_of(2), "ApiKey": "other",
            "UsagePlans": [{ "name": "p", "keys": ["k"], "throttle": { "rateLimit": b % 30, "burstLimit": 1 + a % 9 },
                             "quota": { "limit": 5 + a, "period": "DAY" } }],
            "CacheClusterEnabled": b.is_multiple_of(4), "CacheTtlInSeconds": 1 + b % 5, "CanarySettings": { "percentTraffic": a % 100 },
            "CorsConfiguration": { "allowOrigins": ["*"], "allowHeaders": ["*", "authorization", "content-type"] },
        }),
        _ => json!({
            "ApiType": "HTTP", "Authorizer": if b.is_multiple_of(2) { "NONE" } else { "JWT" }, "JwtIssuer": "i", "JwtAudience": ["a"],
            "CorsConfiguration": { "allowOrigins": if b.is_multiple_of(3) { json!([]) } else { json!(["*"]) }, "allowHeaders": ["*"] },
        }),
    };
    for (name, value) in more.as_object().into_iter().flatten() {
        settings[name] = value.clone();
    }
    settings
}

/// A route of such a gateway.
fn route(gateway: &NodeChoice, to: NodeKind, number: u64) -> Value {
    let mut settings = json!({ "TimeoutInMillis": 100 + number });
    let function = to == NodeKind::Function;
    let more = match (gateway.a % 3, number % 4) {
        (1, 0) => json!({ "RequestModel": { "required": ["n"] }, "ThrottlingBurstLimit": 2, "ThrottlingRateLimit": 5 }),
        (1, 1) if function => json!({ "IntegrationType": "NON_PROXY", "InvocationType": "Event", "Method": "POST" }),
        (1, 2) if function || to == NodeKind::Queue => json!({
            "IntegrationType": "NON_PROXY", "RequestTemplates": { "application/json": "{\"n\": $input.json('$.n')}" },
            "IntegrationResponses": [{ "statusCode": 202 }, { "selectionPattern": ".*threw.*", "statusCode": 422 }],
        }),
        (1, 3) => json!({ "Deployment": "CANARY", "AuthorizationType": "NONE" }),
        (2, 1) => json!({ "ResponseParameters": { "200": { "overwrite:statuscode": "404" } } }),
        (_, 2) if function => json!({ "FunctionEvent": "PROXY_EVENT" }),
        _ => json!({}),
    };
    for (name, value) in more.as_object().into_iter().flatten() {
        settings[name] = value.clone();
    }
    settings
}

/// How a client that is driven by these numbers sends.
fn client(entry: usize, rate: f64, seed: u64) -> Value {
    let arrivals = match seed % 5 {
        0 => json!({ "closed": { "users": 1 + seed % 20, "thinkTime": { "exponential": 200 } } }),
        1 => json!({ "steps": [{ "rate": rate, "seconds": 1 }, { "rate": 0, "seconds": 2 }] }),
        2 => json!({ "sine": { "mean": rate, "amplitude": rate, "periodSeconds": 5 } }),
        _ => json!({ "poisson": rate }),
    };
    let jitter = ["FULL", "EQUAL", "NONE"][seed as usize % 3];
    let idempotency_key = ["NONE", "PER_REQUEST", "PER_ATTEMPT"][seed as usize % 3];
    let breaker = json!({ "failures": 2 + seed % 3, "openSeconds": 1, "halfOpenRequests": 1 + seed % 2 });
    json!({
        "Arrivals": arrivals, "Payloads": [{ "n": 1 }, { "other": "{{requestId}}" }], "Path": "/x",
        "Method": if seed.is_multiple_of(6) { "GET" } else { "POST" }, "TimeoutMillis": 900, "Retries": entry % 3,
        "RetryJitter": jitter, "ApiKey": if seed.is_multiple_of(7) { "" } else { "k" },
        "Authorization": if seed.is_multiple_of(4) { "t" } else { "{\"iss\":\"i\",\"aud\":\"a\",\"exp\":9999999999}" },
        "IdempotencyKey": idempotency_key,
        "Origin": if seed.is_multiple_of(3) { "https://shop.example" } else { "" },
        "CircuitBreaker": if seed.is_multiple_of(2) { breaker } else { Value::Null },
        "MessageGroupId": labels(entry as u64).0,
    })
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
        NodeKind::Database => match number % 4 {
            0 => json!({ "step": "idempotency", "key": "{{message.n}}", "steps": [work(80), work(20)] }),
            1 => json!({ "step": "relay", "maximum": 3, "steps": [work(30), { "step": "throw", "probability": 0.1 }] }),
            _ => {
                json!({ "step": "write", "row": { "n": number }, "idempotent": number.is_multiple_of(3), "event": { "n": 1 } })
            }
        },
        NodeKind::Mailer => json!({ "step": "email", "recipient": "a@example.com", "subject": "s", "body": "b" }),
        _ => return None,
    };
    if matches!(kind, NodeKind::Queue | NodeKind::Topic) {
        let (group, id) = labels(number);
        step["messageGroupId"] = group.into();
        step["messageDeduplicationId"] = id.into();
    }
    step["to"] = to.to_string().into();
    step["retries"] = (number % 3).into();
    match number % 7 {
        0 => step["onError"] = "continue".into(),
        1 => step["fallback"] = json!({ "n": "{{result.n}}" }),
        2 => step["fallbackSteps"] = json!([work(10)]),
        3 => step["circuitBreaker"] = json!({ "failures": 2, "openMillis": 500 }),
        _ => {}
    }
    // Alone, at the same time as others, or only for some messages.
    Some(match number % 5 {
        0 => json!({ "step": "parallel", "steps": [[work(20), step], { "step": "throw", "probability": 0.1 }] }),
        1 => json!({ "step": "if", "when": { "n": [{ "exists": true }] }, "then": [step], "else": [work(5)] }),
        2 => {
            json!({ "step": "parallel", "steps": [[step], [{ "step": "parallel", "steps": [work(9), [work(1), work(2)]] }]],
                     "onError": "continue" })
        }
        _ => step,
    })
}

fn work(milliseconds: u64) -> Value {
    json!({ "step": "work", "duration": milliseconds, "failureRate": 0.05, "cpuBound": milliseconds.is_multiple_of(2) })
}

fn access(number: u64) -> &'static str {
    ["ALLOWED", "ALLOWED", "ALLOWED", "ALLOWED", "DENIED", "DELETED"][number as usize % 6]
}

/// The first standard queue, now and then.
fn dead_letter_queue(nodes: &[(Uuid, NodeKind)], choices: &[NodeChoice], number: u64) -> String {
    let mut queues =
        nodes.iter().zip(choices).filter(|((_, kind), choice)| *kind == NodeKind::Queue && !is_fifo(choice));
    queues.next().filter(|_| number.is_multiple_of(3)).map_or(String::new(), |((id, _), _)| id.to_string())
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
    let answers = ["as documented", "failed records", "nothing", "malformed"];
    for (from, to, number) in links {
        let (from, to) = (from % nodes.len(), to % nodes.len());
        let ((from_id, from_kind), (to_id, to_kind)) = (nodes[from], nodes[to]);
        if edge_kinds(from_kind, to_kind).is_empty() || used.contains(&(from, to)) {
            continue;
        }
        let settings = match (from_kind, to_kind) {
            (NodeKind::Queue, NodeKind::Queue) => {
                // One dead-letter queue each of the same type, and no queue its own.
                if from == to || redriven.contains(&from) || is_fifo(&choices[from]) != is_fifo(&choices[to]) {
                    continue;
                }
                redriven.push(from);
                json!({ "maxReceiveCount": 1 + number % 3 })
            }
            (NodeKind::Queue, NodeKind::Function) => json!({
                "BatchSize": 1 + number % 10, "ReportBatchItemFailures": number % 2 == 0,
                "BatchItemFailures": answers[(number / 2 % 4) as usize],
                "MaximumBatchingWindowInSeconds": if is_fifo(&choices[from]) { 0 } else { number % 2 },
                "VisibilityHeartbeatSeconds": if number % 5 == 0 { json!(1) } else { json!(null) },
                "VisibilityAfterFailureSeconds": if number % 7 == 0 { json!(number % 3) } else { json!(null) },
                "InitialPollers": 1 + number % 3, "MaximumPollers": 4,
                "FilterCriteria": if number % 4 == 0 { json!([{ "body": { "n": [{ "exists": true }] } }]) } else { json!([]) },
            }),
            // What only delivers to standard queues.
            (NodeKind::Topic, NodeKind::Queue) if is_fifo(&choices[to]) => continue,
            (NodeKind::Topic, _) => json!({
                "RawMessageDelivery": number % 2 == 0, "Subscribed": number % 5 > 0, "Confirmed": number % 7 > 0,
                "Access": access(*number), "DeadLetterQueue": dead_letter_queue(&nodes, choices, *number),
                "DeliveryPolicy": {
                    "healthyRetryPolicy": { "numRetries": number % 4, "minDelayTarget": 1, "maxDelayTarget": 5 },
                    "throttlePolicy": { "maxReceivesPerSecond": 1 + number % 9 },
                },
            }),
            // HTTP APIs reach no topics.
            (NodeKind::Gateway, NodeKind::Topic) if choices[from].a % 3 == 2 => continue,
            (NodeKind::Gateway, _) => {
                let mut route = route(&choices[from], to_kind, *number);
                if matches!(to_kind, NodeKind::Queue | NodeKind::Topic) {
                    let (group, id) = labels(*number);
                    (route["MessageGroupId"], route["MessageDeduplicationId"]) = (group.into(), id.into());
                }
                route
            }
            (NodeKind::Bus, NodeKind::Rule) if owned.contains(&to) => continue,
            (NodeKind::Bus, NodeKind::Rule) => {
                owned.push(to);
                json!({})
            }
            (NodeKind::Rule, _) if used.iter().filter(|(known, _)| *known == from).count() >= 5 => continue,
            (NodeKind::Rule, _) => json!({
                "MessageGroupId": if is_fifo(&choices[to]) { "rule" } else { "" },
                "MaximumRetryAttempts": number % 4, "MaximumEventAgeInSeconds": 60, "Access": access(*number),
                "InvocationRateLimitPerSecond": 1 + number % 9, "DeadLetterQueue": dead_letter_queue(&nodes, choices, *number),
            }),
            _ => json!({}),
        };
        used.push((from, to));
        let kinds = edge_kinds(from_kind, to_kind);
        let kind = kinds[*number as usize / 7 % kinds.len()];
        if is_fifo(&choices[to]) && from_kind == NodeKind::Function && kind != EdgeKind::Send {
            continue;
        }
        if matches!(kind, EdgeKind::OnSuccess | EdgeKind::OnFailure | EdgeKind::DeadLetter) {
            // One of each.
            if !outcomes.contains(&(from, kind)) {
                outcomes.push((from, kind));
                builder.edge_of(kind, from_id, to_id, settings);
            }
            continue;
        }
        if kind == EdgeKind::Authorizer && choices[from].a % 3 == 1 && !outcomes.contains(&(from, kind)) {
            outcomes.push((from, kind));
            builder.edge_of(kind, from_id, to_id, json!({}));
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
            // Fit for a proxy integration and for an authorizer.
            handler.push(json!({ "step": "respond", "payload": {
                "statusCode": 200, "body": {}, "principalId": "p",
                "policyDocument": { "Statement": [{ "Action": "*", "Effect": "Allow", "Resource": "*" }] },
            } }));
            builder.set(nodes[index].0, "Handler", Value::Array(handler));
        }
    }
    let client = builder.node(NodeKind::Client, "Client", client(entry, rate, links[0].2));
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
