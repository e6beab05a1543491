//! HTTP APIs.

use super::super::intrinsic::reference;
use super::super::{Writer, copy, text};
use super::{Authorizer, Route, add_operation, definition, number, path_parameters, stage};
use crate::diagram::{Node, NodeKind};
use serde_json::{Map, Value, json};

impl<'a> Writer<'a> {
    pub(super) fn http_api(&mut self, node: &'a Node, name: &str, routes: &[Route<'a>]) {
        let authorizer = self.http_authorizer(node);
        let mut paths = Map::new();
        let mut route_settings = Map::new();
        for route in routes {
            let mut operation = json!({ "x-amazon-apigateway-integration": self.http_integration(node, route) });
            let parameters = path_parameters(route.path);
            if !parameters.is_empty() {
                operation["parameters"] = Value::Array(parameters);
            }
            let open = text(&route.edge.settings, "AuthorizationType") == "NONE";
            if let Some(authorizer) = authorizer.as_ref().filter(|_| !open) {
                let scopes = route.edge.settings.get("AuthorizationScopes").cloned().unwrap_or_else(|| json!([]));
                operation["security"] = json!([{ authorizer.scheme.clone(): scopes }]);
            }
            operation["responses"] = json!({ "default": { "description": "The integration's answer." } });
            add_operation(&mut paths, route, operation);
            let mut limits = Map::new();
            for limit in ["ThrottlingRateLimit", "ThrottlingBurstLimit"] {
                if let Some(value) = route.edge.settings.get(limit).filter(|value| !value.is_null()) {
                    limits.insert(limit.to_string(), number(value));
                }
            }
            if !limits.is_empty() {
                route_settings.insert(format!("{} {}", route.method, route.path), Value::Object(limits));
            }
        }
        let mut body = definition(node, paths);
        if let Some(authorizer) = authorizer {
            body["components"] = json!({ "securitySchemes": { authorizer.scheme: authorizer.definition } });
        }
        let mut properties = Map::new();
        properties.insert("StageName".to_string(), stage(node).into());
        if let Some(variables) =
            node.settings.get("StageVariables").filter(|it| it.as_object().is_some_and(|it| !it.is_empty()))
        {
            properties.insert("StageVariables".to_string(), variables.clone());
        }
        let mut limits = Map::new();
        for limit in ["ThrottlingRateLimit", "ThrottlingBurstLimit"] {
            if let Some(value) = node.settings.get(limit).filter(|value| !value.is_null()) {
                limits.insert(limit.to_string(), number(value));
            }
        }
        if !limits.is_empty() {
            properties.insert("DefaultRouteSettings".to_string(), Value::Object(limits));
        }
        if !route_settings.is_empty() {
            properties.insert("RouteSettings".to_string(), Value::Object(route_settings));
        }
        if let Some(cors) = node.settings.get("CorsConfiguration").and_then(Value::as_object) {
            let mut configuration = Map::new();
            let names = [
                ("allowOrigins", "AllowOrigins"),
                ("allowMethods", "AllowMethods"),
                ("allowHeaders", "AllowHeaders"),
                ("maxAge", "MaxAge"),
            ];
            for (ours, theirs) in names {
                if let Some(value) = cors.get(ours).filter(|value| value.as_array().is_none_or(|list| !list.is_empty()))
                {
                    configuration.insert(theirs.to_string(), value.clone());
                }
            }
            if !configuration.is_empty() {
                properties.insert("CorsConfiguration".to_string(), Value::Object(configuration));
            }
        }
        properties.insert("DefinitionBody".to_string(), body);
        self.resource(name, "AWS::Serverless::HttpApi", properties);
    }

    fn http_authorizer(&mut self, node: &'a Node) -> Option<Authorizer> {
        let settings = &node.settings;
        let sources: Vec<&str> = match text(settings, "IdentitySource") {
            "" => vec!["$request.header.Authorization"],
            sources => sources.split(',').map(str::trim).collect(),
        };
        let authorizer = match text(settings, "Authorizer") {
            "JWT" => {
                let issuer = text(settings, "JwtIssuer");
                if !issuer.starts_with("https://") {
                    self.note(node, tr!("The JwtIssuer is no https address: the service will refuse it."));
                }
                let audience = settings.get("JwtAudience").cloned().unwrap_or_else(|| json!([]));
                json!({ "type": "jwt", "identitySource": sources[0], "jwtConfiguration": { "issuer": issuer, "audience": audience } })
            }
            "REQUEST" => {
                let uri = self.authorizing(node)?;
                let mut authorizer = json!({
                    "type": "request", "identitySource": sources.join(","), "authorizerUri": uri,
                    "authorizerPayloadFormatVersion": "2.0", "enableSimpleResponses": self.answers_simply(node),
                });
                if let Some(seconds) = settings.get("AuthorizerResultTtlInSeconds").filter(|value| !value.is_null()) {
                    authorizer["authorizerResultTtlInSeconds"] = seconds.clone();
                }
                authorizer
            }
            _ => return None,
        };
        let mut definition = match text(settings, "Authorizer") {
            "JWT" => json!({ "type": "oauth2" }),
            _ => json!({ "type": "apiKey", "name": "Authorization", "in": "header" }),
        };
        definition["x-amazon-apigateway-authorizer"] = authorizer;
        Some(Authorizer { scheme: "authorizer".to_string(), definition })
    }

    /// Whether the authorizer's function says `isAuthorized`, not a policy.
    fn answers_simply(&self, node: &Node) -> bool {
        let function = self.outgoing(node.id, crate::diagram::EdgeKind::Authorizer).first().copied();
        let handler = function.and_then(|edge| self.other_end(edge.to)).and_then(|node| node.settings.get("Handler"));
        handler.is_some_and(|handler| handler.to_string().contains("isAuthorized"))
    }

    fn http_integration(&mut self, node: &'a Node, route: &Route<'a>) -> Value {
        let settings = &route.edge.settings;
        let mut integration = match route.to.kind {
            NodeKind::Function => {
                let version = match text(settings, "PayloadFormatVersion") {
                    "" => "2.0",
                    version => version,
                };
                json!({
                    "type": "aws_proxy", "httpMethod": "POST", "uri": self.invocation_uri(route.to),
                    "payloadFormatVersion": version,
                })
            }
            NodeKind::Queue => {
                let mut parameters =
                    json!({ "QueueUrl": reference(self.names.node(route.to.id)), "MessageBody": "$request.body" });
                for option in ["MessageGroupId", "MessageDeduplicationId"] {
                    if let Some(value) = body_parameter(text(settings, option)) {
                        parameters[option] = value.into();
                    }
                }
                if let Some(delay) = settings.get("DelaySeconds").and_then(Value::as_i64) {
                    parameters["DelaySeconds"] = delay.to_string().into();
                }
                json!({
                    "type": "aws_proxy", "integrationSubtype": "SQS-SendMessage", "credentials": self.role_arn(node),
                    "requestParameters": parameters, "payloadFormatVersion": "1.0",
                })
            }
            NodeKind::Bus => {
                let or =
                    |text: &str, default: &str| if text.is_empty() { default.to_string() } else { text.to_string() };
                json!({
                    "type": "aws_proxy", "integrationSubtype": "EventBridge-PutEvents", "credentials": self.role_arn(node),
                    "requestParameters": {
                        "Detail": "$request.body", "DetailType": or(text(settings, "DetailType"), "Request"),
                        "Source": or(text(settings, "Source"), "gateway"), "EventBusName": self.bus_reference(route.to),
                    },
                    "payloadFormatVersion": "1.0",
                })
            }
            _ => json!({
                "type": "http_proxy", "httpMethod": if route.method == "ANY" { "ANY" } else { route.method },
                "uri": reference(&self.endpoint_url(route.to)), "payloadFormatVersion": "1.0",
            }),
        };
        if let Some(timeout) = settings.get("TimeoutInMillis").filter(|timeout| !timeout.is_null()) {
            integration["timeoutInMillis"] = timeout.clone();
        }
        if let Some(Value::Object(changes)) = settings.get("RequestParameters") {
            for (key, value) in changes {
                integration["requestParameters"][key.as_str()] = value.clone();
            }
        }
        let mut parameters = Map::new();
        copy(settings, &["ResponseParameters"], &mut parameters);
        if let Some(changes) =
            parameters.remove("ResponseParameters").filter(|it| it.as_object().is_some_and(|it| !it.is_empty()))
        {
            integration["responseParameters"] = changes;
        }
        for template in ["RequestTemplate", "ResponseTemplate"] {
            if settings.get(template).is_some_and(|template| !template.is_null()) {
                let text = tr!(
                    "HTTP APIs have no mapping templates: the {template} is left out. A REST API has them.",
                    template = template
                );
                self.note_on_edge(route.edge, text);
            }
        }
        integration
    }
}

/// A payload template as a parameter mapping: `{{message.a}}` is `$request.body.a`.
fn body_parameter(template: &str) -> Option<String> {
    let template = template.trim();
    if template.is_empty() {
        return None;
    }
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, behind) = after.split_once("}}").unwrap_or((after, ""));
        let value = match name.trim() {
            "requestId" | "eventId" => "context.requestId".to_string(),
            "time" => "context.requestTime".to_string(),
            name => format!("request.{}", name.replacen("message", "body", 1)),
        };
        if before.is_empty() && behind.is_empty() && text.is_empty() {
            return Some(format!("${value}"));
        }
        text.push_str(before);
        text.push_str(&format!("${{{value}}}"));
        rest = behind;
    }
    text.push_str(rest);
    Some(text)
}
