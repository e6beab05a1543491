//! Clients: how requests arrive, and what becomes of failures.

use super::*;
use eventyard::services::Circuit;
use eventyard::simulation::{CircuitView, ClientView};

/// A client, a gateway, and a function that works for so long.
fn station(client: Value, gateway: Value, handler: Value) -> (Simulation, [Uuid; 3]) {
    station_with(client, gateway, json!({ "Latency": 0 }), handler)
}

fn station_with(client: Value, gateway: Value, route: Value, handler: Value) -> (Simulation, [Uuid; 3]) {
    let mut builder = Builder::new();
    let client = builder.node(NodeKind::Client, "Client", client);
    let gateway = builder.node(NodeKind::Gateway, "Gateway", gateway);
    let function = function(&mut builder, "Function", handler, json!({ "Timeout": 60 }));
    builder.edge(client, gateway, instant());
    builder.edge(gateway, function, route);
    (simulate(&builder.build(), 9), [client, gateway, function])
}

fn replies(milliseconds: u64) -> Value {
    json!([
        { "step": "work", "duration": milliseconds },
        { "step": "respond", "payload": { "statusCode": 200, "body": "{{message}}" } },
    ])
}

fn quiet(more: Value) -> Value {
    let mut settings = json!({ "Arrivals": { "constant": 0 } });
    for (name, value) in more.as_object().into_iter().flatten() {
        settings[name] = value.clone();
    }
    settings
}

fn client_view(simulation: &Simulation, client: Uuid) -> ClientView {
    match view(simulation, client) {
        NodeView::Client(client) => client,
        _ => panic!("not a client"),
    }
}

fn circuit(simulation: &Simulation, client: Uuid) -> CircuitView {
    client_view(simulation, client).circuit.expect("a circuit breaker")
}

/// How many requests a client has sent after so many seconds.
fn sent(arrivals: Value, work: u64, seconds: u64) -> f64 {
    let (mut simulation, [client, ..]) = station(json!({ "Arrivals": arrivals }), json!({}), replies(work));
    run_for(&mut simulation, seconds);
    check_conservation(&simulation);
    figure(&simulation, client, "sent")
}

// model: an open system does not wait for answers.
#[test]
fn in_an_open_model_slow_answers_do_not_slow_the_traffic() {
    assert_eq!(sent(json!({ "constant": 10 }), 10, 60), sent(json!({ "constant": 10 }), 20_000, 60));
}

// model: a closed system has as many requests as users; Little's law.
#[test]
fn in_a_closed_model_slow_answers_slow_the_traffic() {
    let closed = |think: u64| json!({ "closed": { "users": 10, "thinkTime": think } });
    // Ten users, each taking a second to think and as long to be answered.
    let both = sent(closed(1_000), 1_000, 300);
    assert!((1_450.0..1_560.0).contains(&both), "{both}");
    let slower = sent(closed(1_000), 9_000, 300);
    assert!((290.0..330.0).contains(&slower), "{slower}");
    let (mut simulation, [_, _, function]) = station(json!({ "Arrivals": closed(0) }), json!({}), replies(100));
    run_for(&mut simulation, 30);
    assert_eq!(figure(&simulation, function, "concurrent_max"), 10.0);
}

// model: a profile of rates.
#[test]
fn steps_and_waves_follow_their_rates() {
    let steps = json!({ "steps": [{ "rate": 0, "seconds": 10 }, { "rate": 100, "seconds": 10 }] });
    assert_eq!(sent(steps.clone(), 10, 9), 0.0);
    let later = sent(steps, 10, 20);
    assert!((900.0..1_100.0).contains(&later), "{later}");
    let sine = json!({ "sine": { "mean": 20, "amplitude": 20, "periodSeconds": 20 } });
    let (half, whole) = (sent(sine.clone(), 10, 10), sent(sine, 10, 20));
    assert!(half > 0.75 * whole && (330.0..470.0).contains(&whole), "{half} of {whole}");
}

// model: bursts and given times.
#[test]
fn bursts_and_given_times_send_exactly_so_many() {
    assert_eq!(sent(json!({ "burst": { "size": 7, "everySeconds": 10 } }), 10, 25), 21.0);
    let times = json!({ "times": [5, 0.5, 2, 2] });
    assert_eq!(sent(times.clone(), 10, 1), 1.0);
    assert_eq!(sent(times.clone(), 10, 3), 3.0);
    assert_eq!(sent(times, 10, 60), 4.0);
}

// model: time-outs.
#[test]
fn a_client_that_waits_too_long_gives_up_and_the_work_goes_on() {
    let (mut simulation, [client, _, function]) =
        station(quiet(json!({ "TimeoutMillis": 1_000 })), json!({}), replies(5_000));
    send(&mut simulation, client, json!({}), 1);
    run_for(&mut simulation, 2);
    assert_eq!(figure(&simulation, client, "timed_out"), 1.0);
    assert_eq!(figure(&simulation, function, "concurrent"), 1.0);
    run_for(&mut simulation, 10);
    check_conservation(&simulation);
}

/// When the attempts of one request to a gateway that throttles everything reach it, in milliseconds.
fn attempts(client: Value) -> Vec<u64> {
    let client = quiet(client);
    let (mut simulation, [client, gateway, _]) = station(client, json!({ "ThrottlingBurstLimit": 0 }), replies(1));
    send(&mut simulation, client, json!({}), 1);
    run_for(&mut simulation, 600);
    let NodeView::Gateway(view) = view(&simulation, gateway) else { panic!("not a gateway") };
    view.log.iter().rev().map(|entry| entry.time.0 / 1_000).collect()
}

// feature-retry-behavior: exponential back-off.
#[test]
fn without_jitter_the_wait_before_a_retry_doubles() {
    let client = json!({ "Retries": 4, "RetryBackoffMillis": 100, "RetryJitter": "NONE" });
    assert_eq!(attempts(client), [0, 100, 300, 700, 1_500]);
}

// feature-retry-behavior: a limit to the wait.
#[test]
fn the_wait_before_a_retry_has_a_limit() {
    let client =
        json!({ "Retries": 4, "RetryBackoffMillis": 100, "RetryJitter": "NONE", "RetryMaximumBackoffMillis": 250 });
    assert_eq!(attempts(client), [0, 100, 300, 550, 800]);
}

// feature-retry-behavior: jitter.
#[test]
fn jitter_spreads_retries() {
    let waits = |jitter: &str| {
        let found = attempts(json!({ "Retries": 6, "RetryBackoffMillis": 1_000, "RetryJitter": jitter }));
        found.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>()
    };
    for (number, wait) in waits("FULL").iter().enumerate() {
        assert!(*wait <= 1_000 << number, "{wait}");
    }
    for (number, wait) in waits("EQUAL").iter().enumerate() {
        assert!((500 << number..=1_000 << number).contains(wait), "{wait}");
    }
}

// feature-retry-behavior: only what may pass by itself is tried again.
#[test]
fn what_was_refused_for_good_is_not_tried_again() {
    let forbidden = json!({ "ApiKeyRequired": true, "ApiKey": "k" });
    let tries = |retry_on: &str, gateway: Value| {
        let client = quiet(json!({ "Retries": 3, "RetryOn": retry_on }));
        let (mut simulation, [client, gateway, _]) = station(client, gateway, replies(1));
        send(&mut simulation, client, json!({}), 1);
        run_for(&mut simulation, 60);
        figure(&simulation, gateway, "requests")
    };
    assert_eq!(tries("ANY", forbidden.clone()), 4.0);
    assert_eq!(tries("TRANSIENT", forbidden), 1.0);
    assert_eq!(tries("TRANSIENT", json!({ "ThrottlingBurstLimit": 0 })), 4.0);
}

/// Rows that one request leaves when its first answers come too late.
fn rows_with(key: &str) -> f64 {
    let mut builder = Builder::new();
    let settings = json!({ "TimeoutMillis": 500, "Retries": 2, "RetryJitter": "NONE", "IdempotencyKey": key });
    let client = builder.node(NodeKind::Client, "Client", quiet(settings));
    let gateway = builder.node(NodeKind::Gateway, "Gateway", json!({}));
    let database = builder.node(NodeKind::Database, "Database", json!({}));
    let handler = json!([
        { "step": "write", "to": database, "key": "{{message.headers.idempotency-key}}", "idempotent": true },
        { "step": "work", "duration": 2_000 },
        { "step": "respond", "payload": { "statusCode": 200 } },
    ]);
    let function = builder.node(NodeKind::Function, "Function", json!({ "InitDuration": 0, "Timeout": 10 }));
    builder.edge(client, gateway, instant());
    builder.edge(gateway, function, json!({ "FunctionEvent": "PROXY_EVENT" }));
    builder.edge(function, database, instant());
    builder.set(function, "Handler", handler);
    let mut simulation = simulate(&builder.build(), 9);
    send(&mut simulation, client, json!({}), 1);
    run_for(&mut simulation, 30);
    assert_eq!(figure(&simulation, function, "invocations"), 3.0);
    figure(&simulation, database, "rows")
}

// making-retries-safe-with-idempotent-apis: one key for all attempts of a request.
#[test]
fn an_idempotency_key_per_request_leaves_one_row_and_one_per_attempt_several() {
    assert_eq!(rows_with("PER_REQUEST"), 1.0);
    assert_eq!(rows_with("PER_ATTEMPT"), 3.0);
}

fn breaking() -> Value {
    quiet(json!({ "CircuitBreaker": { "failures": 3, "openSeconds": 10, "halfOpenRequests": 2 } }))
}

/// Sends some requests, one after the other.
fn send_each(simulation: &mut Simulation, client: Uuid, count: u32) {
    for _ in 0..count {
        send(simulation, client, json!({}), 1);
        run_for(simulation, 1);
    }
}

// circuit-breaker pattern: after failures in a row nothing is sent any more.
#[test]
fn an_open_circuit_keeps_requests_from_being_sent() {
    let (mut simulation, [client, gateway, _]) = station(breaking(), json!({}), always_fails());
    send_each(&mut simulation, client, 8);
    assert_eq!(figure(&simulation, gateway, "requests"), 3.0);
    let circuit = circuit(&simulation, client);
    assert_eq!((circuit.circuit, circuit.opened, circuit.refused), (Circuit::Open, 1, 5));
    assert_eq!(figure(&simulation, client, "failed"), 8.0);
    check_conservation(&simulation);
}

// circuit-breaker pattern: half open, then open again.
#[test]
fn a_trial_that_fails_opens_the_circuit_again() {
    let (mut simulation, [client, gateway, _]) = station(breaking(), json!({}), always_fails());
    send_each(&mut simulation, client, 4);
    run_for(&mut simulation, 10);
    send_each(&mut simulation, client, 3);
    assert_eq!(figure(&simulation, gateway, "requests"), 4.0);
    assert_eq!(circuit(&simulation, client).opened, 2);
}

// circuit-breaker pattern: half open, then closed.
#[test]
fn trials_that_succeed_close_the_circuit() {
    let (mut simulation, [client, gateway, _]) = station(breaking(), json!({}), replies(1));
    let fault = Fault { outage: true, ..Fault::default() };
    apply(&mut simulation, Command::Inject { target: gateway, fault });
    send_each(&mut simulation, client, 4);
    assert_eq!(circuit(&simulation, client).circuit, Circuit::Open);
    apply(&mut simulation, Command::Inject { target: gateway, fault: Fault::default() });
    run_for(&mut simulation, 10);
    send_each(&mut simulation, client, 1);
    assert_eq!(circuit(&simulation, client).circuit, Circuit::HalfOpen);
    send_each(&mut simulation, client, 1);
    assert_eq!(circuit(&simulation, client).circuit, Circuit::Closed);
    send_each(&mut simulation, client, 5);
    assert_eq!(figure(&simulation, client, "succeeded"), 7.0);
}

// circuit-breaker pattern: only failures in a row count, and a client's own mistakes do not.
#[test]
fn successes_in_between_and_refusals_of_the_client_keep_the_circuit_closed() {
    let run = |gateway: Value| {
        let (mut simulation, [client, ..]) = station(breaking(), gateway, replies(1));
        send_each(&mut simulation, client, 10);
        circuit(&simulation, client)
    };
    assert_eq!(run(json!({ "ApiKeyRequired": true, "ApiKey": "k" })).opened, 0);
    // A token comes back every other second: success and failure alternate.
    assert_eq!(run(json!({ "ThrottlingRateLimit": 0.5, "ThrottlingBurstLimit": 1 })).opened, 0);
}

// model: status polling.
#[test]
fn a_client_asks_for_the_status_until_the_work_is_done() {
    let handler = json!([{ "step": "respond", "payload": { "statusCode": 200, "body": { "status": "done" } } }]);
    let run = |status: &str| {
        let poll = json!({ "path": "/status", "everyMillis": 1_000, "attempts": 5, "until": { "status": [status] } });
        let (mut simulation, [client, _, function]) =
            station(quiet(json!({ "PollStatus": poll })), json!({}), handler.clone());
        send(&mut simulation, client, json!({}), 1);
        run_for(&mut simulation, 30);
        check_conservation(&simulation);
        ["status_reached", "status_given_up", "invocations"]
            .map(|name| figure(&simulation, if name == "invocations" { function } else { client }, name))
    };
    assert_eq!(run("done"), [1.0, 0.0, 2.0]);
    assert_eq!(run("never"), [0.0, 1.0, 6.0]);
}

// ---- browsers

fn browser(more: Value) -> Value {
    let mut settings = quiet(json!({ "Origin": "https://shop.example" }));
    for (name, value) in more.as_object().into_iter().flatten() {
        settings[name] = value.clone();
    }
    settings
}

fn cors(origins: &[&str], headers: &[&str]) -> Value {
    json!({ "allowOrigins": origins, "allowMethods": ["*"], "allowHeaders": headers, "maxAge": 60 })
}

/// What a browser client saw of some requests: successes, blocked ones, preflight requests; and the invocations.
fn browse(client: Value, gateway: Value, handler: Value, count: u32) -> [f64; 4] {
    let route = json!({ "Method": "POST", "Latency": 0 });
    let (mut simulation, [client, _, function]) = station_with(browser(client), gateway, route, handler);
    send_each(&mut simulation, client, count);
    check_conservation(&simulation);
    let of = |name: &str| figure(&simulation, client, name);
    [of("succeeded"), of("blocked"), of("preflights"), figure(&simulation, function, "invocations")]
}

// how-to-cors: a request that is not simple needs a preflight request.
#[test]
fn a_browser_asks_before_it_sends_json_and_keeps_the_answer() {
    let gateway = json!({ "ApiType": "HTTP", "CorsConfiguration": cors(&["https://shop.example"], &["content-type"]) });
    assert_eq!(browse(json!({}), gateway, replies(1), 3), [3.0, 0.0, 1.0, 3.0]);
}

// how-to-cors: without a configuration the preflight request fails, and nothing is sent.
#[test]
fn without_cors_a_browsers_request_never_leaves() {
    assert_eq!(browse(json!({}), json!({}), replies(1), 2), [0.0, 2.0, 2.0, 0.0]);
    let other = json!({ "ApiType": "HTTP", "CorsConfiguration": cors(&["https://other.example"], &["*"]) });
    assert_eq!(browse(json!({}), other, replies(1), 1), [0.0, 1.0, 1.0, 0.0]);
}

// how-to-cors: simple requests are sent at once, and only the answer is kept from the page.
#[test]
fn a_simple_request_is_worked_on_although_the_page_never_sees_the_answer() {
    let simple = json!({ "Headers": { "Content-Type": "text/plain" } });
    assert_eq!(browse(simple, json!({}), replies(1), 1), [0.0, 1.0, 0.0, 1.0]);
}

// how-to-cors: in REST APIs a proxy integration has to send the header itself.
#[test]
fn behind_a_rest_api_the_function_has_to_allow_the_origin_itself() {
    let gateway = json!({ "CorsConfiguration": cors(&["*"], &["content-type"]) });
    assert_eq!(browse(json!({}), gateway.clone(), replies(1), 1), [0.0, 1.0, 1.0, 1.0]);
    let allows = json!([{ "step": "respond", "payload": {
        "statusCode": 200, "headers": { "Access-Control-Allow-Origin": "*" }, "body": {},
    } }]);
    assert_eq!(browse(json!({}), gateway, allows, 1), [1.0, 0.0, 1.0, 1.0]);
}

// how-to-cors: an asterisk does not stand for Authorization (Fetch standard).
#[test]
fn an_asterisk_does_not_allow_the_authorization_header() {
    let client = json!({ "Authorization": "t" });
    let gateway = |headers: &[&str]| json!({ "ApiType": "HTTP", "CorsConfiguration": cors(&["*"], headers) });
    assert_eq!(browse(client.clone(), gateway(&["*"]), replies(1), 1), [0.0, 1.0, 1.0, 0.0]);
    assert_eq!(browse(client, gateway(&["*", "Authorization"]), replies(1), 1), [1.0, 0.0, 1.0, 1.0]);
}

// how-to-cors: gateway responses need the header as well.
#[test]
fn a_browser_sees_no_429_unless_the_gateway_response_has_the_header() {
    let simple = || json!({ "Headers": { "Content-Type": "text/plain" } });
    let status = |responses: Value| {
        let gateway = json!({ "ThrottlingBurstLimit": 0, "GatewayResponses": responses });
        let (mut simulation, [client, ..]) = station(browser(simple()), gateway, replies(1));
        send_each(&mut simulation, client, 1);
        client_view(&simulation, client).recent[0].status.map(|status| status.code())
    };
    let headers = json!({ "gatewayresponse.header.Access-Control-Allow-Origin": "'*'" });
    assert_eq!(status(json!({})), Some(0));
    assert_eq!(status(json!({ "DEFAULT_4XX": { "responseParameters": headers } })), Some(429));
}
