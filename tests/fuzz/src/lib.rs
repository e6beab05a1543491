//! Fuzzing of what reads foreign text: no panic, no hang, and all ways to decide agree.
//!
//! `cargo test --release` makes a short run with random input, `make fuzz` long ones that are guided by coverage.
#![cfg(test)]

mod documents;
mod labs;
mod links;
mod messages;

use bolero::check;
use eventyard::rules::json::Document;
use eventyard::rules::{
    Attributes, Event, FilterPolicy, InputPath, InputTransformer, Matcher, Pattern, Reserved, Scope, explain,
};

/// Pieces of patterns, events and templates. Random bytes hardly ever make JSON; one byte for each piece often does.
const PIECES: [&str; 96] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"a\"",
    "\"b\"",
    "\"a.b\"",
    "\"$or\"",
    "{\"a\":",
    "{\"b\":",
    "\"a\":[",
    "\"b\":[",
    "[{\"prefix\":",
    "[{\"suffix\":",
    "[{\"wildcard\":",
    "[{\"anything-but\":",
    "[{\"equals-ignore-case\":",
    "[{\"numeric\":[",
    "[{\"exists\":",
    "[{\"cidr\":",
    "[{\"exactly\":",
    "{\"prefix\":",
    "{\"suffix\":",
    "{\"wildcard\":",
    "{\"equals-ignore-case\":",
    "{\"anything-but\":",
    "{\"exists\":true}",
    "{\"exists\":false}",
    "}]",
    "]}",
    "}]}",
    "\"$or\":[{",
    "},{",
    "\"\"",
    "\"*\"",
    "\"a*\"",
    "\"*a*b*\"",
    "\"**\"",
    "\"\\\\*\"",
    "\"aa\"",
    "\"Straße\"",
    "\"\\ud83d\"",
    "\"😀\"",
    "\"K\"",
    "\"\\u212a\"",
    "true",
    "false",
    "null",
    "0",
    "1",
    "-1",
    "1e0",
    "10e-1",
    "300.0",
    "3e2",
    "9007199254740993",
    "0.1",
    "1e308",
    "1e400",
    "1e-400",
    "1.7976931348623157e308",
    "-122.42916360922355",
    "\"=\"",
    "\"<\"",
    "\"<=\"",
    "\">\"",
    "\">=\"",
    ",0]",
    ",1]",
    "\"10.0.0.0/8\"",
    "\"10.0.0.1\"",
    "\"::1\"",
    "\"::/1\"",
    "\"fe80::%1\"",
    " ",
    "\n",
    "\t",
    "\\",
    "\"",
    "é",
    "\u{0}",
    "$",
    "$.a",
    "$.a[0]",
    "<a>",
    "<",
    ">",
    "\"<a>\"",
    "{\"k\":<a>}",
    "<aws.events.rule-name>",
    "[0]",
    ".",
    "'",
    "x",
];

/// One byte is one piece; what is beyond the pieces stands for itself.
fn text_of(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        match PIECES.get(usize::from(*byte)) {
            Some(piece) => text.push_str(piece),
            None => text.push(char::from(*byte)),
        }
    }
    text
}

/// Cuts the input in two at its first 0xFF.
fn halves(bytes: &[u8]) -> (&[u8], &[u8]) {
    let middle = bytes.iter().position(|byte| *byte == 0xFF).unwrap_or(bytes.len() / 2);
    let (left, right) = bytes.split_at(middle);
    (left, right.strip_prefix(&[0xFF]).unwrap_or(right))
}

fn judge(pattern: &str, event: &str) {
    let pattern = Pattern::parse(pattern);
    let event = Event::parse(event);
    if let Ok(pattern) = &pattern {
        let printed = Pattern::parse(pattern.text());
        assert_eq!(printed.as_ref(), Ok(pattern), "what was read reads again as the same");
    }
    let (Ok(pattern), Ok(event)) = (pattern, event) else { return };
    let matches = pattern.matches(&event);
    let explanation = explain(&pattern, &event);
    assert_eq!(explanation.matched, matches);
    assert_eq!(explanation.reason.is_none(), matches, "a non-match has a reason");
    let mut matcher = Matcher::new();
    matcher.insert(7, &pattern);
    let mut matching = Vec::new();
    matcher.matches(&event, &mut matching);
    assert_eq!(!matching.is_empty(), matches, "the compiled matcher says the same");
    matching.clear();
    matcher.matches_text(event.text(), &mut matching).expect("a text that is an event");
    assert_eq!(!matching.is_empty(), matches, "so it does without reading all of the text");
    matcher.remove(7);
    matching.clear();
    matcher.matches(&event, &mut matching);
    assert!(matching.is_empty(), "a rule that was removed matches nothing");
}

#[test]
fn raw_bytes() {
    check!().for_each(|bytes: &[u8]| {
        let (left, right) = halves(bytes);
        let (left, right) = (String::from_utf8_lossy(left), String::from_utf8_lossy(right));
        judge(&left, &right);
        judge(r#"{"a":[1]}"#, &right);
        let _ = Document::parse(&left);
        let mut matcher = Matcher::new();
        matcher.insert(1, &Pattern::parse(r#"{"a":{"b":["x"]}}"#).expect("a pattern"));
        // Whatever the text is: an answer or an error.
        let _ = matcher.matches_text(&right, &mut Vec::new());
    });
}

#[test]
fn pattern_and_event() {
    check!().for_each(|bytes: &[u8]| {
        let (left, right) = halves(bytes);
        judge(&text_of(left), &text_of(right));
    });
}

#[test]
fn filter_policy_and_message() {
    check!().for_each(|bytes: &[u8]| {
        let (left, right) = halves(bytes);
        let (policy, message) = (text_of(left), text_of(right));
        let attributes =
            Document::parse(&message).map_or_else(|_| Attributes::default(), |it| Attributes::of(it.root()));
        for scope in [Scope::MessageAttributes, Scope::MessageBody] {
            if let Ok(policy) = FilterPolicy::parse(&policy, scope) {
                let matches = policy.matches(&attributes, &message);
                assert_eq!(policy.explain(&attributes, &message).matched, matches);
            }
        }
    });
}

#[test]
fn transformer() {
    check!().for_each(|bytes: &[u8]| {
        let (left, right) = halves(bytes);
        let (template, event) = (text_of(left), text_of(right));
        let Ok(event) = Event::parse(&event) else { return };
        if let Ok(path) = InputPath::parse(&template) {
            let _ = path.apply(&event);
        }
        let paths = [("a".to_string(), "$.a".to_string()), ("b".to_string(), "$.a[0].b".to_string())];
        if let Ok(transformer) = InputTransformer::parse(&paths, &template) {
            let reserved = Reserved { rule_arn: "arn".into(), rule_name: "rule".into(), ingestion_time: "now".into() };
            let _ = transformer.apply(&event, &reserved);
        }
    });
}
