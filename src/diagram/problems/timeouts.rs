//! Timeouts that do not nest: whoever waits should wait longer than what it waits for.

use super::{Design, Found, Rule, SECOND, Severity, function, span};
use crate::diagram::document::{EdgeKind, NodeKind};
use crate::diagram::handler::Action;
use crate::diagram::plan::{NodeIndex, NodeSettings};
use crate::diagram::settings::{EdgeSettings, Route};

/// How long a route waits for what is behind it; not at all where it only hands the request over.
fn waits(design: &Design<'_>, gateway: NodeIndex, route: &Route) -> Option<u64> {
    let NodeSettings::Gateway(settings) = &design.plan.node(gateway).settings else { return None };
    (!route.asynchronous).then(|| route.timeout.unwrap_or(settings.api_type.integration_timeout()))
}

/// Gateway, 29 s → function, `Timeout` 60 s.
pub const BEHIND_GATEWAY: Rule = Rule {
    id: "function-outlives-gateway",
    severity: Severity::Warning,
    why: phrase!(
        "The gateway answers 504 while the function keeps running and is billed, and what it does then nobody learns."
    ),
    source: "api-gateway-execution-service-limits-table",
    find: |design| {
        let routes = design.edges(EdgeKind::Integration).map(|edge| design.plan.edge(edge));
        routes
            .filter_map(|edge| {
                let EdgeSettings::Route(route) = &edge.settings else { return None };
                let timeout = function(design.plan, edge.to)?.timeout;
                let limit = waits(design, edge.from, route)?;
                if timeout <= limit {
                    return None;
                }
                let (node, gateway) = (design.plan.node(edge.to), design.name(edge.from));
                let message = tr!(
                    "“{gateway}” waits {limit} for “{function}”, which may run for {timeout}.",
                    gateway = gateway,
                    limit = span(limit),
                    function = node.name,
                    timeout = span(timeout)
                );
                let seconds = (limit / SECOND).max(1);
                Some(Found::new(node.id, message).set(design, node.id, "Timeout", seconds.into()))
            })
            .collect()
    },
};

/// Client, `TimeoutMillis` 5,000 → gateway, 29 s.
pub const CLIENT_GIVES_UP: Rule = Rule {
    id: "client-gives-up-first",
    severity: Severity::Warning,
    why: phrase!("The client stops waiting while work still goes on; if it then tries again, the work is done twice."),
    source: "model",
    find: |design| {
        let requests = design.edges(EdgeKind::Request).map(|edge| design.plan.edge(edge));
        requests
            .filter_map(|edge| {
                let NodeSettings::Client(client) = &design.plan.node(edge.from).settings else { return None };
                let routes = design.plan.node(edge.to).outgoing.iter();
                let slowest = routes.filter_map(|route| {
                    let route = design.plan.edge(*route);
                    let EdgeSettings::Route(settings) = &route.settings else { return None };
                    Some(function(design.plan, route.to)?.timeout.min(waits(design, edge.to, settings)?))
                });
                let slowest = slowest.max().filter(|slowest| client.timeout < *slowest)?;
                let node = design.plan.node(edge.from);
                let message = tr!(
                    "“{client}” waits {timeout}, and an answer of “{gateway}” may take {slowest}.",
                    client = node.name,
                    timeout = span(client.timeout),
                    gateway = design.name(edge.to),
                    slowest = span(slowest)
                );
                Some(Found::new(node.id, message).set(
                    design,
                    node.id,
                    "TimeoutMillis",
                    (slowest / 1_000 + 1_000).into(),
                ))
            })
            .collect()
    },
};

/// Function's step, `timeoutMillis` 1,000 → function, `Timeout` 10 s.
pub const CALLER_GIVES_UP: Rule = Rule {
    id: "caller-gives-up-first",
    severity: Severity::Warning,
    why: phrase!("The caller takes a slow success for a failure. If it tries again, the work is done twice."),
    source: "model",
    find: |design| {
        each_call(design, |caller, step, callee| {
            let timeout = function(design.plan, callee)?.timeout;
            (step < timeout).then(|| {
                let (caller, callee) = (design.name(caller), design.name(callee));
                tr!(
                    "“{caller}” waits {step} for “{callee}”, which may run for {timeout}.",
                    caller = caller,
                    step = span(step),
                    callee = callee,
                    timeout = span(timeout)
                )
            })
        })
    },
};

/// Function, `Timeout` 10 s, with a step that waits 29 s.
pub const OWN_TIMEOUT: Rule = Rule {
    id: "step-outlives-function",
    severity: Severity::Hint,
    why: phrase!("The function is stopped before its step gives up: it can neither try again nor say what went wrong."),
    source: "configuration-timeout",
    find: |design| {
        each_call(design, |caller, step, callee| {
            let timeout = function(design.plan, caller)?.timeout;
            (step > timeout).then(|| {
                let (caller, callee) = (design.name(caller), design.name(callee));
                tr!(
                    "“{caller}” may run for {timeout}, and waits up to {step} for “{callee}”.",
                    caller = caller,
                    timeout = span(timeout),
                    step = span(step),
                    callee = callee
                )
            })
        })
    },
};

/// Every synchronous call of a handler: caller, the step's timeout, and who is called.
fn each_call(design: &Design<'_>, verdict: impl Fn(NodeIndex, u64, NodeIndex) -> Option<String>) -> Vec<Found> {
    let mut found = Vec::new();
    for (caller, settings) in design.functions() {
        for step in settings.handler.all_steps() {
            let Action::Call { to, asynchronous: false, .. } = &step.action else { continue };
            let Some(callee) = design.plan.find_node(*to) else { continue };
            if !matches!(design.plan.node(callee).kind, NodeKind::Function | NodeKind::Gateway) {
                continue;
            }
            let message = verdict(caller, step.timeout, callee);
            found.extend(message.map(|message| Found::new(design.plan.node(caller).id, message).about("Handler")));
        }
    }
    found
}
