//! Adding, connecting and inserting, and turning one pattern into another.

use super::picker::{Choice, Question};
use super::{Hands, panel};
use crate::diagram::{Change, EdgeKind, NodeKind, Refusal, build, edge_kinds};
use crate::drawing::{NODE_WIDTH, Point};
use crate::language::translated;
use crate::ui::selection::Selection;
use leptos::prelude::*;
use uuid::Uuid;

/// How far from its source a node is placed that follows it.
const APART: f64 = 72.0;

fn try_change(hands: Hands, made: Result<Change, Refusal>, key: Option<&str>) -> bool {
    match made {
        Ok(change) => hands.perform(change, key),
        Err(refusal) => {
            hands.state.refuse(&format!("{} {}", refusal.reason, refusal.detour));
            false
        }
    }
}

fn all_kinds() -> impl Iterator<Item = NodeKind> {
    NodeKind::ALL.into_iter()
}

fn choice_of_kind(kind: NodeKind, act: impl Fn() + Send + Sync + 'static) -> Choice {
    Choice {
        detail: panel::words(kind).1.to_string(),
        kind: Some(kind),
        english: kind.stands_for().to_string(),
        ..Choice::new(panel::title(kind), act)
    }
}

pub fn ask_what_to_add(hands: Hands) {
    let wanted = hands.take_wanted_place();
    hands.ask(Question {
        title: tr!("Add a node").to_string(),
        placeholder: tr!("Which kind?"),
        choices: all_kinds()
            .map(|kind| {
                choice_of_kind(kind, move || match wanted {
                    Some(place) => hands.add_at(kind, hands.free_place(place)),
                    None => hands.add_in_sight(kind),
                })
            })
            .collect(),
        test: "add-picker",
    });
}

/// Connects two nodes; a refusal is said with the reason and the detour.
pub fn connect(hands: Hands, from: Uuid, to: Uuid, kind: Option<EdgeKind>) -> bool {
    let made = hands.build(|document, ids| build::connect(document, from, to, kind, ids));
    try_change(hands, made, None)
}

pub fn ask_target(hands: Hands) {
    if let Some(from) = hands.subject_node() {
        ask_target_of(hands, from);
    }
}

/// All that a node may be connected to, those that are there and new ones; what is refused says why.
pub fn ask_target_of(hands: Hands, from: Uuid) {
    let Some((name, kind)) = hands.read(|document| document.node(from).map(|node| (node.name.clone(), node.kind)))
    else {
        return;
    };
    let mut choices: Vec<Choice> = hands.read(|document| {
        build::connections(document, from)
            .into_iter()
            .filter_map(|(to, allowed)| {
                let node = document.node(to)?;
                let choice = Choice {
                    kind: Some(node.kind),
                    ..Choice::new(node.name.clone(), move || {
                        connect(hands, from, to, None);
                    })
                };
                Some(match allowed {
                    Ok(kind) => Choice {
                        detail: translated(kind.stands_for()).to_string(),
                        english: format!("{} {}", choice.label, kind.stands_for()),
                        ..choice
                    },
                    Err(refusal) => {
                        Choice { refused: Some(format!("{} {}", refusal.reason, refusal.detour)), ..choice }
                    }
                })
            })
            .collect()
    });
    choices.extend(all_kinds().filter(|new| !edge_kinds(kind, *new).is_empty()).map(|new| Choice {
        detail: panel::words(new).1.to_string(),
        kind: Some(new),
        english: format!("New {}", new.stands_for()),
        ..Choice::new(tr!("New {kind}", kind = panel::words(new).0), move || follow_with(hands, from, new, None))
    }));
    hands.ask(Question {
        title: tr!("Connect “{name}” to", name = name),
        placeholder: tr!("Which node?"),
        choices,
        test: "connect-picker",
    });
}

/// A connection was dropped onto the empty plane: what should stand there?
pub fn ask_what_follows(hands: Hands, from: Uuid, at: Point) {
    let Some((name, kind)) = hands.read(|document| document.node(from).map(|node| (node.name.clone(), node.kind)))
    else {
        return;
    };
    let choices: Vec<Choice> = all_kinds()
        .filter(|new| !edge_kinds(kind, *new).is_empty())
        .map(|new| choice_of_kind(new, move || follow_with(hands, from, new, Some(at))))
        .collect();
    if choices.is_empty() {
        hands.state.refuse(&tr!("Nothing goes out from “{name}”. Connect to it from another node.", name = name));
        return;
    }
    hands.ask(Question {
        title: tr!("What comes after “{name}”?", name = name),
        placeholder: tr!("Which kind?"),
        choices,
        test: "follow-picker",
    });
}

/// A new node, connected to `from`: one entry of the history.
fn follow_with(hands: Hands, from: Uuid, kind: NodeKind, at: Option<Point>) {
    let at = at.or_else(|| {
        let place = hands.drawing.layout.with_value(|layout| layout.place(from))?;
        Some(hands.free_place(Point { x: place.x + NODE_WIDTH + APART, y: place.y }))
    });
    let Some(at) = at else { return };
    let key = hands.new_key();
    let snap = super::place::snap;
    let change = hands.build(|document, ids| build::new_node(document, kind, (snap(at.x), snap(at.y)), ids));
    let Some(new) = change.added.first().copied() else { return };
    if hands.perform(change, Some(&key)) {
        let made = hands.build(|document, ids| build::connect(document, from, new, None, ids));
        try_change(hands, made, Some(&key));
        // The next key is about the node, not about its edge.
        hands.state.select(Some(Selection::Node(new)));
        hands.focus(Selection::Node(new));
        hands.keep_in_sight();
    }
}

/// One of the two ends of an edge.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    Source,
    Target,
}

/// Asks where the selected edge is to start or end instead.
pub fn ask_new_end(hands: Hands, end: End) {
    let Some(edge) = subject_edge(hands) else { return };
    let ends = hands.read(|document| document.edge(edge).map(|edge| (edge.from, edge.to)));
    let Some((from, to)) = ends else { return };
    let moved = move |node: Uuid| match end {
        End::Source => (node, to),
        End::Target => (from, node),
    };
    let change = move |node: Uuid| {
        let (from, to) = moved(node);
        hands.build(|document, ids| build::reconnect(document, edge, from, to, ids))
    };
    let nodes = hands.read(|document| {
        let nodes = document.nodes.iter().filter(|node| moved(node.id) != (from, to));
        nodes.map(|node| (node.id, node.name.clone())).collect::<Vec<_>>()
    });
    let choices = nodes.into_iter().map(|(id, name)| Choice {
        refused: change(id).err().map(|refusal| format!("{} {}", refusal.reason, refusal.detour)),
        ..Choice::new(name, move || {
            try_change(hands, change(id), None);
        })
    });
    hands.ask(Question {
        title: match end {
            End::Source => tr!("Let “{}” start from", hands.state.name_of(edge)),
            End::Target => tr!("Let “{}” end at", hands.state.name_of(edge)),
        },
        placeholder: tr!("Which node?"),
        choices: choices.collect(),
        test: "edge-end-picker",
    });
}

pub fn subject_edge(hands: Hands) -> Option<Uuid> {
    match hands.subject().single() {
        Some(Selection::Edge(id)) => Some(id),
        _ => None,
    }
}

fn insertion(hands: Hands, edge: Uuid, kind: NodeKind, at: Option<Point>) -> Result<Change, Refusal> {
    let snap = super::place::snap;
    hands.build(|document, ids| build::insert(document, edge, kind, at.map(|at| (snap(at.x), snap(at.y))), ids))
}

pub fn can_insert(hands: Hands, kind: NodeKind) -> bool {
    subject_edge(hands).is_some_and(|edge| insertion(hands, edge, kind, None).is_ok())
}

pub fn can_insert_any(hands: Hands) -> bool {
    all_kinds().any(|kind| can_insert(hands, kind))
}

/// Puts a new node into an edge.
pub fn insert_at(hands: Hands, edge: Uuid, kind: NodeKind, at: Option<Point>) {
    let made = insertion(hands, edge, kind, at);
    if try_change(hands, made, None) {
        hands.keep_in_sight();
    }
}

pub fn insert_between(hands: Hands, kind: NodeKind) {
    if let Some(edge) = subject_edge(hands) {
        insert_at(hands, edge, kind, None);
    }
}

pub fn ask_what_to_insert(hands: Hands) {
    let Some(edge) = subject_edge(hands) else { return };
    let choices = all_kinds()
        .map(|kind| {
            let refused = insertion(hands, edge, kind, None).err();
            Choice {
                refused: refused.map(|refusal| format!("{} {}", refusal.reason, refusal.detour)),
                ..choice_of_kind(kind, move || insert_at(hands, edge, kind, None))
            }
        })
        .collect();
    hands.ask(Question {
        title: tr!("Put between “{}”", hands.state.name_of(edge)),
        placeholder: tr!("Which kind?"),
        choices,
        test: "insert-picker",
    });
}

/// What else an edge could be.
fn other_kinds(hands: Hands, edge: Uuid) -> Vec<EdgeKind> {
    hands.read(|document| {
        let Some(edge) = document.edge(edge) else { return Vec::new() };
        let (Some(from), Some(to)) = (document.node(edge.from), document.node(edge.to)) else { return Vec::new() };
        edge_kinds(from.kind, to.kind).iter().copied().filter(|kind| *kind != edge.kind).collect()
    })
}

pub fn can_change_kind(hands: Hands) -> bool {
    subject_edge(hands).is_some_and(|edge| !other_kinds(hands, edge).is_empty())
}

pub fn ask_edge_kind(hands: Hands) {
    let Some(edge) = subject_edge(hands) else { return };
    let change = move |kind| hands.build(|document, ids| build::change_kind(document, edge, kind, ids));
    let choice = |kind: EdgeKind| Choice {
        refused: change(kind).err().map(|refusal| format!("{} {}", refusal.reason, refusal.detour)),
        english: kind.stands_for().to_string(),
        ..Choice::new(translated(kind.stands_for()), move || {
            try_change(hands, change(kind), None);
        })
    };
    hands.ask(Question {
        title: tr!("Make “{}” another kind of edge", hands.state.name_of(edge)),
        placeholder: tr!("Which kind?"),
        choices: other_kinds(hands, edge).into_iter().map(choice).collect(),
        test: "edge-kind-picker",
    });
}

/// Whether a node that is dropped onto an edge is put into it.
pub fn can_insert_loose(hands: Hands, edge: Uuid, node: Uuid) -> bool {
    hands.build(|document, ids| build::insert_loose(document, edge, node, ids).is_ok())
}

/// Puts a node that was dropped onto an edge into it; `key` makes it one step of the history with the way there.
pub fn insert_loose(hands: Hands, edge: Uuid, node: Uuid, key: &str) {
    let made = hands.build(|document, ids| build::insert_loose(document, edge, node, ids));
    if try_change(hands, made, Some(key)) {
        hands.state.select(Some(Selection::Node(node)));
    }
}

pub fn topic_to_bus(hands: Hands) {
    if let Some(topic) = hands.subject_node() {
        let made = hands.build(|document, ids| build::topic_to_bus(document, topic, ids));
        try_change(hands, made, None);
    }
}

pub fn bus_to_topic(hands: Hands) {
    if let Some(bus) = hands.subject_node() {
        let made = hands.build(|document, ids| build::bus_to_topic(document, bus, ids));
        try_change(hands, made, None);
    }
}
