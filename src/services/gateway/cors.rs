//! What browsers of other origins may do: how-to-cors, http-api-cors.

use super::super::payload::PayloadId;
use super::super::world::World;
use super::error::Answer;
use crate::diagram::mapping::header;
use crate::diagram::settings::{ApiType, Cors};
use serde_json::{Map, Value};

/// The origin to allow; `None` where the request has none, or one that may not.
fn allowed_origin<'c>(cors: &'c Cors, origin: Option<&'c str>) -> Option<&'c str> {
    let origin = origin?;
    let allowed = cors.origins.iter().find(|allowed| *allowed == "*" || *allowed == origin)?;
    Some(if allowed == "*" { "*" } else { origin })
}

/// The answer to a preflight request.
pub fn preflight(cors: &Cors, api: ApiType, headers: PayloadId, world: &mut World) -> Answer {
    let given = &world.payloads.get(headers).value;
    let mut fields = Map::new();
    if let Some(origin) = allowed_origin(cors, header(given, "origin")) {
        let mut add = |name: &str, values: &[String]| {
            if !values.is_empty() {
                fields.insert(name.to_string(), Value::String(values.join(",")));
            }
        };
        add("access-control-allow-origin", &[origin.to_string()]);
        add("access-control-allow-methods", &cors.methods);
        add("access-control-allow-headers", &cors.headers);
        add("access-control-max-age", &[cors.maximum_age.to_string()]);
    }
    // An HTTP API answers by itself; a REST API with a mock integration.
    let status = if api == ApiType::Http { 204 } else { 200 };
    Answer { status, body: PayloadId::NULL, headers: world.payloads.intern(Value::Object(fields)) }
}

/// An HTTP API's answer, with the headers that its configuration adds; the integration's own are overwritten.
pub fn add_headers(cors: &Cors, request_headers: PayloadId, answer: Answer, world: &mut World) -> Answer {
    let given = &world.payloads.get(request_headers).value;
    let origin = allowed_origin(cors, header(given, "origin")).map(str::to_string);
    let mut fields = world.payloads.get(answer.headers).value.as_object().cloned().unwrap_or_default();
    fields.retain(|name, _| !name.to_ascii_lowercase().starts_with("access-control-"));
    if let Some(origin) = origin {
        fields.insert("access-control-allow-origin".to_string(), Value::String(origin));
    }
    let headers = if fields.is_empty() { Value::Null } else { Value::Object(fields) };
    Answer { headers: world.payloads.intern(headers), ..answer }
}
