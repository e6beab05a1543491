//! Results as values of SCORM's run-time data model.
//!
//! After ADL's SCORM 1.2 Run-Time Environment (3.4, the data model) and SCORM 2004 4th Edition Run-Time Environment (4.2).
//! Points in time and how long a session took are the adapter's to add: here is no clock.

use super::results::{Goal, Interaction, Kind, Response, Results, decimal};
use serde_json::{Map, Value, json};

/// Elements of a record and their values, in the order in which they have to be set.
pub type Record = Vec<(&'static str, String)>;

/// What is to be set. Records are told apart by their `id`, which comes first.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// With their whole names.
    pub values: Record,
    /// Below `cmi.objectives.n`.
    pub objectives: Vec<Record>,
    /// Below `cmi.interactions.n`.
    pub interactions: Vec<Record>,
}

impl Model {
    /// For the adapter. Arrays keep the order, which matters: an interaction's type has to be known before its answer.
    pub fn to_json(&self) -> Value {
        let pairs = |record: &Record| record.iter().map(|(name, value)| json!([name, value])).collect::<Value>();
        let list = |records: &[Record]| records.iter().map(pairs).collect::<Value>();
        let mut fields = Map::new();
        fields.insert("values".to_string(), pairs(&self.values));
        fields.insert("objectives".to_string(), list(&self.objectives));
        fields.insert("interactions".to_string(), list(&self.interactions));
        Value::Object(fields)
    }
}

fn percent(score: f64) -> String {
    decimal((score * 10_000.0).round() / 100.0)
}

fn kind(interaction: &Interaction) -> &'static str {
    match interaction.kind {
        Kind::Choice(_) => "choice",
        Kind::Number { .. } => "numeric",
        Kind::Name => "fill-in",
    }
}

pub fn scorm12(results: &Results, suspended: &str, mastery: f64) -> Model {
    let status = match results.passed(mastery) {
        Some(true) => "passed",
        Some(false) => "failed",
        None => "incomplete",
    };
    let objective = |goal: &Goal| {
        let status = match goal.reached {
            Some(true) => "passed",
            Some(false) => "failed",
            None => "not attempted",
        };
        vec![("id", goal.id.clone()), ("status", status.to_string())]
    };
    let interaction = |it: &Interaction| {
        let mut record = vec![("id", it.id.clone()), ("type", kind(it).to_string())];
        if let Some(truth) = &it.truth {
            record.push(("correct_responses.0.pattern", truth.text()));
        }
        record.push(("student_response", it.given.text()));
        let result = match it.right {
            Some(true) => "correct",
            Some(false) => "wrong",
            None => "neutral",
        };
        record.push(("result", result.to_string()));
        record
    };
    Model {
        values: vec![
            ("cmi.core.lesson_status", status.to_string()),
            ("cmi.core.score.min", "0".to_string()),
            ("cmi.core.score.max", "100".to_string()),
            ("cmi.core.score.raw", percent(results.score)),
            ("cmi.core.lesson_location", results.step.to_string()),
            ("cmi.core.exit", if results.complete { "" } else { "suspend" }.to_string()),
            ("cmi.suspend_data", suspended.to_string()),
        ],
        objectives: results.goals.iter().map(objective).collect(),
        interactions: results.interactions.iter().map(interaction).collect(),
    }
}

pub fn scorm2004(results: &Results, suspended: &str, mastery: f64) -> Model {
    let completion = if results.complete { "completed" } else { "incomplete" };
    let success = match results.passed(mastery) {
        Some(true) => "passed",
        Some(false) => "failed",
        None => "unknown",
    };
    let objective = |goal: &Goal| {
        let (completion, success) = match goal.reached {
            Some(true) => ("completed", "passed"),
            Some(false) => ("completed", "failed"),
            None => ("not attempted", "unknown"),
        };
        vec![
            ("id", goal.id.clone()),
            ("success_status", success.to_string()),
            ("completion_status", completion.to_string()),
            ("description", goal.title.clone()),
        ]
    };
    let interaction = |it: &Interaction| {
        let mut record = vec![("id", it.id.clone()), ("type", kind(it).to_string())];
        if let Some(truth) = &it.truth {
            record.push(("correct_responses.0.pattern", pattern(truth, &it.kind)));
        }
        record.push(("learner_response", it.given.text()));
        let result = match it.right {
            Some(true) => "correct",
            Some(false) => "incorrect",
            None => "neutral",
        };
        record.push(("result", result.to_string()));
        record.push(("description", it.asked.clone()));
        record
    };
    let done = results.steps_done as f64 / results.steps.max(1) as f64;
    Model {
        values: vec![
            ("cmi.completion_status", completion.to_string()),
            ("cmi.success_status", success.to_string()),
            ("cmi.score.min", "0".to_string()),
            ("cmi.score.max", "100".to_string()),
            ("cmi.score.raw", percent(results.score)),
            ("cmi.score.scaled", decimal((results.score * 10_000.0).round() / 10_000.0)),
            ("cmi.progress_measure", decimal((done * 10_000.0).round() / 10_000.0)),
            ("cmi.location", results.step.to_string()),
            ("cmi.exit", if results.complete { "normal" } else { "suspend" }.to_string()),
            ("cmi.suspend_data", suspended.to_string()),
        ],
        objectives: results.goals.iter().map(objective).collect(),
        interactions: results.interactions.iter().map(interaction).collect(),
    }
}

/// What is right: for numbers the least and the most that are.
pub(super) fn pattern(truth: &Response, kind: &Kind) -> String {
    match (truth, kind) {
        (Response::Number(number), Kind::Number { tolerance }) => {
            let room = number.abs() * tolerance;
            format!("{}[:]{}", decimal(number - room), decimal(number + room))
        }
        _ => truth.text(),
    }
}
