//! REST APIs.

use super::super::intrinsic::{escape, pruned, reference, substitute};
use super::super::{Writer, copy, flag, text};
use super::{Authorizer, Route, add_operation, definition, keys, number, path_parameters, stage};
use crate::diagram::{Node, NodeKind};
use crate::exchange::template::requests::{Action, Body, FAILED, Request, is_request, proxy_answer};
use crate::exchange::template::velocity::{self, Root};
use serde_json::{Map, Value, json};

/// api-gateway-execution-service-limits-table.
const LONGEST_TIMEOUT: i64 = 29_000;

const API_KEY: &str = "api_key";

/// What the query protocol of queues and topics is sent as.
const FORM: &str = "application/x-www-form-urlencoded";

impl<'a> Writer<'a> {
    pub(super) fn rest_api(&mut self, node: &'a Node, name: &str, routes: &[Route<'a>]) {
        let settings = &node.settings;
        let authorizer = self.rest_authorizer(node);
        let needs_key = flag(settings, "ApiKeyRequired");
        let mut paths = Map::new();
        let mut schemas = Map::new();
        let mut validators = Map::new();
        for route in routes {
            let mut operation = self.rest_operation(node, route, &mut schemas, &mut validators);
            let mut security = Map::new();
            let open = text(&route.edge.settings, "AuthorizationType") == "NONE";
            if let Some(authorizer) = authorizer.as_ref().filter(|_| !open) {
                security.insert(authorizer.scheme.clone(), json!([]));
            }
            if needs_key {
                security.insert(API_KEY.to_string(), json!([]));
            }
            if !security.is_empty() {
                operation["security"] = json!([security]);
            }
            add_operation(&mut paths, route, operation);
        }
        let mut body = definition(node, paths);
        let mut schemes = Map::new();
        if let Some(authorizer) = authorizer {
            schemes.insert(authorizer.scheme, authorizer.definition);
        }
        if needs_key {
            schemes.insert(API_KEY.to_string(), json!({ "type": "apiKey", "name": "x-api-key", "in": "header" }));
        }
        if !schemes.is_empty() {
            body["components"]["securitySchemes"] = Value::Object(schemes);
        }
        if !schemas.is_empty() {
            body["components"]["schemas"] = Value::Object(schemas);
        }
        if !validators.is_empty() {
            body["x-amazon-apigateway-request-validators"] = Value::Object(validators);
        }
        if text(settings, "ApiKeySource") == "AUTHORIZER" {
            body["x-amazon-apigateway-api-key-source"] = "AUTHORIZER".into();
        }
        if let Some(responses) =
            settings.get("GatewayResponses").filter(|it| it.as_object().is_some_and(|it| !it.is_empty()))
        {
            let responses = responses.as_object().into_iter().flatten().map(|(kind, response)| {
                let mut response = pruned(response);
                // Here it is a text.
                if let Some(status) = response.get("statusCode").and_then(Value::as_i64) {
                    response["statusCode"] = status.to_string().into();
                }
                (kind.clone(), response)
            });
            body["x-amazon-apigateway-gateway-responses"] = Value::Object(responses.collect());
        }
        let mut properties = Map::new();
        properties.insert("StageName".to_string(), stage(node).into());
        properties.insert("OpenApiVersion".to_string(), "3.0.1".into());
        if let Some(variables) =
            settings.get("StageVariables").filter(|it| it.as_object().is_some_and(|it| !it.is_empty()))
        {
            properties.insert("Variables".to_string(), variables.clone());
        }
        // Tracing is on unless it is switched off, as the simulator has it.
        let tracing = settings.get("TracingEnabled") != Some(&Value::Bool(false));
        properties.insert("TracingEnabled".to_string(), tracing.into());
        if flag(settings, "CacheClusterEnabled") {
            properties.insert("CacheClusterEnabled".to_string(), true.into());
            properties.insert("CacheClusterSize".to_string(), "0.5".into());
            self.note(node, tr!("The stage's cache of 0.5 GB costs by the hour."));
        }
        let method_settings = method_settings(node, routes);
        if !method_settings.is_empty() {
            properties.insert("MethodSettings".to_string(), Value::Array(method_settings));
        }
        if let Some(cors) = settings.get("CorsConfiguration").and_then(Value::as_object) {
            self.rest_cors(node, cors, &mut properties);
        }
        if settings.get("CanarySettings").is_some_and(|canary| !canary.is_null()) {
            self.note(node, tr!("A canary is a second deployment: make it after the template is deployed, with CreateDeployment and its canarySettings."));
        }
        properties.insert("DefinitionBody".to_string(), body);
        self.resource(name, "AWS::Serverless::Api", properties);
        self.usage_plans(node, name);
    }

    fn rest_cors(&mut self, node: &Node, cors: &Map<String, Value>, properties: &mut Map<String, Value>) {
        let list = |name: &str| -> Vec<&str> {
            cors.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
        };
        let origins = list("allowOrigins");
        let Some(origin) = origins.first() else { return };
        if origins.len() > 1 {
            self.note(node, tr!("A REST API answers preflight requests with one origin: {origin}.", origin = origin));
        }
        // Values of headers, in quotes of their own.
        let quoted = |text: &str| format!("'{}'", text.replace('\'', ""));
        let mut written = json!({ "AllowOrigin": quoted(origin) });
        for (ours, theirs) in [("allowMethods", "AllowMethods"), ("allowHeaders", "AllowHeaders")] {
            let values = list(ours);
            if !values.is_empty() {
                written[theirs] = quoted(&values.join(",")).into();
            }
        }
        if let Some(age) = cors.get("maxAge").and_then(Value::as_i64) {
            written["MaxAge"] = quoted(&age.to_string()).into();
        }
        properties.insert("Cors".to_string(), written);
    }

    fn rest_authorizer(&mut self, node: &'a Node) -> Option<Authorizer> {
        let settings = &node.settings;
        let kind = text(settings, "Authorizer");
        if !matches!(kind, "TOKEN" | "REQUEST") {
            return None;
        }
        let uri = self.authorizing(node)?;
        let sources = match text(settings, "IdentitySource") {
            "" => "method.request.header.Authorization",
            sources => sources,
        };
        let mut authorizer = json!({ "type": kind.to_ascii_lowercase(), "authorizerUri": uri });
        if let Some(seconds) = settings.get("AuthorizerResultTtlInSeconds").filter(|value| !value.is_null()) {
            authorizer["authorizerResultTtlInSeconds"] = seconds.clone();
        }
        let expression = text(settings, "IdentityValidationExpression");
        let header = if kind == "TOKEN" {
            if !expression.is_empty() {
                authorizer["identityValidationExpression"] = expression.into();
            }
            sources.rsplit('.').next().unwrap_or("Authorization").to_string()
        } else {
            authorizer["identitySource"] = sources.into();
            "Unused".to_string()
        };
        let definition = json!({
            "type": "apiKey", "name": header, "in": "header", "x-amazon-apigateway-authtype": "custom",
            "x-amazon-apigateway-authorizer": authorizer,
        });
        Some(Authorizer { scheme: "authorizer".to_string(), definition })
    }

    fn rest_operation(
        &mut self,
        node: &'a Node,
        route: &Route<'a>,
        schemas: &mut Map<String, Value>,
        validators: &mut Map<String, Value>,
    ) -> Value {
        let settings = &route.edge.settings;
        let mut integration = self.rest_integration(node, route);
        let mut parameters = path_parameters(route.path);
        let written = settings.get("RequestParameters").and_then(Value::as_object);
        let (required, mappings): (Vec<_>, Vec<_>) =
            written.into_iter().flatten().partition(|(_, value)| value.is_boolean());
        let mut validates_parameters = false;
        for (key, needed) in required {
            let needed = *needed == Value::Bool(true);
            validates_parameters |= needed;
            declare(&mut parameters, key, needed);
        }
        for (key, value) in mappings {
            integration["requestParameters"][key] = value.clone();
            // What is mapped has to be known of the method.
            declare(&mut parameters, value.as_str().unwrap_or(""), false);
        }
        let cache: Vec<Value> =
            settings.get("CacheKeyParameters").and_then(Value::as_array).cloned().unwrap_or_default();
        if !cache.is_empty() {
            integration["cacheKeyParameters"] = Value::Array(cache);
        }
        if let Some(timeout) = settings.get("TimeoutInMillis").and_then(Value::as_i64) {
            integration["timeoutInMillis"] = timeout.into();
            if timeout > LONGEST_TIMEOUT {
                self.note_on_edge(route.edge, tr!("more than 29 seconds need a raised quota."));
            }
        }
        let mut operation = json!({});
        if !parameters.is_empty() {
            operation["parameters"] = Value::Array(parameters);
        }
        let model = settings.get("RequestModel").filter(|model| !model.is_null());
        if let Some(model) = model {
            let name = self.edge_name(route.edge, "Model");
            let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
            operation["requestBody"] =
                json!({ "content": { "application/json": { "schema": schema } }, "required": true });
            schemas.insert(name, pruned(model));
        }
        let validator = match (model.is_some(), validates_parameters) {
            (true, true) => Some("body-and-parameters"),
            (true, false) => Some("body"),
            (false, true) => Some("parameters"),
            (false, false) => None,
        };
        if let Some(validator) = validator {
            operation["x-amazon-apigateway-request-validator"] = validator.into();
            let what =
                json!({ "validateRequestBody": model.is_some(), "validateRequestParameters": validates_parameters });
            validators.insert(validator.to_string(), what);
        }
        operation["responses"] = method_responses(&integration);
        operation["x-amazon-apigateway-integration"] = integration;
        operation
    }

    fn rest_integration(&mut self, node: &'a Node, route: &Route<'a>) -> Value {
        let settings = &route.edge.settings;
        let template = |name: &str| settings.get(name).filter(|template| !template.is_null());
        let passthrough = || match text(settings, "PassthroughBehavior") {
            "" => "when_no_match".to_string(),
            behavior => behavior.to_ascii_lowercase(),
        };
        let function = route.to.kind == NodeKind::Function;
        if route.to.kind == NodeKind::Endpoint {
            let mappings = ["RequestTemplate", "ResponseTemplate", "RequestTemplates", "IntegrationResponses"];
            let is_written = |name: &&str| {
                settings.get(*name).is_some_and(|it| {
                    it.as_array().is_none_or(|it| !it.is_empty())
                        && it.as_object().is_none_or(|it| !it.is_empty())
                        && !it.is_null()
                })
            };
            if mappings.iter().any(is_written) {
                self.note_on_edge(route.edge, tr!("an HTTP proxy integration hands requests and answers on as they are: the route's mappings are left out."));
            }
            return json!({ "type": "http_proxy", "httpMethod": route.method, "uri": reference(&self.endpoint_url(route.to)) });
        }
        let proxy = function && text(settings, "IntegrationType") != "NON_PROXY";
        let mapped = template("RequestTemplate").is_some() || template("ResponseTemplate").is_some();
        if proxy && !mapped {
            return json!({ "type": "aws_proxy", "httpMethod": "POST", "uri": self.invocation_uri(route.to) });
        }
        let mut integration = if function {
            json!({ "type": "aws", "httpMethod": "POST", "uri": self.invocation_uri(route.to) })
        } else {
            self.service_integration(node, route)
        };
        if text(settings, "InvocationType") == "Event" {
            integration["requestParameters"]["integration.request.header.X-Amz-Invocation-Type"] = "'Event'".into();
        }
        if function {
            let payload =
                template("RequestTemplate").map(|it| json!({ "application/json": velocity::json(it, Root::Body) }));
            let written = payload.or_else(|| mapping_templates(settings).cloned().map(Value::Object));
            if let Some(templates) = written {
                integration["requestTemplates"] = templates;
            }
        }
        if function || mapping_templates(settings).is_some() {
            integration["passthroughBehavior"] = passthrough().into();
        }
        integration["responses"] = integration_responses(settings, proxy);
        integration
    }

    /// A queue, topic or bus behind a gateway, asked in its own language.
    fn service_integration(&mut self, node: &'a Node, route: &Route<'a>) -> Value {
        let settings = &route.edge.settings;
        let name = self.names.node(route.to.id).to_string();
        let or = |text: &str, default: &str| if text.is_empty() { default.to_string() } else { text.to_string() };
        let (action, address, uri, content_type) = match route.to.kind {
            NodeKind::Bus => {
                let bus = self.bus_reference(route.to);
                let bus = match bus.get("Ref").and_then(Value::as_str) {
                    Some(name) => format!("${{{name}}}"),
                    None => bus.as_str().unwrap_or_default().to_string(),
                };
                let source = or(text(settings, "Source"), "gateway");
                let detail_type = or(text(settings, "DetailType"), "Request");
                let action = Action::PutEvents { source, detail_type };
                (action, bus, "events:action/PutEvents".to_string(), "application/x-amz-json-1.1")
            }
            NodeKind::Topic => (Action::Publish, format!("${{{name}}}"), "sns:path//".to_string(), FORM),
            _ => {
                let uri = format!("sqs:path/${{AWS::AccountId}}/${{{name}.QueueName}}");
                (Action::SendMessage, String::new(), uri, FORM)
            }
        };
        let option = |name: &str| match route.to.kind {
            NodeKind::Bus => String::new(),
            _ => text(settings, name).to_string(),
        };
        let mut request = Request {
            action,
            body: Body::Whole,
            group: option("MessageGroupId"),
            deduplication: option("MessageDeduplicationId"),
            delay: settings.get("DelaySeconds").and_then(Value::as_i64).filter(|_| route.to.kind == NodeKind::Queue),
        };
        let mut templates = Map::new();
        let mut write = |content_type: &str, body: Body| {
            request.body = body;
            templates.insert(content_type.to_string(), substitute(request.write(&address, escape)));
        };
        match (mapping_templates(settings), settings.get("RequestTemplate").filter(|it| !it.is_null())) {
            (Some(written), _) => {
                for (content_type, template) in written {
                    write(content_type, Body::Mapped(template.as_str().unwrap_or_default().to_string()));
                }
                // What makes the whole request by itself is handed on as it is.
                let whole = written.iter().filter(|(_, it)| it.as_str().is_some_and(is_request));
                templates.extend(whole.map(|(name, template)| (name.clone(), template.clone())));
            }
            (None, Some(template)) => write("application/json", Body::Payload(template.clone())),
            (None, None) => write("application/json", Body::Whole),
        }
        let mut integration = json!({
            "type": "aws", "httpMethod": "POST",
            "uri": substitute(format!("arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:{uri}")),
            "credentials": self.role_arn(node),
            "requestParameters": { "integration.request.header.Content-Type": format!("'{content_type}'") },
            "requestTemplates": templates,
            // There is a template, so that this refuses whatever it is not for, as NEVER would.
            "passthroughBehavior": if text(settings, "PassthroughBehavior") == "NEVER" { "never" } else { "when_no_templates" },
        });
        let query = "integration.request.querystring.";
        let by_mapping = |body: &str| {
            settings.get("RequestParameters").is_some_and(|written| written.get(format!("{query}{body}")).is_some())
        };
        let action = match route.to.kind {
            NodeKind::Queue if by_mapping("MessageBody") => Some("'SendMessage'"),
            NodeKind::Topic if by_mapping("Message") => Some("'Publish'"),
            _ => None,
        };
        if let Some(action) = action {
            // The parameter mapping makes the request; a body beside it would say the same again.
            integration["requestTemplates"] = json!({ "application/json": "" });
            integration["requestParameters"][format!("{query}Action")] = action.into();
            if route.to.kind == NodeKind::Topic {
                let name = self.names.node(route.to.id).to_string();
                integration["requestParameters"][format!("{query}TopicArn")] = substitute(format!("'${{{name}}}'"));
            }
        }
        if route.to.kind == NodeKind::Bus {
            integration["requestParameters"]["integration.request.header.X-Amz-Target"] =
                "'AWSEvents.PutEvents'".into();
        }
        integration
    }

    /// The parameter of a key that a function of this diagram sends.
    fn key_parameter(&mut self, node: &'a Node, key: &str) -> Option<String> {
        let name = self.names.node(node.id);
        let place = keys::keys(node).iter().position(|known| format!("{name}{}", known.suffix) == key)?;
        let handlers = self.document.nodes.iter().filter_map(|node| node.settings.get("Handler"));
        handlers.into_iter().find(|handler| keys::sends(handler, node, place))?;
        let parameter = format!("{key}Value");
        let description =
            "An API key that functions of this stack send; at least 20 characters, and known to nobody else.";
        self.parameter(parameter.clone(), description, "change-me-to-a-secret-of-your-own");
        self.parameters[&parameter]["MinLength"] = 20.into();
        self.parameters[&parameter]["NoEcho"] = true.into();
        Some(parameter)
    }

    /// Plans and keys. A key that is valid without a plan needs one all the same: without limits.
    fn usage_plans(&mut self, node: &'a Node, api: &str) {
        let stage = json!({ "ApiId": reference(api), "Stage": reference(&format!("{api}.Stage")) });
        let mut plans: Vec<(String, Map<String, Value>, usize)> = Vec::new();
        if !text(&node.settings, "ApiKey").is_empty() {
            let mut properties = Map::new();
            properties.insert("ApiStages".to_string(), json!([stage]));
            plans.push(("UnlimitedUsagePlan".to_string(), properties, 1));
        }
        let written = node.settings.get("UsagePlans").and_then(Value::as_array);
        for (index, plan) in written.into_iter().flatten().enumerate() {
            let mut properties = Map::new();
            let plan_name = plan.get("name").and_then(Value::as_str).unwrap_or("Plan");
            let mut stage = stage.clone();
            let methods = plan.get("methods").and_then(Value::as_object).filter(|methods| !methods.is_empty());
            for (method, limits) in methods.into_iter().flatten() {
                stage["Throttle"][method.as_str()] = throttle(limits);
            }
            properties.insert("ApiStages".to_string(), json!([stage]));
            // Several plans of an account may have one name.
            properties.insert("Description".to_string(), plan_name.into());
            if let Some(limits) = plan.get("throttle").filter(|limits| !limits.is_null()) {
                properties.insert("Throttle".to_string(), throttle(limits));
            }
            if let Some(quota) = plan.get("quota").filter(|quota| !quota.is_null()) {
                let limit = quota.get("limit").cloned().unwrap_or_else(|| 1_000.into());
                let period = quota.get("period").cloned().unwrap_or_else(|| "DAY".into());
                let offset = quota.get("offset").cloned().unwrap_or_else(|| 0.into());
                properties.insert("Quota".to_string(), json!({ "Limit": limit, "Period": period, "Offset": offset }));
            }
            let keys = plan.get("keys").and_then(Value::as_array).map_or(0, Vec::len);
            plans.push((format!("UsagePlan{}", index + 1), properties, keys));
        }
        if !plans.is_empty() {
            self.note(
                node,
                tr!("API keys get their values when they are made: read them with GetApiKey, and hand them out."),
            );
        }
        for (suffix, properties, keys) in plans {
            let plan = format!("{api}{suffix}");
            self.resource(plan.clone(), "AWS::ApiGateway::UsagePlan", properties);
            for number in 1..=keys {
                let key = format!("{plan}Key{number}");
                let mut properties = Map::new();
                properties.insert("Enabled".to_string(), true.into());
                if let Some(value) = self.key_parameter(node, &key) {
                    properties.insert("Value".to_string(), reference(&value));
                }
                self.resource(key.clone(), "AWS::ApiGateway::ApiKey", properties);
                let mut properties = Map::new();
                properties.insert("KeyId".to_string(), reference(&key));
                properties.insert("KeyType".to_string(), "API_KEY".into());
                properties.insert("UsagePlanId".to_string(), reference(&plan));
                self.resource(format!("{key}InPlan"), "AWS::ApiGateway::UsagePlanKey", properties);
            }
        }
    }
}

fn throttle(limits: &Value) -> Value {
    let limit = |name: &str, default: i64| limits.get(name).map_or_else(|| default.into(), number);
    json!({ "RateLimit": limit("rateLimit", 10_000), "BurstLimit": limit("burstLimit", 5_000) })
}

/// The stage's limits and cache, and those of single routes.
fn method_settings(node: &Node, routes: &[Route<'_>]) -> Vec<Value> {
    let mut list = Vec::new();
    let limits = |settings: &Map<String, Value>| {
        let mut written = Map::new();
        for limit in ["ThrottlingRateLimit", "ThrottlingBurstLimit"] {
            if let Some(value) = settings.get(limit).filter(|value| !value.is_null()) {
                written.insert(limit.to_string(), number(value));
            }
        }
        written
    };
    let mut all = limits(&node.settings);
    if flag(&node.settings, "CacheClusterEnabled") {
        all.insert("CachingEnabled".to_string(), true.into());
        copy(&node.settings, &["CacheTtlInSeconds"], &mut all);
    }
    if !all.is_empty() {
        let mut entry = json!({ "HttpMethod": "*", "ResourcePath": "/*" });
        all.into_iter().for_each(|(name, value)| entry[name] = value);
        list.push(entry);
    }
    for route in routes {
        let own = limits(&route.edge.settings);
        if own.is_empty() {
            continue;
        }
        // Slashes behind the first are written so.
        let path = format!("/{}", route.path.trim_start_matches('/').replace('/', "~1"));
        let mut entry = json!({ "HttpMethod": route.method, "ResourcePath": path });
        own.into_iter().for_each(|(name, value)| entry[name] = value);
        list.push(entry);
    }
    list
}

/// Makes a part of the request known, unless it is already: `method.request.header.X-Id`.
fn declare(parameters: &mut Vec<Value>, part: &str, required: bool) {
    let Some((kind, name)) = part.strip_prefix("method.request.").and_then(|rest| rest.split_once('.')) else { return };
    let place = match kind {
        "header" => "header",
        "querystring" => "query",
        _ => return,
    };
    if !parameters.iter().any(|known| known["name"] == name && known["in"] == place) {
        parameters.push(json!({ "name": name, "in": place, "required": required, "schema": { "type": "string" } }));
    }
}

/// The mapping templates that somebody wrote.
fn mapping_templates(settings: &Map<String, Value>) -> Option<&Map<String, Value>> {
    settings.get("RequestTemplates").and_then(Value::as_object).filter(|templates| !templates.is_empty())
}

/// What becomes of an answer: by the document's integration responses, or by its template.
fn integration_responses(settings: &Map<String, Value>, proxy: bool) -> Value {
    let mut responses = Map::new();
    let written = settings.get("IntegrationResponses").and_then(Value::as_array);
    for response in written.into_iter().flatten() {
        let pattern = match response.get("selectionPattern").and_then(Value::as_str) {
            None | Some("") => "default",
            Some(pattern) => pattern,
        };
        let status = response.get("statusCode").and_then(Value::as_i64).unwrap_or(200);
        let mut entry = json!({ "statusCode": status.to_string() });
        for name in ["responseParameters", "responseTemplates"] {
            if let Some(value) = response.get(name).filter(|value| !value.is_null()) {
                entry[name] = value.clone();
            }
        }
        // The first one counts.
        responses.entry(pattern.to_string()).or_insert(entry);
    }
    if !responses.is_empty() {
        return Value::Object(responses);
    }
    let template = settings.get("ResponseTemplate").filter(|template| !template.is_null());
    let mut success = json!({ "statusCode": "200" });
    if proxy {
        success["responseTemplates"] = json!({ "application/json": proxy_answer(template) });
        return json!({ "default": success, FAILED: { "statusCode": "502" } });
    }
    if let Some(template) = template {
        success["responseTemplates"] = json!({ "application/json": velocity::json(template, Root::Body) });
    }
    json!({ "default": success })
}

/// The answers that a method can give, which have to be declared.
fn method_responses(integration: &Value) -> Value {
    let mut responses = Map::new();
    for response in integration.get("responses").and_then(Value::as_object).into_iter().flat_map(Map::values) {
        let status = response.get("statusCode").and_then(Value::as_str).unwrap_or("200");
        let entry = responses.entry(status.to_string()).or_insert_with(|| json!({ "description": "An answer." }));
        let headers = response.get("responseParameters").and_then(Value::as_object);
        for name in headers.into_iter().flatten().filter_map(|(key, _)| key.strip_prefix("method.response.header.")) {
            entry["headers"][name] = json!({ "schema": { "type": "string" } });
        }
    }
    if responses.is_empty() {
        responses.insert("default".to_string(), json!({ "description": "The integration's answer." }));
    }
    Value::Object(responses)
}
