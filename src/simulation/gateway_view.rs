//! Looks at gateways.

use super::Simulation;
use super::view::*;
use crate::kernel::Bucket;
use crate::services::{AccessLogEntry, Gateway, Route};

impl Simulation {
    pub(super) fn view_gateway(&self, gateway: &Gateway) -> GatewayView {
        let now = self.now();
        let settings = gateway.settings();
        let bucket = |name: String, bucket: &Bucket| BucketView {
            name,
            tokens: bucket.level(now),
            burst: bucket.burst(),
            rate: bucket.rate(),
        };
        let of_route = |route: &Route| route.bucket.as_ref().map(|it| bucket(route.key(), it));
        let mut buckets = vec![
            bucket(tr!("account").to_string(), &self.world.account.gateways),
            bucket(tr!("stage").to_string(), &gateway.stage),
        ];
        buckets.extend(gateway.routes.iter().filter(|route| !self.plan.edge(route.edge).removed).filter_map(of_route));
        let holders = &gateway.plans.holders;
        buckets.extend(holders.iter().filter_map(|it| Some(bucket(tr!("key {}", it.key), it.bucket.as_ref()?))));
        let keys = holders.iter().map(|holder| KeyView {
            key: holder.key.clone(),
            plan: holder.plan.clone(),
            requests: holder.requests,
            throttled: holder.throttled,
            left: holder.left(now),
            limit: holder.quota.map(|quota| quota.limit),
        });
        let cache = &gateway.cache;
        let authorizer = &gateway.authorizer;
        GatewayView {
            tokens: gateway.stage.level(now),
            burst: gateway.stage.burst(),
            rate: gateway.stage.rate(),
            waiting: gateway.waiting_count(),
            routes: gateway
                .routes
                .iter()
                .filter(|route| !self.plan.edge(route.edge).removed)
                .map(|route| RouteView {
                    edge: route.edge,
                    method: route.settings.method.clone(),
                    path: route.settings.path.clone(),
                    target: route.target,
                    requests: route.requests,
                    errors: route.errors,
                })
                .collect(),
            statuses: gateway.statuses.iter().map(|(code, count)| (*code, *count)).collect(),
            buckets,
            keys: keys.collect(),
            cache: settings.cache_ttl.map(|_| (cache.hits, cache.misses, cache.len(now))),
            authorizer: authorizer.edge.map(|_| (authorizer.asked, authorizer.hits)),
            canary: settings.canary.as_ref().map(|_| gateway.canary_requests),
            log: gateway.log.entries().map(|entry| self.view_log_entry(gateway, entry)).collect(),
        }
    }

    fn view_log_entry(&self, gateway: &Gateway, entry: &AccessLogEntry) -> AccessLogView {
        let (method, path) = self.world.resource_parts(entry.resource);
        let request_id = self.request_id(entry.trace);
        AccessLogView {
            time: entry.arrived,
            trace: entry.trace,
            trace_id: format!("Root=1-{request_id}"),
            request_id,
            method: method.to_string(),
            path: path.to_string(),
            route_key: gateway.routes.get(entry.route as usize).map(Route::key),
            status: entry.status,
            response_latency: entry.latency,
            integration_status: entry.integration.map(|(status, _)| status.words()),
            integration_latency: entry.integration.map(|(_, latency)| latency),
            authorizer_latency: (entry.authorizer_latency > 0).then_some(entry.authorizer_latency),
            response_type: entry.error.map(|error| error.kind()),
            why: entry.error.map(|error| error.words()),
            cached: entry.cached,
            canary: entry.canary,
        }
    }
}
