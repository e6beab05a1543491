//! What designs are put through, the same for all: how long, which faults, whose requests are measured.

use crate::diagram::{
    Document, Edit, FAULT_KINDS, Fault, FaultInput, FaultKind, NodeKind, Problem, ScheduledFault, check,
};
use crate::kernel::SECOND;
use crate::simulation::{Command, Done, LATE_AFTER};
use serde_json::{Map, Value};
use uuid::Uuid;

/// A diagram that takes part in a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// What tables call it.
    pub name: String,
    pub document: Document,
    /// What is done while it runs: a branch of a run is the run's beginning and everything that was done to it.
    pub commands: Vec<Done>,
}

impl Design {
    pub fn new(name: String, document: Document) -> Design {
        Design { name, document, commands: Vec::new() }
    }

    /// A design that is called what its document is called.
    pub fn of(document: Document) -> Design {
        Design::new(document.name.clone(), document)
    }

    /// A run with everything that was done to it, at the same moments; with another seed something else may have happened
    /// by then.
    pub fn branch(name: String, beginning: &Document, commands: &[Done]) -> Design {
        let commands = commands.iter().map(|done| Done { events: None, ..done.clone() });
        Design { name, document: beginning.clone(), commands: commands.collect() }
    }

    /// The document that it has come to in the end. What was done to the run otherwise, such as stopping a node, is no part
    /// of a document.
    pub fn edited(&self) -> Document {
        let mut document = self.document.clone();
        for done in &self.commands {
            let edit = match &done.command {
                Command::Edit(edit) => edit.clone(),
                Command::Set { target, setting, value } => Edit::set(&document, *target, setting, value.clone()),
                _ => continue,
            };
            // It was possible in the run.
            let _ = document.apply(edit);
        }
        document
    }
}

/// A fault by the name of what it strikes, so that it can happen to several designs.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedFault {
    /// A node's name, or `from -> to` for an edge.
    pub target: String,
    /// Seconds of simulated time.
    pub at: f64,
    pub until: Option<f64>,
    pub fault: Fault,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Conditions {
    /// Simulated microseconds.
    pub span: u64,
    pub faults: Vec<NamedFault>,
    /// The name of the client whose requests are measured; `None` for all clients.
    pub client: Option<String>,
    /// Whether all designs get the arrivals and payloads of the first one's clients; further fields of their own payloads
    /// stay.
    pub same_traffic: bool,
    /// What counts as late in the ledger, in microseconds after the request.
    pub late: u64,
}

impl Default for Conditions {
    fn default() -> Self {
        Conditions { span: 300 * SECOND, faults: Vec::new(), client: None, same_traffic: true, late: LATE_AFTER }
    }
}

impl Conditions {
    /// The designs' documents under these conditions: clients of the same name draw from the same random stream, and the
    /// faults are scheduled.
    pub fn prepare(&self, designs: &[Design]) -> Result<Vec<Document>, Vec<Problem>> {
        let mut documents = Vec::new();
        for design in designs {
            let mut document = design.document.clone();
            if let Some(first) = documents.first() {
                self.align(&mut document, first);
            }
            let prepared = self.schedule(&mut document).and_then(|()| check(&document).map(|_| ()));
            prepared.map_err(|problems| within(&design.name, problems))?;
            documents.push(document);
        }
        Ok(documents)
    }

    /// Gives clients the ids of the first design's clients: of the one with the same name, or of the only one.
    fn align(&self, document: &mut Document, first: &Document) {
        let clients = |document: &Document| -> Vec<(Uuid, String)> {
            let clients = document.nodes.iter().filter(|node| node.kind == NodeKind::Client);
            clients.map(|node| (node.id, node.name.clone())).collect()
        };
        let (ours, theirs) = (clients(document), clients(first));
        for (id, name) in &ours {
            let alone = (ours.len(), theirs.len()) == (1, 1);
            let Some((other, _)) = theirs.iter().find(|(_, other)| alone || other == name) else { continue };
            *document = document.with_swapped_ids(*id, *other);
            let (Some(traffic), Some(node)) = (first.node(*other), document.node_mut(*other)) else { continue };
            if self.same_traffic {
                take_over_traffic(&mut node.settings, &traffic.settings);
            }
        }
    }

    fn schedule(&self, document: &mut Document) -> Result<(), Vec<Problem>> {
        let mut problems = Vec::new();
        for fault in &self.faults {
            match find(document, &fault.target) {
                Some(target) => document.faults.push(ScheduledFault {
                    at: fault.at,
                    until: fault.until,
                    target,
                    fault: fault.fault.clone(),
                }),
                None => problems.push(
                    Problem::new("fault", tr!("There is no node or edge “{}”.", fault.target))
                        .with_hint(tr!("Use a node's name, or `from -> to` for an edge.")),
                ),
            }
        }
        if let Some(name) = &self.client
            && !document.nodes.iter().any(|node| node.kind == NodeKind::Client && node.name == *name)
        {
            problems.push(Problem::new("client", tr!("There is no client “{name}”.", name = name)));
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }
}

/// Gives a client the arrivals and payloads of another one. What a payload has besides stays: a design may need more of
/// the same payment than another.
fn take_over_traffic(settings: &mut Map<String, Value>, first: &Map<String, Value>) {
    match first.get("Arrivals") {
        Some(arrivals) => settings.insert("Arrivals".to_string(), arrivals.clone()),
        None => settings.shift_remove("Arrivals"),
    };
    let list = |settings: &Map<String, Value>| settings.get("Payloads").and_then(Value::as_array).cloned();
    let (Some(theirs), own) = (list(first), list(settings).unwrap_or_default()) else { return };
    let merged = theirs.into_iter().enumerate().map(|(place, payload)| match (own.get(place), payload) {
        (Some(Value::Object(own)), Value::Object(fields)) => {
            Value::Object(own.clone().into_iter().chain(fields).collect())
        }
        (_, payload) => payload,
    });
    let merged: Value = merged.collect();
    settings.insert("Payloads".to_string(), merged);
}

/// The node of this name, or the edge between two of these names.
pub fn find(document: &Document, name: &str) -> Option<Uuid> {
    let node = |name: &str| {
        let exactly = document.nodes.iter().find(|node| node.name == name);
        exactly.or_else(|| document.nodes.iter().find(|node| node.name.eq_ignore_ascii_case(name)))
    };
    if let Some(node) = node(name) {
        return Some(node.id);
    }
    let (from, to) = name.split_once("->")?;
    let (from, to) = (node(from.trim())?.id, node(to.trim())?.id);
    document.edges.iter().find(|edge| (edge.from, edge.to) == (from, to)).map(|edge| edge.id)
}

/// Problems of one design among several.
fn within(name: &str, problems: Vec<Problem>) -> Vec<Problem> {
    let place = |problem: Problem| {
        let path = if problem.path.is_empty() { name.to_string() } else { format!("{name}: {}", problem.path) };
        Problem { path, ..problem }
    };
    problems.into_iter().map(place).collect()
}

impl NamedFault {
    /// Reads `Sales:outage@60s..660s`, `Sales:latencyMillis=500@1m`, `Customer -> Sales queue:errorRate=0.1`.
    pub fn parse(text: &str) -> Result<NamedFault, String> {
        let form = "write NAME:FAULT[=VALUE][@FROM[..UNTIL]], such as Sales:outage@60s..120s";
        let (target, rest) = text.rsplit_once(':').ok_or_else(|| format!("`{text}` names no fault; {form}"))?;
        let (what, when) = rest.split_once('@').unwrap_or((rest, "0s"));
        let (name, value) = what.split_once('=').map_or((what, None), |(name, value)| (name, Some(value)));
        let kind = FAULT_KINDS.iter().find(|kind| kind.name == name).ok_or_else(|| {
            let known: Vec<&str> = FAULT_KINDS.iter().map(|kind| kind.name).collect();
            format!("`{name}` is not a fault; use one of {}", known.join(", "))
        })?;
        let fault = read_fault(kind, value)?;
        let (from, until) = when.split_once("..").map_or((when, None), |(from, until)| (from, Some(until)));
        let seconds = |text: &str| Ok::<f64, String>(parse_span(text)? as f64 / SECOND as f64);
        let until = until.filter(|text| !text.is_empty()).map(seconds).transpose()?;
        Ok(NamedFault { target: target.trim().to_string(), at: seconds(from)?, until, fault })
    }

    /// In words: `Sales: outage, from 60 s to 120 s`.
    pub fn describe(&self) -> String {
        let (target, fault, from) = (&self.target, self.fault.describe(), self.at);
        match self.until {
            Some(until) => tr!(
                "{target}: {fault}, from {from} s to {until} s",
                target = target,
                fault = fault,
                from = from,
                until = until
            ),
            None => tr!("{target}: {fault}, from {from} s on", target = target, fault = fault, from = from),
        }
    }
}

fn read_fault(kind: &FaultKind, value: Option<&str>) -> Result<Fault, String> {
    let value: Value = match (value, kind.input) {
        (None, FaultInput::Flag) => true.into(),
        (None, _) => return Err(format!("`{}` needs a value: {}=…", kind.name, kind.name)),
        (Some(text), _) => serde_json::from_str(text).map_err(|_| format!("`{text}` is not a value"))?,
    };
    let fields: Map<String, Value> = [(kind.name.to_string(), value)].into_iter().collect();
    Fault::parse(&fields, None).map_err(|problems| problems[0].to_string())
}

/// `500ms`, `60s`, `10m` or `2h` as microseconds.
pub fn parse_span(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let number: f64 =
        digits.parse().map_err(|_| format!("`{text}` is not a span of time; write 60s, 500ms, 10m or 2h"))?;
    let unit = match &text[digits.len()..] {
        "ms" => 1e3,
        "" | "s" => 1e6,
        "m" => 60e6,
        "h" => 3_600e6,
        other => return Err(format!("`{other}` is not a unit of time; use ms, s, m or h")),
    };
    let microseconds = number * unit;
    if (0.0..=1e15).contains(&microseconds) {
        Ok(microseconds as u64)
    } else {
        Err(format!("`{text}` is out of range"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_in_four_units() {
        assert_eq!(parse_span("500ms"), Ok(500_000));
        assert_eq!(parse_span("60s"), Ok(60_000_000));
        assert_eq!(parse_span("2"), Ok(2_000_000));
        assert_eq!(parse_span("10m"), Ok(600_000_000));
        assert_eq!(parse_span("1.5h"), Ok(5_400_000_000));
        assert!(parse_span("soon").is_err() && parse_span("3 days").is_err() && parse_span("-1s").is_err());
    }

    #[test]
    fn faults_are_read_by_name() {
        let fault = NamedFault::parse("Sales:outage@60s..11m").expect("a fault");
        assert_eq!((fault.target.as_str(), fault.at, fault.until), ("Sales", 60.0, Some(660.0)));
        assert!(fault.fault.outage);
        let slow = NamedFault::parse("A -> B:latencyMillis=500").expect("a fault");
        assert_eq!((slow.target.as_str(), slow.at, slow.until), ("A -> B", 0.0, None));
        for wrong in ["Sales", "Sales:tired", "Sales:errorRate", "Sales:errorRate=2", "Sales:outage@soon", "A:outage=["]
        {
            assert!(NamedFault::parse(wrong).is_err(), "{wrong}");
        }
    }
}
