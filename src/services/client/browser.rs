//! What a browser asks before it lets a page send, and before it lets it see the answer: the CORS protocol of the Fetch
//! standard.

use super::super::payload::PayloadId;
use super::super::world::World;
use crate::diagram::mapping::header;
use crate::kernel::{SECOND, Time};
use crate::small;
use serde_json::{Value, json};

/// How long an answer to a preflight request is kept where it does not say: Fetch standard, "cache entry".
pub const USUAL_AGE: u64 = 5;

/// What a page of this origin needs to be allowed.
#[derive(Clone, Debug)]
pub struct Browser {
    origin: String,
    method: String,
    /// Names of headers that are not on the safe list.
    headers: Vec<String>,
    /// The headers of the preflight request; `None` where the request is a simple one.
    pub preflight: Option<PayloadId>,
    /// Until when nobody has to be asked again.
    pub allowed_until: Time,
}

impl Browser {
    pub fn new(origin: &str, method: &str, headers: &Value, world: &mut World) -> Self {
        let content_type = header(headers, "content-type").unwrap_or("application/json");
        let simple_types = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
        let simple_type = simple_types.contains(&content_type) || matches!(method, "GET" | "HEAD");
        let names = headers.as_object().into_iter().flatten().map(|(name, _)| name.to_ascii_lowercase());
        let safe = ["accept", "accept-language", "content-language", "content-type", "origin"];
        let mut asked: Vec<String> = names.filter(|name| !safe.contains(&name.as_str())).collect();
        if !simple_type {
            asked.push("content-type".to_string());
        }
        small::sort(&mut asked);
        let simple = asked.is_empty() && matches!(method, "GET" | "HEAD" | "POST");
        let preflight = json!({
            "origin": origin, "access-control-request-method": method, "access-control-request-headers": asked.join(","),
        });
        Browser {
            origin: origin.to_string(),
            method: method.to_string(),
            headers: asked,
            preflight: (!simple).then(|| world.payloads.intern(preflight)),
            allowed_until: Time::ZERO,
        }
    }

    /// Whether the page may see an answer with these headers.
    pub fn may_see(&self, headers: PayloadId, world: &World) -> bool {
        let allowed = header(&world.payloads.get(headers).value, "access-control-allow-origin");
        allowed.is_some_and(|allowed| allowed == "*" || allowed == self.origin)
    }

    /// Takes the answer to a preflight request. Gives whether the request may go out.
    pub fn asked(&mut self, headers: PayloadId, world: &World) -> bool {
        let value = &world.payloads.get(headers).value;
        let list = |name: &str| -> Vec<String> {
            let text = header(value, name).unwrap_or("");
            text.split(',').map(|item| item.trim().to_ascii_lowercase()).collect()
        };
        let (methods, headers_allowed) = (list("access-control-allow-methods"), list("access-control-allow-headers"));
        let method = self.method.to_ascii_lowercase();
        let method_fits = matches!(method.as_str(), "get" | "head" | "post")
            || methods.iter().any(|allowed| allowed == "*" || *allowed == method);
        // An asterisk does not stand for Authorization.
        let header_fits = |name: &String| {
            headers_allowed.iter().any(|allowed| allowed == name || (allowed == "*" && name != "authorization"))
        };
        let allowed = self.may_see(headers, world) && method_fits && self.headers.iter().all(header_fits);
        if allowed {
            let age = header(value, "access-control-max-age").and_then(|age| age.parse().ok()).unwrap_or(USUAL_AGE);
            self.allowed_until = world.now + age * SECOND;
        }
        allowed
    }
}
