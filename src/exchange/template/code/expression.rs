//! Payload templates as expressions of a program.

use super::language::Language;
use serde_json::Value;

/// A payload template, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    Literal(Value),
    Reference(Reference),
    Text(Vec<Piece>),
    List(Vec<Expression>),
    Object(Vec<(String, Expression)>),
    /// Something of the program's own, as it stands.
    Code(String),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    Literal(String),
    Reference(Reference),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Reference {
    Message(Vec<String>),
    Result(Vec<String>),
    RequestId,
    EventId,
    Time,
}

impl Reference {
    fn parse(name: &str) -> Reference {
        let mut names = name.trim().split('.').map(str::to_string);
        match names.next().as_deref() {
            Some("requestId") => Reference::RequestId,
            Some("eventId") => Reference::EventId,
            Some("time") => Reference::Time,
            Some("result") => Reference::Result(names.collect()),
            _ => Reference::Message(names.collect()),
        }
    }
}

impl Expression {
    /// `source` is a template that has been checked.
    pub fn parse(source: &Value) -> Expression {
        match source {
            Value::String(text) => Expression::parse_text(text),
            Value::Array(items) => Expression::List(items.iter().map(Expression::parse).collect()),
            Value::Object(fields) => Expression::Object(
                fields.iter().map(|(name, value)| (name.clone(), Expression::parse(value))).collect(),
            ),
            literal => Expression::Literal(literal.clone()),
        }
    }

    fn parse_text(text: &str) -> Expression {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, behind)) = after.split_once("}}") else { break };
            if !before.is_empty() {
                pieces.push(Piece::Literal(before.to_string()));
            }
            pieces.push(Piece::Reference(Reference::parse(name)));
            rest = behind;
        }
        if pieces.is_empty() {
            return Expression::Literal(Value::String(text.to_string()));
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest.to_string()));
        }
        match pieces.as_slice() {
            [Piece::Reference(reference)] => Expression::Reference(reference.clone()),
            _ => Expression::Text(pieces),
        }
    }

    /// The same as a text, whatever it is.
    pub fn into_text(self) -> Expression {
        match self {
            Expression::Literal(Value::String(_)) | Expression::Text(_) => self,
            Expression::Reference(reference) => Expression::Text(vec![Piece::Reference(reference)]),
            other => other,
        }
    }

    /// Whether it speaks of the previous step's result.
    pub fn uses_result(&self) -> bool {
        match self {
            Expression::Reference(Reference::Result(_)) => true,
            Expression::Text(pieces) => {
                pieces.iter().any(|piece| matches!(piece, Piece::Reference(Reference::Result(_))))
            }
            Expression::List(items) => items.iter().any(Expression::uses_result),
            Expression::Object(fields) => fields.iter().any(|(_, field)| field.uses_result()),
            _ => false,
        }
    }
}

/// How long a line may get before a value is spread over several.
const LINE: usize = 88;

/// Writes an expression. `helpers` gets the names of helpers that it needs.
pub fn render(expression: &Expression, language: Language, depth: usize, helpers: &mut Vec<&'static str>) -> String {
    let line = render_line(expression, language, helpers);
    if line.len() <= LINE {
        return line;
    }
    let pad = language.indent(depth + 1);
    let end = language.indent(depth);
    match expression {
        Expression::Object(fields) if !fields.is_empty() => {
            let fields = fields.iter().map(|(name, value)| {
                format!("{pad}{}: {},\n", language.key(name), render(value, language, depth + 1, helpers))
            });
            format!("{{\n{}{end}}}", fields.collect::<String>())
        }
        Expression::List(items) if !items.is_empty() => {
            let items = items.iter().map(|item| format!("{pad}{},\n", render(item, language, depth + 1, helpers)));
            format!("[\n{}{end}]", items.collect::<String>())
        }
        _ => line,
    }
}

fn render_line(expression: &Expression, language: Language, helpers: &mut Vec<&'static str>) -> String {
    match expression {
        Expression::Literal(value) => language.literal(value),
        Expression::Reference(reference) => render_reference(reference, language, helpers),
        Expression::Text(pieces) => render_text(pieces, language, helpers),
        Expression::List(items) => {
            let items: Vec<String> = items.iter().map(|item| render_line(item, language, helpers)).collect();
            format!("[{}]", items.join(", "))
        }
        Expression::Object(fields) if fields.is_empty() => "{}".to_string(),
        Expression::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{}: {}", language.key(name), render_line(value, language, helpers)))
                .collect();
            match language {
                Language::Nodejs => format!("{{ {} }}", fields.join(", ")),
                Language::Python => format!("{{{}}}", fields.join(", ")),
            }
        }
        Expression::Code(code) => code.clone(),
    }
}

fn render_reference(reference: &Reference, language: Language, helpers: &mut Vec<&'static str>) -> String {
    match (reference, language) {
        (Reference::Message(path), _) => render_path("message", path, language, helpers),
        (Reference::Result(path), _) => render_path("result", path, language, helpers),
        (Reference::RequestId, Language::Nodejs) => "requestId".to_string(),
        (Reference::RequestId, Language::Python) => "request_id".to_string(),
        (Reference::EventId, Language::Nodejs) => {
            helpers.push("randomUUID");
            "randomUUID()".to_string()
        }
        (Reference::EventId, Language::Python) => {
            helpers.push("uuid4");
            "str(uuid4())".to_string()
        }
        (Reference::Time, Language::Nodejs) => "new Date().toISOString()".to_string(),
        (Reference::Time, Language::Python) => {
            helpers.push("now");
            "now()".to_string()
        }
    }
}

fn render_path(root: &str, path: &[String], language: Language, helpers: &mut Vec<&'static str>) -> String {
    if path.is_empty() {
        return root.to_string();
    }
    match language {
        Language::Nodejs => {
            let mut text = root.to_string();
            for name in path {
                if name.bytes().all(|byte| byte.is_ascii_digit()) {
                    text.push_str(&format!("?.[{name}]"));
                } else if language.is_name(name) {
                    text.push_str(&format!("?.{name}"));
                } else {
                    text.push_str(&format!("?.[{}]", language.string(name)));
                }
            }
            text
        }
        Language::Python => {
            helpers.push("pick");
            let names: Vec<String> = path.iter().map(|name| language.string(name)).collect();
            format!("pick({root}, {})", names.join(", "))
        }
    }
}

fn render_text(pieces: &[Piece], language: Language, helpers: &mut Vec<&'static str>) -> String {
    let mut parts = Vec::new();
    for piece in pieces {
        parts.push(match piece {
            Piece::Literal(text) => language.string(text),
            // These are texts already.
            Piece::Reference(reference @ (Reference::RequestId | Reference::EventId | Reference::Time)) => {
                render_reference(reference, language, helpers)
            }
            Piece::Reference(reference) => {
                helpers.push("text");
                format!("text({})", render_reference(reference, language, helpers))
            }
        });
    }
    parts.join(" + ")
}
