//! What belongs to an API's stage: limits, cache, canary, CORS, gateway responses, usage plans and keys.

use super::super::stack::{each, integer, text, truth};
use super::gateways::{Api, route_key};
use super::routes::Route;
use super::{Assembler, put_node};
use crate::diagram::NodeKind;
use serde_json::{Map, Value, json};
use uuid::Uuid;

impl Assembler<'_> {
    pub(super) fn put(&mut self, node: Uuid, name: &str, value: &Value) {
        if let Some(node) = self.document.node_mut(node) {
            put_node(&mut node.settings, NodeKind::Gateway, name, value);
        }
    }

    /// A REST API's stage: throttles, cache, canary.
    pub(super) fn stage(&mut self, api: &mut Api, stage: &Value) {
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

    pub(super) fn http_stage(&mut self, api: &mut Api, defaults: &Value, routes: &Value) {
        self.put(api.node, "ThrottlingRateLimit", &defaults["ThrottlingRateLimit"]);
        self.put(api.node, "ThrottlingBurstLimit", &defaults["ThrottlingBurstLimit"]);
        for (key, setting) in routes.as_object().into_iter().flatten() {
            let (method, path) = route_key(key);
            for route in api.routes.iter_mut().filter(|route| (&route.method, &route.path) == (&method, &path)) {
                route.throttle(setting);
            }
        }
    }

    pub(super) fn http_cors(&mut self, node: Uuid, written: &Value) {
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

    /// What an OpenAPI body says of the whole API.
    pub(super) fn body_settings(&mut self, node: Uuid, body: &Value) {
        self.gateway_responses(node, &body["x-amazon-apigateway-gateway-responses"]);
        self.put(node, "ApiKeySource", &body["x-amazon-apigateway-api-key-source"]);
    }

    pub(super) fn gateway_responses(&mut self, node: Uuid, written: &Value) {
        let mut made = Map::new();
        for (kind, response) in written.as_object().into_iter().flatten() {
            made.insert(kind.clone(), gateway_response(response));
        }
        if !made.is_empty() {
            self.set(node, "GatewayResponses", made.into());
        }
    }

    /// Usage plans for the stages of an API, with their keys.
    pub(super) fn plans(&mut self, api: &mut Api, number: usize) {
        let mut plans = Vec::new();
        let mut in_plans: Vec<usize> = Vec::new();
        let mut own: Option<String> = None;
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
            let said = ["UsagePlanName", "Description"].map(|property| text(written.get(property)));
            let named = said.into_iter().find(|name| !name.is_empty());
            let unlimited =
                methods.is_empty() && ["Throttle", "Quota"].iter().all(|limit| written.get(limit).is_null());
            // A plan that limits nothing and is called nothing is what makes a key valid.
            if let (true, None, [value], None) = (unlimited, &named, values.as_slice(), &own) {
                own = Some(value.clone());
                continue;
            }
            let name = named.unwrap_or_else(|| written.name.clone());
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
        if let Some(value) = own.or_else(|| lone.map(|key| self.key_value(key))) {
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
}

impl Route {
    /// Its own limits, kept until the edge is drawn.
    pub(super) fn throttle(&mut self, setting: &Value) {
        for name in ["ThrottlingRateLimit", "ThrottlingBurstLimit"] {
            if !setting[name].is_null() {
                self.limits.insert(name.to_string(), setting[name].clone());
            }
        }
    }
}

pub(super) fn usage_plan(name: &str, written: &Value, keys: &[String], methods: &[(String, Value)]) -> Value {
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
    // OpenAPI begins with small letters.
    let get = |lower: &str, upper: &str| written.get(lower).or(written.get(upper)).cloned().unwrap_or_default();
    if let Some(status) = integer(&get("statusCode", "StatusCode")) {
        made.insert("statusCode".to_string(), status.into());
    }
    let mut headers = Map::new();
    match &get("responseParameters", "ResponseParameters") {
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
    if let Value::Object(templates) = &get("responseTemplates", "ResponseTemplates") {
        made.insert("responseTemplates".to_string(), templates.clone().into());
    }
    Value::Object(made)
}

/// `Cors: "'*'"`, or an object whose texts are in single quotes.
pub(super) fn sam_cors(written: &Value) -> Value {
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
