//! The API gateway, as a REST API of Amazon API Gateway.

use crate::diagram::setting::{Kind, Setting, SettingReader};

pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "ThrottlingRateLimit",
        kind: Kind::Number { default: 10_000.0, min: 0.0, max: 1_000_000.0, unit: "requests/s" },
        help: "How fast the token bucket refills. A request that finds no token is answered 429 at once.",
        source: "api-gateway-request-throttling",
    },
    Setting {
        name: "ThrottlingBurstLimit",
        kind: Kind::Integer { default: 5_000, min: 0, max: 1_000_000, unit: "requests" },
        help: "How many tokens the bucket holds: the size of the rush that passes untouched.",
        source: "api-gateway-request-throttling",
    },
    Setting {
        name: "ApiKeyRequired",
        kind: Kind::Boolean { default: false },
        help: "Whether every method needs a valid x-api-key. Without one the answer is 403.",
        source: "api-gateway-setup-api-key-with-console",
    },
    Setting {
        name: "ApiKey",
        kind: Kind::Text { default: "" },
        help: "The key that is valid here.",
        source: "api-gateway-setup-api-key-with-console",
    },
    Setting {
        name: "Authorizer",
        kind: Kind::Choice { default: "NONE", options: &["NONE", "TOKEN"] },
        help: "TOKEN checks the Authorization header: none at all is 401, a wrong one 403.",
        source: "apigateway-use-lambda-authorizer",
    },
    Setting {
        name: "AuthorizerToken",
        kind: Kind::Text { default: "" },
        help: "The value of the Authorization header that the authorizer allows.",
        source: "apigateway-use-lambda-authorizer",
    },
    Setting {
        name: "TracingEnabled",
        kind: Kind::Boolean { default: true },
        help: "Whether requests get the header X-Amzn-Trace-Id, by which their path can be followed.",
        source: "apigateway-xray",
    },
];

/// Who may pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authorizer {
    None,
    /// The value of the Authorization header that is allowed.
    Token(String),
}

#[derive(Clone, Debug)]
pub struct GatewaySettings {
    /// Tokens a second.
    pub rate_limit: f64,
    pub burst_limit: u64,
    /// The key that is asked for; `None` where none is.
    pub api_key: Option<String>,
    pub authorizer: Authorizer,
    pub tracing: bool,
}

impl GatewaySettings {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        let key = reader.text("ApiKey");
        let key_required = reader.boolean("ApiKeyRequired");
        if key_required && key.is_empty() {
            reader.reader.wrong(
                "ApiKey",
                "A key is required, but none is valid here.",
                "Give the key that clients send.",
            );
        }
        let token = reader.text("AuthorizerToken");
        let authorizer = reader.choice("Authorizer");
        if authorizer == "TOKEN" && token.is_empty() {
            reader.reader.wrong("AuthorizerToken", "The authorizer allows no token.", "Give the value that it allows.");
        }
        GatewaySettings {
            rate_limit: reader.number("ThrottlingRateLimit"),
            burst_limit: reader.integer("ThrottlingBurstLimit").unsigned_abs(),
            api_key: key_required.then_some(key),
            authorizer: if authorizer == "TOKEN" { Authorizer::Token(token) } else { Authorizer::None },
            tracing: reader.boolean("TracingEnabled"),
        }
    }
}
