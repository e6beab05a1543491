//! What a request has to pass behind the authorizer: key and usage plan, buckets, validation; and the cache, which may
//! answer it at once.

use super::error::{self, GatewayError};
use super::request::{Api, View};
use super::{Context, Gateway, Origin, Visit, World};
use crate::diagram::mapping::header;
use crate::services::journal::What;
use crate::services::payload::PayloadId;

impl Gateway {
    /// Past the authorizer: key and usage plan, buckets, validation, cache.
    pub(super) fn admit(&mut self, visit: Visit, context: &mut Context<'_>) {
        if let Err(error) = self.throttle(&visit, context) {
            self.refuse(&visit, error, context);
            return;
        }
        let index = visit.route as usize;
        if self.routes[index].validates {
            match self.validate(&visit, context) {
                Ok(()) => {}
                Err((error, Some(message))) => {
                    let answer = error::compose(error, &self.settings, Some(&message), context.world);
                    self.refuse_with(&visit, error, answer, context);
                    return;
                }
                Err((error, None)) => {
                    self.refuse(&visit, error, context);
                    return;
                }
            }
        }
        let mut cache = None;
        if self.settings.cache_ttl.is_some() && self.found.get(&visit.resource).is_some_and(|found| found.cacheable) {
            let key = self.cache_key(&visit, context.world);
            if let Some(answer) = self.cache.get(key, context.now()) {
                let message = context.take_message(visit.caller);
                context.record(message, What::FoundInCache);
                self.routes[index].requests += 1;
                self.answer(&visit, answer, message, Origin { cached: true, ..Origin::default() }, context);
                return;
            }
            cache = Some(key);
        }
        self.forward(visit, cache, context);
    }

    /// In the documented order: usage plan, route or stage, account (api-gateway-request-throttling).
    fn throttle(&mut self, visit: &Visit, context: &mut Context<'_>) -> Result<(), GatewayError> {
        let now = context.now();
        let route = &mut self.routes[visit.route as usize];
        let mut holder = None;
        if self.settings.api_key_required {
            let payloads = &context.world.payloads;
            let key = if self.settings.key_from_authorizer {
                payloads.get(visit.usage_key).value.as_str()
            } else {
                header(&payloads.get(visit.headers).value, "x-api-key")
            };
            holder = Some(self.plans.admit(key, (&route.settings.path, &route.settings.method), now)?);
        }
        let (bucket, error) = match &mut route.bucket {
            Some(bucket) => (bucket, GatewayError::ThrottledByRoute),
            None => (&mut self.stage, GatewayError::ThrottledByStage),
        };
        if !bucket.take(now) {
            return Err(error);
        }
        if !context.world.account.gateways.take(now) {
            return Err(GatewayError::ThrottledByAccount);
        }
        if let Some(holder) = holder {
            self.plans.count(holder, now);
        }
        Ok(())
    }

    /// What is wrong with a request, and in which words if they are not the usual ones.
    fn validate(&mut self, visit: &Visit, context: &mut Context<'_>) -> Result<(), (GatewayError, Option<String>)> {
        let message = context.request(visit.caller).and_then(|call| call.message);
        let payload = message.map_or(PayloadId::NULL, |message| context.message(message).payload);
        let route = &mut self.routes[visit.route as usize];
        if !route.settings.required.is_empty() {
            let api = Api { id: &self.id, settings: &self.settings };
            let view = View::new(visit, PayloadId::NULL, route, &api, context.world);
            let absent = |(_, place): &&(String, _)| {
                let place: &crate::diagram::mapping::Place = place;
                place.find(view.scope()).is_none_or(|value| value.is_empty())
            };
            let missing: Vec<&str> = route.settings.required.iter().filter(absent).map(|it| it.0.as_str()).collect();
            if !missing.is_empty() {
                let words = format!("Missing required request parameters: [{}]", missing.join(", "));
                return Err((GatewayError::BadParameters, Some(words)));
            }
        }
        if let Some(model) = &route.settings.model {
            let value = &context.world.payloads.get(payload).value;
            let fits = *route.bodies.entry(payload).or_insert_with(|| model.check(value).is_ok());
            if !fits {
                return Err((GatewayError::BadBody, None));
            }
        }
        Ok(())
    }

    /// Which answers are the same: of the same route, with the same values of the parameters that count.
    fn cache_key(&mut self, visit: &Visit, world: &World) -> u32 {
        let route = &self.routes[visit.route as usize];
        let own = visit.canary && self.settings.canary.as_ref().is_some_and(|canary| canary.own_cache);
        let mut text = format!("{own} {}", route.key());
        if !route.settings.cache_key.is_empty() {
            let api = Api { id: &self.id, settings: &self.settings };
            let view = View::new(visit, PayloadId::NULL, route, &api, world);
            for place in &route.settings.cache_key {
                text.push('\n');
                text.push_str(&place.find(view.scope()).unwrap_or_default());
            }
        }
        self.cache.key(text)
    }
}
