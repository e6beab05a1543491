//! Costs at list prices.

use super::*;

fn charge(simulation: &Simulation, node: Uuid, item: &str) -> (f64, f64) {
    let node = simulation.plan().find_node(node).expect("a node of this diagram");
    let charges = simulation.charges(node);
    let charge = charges.iter().find(|charge| charge.item == item).unwrap_or_else(|| panic!("no {item}"));
    (charge.quantity, charge.cost)
}

// aws.amazon.com/lambda/pricing: requests, and memory times duration in whole milliseconds.
#[test]
fn a_function_pays_for_requests_and_gigabyte_seconds() {
    let mut builder = Builder::new();
    let function = function(&mut builder, "Function", works_for(500), json!({ "MemorySize": 1_024 }));
    let mut simulation = simulate(&builder.build(), 5);
    send(&mut simulation, function, json!({}), 4);
    run_for(&mut simulation, 5);
    assert_eq!(charge(&simulation, function, "requests").0, 4.0);
    assert_eq!(charge(&simulation, function, "GB-seconds").0, 2.0);
    // Memory that is added later does not make what was billed before dearer.
    apply(&mut simulation, Command::Set { target: function, setting: "MemorySize".into(), value: 2_048.into() });
    assert_eq!(charge(&simulation, function, "GB-seconds").0, 2.0);
}

// aws.amazon.com/sqs/pricing: each request, empty receives too; 64 KB chunks.
#[test]
fn a_queue_pays_for_sends_in_chunks_for_receives_and_for_deletes() {
    let mut builder = Builder::new();
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    let mut simulation = simulate(&builder.build(), 5);
    send(&mut simulation, queue, json!({}), 3);
    send(&mut simulation, queue, json!({ "text": "x".repeat(100_000) }), 1);
    run_for(&mut simulation, 60);
    assert_eq!(charge(&simulation, queue, "requests").0, 5.0);

    let mut station = station(json!({}), works_for(10), json!({}), json!({}), json!({}), json!({}));
    run_for(&mut station.simulation, 60);
    let idle = charge(&station.simulation, station.queue, "requests").0;
    // Five pollers, each waiting up to 20 seconds.
    assert!((15.0..=25.0).contains(&idle), "{idle} requests of pollers that find nothing");
    send(&mut station.simulation, station.queue, json!({}), 1);
    run_for(&mut station.simulation, 1);
    let busy = charge(&station.simulation, station.queue, "requests").0 - idle;
    assert!(busy >= 3.0, "a send, a receive and a delete are three requests, not {busy}");
}

// aws.amazon.com/api-gateway/pricing: what is turned away is not billed.
#[test]
fn a_gateway_pays_for_what_it_lets_through() {
    let mut builder = Builder::new();
    let client = builder.node(NodeKind::Client, "Client", json!({ "Arrivals": { "constant": 0 } }));
    let throttle = json!({ "ThrottlingRateLimit": 1, "ThrottlingBurstLimit": 3 });
    let gateway = builder.node(NodeKind::Gateway, "Gateway", throttle);
    let function = function(&mut builder, "Function", works_for(10), json!({}));
    builder.edge(client, gateway, json!({}));
    builder.edge(gateway, function, json!({}));
    let mut simulation = simulate(&builder.build(), 5);
    send(&mut simulation, client, json!({}), 10);
    run_for(&mut simulation, 1);
    let (requests, cost) = charge(&simulation, gateway, "requests");
    assert_eq!(requests, 3.0);
    assert!((cost - 3.0 * 3.5e-6).abs() < 1e-12, "{cost}");
}

/// The same payments: waiting for three services costs Payments more than handing over to a queue.
#[test]
fn waiting_is_visible_in_the_bill() {
    let payments = |id: &str, name: &str| {
        let document = eventyard::lessons::guide::find(id).expect("a diagram of the guide").document();
        let node = document.nodes.iter().find(|node| node.name == name).expect("a node").id;
        let mut simulation = simulate(&document, 7);
        run_for(&mut simulation, 600);
        charge(&simulation, node, "GB-seconds").1 / charge(&simulation, node, "requests").0
    };
    let waiting = payments("gateway-multiple", "Payments");
    let handing_over = payments("decouple-queue", "Customer");
    assert!(waiting > 2.0 * handing_over, "{waiting} and {handing_over} an invocation");
}
