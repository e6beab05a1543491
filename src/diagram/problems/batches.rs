//! Batches: too slow for the function's timeout, failing as a whole, starving others.

use super::{Found, Rule, Severity, span};
use crate::diagram::document::EdgeKind;
use crate::diagram::handler::{Action, Step};

/// `BatchSize` 10 × 400 ms of work > `Timeout` 3 s.
pub const TOO_SLOW: Rule = Rule {
    id: "batch-too-slow",
    severity: Severity::Warning,
    why: phrase!(
        "A full batch cannot be finished before the function's timeout: it fails as a whole, and everything that was done is done again."
    ),
    source: "services-sqs-configure",
    find: |design| {
        let mut found = Vec::new();
        for polled in design.mappings() {
            let each = work(&polled.function.handler.steps);
            let size = polled.settings.batch_size as u64;
            if each * size <= polled.function.timeout {
                continue;
            }
            let name = design.name(polled.function_node);
            let message = tr!(
                "“{function}” works about {each} on a message, {all} on a batch of {size}, and may run for {timeout}.",
                function = name,
                each = span(each),
                all = span(each * size),
                size = size,
                timeout = span(polled.function.timeout)
            );
            // Twice the usual time should still fit.
            let fits = (polled.function.timeout / (2 * each).max(1)).max(1);
            found.push(Found::new(polled.edge, message).set(design, polled.edge, "BatchSize", fits.into()));
        }
        found
    },
};

/// A batch of several, and no report of which ones failed.
pub const WHOLE_BATCH: Rule = Rule {
    id: "whole-batch-fails",
    severity: Severity::Hint,
    why: phrase!("One message that fails brings the whole batch back, and the others are worked on again."),
    source: "services-sqs-errorhandling",
    find: |design| {
        let whole =
            design.mappings().filter(|polled| polled.settings.batch_size > 1 && polled.settings.report.is_none());
        whole
            .map(|polled| {
                let name = design.name(polled.function_node);
                let size = polled.settings.batch_size;
                let message = tr!(
                    "“{function}” gets up to {size} messages at a time and does not say which ones failed.",
                    function = name,
                    size = size
                );
                Found::new(polled.edge, message).set(design, polled.edge, "ReportBatchItemFailures", true.into())
            })
            .collect()
    },
};

/// A function that reads a queue and one behind a gateway share the account's concurrency.
pub const STARVES_OTHERS: Rule = Rule {
    id: "backlog-starves-others",
    severity: Severity::Hint,
    why: phrase!(
        "All functions without reserved concurrency share the account's. A long queue may take it all, and whoever waits for an answer is throttled."
    ),
    source: "lambda-concurrency",
    find: |design| {
        let waited_for = design.functions().find(|(node, settings)| {
            settings.reserved_concurrency.is_none()
                && design.has_incoming(*node, &[EdgeKind::Integration, EdgeKind::Call])
        });
        let Some((waited_for, _)) = waited_for else { return Vec::new() };
        let shares = design.mappings().filter(|polled| {
            polled.function.reserved_concurrency.is_none()
                && polled.function_node != waited_for
                && polled.settings.maximum_pollers as u64 >= design.plan.unreserved_concurrency()
        });
        shares
            .map(|polled| {
                let (name, other) = (design.name(polled.function_node), design.name(waited_for));
                let message =
                    tr!("“{name}” may take all concurrency that “{other}” needs as well.", name = name, other = other);
                Found::new(polled.edge, message).about("MaximumConcurrency")
            })
            .collect()
    },
};

/// The code's own work on one message, in microseconds: the median of each step; of parallel ones the longest.
fn work(steps: &[Step]) -> u64 {
    let each = steps.iter().map(|step| match &step.action {
        Action::Work { duration, .. } => (duration.median() * 1_000.0) as u64,
        Action::Parallel { branches } => branches.iter().map(|branch| work(branch)).max().unwrap_or(0),
        Action::If { then, otherwise } => work(then).max(work(otherwise)),
        Action::Idempotency { steps, .. } => work(steps),
        _ => 0,
    });
    each.sum()
}
