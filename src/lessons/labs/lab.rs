//! A lab as written. Whatever it says about the diagram it says by the names that people see: `Sales queue` is a node,
//! `Sales queue -> Sales` an edge. Conditions and quantities are those of [`crate::simulation::breakpoints`].

use super::act::Act;
use crate::diagram::Document;
use crate::lessons::guide;
use serde_json::{Map, Value, json};

/// The version of the format that this build writes, and the newest it reads.
pub const LAB_VERSION: i64 = 1;

/// A lab: a diagram, and steps that each show one thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Lab {
    /// Names it on the command line, in the address, and for kept progress: small letters, digits, `-`.
    pub id: String,
    pub title: String,
    /// One sentence, for lists.
    pub summary: String,
    /// About how long it takes.
    pub minutes: u32,
    /// The idea that it teaches, in one sentence.
    pub teaches: String,
    pub diagram: Diagram,
    /// What is done to the diagram before anything runs.
    pub prepare: Vec<Act>,
    pub seed: u64,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Diagram {
    /// A diagram of the guide, by its id.
    Guide(String),
    Document(Box<Document>),
}

impl Diagram {
    /// The document as it stands there; `None` where the guide has no such diagram.
    pub fn document(&self) -> Option<Document> {
        match self {
            Diagram::Guide(id) => guide::find(id).map(guide::GuideDiagram::document),
            Diagram::Document(document) => Some(document.as_ref().clone()),
        }
    }
}

/// A step is gone through in this order: its text is read, its question answered, something changed where that is allowed,
/// its run goes by itself up to the decisive moment, its goals are judged, and its reveal is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    pub title: String,
    /// Markdown.
    pub text: String,
    /// Nodes and edges to be pointed at.
    pub highlight: Vec<String>,
    /// Answered before the run goes on.
    pub question: Option<Question>,
    pub run: Option<Run>,
    /// What people may change in this step; nothing else.
    pub allow: Allow,
    pub goals: Vec<Goal>,
    /// Shown on request, one after another. Markdown.
    pub hints: Vec<String>,
    /// How the goals are reached. What changes the diagram is done before the run begins, everything else right after.
    pub solution: Vec<Act>,
    /// What to see in it, shown once the step's run has ended. Markdown; `{{p99 of Front end}}` stands for what was
    /// measured since the run began.
    pub reveal: String,
}

/// A prediction.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Markdown.
    pub ask: String,
    pub answer: Answers,
    /// What to say once the right answer is known. Markdown, measured as [`Step::reveal`] is.
    pub after: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Answers {
    /// One of these is right.
    Choice(Vec<Choice>),
    /// A number. `measure` is a quantity, measured when the run ends and counted from when it began, or a plain number.
    /// It is typed in `unit`: where the quantity is a span of time `ms`, `s` or `min`; otherwise the unit is only shown. An
    /// answer is right within `tolerance` of the right one, as a share of it.
    Number { measure: String, unit: String, tolerance: f64 },
    /// A node, to be picked on the diagram. `holds`, if not empty, is what makes it the right one.
    Node { node: String, holds: String },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Markdown.
    pub text: String,
    pub right: Right,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Right {
    Always(bool),
    /// If this condition holds when the run has ended, counted from when it began.
    If(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Whether time begins again at zero, with the diagram as it has become: the same requests arrive once more. Otherwise
    /// time goes on.
    pub anew: bool,
    /// Done when it begins.
    pub acts: Vec<Act>,
    /// Pauses as soon as this holds or happens, as [`crate::simulation::breakpoints::Condition::parse`] reads it; empty for
    /// nothing.
    pub until: String,
    /// Pauses after so many simulated microseconds at the latest.
    pub limit: u64,
    /// Simulated seconds per second.
    pub speed: f64,
}

/// What people may change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Allow {
    /// Everything, as in a diagram of one's own.
    pub anything: bool,
    /// `Sales queue.VisibilityTimeout`, `Sales queue -> Sales.BatchSize`, `Account.ConcurrentExecutions`.
    pub settings: Vec<String>,
    /// `Sales.outage`: this kind of fault, and healing.
    pub faults: Vec<String>,
    /// `redrive Sales dead letters`, `purge Sales queue`, `send Front end`, and `run Sales` for stopping, freezing and starting.
    pub acts: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    pub title: String,
    /// A condition.
    pub holds: String,
    pub judged: Judged,
    /// Whether it counts from the beginning of time instead of from when the step's run began.
    pub from_start: bool,
    /// A wrong way, with which it is not reached: shows that it can fail. Empty where doing nothing does so.
    pub wrong: Vec<Act>,
}

/// When a goal is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Judged {
    /// When the run ends.
    #[default]
    End,
    /// Reached as soon as it holds. A run of which all goals are like that ends when all of them hold.
    Once,
}

impl Lab {
    /// A lab with one empty step.
    pub fn new(id: impl Into<String>, title: impl Into<String>, diagram: Diagram) -> Lab {
        Lab {
            id: id.into(),
            title: title.into(),
            summary: String::new(),
            minutes: 5,
            teaches: String::new(),
            diagram,
            prepare: Vec::new(),
            seed: 1,
            steps: vec![Step { title: "Step 1".to_string(), ..Step::default() }],
        }
    }

    pub fn to_json(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("lab".to_string(), LAB_VERSION.into());
        for (name, text) in
            [("id", &self.id), ("title", &self.title), ("summary", &self.summary), ("teaches", &self.teaches)]
        {
            fields.insert(name.to_string(), text.as_str().into());
        }
        fields.insert("minutes".to_string(), self.minutes.into());
        let diagram = match &self.diagram {
            Diagram::Guide(id) => id.as_str().into(),
            Diagram::Document(document) => document.to_json(),
        };
        fields.insert("diagram".to_string(), diagram);
        put(&mut fields, "prepare", list(&self.prepare, Act::to_json));
        fields.insert("seed".to_string(), self.seed.into());
        fields.insert("steps".to_string(), list(&self.steps, Step::to_json));
        Value::Object(fields)
    }

    /// As text, indented so that two versions can be compared line by line.
    pub fn to_text(&self) -> String {
        format!("{:#}\n", self.to_json())
    }
}

fn list<T>(items: &[T], to_json: impl Fn(&T) -> Value) -> Value {
    items.iter().map(to_json).collect()
}

/// Writes what is not empty.
fn put(fields: &mut Map<String, Value>, name: &str, value: Value) {
    let empty = match &value {
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(on) => !on,
        Value::Null => true,
        Value::Number(_) => false,
    };
    if !empty {
        fields.insert(name.to_string(), value);
    }
}

impl Step {
    fn to_json(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("title".to_string(), self.title.as_str().into());
        put(&mut fields, "text", self.text.as_str().into());
        put(&mut fields, "highlight", self.highlight.as_slice().into());
        put(&mut fields, "question", self.question.as_ref().map_or(Value::Null, Question::to_json));
        put(&mut fields, "allow", self.allow.to_json());
        put(&mut fields, "run", self.run.as_ref().map_or(Value::Null, Run::to_json));
        put(&mut fields, "goals", list(&self.goals, Goal::to_json));
        put(&mut fields, "hints", self.hints.as_slice().into());
        put(&mut fields, "solution", list(&self.solution, Act::to_json));
        put(&mut fields, "reveal", self.reveal.as_str().into());
        Value::Object(fields)
    }
}

impl Question {
    fn to_json(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("ask".to_string(), self.ask.as_str().into());
        let (name, value) = match &self.answer {
            Answers::Choice(choices) => ("choice", list(choices, Choice::to_json)),
            Answers::Number { measure, unit, tolerance } => {
                let mut number = Map::new();
                number.insert("is".to_string(), measure.as_str().into());
                put(&mut number, "unit", unit.as_str().into());
                number.insert("tolerance".to_string(), (*tolerance).into());
                ("number", Value::Object(number))
            }
            Answers::Node { node, holds } => {
                let mut is = Map::new();
                is.insert("is".to_string(), node.as_str().into());
                put(&mut is, "if", holds.as_str().into());
                ("node", Value::Object(is))
            }
        };
        fields.insert(name.to_string(), value);
        put(&mut fields, "after", self.after.as_str().into());
        Value::Object(fields)
    }
}

impl Choice {
    fn to_json(&self) -> Value {
        match &self.right {
            Right::Always(false) => self.text.as_str().into(),
            Right::Always(true) => json!({ "text": self.text, "right": true }),
            Right::If(condition) => json!({ "text": self.text, "if": condition }),
        }
    }
}

impl Run {
    fn to_json(&self) -> Value {
        let mut fields = Map::new();
        put(&mut fields, "anew", self.anew.into());
        put(&mut fields, "do", list(&self.acts, Act::to_json));
        put(&mut fields, "until", self.until.as_str().into());
        fields.insert("limit".to_string(), super::read::span_text(self.limit).into());
        fields.insert("speed".to_string(), self.speed.into());
        Value::Object(fields)
    }
}

impl Allow {
    fn to_json(&self) -> Value {
        let mut fields = Map::new();
        put(&mut fields, "anything", self.anything.into());
        for (name, items) in [("settings", &self.settings), ("faults", &self.faults), ("acts", &self.acts)] {
            put(&mut fields, name, items.as_slice().into());
        }
        Value::Object(fields)
    }
}

impl Goal {
    fn to_json(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("title".to_string(), self.title.as_str().into());
        fields.insert("holds".to_string(), self.holds.as_str().into());
        put(&mut fields, "once", (self.judged == Judged::Once).into());
        put(&mut fields, "fromStart", self.from_start.into());
        put(&mut fields, "wrong", list(&self.wrong, Act::to_json));
        Value::Object(fields)
    }
}
