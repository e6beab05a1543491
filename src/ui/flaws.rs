//! Where in a text of JSON a problem's path leads.

use super::editor::Flaw;
use crate::diagram::Problem;
use crate::rules::json::{Document, Kind, Value};

/// The byte at which the value at `path` begins, such as `nodes[2].settings.VisibilityTimeout`; as far as it leads.
fn place(document: &Document, path: &str) -> usize {
    let mut value = document.root();
    for part in path.split(['.', '[']).filter(|part| !part.is_empty()) {
        let next = match part.strip_suffix(']') {
            Some(index) => index.parse().ok().and_then(|index| element(value, index)),
            None => member(value, part),
        };
        match next {
            Some(next) => value = next,
            None => break,
        }
    }
    value.start()
}

fn element(value: Value<'_>, index: usize) -> Option<Value<'_>> {
    (value.kind() == Kind::Array).then(|| value.elements().nth(index)).flatten()
}

fn member<'d>(value: Value<'d>, name: &str) -> Option<Value<'d>> {
    if value.kind() != Kind::Object {
        return None;
    }
    value.members().find(|(key, _)| key.string() == name).map(|(_, value)| value)
}

/// The byte at a line and a column in characters, both from 1.
pub fn place_of(text: &str, line: u32, column: u32) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1) as usize).map(str::len).sum();
    let rest = text.get(start..).unwrap_or("");
    start + rest.char_indices().nth(column.saturating_sub(1) as usize).map_or(rest.len(), |(offset, _)| offset)
}

/// The problems of a text, each where it is.
pub fn flaws(text: &str, problems: &[Problem]) -> Vec<Flaw> {
    let document = Document::parse(text);
    let flaw = |problem: &Problem| {
        let at = match &document {
            Ok(document) => place(document, &problem.path),
            Err(error) => place_of(text, error.line, error.column),
        };
        Flaw { at, message: format!("{} {}", problem.message, problem.hint).trim().to_string() }
    };
    problems.iter().map(flaw).collect()
}
