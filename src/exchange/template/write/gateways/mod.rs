//! Gateways: an API whose body is an OpenAPI definition, as both kinds of API read it.

mod http;
pub mod keys;
mod rest;

use super::intrinsic::{arn, attribute, physical, reference, substitute};
use super::{Writer, plain, text};
use crate::diagram::{Edge, EdgeKind, Node, NodeKind};
use crate::exchange::template::code::Language;
use serde_json::{Map, Value, json};

const SERVICE: &str = "apigateway.amazonaws.com";

/// A route that is written: its edge, its receiver, and where it stands among the paths.
struct Route<'a> {
    edge: &'a Edge,
    to: &'a Node,
    /// As written; `ANY` for all.
    method: &'a str,
    path: &'a str,
}

impl Route<'_> {
    /// The key of an operation in an OpenAPI path.
    fn operation(&self) -> String {
        if self.method == "ANY" {
            "x-amazon-apigateway-any-method".to_string()
        } else {
            self.method.to_ascii_lowercase()
        }
    }

    /// The path as an ARN names it: every parameter may be anything.
    fn resource(&self, api: &str) -> Value {
        let mut path = String::new();
        let mut inside = false;
        for character in self.path.chars() {
            match character {
                '{' => {
                    inside = true;
                    path.push('*');
                }
                '}' => inside = false,
                character if !inside && (character.is_ascii_alphanumeric() || "/-_.".contains(character)) => {
                    path.push(character);
                }
                _ => {}
            }
        }
        let method = if self.method == "ANY" { "*" } else { self.method };
        substitute(arn("execute-api", &format!("${{{api}}}/*/{method}{path}")))
    }
}

/// The authorizer that a gateway has.
struct Authorizer {
    /// The name of its security scheme.
    scheme: String,
    definition: Value,
}

impl<'a> Writer<'a> {
    pub(super) fn gateway(&mut self, node: &'a Node) {
        let name = self.name(node.id);
        let routes = self.routes(node);
        if is_http(node) {
            self.http_api(node, &name, &routes)
        } else {
            self.rest_api(node, &name, &routes)
        }
        let mut statements = Vec::new();
        for route in &routes {
            let action = match route.to.kind {
                NodeKind::Function if !self.lets_in(route.edge) => continue,
                NodeKind::Function => {
                    let permission = self.edge_name(route.edge, "Permission");
                    self.permission(permission, route.to, SERVICE, route.resource(&name));
                    continue;
                }
                NodeKind::Queue => "sqs:SendMessage",
                NodeKind::Topic => "sns:Publish",
                NodeKind::Bus => "events:PutEvents",
                _ => continue,
            };
            let statement = json!({ "Effect": "Allow", "Action": action, "Resource": self.target_arn(route.to) });
            if !statements.contains(&statement) {
                statements.push(statement);
            }
        }
        if !statements.is_empty() {
            self.role(format!("{name}Role"), SERVICE, statements);
        }
        let url =
            json!({ "Description": format!("The address of {}.", plain(&node.name)), "Value": self.gateway_url(node) });
        self.outputs.insert(format!("{name}Url"), url);
    }

    /// The routes, each method of a path once.
    fn routes(&mut self, node: &'a Node) -> Vec<Route<'a>> {
        let mut routes: Vec<Route<'a>> = Vec::new();
        for edge in self.outgoing(node.id, EdgeKind::Integration) {
            let Some(to) = self.other_end(edge.to) else { continue };
            let or = |text: &'a str, default| if text.is_empty() { default } else { text };
            let method = or(text(&edge.settings, "Method"), "ANY");
            let path = or(text(&edge.settings, "Path"), "/{proxy+}");
            if text(&edge.settings, "Deployment") == "CANARY" {
                self.note_on_edge(edge, tr!("this route is for the canary: deploy it as one, after the template."));
            } else if routes.iter().any(|known| known.method == method && known.path == path) {
                self.note_on_edge(
                    edge,
                    tr!(
                        "another route has {method} {path} already; this one is left out.",
                        method = method,
                        path = path
                    ),
                );
            } else {
                routes.push(Route { edge, to, method, path });
            }
        }
        routes
    }

    pub(super) fn gateway_url(&self, node: &Node) -> Value {
        let name = self.names.node(node.id);
        substitute(format!("https://${{{name}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/{}", stage(node)))
    }

    /// By what a gateway invokes a function.
    fn invocation_uri(&self, function: &Node) -> Value {
        let name = self.names.node(function.id);
        let alias = super::functions::has_alias(function);
        let function = match (self.cycles.is_named(function.id), alias) {
            (true, true) => arn("lambda", &format!("function:{}:live", physical(name))),
            (true, false) => arn("lambda", &format!("function:{}", physical(name))),
            // The same as `!Ref Name.Alias`, which SAM would not see inside of a text.
            (false, true) => format!("${{{name}.Arn}}:live"),
            (false, false) => format!("${{{name}.Arn}}"),
        };
        substitute(format!(
            "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/{function}/invocations"
        ))
    }

    fn role_arn(&self, node: &Node) -> Value {
        attribute(&format!("{}Role", self.names.node(node.id)), "Arn")
    }

    /// The function that decides who may pass, and leave for the gateway to ask it.
    fn authorizing(&mut self, node: &'a Node) -> Option<Value> {
        let name = self.name(node.id);
        let source = substitute(arn("execute-api", &format!("${{{name}}}/authorizers/*")));
        if let Some(edge) = self.outgoing(node.id, EdgeKind::Authorizer).first() {
            let function = self.other_end(edge.to)?;
            let permission = self.edge_name(edge, "AuthorizerPermission");
            self.permission(permission, function, SERVICE, source);
            return Some(self.invocation_uri(function));
        }
        let token = text(&node.settings, "AuthorizerToken");
        if token.is_empty() || is_http(node) {
            return None;
        }
        // The diagram compares with a value; here a function of a few lines does.
        let function = format!("{name}TokenAuthorizer");
        let parameter = format!("{name}Token");
        self.parameter(parameter.clone(), "The Authorization header that is let in.", "");
        self.parameters[&parameter] = json!({ "Type": "String", "Description": "The Authorization header that is let in.", "NoEcho": true, "MinLength": 1, "Default": "change-me" });
        let properties = json!({
            "Runtime": match self.options.language { Language::Nodejs => "nodejs22.x", Language::Python => "python3.13" },
            "Handler": "index.handler",
            "InlineCode": self.options.language.token_authorizer(),
            "Environment": { "Variables": { "TOKEN": reference(&parameter) } },
        });
        self.resources
            .insert(function.clone(), json!({ "Type": "AWS::Serverless::Function", "Properties": properties }));
        let permission = json!({
            "FunctionName": reference(&function), "Action": "lambda:InvokeFunction", "Principal": SERVICE, "SourceArn": source,
        });
        self.resources.insert(
            format!("{function}Permission"),
            json!({ "Type": "AWS::Lambda::Permission", "Properties": permission }),
        );
        Some(substitute(format!(
            "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{{function}.Arn}}/invocations"
        )))
    }
}

fn is_http(node: &Node) -> bool {
    text(&node.settings, "ApiType") == "HTTP"
}

/// The stage's name: letters, digits and underscores.
fn stage(node: &Node) -> String {
    let name: String = text(&node.settings, "StageName")
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() || character == '_' { character } else { '_' })
        .take(128)
        .collect();
    if name.is_empty() { "prod".to_string() } else { name }
}

/// What begins an API's body.
fn definition(node: &Node, paths: Map<String, Value>) -> Value {
    json!({ "openapi": "3.0.1", "info": { "title": node.name, "version": "1.0" }, "paths": paths })
}

/// Puts an operation where it belongs.
fn add_operation(paths: &mut Map<String, Value>, route: &Route<'_>, operation: Value) {
    let path = paths.entry(route.path.to_string()).or_insert_with(|| json!({}));
    path[route.operation()] = operation;
}

/// The parameters of a path, which OpenAPI wants to be declared.
fn path_parameters(path: &str) -> Vec<Value> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name.trim_end_matches('+'), "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect()
}

/// A number that a template's limits take: whole where it is whole.
fn number(value: &Value) -> Value {
    match value.as_f64() {
        Some(number) if libm::trunc(number) == number && number.abs() < 1e15 => json!(number as i64),
        _ => value.clone(),
    }
}
