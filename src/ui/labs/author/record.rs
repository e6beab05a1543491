//! What somebody does to the diagram, as a lab writes it.

use crate::diagram::{Document, Edit};
use crate::lessons::labs::Act;
use crate::simulation::Command;
use crate::ui::labs::places::name_of;
use serde_json::Value;
use uuid::Uuid;

/// What a command is in a lab, or why a lab has no words for it. Moving nodes is nothing.
pub fn acts_of(command: &Command, document: &Document) -> Result<Vec<Act>, String> {
    let named = |id: &Uuid| name_of(document, *id).ok_or_else(|| tr!("This is not there any longer.").to_string());
    let one = |act: Act| Ok(vec![act]);
    match command {
        Command::Edit(edit) => acts_of_edit(edit, document),
        Command::Set { target, setting, value } => {
            one(Act::Set { setting: format!("{}.{setting}", named(target)?), at: String::new(), to: value.clone() })
        }
        Command::Inject { target, fault } if fault.is_none() => one(Act::Heal { target: named(target)? }),
        Command::Inject { target, fault } => {
            one(Act::Fault { target: named(target)?, fault: fault.clone(), from: 0.0, until: None })
        }
        Command::Send { node, payload, count } => {
            one(Act::Send { node: named(node)?, payload: payload.clone(), count: *count })
        }
        Command::Stop { node } => one(Act::Stop { node: named(node)? }),
        Command::Pause { node } => one(Act::Freeze { node: named(node)? }),
        Command::Resume { node } => one(Act::Start { node: named(node)? }),
        Command::Purge { queue } => one(Act::Purge { queue: named(queue)? }),
        Command::Redrive { queue, rate, destination: None } => one(Act::Redrive { queue: named(queue)?, rate: *rate }),
        Command::Redrive { .. } => Err(tr!("A lab moves dead letters back to where they came from only.").to_string()),
        Command::CancelRedrive { .. } | Command::StartReplay { .. } | Command::CancelReplay { .. } => {
            Err(tr!("This cannot be part of a lab.").to_string())
        }
    }
}

fn acts_of_edit(edit: &Edit, document: &Document) -> Result<Vec<Act>, String> {
    let named = |id: Uuid| name_of(document, id).ok_or_else(|| tr!("This is not there any longer.").to_string());
    let flat = flat(edit);
    // Drawing an edge changes handlers as well, and so does whoever draws it again.
    let connects = flat.iter().any(|edit| matches!(edit, Edit::AddEdge { .. }));
    let mut acts = Vec::new();
    for edit in flat {
        match edit {
            Edit::Move(_) => {}
            Edit::AddEdge { edge, .. } => acts.push(Act::Connect {
                from: named(edge.from)?,
                to: named(edge.to)?,
                kind: Some(edge.kind),
                settings: edge.settings.clone(),
            }),
            Edit::AddNode { node, .. } => acts.push(Act::Add {
                name: node.name.clone(),
                kind: node.kind,
                x: node.x,
                y: node.y,
                settings: node.settings.clone(),
            }),
            _ if connects => {}
            Edit::Set { target, setting, value, .. } => acts.push(Act::Set {
                setting: format!("{}.{setting}", named(*target)?),
                at: String::new(),
                to: value.clone().unwrap_or(Value::Null),
            }),
            Edit::RemoveNode { id, .. } | Edit::RemoveEdge { id, .. } => acts.push(Act::Remove { target: named(*id)? }),
            Edit::Rename { .. } => {
                return Err(tr!("A lab calls nodes by their names, so they keep them.").to_string());
            }
            _ => {
                let why = tr!(
                    "A lab's step can set, add, connect, remove, break and heal; not this. Change the lab's diagram instead."
                );
                return Err(why.to_string());
            }
        }
    }
    Ok(acts)
}

fn flat(edit: &Edit) -> Vec<&Edit> {
    match edit {
        Edit::Many(edits) => edits.iter().flat_map(flat).collect(),
        edit => vec![edit],
    }
}

/// Adds what was done. Setting the same thing again replaces what was set before.
pub fn note(list: &mut Vec<Act>, acts: Vec<Act>) {
    for act in acts {
        if let Act::Set { setting, at, .. } = &act {
            list.retain(|earlier| !matches!(earlier, Act::Set { setting: other, at: place, .. } if other == setting && place == at));
        }
        list.push(act);
    }
}

/// An act as a line of a list.
pub fn words(act: &Act) -> String {
    let short = |value: &Value| {
        let text = value.to_string();
        if text.chars().count() > 48 { format!("{}…", text.chars().take(47).collect::<String>()) } else { text }
    };
    match act {
        Act::Set { setting, to: Value::Null, .. } => tr!("Set {setting} back to its default", setting = setting),
        Act::Set { setting, at, to } if at.is_empty() => {
            tr!("Set {setting} to {value}", setting = setting, value = short(to))
        }
        Act::Set { setting, at, to } => {
            tr!("Set {place} in {setting} to {value}", place = at, setting = setting, value = short(to))
        }
        Act::Fault { target, fault, from, until } => {
            let fault = fault.describe();
            match until {
                Some(until) => tr!(
                    "{node}: {fault}, from {start} s to {end} s",
                    node = target,
                    fault = fault,
                    start = from,
                    end = until
                ),
                None if *from > 0.0 => {
                    tr!("{node}: {fault}, from {start} s on", node = target, fault = fault, start = from)
                }
                None => format!("{target}: {fault}"),
            }
        }
        Act::Heal { target } => tr!("Heal {node}", node = target),
        Act::Send { node, count, .. } => tr!("Send {count} × from or to {node}", count = count, node = node),
        Act::Stop { node } => tr!("Stop {node}", node = node),
        Act::Freeze { node } => tr!("Freeze {node}", node = node),
        Act::Start { node } => tr!("Start {node}", node = node),
        Act::Purge { queue } => tr!("Purge {node}", node = queue),
        Act::Redrive { queue, rate: Some(rate) } => {
            tr!("Redrive {node} at {rate} a second", node = queue, rate = rate)
        }
        Act::Redrive { queue, rate: None } => tr!("Redrive {node}", node = queue),
        Act::Connect { from, to, .. } => tr!("Connect {from} with {to}", from = from, to = to),
        Act::Add { name, kind, .. } => tr!("Add {name}, a {kind}", name = name, kind = kind.name()),
        Act::Remove { target } => tr!("Remove {node}", node = target),
    }
}

/// What has to be allowed so that somebody can do the same, as [`crate::lessons::labs::Allow`] writes it.
pub fn permit(allow: &mut crate::lessons::labs::Allow, act: &Act) {
    let mut add = |list: fn(&mut crate::lessons::labs::Allow) -> &mut Vec<String>, text: String| {
        let list = list(allow);
        if !list.contains(&text) {
            list.push(text);
        }
    };
    match act {
        Act::Set { setting, .. } => add(|it| &mut it.settings, setting.clone()),
        Act::Fault { target, fault, .. } => {
            if let Value::Object(kinds) = Value::Object(fault.to_json()) {
                kinds.keys().for_each(|kind| add(|it| &mut it.faults, format!("{target}.{kind}")));
            }
        }
        // Healing is allowed with the fault that was allowed.
        Act::Heal { .. } => {}
        Act::Send { node, .. } => add(|it| &mut it.acts, format!("send {node}")),
        Act::Stop { node } | Act::Freeze { node } | Act::Start { node } => {
            add(|it| &mut it.acts, format!("run {node}"))
        }
        Act::Purge { queue } => add(|it| &mut it.acts, format!("purge {queue}")),
        Act::Redrive { queue, .. } => add(|it| &mut it.acts, format!("redrive {queue}")),
        Act::Connect { .. } | Act::Add { .. } | Act::Remove { .. } => allow.anything = true,
    }
}
