//! What a run came to, with stable names for people's scripts. README documents the fields.

use super::{Cost, LedgerView, Simulation};
use crate::diagram::NodeIndex;
use crate::services::{Cause, Receivers, Service};
use serde::Serialize;
use serde_json::{Map, Value, json};

#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub diagram: String,
    pub seed: u64,
    /// Simulated time, in microseconds.
    pub simulated_us: u64,
    /// Over the whole journal, as 16 hexadecimal digits.
    pub journal_hash: String,
    /// Service events handled.
    pub events: u64,
    /// Journal records written.
    pub records: u64,
    pub messages: Map<String, Value>,
    /// The concurrency that functions without any of their own share: now, at the most, and the limit.
    pub account: Map<String, Value>,
    /// By client name: percentiles of the time to the final answer, in microseconds.
    pub latency_us: Map<String, Value>,
    /// By node name.
    pub nodes: Map<String, Value>,
    pub cost: Cost,
    /// What the clients were promised against what has come of it, where a ledger is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ledger: Option<LedgerView>,
}

impl Simulation {
    pub fn report(&self) -> Report {
        let totals = self.totals();
        let mut messages = Map::new();
        messages.insert("created".into(), totals.created.into());
        messages.insert("processed".into(), totals.processed.into());
        messages.insert("filtered".into(), totals.filtered.into());
        messages.insert("expired".into(), totals.expired.into());
        messages.insert("dead_lettered".into(), totals.dead_lettered.into());
        messages.insert("dropped".into(), totals.dropped_in_all().into());
        messages.insert("in_progress".into(), self.in_progress().into());
        let mut account = Map::new();
        account.insert("concurrent".into(), self.account().running.into());
        account.insert("concurrent_max".into(), self.account().running_max.into());
        account.insert("unreserved_limit".into(), self.account().limit.into());
        let mut latency_us = Map::new();
        let mut nodes = Map::new();
        for node in self.plan.node_indices() {
            let name = self.unique_name(node);
            if let Service::Client(client) = self.service(node) {
                let latency = super::look::latency(client);
                latency_us.insert(
                    name.clone(),
                    json!({ "p50": latency.p50, "p95": latency.p95, "p99": latency.p99, "max": latency.max, "count": latency.count }),
                );
            }
            nodes.insert(name, self.figures(node));
        }
        Report {
            diagram: self.plan.name.clone(),
            seed: self.world.seed,
            simulated_us: self.now().0,
            journal_hash: self.journal().hash(),
            events: self.events(),
            records: self.journal().count(),
            messages,
            account,
            latency_us,
            nodes,
            cost: self.cost(),
            ledger: self.ledger(),
        }
    }

    /// A node's name; where several have the same, with its place in the document.
    fn unique_name(&self, node: NodeIndex) -> String {
        let name = &self.plan.node(node).name;
        let several = self.plan.node_indices().filter(|other| self.plan.node(*other).name == *name).count() > 1;
        if several { format!("{name} #{}", node.0) } else { name.clone() }
    }

    /// A node's figures. Names do not change between versions.
    pub fn figures(&self, node: NodeIndex) -> Value {
        let kind = self.plan.node(node).kind.name();
        let mut figures = match self.service(node) {
            Service::Client(it) => json!({
                "sent": it.counts.sent, "succeeded": it.counts.succeeded, "failed": it.counts.failed,
                "timed_out": it.counts.timed_out, "retries": it.counts.retries, "waiting": it.waiting(),
                "status_reached": it.counts.status_reached, "status_given_up": it.counts.status_given_up,
                "preflights": it.counts.preflights, "blocked": it.counts.blocked,
                "circuit_opened": it.breaker.map_or(0, |it| it.opened), "not_sent": it.breaker.map_or(0, |it| it.refused),
            }),
            Service::Gateway(it) => json!({
                "requests": it.requests, "rejected": it.rejected, "waiting": it.waiting_count(),
                "throttled": it.throttled, "cache_hits": it.cache.hits, "cache_misses": it.cache.misses,
                "authorizer_calls": it.authorizer.asked, "authorizer_hits": it.authorizer.hits,
                "canary_requests": it.canary_requests,
                "statuses": it.statuses.iter().map(|(code, count)| (code.to_string(), Value::from(*count))).collect::<Map<_, _>>(),
            }),
            Service::Function(it) => json!({
                "invocations": it.counts.invocations, "errors": it.counts.errors, "timeouts": it.counts.timeouts,
                "throttles": it.counts.throttles, "cold_starts": it.counts.cold_starts,
                "concurrent": it.concurrent(), "concurrent_max": it.counts.concurrent_max,
                "billed_ms": it.counts.billed, "billed_mb_ms": it.counts.billed_memory,
                "queued": it.queued_count(), "suppressed_inits": it.counts.suppressed_inits,
                "loops_stopped": it.counts.loops_stopped, "provisioned": it.provisioned(self.now()).0,
                "provisioned_mb_ms": it.provisioned_memory(self.now()),
                "destinations_delivered": it.destinations().iter().map(|it| it.delivered).sum::<u64>(),
                "destinations_failed": it.destinations().iter().map(|it| it.failed).sum::<u64>(),
            }),
            Service::Queue(it) => json!({
                "sent": it.counts.sent, "received": it.counts.received, "deleted": it.counts.deleted,
                "redelivered": it.counts.redelivered, "expired": it.counts.expired, "purged": it.counts.purged,
                "in_flight": it.in_flight_count(), "visible": it.visible_count(), "delayed": it.delayed_count(),
                "blocked": it.blocked_count(), "deduplicated": it.counts.deduplicated, "throttled": it.counts.throttled,
                "refused": it.counts.refused, "delivered_twice": it.counts.delivered_twice,
                "expired_receipts": it.counts.expired_receipts,
                "dead_lettered": it.counts.dead_lettered, "mean_visible": it.mean_depth(self.now()),
                "billed_requests": it.counts.requests,
            }),
            Service::Topic(it) => {
                let mut figures = deliveries(&it.receivers);
                figures["published"] = it.published.into();
                figures["billed_requests"] = it.billed.into();
                figures["throttled"] = it.throttled.into();
                figures["duplicates"] = it.duplicates.into();
                figures
            }
            Service::Bus(it) => json!({
                "events": it.events, "billed_events": it.billed, "unmatched": it.unmatched,
                "matched": it.rules.iter().map(|rule| rule.matched).sum::<u64>(),
                "throttled": it.throttled, "refused": it.refused, "waiting": it.receivers.totals().waiting,
                "archived": it.archive.archived, "replayed": it.replayed,
            }),
            Service::Rule(it) => {
                let mut figures = deliveries(&it.receivers);
                figures["matched"] = it.matched.into();
                figures["fired"] = it.fired.into();
                figures
            }
            Service::Database(it) => json!({
                "statements": it.finished, "outbox": it.outbox_count(), "failures": it.failures, "rows": it.rows(), "duplicates": it.duplicates(),
                "waiting": it.waiting_count(), "throttles": it.throttles, "connections": it.connections(),
                "connections_opened": it.opened,
            }),
            Service::Mailer(it) => json!({
                "requests": it.requests, "failures": it.failures, "throttles": it.throttles, "bounces": it.bounces,
                "complaints": it.complaints,
            }),
            Service::Endpoint(it) => json!({ "requests": it.requests, "failures": it.failures }),
            Service::Mapping(_) | Service::Other => json!({}),
        };
        figures["kind"] = kind.into();
        figures
    }
}

/// What became of deliveries; `given_up` by cause.
fn deliveries(receivers: &Receivers) -> Value {
    let totals = receivers.totals();
    let causes = Cause::ALL.into_iter().zip(totals.causes);
    json!({
        "delivered": totals.delivered, "filtered": totals.filtered, "failed": totals.failed,
        "dead_lettered": totals.dead_lettered, "retrying": totals.retrying, "waiting": totals.waiting,
        "given_up": causes.map(|(cause, count)| (cause.name().to_string(), count.into())).collect::<Map<_, _>>(),
    })
}
