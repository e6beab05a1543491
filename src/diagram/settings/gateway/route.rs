//! A gateway's route: the method request, the integration, and what is mapped between them.

use super::Structured;
use super::plan::Throttle;
use super::response::{IntegrationResponse, parse_templates};
use crate::diagram::mapping::{MappingTemplate, ParameterChange, Place};
use crate::diagram::schema::Schema;
use crate::diagram::send_options::SendOptions;
use crate::diagram::setting::{Kind, Setting, SettingReader};
use crate::diagram::shape::{Shape, TEMPLATES, needed, part, texts, whole};
use crate::diagram::template::Template;
use serde_json::Value;

const INTEGRATION_RESPONSES: Shape = Shape::List(&needed(
    phrase!("response"),
    r#"{"statusCode": 200}"#,
    Shape::Record(&[
        part("selectionPattern", r#""""#, Shape::Text),
        part("statusCode", "200", whole(100, 599, "")),
        part(
            "responseParameters",
            "{}",
            Shape::Names(&needed(
                "method.response.header.X-Reason",
                r#""integration.response.body.reason""#,
                Shape::Text,
            )),
        ),
        part(
            "responseTemplates",
            "{}",
            Shape::Names(&needed("application/json", r#""$input.json('$')""#, Shape::Lines)),
        ),
    ]),
));

const RESPONSE_PARAMETERS: Shape = Shape::Names(&needed(
    "500",
    r#"{"overwrite:statuscode": "403"}"#,
    Shape::Names(&needed("overwrite:statuscode", r#""403""#, Shape::Text)),
));

pub const INTEGRATION: &[Setting] = &[
    Setting {
        name: "Method",
        kind: Kind::Choice {
            default: "ANY",
            options: &["ANY", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"],
        },
        help: phrase!("The HTTP method of this route."),
        source: "api-gateway-method-settings-method-request",
    },
    Setting {
        name: "Path",
        kind: Kind::Text { default: "/{proxy+}" },
        help: phrase!(
            "The resource's path. `{name}` stands for one segment, `{proxy+}` at the end for all that follow. The most exact route wins."
        ),
        source: "api-gateway-method-settings-method-request",
    },
    Setting {
        name: "Deployment",
        kind: Kind::Choice { default: "CURRENT", options: &["CURRENT", "CANARY"] },
        help: phrase!(
            "CANARY: this route is only for the canary's share of the requests; the others take the current route of the same method and path."
        ),
        source: "canary-release",
    },
    Setting {
        name: "IntegrationType",
        kind: Kind::Choice { default: "PROXY", options: &["PROXY", "NON_PROXY"] },
        help: phrase!(
            "PROXY: the function answers with a status code and a body. NON_PROXY: mappings make the request, and whatever the function returns is a 200, its errors as well, unless an integration response selects them."
        ),
        source: "api-gateway-api-integration-types",
    },
    Setting {
        name: "InvocationType",
        kind: Kind::Choice { default: "RequestResponse", options: &["RequestResponse", "Event"] },
        help: phrase!(
            "Event: the function runs later, from its own queue, and the gateway answers at once (X-Amz-Invocation-Type). For NON_PROXY in REST APIs."
        ),
        source: "set-up-lambda-integration-async",
    },
    Setting {
        name: "FunctionEvent",
        kind: Kind::Choice { default: "BODY", options: &["BODY", "PROXY_EVENT"] },
        help: phrase!(
            "What the handler sees of a request. BODY: the body alone. PROXY_EVENT: the whole event of a proxy integration, with headers, path and query string; `body` is parsed already."
        ),
        source: "http-api-develop-integrations-lambda",
    },
    Setting {
        name: "PayloadFormatVersion",
        kind: Kind::Choice { default: "2.0", options: &["1.0", "2.0"] },
        help: phrase!(
            "Of proxy integrations in HTTP APIs. With 2.0 an answer without statusCode is taken for the body of a 200. REST APIs always use 1.0."
        ),
        source: "http-api-develop-integrations-lambda",
    },
    Setting {
        name: "TimeoutInMillis",
        kind: Kind::OptionalInteger {
            min: 50,
            max: 300_000,
            unit: "ms",
            absent: phrase!("29,000 for REST, 30,000 for HTTP"),
        },
        help: phrase!(
            "How long the gateway waits for the integration. Then it answers 504 (HTTP APIs: 503), while the function keeps running and is billed. More than 29 seconds needs a raised quota, and a Regional or private REST API; HTTP APIs have 30 seconds at most."
        ),
        source: "api-gateway-execution-service-limits-table",
    },
    Setting {
        name: "ThrottlingRateLimit",
        kind: Kind::OptionalInteger {
            min: 0,
            max: 1_000_000,
            unit: phrase!("requests/s"),
            absent: phrase!("the stage's bucket"),
        },
        help: phrase!("A token bucket for this route alone, in place of the stage's."),
        source: "api-gateway-request-throttling",
    },
    Setting {
        name: "ThrottlingBurstLimit",
        kind: Kind::OptionalInteger {
            min: 0,
            max: 1_000_000,
            unit: phrase!("requests"),
            absent: phrase!("the stage's bucket"),
        },
        help: phrase!("How many tokens this route's own bucket holds."),
        source: "api-gateway-request-throttling",
    },
    Setting {
        name: "Access",
        kind: Kind::Choice { default: "ALLOWED", options: &["ALLOWED", "DENIED"] },
        help: phrase!(
            "DENIED: no policy of the function lets this gateway invoke it. Every request is answered 500, and the function learns nothing of it."
        ),
        source: "api-gateway-create-api-as-simple-proxy-for-lambda",
    },
    Setting {
        name: "AuthorizationType",
        kind: Kind::Choice { default: "CUSTOM", options: &["CUSTOM", "NONE"] },
        help: phrase!("CUSTOM: the gateway's authorizer decides, if it has one. NONE: everybody may call this route."),
        source: "API_PutMethod",
    },
    Setting {
        name: "AuthorizationScopes",
        kind: Kind::Json {
            default: "[]",
            shape: phrase!(r#"a list such as ["payments.write"]"#),
            form: texts!(phrase!("scope"), r#""payments.write""#),
        },
        help: phrase!("The token has to have one of these scopes, with a JWT authorizer; otherwise 403."),
        source: "http-api-jwt-authorizer",
    },
    Setting {
        name: "RequestParameters",
        kind: Kind::Json {
            default: "{}",
            shape: r#"REST: {"method.request.header.X-Id": true, "integration.request.header.X-Id": "method.request.querystring.id"}; HTTP: {"append:header.X-Id": "$request.querystring.id", "overwrite:path": "/v2/payments"}"#,
            form: Shape::Names(&needed("method.request.header.X-Id", "false", Shape::Scalar)),
        },
        help: phrase!(
            "REST APIs: what a request has to have, where the value is true; without it the answer is 400. Both: what is changed before the integration gets the request; HTTP APIs also: what is handed to a service."
        ),
        source: "http-api-parameter-mapping",
    },
    Setting {
        name: "RequestModel",
        kind: Kind::Json {
            default: "null",
            shape: phrase!(
                r#"a JSON schema such as {"type": "object", "required": ["amount"], "properties": {"amount": {"type": "number", "minimum": 0}}}, or null"#
            ),
            form: Shape::Json,
        },
        help: phrase!(
            "What the body has to look like; otherwise the answer is 400, and the integration learns nothing of it. REST only."
        ),
        source: "api-gateway-method-request-validation",
    },
    Setting {
        name: "RequestTemplate",
        kind: Kind::Json { default: "null", shape: phrase!("a payload template or null"), form: Shape::Json },
        help: phrase!("What the gateway makes of the request's body before it hands it on; null leaves it as it is."),
        source: "models-mappings",
    },
    Setting {
        name: "RequestTemplates",
        kind: Kind::Json {
            default: "{}",
            shape: r#"{"application/json": "{\"amount\": $input.json('$.amount')}"}"#,
            form: TEMPLATES,
        },
        help: phrase!(
            "Mapping templates by the request's content type. For services and NON_PROXY integrations of REST APIs. A queue's may be a form: Action=SendMessage&MessageBody=$util.urlEncode($input.body)."
        ),
        source: "api-gateway-mapping-template-reference",
    },
    Setting {
        name: "PassthroughBehavior",
        kind: Kind::Choice { default: "WHEN_NO_MATCH", options: &["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"] },
        help: phrase!(
            "Whether a body passes unmapped where no template has its content type: NEVER, and WHEN_NO_TEMPLATES where there are other templates, answer 415."
        ),
        source: "integration-passthrough-behaviors",
    },
    Setting {
        name: "ResponseTemplate",
        kind: Kind::Json {
            default: "null",
            shape: phrase!("a payload template or null; {{message}} is the integration's answer"),
            form: Shape::Json,
        },
        help: phrase!("What the gateway makes of a successful answer; null leaves it as it is."),
        source: "models-mappings",
    },
    Setting {
        name: "IntegrationResponses",
        kind: Kind::Json {
            default: "[]",
            shape: r#"[{"statusCode": 200}, {"selectionPattern": ".*declined.*", "statusCode": 402, "responseTemplates": {"application/json": "{\"why\": $input.json('$.errorMessage')}"}}]"#,
            form: INTEGRATION_RESPONSES,
        },
        help: phrase!(
            "Of NON_PROXY and service integrations: the first whose selectionPattern matches the function's error message, or the service's status code, makes the answer; the one without a pattern is the default. Empty: everything is a 200."
        ),
        source: "handle-errors-in-lambda-integration",
    },
    Setting {
        name: "ResponseParameters",
        kind: Kind::Json {
            default: "{}",
            shape: r#"{"500": {"overwrite:statuscode": "403", "append:header.x-reason": "$response.body.reason"}}"#,
            form: RESPONSE_PARAMETERS,
        },
        help: phrase!("What is changed in answers, by their status. HTTP APIs only."),
        source: "http-api-parameter-mapping",
    },
    Setting {
        name: "CacheKeyParameters",
        kind: Kind::Json {
            default: "[]",
            shape: r#"["method.request.path.id", "method.request.querystring.page"]"#,
            form: texts!(phrase!("parameter"), r#""method.request.path.id""#),
        },
        help: phrase!(
            "What tells answers in the stage's cache apart. What is left out does not count: without method.request.path.id, /payments/1 and /payments/2 share one answer."
        ),
        source: "api-gateway-caching",
    },
    Setting {
        name: "Source",
        kind: Kind::Text { default: "gateway" },
        help: phrase!("The event's source, where the route puts events on a bus."),
        source: "http-api-develop-integrations-aws-services-reference",
    },
    Setting {
        name: "DetailType",
        kind: Kind::Text { default: "Request" },
        help: phrase!("The event's detail-type, where the route puts events on a bus."),
        source: "http-api-develop-integrations-aws-services-reference",
    },
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passthrough {
    WhenNoMatch,
    WhenNoTemplates,
    Never,
}

/// A gateway's route.
#[derive(Clone, Debug)]
pub struct Route {
    pub method: String,
    pub path: String,
    pub canary: bool,
    pub proxy: bool,
    pub asynchronous: bool,
    pub whole_event: bool,
    /// Payload format 2.0, in HTTP APIs.
    pub infers_answer: bool,
    /// Microseconds; `None` leaves it to the kind of API.
    pub timeout: Option<u64>,
    pub throttle: Option<Throttle>,
    /// Whether the function lets the gateway invoke it.
    pub allowed: bool,
    /// Whether the gateway's authorizer is asked.
    pub authorized: bool,
    pub scopes: Vec<String>,
    /// What has to be there.
    pub required: Vec<(String, Place)>,
    pub request_changes: Vec<ParameterChange>,
    pub model: Option<Schema>,
    pub request_template: Option<Template>,
    /// By content type.
    pub request_templates: Vec<(String, MappingTemplate)>,
    pub passthrough: Passthrough,
    pub response_template: Option<Template>,
    pub integration_responses: Vec<IntegrationResponse>,
    pub response_changes: Vec<(u16, Vec<ParameterChange>)>,
    pub cache_key: Vec<Place>,
    pub source: String,
    pub detail_type: String,
    pub send_options: SendOptions,
}

impl Route {
    /// Whether the integration gets the request's body as it came.
    pub fn hands_on(&self) -> bool {
        let as_it_is = self.request_template.is_none() && self.request_templates.is_empty();
        as_it_is && self.request_changes.is_empty() && !self.whole_event
    }

    pub(in crate::diagram::settings) fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        let path = reader.text("Path");
        if !path.starts_with('/') {
            reader.reader.wrong("Path", tr!("`{}` does not begin with a slash.", path), tr!("For example /payments."));
        }
        let timeout = reader.optional_integer("TimeoutInMillis");
        let (required, request_changes) =
            Structured::read(reader, "RequestParameters", |all, reader| (all.request_parameters)(reader));
        Route {
            method: reader.choice("Method").to_string(),
            path,
            canary: reader.choice("Deployment") == "CANARY",
            proxy: reader.choice("IntegrationType") == "PROXY",
            asynchronous: reader.choice("InvocationType") == "Event",
            whole_event: reader.choice("FunctionEvent") == "PROXY_EVENT",
            infers_answer: reader.choice("PayloadFormatVersion") == "2.0",
            timeout: timeout.map(|milliseconds| milliseconds.unsigned_abs() * 1_000),
            throttle: read_throttle(reader),
            allowed: reader.choice("Access") == "ALLOWED",
            authorized: reader.choice("AuthorizationType") == "CUSTOM",
            scopes: crate::diagram::settings::read_list(reader, "AuthorizationScopes"),
            required,
            request_changes,
            model: read_model(reader),
            request_template: reader.template("RequestTemplate"),
            request_templates: Structured::read(reader, "RequestTemplates", |all, reader| {
                (all.request_templates)(reader)
            }),
            passthrough: match reader.choice("PassthroughBehavior") {
                "NEVER" => Passthrough::Never,
                "WHEN_NO_TEMPLATES" => Passthrough::WhenNoTemplates,
                _ => Passthrough::WhenNoMatch,
            },
            response_template: reader.template("ResponseTemplate"),
            integration_responses: Structured::read(reader, "IntegrationResponses", |all, reader| {
                (all.integration_responses)(reader)
            }),
            response_changes: Structured::read(reader, "ResponseParameters", |all, reader| {
                (all.response_parameters)(reader)
            }),
            cache_key: Structured::read(reader, "CacheKeyParameters", |all, reader| (all.cache_key)(reader)),
            source: reader.text("Source"),
            detail_type: reader.text("DetailType"),
            send_options: SendOptions::read(reader),
        }
    }
}

fn read_throttle(reader: &mut SettingReader<'_, '_>) -> Option<Throttle> {
    let rate = reader.optional_integer("ThrottlingRateLimit");
    let burst = reader.optional_integer("ThrottlingBurstLimit");
    match (rate, burst) {
        (None, None) => None,
        (rate, burst) => {
            Some(Throttle { rate: rate.unwrap_or(10_000) as f64, burst: burst.unwrap_or(5_000).unsigned_abs() })
        }
    }
}

fn read_model(reader: &mut SettingReader<'_, '_>) -> Option<Schema> {
    let (value, path) = reader.json("RequestModel");
    if value.is_null() {
        return None;
    }
    Schema::parse(&value, &path)
        .map_err(|found| found.into_iter().for_each(|problem| reader.reader.problems.add(problem)))
        .ok()
}

pub(super) fn read_request_templates(reader: &mut SettingReader<'_, '_>) -> Vec<(String, MappingTemplate)> {
    let (value, path) = reader.json("RequestTemplates");
    if !value.is_object() {
        reader.reader.problems.say(
            path,
            tr!("This is not an object of templates."),
            tr!("Write {\"application/json\": \"…\"}."),
        );
        return Vec::new();
    }
    parse_templates(value.as_object(), &path, &mut reader.reader)
}

/// What has to be there (REST), and what is changed.
pub(super) type RequestParameters = (Vec<(String, Place)>, Vec<ParameterChange>);

pub(super) fn read_request_parameters(reader: &mut SettingReader<'_, '_>) -> RequestParameters {
    let (value, path) = reader.json("RequestParameters");
    let problems = &mut *reader.reader.problems;
    let (mut required, mut changes) = (Vec::new(), Vec::new());
    let Value::Object(fields) = &value else {
        problems.say(
            path,
            tr!("This is not an object of parameters."),
            tr!("Write {\"method.request.header.X-Id\": true}."),
        );
        return (required, changes);
    };
    for (key, value) in fields {
        let path = format!("{path}.{key}");
        match value {
            Value::Bool(needed) => match Place::parse_rest(key, "method.request.") {
                Some(place @ (Place::Header(_) | Place::QueryString(_) | Place::PathParameter(_))) => {
                    let name = key.rsplit('.').next().unwrap_or(key).to_string();
                    if *needed {
                        required.push((name, place));
                    }
                }
                _ => problems.say(
                    path,
                    tr!("`{}` is not a parameter of a request.", key),
                    tr!("Use method.request.header.NAME, method.request.querystring.NAME or method.request.path.NAME."),
                ),
            },
            Value::String(text) => {
                let change = match key.starts_with("integration.") {
                    true => ParameterChange::parse_rest(key, text),
                    false => ParameterChange::parse(key, text, false),
                };
                match change {
                    Ok(change) => changes.push(change),
                    Err((message, hint)) => problems.say(path, message, hint),
                }
            }
            _ => problems.say(path, tr!("A parameter is true, false or a mapping."), ""),
        }
    }
    (required, changes)
}

pub(super) fn read_response_parameters(reader: &mut SettingReader<'_, '_>) -> Vec<(u16, Vec<ParameterChange>)> {
    let (value, path) = reader.json("ResponseParameters");
    let problems = &mut *reader.reader.problems;
    let hint = tr!("Write {\"500\": {\"overwrite:statuscode\": \"403\"}}.");
    let Value::Object(fields) = &value else {
        problems.say(path, tr!("This is not an object of statuses."), hint);
        return Vec::new();
    };
    let mut by_status = Vec::new();
    for (status, value) in fields {
        let path = format!("{path}.{status}");
        let status = status.parse::<u16>().ok().filter(|status| (200..600).contains(status));
        let (Some(status), Value::Object(fields)) = (status, value) else {
            problems.say(path, tr!("This is not a status from 200 to 599 with its mappings."), hint);
            continue;
        };
        let mut changes = Vec::new();
        for (key, value) in fields {
            match ParameterChange::parse(key, value.as_str().unwrap_or(""), true) {
                Ok(change) => changes.push(change),
                Err((message, hint)) => problems.say(format!("{path}.{key}"), message, hint),
            }
        }
        by_status.push((status, changes));
    }
    by_status
}

pub(super) fn read_cache_key(reader: &mut SettingReader<'_, '_>) -> Vec<Place> {
    let mut places = Vec::new();
    for name in crate::diagram::settings::read_list(reader, "CacheKeyParameters") {
        match Place::parse_rest(&name, "method.request.") {
            Some(place @ (Place::Header(_) | Place::QueryString(_) | Place::PathParameter(_))) => places.push(place),
            _ => reader.reader.wrong(
                "CacheKeyParameters",
                tr!("`{}` is not a parameter of a request.", name),
                tr!("Use method.request.header.NAME, method.request.querystring.NAME or method.request.path.NAME."),
            ),
        }
    }
    places
}
