//! YAML for people: block style, short tags, and code as it stands.
//!
//! A serializer of YAML does not know CloudFormation's tags, and templates want a line for each thing that can change.
//! What is written is the part of YAML that versions 1.1 and 1.2 read alike.

use serde_json::{Map, Value};

/// A template in JSON's form as YAML.
pub fn to_yaml(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Object(fields) if !fields.is_empty() => write_fields(fields, 0, &mut text),
        other => {
            write_inline(other, 0, &mut text);
            text.push('\n');
        }
    }
    text
}

/// Flow style is for lists that fit on a line.
const LINE: usize = 100;

fn indent(depth: usize, text: &mut String) {
    text.extend(std::iter::repeat_n("  ", depth));
}

fn write_fields(fields: &Map<String, Value>, depth: usize, text: &mut String) {
    for (index, (key, value)) in fields.iter().enumerate() {
        // Sections and resources stand apart.
        if index > 0 && (depth == 0 || depth == 1 && value.is_object()) {
            text.push('\n');
        }
        indent(depth, text);
        write_key(key, depth, text);
        text.push(':');
        write_value(value, depth, text);
    }
}

/// What follows a key, to the end of its last line.
fn write_value(value: &Value, depth: usize, text: &mut String) {
    if let Some(tagged) = short_tag(value) {
        write_tagged(&tagged, depth, text);
        return;
    }
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            text.push('\n');
            write_fields(fields, depth + 1, text);
        }
        Value::Array(items) if !items.is_empty() => match flow(items) {
            Some(flow) => {
                text.push(' ');
                text.push_str(&flow);
                text.push('\n');
            }
            None => {
                text.push('\n');
                write_items(items, depth + 1, text);
            }
        },
        Value::String(string) if is_block(string) => {
            text.push(' ');
            write_block(string, depth, text);
        }
        other => {
            text.push(' ');
            write_inline(other, depth, text);
            text.push('\n');
        }
    }
}

fn write_items(items: &[Value], depth: usize, text: &mut String) {
    for item in items {
        indent(depth, text);
        text.push('-');
        match item {
            Value::Object(fields) if !fields.is_empty() && short_tag(item).is_none() => {
                // The first field stands on the dash's line.
                let mut inner = String::new();
                write_fields(fields, depth + 1, &mut inner);
                text.push(' ');
                text.push_str(inner.trim_start_matches(' '));
            }
            item => write_value(item, depth, text),
        }
    }
}

/// A function that has a short tag: the tag and its argument.
struct Tagged<'a> {
    tag: &'static str,
    argument: Argument<'a>,
}

enum Argument<'a> {
    Text(String),
    Value(&'a Value),
}

fn short_tag(value: &Value) -> Option<Tagged<'_>> {
    let fields = value.as_object().filter(|fields| fields.len() == 1)?;
    let (key, argument) = fields.iter().next()?;
    let tagged = |tag| Some(Tagged { tag, argument: Argument::Value(argument) });
    match (key.as_str(), argument) {
        ("Ref", Value::String(_)) => tagged("!Ref"),
        ("Fn::Sub", Value::String(_)) => tagged("!Sub"),
        ("Fn::GetAtt", Value::Array(parts)) => match parts.as_slice() {
            [Value::String(name), Value::String(attribute)] if !name.contains('.') => {
                Some(Tagged { tag: "!GetAtt", argument: Argument::Text(format!("{name}.{attribute}")) })
            }
            _ => None,
        },
        ("Fn::Join", Value::Array(parts)) if !parts.is_empty() => tagged("!Join"),
        _ => None,
    }
}

fn write_tagged(tagged: &Tagged<'_>, depth: usize, text: &mut String) {
    text.push(' ');
    text.push_str(tagged.tag);
    match &tagged.argument {
        Argument::Text(string) => {
            text.push(' ');
            write_text(string, text);
            text.push('\n');
        }
        Argument::Value(value) => write_value(value, depth, text),
    }
}

/// A short list of plain texts and numbers on one line.
fn flow(items: &[Value]) -> Option<String> {
    let simple = |item: &Value| match item {
        Value::String(text) => !is_block(text),
        Value::Number(_) | Value::Bool(_) => true,
        _ => false,
    };
    if items.len() > 8 || !items.iter().all(simple) {
        return None;
    }
    let mut text = String::from("[");
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        match item {
            // Inside brackets more marks mean something.
            Value::String(string) if string.contains(['[', ']', '{', '}', ',']) => write_quoted(string, &mut text),
            item => write_inline(item, 0, &mut text),
        }
    }
    text.push(']');
    (text.len() <= LINE).then_some(text)
}

fn write_inline(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(truth) => text.push_str(if *truth { "true" } else { "false" }),
        Value::Number(number) => write_number(&number.to_string(), text),
        Value::String(string) => write_text(string, text),
        Value::Array(items) if items.is_empty() => text.push_str("[]"),
        Value::Object(fields) if fields.is_empty() => text.push_str("{}"),
        other => write_value(other, depth, text),
    }
}

/// YAML 1.1 takes an exponent for a number's only behind a point, and with a sign.
fn write_number(number: &str, text: &mut String) {
    match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            text.push_str(mantissa);
            if !mantissa.contains('.') {
                text.push_str(".0");
            }
            text.push('e');
            if !exponent.starts_with(['+', '-']) {
                text.push('+');
            }
            text.push_str(exponent);
        }
        None => text.push_str(number),
    }
}

fn write_key(key: &str, depth: usize, text: &mut String) {
    // A key has at most 1,024 characters unless it is marked as one.
    if key.len() > 512 {
        text.push_str("? ");
        write_quoted(key, text);
        text.push('\n');
        indent(depth, text);
    } else {
        write_text(key, text);
    }
}

fn write_text(string: &str, text: &mut String) {
    if is_plain(string) { text.push_str(string) } else { write_quoted(string, text) }
}

/// Whether a text needs no quotes in any version of YAML: it looks like nothing else.
fn is_plain(string: &str) -> bool {
    let Some(first) = string.chars().next() else { return false };
    let inner = |character: char| character.is_ascii_alphanumeric() || " _-./:$+*@%=~(){}|'".contains(character);
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    (first.is_ascii_alphabetic() || first == '/')
        && string.chars().all(inner)
        && !string.ends_with([' ', ':'])
        && !string.contains(": ")
        && !string.contains(" #")
        && !words.iter().any(|word| string.eq_ignore_ascii_case(word))
}

/// Single quotes where they do, else JSON's.
fn write_quoted(string: &str, text: &mut String) {
    let printable = |character: char| (' '..='~').contains(&character);
    if string.chars().all(printable) {
        text.push('\'');
        text.push_str(&string.replace('\'', "''"));
        text.push('\'');
        return;
    }
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            character if is_written_out(character) => {
                let code = character as u32;
                text.push_str(&if code > 0xffff { format!("\\U{code:08X}") } else { format!("\\u{code:04X}") });
            }
            character => text.push(character),
        }
    }
    text.push('"');
}

/// Controls, and what some reader takes for a line's end or for no character at all.
fn is_written_out(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether a text can stand line by line: printable, its first line not indented, and no empty line at its end (which would
/// have to be kept, and with it the empty line that sets the next section apart).
fn is_block(string: &str) -> bool {
    string.contains('\n')
        && !string.ends_with("\n\n")
        && !string.starts_with([' ', '\n', '\t'])
        && string.chars().all(|character| character == '\n' || character == '\t' || !is_written_out(character))
        && string.lines().all(|line| !line.trim().is_empty() || line.is_empty())
}

fn write_block(string: &str, depth: usize, text: &mut String) {
    let lines = string.strip_suffix('\n');
    text.push_str(if lines.is_some() { "|\n" } else { "|-\n" });
    for line in lines.unwrap_or(string).split('\n') {
        if !line.is_empty() {
            indent(depth + 1, text);
            text.push_str(line);
        }
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::template::digest;
    use crate::exchange::template::read::yaml;
    use proptest::prelude::*;
    use serde_json::json;

    #[track_caller]
    fn check(value: Value, expected: &str) {
        assert_eq!(to_yaml(&value), expected);
    }

    #[test]
    fn functions_have_short_tags() {
        let arn = json!({ "Fn::GetAtt": ["Queue", "Arn"] });
        check(json!({ "a": { "Ref": "Topic" }, "b": [arn] }), "a: !Ref Topic\n\nb:\n  - !GetAtt Queue.Arn\n");
        check(
            json!({ "a": { "Fn::Join": ["", ["x", { "Ref": "Z" }]] } }),
            "a: !Join\n  - ''\n  -\n    - x\n    - !Ref Z\n",
        );
    }

    #[test]
    fn what_looks_like_something_else_is_quoted() {
        for text in ["true", "No", "null", "1", "1e3", "2026-01-01", "- a", "a: b", "a #b", "~", "*", "", " a", "a "] {
            let quoted = to_yaml(&json!({ "x": text }));
            assert!(quoted.starts_with("x: '") && quoted.ends_with("'\n"), "{quoted}");
        }
        check(json!({ "x": "it's" }), "x: it's\n");
        check(json!({ "x": "'it'" }), "x: '''it'''\n");
        check(json!({ "x": "a\tb\u{85}" }), "x: \"a\\tb\\u0085\"\n");
    }

    #[test]
    fn code_stands_as_it_is() {
        check(json!({ "x": "one\n\n  two\n" }), "x: |\n  one\n\n    two\n");
        check(json!({ "x": "one\ntwo" }), "x: |-\n  one\n  two\n");
        check(json!({ "x": "one\n\n" }), "x: \"one\\n\\n\"\n");
        check(json!({ "x": " one\n" }), "x: \" one\\n\"\n");
    }

    /// Any JSON; texts that look like something else, and functions.
    fn any_json() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            any::<String>(),
            "[ -~\n]{0,12}",
            "(a|b |\n|\t|: |#|- |'|\"|\\\\|[|]){0,10}",
            Just("true".to_string()),
            Just("0x1f".to_string()),
        ];
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::from),
            text.clone().prop_map(Value::from),
            "[A-Z][a-z]{0,5}".prop_map(|name| json!({ "Ref": name })),
            "[A-Z][a-z]{0,5}".prop_map(|name| json!({ "Fn::GetAtt": [name, "Arn"] })),
            text.clone().prop_map(|text| json!({ "Fn::Sub": text })),
        ];
        leaf.prop_recursive(4, 24, 5, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                proptest::collection::vec((text.clone(), inner), 0..5)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(value in any_json()) {
            let template = json!({ "Resources": value });
            let text = to_yaml(&template);
            let read = yaml::parse(&text);
            let read = read.unwrap_or_else(|flaws| panic!("{text}\n{flaws:?}"));
            prop_assert_eq!(digest(&read.to_json()), digest(&template), "{}", text);
        }
    }

    #[test]
    fn the_line_that_sets_resources_apart_belongs_to_none_of_them() {
        let template = json!({ "Resources": { "A": { "Fn::Sub": "x\n\n" }, "B": { "Ref": "A" } } });
        let read = yaml::parse(&to_yaml(&template)).map(|read| read.to_json());
        assert_eq!(read.ok(), Some(template));
    }

    #[test]
    fn numbers_keep_their_kind_in_every_version() {
        check(json!({ "x": [1, 1.0, 1e300, 1.5e-7] }), "x: [1, 1.0, 1.0e+300, 1.5e-7]\n");
    }
}
