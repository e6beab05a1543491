//! What is wrong or risky in a design: one file for each rule, all of the same shape.
//!
//! ```
//! use eventyard::diagram::{Document, Ids, NodeKind, build, problems};
//!
//! let mut document = Document::new("Mine");
//! let mut ids = Ids::new(1);
//! for kind in [NodeKind::Queue, NodeKind::Function] {
//!     document.apply(build::new_node(&document, kind, (0.0, 0.0), &mut ids).edit).unwrap();
//! }
//! let (queue, function) = (document.nodes[0].id, document.nodes[1].id);
//! document.apply(build::connect(&document, queue, function, None, &mut ids).unwrap().edit).unwrap();
//! let findings = problems::find(&document);
//! let finding = findings.iter().find(|finding| finding.rule == "no-dead-letter-queue").unwrap();
//! assert_eq!(finding.target, Some(queue));
//! // A fix is a change like any other: it can be undone.
//! document.apply(finding.fix.clone().unwrap().edit).unwrap();
//! assert!(problems::find(&document).iter().all(|finding| finding.rule != "no-dead-letter-queue"));
//! ```
//!
//! A document that does not validate has only its errors as findings: the other rules look at a checked plan.

mod asynchronous;
mod batches;
mod dead_letters;
mod duplicates;
mod filters;
mod imports;
mod known;
mod listeners;
mod loops;
mod patterns;
mod reach;
mod timeouts;
mod visibility;

use super::document::{Document, EdgeKind, NodeKind};
use super::edit::{Change, Edit};
use super::plan::NodeSettings;
use super::plan::{EdgeIndex, NodeIndex, Plan, check};
use super::problem::Problem;
use super::settings::{EdgeSettings, FunctionSettings, MappingSettings, QueueSettings};
use crate::language::decimal;
use crate::language::translated;
use serde_json::Value;
use uuid::Uuid;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It cannot run, or does not do what it is there for.
    Error,
    /// It runs, and goes wrong sooner or later.
    Warning,
    /// It could be better.
    Hint,
}

/// Something that is wrong or risky.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The rule's id, which does not change between versions.
    pub rule: &'static str,
    pub severity: Severity,
    /// The node or edge that it is about; `None` for the whole diagram.
    pub target: Option<Uuid>,
    /// The setting that it is about, as documented.
    pub setting: Option<String>,
    /// What is so, as a sentence.
    pub message: String,
    /// Why that matters, or what to do about it.
    pub why: String,
    /// What mends it, where that is safe.
    pub fix: Option<Change>,
}

/// A rule of design.
pub struct Rule {
    pub id: &'static str,
    pub severity: Severity,
    pub why: &'static str,
    /// Where that can be read.
    pub source: &'static str,
    find: fn(&Design<'_>) -> Vec<Found>,
}

/// Every rule, the gravest first.
pub const RULES: &[Rule] = &[
    visibility::SHORTER_THAN_TIMEOUT,
    filters::NOTHING_PASSES,
    filters::CRITERIA,
    imports::NO_ACCESS,
    patterns::NOTHING_SENT,
    patterns::OUTSIDE_OF_EVENTS,
    listeners::NO_SUBSCRIBER,
    listeners::NO_RULE,
    listeners::NO_TARGET,
    loops::LOOP,
    timeouts::BEHIND_GATEWAY,
    timeouts::CLIENT_GIVES_UP,
    timeouts::CALLER_GIVES_UP,
    batches::TOO_SLOW,
    dead_letters::NONE,
    dead_letters::RETENTION,
    asynchronous::NO_DESTINATION,
    visibility::LESS_THAN_SIX_TIMES,
    dead_letters::RECEIVES,
    timeouts::OWN_TIMEOUT,
    batches::WHOLE_BATCH,
    batches::STARVES_OTHERS,
    duplicates::NOT_IDEMPOTENT,
    listeners::ENVELOPE,
    reach::UNREACHABLE,
    patterns::STEP_NEVER_RUNS,
    imports::GUESSED,
];

/// What a rule found, before it is put together with what the rule says.
struct Found {
    target: Uuid,
    setting: Option<&'static str>,
    message: String,
    fix: Option<Change>,
}

impl Found {
    fn new(target: Uuid, message: String) -> Found {
        Found { target, setting: None, message, fix: None }
    }

    fn about(self, setting: &'static str) -> Found {
        Found { setting: Some(setting), ..self }
    }

    /// Setting `setting` of the target to `value` mends it.
    fn set(self, design: &Design<'_>, target: Uuid, setting: &'static str, value: Value) -> Found {
        let edit = Edit::set(design.document, target, setting, value);
        Found { setting: Some(setting), fix: Some(Change::of(edit, design.document)), ..self }
    }
}

/// Everything that is wrong or risky in a document, the gravest first.
pub fn find(document: &Document) -> Vec<Finding> {
    let plan = match check(document) {
        Ok(plan) => plan,
        Err(problems) => return problems.into_iter().map(|problem| invalid(document, problem)).collect(),
    };
    let design = Design { document, plan: &plan };
    let mut findings: Vec<Finding> = Vec::new();
    for rule in RULES {
        findings.extend((rule.find)(&design).into_iter().map(|found| Finding {
            rule: rule.id,
            severity: rule.severity,
            target: Some(found.target),
            setting: found.setting.map(str::to_string),
            message: found.message,
            why: translated(rule.why).to_string(),
            fix: found.fix,
        }));
    }
    findings.sort_by_key(|finding| finding.severity);
    findings
}

/// What does not validate, with the place that its path names: `nodes[2].settings.VisibilityTimeout`.
fn invalid(document: &Document, problem: Problem) -> Finding {
    let place = |list: &str| -> Option<usize> {
        problem.path.strip_prefix(list)?.strip_prefix('[')?.split(']').next()?.parse().ok()
    };
    let node = place("nodes").and_then(|place| document.nodes.get(place)).map(|node| node.id);
    let edge = place("edges").and_then(|place| document.edges.get(place)).map(|edge| edge.id);
    let setting = problem.path.split_once(".settings.").and_then(|(_, rest)| rest.split(['.', '[']).next());
    let target = node.or(edge);
    let fix = target
        .zip(setting)
        .map(|(target, setting)| Change::of(Edit::set(document, target, setting, Value::Null), document));
    Finding {
        rule: "invalid",
        severity: Severity::Error,
        target,
        setting: setting.map(str::to_string),
        message: problem.message,
        why: problem.hint,
        fix,
    }
}

/// What rules look at.
struct Design<'a> {
    document: &'a Document,
    plan: &'a Plan,
}

impl<'a> Design<'a> {
    fn name(&self, node: NodeIndex) -> &'a str {
        &self.plan.node(node).name
    }

    fn nodes(&self, kind: NodeKind) -> impl Iterator<Item = NodeIndex> + use<'a> {
        let plan = self.plan;
        plan.node_indices().filter(move |node| plan.node(*node).kind == kind)
    }

    fn edges(&self, kind: EdgeKind) -> impl Iterator<Item = EdgeIndex> + use<'a> {
        let plan = self.plan;
        plan.edge_indices().filter(move |edge| plan.edge(*edge).kind == kind)
    }

    fn functions(&self) -> impl Iterator<Item = (NodeIndex, &'a FunctionSettings)> + use<'a> {
        let plan = self.plan;
        self.nodes(NodeKind::Function).filter_map(move |node| Some((node, function(plan, node)?)))
    }

    /// Event source mappings with their queue and function.
    fn mappings(&self) -> impl Iterator<Item = Polled<'a>> + use<'a> {
        let plan = self.plan;
        self.edges(EdgeKind::EventSourceMapping).filter_map(move |edge| {
            let planned = plan.edge(edge);
            let EdgeSettings::Mapping(settings) = &planned.settings else { return None };
            let (queue, function_node) = (planned.from, planned.to);
            let NodeSettings::Queue(queue_settings) = &plan.node(queue).settings else { return None };
            let function = function(plan, function_node)?;
            Some(Polled { edge: planned.id, queue, queue_settings, function_node, function, settings })
        })
    }

    /// Whether some edge of these kinds begins at a node.
    fn has_outgoing(&self, node: NodeIndex, kinds: &[EdgeKind]) -> bool {
        self.plan.node(node).outgoing.iter().any(|edge| kinds.contains(&self.plan.edge(*edge).kind))
    }

    fn has_incoming(&self, node: NodeIndex, kinds: &[EdgeKind]) -> bool {
        self.plan.node(node).incoming.iter().any(|edge| kinds.contains(&self.plan.edge(*edge).kind))
    }
}

fn function(plan: &Plan, node: NodeIndex) -> Option<&FunctionSettings> {
    match &plan.node(node).settings {
        NodeSettings::Function(settings) => Some(settings),
        _ => None,
    }
}

/// A queue that a function polls.
struct Polled<'a> {
    edge: Uuid,
    queue: NodeIndex,
    queue_settings: &'a QueueSettings,
    function_node: NodeIndex,
    function: &'a FunctionSettings,
    settings: &'a MappingSettings,
}

/// Microseconds in a second.
const SECOND: u64 = 1_000_000;

/// Microseconds as people read them.
fn span(microseconds: u64) -> String {
    if microseconds < SECOND {
        format!("{} ms", microseconds / 1_000)
    } else if microseconds.is_multiple_of(SECOND) {
        format!("{} s", microseconds / SECOND)
    } else {
        format!("{} s", decimal(microseconds as f64 / SECOND as f64, 1))
    }
}
