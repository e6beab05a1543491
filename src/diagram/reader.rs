//! Reads JSON objects field by field and collects every problem instead of stopping at the first.

use super::problem::Problem;
use crate::language::translated;
use crate::small;
use serde_json::{Map, Value};

/// Where problems are gathered while a document is read.
#[derive(Default)]
pub struct Problems {
    list: Vec<Problem>,
}

impl Problems {
    pub fn add(&mut self, problem: Problem) {
        self.list.push(problem);
    }

    pub fn extend(&mut self, problems: Vec<Problem>) {
        self.list.extend(problems);
    }

    pub fn say(&mut self, path: impl Into<String>, message: impl Into<String>, hint: impl Into<String>) {
        self.list.push(Problem::new(path, message).with_hint(hint));
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn into_result<T>(self, value: T) -> Result<T, Vec<Problem>> {
        if self.list.is_empty() { Ok(value) } else { Err(self.list) }
    }

    pub fn into_list(self) -> Vec<Problem> {
        self.list
    }
}

/// A JSON object being read: knows its path and which of its fields were asked for.
pub struct Reader<'a, 'p> {
    fields: &'a Map<String, Value>,
    pub path: String,
    pub problems: &'p mut Problems,
    asked: Vec<String>,
}

/// How a value is called in an error message.
pub fn kind_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => tr!("true or false"),
        Value::Number(_) => tr!("a number"),
        Value::String(_) => tr!("a string"),
        Value::Array(_) => tr!("a list"),
        Value::Object(_) => tr!("an object"),
    }
}

impl<'a, 'p> Reader<'a, 'p> {
    pub fn new(fields: &'a Map<String, Value>, path: impl Into<String>, problems: &'p mut Problems) -> Self {
        Reader { fields, path: path.into(), problems, asked: Vec::new() }
    }

    pub fn field_path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_string() } else { format!("{}.{name}", self.path) }
    }

    pub fn get(&mut self, name: &str) -> Option<&'a Value> {
        self.asked.push(name.to_string());
        self.fields.get(name)
    }

    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    pub fn wrong(&mut self, name: &str, message: impl Into<String>, hint: impl Into<String>) {
        let path = self.field_path(name);
        self.problems.say(path, message, hint);
    }

    /// `wanted` is as [`kind_name`] would say it.
    fn wrong_kind(&mut self, name: &str, wanted: &'static str, found: &Value) {
        let wanted = translated(wanted);
        let message = tr!("This is {found}, but {wanted} is needed here.", found = kind_name(found), wanted = wanted);
        self.wrong(name, message, "");
    }

    fn missing(&mut self, name: &str, wanted: &'static str) {
        self.wrong(name, tr!("This field is missing; {wanted} is needed here.", wanted = translated(wanted)), "");
    }

    pub fn text(&mut self, name: &str) -> Option<&'a str> {
        match self.get(name) {
            Some(Value::String(text)) => Some(text),
            Some(other) => {
                self.wrong_kind(name, phrase!("a string"), other);
                None
            }
            None => None,
        }
    }

    pub fn required_text(&mut self, name: &str) -> &'a str {
        if !self.fields.contains_key(name) {
            self.missing(name, phrase!("a string"));
        }
        self.text(name).unwrap_or("")
    }

    /// An integer between `min` and `max`, or `default` where the field is absent.
    pub fn integer(&mut self, name: &str, default: i64, min: i64, max: i64, unit: &'static str) -> i64 {
        self.optional_integer(name, min, max, unit).unwrap_or(default)
    }

    pub fn optional_integer(&mut self, name: &str, min: i64, max: i64, unit: &'static str) -> Option<i64> {
        let value = self.get(name)?;
        match value {
            Value::Null => None,
            Value::Number(number) => match number.as_i64() {
                Some(number) if (min..=max).contains(&number) => Some(number),
                _ => {
                    let hint = match translated(unit) {
                        "" => tr!("Use a whole number from {min} to {max}.", min = min, max = max),
                        unit => {
                            tr!("Use a whole number from {min} to {max} {unit}.", min = min, max = max, unit = unit)
                        }
                    };
                    self.wrong(name, tr!("{number} is outside the limits.", number = number), hint);
                    None
                }
            },
            other => {
                self.wrong_kind(name, phrase!("a whole number"), other);
                None
            }
        }
    }

    /// A number between `min` and `max`, or `default` where the field is absent.
    pub fn number(&mut self, name: &str, default: f64, min: f64, max: f64, unit: &'static str) -> f64 {
        match self.get(name) {
            None => default,
            Some(Value::Number(number)) => match number.as_f64() {
                Some(number) if number >= min && number <= max => number,
                _ => {
                    let (min, max) = (small::short(min, 6), small::short(max, 6));
                    let hint = match translated(unit) {
                        "" => tr!("Use a number from {min} to {max}.", min = min, max = max),
                        unit => tr!("Use a number from {min} to {max} {unit}.", min = min, max = max, unit = unit),
                    };
                    self.wrong(name, tr!("{number} is outside the limits.", number = number), hint);
                    default
                }
            },
            Some(other) => {
                self.wrong_kind(name, phrase!("a number"), other);
                default
            }
        }
    }

    pub fn boolean(&mut self, name: &str, default: bool) -> bool {
        match self.get(name) {
            None => default,
            Some(Value::Bool(value)) => *value,
            Some(other) => {
                self.wrong_kind(name, phrase!("true or false"), other);
                default
            }
        }
    }

    pub fn choice(&mut self, name: &str, default: &'static str, options: &'static [&'static str]) -> &'static str {
        match self.text(name) {
            None => default,
            Some(text) => match options.iter().find(|option| **option == text) {
                Some(option) => option,
                None => {
                    self.wrong(
                        name,
                        tr!("`{text}` is not known here.", text = text),
                        tr!("Use one of: {}.", options.join(", ")),
                    );
                    default
                }
            },
        }
    }

    pub fn array(&mut self, name: &str) -> Option<&'a [Value]> {
        match self.get(name)? {
            Value::Array(items) => Some(items),
            other => {
                self.wrong_kind(name, phrase!("a list"), other);
                None
            }
        }
    }

    pub fn object(&mut self, name: &str) -> Option<&'a Map<String, Value>> {
        match self.get(name)? {
            Value::Object(fields) => Some(fields),
            other => {
                self.wrong_kind(name, phrase!("an object"), other);
                None
            }
        }
    }

    /// Complains that none of this can be read.
    pub fn forgo(&mut self, message: &str, hint: &str) {
        self.asked.extend(self.fields.keys().cloned());
        self.problems.say(self.path.clone(), message, hint);
    }

    /// Complains of each field that nobody asked for, so that a misspelt setting is never silently ignored.
    pub fn finish(self) {
        for name in self.fields.keys() {
            if !self.asked.iter().any(|asked| asked == name) {
                let path = self.field_path(name);
                let mut known: Vec<&str> = self.asked.iter().map(String::as_str).collect();
                small::sort(&mut known);
                known.dedup();
                self.problems.say(path, tr!("This field is not known here."), tr!("Known: {}.", known.join(", ")));
            }
        }
    }
}
