//! Payload templates: JSON in which `{{message.amount}}` stands for a value of the message being worked on.
//!
//! A string that is nothing but one placeholder becomes the value itself, with its type; a placeholder inside a longer
//! string becomes text. What a path does not find is left out: null as a value, nothing inside a string.
//!
//! `{{requestId}}`, `{{eventId}}` and `{{time}}` differ for every request. They stay in the payload as they are and are
//! filled in wherever a payload is shown or compared, so that a million requests with the same body share one document.

use super::problem::Problem;
use serde_json::{Map, Value};

/// The placeholders that stay in a payload until it is shown.
pub const SYMBOLS: [&str; 3] = ["requestId", "eventId", "time"];

/// What placeholders can refer to.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// The message being worked on, its envelope taken off.
    pub message: &'a Value,
    /// What the previous step returned: the row that was read, the answer to a call.
    pub result: &'a Value,
}

/// A payload template, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    source: Value,
    body: Part,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Literal(Value),
    Insert(Place),
    Text(Vec<Piece>),
    List(Vec<Part>),
    Object(Vec<(String, Part)>),
}

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Literal(String),
    Insert(Place),
}

#[derive(Clone, Debug, PartialEq)]
struct Place {
    root: Root,
    path: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Root {
    Message,
    Result,
}

impl Template {
    /// Checks `source`; every placeholder that refers to nothing known is a problem.
    pub fn parse(source: &Value, path: &str) -> Result<Template, Vec<Problem>> {
        let mut problems = Vec::new();
        let body = Part::parse(source, path, &mut problems);
        if problems.is_empty() { Ok(Template { source: source.clone(), body }) } else { Err(problems) }
    }

    /// The template that hands the message on as it is.
    pub fn message() -> Template {
        let body = Part::Insert(Place { root: Root::Message, path: Vec::new() });
        Template { source: Value::String("{{message}}".to_string()), body }
    }

    pub fn source(&self) -> &Value {
        &self.source
    }

    pub fn apply(&self, scope: Scope<'_>) -> Value {
        self.body.apply(scope)
    }
}

impl Part {
    fn parse(source: &Value, path: &str, problems: &mut Vec<Problem>) -> Part {
        match source {
            Value::String(text) => Part::parse_text(text, path, problems),
            Value::Array(items) => Part::List(
                items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| Part::parse(item, &format!("{path}[{index}]"), problems))
                    .collect(),
            ),
            Value::Object(fields) => Part::Object(
                fields
                    .iter()
                    .map(|(name, value)| (name.clone(), Part::parse(value, &format!("{path}.{name}"), problems)))
                    .collect(),
            ),
            literal => Part::Literal(literal.clone()),
        }
    }

    fn parse_text(text: &str, path: &str, problems: &mut Vec<Problem>) -> Part {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            let Some(length) = rest[start..].find("}}") else {
                problems.push(
                    Problem::new(path, tr!("A placeholder is opened but not closed in `{text}`.", text = text))
                        .with_hint(tr!("Write it as {{message.amount}}.")),
                );
                break;
            };
            let name = rest[start + 2..start + length].trim();
            literal.push_str(&rest[..start]);
            rest = &rest[start + length + 2..];
            if SYMBOLS.contains(&name) {
                literal.push_str(&format!("{{{{{name}}}}}"));
                continue;
            }
            match Place::parse(name) {
                Some(place) => {
                    if !literal.is_empty() {
                        pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                    }
                    pieces.push(Piece::Insert(place));
                }
                None => problems.push(
                    Problem::new(path, tr!("The placeholder `{}` refers to nothing known.", format!("{{{{{name}}}}}")))
                        .with_hint(tr!(
                            "Use {{message.FIELD}}, {{result.FIELD}}, {{requestId}}, {{eventId}} or {{time}}."
                        )),
                ),
            }
        }
        literal.push_str(rest);
        if pieces.is_empty() {
            return Part::Literal(Value::String(literal));
        }
        if literal.is_empty()
            && pieces.len() == 1
            && let Some(Piece::Insert(place)) = pieces.pop()
        {
            return Part::Insert(place);
        }
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Part::Text(pieces)
    }

    fn apply(&self, scope: Scope<'_>) -> Value {
        match self {
            Part::Literal(value) => value.clone(),
            Part::Insert(place) => place.find(scope).cloned().unwrap_or(Value::Null),
            Part::Text(pieces) => Value::String(pieces.iter().map(|piece| piece.apply(scope)).collect()),
            Part::List(items) => Value::Array(items.iter().map(|item| item.apply(scope)).collect()),
            Part::Object(fields) => Value::Object(
                fields.iter().map(|(name, part)| (name.clone(), part.apply(scope))).collect::<Map<_, _>>(),
            ),
        }
    }
}

impl Piece {
    fn apply(&self, scope: Scope<'_>) -> String {
        match self {
            Piece::Literal(text) => text.clone(),
            Piece::Insert(place) => match place.find(scope) {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
            },
        }
    }
}

impl Place {
    fn parse(text: &str) -> Option<Place> {
        let mut names = text.split('.');
        let root = match names.next()? {
            "message" => Root::Message,
            "result" => Root::Result,
            _ => return None,
        };
        let path: Vec<String> = names.map(str::to_string).collect();
        path.iter().all(|name| !name.is_empty()).then_some(Place { root, path })
    }

    fn find<'a>(&self, scope: Scope<'a>) -> Option<&'a Value> {
        let value = match self.root {
            Root::Message => scope.message,
            Root::Result => scope.result,
        };
        walk(value, &self.path)
    }
}

/// What lies at these names and indexes inside a value.
pub(super) fn walk<'a>(mut value: &'a Value, path: &[String]) -> Option<&'a Value> {
    for name in path {
        value = match value {
            Value::Object(fields) => fields.get(name)?,
            Value::Array(items) => items.get(name.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(template: Value, message: Value, expected: Value) {
        let template = Template::parse(&template, "t").expect("a valid template");
        assert_eq!(template.apply(Scope { message: &message, result: &Value::Null }), expected);
    }

    #[test]
    fn a_lone_placeholder_keeps_its_type_and_text_is_joined() {
        let message = json!({ "amount": 12.5, "customer": { "name": "Ada" }, "items": [1, 2] });
        check(json!({ "a": "{{message.amount}}" }), message.clone(), json!({ "a": 12.5 }));
        check(json!("Dear {{ message.customer.name }}, {{message.amount}}"), message.clone(), json!("Dear Ada, 12.5"));
        check(json!(["{{message.items.1}}", "{{message.nothing}}"]), message, json!([2, null]));
    }

    #[test]
    fn what_differs_for_every_request_stays_a_placeholder() {
        check(json!("{{ requestId }}/{{message.a}}"), json!({ "a": 1 }), json!("{{requestId}}/1"));
    }

    #[test]
    fn unknown_placeholders_are_refused_with_their_place() {
        let problems = Template::parse(&json!({ "a": ["{{order.id}}"] }), "payload").unwrap_err();
        assert_eq!(problems[0].path, "payload.a[0]");
    }
}
