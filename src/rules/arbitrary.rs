//! Patterns and events out of arbitrary bytes, for the property tests and the fuzzing.
//!
//! Each byte decides something, so that shorter and smaller bytes make simpler texts. Few keys and few values are used:
//! what matters happens where patterns and events meet.

use std::fmt::Write;

/// Bytes as a source of decisions; when they run out everything is 0.
pub(super) struct Choices<'b> {
    bytes: &'b [u8],
}

const KEYS: [&str; 8] = ["a", "b", "c", "a.b", "b.c", "", "\\u0061", "a-"];
const TEXTS: [&str; 16] =
    ["a", "b", "ab", "abc", "bca", "", "A", "aB", "é", "ß", "SS", "10.0.0.1", "10.0.0.01", "::ffff:a00:1", "a*b", "5"];
const NUMBERS: [&str; 12] =
    ["0", "1", "-1", "5", "5.0", "0.5e1", "1e400", "9007199254740993", "300", "3e2", "-0.0", "0.30000000000000004"];
const WILDCARDS: [&str; 10] = ["*", "a*", "*a", "a*c", "*b*", "a*b*c", "abc", "a\\\\*b", "*é*", "*a*b*"];
const BLOCKS: [&str; 4] = ["10.0.0.0/24", "0.0.0.0/0", "::/1", "10.0.0.0/30"];

impl<'b> Choices<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Choices<'b> {
        Choices { bytes }
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        let Some((first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        usize::from(*first) % limit
    }

    fn of<'t>(&mut self, options: &[&'t str]) -> &'t str {
        options[self.below(options.len())]
    }

    /// An event's text: always an object.
    pub(super) fn event(&mut self) -> String {
        let mut text = String::new();
        self.object(0, &mut text);
        text
    }

    fn object(&mut self, depth: usize, text: &mut String) {
        text.push('{');
        for index in 0..self.below(5) {
            let _ = write!(text, "{}\"{}\":", if index > 0 { "," } else { "" }, self.of(&KEYS));
            self.value(depth + 1, text);
        }
        text.push('}');
    }

    fn value(&mut self, depth: usize, text: &mut String) {
        match self.below(if depth < 5 { 10 } else { 5 }) {
            0 | 1 => {
                let _ = write!(text, "\"{}\"", self.of(&TEXTS));
            }
            2 | 3 => text.push_str(self.of(&NUMBERS)),
            4 => text.push_str(self.of(&["true", "false", "null"])),
            5 | 6 => self.object(depth, text),
            _ => {
                text.push('[');
                for index in 0..self.below(5) {
                    text.push_str(if index > 0 { ", " } else { "" });
                    self.value(depth + 1, text);
                }
                text.push(']');
            }
        }
    }

    /// A pattern's text; now and then one that is refused.
    pub(super) fn pattern(&mut self) -> String {
        let mut text = String::new();
        self.group(0, &mut text);
        text
    }

    fn group(&mut self, depth: usize, text: &mut String) {
        text.push('{');
        for index in 0..1 + self.below(3) {
            text.push_str(if index > 0 { "," } else { "" });
            let kind = self.below(10);
            if kind == 9 && depth < 4 {
                text.push_str("\"$or\":[");
                for index in 0..2 + self.below(2) {
                    text.push_str(if index > 0 { "," } else { "" });
                    self.group(depth + 1, text);
                }
                text.push(']');
                continue;
            }
            let _ = write!(text, "\"{}\":", self.of(&KEYS));
            if kind >= 7 && depth < 4 {
                self.group(depth + 1, text);
                continue;
            }
            text.push('[');
            for index in 0..1 + self.below(3) {
                text.push_str(if index > 0 { "," } else { "" });
                self.condition(text);
            }
            text.push(']');
        }
        text.push('}');
    }

    fn condition(&mut self, text: &mut String) {
        let _ = match self.below(18) {
            0 | 1 => write!(text, "\"{}\"", self.of(&TEXTS)),
            2 => write!(text, "{}", self.of(&NUMBERS)),
            3 => write!(text, "{}", self.of(&["true", "false", "null"])),
            4 => write!(text, "{{\"prefix\":\"{}\"}}", self.of(&TEXTS)),
            5 => write!(text, "{{\"suffix\":\"{}\"}}", self.of(&TEXTS)),
            6 => write!(text, "{{\"prefix\":{{\"equals-ignore-case\":\"{}\"}}}}", self.of(&TEXTS)),
            7 => write!(text, "{{\"suffix\":{{\"equals-ignore-case\":\"{}\"}}}}", self.of(&TEXTS)),
            8 => write!(text, "{{\"equals-ignore-case\":\"{}\"}}", self.of(&TEXTS)),
            9 => write!(text, "{{\"wildcard\":\"{}\"}}", self.of(&WILDCARDS)),
            10 => write!(text, "{{\"exists\":{}}}", self.of(&["true", "false"])),
            11 => write!(text, "{{\"exists\":false}}"),
            12 => write!(text, "{{\"cidr\":\"{}\"}}", self.of(&BLOCKS)),
            13 => match self.below(3) {
                0 => write!(text, "{{\"numeric\":[\"=\",{}]}}", self.of(&NUMBERS)),
                1 => {
                    let sign = self.of(&["<", "<=", ">", ">="]);
                    write!(text, "{{\"numeric\":[\"{sign}\",{}]}}", self.of(&NUMBERS))
                }
                _ => {
                    let (lower, upper) = (self.of(&[">", ">="]), self.of(&["<", "<="]));
                    let (bottom, top) = (self.of(&NUMBERS), self.of(&NUMBERS));
                    write!(text, "{{\"numeric\":[\"{lower}\",{bottom},\"{upper}\",{top}]}}")
                }
            },
            14 => write!(text, "{{\"exactly\":\"{}\"}}", self.of(&TEXTS)),
            15 => write!(text, "{{\"anything-but\":{}}}", self.of(&["\"a\"", "[\"a\",\"abc\",\"\"]", "5", "[1,300]"])),
            16 => {
                let operator = self.of(&["prefix", "suffix", "equals-ignore-case"]);
                write!(
                    text,
                    "{{\"anything-but\":{{\"{operator}\":[\"{}\",\"{}\"]}}}}",
                    self.of(&TEXTS),
                    self.of(&TEXTS)
                )
            }
            _ => write!(text, "{{\"anything-but\":{{\"wildcard\":\"{}\"}}}}", self.of(&WILDCARDS)),
        };
    }
}
