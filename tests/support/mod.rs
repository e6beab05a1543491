//! Builds small diagrams for tests, so that each test shows only what it is about.
#![allow(dead_code, reason = "each test binary uses its own part of this")]

pub mod dressed;
pub mod fifo;
pub mod random;

use eventyard::diagram::{Document, Edge, EdgeKind, Node, NodeKind, edge_kinds, list_problems};
use eventyard::kernel::{SECOND, Time};
use eventyard::simulation::Simulation;
use serde_json::{Map, Value, json};
use uuid::Uuid;

#[derive(Default)]
pub struct Builder {
    document: Option<Document>,
    count: u128,
}

impl Builder {
    pub fn new() -> Self {
        Builder { document: Some(Document::new("test")), count: 0 }
    }

    fn id(&mut self) -> Uuid {
        self.count += 1;
        Uuid::from_u128(0x1000_0000_0000_4000_8000_0000_0000_0000 + self.count)
    }

    fn document(&mut self) -> &mut Document {
        self.document.as_mut().expect("not built yet")
    }

    pub fn node(&mut self, kind: NodeKind, name: &str, settings: Value) -> Uuid {
        let id = self.id();
        let settings = settings.as_object().cloned().unwrap_or_default();
        let x = 200.0 * self.document().nodes.len() as f64;
        self.document().nodes.push(Node { id, kind, name: name.to_string(), x, y: 0.0, settings });
        id
    }

    /// An edge of the usual kind between two nodes.
    #[track_caller]
    pub fn edge(&mut self, from: Uuid, to: Uuid, settings: Value) -> Uuid {
        let document = self.document();
        let kind_of = |id| document.node(id).expect("a node of this diagram").kind;
        let kind = *edge_kinds(kind_of(from), kind_of(to)).first().expect("an allowed connection");
        self.edge_of(kind, from, to, settings)
    }

    pub fn edge_of(&mut self, kind: EdgeKind, from: Uuid, to: Uuid, settings: Value) -> Uuid {
        let id = self.id();
        let settings = settings.as_object().cloned().unwrap_or_else(Map::new);
        self.document().edges.push(Edge { id, kind, from, to, settings });
        id
    }

    pub fn set(&mut self, node: Uuid, name: &str, value: Value) {
        self.document().node_mut(node).expect("a node of this diagram").settings.insert(name.to_string(), value);
    }

    pub fn build(mut self) -> Document {
        self.document.take().expect("built once")
    }
}

/// No latency anywhere, for tests about queues' theory and exact times.
pub fn instant() -> Value {
    json!({ "Latency": 0 })
}

#[track_caller]
pub fn simulate(document: &Document, seed: u64) -> Simulation {
    Simulation::new(document, seed).unwrap_or_else(|problems| panic!("{}", list_problems(&problems)))
}

pub fn run_for(simulation: &mut Simulation, seconds: u64) {
    let until = simulation.now() + seconds * SECOND;
    simulation.run_until(until, u64::MAX);
    assert_eq!(simulation.now(), until);
}

pub fn run_to(simulation: &mut Simulation, time: Time) {
    simulation.run_until(time, u64::MAX);
}

/// A figure of a node's report.
#[track_caller]
pub fn figure(simulation: &Simulation, node: Uuid, name: &str) -> f64 {
    let index = simulation.plan().find_node(node).expect("a node of this diagram");
    simulation.figures(index)[name].as_f64().unwrap_or_else(|| panic!("no figure `{name}`"))
}

/// Checks the books: whatever was created has ended or is held by somebody, once.
#[track_caller]
pub fn check_conservation(simulation: &Simulation) {
    let held = simulation.census().unwrap_or_else(|lost| panic!("{lost}"));
    assert_eq!(held, simulation.in_progress());
}
