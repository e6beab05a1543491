//! Gateways, as Amazon API Gateway.

use super::figure::{Figure, account, bytes, edge, least, most, node, number, span, statuses, usual};
use super::{Behaviour, Standing};
use crate::diagram::limits::{HTTP_TIMEOUT, LONGEST_TEMPLATE, MAXIMUM_TURNS};
use crate::diagram::settings::ApiType;
use crate::diagram::{EdgeKind, NodeKind};
use crate::services::limits::{AUTHORIZER_TIMEOUT, LARGEST_BODY, LARGEST_CACHED, LOGGED_REQUESTS};
use crate::services::{GatewayError, Status};

pub const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        what: phrase!("In some Regions an account starts with a lower throttle."),
        figure: Figure::Documented(phrase!("2,500 requests/s, 1,250 at once")),
        source: "api-gateway-request-throttling",
        standing: Standing::Simplified {
            how: phrase!("The account's throttle is that of most Regions; set the stage's to another."),
        },
    },
    Behaviour {
        what: phrase!("An address that is too long is refused with 414."),
        figure: Figure::None,
        source: "http-api-quotas",
        standing: Standing::Absent { why: phrase!("Requests here have short addresses.") },
    },
    Behaviour {
        what: phrase!("A JWT authorizer keeps the issuer's keys for two hours."),
        figure: Figure::Documented("2 h"),
        source: "http-api-jwt-authorizer",
        standing: Standing::Absent { why: phrase!("Issuers do not change their keys here.") },
    },
    Behaviour {
        what: phrase!("Traces with X-Ray are sampled, and have a price of their own."),
        figure: Figure::None,
        source: "apigateway-xray",
        standing: Standing::Simplified { how: phrase!("Every request can be traced here, and that is not counted.") },
    },
    Behaviour {
        what: phrase!("A proxy integration answers with the function's own status and body."),
        figure: Figure::None,
        source: "api-gateway-api-integration-types",
        standing: Standing::Faithful { test: "gateway::a_proxy_integration_answers_with_the_functions_status" },
    },
    Behaviour {
        what: phrase!("A malformed answer of the function, its error and its timeout are a 502 in REST APIs."),
        figure: Figure::Used(|| statuses(&[GatewayError::IntegrationFailed])),
        source: "set-up-lambda-proxy-integrations",
        standing: Standing::Faithful { test: "gateway::a_malformed_response_or_a_function_error_is_a_502" },
    },
    Behaviour {
        what: phrase!("In HTTP APIs they are a 500."),
        figure: Figure::Used(|| GatewayError::IntegrationFailed.status(ApiType::Http).to_string()),
        source: "http-api-develop-integrations-lambda",
        standing: Standing::Faithful { test: "gateway::in_an_http_api_a_function_error_is_a_500" },
    },
    Behaviour {
        what: phrase!("With payload format 2.0 an answer without statusCode is the body of a 200."),
        figure: Figure::Named("`PayloadFormatVersion`"),
        source: "http-api-develop-integrations-lambda",
        standing: Standing::Faithful { test: "gateway::an_http_api_takes_an_answer_without_status_code_for_the_body" },
    },
    Behaviour {
        what: phrase!("When the function is throttled the client sees a 500."),
        figure: Figure::Used(|| statuses(&[GatewayError::IntegrationRefused])),
        source: "services-apigateway-errors",
        standing: Standing::Faithful { test: "gateway::a_throttled_function_is_a_500" },
    },
    Behaviour {
        what: phrase!("A REST API waits 29 seconds, answers 504, and the function keeps running and is billed."),
        figure: Figure::Used(|| {
            format!(
                "{} ms, {}",
                usual(edge(EdgeKind::Integration, "TimeoutInMillis")),
                statuses(&[GatewayError::TimedOut])
            )
        }),
        source: "api-gateway-execution-service-limits-table",
        standing: Standing::Faithful {
            test: "gateway::an_integration_slower_than_29_seconds_is_a_504_and_the_function_goes_on",
        },
    },
    Behaviour {
        what: phrase!("An HTTP API waits 30 seconds, which cannot be raised, and answers 503."),
        figure: Figure::Used(|| format!("{}, {}", span(HTTP_TIMEOUT), GatewayError::TimedOut.status(ApiType::Http))),
        source: "http-api-quotas",
        standing: Standing::Faithful { test: "gateway::an_http_api_waits_30_seconds_and_answers_503" },
    },
    Behaviour {
        what: phrase!("A REST API's 29 seconds can be raised."),
        figure: Figure::Used(|| tr!("up to {} ms here", most(edge(EdgeKind::Integration, "TimeoutInMillis")))),
        source: "api-gateway-execution-service-limits-table",
        standing: Standing::Faithful { test: "gateway::a_rest_api_with_a_raised_quota_waits_longer_than_29_seconds" },
    },
    Behaviour {
        what: phrase!("An integration that cannot be reached is a 504."),
        figure: Figure::Named("INTEGRATION_FAILURE"),
        source: "supported-gateway-response-types",
        standing: Standing::Faithful { test: "gateway::an_integration_that_cannot_be_reached_is_a_504" },
    },
    Behaviour {
        what: phrase!("A gateway never tries again by itself."),
        figure: Figure::None,
        source: "services-apigateway-errors",
        standing: Standing::Faithful { test: "gateway::the_gateway_does_not_retry" },
    },
    Behaviour {
        what: phrase!("Behind a non-proxy integration a function's error is a 200."),
        figure: Figure::Used(|| Status::OK.code().to_string()),
        source: "handle-errors-in-lambda-integration",
        standing: Standing::Faithful { test: "gateway::behind_a_non_proxy_integration_a_function_error_is_a_200" },
    },
    Behaviour {
        what: phrase!("An integration response selects errors by a regular expression for the whole error message."),
        figure: Figure::Named("`selectionPattern`"),
        source: "handle-errors-in-lambda-integration",
        standing: Standing::Faithful { test: "gateway::a_selection_pattern_turns_a_function_error_into_a_status" },
    },
    Behaviour {
        what: phrase!("Where no integration response fits and there is no default, the answer is a 500."),
        figure: Figure::Used(|| statuses(&[GatewayError::MappingFailed])),
        source: "handle-errors-in-lambda-integration",
        standing: Standing::Faithful { test: "gateway::without_a_default_integration_response_the_answer_is_a_500" },
    },
    Behaviour {
        what: phrase!("A function can be invoked for later, and the gateway answers at once."),
        figure: Figure::Named("X-Amz-Invocation-Type: Event"),
        source: "set-up-lambda-integration-async",
        standing: Standing::Faithful { test: "gateway::an_asynchronous_integration_answers_before_the_function_runs" },
    },
    Behaviour {
        what: phrase!("A body of more than 10 MB is refused."),
        figure: Figure::Used(|| format!("{}, {}", bytes(LARGEST_BODY as u64), statuses(&[GatewayError::TooLarge]))),
        source: "api-gateway-execution-service-limits-table",
        standing: Standing::Faithful { test: "gateway::a_body_larger_than_10_megabytes_is_a_413" },
    },
    Behaviour {
        what: phrase!("An unknown path or method is a 403 in REST APIs and a 404 in HTTP APIs."),
        figure: Figure::Used(|| {
            format!("{}, {}", statuses(&[GatewayError::NoRoute]), GatewayError::NoRoute.status(ApiType::Http))
        }),
        source: "supported-gateway-response-types",
        standing: Standing::Faithful {
            test: "gateway::a_path_without_a_route_is_a_403_in_a_rest_api_and_a_404_in_an_http_api",
        },
    },
    Behaviour {
        what: phrase!("The most exact route takes a request."),
        figure: Figure::None,
        source: "http-api-develop-routes",
        standing: Standing::Faithful { test: "gateway::the_most_exact_route_takes_the_request" },
    },
    Behaviour {
        what: phrase!("A function can be given the whole event of a proxy integration, in format 1.0 or 2.0."),
        figure: Figure::Named("`FunctionEvent`"),
        source: "http-api-develop-integrations-lambda",
        standing: Standing::Faithful { test: "gateway::a_handler_may_see_the_whole_proxy_event" },
    },
    Behaviour {
        what: phrase!("Beyond the burst requests are throttled, until tokens have come back."),
        figure: Figure::Used(|| {
            format!(
                "{}/s, {}",
                usual(node(NodeKind::Gateway, "ThrottlingRateLimit")),
                usual(node(NodeKind::Gateway, "ThrottlingBurstLimit"))
            )
        }),
        source: "api-gateway-request-throttling",
        standing: Standing::Faithful {
            test: "gateway::beyond_the_burst_requests_are_throttled_until_tokens_come_back",
        },
    },
    Behaviour {
        what: phrase!("A route may have limits of its own, in place of the stage's."),
        figure: Figure::None,
        source: "api-gateway-request-throttling",
        standing: Standing::Faithful { test: "gateway::a_route_with_limits_of_its_own_does_not_use_the_stages_bucket" },
    },
    Behaviour {
        what: phrase!("Routes without limits share the stage's."),
        figure: Figure::None,
        source: "api-gateway-request-throttling",
        standing: Standing::Faithful { test: "gateway::routes_without_limits_share_the_stages_bucket" },
    },
    Behaviour {
        what: phrase!("All gateways share the account's bucket."),
        figure: Figure::Used(|| {
            format!(
                "{}/s, {}",
                usual(account("ApiGatewayThrottlingRateLimit")),
                usual(account("ApiGatewayThrottlingBurstLimit"))
            )
        }),
        source: "limits",
        standing: Standing::Faithful { test: "gateway::all_gateways_share_the_accounts_bucket" },
    },
    Behaviour {
        what: phrase!("A method that needs an API key refuses requests without a valid one."),
        figure: Figure::Used(|| statuses(&[GatewayError::InvalidKey])),
        source: "api-gateway-setup-api-key-with-console",
        standing: Standing::Faithful { test: "gateway::without_the_right_api_key_a_request_is_forbidden" },
    },
    Behaviour {
        what: phrase!("Each key of a usage plan has its own bucket."),
        figure: Figure::None,
        source: "api-gateway-api-usage-plans",
        standing: Standing::Faithful { test: "gateway::each_key_of_a_usage_plan_has_its_own_bucket" },
    },
    Behaviour {
        what: phrase!("The usage plan's limit is checked before the stage's, and that before the account's."),
        figure: Figure::None,
        source: "api-gateway-request-throttling",
        standing: Standing::Faithful { test: "gateway::what_the_usage_plan_throttles_takes_no_token_from_the_stage" },
    },
    Behaviour {
        what: phrase!("A usage plan may limit single methods."),
        figure: Figure::None,
        source: "api-gateway-api-usage-plans",
        standing: Standing::Faithful { test: "gateway::a_usage_plan_may_limit_a_single_method" },
    },
    Behaviour {
        what: phrase!("Beyond its quota a key is refused until the period is over."),
        figure: Figure::Named("DAY"),
        source: "supported-gateway-response-types",
        standing: Standing::Faithful { test: "gateway::beyond_the_quota_a_key_is_refused_until_the_period_is_over" },
    },
    Behaviour {
        what: phrase!("Weeks begin on Sunday, and the offset counts in the first period only."),
        figure: Figure::Named("WEEK"),
        source: "API_QuotaSettings",
        standing: Standing::Faithful { test: "gateway::the_offset_is_taken_off_the_first_period_only" },
    },
    Behaviour {
        what: phrase!("A monthly quota begins anew on the first."),
        figure: Figure::Named("MONTH"),
        source: "API_QuotaSettings",
        standing: Standing::Faithful { test: "gateway::a_monthly_quota_begins_anew_on_the_first" },
    },
    Behaviour {
        what: phrase!("HTTP APIs have no keys, plans, validation, templates, cache and canaries."),
        figure: Figure::None,
        source: "http-api-vs-rest",
        standing: Standing::Faithful { test: "gateway::an_http_api_refuses_what_only_rest_apis_have" },
    },
    Behaviour {
        what: phrase!("No token is a 401, one that is refused a 403."),
        figure: Figure::Used(|| statuses(&[GatewayError::Unauthorized, GatewayError::Denied])),
        source: "apigateway-use-lambda-authorizer",
        standing: Standing::Faithful {
            test: "gateway::without_a_token_a_request_is_unauthorized_and_with_a_wrong_one_denied",
        },
    },
    Behaviour {
        what: phrase!("The policy that an authorizer's function returns decides, and what it denies stays denied."),
        figure: Figure::None,
        source: "apigateway-use-lambda-authorizer",
        standing: Standing::Faithful { test: "gateway::an_authorizer_functions_policy_decides" },
    },
    Behaviour {
        what: phrase!("Without its identity source the function is not asked."),
        figure: Figure::Used(|| statuses(&[GatewayError::Unauthorized])),
        source: "apigateway-use-lambda-authorizer",
        standing: Standing::Faithful { test: "gateway::without_the_identity_source_the_authorizer_is_not_asked" },
    },
    Behaviour {
        what: phrase!("A token that does not match the validation expression is not asked about."),
        figure: Figure::Used(|| statuses(&[GatewayError::Unauthorized])),
        source: "API_CreateAuthorizer",
        standing: Standing::Faithful { test: "gateway::a_token_that_does_not_match_the_expression_is_not_asked_about" },
    },
    Behaviour {
        what: phrase!("An authorizer that fails, or answers without a policy, is a 500."),
        figure: Figure::Used(|| statuses(&[GatewayError::AuthorizerFailed, GatewayError::AuthorizerMalformed])),
        source: "supported-gateway-response-types",
        standing: Standing::Faithful { test: "gateway::an_authorizer_that_fails_is_a_500" },
    },
    Behaviour {
        what: phrase!("An authorizer that throws exactly “Unauthorized” is a 401."),
        figure: Figure::Used(|| statuses(&[GatewayError::Unauthorized])),
        source: "apigateway-use-lambda-authorizer",
        standing: Standing::Faithful { test: "gateway::an_authorizer_that_throws_unauthorized_is_a_401" },
    },
    Behaviour {
        what: phrase!("A REST API keeps a decision."),
        figure: Figure::Used(|| usual(node(NodeKind::Gateway, "AuthorizerResultTtlInSeconds"))),
        source: "API_CreateAuthorizer",
        standing: Standing::Faithful { test: "gateway::a_decision_is_kept_for_300_seconds" },
    },
    Behaviour {
        what: phrase!("A TTL of 0 switches that off."),
        figure: Figure::Used(|| least(node(NodeKind::Gateway, "AuthorizerResultTtlInSeconds"))),
        source: "API_CreateAuthorizer",
        standing: Standing::Faithful { test: "gateway::without_a_ttl_each_request_asks_the_authorizer" },
    },
    Behaviour {
        what: phrase!("A kept policy holds for every method: one that names only the first refuses the others."),
        figure: Figure::None,
        source: "api-gateway-lambda-authorizer-output",
        standing: Standing::Faithful {
            test: "gateway::a_kept_policy_that_names_only_the_first_method_refuses_the_others",
        },
    },
    Behaviour {
        what: phrase!(
            "All identity sources together are the key of the cache; where one is missing the answer is 401."
        ),
        figure: Figure::None,
        source: "API_CreateAuthorizer",
        standing: Standing::Faithful { test: "gateway::a_request_authorizer_keeps_decisions_by_all_identity_sources" },
    },
    Behaviour {
        what: phrase!("An HTTP API's authorizer may answer simply, and is asked each time unless a TTL is set."),
        figure: Figure::Named("isAuthorized"),
        source: "http-api-lambda-authorizer",
        standing: Standing::Faithful {
            test: "gateway::an_http_apis_authorizer_may_answer_simply_and_is_asked_each_time",
        },
    },
    Behaviour {
        what: phrase!("With $context.routeKey among the identity sources each route has its own decision."),
        figure: Figure::None,
        source: "http-api-lambda-authorizer",
        standing: Standing::Faithful {
            test: "gateway::the_route_key_among_the_identity_sources_separates_the_routes_decisions",
        },
    },
    Behaviour {
        what: phrase!("An HTTP API's authorizer has 10 seconds."),
        figure: Figure::Used(|| span(AUTHORIZER_TIMEOUT)),
        source: "http-api-quotas",
        standing: Standing::Faithful { test: "gateway::an_http_apis_authorizer_has_10_seconds" },
    },
    Behaviour {
        what: phrase!(
            "What the authorizer says of the caller reaches the function; its usageIdentifierKey can be the API key."
        ),
        figure: Figure::None,
        source: "api-gateway-lambda-authorizer-output",
        standing: Standing::Faithful {
            test: "gateway::what_the_authorizer_says_of_the_caller_reaches_function_and_usage_plan",
        },
    },
    Behaviour {
        what: phrase!(
            "A gateway that no policy of the function lets invoke it answers 500; the function learns nothing of it."
        ),
        figure: Figure::Used(|| statuses(&[GatewayError::IntegrationRefused])),
        source: "api-gateway-create-api-as-simple-proxy-for-lambda",
        standing: Standing::Faithful { test: "gateway::a_gateway_that_may_not_invoke_the_function_answers_500" },
    },
    Behaviour {
        what: phrase!("A route can do without authorization."),
        figure: Figure::Named("`AuthorizationType` NONE"),
        source: "API_PutMethod",
        standing: Standing::Faithful { test: "gateway::a_route_without_authorization_is_open" },
    },
    Behaviour {
        what: phrase!("A JWT authorizer checks issuer, audience, times and scopes."),
        figure: Figure::Used(|| statuses(&[GatewayError::Unauthorized, GatewayError::MissingScope])),
        source: "http-api-jwt-authorizer",
        standing: Standing::Faithful { test: "gateway::a_jwt_authorizer_checks_issuer_audience_time_and_scopes" },
    },
    Behaviour {
        what: phrase!("A token is good until it expires."),
        figure: Figure::Named("exp"),
        source: "http-api-jwt-authorizer",
        standing: Standing::Faithful { test: "gateway::a_jwt_expires" },
    },
    Behaviour {
        what: phrase!("A body that does not fit the model is a 400, and the integration learns nothing of it."),
        figure: Figure::Used(|| statuses(&[GatewayError::BadBody])),
        source: "api-gateway-method-request-validation",
        standing: Standing::Faithful { test: "gateway::a_body_that_does_not_fit_the_model_is_a_400" },
    },
    Behaviour {
        what: phrase!("A missing required parameter is a 400 that names it."),
        figure: Figure::Used(|| statuses(&[GatewayError::BadParameters])),
        source: "api-gateway-method-request-validation",
        standing: Standing::Faithful { test: "gateway::a_missing_parameter_is_a_400_that_names_it" },
    },
    Behaviour {
        what: phrase!("A mapping template makes what the integration gets."),
        figure: Figure::Used(|| {
            tr!("{size}, {turns} turns", size = bytes(LONGEST_TEMPLATE as u64), turns = number(MAXIMUM_TURNS as u64))
        }),
        source: "api-gateway-mapping-template-reference",
        standing: Standing::Faithful { test: "gateway::a_mapping_template_makes_what_the_queue_gets" },
    },
    Behaviour {
        what: phrase!("A service's template may write the query protocol's form."),
        figure: Figure::Named("Action=SendMessage"),
        source: "integrating-api-with-aws-services",
        standing: Standing::Faithful { test: "gateway::a_queues_template_may_be_a_form" },
    },
    Behaviour {
        what: phrase!("A template may name source and detail-type of the event that it puts."),
        figure: Figure::None,
        source: "integrating-api-with-aws-services",
        standing: Standing::Faithful { test: "gateway::a_template_may_put_an_event_of_its_own_source_and_type" },
    },
    Behaviour {
        what: phrase!("A content type without a template passes or is a 415, as passthroughBehavior says."),
        figure: Figure::Used(|| statuses(&[GatewayError::UnsupportedMedia])),
        source: "integration-passthrough-behaviors",
        standing: Standing::Faithful { test: "gateway::a_content_type_without_a_template_is_a_415_unless_it_may_pass" },
    },
    Behaviour {
        what: phrase!("A template is checked before it runs, and proxy integrations have none."),
        figure: Figure::None,
        source: "models-mappings",
        standing: Standing::Faithful {
            test: "gateway::a_template_that_is_not_understood_or_would_not_be_used_is_refused",
        },
    },
    Behaviour {
        what: phrase!("A REST API's parameter mapping makes headers and query strings of the integration's request."),
        figure: Figure::None,
        source: "request-response-data-mappings",
        standing: Standing::Faithful { test: "gateway::a_rest_apis_parameter_mapping_makes_what_the_queue_is_sent" },
    },
    Behaviour {
        what: phrase!("It fills in variables of the integration's URL."),
        figure: Figure::None,
        source: "request-response-data-mappings",
        standing: Standing::Absent { why: phrase!("Integrations are edges here, and have no URL with variables.") },
    },
    Behaviour {
        what: phrase!("A REST API's parameter mapping makes headers of the answer."),
        figure: Figure::None,
        source: "request-response-data-mappings",
        standing: Standing::Faithful { test: "gateway::a_rest_apis_parameter_mapping_makes_headers_of_the_answer" },
    },
    Behaviour {
        what: phrase!(
            "Each kind of API has its own form of parameter mapping, and proxy integrations of functions have none."
        ),
        figure: Figure::None,
        source: "request-response-data-mappings",
        standing: Standing::Faithful { test: "gateway::a_parameter_mapping_of_the_other_kind_of_api_is_refused" },
    },
    Behaviour {
        what: phrase!(
            "An HTTP API's parameter mapping appends, overwrites and removes headers and query strings, and overwrites the path."
        ),
        figure: Figure::None,
        source: "http-api-parameter-mapping",
        standing: Standing::Faithful {
            test: "gateway::an_http_apis_parameter_mapping_changes_headers_query_string_and_path",
        },
    },
    Behaviour {
        what: phrase!("It changes headers and status of answers as well."),
        figure: Figure::None,
        source: "http-api-parameter-mapping",
        standing: Standing::Faithful {
            test: "gateway::an_http_apis_parameter_mapping_changes_the_status_of_an_answer",
        },
    },
    Behaviour {
        what: phrase!("An HTTP API's queue integration takes its message from the request."),
        figure: Figure::Named("SQS-SendMessage"),
        source: "http-api-develop-integrations-aws-services-reference",
        standing: Standing::Faithful {
            test: "gateway::an_http_apis_queue_integration_takes_its_message_from_the_request",
        },
    },
    Behaviour {
        what: phrase!("HTTP APIs have no integration with topics."),
        figure: Figure::None,
        source: "http-api-develop-integrations-aws-services-reference",
        standing: Standing::Faithful { test: "gateway::an_http_api_has_no_integration_with_topics" },
    },
    Behaviour {
        what: phrase!("A direct integration answers when the service has the message."),
        figure: Figure::None,
        source: "http-api-develop-integrations-aws-services",
        standing: Standing::Faithful { test: "gateway::a_direct_integration_answers_when_the_queue_has_the_message" },
    },
    Behaviour {
        what: phrase!("Answers to GET requests are kept and given again."),
        figure: Figure::None,
        source: "api-gateway-caching",
        standing: Standing::Faithful { test: "gateway::an_answer_to_a_get_is_kept_and_given_again" },
    },
    Behaviour {
        what: phrase!("Parameters tell answers in the cache apart only where they are cache keys."),
        figure: Figure::None,
        source: "api-gateway-caching",
        standing: Standing::Faithful { test: "gateway::a_path_parameter_that_is_no_cache_key_gives_one_answer_to_all" },
    },
    Behaviour {
        what: phrase!("A kept answer is forgotten after its time."),
        figure: Figure::Used(|| usual(node(NodeKind::Gateway, "CacheTtlInSeconds"))),
        source: "api-gateway-caching",
        standing: Standing::Faithful { test: "gateway::a_kept_answer_is_forgotten_after_its_time" },
    },
    Behaviour {
        what: phrase!("Answers of more than 1,048,576 bytes are not kept."),
        figure: Figure::Used(|| tr!("{} bytes", number(LARGEST_CACHED as u64))),
        source: "api-gateway-caching",
        standing: Standing::Faithful { test: "gateway::an_error_or_a_large_answer_is_not_kept" },
    },
    Behaviour {
        what: phrase!("Mappings read stage variables."),
        figure: Figure::None,
        source: "stage-variables",
        standing: Standing::Faithful { test: "gateway::mappings_read_stage_variables" },
    },
    Behaviour {
        what: phrase!("A canary takes its share of the requests, drawn for each, with its own stage variables."),
        figure: Figure::Named("`percentTraffic`"),
        source: "canary-release",
        standing: Standing::Faithful { test: "gateway::a_canary_takes_its_share_of_the_requests" },
    },
    Behaviour {
        what: phrase!("Gateway responses change status, headers and body of the gateway's own answers."),
        figure: Figure::None,
        source: "supported-gateway-response-types",
        standing: Standing::Faithful { test: "gateway::gateway_responses_change_status_and_body" },
    },
    Behaviour {
        what: phrase!("The access log tells status, latencies and the type of response."),
        figure: Figure::Used(|| tr!("the latest {} here", LOGGED_REQUESTS)),
        source: "set-up-logging",
        standing: Standing::Faithful { test: "gateway::the_access_log_tells_latencies_and_why" },
    },
    Behaviour {
        what: phrase!("Refused callers and throttled requests are not billed."),
        figure: Figure::None,
        source: "api-gateway-pricing",
        standing: Standing::Faithful { test: "gateway::refused_callers_cost_nothing_and_bad_requests_do" },
    },
    Behaviour {
        what: phrase!("Bodies of the gateway's own answers."),
        figure: Figure::None,
        source: "supported-gateway-response-types",
        standing: Standing::Simplified {
            how: phrase!(
                "The types and statuses are documented; the texts, and those of HTTP APIs altogether, are as they are seen in practice."
            ),
        },
    },
    Behaviour {
        what: phrase!("Stages."),
        figure: Figure::None,
        source: "set-up-stages",
        standing: Standing::Simplified { how: phrase!("A gateway is one stage; ten stages would be ten nodes.") },
    },
    Behaviour {
        what: phrase!("Limits are targets, not ceilings."),
        figure: Figure::None,
        source: "api-gateway-request-throttling",
        standing: Standing::Simplified { how: phrase!("Our buckets are exact.") },
    },
    Behaviour {
        what: phrase!("JWT signatures and keys."),
        figure: Figure::None,
        source: "http-api-jwt-authorizer",
        standing: Standing::Simplified {
            how: phrase!(
                "A token is a compact JWT, or its claims as JSON; what it claims is checked, its signature is not."
            ),
        },
    },
    Behaviour {
        what: phrase!("Velocity templates."),
        figure: Figure::None,
        source: "api-gateway-mapping-template-reference",
        standing: Standing::Simplified {
            how: phrase!(
                "The useful core: $input, $util, $context, $stageVariables, #set, #if, #foreach. Objects are written as JSON. Anything else is refused."
            ),
        },
    },
    Behaviour {
        what: phrase!("What templates make of values that differ for every request."),
        figure: Figure::None,
        source: "api-gateway-mapping-template-reference",
        standing: Standing::Simplified {
            how: phrase!("Request ids and times are placeholders until they are shown; an encoded one stays encoded."),
        },
    },
    Behaviour {
        what: phrase!("JSON schemas."),
        figure: Figure::Documented(phrase!("draft 4")),
        source: "models-mappings-models",
        standing: Standing::Simplified {
            how: phrase!(
                "type, required, properties, additionalProperties, items, enum, minimum, maximum and lengths; other keywords are refused."
            ),
        },
    },
    Behaviour {
        what: phrase!("The body in a proxy event."),
        figure: Figure::None,
        source: "set-up-lambda-proxy-integrations",
        standing: Standing::Simplified {
            how: phrase!(
                "It is parsed already, and an answer's body may be JSON as well: handlers here have no parser."
            ),
        },
    },
    Behaviour {
        what: phrase!("A kept answer's request id."),
        figure: Figure::None,
        source: "api-gateway-caching",
        standing: Standing::Simplified { how: phrase!("It is shown with the id of the request that it answers now.") },
    },
    Behaviour {
        what: phrase!("Deployments."),
        figure: Figure::None,
        source: "how-to-deploy-api",
        standing: Standing::Simplified {
            how: phrase!("Every change of settings is one: it empties the caches, and holds at once."),
        },
    },
    Behaviour {
        what: phrase!("Resource policies, mutual TLS, IAM and Cognito authorizers, WAF."),
        figure: Figure::None,
        source: "apigateway-control-access-to-api",
        standing: Standing::Absent {
            why: phrase!("They decide who is let in before anything else happens; tokens and functions show the same."),
        },
    },
    Behaviour {
        what: phrase!("Limits of headers, paths and resources."),
        figure: Figure::Documented(phrase!("10,240 bytes, 300")),
        source: "api-gateway-execution-service-limits-table",
        standing: Standing::Absent { why: phrase!("Nobody meets them in a diagram of this size.") },
    },
    Behaviour {
        what: phrase!("Sizes of the cache, and its invalidation by a request header."),
        figure: Figure::Documented(phrase!("0.5 to 237 GB")),
        source: "api-gateway-caching",
        standing: Standing::Absent { why: phrase!("What is kept here is never so much that it has to go.") },
    },
    Behaviour {
        what: phrase!("Edge-optimised, Regional and private endpoints, custom domains, WebSocket APIs."),
        figure: Figure::None,
        source: "api-gateway-api-endpoint-types",
        standing: Standing::Absent {
            why: phrase!("They change latencies that you can set, or are another kind of API."),
        },
    },
    Behaviour {
        what: phrase!("Streaming of answers, compression, binary media types."),
        figure: Figure::None,
        source: "api-gateway-response-transfer-mode",
        standing: Standing::Absent { why: phrase!("Payloads are JSON documents here.") },
    },
];
