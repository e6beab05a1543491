//! Events, and whether one pattern matches one of them.
//!
//! This is the definition in plain words: follow each leaf's path, note the elements in which its conditions hold, and
//! ask whether they agree. `matcher` decides many patterns at once, and must decide the same.

use std::fmt;

use super::condition::Scalar;
use super::consistency::{Demand, Nesting, agree};
use super::json::{Document, Kind, SyntaxError, Value};
use super::pattern::{Leaf, Pattern};

/// A JSON document as it was written: keys that occur twice are kept, numbers keep their spelling.
#[derive(Clone)]
pub struct Event {
    document: Document,
}

impl Event {
    pub(super) fn read(text: &str) -> Result<Event, SyntaxError> {
        let document = Document::parse(text)?;
        if document.root().kind() != Kind::Object {
            let (line, column) = super::json::position(text, document.root().start());
            return Err(SyntaxError { line, column, message: tr!("an event is a JSON object").to_string() });
        }
        Ok(Event { document })
    }

    /// The event that says nothing.
    pub(crate) fn nothing() -> Event {
        Event { document: Document::empty_object() }
    }

    /// Its text, exactly as it was given.
    pub fn text(&self) -> &str {
        self.document.text()
    }

    pub(crate) fn root(&self) -> Value<'_> {
        self.document.root()
    }

    /// Visits the values at a path: all strings, numbers, true, false and null there, also within arrays, each with the
    /// array element it stands in. An object is no value, but what it holds has longer paths.
    pub(crate) fn visit<'e>(&'e self, path: &str, visit: &mut impl FnMut(Scalar<'e>, u32)) {
        follow(self.root(), path, 0, visit);
    }

    /// What is at a path when no value is: the first object or (empty) array there.
    pub(crate) fn container(&self, path: &str) -> Option<Kind> {
        container(self.root(), path)
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Event").field(&self.text()).finish()
    }
}

/// What remains of a path behind a key: `Some("")` with `true` when the key is all of it. Keys may hold dots, and
/// `a.b` leads to the member `b` of the member `a` as well as to the member `a.b`.
fn behind<'p>(path: &'p str, key: &str) -> Option<(&'p str, bool)> {
    let rest = path.strip_prefix(key)?;
    if rest.is_empty() { Some(("", true)) } else { rest.strip_prefix('.').map(|rest| (rest, false)) }
}

fn follow<'e>(value: Value<'e>, path: &str, element: u32, visit: &mut impl FnMut(Scalar<'e>, u32)) {
    match value.kind() {
        Kind::Object => {
            for (key, value) in value.members() {
                match behind(path, &key.string()) {
                    Some((_, true)) => arrive(value, element, visit),
                    Some((rest, false)) => follow(value, rest, element, visit),
                    None => {}
                }
            }
        }
        Kind::Array => {
            for inner in value.elements() {
                follow(inner, path, inner.index(), visit);
            }
        }
        _ => {}
    }
}

fn arrive<'e>(value: Value<'e>, element: u32, visit: &mut impl FnMut(Scalar<'e>, u32)) {
    if let Some(scalar) = Scalar::of(value) {
        visit(scalar, element);
    }
    for inner in value.elements() {
        let is_container = matches!(inner.kind(), Kind::Object | Kind::Array);
        arrive(inner, if is_container { inner.index() } else { element }, visit);
    }
}

fn container(value: Value<'_>, path: &str) -> Option<Kind> {
    match value.kind() {
        Kind::Object => value.members().find_map(|(key, value)| match behind(path, &key.string())? {
            (_, true) => Some(value.kind()),
            (rest, false) => container(value, rest),
        }),
        Kind::Array => value.elements().find_map(|inner| container(inner, path)),
        _ => None,
    }
}

impl Nesting for Event {
    fn outer(&self, element: u32) -> u32 {
        let mut value = self.document.value(element).parent();
        while value.index() != 0 && value.parent().kind() != Kind::Array {
            value = value.parent();
        }
        value.index()
    }

    fn array(&self, element: u32) -> u32 {
        self.document.value(element).parent().index()
    }

    fn element_end(&self, element: u32) -> u32 {
        self.document.value(element).after()
    }

    fn array_end(&self, array: u32) -> u32 {
        self.document.value(array).after()
    }
}

/// What a leaf asks of an event.
pub(crate) fn demand(leaf: &Leaf, event: &Event) -> Demand {
    let (mut present, mut fulfilled) = (Vec::new(), Vec::new());
    event.visit(&leaf.path, &mut |value, element| {
        present.push(element);
        if leaf.conditions.iter().any(|condition| condition.holds(&value)) {
            fulfilled.push(element);
        }
    });
    Demand::new(fulfilled, leaf.wants_absence().then_some(present))
}

impl Pattern {
    pub(super) fn holds_for(&self, event: &Event) -> bool {
        self.matching_branch(event).is_some()
    }

    /// The first combination of `$or` alternatives that the event fulfils.
    pub(crate) fn matching_branch(&self, event: &Event) -> Option<&[u32]> {
        let mut demands: Vec<Option<Demand>> = vec![None; self.leaves.len()];
        self.branches.iter().map(Vec::as_slice).find(|branch| {
            for &leaf in *branch {
                let known = &mut demands[leaf as usize];
                let demand = known.get_or_insert_with(|| demand(&self.leaves[leaf as usize], event));
                if demand.fulfilled.is_empty() && demand.absence.is_none() {
                    return false;
                }
            }
            let asked: Vec<&Demand> = branch.iter().filter_map(|leaf| demands[*leaf as usize].as_ref()).collect();
            agree(event, &asked)
        })
    }
}
