//! What a lab does to its diagram: the commands that people have, by names.

use super::names::{find, find_node, find_setting};
use crate::diagram::{
    ACCOUNT, Document, Edge, EdgeKind, Edit, Fault, Ids, Node, NodeKind, Problem, ScheduledFault, build,
};
use crate::simulation::{Command, Simulation};
use serde_json::{Map, Value, json};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Sets `Sales queue.VisibilityTimeout`; with `at`, a JSON pointer, only a part of what is written there (`/-` appends to a
    /// list). Null goes back to the default, or takes the part out.
    Set {
        setting: String,
        at: String,
        to: Value,
    },
    /// Makes something go wrong; in simulated seconds after the run begins, or at once and until somebody heals it.
    Fault {
        target: String,
        fault: Fault,
        from: f64,
        until: Option<f64>,
    },
    /// Ends what somebody made go wrong.
    Heal {
        target: String,
    },
    /// Sends this payload, or the first of the client's own.
    Send {
        node: String,
        payload: Value,
        count: u32,
    },
    Stop {
        node: String,
    },
    Freeze {
        node: String,
    },
    /// Ends a stop or a freeze.
    Start {
        node: String,
    },
    Purge {
        queue: String,
    },
    Redrive {
        queue: String,
        rate: Option<u32>,
    },
    /// Connects two nodes as drawing does, with these settings besides.
    Connect {
        from: String,
        to: String,
        kind: Option<EdgeKind>,
        settings: Map<String, Value>,
    },
    /// Adds a node that is not connected yet.
    Add {
        name: String,
        kind: NodeKind,
        x: f64,
        y: f64,
        settings: Map<String, Value>,
    },
    /// Removes a node or an edge.
    Remove {
        target: String,
    },
}

impl Act {
    /// Whether it changes the diagram, and not just the run.
    pub fn is_edit(&self) -> bool {
        match self {
            Act::Set { .. } | Act::Connect { .. } | Act::Add { .. } | Act::Remove { .. } => true,
            Act::Fault { from, until, .. } => *from > 0.0 || until.is_some(),
            _ => false,
        }
    }

    /// The edit of the document, if it is one. `now` is the simulated time in seconds.
    pub fn edit(&self, document: &Document, now: f64) -> Result<Option<Edit>, Vec<Problem>> {
        Ok(Some(match self {
            Act::Set { setting, at, to } => {
                let (target, name) = find_setting(document, setting).map_err(refused)?;
                Edit::set(document, target, name, with_part(document, target, name, at, to)?)
            }
            Act::Fault { target, fault, from, until } if self.is_edit() => {
                let target = find(document, target).map_err(refused)?;
                let until = until.map(|until| now + until);
                let mut faults = document.faults.clone();
                faults.push(ScheduledFault { at: now + from, until, target, fault: fault.clone() });
                Edit::schedule(&faults)
            }
            Act::Connect { from, to, kind, settings } => connect(document, from, to, *kind, settings)?,
            Act::Add { name, kind, x, y, settings } => {
                if find_node(document, name).is_ok() {
                    return Err(refused(tr!("There is a node “{name}” already.", name = name)));
                }
                // The same lab always gives the same ids.
                let start = name.bytes().fold(7, |start: u64, byte| start.wrapping_mul(31) ^ u64::from(byte));
                let id = Ids::new(start).next_id();
                Edit::add_node(Node { id, kind: *kind, name: name.clone(), x: *x, y: *y, settings: settings.clone() })
            }
            Act::Remove { target } => {
                let id = find(document, target).map_err(refused)?;
                match document.node(id) {
                    Some(_) => Edit::RemoveNode { id, alone: false },
                    None => Edit::RemoveEdge { id, alone: false },
                }
            }
            _ => return Ok(None),
        }))
    }

    /// The command that does it now.
    pub fn command(&self, simulation: &Simulation) -> Result<Command, Vec<Problem>> {
        let document = simulation.document();
        if let Some(edit) = self.edit(document, simulation.now().seconds())? {
            return Ok(Command::Edit(edit));
        }
        let node = |name: &str| find_node(document, name).map(|node| node.id).map_err(refused);
        Ok(match self {
            Act::Fault { target, fault, .. } => {
                Command::Inject { target: find(document, target).map_err(refused)?, fault: fault.clone() }
            }
            Act::Heal { target } => {
                Command::Inject { target: find(document, target).map_err(refused)?, fault: Fault::default() }
            }
            Act::Send { node, payload, count } => {
                let node = find_node(document, node).map_err(refused)?;
                let own = node.settings.get("Payloads").and_then(|list| list.get(0)).cloned();
                let payload = if payload.is_null() { own.unwrap_or(Value::Null) } else { payload.clone() };
                Command::Send { node: node.id, payload, count: *count }
            }
            Act::Stop { node: name } => Command::Stop { node: node(name)? },
            Act::Freeze { node: name } => Command::Pause { node: node(name)? },
            Act::Start { node: name } => Command::Resume { node: node(name)? },
            Act::Purge { queue } => Command::Purge { queue: node(queue)? },
            Act::Redrive { queue, rate } => Command::Redrive { queue: node(queue)?, rate: *rate, destination: None },
            Act::Set { .. } | Act::Connect { .. } | Act::Add { .. } | Act::Remove { .. } => {
                return Err(refused(tr!("This changes nothing.").to_string()));
            }
        })
    }

    pub fn to_json(&self) -> Value {
        match self {
            Act::Set { setting, at, to } if at.is_empty() => json!({ "set": setting, "to": to }),
            Act::Set { setting, at, to } => json!({ "set": setting, "at": at, "to": to }),
            Act::Fault { target, fault, from, until } => {
                let mut value = json!({ "fault": target, "is": fault.to_json() });
                if *from > 0.0 {
                    value["from"] = (*from).into();
                }
                if let Some(until) = until {
                    value["until"] = (*until).into();
                }
                value
            }
            Act::Heal { target } => json!({ "heal": target }),
            Act::Send { node, payload, count } => {
                let mut value = json!({ "send": node, "count": count });
                if !payload.is_null() {
                    value["payload"] = payload.clone();
                }
                value
            }
            Act::Stop { node } => json!({ "stop": node }),
            Act::Freeze { node } => json!({ "freeze": node }),
            Act::Start { node } => json!({ "start": node }),
            Act::Purge { queue } => json!({ "purge": queue }),
            Act::Redrive { queue, rate } => match rate {
                Some(rate) => json!({ "redrive": queue, "rate": rate }),
                None => json!({ "redrive": queue }),
            },
            Act::Connect { from, to, kind, settings } => {
                let mut value = json!({ "connect": format!("{from} -> {to}") });
                if let Some(kind) = kind {
                    value["kind"] = kind.name().into();
                }
                if !settings.is_empty() {
                    value["settings"] = Value::Object(settings.clone());
                }
                value
            }
            Act::Add { name, kind, x, y, settings } => {
                json!({ "add": name, "kind": kind.name(), "x": x, "y": y, "settings": settings })
            }
            Act::Remove { target } => json!({ "remove": target }),
        }
    }
}

fn refused(message: String) -> Vec<Problem> {
    vec![Problem::new("", message)]
}

/// What a setting holds once a part of it is changed.
fn with_part(document: &Document, target: Uuid, name: &str, at: &str, to: &Value) -> Result<Value, Vec<Problem>> {
    if at.is_empty() {
        return Ok(to.clone());
    }
    let settings = match (document.node(target), document.edge(target)) {
        (Some(node), _) => &node.settings,
        (None, Some(edge)) => &edge.settings,
        (None, None) => &document.account,
    };
    let mut value = settings.get(name).cloned().unwrap_or(Value::Null);
    // The last step of the way may lead to a field that is not there yet.
    let (before, last) = at.rsplit_once('/').unwrap_or(("", at));
    let place = value.pointer_mut(before);
    let last = last.replace("~1", "/").replace("~0", "~");
    match place {
        Some(Value::Object(fields)) if to.is_null() => drop(fields.shift_remove(&last)),
        Some(Value::Object(fields)) => drop(fields.insert(last, to.clone())),
        Some(Value::Array(items)) if last == "-" => items.push(to.clone()),
        Some(Value::Array(items)) => match last.parse().ok().and_then(|index: usize| items.get_mut(index)) {
            Some(item) => *item = to.clone(),
            None => return Err(refused(tr!("{name} has nothing at `{at}`.", name = name, at = at))),
        },
        _ => return Err(refused(tr!("{name} has nothing at `{at}`.", name = name, at = at))),
    }
    Ok(value)
}

fn connect(
    document: &Document,
    from: &str,
    to: &str,
    kind: Option<EdgeKind>,
    settings: &Map<String, Value>,
) -> Result<Edit, Vec<Problem>> {
    let (source, target) =
        (find_node(document, from).map_err(refused)?.id, find_node(document, to).map_err(refused)?.id);
    // The same lab always gives the same ids.
    let mut ids = Ids::new(source.as_u128() as u64 ^ (target.as_u128() as u64).rotate_left(7));
    let change = build::connect(document, source, target, kind, &mut ids)
        .map_err(|refusal| vec![Problem::new("", refusal.reason).with_hint(refusal.detour)])?;
    let mut changed = document.clone();
    changed.apply(change.edit.clone())?;
    let added: Option<&Edge> = change.added.first().and_then(|id| changed.edge(*id));
    let Some(edge) = added.filter(|_| !settings.is_empty()) else { return Ok(change.edit) };
    let set = settings.iter().map(|(name, value)| Edit::set(&changed, edge.id, name, value.clone()));
    Ok(Edit::Many(std::iter::once(change.edit).chain(set).collect()))
}

/// Does several things to a document, one after the other; only what changes the document.
pub fn apply_edits(document: &mut Document, acts: &[Act]) -> Result<(), (usize, Vec<Problem>)> {
    for (place, act) in acts.iter().enumerate() {
        let at = |problems: Vec<Problem>| (place, problems);
        if let Some(edit) = act.edit(document, 0.0).map_err(at)? {
            document.apply(edit).map_err(at)?;
        }
    }
    Ok(())
}

/// The account is called by this name.
pub const ACCOUNT_NAME: &str = "Account";

/// The id of what is called so, where it is the account.
pub(super) fn account(name: &str) -> Option<Uuid> {
    (name == ACCOUNT_NAME).then_some(ACCOUNT)
}
