//! Random valid diagrams, with all kinds of nodes, edges and settings.

use super::Builder;
use eventyard::diagram::{Document, EdgeKind, NodeKind, edge_kinds};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

/// A node to be: its kind and numbers that its settings are made of.
#[derive(Clone, Debug)]
pub struct NodeChoice {
    pub kind: NodeKind,
    pub a: u64,
    pub b: u64,
}

pub fn node_choice() -> impl Strategy<Value = NodeChoice> {
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

fn is_fifo(choice: &NodeChoice) -> bool {
    choice.kind == NodeKind::Queue && choice.b.is_multiple_of(2)
}

/// Message groups and deduplication ids that senders give: none, one for each request, or one of a few.
pub fn labels(number: u64) -> (&'static str, &'static str) {
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
        NodeKind::Queue if number.is_multiple_of(4) => json!({
            "step": "sendBatch", "timeoutMillis": 300, "entries": [
                { "Id": "1", "MessageBody": "{{message}}", "MessageGroupId": "{{message.n}}" },
                { "Id": "2", "MessageBody": { "n": 1 }, "MessageGroupId": "one" },
                { "Id": "3", "MessageBody": { "n": 2 } },
            ],
        }),
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
    if matches!(kind, NodeKind::Queue | NodeKind::Topic) && step["step"] != "sendBatch" {
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
pub fn diagram(choices: &[NodeChoice], links: &[(usize, usize, u64)], rate: f64, entry: usize) -> Document {
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
                "Polling": if number % 11 == 0 { "AS_QUEUE" } else { "LONG" },
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
