//! Which route a request takes.

use super::super::payload::{PayloadId, SendTemplates, TemplateId};
use super::super::world::World;
use crate::diagram::settings::{ApiType, EdgeSettings, Route as RouteSettings};
use crate::diagram::{EdgeIndex, NodeIndex, NodeKind, Plan};
use crate::kernel::{Bucket, Time};
use rustc_hash::FxHashMap;
use serde_json::Value;

#[derive(Clone, Debug)]
pub struct Route {
    pub edge: EdgeIndex,
    pub target: NodeIndex,
    pub settings: RouteSettings,
    pub kind: NodeKind,
    /// Microseconds.
    pub timeout: u64,
    /// Its own bucket, in place of the stage's.
    pub bucket: Option<Bucket>,
    /// Whether anything is checked before the integration learns of a request.
    pub validates: bool,
    /// Whether more is done to a request than what `request_template` does.
    pub maps_request: bool,
    /// Whether more is done to an answer than what `response_template` does.
    pub maps_response: bool,
    pub request_template: Option<TemplateId>,
    pub response_template: Option<TemplateId>,
    pub source: PayloadId,
    pub detail_type: PayloadId,
    pub send_options: SendTemplates,
    /// Whether each body that came fits the model.
    pub bodies: FxHashMap<PayloadId, bool>,
    pub requests: u64,
    pub errors: u64,
}

impl Route {
    /// All routes of a gateway. What an earlier one of the same edge has counted is kept.
    pub fn of_gateway(plan: &Plan, node: NodeIndex, api: ApiType, old: &[Route], world: &mut World) -> Vec<Route> {
        let mut routes = Vec::new();
        for edge in &plan.node(node).outgoing {
            let planned = plan.edge(*edge);
            let EdgeSettings::Route(settings) = &planned.settings else { continue };
            let before = old.iter().find(|route| route.edge == *edge);
            let kind = plan.node(planned.to).kind;
            let is_service = matches!(kind, NodeKind::Queue | NodeKind::Topic | NodeKind::Bus);
            let template = |it: &Option<_>, world: &mut World| it.as_ref().map(|it| world.payloads.add_template(it));
            let bucket = settings.throttle.map(|throttle| {
                let known = before.and_then(|before| before.bucket);
                let mut bucket = known.unwrap_or_else(|| Bucket::new(throttle.rate, throttle.burst));
                bucket.set_limits(throttle.rate, throttle.burst, world.now);
                bucket
            });
            routes.push(Route {
                edge: *edge,
                target: planned.to,
                kind,
                timeout: settings.timeout.unwrap_or_else(|| api.integration_timeout()),
                bucket,
                validates: !settings.required.is_empty() || settings.model.is_some(),
                maps_request: !settings.request_changes.is_empty()
                    || !settings.request_templates.is_empty()
                    || settings.passthrough != crate::diagram::settings::Passthrough::WhenNoMatch
                    || (kind == NodeKind::Function && settings.whole_event),
                maps_response: !settings.response_changes.is_empty()
                    || !settings.integration_responses.is_empty()
                    || (!settings.proxy && !is_service),
                request_template: template(&settings.request_template, world),
                response_template: template(&settings.response_template, world),
                source: world.payloads.intern(Value::String(settings.source.clone())),
                detail_type: world.payloads.intern(Value::String(settings.detail_type.clone())),
                send_options: SendTemplates::new(&settings.send_options, &mut world.payloads),
                bodies: FxHashMap::default(),
                requests: before.map_or(0, |route| route.requests),
                errors: before.map_or(0, |route| route.errors),
                settings: settings.as_ref().clone(),
            });
        }
        keep_places(old, routes)
    }

    pub fn level(&self, now: Time) -> Option<f64> {
        self.bucket.map(|bucket| bucket.level(now))
    }

    /// As `$context.routeKey` has it.
    pub fn key(&self) -> String {
        format!("{} {}", self.settings.method, self.settings.path)
    }
}

/// The routes of a changed plan, each in the place that it had: requests under way know theirs by its place. Those that
/// are gone stay, without a method: no request has none.
fn keep_places(old: &[Route], new: Vec<Route>) -> Vec<Route> {
    let mut new: Vec<Option<Route>> = new.into_iter().map(Some).collect();
    let mut kept = Vec::with_capacity(new.len());
    for known in old {
        match new.iter_mut().find(|route| route.as_ref().is_some_and(|route| route.edge == known.edge)) {
            Some(changed) => kept.extend(changed.take()),
            None => {
                let mut gone = known.clone();
                gone.settings.method.clear();
                kept.push(gone);
            }
        }
    }
    kept.extend(new.into_iter().flatten());
    kept
}

/// Where a method and path lead to.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    pub current: Option<u32>,
    pub canary: Option<u32>,
    /// Whether the method is OPTIONS and no route has it by name.
    pub preflight: bool,
    /// Whether answers may come from the cache.
    pub cacheable: bool,
}

impl Found {
    pub fn new(routes: &[Route], method: &str, path: &str) -> Found {
        let best = |canary: bool| {
            routes
                .iter()
                .zip(0u32..)
                .filter(|(route, _)| route.settings.canary == canary)
                .filter(|(route, _)| route.settings.method == "ANY" || route.settings.method == method)
                .filter_map(|(route, index)| {
                    Some((exactness(&route.settings.path, path)?, route.settings.method != "ANY", index))
                })
                .max_by_key(|(exactness, method, index)| (*exactness, *method, u32::MAX - index))
                .map(|(_, _, index)| index)
        };
        let current = best(false);
        let named = current.is_some_and(|index| routes[index as usize].settings.method == method);
        Found { current, canary: best(true), preflight: method == "OPTIONS" && !named, cacheable: method == "GET" }
    }
}

/// How exactly a route's path matches: more is better; `None` where it does not.
fn exactness(route: &str, path: &str) -> Option<u32> {
    let path = path.split('?').next().unwrap_or(path);
    let mut wanted = route.trim_matches('/').split('/');
    let mut given = path.trim_matches('/').split('/');
    let mut exactness = 0;
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(exactness + 1),
            (Some(wanted), Some(_)) if wanted.starts_with('{') && wanted.ends_with("+}") => return Some(exactness),
            (Some(wanted), Some(given)) if wanted.starts_with('{') && wanted.ends_with('}') && !given.is_empty() => {
                exactness += 2;
            }
            (Some(wanted), Some(given)) if wanted == given => exactness += 4,
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_exact_route_wins_and_what_no_route_fits_is_refused() {
        assert!(exactness("/payments", "/payments") > exactness("/{proxy+}", "/payments"));
        assert!(exactness("/payments/{id}", "/payments/7").is_some());
        assert!(exactness("/payments/new", "/payments/new") > exactness("/payments/{id}", "/payments/new"));
        assert_eq!(exactness("/payments", "/customers"), None);
        assert_eq!(exactness("/payments/{id}", "/payments"), None);
        assert_eq!(exactness("/payments", "/payments/7"), None);
        assert!(exactness("/", "/").is_some());
    }
}
