//! Authorizers: who may pass a gateway, however the template says it.

use super::super::stack::{each, integer, text};
use super::gateways::Api;
use super::{Assembler, Concern};
use crate::diagram::{EdgeKind, NodeKind};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The token that clients send where a function decides, or something that is not simulated.
const TOKEN: &str = "let-me-pass";

/// An authorizer as written.
#[derive(Clone, Debug, Default)]
pub(super) struct Guard {
    pub(super) name: String,
    /// TOKEN, REQUEST or JWT.
    pub(super) kind: &'static str,
    pub(super) function: Value,
    /// `method.request.header.Authorization`, with commas between.
    pub(super) source: String,
    pub(super) expression: String,
    pub(super) ttl: Option<i64>,
    pub(super) issuer: String,
    pub(super) audience: Value,
    /// It is checked by something that is not simulated.
    pub(super) instead: bool,
}

impl Assembler<'_> {
    pub(super) fn guard(&mut self, api: &Api, guard: &Guard) {
        let node = api.node;
        let mut function = self.find_or_outside(&invoked(&guard.function), NodeKind::Function, api.place);
        let token = function.and_then(|function| self.compared(api, function));
        if token.is_some() {
            function = None;
        }
        let token = token.unwrap_or_else(|| TOKEN.to_string());
        self.put(node, "Authorizer", &guard.kind.into());
        self.put(node, "IdentitySource", &Value::String(guard.source.clone()));
        if let Some(ttl) = guard.ttl {
            self.put(node, "AuthorizerResultTtlInSeconds", &ttl.into());
        }
        self.put(node, "IdentityValidationExpression", &Value::String(guard.expression.clone()));
        let mut credentials = Map::new();
        match guard.kind {
            "JWT" => {
                self.put(node, "JwtIssuer", &Value::String(guard.issuer.clone()));
                self.put(node, "JwtAudience", &guard.audience);
                let scopes: Vec<String> = api.routes.iter().flat_map(|route| each(&route.scopes)).map(text).collect();
                let mut claims = json!({ "iss": guard.issuer, "aud": each(&guard.audience).first().cloned().unwrap_or_default(), "exp": 4_102_444_800u64 });
                if !scopes.is_empty() {
                    claims["scope"] = scopes.join(" ").into();
                }
                // References stay open inside; both sides spell them alike.
                credentials.insert("Authorization".to_string(), format!("Bearer {claims}").into());
            }
            _ => {
                match function {
                    Some(function) => {
                        self.edge(EdgeKind::Authorizer, node, function);
                    }
                    None => self.put(node, "AuthorizerToken", &Value::String(token.clone())),
                }
                credentials.insert("Authorization".to_string(), token.into());
                let headers: Map<String, Value> = guard
                    .source
                    .split(',')
                    .filter_map(|source| source.trim().rsplit_once("header."))
                    .filter(|(_, name)| !name.eq_ignore_ascii_case("authorization"))
                    .map(|(_, name)| (name.to_string(), Value::String(TOKEN.to_string())))
                    .collect();
                if !headers.is_empty() {
                    credentials.insert("Headers".to_string(), headers.into());
                }
            }
        }
        if guard.instead {
            let message = tr!(
                "{name} of “{gateway}” is checked by something that is not simulated; here it lets `{token}` pass.",
                name = guard.name,
                gateway = self.name_of(node),
                token = TOKEN
            );
            self.note(Concern::Instead, api.place, message);
        }
        self.credentials.entry(node).or_default().extend(credentials);
    }

    /// The token with which a function of a few lines compares that an export has put in the gateway's place. The function
    /// goes: the gateway does that by itself here.
    fn compared(&mut self, api: &Api, function: Uuid) -> Option<String> {
        let (number, _) = self.nodes.iter().find(|(_, id)| **id == function)?;
        let (number, resource) = (*number, self.resource(*number));
        let owner = &self.resource(api.number?).name;
        let variables = resource.get("Environment")["Variables"].as_object()?;
        if resource.name != format!("{owner}TokenAuthorizer") || variables.len() != 1 {
            return None;
        }
        let token = text(variables.get("TOKEN")?);
        self.document.nodes.retain(|node| node.id != function);
        self.nodes.remove(&number);
        self.understood.insert(number);
        Some(token)
    }
}

/// The function in an authorizer's URI.
fn invoked(uri: &Value) -> Value {
    let whole = text(uri);
    match whole.split_once("functions/") {
        Some((_, rest)) => Value::String(rest.split("/invocations").next().unwrap_or(rest).to_string()),
        None => uri.clone(),
    }
}

/// Headers and the like as identity sources.
fn sources(identity: &Value, rest: bool) -> String {
    let mut found = Vec::new();
    let root = if rest { "method.request" } else { "$request" };
    for (name, place) in [("Header", "header"), ("Headers", "header"), ("QueryStrings", "querystring")] {
        found.extend(each(&identity[name]).iter().map(|it| format!("{root}.{place}.{}", text(it))));
    }
    let (context, stage) = if rest { ("context", "stageVariables") } else { ("$context", "$stageVariables") };
    for (name, root) in [("Context", context), ("StageVariables", stage)] {
        found.extend(each(&identity[name]).iter().map(|it| format!("{root}.{}", text(it))));
    }
    found.join(",")
}

/// Not written down where it is the default anyway.
fn unless_usual(source: String) -> String {
    let usual = ["method.request.header.Authorization", "$request.header.Authorization"];
    if usual.contains(&source.as_str()) { String::new() } else { source }
}

pub(super) fn sam_guard(name: &str, written: &Value, rest: bool) -> Guard {
    let identity = &written["Identity"];
    let mut guard = Guard {
        name: name.to_string(),
        kind: "REQUEST",
        function: written["FunctionArn"].clone(),
        source: unless_usual(sources(identity, rest)),
        expression: text(&identity["ValidationExpression"]),
        ttl: integer(&identity["ReauthorizeEvery"]),
        ..Guard::default()
    };
    let jwt = &written["JwtConfiguration"];
    if !jwt.is_null() {
        guard.kind = "JWT";
        guard.issuer = text(jwt.get("issuer").or(jwt.get("Issuer")).unwrap_or(&Value::Null));
        guard.audience = audience(jwt);
        guard.source = unless_usual(text(&written["IdentitySource"]));
    } else if rest && text(&written["FunctionPayloadType"]) != "REQUEST" {
        guard.kind = "TOKEN";
        guard.instead = written["FunctionArn"].is_null();
    }
    guard
}

fn audience(jwt: &Value) -> Value {
    let list = jwt.get("audience").or(jwt.get("Audience")).unwrap_or(&Value::Null);
    each(list).iter().map(|it| Value::String(text(it))).collect()
}

/// `AWS::ApiGateway::Authorizer`.
pub(super) fn rest_guard(name: &str, written: &Value) -> Guard {
    let kind = text(&written["Type"]).to_uppercase();
    Guard {
        name: name.to_string(),
        kind: if kind == "REQUEST" { "REQUEST" } else { "TOKEN" },
        function: written["AuthorizerUri"].clone(),
        source: unless_usual(text(&written["IdentitySource"])),
        expression: text(&written["IdentityValidationExpression"]),
        ttl: integer(&written["AuthorizerResultTtlInSeconds"]),
        instead: kind == "COGNITO_USER_POOLS",
        ..Guard::default()
    }
}

/// `AWS::ApiGatewayV2::Authorizer`.
pub(super) fn http_guard(name: &str, written: &Value) -> Guard {
    let source = each(&written["IdentitySource"]).iter().map(text).collect::<Vec<_>>().join(",");
    let jwt = &written["JwtConfiguration"];
    Guard {
        name: name.to_string(),
        kind: if text(&written["AuthorizerType"]) == "JWT" { "JWT" } else { "REQUEST" },
        function: written["AuthorizerUri"].clone(),
        source: unless_usual(source),
        ttl: integer(&written["AuthorizerResultTtlInSeconds"]),
        issuer: text(&jwt["Issuer"]),
        audience: audience(jwt),
        ..Guard::default()
    }
}

/// The security schemes of an OpenAPI body.
pub(super) fn body_guards(body: &Value, rest: bool, guards: &mut Vec<Guard>) {
    let schemes =
        body["components"]["securitySchemes"].as_object().into_iter().chain(body["securityDefinitions"].as_object());
    for (name, scheme) in schemes.flatten() {
        let Some(written) = scheme.get("x-amazon-apigateway-authorizer") else { continue };
        let kind = text(&written["type"]).to_uppercase();
        let source = match written.get("identitySource") {
            Some(source) => each(source).iter().map(text).collect::<Vec<_>>().join(","),
            None if kind == "TOKEN" && scheme["in"] == "header" => {
                format!("method.request.header.{}", text(&scheme["name"]))
            }
            None => String::new(),
        };
        let jwt = &written["jwtConfiguration"];
        guards.push(Guard {
            name: name.clone(),
            kind: match kind.as_str() {
                "JWT" => "JWT",
                "REQUEST" => "REQUEST",
                _ if rest => "TOKEN",
                _ => "REQUEST",
            },
            function: written["authorizerUri"].clone(),
            source: unless_usual(source),
            expression: text(&written["identityValidationExpression"]),
            ttl: integer(&written["authorizerResultTtlInSeconds"]),
            issuer: text(&jwt["issuer"]),
            audience: audience(jwt),
            instead: kind == "COGNITO_USER_POOLS",
        });
    }
}
