//! One description of each setting: its name as the service documents it, default, limits, help and source. Reading,
//! checking, the inspector's forms and the Fidelity page all come from it. Who only reads and checks takes the settings as
//! [`Field`]s, which leave the words for people behind: in the browser those are fetched with the forms.

use super::distribution::Distribution;
use super::reader::{Problems, Reader, kind_name};
use super::shape::Shape;
use super::template::Template;
use crate::rules;
use serde_json::{Map, Value};

/// A setting of a node or an edge.
#[derive(Debug)]
pub struct Setting {
    /// As the service's documentation spells it.
    pub name: &'static str,
    pub kind: Kind,
    /// One or two sentences for people who have not met it yet.
    pub help: &'static str,
    /// Where default and limits come from: the documentation's page, or "model" where the figure is ours.
    pub source: &'static str,
}

/// A setting as reading and checking need it.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
}

/// What values a setting takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Integer {
        default: i64,
        min: i64,
        max: i64,
        unit: &'static str,
    },
    /// May be absent; `absent` says what that means.
    OptionalInteger {
        min: i64,
        max: i64,
        unit: &'static str,
        absent: &'static str,
    },
    Number {
        default: f64,
        min: f64,
        max: f64,
        unit: &'static str,
    },
    Boolean {
        default: bool,
    },
    Choice {
        default: &'static str,
        options: &'static [&'static str],
    },
    Text {
        default: &'static str,
    },
    /// A queue of the diagram, by its id; empty where there is none.
    Queue,
    /// A duration's distribution; `default` is its JSON.
    Distribution {
        default: &'static str,
    },
    /// Structured JSON; `default` is its text, `shape` says in words what it holds, and `form` for a form.
    Json {
        default: &'static str,
        shape: &'static str,
        form: Shape,
    },
}

impl Setting {
    /// The value that holds where the document says nothing.
    pub fn default_value(&self) -> Value {
        self.kind.default_value()
    }

    /// The unit to show behind the value; empty where it has none.
    pub fn unit(&self) -> &'static str {
        self.kind.unit()
    }
}

impl Kind {
    /// The value that holds where the document says nothing.
    pub fn default_value(&self) -> Value {
        match *self {
            Kind::Integer { default, .. } => default.into(),
            Kind::OptionalInteger { .. } => Value::Null,
            Kind::Number { default, .. } => default.into(),
            Kind::Boolean { default } => default.into(),
            Kind::Choice { default, .. } | Kind::Text { default } => default.into(),
            Kind::Queue => "".into(),
            Kind::Distribution { default } | Kind::Json { default, .. } => {
                serde_json::from_str(default).unwrap_or(Value::Null)
            }
        }
    }

    /// The unit to show behind the value; empty where it has none.
    pub fn unit(&self) -> &'static str {
        match *self {
            Kind::Integer { unit, .. } | Kind::OptionalInteger { unit, .. } | Kind::Number { unit, .. } => unit,
            Kind::Distribution { .. } => "ms",
            _ => "",
        }
    }

    /// The same without what only forms say.
    const fn without_words(self) -> Kind {
        match self {
            Kind::OptionalInteger { min, max, unit, .. } => Kind::OptionalInteger { min, max, unit, absent: "" },
            Kind::Json { default, .. } => Kind::Json { default, shape: "", form: Shape::Json },
            other => other,
        }
    }
}

/// The fields of these settings; `fields!` calls it with their number.
pub const fn fields_of<const COUNT: usize>(settings: &[Setting]) -> [Field; COUNT] {
    let mut fields = [Field { name: "", kind: Kind::Queue }; COUNT];
    let mut index = 0;
    while index < COUNT {
        fields[index] = Field { name: settings[index].name, kind: settings[index].kind.without_words() };
        index += 1;
    }
    fields
}

/// A constant list of settings as fields, made when this program is compiled.
macro_rules! fields {
    ($settings:expr) => {{
        const FIELDS: [$crate::diagram::setting::Field; $settings.len()] =
            $crate::diagram::setting::fields_of($settings);
        &FIELDS as &'static [$crate::diagram::setting::Field]
    }};
}
pub(crate) use fields;

/// Reads the settings of one node or edge by their descriptions.
pub struct SettingReader<'a, 'p> {
    pub reader: Reader<'a, 'p>,
    described: &'static [&'static [Field]],
}

const MICROSECONDS_PER_SECOND: u64 = 1_000_000;
const MICROSECONDS_PER_MILLISECOND: u64 = 1_000;

impl<'a, 'p> SettingReader<'a, 'p> {
    pub fn new(
        settings: &'a Map<String, Value>,
        path: String,
        described: &'static [&'static [Field]],
        problems: &'p mut Problems,
    ) -> Self {
        SettingReader { reader: Reader::new(settings, path, problems), described }
    }

    /// The description of `name`. Asking for one that is not described is a mistake in this program, not in a document;
    /// the test that reads every kind's defaults finds it.
    fn describe(&self, name: &str) -> &'static Field {
        self.described
            .iter()
            .flat_map(|list| list.iter())
            .find(|setting| setting.name == name)
            .unwrap_or_else(|| panic!("the setting `{name}` is read but not described"))
    }

    pub fn integer(&mut self, name: &'static str) -> i64 {
        match self.describe(name).kind {
            Kind::Integer { default, min, max, unit } => self.reader.integer(name, default, min, max, unit),
            _ => panic!("`{name}` is not described as an integer"),
        }
    }

    pub fn optional_integer(&mut self, name: &'static str) -> Option<i64> {
        match self.describe(name).kind {
            Kind::OptionalInteger { min, max, unit, .. } => self.reader.optional_integer(name, min, max, unit),
            _ => panic!("`{name}` is not described as an optional integer"),
        }
    }

    /// An integer setting in seconds, as microseconds.
    pub fn seconds(&mut self, name: &'static str) -> u64 {
        self.integer(name).unsigned_abs() * MICROSECONDS_PER_SECOND
    }

    /// An integer setting in milliseconds, as microseconds.
    pub fn milliseconds(&mut self, name: &'static str) -> u64 {
        self.integer(name).unsigned_abs() * MICROSECONDS_PER_MILLISECOND
    }

    pub fn number(&mut self, name: &'static str) -> f64 {
        match self.describe(name).kind {
            Kind::Number { default, min, max, unit } => self.reader.number(name, default, min, max, unit),
            _ => panic!("`{name}` is not described as a number"),
        }
    }

    pub fn boolean(&mut self, name: &'static str) -> bool {
        match self.describe(name).kind {
            Kind::Boolean { default } => self.reader.boolean(name, default),
            _ => panic!("`{name}` is not described as true or false"),
        }
    }

    pub fn choice(&mut self, name: &'static str) -> &'static str {
        match self.describe(name).kind {
            Kind::Choice { default, options } => self.reader.choice(name, default, options),
            _ => panic!("`{name}` is not described as a choice"),
        }
    }

    pub fn text(&mut self, name: &'static str) -> String {
        match self.describe(name).kind {
            Kind::Text { default } => self.reader.text(name).unwrap_or(default).to_string(),
            _ => panic!("`{name}` is not described as text"),
        }
    }

    /// A text that is a payload template; empty means none.
    pub fn text_template(&mut self, name: &'static str) -> Option<Template> {
        let text = self.text(name);
        super::send_options::parse(&mut self.reader, name, text)
    }

    pub fn distribution(&mut self, name: &'static str) -> Distribution {
        let default = self.describe(name).kind.default_value();
        let path = self.reader.field_path(name);
        let written = self.reader.get(name).and_then(|value| Distribution::read(value, &path, self.reader.problems));
        written
            .or_else(|| Distribution::read(&default, &path, self.reader.problems))
            .unwrap_or(Distribution::Constant(0.0))
    }

    /// The value as written or by default, with its path.
    pub fn json(&mut self, name: &'static str) -> (Value, String) {
        let setting = self.describe(name);
        let path = self.reader.field_path(name);
        (self.reader.get(name).cloned().unwrap_or_else(|| setting.kind.default_value()), path)
    }

    /// A payload template; null means none.
    pub fn template(&mut self, name: &'static str) -> Option<Template> {
        let (value, path) = self.json(name);
        if value.is_null() {
            return None;
        }
        match Template::parse(&value, &path) {
            Ok(template) => Some(template),
            Err(problems) => {
                problems.into_iter().for_each(|problem| self.reader.problems.add(problem));
                None
            }
        }
    }

    /// An event pattern; null means none.
    pub fn pattern(&mut self, name: &'static str) -> Option<rules::Pattern> {
        let (value, path) = self.json(name);
        if value.is_null() {
            return None;
        }
        match rules::Pattern::parse(&value.to_string()) {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                self.say_rule_error(&path, &error);
                None
            }
        }
    }

    pub fn say_rule_error(&mut self, path: &str, error: &rules::PatternError) {
        let place = if error.path.is_empty() { path.to_string() } else { format!("{path}.{}", error.path) };
        self.reader.problems.say(place, error.message.clone(), error.hint.clone());
    }

    /// The UUID of another node; null or "" means none.
    pub fn reference(&mut self, name: &'static str) -> Option<uuid::Uuid> {
        let (value, path) = self.json(name);
        match &value {
            Value::Null => None,
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => match uuid::Uuid::parse_str(text) {
                Ok(id) => Some(id),
                Err(_) => {
                    self.reader.problems.say(
                        path,
                        tr!("`{text}` is not the id of a node.", text = text),
                        tr!("Choose a queue."),
                    );
                    None
                }
            },
            other => {
                self.reader.problems.say(
                    path,
                    tr!("This is {}, not the id of a node.", kind_name(other)),
                    tr!("Choose a queue."),
                );
                None
            }
        }
    }

    /// Gives up on reading these settings.
    pub fn forgo(&mut self, message: &str, hint: &str) {
        self.reader.forgo(message, hint);
    }

    pub fn finish(self) {
        self.reader.finish();
    }
}
