//! JSON schemas for request validation: the core of draft 4, which is what models are written in (`models-mappings-models`).

use super::problem::Problem;
use super::reader::kind_name;
use crate::language::translated;
use serde_json::{Map, Value};

/// Deeper models are refused, so that a hostile document cannot exhaust the stack.
const MAXIMUM_DEPTH: usize = 30;

const KINDS: [&str; 7] = ["object", "array", "string", "number", "integer", "boolean", "null"];

/// What a body has to look like. The default allows everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    kinds: Vec<&'static str>,
    required: Vec<String>,
    properties: Vec<(String, Schema)>,
    /// Whether properties that are not named are allowed.
    closed: bool,
    items: Option<Box<Schema>>,
    one_of: Option<Vec<Value>>,
    minimum: Option<f64>,
    maximum: Option<f64>,
    minimum_length: Option<u64>,
    maximum_length: Option<u64>,
}

impl Schema {
    pub(super) fn read(source: &Value, path: &str) -> Result<Schema, Vec<Problem>> {
        let mut problems = Vec::new();
        let schema = read(source, path, 0, &mut problems);
        if problems.is_empty() { Ok(schema) } else { Err(problems) }
    }

    pub(super) fn compare(&self, value: &Value) -> Result<(), String> {
        self.check_at(value, "$")
    }

    fn check_at(&self, value: &Value, path: &str) -> Result<(), String> {
        let fits = |kind: &&str| match *kind {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "number" => value.is_number(),
            "integer" => value.as_f64().is_some_and(|number| libm::floor(number) == number),
            "boolean" => value.is_boolean(),
            _ => value.is_null(),
        };
        if !self.kinds.is_empty() && !self.kinds.iter().any(fits) {
            return Err(format!("{path} is {}, not {}", kind_name(value), self.kinds.join(" or ")));
        }
        if self.one_of.as_ref().is_some_and(|allowed| !allowed.contains(value)) {
            return Err(format!("{path} is none of the values of `enum`"));
        }
        match value {
            Value::Object(fields) => self.check_object(fields, path),
            Value::Array(items) => {
                self.check_length(items.len() as u64, path)?;
                let Some(schema) = &self.items else { return Ok(()) };
                items
                    .iter()
                    .enumerate()
                    .try_for_each(|(index, item)| schema.check_at(item, &format!("{path}[{index}]")))
            }
            Value::String(text) => self.check_length(text.chars().count() as u64, path),
            Value::Number(number) => {
                let number = number.as_f64().unwrap_or(0.0);
                if self.minimum.is_some_and(|minimum| number < minimum) {
                    return Err(format!("{path} is below `minimum`"));
                }
                if self.maximum.is_some_and(|maximum| number > maximum) {
                    return Err(format!("{path} is above `maximum`"));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn check_length(&self, length: u64, path: &str) -> Result<(), String> {
        let short = self.minimum_length.is_some_and(|minimum| length < minimum);
        let long = self.maximum_length.is_some_and(|maximum| length > maximum);
        if short || long { Err(format!("{path} is too {}", if short { "short" } else { "long" })) } else { Ok(()) }
    }

    fn check_object(&self, fields: &Map<String, Value>, path: &str) -> Result<(), String> {
        if let Some(missing) = self.required.iter().find(|name| !fields.contains_key(*name)) {
            return Err(format!("{path}.{missing} is missing"));
        }
        for (name, value) in fields {
            match self.properties.iter().find(|(known, _)| known == name) {
                Some((_, schema)) => schema.check_at(value, &format!("{path}.{name}"))?,
                None if self.closed => return Err(format!("{path}.{name} is not allowed")),
                None => {}
            }
        }
        Ok(())
    }
}

const KNOWN: &str = phrase!(
    "Known: type, required, properties, additionalProperties, items, enum, minimum, maximum, minLength, maxLength, minItems, maxItems."
);

fn read(source: &Value, path: &str, depth: usize, problems: &mut Vec<Problem>) -> Schema {
    let mut schema = Schema::default();
    let Value::Object(fields) = source else {
        problems.push(Problem::new(path, tr!("A model is an object; this is {}.", kind_name(source))));
        return schema;
    };
    if depth > MAXIMUM_DEPTH {
        problems.push(Problem::new(path, tr!("The model is nested too deeply.")));
        return schema;
    }
    for (keyword, value) in fields {
        let place = format!("{path}.{keyword}");
        if read_keyword(&mut schema, keyword, value, &place, depth, problems).is_none() {
            problems.push(
                Problem::new(
                    place,
                    tr!("`{keyword}` with {kind} is not understood here.", keyword = keyword, kind = kind_name(value)),
                )
                .with_hint(translated(KNOWN)),
            );
        }
    }
    schema
}

/// `None` where the keyword is not known, or its value of the wrong kind.
fn read_keyword(
    schema: &mut Schema,
    keyword: &str,
    value: &Value,
    path: &str,
    depth: usize,
    problems: &mut Vec<Problem>,
) -> Option<()> {
    let texts = || value.as_array()?.iter().map(Value::as_str).collect::<Option<Vec<&str>>>();
    match keyword {
        "$schema" | "title" | "description" | "id" | "format" => {}
        "type" => {
            let names = value.as_str().map(|name| vec![name]).or_else(texts)?;
            let known = |name: &str| KINDS.into_iter().find(|kind| *kind == name);
            schema.kinds = names.into_iter().map(known).collect::<Option<_>>()?;
        }
        "required" => schema.required = texts()?.into_iter().map(str::to_string).collect(),
        "enum" => schema.one_of = Some(value.as_array()?.clone()),
        "properties" => {
            for (name, value) in value.as_object()? {
                let property = read(value, &format!("{path}.{name}"), depth + 1, problems);
                schema.properties.push((name.clone(), property));
            }
        }
        "items" => schema.items = Some(Box::new(read(value, path, depth + 1, problems))),
        "additionalProperties" => schema.closed = !value.as_bool()?,
        "minimum" => schema.minimum = Some(value.as_f64()?),
        "maximum" => schema.maximum = Some(value.as_f64()?),
        "minLength" | "minItems" => schema.minimum_length = Some(value.as_u64()?),
        "maxLength" | "maxItems" => schema.maximum_length = Some(value.as_u64()?),
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_is_checked_against_the_core_of_json_schema() {
        let schema = Schema::parse(
            &json!({
                "type": "object", "required": ["amount"], "additionalProperties": false,
                "properties": {
                    "amount": { "type": "number", "minimum": 1, "maximum": 100 },
                    "currency": { "enum": ["EUR", "USD"] },
                    "items": { "type": "array", "items": { "type": ["string", "integer"] }, "maxItems": 2 },
                    "note": { "type": "string", "maxLength": 3 },
                },
            }),
            "m",
        )
        .expect("a valid model");
        let fine =
            [json!({ "amount": 1 }), json!({ "amount": 100, "currency": "EUR", "items": ["a", 2], "note": "abc" })];
        fine.iter().for_each(|value| assert_eq!(schema.check(value), Ok(())));
        let wrong = [
            (json!([]), "$ is a list, not object"),
            (json!({}), "$.amount is missing"),
            (json!({ "amount": 0.5 }), "$.amount is below `minimum`"),
            (json!({ "amount": 101 }), "$.amount is above `maximum`"),
            (json!({ "amount": "1" }), "$.amount is a string, not number"),
            (json!({ "amount": 1, "currency": "GBP" }), "$.currency is none of the values of `enum`"),
            (json!({ "amount": 1, "items": [1.5] }), "$.items[0] is a number, not string or integer"),
            (json!({ "amount": 1, "items": [1, 2, 3] }), "$.items is too long"),
            (json!({ "amount": 1, "note": "abcd" }), "$.note is too long"),
            (json!({ "amount": 1, "other": 1 }), "$.other is not allowed"),
        ];
        for (value, words) in wrong {
            assert_eq!(schema.check(&value), Err(words.to_string()));
        }
    }

    #[test]
    fn a_keyword_that_would_not_be_checked_is_refused() {
        let problems = Schema::parse(&json!({ "properties": { "a": { "pattern": "x" } } }), "m").unwrap_err();
        assert_eq!(problems[0].path, "m.properties.a.pattern");
        assert!(Schema::parse(&json!({ "type": "text" }), "m").is_err());
        assert!(Schema::parse(&json!({ "minimum": "1" }), "m").is_err());
    }
}
