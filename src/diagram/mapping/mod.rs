//! What gateways make of requests and answers: where values are found in them, HTTP APIs' parameter mapping
//! (`http-api-parameter-mapping`), and REST APIs' mapping templates (`api-gateway-mapping-template-reference`).

pub(in crate::diagram) mod evaluate;
mod parameters;
mod parse;
pub(in crate::diagram) mod template;

pub use evaluate::{base64_decode, url_decode};
pub use parameters::{Change, ParameterChange, ParameterText};
pub use template::MappingTemplate;

use super::template::walk;
use serde_json::Value;

/// What a mapping can look at: a request, or an integration's answer.
#[derive(Clone, Copy)]
pub struct MappingScope<'a> {
    pub body: &'a Value,
    /// An object; names are looked up in any case.
    pub headers: &'a Value,
    pub query: &'a Value,
    pub path_parameters: &'a Value,
    pub path: &'a str,
    pub context: &'a Value,
    pub stage_variables: &'a Value,
}

impl MappingScope<'_> {
    /// Nothing to look at.
    pub const EMPTY: MappingScope<'static> = MappingScope {
        body: &Value::Null,
        headers: &Value::Null,
        query: &Value::Null,
        path_parameters: &Value::Null,
        path: "",
        context: &Value::Null,
        stage_variables: &Value::Null,
    };
}

/// Where a value is found.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    Header(String),
    QueryString(String),
    PathParameter(String),
    Path,
    /// The body, or what lies at these names and indexes inside it.
    Body(Vec<String>),
    Context(String),
    StageVariable(String),
}

impl Place {
    /// Reads one as HTTP APIs write it: `$request.header.name`, `$request.body.amount`, `$context.requestId`. For
    /// answers `root` is `response`.
    pub fn parse_http(text: &str, root: &str) -> Option<Place> {
        let rest = text.strip_prefix('$')?;
        let (kind, name) = match rest.strip_prefix(root).and_then(|rest| rest.strip_prefix('.')) {
            Some(rest) => rest.split_once('.').unwrap_or((rest, "")),
            None => rest.split_once('.').filter(|(kind, _)| matches!(*kind, "context" | "stageVariables"))?,
        };
        if root != "request" && matches!(kind, "querystring" | "path") {
            return None;
        }
        Place::parse(kind, name)
    }

    /// Reads one as REST APIs write it: below the root `method.request.` for instance `method.request.header.name`;
    /// or `context.authorizer.key`.
    pub fn parse_rest(text: &str, root: &str) -> Option<Place> {
        match text.strip_prefix(root) {
            Some("body") => Some(Place::Body(Vec::new())),
            Some(rest) => {
                let (kind, name) = rest.split_once('.')?;
                Place::parse(kind, name)
            }
            None => {
                let (kind, name) = text.split_once('.')?;
                Place::parse(kind, name).filter(|place| matches!(place, Place::Context(_) | Place::StageVariable(_)))
            }
        }
    }

    fn parse(kind: &str, name: &str) -> Option<Place> {
        let owned = name.to_string();
        match kind {
            "body" if name.is_empty() => Some(Place::Body(Vec::new())),
            "body" => Some(Place::Body(json_path(&format!("$.{name}"))?)),
            "path" if name.is_empty() => Some(Place::Path),
            _ if name.is_empty() => None,
            "header" => Some(Place::Header(owned)),
            "querystring" => Some(Place::QueryString(owned)),
            "path" => Some(Place::PathParameter(owned)),
            "context" => Some(Place::Context(owned)),
            "stageVariables" => Some(Place::StageVariable(owned)),
            _ => None,
        }
    }

    /// The value as text; `None` where there is none.
    pub fn find(&self, scope: MappingScope<'_>) -> Option<String> {
        let named = |value: &Value, name: &str| value.get(name).map(text_of);
        match self {
            Place::Header(name) => header(scope.headers, name).map(str::to_string),
            Place::QueryString(name) => named(scope.query, name),
            Place::PathParameter(name) => named(scope.path_parameters, name),
            Place::Path => Some(scope.path.to_string()),
            Place::Body(path) => walk(scope.body, path).filter(|value| !value.is_null()).map(text_of),
            Place::Context(name) => walk(scope.context, &split(name)).map(text_of),
            Place::StageVariable(name) => named(scope.stage_variables, name),
        }
    }
}

fn split(name: &str) -> Vec<String> {
    name.split('.').map(str::to_string).collect()
}

/// A header's value, whatever the case of its name.
pub fn header<'a>(headers: &'a Value, name: &str) -> Option<&'a str> {
    headers
        .as_object()?
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .and_then(|(_, value)| value.as_str())
}

/// A value inside a text: strings as they are, everything else as JSON.
pub fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The names and indexes of a JSON path without wildcards and filters: `$.items[0]['unit price']`.
pub fn json_path(text: &str) -> Option<Vec<String>> {
    let mut rest = text.strip_prefix('$')?;
    let mut path = Vec::new();
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (name, after) = inner.split_once(']')?;
            let quoted = |quote| name.strip_prefix(quote).and_then(|name| name.strip_suffix(quote));
            let name = quoted('\'').or_else(|| quoted('"'));
            path.push(match name {
                Some(name) => name.to_string(),
                None => inner.split_once(']')?.0.parse::<usize>().ok()?.to_string(),
            });
            rest = after;
        } else {
            let inner = rest.strip_prefix('.')?;
            let end = inner.find(['.', '[']).unwrap_or(inner.len());
            let name = &inner[..end];
            if name.is_empty() || name.contains(['*', '?', '@']) {
                return None;
            }
            path.push(name.to_string());
            rest = &inner[end..];
        }
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_each_kind_of_api_writes_them() {
        let name = || "x".to_string();
        assert_eq!(Place::parse_http("$request.header.x", "request"), Some(Place::Header(name())));
        assert_eq!(Place::parse_http("$request.body", "request"), Some(Place::Body(Vec::new())));
        assert_eq!(Place::parse_http("$request.path", "request"), Some(Place::Path));
        assert_eq!(Place::parse_http("$response.body.x", "response"), Some(Place::Body(vec![name()])));
        assert_eq!(Place::parse_http("$context.x", "request"), Some(Place::Context(name())));
        assert_eq!(Place::parse_http("$response.querystring.x", "response"), None);
        assert_eq!(Place::parse_http("$request.cookie.x", "request"), None);
        assert_eq!(Place::parse_rest("method.request.path.x", "method.request."), Some(Place::PathParameter(name())));
        assert_eq!(Place::parse_rest("stageVariables.x", "method.request."), Some(Place::StageVariable(name())));
        assert_eq!(Place::parse_rest("header.x", "method.request."), None);
    }

    #[test]
    fn a_json_path_is_names_and_indexes() {
        let path = |text| json_path(text).map(|names| names.join("|"));
        assert_eq!(path("$"), Some(String::new()));
        assert_eq!(path("$.a.b[0]['c d']"), Some("a|b|0|c d".to_string()));
        for wrong in ["a", "$a", "$.", "$..a", "$.a[*]", "$.a[?(@.b)]", "$[", "$.*"] {
            assert_eq!(path(wrong), None, "{wrong}");
        }
    }
}
