//! Parameter mapping. HTTP APIs write `"append:header.x": "$request.querystring.y"`, REST APIs
//! `"integration.request.header.x": "method.request.querystring.y"`.

use super::{MappingScope, Place};
use crate::language::translated;

/// A text with values of the request or the answer in it: `$request.body.amount`, or `Bearer ${request.header.token}`.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterText {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Literal(String),
    Insert(Place),
}

/// What is changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    AppendHeader(String),
    OverwriteHeader(String),
    RemoveHeader(String),
    AppendQueryString(String),
    OverwriteQueryString(String),
    RemoveQueryString(String),
    OverwritePath,
    OverwriteStatusCode,
    /// A parameter of the service that is integrated, such as `MessageBody`.
    Service(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct ParameterChange {
    pub change: Change,
    pub text: ParameterText,
    /// Written as REST APIs write it.
    pub rest: bool,
}

/// Headers that no mapping may touch, by name and by prefix: http-api-parameter-mapping.
const RESERVED: &[&str] = &[
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-location",
    "forwarded",
    "keep-alive",
    "origin",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailers",
    "transfer-encoding",
    "upgrade",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "via",
];
const RESERVED_PREFIXES: &[&str] = &["access-control-", "apigw-", "x-amz-", "x-amzn-"];

const FORMS: &str = phrase!(
    "Use append:header.NAME, overwrite:header.NAME, remove:header.NAME, the same with querystring.NAME, or overwrite:path."
);

/// Services that HTTP APIs integrate directly, and their parameters: http-api-develop-integrations-aws-services-reference.
const SERVICE_PARAMETERS: &[&str] = &[
    "QueueUrl",
    "MessageBody",
    "DelaySeconds",
    "MessageAttributes",
    "MessageDeduplicationId",
    "MessageGroupId",
    "Detail",
    "DetailType",
    "Source",
    "Time",
    "EventBusName",
    "Resources",
    "Region",
];

impl ParameterChange {
    pub(in crate::diagram) fn read(
        key: &str,
        value: &str,
        response: bool,
    ) -> Result<ParameterChange, (String, &'static str)> {
        let unknown = || (tr!("`{key}` is not a mapping.", key = key), translated(FORMS));
        let (action, target) = match key.split_once(':') {
            Some(parts) => parts,
            None if !response && SERVICE_PARAMETERS.contains(&key) => ("", key),
            None => return Err(unknown()),
        };
        let (kind, name) = target.split_once('.').unwrap_or((target, ""));
        let owned = name.to_string();
        let change = match (action, kind, name.is_empty()) {
            ("", service, _) => Change::Service(service.to_string()),
            ("append", "header", false) => Change::AppendHeader(owned),
            ("overwrite", "header", false) => Change::OverwriteHeader(owned),
            ("remove", "header", false) => Change::RemoveHeader(owned),
            ("append", "querystring", false) if !response => Change::AppendQueryString(owned),
            ("overwrite", "querystring", false) if !response => Change::OverwriteQueryString(owned),
            ("remove", "querystring", false) if !response => Change::RemoveQueryString(owned),
            ("overwrite", "path", true) if !response => Change::OverwritePath,
            ("overwrite", "statuscode", true) if response => Change::OverwriteStatusCode,
            _ => return Err(unknown()),
        };
        let lower = name.to_ascii_lowercase();
        let reserved =
            RESERVED.contains(&lower.as_str()) || RESERVED_PREFIXES.iter().any(|prefix| lower.starts_with(prefix));
        if kind == "header" && reserved {
            return Err((tr!("The header `{name}` is reserved.", name = name), tr!("Use a header of your own.")));
        }
        let root = if response { "response" } else { "request" };
        let text = ParameterText::parse(value, root).ok_or_else(|| {
            let hint = tr!("Use $request.header.NAME, $request.querystring.NAME, $request.path.NAME, $request.body.NAME, $context.NAME, $stageVariables.NAME, or ${…} inside a text.");
            (tr!("`{value}` refers to nothing known.", value = value), hint)
        })?;
        Ok(ParameterChange { change, text, rest: false })
    }

    /// Reads one member of a REST API's RequestParameters that changes what the integration gets:
    /// request-response-data-mappings. An error is the message and a hint.
    pub fn parse_rest(key: &str, value: &str) -> Result<ParameterChange, (String, &'static str)> {
        let hint = tr!("Use integration.request.header.NAME or integration.request.querystring.NAME.");
        let change = match key.strip_prefix("integration.request.").and_then(|target| target.split_once('.')) {
            Some(("header", name)) if !name.is_empty() => Change::OverwriteHeader(name.to_string()),
            Some(("querystring", name)) if !name.is_empty() => Change::OverwriteQueryString(name.to_string()),
            Some(("path", _)) => {
                let message =
                    tr!("`{key}` fills in a variable of the integration's URL, which has none here.", key = key);
                return Err((message, hint));
            }
            _ => return Err((tr!("`{key}` is not a mapping.", key = key), hint)),
        };
        let text = ParameterText::parse_rest(value, "method.request.").ok_or_else(|| {
            let hint = tr!("Use method.request.header.NAME, method.request.querystring.NAME, method.request.path.NAME, method.request.body.NAME, context.NAME, stageVariables.NAME, or a fixed 'value' in single quotes.");
            (tr!("`{value}` refers to nothing known.", value = value), hint)
        })?;
        Ok(ParameterChange { change, text, rest: true })
    }
}

impl ParameterText {
    /// As REST APIs write it: a fixed value in single quotes, or one place below `root` or in the context. `None`
    /// where it is not understood.
    pub fn parse_rest(text: &str, root: &str) -> Option<ParameterText> {
        let fixed = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
        let piece = match fixed {
            Some(fixed) => Piece::Literal(fixed.to_string()),
            None => Piece::Insert(Place::parse_rest(text, root)?),
        };
        Some(ParameterText { pieces: vec![piece] })
    }

    /// `None` where a reference is not understood.
    fn parse(text: &str, root: &str) -> Option<ParameterText> {
        if text.starts_with('$') && !text.starts_with("${") {
            return Some(ParameterText { pieces: vec![Piece::Insert(Place::parse_http(text, root)?)] });
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}')?;
            pieces.push(Piece::Literal(before.to_string()));
            pieces.push(Piece::Insert(Place::parse_http(&format!("${name}"), root)?));
            rest = after;
        }
        pieces.push(Piece::Literal(rest.to_string()));
        Some(ParameterText { pieces })
    }

    /// `None` where it is nothing but a value that is not there: then nothing is mapped.
    pub fn apply(&self, scope: MappingScope<'_>) -> Option<String> {
        match self.pieces.as_slice() {
            [Piece::Insert(place)] => place.find(scope),
            pieces => Some(
                pieces
                    .iter()
                    .map(|piece| match piece {
                        Piece::Literal(text) => text.clone(),
                        Piece::Insert(place) => place.find(scope).unwrap_or_default(),
                    })
                    .collect(),
            ),
        }
    }

    /// The place, where the text is nothing but one value.
    pub fn place(&self) -> Option<&Place> {
        match self.pieces.as_slice() {
            [Piece::Insert(place)] => Some(place),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[track_caller]
    fn check(value: &str, expected: Option<&str>) {
        let change = ParameterChange::parse("append:header.x", value, false).expect("a mapping");
        let scope = MappingScope {
            body: &json!({ "amount": 12, "name": "Ada" }),
            headers: &json!({ "X-One": "1" }),
            query: &json!({ "page": "2" }),
            path_parameters: &json!({ "id": "7" }),
            path: "/payments/7",
            context: &json!({ "identity": { "sourceIp": "192.0.2.1" } }),
            stage_variables: &json!({ "alias": "blue" }),
        };
        assert_eq!(change.text.apply(scope).as_deref(), expected);
    }

    #[test]
    fn values_come_from_everywhere_in_the_request() {
        check("static", Some("static"));
        check("$request.header.x-one", Some("1"));
        check("$request.querystring.page", Some("2"));
        check("$request.path.id", Some("7"));
        check("$request.path", Some("/payments/7"));
        check("$request.body.amount", Some("12"));
        check("$request.body.missing", None);
        check("$context.identity.sourceIp", Some("192.0.2.1"));
        check("${request.body.name}-${stageVariables.alias}!", Some("Ada-blue!"));
    }

    #[test]
    fn rest_apis_map_fixed_values_and_values_of_the_request() {
        let parse = ParameterChange::parse_rest;
        let change = parse("integration.request.header.X-Page", "method.request.querystring.page").expect("a mapping");
        assert_eq!(change.change, Change::OverwriteHeader("X-Page".to_string()));
        let query = json!({ "page": "2" });
        let scope = MappingScope { query: &query, ..MappingScope::EMPTY };
        assert_eq!(change.text.apply(scope).as_deref(), Some("2"));
        let fixed = parse("integration.request.querystring.kind", "'payment'").expect("a mapping");
        assert_eq!(fixed.text.apply(MappingScope::EMPTY).as_deref(), Some("payment"));
        assert!(parse("integration.request.header.X", "payment").is_err());
        assert!(parse("integration.request.header.X", "integration.response.header.Y").is_err());
        assert!(parse("integration.request.path.id", "'7'").is_err());
        assert!(parse("append:header.x", "'7'").is_err());
    }

    #[test]
    fn what_cannot_be_mapped_is_refused() {
        let refused = |key, value, response| ParameterChange::parse(key, value, response).is_err();
        assert!(refused("append:header.Authorization", "x", false));
        assert!(refused("append:header.x-amzn-trace-id", "x", false));
        assert!(refused("append:path", "x", false));
        assert!(refused("overwrite:statuscode", "201", false));
        assert!(refused("overwrite:path", "x", true));
        assert!(refused("append:header.x", "$request.cookie.y", false));
        assert!(refused("header.x", "y", false));
        assert_eq!(
            ParameterChange::parse("overwrite:statuscode", "201", true).map(|change| change.change),
            Ok(Change::OverwriteStatusCode)
        );
        assert!(
            ParameterChange::parse("MessageBody", "$request.body", false).is_ok_and(|change| {
                change.text.place() == Some(&Place::Body(Vec::new())) && !Value::Null.is_string()
            })
        );
    }
}
