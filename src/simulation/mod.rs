//! A diagram brought to life: commands in, journal and figures out.

mod command;
mod view;

pub use command::Command;
pub use view::*;

use crate::diagram::{Document, EdgeIndex, NodeIndex, Plan, Problem, check};
use crate::kernel::Time;
use crate::services::{Activity, Fault, Journal, PayloadId, Record, Serial, Trace};
use uuid::Uuid;

/// How far [`Simulation::run_until`] came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Whether simulated time got there within the budget.
    pub reached: bool,
    /// How many events were handled.
    pub events: u64,
}

/// A running diagram.
#[derive(Clone)]
pub struct Simulation {
    document: Document,
    plan: Plan,
    journal: Journal,
    healthy: Fault,
}

impl Simulation {
    /// Builds a simulation; the same document, seed and commands always give the same journal.
    pub fn new(document: &Document, seed: u64) -> Result<Simulation, Vec<Problem>> {
        let _ = seed;
        let plan = check(document)?;
        Ok(Simulation { document: document.clone(), plan, journal: Journal::default(), healthy: Fault::default() })
    }

    /// The document with every change made so far.
    pub fn document(&self) -> &Document {
        &self.document
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    pub fn now(&self) -> Time {
        Time::ZERO
    }

    /// When the next event is due.
    pub fn next_time(&self) -> Option<Time> {
        None
    }

    /// Runs until simulated time `until`, or until `budget` events have been handled.
    pub fn run_until(&mut self, until: Time, budget: u64) -> Progress {
        let _ = (until, budget);
        Progress { reached: true, events: 0 }
    }

    /// Runs until at least one record more is in the journal. False where nothing is left to happen.
    pub fn step(&mut self) -> bool {
        false
    }

    /// Carries out a command at the current simulated time, or says what is wrong with it and changes nothing.
    pub fn apply(&mut self, command: Command) -> Result<(), Vec<Problem>> {
        let _ = command;
        Ok(())
    }

    /// Moves a node on the drawing. The simulation does not notice.
    pub fn move_node(&mut self, id: Uuid, x: f64, y: f64) {
        if let Some(node) = self.document.node_mut(id) {
            (node.x, node.y) = (x, y);
        }
    }

    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    pub fn activity(&self, node: NodeIndex) -> Activity {
        let _ = node;
        Activity::Running
    }

    pub fn node_fault(&self, node: NodeIndex) -> &Fault {
        let _ = node;
        &self.healthy
    }

    pub fn edge_fault(&self, edge: EdgeIndex) -> &Fault {
        let _ = edge;
        &self.healthy
    }

    pub fn glance(&self, node: NodeIndex) -> Glance {
        let _ = node;
        Glance::Mailer { sent: 0 }
    }

    pub fn view(&self, node: NodeIndex) -> NodeView {
        let _ = node;
        NodeView::Endpoint(EndpointView { requests: 0, failures: 0 })
    }

    pub fn headline(&self) -> Headline {
        Headline::default()
    }

    /// A record in words, as the log shows it.
    pub fn describe(&self, record: &Record) -> String {
        let _ = record;
        String::new()
    }

    /// The request id that people see for a trace.
    pub fn request_id(&self, trace: Trace) -> String {
        let _ = trace;
        String::new()
    }

    /// A payload as a message of this trace carries it, indented.
    pub fn payload_text(&self, payload: PayloadId, trace: Trace) -> String {
        let _ = (payload, trace);
        String::new()
    }

    /// Everything the journal still knows of one message, oldest first.
    pub fn message_records(&self, message: Serial) -> Vec<Record> {
        let _ = message;
        Vec::new()
    }
}
