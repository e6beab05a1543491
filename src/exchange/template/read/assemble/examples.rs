//! Values that a pattern lets pass: what guessed senders send, so that it arrives.

use serde_json::{Map, Number, Value, json};

/// An object that a pattern or filter policy lets pass, as far as that can be told; fields that must not be there are
/// left out.
pub fn example(pattern: &Value) -> Map<String, Value> {
    let mut made = Map::new();
    for (name, wanted) in pattern.as_object().into_iter().flatten() {
        match wanted {
            Value::Array(alternatives) if name == "$or" => {
                let first = alternatives.first().map(example).unwrap_or_default();
                merge(&mut made, &first);
            }
            Value::Array(conditions) => {
                if let Some(value) = conditions.iter().find_map(value_for) {
                    made.insert(name.clone(), value);
                }
            }
            Value::Object(_) => {
                let inner = example(wanted);
                if !inner.is_empty() {
                    made.insert(name.clone(), inner.into());
                }
            }
            _ => {}
        }
    }
    made
}

/// A value that one condition lets pass.
fn value_for(condition: &Value) -> Option<Value> {
    let Value::Object(fields) = condition else { return Some(condition.clone()) };
    let (name, argument) = fields.iter().next()?;
    let text = argument.as_str().unwrap_or("x");
    Some(match name.as_str() {
        "prefix" => match argument.get("equals-ignore-case").and_then(Value::as_str) {
            Some(text) => format!("{text}1").into(),
            None => format!("{text}1").into(),
        },
        "suffix" => match argument.get("equals-ignore-case").and_then(Value::as_str) {
            Some(text) => format!("1{text}").into(),
            None => format!("1{text}").into(),
        },
        "equals-ignore-case" => text.into(),
        "wildcard" => text.replace('*', "x").into(),
        "exists" if argument == &json!(true) => "x".into(),
        "exists" => return None,
        "numeric" => number_for(argument.as_array()?)?,
        "cidr" => text.split('/').next().unwrap_or("10.0.0.1").into(),
        "anything-but" => match argument {
            Value::Number(number) => json!(number.as_f64().unwrap_or(0.0) as i64 + 1),
            Value::Array(items) if items.first().is_some_and(Value::is_number) => {
                json!(items.iter().filter_map(Value::as_f64).fold(0.0, f64::max) as i64 + 1)
            }
            _ => "something-else".into(),
        },
        _ => return None,
    })
}

/// `[">", 0, "<=", 100]`.
fn number_for(bounds: &[Value]) -> Option<Value> {
    let (mut low, mut high, mut open_low, mut open_high) = (f64::NEG_INFINITY, f64::INFINITY, false, false);
    for pair in bounds.chunks(2) {
        let [operator, bound] = pair else { return None };
        let bound = bound.as_f64()?;
        match operator.as_str()? {
            "=" => return Some(pair[1].clone()),
            ">" => (low, open_low) = (bound, true),
            ">=" => low = bound,
            "<" => (high, open_high) = (bound, true),
            "<=" => high = bound,
            _ => return None,
        }
    }
    let value = match (low.is_finite(), high.is_finite()) {
        (true, true) if !open_low => low,
        (true, true) if !open_high => high,
        (true, true) => (low + high) / 2.0,
        (true, false) => low + 1.0,
        (false, true) => high - 1.0,
        (false, false) => 1.0,
    };
    if value.fract() == 0.0 { Some((value as i64).into()) } else { Number::from_f64(value).map(Value::Number) }
}

/// Adds the fields of one object to another; what is there stays.
pub fn merge(into: &mut Map<String, Value>, from: &Map<String, Value>) {
    for (name, value) in from {
        match (into.get_mut(name), value) {
            (Some(Value::Object(into)), Value::Object(from)) => merge(into, from),
            (Some(_), _) => {}
            (None, value) => {
                into.insert(name.clone(), value.clone());
            }
        }
    }
}

/// Whether no field of one object is another in the other one.
pub fn agree(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    one.iter().all(|(name, value)| match (other.get(name), value) {
        (Some(Value::Object(other)), Value::Object(one)) => agree(one, other),
        (Some(other), value) => other == value,
        (None, _) => true,
    })
}

/// A value for a JSON schema: every property that is required.
pub fn of_schema(schema: &Value, depth: usize) -> Value {
    if let Some(first) = schema["enum"].get(0).or(schema.get("const")) {
        return first.clone();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.first().and_then(Value::as_str).unwrap_or("object"),
        kind => kind.as_str().unwrap_or("object"),
    };
    match kind {
        "integer" | "number" => match (schema["minimum"].as_f64(), schema["maximum"].as_f64()) {
            (Some(low), _) => json!(low as i64 + 1),
            (None, Some(high)) if high < 1.0 => json!(high),
            _ => json!(1),
        },
        "boolean" => json!(true),
        "array" => {
            let count = schema["minItems"].as_u64().unwrap_or(1).min(10);
            (0..count).map(|_| if depth < 8 { of_schema(&schema["items"], depth + 1) } else { Value::Null }).collect()
        }
        "string" => {
            let least = schema["minLength"].as_u64().unwrap_or(0).min(200) as usize;
            let text = if schema["format"] == "email" { "kim@example.com" } else { "text" };
            Value::String(format!("{text}{}", "x".repeat(least.saturating_sub(text.len()))))
        }
        "null" => Value::Null,
        _ => {
            let mut made = Map::new();
            let properties = schema["properties"].as_object();
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                let inner = properties.and_then(|it| it.get(name)).unwrap_or(&Value::Null);
                made.insert(name.to_string(), if depth < 8 { of_schema(inner, depth + 1) } else { Value::Null });
            }
            Value::Object(made)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Event, Pattern};

    #[test]
    fn an_example_passes_its_pattern() {
        for pattern in [
            json!({ "source": ["shop"], "detail": { "status": ["paid", "sent"], "amount": [{ "numeric": [">", 100] }] } }),
            json!({ "source": [{ "prefix": "shop." }], "detail-type": [{ "suffix": "ed" }] }),
            json!({ "detail": { "a": [{ "exists": true }], "b": [{ "exists": false }], "c": [{ "anything-but": ["x"] }] } }),
            json!({ "detail": { "n": [{ "numeric": [">", 0, "<", 1] }], "w": [{ "wildcard": "a*b" }] } }),
            json!({ "$or": [{ "source": ["one"] }, { "source": ["two"] }], "detail": { "ip": [{ "cidr": "10.0.0.0/8" }] } }),
            json!({ "detail": { "n": [{ "anything-but": [1, 2] }], "m": [{ "numeric": ["=", 5] }] } }),
        ] {
            let made = Value::Object(example(&pattern)).to_string();
            let (parsed, event) =
                (Pattern::parse(&pattern.to_string()).expect("valid"), Event::parse(&made).expect("valid"));
            assert!(parsed.matches(&event), "{made} for {pattern}");
        }
    }
}
