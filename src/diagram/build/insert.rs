//! Putting a node into the middle of an edge: a queue between two functions, say.

use super::connect::{carry_over, connect, fill_in};
use super::handler::uses_result;
use super::node::{first_name, make, unique_name};
use super::{Draft, find, name, refused};
use crate::diagram::connections::{Refusal, edge_kinds, refusal};
use crate::diagram::document::{Document, EdgeKind, NodeKind};
use crate::diagram::edit::{Change, Edit};
use crate::diagram::ids::Ids;
use uuid::Uuid;

/// Puts a queue into the middle of an edge.
pub fn queue_between(document: &Document, edge: Uuid, ids: &mut Ids) -> Result<Change, Refusal> {
    insert(document, edge, NodeKind::Queue, None, ids)
}

/// Puts a node that nothing is connected to, where it stands, into the middle of an edge.
pub fn insert_loose(document: &Document, edge: Uuid, node: Uuid, ids: &mut Ids) -> Result<Change, Refusal> {
    let loose = find(document, node)?;
    if document.edges.iter().any(|edge| edge.from == node || edge.to == node) {
        let reason = tr!("“{}” is connected already.", loose.name);
        return Err(refused(reason, tr!("Drop a node that nothing is connected to, or remove its edges first.")));
    }
    let mut draft = Draft::new(document);
    join(&mut draft, edge, node, ids)?;
    Ok(draft.into_change(between(document, edge, &loose.name)))
}

/// Puts a new node of this kind into the middle of an edge, or at `at`. What went to the edge's end goes to the new node,
/// which is connected to that end; handler steps follow.
pub fn insert(
    document: &Document,
    edge: Uuid,
    kind: NodeKind,
    at: Option<(f64, f64)>,
    ids: &mut Ids,
) -> Result<Change, Refusal> {
    let old =
        document.edge(edge).ok_or_else(|| refused(tr!("It is not there any longer."), tr!("Choose another edge.")))?;
    let (from, to) = (find(document, old.from)?, find(document, old.to)?);
    if let Some(refusal) = refusal(from.kind, kind).or_else(|| refusal(kind, to.kind)) {
        return Err(refusal);
    }
    let at = at.unwrap_or(((from.x + to.x) / 2.0, (from.y + to.y) / 2.0));
    // A queue in front of Sales is the Sales queue.
    let wanted = match kind {
        NodeKind::Queue | NodeKind::Topic if to.kind == NodeKind::Function => format!("{} {}", to.name, kind.name()),
        NodeKind::Rule => format!("{} rule", to.name),
        _ => first_name(kind).to_string(),
    };
    let mut draft = Draft::new(document);
    let node = make(document, kind, unique_name(document, &wanted), at, ids);
    let new = node.id;
    draft.added.push(new);
    draft.add(Edit::add_node(node));
    join(&mut draft, edge, new, ids)?;
    let label = between(document, edge, name(&draft.document, new));
    Ok(draft.into_change(label))
}

fn between(document: &Document, edge: Uuid, new: &str) -> String {
    let ends = document.edge(edge).map(|edge| (name(document, edge.from), name(document, edge.to)));
    let (from, to) = ends.unwrap_or_default();
    tr!("Put {new} between {from} and {to}", new = new, from = from, to = to)
}

/// Leads an edge through a node that is there already.
fn join(draft: &mut Draft, edge: Uuid, new: Uuid, ids: &mut Ids) -> Result<(), Refusal> {
    let gone = || refused(tr!("It is not there any longer."), tr!("Choose another edge."));
    let old = draft.document.edge(edge).cloned().ok_or_else(gone)?;
    let (from, to) = (find(&draft.document, old.from)?.clone(), find(&draft.document, old.to)?.clone());
    let kind = find(&draft.document, new)?.kind;
    if let Some(refusal) = refusal(from.kind, kind).or_else(|| refusal(kind, to.kind)) {
        return Err(refusal);
    }
    // The way in keeps its settings, filter policies say, where it stays what it is.
    let first = edge_kinds(from.kind, kind);
    if first.contains(&old.kind) && from.kind != NodeKind::Function {
        draft.add(Edit::SetEnds { edge, from: old.from, to: new });
        fill_in(draft, edge);
    } else {
        let mut without = draft.document.clone();
        without.edges.retain(|other| other.id != edge);
        let change = connect(&without, old.from, new, None, ids)?;
        let kind = first.first().copied().unwrap_or(old.kind);
        draft.include(change);
        carry_over(draft, old.from, (old.to, old.kind), (new, kind));
        draft.add(Edit::RemoveEdge { id: edge, alone: false });
    }
    draft.include(connect(&draft.document, new, old.to, None, ids)?);
    let new_name = name(&draft.document, new).to_string();
    if old.kind.is_synchronous() && !first.iter().any(|kind| kind.is_synchronous() && *kind == EdgeKind::Call) {
        note_answer(draft, old.from, old.to, &new_name);
    }
    Ok(())
}

/// Nobody waits for the work any longer: what was made of the answer needs a look.
fn note_answer(draft: &mut Draft, from: Uuid, to: Uuid, between: &str) {
    let Some(node) = draft.document.node(from) else { return };
    let (caller, worker) = (node.name.clone(), name(&draft.document, to).to_string());
    if node.kind == NodeKind::Gateway {
        draft.note(tr!(
            "“{caller}” now answers when “{between}” has the message, before “{worker}” has done the work.",
            caller = caller,
            between = between,
            worker = worker
        ));
    } else if uses_result(node) {
        draft.note(tr!(
            "A later step of “{caller}” uses {result}, which is not the answer of “{worker}” any longer.",
            caller = caller,
            result = "{{result}}",
            worker = worker
        ));
    } else {
        draft.note(tr!(
            "“{caller}” does not wait for “{worker}” any longer and does not learn whether it failed.",
            caller = caller,
            worker = worker
        ));
    }
}
