//! Numbers as people read them.

use crate::kernel::Time;
use crate::language::decimal;
use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::JsValue;

/// A span in microseconds: `350 µs`, `12 ms`, `1.25 s`, `3 min 20 s`.
pub fn span(microseconds: u64) -> String {
    match microseconds {
        0 => "0 ms".to_string(),
        1..=999 => format!("{microseconds} µs"),
        1_000..=999_999 => format!("{} ms", (microseconds + 500) / 1_000),
        1_000_000..=59_999_999 => format!("{} s", decimal(microseconds as f64 / 1e6, 2)),
        _ => {
            let seconds = microseconds / 1_000_000;
            match seconds {
                0..=3_599 => format!("{} min {} s", seconds / 60, seconds % 60),
                3_600..=86_399 => format!("{} h {} min", seconds / 3_600, seconds / 60 % 60),
                _ => format!("{} d {} h", seconds / 86_400, seconds / 3_600 % 24),
            }
        }
    }
}

/// What is left until then.
pub fn left(until: Time, now: Time) -> String {
    span(until.since(now))
}

/// An amount of money: two decimals, or for less than a cent as many as show something.
pub fn dollars(amount: f64) -> String {
    match amount {
        0.0 => "0".to_string(),
        0.01.. => decimal(amount, 2),
        0.000_1.. => decimal(amount, 4),
        _ => decimal(amount, 7),
    }
}

/// A number that was typed.
pub fn parse_number(text: &str) -> Option<f64> {
    let text = text.trim().replace(',', ".");
    // The browser knows how to read a number; the standard library would bring large tables along.
    let number = f64::try_from(JsValue::from_str(&text)).ok()?;
    (!text.is_empty() && number.is_finite()).then_some(number)
}

/// A count with thousands set apart.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// JSON that was typed, or what is wrong with it and where.
pub fn parse_json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| {
        let what = error.to_string();
        let what = what.split(" at line").next().unwrap_or(&what);
        tr!("Line {line}, column {column}: {what}.", line = error.line(), column = error.column(), what = what)
    })
}

/// A name as part of a test id: lower case, words joined by hyphens.
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    for character in name.chars() {
        if character.is_ascii_alphanumeric() || !character.is_ascii() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_string()
}

/// A sentence with what stands between backticks as code.
pub fn with_code(sentence: &str) -> AnyView {
    let part = |(index, part): (usize, &str)| {
        let part = part.to_string();
        if index % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
    };
    sentence.split('`').enumerate().map(part).collect_view().into_any()
}
