//! What a client that asks for a status waits for.

use crate::rules::{Event, Pattern, PatternError};
use serde_json::Value;

/// Written as an event pattern. One that asks for plain values at one path, as most do, is decided here, in the same way
/// but without the rule engine, which is large and comes later ([`crate::later`]).
#[derive(Clone, Debug)]
pub enum Until {
    Plain {
        /// Keys joined by dots.
        path: String,
        /// Strings, true, false.
        values: Vec<Value>,
    },
    Pattern(Pattern),
}

impl Until {
    /// Reads what is written.
    ///
    /// # Errors
    /// As [`Pattern::parse`].
    pub fn parse(written: &Value) -> Result<Until, PatternError> {
        match plain(written) {
            Some((path, values)) => Ok(Until::Plain { path, values }),
            None => Pattern::parse(&written.to_string()).map(Until::Pattern),
        }
    }

    /// Whether an answer, which is also given as text, is what was waited for.
    pub fn holds(&self, answer: &Value, text: &str) -> bool {
        match self {
            Until::Plain { path, values } => answer.is_object() && leads(answer, path, values),
            Until::Pattern(pattern) => Event::parse(text).is_ok_and(|event| pattern.matches(&event)),
        }
    }
}

/// The one path and its values, where there is nothing else.
fn plain(written: &Value) -> Option<(String, Vec<Value>)> {
    let fields = written.as_object().filter(|fields| fields.len() == 1)?;
    let (key, inner) = fields.iter().next().filter(|(key, _)| !key.is_empty() && !key.contains(['$', '.']))?;
    match inner {
        Value::Array(values) => {
            let simple = !values.is_empty() && values.iter().all(|value| value.is_string() || value.is_boolean());
            simple.then(|| (key.clone(), values.clone()))
        }
        other => plain(other).map(|(path, values)| (format!("{key}.{path}"), values)),
    }
}

/// Whether the path leads to one of the values, also within arrays. Keys may hold dots.
fn leads(value: &Value, path: &str, values: &[Value]) -> bool {
    match value {
        Value::Object(fields) => fields.iter().any(|(key, value)| match path.strip_prefix(key.as_str()) {
            Some("") => is_one(value, values),
            Some(rest) => rest.strip_prefix('.').is_some_and(|rest| leads(value, rest, values)),
            None => false,
        }),
        Value::Array(items) => items.iter().any(|item| leads(item, path, values)),
        _ => false,
    }
}

fn is_one(value: &Value, values: &[Value]) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| is_one(item, values)),
        other => values.contains(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn plain_values_are_decided_as_the_rule_engine_decides_them() {
        let answers = [
            json!({ "status": "done" }),
            json!({ "status": "open" }),
            json!({ "status": ["open", ["done"]] }),
            json!({ "body": { "status": true } }),
            json!({ "body": [{ "status": "done" }, { "status": "open" }] }),
            json!({ "body.status": "done" }),
            json!({ "body": "done", "status": { "status": "done" } }),
            json!(["done"]),
            json!("done"),
            Value::Null,
        ];
        let plain = [
            json!({ "status": ["done"] }),
            json!({ "status": ["done", true] }),
            json!({ "body": { "status": ["done", true] } }),
        ];
        for written in &plain {
            let pattern = Pattern::parse(&written.to_string()).unwrap_or_else(|error| panic!("{error}"));
            let Ok(until @ Until::Plain { .. }) = Until::parse(written) else { panic!("{written} is plain") };
            for answer in &answers {
                let text = answer.to_string();
                assert_eq!(
                    until.holds(answer, &text),
                    Until::Pattern(pattern.clone()).holds(answer, &text),
                    "{written} {answer}"
                );
            }
        }
        for written in [json!({ "a": [1] }), json!({ "a": ["x"], "b": ["y"] }), json!({ "a": [{ "prefix": "x" }] })] {
            assert!(matches!(Until::parse(&written), Ok(Until::Pattern(_))), "{written}");
        }
        assert!(Until::parse(&json!({})).is_err() && Until::parse(&json!({ "a": [] })).is_err());
    }
}
