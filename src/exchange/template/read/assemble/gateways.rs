//! API gateways: what the stage says, who may pass, and every route.

use super::super::stack::{each, structured, text, truth};
use super::super::tree::Place;
use super::guards::{Guard, body_guards, http_guard, rest_guard, sam_guard};
use super::routes::{Route, of_body, of_integration};
use super::stages::{sam_cors, usage_plan};
use super::{Assembler, Concern};
use crate::diagram::NodeKind;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// What an API is made of.
pub(super) struct Api {
    pub(super) number: Option<usize>,
    pub(super) node: Uuid,
    pub(super) rest: bool,
    pub(super) place: Place,
    pub(super) routes: Vec<Route>,
    pub(super) guards: Vec<Guard>,
    pub(super) default_guard: Option<String>,
    pub(super) key_required: bool,
}

impl Assembler<'_> {
    pub(super) fn gateways(&mut self) {
        let kinds =
            ["AWS::Serverless::Api", "AWS::Serverless::HttpApi", "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"];
        for number in self.of_type(&kinds) {
            let Some(node) = self.nodes.get(&number).copied() else { continue };
            let kind = self.resource(number).kind.clone();
            let rest = matches!(kind.as_str(), "AWS::Serverless::Api" | "AWS::ApiGateway::RestApi");
            let place = self.resource(number).place;
            let mut api = Api {
                number: Some(number),
                node,
                rest,
                place,
                routes: Vec::new(),
                guards: Vec::new(),
                default_guard: None,
                key_required: false,
            };
            if !rest {
                self.set(node, "ApiType", "HTTP".into());
            }
            let properties = self.resource(number).properties.clone();
            let body = ["DefinitionBody", "Body"]
                .iter()
                .find_map(|name| properties.get(*name))
                .map(structured)
                .unwrap_or_default();
            for name in ["DefinitionUri", "BodyS3Location"] {
                if properties.contains_key(name) {
                    let message = tr!(
                        "The routes of “{gateway}” stand in another file ({name}), which is not read.",
                        gateway = self.name_of(node),
                        name = name
                    );
                    self.note(Concern::NotSimulated, place, message);
                }
            }
            api.routes.extend(of_body(&body, place));
            body_guards(&body, rest, &mut api.guards);
            self.body_settings(node, &body);
            if kind.starts_with("AWS::Serverless::") {
                self.serverless(&mut api, &properties);
            } else if rest {
                self.rest_resources(&mut api, number);
            } else {
                self.http_resources(&mut api, number, &properties);
            }
            self.event_routes(&mut api);
            self.finish(api);
        }
        self.implicit_apis();
    }

    /// What SAM's events make where they name no API: one REST and one HTTP API.
    fn implicit_apis(&mut self) {
        for (rest, name) in [(true, "REST API"), (false, "HTTP API")] {
            let mut routes = Vec::new();
            self.collect_event_routes(rest, None, &mut routes);
            let Some(first) = routes.first() else { continue };
            let place = first.place;
            let settings = match rest {
                true => Map::from_iter([("StageName".to_string(), json!("Prod"))]),
                false => Map::from_iter([("ApiType".to_string(), json!("HTTP"))]),
            };
            let node = self.add_node(NodeKind::Gateway, name, settings);
            let mut api = Api {
                number: None,
                node,
                rest,
                place,
                routes,
                guards: Vec::new(),
                default_guard: None,
                key_required: false,
            };
            self.key_events(&mut api);
            self.finish(api);
        }
    }

    fn key_events(&mut self, api: &mut Api) {
        api.key_required = !api.routes.is_empty() && api.routes.iter().all(|route| route.api_key == Some(true));
    }

    fn event_routes(&mut self, api: &mut Api) {
        let mut routes = Vec::new();
        self.collect_event_routes(api.rest, api.number, &mut routes);
        // A body says more about a route than the event, which then only grants the permission.
        for known in &mut api.routes {
            known.granted |= routes.iter().any(|route| (&known.method, &known.path) == (&route.method, &route.path));
        }
        routes.retain(|route| {
            !api.routes.iter().any(|known| (&known.method, &known.path) == (&route.method, &route.path))
        });
        api.routes.extend(routes);
    }

    /// The routes of events that name this API; `None` for those that name none.
    fn collect_event_routes(&self, rest: bool, api: Option<usize>, routes: &mut Vec<Route>) {
        let wanted = if rest { "Api" } else { "HttpApi" };
        for number in self.of_type(&["AWS::Serverless::Function"]) {
            let function = self.resource(number);
            for event in function.get("Events").as_object().into_iter().flat_map(|events| events.values()) {
                let properties = &event["Properties"];
                let named = properties.get("RestApiId").or(properties.get("ApiId"));
                let of = named.and_then(|value| self.stack.referred(value)).map(|it| self.redirect(it));
                if text(&event["Type"]) != wanted || of != api {
                    continue;
                }
                let method = text(&properties["Method"]).to_uppercase();
                let path = text(&properties["Path"]);
                let auth = &properties["Auth"];
                let mut required = Map::new();
                for parameter in each(&properties["RequestParameters"]) {
                    match parameter {
                        Value::String(name) => {
                            required.insert(name.clone(), false.into());
                        }
                        Value::Object(fields) => {
                            for (name, options) in fields {
                                required.insert(name.clone(), truth(&options["Required"]).unwrap_or(false).into());
                            }
                        }
                        _ => {}
                    }
                }
                routes.push(Route {
                    method: if method.is_empty() || method == "X-AMAZON-APIGATEWAY-ANY-METHOD" {
                        "ANY".to_string()
                    } else {
                        method
                    },
                    path: if path.is_empty() || path == "$default" { "/{proxy+}".to_string() } else { path },
                    kind: "aws_proxy".to_string(),
                    uri: Value::String(super::super::resolve::mark(&format!("{}.Arn", function.name))),
                    timeout: properties["TimeoutInMillis"].clone(),
                    payload_format: properties["PayloadFormatVersion"].clone(),
                    required,
                    authorizer: auth["Authorizer"].as_str().map(str::to_string),
                    scopes: auth["AuthorizationScopes"].clone(),
                    api_key: truth(&auth["ApiKeyRequired"]),
                    granted: true,
                    place: function.place,
                    ..Route::default()
                });
            }
        }
    }

    /// Properties of SAM's own APIs.
    fn serverless(&mut self, api: &mut Api, properties: &Map<String, Value>) {
        let get = |name: &str| properties.get(name).cloned().unwrap_or_default();
        let stage = text(&get("StageName"));
        if !stage.is_empty() && stage != "$default" {
            self.put(api.node, "StageName", &Value::String(stage));
        }
        let auth = get("Auth");
        for (name, written) in auth["Authorizers"].as_object().into_iter().flatten() {
            api.guards.push(sam_guard(name, written, api.rest));
        }
        api.default_guard = auth["DefaultAuthorizer"].as_str().filter(|name| *name != "AWS_IAM").map(str::to_string);
        if api.rest {
            self.put(api.node, "StageVariables", &get("Variables"));
            self.put(api.node, "TracingEnabled", &get("TracingEnabled"));
            self.stage(api, &json!({
                "MethodSettings": get("MethodSettings"), "CacheClusterEnabled": get("CacheClusterEnabled"), "CanarySetting": get("CanarySetting"),
            }));
            self.gateway_responses(api.node, &get("GatewayResponses"));
            api.key_required = truth(&auth["ApiKeyRequired"]).unwrap_or(false);
            let plan = &auth["UsagePlan"];
            if text(&plan["CreateUsagePlan"]) == "PER_API" || text(&plan["CreateUsagePlan"]) == "SHARED" {
                let plan = usage_plan(&text(&plan["UsagePlanName"]), plan, &["generated-key".to_string()], &[]);
                self.set(api.node, "UsagePlans", json!([plan]));
            }
            let cors = get("Cors");
            if !cors.is_null() {
                self.set(api.node, "CorsConfiguration", sam_cors(&cors));
            }
        } else {
            self.put(api.node, "StageVariables", &get("StageVariables"));
            self.http_stage(api, &get("DefaultRouteSettings"), &get("RouteSettings"));
            self.http_cors(api.node, &get("CorsConfiguration"));
        }
        // Stages, plans and keys may be resources of their own as well.
        if let (true, Some(number)) = (api.rest, api.number) {
            self.plans(api, number);
        }
    }

    /// `AWS::ApiGateway::*`: resources, methods, authorizers, stages, plans.
    fn rest_resources(&mut self, api: &mut Api, number: usize) {
        let of = |it: &Self, resource: usize| {
            it.stack.referred(it.resource(resource).get("RestApiId")).map(|to| it.redirect(to)) == Some(number)
        };
        let mut paths: FxHashMap<usize, String> = FxHashMap::default();
        let parts = self.of_type(&["AWS::ApiGateway::Resource"]);
        // A parent may stand behind its child.
        for _ in 0..parts.len().min(64) {
            for part in parts.iter().filter(|part| of(self, **part)) {
                let parent = self.stack.referred(self.resource(*part).get("ParentId"));
                let above = match parent {
                    Some(parent) if parent == number => Some(String::new()),
                    Some(parent) => paths.get(&parent).cloned(),
                    None => Some(String::new()),
                };
                if let Some(above) = above {
                    paths.insert(*part, format!("{above}/{}", text(self.resource(*part).get("PathPart"))));
                }
            }
        }
        let guards: Vec<usize> =
            self.of_type(&["AWS::ApiGateway::Authorizer"]).into_iter().filter(|guard| of(self, *guard)).collect();
        for guard in &guards {
            let written = self.resource(*guard);
            let name = written.name.clone();
            let found = rest_guard(&name, &Value::Object(written.properties.clone()));
            api.guards.push(found);
        }
        for method in self.of_type(&["AWS::ApiGateway::Method"]) {
            if !of(self, method) {
                continue;
            }
            let resource = self.resource(method);
            let mut route = of_integration(resource.get("Integration"), resource.place);
            let part = self.stack.referred(resource.get("ResourceId"));
            route.path = part.and_then(|part| paths.get(&part).cloned()).unwrap_or_else(|| "/".to_string());
            route.method = text(resource.get("HttpMethod")).to_uppercase();
            route.api_key = truth(resource.get("ApiKeyRequired"));
            let guard = self.stack.referred(resource.get("AuthorizerId")).map(|it| self.resource(it).name.clone());
            route.authorizer = Some(guard.unwrap_or_else(|| "NONE".to_string()));
            if !resource.get("RequestValidatorId").is_null() {
                let parameters = resource.get("RequestParameters").as_object().cloned().unwrap_or_default();
                route.required =
                    parameters.into_iter().map(|(name, value)| (name, truth(&value).unwrap_or(false).into())).collect();
                let model = self.stack.referred(&resource.get("RequestModels")["application/json"]);
                route.model = model.map(|model| structured(self.resource(model).get("Schema"))).unwrap_or_default();
            }
            api.routes.push(route);
        }
        for stage in self.of_type(&["AWS::ApiGateway::Stage"]) {
            if !of(self, stage) {
                continue;
            }
            let written = Value::Object(self.resource(stage).properties.clone());
            self.put(api.node, "StageName", &written["StageName"]);
            self.put(api.node, "StageVariables", &written["Variables"]);
            self.put(api.node, "TracingEnabled", &written["TracingEnabled"]);
            self.stage(api, &written);
        }
        let mut responses = Map::new();
        for response in self.of_type(&["AWS::ApiGateway::GatewayResponse"]).into_iter().filter(|it| of(self, *it)) {
            let written = self.resource(response);
            responses.insert(text(written.get("ResponseType")), Value::Object(written.properties.clone()));
        }
        self.gateway_responses(api.node, &Value::Object(responses));
        self.plans(api, number);
    }

    /// `AWS::ApiGatewayV2::*`: routes, integrations, authorizers, the stage.
    fn http_resources(&mut self, api: &mut Api, number: usize, properties: &Map<String, Value>) {
        let of = |it: &Self, resource: usize| {
            it.stack.referred(it.resource(resource).get("ApiId")).map(|to| it.redirect(to)) == Some(number)
        };
        for guard in self.of_type(&["AWS::ApiGatewayV2::Authorizer"]).into_iter().filter(|guard| of(self, *guard)) {
            let written = self.resource(guard);
            api.guards.push(http_guard(&written.name, &Value::Object(written.properties.clone())));
        }
        for number in self.of_type(&["AWS::ApiGatewayV2::Route"]).into_iter().filter(|it| of(self, *it)) {
            let resource = self.resource(number);
            let target = self.stack.referred(resource.get("Target"));
            let integration = target.map(|it| Value::Object(self.resource(it).properties.clone())).unwrap_or_default();
            let written = json!({
                "type": integration["IntegrationType"], "integrationSubtype": integration["IntegrationSubtype"], "uri": integration["IntegrationUri"],
                "requestParameters": integration["RequestParameters"], "timeoutInMillis": integration["TimeoutInMillis"],
                "payloadFormatVersion": integration["PayloadFormatVersion"], "responseParameters": integration["ResponseParameters"],
            });
            let mut route = of_integration(&written, resource.place);
            (route.method, route.path) = route_key(&text(resource.get("RouteKey")));
            let guard = self.stack.referred(resource.get("AuthorizerId")).map(|it| self.resource(it).name.clone());
            route.authorizer = Some(guard.unwrap_or_else(|| "NONE".to_string()));
            route.scopes = resource.get("AuthorizationScopes").clone();
            api.routes.push(route);
        }
        if let Some(target) = properties.get("Target") {
            let (method, path) = route_key(properties.get("RouteKey").and_then(Value::as_str).unwrap_or("$default"));
            let kind = if text(target).starts_with("http") { "http_proxy" } else { "aws_proxy" };
            api.routes.push(Route {
                method,
                path,
                kind: kind.to_string(),
                uri: target.clone(),
                place: api.place,
                ..Route::default()
            });
        }
        for stage in self.of_type(&["AWS::ApiGatewayV2::Stage"]) {
            if !of(self, stage) {
                continue;
            }
            let written = Value::Object(self.resource(stage).properties.clone());
            if text(&written["StageName"]) != "$default" {
                self.put(api.node, "StageName", &written["StageName"]);
            }
            self.put(api.node, "StageVariables", &written["StageVariables"]);
            self.http_stage(api, &written["DefaultRouteSettings"], &structured(&written["RouteSettings"]));
        }
        self.http_cors(api.node, &properties.get("CorsConfiguration").cloned().unwrap_or_default());
    }

    /// The authorizer, the keys, and the routes.
    fn finish(&mut self, mut api: Api) {
        // One authorizer for an API here: the default, or else the one that most routes have.
        let named = |api: &Api, name: &str| api.guards.iter().find(|guard| guard.name == name).cloned();
        let most = |api: &Api| {
            let count = |guard: &Guard| {
                api.routes.iter().filter(|route| route.authorizer.as_deref() == Some(guard.name.as_str())).count()
            };
            api.guards.iter().rev().max_by_key(|guard| count(guard)).filter(|guard| count(guard) > 0).cloned()
        };
        let guard = api
            .default_guard
            .clone()
            .and_then(|name| named(&api, &name))
            .or_else(|| most(&api))
            .or_else(|| api.guards.first().cloned());
        if let Some(guard) = &guard {
            self.guard(&api, guard);
            if api.default_guard.as_deref() != Some(guard.name.as_str()) {
                // Without a default, a route that names none has none.
                for route in api.routes.iter_mut().filter(|route| route.authorizer.is_none()) {
                    route.authorizer = Some("NONE".to_string());
                }
            }
        }
        let wants_key = |route: &Route| route.api_key == Some(true);
        let keyed = api.key_required || (api.rest && api.routes.iter().any(wants_key));
        if keyed && api.rest {
            let free = api
                .routes
                .iter()
                .filter(|route| !(wants_key(route) || api.key_required && route.api_key.is_none()))
                .count();
            if free > 0 {
                let message =
                    tr!("Only some routes of “{}” need an API key; here all of them do.", self.name_of(api.node));
                self.note(Concern::Assumed, api.place, message);
            }
            self.set(api.node, "ApiKeyRequired", true.into());
        }
        let settings = self.document.node(api.node).map(|node| node.settings.clone()).unwrap_or_default();
        let planned = settings
            .get("UsagePlans")
            .and_then(|plans| plans.as_array()?.iter().find_map(|plan| plan["keys"].get(0).cloned()));
        let own = settings.get("ApiKey").cloned();
        if keyed && planned.is_none() && own.is_none() {
            self.set(api.node, "ApiKey", "key-of-the-account".into());
        }
        if keyed {
            let key = planned.or(own).unwrap_or_else(|| "key-of-the-account".into());
            self.credentials.entry(api.node).or_default().insert("ApiKey".to_string(), key);
        }
        for route in &api.routes {
            self.route(api.node, api.rest, route, guard.as_ref().map(|guard| guard.name.as_str()), api.number);
        }
        if api.routes.is_empty() {
            let message = tr!("“{}” has no routes that could be read.", self.name_of(api.node));
            self.note(Concern::NotSimulated, api.place, message);
        }
    }
}

/// `POST /payments`; `$default` takes everything.
pub(super) fn route_key(key: &str) -> (String, String) {
    match key.split_once(' ') {
        Some((method, path)) => (method.to_uppercase(), path.to_string()),
        None => ("ANY".to_string(), "/{proxy+}".to_string()),
    }
}
