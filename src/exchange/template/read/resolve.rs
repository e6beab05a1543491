//! What a template says once its parameters, mappings, conditions and intrinsic functions are worked out.
//!
//! A reference to a resource stays one: it becomes a mark inside of a text ([`mark`]), so that it is still there when
//! texts are joined. [`marks`] finds it again.

use super::tree::{Content, Field, Flaw, Place, Tree};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value};

/// Around the name of what is referred to; nobody writes these two characters of the private use area.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

/// A reference inside of a text: `Queue`, or `Queue.Arn` for an attribute.
pub fn mark(name: &str) -> String {
    format!("{OPEN}{name}{CLOSE}")
}

/// The references in a text, in order: name and attribute, which may be empty.
pub fn marks(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split(OPEN).skip(1).filter_map(|part| {
        let name = part.split(CLOSE).next()?;
        Some(name.split_once('.').unwrap_or((name, "")))
    })
}

/// A text as people read it: `Queue.Arn`. Without braces, which mean something else in mapping templates.
pub fn readable(text: &str) -> String {
    text.replace([OPEN, CLOSE], "")
}

/// The same everywhere inside of a value.
pub fn make_readable(value: &mut Value) {
    match value {
        Value::String(text) if text.contains(OPEN) => *text = readable(text),
        Value::Array(items) => items.iter_mut().for_each(make_readable),
        Value::Object(fields) => {
            if fields.keys().any(|name| name.contains(OPEN)) {
                *fields = std::mem::take(fields).into_iter().map(|(name, value)| (readable(&name), value)).collect();
            }
            fields.values_mut().for_each(make_readable);
        }
        _ => {}
    }
}

/// Everything references can be about, and what was found wrong or had to be assumed on the way.
pub struct Resolver<'t> {
    parameters: FxHashMap<&'t str, Value>,
    mappings: Option<&'t Tree>,
    conditions: FxHashMap<&'t str, &'t Tree>,
    decided: FxHashMap<&'t str, bool>,
    /// Conditions being worked out, the outermost first.
    open: Vec<(&'t str, Place)>,
    /// Logical ids of all resources, and whether SAM makes further ones of them.
    resources: FxHashMap<&'t str, bool>,
    pub flaws: Vec<Flaw>,
    /// Place, what was assumed, and why.
    pub assumed: Vec<(Place, String)>,
    told: FxHashSet<String>,
}

/// Values of pseudo parameters: pseudo-parameter-reference. Account and Region are the documentation's examples.
const PSEUDO: &[(&str, &str)] = &[
    ("AWS::AccountId", "123456789012"),
    ("AWS::Partition", "aws"),
    ("AWS::Region", "us-east-1"),
    ("AWS::StackId", "arn:aws:cloudformation:us-east-1:123456789012:stack/stack/0"),
    ("AWS::StackName", "stack"),
    ("AWS::URLSuffix", "amazonaws.com"),
];

/// More mistakes than this help nobody.
const MOST_FLAWS: usize = 200;

impl<'t> Resolver<'t> {
    pub fn new(template: &'t Tree) -> Resolver<'t> {
        let fields = |name: &str| template.get(name).map_or(&[][..], Tree::fields).iter();
        let sam = |field: &'t Field| {
            let kind = field.value.get("Type").and_then(Tree::as_text).unwrap_or_default();
            (field.name.as_str(), kind.starts_with("AWS::Serverless::"))
        };
        let mut resolver = Resolver {
            parameters: FxHashMap::default(),
            mappings: template.get("Mappings"),
            conditions: fields("Conditions").map(|field| (field.name.as_str(), &field.value)).collect(),
            decided: FxHashMap::default(),
            open: Vec::new(),
            resources: fields("Resources").map(sam).collect(),
            flaws: Vec::new(),
            assumed: Vec::new(),
            told: FxHashSet::default(),
        };
        for field in fields("Parameters") {
            let value = resolver.parameter(field);
            resolver.parameters.insert(&field.name, value);
        }
        for (name, place) in fields("Conditions").map(|field| (field.name.as_str(), field.place)) {
            resolver.condition(name, place);
        }
        resolver
    }

    /// A parameter's default; else the first value that is allowed; else it stands for itself.
    fn parameter(&mut self, field: &'t Field) -> Value {
        let kind = field.value.get("Type").and_then(Tree::as_text).unwrap_or("String");
        let written = field.value.get("Default").map(Tree::to_json);
        let allowed = || match &field.value.get("AllowedValues")?.content {
            Content::List(items) => items.first().map(Tree::to_json),
            _ => None,
        };
        if !field.value.fields().is_empty() && field.value.get("Type").is_none() {
            let flaw = Flaw::new(field.place, tr!("The parameter `{}` has no Type.", field.name));
            self.flaws.push(flaw.with_hint(tr!("For example Type: String.")));
        }
        let value = written.clone().or_else(allowed);
        if written.is_none() {
            let words = match &value {
                Some(value) => {
                    tr!("The parameter `{name}` has no default; {value} is taken.", name = field.name, value = value)
                }
                None => tr!("The parameter `{}` has no default; it stays open.", field.name),
            };
            self.assumed.push((field.place, words));
        }
        // An address outside is whose it is by the parameter, not by an example of an address.
        let address = value
            .as_ref()
            .and_then(Value::as_str)
            .is_some_and(|it| it.contains("://") || it.contains('@') || it.starts_with('+'));
        let Some(value) = value.filter(|_| !address) else {
            return match kind {
                "Number" => field.value.get("MinValue").map_or(Value::from(1), Tree::to_json),
                _ => Value::String(mark(&field.name)),
            };
        };
        if kind.starts_with("List<") || kind == "CommaDelimitedList" {
            let text = text_of(&value);
            return text.split(',').map(|item| Value::String(item.trim().to_string())).collect();
        }
        value
    }

    /// Whether a condition holds.
    pub fn condition(&mut self, name: &'t str, place: Place) -> bool {
        if let Some(known) = self.decided.get(name) {
            return *known;
        }
        let Some(tree) = self.conditions.get(name).copied() else {
            let known: Vec<&str> = self.conditions.keys().copied().collect();
            self.flaws.push(
                Flaw::new(place, tr!("There is no condition `{name}`.", name = name)).with_hint(nearest(name, known)),
            );
            return false;
        };
        if let Some(start) = self.open.iter().position(|(open, _)| *open == name) {
            let circle: Vec<String> = self.open[start..]
                .iter()
                .map(|(name, place)| tr!("{name} (line {line})", name = name, line = place.line))
                .collect();
            let message = tr!(
                "These conditions ask for each other: {circle} → {name}.",
                circle = circle.join(" → "),
                name = name
            );
            self.flaws
                .push(Flaw::new(place, message).with_hint(tr!("One of them has to be decided without the others.")));
            return false;
        }
        self.open.push((name, place));
        let holds = self.test(tree);
        self.open.pop();
        self.decided.insert(name, holds);
        holds
    }

    /// A condition's expression.
    fn test(&mut self, tree: &'t Tree) -> bool {
        let [field] = tree.fields() else {
            return match self.value(tree) {
                Some(Value::Bool(truth)) => truth,
                Some(Value::String(text)) => text == "true",
                _ => {
                    self.flaws.push(
                        Flaw::new(tree.place, tr!("A condition is a function; this is {}.", tree.kind()))
                            .with_hint(tr!("Use Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition.")),
                    );
                    false
                }
            };
        };
        let arguments = match &field.value.content {
            Content::List(items) => items.as_slice(),
            _ => std::slice::from_ref(&field.value),
        };
        match field.name.as_str() {
            "Fn::Equals" => {
                let [left, right] = arguments else {
                    self.flaws.push(
                        Flaw::new(field.value.place, tr!("Fn::Equals compares two values."))
                            .with_hint(tr!("Write [one, other].")),
                    );
                    return false;
                };
                let (left, right) = (self.value(left).unwrap_or_default(), self.value(right).unwrap_or_default());
                text_of(&left) == text_of(&right)
            }
            // All are looked at, so that every mistake is found.
            "Fn::And" | "Fn::Or" | "Fn::Not" => {
                let verdicts: Vec<bool> = arguments.iter().map(|it| self.test(it)).collect();
                match field.name.as_str() {
                    "Fn::And" => verdicts.iter().all(|holds| *holds),
                    "Fn::Or" => verdicts.iter().any(|holds| *holds),
                    _ => !verdicts.iter().any(|holds| *holds),
                }
            }
            "Condition" => match field.value.as_text() {
                Some(name) => self.condition(name, field.value.place),
                None => false,
            },
            "Fn::Contains" => {
                let [list, value] = arguments else { return false };
                let (list, value) = (self.value(list).unwrap_or_default(), self.value(value).unwrap_or_default());
                list.as_array().is_some_and(|list| list.iter().any(|item| text_of(item) == text_of(&value)))
            }
            other => {
                self.flaws.push(
                    Flaw::new(field.place, tr!("`{other}` does not decide anything.", other = other))
                        .with_hint(tr!("Use Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition.")),
                );
                false
            }
        }
    }

    /// What a value comes to; `None` where it is left out (`AWS::NoValue`).
    pub fn value(&mut self, tree: &'t Tree) -> Option<Value> {
        match &tree.content {
            Content::List(items) => Some(items.iter().filter_map(|item| self.value(item)).collect()),
            Content::Object(fields) => {
                if let [field] = fields.as_slice()
                    && (field.name == "Ref" || field.name.starts_with("Fn::"))
                {
                    return self.function(field);
                }
                let mut made = Map::new();
                for field in fields {
                    if let Some(value) = self.value(&field.value) {
                        made.insert(field.name.clone(), value);
                    }
                }
                Some(Value::Object(made))
            }
            _ => Some(tree.to_json()),
        }
    }

    fn function(&mut self, field: &'t Field) -> Option<Value> {
        let argument = &field.value;
        let list = match &argument.content {
            Content::List(items) => items.as_slice(),
            _ => &[],
        };
        match (field.name.as_str(), list) {
            ("Ref", _) => match argument.as_text() {
                Some(name) => self.reference(name, argument.place),
                None => {
                    self.wrong(field, tr!("it takes the name of a parameter or a resource."), "");
                    None
                }
            },
            ("Fn::GetAtt", _) => self.attribute(argument),
            ("Fn::Sub", []) => match argument.as_text() {
                Some(text) => Some(self.substitute(text, argument.place, &Map::new())),
                None => {
                    self.wrong(field, tr!("it takes a text, or a list of a text and its variables."), "");
                    None
                }
            },
            ("Fn::Sub", [text, rest @ ..]) => {
                let variables = rest
                    .first()
                    .and_then(|it| self.value(it))
                    .and_then(|it| it.as_object().cloned())
                    .unwrap_or_default();
                match text.as_text() {
                    Some(template) => Some(self.substitute(template, text.place, &variables)),
                    None => self.value(text),
                }
            }
            ("Fn::Join", [separator, items]) => {
                let separator = self.value(separator).map(|it| text_of(&it)).unwrap_or_default();
                let items = self.value(items).unwrap_or_default();
                let texts: Vec<String> = match &items {
                    Value::Array(items) => items.iter().map(text_of).collect(),
                    other => vec![text_of(other)],
                };
                Some(texts.join(&separator).into())
            }
            ("Fn::Split", [separator, text]) => {
                let separator = self.value(separator).map(|it| text_of(&it)).unwrap_or_default();
                let text = self.value(text).map(|it| text_of(&it)).unwrap_or_default();
                if separator.is_empty() {
                    self.wrong(field, tr!("the separator is empty."), "");
                    return None;
                }
                Some(text.split(&separator).map(|part| Value::String(part.to_string())).collect())
            }
            ("Fn::Select", [index, items]) => {
                let index = self.value(index).and_then(|it| text_of(&it).parse::<usize>().ok());
                let items = self.value(items).unwrap_or_default();
                match (index, items) {
                    (Some(index), Value::Array(items)) if index < items.len() => items.into_iter().nth(index),
                    (Some(index), Value::Array(items)) => {
                        // Of something that is only known when it is deployed.
                        let open = items.iter().any(|item| marks(&text_of(item)).next().is_some());
                        if !open {
                            self.wrong(
                                field,
                                &tr!("there is no item {index} among {count}.", count = items.len(), index = index),
                                tr!("The first one is 0."),
                            );
                        }
                        items.into_iter().next()
                    }
                    (_, items) => Some(items),
                }
            }
            ("Fn::If", [condition, then, otherwise]) => {
                let holds = condition.as_text().is_some_and(|name| self.condition(name, condition.place));
                // What does not hold is looked at as well, for its mistakes.
                let (then, otherwise) = (self.value(then), self.value(otherwise));
                if holds { then } else { otherwise }
            }
            ("Fn::FindInMap", [map, first, second, rest @ ..]) => {
                let mut key = |tree: &'t Tree| self.value(tree).map(|it| text_of(&it)).unwrap_or_default();
                let (map, first, second) = (key(map), key(first), key(second));
                let found = self.mappings.and_then(|maps| maps.get(&map)?.get(&first)?.get(&second));
                match (found, rest.first().and_then(|it| it.get("DefaultValue"))) {
                    (Some(found), _) => Some(found.to_json()),
                    (None, Some(default)) => self.value(default),
                    (None, None) => {
                        let message = tr!(
                            "Fn::FindInMap: there is no `{map}` › `{first}` › `{second}` in Mappings.",
                            map = readable(&map),
                            first = readable(&first),
                            second = readable(&second)
                        );
                        let hint = tr!(
                            "The Region is taken as us-east-1 here; give the map a value for it, or a DefaultValue."
                        );
                        self.flaws.push(Flaw::new(argument.place, message).with_hint(hint));
                        None
                    }
                }
            }
            ("Fn::ImportValue", _) => {
                let name = self.value(argument).map(|it| text_of(&it)).unwrap_or_default();
                self.assume(argument.place, tr!("`{}` comes from another stack.", readable(&name)));
                Some(Value::String(name))
            }
            ("Fn::Base64", _) => self.value(argument),
            ("Fn::GetAZs", _) => {
                Some(["a", "b", "c"].iter().map(|zone| Value::String(format!("us-east-1{zone}"))).collect())
            }
            ("Fn::Cidr", _) => Some((0..6).map(|number| Value::String(format!("10.0.{number}.0/24"))).collect()),
            ("Fn::ToJsonString", _) => Some(Value::String(self.value(argument)?.to_string())),
            ("Fn::Length", _) => Some(self.value(argument)?.as_array().map_or(0, Vec::len).into()),
            ("Fn::Transform", _) => {
                self.assume(
                    argument.place,
                    tr!("Fn::Transform brings in what stands elsewhere; it is left out.").to_string(),
                );
                None
            }
            ("Fn::Equals" | "Fn::And" | "Fn::Or" | "Fn::Not" | "Fn::Contains", _) => {
                self.wrong(
                    field,
                    tr!("it stands in Conditions only."),
                    tr!("Name the condition there, and use Fn::If here."),
                );
                None
            }
            ("Fn::Join" | "Fn::Split" | "Fn::Select" | "Fn::If" | "Fn::FindInMap", _) => {
                let form = match field.name.as_str() {
                    "Fn::If" => tr!("Write [condition, value, other value]."),
                    "Fn::FindInMap" => tr!("Write [map, first key, second key]."),
                    "Fn::Select" => tr!("Write [index, list]."),
                    _ => tr!("Write [separator, what]."),
                };
                self.wrong(field, tr!("this is not the list that it takes."), form);
                None
            }
            (other, _) => {
                self.flaws.push(Flaw::new(field.place, tr!("`{other}` is not an intrinsic function.", other = other)));
                None
            }
        }
    }

    fn wrong(&mut self, field: &Field, message: &str, hint: &str) {
        let message = format!("{}: {message}", field.name);
        self.flaws.push(Flaw::new(field.value.place, message).with_hint(hint));
    }

    fn assume(&mut self, place: Place, words: String) {
        if self.told.insert(words.clone()) {
            self.assumed.push((place, words));
        }
    }

    fn reference(&mut self, name: &str, place: Place) -> Option<Value> {
        if name == "AWS::NoValue" {
            return None;
        }
        if name == "AWS::NotificationARNs" {
            return Some(Value::Array(Vec::new()));
        }
        if let Some((_, value)) = PSEUDO.iter().find(|(pseudo, _)| *pseudo == name) {
            return Some((*value).into());
        }
        if let Some(value) = self.parameters.get(name) {
            return Some(value.clone());
        }
        if !self.is_resource(name) {
            self.unknown(name, place);
        }
        Some(mark(name).into())
    }

    fn attribute(&mut self, argument: &'t Tree) -> Option<Value> {
        let (resource, attribute) = match &argument.content {
            Content::Text(text) => {
                let (resource, attribute) = text.split_once('.').unwrap_or((text, ""));
                (resource.to_string(), attribute.to_string())
            }
            Content::List(items) => {
                let texts: Vec<String> =
                    items.iter().filter_map(|item| self.value(item)).map(|it| text_of(&it)).collect();
                (texts.first().cloned().unwrap_or_default(), texts.get(1..).unwrap_or_default().join("."))
            }
            _ => (String::new(), String::new()),
        };
        if resource.is_empty() || attribute.is_empty() {
            self.flaws.push(
                Flaw::new(argument.place, tr!("Fn::GetAtt takes a resource and an attribute."))
                    .with_hint(tr!("For example !GetAtt Queue.Arn.")),
            );
            return None;
        }
        if !self.is_resource(&resource) {
            self.unknown(&resource, argument.place);
        }
        Some(mark(&format!("{resource}.{attribute}")).into())
    }

    /// `${Name}`, `${Name.Attribute}` and `${!Literal}`.
    fn substitute(&mut self, text: &str, place: Place, variables: &Map<String, Value>) -> Value {
        let mut made = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            made.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                made.push_str("${");
                rest = after;
                continue;
            };
            rest = after;
            if let Some(literal) = name.strip_prefix('!') {
                made.push_str(&format!("${{{literal}}}"));
                continue;
            }
            let name = name.trim();
            let resource = name.split('.').next().unwrap_or(name);
            let value = match variables.get(name) {
                Some(value) => text_of(value),
                None if name.contains('.') && !self.parameters.contains_key(name) => {
                    if !self.is_resource(resource) {
                        self.unknown(resource, place);
                    }
                    mark(name)
                }
                None => self.reference(name, place).map(|it| text_of(&it)).unwrap_or_default(),
            };
            made.push_str(&value);
        }
        made.push_str(rest);
        made.into()
    }

    /// A resource, or one that SAM makes: the implicit APIs, and what belongs to a resource of its own.
    fn is_resource(&self, name: &str) -> bool {
        let implicit = matches!(
            name,
            "ServerlessRestApi"
                | "ServerlessHttpApi"
                | "ServerlessRestApiProdStage"
                | "ServerlessHttpApiApiGatewayDefaultStage"
        );
        let first = name.split('.').next().unwrap_or(name);
        self.resources.contains_key(first)
            || implicit
            || self.resources.iter().any(|(known, sam)| *sam && name.starts_with(known))
    }

    fn unknown(&mut self, name: &str, place: Place) {
        // What is meant is not looked up for thousands.
        if self.flaws.len() >= MOST_FLAWS {
            return;
        }
        let known: Vec<&str> = self.resources.keys().chain(self.parameters.keys()).copied().collect();
        let flaw = Flaw::new(place, tr!("There is no parameter and no resource `{name}`.", name = name))
            .with_hint(nearest(name, known));
        self.flaws.push(flaw);
    }
}

/// A value as text, as functions join it.
pub fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// "Did you mean …?" where something is called much alike.
fn nearest(name: &str, mut known: Vec<&str>) -> String {
    known.sort_unstable();
    let lower = name.to_lowercase();
    let close = known.iter().find(|it| it.eq_ignore_ascii_case(name)).or_else(|| {
        known.iter().find(|it| {
            let it = it.to_lowercase();
            let length = it.len().abs_diff(lower.len());
            let same = it.chars().zip(lower.chars()).take_while(|(a, b)| a == b).count();
            length <= 3 && same >= 3 && same + 3 >= lower.len().min(it.len())
        })
    });
    close.map_or(String::new(), |close| tr!("Did you mean `{close}`?", close = close))
}
