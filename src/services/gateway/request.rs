//! A request taken apart, and the events that functions are given of it.

use super::super::arn::{ACCOUNT, REGION};
use super::super::call::ResourceId;
use super::super::payload::PayloadId;
use super::super::world::World;
use super::Visit;
use super::routing::Route;
use crate::diagram::mapping::{MappingScope, header, url_decode};
use crate::diagram::settings::{ApiType, GatewaySettings};
use serde_json::{Map, Value, json};

/// An address for documentation: RFC 5737.
const SOURCE_IP: &str = "192.0.2.1";

/// Method, path, and what they hold.
pub struct Parts {
    pub method: String,
    pub path: String,
    pub raw_query: String,
    pub query: Value,
    pub parameters: Value,
}

impl Parts {
    pub fn new(resource: ResourceId, route_path: &str, world: &World) -> Parts {
        let (method, whole) = world.resource_parts(resource);
        let (path, raw_query) = whole.split_once('?').unwrap_or((whole, ""));
        let mut query = Map::new();
        for pair in raw_query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            query.insert(url_decode(name), Value::String(url_decode(value)));
        }
        let mut parameters = Map::new();
        let mut given = path.trim_matches('/').split('/');
        for wanted in route_path.trim_matches('/').split('/') {
            let name = wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
            match name.map(|name| (name.trim_end_matches('+'), name.ends_with('+'))) {
                Some((name, true)) => {
                    let rest: Vec<&str> = given.by_ref().collect();
                    parameters.insert(name.to_string(), Value::String(rest.join("/")));
                }
                Some((name, false)) => {
                    parameters.insert(name.to_string(), Value::String(given.next().unwrap_or("").to_string()));
                }
                None => {
                    given.next();
                }
            }
        }
        Parts {
            method: method.to_string(),
            path: path.to_string(),
            raw_query: raw_query.to_string(),
            query: Value::Object(query),
            parameters: Value::Object(parameters),
        }
    }
}

/// Everything that a mapping can look at, taken out of the world, so that the world can be changed meanwhile.
pub struct View {
    pub parts: Parts,
    pub body: Value,
    pub headers: Value,
    context: Value,
    stage_variables: Value,
}

impl View {
    pub(super) fn new(visit: &Visit, body: PayloadId, route: &Route, api: &Api<'_>, world: &World) -> View {
        let parts = Parts::new(visit.resource, &route.settings.path, world);
        let headers = world.payloads.get(visit.headers).value.clone();
        let stage_variables = api.stage_variables(visit.canary);
        let mut context = api.context(&parts, route);
        context["authorizer"] = world.payloads.get(visit.identity).value.clone();
        context["identity"]["apiKey"] = header(&headers, "x-api-key").into();
        View { parts, body: world.payloads.get(body).value.clone(), headers, context, stage_variables }
    }

    pub fn scope(&self) -> MappingScope<'_> {
        MappingScope {
            body: &self.body,
            headers: &self.headers,
            query: &self.parts.query,
            path_parameters: &self.parts.parameters,
            path: &self.parts.path,
            context: &self.context,
            stage_variables: &self.stage_variables,
        }
    }
}

/// What is the same for all requests of a gateway.
pub struct Api<'a> {
    pub id: &'a str,
    pub settings: &'a GatewaySettings,
}

impl Api<'_> {
    /// The method as policies name it.
    pub fn method_arn(&self, parts: &Parts) -> String {
        let (id, stage) = (self.id, &self.settings.stage);
        format!("arn:aws:execute-api:{REGION}:{ACCOUNT}:{id}/{stage}/{}{}", parts.method, parts.path)
    }

    fn stage_variables(&self, canary: bool) -> Value {
        let mut variables = self.settings.stage_variables.clone();
        let overrides = self.settings.canary.as_ref().filter(|_| canary).and_then(|it| it.stage_variables.as_object());
        for (name, value) in overrides.into_iter().flatten() {
            variables[name.as_str()] = value.clone();
        }
        variables
    }

    fn context(&self, parts: &Parts, route: &Route) -> Value {
        json!({
            "accountId": ACCOUNT, "apiId": self.id, "stage": self.settings.stage, "requestId": "{{requestId}}",
            "requestTime": "{{time}}", "httpMethod": parts.method, "path": parts.path,
            "resourcePath": route.settings.path, "routeKey": route.key(), "protocol": "HTTP/1.1",
            "xrayTraceId": "Root=1-{{requestId}}",
            "identity": { "sourceIp": SOURCE_IP },
        })
    }

    /// The headers as the integration gets them.
    fn forwarded(&self, headers: &Value) -> Map<String, Value> {
        let lower = self.settings.api_type == ApiType::Http;
        let name = |name: &String| if lower { name.to_ascii_lowercase() } else { name.clone() };
        let given = headers.as_object().into_iter().flatten();
        let mut headers: Map<String, Value> = given.map(|(key, value)| (name(key), value.clone())).collect();
        if self.settings.api_type == ApiType::Rest && self.settings.tracing {
            headers.insert("X-Amzn-Trace-Id".to_string(), "Root=1-{{requestId}};Sampled=1".into());
        }
        headers
    }

    /// The event of a proxy integration: set-up-lambda-proxy-integrations, http-api-develop-integrations-lambda.
    pub fn proxy_event(&self, view: &View, route: &Route) -> Value {
        let parts = &view.parts;
        let headers = self.forwarded(&view.headers);
        if self.settings.api_type == ApiType::Http && route.settings.infers_answer {
            return json!({
                "version": "2.0", "routeKey": route.key(), "rawPath": parts.path, "rawQueryString": parts.raw_query,
                "headers": headers, "queryStringParameters": parts.query, "pathParameters": parts.parameters,
                "stageVariables": view.stage_variables,
                "requestContext": {
                    "apiId": self.id, "requestId": "{{requestId}}", "stage": self.settings.stage,
                    "routeKey": route.key(), "http": { "method": parts.method, "path": parts.path, "sourceIp": SOURCE_IP },
                    "authorizer": view.context["authorizer"],
                },
                "body": view.body, "isBase64Encoded": false,
            });
        }
        json!({
            "resource": route.settings.path, "path": parts.path, "httpMethod": parts.method, "headers": headers,
            "queryStringParameters": parts.query, "pathParameters": parts.parameters,
            "stageVariables": view.stage_variables, "requestContext": view.context, "body": view.body,
            "isBase64Encoded": false,
        })
    }

    /// What the authorizer's function is asked: api-gateway-lambda-authorizer-input, http-api-lambda-authorizer.
    pub fn authorizer_event(&self, view: &View, route: &Route, sources: &[String], token: bool) -> Value {
        let parts = &view.parts;
        let arn = self.method_arn(parts);
        if token {
            return json!({ "type": "TOKEN", "methodArn": arn, "authorizationToken": sources.first() });
        }
        let headers = self.forwarded(&view.headers);
        if self.settings.api_type == ApiType::Http {
            return json!({
                "version": "2.0", "type": "REQUEST", "routeArn": arn, "identitySource": sources,
                "routeKey": route.key(), "rawPath": parts.path, "rawQueryString": parts.raw_query, "headers": headers,
                "queryStringParameters": parts.query, "pathParameters": parts.parameters,
                "stageVariables": view.stage_variables,
            });
        }
        json!({
            "type": "REQUEST", "methodArn": arn, "resource": route.settings.path, "path": parts.path,
            "httpMethod": parts.method, "headers": headers, "queryStringParameters": parts.query,
            "pathParameters": parts.parameters, "stageVariables": view.stage_variables,
        })
    }
}
