//! Payload templates as mapping templates, and back: `{{message.amount}}` is `$input.json('$.amount')`.

use serde_json::Value;

/// Where the message stands: at the request's body, or inside of what the integration answered.
#[derive(Clone, Copy)]
pub enum Root {
    Body,
    /// Below this field of a proxy's answer.
    AnswerBody,
}

impl Root {
    fn start(self) -> &'static str {
        match self {
            Root::Body => "$",
            Root::AnswerBody => "$.body",
        }
    }

    fn path(self, rest: &str) -> String {
        rest.split('.').filter(|name| !name.is_empty()).fold(self.start().to_string(), |path, name| {
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

/// The payload template of which [`json`] makes this text; `None` for a mapping template of somebody's own.
pub fn payload(text: &str, root: Root) -> Option<Value> {
    let template = serde_json::from_str(&unwritten(text, root)?).ok()?;
    (json(&template, root) == text).then_some(template)
}

/// The payload template of which [`text`](self::text) makes this text.
pub fn payload_text(text: &str, root: Root) -> Option<String> {
    let template = unwritten(text, root)?;
    (self::text(&template, root) == text).then_some(template)
}

/// Placeholders instead of what stands for them in the mapping language. Whether that was all of it, writing it again tells.
fn unwritten(text: &str, root: Root) -> Option<String> {
    const FORMS: [(&str, &str, &str); 2] =
        [("$input.json('", "')", "\""), ("$util.escapeJavaScript($input.path('", "'))", "")];
    let mut made = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        made.push_str(before);
        let at = &rest[before.len()..];
        let form = FORMS.iter().find_map(|(open, close, quote)| {
            let (path, behind) = at.strip_prefix(open)?.split_once(close)?;
            Some((path.strip_prefix(root.start())?, behind, quote))
        });
        let name = |word: &str, variable: &str| at.strip_prefix(variable).map(|behind| (word.to_string(), behind));
        if let Some((path, behind, quote)) = form {
            let path = path.replace('[', ".").replace(']', "");
            made.push_str(&format!("{quote}{{{{message{path}}}}}{quote}"));
            rest = behind;
        } else if let Some((word, behind)) =
            name("requestId", "$context.requestId").or_else(|| name("time", "$context.requestTime"))
        {
            made.push_str(&format!("{{{{{word}}}}}"));
            rest = behind;
        } else {
            made.push('$');
            rest = after;
        }
    }
    made.push_str(rest);
    Some(made)
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

    #[test]
    fn what_is_written_is_read_again_and_nothing_else() {
        for template in [
            value_of!({ "id": "{{requestId}}", "amount": "{{message.amount}}", "to": ["Dear {{message.a.0}}", 1, null] }),
            value_of!({ "costs": "5 $, {{time}}", "empty": {}, "all": "{{message}}" }),
            value_of!("{{message.deep.1.er}}"),
        ] {
            for root in [Root::Body, Root::AnswerBody] {
                assert_eq!(payload(&json(&template, root), root), Some(template.clone()));
            }
        }
        assert_eq!(
            payload_text("$util.escapeJavaScript($input.path('$.n'))-1", Root::Body).as_deref(),
            Some("{{message.n}}-1")
        );
        for other in ["{ \"a\": $input.json('$.a') }", "#set($x = 1)", "$input.params('id')", "$input.body", ""] {
            assert_eq!(payload(other, Root::Body), None, "{other}");
        }
    }
}
