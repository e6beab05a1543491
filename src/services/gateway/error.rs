//! The answers that a gateway itself gives: supported-gateway-response-types for REST APIs; the bodies of both kinds as
//! they are seen in practice, for they are not documented.

use super::super::payload::PayloadId;
use super::super::world::World;
use crate::diagram::mapping::MappingScope;
use crate::diagram::settings::{ApiType, GatewaySettings};
use serde_json::{Map, Value, json};

/// Why the gateway itself gives the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayError {
    NoRoute,
    TooLarge,
    Unauthorized,
    Denied,
    DeniedExplicitly,
    MissingScope,
    AuthorizerFailed,
    AuthorizerMalformed,
    InvalidKey,
    QuotaExceeded,
    ThrottledByPlan,
    ThrottledByRoute,
    ThrottledByStage,
    ThrottledByAccount,
    BadParameters,
    BadBody,
    UnsupportedMedia,
    MappingFailed,
    /// The integration answered what the gateway cannot use, or failed.
    IntegrationFailed,
    /// The service behind refused, throttling included.
    IntegrationRefused,
    Unreachable,
    TimedOut,
    /// No policy of the function lets the gateway invoke it.
    NotPermitted,
}

use GatewayError::*;

impl GatewayError {
    pub const ALL: [GatewayError; 23] = [
        NoRoute,
        TooLarge,
        Unauthorized,
        Denied,
        DeniedExplicitly,
        MissingScope,
        AuthorizerFailed,
        AuthorizerMalformed,
        InvalidKey,
        QuotaExceeded,
        ThrottledByPlan,
        ThrottledByRoute,
        ThrottledByStage,
        ThrottledByAccount,
        BadParameters,
        BadBody,
        UnsupportedMedia,
        MappingFailed,
        IntegrationFailed,
        IntegrationRefused,
        Unreachable,
        TimedOut,
        NotPermitted,
    ];

    /// Type of gateway response, status and body.
    fn answer(self, api: ApiType) -> (&'static str, u16, Value) {
        let rest = api == ApiType::Rest;
        let pick = |of_rest, of_http| if rest { of_rest } else { of_http };
        let (kind, status, text) = match self {
            NoRoute if rest => ("MISSING_AUTHENTICATION_TOKEN", 403, "Missing Authentication Token"),
            NoRoute => ("RESOURCE_NOT_FOUND", 404, "Not Found"),
            TooLarge => ("REQUEST_TOO_LARGE", 413, pick("Request Too Long", "Request Entity Too Large")),
            Unauthorized => ("UNAUTHORIZED", 401, "Unauthorized"),
            Denied if rest => ("ACCESS_DENIED", 403, "User is not authorized to access this resource"),
            DeniedExplicitly if rest => {
                ("ACCESS_DENIED", 403, "User is not authorized to access this resource with an explicit deny")
            }
            Denied | DeniedExplicitly | MissingScope => ("ACCESS_DENIED", 403, "Forbidden"),
            AuthorizerFailed if rest => return ("AUTHORIZER_FAILURE", 500, json!({ "message": null })),
            AuthorizerMalformed if rest => {
                return ("AUTHORIZER_CONFIGURATION_ERROR", 500, json!({ "message": null }));
            }
            AuthorizerFailed | AuthorizerMalformed => ("AUTHORIZER_FAILURE", 500, "Internal Server Error"),
            InvalidKey => ("INVALID_API_KEY", 403, "Forbidden"),
            QuotaExceeded => ("QUOTA_EXCEEDED", 429, "Limit Exceeded"),
            ThrottledByPlan | ThrottledByRoute | ThrottledByStage | ThrottledByAccount => {
                ("THROTTLED", 429, "Too Many Requests")
            }
            BadParameters => ("BAD_REQUEST_PARAMETERS", 400, "Missing required request parameters"),
            BadBody => ("BAD_REQUEST_BODY", 400, "Invalid request body"),
            UnsupportedMedia => ("UNSUPPORTED_MEDIA_TYPE", 415, "Unsupported Media Type"),
            MappingFailed => ("API_CONFIGURATION_ERROR", 500, "Internal server error"),
            NotPermitted => ("API_CONFIGURATION_ERROR", 500, pick("Internal server error", "Internal Server Error")),
            IntegrationFailed => {
                ("DEFAULT_5XX", pick_number(rest, 502, 500), pick("Internal server error", "Internal Server Error"))
            }
            IntegrationRefused => ("DEFAULT_5XX", 500, pick("Internal server error", "Internal Server Error")),
            Unreachable => (
                "INTEGRATION_FAILURE",
                pick_number(rest, 504, 503),
                pick("Network error communicating with endpoint", "Service Unavailable"),
            ),
            TimedOut => (
                "INTEGRATION_TIMEOUT",
                pick_number(rest, 504, 503),
                pick("Endpoint request timed out", "Service Unavailable"),
            ),
        };
        (kind, status, json!({ "message": text }))
    }

    /// The status that such an API answers with, unless a gateway response says otherwise.
    pub fn status(self, api: ApiType) -> u16 {
        self.answer(api).1
    }

    /// The type of gateway response, as the access log has it.
    pub fn kind(self) -> &'static str {
        self.answer(ApiType::Rest).0
    }

    pub fn words(self) -> &'static str {
        match self {
            NoRoute => tr!("no route has this method and path"),
            TooLarge => tr!("the body is larger than 10 MB"),
            Unauthorized => tr!("nothing identifies the caller, or the token is not valid"),
            Denied => tr!("the authorizer does not allow this method"),
            DeniedExplicitly => tr!("the authorizer denies this method"),
            MissingScope => tr!("the token has none of the route's scopes"),
            AuthorizerFailed => tr!("the authorizer failed"),
            AuthorizerMalformed => tr!("the authorizer's answer is not understood"),
            InvalidKey => tr!("the API key is missing or not valid"),
            QuotaExceeded => tr!("the usage plan's quota is used up"),
            ThrottledByPlan => tr!("the key's bucket in its usage plan is empty"),
            ThrottledByRoute => tr!("the route's bucket is empty"),
            ThrottledByStage => tr!("the stage's bucket is empty"),
            ThrottledByAccount => tr!("the account's bucket is empty"),
            BadParameters => tr!("a required parameter is missing"),
            BadBody => tr!("the body does not fit the model"),
            UnsupportedMedia => tr!("no mapping template has this content type"),
            MappingFailed => tr!("the mapping failed"),
            IntegrationFailed => tr!("the integration failed, or its answer is malformed"),
            IntegrationRefused => tr!("the service behind it refused"),
            Unreachable => tr!("the integration cannot be reached"),
            TimedOut => tr!("the integration did not answer in time"),
            NotPermitted => tr!("no policy of the function lets it invoke the function"),
        }
    }

    /// Refused requests are not billed where the caller had no right to be served: api-gateway-pricing.
    pub fn is_billed(self) -> bool {
        !matches!(
            self,
            NoRoute
                | Unauthorized
                | Denied
                | DeniedExplicitly
                | MissingScope
                | InvalidKey
                | QuotaExceeded
                | ThrottledByPlan
                | ThrottledByRoute
                | ThrottledByStage
                | ThrottledByAccount
        )
    }
}

fn pick_number(rest: bool, of_rest: u16, of_http: u16) -> u16 {
    if rest { of_rest } else { of_http }
}

/// An answer to a request: status, body, and headers as an object or null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: PayloadId,
    pub headers: PayloadId,
}

/// The gateway's own answers, in the order of [`GatewayError::ALL`].
#[derive(Clone, Debug, Default)]
pub struct Answers(Vec<Answer>);

impl Answers {
    pub fn new(settings: &GatewaySettings, world: &mut World) -> Self {
        Answers(GatewayError::ALL.iter().map(|error| compose(*error, settings, None, world)).collect())
    }

    pub fn get(&self, error: GatewayError) -> Answer {
        self.0[error as usize]
    }
}

/// The answer as the gateway responses change it. `message` says more than the usual body.
pub fn compose(error: GatewayError, settings: &GatewaySettings, message: Option<&str>, world: &mut World) -> Answer {
    let (kind, mut status, mut body) = error.answer(settings.api_type);
    if let Some(message) = message {
        body = json!({ "message": message });
    }
    let family = if status < 500 { "DEFAULT_4XX" } else { "DEFAULT_5XX" };
    let find = |kind: &str| settings.responses.iter().find(|response| response.kind == kind);
    let mut headers = Value::Null;
    if let Some(custom) = find(kind).or_else(|| find(family)) {
        status = custom.status.unwrap_or(status);
        if !custom.headers.is_empty() {
            let fields = custom.headers.iter().map(|(name, value)| (name.clone(), Value::String(value.clone())));
            headers = Value::Object(fields.collect::<Map<_, _>>());
        }
        if let Some(template) = &custom.template {
            let text = body.get("message").cloned().unwrap_or_default();
            let context = json!({
                "error": { "message": text, "messageString": text.to_string(), "responseType": kind },
                "requestId": "{{requestId}}", "stage": settings.stage,
            });
            let scope =
                MappingScope { context: &context, stage_variables: &settings.stage_variables, ..MappingScope::EMPTY };
            body = template.apply(scope).unwrap_or(body);
        }
    }
    Answer { status, body: world.payloads.intern(body), headers: world.payloads.intern(headers) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_stands_at_its_own_place() {
        for (index, error) in GatewayError::ALL.iter().enumerate() {
            assert_eq!(*error as usize, index);
            assert!(!error.words().is_empty());
        }
    }
}
