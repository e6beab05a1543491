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
        _ if replaced => (false, format!("a later `{path}` in the pattern replaces this one")),
        Some((value, condition)) => (true, format!("`{path}` is `{value}`, and {}", why_it_holds(condition))),
        None if leaf.wants_absence() && values.is_empty() => (true, format!("`{path}` has no value, as it should")),
        None if together => {
            (true, format!("`{path}` has values, but in no array element that the other conditions point to"))
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

fn why_it_holds(condition: &Condition) -> String {
    match condition {
        Condition::Exists(_) | Condition::Filled => "any value will do".to_string(),
        Condition::AnythingBut(_) => "`anything-but` does not shut that out".to_string(),
        Condition::Numeric(range) => format!("that is {}", words(range)),
        plain => format!("`{plain}` fits"),
    }
}

fn why_none_holds(leaf: &pattern::Leaf, values: &[Scalar<'_>], event: &Event) -> String {
    let path = &leaf.path;
    match (values, &leaf.conditions[..]) {
        ([], conditions) => {
            let wanted = if conditions.len() == 1 { "the condition looks" } else { "the conditions look" };
            match event.container(path) {
                Some(Kind::Object) => format!("`{path}` is an object; {wanted} at values only"),
                Some(Kind::Array) => format!("`{path}` is an array without values"),
                _ => format!("`{path}` is not in the event"),
            }
        }
        ([value], [condition]) => format!("`{path}` is `{value}`, {}", mismatch(condition, value)),
        ([value], conditions) => {
            format!("`{path}` is `{value}`, which fits none of the {} conditions", conditions.len())
        }
        (values, [condition]) => {
            format!("no value of `{path}` fits `{condition}`: {}", actual(values).unwrap_or_default())
        }
        (values, _) => format!("no value of `{path}` fits any condition: {}", actual(values).unwrap_or_default()),
    }
}

fn kind_of(value: &Scalar<'_>) -> &'static str {
    match value {
        Scalar::Text(_) => "a string",
        Scalar::Number(_) => "a number",
        Scalar::True | Scalar::False => "true or false",
        Scalar::Null => "null",
    }
}

/// Why a condition does not hold for a value, to follow "`path` is `value`, ".
fn mismatch(condition: &Condition, value: &Scalar<'_>) -> String {
    let text_operator = |name: &str, relation: &str, text: &str| match value {
        Scalar::Text(_) => format!("which does not {relation} {}", quote(text)),
        Scalar::Null => format!("and `{name}` compares text only"),
        _ => format!("{}; `{name}` compares text only", kind_of(value)),
    };
    match condition {
        Condition::Text { text, .. } => match value {
            Scalar::Number(_) => format!("a number; {} is a string", quote(text)),
            _ => format!("not {}", quote(text)),
        },
        Condition::Exactly(text) => format!("not exactly {}", quote(text)),
        Condition::Number { literal, .. } => match value {
            Scalar::Text(_) => format!("a string; {literal} is a number"),
            _ => format!("not {literal}"),
        },
        Condition::True => "not true".to_string(),
        Condition::False => "not false".to_string(),
        Condition::Null => "not null".to_string(),
        Condition::Prefix(text) => text_operator("prefix", "start with", text),
        Condition::Suffix(text) => text_operator("suffix", "end with", text),
        Condition::PrefixIgnoringCase(text) => text_operator("prefix", "start, in whatever case, with", text),
        Condition::SuffixIgnoringCase(text) => text_operator("suffix", "end, in whatever case, with", text),
        Condition::EqualsIgnoringCase(text) => text_operator("equals-ignore-case", "equal, in whatever case,", text),
        Condition::Wildcard(wildcard) => text_operator("wildcard", "fit", &wildcard.text),
        Condition::Numeric(range) => match value {
            Scalar::Number(_) if value.number().is_none() => {
                "which a double does not hold exactly, so that `numeric` never holds for it".to_string()
            }
            Scalar::Number(_) => format!("not {}", words(range)),
            Scalar::Null => "and `numeric` compares numbers only".to_string(),
            _ => format!("{}; `numeric` compares numbers only", kind_of(value)),
        },
        Condition::Cidr(block) => format!("not an address in {}", block.text),
        Condition::Exists(_) => "but `exists: false` wants no value".to_string(),
        Condition::Filled => {
            "but in a filter policy `exists: true` wants more than null or an empty string".to_string()
        }
        Condition::AnythingBut(_) => "which `anything-but` shuts out".to_string(),
    }
}

/// A range in words: "greater than 0 and at most 5".
fn words(range: &Range) -> String {
    match range {
        Range::Equal(value) => format!("equal to {}", value.text),
        Range::Between { lower, upper } => {
            let lower = lower.as_ref().map(|bound| {
                format!("{} {}", if bound.inclusive { "at least" } else { "greater than" }, bound.value.text)
            });
            let upper = upper
                .as_ref()
                .map(|bound| format!("{} {}", if bound.inclusive { "at most" } else { "less than" }, bound.value.text));
            lower.into_iter().chain(upper).collect::<Vec<_>>().join(" and ")
        }
    }
}

/// The reason of the combination that comes closest: of those with the fewest leaves that fail, the first failing leaf.
fn shortest_reason(pattern: &Pattern, event: &Event, leaves: &[Leaf]) -> String {
    let failing = |branch: &[u32]| branch.iter().filter(|leaf| !leaves[**leaf as usize].held).count();
    let Some(closest) = pattern.branches.iter().min_by_key(|branch| failing(branch)) else {
        return "the pattern asks for nothing".to_string();
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
                return format!(
                    "no single element of the array `{shared}` fulfils both `{first_path}` and `{second_path}`"
                );
            }
        }
    }
    "each condition holds, but not all of them within the same array elements".to_string()
}

/// The keys with which both paths begin.
fn shared_path(left: &str, right: &str) -> String {
    let shared = left.split('.').zip(right.split('.')).take_while(|(left, right)| left == right);
    shared.map(|(key, _)| key).collect::<Vec<_>>().join(".")
}
