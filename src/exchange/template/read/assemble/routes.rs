//! Routes: from an OpenAPI body, from methods and routes as resources, or from a function's events, to edges.

use super::super::resolve::{marks, readable};
use super::super::stack::{each, integer, structured, text, truth};
use super::super::tree::Place;
use super::{Assembler, Concern, plain_name, put_edge};
use crate::diagram::mapping::{ParameterChange, ParameterText};
use crate::diagram::{EdgeKind, NodeKind};
use crate::exchange::template::requests::{Action, Body, FAILED, Request, read_proxy_answer};
use crate::exchange::template::velocity::{self, Root};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// What an integration with a service has to say in a template, and here goes without saying.
const IMPLIED: &[&str] = &[
    "integration.request.header.content-type",
    "integration.request.header.x-amz-target",
    "integration.request.header.x-amz-invocation-type",
    "integration.request.querystring.action",
    "integration.request.querystring.topicarn",
];

/// A route as written, whatever wrote it.
#[derive(Clone, Debug, Default)]
pub struct Route {
    pub method: String,
    pub path: String,
    /// `aws_proxy`, `aws`, `http_proxy`, `http` or `mock`, in lower case.
    pub kind: String,
    /// Of HTTP APIs: `SQS-SendMessage`.
    pub subtype: String,
    /// The function, the service's action, or the URL.
    pub uri: Value,
    pub parameters: Value,
    pub templates: Value,
    pub passthrough: Value,
    pub timeout: Value,
    /// `{statusCode, selectionPattern, responseTemplates, responseParameters}` each.
    pub responses: Vec<Value>,
    /// `{"500": {"overwrite:statuscode": "403"}}`, of HTTP APIs.
    pub response_parameters: Value,
    pub payload_format: Value,
    pub cache_keys: Value,
    /// What a request has to have: `{"method.request.header.X": true}`.
    pub required: Map<String, Value>,
    pub model: Value,
    /// The name of the authorizer; `Some("NONE")` for none, `None` for the API's default.
    pub authorizer: Option<String>,
    pub scopes: Value,
    pub api_key: Option<bool>,
    /// Limits of its own.
    pub limits: Map<String, Value>,
    /// The permission to invoke comes with it.
    pub granted: bool,
    pub place: Place,
}

/// The HTTP methods of OpenAPI's path items.
const METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options"];

/// Every route of an OpenAPI document with its integration. `validates` says whether requests are checked at all.
pub fn of_body(body: &Value, place: Place) -> Vec<Route> {
    let mut routes = Vec::new();
    let default_security = &body["security"];
    let validates = |operation: &Value| {
        let validator = operation
            .get("x-amazon-apigateway-request-validator")
            .or(body.get("x-amazon-apigateway-request-validator"));
        let validators = &body["x-amazon-apigateway-request-validators"];
        let chosen = validator.and_then(|name| validators.get(text(name)));
        let on = |name: &str| chosen.is_some_and(|it| truth(&it[name]).unwrap_or(false));
        (on("validateRequestParameters"), on("validateRequestBody"))
    };
    for (path, item) in body["paths"].as_object().into_iter().flatten() {
        for (name, operation) in item.as_object().into_iter().flatten() {
            let any = matches!(name.as_str(), "x-amazon-apigateway-any-method" | "any");
            if !any && !METHODS.contains(&name.to_lowercase().as_str()) {
                continue;
            }
            let integration = match operation["x-amazon-apigateway-integration"]["$ref"].as_str() {
                Some(reference) => resolve_reference(body, reference),
                None => operation["x-amazon-apigateway-integration"].clone(),
            };
            let mut route = of_integration(&integration, place);
            route.method = if any { "ANY".to_string() } else { name.to_uppercase() };
            route.path = if path == "$default" { "/{proxy+}".to_string() } else { path.clone() };
            let security = operation.get("security").unwrap_or(default_security);
            let schemes: Vec<&String> =
                each(security).iter().filter_map(Value::as_object).flat_map(|it| it.keys()).collect();
            let scheme = |name: &str| &body["components"]["securitySchemes"][name];
            let is_key = |name: &&&String| {
                let kind = scheme(name.as_str());
                kind["type"] == "apiKey"
                    && kind.get("x-amazon-apigateway-authtype").is_none()
                    && kind.get("x-amazon-apigateway-authorizer").is_none()
            };
            let legacy = |name: &&&String| {
                body["securityDefinitions"][name.as_str()].get("x-amazon-apigateway-authtype").is_none()
                    && body["securityDefinitions"][name.as_str()]["type"] == "apiKey"
            };
            let is_key = |name: &&&String| is_key(name) || legacy(name);
            if !security.is_null() {
                route.api_key = Some(schemes.iter().any(|name| is_key(&name)));
                let named = schemes.iter().find(|name| !is_key(name));
                route.authorizer = Some(named.map_or("NONE".to_string(), |name| (*name).clone()));
                let scopes = named.and_then(|name| each(security).iter().find_map(|it| it.get(name.as_str()).cloned()));
                route.scopes = scopes.unwrap_or_default();
            }
            let (parameters, bodies) = validates(operation);
            if parameters {
                for parameter in each(&operation["parameters"]).iter().chain(each(&item["parameters"])) {
                    let parameter = match parameter["$ref"].as_str() {
                        Some(reference) => resolve_reference(body, reference),
                        None => parameter.clone(),
                    };
                    let place = match text(&parameter["in"]).as_str() {
                        "header" => "header",
                        "query" => "querystring",
                        _ => continue,
                    };
                    if truth(&parameter["required"]) == Some(true) {
                        route
                            .required
                            .insert(format!("method.request.{place}.{}", text(&parameter["name"])), true.into());
                    }
                }
            }
            if bodies {
                let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
                route.model = expand(body, schema, 0);
            }
            routes.push(route);
        }
    }
    routes
}

/// `#/components/schemas/Payment`.
fn resolve_reference(body: &Value, reference: &str) -> Value {
    let mut path = reference.trim_start_matches("#/").split('/');
    path.try_fold(body, |at, name| at.get(name)).cloned().unwrap_or_default()
}

/// A schema with its references filled in.
fn expand(body: &Value, schema: &Value, depth: usize) -> Value {
    match schema {
        _ if depth > 16 => Value::Null,
        Value::Object(fields) => match fields.get("$ref").and_then(Value::as_str) {
            Some(reference) => expand(body, &resolve_reference(body, reference), depth + 1),
            None => Value::Object(
                fields.iter().map(|(name, value)| (name.clone(), expand(body, value, depth + 1))).collect(),
            ),
        },
        Value::Array(items) => items.iter().map(|item| expand(body, item, depth + 1)).collect(),
        other => other.clone(),
    }
}

/// An integration in OpenAPI's spelling, or in that of `AWS::ApiGateway::Method`.
pub fn of_integration(integration: &Value, place: Place) -> Route {
    let get = |lower: &str, upper: &str| integration.get(lower).or(integration.get(upper)).cloned().unwrap_or_default();
    let responses = match get("responses", "IntegrationResponses") {
        Value::Object(by_pattern) => by_pattern
            .into_iter()
            .map(|(pattern, response)| {
                let mut response = response;
                if let (Value::Object(fields), true) = (&mut response, pattern != "default") {
                    fields.insert("selectionPattern".to_string(), pattern.into());
                }
                response
            })
            .collect(),
        Value::Array(items) => items,
        _ => Vec::new(),
    };
    Route {
        kind: text(&get("type", "Type")).to_lowercase(),
        subtype: text(&get("integrationSubtype", "IntegrationSubtype")),
        uri: get("uri", "Uri"),
        parameters: get("requestParameters", "RequestParameters"),
        templates: get("requestTemplates", "RequestTemplates"),
        passthrough: get("passthroughBehavior", "PassthroughBehavior"),
        timeout: get("timeoutInMillis", "TimeoutInMillis"),
        responses,
        response_parameters: get("responseParameters", "ResponseParameters"),
        payload_format: get("payloadFormatVersion", "PayloadFormatVersion"),
        cache_keys: get("cacheKeyParameters", "CacheKeyParameters"),
        place,
        ..Route::default()
    }
}

/// The members that are texts.
fn strings(object: &Value) -> Map<String, Value> {
    let members = object.as_object().into_iter().flatten();
    members.filter(|(_, it)| it.is_string()).map(|(name, it)| (name.clone(), it.clone())).collect()
}

/// An integration response in the spelling of this program.
fn response(written: &Value) -> Value {
    let get = |lower: &str, upper: &str| written.get(lower).or(written.get(upper)).cloned().unwrap_or_default();
    let mut made = Map::new();
    let pattern = text(&get("selectionPattern", "SelectionPattern"));
    if !pattern.is_empty() {
        made.insert("selectionPattern".to_string(), pattern.into());
    }
    if let Some(status) = integer(&get("statusCode", "StatusCode")) {
        made.insert("statusCode".to_string(), status.into());
    }
    let mut headers = strings(&get("responseParameters", "ResponseParameters"));
    headers.retain(|name, value| {
        name.starts_with("method.response.header.")
            && ParameterText::parse_rest(&text(value), "integration.response.").is_some()
    });
    if !headers.is_empty() {
        made.insert("responseParameters".to_string(), headers.into());
    }
    let templates = strings(&get("responseTemplates", "ResponseTemplates"));
    if !templates.is_empty() {
        made.insert("responseTemplates".to_string(), templates.into());
    }
    Value::Object(made)
}

/// What a route leads to.
enum Goal {
    Node(Uuid),
    /// A MOCK integration, or none.
    Nothing,
    Unknown(String),
}

impl Assembler<'_> {
    /// Draws a route. `rest` for REST APIs; `guarded` where the API has an authorizer by that name.
    pub(super) fn route(
        &mut self,
        gateway: Uuid,
        rest: bool,
        route: &Route,
        authorizer: Option<&str>,
        owner: Option<usize>,
    ) {
        let words = format!("{} {}", route.method, route.path);
        let node = match self.goal(route) {
            Goal::Node(node) => node,
            Goal::Nothing if route.method == "OPTIONS" => return self.preflight(gateway, route),
            Goal::Nothing => {
                let message = tr!(
                    "{route} of “{gateway}” is answered by the gateway itself (MOCK): it is left out.",
                    gateway = self.name_of(gateway),
                    route = words
                );
                return self.note(Concern::NotSimulated, route.place, message);
            }
            Goal::Unknown(what) => {
                let message = tr!(
                    "{route} of “{gateway}” leads to {what}, which is not simulated behind a gateway.",
                    gateway = self.name_of(gateway),
                    route = words,
                    what = what
                );
                return self.note(Concern::NotSimulated, route.place, message);
            }
        };
        let kind = EdgeKind::Integration;
        let mut settings = Map::new();
        put_edge(&mut settings, kind, "Method", &Value::String(route.method.clone()));
        put_edge(&mut settings, kind, "Path", &Value::String(route.path.clone()));
        put_edge(&mut settings, kind, "TimeoutInMillis", &route.timeout);
        route.limits.iter().for_each(|(name, value)| put_edge(&mut settings, kind, name, value));
        let target = self.kind_of(node).unwrap_or(NodeKind::Function);
        if rest {
            self.rest_settings(&mut settings, target, route);
        } else {
            self.http_settings(&mut settings, target, route);
        }
        if let Some(guard) = authorizer {
            match route.authorizer.as_deref() {
                Some(own) if own == guard => {}
                None => {}
                Some(own) => {
                    if own != "NONE" {
                        let message = tr!(
                            "{route} has another authorizer, {own}, than the rest of “{gateway}”: it is drawn without one.",
                            gateway = self.name_of(gateway),
                            route = words,
                            own = own
                        );
                        self.note(Concern::Assumed, route.place, message);
                    }
                    settings.insert("AuthorizationType".to_string(), "NONE".into());
                }
            }
            put_edge(&mut settings, kind, "AuthorizationScopes", &route.scopes);
        }
        let granted = route.granted || owner.is_none_or(|owner| self.gateway_may_invoke(owner, node));
        let denied = target == NodeKind::Function && !granted;
        if denied {
            settings.insert("Access".to_string(), "DENIED".into());
        }
        self.add_edge(kind, gateway, node, settings);
        if denied {
            let message = tr!(
                "“{gateway}” may not invoke “{function}”: an AWS::Lambda::Permission for apigateway.amazonaws.com is missing. Its answer would be 500.",
                gateway = self.name_of(gateway),
                function = self.name_of(node)
            );
            self.note(Concern::NotAllowed, route.place, message);
        }
    }

    /// A method OPTIONS that the gateway answers itself is how REST APIs are made to allow other origins.
    fn preflight(&mut self, gateway: Uuid, route: &Route) {
        let header = |name: &str| {
            let name = format!("method.response.header.Access-Control-{name}");
            let values = route
                .responses
                .iter()
                .filter_map(|it| it.get("responseParameters").or(it.get("ResponseParameters"))?.get(&name));
            let list: Vec<String> = values
                .flat_map(|value| {
                    text(value).trim_matches('\'').split(',').map(|it| it.trim().to_string()).collect::<Vec<_>>()
                })
                .collect();
            if list.is_empty() { vec!["*".to_string()] } else { list }
        };
        let known = self.document.node(gateway).is_some_and(|node| node.settings.contains_key("CorsConfiguration"));
        if !known {
            let cors = json!({ "allowOrigins": header("Allow-Origin"), "allowMethods": header("Allow-Methods"), "allowHeaders": header("Allow-Headers") });
            self.set(gateway, "CorsConfiguration", cors);
            let message = tr!(
                "“{}” answers OPTIONS itself (MOCK): that is drawn as its CorsConfiguration.",
                self.name_of(gateway)
            );
            self.note(Concern::Instead, route.place, message);
        }
    }

    fn goal(&mut self, route: &Route) -> Goal {
        let uri = text(&route.uri);
        let service = uri.split(':').nth(4).unwrap_or_default().to_string();
        let subtype = route.subtype.split('-').next().unwrap_or_default().to_lowercase();
        let service = if subtype.is_empty() { service } else { subtype };
        let everywhere = json!([route.uri, route.parameters, route.templates]);
        let place = route.place;
        let found = match service.as_str() {
            "lambda" => {
                let named =
                    uri.split_once("functions/").map(|(_, rest)| rest.split("/invocations").next().unwrap_or(rest));
                let value = Value::String(named.unwrap_or(&uri).to_string());
                self.find_or_outside(&value, NodeKind::Function, place)
            }
            "sqs" => self.among(&everywhere, NodeKind::Queue).or_else(|| {
                let name = route.parameters["QueueUrl"].as_str().unwrap_or(&uri).to_string();
                self.find_or_outside(&Value::String(plain_name(&name).to_string()), NodeKind::Queue, place)
            }),
            "sns" => self.among(&everywhere, NodeKind::Topic),
            "events" | "eventbridge" => {
                let named = self.among(&everywhere, NodeKind::Bus);
                let named = named.or_else(|| match &route.parameters["EventBusName"] {
                    Value::Null => None,
                    name => self.bus(&name.clone(), place),
                });
                Some(named.unwrap_or_else(|| self.default_bus()))
            }
            "" | "//" => None,
            other => return Goal::Unknown(tr!("the service {}", readable(other))),
        };
        match (found, route.kind.as_str()) {
            (Some(node), _) => Goal::Node(node),
            (None, "mock") => Goal::Nothing,
            (None, "http" | "http_proxy") => match self.find_or_outside(&route.uri, NodeKind::Endpoint, place) {
                Some(node) => Goal::Node(node),
                None => Goal::Unknown(format!("`{}`", readable(&uri))),
            },
            // An API's quick create, or an event of a function, names the function alone.
            (None, _) => match self.referred_node(&route.uri) {
                Some(node) => Goal::Node(node),
                None if uri.is_empty() => Goal::Nothing,
                None => match self.find_or_outside(&route.uri, NodeKind::Function, place) {
                    Some(node) => Goal::Node(node),
                    None => Goal::Unknown(format!("`{}`", readable(&uri))),
                },
            },
        }
    }

    /// The first node of this kind that something mentions anywhere.
    fn among(&self, value: &Value, kind: NodeKind) -> Option<Uuid> {
        match value {
            Value::String(whole) => {
                let mut numbers = marks(whole).filter_map(|(name, _)| self.stack.named(name));
                numbers.find_map(|number| {
                    self.nodes.get(&self.redirect(number)).copied().filter(|node| self.kind_of(*node) == Some(kind))
                })
            }
            Value::Array(items) => items.iter().find_map(|item| self.among(item, kind)),
            Value::Object(fields) => fields.values().find_map(|item| self.among(item, kind)),
            _ => None,
        }
    }

    fn rest_settings(&self, settings: &mut Map<String, Value>, target: NodeKind, route: &Route) {
        let kind = EdgeKind::Integration;
        let service = matches!(target, NodeKind::Queue | NodeKind::Topic | NodeKind::Bus);
        let maps = service || route.kind == "aws" || (route.kind == "http" && target == NodeKind::Endpoint);
        if maps && !service {
            settings.insert("IntegrationType".to_string(), "NON_PROXY".into());
        }
        if maps {
            let mut templates = strings(&route.templates);
            // An empty body is the way to say that the parameter mapping makes the request.
            templates.retain(|_, template| !text(template).trim().is_empty());
            let passthrough = text(&route.passthrough).to_uppercase();
            let plain = match service {
                // With a template that is asked for, whatever has none is refused.
                true => passthrough != "NEVER" && service_request(settings, &templates),
                false => payload_request(settings, &templates),
            };
            if !plain && !templates.is_empty() {
                settings.insert("RequestTemplates".to_string(), templates.into());
            }
            // What an export says where nobody has chosen.
            let usual = service && !settings.contains_key("RequestTemplates") && passthrough == "WHEN_NO_TEMPLATES";
            if !passthrough.is_empty() && !usual {
                put_edge(settings, kind, "PassthroughBehavior", &passthrough.into());
            }
            let responses: Vec<Value> = route.responses.iter().map(response).collect();
            if !answer(settings, target, &responses) && !responses.is_empty() {
                settings.insert("IntegrationResponses".to_string(), responses.into());
            }
            let event = [
                "integration.request.header.X-Amz-Invocation-Type",
                "integration.request.header.X-Amz-Invocation-type",
            ];
            if target == NodeKind::Function && event.iter().any(|name| text(&route.parameters[*name]) == "'Event'") {
                settings.insert("InvocationType".to_string(), "Event".into());
            }
        }
        let keys: Vec<Value> = each(&route.cache_keys)
            .iter()
            .map(|key| Value::String(text(key).replace("integration.request.", "method.request.")))
            .collect();
        if !keys.is_empty() {
            settings.insert("CacheKeyParameters".to_string(), keys.into());
        }
        let mut parameters = route.required.clone();
        if maps || target == NodeKind::Endpoint {
            let mut mapping = strings(&route.parameters);
            mapping.retain(|name, value| {
                !IMPLIED.contains(&name.to_ascii_lowercase().as_str())
                    && ParameterChange::parse_rest(name, &text(value)).is_ok()
            });
            // Declared only to be mapped.
            parameters.retain(|name, needed| {
                *needed != Value::Bool(false) || !mapping.values().any(|from| from == name.as_str())
            });
            parameters.extend(mapping);
        }
        if !parameters.is_empty() {
            settings.insert("RequestParameters".to_string(), parameters.into());
        }
        if !route.model.is_null() {
            settings.insert("RequestModel".to_string(), structured(&route.model));
        }
    }

    fn http_settings(&self, settings: &mut Map<String, Value>, target: NodeKind, route: &Route) {
        let addresses = ["QueueUrl", "EventBusName", "Region"];
        let kind = EdgeKind::Integration;
        let mut parameters = Map::new();
        for (name, value) in route.parameters.as_object().into_iter().flatten() {
            let value = text(value);
            let plain = match (target, name.as_str()) {
                (NodeKind::Queue, "MessageBody") | (NodeKind::Bus, "Detail") => value == "$request.body",
                (NodeKind::Queue, "MessageGroupId" | "MessageDeduplicationId") => match payload_template(&value) {
                    Some(template) => {
                        put_edge(settings, kind, name, &template.into());
                        true
                    }
                    None => false,
                },
                // What begins with a dollar sign is asked of the request.
                (NodeKind::Bus, "Source" | "DetailType") | (NodeKind::Queue, "DelaySeconds")
                    if !value.contains('$') =>
                {
                    put_edge(settings, kind, name, &value.clone().into());
                    true
                }
                _ => addresses.contains(&name.as_str()),
            };
            if !plain {
                parameters.insert(name.clone(), value.into());
            }
        }
        if !parameters.is_empty() {
            settings.insert("RequestParameters".to_string(), parameters.into());
        }
        let changes = response_parameters(&route.response_parameters);
        if !changes.is_empty() {
            settings.insert("ResponseParameters".to_string(), changes.into());
        }
        if target == NodeKind::Function {
            put_edge(
                settings,
                kind,
                "PayloadFormatVersion",
                &route.payload_format.as_str().map_or(Value::Null, Value::from),
            );
        }
    }
}

/// Says a request to a service by plain settings; false where its templates say more than that.
fn service_request(settings: &mut Map<String, Value>, templates: &Map<String, Value>) -> bool {
    let requests: Option<Vec<(&String, Request)>> = templates
        .iter()
        .map(|(content_type, template)| Some((content_type, Request::read(template.as_str()?)?)))
        .collect();
    let Some(requests) = requests.filter(|requests| !requests.is_empty()) else { return false };
    let same = |other: &Request| Request { body: Body::Whole, ..other.clone() };
    let first = same(&requests[0].1);
    if requests.iter().any(|(_, request)| same(request) != first) {
        return false;
    }
    let mut mapped = Map::new();
    for (content_type, request) in &requests {
        match &request.body {
            Body::Whole if requests.len() == 1 => {}
            Body::Payload(template) if requests.len() == 1 => {
                settings.insert("RequestTemplate".to_string(), template.clone());
            }
            Body::Mapped(template) => {
                mapped.insert((*content_type).clone(), template.clone().into());
            }
            _ => return false,
        }
    }
    if !mapped.is_empty() {
        settings.insert("RequestTemplates".to_string(), mapped.into());
    }
    let mut put = |name: &str, value: Value| put_edge(settings, EdgeKind::Integration, name, &value);
    put("MessageGroupId", first.group.into());
    put("MessageDeduplicationId", first.deduplication.into());
    put("DelaySeconds", first.delay.map_or(Value::Null, Value::from));
    if let Action::PutEvents { source, detail_type } = first.action {
        put("Source", source.into());
        put("DetailType", detail_type.into());
    }
    true
}

/// Says what a function gets by a payload template; false where that is not enough.
fn payload_request(settings: &mut Map<String, Value>, templates: &Map<String, Value>) -> bool {
    let only = templates.get("application/json").and_then(Value::as_str).filter(|_| templates.len() == 1);
    match only.and_then(|template| velocity::payload(template, Root::Body)) {
        Some(template) => {
            settings.insert("RequestTemplate".to_string(), template);
            true
        }
        None => false,
    }
}

/// Says by plain settings what becomes of an answer; false where that is not enough.
fn answer(settings: &mut Map<String, Value>, target: NodeKind, responses: &[Value]) -> bool {
    let has = |response: &Value, status: u16, members: usize| {
        response["statusCode"] == status && response.as_object().is_some_and(|fields| fields.len() == members)
    };
    let template = |response: &Value| {
        let templates = response["responseTemplates"].as_object().filter(|templates| templates.len() == 1)?;
        templates.get("application/json")?.as_str().map(str::to_string)
    };
    match responses {
        [only] if has(only, 200, 1) => true,
        [only] if has(only, 200, 2) => {
            let payload = template(only).and_then(|template| velocity::payload(&template, Root::Body));
            payload.is_some_and(|payload| settings.insert("ResponseTemplate".to_string(), payload).is_none())
        }
        // Status and body come from the function, as behind a proxy integration.
        [taken, failed]
            if target == NodeKind::Function
                && has(taken, 200, 2)
                && has(failed, 502, 2)
                && failed["selectionPattern"] == FAILED
                && !settings.contains_key("RequestTemplates") =>
        {
            let Some(payload) = template(taken).and_then(|template| read_proxy_answer(&template)) else { return false };
            settings.shift_remove("IntegrationType");
            put_edge(settings, EdgeKind::Integration, "ResponseTemplate", &payload);
            true
        }
        _ => false,
    }
}

/// A parameter mapping as a payload template: `$request.body.shop` is `{{message.shop}}`. `None` where it asks for anything
/// else of the request.
fn payload_template(mapping: &str) -> Option<String> {
    let placeholder = |variable: &str| match variable {
        "context.requestId" => Some("{{requestId}}".to_string()),
        "context.requestTime" => Some("{{time}}".to_string()),
        _ => variable.strip_prefix("request.body").map(|path| format!("{{{{message{path}}}}}")),
    };
    if let Some(variable) = mapping.strip_prefix('$').filter(|rest| !rest.starts_with('{')) {
        return placeholder(variable);
    }
    let mut made = String::new();
    let mut rest = mapping;
    while let Some((before, after)) = rest.split_once("${") {
        let (variable, behind) = after.split_once('}')?;
        made.push_str(before);
        made.push_str(&placeholder(variable)?);
        rest = behind;
    }
    made.push_str(rest);
    Some(made)
}

/// Changes of answers by their status, from an OpenAPI body or from an integration's own property, which lists them.
fn response_parameters(written: &Value) -> Map<String, Value> {
    let mut made = Map::new();
    for (status, changes) in written.as_object().into_iter().flatten() {
        let listed = each(&changes["ResponseParameters"]).iter();
        let mut texts: Map<String, Value> =
            listed.map(|change| (text(&change["Destination"]), text(&change["Source"]).into())).collect();
        if texts.is_empty() {
            texts = strings(changes);
        }
        if !texts.is_empty() {
            made.insert(status.clone(), texts.into());
        }
    }
    made
}
