//! Filter policies of topics: the pattern language with rules of its own (`sns-subscription-filter-policies`).

use super::condition::Condition;
use super::error::PatternError;
use super::event::Event;
use super::explain::{Explanation, explain};
use super::json::{Document, Kind, Value, quote};
use super::number::Number;
use super::parse::Dialect;
use super::pattern::{Group, Leaf, Member, Pattern};

/// Keys at the top of a policy (`subscription-filter-policy-constraints`).
pub const MAX_KEYS: usize = 5;

/// Combinations of values (`subscription-filter-policy-constraints`).
pub const MAX_COMBINATIONS: u64 = 150;

/// Asterisks in one wildcard, and the points that all wildcards may come to (`subscription-filter-policy-constraints`).
pub const MAX_STARS: usize = 3;
pub const MAX_WILDCARD_COMPLEXITY: usize = 100;

/// The largest absolute value of a number in `numeric`, and its digits behind the decimal point
/// (`numeric-value-matching`).
const NUMBERS: (f64, usize) = (1e9, 5);

/// What a filter policy looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The message's attributes; the policy cannot be nested.
    MessageAttributes,
    /// The message's body, which must be a JSON object.
    MessageBody,
}

/// The attributes of a message, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    pub list: Vec<(String, Attribute)>,
}

/// One attribute of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// `String`, `String.Array`, `Number` or `Binary`; the first three may carry a label of their own behind a dot.
    pub data_type: String,
    pub value: String,
}

/// A validated filter policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterPolicy {
    scope: Scope,
    pattern: Pattern,
}

impl FilterPolicy {
    pub(super) fn read(text: &str, scope: Scope) -> Result<FilterPolicy, PatternError> {
        let dialect = Dialect {
            may_be_empty: true,
            flat: scope == Scope::MessageAttributes,
            exists_filled: true,
            no_excluded_suffix: true,
            numbers: Some(NUMBERS),
        };
        let pattern = Pattern::read(text, dialect)?;
        let refuse = |message: String, hint: &str| {
            Err(PatternError { line: 1, column: 1, path: String::new(), message, hint: hint.to_string() })
        };
        let mut keys = Vec::new();
        top_keys(&pattern.root, &mut keys);
        if keys.len() > MAX_KEYS {
            return refuse(
                tr!("a filter policy can have at most {most} keys, not {count}", most = MAX_KEYS, count = keys.len()),
                tr!("filter further in the subscriber"),
            );
        }
        let combinations = combinations(&pattern);
        if combinations > MAX_COMBINATIONS {
            return refuse(
                tr!(
                    "a filter policy can stand for at most {most} combinations of values, not {count}",
                    most = MAX_COMBINATIONS,
                    count = combinations
                ),
                tr!(
                    "the numbers of values multiply, in a message's body each times its nesting; use fewer values, or operators"
                ),
            );
        }
        if let Some(leaf) = pattern.leaves.iter().find(|leaf| too_many_stars(leaf)) {
            return refuse(
                tr!("a wildcard on `{path}` has more than {most} asterisks", path = leaf.path, most = MAX_STARS),
                tr!("fewer of them usually say the same"),
            );
        }
        let complexity: usize = pattern.leaves.iter().map(wildcard_complexity).sum();
        if complexity > MAX_WILDCARD_COMPLEXITY {
            return refuse(
                tr!(
                    "the wildcards come to {points} points of complexity; {most} are allowed",
                    points = complexity,
                    most = MAX_WILDCARD_COMPLEXITY
                ),
                tr!("use fewer wildcards on one key, prefixes or suffixes"),
            );
        }
        Ok(FilterPolicy { scope, pattern })
    }

    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// The policy as a pattern, for its text, its paths and its leaves.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    pub(super) fn lets_pass(&self, attributes: &Attributes, body: &str) -> bool {
        self.is_empty() || self.event(attributes, body).is_ok_and(|event| self.pattern.holds_for(&event))
    }

    /// Why a message passes, or why not.
    pub fn explain(&self, attributes: &Attributes, body: &str) -> Explanation {
        if self.is_empty() {
            return Explanation { matched: true, leaves: Vec::new(), reason: None };
        }
        match self.event(attributes, body) {
            Ok(event) => explain(&self.pattern, &event),
            Err(reason) => {
                let nothing = Event::nothing();
                Explanation { matched: false, reason: Some(reason), ..explain(&self.pattern, &nothing) }
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.pattern.leaves.is_empty()
    }

    /// What the policy looks at, as an event; or why there is nothing to look at.
    fn event(&self, attributes: &Attributes, body: &str) -> Result<Event, String> {
        match self.scope {
            Scope::MessageBody => {
                Event::read(body).map_err(|error| tr!("the body is not a JSON object: {error}", error = error))
            }
            // `exists: false` asks for a message that has attributes, only not this one (`attribute-key-matching`).
            Scope::MessageAttributes if attributes.list.is_empty() => {
                Err(tr!("the message has no attributes").to_string())
            }
            Scope::MessageAttributes => Event::read(&attributes.to_json())
                .map_err(|error| tr!("the attributes cannot be read: {error}", error = error)),
        }
    }
}

impl Attributes {
    /// Attributes as the service's interface writes them, `{"name": {"DataType": "String", "StringValue": "a"}}`, or its
    /// envelope, with `Type` and `Value`.
    pub fn of(object: Value<'_>) -> Attributes {
        let mut attributes = Attributes::default();
        for (name, attribute) in object.members() {
            let named = |wanted: [&str; 2]| {
                let found = attribute.members().find(|(key, _)| wanted.contains(&key.string().as_ref()));
                found.map(|(_, value)| value.string().into_owned()).unwrap_or_default()
            };
            attributes.insert(&name.string(), &named(["DataType", "Type"]), &named(["StringValue", "Value"]));
        }
        attributes
    }

    /// Adds an attribute.
    pub fn insert(&mut self, name: &str, data_type: &str, value: &str) {
        let attribute = Attribute { data_type: data_type.to_string(), value: value.to_string() };
        self.list.push((name.to_string(), attribute));
    }

    /// As the JSON object that a policy sees. Left out are binary attributes, which policies ignore, and values that are
    /// not what their type says.
    fn to_json(&self) -> String {
        let members: Vec<String> = self
            .list
            .iter()
            .filter_map(|(name, attribute)| Some(format!("{}:{}", quote(name), attribute.to_json()?)))
            .collect();
        format!("{{{}}}", members.join(","))
    }
}

impl Attribute {
    fn to_json(&self) -> Option<String> {
        let is = |name: &str| {
            self.data_type.strip_prefix(name).is_some_and(|label| label.is_empty() || label.starts_with('.'))
        };
        if is("String.Array") {
            let array = Document::parse(&self.value).ok()?;
            (array.root().kind() == Kind::Array).then(|| self.value.clone())
        } else if is("String") {
            Some(quote(&self.value))
        } else if is("Number") {
            let literal = self.value.trim();
            let number = Document::parse(literal).ok()?;
            (number.root().kind() == Kind::Number && Number::parse(literal).is_some()).then(|| literal.to_string())
        } else {
            None
        }
    }
}

fn too_many_stars(leaf: &Leaf) -> bool {
    leaf.conditions.iter().flat_map(Condition::wildcards).any(|wildcard| wildcard.stars() > MAX_STARS)
}

/// One point for a wildcard with one asterisk and for an `anything-but`, three for one with several; all of a key
/// together, times how many there are. Keys without wildcards cost nothing.
fn wildcard_complexity(leaf: &Leaf) -> usize {
    if !leaf.conditions.iter().any(|condition| !condition.wildcards().is_empty()) {
        return 0;
    }
    let points: Vec<usize> = leaf
        .conditions
        .iter()
        .filter_map(|condition| match condition {
            Condition::Wildcard(wildcard) if wildcard.stars() > 1 => Some(3),
            Condition::Wildcard(_) | Condition::AnythingBut(_) => Some(1),
            _ => None,
        })
        .collect();
    points.iter().sum::<usize>() * points.len()
}

/// The different keys at the top of a policy, those of alternatives included.
fn top_keys<'p>(group: &'p Group, keys: &mut Vec<&'p str>) {
    for member in &group.0 {
        match member {
            Member::Leaf { name, .. } | Member::Group { name, .. } => {
                if !keys.contains(&name.as_str()) {
                    keys.push(name);
                }
            }
            Member::Or(alternatives) => alternatives.iter().for_each(|alternative| top_keys(alternative, keys)),
        }
    }
}

/// The product of the numbers of values, each times the depth of its key; alternatives add up.
fn combinations(pattern: &Pattern) -> u64 {
    let depths = depths(pattern);
    pattern.branches.iter().fold(0u64, |sum, branch| {
        let product = branch.iter().fold(1u64, |product, leaf| {
            let values = pattern.leaves[*leaf as usize].conditions.len() as u64;
            product.saturating_mul(values).saturating_mul(depths[*leaf as usize])
        });
        sum.saturating_add(product)
    })
}

/// How many keys lead to each leaf.
fn depths(pattern: &Pattern) -> Vec<u64> {
    fn walk(group: &Group, depth: u64, depths: &mut Vec<u64>) {
        for member in &group.0 {
            match member {
                Member::Leaf { leaf, .. } => depths[*leaf as usize] = depth,
                Member::Group { group, .. } => walk(group, depth + 1, depths),
                Member::Or(alternatives) => alternatives.iter().for_each(|group| walk(group, depth, depths)),
            }
        }
    }
    let mut depths = vec![1; pattern.leaves.len()];
    walk(&pattern.root, 1, &mut depths);
    depths
}
/// The limits of policies, for whoever tells people about them.
pub mod limits {
    pub use super::{MAX_COMBINATIONS, MAX_KEYS, MAX_STARS, MAX_WILDCARD_COMPLEXITY};
}
