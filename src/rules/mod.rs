//! The event-pattern language and filter policies.
#[derive(Clone, Debug)]
pub struct Event;
#[derive(Clone, Debug)]
pub struct SyntaxError;
#[derive(Clone, Debug)]
pub struct PatternError {
    pub line: u32,
    pub column: u32,
    pub path: String,
    pub message: String,
    pub hint: String,
}
#[derive(Clone, Debug)]
pub struct Pattern;
impl Event {
    pub fn parse(_: &str) -> Result<Event, SyntaxError> {
        Ok(Event)
    }
}
impl Pattern {
    pub fn parse(_: &str) -> Result<Pattern, PatternError> {
        Ok(Pattern)
    }
    pub fn matches(&self, _: &Event) -> bool {
        true
    }
}
#[derive(Clone, Debug, Default)]
pub struct Matcher {
    ids: Vec<u32>,
}
impl Matcher {
    pub fn new() -> Self {
        Matcher::default()
    }
    pub fn insert(&mut self, id: u32, _: &Pattern) {
        self.ids.push(id)
    }
    pub fn remove(&mut self, _: u32) {}
    pub fn matches(&self, _: &Event, out: &mut Vec<u32>) {
        out.extend(&self.ids)
    }
}
#[derive(Clone, Copy, Debug)]
pub enum Scope {
    MessageAttributes,
    MessageBody,
}
#[derive(Clone, Debug, Default)]
pub struct Attributes {
    pub list: Vec<(String, Attribute)>,
}
#[derive(Clone, Debug)]
pub struct Attribute {
    pub data_type: String,
    pub value: String,
}
#[derive(Clone, Debug)]
pub struct FilterPolicy;
impl FilterPolicy {
    pub fn parse(_: &str, _: Scope) -> Result<Self, PatternError> {
        Ok(FilterPolicy)
    }
    pub fn matches(&self, _: &Attributes, _: &str) -> bool {
        true
    }
}
#[derive(Clone, Debug)]
pub struct InputPath;
impl InputPath {
    pub fn parse(_: &str) -> Result<Self, PatternError> {
        Ok(InputPath)
    }
    pub fn apply(&self, _: &Event) -> Option<String> {
        None
    }
}
#[derive(Clone, Debug)]
pub struct InputTransformer;
pub struct Reserved {
    pub rule_arn: String,
    pub rule_name: String,
    pub ingestion_time: String,
}
impl InputTransformer {
    pub fn parse(_: &[(String, String)], _: &str) -> Result<Self, PatternError> {
        Ok(InputTransformer)
    }
    pub fn apply(&self, _: &Event, text: &str, _: &Reserved) -> String {
        text.to_string()
    }
}

impl Attributes {
    pub fn insert(&mut self, _: &str, _: &str, _: &str) {}
}
