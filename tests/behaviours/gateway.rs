//! Gateways, as Amazon API Gateway.

use super::*;

/// A client that sends nothing by itself, a gateway with one route, and a function.
fn with_function(gateway: Value, route: Value, handler: Value, more: Value, client: Value) -> (Simulation, [Uuid; 3]) {
    let mut builder = Builder::new();
    let mut settings = json!({ "Arrivals": { "constant": 0 }, "Path": "/payments", "TimeoutMillis": 60_000 });
    for (name, value) in client.as_object().into_iter().flatten() {
        settings[name] = value.clone();
    }
    let client = builder.node(NodeKind::Client, "Client", settings);
    let gateway = builder.node(NodeKind::Gateway, "Gateway", gateway);
    let function = function(&mut builder, "Function", handler, more);
    builder.edge(client, gateway, json!({}));
    let mut integration = json!({ "Method": "POST", "Path": "/payments" });
    for (name, value) in route.as_object().into_iter().flatten() {
        integration[name] = value.clone();
    }
    builder.edge(gateway, function, integration);
    (simulate(&builder.build(), 6), [client, gateway, function])
}

fn answers(body: Value) -> Value {
    json!([{ "step": "work", "duration": 10 }, { "step": "respond", "payload": body }])
}

fn fine() -> Value {
    answers(json!({ "statusCode": 200, "body": { "ok": true } }))
}

/// Sends some requests and gives the statuses that the gateway answered with.
fn ask(gateway: Value, route: Value, handler: Value, more: Value, client: Value, count: u32) -> Vec<(u16, u64)> {
    let (mut simulation, [client, gateway, _]) = with_function(gateway, route, handler, more, client);
    send(&mut simulation, client, json!({ "amount": 1 }), count);
    run_for(&mut simulation, 70);
    check_conservation(&simulation);
    statuses(&simulation, gateway)
}

// api-gateway-api-integration-types: proxy integration.
#[test]
fn a_proxy_integration_answers_with_the_functions_status() {
    let none = || json!({});
    assert_eq!(ask(none(), none(), fine(), none(), none(), 2), [(200, 2)]);
    let created = answers(json!({ "statusCode": 201, "body": {} }));
    assert_eq!(ask(none(), none(), created, none(), none(), 1), [(201, 1)]);
}

// set-up-lambda-proxy-integrations: a malformed response, and a function error.
#[test]
fn a_malformed_response_or_a_function_error_is_a_502() {
    let none = || json!({});
    let malformed = answers(json!({ "result": "fine" }));
    assert_eq!(ask(none(), none(), malformed, none(), none(), 1), [(502, 1)]);
    assert_eq!(ask(none(), none(), always_fails(), none(), none(), 1), [(502, 1)]);
    assert_eq!(ask(none(), none(), works_for(10_000), json!({ "Timeout": 2 }), none(), 1), [(502, 1)]);
}

// services-apigateway-errors: the service's refusal to invoke, such as a throttle, is the gateway's own error.
#[test]
fn a_throttled_function_is_a_500() {
    let more = json!({ "ReservedConcurrentExecutions": 0 });
    assert_eq!(ask(json!({}), json!({}), fine(), more, json!({}), 1), [(500, 1)]);
}

// api-gateway-execution-service-limits-table: at most 29 seconds; the function goes on and is billed.
#[test]
fn an_integration_slower_than_29_seconds_is_a_504_and_the_function_goes_on() {
    let (mut simulation, [client, gateway, function]) =
        with_function(json!({}), json!({}), works_for(40_000), json!({ "Timeout": 60 }), json!({}));
    send(&mut simulation, client, json!({}), 1);
    run_for(&mut simulation, 28);
    assert_eq!(statuses(&simulation, gateway), []);
    run_for(&mut simulation, 2);
    assert_eq!(statuses(&simulation, gateway), [(504, 1)]);
    run_for(&mut simulation, 20);
    assert_eq!(figure(&simulation, function, "billed_ms"), 40_000.0);
    assert_eq!(figure(&simulation, function, "errors"), 0.0);
}

// api-gateway-request-throttling: a token bucket.
#[test]
fn beyond_the_burst_requests_are_throttled_until_tokens_come_back() {
    let gateway = json!({ "ThrottlingRateLimit": 1, "ThrottlingBurstLimit": 3 });
    let (mut simulation, [client, gateway, _]) = with_function(gateway, json!({}), fine(), json!({}), json!({}));
    send(&mut simulation, client, json!({}), 10);
    run_for(&mut simulation, 2);
    assert_eq!(statuses(&simulation, gateway), [(200, 3), (429, 7)]);
    run_for(&mut simulation, 10);
    send(&mut simulation, client, json!({}), 4);
    run_for(&mut simulation, 2);
    assert_eq!(statuses(&simulation, gateway), [(200, 6), (429, 8)]);
}

// api-gateway-setup-api-key-with-console: x-api-key.
#[test]
fn without_the_right_api_key_a_request_is_forbidden() {
    let gateway = json!({ "ApiKeyRequired": true, "ApiKey": "k1" });
    let ask = |key: &str| ask(gateway.clone(), json!({}), fine(), json!({}), json!({ "ApiKey": key }), 1);
    assert_eq!(ask(""), [(403, 1)]);
    assert_eq!(ask("k2"), [(403, 1)]);
    assert_eq!(ask("k1"), [(200, 1)]);
}

// apigateway-use-lambda-authorizer: no token is 401, a token that is denied is 403.
#[test]
fn without_a_token_a_request_is_unauthorized_and_with_a_wrong_one_denied() {
    let gateway = json!({ "Authorizer": "TOKEN", "AuthorizerToken": "t1" });
    let ask = |token: &str| ask(gateway.clone(), json!({}), fine(), json!({}), json!({ "Authorization": token }), 1);
    assert_eq!(ask(""), [(401, 1)]);
    assert_eq!(ask("t2"), [(403, 1)]);
    assert_eq!(ask("t1"), [(200, 1)]);
}

// supported-gateway-response-types: MISSING_AUTHENTICATION_TOKEN.
#[test]
fn a_path_without_a_route_is_a_403() {
    assert_eq!(ask(json!({}), json!({}), fine(), json!({}), json!({ "Path": "/nowhere" }), 1), [(403, 1)]);
}

// services-apigateway-errors: the gateway never tries again by itself.
#[test]
fn the_gateway_does_not_retry() {
    let (mut simulation, [client, _, function]) =
        with_function(json!({}), json!({}), always_fails(), json!({}), json!({}));
    send(&mut simulation, client, json!({}), 1);
    run_for(&mut simulation, 120);
    assert_eq!(figure(&simulation, function, "invocations"), 1.0);
}

// http-api-develop-integrations-aws-services: SQS-SendMessage.
#[test]
fn a_direct_integration_answers_when_the_queue_has_the_message() {
    let mut builder = Builder::new();
    let arrivals = json!({ "Arrivals": { "constant": 0 }, "Path": "/payments" });
    let client = builder.node(NodeKind::Client, "Client", arrivals);
    let gateway = builder.node(NodeKind::Gateway, "Gateway", json!({}));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    builder.edge(client, gateway, json!({}));
    builder.edge(gateway, queue, json!({ "Method": "POST", "Path": "/payments" }));
    let mut simulation = simulate(&builder.build(), 6);
    send(&mut simulation, client, json!({ "amount": 12 }), 2);
    run_for(&mut simulation, 5);
    assert_eq!(statuses(&simulation, gateway), [(200, 2)]);
    assert_eq!(figure(&simulation, queue, "visible"), 2.0);
    assert_eq!(first_body(&simulation, queue)["amount"], 12);
}
