//! Event patterns: what they are once they are understood.

use std::cmp::Ordering;
use std::fmt;

use super::condition::Condition;
use super::json::quote;

/// A validated event pattern.
///
/// ```
/// use eventyard::rules::{Event, Pattern};
/// let pattern = Pattern::parse(r#"{"detail": {"amount": [{"numeric": [">", 100]}]}}"#).unwrap();
/// let event = Event::parse(r#"{"detail": {"amount": 120, "currency": "EUR"}}"#).unwrap();
/// assert!(pattern.matches(&event));
/// assert_eq!(pattern.paths(), ["detail.amount"]);
/// ```
///
/// Two patterns are equal when they say the same in the same order, wherever their characters stand.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub(crate) text: String,
    pub(crate) root: Group,
    /// Every leaf in the order of the text, also those that a later one replaces.
    pub(crate) leaves: Vec<Leaf>,
    /// The ways to match: one, or with `$or` one for each combination of alternatives. Each lists, by path in the order
    /// in which the engine looks at paths, the leaves that must hold together.
    pub(crate) branches: Vec<Vec<u32>>,
}

/// The members of one object of the pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group(pub(crate) Vec<Member>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    /// A key with its array of conditions: an index into the pattern's leaves.
    Leaf { name: String, leaf: u32 },
    /// A key with an object.
    Group { name: String, group: Group },
    /// `$or` with its alternatives, two or more.
    Or(Vec<Group>),
}

/// A path and the conditions on it.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    /// Keys joined by dots.
    pub(crate) path: String,
    pub(crate) conditions: Vec<Condition>,
    /// Where the array of conditions stands in the text, in bytes.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Leaf {
    pub(crate) fn wants_absence(&self) -> bool {
        self.conditions.contains(&Condition::Exists(false))
    }
}

/// The order in which the engine looks at paths, that of UTF-16 code units.
pub(crate) fn path_order(left: &str, right: &str) -> Ordering {
    left.encode_utf16().cmp(right.encode_utf16())
}

impl Pattern {
    /// Its text, exactly as it was given. [`Display`](fmt::Display) writes it anew, without spaces.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The paths it looks at, keys joined by dots, in alphabetical order, each once.
    pub fn paths(&self) -> Vec<&str> {
        let mut paths: Vec<&str> = self.leaves.iter().map(|leaf| leaf.path.as_str()).collect();
        paths.sort_by(|left, right| path_order(left, right));
        paths.dedup();
        paths
    }

    /// Whether a wildcard is among its conditions.
    pub fn has_wildcard(&self) -> bool {
        self.leaves.iter().flat_map(|leaf| &leaf.conditions).any(|condition| !condition.wildcards().is_empty())
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, group: &Group) -> fmt::Result {
        f.write_str("{")?;
        for (index, member) in group.0.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            match member {
                Member::Leaf { name, leaf } => {
                    write!(f, "{}:[", quote(name))?;
                    for (index, condition) in self.leaves[*leaf as usize].conditions.iter().enumerate() {
                        write!(f, "{}{condition}", if index > 0 { "," } else { "" })?;
                    }
                    f.write_str("]")?;
                }
                Member::Group { name, group } => {
                    write!(f, "{}:", quote(name))?;
                    self.write(f, group)?;
                }
                Member::Or(alternatives) => {
                    f.write_str("\"$or\":[")?;
                    for (index, alternative) in alternatives.iter().enumerate() {
                        if index > 0 {
                            f.write_str(",")?;
                        }
                        self.write(f, alternative)?;
                    }
                    f.write_str("]")?;
                }
            }
        }
        f.write_str("}")
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        let conditions =
            |pattern: &Pattern| pattern.leaves.iter().map(|leaf| leaf.conditions.clone()).collect::<Vec<_>>();
        self.root == other.root && conditions(self) == conditions(other)
    }
}

impl Eq for Pattern {}

impl fmt::Display for Pattern {
    /// As JSON without spaces, which parses to an equal pattern.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, &self.root)
    }
}
