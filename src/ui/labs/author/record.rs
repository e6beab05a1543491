//! What somebody does to the diagram, as a lab writes it.

use crate::diagram::{Document, Edit};
use crate::lessons::labs::Act;
use crate::simulation::Command;
use crate::ui::labs::places::name_of;
use serde_json::Value;
use uuid::Uuid;

/// What a command is in a lab, or why a lab has no words for it. Moving nodes is nothing.
pub fn acts_of(command: &Command, document: &Document) -> Result<Vec<Act>, String> {
    let named = |id: &Uuid| name_of(document, *id).ok_or_else(|| "This is not there any longer.".to_string());
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
        Command::Redrive { .. } => Err("A lab moves dead letters back to where they came from only.".to_string()),
        Command::CancelRedrive { .. } | Command::StartReplay { .. } | Command::CancelReplay { .. } => {
            Err("This cannot be part of a lab.".to_string())
        }
    }
}

fn acts_of_edit(edit: &Edit, document: &Document) -> Result<Vec<Act>, String> {
    let named = |id: Uuid| name_of(document, id).ok_or_else(|| "This is not there any longer.".to_string());
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
            Edit::Rename { .. } => return Err("A lab calls nodes by their names, so they keep them.".to_string()),
            _ => {
                let why = "A lab's step can set, add, connect, remove, break and heal; not this. Change the lab's diagram instead.";
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
        Act::Set { setting, to: Value::Null, .. } => format!("Set {setting} back to its default"),
        Act::Set { setting, at, to } if at.is_empty() => format!("Set {setting} to {}", short(to)),
        Act::Set { setting, at, to } => format!("Set {at} in {setting} to {}", short(to)),
        Act::Fault { target, fault, from, until } => {
            let span = match until {
                Some(until) => format!(", from {from} s to {until} s"),
                None if *from > 0.0 => format!(", from {from} s on"),
                None => String::new(),
            };
            format!("{target}: {}{span}", fault.describe())
        }
        Act::Heal { target } => format!("Heal {target}"),
        Act::Send { node, count, .. } => format!("Send {count} × from or to {node}"),
        Act::Stop { node } => format!("Stop {node}"),
        Act::Freeze { node } => format!("Freeze {node}"),
        Act::Start { node } => format!("Start {node}"),
        Act::Purge { queue } => format!("Purge {queue}"),
        Act::Redrive { queue, rate: Some(rate) } => format!("Redrive {queue} at {rate} a second"),
        Act::Redrive { queue, rate: None } => format!("Redrive {queue}"),
        Act::Connect { from, to, .. } => format!("Connect {from} with {to}"),
        Act::Add { name, kind, .. } => format!("Add {name}, a {}", kind.name()),
        Act::Remove { target } => format!("Remove {target}"),
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
