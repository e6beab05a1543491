//! A template as written: every value with its place. YAML and JSON become the same tree, with intrinsic functions
//! spelt in full (`!Ref Queue` is `{"Ref": "Queue"}`).

use rustc_hash::FxHashMap;
use serde_json::{Map, Number, Value};
use std::fmt;

/// Where something stands in the text, counted from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

/// Why a template cannot be read: one mistake, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    pub place: Place,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to do about it; may be empty.
    pub hint: String,
}

impl Flaw {
    pub fn new(place: Place, message: impl Into<String>) -> Flaw {
        Flaw { place, message: message.into(), hint: String::new() }
    }

    pub fn with_hint(self, hint: impl Into<String>) -> Flaw {
        Flaw { hint: hint.into(), ..self }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}, column {}: {}", self.place.line, self.place.column, self.message)?;
        if self.hint.is_empty() { Ok(()) } else { write!(formatter, " {}", self.hint) }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    pub place: Place,
    pub content: Content,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Tree>),
    /// In the order of the text; no key is there twice.
    Object(Vec<Field>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: String,
    /// Of the name.
    pub place: Place,
    pub value: Tree,
}

/// Lists and objects in each other.
pub const MAXIMUM_DEPTH: usize = 64;
/// Values, those that aliases repeat counted each time.
pub const MAXIMUM_VALUES: usize = 200_000;

impl Tree {
    pub fn new(place: Place, content: Content) -> Tree {
        Tree { place, content }
    }

    pub fn text(place: Place, text: impl Into<String>) -> Tree {
        Tree::new(place, Content::Text(text.into()))
    }

    /// `{name: value}`.
    pub fn wrapped(place: Place, name: &str, value: Tree) -> Tree {
        Tree::new(place, Content::Object(vec![Field { name: name.to_string(), place, value }]))
    }

    pub fn fields(&self) -> &[Field] {
        match &self.content {
            Content::Object(fields) => fields,
            _ => &[],
        }
    }

    pub fn get(&self, name: &str) -> Option<&Tree> {
        self.fields().iter().find(|field| field.name == name).map(|field| &field.value)
    }

    pub fn as_text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self.content {
            Content::Null => tr!("nothing"),
            Content::Bool(_) => tr!("true or false"),
            Content::Number(_) => tr!("a number"),
            Content::Text(_) => tr!("a text"),
            Content::List(_) => tr!("a list"),
            Content::Object(_) => tr!("an object"),
        }
    }

    /// How many values it holds, itself included.
    pub fn size(&self) -> usize {
        1 + match &self.content {
            Content::List(items) => items.iter().map(Tree::size).sum(),
            Content::Object(fields) => fields.iter().map(|field| field.value.size()).sum(),
            _ => 0,
        }
    }

    pub fn to_json(&self) -> Value {
        match &self.content {
            Content::Null => Value::Null,
            Content::Bool(truth) => Value::Bool(*truth),
            Content::Number(number) => Value::Number(number.clone()),
            Content::Text(text) => Value::String(text.clone()),
            Content::List(items) => items.iter().map(Tree::to_json).collect(),
            Content::Object(fields) => Value::Object(
                fields.iter().map(|field| (field.name.clone(), field.value.to_json())).collect::<Map<_, _>>(),
            ),
        }
    }
}

/// The functions with a short form, without `Fn::`: intrinsic-function-reference.
const FUNCTIONS: &[&str] = &[
    "And",
    "Base64",
    "Cidr",
    "Contains",
    "Equals",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
];

/// A value behind a short tag, in full: `!GetAtt Queue.Arn` is `{"Fn::GetAtt": ["Queue", "Arn"]}`.
pub fn tagged(tag: &str, place: Place, value: Tree) -> Result<Tree, Flaw> {
    match tag {
        "Ref" | "Condition" => Ok(Tree::wrapped(place, tag, value)),
        "GetAtt" => {
            let value = match value.as_text().and_then(|text| text.split_once('.')) {
                Some((resource, attribute)) => Tree::new(
                    value.place,
                    Content::List(vec![Tree::text(value.place, resource), Tree::text(value.place, attribute)]),
                ),
                None => value,
            };
            Ok(Tree::wrapped(place, "Fn::GetAtt", value))
        }
        name if FUNCTIONS.contains(&name) => Ok(Tree::wrapped(place, &format!("Fn::{name}"), value)),
        other => Err(Flaw::new(place, tr!("`!{other}` is not an intrinsic function.", other = other))
            .with_hint(tr!("Known are !Ref, !Sub, !GetAtt, !Join, !Select, !Split, !FindInMap, !ImportValue, !If, !Condition, !Equals, !And, !Or, !Not, !Base64, !GetAZs, !Cidr, !Length, !ToJsonString and !Transform."))),
    }
}

/// An object being read. The same name twice is a mistake, because one of the two would be lost.
#[derive(Default)]
pub struct Fields {
    list: Vec<Field>,
    known: FxHashMap<String, Place>,
}

impl Fields {
    pub fn is_known(&self, name: &str) -> bool {
        self.known.contains_key(name)
    }

    pub fn add(&mut self, field: Field, flaws: &mut Vec<Flaw>) {
        if let Some(known) = self.known.get(&field.name) {
            let message =
                tr!("`{name}` is here twice; it is on line {line} already.", name = field.name, line = known.line);
            flaws.push(Flaw::new(field.place, message).with_hint(tr!("Keep one of them.")));
            return;
        }
        self.known.insert(field.name.clone(), field.place);
        self.list.push(field);
    }

    pub fn into_list(self) -> Vec<Field> {
        self.list
    }
}
