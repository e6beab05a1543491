//! Answers that somebody wrote: gateway responses (supported-gateway-response-types) and integration responses
//! (handle-errors-in-lambda-integration).

use crate::diagram::mapping::{MappingTemplate, ParameterText};
use crate::diagram::reader::Reader;
use crate::diagram::setting::SettingReader;
use crate::rules::RegularExpression;
use serde_json::{Map, Value};

/// Every type of gateway response that can be changed: supported-gateway-response-types.
pub const GATEWAY_RESPONSES: &[&str] = &[
    "ACCESS_DENIED",
    "API_CONFIGURATION_ERROR",
    "AUTHORIZER_CONFIGURATION_ERROR",
    "AUTHORIZER_FAILURE",
    "BAD_REQUEST_BODY",
    "BAD_REQUEST_PARAMETERS",
    "DEFAULT_4XX",
    "DEFAULT_5XX",
    "EXPIRED_TOKEN",
    "INTEGRATION_FAILURE",
    "INTEGRATION_TIMEOUT",
    "INVALID_API_KEY",
    "INVALID_SIGNATURE",
    "MISSING_AUTHENTICATION_TOKEN",
    "QUOTA_EXCEEDED",
    "REQUEST_TOO_LARGE",
    "RESOURCE_NOT_FOUND",
    "THROTTLED",
    "UNAUTHORIZED",
    "UNSUPPORTED_MEDIA_TYPE",
    "WAF_FILTERED",
];

/// How one of the gateway's own answers is changed.
#[derive(Clone, Debug, PartialEq)]
pub struct GatewayResponse {
    pub kind: String,
    pub status: Option<u16>,
    pub headers: Vec<(String, String)>,
    pub template: Option<MappingTemplate>,
}

/// What becomes of an integration's answer that is not a proxy's.
#[derive(Clone, Debug, PartialEq)]
pub struct IntegrationResponse {
    /// What the error message, or the service's status code, has to match; `None` for the default.
    pub selection: Option<RegularExpression>,
    pub status: u16,
    /// What each of the answer's headers is.
    pub headers: Vec<(String, ParameterText)>,
    pub template: Option<MappingTemplate>,
}

impl GatewayResponse {
    pub(super) fn read_all(reader: &mut SettingReader<'_, '_>) -> Vec<GatewayResponse> {
        let (value, path) = reader.json("GatewayResponses");
        let Value::Object(kinds) = &value else {
            reader.reader.problems.say(
                path,
                tr!("This is not an object of gateway responses."),
                tr!("Write {\"THROTTLED\": {…}}."),
            );
            return Vec::new();
        };
        let mut responses = Vec::new();
        for (kind, value) in kinds {
            let path = format!("{path}.{kind}");
            let problems = &mut *reader.reader.problems;
            let (true, Value::Object(fields)) = (GATEWAY_RESPONSES.contains(&kind.as_str()), value) else {
                let known = GATEWAY_RESPONSES.join(", ");
                problems.say(path, tr!("`{}` is not a gateway response.", kind), tr!("Known: {}.", known));
                continue;
            };
            let mut inner = Reader::new(fields, path, problems);
            let status = inner.optional_integer("statusCode", 100, 599, "");
            let form =
                tr!("Write {\"gatewayresponse.header.Retry-After\": \"'1'\"}, with single quotes around the value.");
            let fixed = |text: &str| Some(text.strip_prefix('\'')?.strip_suffix('\'')?.to_string());
            let headers = read_headers(&mut inner, "gatewayresponse.header.", form, fixed);
            let template = read_templates(&mut inner, "responseTemplates").into_iter().next().map(|(_, it)| it);
            inner.finish();
            let status = status.map(|status| status as u16);
            responses.push(GatewayResponse { kind: kind.clone(), status, headers, template });
        }
        responses
    }
}

impl IntegrationResponse {
    pub(super) fn read_all(reader: &mut SettingReader<'_, '_>) -> Vec<IntegrationResponse> {
        let (value, path) = reader.json("IntegrationResponses");
        let Value::Array(items) = &value else {
            reader.reader.problems.say(
                path,
                tr!("This is not a list of integration responses."),
                tr!("Write [{\"statusCode\": 200}]."),
            );
            return Vec::new();
        };
        let mut responses = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = format!("{path}[{index}]");
            let problems = &mut *reader.reader.problems;
            let Value::Object(fields) = item else {
                problems.say(path, tr!("An integration response is an object."), tr!("Write {\"statusCode\": 200}."));
                continue;
            };
            let mut inner = Reader::new(fields, path, problems);
            let pattern = inner.text("selectionPattern").unwrap_or("");
            let selection = match RegularExpression::parse(pattern) {
                _ if pattern.is_empty() => None,
                Ok(selection) => Some(selection),
                Err(error) => {
                    inner.wrong("selectionPattern", error.message, error.hint);
                    None
                }
            };
            let status = inner.integer("statusCode", 200, 100, 599, "") as u16;
            let form = tr!(
                "Write {\"method.response.header.X-Reason\": \"integration.response.body.reason\"}, or a fixed \"'value'\" in single quotes."
            );
            let mapped = |text: &str| ParameterText::parse_rest(text, "integration.response.");
            let headers = read_headers(&mut inner, "method.response.header.", form, mapped);
            let template = read_templates(&mut inner, "responseTemplates").into_iter().next().map(|(_, it)| it);
            inner.finish();
            responses.push(IntegrationResponse { selection, status, headers, template });
        }
        responses
    }
}

/// `responseParameters`: headers and what they are, as `parse` understands it; `form` tells how to write them.
fn read_headers<T>(
    reader: &mut Reader<'_, '_>,
    prefix: &str,
    form: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Vec<(String, T)> {
    let fields = reader.object("responseParameters");
    let mut headers = Vec::new();
    for (name, value) in fields.into_iter().flatten() {
        match (name.strip_prefix(prefix), value.as_str().and_then(&parse)) {
            (Some(header), Some(value)) => headers.push((header.to_string(), value)),
            _ => reader.wrong("responseParameters", tr!("`{}` is not a header with its value.", name), form),
        }
    }
    headers
}

/// Templates by content type.
pub(super) fn read_templates(reader: &mut Reader<'_, '_>, name: &str) -> Vec<(String, MappingTemplate)> {
    let path = reader.field_path(name);
    let fields = reader.object(name);
    parse_templates(fields, &path, reader)
}

pub(super) fn parse_templates(
    fields: Option<&Map<String, Value>>,
    path: &str,
    reader: &mut Reader<'_, '_>,
) -> Vec<(String, MappingTemplate)> {
    let mut templates = Vec::new();
    for (content_type, value) in fields.into_iter().flatten() {
        let path = format!("{path}.{content_type}");
        match value.as_str().map(|source| MappingTemplate::parse(source, &path)) {
            Some(Ok(template)) => templates.push((content_type.clone(), template)),
            Some(Err(problem)) => reader.problems.add(problem),
            None => reader.problems.say(
                path,
                tr!("A mapping template is a text."),
                tr!("Write {\"application/json\": \"…\"}."),
            ),
        }
    }
    templates
}
