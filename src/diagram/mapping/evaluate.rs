//! Runs mapping templates.

use super::template::{Expression, Method, Node, Operator, Utility};
use super::{MappingScope, header, text_of};
use crate::diagram::template::walk;
use serde_json::{Map, Value, json};

/// Turns of one `#foreach`: limits of REST APIs.
pub const MAXIMUM_TURNS: usize = 1_000;
/// Nodes and characters in all: where loops stand inside loops, the limit above is not enough.
const MAXIMUM_WORK: usize = 2_000_000;

pub(super) struct Evaluation<'a> {
    scope: MappingScope<'a>,
    variables: Vec<(String, Value)>,
    work: usize,
}

impl<'a> Evaluation<'a> {
    pub fn new(scope: MappingScope<'a>) -> Self {
        Evaluation { scope, variables: Vec::new(), work: 0 }
    }

    /// `None` where it is too much work.
    pub fn render(&mut self, nodes: &[Node], out: &mut String) -> Option<()> {
        for node in nodes {
            self.work += 1;
            let before = out.len();
            match node {
                Node::Text(text) => out.push_str(text),
                Node::Put { expression, written } => match self.value(expression)? {
                    None => out.push_str(written),
                    Some(value) => out.push_str(&text_of(&value)),
                },
                Node::Set { name, value } => {
                    if let Some(value) = self.value(value)? {
                        self.set(name, value);
                    }
                }
                Node::If(branches) => {
                    for (condition, nodes) in branches {
                        if is_true(self.value(condition)?.as_ref()) {
                            self.render(nodes, out)?;
                            break;
                        }
                    }
                }
                Node::ForEach { name, list, body } => {
                    let items = match self.value(list)? {
                        Some(Value::Array(items)) => items,
                        Some(Value::Object(fields)) => fields.into_iter().map(|(_, value)| value).collect(),
                        _ => continue,
                    };
                    let count = items.len().min(MAXIMUM_TURNS);
                    for (index, item) in items.into_iter().take(count).enumerate() {
                        self.set(name, item);
                        let state = json!({ "index": index, "count": index + 1, "hasNext": index + 1 < count });
                        self.set("foreach", state);
                        self.render(body, out)?;
                    }
                }
            }
            self.work += out.len().saturating_sub(before);
            if self.work > MAXIMUM_WORK {
                return None;
            }
        }
        Some(())
    }

    fn set(&mut self, name: &str, value: Value) {
        match self.variables.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.variables.push((name.to_string(), value)),
        }
    }

    /// The outer `None` is too much work, the inner one nothing there.
    fn value(&mut self, expression: &Expression) -> Option<Option<Value>> {
        self.work += 1;
        let text = |text: String| Some(Value::String(text));
        Some(match expression {
            Expression::Literal(value) => Some(value.clone()),
            Expression::Text(nodes) => {
                let mut out = String::new();
                self.render(nodes, &mut out)?;
                text(out)
            }
            Expression::List(items) => {
                let mut values = Vec::new();
                for item in items {
                    values.push(self.value(item)?.unwrap_or(Value::Null));
                }
                Some(Value::Array(values))
            }
            Expression::Variable(name) => {
                self.variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
            }
            Expression::Body => text(text_of(self.scope.body)),
            Expression::Json(path) => match walk(self.scope.body, path) {
                None => text("\"\"".to_string()),
                Some(value) => text(value.to_string()),
            },
            Expression::Path(path) => walk(self.scope.body, path).cloned().filter(|value| !value.is_null()),
            Expression::Parameters => {
                let object = |value: &Value| if value.is_object() { value.clone() } else { Value::Object(Map::new()) };
                Some(json!({
                    "path": object(self.scope.path_parameters), "querystring": object(self.scope.query),
                    "header": object(self.scope.headers),
                }))
            }
            Expression::Parameter(name) => {
                let name = self.value(name)?.map_or(String::new(), |name| text_of(&name));
                let scope = self.scope;
                let found = [scope.path_parameters, scope.query].iter().find_map(|place| place.get(&name).map(text_of));
                text(found.or_else(|| header(scope.headers, &name).map(str::to_string)).unwrap_or_default())
            }
            Expression::Context => Some(self.scope.context.clone()),
            Expression::StageVariables => Some(self.scope.stage_variables.clone()),
            Expression::Utility(utility, argument) => {
                let argument = self.value(argument)?.map_or(String::new(), |value| text_of(&value));
                apply(*utility, &argument)
            }
            Expression::Field(of, name) => self.value(of)?.and_then(|value| member(&value, name)),
            Expression::Index(of, index) => {
                let (of, index) = (self.value(of)?, self.value(index)?);
                of.and_then(|of| member(&of, &text_of(&index?)))
            }
            Expression::Call(of, method, arguments) => {
                let of = self.value(of)?;
                let argument = match arguments.first() {
                    Some(argument) => self.value(argument)?.unwrap_or(Value::Null),
                    None => Value::Null,
                };
                of.and_then(|of| call(&of, *method, &argument))
            }
            Expression::Not(inner) => Some(Value::Bool(!is_true(self.value(inner)?.as_ref()))),
            Expression::Binary(Operator::Or, left, right) => {
                let left = is_true(self.value(left)?.as_ref());
                Some(Value::Bool(left || is_true(self.value(right)?.as_ref())))
            }
            Expression::Binary(Operator::And, left, right) => {
                let left = is_true(self.value(left)?.as_ref());
                Some(Value::Bool(left && is_true(self.value(right)?.as_ref())))
            }
            Expression::Binary(operator, left, right) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                combine(*operator, &left.unwrap_or(Value::Null), &right.unwrap_or(Value::Null))
            }
        })
    }
}

fn is_true(value: Option<&Value>) -> bool {
    !matches!(value, None | Some(Value::Null | Value::Bool(false)))
}

fn member(of: &Value, name: &str) -> Option<Value> {
    walk(of, &[name.to_string()]).cloned()
}

fn call(of: &Value, method: Method, argument: &Value) -> Option<Value> {
    let size = match of {
        Value::Array(items) => items.len(),
        Value::Object(fields) => fields.len(),
        Value::String(text) => text.chars().count(),
        _ => 0,
    };
    Some(match method {
        Method::Get => return member(of, &text_of(argument)),
        Method::Size => size.into(),
        Method::IsEmpty => (size == 0).into(),
        Method::KeySet => of.as_object()?.keys().map(String::as_str).collect(),
        Method::Contains => match of {
            Value::Array(items) => items.contains(argument),
            Value::Object(fields) => fields.contains_key(&text_of(argument)),
            Value::String(text) => text.contains(&text_of(argument)),
            _ => false,
        }
        .into(),
        Method::ToString => Value::String(text_of(of)),
    })
}

fn combine(operator: Operator, left: &Value, right: &Value) -> Option<Value> {
    let numbers = left.as_f64().zip(right.as_f64());
    let order = match numbers {
        Some((left, right)) => left.partial_cmp(&right)?,
        None => text_of(left).cmp(&text_of(right)),
    };
    let equal = order.is_eq() && left.is_null() == right.is_null();
    if operator == Operator::Add && numbers.is_none() {
        return Some(Value::String(text_of(left) + &text_of(right)));
    }
    let arithmetic = |result: fn(f64, f64) -> f64| {
        let result = numbers.map(|(left, right)| result(left, right)).filter(|result| result.is_finite())?;
        // Whole numbers stay whole, as they do between integers.
        let whole = left.is_i64() && right.is_i64();
        let whole = whole.then(|| libm::trunc(result)).filter(|result| libm::fabs(*result) < 9e15);
        Some(whole.map_or_else(|| result.into(), |whole| (whole as i64).into()))
    };
    Some(match operator {
        Operator::Equal => equal.into(),
        Operator::Unequal => (!equal).into(),
        Operator::Less => order.is_lt().into(),
        Operator::LessOrEqual => order.is_le().into(),
        Operator::Greater => order.is_gt().into(),
        Operator::GreaterOrEqual => order.is_ge().into(),
        Operator::Add => return arithmetic(|left, right| left + right),
        Operator::Subtract => return arithmetic(|left, right| left - right),
        Operator::Multiply => return arithmetic(|left, right| left * right),
        Operator::Divide => return arithmetic(|left, right| left / right),
        Operator::Remainder => return arithmetic(libm::fmod),
        Operator::Or | Operator::And => return None,
    })
}

fn apply(utility: Utility, text: &str) -> Option<Value> {
    Some(Value::String(match utility {
        Utility::ParseJson => return serde_json::from_str(text).ok(),
        Utility::EscapeJavaScript => escape(text),
        Utility::UrlEncode => url_encode(text),
        Utility::UrlDecode => url_decode(text),
        Utility::Base64Encode => base64_encode(text.as_bytes()),
        Utility::Base64Decode => String::from_utf8_lossy(&base64_decode(text)?).into_owned(),
    }))
}

/// As in a JavaScript string; single quotes too, which JSON does not allow: the reference warns of it.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '"' | '\'' | '\\' | '/' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => out.push_str(&format!("\\u{:04X}", control as u32)),
            other => out.push(other),
        }
    }
    out
}

fn url_encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => out.push(byte as char),
            b' ' => out.push('+'),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// A form's or a query string's text, decoded.
pub fn url_decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let code = rest.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match (first, code.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &rest[2..];
            }
            (b'+', _) => bytes.push(b' '),
            (other, _) => bytes.push(*other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64_encode(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let number =
            chunk.iter().fold(0u32, |number, byte| (number << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(number >> (18 - 6 * place)) as usize & 63] as char;
            out.push(if place <= chunk.len() { digit } else { '=' });
        }
    }
    out
}

/// Both alphabets, with or without padding, as tokens have it.
pub fn base64_decode(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut number, mut bits) = (Vec::new(), 0u32, 0);
    for digit in text.trim_end_matches('=').bytes() {
        let digit = match digit {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        };
        number = (number << 6) | DIGITS.iter().position(|known| *known == digit)? as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((number >> bits) as u8);
            number &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}
