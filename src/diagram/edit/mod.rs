//! Edits: everything that people do to a document, each with its exact inverse.
//!
//! ```
//! use eventyard::diagram::{Change, Document, Edit, History, Ids, NodeKind, build};
//!
//! let mut document = Document::new("Mine");
//! let mut history = History::default();
//! let mut ids = Ids::new(42);
//! // Builders (`diagram::build`) look at a document and give a `Change`: an edit, its label, and notes for people.
//! let change = build::new_node(&document, NodeKind::Queue, (120.0, 80.0), &mut ids);
//! let queue = change.added[0];
//! // `History` carries it out through whatever holds the document: here the document itself, in the app
//! // `|edit| simulation.edit(edit)`.
//! history.perform(change, None, |edit| document.apply(edit)).unwrap();
//! // A key joins steps: typing in one field, or one drag, is one entry.
//! let change = Change::of(Edit::set(&document, queue, "VisibilityTimeout", 10.into()), &document);
//! assert_eq!(change.label, "Set VisibilityTimeout of Queue to 10");
//! history.perform(change, Some("typing"), |edit| document.apply(edit)).unwrap();
//! history.undo(|edit| document.apply(edit)).unwrap();
//! history.undo(|edit| document.apply(edit)).unwrap();
//! assert!(document.nodes.is_empty());
//! ```
//!
//! Invariant: `document.apply(document.apply(edit)?)` gives back the document byte for byte, and an edit that is refused
//! changes nothing. Only what cannot be done at all is refused here (an unknown id, a dangling edge); whether the result
//! can be simulated is for [`super::check`] to say.

mod history;
mod label;
pub(super) mod references;

pub use history::{Applied, History};

use super::document::{ACCOUNT, Document, Edge, MAXIMUM_EDGES, MAXIMUM_NODES, Node};
use super::fault::ScheduledFault;
use super::problem::Problem;
use super::settings;
use serde_json::{Map, Value};
use uuid::Uuid;

/// As a place in a list: behind all others.
pub const AT_END: usize = usize::MAX;

/// Something that is done to a document. Places say where in the document's lists something stands, so that an inverse
/// puts it back exactly; places beyond the end mean the end.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    AddNode {
        node: Node,
        place: usize,
    },
    /// Its edges go with it, and so does every reference to it in the settings of others; `alone`, as when an addition
    /// is taken back, nothing else goes. See [`super::build::remove`].
    RemoveNode {
        id: Uuid,
        alone: bool,
    },
    AddEdge {
        edge: Edge,
        place: usize,
    },
    /// Handler steps that need the edge go with it, unless it goes `alone`.
    RemoveEdge {
        id: Uuid,
        alone: bool,
    },
    Rename {
        node: Uuid,
        name: String,
    },
    /// Moves nodes to these places.
    Move(Vec<(Uuid, f64, f64)>),
    /// Writes a setting of a node or edge; `None` takes it out, so that the default holds. `place` counts only where the
    /// setting was not written before. See [`Edit::set`].
    Set {
        target: Uuid,
        setting: String,
        value: Option<Value>,
        place: usize,
    },
    /// Connects other nodes with this edge.
    SetEnds {
        edge: Uuid,
        from: Uuid,
        to: Uuid,
    },
    /// Writes a field of the document itself, such as its name; `None` takes it out.
    SetField {
        field: String,
        value: Option<Value>,
    },
    /// A whole node as written, in place of the one with its id.
    ReplaceNode(Box<Node>),
    /// A whole edge as written, in place of the one with its id.
    ReplaceEdge(Box<Edge>),
    /// Another document.
    Replace(Box<Document>),
    /// One after the other; all of them or none.
    Many(Vec<Edit>),
}

/// An edit that is ready to be carried out, and what to tell people about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// In words, for the history: "Move Sales queue".
    pub label: String,
    pub edit: Edit,
    /// What needs attention afterwards, as sentences.
    pub notes: Vec<String>,
    /// The nodes and edges that it adds, in the order in which they were asked for: to be selected afterwards.
    pub added: Vec<Uuid>,
}

impl Change {
    /// An edit as it is; the label follows from what it does.
    pub fn of(edit: Edit, document: &Document) -> Change {
        Change { label: edit.label(document), edit, notes: Vec::new(), added: Vec::new() }
    }

    pub fn labelled(label: impl Into<String>, edit: Edit) -> Change {
        Change { label: label.into(), edit, notes: Vec::new(), added: Vec::new() }
    }
}

impl Edit {
    /// Sets a setting. A value that is the default anyway is taken out of the document instead; null means the default.
    pub fn set(document: &Document, target: Uuid, setting: &str, value: Value) -> Edit {
        let field = settings::field(settings::fields_of(document, target), setting);
        let default = value.is_null() || field.is_some_and(|field| field.kind.default_value() == value);
        Edit::Set { target, setting: setting.to_string(), value: (!default).then_some(value), place: AT_END }
    }

    /// Writes the whole schedule of faults.
    pub fn schedule(faults: &[ScheduledFault]) -> Edit {
        let list: Vec<Value> = faults.iter().map(ScheduledFault::to_json).collect();
        Edit::SetField { field: "faults".to_string(), value: (!list.is_empty()).then_some(list.into()) }
    }

    /// Writes what the document says about prices; see [`super::Prices`].
    pub fn prices(prices: Map<String, Value>) -> Edit {
        let value = (!prices.is_empty()).then_some(Value::Object(prices));
        Edit::SetField { field: "prices".to_string(), value }
    }

    /// Puts a node behind all others.
    pub fn add_node(node: Node) -> Edit {
        Edit::AddNode { node, place: AT_END }
    }

    /// Puts an edge behind all others.
    pub fn add_edge(edge: Edge) -> Edit {
        Edit::AddEdge { edge, place: AT_END }
    }

    /// Whether it only moves nodes: a running simulation does not notice.
    pub fn only_moves(&self) -> bool {
        match self {
            Edit::Move(_) => true,
            Edit::Many(edits) => edits.iter().all(Edit::only_moves),
            _ => false,
        }
    }

    /// Whether undoing `self`, the inverse of an earlier edit, also undoes the later edit of which `later` is the
    /// inverse: both are about the same thing.
    fn covers(&self, later: &Edit) -> bool {
        match (self, later) {
            (Edit::Move(mine), Edit::Move(theirs)) => {
                theirs.iter().all(|(id, ..)| mine.iter().any(|(known, ..)| known == id))
            }
            (Edit::Set { target, setting, .. }, Edit::Set { target: other, setting: name, .. }) => {
                target == other && setting == name
            }
            (Edit::Rename { node, .. }, Edit::Rename { node: other, .. }) => node == other,
            (Edit::SetField { field, .. }, Edit::SetField { field: other, .. }) => field == other,
            (Edit::ReplaceNode(node), Edit::ReplaceNode(other)) => node.id == other.id,
            (Edit::ReplaceEdge(edge), Edit::ReplaceEdge(other)) => edge.id == other.id,
            (Edit::Replace(_), _) => true,
            _ => false,
        }
    }
}

impl Document {
    /// Carries out an edit and gives its inverse, or says why it cannot be done and changes nothing.
    pub fn apply(&mut self, edit: Edit) -> Result<Edit, Vec<Problem>> {
        match edit {
            Edit::AddNode { node, place } => self.add_node(node, place),
            Edit::RemoveNode { id, alone } => self.remove_node(id, alone),
            Edit::AddEdge { edge, place } => self.add_edge(edge, place),
            Edit::RemoveEdge { id, alone } => self.remove_edge(id, alone),
            Edit::Rename { node, name } => {
                let written = self.node_mut(node).ok_or_else(|| unknown(node))?;
                Ok(Edit::Rename { node, name: std::mem::replace(&mut written.name, name) })
            }
            Edit::Move(places) => self.move_nodes(places),
            Edit::Set { target, setting, value, place } => {
                let settings = self.settings_mut(target)?;
                let (value, place) = set(settings, &setting, value, place);
                Ok(Edit::Set { target, setting, value, place })
            }
            Edit::SetEnds { edge, from, to } => {
                for end in [from, to] {
                    self.node(end).ok_or_else(|| unknown(end))?;
                }
                let written = self.edge_mut(edge).ok_or_else(|| unknown(edge))?;
                let (from, to) = (std::mem::replace(&mut written.from, from), std::mem::replace(&mut written.to, to));
                Ok(Edit::SetEnds { edge, from, to })
            }
            Edit::SetField { field, value } => self.set_field(field, value),
            Edit::ReplaceNode(mut node) => {
                check_place(node.x, node.y)?;
                let written = self.node_mut(node.id).ok_or_else(|| unknown(node.id))?;
                std::mem::swap(written, &mut node);
                Ok(Edit::ReplaceNode(node))
            }
            Edit::ReplaceEdge(mut edge) => {
                for end in [edge.from, edge.to] {
                    self.node(end).ok_or_else(|| unknown(end))?;
                }
                let written = self.edge_mut(edge.id).ok_or_else(|| unknown(edge.id))?;
                std::mem::swap(written, &mut edge);
                Ok(Edit::ReplaceEdge(edge))
            }
            Edit::Replace(mut document) => {
                std::mem::swap(self, &mut document);
                Ok(Edit::Replace(document))
            }
            Edit::Many(edits) => self.apply_all(edits),
        }
    }

    /// Carries out edits one after the other. If one is refused, those before it are taken back.
    fn apply_all(&mut self, edits: Vec<Edit>) -> Result<Edit, Vec<Problem>> {
        let mut inverses = Vec::with_capacity(edits.len());
        for edit in edits {
            match self.apply(edit) {
                Ok(inverse) => inverses.push(inverse),
                Err(problems) => {
                    for inverse in inverses.into_iter().rev() {
                        // An inverse fits the document that its edit left behind, and this is that document.
                        let taken_back = self.apply(inverse);
                        debug_assert!(taken_back.is_ok());
                    }
                    return Err(problems);
                }
            }
        }
        inverses.reverse();
        Ok(Edit::Many(inverses))
    }

    fn add_node(&mut self, node: Node, place: usize) -> Result<Edit, Vec<Problem>> {
        self.check_new(node.id)?;
        check_place(node.x, node.y)?;
        if self.nodes.len() >= MAXIMUM_NODES {
            return Err(refuse("nodes", tr!("There are as many nodes as can be simulated.")));
        }
        let id = node.id;
        self.nodes.insert(place.min(self.nodes.len()), node);
        Ok(Edit::RemoveNode { id, alone: true })
    }

    fn remove_node(&mut self, id: Uuid, alone: bool) -> Result<Edit, Vec<Problem>> {
        let place = self.nodes.iter().position(|node| node.id == id).ok_or_else(|| unknown(id))?;
        if alone {
            return Ok(Edit::AddNode { node: self.nodes.remove(place), place });
        }
        let edges = self
            .edges
            .iter()
            .filter(|edge| edge.from == id || edge.to == id)
            .map(|edge| Edit::RemoveEdge { id: edge.id, alone: false })
            .collect();
        let edges = self.apply_all(edges)?;
        let references = self.apply_all(references::forget_node(self, id))?;
        let node = Edit::AddNode { node: self.nodes.remove(place), place };
        Ok(Edit::Many(vec![node, references, edges]))
    }

    fn add_edge(&mut self, edge: Edge, place: usize) -> Result<Edit, Vec<Problem>> {
        self.check_new(edge.id)?;
        for end in [edge.from, edge.to] {
            self.node(end).ok_or_else(|| unknown(end))?;
        }
        if self.edges.len() >= MAXIMUM_EDGES {
            return Err(refuse("edges", tr!("There are as many edges as can be simulated.")));
        }
        let id = edge.id;
        self.edges.insert(place.min(self.edges.len()), edge);
        Ok(Edit::RemoveEdge { id, alone: true })
    }

    fn remove_edge(&mut self, id: Uuid, alone: bool) -> Result<Edit, Vec<Problem>> {
        let place = self.edges.iter().position(|edge| edge.id == id).ok_or_else(|| unknown(id))?;
        let references = if alone { Vec::new() } else { references::forget_edge(self, &self.edges[place]) };
        if references.is_empty() {
            return Ok(Edit::AddEdge { edge: self.edges.remove(place), place });
        }
        let references = self.apply_all(references)?;
        let edge = Edit::AddEdge { edge: self.edges.remove(place), place };
        Ok(Edit::Many(vec![edge, references]))
    }

    fn move_nodes(&mut self, mut places: Vec<(Uuid, f64, f64)>) -> Result<Edit, Vec<Problem>> {
        for (position, (id, x, y)) in places.iter().enumerate() {
            self.node(*id).ok_or_else(|| unknown(*id))?;
            check_place(*x, *y)?;
            if places[..position].iter().any(|(known, ..)| known == id) {
                return Err(refuse("nodes", tr!("A node cannot be moved to two places at the same time.")));
            }
        }
        for (id, x, y) in &mut places {
            if let Some(node) = self.node_mut(*id) {
                std::mem::swap(&mut node.x, x);
                std::mem::swap(&mut node.y, y);
            }
        }
        Ok(Edit::Move(places))
    }

    fn set_field(&mut self, field: String, value: Option<Value>) -> Result<Edit, Vec<Problem>> {
        if matches!(field.as_str(), "version" | "nodes" | "edges") {
            return Err(refuse(&field, tr!("This field is not changed by itself.")));
        }
        let mut written = self.to_json();
        let Value::Object(fields) = &mut written else { return Err(refuse(&field, tr!("There is no such field."))) };
        let before = match value {
            Some(value) => fields.insert(field.clone(), value),
            None => fields.shift_remove(&field),
        };
        *self = Document::read(&written)?;
        Ok(Edit::SetField { field, value: before })
    }

    /// What a node, an edge or the account says about its settings.
    fn settings_mut(&mut self, target: Uuid) -> Result<&mut Map<String, Value>, Vec<Problem>> {
        if let Some(position) = self.nodes.iter().position(|node| node.id == target) {
            return Ok(&mut self.nodes[position].settings);
        }
        match self.edges.iter_mut().find(|edge| edge.id == target) {
            Some(edge) => Ok(&mut edge.settings),
            None if target == ACCOUNT => Ok(&mut self.account),
            None => Err(unknown(target)),
        }
    }

    fn check_new(&self, id: Uuid) -> Result<(), Vec<Problem>> {
        if self.node(id).is_some() || self.edge(id).is_some() {
            return Err(refuse("id", tr!("The id {id} is in use.", id = id)));
        }
        Ok(())
    }
}

/// Writes a setting, or takes it out. Gives what was there before and where.
fn set(settings: &mut Map<String, Value>, name: &str, value: Option<Value>, place: usize) -> (Option<Value>, usize) {
    let known = settings.keys().position(|key| key == name);
    match (value, known) {
        (Some(value), Some(known)) => (settings.insert(name.to_string(), value), known),
        (Some(value), None) => {
            settings.shift_insert(place.min(settings.len()), name.to_string(), value);
            (None, AT_END)
        }
        (None, Some(known)) => (settings.shift_remove(name), known),
        (None, None) => (None, AT_END),
    }
}

/// As far as documents may place a node: see [`Document::read`].
const FARTHEST: f64 = 1e6;

fn check_place(x: f64, y: f64) -> Result<(), Vec<Problem>> {
    if x.abs() <= FARTHEST && y.abs() <= FARTHEST { Ok(()) } else { Err(refuse("x", tr!("This is too far away."))) }
}

fn unknown(id: Uuid) -> Vec<Problem> {
    refuse("id", tr!("There is nothing with the id {id}.", id = id))
}

fn refuse(path: &str, message: impl Into<String>) -> Vec<Problem> {
    vec![Problem::new(path, message)]
}
