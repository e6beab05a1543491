//! Reading event patterns, refusing what the engine refuses.
//!
//! The language is that of `eb-create-pattern-operators`; a filter policy speaks a dialect of it (see `filter_policy`),
//! so the differences come in as a [`Dialect`].

use std::collections::BTreeMap;

use super::address::{Address, Block};
use super::condition::{Bound, Condition, Exclusion, Literal, Range};
use super::error::PatternError;
use super::json::{Document, Kind, Value, position};
use super::number::Number;
use super::pattern::{Group, Leaf, Member, Pattern, path_order};
use super::text::Wildcard;
use crate::language::translated;

/// How deep a pattern may be nested. The service's patterns have at most 2,048 characters (`eb-quota`), which is less.
const MAX_PATTERN_DEPTH: usize = 300;

/// How many combinations of `$or` alternatives a pattern may stand for (`eb-create-pattern-operators`).
const MAX_COMBINATIONS: usize = 1_000;

/// How many leaves a pattern may have; more than fit into 2,048 characters.
const MAX_LEAVES: usize = 1_000;

/// How many leaves all combinations together may hold, so that a pattern far beyond the service's length stays bounded.
const MAX_COMBINED_LEAVES: usize = 1_000_000;

/// Names that may not be fields inside `$or`: those of operators, present and planned.
const RESERVED_INSIDE_OR: [&str; 24] = [
    "exactly",
    "equals-ignore-case",
    "prefix",
    "suffix",
    "anything-but",
    "exists",
    "wildcard",
    "numeric",
    "cidr",
    "=",
    "<",
    "<=",
    ">",
    ">=",
    "regex",
    "not-wildcard",
    "not-equals-ignore-case",
    "date-after",
    "date-on-or-after",
    "date-before",
    "date-on-or-before",
    "in-date-range",
    "ip-address-in-range",
    "ip-address-not-in-range",
];

/// The operators, for hints.
const OPERATORS: &str = phrase!(
    "the operators are `prefix`, `suffix`, `equals-ignore-case`, `wildcard`, `anything-but`, `numeric`, `exists`, \
     `cidr` and `exactly`"
);

/// What a filter policy allows otherwise than an event pattern.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Dialect {
    /// `{}` is allowed and matches everything.
    pub(crate) may_be_empty: bool,
    /// Keys lead to conditions only, not to objects.
    pub(crate) flat: bool,
    /// `exists: true` wants a value that is neither null nor empty.
    pub(crate) exists_filled: bool,
    /// `anything-but` cannot hold `suffix`.
    pub(crate) no_excluded_suffix: bool,
    /// Bounds of `numeric`, as the absolute value and the digits behind the decimal point.
    pub(crate) numbers: Option<(f64, usize)>,
}

impl Pattern {
    /// Behind the door [`Pattern::parse`], and what filter policies are read with.
    pub(super) fn read(text: &str, dialect: Dialect) -> Result<Pattern, PatternError> {
        let document = Document::parse(text).map_err(|error| PatternError {
            line: error.line,
            column: error.column,
            path: String::new(),
            message: error.message,
            hint: tr!("an event pattern is JSON").to_string(),
        })?;
        let mut reader = Reader { text, dialect, path: Vec::new(), depth: 0, leaves: Vec::new() };
        let root = document.root();
        if root.kind() != Kind::Object {
            return reader.refuse(
                root,
                tr!("a pattern is a JSON object"),
                tr!("e.g. `{}`", "{\"source\": [\"shop\"]}"),
            );
        }
        let root = if dialect.may_be_empty && root.members().next().is_none() {
            Group(Vec::new())
        } else {
            reader.group(root, false)?
        };
        let leaves = reader.leaves;
        let branches = branches(&root, &leaves)?;
        Ok(Pattern { text: text.to_string(), root, leaves, branches })
    }
}

struct Reader<'t> {
    text: &'t str,
    dialect: Dialect,
    path: Vec<String>,
    depth: usize,
    leaves: Vec<Leaf>,
}

type Read<T> = Result<T, PatternError>;

impl Reader<'_> {
    fn refuse<T>(&self, at: Value<'_>, message: impl Into<String>, hint: impl Into<String>) -> Read<T> {
        let (line, column) = position(self.text, at.start());
        Err(PatternError { line, column, path: self.path.join("."), message: message.into(), hint: hint.into() })
    }

    fn group(&mut self, object: Value<'_>, inside_or: bool) -> Read<Group> {
        let mut members = Vec::new();
        self.depth += 1;
        if self.depth > MAX_PATTERN_DEPTH {
            return self.refuse(object, tr!("a pattern may be nested at most {} deep", MAX_PATTERN_DEPTH), "");
        }
        for (key, value) in object.members() {
            let name = key.string().into_owned();
            if name == "$or" {
                members.push(Member::Or(self.alternatives(value)?));
                continue;
            }
            if inside_or && RESERVED_INSIDE_OR.contains(&name.as_str()) {
                return self.refuse(
                    key,
                    tr!("`{name}` is an operator's name and cannot be a field inside `$or`", name = name),
                    tr!(
                        "`$or` lists objects with fields, e.g. `{example}`",
                        example = format!("\"$or\": [{{\"amount\": [{{\"{name}\": …}}]}}, …]")
                    ),
                );
            }
            self.path.push(name.clone());
            members.push(match value.kind() {
                Kind::Object if self.dialect.flat => {
                    return self.refuse(
                        value,
                        tr!("a filter policy on message attributes cannot be nested"),
                        tr!("attributes are flat; to look into the message's body use the scope `MessageBody`"),
                    );
                }
                Kind::Object => Member::Group { name, group: self.group(value, inside_or)? },
                Kind::Array => Member::Leaf { name, leaf: self.leaf(value)? },
                _ => {
                    return self.refuse(
                        value,
                        tr!("`{name}` must lead to an object or to an array of conditions", name = name),
                        tr!("put the value into an array: `[{}]`", shorten(value.raw())),
                    );
                }
            });
            self.path.pop();
        }
        if members.is_empty() {
            return self.refuse(
                object,
                tr!("an object in a pattern must not be empty"),
                tr!("leave the key out to allow anything"),
            );
        }
        self.depth -= 1;
        Ok(Group(members))
    }

    fn alternatives(&mut self, value: Value<'_>) -> Read<Vec<Group>> {
        let hint = tr!("`$or` lists two or more objects, e.g. `\"$or\": [{\"a\": [1]}, {\"b\": [2]}]`");
        if value.kind() != Kind::Array {
            return self.refuse(value, tr!("`$or` must lead to an array"), hint);
        }
        let mut alternatives = Vec::new();
        for element in value.elements() {
            if element.kind() != Kind::Object {
                return self.refuse(element, tr!("only objects may stand in the array of `$or`"), hint);
            }
            alternatives.push(self.group(element, true)?);
        }
        if alternatives.len() < 2 {
            return self.refuse(value, tr!("`$or` needs at least two objects"), hint);
        }
        Ok(alternatives)
    }

    fn leaf(&mut self, array: Value<'_>) -> Read<u32> {
        let conditions = array.elements().map(|element| self.condition(element)).collect::<Read<Vec<_>>>()?;
        if conditions.is_empty() {
            return self.refuse(
                array,
                tr!("an array of conditions must not be empty"),
                tr!("leave the key out to allow anything, or write `[{\"exists\": true}]` to ask for any value"),
            );
        }
        if self.leaves.len() == MAX_LEAVES {
            return self.refuse(array, tr!("a pattern may have at most {} leaves", MAX_LEAVES), tr!("split the rule"));
        }
        let (start, end) = (array.start(), array.start() + array.raw().len());
        self.leaves.push(Leaf { path: self.path.join("."), conditions, start, end });
        Ok(self.leaves.len() as u32 - 1)
    }

    fn condition(&self, value: Value<'_>) -> Read<Condition> {
        Ok(match value.kind() {
            Kind::Object => return self.operator(value),
            Kind::Array => {
                return self.refuse(
                    value,
                    tr!("a condition is a string, a number, true, false, null or an object with one operator"),
                    tr!("arrays of conditions are not nested; list the values side by side"),
                );
            }
            Kind::String => {
                let text = value.string().into_owned();
                Condition::Text { address: Address::parse(&text), text }
            }
            Kind::Number => Condition::Number { literal: value.raw().to_string(), number: Number::parse(value.raw()) },
            Kind::True => Condition::True,
            Kind::False => Condition::False,
            Kind::Null => Condition::Null,
        })
    }

    fn operator(&self, object: Value<'_>) -> Read<Condition> {
        let (key, name, value) = self.only_member(object)?;
        Ok(match name.as_str() {
            "exactly" => Condition::Exactly(self.text_of(&name, value)?),
            "prefix" if value.kind() == Kind::Object => {
                Condition::PrefixIgnoringCase(self.ignoring_case(&name, value)?)
            }
            "suffix" if value.kind() == Kind::Object => {
                Condition::SuffixIgnoringCase(self.ignoring_case(&name, value)?)
            }
            "prefix" => Condition::Prefix(self.text_of(&name, value)?),
            "suffix" => Condition::Suffix(self.text_of(&name, value)?),
            "equals-ignore-case" => Condition::EqualsIgnoringCase(self.text_of(&name, value)?),
            "wildcard" => Condition::Wildcard(self.wildcard(value)?),
            "cidr" => {
                let block = Block::parse(&self.text_of(&name, value)?);
                Condition::Cidr(block.or_else(|(message, hint)| self.refuse(value, message, hint))?)
            }
            "exists" => match value.kind() {
                Kind::True if self.dialect.exists_filled => Condition::Filled,
                Kind::True => Condition::Exists(true),
                Kind::False => Condition::Exists(false),
                _ => return self.refuse(value, tr!("`exists` is either true or false"), tr!("without quotes")),
            },
            "numeric" => Condition::Numeric(self.range(value)?),
            "anything-but" => Condition::AnythingBut(self.exclusion(value)?),
            _ => return self.refuse(key, tr!("there is no operator `{name}`", name = name), translated(OPERATORS)),
        })
    }

    /// An operator's object has one member.
    fn only_member<'d>(&self, object: Value<'d>) -> Read<(Value<'d>, String, Value<'d>)> {
        let mut members = object.members();
        let Some((key, value)) = members.next() else {
            return self.refuse(object, tr!("an operator is missing"), translated(OPERATORS));
        };
        if let Some((second, _)) = members.next() {
            return self.refuse(
                second,
                tr!("one object holds one operator"),
                tr!("write each operator as its own object in the array; one of them must hold"),
            );
        }
        Ok((key, key.string().into_owned(), value))
    }

    fn text_of(&self, operator: &str, value: Value<'_>) -> Read<String> {
        if value.kind() == Kind::String {
            return Ok(value.string().into_owned());
        }
        let hint = match value.kind() {
            Kind::Array => {
                tr!("for several texts write `{operator}` several times, each in its own object", operator = operator)
            }
            _ => tr!("it compares text; `numeric` compares numbers").to_string(),
        };
        self.refuse(value, tr!("`{operator}` needs a string", operator = operator), hint)
    }

    /// `{"equals-ignore-case": "…"}` inside `prefix` or `suffix`.
    fn ignoring_case(&self, operator: &str, object: Value<'_>) -> Read<String> {
        let hint = tr!("e.g. `{}`", format!("{{\"{operator}\": {{\"equals-ignore-case\": \"a\"}}}}"));
        if object.members().next().is_none() {
            return self.refuse(
                object,
                tr!("`{operator}` needs a string or `equals-ignore-case`", operator = operator),
                hint,
            );
        }
        let (key, name, value) = self.only_member(object)?;
        if name != "equals-ignore-case" {
            let message =
                tr!("`{operator}` can hold `equals-ignore-case` only, not `{name}`", operator = operator, name = name);
            return self.refuse(key, message, hint);
        }
        self.text_of(&name, value)
    }

    fn wildcard(&self, value: Value<'_>) -> Read<Wildcard> {
        let wildcard = Wildcard::parse(&self.text_of("wildcard", value)?);
        wildcard.or_else(|(message, hint)| self.refuse(value, message, hint))
    }

    fn number(&self, value: Value<'_>) -> Read<Literal> {
        let Some(number) = Number::parse(value.raw()) else {
            return self.refuse(
                value,
                tr!("{} cannot be compared: a double does not hold it exactly enough", value.raw()),
                tr!("use at most 15 significant digits; integers are exact up to 9007199254740992"),
            );
        };
        let literal = Literal { text: value.raw().to_string(), number };
        if let Some((largest, decimals)) = self.dialect.numbers
            && !literal.number.is_within(largest, decimals)
        {
            return self.refuse(
                value,
                tr!("{} is out of the range of a filter policy's numbers", value.raw()),
                tr!(
                    "from -{largest} to {largest} with at most {decimals} digits behind the decimal point",
                    largest = format!("{largest:e}"),
                    decimals = decimals
                ),
            );
        }
        Ok(literal)
    }

    /// `["=", 5]`, `[">", 0, "<=", 10]` and so on.
    fn range(&self, array: Value<'_>) -> Read<Range> {
        let hint = tr!(
            "`numeric` lists a comparison and a number, e.g. `[\">=\", 0]`, or a range with the lower bound first, \
             e.g. `[\">=\", 0, \"<\", 10]`"
        );
        if array.kind() != Kind::Array {
            return self.refuse(array, tr!("`numeric` needs an array"), hint);
        }
        let elements: Vec<Value<'_>> = array.elements().collect();
        let comparison = |index: usize| match elements.get(index) {
            None => self.refuse(array, tr!("`numeric` needs a comparison"), hint),
            Some(value) if value.kind() != Kind::String => {
                self.refuse(*value, tr!("`numeric` needs a comparison here, one of `=`, `<`, `<=`, `>`, `>=`"), hint)
            }
            Some(value) => Ok((*value, value.string().into_owned())),
        };
        let bound = |index: usize, inclusive: bool| match elements.get(index) {
            Some(value) if value.kind() == Kind::Number => Ok(Bound { value: self.number(*value)?, inclusive }),
            Some(value) => self.refuse(*value, tr!("`numeric` compares with a number, without quotes"), hint),
            None => self.refuse(array, tr!("`numeric` needs a number after the comparison"), hint),
        };
        let no_more_than = |count: usize| match elements.get(count) {
            Some(extra) => self.refuse(*extra, tr!("`numeric` ends before this"), hint),
            None => Ok(()),
        };
        let (first, sign) = comparison(0)?;
        match sign.as_str() {
            "=" => {
                let value = bound(1, true)?.value;
                no_more_than(2)?;
                Ok(Range::Equal(value))
            }
            "<" | "<=" => {
                let upper = bound(1, sign == "<=")?;
                if let Some(extra) = elements.get(2).filter(|extra| matches!(extra.string().as_ref(), ">" | ">=")) {
                    return self.refuse(*extra, tr!("`numeric` needs the lower bound first"), hint);
                }
                no_more_than(2)?;
                Ok(Range::Between { lower: None, upper: Some(upper) })
            }
            ">" | ">=" => {
                let lower = bound(1, sign == ">=")?;
                if elements.len() == 2 {
                    return Ok(Range::Between { lower: Some(lower), upper: None });
                }
                let (second, sign) = comparison(2)?;
                if !matches!(sign.as_str(), "<" | "<=") {
                    return self.refuse(
                        second,
                        tr!("`{sign}` cannot close a range, only `<` and `<=` can", sign = sign),
                        hint,
                    );
                }
                let upper = bound(3, sign == "<=")?;
                no_more_than(4)?;
                if lower.value.number >= upper.value.number {
                    return self.refuse(
                        elements[3],
                        tr!("the lower bound must be less than the upper one"),
                        tr!("for a single number write `[\"=\", 5]`"),
                    );
                }
                Ok(Range::Between { lower: Some(lower), upper: Some(upper) })
            }
            other => self.refuse(first, tr!("there is no comparison `{other}`", other = other), hint),
        }
    }

    /// What stands behind `anything-but`.
    fn exclusion(&self, value: Value<'_>) -> Read<Exclusion> {
        let hint =
            tr!("`anything-but` takes a string, a number, a list of one of them, or one of `prefix`, `suffix`, \
             `equals-ignore-case` and `wildcard`");
        match value.kind() {
            Kind::String | Kind::Number | Kind::Array => self.excluded_values(value),
            Kind::Object if value.members().next().is_none() => {
                self.refuse(value, tr!("`anything-but` needs a value or an operator"), hint)
            }
            Kind::Object => {
                let (key, name, value) = self.only_member(value)?;
                let texts = |may_be_empty| self.excluded_texts(&name, value, may_be_empty);
                Ok(match name.as_str() {
                    "prefix" => Exclusion::Prefixes(texts(false)?),
                    "suffix" if self.dialect.no_excluded_suffix => {
                        return self.refuse(
                            key,
                            tr!("`anything-but` cannot hold `suffix` in a filter policy"),
                            tr!("`prefix` it can"),
                        );
                    }
                    "suffix" => Exclusion::Suffixes(texts(false)?),
                    "equals-ignore-case" => Exclusion::IgnoringCase(texts(true)?),
                    "wildcard" => {
                        let elements = self.one_or_list(&name, value)?;
                        let wildcards = elements.into_iter().map(|element| self.wildcard(element));
                        Exclusion::Wildcards(wildcards.collect::<Read<_>>()?)
                    }
                    _ => return self.refuse(key, tr!("`anything-but` cannot hold `{name}`", name = name), hint),
                })
            }
            _ => self.refuse(value, tr!("`anything-but` cannot shut out true, false or null"), hint),
        }
    }

    fn excluded_values(&self, value: Value<'_>) -> Read<Exclusion> {
        let elements = self.one_or_list("anything-but", value)?;
        let kind = elements[0].kind();
        for element in &elements {
            if !matches!(element.kind(), Kind::String | Kind::Number) {
                let hint = tr!("to shut out what starts with a text, write `{\"anything-but\": {\"prefix\": \"a\"}}`");
                return self.refuse(*element, tr!("`anything-but` lists strings or numbers only"), hint);
            }
            if element.kind() != kind {
                let hint = tr!("make all of them strings or all of them numbers");
                return self.refuse(*element, tr!("`anything-but` cannot mix strings and numbers"), hint);
            }
        }
        Ok(if kind == Kind::String {
            Exclusion::Texts(elements.iter().map(|element| element.string().into_owned()).collect())
        } else {
            Exclusion::Numbers(elements.iter().map(|element| self.number(*element)).collect::<Read<_>>()?)
        })
    }

    fn excluded_texts(&self, operator: &str, value: Value<'_>, may_be_empty: bool) -> Read<Vec<String>> {
        let elements = self.one_or_list(operator, value)?;
        let mut texts = Vec::new();
        for element in elements {
            let text = self.text_of(operator, element)?;
            if text.is_empty() && !may_be_empty {
                return self.refuse(
                    element,
                    tr!("`{operator}` inside `anything-but` must not be empty", operator = operator),
                    tr!("every text starts and ends with the empty one, so nothing would be left"),
                );
            }
            texts.push(text);
        }
        Ok(texts)
    }

    /// A value by itself or the elements of a list, which must not be empty.
    fn one_or_list<'d>(&self, operator: &str, value: Value<'d>) -> Read<Vec<Value<'d>>> {
        if value.kind() != Kind::Array {
            return Ok(vec![value]);
        }
        let elements: Vec<Value<'d>> = value.elements().collect();
        if elements.is_empty() {
            return self.refuse(
                value,
                tr!("the list of `{operator}` must not be empty", operator = operator),
                tr!("name what is shut out"),
            );
        }
        Ok(elements)
    }
}

fn shorten(raw: &str) -> String {
    if raw.chars().count() <= 40 { raw.to_string() } else { raw.chars().take(40).chain(['…']).collect() }
}

/// Works out the combinations of `$or` alternatives. Members count in the order of the text: of two leaves with one path
/// the later replaces the earlier, and what stands before, inside and after a `$or` is no exception.
fn branches(root: &Group, leaves: &[Leaf]) -> Read<Vec<Vec<u32>>> {
    let mut paths: Vec<&str> = leaves.iter().map(|leaf| leaf.path.as_str()).collect();
    paths.sort_by(|left, right| path_order(left, right));
    paths.dedup();
    let rank = |leaf: u32| {
        let path = leaves[leaf as usize].path.as_str();
        paths.partition_point(|other| path_order(other, path).is_lt())
    };
    let mut combinations = vec![BTreeMap::new()];
    combine(root, &rank, &mut combinations)?;
    Ok(combinations.into_iter().map(|leaf_by_rank| leaf_by_rank.into_values().collect()).collect())
}

fn combine(
    group: &Group,
    rank: &impl Fn(u32) -> usize,
    combinations: &mut Vec<BTreeMap<usize, u32>>,
) -> Result<(), PatternError> {
    for member in &group.0 {
        match member {
            Member::Leaf { leaf, .. } => {
                let rank = rank(*leaf);
                for combination in combinations.iter_mut() {
                    combination.insert(rank, *leaf);
                }
            }
            Member::Group { group, .. } => combine(group, rank, combinations)?,
            Member::Or(alternatives) => {
                let before = std::mem::take(combinations);
                for alternative in alternatives {
                    let mut extended = before.clone();
                    combine(alternative, rank, &mut extended)?;
                    combinations.append(&mut extended);
                    let leaves: usize = combinations.iter().map(BTreeMap::len).sum();
                    if combinations.len() > MAX_COMBINATIONS || leaves > MAX_COMBINED_LEAVES {
                        return Err(PatternError {
                            line: 1,
                            column: 1,
                            path: "$or".to_string(),
                            message: tr!("`$or` stands for more than {} combinations", MAX_COMBINATIONS),
                            hint: tr!("the numbers of alternatives multiply; split the rule into several").to_string(),
                        });
                    }
                }
            }
        }
    }
    Ok(())
}
