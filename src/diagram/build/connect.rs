//! Connecting nodes, so that what was connected runs at once.

use super::handler::{self, add_response, add_step, change_steps, step_for, turned_into, uses};
use super::{Draft, find, name, refused, setting, slug};
use crate::diagram::connections::{Refusal, edge_kinds, refusal};
use crate::diagram::deliveries::MAXIMUM_TARGETS;
use crate::diagram::document::{Document, Edge, EdgeKind, Node, NodeKind};
use crate::diagram::edit::{Change, Edit};
use crate::diagram::ids::Ids;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Every other node, and what an edge from `from` to it would be, or why there can be none. For choosing from a list.
pub fn connections(document: &Document, from: Uuid) -> Vec<(Uuid, Result<EdgeKind, Refusal>)> {
    let others = document.nodes.iter().filter(|node| node.id != from);
    others.map(|node| (node.id, kind_between(document, from, node.id, None))).collect()
}

/// Connects two nodes, the usual way or by an edge of this kind, and fills in what makes it run.
pub fn connect(
    document: &Document,
    from: Uuid,
    to: Uuid,
    kind: Option<EdgeKind>,
    ids: &mut Ids,
) -> Result<Change, Refusal> {
    let kind = kind_between(document, from, to, kind)?;
    let mut draft = Draft::new(document);
    let id = ids.next_id();
    draft.add(Edit::add_edge(Edge { id, kind, from, to, settings: Map::new() }));
    draft.added.push(id);
    fill_in(&mut draft, id);
    if let (Ok(source), Ok(target)) = (find(document, from), find(document, to))
        && source.kind == NodeKind::Function
        && let Some(step) = step_for(document, source, target, kind)
    {
        add_step(&mut draft, from, step);
    }
    Ok(draft.into_change(tr!("Connect {from} to {to}", from = name(document, from), to = name(document, to))))
}

/// Moves the ends of an edge; handler steps follow where they can.
pub fn reconnect(document: &Document, edge: Uuid, from: Uuid, to: Uuid, ids: &mut Ids) -> Result<Change, Refusal> {
    let old =
        document.edge(edge).ok_or_else(|| refused(tr!("It is not there any longer."), tr!("Choose another edge.")))?;
    if (from, to) == (old.from, old.to) {
        return Err(refused(tr!("It is connected like that already."), tr!("Choose another node.")));
    }
    // Its old self must not stand in the way: a client, say, sends to one place.
    let mut without = document.clone();
    without.edges.retain(|other| other.id != edge);
    let wanted = (find(document, from)?.kind, find(document, to)?.kind);
    let kept = edge_kinds(wanted.0, wanted.1).contains(&old.kind).then_some(old.kind);
    let kind = kind_between(&without, from, to, kept)?;
    let label = tr!("Connect {from} to {to} instead", from = name(document, from), to = name(document, to));
    let mut draft = Draft::new(document);
    if kind == old.kind && from == old.from {
        let new = to.to_string();
        draft.add(Edit::SetEnds { edge, from, to });
        change_steps(&mut draft, from, old.to, kind, &mut |step| {
            let mut step = step.clone();
            step.insert("to".to_string(), new.clone().into());
            Value::Object(step)
        });
        fill_in(&mut draft, edge);
        return Ok(draft.into_change(label));
    }
    // The step moves over with what it sends, if the same function keeps on sending.
    draft.include(connect(&without, from, to, Some(kind), ids)?);
    if from == old.from {
        carry_over(&mut draft, from, (old.to, old.kind), (to, kind));
    }
    draft.add(Edit::RemoveEdge { id: edge, alone: false });
    Ok(draft.into_change(label))
}

/// Another kind of edge between the same two nodes; handler steps follow where they can.
pub fn change_kind(document: &Document, edge: Uuid, kind: EdgeKind, ids: &mut Ids) -> Result<Change, Refusal> {
    let old =
        document.edge(edge).ok_or_else(|| refused(tr!("It is not there any longer."), tr!("Choose another edge.")))?;
    if kind == old.kind {
        return Err(refused(tr!("It is of that kind already."), tr!("Choose another kind.")));
    }
    // Its old self must not stand in the way.
    let mut without = document.clone();
    without.edges.retain(|other| other.id != edge);
    let mut draft = Draft::new(document);
    draft.include(connect(&without, old.from, old.to, Some(kind), ids)?);
    carry_over(&mut draft, old.from, (old.to, old.kind), (old.to, kind));
    draft.add(Edit::RemoveEdge { id: edge, alone: false });
    let (from, to) = (name(document, old.from), name(document, old.to));
    Ok(draft.into_change(tr!("Connect {from} to {to} as {kind}", from = from, to = to, kind = kind.name())))
}

/// Turns the steps that used one edge into steps for another, in place of the one that connecting has added.
pub fn carry_over(draft: &mut Draft, function: Uuid, old: (Uuid, EdgeKind), new: (Uuid, EdgeKind)) -> usize {
    let Some(node) = draft.document.node(function).filter(|node| node.kind == NodeKind::Function) else { return 0 };
    let mut steps = handler::steps(node);
    let Some(place) = steps.iter().rposition(|step| uses(step, new.0, new.1)) else { return 0 };
    let template = steps.remove(place);
    let mut probe = Draft::new(&draft.document);
    probe.set(function, "Handler", steps.into());
    let count = change_steps(&mut probe, function, old.0, old.1, &mut |step| turned_into(step, template.clone()));
    if count > 0
        && let Some(node) = probe.document.node(function)
    {
        let steps = handler::steps(node);
        draft.set(function, "Handler", steps.into());
    }
    count
}

/// What kind of edge there would be, or why there can be none: the services' rules and those of this diagram.
fn kind_between(document: &Document, from: Uuid, to: Uuid, kind: Option<EdgeKind>) -> Result<EdgeKind, Refusal> {
    let (source, target) = (find(document, from)?, find(document, to)?);
    if let Some(refusal) = refusal(source.kind, target.kind) {
        return Err(refusal);
    }
    let allowed = edge_kinds(source.kind, target.kind);
    let kind = match kind {
        None => allowed.first().copied(),
        Some(kind) => allowed.iter().copied().find(|allowed| *allowed == kind),
    };
    let Some(kind) = kind else {
        let (from, to) = (source.kind.noun(), target.kind.noun());
        let reason = tr!("From a {from} to a {to} there is no such connection.", from = from, to = to);
        return Err(refused(reason, tr!("Choose another kind.")));
    };
    let outgoing = |kind: EdgeKind| document.edges.iter().filter(move |edge| edge.from == from && edge.kind == kind);
    if source.kind == NodeKind::Client && document.edges.iter().any(|edge| edge.from == from) {
        let reason = tr!("“{}” sends to one place already.", source.name);
        return Err(refused(reason, tr!("Add a second client, or move the end of its edge.")));
    }
    if kind == EdgeKind::Redrive {
        if from == to {
            return Err(refused(tr!("A queue cannot be its own dead-letter queue."), tr!("Add a second queue.")));
        }
        if outgoing(kind).next().is_some() {
            let reason = tr!("“{}” has a dead-letter queue already.", source.name);
            return Err(refused(reason, tr!("Move the end of its redrive edge.")));
        }
    }
    if kind == EdgeKind::Rule && document.edges.iter().any(|edge| edge.to == to && edge.kind == kind) {
        let reason = tr!("The rule “{}” belongs to a bus already.", target.name);
        return Err(refused(reason, tr!("Use one rule for each bus.")));
    }
    if kind == EdgeKind::Target && outgoing(kind).count() >= MAXIMUM_TARGETS {
        let reason = tr!(
            "The rule “{rule}” has {most} targets, the most that are allowed.",
            rule = source.name,
            most = MAXIMUM_TARGETS
        );
        return Err(refused(reason, tr!("Add a second rule with the same pattern.")));
    }
    // A gateway may have several routes to the same function; anything else twice would only confuse.
    if kind != EdgeKind::Integration && outgoing(kind).any(|edge| edge.to == to) {
        let reason = tr!("“{from}” is connected to “{to}” already.", from = source.name, to = target.name);
        return Err(refused(reason, tr!("Change the settings of the edge that is there.")));
    }
    Ok(kind)
}

/// Fills in settings of a new edge and its ends.
pub fn fill_in(draft: &mut Draft, id: Uuid) {
    let Some(edge) = draft.document.edge(id).cloned() else { return };
    let (Some(from), Some(to)) = (draft.document.node(edge.from).cloned(), draft.document.node(edge.to).cloned())
    else {
        return;
    };
    match edge.kind {
        EdgeKind::Integration => {
            if !edge.settings.contains_key("Path")
                && let Some((method, path)) = free_route(&draft.document, &edge, &to)
            {
                draft.set(id, "Method", method.into());
                draft.set(id, "Path", path.into());
            }
            if to.kind == NodeKind::Function {
                add_response(draft, to.id);
            }
        }
        EdgeKind::Request => follow_route(draft, &from, &to),
        EdgeKind::EventSourceMapping => nest_timeouts(draft, &from, &to),
        // Dead letters wait to be looked at, as long as the service keeps anything: 14 days.
        EdgeKind::Redrive if !to.settings.contains_key("MessageRetentionPeriod") => {
            draft.set(to.id, "MessageRetentionPeriod", LONGEST_RETENTION.into());
        }
        EdgeKind::Rule if !to.settings.contains_key("EventPattern") => {
            if let Some(pattern) = pattern_for(&draft.document, from.id) {
                draft.set(to.id, "EventPattern", pattern);
            }
        }
        _ => {}
    }
}

/// Seconds: sqs-dead-letter-queues advises a longer retention than the source's; API_SetQueueAttributes has the limit.
pub const LONGEST_RETENTION: i64 = 1_209_600;

/// services-sqs-configure advises a visibility timeout of at least six times the function's timeout.
pub const VISIBILITY_FACTOR: i64 = 6;
const LONGEST_VISIBILITY: i64 = 43_200;

fn nest_timeouts(draft: &mut Draft, queue: &Node, function: &Node) {
    let seconds = |node: &Node, name| setting(node, name).as_i64().unwrap_or(0);
    let wanted = (seconds(function, "Timeout") * VISIBILITY_FACTOR).min(LONGEST_VISIBILITY);
    if seconds(queue, "VisibilityTimeout") < wanted {
        draft.set(queue.id, "VisibilityTimeout", wanted.into());
    }
}

/// A pattern for what is put on a bus: by the sources of those who do.
fn pattern_for(document: &Document, bus: Uuid) -> Option<Value> {
    let mut sources = Vec::new();
    for edge in document.edges.iter().filter(|edge| edge.to == bus) {
        let from = document.node(edge.from)?;
        let source = match (edge.kind, from.kind) {
            (EdgeKind::PutEvents, NodeKind::Function) => {
                handler::steps(from).iter().find(|step| uses(step, bus, EdgeKind::PutEvents))?.get("source").cloned()?
            }
            (EdgeKind::PutEvents, _) => setting(from, "Source"),
            (EdgeKind::Integration, _) => edge.settings.get("Source").cloned().unwrap_or_else(|| "gateway".into()),
            _ => continue,
        };
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    (!sources.is_empty()).then(|| json!({ "source": sources }))
}

/// Method and path for a new route: what clients ask for and no route answers yet; else a path by the target's name,
/// unless the route that takes everything is still free.
fn free_route(document: &Document, edge: &Edge, target: &Node) -> Option<(String, String)> {
    let taken: Vec<(String, String)> = document
        .edges
        .iter()
        .filter(|other| other.from == edge.from && other.kind == EdgeKind::Integration && other.id != edge.id)
        .map(|other| {
            let text = |name: &str, default: &str| {
                other.settings.get(name).and_then(Value::as_str).unwrap_or(default).to_string()
            };
            (text("Method", "ANY"), text("Path", "/{proxy+}"))
        })
        .collect();
    let free = |method: &str, path: &str| {
        taken.iter().all(|(known, known_path)| known_path != path || (known != method && known != "ANY"))
    };
    let clients = document
        .edges
        .iter()
        .filter(|other| other.to == edge.from && other.kind == EdgeKind::Request)
        .filter_map(|other| document.node(other.from));
    for client in clients {
        let (method, path) = (setting(client, "Method"), setting(client, "Path"));
        if let (Some(method), Some(path)) = (method.as_str(), path.as_str())
            && path != "/"
            && free(method, path)
        {
            return Some((method.to_string(), path.to_string()));
        }
        if let Some(path) = setting(client, "PollStatus").get("path").and_then(Value::as_str) {
            let path = path.replace("{{", "{").replace("}}", "}");
            if free("GET", &path) {
                return Some(("GET".to_string(), path));
            }
        }
    }
    if free("ANY", "/{proxy+}") {
        return None;
    }
    let path = format!("/{}", slug(&target.name));
    let numbered = (2u32..).map(|number| format!("{path}-{number}"));
    let path = std::iter::once(path.clone()).chain(numbered).find(|path| free("ANY", path))?;
    Some(("ANY".to_string(), path))
}

/// A client that asks for nothing in particular asks for the first thing that the gateway has a route for.
fn follow_route(draft: &mut Draft, client: &Node, gateway: &Node) {
    if client.settings.contains_key("Path") {
        return;
    }
    let routes = draft.document.edges.iter().filter(|edge| {
        edge.from == gateway.id
            && edge.kind == EdgeKind::Integration
            && edge.settings.get("Method") != Some(&json!("GET"))
    });
    let paths = routes.map(|route| route.settings.get("Path").and_then(Value::as_str).unwrap_or("/{proxy+}"));
    let mut paths = paths.collect::<Vec<_>>();
    // Where some route takes everything, any path will do.
    if paths.contains(&"/{proxy+}") {
        paths.clear();
    }
    if let Some(path) = paths.iter().find(|path| !path.contains('{')).map(|path| path.to_string()) {
        draft.set(client.id, "Path", path.into());
    }
}
