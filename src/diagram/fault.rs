//! Faults: what can be made to go wrong with a node or an edge, by hand or at a time that the document says.

use super::distribution::Distribution;
use super::document::{EdgeKind, NodeKind};
use super::problem::Problem;
use super::reader::{Problems, Reader, kind_name};
use crate::language::translated;
use crate::small::short;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// What is wrong with a node or an edge. Nothing, by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fault {
    /// Nothing gets through, and whoever asks is told so at once; a function fails each time it runs.
    pub outage: bool,
    /// Requests and answers vanish; whoever waits learns nothing before their own timeout.
    pub partition: bool,
    /// The share of requests that fail, from 0 to 1.
    pub error_rate: f64,
    /// Added to everything that passes or is worked on.
    pub latency: Option<Distribution>,
    /// What the usual latency or duration is multiplied by.
    pub latency_factor: Option<f64>,
    /// At most this many requests a second; the others are throttled.
    pub throttle: Option<f64>,
    /// A relational database's writer fails over: once, for as long as the database says.
    pub failover: bool,
    /// No execution environment is reused: each invocation begins with a cold start.
    pub cold_starts: bool,
    /// This many of the next messages are marked: whatever function gets one of them, fails.
    pub poison: u32,
    /// The share of messages that arrive twice, from 0 to 1.
    pub duplicate_rate: f64,
    /// The share of answers that are lost although the work was done, from 0 to 1.
    pub lost_answer_rate: f64,
}

/// What is typed for a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultInput {
    /// On or off.
    Flag,
    /// 0 to 1; people type per cent.
    Share,
    /// A duration's distribution.
    Milliseconds,
    /// 1 leaves everything as it is.
    Factor,
    /// Requests a second.
    Rate,
    Count,
}

/// One thing that can go wrong, and with what.
#[derive(Debug)]
pub struct FaultKind {
    /// As written in documents.
    pub name: &'static str,
    pub label: &'static str,
    pub input: FaultInput,
    pub help: &'static str,
    nodes: &'static [NodeKind],
    edges: &'static [EdgeKind],
    /// Why it cannot happen to anything else.
    elsewhere: &'static str,
}

/// Everything that somebody can ask for something.
const SERVICES: &[NodeKind] = &[
    NodeKind::Gateway,
    NodeKind::Function,
    NodeKind::Queue,
    NodeKind::Topic,
    NodeKind::Bus,
    NodeKind::Rule,
    NodeKind::Database,
    NodeKind::Mailer,
    NodeKind::Endpoint,
];

/// Those that somebody waits for: a rule is part of its bus, which hears nothing from it.
const ANSWERING: &[NodeKind] = &[
    NodeKind::Gateway,
    NodeKind::Function,
    NodeKind::Queue,
    NodeKind::Topic,
    NodeKind::Bus,
    NodeKind::Database,
    NodeKind::Mailer,
    NodeKind::Endpoint,
];

/// Those whose messages a function may work on in the end.
const BEFORE_FUNCTIONS: &[NodeKind] =
    &[NodeKind::Gateway, NodeKind::Function, NodeKind::Queue, NodeKind::Topic, NodeKind::Bus, NodeKind::Rule];

/// Something travels on each kind of edge.
const WAYS: &[EdgeKind] = &EdgeKind::ALL;

/// [`WAYS`] on which an answer comes back.
const ANSWERED: &[EdgeKind] = &[
    EdgeKind::Request,
    EdgeKind::Integration,
    EdgeKind::Authorizer,
    EdgeKind::Call,
    EdgeKind::Send,
    EdgeKind::Publish,
    EdgeKind::PutEvents,
    EdgeKind::Subscription,
    EdgeKind::Target,
    EdgeKind::EventSourceMapping,
    EdgeKind::Redrive,
    EdgeKind::Query,
    EdgeKind::Email,
    EdgeKind::OnSuccess,
    EdgeKind::OnFailure,
    EdgeKind::DeadLetter,
];

/// [`WAYS`] that take time; a dead letter moves inside the service.
const SLOW_WAYS: &[EdgeKind] = &[
    EdgeKind::Request,
    EdgeKind::Integration,
    EdgeKind::Authorizer,
    EdgeKind::Call,
    EdgeKind::Send,
    EdgeKind::Publish,
    EdgeKind::PutEvents,
    EdgeKind::Subscription,
    EdgeKind::Rule,
    EdgeKind::Target,
    EdgeKind::EventSourceMapping,
    EdgeKind::Query,
    EdgeKind::Email,
    EdgeKind::OnSuccess,
    EdgeKind::OnFailure,
    EdgeKind::DeadLetter,
];

/// Of what is asked by nobody.
const NOT_ASKED: &str = phrase!("Nobody asks it for anything: put the fault on an edge or on what is asked.");

/// Every fault there is, and what it applies to. Reading, checking and the dialog all come from this.
pub const FAULT_KINDS: &[FaultKind] = &[
    FaultKind {
        name: "outage",
        label: phrase!("Outage"),
        input: FaultInput::Flag,
        help: phrase!("Nothing gets through, and whoever asks is told so at once. A function fails each time it runs."),
        nodes: SERVICES,
        edges: WAYS,
        elsewhere: NOT_ASKED,
    },
    FaultKind {
        name: "partition",
        label: phrase!("Partition"),
        input: FaultInput::Flag,
        help: phrase!("Requests and answers vanish on the way: whoever waits learns nothing before their own timeout."),
        nodes: &[],
        edges: ANSWERED,
        elsewhere: phrase!("It lies between two nodes, so put it on an edge; a rule is part of its bus."),
    },
    FaultKind {
        name: "errorRate",
        label: phrase!("Errors"),
        input: FaultInput::Share,
        help: phrase!("This share of the requests fails."),
        nodes: SERVICES,
        edges: WAYS,
        elsewhere: NOT_ASKED,
    },
    FaultKind {
        name: "latencyMillis",
        label: phrase!("Added latency"),
        input: FaultInput::Milliseconds,
        help: phrase!("Everything takes this much longer; a function for each record."),
        nodes: SERVICES,
        edges: WAYS,
        elsewhere: NOT_ASKED,
    },
    FaultKind {
        name: "latencyFactor",
        label: phrase!("Latency times"),
        input: FaultInput::Factor,
        help: phrase!(
            "Whatever it usually takes is multiplied by this; of what takes no time itself, the way there and back."
        ),
        nodes: SERVICES,
        edges: SLOW_WAYS,
        elsewhere: phrase!("There is no time that could be multiplied."),
    },
    FaultKind {
        name: "throttlePerSecond",
        label: phrase!("Throttle"),
        input: FaultInput::Rate,
        help: phrase!("More than this is answered 429. 0 lets nothing through."),
        nodes: SERVICES,
        edges: WAYS,
        elsewhere: NOT_ASKED,
    },
    FaultKind {
        name: "failover",
        label: phrase!("Failover"),
        input: FaultInput::Flag,
        help: phrase!(
            "The writer fails: statements are rolled back, connections are gone, and nobody gets one for `FailoverSeconds`. Then it works again by itself."
        ),
        nodes: &[NodeKind::Database],
        edges: &[],
        elsewhere: phrase!("Only a database has a writer that fails over."),
    },
    FaultKind {
        name: "coldStarts",
        label: phrase!("Cold-start storm"),
        input: FaultInput::Flag,
        help: phrase!("No environment is reused: each invocation begins with a cold start."),
        nodes: &[NodeKind::Function],
        edges: &[],
        elsewhere: phrase!("Only functions have execution environments."),
    },
    FaultKind {
        name: "poison",
        label: phrase!("Poison messages"),
        input: FaultInput::Count,
        help: phrase!("This many of the next messages that come here always fail the function that works on them."),
        nodes: BEFORE_FUNCTIONS,
        edges: WAYS,
        elsewhere: phrase!("Poison makes functions fail, and none works on what comes here."),
    },
    FaultKind {
        name: "duplicateRate",
        label: phrase!("Duplicates"),
        input: FaultInput::Share,
        help: phrase!(
            "This share of the messages arrives twice. A FIFO queue takes no duplicate, and gives nothing out that is in flight."
        ),
        nodes: SERVICES,
        edges: WAYS,
        elsewhere: NOT_ASKED,
    },
    FaultKind {
        name: "lostAnswerRate",
        label: phrase!("Lost answers"),
        input: FaultInput::Share,
        help: phrase!(
            "The work is done, but this share of the answers is lost: whoever waits times out, and may try again."
        ),
        nodes: ANSWERING,
        edges: ANSWERED,
        elsewhere: phrase!("Nobody waits for an answer from here."),
    },
];

/// What a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultTarget {
    Node(NodeKind),
    Edge(EdgeKind),
}

impl FaultKind {
    /// Why it happens only to what it happens to.
    pub fn elsewhere(&self) -> &'static str {
        translated(self.elsewhere)
    }

    pub fn applies_to(&self, target: FaultTarget) -> bool {
        match target {
            FaultTarget::Node(kind) => self.nodes.contains(&kind),
            FaultTarget::Edge(kind) => self.edges.contains(&kind),
        }
    }
}

impl Fault {
    pub fn is_none(&self) -> bool {
        *self == Fault::default()
    }

    /// Reads a fault on its own.
    pub fn parse(fields: &Map<String, Value>, target: Option<FaultTarget>) -> Result<Fault, Vec<Problem>> {
        let mut problems = Problems::default();
        let fault = Fault::read(fields, "", target, &mut problems);
        problems.into_result(fault)
    }

    /// Reads a fault for something of this kind; what does not apply to it is refused.
    fn read(fields: &Map<String, Value>, path: &str, target: Option<FaultTarget>, problems: &mut Problems) -> Fault {
        let mut reader = Reader::new(fields, path, problems);
        let mut fault = Fault {
            outage: reader.boolean("outage", false),
            partition: reader.boolean("partition", false),
            error_rate: reader.number("errorRate", 0.0, 0.0, 1.0, phrase!("(a share)")),
            failover: reader.boolean("failover", false),
            cold_starts: reader.boolean("coldStarts", false),
            poison: reader.integer("poison", 0, 0, 1_000, phrase!("messages")) as u32,
            duplicate_rate: reader.number("duplicateRate", 0.0, 0.0, 1.0, phrase!("(a share)")),
            lost_answer_rate: reader.number("lostAnswerRate", 0.0, 0.0, 1.0, phrase!("(a share)")),
            ..Fault::default()
        };
        if let Some(value) = reader.get("latencyMillis") {
            let path = reader.field_path("latencyMillis");
            fault.latency = Distribution::read(value, &path, reader.problems);
        }
        if fields.contains_key("latencyFactor") {
            fault.latency_factor = Some(reader.number("latencyFactor", 1.0, 0.0, 1_000.0, phrase!("times as long")));
        }
        if fields.contains_key("throttlePerSecond") {
            fault.throttle = Some(reader.number("throttlePerSecond", 0.0, 0.0, 1e6, phrase!("requests a second")));
        }
        reader.get("latencyFactor");
        reader.get("throttlePerSecond");
        reader.finish();
        if let Some(target) = target {
            problems.extend(fault.misfits(path, target));
        }
        fault
    }

    /// A problem for each thing in it that cannot happen to something of this kind.
    pub fn misfits(&self, path: &str, target: FaultTarget) -> Vec<Problem> {
        let written = self.to_json();
        let misfits = FAULT_KINDS.iter().filter(|kind| written.contains_key(kind.name) && !kind.applies_to(target));
        let applying = FAULT_KINDS.iter().filter(|kind| kind.applies_to(target)).map(|kind| kind.name);
        let known = applying.collect::<Vec<_>>().join(", ");
        misfits
            .map(|kind| {
                let path = if path.is_empty() { kind.name.to_string() } else { format!("{path}.{}", kind.name) };
                let message = match target {
                    FaultTarget::Node(node) => tr!(
                        "`{fault}` cannot happen to a {kind}. {reason}",
                        fault = kind.name,
                        kind = node.noun(),
                        reason = kind.elsewhere()
                    ),
                    FaultTarget::Edge(edge) => tr!(
                        "`{fault}` cannot happen to an edge of kind `{kind}`. {reason}",
                        fault = kind.name,
                        kind = edge.name(),
                        reason = kind.elsewhere()
                    ),
                };
                let hint = if known.is_empty() { String::new() } else { tr!("Use one of: {}.", known) };
                Problem::new(path, message).with_hint(hint)
            })
            .collect()
    }

    /// As written in documents: only what is wrong.
    pub fn to_json(&self) -> Map<String, Value> {
        let mut fields = Map::new();
        let mut put = |name: &str, value: Value, wrong: bool| {
            if wrong {
                fields.insert(name.to_string(), value);
            }
        };
        put("outage", self.outage.into(), self.outage);
        put("partition", self.partition.into(), self.partition);
        put("errorRate", self.error_rate.into(), self.error_rate > 0.0);
        if let Some(latency) = &self.latency {
            put("latencyMillis", latency.to_json(), true);
        }
        if let Some(factor) = self.latency_factor {
            put("latencyFactor", factor.into(), true);
        }
        if let Some(rate) = self.throttle {
            put("throttlePerSecond", rate.into(), true);
        }
        put("failover", self.failover.into(), self.failover);
        put("coldStarts", self.cold_starts.into(), self.cold_starts);
        put("poison", self.poison.into(), self.poison > 0);
        put("duplicateRate", self.duplicate_rate.into(), self.duplicate_rate > 0.0);
        put("lostAnswerRate", self.lost_answer_rate.into(), self.lost_answer_rate > 0.0);
        fields
    }

    /// In words: `outage`, `30 % errors, +500 ms`.
    pub fn describe(&self) -> String {
        let percent = |rate: f64| short(rate * 100.0, 1);
        let mut words = Vec::new();
        if self.outage {
            words.push(tr!("outage").to_string());
        }
        if self.partition {
            words.push(tr!("partition").to_string());
        }
        if self.error_rate > 0.0 {
            words.push(tr!("{} % errors", percent(self.error_rate)));
        }
        if let Some(latency) = &self.latency {
            words.push(format!("+{}", latency.describe()));
        }
        if let Some(factor) = self.latency_factor {
            words.push(tr!("{} times as slow", short(factor, 3)));
        }
        if let Some(rate) = self.throttle {
            words.push(tr!("throttled to {}/s", short(rate, 3)));
        }
        if self.failover {
            words.push(tr!("failover").to_string());
        }
        if self.cold_starts {
            words.push(tr!("cold-start storm").to_string());
        }
        if self.poison > 0 {
            words.push(tr!("the next {} messages are poison", self.poison));
        }
        if self.duplicate_rate > 0.0 {
            words.push(tr!("{} % duplicates", percent(self.duplicate_rate)));
        }
        if self.lost_answer_rate > 0.0 {
            words.push(tr!("{} % of the answers lost", percent(self.lost_answer_rate)));
        }
        if words.is_empty() { tr!("healthy").to_string() } else { words.join(", ") }
    }
}

/// A fault that begins, and perhaps ends, by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct ScheduledFault {
    /// Seconds of simulated time.
    pub at: f64,
    /// When it heals, in seconds of simulated time; without it somebody has to heal it.
    pub until: Option<f64>,
    /// The node or edge.
    pub target: Uuid,
    pub fault: Fault,
}

/// A year: more than anybody simulates.
const LONGEST: f64 = 366.0 * 86_400.0;

impl ScheduledFault {
    pub(super) fn read(value: &Value, path: &str, problems: &mut Problems) -> Option<ScheduledFault> {
        let Value::Object(fields) = value else {
            let message = tr!("A scheduled fault is an object; this is {}.", kind_name(value));
            problems.say(
                path,
                message,
                tr!(r#"Write {"at": 60, "until": 120, "target": "…", "fault": {"outage": true}}."#),
            );
            return None;
        };
        let mut reader = Reader::new(fields, path, problems);
        if !fields.contains_key("at") {
            reader.wrong("at", tr!("This field is missing; a number of seconds is needed here."), "");
        }
        let at = reader.number("at", 0.0, 0.0, LONGEST, phrase!("seconds"));
        let until =
            fields.contains_key("until").then(|| reader.number("until", LONGEST, 0.0, LONGEST, phrase!("seconds")));
        reader.get("until");
        if until.is_some_and(|until| until <= at) {
            reader.wrong("until", tr!("The fault ends before it begins."), tr!("`until` has to be later than `at`."));
        }
        let target = super::document::read_id(&mut reader, "target");
        let fault = reader.object("fault").cloned();
        if !fields.contains_key("fault") {
            reader.wrong(
                "fault",
                tr!("This field is missing; an object is needed here."),
                tr!("For example {\"outage\": true}."),
            );
        }
        reader.finish();
        let fault = Fault::read(&fault?, &format!("{path}.fault"), None, problems);
        Some(ScheduledFault { at, until, target: target?, fault })
    }

    pub fn to_json(&self) -> Value {
        let mut value =
            json!({ "at": self.at, "until": self.until, "target": self.target, "fault": self.fault.to_json() });
        if let (None, Value::Object(fields)) = (self.until, &mut value) {
            fields.shift_remove("until");
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_written_as_it_is_read_and_every_kind_of_fault_can_be_written() {
        let value = json!({
            "outage": true, "partition": true, "errorRate": 0.5, "latencyMillis": { "constant": 20.0 },
            "latencyFactor": 3.0, "throttlePerSecond": 5.0, "failover": true, "coldStarts": true, "poison": 2, "duplicateRate": 0.25,
            "lostAnswerRate": 0.125,
        });
        let mut problems = Problems::default();
        let fields = value.as_object().expect("an object");
        let fault = Fault::read(fields, "", None, &mut problems);
        assert_eq!(problems.into_list(), []);
        assert_eq!(&fault.to_json(), fields);
        assert!(FAULT_KINDS.iter().all(|kind| fields.contains_key(kind.name)));
        assert_eq!(FAULT_KINDS.len(), fields.len());
    }

    #[test]
    fn what_cannot_happen_to_something_is_refused_with_what_can() {
        let fault = Fault { cold_starts: true, ..Fault::default() };
        assert!(fault.misfits("", FaultTarget::Node(NodeKind::Function)).is_empty());
        let refused = fault.misfits("faults[0].fault", FaultTarget::Node(NodeKind::Queue));
        assert_eq!(refused[0].path, "faults[0].fault.coldStarts");
        assert!(refused[0].message.ends_with("Only functions have execution environments."));
        assert!(refused[0].hint.contains("outage"));
    }
}
