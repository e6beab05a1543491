//! The API gateway, as a REST or an HTTP API of Amazon API Gateway: one stage of it.

pub(in crate::diagram) mod checks;
mod plan;
mod response;
mod route;

pub use checks::check_gateway;
pub use plan::{Period, Quota, Throttle, UsagePlan};
pub use response::{GATEWAY_RESPONSES, GatewayResponse, IntegrationResponse};
pub use route::{INTEGRATION, Passthrough, Route};

use self::route::RequestParameters;
use super::{optional_object, read_list, read_texts, texts_of};
use crate::diagram::mapping::{MappingTemplate, ParameterChange, Place};
use crate::diagram::reader::Reader;
use crate::diagram::setting::{Kind, Setting, SettingReader};
use crate::diagram::shape::{Shape, TEXTS, needed, number, part, texts, whole};
use crate::language::translated;
use crate::later::{ABSENT, later};
use crate::rules::RegularExpression;
use serde_json::Value;

later! {
    /// The structured settings of gateways and of their routes. Most have none of them.
    Structured {
        usage_plans: fn(&mut SettingReader<'_, '_>) -> Vec<UsagePlan> = UsagePlan::read_all,
        cors: fn(&mut SettingReader<'_, '_>) -> Option<Cors> = read_cors,
        canary: fn(&mut SettingReader<'_, '_>) -> Option<Canary> = read_canary,
        responses: fn(&mut SettingReader<'_, '_>) -> Vec<GatewayResponse> = GatewayResponse::read_all,
        request_parameters: fn(&mut SettingReader<'_, '_>) -> RequestParameters = route::read_request_parameters,
        request_templates: fn(&mut SettingReader<'_, '_>) -> Vec<(String, MappingTemplate)> = route::read_request_templates,
        integration_responses: fn(&mut SettingReader<'_, '_>) -> Vec<IntegrationResponse> = IntegrationResponse::read_all,
        response_parameters: fn(&mut SettingReader<'_, '_>) -> Vec<(u16, Vec<ParameterChange>)> = route::read_response_parameters,
        cache_key: fn(&mut SettingReader<'_, '_>) -> Vec<Place> = route::read_cache_key,
    }
}

impl Structured {
    /// One of them, or nothing where the document does not have it.
    fn read<T: Default>(
        reader: &mut SettingReader<'_, '_>,
        name: &str,
        read: impl Fn(&Structured, &mut SettingReader<'_, '_>) -> T,
    ) -> T {
        if reader.reader.get(name).is_none() {
            return T::default();
        }
        match Structured::get() {
            Some(structured) => read(structured, reader),
            None => {
                reader.forgo(translated(ABSENT.0), translated(ABSENT.1));
                T::default()
            }
        }
    }
}

const REQUESTS: Shape = whole(0, u32::MAX as i64, phrase!("requests"));

/// A token bucket's limits.
const THROTTLE: Shape = Shape::Record(&[
    part("rateLimit", "10000", number(0.0, 1_000_000.0, phrase!("requests/s"))),
    part("burstLimit", "5000", whole(0, 1_000_000, phrase!("requests"))),
]);

const USAGE_PLANS: Shape = Shape::List(&needed(
    phrase!("plan"),
    r#"{"name": "Gold", "keys": ["k1"], "throttle": {"rateLimit": 10, "burstLimit": 5}}"#,
    Shape::Record(&[
        needed("name", r#""Gold""#, Shape::Text),
        part("keys", "[]", texts!(phrase!("key"), r#""k1""#)),
        part("throttle", r#"{"rateLimit": 10, "burstLimit": 5}"#, THROTTLE),
        part(
            "quota",
            r#"{"limit": 1000, "period": "DAY"}"#,
            Shape::Record(&[
                part("limit", "1000", REQUESTS),
                part("period", r#""DAY""#, Shape::Choice(&["DAY", "WEEK", "MONTH"])),
                part("offset", "0", REQUESTS),
            ]),
        ),
        part(
            "methods",
            "{}",
            Shape::Names(&needed("/payments/POST", r#"{"rateLimit": 1, "burstLimit": 1}"#, THROTTLE)),
        ),
    ]),
));

const CORS: Shape = Shape::Optional(&needed(
    phrase!("configuration"),
    r#"{"allowOrigins": ["*"], "allowMethods": ["*"], "allowHeaders": ["*"], "maxAge": 0}"#,
    Shape::Record(&[
        part("allowOrigins", "[]", texts!(phrase!("origin"), r#""*""#)),
        part("allowMethods", "[]", texts!(phrase!("method"), r#""*""#)),
        part("allowHeaders", "[]", texts!(phrase!("header"), r#""*""#)),
        part("maxAge", "0", whole(0, 86_400, "s")),
    ]),
));

const CANARY: Shape = Shape::Optional(&needed(
    phrase!("canary"),
    r#"{"percentTraffic": 10}"#,
    Shape::Record(&[
        part("percentTraffic", "0", number(0.0, 100.0, "%")),
        part("stageVariableOverrides", "{}", Shape::Names(&needed("alias", r#""green""#, Shape::Text))),
        part("useStageCache", "false", Shape::Boolean),
    ]),
));

const RESPONSES: Shape = Shape::Names(&needed(
    "DEFAULT_4XX",
    r#"{"statusCode": 400}"#,
    Shape::Record(&[
        part("statusCode", "400", whole(100, 599, "")),
        part(
            "responseParameters",
            "{}",
            Shape::Names(&needed("gatewayresponse.header.Retry-After", r#""'1'""#, Shape::Text)),
        ),
        part(
            "responseTemplates",
            "{}",
            Shape::Names(&needed("application/json", r#""{\"message\": $context.error.messageString}""#, Shape::Lines)),
        ),
    ]),
));

pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "ApiType",
        kind: Kind::Choice { default: "REST", options: &["REST", "HTTP"] },
        help: phrase!(
            "REST APIs have keys, usage plans, validation, templates, a cache and canaries. HTTP APIs cost less than a third, and leave these out; limits and error bodies differ."
        ),
        source: "http-api-vs-rest",
    },
    Setting {
        name: "StageName",
        kind: Kind::Text { default: "prod" },
        help: phrase!("The deployed stage that this node is. It is part of what an authorizer's policy names."),
        source: "set-up-stages",
    },
    Setting {
        name: "StageVariables",
        kind: Kind::Json {
            default: "{}",
            shape: phrase!(r#"names and texts, such as {"alias": "blue"}"#),
            form: TEXTS,
        },
        help: phrase!("Values that belong to the stage; mappings read them as $stageVariables.name."),
        source: "stage-variables",
    },
    Setting {
        name: "ThrottlingRateLimit",
        kind: Kind::Number { default: 10_000.0, min: 0.0, max: 1_000_000.0, unit: phrase!("requests/s") },
        help: phrase!("How fast the token bucket refills. A request that finds no token is answered 429 at once."),
        source: "api-gateway-request-throttling",
    },
    Setting {
        name: "ThrottlingBurstLimit",
        kind: Kind::Integer { default: 5_000, min: 0, max: 1_000_000, unit: phrase!("requests") },
        help: phrase!("How many tokens the bucket holds: the size of the rush that passes untouched."),
        source: "api-gateway-request-throttling",
    },
    Setting {
        name: "ApiKeyRequired",
        kind: Kind::Boolean { default: false },
        help: phrase!("Whether every method needs a valid x-api-key. Without one the answer is 403. REST only."),
        source: "api-gateway-setup-api-key-with-console",
    },
    Setting {
        name: "ApiKey",
        kind: Kind::Text { default: "" },
        help: phrase!("A key that is valid here without any usage plan's limits."),
        source: "api-gateway-setup-api-key-with-console",
    },
    Setting {
        name: "ApiKeySource",
        kind: Kind::Choice { default: "HEADER", options: &["HEADER", "AUTHORIZER"] },
        help: phrase!(
            "HEADER takes the key from x-api-key; AUTHORIZER takes the usageIdentifierKey that the authorizer function returns."
        ),
        source: "api-gateway-api-key-source",
    },
    Setting {
        name: "UsagePlans",
        kind: Kind::Json {
            default: "[]",
            shape: r#"[{"name": "Gold", "keys": ["k1"], "throttle": {"rateLimit": 10, "burstLimit": 5}, "quota": {"limit": 1000, "period": "DAY", "offset": 0}, "methods": {"/payments/POST": {"rateLimit": 1, "burstLimit": 1}}}]"#,
            form: USAGE_PLANS,
        },
        help: phrase!(
            "Who may ask how much: each key of a plan has its own token bucket and its own quota for each DAY, WEEK or MONTH. Beyond the quota the answer is 429 until the period is over. REST only."
        ),
        source: "api-gateway-api-usage-plans",
    },
    Setting {
        name: "Authorizer",
        kind: Kind::Choice { default: "NONE", options: &["NONE", "TOKEN", "REQUEST", "JWT"] },
        help: phrase!(
            "Who decides who may pass. TOKEN and REQUEST ask the function at the end of the gateway's authorizer edge; TOKEN without one compares with AuthorizerToken. JWT checks issuer, audience, time and scopes of a token, in HTTP APIs. Nothing given is 401, a refusal 403."
        ),
        source: "apigateway-use-lambda-authorizer",
    },
    Setting {
        name: "AuthorizerToken",
        kind: Kind::Text { default: "" },
        help: phrase!("The value of the Authorization header that is allowed, where no function decides."),
        source: "apigateway-use-lambda-authorizer",
    },
    Setting {
        name: "IdentitySource",
        kind: Kind::Text { default: "" },
        help: phrase!(
            "What identifies the caller, with commas between: method.request.header.NAME in REST APIs, $request.header.NAME in HTTP APIs. Where one is missing, the answer is 401 and nobody is asked. Together they are the key of the authorizer's cache. Empty means the Authorization header."
        ),
        source: "API_CreateAuthorizer",
    },
    Setting {
        name: "IdentityValidationExpression",
        kind: Kind::Text { default: "" },
        help: phrase!(
            "A regular expression that the whole token has to match before the TOKEN authorizer's function is asked; otherwise 401."
        ),
        source: "API_CreateAuthorizer",
    },
    Setting {
        name: "AuthorizerResultTtlInSeconds",
        kind: Kind::OptionalInteger { min: 0, max: 3_600, unit: "s", absent: phrase!("300 for REST, 0 for HTTP") },
        help: phrase!(
            "How long the function's decision is kept. It then holds for every route: a policy that names only the first one refuses the others."
        ),
        source: "API_CreateAuthorizer",
    },
    Setting {
        name: "JwtIssuer",
        kind: Kind::Text { default: "" },
        help: phrase!("The `iss` that tokens must have, with Authorizer JWT."),
        source: "http-api-jwt-authorizer",
    },
    Setting {
        name: "JwtAudience",
        kind: Kind::Json {
            default: "[]",
            shape: phrase!(r#"a list such as ["payments"]"#),
            form: texts!(phrase!("audience"), r#""payments""#),
        },
        help: phrase!("The `aud` that tokens must have, one of these; `client_id` counts where there is no `aud`."),
        source: "http-api-jwt-authorizer",
    },
    Setting {
        name: "CorsConfiguration",
        kind: Kind::Json {
            default: "null",
            shape: phrase!(
                r#"{"allowOrigins": ["*"], "allowMethods": ["*"], "allowHeaders": ["*"], "maxAge": 0} or null"#
            ),
            form: CORS,
        },
        help: phrase!(
            "Answers browsers' preflight requests. In HTTP APIs answers then get the headers as well; in REST APIs a proxy integration has to send Access-Control-Allow-Origin itself."
        ),
        source: "how-to-cors",
    },
    Setting {
        name: "CacheClusterEnabled",
        kind: Kind::Boolean { default: false },
        help: phrase!("Keeps answers to GET requests and gives them again without asking the integration. REST only."),
        source: "api-gateway-caching",
    },
    Setting {
        name: "CacheTtlInSeconds",
        kind: Kind::Integer { default: 300, min: 0, max: 3_600, unit: "s" },
        help: phrase!("How long an answer is kept; 0 keeps none."),
        source: "api-gateway-caching",
    },
    Setting {
        name: "CanarySettings",
        kind: Kind::Json {
            default: "null",
            shape: phrase!(
                r#"{"percentTraffic": 10, "stageVariableOverrides": {"alias": "green"}, "useStageCache": false} or null"#
            ),
            form: CANARY,
        },
        help: phrase!(
            "The share of requests that go to the canary: to routes whose Deployment is CANARY where there are some, with its own stage variables. REST only."
        ),
        source: "canary-release",
    },
    Setting {
        name: "GatewayResponses",
        kind: Kind::Json {
            default: "{}",
            shape: r#"{"THROTTLED": {"statusCode": 503, "responseParameters": {"gatewayresponse.header.Retry-After": "'1'"}, "responseTemplates": {"application/json": "{\"message\": $context.error.messageString}"}}}"#,
            form: RESPONSES,
        },
        help: phrase!(
            "What the gateway's own answers look like, by their type; DEFAULT_4XX and DEFAULT_5XX stand for all others. REST only."
        ),
        source: "supported-gateway-response-types",
    },
    Setting {
        name: "TracingEnabled",
        kind: Kind::Boolean { default: true },
        help: phrase!(
            "Whether requests get the header X-Amzn-Trace-Id, by which their path can be followed. HTTP APIs only pass one on."
        ),
        source: "apigateway-xray",
    },
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiType {
    Rest,
    Http,
}

impl ApiType {
    /// The longest that an integration may take by default, in microseconds: api-gateway-execution-service-limits-table,
    /// http-api-quotas.
    pub fn integration_timeout(self) -> u64 {
        match self {
            ApiType::Rest => 29_000_000,
            ApiType::Http => 30_000_000,
        }
    }
}

/// Who decides who may pass.
#[derive(Clone, Debug, PartialEq)]
pub enum Authorizer {
    None,
    /// One header. Without a function, `token` is the value that is allowed.
    Token {
        token: String,
        expression: Option<RegularExpression>,
    },
    /// Several parts of the request.
    Request,
    /// A token that says itself who made it, for whom, until when and for what.
    Jwt {
        issuer: String,
        audience: Vec<String>,
    },
}

/// What browsers of other origins may do.
#[derive(Clone, Debug, PartialEq)]
pub struct Cors {
    pub origins: Vec<String>,
    pub methods: Vec<String>,
    pub headers: Vec<String>,
    /// Seconds for which a browser may keep the answer to a preflight request.
    pub maximum_age: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Canary {
    /// From 0 to 1.
    pub share: f64,
    pub stage_variables: Value,
    /// Whether it has a cache of its own.
    pub own_cache: bool,
}

#[derive(Clone, Debug)]
pub struct GatewaySettings {
    pub api_type: ApiType,
    pub stage: String,
    /// An object of texts.
    pub stage_variables: Value,
    /// Tokens a second.
    pub rate_limit: f64,
    pub burst_limit: u64,
    pub api_key_required: bool,
    /// Valid without a plan; empty for none.
    pub api_key: String,
    pub key_from_authorizer: bool,
    pub usage_plans: Vec<UsagePlan>,
    pub authorizer: Authorizer,
    pub identity_sources: Vec<Place>,
    /// Microseconds.
    pub authorizer_ttl: u64,
    pub cors: Option<Cors>,
    /// For how long answers are cached, in microseconds; `None` without a cache.
    pub cache_ttl: Option<u64>,
    pub canary: Option<Canary>,
    pub responses: Vec<GatewayResponse>,
    pub tracing: bool,
}

const MICROSECONDS_PER_SECOND: u64 = 1_000_000;

impl GatewaySettings {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        let api_type = if reader.choice("ApiType") == "HTTP" { ApiType::Http } else { ApiType::Rest };
        let ttl = reader.optional_integer("AuthorizerResultTtlInSeconds").map(i64::unsigned_abs);
        let default_ttl = if api_type == ApiType::Rest { 300 } else { 0 };
        let cached = reader.boolean("CacheClusterEnabled");
        let cache_ttl = reader.seconds("CacheTtlInSeconds");
        let settings = GatewaySettings {
            api_type,
            stage: reader.text("StageName"),
            stage_variables: Value::Object(read_texts(reader, "StageVariables")),
            rate_limit: reader.number("ThrottlingRateLimit"),
            burst_limit: reader.integer("ThrottlingBurstLimit").unsigned_abs(),
            api_key_required: reader.boolean("ApiKeyRequired"),
            api_key: reader.text("ApiKey"),
            key_from_authorizer: reader.choice("ApiKeySource") == "AUTHORIZER",
            usage_plans: Structured::read(reader, "UsagePlans", |all, reader| (all.usage_plans)(reader)),
            authorizer: read_authorizer(reader),
            identity_sources: read_identity_sources(reader, api_type),
            authorizer_ttl: ttl.unwrap_or(default_ttl) * MICROSECONDS_PER_SECOND,
            cors: Structured::read(reader, "CorsConfiguration", |all, reader| (all.cors)(reader)),
            cache_ttl: (cached && cache_ttl > 0).then_some(cache_ttl),
            canary: Structured::read(reader, "CanarySettings", |all, reader| (all.canary)(reader)),
            responses: Structured::read(reader, "GatewayResponses", |all, reader| (all.responses)(reader)),
            tracing: reader.boolean("TracingEnabled"),
        };
        settings.check(cached, reader);
        settings
    }

    /// What does not go together.
    fn check(&self, cached: bool, reader: &mut SettingReader<'_, '_>) {
        let mut wrong = |name, message: &str, hint| reader.reader.wrong(name, message, hint);
        if self.api_type == ApiType::Http {
            let features = [
                ("ApiKeyRequired", self.api_key_required, phrase!("HTTP APIs do not have API keys.")),
                ("UsagePlans", !self.usage_plans.is_empty(), phrase!("HTTP APIs do not have usage plans.")),
                ("CacheClusterEnabled", cached, phrase!("HTTP APIs do not have a cache.")),
                ("CanarySettings", self.canary.is_some(), phrase!("HTTP APIs do not have canaries.")),
                ("GatewayResponses", !self.responses.is_empty(), phrase!("HTTP APIs do not have gateway responses.")),
            ];
            for (name, used, message) in features {
                if used {
                    wrong(name, translated(message), tr!("Use a REST API."));
                }
            }
        }
        let has_keys = !self.api_key.is_empty() || self.usage_plans.iter().any(|plan| !plan.keys.is_empty());
        if self.api_key_required && !has_keys {
            wrong("ApiKey", tr!("A key is required, but none is valid here."), tr!("Give the key that clients send."));
        }
        match &self.authorizer {
            Authorizer::Jwt { .. } if self.api_type == ApiType::Rest => {
                wrong("Authorizer", tr!("REST APIs do not have JWT authorizers."), tr!("Use TOKEN, or an HTTP API."));
            }
            Authorizer::Jwt { issuer, audience } if issuer.is_empty() || audience.is_empty() => {
                wrong("JwtIssuer", tr!("A JWT authorizer needs an issuer and an audience."), tr!("Fill in both."));
            }
            Authorizer::Token { .. } if self.api_type == ApiType::Http => {
                wrong(
                    "Authorizer",
                    tr!("HTTP APIs do not have TOKEN authorizers."),
                    tr!("Use REQUEST or JWT, or a REST API."),
                );
            }
            Authorizer::Token { .. } if !matches!(self.identity_sources.as_slice(), [Place::Header(_)]) => {
                wrong("IdentitySource", tr!("TOKEN looks at one header."), tr!("Use REQUEST for anything else."));
            }
            _ => {}
        }
    }
}

fn read_authorizer(reader: &mut SettingReader<'_, '_>) -> Authorizer {
    let token = reader.text("AuthorizerToken");
    let issuer = reader.text("JwtIssuer");
    let audience = read_list(reader, "JwtAudience");
    let expression = reader.text("IdentityValidationExpression");
    // Nothing to read, which the rest of the engine need not be there for.
    let expression = match (!expression.is_empty()).then(|| RegularExpression::parse(&expression)) {
        None => None,
        Some(Ok(expression)) => Some(expression),
        Some(Err(error)) => {
            let path = reader.reader.field_path("IdentityValidationExpression");
            reader.say_rule_error(&path, &error);
            None
        }
    };
    match reader.choice("Authorizer") {
        "TOKEN" => Authorizer::Token { token, expression },
        "REQUEST" => Authorizer::Request,
        "JWT" => Authorizer::Jwt { issuer, audience },
        _ => Authorizer::None,
    }
}

fn read_identity_sources(reader: &mut SettingReader<'_, '_>, api_type: ApiType) -> Vec<Place> {
    let text = reader.text("IdentitySource");
    if text.trim().is_empty() {
        return vec![Place::Header("Authorization".to_string())];
    }
    let mut sources = Vec::new();
    for source in text.split(',').map(str::trim) {
        let place = match api_type {
            ApiType::Rest => Place::parse_rest(source, "method.request."),
            ApiType::Http => Place::parse_http(source, "request"),
        };
        match place.filter(|place| !matches!(place, Place::Body(_) | Place::Path)) {
            Some(place) => sources.push(place),
            None => reader.reader.wrong(
                "IdentitySource",
                tr!("`{}` is not a part of the request that can identify a caller.", source),
                match api_type {
                    ApiType::Rest => tr!("Use method.request.header.NAME, method.request.querystring.NAME, stageVariables.NAME or context.NAME."),
                    ApiType::Http => tr!("Use $request.header.NAME, $request.querystring.NAME, $stageVariables.NAME or $context.NAME."),
                },
            ),
        }
    }
    sources
}

fn read_cors(reader: &mut SettingReader<'_, '_>) -> Option<Cors> {
    let (value, path) = reader.json("CorsConfiguration");
    let fields = optional_object(reader, &value, &path)?;
    let mut inner = Reader::new(fields, path, reader.reader.problems);
    let mut list = |name: &str| texts_of(&mut inner, name);
    let (origins, methods, headers) = (list("allowOrigins"), list("allowMethods"), list("allowHeaders"));
    // http-api-cors: up to a day.
    let maximum_age = inner.integer("maxAge", 0, 0, 86_400, "s").unsigned_abs();
    inner.finish();
    Some(Cors { origins, methods, headers, maximum_age })
}

fn read_canary(reader: &mut SettingReader<'_, '_>) -> Option<Canary> {
    let (value, path) = reader.json("CanarySettings");
    let fields = optional_object(reader, &value, &path)?;
    let mut inner = Reader::new(fields, path, reader.reader.problems);
    let share = inner.number("percentTraffic", 0.0, 0.0, 100.0, "%") / 100.0;
    let variables = inner.object("stageVariableOverrides").cloned().unwrap_or_default();
    let shared = inner.boolean("useStageCache", false);
    inner.finish();
    Some(Canary { share, stage_variables: Value::Object(variables), own_cache: !shared })
}
