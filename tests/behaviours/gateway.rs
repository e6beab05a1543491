//! Gateways, as Amazon API Gateway.

use super::*;
use eventyard::simulation::{AccessLogView, GatewayView};

/// A client that sends nothing by itself, a gateway with one route, and a function.
fn with_function(gateway: Value, route: Value, handler: Value, more: Value, client: Value) -> (Simulation, [Uuid; 3]) {
    let mut builder = Builder::new();
    let (client, gateway) = entrance(&mut builder, gateway, client);
    let function = function(&mut builder, "Function", handler, more);
    builder.edge(gateway, function, route_settings(route));
    (simulate(&builder.build(), 6), [client, gateway, function])
}

fn merged(mut settings: Value, more: Value) -> Value {
    for (name, value) in more.as_object().into_iter().flatten() {
        settings[name] = value.clone();
    }
    settings
}

fn route_settings(more: Value) -> Value {
    merged(json!({ "Method": "POST", "Path": "/payments" }), more)
}

/// A client that sends nothing by itself, and a gateway.
fn entrance(builder: &mut Builder, gateway: Value, client: Value) -> (Uuid, Uuid) {
    let settings = json!({ "Arrivals": { "constant": 0 }, "Path": "/payments", "TimeoutMillis": 60_000 });
    let client = builder.node(NodeKind::Client, "Client", merged(settings, client));
    let gateway = builder.node(NodeKind::Gateway, "Gateway", gateway);
    builder.edge(client, gateway, json!({}));
    (client, gateway)
}

fn answers(body: Value) -> Value {
    json!([{ "step": "work", "duration": 10 }, { "step": "respond", "payload": body }])
}

fn fine() -> Value {
    answers(json!({ "statusCode": 200, "body": { "ok": true } }))
}

/// Answers with what it was given.
fn echo() -> Value {
    answers(json!({ "statusCode": 200, "body": "{{message}}" }))
}

fn http() -> Value {
    json!({ "ApiType": "HTTP" })
}

fn none() -> Value {
    json!({})
}

/// Sends some requests and gives the statuses that the gateway answered with.
fn ask(gateway: Value, route: Value, handler: Value, more: Value, client: Value, count: u32) -> Vec<(u16, u64)> {
    let (mut simulation, [client, gateway, _]) = with_function(gateway, route, handler, more, client);
    send(&mut simulation, client, json!({ "amount": 1 }), count);
    run_for(&mut simulation, 70);
    check_conservation(&simulation);
    statuses(&simulation, gateway)
}

/// Sends one request and gives the status and the body that the client got.
fn answer_to(simulation: &mut Simulation, client: Uuid, payload: Value) -> (u16, Value) {
    send(simulation, client, payload, 1);
    run_for(simulation, 70);
    check_conservation(simulation);
    last_answer(simulation, client)
}

fn last_answer(simulation: &Simulation, client: Uuid) -> (u16, Value) {
    let NodeView::Client(client) = view(simulation, client) else { panic!("not a client") };
    let latest = client.recent.first().expect("a request");
    let body = serde_json::from_str(&latest.answer).unwrap_or(Value::Null);
    (latest.status.map_or(0, |status| status.code()), body)
}

/// The body of one of the answers with this status.
#[track_caller]
fn body_of(simulation: &Simulation, client: Uuid, status: u16) -> Value {
    let NodeView::Client(client) = view(simulation, client) else { panic!("not a client") };
    let mut answered = client.recent.iter().filter(|it| it.status.is_some_and(|it| it.code() == status));
    let answer = &answered.next().unwrap_or_else(|| panic!("no answer with status {status}")).answer;
    serde_json::from_str(answer).expect("a JSON body")
}

/// Status and body of the answer to one request.
fn exchange(gateway: Value, route: Value, handler: Value, more: Value, client: Value) -> (u16, Value) {
    let (mut simulation, [client, ..]) = with_function(gateway, route, handler, more, client);
    answer_to(&mut simulation, client, json!({ "amount": 1 }))
}

fn gateway_view(simulation: &Simulation, gateway: Uuid) -> GatewayView {
    match view(simulation, gateway) {
        NodeView::Gateway(gateway) => gateway,
        _ => panic!("not a gateway"),
    }
}

/// The newest entry of the access log.
fn logged(simulation: &Simulation, gateway: Uuid) -> AccessLogView {
    gateway_view(simulation, gateway).log.into_iter().next().expect("an entry")
}

/// What lies in a queue behind a gateway after one request.
fn sent_to_queue(gateway: Value, route: Value, client: Value, payload: Value) -> Value {
    let mut builder = Builder::new();
    let (client, gateway) = entrance(&mut builder, gateway, client);
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    builder.edge(gateway, queue, route_settings(route));
    let mut simulation = simulate(&builder.build(), 6);
    let (status, _) = answer_to(&mut simulation, client, payload);
    assert_eq!(status, 200);
    first_body(&simulation, queue)
}

// ---- integrations and their errors

// api-gateway-api-integration-types: proxy integration.
#[test]
fn a_proxy_integration_answers_with_the_functions_status() {
    assert_eq!(ask(none(), none(), fine(), none(), none(), 2), [(200, 2)]);
    let created = answers(json!({ "statusCode": 201, "body": {} }));
    assert_eq!(ask(none(), none(), created, none(), none(), 1), [(201, 1)]);
}

// set-up-lambda-proxy-integrations: a malformed response, and a function error.
#[test]
fn a_malformed_response_or_a_function_error_is_a_502() {
    let malformed = || answers(json!({ "result": "fine" }));
    let body = json!({ "message": "Internal server error" });
    assert_eq!(exchange(none(), none(), malformed(), none(), none()), (502, body.clone()));
    assert_eq!(exchange(none(), none(), always_fails(), none(), none()), (502, body.clone()));
    assert_eq!(exchange(none(), none(), works_for(10_000), json!({ "Timeout": 2 }), none()), (502, body));
}

// http-api-develop-integrations-lambda: HTTP APIs say 500 where REST APIs say 502.
#[test]
fn in_an_http_api_a_function_error_is_a_500() {
    let body = json!({ "message": "Internal Server Error" });
    assert_eq!(exchange(http(), none(), always_fails(), none(), none()), (500, body));
}

// http-api-develop-integrations-lambda: payload format 2.0 infers the answer, 1.0 does not.
#[test]
fn an_http_api_takes_an_answer_without_status_code_for_the_body() {
    let plain = || answers(json!({ "result": "fine" }));
    assert_eq!(exchange(http(), none(), plain(), none(), none()), (200, json!({ "result": "fine" })));
    let version_1 = json!({ "PayloadFormatVersion": "1.0" });
    assert_eq!(exchange(http(), version_1, plain(), none(), none()).0, 500);
}

// services-apigateway-errors: the service's refusal to invoke, such as a throttle, is the gateway's own error.
#[test]
fn a_throttled_function_is_a_500() {
    let more = json!({ "ReservedConcurrentExecutions": 0 });
    let answer = exchange(none(), none(), fine(), more, none());
    assert_eq!(answer, (500, json!({ "message": "Internal server error" })));
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
    assert_eq!(last_answer(&simulation, client).1, json!({ "message": "Endpoint request timed out" }));
    run_for(&mut simulation, 20);
    assert_eq!(figure(&simulation, function, "billed_ms"), 40_000.0);
    assert_eq!(figure(&simulation, function, "errors"), 0.0);
}

// http-api-quotas: 30 seconds, not to be raised; then 503.
#[test]
fn an_http_api_waits_30_seconds_and_answers_503() {
    let (mut simulation, [client, gateway, _]) =
        with_function(http(), json!({}), works_for(40_000), json!({ "Timeout": 60 }), json!({}));
    send(&mut simulation, client, json!({}), 1);
    run_for(&mut simulation, 29);
    assert_eq!(statuses(&simulation, gateway), []);
    run_for(&mut simulation, 2);
    assert_eq!(last_answer(&simulation, client), (503, json!({ "message": "Service Unavailable" })));
    let mut builder = Builder::new();
    let (_, gateway) = entrance(&mut builder, http(), none());
    let function = function(&mut builder, "Function", fine(), none());
    builder.edge(gateway, function, json!({ "TimeoutInMillis": 30_001 }));
    refused(&builder.build(), "30 seconds at most");
}

// api-gateway-execution-service-limits-table: Regional and private REST APIs may have their quota raised.
#[test]
fn a_rest_api_with_a_raised_quota_waits_longer_than_29_seconds() {
    let route = json!({ "TimeoutInMillis": 60_000 });
    let handler =
        json!([{ "step": "work", "duration": 40_000 }, { "step": "respond", "payload": { "statusCode": 200 } }]);
    assert_eq!(ask(none(), route, handler, json!({ "Timeout": 60 }), none(), 1), [(200, 1)]);
}

// supported-gateway-response-types: INTEGRATION_FAILURE.
#[test]
fn an_integration_that_cannot_be_reached_is_a_504() {
    let mut builder = Builder::new();
    let (client, gateway) = entrance(&mut builder, none(), none());
    let endpoint = builder.node(NodeKind::Endpoint, "Endpoint", json!({}));
    let edge = builder.edge(gateway, endpoint, route_settings(none()));
    let mut simulation = simulate(&builder.build(), 6);
    let fault = Fault { outage: true, ..Fault::default() };
    apply(&mut simulation, Command::Inject { target: edge, fault });
    let body = json!({ "message": "Network error communicating with endpoint" });
    assert_eq!(answer_to(&mut simulation, client, json!({})), (504, body));
    assert_eq!(logged(&simulation, gateway).response_type, Some("INTEGRATION_FAILURE"));
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

// handle-errors-in-lambda-integration: without a pattern an error is a 200.
#[test]
fn behind_a_non_proxy_integration_a_function_error_is_a_200() {
    let route = json!({ "IntegrationType": "NON_PROXY" });
    let (status, body) = exchange(none(), route, always_fails(), none(), none());
    assert_eq!(status, 200);
    assert!(body["errorMessage"].is_string(), "{body}");
}

// handle-errors-in-lambda-integration: selectionPattern, a regular expression for the whole error message.
#[test]
fn a_selection_pattern_turns_a_function_error_into_a_status() {
    let responses = json!([
        { "statusCode": 200 },
        { "selectionPattern": "nothing like it", "statusCode": 400 },
        { "selectionPattern": ".*e.*", "statusCode": 422,
          "responseTemplates": { "application/json": "{\"why\": $input.json('$.errorType')}" } },
    ]);
    let route = json!({ "IntegrationType": "NON_PROXY", "IntegrationResponses": responses });
    let (status, body) = exchange(none(), route.clone(), always_fails(), none(), none());
    assert_eq!(status, 422);
    assert!(body["why"].is_string(), "{body}");
    assert_eq!(exchange(none(), route, answers(json!({ "a": 1 })), none(), none()), (200, json!({ "a": 1 })));
}

// handle-errors-in-lambda-integration: no pattern fits and there is no default.
#[test]
fn without_a_default_integration_response_the_answer_is_a_500() {
    let responses = json!([{ "selectionPattern": "only this", "statusCode": 400 }]);
    let route = json!({ "IntegrationType": "NON_PROXY", "IntegrationResponses": responses });
    assert_eq!(ask(none(), route, fine(), none(), none(), 1), [(500, 1)]);
}

// set-up-lambda-integration-async: X-Amz-Invocation-Type: Event.
#[test]
fn an_asynchronous_integration_answers_before_the_function_runs() {
    let route = json!({ "IntegrationType": "NON_PROXY", "InvocationType": "Event" });
    let (mut simulation, [client, gateway, function]) = with_function(none(), route, works_for(2_000), none(), none());
    send(&mut simulation, client, json!({}), 1);
    run_for(&mut simulation, 1);
    assert_eq!(statuses(&simulation, gateway), [(200, 1)]);
    assert_eq!(figure(&simulation, function, "concurrent"), 1.0);
    run_for(&mut simulation, 5);
    check_conservation(&simulation);
}

// api-gateway-execution-service-limits-table: 10 MB.
#[test]
fn a_body_larger_than_10_megabytes_is_a_413() {
    let (mut simulation, [client, gateway, function]) = with_function(none(), none(), fine(), none(), none());
    let large = "x".repeat(10 * 1024 * 1024);
    assert_eq!(answer_to(&mut simulation, client, json!({ "text": large })).0, 413);
    assert_eq!(figure(&simulation, function, "invocations"), 0.0);
    assert_eq!(logged(&simulation, gateway).response_type, Some("REQUEST_TOO_LARGE"));
}

// ---- routes

// supported-gateway-response-types: MISSING_AUTHENTICATION_TOKEN.
#[test]
fn a_path_without_a_route_is_a_403_in_a_rest_api_and_a_404_in_an_http_api() {
    let client = json!({ "Path": "/nowhere" });
    let (status, body) = exchange(none(), none(), fine(), none(), client.clone());
    assert_eq!((status, body), (403, json!({ "message": "Missing Authentication Token" })));
    assert_eq!(exchange(http(), none(), fine(), none(), client), (404, json!({ "message": "Not Found" })));
    assert_eq!(ask(none(), none(), fine(), none(), json!({ "Method": "GET" }), 1), [(403, 1)]);
}

// http-api-develop-routes: the most exact route.
#[test]
fn the_most_exact_route_takes_the_request() {
    let mut builder = Builder::new();
    let (client, gateway) = entrance(&mut builder, none(), json!({ "Path": "/payments/new" }));
    let exact = function(&mut builder, "Exact", fine(), none());
    let greedy = function(&mut builder, "Greedy", fine(), none());
    let named = function(&mut builder, "Named", fine(), none());
    builder.edge(gateway, greedy, json!({ "Method": "POST", "Path": "/{proxy+}" }));
    builder.edge(gateway, named, json!({ "Method": "POST", "Path": "/payments/{id}" }));
    builder.edge(gateway, exact, json!({ "Method": "ANY", "Path": "/payments/new" }));
    let mut simulation = simulate(&builder.build(), 6);
    send(&mut simulation, client, json!({}), 1);
    run_for(&mut simulation, 5);
    assert_eq!(figure(&simulation, exact, "invocations"), 1.0);
}

// http-api-develop-integrations-lambda, set-up-lambda-proxy-integrations: the event of a proxy integration.
#[test]
fn a_handler_may_see_the_whole_proxy_event() {
    let route = json!({ "Path": "/payments/{id}", "FunctionEvent": "PROXY_EVENT" });
    let client = json!({ "Path": "/payments/7?page=2", "Headers": { "X-Tenant": "a" } });
    let (_, event) = exchange(none(), route.clone(), echo(), none(), client.clone());
    assert_eq!((&event["httpMethod"], &event["resource"]), (&json!("POST"), &json!("/payments/{id}")));
    assert_eq!((&event["pathParameters"]["id"], &event["queryStringParameters"]["page"]), (&json!("7"), &json!("2")));
    assert_eq!((&event["headers"]["X-Tenant"], &event["body"]["amount"]), (&json!("a"), &json!(1)));
    assert!(event["headers"]["X-Amzn-Trace-Id"].as_str().is_some_and(|id| id.starts_with("Root=1-")));
    let (_, event) = exchange(http(), route, echo(), none(), client);
    assert_eq!((&event["version"], &event["rawPath"]), (&json!("2.0"), &json!("/payments/7")));
    assert_eq!((&event["rawQueryString"], &event["headers"]["x-tenant"]), (&json!("page=2"), &json!("a")));
}

// ---- throttling

// api-gateway-request-throttling: a token bucket.
#[test]
fn beyond_the_burst_requests_are_throttled_until_tokens_come_back() {
    let gateway = json!({ "ThrottlingRateLimit": 1, "ThrottlingBurstLimit": 3 });
    let (mut simulation, [client, gateway, _]) = with_function(gateway, json!({}), fine(), json!({}), json!({}));
    send(&mut simulation, client, json!({}), 10);
    run_for(&mut simulation, 2);
    assert_eq!(statuses(&simulation, gateway), [(200, 3), (429, 7)]);
    assert_eq!(body_of(&simulation, client, 429), json!({ "message": "Too Many Requests" }));
    run_for(&mut simulation, 10);
    send(&mut simulation, client, json!({}), 4);
    run_for(&mut simulation, 2);
    assert_eq!(statuses(&simulation, gateway), [(200, 6), (429, 8)]);
}

/// Two routes of one gateway, each with a client; the first one's limits differ.
fn two_routes(gateway: Value, first: Value) -> (Simulation, Uuid, [Uuid; 2]) {
    let mut builder = Builder::new();
    let (one, gateway) = entrance(&mut builder, gateway, none());
    let settings = json!({ "Arrivals": { "constant": 0 }, "Path": "/other" });
    let two = builder.node(NodeKind::Client, "Other client", settings);
    builder.edge(two, gateway, json!({}));
    let function = function(&mut builder, "Function", fine(), none());
    builder.edge(gateway, function, route_settings(first));
    builder.edge(gateway, function, json!({ "Method": "POST", "Path": "/other" }));
    (simulate(&builder.build(), 6), gateway, [one, two])
}

// api-gateway-request-throttling: per-method limits in a stage.
#[test]
fn a_route_with_limits_of_its_own_does_not_use_the_stages_bucket() {
    let gateway = json!({ "ThrottlingRateLimit": 0, "ThrottlingBurstLimit": 4 });
    let first = json!({ "ThrottlingRateLimit": 0, "ThrottlingBurstLimit": 2 });
    let (mut simulation, gateway, [one, two]) = two_routes(gateway, first);
    send(&mut simulation, one, json!({}), 5);
    send(&mut simulation, two, json!({}), 5);
    run_for(&mut simulation, 5);
    assert_eq!(figure(&simulation, one, "succeeded"), 2.0);
    assert_eq!(figure(&simulation, two, "succeeded"), 4.0);
    assert_eq!(gateway_view(&simulation, gateway).buckets.len(), 3);
}

// api-gateway-request-throttling: routes without limits share the stage's.
#[test]
fn routes_without_limits_share_the_stages_bucket() {
    let gateway = json!({ "ThrottlingRateLimit": 0, "ThrottlingBurstLimit": 4 });
    let (mut simulation, _, [one, two]) = two_routes(gateway, none());
    send(&mut simulation, one, json!({}), 3);
    send(&mut simulation, two, json!({}), 3);
    run_for(&mut simulation, 5);
    assert_eq!(figure(&simulation, one, "succeeded") + figure(&simulation, two, "succeeded"), 4.0);
}

// limits: one account-level bucket for all APIs of a Region.
#[test]
fn all_gateways_share_the_accounts_bucket() {
    let mut builder = Builder::new();
    let (one, first) = entrance(&mut builder, none(), none());
    let (two, second) = entrance(&mut builder, http(), none());
    let function = function(&mut builder, "Function", fine(), none());
    builder.edge(first, function, route_settings(none()));
    builder.edge(second, function, route_settings(none()));
    let mut document = builder.build();
    document.account.insert("ApiGatewayThrottlingRateLimit".to_string(), json!(0));
    document.account.insert("ApiGatewayThrottlingBurstLimit".to_string(), json!(5));
    let mut simulation = simulate(&document, 6);
    send(&mut simulation, one, json!({}), 4);
    send(&mut simulation, two, json!({}), 4);
    run_for(&mut simulation, 5);
    assert_eq!(figure(&simulation, one, "succeeded") + figure(&simulation, two, "succeeded"), 5.0);
    assert_eq!(figure(&simulation, first, "throttled") + figure(&simulation, second, "throttled"), 3.0);
}

// ---- keys and usage plans

// api-gateway-setup-api-key-with-console: x-api-key.
#[test]
fn without_the_right_api_key_a_request_is_forbidden() {
    let gateway = json!({ "ApiKeyRequired": true, "ApiKey": "k1" });
    let ask = |key: &str| exchange(gateway.clone(), json!({}), fine(), json!({}), json!({ "ApiKey": key }));
    assert_eq!(ask(""), (403, json!({ "message": "Forbidden" })));
    assert_eq!(ask("k2").0, 403);
    assert_eq!(ask("k1").0, 200);
}

fn plan(limits: Value) -> Value {
    let plan = merged(json!({ "name": "Gold", "keys": ["k1", "k2"] }), limits);
    json!({ "ApiKeyRequired": true, "UsagePlans": [plan] })
}

// api-gateway-api-usage-plans: throttling limits apply to each key.
#[test]
fn each_key_of_a_usage_plan_has_its_own_bucket() {
    let gateway = plan(json!({ "throttle": { "rateLimit": 0, "burstLimit": 2 } }));
    let mut builder = Builder::new();
    let (one, gateway) = entrance(&mut builder, gateway, json!({ "ApiKey": "k1" }));
    let settings = json!({ "Arrivals": { "constant": 0 }, "Path": "/payments", "ApiKey": "k2" });
    let two = builder.node(NodeKind::Client, "Second", settings);
    builder.edge(two, gateway, json!({}));
    let function = function(&mut builder, "Function", fine(), none());
    builder.edge(gateway, function, route_settings(none()));
    let mut simulation = simulate(&builder.build(), 6);
    send(&mut simulation, one, json!({}), 5);
    send(&mut simulation, two, json!({}), 1);
    run_for(&mut simulation, 5);
    assert_eq!(figure(&simulation, one, "succeeded"), 2.0);
    assert_eq!(figure(&simulation, two, "succeeded"), 1.0);
}

// api-gateway-request-throttling: the usage plan's limit comes before the stage's.
#[test]
fn what_the_usage_plan_throttles_takes_no_token_from_the_stage() {
    let gateway = merged(
        plan(json!({ "throttle": { "rateLimit": 0, "burstLimit": 1 } })),
        json!({ "ThrottlingRateLimit": 0, "ThrottlingBurstLimit": 10 }),
    );
    let (mut simulation, [client, gateway, _]) =
        with_function(gateway, none(), fine(), none(), json!({ "ApiKey": "k1" }));
    send(&mut simulation, client, json!({}), 5);
    run_for(&mut simulation, 5);
    assert_eq!(statuses(&simulation, gateway), [(200, 1), (429, 4)]);
    assert_eq!(gateway_view(&simulation, gateway).tokens, 9.0);
    let throttled = gateway_view(&simulation, gateway).log.into_iter().find(|entry| entry.status == 429);
    assert_eq!(throttled.and_then(|entry| entry.why), Some("the key's bucket in its usage plan is empty"));
}

// api-gateway-api-usage-plans: a limit for a method of a stage.
#[test]
fn a_usage_plan_may_limit_a_single_method() {
    let gateway = plan(json!({ "methods": { "/payments/POST": { "rateLimit": 0, "burstLimit": 3 } } }));
    assert_eq!(ask(gateway, none(), fine(), none(), json!({ "ApiKey": "k1" }), 5), [(200, 3), (429, 2)]);
}

// supported-gateway-response-types: QUOTA_EXCEEDED.
#[test]
fn beyond_the_quota_a_key_is_refused_until_the_period_is_over() {
    let gateway = plan(json!({ "quota": { "limit": 3, "period": "DAY" } }));
    let (mut simulation, [client, gateway, _]) =
        with_function(gateway, none(), fine(), none(), json!({ "ApiKey": "k1" }));
    send(&mut simulation, client, json!({}), 5);
    run_for(&mut simulation, 10);
    assert_eq!(statuses(&simulation, gateway), [(200, 3), (429, 2)]);
    assert_eq!(body_of(&simulation, client, 429), json!({ "message": "Limit Exceeded" }));
    assert_eq!(gateway_view(&simulation, gateway).keys[0].left, Some(0));
    // Simulated time begins at midnight, UTC.
    run_for(&mut simulation, 86_400);
    send(&mut simulation, client, json!({}), 1);
    run_for(&mut simulation, 10);
    assert_eq!(statuses(&simulation, gateway), [(200, 4), (429, 2)]);
}

// API_QuotaSettings: offset.
#[test]
fn the_offset_is_taken_off_the_first_period_only() {
    let gateway = plan(json!({ "quota": { "limit": 3, "period": "WEEK", "offset": 2 } }));
    let (mut simulation, [client, gateway, _]) =
        with_function(gateway, none(), fine(), none(), json!({ "ApiKey": "k2" }));
    send(&mut simulation, client, json!({}), 4);
    run_for(&mut simulation, 10);
    assert_eq!(statuses(&simulation, gateway), [(200, 1), (429, 3)]);
    // The first of January 2026 is a Thursday; weeks begin on Sunday.
    run_for(&mut simulation, 3 * 86_400);
    send(&mut simulation, client, json!({}), 4);
    run_for(&mut simulation, 10);
    assert_eq!(statuses(&simulation, gateway), [(200, 4), (429, 4)]);
}

// API_QuotaSettings: MONTH.
#[test]
fn a_monthly_quota_begins_anew_on_the_first() {
    let gateway = plan(json!({ "quota": { "limit": 1, "period": "MONTH" } }));
    let (mut simulation, [client, gateway, _]) =
        with_function(gateway, none(), fine(), none(), json!({ "ApiKey": "k1" }));
    for _ in 0..2 {
        send(&mut simulation, client, json!({}), 2);
        run_for(&mut simulation, 31 * 86_400);
    }
    assert_eq!(statuses(&simulation, gateway), [(200, 2), (429, 2)]);
}

// http-api-vs-rest: what HTTP APIs do not have.
#[test]
fn an_http_api_refuses_what_only_rest_apis_have() {
    let refuse = |gateway: Value, route: Value, words: &str| {
        let mut builder = Builder::new();
        let (_, gateway) = entrance(&mut builder, merged(gateway, http()), none());
        let function = function(&mut builder, "Function", fine(), none());
        builder.edge(gateway, function, route_settings(route));
        refused(&builder.build(), words);
    };
    refuse(json!({ "ApiKeyRequired": true, "ApiKey": "k" }), none(), "HTTP APIs do not have API keys.");
    refuse(json!({ "CacheClusterEnabled": true }), none(), "HTTP APIs do not have a cache.");
    refuse(json!({ "CanarySettings": { "percentTraffic": 5 } }), none(), "HTTP APIs do not have canaries.");
    refuse(none(), json!({ "RequestModel": {} }), "RequestModel");
    refuse(none(), json!({ "IntegrationType": "NON_PROXY" }), "IntegrationType");
}

// ---- authorizers

// apigateway-use-lambda-authorizer: no token is 401, a token that is denied is 403.
#[test]
fn without_a_token_a_request_is_unauthorized_and_with_a_wrong_one_denied() {
    let gateway = json!({ "Authorizer": "TOKEN", "AuthorizerToken": "t1" });
    let ask = |token: &str| exchange(gateway.clone(), json!({}), fine(), json!({}), json!({ "Authorization": token }));
    assert_eq!(ask(""), (401, json!({ "message": "Unauthorized" })));
    assert_eq!(ask("t2"), (403, json!({ "message": "User is not authorized to access this resource" })));
    assert_eq!(ask("t1").0, 200);
}

fn policy(effect: &str, resource: &str) -> Value {
    answers(json!({
        "principalId": "user", "context": { "tenant": "a" }, "usageIdentifierKey": "k1",
        "policyDocument": { "Statement": [{ "Action": "execute-api:Invoke", "Effect": effect, "Resource": resource }] },
    }))
}

struct Guarded {
    simulation: Simulation,
    clients: [Uuid; 2],
    gateway: Uuid,
    authorizer: Uuid,
}

/// A gateway with two routes and a function that decides; a client for each route.
fn guarded(gateway: Value, decides: Value, client: Value) -> Guarded {
    let mut builder = Builder::new();
    let client = merged(json!({ "Authorization": "allow" }), client);
    let (one, gateway) = entrance(&mut builder, gateway, client.clone());
    let settings = merged(json!({ "Arrivals": { "constant": 0 }, "Path": "/other" }), client);
    let two = builder.node(NodeKind::Client, "Other client", settings);
    builder.edge(two, gateway, json!({}));
    let worker = function(&mut builder, "Function", echo(), none());
    let authorizer = function(&mut builder, "Authorizer", decides, none());
    builder.edge(gateway, worker, route_settings(json!({ "FunctionEvent": "PROXY_EVENT" })));
    builder.edge(gateway, worker, json!({ "Method": "POST", "Path": "/other" }));
    builder.edge_of(EdgeKind::Authorizer, gateway, authorizer, instant());
    Guarded { simulation: simulate(&builder.build(), 6), clients: [one, two], gateway, authorizer }
}

impl Guarded {
    /// The status that a client gets.
    fn ask(&mut self, client: usize) -> u16 {
        answer_to(&mut self.simulation, self.clients[client], json!({})).0
    }

    fn asked(&self) -> f64 {
        figure(&self.simulation, self.authorizer, "invocations")
    }
}

fn token() -> Value {
    json!({ "Authorizer": "TOKEN" })
}

// apigateway-use-lambda-authorizer: the policy decides.
#[test]
fn an_authorizer_functions_policy_decides() {
    assert_eq!(guarded(token(), policy("Allow", "*"), none()).ask(0), 200);
    assert_eq!(guarded(token(), policy("Deny", "*"), none()).ask(0), 403);
    // The function of the documentation decides by the token itself.
    let by_token = || policy("{{message.authorizationToken}}", "{{message.methodArn}}");
    assert_eq!(guarded(token(), by_token(), json!({ "Authorization": "Allow" })).ask(0), 200);
    assert_eq!(guarded(token(), by_token(), json!({ "Authorization": "Deny" })).ask(0), 403);
}

// apigateway-use-lambda-authorizer: without its identity source the function is not asked.
#[test]
fn without_the_identity_source_the_authorizer_is_not_asked() {
    let mut guarded = guarded(token(), policy("Allow", "*"), json!({ "Authorization": "" }));
    assert_eq!(guarded.ask(0), 401);
    assert_eq!(guarded.asked(), 0.0);
}

// API_CreateAuthorizer: identityValidationExpression.
#[test]
fn a_token_that_does_not_match_the_expression_is_not_asked_about() {
    let gateway = merged(token(), json!({ "IdentityValidationExpression": "Bearer [a-z]+" }));
    let mut first = guarded(gateway.clone(), policy("Allow", "*"), json!({ "Authorization": "Bearer 42" }));
    assert_eq!(first.ask(0), 401);
    assert_eq!(first.asked(), 0.0);
    assert_eq!(guarded(gateway, policy("Allow", "*"), json!({ "Authorization": "Bearer abc" })).ask(0), 200);
}

// apigateway-use-lambda-authorizer: a function that throws, or answers without a policy.
#[test]
fn an_authorizer_that_fails_is_a_500() {
    let mut failing = guarded(token(), always_fails(), none());
    assert_eq!(failing.ask(0), 500);
    assert_eq!(logged(&failing.simulation, failing.gateway).response_type, Some("AUTHORIZER_FAILURE"));
    let mut malformed = guarded(token(), answers(json!({ "ok": true })), none());
    assert_eq!(malformed.ask(0), 500);
    let entry = logged(&malformed.simulation, malformed.gateway);
    assert_eq!(entry.response_type, Some("AUTHORIZER_CONFIGURATION_ERROR"));
}

// apigateway-use-lambda-authorizer: a function that throws exactly "Unauthorized" turns the caller away.
#[test]
fn an_authorizer_that_throws_unauthorized_is_a_401() {
    let throws = |message: &str| json!([{ "step": "throw", "message": message }]);
    let mut refusing = guarded(token(), throws("Unauthorized"), none());
    assert_eq!(refusing.ask(0), 401);
    assert_eq!(logged(&refusing.simulation, refusing.gateway).response_type, Some("UNAUTHORIZED"));
    assert_eq!(guarded(token(), throws("unauthorized"), none()).ask(0), 500);
}

// API_CreateAuthorizer: authorizerResultTtlInSeconds, 300 by default.
#[test]
fn a_decision_is_kept_for_300_seconds() {
    let mut guarded = guarded(token(), policy("Allow", "*"), none());
    for _ in 0..3 {
        assert_eq!(guarded.ask(0), 200);
    }
    assert_eq!(guarded.asked(), 1.0);
    run_for(&mut guarded.simulation, 300);
    assert_eq!(guarded.ask(0), 200);
    assert_eq!(guarded.asked(), 2.0);
    let view = gateway_view(&guarded.simulation, guarded.gateway);
    assert_eq!(view.authorizer, Some((2, 2)));
}

// API_CreateAuthorizer: a TTL of 0 switches the cache off.
#[test]
fn without_a_ttl_each_request_asks_the_authorizer() {
    let gateway = merged(token(), json!({ "AuthorizerResultTtlInSeconds": 0 }));
    let mut guarded = guarded(gateway, policy("Allow", "*"), none());
    for _ in 0..3 {
        assert_eq!(guarded.ask(0), 200);
    }
    assert_eq!(guarded.asked(), 3.0);
}

// api-gateway-lambda-authorizer-output: the cached policy holds for all methods of the API.
#[test]
fn a_kept_policy_that_names_only_the_first_method_refuses_the_others() {
    let mut guarded = guarded(token(), policy("Allow", "{{message.methodArn}}"), none());
    assert_eq!(guarded.ask(0), 200);
    assert_eq!(guarded.ask(1), 403);
    assert_eq!(guarded.asked(), 1.0);
    // When the decision is forgotten, the other method comes first.
    run_for(&mut guarded.simulation, 300);
    assert_eq!(guarded.ask(1), 200);
    assert_eq!(guarded.ask(0), 403);
}

// API_CreateAuthorizer: REQUEST authorizers and their identity sources.
#[test]
fn a_request_authorizer_keeps_decisions_by_all_identity_sources() {
    let sources = "method.request.header.X-Tenant, method.request.querystring.page";
    let gateway = json!({ "Authorizer": "REQUEST", "IdentitySource": sources });
    let client = json!({ "Headers": { "x-tenant": "a" }, "Path": "/payments?page=1" });
    let mut complete = guarded(gateway.clone(), policy("Allow", "*"), client);
    assert_eq!((complete.ask(0), complete.ask(0), complete.asked()), (200, 200, 1.0));
    let mut incomplete = guarded(gateway, policy("Allow", "*"), json!({ "Headers": { "x-tenant": "a" } }));
    assert_eq!((incomplete.ask(0), incomplete.asked()), (401, 0.0));
}

// http-api-lambda-authorizer: simple answers, and no cache unless a TTL is set.
#[test]
fn an_http_apis_authorizer_may_answer_simply_and_is_asked_each_time() {
    let gateway = merged(http(), json!({ "Authorizer": "REQUEST", "IdentitySource": "$request.header.Authorization" }));
    let simple = |allowed: bool| answers(json!({ "isAuthorized": allowed, "context": { "tenant": "a" } }));
    let mut allowed = guarded(gateway.clone(), simple(true), none());
    assert_eq!((allowed.ask(0), allowed.ask(1), allowed.asked()), (200, 200, 2.0));
    let mut denied = guarded(gateway, simple(false), none());
    let client = denied.clients[0];
    let answer = answer_to(&mut denied.simulation, client, json!({}));
    assert_eq!(answer, (403, json!({ "message": "Forbidden" })));
}

// http-api-lambda-authorizer: with $context.routeKey among the identity sources each route has its own decision.
#[test]
fn the_route_key_among_the_identity_sources_separates_the_routes_decisions() {
    let sources = |more: &str| {
        let text = format!("$request.header.Authorization{more}");
        let more = json!({ "Authorizer": "REQUEST", "IdentitySource": text, "AuthorizerResultTtlInSeconds": 600 });
        merged(http(), more)
    };
    let decides = || policy("Allow", "{{message.routeArn}}");
    let mut shared = guarded(sources(""), decides(), none());
    assert_eq!((shared.ask(0), shared.ask(1), shared.asked()), (200, 403, 1.0));
    let mut own = guarded(sources(", $context.routeKey"), decides(), none());
    assert_eq!((own.ask(0), own.ask(1), own.asked()), (200, 200, 2.0));
}

// http-api-quotas: 10 seconds for the authorizer.
#[test]
fn an_http_apis_authorizer_has_10_seconds() {
    let gateway = merged(http(), json!({ "Authorizer": "REQUEST" }));
    let slow =
        json!([{ "step": "work", "duration": 11_000 }, { "step": "respond", "payload": { "isAuthorized": true } }]);
    let mut builder = Builder::new();
    let (client, gateway) = entrance(&mut builder, gateway, json!({ "Authorization": "x" }));
    let worker = function(&mut builder, "Function", fine(), none());
    let authorizer = function(&mut builder, "Authorizer", slow, json!({ "Timeout": 60 }));
    builder.edge(gateway, worker, route_settings(none()));
    builder.edge_of(EdgeKind::Authorizer, gateway, authorizer, instant());
    let mut simulation = simulate(&builder.build(), 6);
    assert_eq!(answer_to(&mut simulation, client, json!({})).0, 500);
    assert_eq!(figure(&simulation, worker, "invocations"), 0.0);
}

// api-gateway-lambda-authorizer-output: context, and usageIdentifierKey with the key source AUTHORIZER.
#[test]
fn what_the_authorizer_says_of_the_caller_reaches_function_and_usage_plan() {
    let gateway = merged(
        token(),
        json!({ "ApiKeyRequired": true, "ApiKeySource": "AUTHORIZER",
                "UsagePlans": [{ "name": "Gold", "keys": ["k1"], "quota": { "limit": 1, "period": "DAY" } }] }),
    );
    let mut guarded = guarded(gateway, policy("Allow", "*"), none());
    let client = guarded.clients[0];
    let (status, event) = answer_to(&mut guarded.simulation, client, json!({}));
    assert_eq!((status, &event["requestContext"]["authorizer"]["tenant"]), (200, &json!("a")));
    assert_eq!(guarded.ask(0), 429);
}

// API_PutMethod: each method has its authorizationType.
#[test]
fn a_route_without_authorization_is_open() {
    let gateway = json!({ "Authorizer": "TOKEN", "AuthorizerToken": "t1" });
    let route = json!({ "AuthorizationType": "NONE" });
    assert_eq!(ask(gateway, route, fine(), none(), none(), 1), [(200, 1)]);
}

// http-api-jwt-authorizer: iss, aud, exp, nbf and scopes.
#[test]
fn a_jwt_authorizer_checks_issuer_audience_time_and_scopes() {
    let gateway = merged(http(), json!({ "Authorizer": "JWT", "JwtIssuer": "https://id", "JwtAudience": ["pay"] }));
    let route = json!({ "AuthorizationScopes": ["write", "admin"] });
    // Simulated time begins at 2026-01-01, which is 1767225600.
    let good = json!({ "iss": "https://id", "aud": "pay", "exp": 1_767_229_200, "scope": "read write" });
    let ask = |change: Value| {
        let client = json!({ "Authorization": format!("Bearer {}", merged(good.clone(), change)) });
        exchange(gateway.clone(), route.clone(), fine(), none(), client)
    };
    assert_eq!(ask(none()).0, 200);
    assert_eq!(ask(json!({ "iss": "https://other" })), (401, json!({ "message": "Unauthorized" })));
    assert_eq!(ask(json!({ "aud": ["x", "pay"] })).0, 200);
    assert_eq!(ask(json!({ "aud": "x" })).0, 401);
    assert_eq!(ask(json!({ "aud": null, "client_id": "pay" })).0, 401);
    assert_eq!(ask(json!({ "exp": 1_767_225_600 })).0, 401);
    assert_eq!(ask(json!({ "nbf": 1_767_229_200 })).0, 401);
    assert_eq!(ask(json!({ "scope": "read" })), (403, json!({ "message": "Forbidden" })));
    let without = exchange(gateway.clone(), route.clone(), fine(), none(), none());
    assert_eq!(without, (401, json!({ "message": "Unauthorized" })));
}

// http-api-jwt-authorizer: a token is good until it expires.
#[test]
fn a_jwt_expires() {
    let gateway = merged(http(), json!({ "Authorizer": "JWT", "JwtIssuer": "i", "JwtAudience": ["pay"] }));
    let claims = json!({ "iss": "i", "client_id": "pay", "exp": 1_767_225_600 + 600 });
    let client = json!({ "Authorization": format!("Bearer {claims}") });
    let (mut simulation, [client, gateway, _]) = with_function(gateway, none(), fine(), none(), client);
    send(&mut simulation, client, json!({}), 1);
    run_for(&mut simulation, 600);
    send(&mut simulation, client, json!({}), 1);
    run_for(&mut simulation, 5);
    assert_eq!(statuses(&simulation, gateway), [(200, 1), (401, 1)]);
}

// ---- validation

// api-gateway-method-request-validation: BAD_REQUEST_BODY.
#[test]
fn a_body_that_does_not_fit_the_model_is_a_400() {
    let model = json!({
        "type": "object", "required": ["amount"],
        "properties": { "amount": { "type": "number", "minimum": 1 }, "currency": { "enum": ["EUR"] } },
    });
    let (mut simulation, [client, _, function]) =
        with_function(none(), json!({ "RequestModel": model }), fine(), none(), none());
    let body = json!({ "message": "Invalid request body" });
    for wrong in [json!({}), json!({ "amount": 0 }), json!({ "amount": "1" }), json!({ "amount": 1, "currency": "X" })]
    {
        assert_eq!(answer_to(&mut simulation, client, wrong), (400, body.clone()));
    }
    assert_eq!(figure(&simulation, function, "invocations"), 0.0);
    assert_eq!(answer_to(&mut simulation, client, json!({ "amount": 1, "currency": "EUR" })).0, 200);
}

// api-gateway-method-request-validation: BAD_REQUEST_PARAMETERS.
#[test]
fn a_missing_parameter_is_a_400_that_names_it() {
    let route = json!({ "RequestParameters": {
        "method.request.header.X-Id": true, "method.request.querystring.page": true, "method.request.header.X-Maybe": false,
    } });
    let body = json!({ "message": "Missing required request parameters: [X-Id, page]" });
    assert_eq!(exchange(none(), route.clone(), fine(), none(), none()), (400, body));
    let client = json!({ "Headers": { "x-id": "1" }, "Path": "/payments?page=2" });
    assert_eq!(exchange(none(), route, fine(), none(), client).0, 200);
}

// ---- mapping

// api-gateway-mapping-template-reference: a template makes the message.
#[test]
fn a_mapping_template_makes_what_the_queue_gets() {
    let template = "#set($b = $input.path('$'))\n{\"total\": $b.amount, \"who\": \"$util.escapeJavaScript($b.name)\", \"from\": \"$context.httpMethod\"#if($b.amount > 10), \"big\": true#end}";
    let route = json!({ "RequestTemplates": { "application/json": template } });
    let body = sent_to_queue(none(), route, none(), json!({ "amount": 12, "name": "\"Ada\"" }));
    assert_eq!(body, json!({ "total": 12, "who": "\"Ada\"", "from": "POST", "big": true }));
}

// integrating-api-with-aws-services: Action=SendMessage&MessageBody=…
#[test]
fn a_queues_template_may_be_a_form() {
    let template = "Action=SendMessage&MessageBody=$util.urlEncode($input.body)";
    let route = json!({ "RequestTemplates": { "application/json": template } });
    let payload = json!({ "amount": 12, "note": "a&b = c" });
    assert_eq!(sent_to_queue(none(), route, none(), payload.clone()), payload);
}

// integration-passthrough-behaviors.
#[test]
fn a_content_type_without_a_template_is_a_415_unless_it_may_pass() {
    let status = |behavior: &str, templates: Value, content_type: &str| {
        let route =
            json!({ "IntegrationType": "NON_PROXY", "PassthroughBehavior": behavior, "RequestTemplates": templates });
        exchange(none(), route, fine(), none(), json!({ "Headers": { "Content-Type": content_type } })).0
    };
    let json_only = || json!({ "application/json": "$input.body" });
    assert_eq!(status("WHEN_NO_MATCH", json_only(), "text/plain"), 200);
    assert_eq!(status("WHEN_NO_TEMPLATES", json_only(), "text/plain"), 415);
    assert_eq!(status("WHEN_NO_TEMPLATES", json!({}), "text/plain"), 200);
    assert_eq!(status("NEVER", json!({}), "application/json"), 415);
    assert_eq!(status("NEVER", json_only(), "application/json; charset=utf-8"), 200);
}

// models-mappings: only non-proxy integrations map.
#[test]
fn a_template_that_is_not_understood_or_would_not_be_used_is_refused() {
    let refuse = |route: Value, words: &str| {
        let mut builder = Builder::new();
        let (_, gateway) = entrance(&mut builder, none(), none());
        let function = function(&mut builder, "Function", fine(), none());
        builder.edge(gateway, function, route_settings(route));
        refused(&builder.build(), words);
    };
    let templates = |text: &str| json!({ "application/json": text });
    refuse(json!({ "IntegrationType": "NON_PROXY", "RequestTemplates": templates("\n$input.bdy") }), "Line 2");
    refuse(json!({ "IntegrationType": "NON_PROXY", "RequestTemplates": templates("#macro(x)#end") }), "#macro");
    refuse(json!({ "RequestTemplates": templates("$input.body") }), "as they are");
}

// http-api-parameter-mapping: requests.
#[test]
fn an_http_apis_parameter_mapping_changes_headers_query_string_and_path() {
    let changes = json!({
        "append:header.x-tenant": "$request.querystring.tenant", "overwrite:header.x-fixed": "v-${request.body.amount}",
        "remove:header.x-secret": "''", "overwrite:querystring.page": "1", "remove:querystring.tenant": "''",
        "overwrite:path": "/v2/payments",
    });
    let route = json!({ "RequestParameters": changes, "FunctionEvent": "PROXY_EVENT" });
    let client = json!({ "Path": "/payments?tenant=b", "Headers": { "x-tenant": "a", "x-secret": "s" } });
    let (_, event) = exchange(http(), route, echo(), none(), client);
    let headers = &event["headers"];
    assert_eq!((&headers["x-tenant"], &headers["x-fixed"]), (&json!("a,b"), &json!("v-1")));
    assert!(headers.get("x-secret").is_none());
}

// http-api-parameter-mapping: responses.
#[test]
fn an_http_apis_parameter_mapping_changes_the_status_of_an_answer() {
    let route = json!({ "ResponseParameters": { "404": { "overwrite:statuscode": "410" } } });
    let gone = answers(json!({ "statusCode": 404, "body": {} }));
    assert_eq!(ask(http(), route, gone, none(), none(), 1), [(410, 1)]);
}

// api-gateway-create-api-as-simple-proxy-for-lambda: the function's resource policy has to let the API invoke it.
#[test]
fn a_gateway_that_may_not_invoke_the_function_answers_500() {
    let route = json!({ "Access": "DENIED" });
    assert_eq!(ask(none(), route.clone(), fine(), none(), none(), 2), [(500, 2)]);
    assert_eq!(ask(http(), route.clone(), fine(), none(), none(), 1), [(500, 1)]);
    let custom = json!({ "GatewayResponses": { "API_CONFIGURATION_ERROR": { "statusCode": 503 } } });
    assert_eq!(ask(custom, route, fine(), none(), none(), 1), [(503, 1)]);
}

// request-response-data-mappings: integration.request.querystring, to a service that is asked by its query string.
#[test]
fn a_rest_apis_parameter_mapping_makes_what_the_queue_is_sent() {
    let mapping = json!({
        "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'",
        "integration.request.querystring.Action": "'SendMessage'",
        "integration.request.querystring.MessageBody": "method.request.querystring.text",
    });
    let route = json!({ "RequestParameters": mapping });
    let client = json!({ "Path": "/payments?text=%7B%22amount%22%3A5%7D" });
    assert_eq!(sent_to_queue(none(), route, client, json!({})), json!({ "amount": 5 }));
}

// request-response-data-mappings: method.response.header from integration.response.body.
#[test]
fn a_rest_apis_parameter_mapping_makes_headers_of_the_answer() {
    let sees = |allow: &str| {
        let headers =
            json!({ "method.response.header.Access-Control-Allow-Origin": "integration.response.body.allow" });
        let responses = json!([{ "statusCode": 200, "responseParameters": headers }]);
        let route = json!({ "IntegrationType": "NON_PROXY", "IntegrationResponses": responses });
        // A browser shows its page only what the header allows it to.
        let browser = json!({ "Origin": "https://shop.example", "Headers": { "Content-Type": "text/plain" } });
        let (mut simulation, [client, ..]) =
            with_function(none(), route, answers(json!({ "allow": allow })), none(), browser);
        answer_to(&mut simulation, client, json!({})).0
    };
    assert_eq!(sees("https://shop.example"), 200);
    assert_eq!(sees("https://other.example"), 0);
}

// request-response-data-mappings: each kind of API has its own form, and a proxy integration has none.
#[test]
fn a_parameter_mapping_of_the_other_kind_of_api_is_refused() {
    let build = |gateway: Value, parameters: Value| {
        let mut builder = Builder::new();
        let (_, gateway) = entrance(&mut builder, gateway, none());
        let function = function(&mut builder, "Function", fine(), none());
        builder.edge(gateway, function, route_settings(json!({ "RequestParameters": parameters })));
        builder.build()
    };
    let rest = json!({ "integration.request.header.X": "'1'" });
    refused(&build(http(), rest.clone()), "Parameter mapping of this form is for REST APIs.");
    refused(&build(none(), json!({ "append:header.x": "1" })), "Parameter mapping of this form is for HTTP APIs.");
    refused(&build(none(), rest), "A function's proxy integration hands requests on as they are.");
}

// http-api-develop-integrations-aws-services-reference: SQS-SendMessage.
#[test]
fn an_http_apis_queue_integration_takes_its_message_from_the_request() {
    let route = json!({ "RequestParameters": { "MessageBody": "$request.body.inner" } });
    let body = sent_to_queue(http(), route, none(), json!({ "inner": { "amount": 5 } }));
    assert_eq!(body, json!({ "amount": 5 }));
}

// http-api-develop-integrations-aws-services-reference: there is none for SNS.
#[test]
fn an_http_api_has_no_integration_with_topics() {
    let mut builder = Builder::new();
    let (_, gateway) = entrance(&mut builder, http(), none());
    let topic = builder.node(NodeKind::Topic, "Topic", json!({}));
    builder.edge(gateway, topic, route_settings(none()));
    refused(&builder.build(), "HTTP APIs have no integration with topics.");
}

// http-api-develop-integrations-aws-services: SQS-SendMessage.
#[test]
fn a_direct_integration_answers_when_the_queue_has_the_message() {
    let mut builder = Builder::new();
    let (client, gateway) = entrance(&mut builder, none(), none());
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    builder.edge(gateway, queue, json!({ "Method": "POST", "Path": "/payments" }));
    let mut simulation = simulate(&builder.build(), 6);
    send(&mut simulation, client, json!({ "amount": 12 }), 2);
    run_for(&mut simulation, 5);
    assert_eq!(statuses(&simulation, gateway), [(200, 2)]);
    assert_eq!(figure(&simulation, queue, "visible"), 2.0);
    assert_eq!(first_body(&simulation, queue)["amount"], 12);
}

// integrating-api-with-aws-services: PutEvents with the entries that the template makes.
#[test]
fn a_template_may_put_an_event_of_its_own_source_and_type() {
    let mut builder = Builder::new();
    let (client, gateway) = entrance(&mut builder, none(), none());
    let bus = builder.node(NodeKind::Bus, "Bus", json!({}));
    let pattern = json!({ "source": ["shop"], "detail-type": ["Paid"], "detail": { "sum": [5] } });
    let rule = builder.node(NodeKind::Rule, "Rule", json!({ "EventPattern": pattern }));
    let queue = builder.node(NodeKind::Queue, "Queue", json!({}));
    let template = "{\"Entries\": [{\"Source\": \"shop\", \"DetailType\": \"Paid\", \"Detail\": \"$util.escapeJavaScript(\"{\"\"sum\"\": $input.json('$.amount')}\")\"}]}";
    let template = template.replace(
        "$util.escapeJavaScript(\"{\"\"sum\"\": $input.json('$.amount')}\")",
        "{\\\"sum\\\": $input.json('$.amount')}",
    );
    builder.edge(gateway, bus, route_settings(json!({ "RequestTemplates": { "application/json": template } })));
    builder.edge(bus, rule, json!({}));
    builder.edge(rule, queue, json!({}));
    let mut simulation = simulate(&builder.build(), 6);
    assert_eq!(answer_to(&mut simulation, client, json!({ "amount": 5 })).0, 200);
    assert_eq!(figure(&simulation, queue, "visible"), 1.0);
}

// ---- cache

/// A function whose answers can be told apart: how often it ran shows in its figures.
fn cached(route: Value, paths: &[&str], client: Value) -> (f64, GatewayView) {
    let mut builder = Builder::new();
    let gateway = builder.node(NodeKind::Gateway, "Gateway", json!({ "CacheClusterEnabled": true }));
    let function = function(&mut builder, "Function", fine(), none());
    builder.edge(gateway, function, merged(json!({ "Method": "ANY", "Path": "/payments/{id}" }), route));
    let mut clients = Vec::new();
    for path in paths {
        let settings = json!({ "Arrivals": { "constant": 0 }, "Path": path, "Method": "GET" });
        let client = builder.node(NodeKind::Client, path, merged(settings, client.clone()));
        builder.edge(client, gateway, json!({}));
        clients.push(client);
    }
    let mut simulation = simulate(&builder.build(), 6);
    for client in clients {
        assert_eq!(answer_to(&mut simulation, client, json!({})).0, 200);
    }
    (figure(&simulation, function, "invocations"), gateway_view(&simulation, gateway))
}

// api-gateway-caching: GET only, by default.
#[test]
fn an_answer_to_a_get_is_kept_and_given_again() {
    let (invocations, view) = cached(none(), &["/payments/1", "/payments/1", "/payments/1"], none());
    assert_eq!((invocations, view.cache), (1.0, Some((2, 1, 1))));
    let (invocations, _) = cached(none(), &["/payments/1", "/payments/1"], json!({ "Method": "POST" }));
    assert_eq!(invocations, 2.0);
}

// api-gateway-caching: parameters count only where they are cache keys.
#[test]
fn a_path_parameter_that_is_no_cache_key_gives_one_answer_to_all() {
    assert_eq!(cached(none(), &["/payments/1", "/payments/2"], none()).0, 1.0);
    let keys = json!({ "CacheKeyParameters": ["method.request.path.id", "method.request.querystring.page"] });
    assert_eq!(cached(keys.clone(), &["/payments/1", "/payments/2", "/payments/1"], none()).0, 2.0);
    assert_eq!(cached(keys, &["/payments/1?page=1", "/payments/1?page=2"], none()).0, 2.0);
}

// api-gateway-caching: 300 seconds by default.
#[test]
fn a_kept_answer_is_forgotten_after_its_time() {
    let gateway = json!({ "CacheClusterEnabled": true, "CacheTtlInSeconds": 60 });
    let (mut simulation, [client, _, function]) =
        with_function(gateway, json!({ "Method": "GET" }), fine(), none(), json!({ "Method": "GET" }));
    for _ in 0..2 {
        send(&mut simulation, client, json!({}), 1);
        run_for(&mut simulation, 10);
    }
    assert_eq!(figure(&simulation, function, "invocations"), 1.0);
    run_for(&mut simulation, 60);
    send(&mut simulation, client, json!({}), 1);
    run_for(&mut simulation, 10);
    assert_eq!(figure(&simulation, function, "invocations"), 2.0);
}

// api-gateway-caching: at most 1,048,576 bytes.
#[test]
fn an_error_or_a_large_answer_is_not_kept() {
    let run = |handler: Value| {
        let gateway = json!({ "CacheClusterEnabled": true });
        let (mut simulation, [client, gateway, _]) =
            with_function(gateway, json!({ "Method": "GET" }), handler, none(), json!({ "Method": "GET" }));
        answer_to(&mut simulation, client, json!({}));
        gateway_view(&simulation, gateway).cache
    };
    assert_eq!(run(fine()), Some((0, 1, 1)));
    assert_eq!(run(always_fails()), Some((0, 1, 0)));
    assert_eq!(run(answers(json!({ "statusCode": 200, "body": "x".repeat(1_048_577) }))), Some((0, 1, 0)));
}

// ---- stages, canary, gateway responses

// stage-variables.
#[test]
fn mappings_read_stage_variables() {
    let gateway = json!({ "StageVariables": { "alias": "blue" }, "StageName": "test" });
    let template = "{\"alias\": \"$stageVariables.alias\", \"stage\": \"$context.stage\"}";
    let route = json!({ "RequestTemplates": { "application/json": template } });
    assert_eq!(sent_to_queue(gateway, route, none(), json!({})), json!({ "alias": "blue", "stage": "test" }));
}

/// Requests to the current function and to the canary's, and the alias that the latter saw.
fn with_canary(share: f64, count: u32) -> (f64, f64, Simulation, Uuid) {
    let canary = json!({ "percentTraffic": share, "stageVariableOverrides": { "alias": "green" } });
    let gateway = json!({ "CanarySettings": canary, "StageVariables": { "alias": "blue" } });
    let mut builder = Builder::new();
    let (client, gateway) = entrance(&mut builder, gateway, none());
    let template = || json!({ "application/json": "{\"alias\": \"$stageVariables.alias\"}" });
    let current = builder.node(NodeKind::Queue, "Current", json!({}));
    let new = builder.node(NodeKind::Queue, "New", json!({}));
    builder.edge(gateway, current, route_settings(json!({ "RequestTemplates": template() })));
    builder.edge(gateway, new, route_settings(json!({ "RequestTemplates": template(), "Deployment": "CANARY" })));
    let mut simulation = simulate(&builder.build(), 6);
    send(&mut simulation, client, json!({}), count);
    run_for(&mut simulation, 20);
    (figure(&simulation, current, "visible"), figure(&simulation, new, "visible"), simulation, new)
}

// canary-release: percentTraffic.
#[test]
fn a_canary_takes_its_share_of_the_requests() {
    let (current, new, simulation, queue) = with_canary(20.0, 2_000);
    assert_eq!(current + new, 2_000.0);
    assert!((340.0..460.0).contains(&new), "{new} of 2,000");
    assert_eq!(first_body(&simulation, queue), json!({ "alias": "green" }));
    assert_eq!(with_canary(0.0, 50).1, 0.0);
    assert_eq!(with_canary(100.0, 50).0, 0.0);
}

// supported-gateway-response-types, api-gateway-gatewayResponse-definition.
#[test]
fn gateway_responses_change_status_and_body() {
    let responses = json!({
        "THROTTLED": { "statusCode": 503, "responseParameters": { "gatewayresponse.header.Retry-After": "'1'" },
                       "responseTemplates": { "application/json": "{\"error\": $context.error.messageString}" } },
        "DEFAULT_4XX": { "statusCode": 400 },
    });
    let gateway = json!({ "ThrottlingBurstLimit": 0, "GatewayResponses": responses });
    let answer = exchange(gateway.clone(), none(), fine(), none(), none());
    assert_eq!(answer, (503, json!({ "error": "Too Many Requests" })));
    let (status, body) = exchange(gateway, none(), fine(), none(), json!({ "Path": "/nowhere" }));
    assert_eq!((status, body), (400, json!({ "message": "Missing Authentication Token" })));
}

// ---- log, trace, bill

// set-up-logging, api-gateway-variables-for-access-logging.
#[test]
fn the_access_log_tells_latencies_and_why() {
    let mut builder = Builder::new();
    let (client, gateway) =
        entrance(&mut builder, json!({ "ThrottlingRateLimit": 0, "ThrottlingBurstLimit": 1 }), none());
    let function = function(&mut builder, "Function", answers(json!({ "statusCode": 201, "body": {} })), none());
    builder.edge(gateway, function, merged(route_settings(none()), instant()));
    let mut simulation = simulate(&builder.build(), 6);
    send(&mut simulation, client, json!({}), 1);
    run_for(&mut simulation, 5);
    let entry = logged(&simulation, gateway);
    assert_eq!((entry.status, entry.integration_status.as_deref()), (201, Some("200")));
    assert_eq!((entry.integration_latency, entry.response_latency), (Some(10_000), 10_000));
    assert_eq!(entry.route_key.as_deref(), Some("POST /payments"));
    send(&mut simulation, client, json!({}), 1);
    run_for(&mut simulation, 5);
    let entry = logged(&simulation, gateway);
    assert_eq!((entry.status, entry.response_type, entry.integration_latency), (429, Some("THROTTLED"), None));
    assert_eq!(entry.why, Some("the stage's bucket is empty"));
    assert!(entry.trace_id.starts_with("Root=1-"));
}

// api-gateway-pricing: requests without the right to be served are not billed.
#[test]
fn refused_callers_cost_nothing_and_bad_requests_do() {
    let cost = |gateway: Value, route: Value| {
        let (mut simulation, [client, gateway, _]) = with_function(gateway, route, fine(), none(), none());
        send(&mut simulation, client, json!({}), 3);
        run_for(&mut simulation, 5);
        let node = simulation.plan().find_node(gateway).expect("the gateway");
        simulation.charges(node)[0].quantity
    };
    assert_eq!(cost(json!({ "Authorizer": "TOKEN", "AuthorizerToken": "t" }), none()), 0.0);
    assert_eq!(cost(json!({ "ApiKeyRequired": true, "ApiKey": "k" }), none()), 0.0);
    assert_eq!(cost(json!({ "ThrottlingBurstLimit": 0 }), none()), 0.0);
    assert_eq!(cost(none(), json!({ "RequestModel": { "required": ["x"] } })), 3.0);
}
