//! API gateways: what the stage says, who may pass, and every route.

use super::super::stack::{each, integer, structured, text, truth};
use super::super::tree::Place;
use super::routes::{Route, of_body, of_integration};
use super::{Assembler, Concern, put_node};
use crate::diagram::{EdgeKind, NodeKind};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The token that clients send where a function decides, or something that is not simulated.
const TOKEN: &str = "let-me-pass";

/// An authorizer as written.
#[derive(Clone, Debug, Default)]
struct Guard {
    name: String,
    /// TOKEN, REQUEST or JWT.
    kind: &'static str,
    function: Value,
    /// `method.request.header.Authorization`, with commas between.
    source: String,
    expression: String,
    ttl: Option<i64>,
    issuer: String,
    audience: Value,
    /// It is checked by something that is not simulated.
    instead: bool,
}

/// What an API is made of.
struct Api {
    number: Option<usize>,
    node: Uuid,
    rest: bool,
    place: Place,
    routes: Vec<Route>,
    guards: Vec<Guard>,
    default_guard: Option<String>,
    key_required: bool,
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
                    let message = format!(
                        "The routes of “{}” stand in another file ({name}), which is not read.",
                        self.name_of(node)
                    );
                    self.note(Concern::NotSimulated, place, message);
                }
            }
            api.routes.extend(of_body(&body, place));
            body_guards(&body, rest, &mut api.guards);
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
        for (rest, name) in [(true, "ServerlessRestApi"), (false, "ServerlessHttpApi")] {
            let mut routes = Vec::new();
            self.collect_event_routes(rest, None, &mut routes);
            let Some(first) = routes.first() else { continue };
            let place = first.place;
            let settings = match rest {
                true => Map::from_iter([("StageName".to_string(), json!("Prod"))]),
                false => Map::from_iter([("ApiType".to_string(), json!("HTTP"))]),
            };
            let node = self.add_node(NodeKind::Gateway, &super::words(name), settings);
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
        // A body says more about a route than the event that only grants the permission.
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

    fn put(&mut self, node: Uuid, name: &str, value: &Value) {
        if let Some(node) = self.document.node_mut(node) {
            put_node(&mut node.settings, NodeKind::Gateway, name, value);
        }
    }

    /// A REST API's stage: throttles, cache, canary.
    fn stage(&mut self, api: &mut Api, stage: &Value) {
        for setting in each(&stage["MethodSettings"]) {
            let (path, method) = (text(&setting["ResourcePath"]), text(&setting["HttpMethod"]).to_uppercase());
            if method == "*" && (path == "/*" || path.is_empty()) {
                self.put(api.node, "ThrottlingRateLimit", &setting["ThrottlingRateLimit"]);
                self.put(api.node, "ThrottlingBurstLimit", &setting["ThrottlingBurstLimit"]);
                self.put(api.node, "CacheTtlInSeconds", &setting["CacheTtlInSeconds"]);
            } else {
                let path = path.replace("~1", "/");
                let path = if path.starts_with("//") { path[1..].to_string() } else { path };
                for route in api
                    .routes
                    .iter_mut()
                    .filter(|route| route.path == path && (method == "*" || route.method == method))
                {
                    route.throttle(setting);
                }
            }
        }
        self.put(api.node, "CacheClusterEnabled", &stage["CacheClusterEnabled"]);
        let canary = &stage["CanarySetting"];
        if let Value::Object(_) = canary {
            let mut made = json!({ "percentTraffic": text(&canary["PercentTraffic"]).parse::<f64>().unwrap_or(0.0) });
            if let Value::Object(_) = &canary["StageVariableOverrides"] {
                made["stageVariableOverrides"] = canary["StageVariableOverrides"].clone();
            }
            if let Some(shared) = truth(&canary["UseStageCache"]) {
                made["useStageCache"] = shared.into();
            }
            self.set(api.node, "CanarySettings", made);
        }
    }

    fn http_stage(&mut self, api: &mut Api, defaults: &Value, routes: &Value) {
        self.put(api.node, "ThrottlingRateLimit", &defaults["ThrottlingRateLimit"]);
        self.put(api.node, "ThrottlingBurstLimit", &defaults["ThrottlingBurstLimit"]);
        for (key, setting) in routes.as_object().into_iter().flatten() {
            let (method, path) = route_key(key);
            for route in api.routes.iter_mut().filter(|route| (&route.method, &route.path) == (&method, &path)) {
                route.throttle(setting);
            }
        }
    }

    fn http_cors(&mut self, node: Uuid, written: &Value) {
        let made = match written {
            Value::Bool(true) => json!({ "allowOrigins": ["*"], "allowMethods": ["*"], "allowHeaders": ["*"] }),
            Value::Object(fields) => {
                let get = |name: &str| {
                    let upper = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
                    fields.get(&upper).or(fields.get(name)).cloned().unwrap_or_default()
                };
                let mut made = Map::new();
                for name in ["allowOrigins", "allowMethods", "allowHeaders"] {
                    if let Value::Array(items) = get(name) {
                        made.insert(name.to_string(), items.into());
                    }
                }
                if let Some(age) = integer(&get("maxAge")).filter(|age| *age > 0) {
                    made.insert("maxAge".to_string(), age.into());
                }
                Value::Object(made)
            }
            _ => return,
        };
        self.set(node, "CorsConfiguration", made);
    }

    fn gateway_responses(&mut self, node: Uuid, written: &Value) {
        let mut made = Map::new();
        for (kind, response) in written.as_object().into_iter().flatten() {
            made.insert(kind.clone(), gateway_response(response));
        }
        if !made.is_empty() {
            self.set(node, "GatewayResponses", made.into());
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

    /// Usage plans for the stages of an API, with their keys.
    fn plans(&mut self, api: &mut Api, number: usize) {
        let mut plans = Vec::new();
        let mut in_plans: Vec<usize> = Vec::new();
        for plan in self.of_type(&["AWS::ApiGateway::UsagePlan"]) {
            let written = self.resource(plan);
            let stages = each(written.get("ApiStages"));
            let stage = stages
                .iter()
                .find(|stage| self.stack.referred(&stage["ApiId"]).map(|it| self.redirect(it)) == Some(number));
            let Some(stage) = stage else { continue };
            let methods: Vec<(String, Value)> = stage["Throttle"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, limit)| (name.clone(), limit.clone()))
                .collect();
            let keys: Vec<usize> = self
                .of_type(&["AWS::ApiGateway::UsagePlanKey"])
                .into_iter()
                .filter(|key| self.stack.referred(self.resource(*key).get("UsagePlanId")) == Some(plan))
                .filter_map(|key| self.stack.referred(self.resource(key).get("KeyId")))
                .collect();
            let values: Vec<String> = keys.iter().map(|key| self.key_value(*key)).collect();
            in_plans.extend(&keys);
            let name = match text(written.get("UsagePlanName")) {
                name if name.is_empty() => written.name.clone(),
                name => name,
            };
            plans.push(usage_plan(&name, &Value::Object(written.properties.clone()), &values, &methods));
        }
        if !plans.is_empty() {
            self.set(api.node, "UsagePlans", plans.into());
        }
        // A key without a plan is good for the stages that it names.
        let lone = self.of_type(&["AWS::ApiGateway::ApiKey"]).into_iter().find(|key| {
            !in_plans.contains(key)
                && each(self.resource(*key).get("StageKeys"))
                    .iter()
                    .any(|stage| self.stack.referred(stage).map(|it| self.redirect(it)) == Some(number))
        });
        if let Some(key) = lone {
            let value = self.key_value(key);
            self.set(api.node, "ApiKey", value.into());
        }
    }

    /// The key's own value, or one that stands for what the service would make.
    fn key_value(&self, key: usize) -> String {
        let resource = self.resource(key);
        match resource.get("Value").as_str() {
            Some(value) => value.to_string(),
            None => format!("key-of-{}", resource.name),
        }
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
                "payloadFormatVersion": integration["PayloadFormatVersion"],
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
        let guard = api.default_guard.clone().and_then(|name| named(&api, &name)).or_else(|| most(&api));
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
                .filter(|route| !wants_key(route) && !(api.key_required && route.api_key.is_none()))
                .count();
            if free > 0 {
                let message =
                    format!("Only some routes of “{}” need an API key; here all of them do.", self.name_of(api.node));
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
            let message = format!("“{}” has no routes that could be read.", self.name_of(api.node));
            self.note(Concern::NotSimulated, api.place, message);
        }
    }

    fn guard(&mut self, api: &Api, guard: &Guard) {
        let node = api.node;
        let function = self.find_or_outside(&invoked(&guard.function), NodeKind::Function, api.place);
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
                    None => self.put(node, "AuthorizerToken", &TOKEN.into()),
                }
                credentials.insert("Authorization".to_string(), TOKEN.into());
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
            let message = format!(
                "{} of “{}” is checked by something that is not simulated; here it lets `{TOKEN}` pass.",
                guard.name,
                self.name_of(node)
            );
            self.note(Concern::Instead, api.place, message);
        }
        self.credentials.entry(node).or_default().extend(credentials);
    }
}

impl Route {
    /// Its own limits, kept until the edge is drawn.
    fn throttle(&mut self, setting: &Value) {
        for name in ["ThrottlingRateLimit", "ThrottlingBurstLimit"] {
            if !setting[name].is_null() {
                self.limits.insert(name.to_string(), setting[name].clone());
            }
        }
    }
}

/// `POST /payments`; `$default` takes everything.
fn route_key(key: &str) -> (String, String) {
    match key.split_once(' ') {
        Some((method, path)) => (method.to_uppercase(), path.to_string()),
        None => ("ANY".to_string(), "/{proxy+}".to_string()),
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

fn usage_plan(name: &str, written: &Value, keys: &[String], methods: &[(String, Value)]) -> Value {
    let limit = |written: &Value| {
        let mut made = Map::new();
        if let Ok(rate) = text(&written["RateLimit"]).parse::<f64>() {
            made.insert("rateLimit".to_string(), if rate.fract() == 0.0 { (rate as i64).into() } else { rate.into() });
        }
        if let Some(burst) = integer(&written["BurstLimit"]) {
            made.insert("burstLimit".to_string(), burst.into());
        }
        made
    };
    let mut plan = json!({ "name": if name.is_empty() { "Plan" } else { name }, "keys": keys });
    let throttle = limit(&written["Throttle"]);
    if !throttle.is_empty() {
        plan["throttle"] = throttle.into();
    }
    if let Value::Object(quota) = &written["Quota"] {
        let mut made = Map::new();
        for (name, written) in [("limit", "Limit"), ("offset", "Offset")] {
            if let Some(number) = quota.get(written).and_then(integer) {
                made.insert(name.to_string(), number.into());
            }
        }
        if let Some(period) = quota.get("Period") {
            made.insert("period".to_string(), period.clone());
        }
        plan["quota"] = made.into();
    }
    let methods: Map<String, Value> =
        methods.iter().map(|(name, written)| (name.clone(), limit(written).into())).collect();
    if !methods.is_empty() {
        plan["methods"] = methods.into();
    }
    plan
}

fn gateway_response(written: &Value) -> Value {
    let mut made = Map::new();
    if let Some(status) = integer(&written["StatusCode"]) {
        made.insert("statusCode".to_string(), status.into());
    }
    let mut headers = Map::new();
    match &written["ResponseParameters"] {
        // SAM nests them.
        Value::Object(fields) if fields.contains_key("Headers") => {
            for (name, value) in fields["Headers"].as_object().into_iter().flatten() {
                headers.insert(format!("gatewayresponse.header.{name}"), value.clone());
            }
        }
        Value::Object(fields) => headers = fields.clone(),
        _ => {}
    }
    if !headers.is_empty() {
        made.insert("responseParameters".to_string(), headers.into());
    }
    if let Value::Object(templates) = &written["ResponseTemplates"] {
        made.insert("responseTemplates".to_string(), templates.clone().into());
    }
    Value::Object(made)
}

/// `Cors: "'*'"`, or an object whose texts are in single quotes.
fn sam_cors(written: &Value) -> Value {
    let list = |value: &Value| -> Vec<String> {
        let whole = text(value);
        whole
            .trim_matches('\'')
            .split(',')
            .map(|item| item.trim().to_string())
            .filter(|item| !item.is_empty())
            .collect()
    };
    match written {
        Value::Object(fields) => {
            let mut made = Map::new();
            for (name, own) in
                [("allowOrigins", "AllowOrigin"), ("allowMethods", "AllowMethods"), ("allowHeaders", "AllowHeaders")]
            {
                if let Some(value) = fields.get(own) {
                    made.insert(name.to_string(), list(value).into());
                }
            }
            if let Some(age) = fields.get("MaxAge").and_then(|age| text(age).trim_matches('\'').parse::<i64>().ok()) {
                made.insert("maxAge".to_string(), age.into());
            }
            Value::Object(made)
        }
        other => json!({ "allowOrigins": list(other), "allowMethods": ["*"] }),
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

fn sam_guard(name: &str, written: &Value, rest: bool) -> Guard {
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
fn rest_guard(name: &str, written: &Value) -> Guard {
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
fn http_guard(name: &str, written: &Value) -> Guard {
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
fn body_guards(body: &Value, rest: bool, guards: &mut Vec<Guard>) {
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
