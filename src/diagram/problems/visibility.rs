//! A visibility timeout that is too short for the function that polls the queue.

use super::{Design, Found, Polled, Rule, SECOND, Severity, span};
use crate::diagram::build::VISIBILITY_FACTOR;

/// Queue, `VisibilityTimeout` 30 s → function, `Timeout` 60 s: each message comes back while it is worked on.
pub const SHORTER_THAN_TIMEOUT: Rule = Rule {
    id: "visibility-timeout-too-short",
    severity: Severity::Error,
    why: phrase!(
        "Messages become visible again while the function still works on them, and are worked on twice. The service refuses such a mapping."
    ),
    source: "services-sqs-configure",
    find: |design| find(design, |polled| polled.queue_settings.visibility_timeout < polled.function.timeout),
};

/// At least six times the function's timeout leaves room for retries after throttling.
pub const LESS_THAN_SIX_TIMES: Rule = Rule {
    id: "visibility-timeout-tight",
    severity: Severity::Hint,
    why: phrase!(
        "When the function is throttled its pollers try again, and need time for that. The documentation advises six times the function's timeout."
    ),
    source: "services-sqs-configure",
    find: |design| {
        find(design, |polled| {
            let (visibility, timeout) = (polled.queue_settings.visibility_timeout, polled.function.timeout);
            visibility >= timeout && visibility < timeout * VISIBILITY_FACTOR.unsigned_abs()
        })
    },
};

fn find(design: &Design<'_>, too_short: impl Fn(&Polled<'_>) -> bool) -> Vec<Found> {
    let short = design.mappings().filter(|polled| too_short(polled));
    short
        .map(|polled| {
            let queue = design.plan.node(polled.queue);
            let message = tr!(
                "“{queue}” hides messages for {hidden}, and “{function}” may run for {timeout}.",
                queue = queue.name,
                hidden = span(polled.queue_settings.visibility_timeout),
                function = design.name(polled.function_node),
                timeout = span(polled.function.timeout)
            );
            let seconds = (polled.function.timeout / SECOND) as i64 * VISIBILITY_FACTOR;
            Found::new(queue.id, message).set(design, queue.id, "VisibilityTimeout", seconds.min(43_200).into())
        })
        .collect()
}
