//! Why a pattern matches an event, or why not.

use super::condition::{Condition, Range, Scalar};
use super::consistency::{Demand, agree};
use super::event::{Event, demand};
use super::json::{Kind, position, quote};
use super::pattern::{self, Pattern};

/// How many of an array's values an explanation shows.
const SHOWN_VALUES: usize = 5;

/// What a pattern says about an event, leaf by leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub matched: bool,
    /// One for each array of conditions, in the order of the pattern's text.
    pub leaves: Vec<Leaf>,
    /// For a non-match the shortest reason, one sentence.
    pub reason: Option<String>,
}

/// What one array of conditions says about an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Keys joined by dots: `detail.amount`.
    pub path: String,
    /// The conditions as written in the pattern.
    pub test: String,
    /// Whether one of the conditions holds.
    pub held: bool,
    /// A later leaf with the same path replaces this one everywhere, so it counts for nothing.
    pub replaced: bool,
    /// The event's value as JSON; several values as an array. Nothing when the event has none.
    pub actual: Option<String>,
    /// Why it holds or does not, one sentence.
    pub reason: String,
    /// Where its conditions start in the pattern's text, from 1, the column in characters.
    pub line: u32,
    pub column: u32,
    /// The same as bytes, from the start of the conditions to behind their end.
    pub start: usize,
    pub end: usize,
}

/// Explains what `pattern`, whose text is needed for places and spellings, says about `event`.
///
/// ```
/// use eventyard::rules::{Event, Pattern, explain};
/// let pattern = Pattern::parse(r#"{"detail": {"amount": [{"numeric": [">", 100]}]}}"#).unwrap();
/// let event = Event::parse(r#"{"detail": {"amount": "120"}}"#).unwrap();
/// assert_eq!(
///     explain(&pattern, &event).reason.unwrap(),
///     r#"`detail.amount` is `"120"`, a string; `numeric` compares numbers only"#
/// );
/// ```
pub fn explain(pattern: &Pattern, event: &Event) -> Explanation {
    let matching = pattern.matching_branch(event);
    let used: Vec<u32> = pattern.branches.concat();
    let leaves: Vec<Leaf> = pattern
        .leaves
        .iter()
        .enumerate()
        .map(|(index, leaf)| {
            let replaced = !used.contains(&(index as u32));
            let together = matching.is_some_and(|branch| branch.contains(&(index as u32)));
            explain_leaf(pattern, leaf, event, replaced, together)
        })
        .collect();
    let reason = matching.is_none().then(|| shortest_reason(pattern, event, &leaves));
    Explanation { matched: matching.is_some(), leaves, reason }
}

fn explain_leaf(pattern: &Pattern, leaf: &pattern::Leaf, event: &Event, replaced: bool, together: bool) -> Leaf {
    let mut values = Vec::new();
    event.visit(&leaf.path, &mut |value, _| values.push(value));
    let holding = values.iter().find_map(|value| {
        let condition = leaf.conditions.iter().find(|condition| condition.holds(value))?;
        Some((value, condition))
    });
    let path = &leaf.path;
    let (held, reason) = match holding {
        _ if replaced => (false, tr!("a later `{path}` in the pattern replaces this one", path = path)),
        Some((value, condition)) => (true, why_it_holds(path, value, condition)),
        None if leaf.wants_absence() && values.is_empty() => {
            (true, tr!("`{path}` has no value, as it should", path = path))
        }
        None if together => {
            let reason =
                tr!("`{path}` has values, but in no array element that the other conditions point to", path = path);
            (true, reason)
        }
        None => (false, why_none_holds(leaf, &values, event)),
    };
    let (line, column) = position(&pattern.text, leaf.start);
    Leaf {
        path: path.clone(),
        test: pattern.text[leaf.start..leaf.end].to_string(),
        held,
        replaced,
        actual: actual(&values),
        reason,
        line,
        column,
        start: leaf.start,
        end: leaf.end,
    }
}

fn actual(values: &[Scalar<'_>]) -> Option<String> {
    match values {
        [] => None,
        [only] => Some(only.to_string()),
        many => {
            let shown: Vec<String> = many.iter().take(SHOWN_VALUES).map(Scalar::to_string).collect();
            let more = if many.len() > SHOWN_VALUES { ",…" } else { "" };
            Some(format!("[{}{more}]", shown.join(",")))
        }
    }
}

fn why_it_holds(path: &str, value: &Scalar<'_>, condition: &Condition) -> String {
    match condition {
        Condition::Exists(_) | Condition::Filled => {
            tr!("`{path}` is `{value}`, and any value will do", path = path, value = value)
        }
        Condition::AnythingBut(_) => {
            tr!("`{path}` is `{value}`, and `anything-but` does not shut that out", path = path, value = value)
        }
        Condition::Numeric(range) => {
            tr!("`{path}` is `{value}`, and that is {range}", path = path, value = value, range = words(range))
        }
        plain => tr!("`{path}` is `{value}`, and `{condition}` fits", path = path, value = value, condition = plain),
    }
}

fn why_none_holds(leaf: &pattern::Leaf, values: &[Scalar<'_>], event: &Event) -> String {
    let path = &leaf.path;
    match (values, &leaf.conditions[..]) {
        ([], conditions) => match event.container(path) {
            Some(Kind::Object) => tr!(
                "`{path}` is an object; the condition looks at values only"
                    | "`{path}` is an object; the conditions look at values only" % conditions.len(),
                path = path
            ),
            Some(Kind::Array) => tr!("`{path}` is an array without values", path = path),
            _ => tr!("`{path}` is not in the event", path = path),
        },
        ([value], [condition]) => {
            tr!("`{path}` is `{value}`, {clause}", path = path, value = value, clause = mismatch(condition, value))
        }
        ([value], conditions) => tr!(
            "`{path}` is `{value}`, which fits none of the {count} conditions",
            path = path,
            value = value,
            count = conditions.len()
        ),
        (values, [condition]) => tr!(
            "no value of `{path}` fits `{condition}`: {values}",
            path = path,
            condition = condition,
            values = actual(values).unwrap_or_default()
        ),
        (values, _) => tr!(
            "no value of `{path}` fits any condition: {values}",
            path = path,
            values = actual(values).unwrap_or_default()
        ),
    }
}

fn kind_of(value: &Scalar<'_>) -> &'static str {
    match value {
        Scalar::Text(_) => tr!("a string"),
        Scalar::Number(_) => tr!("a number"),
        Scalar::True | Scalar::False => tr!("true or false"),
        Scalar::Null => "null",
    }
}

/// Why a condition does not hold for a value, to follow "`path` is `value`, ".
fn mismatch(condition: &Condition, value: &Scalar<'_>) -> String {
    let text_operator = |name: &str, misfit: String| match value {
        Scalar::Text(_) => misfit,
        Scalar::Null => tr!("and `{operator}` compares text only", operator = name),
        _ => tr!("{kind}; `{operator}` compares text only", kind = kind_of(value), operator = name),
    };
    match condition {
        Condition::Text { text, .. } => match value {
            Scalar::Number(_) => tr!("a number; {} is a string", quote(text)),
            _ => tr!("not {}", quote(text)),
        },
        Condition::Exactly(text) => tr!("not exactly {}", quote(text)),
        Condition::Number { literal, .. } => match value {
            Scalar::Text(_) => tr!("a string; {} is a number", literal),
            _ => tr!("not {}", literal),
        },
        Condition::True => tr!("not {}", "true"),
        Condition::False => tr!("not {}", "false"),
        Condition::Null => tr!("not {}", "null"),
        Condition::Prefix(text) => text_operator("prefix", tr!("which does not start with {}", quote(text))),
        Condition::Suffix(text) => text_operator("suffix", tr!("which does not end with {}", quote(text))),
        Condition::PrefixIgnoringCase(text) => {
            text_operator("prefix", tr!("which does not start, in whatever case, with {}", quote(text)))
        }
        Condition::SuffixIgnoringCase(text) => {
            text_operator("suffix", tr!("which does not end, in whatever case, with {}", quote(text)))
        }
        Condition::EqualsIgnoringCase(text) => {
            text_operator("equals-ignore-case", tr!("which does not equal, in whatever case, {}", quote(text)))
        }
        Condition::Wildcard(wildcard) => text_operator("wildcard", tr!("which does not fit {}", quote(&wildcard.text))),
        Condition::Numeric(range) => match value {
            Scalar::Number(_) if value.number().is_none() => {
                tr!("which a double does not hold exactly, so that `numeric` never holds for it").to_string()
            }
            Scalar::Number(_) => tr!("not {}", words(range)),
            Scalar::Null => tr!("and `numeric` compares numbers only").to_string(),
            _ => tr!("{kind}; `numeric` compares numbers only", kind = kind_of(value)),
        },
        Condition::Cidr(block) => tr!("not an address in {}", block.text),
        Condition::Exists(_) => tr!("but `exists: false` wants no value").to_string(),
        Condition::Filled => {
            tr!("but in a filter policy `exists: true` wants more than null or an empty string").to_string()
        }
        Condition::AnythingBut(_) => tr!("which `anything-but` shuts out").to_string(),
    }
}

/// A range in words: "greater than 0 and at most 5".
fn words(range: &Range) -> String {
    match range {
        Range::Equal(value) => tr!("equal to {}", value.text),
        Range::Between { lower, upper } => {
            let lower = lower.as_ref().map(|bound| match bound.inclusive {
                true => tr!("at least {}", bound.value.text),
                false => tr!("greater than {}", bound.value.text),
            });
            let upper = upper.as_ref().map(|bound| match bound.inclusive {
                true => tr!("at most {}", bound.value.text),
                false => tr!("less than {}", bound.value.text),
            });
            match (lower, upper) {
                (Some(lower), Some(upper)) => tr!("{lower} and {upper}", lower = lower, upper = upper),
                (lower, upper) => lower.or(upper).unwrap_or_default(),
            }
        }
    }
}

/// The reason of the combination that comes closest: of those with the fewest leaves that fail, the first failing leaf.
fn shortest_reason(pattern: &Pattern, event: &Event, leaves: &[Leaf]) -> String {
    let failing = |branch: &[u32]| branch.iter().filter(|leaf| !leaves[**leaf as usize].held).count();
    let Some(closest) = pattern.branches.iter().min_by_key(|branch| failing(branch)) else {
        return tr!("the pattern asks for nothing").to_string();
    };
    // Of the leaves that fail, the one that the reader meets first.
    match closest.iter().filter(|leaf| !leaves[**leaf as usize].held).min() {
        Some(leaf) => leaves[*leaf as usize].reason.clone(),
        None => why_they_disagree(pattern, event, closest),
    }
}

/// All leaves hold, but not together: name two that cannot.
fn why_they_disagree(pattern: &Pattern, event: &Event, branch: &[u32]) -> String {
    let demands: Vec<(&str, Demand)> = branch
        .iter()
        .map(|leaf| &pattern.leaves[*leaf as usize])
        .map(|leaf| (leaf.path.as_str(), demand(leaf, event)))
        .collect();
    for (index, (second_path, second)) in demands.iter().enumerate() {
        for (first_path, first) in &demands[..index] {
            if !agree(event, &[first, second]) {
                let shared = shared_path(first_path, second_path);
                return tr!(
                    "no single element of the array `{array}` fulfils both `{first}` and `{second}`",
                    array = shared,
                    first = first_path,
                    second = second_path
                );
            }
        }
    }
    tr!("each condition holds, but not all of them within the same array elements").to_string()
}

/// The keys with which both paths begin.
fn shared_path(left: &str, right: &str) -> String {
    let shared = left.split('.').zip(right.split('.')).take_while(|(left, right)| left == right);
    shared.map(|(key, _)| key).collect::<Vec<_>>().join(".")
}
