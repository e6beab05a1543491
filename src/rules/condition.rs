//! One condition on one value: `"a"`, `{"prefix": "a"}`, `{"numeric": [">", 5]}`.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt;

use super::address::{Address, Block};
use super::json::{Kind, Value, quote};
use super::number::Number;
use super::text::{Wildcard, ends_ignoring_case, equals_ignoring_case, starts_ignoring_case};

/// A value of an event that is neither an object nor an array.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar<'e> {
    /// What a string says, without quotes and escapes.
    Text(Cow<'e, str>),
    Number(Numeral<'e>),
    True,
    False,
    Null,
}

/// A number's literal as written, and the number that it means once somebody asks.
#[derive(Clone, Debug)]
pub(crate) struct Numeral<'e> {
    pub(crate) literal: &'e str,
    number: OnceCell<Option<Number>>,
}

impl<'e> Numeral<'e> {
    pub(crate) fn new(literal: &'e str) -> Numeral<'e> {
        Numeral { literal, number: OnceCell::new() }
    }

    /// With what was worked out before.
    pub(crate) fn known(literal: &'e str, number: Option<Number>) -> Numeral<'e> {
        Numeral { literal, number: OnceCell::from(number) }
    }

    /// What [`Numeral::number`] says, if somebody has asked.
    pub(crate) fn worked_out(&self) -> Option<Option<Number>> {
        self.number.get().copied()
    }

    /// Nothing for a literal that does not compare.
    pub(crate) fn number(&self) -> Option<Number> {
        *self.number.get_or_init(|| Number::parse(self.literal))
    }
}

impl PartialEq for Numeral<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.literal == other.literal
    }
}

impl<'e> Scalar<'e> {
    /// Nothing for an object or an array.
    pub(crate) fn of(value: Value<'e>) -> Option<Scalar<'e>> {
        match value.kind() {
            Kind::Object | Kind::Array => None,
            Kind::String => Some(Scalar::Text(value.string())),
            Kind::Number => Some(Scalar::Number(Numeral::new(value.raw()))),
            Kind::True => Some(Scalar::True),
            Kind::False => Some(Scalar::False),
            Kind::Null => Some(Scalar::Null),
        }
    }

    pub(crate) fn number(&self) -> Option<Number> {
        match self {
            Scalar::Number(numeral) => numeral.number(),
            _ => None,
        }
    }
}

impl fmt::Display for Scalar<'_> {
    /// As JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Text(text) => f.write_str(&quote(text)),
            Scalar::Number(numeral) => f.write_str(numeral.literal),
            Scalar::True => f.write_str("true"),
            Scalar::False => f.write_str("false"),
            Scalar::Null => f.write_str("null"),
        }
    }
}

/// A number in a pattern, with its spelling.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Literal {
    pub(crate) text: String,
    pub(crate) number: Number,
}

/// One element of a leaf's array. A leaf holds when one of its conditions holds for one of the event's values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Condition {
    /// A plain string. One that is an IP address stands for every spelling of that address.
    Text {
        text: String,
        address: Option<Address>,
    },
    /// `{"exactly": …}`: the string and nothing else.
    Exactly(String),
    /// A plain number: equal in value, or, where a double cannot hold it, equal in spelling.
    Number {
        literal: String,
        number: Option<Number>,
    },
    True,
    False,
    Null,
    Prefix(String),
    Suffix(String),
    PrefixIgnoringCase(String),
    SuffixIgnoringCase(String),
    EqualsIgnoringCase(String),
    Wildcard(Wildcard),
    Numeric(Range),
    Cidr(Block),
    /// `true`: the path leads to a value; `false`: it leads to none.
    Exists(bool),
    /// `{"exists": true}` in a filter policy, which wants more: not null and not an empty string
    /// (`attribute-key-matching`).
    Filled,
    AnythingBut(Exclusion),
}

impl Condition {
    /// The wildcards in it.
    pub(crate) fn wildcards(&self) -> &[Wildcard] {
        match self {
            Condition::Wildcard(wildcard) => std::slice::from_ref(wildcard),
            Condition::AnythingBut(Exclusion::Wildcards(wildcards)) => wildcards,
            _ => &[],
        }
    }
}

/// What `numeric` allows; at least one bound, and when both, the lower is less than the upper.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Range {
    Equal(Literal),
    Between { lower: Option<Bound>, upper: Option<Bound> },
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Bound {
    pub(crate) value: Literal,
    pub(crate) inclusive: bool,
}

impl Range {
    pub(crate) fn contains(&self, number: Number) -> bool {
        match self {
            Range::Equal(value) => number == value.number,
            Range::Between { lower, upper } => {
                lower
                    .as_ref()
                    .is_none_or(|bound| bound.value.number < number || bound.inclusive && bound.value.number == number)
                    && upper.as_ref().is_none_or(|bound| {
                        number < bound.value.number || bound.inclusive && bound.value.number == number
                    })
            }
        }
    }
}

/// What `anything-but` shuts out; never an empty list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Exclusion {
    Texts(Vec<String>),
    Numbers(Vec<Literal>),
    Prefixes(Vec<String>),
    Suffixes(Vec<String>),
    IgnoringCase(Vec<String>),
    Wildcards(Vec<Wildcard>),
}

impl Exclusion {
    pub(crate) fn contains(&self, value: &Scalar<'_>) -> bool {
        if let Exclusion::Numbers(numbers) = self {
            return value.number().is_some_and(|number| numbers.iter().any(|literal| literal.number == number));
        }
        let Scalar::Text(text) = value else { return false };
        match self {
            Exclusion::Numbers(_) => false,
            Exclusion::Texts(texts) => texts.iter().any(|excluded| excluded == text),
            Exclusion::Prefixes(prefixes) => prefixes.iter().any(|prefix| text.starts_with(prefix.as_str())),
            Exclusion::Suffixes(suffixes) => suffixes.iter().any(|suffix| text.ends_with(suffix.as_str())),
            Exclusion::IgnoringCase(texts) => texts.iter().any(|excluded| equals_ignoring_case(excluded, text)),
            Exclusion::Wildcards(wildcards) => wildcards.iter().any(|wildcard| wildcard.matches(text)),
        }
    }
}

impl Condition {
    /// Whether it holds for a value that is there. `Exists(false)` never does: it asks for no value at all.
    pub(crate) fn holds(&self, value: &Scalar<'_>) -> bool {
        match (self, value) {
            (Condition::Exists(wanted), _) => *wanted,
            (Condition::Filled, value) => !matches!(value, Scalar::Null) && *value != Scalar::Text(Cow::Borrowed("")),
            (Condition::AnythingBut(exclusion), value) => !exclusion.contains(value),
            (Condition::True, value) => *value == Scalar::True,
            (Condition::False, value) => *value == Scalar::False,
            (Condition::Null, value) => *value == Scalar::Null,
            (Condition::Number { literal, number }, Scalar::Number(numeral)) => {
                literal == numeral.literal || number.is_some() && numeral.number() == *number
            }
            (Condition::Numeric(range), value) => value.number().is_some_and(|number| range.contains(number)),
            (condition, Scalar::Text(text)) => condition.holds_for_text(text),
            _ => false,
        }
    }

    fn holds_for_text(&self, value: &str) -> bool {
        match self {
            Condition::Text { text, address: None } | Condition::Exactly(text) => text == value,
            Condition::Text { address, .. } => Address::parse(value) == *address,
            Condition::Prefix(prefix) => value.starts_with(prefix.as_str()),
            Condition::Suffix(suffix) => value.ends_with(suffix.as_str()),
            Condition::PrefixIgnoringCase(prefix) => starts_ignoring_case(prefix, value).is_some(),
            Condition::SuffixIgnoringCase(suffix) => ends_ignoring_case(suffix, value).is_some(),
            Condition::EqualsIgnoringCase(text) => equals_ignoring_case(text, value),
            Condition::Wildcard(wildcard) => wildcard.matches(value),
            Condition::Cidr(block) => Address::parse(value).is_some_and(|address| block.contains(address)),
            _ => false,
        }
    }
}

impl fmt::Display for Condition {
    /// As JSON that means the same condition.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut operator = |name: &str, text: &str| write!(f, "{{\"{name}\":{}}}", quote(text));
        match self {
            Condition::Exactly(text) => operator("exactly", text),
            Condition::Prefix(text) => operator("prefix", text),
            Condition::Suffix(text) => operator("suffix", text),
            Condition::EqualsIgnoringCase(text) => operator("equals-ignore-case", text),
            Condition::Wildcard(wildcard) => operator("wildcard", &wildcard.text),
            Condition::Cidr(block) => operator("cidr", &block.text),
            Condition::Text { text, .. } => f.write_str(&quote(text)),
            Condition::Number { literal, .. } => f.write_str(literal),
            Condition::True => f.write_str("true"),
            Condition::False => f.write_str("false"),
            Condition::Null => f.write_str("null"),
            Condition::PrefixIgnoringCase(text) => {
                write!(f, "{{\"prefix\":{{\"equals-ignore-case\":{}}}}}", quote(text))
            }
            Condition::SuffixIgnoringCase(text) => {
                write!(f, "{{\"suffix\":{{\"equals-ignore-case\":{}}}}}", quote(text))
            }
            Condition::Numeric(range) => write!(f, "{{\"numeric\":{range}}}"),
            Condition::Exists(wanted) => write!(f, "{{\"exists\":{wanted}}}"),
            Condition::Filled => f.write_str("{\"exists\":true}"),
            Condition::AnythingBut(exclusion) => write!(f, "{{\"anything-but\":{exclusion}}}"),
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lower, upper) = match self {
            Range::Equal(value) => return write!(f, "[\"=\",{}]", value.text),
            Range::Between { lower, upper } => (lower, upper),
        };
        let bound = |bound: &Option<Bound>, sign: &str| {
            bound
                .as_ref()
                .map(|bound| format!("\"{sign}{}\",{}", if bound.inclusive { "=" } else { "" }, bound.value.text))
        };
        let bounds: Vec<String> = bound(lower, ">").into_iter().chain(bound(upper, "<")).collect();
        write!(f, "[{}]", bounds.join(","))
    }
}

impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |texts: &[String]| texts.iter().map(|text| quote(text)).collect::<Vec<_>>();
        let (operator, values) = match self {
            Exclusion::Texts(texts) => (None, quoted(texts)),
            Exclusion::Numbers(numbers) => (None, numbers.iter().map(|literal| literal.text.clone()).collect()),
            Exclusion::Prefixes(texts) => (Some("prefix"), quoted(texts)),
            Exclusion::Suffixes(texts) => (Some("suffix"), quoted(texts)),
            Exclusion::IgnoringCase(texts) => (Some("equals-ignore-case"), quoted(texts)),
            Exclusion::Wildcards(wildcards) => {
                (Some("wildcard"), wildcards.iter().map(|wildcard| quote(&wildcard.text)).collect())
            }
        };
        let list = if let [only] = &values[..] { only.clone() } else { format!("[{}]", values.join(",")) };
        match operator {
            Some(operator) => write!(f, "{{\"{operator}\":{list}}}"),
            None => f.write_str(&list),
        }
    }
}
