//! Payload templates as mapping templates: `{{message.amount}}` becomes `$input.json('$.amount')`.

use serde_json::Value;

/// Where the message stands: at the request's body, or inside of what the integration answered.
#[derive(Clone, Copy)]
pub enum Root {
    Body,
    /// Below this field of a proxy's answer.
    AnswerBody,
}

impl Root {
    fn path(self, rest: &str) -> String {
        let path = match self {
            Root::Body => "$".to_string(),
            Root::AnswerBody => "$.body".to_string(),
        };
        rest.split('.').filter(|name| !name.is_empty()).fold(path, |path, name| {
            if name.bytes().all(|byte| byte.is_ascii_digit()) {
                format!("{path}[{name}]")
            } else {
                format!("{path}.{name}")
            }
        })
    }
}

/// A payload template as JSON in the mapping language.
pub fn json(template: &Value, root: Root) -> String {
    write(template, root, 0)
}

/// A payload template as text in the mapping language.
pub fn text(template: &str, root: Root) -> String {
    pieces(template, |name| value(name, root, false))
}

fn write(template: &Value, root: Root, depth: usize) -> String {
    let pad = "  ".repeat(depth + 1);
    let end = "  ".repeat(depth);
    match template {
        Value::String(text) => match text.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")) {
            // A placeholder alone keeps its type.
            Some(name) if !name.contains("{{") => value(name.trim(), root, true),
            _ => {
                let quoted = Value::String(text.clone()).to_string();
                pieces(&quoted, |name| value(name, root, false))
            }
        },
        Value::Array(items) if !items.is_empty() => {
            let items = items.iter().map(|item| format!("{pad}{}", write(item, root, depth + 1)));
            format!("[\n{}\n{end}]", items.collect::<Vec<_>>().join(",\n"))
        }
        Value::Object(fields) if !fields.is_empty() => {
            let fields = fields.iter().map(|(name, field)| {
                format!("{pad}{}: {}", Value::String(name.clone()), write(field, root, depth + 1))
            });
            format!("{{\n{}\n{end}}}", fields.collect::<Vec<_>>().join(",\n"))
        }
        other => other.to_string(),
    }
}

/// Replaces the placeholders of a text.
fn pieces(text: &str, value: impl Fn(&str) -> String) -> String {
    let mut written = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else { break };
        written.push_str(before);
        written.push_str(&value(name.trim()));
        rest = behind;
    }
    written.push_str(rest);
    written
}

fn value(name: &str, root: Root, json: bool) -> String {
    let quote = if json { "\"" } else { "" };
    match name {
        "requestId" | "eventId" => format!("{quote}$context.requestId{quote}"),
        "time" => format!("{quote}$context.requestTime{quote}"),
        name => {
            let path = root.path(name.strip_prefix("message").or_else(|| name.strip_prefix("result")).unwrap_or(name));
            if json {
                format!("$input.json('{path}')")
            } else {
                format!("$util.escapeJavaScript($input.path('{path}'))")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json as value_of;

    #[test]
    fn placeholders_become_paths_and_keep_their_types() {
        let template =
            value_of!({ "id": "{{requestId}}", "amount": "{{message.amount}}", "to": "Dear {{message.a.0}}" });
        let expected = "{\n  \"id\": \"$context.requestId\",\n  \"amount\": $input.json('$.amount'),\n  \"to\": \"Dear $util.escapeJavaScript($input.path('$.a[0]'))\"\n}";
        assert_eq!(json(&template, Root::Body), expected);
        assert_eq!(json(&value_of!("{{message}}"), Root::AnswerBody), "$input.json('$.body')");
    }
}
