//! What can only be seen when a gateway's routes and authorizer are known.

use super::{ApiType, Authorizer, GatewaySettings};
use crate::diagram::document::{EdgeKind, NodeKind};
use crate::diagram::mapping::Change;
use crate::diagram::plan::{Plan, PlanNode};
use crate::diagram::reader::Problems;
use crate::diagram::settings::{EdgeSettings, Route};

/// `position_of` gives an edge's place in the document.
pub fn check_gateway(
    plan: &Plan,
    node: &PlanNode,
    settings: &GatewaySettings,
    path: &str,
    position_of: impl Fn(uuid::Uuid) -> usize,
    problems: &mut Problems,
) {
    let edges = || node.outgoing.iter().map(|edge| plan.edge(*edge));
    let functions = edges().filter(|edge| edge.kind == EdgeKind::Authorizer).count();
    if functions > 1 {
        problems.say(path, tr!("“{}” has more than one authorizer.", node.name), tr!("Keep one authorizer edge."));
    }
    match &settings.authorizer {
        Authorizer::Request if functions == 0 => problems.say(
            format!("{path}.settings.Authorizer"),
            tr!("A REQUEST authorizer is a function, and there is none."),
            tr!("Connect the gateway to a function with an edge of kind `authorizer`."),
        ),
        Authorizer::Token { token, .. } if token.is_empty() && functions == 0 => problems.say(
            format!("{path}.settings.AuthorizerToken"),
            tr!("The authorizer allows no token."),
            tr!("Give the value that it allows, or connect a function with an edge of kind `authorizer`."),
        ),
        _ => {}
    }
    for edge in edges() {
        let EdgeSettings::Route(route) = &edge.settings else { continue };
        let path = format!("edges[{}].settings", position_of(edge.id));
        let to = plan.node(edge.to).kind;
        let mut wrong = |name: &str, message: &str, hint: &str| problems.say(format!("{path}.{name}"), message, hint);
        match settings.api_type {
            ApiType::Rest => check_rest_route(route, to, &mut wrong),
            ApiType::Http => check_http_route(route, to, &mut wrong),
        }
        if !route.allowed && to != NodeKind::Function {
            wrong("Access", tr!("Only a function has a policy for gateways."), tr!("Leave it out."));
        }
        if route.canary && settings.canary.is_none() {
            wrong("Deployment", tr!("The stage has no canary."), tr!("Fill in the gateway's CanarySettings."));
        }
    }
}

fn check_rest_route(route: &Route, to: NodeKind, wrong: &mut impl FnMut(&str, &str, &str)) {
    let service = matches!(to, NodeKind::Queue | NodeKind::Topic | NodeKind::Bus);
    let maps = service || !route.proxy;
    if !route.request_templates.is_empty() && !maps {
        wrong(
            "RequestTemplates",
            tr!("A proxy integration hands requests on as they are."),
            tr!("Use IntegrationType NON_PROXY."),
        );
    }
    if !route.integration_responses.is_empty() && !maps {
        wrong(
            "IntegrationResponses",
            tr!("A proxy integration's answer is not mapped."),
            tr!("Use IntegrationType NON_PROXY."),
        );
    }
    if !route.request_templates.is_empty() && route.request_template.is_some() {
        wrong(
            "RequestTemplates",
            tr!("A route has either a RequestTemplate or RequestTemplates."),
            tr!("Remove one of them."),
        );
    }
    if route.asynchronous && (route.proxy || to != NodeKind::Function) {
        wrong("InvocationType", tr!("Only a function behind a NON_PROXY integration can be invoked later."), "");
    }
    if route.request_changes.iter().any(|change| !change.rest) {
        let hint = tr!("Write integration.request.header.NAME, or use an HTTP API.");
        wrong("RequestParameters", tr!("Parameter mapping of this form is for HTTP APIs."), hint);
    }
    if !route.response_changes.is_empty() {
        let hint = tr!("Use responseParameters of IntegrationResponses, or an HTTP API.");
        wrong("ResponseParameters", tr!("Parameter mapping of this form is for HTTP APIs."), hint);
    }
    if !route.request_changes.is_empty() && to == NodeKind::Function && route.proxy {
        wrong(
            "RequestParameters",
            tr!("A function's proxy integration hands requests on as they are."),
            tr!("Use IntegrationType NON_PROXY."),
        );
    }
    if !route.scopes.is_empty() {
        wrong("AuthorizationScopes", tr!("Scopes are checked by JWT authorizers, which only HTTP APIs have."), "");
    }
}

/// http-api-quotas: at most 30 seconds, not to be raised.
pub const HTTP_TIMEOUT: u64 = 30_000_000;

fn check_http_route(route: &Route, to: NodeKind, wrong: &mut impl FnMut(&str, &str, &str)) {
    let rest_only = [
        ("RequestModel", route.model.is_some()),
        ("RequestParameters", !route.required.is_empty()),
        ("RequestTemplates", !route.request_templates.is_empty()),
        ("IntegrationResponses", !route.integration_responses.is_empty()),
        ("CacheKeyParameters", !route.cache_key.is_empty()),
        ("InvocationType", route.asynchronous),
        ("Deployment", route.canary),
        ("IntegrationType", !route.proxy),
    ];
    for (name, used) in rest_only {
        if used {
            wrong(name, tr!("HTTP APIs do not have this."), tr!("Use a REST API."));
        }
    }
    if route.timeout.is_some_and(|timeout| timeout > HTTP_TIMEOUT) {
        wrong("TimeoutInMillis", tr!("HTTP APIs wait 30 seconds at most."), tr!("Use up to 30000."));
    }
    if to == NodeKind::Topic {
        wrong("Path", tr!("HTTP APIs have no integration with topics."), tr!("Use a REST API, or a function between."));
    }
    if route.request_changes.iter().any(|change| change.rest) {
        let hint = tr!("Write append:header.NAME, overwrite:header.NAME or overwrite:path.");
        wrong("RequestParameters", tr!("Parameter mapping of this form is for REST APIs."), hint);
    }
    let service = matches!(to, NodeKind::Queue | NodeKind::Bus);
    if !service && route.request_changes.iter().any(|change| matches!(change.change, Change::Service(_))) {
        wrong("RequestParameters", tr!("Parameters of a service go to queues and buses only."), "");
    }
}
