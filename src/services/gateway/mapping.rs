//! What a gateway makes of requests before the integration gets them, and of what comes back.

use super::super::call::{Operation, ResourceId};
use super::super::journal::Status;
use super::super::payload::PayloadId;
use super::super::world::World;
use super::Visit;
use super::error::{Answer, GatewayError};
use super::request::{Api, View};
use super::routing::Route;
use crate::diagram::NodeKind;
use crate::diagram::mapping::{Change, MappingScope, ParameterChange, header, text_of, url_decode};
use crate::diagram::settings::{IntegrationResponse, Passthrough};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};

/// A request as the integration gets it.
#[derive(Clone, Copy, Debug)]
pub struct Mapped {
    pub payload: PayloadId,
    pub operation: Operation,
    /// What the mapping says beside the body; null and `None` leave it as it is.
    pub group: PayloadId,
    pub deduplication: PayloadId,
    pub delay: Option<u16>,
}

type RequestKey = (u32, PayloadId, ResourceId, PayloadId, PayloadId, bool);
type ResponseKey = (u32, Status, PayloadId);

/// Mappings made already: the same request always gives the same.
#[derive(Clone, Debug, Default)]
pub struct Mappings {
    requests: FxHashMap<RequestKey, Result<Mapped, GatewayError>>,
    responses: FxHashMap<ResponseKey, Result<Answer, GatewayError>>,
}

impl Mappings {
    pub fn clear(&mut self) {
        self.requests.clear();
        self.responses.clear();
    }

    pub fn request(
        &mut self,
        visit: &Visit,
        payload: PayloadId,
        route: &Route,
        api: &Api<'_>,
        world: &mut World,
    ) -> Result<Mapped, GatewayError> {
        let key = (visit.route, payload, visit.resource, visit.headers, visit.identity, visit.canary);
        if let Some(known) = self.requests.get(&key) {
            return *known;
        }
        let mapped = map_request(visit, payload, route, api, world);
        self.requests.insert(key, mapped);
        mapped
    }

    pub fn response(
        &mut self,
        visit: &Visit,
        status: Status,
        answer: PayloadId,
        route: &Route,
        api: &Api<'_>,
        world: &mut World,
    ) -> Result<Answer, GatewayError> {
        let key = (visit.route, status, answer);
        if let Some(known) = self.responses.get(&key) {
            return *known;
        }
        let mapped = map_response(visit, status, answer, route, api, world);
        self.responses.insert(key, mapped);
        mapped
    }
}

/// What the integration is asked where nothing is mapped.
pub fn plain(route: &Route, resource: ResourceId, headers: PayloadId) -> Operation {
    match route.kind {
        NodeKind::Function if route.settings.asynchronous => Operation::InvokeLater,
        NodeKind::Function => Operation::Invoke { resource },
        NodeKind::Queue => Operation::SendMessage,
        NodeKind::Topic => Operation::Publish,
        NodeKind::Bus => Operation::PutEvents { source: route.source, detail_type: route.detail_type },
        _ => Operation::Http { resource, headers },
    }
}

fn map_request(
    visit: &Visit,
    payload: PayloadId,
    route: &Route,
    api: &Api<'_>,
    world: &mut World,
) -> Result<Mapped, GatewayError> {
    let mut view = View::new(visit, payload, route, api, world);
    let template = choose_template(route, &view.headers)?;
    if let Some(template) = template {
        view.body = template.apply(view.scope()).ok_or(GatewayError::MappingFailed)?;
    } else if let Some(template) = route.request_template {
        let payload = world.payloads.apply(template, payload, PayloadId::NULL);
        view.body = world.payloads.get(payload).value.clone();
    }
    let mut parameters = Map::new();
    let (resource, headers) = change_request(visit, &route.settings.request_changes, &view, &mut parameters, world);
    if route.kind == NodeKind::Function && route.settings.whole_event {
        view.headers = headers;
        view.body = api.proxy_event(&view, route);
        let payload = world.payloads.intern(view.body);
        return Ok(mapped(payload, plain(route, resource, PayloadId::NULL)));
    }
    let headers = world.payloads.intern(headers);
    let mut result = mapped(PayloadId::NULL, plain(route, resource, headers));
    let body = match route.kind {
        NodeKind::Queue | NodeKind::Topic => {
            if let Value::String(text) = &view.body {
                read_form(text, &mut parameters);
            }
            let number = parameters.get("DelaySeconds").map(text_of).and_then(|text| text.parse().ok());
            result.delay = number.filter(|delay| *delay <= 900);
            let mut text = |name| parameters.get(name).map_or(PayloadId::NULL, |it| world.payloads.intern(it.clone()));
            result.group = text("MessageGroupId");
            result.deduplication = text("MessageDeduplicationId");
            parameters.get("MessageBody").or_else(|| parameters.get("Message")).map(parse)
        }
        NodeKind::Bus => {
            let entry = view.body.get("Entries").and_then(|entries| entries.get(0)).and_then(Value::as_object);
            entry.into_iter().flatten().for_each(|(name, value)| {
                parameters.insert(name.clone(), value.clone());
            });
            let mut text = |name, usual| match parameters.get(name) {
                Some(value) => world.payloads.intern(Value::String(text_of(value))),
                None => usual,
            };
            let source = text("Source", route.source);
            result.operation = Operation::PutEvents { source, detail_type: text("DetailType", route.detail_type) };
            parameters.get("Detail").map(parse)
        }
        _ => None,
    };
    result.payload = world.payloads.intern(body.unwrap_or(view.body));
    Ok(result)
}

fn mapped(payload: PayloadId, operation: Operation) -> Mapped {
    Mapped { payload, operation, group: PayloadId::NULL, deduplication: PayloadId::NULL, delay: None }
}

/// A text that holds JSON, as what it holds.
fn parse(value: &Value) -> Value {
    match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| value.clone()),
        other => other.clone(),
    }
}

/// `Action=SendMessage&MessageBody=…`, as the services' query protocol has it.
fn read_form(text: &str, parameters: &mut Map<String, Value>) {
    if !text.trim_start().starts_with("Action=") {
        return;
    }
    for (name, value) in text.trim().split('&').filter_map(|pair| pair.split_once('=')) {
        parameters.insert(name.to_string(), Value::String(url_decode(value)));
    }
}

/// The template for the request's content type: integration-passthrough-behaviors.
fn choose_template<'r>(
    route: &'r Route,
    headers: &Value,
) -> Result<Option<&'r crate::diagram::mapping::MappingTemplate>, GatewayError> {
    let content_type = header(headers, "content-type").unwrap_or("application/json");
    let content_type = content_type.split(';').next().unwrap_or(content_type).trim();
    let templates = &route.settings.request_templates;
    let found = templates.iter().find(|(name, _)| name.eq_ignore_ascii_case(content_type));
    match (found, route.settings.passthrough) {
        (Some((_, template)), _) => Ok(Some(template)),
        (None, Passthrough::WhenNoMatch) => Ok(None),
        (None, Passthrough::WhenNoTemplates) if templates.is_empty() => Ok(None),
        (None, _) => Err(GatewayError::UnsupportedMedia),
    }
}

/// Applies parameter mapping: gives resource and headers, and puts a service's parameters into a map.
fn change_request(
    visit: &Visit,
    changes: &[ParameterChange],
    view: &View,
    parameters: &mut Map<String, Value>,
    world: &mut World,
) -> (ResourceId, Value) {
    if changes.is_empty() {
        return (visit.resource, view.headers.clone());
    }
    let scope = view.scope();
    let (mut path, mut query) = (view.parts.path.clone(), view.parts.query.as_object().cloned().unwrap_or_default());
    let mut headers = view.headers.as_object().cloned().unwrap_or_default();
    for change in changes {
        let text = change.text.apply(scope);
        match (&change.change, text) {
            (Change::RemoveHeader(name), _) => headers.retain(|known, _| !known.eq_ignore_ascii_case(name)),
            (Change::RemoveQueryString(name), _) => {
                query.shift_remove(name);
            }
            (Change::AppendHeader(name), Some(text)) => append(&mut headers, name, text),
            (Change::OverwriteHeader(name), Some(text)) => {
                headers.retain(|known, _| !known.eq_ignore_ascii_case(name));
                headers.insert(name.clone(), Value::String(text));
            }
            (Change::AppendQueryString(name), Some(text)) => append(&mut query, name, text),
            (Change::OverwriteQueryString(name), Some(text)) => {
                // A service of the query protocol is asked by the query string.
                if change.rest {
                    parameters.insert(name.clone(), Value::String(text.clone()));
                }
                query.insert(name.clone(), Value::String(text));
            }
            (Change::OverwritePath, Some(text)) => path = text,
            (Change::Service(name), Some(text)) => {
                parameters.insert(name.clone(), Value::String(text));
            }
            _ => {}
        }
    }
    let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", text_of(value))).collect();
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    (world.resource(&view.parts.method, &path), Value::Object(headers))
}

fn append(fields: &mut Map<String, Value>, name: &str, text: String) {
    match fields.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        Some((_, value)) => *value = Value::String(format!("{},{text}", text_of(value))),
        None => {
            fields.insert(name.to_string(), Value::String(text));
        }
    }
}

fn map_response(
    visit: &Visit,
    status: Status,
    answer: PayloadId,
    route: &Route,
    api: &Api<'_>,
    world: &mut World,
) -> Result<Answer, GatewayError> {
    let function = route.kind == NodeKind::Function;
    let responses = &route.settings.integration_responses;
    let succeeded = status.is_success();
    // What the patterns are matched against: a function's error message, or a service's status code.
    let text = match status {
        Status::FunctionError | Status::FunctionTimeout => {
            let body = &world.payloads.get(answer).value;
            let message = body.get("errorMessage").and_then(Value::as_str);
            Some(message.unwrap_or("Task timed out").to_string())
        }
        Status::Http(_) if function && succeeded => None,
        Status::Http(_) if function => return Err(GatewayError::IntegrationRefused),
        Status::Http(code) => Some(code.to_string()),
        Status::Unreachable => return Err(GatewayError::Unreachable),
        #[allow(unreachable_patterns, reason = "statuses that only clients see")]
        _ => return Err(GatewayError::IntegrationFailed),
    };
    if responses.is_empty() {
        let service = matches!(route.kind, NodeKind::Queue | NodeKind::Topic | NodeKind::Bus);
        return match status {
            Status::Http(code) if service && succeeded => {
                Ok(Answer { status: code, body: answer, headers: PayloadId::NULL })
            }
            _ if service => Err(GatewayError::IntegrationRefused),
            _ => Ok(Answer { status: 200, body: answer, headers: PayloadId::NULL }),
        };
    }
    let matches = |response: &&IntegrationResponse| match (&response.selection, &text) {
        (Some(selection), Some(text)) => selection.matches(text),
        _ => false,
    };
    let default = || responses.iter().find(|response| response.selection.is_none());
    let response = responses.iter().find(matches).or_else(default).ok_or(GatewayError::MappingFailed)?;
    let view = View::new(visit, answer, route, api, world);
    let scope =
        MappingScope { headers: &Value::Null, query: &Value::Null, path_parameters: &Value::Null, ..view.scope() };
    let headers = response.headers.iter().filter_map(|(name, value)| Some((name.clone(), value.apply(scope)?.into())));
    let headers: Map<String, Value> = headers.collect();
    let body = match &response.template {
        Some(template) => {
            let made = template.apply(scope).ok_or(GatewayError::MappingFailed)?;
            world.payloads.intern(made)
        }
        None => answer,
    };
    let headers = if headers.is_empty() { PayloadId::NULL } else { world.payloads.intern(Value::Object(headers)) };
    Ok(Answer { status: response.status, body, headers })
}

/// Applies an HTTP API's parameter mapping to an answer.
pub fn change_response(answer: Answer, changes: &[(u16, Vec<ParameterChange>)], world: &mut World) -> Answer {
    let Some((_, changes)) = changes.iter().find(|(status, _)| *status == answer.status) else { return answer };
    let body = world.payloads.get(answer.body).value.clone();
    let given = world.payloads.get(answer.headers).value.clone();
    let context = json!({ "requestId": "{{requestId}}" });
    let scope = MappingScope { body: &body, headers: &given, context: &context, ..MappingScope::EMPTY };
    let (mut status, mut headers) = (answer.status, given.as_object().cloned().unwrap_or_default());
    for change in changes {
        match (&change.change, change.text.apply(scope)) {
            (Change::RemoveHeader(name), _) => headers.retain(|known, _| !known.eq_ignore_ascii_case(name)),
            (Change::AppendHeader(name), Some(text)) => append(&mut headers, name, text),
            (Change::OverwriteHeader(name), Some(text)) => {
                headers.retain(|known, _| !known.eq_ignore_ascii_case(name));
                headers.insert(name.clone(), Value::String(text));
            }
            (Change::OverwriteStatusCode, Some(text)) => {
                status = text.parse().ok().filter(|code| (200..600).contains(code)).unwrap_or(status);
            }
            _ => {}
        }
    }
    let headers = if headers.is_empty() { Value::Null } else { Value::Object(headers) };
    Answer { status, body: answer.body, headers: world.payloads.intern(headers) }
}
