//! What a function's code does, as steps people can read and edit.

pub(in crate::diagram) mod read;

pub(in crate::diagram) use read::edge_kind_of_step;

use super::distribution::Distribution;
use super::send_options::SendOptions;
use super::template::Template;
use crate::rules::Pattern;
use serde_json::Value;
use uuid::Uuid;

/// The function's code: steps one after the other.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Handler {
    pub steps: Vec<Step>,
}

impl Handler {
    /// Every step, those inside of others too.
    pub fn all_steps(&self) -> Vec<&Step> {
        let mut all = Vec::new();
        let mut open: Vec<&Step> = self.steps.iter().rev().collect();
        while let Some(step) = open.pop() {
            all.push(step);
            open.extend(step.inner().into_iter().flatten().rev());
        }
        all
    }
}

impl Step {
    /// The lists of steps inside of this one.
    pub fn inner(&self) -> Vec<&Vec<Step>> {
        let mut lists: Vec<&Vec<Step>> = match &self.action {
            Action::Parallel { branches } => branches.iter().collect(),
            Action::If { then, otherwise } => vec![then, otherwise],
            Action::Idempotency { steps, .. } | Action::Relay { steps, .. } => vec![steps],
            _ => Vec::new(),
        };
        if let OnError::Steps(steps) = &self.on_error {
            lists.push(steps);
        }
        lists
    }
}

/// One step: what it does, when, and what happens when that does not work.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub action: Action,
    /// `None` where it is always done.
    pub condition: Option<Condition>,
    /// How long the code waits for the answer, in microseconds.
    pub timeout: u64,
    /// How often it tries again after a failure.
    pub retries: u32,
    /// Before the first retry, in microseconds; doubles each time, with full jitter.
    pub backoff: u64,
    pub breaker: Option<Breaker>,
    pub on_error: OnError,
}

/// What must hold for a step to be done, in the language of event patterns.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// About the message being worked on.
    pub message: Option<Pattern>,
    /// About what the previous step returned.
    pub result: Option<Pattern>,
}

/// A circuit breaker around one call: after this many failures in a row the code does not call for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breaker {
    pub failures: u32,
    /// Microseconds.
    pub open: u64,
}

/// What the code does when a step has failed for good.
#[derive(Clone, Debug, PartialEq)]
pub enum OnError {
    /// The invocation fails.
    Fail,
    /// The code catches the error and goes on.
    Continue,
    /// It goes on with this as the step's result.
    Fallback(Template),
    /// It goes on with these steps instead.
    Steps(Vec<Step>),
}

/// What a step does. `to` is the node that it needs an edge to.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The code's own work; `failure_rate` of the runs throw. With `cpu_bound` the duration is that on one whole
    /// processor, and takes longer with less memory.
    Work { duration: Distribution, failure_rate: f64, cpu_bound: bool },
    /// An HTTP call to a gateway or endpoint, or the invocation of a function. `asynchronous` applies to functions.
    /// `headers` is what a gateway may ask for, such as x-api-key.
    Call { to: Uuid, method: String, path: String, payload: Template, headers: Value, asynchronous: bool },
    /// SendMessage.
    Send { to: Uuid, payload: Template, attributes: Vec<(String, String, Template)>, options: SendOptions },
    /// SendMessageBatch: `entries` makes a list of up to ten, as API_SendMessageBatch writes them. Its result names those
    /// that failed.
    SendBatch { to: Uuid, entries: Template },
    /// Publish.
    Publish { to: Uuid, payload: Template, attributes: Vec<(String, String, Template)>, options: SendOptions },
    /// PublishBatch: `entries` makes a list of up to ten, as API_PublishBatch writes them. Its result names those that
    /// failed.
    PublishBatch { to: Uuid, entries: Template },
    /// PutEvents with several entries, as API_PutEvents writes them. Its result names those that failed.
    PutEntries { to: Uuid, entries: Template },
    /// PutEvents with one entry.
    PutEvents { to: Uuid, source: String, detail_type: String, detail: Template },
    /// Writes a row under a business key. With `idempotent`, a row with that key is written once; without, a message
    /// worked on twice leaves two rows. `event` goes into the database's outbox in the same transaction.
    Write { to: Uuid, table: String, key: Template, row: Template, idempotent: bool, event: Option<Template> },
    /// Reads the row with this key; its result is the row, or `otherwise` where there is none.
    Read { to: Uuid, table: String, key: Template, otherwise: Value },
    /// Sends an e-mail.
    Email { to: Uuid, recipient: Template, subject: Template, body: Template },
    /// What the function returns. Behind a gateway a proxy integration needs `statusCode`.
    Respond { payload: Template },
    /// Throws an error in this share of the runs; `crash`: the whole process exits.
    Throw { error: String, message: String, probability: f64, crash: bool },
    /// Lists of steps that run at the same time. If one fails, all do.
    Parallel { branches: Vec<Vec<Step>> },
    /// One list of steps where the condition holds, another where it does not.
    If { then: Vec<Step>, otherwise: Vec<Step> },
    /// Does the steps once for each key, and remembers that in a database: a record that they are in progress, until
    /// the invocation's time is up, then one that they are done, for `expires` microseconds. What finds them done skips
    /// them; what finds them in progress fails; when they fail, the record is removed.
    Idempotency { to: Uuid, table: String, key: Template, expires: u64, steps: Vec<Step> },
    /// Takes up to `maximum` events out of a database's outbox, one after the other, and does the steps for each, with
    /// the event as the message; then the event is deleted.
    Relay { to: Uuid, maximum: u32, steps: Vec<Step> },
}

impl Action {
    /// As written in documents.
    pub fn name(&self) -> &'static str {
        match self {
            Action::Work { .. } => "work",
            Action::Call { .. } => "call",
            Action::Send { .. } => "send",
            Action::SendBatch { .. } => "sendBatch",
            Action::Publish { .. } => "publish",
            Action::PublishBatch { .. } => "publishBatch",
            Action::PutEvents { .. } | Action::PutEntries { .. } => "putEvents",
            Action::Write { .. } => "write",
            Action::Read { .. } => "read",
            Action::Email { .. } => "email",
            Action::Respond { .. } => "respond",
            Action::Throw { .. } => "throw",
            Action::Parallel { .. } => "parallel",
            Action::If { .. } => "if",
            Action::Idempotency { .. } => "idempotency",
            Action::Relay { .. } => "relay",
        }
    }
}
