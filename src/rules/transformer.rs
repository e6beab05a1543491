//! What a rule hands to its target: a part of the event, or a text made from it (`eb-transform-target-input`).

use std::collections::BTreeMap;

use super::error::PatternError;
use super::event::Event;
use super::json::{Document, Kind, Value, position, quote};

/// Entries of a paths map, characters of a name and of a path, characters of a template (`API_InputTransformer`).
const MAX_PATHS: usize = 100;
const MAX_NAME: usize = 256;
const MAX_PATH: usize = 256;
const MAX_TEMPLATE: usize = 8_192;

/// A path into an event, `$.detail.items[0].price`: keys behind dots, indexes in brackets, `*` for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputPath {
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
    All,
}

impl InputPath {
    pub(super) fn read(text: &str) -> Result<InputPath, PatternError> {
        let refuse = |offset: usize, message: &str| {
            let (line, column) = position(text, offset);
            let hint = tr!("write keys behind dots and indexes in brackets, e.g. `$.detail.items[0].price`");
            Err(PatternError {
                line,
                column,
                path: String::new(),
                message: message.to_string(),
                hint: hint.to_string(),
            })
        };
        if text.chars().count() > MAX_PATH {
            return refuse(0, tr!("a path has at most 256 characters"));
        }
        let Some(mut rest) = text.strip_prefix('$') else { return refuse(0, tr!("a path starts with `$`")) };
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let offset = text.len() - rest.len();
            if let Some(after) = rest.strip_prefix("[*]").or_else(|| rest.strip_prefix(".*")) {
                steps.push(Step::All);
                rest = after;
            } else if let Some(after) = rest.strip_prefix('[') {
                let Some((index, after)) = after.split_once(']') else {
                    return refuse(offset, tr!("`[` is not closed"));
                };
                let Ok(index) = index.parse() else {
                    return refuse(offset + 1, tr!("only an index may stand in brackets"));
                };
                steps.push(Step::Index(index));
                rest = after;
            } else if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                let key = &after[..end];
                let allowed = |character: char| character.is_alphanumeric() || "-_/".contains(character);
                if let Some(wrong) = key.find(|character| !allowed(character)) {
                    return refuse(
                        offset + 1 + wrong,
                        tr!("a key in a path has letters, digits, `-`, `_` and `/` only"),
                    );
                }
                if key.is_empty() {
                    return refuse(offset + 1, tr!("a key is missing behind `.`"));
                }
                steps.push(Step::Key(key.to_string()));
                rest = &after[end..];
            } else {
                return refuse(offset, tr!("expected `.` or `[`"));
            }
        }
        Ok(InputPath { steps })
    }

    pub(super) fn follow(&self, event: &Event) -> Option<String> {
        let found = self.find(event.root());
        if self.steps.contains(&Step::All) {
            let all: Vec<String> = found.into_iter().map(compact).collect();
            return (!all.is_empty()).then(|| format!("[{}]", all.join(",")));
        }
        found.first().map(|value| compact(*value))
    }

    fn find<'e>(&self, root: Value<'e>) -> Vec<Value<'e>> {
        let mut found = vec![root];
        for step in &self.steps {
            found = found
                .into_iter()
                .flat_map(|value| match step {
                    // Of a key that occurs twice the last counts, as in most readers of JSON.
                    Step::Key(wanted) => {
                        let named = value.members().filter(|(key, _)| key.string() == *wanted);
                        named.last().map(|(_, value)| value).into_iter().collect::<Vec<_>>()
                    }
                    Step::Index(index) => value.elements().nth(*index).into_iter().collect(),
                    Step::All => value.elements().chain(value.members().map(|(_, value)| value)).collect(),
                })
                .collect();
        }
        found
    }
}

/// A value's JSON without the spaces between its tokens; numbers and strings as they were written.
fn compact(value: Value<'_>) -> String {
    match value.kind() {
        Kind::Object => {
            let members: Vec<String> =
                value.members().map(|(key, value)| format!("{}:{}", key.raw(), compact(value))).collect();
            format!("{{{}}}", members.join(","))
        }
        Kind::Array => format!("[{}]", value.elements().map(compact).collect::<Vec<_>>().join(",")),
        _ => value.raw().to_string(),
    }
}

/// What the reserved variables stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reserved {
    /// `<aws.events.rule-arn>`
    pub rule_arn: String,
    /// `<aws.events.rule-name>`
    pub rule_name: String,
    /// `<aws.events.event.ingestion-time>`, ISO 8601
    pub ingestion_time: String,
}

/// Makes a target's input from an event: variables with their paths, and a template in which `<variable>` stands for
/// what the path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputTransformer {
    form: Form,
    pieces: Vec<Piece>,
}

/// What a template makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// A string in quotes, or several, each on a line of its own.
    Text,
    /// Any other JSON.
    Json,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Variable { variable: Variable, in_string: bool },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Variable {
    Path(InputPath),
    RuleArn,
    RuleName,
    IngestionTime,
    EventWithoutDetail,
    WholeEvent,
}

impl InputTransformer {
    pub(super) fn read(paths: &[(String, String)], template: &str) -> Result<InputTransformer, PatternError> {
        let at = |offset: usize, message: String, hint: &str| {
            let (line, column) = position(template, offset);
            PatternError { line, column, path: "InputTemplate".to_string(), message, hint: hint.to_string() }
        };
        if paths.len() > MAX_PATHS {
            return Err(in_paths(
                "",
                tr!("a transformer has at most {most} paths, not {count}", most = MAX_PATHS, count = paths.len()),
            ));
        }
        if template.is_empty() || template.chars().count() > MAX_TEMPLATE {
            return Err(at(0, tr!("a template has 1 to {} characters", MAX_TEMPLATE), ""));
        }
        let mut variables = BTreeMap::new();
        for (name, path) in paths {
            let allowed = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
            if name.is_empty() || name.len() > MAX_NAME || !name.chars().all(allowed) {
                return Err(in_paths(
                    name,
                    tr!("a variable's name has 1 to 256 letters, digits, `-` and `_`").to_string(),
                ));
            }
            let path = InputPath::read(path)
                .map_err(|error| PatternError { path: format!("InputPathsMap.{name}"), ..error })?;
            variables.insert(name.as_str(), path);
        }
        let form = if template.trim_start().starts_with('"') { Form::Text } else { Form::Json };
        let mut reader = TemplateReader { variables: &variables, pieces: Vec::new(), literal: String::new() };
        // The template with every variable replaced by something of its kind, to see whether it can make JSON.
        let mut sample = String::new();
        let mut in_string = false;
        let mut offset = 0;
        while let Some(character) = template[offset..].chars().next() {
            let rest = &template[offset..];
            if let Some(name) = placeholder(rest) {
                let Some(variable) = reader.variable(name) else {
                    let hint = tr!(
                        "define it in the paths map, or use one of `aws.events.rule-arn`, `aws.events.rule-name`, \
                         `aws.events.event.ingestion-time`, `aws.events.event`, `aws.events.event.json`"
                    );
                    return Err(at(offset, tr!("there is no variable `{name}`", name = name), hint));
                };
                if in_string && matches!(variable, Variable::EventWithoutDetail | Variable::WholeEvent) {
                    let hint = tr!("use it as the value of a key, e.g. `{\"event\": <aws.events.event.json>}`");
                    return Err(at(offset, tr!("`<{name}>` cannot stand inside a string", name = name), hint));
                }
                reader.finish_literal();
                reader.pieces.push(Piece::Variable { variable, in_string });
                sample.push_str(if in_string { "\u{FFFC}" } else { "0" });
                offset += name.len() + 2;
                continue;
            }
            let length = match character {
                '\\' if in_string => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
                '"' => {
                    in_string = !in_string;
                    1
                }
                other => other.len_utf8(),
            };
            reader.literal.push_str(&rest[..length]);
            sample.push_str(&rest[..length]);
            offset += length;
        }
        reader.finish_literal();
        let pieces = reader.pieces;
        check_sample(&sample, form).map_err(|(message, hint)| at(0, message, hint))?;
        Ok(InputTransformer { form, pieces })
    }

    pub(super) fn transform(&self, event: &Event, reserved: &Reserved) -> Option<String> {
        let mut made = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => made.push_str(text),
                Piece::Variable { variable, in_string } => {
                    let value = variable.value(event, reserved);
                    made.push_str(&self.fit(value, *in_string)?);
                }
            }
        }
        (self.form == Form::Text || Document::parse(&made).is_ok()).then_some(made)
    }

    /// A variable's JSON as it goes into the template; a variable without a value leaves an empty string.
    fn fit(&self, value: Option<String>, in_string: bool) -> Option<String> {
        let Some(json) = value else { return Some(if in_string { "" } else { "\"\"" }.to_string()) };
        if !in_string {
            return Some(json);
        }
        let document = Document::parse(&json).ok()?;
        Some(match document.root().kind() {
            // The service does not escape what it puts into a string.
            Kind::String => document.root().string().into_owned(),
            // A text loses the quotes inside an object; JSON keeps them, and is broken by them.
            Kind::Object | Kind::Array if self.form == Form::Text => json.replace('"', ""),
            _ => json,
        })
    }
}

fn in_paths(name: &str, message: String) -> PatternError {
    let path = if name.is_empty() { "InputPathsMap".to_string() } else { format!("InputPathsMap.{name}") };
    PatternError { line: 1, column: 1, path, message, hint: String::new() }
}

struct TemplateReader<'v> {
    variables: &'v BTreeMap<&'v str, InputPath>,
    pieces: Vec<Piece>,
    literal: String,
}

impl TemplateReader<'_> {
    fn finish_literal(&mut self) {
        if !self.literal.is_empty() {
            self.pieces.push(Piece::Literal(std::mem::take(&mut self.literal)));
        }
    }

    fn variable(&self, name: &str) -> Option<Variable> {
        Some(match name {
            "aws.events.rule-arn" => Variable::RuleArn,
            "aws.events.rule-name" => Variable::RuleName,
            "aws.events.event.ingestion-time" => Variable::IngestionTime,
            "aws.events.event" => Variable::EventWithoutDetail,
            "aws.events.event.json" => Variable::WholeEvent,
            other => Variable::Path(self.variables.get(other)?.clone()),
        })
    }
}

/// The name in `<name>` at the start of the text. Other angle brackets are ordinary text.
fn placeholder(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix('<')?.split_once('>')?;
    let allowed = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    (!name.is_empty() && name.chars().all(allowed)).then_some(name)
}

/// Whether a template can make what it should.
fn check_sample(sample: &str, form: Form) -> Result<(), (String, &'static str)> {
    let hint = tr!("write a string in quotes, `\"order <order>\"`, or JSON, `{\"order\": <order>}`");
    if form == Form::Text {
        let is_string = |line: &str| Document::parse(line).is_ok_and(|line| line.root().kind() == Kind::String);
        let whole = is_string(sample) || sample.lines().filter(|line| !line.trim().is_empty()).all(is_string);
        return if whole {
            Ok(())
        } else {
            Err((tr!("each line of a text must be one string in quotes").to_string(), hint))
        };
    }
    let document =
        Document::parse(sample).map_err(|error| (tr!("the template does not make JSON: {}", error.message), hint))?;
    if has_variable_key(document.root()) {
        return Err((tr!("a variable cannot be a key").to_string(), tr!("use it as a value")));
    }
    Ok(())
}

fn has_variable_key(value: Value<'_>) -> bool {
    value.members().any(|(key, value)| key.raw().contains('\u{FFFC}') || has_variable_key(value))
        || value.elements().any(has_variable_key)
}

impl Variable {
    /// Its value as JSON, if it has one.
    fn value(&self, event: &Event, reserved: &Reserved) -> Option<String> {
        match self {
            Variable::Path(path) => path.follow(event),
            Variable::RuleArn => Some(quote(&reserved.rule_arn)),
            Variable::RuleName => Some(quote(&reserved.rule_name)),
            Variable::IngestionTime => Some(quote(&reserved.ingestion_time)),
            Variable::WholeEvent => Some(compact(event.root())),
            Variable::EventWithoutDetail => {
                let members: Vec<String> = event
                    .root()
                    .members()
                    .filter(|(key, _)| key.string() != "detail")
                    .map(|(key, value)| format!("{}:{}", key.raw(), compact(value)))
                    .collect();
                Some(format!("{{{}}}", members.join(",")))
            }
        }
    }
}
