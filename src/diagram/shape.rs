//! What structured settings hold, described once: the inspector's forms are made from it. JSON stays beside them.

use serde_json::{Map, Value};

/// What a value holds.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Any JSON, in which nothing is known beforehand.
    Json,
    /// A line of text.
    Text,
    /// A text that may need several lines.
    Lines,
    /// A text, number, true, false or null.
    Scalar,
    Integer {
        min: i64,
        max: i64,
        unit: &'static str,
    },
    Number {
        min: f64,
        max: f64,
        unit: &'static str,
    },
    Boolean,
    Choice(&'static [&'static str]),
    /// A queue of the diagram, by its id.
    Queue,
    /// An event pattern or filter policy: names with lists of conditions, or with patterns in turn.
    Pattern,
    /// An object with these fields.
    Record(&'static [Part]),
    /// A list of just these values.
    Row(&'static [Part]),
    /// An object with exactly one of these fields.
    OneOf(&'static [Part]),
    /// Alike values; a new one begins as this part says, which also names it.
    List(&'static Part),
    /// Names with alike values; the part's name is that of a new entry.
    Names(&'static Part),
    /// Null, or this.
    Optional(&'static Part),
}

/// A part of something that has several.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub name: &'static str,
    pub shape: Shape,
    /// The JSON with which it begins when somebody adds it; what holds where it is left out, if it may be.
    pub begin: &'static str,
    /// Whether it has to be there.
    pub needed: bool,
}

/// A part that may be left out; `begin` is then what holds.
pub const fn part(name: &'static str, begin: &'static str, shape: Shape) -> Part {
    Part { name, shape, begin, needed: false }
}

/// A part that has to be there.
pub const fn needed(name: &'static str, begin: &'static str, shape: Shape) -> Part {
    Part { name, shape, begin, needed: true }
}

pub const fn whole(min: i64, max: i64, unit: &'static str) -> Shape {
    Shape::Integer { min, max, unit }
}

pub const fn number(min: f64, max: f64, unit: &'static str) -> Shape {
    Shape::Number { min, max, unit }
}

/// A list of texts, of which a new one begins like this.
macro_rules! texts {
    ($one:expr, $begin:literal) => {
        $crate::diagram::shape::Shape::List(&$crate::diagram::shape::needed(
            $one,
            $begin,
            $crate::diagram::shape::Shape::Text,
        ))
    };
}
pub(crate) use texts;

const MILLISECONDS: Shape = number(0.0, 3_600_000.0, "ms");

/// How long something takes.
pub const DISTRIBUTION: Shape = Shape::OneOf(&[
    needed("constant", "20", MILLISECONDS),
    needed(
        "uniform",
        "[10, 30]",
        Shape::Row(&[needed(phrase!("from"), "10", MILLISECONDS), needed(phrase!("to"), "30", MILLISECONDS)]),
    ),
    needed("exponential", "50", MILLISECONDS),
    needed(
        "lognormal",
        r#"{"median": 16, "p99": 105}"#,
        Shape::Record(&[needed("median", "16", MILLISECONDS), needed("p99", "105", MILLISECONDS)]),
    ),
    needed(
        "empirical",
        "[[0.5, 16], [0.99, 105]]",
        Shape::List(&needed(
            phrase!("point"),
            "[1, 200]",
            Shape::Row(&[
                needed(phrase!("quantile"), "0.5", number(0.0, 1.0, "")),
                needed(phrase!("value"), "16", number(0.0, 3_600_000.0, "ms")),
            ]),
        )),
    ),
]);

/// What a condition of a pattern may be beside a plain value.
pub const CONDITIONS: &[Part] = &[
    needed("prefix", r#""a""#, Shape::Text),
    needed("suffix", r#""a""#, Shape::Text),
    needed("equals-ignore-case", r#""a""#, Shape::Text),
    needed("wildcard", r#""a*""#, Shape::Text),
    needed("anything-but", r#"["a"]"#, Shape::List(&needed(phrase!("value"), r#""a""#, Shape::Scalar))),
    needed("numeric", r#"[">", 0]"#, Shape::List(&needed(phrase!("part"), r#""<""#, Shape::Scalar))),
    needed("cidr", r#""10.0.0.0/8""#, Shape::Text),
    needed("exists", "true", Shape::Boolean),
];

/// A condition: a plain value, or one of [`CONDITIONS`].
pub const CONDITION: Part = needed("value", r#""a""#, Shape::OneOf(CONDITIONS));

/// A pattern, or null for none.
pub const OPTIONAL_PATTERN: Shape =
    Shape::Optional(&needed(phrase!("pattern"), r#"{"type": ["payment"]}"#, Shape::Pattern));

/// Message attributes.
pub const ATTRIBUTES: Shape = Shape::Names(&needed(
    "name",
    r#"{"DataType": "String", "StringValue": "value"}"#,
    Shape::Record(&[
        needed("DataType", r#""String""#, Shape::Choice(&["String", "String.Array", "Number"])),
        needed("StringValue", r#""value""#, Shape::Text),
    ]),
));

/// Names with texts.
pub const TEXTS: Shape = Shape::Names(&needed("name", r#""value""#, Shape::Text));

/// Mapping templates by content type.
pub const TEMPLATES: Shape = Shape::Names(&needed("application/json", r#""$input.body""#, Shape::Lines));

impl Part {
    /// What it begins as.
    pub fn beginning(&self) -> Value {
        serde_json::from_str(self.begin).unwrap_or(Value::Null)
    }
}

impl Shape {
    /// Whether a form can be made; otherwise there is the JSON alone.
    pub fn has_form(&self) -> bool {
        !matches!(self, Shape::Json)
    }

    /// Whether a value can stand in the form as it is. Limits are checked elsewhere.
    pub fn fits(&self, value: &Value) -> bool {
        match (self, value) {
            (Shape::Json, _) => true,
            (Shape::Text | Shape::Lines | Shape::Choice(_) | Shape::Queue, value) => value.is_string(),
            (Shape::Integer { .. } | Shape::Number { .. }, value) => value.is_number(),
            (Shape::Boolean, value) => value.is_boolean(),
            (Shape::Scalar, value) => !value.is_object() && !value.is_array(),
            (Shape::Pattern, Value::Object(fields)) => {
                fields.iter().all(|(name, value)| !name.starts_with('$') && fits_in_pattern(value))
            }
            (Shape::Record(parts), Value::Object(fields)) => {
                parts.iter().all(|part| fields.get(part.name).map_or(!part.needed, |value| part.shape.fits(value)))
                    && fields.keys().all(|name| parts.iter().any(|part| part.name == name))
            }
            (Shape::Row(parts), Value::Array(items)) => {
                parts.len() == items.len() && parts.iter().zip(items).all(|(part, item)| part.shape.fits(item))
            }
            (Shape::OneOf(parts), Value::Object(fields)) => {
                fields.len() == 1 && chosen(parts, fields).is_some_and(|part| part.shape.fits(&fields[part.name]))
            }
            (Shape::List(part), Value::Array(items)) => items.iter().all(|item| part.shape.fits(item)),
            (Shape::Names(part), Value::Object(fields)) => fields.values().all(|value| part.shape.fits(value)),
            (Shape::Optional(part), value) => value.is_null() || part.shape.fits(value),
            _ => false,
        }
    }
}

/// Whether what a pattern asks of one name can stand in a form.
fn fits_in_pattern(value: &Value) -> bool {
    match value {
        Value::Array(conditions) => conditions.iter().all(|condition| match condition {
            Value::Object(_) => CONDITION.shape.fits(condition),
            plain => Shape::Scalar.fits(plain),
        }),
        inner => inner.is_object() && Shape::Pattern.fits(inner),
    }
}

/// The alternative that is written.
pub fn chosen(parts: &'static [Part], fields: &Map<String, Value>) -> Option<&'static Part> {
    parts.iter().find(|part| fields.contains_key(part.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagram::setting::{Kind, Setting};
    use crate::diagram::step_kinds::{ASKING, COMMON, STEP_KINDS};
    use crate::diagram::{Distribution, Document, EdgeKind, NodeKind, settings};
    use crate::lessons::guide;
    use serde_json::json;

    /// Everything that a few touches of a form make: what is there at first, each alternative, one of each list.
    fn beginnings(part: &Part) -> Vec<Value> {
        let mut all = vec![part.beginning()];
        match &part.shape {
            Shape::OneOf(parts) => {
                let each = parts.iter().flat_map(|part| beginnings(part).into_iter().map(|it| (part.name, it)));
                all.extend(each.map(|(name, value)| json!({ name: value })));
            }
            Shape::List(part) => all.extend(beginnings(part).into_iter().map(|value| json!([value]))),
            Shape::Names(part) => all.extend(beginnings(part).into_iter().map(|value| json!({ part.name: value }))),
            Shape::Optional(part) => all.extend(beginnings(part)),
            Shape::Record(parts) => {
                // Each part that can be added, to what is there at first.
                let Value::Object(first) = part.beginning() else { return all };
                for added in parts.iter().filter(|added| !added.needed && !first.contains_key(added.name)) {
                    let mut fields = first.clone();
                    fields.insert(added.name.to_string(), added.beginning());
                    all.push(Value::Object(fields));
                }
            }
            _ => {}
        }
        all
    }

    fn all_settings() -> Vec<&'static Setting> {
        let nodes = NodeKind::ALL.iter().flat_map(|kind| settings::of_node(*kind));
        let edges = EdgeKind::ALL.iter().flat_map(|kind| settings::of_edge(*kind));
        let described = nodes.chain(edges).flat_map(|list| list.iter());
        described.chain(STEP_KINDS.iter().flat_map(|kind| kind.fields)).chain(COMMON).chain(ASKING).collect()
    }

    #[test]
    fn every_default_and_every_beginning_fits_its_own_form() {
        for setting in all_settings() {
            let Kind::Json { form, .. } = setting.kind else { continue };
            assert!(form.fits(&setting.default_value()), "{}: {}", setting.name, setting.default_value());
            let whole = Part { name: setting.name, shape: form, begin: "null", needed: true };
            for value in beginnings(&whole).into_iter().skip(1) {
                assert!(form.fits(&value), "{}: {value}", setting.name);
            }
        }
        for value in beginnings(&needed("duration", "20", DISTRIBUTION)).into_iter().skip(1) {
            assert!(DISTRIBUTION.fits(&value) && Distribution::parse(&value).is_ok(), "{value}");
        }
    }

    /// What a form begins with is accepted where it stands, so that nobody has to get past a refusal first.
    #[test]
    fn what_a_form_begins_with_is_accepted() {
        let mut seen = 0;
        for diagram in guide::DIAGRAMS {
            let document = diagram.document();
            let nodes = document.nodes.iter().map(|node| (node.id, settings::of_node(node.kind)));
            let edges = document.edges.iter().map(|edge| (edge.id, settings::of_edge(edge.kind)));
            let targets: Vec<_> = nodes.chain(edges).collect();
            for (target, lists) in targets {
                for setting in lists.iter().flat_map(|list| list.iter()) {
                    let Kind::Json { form, .. } = setting.kind else { continue };
                    let whole = Part { name: setting.name, shape: form, begin: "null", needed: true };
                    for value in beginnings(&whole).into_iter().skip(1) {
                        let problems = problems_of(&document, target, setting.name, value.clone());
                        // That this gateway or integration lacks the feature is said of the setting as a whole.
                        let inside = format!(".settings.{}", setting.name);
                        let wrong: Vec<_> = problems
                            .iter()
                            .filter(|problem| {
                                let rest = problem.path.split_once(&inside).map(|(_, rest)| rest);
                                rest.is_some_and(|rest| !rest.is_empty() || problem.message.starts_with("This"))
                            })
                            .collect();
                        assert!(wrong.is_empty(), "{} = {value}: {wrong:?}", setting.name);
                        seen += 1;
                    }
                }
            }
        }
        assert!(seen > 300, "{seen}");
    }

    fn problems_of(document: &Document, target: uuid::Uuid, name: &str, value: Value) -> Vec<crate::diagram::Problem> {
        let mut document = document.clone();
        let edit = crate::diagram::Edit::set(&document, target, name, value);
        document.apply(edit).expect("an edit that fits");
        crate::diagram::check(&document).err().unwrap_or_default()
    }

    #[test]
    fn patterns_that_say_more_than_the_form_are_left_to_json() {
        let simple =
            json!({ "detail": { "amount": [{ "numeric": [">", 100] }, 5], "kind": ["a", { "exists": false }] } });
        assert!(Shape::Pattern.fits(&simple));
        for more in [json!({ "$or": [] }), json!({ "a": [{ "anything-but": { "prefix": "x" } }] }), json!({ "a": "b" })]
        {
            assert!(!Shape::Pattern.fits(&more), "{more}");
        }
    }
}
